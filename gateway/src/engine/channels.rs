//! Switching the channel of an operation by hand: an authorised person opens or closes an interface, with a reason.
//!
//! The signed table of channels is the rule; what a person switched stands above it until a person takes it back, and
//! survives a restart because it is journalled. Opening drains what nobody touched: none twice, none out of order.
//! What an operator holds, or may have keyed, stays with the operators. Closing sends new messages to the operators
//! and takes back what was not begun; what is under way ends as it ends.

use firmware_config::Channel;
use icd::identifier::StaffId;
use icd::operation::Operation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::change::Change;
use super::item::{Item, ItemId, Stage};
use super::refusal::Refusal;

/// Why a person switched a channel. A choice, because free text in a journal could hold personal data. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelReason {
    /// The central system announced it.
    CentralNotice,
    /// The central system is out of order.
    CentralOutage,
    /// A test of the interface has passed.
    ConnectionProven,
    /// Something is wrong on our side.
    Incident,
}

/// What a person switched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switched {
    /// The channel in force.
    pub channel: Channel,
    /// Who switched it.
    pub by: StaffId,
    /// Why.
    pub reason: ChannelReason,
    /// Since when.
    pub since: Timestamp,
}

/// What a switch would do, for a person who is about to decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwitchPreview {
    /// Items that would move.
    pub moving: usize,
    /// Of those that would move: behind an earlier item of the same reference number, so that they wait there too.
    pub behind: usize,
    /// Items of the operation that would stay where they are, because somebody holds them or may have keyed them, they
    /// are under way, or a person chose their channel.
    pub staying: usize,
    /// Of those that would stay: held by an operator.
    pub held: usize,
}

impl ChannelReason {
    /// As written in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CentralNotice => "central-notice",
            Self::CentralOutage => "central-outage",
            Self::ConnectionProven => "connection-proven",
            Self::Incident => "incident",
        }
    }
}

impl Engine {
    /// The channel of an operation now: what a person switched, else the signed table.
    #[must_use]
    pub fn channel(&self, operation: Operation) -> Channel {
        match self.state.switched.get(&operation) {
            Some(switched) => switched.channel,
            None => self.capabilities.channel(operation, self.now),
        }
    }

    /// What persons have switched.
    pub fn switched(&self) -> impl Iterator<Item = (Operation, &Switched)> {
        self.state.switched.iter().map(|(operation, switched)| (*operation, switched))
    }

    /// What switching would do now, without doing it.
    #[must_use]
    pub fn preview_channel(&self, operation: Operation, channel: Channel) -> SwitchPreview {
        let mut preview = SwitchPreview::default();
        let concerned = self.items().filter(|item| item.arrival.operation == operation);
        for item in concerned.filter(|item| item.blocks_its_line()) {
            match self.movable_from(item) {
                Some(here) if here != channel => {
                    preview.moving += 1;
                    preview.behind += usize::from(self.behind(item).is_some());
                }
                Some(_) => {}
                None => {
                    preview.staying += 1;
                    let held = matches!(item.stage, Stage::Claimed { .. } | Stage::Keyed { .. });
                    preview.held += usize::from(held);
                }
            }
        }
        preview
    }

    /// An authorised person switches the channel of an operation; none gives it back to the signed table.
    pub fn handle_channel_switched(
        &mut self,
        operation: Operation,
        channel: Option<Channel>,
        by: &StaffId,
        reason: ChannelReason,
        now: Timestamp,
    ) {
        self.handle_tick(now);
        let by = by.clone();
        self.commit(Change::ChannelSwitched { operation, channel, by, reason, at: self.now });
        self.reroute();
        self.handle_tick(now);
    }

    /// A person replaces a parked item by a later one of the same reference number: it will not be sent any more.
    /// `answer` tells the origin; its sealed content is durable.
    pub fn handle_superseded(
        &mut self,
        item: ItemId,
        successor: ItemId,
        by: &StaffId,
        answer: super::AnswerRecord,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        self.may_supersede(item, successor)?;
        let partner = self.item(item).ok_or(Refusal::NotFound)?.arrival.partner.clone();
        self.commit(Change::Superseded { item, successor, by: by.clone(), answer, at: self.now });
        self.ask_for(super::Effect::AnswerReady { partner });
        self.give_turns();
        Ok(())
    }

    /// Whether an item may be superseded, asked before the answer is sealed. Not while an attempt may have arrived.
    pub fn may_supersede(&self, item: ItemId, successor: ItemId) -> Result<(), Refusal> {
        let known = self.item(item).ok_or(Refusal::NotFound)?;
        let later = self.item(successor).ok_or(Refusal::NotFound)?;
        let fits = successor > item
            && later.arrival.line == known.arrival.line
            && later.arrival.operation == known.arrival.operation
            && later.arrival.partner == known.arrival.partner;
        match known.stage {
            Stage::Parked { .. } if !known.outcome_open && fits => Ok(()),
            _ => Err(Refusal::WrongStage { item, stage: known.stage.name() }),
        }
    }

    /// The channel of an item that can still be moved: nobody holds it, nobody may have keyed it, nothing was sent,
    /// and no person chose its channel.
    pub(super) fn movable_from(&self, item: &Item) -> Option<Channel> {
        #[cfg(feature = "planted")]
        if self.planted == Some(super::Planted::DrainWithoutClaimCheck)
            && matches!(item.stage, Stage::Claimed { .. })
        {
            return Some(Channel::WebInterface);
        }
        if item.outcome_open || item.channel_chosen || item.perhaps_keyed_by.is_some() {
            return None;
        }
        match item.stage {
            Stage::Queued { .. } => Some(Channel::S2s),
            Stage::Waiting => Some(Channel::WebInterface),
            Stage::Held => Some(Channel::Unavailable),
            _ => None,
        }
    }
}
