//! Grows a ridge pattern: sparse seeds, filtered again and again by kernels that follow orientation and
//! period.
//!
//! Why growth and not a drawn phase: where two grown regions meet, ridges end or fork as they do on skin,
//! so minutiae appear by themselves, in natural number and place (Cappelli, Maio, Maltoni, 2000).
//! Two scales: growth happens at half resolution, where a pass is sixteen times cheaper; a few passes at
//! full resolution then make the ridges smooth. Kernels are laid out row by row with a padded width so that
//! the inner loop vectorises.
//! Invariant: sums run in a fixed order, so the result is the same on every machine.

use super::math;
use super::parameters::{
    FILTER_ACROSS_PERIODS, FILTER_ALONG_PERIODS, FILTER_ORIENTATIONS, FILTER_PERIOD_LIMITS_PX,
    FILTER_PERIODS, FILTER_REACH, GROWTH_PASSES_MAX, GROWTH_STABLE_CHANGE, REFINE_PASSES, SEEDS_PER_10000_PX,
};
use super::random::Stream;
use std::f32::consts::{PI, TAU};

/// A plane of numbers, row by row.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    /// Plane of zeros.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, values: vec![0.0; width * height] }
    }

    /// Value between pixels; outside the plane the border continues.
    pub(crate) fn bilinear(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32 - 0.001);
        let y = y.clamp(0.0, (self.height - 1) as f32 - 0.001);
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let base = row * self.width + column;
        let (above, below) =
            (&self.values[base..base + 2], &self.values[base + self.width..base + self.width + 2]);
        let above = above[0] + (above[1] - above[0]) * fx;
        let below = below[0] + (below[1] - below[0]) * fx;
        above + (below - above) * fy
    }
}

/// Orientation and period of every pixel of a master, already as numbers of kernels; 255 = outside the
/// finger.
pub(crate) struct FlowMap {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) orientation: Vec<u8>,
    pub(crate) period: Vec<u8>,
}

/// Mark of pixels where nothing grows.
pub(crate) const OUTSIDE: u8 = 255;

impl FlowMap {
    /// Kernel number of an angle.
    pub(crate) fn orientation_slot(angle_rad: f32) -> u8 {
        let turns = angle_rad / PI;
        let part = turns - turns.floor();
        ((part * FILTER_ORIENTATIONS as f32 + 0.5) as usize % FILTER_ORIENTATIONS) as u8
    }

    /// Kernel number of a period at 500 ppi.
    pub(crate) fn period_slot(period_px: f32) -> u8 {
        let (low, high) = FILTER_PERIOD_LIMITS_PX;
        let part = ((period_px - low) / (high - low)).clamp(0.0, 1.0);
        (part * (FILTER_PERIODS - 1) as f32 + 0.5) as u8
    }

    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut orientation = Vec::with_capacity(width * height);
        let mut period = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let at = (2 * row + 1) * self.width + 2 * column + 1;
                orientation.push(self.orientation[at]);
                period.push(self.period[at]);
            }
        }
        Self { width, height, orientation, period }
    }
}

/// Kernels for every orientation and period at one scale. `SIDE` rows of `LANES` columns, the last columns
/// zero.
pub(crate) struct FilterBank<const SIDE: usize, const LANES: usize> {
    kernels: Vec<[[f32; LANES]; SIDE]>,
}

impl<const SIDE: usize, const LANES: usize> FilterBank<SIDE, LANES> {
    /// Bank at a scale: 1.0 = 500 ppi, 0.5 = half of it.
    pub(crate) fn new(scale: f32) -> Self {
        let (low, high) = FILTER_PERIOD_LIMITS_PX;
        let mut kernels = Vec::with_capacity(FILTER_ORIENTATIONS * FILTER_PERIODS);
        for period in 0..FILTER_PERIODS {
            let period_px = scale * (low + (high - low) * period as f32 / (FILTER_PERIODS - 1) as f32);
            for orientation in 0..FILTER_ORIENTATIONS {
                kernels.push(Self::kernel(PI * orientation as f32 / FILTER_ORIENTATIONS as f32, period_px));
            }
        }
        Self { kernels }
    }

