//! Minutiae records of other makers: ISO/IEC 19794-2:2005 and :2011, ANSI INCITS 378-2004 and -2009.
//!
//! [`Record::read`] finds out which of them the bytes are, [`Record::to_bytes`] writes the same bytes back: what is not
//! understood (vendor data, reserved bits) is kept as it came. [`Record::templates`] makes comparable templates of a
//! record, [`Record::of`] a record of templates. Left out on purpose: the compact card formats, whose few bits are
//! too coarse to compare well, and the decoding of ridge counts, cores and deltas, which nothing here uses: they are
//! kept as raw blocks ([`View::extensions`]).
//!
//! Angles: records count counter-clockwise from the x axis, in steps of 1.40625° (ISO) or 2° (INCITS); the origin is the
//! top left corner of the image (19794-2:2005 clause 6.3.2 and 6.3.4, 378-2004 clause 5.4).

mod convert;
mod field;
mod read;
pub mod type9;
mod write;

use core::fmt;

pub use self::convert::Print;

use crate::limits;

/// Which standard a record follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// ANSI INCITS 378-2004.
    Incits2004,
    /// The 2007 revision of ANSI INCITS 378, as NIST's tools write it: the header is one byte shorter than in 2009.
    Incits2007,
    /// ANSI INCITS 378-2009.
    Incits2009,
    /// ISO/IEC 19794-2:2005, record format.
    Iso2005,
    /// ISO/IEC 19794-2:2011, record format.
    Iso2011,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] =
        [Self::Incits2004, Self::Incits2007, Self::Incits2009, Self::Iso2005, Self::Iso2011];

    /// The name of the standard.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incits2004 => "INCITS 378-2004",
            Self::Incits2007 => "INCITS 378-2007",
            Self::Incits2009 => "INCITS 378-2009",
            Self::Iso2005 => "ISO/IEC 19794-2:2005",
            Self::Iso2011 => "ISO/IEC 19794-2:2011",
        }
    }

    /// Whether size and resolution stand once in the header, the same for every view.
    const fn sizes_in_header(self) -> bool {
        matches!(self, Self::Incits2004 | Self::Iso2005)
    }

    /// Steps of an angle to the full turn.
    const fn angle_steps(self) -> u16 {
        match self {
            Self::Incits2004 | Self::Incits2007 | Self::Incits2009 => 180,
            Self::Iso2005 | Self::Iso2011 => 256,
        }
    }
}

/// One file of minutiae: a header and one view per print.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The standard it follows.
    pub format: Format,
    /// What stands before the views.
    pub header: Header,
    /// The prints, in the order of the file.
    pub views: Vec<View>,
    /// Bytes inside the stated length that belong to no view: some makers' last extended data block says too little.
    pub tail: Vec<u8>,
    /// Zero bytes behind the end, as on a card with fixed file sizes.
    pub padding: usize,
}

/// What stands before the views. Fields a format does not have are zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Vendor and product of the extractor (CBEFF product identifier), INCITS only.
    pub product: (u16, u16),
    /// Compliance of the capture equipment, INCITS 2009 only.
    pub compliance: u8,
    /// Capture equipment: compliance bits above, identifier below; not ISO 2011.
    pub equipment: u16,
    /// Width and height of the images in pixels, 2004 and 2005.
    pub size: (u16, u16),
    /// Resolution in pixels per centimetre, horizontal and vertical, 2004 and 2005.
    pub resolution_ppcm: (u16, u16),
    /// The byte kept for later use.
    pub reserved: u8,
    /// Whether every view carries certification blocks, ISO 2011 only.
    pub certified: bool,
    /// Whether the length is written in six bytes although two would do, INCITS 2004 only.
    pub long_length: bool,
}

/// One print.
#[derive(Clone, PartialEq, Eq)]
pub struct View {
    /// Finger position, FGP code; 0 unknown.
    pub position: u8,
    /// Number of the view among those of the same finger.
    pub number: u8,
    /// Impression type; 0 live-scan plain.
    pub impression: u8,
    /// Quality of the print, 0 to 100, 254 not stated; in ISO 2011 see [`Capture::quality_blocks`].
    pub quality: u8,
    /// Vendor and algorithm behind the quality, INCITS 2007 and 2009.
    pub quality_algorithm: (u16, u16),
    /// Width and height of the image in pixels.
    pub size: (u16, u16),
    /// Resolution in pixels per centimetre, horizontal and vertical.
    pub resolution_ppcm: (u16, u16),
    /// What only ISO 2011 says.
    pub capture: Capture,
    /// The minutiae in the order of the record.
    pub minutiae: Vec<RecordMinutia>,
    /// The extended data block as it came, without its length.
    pub extended: Vec<u8>,
    /// How many bytes more the length of the extended data block claims than were there.
    pub extended_missing: u16,
}

