//! Reading a log: from its folder, also while the gateway writes to it, or from an exported file of JSON lines.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use firmware_config::PublicKey;
use journal::{Committer, Disk, DiskFile, Journal, RealDisk, Record};

use super::line::{Anchor, Line};
use super::verify::{Fault, Report, Verifier};
use super::{Checkpoint, checkpoint, head, options};
use crate::error::Error;
use crate::limits;

/// Kind of a journal record that holds a group of lines, one JSON object per text line.
pub(super) const KIND_LINES: u8 = 1;

/// Writes a group as JSON lines.
pub(super) fn encode(lines: &[Line]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        // A line consists of text and numbers; writing it cannot fail.
        bytes.extend(serde_json::to_vec(line).unwrap_or_default());
        bytes.push(b'\n');
    }
    bytes
}

/// Reads a group; `None` when anything in it is no line.
pub(super) fn decode(record: &Record) -> Option<Vec<Line>> {
    if record.kind != KIND_LINES {
        return None;
    }
    let lines = record.payload.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Checks the log in a folder or an exported file.
///
/// `published` are checkpoints from outside; those of the folder are found there.
pub fn verify_path(
    path: &Path,
    key: &PublicKey,
    mut anchors: Vec<Anchor>,
    published: Vec<Checkpoint>,
) -> Result<Report, Error> {
    if path.is_file() {
        let mut verifier = Verifier::new(key, anchors).with_checkpoints(&[], published)?;
        each_in_file(path, |line| verifier.take(line.as_ref()))?;
        return Ok(verifier.finish()?);
    }
    if let Some(head) = head::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Error::from(Fault::Head),
        _ => unreadable(path, &error.kind().to_string()),
    })? {
        let genuine = head.is_well_formed() && head.computed_hash() == head.hash && head.is_signed_by(key);
        anchors.push(if genuine { head.anchor() } else { return Err(Fault::Head.into()) });
    }
    let own = checkpoint::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Error::from(Fault::Checkpoint { size: 0 })
        }
        _ => unreadable(path, &error.kind().to_string()),
    })?;
    let mut verifier = Verifier::new(key, anchors).with_checkpoints(&own, published)?;
    each_in_folder(path, |line| verifier.take(line.as_ref()))?;
    Ok(verifier.finish()?)
}

/// Reads published checkpoints from a file of JSON lines.
pub fn read_checkpoints(file: &Path) -> Result<Vec<Checkpoint>, Error> {
    let mut bytes = crate::site::read_bounded("checkpoint", file)?;
    // One that was fetched alone need not end its line.
    bytes.push(b'\n');
    checkpoint::parse(&bytes).map_err(|error| unreadable(file, &error.kind().to_string()))
}

/// Writes the log as JSON lines, oldest first. Returns the number of lines.
pub fn export(folder: &Path, to: &mut impl Write) -> Result<u64, Error> {
    let mut count = 0;
    let mut failure = None;
    each_in_folder(folder, |line| {
        let line = line.ok_or(Fault::Unreadable { after: count })?;
        count += 1;
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        failure = to.write_all(&text).err();
        if failure.is_some() { Err(Fault::Unreadable { after: count }) } else { Ok(()) }
    })
    .map_err(|error| match failure {
        Some(error) => unreadable(folder, &format!("the export could not be written: {}", error.kind())),
        None => error,
    })?;
    Ok(count)
}

pub(super) fn each_in_folder(
    folder: &Path,
    mut take: impl FnMut(Option<Line>) -> Result<(), Fault>,
) -> Result<(), Error> {
    let disk = RealDisk::open_existing(&folder.join("lines"))
        .map_err(|error| unreadable(folder, &error.kind().to_string()))?;
    let options = options();
    let (journal, found) = Journal::open_on(Arc::new(ReadOnly(disk)), options, Committer::Caller)
        .map_err(|error| unreadable(folder, &error.to_string()))?;
    if found.damaged_records > 0 {
        return Err(Error::JournalDamaged { which: "audit", records: found.damaged_records });
    }
    for record in journal.replay() {
        let (_, record) = record.map_err(Error::journal("audit"))?;
        match decode(&record) {
            Some(lines) => lines.into_iter().try_for_each(|line| take(Some(line)))?,
            None => take(None)?,
        }
    }
    Ok(())
}

fn each_in_file(file: &Path, mut take: impl FnMut(Option<Line>) -> Result<(), Fault>) -> Result<(), Error> {
    let failed = |error: io::Error| unreadable(file, &error.kind().to_string());
    let mut reader = BufReader::new(File::open(file).map_err(failed)?);
    let mut text = Vec::new();
    loop {
        text.clear();
        let bound = u64::try_from(limits::AUDIT_LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let length = io::Read::take(&mut reader, bound).read_until(b'\n', &mut text).map_err(failed)?;
        if length == 0 {
            return Ok(());
        }
        take(serde_json::from_slice(&text).ok())?;
    }
}

pub(super) fn unreadable(path: &Path, reason: &str) -> Error {
    Error::AuditUnreadable { folder: path.display().to_string(), reason: reason.to_owned() }
}

/// A disk that is only looked at: the log of a running gateway can be checked without disturbing it. What opening
/// would tidy up stays as it is.
struct ReadOnly(RealDisk);

struct ReadOnlyFile(Arc<dyn DiskFile>);

impl Disk for ReadOnly {
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        Ok(Box::new(()))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }

    fn create(&self, _: &str, _: u64) -> io::Result<Arc<dyn DiskFile>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.open_read(name)
    }

    fn open_read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(ReadOnlyFile(self.0.open_read(name)?)))
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.0.free_bytes()
    }

    fn salt(&self) -> io::Result<u64> {
        self.0.salt()
    }
}

impl DiskFile for ReadOnlyFile {
    fn size_bytes(&self) -> io::Result<u64> {
        self.0.size_bytes()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buffer)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn sync_content(&self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn forget_cache(&self) -> io::Result<()> {
        self.0.forget_cache()
    }
}
