//! The disk as a mounted file system, with power that can go and faults that can be switched.
//!
//! The kernel keeps no unwritten bytes of ours: each write reaches the disk at once, and a sync reaches it as a sync.
//! What a program opens with `O_DIRECT` is passed through as such, and counted. While the power is off every call fails.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};
use rustix::fs::OFlags;

use crate::Error;
use crate::image::{Image, Ino, Refused};
use crate::limits::{PAGE_BYTES, REMEMBERED, SERVERS};
use crate::moment::{Call, Moment, Watch};

/// What is wrong with the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Syncs of files below this folder report success and do nothing: the planted bug.
    pub lying_syncs: Option<&'static str>,
    /// Syncs of files below this folder fail, and lose what they were for.
    pub failing_syncs: Option<&'static str>,
    /// Nothing can be changed.
    pub read_only: bool,
    /// Each sync takes this much longer.
    pub sync_delay: Duration,
}

/// What the disk was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Writes past the page cache.
    pub direct_writes: u64,
    /// All writes.
    pub writes: u64,
    /// Syncs of files.
    pub syncs: u64,
}

struct State {
    disk: Image,
    /// The disk as it was when the power went.
    at_cut: Option<Image>,
    watch: Option<Watch>,
    faults: Faults,
    counts: Counts,
}

/// A disk; where it is mounted, programs use it.
#[derive(Clone)]
pub struct Drive {
    state: Arc<Mutex<State>>,
}

/// A mounted disk; unmounted when dropped.
pub struct Mounted {
    session: Option<BackgroundSession>,
    folder: PathBuf,
}

impl Drive {
    /// A disk with this on it and nothing wrong.
    #[must_use]
    pub fn new(disk: Image) -> Self {
        let state =
            State { disk, at_cut: None, watch: None, faults: Faults::default(), counts: Counts::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Mounts it over a folder.
    ///
    /// # Errors
    /// [`Error::NotHere`] where this machine or this user cannot mount it.
    pub fn mount(&self, folder: &Path) -> Result<Mounted, Error> {
        std::fs::create_dir_all(folder).map_err(|error| Error::NotHere(error.to_string()))?;
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("powercut".to_owned())];
        config.n_threads = Some(SERVERS);
        let session = fuser::spawn_mount(self.clone(), folder, &config);
        let session = session.map_err(|error| Error::NotHere(error.to_string()))?;
        Ok(Mounted { session: Some(session), folder: folder.to_owned() })
    }

    /// The power will go at this moment.
    pub fn arm(&self, moment: Moment) {
        self.state().watch = Some(Watch::new(moment));
    }

    /// The power goes now, unless it has gone.
    pub fn cut(&self) {
        cut(&mut self.state());
    }

    /// Whether the power has gone.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.state().at_cut.is_some()
    }

    /// The disk as it was when the power went, with everything that was not durable still told apart.
    #[must_use]
    pub fn at_cut(&self) -> Option<Image> {
        self.state().at_cut.clone()
    }

