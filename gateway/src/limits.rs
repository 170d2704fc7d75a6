//! Every bound of the gateway, in one place. Units are the last word of the name.

use std::time::Duration;

/// Largest envelope part of a message; the parser has the same bound.
pub const ENVELOPE_BYTES_MAX: usize = icd::limits::ENVELOPE_BYTES_MAX;

/// Largest container part of a message: ten fingers and slaps at 500 ppi, compressed, fit many times.
pub const CONTAINER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest whole request body: both parts and the multipart framing around them.
pub const REQUEST_BYTES_MAX: usize = ENVELOPE_BYTES_MAX + CONTAINER_BYTES_MAX + 64 * 1024;

/// Most parts in one multipart body.
pub const PARTS_MAX: usize = 2;

/// Longest wait for a TLS handshake.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// Longest wait for the head of a request.
pub const HEADER_TIME_MAX: Duration = Duration::from_secs(15);

/// Longest time one request body may take to arrive.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(120);

/// Open connections of the machine link at one time.
pub const LINK_CONNECTIONS_MAX: usize = 256;

/// Open connections of the operator console at one time.
pub const CONSOLE_CONNECTIONS_MAX: usize = 64;

/// Request bodies held in memory at one time; others wait.
pub const BODIES_IN_MEMORY_MAX: usize = 16;

/// Of these, how many one partner may fill.
pub const BODIES_PER_PARTNER_MAX: usize = BODIES_IN_MEMORY_MAX / 2;

/// Longest long poll, in seconds.
pub const ANSWER_WAIT_S_MAX: u64 = 30;

/// Most answers in one reply; the rest follows in the next poll.
pub const ANSWERS_PER_REPLY_MAX: usize = 20;

/// Most different answers kept for one item; further ones are kept as strays.
pub const ANSWERS_PER_ITEM_MAX: usize = 16;

/// Most open items. Beyond it the gateway refuses new work until some are closed.
pub const ITEMS_MAX: usize = 2_000_000;

/// Most open items of one partner: a fifth of all, so that a flood leaves room for the others.
pub const PARTNER_ITEMS_MAX: usize = ITEMS_MAX / 5;

/// Pause between two looks for content that nobody needs any more.
pub const HOUSEKEEPING_PAUSE: Duration = Duration::from_secs(600);

/// Pause between two fetches of notices: they wait for a person anyway.
pub const NOTICE_PAUSE: Duration = Duration::from_secs(20);

/// Most tasks of people that are kept; further notices stay with the central system.
pub const TASKS_MAX: usize = 100_000;

/// Longest number of a decision given as evidence.
pub const EVIDENCE_CHARS_MAX: usize = 64;

/// Failed attempts in a row that open the lane's circuit breaker.
pub const BREAKER_FAILURES_MAX: u32 = 5;

/// Attempts to send before a person must decide: with the longest pause of five minutes, about two and a half days.
pub const ATTEMPTS_MAX: u32 = 750;

/// Messages on their way to the central system at one time.
pub const LANE_IN_FLIGHT_MAX: usize = 8;

/// Longest wait for the central system to take a message.
pub const SEND_TIME_MAX: Duration = Duration::from_secs(60);

/// Longest wait for the central system to answer a question about a message.
pub const ASK_TIME_MAX: Duration = Duration::from_secs(15);

/// Longest wait for a connection to the central system.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Largest reply of the central system that is read.
pub const CENTRAL_REPLY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest receipt number of the central web interface.
pub const WEB_RECEIPT_CHARS_MAX: usize = 64;

/// Longest wait for open connections when the gateway is asked to stop.
pub const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(10);

/// Changes a slow listener may fall behind before it must read the whole list again.
pub const BROADCAST_BACKLOG_MAX: usize = 1_024;

/// Largest configuration, certificate or key file.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Of the places of a listener, how many one address may hold while it shakes hands, and one certificate while it is
/// served.
#[must_use]
pub const fn per_peer(connections_max: usize) -> usize {
    connections_max / 4
}

/// Longest time in which a peer takes nothing of its answer.
pub const WRITE_STALL_MAX: Duration = Duration::from_secs(20);

/// Largest list of revoked certificates.
pub const CRL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How often the lists of revoked certificates are looked at again.
pub const CRL_LOOK_PAUSE: Duration = Duration::from_secs(5);

/// Largest row of the index. gateway: sled is safe only with small rows.
pub const INDEX_ROW_BYTES_MAX: usize = 512;

/// An index on the disk that is larger than this, and than [`INDEX_DISK_BYTES_PER_ROW_MAX`] allows, is built anew at the
/// next start: sled gives nothing back of what it once took.
pub const INDEX_DISK_BYTES_ALLOWED: u64 = 256 * 1024 * 1024;

/// Disk that one row may take on average. gateway: a tenfold of the rows' own size is ordinary for sled 0.34.
pub const INDEX_DISK_BYTES_PER_ROW_MAX: u64 = 8 * 1024;

