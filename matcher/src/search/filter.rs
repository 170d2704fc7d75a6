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

    /// The filter's score of one print; 0: nothing in common.
    pub(super) fn score(&self, slot: &Slot) -> u32 {
        let mut found = [Nearest::NONE; FILTER_MINUTIAE_MAX];
        let used = usize::from(slot.count).div_ceil(nearest::LANES);
        let tiles = slot.tiles.get(..used).unwrap_or(&slot.tiles);
        self.kernel.nearest(&self.description.strings, tiles, FILTER_BITS_MAX, &mut found);
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
        self.best_shift(slot, votes, most_asked_turn(&turns))
    }

    /// Among the votes near a turn, the heaviest group that asks for one shift.
    fn best_shift(&self, slot: &Slot, votes: &[Vote], turn: u8) -> u32 {
        let mut shifts = [(0i32, 0i32, 0u32); FILTER_MINUTIAE_MAX];
        let mut count = 0;
        let (cos, sin) = TURNS[usize::from(turn)];
        for vote in votes {
            if (vote.turn.wrapping_sub(turn) as i8).unsigned_abs() > FILTER_TURN_STEPS {
                continue;
            }
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
    fn the_most_asked_turn_may_lie_across_zero() {
        let mut turns = [0; TURN_BINS];
        (turns[31], turns[0], turns[9]) = (30, 25, 40);
        assert_eq!(most_asked_turn(&turns), 31 * 8 + 4);
    }
}
