//! Builds the programs that a race runs as processes, so that the figures are those of the sources beside it.

use std::process::{Command, Stdio};

use crate::{Error, limits};

/// Builds `packages` in the profile of this program, when it was started by `cargo run`. Otherwise what was built
/// before is used, and `false` comes back.
///
/// # Errors
/// [`Error::Build`] when the build fails.
pub fn build(packages: &[&str]) -> Result<bool, Error> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(false) };
    let mut command = Command::new(cargo);
    command.args(["build", "--locked", "--quiet", "--bins"]).stdin(Stdio::null());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for package in packages {
        command.args(["-p", package]);
    }
    let output = command.output().map_err(|error| Error::Build { reason: error.to_string() })?;
    if output.status.success() {
        return Ok(true);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let first: String = words.trim().chars().take(limits::BUILD_WORDS_MAX).collect();
    Err(Error::Build { reason: first })
}
