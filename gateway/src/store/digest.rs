//! Keyed digests: what must be recognised again without being kept.
//!
//! A plain hash of a reference number could be found by trying all of them; a keyed one cannot without the secret,
//! which is made once per site, sealed, and kept beside the journals. The secret never leaves this type.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use aws_lc_rs::{hmac, rand};
use journal::keys::KeyFolder;
use journal::seal::binding;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::Error;

/// Makes keyed digests.
pub struct Digests {
    key: hmac::Key,
}

/// The key folder's name for the key that seals the secret. No message can have it: message ids have a version.
pub(super) const SECRET_ID: Uuid = Uuid::nil();

const FILE: &str = "digest-secret";
const PURPOSE: &str = "secret of keyed digests";

impl Digests {
    /// Reads the secret, or makes it where nothing was ever accepted.
    pub(super) fn open(folder: &Path, keys: &KeyFolder, is_new_site: bool) -> Result<Self, Error> {
        match fs::read(folder.join(FILE)) {
            Ok(sealed) => {
                let key = keys.unlock(SECRET_ID).map_err(|_| Error::DigestSecret)?;
                let secret =
                    key.open(&binding(SECRET_ID, PURPOSE), &sealed).map_err(|_| Error::DigestSecret)?;
                Ok(Self::from_secret(&Zeroizing::new(secret)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && is_new_site => {
                Self::make(folder, keys)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::DigestSecret),
            Err(error) => Err(Error::storage(folder, &error)),
        }
    }

    fn make(folder: &Path, keys: &KeyFolder) -> Result<Self, Error> {
        let mut secret = Zeroizing::new(vec![0_u8; 32]);
        rand::fill(&mut secret).map_err(|_| Error::Sealed { source: journal::Error::Cryptography })?;
        // What an interrupted first start left is replaced: nothing was digested with it.
        keys.destroy(SECRET_ID)?;
        let sealed = keys.create(SECRET_ID)?.seal(&binding(SECRET_ID, PURPOSE), &secret)?;
        write_durably(folder, &sealed).map_err(|error| Error::storage(folder, &error))?;
        Ok(Self::from_secret(&secret))
    }

    /// Digests with a given secret.
    pub(super) fn from_secret(secret: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The keyed digest of bytes for one purpose; digests of different purposes cannot be compared.
    #[must_use]
    pub fn digest(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(bytes);
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }
}

impl std::fmt::Debug for Digests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digests(..)")
    }
}

fn write_durably(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let (unfinished, finished) = (folder.join("digest-secret.new"), folder.join(FILE));
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, finished)?;
    File::open(folder)?.sync_all()
}
