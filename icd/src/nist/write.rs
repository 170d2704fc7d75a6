//! From records to bytes, version 0502.
//!
//! LEN counts itself, so its digits are found by trying; CNT and IDCs are made from the records that were pushed.
//! Images stay where the caller has them until they go into the sink: no image is held twice here.
//!
//! Invariant: what the standard has deprecated (record types 3, 5 and 6, impression codes, older versions) is refused
//! here, also in a record that was taken over from another file; only an untouched file is written back with it.

use std::borrow::Cow;
use std::io;

use super::record::{BinaryRecord, Record};
use super::{FS, GS, RS, US, VERSION_WRITTEN, dictionary};
use crate::error::{Error, NistProblem};
use crate::limits;

/// A record under construction.
#[derive(Clone)]
pub struct OutRecord<'p> {
    record_type: u8,
    idc: u8,
    fields: Vec<(u16, Vec<u8>)>,
    image: Option<Cow<'p, [u8]>>,
    /// What stands before the image of a binary record, in place of fields.
    binary: Option<Vec<u8>>,
}

impl std::fmt::Debug for OutRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutRecord(Type-{}, IDC {})", self.record_type, self.idc)
    }
}

/// The header of a Type-4 record, besides what the writer counts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type4Header {
    /// IMP.
    pub impression: u8,
    /// FGP: one to six possible positions, the likeliest first.
    pub positions: Vec<u8>,
    /// ISR: 0 for the class of 500 ppi, 1 as 1.011 says.
    pub scanning_resolution: u8,
    /// HLL: width in pixels.
    pub width_px: u16,
    /// VLL: height in pixels.
    pub height_px: u16,
    /// CGA: 0 none, 1 WSQ, 2 JPEG, 3 lossless JPEG, 4 JPEG 2000, 5 lossless JPEG 2000, 6 PNG.
    pub compression: u8,
}

impl<'p> OutRecord<'p> {
    /// A tagged record of type 2 or 9 to 99 with its IDC.
    pub fn new(record_type: u8, idc: u8) -> Result<Self, Error> {
        if !matches!(record_type, 2 | 9..=99) || idc > 99 {
            return Err(Error::invalid("record", "type 2 or 9 to 99, and an IDC from 0 to 99"));
        }
        Ok(Self { record_type, idc, fields: Vec::new(), image: None, binary: None })
    }

    /// A Type-4 record: a binary header and an image, without separators.
    pub fn type_4(idc: u8, header: &Type4Header, image: impl Into<Cow<'p, [u8]>>) -> Result<Self, Error> {
        let refused = |number, expected| Error::Nist {
            problem: NistProblem::Field { number, expected },
            record: usize::from(idc) + 2,
            offset: 0,
        };
        if idc > 99 {
            return Err(refused(2, "an IDC from 0 to 99"));
        }
        if dictionary::is_deprecated_impression(header.impression) {
            return Err(refused(3, NOT_DEPRECATED));
        }
        let known = |code: &u8| *code <= 14;
        if !(1..=6).contains(&header.positions.len()) || !header.positions.iter().all(known) {
            return Err(refused(4, "one to six finger positions from 0 to 14"));
        }
        if header.scanning_resolution > 1
            || header.compression > 6
            || header.width_px == 0
            || header.height_px == 0
        {
            return Err(refused(5, "a scanning resolution of 0 or 1, a compression from 0 to 6, and a size"));
        }
        let mut positions = [0xFF; 6];
        positions.iter_mut().zip(&header.positions).for_each(|(to, from)| *to = *from);
        let mut head = vec![header.impression];
        head.extend_from_slice(&positions);
        head.push(header.scanning_resolution);
        head.extend_from_slice(&header.width_px.to_be_bytes());
        head.extend_from_slice(&header.height_px.to_be_bytes());
        head.push(header.compression);
        let image = Some(image.into());
        Ok(Self { record_type: 4, idc, fields: Vec::new(), image, binary: Some(head) })
    }

    /// A record of any type but 1 as it stands in another file, known fields and unknown ones, image borrowed. LEN is
    /// counted anew; what is deprecated is refused.
    pub fn copied(record: &Record<'p>) -> Result<Self, Error> {
        let refused = |number, expected| Error::Nist {
            problem: NistProblem::Field { number, expected },
            record: 0,
            offset: record.offset(),
        };
        let idc = record.idc().ok_or_else(|| refused(2, "an IDC from 0 to 255"))?;
        if matches!(record.record_type(), 1 | 3 | 5 | 6) {
            return Err(refused(1, "a record type that is not deprecated, and not the header"));
        }
        match record {
            Record::Binary(binary) => Self::copied_binary(binary, idc),
            Record::Tagged(tagged) => {
                let mut out = Self {
                    record_type: tagged.record_type(),
                    idc,
                    fields: Vec::new(),
                    image: None,
                    binary: None,
                };
                for field in tagged.fields().iter().filter(|field| field.number() > 2) {
                    if field.number() == 999 && tagged.record_type() >= 10 {
                        out.image = Some(Cow::Borrowed(field.value()));
                        continue;
                    }
                    out.check_code(field.number(), field.value())
                        .map_err(|expected| refused(field.number(), expected))?;
                    out.fields.push((field.number(), field.value().to_vec()));
                }
                Ok(out)
            }
        }
    }

