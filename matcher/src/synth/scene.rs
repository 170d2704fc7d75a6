//! A slap as it happens at a kiosk: hand, pose, skin, missing fingers and dirt on the glass, all drawn from one number.
//!
//! Segmentation is measured on these, so every difficulty is named ([`Defect`]) and a slap may have several at once.
//! Invariant: the same seed and person give the same slap on every machine.

use super::impression::Condition;
use super::person::Person;
use super::random::{Purpose, Stream};
use super::slap::{Placement, SlapTruth, compose_slap};
use super::surroundings::Surroundings;
use crate::{Finger, Hand};

/// Largest turn of a hand that is drawn, in degrees.
const TURN_DEG_MAX: f32 = 30.0;
/// Turn from which on a slap is called turned, in degrees.
const TURNED_DEG: f32 = 12.0;

/// One difficulty of a slap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Defect {
    /// The hand is turned by more than 12 degrees, up to 30.
    Turned,
    /// The fingers lie side by side.
    Together,
    /// The fingers are spread wide.
    Spread,
    /// One finger or two are not there.
    FingerMissing,
    /// One finger hardly touches the glass.
    FingerLighter,
    /// The skin is dry.
    Dry,
    /// The skin is moist.
    Wet,
    /// Prints of the person before are still on the glass.
    Ghost,
    /// A sleeve lies on the lower rim.
    Sleeve,
    /// The edge of the palm is in view.
    Palm,
    /// The middle joints touch the glass too.
    Joints,
    /// The hand of a child, six to eleven years.
    Child,
    /// Captured at 1000 ppi.
    Fine,
}

impl Defect {
    /// Every difficulty.
    pub const ALL: [Self; 13] = [
        Self::Turned,
        Self::Together,
        Self::Spread,
        Self::FingerMissing,
        Self::FingerLighter,
        Self::Dry,
        Self::Wet,
        Self::Ghost,
        Self::Sleeve,
        Self::Palm,
        Self::Joints,
        Self::Child,
        Self::Fine,
    ];

    /// Plain English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turned => "turned 12 to 30 degrees",
            Self::Together => "fingers together",
            Self::Spread => "fingers spread",
            Self::FingerMissing => "finger missing",
            Self::FingerLighter => "one finger lighter",
            Self::Dry => "dry skin",
            Self::Wet => "moist skin",
            Self::Ghost => "ghost prints",
            Self::Sleeve => "sleeve in view",
            Self::Palm => "palm edge in view",
            Self::Joints => "middle joints in view",
            Self::Child => "child, 6 to 11 years",
            Self::Fine => "1000 ppi",
        }
    }
}

/// Everything drawn for one slap.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Which slap.
    pub hand: Hand,
    /// Age of the person, years.
    pub age_years: u8,
    /// Fingers that are not there.
    pub missing: Vec<Finger>,
    /// How the hand lies and what else is in view.
    pub placement: Placement,
    /// The difficulties, in the order of [`Defect::ALL`]; none for a plain slap.
    pub defects: Vec<Defect>,
    skin: Condition,
    lighter: Option<Finger>,
    visit: u32,
}

