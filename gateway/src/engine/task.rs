//! Work that an answer or a notice of the central system makes for people, each piece with its own article and clock.
//!
//! | task | opened by | clock |
//! |---|---|---|
//! | expert check | a hit by face alone, Art. 38(5); a hit whose sex differs or that the site always checks, Art. 38(4) | at once: the articles name no figure |
//! | wrong-hit report | an expert who refutes a hit | three working days from the result, Art. 38(6) |
//! | retake | an answer that the prints are unusable | 48 hours, or no figure, by the category's own article |
//! | notice | a notice about another State's change: responsibility, mark, security flag, erasure | none: the articles say "without delay" |
//!
//! Invariants: a task is closed once, by a person or by the event that fulfils it, and never by time: overdue, the
//! obligation continues. While a task of an item is open, the item's content is not erased.

use icd::deadline::Deadline;
use icd::downstream::ExpertCheck;
use icd::identifier::{NoticeId, StaffId};
use icd::notice::{Notice, NoticeKind};
use icd::operation::Operation;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::change::Change;
use super::clock::{Escalation, LegalClock};
use super::effect::Effect;
use super::item::{AnswerKind, AnswerRecord, Item, ItemId, LineKey, PayloadRef};
use super::refusal::Refusal;
use crate::limits;

/// Number of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub u64);

/// What is to be done. Complete for this format version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum TaskKind {
    /// A trained expert checks a hit.
    ExpertCheck {
        /// Why.
        ground: ExpertGround,
    },
    /// A refuted hit is reported to eu-LISA and the States concerned.
    WrongHitReport,
    /// The prints are taken again and sent under the same reference number.
    Retake,
    /// A notice about another State's change is acted upon.
    Notice {
        /// What happened there.
        notice: NoticeKind,
        /// Its identifier, after which its key is named.
        id: NoticeId,
        /// Where its sealed content lies.
        payload: PayloadRef,
    },
}

/// Why an expert must look at a hit. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpertGround {
    /// Only the face matched, Art. 38(5).
    FaceOnly,
    /// The sex of the two datasets differs, Art. 38(4) and recital 54.
    SexDiffers,
    /// The site has every hit checked, Art. 38(4).
    SitePolicy,
}

/// How a task ended. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The expert confirms the hit.
    HitConfirmed,
    /// The expert refutes the hit.
    HitRefuted,
    /// What was to be done is done.
    Done,
    /// The prints came again.
    RetakeReceived,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// The item it comes from; none for a notice about nothing known here.
    pub item: Option<ItemId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its own legal clock.
    pub clock: LegalClock,
    /// The furthest warning given about its clock.
    pub escalated: Option<Escalation>,
    /// The person who works on it.
    pub held_by: Option<StaffId>,
    /// How and when it ended.
    pub closed: Option<(Verdict, Timestamp)>,
}

impl TaskKind {
    /// Short stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExpertCheck { .. } => "expert-check",
            Self::WrongHitReport => "wrong-hit-report",
            Self::Retake => "retake",
            Self::Notice { .. } => "notice",
        }
    }
}

impl ExpertGround {
    /// The article behind it.
    #[must_use]
    pub fn article(self) -> &'static str {
        match self {
            Self::FaceOnly => ExpertCheck::FaceOnly.article(),
            Self::SexDiffers | Self::SitePolicy => ExpertCheck::SexDiffers.article(),
        }
    }
}

impl From<ExpertCheck> for ExpertGround {
    fn from(check: ExpertCheck) -> Self {
        match check {
            ExpertCheck::FaceOnly => Self::FaceOnly,
            ExpertCheck::SexDiffers => Self::SexDiffers,
        }
    }
}

impl Verdict {
    /// Short stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HitConfirmed => "hit-confirmed",
            Self::HitRefuted => "hit-refuted",
            Self::Done => "done",
            Self::RetakeReceived => "retake-received",
        }
    }

    /// Every way in which a person may end a task of this kind.
    #[must_use]
    pub fn of_person(kind: TaskKind) -> &'static [Self] {
        match kind {
            TaskKind::ExpertCheck { .. } => &[Self::HitConfirmed, Self::HitRefuted],
            TaskKind::WrongHitReport | TaskKind::Notice { .. } | TaskKind::Retake => &[Self::Done],
        }
    }

    fn fits(self, kind: TaskKind) -> bool {
        match kind {
            TaskKind::ExpertCheck { .. } => matches!(self, Self::HitConfirmed | Self::HitRefuted),
            TaskKind::WrongHitReport | TaskKind::Notice { .. } => self == Self::Done,
            TaskKind::Retake => matches!(self, Self::Done | Self::RetakeReceived),
        }
    }
}

