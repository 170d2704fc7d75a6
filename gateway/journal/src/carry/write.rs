//! Writing a carried file, entry by entry, so that five hundred cases never stand in memory at once.

use std::io::Write;

use aws_lc_rs::digest::{Context, SHA256};

use super::{CarryError, Header, INFO, MAGIC, RecipientKey, Signer, bound, limits, suite, to_hex};

/// Writes a whole file. `entries` gives the plain entries one by one; an error of one ends the writing.
///
/// # Errors
/// [`CarryError`], or the first error of `entries`.
pub fn write<E: From<CarryError>>(
    out: &mut impl Write,
    header: &Header,
    recipient: &RecipientKey,
    entries: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    signer: &Signer,
) -> Result<usize, E> {
    let sealed = suite().setup_sealer(INFO, &recipient.hpke());
    let (encapsulated, mut sealer) = sealed.map_err(|_| CarryError::Cryptography)?;
    let mut out = Hashing { out, hash: Context::new(&SHA256) };
    let head = head(header, recipient, &encapsulated.0)?;
    out.all(MAGIC)?;
    out.block(head.as_bytes())?;
    let mut written = 0_usize;
    for entry in entries {
        let entry = entry?;
        if written >= limits::ENTRIES_MAX {
            return Err(CarryError::TooLarge("entries").into());
        }
        let sealed = sealer.seal(&bound(header.file), &entry).map_err(|_| CarryError::Cryptography)?;
        if sealed.len() > limits::ENTRY_BYTES_MAX as usize {
            return Err(CarryError::TooLarge("an entry").into());
        }
        out.block(&sealed)?;
        written += 1;
    }
    out.all(&0_u32.to_be_bytes())?;
    let Hashing { out, hash } = out;
    let signed = signer.sign(super::read::PURPOSE, hash.finish().as_ref())?;
    let mut tail = signed.scheme.to_be_bytes().to_vec();
    push_block(&mut tail, &signed.signature)?;
    let count = u16::try_from(signed.chain.len()).map_err(|_| CarryError::TooLarge("certificates"))?;
    tail.extend_from_slice(&count.to_be_bytes());
    for certificate in &signed.chain {
        push_block(&mut tail, certificate)?;
    }
    out.write_all(&tail).map_err(CarryError::from)?;
    out.flush().map_err(CarryError::from)?;
    Ok(written)
}

/// The head as JSON. Its texts are restricted so that nothing needs escaping.
fn head(header: &Header, recipient: &RecipientKey, encapsulated: &[u8]) -> Result<String, CarryError> {
    let plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if !plain(&header.sender) || !plain(&header.created_at) {
        return Err(CarryError::Form("a text of its head"));
    }
    let text = format!(
        "{{\"version\":1,\"file\":\"{}\",\"sender\":\"{}\",\"created_at\":\"{}\",\"recipient\":\"{}\",\"encapsulated\":\"{}\"}}",
        header.file,
        header.sender,
        header.created_at,
        recipient.to_hex(),
        to_hex(encapsulated),
    );
    if text.len() > limits::HEADER_BYTES_MAX as usize { Err(CarryError::TooLarge("head")) } else { Ok(text) }
}

fn push_block(to: &mut Vec<u8>, bytes: &[u8]) -> Result<(), CarryError> {
    let length = u32::try_from(bytes.len()).map_err(|_| CarryError::TooLarge("a part"))?;
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(bytes);
    Ok(())
}

/// Writes and hashes the same bytes.
struct Hashing<'a, W: Write> {
    out: &'a mut W,
    hash: Context,
}

impl<W: Write> Hashing<'_, W> {
    fn all(&mut self, bytes: &[u8]) -> Result<(), CarryError> {
        self.hash.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    fn block(&mut self, bytes: &[u8]) -> Result<(), CarryError> {
        let length = u32::try_from(bytes.len()).map_err(|_| CarryError::TooLarge("a part"))?;
        self.all(&length.to_be_bytes())?;
        self.all(bytes)
    }
}