    fn kernel(angle_rad: f32, period_px: f32) -> [[f32; LANES]; SIDE] {
        let reach = (SIDE / 2) as f32;
        let limit = (reach / FILTER_REACH).max(1.0);
        let across_px = (FILTER_ACROSS_PERIODS * period_px).min(limit);
        let along_px = (FILTER_ALONG_PERIODS * period_px).min(limit);
        let (sin, cos) = (math::sin(angle_rad), math::cos(angle_rad));
        let mut envelope = [[0.0_f32; LANES]; SIDE];
        let mut wave = [[0.0_f32; LANES]; SIDE];
        let (mut envelope_sum, mut product_sum) = (0.0, 0.0);
        for row in 0..SIDE {
            for column in 0..SIDE {
                // Rows run downwards, angles upwards.
                let (x, y) = (column as f32 - reach, reach - row as f32);
                let (u, v) = (x * cos + y * sin, y * cos - x * sin);
                let weight =
                    math::exp(-0.5 * (u * u / (along_px * along_px) + v * v / (across_px * across_px)));
                let carrier = math::cos(TAU * v / period_px);
                envelope[row][column] = weight;
                wave[row][column] = carrier;
                envelope_sum += weight;
                product_sum += weight * carrier;
            }
        }
        // Without a mean, and with gain one on the wave it is made for.
        let mean = product_sum / envelope_sum;
        let mut gain = 0.0;
        for row in 0..SIDE {
            for column in 0..SIDE {
                let value = envelope[row][column] * (wave[row][column] - mean);
                gain += value * wave[row][column];
                envelope[row][column] = value;
            }
        }
        for row in &mut envelope {
            for value in row {
                *value /= gain;
            }
        }
        envelope
    }

    /// One pass: every inside pixel becomes its kernel's response times `gain`, cut to [-1, 1]. Returns the
    /// mean change.
    fn pass(&self, flow: &FlowMap, padded: &mut Padded, gain: f32) -> f32 {
        let mut next = vec![0.0_f32; flow.width * flow.height];
        let (mut change, mut count) = (0.0_f64, 0_u32);
        for row in 0..flow.height {
            for column in 0..flow.width {
                let at = row * flow.width + column;
                let orientation = flow.orientation[at];
                if orientation == OUTSIDE {
                    continue;
                }
                let kernel = &self.kernels
                    [usize::from(flow.period[at]) * FILTER_ORIENTATIONS + usize::from(orientation)];
                let mut lanes = [0.0_f32; LANES];
                let mut start = row * padded.stride + column;
                for weights in kernel {
                    let pixels = &padded.values[start..start + LANES];
                    for lane in 0..LANES {
                        lanes[lane] += pixels[lane] * weights[lane];
                    }
                    start += padded.stride;
                }
                let response = (gain * lanes.iter().sum::<f32>()).clamp(-1.0, 1.0);
                change += f64::from((response - padded.values[padded.at(row, column)]).abs());
                count += 1;
                next[at] = response;
            }
        }
        padded.store(flow, &next);
        (change / f64::from(count.max(1))) as f32
    }
}

/// A plane with a border of zeros, wide enough for a kernel to look over the edge.
struct Padded {
    stride: usize,
    border: usize,
    values: Vec<f32>,
}

impl Padded {
    fn new(width: usize, height: usize, side: usize, lanes: usize) -> Self {
        let border = side / 2;
        let stride = width + side + lanes;
        Self { stride, border, values: vec![0.0; stride * (height + side + 1)] }
    }

    fn at(&self, row: usize, column: usize) -> usize {
        (row + self.border) * self.stride + column + self.border
    }

