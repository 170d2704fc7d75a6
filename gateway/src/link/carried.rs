//! Messages that come by hand: a sealed, signed file from a kiosk without a network, and receipts that go back in one.
//!
//! The file is believed for the same reason as a connection: its signer's certificate must chain to the authority of
//! clients, hold now, and name a partner by its serial number. Every message in it then goes the very way of a message
//! on the link: the same checks, the same journal, the same receipt. So a case that came over the network as well is
//! recognised and gets the same receipt, and a file that is handed in twice changes nothing.
//!
//! Files come through a folder of the storage ([`serve`], [`hand_in`]): `<name>.carry` in, `<name>.receipts` out. Who
//! may write there may hand in; the operating system guards that, the signature guards what is in it.
//!
//! Invariant: the receipts file is written after everything it speaks of is durable.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use icd::identifier::PartyId;
use icd::message::Message as Xml;
use jiff::Timestamp;
use journal::carry::{self, OpeningKey, RecipientKey, Verified};
use journal::seal::{CaseKey, binding};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{checks, problem::Problem};
use crate::engine::Refusal;
use crate::error::Error;
use crate::hub::{Hub, Who};
use crate::site::Site;
use crate::store::{CARRYING_KEY, Message};
use crate::{limits, tls};

/// Takes in one carried file; gives the receipts file that goes back.
///
/// # Errors
/// [`Error::Carried`] when nothing of the file may be used, else why it cannot be stored.
pub async fn take_in(hub: &Arc<Hub>, file: &Path) -> Result<Vec<u8>, Error> {
    let (site_hub, path) = (Arc::clone(hub), file.to_path_buf());
    let opened =
        spawn_blocking(move || open(site_hub.site(), &path)).await.map_err(|_| Error::Stopping)??;
    let Carried { verified, serial, key } = opened;
    let partner =
        hub.site().config.partner(&serial).cloned().ok_or_else(|| refused("its signer is no partner"))?;
    let (id, sender) = (verified.header.file, verified.header.sender.clone());
    if sender != partner.id.as_str() {
        return Err(refused("its head names another sender than its signature"));
    }
    let who = Who { origin: format!("carried file {id}"), actor: serial };
    let from = BufReader::new(File::open(file).map_err(|error| Error::file("carried file", file, &error))?);
    let entries = verified.open(from, &key).map_err(|error| refused(error.to_string()))?;
    let mut results = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| refused(error.to_string()))?;
        results.push(one(hub, &partner, &who, &entry).await?);
    }
    hub.record(&who, "carried-in", &format!("{} messages", results.len()), "done").await?;
    let party = PartyId::new(partner.id.as_str()).map_err(|_| refused("its sender"))?;
    let answers = hub.answers(&party, Duration::ZERO).await?;
    let answers: Vec<String> = answers.into_iter().map(|answer| Xml::Answer(answer).to_xml()).collect();
    Ok(receipts(hub.site(), id, &sender, results, answers))
}

/// One message of the file: a receipt, or why it was not taken.
async fn one(
    hub: &Arc<Hub>,
    partner: &firmware_config::Partner,
    who: &Who,
    entry: &[u8],
) -> Result<Value, Error> {
    let message = split(entry).ok_or_else(|| refused("an entry does not read"))?;
    let checked = match checks::check(hub.site(), partner, message, Timestamp::now()) {
        Ok(incoming) => incoming,
        Err(not_taken) => {
            let id = not_taken.message_id;
            let object = id.map_or_else(|| "carried message".to_owned(), |id| format!("message {id}"));
            hub.record(who, "refused", &object, not_taken.problem.code).await?;
            return Ok(json!({ "message_id": id, "refused": not_taken.problem }));
        }
    };
    let message_id = checked.message_id;
    match hub.accept(checked, who.clone()).await {
        Ok(taken) => Ok(json!({ "message_id": message_id, "receipt": Xml::Receipt(taken.receipt).to_xml() })),
        Err(Error::Refused(refusal)) if refusal != Refusal::Full => {
            let error = Error::Refused(refusal);
            let problem = Problem::from(error);
            hub.record(who, "refused", &format!("message {message_id}"), problem.code).await?;
            Ok(json!({ "message_id": message_id, "refused": problem }))
        }
        // Not now: nothing more is taken from this file, it is handed in again.
        Err(error) => Err(error),
    }
}

