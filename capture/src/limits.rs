//! Every bound of the kiosk, in one place.

use std::time::Duration;

/// Longest accepted text of one form field, in bytes.
pub const FIELD_BYTES_MAX: usize = 400;

/// Longest accepted form body, in bytes.
pub const FORM_BYTES_MAX: usize = 16 * 1024;

/// Oldest person a form accepts, in years; larger figures are typing mistakes.
pub const AGE_YEARS_MAX: u8 = 120;

/// Attempts kept per step over the life of a session, whatever the policy allows per round: four fingers singly and
/// the whole hand, three times each, and room for a step that was begun again.
pub const ATTEMPTS_PER_STEP_MAX: usize = 24;
/// Attempts of a step whose unused images are held against those in use when the sequence is checked: the newest. Each is a
/// picture of 2.4 MB in memory and up to four templates.
pub const OTHER_ATTEMPTS_COMPARED_MAX: usize = 6;

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

/// How long the site's quality engine may take for one print; it needs about half a second, its start included.
pub const QUALITY_ENGINE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a quality engine that failed is left alone.
pub const QUALITY_ENGINE_PAUSE: Duration = Duration::from_secs(60);

/// How long one sending may take, from connect to receipt.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(60);

/// One request of a sending in pieces carries this much; smaller pieces cost round trips, larger ones cost time when the
/// line is slow enough for [`SEND_TIMEOUT`] to end them.
pub const UPLOAD_PIECE_BYTES: usize = 256 * 1024;

/// Breaks of the line that one sending continues after without a pause, as long as each carried something over.
pub const UPLOAD_BREAKS_MAX: u32 = 200;

/// Largest receipts file: receipts and answers for every case a kiosk may keep.
pub const RECEIPTS_FILE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one poll for answers waits at the gateway.
pub const ANSWER_WAIT: Duration = Duration::from_secs(25);

/// Officers signed in at one kiosk at the same time.
pub const SIGN_INS_MAX: usize = 16;

/// An officer's session ends after this long without a request.
pub const SIGN_IN_IDLE_MAX: Duration = Duration::from_secs(5 * 60);

/// The person's side is blanked after this long without a touch (requirement: idle 60 s).
pub const PERSON_SIDE_IDLE_MAX: Duration = Duration::from_secs(60);

/// Wrong sign-ins for one person before a pause.
pub const SIGN_IN_TRIES_MAX: u32 = 5;

/// Pause after too many wrong sign-ins.
pub const SIGN_IN_PAUSE: Duration = Duration::from_secs(60);

/// Open event streams; a kiosk has one screen, an officer may open a few more.
pub const EVENT_STREAMS_MAX: usize = 32;

/// A kiosk that is asked to end waits this long for requests that are being answered.
pub const END_WAIT: Duration = Duration::from_secs(3);

/// Records shown in one list on the home page.
pub const LIST_ROWS_MAX: usize = 100;

// Devices.

