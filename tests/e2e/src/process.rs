//! Starts the programs of the site as real processes, waits until they answer, kills them without warning, and
//! leaves none behind.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::Error;

/// One running program. It is killed when this value is dropped.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts `binary` with its output going to `log` (appended).
    ///
    /// # Errors
    /// When the program or its log file cannot be opened.
    pub fn start(name: &str, binary: &Path, arguments: &[String], log: &Path) -> Result<Self, Error> {
        let start = |reason: String| Error::Start { program: name.to_owned(), reason };
        let out =
            File::options().create(true).append(true).open(log).map_err(|error| start(error.to_string()))?;
        let err = out.try_clone().map_err(|error| start(error.to_string()))?;
        let child = Command::new(binary)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::from(out))
            .stderr(Stdio::from(err))
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| start(format!("{}: {error}", binary.display())))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// Waits until the port accepts connections.
    ///
    /// # Errors
    /// When the program ends first, or nothing answers within [`START_TIMEOUT`].
    pub async fn wait_for(&mut self, address: &str) -> Result<(), Error> {
        let until = Instant::now() + START_TIMEOUT;
        loop {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            let ended = self.child.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() >= until {
                let reason =
                    ended.map_or("it does not answer".to_owned(), |status| format!("it ended ({status})"));
                return Err(Error::Start {
                    program: self.name.clone(),
                    reason: format!("{reason}; its log says: {}", self.last_words()),
                });
            }
            tokio::time::sleep(POLL_PAUSE).await;
        }
    }

    /// Ends the program at once, as a power cut or `kill -9` would.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill_9(&mut self) -> Result<(), Error> {
        self.child
            .kill()
            .await
            .map_err(|error| Error::Start { program: self.name.clone(), reason: error.to_string() })
    }

    /// Waits until the program ends by itself and says whether it ended well.
    ///
    /// # Errors
    /// When it is still running after `limit`.
    pub async fn wait_for_end(&mut self, limit: Duration) -> Result<Option<i32>, Error> {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(Ok(status)) => Ok(status.code()),
            Ok(Err(error)) => Err(Error::Start { program: self.name.clone(), reason: error.to_string() }),
            Err(_) => Err(Error::Start { program: self.name.clone(), reason: "it does not end".to_owned() }),
        }
    }

    /// Its name and last words, when it has ended by itself.
    pub fn has_ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(format!("{} ({status}): {}", self.name, self.last_words()))
    }

    /// Memory held by the program at present, bytes.
    pub fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }

    /// Processor time that the program has used, all its threads together.
    pub fn processor_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()?)).ok()?;
        // The name of the program, in parentheses, may hold blanks; user and system time are fields 14 and 15.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join(" | ")
    }
}

/// What Linux calls `USER_HZ`: the same on every common machine.
const TICKS_PER_SECOND: u64 = 100;

/// A port of loopback that nobody uses at present.
///
/// Chosen below the range that the system gives to outgoing connections, and from another place in each process, so
/// that neither a connection nor a test beside this one takes it before the program that it is meant for.
///
/// # Errors
/// When no port is free.
pub fn free_port() -> Result<u16, Error> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..PORTS {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = (std::process::id().wrapping_mul(PORTS_APART).wrapping_add(step)) % PORTS;
        let port = u16::try_from(PORT_FIRST + place).unwrap_or(u16::MAX);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Error::Start { program: "demo".to_owned(), reason: "no port of loopback is free".to_owned() })
}

/// `port` when it is free, otherwise another one that is.
///
/// # Errors
/// When no port is free.
pub fn preferred_port(port: u16) -> Result<u16, Error> {
    if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() { Ok(port) } else { free_port() }
}

const START_TIMEOUT: Duration = Duration::from_secs(30);
const POLL_PAUSE: Duration = Duration::from_millis(50);
const LAST_LINES: usize = 5;
const PORT_FIRST: u32 = 10_000;
const PORTS: u32 = 20_000;
const PORTS_APART: u32 = 101;
