//! The tool as a person or a script meets it: output, exit codes, errors with codes on stderr.

#[path = "tool/inspect.rs"]
mod inspect;

use std::path::Path;
use std::process::{Command, Output};

use icd::container::{ContainerContent, DeviceDescription, FingerRecord, FingerSegment, build};
use icd::dataset::{CountryCode, Dataset, Event, MemberState, PartialDate, Sex};
use icd::finger::{FingerPosition, Impression};
use icd::identifier::{PartyId, StaffId};
use icd::message::{ContainerDigest, Message, Priority, Submission};
use icd::nist::{OutRecord, TransactionHeader, TransactionWriter};
use icd::profile::Profile;
use jiff::civil::date;

fn icd(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_icd")).args(arguments).output().expect("the tool starts")
}

#[track_caller]
fn check(arguments: &[&str], exit: i32, stdout: &str, stderr: &str) {
    let output = icd(arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(stdout), "{arguments:?} should print {stdout}:\n{out}");
    assert!(err.contains(stderr), "{arguments:?} should complain {stderr}:\n{err}");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn stripes(width: u32, height: u32) -> Vec<u8> {
    (0..height).flat_map(|_| (0..width).map(|x| if x % 9 < 4 { 30 } else { 220 })).collect()
}

/// A small case: one dataset, three slaps, no face.
fn case() -> (Submission, Vec<u8>) {
    let event = Event {
        member_state: MemberState::new("NL").expect("letters"),
        place: "Ter Apel".to_owned(),
        date: date(2026, 7, 1),
    };
    let operator = StaffId::new("officer-1").expect("plain");
    let mut dataset = Dataset::new(Sex::Male, event, operator.clone(), date(2026, 7, 1));
    dataset.surnames.push("Voorbeeld".to_owned());
    dataset.nationalities.push(CountryCode::new("XXA").expect("letters"));
    dataset.birth_date = Some(PartialDate::from_year(1990).expect("a year"));
    let slap = |position: FingerPosition| FingerRecord {
        position,
        width_px: 400,
        height_px: 320,
        resolution_ppi: 500,
        pixels: stripes(400, 320),
        impression: Impression::PlainContact,
        segments: (0..)
            .step_by(100)
            .zip(position.fingers())
            .map(|(left, f)| FingerSegment {
                finger: *f,
                left_px: left,
                top_px: 0,
                right_px: left + 100,
                bottom_px: 320,
            })
            .collect(),
        quality: Vec::new(),
        missing: Vec::new(),
    };
    let content = ContainerContent {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        reference_number: "NL1000000042".parse().expect("well-formed"),
        category: icd::category::Category::Applicant,
        urgent: false,
        documents: Vec::new(),
        proof_photos: Vec::new(),
        dataset: dataset.clone(),
        fingers: [FingerPosition::RIGHT_FOUR, FingerPosition::LEFT_FOUR, FingerPosition::THUMBS]
            .map(slap)
            .to_vec(),
        face: None,
        device: DeviceDescription::default(),
        captured_on: date(2026, 7, 1),
    };
    let container = build(&Profile::open_2026(), &content).expect("content that fits");
    let instant = |text: &str| text.parse().expect("an instant");
    let submission = Submission {
        message_id: content.message_id,
        sender: PartyId::new("kiosk-1").expect("plain"),
        operator,
        category: content.category,
        reference_number: content.reference_number,
        priority: Priority::Normal,
        clock_start: instant("2026-07-01T10:00:00Z"),
        captured_at: instant("2026-07-01T11:00:00Z"),
        sent_at: instant("2026-07-01T11:30:00Z"),
        minor: false,
        dataset,
        container: ContainerDigest::of(&container),
    };
    (submission, container)
}

#[test]
fn files_are_shown_checked_and_taken_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let (submission, container) = case();
    let file = folder.path().join("case.an2");
    std::fs::write(&file, &container).expect("written");
    let envelope = folder.path().join("envelope.xml");
    std::fs::write(&envelope, Message::from(submission).to_xml()).expect("written");
    let (file, envelope) = (text(&file), text(&envelope));

    check(&["inspect", file], 0, "FGP   finger position              13 (right four fingers)", "");
    check(&["inspect", file, "--json"], 0, "\"length_bytes\"", "");
    check(&["roundtrip", file], 0, "all the same", "");
    check(&["validate", file], 0, "0 errors", "");
    check(&["validate", envelope, "--container", file], 0, "I-1101 warning birth-place", "");
    check(&["validate", envelope, "--container", file, "--now", "2026-06-01T00:00:00Z"], 1, "I-1112", "");
    check(&["validate", envelope, "--container", envelope, "--json"], 1, "\"I-1117\"", "");
    check(&["validate", envelope], 2, "", "I-0903");
    check(&["validate", file, "--container", file], 2, "", "I-0903");
    check(&["validate", file, "--now", "2026-07-01T10:00:00Z"], 2, "", "--now goes with an XML envelope");

    // A damaged file: what can be read is shown, and every problem is told.
    let mut damaged = container.clone();
    for (old, new) in [("\u{1d}2.039:", "\u{1d}2x039:"), ("\u{1d}14.004:", "\u{1d}14x004:")] {
        let place = damaged.windows(old.len()).position(|part| part == old.as_bytes()).expect("it occurs");
        damaged[place..place + old.len()].copy_from_slice(new.as_bytes());
    }
    let broken = folder.path().join("broken.an2");
    std::fs::write(&broken, damaged).expect("written");
    let output = icd(&["inspect", text(&broken)]);
    assert_eq!(output.status.code(), Some(1));
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    let records: Vec<bool> =
        ["(record 2)", "(record 3)", "(record 4)"].map(|one| complaints.contains(one)).to_vec();
    assert_eq!(records, [true, true, false], "{complaints}");
    check(&["inspect", text(&broken)], 1, "13 (right four fingers)", "I-0303");
    check(&["validate", text(&broken)], 1, "3 errors", "");
    let output = icd(&["inspect", text(&broken), "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON, also of damage");
    assert_eq!((output.status.code(), &shown["problems"][0]["code"]), (Some(1), &"I-0303".into()), "{shown}");

    let images = folder.path().join("images");
    check(&["extract", file, "--out", text(&images)], 0, "03_type14_fgp13.wsq", "");
    check(&["extract", file, "--out", text(&images), "--decode"], 0, "05_type14_fgp15.png", "");
    let (png, wsq) = (images.join("03_type14_fgp13.png"), images.join("again.wsq"));
    check(&["wsq", "encode", text(&png), "--out", text(&wsq), "--bpp", "0.75"], 0, "", "");
    check(&["wsq", "decode", text(&wsq), "--out", text(&images.join("again.png"))], 0, "", "");
    let again = image::open(images.join("again.png")).expect("a picture");
    assert_eq!((again.width(), again.height()), (400, 320));

    let cut = folder.path().join("cut.an2");
    std::fs::write(&cut, &container[..container.len() / 2]).expect("written");
    for command in ["inspect", "roundtrip"] {
        check(&[command, text(&cut)], 1, "", "error I-0301");
    }
    check(&["validate", text(&cut)], 1, "I-0301", "");
    check(&["wsq", "decode", text(&cut), "--out", text(&wsq)], 1, "", "W-0101");
    let hostile = folder.path().join("hostile.xml");
    std::fs::write(&hostile, "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").expect("written");
    check(&["validate", text(&hostile)], 1, "I-0203", "");
    let output = icd(&["validate", text(&hostile), "--json"]);
    let findings: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("JSON, also of a refusal");
    assert_eq!((output.status.code(), &findings[0]["code"]), (Some(1), &"I-0203".into()));

    // Nothing that somebody has is written over, also not through a link.
    check(&["extract", file, "--out", text(&images)], 1, "", "is there already");
    let mine = folder.path().join("mine");
    std::fs::write(&mine, "mine").expect("written");
    let linked = folder.path().join("linked");
    std::fs::create_dir(&linked).expect("made");
    std::os::unix::fs::symlink(&mine, linked.join("03_type14_fgp13.wsq")).expect("linked");
    check(&["extract", file, "--out", text(&linked)], 1, "", "I-0902");
    assert_eq!(std::fs::read(&mine).expect("there"), b"mine");
    let before = std::fs::read(&png).expect("there");
    check(&["wsq", "encode", text(&png), "--out", text(&png)], 2, "", "I-0903");
    assert_eq!(std::fs::read(&png).expect("there"), before);
    check(&["profile", "check", "open-2027"], 1, "", "open-2026, int-i-6");
}

#[test]
fn a_container_is_built_from_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let picture = image::GrayImage::from_raw(400, 320, stripes(400, 320)).expect("as many pixels");
    picture.save(at.join("slap.png")).expect("saved");
    picture.save(at.join("face.jpg")).expect("saved");
    let boxes = |fingers: &[u8]| {
        let each = (0..).step_by(100).zip(fingers);
        each.map(|(left, f)| format!("[{f}, {left}, 0, {}, 320]", left + 100)).collect::<Vec<_>>().join(", ")
    };
    let case = format!(
        "message_id = \"018f3a5e-7d2c-7abc-8def-0123456789ab\"\nreference_number = \"NL1000000042\"\n\
         category = \"1\"\ncaptured_on = \"2026-07-02\"\noperator = \"officer-1\"\nsurnames = [\"Voorbeeld\"]\n\
         nationalities = [\"XXA\"]\nbirth_date = \"1990\"\nsex = \"F\"\nface = \"face.jpg\"\n\
         event = {{ member_state = \"NL\", place = \"Ter Apel\", date = \"2026-07-01\" }}\n\
         [[finger]]\nposition = 13\nfile = \"slap.png\"\nboxes = [{}]\n\
         [[finger]]\nposition = 15\nfile = \"slap.png\"\nboxes = [{}]\n\
         [[finger]]\nposition = 14\nmissing = [[7, \"amputated\"], [8, \"amputated\"], [9, \"amputated\"], [10, \"amputated\"]]\n",
        boxes(&[2, 3, 4, 5]),
        boxes(&[1, 6])
    );
    std::fs::write(at.join("case.toml"), &case).expect("written");
    let out = at.join("case.an2");
    for profile in ["open-2026", "int-i-6"] {
        check(&["build", text(at), "--profile", profile, "--out", text(&out)], 0, "bytes written", "");
        check(&["roundtrip", text(&out)], 0, "all the same", "");
    }
    check(&["inspect", text(&out)], 0, "NPS", "");
    // The profile it was built with is known by its domain.
    check(&["inspect", text(&out)], 0, "2.039          sex                          F (female)", "");
    check(&["inspect", text(&out)], 0, "fields of profile int-i-6", "");
    // Another category with a field of its own, a scanned document, and haste.
    let resettled = case
        .replace(
            "category = \"1\"",
            "category = \"8\"\nurgent = true\nadditional = { granted_on = \"2026-07-01\" }",
        )
        .replace("NL1000000042", "NL8000000042")
        + "[[document_copy]]\nfile = \"passport.png\"\nof = \"identity-or-travel\"\nauthenticity = \"authentic\"\n";
    image::RgbImage::new(40, 30).save(at.join("passport.png")).expect("saved");
    std::fs::write(at.join("case.toml"), &resettled).expect("written");
    check(&["build", text(at), "--out", text(&out)], 0, "bytes written", "");
    for shown in ["granted-on (date of the grant), 20260701", "1 (most urgent)", "Type-21"] {
        check(&["inspect", text(&out)], 0, shown, "");
    }
    check(&["validate", text(&out)], 0, "0 errors", "");
    let copies = at.join("copies");
    check(&["extract", text(&out), "--out", text(&copies)], 0, "type21.png", "");
    std::fs::write(at.join("case.toml"), resettled.replace("granted_on", "granted")).expect("written");
    check(&["build", text(at), "--out", text(&out)], 1, "", "I-0905");
    std::fs::write(at.join("case.toml"), case.replace("sex =", "gender =")).expect("written");
    check(&["build", text(at), "--out", text(&out)], 1, "", "I-0905");
    std::fs::write(at.join("case.toml"), case.replace("slap.png", "gone.png")).expect("written");
    check(&["build", text(at), "--out", text(&out)], 1, "", "W-0901");
    check(&["build", text(&at.join("nowhere")), "--out", text(&out)], 1, "", "I-0901");

    // What the law forbids is not written, and nothing of the folder is written over.
    std::fs::write(at.join("case.toml"), &case).expect("written");
    for input in ["case.toml", "slap.png", "face.jpg"] {
        check(&["build", text(at), "--out", text(&at.join(input))], 2, "", "I-0903");
    }
    let none = at.join("none.an2");
    let first = "\nboxes = [[2, ";
    for (old, new, code) in [
        ("birth_date = \"1990\"", "birth_date = \"2024\"", "I-1701"),
        ("birth_date = \"1990\"", "birth_date = \"2020\"", "I-1702"),
        ("birth_date = \"1990\"", "birth_date = \"2027\"", "I-1112"),
        ("category = \"1\"", "category = \"4\"", "I-1601"),
        ("category = \"1\"", "category = \"0\"", "I-1602"),
        ("category = \"1\"", "category = \"2\"", "I-1603"),
        ("sex = ", "additional = { granted_on = \"2026-07-01\" }\nsex = ", "I-1103"),
        ("surnames = [\"Voorbeeld\"]", "", "I-1101"),
        ("captured_on = \"2026-07-02\"", "captured_on = \"2020-01-01\"", "I-1602"),
    ] {
        assert!(case.contains(old), "{old}");
        std::fs::write(at.join("case.toml"), case.replacen(old, new, 1)).expect("written");
        check(&["build", text(at), "--out", text(&none)], 1, code, "");
        assert!(!none.exists(), "{new}: nothing is written");
    }
    for (old, new, code) in
        [("face.jpg", "slap.png", "I-0408"), (first, "\nquality = [[2, 200]]\nboxes = [[2, ", "I-0407")]
    {
        assert!(case.contains(old), "{old}");
        std::fs::write(at.join("case.toml"), case.replacen(old, new, 1)).expect("written");
        check(&["build", text(at), "--out", text(&none)], 1, "", code);
        assert!(!none.exists(), "{new}: nothing is written");
    }
}

