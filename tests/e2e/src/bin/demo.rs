//! `demo`: the whole system on one machine, with a scripted day.
//!
//! Builds a throw-away site, starts the simulator, the gateway and two kiosks as processes, plays six stories through
//! the interfaces behind the screens, and then stays up so that a person can open the screens.

use std::{
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::{Duration, Instant},
};

use clap::Parser;
use e2e::{
    Error, bridge,
    central::Central,
    client::{self, Cookies},
    day::Day,
    fixture, link, prints,
    running::{Binaries, Running, start_all},
    site::{ADMINISTRATOR, OFFICER, OPERATOR, PARTNER, Ports, Site},
    timeline::Timeline,
};
use icd::operation::Operation;
use serde_json::json;

/// Plays a day of screening on a throw-away site and stays up for a look at the screens.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit code: 0 every story ended as described, 1 one did not, 2 used wrongly."
)]
struct Arguments {
    /// Folder of the throw-away site; made anew at each run.
    #[arg(long, default_value = "demo")]
    folder: PathBuf,
    /// End after the six stories.
    #[arg(long)]
    once: bool,
    /// Replay real prints: files FFF_I (finger, impression) as .png, .wsq or .tif; ten fingers are one person's.
    #[arg(long)]
    prints: Option<PathBuf>,
    /// After the day run the browser checks in this folder (`node check.mjs`) and end.
    #[arg(long)]
    browser: Option<PathBuf>,
    /// Erasures that wait for an operator when the browser checks begin.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(3..=99_999))]
    waiting: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match play(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("demo: {error} ({})", error.code());
            ExitCode::from(1)
        }
    }
}

async fn play(arguments: &Arguments) -> Result<bool, Error> {
    let started = Instant::now();
    let timeline = Timeline::new();
    let binaries = Binaries::beside_this()?;
    let site = Site::create(&arguments.folder, Ports::choose()?)?;
    timeline.note(&format!("throw-away site in {}", arguments.folder.display()));
    let cast = prints::fill(&site.path("prints"), arguments.prints.as_deref())?;
    timeline.note(&match cast.real_persons {
        0 => "ten-finger sets: synthetic, two adults and a girl of eight".to_owned(),
        real => format!("ten-finger sets: {real} real; the rest synthetic (there are no children's prints)"),
    });
    let mut running = start_all(&site, &binaries).await?;
    timeline.note("central (simulator), gateway and two kiosks are up");
    let mut day = Day::begin(&site, &binaries, cast, timeline).await?;
    let as_described = day.play(&mut running).await;
    println!("   the day took {:.0} s", started.elapsed().as_secs_f32());
    if arguments.once {
        return Ok(as_described);
    }
    day.leave_work().await?;
    let card = client::as_party_with(&site, OPERATOR, Cookies::Passed)?;
    bridge::start(site.ports.console_bridge, card, site.ports.gateway_console).await?;
    if let Some(folder) = &arguments.browser {
        let card = client::as_party_with(&site, ADMINISTRATOR, Cookies::Passed)?;
        bridge::start(site.ports.administrator_bridge, card, site.ports.gateway_console).await?;
        fill_desk(&site, arguments.waiting).await?;
        return Ok(check_screens(&site, folder).await? && as_described);
    }
    stay_up(&site, &mut running).await;
    Ok(as_described)
}

/// Work for the operators' pages: erasures that wait for a person, and a notice of another State.
async fn fill_desk(site: &Site, waiting: u32) -> Result<(), Error> {
    let partner = client::as_party(site, PARTNER)?;
    let base = format!("https://127.0.0.1:{}", site.ports.gateway_link);
    for number in 1..=waiting {
        let reference = format!("NL1T{:09}", 9_000 + number).parse();
        let reference = reference.map_err(|error: icd::Error| Error::Site(error.to_string()))?;
        let change = fixture::change(Operation::EraseInaccurate, &reference, PARTNER)?;
        link::hand_in(&partner, &base, &change).await?.receipt()?;
    }
    let notice = json!({
        "kind": "responsibility-changed", "reference_number": "NL1T000009001", "changed": "D1000000123",
        "responsible_state": "D"
    });
    Central::of(site)?.raise_notice(notice).await
}

/// Runs the browser checks against the running site.
async fn check_screens(site: &Site, folder: &Path) -> Result<bool, Error> {
    let pin = |id: &str| site.person(id).map(|person| person.pin.clone()).unwrap_or_default();
    let secret = site.person(OFFICER).and_then(|person| person.code_secret.clone()).unwrap_or_default();
    let status = tokio::process::Command::new("node")
        .arg("check.mjs")
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("KIOSK_URL", format!("http://127.0.0.1:{}", site.ports.kiosk_1))
        .env("CONSOLE_URL", format!("http://127.0.0.1:{}", site.ports.console_bridge))
        .env("CENTRAL_URL", format!("http://127.0.0.1:{}", site.ports.central_web))
        .env("OFFICER", OFFICER)
        .env("OFFICER_PIN", pin(OFFICER))
        .env("OFFICER_SECRET", secret)
        .env("OPERATOR_PIN", pin(OPERATOR))
        .env("ADMINISTRATOR_URL", format!("http://127.0.0.1:{}", site.ports.administrator_bridge))
        .env("ADMINISTRATOR_PIN", pin(ADMINISTRATOR))
        .env("PICTURES", site.path("pictures"))
        .status()
        .await
        .map_err(|error| Error::Start { program: "node".to_owned(), reason: error.to_string() })?;
    Ok(status.success())
}

/// Prints where to look and keeps the one-time code current until Ctrl-C or the end of a program.
async fn stay_up(site: &Site, running: &mut Running) {
    let (Some(officer), Some(operator)) = (site.person(OFFICER), site.person(OPERATOR)) else { return };
    println!();
    println!(
        "   kiosk screen      http://127.0.0.1:{}   staff {} · PIN {} · code below",
        site.ports.kiosk_1, officer.id, officer.pin
    );
    println!(
        "   operator console  http://127.0.0.1:{}   PIN {} (the demo holds the operator's card); an erasure waits",
        site.ports.console_bridge, operator.pin
    );
    println!(
        "   central web       http://127.0.0.1:{}   the simulator's web interface",
        site.ports.central_web
    );
    println!("   Ctrl-C ends everything.");
    println!();
    let live = std::io::stdout().is_terminal();
    let mut last = String::new();
    loop {
        let code = officer.code().unwrap_or_default();
        if code != last {
            print!(
                "{}   one-time code of {}: {code}{}",
                if live { "\r" } else { "" },
                officer.id,
                if live { "" } else { "\n" }
            );
            // A closed terminal is no reason to stop serving.
            let _ = std::io::stdout().flush();
            last = code;
        }
        let programs = [
            running.central.has_ended(),
            running.gateway.has_ended(),
            running.kiosk_1.has_ended(),
            running.kiosk_2.has_ended(),
        ];
        if let Some(words) = programs.into_iter().flatten().next() {
            println!("\n   a program ended by itself: {words}");
            return;
        }
        tokio::select! {
            _ = tokio::signal::ctrl_c() => { println!(); return; }
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}
