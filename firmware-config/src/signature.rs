//! Ed25519 signatures: on configuration files, on the gateway's receipts, on audit checkpoints.
//!
//! A document's signature covers a fixed line in front of the file, so that a signature made for one
//! purpose is worth nothing for another. Files are detached text, made to be looked at:
//!
//! * public key: `ed25519 <key id> <base64 of 32 bytes>`, one line;
//! * signature: `ed25519 <key id> <base64 of 64 bytes>`, one line;
//! * private key: PEM (PKCS#8), as `openssl genpkey -algorithm ed25519` makes it too.
//!
//! A key id is the first eight bytes of the SHA-256 of the public key, in hexadecimal digits.

use crate::error::Error;
use crate::limits;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// A private key.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`Error::Cryptography`] when the system has no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ed25519KeyPair::generate().map(Self).map_err(|_| Error::Cryptography)
    }

    /// Reads PEM (PKCS#8), version 1 or 2.
    ///
    /// # Errors
    /// [`Error::PrivateKeyUnreadable`].
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let unreadable = Error::PrivateKeyUnreadable;
        if pem.len() > limits::KEY_FILE_BYTES_MAX {
            return Err(unreadable);
        }
        let body = pem.trim().strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let Some(body) = body else { return Err(unreadable) };
        let packed: Zeroizing<String> =
            Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        let der = STANDARD.decode(packed.as_bytes()).map(Zeroizing::new);
        let Ok(der) = der else { return Err(unreadable) };
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(Self).map_err(|_| unreadable)
    }

    /// Writes PEM (PKCS#8).
    ///
    /// # Errors
    /// [`Error::Cryptography`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, Error> {
        let der = self.0.to_pkcs8v1().map_err(|_| Error::Cryptography)?;
        let encoded = Zeroizing::new(STANDARD.encode(der.as_ref()));
        Ok(Zeroizing::new(format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", encoded.as_str())))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let mut bytes = [0; PUBLIC_BYTES];
        let public = self.0.public_key().as_ref();
        // An Ed25519 public key always has 32 bytes.
        bytes.iter_mut().zip(public).for_each(|(to, from)| *to = *from);
        PublicKey(bytes)
    }

    /// Signs a message that says itself what it is, such as a receipt's signing text.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        let mut bytes = [0; SIGNATURE_BYTES];
        let signature = self.0.sign(message);
        bytes.iter_mut().zip(signature.as_ref()).for_each(|(to, from)| *to = *from);
        Signature { key_id: self.public_key().key_id(), bytes }
    }

    /// Signs a configuration file.
    #[must_use]
    pub fn sign_document(&self, file: &[u8]) -> Signature {
        self.sign(&document_message(file))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public_key().key_id())
    }
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; PUBLIC_BYTES]);

impl PublicKey {
    /// Takes the 32 bytes of the key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Reads the one-line text.
    ///
    /// # Errors
    /// [`Error::PublicKeyUnreadable`], also when the key id does not belong to the key.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let (key_id, bytes) = read_line(text.as_bytes()).ok_or(Error::PublicKeyUnreadable)?;
        let key = Self(bytes);
        if key.key_id() == key_id { Ok(key) } else { Err(Error::PublicKeyUnreadable) }
    }

    /// Writes the one-line text.
    #[must_use]
    pub fn to_text(&self) -> String {
        write_line(&self.key_id(), &self.0)
    }

    /// Names the key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let hash = digest(&SHA256, &self.0);
        KeyId(hash.as_ref().iter().take(KEY_ID_BYTES).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether this key signed this message.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.verify_bytes(message, &signature.bytes)
    }

    /// Whether this key signed this message, for a signature that travels as bare bytes.
    #[must_use]
    pub fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }

    /// Checks the signature of a configuration file; `document` names it in errors.
    ///
    /// # Errors
    /// [`Error::WrongKey`] or [`Error::Tampered`].
    pub fn verify_document(
        &self,
        document: &'static str,
        file: &[u8],
        signature: &Signature,
    ) -> Result<(), Error> {
        let (found, trusted) = (signature.key_id.to_string(), self.key_id().to_string());
        if found != trusted {
            return Err(Error::WrongKey { document, found, trusted });
        }
        if self.verify(&document_message(file), signature) {
            Ok(())
        } else {
            Err(Error::Tampered { document })
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}

/// Names a key: sixteen hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 2 * KEY_ID_BYTES
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A signature and the name of the key that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    key_id: KeyId,
    bytes: [u8; SIGNATURE_BYTES],
}

impl Signature {
    /// Reads the content of a `.sig` file.
    ///
    /// # Errors
    /// [`Error::SignatureUnreadable`].
    pub fn from_text(text: &[u8]) -> Result<Self, Error> {
        let (key_id, bytes) = read_line(text).ok_or(Error::SignatureUnreadable)?;
        Ok(Self { key_id, bytes })
    }

    /// Writes the content of a `.sig` file.
    #[must_use]
    pub fn to_text(&self) -> String {
        write_line(&self.key_id, &self.bytes)
    }

