//! What stays of a session after its case is erased: which safeguards held, and why each image was or was not used.
//!
//! Both are kept beside the delivery, without a name, a number or a pixel, so that an appeal ("why were my prints
//! refused") and an inspection ("who was with the child") can be answered years later. Clauses: Art. 14(1), Art. 41
//! and recital 50 of Regulation (EU) 2024/1358.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Session;
use super::gates::{CompanionKind, Gate, InformationMode};
use super::plan::{Attempt, AttemptResult, Conditions, Step};
use crate::face::Measure;
use crate::live::Hint;

/// The safeguards of a sealed session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeguardRecord {
    /// Every gate this person needed, and when it was closed.
    pub gates: Vec<(Gate, Timestamp)>,
    /// In which capacity somebody stayed with a minor.
    pub companion: Option<CompanionKind>,
    /// From when to when that person was present.
    pub present: Option<(Timestamp, Timestamp)>,
    /// Which information was given: material, version, language, mode.
    pub information: Option<(String, String, String, InformationMode)>,
    /// Force or a sanction was applied (gate G8). The kiosk knows no such step, so this is always `false`.
    pub coercion_used: bool,
}

/// One attempt as it was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptRecord {
    /// Number within the case.
    pub number: u32,
    /// Step.
    pub step: Step,
    /// When.
    pub at: Timestamp,
    /// Its image was destroyed (companion gone, step begun again).
    pub discarded: bool,
    /// Per finger code (or `face`): quality 0 to 100, whether it reached the threshold, and the hint that was given.
    pub values: Vec<(String, u8, bool, Option<Hint>)>,
    /// Hints for the whole image.
    pub hints: Vec<Hint>,
    /// For a portrait: every figure with its limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What the values were held against.
    pub conditions: Option<Conditions>,
}

impl Session {
    /// The safeguards as they stand at `now`.
    #[must_use]
    pub fn safeguard_record(&self, now: Timestamp) -> SafeguardRecord {
        let gates = self.gates(now).into_iter();
        SafeguardRecord {
            gates: gates.filter_map(|status| Some((status.gate, status.closed_at?))).collect(),
            companion: self.companion.as_ref().map(|(_, companion)| companion.kind),
            present: self.companion.as_ref().map(|(from, _)| (*from, now)),
            information: self.information.as_ref().map(|(_, given)| {
                (given.material.clone(), given.version.clone(), given.language.clone(), given.mode)
            }),
            coercion_used: false,
        }
    }

    /// Every attempt, oldest first.
    #[must_use]
    pub fn attempt_records(&self) -> Vec<AttemptRecord> {
        let of_step = |step: Step| self.step(step).attempts.iter().map(move |attempt| record(step, attempt));
        let mut records: Vec<_> = self.plan().iter().copied().flat_map(of_step).collect();
        records.sort_by_key(|record| record.number);
        records
    }
}

fn record(step: Step, attempt: &Attempt) -> AttemptRecord {
    let (values, hints, measures) = match &attempt.result {
        AttemptResult::Slap { fingers, hints } => {
            let values =
                fingers.iter().map(|f| (f.finger.fgp().to_string(), f.quality, f.accepted, f.hint)).collect();
            (values, hints.clone(), Vec::new())
        }
        AttemptResult::Portrait { accepted, hints, measures, .. } => {
            let value = ("face".to_owned(), if *accepted { 100 } else { 0 }, *accepted, None);
            (vec![value], hints.clone(), measures.clone())
        }
    };
    AttemptRecord {
        number: attempt.number,
        step,
        at: attempt.captured_at,
        discarded: attempt.discarded,
        values,
        hints,
        measures,
        conditions: attempt.conditions.clone(),
    }
}
