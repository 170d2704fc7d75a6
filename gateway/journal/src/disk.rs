//! The seam to storage: one folder on one disk.
//!
//! Everything the journal asks of a disk goes through [`Disk`] and [`DiskFile`], so that
//! [`crate::sim::SimDisk`] can cut the power between any two calls. What the traits promise is what
//! POSIX promises and no more: bytes survive after [`DiskFile::sync_content`], a name survives after
//! [`Disk::sync_folder`].

use aws_lc_rs::rand;
use rustix::fs::{Advice, FallocateFlags, FlockOperation, OFlags};
use std::any::Any;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::limits;

/// One folder on one disk.
pub trait Disk: Send + Sync + 'static {
    /// Takes the folder for this process; released when the value is dropped.
    ///
    /// # Errors
    /// `WouldBlock` when another process holds it.
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>>;
    /// Names of the files in the folder, in no particular order.
    ///
    /// # Errors
    /// As the disk reports.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Makes a new file, readable by its owner only, and reserves `reserve_bytes` for it, all zero.
    ///
    /// # Errors
    /// `AlreadyExists`, `StorageFull`, or as the disk reports.
    fn create(&self, name: &str, reserve_bytes: u64) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens an existing file for reading and writing.
    ///
    /// # Errors
    /// `NotFound`, or as the disk reports.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens an existing file for reading only.
    ///
    /// # Errors
    /// `NotFound`, or as the disk reports.
    fn open_read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Gives a file another name, replacing what had that name.
    ///
    /// # Errors
    /// As the disk reports.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound`, or as the disk reports.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes names durable.
    ///
    /// # Errors
    /// As the disk reports; a failure is final, trying again proves nothing.
    fn sync_folder(&self) -> io::Result<()>;
    /// Bytes that this process may still use on the disk.
    ///
    /// # Errors
    /// As the disk reports.
    fn free_bytes(&self) -> io::Result<u64>;
    /// A number that a sender of records cannot guess.
    ///
    /// # Errors
    /// When the system has no randomness.
    fn salt(&self) -> io::Result<u64>;
}

/// One file of a [`Disk`].
pub trait DiskFile: Send + Sync {
    /// Present size.
    ///
    /// # Errors
    /// As the disk reports.
    fn size_bytes(&self) -> io::Result<u64>;
    /// Fills `buffer` from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` past the end, or as the disk reports.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
    /// Writes all `bytes` at `offset`; durable only after [`DiskFile::sync_content`].
    ///
    /// # Errors
    /// As the disk reports; part of the bytes may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes bytes and size durable.
    ///
    /// # Errors
    /// As the disk reports; a failure is final, trying again proves nothing.
    fn sync_content(&self) -> io::Result<()>;
    /// Cuts the file to `size_bytes`.
    ///
    /// # Errors
    /// As the disk reports.
    fn truncate(&self, size_bytes: u64) -> io::Result<()>;
    /// Forgets cached content, so that the next read comes from the disk itself. After a failed sync
    /// the cache may hold what the disk does not.
    ///
    /// # Errors
    /// As the disk reports.
    fn forget_cache(&self) -> io::Result<()>;
}

/// A folder of the file system.
#[derive(Debug)]
pub struct RealDisk {
    folder: PathBuf,
}

impl RealDisk {
    /// Uses `folder`, and makes it when it is not there.
    ///
    /// # Errors
    /// As the file system reports.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let made = !folder.exists();
        std::fs::create_dir_all(folder)?;
        if made && let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(parent)?.sync_all()?;
        }
        Self::open_existing(folder)
    }

    /// Uses `folder`, which must be there.
    ///
    /// # Errors
    /// `NotADirectory`, or as the file system reports.
    pub fn open_existing(folder: &Path) -> io::Result<Self> {
        if !std::fs::metadata(folder)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    fn file(&self, name: &str, writable: bool) -> io::Result<RealFile> {
        let path = self.folder.join(name);
        let buffered = OpenOptions::new().read(true).write(writable).open(&path)?;
        Ok(RealFile::new(buffered, writable.then_some(path.as_path())))
    }
}