/// Four bytes with the length of the envelope, the envelope, the container.
fn split(entry: &[u8]) -> Option<Message> {
    let (length, rest) = entry.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (envelope, container) = rest.split_at_checked(length)?;
    let fits = envelope.len() <= limits::ENVELOPE_BYTES_MAX && container.len() <= limits::CONTAINER_BYTES_MAX;
    fits.then(|| Message { envelope: envelope.to_vec(), container: container.to_vec() })
}

/// The file that goes back: one line of JSON, one line with the receipt key's signature over it.
fn receipts(site: &Site, file: Uuid, sender: &str, results: Vec<Value>, answers: Vec<String>) -> Vec<u8> {
    let line = json!({
        "version": 1, "file": file, "for": sender, "issuer": site.issuer.as_str(), "made_at": Timestamp::now(),
        "results": results, "answers": answers,
    })
    .to_string();
    let signature = site.receipt_key.sign(format!("{RECEIPTS_PURPOSE}\0{line}").as_bytes()).to_bytes();
    let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{line}\n{signature}\n").into_bytes()
}

struct Carried {
    verified: Verified,
    serial: String,
    key: OpeningKey,
}

/// Verifies the whole file and whose it is.
fn open(site: &Site, path: &Path) -> Result<Carried, Error> {
    let file = File::open(path).map_err(|error| Error::file("carried file", path, &error))?;
    let verified = carry::verify(&mut BufReader::new(file)).map_err(|error| refused(error.to_string()))?;
    let own = verified.chain.first().ok_or_else(|| refused("it names no signer"))?;
    site.clients
        .verify(&verified.chain)
        .map_err(|error| refused(format!("the certificate of its signer is not accepted: {error}")))?;
    let serial = tls::subject_serial(own).ok_or_else(|| refused("its signer has no serial number"))?;
    let (key, recipient) = carrying_key(site)?;
    if verified.recipient != recipient {
        return Err(refused("it was sealed for another gateway, or for an earlier key of this one"));
    }
    Ok(Carried { verified, serial, key })
}

/// The key for which kiosks seal carried files; made when it is not there yet.
pub(super) fn carrying_key(site: &Site) -> Result<(OpeningKey, RecipientKey), Error> {
    let path = site.storage.join(CARRYING_KEY);
    let aad = binding(Uuid::nil(), "gateway-carrying-key-1");
    let site_key = site.site_key()?;
    if !path.exists() {
        let (key, recipient) = OpeningKey::generate().map_err(|error| refused(error.to_string()))?;
        let lock = CaseKey::generate()?;
        let mut bytes = recipient.to_hex().into_bytes();
        let wrapped = site_key.wrap(&lock, &aad)?;
        bytes.extend_from_slice(&u32::try_from(wrapped.len()).unwrap_or(0).to_be_bytes());
        bytes.extend_from_slice(&wrapped);
        bytes.extend_from_slice(&lock.seal(&aad, &key.to_bytes())?);
        let growing = path.with_extension("growing");
        let write = || {
            fs::create_dir_all(&site.storage)?;
            fs::write(&growing, &bytes)?;
            File::open(&growing)?.sync_all()?;
            // Two that make it at the same time must end with one key.
            match fs::hard_link(&growing, &path) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&growing),
            }?;
            File::open(&site.storage)?.sync_all()
        };
        write().map_err(|error| Error::storage(&site.storage, &error))?;
    }
    let bytes = crate::site::read_bounded("carrying key", &path)?;
    let damaged = || refused("the gateway's own carrying key is damaged; restore it from the backup");
    let (recipient, rest) = bytes.split_at_checked(64).ok_or_else(damaged)?;
    let recipient =
        std::str::from_utf8(recipient).ok().and_then(RecipientKey::from_hex).ok_or_else(damaged)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged())?;
    let (wrapped, sealed) = rest.split_at_checked(length).ok_or_else(damaged)?;
    let lock = site_key.unwrap(wrapped, &aad)?;
    Ok((OpeningKey::from_bytes(&lock.open(&aad, sealed)?), recipient))
}

/// What kiosks are told: the key, signed with the receipt key, as JSON.
pub(super) fn published(site: &Site) -> Result<Value, Error> {
    let (_, recipient) = carrying_key(site)?;
    let key = recipient.to_hex();
    let signature = site.receipt_key.sign(format!("{KEY_PURPOSE}\0{key}").as_bytes()).to_bytes();
    let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    let key_id = site.receipt_key.public_key().key_id().as_str().to_owned();
    Ok(json!({ "key": key, "signature": signature, "key_id": key_id }))
}

