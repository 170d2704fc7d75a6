//! What every fuzz target does with the bytes it is given, and what must hold whatever they are.
//!
//! The same functions run under libFuzzer (`fuzz_targets/`) and as seeded, bounded tests of the crate
//! (`tests/fuzz_smoke.rs`), so that a promise broken by a change fails an ordinary `cargo test`.

use matcher::exchange::{Format, Print, Record, check_hostile, type9};
use matcher::expert::{Side, expert_view, pair_facts};
use matcher::search::{Effort, Gallery};
use matcher::{Hand, Image, SegmentRequest, Template, compare};

/// A record that is read is written back unchanged and gives sound templates, which every format takes.
pub(crate) fn record(bytes: &[u8]) {
    check_hostile(bytes);
    let Ok(record) = Record::read(bytes) else { return };
    for view in &record.views {
        let inside: usize = view.extensions().map(|(_, block)| block.len() + 4).sum();
        assert!(inside <= view.extended.len());
    }
    for (finger, template) in record.templates().unwrap_or_default().into_iter().take(3) {
        for format in Format::ALL {
            let print = Print { finger, quality: None, template: &template };
            let written = Record::of(&[print], format).and_then(|record| record.to_bytes());
            let again = Record::read(&written.expect("a template fits every format"))
                .expect("what is written is read");
            assert_eq!(again.format, format);
        }
        assert_eq!(type9::m1_fields(&template, finger).len(), 11);
        used(&template);
    }
}

/// A template that is read is written back unchanged, and can be compared, drawn and searched whatever is in it.
pub(crate) fn template(bytes: &[u8]) {
    let Ok(template) = Template::from_bytes(bytes) else { return };
    assert!(template.to_bytes() == bytes, "an untouched template comes back as it was");
    assert!(bytes.len() <= matcher::limits::TEMPLATE_BYTES_MAX);
    used(&template);
}

fn used(template: &Template) {
    let comparison = compare(template, template);
    assert!(comparison.score.is_finite() && comparison.score >= 0.0);
    let pairs = pair_facts(template, template, &comparison);
    assert_eq!(pairs.len(), comparison.paired.len());
    let side = Side { name: "either", image: None, template };
    let (width, height) = template.size();
    if usize::from(width) * usize::from(height) < 400 * 400 {
        let picture = expert_view(&side, &side, &comparison);
        assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
    }
    let mut gallery = Gallery::new();
    gallery.enrol_prints(1, vec![(None, template.clone())]);
    assert_eq!(gallery.filter_rank(&[(None, template.clone())], 1), Some(0));
    assert_eq!(gallery.search(&[(None, template.clone())], 1, 1, Effort::Filtered).len(), 1);
}

/// A snapshot that is read is written back unchanged, or was not in the order a snapshot has.
pub(crate) fn gallery(bytes: &[u8]) {
    let Ok(gallery) = Gallery::from_snapshot(bytes) else { return };
    let again = Gallery::from_snapshot(&gallery.snapshot()).expect("an own snapshot is read");
    assert_eq!((again.len(), again.prints()), (gallery.len(), gallery.prints()));
}

/// A picture is read or refused.
pub(crate) fn picture(bytes: &[u8]) {
    if let Ok(image) = matcher::codec::decode(bytes, 500) {
        assert!(image.is_sound());
    }
}

/// Whatever is on a picture, judging it ends in an answer whose numbers are in their ranges.
///
/// The first five bytes are size, resolution and how coarse the rest is drawn; the others are pixels, repeated.
pub(crate) fn judge(bytes: &[u8]) {
    let Some((&[width, height, ppi, coarse, hand], pixels)) = bytes.split_first_chunk::<5>() else { return };
    if pixels.is_empty() {
        return;
    }
    let (width, height) = (32 + u32::from(width), 32 + u32::from(height));
    let (ppi, coarse) = (100 + 7 * u32::from(ppi), 1 + u32::from(coarse % 16));
    let at =
        |x: u32, y: u32| pixels[((y / coarse) * width.div_ceil(coarse) + x / coarse) as usize % pixels.len()];
    let drawn = (0..height).flat_map(|y| (0..width).map(move |x| at(x, y))).collect();
    let image = Image::new(width, height, ppi, drawn).expect("in bounds");
    let full = matcher::quality::full(&image);
    let quality = full.quality;
    assert_eq!(quality.judged().is_some(), (1..=100).contains(&quality.score));
    assert_eq!(quality, matcher::quality(&image));
    if let Ok(native) = &full.native {
        assert!(native.named().iter().all(|(_, value)| value.is_finite()));
    }
    let hand = Hand::ALL[usize::from(hand) % Hand::ALL.len()];
    let stated = matcher::segment(&image, SegmentRequest { hand, missing: &[] });
    for finger in stated.fingers.iter().chain(&matcher::segment_auto(&image).fingers) {
        assert!(finger.left < finger.right && finger.right <= width);
        assert!(finger.top < finger.bottom && finger.bottom <= height);
        assert!((0.0..=1.0).contains(&finger.confidence));
    }
    for cause in matcher::advise(&image).causes {
        assert!(cause.value.is_finite() && cause.weight > 0.0);
    }
    let request = matcher::advice::LiveRequest { hand, missing: &[] };
    let first = matcher::advice::live(&image, request, None);
    assert!(matcher::advice::live(&image, request, Some(&first)).contrast.is_finite());
}
