//! Every bound of the kiosk, in one place.

use std::time::Duration;

/// Longest accepted text of one form field, in bytes.
pub const FIELD_BYTES_MAX: usize = 400;

/// Longest accepted form body, in bytes.
pub const FORM_BYTES_MAX: usize = 16 * 1024;

/// Oldest person a form accepts, in years; larger figures are typing mistakes.
pub const AGE_YEARS_MAX: u8 = 120;

/// Attempts kept per step over the life of a session, whatever the policy allows per round.
pub const ATTEMPTS_PER_STEP_MAX: usize = 12;

/// Events one session accepts before it must be ended; a real one needs about thirty.
pub const EVENTS_PER_SESSION_MAX: u32 = 2_000;

/// Actions waiting to be carried out for one session.
pub const ACTIONS_WAITING_MAX: usize = 64;

/// Commands waiting for the kiosk's core thread.
pub const COMMANDS_WAITING_MAX: usize = 256;

/// Cases that may be open or waiting on one kiosk (seven days offline, 500 cases, with room to spare).
pub const CASES_MAX: usize = 2_000;

/// Largest image a device may deliver, in bytes (a ten-print slap at 500 ppi is about 2.4 MB).
pub const IMAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest sealed container.
pub const CONTAINER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest body accepted from the gateway (receipt, answers, problem).
pub const GATEWAY_BODY_BYTES_MAX: usize = 1024 * 1024;

/// How long a device may take to open.
pub const DEVICE_OPEN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a device waits for fingers or a face.
pub const DEVICE_CAPTURE_TIMEOUT: Duration = Duration::from_secs(60);

/// How long one sending may take, from connect to receipt.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(60);

/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one poll for answers waits at the gateway.
pub const ANSWER_WAIT: Duration = Duration::from_secs(25);

/// Officers signed in at one kiosk at the same time.
pub const SIGN_INS_MAX: usize = 16;

/// An officer's session ends after this long without a request.
pub const SIGN_IN_IDLE_MAX: Duration = Duration::from_secs(5 * 60);

/// Wrong sign-ins for one person before a pause.
pub const SIGN_IN_TRIES_MAX: u32 = 5;

/// Pause after too many wrong sign-ins.
pub const SIGN_IN_PAUSE: Duration = Duration::from_secs(60);

/// Open event streams; a kiosk has one screen, an officer may open a few more.
pub const EVENT_STREAMS_MAX: usize = 32;

/// Records shown in one list on the home page.
pub const LIST_ROWS_MAX: usize = 100;
