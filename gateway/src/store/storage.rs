//! The one seam between engine and lanes on one side and storage on the other.
//!
//! Whatever keeps the gateway's truth stands behind [`Storage`]: here segments, journals and sled ([`super::Store`]); where
//! a site outgrows one machine, a replicated engine such as PostgreSQL with a synchronous standby. The suite in
//! [`super::conformance`] says what an adapter must do; the simulation in `tests/sim` runs against this trait.
//!
//! What an implementation promises:
//! * a change is durable when its [`Pending`] resolves, groups in the order of submission, each whole or not at all;
//! * what [`Storage::keep_message`] and its siblings return is durable, sealed, and readable until it is destroyed;
//! * what is destroyed cannot be read again by anybody, also not from a backup of the content alone;
//! * the index (messages, lives) is derived: it may lag behind, it never claims what the changes do not hold;
//! * damage is reported for the record it concerns, and that record is never served.

use std::collections::HashSet;

use futures_util::future::BoxFuture;
use icd::identifier::MessageId;
use journal::{Pending, Position};
use uuid::Uuid;

use super::{ChangePlace, Message, MessageRow, Stored};
use crate::engine::{ItemId, PayloadRef};
use crate::error::Error;

/// What the hub asks of its storage. All but the two look-ups may block.
pub trait Storage: Send + Sync {
    /// Hands a group of changes over. Only one group may be under way.
    fn submit_changes(&self, group: &[Stored]) -> Result<Pending, Error>;
    /// Puts a durable group into the index.
    fn index_changes(&self, place: Position, group: Vec<Stored>) -> Result<(), Error>;
    /// One change, where the index said it lies.
    fn change(&self, place: ChangePlace) -> Result<Option<Stored>, Error>;
    /// What is known of a message, however long ago it was accepted.
    fn message_row(&self, message: MessageId) -> BoxFuture<'_, Result<Option<MessageRow>, Error>>;
    /// Where the changes of an item lie, oldest first.
    fn life(&self, item: ItemId) -> BoxFuture<'_, Result<Vec<ChangePlace>, Error>>;
    /// Whether new work can be taken.
    fn ready(&self) -> Result<(), Error>;
    /// Seals a new message under a key of its own and makes it durable.
    fn keep_message(&self, id: Uuid, message: &Message) -> Result<PayloadRef, Error>;
    /// Opens a message.
    fn message(&self, id: Uuid, place: PayloadRef) -> Result<Message, Error>;
    /// Seals an answer under the key of its message and makes it durable.
    fn keep_answer(&self, id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error>;
    /// Seals an answer to no known message under a key of its own.
    fn keep_stray_answer(&self, id: Uuid, xml: &[u8]) -> Result<PayloadRef, Error>;
    /// Opens an answer sealed under the key of this message.
    fn answer(&self, id: Uuid, place: PayloadRef) -> Result<Vec<u8>, Error>;
    /// Destroys the key of a message, and so its content and answers.
    fn destroy(&self, id: Uuid) -> Result<(), Error>;
    /// Destroys every key that belongs to none of these. Returns how many.
    fn destroy_orphans(&self, alive: &HashSet<Uuid>) -> Result<usize, Error>;
    /// Where content kept from now on will lie behind.
    fn content_end(&self) -> Option<PayloadRef>;
    /// Gives back the space of content before `horizon` beside which nothing `needed` lies. Returns how many segments went.
    fn retire_content(&self, horizon: PayloadRef, needed: &[PayloadRef]) -> Result<u64, Error>;
    /// How many segments of content are kept, and their bytes.
    fn content_kept(&self) -> (u64, u64);
    /// Bytes free where the truth is kept.
    fn free_bytes(&self) -> Result<u64, Error>;
    /// Bytes that the index takes.
    fn index_bytes(&self) -> Result<u64, Error>;
    /// The keyed digest of bytes for one purpose.
    fn digest(&self, purpose: &str, bytes: &[u8]) -> [u8; 32];
}
