//! `matcher enroll` and `matcher search`: a gallery in a file, for people and scripts.
//!
//! The file is the names of those enrolled (one JSON list, its length before it) and the library's snapshot. Names are file
//! names: use numbers or pseudonyms.

use std::path::{Path, PathBuf};

use matcher::search::{Effort, Gallery, Print};
use matcher::{Candidate, Finger, decision};
use serde_json::json;

use crate::files::{self, Outcome};

const MARK: &[u8] = b"matcher gallery 1\n";
/// Most bytes of the names in a gallery file.
const NAMES_BYTES_MAX: usize = 256 << 20;

#[derive(clap::Args)]
pub(crate) struct EnrollArguments {
    /// Folder of prints: each picture, template or record in it is one person with one print of an unknown finger; each
    /// folder in it is one person with prints named by finger, 1.png to 10.png (FGP codes).
    folder: PathBuf,
    /// The gallery file; made when it is not there, else added to. A name that is there already is replaced.
    #[arg(long)]
    gallery: PathBuf,
    /// Resolution when a file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// Take these names out instead of adding.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    remove: Vec<String>,
}

#[derive(clap::Args)]
pub(crate) struct SearchArguments {
    /// A picture, template or record of one print, or a folder of one person's prints named by finger, 1.png to 10.png.
    probe: PathBuf,
    /// The gallery file.
    #[arg(long)]
    gallery: PathBuf,
    /// How many candidates to show.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
    /// Resolution when a file states none.
    #[arg(long, default_value_t = 500)]
    ppi: u32,
    /// Threads; the answer does not depend on them.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Compare with everybody instead of with those the filter lets through.
    #[arg(long)]
    exhaustive: bool,
    /// One JSON object per candidate.
    #[arg(long)]
    json: bool,
}

/// A gallery and the name of each id.
struct Named {
    gallery: Gallery,
    names: Vec<String>,
}

pub(crate) fn enroll(arguments: &EnrollArguments) -> Outcome<()> {
    let mut named = if arguments.gallery.exists() { load(&arguments.gallery)? } else { Named::new() };
    if !arguments.remove.is_empty() {
        for name in &arguments.remove {
            named.remove(name)?;
        }
        save(&arguments.gallery, &named)?;
        println!("{} persons", named.gallery.len());
        return Ok(());
    }
    let mut failed = 0;
    let mut prints = 0;
    for (name, path) in entries(&arguments.folder)? {
        let found = match person(&path, arguments.ppi) {
            Ok(found) => found,
            Err(message) => {
                eprintln!("{message}");
                failed += 1;
                continue;
            }
        };
        prints += found.len();
        named.enrol(name, found);
    }
    if prints == 0 {
        return Err(files::unreadable(&arguments.folder, &"it holds no print that could be enrolled"));
    }
    save(&arguments.gallery, &named)?;
    println!("{} persons, {prints} prints added, {failed} left out", named.gallery.len());
    Ok(())
}

pub(crate) fn search(arguments: &SearchArguments) -> Outcome<()> {
    let named = load(&arguments.gallery)?;
    let probe = person(&arguments.probe, arguments.ppi)?;
    let effort = if arguments.exhaustive { Effort::Exhaustive } else { Effort::Filtered };
    let found =
        named.gallery.search(&probe, usize::from(arguments.top), usize::from(arguments.threads), effort);
    for (rank, candidate) in (1..).zip(&found) {
        let name = named.names.get(candidate.id as usize).map_or("?", String::as_str);
        if arguments.json {
            println!("{}", as_json(rank, name, candidate));
        } else {
            let verdict = if is_match(candidate) { "match" } else { "no match" };
            println!(
                "{rank:>3}  {name:<24} {:>8.2}  log10 likelihood ratio {:>6.2}, {verdict}",
                candidate.strength, candidate.score
            );
        }
    }
    if found.is_empty() && !arguments.json {
        println!("nobody with these fingers is enrolled");
    }
    Ok(())
}

fn as_json(rank: u32, name: &str, candidate: &Candidate) -> serde_json::Value {
    let fingers: Vec<_> = candidate
        .fingers
        .iter()
        .map(|(finger, ratio)| json!({ "finger": finger.fgp(), "likelihood_ratio_log10": ratio }))
        .collect();
    json!({ "rank": rank, "name": name, "score": candidate.strength, "likelihood_ratio_log10": candidate.score,
            "match": is_match(candidate), "prints": candidate.pairs.len(), "fingers": fingers })
}

/// One print decides by its own threshold, several by the fused one.
fn is_match(candidate: &Candidate) -> bool {
    if candidate.pairs.len() == 1 {
        candidate.score >= matcher::parameters::SINGLE_LLR_LOG10_MATCH_MIN
    } else {
        decision::is_match(candidate.score)
    }
}

impl Named {
    fn new() -> Self {
        Self { gallery: Gallery::new(), names: Vec::new() }
    }

    fn enrol(&mut self, name: String, prints: Vec<Print>) {
        let id = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        self.gallery.enrol_prints(id as u64, prints);
    }

    fn remove(&mut self, name: &str) -> Outcome<()> {
        let id = self.names.iter().position(|known| known == name);
        match id {
            Some(id) if self.gallery.remove(id as u64) => {
                // Ids stay what they are; only the name goes.
                self.names[id].clear();
                Ok(())
            }
            _ => {
                Err(format!("M-0904: nobody is enrolled as {name}. Look the name up with `matcher search`."))
            }
        }
    }
}

