//! The messages of the conversation and their XML form.
//!
//! One namespace, [`NAMESPACE`], versioned by its last part. Elements only: no attributes, no document type, no
//! entities but the five of XML itself; an unknown or repeated element is an error with its line and column, because
//! a field that was silently dropped is a field the law asked for and nobody sent.
//!
//! The ANSI/NIST file travels beside the envelope (`multipart/form-data`), not inside it: as base64 it would grow by
//! a third, would have to be held twice, and the envelope could no longer be checked within a small bound before the
//! images are read. The envelope carries the file's length and SHA-256 instead.
//!
//! Invariant: `from_xml(to_xml(m)) == m` for every message within [`crate::limits`].
//!
//! Left out on purpose: deciding whether a message is lawful or complete; that is [`crate::validate`].

mod answer;
mod change;
mod decode;
mod encode;
mod receipt;
mod submission;
mod tree;

#[cfg(test)]
mod tests;

pub use answer::{Answer, AnswerList, HitDataset, InsufficientFinger, Mark, MatchKind, Outcome};
pub use change::{Change, ChangeField};
pub use receipt::Receipt;
pub use submission::{ContainerDigest, Priority, Submission};

use crate::error::Error;
use crate::identifier::MessageId;
use crate::limits;
use crate::notice::NoticeList;

/// The namespace of every element.
pub const NAMESPACE: &str = "urn:eurodac-gateway:icd:1";

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// First transmission of a dataset.
    Submission(Box<Submission>),
    /// A later change or erasure.
    Change(Change),
    /// The receiver's signed word that it holds a message durably.
    Receipt(Receipt),
    /// What came of a message.
    Answer(Answer),
}

impl Message {
    /// The XML form, in UTF-8.
    #[must_use]
    pub fn to_xml(&self) -> String {
        encode::message(self)
    }

    /// Reads the XML form. Bounds, structure and the form of every value are checked; nothing is dropped.
    pub fn from_xml(bytes: &[u8]) -> Result<Self, Error> {
        decode::message(&tree::parse(bytes, limits::ENVELOPE_BYTES_MAX)?)
    }

    /// The message's own identifier; for receipts and answers the one they speak of.
    #[must_use]
    pub fn message_id(&self) -> MessageId {
        match self {
            Self::Submission(submission) => submission.message_id,
            Self::Change(change) => change.message_id,
            Self::Receipt(receipt) => receipt.message_id,
            Self::Answer(answer) => answer.in_reply_to,
        }
    }
}

impl From<Submission> for Message {
    fn from(submission: Submission) -> Self {
        Self::Submission(Box::new(submission))
    }
}

impl From<Change> for Message {
    fn from(change: Change) -> Self {
        Self::Change(change)
    }
}

impl From<Receipt> for Message {
    fn from(receipt: Receipt) -> Self {
        Self::Receipt(receipt)
    }
}

impl From<Answer> for Message {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl AnswerList {
    /// The XML form, in UTF-8.
    #[must_use]
    pub fn to_xml(&self) -> String {
        encode::answer_list(self)
    }

    /// Reads the XML form.
    pub fn from_xml(bytes: &[u8]) -> Result<Self, Error> {
        decode::answer_list(&tree::parse(bytes, limits::ANSWER_LIST_BYTES_MAX)?)
    }
}

impl NoticeList {
    /// The XML form, in UTF-8.
    #[must_use]
    pub fn to_xml(&self) -> String {
        encode::notice_list(self)
    }

    /// Reads the XML form.
    pub fn from_xml(bytes: &[u8]) -> Result<Self, Error> {
        decode::notice_list(&tree::parse(bytes, limits::ANSWER_LIST_BYTES_MAX)?)
    }
}