/// The folder through which files are handed in.
#[must_use]
pub fn folder(storage: &Path) -> PathBuf {
    storage.join("carried")
}

/// Looks into the folder for ever and takes in what is there.
pub(crate) async fn serve(hub: Arc<Hub>) {
    let folder = folder(&hub.site().storage);
    loop {
        let looking = folder.clone();
        let waiting = spawn_blocking(move || waiting(&looking)).await.unwrap_or_default();
        for file in waiting {
            let (answer, ending) = match take_in(&hub, &file).await {
                Ok(receipts) => (receipts, "receipts"),
                Err(error) => {
                    tracing::warn!(code = error.code(), "a carried file was not taken in");
                    (error.to_string().into_bytes(), "refused")
                }
            };
            let done = spawn_blocking(move || finish(&file, ending, &answer)).await;
            if !matches!(done, Ok(Ok(()))) {
                tracing::warn!(code = "G-0806", "the answer to a carried file could not be written");
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Hands a file in and waits for the receipts; for the command line, beside a running gateway.
///
/// # Errors
/// [`Error::Carried`] when it was refused or nobody took it in.
pub fn hand_in(storage: &Path, file: &Path, wait: Duration) -> Result<Vec<u8>, Error> {
    let folder = folder(storage);
    let failed = |error: std::io::Error| Error::storage(&folder, &error);
    fs::create_dir_all(&folder).map_err(failed)?;
    let place = folder.join(format!("{}.carry", Uuid::now_v7()));
    let growing = place.with_extension("growing");
    fs::copy(file, &growing).map_err(|error| Error::file("carried file", file, &error))?;
    fs::rename(&growing, &place).map_err(failed)?;
    let (good, bad) = (place.with_extension("receipts"), place.with_extension("refused"));
    let until = std::time::Instant::now() + wait;
    loop {
        if let Ok(receipts) = fs::read(&good) {
            fs::remove_file(&good).map_err(failed)?;
            return Ok(receipts);
        }
        if let Ok(reason) = fs::read_to_string(&bad) {
            fs::remove_file(&bad).map_err(failed)?;
            return Err(Error::Carried { reason });
        }
        if std::time::Instant::now() > until {
            // Taken back, so that nothing is taken in behind the back of whoever was told that nothing happened.
            return match fs::remove_file(&place) {
                Ok(()) => {
                    Err(refused("no running gateway took it in; start the gateway and hand it in again"))
                }
                Err(_) => Err(refused(
                    "it is being taken in but is not finished; hand it in again to get the receipts",
                )),
            };
        }
        std::thread::sleep(LOOK_EVERY / 4);
    }
}

fn waiting(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "carry"))
        .collect();
    // First in, first out: `hand_in` names files by their instant. Sorted before it is cut, or a late one could pass.
    files.sort();
    files.truncate(limits::CARRIED_FILES_PER_LOOK_MAX);
    files
}

/// The answer is complete before it has its name, and the file goes only after it.
fn finish(file: &Path, ending: &str, answer: &[u8]) -> std::io::Result<()> {
    let growing = file.with_extension("answering");
    fs::write(&growing, answer)?;
    File::open(&growing)?.sync_all()?;
    fs::rename(&growing, file.with_extension(ending))?;
    fs::remove_file(file)
}

fn refused(reason: impl Into<String>) -> Error {
    Error::Carried { reason: reason.into() }
}

const RECEIPTS_PURPOSE: &str = "eurodac-carried-receipts-1";
const KEY_PURPOSE: &str = "eurodac-carrying-key-1";
const LOOK_EVERY: Duration = Duration::from_millis(400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_was_handed_in_first_is_taken_in_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let all = 3 * limits::CARRIED_FILES_PER_LOOK_MAX;
        // Written from the last to the first, so that the order of the folder is not the order of the names.
        for number in (0..all).rev() {
            fs::write(folder.path().join(format!("{number:04}.carry")), b"").expect("written");
            fs::write(folder.path().join(format!("{number:04}.growing")), b"").expect("written");
        }
        let names = |files: Vec<PathBuf>| -> Vec<String> {
            files.iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect()
        };
        let first = (0..limits::CARRIED_FILES_PER_LOOK_MAX).map(|number| format!("{number:04}.carry"));
        assert_eq!(names(waiting(folder.path())), first.collect::<Vec<_>>());
    }
}
