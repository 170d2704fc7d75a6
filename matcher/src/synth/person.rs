//! A made-up person: ten fingers that belong together, grown when first asked for and kept.

use super::grow::Grower;
use super::impression::{Condition, View};
use super::master::Master;
use super::minutiae::{self, SkinMinutia, TrueMinutia};
use super::parameters::{GROWTH_BY_AGE, PERIOD_ADULT_PX, RESOLUTION_PPI};
use super::pattern::PatternClass;
use super::random::{Purpose, Stream};
use crate::{Finger, Image};
use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

/// Filter kernels: the same for everybody, so made once per process.
static GROWER: LazyLock<Grower> = LazyLock::new(Grower::new);

/// A made-up person with ten fingers. The same seed is the same person; the age only changes the hand's size,
/// so `Person::new(7, 8)` and `Person::new(7, 30)` are one person at eight and at thirty.
pub struct Person {
    seed: u64,
    age_years: u8,
    hand_size: f32,
    period_px: f32,
    /// Shared by the same person at all ages.
    masters: Arc<[OnceLock<Grown>; 10]>,
}

struct Grown {
    master: Master,
    minutiae: OnceLock<Vec<SkinMinutia>>,
}

/// One impression with everything the generator knows about it.
#[derive(Debug, Clone)]
pub struct Impression {
    /// The picture.
    pub image: Image,
    /// Box of the contact (left, top, right, bottom; right and bottom exclusive); none when nothing touched
    /// the glass.
    pub contact: Option<[u32; 4]>,
    /// Minutiae of the skin that lie inside the contact.
    pub minutiae: Vec<TrueMinutia>,
    /// Pattern class of the finger.
    pub class: PatternClass,
    /// Mean ridge period in pixels of the picture.
    pub period_px: f32,
}

impl Person {
    /// Person number `seed` at an age.
    pub fn new(seed: u64, age_years: u8) -> Self {
        let mut stream = Stream::new(seed, Purpose::Person, 0, 0);
        let period_px = stream.between(PERIOD_ADULT_PX.0, PERIOD_ADULT_PX.1);
        let hand_size = 1.0 + 0.045 * stream.normal();
        Self { seed, age_years, hand_size, period_px, masters: Arc::default() }
    }

    /// The same person at another age; what was grown is shared.
    #[must_use]
    pub fn at_age(&self, age_years: u8) -> Self {
        Self { age_years, masters: Arc::clone(&self.masters), ..*self }
    }

    /// Age in years.
    pub fn age_years(&self) -> u8 {
        self.age_years
    }

    /// Size of this person's hand against a mean adult's.
    pub fn hand_size(&self) -> f32 {
        self.hand_size * growth(self.age_years)
    }

    /// Pattern class of a finger.
    pub fn pattern_class(&self, finger: Finger) -> PatternClass {
        self.grown(finger).master.class
    }

    /// A flat impression at 500 ppi in a 20.3 x 25.4 mm window. The same arguments give the same pixels,
    /// always.
    pub fn impression(&self, finger: Finger, visit: u32, condition: Condition) -> Image {
        self.view(finger, visit, condition, RESOLUTION_PPI).render().0
    }

    /// As [`Person::impression`], at 500 or 1000 ppi (other values are brought to the nearer of the two).
    pub fn impression_at(
        &self,
        finger: Finger,
        visit: u32,
        condition: Condition,
        resolution_ppi: u32,
    ) -> Image {
        self.view(finger, visit, condition, offered(resolution_ppi)).render().0
    }

    /// As [`Person::impression`], at 500 or 1000 ppi (other values are brought to the nearer of the two)
    /// and with the truth.
    pub fn impression_with_truth(
        &self,
        finger: Finger,
        visit: u32,
        condition: Condition,
        resolution_ppi: u32,
    ) -> Impression {
        let resolution_ppi = offered(resolution_ppi);
        let grown = self.grown(finger);
        let on_skin = grown.minutiae.get_or_init(|| minutiae::of_master(&grown.master));
        let view = self.view(finger, visit, condition, resolution_ppi);
        let minutiae = minutiae::on_window(on_skin, &view);
        let scale = growth(self.age_years) * resolution_ppi as f32 / RESOLUTION_PPI as f32;
        let (image, contact) = view.render();
        Impression {
            image,
            contact,
            minutiae,
            class: grown.master.class,
            period_px: grown.master.period_px * scale,
        }
    }

