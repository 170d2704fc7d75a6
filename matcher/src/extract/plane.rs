//! Planes of real numbers and cell grids, the working material of every stage.
//!
//! A [`Plane`] has one value per pixel, or one per cell of [`CELL`] x [`CELL`] pixels; which of the two stands in
//! the name of the variable. Reads outside the plane give the nearest value inside.
//!
//! An extraction needs a dozen planes as large as the picture, one after the other. Fetching and returning that memory
//! each time was an eighth of the work, so each thread keeps a few spare buffers. They are wiped when they are put
//! away: nothing of a print stays in them.

use std::cell::RefCell;

use crate::limits::{SPARE_PLANES_MAX, SPARE_VALUES_MAX, SPARE_VALUES_MIN};

/// Side of a cell in pixels at 500 ppi.
pub(crate) const CELL: usize = 8;

/// A rectangle of values, row by row.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

thread_local! {
    /// Buffers full of zeros.
    static SPARE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Plane {
    fn drop(&mut self) {
        let mut values = core::mem::take(&mut self.values);
        if !(SPARE_VALUES_MIN..=SPARE_VALUES_MAX).contains(&values.len()) {
            return;
        }
        // A thread that ends has no spare buffers any more; then this one goes the usual way.
        let _ = SPARE.try_with(|spare| {
            if let Ok(mut spare) = spare.try_borrow_mut()
                && spare.len() < SPARE_PLANES_MAX
            {
                values.fill(0.0);
                spare.push(values);
            }
        });
    }
}

/// A buffer of zeros, a spare one if there is one that is not much too large.
fn zeros(count: usize) -> Vec<f32> {
    let spare = (count >= SPARE_VALUES_MIN).then(|| {
        SPARE
            .try_with(|spare| {
                let mut spare = spare.try_borrow_mut().ok()?;
                let fits = |values: &Vec<f32>| (count..=2 * count).contains(&values.capacity());
                let at = spare.iter().position(fits)?;
                Some(spare.swap_remove(at))
            })
            .ok()
            .flatten()
    });
    match spare.flatten() {
        Some(mut values) => {
            values.resize(count, 0.0);
            values
        }
        None => vec![0.0; count],
    }
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, values: zeros(width * height) }
    }

    /// The grey values of a picture.
    pub(crate) fn of(image: &crate::Image) -> Self {
        let mut out = Self::new(image.width as usize, image.height as usize);
        for (value, &grey) in out.values.iter_mut().zip(&image.pixels) {
            *value = f32::from(grey);
        }
        out
    }

    /// An empty plane with one value per cell of a plane of pixels.
    pub(crate) fn cells_of(width: usize, height: usize) -> Self {
        Self::new(width.div_ceil(CELL), height.div_ceil(CELL))
    }

    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.values[y * self.width..(y + 1) * self.width]
    }

    /// The value at a point, or the nearest one inside.
    pub(crate) fn at(&self, x: i32, y: i32) -> f32 {
        let x = x.clamp(0, self.width as i32 - 1) as usize;
        let y = y.clamp(0, self.height as i32 - 1) as usize;
        self.values[y * self.width + x]
    }

    /// Bilinear reading.
    pub(crate) fn between(&self, x: f32, y: f32) -> f32 {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (x0, y0) = (x0 as i32, y0 as i32);
        let upper = self.at(x0, y0) * (1.0 - fx) + self.at(x0 + 1, y0) * fx;
        let lower = self.at(x0, y0 + 1) * (1.0 - fx) + self.at(x0 + 1, y0 + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }

    /// Gaussian smoothing, borders continued.
    pub(crate) fn smoothed(&self, sigma: f32) -> Self {
        let radius = (sigma * 2.5).ceil() as usize;
        let mut kernel: Vec<f32> =
            (0..=2 * radius).map(|i| (-0.5 * ((i as f32 - radius as f32) / sigma).powi(2)).exp()).collect();
        let sum: f32 = kernel.iter().sum();
        kernel.iter_mut().for_each(|weight| *weight /= sum);
        let (last_x, last_y) = (self.width - 1, self.height - 1);
        let mut across = Self::new(self.width, self.height);
        for y in 0..self.height {
            let source = self.row(y);
            for (x, out) in across.row_mut(y).iter_mut().enumerate() {
                *out = kernel
                    .iter()
                    .enumerate()
                    .map(|(k, weight)| weight * source[(x + k).saturating_sub(radius).min(last_x)])
                    .sum();
            }
        }
        let mut down = Self::new(self.width, self.height);
        for y in 0..self.height {
            for (k, weight) in kernel.iter().enumerate() {
                let from = (y + k).saturating_sub(radius).min(last_y) * self.width;
                let source = &across.values[from..from + self.width];
                for (out, value) in down.row_mut(y).iter_mut().zip(source) {
                    *out += weight * value;
                }
            }
        }
        down
    }
}

