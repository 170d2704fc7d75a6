//! Lays single prints on a ten-print platen, as a hand would, and tells where each of them lies.
//!
//! The hand model: distances between neighbouring fingertips and how far each stays behind the middle
//! finger, in millimetres of an adult hand, times the hand's size; fingers fan out from the palm. Prints
//! may be made up or real: a grey background is brought to white and prints are joined by the darker pixel.
//!
//! Invariants: every box lies inside the picture; fingers never overlap as long as the platen is wide
//! enough; a hand that does not fit in the asked pose is turned back and moved until it does, and the truth
//! tells the pose that came out.

use super::math;
use super::print_area::PrintArea;
use super::random::{Purpose, Stream};
use super::surroundings::{self, FingerEnd, Surroundings};
use crate::{Finger, Hand, Image};

/// Platen of a ten-print scanner at 500 ppi: 81.3 x 76.2 mm (3.2 x 3.0 inch, FAP 60).
const PLATEN_AT_500: (u32, u32) = (1600, 1500);
/// Free rim that is kept around the hand.
const MARGIN_MM: f32 = 0.6;
/// Least gap between the prints of neighbouring fingers.
const GAP_MM: f32 = 0.8;

/// How much hands differ in how far a fingertip stays behind the longest, standard deviation: the ring finger is the
/// longer one with some people and the index finger with others.
const BEHIND_DEVIATION_MM: f32 = 1.6;

/// A pixel counts as ink for the box when it is darker than this on a background of 255.
const INK_GREY_MAX: f32 = 200.0;

/// How the hand lies on the platen. Values that are not finite count as the default; others are cut to
/// their range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Turn of the whole hand, clockwise, degrees; -45 to 45.
    pub rotation_deg: f32,
    /// 0 fingers together, 1 spread wide.
    pub spread: f32,
    /// Shift from the middle to the right, millimetres.
    pub shift_x_mm: f32,
    /// Shift from the middle upwards, millimetres.
    pub shift_y_mm: f32,
    /// Size of the hand against an adult's; see [`Placement::for_age`].
    pub hand_size: f32,
    /// Resolution of the slap: 500 or 1000 ppi (anything else becomes the nearer of the two).
    pub resolution_ppi: u32,
    /// How much this hand differs from the mean hand, 0 (not at all) to 1 (as people differ).
    pub variation: f32,
    /// What else is in view; nothing by default.
    pub surroundings: Surroundings,
    /// Seed of the small irregularities of the pose and of the surroundings.
    pub seed: u64,
}

impl Default for Placement {
    fn default() -> Self {
        Self {
            rotation_deg: 0.0,
            spread: 0.3,
            shift_x_mm: 0.0,
            shift_y_mm: 0.0,
            hand_size: 1.0,
            resolution_ppi: 500,
            variation: 0.0,
            surroundings: Surroundings::default(),
            seed: 0,
        }
    }
}

impl Placement {
    /// Usual placement of a hand of an age.
    #[must_use]
    pub fn for_age(age_years: u8) -> Self {
        Self { hand_size: super::person::growth(age_years), ..Self::default() }
    }

    fn bounded(self) -> Self {
        let usual = Self::default();
        let cut = |x: f32, low: f32, high: f32, otherwise: f32| {
            if x.is_finite() { x.clamp(low, high) } else { otherwise }
        };
        Self {
            rotation_deg: cut(self.rotation_deg, -45.0, 45.0, usual.rotation_deg),
            spread: cut(self.spread, 0.0, 1.0, usual.spread),
            shift_x_mm: cut(self.shift_x_mm, -80.0, 80.0, usual.shift_x_mm),
            shift_y_mm: cut(self.shift_y_mm, -80.0, 80.0, usual.shift_y_mm),
            hand_size: cut(self.hand_size, 0.4, 1.3, usual.hand_size),
            variation: cut(self.variation, 0.0, 1.0, usual.variation),
            resolution_ppi: if self.resolution_ppi > 750 { 1000 } else { 500 },
            surroundings: self.surroundings.bounded(),
            seed: self.seed,
        }
    }
}

/// Where one finger lies on a slap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FingerBox {
    /// The finger.
    pub finger: Finger,
    /// First column of the print.
    pub left: u32,
    /// First row of the print.
    pub top: u32,
    /// Column after the last.
    pub right: u32,
    /// Row after the last.
    pub bottom: u32,
    /// Turn of the finger from upright, clockwise, degrees.
    pub angle_deg: f32,
    /// Corners of the box that is turned with the finger, clockwise from its top left, pixels.
    pub corners: [(f32, f32); 4],
}

