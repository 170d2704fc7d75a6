//! A disk in memory that loses, tears and refuses like a real one, for tests of anything that keeps
//! its truth in a journal.
//!
//! Faults it injects: power cut between any two calls ([`SimDisk::cut_power_at`]), with unsynced
//! writes dropped, kept by page, torn by sector, or replaced by garbage ([`Cut`]); names that were not
//! synced lost one by one; `ENOSPC` by capacity; a call that fails once ([`SimDisk::fail_at`]), where a
//! failed sync leaves the bytes readable but not durable, as Linux does; flipped bits and unreadable
//! pages; a sync that lies.
//!
//! Faults it never injects: a synced byte lost or changed (other than by [`SimDisk::flip_bit`] and
//! [`SimDisk::lie_on_sync`]), a write that lands elsewhere. Everything follows from the seed.

use crate::disk::{Disk, DiskFile};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What becomes of writes that were not synced when the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// All are gone.
    Drop,
    /// Torn sectors hold garbage.
    Garbage,
    /// Each page of 4096 bytes survives or not.
    Pages,
    /// Each sector of 512 bytes survives or not.
    Sectors,
}

impl Cut {
    /// All ways, to choose from.
    pub const ALL: [Self; 4] = [Self::Drop, Self::Garbage, Self::Pages, Self::Sectors];
}

/// How a call fails that was told to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The device reports an error.
    Broken,
    /// The device is full.
    Full,
}

/// The simulated disk; clones share it.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

impl SimDisk {
    /// An empty disk of this capacity; everything it does follows from the seed.
    #[must_use]
    pub fn new(seed: u64, capacity_bytes: u64) -> Self {
        let state = State {
            random: Random(seed),
            capacity_bytes,
            nodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            locked: None,
            locks: 0,
            calls: 0,
            cut_at: None,
            fail_at: None,
            powered: true,
            lying: false,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Changes made to the disk so far: writes, syncs, creations, removals.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Cuts the power just before the `call`-th change; from then on every call fails until
    /// [`SimDisk::restore_power`].
    pub fn cut_power_at(&self, call: u64) {
        self.lock().cut_at = Some(call);
    }

    /// Lets the `call`-th change fail once.
    pub fn fail_at(&self, call: u64, failure: Failure) {
        self.lock().fail_at = Some((call, failure));
    }

    /// Whether a call is still to fail.
    #[must_use]
    pub fn is_told_to_fail(&self) -> bool {
        self.lock().fail_at.is_some()
    }

    /// Nothing that was ordered will fail any more.
    pub fn stop_failing(&self) {
        let mut state = self.lock();
        state.fail_at = None;
        state.cut_at = None;
    }

    /// From now on syncs report success and do nothing, if `lying`.
    pub fn lie_on_sync(&self, lying: bool) {
        self.lock().lying = lying;
    }

    /// Sets the capacity; it may become smaller than what is used.
    pub fn resize(&self, capacity_bytes: u64) {
        self.lock().capacity_bytes = capacity_bytes;
    }

    /// The power goes (if it has not gone yet) and comes back: unsynced writes and names meet their
    /// fate, locks are free.
    pub fn restore_power(&self, cut: Cut) {
        let state = &mut *self.lock();
        state.forget_names();
        for node in &mut state.nodes {
            node.lose_unsynced(cut, &mut state.random);
        }
        state.locked = None;
        state.powered = true;
        state.cut_at = None;
        state.fail_at = None;
    }

    /// A killed process is followed by another one, without the power going: locks are free, nothing
    /// is lost. Cut the power first, so that the killed process cannot finish its work.
    pub fn end_process(&self) {
        let mut state = self.lock();
        state.locked = None;
        state.powered = true;
        state.cut_at = None;
        state.fail_at = None;
    }

    /// Names of the files, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().names.keys().cloned().collect()
    }

    /// Present content of a file; empty when there is none.
    #[must_use]
    pub fn content(&self, name: &str) -> Vec<u8> {
        let state = self.lock();
        let node = state.names.get(name).and_then(|id| state.nodes.get(*id));
        node.map(|node| node.content.clone()).unwrap_or_default()
    }

    /// Flips one bit for good; nothing happens past the end.
    pub fn flip_bit(&self, name: &str, offset: u64, bit: u8) {
        let state = &mut *self.lock();
        if let Some(node) = state.names.get(name).and_then(|id| state.nodes.get_mut(*id)) {
            for content in [&mut node.content, &mut node.durable] {
                if let Some(byte) = content.get_mut(offset as usize) {
                    *byte ^= 1 << (bit % 8);
                }
            }
        }
    }

    /// Makes the page at `offset` unreadable for good.
    pub fn spoil_page(&self, name: &str, offset: u64) {
        let state = &mut *self.lock();
        if let Some(node) = state.names.get(name).and_then(|id| state.nodes.get_mut(*id)) {
            node.unreadable_pages.insert(offset / PAGE);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, node: usize) -> Arc<dyn DiskFile> {
        Arc::new(SimFile { disk: self.clone(), node })
    }
}

impl Disk for SimDisk {
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        let mut state = Self::lock(self);
        state.powered()?;
        if state.locked.is_some() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        state.locks += 1;
        state.locked = Some(state.locks);
        Ok(Box::new(SimLock { disk: self.clone(), number: state.locks }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Self::lock(self).powered()?;
        Ok(self.names())
    }

    fn create(&self, name: &str, reserve_bytes: u64) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = Self::lock(self);
        state.change()?;
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if state.used_bytes() + reserve_bytes > state.capacity_bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let id = state.nodes.len();
        state.nodes.push(Node { content: vec![0; reserve_bytes as usize], ..Node::default() });
        state.names.insert(name.to_owned(), id);
        drop(state);
        Ok(self.file(id))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let state = Self::lock(self);
        state.powered()?;
        let id = *state.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        drop(state);
        Ok(self.file(id))
    }

    fn open_read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.open(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = Self::lock(self);
        state.change()?;
        let id = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), id);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = Self::lock(self);
        state.change()?;
        state.names.remove(name).map(|_| ()).ok_or(io::ErrorKind::NotFound.into())
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut state = Self::lock(self);
        state.change()?;
        if !state.lying {
            state.durable_names = state.names.clone();
        }
        Ok(())
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let state = Self::lock(self);
        state.powered()?;
        Ok(state.capacity_bytes.saturating_sub(state.used_bytes()))
    }

