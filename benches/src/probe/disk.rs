//! The raw disk: overwrites places of a file that exist already and waits for `fdatasync`.
//!
//! The file is written once before the race, so that no block is allocated while it runs: the least that any program
//! must do to make these bytes durable here.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use crate::{Contestant, Error, Laps, limits};

/// Writes one body after the other, in turns.
pub struct DiskProbe {
    part: &'static str,
    file: File,
    bodies: Vec<Vec<u8>>,
    offset: u64,
}

impl DiskProbe {
    /// A probe in `folder`, which must lie on the disk in question.
    ///
    /// # Errors
    /// [`Error::File`] when the file cannot be made.
    pub fn new(part: &'static str, folder: &Path, bodies: Vec<Vec<u8>>) -> Result<Self, Error> {
        let failed = Error::file("the file of the disk probe");
        let file = File::create(folder.join("disk-probe")).map_err(&failed)?;
        let filling = vec![0xA5_u8; FILLING_BYTES];
        for place in (0..limits::PROBE_FILE_BYTES).step_by(FILLING_BYTES) {
            file.write_all_at(&filling, place).map_err(&failed)?;
        }
        file.sync_all().map_err(&failed)?;
        Ok(Self { part, file, bodies, offset: 0 })
    }
}

impl Contestant for DiskProbe {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Some(body) = pick(&self.bodies, round) else { return Ok(()) };
        let length = body.len() as u64;
        if self.offset + length > limits::PROBE_FILE_BYTES {
            self.offset = 0;
        }
        laps.time(self.part, || {
            self.file.write_all_at(body, self.offset).and_then(|()| self.file.sync_data())
        })?;
        laps.set_bytes(self.part, body.len());
        self.offset += length.next_multiple_of(BLOCK_BYTES);
        Ok(())
    }
}

/// The body of a round.
pub(super) fn pick<T>(bodies: &[T], round: u64) -> Option<&T> {
    let place = usize::try_from(round).unwrap_or(0).checked_rem(bodies.len())?;
    bodies.get(place)
}

const FILLING_BYTES: usize = 1024 * 1024;
const BLOCK_BYTES: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_lie_behind_one_another_and_start_again_at_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let half = usize::try_from(limits::PROBE_FILE_BYTES).expect("fits") / 2;
        let bodies = vec![vec![1; 10], vec![2; half]];
        let mut probe = DiskProbe::new("disk", folder.path(), bodies).expect("a probe");
        let mut laps = Laps::default();
        for round in 0..4 {
            probe.run(round, &mut laps).expect("a round");
        }
        assert_eq!(laps.parts()[0].samples.len(), 4);
        let mut start = [0; 2];
        probe.file.read_exact_at(&mut start, 0).expect_err("a probe's file is for writing only");
        let file = File::open(folder.path().join("disk-probe")).expect("the file");
        file.read_exact_at(&mut start, 0).expect("its start");
        assert_eq!(start, [2, 2], "the fourth body did not fit behind the third");
        assert_eq!(file.metadata().expect("its size").len(), limits::PROBE_FILE_BYTES);
    }

    #[test]
    fn without_bodies_there_is_nothing_to_do() {
        assert_eq!(pick::<u8>(&[], 3), None);
        assert_eq!(pick(&[4, 5], 3), Some(&5));
    }
}
