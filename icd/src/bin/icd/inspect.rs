//! Records and fields in words.

use std::fmt::Write as _;

use icd::nist::dictionary;
use icd::nist::{BinaryRecord, Field, Record, Survey, TaggedRecord, Transaction, Type4};
use serde_json::{Value, json};

use crate::Failure;

/// Longest value shown in full; images are shown by their size.
const SHOWN_CHARS_MAX: usize = 200;

pub(crate) fn run(bytes: &[u8], json: bool) -> Result<(), Failure> {
    let Survey { readable: transaction, problems } = Transaction::survey(bytes);
    // A version this crate does not know is shown all the same.
    let whole = Transaction::read_any_version(bytes).is_ok();
    let problems = if whole { Vec::new() } else { problems };
    if json {
        let shown = as_json(&transaction, &problems);
        say!("{}", serde_json::to_string_pretty(&shown).unwrap_or_default());
    } else if !transaction.records().is_empty() {
        say!("{}", as_text(&transaction).trim_end());
    }
    if whole {
        return Ok(());
    }
    for problem in &problems {
        eprintln!("{}", Failure::from(problem.clone()));
    }
    Err(Failure::Told)
}

fn as_text(transaction: &Transaction<'_>) -> String {
    let mut text = String::new();
    for (index, record) in transaction.records().iter().enumerate() {
        let name = dictionary::record_name(record.record_type());
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "record {} · Type-{} {name} · {} bytes from {}",
            index + 1,
            record.record_type(),
            record.length_bytes(),
            record.offset()
        );
        match record {
            Record::Tagged(tagged) => tagged_text(&mut text, tagged),
            Record::Binary(binary) => binary_text(&mut text, binary),
        }
    }
    text
}

fn tagged_text(text: &mut String, record: &TaggedRecord<'_>) {
    for field in record.fields() {
        let (mnemonic, name) = dictionary::field_name(record.record_type(), field.number())
            .unwrap_or(("", unlisted(record.record_type())));
        let tag = format!("{}.{:03}", record.record_type(), field.number());
        let _ = writeln!(text, "  {tag:8} {mnemonic:5} {name:28} {}", value(record.record_type(), field));
    }
}

/// Type-2 belongs to the domain: the profile in use knows what its fields mean.
fn unlisted(record_type: u8) -> &'static str {
    if record_type == 2 { "defined by the domain" } else { "not in this tool's list" }
}

fn value(record_type: u8, field: &Field<'_>) -> String {
    if field.number() == 999 {
        return format!("{} bytes, {}", field.value().len(), kind(field.value()));
    }
    let item = |(index, item)| {
        let text = shown(item);
        match dictionary::item_meaning(record_type, field.number(), index, &text) {
            Some(meaning) => format!("{text} ({meaning})"),
            None => text,
        }
    };
    let shown: Vec<String> = field
        .subfields()
        .map(|items| items.into_iter().enumerate().map(item).collect::<Vec<_>>().join(", "))
        .collect();
    let mut text = shown.join(" | ");
    if let Some(meaning) = dictionary::code_meaning(record_type, field.number(), &text) {
        let _ = write!(text, " ({meaning})");
    }
    if text.chars().count() > SHOWN_CHARS_MAX {
        text = text.chars().take(SHOWN_CHARS_MAX).collect::<String>() + "…";
    }
    text
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
fn signature_text(text: &mut String, bytes: &[u8]) {
    let &[_, _, _, _, _, of, form, resolution, w1, w0, h1, h0, ref image @ ..] = bytes else { return };
    let whose = match of {
        0 => "of the subject",
        1 => "of the official",
        _ => "of a person not in the list",
    };
    let coded = match form {
        0 => "uncompressed image",
        1 => "compressed image",
        2 => "vectors",
        _ => "a form not in the list",
    };
    let _ = writeln!(text, "  SIG {of} ({whose})");
    let _ = writeln!(text, "  SRT {form} ({coded})");
    let _ = writeln!(text, "  ISR {resolution}");
    let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
    let _ = writeln!(text, "  image {width} x {height} pixels, {} bytes", image.len());
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

fn as_json(transaction: &Transaction<'_>, problems: &[icd::Error]) -> Value {
    let records: Vec<Value> = transaction
        .records()
        .iter()
        .map(|record| {
            let fields = match record {
                Record::Tagged(tagged) => {
                    tagged.fields().iter().map(|field| field_json(tagged.record_type(), field)).collect()
                }
                Record::Binary(binary) => binary_json(binary),
            };
            json!({
                "type": record.record_type(),
                "name": dictionary::record_name(record.record_type()),
                "idc": record.idc(),
                "offset": record.offset(),
                "length_bytes": record.length_bytes(),
                "fields": Value::Array(fields),
            })
        })
        .collect();
    let problems: Vec<Value> =
        problems.iter().map(|error| json!({ "code": error.code(), "message": error.to_string() })).collect();
    json!({ "records": records, "problems": problems })
}

fn field_json(record_type: u8, field: &Field<'_>) -> Value {
    let number = field.number();
    let (mnemonic, name) = dictionary::field_name(record_type, number).unzip();
    let tag = format!("{record_type}.{number:03}");
    if number == 999 {
        let (image_bytes, kind) = (field.value().len(), kind(field.value()));
        return json!({ "number": 999, "tag": tag, "mnemonic": mnemonic, "name": name, "image_bytes": image_bytes, "kind": kind });
    }
    let rows: Vec<Vec<String>> =
        field.subfields().map(|items| items.into_iter().map(shown).collect()).collect();
    let meaning = field.text().and_then(|text| dictionary::code_meaning(record_type, number, text));
    json!({ "number": number, "tag": tag, "mnemonic": mnemonic, "name": name, "subfields": rows, "meaning": meaning })
}

fn binary_json(record: &BinaryRecord<'_>) -> Vec<Value> {
    let Some(view) = Type4::with_the_same_header(record) else { return Vec::new() };
    vec![json!({
        "positions": view.positions(),
        "impression": view.impression(),
        "width_px": view.width_px(),
        "height_px": view.height_px(),
        "compression": view.compression(),
        "image_bytes": view.image().len(),
        "kind": kind(view.image()),
    })]
}
