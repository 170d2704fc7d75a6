//! What an official does with one item: one frame for all, one small step for each.
//!
//! The frame asks who may, finds the item, takes the step, and answers with the item as it stands afterwards: a page by
//! redirect, so that reloading repeats nothing, or JSON at once. What the engine refuses is shown above the item,
//! because the next step is there.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use firmware_config::Channel;
use icd::identifier::MessageId;
use jiff::Timestamp;

use super::Console;
use super::denied::Denied;
use super::guard::{Face, Fields, Official, SignedForm};
use super::item::Place;
use super::words;
use crate::engine::{ItemId, Refusal};
use crate::hub::OpenReason;
use crate::limits;

/// A step an official takes with an item. Complete: the last part of the addresses that take forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The second person found it keyed as it should be.
    Check,
    /// Takes it, or renews the claim.
    Claim,
    /// It is keyed.
    Confirm,
    /// Grants the longer limit.
    Extend,
    /// Back to its sender.
    GiveBack,
    /// Masks the values.
    Mask,
    /// Opens the values.
    Open,
    /// The second person found it keyed wrongly.
    RefuseCheck,
    /// Gives the claim up.
    Release,
    /// A stopped item goes on its way again.
    Requeue,
    /// A later message replaces it.
    Supersede,
}

impl Act {
    pub(crate) const ALL: [Self; 11] = [
        Self::Check,
        Self::Claim,
        Self::Confirm,
        Self::Extend,
        Self::GiveBack,
        Self::Mask,
        Self::Open,
        Self::RefuseCheck,
        Self::Release,
        Self::Requeue,
        Self::Supersede,
    ];

    /// The word in the address.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Claim => "claim",
            Self::Confirm => "confirm",
            Self::Extend => "extend",
            Self::GiveBack => "give-back",
            Self::Mask => "mask",
            Self::Open => "open",
            Self::RefuseCheck => "refuse-check",
            Self::Release => "release",
            Self::Requeue => "requeue",
            Self::Supersede => "supersede",
        }
    }

    fn must_be_allowed(self, official: &Official) -> Result<(), Denied> {
        match self {
            Self::Mask => Ok(()),
            Self::Extend => official.must_supervise(),
            _ => official.must_work(),
        }
    }
}

/// `POST /items/{id}/{act}`
pub(crate) async fn take(
    State(console): State<Arc<Console>>,
    Path((id, act)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    face: Face,
    form: SignedForm,
) -> Result<Response, Denied> {
    let act = Act::ALL.into_iter().find(|known| known.code() == act).ok_or(Denied::NoSuchPage)?;
    let place = Place::read(&id, query.as_deref())?;
    act.must_be_allowed(&form.official)?;
    let result = match console.item_id(place.id) {
        Ok(item) => {
            Step { console: &console, official: &form.official, fields: &form.fields, item }.take(act).await
        }
        Err(denied) => Err(denied),
    };
    console.answer(&place, &form.official, face, result).await
}

struct Step<'a> {
    console: &'a Console,
    official: &'a Official,
    fields: &'a Fields,
    item: ItemId,
}

impl Step<'_> {
    async fn take(&self, act: Act) -> Result<(), Denied> {
        let (hub, item) = (&self.console.hub, self.item);
        let (me, who) = (&self.official.id, &self.official.who);
        match act {
            Act::Check => hub.check_keyed(item, me, who).await?,
            Act::Claim => {
                hub.claim(item, me, who).await?;
                if self.fields.text("open").is_some() {
                    self.open(OpenReason::Key);
                }
                return Ok(());
            }
            Act::Confirm => {
                let receipt = self.fields.text("web_receipt").unwrap_or_default();
                hub.confirm((item, self.fence()?), receipt, me, who).await?;
            }
            Act::Extend => {
                // One ground is in the law for those who work here; custody and quarantine come with the message.
                self.one_of("ground", &["technical-problem"], "takes-ground")?;
                let evidence = self.fields.text("evidence").unwrap_or_default();
                hub.extend_clock(item, evidence, me, who).await?;
                return Ok(());
            }
            Act::GiveBack => hub.give_back(item, reason_for_sender(self.fields)?, me, who).await?,
            Act::Mask => {}
            Act::Open => {
                let codes = words::OPEN_REASONS.map(OpenReason::as_str);
                let code = self.one_of("reason", &codes, "takes-open-reason")?;
                let reason = words::OPEN_REASONS.into_iter().find(|reason| reason.as_str() == code);
                // The audit line comes with the showing itself, and is repeated with each showing.
                reason.into_iter().for_each(|reason| self.open(reason));
                return Ok(());
            }
            Act::RefuseCheck => hub.refuse_keyed(item, me, who).await?,
            Act::Release => hub.release(item, self.fence()?, me, who).await?,
            Act::Requeue => return Ok(hub.requeue(item, channel(self.fields)?, me, who).await?),
            Act::Supersede => {
                let takes = Denied::Field { name: "successor", takes: "takes-successor" };
                let named = self.fields.text("successor").and_then(|id| id.parse::<MessageId>().ok());
                let successor = self.console.item_id(named.ok_or(takes)?)?;
                hub.supersede(item, successor, me, who).await?;
            }
        }
        self.console.sessions().close_values(self.official.session.key, item);
        Ok(())
    }

    fn open(&self, reason: OpenReason) {
        let key = self.official.session.key;
        self.console.sessions().open_values(key, self.item, reason, Timestamp::now());
    }

    /// The claim a form was made under. A script may leave it out; the engine then still asks who holds the item.
    fn fence(&self) -> Result<u64, Denied> {
        match self.fields.text("fence") {
            Some(fence) => fence.parse().map_err(|_| Denied::Field { name: "fence", takes: "takes-fence" }),
            None => {
                let known = self.console.hub.item(self.item, Timestamp::now());
                known.map(|item| item.fence).ok_or_else(|| Refusal::NotFound.into())
            }
        }
    }

    fn one_of(
        &self,
        name: &'static str,
        known: &[&'static str],
        takes: &'static str,
    ) -> Result<&'static str, Denied> {
        let given = self.fields.text(name).unwrap_or_default();
        known.iter().copied().find(|code| *code == given).ok_or(Denied::Field { name, takes })
    }
}

/// Which way a stopped item is to go.
pub(crate) fn channel(fields: &Fields) -> Result<Channel, Denied> {
    match fields.text("channel") {
        Some("s2s") => Ok(Channel::S2s),
        Some("web-interface") => Ok(Channel::WebInterface),
        _ => Err(Denied::Field { name: "channel", takes: "takes-channel" }),
    }
}

/// What the sender will read.
pub(crate) fn reason_for_sender(fields: &Fields) -> Result<&str, Denied> {
    let reason = fields.text("reason").unwrap_or_default();
    let is_plain = !reason.is_empty()
        && reason.chars().count() <= limits::GIVE_BACK_CHARS_MAX
        && !reason.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n'));
    if is_plain { Ok(reason) } else { Err(Denied::Field { name: "reason", takes: "takes-reason" }) }
}
