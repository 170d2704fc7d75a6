//! Where a race writes.

use std::path::Path;

use tempfile::TempDir;

use crate::Error;

/// A folder that goes away with the race: on the disk of this program unless another is given, because the usual place
/// for temporary files may be no disk at all.
///
/// # Errors
/// [`Error::File`] when it cannot be made.
pub fn scratch(parent: Option<&Path>, race: &str) -> Result<TempDir, Error> {
    let failed = Error::file("the folder of the race");
    let own = std::env::current_exe().map_err(&failed)?;
    let parent = parent.or_else(|| own.parent()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(&failed)?;
    tempfile::Builder::new().prefix(&format!("{race}-")).tempdir_in(parent).map_err(&failed)
}
