//! Tables that more than one process has.

use crate::limits;
use crate::value::{ConfigPath, ProfileChoice, SecretPath, bounded};
use serde::{Deserialize, Serialize};

/// `[icd]`: what is spoken with the central system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IcdConfig {
    /// A shipped profile by name, or a file.
    pub profile: ProfileChoice,
}

/// `[staff]`: who may work here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StaffConfig {
    /// The signed staff register; its signature lies beside it.
    pub register: ConfigPath,
}

/// `[storage]`: where records lie.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// Folder of journal, keys and index.
    pub folder: ConfigPath,
    /// The site key that wraps the keys of cases.
    pub site_key: SecretPath,
    /// Free bytes that stay on the disk.
    #[serde(
        default = "disk_margin_bytes_min",
        deserialize_with = "bounded::<{ limits::DISK_MARGIN_BYTES.0 }, { limits::DISK_MARGIN_BYTES.1 }, _, _>"
    )]
    pub disk_margin_bytes_min: u64,
}

/// 512 MiB.
fn disk_margin_bytes_min() -> u64 {
    512 * 1024 * 1024
}
