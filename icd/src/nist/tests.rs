//! The reader and writer on files made here.

use proptest::prelude::*;

use super::*;

pub(super) fn header() -> TransactionHeader {
    TransactionHeader {
        version: "0502".to_owned(),
        transaction_type: "DSS".to_owned(),
        date: "20260701".to_owned(),
        priority: Some(4),
        destination_agency: "EURODAC".to_owned(),
        originating_agency: "NL/TEST".to_owned(),
        control_number: "0001".to_owned(),
        control_reference: None,
        domain: ("OPEN".to_owned(), "1".to_owned()),
        ..TransactionHeader::default()
    }
}

/// A file with one record of each kind the writer makes.
fn small() -> Vec<u8> {
    let mut writer = TransactionWriter::new(header());
    let mut two = OutRecord::new(2, 0).expect("Type-2");
    two.field(30, "Ünal").expect("text").rows(38, &[&["SYR"], &["XXA"]]).expect("rows");
    let mut fourteen = OutRecord::new(14, 1).expect("Type-14");
    fourteen.field(13, "2").expect("text").items(904, &["a", "b", "c"]).expect("items");
    // Separator bytes inside an image are image bytes.
    fourteen.image(vec![0x1C, 0x1D, 0x1E, 0x1F, 0x1C]);
    writer.push(two).expect("room").push(fourteen).expect("room");
    assert_eq!(writer.to_bytes().map(|bytes| bytes.len()), writer.length_bytes());
    let mut sink = Vec::new();
    writer.write_to(&mut sink).expect("text").expect("memory");
    assert_eq!(Ok(&sink), writer.to_bytes().as_ref());
    sink
}

#[test]
fn what_was_written_is_read() {
    let bytes = small();
    let transaction = Transaction::read(&bytes).expect("own file");
    assert_eq!(transaction.to_bytes(), bytes);
    let header = transaction.type1();
    assert_eq!(header.version(), Some("0502"));
    assert_eq!(header.transaction_type(), Some("DSS"));
    assert_eq!(header.priority(), Some(4));
    assert_eq!(header.domain(), Some(("OPEN", "1")));
    assert_eq!(header.character_set(), Some(3));
    assert_eq!(header.control_reference(), None);
    let two = transaction.tagged(2).next().expect("Type-2");
    assert_eq!(two.text(30), Some("Ünal"));
    let nationalities: Vec<_> = two.field(38).expect("038").text_subfields().flatten().flatten().collect();
    assert_eq!(nationalities, ["SYR", "XXA"]);
    let fourteen = transaction.tagged(14).next().expect("Type-14");
    assert_eq!(fourteen.field(999).map(Field::value), Some(&[0x1C, 0x1D, 0x1E, 0x1F, 0x1C][..]));
    assert_eq!(fourteen.text(904), Some("a\u{1f}b\u{1f}c"));
}

/// Reading copies no image: what a view gives lies inside the caller's bytes.
#[test]
fn images_are_borrowed() {
    let bytes = small();
    let transaction = Transaction::read(&bytes).expect("own file");
    let fourteen = transaction.tagged(14).next().expect("Type-14");
    let image = fourteen.field(999).expect("an image").value().as_ptr_range();
    let file = bytes.as_ptr_range();
    assert!(file.start <= image.start && image.end <= file.end);
}

/// The least record has the length the standard's example shows.
#[test]
fn an_empty_type_2_has_seventeen_bytes() {
    let mut writer = TransactionWriter::new(header());
    writer.push(OutRecord::new(2, 0).expect("Type-2")).expect("room");
    let bytes = writer.to_bytes().expect("writable");
    assert!(bytes.ends_with(b"2.001:18\x1d2.002:00\x1c"), "two-digit IDC makes it eighteen");
    let single =
        [&b"1.001:34\x1d1.002:0300\x1d1.003:1\x1f1\x1e2\x1f0\x1c"[..], b"2.001:17\x1d2.002:0\x1c"].concat();
    assert_eq!(Transaction::read(&single).expect("the standard's example").to_bytes(), single);
}