/// The case in the help can be copied and built, whatever the terminal's width; every command's help has an example.
#[test]
fn the_help_can_be_followed() {
    for command in [
        &["inspect"][..],
        &["validate"],
        &["roundtrip"],
        &["extract"],
        &["build"],
        &["wsq", "encode"],
        &["wsq", "decode"],
        &["deadlines"],
        &["profile", "check"],
    ] {
        let example = format!("\n  icd {} ", command.join(" "));
        check(&[command, &["--help"]].concat(), 0, &example, "");
    }
    for shipped in Profile::SHIPPED {
        check(&["validate", "--help"], 0, shipped, "");
        check(&["profile", "check", "--help"], 0, shipped, "");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let help = String::from_utf8(icd(&["build", "--help"]).stdout).expect("text");
    let (_, case) = help.split_once("\n  message_id").expect("the case begins");
    let (case, _) = case.split_once("\nExample:").expect("an example follows");
    let case = format!("message_id{}", case.replace("\n  ", "\n"));
    assert!(case.lines().all(|line| line.len() < 78), "a terminal of 80 columns would break a line:\n{case}");
    std::fs::write(at.join("case.toml"), &case).expect("written");
    let slap = image::GrayImage::from_raw(800, 900, stripes(800, 900)).expect("as many pixels");
    for name in ["right-four.png", "thumbs.png"] {
        slap.save(at.join(name)).expect("saved");
    }
    image::RgbImage::new(480, 640).save(at.join("face.jpg")).expect("saved");
    image::RgbImage::new(80, 60).save(at.join("passport.png")).expect("saved");
    let out = at.join("case.an2");
    check(&["build", text(at), "--profile", "open-2026", "--out", text(&out)], 0, "bytes written", "");
    check(&["inspect", text(&out)], 0, "Voorbeeld", "");
    // The change of the documentation, as it stands there.
    let page = include_str!("../../docs/reference/icd.md");
    let (_, change) = page.split_once("```xml\n").expect("an example");
    let (change, _) = change.split_once("```").expect("its end");
    std::fs::write(at.join("change.xml"), change).expect("written");
    check(&["validate", text(&at.join("change.xml"))], 0, "no findings", "");
}

/// What stands in field 999 comes out unchanged, whatever the record's type; only pictures are decoded, and what is not is told.
#[test]
fn every_record_with_content_is_taken_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut picture = std::io::Cursor::new(Vec::new());
    let drawn = image::RgbImage::from_fn(31, 20, |x, y| image::Rgb([x as u8, y as u8, 9]));
    drawn.write_to(&mut picture, image::ImageFormat::Png).expect("coded");
    let jpeg2000 = include_bytes!("data/ridges.jp2").to_vec();
    let samples = stripes(30, 20);
    // Separators inside content never end it.
    let sheet = b"%PDF-1.7 \x1c\x1d\x1e\x1f".to_vec();
    let contents = [
        (21, sheet, "02_type21.pdf", None),
        (21, picture.into_inner(), "03_type21.png", Some("03_type21.png")),
        (17, jpeg2000, "04_type17.jp2", Some("04_type17.png")),
        (19, samples.clone(), "05_type19_fgp60.raw", Some("05_type19_fgp60.png")),
        // Fields 6, 7 and 13 mean something else there, so they name and size nothing.
        (99, samples, "06_type99.bin", None),
    ];
    let mut writer = TransactionWriter::new(TransactionHeader {
        version: icd::nist::VERSION_WRITTEN.to_owned(),
        ..TransactionHeader::default()
    });
    for (idc, (record_type, content, ..)) in (0_u8..).zip(&contents) {
        let mut record = OutRecord::new(*record_type, idc).expect("a tagged type");
        if matches!(record_type, 19 | 99) {
            record
                .field(6, "30")
                .and_then(|r| r.field(7, "20"))
                .and_then(|r| r.field(13, "60"))
                .expect("text");
        }
        record.image(content.clone());
        writer.push(record).expect("room");
    }
    let file = folder.path().join("mixed.an2");
    std::fs::write(&file, writer.to_bytes().expect("writable")).expect("written");
    let (plain, decoded) = (folder.path().join("plain"), folder.path().join("decoded"));
    check(&["extract", text(&file), "--out", text(&plain)], 0, "02_type21.pdf", "");
    let output = icd(&["extract", text(&file), "--out", text(&decoded), "--decode"]);
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    for (record_type, content, name, as_picture) in &contents {
        assert_eq!(&std::fs::read(plain.join(name)).expect(name), content, "{name}");
        assert_eq!(notes.contains(name), as_picture.is_none(), "Type-{record_type}: {notes}");
        match as_picture {
            Some(name) => assert!(image::open(decoded.join(name)).expect(name).width() >= 30, "{name}"),
            None => assert_eq!(&std::fs::read(decoded.join(name)).expect(name), content, "{name}"),
        }
    }
    let seen = image::open(decoded.join("03_type21.png")).expect("a picture").into_rgb8();
    assert!(seen == drawn, "a colour picture keeps its colours");
}

