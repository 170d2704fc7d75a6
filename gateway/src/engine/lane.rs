//! What the system-to-system lane reports back.
//!
//! The rule that prevents a double: after [`SendOutcome::Unknown`] nothing is sent before [`AskOutcome::NotKnown`].

use jiff::Timestamp;

use super::Engine;
use super::change::Change;
use super::item::{Cause, Item, ItemId, Stage};

/// How an attempt to send ended. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The central system has it.
    Taken,
    /// It certainly did not arrive.
    NotDelivered(Cause),
    /// It may have arrived.
    Unknown(Cause),
    /// It was refused for good.
    Refused(Cause),
}

/// What the central system says about a message. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskOutcome {
    /// It has the message.
    Known,
    /// It does not.
    NotKnown,
    /// It did not say.
    Unreachable,
}

impl Engine {
    /// An attempt ended. A report about an attempt that is not the present one is ignored.
    pub fn handle_sent(&mut self, item: ItemId, attempt: u32, outcome: SendOutcome, now: Timestamp) {
        self.advance(now);
        let present = |known: &&Item| known.stage == Stage::Sending && known.attempts == attempt;
        if self.item(item).filter(present).is_some() {
            let at = self.now;
            match outcome {
                SendOutcome::Taken | SendOutcome::Refused(_) => self.breaker.reached(),
                SendOutcome::NotDelivered(_) | SendOutcome::Unknown(_) => {
                    self.breaker.failed(&self.policy, at);
                }
            }
            let change = match outcome {
                SendOutcome::Taken => Change::Acknowledged { item, at },
                SendOutcome::NotDelivered(cause) => self.again(item, attempt, cause),
                SendOutcome::Unknown(cause) => {
                    let ask_at = self.policy.retry_at(item, 1, at);
                    Change::OutcomeUnknown { item, cause, ask_at, asked: 0, at }
                }
                SendOutcome::Refused(cause) => Change::Parked { item, cause, at },
            };
            self.commit(change);
        }
        self.handle_tick(now);
    }

    /// The central system was asked about a message.
    pub fn handle_asked(&mut self, item: ItemId, attempt: u32, outcome: AskOutcome, now: Timestamp) {
        self.advance(now);
        let was_asking = self.asking.remove(&item);
        let open = self.item(item).filter(|known| known.attempts == attempt).map(|known| known.stage.clone());
        if let (true, Some(Stage::OutcomeUnknown { asked, .. })) = (was_asking, open) {
            let (at, asked) = (self.now, asked.saturating_add(1));
            match outcome {
                AskOutcome::Known | AskOutcome::NotKnown => self.breaker.reached(),
                AskOutcome::Unreachable => self.breaker.failed(&self.policy, at),
            }
            let change = match outcome {
                AskOutcome::Known => Change::Acknowledged { item, at },
                AskOutcome::NotKnown => self.again(item, attempt, Cause::ConnectionLost),
                AskOutcome::Unreachable if asked >= self.policy.attempts_max => {
                    Change::Parked { item, cause: Cause::AttemptsUsedUp, at }
                }
                AskOutcome::Unreachable => {
                    let ask_at = self.policy.retry_at(item, asked.saturating_add(1), at);
                    Change::OutcomeUnknown { item, cause: Cause::CentralUnreachable, ask_at, asked, at }
                }
            };
            self.commit(change);
        }
        self.refresh(Some(item));
        self.handle_tick(now);
    }

    /// The next step after an attempt that certainly did not arrive.
    fn again(&self, item: ItemId, attempt: u32, cause: Cause) -> Change {
        let at = self.now;
        if attempt >= self.policy.attempts_max {
            return Change::Parked { item, cause: Cause::AttemptsUsedUp, at };
        }
        Change::NotDelivered { item, cause, retry_at: self.policy.retry_at(item, attempt, at), at }
    }
}
