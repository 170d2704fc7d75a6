//! The commit thread: it alone writes audit lines and changes, group by group.
//!
//! The lines of a group and its changes go to two journals at the same time; the group is durable when both are. A
//! crash in between leaves either lines of changes that never took effect (the next `started` line says so) or changes
//! without their lines, which get new ones at the next start (`recovery`); nobody was told of either. A full disk makes the thread try the
//! same group again, so that nothing later can overtake it; any other failure is final until the next start.

use std::sync::PoisonError;
use std::thread::sleep;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use journal::{Pending, Position};

use super::{Condition, Hub, Notice, Ticket, Waiting};
use crate::audit::{AuditLog, CheckpointRule, Entry, Line};
use crate::engine::ChangeNumber;
use crate::error::Error;
use crate::limits;
use crate::store::Stored;
use crate::watch::Counted;

impl Hub {
    /// Runs until the hub closes and everything queued is durable, or until a final failure.
    pub(super) fn commit_all(&self, mut audit: AuditLog) {
        let mut last_line = None;
        loop {
            self.sign_checkpoint(&mut audit, false);
            let Some(group) = self.next_group(self.checkpoint_pause(&audit)) else { break };
            if group.is_empty() {
                continue;
            }
            match self.commit_group(&mut audit, group) {
                Ok(line) => last_line = line.or(last_line),
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "nothing more can be made durable");
                    self.condition.send_replace(Condition::Failed(error.to_string()));
                    return;
                }
            }
        }
        if let Some(line) = last_line {
            self.renew_head(&mut audit, &line, true);
        }
        self.sign_checkpoint(&mut audit, true);
    }

    /// The next group; an empty one when the time for a checkpoint has come, nothing when the hub closes.
    fn next_group(&self, pause: Option<Duration>) -> Option<Vec<Waiting>> {
        let mut core = self.core();
        while core.queue.is_empty() && !core.closing {
            let Some(pause) = pause else {
                core = self.filled.wait(core).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (again, timed) =
                self.filled.wait_timeout(core, pause).unwrap_or_else(PoisonError::into_inner);
            core = again;
            if timed.timed_out() && core.queue.is_empty() && !core.closing {
                return Some(Vec::new());
            }
        }
        let count = core.queue.len().min(limits::CHANGES_PER_RECORD_MAX);
        let group: Vec<_> = core.queue.drain(..count).collect();
        (!group.is_empty()).then_some(group)
    }

    fn commit_group(&self, audit: &mut AuditLog, group: Vec<Waiting>) -> Result<Option<Line>, Error> {
        let ticket = group.last().map(|waiting| waiting.ticket).unwrap_or_default();
        let entries: Vec<Entry> = group.iter().map(|waiting| waiting.entry.clone()).collect();
        let lines = audit.write(&entries);
        let mut stored = Vec::with_capacity(group.len());
        let mut number = None;
        for (waiting, line) in group.into_iter().zip(&lines) {
            if let Some((its_number, step)) = waiting.change {
                number = Some(its_number);
                stored.push(Stored { audit: line.anchor(), step, is_repeat: false });
            }
        }
        let mut lines_pending = Some(audit.submit(&lines));
        let mut changes_pending = (!stored.is_empty()).then(|| self.store.submit_changes(&stored));
        let (mut place, mut lines_place) = (None, None);
        while lines_pending.is_some() || changes_pending.is_some() {
            if let Some(pending) = lines_pending.take() {
                lines_place = self.settle(pending)?;
                if lines_place.is_none() {
                    lines_pending = Some(audit.submit(&lines));
                }
            }
            if let Some(pending) = changes_pending.take() {
                place = self.settle(pending)?;
                if place.is_none() {
                    changes_pending = Some(self.store.submit_changes(&stored));
                }
            }
        }
        if let Some(place) = lines_place {
            audit.settled(&lines, place);
        }
        self.is_durable(ticket, number, place, stored)?;
        let last = lines.into_iter().next_back();
        if let Some(line) = &last {
            self.renew_head(audit, line, false);
        }
        Ok(last)
    }

    /// Waits for the disk. `None` means: not now, hand it over again.
    fn settle(&self, pending: Result<Pending, Error>) -> Result<Option<Position>, Error> {
        let outcome = pending.and_then(|pending| pending.wait().map_err(Error::journal("change or audit")));
        match outcome {
            Ok(place) => {
                self.condition.send_if_modified(|condition| {
                    let stalled = matches!(condition, Condition::Stalled(_));
                    if stalled {
                        *condition = Condition::Sound;
                    }
                    stalled
                });
                Ok(Some(place))
            }
            Err(Error::Journal { which, source }) if source.is_transient() => {
                tracing::warn!(code = source.code(), error = %source, which, "nothing can be made durable at present");
                self.condition.send_if_modified(|condition| {
                    let sound = *condition == Condition::Sound;
                    if sound {
                        *condition = Condition::Stalled(source.to_string());
                    }
                    sound
                });
                sleep(STALLED_PAUSE);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn is_durable(
        &self,
        ticket: Ticket,
        number: Option<ChangeNumber>,
        place: Option<Position>,
        stored: Vec<Stored>,
    ) -> Result<(), Error> {
        let notices: Vec<_> = stored
            .iter()
            .map(|stored| Notice { item: stored.step.item(), what: stored.step.name() })
            .collect();
        for notice in &notices {
            self.counters.add(Counted::Change, notice.what);
        }
        if let Some(place) = place {
            self.store.index_changes(place, stored)?;
        }
        let effects: Vec<_> = {
            let mut core = self.core();
            if let Some(number) = number {
                core.engine.handle_durable(number);
            }
            std::iter::from_fn(|| core.engine.poll_effect()).collect()
        };
        self.durable.send_replace(ticket);
        for effect in effects {
            // Without a receiver the gateway is stopping; what is lost is asked for again at the next start.
            let _ = self.effects.send(effect);
        }
        for notice in notices {
            // Nobody need listen.
            let _ = self.notices.send(notice);
        }
        Ok(())
    }

    fn checkpoint_rule(&self) -> CheckpointRule {
        let policy = &self.site.config.policy;
        CheckpointRule {
            lines: policy.audit_checkpoint_lines.into(),
            after: SignedDuration::from_mins(policy.audit_checkpoint_minutes.into()),
        }
    }

    /// How long to wait for work before a checkpoint is due; nothing while none will be.
    fn checkpoint_pause(&self, audit: &AuditLog) -> Option<Duration> {
        let now = Timestamp::now();
        let due = audit.checkpoint_due(self.checkpoint_rule(), now)?;
        // One that could not be written is due at once; it is tried again, but not in a tight loop.
        Some(Duration::try_from(due.duration_since(now)).unwrap_or_default().max(STALLED_PAUSE))
    }

    /// Signs a checkpoint when one is due, or when there is anything to cover and the log closes.
    fn sign_checkpoint(&self, audit: &mut AuditLog, closing: bool) {
        let now = Timestamp::now();
        let due = audit.checkpoint_due(self.checkpoint_rule(), now);
        if due.is_none_or(|due| due > now && !closing) {
            return;
        }
        match audit.sign_checkpoint(now) {
            Ok(signed) => drop(self.checkpoint.send_replace(Some(signed.clone()))),
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "a checkpoint of the audit log could not be written");
            }
        }
    }

    fn renew_head(&self, audit: &mut AuditLog, line: &Line, now_or_never: bool) {
        if let Err(error) = audit.renew_head(line, now_or_never) {
            tracing::warn!(code = error.code(), %error, "the signed head of the audit log could not be renewed");
        }
    }
}

const STALLED_PAUSE: Duration = Duration::from_secs(1);