/// A composed slap with its truth.
#[derive(Debug, Clone)]
pub struct SlapTruth {
    /// White platen with the prints; 1600 x 1500 at 500 ppi.
    pub image: Image,
    /// One box per finger that shows ridges, from left to right as in [`Hand::fingers`].
    pub boxes: Vec<FingerBox>,
    /// Turn of the hand that came out, clockwise; smaller than asked when the hand did not fit otherwise.
    pub rotation_deg: f32,
}

/// Composes a slap. Pictures of fingers that are not of this hand, repeated fingers, unsound and empty
/// pictures are passed over: they get no box. So a missing finger is simply not given.
#[must_use]
pub fn compose_slap(prints: &[(Finger, Image)], hand: Hand, placement: Placement) -> SlapTruth {
    let placement = placement.bounded();
    let scale = placement.resolution_ppi / 500;
    let (width, height) = (PLATEN_AT_500.0 * scale, PLATEN_AT_500.1 * scale);
    let mut laid: Vec<Laid<'_>> = Vec::new();
    for &finger in hand.fingers() {
        let print = prints.iter().find(|(of, _)| *of == finger);
        let Some((image, area)) = print.and_then(|(_, image)| Some((image, PrintArea::of(image)?))) else {
            continue;
        };
        laid.push(Laid {
            finger,
            image,
            area,
            zoom: placement.resolution_ppi as f32 / image.resolution_ppi as f32,
            pose: Pose::default(),
        });
    }
    let rotation_deg = pose_hand(&mut laid, hand, placement, (width as f32, height as f32));
    let pixels = vec![255; width as usize * height as usize];
    let mut image = Image { width, height, resolution_ppi: placement.resolution_ppi, pixels };
    let ends: Vec<_> = laid.iter().map(Laid::end).collect();
    surroundings::draw(&mut image, placement.surroundings, placement.seed, hand, &ends, placement.hand_size);
    let boxes = laid.iter().filter_map(|print| print.draw(&mut image)).collect();
    SlapTruth { image, boxes, rotation_deg }
}

/// Middle of the print on the platen (pixels, y down) and its clockwise turn.
#[derive(Debug, Clone, Copy, Default)]
struct Pose {
    x: f32,
    y: f32,
    turn_deg: f32,
}

/// One print that takes part.
struct Laid<'a> {
    finger: Finger,
    image: &'a Image,
    area: PrintArea,
    /// Platen pixels per picture pixel.
    zoom: f32,
    pose: Pose,
}

impl Laid<'_> {
    /// Half the width and height of the print on the platen, before its turn.
    fn half(&self) -> (f32, f32) {
        let [left, top, right, bottom] = self.area.bounds.map(|edge| edge as f32);
        (0.5 * (right - left) * self.zoom, 0.5 * (bottom - top) * self.zoom)
    }

    fn corners(&self) -> [(f32, f32); 4] {
        let (a, b) = self.half();
        let turn = self.pose.turn_deg.to_radians();
        let (sin, cos) = (math::sin(turn), math::cos(turn));
        [(-a, -b), (a, -b), (a, b), (-a, b)]
            .map(|(x, y)| (self.pose.x + x * cos - y * sin, self.pose.y + y * cos + x * sin))
    }

    fn end(&self) -> FingerEnd {
        let [_, _, (rx, ry), (lx, ly)] = self.corners();
        let turn_rad = self.pose.turn_deg.to_radians();
        FingerEnd { x: 0.5 * (rx + lx), y: 0.5 * (ry + ly), half_width: self.half().0, turn_rad }
    }

    fn draw(&self, slap: &mut Image) -> Option<FingerBox> {
        let corners = self.corners();
        let rim = 24.0 * self.zoom.max(1.0);
        let low = |values: [f32; 4], end: u32| {
            (values.into_iter().fold(f32::MAX, f32::min) - rim).clamp(0.0, end as f32) as u32
        };
        let high = |values: [f32; 4], end: u32| {
            (values.into_iter().fold(0.0, f32::max) + rim).clamp(0.0, end as f32) as u32
        };
        let (xs, ys) = (corners.map(|c| c.0), corners.map(|c| c.1));
        let turn = self.pose.turn_deg.to_radians();
        let (sin, cos) = (math::sin(turn), math::cos(turn));
        let [left, top, right, bottom] = self.area.bounds.map(|edge| edge as f32);
        let middle = (0.5 * (left + right) - 0.5, 0.5 * (top + bottom) - 0.5);
        let mut found: Option<[u32; 4]> = None;
        for row in low(ys, slap.height)..high(ys, slap.height) {
            for column in low(xs, slap.width)..high(xs, slap.width) {
                let (dx, dy) = (column as f32 + 0.5 - self.pose.x, row as f32 + 0.5 - self.pose.y);
                let x = middle.0 + (dx * cos + dy * sin) / self.zoom;
                let y = middle.1 + (dy * cos - dx * sin) / self.zoom;
                let wide = self.area.weight_wide(x, y);
                if wide <= 0.0 {
                    continue;
                }
                let grey = sample(self.image, x, y) * 255.0 / f32::from(self.area.background);
                let grey = 255.0 - (255.0 - grey.min(255.0)) * wide;
                let at = row as usize * slap.width as usize + column as usize;
                let darker = (grey + 0.5) as u8;
                slap.pixels[at] = slap.pixels[at].min(darker);
                if grey < INK_GREY_MAX && self.area.weight(x, y) > 0.5 {
                    let b = found.get_or_insert([column, row, column + 1, row + 1]);
                    *b = [b[0].min(column), b[1].min(row), b[2].max(column + 1), row + 1];
                }
            }
        }
        let [left, top, right, bottom] = found?;
        Some(FingerBox {
            finger: self.finger,
            left,
            top,
            right,
            bottom,
            angle_deg: self.pose.turn_deg,
            corners,
        })
    }
}

