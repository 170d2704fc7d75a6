//! `matcher synth`: writes folders of made-up prints, and slaps with their truth when asked.
//!
//! Every picture carries its resolution (PNG `pHYs`) and says in its text that it is synthetic (`tEXt`),
//! because a made-up print must never be taken for a person's.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use matcher::synth::{Condition, Impression, Person, Placement, SlapTruth, compose_slap};
use matcher::{Finger, Hand, Image, MinutiaType};

/// Most persons of one run; the folder then holds 100 000 prints per visit.
const PERSONS_MAX: u32 = 10_000;
/// Most visits per person.
const VISITS_MAX: u32 = 100;
/// Number of the first finger: 101 as in the public test sets, so that names have three digits up to person
/// 89.
const FINGER_NUMBER_FIRST: u32 = 101;
/// What the text of every picture says.
const LABEL: &str = "Synthetic fingerprint, made by a program. Not a real person.";

/// Write made-up fingerprints: ten fingers per person, as PNG at 500 ppi.
///
/// Files are named FFF_I.png: FFF the number of the finger (the first person's right thumb is 101, left
/// little finger 110, the second person begins at 111), I the visit. Beside each picture stands what is known of it as JSON:
/// finger, pattern class, contact box, ridge period, minutiae, defects. The same seed gives the same pixels on
/// every machine. Not for accuracy claims: made-up prints match better than skin does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  matcher synth --persons 2 --visits 3 --seed 1 --age 30 --out prints
  matcher synth --persons 1 --seed 7 --age 8 --out child --slaps
  matcher synth --persons 5 --seed 1 --age 60 --condition dry --out dry --json")]
pub(crate) struct SynthArgs {
    /// How many persons.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(PERSONS_MAX)))]
    persons: u32,
    /// How many impressions of each finger.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(VISITS_MAX)))]
    visits: u32,
    /// Seed: the same number makes the same persons.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Age in years; children have smaller fingers and finer ridges.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u8).range(0..=110))]
    age: u8,
    /// State of the skin and the contact.
    #[arg(long, value_enum, default_value_t = Skin::Normal)]
    condition: Skin,
    /// Folder to write to; made when it is not there.
    #[arg(long)]
    out: PathBuf,
    /// Also write the slaps of each visit: slap-PPP-HH_I.png (HH 13 right four, 14 left four, 15 thumbs)
    /// and the boxes of their fingers as JSON beside them.
    #[arg(long)]
    slaps: bool,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

/// Conditions that can be named on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Skin {
    /// Normal skin, well placed
    Normal,
    /// As volunteers come: mostly normal, sometimes dry, wet, turned or half off the sensor
    Mixed,
    Dry,
    Wet,
    Light,
    Heavy,
    Partial,
}

impl Skin {
    fn condition(self, seed: u64) -> Condition {
        match self {
            Self::Mixed => Condition::drawn(seed),
            Self::Normal => Condition::default(),
            Self::Dry => Condition::dry(),
            Self::Wet => Condition::wet(),
            Self::Light => Condition::light(),
            Self::Heavy => Condition::heavy(),
            Self::Partial => Condition::partial(),
        }
    }
}

/// Runs the command. The error text names the file and what to do.
pub(crate) fn run(args: &SynthArgs) -> Result<(), String> {
    fs::create_dir_all(&args.out).map_err(|error| cannot_write(&args.out, &error))?;
    let (mut prints, mut slaps) = (0_u32, 0_u32);
    for index in 0..args.persons {
        // Far apart, so that two runs with neighbouring seeds share nobody.
        let seed = args.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(index));
        let person = Person::new(seed, args.age);
        for visit in 1..=args.visits {
            let mut hand = Vec::with_capacity(Finger::ALL.len());
            for finger in Finger::ALL {
                let number = FINGER_NUMBER_FIRST + 10 * index + u32::from(finger.fgp()) - 1;
                let draw = seed
                    .wrapping_mul(1009)
                    .wrapping_add(u64::from(visit) << 8)
                    .wrapping_add(finger.fgp().into());
                let condition = args.condition.condition(draw);
                let path = args.out.join(format!("{number:03}_{visit}.png"));
                let truth = person.impression_with_truth(finger, visit, condition, 500);
                write_text(&path.with_extension("json"), &print_json(finger, &condition, &truth))?;
                let image = truth.image;
                write_png(&path, &image)?;
                prints += 1;
                hand.push((finger, image));
            }
            if args.slaps {
                slaps += write_slaps(args, &person, (index, visit), &hand)?;
            }
        }
    }
    if args.json {
        println!("{}", serde_json::json!({ "prints": prints, "slaps": slaps, "synthetic": true }));
    } else {
        println!("{prints} prints and {slaps} slaps written, all synthetic.");
    }
    Ok(())
}

fn write_slaps(
    args: &SynthArgs,
    person: &Person,
    (index, visit): (u32, u32),
    prints: &[(Finger, Image)],
) -> Result<u32, String> {
    for hand in Hand::ALL {
        let placement = Placement {
            hand_size: person.hand_size(),
            seed: args
                .seed
                .wrapping_mul(1_000_003)
                .wrapping_add(u64::from(index) << 8)
                .wrapping_add(u64::from(visit)),
            ..Placement::default()
        };
        let truth = compose_slap(prints, hand, placement);
        let stem = args.out.join(format!("slap-{:03}-{}_{visit}", index + 1, hand.fgp()));
        write_png(&stem.with_extension("png"), &truth.image)?;
        write_text(&stem.with_extension("json"), &boxes_json(hand, &truth))?;
    }
    Ok(Hand::ALL.len() as u32)
}

