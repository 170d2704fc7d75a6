//! Typed views of the records Eurodac uses. A view borrows the record and reads on demand; fields it does not name stay
//! reachable through the record itself.

use super::record::{BinaryRecord, Record, TaggedRecord};
use crate::error::{Error, NistProblem};

/// The header record.
#[derive(Clone, Copy)]
pub struct Type1<'r, 'a> {
    record: Option<&'r TaggedRecord<'a>>,
}

impl<'r, 'a> Type1<'r, 'a> {
    pub(super) fn of(record: Option<&'r Record<'a>>) -> Self {
        Self { record: record.and_then(Record::as_tagged) }
    }

    /// 1.002 VER.
    #[must_use]
    pub fn version(&self) -> Option<&'a str> {
        self.text(2)
    }

    /// 1.001 LEN.
    #[must_use]
    pub fn length_bytes(&self) -> Option<usize> {
        self.record?.number(1)
    }

    /// 1.003 CNT: type and IDC of each record after this one, in the order of the file.
    #[must_use]
    pub fn contents(&self) -> Vec<(u8, u8)> {
        let rows = self.record.and_then(|record| record.field(3)).map(|field| field.text_subfields().skip(1));
        rows.into_iter()
            .flatten()
            .flatten()
            .filter_map(|items| match items[..] {
                [record_type, idc] => Some((
                    super::record::decimal(record_type.as_bytes())?,
                    super::record::decimal(idc.as_bytes())?,
                )),
                _ => None,
            })
            .collect()
    }

    /// 1.004 TOT.
    #[must_use]
    pub fn transaction_type(&self) -> Option<&'a str> {
        self.text(4)
    }

    /// 1.005 DAT, eight digits.
    #[must_use]
    pub fn date(&self) -> Option<&'a str> {
        self.text(5)
    }

    /// 1.006 PRY, 1 to 9.
    #[must_use]
    pub fn priority(&self) -> Option<u8> {
        self.record?.number(6)
    }

    /// 1.007 DAI.
    #[must_use]
    pub fn destination_agency(&self) -> Option<&'a str> {
        self.text(7)
    }

    /// 1.008 ORI.
    #[must_use]
    pub fn originating_agency(&self) -> Option<&'a str> {
        self.text(8)
    }

    /// 1.009 TCN.
    #[must_use]
    pub fn control_number(&self) -> Option<&'a str> {
        self.text(9)
    }

    /// 1.010 TCR: the control number this transaction answers.
    #[must_use]
    pub fn control_reference(&self) -> Option<&'a str> {
        self.text(10)
    }

    /// 1.011 NSR: scanning resolution of Type-4 images in pixels per millimetre; zero where there are none.
    #[must_use]
    pub fn native_scanning_resolution_px_per_mm(&self) -> Option<f32> {
        self.text(11)?.parse().ok().filter(|value: &f32| value.is_finite() && *value >= 0.0)
    }

    /// 1.012 NTR: nominal resolution, likewise.
    #[must_use]
    pub fn nominal_resolution_px_per_mm(&self) -> Option<f32> {
        self.text(12)?.parse().ok().filter(|value: &f32| value.is_finite() && *value >= 0.0)
    }

    /// 1.016 APS: organisation, name and version of each application profile.
    #[must_use]
    pub fn application_profiles(&self) -> Vec<(&'a str, &'a str, &'a str)> {
        let rows = self.record.and_then(|record| record.field(16)).map(|field| field.text_subfields());
        rows.into_iter()
            .flatten()
            .flatten()
            .filter_map(|items| match items[..] {
                [organisation, name, version] => Some((organisation, name, version)),
                _ => None,
            })
            .collect()
    }

    /// 1.017 ANM: names of the destination and originating agencies.
    #[must_use]
    pub fn agency_names(&self) -> Option<(&'a str, &'a str)> {
        let items = self.record?.field(17)?.text_subfields().next()??;
        Some((items.first().copied()?, items.get(1).copied().unwrap_or_default()))
    }

    /// 1.013 DOM: name and version.
    #[must_use]
    pub fn domain(&self) -> Option<(&'a str, &'a str)> {
        let items = self.record?.field(13)?.text_subfields().next()??;
        Some((items.first().copied()?, items.get(1).copied().unwrap_or_default()))
    }

    /// 1.014 GMT.
    #[must_use]
    pub fn gmt(&self) -> Option<&'a str> {
        self.text(14)
    }

    /// 1.015 DCS: number of the character set other records may use; 0 (ASCII) where the field is absent.
    #[must_use]
    pub fn character_set(&self) -> Option<u16> {
        let Some(field) = self.record?.field(15) else { return Some(0) };
        field.text_subfields().next()??.first()?.parse().ok()
    }

    /// 1.015 DCS: index, name and version of each character set besides ASCII.
    #[must_use]
    pub fn character_sets(&self) -> Vec<(u16, &'a str, &'a str)> {
        let rows = self.record.and_then(|record| record.field(15)).map(|field| field.text_subfields());
        rows.into_iter()
            .flatten()
            .flatten()
            .filter_map(|items| {
                let index = super::record::decimal(items.first()?.as_bytes())?;
                Some((
                    index,
                    items.get(1).copied().unwrap_or_default(),
                    items.get(2).copied().unwrap_or_default(),
                ))
            })
            .collect()
    }

    /// The record itself.
    #[must_use]
    pub fn record(&self) -> Option<&'r TaggedRecord<'a>> {
        self.record
    }

    fn text(&self, number: u16) -> Option<&'a str> {
        self.record?.text(number)
    }
}

