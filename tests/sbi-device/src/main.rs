//! Runs the virtual device until it is stopped.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use sbi_device::device::{Device, Kind, Setup};
use sbi_device::fault::Fault;
use sbi_device::record::Coding;
use sbi_device::service::Service;

/// A virtual device behind the open Secure Biometric Interface, with switchable faults.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Cli {
    /// What it is.
    #[arg(long, value_enum, default_value = "slap")]
    kind: KindArg,
    /// Where it listens; without it the first free port from 4501 to 4600.
    #[arg(long)]
    port: Option<u16>,
    /// Folder in which the authorities are written: device-ca.pem and chip-ca.pem.
    #[arg(long, value_name = "FOLDER")]
    authorities: PathBuf,
    /// Serial number.
    #[arg(long, default_value = "VIRTUAL0001")]
    serial: String,
    /// Whose fingers lie on it.
    #[arg(long, default_value_t = 1)]
    person: u64,
    /// Level L1: a chip signs the identity.
    #[arg(long)]
    level_one: bool,
    /// What is wrong with it from the beginning; `POST /admin/fault {"fault": "NAME"}` changes it.
    #[arg(long, default_value = "none")]
    fault: Fault,
    /// How long a capture takes, in milliseconds.
    #[arg(long, default_value_t = 800)]
    delay_ms: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum KindArg {
    /// Four fingers at once.
    Slap,
    /// One finger at a time.
    Single,
    /// Faces.
    Face,
}

const EXAMPLES: &str = "Examples:
  sbi-device --authorities site
  sbi-device --authorities site --kind single --fault broken-chain
  curl -X POST http://127.0.0.1:4501/admin/fault -d '{\"fault\": \"vanish\"}'

In kiosk.toml: driver = \"sbi-scanner\", device_ca = \"device-ca.pem\", environment = \"Developer\".
Exit codes: 0 ended as asked, 1 could not start, 2 used wrongly.";

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sbi-device: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let kind = match cli.kind {
        KindArg::Slap => Kind::Slap,
        KindArg::Single => Kind::Single,
        KindArg::Face => Kind::Face,
    };
    let setup = Setup {
        kind,
        serial: cli.serial,
        person: cli.person,
        coding: Coding::Png,
        level_one: cli.level_one,
        ..Setup::default()
    };
    let device = Arc::new(Device::new(setup)?);
    device.set_fault(cli.fault);
    std::fs::create_dir_all(&cli.authorities)?;
    std::fs::write(cli.authorities.join("device-ca.pem"), &device.keys.device_ca_pem)?;
    std::fs::write(cli.authorities.join("chip-ca.pem"), &device.keys.chip_ca_pem)?;
    let delay = Duration::from_millis(cli.delay_ms);
    let mut ports = cli.port.map_or(4501..=4600, |port| port..=port);
    let service = ports
        .find_map(|port| Service::start(Arc::clone(&device), port, delay).ok())
        .ok_or("no port is free; stop another service or choose one with --port")?;
    println!("listening: 127.0.0.1:{}", service.port);
    service.wait();
    Ok(())
}
