//! Whose turn it is in the lane: urgent before normal, the oldest clock first, and no partner starved by another.
//!
//! Art. 38(2) has urgent messages handled within one hour and all others within twenty-four; that order is strict.
//! Within each of the two, every first turn goes to the oldest clock whoever sent it, and every second turn to the
//! partners in rotation, each with its own oldest clock. So a partner that floods the gateway, even with old clocks,
//! gets at most half of the turns and its share of the rest, and the oldest clock waits for at most one turn.
//!
//! The rotation is no state: it begins anew after a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use icd::identifier::PartyId;
use jiff::Timestamp;

use super::item::{Item, ItemId};

/// The place of one item in the order of its kind: urgent first, then the oldest clock, then the oldest item. Items
/// whose article has no figure come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    not_urgent: bool,
    due: Timestamp,
    item: ItemId,
}

/// All items that are ready to be sent.
#[derive(Debug, Default)]
pub(super) struct Turns {
    by_clock: BTreeSet<Turn>,
    /// Urgent ones, and the others.
    by_partner: [BTreeMap<PartyId, BTreeSet<Turn>>; 2],
    last_in_rotation: Option<PartyId>,
    rotation_is_next: bool,
}

impl Turn {
    pub(super) fn of(item: &Item) -> Self {
        Self {
            not_urgent: !item.arrival.urgent,
            due: item.clock.due.unwrap_or(Timestamp::MAX),
            item: item.id,
        }
    }
}

impl Turns {
    pub(super) fn insert(&mut self, partner: &PartyId, turn: Turn) {
        self.by_clock.insert(turn);
        if let Some(class) = self.by_partner.get_mut(usize::from(turn.not_urgent)) {
            class.entry(partner.clone()).or_default().insert(turn);
        }
    }

    pub(super) fn remove(&mut self, partner: &PartyId, turn: &Turn) {
        self.by_clock.remove(turn);
        let Some(class) = self.by_partner.get_mut(usize::from(turn.not_urgent)) else { return };
        if let Some(own) = class.get_mut(partner) {
            own.remove(turn);
            if own.is_empty() {
                class.remove(partner);
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.by_clock.len()
    }

    /// The item whose turn it is. It stays until it is removed.
    pub(super) fn next(&mut self) -> Option<ItemId> {
        let oldest = *self.by_clock.first()?;
        self.rotation_is_next = !self.rotation_is_next;
        if self.rotation_is_next {
            return Some(oldest.item);
        }
        let class = self.by_partner.get(usize::from(oldest.not_urgent))?;
        let after_last = match &self.last_in_rotation {
            Some(last) => class.range((Excluded(last.clone()), Unbounded)).next(),
            None => None,
        };
        let (partner, own) = after_last.or_else(|| class.first_key_value())?;
        let item = own.first()?.item;
        self.last_in_rotation = Some(partner.clone());
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str) -> PartyId {
        PartyId::new(name).expect("literal")
    }

    fn turn(not_urgent: bool, due_s: i64, item: u64) -> Turn {
        let due = Timestamp::from_second(due_s).expect("in range");
        Turn { not_urgent, due, item: ItemId::new(item) }
    }

    fn take(turns: &mut Turns, owners: &BTreeMap<u64, (PartyId, Turn)>) -> u64 {
        let item = turns.next().expect("one waits").number();
        let (partner, turn) = &owners[&item];
        turns.remove(partner, turn);
        item
    }

    #[test]
    fn a_flood_with_old_clocks_starves_nobody() {
        let (mut turns, mut owners) = (Turns::default(), BTreeMap::new());
        for item in 0..1_000 {
            owners.insert(item, (party("flood"), turn(true, 0, item)));
        }
        for item in 1_000..1_010 {
            owners.insert(item, (party("quiet"), turn(true, 1_000, item)));
            owners.insert(item + 10, (party("silent"), turn(true, 2_000, item + 10)));
        }
        for (partner, turn) in owners.values() {
            turns.insert(partner, *turn);
        }
        let taken: Vec<u64> = (0..80).map(|_| take(&mut turns, &owners)).collect();
        let others = taken.iter().filter(|item| **item >= 1_000).count();
        assert_eq!(others, 20, "all of the other two within 80 turns, although 940 older clocks still wait");
        assert_eq!(taken[0], 0, "the oldest clock goes first");
    }

    #[test]
    fn urgent_goes_before_normal_whoever_sends_it() {
        let (mut turns, mut owners) = (Turns::default(), BTreeMap::new());
        for item in 0..20 {
            owners.insert(item, (party("a"), turn(true, 0, item)));
            owners.insert(100 + item, (party("b"), turn(false, 9_000, 100 + item)));
        }
        for (partner, turn) in owners.values() {
            turns.insert(partner, *turn);
        }
        let taken: Vec<u64> = (0..20).map(|_| take(&mut turns, &owners)).collect();
        assert!(taken.iter().all(|item| *item >= 100), "{taken:?}");
        assert_eq!(turns.count(), 20);
    }

    #[test]
    fn one_partner_alone_goes_by_its_clocks() {
        let (mut turns, mut owners) = (Turns::default(), BTreeMap::new());
        for item in 0..50_u64 {
            let due = i64::try_from(item * 7 % 50).expect("small");
            owners.insert(item, (party("a"), turn(true, due, item)));
        }
        for (partner, turn) in owners.values() {
            turns.insert(partner, *turn);
        }
        let dues: Vec<u64> = (0..50).map(|_| take(&mut turns, &owners) * 7 % 50).collect();
        assert!(dues.is_sorted(), "{dues:?}");
    }
}