/// Descriptive text. Its fields from 003 on belong to the domain, so that a profile names them; here they are reached by
/// number.
#[derive(Clone, Copy)]
pub struct Type2<'r, 'a> {
    record: &'r TaggedRecord<'a>,
}

impl<'r, 'a> Type2<'r, 'a> {
    /// The view, when the record has this type.
    #[must_use]
    pub fn of(record: &'r TaggedRecord<'a>) -> Option<Self> {
        (record.record_type() == 2).then_some(Self { record })
    }

    /// 2.001 LEN.
    #[must_use]
    pub fn length_bytes(&self) -> Option<usize> {
        self.record.number(1)
    }

    /// 2.002 IDC.
    #[must_use]
    pub fn idc(&self) -> Option<u8> {
        self.record.number(2)
    }

    /// The rows of a field of the domain, each with its items; none where the field is absent or not UTF-8.
    #[must_use]
    pub fn rows(&self, number: u16) -> Vec<Vec<&'a str>> {
        self.record.field(number).map(|field| field.text_subfields().flatten().collect()).unwrap_or_default()
    }

    /// The record itself.
    #[must_use]
    pub fn record(&self) -> &'r TaggedRecord<'a> {
        self.record
    }
}

/// A high-resolution grey fingerprint image with a binary header.
#[derive(Clone, Copy)]
pub struct Type4<'a> {
    bytes: &'a [u8],
    header: [u8; 18],
}

impl<'a> Type4<'a> {
    /// The view, when the record is Type-4 and long enough.
    #[must_use]
    pub fn of(record: &BinaryRecord<'a>) -> Option<Self> {
        let header = *record.bytes().first_chunk::<18>()?;
        (record.record_type() == 4).then_some(Self { bytes: record.bytes(), header })
    }

    /// The same view of the deprecated Types 3, 5 and 6, whose header has the same parts.
    #[must_use]
    pub fn with_the_same_header(record: &BinaryRecord<'a>) -> Option<Self> {
        let header = *record.bytes().first_chunk::<18>()?;
        matches!(record.record_type(), 3..=6).then_some(Self { bytes: record.bytes(), header })
    }