#[test]
fn a_clock_that_cannot_be_is_refused() {
    let with = |arguments: &[&str]| {
        let all: Vec<&str> = ["deadlines"].iter().chain(arguments).copied().collect();
        let output = icd(&all);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
    };
    let registered = "registration=2026-07-01T10:00:00Z";
    let held = "apprehension=2026-07-01T10:00:00Z";
    for (arguments, exit, words) in [
        (
            &["--category", "1", "--event", registered, "--event", "registration=2026-07-02T10:00:00Z"][..],
            2,
            "give the trigger once",
        ),
        (
            &["--category", "1", "--event", registered, "--event", "technical=2026-07-20T10:00:00Z"],
            1,
            "I-0706",
        ),
        (
            &[
                "--category",
                "2",
                "--event",
                held,
                "--event",
                "custody=2026-06-01T10:00:00Z/2026-07-20T10:00:00Z",
            ],
            1,
            "I-0704",
        ),
        (
            &["--category", "1", "--operation", "mark-residence-document", "--start", "2026-07-01T10:00:00Z"],
            1,
            "I-1606",
        ),
        (
            &[
                "--category",
                "1",
                "--operation",
                "rectify",
                "--start",
                "2026-07-01T10:00:00Z",
                "--event",
                registered,
            ],
            2,
            "I-0903",
        ),
        (&["--category", "1", "--event", registered, "--start", "2026-07-01T10:00:00Z"], 2, "--operation"),
        (
            &[
                "--category",
                "7",
                "--event",
                "admission-registration=2026-07-01T10:00:00Z",
                "--policy-hours",
                "24",
            ],
            0,
            "due 2026-07-02T10:00:00Z by the site's policy",
        ),
        (
            &[
                "--category",
                "2",
                "--event",
                held,
                "--event",
                "custody=2026-07-01T10:00:00Z",
                "--now",
                "2026-07-05T00:00:00Z",
            ],
            0,
            "until release from custody: no figure in law, Article 22(4)\nalso: base limit: due 2026-07-04T10:00:00Z, Article 22(2)\nstate: no limit",
        ),
    ] {
        let (code, said) = with(arguments);
        assert!(code == exit && said.contains(words), "{arguments:?} gives {code}: {said}");
    }
}

