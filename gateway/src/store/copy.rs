//! Backup of a storage folder beside a running gateway, and its restoration.
//!
//! Why copying files is enough: journals only grow, and opening one discards an unfinished end that was never
//! acknowledged; what is retired meanwhile is named by a list that is copied after them. The order makes the copy whole: changes first, because whatever they refer to was durable before them
//! and is therefore still to be copied; then the audit log, content and keys. Keys are copied only for messages that the
//! copied changes know, so that the copy holds no key it cannot account for. The index is derived and is not copied.
//!
//! What is erased after a backup lives on in it until the backup is destroyed: a backup is as secret as the site key
//! makes it, and its retention is part of the erasure policy.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use journal::{Journal, Options, RETIRED_LIST};
use serde::{Deserialize, Serialize};

use super::{changes, journal_folders};
use crate::engine::Change;
use crate::error::Error;

/// What a copy holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages the copy knows.
    pub messages: u64,
}

/// Copies the storage folder `from` to the new folder `to`, also while a gateway uses it, and checks the copy. Everything
/// acknowledged before the call is in it.
pub fn back_up(from: &Path, to: &Path) -> Result<Copied, Error> {
    begin(to)?;
    if !from.join("changes").is_dir() {
        return Err(Error::storage(from, &io::ErrorKind::NotFound.into()));
    }
    let mut copied = Copied::default();
    // Head and checkpoints before the lines: else they could name lines that the copy has not.
    for part in ["changes", "audit", "audit/lines", "content"] {
        copy_folder(&from.join(part), &to.join(part), &mut copied, |_| true)?;
    }
    let known = known_keys(to)?;
    copied.messages = known.len() as u64;
    let wanted = |name: &str| name.strip_suffix(".key").is_some_and(|id| known.contains(id) || id == SECRET);
    copy_folder(&from.join("keys"), &to.join("keys"), &mut copied, wanted)?;
    // The first two are sealed under the site key. Without the second, files on their way by hand could never be opened again.
    for file in ["digest-secret", CARRYING_KEY, crate::fairness::FILE] {
        copy_file(&from.join(file), &to.join(file), &mut copied)?;
    }
    finish(to)?;
    let done = LastBackup {
        at: Timestamp::now(),
        files: copied.files,
        bytes: copied.bytes,
        messages: copied.messages,
    };
    let text = serde_json::to_vec(&done).unwrap_or_default();
    // The copy is whole whether or not this can be noted.
    if let Err(error) = fs::write(from.join(NOTE), text) {
        tracing::warn!(reason = %error.kind(), "the backup is whole, but its time could not be noted in the storage folder");
    }
    Ok(copied)
}

/// A backup that ended well, as noted in the storage folder it was taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastBackup {
    /// When it ended.
    pub at: Timestamp,
    /// Files copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages the copy knows.
    pub messages: u64,
}

/// The last backup of this storage folder, as far as one is noted.
#[must_use]
pub fn last_backup(storage: &Path) -> Option<LastBackup> {
    serde_json::from_slice(&fs::read(storage.join(NOTE)).ok()?).ok()
}

const NOTE: &str = "last-backup.json";

/// Copies a backup to the new storage folder `to` and checks it. The index is rebuilt at the first start.
pub fn restore(from: &Path, to: &Path) -> Result<Copied, Error> {
    begin(to)?;
    let mut copied = Copied::default();
    for part in ["changes", "audit/lines", "audit", "content", "keys", ""] {
        copy_folder(&from.join(part), &to.join(part), &mut copied, |_| true)?;
    }
    copied.messages = known_keys(to)?.len() as u64;
    finish(to)?;
    Ok(copied)
}

/// A copy never goes into a folder that holds something.
fn begin(to: &Path) -> Result<(), Error> {
    let failed = |error: io::Error| Error::storage(to, &error);
    fs::create_dir_all(to).map_err(failed)?;
    match fs::read_dir(to).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(failed(io::ErrorKind::DirectoryNotEmpty.into())),
    }
}

/// Looks through every journal of the copy.
fn finish(to: &Path) -> Result<(), Error> {
    for (which, folder) in journal_folders(to) {
        let found = journal::check(&folder).map_err(Error::journal(which))?;
        if !found.is_whole() {
            return Err(Error::JournalDamaged { which, records: found.damaged_records });
        }
    }
    File::open(to).and_then(|folder| folder.sync_all()).map_err(|error| Error::storage(to, &error))
}

/// Names of the keys that the changes of a copy account for.
fn known_keys(copy: &Path) -> Result<HashSet<String>, Error> {
    let (changes, _) =
        Journal::open(&copy.join("changes"), Options { disk_margin_bytes_min: 0, ..Options::default() })
            .map_err(Error::journal("changes"))?;
    let mut known = HashSet::new();
    for record in changes.replay() {
        let (_, record) = record.map_err(Error::journal("changes"))?;
        for stored in changes::decode(record.kind, &record.payload)? {
            match &stored.step {
                Change::Accepted { arrival, .. } => {
                    known.insert(arrival.message_id.as_uuid().to_string());
                }
                Change::StrayAnswer { answer, .. } => {
                    known.insert(answer.id.as_uuid().to_string());
                }
                _ => {}
            }
        }
    }
    Ok(known)
}