impl Scene {
    /// Draws a slap: about one in five has no difficulty, the others one to several.
    #[must_use]
    pub fn drawn(seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Scene, 0, 0);
        let hand = Hand::ALL[(stream.bits() % 3) as usize];
        let mut has = |probability: f32| stream.chance(probability);
        let plain = has(0.18);
        let mut draw = |probability: f32| has(probability) && !plain;
        let (turned, together, lighter) = (draw(0.45), draw(0.25), draw(0.22));
        let (spread, missing, child, fine) = (draw(0.3) && !together, draw(0.25), draw(0.3), draw(0.12));
        let (ghost, sleeve, palm, joints) = (draw(0.16), draw(0.16), draw(0.2), draw(0.25));
        let (dry, wet) = (draw(0.14), draw(0.14));
        let age_years = if child { 6 + (stream.bits() % 6) as u8 } else { 18 + (stream.bits() % 60) as u8 };
        let sign = if stream.chance(0.5) { 1.0 } else { -1.0 };
        let turn = if turned { stream.between(TURNED_DEG, TURN_DEG_MAX) } else { stream.between(0.0, 10.0) };
        let amount = |on: bool, stream: &mut Stream| if on { stream.between(0.3, 1.0) } else { 0.0 };
        let surroundings = Surroundings {
            joints: amount(joints, &mut stream),
            palm: amount(palm, &mut stream),
            ghost: amount(ghost, &mut stream),
            sleeve: amount(sleeve, &mut stream),
        };
        let placement = Placement {
            rotation_deg: sign * turn,
            spread: match (together, spread) {
                (true, _) => stream.between(0.0, 0.06),
                (_, true) => stream.between(0.75, 1.0),
                _ => stream.between(0.2, 0.5),
            },
            shift_x_mm: 6.0 * stream.normal(),
            shift_y_mm: 4.0 * stream.normal(),
            resolution_ppi: if fine { 1000 } else { 500 },
            surroundings,
            variation: 1.0,
            seed,
            ..Placement::for_age(age_years)
        };
        let missing = if missing { absent(&mut stream, hand) } else { Vec::new() };
        let skin = Condition {
            wetness: match (dry, wet) {
                (true, _) => -stream.between(0.5, 0.85),
                (_, true) => stream.between(0.5, 0.9),
                _ => 0.2 * stream.normal(),
            },
            pressure: 0.2 * stream.normal(),
            wear: stream.between(0.05, 0.4),
            ..Condition::default()
        };
        let left: Vec<Finger> = hand.fingers().iter().copied().filter(|one| !missing.contains(one)).collect();
        let pick = stream.bits() as usize % left.len().max(1);
        let lighter = if lighter { left.get(pick).copied() } else { None };
        let visit = stream.bits() % 1000;
        let dry = dry && skin.wetness < 0.0;
        let wet = wet && skin.wetness > 0.0;
        let present = [
            turned,
            together,
            spread,
            !missing.is_empty(),
            lighter.is_some(),
            dry,
            wet,
            ghost,
            sleeve,
            palm,
            joints,
            child,
            fine,
        ];
        let defects = Defect::ALL.into_iter().zip(present).filter_map(|(defect, on)| on.then_some(defect));
        Self { hand, age_years, missing, placement, defects: defects.collect(), skin, lighter, visit }
    }

    /// Lays the fingers of a person, who should be of [`Scene::age_years`].
    #[must_use]
    pub fn laid(&self, person: &Person) -> SlapTruth {
        let there = self.hand.fingers().iter().copied().filter(|finger| !self.missing.contains(finger));
        let prints: Vec<_> = there
            .map(|finger| {
                let light = self.lighter == Some(finger);
                let pressure = if light { -0.95 } else { self.skin.pressure };
                let coverage = if light { 0.8 } else { 1.0 };
                let condition = Condition { pressure, coverage, ..self.skin };
                let resolution_ppi = self.placement.resolution_ppi;
                (finger, person.impression_at(finger, self.visit, condition, resolution_ppi))
            })
            .collect();
        let hand_size = person.hand_size();
        compose_slap(&prints, self.hand, Placement { hand_size, ..self.placement })
    }
}

/// One finger; of four fingers sometimes two.
fn absent(stream: &mut Stream, hand: Hand) -> Vec<Finger> {
    let fingers = hand.fingers();
    let first = stream.bits() as usize % fingers.len();
    let second = stream.bits() as usize % fingers.len();
    let two = fingers.len() == 4 && first != second && stream.chance(0.2);
    let chosen = |at: usize| at == first || (two && at == second);
    fingers.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, finger)| *finger).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difficulty_is_drawn_and_plain_slaps_too() {
        let scenes: Vec<Scene> = (0..400).map(Scene::drawn).collect();
        for defect in Defect::ALL {
            let count = scenes.iter().filter(|scene| scene.defects.contains(&defect)).count();
            assert!(count >= 20, "{}: {count} of 400", defect.name());
        }
        assert!(scenes.iter().filter(|scene| scene.defects.is_empty()).count() >= 40);
        for scene in &scenes {
            assert!(scene.missing.len() < scene.hand.fingers().len(), "a finger is left: {scene:?}");
            assert_eq!(scene.defects.contains(&Defect::Child), scene.age_years < 12);
        }
    }

    #[test]
    fn a_scene_lays_the_fingers_that_are_there() {
        let scene = (0..).map(Scene::drawn).find(|scene| scene.missing.len() == 1).expect("one of many");
        let truth = scene.laid(&Person::new(3, scene.age_years));
        assert_eq!(truth.boxes.len() + 1, scene.hand.fingers().len());
        assert!(truth.boxes.iter().all(|one| !scene.missing.contains(&one.finger)));
        assert_eq!(truth.image.resolution_ppi, scene.placement.resolution_ppi);
    }
}
