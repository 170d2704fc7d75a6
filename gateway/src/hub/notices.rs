//! Notices: in from the central system, open to the official who acts upon them.

use std::sync::Arc;

use icd::notice::{Notice, NoticeList};
use tokio::task::spawn_blocking;

use super::{Hub, OpenReason, Who};
use crate::engine::{Refusal, TaskId, TaskKind};
use crate::error::Error;
use crate::lane::Central;
use crate::limits;

impl Hub {
    /// Fetches notices for ever. Each becomes a task of people and is acknowledged once that is durable.
    pub(super) async fn collect_notices(self: Arc<Self>, central: Central) {
        loop {
            match central.notices().await {
                Ok(notices) => {
                    for notice in &notices {
                        self.pass_on(notice, &central).await;
                    }
                }
                // That the central system is away is said by the fetching of answers.
                Err(trouble) => {
                    tracing::debug!(code = "G-0301", why = trouble.what, "no notices could be fetched");
                }
            }
            tokio::time::sleep(limits::NOTICE_PAUSE).await;
        }
    }

    async fn pass_on(self: &Arc<Self>, notice: &Notice, central: &Central) {
        match self.take_notice(notice).await {
            Ok(Some(task)) => {
                tracing::info!(task = task.0, kind = notice.kind.rule().word, "a notice came");
                if let Err(trouble) = central.acknowledge_notice(notice.notice_id).await {
                    tracing::warn!(
                        code = "G-0303",
                        why = trouble.what,
                        "a notice could not be acknowledged; it will be delivered again"
                    );
                }
            }
            Ok(None) => tracing::warn!(
                code = "G-0305",
                "too many tasks are open; a notice stays with the central system until some are closed"
            ),
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "a notice could not be kept; it will be delivered again");
            }
        }
    }

    /// The central system delivered a notice. When this returns a task, the notice and the task are durable here.
    pub(crate) async fn take_notice(self: &Arc<Self>, notice: &Notice) -> Result<Option<TaskId>, Error> {
        let (known, has_room) = {
            let core = self.core();
            (core.engine.task_of_notice(notice.notice_id), core.engine.has_room_for_tasks())
        };
        // Asked first: a notice that stays where it is must not be sealed anew at each fetch.
        if known.is_none() && !has_room {
            return Ok(None);
        }
        if known.is_none() {
            let (hub, xml) = (Arc::clone(self), list(notice));
            let own = notice.notice_id.as_uuid();
            let kept = spawn_blocking(move || hub.store.keep_stray_answer(own, &xml));
            let payload = kept.await.map_err(|_| Error::Stopping)??;
            let line = self.line(&notice.reference_number);
            let (task, ticket) =
                self.decide(&Who::central(), |engine, now| engine.handle_notice(notice, line, payload, now));
            self.durable(ticket).await?;
            return Ok(task);
        }
        let ticket = self.core().tickets;
        self.durable(ticket).await?;
        Ok(known)
    }

    /// Opens a notice for an official. The audit line about it, with the reason, is durable before anything is shown.
    pub async fn open_notice(
        self: &Arc<Self>,
        task: TaskId,
        reason: OpenReason,
        who: &Who,
    ) -> Result<Notice, Error> {
        let kind = self.core().engine.task(task).filter(|task| task.closed.is_none()).map(|task| task.kind);
        let Some(TaskKind::Notice { id, payload, .. }) = kind else { return Err(Refusal::NotFound.into()) };
        self.record(who, "opened", &format!("task {}", task.0), reason.as_str()).await?;
        let hub = Arc::clone(self);
        let opened = spawn_blocking(move || hub.store.answer(id.as_uuid(), payload));
        let xml = opened.await.map_err(|_| Error::Stopping)??;
        let damaged = || Error::Sealed { source: journal::Error::Sealed };
        let read = NoticeList::from_xml(&xml).map_err(|_| damaged())?;
        read.notices.into_iter().next().ok_or_else(damaged)
    }
}

/// A list of one, because that is the form notices have outside.
fn list(notice: &Notice) -> Vec<u8> {
    NoticeList { notices: vec![notice.clone()] }.to_xml().into_bytes()
}