fn print_json(finger: Finger, condition: &Condition, truth: &Impression) -> String {
    let minutiae: Vec<_> = truth
        .minutiae
        .iter()
        .map(|one| {
            let kind = if one.kind == MinutiaType::Ending { "ending" } else { "bifurcation" };
            serde_json::json!({ "x": one.x, "y": one.y, "angle_deg": one.angle_deg, "kind": kind })
        })
        .collect();
    let print = serde_json::json!({
        "synthetic": true, "finger": finger.fgp(), "class": format!("{:?}", truth.class), "contact": truth.contact,
        "ridge_period_px": truth.period_px, "minutiae": minutiae,
        "defects": {
            "wetness": condition.wetness, "pressure": condition.pressure, "coverage": condition.coverage,
            "distortion": condition.distortion, "wear": condition.wear, "rotation_deg": condition.rotation_deg,
            "shift_x_mm": condition.shift_x_mm, "shift_y_mm": condition.shift_y_mm,
        },
    });
    format!("{print:#}\n")
}

fn write_text(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| cannot_write(path, &error))
}

fn boxes_json(hand: Hand, truth: &SlapTruth) -> String {
    let boxes: Vec<_> = truth
        .boxes
        .iter()
        .map(|one| {
            serde_json::json!({
                "finger": one.finger.fgp(), "left": one.left, "top": one.top, "right": one.right,
                "bottom": one.bottom, "angle_deg": one.angle_deg,
                "corners": one.corners.map(|(x, y)| [x, y]),
            })
        })
        .collect();
    let slap = serde_json::json!({
        "synthetic": true, "hand": hand.fgp(), "width": truth.image.width, "height": truth.image.height,
        "resolution_ppi": truth.image.resolution_ppi, "rotation_deg": truth.rotation_deg, "boxes": boxes,
    });
    format!("{slap:#}\n")
}

fn write_png(path: &Path, image: &Image) -> Result<(), String> {
    let bytes = labelled_png(image).ok_or_else(|| {
        format!("M-0902: {} could not be encoded as PNG. Report this with the seed.", path.display())
    })?;
    fs::write(path, bytes).map_err(|error| cannot_write(path, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> String {
    format!(
        "M-0901: {} cannot be written ({error}). Choose another folder with --out, or make room there.",
        path.display()
    )
}

/// A PNG with resolution and label. The encoder writes neither, so both chunks are put in behind the
/// header, which always fills the first 33 bytes.
fn labelled_png(image: &Image) -> Option<Vec<u8>> {
    let grey = image::GrayImage::from_raw(image.width, image.height, image.pixels.clone())?;
    let mut bytes = Cursor::new(Vec::new());
    grey.write_to(&mut bytes, image::ImageFormat::Png).ok()?;
    let mut bytes = bytes.into_inner();
    let per_metre = (f64::from(image.resolution_ppi) / 0.0254).round() as u32;
    let mut physical = Vec::new();
    physical.extend_from_slice(&per_metre.to_be_bytes());
    physical.extend_from_slice(&per_metre.to_be_bytes());
    physical.push(1);
    let mut chunks = chunk(b"pHYs", &physical);
    chunks.extend(chunk(b"tEXt", format!("Description\0{LABEL}").as_bytes()));
    bytes.splice(33..33, chunks);
    Some(bytes)
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut checked = kind.to_vec();
    checked.extend_from_slice(body);
    let mut chunk = (body.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(&checked);
    chunk.extend_from_slice(&crc32(&checked).to_be_bytes());
    chunk
}

/// The checksum of PNG chunks (ISO 3309), bit by bit: two short chunks per picture need no table.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let carry = crc & 1;
            crc >>= 1;
            if carry == 1 {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(out: &Path) -> SynthArgs {
        SynthArgs {
            persons: 2,
            visits: 1,
            seed: 5,
            age: 8,
            condition: Skin::Normal,
            out: out.to_path_buf(),
            slaps: true,
            json: false,
        }
    }

    #[test]
    fn writes_named_labelled_pictures_with_their_resolution() {
        let folder = tempfile::tempdir().expect("a folder");
        run(&args(folder.path())).expect("written");
        for number in 101..=120 {
            let path = folder.path().join(format!("{number}_1.png"));
            let bytes = fs::read(&path).expect("a print");
            assert!(bytes.windows(LABEL.len()).any(|window| window == LABEL.as_bytes()), "labelled");
            let image = matcher::codec::decode(&bytes, 72).expect("readable");
            assert_eq!((image.width, image.height, image.resolution_ppi), (400, 500, 500));
            let truth = fs::read(path.with_extension("json")).expect("its truth");
            let truth: serde_json::Value = serde_json::from_slice(&truth).expect("JSON");
            assert!(truth["minutiae"].as_array().is_some_and(|found| found.len() > 10));
            assert!(truth["defects"]["wetness"].is_number());
        }
        for hand in Hand::ALL {
            let stem = folder.path().join(format!("slap-002-{}_1", hand.fgp()));
            let image = matcher::codec::decode(&fs::read(stem.with_extension("png")).expect("a slap"), 72)
                .expect("readable");
            assert_eq!((image.width, image.height, image.resolution_ppi), (1600, 1500, 500));
            let truth: serde_json::Value =
                serde_json::from_slice(&fs::read(stem.with_extension("json")).expect("its truth"))
                    .expect("JSON");
            assert_eq!(truth["boxes"].as_array().map(Vec::len), Some(hand.fingers().len()));
            assert_eq!(truth["synthetic"], true);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("taken");
        fs::write(&file, b"x").expect("a file");
        let refused = run(&args(&file.join("below"))).expect_err("no folder under a file");
        assert!(
            refused.starts_with("M-0901") && refused.contains("taken") && refused.contains("--out"),
            "{refused}"
        );
    }
}
