//! A grey picture of one or more prints, with its resolution.
//!
//! The fields are public because drivers and containers fill them; so every function of this crate checks
//! [`Image::is_sound`] before it touches a pixel.

use core::fmt;

use crate::{Error, limits};

/// Eight-bit grey pixels, row by row from the top left; 0 is the black ridge, 255 the white background.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Pixels per inch on the finger, the same in both directions.
    pub resolution_ppi: u32,
    /// `width * height` grey values.
    pub pixels: Vec<u8>,
}

impl Image {
    /// Builds an image and checks it against the bounds.
    ///
    /// # Errors
    /// [`Error::ImageSize`] or [`Error::ImageResolution`].
    pub fn new(width: u32, height: u32, resolution_ppi: u32, pixels: Vec<u8>) -> Result<Self, Error> {
        let image = Self { width, height, resolution_ppi, pixels };
        image.check()?;
        Ok(image)
    }

    /// Builds an image of one grey value.
    ///
    /// # Errors
    /// As [`Image::new`].
    pub fn blank(width: u32, height: u32, resolution_ppi: u32, grey: u8) -> Result<Self, Error> {
        let area = u64::from(width) * u64::from(height);
        if area > limits::IMAGE_PIXELS_MAX as u64 {
            return Err(Error::ImageSize { width, height, pixels: 0 });
        }
        Self::new(width, height, resolution_ppi, vec![grey; area as usize])
    }

    /// The same picture made larger or smaller by a factor, its stated resolution kept: what a print would look like before
    /// or after growth. For measuring; a sensor's picture is never scaled this way.
    #[must_use]
    pub fn grown(&self, factor: f32) -> Self {
        crate::extract::scale::grown(self, factor)
    }

    /// Checks size, pixel count and resolution.
    ///
    /// # Errors
    /// [`Error::ImageSize`] or [`Error::ImageResolution`].
    pub fn check(&self) -> Result<(), Error> {
        let sides = limits::IMAGE_SIDE_MIN..=limits::IMAGE_SIDE_MAX;
        let fits = sides.contains(&self.width)
            && sides.contains(&self.height)
            && self.pixels.len() <= limits::IMAGE_PIXELS_MAX
            && self.pixels.len() as u64 == u64::from(self.width) * u64::from(self.height);
        if !fits {
            let (width, height, pixels) = (self.width, self.height, self.pixels.len());
            return Err(Error::ImageSize { width, height, pixels });
        }
        if !(limits::RESOLUTION_PPI_MIN..=limits::RESOLUTION_PPI_MAX).contains(&self.resolution_ppi) {
            return Err(Error::ImageResolution { resolution_ppi: self.resolution_ppi });
        }
        Ok(())
    }

    /// Whether [`Image::check`] finds nothing.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.check().is_ok()
    }

    /// The part from `(left, top)` up to but not including `(right, bottom)`, cut at the image's edges.
    /// `None` if nothing is left.
    #[must_use]
    pub fn crop(&self, left: u32, top: u32, right: u32, bottom: u32) -> Option<Self> {
        let (right, bottom) = (right.min(self.width), bottom.min(self.height));
        if left >= right || top >= bottom {
            return None;
        }
        let mut pixels = Vec::with_capacity((right - left) as usize * (bottom - top) as usize);
        for y in top..bottom {
            let row = y as usize * self.width as usize;
            pixels.extend_from_slice(self.pixels.get(row + left as usize..row + right as usize)?);
        }
        let (width, height) = (right - left, bottom - top);
        Some(Self { width, height, resolution_ppi: self.resolution_ppi, pixels })
    }
}

/// Sizes only: the pixels are biometric.
impl fmt::Debug for Image {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Image({} x {} at {} ppi)", self.width, self.height, self.resolution_ppi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_images_are_refused() {
        for (width, height, ppi, pixels, code) in [
            (0, 0, 500, 0, "M-0101"),
            (40, 40, 500, 1599, "M-0101"),
            (40, 40, 500, 1601, "M-0101"),
            (31, 40, 500, 31 * 40, "M-0101"),
            (u32::MAX, u32::MAX, 500, 1, "M-0101"),
            (40, 40, 0, 1600, "M-0102"),
            (40, 40, 99, 1600, "M-0102"),
            (40, 40, 2001, 1600, "M-0102"),
        ] {
            let refused = Image::new(width, height, ppi, vec![0; pixels]).err();
            assert_eq!(refused.map(|error| error.code()), Some(code), "{width} x {height} at {ppi}");
        }
        assert!(Image::blank(u32::MAX, u32::MAX, 500, 0).is_err());
    }

    #[test]
    fn a_crop_is_cut_at_the_edges() {
        let pixels: Vec<u8> = (0..40u32 * 40).map(|i| (i % 251) as u8).collect();
        let image = Image::new(40, 40, 500, pixels).expect("sound");
        let part = image.crop(38, 39, 99, 99).expect("two pixels");
        assert_eq!((part.width, part.height), (2, 1));
        assert_eq!(part.pixels, image.pixels[39 * 40 + 38..]);
        assert_eq!(image.crop(40, 0, 50, 10), None);
        assert_eq!(image.crop(10, 10, 10, 20), None);
    }

    #[test]
    fn debug_shows_no_pixels() {
        let image = Image::blank(40, 40, 500, 77).expect("sound");
        assert_eq!(format!("{image:?}"), "Image(40 x 40 at 500 ppi)");
    }
}
