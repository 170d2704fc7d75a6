//! Records and fields in words.
//!
//! The fields of Type-2 are the domain's: a profile names them, the one asked for or the shipped one whose domain the file
//! gives. Nothing with a meaning is cut.

mod type2;

use std::fmt::Write as _;

use icd::nist::dictionary;
use icd::nist::{BinaryRecord, Field, Record, Survey, TaggedRecord, Transaction, Type4};
use icd::profile::{DatasetField, Profile};
use serde_json::{Value, json};

use crate::Failure;

/// A value without codes is cut after this many characters in text, and never in JSON.
const SHOWN_CHARS_MAX: usize = 2000;

pub(crate) fn run(bytes: &[u8], profile: Option<Profile>, json: bool) -> Result<(), Failure> {
    let Survey { readable: transaction, problems } = Transaction::survey(bytes);
    // A version this crate does not know is shown all the same.
    let whole = Transaction::read_any_version(bytes).is_ok();
    let problems = if whole { Vec::new() } else { problems };
    let shown = Inspection { profile: profile.or_else(|| of_domain(&transaction)), transaction };
    if json {
        let shown = shown.as_json(&problems);
        say!("{}", serde_json::to_string_pretty(&shown).unwrap_or_default());
    } else if !shown.transaction.records().is_empty() {
        say!("{}", shown.as_text().trim_end());
    }
    if whole {
        return Ok(());
    }
    for problem in &problems {
        eprintln!("{}", Failure::from(problem.clone()));
    }
    Err(Failure::Told)
}

/// The shipped profile whose domain name stands in field 1.013.
fn of_domain(transaction: &Transaction<'_>) -> Option<Profile> {
    let domain = transaction.tagged(1).next()?.field(13)?.text_subfields().next()??;
    let name = *domain.first()?;
    let shipped = Profile::SHIPPED.iter().filter_map(|name| Profile::shipped(name));
    shipped.into_iter().find(|profile| profile.itl.domain_name == name)
}

/// A file and the profile that names the fields of its Type-2 records.
struct Inspection<'a> {
    transaction: Transaction<'a>,
    profile: Option<Profile>,
}

/// One item of a field and what it means.
struct Item {
    text: String,
    meaning: Option<String>,
}

