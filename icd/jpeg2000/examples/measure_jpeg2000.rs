//! Times JPEG 2000 on one picture: `cargo run --release -p jpeg2000 --example measure_jpeg2000 [PICTURE]`.
//!
//! Prints the best and the median of repeated runs on one thread, without loss and at 15:1. Without an argument the
//! picture is a drawn pattern of ridges of the size of a rolled print, 804 x 752.

use std::time::Instant;

use jpeg2000::{Fidelity, Picture, decode, encode};

const RUNS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (width_px, height_px, samples) = match std::env::args_os().nth(1) {
        Some(path) => {
            let picture = image::open(path)?.into_luma8();
            (picture.width(), picture.height(), picture.into_raw())
        }
        None => (804, 752, ridges(804, 752)),
    };
    let picture = Picture { width_px, height_px, components: 1, samples: &samples };
    for (name, fidelity) in [("without loss", Fidelity::Lossless), ("15:1", Fidelity::Ratio(15.0))] {
        let stream = encode(&picture, fidelity, Some(500))?;
        println!("{width_px} x {height_px}, {name}, {} bytes", stream.len());
        let (best, median) = time(|| encode(&picture, fidelity, Some(500)).is_ok());
        println!("encode: best {best:.1} ms, median {median:.1} ms");
        let (best, median) = time(|| decode(&stream).is_ok());
        println!("decode: best {best:.1} ms, median {median:.1} ms");
    }
    Ok(())
}

/// Best and median milliseconds.
fn time(work: impl Fn() -> bool) -> (f64, f64) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            assert!(std::hint::black_box(work()));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[RUNS / 2])
}

/// Slanted ridges nine pixels apart with grain.
fn ridges(width_px: u32, height_px: u32) -> Vec<u8> {
    let mut grain = 1_u32;
    (0..height_px)
        .flat_map(|y| (0..width_px).map(move |x| (x, y)))
        .map(|(x, y)| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let phase = (x as f32 + 0.4 * y as f32) * std::f32::consts::TAU / 9.0;
            (128.0 + 70.0 * phase.sin() + (grain >> 28) as f32) as u8
        })
        .collect()
}
