//! Files that are carried by hand: sealed for one recipient, signed by one sender, made to travel on a lost stick.
//!
//! A kiosk without a network writes its sealed cases into such a file; the gateway opens it. Whoever finds the medium
//! learns who wrote it and how large it is, nothing else. Sealing is HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM)
//! to the gateway's carrying key; the sender signs with the key of its certificate, so that a file is believed for the
//! same reason as a connection is.
//!
//! ```text
//! "EUCARRY1"                                    8 bytes
//! header length, header (JSON)                  4 bytes big-endian, UTF-8
//! per entry: length, sealed entry               4 bytes big-endian, not zero
//! end of entries                                4 zero bytes
//! signature: scheme, length, bytes              2, 4 bytes big-endian; over SHA-256 of all before
//! certificates: count, then length, DER each    2, 4 bytes big-endian; the signer's first
//! ```
//!
//! Invariants:
//! * [`Opened`] exists only for a file whose signature was verified over all of it; a cut, altered, reordered or
//!   prolonged file is an error and gives no entry.
//! * Every length is checked against [`limits`] before anything is allocated.
//! * Entries are bound to their file and their place in it.
//!
//! Left out on purpose: whom to believe (the reader's authorities say), what an entry means (both ends agree).

mod read;
mod sign;
mod write;

#[cfg(test)]
mod tests;

use std::fmt;

use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256;
use rustls::crypto::hpke::{Hpke, HpkePrivateKey, HpkePublicKey};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use self::read::{Opened, Verified, verify};
pub use self::sign::{Signed, Signer, verify_signature};
pub use self::write::write;

/// What stands in the clear at the head of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Identifier of the file.
    pub file: Uuid,
    /// Who wrote it.
    pub sender: String,
    /// When, RFC 3339.
    pub created_at: String,
}

/// The key for which files are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientKey([u8; 32]);

impl RecipientKey {
    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Some(Self(from_hex(text)?.try_into().ok()?))
    }

    /// As 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    fn hpke(&self) -> HpkePublicKey {
        HpkePublicKey(self.0.to_vec())
    }
}

/// The key that opens files; never printed.
pub struct OpeningKey(Zeroizing<Vec<u8>>);

impl OpeningKey {
    /// Makes a pair.
    ///
    /// # Errors
    /// [`CarryError::Cryptography`] when the system has no randomness.
    pub fn generate() -> Result<(Self, RecipientKey), CarryError> {
        let (public, private) = suite().generate_key_pair().map_err(|_| CarryError::Cryptography)?;
        let public = public.0.try_into().map_err(|_| CarryError::Cryptography)?;
        Ok((Self(Zeroizing::new(private.secret_bytes().to_vec())), RecipientKey(public)))
    }

    /// Takes the bytes of [`OpeningKey::to_bytes`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The key itself, to be kept sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.0.clone()
    }

    fn hpke(&self) -> HpkePrivateKey {
        HpkePrivateKey::from(self.0.to_vec())
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(hidden)")
    }
}

/// Why a carried file is not written or not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CarryError {
    /// The medium.
    #[error("the medium cannot be read or written ({0}); try another one")]
    Medium(std::io::ErrorKind),
    /// Not such a file, or cut off.
    #[error("this is no whole carried file ({0}); copy it again from where it came")]
    Form(&'static str),
    /// Something is larger than any such file may have.
    #[error("the file is larger than a carried file may be ({0})")]
    TooLarge(&'static str),
    /// Altered, or not signed by the certificate in it.
    #[error("the signature of the file does not hold; it was altered, or is damaged; nothing of it is used")]
    Signature,
    /// Sealed for somebody else, or altered within.
    #[error("the file was not sealed for this key; it belongs to another gateway")]
    OtherRecipient,
    /// The signing key.
    #[error("the key that should sign cannot be used")]
    SigningKey,
    /// The system.
    #[error("the cryptography of the system does not work")]
    Cryptography,
}

impl From<std::io::Error> for CarryError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Form("it ends too early"),
            kind => Self::Medium(kind),
        }
    }
}

/// Bounds of a carried file.
pub mod limits {
    /// The head, in bytes.
    pub const HEADER_BYTES_MAX: u32 = 4 * 1024;
    /// One entry: a container of 16 MB, an envelope, and what sealing adds.
    pub const ENTRY_BYTES_MAX: u32 = 18 * 1024 * 1024;
    /// Entries of one file: more than a kiosk may keep.
    pub const ENTRIES_MAX: usize = 4_000;
    /// A signature.
    pub const SIGNATURE_BYTES_MAX: u32 = 1024;
    /// Certificates of the sender.
    pub const CERTIFICATES_MAX: u16 = 8;
    /// One certificate.
    pub const CERTIFICATE_BYTES_MAX: u32 = 16 * 1024;
}

const MAGIC: &[u8; 8] = b"EUCARRY1";
const INFO: &[u8] = b"eurodac carried file 1";

fn suite() -> &'static dyn Hpke {
    DH_KEM_X25519_HKDF_SHA256_AES_256
}

/// Bytes that bind an entry to its file; HPKE itself binds it to its place.
fn bound(file: Uuid) -> Vec<u8> {
    file.as_bytes().to_vec()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    pairs
        .map(|pair| match pair {
            [high, low] => Some(value(*high)? << 4 | value(*low)?),
            _ => None,
        })
        .collect()
}
