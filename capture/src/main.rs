//! The kiosk daemon.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use capture::daemon::Daemon;
use capture::daemon::carrying::{self, CarriedIn};
use capture::daemon::custody::SignedCustody;
use capture::daemon::site::Site;
use capture::error::{Error, StartError};
use capture::{device, limits};
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use journal::carry::CarryError;

/// The kiosk: captures fingerprints and faces under the safeguards of Regulation (EU) 2024/1358, seals each
/// case and hands it to the gateway.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the kiosk until it is stopped.
    ///
    /// Reads the signed configuration, opens the case store and the devices, serves the screen on the
    /// loopback address of the configuration, and sends sealed cases whenever the gateway answers.
    Run {
        /// The kiosk's configuration; its signature lies beside it (kiosk.toml.sig).
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The site's public key, which must have signed configuration and staff register.
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
    },
    /// Put every case that waits into a file for the gateway, to be carried there by hand.
    ///
    /// For a kiosk that is stopped; a running one does the same on its start page. Every case stays here until its
    /// receipt is back.
    Export {
        /// The kiosk's configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The site's public key.
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// Where the file is written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in a receipts file that came back from the gateway; confirmed cases are erased here.
    Receipts {
        /// The kiosk's configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The site's public key.
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// The receipts file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check the signature of a custody line (JSON of the kiosk's address /custody).
    VerifyCustody {
        /// The statement.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// List the drivers of this build and the devices that are connected.
    Devices {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

const EXAMPLES: &str = "Examples:
  capture run --config site/kiosk-1.toml --trust site/site.pub
  capture export --config site/kiosk-1.toml --trust site/site.pub --out /media/stick/kiosk-1.carry
  capture receipts --config site/kiosk-1.toml --trust site/site.pub /media/stick/kiosk-1.receipts
  capture devices --json

Exit codes: 0 ended as asked, 1 could not start or work, 2 used wrongly.
Every error has a code, explained in docs/reference/errors/capture.md.";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Run { config, trust } => run(&config, &trust),
        Command::Export { config, trust, out } => export(&config, &trust, &out),
        Command::Receipts { config, trust, file } => receipts(&config, &trust, &file),
        Command::VerifyCustody { file } => verify_custody(&file),
        Command::Devices { json } => {
            print!("{}", devices(json));
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("capture: {} {error}", error.code());
            ExitCode::FAILURE
        }
    }
}

fn run(config: &Path, trust: &Path) -> Result<(), Error> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let site = site(config, trust)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(limits::ASYNC_THREADS)
        .enable_all()
        .build()
        .map_err(|error| StartError::System { detail: error.kind().to_string() })?;
    runtime.block_on(async {
        let daemon = Daemon::start(site).await?;
        if let Ok(address) = daemon.address() {
            println!("screen: http://{address}/");
        }
        daemon.serve(stopped()).await
    })
}

fn site(config: &Path, trust: &Path) -> Result<Site, StartError> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    Site::read(config, trust, credentials.as_deref())
}

fn export(config: &Path, trust: &Path, out: &Path) -> Result<(), Error> {
    let medium = |error: std::io::Error| Error::from(CarryError::from(error));
    let file = std::fs::File::create(out).map_err(medium)?;
    let mut buffered = std::io::BufWriter::new(&file);
    let written = carrying::export(site(config, trust)?, &mut buffered, Timestamp::now())?;
    drop(buffered);
    file.sync_all().map_err(medium)?;
    println!("{written} cases in {}; they stay here until their receipts are back", out.display());
    Ok(())
}

fn receipts(config: &Path, trust: &Path, file: &Path) -> Result<(), Error> {
    let bytes = std::fs::read(file).map_err(|error| Error::from(CarryError::from(error)))?;
    let done = carrying::import(site(config, trust)?, &bytes, Timestamp::now())?;
    let CarriedIn { confirmed, known, held, answers } = done;
    println!("{confirmed} confirmed and erased, {known} known before, {held} not taken, {answers} answers");
    Ok(())
}

fn verify_custody(file: &Path) -> Result<(), Error> {
    let bytes = std::fs::read(file).map_err(|error| Error::from(CarryError::from(error)))?;
    let signed: SignedCustody =
        serde_json::from_slice(&bytes).map_err(|_| Error::from(CarryError::Form("it is no custody line")))?;
    signed.verify()?;
    println!("{} at {}: {}", signed.custody.kiosk, signed.custody.at, signed.line);
    println!("the signature holds for the certificate in the file; ask its authority whom it names");
    Ok(())
}

/// Resolves when the operating system asks the daemon to end.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn devices(json: bool) -> String {
    let connected = device::discover(limits::DISCOVERY_TIMEOUT);
    if json {
        let drivers: Vec<_> = device::DRIVERS
            .iter()
            .map(|(name, kind, about)| serde_json::json!({ "driver": name, "kind": format!("{kind:?}"), "about": about }))
            .collect();
        let connected: Vec<_> = connected
            .iter()
            .map(|found| serde_json::json!({ "driver": found.driver, "about": found.about }))
            .collect();
        return format!("{}\n", serde_json::json!({ "drivers": drivers, "connected": connected }));
    }
    let mut lines = String::from("drivers of this build\n");
    for (name, _, about) in device::DRIVERS {
        lines += &format!("  {name:<20} {about}\n");
    }
    lines += "connected\n";
    for found in &connected {
        lines +=
            &format!("  {:<20} {}\n", if found.driver.is_empty() { "-" } else { found.driver }, found.about);
    }
    if connected.is_empty() {
        lines += "  nothing that this build knows\n";
    }
    lines
}