#[test]
fn hostile_files_are_refused_with_their_reason() {
    fn check(bytes: &[u8], code: &str) {
        let error = Transaction::read(bytes).expect_err(code);
        assert_eq!(error.code(), code, "{error} for {}", String::from_utf8_lossy(bytes));
    }
    fn file(header: &str, rest: &[u8]) -> Vec<u8> {
        let body = header.replace('@', "\u{1d}").replace(',', "\u{1f}").replace(';', "\u{1e}");
        let length = (8..).find(|n| *n == body.len() + 8 + n.to_string().len()).expect("a length that fits");
        [format!("1.001:{length}\u{1d}{body}\u{1c}").as_bytes(), rest].concat()
    }
    check(b"", "I-0301");
    check(b"1.0", "I-0301");
    check(b"\x89PNG\r\n", "I-0304");
    check(b"2.001:17\x1d2.002:0\x1c", "I-0304");
    check(b"1.001:99999999999\x1d1.002:0502\x1c", "I-0302");
    check(b"1.001:4294967295\x1d1.002:0502\x1c", "I-0301");
    check(b"1.001:-1\x1d1.002:0502\x1c", "I-0302");
    check(b"1.001:000000000000000000000000000000000000\x1d", "I-0302");
    check(b"1.001:5\x1d1.002:0502\x1c", "I-0302");
    check(b"1.001:20\x1d1.002:0502\x1d", "I-0302");
    check(&file("1.002:0502", b""), "I-0308");
    check(&file("1.002:0502@1.003:", b""), "I-0305");
    check(&file("1.002:0502@1.003:1,0", b"trailing"), "I-0305");
    check(&file("1.002:0502@1.003:1,2;2,00", b"2.001:18\x1d2.002:00\x1c"), "I-0305");
    check(&file("1.002:0502@1.003:1,1;2,00", b""), "I-0305");
    check(&file("1.002:0502@1.003:1,1;2,01", b"2.001:18\x1d2.002:00\x1c"), "I-0305");
    check(&file("1.002:0502@1.003:1,1;2,00,7", b"2.001:18\x1d2.002:00\x1c"), "I-0305");
    check(&file("1.002:0502@1.003:1,1;1,00", b""), "I-0305");
    check(&file("1.002:0502@1.003:1,1;2,00", b"2.001:17\x1d2.003:0\x1c"), "I-0308");
    check(&file("1.002:0502@1.003:1,1;2,00", b"14.001:18\x1d2.002:0\x1c"), "I-0303");
    check(&file("1.002:0502@1.003:1,1;2,00", b"2.001:18\x1d2002:000\x1c"), "I-0303");
    check(&file("1.002:0502@1.003:1,1;4,00", b"\xff\xff\xff\xff\x00"), "I-0301");
    check(&file("1.002:0502@1.003:1,1;4,00", b"\x00\x00\x00\x00\x00"), "I-0302");
    check(&file("1.002:0502@1.003:1,1;4,00", b"\x00\x00"), "I-0301");
    check(
        &file("1.002:0502@1.003:1,2;2,00;2,01", b"2.001:36\x1d2.002:00\x1c2.001:18\x1d2.002:01\x1c"),
        "I-0302",
    );
    check(&file("1.002:0600@1.003:1,0", b""), "I-0306");
    check(&file("1.002:0201@1.003:1,0", b""), "I-0306");
    check(&file(&format!("1.002:0502@1.003:1,9{}", ";2,0".repeat(2_000)), b""), "I-0307");
}

