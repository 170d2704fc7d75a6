//! From records to bytes, version 0502.
//!
//! LEN counts itself, so its digits are found by trying; CNT and IDCs are made from the records that were pushed.
//! Images stay where the caller has them until they go into the sink: no image is held twice here.

use std::borrow::Cow;
use std::io;

use super::{FS, GS, RS, US};
use crate::error::{Error, NistProblem};
use crate::limits;

/// A record under construction.
#[derive(Clone)]
pub struct OutRecord<'p> {
    record_type: u8,
    idc: u8,
    fields: Vec<(u16, Vec<u8>)>,
    image: Option<Cow<'p, [u8]>>,
}

impl<'p> OutRecord<'p> {
    /// A tagged record of type 2 or 9 to 99 with its IDC.
    pub fn new(record_type: u8, idc: u8) -> Result<Self, Error> {
        if !matches!(record_type, 2 | 9..=99) || idc > 99 {
            return Err(Error::invalid("record", "type 2 or 9 to 99, and an IDC from 0 to 99"));
        }
        Ok(Self { record_type, idc, fields: Vec::new(), image: None })
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
        if number <= last || number >= 999 {
            return Err(refused("fields in ascending order, from 003 to 998"));
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
        self.fields.push((number, value));
        Ok(self)
    }

    /// Sets field 999.
    pub fn image(&mut self, image: impl Into<Cow<'p, [u8]>>) -> &mut Self {
        self.image = Some(image.into());
        self
    }

    fn head(&self) -> Vec<u8> {
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
            sink.write_all(&[FS])?;
        }
        Ok(())
    }

    pub(super) fn length_bytes(&self) -> usize {
        self.head().len() + self.image.as_ref().map_or(0, |image| image.len() + 1)
    }
}

/// What the header record says, besides what the writer counts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
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
                bytes.push(FS);
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
    let listed: Vec<String> =
        records.map(|(record_type, idc)| format!("\u{1e}{record_type}\u{1f}{idc:02}")).collect();
    let contents = format!("1\u{1f}{}{}", listed.len(), listed.concat());
    let domain = format!("{}\u{1f}{}", h.domain.0, h.domain.1);
    let checked: [(u16, Option<&str>); 9] = [
        (2, Some(&h.version)),
        (4, Some(&h.transaction_type)),
        (5, Some(&h.date)),
        (7, Some(&h.destination_agency)),
        (8, Some(&h.originating_agency)),
        (9, Some(&h.control_number)),
        (10, h.control_reference.as_deref()),
        (13, Some(&h.domain.0)),
        (13, Some(&h.domain.1)),
    ];
    for (number, text) in checked {
        if text.is_some_and(|text| !text.bytes().all(|b| (0x20..0x7f).contains(&b))) {
            let problem = NistProblem::Field { number, expected: "visible ASCII characters" };
            return Err(Error::Nist { problem, record: 1, offset: 0 });
        }
    }
    let priority = h.priority.map(|p| p.to_string());
    let fields: [(u16, Option<&str>); 13] = [
        (2, Some(&h.version)),
        (3, Some(&contents)),
        (4, Some(&h.transaction_type)),
        (5, Some(&h.date)),
        (6, priority.as_deref()),
        (7, Some(&h.destination_agency)),
        (8, Some(&h.originating_agency)),
        (9, Some(&h.control_number)),
        (10, h.control_reference.as_deref()),
        // Resolutions of Type-4 images; there are none, and the standard then asks for zeros.
        (11, Some("00.00")),
        (12, Some("00.00")),
        (13, Some(&domain)),
        (15, Some("3\u{1f}UTF-8")),
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
