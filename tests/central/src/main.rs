//! `central`: the simulator of the Eurodac central system as a program.

use std::{path::PathBuf, process::ExitCode};

use central::{Options, TlsFiles};
use clap::{Parser, Subcommand};

/// Simulator of the Eurodac central system and of its web interface.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit code: 0 ended as asked, 1 something in the site is wrong, 2 used wrongly."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Listens until it is stopped.
    ///
    /// Example: central run --link 127.0.0.1:9443 --web 127.0.0.1:9080 --tls-cert central.pem --tls-key central.key
    /// --client-ca ca.pem --folder central-data
    Run {
        /// Address of the machine interface (mutual TLS).
        #[arg(long)]
        link: String,
        /// Address of the web interface and the controls (plain HTTP, keep it on loopback).
        #[arg(long)]
        web: String,
        /// Our certificate chain, PEM.
        #[arg(long)]
        tls_cert: PathBuf,
        /// Our private key, PEM.
        #[arg(long)]
        tls_key: PathBuf,
        /// Authority of the national gateways' certificates, PEM.
        #[arg(long)]
        client_ca: PathBuf,
        /// Folder in which messages are kept.
        #[arg(long)]
        folder: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let Command::Run { link, web, tls_cert, tls_key, client_ca, folder } = Arguments::parse().command;
    let options = Options {
        link: &link,
        web: &web,
        tls: TlsFiles { certificate: &tls_cert, key: &tls_key, client_ca: &client_ca },
        folder: &folder,
    };
    match central::start(&options).await {
        Ok(running) => {
            println!("central: link https://{}, web http://{}", running.link, running.web);
            tokio::select! {
                _ = running.serving => ExitCode::from(1),
                _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
            }
        }
        Err(error) => {
            eprintln!("central: {error} ({})", error.code());
            ExitCode::from(1)
        }
    }
}