    fn copied_binary(record: &BinaryRecord<'p>, idc: u8) -> Result<Self, Error> {
        let impression = record.bytes().get(5).copied();
        if record.record_type() == 4 && impression.is_some_and(dictionary::is_deprecated_impression) {
            let problem = NistProblem::Field { number: 3, expected: NOT_DEPRECATED };
            return Err(Error::Nist { problem, record: 0, offset: record.offset() });
        }
        let image = Some(Cow::Borrowed(record.bytes().get(5..).unwrap_or_default()));
        let (record_type, binary) = (record.record_type(), Some(Vec::new()));
        Ok(Self { record_type, idc, fields: Vec::new(), image, binary })
    }

    /// Codes that may be read and not written.
    fn check_code(&self, number: u16, value: &[u8]) -> Result<(), &'static str> {
        let code = super::record::decimal::<u8>(value);
        let deprecated = number == 3
            && matches!(self.record_type, 9 | 13..=15 | 19)
            && code.is_some_and(dictionary::is_deprecated_impression);
        if deprecated { Err(NOT_DEPRECATED) } else { Ok(()) }
    }

    /// Adds a field with one value.
    pub fn field(&mut self, number: u16, value: &str) -> Result<&mut Self, Error> {
        self.rows(number, &[&[value]])
    }

    /// Adds a field with one row of items.
    pub fn items(&mut self, number: u16, items: &[&str]) -> Result<&mut Self, Error> {
        self.rows(number, &[items])
    }

    /// Adds a field with several rows of items.
    pub fn rows(&mut self, number: u16, rows: &[&[&str]]) -> Result<&mut Self, Error> {
        let refused = |expected| Error::Nist {
            problem: NistProblem::Field { number, expected },
            record: usize::from(self.idc) + 2,
            offset: 0,
        };
        let last = self.fields.last().map_or(2, |(number, _)| *number);
        if number <= last || number >= 999 || self.binary.is_some() {
            return Err(refused("fields in ascending order, from 003 to 998, in a record of tagged fields"));
        }
        let mut value = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                value.push(RS);
            }
            for (index, item) in row.iter().enumerate() {
                if index > 0 {
                    value.push(US);
                }
                if item.chars().any(char::is_control) {
                    return Err(refused("text without control characters"));
                }
                value.extend_from_slice(item.as_bytes());
            }
        }
        self.check_code(number, &value).map_err(refused)?;
        self.fields.push((number, value));
        Ok(self)
    }

    /// Sets field 999.
    pub fn image(&mut self, image: impl Into<Cow<'p, [u8]>>) -> &mut Self {
        self.image = Some(image.into());
        self
    }

    fn head(&self) -> Vec<u8> {
        if let Some(binary) = &self.binary {
            // LEN and IDC, then what the type has before its image.
            let length = 5 + binary.len() + self.image.as_ref().map_or(0, |image| image.len());
            let mut head = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes().to_vec();
            head.push(self.idc);
            head.extend_from_slice(binary);
            return head;
        }
        let mut body = Vec::new();
        push_field(&mut body, self.record_type, 2, format!("{:02}", self.idc).as_bytes());
        for (number, value) in &self.fields {
            push_field(&mut body, self.record_type, *number, value);
        }
        let image_bytes =
            self.image.as_ref().map_or(0, |image| image.len() + tag(self.record_type, 999).len());
        // Without an image the closing separator replaces the last field's own.
        let closing = usize::from(self.image.is_some());
        let length = total_length(self.record_type, body.len() + image_bytes + closing);
        let mut head = Vec::with_capacity(body.len() + 32);
        push_field(&mut head, self.record_type, 1, length.to_string().as_bytes());
        head.extend_from_slice(&body);
        if self.image.is_some() {
            head.extend_from_slice(tag(self.record_type, 999).as_bytes());
        } else if let Some(last) = head.last_mut() {
            *last = FS;
        }
        head
    }

    pub(super) fn type_and_idc(&self) -> (u8, u8) {
        (self.record_type, self.idc)
    }

    pub(super) fn write_to(&self, sink: &mut impl io::Write) -> io::Result<()> {
        sink.write_all(&self.head())?;
        if let Some(image) = &self.image {
            sink.write_all(image)?;
            sink.write_all(self.ending())?;
        }
        Ok(())
    }

    /// What follows an image: a binary record has no separator.
    fn ending(&self) -> &'static [u8] {
        if self.binary.is_some() { &[] } else { &[FS] }
    }

    pub(super) fn length_bytes(&self) -> usize {
        self.head().len() + self.image.as_ref().map_or(0, |image| image.len() + self.ending().len())
    }
}

