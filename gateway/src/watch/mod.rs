//! What a watchman sees: figures for Prometheus, whether the process lives, whether it takes work.
//!
//! The figures are described in `docs/reference/metrics.md`. No label names a person, a message, an item or a reference
//! number, so the page may be read by whoever runs the machine. It is served in the clear and therefore on this
//! machine's own addresses only.

mod serve;

pub(crate) use serve::Watch;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use icd::deadline::DeadlineState;
use jiff::Timestamp;

use crate::hub::Hub;
use crate::revocation::CrlStatus;

/// What happened since this process began, by name: changes, refusals, and what Art. 48(2) wants noticed.
#[derive(Debug, Default)]
pub struct Counters {
    counted: Mutex<BTreeMap<(Counted, &'static str), u64>>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// A durable change, by its short name.
    Change,
    /// A refusal at the machine link, by its code.
    Refusal,
    /// Somebody tried what they may not, by kind: for the alarm within 24 hours of Art. 48(2)(n).
    SecurityEvent,
}

impl Counters {
    /// Counts one.
    pub fn add(&self, counted: Counted, name: &'static str) {
        let mut all = self.lock();
        // Names are literals of this program, so their number is bounded by it.
        *all.entry((counted, name)).or_default() += 1;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Counted, &'static str), u64>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures at an instant, in the text form of Prometheus.
#[must_use]
pub fn render(hub: &Hub, now: Timestamp) -> String {
    let mut page = Page::default();
    let health = hub.health();
    page.gauge(
        "gateway_ready",
        "1 while new messages are taken",
        &[],
        f64::from(u8::from(health.reason.is_none())),
    );
    page.gauge("gateway_build_info", "The version that runs", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    if let Some(reachable) = health.central_reachable {
        let value = f64::from(u8::from(reachable));
        page.gauge(
            "gateway_central_reachable",
            "1 if the central system answered when last spoken to",
            &[],
            value,
        );
    }
    if let Some(offset) = hub.clock_offset_s() {
        let help = "Our clock minus the central system's, in seconds; its resolution is one second";
        page.gauge("gateway_clock_offset_seconds", help, &[], offset as f64);
    }
    let expiry = hub.site().identity.not_after().map(|at| (at.as_second() - now.as_second()) as f64);
    if let Some(seconds) = expiry {
        let help = "Seconds until the gateway's own certificate expires";
        page.gauge("gateway_certificate_expiry_seconds", help, &[], seconds);
    }
    let revocation = hub.site().clients.status();
    if revocation != CrlStatus::NotConfigured {
        let current = matches!(revocation, CrlStatus::Current { .. });
        let help = "1 while all lists of revoked certificates are read and hold";
        page.gauge("gateway_client_crl_current", help, &[], f64::from(u8::from(current)));
        let help =
            "1 while nobody gets in because a list of revoked certificates has expired or cannot be read";
        let locked = f64::from(u8::from(hub.site().clients.refuses_all()));
        page.gauge("gateway_client_crl_refuses_all", help, &[], locked);
    }
    if let Some(next) = revocation.next_update() {
        let help = "Seconds until the first list of revoked certificates expires; negative when one has";
        page.gauge(
            "gateway_client_crl_expiry_seconds",
            help,
            &[],
            (next.as_second() - now.as_second()) as f64,
        );
    }
    if let Ok(bytes) = hub.free_bytes() {
        page.gauge("gateway_storage_free_bytes", "Bytes free where the journals lie", &[], bytes as f64);
    }
    let (segments, bytes, oldest) = hub.content_kept();
    page.gauge("gateway_content_segments", "Segments of content that are kept", &[], segments as f64);
    page.gauge("gateway_content_bytes", "Bytes of records in them", &[], bytes as f64);
    if let Some(number) = oldest {
        let help = "Number of the item, not yet erased, whose content lies first";
        page.gauge("gateway_content_oldest_item", help, &[], number as f64);
    }
    if let Ok(bytes) = hub.index_bytes() {
        page.gauge("gateway_index_bytes", "Bytes that the index takes on the disk", &[], bytes as f64);
    }
    let margin = hub.site().config.storage.disk_margin_bytes_min;
    page.gauge("gateway_storage_margin_bytes", "Below this new messages are refused", &[], margin as f64);
    work(hub, now, &mut page);
    counters(hub, &mut page);
    page.text
}

fn work(hub: &Hub, now: Timestamp, page: &mut Page) {
    let seen = hub.survey(now);
    for (stage, count) in &seen.stages {
        let labels = [("stage", *stage)];
        page.gauge("gateway_items", "Items that are not erased, by stage", &labels, *count as f64);
    }
    for (state, count) in &seen.clocks {
        let state = match state {
            DeadlineState::NoLimit => "no-limit",
            DeadlineState::OnTime => "on-time",
            DeadlineState::DueSoon => "due-soon",
            DeadlineState::OverdueObligationContinues => "overdue",
        };
        let help = "Items that Eurodac does not have yet, by the state of their legal clock";
        page.gauge("gateway_items_clock", help, &[("clock", state)], *count as f64);
    }
    if let Some(seconds) = seen.next_due_s {
        let help = "Seconds until the next legal clock of an item or task ends; negative when one has ended";
        page.gauge("gateway_next_due_seconds", help, &[], seconds as f64);
    }
    let help = "Items ready to be sent, waiting for their turn";
    page.gauge("gateway_lane_ready", help, &[], seen.lane_ready as f64);
    let help = "Seconds since the oldest item that only the lane can move was accepted or last tried";
    page.gauge("gateway_lane_oldest_seconds", help, &[], seen.lane_oldest_s as f64);
    let help = "1 while the circuit breaker keeps the lane from sending";
    page.gauge("gateway_lane_breaker_open", help, &[], f64::from(u8::from(seen.breaker_open)));
    let help = "Items whose answer is later than Art. 38(2) allows";
    page.gauge("gateway_answers_late", help, &[], seen.answers_late as f64);
    for (kind, count) in &seen.tasks {
        page.gauge("gateway_tasks_open", "Open tasks of people, by kind", &[("kind", *kind)], *count as f64);
    }
}

fn counters(hub: &Hub, page: &mut Page) {
    for ((counted, name), count) in hub.counters().lock().iter() {
        let (metric, label, help) = match counted {
            Counted::Change => ("gateway_changes_total", "change", "Durable changes, by name"),
            Counted::Refusal => ("gateway_refusals_total", "code", "Refused messages, by code"),
            Counted::SecurityEvent => {
                ("gateway_security_events_total", "event", "What Art. 48(2) wants noticed, by kind")
            }
        };
        page.sample(metric, "counter", help, &[(label, *name)], *count as f64);
    }
}

#[derive(Default)]
struct Page {
    text: String,
    last: String,
}

impl Page {
    fn gauge(&mut self, name: &str, help: &str, labels: &[(&str, &str)], value: f64) {
        self.sample(name, "gauge", help, labels, value);
    }

    /// Labels are names of this program: nothing in them needs to be escaped.
    fn sample(&mut self, name: &str, kind: &str, help: &str, labels: &[(&str, &str)], value: f64) {
        if self.last != name {
            name.clone_into(&mut self.last);
            // Writing to a string does not fail.
            let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        }
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}