    /// LEN: header and image.
    #[must_use]
    pub fn length_bytes(&self) -> u32 {
        u32::from_be_bytes([self.header[0], self.header[1], self.header[2], self.header[3]])
    }

    /// IDC.
    #[must_use]
    pub fn idc(&self) -> u8 {
        self.header[4]
    }

    /// IMP.
    #[must_use]
    pub fn impression(&self) -> u8 {
        self.header[5]
    }

    /// FGP: the possible positions, without the filler `0xFF`.
    #[must_use]
    pub fn positions(&self) -> Vec<u8> {
        self.header[6..12].iter().copied().filter(|code| *code != 0xFF).collect()
    }

    /// ISR: 0 = the class of 500 ppi, 1 = as 1.011 says.
    #[must_use]
    pub fn scanning_resolution(&self) -> u8 {
        self.header[12]
    }

    /// HLL: width in pixels.
    #[must_use]
    pub fn width_px(&self) -> u32 {
        u32::from(u16::from_be_bytes([self.header[13], self.header[14]]))
    }

    /// VLL: height in pixels.
    #[must_use]
    pub fn height_px(&self) -> u32 {
        u32::from(u16::from_be_bytes([self.header[15], self.header[16]]))
    }

    /// CGA: 0 none, 1 WSQ, 2 JPEG, 3 lossless JPEG, 4 JPEG 2000, 5 lossless JPEG 2000, 6 PNG.
    #[must_use]
    pub fn compression(&self) -> u8 {
        self.header[17]
    }

    /// The image, borrowed from the file.
    #[must_use]
    pub fn image(&self) -> &'a [u8] {
        self.bytes.get(18..).unwrap_or_default()
    }
}

macro_rules! tagged_view {
    ($(#[$doc:meta])* $name:ident, $record_type:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'r, 'a> {
            record: &'r TaggedRecord<'a>,
            ordinal: usize,
        }

        impl<'r, 'a> $name<'r, 'a> {
            /// The view, when the record has this type. `ordinal` is its place in the file, for errors.
            #[must_use]
            pub fn of(record: &'r TaggedRecord<'a>, ordinal: usize) -> Option<Self> {
                (record.record_type() == $record_type).then_some(Self { record, ordinal })
            }

            /// The record itself.
            #[must_use]
            pub fn record(&self) -> &'r TaggedRecord<'a> {
                self.record
            }

            /// 001 LEN.
            pub fn length_bytes(&self) -> Result<usize, Error> {
                self.number(1, "a number of bytes")
            }

            /// 002 IDC.
            pub fn idc(&self) -> Result<u8, Error> {
                self.number(2, "a number from 0 to 99")
            }

            /// The image of field 999, borrowed from the file.
            #[must_use]
            pub fn image(&self) -> Option<&'a [u8]> {
                self.record.field(999).map(|field| field.value())
            }

            /// 006 HLL: width in pixels.
            pub fn width_px(&self) -> Result<u32, Error> {
                self.number(6, "a number of pixels")
            }

            /// 007 VLL: height in pixels.
            pub fn height_px(&self) -> Result<u32, Error> {
                self.number(7, "a number of pixels")
            }

            /// 011 CGA: name of the compression.
            pub fn compression(&self) -> Result<&'a str, Error> {
                self.text(11, "the name of a compression")
            }

            /// 996 HAS: SHA-256 of the image, in hexadecimal digits.
            #[must_use]
            pub fn hash(&self) -> Option<&'a str> {
                self.record.text(996)
            }

            pub(super) fn text(&self, number: u16, expected: &'static str) -> Result<&'a str, Error> {
                let field = self.record.field(number).ok_or_else(|| self.error(NistProblem::MissingField(number)))?;
                field.text().ok_or_else(|| self.error(NistProblem::Field { number, expected }))
            }

            pub(super) fn number<T: std::str::FromStr>(&self, number: u16, expected: &'static str) -> Result<T, Error> {
                let field = self.record.field(number).ok_or_else(|| self.error(NistProblem::MissingField(number)))?;
                super::record::decimal(field.value())
                    .ok_or_else(|| self.error(NistProblem::Field { number, expected }))
            }

            pub(super) fn error(&self, problem: NistProblem) -> Error {
                Error::Nist { problem, record: self.ordinal, offset: self.record.offset() }
            }

            /// Reads the subfields of a repeated field; an absent field has none.
            pub(super) fn rows<T>(
                &self,
                number: u16,
                rows_max: usize,
                read: impl Fn(&[&'a str]) -> Option<T>,
            ) -> Result<Vec<T>, Error> {
                let Some(field) = self.record.field(number) else { return Ok(Vec::new()) };
                let refused =
                    || self.error(NistProblem::Field { number, expected: "the subfields the standard lists" });
                let mut rows = Vec::new();
                for items in field.text_subfields() {
                    if rows.len() >= rows_max {
                        return Err(refused());
                    }
                    rows.push(items.and_then(|items| read(&items)).ok_or_else(refused)?);
                }
                Ok(rows)
            }
        }
    };
}