    fn store(&mut self, flow: &FlowMap, next: &[f32]) {
        for row in 0..flow.height {
            let to = self.at(row, 0);
            self.values[to..to + flow.width].copy_from_slice(&next[row * flow.width..(row + 1) * flow.width]);
        }
    }

    fn plane(&self, width: usize, height: usize) -> Plane {
        let mut plane = Plane::new(width, height);
        for row in 0..height {
            let from = self.at(row, 0);
            plane.values[row * width..(row + 1) * width].copy_from_slice(&self.values[from..from + width]);
        }
        plane
    }
}

/// Both scales' kernels; made once and shared by all fingers of a person.
pub(crate) struct Grower {
    half: FilterBank<11, 12>,
    full: FilterBank<19, 20>,
}

impl Grower {
    /// Prepares the kernels.
    pub(crate) fn new() -> Self {
        Self { half: FilterBank::new(0.5), full: FilterBank::new(1.0) }
    }

    /// Grows the ridges of one finger: about +1 on ridges, -1 in valleys, 0 outside.
    pub(crate) fn grow(&self, flow: &FlowMap, stream: &mut Stream) -> Plane {
        let half_flow = flow.halved();
        let mut half = Padded::new(half_flow.width, half_flow.height, 11, 12);
        let seeds = (SEEDS_PER_10000_PX * (flow.width * flow.height) as f32 / 10_000.0) as u32;
        for _ in 0..seeds {
            let column = (stream.unit() * half_flow.width as f32) as usize;
            let row = (stream.unit() * half_flow.height as f32) as usize;
            let at = half.at(row, column);
            half.values[at] = 1.0;
        }
        for _ in 0..GROWTH_PASSES_MAX {
            if self.half.pass(&half_flow, &mut half, 2.2) < GROWTH_STABLE_CHANGE {
                break;
            }
        }
        let grown = half.plane(half_flow.width, half_flow.height);
        let mut first = vec![0.0; flow.width * flow.height];
        for row in 0..flow.height {
            for column in 0..flow.width {
                // Half-resolution pixel k stands at full-resolution position 2k + 1.
                let (x, y) = ((column as f32 - 1.0) / 2.0, (row as f32 - 1.0) / 2.0);
                first[row * flow.width + column] = grown.bilinear(x, y);
            }
        }
        let mut full = Padded::new(flow.width, flow.height, 19, 20);
        full.store(flow, &first);
        for pass in 0..REFINE_PASSES {
            let last = pass + 1 == REFINE_PASSES;
            self.full.pass(flow, &mut full, if last { 1.0 } else { 1.6 });
        }
        full.plane(flow.width, flow.height)
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn kernels_have_no_mean_and_pass_their_own_wave() {
        let kernel = FilterBank::<19, 20>::kernel(0.7, 9.0);
        let sum: f32 = kernel.iter().flatten().sum();
        assert!(sum.abs() < 1e-4, "{sum}");
        assert!(kernel.iter().all(|row| row[19] == 0.0), "the padding stays empty");
    }

    #[test]
    fn straight_flow_grows_straight_ridges_of_the_asked_period() {
        let (width, height) = (160, 160);
        let flow = FlowMap {
            width,
            height,
            orientation: vec![FlowMap::orientation_slot(0.0); width * height],
            period: vec![FlowMap::period_slot(9.6); width * height],
        };
        let mut stream = Stream::new(3, Purpose::Ridges, 1, 0);
        let plane = Grower::new().grow(&flow, &mut stream);
        let mut changes = 0;
        for column in (20..140).step_by(10) {
            for row in 20..139 {
                let (a, b) = (plane.values[row * width + column], plane.values[(row + 1) * width + column]);
                changes += i32::from((a > 0.0) != (b > 0.0));
            }
        }
        let period = 2.0 * 119.0 * 12.0 / changes as f32;
        assert!((8.8..10.4).contains(&period), "period {period}");
    }
}