    /// Switches faults.
    pub fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// Lets the files have this many bytes more than now.
    pub fn leave_free(&self, free_bytes: u64) {
        let mut state = self.state();
        state.disk.capacity_bytes = u64::MAX - 1;
        state.disk.capacity_bytes = state.disk.used_bytes() + free_bytes;
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that changes the disk, unless the power is off, goes at this call, or nothing may change.
    fn change<T>(
        &self,
        call: Call,
        ino: Ino,
        name: Option<&OsStr>,
        written: &[u8],
        act: impl FnOnce(&mut Image) -> Result<T, Refused>,
    ) -> Result<T, Errno> {
        let mut state = self.state();
        if state.at_cut.is_some() {
            return Err(Errno::EIO);
        }
        let seen = meets(&mut state, call, ino, name, written);
        if seen == Some(false) {
            cut(&mut state);
            return Err(Errno::EIO);
        }
        if state.faults.read_only {
            return Err(Errno::EROFS);
        }
        let done = act(&mut state.disk).map_err(errno);
        if seen == Some(true) {
            cut(&mut state);
        }
        done
    }

    fn look<T>(&self, act: impl FnOnce(&mut Image) -> Result<T, Refused>) -> Result<T, Errno> {
        let mut state = self.state();
        if state.at_cut.is_some() {
            return Err(Errno::EIO);
        }
        act(&mut state.disk).map_err(errno)
    }

    fn attr(&self, ino: Ino) -> Result<FileAttr, Errno> {
        self.look(|disk| Ok(attr(ino, disk.size_bytes(ino)?, disk.is_folder(ino))))
    }

    /// A sync in two steps, so that it takes time and what is written meanwhile is not part of it.
    fn sync(&self, ino: Ino) -> Result<(), Errno> {
        let (flush, fault, seen) = {
            let mut state = self.state();
            if state.at_cut.is_some() {
                return Err(Errno::EIO);
            }
            state.counts.syncs += 1;
            let seen = meets(&mut state, Call::Sync, ino, None, b"");
            if seen == Some(false) {
                cut(&mut state);
                return Err(Errno::EIO);
            }
            let flush = state.disk.begin_sync(ino).map_err(errno)?;
            (flush, state.faults.clone(), seen)
        };
        std::thread::sleep(fault.sync_delay);
        let mut state = self.state();
        if state.at_cut.is_some() {
            return Err(Errno::EIO);
        }
        let path = state.disk.path(ino);
        let below = |folder: Option<&str>| folder.is_some_and(|folder| path.starts_with(folder));
        if below(fault.failing_syncs) || fault.read_only {
            state.disk.fail_sync(&flush);
            return Err(Errno::EIO);
        }
        if !below(fault.lying_syncs) {
            state.disk.end_sync(flush);
        }
        if seen == Some(true) {
            cut(&mut state);
        }
        Ok(())
    }
}

fn meets(state: &mut State, call: Call, ino: Ino, name: Option<&OsStr>, written: &[u8]) -> Option<bool> {
    let watch = state.watch.as_mut()?;
    let mut path = state.disk.path(ino);
    if let Some(name) = name {
        path = format!("{path}/{}", name.to_string_lossy());
    }
    watch.sees(call, (ino, path.trim_start_matches('/')), written)
}

fn cut(state: &mut State) {
    if state.at_cut.is_none() {
        state.at_cut = Some(state.disk.clone());
    }
}

fn errno(refused: Refused) -> Errno {
    match refused {
        Refused::Exists => Errno::EEXIST,
        Refused::Full => Errno::ENOSPC,
        Refused::Missing => Errno::ENOENT,
        Refused::NotEmpty => Errno::ENOTEMPTY,
        Refused::WrongKind => Errno::EINVAL,
    }
}

fn attr(ino: Ino, size_bytes: u64, is_folder: bool) -> FileAttr {
    let at = SystemTime::UNIX_EPOCH;
    FileAttr {
        ino: INodeNo(ino),
        size: size_bytes,
        blocks: size_bytes.div_ceil(512),
        atime: at,
        mtime: at,
        ctime: at,
        crtime: at,
        kind: if is_folder { FileType::Directory } else { FileType::RegularFile },
        perm: if is_folder { 0o700 } else { 0o600 },
        nlink: 1,
        uid: rustix::process::geteuid().as_raw(),
        gid: rustix::process::getegid().as_raw(),
        rdev: 0,
        blksize: PAGE_BYTES as u32,
        flags: 0,
    }
}

fn text(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// Replies with what was done or why it was not.
macro_rules! reply {
    ($reply:ident, $done:expr, |$value:ident| $good:expr) => {
        match $done {
            Ok($value) => $good,
            Err(errno) => $reply.error(errno),
        }
    };
}

impl Filesystem for Drive {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.look(|disk| disk.lookup(parent.0, &text(name))).and_then(|ino| self.attr(ino));
        reply!(reply, found, |attr| reply.entry(&REMEMBERED, &attr, Generation(0)));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply!(reply, self.attr(ino.0), |attr| reply.attr(&REMEMBERED, &attr));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let done = match size {
            Some(size) => self.change(Call::Write, ino.0, None, b"", |disk| disk.resize(ino.0, size)),
            None => Ok(()),
        };
        reply!(reply, done.and_then(|()| self.attr(ino.0)), |attr| reply.attr(&REMEMBERED, &attr));
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        let act = |disk: &mut Image| disk.create(parent.0, &text(name), true);
        let made = self.change(Call::Create, parent.0, Some(name), b"", act).and_then(|ino| self.attr(ino));
        reply!(reply, made, |attr| reply.entry(&REMEMBERED, &attr, Generation(0)));
    }

    fn create(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, _: i32, reply: ReplyCreate) {
        let act = |disk: &mut Image| disk.create(parent.0, &text(name), false);
        let made = self.change(Call::Create, parent.0, Some(name), b"", act).and_then(|ino| self.attr(ino));
        reply!(reply, made, |attr| {
            reply.created(&REMEMBERED, &attr, Generation(0), FileHandle(0), FopenFlags::empty());
        });
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::empty());
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let bytes = self.look(|disk| disk.read(ino.0, offset, size as usize));
        reply!(reply, bytes, |bytes| reply.data(&bytes));
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        flags: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        {
            let mut state = self.state();
            state.counts.writes += 1;
            state.counts.direct_writes += u64::from(flags.0 as u32 & OFlags::DIRECT.bits() != 0);
        }
        let done = self.change(Call::Write, ino.0, None, data, |disk| disk.write(ino.0, offset, data));
        reply!(reply, done, |_done| reply.written(data.len() as u32));
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        reply!(reply, self.sync(ino.0), |_done| reply.ok());
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        let done = self.change(Call::SyncFolder, ino.0, None, b"", |disk| disk.sync_folder(ino.0));
        reply!(reply, done, |_done| reply.ok());
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let act = |disk: &mut Image| disk.remove(parent.0, &text(name));
        reply!(reply, self.change(Call::Remove, parent.0, Some(name), b"", act), |_done| reply.ok());
    }

