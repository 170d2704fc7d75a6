//! The plug-in's process: started, spoken to, and ended whatever it does.
//!
//! It gets an empty environment, the root folder, its two pipes and nothing else; what it writes to its error stream is dropped,
//! because it could hold anything. A thread reads its answers into a short queue, so a process that talks without end
//! only blocks itself. Invariant: when this value is dropped, the process and everything it started in its group are
//! killed and waited for.

use std::io::BufReader;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::protocol::{self, Answer, Ask, Babble, Call, Say};
use crate::device::{Bounds, Fault};
use crate::limits;
use crate::parameters::{DEVICE_STEP_MS, PLUGIN_STOP_MS};

/// A running plug-in.
pub(super) struct Process {
    child: Child,
    calls: ChildStdin,
    answers: Receiver<Result<(Answer, Vec<u8>), Babble>>,
    last: u64,
}

/// Why a call gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The process ended, or closed its pipe.
    Ended,
    /// It said something that is no answer to the call.
    Babbles,
    /// It did not come back after it was told to stop.
    Hangs,
}

impl Process {
    /// Starts it.
    pub(super) fn start(program: &Path, arguments: &[String]) -> std::io::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(calls), Some(said)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("no pipes"));
        };
        let (sender, answers) = sync_channel(limits::PLUGIN_ANSWERS_WAITING_MAX);
        let listen = move || {
            let mut from = BufReader::new(said);
            loop {
                let answer = protocol::read(&mut from, |answer: &Answer| answer.bytes);
                let last = answer.is_err();
                if sender.send(answer).is_err() || last {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("plugin-answers".into()).spawn(listen)?;
        Ok(Self { child, calls, answers, last: 0 })
    }

    /// One call up to its end. Frames go to `frame`. When the bounds end, the plug-in is told to stop and has a moment to
    /// come back; the caller then gets the fault of the bounds.
    pub(super) fn call(
        &mut self,
        ask: Ask,
        bounds: &Bounds,
        frame: &mut dyn FnMut((u32, u32), Vec<u8>),
    ) -> Result<Result<(Say, Vec<u8>), Lost>, Fault> {
        self.last += 1;
        let id = self.last;
        if protocol::write(&mut self.calls, &Call { id, ask }, &[]).is_err() {
            return Ok(Err(Lost::Ended));
        }
        let mut stopping: Option<(Bounds, Fault)> = None;
        loop {
            match (&stopping, bounds.check()) {
                (None, Err(fault)) => {
                    self.last += 1;
                    let cancel = Call { id: self.last, ask: Ask::Cancel { of: id } };
                    let _ = protocol::write(&mut self.calls, &cancel, &[]);
                    let patience = Duration::from_millis(PLUGIN_STOP_MS);
                    stopping = Some((Bounds::within(patience, Default::default()), fault));
                }
                (Some((patience, _)), _) if patience.check().is_err() => return Ok(Err(Lost::Hangs)),
                _ => {}
            }
            let (answer, bytes) = match self.answers.recv_timeout(Duration::from_millis(DEVICE_STEP_MS)) {
                Ok(Ok(answer)) => answer,
                Ok(Err(Babble::End)) | Err(RecvTimeoutError::Disconnected) => return Ok(Err(Lost::Ended)),
                Ok(Err(_)) => return Ok(Err(Lost::Babbles)),
                Err(RecvTimeoutError::Timeout) => continue,
            };
            match answer.say {
                _ if answer.id != id => return Ok(Err(Lost::Babbles)),
                Say::Frame { width, height } if stopping.is_none() => frame((width, height), bytes),
                Say::Frame { .. } => {}
                say => {
                    return match stopping {
                        Some((_, fault)) => Err(fault),
                        None => Ok(Ok((say, bytes))),
                    };
                }
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.child.id())
            && let Some(group) = rustix::process::Pid::from_raw(group)
        {
            // A group that has ended already cannot be killed; that is what was wanted.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
