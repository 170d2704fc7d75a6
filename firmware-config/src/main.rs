//! The tool with which a site makes its key, and signs, checks and reads its configuration files.
//!
//! Reads and writes files, which the library never does. Exit code 0: fine; 1: a file is not; 2: used
//! wrongly. A private key is written for its owner only, and nothing but a signature is ever replaced.

use clap::{Args, Parser, Subcommand, ValueEnum};
use firmware_config::{
    Document, Error, GatewayConfig, KioskConfig, PublicKey, SigningKey, StaffRegister, limits,
    parse_unverified, verify_and_parse,
};
use serde::Serialize;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Tool::parse().command {
        Command::Keygen(arguments) => keygen(&arguments),
        Command::Show(arguments) => show(&arguments),
        Command::Sign(arguments) => sign(&arguments),
        Command::Verify(arguments) => verify(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(if matches!(error, ToolError::Kind(_)) { 2 } else { 1 })
        }
    }
}

/// Makes a site's key, and signs, checks and shows its configuration files.
///
/// A daemon of the appliance starts only with a configuration that was signed with the site's key.
#[derive(Parser)]
#[command(
    name = "firmware-config",
    version,
    after_help = "\
Examples:
  firmware-config keygen --out site                       writes site.key (keep it safe) and site.pub
  firmware-config sign --key site.key gateway.toml staff.toml
  firmware-config verify --trust site.pub gateway.toml staff.toml
  firmware-config show gateway.toml                       the file with all defaults filled in

Exit code: 0 fine, 1 a file is not, 2 used wrongly."
)]
struct Tool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a new key pair: OUT.key for the one who signs, OUT.pub for the machines.
    Keygen(Keygen),
    /// Reads a file without asking for its signature, and prints it with defaults; secrets are hidden.
    Show(Show),
    /// Checks files, then writes FILE.sig beside each.
    Sign(Sign),
    /// Checks the signatures and the contents of files, as a daemon does at its start.
    Verify(Verify),
}

#[derive(Args)]
#[command(after_help = "Example:\n  firmware-config keygen --out site")]
struct Keygen {
    /// Path of the new files, without ending.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:\n  firmware-config show --json kiosk.toml")]
struct Show {
    /// What the file is; otherwise seen from the beginning of its name.
    #[arg(long)]
    kind: Option<Kind>,
    /// Prints JSON instead of TOML.
    #[arg(long)]
    json: bool,
    /// The file.
    file: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Examples:
  firmware-config sign --key site.key gateway.toml staff.toml
  firmware-config sign --key site.key --kind other profiles/nl.toml")]
struct Sign {
    /// The site's private key.
    #[arg(long)]
    key: PathBuf,
    /// What the files are; otherwise seen from the beginning of their names.
    #[arg(long)]
    kind: Option<Kind>,
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "Example:\n  firmware-config verify --trust site.pub --json gateway.toml")]
struct Verify {
    /// The site's public key.
    #[arg(long)]
    trust: PathBuf,
    /// What the files are; otherwise seen from the beginning of their names.
    #[arg(long)]
    kind: Option<Kind>,
    /// Prints one JSON object per file.
    #[arg(long)]
    json: bool,
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What a file is.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Configuration of a gateway.
    Gateway,
    /// Configuration of a kiosk.
    Kiosk,
    /// Any other file: only signed and compared.
    Other,
    /// Staff register.
    Staff,
}

impl Kind {
    fn of(file: &Path, said: Option<Self>) -> Result<Self, ToolError> {
        if let Some(kind) = said {
            return Ok(kind);
        }
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        [("gateway", Self::Gateway), ("kiosk", Self::Kiosk), ("staff", Self::Staff)]
            .into_iter()
            .find_map(|(start, kind)| name.starts_with(start).then_some(kind))
            .ok_or_else(|| ToolError::Kind(file.to_owned()))
    }

    fn check(self, content: &[u8]) -> Result<(), Error> {
        match self {
            Self::Gateway => parse_unverified::<GatewayConfig>(content).map(drop),
            Self::Kiosk => parse_unverified::<KioskConfig>(content).map(drop),
            Self::Other => Ok(()),
            Self::Staff => parse_unverified::<StaffRegister>(content).map(drop),
        }
    }

