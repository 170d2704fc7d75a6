//! Every tuned number of the kiosk, with its source.

use std::time::Duration;

use jiff::SignedDuration;

/// Under this age nothing is captured: Regulation (EU) 2024/1358, Art. 14(1), first subparagraph.
pub const AGE_MIN_YEARS: u8 = icd::category::AGE_YEARS_MIN;

/// A stated age below this is "around six": the usual margin of an age judged by eye or by questions is two years
/// either way, so a child said to be six or seven may be under six. Decision of this product, to be confirmed by
/// the site's lawyer; a larger figure only ever refuses more.
pub const AGE_NEAR_SIX_YEARS_BELOW: u8 = 8;

/// From this age on a person is an adult.
pub const AGE_ADULT_YEARS: u8 = 18;

/// An uncertain adult whose stated age is below this gets the safeguards of a minor (benefit of the doubt). The same
/// two-year margin as around six.
pub const AGE_DOUBT_ADULT_YEARS_BELOW: u8 = 20;

/// Youngest age of the "adolescent" band; below it the child path of the screens is used. Art. 14 makes no such
/// difference: only wording, attempts and thresholds depend on it.
pub const AGE_ADOLESCENT_YEARS: u8 = 12;

/// Rounds of one step with a child; then "we will try again later". Recital 45 asks that very young children feel safe;
/// a site may configure fewer, never more.
pub const CHILD_ROUNDS_MAX: u32 = 2;

/// A confirmed case stays in the lists this long after its answer; its receipt and the outcome are what is left of it.
pub const KEEP_ANSWERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A confirmed case without an answer stays this long after its receipt: the gateway keeps answers for a week, and
/// operators may need longer than that to get one.
pub const KEEP_CONFIRMED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A case that ended without biometrics, and holds names, stays this long; longer while a retake is still to come.
pub const KEEP_ENDED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// With a retake to come. Decision of this product, to be confirmed by the site's lawyer.
pub const KEEP_RETAKE: SignedDuration = SignedDuration::from_hours(180 * 24);

/// The journal is written anew when this much of it belongs to nothing any more, and at least twice what does.
pub const COMPACT_DEAD_BYTES_MIN: u64 = 64 << 20;

/// The templates of the person before are compared with the next person's no longer than this after the sealing.
pub const PREVIOUS_PERSON_KEPT: Duration = Duration::from_secs(2 * 60 * 60);

/// Room on the disk for one case that waits. An estimate, not a measurement: a sealed container of about 0.6 MB, and until
/// it is sealed three slaps of 2.4 MB at 500 ppi, a portrait, and as much again for a second try of each. It errs on the
/// side of fewer cases left.
pub const CASE_BYTES_USUAL: u64 = 16 << 20;

/// A battery at or below this is shown as low: about an hour of work on a common tablet.
pub const BATTERY_LOW_PERCENT: u8 = 20;

/// Room for this many cases or fewer is shown as low: a day's work of one team.
pub const CASES_LEFT_LOW: u64 = 70;

/// Clocks of kiosk and gateway, or the clock and what it recorded, may be this far apart; more cannot be the way of a
/// message and would show in a legal clock.
pub const CLOCK_APART_MAX: SignedDuration = SignedDuration::from_mins(2);

/// A witness of the time is believed this long: a common quartz drifts less than 30 s in seven days offline.
pub const CLOCK_WITNESS_FRESH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// First pause after a failed sending, doubled each time. Short, because most outages of a local link are short.
pub const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(2);

/// Longest pause between two tries. An officer who repaired the cable should not wait longer than this.
pub const RETRY_LAST: SignedDuration = SignedDuration::from_secs(60);

/// Pause after the gateway refused our certificate or does not know us: only a person can repair that, but it must
/// go on by itself once repaired.
pub const RETRY_REFUSED: SignedDuration = SignedDuration::from_secs(30);

// Devices: own choices unless a source is named.

/// Longest step between two looks at deadline and cancellation.
pub const DEVICE_STEP_MS: u64 = 10;
/// Between two questions whether a device came or went: at once, for a person who plugs something in.
pub const DEVICE_CHANGES_STEP_MS: u64 = 250;
/// How long a driver may take to come back after its deadline or a cancellation.
pub const DEVICE_GRACE_MS: u64 = 1_500;
/// Deadline of calls that should not take time: health and close.
pub const DEVICE_BRIEF_CALL_MS: u64 = 2_000;
/// Resolution of every slap in the product (ANSI/NIST-ITL class 500 ppi).
pub const SLAP_RESOLUTION_PPI: u32 = 500;

