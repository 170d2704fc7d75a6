//! Records and fields as slices of the file.

use std::fmt;

use super::{FS, GS, RS, US};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// Tagged fields: Types 1, 2 and 9 to 99.
    Tagged(TaggedRecord<'a>),
    /// A fixed binary header and an image: Types 3 to 8.
    Binary(BinaryRecord<'a>),
}

impl<'a> Record<'a> {
    /// The type.
    #[must_use]
    pub fn record_type(&self) -> u8 {
        match self {
            Self::Tagged(tagged) => tagged.record_type,
            Self::Binary(binary) => binary.record_type,
        }
    }

    /// The image designation character; Type-1 has none.
    #[must_use]
    pub fn idc(&self) -> Option<u8> {
        match self {
            Self::Tagged(tagged) if tagged.record_type == 1 => None,
            Self::Tagged(tagged) => tagged.number(2),
            Self::Binary(binary) => Some(binary.idc),
        }
    }

    /// Where the record begins in the file.
    #[must_use]
    pub fn offset(&self) -> usize {
        match self {
            Self::Tagged(tagged) => tagged.offset,
            Self::Binary(binary) => binary.offset,
        }
    }

    /// The record's length, with everything LEN counts.
    #[must_use]
    pub fn length_bytes(&self) -> usize {
        match self {
            Self::Tagged(tagged) => {
                tagged.fields.iter().map(|field| field.tag.len() + 1 + field.value.len() + 1).sum()
            }
            Self::Binary(binary) => binary.bytes.len(),
        }
    }

    /// The tagged record, when it is one.
    #[must_use]
    pub fn as_tagged(&self) -> Option<&TaggedRecord<'a>> {
        match self {
            Self::Tagged(tagged) => Some(tagged),
            Self::Binary(_) => None,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Tagged(tagged) => tagged.write(out),
            Self::Binary(binary) => out.extend_from_slice(binary.bytes),
        }
    }
}

/// A record of tagged fields. Every field of the file is here, known or not.
#[derive(Clone, PartialEq, Eq)]
pub struct TaggedRecord<'a> {
    pub(super) record_type: u8,
    pub(super) offset: usize,
    pub(super) fields: Vec<Field<'a>>,
}

impl<'a> TaggedRecord<'a> {
    /// The type.
    #[must_use]
    pub fn record_type(&self) -> u8 {
        self.record_type
    }

    /// Where the record begins in the file.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Every field, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// The first field with this number.
    #[must_use]
    pub fn field(&self, number: u16) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The value of a field as text.
    #[must_use]
    pub fn text(&self, number: u16) -> Option<&'a str> {
        self.field(number)?.text()
    }

    /// The value of a field as a decimal number; leading zeros are accepted.
    #[must_use]
    pub fn number<T: std::str::FromStr>(&self, number: u16) -> Option<T> {
        decimal(self.field(number)?.value)
    }

    fn write(&self, out: &mut Vec<u8>) {
        for (index, field) in self.fields.iter().enumerate() {
            out.extend_from_slice(field.tag);
            out.push(b':');
            out.extend_from_slice(field.value);
            out.push(if index + 1 == self.fields.len() { FS } else { GS });
        }
    }
}

impl fmt::Debug for TaggedRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<u16> = self.fields.iter().map(|field| field.number).collect();
        f.debug_struct("TaggedRecord")
            .field("record_type", &self.record_type)
            .field("fields", &numbers)
            .finish()
    }
}

/// One field: its tag as written, its number, and its value as borrowed bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    pub(super) tag: &'a [u8],
    pub(super) number: u16,
    pub(super) value: &'a [u8],
}

impl<'a> Field<'a> {
    /// The field number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The whole value, separators included.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.value
    }

    /// The whole value as text, when it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.value).ok()
    }

    /// The subfields, each as its items. A value without separators is one subfield with one item.
    pub fn subfields(&self) -> impl Iterator<Item = Vec<&'a [u8]>> + use<'a> {
        self.value.split(|byte| *byte == RS).map(|subfield| subfield.split(|byte| *byte == US).collect())
    }

    /// The subfields as text; `None` where one item is not UTF-8.
    pub fn text_subfields(&self) -> impl Iterator<Item = Option<Vec<&'a str>>> + use<'a> {
        self.subfields().map(|items| items.into_iter().map(|item| std::str::from_utf8(item).ok()).collect())
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({}, {} bytes)", self.number, self.value.len())
    }
}

/// A record with a fixed binary header; the next record begins right after it, without a separator.
#[derive(Clone, PartialEq, Eq)]
pub struct BinaryRecord<'a> {
    pub(super) record_type: u8,
    pub(super) idc: u8,
    pub(super) offset: usize,
    pub(super) bytes: &'a [u8],
}

impl<'a> BinaryRecord<'a> {
    /// The type.
    #[must_use]
    pub fn record_type(&self) -> u8 {
        self.record_type
    }

    /// Where the record begins in the file.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The image designation character.
    #[must_use]
    pub fn idc(&self) -> u8 {
        self.idc
    }

    /// The whole record, header included.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl fmt::Debug for BinaryRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BinaryRecord(Type-{}, {} bytes)", self.record_type, self.bytes.len())
    }
}

/// Digits only, at most ten of them: no sign, no space.
pub(super) fn decimal<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    if bytes.is_empty() || bytes.len() > 10 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
