//! The three kinds of files as a site meets them: the shipped examples, and every way to get one wrong.

use firmware_config::value::ProfileChoice;
use firmware_config::{
    Channel, Document, Driver, Error, GatewayConfig, KioskConfig, Role, SigningKey, StaffRegister,
    parse_unverified, verify_and_parse,
};
use jiff::civil::date;
use proptest::prelude::*;

const GATEWAY: &str = include_str!("../examples/gateway.toml");
const KIOSK: &str = include_str!("../examples/kiosk.toml");
const STAFF: &str = include_str!("../examples/staff.toml");

#[test]
fn the_example_gateway_is_understood() {
    let config: GatewayConfig =
        parse_unverified(GATEWAY.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.listen.link.port(), 8443);
    assert_eq!(config.policy.erasure_due_hours, 72);
    assert_eq!(config.icd.profile, ProfileChoice::Shipped("open-2026".into()));
    let kiosk = config.partner("kiosk-1").expect("the kiosk is a partner");
    assert!(kiosk.may("submit") && !kiosk.may("erase-inaccurate"));
    assert!(config.partner("kiosk-2").is_none());
    let channel = |day| config.capabilities.channel("erase-inaccurate", day);
    assert_eq!(channel(date(2026, 6, 12)), Channel::WebInterface);
    assert_eq!(channel(date(2027, 7, 1)), Channel::S2s);
}

#[test]
fn rights_name_operations_and_purposes() {
    let read = |rights: &str| {
        let text = GATEWAY.replacen("operations = [\"submit\"]\n", rights, 1);
        parse_unverified::<GatewayConfig>(text.as_bytes())
    };
    let config = read(
        "operations = [\"rectify\"]\n[[partner.right]]\noperation = \"submit\"\npurposes = [\"asylum\"]\n",
    );
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    let kiosk = config.partner("kiosk-1").expect("the kiosk");
    assert!(kiosk.may_for("submit", "asylum", false) && !kiosk.may_for("submit", "illegal-stay", false));
    assert!(kiosk.may_for("rectify", "illegal-stay", false), "named in the short list");
    assert!(!kiosk.may_for("rectify", "law-enforcement", true), "a reserved purpose must be named");
    assert!(!kiosk.may("erase-inaccurate") && !kiosk.may_for("erase-inaccurate", "asylum", false));
    for wrong in [
        "operations = [\"submit\"]\n[[partner.right]]\noperation = \"submit\"\npurposes = [\"asylum\"]\n",
        "[[partner.right]]\noperation = \"submit\"\npurposes = []\n",
        "[[partner.right]]\noperation = \"submit\"\npurposes = [\"asylum\", \"asylum\"]\n",
    ] {
        assert_eq!(read(wrong).expect_err(wrong).code(), "F-0105", "{wrong}");
    }
}

#[test]
fn the_example_kiosk_is_understood() {
    let config: KioskConfig = parse_unverified(KIOSK.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.devices.first().map(|device| device.driver), Some(Driver::VirtualTenPrint));
    assert_eq!(config.storage.disk_margin_bytes_min, 512 * 1024 * 1024);
    assert_eq!((config.quality.finger_min(6), config.quality.finger_min(40)), (20, 25));
}

#[test]
fn the_example_register_is_understood() {
    let register: StaffRegister =
        parse_unverified(STAFF.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let officer = register.person("officer-1").expect("the officer");
    assert!(officer.has_role(Role::ScreeningOfficer) && !officer.has_role(Role::Supervisor));
    assert!(officer.child_training_valid_on(date(2027, 12, 31)));
    assert!(!officer.child_training_valid_on(date(2028, 1, 1)));
    let operator = register.person_by_certificate("operator-1").expect("the operator");
    assert!(!operator.child_training_valid_on(date(2026, 1, 1)));
    assert!(register.person("nobody").is_none());
}

#[test]
fn only_the_signed_file_is_used() {
    let (site, other) = (SigningKey::generate().expect("a key"), SigningKey::generate().expect("a key"));
    let signature = site.sign_document(GATEWAY.as_bytes()).to_text();
    let trusted = site.public_key();
    let check = |file: &str, signature: &str, expect: Result<(), &str>| {
        let outcome = verify_and_parse::<GatewayConfig>(file.as_bytes(), signature.as_bytes(), &trusted);
        assert_eq!(outcome.as_ref().map(|_| ()).map_err(Error::code), expect);
    };
    check(GATEWAY, &signature, Ok(()));
    check(GATEWAY, "", Err("F-0201"));
    check(GATEWAY, " \n", Err("F-0201"));
    check(GATEWAY, "signed, honestly", Err("F-0202"));
    check(GATEWAY, &other.sign_document(GATEWAY.as_bytes()).to_text(), Err("F-0203"));
    check(&GATEWAY.replace("lease_minutes = 15", "lease_minutes = 16"), &signature, Err("F-0204"));
    check(&GATEWAY.replace("lease_minutes = 15", "lease_minutes = 9999"), &signature, Err("F-0204"));
}

/// Changes one piece of an example and expects an error that holds all the given words.
#[track_caller]
fn check<T: Document>(example: &str, from: &str, to: &str, code: &str, words: &[&str]) {
    assert!(example.contains(from), "the example no longer has {from}");
    let Err(error) = parse_unverified::<T>(example.replacen(from, to, 1).as_bytes()) else {
        panic!("{to} should be refused")
    };
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "{word} should be in: {error}");
    }
}