tagged_view!(
    /// Minutiae; see [`Type9::minutiae`].
    Type9,
    9
);
tagged_view!(
    /// A face or other photograph.
    Type10,
    10
);
tagged_view!(
    /// A latent print.
    Type13,
    13
);
tagged_view!(
    /// A fingerprint image of variable resolution.
    Type14,
    14
);
tagged_view!(
    /// A palm print.
    Type15,
    15
);

/// What latent prints, fingerprints and palm prints have in common.
macro_rules! print_view {
    ($name:ident) => {
        impl<'a> $name<'_, 'a> {
            /// 003 IMP.
            pub fn impression(&self) -> Result<u8, Error> {
                self.number(3, "an impression code")
            }

            /// 004 SRC: the agency that took it.
            pub fn source_agency(&self) -> Result<&'a str, Error> {
                self.text(4, "the name of an agency")
            }

            /// 005: the day of capture, eight digits.
            pub fn captured_on(&self) -> Result<&'a str, Error> {
                self.text(5, "eight digits")
            }

            /// 012 BPX.
            pub fn bits_per_pixel(&self) -> Result<u8, Error> {
                self.number(12, "a number of bits")
            }

            /// 008 SLC, 009 THPS and 010 TVPS as they stand.
            pub fn pixel_scale(&self) -> Result<(u8, u32, u32), Error> {
                Ok((self.number(8, "0, 1 or 2")?, self.number(9, "a number")?, self.number(10, "a number")?))
            }

            /// 009 and 010 with 008, as pixels per inch; horizontal and vertical must agree.
            pub fn resolution_ppi(&self) -> Result<u32, Error> {
                let (horizontal, vertical) =
                    (self.number::<u32>(9, "a number")?, self.number::<u32>(10, "a number")?);
                let scale = self.number::<u8>(8, "1 or 2")?;
                let refused = |number| {
                    self.error(NistProblem::Field { number, expected: "500 or 1000 ppi, both ways alike" })
                };
                if horizontal != vertical || horizontal > 10_000 {
                    return Err(refused(9));
                }
                match scale {
                    1 => Ok(horizontal),
                    // Pixels per centimetre: 2.54 cm are an inch; 197 stands for 500 ppi.
                    2 => Ok((horizontal * 254 + 50) / 100),
                    _ => Err(refused(8)),
                }
            }

            /// 024: position, score, vendor, product of each quality score.
            pub fn quality(&self) -> Result<Vec<(u8, u8, &'a str, u16)>, Error> {
                self.rows(24, 10, scored)
            }
        }
    };
}

print_view!(Type13);
print_view!(Type14);
print_view!(Type15);

