//! `matcher advise`: what a person can do for a better print, with the figures that say so.

use std::path::PathBuf;

use matcher::{Counsel, Finger};
use serde_json::json;

use crate::files::{self, Outcome};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Picture of one print or of a slap.
    image: PathBuf,
    /// Resolution when the file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome<()> {
    let counsel = matcher::advise(&files::image(&arguments.image, arguments.ppi)?);
    if arguments.json {
        println!("{}", as_json(&counsel));
    } else {
        println!("{}", counsel.sentence());
        for cause in &counsel.causes {
            let finger = cause.finger.map_or(String::new(), |finger| format!(" of the {finger}"));
            println!("  {}{finger} is {:.2}, threshold {:.2}", cause.measure, cause.value, cause.threshold);
        }
    }
    Ok(())
}

fn as_json(counsel: &Counsel) -> serde_json::Value {
    let causes: Vec<_> = counsel
        .causes
        .iter()
        .map(|cause| {
            json!({
                "advice": cause.kind.text(), "code": matcher::advice::code(cause.kind), "measure": cause.measure,
                "value": cause.value, "threshold": cause.threshold, "weight": cause.weight,
                "finger": cause.finger.map(Finger::fgp),
            })
        })
        .collect();
    json!({ "sentence": counsel.sentence(), "causes": causes })
}
