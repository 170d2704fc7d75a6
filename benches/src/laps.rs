//! The times of one race, part by part, in the order in which the parts first appear.

use std::time::{Duration, Instant};

use crate::{Error, Samples};

/// One timed part.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its name, unique within the race.
    pub name: String,
    /// Its times.
    pub samples: Samples,
    /// Bytes it handles each time, where that says something.
    pub bytes: Option<u64>,
}

/// All parts of a race.
#[derive(Debug, Default)]
pub struct Laps {
    parts: Vec<Part>,
    warming_up: bool,
}

impl Laps {
    /// Times `work` as one sample of `part`. A failure is the race's failure: its time would mean nothing.
    ///
    /// # Errors
    /// [`Error::Part`] when `work` fails.
    pub fn time<T, E: std::fmt::Display>(
        &mut self,
        part: &str,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let outcome = std::hint::black_box(work());
        let time = begun.elapsed();
        let value = outcome.map_err(|error| Error::part(part)(&error))?;
        self.add(part, time);
        Ok(value)
    }

    /// Adds a time that was taken elsewhere.
    pub fn add(&mut self, part: &str, time: Duration) {
        let warming_up = self.warming_up;
        let part = self.part(part);
        if !warming_up {
            part.samples.push(time);
        }
    }

    /// Says how many bytes a part handles.
    pub fn set_bytes(&mut self, part: &str, bytes: usize) {
        self.part(part).bytes = u64::try_from(bytes).ok();
    }

    /// While warming up, parts take their places and times are not kept.
    pub(crate) fn set_warming_up(&mut self, warming_up: bool) {
        self.warming_up = warming_up;
    }

    /// Puts the parts of another race behind these. A name that is in both keeps the times of both.
    pub fn join(&mut self, other: Self) {
        for part in other.parts {
            let known = self.part(&part.name);
            known.samples.extend(part.samples);
            known.bytes = known.bytes.or(part.bytes);
        }
    }

    /// The parts so far.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    fn part(&mut self, name: &str) -> &mut Part {
        let at = self.parts.iter().position(|part| part.name == name).unwrap_or_else(|| {
            self.parts.push(Part { name: name.to_owned(), ..Part::default() });
            self.parts.len() - 1
        });
        &mut self.parts[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_their_order_and_failures_leave_no_time() {
        let mut laps = Laps::default();
        laps.add("b", Duration::from_millis(1));
        assert_eq!(laps.time("a", || Ok::<_, Error>(5)).expect("five"), 5);
        laps.add("b", Duration::from_millis(2));
        laps.set_bytes("b", 9);
        let failed = laps.time("a", || Err::<(), _>("out of ink")).expect_err("failed");
        assert_eq!(failed.code(), "D-0301");
        let seen: Vec<_> =
            laps.parts().iter().map(|part| (part.name.as_str(), part.samples.len(), part.bytes)).collect();
        assert_eq!(seen, [("b", 2, Some(9)), ("a", 1, None)]);
    }

    #[test]
    fn races_are_joined_by_name() {
        let (mut one, mut two) = (Laps::default(), Laps::default());
        one.add("a", Duration::from_millis(1));
        two.add("b", Duration::from_millis(2));
        two.add("a", Duration::from_millis(3));
        two.set_bytes("a", 4);
        one.join(two);
        let seen: Vec<_> =
            one.parts().iter().map(|part| (part.name.as_str(), part.samples.len(), part.bytes)).collect();
        assert_eq!(seen, [("a", 2, Some(4)), ("b", 1, None)]);
    }

    #[test]
    fn warming_up_gives_places_and_no_times() {
        let mut laps = Laps::default();
        laps.set_warming_up(true);
        laps.add("b", Duration::from_millis(1));
        laps.add("a", Duration::from_millis(1));
        laps.set_warming_up(false);
        laps.add("a", Duration::from_millis(1));
        let seen: Vec<_> = laps.parts().iter().map(|part| (part.name.as_str(), part.samples.len())).collect();
        assert_eq!(seen, [("b", 0), ("a", 1)]);
    }
}
