//! The moment at which the power goes: a call to the disk, told by what it does and to what.

use crate::image::Ino;

/// What a program asks of the disk, as far as moments tell it apart. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A file or folder is made.
    Create,
    /// A name is taken away.
    Remove,
    /// A name is changed.
    Rename,
    /// Bytes are written.
    Write,
    /// A file is synced.
    Sync,
    /// A folder is synced.
    SyncFolder,
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before this many further calls.
    Calls(u64),
    /// At a call of this kind below a folder.
    At {
        /// The kind of call.
        call: Call,
        /// Beginning of the path.
        below: &'static str,
        /// Bytes that the call writes, or that the synced file has got since its last sync; empty for any.
        bytes: &'static [u8],
        /// Whether the call still takes effect.
        is_after: bool,
    },
}

/// What the record types of the gateway's journals look like on the disk, and which moments belong to each.
///
/// Left out: records that only a person at the console causes (claims, confirmations, tasks); they take the way of
/// `accepted` through the same group.
pub const RECORDS: &[(&str, &str, &[u8])] = &[
    ("segment of changes", "changes/segment", b"eurodac-journal\n"),
    ("segment of content", "content/segment", b"eurodac-journal\n"),
    ("segment of audit lines", "audit/lines/segment", b"eurodac-journal\n"),
    ("message", "content/segment", b"EJR1\x01"),
    ("answer", "content/segment", b"EJR1\x02"),
    ("accepted", "changes/segment", b"\"change\":\"accepted\""),
    ("sending-began", "changes/segment", b"\"change\":\"sending-began\""),
    ("not-delivered", "changes/segment", b"\"change\":\"not-delivered\""),
    ("outcome-unknown", "changes/segment", b"\"change\":\"outcome-unknown\""),
    ("acknowledged", "changes/segment", b"\"change\":\"acknowledged\""),
    ("answered", "changes/segment", b"\"change\":\"answered\""),
    ("collected", "changes/segment", b"\"change\":\"collected\""),
    ("audit line", "audit/lines/segment", b"EJR1\x01"),
    ("index", "index/db", b""),
];

/// Calls that make or destroy keys and renew the head of the audit log: they write no record.
const NAMES: &[(&str, Call, &str)] = &[
    ("key made", Call::Create, "keys/"),
    ("key synced", Call::Sync, "keys/"),
    ("key named", Call::Rename, "keys/"),
    ("keys synced", Call::SyncFolder, "keys"),
    ("head of the audit log", Call::Rename, "audit/"),
    ("folder of changes synced", Call::SyncFolder, "changes"),
    ("folder of content synced", Call::SyncFolder, "content"),
];

/// Every moment that has a name: before and after the write of each record, before and after its sync, and around each
/// change of a name.
#[must_use]
pub fn named() -> Vec<(String, Moment)> {
    let mut all = Vec::new();
    let around = |name: &str, call: Call, below: &'static str, bytes: &'static [u8]| {
        [false, true].map(|is_after| {
            let when = if is_after { "after" } else { "before" };
            (format!("{name}, {when} {call:?}"), Moment::At { call, below, bytes, is_after })
        })
    };
    for (name, below, bytes) in RECORDS {
        all.extend(around(name, Call::Write, below, bytes));
        all.extend(around(name, Call::Sync, below, bytes));
    }
    for (name, call, below) in NAMES {
        all.extend(around(name, *call, below, b""));
    }
    all
}

/// Watches calls until its moment comes.
#[derive(Debug)]
pub(crate) struct Watch {
    moment: Moment,
    /// The file that has the looked-for bytes and was not synced since.
    marked: Option<Ino>,
    calls: u64,
}

impl Watch {
    pub(crate) fn new(moment: Moment) -> Self {
        Self { moment, marked: None, calls: 0 }
    }

    /// Whether the moment is this call; `Some(true)`: after it.
    pub(crate) fn sees(&mut self, call: Call, (ino, path): (Ino, &str), written: &[u8]) -> Option<bool> {
        self.calls += 1;
        match &self.moment {
            Moment::Calls(count) => (self.calls > *count).then_some(false),
            Moment::At { call: wanted, below, bytes, is_after } => {
                if !path.starts_with(below) {
                    return None;
                }
                if call == Call::Write && !bytes.is_empty() && holds(written, bytes) {
                    self.marked = Some(ino);
                }
                let fits = call == *wanted
                    && match call {
                        Call::Write => bytes.is_empty() || holds(written, bytes),
                        Call::Sync => bytes.is_empty() || self.marked == Some(ino),
                        _ => true,
                    };
                fits.then_some(*is_after)
            }
        }
    }
}

fn holds(written: &[u8], bytes: &[u8]) -> bool {
    written.windows(bytes.len()).any(|window| window == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_its_bytes_and_its_sync_by_the_file() {
        let at = |call| Moment::At { call, below: "changes/", bytes: b"accepted", is_after: true };
        let mut write = Watch::new(at(Call::Write));
        assert_eq!(write.sees(Call::Write, (7, "content/a"), b"accepted"), None);
        assert_eq!(write.sees(Call::Write, (8, "changes/a"), b"answered"), None);
        assert_eq!(write.sees(Call::Write, (8, "changes/a"), b"xx accepted"), Some(true));
        let mut sync = Watch::new(at(Call::Sync));
        assert_eq!(sync.sees(Call::Sync, (8, "changes/a"), b""), None);
        assert_eq!(sync.sees(Call::Write, (8, "changes/a"), b"accepted"), None);
        assert_eq!(sync.sees(Call::Sync, (9, "changes/b"), b""), None);
        assert_eq!(sync.sees(Call::Sync, (8, "changes/a"), b""), Some(true));
    }

    #[test]
    fn calls_are_counted() {
        let mut watch = Watch::new(Moment::Calls(2));
        let seen = [(); 3].map(|()| watch.sees(Call::Sync, (1, ""), b""));
        assert_eq!(seen, [None, None, Some(false)]);
    }

    #[test]
    fn every_named_moment_is_another() {
        let all = named();
        assert_eq!(all.len(), 4 * RECORDS.len() + 2 * NAMES.len());
        let names: std::collections::BTreeSet<_> = all.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), all.len());
    }
}
