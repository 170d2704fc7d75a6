//! What is on the disk, and what would be left of it after a power cut. Pure: no kernel, no clock.
//!
//! Every file and folder is held twice: as programs see it, and as it is durable. The rules are those of POSIX and no
//! kinder:
//!
//! * a page of a file is durable once a sync of that file, begun after the page was written, has ended;
//! * a name is durable once its folder was synced; syncing the file does not make its name durable;
//! * after a sync that failed, what it should have made durable is gone, and a later sync that succeeds does not bring
//!   it back.
//!
//! What is not durable may survive a cut all the same, page by page and name by name: see [`Fate`].
//!
//! Left out on purpose: links, permissions, times, and tearing within one page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::limits::PAGE_BYTES;

/// Number of a file or folder.
pub type Ino = u64;

/// The top folder.
pub const ROOT: Ino = 1;

type Page = Arc<[u8; PAGE_BYTES]>;

/// What becomes of that which is not durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All of it is lost.
    Dropped,
    /// Each page survives or not, and of the names of each folder a part of the changes in order, by this seed.
    Torn(u64),
}

/// Why an operation is refused. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The name is taken.
    Exists,
    /// The disk is full.
    Full,
    /// There is no such file or folder.
    Missing,
    /// The folder is not empty.
    NotEmpty,
    /// It is a folder where a file is needed, or the other way round.
    WrongKind,
}

/// The disk.
#[derive(Clone)]
pub struct Image {
    nodes: BTreeMap<Ino, Node>,
    next: Ino,
    /// Bytes that the files may have together.
    pub capacity_bytes: u64,
}

#[derive(Clone)]
struct Node {
    path: String,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    File(File),
    Folder(Folder),
}

#[derive(Clone, Default)]
struct File {
    live: Content,
    durable: Content,
    dirty: BTreeSet<u64>,
    /// The smallest size the file was cut to since it was last synced.
    cut_to: Option<u64>,
}

#[derive(Clone, Default)]
struct Content {
    pages: BTreeMap<u64, Page>,
    size_bytes: u64,
}

#[derive(Clone, Default)]
struct Folder {
    live: BTreeMap<String, Ino>,
    durable: BTreeMap<String, Ino>,
    /// Changes of names since the last sync, oldest first.
    changes: Vec<NameChange>,
}

#[derive(Clone)]
enum NameChange {
    Set(String, Ino),
    Gone(String),
    Renamed(String, String, Ino),
}

/// What a sync has to make durable, as it was when the sync began.
pub struct Flush {
    ino: Ino,
    pages: Vec<(u64, Page)>,
    size_bytes: u64,
    cut_to: Option<u64>,
}

impl Default for Image {
    fn default() -> Self {
        let root = Node { path: String::new(), kind: Kind::Folder(Folder::default()) };
        Self { nodes: BTreeMap::from([(ROOT, root)]), next: ROOT + 1, capacity_bytes: u64::MAX }
    }
}

impl Image {
    /// Makes a file or a folder.
    ///
    /// # Errors
    /// [`Refused::Exists`], [`Refused::Full`], or a parent that is none.
    pub fn create(&mut self, parent: Ino, name: &str, is_folder: bool) -> Result<Ino, Refused> {
        if self.used_bytes() >= self.capacity_bytes {
            return Err(Refused::Full);
        }
        let (ino, above) = (self.next, self.path(parent));
        let folder = self.folder(parent)?;
        if folder.live.contains_key(name) {
            return Err(Refused::Exists);
        }
        folder.live.insert(name.to_owned(), ino);
        folder.changes.push(NameChange::Set(name.to_owned(), ino));
        let path = if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        let kind = if is_folder { Kind::Folder(Folder::default()) } else { Kind::File(File::default()) };
        self.nodes.insert(ino, Node { path, kind });
        self.next += 1;
        Ok(ino)
    }