/// What ISO/IEC 19794-2:2011 says about each capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Date and time, nine bytes; all 0xff: not stated.
    pub time: [u8; 9],
    /// Technology of the device.
    pub technology: u8,
    /// Vendor of the device.
    pub vendor: u16,
    /// Type of the device.
    pub device: u16,
    /// Quality, vendor (2), algorithm (2) each.
    pub quality_blocks: Vec<[u8; 5]>,
    /// Authority (2) and scheme each.
    pub certifications: Vec<[u8; 3]>,
    /// How ridge endings are placed: 0 at the fork of the valley, 1 at the end of the ridge's skeleton.
    pub ending_type: u8,
    /// Whether minutiae are written without quality, in five bytes.
    pub without_quality: bool,
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            time: [0xff; 9],
            technology: 0,
            vendor: 0,
            device: 0,
            quality_blocks: Vec::new(),
            certifications: Vec::new(),
            ending_type: 0,
            without_quality: false,
        }
    }
}

/// One minutia as a record writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecordMinutia {
    /// 0 other, 1 ending, 2 bifurcation, 3 reserved.
    pub kind: u8,
    /// Column in pixels of the image.
    pub x: u16,
    /// The two bits before the row.
    pub reserved: u8,
    /// Row in pixels of the image.
    pub y: u16,
    /// Counter-clockwise from the x axis, in the steps of the format.
    pub angle: u8,
    /// As written; its meaning differs by format, see `convert.rs`.
    pub quality: u8,
}

impl View {
    /// The blocks of extended data: type and content. Ends at the first block that does not fit.
    pub fn extensions(&self) -> impl Iterator<Item = (u16, &[u8])> {
        let mut rest = self.extended.as_slice();
        core::iter::from_fn(move || {
            let (head, _) = rest.split_at_checked(EXTENSION_HEAD_BYTES)?;
            let kind = u16::from_be_bytes([head[0], head[1]]);
            let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let block = rest.get(EXTENSION_HEAD_BYTES..length)?;
            rest = &rest[length..];
            Some((kind, block))
        })
    }
}

/// Counts only: what a record holds is biometric.
impl fmt::Debug for Record {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Record({}, {} views)", self.format.name(), self.views.len())
    }
}

/// Counts only.
impl fmt::Debug for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "View({} minutiae)", self.minutiae.len())
    }
}

/// Where it is, is biometric: nothing is shown.
impl fmt::Debug for RecordMinutia {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RecordMinutia(..)")
    }
}

/// Whether bytes begin like a minutiae record of another maker.
#[must_use]
pub fn is_record(bytes: &[u8]) -> bool {
    bytes.starts_with(&MARK) && bytes.len() <= limits::RECORD_BYTES_MAX
}

/// Reads hostile bytes and checks what must hold of whatever comes out; for property tests and fuzzing.
///
/// # Panics
/// When a record that was read is not written back byte for byte, or gives an unsound template.
pub fn check_hostile(bytes: &[u8]) {
    let Ok(record) = Record::read(bytes) else { return };
    let written = record.to_bytes();
    assert!(written.as_deref() == Ok(bytes), "a record that was read is not written back as it was");
    for (_, template) in record.templates().unwrap_or_default() {
        let own = template.to_bytes();
        assert!(own.len() <= limits::TEMPLATE_BYTES_MAX, "a template is too large");
        assert!(crate::Template::from_bytes(&own).as_ref() == Ok(&template), "a template is unsound");
    }
}

const MARK: [u8; 4] = *b"FMR\0";
const VERSION_2: [u8; 4] = *b" 20\0";
const VERSION_3: [u8; 4] = *b"030\0";
const EXTENSION_HEAD_BYTES: usize = 4;
/// 500 ppi, as every record rounds it.
const PPCM_500: u16 = 197;

#[cfg(test)]
mod tests;
