//! Times the codec on one picture: `cargo run --release -p wsq --example measure [PICTURE]`.
//!
//! Prints the best and the median of repeated runs on one thread. Without an argument the picture is a
//! drawn pattern of ridges of the size of a rolled print, 804 x 752.

use std::time::Instant;

use wsq::EncodeOptions;

const RUNS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (width, height, pixels) = match std::env::args_os().nth(1) {
        Some(path) => {
            let picture = image::open(path)?.into_luma8();
            (picture.width(), picture.height(), picture.into_raw())
        }
        None => (804, 752, ridges(804, 752)),
    };
    let options = EncodeOptions::default();
    let stream = wsq::encode(&pixels, width, height, &options)?;
    println!("{width} x {height}, {} bytes at {} bits per pixel", stream.len(), options.bits_per_pixel);
    let (best, median) = time(|| wsq::encode(&pixels, width, height, &options).is_ok());
    println!("encode: best {best:.2} ms, median {median:.2} ms");
    let (best, median) = time(|| wsq::decode(&stream).is_ok());
    println!("decode: best {best:.2} ms, median {median:.2} ms");
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

/// Concentric ridges nine pixels apart with grain, on a light ground.
fn ridges(width: u32, height: u32) -> Vec<u8> {
    let mut grain = 1u32;
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (dx, dy) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.2);
            let radius = (dx * dx + 0.6 * dy * dy).sqrt();
            let ridge = if radius < 330.0 {
                70.0 * (radius * std::f32::consts::TAU / 9.0).sin() - 40.0
            } else {
                60.0
            };
            (150.0 + ridge + (grain >> 28) as f32).clamp(0.0, 255.0) as u8
        })
        .collect()
}