// U.are.U 4000 family: documented facts of the protocol, not verified on a physical reader.

/// Nominal resolution of the sensor.
pub const URU_RESOLUTION_PPI: u32 = 512;
/// Longest transfer.
pub const URU_TRANSFER_TIMEOUT_MS: u64 = 5_000;
/// Time between two looks at the status register.
pub const URU_POLL_MS: u64 = 10;
/// How long the report of power may take.
pub const URU_POWER_REPORT_MS: u64 = 300;
/// How often power-up is tried.
pub const URU_POWER_TRIES: u32 = 3;
/// Longest interrupt read; a listener ends within it.
pub const URU_INTERRUPT_STEP_MS: u64 = 200;
/// Rows that are judged for noise.
pub const URU_NOISE_LINES: usize = 8;
/// Mean step between neighbours from which an image counts as scrambled: noise has 85, a print stays below 40.
pub const URU_NOISE_STEP_MIN: u64 = 64;

// Secure Biometric Interface (SBI).

/// How long one port may take to answer a look; closed ports answer at once.
pub const SBI_PORT_TIMEOUT: Duration = Duration::from_millis(500);
/// The service is asked to end this much before the capture's own deadline, so that its best image still arrives.
pub const SBI_ANSWER_MARGIN_MS: u64 = 1_000;
/// Time limit that is asked for the live picture: the specification's default.
pub const SBI_STREAM_TIMEOUT_MS: u64 = 300_000;
/// Score at which the device may end by itself, in NFIQ 2; the kiosk judges what comes by its own measure.
pub const SBI_REQUESTED_SCORE: u8 = 40;
/// How far clocks of kiosk and device may be apart: an hour-old answer is a replay, a minute is a clock.
pub const SBI_CLOCK_LEEWAY: SignedDuration = SignedDuration::from_secs(120);
/// Space between two prints on a sheet.
pub const SBI_SHEET_GAP_PX: u32 = 24;

// Cameras of the operating system.

/// Wanted size of a frame: 720p leaves 90 pixels between the eyes up to an arm's length and is offered by nearly all.
pub const CAMERA_WIDTH_PX: u32 = 1_280;
/// The same, height.
pub const CAMERA_HEIGHT_PX: u32 = 720;
/// Buffers shared with the camera's driver.
pub const CAMERA_BUFFERS: u32 = 4;
/// Frames passed over after switching on, shown live: exposure and white balance settle in about a third of a second.
pub const CAMERA_SETTLE_FRAMES: u32 = 10;
/// How long a camera may take for one frame; the slowest in use sends five a second.
pub const CAMERA_FRAME_TIMEOUT_MS: u64 = 3_000;

// Plug-ins.

/// How long a plug-in may take to come back after it was told to stop; below the grace of the guard around it.
pub const PLUGIN_STOP_MS: u64 = 1_000;

// Virtual devices.

/// Age of a made-up grown-up.
pub const ADULT_AGE_YEARS: u8 = 30;
/// Age of a made-up child, and of the hand a child's prints are laid in.
pub const CHILD_AGE_YEARS: u8 = 8;
/// Time between two live frames of a virtual device.
pub const VIRTUAL_FRAME_MS: u64 = 60;
/// Live frames of an empty glass before a virtual hand comes.
pub const MOTION_EMPTY_FRAMES: u32 = 4;
/// Live frames in which it comes in: about two thirds of a second.
pub const MOTION_COMING_FRAMES: u32 = 11;
/// Live frames in which a smearing hand slides on.
pub const MOTION_SLIDING_FRAMES: u32 = 20;
/// How far from its place the hand is first seen.
pub const MOTION_WAY_MM: f32 = 32.0;
/// Side of the blocks in which a print is told from its ground: about one and a half ridge periods.
pub const GROUND_BLOCK_PX: u32 = 12;
/// Blocks are compared with the contrast that this share of blocks stays below.
pub const GROUND_CONTRAST_TOP_SHARE: f32 = 0.9;
/// A block belongs to the print from this share of that contrast.
pub const GROUND_CONTRAST_PRINT_SHARE: f32 = 0.35;
/// Way over which a print fades at the edge of its file.
pub const GROUND_EDGE_FADE_PX: f32 = 8.0;
/// Quality of the JPEG that the virtual camera makes.
pub const PORTRAIT_JPEG_QUALITY: u8 = 92;
/// Wet: how far dark runs over bright in the wettest patches.
pub const WET_FILL_PX: i64 = 2;
/// Wet: how far the border between ridge and valley is washed out.
pub const WET_BLUR_PX: i64 = 2;
/// Wet: size of the patches.
pub const WET_PATCH_PX: f32 = 40.0;
/// Wet: noise from which a patch is wet; lower is wetter.
pub const WET_PATCH_FROM: f32 = 0.35;
/// Wet: grey of the brightest valley.
pub const WET_VALLEY_GREY: f32 = 190.0;
/// Dry: share of the skin that does not touch.
pub const DRY_BREAK_SHARE: f32 = 0.44;
/// Dry: size of patches that touch more or less.
pub const DRY_PATCH_PX: f32 = 28.0;
/// Dry: how dark a ridge still gets, as a share.
pub const DRY_RIDGE_SHARE: f32 = 0.6;
/// Shifted: how much of the outermost finger lies over the edge.
pub const SHIFT_OVER_PX: u32 = 110;
/// Wet and smear: the sensor's grain, in grey values either way.
pub const WEAR_GRAIN_GREY: f32 = 70.0;
/// Smear: how far the hand slides.
pub const SMEAR_LENGTH_PX: i64 = 22;
/// Smear: how far it moves the other way when it settles.
pub const SMEAR_SETTLE_PX: i64 = 14;
/// Smear: how dark the first place of the hand remains, as a share.
pub const SMEAR_GHOST_SHARE: f32 = 0.3;

