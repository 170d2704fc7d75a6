//! The command `gateway`.
//!
//! Exit codes: 0 done, 1 what was given or found is bad, 2 used wrongly. Errors go to standard error with their code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use firmware_config::PublicKey;
use gateway::audit::{self, Anchor};
use gateway::daemon::Daemon;
use gateway::site::Site;
use gateway::store::{Copied, back_up, journal_folders, restore};
use gateway::{Error, limits};
use icd::identifier::MessageId;
use icd::message::Message;
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

/// The national gateway: takes messages for Eurodac, keeps them, sends them or lets operators key them, answers, and
/// proves it.
#[derive(Parser)]
#[command(version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway until it is told to stop (SIGTERM or Ctrl-C).
    #[command(after_help = "Example:\n  gateway run --config site/gateway.toml --trust site/site.pub")]
    Run {
        /// The signed configuration; its signature lies beside it as gateway.toml.sig.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The public key that must have signed configuration and staff register.
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// How the log on standard error is written. Which lines: RUST_LOG, for example RUST_LOG=debug.
        #[arg(long, value_enum, default_value_t = LogForm::Text)]
        log: LogForm,
    },
    /// Copy the storage folder to a new folder, also beside a running gateway, and check the copy.
    #[command(
        after_help = "Example:\n  gateway backup store /backup/2026-12-01\n\nThe copy is as secret as the site key, which is not in it. Destroy old copies by your erasure policy."
    )]
    Backup {
        /// The storage folder.
        from: PathBuf,
        /// A new or empty folder.
        to: PathBuf,
    },
    /// Copy a backup to a new storage folder and check it. The index is rebuilt at the first start.
    #[command(after_help = "Example:\n  gateway restore /backup/2026-12-01 store")]
    Restore {
        /// A backup.
        from: PathBuf,
        /// A new or empty folder.
        to: PathBuf,
    },
    /// Hand in a file that was carried here from a kiosk, and get the receipts that go back to it.
    #[command(
        after_help = "Example:\n  gateway import --config site/gateway.toml --trust site/site.pub --out kiosk-1.receipts kiosk-1.carry\n\nThe gateway must be running on this machine. Handing a file in twice changes nothing and gives the same receipts."
    )]
    Import {
        /// The signed configuration of the running gateway.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// The public key that must have signed it.
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// Where the receipts are written.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How long to wait for the running gateway, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 600)]
        wait_s: u64,
        /// The carried file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Check or export the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look into the journals.
    #[command(subcommand)]
    Journal(JournalCommand),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check that no line was removed, changed, moved or cut off. Needs only the public key; works beside a running
    /// gateway.
    #[command(
        after_help = "Examples:\n  gateway audit verify --public-key receipt.pub store/audit\n  gateway audit verify --public-key receipt.pub --receipt receipt.xml export.jsonl\n\nA receipt, or an anchor from one, also finds an end that was cut off together with its signed head."
    )]
    Verify {
        /// The public key of the gateway's receipt key.
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
        /// A receipt of this gateway; may be given more than once.
        #[arg(long, value_name = "FILE")]
        receipt: Vec<PathBuf>,
        /// A line known from outside; may be given more than once.
        #[arg(long, value_name = "SEQUENCE:HASH")]
        anchor: Vec<Anchor>,
        /// A file of checkpoints that were published; may be given more than once.
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// Write the result as JSON.
        #[arg(long)]
        json: bool,
        /// The folder of the audit log, or an exported file.
        #[arg(value_name = "FOLDER")]
        log: PathBuf,
    },
    /// Prove to an outsider that the acceptance of one message is in the log. Writes JSON to standard output.
    #[command(
        after_help = "Example:\n  gateway audit proof --message 018f3a5e-7d2c-7abc-8def-0123456789ab store/audit > proof.json\n\nThe proof holds the one line about the message (who, when, from where), a signed checkpoint and hashes; nothing of other messages."
    )]
    Proof {
        /// The message id.
        #[arg(long, value_name = "ID")]
        message: MessageId,
        /// The folder of the audit log.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Check a proof, offline. Needs only the public key; the receipt of the message makes it binding for that receipt.
    #[command(
        after_help = "Example:\n  gateway audit verify-proof --public-key receipt.pub --receipt receipt.xml proof.json"
    )]
    VerifyProof {
        /// The public key of the gateway's receipt key.
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
        /// The receipt of the message.
        #[arg(long, value_name = "FILE")]
        receipt: Option<PathBuf>,
        /// The proof.
        #[arg(value_name = "FILE")]
        proof: PathBuf,
    },
    /// Write the audit log to standard output, one JSON object per line.
    #[command(after_help = "Example:\n  gateway audit export store/audit > audit.jsonl")]
    Export {
        /// The folder of the audit log.
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum JournalCommand {
    /// Look through journals for damage without changing anything.
    #[command(
        after_help = "Examples:\n  gateway journal check store\n  gateway journal check --json store/changes"
    )]
    Check {
        /// Write the result as JSON.
        #[arg(long)]
        json: bool,
        /// A storage folder, or the folder of one journal.
        folder: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum LogForm {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run { config, trust, log } => run(&config, &trust, log),
        Command::Import { config, trust, out, wait_s, file } => import(&config, &trust, &file, &out, wait_s),
        Command::Audit(AuditCommand::Verify { public_key, receipt, anchor, checkpoint, json, log }) => {
            verify(&public_key, &receipt, anchor, &checkpoint, json, &log)
        }
        Command::Audit(AuditCommand::Proof { message, folder }) => {
            audit::prove(&folder, message).map(|proof| {
                print(&serde_json::json!(proof));
                true
            })
        }
        Command::Audit(AuditCommand::VerifyProof { public_key, receipt, proof }) => {
            verify_proof(&public_key, receipt.as_deref(), &proof)
        }
        Command::Audit(AuditCommand::Export { folder }) => {
            audit::export(&folder, &mut std::io::stdout().lock()).map(|_| true)
        }
        Command::Backup { from, to } => back_up(&from, &to).map(|copied| told(&copied)),
        Command::Restore { from, to } => restore(&from, &to).map(|copied| told(&copied)),
        Command::Journal(JournalCommand::Check { json, folder }) => check(&folder, json),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error @ Error::Argument { .. }) => fail(&error, 2),
        Err(error) => fail(&error, 1),
    }
}