/// A yes or no per cell.
#[derive(Clone)]
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) cells: Vec<bool>,
}

impl Mask {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, cells: vec![false; width * height] }
    }

    /// Outside is always no.
    pub(crate) fn at(&self, x: i32, y: i32) -> bool {
        let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
        inside && self.cells[y as usize * self.width + x as usize]
    }

    pub(crate) fn count(&self) -> usize {
        self.cells.iter().filter(|&&set| set).count()
    }

    /// A cell is set if at least `at_least` of the nine around and including it are.
    pub(crate) fn voted(&self, at_least: usize) -> Self {
        let mut out = Self::new(self.width, self.height);
        for y in 0..self.height as i32 {
            for x in 0..self.width as i32 {
                let votes = (-1..=1)
                    .flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)))
                    .filter(|&(dx, dy)| self.at(x + dx, y + dy))
                    .count();
                out.cells[y as usize * self.width + x as usize] = votes >= at_least;
            }
        }
        out
    }

    /// Connected areas (four neighbours): a number per cell, 0 for none, and the size of each number.
    pub(crate) fn areas(&self) -> (Vec<u32>, Vec<usize>) {
        let mut labels = vec![0u32; self.cells.len()];
        let mut sizes = vec![0usize];
        let mut open = Vec::new();
        for start in 0..self.cells.len() {
            if !self.cells[start] || labels[start] != 0 {
                continue;
            }
            let label = sizes.len() as u32;
            labels[start] = label;
            open.push(start);
            let mut size = 0;
            while let Some(cell) = open.pop() {
                size += 1;
                let (x, y) = (cell % self.width, cell / self.width);
                let left = (x > 0).then(|| cell - 1);
                let right = (x + 1 < self.width).then(|| cell + 1);
                let above = (y > 0).then(|| cell - self.width);
                let below = (y + 1 < self.height).then(|| cell + self.width);
                for next in [left, right, above, below].into_iter().flatten() {
                    if self.cells[next] && labels[next] == 0 {
                        labels[next] = label;
                        open.push(next);
                    }
                }
            }
            sizes.push(size);
        }
        (labels, sizes)
    }

    /// Only areas of at least `cells_min` cells; holes smaller than that are filled.
    pub(crate) fn solid(&self, cells_min: usize) -> Self {
        let keep = |mask: &Self| {
            let (labels, sizes) = mask.areas();
            labels.iter().map(|&label| label != 0 && sizes[label as usize] >= cells_min).collect::<Vec<_>>()
        };
        let mut out = self.clone();
        out.cells = keep(self);
        let mut holes = out.clone();
        holes.cells.iter_mut().for_each(|set| *set = !*set);
        out.cells = keep(&holes).into_iter().map(|background| !background).collect();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_is_used_again_holds_nothing_of_the_last_print() {
        let (width, height) = (300, 200);
        for round in 0..3 {
            let mut planes: Vec<Plane> =
                (0..2 * SPARE_PLANES_MAX).map(|_| Plane::new(width, height)).collect();
            for plane in &mut planes {
                assert!(plane.values.iter().all(|&value| value == 0.0), "round {round}");
                plane.values.fill(7.0);
            }
        }
        let smaller = Plane::new(width, height - 20);
        assert!(
            smaller.values.iter().all(|&value| value == 0.0) && smaller.values.len() == width * (height - 20)
        );
        SPARE.with_borrow(|spare| {
            assert!(!spare.is_empty() && spare.len() <= SPARE_PLANES_MAX);
            assert!(spare.iter().flatten().all(|&value| value == 0.0));
        });
    }
}