#[test]
fn the_law_is_asked_for_clocks() {
    let event = "registration=2026-07-01T10:00:00Z";
    check(
        &["deadlines", "--category", "1", "--event", event],
        0,
        "base limit: due 2026-07-04T10:00:00Z, Article 15(1)",
        "",
    );
    check(
        &["deadlines", "--category", "1", "--event", event, "--now", "2026-07-05T00:00:00Z"],
        0,
        "overdue, obligation continues",
        "",
    );
    check(
        &["deadlines", "--category", "1", "--event", event, "--event", "retake=2026-07-04T00:00:00Z"],
        0,
        "after the successful retake: due 2026-07-06T00:00:00Z, Article 15(1)\n\
         also: base limit: due 2026-07-04T10:00:00Z, Article 15(1)",
        "",
    );
    check(
        &[
            "deadlines",
            "--category",
            "1",
            "--event",
            event,
            "--event",
            "influx=2026-07-01T00:00:00Z/2026-07-09T00:00:00Z",
        ],
        1,
        "",
        "error I-0701",
    );
    let start = ["--start", "2026-07-01T10:00:00Z"];
    // Who has only the help finds every word that can be given.
    for operation in icd::operation::Operation::ALL {
        if operation != icd::operation::Operation::Submit {
            check(&["deadlines", "--help"], 0, operation.code(), "");
        }
    }
    let erase = ["deadlines", "--category", "1", "--operation", "erase-inaccurate"];
    check(&[&erase[..], &start[..]].concat(), 0, "no figure in law, Article 40(5), 43(4)", "");
    check(&[&erase[..], &start[..], &["--policy-hours", "24"][..]].concat(), 0, "by the site's policy", "");
    check(&["deadlines", "--category", "4", "--json"], 0, "\"due\":null", "");
    check(&["deadlines", "--category", "1", "--event", "grant=2026-07-01T10:00:00Z"], 2, "", "I-0903");
    check(&["deadlines", "--category", "1", "--event", "birthday=2026-07-01T10:00:00Z"], 2, "", "I-0903");
    check(&["deadlines", "--category", "1", "--event", "registration=yesterday"], 2, "", "I-0903");
    check(&["deadlines", "--category", "1"], 2, "", "registration=TIME");
    check(&["deadlines", "--category", "x"], 2, "", "I-0903");
}