    fn verify(self, content: &[u8], signature: &[u8], trusted: &PublicKey) -> Result<(), Error> {
        match self {
            Self::Gateway => verify_and_parse::<GatewayConfig>(content, signature, trusted).map(drop),
            Self::Kiosk => verify_and_parse::<KioskConfig>(content, signature, trusted).map(drop),
            Self::Other if signature.is_empty() => Err(Error::Unsigned { document: "the file" }),
            Self::Other => {
                let signature = firmware_config::Signature::from_text(signature)?;
                trusted.verify_document("the file", content, &signature)
            }
            Self::Staff => verify_and_parse::<StaffRegister>(content, signature, trusted).map(drop),
        }
    }
}

fn keygen(arguments: &Keygen) -> Result<(), ToolError> {
    let key = SigningKey::generate()?;
    let (private, public) = (with_ending(&arguments.out, "key"), with_ending(&arguments.out, "pub"));
    if public.exists() {
        return Err(ToolError::Exists(public));
    }
    write_new(&private, key.to_pem()?.as_bytes(), 0o600)?;
    write_new(&public, key.public_key().to_text().as_bytes(), 0o644)?;
    println!("key {}: wrote {} and {}", key.public_key().key_id(), private.display(), public.display());
    Ok(())
}

fn sign(arguments: &Sign) -> Result<(), ToolError> {
    let pem = read(&arguments.key, limits::KEY_FILE_BYTES_MAX)?;
    let pem = zeroize::Zeroizing::new(String::from_utf8(pem).map_err(|_| Error::PrivateKeyUnreadable)?);
    let key = SigningKey::from_pem(&pem)?;
    for file in &arguments.files {
        let kind = Kind::of(file, arguments.kind)?;
        let content = read(file, limits::CONFIG_BYTES_MAX)?;
        kind.check(&content).map_err(|error| ToolError::File(file.clone(), error))?;
        let signature = with_ending(file, "sig");
        let written = std::fs::write(&signature, key.sign_document(&content).to_text());
        written.map_err(|error| ToolError::Write(signature.clone(), error))?;
        println!("{}: signed with key {}", file.display(), key.public_key().key_id());
    }
    Ok(())
}

fn verify(arguments: &Verify) -> Result<(), ToolError> {
    let text = read(&arguments.trust, limits::KEY_FILE_BYTES_MAX)?;
    let trusted = PublicKey::from_text(&String::from_utf8_lossy(&text))?;
    let mut first_failure = None;
    for file in &arguments.files {
        let outcome = verify_one(file, arguments.kind, &trusted);
        if arguments.json {
            println!("{}", verdict(file, &outcome));
        } else if outcome.is_ok() {
            println!("{}: good, signed with key {}", file.display(), trusted.key_id());
        }
        if let Err(error) = outcome
            && let Some(earlier) = first_failure.replace(error)
        {
            eprintln!("{earlier}");
        }
    }
    first_failure.map_or(Ok(()), Err)
}

fn verify_one(file: &Path, kind: Option<Kind>, trusted: &PublicKey) -> Result<(), ToolError> {
    let kind = Kind::of(file, kind)?;
    let content = read(file, limits::CONFIG_BYTES_MAX)?;
    let signature_file = with_ending(file, "sig");
    let signature =
        if signature_file.exists() { read(&signature_file, limits::KEY_FILE_BYTES_MAX)? } else { Vec::new() };
    kind.verify(&content, &signature, trusted).map_err(|error| ToolError::File(file.to_owned(), error))
}

fn verdict(file: &Path, outcome: &Result<(), ToolError>) -> serde_json::Value {
    match outcome {
        Ok(()) => serde_json::json!({ "file": file.display().to_string(), "good": true }),
        Err(error) => serde_json::json!({
            "file": file.display().to_string(),
            "good": false,
            "code": error.code(),
            "message": error.to_string(),
        }),
    }
}

fn show(arguments: &Show) -> Result<(), ToolError> {
    fn print<T: Document + Serialize>(arguments: &Show, content: &[u8]) -> Result<(), ToolError> {
        let parsed: T =
            parse_unverified(content).map_err(|error| ToolError::File(arguments.file.clone(), error))?;
        let text = if arguments.json {
            serde_json::to_string_pretty(&parsed).map_err(|error| ToolError::Print(error.to_string()))
        } else {
            toml::to_string_pretty(&parsed).map_err(|error| ToolError::Print(error.to_string()))
        };
        println!("{}", text?.trim_end());
        Ok(())
    }
    let kind = Kind::of(&arguments.file, arguments.kind)?;
    let content = read(&arguments.file, limits::CONFIG_BYTES_MAX)?;
    match kind {
        Kind::Gateway => print::<GatewayConfig>(arguments, &content),
        Kind::Kiosk => print::<KioskConfig>(arguments, &content),
        Kind::Other => Err(ToolError::Kind(arguments.file.clone())),
        Kind::Staff => print::<StaffRegister>(arguments, &content),
    }
}

/// Reads a file; one byte more than allowed is enough to be refused later.
fn read(file: &Path, bytes_max: usize) -> Result<Vec<u8>, ToolError> {
    let failed = |error| ToolError::Read(file.to_owned(), error);
    let mut content = Vec::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened.take(bytes_max as u64 + 1).read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

fn write_new(file: &Path, content: &[u8], mode: u32) -> Result<(), ToolError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => ToolError::Exists(file.to_owned()),
        _ => ToolError::Write(file.to_owned(), error),
    };
    let mut opened = opened.map_err(failed)?;
    opened.write_all(content).and_then(|()| opened.sync_all()).map_err(failed)
}

/// `gateway.toml` and `sig` make `gateway.toml.sig`.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut whole = path.as_os_str().to_owned();
    whole.push(".");
    whole.push(ending);
    whole.into()
}

/// What this tool says when it stops.
#[derive(Debug)]
enum ToolError {
    Exists(PathBuf),
    File(PathBuf, Error),
    Key(Error),
    Kind(PathBuf),
    Print(String),
    Read(PathBuf, std::io::Error),
    Write(PathBuf, std::io::Error),
}

impl ToolError {
    fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "F-0503",
            Self::File(_, error) | Self::Key(error) => error.code(),
            Self::Kind(_) => "F-0504",
            Self::Print(_) => "F-0505",
            Self::Read(..) => "F-0501",
            Self::Write(..) => "F-0502",
        }
    }
}

impl From<Error> for ToolError {
    fn from(error: Error) -> Self {
        Self::Key(error)
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code();
        match self {
            Self::Exists(file) => {
                write!(f, "{code}: {} is there already and is not replaced; name another", file.display())
            }
            Self::File(file, error) => write!(f, "{}: {error}", file.display()),
            Self::Key(error) => write!(f, "{error}"),
            Self::Kind(file) => write!(
                f,
                "{code}: {}: cannot tell what this file is; name it gateway*, kiosk* or staff*, or say --kind",
                file.display()
            ),
            Self::Print(problem) => write!(f, "{code}: cannot be printed: {problem}; try --json"),
            Self::Read(file, error) => write!(f, "{code}: {}: cannot be read: {error}", file.display()),
            Self::Write(file, error) => write!(f, "{code}: {}: cannot be written: {error}", file.display()),
        }
    }
}