/// Longest path of a proof: a tree of 2^64 lines.
pub const AUDIT_PATH_MAX: usize = 64;

/// Largest audit line.
pub const AUDIT_LINE_BYTES_MAX: usize = 8 * 1024;

/// Most changes of one item shown as its timeline.
pub const TIMELINE_CHANGES_MAX: usize = 1_000;

/// Most changes written as one journal record.
pub const CHANGES_PER_RECORD_MAX: usize = 256;

/// Audit lines after which the signed head is renewed.
pub const AUDIT_LINES_PER_HEAD: u64 = 64;

/// Longest wait of a caller for the disk.
pub const DURABLE_TIME_MAX: Duration = Duration::from_secs(20);

/// How long the central system is asked to hold a poll for answers open.
pub const CENTRAL_ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Shortest pause between two polls for answers.
pub const POLL_PAUSE_MIN: Duration = Duration::from_millis(100);

/// Longest pause between two polls for answers, while they fail.
pub const POLL_PAUSE_MAX: Duration = Duration::from_secs(15);

/// Pause after a connection could not be accepted, so that the loop does not spin when files run out.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Most header fields of one request.
pub const HEADERS_MAX: usize = 64;

/// Largest head of one request.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Longest wait for a place to receive a body in.
pub const BODY_PLACE_TIME_MAX: Duration = Duration::from_secs(5);

/// How much of a body that is refused is still read, so that the sender gets to read the refusal.
pub const DRAIN_BYTES_MAX: usize = 4 * REQUEST_BYTES_MAX;

/// How long a body that is refused is still read.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(5);

/// After how long a sender is asked to try again.
pub const RETRY_AFTER_S: u64 = 5;

/// Most keys of unknown messages that a crash can explain: bodies in memory, and answers being kept.
pub const UNKNOWN_KEYS_MAX: usize = 4 * BODIES_IN_MEMORY_MAX;

/// Most answers to no known message that are kept. Further ones stay with the central system.
pub const STRAYS_MAX: usize = 10_000;

/// Largest form of the console.
pub const FORM_BYTES_MAX: usize = 16 * 1024;

/// Most fields of one form.
pub const FORM_FIELDS_MAX: usize = 32;

/// Most officials signed in at one time.
pub const SESSIONS_MAX: usize = 256;

/// Most sessions of one official; a further sign-in ends the oldest.
pub const SESSIONS_PER_PERSON_MAX: usize = 4;

/// Wrong PINs in a row before an official must wait.
pub const PIN_ATTEMPTS_MAX: u32 = 5;

/// Longest PIN that is looked at.
pub const PIN_CHARS_MAX: usize = 64;

/// PINs checked at one time; each check takes memory and a processor on purpose.
pub const PIN_CHECKS_MAX: usize = 2;

/// Items whose values one session may have open at one time.
pub const OPENED_PER_SESSION_MAX: usize = 16;

/// Rows on one page of the queue.
pub const ROWS_PER_PAGE_MAX: usize = 100;

/// Most items named in one notice to an open page.
pub const NOTICE_ITEMS_MAX: usize = 200;

/// Longest reason for which an operator gives a message back.
pub const GIVE_BACK_CHARS_MAX: usize = 500;

/// Messages that arrive in pieces at one time; each may grow to the size of a message in memory.
pub const UPLOADS_MAX: usize = 16;

/// Of one partner: the one on its way, and one that a restart of the sender left behind.
pub const UPLOADS_PER_PARTNER_MAX: usize = 2;

/// After this long without a piece an upload is forgotten and the sender begins again.
pub const UPLOAD_IDLE_MAX: Duration = Duration::from_secs(60 * 60);

/// Carried files looked at in one round.
pub const CARRIED_FILES_PER_LOOK_MAX: usize = 16;

/// Items in one selection for one step.
pub const SELECTION_ITEMS_MAX: usize = 10_000;

/// Items claimed in one step: nobody keys more under one lease.
pub const CLAIMS_AT_ONCE_MAX: usize = 100;

/// Selections one session may have drawn at one time.
pub const SELECTIONS_PER_SESSION_MAX: usize = 4;

/// Items in all selections of all sessions.
pub const SELECTED_ITEMS_MAX: usize = 100_000;

/// Items of one selection that are worked on at one time: enough to share the disk's commits.
pub const BULK_STEPS_AT_ONCE_MAX: usize = 64;

/// Left-out items named on a page; the others are counted.
pub const LEFT_OUT_ROWS_MAX: usize = 200;

/// Groups of sender, sensor and age band that are counted apart; of further ones the sensor is not told apart.
pub const FAIRNESS_GROUPS_MAX: usize = 1000;

/// Characters of the make and model of a sensor that tell it apart.
pub const SENSOR_CHARS_MAX: usize = 64;

/// Items of one person shown on one page, newest.
pub const PERSON_ITEMS_MAX: usize = 50;
