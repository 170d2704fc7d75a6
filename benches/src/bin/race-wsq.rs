//! The command `race-wsq`: our WSQ codec on one slap, beside memcpy and any peer somebody has installed.

use std::{path::Path, process::ExitCode};

use benches::{
    Contestant, Error, Laps, Pace, Report, limits,
    output::{Output, ended},
    peer::Peer,
    probe::MemoryProbe,
    race,
    subject::Subject,
};
use clap::Parser;
use jiff::Timestamp;
use matcher::Image;
use wsq::EncodeOptions;

/// Times encoding and decoding of one synthetic slap of 1600 x 1500 pixels.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 110,
    after_help = "Examples:\n  cargo run --release -p benches --bin race-wsq\n  cargo run --release -p benches --bin race-wsq -- --peer 'python3 benches/peers/wsq_pillow.py'\n\nHow a peer takes part: docs/reference/measurements.md"
)]
struct Arguments {
    /// How long to measure.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=limits::SECONDS_MAX))]
    seconds: u64,
    /// A peer's command; `encode FILE.pgm` or `decode FILE.wsq` is put behind it.
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
    let Some((_, slap)) = subject.slaps.into_iter().next() else {
        return Err(Error::part("synthetic person")(&"it has no slap"));
    };
    let options = EncodeOptions { resolution_ppi: Some(500), ..EncodeOptions::default() };
    let stream = wsq::encode(&slap.pixels, slap.width, slap.height, &options)
        .map_err(|error| Error::part("encode")(&error))?;
    let folder = tempfile::tempdir().map_err(Error::file("a temporary folder"))?;
    let mut peers = peers(arguments, folder.path(), &slap, &stream)?;

    let mut memory = MemoryProbe::new("memcpy", vec![slap.pixels.clone()]);
    let (mut encoding, mut decoding) = (Encoding { slap: &slap, options }, Decoding { stream, slap: &slap });
    let mut contestants: Vec<&mut dyn Contestant> = vec![&mut encoding, &mut decoding, &mut memory];
    contestants.extend(peers.iter_mut().map(|peer| peer as &mut dyn Contestant));
    let measured_at = Timestamp::now();
    let laps = race(&mut contestants, Pace::seconds(arguments.seconds).settling(1))?;
    let against: &[(&str, &[&str])] = match arguments.peer {
        Some(_) => &[("encode", &[PEER_ENCODE]), ("decode", &[PEER_DECODE])],
        None => &[("encode", &["memcpy"]), ("decode", &["memcpy"])],
    };
    let mut report = Report::new("WSQ, one slap of 1600 x 1500", measured_at, &laps, against);
    report.notes.push("Bytes are pixels: MB/s reads as megapixels a second. One core each.".to_owned());
    if arguments.peer.is_none() {
        report.notes.push("SKIPPED: peer (none given with --peer)".to_owned());
    }
    Ok(report)
}

/// The peer once for each direction; each is a program of its own.
fn peers(arguments: &Arguments, folder: &Path, slap: &Image, stream: &[u8]) -> Result<Vec<Peer>, Error> {
    let Some(command) = &arguments.peer else { return Ok(Vec::new()) };
    let failed = Error::file("the picture for the peer");
    let (picture, coded) = (folder.join("slap.pgm"), folder.join("slap.wsq"));
    let head = format!("P5\n{} {}\n255\n", slap.width, slap.height);
    std::fs::write(&picture, [head.as_bytes(), &slap.pixels].concat()).map_err(&failed)?;
    std::fs::write(&coded, stream).map_err(&failed)?;
    let pixels = Some(slap.pixels.len());
    Ok(vec![
        Peer::start(PEER_ENCODE, command, &["encode", &picture.to_string_lossy()], pixels)?,
        Peer::start(PEER_DECODE, command, &["decode", &coded.to_string_lossy()], pixels)?,
    ])
}

struct Encoding<'a> {
    slap: &'a Image,
    options: EncodeOptions,
}

impl Contestant for Encoding<'_> {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Image { width, height, pixels, .. } = self.slap;
        laps.time("encode", || wsq::encode(pixels, *width, *height, &self.options))?;
        laps.set_bytes("encode", pixels.len());
        Ok(())
    }
}

struct Decoding<'a> {
    stream: Vec<u8>,
    slap: &'a Image,
}

impl Contestant for Decoding<'_> {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        laps.time("decode", || wsq::decode(&self.stream))?;
        laps.set_bytes("decode", self.slap.pixels.len());
        Ok(())
    }
}

const SEED: u64 = 4_100;
const AGE_YEARS: u8 = 34;
const PEER_ENCODE: &str = "peer encode";
const PEER_DECODE: &str = "peer decode";
