//! Every bound of the simulator.

use std::time::Duration;

/// Largest envelope accepted, bytes.
pub const ENVELOPE_BYTES_MAX: u64 = 1 << 20;
/// Largest ANSI/NIST container accepted, bytes.
pub const CONTAINER_BYTES_MAX: u64 = 32 << 20;
/// Largest whole request body, bytes.
pub const BODY_BYTES_MAX: u64 = ENVELOPE_BYTES_MAX + CONTAINER_BYTES_MAX + (64 << 10);
/// Datasets kept; more are refused.
pub const DATASETS_MAX: usize = 100_000;
/// Answers waiting to be fetched; more are refused with "try later".
pub const ANSWERS_WAITING_MAX: usize = 100_000;
/// Answers handed out in one fetch.
pub const ANSWERS_PER_FETCH_MAX: usize = 64;
/// Longest a fetch of answers may wait.
pub const WAIT_MAX: Duration = Duration::from_secs(30);
/// Longest artificial delay that may be switched on.
pub const SLOW_MAX: Duration = Duration::from_secs(60);
/// Candidates that the search reports.
pub const CANDIDATES_MAX: usize = 10;
/// TLS handshakes in progress.
pub const HANDSHAKES_AT_ONCE_MAX: usize = 64;
/// Finished handshakes waiting to be served.
pub const HANDSHAKES_WAITING_MAX: usize = 64;
/// A handshake takes no longer than this.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, so that a lack of file handles does not spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Most notices that wait for the gateway.
pub const NOTICES_WAITING_MAX: usize = 100;