    fn view(&self, finger: Finger, visit: u32, condition: Condition, resolution_ppi: u32) -> View<'_> {
        let master = &self.grown(finger).master;
        let mut mood = Stream::new(self.seed, Purpose::Visit, 0, visit);
        // Moisture and force change from day to day for the whole hand.
        let condition = Condition {
            wetness: condition.wetness + 0.12 * mood.normal(),
            pressure: condition.pressure + 0.12 * mood.normal(),
            ..condition
        };
        View::new(
            master,
            (self.seed, finger_number(finger), visit),
            condition,
            growth(self.age_years),
            resolution_ppi,
        )
    }

    fn grown(&self, finger: Finger) -> &Grown {
        let number = finger_number(finger);
        let slot = &self.masters[usize::from(number - 1) % 10];
        slot.get_or_init(|| Grown {
            master: Master::grow(&GROWER, self.seed, number, self.period_px, self.hand_size),
            minutiae: OnceLock::new(),
        })
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("seed", &self.seed)
            .field("age_years", &self.age_years)
            .finish_non_exhaustive()
    }
}

/// The nearer of the two resolutions that are rendered.
fn offered(resolution_ppi: u32) -> u32 {
    if resolution_ppi > 750 { 2 * RESOLUTION_PPI } else { RESOLUTION_PPI }
}

/// Finger position code, 1 to 10.
pub(crate) fn finger_number(finger: Finger) -> u8 {
    finger.fgp()
}

