//! PostgreSQL as it comes, `synchronous_commit` on: one table with a key and a `bytea` stored without compression, one
//! connection per producer over a socket file, one prepared insert per message, its parameter binary.
//!
//! Its server is started and ended by the race, as the user `postgres` where the race runs as root.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Crowd, PRODUCERS, crowd, payload};
use crate::Error;

/// A running server and its connections.
pub struct PostgresCrowd {
    connections: Vec<UnixStream>,
    payload: Vec<u8>,
    server: Child,
    folder: PathBuf,
}

impl PostgresCrowd {
    /// Starts a server in `folder` by the programs in `programs`.
    ///
    /// # Errors
    /// [`Error::Part`] when a program is not there or fails.
    pub fn new(folder: &Path, programs: &Path, bytes: usize) -> Result<Self, Error> {
        let failed = Error::part("PostgreSQL");
        std::fs::create_dir_all(folder).map_err(Error::file("the folder of PostgreSQL"))?;
        // A short path of its own: socket names are bounded, and the user postgres must reach it.
        let place = PathBuf::from(format!("/var/tmp/race-store-{}-{bytes}", std::process::id()));
        std::fs::create_dir_all(&place).map_err(Error::file("the folder of PostgreSQL"))?;
        let as_root =
            Command::new("chown").arg("postgres").arg(&place).status().is_ok_and(|done| done.success());
        let run = |program: &str| {
            let program = programs.join(program);
            let mut command = if as_root { Command::new("runuser") } else { Command::new(&program) };
            if as_root {
                command.args(["-u", "postgres", "--"]).arg(&program);
            }
            command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let data = place.join("data");
        let made = run("initdb").args(["-U", "postgres", "-A", "trust", "-D"]).arg(&data).status();
        if !made.is_ok_and(|made| made.success()) {
            return Err(failed(&"initdb is not there or failed"));
        }
        let server = run("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c", "max_connections=80", "-c", "shared_buffers=256MB"])
            .args(["-c", "max_wal_size=4GB", "-k"])
            .arg(&place)
            .spawn()
            .map_err(|error| failed(&error))?;
        let mut crowd = Self { connections: Vec::new(), payload: payload(bytes), server, folder: place };
        let mut first = crowd.connect(Duration::from_secs(30))?;
        simple(&mut first, "create table m (id bigserial primary key, content bytea not null)")?;
        simple(&mut first, "alter table m alter column content set storage external")?;
        crowd.connections.push(first);
        while crowd.connections.len() < PRODUCERS {
            let next = crowd.connect(Duration::from_secs(5))?;
            crowd.connections.push(next);
        }
        for connection in &mut crowd.connections {
            send(connection, b'P', b"in\0insert into m (content) values ($1)\0\0\0")?;
            send(connection, b'S', b"")?;
            until_ready(connection)?;
        }
        Ok(crowd)
    }

    fn connect(&self, patience: Duration) -> Result<UnixStream, Error> {
        let failed = Error::part("PostgreSQL");
        let begun = Instant::now();
        loop {
            let opened =
                UnixStream::connect(self.folder.join(".s.PGSQL.5432")).map_err(|error| failed(&error));
            let greeted = opened.and_then(|mut stream| {
                let hello = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
                let length = (hello.len() as u32 + 4).to_be_bytes();
                stream.write_all(&[length.as_slice(), hello].concat()).map_err(|error| failed(&error))?;
                until_ready(&mut stream).map(|()| stream)
            });
            match greeted {
                Ok(stream) => return Ok(stream),
                Err(error) if begun.elapsed() > patience => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}

impl Crowd for PostgresCrowd {
    fn name(&self) -> &'static str {
        "PostgreSQL, synchronous_commit on"
    }

    fn run(&mut self, span: Duration) -> Result<Vec<Duration>, Error> {
        let payload = &self.payload;
        let laps = crowd(span, &mut self.connections, |connection| {
            let mut bind = b"\0in\0\0\x01\0\x01\0\x01".to_vec();
            bind.extend((payload.len() as u32).to_be_bytes());
            bind.extend_from_slice(payload);
            bind.extend([0, 0]);
            send(connection, b'B', &bind)?;
            send(connection, b'E', b"\0\0\0\0\0")?;
            send(connection, b'S', b"")?;
            until_ready(connection)
        });
        if let Some(connection) = self.connections.first_mut() {
            simple(connection, "truncate m")?;
        }
        laps
    }
}

impl Drop for PostgresCrowd {
    fn drop(&mut self) {
        self.connections.clear();
        // Its own children end with it; SIGINT is its fast shutdown.
        let _ = Command::new("kill").args(["-INT", &pid_of(&self.folder, &self.server)]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The server's own number: `runuser` stands between it and us.
fn pid_of(folder: &Path, server: &Child) -> String {
    let file = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    file.lines().next().map_or_else(|| server.id().to_string(), str::to_owned)
}

fn simple(stream: &mut UnixStream, query: &str) -> Result<(), Error> {
    send(stream, b'Q', format!("{query}\0").as_bytes())?;
    until_ready(stream)
}

fn send(stream: &mut UnixStream, kind: u8, body: &[u8]) -> Result<(), Error> {
    let mut head = vec![kind];
    head.extend((body.len() as u32 + 4).to_be_bytes());
    let sent = stream.write_all(&head).and_then(|()| stream.write_all(body));
    sent.map_err(|error| Error::part("PostgreSQL")(&error))
}

/// Reads replies until the server waits for the next question; an error it reports is ours.
fn until_ready(stream: &mut UnixStream) -> Result<(), Error> {
    let failed = Error::part("PostgreSQL");
    loop {
        let mut head = [0_u8; 5];
        stream.read_exact(&mut head).map_err(|error| failed(&error))?;
        let [kind, length @ ..] = head;
        let length = (u32::from_be_bytes(length) as usize).saturating_sub(4);
        if length > REPLY_BYTES_MAX {
            return Err(failed(&"a reply that is too large"));
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).map_err(|error| failed(&error))?;
        match kind {
            b'E' => return Err(failed(&String::from_utf8_lossy(&body).replace('\0', " "))),
            b'Z' => return Ok(()),
            _ => {}
        }
    }
}

const REPLY_BYTES_MAX: usize = 1 << 20;