/// Grey value between pixels; outside the picture the border continues.
fn sample(image: &Image, x: f32, y: f32) -> f32 {
    let x = x.clamp(0.0, (image.width - 1) as f32 - 0.001);
    let y = y.clamp(0.0, (image.height - 1) as f32 - 0.001);
    let (column, row) = (x as usize, y as usize);
    let (fx, fy) = (x - column as f32, y - row as f32);
    let width = image.width as usize;
    let at = |column: usize, row: usize| f32::from(image.pixels[row * width + column]);
    let above = at(column, row) * (1.0 - fx) + at(column + 1, row) * fx;
    let below = at(column, row + 1) * (1.0 - fx) + at(column + 1, row + 1) * fx;
    above * (1.0 - fy) + below * fy
}

/// Place of a fingertip in an adult hand: millimetres to the right of the middle, millimetres behind the
/// longest finger, lean in degrees (clockwise) at full spread.
fn place_in_hand(finger: Finger, hand: Hand) -> (f32, f32, f32) {
    let (x, behind, lean) = match finger {
        Finger::RightThumb | Finger::LeftThumb => (-17.0, 0.0, 6.0),
        Finger::RightIndex | Finger::LeftIndex => (-27.5, 7.5, -9.0),
        Finger::RightMiddle | Finger::LeftMiddle => (-9.0, 0.0, -2.0),
        Finger::RightRing | Finger::LeftRing => (9.5, 4.5, 5.0),
        Finger::RightLittle | Finger::LeftLittle => (26.5, 20.5, 13.0),
    };
    // The left hand mirrors the right; of two thumbs the left one lies on the left.
    let mirrored = match hand {
        Hand::Thumbs => finger.is_right(),
        _ => !finger.is_right(),
    };
    if mirrored { (-x, behind, -lean) } else { (x, behind, lean) }
}