/// An argument that would count for nothing is refused or told, and what lies ahead has not happened.
#[test]
fn nothing_said_of_a_clock_is_ignored() {
    let with = |arguments: &str, exit: i32, stdout: &str, stderr: &str| {
        let all: Vec<&str> = ["deadlines"].into_iter().chain(arguments.split(' ')).collect();
        check(&all, exit, stdout, stderr);
    };
    let registered = "--category 1 --event registration=2026-07-01T10:00:00Z";
    // One moment is one time.
    for event in ["registration", "retake", "health-ended", "technical"] {
        let twice = format!("{event}=2026-07-02T10:00:00Z/2026-07-03T10:00:00Z");
        let base = if event == "registration" { "--category 1" } else { registered };
        with(&format!("{base} --event {twice}"), 2, "", "only influx and custody take FROM/UNTIL");
    }
    // Ahead of now, nothing has happened yet; at now, it has.
    for event in ["retake", "health-ended", "technical"] {
        let at = |now: &str| format!("{registered} --event {event}=2026-07-03T10:00:00Z --now {now}");
        with(&at("2026-07-03T10:00:00Z"), 0, "state: ", "");
        with(&at("2026-07-03T09:59:59Z"), 2, "", "I-0903: ");
        with(
            &at("2026-07-03T09:59:59Z"),
            2,
            "",
            &format!("{event} at 2026-07-03T10:00:00Z lies after --now"),
        );
    }
    with(&format!("{registered} --now 2026-06-30T10:00:00Z"), 2, "", "registration at");
    let operation = "--category 1 --operation rectify --start 2026-07-01T10:00:00Z";
    with(&format!("{operation} --now 2026-06-30T10:00:00Z"), 2, "", "--start at");
    // Before the clock began, nothing was decided for it.
    with(&format!("{registered} --event technical=2026-06-30T10:00:00Z"), 1, "", "error I-0704");
    // A site's policy counts only where the law has no figure.
    with(
        &format!("{registered} --policy-hours 24"),
        0,
        "2026-07-04",
        "Article 15(1) has a figure of its own",
    );
    with("--category 4 --policy-hours 24", 0, "no figure", "Article 32-33 starts no clock");
    let output =
        icd(&[&["deadlines"][..], &operation.split(' ').collect::<Vec<_>>(), &["--policy-hours", "24"]]
            .concat());
    assert_eq!(output.stderr, b"", "it is used");
}

