//! Every way this crate can refuse, each with a stable code.
//!
//! Codes are grouped by culprit: `M-01xx` the image, `M-02xx` what is on the image, `M-03xx` template bytes.
//! Messages carry sizes and positions only, never pixels, minutiae or names.
//! `docs/reference/errors/matcher.md` has an entry for each code; a test fails if one is missing.

/// What went wrong, what it means and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Width, height and pixel count do not belong together, or are outside the bounds.
    #[error(
        "{code}: an image of {width} x {height} with {pixels} grey values is not usable; sides must be {min} to {max} pixels and \
         every pixel one byte. Capture again or check the reader of the file.",
        code = self.code(),
        min = crate::limits::IMAGE_SIDE_MIN,
        max = crate::limits::IMAGE_SIDE_MAX
    )]
    ImageSize {
        /// Width as stated.
        width: u32,
        /// Height as stated.
        height: u32,
        /// Number of grey values that came with it.
        pixels: usize,
    },
    /// The stated resolution is outside what a fingerprint sensor delivers.
    #[error(
        "{code}: a resolution of {resolution_ppi} ppi is outside {min} to {max}; sizes on the finger cannot be trusted. \
         State the sensor's true resolution.",
        code = self.code(),
        min = crate::limits::RESOLUTION_PPI_MIN,
        max = crate::limits::RESOLUTION_PPI_MAX
    )]
    ImageResolution {
        /// Resolution as stated.
        resolution_ppi: u32,
    },
    /// The bytes are not a picture this crate reads.
    #[error("{code}: the file is not a readable PNG, TIFF, PGM, WSQ or JPEG 2000 picture ({reason}). Use one of these formats, 8-bit grey.", code = self.code())]
    ImageFormat {
        /// What the reader of the format said; never file content.
        reason: String,
    },
    /// What the site's nfiq2 executable printed is not NFIQ 2's CSV.
    #[error("{code}: the answer of nfiq2 cannot be used: {reason}. Check that the executable is NIST's, of version 2.0 to 2.3.", code = self.code())]
    ReferenceAnswer {
        /// What is wrong with it; never its content.
        reason: &'static str,
    },
    /// There is no ridge pattern on the image, or far too little.
    #[error(
        "{code}: the print shows {area_mm2} mm² of ridges, at least {min} mm² are needed to extract anything. \
         Place the finger flat in the middle and capture again.",
        code = self.code(),
        min = crate::parameters::EXTRACT_AREA_MM2_MIN
    )]
    TooLittlePrint {
        /// Area with ridges, in whole square millimetres.
        area_mm2: u32,
    },
    /// Ridges, but too few reliable minutiae to compare anything.
    #[error(
        "{code}: only {found} reliable minutiae were found, at least {min} are needed. The print is too small or too \
         smudged: clean and dry the finger, press evenly, capture again.",
        code = self.code(),
        min = crate::parameters::MINUTIAE_MIN
    )]
    TooFewMinutiae {
        /// How many were found.
        found: usize,
    },
    /// The bytes are not one of our templates.
    #[error("{code}: these bytes are neither a template of this product nor a minutiae record (wrong mark at the start). Extract again from the image.", code = self.code())]
    TemplateMark,
    /// A template of a version this build does not know.
    #[error("{code}: template version {version} is not known here, this build reads version {known}. Extract again or update.", code = self.code(), known = crate::template::VERSION)]
    TemplateVersion {
        /// Version byte found.
        version: u8,
    },
    /// A template that contradicts itself: cut short, too long, or with values outside the bounds.
    #[error("{code}: the template is damaged at byte {offset} ({field}). Extract again from the image.", code = self.code())]
    TemplateDamaged {
        /// Where reading stopped.
        offset: usize,
        /// Which field was being read.
        field: &'static str,
    },
    /// A minutiae record of a version this build does not know.
    #[error(
        "{code}: this minutiae record is of a version that is not known here. ISO/IEC 19794-2:2005 and :2011 and INCITS 378-2004 \
         and -2009 are read; ask its maker for one of them.",
        code = self.code()
    )]
    RecordVersion,
    /// A minutiae record of another maker that contradicts itself.
    #[error(
        "{code}: the minutiae record, read as {format}, is damaged at byte {offset} ({field}). Nothing of it was used; ask for it \
         again, or extract from the image.",
        code = self.code()
    )]
    RecordDamaged {
        /// The standard it was read by.
        format: &'static str,
        /// Where reading stopped.
        offset: usize,
        /// Which field was being read.
        field: &'static str,
    },
    /// A value does not fit the format a record is to be written in.
    #[error(
        "{code}: the record cannot be written as {format}: {field} is outside what the format holds. Choose another format or \
         fewer prints.",
        code = self.code()
    )]
    RecordUnwritable {
        /// The standard it should follow.
        format: &'static str,
        /// Which field does not fit.
        field: &'static str,
    },
    /// A snapshot of a gallery that is none, of another version, or damaged.
    #[error(
        "{code}: these bytes are not a whole gallery of this version (they do not fit at byte {offset}). Take a copy, or enrol again.",
        code = self.code()
    )]
    GalleryDamaged {
        /// Where it stopped to make sense.
        offset: usize,
    },
    /// A print in a record is larger than a template holds.
    #[error(
        "{code}: the record shows a print of {width} x {height} pixels at 500 ppi, at most {max} a side can be compared. Check the \
         resolution the record states.",
        code = self.code(),
        max = crate::limits::TEMPLATE_SIDE_MAX
    )]
    RecordTooLarge {
        /// Pixels at 500 ppi.
        width: u32,
        /// Pixels at 500 ppi.
        height: u32,
    },
}

