//! One run of the executable.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;

/// Longest run; the reference needs about a tenth of a second.
pub(crate) const RUN_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// How long an answer may still be on its way when the run has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Most bytes of an answer; one row has about two thousand.
const ANSWER_BYTES_MAX: u64 = 256 << 10;

pub(crate) fn csv(executable: &Path, picture: &[u8], timeout: Duration) -> Result<String, Error> {
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
        .process_group(0)
        .spawn()
        .map_err(|error| failed(&error))?;
    let (answered, answer) = std::sync::mpsc::channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let read = out.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut text);
            // Nobody listens any more when the time is over.
            let _ = answered.send(read.map(|_| text));
        });
    }
    let ended = wait(&mut child, timeout);
    // Something it started may outlive it and hold the pipe: it is not waited for.
    let text = answer.recv_timeout(LAST_WORDS).ok().and_then(Result::ok).unwrap_or_default();
    // A run that answered has answered, whatever it ended with: a refusal of the picture is an answer too.
    if text.is_empty() {
        ended?;
    } else if matches!(ended, Err(Error::TooSlow(_))) {
        return Err(Error::TooSlow(timeout));
    }
    if text.len() as u64 > ANSWER_BYTES_MAX {
        return Err(Error::NoText);
    }
    String::from_utf8(text).map_err(|_| Error::NoText)
}

fn wait(child: &mut Child, timeout: Duration) -> Result<(), Error> {
    let deadline = Instant::now() + timeout;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(Error::Failed(status.to_string())),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(LOOK_EVERY),
            Ok(None) => {
                end(child);
                return Err(Error::TooSlow(timeout));
            }
            Err(error) => {
                end(child);
                return Err(Error::Failed(error.to_string()));
            }
        }
    }
}

/// Ends it and everything it started. Nothing more can be done about a process that will not end.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
