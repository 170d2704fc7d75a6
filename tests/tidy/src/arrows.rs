//! Which room may know which: dependencies point one way (ARCHITECTURE.md, "Rooms").

use crate::{Breach, SourceFile};

/// Finds dependencies between our own crates that the design does not allow.
pub fn check(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        let Ok(manifest) = file.text.parse::<toml::Table>() else {
            breaches.push(Breach::new(&file.path, 0, "this manifest does not parse"));
            continue;
        };
        let Some(name) =
            manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)
        else {
            continue;
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| *room == name) else {
            breaches.push(Breach::new(
                &file.path,
                0,
                format!("crate `{name}` is no room of the design: add it to ARROWS with a reason"),
            ));
            continue;
        };
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else { continue };
            for dependency in dependencies.keys() {
                let ours = ARROWS.iter().any(|(room, _)| room == dependency);
                if ours && !allowed.contains(&"*") && !allowed.contains(&dependency.as_str()) {
                    breaches.push(Breach::new(
                        &file.path,
                        0,
                        format!("`{name}` must not know `{dependency}`: data flows one way (ARCHITECTURE.md, Rooms)"),
                    ));
                }
            }
        }
    }
    breaches
}

/// Room, and the rooms it may know. `journal` is the one crate that kiosk and gateway share on purpose;
/// `wsq` and `jpeg2000` are crates of their own so that `matcher`'s tool can read such files without knowing `icd`; `nearest` is one because it
/// alone calls functions compiled for special instructions.
const ARROWS: &[(&str, &[&str])] = &[
    ("wsq", &[]),
    ("jpeg2000", &[]),
    ("icd", &["wsq", "jpeg2000"]),
    // The fuzz targets of icd and wsq: a workspace of its own.
    ("icd-fuzz", &["icd"]),
    // The same of matcher.
    ("matcher-fuzz", &["matcher"]),
    ("nearest", &[]),
    // Only the tool of `matcher` runs processes; its library does not.
    ("quality-engine", &[]),
    ("matcher", &["wsq", "jpeg2000", "nearest", "quality-engine"]),
    ("firmware-config", &[]),
    ("journal", &[]),
    ("gateway", &["icd", "firmware-config", "journal"]),
    ("capture", &["icd", "matcher", "quality-engine", "firmware-config", "journal"]),
    ("central", &["icd", "matcher", "firmware-config"]),
    ("e2e", &["*"]),
    // Drives processes by what `e2e` makes and starts; messages by `icd`, prints by `matcher`.
    ("powercut", &["e2e", "icd", "matcher"]),
    ("sim", &["gateway", "icd", "firmware-config", "journal"]),
    // Devices that do not exist: their libraries know the matcher's made-up people, their tests drive `capture`.
    ("sbi-device", &["matcher", "wsq", "capture", "firmware-config"]),
    ("sample-plugin", &["capture", "matcher", "firmware-config"]),
    ("guest", &["capture", "matcher"]),
    ("tidy", &[]),
    ("benches", &["*"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_arrow_is_found() {
        let manifest = "[package]\nname = \"icd\"\n[dependencies]\nmatcher = { workspace = true }\n";
        assert_eq!(check(&[SourceFile::new("icd/Cargo.toml", manifest)]).len(), 1);
    }

    #[test]
    fn an_allowed_arrow_passes() {
        let manifest =
            "[package]\nname = \"capture\"\n[dependencies]\nicd = { workspace = true }\nserde = \"1\"\n";
        assert_eq!(check(&[SourceFile::new("capture/Cargo.toml", manifest)]), []);
    }

    #[test]
    fn an_unknown_room_is_found() {
        let manifest = "[package]\nname = \"annex\"\n";
        assert_eq!(check(&[SourceFile::new("annex/Cargo.toml", manifest)]).len(), 1);
    }
}