#[test]
fn cut_anywhere_it_is_refused() {
    let bytes = small();
    for cut in 0..bytes.len() {
        assert!(Transaction::read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn text_with_separators_is_not_written() {
    let mut record = OutRecord::new(2, 0).expect("Type-2");
    for hostile in ["a\u{1d}2.999:b", "a\u{1c}", "line\nbreak", "\u{0}"] {
        assert!(record.field(30, hostile).is_err(), "{hostile:?}");
    }
    assert!(record.field(2, "00").is_err(), "the writer counts IDC itself");
    record.field(30, "fits").expect("text");
    assert!(record.field(30, "again").is_err(), "fields go up");
    assert!(OutRecord::new(4, 0).is_err());
    let hostile = TransactionHeader { control_number: "0\u{1d}1.010:x".to_owned(), ..header() };
    assert!(TransactionWriter::new(hostile).to_bytes().is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(transaction) = Transaction::read_any_version(&bytes) {
            prop_assert_eq!(transaction.to_bytes(), bytes);
        }
    }

    /// Bytes changed in a valid file: it is refused, or it still comes back exactly.
    #[test]
    fn changed_bytes_are_refused_or_come_back(at in 0_usize..300, value in any::<u8>()) {
        let mut bytes = small();
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(transaction) = Transaction::read_any_version(&bytes) {
            prop_assert_eq!(transaction.to_bytes(), bytes);
        }
    }

    /// Whatever the lengths, LEN counts itself rightly.
    #[test]
    fn lengths_count_themselves(text in 0_usize..12_000, image in 0_usize..12_000) {
        let mut record = OutRecord::new(14, 1).expect("Type-14");
        record.field(20, &"x".repeat(text)).expect("text").image(vec![0x1C; image]);
        let mut writer = TransactionWriter::new(header());
        writer.push(record).expect("room");
        let bytes = writer.to_bytes().expect("writable");
        let read = Transaction::read(&bytes).expect("own file");
        let image_read = read.tagged(14).next().and_then(|r| r.field(999)).map(|f| f.value().len());
        prop_assert_eq!(image_read, Some(image));
    }
}

/// A Type-4 record, and one of a kind this crate does not know, go into a new file and come back.
#[test]
fn binary_and_foreign_records_are_written() {
    let head = Type4Header {
        impression: 0,
        positions: vec![2, 3],
        scanning_resolution: 0,
        width_px: 3,
        height_px: 2,
        compression: 0,
    };
    let image = [0x1C, 0x1D, 1, 2, 3, 4];
    let mut foreign = OutRecord::new(98, 7).expect("a tagged type");
    foreign.field(901, "kept").expect("text").image(vec![9; 5]);
    let header = TransactionHeader {
        type_4_resolution_ppi: Some(500),
        gmt: Some("20260701100000Z".to_owned()),
        application_profiles: vec![("ORG".to_owned(), "PROFILE".to_owned(), "1".to_owned())],
        agency_names: Some(("Destination".to_owned(), "Origin".to_owned())),
        ..header()
    };
    let mut writer = TransactionWriter::new(header.clone());
    writer.push(OutRecord::type_4(1, &head, &image[..]).expect("in order")).expect("room");
    writer.push(foreign).expect("room");
    let bytes = writer.to_bytes().expect("writable");
    let read = Transaction::read(&bytes).expect("own file");
    let one = read.type1();
    assert_eq!(one.native_scanning_resolution_px_per_mm(), Some(19.69));
    assert_eq!((one.gmt(), one.agency_names()), (Some("20260701100000Z"), Some(("Destination", "Origin"))));
    assert_eq!(one.application_profiles(), [("ORG", "PROFILE", "1")]);
    assert_eq!(one.contents(), [(4, 1), (98, 7)]);
    assert_eq!(one.character_sets(), [(3, "UTF-8", "")]);
    let Record::Binary(four) = &read.records()[1] else { panic!("Type-4 is binary") };
    let view = Type4::of(four).expect("whole header");
    assert_eq!((view.length_bytes(), view.idc(), view.positions()), (24, 1, vec![2, 3]));
    assert_eq!((view.width_px(), view.height_px(), view.image()), (3, 2, &image[..]));

    let mut again = TransactionWriter::new(header);
    for record in read.records().iter().skip(1) {
        again.push(OutRecord::copied(record).expect("nothing deprecated")).expect("room");
    }
    assert_eq!(again.to_bytes().as_ref(), Ok(&bytes));
}

#[test]
fn what_is_deprecated_is_read_and_never_written() {
    let mut record = OutRecord::new(14, 1).expect("Type-14");
    assert_eq!(record.field(3, "2").expect_err("deprecated").code(), "I-0309");
    assert!(record.field(3, "0").is_ok());
    for (record_type, code) in
        [9, 13, 14, 15, 19].into_iter().flat_map(|kind| (0..=255_u8).map(move |c| (kind, c)))
    {
        let written = OutRecord::new(record_type, 1).expect("tagged").field(3, &code.to_string()).is_ok();
        assert_eq!(
            written,
            !dictionary::is_deprecated_impression(code),
            "Type-{record_type}, impression {code}"
        );
    }
    assert!(OutRecord::new(10, 1).expect("Type-10").field(3, "2").is_ok(), "no impression there");
    let older = TransactionHeader { version: "0400".to_owned(), ..header() };
    assert_eq!(TransactionWriter::new(older).to_bytes().expect_err("older").code(), "I-0309");
    let head = |impression, compression| Type4Header {
        impression,
        positions: vec![1],
        scanning_resolution: 0,
        width_px: 1,
        height_px: 1,
        compression,
    };
    for refused in [head(2, 0), head(0, 7), Type4Header { positions: Vec::new(), ..head(0, 0) }] {
        assert_eq!(
            OutRecord::type_4(1, &refused, vec![0]).map(|_| ()).expect_err("refused").code(),
            "I-0309"
        );
    }
    let old = [
        &b"1.001:35\x1d1.002:0300\x1d1.003:1\x1f1\x1e3\x1f01\x1c"[..],
        &[0, 0, 0, 20, 1, 0, 2, 255, 255, 255, 255, 255, 0, 0, 2, 0, 1, 0, 7, 7],
    ]
    .concat();
    let read = Transaction::read(&old).expect("old files are read");
    assert_eq!(read.to_bytes(), old);
    assert!(OutRecord::copied(&read.records()[1]).is_err(), "Type-3 is deprecated");
}