/// What the header record says, besides what the writer counts itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionHeader {
    /// 1.002 VER.
    pub version: String,
    /// 1.004 TOT.
    pub transaction_type: String,
    /// 1.005 DAT, eight digits.
    pub date: String,
    /// 1.006 PRY, where one is asked for.
    pub priority: Option<u8>,
    /// 1.007 DAI.
    pub destination_agency: String,
    /// 1.008 ORI.
    pub originating_agency: String,
    /// 1.009 TCN.
    pub control_number: String,
    /// 1.010 TCR, in answers.
    pub control_reference: Option<String>,
    /// 1.013 DOM: name and version.
    pub domain: (String, String),
    /// 1.011 NSR and 1.012 NTR as pixels per inch, where there are Type-4 images; zeros are written without.
    pub type_4_resolution_ppi: Option<u16>,
    /// 1.014 GMT, `YYYYMMDDHHMMSSZ`.
    pub gmt: Option<String>,
    /// 1.016 APS: organisation, name and version of each application profile.
    pub application_profiles: Vec<(String, String, String)>,
    /// 1.017 ANM: names of the destination and originating agencies.
    pub agency_names: Option<(String, String)>,
}

/// Collects records and writes them behind their header.
pub struct TransactionWriter<'p> {
    header: TransactionHeader,
    records: Vec<OutRecord<'p>>,
}

impl<'p> TransactionWriter<'p> {
    /// Begins a transaction.
    #[must_use]
    pub fn new(header: TransactionHeader) -> Self {
        Self { header, records: Vec::new() }
    }

    /// Adds a record.
    pub fn push(&mut self, record: OutRecord<'p>) -> Result<&mut Self, Error> {
        if self.records.len() + 1 >= limits::RECORDS_MAX {
            let problem = NistProblem::TooLarge("the number of records");
            return Err(Error::Nist { problem, record: self.records.len() + 2, offset: 0 });
        }
        self.records.push(record);
        Ok(self)
    }

    /// Length of the file that [`Self::write_to`] will write.
    pub fn length_bytes(&self) -> Result<usize, Error> {
        Ok(self.header_record()?.len() + self.records.iter().map(OutRecord::length_bytes).sum::<usize>())
    }

    /// Writes the file. Text that no field may carry is refused before the first byte is written; what the sink
    /// itself refuses comes back as its own error.
    pub fn write_to(&self, sink: &mut impl io::Write) -> Result<io::Result<()>, Error> {
        let header = self.header_record()?;
        let mut write = || {
            sink.write_all(&header)?;
            self.records.iter().try_for_each(|record| record.write_to(sink))
        };
        Ok(write())
    }

    /// The file in memory.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let length = self.length_bytes()?;
        if length > limits::TRANSACTION_BYTES_MAX {
            let problem = NistProblem::TooLarge("the size of a transaction");
            return Err(Error::Nist { problem, record: 1, offset: 0 });
        }
        let mut bytes = self.header_record()?;
        bytes.reserve_exact(length - bytes.len());
        for record in &self.records {
            bytes.extend_from_slice(&record.head());
            if let Some(image) = &record.image {
                bytes.extend_from_slice(image);
                bytes.extend_from_slice(record.ending());
            }
        }
        Ok(bytes)
    }

    fn header_record(&self) -> Result<Vec<u8>, Error> {
        header_record(&self.header, self.records.iter().map(OutRecord::type_and_idc))
    }
}

