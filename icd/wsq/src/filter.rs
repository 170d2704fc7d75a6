//! The filters a stream carries, and synthesis with filters other than the 9/7 pair.
//!
//! Practically every stream carries the 9/7 pair and takes the fast road in `lifting`. The specification
//! allows others, also of even length, so a decoder needs this slower one: every output sample is a sum
//! of taps times mirrored sub-band samples. Borders: odd filters mirror the signal about its end samples;
//! even filters mirror it beside them, under which low-pass samples are symmetric and high-pass samples
//! change sign.
//! The transmitted filters are those of analysis. Those of synthesis are each other's with alternating
//! signs; the remaining sign is the one under which a filter and its partner multiply to a positive number.

use crate::{
    error::Error,
    parameters::{FILTER_TAP_MAX, FILTER_TOLERANCE, HIGH_PASS_HALF, LOW_PASS_HALF},
    scaled::Scaled32,
    tree::{Region, Split, first_length},
};

/// Synthesis filters with the offset of their first tap from the sample they belong to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filters {
    even: bool,
    first_low: isize,
    low: Vec<f32>,
    first_high: isize,
    high: Vec<f32>,
    standard: bool,
}

/// `target sample += factor * source sample`, one term of an axis.
struct Term {
    target: usize,
    source: usize,
    factor: f32,
}

impl Filters {
    /// From the right halves of the analysis filters, both not empty.
    pub(crate) fn new(even: bool, low_half: Vec<Scaled32>, high_half: Vec<Scaled32>) -> Result<Self, Error> {
        let low_half: Vec<f64> = low_half.into_iter().map(Scaled32::value).collect();
        let high_half: Vec<f64> = high_half.into_iter().map(Scaled32::value).collect();
        if low_half.iter().chain(&high_half).any(|tap| tap.abs() > FILTER_TAP_MAX) {
            return Err(Error::NumberOutOfRange { table: "transform table" });
        }
        let close = |taps: &[f64], expect: &[f64]| {
            taps.len() == expect.len()
                && taps.iter().zip(expect).all(|(a, b)| (a - b).abs() < FILTER_TOLERANCE)
        };
        let standard = !even && close(&low_half, &LOW_PASS_HALF) && close(&high_half, &HIGH_PASS_HALF);
        let (first_of_low, analysis_low) = whole(even, &low_half, 1.0);
        let (first_of_high, analysis_high) = whole(even, &high_half, if even { -1.0 } else { 1.0 });
        let low = partner(first_of_high, &analysis_high, first_of_low, &analysis_low);
        let high = partner(first_of_low, &analysis_low, first_of_high, &analysis_high);
        Ok(Self { even, first_low: first_of_high, low, first_high: first_of_low, high, standard })
    }

    /// Whether these are the 9/7 filters.
    pub(crate) fn is_standard(&self) -> bool {
        self.standard
    }

    /// Rebuilds one node in `plane`, by way of `spare`.
    pub(crate) fn synthesise(&self, plane: &mut [f32], spare: &mut [f32], stride: usize, node: &Split) {
        let Region { x, y, width, height } = node.region;
        if width == 0 || height == 0 {
            return;
        }
        let terms = self.terms(width, node.high_first_x);
        for start in (y..y + height).map(|row| row * stride + x) {
            let (source, target) = (&plane[start..start + width], &mut spare[start..start + width]);
            target.fill(0.0);
            for Term { target: to, source: from, factor } in &terms {
                target[*to] += factor * source[*from];
            }
        }
        let row = |index: usize| (y + index) * stride + x..(y + index) * stride + x + width;
        (0..height).for_each(|index| plane[row(index)].fill(0.0));
        for Term { target, source, factor } in self.terms(height, node.high_first_y) {
            for (to, from) in plane[row(target)].iter_mut().zip(&spare[row(source)]) {
                *to += factor * from;
            }
        }
    }

    /// Every product that makes up an axis.
    fn terms(&self, length: usize, high_first: bool) -> Vec<Term> {
        let first = first_length(length, high_first);
        let (low_start, high_start) = if high_first { (first, 0) } else { (0, first) };
        let high_shift = if self.even { 0 } else { 1 };
        let reach = self.low.len().max(self.high.len()) as isize;
        let mut terms = Vec::new();
        let mut add = |position: isize, taps: &[f32], source: usize, sign: f32| {
            for (target, tap) in (position..).zip(taps) {
                match usize::try_from(target) {
                    Ok(target) if target < length => terms.push(Term { target, source, factor: sign * tap }),
                    _ => {}
                }
            }
        };
        for index in -reach..=length.div_ceil(2) as isize + reach {
            if let Some((place, sign)) = self.mirror(index, length, false) {
                add(2 * index + self.first_low, &self.low, low_start + place, sign);
            }
            if let Some((place, sign)) = self.mirror(index, length, true) {
                add(2 * index + high_shift + self.first_high, &self.high, high_start + place, sign);
            }
        }
        terms
    }

    /// The stored sample and its sign that stand for sample `index` of an endless mirrored sub-band;
    /// None where that is zero.
    fn mirror(&self, index: isize, length: usize, high: bool) -> Option<(usize, f32)> {
        let count = if high { length / 2 } else { length.div_ceil(2) } as isize;
        let odd_length = length % 2 == 1;
        if count == 0 {
            return None;
        }
        if length == 1 {
            return Some((0, 1.0));
        }
        // Sums of an index and its mirror image, at the left and at the right end.
        let (left, right) = match (self.even, high, odd_length) {
            (false, false, false) => (0, 2 * count - 1),
            (false, false, true) => (0, 2 * count - 2),
            (false, true, false) => (-1, 2 * count - 2),
            (false, true, true) => (-1, 2 * count - 1),
            (true, false, false) | (true, true, false) => (-1, 2 * count - 1),
            (true, false, true) => (-1, 2 * count - 2),
            (true, true, true) => (-1, 2 * count),
        };
        let (mut index, mut sign) = (index, 1.0);
        let flip = if self.even && high { -1.0 } else { 1.0 };
        loop {
            if index < 0 {
                index = left - index;
            } else if index >= count {
                if right - index == index {
                    return None;
                }
                index = right - index;
            } else {
                return Some((index as usize, sign));
            }
            sign *= flip;
        }
    }
}