/// Size of a hand at an age against its adult size.
pub(crate) fn growth(age_years: u8) -> f32 {
    let mut before = GROWTH_BY_AGE[0];
    for &(age, size) in &GROWTH_BY_AGE {
        if age_years <= age {
            let span = f32::from(age - before.0).max(1.0);
            return before.1 + (size - before.1) * f32::from(age_years - before.0) / span;
        }
        before = (age, size);
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a, enough to pin pixels.
    fn fingerprint_of(pixels: &[u8]) -> u64 {
        pixels.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Mean ridge period from how often lines along both axes cross the mean grey, block by block.
    fn measured_period(image: &Image) -> f32 {
        let (width, side) = (image.width as usize, 32);
        let mut periods = Vec::new();
        for top in (0..image.height as usize - side).step_by(side) {
            for left in (0..width - side).step_by(side) {
                let dark = |x: usize, y: usize| image.pixels[(top + y) * width + left + x] < 140;
                let (mut ink, mut along_x, mut along_y) = (0, 0, 0);
                for y in 0..side - 1 {
                    for x in 0..side - 1 {
                        ink += i32::from(dark(x, y));
                        along_x += i32::from(dark(x, y) != dark(x + 1, y));
                        along_y += i32::from(dark(x, y) != dark(x, y + 1));
                    }
                }
                let share = ink as f32 / 961.0;
                if (0.3..0.75).contains(&share) {
                    let (dx, dy) = (along_x as f32 / 961.0, along_y as f32 / 961.0);
                    periods.push(2.0 / (dx * dx + dy * dy).sqrt());
                }
            }
        }
        periods.sort_by(f32::total_cmp);
        periods[periods.len() / 2]
    }

    fn plain() -> Condition {
        Condition { wear: 0.0, ..Condition::default() }
    }

    #[test]
    fn pixels_are_pinned() {
        let person = Person::new(2026, 34);
        let image = person.impression(Finger::RightIndex, 1, Condition::default());
        assert_eq!((image.width, image.height, image.resolution_ppi), (400, 500, 500));
        assert_eq!(
            fingerprint_of(&image.pixels),
            14109526414406086004,
            "the generator draws other pixels than it used to"
        );
    }

    #[test]
    fn same_arguments_same_pixels_other_arguments_other_pixels() {
        let image =
            |seed, finger, visit| Person::new(seed, 30).impression(finger, visit, Condition::default());
        let reference = image(1, Finger::RightIndex, 1);
        assert_eq!(reference, image(1, Finger::RightIndex, 1));
        for other in
            [image(2, Finger::RightIndex, 1), image(1, Finger::LeftIndex, 1), image(1, Finger::RightIndex, 2)]
        {
            let different =
                reference.pixels.iter().zip(&other.pixels).filter(|(a, b)| a.abs_diff(**b) > 40).count();
            assert!(different > 10_000, "{different}");
        }
    }

    #[test]
    fn order_of_asking_does_not_matter() {
        let (a, b) = (Person::new(8, 30), Person::new(8, 30));
        let late = {
            a.impression(Finger::LeftRing, 3, Condition::wet());
            a.impression(Finger::RightThumb, 1, Condition::default())
        };
        assert_eq!(late, b.impression(Finger::RightThumb, 1, Condition::default()));
    }

    #[test]
    fn ridge_period_follows_age() {
        for (age, low, high) in [(6, 5.3, 7.4), (10, 6.4, 8.5), (40, 7.6, 10.2)] {
            for seed in 0..3 {
                let person = Person::new(seed, age);
                let truth = person.impression_with_truth(Finger::RightMiddle, 1, plain(), 500);
                let measured = measured_period(&truth.image);
                assert!((low..high).contains(&measured), "age {age} seed {seed}: {measured}");
                assert!(
                    (measured / truth.period_px - 1.0).abs() < 0.13,
                    "{measured} against {}",
                    truth.period_px
                );
            }
        }
    }

    #[test]
    fn conditions_show() {
        let person = Person::new(6, 30);
        let ink = |condition| {
            let image = person.impression(Finger::RightIndex, 1, condition);
            image.pixels.iter().filter(|&&grey| grey < 120).count()
        };
        let usual = ink(Condition::default());
        assert!(ink(Condition::wet()) * 10 > usual * 11);
        assert!(ink(Condition::dry()) * 10 < usual * 9);
        assert!(ink(Condition::light()) * 10 < usual * 9);
        assert!(ink(Condition::partial()) * 10 < usual * 7);
        let wild = Condition {
            wetness: f32::NAN,
            pressure: f32::INFINITY,
            coverage: -3.0,
            rotation_deg: 1e30,
            shift_x_mm: f32::NEG_INFINITY,
            ..Condition::default()
        };
        assert_eq!(ink(wild), ink(wild), "no panic on senseless values");
    }

    #[test]
    fn volunteers_differ_and_come_back_the_same() {
        let drawn: Vec<_> = (0..200).map(Condition::drawn).collect();
        assert_eq!(drawn[7], Condition::drawn(7));
        let count = |of: fn(&Condition) -> bool| drawn.iter().filter(|condition| of(condition)).count();
        assert!((2..60).contains(&count(|c| c.wetness < -0.5)), "some are dry");
        assert!((2..60).contains(&count(|c| c.wetness > 0.5)), "some are wet");
        assert!((20..110).contains(&count(|c| c.coverage < 0.95)), "some are half off");
        assert!(count(|c| (-1.0..=1.0).contains(&c.wetness) && (0.2..=1.0).contains(&c.coverage)) == 200);
    }

    #[test]
    fn truth_has_a_natural_number_of_minutiae_inside_the_contact() {
        for seed in 0..3 {
            let person = Person::new(seed, 30);
            for finger in [Finger::RightThumb, Finger::LeftMiddle, Finger::LeftLittle] {
                let truth = person.impression_with_truth(finger, 1, Condition::default(), 1000);
                assert_eq!((truth.image.width, truth.image.resolution_ppi), (800, 1000));
                assert!(
                    (15..=90).contains(&truth.minutiae.len()),
                    "seed {seed} {finger}: {}",
                    truth.minutiae.len()
                );
                let [left, top, right, bottom] = truth.contact.expect("a contact").map(|edge| edge as f32);
                for minutia in &truth.minutiae {
                    assert!(
                        (left..right).contains(&minutia.x) && (top..bottom).contains(&minutia.y),
                        "{minutia:?}"
                    );
                    assert!((0.0..=360.0).contains(&minutia.angle_deg));
                }
            }
        }
    }
}