impl Disk for RealDisk {
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        let path = self.folder.join("lock");
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Box::new(file))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str, reserve_bytes: u64) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.folder.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        let reserved = match reserve_bytes {
            0 => Ok(()),
            bytes => match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes) {
                // Not every file system can reserve; there the margin alone protects us.
                Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => file.set_len(bytes),
                other => other.map_err(Into::into),
            },
        };
        if let Err(error) = reserved {
            // The reservation failed, so the empty file must not stay; its removal may fail as well.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        Ok(Arc::new(RealFile::new(file, Some(&path))))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(self.file(name, true)?))
    }

    fn open_read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(self.file(name, false)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.folder.join(name))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.folder)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn salt(&self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        rand::fill(&mut bytes).map_err(|_| io::Error::other("no randomness"))?;
        Ok(u64::from_le_bytes(bytes))
    }
}

/// A file with two doors: through the page cache, and past it for large aligned writes.
struct RealFile {
    buffered: File,
    direct: Option<File>,
}

impl RealFile {
    fn new(buffered: File, direct_path: Option<&Path>) -> Self {
        let direct = direct_path.and_then(|path| {
            let flags = i32::try_from(OFlags::DIRECT.bits()).ok()?;
            // Where the file system offers no direct writing, everything goes through the cache.
            OpenOptions::new().write(true).custom_flags(flags).open(path).ok()
        });
        Self { buffered, direct }
    }
}

impl DiskFile for RealFile {
    fn size_bytes(&self) -> io::Result<u64> {
        Ok(self.buffered.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.buffered.read_exact_at(buffer, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if let Some(direct) = &self.direct
            && fits_direct(offset, bytes)
        {
            match direct.write_all_at(bytes, offset) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
                other => return other,
            }
        }
        self.buffered.write_all_at(bytes, offset)
    }

    fn sync_content(&self) -> io::Result<()> {
        self.buffered.sync_data()
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        self.buffered.set_len(size_bytes)
    }

    fn forget_cache(&self) -> io::Result<()> {
        match rustix::fs::fadvise(&self.buffered, 0, None, Advice::DontNeed) {
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::INVAL) => Ok(()),
            other => other.map_err(Into::into),
        }
    }
}

/// Direct writing wants address, offset and length in whole pages.
fn fits_direct(offset: u64, bytes: &[u8]) -> bool {
    let whole = |value: u64| value.is_multiple_of(limits::PAGE_BYTES);
    let length = bytes.len() as u64;
    length >= limits::LARGE_RECORD_BYTES_MIN
        && whole(length)
        && whole(offset)
        && whole(bytes.as_ptr().addr() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::AlignedBuffer;

    #[test]
    fn large_aligned_and_small_writes_meet_in_one_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = RealDisk::open(folder.path()).expect("the folder opens");
        let file = disk.create("a", 1 << 20).expect("the file is made");
        let mut large = AlignedBuffer::zeroed(128 * 1024);
        large.bytes_mut().fill(7);
        assert!(fits_direct(4096, large.bytes()), "the buffer is aligned");
        assert!(!fits_direct(4096, &large.bytes()[1..]));
        file.write_at(4096, large.bytes()).expect("a large write");
        file.write_at(100, b"small").expect("a small write");
        file.sync_content().expect("a sync");
        file.forget_cache().expect("the cache is dropped");
        let mut back = vec![0; 128 * 1024];
        file.read_at(4096, &mut back).expect("a read");
        assert!(back.iter().all(|byte| *byte == 7));
        let mut small = [0; 5];
        disk.open_read("a").expect("opens").read_at(100, &mut small).expect("a read");
        assert_eq!(&small, b"small");
        assert_eq!(file.size_bytes().expect("a size"), 1 << 20);
    }

    #[test]
    fn a_folder_has_one_owner() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = RealDisk::open(folder.path()).expect("the folder opens");
        let held = disk.lock().expect("the first lock");
        let again = disk.lock().expect_err("the second lock");
        assert_eq!(again.kind(), io::ErrorKind::WouldBlock);
        drop(held);
        disk.lock().expect("the lock is free again");
    }

    #[test]
    fn a_file_is_not_made_twice() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = RealDisk::open(folder.path()).expect("the folder opens");
        disk.create("a", 0).expect("the file is made");
        let again = disk.create("a", 0).err().expect("it exists");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
    }
}