    fn salt(&self) -> io::Result<u64> {
        Ok(Self::lock(self).random.next())
    }
}

struct SimLock {
    disk: SimDisk,
    number: u64,
}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.disk.lock();
        if state.locked == Some(self.number) {
            state.locked = None;
        }
    }
}

struct SimFile {
    disk: SimDisk,
    node: usize,
}

impl SimFile {
    fn with<T>(
        &self,
        changes: bool,
        act: impl FnOnce(&mut Node, &mut Calls) -> io::Result<T>,
    ) -> io::Result<T> {
        let state = &mut *self.disk.lock();
        let mut calls = Calls { failed: None, lying: state.lying };
        if changes {
            match state.change() {
                Err(error) if state.powered => calls.failed = Some(error),
                other => other?,
            }
        } else {
            state.powered()?;
        }
        act(state.nodes.get_mut(self.node).ok_or(io::ErrorKind::NotFound)?, &mut calls)
    }
}

impl DiskFile for SimFile {
    fn size_bytes(&self) -> io::Result<u64> {
        self.with(false, |node, _| Ok(node.content.len() as u64))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.with(false, |node, _| {
            let pages = offset / PAGE..=(offset + buffer.len() as u64).saturating_sub(1) / PAGE;
            if node.unreadable_pages.range(pages).next().is_some() {
                return Err(io::Error::other("unreadable page"));
            }
            let from = offset as usize;
            let bytes = node.content.get(from..from + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            buffer.copy_from_slice(bytes);
            Ok(())
        })
    }

    /// A write that fails has still written its first half.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.with(true, |node, calls| {
            let written = if calls.failed.is_some() { bytes.len() / 2 } else { bytes.len() };
            node.write(offset, bytes.get(..written).unwrap_or_default());
            calls.failed.take().map_or(Ok(()), Err)
        })
    }

    /// A sync that fails marks everything as clean without making it durable.
    fn sync_content(&self) -> io::Result<()> {
        self.with(true, |node, calls| {
            match calls.failed.take() {
                Some(error) => {
                    node.lost_sectors.append(&mut node.dirty_sectors);
                    return Err(error);
                }
                None if calls.lying => {}
                None => node.sync(),
            }
            Ok(())
        })
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        self.with(true, |node, calls| {
            if let Some(error) = calls.failed.take() {
                return Err(error);
            }
            node.content.resize(size_bytes as usize, 0);
            Ok(())
        })
    }

    fn forget_cache(&self) -> io::Result<()> {
        self.with(false, |node, _| {
            for sector in std::mem::take(&mut node.lost_sectors) {
                node.revert(sector);
            }
            Ok(())
        })
    }
}