// Live judgement.

/// A hint stays at least this long (requirement: hints change at most once a second).
pub const HINT_SHOWN_MIN_MS: u64 = 1_000;
/// A hand that lies well and still this long is taken (requirement: capture when stable for 0.5 s).
pub const STEADY_MS: u64 = 500;
/// A hand or face that stays while there is still something to say is taken after this all the same: the try then tells
/// in measured words what the live picture could not.
pub const PATIENCE_MS: u64 = 5_000;
/// The same with a child, who is given the time to move.
pub const PATIENCE_CHILD_MS: u64 = 9_000;
/// A camera's live picture with a shorter side below this is a preview, smaller than the portrait that follows.
pub const LIVE_FACE_SIDE_PX_MIN: u32 = 600;
/// Longest side of the live picture on the officer's screen.
pub const LIVE_PICTURE_PX: u32 = 480;
/// Quality of its JPEG.
pub const LIVE_JPEG_QUALITY: u8 = 70;
/// A hand turned further than this on average is asked to point straight ahead.
pub const HAND_TURN_DEG_MAX: f32 = 20.0;
/// Print within this many pixels of an edge of the glass means that the hand may lie over it.
pub const EDGE_LOOK_PX: u32 = 6;
/// So many dark pixels there are print and not dirt.
pub const EDGE_PRINT_PX_MIN: usize = 60;
/// Grey below which a pixel is print.
pub const PRINT_GREY_MAX: u8 = 160;
/// The officer's preview is smaller than the slap by this.
pub const OVERLAY_SCALE_DIVISOR: u32 = 2;
/// Width of the lines in the officer's preview.
pub const OVERLAY_LINE_PX: u32 = 3;

// Face.

