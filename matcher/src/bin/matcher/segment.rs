//! `matcher segment`: the fingers of a slap, as a table, as JSON, and as pictures.

use std::path::PathBuf;

use clap::ValueEnum;
use matcher::{Doubt, Finger, Hand, SegmentRequest, Segmentation};
use serde_json::{Value, json};

use crate::files::{self, Outcome};

#[derive(Clone, Copy, ValueEnum)]
enum HandName {
    /// Told from the picture, with its confidence
    Auto,
    RightFour,
    LeftFour,
    Thumbs,
}

impl HandName {
    fn stated(self) -> Option<Hand> {
        match self {
            Self::Auto => None,
            Self::RightFour => Some(Hand::RightFour),
            Self::LeftFour => Some(Hand::LeftFour),
            Self::Thumbs => Some(Hand::Thumbs),
        }
    }
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Picture of a slap, fingertips up.
    image: PathBuf,
    /// What was put on the sensor.
    #[arg(long, value_enum, default_value_t = HandName::Auto)]
    hand: HandName,
    /// Fingers that are absent, by FGP code 1 to 10; needs a stated hand.
    #[arg(long, value_delimiter = ',')]
    missing: Vec<u8>,
    /// Resolution when the file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Write each finger as FGP.png into this folder; it is created.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome<()> {
    let image = files::image(&arguments.image, arguments.ppi)?;
    let missing = arguments
        .missing
        .iter()
        .map(|&fgp| Finger::from_fgp(fgp).ok_or(format!("--missing {fgp}: not 1 to 10")));
    let missing = missing.collect::<Outcome<Vec<Finger>>>()?;
    let found = match arguments.hand.stated() {
        Some(hand) => matcher::segment(&image, SegmentRequest { hand, missing: &missing }),
        None if missing.is_empty() => matcher::segment_auto(&image),
        None => {
            return Err("--missing needs --hand: absent fingers of an unknown hand say nothing".to_owned());
        }
    };
    if arguments.json {
        println!("{}", as_json(&found, image.resolution_ppi));
    } else {
        print(&found);
    }
    if let Some(folder) = &arguments.out {
        files::make_folder(folder)?;
        for s in &found.fingers {
            if let Some(part) = s.crop(&image) {
                files::write_png(&folder.join(format!("{}.png", s.finger.fgp())), &part)?;
            }
        }
    }
    Ok(())
}

fn print(found: &Segmentation) {
    if let Some(hand) = found.hand {
        println!("{hand}, confidence {:.2}", found.hand_confidence);
    }
    for s in &found.fingers {
        println!(
            "{:>2} {:<20} {:>5} {:>5} {:>5} {:>5}  turned {:>4.0}  confidence {:.2}",
            s.finger.fgp(),
            s.finger.name(),
            s.left,
            s.top,
            s.right,
            s.bottom,
            s.angle_deg,
            s.confidence
        );
    }
    for doubt in &found.doubt {
        println!("not sure: {doubt}");
    }
}

fn as_json(found: &Segmentation, resolution_ppi: u32) -> Value {
    let fingers: Vec<Value> = found
        .fingers
        .iter()
        .map(|s| {
            let reasons: Vec<String> =
                found.doubt.iter().filter(|doubt| doubt.concerns(s.finger)).map(Doubt::to_string).collect();
            json!({
                "finger": s.finger.fgp(), "name": s.finger.name(), "left": s.left, "top": s.top,
                "right": s.right, "bottom": s.bottom, "angle_deg": s.angle_deg,
                "corners": s.corners.map(|(x, y)| [x, y]), "confidence": s.confidence, "reasons": reasons,
            })
        })
        .collect();
    let doubt: Vec<Value> =
        found.doubt.iter().map(|doubt| json!({ "code": doubt.code(), "text": doubt.to_string() })).collect();
    json!({
        "hand": found.hand.map(Hand::fgp), "hand_name": found.hand.map(Hand::name),
        "hand_confidence": found.hand_confidence, "resolution_ppi": resolution_ppi, "fingers": fingers,
        "doubt": doubt,
    })
}