/// Every line and every object says which clock it is.
#[test]
fn clocks_have_names() {
    let shown = |arguments: &str| {
        let all: Vec<&str> = ["deadlines"].into_iter().chain(arguments.split(' ')).collect();
        let text = String::from_utf8(icd(&all).stdout).expect("text");
        let output = icd(&[&all[..], &["--json"]].concat());
        (text, serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON"))
    };
    let (text, json) = shown(
        "--category 1 --event registration=2026-07-01T10:00:00Z --event technical=2026-07-02T09:00:00Z \
         --event retake=2026-07-05T10:00:00Z --event health-ended=2026-07-06T10:00:00Z",
    );
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "after the health obstacle: due 2026-07-08T10:00:00Z, Article 15(2)",
            "also: after the successful retake: due 2026-07-07T10:00:00Z, Article 15(1)",
            "also: base limit with technical extension: due 2026-07-06T10:00:00Z, Article 15(2)",
        ]
    );
    let kinds: Vec<_> = (0..3).map(|index| json["clocks"][index]["kind"].as_str()).collect();
    let expected = ["after-health-obstacle", "after-retake", "base-with-technical-extension"].map(Some);
    assert_eq!((kinds.as_slice(), json["kind"].as_str()), (&expected[..], expected[0]));
    assert_eq!(json["clock_start"], "2026-07-01T10:00:00Z");
    let first = &json["extensions"][0];
    assert_eq!(
        (&first["ground"]["kind"], &first["at"]),
        (&"technical-problem".into(), &"2026-07-02T09:00:00Z".into())
    );
    assert_eq!(json["extensions"][1]["ground"]["at"], "2026-07-05T10:00:00Z");

    let influx = "--event influx=2026-07-01T00:00:00Z/2026-07-09T00:00:00Z";
    let (text, _) = shown(&format!("--category 9 --event disembarkation=2026-07-01T10:00:00Z {influx}"));
    assert_eq!(text, "base limit with influx extension: due 2026-07-06T10:00:00Z, Article 24(6)\n");
    let custody = "--event custody=2026-07-01T10:00:00Z/2026-07-09T10:00:00Z";
    let (text, json) = shown(&format!("--category 2 --event apprehension=2026-07-01T10:00:00Z {custody}"));
    assert!(
        text.starts_with("until release from custody: due 2026-07-09T10:00:00Z, Article 22(4)\n"),
        "{text}"
    );
    assert_eq!(json["extensions"][0]["ground"]["to"], "2026-07-09T10:00:00Z");
    let (text, _) = shown("--category 1 --operation report-wrong-hit --start 2026-07-01T10:00:00Z");
    assert_eq!(text, "limit of the operation: due 2026-07-06T10:00:00Z, Article 38(6)\n");
    let (_, json) = shown("--category 4");
    assert_eq!(
        (&json["clock_start"], &json["extensions"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
}

#[test]
fn profiles_are_checked_and_wrong_use_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    check(&["profile", "check", "open-2026"], 0, "open-2026 version 1 is consistent", "");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/open-2026.toml");
    check(&["profile", "check", text(&shipped)], 0, "is consistent", "");
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "name = 1").expect("written");
    check(&["profile", "check", text(&broken)], 1, "", "error I-0502");
    check(&["profile", "check", "nowhere.toml"], 1, "", "error I-0901");
    check(&["inspect", "nowhere.an2"], 1, "", "error I-0901");
    check(&["dance"], 2, "", "Usage");
    check(&["dance"], 2, "", "error I-0903: unrecognized");
    check(&["inspect"], 2, "", "error I-0903: ");
    check(&["deadlines", "--help"], 0, "submit", "");
    let far = ["deadlines", "--category", "1", "--event", "registration=9999-12-31T00:00:00Z"];
    check(&far, 2, "", "\"9999-12-31T00:00:00Z\" is no time");
    check(&["deadlines", "--category", "1", "--event", "registration"], 2, "", "is not NAME=TIME");
    check(&["--help"], 0, "Examples:", "");
}
