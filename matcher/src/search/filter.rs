//! The filter: how well a print's minutiae find partners that all ask for the same turn and shift.
//!
//! For each probe minutia the nearest bit string of the print; the nearer, the heavier its vote. Votes are counted over
//! turns first, then over shifts under the winning turn (a Hough transform). Whole numbers only.

use nearest::{Kernel, Nearest, Tile};

use super::describe::{Description, Place};
use crate::limits::FILTER_MINUTIAE_MAX;
use crate::parameters::{FILTER_BITS_MAX, FILTER_SHIFT_PX, FILTER_TURN_STEPS};

/// One enrolled print as the filter reads it, in one piece of memory.
pub(super) struct Slot {
    tiles: [Tile; TILES],
    places: [Place; FILTER_MINUTIAE_MAX],
    count: u8,
    /// Index of the person it belongs to.
    pub(super) person: u32,
    /// Index among the person's prints.
    pub(super) print: u8,
}

const TILES: usize = FILTER_MINUTIAE_MAX / nearest::LANES;

impl Slot {
    pub(super) fn new(description: &Description, person: u32, print: u8) -> Self {
        let mut slot = Self {
            tiles: [Tile { words: [[0; nearest::LANES]; nearest::WORDS] }; TILES],
            places: [Place::default(); FILTER_MINUTIAE_MAX],
            count: 0,
            person,
            print,
        };
        for (to, tile) in slot.tiles.iter_mut().zip(Tile::pack(&description.strings)) {
            *to = tile;
        }
        for (to, place) in slot.places.iter_mut().zip(&description.places) {
            *to = *place;
            slot.count += 1;
        }
        slot
    }
}

/// A probe print, ready to be filtered with.
pub(super) struct Filter {
    description: Description,
    kernel: Kernel,
}

const _: () =
    assert!(FILTER_BITS_MAX <= 63 && FILTER_MINUTIAE_MAX <= 32, "a vote fits its bytes and sums stay small");

/// The probe minutia's partner, what its vote weighs and which turn it asks for.
#[derive(Clone, Copy, Default)]
struct Vote {
    probe: u8,
    partner: u8,
    /// At most [`FILTER_BITS_MAX`].
    weight: u8,
    turn: u8,
}

impl Filter {
    pub(super) fn new(description: Description, kernel: Kernel) -> Self {
        Self { description, kernel }
    }

    /// The filter's score of one print; 0: nothing in common, or less than `least`. All votes together, and then all votes
    /// near one turn, are more than any shift can get: most prints end there.
    pub(super) fn score(&self, slot: &Slot, least: u32) -> u32 {
        let mut found = [Nearest::NONE; FILTER_MINUTIAE_MAX];
        let used = usize::from(slot.count).div_ceil(nearest::LANES);
        let tiles = slot.tiles.get(..used).unwrap_or(&slot.tiles);
        self.kernel.nearest(&self.description.strings, tiles, FILTER_BITS_MAX, &mut found);
        let weights = found.iter().map(|nearest| FILTER_BITS_MAX - nearest.distance().min(FILTER_BITS_MAX));
        if weights.sum::<u32>() < least {
            return 0;
        }
        let mut votes = [Vote::default(); FILTER_MINUTIAE_MAX];
        let mut count = 0;
        let mut turns = [0u32; TURN_BINS];
        for (probe, (place, nearest)) in self.description.places.iter().zip(&found).enumerate() {
            if *nearest == Nearest::NONE {
                continue;
            }
            let distance = nearest.distance();
            let partner = nearest.index();
            let Some(other) = slot.places.get(partner) else { continue };
            let turn = other.direction.wrapping_sub(place.direction);
            let weight = FILTER_BITS_MAX - distance;
            votes[count] = Vote { probe: probe as u8, partner: partner as u8, weight: weight as u8, turn };
            count += 1;
            turns[usize::from(turn / TURN_BIN_STEPS)] += weight;
        }
        if count == 0 {
            return 0;
        }
        let votes = votes.get(..count).unwrap_or_default();
        self.best_shift(slot, votes, most_asked_turn(&turns), least)
    }

    /// Among the votes near a turn, the heaviest group that asks for one shift.
    fn best_shift(&self, slot: &Slot, votes: &[Vote], turn: u8, least: u32) -> u32 {
        let near_turn =
            |vote: &&Vote| (vote.turn.wrapping_sub(turn) as i8).unsigned_abs() <= FILTER_TURN_STEPS;
        if votes.iter().filter(near_turn).map(|vote| u32::from(vote.weight)).sum::<u32>() < least {
            return 0;
        }
        let mut shifts = [(0i32, 0i32, 0u32); FILTER_MINUTIAE_MAX];
        let mut count = 0;
        let (cos, sin) = TURNS[usize::from(turn)];
        for vote in votes.iter().filter(near_turn) {
            let from = self.description.places[usize::from(vote.probe)];
            let to = slot.places[usize::from(vote.partner)];
            let (x, y) = (i32::from(from.x), i32::from(from.y));
            let moved_x = (x * cos - y * sin) >> TURN_BITS;
            let moved_y = (x * sin + y * cos) >> TURN_BITS;
            shifts[count] = (i32::from(to.x) - moved_x, i32::from(to.y) - moved_y, u32::from(vote.weight));
            count += 1;
        }
        let shifts = shifts.get(..count).unwrap_or_default();
        let near = |a: &(i32, i32, u32), b: &(i32, i32, u32)| {
            (a.0 - b.0).abs() <= FILTER_SHIFT_PX && (a.1 - b.1).abs() <= FILTER_SHIFT_PX
        };
        shifts
            .iter()
            .map(|one| shifts.iter().filter(|other| near(one, other)).map(|other| other.2).sum())
            .max()
            .unwrap_or(0)
    }
}