impl Engine {
    /// Open tasks, oldest first.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.state.tasks.values().filter(|task| task.closed.is_none())
    }

    /// One task, open or closed.
    #[must_use]
    pub fn task(&self, task: TaskId) -> Option<&Task> {
        self.state.tasks.get(&task)
    }

    /// A person takes a task, so that colleagues see that somebody works on it. It runs out by no time: the task's own
    /// clock goes on and warns.
    pub fn handle_task_claim(&mut self, task: TaskId, by: &StaffId, now: Timestamp) -> Result<(), Refusal> {
        self.handle_tick(now);
        let item = self.open_task_for(task, by)?.item;
        self.commit(Change::TaskClaimed { task, item, by: Some(by.clone()), at: self.now });
        Ok(())
    }

    /// A person gives a task back. `takes_over` is for supervisors, who may give back what another one holds.
    pub fn handle_task_release(
        &mut self,
        task: TaskId,
        by: &StaffId,
        takes_over: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let known = self.task(task).ok_or(Refusal::NotFound)?;
        let held = known.held_by.is_some() && known.closed.is_none();
        if !held {
            return Err(Refusal::TaskClosed { task: task.0 });
        }
        if !takes_over {
            self.open_task_for(task, by)?;
        }
        let item = known.item;
        self.commit(Change::TaskClaimed { task, item, by: None, at: self.now });
        Ok(())
    }

    /// A task that is open and held by nobody else.
    fn open_task_for(&self, task: TaskId, by: &StaffId) -> Result<&Task, Refusal> {
        let known = self.task(task).ok_or(Refusal::NotFound)?;
        match &known.held_by {
            _ if known.closed.is_some() => Err(Refusal::TaskClosed { task: task.0 }),
            Some(holder) if holder != by => Err(Refusal::TaskHeld { task: task.0, by: holder.clone() }),
            _ => Ok(known),
        }
    }

    /// A person says how a task ended. A refuted hit opens the report of it, whose clock runs from the result.
    pub fn handle_task_done(
        &mut self,
        task: TaskId,
        by: &StaffId,
        verdict: Verdict,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.handle_tick(now);
        let known = self.open_task_for(task, by)?;
        if !verdict.fits(known.kind) {
            return Err(Refusal::TaskClosed { task: task.0 });
        }
        let (item, result_at, kind) = (known.item, known.opened_at, known.kind);
        self.commit(Change::TaskClosed { task, item, by: Some(by.clone()), verdict, at: self.now });
        if let TaskKind::Notice { id, .. } = kind {
            self.ask_for(Effect::DestroyNotice { notice: id });
        }
        if let (Verdict::HitRefuted, Some(item)) = (verdict, item) {
            let category = self.item(item).ok_or(Refusal::NotFound)?.arrival.category;
            let due = Deadline::for_operation(Operation::ReportWrongHit, category, result_at, None);
            self.open_task(TaskKind::WrongHitReport, Some(item), LegalClock::of(&due, result_at));
        }
        self.handle_tick(now);
        Ok(())
    }

    /// Whether a notice is here already.
    #[must_use]
    pub fn task_of_notice(&self, id: NoticeId) -> Option<TaskId> {
        let of_it = |task: &&Task| matches!(task.kind, TaskKind::Notice { id: known, .. } if known == id);
        self.state.tasks.values().find(of_it).map(|task| task.id)
    }

    /// Whether one more task can be opened.
    #[must_use]
    pub fn has_room_for_tasks(&self) -> bool {
        self.state.tasks.len() < limits::TASKS_MAX
    }

    /// A notice of the central system came; its sealed content is durable at `payload`. The task belongs to the newest
    /// item of the reference number concerned, if one is known. `None` where too many tasks are open: the notice stays
    /// with the central system.
    pub fn handle_notice(
        &mut self,
        notice: &Notice,
        line: LineKey,
        payload: PayloadRef,
        now: Timestamp,
    ) -> Option<TaskId> {
        self.handle_tick(now);
        if let Some(known) = self.task_of_notice(notice.notice_id) {
            return Some(known);
        }
        if !self.has_room_for_tasks() {
            return None;
        }
        let item = self.items().filter(|item| item.arrival.line == line).map(|item| item.id).max();
        let article = notice.kind.rule().article.to_owned();
        let clock = LegalClock { start: notice.raised_at, due: None, article };
        let kind = TaskKind::Notice { notice: notice.kind, id: notice.notice_id, payload };
        Some(self.open_task(kind, item, clock))
    }

    /// What an answer just taken makes people do.
    pub(super) fn open_tasks_for(&mut self, item: ItemId, answer: &AnswerRecord) {
        let Some(known) = self.item(item) else { return };
        let (start, category) = (self.now, known.arrival.category);
        match (answer.kind, answer.expert_check) {
            (AnswerKind::QualityInsufficient, _) if known.arrival.operation == Operation::Submit => {
                if let Some(retake) = category.rule().retake {
                    let due = retake.hours.map(|hours| {
                        super::clock::after(start, jiff::SignedDuration::from_hours(hours.into()))
                    });
                    let clock = LegalClock { start, due, article: retake.article.to_owned() };
                    self.open_task(TaskKind::Retake, Some(item), clock);
                }
            }
            (AnswerKind::Hit, Some(ground)) => {
                let clock = LegalClock { start, due: None, article: ground.article().to_owned() };
                self.open_task(TaskKind::ExpertCheck { ground }, Some(item), clock);
            }
            _ => {}
        }
    }

    /// Whether a retake is asked for under this reference number.
    #[must_use]
    pub fn awaits_retake(&self, line: LineKey) -> bool {
        self.state.retakes.contains_key(&line)
    }

    /// A submission that came after a retake was asked for, under the same reference number, fulfils it.
    pub(super) fn fulfil_retake(&mut self, arrived: ItemId) {
        let Some(item) = self.item(arrived) else { return };
        if item.arrival.operation != Operation::Submit {
            return;
        }
        let line = item.arrival.line;
        let Some(task) = self.state.retakes.get(&line).copied() else { return };
        let item = self.state.tasks.get(&task).and_then(|task| task.item);
        if item.is_some_and(|earlier| earlier < arrived) {
            let verdict = Verdict::RetakeReceived;
            self.commit(Change::TaskClosed { task, item, by: None, verdict, at: self.now });
        }
    }

    pub(super) fn on_task_timer(&mut self, id: TaskId) {
        let Some(task) = self.task(id) else { return };
        let warning = task.clock.warning(self.now, self.policy.due_soon);
        if let Some(level) = warning.filter(|level| Some(*level) > task.escalated) {
            let item = task.item;
            self.commit(Change::TaskEscalated { task: id, item, level, at: self.now });
            self.ask_for(Effect::WarnOfTask { task: id, level });
        }
    }

    fn open_task(&mut self, kind: TaskKind, item: Option<ItemId>, clock: LegalClock) -> TaskId {
        let task = TaskId(self.state.tasks_begun.saturating_add(1));
        self.commit(Change::TaskOpened { task, kind, item, clock, at: self.now });
        task
    }
}