fn fail(error: &Error, code: u8) -> ExitCode {
    let text = error.to_string();
    let text = if text.starts_with("G-") { text } else { format!("{}: {text}", error.code()) };
    // Without standard error there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "gateway: {text}");
    ExitCode::from(code)
}

fn run(config: &Path, trust: &Path, log: LogForm) -> Result<bool, Error> {
    start_log(log);
    let trusted = read_public_key(trust)?;
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let site = Site::read(config, &trusted, credentials, Timestamp::now())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::NotDurable { reason: error.kind().to_string() })?;
    let ended_well = runtime.block_on(serve(site))?;
    runtime.shutdown_timeout(limits::SHUTDOWN_TIME_MAX);
    Ok(ended_well)
}

fn import(config: &Path, trust: &Path, file: &Path, out: &Path, wait_s: u64) -> Result<bool, Error> {
    let trusted = read_public_key(trust)?;
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let site = Site::read(config, &trusted, credentials, Timestamp::now())?;
    let receipts = gateway::link::carried::hand_in(&site.storage, file, Duration::from_secs(wait_s))?;
    std::fs::write(out, &receipts).map_err(|error| Error::Argument {
        what: "the file for the receipts",
        reason: error.kind().to_string(),
    })?;
    let told: serde_json::Value = receipts
        .split(|byte| *byte == b'\n')
        .next()
        .and_then(|line| serde_json::from_slice(line).ok())
        .unwrap_or_default();
    let results = told["results"].as_array().map(Vec::as_slice).unwrap_or_default();
    let taken = results.iter().filter(|result| result.get("receipt").is_some()).count();
    print(&format!("{taken} of {} messages have a receipt, in {}", results.len(), out.display()));
    Ok(taken == results.len())
}

async fn serve(site: Site) -> Result<bool, Error> {
    let signals = |kind| signal(kind).map_err(|error| Error::NotDurable { reason: error.kind().to_string() });
    let (mut terminate, mut interrupt) =
        (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
    let daemon = Daemon::start(site).await?;
    let failure = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        failure = daemon.failed() => Some(failure),
    };
    daemon.stop().await;
    match failure {
        None => Ok(true),
        Some(reason) => Err(Error::NotDurable { reason }),
    }
}

fn start_log(form: LogForm) {
    let lines = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(lines).with_writer(std::io::stderr);
    match form {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().init(),
    }
}

