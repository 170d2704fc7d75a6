//! Times a live frame until its hint: `cargo run --release -p capture --example measure_hint`.
//!
//! Frames of the virtual scanner, three hands of several people; each is judged as on the kiosk's device thread, and made
//! into the picture that a screen shows. Prints median, 99th percentile and worst.

use std::time::{Duration, Instant};

use capture::device::{
    Bounds, CancelToken, DeviceSetup, FingerprintDevice, SceneHandle, SlapRequest, scanner,
};
use capture::live::{HandWatch, Patience, preview};
use jiff::Timestamp;
use matcher::{Hand, Image};

const PEOPLE: u32 = 8;
/// How often every frame is judged.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scene = SceneHandle::default();
    let setup = DeviceSetup {
        id: "measured".to_owned(),
        driver: "virtual-ten-print".to_owned(),
        ..DeviceSetup::default()
    };
    let mut device = scanner(&setup, &scene)?;
    let mut seen: Vec<(SlapRequest, Vec<Image>)> = Vec::new();
    for person in 0..PEOPLE {
        scene.change(|scene| scene.person = person);
        for hand in [Hand::RightFour, Hand::LeftFour, Hand::Thumbs] {
            let request = SlapRequest { hand, missing: Vec::new() };
            let bounds = Bounds::within(Duration::from_secs(60), CancelToken::default());
            let mut frames = Vec::new();
            device.open(&bounds)?;
            FingerprintDevice::capture(&mut device, &request, &bounds, &mut |frame| {
                frames.push(frame.clone())
            })?;
            FingerprintDevice::close(&mut device);
            seen.push((request, frames));
        }
    }
    let (mut hints, mut pictures) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (request, frames) in &seen {
            let mut watch = HandWatch::new(request.clone(), Patience::Usual, Timestamp::now());
            for frame in frames {
                let began = Instant::now();
                std::hint::black_box(watch.handle_frame(frame, Timestamp::now()));
                hints.push(began.elapsed());
                let began = Instant::now();
                std::hint::black_box(preview(frame));
                pictures.push(began.elapsed());
            }
        }
    }
    println!("frame to hint    {}", told(&mut hints));
    println!("frame to picture {}", told(&mut pictures));
    Ok(())
}

fn told(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let ms = |share: usize| {
        let at = times.len().saturating_sub(1) * share / 100;
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    format!("p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms, {} frames", ms(50), ms(99), ms(100), times.len())
}
