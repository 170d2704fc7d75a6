//! What the integration tests share: real prints when the sibling folder is there, and composed hands.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

use matcher::{Finger, Image};

/// The folder of shared test data, or a line that says what is skipped.
pub(crate) fn shared(part: &str, skipped: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(part);
    let other = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    let found = [folder, other].into_iter().find(|folder| folder.exists());
    if found.is_none() {
        eprintln!("SKIPPED: {skipped}: ../shared/data/{part} is not here");
    }
    found
}

/// The ten fingers 101 to 110 of one impression of a set, taken as one person's.
pub(crate) fn ten_fingers(folder: &std::path::Path, impression: u32) -> Vec<(Finger, Image)> {
    Finger::ALL
        .into_iter()
        .map(|finger| {
            let path = folder.join(format!("{}_{impression}.png", 100 + u32::from(finger.fgp())));
            let bytes = std::fs::read(&path).expect("the set is complete");
            (finger, matcher::codec::decode(&bytes, 500).expect("the set is readable"))
        })
        .collect()
}
