//! A peer: somebody else's program, kept running, that does the same work on the same file once per round.
//!
//! The command is given by the person who runs the race and is never a dependency. It prints `ready`, then does its
//! work once and prints `done` for every line it reads. Its start is not timed; the two short lines through the pipe
//! are.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::{Contestant, Error, Laps, limits};

/// A running peer. It is ended when this value is dropped.
pub struct Peer {
    part: String,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    bytes: Option<usize>,
}

impl Peer {
    /// Starts `command` (words split at spaces) with `arguments` behind it and waits until it is ready.
    ///
    /// # Errors
    /// [`Error::Peer`] when it does not start or says something else.
    pub fn start(part: &str, command: &str, arguments: &[&str], bytes: Option<usize>) -> Result<Self, Error> {
        let failed = |reason: String| Error::Peer { name: part.to_owned(), reason };
        let mut words = command.split_whitespace();
        let program = words.next().ok_or_else(|| failed("its command is empty".to_owned()))?;
        let mut child = Command::new(program)
            .args(words)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no input or output".to_owned()));
        };
        let mut peer = Self { part: part.to_owned(), child, to, from: BufReader::new(from), bytes };
        expect(&mut peer.from, "ready").map_err(failed)?;
        Ok(peer)
    }

    /// Has one thing done: `words` with a tab between them. What the peer says behind `done`, empty if nothing.
    ///
    /// # Errors
    /// What it said instead, in words.
    pub fn ask(&mut self, words: &[&str]) -> Result<String, String> {
        if words.iter().any(|word| word.contains(['\t', '\n', '\r'])) {
            return Err("a name with a tab or a line break cannot be handed on".to_owned());
        }
        let asked = words.join("\t") + "\n";
        self.to
            .write_all(asked.as_bytes())
            .and_then(|()| self.to.flush())
            .map_err(|error| error.to_string())?;
        expect(&mut self.from, "done")
    }
}

impl Contestant for Peer {
    fn run(&mut self, _round: u64, laps: &mut Laps) -> Result<(), Error> {
        let Self { part, to, from, bytes, .. } = self;
        laps.time(part, || {
            to.write_all(b"go\n").and_then(|()| to.flush()).map_err(|error| error.to_string())?;
            expect(from, "done").map(drop)
        })?;
        if let Some(bytes) = bytes {
            laps.set_bytes(part, *bytes);
        }
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rest of the next line, which begins with `word`.
fn expect(from: &mut impl BufRead, word: &str) -> Result<String, String> {
    let mut line = String::new();
    from.take(limits::PEER_LINE_BYTES_MAX).read_line(&mut line).map_err(|error| error.to_string())?;
    let said = line.trim();
    if let Some(rest) = said.strip_prefix(word)
        && (rest.is_empty() || rest.starts_with('\t'))
    {
        return Ok(rest.trim().to_owned());
    }
    let said = if line.is_empty() { "its output ended".to_owned() } else { format!("it said `{said}`") };
    Err(format!("{said} instead of `{word}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Peer, Error> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), script).expect("a script");
        Peer::start("peer", "sh", &[file.path().to_str().expect("a path"), "twice"], Some(7))
    }

    #[test]
    fn a_peer_works_once_per_round() {
        let mut peer = shell("echo ready; while read word; do echo done; done\n").expect("a peer");
        let mut laps = Laps::default();
        for round in 0..3 {
            peer.run(round, &mut laps).expect("a round");
        }
        assert_eq!((laps.parts()[0].samples.len(), laps.parts()[0].bytes), (3, Some(7)));
    }

    #[test]
    fn a_peer_answers_what_it_is_asked() {
        let mut peer = shell("echo ready; while read word; do printf 'done\\t%s!\\n' \"$word\"; done\n")
            .expect("a peer");
        assert_eq!(peer.ask(&["extract", "101_1.png"]).expect("an answer"), "extract\t101_1.png!");
        assert!(peer.ask(&["extract", "101\n1.png"]).expect_err("refused").contains("line break"));
        let mut peer = shell("echo ready; while read word; do echo donee; done\n").expect("a peer");
        assert!(peer.ask(&["extract"]).expect_err("not the word").contains("it said `donee`"));
    }

    #[test]
    fn a_peer_that_does_not_play_is_named() {
        let check = |outcome: Result<Peer, Error>, expect: &str| {
            let error = outcome.err().expect("refused");
            assert_eq!(error.code(), "D-0304");
            assert!(error.to_string().contains(expect), "{error}");
        };
        check(shell("echo hello\n"), "it said `hello` instead of `ready`");
        check(shell("exit 3\n"), "its output ended");
        check(Peer::start("peer", "  ", &[], None), "its command is empty");
        check(Peer::start("peer", "there-is-no-such-program", &[], None), "does not take part");
        let mut peer = shell("echo ready; read word; echo sorry\n").expect("a peer");
        let error = peer.run(0, &mut Laps::default()).expect_err("it failed");
        assert_eq!(error.code(), "D-0301");
    }
}