struct Calls {
    failed: Option<io::Error>,
    lying: bool,
}

struct State {
    random: Random,
    capacity_bytes: u64,
    nodes: Vec<Node>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    locked: Option<u64>,
    locks: u64,
    calls: u64,
    cut_at: Option<u64>,
    fail_at: Option<(u64, Failure)>,
    powered: bool,
    lying: bool,
}

impl State {
    fn powered(&self) -> io::Result<()> {
        if self.powered { Ok(()) } else { Err(io::Error::other("the power is off")) }
    }

    /// Counts a change, and fails it when its turn has come.
    fn change(&mut self) -> io::Result<()> {
        self.powered()?;
        self.calls += 1;
        if self.cut_at.is_some_and(|at| self.calls >= at) {
            self.powered = false;
            return self.powered();
        }
        match self.fail_at {
            Some((at, failure)) if self.calls >= at => {
                self.fail_at = None;
                Err(match failure {
                    Failure::Broken => io::Error::other("the device failed"),
                    Failure::Full => io::ErrorKind::StorageFull.into(),
                })
            }
            _ => Ok(()),
        }
    }

    fn used_bytes(&self) -> u64 {
        let sizes = self.names.values().filter_map(|id| self.nodes.get(*id));
        sizes.map(|node| node.content.len() as u64).sum()
    }

    /// Each name that was not synced is as it was, or as it became.
    fn forget_names(&mut self) {
        let mut touched: BTreeSet<String> = self.names.keys().cloned().collect();
        touched.extend(self.durable_names.keys().cloned());
        for name in touched {
            let (was, is) = (self.durable_names.get(&name).copied(), self.names.get(&name).copied());
            let chosen = if was == is || self.random.coin() { is } else { was };
            match chosen {
                Some(id) => self.names.insert(name, id),
                None => self.names.remove(&name),
            };
        }
        self.durable_names = self.names.clone();
    }
}

#[derive(Default)]
struct Node {
    content: Vec<u8>,
    durable: Vec<u8>,
    /// Written since the last sync.
    dirty_sectors: BTreeSet<u64>,
    /// Thought to be clean after a failed sync.
    lost_sectors: BTreeSet<u64>,
    unreadable_pages: BTreeSet<u64>,
}

impl Node {
    fn write(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let end = offset as usize + bytes.len();
        if self.content.len() < end {
            self.content.resize(end, 0);
        }
        if let Some(place) = self.content.get_mut(offset as usize..end) {
            place.copy_from_slice(bytes);
        }
        let sectors = offset / SECTOR..=(end as u64 - 1) / SECTOR;
        self.dirty_sectors.extend(sectors.clone());
        sectors.for_each(|sector| {
            self.lost_sectors.remove(&sector);
        });
    }

    /// Sectors that a failed sync has lost stay lost.
    fn sync(&mut self) {
        self.durable.resize(self.content.len(), 0);
        for sector in std::mem::take(&mut self.dirty_sectors) {
            let range = self.range(sector);
            if let (Some(to), Some(from)) = (self.durable.get_mut(range.clone()), self.content.get(range)) {
                to.copy_from_slice(from);
            }
        }
    }

    fn revert(&mut self, sector: u64) {
        let range = self.range(sector);
        let mut old = self.durable.get(range.clone()).unwrap_or_default().to_vec();
        old.resize(range.len(), 0);
        if let Some(place) = self.content.get_mut(range) {
            place.copy_from_slice(&old);
        }
    }

