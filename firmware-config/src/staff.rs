//! `staff.toml`: who may work here, as what, and with which proof.
//!
//! The register is personal data: nothing of it but roles is printed or repeated in errors.

use crate::document::{Document, version};
use crate::error::Error;
use crate::limits;
use crate::value::{CertificateSerial, Label, PersonId, Secret, date};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The whole file.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StaffRegister {
    /// Layout of the file.
    #[serde(deserialize_with = "version")]
    pub version: u32,
    /// Everybody.
    #[serde(default, rename = "person")]
    pub persons: Vec<Person>,
}

impl StaffRegister {
    /// The person with this identifier.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.persons.iter().find(|person| person.id.as_str() == id)
    }

    /// The person whose card's certificate has this serial number in its subject.
    #[must_use]
    pub fn person_by_certificate(&self, certificate_serial: &str) -> Option<&Person> {
        self.persons.iter().find(|person| {
            person.certificate_serial.as_ref().is_some_and(|serial| serial.as_str() == certificate_serial)
        })
    }
}

impl Document for StaffRegister {
    const NAME: &'static str = "staff.toml";
    const VERSION: u32 = 1;
    const SENSITIVE: bool = true;

    fn check(&self) -> Result<(), Error> {
        if self.persons.len() > limits::PERSONS_MAX {
            let problem = format!("allowed are {} persons", limits::PERSONS_MAX);
            return Err(Error::Rule { document: Self::NAME, key: "person".into(), problem });
        }
        let mut ids = BTreeSet::new();
        let mut serials = BTreeSet::new();
        for (person, number) in self.persons.iter().zip(1..) {
            let problem = if !ids.insert(&person.id) {
                Some("its id is given twice")
            } else if person.certificate_serial.as_ref().is_some_and(|serial| !serials.insert(serial)) {
                Some("its certificate_serial is given twice")
            } else {
                person.problem()
            };
            if let Some(problem) = problem {
                // The row is named by its number, because its id is personal data.
                let key = format!("person number {number}");
                return Err(Error::Rule { document: Self::NAME, key, problem: problem.into() });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for StaffRegister {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaffRegister")
            .field("version", &self.version)
            .field("persons", &self.persons.len())
            .finish()
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks after the installation: sees the state of configuration, certificates, storage and backup, and no message.
    Administrator,
    /// Reads the audit log.
    Auditor,
    /// Works on the queue at the console.
    QueueOperator,
    /// Captures at a kiosk.
    ScreeningOfficer,
    /// Grants extensions, changes interfaces, releases claims.
    Supervisor,
}

impl Role {
    /// As written in the register.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::QueueOperator => "queue-operator",
            Self::ScreeningOfficer => "screening-officer",
            Self::Supervisor => "supervisor",
        }
    }
}

/// One row: `[[person]]`.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Identifier, as used in audit lines.
    pub id: PersonId,
    /// Employer.
    pub organisation: Label,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// Argon2id hash of the PIN, in PHC form.
    pub pin_argon2: Secret,
    /// Secret of the second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret_base32: Option<Secret>,
    /// Serial number in the subject of the card's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_serial: Option<CertificateSerial>,
    /// Training in taking biometrics of children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_training: Option<ChildTraining>,
}

impl Person {
    /// Whether the person has this role.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the person may take a child's biometrics on this day (Regulation (EU) 2024/1358,
    /// Art. 14(1): officials trained specifically).
    #[must_use]
    pub fn child_training_valid_on(&self, day: Date) -> bool {
        self.child_training.as_ref().is_some_and(|training| day <= training.valid_to)
    }

    fn problem(&self) -> Option<&'static str> {
        let roles: BTreeSet<_> = self.roles.iter().collect();
        let base32 = |secret: &Secret| {
            let digits = secret.expose().trim_end_matches('=');
            digits.len() >= 26 && digits.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
        };
        if roles.is_empty() || roles.len() != self.roles.len() {
            Some("roles must name at least one role, and none twice")
        } else if !looks_like_argon2id(self.pin_argon2.expose()) {
            Some("pin_argon2 must be an Argon2id hash in PHC form: $argon2id$v=19$m=...$salt$hash")
        } else if !self.totp_secret_base32.as_ref().is_none_or(base32) {
            Some("totp_secret_base32 must be at least 26 base32 digits (128 bits)")
        } else {
            None
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// `[person.child_training]`
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChildTraining {
    /// Who trained.
    pub issuer: Label,
    /// Last day on which it counts.
    #[serde(deserialize_with = "date")]
    pub valid_to: Date,
}

impl fmt::Debug for ChildTraining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildTraining").field("valid_to", &self.valid_to).finish_non_exhaustive()
    }
}

/// The shape only: whether the PIN fits is asked by who checks it.
fn looks_like_argon2id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('$').collect();
    let filled = |part: &&str| !part.is_empty();
    matches!(parts.as_slice(), ["", "argon2id", "v=19", rest @ ..] if rest.len() == 3 && rest.iter().all(filled))
}
