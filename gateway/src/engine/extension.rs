//! The longer limit after serious technical problems: 48 hours more, once, by decision of an authorised person.
//!
//! Art. 15(2), 22(6), 23(5), 24(5), 26(4). Which categories have it is `icd`'s table; who may grant it is decided by
//! the caller, who knows roles. The gateway never grants it to itself.

use icd::deadline::{Deadline, Extension, Ground};
use icd::identifier::StaffId;
use icd::operation::Operation;
use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::clock::LegalClock;
use super::item::ItemId;
use super::refusal::Refusal;
use crate::limits;

impl Engine {
    /// A person authorised to do so records serious technical problems under the national continuity plan.
    /// `evidence` is the number of the decision, no free text, because it is journalled and logged.
    pub fn handle_technical_extension(
        &mut self,
        item: ItemId,
        by: &StaffId,
        evidence: &str,
        now: Timestamp,
    ) -> Result<LegalClock, Refusal> {
        self.handle_tick(now);
        let clock = self.longer_clock(item, by, evidence)?;
        let evidence = evidence.trim().to_owned();
        self.commit(Change::ClockExtended {
            item,
            by: by.clone(),
            evidence,
            clock: clock.clone(),
            at: self.now,
        });
        Ok(clock)
    }

    /// The clock that would be granted, or why none can be: also asked before anybody decides.
    pub fn longer_clock(&self, item: ItemId, by: &StaffId, evidence: &str) -> Result<LegalClock, Refusal> {
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        if !known.blocks_its_line() {
            return Err(Refusal::WrongStage { item, stage: known.stage.name() });
        }
        let evidence = evidence.trim();
        if !is_reference(evidence) {
            return Err(Refusal::EvidenceUnusable);
        }
        if known.extended || known.arrival.operation != Operation::Submit {
            return Err(Refusal::NoExtension { item });
        }
        let mut deadline = Deadline::for_category(known.arrival.category, known.arrival.clock.start);
        let extension = Extension {
            ground: Ground::TechnicalProblem,
            authorised_by: by.clone(),
            authorised_at: self.now,
            evidence: evidence.to_owned(),
        };
        deadline.extend(extension).map_err(|_| Refusal::NoExtension { item })?;
        let clock = LegalClock::of(&deadline, known.arrival.clock.start);
        if clock.due <= known.arrival.clock.due {
            // The clock on arrival was another one (custody, for instance) and is no earlier.
            return Err(Refusal::NoExtension { item });
        }
        Ok(clock)
    }
}

/// A file or decision number: printable, without blanks, bounded.
pub(super) fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./-_:".contains(c);
    !text.is_empty() && text.len() <= limits::EVIDENCE_CHARS_MAX && text.chars().all(plain)
}
