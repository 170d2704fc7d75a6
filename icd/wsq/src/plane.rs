//! The plane of coefficients while a stream is decoded into it, in the order of coding.

use crate::{
    error::Error,
    quantise::{Quantisation, Rebuild},
    tree::{Region, Tree},
};

/// Coefficients of a picture, all sub-bands in one plane.
pub(crate) struct Plane {
    pub(crate) samples: Vec<f32>,
    stride: usize,
    bands: Vec<(Region, Rebuild)>,
    expected: u64,
    found: u64,
    place: Place,
}

/// Where the next coefficient goes: `next..row_end` is what is left of the current row; both are equal
/// only when every band is full.
#[derive(Clone, Copy, Default)]
struct Place {
    next: usize,
    row_end: usize,
    rows_left: usize,
    band: usize,
    rebuild: Rebuild,
}

impl Plane {
    /// An all-zero plane for a picture already checked against the bounds.
    pub(crate) fn new(width: usize, height: usize, tree: &Tree, quantisation: &Quantisation) -> Self {
        let centre = quantisation.centre.value();
        let bands: Vec<_> = tree
            .bands
            .iter()
            .zip(&quantisation.bins)
            .filter(|(region, bins)| bins.is_coded() && region.area() > 0)
            .map(|(region, bins)| (*region, Rebuild::new(bins, centre)))
            .collect();
        let expected = bands.iter().map(|(region, _)| region.area() as u64).sum();
        let mut plane = Self {
            samples: vec![0.0; width * height],
            stride: width,
            bands,
            expected,
            found: 0,
            place: Place::default(),
        };
        plane.place = plane.enter(0);
        plane
    }

    /// Continues where the last block ended.
    pub(crate) fn cursor(&mut self) -> Cursor<'_> {
        let place = self.place;
        Cursor { plane: self, place }
    }

    /// Whether every coefficient was coded.
    pub(crate) fn check_complete(&self) -> Result<(), Error> {
        if self.found == self.expected { Ok(()) } else { Err(self.count_error(0)) }
    }

    fn count_error(&self, more: u64) -> Error {
        Error::CoefficientCount { expected: self.expected, found: self.found + more }
    }

    fn enter(&self, band: usize) -> Place {
        let Some((region, rebuild)) = self.bands.get(band) else { return Place { band, ..Place::default() } };
        let next = region.y * self.stride + region.x;
        Place { next, row_end: next + region.width, rows_left: region.height - 1, band, rebuild: *rebuild }
    }

    fn next_row(&self, place: Place) -> Place {
        match (self.bands.get(place.band), place.rows_left.checked_sub(1)) {
            (Some((region, _)), Some(rows_left)) => {
                let row_end = place.row_end + self.stride;
                Place { next: row_end - region.width, row_end, rows_left, ..place }
            }
            _ => self.enter(place.band + 1),
        }
    }
}

/// Writes coefficients band after band, row after row.
pub(crate) struct Cursor<'a> {
    plane: &'a mut Plane,
    place: Place,
}

impl Cursor<'_> {
    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.place.next == self.place.row_end
    }

    /// Places one level; zero is allowed.
    #[inline]
    pub(crate) fn put(&mut self, level: i32) -> Result<(), Error> {
        if self.is_done() {
            return Err(self.plane.count_error(1));
        }
        if level != 0 {
            self.plane.samples[self.place.next] = self.place.rebuild.value(level);
        }
        self.plane.found += 1;
        self.place.next += 1;
        if self.place.next == self.place.row_end {
            self.place = self.plane.next_row(self.place);
        }
        Ok(())
    }

    /// Passes over zeros.
    #[inline]
    pub(crate) fn skip(&mut self, run: u32) -> Result<(), Error> {
        let mut left = run as usize;
        loop {
            let room = self.place.row_end - self.place.next;
            if left < room {
                self.place.next += left;
                self.plane.found += u64::from(run);
                return Ok(());
            }
            left -= room;
            if self.is_done() {
                return if left == 0 { self.found(run) } else { Err(self.plane.count_error(u64::from(run))) };
            }
            self.place = self.plane.next_row(self.place);
        }
    }

    fn found(&mut self, run: u32) -> Result<(), Error> {
        self.plane.found += u64::from(run);
        Ok(())
    }
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        self.plane.place = self.place;
    }
}
