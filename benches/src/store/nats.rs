//! NATS JetStream with `sync_interval: always`: a file stream of one replica, one connection per producer, each publish
//! waits for its acknowledgement.
//!
//! Its server is started and ended by the race. Versions before 2.10 do not know `sync_interval` and do not take part.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Crowd, PRODUCERS, crowd, payload};
use crate::Error;

/// A running server and its connections.
pub struct NatsCrowd {
    connections: Vec<BufReader<TcpStream>>,
    payload: Vec<u8>,
    server: Child,
}

impl NatsCrowd {
    /// Starts a server in `folder`.
    ///
    /// # Errors
    /// [`Error::Part`] when it is not there, is too old, or fails.
    pub fn new(folder: &Path, program: &str, bytes: usize) -> Result<Self, Error> {
        let failed = Error::part("NATS");
        std::fs::create_dir_all(folder).map_err(Error::file("the folder of NATS"))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = port.map_err(|error| failed(&error))?.port();
        let config = format!(
            "listen: \"127.0.0.1:{port}\"\nmax_payload: 8MB\njetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
            folder.display()
        );
        let file = folder.join("nats.conf");
        std::fs::write(&file, config).map_err(Error::file("the configuration of NATS"))?;
        let server = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&error))?;
        let mut crowd = Self { connections: Vec::new(), payload: payload(bytes), server };
        for number in 0..PRODUCERS {
            let connection = connect(port, number)?;
            crowd.connections.push(connection);
        }
        if let Some(first) = crowd.connections.first_mut() {
            let stream = br#"{"name":"M","subjects":["m"],"storage":"file","retention":"limits","num_replicas":1,"max_bytes":4000000000,"discard":"old"}"#;
            ask(first, 0, "$JS.API.STREAM.CREATE.M", stream)?;
        }
        Ok(crowd)
    }
}

impl Crowd for NatsCrowd {
    fn name(&self) -> &'static str {
        "NATS JetStream, sync always"
    }

    fn run(&mut self, span: Duration) -> Result<Vec<Duration>, Error> {
        let payload = &self.payload;
        let mut states: Vec<_> = self.connections.iter_mut().enumerate().collect();
        let laps = crowd(span, &mut states, |(number, connection)| ask(connection, *number, "m", payload));
        if let Some(first) = self.connections.first_mut() {
            ask(first, 0, "$JS.API.STREAM.PURGE.M", b"")?;
        }
        laps
    }
}

impl Drop for NatsCrowd {
    fn drop(&mut self) {
        self.connections.clear();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn connect(port: u16, number: usize) -> Result<BufReader<TcpStream>, Error> {
    let failed = Error::part("NATS");
    let begun = Instant::now();
    let stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) if begun.elapsed() > Duration::from_secs(10) => return Err(failed(&error)),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    stream.set_nodelay(true).map_err(|error| failed(&error))?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(|error| failed(&error))?;
    let mut connection = BufReader::new(stream);
    let mut info = String::new();
    connection.read_line(&mut info).map_err(|error| failed(&error))?;
    let hello =
        format!("CONNECT {{\"verbose\":false,\"pedantic\":false,\"headers\":true}}\r\nSUB in.{number} 1\r\n");
    connection.get_mut().write_all(hello.as_bytes()).map_err(|error| failed(&error))?;
    Ok(connection)
}

/// Publishes with a reply address and waits for the reply; what it complains of is ours.
fn ask(
    connection: &mut BufReader<TcpStream>,
    number: usize,
    subject: &str,
    body: &[u8],
) -> Result<(), Error> {
    let failed = Error::part("NATS");
    let head = format!("PUB {subject} in.{number} {}\r\n", body.len());
    let stream = connection.get_mut();
    let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    sent.and_then(|()| stream.write_all(b"\r\n")).map_err(|error| failed(&error))?;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).map_err(|error| failed(&error))?;
        if line.starts_with("PING") {
            connection.get_mut().write_all(b"PONG\r\n").map_err(|error| failed(&error))?;
        } else if let Some(length) = line.strip_prefix("MSG ").and_then(|rest| rest.trim().rsplit(' ').next())
        {
            let length: usize = length.parse().map_err(|error| failed(&error))?;
            let mut reply = vec![0; length.min(REPLY_BYTES_MAX) + 2];
            connection.read_exact(&mut reply).map_err(|error| failed(&error))?;
            let reply = String::from_utf8_lossy(&reply);
            return if reply.contains("\"error\"") { Err(failed(&reply)) } else { Ok(()) };
        } else if line.is_empty() || line.starts_with("-ERR") {
            return Err(failed(&line.trim()));
        }
    }
}

const REPLY_BYTES_MAX: usize = 1 << 20;