    /// Writes bytes, growing the file where needed.
    ///
    /// # Errors
    /// [`Refused::Full`] when it would have to grow over the capacity; then nothing is written.
    pub fn write(&mut self, ino: Ino, offset: u64, bytes: &[u8]) -> Result<(), Refused> {
        self.grow(ino, offset + bytes.len() as u64)?;
        let file = self.file(ino)?;
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (number, within) = place(at);
            let (now, later) = rest.split_at(rest.len().min(PAGE_BYTES - within));
            let page = file.live.pages.entry(number).or_insert_with(|| Arc::new([0; PAGE_BYTES]));
            Arc::make_mut(page)[within..within + now.len()].copy_from_slice(now);
            file.dirty.insert(number);
            at += now.len() as u64;
            rest = later;
        }
        Ok(())
    }

    /// Makes the file at least this large; new bytes are zero.
    ///
    /// # Errors
    /// [`Refused::Full`].
    pub fn grow(&mut self, ino: Ino, size_bytes: u64) -> Result<(), Refused> {
        let more = size_bytes.saturating_sub(self.size_bytes(ino)?);
        if more > 0 && self.used_bytes().saturating_add(more) > self.capacity_bytes {
            return Err(Refused::Full);
        }
        let file = self.file(ino)?;
        file.live.size_bytes = file.live.size_bytes.max(size_bytes);
        Ok(())
    }

    /// Gives the file this size.
    ///
    /// # Errors
    /// As [`Image::grow`].
    pub fn resize(&mut self, ino: Ino, size_bytes: u64) -> Result<(), Refused> {
        self.grow(ino, size_bytes)?;
        let file = self.file(ino)?;
        if size_bytes < file.live.size_bytes {
            let (whole, within) = place(size_bytes);
            file.live.shorten(size_bytes);
            file.dirty.retain(|page| *page < whole || (within > 0 && *page == whole));
            if within > 0 && file.live.pages.contains_key(&whole) {
                file.dirty.insert(whole);
            }
            file.cut_to = Some(file.cut_to.map_or(size_bytes, |before| before.min(size_bytes)));
        }
        Ok(())
    }

    /// Bytes of a file from `offset` on, fewer at its end.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn read(&mut self, ino: Ino, offset: u64, length: usize) -> Result<Vec<u8>, Refused> {
        let file = self.file(ino)?;
        let end = file.live.size_bytes.min(offset.saturating_add(length as u64));
        let mut bytes = Vec::with_capacity(length);
        let mut at = offset;
        while at < end {
            let (number, within) = place(at);
            let count = (PAGE_BYTES - within).min((end - at) as usize);
            match file.live.pages.get(&number) {
                Some(page) => bytes.extend_from_slice(&page[within..within + count]),
                None => bytes.resize(bytes.len() + count, 0),
            }
            at += count as u64;
        }
        Ok(bytes)
    }

    /// Takes the name away.
    ///
    /// # Errors
    /// [`Refused::Missing`] or [`Refused::NotEmpty`].
    pub fn remove(&mut self, parent: Ino, name: &str) -> Result<(), Refused> {
        let ino = self.lookup(parent, name)?;
        if matches!(&self.node(ino)?.kind, Kind::Folder(folder) if !folder.live.is_empty()) {
            return Err(Refused::NotEmpty);
        }
        let folder = self.folder(parent)?;
        folder.live.remove(name);
        folder.changes.push(NameChange::Gone(name.to_owned()));
        Ok(())
    }

    /// Gives a file or folder another name, replacing the file that had it. Within one folder the change is one; between
    /// two folders each has its own.
    ///
    /// # Errors
    /// [`Refused::Missing`].
    pub fn rename(&mut self, from: (Ino, &str), to: (Ino, &str)) -> Result<(), Refused> {
        let ino = self.lookup(from.0, from.1)?;
        self.folder(from.0)?.live.remove(from.1);
        self.folder(to.0)?.live.insert(to.1.to_owned(), ino);
        if from.0 == to.0 {
            let change = NameChange::Renamed(from.1.to_owned(), to.1.to_owned(), ino);
            self.folder(to.0)?.changes.push(change);
        } else {
            self.folder(to.0)?.changes.push(NameChange::Set(to.1.to_owned(), ino));
            self.folder(from.0)?.changes.push(NameChange::Gone(from.1.to_owned()));
        }
        let above = self.path(to.0);
        let path = if above.is_empty() { to.1.to_owned() } else { format!("{above}/{}", to.1) };
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.path = path;
        }
        Ok(())
    }

    /// What a sync of this file has to make durable now.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn begin_sync(&mut self, ino: Ino) -> Result<Flush, Refused> {
        let file = self.file(ino)?;
        let pages = file.dirty.iter().filter_map(|page| Some((*page, file.live.pages.get(page)?.clone())));
        Ok(Flush { ino, pages: pages.collect(), size_bytes: file.live.size_bytes, cut_to: file.cut_to })
    }

    /// The sync has ended well: what it was begun for is durable.
    pub fn end_sync(&mut self, flush: Flush) {
        let Ok(file) = self.file(flush.ino) else { return };
        if let Some(size_bytes) = flush.cut_to {
            file.durable.shorten(size_bytes);
            if file.cut_to == flush.cut_to {
                file.cut_to = None;
            }
        }
        for (number, page) in flush.pages {
            if file.live.pages.get(&number).is_some_and(|now| Arc::ptr_eq(now, &page)) {
                file.dirty.remove(&number);
            }
            file.durable.pages.insert(number, page);
        }
        file.durable.size_bytes = flush.size_bytes;
    }

    /// The sync has failed: what it was begun for is gone from the disk, and nobody will write it again.
    pub fn fail_sync(&mut self, flush: &Flush) {
        let Ok(file) = self.file(flush.ino) else { return };
        for (number, _) in &flush.pages {
            file.dirty.remove(number);
            match file.durable.pages.get(number) {
                Some(page) => file.live.pages.insert(*number, Arc::clone(page)),
                None => file.live.pages.remove(number),
            };
        }
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn sync_folder(&mut self, ino: Ino) -> Result<(), Refused> {
        let folder = self.folder(ino)?;
        folder.changes.clear();
        folder.durable = folder.live.clone();
        Ok(())
    }

    /// The disk as it is found after a power cut now.
    #[must_use]
    pub fn cut(&self, fate: Fate) -> Self {
        let mut left = Self { next: self.next, capacity_bytes: u64::MAX, ..Self::default() };
        let mut random = match fate {
            Fate::Dropped => None,
            Fate::Torn(seed) => Some(ChaCha8Rng::seed_from_u64(seed)),
        };
        let mut open = vec![ROOT];
        while let Some(ino) = open.pop() {
            let Some(Node { path, kind }) = self.nodes.get(&ino) else { continue };
            let kind = match kind {
                Kind::File(file) => {
                    let content = file.survivor(random.as_mut());
                    Kind::File(File { live: content.clone(), durable: content, ..File::default() })
                }
                Kind::Folder(folder) => {
                    let names = folder.survivor(random.as_mut());
                    open.extend(names.values());
                    Kind::Folder(Folder { live: names.clone(), durable: names, changes: Vec::new() })
                }
            };
            left.nodes.insert(ino, Node { path: path.clone(), kind });
        }
        left
    }

    /// The file or folder of this name.
    ///
    /// # Errors
    /// [`Refused::Missing`].
    pub fn lookup(&self, parent: Ino, name: &str) -> Result<Ino, Refused> {
        match &self.node(parent)?.kind {
            Kind::Folder(folder) => folder.live.get(name).copied().ok_or(Refused::Missing),
            Kind::File(_) => Err(Refused::WrongKind),
        }
    }

    /// Names in a folder, with whether each is a folder.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn list(&self, ino: Ino) -> Result<Vec<(Ino, String, bool)>, Refused> {
        let Kind::Folder(folder) = &self.node(ino)?.kind else { return Err(Refused::WrongKind) };
        Ok(folder.live.iter().map(|(name, ino)| (*ino, name.clone(), self.is_folder(*ino))).collect())
    }

    /// Size of a file; 0 for a folder.
    ///
    /// # Errors
    /// [`Refused::Missing`].
    pub fn size_bytes(&self, ino: Ino) -> Result<u64, Refused> {
        Ok(match &self.node(ino)?.kind {
            Kind::File(file) => file.live.size_bytes,
            Kind::Folder(_) => 0,
        })
    }

    /// Whether this is a folder.
    #[must_use]
    pub fn is_folder(&self, ino: Ino) -> bool {
        matches!(self.node(ino), Ok(Node { kind: Kind::Folder(_), .. }))
    }

    /// Where it lies below the top.
    #[must_use]
    pub fn path(&self, ino: Ino) -> String {
        self.nodes.get(&ino).map(|node| node.path.clone()).unwrap_or_default()
    }

    /// Bytes that the named files have together.
    #[must_use]
    pub fn used_bytes(&self) -> u64 {
        if self.capacity_bytes == u64::MAX {
            return 0;
        }
        let folders = self.nodes.values().filter_map(|node| match &node.kind {
            Kind::Folder(folder) => Some(folder.live.values()),
            Kind::File(_) => None,
        });
        folders.flatten().filter_map(|ino| self.size_bytes(*ino).ok()).sum()
    }

    fn node(&self, ino: Ino) -> Result<&Node, Refused> {
        self.nodes.get(&ino).ok_or(Refused::Missing)
    }

    fn file(&mut self, ino: Ino) -> Result<&mut File, Refused> {
        match self.nodes.get_mut(&ino) {
            Some(Node { kind: Kind::File(file), .. }) => Ok(file),
            Some(_) => Err(Refused::WrongKind),
            None => Err(Refused::Missing),
        }
    }

    fn folder(&mut self, ino: Ino) -> Result<&mut Folder, Refused> {
        match self.nodes.get_mut(&ino) {
            Some(Node { kind: Kind::Folder(folder), .. }) => Ok(folder),
            Some(_) => Err(Refused::WrongKind),
            None => Err(Refused::Missing),
        }
    }
}

