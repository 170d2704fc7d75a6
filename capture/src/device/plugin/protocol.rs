//! What kiosk and plug-in say to each other, version 1.
//!
//! A message is one line of JSON; where the object has `bytes`, exactly so many raw bytes follow the line. The kiosk sends
//! a call with a number and the plug-in answers with that number: any count of frames, then one end. Pure: readers and
//! writers over any stream. Invariants: a line and its bytes are bounded before they are taken; what is no message is a
//! [`Babble`] and never a panic. The whole protocol with examples: `docs/reference/devices.md`.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};

use crate::limits;

/// The version that this kiosk speaks.
pub const VERSION: u32 = 1;

/// A call of the kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its number, counted up from 1.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
}

/// What a kiosk asks of a plug-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum Ask {
    /// Say who you are and which version you speak. Always the first call.
    Hello {
        /// Versions that the kiosk speaks.
        versions: Vec<u32>,
    },
    /// Claim the hardware.
    Open,
    /// Take a slap.
    CaptureSlap {
        /// Slap: 13, 14 or 15.
        hand: u8,
        /// Fingers that cannot be given, 1 to 10.
        missing: Vec<u8>,
        /// End after this.
        timeout_ms: u64,
    },
    /// Take one finger.
    CaptureFinger {
        /// Finger, 1 to 10.
        finger: u8,
        /// End after this.
        timeout_ms: u64,
    },
    /// Take a portrait.
    CapturePortrait {
        /// End after this.
        timeout_ms: u64,
    },
    /// Light or sound.
    Signal {
        /// `ready`, `taken` or `off`.
        signal: String,
    },
    /// How are you?
    Health,
    /// Stop what this call started. Has no answer of its own.
    Cancel {
        /// Number of the call to stop.
        of: u64,
    },
    /// Switch off and release the hardware.
    Close,
}

/// What a plug-in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Number of the call.
    pub id: u64,
    /// What it is.
    #[serde(flatten)]
    pub say: Say,
    /// Raw bytes after the line.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub bytes: usize,
}

/// What a plug-in can say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum Say {
    /// Answer to hello.
    Hello {
        /// The version it will speak.
        version: u32,
        /// Its own name and version.
        plugin: String,
        /// Maker of the device.
        make: String,
        /// Model.
        model: String,
        /// Serial number.
        #[serde(default)]
        serial: String,
        /// Firmware.
        #[serde(default)]
        firmware: String,
        /// Certification that the maker claims.
        #[serde(default)]
        certification: String,
    },
    /// A live frame: grey pixels of a scanner, a JPEG of a camera.
    Frame {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The image; ends a capture.
    Image {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Resolution; 0 from a camera.
        #[serde(default)]
        resolution_ppi: u32,
    },
    /// Done; ends every other call.
    Done,
    /// It did not work; ends the call.
    Fault {
        /// What kind of trouble.
        fault: Kind,
        /// The maker's own number for it.
        #[serde(default)]
        code: u32,
    },
}

/// Troubles of a plug-in, each of which becomes the fault of the same meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Nothing was placed in time.
    TimedOut,
    /// It was told to stop.
    Cancelled,
    /// The device is not there.
    Missing,
    /// Somebody else uses it.
    Busy,
    /// The system does not let the plug-in use it.
    Denied,
    /// No usable image.
    BadImage,
    /// It cannot do that.
    Unsuited,
    /// Anything else.
    Broken,
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Babble {
    /// The stream ended.
    End,
    /// A line is too long, or no message.
    NoMessage,
    /// More bytes are announced than any image has.
    TooLarge,
}

/// Reads one message with its bytes.
///
/// # Errors
/// [`Babble`] when there is none.
pub fn read<T: for<'de> Deserialize<'de>>(
    from: &mut impl BufRead,
    bytes_of: impl Fn(&T) -> usize,
) -> Result<(T, Vec<u8>), Babble> {
    let mut line = Vec::new();
    let read = from.by_ref().take(limits::PLUGIN_LINE_BYTES_MAX).read_until(b'\n', &mut line);
    if !matches!(read, Ok(length) if length > 0) {
        return Err(Babble::End);
    }
    if line.last() != Some(&b'\n') {
        return Err(Babble::NoMessage);
    }
    let message: T = serde_json::from_slice(&line).map_err(|_| Babble::NoMessage)?;
    let length = bytes_of(&message);
    if length > limits::IMAGE_BYTES_MAX {
        return Err(Babble::TooLarge);
    }
    let mut bytes = Vec::new();
    let taken = from.take(length as u64).read_to_end(&mut bytes);
    if taken.ok() != Some(length) {
        return Err(Babble::End);
    }
    Ok((message, bytes))
}

/// Writes one message with its bytes.
///
/// # Errors
/// What the stream says.
pub fn write<T: Serialize>(to: &mut impl Write, message: &T, bytes: &[u8]) -> io::Result<()> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::other)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.write_all(bytes)?;
    to.flush()
}

fn is_zero(bytes: &usize) -> bool {
    *bytes == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answers(bytes: &[u8]) -> Result<(Answer, Vec<u8>), Babble> {
        read(&mut &*bytes, |answer: &Answer| answer.bytes)
    }

    #[test]
    fn a_message_comes_back_with_its_bytes() {
        let answer = Answer { id: 3, say: Say::Image { width: 2, height: 2, resolution_ppi: 500 }, bytes: 4 };
        let mut stream = Vec::new();
        write(&mut stream, &answer, &[1, 2, 3, b'\n']).expect("memory");
        stream.extend(b"{\"id\":4,\"say\":\"done\"}\n");
        let mut from = &*stream;
        assert_eq!(read(&mut from, |answer: &Answer| answer.bytes), Ok((answer, vec![1, 2, 3, b'\n'])));
        let (next, _) = read(&mut from, |answer: &Answer| answer.bytes).expect("the next one");
        assert_eq!(next, Answer { id: 4, say: Say::Done, bytes: 0 });
    }

    #[test]
    fn the_wire_is_as_documented() {
        let call = Call { id: 2, ask: Ask::CaptureSlap { hand: 13, missing: vec![4], timeout_ms: 60_000 } };
        let text = serde_json::to_string(&call).expect("plain");
        assert_eq!(text, r#"{"id":2,"call":"capture-slap","hand":13,"missing":[4],"timeout_ms":60000}"#);
        let fault = br#"{"id":2,"say":"fault","fault":"timed-out"}"#;
        let (answer, _) = answers(&[&fault[..], b"\n"].concat()).expect("an answer");
        assert_eq!(answer.say, Say::Fault { fault: Kind::TimedOut, code: 0 });
    }

    #[test]
    fn what_is_no_message_is_told_apart() {
        assert_eq!(answers(b"").err(), Some(Babble::End));
        assert_eq!(answers(b"hello\n").err(), Some(Babble::NoMessage));
        assert_eq!(answers(b"{\"id\":1,\"say\":\"done\"}").err(), Some(Babble::NoMessage));
        assert_eq!(answers(&vec![b'x'; 1 << 20]).err(), Some(Babble::NoMessage));
        assert_eq!(answers(b"{\"id\":1,\"say\":\"done\",\"bytes\":9}\n123").err(), Some(Babble::End));
        assert_eq!(
            answers(b"{\"id\":1,\"say\":\"done\",\"bytes\":99999999}\n").err(),
            Some(Babble::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = answers(&bytes);
        }
    }
}
