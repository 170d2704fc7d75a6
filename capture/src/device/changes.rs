//! Hot plug: whether device files came or went since the last look.
//!
//! The kernel makes a file under `/dev` for each camera and under `/dev/bus/usb` for each USB device, and tells who
//! watches these folders. So a pulled cable is seen at once, and the regular look at a device's health stays as what
//! finds the rest (a service that died, a folder that is not there). No thread and no call that waits: the device's own
//! thread asks between two orders.
//!
//! Left out on purpose: which device it was. The health look says that.

use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use crate::limits;

/// A watch on the device files of this system.
pub struct Changes {
    inotify: OwnedFd,
    /// Folder in which only cameras count, and its watch.
    flat: i32,
    /// Folder in which everything counts, with the folders in it.
    tree: PathBuf,
}

impl Changes {
    /// Watches `/dev`; `None` where the system cannot tell, so that only the regular look remains.
    #[must_use]
    pub fn of_this_system() -> Option<Self> {
        Self::of(Path::new("/dev"), Path::new("/dev/bus/usb"))
    }

    fn of(flat: &Path, tree: &Path) -> Option<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
        let flat = inotify::add_watch(&inotify, flat, watched()).ok()?;
        let changes = Self { inotify, flat, tree: tree.to_owned() };
        changes.watch_tree();
        Some(changes)
    }

    /// Whether a device file came or went since this was asked last. Never waits.
    pub fn seen(&mut self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&self.inotify, &mut buffer);
        let mut seen = false;
        // Bounded: a folder in which files come and go without end must not keep the device's thread.
        for _ in 0..limits::DEVICE_CHANGES_PER_LOOK_MAX {
            let Ok(event) = events.next() else { break };
            let name = event.file_name().map(|name| name.to_bytes().to_owned()).unwrap_or_default();
            seen |= event.wd() != self.flat || name.starts_with(b"video") || name == b"bus";
        }
        if seen {
            // Folders of new busses; those that are watched already stay as they are.
            self.watch_tree();
        }
        seen
    }

    fn watch_tree(&self) {
        let inside = fs::read_dir(&self.tree).into_iter().flatten().flatten().map(|entry| entry.path());
        let folders = inside.filter(|path| path.is_dir()).take(limits::USB_BUSSES_MAX);
        for folder in folders.chain([self.tree.clone()]) {
            // Not there, or gone again meanwhile: the regular look remains.
            let _ = inotify::add_watch(&self.inotify, &folder, watched());
        }
    }
}

/// Files come, go, and get the rights with which they can be opened.
fn watched() -> WatchFlags {
    WatchFlags::CREATE
        | WatchFlags::DELETE
        | WatchFlags::MOVED_TO
        | WatchFlags::MOVED_FROM
        | WatchFlags::ATTRIB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_and_usb_devices_that_come_and_go_are_seen_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let (dev, usb) = (folder.path(), folder.path().join("bus/usb"));
        let put = |path: &Path| fs::write(path, b"").expect("written");
        fs::create_dir_all(usb.join("001")).expect("a bus");
        let mut changes = Changes::of(dev, &usb).expect("the system tells");
        assert!(!changes.seen(), "nothing happened");
        put(&dev.join("tty9"));
        assert!(!changes.seen(), "no device of ours");
        put(&dev.join("video0"));
        assert!(changes.seen() && !changes.seen(), "said once");
        put(&usb.join("001/007"));
        assert!(changes.seen());
        fs::remove_file(usb.join("001/007")).expect("pulled");
        assert!(changes.seen());
        // A bus that was not there at the beginning, and a device on it.
        fs::create_dir(usb.join("002")).expect("a bus");
        assert!(changes.seen());
        put(&usb.join("002/001"));
        assert!(changes.seen());
        fs::remove_file(dev.join("video0")).expect("pulled");
        assert!(changes.seen() && !changes.seen());
    }

    #[test]
    fn a_system_without_these_folders_is_looked_at_regularly_only() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Changes::of(&folder.path().join("none"), &folder.path().join("none")).is_none());
        let mut changes = Changes::of(folder.path(), &folder.path().join("none")).expect("cameras are told");
        fs::write(folder.path().join("video1"), b"").expect("written");
        assert!(changes.seen());
    }
}
