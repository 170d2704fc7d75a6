//! One remark of validation: which rule, which field, how serious, and what a person does about it.
//!
//! Invariant: a finding names the field and the accepted range, never the value that was found.

use serde::{Deserialize, Serialize};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The message may go, and someone should look.
    Warning,
    /// The message may not go.
    Error,
}

impl Severity {
    /// The word used in the envelope.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity for a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Warning, Self::Error].into_iter().find(|severity| severity.word() == word)
    }
}

/// One remark of validation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `I-1101`.
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
    /// The field, as the envelope or the record names it: `birth-date`, `14.013`.
    pub field: String,
    /// What is wrong and what to do, in one or two sentences, without the value.
    pub message: String,
    /// The values that would be accepted, where the rule has a range or a list: `a number from 1 to 255`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accepted: Option<String>,
}

impl Finding {
    /// A finding that stops the message.
    #[must_use]
    pub fn error(code: &str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            field: field.into(),
            message: message.into(),
            accepted: None,
        }
    }

    /// The same finding with the values that would be accepted.
    #[must_use]
    pub fn accepting(self, accepted: impl Into<String>) -> Self {
        Self { accepted: Some(accepted.into()), ..self }
    }

    /// A finding that lets the message pass.
    #[must_use]
    pub fn warning(code: &str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, field, message) }
    }

    /// True when any finding of the list stops the message.
    #[must_use]
    pub fn any_error(findings: &[Self]) -> bool {
        findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}