#[test]
fn mistakes_in_a_gateway_file_are_named() {
    let bad = |from, to, code, words: &[&str]| check::<GatewayConfig>(GATEWAY, from, to, code, words);
    bad("version = 1", "version = 2", "F-0106", &["version 2", "reads version 1"]);
    bad("version = 1", "version = \"1\"", "F-0106", &["not a number"]);
    bad("version = 1\n", "", "F-0106", &["missing"]);
    bad("version = 1", "version = 1\nversion = 1", "F-0101", &["line 5", "column 1"]);
    bad(
        "lease_minutes = 15",
        "lease_minutes = 0",
        "F-0104",
        &["policy.lease_minutes", "is 0", "1 to 240", "line 39, column 17"],
    );
    bad("lease_minutes = 15", "lease_minutes = -1", "F-0104", &["is -1", "1 to 240"]);
    bad("lease_minutes = 15", "lease_minutes = 1.5", "F-0104", &["policy.lease_minutes"]);
    bad("lease_minutes = 15", "lease_minuets = 15", "F-0102", &["lease_minuets", "lease_minutes", "line 39"]);
    bad("console = ", "consoles = ", "F-0102", &["consoles", "line 10, column 1"]);
    bad("console = \"127.0.0.1:8444\"\n", "", "F-0103", &["console", "listen"]);
    bad("127.0.0.1:8444", "127.0.0.1", "F-0104", &["listen.console"]);
    bad("127.0.0.1:8444", "127.0.0.1:8443", "F-0105", &["listen"]);
    bad("\"NL\"", "\"Netherlands\"", "F-0104", &["member_state", "two capital letters"]);
    bad("https://127.0.0.1:9443", "http://127.0.0.1:9443", "F-0104", &["central.url", "https://"]);
    bad("kind = \"kiosk\"", "kind = \"robot\"", "F-0102", &["robot", "kiosk", "partner"]);
    bad("id = \"00000001234567890000\"", "id = \"kiosk-1\"", "F-0105", &["partner kiosk-1", "twice"]);
    bad("[\"submit\"]", "[\"submit\", \"submit\"]", "F-0105", &["operation is named twice"]);
    bad("until = 2027-06-30", "until = 2027-07-01", "F-0105", &["capability erase-inaccurate", "overlap"]);
    bad("until = 2027-06-30", "until = 2027-06-31", "F-0101", &["line"]);
    bad("until = 2027-06-30", "until = \"soon\"", "F-0104", &["capability.until", "date"]);
    bad("until = 2027-06-30", "until = 2027-06-30T00:00:00Z", "F-0104", &["capability.until", "date"]);
    bad("channel = \"web-interface\"", "channel = \"fax\"", "F-0102", &["fax", "web-interface"]);
    bad("credential:site-key", "credential:../../etc/shadow", "F-0104", &["storage.site_key"]);
}

