//! Prints with one known thing that should change, drawn from a number.

use matcher::synth::{Condition, Person};
use matcher::{AdviceKind, Finger, Image};

/// What is drawn, with the advice that is right for it.
pub(crate) const CAUSES: [(&str, Option<AdviceKind>); 10] = [
    ("none", None),
    ("part of the fingertip", Some(AdviceKind::PressFlatter)),
    ("hardly pressed", Some(AdviceKind::PressMore)),
    ("pressed hard", Some(AdviceKind::PressLess)),
    ("dry", Some(AdviceKind::MoistenFinger)),
    ("moist", Some(AdviceKind::DryFinger)),
    ("off the middle", Some(AdviceKind::MoveToCentre)),
    ("moved", Some(AdviceKind::KeepStill)),
    ("ghost and specks", Some(AdviceKind::CleanGlass)),
    ("turned", Some(AdviceKind::TurnHand)),
];

/// People whose fingers are grown once.
pub(crate) fn crowd() -> Vec<Person> {
    (0..6).map(|number| Person::new(700 + number, 30)).collect()
}

/// A number in [0, 1) out of a place in a sequence.
fn spin(number: u64, purpose: u64) -> f32 {
    let mut x = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^= x >> 31;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 29;
    (x >> 40) as f32 / 16_777_216.0
}

/// Draws the defect with the given index of [`CAUSES`].
pub(crate) fn spoiled(crowd: &[Person], cause: usize, number: u64) -> Image {
    let number = number * 10 + cause as u64;
    let age = [8, 12, 30, 55][(number / 7 % 4) as usize];
    let person = crowd[(number % crowd.len() as u64) as usize].at_age(age);
    let finger = Finger::ALL[(number / 3 % 10) as usize];
    let visit = (number % 1000) as u32 + 1;
    let between = |purpose, low: f32, high: f32| low + (high - low) * spin(number, purpose);
    let sign = |purpose| if spin(number, purpose) < 0.5 { -1.0 } else { 1.0 };
    let plain = Condition { wear: between(1, 0.05, 0.2), ..Condition::default() };
    let taken = |condition: Condition| person.impression(finger, visit, condition);
    match CAUSES[cause].0 {
        "part of the fingertip" => taken(Condition { coverage: between(2, 0.2, 0.4), ..plain }),
        "hardly pressed" => taken(Condition { pressure: between(2, -1.0, -0.8), ..plain }),
        "pressed hard" => taken(Condition { pressure: between(2, 0.8, 1.0), ..plain }),
        "dry" => taken(Condition { wetness: between(2, -1.0, -0.7), wear: 0.3, ..plain }),
        "moist" => taken(Condition { wetness: between(2, 0.7, 1.0), ..plain }),
        "off the middle" => {
            let (x, y) = (sign(2) * between(3, 6.5, 10.0), sign(4) * between(5, 0.0, 7.0));
            taken(Condition { shift_x_mm: x, shift_y_mm: y, ..plain })
        }
        "moved" => smeared(&taken(plain), between(2, 12.0, 24.0), between(3, 0.0, 180.0)),
        "ghost and specks" => {
            let before = person.impression(Finger::ALL[(number % 10) as usize], visit + 1, plain);
            dirty(&taken(plain), &before, number)
        }
        "turned" => taken(Condition { rotation_deg: sign(2) * between(3, 32.0, 55.0), ..plain }),
        _ => taken(plain),
    }
}

/// Mean of copies along a way of `length_px`.
fn smeared(image: &Image, length_px: f32, angle_deg: f32) -> Image {
    let (width, height) = (image.width as i32, image.height as i32);
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    let copies = 13;
    let mut out = image.clone();
    for y in 0..height {
        for x in 0..width {
            let mut sum = 0_u32;
            for copy in 0..copies {
                let way = length_px * (copy as f32 / (copies - 1) as f32 - 0.5);
                let (sx, sy) = ((x as f32 + way * cos) as i32, (y as f32 + way * sin) as i32);
                let at = sy.clamp(0, height - 1) * width + sx.clamp(0, width - 1);
                sum += u32::from(image.pixels[at as usize]);
            }
            out.pixels[(y * width + x) as usize] = (sum / copies as u32) as u8;
        }
    }
    out
}

/// A pale earlier print shifted aside, and specks.
fn dirty(image: &Image, before: &Image, number: u64) -> Image {
    let (width, height) = (image.width as i32, image.height as i32);
    let mut out = image.clone();
    let (dx, dy) =
        (if spin(number, 11) < 0.5 { -150 } else { 150 }, (200.0 * spin(number, 12) - 100.0) as i32);
    for y in 0..height {
        for x in 0..width {
            let (sx, sy) = (x - dx, y - dy);
            if (0..width).contains(&sx) && (0..height).contains(&sy) {
                let darkness = 255 - i32::from(before.pixels[(sy * width + sx) as usize]);
                let at = (y * width + x) as usize;
                out.pixels[at] = i32::from(out.pixels[at]).min(255 - darkness * 3 / 10) as u8;
            }
        }
    }
    for speck in 0..30 {
        let (cx, cy) = (spin(number, 20 + speck) * width as f32, spin(number, 60 + speck) * height as f32);
        let radius = 1.5 + 4.0 * spin(number, 100 + speck);
        for y in (cy - radius) as i32..=(cy + radius) as i32 {
            for x in (cx - radius) as i32..=(cx + radius) as i32 {
                let inside = (x as f32 - cx).hypot(y as f32 - cy) < radius;
                if inside && (0..width).contains(&x) && (0..height).contains(&y) {
                    out.pixels[(y * width + x) as usize] = 70;
                }
            }
        }
    }
    out
}