impl File {
    fn survivor(&self, random: Option<&mut ChaCha8Rng>) -> Content {
        let mut left = self.durable.clone();
        let Some(random) = random else { return left };
        if let Some(size_bytes) = self.cut_to.filter(|_| coin(random)) {
            left.shorten(size_bytes);
        }
        for number in &self.dirty {
            if let Some(page) = self.live.pages.get(number).filter(|_| coin(random)) {
                left.pages.insert(*number, Arc::clone(page));
                left.size_bytes =
                    left.size_bytes.max(self.live.size_bytes.min((number + 1) * PAGE_BYTES as u64));
            }
        }
        if coin(random) {
            left.size_bytes = left.size_bytes.max(self.live.size_bytes);
        }
        left
    }
}

impl Content {
    fn shorten(&mut self, size_bytes: u64) {
        let (whole, within) = place(size_bytes);
        drop(self.pages.split_off(&(whole + u64::from(within > 0))));
        if let Some(page) = self.pages.get_mut(&whole) {
            Arc::make_mut(page)[within..].fill(0);
        }
        self.size_bytes = self.size_bytes.min(size_bytes);
    }
}

impl Folder {
    fn survivor(&self, random: Option<&mut ChaCha8Rng>) -> BTreeMap<String, Ino> {
        let mut names = self.durable.clone();
        let Some(random) = random else { return names };
        let count = random.next_u64() as usize % (self.changes.len() + 1);
        for change in self.changes.iter().take(count) {
            match change {
                NameChange::Set(name, ino) => {
                    names.insert(name.clone(), *ino);
                }
                NameChange::Gone(name) => {
                    names.remove(name);
                }
                NameChange::Renamed(from, to, ino) => {
                    names.remove(from);
                    names.insert(to.clone(), *ino);
                }
            }
        }
        names
    }
}

