//! Every bound of this crate, in one place. The ranges of configuration values are the site's choice
//! within law and common sense; where a range has a source, it stands beside it.

/// Largest configuration file.
pub const CONFIG_BYTES_MAX: usize = 1024 * 1024;
/// Largest signature, key or public key file.
pub const KEY_FILE_BYTES_MAX: usize = 4096;
/// Longest identifier.
pub const IDENTIFIER_CHARACTERS_MAX: usize = 64;
/// Longest free text.
pub const LABEL_CHARACTERS_MAX: usize = 100;
/// Longest path or address.
pub const PATH_CHARACTERS_MAX: usize = 512;
/// Longest national prefix of a reference number.
pub const NATIONAL_PREFIX_CHARACTERS_MAX: usize = 8;
/// Most partners in one gateway.
pub const PARTNERS_MAX: usize = 1000;
/// Most lists of revoked certificates.
pub const CLIENT_CRLS_MAX: usize = 16;
/// Most rows in the capability table.
pub const CAPABILITIES_MAX: usize = 1000;
/// Most persons in a staff register.
pub const PERSONS_MAX: usize = 10_000;
/// Most devices of one kiosk.
pub const DEVICES_MAX: usize = 16;
/// Most leaflets of one kiosk.
pub const LEAFLETS_MAX: usize = 64;
/// Most age bands.
pub const AGE_BANDS_MAX: usize = 16;
/// Youngest age of which biometrics may be taken (Regulation (EU) 2024/1358, Art. 14(1)).
pub const AGE_YEARS_MIN: u64 = 6;
/// Oldest age that a band may name.
pub const AGE_YEARS_MAX: u64 = 130;

/// Hours before the due time at which an item counts as due soon.
pub const DUE_SOON_HOURS: (u64, u64) = (1, 168);
/// Hours within which the site wants an erasure done; the law says "without delay" and no figure.
pub const ERASURE_DUE_HOURS: (u64, u64) = (1, 720);
/// Minutes for which an operator's claim holds without a sign of life.
pub const LEASE_MINUTES: (u64, u64) = (1, 240);
/// Audit lines after which a checkpoint is signed.
pub const AUDIT_CHECKPOINT_LINES: (u64, u64) = (1, 100_000);
/// Minutes after which a checkpoint is signed, if there is a new line.
pub const AUDIT_CHECKPOINT_MINUTES: (u64, u64) = (1, 1440);
/// Free bytes that stay on a disk.
pub const DISK_MARGIN_BYTES: (u64, u64) = (0, 1 << 40);
/// Attempts at one capture step.
pub const ATTEMPTS: (u64, u64) = (1, 10);
/// Rounds of one capture step with a child; the session engine knows no more.
pub const ATTEMPTS_CHILD: (u64, u64) = (1, 2);
/// Points per inch of a panel as its browser counts them: 96 is a common 15.6 inch panel, 220 a small tablet.
pub const PANEL_DPI: (u64, u64) = (60, 400);
/// Quality figures of the matcher.
pub const QUALITY: (u64, u64) = (0, 100);
/// Width and height of a camera picture.
pub const CAMERA_PIXELS: (u64, u64) = (160, 8192);
