//! Reading a carried file: first the whole of it is verified, then entries are opened one by one.

use std::fmt;
use std::io::{Read, Seek, SeekFrom};

use aws_lc_rs::digest::{Context, SHA256};
use rustls::crypto::hpke::{EncapsulatedSecret, HpkeOpener};
use rustls::pki_types::CertificateDer;
use uuid::Uuid;

use super::{
    CarryError, Header, INFO, MAGIC, OpeningKey, RecipientKey, Signed, bound, from_hex, limits, suite,
};

pub(super) const PURPOSE: &str = "eurodac-carried-file-1";

/// A file whose signature holds over all of it. Whether its signer is to be believed is still to be asked.
pub struct Verified {
    /// What stands in the clear.
    pub header: Header,
    /// The signer's chain, its own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// For which key it was sealed.
    pub recipient: RecipientKey,
    encapsulated: Vec<u8>,
    entries: Vec<(u64, u32)>,
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("file", &self.header.file).finish_non_exhaustive()
    }
}

/// The entries of a verified file, opened one by one.
pub struct Opened<R> {
    from: R,
    file: Uuid,
    opener: Box<dyn HpkeOpener>,
    entries: std::vec::IntoIter<(u64, u32)>,
}

impl<R> fmt::Debug for Opened<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Reads the whole file and verifies its signature.
///
/// # Errors
/// [`CarryError`] for anything but a whole, unaltered file.
pub fn verify<R: Read + Seek>(from: &mut R) -> Result<Verified, CarryError> {
    from.seek(SeekFrom::Start(0))?;
    let mut from = Hashing { from, hash: Context::new(&SHA256), at: 0 };
    if from.array::<8>()? != *MAGIC {
        return Err(CarryError::Form("it begins otherwise"));
    }
    let length = u32::from_be_bytes(from.array()?);
    if length > limits::HEADER_BYTES_MAX {
        return Err(CarryError::TooLarge("head"));
    }
    let head = from.bytes(length)?;
    let mut entries = Vec::new();
    loop {
        let length = u32::from_be_bytes(from.array()?);
        if length == 0 {
            break;
        }
        if length > limits::ENTRY_BYTES_MAX || entries.len() >= limits::ENTRIES_MAX {
            return Err(CarryError::TooLarge("entries"));
        }
        entries.push((from.at, length));
        from.pass(length)?;
    }
    let Hashing { from, hash, .. } = from;
    let signed = signature(from)?;
    super::verify_signature(PURPOSE, hash.finish().as_ref(), &signed)?;
    let (header, recipient, encapsulated) =
        parse_head(&head).ok_or(CarryError::Form("its head does not read"))?;
    Ok(Verified { header, chain: signed.chain, recipient, encapsulated, entries })
}

impl Verified {
    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Opens the entries with the recipient's key.
    ///
    /// # Errors
    /// [`CarryError::OtherRecipient`].
    pub fn open<R: Read + Seek>(self, from: R, key: &OpeningKey) -> Result<Opened<R>, CarryError> {
        let secret = EncapsulatedSecret(self.encapsulated);
        let opener = suite().setup_opener(&secret, INFO, &key.hpke());
        let opener = opener.map_err(|_| CarryError::OtherRecipient)?;
        Ok(Opened { from, file: self.header.file, opener, entries: self.entries.into_iter() })
    }
}

impl<R: Read + Seek> Iterator for Opened<R> {
    type Item = Result<Vec<u8>, CarryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (at, length) = self.entries.next()?;
        let opened = (|| {
            self.from.seek(SeekFrom::Start(at))?;
            let mut sealed = vec![0; length as usize];
            self.from.read_exact(&mut sealed)?;
            self.opener.open(&bound(self.file), &sealed).map_err(|_| CarryError::OtherRecipient)
        })();
        Some(opened)
    }
}

fn signature(from: &mut impl Read) -> Result<Signed, CarryError> {
    let scheme = u16::from_be_bytes(array(from)?);
    let signature = block(from, limits::SIGNATURE_BYTES_MAX, "signature")?;
    let count = u16::from_be_bytes(array(from)?);
    if count == 0 || count > limits::CERTIFICATES_MAX {
        return Err(CarryError::Form("its certificates"));
    }
    let chain: Result<Vec<_>, _> = (0..count)
        .map(|_| block(from, limits::CERTIFICATE_BYTES_MAX, "certificate").map(CertificateDer::from))
        .collect();
    if from.read(&mut [0])? != 0 {
        return Err(CarryError::Form("something follows its end"));
    }
    Ok(Signed { scheme, signature, chain: chain? })
}

fn block(from: &mut impl Read, bytes_max: u32, what: &'static str) -> Result<Vec<u8>, CarryError> {
    let length = u32::from_be_bytes(array(from)?);
    if length > bytes_max {
        return Err(CarryError::TooLarge(what));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn array<const N: usize>(from: &mut impl Read) -> Result<[u8; N], CarryError> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The head is written by `write` in one form; anything else is refused.
fn parse_head(head: &[u8]) -> Option<(Header, RecipientKey, Vec<u8>)> {
    let text = std::str::from_utf8(head).ok()?.strip_prefix("{\"version\":1,")?.strip_suffix('}')?;
    let mut fields = text.split(',').map(|field| field.split_once(':'));
    let mut field = |name: &str| {
        let (found, value) = fields.next()??;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        (found.trim_matches('"') == name && !value.contains(['"', '\\'])).then(|| value.to_owned())
    };
    let file = field("file")?.parse().ok()?;
    let sender = field("sender")?;
    let created_at = field("created_at")?;
    let recipient = RecipientKey::from_hex(&field("recipient")?)?;
    let encapsulated = from_hex(&field("encapsulated")?)?;
    Some((Header { file, sender, created_at }, recipient, encapsulated))
}

/// Reads and hashes the same bytes, and knows where it is.
struct Hashing<'a, R: Read> {
    from: &'a mut R,
    hash: Context,
    at: u64,
}

impl<R: Read> Hashing<'_, R> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], CarryError> {
        let bytes: [u8; N] = array(self.from)?;
        self.took(&bytes);
        Ok(bytes)
    }

    fn bytes(&mut self, length: u32) -> Result<Vec<u8>, CarryError> {
        let mut bytes = vec![0; length as usize];
        self.from.read_exact(&mut bytes)?;
        self.took(&bytes);
        Ok(bytes)
    }

    fn pass(&mut self, length: u32) -> Result<(), CarryError> {
        let mut left = length as usize;
        let mut chunk = [0; 64 * 1024];
        while left > 0 {
            let take = left.min(chunk.len());
            let Some(part) = chunk.get_mut(..take) else { break };
            self.from.read_exact(part)?;
            self.hash.update(part);
            self.at += take as u64;
            left -= take;
        }
        Ok(())
    }

    fn took(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.at += bytes.len() as u64;
    }
}