/// The prints of one person: a file is one print, a folder holds them by finger.
fn person(path: &Path, ppi: u32) -> Outcome<Vec<Print>> {
    if !path.is_dir() {
        return Ok(vec![(None, files::template(path, ppi)?)]);
    }
    let mut prints = Vec::new();
    for (name, file) in entries(path)? {
        if let Some(finger) = name.parse().ok().and_then(Finger::from_fgp) {
            prints.push((Some(finger), files::template(&file, ppi)?));
        }
    }
    if prints.is_empty() {
        return Err(files::unreadable(path, &"it holds no prints named 1.png to 10.png"));
    }
    Ok(prints)
}

/// Stem and path of every entry of a folder that may be a print or a person, by name.
fn entries(folder: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let named = |error: std::io::Error| files::unreadable(folder, &error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(named)? {
        let path = entry.map_err(named)?.path();
        let known = path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
        if known || path.is_dir() {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((stem, path));
        }
    }
    found.sort();
    Ok(found)
}

/// Endings of pictures, our templates and foreign records.
const ENDINGS: [&str; 10] = ["png", "wsq", "tif", "tiff", "pgm", "bgmt", "iso", "fmr", "ansi", "dat"];

fn load(path: &Path) -> Outcome<Named> {
    let bytes = files::read(path)?;
    let damaged = || format!("{}: {}", path.display(), matcher::Error::GalleryDamaged { offset: 0 });
    let rest = bytes.strip_prefix(MARK).ok_or_else(damaged)?;
    let (length, rest) = rest.split_at_checked(4).ok_or_else(damaged)?;
    let length = u32::from_be_bytes(length.try_into().map_err(|_| damaged())?) as usize;
    let (names, snapshot) = rest.split_at_checked(length.min(NAMES_BYTES_MAX)).ok_or_else(damaged)?;
    let names = serde_json::from_slice(names).map_err(|_| damaged())?;
    let gallery = Gallery::from_snapshot(snapshot).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Named { gallery, names })
}

/// Written beside and renamed, so that a gallery is never half there.
fn save(path: &Path, named: &Named) -> Outcome<()> {
    let names = json!(named.names).to_string();
    let mut bytes = MARK.to_vec();
    bytes.extend_from_slice(&(names.len() as u32).to_be_bytes());
    bytes.extend_from_slice(names.as_bytes());
    bytes.extend_from_slice(&named.gallery.snapshot());
    let beside = path.with_extension("part");
    let written = files::write(&beside, &bytes)
        .and_then(|()| std::fs::rename(&beside, path).map_err(|error| files::unwritable(path, &error)));
    if written.is_err() {
        // Half a gallery is biometric and of no use. What cannot be removed was never written.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use matcher::synth::{Condition, Person};

    use super::*;

    fn saved(path: &Path, person: &Person, finger: Finger, visit: u32) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        files::write_png(path, &person.impression(finger, visit, Condition::default())).expect("written");
    }

    #[test]
    fn enrolled_prints_are_found_again_and_removed_ones_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let (one, other) = (Person::new(81, 30), Person::new(82, 30));
        saved(&at("in/101_1.png"), &one, Finger::RightThumb, 1);
        saved(&at("in/case-7/2.png"), &other, Finger::RightIndex, 1);
        saved(&at("probe.png"), &one, Finger::RightThumb, 2);
        saved(&at("case-8/2.png"), &other, Finger::RightIndex, 2);
        std::fs::write(at("in/notes.txt"), "not a print").expect("written");
        let add =
            |remove: Vec<String>| EnrollArguments { folder: at("in"), gallery: at("g"), ppi: 500, remove };
        enroll(&add(vec![])).expect("enrolled");
        enroll(&add(vec![])).expect("replaced");
        let named = load(&at("g")).expect("reads");
        assert_eq!(
            (named.gallery.len(), named.names.as_slice()),
            (2, &["101_1".to_owned(), "case-7".into()][..])
        );
        for (probe, expect) in [("probe.png", "101_1"), ("case-8", "case-7")] {
            let probe = person(&at(probe), 500).expect("prints");
            let found = named.gallery.search(&probe, 5, 1, Effort::Filtered);
            assert_eq!(named.names[found[0].id as usize], expect);
            assert!(is_match(&found[0]));
            assert!(found.iter().skip(1).all(|found| !is_match(found)));
        }
        enroll(&add(vec!["101_1".into()])).expect("removed");
        assert!(enroll(&add(vec!["101_1".into()])).expect_err("gone").starts_with("M-0904"));
        assert_eq!(load(&at("g")).expect("reads").gallery.len(), 1);
        std::fs::write(at("g"), "x").expect("written");
        assert!(load(&at("g")).err().is_some_and(|message| message.contains("M-0321")));
    }

    #[test]
    fn a_gallery_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        // A folder of that name: the file beside it is written, and cannot take its place.
        let place = folder.path().join("g");
        std::fs::create_dir_all(place.join("in the way")).expect("made");
        let named = Named { gallery: Gallery::new(), names: Vec::new() };
        assert!(save(&place, &named).expect_err("no room").starts_with("M-0901"));
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("reads").flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
