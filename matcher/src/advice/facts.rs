//! The measures that advice rests on: what the glass shows of one finger, each with one cause in mind.

use crate::extract::plane::{CELL, Mask, Plane};
use crate::extract::scale;
use crate::parameters::SMEAR_FILM_FULL;
use crate::segment::print_mask;
use crate::trace::NoTrace;
use crate::{Image, extract};

/// What was measured of one print.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Facts {
    /// Area of the contact in mm².
    pub area_mm2: f32,
    /// Darkness of the ridges against the empty glass, 0 to 1: pale when hardly pressed.
    pub ink: f32,
    /// Darkness of the valleys against that of the ridges, 0 to 1: a film when moist.
    pub film: f32,
    /// Share of the contact that is ridge, 0 to 1: high when pressed hard.
    pub ridge_share: f32,
    /// Share of ridge places where the picture is light, 0 to 1: dry skin.
    pub ridge_breaks: f32,
    /// How much less contrast ridges have in one direction than in the other while valleys fill, 0 to 1: moved while
    /// captured.
    pub smear: f32,
    /// Share of the contact's outline that the picture's rim cuts, 0 to 1: off the middle.
    pub edge_share: f32,
    /// Area of print and specks beside the contact as a share of it.
    pub dirt_share: f32,
    /// Turn from upright, clockwise, degrees; 0 when the contact is too round to tell.
    pub turn_deg: f32,
}

/// Measures one print; `None` when the image is unsound. Without a contact everything is 0.
#[must_use]
pub fn facts(image: &Image) -> Option<Facts> {
    if !image.is_sound() {
        return None;
    }
    let seen = print_mask(image);
    if seen.area_mm2 < 4.0 {
        return Some(Facts::default());
    }
    let ridges = extract::ridges(image, &mut NoTrace);
    let greys = Greys::of(image, &seen.contact);
    let empty = f32::from(greys.empty);
    let depth = (empty - f32::from(greys.dark)).max(1.0);
    let middle = empty - 0.5 * depth;
    let (dark, all) = inside(image, &seen.contact)
        .fold((0_u32, 0_u32), |(dark, all), value| (dark + u32::from(f32::from(value) < middle), all + 1));
    let film = (empty - f32::from(greys.light)) / depth;
    Some(Facts {
        area_mm2: seen.area_mm2,
        ink: depth / empty.max(1.0),
        film,
        ridge_share: dark as f32 / all.max(1) as f32,
        ridge_breaks: breaks(&ridges),
        smear: smear(&scale::scaled(image), &ridges.region) * (film / SMEAR_FILM_FULL).clamp(0.0, 1.0),
        edge_share: edge_share(&seen.contact),
        dirt_share: seen.beside_mm2 / seen.area_mm2,
        turn_deg: seen.turn_deg,
    })
}

/// Levels of the empty glass, of ridges and of valleys.
struct Greys {
    empty: u8,
    dark: u8,
    light: u8,
}

impl Greys {
    fn of(image: &Image, contact: &Mask) -> Self {
        let mut all = [0_u32; 256];
        image.pixels.iter().for_each(|&grey| all[usize::from(grey)] += 1);
        let mut own = [0_u32; 256];
        inside(image, contact).for_each(|grey| own[usize::from(grey)] += 1);
        Self { empty: level(&all, 0.95), dark: level(&own, 0.10), light: level(&own, 0.85) }
    }
}

/// The grey below which a share of the pixels lies.
fn level(counts: &[u32; 256], share: f32) -> u8 {
    let wanted = counts.iter().sum::<u32>() as f32 * share;
    let mut seen = 0.0;
    for (grey, count) in (0..=255_u8).zip(counts) {
        seen += *count as f32;
        if seen >= wanted {
            return grey;
        }
    }
    255
}

/// The pixels of the contact.
fn inside<'a>(image: &'a Image, contact: &'a Mask) -> impl Iterator<Item = u8> + 'a {
    let (width, height) = (image.width as usize, image.height as usize);
    (0..height).flat_map(move |y| {
        let row = y * contact.height / height * contact.width;
        (0..width)
            .filter(move |x| contact.cells[row + x * contact.width / width])
            .map(move |x| image.pixels[y * width + x])
    })
}

/// Share of ridge crests that are light.
fn breaks(ridges: &extract::Ridges) -> f32 {
    let (pixels, wave) = (&ridges.normalised.pixels, &ridges.wave);
    let (mut ridge, mut broken) = (0_u32, 0_u32);
    for y in 0..pixels.height {
        let row = y / CELL * ridges.region.width;
        for (x, &grey) in pixels.row(y).iter().enumerate() {
            if !ridges.region.cells[row + x / CELL] {
                continue;
            }
            let at = y * wave.even.width + x;
            let (even, odd) = (wave.even.values[at], wave.odd.values[at]);
            if even < 0.0 && even.abs() >= 2.0 * odd.abs() {
                ridge += 1;
                broken += u32::from(grey > 0.0);
            }
        }
    }
    broken as f32 / ridge.max(1) as f32
}

/// Coherence of the structure tensor of the whole print, weighed by contrast: a smear takes the contrast of the ridges
/// that lie across it.
fn smear(grey: &Plane, region: &Mask) -> f32 {
    let (mut difference, mut product, mut energy) = (0.0, 0.0, 0.0);
    for y in 1..grey.height.saturating_sub(1) {
        let row = y / CELL * region.width;
        let (above, here, below) = (grey.row(y - 1), grey.row(y), grey.row(y + 1));
        for x in 1..grey.width.saturating_sub(1) {
            if region.cells[row + x / CELL] {
                let (gx, gy) = (here[x + 1] - here[x - 1], below[x] - above[x]);
                difference += gx * gx - gy * gy;
                product += 2.0 * gx * gy;
                energy += gx * gx + gy * gy;
            }
        }
    }
    f32::hypot(difference, product) / (energy + 1.0)
}

/// Share of the outline of the contact that lies on the rim of the picture.
fn edge_share(contact: &Mask) -> f32 {
    let (width, height) = (contact.width as i32, contact.height as i32);
    let (mut rim, mut outline) = (0_u32, 0_u32);
    for y in 0..height {
        for x in 0..width {
            if !contact.at(x, y) {
                continue;
            }
            for (nx, ny) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)] {
                // The rim of the picture takes part of a cell or two with it.
                let out = nx < 1 || ny < 1 || nx >= width - 1 || ny >= height - 1;
                outline += u32::from(out || !contact.at(nx, ny));
                rim += u32::from(out);
            }
        }
    }
    rim as f32 / outline.max(1) as f32
}
