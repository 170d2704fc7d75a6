//! Sealing: what lies on the disk can only be read with the case's key, and that only with the
//! site's key.
//!
//! AES-256-GCM with a random nonce of 96 bits per seal. The bytes bound to a seal ("aad") say whose it
//! is and what for ([`binding`]), so that a sealed value moved to another case or another purpose does
//! not open. A sealed value is the nonce, the cipher text, and the tag of 16 bytes. A random nonce is
//! safe for 2^32 seals under one key; a case makes a handful.
//!
//! Keys wipe themselves from memory and never print. Left out on purpose: key rotation, and hardware;
//! a TPM can hold the site key by systemd's credentials, which this crate sees as a file.

use crate::error::Error;
use crate::limits;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes that bind a seal to one case or item and one purpose.
#[must_use]
pub fn binding(id: Uuid, purpose: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + purpose.len());
    bytes.extend_from_slice(id.as_bytes());
    bytes.extend_from_slice(purpose.as_bytes());
    bytes
}

/// The key of a site; it only wraps the keys of cases.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SiteKey(Box<[u8; KEY_BYTES]>);

impl SiteKey {
    /// Takes 32 bytes, or 64 hexadecimal digits with an optional line end.
    ///
    /// # Errors
    /// [`Error::SiteKey`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if let Ok(raw) = <[u8; KEY_BYTES]>::try_from(bytes) {
            return Ok(Self(Box::new(raw)));
        }
        let digits = bytes.trim_ascii();
        if digits.len() != 2 * KEY_BYTES {
            return Err(Error::SiteKey);
        }
        let mut key = Box::new([0; KEY_BYTES]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = match pair {
                [high, low] => hex_value(*high)? << 4 | hex_value(*low)?,
                _ => return Err(Error::SiteKey),
            };
        }
        Ok(Self(key))
    }

    /// Reads the key from a file.
    ///
    /// # Errors
    /// [`Error::SiteKey`], or as the file system reports.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::from_io("read the site key", &error);
        let mut bytes = Zeroizing::new(Vec::with_capacity(limits::KEY_FILE_BYTES_MAX as usize));
        let file = File::open(file).map_err(failed)?;
        file.take(limits::KEY_FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        Self::from_bytes(&bytes)
    }

    /// Makes a new key; for provisioning a site.
    ///
    /// # Errors
    /// [`Error::Cryptography`] when the system has no randomness.
    pub fn generate() -> Result<Self, Error> {
        random_key().map(Self)
    }

    /// The key as 64 hexadecimal digits, for the file it will be read from.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES));
        for byte in self.0.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        text
    }

    /// Wraps a case's key for keeping.
    ///
    /// # Errors
    /// [`Error::Cryptography`].
    pub fn wrap(&self, key: &CaseKey, aad: &[u8]) -> Result<Vec<u8>, Error> {
        seal(&self.0, aad, key.0.as_ref())
    }

    /// Unwraps what [`SiteKey::wrap`] made with the same bytes bound.
    ///
    /// # Errors
    /// [`Error::Sealed`] when it does not open.
    pub fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Result<CaseKey, Error> {
        let opened = Zeroizing::new(open(&self.0, aad, wrapped)?);
        let key = <[u8; KEY_BYTES]>::try_from(opened.as_slice()).map_err(|_| Error::Sealed)?;
        Ok(CaseKey(Box::new(key)))
    }
}

/// The key of one case or item. Destroying its wrapped copy erases everything sealed with it.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct CaseKey(Box<[u8; KEY_BYTES]>);

impl CaseKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`Error::Cryptography`] when the system has no randomness.
    pub fn generate() -> Result<Self, Error> {
        random_key().map(Self)
    }

    /// Seals `plain`, bound to `aad`.
    ///
    /// # Errors
    /// [`Error::Cryptography`]; [`Error::TooLarge`] above [`limits::SEAL_BYTES_MAX`].
    pub fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        seal(&self.0, aad, plain)
    }

    /// Opens what [`CaseKey::seal`] made with the same bytes bound.
    ///
    /// # Errors
    /// [`Error::Sealed`] when it does not open.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
        open(&self.0, aad, sealed)
    }
}

impl fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteKey(hidden)")
    }
}

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseKey(hidden)")
    }
}