/// The least score that still counts while many prints are looked at and only the best are wanted.
pub(super) struct Bar {
    /// How many prints had each score, from `least` on.
    seen: Vec<u32>,
    /// Their sum.
    reached: usize,
    wanted: usize,
    least: u32,
}

impl Bar {
    /// For the best `wanted` prints; `None`: every score is asked for.
    pub(super) fn new(wanted: Option<usize>) -> Self {
        let scores = FILTER_BITS_MAX as usize * FILTER_MINUTIAE_MAX + 1;
        Self { seen: vec![0; scores], reached: 0, wanted: wanted.unwrap_or(usize::MAX), least: 0 }
    }

    /// No print under it is among the best.
    pub(super) fn least(&self) -> u32 {
        self.least
    }

    /// Counts one more print. The bar rises as long as enough prints reach the next step.
    pub(super) fn count(&mut self, score: u32) {
        if score < self.least {
            return;
        }
        let Some(seen) = self.seen.get_mut(score as usize) else { return };
        *seen += 1;
        self.reached += 1;
        while let Some(&here) = self.seen.get(self.least as usize)
            && self.reached - here as usize >= self.wanted
        {
            self.reached -= here as usize;
            self.least += 1;
        }
    }
}

/// The middle of the three neighbouring bins with the heaviest votes, in 256 steps to the full turn.
fn most_asked_turn(turns: &[u32; TURN_BINS]) -> u8 {
    // All around and one more at either end. A vote weighs under 64 and there are 32: sums are small.
    let mut around = [0u32; TURN_BINS + 2];
    around[1..=TURN_BINS].copy_from_slice(turns);
    (around[0], around[TURN_BINS + 1]) = (turns[TURN_BINS - 1], turns[0]);
    let mut best = (0, 0);
    for bin in 0..TURN_BINS {
        let sum = around[bin].wrapping_add(2 * around[bin + 1]).wrapping_add(around[bin + 2]);
        if sum > best.0 {
            best = (sum, bin);
        }
    }
    (best.1 * usize::from(TURN_BIN_STEPS) + usize::from(TURN_BIN_STEPS) / 2) as u8
}

const TURN_BINS: usize = 32;
const TURN_BIN_STEPS: u8 = 8;
/// Fixed-point bits of [`TURNS`].
const TURN_BITS: u32 = 14;

/// Cosine and sine of every turn in fixed point, the same on every machine.
static TURNS: [(i32, i32); 256] = turns();

/// Fills the table by turning a vector step by step in 64-bit fixed point.
const fn turns() -> [(i32, i32); 256] {
    // Cosine and sine of one step of 256, times 2^30.
    const COS: i64 = 1_073_418_433;
    const SIN: i64 = 26_350_943;
    let mut table = [(0, 0); 256];
    let (mut x, mut y) = (1i64 << 30, 0i64);
    let mut step = 0;
    while step < 256 {
        table[step] = ((x >> (30 - TURN_BITS)) as i32, (y >> (30 - TURN_BITS)) as i32);
        let turned = (x * COS - y * SIN) >> 30;
        y = (x * SIN + y * COS) >> 30;
        x = turned;
        step += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_cosines_and_sines() {
        for (step, &(cos, sin)) in TURNS.iter().enumerate() {
            let angle = step as f64 * core::f64::consts::TAU / 256.0;
            let one = f64::from(1 << TURN_BITS);
            assert!((f64::from(cos) / one - angle.cos()).abs() < 2e-4, "{step}");
            assert!((f64::from(sin) / one - angle.sin()).abs() < 2e-4, "{step}");
        }
    }

    #[test]
    fn the_bar_is_the_score_of_the_last_one_wanted() {
        let mut state = 5u32;
        let mut scores: Vec<u32> = Vec::new();
        let (mut bar, mut open) = (Bar::new(Some(7)), Bar::new(None));
        for _ in 0..500 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let score = state >> 24;
            scores.push(score);
            bar.count(score);
            open.count(score);
            scores.sort_unstable_by(|a, b| b.cmp(a));
            let expect = if scores.len() < 7 { 0 } else { scores[6] };
            assert_eq!((bar.least(), open.least()), (expect, 0), "after {} scores", scores.len());
        }
    }

    #[test]
    fn the_most_asked_turn_may_lie_across_zero() {
        let mut turns = [0; TURN_BINS];
        (turns[31], turns[0], turns[9]) = (30, 25, 40);
        assert_eq!(most_asked_turn(&turns), 31 * 8 + 4);
    }
}
