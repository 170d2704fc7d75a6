//! One run of the executable.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;

/// Longest run; the reference needs about a tenth of a second.
const RUN_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Most bytes of an answer; one row has about two thousand.
const ANSWER_BYTES_MAX: u64 = 256 << 10;

pub(crate) fn csv(executable: &Path, picture: &[u8]) -> Result<String, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Failed(error.to_string());
    let memory =
        rustix::fs::memfd_create("print", rustix::fs::MemfdFlags::CLOEXEC).map_err(|error| failed(&error))?;
    let mut memory = std::fs::File::from(memory);
    memory.write_all(picture).map_err(|error| failed(&error))?;
    let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
    let mut child = Command::new(executable)
        .args(["-F", "-a", "-v", &path])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&error))?;
    let answer = child.stdout.take().map(|out| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            out.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut text).map(|_| text)
        })
    });
    let ended = wait(&mut child);
    let text = answer.and_then(|reader| reader.join().ok()).and_then(Result::ok).unwrap_or_default();
    // A run that answered has answered, whatever it ended with: a refusal of the picture is an answer too.
    if text.is_empty() {
        ended?;
    } else if matches!(ended, Err(Error::TooSlow(_))) {
        return Err(Error::TooSlow(RUN_TIMEOUT.as_secs()));
    }
    if text.len() as u64 > ANSWER_BYTES_MAX {
        return Err(Error::NoText);
    }
    String::from_utf8(text).map_err(|_| Error::NoText)
}

fn wait(child: &mut Child) -> Result<(), Error> {
    let deadline = Instant::now() + RUN_TIMEOUT;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Error::Failed(status.to_string())),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(LOOK_EVERY),
            Ok(None) => {
                end(child);
                return Err(Error::TooSlow(RUN_TIMEOUT.as_secs()));
            }
            Err(error) => {
                end(child);
                return Err(Error::Failed(error.to_string()));
            }
        }
    }
}

/// Nothing more can be done about a process that will not end.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
