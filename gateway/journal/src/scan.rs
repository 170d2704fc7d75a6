//! Reading one segment from front to back, past anything that is damaged.
//!
//! The scanner only says what lies where; what a gap *means* is decided in `recovery`. It never
//! fails: a page that the disk cannot read counts as damage, so that one bad sector costs one record
//! and not the whole journal.

use crate::disk::DiskFile;
use crate::frame::Header;
use crate::limits;
use crate::position::Position;
use crate::segment::SegmentName;
use std::io;
use std::sync::Arc;

/// What the scanner came across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// An intact record; its payload can be had until the next step.
    Record(Header),
    /// An intact header whose payload does not match.
    Broken(Header),
    /// Bytes that are neither a record nor empty.
    Junk {
        /// First offset.
        from: u64,
        /// First offset behind it.
        to: u64,
    },
}

impl Item {
    /// First offset behind this item.
    pub(crate) fn end(&self) -> u64 {
        match self {
            Self::Record(header) | Self::Broken(header) => header.position.offset() + header.occupied_bytes(),
            Self::Junk { to, .. } => *to,
        }
    }
}

/// Walks over one segment.
pub(crate) struct Scan {
    window: Window,
    name: SegmentName,
    offset: u64,
    junk_from: Option<u64>,
}

impl Scan {
    pub(crate) fn new(file: Arc<dyn DiskFile>, name: SegmentName) -> io::Result<Self> {
        Self::starting_at(file, name, limits::PAGE_BYTES)
    }

    /// Starts at `offset`, which must be where a record starts.
    pub(crate) fn starting_at(file: Arc<dyn DiskFile>, name: SegmentName, offset: u64) -> io::Result<Self> {
        let window = Window::new(file)?;
        Ok(Self { window, name, offset: offset.max(limits::PAGE_BYTES), junk_from: None })
    }

    /// The next item, or None at the end of the file.
    pub(crate) fn step(&mut self) -> Option<Item> {
        loop {
            let offset = self.offset;
            let page_end = (offset / limits::PAGE_BYTES + 1) * limits::PAGE_BYTES;
            let size_bytes = self.window.size_bytes;
            let rest_end = page_end.min(size_bytes);
            if offset >= rest_end {
                return self.end_junk(offset);
            }
            let rest = self.window.bytes(offset, rest_end - offset);
            if ZERO_PAGE.starts_with(rest) {
                if let Some(junk) = self.end_junk(offset) {
                    return Some(junk);
                }
                self.offset = page_end;
                continue;
            }
            let position = Position::new(self.name.number, offset);
            let fits = |header: &Header| {
                offset + limits::HEADER_BYTES + u64::from(header.payload_bytes) <= size_bytes
            };
            let Some(header) = Header::from_bytes(rest, position, self.name.salt).filter(fits) else {
                self.junk_from.get_or_insert(offset);
                self.offset += limits::RECORD_ALIGNMENT_BYTES;
                continue;
            };
            if let Some(junk) = self.end_junk(offset) {
                return Some(junk);
            }
            self.offset += header.occupied_bytes();
            let intact = header.fits_payload(self.payload(&header));
            return Some(if intact { Item::Record(header) } else { Item::Broken(header) });
        }
    }

    /// The payload of the record that [`Scan::step`] has just returned.
    pub(crate) fn payload(&mut self, header: &Header) -> &[u8] {
        self.window.bytes(header.position.offset() + limits::HEADER_BYTES, header.payload_bytes.into())
    }

    /// Bytes that the disk could not read so far.
    pub(crate) fn unreadable_bytes(&self) -> u64 {
        self.window.unreadable_bytes
    }

    fn end_junk(&mut self, to: u64) -> Option<Item> {
        self.junk_from.take().map(|from| Item::Junk { from, to })
    }
}

/// A moving piece of the file in memory.
struct Window {
    file: Arc<dyn DiskFile>,
    size_bytes: u64,
    start: u64,
    buffer: Vec<u8>,
    unreadable_bytes: u64,
}

impl Window {
    fn new(file: Arc<dyn DiskFile>) -> io::Result<Self> {
        let size_bytes = file.size_bytes()?;
        Ok(Self { file, size_bytes, start: 0, buffer: Vec::new(), unreadable_bytes: 0 })
    }

    /// The bytes at `offset`; the caller has made sure that they lie within the file.
    fn bytes(&mut self, offset: u64, length: u64) -> &[u8] {
        let held = self.start..self.start + self.buffer.len() as u64;
        if offset < held.start || offset + length > held.end {
            self.load(offset, length);
        }
        let from = (offset - self.start) as usize;
        self.buffer.get(from..from + length as usize).unwrap_or_default()
    }

    /// Moves the window to `offset`; what it holds already is not read again.
    fn load(&mut self, offset: u64, length: u64) {
        let start = offset / limits::PAGE_BYTES * limits::PAGE_BYTES;
        let wanted = (offset + length - start).max(limits::SCAN_WINDOW_BYTES as u64);
        let available = self.size_bytes.saturating_sub(start);
        let held = match start.checked_sub(self.start).map(|moved| moved as usize) {
            Some(moved) if moved < self.buffer.len() => {
                self.buffer.copy_within(moved.., 0);
                self.buffer.len() - moved
            }
            _ => 0,
        };
        self.start = start;
        self.buffer.resize(wanted.min(available) as usize, 0);
        let Some(rest) = self.buffer.get_mut(held..) else { return };
        let mut at = start + held as u64;
        if self.file.read_at(at, rest).is_ok() {
            return;
        }
        for page in rest.chunks_mut(limits::PAGE_BYTES as usize) {
            if self.file.read_at(at, page).is_err() {
                page.fill(0);
                self.unreadable_bytes += page.len() as u64;
            }
            at += page.len() as u64;
        }
    }
}

const ZERO_PAGE: [u8; limits::PAGE_BYTES as usize] = [0; limits::PAGE_BYTES as usize];
