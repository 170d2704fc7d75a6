//! Made-up people for a scanner without a replay folder.
//!
//! Growing ten fingers takes seconds, so the last few people are kept, shared by every driver of one device.
//! Invariant: person, finger and visit give the same print on every machine.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use matcher::synth::{Condition, Person};
use matcher::{Finger, Image};

use crate::device::Looks;
use crate::limits;
use crate::parameters::{ADULT_AGE_YEARS, CHILD_AGE_YEARS};

/// A crowd that follows from one seed.
#[derive(Clone)]
pub struct MadeUp {
    seed: u64,
    kept: Arc<Mutex<VecDeque<Kept>>>,
}

/// Somebody who was grown before.
struct Kept {
    number: u64,
    age_years: u8,
    person: Arc<Person>,
}

impl MadeUp {
    /// The crowd of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, kept: Arc::default() }
    }

    /// The print of one finger at one visit, from 1.
    #[must_use]
    pub fn print(&self, person: u32, finger: Finger, visit: u32, looks: Looks) -> Image {
        self.person(person, looks).impression(finger, visit, Condition::default())
    }

    fn person(&self, person: u32, looks: Looks) -> Arc<Person> {
        let age_years = match looks {
            Looks::Adult => ADULT_AGE_YEARS,
            Looks::Child => CHILD_AGE_YEARS,
        };
        // Crowds of neighbouring seeds do not share people.
        let number = self.seed.wrapping_mul(1 << 20).wrapping_add(u64::from(person));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| (known.number, known.age_years) == (number, age_years))
        {
            return Arc::clone(&known.person);
        }
        let grown = Arc::new(Person::new(number, age_years));
        if kept.len() >= limits::MADE_UP_PEOPLE_KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(Kept { number, age_years, person: Arc::clone(&grown) });
        grown
    }
}

impl fmt::Debug for MadeUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "MadeUp(seed {})", self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_repeat_and_only_the_last_few_are_kept() {
        let crowd = MadeUp::new(5);
        let print = |person| crowd.print(person, Finger::RightIndex, 1, Looks::Adult);
        let first = print(0);
        assert!(first != print(1));
        for person in 2..=limits::MADE_UP_PEOPLE_KEPT_MAX as u32 + 2 {
            let _ = crowd.person(person, Looks::Child);
        }
        assert_eq!(
            crowd.kept.lock().expect("nobody panicked with it").len(),
            limits::MADE_UP_PEOPLE_KEPT_MAX
        );
        assert!(first == print(0));
    }
}