    /// The 64 bytes alone.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        self.bytes
    }

    /// The key that made it, by its own account.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }
}

fn document_message(file: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(DOCUMENT_PURPOSE.len() + file.len());
    message.extend_from_slice(DOCUMENT_PURPOSE);
    message.extend_from_slice(file);
    message
}

fn write_line(key_id: &KeyId, bytes: &[u8]) -> String {
    format!("ed25519 {key_id} {}\n", STANDARD.encode(bytes))
}

fn read_line<const N: usize>(text: &[u8]) -> Option<(KeyId, [u8; N])> {
    if text.len() > limits::KEY_FILE_BYTES_MAX {
        return None;
    }
    let mut words = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
    let (algorithm, key_id, packed, rest) = (words.next()?, words.next()?, words.next()?, words.next());
    if algorithm != "ed25519" || rest.is_some() {
        return None;
    }
    let bytes = STANDARD.decode(packed).ok()?;
    Some((KeyId::parse(key_id)?, bytes.try_into().ok()?))
}

const DOCUMENT_PURPOSE: &[u8] = b"capture and gateway appliance: configuration file, signature 1\n";
const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";
const PUBLIC_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;
const KEY_ID_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "gateway.toml";

    #[test]
    fn keys_come_back_from_their_files() {
        let key = SigningKey::generate().expect("a key");
        let again = SigningKey::from_pem(&key.to_pem().expect("pem")).expect("the same key");
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(PublicKey::from_text(&key.public_key().to_text()), Ok(key.public_key()));
        let signature = again.sign(b"receipt");
        assert_eq!(Signature::from_text(signature.to_text().as_bytes()), Ok(signature.clone()));
        assert!(key.public_key().verify(b"receipt", &signature));
        assert!(key.public_key().verify_bytes(b"receipt", &signature.to_bytes()));
        assert!(!key.public_key().verify(b"receipt.", &signature));
    }

    /// The private key of RFC 8032, section 7.1, test 1, in the PKCS#8 form of RFC 8410.
    #[test]
    fn a_published_key_signs_as_published() {
        let seed: Vec<u8> = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let mut der = hex("302e020100300506032b657004220420");
        der.extend_from_slice(&seed);
        let pem = format!("{PEM_BEGIN}\n{}\n{PEM_END}", STANDARD.encode(der));
        let key = SigningKey::from_pem(&pem).expect("the key");
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(key.public_key().to_bytes().to_vec(), hex(public));
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        assert_eq!(key.sign(b"").to_bytes().to_vec(), hex(signature));
    }

    #[test]
    fn unreadable_keys_are_refused() {
        let key = SigningKey::generate().expect("a key");
        let line = key.public_key().to_text();
        let other = SigningKey::generate().expect("a key").public_key().key_id();
        let check =
            |text: &str| assert_eq!(PublicKey::from_text(text), Err(Error::PublicKeyUnreadable), "{text}");
        check("");
        check("rsa 0011223344556677 AAAA");
        check(&line.replace(key.public_key().key_id().as_str(), other.as_str()));
        check(&format!("{line} more"));
        check(&line.to_uppercase());
        let check = |pem: &str| {
            assert_eq!(SigningKey::from_pem(pem).err(), Some(Error::PrivateKeyUnreadable), "{pem}");
        };
        check("");
        check("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");
        check(&"x".repeat(5000));
    }

    #[test]
    fn a_file_is_trusted_only_as_it_was_signed() {
        let (site, other) = (SigningKey::generate().expect("a key"), SigningKey::generate().expect("a key"));
        let signature = site.sign_document(b"version = 1\n");
        let trusted = site.public_key();
        assert_eq!(trusted.verify_document(NAME, b"version = 1\n", &signature), Ok(()));
        let changed = trusted.verify_document(NAME, b"version = 2\n", &signature);
        assert_eq!(changed, Err(Error::Tampered { document: NAME }));
        let foreign = trusted.verify_document(NAME, b"version = 1\n", &other.sign_document(b"version = 1\n"));
        assert_eq!(foreign.map_err(|error| error.code()), Err("F-0203"));
        let for_another_purpose = site.sign(b"version = 1\n");
        assert!(trusted.verify_document(NAME, b"version = 1\n", &for_another_purpose).is_err());
    }

    #[test]
    fn private_keys_do_not_print() {
        let key = SigningKey::generate().expect("a key");
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public_key().key_id()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Signature::from_text(&text);
            let _ = SigningKey::from_pem(&String::from_utf8_lossy(&text));
        }

        #[test]
        fn any_changed_bit_breaks_the_signature(file in prop::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let key = SigningKey::generate().expect("a key");
            let signature = key.sign_document(&file);
            let mut changed = file.clone();
            changed[at.index(file.len())] ^= 1 << bit;
            prop_assert!(key.public_key().verify_document(NAME, &file, &signature).is_ok());
            prop_assert!(key.public_key().verify_document(NAME, &changed, &signature).is_err());
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("digits");
        (0..text.len()).step_by(2).map(digit).collect()
    }
}
