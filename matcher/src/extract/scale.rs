//! Stage 1: every image to 500 ppi, as real numbers.

use super::plane::Plane;
use crate::{Image, parameters::WORKING_PPI};

/// The grey values at 500 ppi. The image must be sound.
pub(crate) fn scaled(image: &Image) -> Plane {
    scaled_to(image, WORKING_PPI)
}

/// The grey values at another resolution. The image must be sound.
pub(crate) fn scaled_to(image: &Image, ppi: f32) -> Plane {
    let mut plane = Plane::of(image);
    let mut factor = ppi / image.resolution_ppi as f32;
    if (factor - 1.0).abs() < 0.02 {
        return plane;
    }
    while factor <= 0.5 && plane.width >= 2 && plane.height >= 2 {
        plane = halved(&plane);
        factor *= 2.0;
    }
    if (factor - 1.0).abs() < 0.02 { plane } else { resampled(&plane, factor) }
}

fn halved(plane: &Plane) -> Plane {
    let mut out = Plane::new(plane.width / 2, plane.height / 2);
    for y in 0..out.height {
        let (upper, lower) = (plane.row(2 * y), plane.row(2 * y + 1));
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            *value = 0.25 * (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]);
        }
    }
    out
}

/// Larger (or a little smaller) by a factor.
pub(super) fn resampled(plane: &Plane, factor: f32) -> Plane {
    let width = ((plane.width as f32 * factor) as usize).max(1);
    let height = ((plane.height as f32 * factor) as usize).max(1);
    let mut out = Plane::new(width, height);
    for y in 0..height {
        let from_y = (y as f32 + 0.5) / factor - 0.5;
        for (x, value) in out.row_mut(y).iter_mut().enumerate() {
            *value = plane.between((x as f32 + 0.5) / factor - 0.5, from_y);
        }
    }
    out
}

/// The same picture made larger or smaller, its stated resolution kept: what a print looks like before or after growth.
/// The image must be sound; the factor is taken between a quarter and four.
pub(crate) fn grown(image: &Image, factor: f32) -> Image {
    let plane = resampled(&Plane::of(image), factor.clamp(0.25, 4.0));
    Image {
        width: plane.width as u32,
        height: plane.height as u32,
        resolution_ppi: image.resolution_ppi,
        pixels: plane.values.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect(),
    }
}