impl Inspection<'_> {
    fn as_text(&self) -> String {
        let mut text = String::new();
        for (index, record) in self.transaction.records().iter().enumerate() {
            let name = dictionary::record_name(record.record_type());
            // Writing into a string cannot fail.
            let _ = writeln!(
                text,
                "record {} · Type-{} {name} · {} bytes from {}{}",
                index + 1,
                record.record_type(),
                record.length_bytes(),
                record.offset(),
                self.whose_fields(record.record_type())
            );
            match record {
                Record::Tagged(tagged) => self.tagged_text(&mut text, tagged),
                Record::Binary(binary) => binary_text(&mut text, binary),
            }
        }
        text
    }

    fn whose_fields(&self, record_type: u8) -> String {
        match &self.profile {
            _ if record_type != 2 => String::new(),
            Some(profile) => format!(" · fields of profile {}", profile.name),
            None => " · no shipped profile has its domain; --profile names its fields".to_owned(),
        }
    }

    fn tagged_text(&self, text: &mut String, record: &TaggedRecord<'_>) {
        for field in record.fields() {
            let (mnemonic, name) = self.names(record.record_type(), field.number());
            let name = name.unwrap_or_else(|| self.unlisted(record.record_type()));
            let tag = format!("{}.{:03}", record.record_type(), field.number());
            let value = self.value(record.record_type(), field);
            let _ = writeln!(text, "  {tag:8} {:5} {name:28} {value}", mnemonic.unwrap_or_default());
        }
    }

    /// Mnemonic and name of a field, where it has them.
    fn names(&self, record_type: u8, number: u16) -> (Option<&'static str>, Option<&'static str>) {
        if let Some(field) = self.dataset_field(record_type, number) {
            return (None, Some(type2::name(field)));
        }
        dictionary::field_name(record_type, number).unzip()
    }

    fn dataset_field(&self, record_type: u8, number: u16) -> Option<DatasetField> {
        type2::field(self.profile.as_ref().filter(|_| record_type == 2)?, number)
    }

    fn unlisted(&self, record_type: u8) -> &'static str {
        match (record_type, &self.profile) {
            (2, Some(_)) => "not in the profile",
            (2, None) => "defined by the domain",
            _ => "not in this tool's list",
        }
    }

    /// Every subfield with its items and their meanings.
    fn rows(&self, record_type: u8, field: &Field<'_>) -> Vec<Vec<Item>> {
        let dataset_field = self.dataset_field(record_type, field.number());
        let row = |items: Vec<&[u8]>| {
            let texts: Vec<String> = items.into_iter().map(shown).collect();
            let meaning = |index: usize| match dataset_field {
                Some(dataset_field) => type2::meaning(dataset_field, &texts, index),
                None => {
                    let text = texts.get(index)?;
                    dictionary::item_meaning(record_type, field.number(), index, text).map(str::to_owned)
                }
            };
            let meanings: Vec<Option<String>> = (0..texts.len()).map(meaning).collect();
            texts.into_iter().zip(meanings).map(|(text, meaning)| Item { text, meaning }).collect()
        };
        field.subfields().map(row).collect()
    }

    fn value(&self, record_type: u8, field: &Field<'_>) -> String {
        if field.number() == 999 {
            return format!("{} bytes, {}", field.value().len(), kind(field.value()));
        }
        let rows = self.rows(record_type, field);
        let item = |item: &Item| match &item.meaning {
            Some(meaning) => format!("{} ({meaning})", item.text),
            None => item.text.clone(),
        };
        let lines: Vec<String> =
            rows.iter().map(|items| items.iter().map(item).collect::<Vec<_>>().join(", ")).collect();
        let text = lines.join(" | ");
        let is_coded = rows.iter().flatten().any(|item| item.meaning.is_some());
        if is_coded { text } else { cut(&text) }
    }

    fn as_json(&self, problems: &[icd::Error]) -> Value {
        let record = |record: &Record<'_>| {
            let fields = match record {
                Record::Tagged(tagged) => {
                    let fields = tagged.fields().iter();
                    fields.map(|field| self.field_json(tagged.record_type(), field)).collect()
                }
                Record::Binary(binary) => vec![binary_json(binary)],
            };
            json!({
                "type": record.record_type(),
                "name": dictionary::record_name(record.record_type()),
                "idc": record.idc(),
                "offset": record.offset(),
                "length_bytes": record.length_bytes(),
                "fields": Value::Array(fields),
            })
        };
        let problem = |error: &icd::Error| json!({ "code": error.code(), "message": error.to_string() });
        json!({
            "profile": self.profile.as_ref().map(|profile| &profile.name),
            "records": self.transaction.records().iter().map(record).collect::<Vec<_>>(),
            "problems": problems.iter().map(problem).collect::<Vec<_>>(),
        })
    }

    /// `meanings` lies over `subfields`, item by item; `meaning` is that of a field with one item.
    fn field_json(&self, record_type: u8, field: &Field<'_>) -> Value {
        let number = field.number();
        let (mnemonic, name) = self.names(record_type, number);
        let tag = format!("{record_type}.{number:03}");
        if number == 999 {
            let (image_bytes, kind) = (field.value().len(), kind(field.value()));
            return json!({ "number": 999, "tag": tag, "mnemonic": mnemonic, "name": name, "image_bytes": image_bytes, "kind": kind });
        }
        let rows = self.rows(record_type, field);
        let each = |of: fn(&Item) -> Value| -> Vec<Vec<Value>> {
            rows.iter().map(|items| items.iter().map(of).collect()).collect()
        };
        let meaning = match rows.as_slice() {
            [row] if row.len() == 1 => row.first().and_then(|item| item.meaning.as_deref()),
            _ => None,
        };
        json!({
            "number": number,
            "tag": tag,
            "mnemonic": mnemonic,
            "name": name,
            "dataset_field": self.dataset_field(record_type, number).map(DatasetField::key),
            "subfields": each(|item| json!(item.text)),
            "meanings": each(|item| json!(item.meaning)),
            "meaning": meaning,
        })
    }
}

/// A long value up to the bound, and how much of it is not shown.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        None => text.to_owned(),
        Some((end, _)) => {
            let (shown, left_out) = text.split_at(end);
            format!("{shown}… ({} more characters, all with --json)", left_out.chars().count())
        }
    }
}

/// An item as text; what is not text is shown as such and never sent raw to a terminal.
fn shown(item: &[u8]) -> String {
    match std::str::from_utf8(item) {
        Ok(text) => text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect(),
        Err(_) => format!("{} bytes that are not UTF-8", item.len()),
    }
}