/// A row of position, score, vendor and product.
fn scored<'a>(items: &[&'a str]) -> Option<(u8, u8, &'a str, u16)> {
    let [position, score, vendor, product] = items else { return None };
    let decimal = |text: &str| super::record::decimal::<u16>(text.as_bytes());
    let small = |text: &str| u8::try_from(decimal(text)?).ok();
    Some((small(position)?, small(score)?, *vendor, decimal(product)?))
}

impl Type13<'_, '_> {
    /// 13.013 FGP: the possible positions.
    pub fn positions(&self) -> Result<Vec<u8>, Error> {
        self.rows(13, 12, |items| match items {
            [code] => super::record::decimal(code.as_bytes()),
            _ => None,
        })
    }
}

impl<'a> Type15<'_, 'a> {
    /// 15.013: the palm position.
    pub fn position(&self) -> Result<u8, Error> {
        self.number(13, "a palm position code")
    }

    /// 15.018 AMP: position and code.
    pub fn missing(&self) -> Result<Vec<(u8, &'a str)>, Error> {
        self.rows(18, 9, |items| match items {
            [position, code] => Some((super::record::decimal(position.as_bytes())?, *code)),
            _ => None,
        })
    }
}

impl<'a> Type10<'_, 'a> {
    /// 10.003 IMT: `FACE` for a face.
    pub fn image_type(&self) -> Result<&'a str, Error> {
        self.text(3, "the kind of photograph")
    }

    /// 10.004 SRC: the agency that took it.
    pub fn source_agency(&self) -> Result<&'a str, Error> {
        self.text(4, "the name of an agency")
    }

    /// 10.005 PHD: the day it was taken, eight digits.
    pub fn taken_on(&self) -> Result<&'a str, Error> {
        self.text(5, "eight digits")
    }

    /// 10.008 to 10.010: scale code and the two pixel scales; with code 0 they are the pixel's aspect ratio.
    pub fn pixel_scale(&self) -> Result<(u8, u32, u32), Error> {
        Ok((self.number(8, "0, 1 or 2")?, self.number(9, "a number")?, self.number(10, "a number")?))
    }

    /// 10.012 CSP: the colour space.
    pub fn colour_space(&self) -> Result<&'a str, Error> {
        self.text(12, "the name of a colour space")
    }

    /// 10.014 FIP: left, right, top and bottom of the face within the image.
    #[must_use]
    pub fn face_box(&self) -> Option<[u32; 4]> {
        let items = self.record.field(14)?.text_subfields().next()??;
        let edges: Option<Vec<u32>> =
            items.iter().take(4).map(|item| super::record::decimal(item.as_bytes())).collect();
        edges?.try_into().ok()
    }

    /// 10.020 POS: the pose, `F` for frontal.
    #[must_use]
    pub fn pose(&self) -> Option<&'a str> {
        self.record.text(20)
    }

    /// 10.023 PAS: what took it.
    #[must_use]
    pub fn acquisition_source(&self) -> Option<&'a str> {
        self.record.text(23)
    }

    /// 10.024 SQS: score, vendor, product.
    pub fn quality(&self) -> Result<Vec<(u8, &'a str, u16)>, Error> {
        self.rows(24, 9, |items| match items {
            [score, vendor, product] => Some((
                super::record::decimal(score.as_bytes())?,
                *vendor,
                super::record::decimal(product.as_bytes())?,
            )),
            _ => None,
        })
    }

    /// 10.025 SPA: yaw, pitch and roll in degrees, as far as given, without their uncertainties.
    #[must_use]
    pub fn pose_angles_deg(&self) -> Vec<i16> {
        let items = self.record.field(25).and_then(|field| field.text_subfields().next().flatten());
        items.into_iter().flatten().take(3).map_while(|item| item.parse().ok()).collect()
    }

    /// 10.026 SXS: words for the expression.
    #[must_use]
    pub fn expressions(&self) -> Vec<&'a str> {
        let rows = self.record.field(26).map(|field| field.text_subfields());
        rows.into_iter().flatten().flatten().filter_map(|items| items.first().copied()).collect()
    }

    /// 10.029 FFP: kind, name, and x and y in pixels of each landmark.
    pub fn landmarks_px(&self) -> Result<Vec<(u8, &'a str, u32, u32)>, Error> {
        self.rows(29, 88, |items| {
            let [kind, name, x, y, ..] = items else { return None };
            let number = |text: &str| super::record::decimal(text.as_bytes());
            Some((super::record::decimal(kind.as_bytes())?, *name, number(x)?, number(y)?))
        })
    }

    /// 10.030 DMM: how the capture was watched.
    #[must_use]
    pub fn monitoring(&self) -> Option<&'a str> {
        self.record.text(30)
    }

    /// 10.013 SAP: subject acquisition profile, where given.
    #[must_use]
    pub fn acquisition_profile(&self) -> Option<u8> {
        self.record.number(13)
    }
}

