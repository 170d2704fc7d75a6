//! Keeps every message that was taken in, one file each, so that a restart finds the same system again.
//!
//! A message is on disk before it is acknowledged. Files are numbered in order of arrival and read back in that
//! order. The format is plain: one line of JSON saying what follows, then the envelope, then the container.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::Error;

/// The folder of kept messages.
pub(crate) struct Kept {
    folder: PathBuf,
    next: u64,
}

/// One kept arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A message over the link: envelope and container bytes.
    Message {
        /// XML of the envelope.
        envelope: Vec<u8>,
        /// ANSI/NIST container, empty for changes.
        container: Vec<u8>,
    },
    /// An operation keyed at the web interface.
    Keyed {
        /// Code of the operation.
        operation: String,
        /// Reference number it was keyed for.
        reference_number: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Head {
    Message { envelope_bytes: usize, container_bytes: usize },
    Keyed { operation: String, reference_number: String },
}

impl Kept {
    /// Opens the folder, making it if needed, and reads back what is there.
    ///
    /// # Errors
    /// When the folder cannot be used or a file in it does not read back.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Vec<Entry>), Error> {
        let unusable = |error: std::io::Error| Error::Folder {
            folder: folder.display().to_string(),
            reason: error.to_string(),
        };
        fs::create_dir_all(folder).map_err(unusable)?;
        let mut numbers = Vec::new();
        for file in fs::read_dir(folder).map_err(unusable)? {
            let name = file.map_err(unusable)?.file_name();
            if let Some(number) = name
                .to_str()
                .and_then(|name| name.strip_suffix(ENDING))
                .and_then(|stem| stem.parse::<u64>().ok())
            {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        let mut entries = Vec::with_capacity(numbers.len());
        for number in &numbers {
            entries.push(read(&path(folder, *number))?);
        }
        let next = numbers.last().map_or(1, |last| last + 1);
        Ok((Self { folder: folder.to_owned(), next }, entries))
    }

    /// Puts an entry on disk; when this returns it survives the process.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&mut self, entry: &Entry) -> Result<(), Error> {
        let unusable = |error: std::io::Error| Error::Folder {
            folder: self.folder.display().to_string(),
            reason: error.to_string(),
        };
        let head = match entry {
            Entry::Message { envelope, container } => {
                Head::Message { envelope_bytes: envelope.len(), container_bytes: container.len() }
            }
            Entry::Keyed { operation, reference_number } => {
                Head::Keyed { operation: operation.clone(), reference_number: reference_number.clone() }
            }
        };
        let mut bytes = serde_json::to_vec(&head).map_err(|error| unusable(error.into()))?;
        bytes.push(b'\n');
        if let Entry::Message { envelope, container } = entry {
            bytes.extend_from_slice(envelope);
            bytes.extend_from_slice(container);
        }
        let unfinished = self.folder.join("unfinished");
        let mut file = File::create(&unfinished).map_err(unusable)?;
        file.write_all(&bytes).map_err(unusable)?;
        file.sync_all().map_err(unusable)?;
        fs::rename(&unfinished, path(&self.folder, self.next)).map_err(unusable)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(unusable)?;
        self.next += 1;
        Ok(())
    }
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}{ENDING}"))
}

fn read(path: &Path) -> Result<Entry, Error> {
    let broken = |reason: String| Error::Kept { file: path.display().to_string(), reason };
    let bytes = fs::read(path).map_err(|error| broken(error.to_string()))?;
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| broken("its first line has no end".to_owned()))?;
    let (head, rest) = bytes.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    match serde_json::from_slice(head).map_err(|error| broken(error.to_string()))? {
        Head::Keyed { operation, reference_number } => Ok(Entry::Keyed { operation, reference_number }),
        Head::Message { envelope_bytes, container_bytes } => {
            if envelope_bytes.checked_add(container_bytes) != Some(rest.len()) {
                return Err(broken("its length does not fit its first line".to_owned()));
            }
            let (envelope, container) = rest.split_at(envelope_bytes);
            Ok(Entry::Message { envelope: envelope.to_vec(), container: container.to_vec() })
        }
    }
}

const ENDING: &str = ".kept";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_read_back_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let message = Entry::Message { envelope: b"<a>\n</a>".to_vec(), container: vec![0, 10, 255] };
        let keyed =
            Entry::Keyed { operation: "erase-inaccurate".to_owned(), reference_number: "NL1x".to_owned() };
        let (mut kept, entries) = Kept::open(folder.path()).unwrap();
        assert!(entries.is_empty());
        kept.keep(&message).unwrap();
        kept.keep(&keyed).unwrap();
        drop(kept);
        let (mut kept, entries) = Kept::open(folder.path()).unwrap();
        assert_eq!(entries, [message.clone(), keyed.clone()]);
        kept.keep(&message).unwrap();
        assert_eq!(Kept::open(folder.path()).unwrap().1, [message.clone(), keyed, message]);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("00000001.kept"),
            b"{\"kind\":\"message\",\"envelope_bytes\":9,\"container_bytes\":0}\nshort",
        )
        .unwrap();
        let error = Kept::open(folder.path()).err().unwrap();
        assert_eq!(error.code(), "S-0104");
        assert!(error.to_string().contains("00000001.kept"));
    }

    #[test]
    fn lengths_that_overflow_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let head =
            format!("{{\"kind\":\"message\",\"envelope_bytes\":{},\"container_bytes\":1}}\n", usize::MAX);
        fs::write(folder.path().join("00000001.kept"), head).unwrap();
        assert_eq!(Kept::open(folder.path()).err().unwrap().code(), "S-0104");
    }
}