impl super::State {
    pub(super) fn open_task(&mut self, task: Task) -> Option<()> {
        if task.id.0 != self.tasks_begun.checked_add(1)? {
            return None;
        }
        if let Some(id) = task.item {
            let item: &mut Item = self.items.get_mut(&id)?;
            item.tasks_open = item.tasks_open.saturating_add(1);
            item.tasks.push(task.id);
            if task.kind == TaskKind::Retake {
                self.retakes.insert(item.arrival.line, task.id);
            }
        }
        self.tasks_begun = task.id.0;
        self.tasks.insert(task.id, task);
        Some(())
    }

    pub(super) fn close_task(&mut self, id: TaskId, verdict: Verdict, at: Timestamp) -> Option<()> {
        let task = self.tasks.get_mut(&id).filter(|task| task.closed.is_none())?;
        task.closed = Some((verdict, at));
        match task.item {
            Some(item) => {
                let item = self.items.get_mut(&item)?;
                item.tasks_open = item.tasks_open.saturating_sub(1);
                if self.retakes.get(&item.arrival.line) == Some(&id) {
                    self.retakes.remove(&item.arrival.line);
                }
            }
            // Nothing will erase it with an item; what happened stays in the journal.
            None => drop(self.tasks.remove(&id)),
        }
        Some(())
    }

    pub(super) fn claim_task(&mut self, id: TaskId, by: Option<StaffId>) -> Option<()> {
        self.tasks.get_mut(&id).filter(|task| task.closed.is_none())?.held_by = by;
        Some(())
    }

    pub(super) fn escalate_task(&mut self, id: TaskId, level: Escalation) -> Option<()> {
        self.tasks.get_mut(&id)?.escalated = Some(level);
        Some(())
    }
}