/// YuNet: longest side of the picture in which faces are searched. On the reference photographs its points keep
/// within 6 % of the eye distance at this size; at 480 they were off by up to 15 %.
pub const YUNET_SEARCH_SIDE_PX: u32 = 1_280;
/// Cascade: longest side of the picture in which faces are searched.
pub const CASCADE_SEARCH_SIDE_PX: u32 = 480;
/// YuNet: score of a face. OpenCV's own 0.9 loses real frontal portraits (0.893 measured); framing refuses the rest.
pub const YUNET_SCORE_MIN: f32 = 0.6;
/// YuNet: boxes that overlap more are one face (OpenCV's default).
pub const YUNET_OVERLAP_MAX: f32 = 0.3;
/// Cascade: step between two sizes.
pub const CASCADE_SCALE_STEP: f64 = 1.08;
/// Cascade: how many neighbouring hits make a face.
pub const CASCADE_NEIGHBOURS: i32 = 6;
/// Cascade: least side of a face, as a share of the shorter side of the picture.
pub const CASCADE_FACE_MIN_SHARE: f32 = 0.10;
/// Cascade: distance of the eyes in its square, measured on the drawn faces and on frontal photographs.
pub const CASCADE_EYE_DISTANCE_SHARE: f32 = 0.40;
/// Cascade: height of the eyes in its square.
pub const CASCADE_EYE_LINE_SHARE: f32 = 0.39;
/// Fewest pixels between the eyes (practical floor of ICAO reference portraits).
pub const EYE_DISTANCE_PX_MIN: f32 = 90.0;
/// From the eyes to the side of the face, in eye distances, that has to be on the picture.
pub const FACE_EDGE_EYE_DISTANCES: f32 = 1.0;
/// From the eyes to the chin, in eye distances (OFIQ's published faces: 1.65 to 1.95).
pub const CHIN_EYE_DISTANCES: f32 = 1.8;
/// From the eyes to the crown, in eye distances.
pub const CROWN_EYE_DISTANCES: f32 = 1.6;
/// How far the face may be off the middle, as a share of the picture's width.
pub const CENTRE_OFF_SHARE_MAX: f32 = 0.12;
/// Another face counts above this share of the largest one's area.
pub const OTHER_FACE_AREA_SHARE_MAX: f32 = 0.25;
/// Roll gate; the estimate errs by about 2 degrees.
pub const ROLL_DEG_MAX: f32 = 8.0;
/// Yaw from which a person is asked to look at the camera. Rules ask for 5 degrees; five points tell it to about 4, and
/// frontal photographs measure up to 7.4.
pub const YAW_COACH_DEG: f32 = 10.0;
/// Yaw from which a portrait is not accepted by itself: between the largest of 28 faces drawn frontally (adults to 13.5,
/// children to 15.3) and the smallest of the photographs of turned heads (18.9). A gate of 10 would refuse more than half
/// of the drawn frontal faces, nearly all of them children.
pub const YAW_BLOCK_DEG: f32 = 17.0;
/// The distance of the eyes is corrected for a turn of at most this.
pub const YAW_CORRECTED_DEG_MAX: f32 = 45.0;
/// Chin to crown as a share of the picture's height, below which a person is asked to come closer. A frontal
/// official portrait with room around has 0.32, a person standing 0.19; 90 pixels between the eyes are 0.42 at 720p.
pub const HEAD_HEIGHT_SHARE_MIN: f32 = 0.30;
/// Blur: half the window of the second blur (nine pixels, as in the publication).
pub const BLUR_WINDOW_HALF: usize = 4;
/// Blur above which a portrait is not accepted by itself. Sharp photographs measure 0.38 to 0.43, drawn faces 0.31 to
/// 0.46; softened by 2 % of the eye distance 0.66 to 0.73, by 3 % 0.73 to 0.81.
pub const BLUR_MAX: f32 = 0.70;
/// Side of the square that is looked at on each cheek, in eye distances (as the reference software has it).
pub const CHEEK_SIDE_EYE_DISTANCES: f32 = 0.3;
/// Doublings of light between the cheeks above which the light is uneven. Photographs and drawn faces in even light
/// measure up to 0.61; with a quarter of the light on one side every photograph is above 1.3.
pub const CHEEKS_STOPS_MAX: f32 = 1.0;
/// Mean step on the wall beside the head above which the background is noted. Plain drawn walls measure 3.4 to 14.2 (hair
/// reaches into the strips), a flag and a landscape 12 to 18: no sharp line, and only a note.
pub const BACKGROUND_STEP_MAX: f32 = 15.0;
/// Distance from the range of skin in Lab above which the colour is noted: 200 / (1 + e^0.5) = 76 on the standard's
/// scale. Photographs and drawn faces measure up to 0.2.
pub const COLOUR_DISTANCE_MAX: f32 = 5.0;
/// Linear luminance at or below which a pixel is clipped dark (about 21 of 255 as shown).
pub const CLIPPED_DARK_LUMINANCE: f32 = 0.0075;
/// Linear luminance at or above which a pixel is clipped bright (OFIQ counts from 247 of 255).
pub const CLIPPED_BRIGHT_LUMINANCE: f32 = 0.968;
/// More dark-clipped pixels than this ask for light.
pub const CLIPPED_DARK_SHARE_MAX: f32 = 0.30;
/// More bright-clipped pixels than this ask for less light.
pub const CLIPPED_BRIGHT_SHARE_MAX: f32 = 0.15;
/// Width to height of a portrait crop.
pub const CROP_ASPECT: f32 = 0.75;
/// Eye distance as a share of the crop's width (full frontal of ISO/IEC 19794-5: about a quarter).
pub const CROP_EYE_DISTANCE_SHARE: f32 = 0.25;
/// Height of the eyes in the crop, from above.
pub const CROP_EYE_LINE_SHARE: f32 = 0.45;
