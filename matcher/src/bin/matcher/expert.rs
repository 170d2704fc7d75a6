//! `matcher compare A B --explain OUT.png`: the expert's view as a PNG, and its pairs as JSON.

use std::path::Path;

use matcher::expert::{Picture, Side, expert_view, pair_facts};
use matcher::{Comparison, Image, Template};
use serde_json::json;

use crate::files::{self, Outcome};

/// Draws two compared files; a template or record has no picture, its ridges are sketched.
pub(crate) fn draw(
    paths: [&Path; 2],
    ppi: u32,
    templates: [&Template; 2],
    comparison: &Comparison,
    out: &Path,
) -> Outcome<()> {
    let images: Vec<Option<Image>> = paths.iter().map(|path| files::image(path, ppi).ok()).collect();
    let names =
        paths.map(|path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
    let [first, second] = [0, 1].map(|side| Side {
        name: &names[side],
        image: images[side].as_ref(),
        template: templates[side],
    });
    write(out, &expert_view(&first, &second, comparison))
}

fn write(out: &Path, picture: &Picture) -> Outcome<()> {
    let rgb = image::RgbImage::from_raw(picture.width, picture.height, picture.rgb.clone())
        .ok_or_else(|| format!("{}: the picture has no sound size", out.display()))?;
    rgb.save_with_format(out, image::ImageFormat::Png).map_err(|error| files::unwritable(out, &error))
}

/// Every pair with what can be checked about it.
pub(crate) fn pairs(first: &Template, second: &Template, comparison: &Comparison) -> serde_json::Value {
    let pairs: Vec<_> = pair_facts(first, second, comparison)
        .iter()
        .map(|fact| {
            let (a, b) = (&first.minutiae()[fact.first], &second.minutiae()[fact.second]);
            json!({ "number": fact.number, "a": [a.x, a.y], "b": [b.x, b.y], "same_type": fact.same_type,
                    "apart_mm": fact.apart_mm, "turn_deg": fact.turn_deg })
        })
        .collect();
    json!(pairs)
}