fn binary_text(text: &mut String, record: &BinaryRecord<'_>) {
    let _ = writeln!(text, "  IDC {}", record.idc());
    if record.record_type() == 8 {
        return signature_text(text, record.bytes());
    }
    let Some(view) = Type4::with_the_same_header(record) else {
        let _ = writeln!(
            text,
            "  {} bytes in a form of its writer's own",
            record.bytes().len().saturating_sub(5)
        );
        return;
    };
    let positions: Vec<String> = view
        .positions()
        .iter()
        .map(|code| format!("{code} ({})", dictionary::position(*code).unwrap_or("not a finger")))
        .collect();
    let _ = writeln!(text, "  FGP {}", positions.join(", "));
    let _ = writeln!(
        text,
        "  IMP {} ({})",
        view.impression(),
        dictionary::impression(view.impression()).unwrap_or("not in the list")
    );
    let compression = view.compression().to_string();
    let _ = writeln!(
        text,
        "  image {} x {} pixels, {} ({}), {} bytes, {}",
        view.width_px(),
        view.height_px(),
        compression,
        dictionary::compression(&compression).unwrap_or("not in the list"),
        view.image().len(),
        kind(view.image())
    );
}

/// The binary header of a signature: SIG, SRT, ISR, HLL, VLL.
struct Signature<'a> {
    of: u8,
    form: u8,
    resolution: u8,
    width_px: u16,
    height_px: u16,
    image: &'a [u8],
}

impl<'a> Signature<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let &[_, _, _, _, _, of, form, resolution, w1, w0, h1, h0, ref image @ ..] = bytes else {
            return None;
        };
        let (width_px, height_px) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        Some(Self { of, form, resolution, width_px, height_px, image })
    }

    fn whose(&self) -> &'static str {
        match self.of {
            0 => "of the subject",
            1 => "of the official",
            _ => "of a person not in the list",
        }
    }

    fn coded(&self) -> &'static str {
        match self.form {
            0 => "uncompressed image",
            1 => "compressed image",
            2 => "vectors",
            _ => "a form not in the list",
        }
    }
}

fn signature_text(text: &mut String, bytes: &[u8]) {
    let Some(signature) = Signature::of(bytes) else { return };
    let _ = writeln!(text, "  SIG {} ({})", signature.of, signature.whose());
    let _ = writeln!(text, "  SRT {} ({})", signature.form, signature.coded());
    let _ = writeln!(text, "  ISR {}", signature.resolution);
    let Signature { width_px, height_px, image, .. } = signature;
    let _ = writeln!(text, "  image {width_px} x {height_px} pixels, {} bytes", image.len());
}

/// What an image's first bytes say it is.
fn kind(image: &[u8]) -> &'static str {
    match image {
        [0xFF, 0xA0, 0xFF, ..] => "WSQ",
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [0x89, b'P', b'N', b'G', ..] => "PNG",
        [0, 0, 0, 0x0C, b'j', b'P', ..] => "JPEG 2000",
        [0xFF, 0x4F, 0xFF, 0x51, ..] => "JPEG 2000 codestream",
        _ => "no known signature",
    }
}

/// The parts of a binary record; `meanings` has those of its codes.
fn binary_json(record: &BinaryRecord<'_>) -> Value {
    if let Some(view) = Type4::with_the_same_header(record) {
        let positions: Vec<_> = view.positions().iter().map(|code| dictionary::position(*code)).collect();
        return json!({
            "positions": view.positions(),
            "impression": view.impression(),
            "width_px": view.width_px(),
            "height_px": view.height_px(),
            "compression": view.compression(),
            "image_bytes": view.image().len(),
            "kind": kind(view.image()),
            "meanings": {
                "positions": positions,
                "impression": dictionary::impression(view.impression()),
                "compression": dictionary::compression(&view.compression().to_string()),
            },
        });
    }
    match Signature::of(record.bytes()).filter(|_| record.record_type() == 8) {
        Some(signature) => json!({
            "signature_of": signature.of,
            "form": signature.form,
            "width_px": signature.width_px,
            "height_px": signature.height_px,
            "image_bytes": signature.image.len(),
            "meanings": { "signature_of": signature.whose(), "form": signature.coded() },
        }),
        None => json!({ "content_bytes": record.bytes().len().saturating_sub(5) }),
    }
}