/// Copies the plain files of one folder. What vanishes meanwhile was retired or destroyed, which is no loss.
fn copy_folder(
    from: &Path,
    to: &Path,
    copied: &mut Copied,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::storage(to, &error);
    fs::create_dir_all(to).map_err(failed)?;
    let names = fs::read_dir(from)
        .map_err(|error| Error::storage(from, &error))?
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_file())?.file_name().into_string().ok())
        .filter(|name| name != "lock" && !name.ends_with(".new") && wanted(name));
    for name in in_order(names) {
        copy_file(&from.join(&name), &to.join(&name), copied)?;
    }
    File::open(to).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Oldest segments first, and the list of retired ones last, so that it names those that went meanwhile. It may not have
/// been there when the copying began.
fn in_order(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.filter(|name| name != RETIRED_LIST).collect();
    names.sort();
    names.push(RETIRED_LIST.to_owned());
    names
}

fn copy_file(from: &Path, to: &Path, copied: &mut Copied) -> Result<(), Error> {
    let failed = |error: io::Error| Error::storage(to, &error);
    let mut source = match File::open(from) {
        Ok(source) => source,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::storage(from, &error)),
    };
    if to.exists() {
        return Ok(());
    }
    let mut target = File::create(to).map_err(failed)?;
    copied.bytes += io::copy(&mut source, &mut target).map_err(failed)?;
    target.sync_all().map_err(failed)?;
    copied.files += 1;
    Ok(())
}

/// The key for which kiosks seal carried files, wrapped under the site key.
pub(crate) const CARRYING_KEY: &str = "carrying.key";
/// The key that seals the secret of keyed digests.
const SECRET: &str = "00000000-0000-0000-0000-000000000000";

#[cfg(test)]
mod tests {
    use super::*;
    use journal::Position;

    const SMALL: Options = Options {
        segment_bytes_max: 16 * 1024,
        record_bytes_max: 3000,
        disk_margin_bytes_min: 0,
        queue_bytes_max: 1 << 20,
    };

    fn journal(folder: &Path) -> Journal {
        let (journal, found) = Journal::open(folder, SMALL).expect("opened");
        assert!(found.is_whole(), "{found:?}");
        journal
    }

    fn append(journal: &Journal, records: u8) -> Vec<Position> {
        (0..records).map(|number| journal.append(number, vec![number; 2900]).expect("durable")).collect()
    }

    #[test]
    fn a_backup_and_its_restoration_know_what_was_retired() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [from, copy, back] = ["store", "backup", "restored"].map(|name| folder.path().join(name));
        for part in ["changes", "audit", "audit/lines", "keys"] {
            fs::create_dir_all(from.join(part)).expect("made");
        }
        let content = journal(&from.join("content"));
        let places = append(&content, 30);
        content.drop_unneeded_segments(places[29], [places[0], places[14]]).expect("retired");
        back_up(&from, &copy).expect("whole");
        restore(&copy, &back).expect("whole");
        for folder in [&copy, &back] {
            let found = journal::check(&folder.join("content")).expect("readable");
            assert!(found.segments_retired > 3 && found.is_whole(), "{found:?}");
        }
        let restored = journal(&back.join("content"));
        for number in [0, 14] {
            assert_eq!(restored.read(places[number]).expect("served").payload, vec![number as u8; 2900]);
        }
        fs::remove_file(copy.join("content").join(RETIRED_LIST)).expect("removed");
        let again = folder.path().join("again");
        let refused = restore(&copy, &again).expect_err("without the list the holes are damage");
        assert!(matches!(refused, Error::JournalDamaged { which: "content", .. }), "{refused}");
    }

    #[test]
    fn the_list_of_retired_segments_is_copied_last() {
        let expect = ["head", "segment-1", "segment-2", "tail", RETIRED_LIST];
        for listed in [
            vec!["tail", "segment-2", RETIRED_LIST, "segment-1", "head"],
            vec!["segment-2", "tail", "segment-1", "head"],
        ] {
            assert_eq!(in_order(listed.into_iter().map(str::to_owned)), expect);
        }
    }

    /// The first segments are retired after the folder was listed and before they are copied.
    #[test]
    fn what_is_retired_while_a_folder_is_copied_is_no_damage() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [from, copy] = ["content", "copy"].map(|name| folder.path().join(name));
        let content = journal(&from);
        let places = append(&content, 30);
        let retired = std::cell::Cell::new(0);
        let wanted = |_: &str| {
            if retired.get() == 0 {
                let needed = [places[0], places[14]];
                retired.set(content.drop_unneeded_segments(places[29], needed).expect("retired"));
            }
            true
        };
        let mut copied = Copied::default();
        copy_folder(&from, &copy, &mut copied, wanted).expect("copied");
        let found = journal::check(&copy).expect("readable");
        assert!(retired.get() > 3 && found.segments_retired == retired.get(), "{found:?}");
        assert!(found.is_whole(), "{found:?}");
    }
}