#[test]
fn mistakes_in_a_kiosk_file_are_named() {
    let bad = |from, to, code, words: &[&str]| check::<KioskConfig>(KIOSK, from, to, code, words);
    bad("127.0.0.1:8080", "0.0.0.0:8080", "F-0104", &["listen.screen", "this machine alone"]);
    bad(
        "attempts_max_child = 2",
        "attempts_max_child = 3",
        "F-0104",
        &["quality.attempts_max_child", "1 to 2"],
    );
    bad(
        "screen = \"127.0.0.1:8080\"",
        "screen = \"127.0.0.1:8080\"\npanel_dpi = 5",
        "F-0104",
        &["listen.panel_dpi", "60 to 400"],
    );
    bad("age_from_years = 6", "age_from_years = 5", "F-0104", &["6 to 130"]);
    bad("age_from_years = 12", "age_from_years = 13", "F-0105", &["quality.minimum", "must begin at 12"]);
    bad("finger_min = 25", "finger_min = 101", "F-0104", &["0 to 100"]);
    let whole = "nfiq2_program = \"/opt/nfiq2\"\nnfiq2_version = \"2.3\"\n";
    for (rest, code, words) in [
        ("engine = \"nfiq2\"\n".to_owned(), "F-0105", ["quality.nfiq2_program", "needed"]),
        (format!("engine = \"nfiq2\"\n{whole}"), "F-0105", ["quality.nfiq2_sha256", "needed"]),
        (whole.replace("2.3", "2.9"), "F-0102", ["2.9", "2.3"]),
        (whole.to_owned(), "F-0105", ["quality.nfiq2_program", "only"]),
    ] {
        let changed = format!("attempts_max_child = 2\n{rest}");
        check::<KioskConfig>(KIOSK, "attempts_max_child = 2", &changed, code, &words);
    }
    bad("driver = \"virtual-camera\"", "driver = \"virtual\"", "F-0102", &["virtual-camera"]);
    bad(
        "driver = \"virtual-camera\"\nseed = 1",
        "driver = \"sbi-camera\"",
        "F-0105",
        &["camera", "device_ca"],
    );
    bad(
        "driver = \"virtual-camera\"\nseed = 1",
        "driver = \"plugin-camera\"",
        "F-0105",
        &["needs option program"],
    );
    bad(
        "driver = \"virtual-camera\"\nseed = 1",
        "driver = \"virtual-camera\"\n[face]\ndetector_model = \"a.onnx\"",
        "F-0105",
        &["face", "detector_sha256"],
    );
    bad(
        "driver = \"virtual-camera\"",
        "driver = \"uru4000b\"",
        "F-0105",
        &["device camera", "no option seed"],
    );
    bad("id = \"camera\"", "id = \"ten-print\"", "F-0105", &["device ten-print", "twice"]);
    bad("national_prefix = \"K1\"", "national_prefix = \"k1\"", "F-0104", &["national_prefix"]);
}

#[test]
fn mistakes_in_a_register_are_named_without_its_values() {
    let bad = |from, to, code, words: &[&str]| check::<StaffRegister>(STAFF, from, to, code, words);
    bad("\"operator-1\"", "\"officer-1\"", "F-0105", &["person number 2", "id is given twice"]);
    bad("[\"screening-officer\"]", "[]", "F-0105", &["person number 1", "at least one role"]);
    bad("$argon2id$", "$argon2i$", "F-0105", &["Argon2id"]);
    bad("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "short", "F-0105", &["totp_secret_base32"]);
    bad("valid_to = 2027-12-31\n", "", "F-0103", &["valid_to"]);
    bad("[\"screening-officer\"]", "\"Q4HIDDEN\"", "F-0104", &["person.roles"]);
    let text = STAFF.replace("[\"screening-officer\"]", "\"Q4HIDDEN\"");
    let error = parse_unverified::<StaffRegister>(text.as_bytes()).expect_err("refused");
    assert!(!format!("{error} {error:?}").contains("Q4HIDDEN"), "{error}");
    let text = STAFF.replace("id = \"officer-1\"", "id = \"Q4 HIDDEN\"");
    let error = parse_unverified::<StaffRegister>(text.as_bytes()).expect_err("refused");
    assert!(!format!("{error} {error:?}").contains("HIDDEN"), "{error}");
}

#[test]
fn a_register_does_not_print_persons() {
    let register: StaffRegister = parse_unverified(STAFF.as_bytes()).expect("the example");
    let printed = format!("{register:?} {:?}", register.persons);
    for hidden in ["officer-1", "argon2", "GEZD", "Example"] {
        assert!(!printed.contains(hidden), "{hidden} should not be in {printed}");
    }
}

#[test]
fn size_and_text_come_first() {
    let code =
        |bytes: &[u8]| parse_unverified::<GatewayConfig>(bytes).map(drop).map_err(|error| error.code());
    assert_eq!(code(&vec![b'#'; 1024 * 1024 + 1]), Err("F-0107"));
    assert_eq!(code(b"version = 1\n# \xff"), Err("F-0108"));
    assert_eq!(code(b"version = "), Err("F-0101"));
    assert_eq!(code(b""), Err("F-0106"));
}

proptest! {
    /// Whatever stands in a file: it is read or refused, and a refusal has a place within the file.
    #[test]
    fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), cut in 0usize..20, put in "[ -~\n]{0,12}") {
        for example in [GATEWAY, KIOSK, STAFF] {
            let start = at.index(example.len());
            let end = (start + cut).min(example.len());
            let (Some(head), Some(tail)) = (example.get(..start), example.get(end..)) else { continue };
            let text = format!("{head}{put}{tail}");
            let outcomes = [
                parse_unverified::<GatewayConfig>(text.as_bytes()).err(),
                parse_unverified::<KioskConfig>(text.as_bytes()).err(),
                parse_unverified::<StaffRegister>(text.as_bytes()).err(),
            ];
            for error in outcomes.into_iter().flatten() {
                let (Error::Syntax { place, .. } | Error::UnknownKey { place, .. } | Error::Value { place, .. }) = error else { continue };
                prop_assert!((1..=text.lines().count() + 1).contains(&place.line));
            }
        }
    }
}

