//! Every bound of this crate.

use std::time::Duration;

/// What a cut may keep or lose on its own.
pub const PAGE_BYTES: usize = 4096;
/// Threads that serve the kernel's requests, so that a slow sync does not stop everything else.
pub const SERVERS: usize = 4;
/// How long the kernel may remember names and sizes: it alone changes them.
pub const REMEMBERED: Duration = Duration::from_secs(1);
/// Longest load between two cuts; then the power goes at that moment.
pub const LOAD_TIME_MAX: Duration = Duration::from_millis(2_500);
/// Senders that work at the same time.
pub const SENDERS: usize = 6;
/// Longest wait for one reply of the gateway.
pub const REPLY_TIME_MAX: Duration = Duration::from_secs(20);
/// Longest time at the end in which no further answer comes home although some are due.
pub const IDLE_TIME_MAX: Duration = Duration::from_secs(25);
/// Receipts that one call of the audit verifier is asked about.
pub const RECEIPTS_PER_CHECK_MAX: usize = 12;
/// How often a gateway that has started is asked the same before it counts as silent.
pub const TRIES_MAX: u32 = 8;
/// Pause between two tries.
pub const TRY_PAUSE: Duration = Duration::from_millis(250);
/// Items whose content an operator looks at in the end.
pub const ITEMS_OPENED_MAX: usize = 12;
