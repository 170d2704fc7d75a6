//! The memory: copies the same bytes once.

use std::hint::black_box;

use super::disk::pick;
use crate::{Contestant, Error, Laps};

/// Copies one body after the other, in turns.
pub struct MemoryProbe {
    part: &'static str,
    bodies: Vec<Vec<u8>>,
    target: Vec<u8>,
}

impl MemoryProbe {
    /// A probe with its target already in memory.
    #[must_use]
    pub fn new(part: &'static str, bodies: Vec<Vec<u8>>) -> Self {
        let longest = bodies.iter().map(Vec::len).max().unwrap_or(0);
        Self { part, bodies, target: vec![1; longest] }
    }
}

impl Contestant for MemoryProbe {
    fn run(&mut self, round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Some(body) = pick(&self.bodies, round) else { return Ok(()) };
        let target = &mut self.target;
        laps.time(self.part, || {
            if let Some(place) = target.get_mut(..body.len()) {
                place.copy_from_slice(black_box(body));
            }
            Ok::<_, Error>(black_box(target.last().copied()))
        })?;
        laps.set_bytes(self.part, body.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_arrive() {
        let mut probe = MemoryProbe::new("memcpy", vec![vec![7; 100], vec![8; 50]]);
        let mut laps = Laps::default();
        probe.run(0, &mut laps).expect("a round");
        probe.run(1, &mut laps).expect("a round");
        assert_eq!((probe.target[49], probe.target[50]), (8, 7));
        assert_eq!(laps.parts()[0].bytes, Some(50));
    }
}