/// The reference page describes every key that can be written.
#[test]
fn every_key_is_documented() {
    fn keys(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    found.push(key.clone());
                    keys(value, found);
                }
            }
            toml::Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let page = include_str!("../../docs/reference/configuration.md");
    let camera = "\n[[device]]\nid = \"c\"\ndriver = \"v4l2\"\npath = \"/dev/video0\"\nwidth_px = 640\nheight_px = 480\n[[device]]\nid = \"r\"\ndriver = \"virtual-ten-print\"\nreplay_folder = \"prints\"\n[[device]]\nid = \"s\"\ndriver = \"sbi-scanner\"\ndevice_ca = \"d.pem\"\nchip_ca = \"c.pem\"\nserial = \"1\"\nenvironment = \"Staging\"\n[[device]]\nid = \"p\"\ndriver = \"plugin-scanner\"\nprogram = \"p\"\nprogram_sha256 = \"DIGEST\"\n[face]\ndetector_model = \"a.onnx\"\ndetector_sha256 = \"DIGEST\"\nhaar_cascade = \"b.xml\"\n";
    let kiosk = format!("{KIOSK}{camera}").replace("DIGEST", &"a1".repeat(32));
    let written = [
        toml::Value::try_from(parse_unverified::<GatewayConfig>(GATEWAY.as_bytes()).expect("the example")),
        toml::Value::try_from(parse_unverified::<KioskConfig>(kiosk.as_bytes()).expect("the example")),
        toml::Value::try_from(parse_unverified::<StaffRegister>(STAFF.as_bytes()).expect("the example")),
    ];
    let mut found = Vec::new();
    written.into_iter().for_each(|value| keys(&value.expect("it can be written"), &mut found));
    assert!(found.len() > 60, "the examples show few keys");
    for key in found {
        let named = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`"), format!(".{key}]")];
        assert!(
            named.iter().any(|name| page.contains(name)),
            "{key} is not in docs/reference/configuration.md"
        );
    }
}

#[test]
fn an_administrator_is_a_role_of_its_own() {
    let text = STAFF.replacen("roles = [\"screening-officer\"]", "roles = [\"administrator\"]", 1);
    assert_ne!(text, STAFF, "the example has a screening officer");
    let register: StaffRegister = parse_unverified(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let person = &register.persons[0];
    assert!(person.has_role(Role::Administrator) && person.roles.len() == 1);
    assert_eq!(Role::Administrator.as_str(), "administrator");
}

#[test]
fn leaflets_are_named_once_with_their_digest() {
    let row = |changes: &[(&str, &str)]| {
        let digest = "ab".repeat(32);
        let mut row = format!(
            "[[leaflet]]\nid = \"ti-children\"\nname = \"For children\"\nfor_children = true\nlanguage = \"ti\"\n\
             file = \"ti.pdf\"\nsha256 = \"{digest}\"\n"
        );
        for (from, to) in changes {
            assert!(row.contains(from), "{from}");
            row = row.replace(from, to);
        }
        row
    };
    let read = |rows: &str| parse_unverified::<KioskConfig>(format!("{KIOSK}\n{rows}").as_bytes());
    let config = read(&row(&[])).unwrap_or_else(|error| panic!("{error}"));
    assert!(config.leaflets.iter().all(|leaflet| leaflet.for_children && leaflet.language.as_str() == "ti"));
    let check = |rows: &str, code: &str, word: &str| {
        let error = read(rows).expect_err(rows);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(word), "{word} should be in: {error}");
    };
    check(&format!("{}{}", row(&[]), row(&[])), "F-0105", "twice");
    check(&row(&[("ti-children", "children")]), "F-0105", "the kiosk brings");
    check(&row(&[("ti.pdf", "ti.html")]), "F-0105", ".pdf");
    check(&row(&[("\"ti\"", "\"Tigrinya\"")]), "F-0104", "language");
    check(&row(&[("abab", "ab")]), "F-0104", "sha256");
    let unsigned: String =
        row(&[]).lines().filter(|line| !line.starts_with("sha256")).map(|l| format!("{l}\n")).collect();
    check(&unsigned, "F-0103", "sha256");
    let many: String = (0..65).map(|n| row(&[("ti-children", &format!("ti-{n}"))])).collect();
    check(&many, "F-0105", "64");
}
