//! The screening form of Art. 17 of Regulation (EU) 2024/1356, filled in beside the capture.
//!
//! One capture serves both: the biometrics that identify a person in screening are the ones that are registered in
//! Eurodac (Art. 14(2)); this form adds what screening asks besides. The person gets a copy in which the
//! answer of the security check (letter (h)) is left out, and may say what is wrong with it.
//!
//! Left out on purpose: the health and security checks themselves, which other services do.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Under which article a person is screened; it decides the time limit of Art. 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScreeningKind {
    /// At the external border (Art. 5).
    Border,
    /// At the external border, after more than 72 hours in custody there.
    BorderAfterCustody,
    /// Within the territory (Art. 7).
    Inland,
}

impl ScreeningKind {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 3] = [Self::Border, Self::BorderAfterCustody, Self::Inland];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Border => "border",
            Self::BorderAfterCustody => "border-after-custody",
            Self::Inland => "inland",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// When the screening ends: Art. 8(1) and (2) of Regulation (EU) 2024/1356.
    #[must_use]
    pub fn due(self, start: Timestamp) -> Timestamp {
        let days = match self {
            Self::Border => 7,
            Self::BorderAfterCustody => 4,
            Self::Inland => 3,
        };
        start.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
    }

    /// The clause of the limit.
    pub const ARTICLE: &'static str = "Regulation (EU) 2024/1356, Art. 8";
}

/// Whether something is what the person says or has been confirmed (Art. 17(1), last sentence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// What the person says.
    Declared,
    /// Confirmed by a document or a register.
    Confirmed,
}

/// The form. Texts are empty where nothing is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreeningForm {
    /// Under which article.
    pub kind: ScreeningKind,
    /// Letters (a) and (b): declared or confirmed.
    pub identity: Standing,
    /// Letter (b): countries of residence before arrival.
    pub residence: String,
    /// Letter (b): languages spoken.
    pub languages: String,
    /// Letter (c): reason for the screening.
    pub reason: String,
    /// Letter (d): preliminary health check.
    pub health: String,
    /// Letter (e): preliminary vulnerability check.
    pub vulnerability: String,
    /// Letter (f): an application for international protection was made.
    pub application_made: bool,
    /// Letter (g): family members in a Member State, as the person says.
    pub family: String,
    /// Letter (h): a security database answered with a hit. `None` while not asked. Never on the person's copy.
    pub security_hit: Option<bool>,
    /// Letter (i): whether the person fulfilled the duty to cooperate.
    pub cooperated: bool,
    /// Where available: reason of the irregular arrival.
    pub arrival_reason: String,
    /// Where available: route.
    pub route: String,
    /// Where available: documents.
    pub documents: String,
    /// Where available: remarks, for example on smuggling or trafficking.
    pub remarks: String,
    /// What the person says is wrong with the form.
    pub objections: String,
}

impl ScreeningForm {
    /// Required letters that are still empty.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let texts = [
            ("(b) languages", &self.languages),
            ("(c) reason", &self.reason),
            ("(d) health", &self.health),
            ("(e) vulnerability", &self.vulnerability),
        ];
        let empty = texts.into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(letter, _)| letter);
        empty.chain(self.security_hit.is_none().then_some("(h) security")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_run_from_the_event() {
        let start: Timestamp = "2026-07-01T10:00:00Z".parse().expect("an instant");
        let due = |kind: ScreeningKind| kind.due(start).to_string();
        assert_eq!(due(ScreeningKind::Border), "2026-07-08T10:00:00Z");
        assert_eq!(due(ScreeningKind::BorderAfterCustody), "2026-07-05T10:00:00Z");
        assert_eq!(due(ScreeningKind::Inland), "2026-07-04T10:00:00Z");
        for kind in ScreeningKind::ALL {
            assert_eq!(ScreeningKind::from_code(kind.code()), Some(kind));
        }
    }
}
