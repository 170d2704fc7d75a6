//! What the view shows and that it holds on odd input; how it looks is for eyes (`docs/screenshots`).

use super::*;
use crate::synth::{Condition, Person};
use crate::{Finger, compare, extract};

#[test]
fn pairs_of_one_finger_lie_close_and_are_numbered_in_both() {
    let person = Person::new(91, 40);
    let images = [1, 2].map(|visit| person.impression(Finger::RightIndex, visit, Condition::default()));
    let templates = images.each_ref().map(|image| extract(image).expect("a good print"));
    let comparison = compare(&templates[0], &templates[1]);
    let facts = pair_facts(&templates[0], &templates[1], &comparison);
    assert_eq!(facts.len(), comparison.paired.len());
    assert!(facts.len() >= 8, "{} pairs", facts.len());
    assert!(facts.iter().zip(1..).all(|(fact, number)| fact.number == number));
    let mut apart: Vec<f32> = facts.iter().map(|fact| fact.apart_mm).collect();
    apart.sort_by(f32::total_cmp);
    assert!(apart[apart.len() / 2] < 0.6, "{apart:?}");
    assert!(facts.iter().all(|fact| fact.turn_deg.abs() <= 60.0), "{facts:?}");
    let sides =
        [0, 1].map(|side| Side { name: "synthetic", image: Some(&images[side]), template: &templates[side] });
    let picture = expert_view(&sides[0], &sides[1], &comparison);
    assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
    let count = |colour: Colour| {
        picture.rgb.chunks(3).filter(|pixel| *pixel == [colour.0, colour.1, colour.2]).count()
    };
    assert!(count(AGREES) > 500, "pairs are drawn");
    assert!(count(AGAINST) > 50, "and so is what speaks against");
}

#[test]
fn templates_without_pictures_or_pairs_are_drawn_too() {
    let blank = Template {
        width: 1,
        height: 1,
        ridge_period_tenths: 90,
        cell: 16,
        columns: 0,
        rows: 0,
        grid: Vec::new(),
        minutiae: Vec::new(),
    };
    let side = Side {
        name: "Ünïcode \u{1f600} and a very long name that goes on and on",
        image: None,
        template: &blank,
    };
    let picture = expert_view(&side, &side, &compare(&blank, &blank));
    assert!(picture.width > 0 && picture.height > 0);
    assert_eq!(format!("{picture:?}"), format!("Picture({} x {})", picture.width, picture.height));
}