fn verify(
    key: &Path,
    receipts: &[PathBuf],
    mut anchors: Vec<Anchor>,
    published: &[PathBuf],
    json: bool,
    log: &Path,
) -> Result<bool, Error> {
    let key = read_public_key(key)?;
    for receipt in receipts {
        anchors.push(anchor_of(receipt, &key)?);
    }
    let mut checkpoints = Vec::new();
    for file in published {
        checkpoints.extend(audit::read_checkpoints(file)?);
    }
    let report = audit::verify_path(log, &key, anchors, checkpoints)?;
    if json {
        print(&serde_json::json!({
            "sound": true,
            "lines": report.lines,
            "lastSequence": report.last.sequence,
            "lastHash": report.last.hash.to_string(),
            "anchorsFound": report.anchors,
            "checkpointsHeld": report.checkpoints,
        }));
    } else {
        let audit::Report { lines, last, anchors, checkpoints } = report;
        print(&format!(
            "sound: {lines} lines, {checkpoints} checkpoints hold, {anchors} anchors in place, last hash {}",
            last.hash
        ));
    }
    Ok(true)
}

fn verify_proof(key: &Path, receipt: Option<&Path>, proof: &Path) -> Result<bool, Error> {
    let key = read_public_key(key)?;
    let anchor = receipt.map(|receipt| anchor_of(receipt, &key)).transpose()?;
    let bytes = std::fs::read(proof)
        .map_err(|error| Error::Argument { what: "the proof", reason: error.kind().to_string() })?;
    let proof = audit::Proof::from_json(&bytes)?;
    proof.verify(&key, anchor)?;
    let (line, checkpoint) = (&proof.line, &proof.checkpoint);
    print(&format!(
        "holds: line {} ({}, {}) is under the checkpoint of {} over {} lines",
        line.sequence, line.action, line.object, checkpoint.at, checkpoint.size
    ));
    Ok(true)
}

fn anchor_of(receipt: &Path, key: &PublicKey) -> Result<Anchor, Error> {
    let unusable = |reason: String| Error::Argument { what: "a receipt", reason };
    let bytes = std::fs::read(receipt).map_err(|error| unusable(error.kind().to_string()))?;
    match Message::from_xml(&bytes) {
        Ok(Message::Receipt(receipt)) => {
            if key.verify_bytes(receipt.signing_text().as_bytes(), &receipt.signature) {
                Ok(Anchor { sequence: receipt.audit_sequence, hash: audit::Hash(receipt.audit_hash) })
            } else {
                Err(unusable("it is not signed by this key".to_owned()))
            }
        }
        Ok(_) => Err(unusable("it is another kind of message".to_owned())),
        Err(error) => Err(unusable(error.to_string())),
    }
}

fn told(copied: &Copied) -> bool {
    let Copied { files, bytes, messages } = copied;
    print(&format!("whole: {files} files, {bytes} bytes, {messages} messages"));
    true
}

fn check(folder: &Path, json: bool) -> Result<bool, Error> {
    let parts: Vec<_> = journal_folders(folder).into_iter().filter(|(_, path)| path.is_dir()).collect();
    let parts = if parts.is_empty() { vec![("journal", folder.to_owned())] } else { parts };
    let mut whole = true;
    for (name, path) in parts {
        let found = journal::check(&path).map_err(|source| Error::Journal { which: name, source })?;
        whole &= found.is_whole();
        if json {
            print(&serde_json::json!({
                "journal": name,
                "whole": found.is_whole(),
                "segments": found.segments,
                "segmentsRetired": found.segments_retired,
                "retiredListDamaged": found.retired_list_damaged,
                "records": found.records,
                "payloadBytes": found.payload_bytes,
                "damagedRecords": found.damaged_records,
                "unreadableBytes": found.unreadable_bytes,
                "tornTail": found.torn.is_some(),
            }));
        } else {
            let state = if found.is_whole() { "whole" } else { "DAMAGED" };
            let tail =
                if found.torn.is_some() { ", an unfinished end that was never acknowledged" } else { "" };
            let retired = match found.segments_retired {
                0 => String::new(),
                some => format!(", {some} retired between them"),
            };
            let list = if found.retired_list_damaged { ", the list of retired segments DAMAGED" } else { "" };
            print(&format!(
                "{name}: {state}, {} records in {} segments{retired}, {} damaged{list}{tail}",
                found.records, found.segments, found.damaged_records
            ));
        }
    }
    Ok(whole)
}

fn read_public_key(file: &Path) -> Result<PublicKey, Error> {
    let unusable = |reason: String| Error::Argument { what: "the public key", reason };
    let text = std::fs::read_to_string(file).map_err(|error| unusable(error.kind().to_string()))?;
    PublicKey::from_text(text.trim()).map_err(|error| unusable(error.to_string()))
}

fn print(line: &impl std::fmt::Display) {
    // A reader that has gone away wants no more lines.
    let _ = writeln!(std::io::stdout(), "{line}");
}
