//! Runs every house rule over the real tree.

use tidy::{Breach, arrows, codes, marks, shape, tree};

fn expect_none(rule: &str, breaches: &[Breach]) {
    let list: String = breaches.iter().map(|breach| format!("  {breach}\n")).collect();
    assert!(breaches.is_empty(), "{rule}: {} place(s)\n{list}", breaches.len());
}

#[test]
fn dependencies_point_one_way() {
    expect_none("arrows", &arrows::check(&tree::read(&tree::top()).unwrap()));
}

#[test]
fn nothing_is_left_behind() {
    expect_none("marks", &marks::check(&tree::read(&tree::top()).unwrap()));
}

#[test]
fn every_error_code_is_documented() {
    expect_none("codes", &codes::check(&tree::read(&tree::top()).unwrap()));
}

#[test]
fn files_have_the_agreed_shape() {
    expect_none("shape", &shape::check(&tree::read(&tree::top()).unwrap()));
}

#[test]
fn the_whole_tree_is_seen() {
    let files = tree::read(&tree::top()).unwrap();
    for path in ["Cargo.toml", "icd/src/lib.rs", "gateway/journal/src/lib.rs", "tests/tidy/src/lib.rs"] {
        assert!(files.iter().any(|file| file.path == path), "{path} was not read");
    }
}
