//! Every bound of the races, in one place.

use std::time::Duration;

/// Most rounds of one race; enough for a p99 of a fast part.
pub const ROUNDS_MAX: u64 = 100_000;

/// Longest race, in seconds.
pub const SECONDS_MAX: u64 = 24 * 60 * 60;

/// Most synthetic people in one race.
pub const PERSONS_MAX: u32 = 100;

/// Longest wait for an answer of the simulated central system.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// Largest body that the TLS probe takes, in bytes.
pub const PROBE_BODY_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Size of the file that the disk probe writes over and over, in bytes.
pub const PROBE_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Longest line a peer may print, in bytes.
pub const PEER_LINE_BYTES_MAX: u64 = 4096;

/// Longest stored log line of a failed build, in characters.
pub const BUILD_WORDS_MAX: usize = 600;

/// Most prints of one race; every pair inside a set is compared.
pub const PRINTS_MAX: usize = 2_000;

/// Pairs that are timed as one: a single comparison is too short for the clock.
pub const PAIRS_PER_BLOCK: usize = 100;

/// Most slaps of one race.
pub const SLAPS_MAX: u64 = 10_000;