    fn range(&self, sector: u64) -> std::ops::Range<usize> {
        let start = ((sector * SECTOR) as usize).min(self.content.len());
        start..(start + SECTOR as usize).min(self.content.len())
    }

    fn lose_unsynced(&mut self, cut: Cut, random: &mut Random) {
        let resized = self.content.len() != self.durable.len();
        if resized && (cut == Cut::Drop || random.coin()) {
            self.content.resize(self.durable.len(), 0);
        }
        let mut page_fate = (u64::MAX, false);
        let mut unsynced = std::mem::take(&mut self.dirty_sectors);
        unsynced.append(&mut self.lost_sectors);
        for sector in unsynced {
            let page = sector * SECTOR / PAGE;
            if page_fate.0 != page {
                page_fate = (page, random.coin());
            }
            let survives = match cut {
                Cut::Drop => false,
                Cut::Pages => page_fate.1,
                Cut::Garbage | Cut::Sectors => random.coin(),
            };
            if survives {
                continue;
            }
            self.revert(sector);
            if cut == Cut::Garbage && random.coin() {
                let range = self.range(sector);
                for byte in self.content.get_mut(range).unwrap_or_default() {
                    *byte = random.next() as u8;
                }
            }
        }
        self.durable = self.content.clone();
    }
}

/// A small generator of numbers (SplitMix64), for schedules that repeat from a seed.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so an iterator would promise too much")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Heads or tails.
    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}

const SECTOR: u64 = 512;
const PAGE: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn synced_then_unsynced(cut: Cut) -> Vec<u8> {
        let disk = SimDisk::new(7, 1 << 20);
        let file = disk.create("a", 64 * 1024).expect("created");
        file.write_at(0, &[1; 8192]).expect("written");
        file.sync_content().expect("synced");
        disk.sync_folder().expect("synced");
        file.write_at(8192, &[2; 32 * 1024]).expect("written");
        disk.restore_power(cut);
        disk.content("a")
    }

    #[test]
    fn synced_bytes_survive_every_cut_and_unsynced_ones_do_not_all() {
        for cut in Cut::ALL {
            let content = synced_then_unsynced(cut);
            assert!(content[..8192].iter().all(|byte| *byte == 1), "{cut:?}");
            let survivors = content[8192..8192 + 32 * 1024].iter().filter(|byte| **byte == 2).count();
            assert!(survivors < 32 * 1024, "{cut:?}");
            assert_eq!(survivors == 0, cut == Cut::Drop, "{cut:?}");
        }
    }

    #[test]
    fn an_unsynced_name_can_be_lost() {
        let lost = (0..20).filter(|seed| {
            let disk = SimDisk::new(*seed, 1 << 20);
            disk.create("a", 0).expect("created").sync_content().expect("synced");
            disk.restore_power(Cut::Drop);
            disk.names().is_empty()
        });
        assert!((1..20).contains(&lost.count()));
    }

    #[test]
    fn a_failed_sync_hides_the_loss_until_the_cache_is_forgotten() {
        let disk = SimDisk::new(1, 1 << 20);
        let file = disk.create("a", 4096).expect("created");
        file.sync_content().expect("synced");
        file.write_at(0, &[9; 512]).expect("written");
        disk.fail_at(disk.calls() + 1, Failure::Broken);
        file.sync_content().expect_err("it was told to fail");
        file.sync_content().expect("the second sync claims success");
        assert_eq!(disk.content("a")[0], 9);
        file.forget_cache().expect("forgotten");
        assert_eq!(disk.content("a")[0], 0);
    }

    #[test]
    fn power_and_space_end() {
        let disk = SimDisk::new(1, 8192);
        let full = disk.create("a", 8193).err().map(|error| error.kind());
        assert_eq!(full, Some(io::ErrorKind::StorageFull));
        disk.cut_power_at(disk.calls() + 1);
        disk.create("a", 1).err().expect("the power is off");
        disk.list().expect_err("the power is still off");
        disk.restore_power(Cut::Drop);
        disk.create("a", 1).expect("the power is back");
    }
}
