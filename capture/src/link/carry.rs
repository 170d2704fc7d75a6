//! Cases that travel by hand: out in a file sealed for the gateway, receipts back in a file signed by it.
//!
//! The way is another one, the proof is the same: a case is erased only after a receipt for exactly its bytes has
//! verified. A file that is lost costs nothing, one that is handed in twice changes nothing.

use std::io::Write;

use jiff::Timestamp;
use journal::carry::{self, CarryError, Header, RecipientKey, Signer};
use serde::Deserialize;
use uuid::Uuid;

use super::{Link, LinkError, ReceiptKey, bounded, error, refusal};
use crate::error::Error;
use crate::limits;

/// The gateway's key for carried files, as it publishes it, signed with its receipt key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryingKey {
    /// The key.
    pub recipient: RecipientKey,
    /// As it came, for keeping.
    pub json: String,
}

/// What a receipts file says.
#[derive(Debug)]
pub struct CarriedReceipts {
    /// Which carried file it answers.
    pub file: Uuid,
    /// Per message: its identifier, and a receipt or why it was not taken.
    pub results: Vec<(Uuid, Result<String, String>)>,
    /// Answers of the central system, as XML.
    pub answers: Vec<String>,
}

impl CarryingKey {
    /// Reads and verifies what the gateway published, or what was kept of it.
    pub fn verify(json: &[u8], key: &dyn ReceiptKey) -> Result<Self, LinkError> {
        let broken = |detail: &str| LinkError::ReceiptInvalid {
            detail: format!("its key for carried files: {detail}"),
        };
        let read: Published = serde_json::from_slice(json).map_err(|_| broken("it does not read"))?;
        let signature = from_hex(&read.signature).ok_or_else(|| broken("its signature does not read"))?;
        if read.key_id != key.key_id()
            || !key.verifies(format!("{KEY_PURPOSE}\0{}", read.key).as_bytes(), &signature)
        {
            return Err(broken("its signature does not verify"));
        }
        let recipient = RecipientKey::from_hex(&read.key).ok_or_else(|| broken("it is no key"))?;
        Ok(Self { recipient, json: String::from_utf8_lossy(json).into_owned() })
    }
}

impl CarriedReceipts {
    /// Reads and verifies a receipts file that came back for this kiosk.
    pub fn verify(bytes: &[u8], kiosk_id: &str, key: &dyn ReceiptKey) -> Result<Self, LinkError> {
        let broken =
            |detail: &str| LinkError::ReceiptInvalid { detail: format!("the receipts file: {detail}") };
        if bytes.len() > limits::RECEIPTS_FILE_BYTES_MAX {
            return Err(broken("it is too large"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| broken("it is not UTF-8"))?;
        let (line, rest) = text.split_once('\n').ok_or_else(|| broken("it is cut off"))?;
        let signature = from_hex(rest.trim_end()).ok_or_else(|| broken("it is cut off"))?;
        if !key.verifies(format!("{RECEIPTS_PURPOSE}\0{line}").as_bytes(), &signature) {
            return Err(broken("its signature does not verify"));
        }
        let read: ReceiptsLine = serde_json::from_str(line).map_err(|_| broken("it does not read"))?;
        if read.version != 1 || read.kiosk != kiosk_id {
            return Err(broken("it is for another kiosk"));
        }
        let results = read.results.into_iter().filter_map(|result| {
            let told = match (result.receipt, result.refused) {
                (Some(receipt), _) => Ok(receipt),
                (None, Some(refused)) => Err(format!("{}: {}", refused.code, refused.title)),
                (None, None) => return None,
            };
            Some((result.message_id?, told))
        });
        Ok(Self { file: read.file, results: results.collect(), answers: read.answers })
    }
}

/// Writes a carried file; `entries` gives envelope and container of one case after another.
pub fn write_file(
    out: &mut impl Write,
    file: Uuid,
    kiosk_id: &str,
    recipient: &RecipientKey,
    entries: impl Iterator<Item = Result<(String, Vec<u8>), Error>>,
    signer: &Signer,
) -> Result<usize, Error> {
    let header = Header { file, sender: kiosk_id.to_owned(), created_at: Timestamp::now().to_string() };
    let entries = entries.map(|entry| {
        let (envelope, container) = entry?;
        let length = u32::try_from(envelope.len()).map_err(|_| CarryError::TooLarge("an envelope"))?;
        Ok::<_, Error>([&length.to_be_bytes(), envelope.as_bytes(), &container].concat())
    });
    carry::write(out, &header, recipient, entries, signer)
}

impl Link {
    /// Fetches the gateway's key for carried files.
    pub async fn carrying_key(&self) -> Result<CarryingKey, LinkError> {
        let request = self.http.get(self.address("v1/carrying-key")?).timeout(limits::CONNECT_TIMEOUT * 2);
        let response = request.send().await.map_err(|error| error::from_reqwest(&error))?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        CarryingKey::verify(&bounded(response).await?, self.key.as_ref())
    }
}

#[derive(Deserialize)]
struct Published {
    key: String,
    signature: String,
    key_id: String,
}

#[derive(Deserialize)]
struct ReceiptsLine {
    version: u32,
    file: Uuid,
    #[serde(rename = "for")]
    kiosk: String,
    results: Vec<ResultLine>,
    answers: Vec<String>,
}

#[derive(Deserialize)]
struct ResultLine {
    message_id: Option<Uuid>,
    receipt: Option<String>,
    refused: Option<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
    title: String,
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

const KEY_PURPOSE: &str = "eurodac-carrying-key-1";
const RECEIPTS_PURPOSE: &str = "eurodac-carried-receipts-1";