fn seal(key: &[u8; KEY_BYTES], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    if plain.len() > limits::SEAL_BYTES_MAX {
        return Err(Error::TooLarge {
            record_bytes: plain.len() as u64,
            record_bytes_max: limits::SEAL_BYTES_MAX as u64,
        });
    }
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| Error::Cryptography)?;
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + TAG_BYTES);
    sealed.resize(NONCE_LEN, 0);
    sealed.extend_from_slice(plain);
    let (place, text) = sealed.split_at_mut(NONCE_LEN);
    let (nonce, tag) =
        key.seal_in_place_separate_tag(Aad::from(aad), text).map_err(|_| Error::Cryptography)?;
    place.copy_from_slice(nonce.as_ref());
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn open(key: &[u8; KEY_BYTES], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| Error::Cryptography)?;
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Error::Sealed)?;
    let mut plain = text.to_vec();
    let length = key
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut plain)
        .map_err(|_| Error::Sealed)?
        .len();
    plain.truncate(length);
    Ok(plain)
}

fn random_key() -> Result<Box<[u8; KEY_BYTES]>, Error> {
    let mut key = Box::new([0; KEY_BYTES]);
    rand::fill(key.as_mut_slice()).map_err(|_| Error::Cryptography)?;
    Ok(key)
}

fn hex_value(digit: u8) -> Result<u8, Error> {
    let value = char::from(digit).to_digit(16).ok_or(Error::SiteKey)?;
    u8::try_from(value).map_err(|_| Error::SiteKey)
}

const KEY_BYTES: usize = 32;
const TAG_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_seal_opens_only_for_its_case_and_purpose() {
        let key = CaseKey::generate().expect("a key");
        let aad = binding(ID, "container");
        let sealed = key.seal(&aad, b"ten fingers").expect("sealed");
        assert_eq!(key.open(&aad, &sealed).as_deref(), Ok(b"ten fingers".as_slice()));
        let check = |aad: &[u8], key: &CaseKey| assert_eq!(key.open(aad, &sealed), Err(Error::Sealed));
        check(&binding(ID, "envelope"), &key);
        check(&binding(Uuid::from_u128(8), "container"), &key);
        check(&aad, &CaseKey::generate().expect("another key"));
        assert_ne!(sealed, key.seal(&aad, b"ten fingers").expect("sealed"), "a nonce is used once");
        assert_eq!(key.open(&aad, &sealed[..5]), Err(Error::Sealed));
    }

    #[test]
    fn a_wrapped_key_opens_with_the_site_key_alone() {
        let site = SiteKey::generate().expect("a site key");
        let key = CaseKey::generate().expect("a key");
        let wrapped = site.wrap(&key, &binding(ID, "case-key")).expect("wrapped");
        let back = site.unwrap(&wrapped, &binding(ID, "case-key")).expect("unwrapped");
        let sealed = key.seal(b"", b"x").expect("sealed");
        assert_eq!(back.open(b"", &sealed).as_deref(), Ok(b"x".as_slice()));
        let other = SiteKey::generate().expect("another site key");
        assert_eq!(other.unwrap(&wrapped, &binding(ID, "case-key")).err(), Some(Error::Sealed));
        let not_a_key = seal(&site.0, b"", b"short").expect("sealed");
        assert_eq!(site.unwrap(&not_a_key, b"").err(), Some(Error::Sealed));
    }

    #[test]
    fn site_keys_are_read_raw_and_in_digits() {
        let site = SiteKey::generate().expect("a site key");
        let mut text = site.to_hex().as_bytes().to_vec();
        text.push(b'\n');
        assert_eq!(SiteKey::from_bytes(&text).expect("digits").0, site.0);
        assert_eq!(SiteKey::from_bytes(site.0.as_ref()).expect("raw").0, site.0);
        let check = |bytes: &[u8]| assert_eq!(SiteKey::from_bytes(bytes).err(), Some(Error::SiteKey));
        check(b"");
        check(&[0; 31]);
        check(&[b'g'; 64]);
        check(&[b'a'; 65]);
        check(&[0xff; 64]);
        let missing = SiteKey::read(Path::new("there/is/no/such/file"));
        assert_eq!(missing.err().map(|error| error.code()), Some("J-0204"));
    }

    #[test]
    fn keys_do_not_print() {
        let site = SiteKey::from_bytes(&[0xab; 32]).expect("a site key");
        assert_eq!(format!("{site:?}"), "SiteKey(hidden)");
        assert_eq!(format!("{:?}", CaseKey::generate().expect("a key")), "CaseKey(hidden)");
    }

    proptest! {
        #[test]
        fn any_changed_bit_keeps_it_shut(plain in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let key = CaseKey::generate().expect("a key");
            let mut sealed = key.seal(b"aad", &plain).expect("sealed");
            prop_assert_eq!(key.open(b"aad", &sealed), Ok(plain));
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(key.open(b"aad", &sealed), Err(Error::Sealed));
        }
    }
}
