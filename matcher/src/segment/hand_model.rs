//! Which hand, and which finger each fingertip is: every way of naming the tips is weighed and none is guessed.
//!
//! Five witnesses speak, each with its own uncertainty: how far a tip stays behind its neighbours, the gaps between tips,
//! their widths, the long axes, and to which side the ridges slope (loops open towards the little finger about twelve
//! times as often as towards the thumb; Cummins and Midlo 1943). Their costs are negative log likelihoods, so hands are
//! compared by what they explain, and the confidence is a probability under this model.
//!
//! Left out on purpose: a hand is taken palm down with fingertips away from the person; crossed fingers are not thought of.

use crate::parameters::{
    HAND_AXIS_SIGMA_DEG, HAND_BEHIND_SIGMA_MM, HAND_EXTRA_TIP_COST, HAND_GAP_SIGMA_MM,
    HAND_GAP_STRETCH_SIGMA, HAND_MISSING_COST, HAND_SIZE_SIGMA, HAND_SLANT_WEIGHT, HAND_TURN_DEG_MAX,
    HAND_TURN_SIGMA_DEG, HAND_WIDTH_SIGMA_MM, THUMBS_COST,
};
use crate::{Finger, Hand};

/// What is known of one fingertip.
#[derive(Debug, Clone, Copy)]
pub(super) struct TipFacts {
    /// Middle of the tip, in mm from the image's corner.
    pub(super) x_mm: f32,
    pub(super) y_mm: f32,
    /// Across the finger.
    pub(super) width_mm: f32,
    /// Turn of the long axis, clockwise, radians.
    pub(super) axis: f32,
    /// 0 (round) to 1 (clearly long).
    pub(super) axis_trust: f32,
    /// Slope of the ridges of the lower part: positive when they fall to the right, -1 to 1.
    pub(super) slant: f32,
}

/// A naming of tips and how likely it is among all that were weighed.
#[derive(Debug, Clone)]
pub(super) struct Naming {
    pub(super) hand: Hand,
    /// Probability of the hand under the model.
    pub(super) hand_confidence: f32,
    /// Which tip (index) is which finger, from left to right, and the probability of it.
    pub(super) fingers: Vec<(usize, Finger, f32)>,
    /// Turn of the hand, clockwise, radians.
    pub(super) turn: f32,
    /// Cost of the naming; lower is better. Comparable between sets of tips of the same image.
    pub(super) cost: f32,
}

/// One way of naming.
struct Hypothesis {
    hand: Hand,
    tips: Vec<usize>,
    fingers: Vec<Finger>,
    turn: f32,
    cost: f32,
}

/// Weighs every naming in `hands`. A hand is given with the fingers that are known to be absent. `None` without tips.
pub(super) fn name(tips: &[TipFacts], hands: &[(Hand, Vec<Finger>)]) -> Option<Naming> {
    let mut weighed: Vec<Hypothesis> = Vec::new();
    for (hand, missing) in hands {
        let there: Vec<Finger> =
            hand.fingers().iter().copied().filter(|finger| !missing.contains(finger)).collect();
        let count = tips.len().min(there.len());
        for fingers in choices(there.len(), count) {
            for chosen in choices(tips.len(), count) {
                let fingers: Vec<Finger> = fingers.iter().map(|&at| there[at]).collect();
                let facts: Vec<TipFacts> = chosen.iter().map(|&at| tips[at]).collect();
                let (turn, fit) = best_turn(&facts, &fingers);
                let absent = (there.len() - count) as f32 * HAND_MISSING_COST;
                let extra = (tips.len() - count) as f32 * HAND_EXTRA_TIP_COST;
                let thumbs = if *hand == Hand::Thumbs { THUMBS_COST } else { 0.0 };
                let cost = fit + absent + extra + thumbs;
                weighed.push(Hypothesis { hand: *hand, tips: chosen, fingers, turn, cost });
            }
        }
    }
    settle(&weighed)
}

/// The best naming, with the share of all probability that agrees with it.
fn settle(weighed: &[Hypothesis]) -> Option<Naming> {
    let best = weighed.iter().min_by(|a, b| a.cost.total_cmp(&b.cost))?;
    if best.tips.is_empty() {
        return None;
    }
    let weight = |one: &Hypothesis| (best.cost - one.cost).exp();
    let all: f32 = weighed.iter().map(weight).sum();
    let share = |agrees: &dyn Fn(&Hypothesis) -> bool| {
        weighed.iter().filter(|one| agrees(one)).map(weight).sum::<f32>() / all
    };
    let named = best.tips.iter().zip(&best.fingers).map(|(&tip, &finger)| {
        let same = |one: &Hypothesis| one.tips.iter().zip(&one.fingers).any(|pair| pair == (&tip, &finger));
        (tip, finger, share(&same))
    });
    Some(Naming {
        hand: best.hand,
        hand_confidence: share(&|one| one.hand == best.hand),
        fingers: named.collect(),
        turn: best.turn,
        cost: best.cost,
    })
}

/// All ascending choices of `count` from `of`; both are at most a handful.
fn choices(of: usize, count: usize) -> Vec<Vec<usize>> {
    let bits = 0_u32..1 << of.min(16);
    let fits = bits.filter(|bits| bits.count_ones() as usize == count);
    fits.map(|bits| (0..of).filter(|at| bits >> at & 1 == 1).collect()).collect()
}