impl Error {
    /// One example of each variant, for the test that compares code and documentation.
    #[cfg(test)]
    pub(crate) fn examples() -> Vec<Self> {
        vec![
            Self::ImageSize { width: 0, height: 0, pixels: 0 },
            Self::ImageResolution { resolution_ppi: 0 },
            Self::ImageFormat { reason: String::new() },
            Self::ReferenceAnswer { reason: "" },
            Self::TooLittlePrint { area_mm2: 0 },
            Self::TooFewMinutiae { found: 0 },
            Self::TemplateMark,
            Self::TemplateVersion { version: 0 },
            Self::TemplateDamaged { offset: 0, field: "mark" },
            Self::RecordVersion,
            Self::RecordDamaged { format: "", offset: 0, field: "" },
            Self::RecordUnwritable { format: "", field: "" },
            Self::RecordTooLarge { width: 0, height: 0 },
            Self::GalleryDamaged { offset: 0 },
        ]
    }

    /// The stable code, part of the public contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ImageSize { .. } => "M-0101",
            Self::ImageResolution { .. } => "M-0102",
            Self::ImageFormat { .. } => "M-0103",
            Self::ReferenceAnswer { .. } => "M-0501",
            Self::TooLittlePrint { .. } => "M-0201",
            Self::TooFewMinutiae { .. } => "M-0202",
            Self::TemplateMark => "M-0301",
            Self::TemplateVersion { .. } => "M-0302",
            Self::TemplateDamaged { .. } => "M-0303",
            Self::RecordVersion => "M-0311",
            Self::RecordDamaged { .. } => "M-0312",
            Self::RecordUnwritable { .. } => "M-0313",
            Self::RecordTooLarge { .. } => "M-0314",
            Self::GalleryDamaged { .. } => "M-0321",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const REFERENCE: &str = include_str!("../../docs/reference/errors/matcher.md");

    #[test]
    fn every_code_is_documented_and_unique() {
        let mut seen = BTreeSet::new();
        for error in Error::examples() {
            assert!(seen.insert(error.code()), "{} is used twice", error.code());
            assert!(REFERENCE.contains(error.code()), "{} has no entry in the reference", error.code());
            assert!(
                error.to_string().starts_with(error.code()),
                "{} is not in its own message",
                error.code()
            );
        }
    }
}
