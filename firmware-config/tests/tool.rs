//! The tool as a person at a shell uses it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_firmware-config");
    Command::new(program).args(arguments).current_dir(folder).output().expect("the tool runs")
}

/// Runs and expects an exit code; gives what was written to standard output and error.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], expect: i32) -> String {
    let output = run(folder, arguments);
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expect), "{arguments:?}: {said}");
    said
}

fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for name in ["gateway.toml", "kiosk.toml", "staff.toml"] {
        std::fs::copy(examples.join(name), folder.path().join(name)).expect("the example is copied");
    }
    folder
}

#[test]
fn a_site_makes_a_key_signs_and_verifies() {
    let site = site();
    let folder = site.path();
    check(folder, &["keygen", "--out", "site"], 0);
    let mode = std::fs::metadata(folder.join("site.key")).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files = ["gateway.toml", "kiosk.toml", "staff.toml"];
    check(folder, &[&["sign", "--key", "site.key"], files.as_slice()].concat(), 0);
    check(folder, &[&["verify", "--trust", "site.pub"], files.as_slice()].concat(), 0);
    std::fs::write(folder.join("kiosk.toml"), "version = 1\n").expect("tampering");
    let said = check(folder, &[&["verify", "--json", "--trust", "site.pub"], files.as_slice()].concat(), 1);
    assert!(said.contains("F-0204") && said.matches("\"good\":true").count() == 2, "{said}");
}

#[test]
fn keys_are_never_replaced() {
    let site = site();
    let folder = site.path();
    check(folder, &["keygen", "--out", "site"], 0);
    let before = std::fs::read(folder.join("site.key")).expect("the key");
    assert!(check(folder, &["keygen", "--out", "site"], 1).contains("F-0503"));
    std::fs::remove_file(folder.join("site.pub")).expect("removed");
    assert!(check(folder, &["keygen", "--out", "site"], 1).contains("F-0503"));
    assert_eq!(std::fs::read(folder.join("site.key")).expect("the key"), before);
}

#[test]
fn a_wrong_file_is_not_signed() {
    let site = site();
    let folder = site.path();
    check(folder, &["keygen", "--out", "site"], 0);
    std::fs::write(folder.join("gateway.toml"), "version = 1\nsite = \"a\"\ncolour = 1\n").expect("written");
    let said = check(folder, &["sign", "--key", "site.key", "gateway.toml"], 1);
    assert!(said.contains("F-0102") && said.contains("line 3, column 1"), "{said}");
    assert!(!folder.join("gateway.toml.sig").exists());
}

#[test]
fn other_files_are_signed_by_name() {
    let site = site();
    let folder = site.path();
    check(folder, &["keygen", "--out", "site"], 0);
    std::fs::write(folder.join("nl.toml"), "anything").expect("written");
    assert!(check(folder, &["sign", "--key", "site.key", "nl.toml"], 2).contains("F-0504"));
    check(folder, &["sign", "--key", "site.key", "--kind", "other", "nl.toml"], 0);
    check(folder, &["verify", "--trust", "site.pub", "--kind", "other", "nl.toml"], 0);
    std::fs::write(folder.join("nl.toml"), "anything else").expect("written");
    assert!(
        check(folder, &["verify", "--trust", "site.pub", "--kind", "other", "nl.toml"], 1).contains("F-0204")
    );
    std::fs::remove_file(folder.join("nl.toml.sig")).expect("removed");
    assert!(
        check(folder, &["verify", "--trust", "site.pub", "--kind", "other", "nl.toml"], 1).contains("F-0201")
    );
}

#[test]
fn what_is_shown_can_be_read_again_and_hides_secrets() {
    let site = site();
    let folder = site.path();
    for name in ["gateway.toml", "kiosk.toml"] {
        let shown = check(folder, &["show", name], 0);
        std::fs::write(folder.join(name), &shown).expect("written");
        assert_eq!(check(folder, &["show", name], 0), shown);
    }
    for form in [&["show", "staff.toml"][..], &["show", "--json", "staff.toml"]] {
        let shown = check(folder, form, 0);
        assert!(shown.contains("(set)") && !shown.contains("argon2id") && !shown.contains("GEZD"), "{shown}");
    }
}

#[test]
fn wrong_use_and_missing_files_are_told_apart() {
    let site = site();
    let folder = site.path();
    check(folder, &["sign"], 2);
    check(folder, &["frobnicate"], 2);
    assert!(check(folder, &["show", "gateway-2.toml"], 1).contains("F-0501"));
    assert!(check(folder, &["verify", "--trust", "gateway.toml", "gateway.toml"], 1).contains("F-0301"));
    assert!(check(folder, &["sign", "--key", "gateway.toml", "gateway.toml"], 1).contains("F-0302"));
    assert!(check(folder, &["--help"], 0).contains("Examples:"));
}

#[test]
fn every_code_of_the_tool_is_documented() {
    let page = include_str!("../../docs/reference/errors/firmware-config.md");
    for code in ["F-0501", "F-0502", "F-0503", "F-0504", "F-0505"] {
        assert!(page.contains(&format!("## {code} ")), "{code} is missing in the errors page");
    }
}