    fn rmdir(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.unlink(request, parent, name, reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let act = |disk: &mut Image| disk.rename((parent.0, &text(name)), (newparent.0, &text(newname)));
        reply!(reply, self.change(Call::Rename, newparent.0, Some(newname), b"", act), |_done| reply.ok());
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let names = match self.look(|disk| disk.list(ino.0)) {
            Ok(names) => names,
            Err(errno) => return reply.error(errno),
        };
        for (at, (ino, name, is_folder)) in names.into_iter().enumerate().skip(offset as usize) {
            let kind = if is_folder { FileType::Directory } else { FileType::RegularFile };
            if reply.add(INodeNo(ino), at as u64 + 1, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn fallocate(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        if mode != 0 {
            return reply.error(Errno::EOPNOTSUPP);
        }
        let done = self.change(Call::Write, ino.0, None, b"", |disk| disk.grow(ino.0, offset + length));
        reply!(reply, done, |_done| reply.ok());
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let (capacity, used) = {
            let state = self.state();
            (state.disk.capacity_bytes.min(SHOWN_BYTES_MAX), state.disk.used_bytes())
        };
        let pages = |bytes: u64| bytes / PAGE_BYTES as u64;
        let free = pages(capacity.saturating_sub(used));
        reply.statfs(
            pages(capacity),
            free,
            free,
            1 << 20,
            1 << 20,
            PAGE_BYTES as u32,
            255,
            PAGE_BYTES as u32,
        );
    }
}

impl Mounted {
    /// Unmounts; nobody may use the disk any more.
    ///
    /// # Errors
    /// When the kernel does not let it go.
    pub fn unmount(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(session) = self.session.take() else { return Ok(()) };
        let ended = session.umount_and_join();
        if ended.is_err() {
            self.let_go();
        }
        ended
            .map_err(|error| Error::Broken(format!("{} cannot be unmounted: {error}", self.folder.display())))
    }

    /// Takes the mount away although a process that is still ending has files open on it; the kernel frees the rest later.
    fn let_go(&self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).stderr(Stdio::null()).status();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Whoever unmounts by hand hears of an error; here nobody is left to hear it.
        let _ = self.end();
    }
}

/// Size that the disk claims to have where it has no bound.
const SHOWN_BYTES_MAX: u64 = 1 << 40;
