//! The floor: the raw disk with group commit. One thread takes whatever waits, writes it into a file whose blocks are all
//! there already, past the page cache and eight at a time where the messages are large, and syncs once. No checksum, no
//! header, no name, no recovery.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Crowd, PRODUCERS, crowd};
use crate::Error;

/// The raw disk.
pub struct RawCrowd {
    asking: Option<SyncSender<SyncSender<bool>>>,
    thread: Option<JoinHandle<()>>,
}

impl RawCrowd {
    /// Makes the file and fills it once.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub fn new(folder: &Path, bytes: usize) -> Result<Self, Error> {
        let failed = Error::file("the file of the raw disk");
        std::fs::create_dir_all(folder).map_err(&failed)?;
        let path = folder.join("raw");
        let file = File::create(&path).map_err(&failed)?;
        let filling = super::payload(1 << 20);
        for place in 0..FILE_BYTES >> 20 {
            file.write_all_at(&filling, place << 20).map_err(&failed)?;
        }
        file.sync_all().map_err(&failed)?;
        let flags = i32::try_from(DIRECT).unwrap_or(0);
        let direct = OpenOptions::new().write(true).custom_flags(flags).open(&path).ok();
        let (asking, asked) = sync_channel(PRODUCERS);
        let thread = std::thread::spawn(move || serve(&file, direct.as_ref(), bytes, &asked));
        Ok(Self { asking: Some(asking), thread: Some(thread) })
    }
}

fn serve(file: &File, direct: Option<&File>, bytes: usize, asked: &Receiver<SyncSender<bool>>) {
    let length = bytes.next_multiple_of(PAGE);
    // One page more, so that a part of it begins at a page of memory.
    let filling = super::payload(length + PAGE);
    let skip = filling.as_ptr().align_offset(PAGE);
    let aligned = &filling[skip..skip + length];
    let (mut place, mut group) = (0_u64, Vec::new());
    while let Ok(first) = asked.recv() {
        group.push(first);
        group.extend(asked.try_iter());
        let places: Vec<u64> = (0..group.len() as u64).map(|at| place + at * length as u64).collect();
        let written = if bytes < LARGE {
            let whole = vec![7_u8; bytes * group.len()];
            file.write_all_at(&whole, place)
        } else {
            std::thread::scope(|scope| {
                let share = places.len().div_ceil(8);
                let target = direct.unwrap_or(file);
                let writers: Vec<_> = places
                    .chunks(share)
                    .map(|share| {
                        scope.spawn(move || share.iter().try_for_each(|at| target.write_all_at(aligned, *at)))
                    })
                    .collect();
                writers.into_iter().try_for_each(|writer| writer.join().unwrap_or(Ok(())))
            })
        };
        let durable = written.and_then(|()| file.sync_data()).is_ok();
        place += (group.len() * length) as u64;
        if place + (PRODUCERS * length) as u64 > FILE_BYTES {
            place = 0;
        }
        for waiting in group.drain(..) {
            let _ = waiting.send(durable);
        }
    }
}

impl Crowd for RawCrowd {
    fn name(&self) -> &'static str {
        "raw disk, fdatasync group commit"
    }

    fn run(&mut self, span: Duration) -> Result<Vec<Duration>, Error> {
        let failed = Error::part("raw disk");
        let asking = self.asking.as_ref().ok_or_else(|| failed(&"closed"))?;
        let mut states: Vec<_> = (0..PRODUCERS).map(|_| (asking.clone(), sync_channel(1))).collect();
        crowd(span, &mut states, |(asking, (reply, told))| {
            asking.send(reply.clone()).map_err(|error| failed(&error))?;
            match told.recv() {
                Ok(true) => Ok(()),
                _ => Err(failed(&"the disk refused")),
            }
        })
    }
}

impl Drop for RawCrowd {
    fn drop(&mut self) {
        drop(self.asking.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const FILE_BYTES: u64 = 512 << 20;
const PAGE: usize = 4096;
const LARGE: usize = 64 * 1024;
/// `O_DIRECT` on x86-64 and other common machines; where it means nothing, the plain file is used.
const DIRECT: u32 = 0o40000;
