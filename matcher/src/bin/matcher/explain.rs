//! `matcher explain`: every stage of an extraction as a picture.

use std::path::PathBuf;

use matcher::Image;
use matcher::trace::{Stage, Trace};

use crate::files::{self, Outcome};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Picture of one print.
    image: PathBuf,
    /// Folder the pictures go to; it is created.
    #[arg(long)]
    out: PathBuf,
    /// Resolution when the file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
}

/// Draws each stage as it comes; points are drawn over the grey picture.
struct Pictures {
    folder: PathBuf,
    step: usize,
    base: Option<Image>,
    failed: Option<String>,
}

impl Trace for Pictures {
    fn wants(&self, _name: &'static str) -> bool {
        self.failed.is_none()
    }

    fn take(&mut self, name: &'static str, stage: Stage<'_>) {
        let picture = match stage {
            Stage::Map { width, values } => Some(map(width, values)),
            Stage::Points(points) => self.base.clone().map(|base| overlay(base, points)),
            _ => None,
        };
        let Some(picture) = picture else { return };
        let path = self.folder.join(format!("{:02}-{name}.png", self.step));
        self.step += 1;
        self.failed = files::write_png(&path, &picture).err();
        if name == "grey" {
            self.base = Some(picture);
        }
    }
}

fn map(width: usize, values: &[f32]) -> Image {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = 255.0 / (high - low).max(1e-9);
    let pixels = values.iter().map(|value| ((value - low) * scale) as u8).collect();
    Image { width: width as u32, height: (values.len() / width.max(1)) as u32, resolution_ppi: 500, pixels }
}

/// A ring of black in white at each point, and a stroke in its direction.
fn overlay(mut base: Image, points: &[(f32, f32, f32)]) -> Image {
    base.pixels.iter_mut().for_each(|grey| *grey = 96 + *grey / 2);
    let (width, height) = (base.width as i32, base.height as i32);
    let mut dot = |x: f32, y: f32, grey: u8| {
        let (x, y) = (x.round() as i32, y.round() as i32);
        if (0..width).contains(&x) && (0..height).contains(&y) {
            base.pixels[(y * width + x) as usize] = grey;
        }
    };
    for &(x, y, direction) in points {
        for step in 0..32 {
            let (sin, cos) = (step as f32 * core::f32::consts::TAU / 32.0).sin_cos();
            dot(x + 3.0 * cos, y + 3.0 * sin, 0);
            dot(x + 4.0 * cos, y + 4.0 * sin, 255);
        }
        for step in 3..12 {
            dot(x + step as f32 * direction.cos(), y + step as f32 * direction.sin(), 0);
        }
    }
    base
}

pub(crate) fn run(arguments: &Arguments) -> Outcome<()> {
    let image = files::image(&arguments.image, arguments.ppi)?;
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| format!("{}: {error}", arguments.out.display()))?;
    let mut pictures = Pictures { folder: arguments.out.clone(), step: 0, base: None, failed: None };
    let template = matcher::extract::extract_traced(&image, &mut pictures);
    if let Some(failed) = pictures.failed {
        return Err(failed);
    }
    let template = template.map_err(|error| format!("{}: {error}", arguments.image.display()))?;
    println!("{} minutiae, ridge distance {:.1} px", template.minutiae().len(), template.ridge_period());
    Ok(())
}
