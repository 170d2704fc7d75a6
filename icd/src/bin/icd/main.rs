//! The tool of the library: look into files, check them, and ask the law for a clock.
//!
//! Exit codes: 0 when all is well, 1 when the input is bad, 2 when the tool was used wrongly. Errors go to stderr with
//! their code. What a file says is printed because the person at the keyboard asked for it; nothing is kept.

/// Prints a line. A reader that went away (`icd inspect FILE | head`) ends nothing and is no fault.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod build;
mod check;
mod deadlines;
mod inspect;
mod picture;
mod wsq;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  icd inspect case.an2
  icd validate case.an2 --profile open-2026 --json
  icd validate envelope.xml --container case.an2
  icd roundtrip case.an2
  icd extract case.an2 --out images --decode
  icd build case --profile open-2026 --out case.an2
  icd wsq encode finger.png --out finger.wsq --bpp 0.75
  icd deadlines --category 1 --event registration=2026-07-01T10:00:00Z
  icd profile check our-profile.toml";

const INSPECT: &str = "\
Examples:
  icd inspect case.an2
  icd inspect case.an2 --json
  icd inspect case.an2 --profile our-profile.toml
Fields of Type-2 are named by the profile; without one, by the shipped profile whose domain the file gives in 1.013.
A damaged file is shown as far as it can be read; every problem is told, and the exit code is 1.";

const VALIDATE: &str = "\
Examples:
  icd validate case.an2
  icd validate case.an2 --profile int-i-6 --json
  icd validate envelope.xml --container case.an2
  icd validate change.xml
A file alone is checked for everything it says: fields, images, fingers, quality, what its category may carry, age.
Times, urgency and the minor's mark stand only in the envelope, so check both together before sending.
Shipped profiles: open-2026, int-i-6. Codes are explained in docs/reference/errors/icd.md.
Exit code 0: no errors, perhaps warnings; 1: at least one error.";

const ROUNDTRIP: &str = "\
Example:
  icd roundtrip case.an2";

const EXTRACT: &str = "\
Examples:
  icd extract case.an2 --out images
  icd extract case.an2 --out images --decode
A name is the record's number in the file, its type and the position: 03_type14_fgp13.wsq.
A file that is there already is not written over.
raw: samples without a header; bin: content this tool has no name for.";

const PROFILE_CHECK: &str = "\
Examples:
  icd profile check open-2026
  icd profile check our-profile.toml
Shipped profiles: open-2026, int-i-6.";

