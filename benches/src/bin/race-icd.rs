//! The command `race-icd`: reading and writing one ANSI/NIST-ITL container, beside memcpy of the same bytes and any
//! peer somebody has installed.

use std::{io, path::Path, process::ExitCode};

use benches::{
    Contestant, Error, Laps, Pace, Report, limits,
    output::{Output, ended},
    peer::Peer,
    probe::MemoryProbe,
    race,
    subject::Subject,
};
use clap::Parser;
use icd::nist::{OutRecord, Transaction, TransactionHeader, TransactionWriter};
use jiff::Timestamp;
use matcher::{Hand, Image};

/// Times reading and writing of a container with three uncompressed slaps.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  cargo run --release -p benches --bin race-icd\n  cargo run --release -p benches --bin race-icd -- --peer 'python3 benches/peers/nistitl_container.py'\n\nHow a peer takes part: benches/src/peer.rs"
)]
struct Arguments {
    /// How long to measure.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=limits::SECONDS_MAX))]
    seconds: u64,
    /// A peer's command; `read FILE.an2` or `write FILE.an2` is put behind it.
    #[arg(long, value_name = "COMMAND")]
    peer: Option<String>,
    #[command(flatten)]
    output: Output,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ended(measure(&arguments).and_then(|report| arguments.output.write(&report)))
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let subject = Subject::new(SEED, AGE_YEARS)?;
    let failed = Error::part("write");
    let writer = container(&subject.slaps).map_err(|error| failed(&error))?;
    let bytes = writer.to_bytes().map_err(|error| failed(&error))?;
    let folder = tempfile::tempdir().map_err(Error::file("a temporary folder"))?;
    let mut peers = peers(arguments, folder.path(), &bytes)?;

    let mut memory = MemoryProbe::new("memcpy", vec![bytes.clone()]);
    let mut reading = Reading(&bytes);
    let mut writing = Writing { writer, sink: Vec::with_capacity(bytes.len()) };
    let mut again = Again { transaction: Transaction::read(&bytes).map_err(|error| failed(&error))? };
    let mut contestants: Vec<&mut dyn Contestant> = vec![&mut reading, &mut writing, &mut again, &mut memory];
    contestants.extend(peers.iter_mut().map(|peer| peer as &mut dyn Contestant));
    let measured_at = Timestamp::now();
    let laps = race(&mut contestants, Pace::seconds(arguments.seconds))?;
    let against: &[(&str, &[&str])] = &[
        ("read", &["memcpy"]),
        ("write", &["memcpy"]),
        ("write as read", &["memcpy"]),
        (PEER_READ, &["read"]),
        (PEER_WRITE, &["write"]),
    ];
    let title = format!("ANSI/NIST-ITL, three uncompressed slaps, {} bytes", bytes.len());
    let mut report = Report::new(&title, measured_at, &laps, against);
    report.notes.push("Reading borrows the images, so it is not bound by memcpy. One core.".to_owned());
    report
        .notes
        .push("\"write\" fills a buffer that is there; \"write as read\" takes a new one.".to_owned());
    if arguments.peer.is_none() {
        report.notes.push("SKIPPED: peer (none given with --peer)".to_owned());
    }
    Ok(report)
}

fn container(slaps: &[(Hand, Image)]) -> Result<TransactionWriter<'_>, icd::Error> {
    let mut writer = TransactionWriter::new(TransactionHeader {
        version: "0502".to_owned(),
        transaction_type: "DSS".to_owned(),
        date: "20260701".to_owned(),
        priority: None,
        destination_agency: "EURODAC".to_owned(),
        originating_agency: "NL/BENCH".to_owned(),
        control_number: "0001".to_owned(),
        control_reference: None,
        domain: ("OPEN".to_owned(), "1".to_owned()),
        ..TransactionHeader::default()
    });
    let mut two = OutRecord::new(2, 0)?;
    two.field(30, "Voorbeeld")?;
    writer.push(two)?;
    for (idc, (hand, slap)) in (1..).zip(slaps) {
        let mut record = OutRecord::new(14, idc)?;
        record
            .field(3, "0")?
            .field(4, "NL/BENCH")?
            .field(5, "20260701")?
            .field(6, &slap.width.to_string())?
            .field(7, &slap.height.to_string())?
            .field(8, "1")?
            .field(9, "500")?
            .field(10, "500")?
            .field(11, "NONE")?
            .field(12, "8")?
            .field(13, &hand.fgp().to_string())?;
        record.image(slap.pixels.as_slice());
        writer.push(record)?;
    }
    Ok(writer)
}

fn peers(arguments: &Arguments, folder: &Path, bytes: &[u8]) -> Result<Vec<Peer>, Error> {
    let Some(command) = &arguments.peer else { return Ok(Vec::new()) };
    let file = folder.join("container.an2");
    std::fs::write(&file, bytes).map_err(Error::file("the container for the peer"))?;
    let file = file.to_string_lossy();
    Ok(vec![
        Peer::start(PEER_READ, command, &["read", &file], Some(bytes.len()))?,
        Peer::start(PEER_WRITE, command, &["write", &file], Some(bytes.len()))?,
    ])
}

struct Reading<'a>(&'a [u8]);

impl Contestant for Reading<'_> {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        laps.time("read", || Transaction::read(self.0))?;
        laps.set_bytes("read", self.0.len());
        Ok(())
    }
}

struct Writing<'a> {
    writer: TransactionWriter<'a>,
    sink: Vec<u8>,
}

impl Contestant for Writing<'_> {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Self { writer, sink } = self;
        sink.clear();
        laps.time("write", || match writer.write_to(sink) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(io::Error::other(error)),
        })?;
        laps.set_bytes("write", self.sink.len());
        Ok(())
    }
}

struct Again<'a> {
    transaction: Transaction<'a>,
}

impl Contestant for Again<'_> {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        let bytes = laps.time("write as read", || Ok::<_, Error>(self.transaction.to_bytes()))?;
        laps.set_bytes("write as read", bytes.len());
        Ok(())
    }
}

const SEED: u64 = 4_100;
const AGE_YEARS: u8 = 34;
const PEER_READ: &str = "peer read";
const PEER_WRITE: &str = "peer write";