fn coin(random: &mut ChaCha8Rng) -> bool {
    random.next_u32().is_multiple_of(2)
}

fn place(offset: u64) -> (u64, usize) {
    (offset / PAGE_BYTES as u64, (offset % PAGE_BYTES as u64) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk_with(name: &str, bytes: &[u8]) -> (Image, Ino) {
        let mut disk = Image::default();
        let file = disk.create(ROOT, name, false).expect("made");
        disk.write(file, 0, bytes).expect("written");
        (disk, file)
    }

    fn sync(disk: &mut Image, file: Ino) {
        let flush = disk.begin_sync(file).expect("a file");
        disk.end_sync(flush);
    }

    fn after(disk: &Image, fate: Fate, name: &str) -> Option<Vec<u8>> {
        let mut left = disk.cut(fate);
        let file = left.lookup(ROOT, name).ok()?;
        Some(left.read(file, 0, 1 << 20).expect("readable"))
    }

    #[test]
    fn a_name_needs_its_folder_synced_and_bytes_need_their_file_synced() {
        let (mut disk, file) = disk_with("a", b"one");
        sync(&mut disk, file);
        assert_eq!(after(&disk, Fate::Dropped, "a"), None, "the name was not synced");
        disk.sync_folder(ROOT).expect("a folder");
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"one".as_slice()));
        disk.write(file, 3, b" two").expect("written");
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"one".as_slice()));
        sync(&mut disk, file);
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"one two".as_slice()));
    }

    #[test]
    fn what_was_written_during_a_sync_is_not_part_of_it() {
        let (mut disk, file) = disk_with("a", b"old");
        disk.sync_folder(ROOT).expect("a folder");
        let flush = disk.begin_sync(file).expect("a file");
        disk.write(file, 0, b"new").expect("written");
        disk.end_sync(flush);
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"old".as_slice()));
        sync(&mut disk, file);
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"new".as_slice()));
    }

    #[test]
    fn a_failed_sync_loses_what_it_was_for_and_a_later_one_does_not_bring_it_back() {
        let (mut disk, file) = disk_with("a", b"kept");
        sync(&mut disk, file);
        disk.sync_folder(ROOT).expect("a folder");
        disk.write(file, 0, b"lost").expect("written");
        let flush = disk.begin_sync(file).expect("a file");
        disk.fail_sync(&flush);
        sync(&mut disk, file);
        assert_eq!(after(&disk, Fate::Dropped, "a").as_deref(), Some(b"kept".as_slice()));
    }

    #[test]
    fn a_torn_cut_keeps_some_unsynced_pages_and_not_always_the_same() {
        let (mut disk, file) = disk_with("a", &[0; 8 * PAGE_BYTES]);
        sync(&mut disk, file);
        disk.sync_folder(ROOT).expect("a folder");
        disk.write(file, 0, &[1; 8 * PAGE_BYTES]).expect("written");
        let kept = |seed| {
            let bytes = after(&disk, Fate::Torn(seed), "a").expect("named");
            bytes.chunks(PAGE_BYTES).filter(|page| page.iter().all(|byte| *byte == 1)).count()
        };
        let counts: BTreeSet<usize> = (0..20).map(kept).collect();
        assert!(counts.len() > 2 && counts.iter().any(|count| (1..8).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_rename_or_removal_that_was_not_synced_is_undone_by_the_cut() {
        let (mut disk, file) = disk_with("a", b"x");
        sync(&mut disk, file);
        disk.sync_folder(ROOT).expect("a folder");
        disk.rename((ROOT, "a"), (ROOT, "b")).expect("renamed");
        assert!(after(&disk, Fate::Dropped, "a").is_some() && after(&disk, Fate::Dropped, "b").is_none());
        disk.sync_folder(ROOT).expect("a folder");
        assert!(after(&disk, Fate::Dropped, "a").is_none() && after(&disk, Fate::Dropped, "b").is_some());
        disk.remove(ROOT, "b").expect("removed");
        assert!(after(&disk, Fate::Dropped, "b").is_some(), "it is back: resurrected by the cut");
    }

    #[test]
    fn a_full_disk_refuses_growth_and_nothing_else() {
        let (mut disk, file) = disk_with("a", &[7; 4096]);
        disk.capacity_bytes = 4096;
        assert_eq!(disk.write(file, 4096, b"x"), Err(Refused::Full));
        assert_eq!(disk.write(file, 0, b"x"), Ok(()));
        assert_eq!(disk.create(ROOT, "b", false), Err(Refused::Full));
        disk.resize(file, 100).expect("smaller");
        assert_eq!(disk.read(file, 0, 4096).expect("readable").len(), 100);
    }
}
