//! What the encoder promises: its refusals, its comments, its rates.

use wsq::{EncodeOptions, decode, encode};

/// Arches with a little grain, so that every sub-band has something to code.
fn arches(width: u32, height: u32) -> Vec<u8> {
    let mut grain = 7u32;
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x as f32, y as f32)))
        .map(|(x, y)| {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let bend = (x - width as f32 / 2.0).powi(2) / 400.0;
            (130.0 + 80.0 * ((y + bend) * 0.7).sin() + (grain >> 27) as f32) as u8
        })
        .collect()
}

fn psnr_db(decoded: &[u8], source: &[u8]) -> f64 {
    let squares: f64 = decoded.iter().zip(source).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    20.0 * 255f64.log10() - 10.0 * (squares / source.len() as f64).log10()
}

fn check_refused(pixels: usize, width: u32, height: u32, options: &EncodeOptions, code: &str) {
    match encode(&vec![9; pixels], width, height, options) {
        Ok(_) => panic!("{width} x {height} was encoded where {code} was expected"),
        Err(error) => assert_eq!(error.code(), code, "{error}"),
    }
}

#[test]
fn what_cannot_be_encoded_is_refused() {
    let plain = EncodeOptions::default();
    check_refused(100 * 100 - 1, 100, 100, &plain, "W-0201");
    check_refused(0, 100, 100, &plain, "W-0201");
    check_refused(0, 0, 0, &plain, "W-0202");
    check_refused(80 * 100, 80, 100, &plain, "W-0202");
    check_refused(0, u32::MAX, u32::MAX, &plain, "W-0202");
    check_refused(0, 16_384, 16_384, &plain, "W-0202");
    for bits_per_pixel in [0.0, -1.0, 8.5, f32::NAN, f32::INFINITY] {
        check_refused(10_000, 100, 100, &EncodeOptions { bits_per_pixel, ..plain.clone() }, "W-0203");
    }
    let comment = Some("x".repeat(65_534));
    check_refused(10_000, 100, 100, &EncodeOptions { comment, ..plain }, "W-0204");
}

#[test]
fn comments_and_resolution_travel() {
    let comment = "éè line\nline ".repeat(4_300);
    let options = EncodeOptions {
        resolution_ppi: Some(500),
        comment: Some(comment.clone()),
        ..EncodeOptions::default()
    };
    let decoded = decode(&encode(&arches(90, 100), 90, 100, &options).expect("encodes")).expect("decodes");
    assert_eq!(decoded.resolution_ppi, Some(500));
    assert_eq!(decoded.comments.len(), 2);
    assert!(decoded.comments[0].contains("\nWSQ_BITRATE 0.750000"));
    assert_eq!(decoded.comments[1], comment);
}

#[test]
fn a_higher_rate_is_larger_and_truer() {
    let pixels = arches(320, 300);
    let mut before = (0, 0.0);
    for bits_per_pixel in [0.2, 0.75, 1.5, 2.25, 4.0, 8.0] {
        let options = EncodeOptions { bits_per_pixel, ..EncodeOptions::default() };
        let stream = encode(&pixels, 320, 300, &options).expect("encodes");
        let psnr = psnr_db(&decode(&stream).expect("decodes").pixels, &pixels);
        let rate = stream.len() as f64 * 8.0 / pixels.len() as f64;
        eprintln!("asked {bits_per_pixel}: {rate:.3} bits per pixel, {psnr:.2} dB");
        assert!(stream.len() > before.0 && psnr > before.1, "at {bits_per_pixel}");
        before = (stream.len(), psnr);
    }
}

#[test]
fn flat_pictures_come_back_exactly() {
    for grey in [0, 1, 127, 255] {
        let stream = encode(&[grey; 128 * 100], 128, 100, &EncodeOptions::default()).expect("encodes");
        assert!(stream.len() < 700, "{}", stream.len());
        assert!(decode(&stream).expect("decodes").pixels.iter().all(|pixel| *pixel == grey), "{grey}");
    }
}

/// A ramp has so little texture that the rate rule alone would choose bins too narrow for any code.
#[test]
fn smooth_ramps_are_kept() {
    let pixels: Vec<u8> = (0..200).flat_map(|_| (0..256).map(|x| x as u8)).collect();
    let stream = encode(&pixels, 256, 200, &EncodeOptions::default()).expect("encodes");
    let psnr = psnr_db(&decode(&stream).expect("decodes").pixels, &pixels);
    assert!(psnr > 40.0, "{psnr}");
}

#[test]
fn debug_shows_sizes_only() {
    let options = EncodeOptions { comment: Some("a name".to_owned()), ..EncodeOptions::default() };
    let stream = encode(&arches(90, 100), 90, 100, &options).expect("encodes");
    let shown = format!("{:?} {options:?}", decode(&stream).expect("decodes"));
    assert!(!shown.contains("name") && !shown.contains("pixels") && shown.contains("width: 90"), "{shown}");
}