/// Look into and check what is said to Eurodac: ANSI/NIST-ITL files, XML envelopes, ICD profiles, legal clocks.
///
/// Exit codes: 0 all is well, 1 the input is bad, 2 used wrongly.
#[derive(Parser)]
#[command(name = "icd", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show every record and field of an ANSI/NIST-ITL file in words.
    #[command(after_help = INSPECT)]
    Inspect {
        /// The file.
        file: PathBuf,
        /// A shipped profile's name or a profile file, for the fields of Type-2 [default: that of the file's domain].
        #[arg(long)]
        profile: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check an ANSI/NIST-ITL file or an XML envelope and list everything that is wrong.
    #[command(after_help = VALIDATE)]
    Validate {
        /// The ANSI/NIST-ITL file or the XML envelope.
        file: PathBuf,
        /// The file that travels beside the envelope.
        #[arg(long)]
        container: Option<PathBuf>,
        /// A shipped profile's name or a profile file.
        #[arg(long, default_value = "open-2026")]
        profile: String,
        /// The time to check dates against; without it, the envelope's own time of sending.
        #[arg(long)]
        now: Option<jiff::Timestamp>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read a file, write it again and compare: succeeds only if every byte is the same.
    #[command(after_help = ROUNDTRIP)]
    Roundtrip {
        /// The file.
        file: PathBuf,
    },
    /// Write every image of a file into a folder, byte by byte as it is, or as PNG.
    #[command(after_help = EXTRACT)]
    Extract {
        /// The file.
        file: PathBuf,
        /// The folder, made when it is not there.
        #[arg(long)]
        out: PathBuf,
        /// Decode into PNG where the compression is known.
        #[arg(long)]
        decode: bool,
    },
    /// Build a container from a folder with a case file and pictures.
    #[command(after_help = build::EXAMPLE)]
    Build {
        /// The folder.
        folder: PathBuf,
        /// A shipped profile's name or a profile file.
        #[arg(long, default_value = "open-2026")]
        profile: String,
        /// The file to write; an older one is replaced, unless it is one of the case. With an error nothing is written.
        #[arg(long)]
        out: PathBuf,
    },
    /// Decode and encode fingerprints in WSQ, the wavelet format of containers.
    #[command(subcommand)]
    Wsq(wsq::Command),
    /// Show the legal clock of a category or operation, with its article.
    Deadlines(deadlines::Arguments),
    /// Work with ICD profiles.
    #[command(subcommand)]
    Profile(ProfileCommand),
}

#[derive(Subcommand)]
enum ProfileCommand {
    /// Read a profile and say whether it is consistent.
    #[command(after_help = PROFILE_CHECK)]
    Check {
        /// A shipped profile's name or a profile file.
        profile: String,
    },
}

/// Why the tool stops.
enum Failure {
    /// The input is bad: exit code 1.
    Input { code: String, message: String },
    /// The input is bad, and the message carries its code already: exit code 1.
    Foreign { message: String },
    /// A file or folder cannot be read or written: exit code 1.
    File { code: &'static str, message: String },
    /// The tool was used wrongly: exit code 2.
    Usage { code: &'static str, message: String },
    /// Everything was said already: exit code 1.
    Told,
}

impl From<icd::Error> for Failure {
    fn from(error: icd::Error) -> Self {
        Self::Input { code: error.code().to_owned(), message: error.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { code, message } => write!(f, "error {code}: {message}"),
            Self::Foreign { message } => write!(f, "error {message}"),
            Self::File { code, message } | Self::Usage { code, message } => {
                write!(f, "error {code}: {message}")
            }
            Self::Told => Ok(()),
        }
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    let failure = match run(arguments.command) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    match failure {
        Failure::Told => ExitCode::from(1),
        Failure::Input { .. } | Failure::Foreign { .. } | Failure::File { .. } => {
            eprintln!("{failure}");
            ExitCode::from(1)
        }
        Failure::Usage { .. } => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

/// Help and version are answers; all else that the command line's reader says is a wrong use, with the code of one.
fn misused(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Somebody who closed the pipe has read enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    eprint!("{}", error.render().to_string().replacen("error:", "error I-0903:", 1));
    ExitCode::from(2)
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Inspect { file, profile, json } => {
            let profile = profile.as_deref().map(profile_named).transpose()?;
            inspect::run(&read(&file)?, profile, json)
        }
        Command::Validate { file, container, profile, now, json } => {
            let container = container.as_deref().map(read).transpose()?;
            check::run(&profile_named(&profile)?, &read(&file)?, container.as_deref(), now, json)
        }
        Command::Roundtrip { file } => check::roundtrip(&read(&file)?),
        Command::Extract { file, out, decode } => picture::extract(&read(&file)?, &out, decode),
        Command::Build { folder, profile, out } => build::run(&folder, &profile_named(&profile)?, &out),
        Command::Wsq(command) => {
            let (input, output) = command.files();
            keeps(input, output)?;
            wsq::run(&command).map_err(|error| Failure::Foreign { message: error.to_string() })
        }
        Command::Deadlines(arguments) => deadlines::run(&arguments),
        Command::Profile(ProfileCommand::Check { profile }) => {
            let profile = profile_named(&profile)?;
            say!("{} version {} is consistent: {}", profile.name, profile.version, profile.title);
            Ok(())
        }
    }
}

fn profile_named(name: &str) -> Result<icd::profile::Profile, Failure> {
    if let Some(shipped) = icd::profile::Profile::shipped(name) {
        return Ok(shipped);
    }
    if !Path::new(name).exists() {
        return Err(Failure::File {
            code: "I-0901",
            message: format!(
                "{name} is neither a shipped profile (open-2026, int-i-6) nor a file that is there"
            ),
        });
    }
    let bytes = read(Path::new(name))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::Input {
        code: "I-0502".to_owned(),
        message: "the ICD profile was refused: it is not UTF-8".to_owned(),
    })?;
    Ok(icd::profile::Profile::from_toml(&text)?)
}

/// Reads a file up to the bound of a transaction, which is the largest thing this tool looks at.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes_max = u64::try_from(icd::limits::TRANSACTION_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if bytes.len() <= icd::limits::TRANSACTION_BYTES_MAX => Ok(bytes),
        Ok(_) => Err(unreadable(path, "it is larger than any transaction")),
        Err(error) => Err(unreadable(path, &error.to_string())),
    }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    let message = format!("{} cannot be read: {why}. Check the path and the rights.", path.display());
    Failure::File { code: "I-0901", message }
}

/// Refuses an output that is the input: nothing that somebody handed in is written over.
fn keeps(input: &Path, output: &Path) -> Result<(), Failure> {
    let same = matches!((input.canonicalize(), output.canonicalize()), (Ok(one), Ok(other)) if one == other);
    if same { Err(Failure::Usage { code: "I-0903", message: over_itself(output) }) } else { Ok(()) }
}

fn over_itself(path: &Path) -> String {
    format!("{} would be written over, and it is what is read; give --out another name.", path.display())
}

/// Writes a file that is not there yet, also not as a link.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let written = File::create_new(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| Failure::File {
        code: "I-0902",
        message: match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!(
                    "{} is there already and is not written over; give --out another folder.",
                    path.display()
                )
            }
            _ => format!("{} cannot be written: {error}. Check the path and the rights.", path.display()),
        },
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::File {
        code: "I-0902",
        message: format!("{} cannot be written: {error}. Check the path and the rights.", path.display()),
    })
}