impl<'a> Type14<'_, 'a> {
    /// 14.013 FGP.
    pub fn position(&self) -> Result<u8, Error> {
        self.number(13, "a finger position code")
    }

    /// 14.021 SEG as numbers: position, left, right, top, bottom.
    pub fn segments(&self) -> Result<Vec<[u32; 5]>, Error> {
        self.numbers(21, 4)
    }

    /// 14.018 AMP: position and code.
    pub fn missing(&self) -> Result<Vec<(u8, &'a str)>, Error> {
        self.rows(18, 5, |items| match items {
            [position, code] => Some((super::record::decimal(position.as_bytes())?, *code)),
            _ => None,
        })
    }

    /// 14.022 NQM: position and NFIQ 1 score (1 best to 5, 254 and 255 without one).
    pub fn nfiq_1(&self) -> Result<Vec<(u8, u8)>, Error> {
        self.rows(22, 10, |items| match items {
            [position, score] => Some((
                super::record::decimal(position.as_bytes())?,
                super::record::decimal(score.as_bytes())?,
            )),
            _ => None,
        })
    }

    /// 14.023 SQM: position, score, vendor, product of the segmentation's quality.
    pub fn segmentation_quality(&self) -> Result<Vec<(u8, u8, &'a str, u16)>, Error> {
        self.rows(23, 10, scored)
    }

    /// 14.026 SCF: the same number stands on images that were taken together.
    #[must_use]
    pub fn simultaneous_capture(&self) -> Option<u8> {
        self.record.number(26)
    }

    /// 14.027 SIF: true for an image put together from parts.
    #[must_use]
    pub fn is_stitched(&self) -> bool {
        self.record.text(27) == Some("Y")
    }

    /// 14.030 DMM: how the capture was watched.
    #[must_use]
    pub fn monitoring(&self) -> Option<&'a str> {
        self.record.text(30)
    }

    /// 14.031 FAP: the acquisition profile of the device.
    #[must_use]
    pub fn acquisition_profile(&self) -> Option<u8> {
        self.record.number(31)
    }

    /// 14.903 DUI: the device's identifier.
    #[must_use]
    pub fn device_identifier(&self) -> Option<&'a str> {
        self.record.text(903)
    }

    /// 14.904 MMS: make, model, serial number.
    #[must_use]
    pub fn device(&self) -> Option<(&'a str, &'a str, &'a str)> {
        let items = self.record.field(904)?.text_subfields().next()??;
        match items[..] {
            [make, model, serial] => Some((make, model, serial)),
            _ => None,
        }
    }

    fn numbers<const N: usize>(&self, number: u16, rows_max: usize) -> Result<Vec<[u32; N]>, Error> {
        self.rows(number, rows_max, |items| {
            let numbers: Option<Vec<u32>> =
                items.iter().map(|item| super::record::decimal(item.as_bytes())).collect();
            numbers?.try_into().ok()
        })
    }
}