/// The Type-1 record of a transaction with these records (type and IDC) behind it.
pub(super) fn header_record(
    h: &TransactionHeader,
    records: impl Iterator<Item = (u8, u8)>,
) -> Result<Vec<u8>, Error> {
    let records: Vec<(u8, u8)> = records.collect();
    check_header(h, records.iter().any(|(record_type, _)| *record_type == 4))?;
    let listed: Vec<String> =
        records.iter().map(|(record_type, idc)| format!("\u{1e}{record_type}\u{1f}{idc:02}")).collect();
    let contents = format!("1\u{1f}{}{}", listed.len(), listed.concat());
    let domain = format!("{}\u{1f}{}", h.domain.0, h.domain.1);
    let priority = h.priority.map(|p| p.to_string());
    let resolution = format!("{:05.2}", f64::from(h.type_4_resolution_ppi.unwrap_or(0)) / MM_PER_INCH);
    let profiles: Vec<String> = h
        .application_profiles
        .iter()
        .map(|(organisation, name, version)| format!("{organisation}\u{1f}{name}\u{1f}{version}"))
        .collect();
    let profiles = (!profiles.is_empty()).then(|| profiles.join("\u{1e}"));
    let agencies =
        h.agency_names.as_ref().map(|(destination, originator)| format!("{destination}\u{1f}{originator}"));
    let fields: [(u16, Option<&str>); 16] = [
        (2, Some(&h.version)),
        (3, Some(&contents)),
        (4, Some(&h.transaction_type)),
        (5, Some(&h.date)),
        (6, priority.as_deref()),
        (7, Some(&h.destination_agency)),
        (8, Some(&h.originating_agency)),
        (9, Some(&h.control_number)),
        (10, h.control_reference.as_deref()),
        // Resolutions of Type-4 images; where there are none, the standard asks for zeros.
        (11, Some(&resolution)),
        (12, Some(&resolution)),
        (13, Some(&domain)),
        (14, h.gmt.as_deref()),
        (15, Some("3\u{1f}UTF-8")),
        (16, profiles.as_deref()),
        (17, agencies.as_deref()),
    ];
    let mut body = Vec::new();
    for (number, value) in fields.into_iter().filter_map(|(number, value)| Some((number, value?))) {
        push_field(&mut body, 1, number, value.as_bytes());
    }
    let mut record = Vec::with_capacity(body.len() + 16);
    push_field(&mut record, 1, 1, total_length(1, body.len()).to_string().as_bytes());
    record.extend_from_slice(&body);
    if let Some(last) = record.last_mut() {
        *last = FS;
    }
    Ok(record)
}

/// What a header may say.
fn check_header(h: &TransactionHeader, has_type_4: bool) -> Result<(), Error> {
    let refused = |number, expected| Error::Nist {
        problem: NistProblem::Field { number, expected },
        record: 1,
        offset: 0,
    };
    let texts: [(u16, Option<&str>); 11] = [
        (2, Some(&h.version)),
        (4, Some(&h.transaction_type)),
        (5, Some(&h.date)),
        (7, Some(&h.destination_agency)),
        (8, Some(&h.originating_agency)),
        (9, Some(&h.control_number)),
        (10, h.control_reference.as_deref()),
        (13, Some(&h.domain.0)),
        (13, Some(&h.domain.1)),
        (14, h.gmt.as_deref()),
        (17, h.agency_names.as_ref().map(|names| names.0.as_str())),
    ];
    let more = h.agency_names.iter().map(|names| (17, names.1.as_str()));
    let profiles = h.application_profiles.iter().flat_map(|(a, b, c)| [(16, a.as_str()), (16, b), (16, c)]);
    let all =
        texts.into_iter().filter_map(|(number, text)| Some((number, text?))).chain(more).chain(profiles);
    for (number, text) in all {
        if !text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return Err(refused(number, "visible ASCII characters"));
        }
    }
    if h.version != VERSION_WRITTEN {
        return Err(refused(2, "0502, the only version that is written"));
    }
    if h.priority.is_some_and(|priority| !(1..=9).contains(&priority)) {
        return Err(refused(6, "1, the most urgent, to 9"));
    }
    if has_type_4 && h.type_4_resolution_ppi.is_none() {
        return Err(refused(11, "the scanning resolution of the Type-4 images"));
    }
    Ok(())
}

const MM_PER_INCH: f64 = 25.4;

const NOT_DEPRECATED: &str = "an impression code that is not deprecated";

fn tag(record_type: u8, number: u16) -> String {
    format!("{record_type}.{number:03}:")
}

/// Appends tag, value and the separator that follows it.
fn push_field(out: &mut Vec<u8>, record_type: u8, number: u16, value: &[u8]) {
    out.extend_from_slice(tag(record_type, number).as_bytes());
    out.extend_from_slice(value);
    out.push(GS);
}

/// The length of a record whose other fields, separators included, take `rest_bytes`: LEN counts its own digits.
fn total_length(record_type: u8, rest_bytes: usize) -> usize {
    let without_digits = tag(record_type, 1).len() + 1 + rest_bytes;
    let mut length = without_digits + 1;
    while length != without_digits + decimal_digits(length) {
        length = without_digits + decimal_digits(length);
    }
    length
}

fn decimal_digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| usize::try_from(log).unwrap_or(0) + 1)
}