/// Gives every print its pose; returns the turn of the hand that was possible.
fn pose_hand(laid: &mut [Laid<'_>], hand: Hand, placement: Placement, platen: (f32, f32)) -> f32 {
    let px_per_mm = placement.resolution_ppi as f32 / 25.4;
    let mut rotation_deg = placement.rotation_deg;
    let mut spread = placement.spread;
    for _ in 0..24 {
        relaxed_hand(laid, hand, Placement { spread, ..placement }, px_per_mm);
        turn_hand(laid, rotation_deg);
        if centre_hand(laid, placement, px_per_mm, platen) {
            return rotation_deg;
        }
        spread *= 0.7;
        if spread < 0.08 {
            rotation_deg *= 0.8;
        }
    }
    // Prints too big for the platen side by side: straight, as tight as they go, cut where they leave it.
    relaxed_hand(laid, hand, Placement { spread: 0.0, ..placement }, px_per_mm);
    centre_hand(laid, placement, px_per_mm, platen);
    0.0
}

/// The hand pointing up, around (0, 0).
fn relaxed_hand(laid: &mut [Laid<'_>], hand: Hand, placement: Placement, px_per_mm: f32) {
    let mut stream = Stream::new(placement.seed, Purpose::Hand, hand.fgp(), 0);
    let unit = px_per_mm * placement.hand_size;
    let mut before: Option<(f32, f32, f32)> = None;
    for print in laid {
        let (x, behind, lean) = place_in_hand(print.finger, hand);
        let half = print.half().0;
        let wanted = unit * (x * (0.96 + 0.25 * placement.spread) + 0.3 * stream.normal());
        let pose_x = match before {
            Some((before_x, before_half, before_wanted)) => {
                let apart = (before_half + half + GAP_MM * px_per_mm).max(wanted - before_wanted);
                before_x + apart
            }
            None => wanted,
        };
        before = Some((pose_x, half, wanted));
        let turn_deg = lean * (0.25 + 0.75 * placement.spread) + 1.2 * stream.normal();
        let own = BEHIND_DEVIATION_MM * placement.variation;
        let behind = behind + (0.5 + own) * stream.normal();
        print.pose = Pose { x: pose_x, y: unit * behind, turn_deg };
    }
}

fn turn_hand(laid: &mut [Laid<'_>], rotation_deg: f32) {
    let turn = rotation_deg.to_radians();
    let (sin, cos) = (math::sin(turn), math::cos(turn));
    for print in laid {
        let Pose { x, y, turn_deg } = print.pose;
        print.pose = Pose { x: x * cos - y * sin, y: y * cos + x * sin, turn_deg: turn_deg + rotation_deg };
    }
}

/// Moves the hand to its place on the platen; false when it does not fit.
fn centre_hand(laid: &mut [Laid<'_>], placement: Placement, px_per_mm: f32, platen: (f32, f32)) -> bool {
    let margin = MARGIN_MM * px_per_mm;
    let mut extent = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
    for (x, y) in laid.iter().flat_map(Laid::corners) {
        extent = [extent[0].min(x), extent[1].min(y), extent[2].max(x), extent[3].max(y)];
    }
    if laid.is_empty() {
        return true;
    }
    let place = |low: f32, high: f32, size: f32, shift: f32| {
        let room = size - margin - (high - low);
        let wanted = 0.5 * (size - (high - low)) + shift;
        if room < margin {
            (0.5 * (size - (high - low)) - low, false)
        } else {
            (wanted.clamp(margin, room) - low, true)
        }
    };
    let (dx, fits_x) = place(extent[0], extent[2], platen.0, placement.shift_x_mm * px_per_mm);
    let (dy, fits_y) = place(extent[1], extent[3], platen.1, -(placement.shift_y_mm + 6.0) * px_per_mm);
    for print in laid {
        print.pose.x += dx;
        print.pose.y += dy;
    }
    fits_x && fits_y
}

#[cfg(test)]
mod tests {
    use super::super::{Condition, Person};
    use super::*;

    fn hand_of(person: &Person, hand: Hand) -> Vec<(Finger, Image)> {
        hand.fingers()
            .iter()
            .map(|&finger| (finger, person.impression(finger, 1, Condition::default())))
            .collect()
    }

    fn check_boxes(truth: &SlapTruth, hand: Hand, count: usize) {
        let (width, height) = (truth.image.width, truth.image.height);
        assert_eq!(truth.boxes.len(), count);
        for one in &truth.boxes {
            assert!(hand.fingers().contains(&one.finger));
            assert!(
                one.left < one.right && one.right <= width && one.top < one.bottom && one.bottom <= height,
                "{one:?}"
            );
        }
    }

    #[test]
    fn every_finger_has_a_box_inside_the_platen_in_every_pose() {
        for (age, size) in [(6, 0.72), (35, 1.0)] {
            let person = Person::new(4, age);
            for hand in Hand::ALL {
                let prints = hand_of(&person, hand);
                for rotation_deg in [-30.0, 0.0, 12.0, 30.0] {
                    for (spread, shift) in [(0.0, -30.0), (1.0, 30.0)] {
                        let placement = Placement {
                            rotation_deg,
                            spread,
                            shift_x_mm: shift,
                            shift_y_mm: shift,
                            hand_size: size,
                            ..Placement::default()
                        };
                        let truth = compose_slap(&prints, hand, placement);
                        check_boxes(&truth, hand, hand.fingers().len());
                        assert!(truth.rotation_deg * rotation_deg >= 0.0);
                        if age == 6 && spread == 0.0 {
                            assert!(
                                (truth.rotation_deg - rotation_deg).abs() < 0.01,
                                "a small hand fits at any turn"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn boxes_hold_the_ink_and_nothing_else_is_dark() {
        let person = Person::new(11, 30);
        let truth = compose_slap(&hand_of(&person, Hand::RightFour), Hand::RightFour, Placement::default());
        let (mut inside, mut outside) = (0_u32, 0_u32);
        for y in 0..truth.image.height {
            for x in 0..truth.image.width {
                if truth.image.pixels[(y * truth.image.width + x) as usize] > 120 {
                    continue;
                }
                let held = truth
                    .boxes
                    .iter()
                    .any(|b| (b.left..b.right).contains(&x) && (b.top..b.bottom).contains(&y));
                if held { inside += 1 } else { outside += 1 }
            }
        }
        assert!(inside > 50_000 && outside < inside / 500, "{inside} {outside}");
        let ordered = truth.boxes.windows(2).all(|pair| pair[0].left < pair[1].left);
        assert!(ordered, "from left to right");
    }

    #[test]
    fn right_and_left_hand_mirror_each_other() {
        let person = Person::new(2, 40);
        for (hand, little_is_last) in [(Hand::RightFour, true), (Hand::LeftFour, false)] {
            let truth = compose_slap(&hand_of(&person, hand), hand, Placement::default());
            let little = if little_is_last { truth.boxes.last() } else { truth.boxes.first() };
            let lowest = truth.boxes.iter().max_by_key(|one| one.top);
            assert_eq!(
                little.map(|one| one.finger),
                lowest.map(|one| one.finger),
                "the little finger lies lowest"
            );
        }
    }

    #[test]
    fn foreign_prints_on_grey_come_out_on_white() {
        let person = Person::new(9, 30);
        let grey = Condition { background: 190, ..Condition::default() };
        let prints: Vec<_> = [Finger::LeftThumb, Finger::RightThumb]
            .into_iter()
            .map(|finger| {
                let image = person.impression(finger, 1, grey);
                (finger, image.crop(6, 60, 394, 434).expect("inside"))
            })
            .collect();
        let truth = compose_slap(&prints, Hand::Thumbs, Placement::default());
        check_boxes(&truth, Hand::Thumbs, 2);
        let pale = truth.image.pixels.iter().filter(|&&grey| (150..215).contains(&grey)).count();
        let white = truth.image.pixels.iter().filter(|&&grey| grey > 240).count();
        assert!(pale * 20 < white, "the grey of the sensor is gone: {pale} of {white}");
    }

    #[test]
    fn missing_foreign_and_unsound_fingers_are_passed_over() {
        let person = Person::new(3, 30);
        let print = |finger| (finger, person.impression(finger, 1, Condition::default()));
        let broken = Image { width: 400, height: 500, resolution_ppi: 500, pixels: vec![0; 3] };
        let white = Image { width: 400, height: 500, resolution_ppi: 500, pixels: vec![255; 200_000] };
        let prints = [
            print(Finger::RightIndex),
            print(Finger::LeftIndex),
            (Finger::RightMiddle, broken),
            (Finger::RightRing, white),
        ];
        let truth =
            compose_slap(&prints, Hand::RightFour, Placement { spread: f32::NAN, ..Placement::default() });
        check_boxes(&truth, Hand::RightFour, 1);
        let nothing = compose_slap(&[], Hand::Thumbs, Placement::default());
        check_boxes(&nothing, Hand::Thumbs, 0);
        assert!(nothing.image.pixels.iter().all(|&grey| grey == 255));
    }

    #[test]
    fn real_prints_are_composed_too() {
        let folder =
            std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/fvc2002_db1_b"));
        if !folder.is_dir() {
            eprintln!("SKIPPED: no ../shared/data/fvc2002_db1_b beside the repository");
            return;
        }
        for visit in 1..=8 {
            for hand in Hand::ALL {
                let print = |&finger: &Finger| {
                    let bytes = std::fs::read(folder.join(format!("{}_{visit}.png", 100 + finger.fgp())))
                        .expect("a print");
                    (finger, crate::codec::decode(&bytes, 500).expect("readable"))
                };
                let prints: Vec<_> = hand.fingers().iter().map(print).collect();
                let truth = compose_slap(&prints, hand, Placement::default());
                check_boxes(&truth, hand, hand.fingers().len());
                for pair in truth.boxes.windows(2) {
                    assert!(pair[0].right <= pair[1].left + 40, "prints do not lie on each other: {pair:?}");
                }
            }
        }
    }

    #[test]
    fn double_resolution_doubles_the_platen() {
        let person = Person::new(5, 30);
        let prints = hand_of(&person, Hand::Thumbs);
        let truth =
            compose_slap(&prints, Hand::Thumbs, Placement { resolution_ppi: 1000, ..Placement::default() });
        assert_eq!((truth.image.width, truth.image.height, truth.image.resolution_ppi), (3200, 3000, 1000));
        check_boxes(&truth, Hand::Thumbs, 2);
    }
}
