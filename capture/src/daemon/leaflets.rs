//! The site's own leaflets (Art. 42): checked at start against the digests of the signed configuration.
//!
//! Their bytes stay in memory. So what an officer opens is what was checked, also when somebody changes the file while
//! the kiosk runs. A file with another digest, or one that is too large, keeps the kiosk from starting (C-0109): a person
//! must not be recorded as informed by a text that nobody approved.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use firmware_config::{LeafletConfig, LeafletFormat};
use sha2::{Digest, Sha256};

use crate::error::StartError;
use crate::limits;

/// One leaflet as it was signed for.
#[derive(Clone)]
pub struct Leaflet {
    /// Its name in records.
    pub id: String,
    /// Its name for officers.
    pub name: String,
    /// Whether it was made for children.
    pub for_children: bool,
    /// Tag of its language.
    pub language: String,
    /// SHA-256 of its bytes: the version on record.
    pub version: String,
    /// Media type.
    pub media_type: &'static str,
    /// The leaflet.
    pub bytes: Vec<u8>,
}

/// Reads and checks every leaflet of the configuration.
pub(super) fn read(leaflets: &[LeafletConfig], folder: &Path) -> Result<Vec<Leaflet>, StartError> {
    let mut room = limits::LEAFLETS_BYTES_MAX;
    leaflets.iter().map(|leaflet| one(leaflet, folder, &mut room)).collect()
}

fn one(leaflet: &LeafletConfig, folder: &Path, room: &mut u64) -> Result<Leaflet, StartError> {
    let refuse = |reason: String| StartError::Leaflet { id: leaflet.id.as_str().to_owned(), reason };
    let path = leaflet.file.resolve(folder);
    let unreadable =
        |error: std::io::Error| refuse(format!("{} cannot be read ({})", path.display(), error.kind()));
    let bytes_max = limits::LEAFLET_BYTES_MAX.min(*room);
    let mut bytes = Vec::new();
    let file = File::open(&path).map_err(unreadable)?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > bytes_max {
        return Err(refuse(format!(
            "{} is larger than the {bytes_max} bytes that are left for it",
            path.display()
        )));
    }
    *room -= size;
    let version: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if !version.eq_ignore_ascii_case(leaflet.sha256.as_str()) {
        return Err(refuse(format!(
            "{} has another SHA-256 than the signed configuration says",
            path.display()
        )));
    }
    let format = LeafletFormat::of(leaflet.file.as_str());
    Ok(Leaflet {
        id: leaflet.id.as_str().to_owned(),
        name: leaflet.name.as_str().to_owned(),
        for_children: leaflet.for_children,
        language: leaflet.language.as_str().to_owned(),
        version,
        media_type: format.ok_or_else(|| refuse("its file has no known ending".to_owned()))?.media_type(),
        bytes,
    })
}
