//! What every fuzz target does with the bytes it is given, and what must hold whatever they are.
//!
//! The same functions run under libFuzzer (`fuzz_targets/`) and as seeded, bounded tests of the crate
//! (`tests/fuzz_smoke.rs`), so that a promise broken by a change fails an ordinary `cargo test`.

use matcher::exchange::{Format, Print, Record, check_hostile, type9};
use matcher::expert::{Side, expert_view, pair_facts};
use matcher::search::{Effort, Gallery};
use matcher::{Template, compare};

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
