//! Every tuned number of the kiosk, with its source.

use jiff::SignedDuration;

/// Under this age nothing is captured: Regulation (EU) 2024/1358, Art. 14(1), first subparagraph.
pub const AGE_MIN_YEARS: u8 = 6;

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
/// How long a driver may take to come back after its deadline or a cancellation.
pub const DEVICE_GRACE_MS: u64 = 1_500;
/// Deadline of calls that should not take time: health and close.
pub const DEVICE_BRIEF_CALL_MS: u64 = 2_000;
/// Resolution of every slap in the product (ANSI/NIST-ITL class 500 ppi).
pub const SLAP_RESOLUTION_PPI: u32 = 500;

// Virtual devices.

/// Age of a made-up grown-up.
pub const ADULT_AGE_YEARS: u8 = 30;
/// Age of a made-up child, and of the hand a child's prints are laid in.
pub const CHILD_AGE_YEARS: u8 = 8;
/// Time between two live frames of a virtual device.
pub const VIRTUAL_FRAME_MS: u64 = 60;
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
/// Wet: size of the patches.
pub const WET_PATCH_PX: f32 = 40.0;
/// Wet: grey of the brightest valley.
pub const WET_VALLEY_GREY: f32 = 205.0;
/// Dry: share of the skin that does not touch.
pub const DRY_BREAK_SHARE: f32 = 0.44;
/// Dry: size of patches that touch more or less.
pub const DRY_PATCH_PX: f32 = 28.0;
/// Dry: how dark a ridge still gets, as a share.
pub const DRY_RIDGE_SHARE: f32 = 0.6;
/// Shifted: how far the hand lies to the side, as a share of the platen's width.
pub const SHIFT_ACROSS_SHARE: f32 = 0.22;
/// Shifted: how far the fingertips lie over the far edge, as a share of the platen's height.
pub const SHIFT_UP_SHARE: f32 = 0.16;
/// Smear: how far the hand slides.
pub const SMEAR_LENGTH_PX: i64 = 18;
/// Smear: how dark the first place of the hand remains, as a share.
pub const SMEAR_GHOST_SHARE: f32 = 0.3;

// Live judgement.

/// A hint stays at least this long (requirement: hints change at most once a second).
pub const HINT_SHOWN_MIN_MS: u64 = 1_000;
/// A hand turned further than this on average is asked to point straight ahead.
pub const HAND_TURN_DEG_MAX: f32 = 20.0;
/// The officer's preview is smaller than the slap by this.
pub const OVERLAY_SCALE_DIVISOR: u32 = 2;
/// Width of the lines in the officer's preview.
pub const OVERLAY_LINE_PX: u32 = 3;