/// Both halves of a filter, and the offset of its first tap. `mirror_sign` is that of the left half.
fn whole(even: bool, half: &[f64], mirror_sign: f64) -> (isize, Vec<f64>) {
    let left = half.iter().skip(usize::from(!even)).rev().map(|tap| mirror_sign * tap);
    let taps: Vec<f64> = left.chain(half.iter().copied()).collect();
    (if even { 1 } else { 0 } - (taps.len() / 2) as isize, taps)
}

/// The synthesis filter made of `taps` by alternating signs, positive against the analysis filter it undoes.
fn partner(first: isize, taps: &[f64], first_analysis: isize, analysis: &[f64]) -> Vec<f32> {
    let alternating: Vec<f64> =
        (first..).zip(taps).map(|(k, tap)| if k % 2 == 0 { *tap } else { -tap }).collect();
    let product: f64 = (first..)
        .zip(&alternating)
        .filter_map(|(k, tap)| Some(tap * analysis.get(usize::try_from(k - first_analysis).ok()?)?))
        .sum();
    let sign = if product < 0.0 { -1.0 } else { 1.0 };
    alternating.into_iter().map(|tap| (sign * tap) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a signal apart by the definition: each filter over the mirrored signal, every second sample.
    fn analyse(even: bool, low: &[f64], high: &[f64], signal: &[f64], high_first: bool) -> Vec<f32> {
        let last = signal.len() as isize - 1;
        let at = |position: isize| {
            let mut position = position;
            while !(0..=last).contains(&position) {
                position = match (position < 0, even) {
                    (true, true) => -1 - position,
                    (true, false) => -position,
                    (false, true) => 2 * last + 1 - position,
                    (false, false) => 2 * last - position,
                };
                if last == 0 {
                    position = 0;
                }
            }
            signal[position as usize]
        };
        let apply = |(first, taps): &(isize, Vec<f64>), centre: isize| {
            (*first..).zip(taps).map(|(k, tap)| tap * at(centre + k)).sum::<f64>() as f32
        };
        let (low, high) = (whole(even, low, 1.0), whole(even, high, if even { -1.0 } else { 1.0 }));
        let (low_count, high_count) = (signal.len().div_ceil(2) as isize, signal.len() as isize / 2);
        let high_shift = isize::from(!even);
        let lows = (0..low_count).map(|i| apply(&low, 2 * i));
        let highs = (0..high_count).map(|i| apply(&high, 2 * i + high_shift));
        if high_first { highs.chain(lows).collect() } else { lows.chain(highs).collect() }
    }

    fn check(even: bool, low: &[f64], high: &[f64]) {
        let scaled = |taps: &[f64]| taps.iter().map(|tap| Scaled32::nearest(*tap)).collect();
        let filters = Filters::new(even, scaled(low), scaled(high)).expect("good filters");
        for (length, high_first) in (2..40).flat_map(|length| [(length, false), (length, true)]) {
            let signal: Vec<f64> =
                (0..length).map(|i| f64::from((i * i * 29 + i * 83) % 211) - 100.0).collect();
            let mut plane = analyse(even, low, high, &signal, high_first);
            let length = signal.len();
            let region = Region { x: 0, y: 0, width: length, height: 1 };
            // Rows only: a column of one sample would be scaled.
            let mut back = vec![0.0f32; length];
            for Term { target, source, factor } in filters.terms(length, high_first) {
                back[target] += factor * plane[source];
            }
            for (back, expect) in back.iter().zip(&signal) {
                assert!(
                    (f64::from(*back) - expect).abs() < 1e-3,
                    "{length} {high_first}: {back} for {expect}"
                );
            }
            let mut spare = plane.clone();
            let node = Split { region, high_first_x: high_first, high_first_y: false };
            filters.synthesise(&mut plane, &mut spare, length, &node);
            assert!(plane.iter().all(|sample| sample.is_finite()));
        }
    }

    #[test]
    fn the_standard_pair_comes_back_on_the_slow_road() {
        check(false, &LOW_PASS_HALF, &HIGH_PASS_HALF);
    }

    #[test]
    fn other_odd_filters_come_back() {
        let root = std::f64::consts::SQRT_2;
        check(false, &[0.75 * root, 0.25 * root, -0.125 * root], &[0.5 * root, -0.25 * root]);
    }

    #[test]
    fn even_filters_come_back() {
        let half_root = std::f64::consts::FRAC_1_SQRT_2;
        check(true, &[half_root], &[half_root]);
        check(true, &[half_root], &[-half_root]);
        check(true, &[half_root], &[half_root, -half_root / 8.0, -half_root / 8.0]);
        check(true, &[half_root, half_root / 8.0, -half_root / 8.0], &[half_root]);
    }

    #[test]
    fn huge_taps_are_refused() {
        let huge = vec![Scaled32 { negative: false, exponent: 0, mantissa: 17 }];
        assert_eq!(
            Filters::new(false, huge.clone(), huge),
            Err(Error::NumberOutOfRange { table: "transform table" })
        );
    }
}
