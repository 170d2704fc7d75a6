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

    /// The record itself.
    #[must_use]
    pub fn record(&self) -> Option<&'r TaggedRecord<'a>> {
        self.record
    }

    fn text(&self, number: u16) -> Option<&'a str> {
        self.record?.text(number)
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
    pub fn width(&self) -> u32 {
        u32::from(u16::from_be_bytes([self.header[13], self.header[14]]))
    }

    /// VLL: height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
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

            /// The image of field 999, borrowed from the file.
            #[must_use]
            pub fn image(&self) -> Option<&'a [u8]> {
                self.record.field(999).map(|field| field.value())
            }

            /// 006 HLL: width in pixels.
            pub fn width(&self) -> Result<u32, Error> {
                self.number(6, "a number of pixels")
            }

            /// 007 VLL: height in pixels.
            pub fn height(&self) -> Result<u32, Error> {
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

            fn text(&self, number: u16, expected: &'static str) -> Result<&'a str, Error> {
                let field = self.record.field(number).ok_or_else(|| self.error(NistProblem::MissingField(number)))?;
                field.text().ok_or_else(|| self.error(NistProblem::Field { number, expected }))
            }

            fn number<T: std::str::FromStr>(&self, number: u16, expected: &'static str) -> Result<T, Error> {
                let field = self.record.field(number).ok_or_else(|| self.error(NistProblem::MissingField(number)))?;
                super::record::decimal(field.value())
                    .ok_or_else(|| self.error(NistProblem::Field { number, expected }))
            }

            fn error(&self, problem: NistProblem) -> Error {
                Error::Nist { problem, record: self.ordinal, offset: self.record.offset() }
            }
        }
    };
}

tagged_view!(
    /// A face or other photograph.
    Type10,
    10
);
tagged_view!(
    /// A fingerprint image of variable resolution.
    Type14,
    14
);

impl<'a> Type10<'_, 'a> {
    /// 10.003 IMT: `FACE` for a face.
    pub fn image_type(&self) -> Result<&'a str, Error> {
        self.text(3, "the kind of photograph")
    }

    /// 10.013 SAP: subject acquisition profile, where given.
    #[must_use]
    pub fn acquisition_profile(&self) -> Option<u8> {
        self.record.number(13)
    }
}

impl<'a> Type14<'_, 'a> {
    /// 14.003 IMP.
    pub fn impression(&self) -> Result<u8, Error> {
        self.number(3, "an impression code")
    }

    /// 14.005 FCD: capture date, eight digits.
    pub fn captured_on(&self) -> Result<&'a str, Error> {
        self.text(5, "eight digits")
    }

    /// 14.013 FGP.
    pub fn position(&self) -> Result<u8, Error> {
        self.number(13, "a finger position code")
    }

    /// 14.009 and 14.010 with 14.008, as pixels per inch; horizontal and vertical must agree.
    pub fn resolution_ppi(&self) -> Result<u32, Error> {
        let (horizontal, vertical) =
            (self.number::<u32>(9, "a number")?, self.number::<u32>(10, "a number")?);
        let scale = self.number::<u8>(8, "1 or 2")?;
        let refused =
            |number| self.error(NistProblem::Field { number, expected: "500 or 1000 ppi, both ways alike" });
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

    /// 14.024 FQM: position, score, vendor, product.
    pub fn quality(&self) -> Result<Vec<(u8, u8, &'a str, u16)>, Error> {
        let decimal = super::record::decimal::<u16>;
        self.rows(24, 10, |items| match items {
            [position, score, vendor, product] => {
                let small = |text: &str| u8::try_from(decimal(text.as_bytes())?).ok();
                Some((small(position)?, small(score)?, *vendor, decimal(product.as_bytes())?))
            }
            _ => None,
        })
    }

    fn numbers<const N: usize>(&self, number: u16, rows_max: usize) -> Result<Vec<[u32; N]>, Error> {
        self.rows(number, rows_max, |items| {
            let numbers: Option<Vec<u32>> =
                items.iter().map(|item| super::record::decimal(item.as_bytes())).collect();
            numbers?.try_into().ok()
        })
    }

    /// Reads the subfields of a repeated field; an absent field has none.
    fn rows<T>(
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