/// Threads of drivers that did not come back, per device. A kiosk that reaches it needs the device replugged.
pub const DEVICE_THREADS_ABANDONED_MAX: usize = 3;
/// Live frames of a driver that nobody has looked at yet.
pub const DEVICE_FRAMES_WAITING_MAX: usize = 2;
/// Pixels of one side of a slap: 1000 ppi on the largest platen in use.
pub const SLAP_SIDE_PX_MAX: u32 = 3_600;
/// Bytes of a portrait.
pub const PORTRAIT_BYTES_MAX: usize = 8 << 20;
/// Pixels of one side of a portrait.
pub const PORTRAIT_SIDE_PX_MAX: u32 = 8_192;
/// Files in a replay folder.
pub const REPLAY_FILES_MAX: usize = 20_000;
/// Bytes of one replayed file.
pub const REPLAY_FILE_BYTES_MAX: u64 = 8 << 20;
/// Pixels of one side of a replayed print.
pub const PRINT_SIDE_PX_MAX: u32 = 2_000;
/// Made-up people a virtual scanner keeps in memory, about 10 MB each.
pub const MADE_UP_PEOPLE_KEPT_MAX: usize = 4;
/// Bytes of a face model; YuNet has 230 kB.
pub const FACE_MODEL_BYTES_MAX: u64 = 64 << 20;
/// Boxes of a face model that are compared with each other.
pub const FACE_CANDIDATES_MAX: usize = 500;
/// Faces that are reported on one picture.
pub const FACES_MAX: usize = 50;
/// USB devices that are looked at.
pub const USB_DEVICES_MAX: usize = 256;
/// U.are.U: looks at the status register before a step is given up (protocol: 100 tries of 10 ms).
pub const URU_POLLS_MAX: u32 = 100;
/// U.are.U: reports that wait to be read.
pub const URU_REPORTS_WAITING_MAX: usize = 64;
/// U.are.U: transfers asked for before an image counts as incomplete.
pub const URU_IMAGE_TRIES_MAX: u32 = 4;
/// U.are.U: how often one capture may start the reader again.
pub const URU_RESTARTS_MAX: u32 = 3;
/// How long looking for connected devices may take.
pub const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(2);
/// SBI: ports that are looked at.
pub const SBI_PORTS_MAX: usize = 100;
/// SBI: bytes of one answer: ten prints of 1000 ppi without loss, in base64.
pub const SBI_ANSWER_BYTES_MAX: usize = 32 << 20;
/// SBI: bytes of one live picture.
pub const SBI_FRAME_BYTES_MAX: usize = 4 << 20;
/// SBI: records of one answer, and devices of one service.
pub const SBI_RECORDS_MAX: usize = 10;
/// SBI: certificates that one signature brings.
pub const SBI_CERTIFICATES_MAX: usize = 5;
/// SBI: lowest and highest resolution of a print.
pub const SBI_PPI: (u32, u32) = (490, 1_020);
/// Camera device files that are looked at.
pub const CAMERAS_MAX: usize = 64;
/// Damaged frames that are passed over in one capture.
pub const CAMERA_DAMAGED_FRAMES_MAX: u32 = 30;
/// Plug-in: bytes of one line.
pub const PLUGIN_LINE_BYTES_MAX: u64 = 8 << 10;
/// Plug-in: answers that wait to be looked at.
pub const PLUGIN_ANSWERS_WAITING_MAX: usize = 2;
/// Plug-in: characters of a name that it gives.
pub const PLUGIN_TEXT_CHARS_MAX: usize = 64;
/// How long a virtual device stays stuck before it gives its thread back.
pub const VIRTUAL_STALL_MAX: Duration = Duration::from_secs(60);

/// What the image library may use for one replayed print.
#[must_use]
pub fn print_decoding() -> image::Limits {
    decoding(PRINT_SIDE_PX_MAX, 64 << 20)
}

/// What the image library may use for one portrait.
#[must_use]
pub fn portrait_decoding() -> image::Limits {
    decoding(PORTRAIT_SIDE_PX_MAX, 256 << 20)
}

fn decoding(side_px_max: u32, bytes_max: u64) -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(side_px_max);
    limits.max_image_height = Some(side_px_max);
    limits.max_alloc = Some(bytes_max);
    limits
}

/// Long computations waiting for the worker thread.
pub const JOBS_WAITING_MAX: usize = 32;

/// Captures waiting for one device; more than one only while a cancelled capture is ending.
pub const CAPTURES_WAITING_MAX: usize = 4;

/// Threads for the screens and the link; the work is done on threads of its own.
pub const ASYNC_THREADS: usize = 2;

/// Bytes of one leaflet, and of all of them: they stay in memory, so that what is shown is what was checked.
pub const LEAFLET_BYTES_MAX: u64 = 8 << 20;
/// Bytes of all leaflets.
pub const LEAFLETS_BYTES_MAX: u64 = 64 << 20;

/// Cases whose chosen language is remembered at the same time; more than a kiosk may hold open.
pub const LANGUAGE_CHOICES_MAX: usize = 1_000;

/// Changes of device files that are read at one look; more are read at the next.
pub const DEVICE_CHANGES_PER_LOOK_MAX: usize = 1_000;

/// USB busses whose devices are watched for coming and going.
pub const USB_BUSSES_MAX: usize = 64;