/// The turn under which the tips fit these fingers best, and the cost under it.
fn best_turn(tips: &[TipFacts], fingers: &[Finger]) -> (f32, f32) {
    let steps = HAND_TURN_DEG_MAX as i32 / 2;
    let mut best = (0.0, f32::INFINITY);
    for step in -steps..=steps {
        let turn = (2.0 * step as f32).to_radians();
        let cost = cost(tips, fingers, turn);
        if cost < best.1 {
            best = (turn, cost);
        }
    }
    best
}

/// Negative log likelihood of the tips as these fingers under a turn.
fn cost(tips: &[TipFacts], fingers: &[Finger], turn: f32) -> f32 {
    let (sin, cos) = turn.sin_cos();
    let size = size(tips, fingers);
    let mut squares =
        square(turn.to_degrees() / HAND_TURN_SIGMA_DEG) + square((size - 1.0) / HAND_SIZE_SIGMA);
    let places: Vec<(f32, f32, Place)> = tips
        .iter()
        .zip(fingers)
        .map(|(tip, &finger)| {
            (tip.x_mm * cos + tip.y_mm * sin, tip.y_mm * cos - tip.x_mm * sin, Place::of(finger))
        })
        .collect();
    let behind: Vec<(f32, f32)> = places.iter().map(|(_, y, place)| (*y, place.behind_mm * size)).collect();
    let off = behind.iter().map(|(y, model)| y - model).sum::<f32>() / behind.len().max(1) as f32;
    squares += behind.iter().map(|(y, model)| square((y - model - off) / HAND_BEHIND_SIGMA_MM)).sum::<f32>();
    squares += gaps(&places, size);
    let mut slope = 0.0;
    for (tip, (_, _, place)) in tips.iter().zip(&places) {
        let off = (tip.axis - turn).to_degrees() - place.lean_deg;
        squares += tip.axis_trust * square(off / HAND_AXIS_SIGMA_DEG);
        squares += square((tip.width_mm - size * place.width_mm) / HAND_WIDTH_SIGMA_MM);
        slope += place.loop_side * tip.slant;
    }
    0.5 * squares - HAND_SLANT_WEIGHT * slope
}

/// Gaps against the model's, stretched alike: fingers spread together.
fn gaps(places: &[(f32, f32, Place)], size: f32) -> f32 {
    let pairs: Vec<(f32, f32)> = places
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0, size * (pair[1].2.x_mm - pair[0].2.x_mm)))
        .collect();
    // Least squares with a prior at 1.1: fingers are seldom pressed together and seldom wide apart.
    let prior = square(HAND_GAP_SIGMA_MM / HAND_GAP_STRETCH_SIGMA);
    let (mut over, mut under) = (1.1 * prior, prior);
    for (gap, model) in &pairs {
        over += gap * model;
        under += model * model;
    }
    let stretch = over / under.max(1e-6);
    let fit: f32 = pairs.iter().map(|(gap, model)| square((gap - stretch * model) / HAND_GAP_SIGMA_MM)).sum();
    fit + square((stretch - 1.1) / HAND_GAP_STRETCH_SIGMA)
}

/// Size of the hand by the widths of its fingertips, drawn towards an adult's.
fn size(tips: &[TipFacts], fingers: &[Finger]) -> f32 {
    let prior = square(HAND_WIDTH_SIGMA_MM / HAND_SIZE_SIGMA);
    let (mut over, mut under) = (prior, prior);
    for (tip, &finger) in tips.iter().zip(fingers) {
        let width = Place::of(finger).width_mm;
        over += tip.width_mm * width;
        under += width * width;
    }
    (over / under).clamp(0.5, 1.4)
}

/// Place of a fingertip in an adult hand.
struct Place {
    /// To the right of the middle of the hand.
    x_mm: f32,
    /// How far the middle of the print lies behind that of the longest finger.
    behind_mm: f32,
    /// Lean of the finger, clockwise, when the hand lies relaxed.
    lean_deg: f32,
    /// Width of the flat print.
    width_mm: f32,
    /// Sign of the slope of the ridges under the usual loop of this finger.
    loop_side: f32,
}

impl Place {
    /// Distances as between the prints of relaxed hands on ten-print cards, rounded; each witness has its own spread.
    fn of(finger: Finger) -> Self {
        let (x_mm, behind_mm, lean_deg, width_mm) = match finger {
            Finger::RightThumb | Finger::LeftThumb => (17.0, 0.0, -3.0, 16.0),
            Finger::RightIndex | Finger::LeftIndex => (-27.5, 8.5, -4.0, 13.5),
            Finger::RightMiddle | Finger::LeftMiddle => (-9.0, 0.0, -1.0, 13.8),
            Finger::RightRing | Finger::LeftRing => (9.5, 4.0, 2.0, 13.2),
            Finger::RightLittle | Finger::LeftLittle => (26.5, 20.0, 6.0, 11.4),
        };
        // The left hand mirrors the right one, and so does the left thumb beside the right one.
        let side = if finger.is_right() { 1.0 } else { -1.0 };
        Self { x_mm: side * x_mm, behind_mm, lean_deg: side * lean_deg, width_mm, loop_side: side }
    }
}

fn square(x: f32) -> f32 {
    x * x
}
