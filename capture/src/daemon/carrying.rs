//! Cases that leave and receipts that come back by hand: what the core does, and what the command line does with the
//! store alone while the daemon is stopped.

use std::io::Write;

use icd::message::Message;
use jiff::Timestamp;
use journal::carry::{RecipientKey, Signer};
use uuid::Uuid;

use super::handle::SendJob;
use super::sealing;
use super::site::{GatewayKey, Site};
use crate::error::{Error, StoreError};
use crate::link::{self, CarriedReceipts, CarryingKey, ReceiptKey, Sent, VerifiedReceipt};
use crate::store::{Delivery, DeliveryRecord, DeliveryStep, Store};

/// What came of a receipts file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CarriedIn {
    /// Cases whose receipt verified; they are erased here.
    pub confirmed: usize,
    /// Cases that had been confirmed before, over the network or by an earlier file.
    pub known: usize,
    /// Cases that the gateway did not take; they are kept and held.
    pub held: usize,
    /// Answers that were stored.
    pub answers: usize,
}

/// What is sent of a case. The first try fixes the envelope, by whichever way it goes; later ones repeat it, so that a
/// case that travels two ways is one message.
pub(super) fn job(
    store: &mut Store,
    case: Uuid,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<SendJob, Error> {
    let message_id = delivery.facts.as_ref().map(|facts| facts.message_id).ok_or(StoreError::NoCase)?;
    let (container, mut envelope) = store.sealed(case)?;
    if delivery.sent_at.is_none() {
        envelope = sealing::envelope_sent_at(&envelope, now)?;
        store.replace_envelope(case, &envelope)?;
    }
    Ok(SendJob { message_id, envelope, container })
}

/// A receipt that came by file, verified against what was sent.
pub(super) fn receipt(
    store: &Store,
    case: Uuid,
    message_id: Uuid,
    xml: &str,
    key: &dyn ReceiptKey,
) -> Result<VerifiedReceipt, Error> {
    let (container, envelope) = store.sealed(case)?;
    let sent = Sent { message_id, envelope: envelope.as_bytes(), container: &container };
    Ok(VerifiedReceipt::verify(xml.as_bytes(), &sent, key)?)
}

/// The gateway's key, as it was kept at the last contact.
pub(super) fn kept_key(storage: &std::path::Path, key: &dyn ReceiptKey) -> Result<RecipientKey, Error> {
    let json = std::fs::read(storage.join(KEY_FILE)).map_err(|_| StoreError::NoCarryingKey)?;
    Ok(CarryingKey::verify(&json, key)?.recipient)
}

/// Keeps the gateway's key for the days without a network.
pub(super) fn keep_key(storage: &std::path::Path, key: &CarryingKey) -> std::io::Result<()> {
    let growing = storage.join("carrying-key.growing");
    std::fs::write(&growing, &key.json)?;
    std::fs::rename(growing, storage.join(KEY_FILE))
}

/// Writes every unconfirmed case of a stopped kiosk into a carried file; gives how many.
pub fn export(site: Site, out: &mut impl Write, now: Timestamp) -> Result<usize, Error> {
    let key = GatewayKey(site.receipt_key);
    let recipient = kept_key(&site.storage, &key)?;
    let signer = Signer::from_pem(&site.link.certificate_pem, &site.link.key_pem)?;
    let (mut store, recovered) = Store::open(&site.storage, site.site_key, site.journal)?;
    let unconfirmed = |delivery: &Delivery| !delivery.is_confirmed() && delivery.held.is_none();
    let mut cases: Vec<_> = recovered
        .cases
        .into_iter()
        .filter_map(|found| Some((found.case, found.delivery.filter(unconfirmed)?)))
        .collect();
    cases.sort_by_key(|(_, delivery)| delivery.facts.as_ref().map(|facts| facts.clock_start));
    let file = Uuid::now_v7();
    let entries = cases.iter().map(|(case, delivery)| {
        let job = job(&mut store, *case, delivery, now)?;
        store.append_delivery(*case, &DeliveryRecord { at: now, step: DeliveryStep::Sent })?;
        Ok((job.envelope, job.container))
    });
    let kiosk_id = site.config.kiosk_id.as_str();
    let written = link::write_file(out, file, kiosk_id, &recipient, entries, &signer)?;
    for (case, _) in &cases {
        store.append_delivery(*case, &DeliveryRecord { at: now, step: DeliveryStep::Carried { file } })?;
    }
    Ok(written)
}

/// Takes a receipts file into a stopped kiosk.
pub fn import(site: Site, receipts: &[u8], now: Timestamp) -> Result<CarriedIn, Error> {
    let key = GatewayKey(site.receipt_key);
    let read = CarriedReceipts::verify(receipts, site.config.kiosk_id.as_str(), &key)?;
    let (mut store, recovered) = Store::open(&site.storage, site.site_key, site.journal)?;
    let mut deliveries: Vec<(Uuid, Delivery)> =
        recovered.cases.into_iter().filter_map(|found| Some((found.case, found.delivery?))).collect();
    let mut done = CarriedIn::default();
    for (message_id, told) in &read.results {
        let of_message = |(_, delivery): &&mut (Uuid, Delivery)| is_of(delivery, *message_id);
        let Some((case, delivery)) = deliveries.iter_mut().find(of_message) else { continue };
        if delivery.is_confirmed() {
            done.known += 1;
            continue;
        }
        let (step, receipt) = match told {
            Ok(xml) => {
                let receipt = receipt(&store, *case, *message_id, xml, &key)?;
                done.confirmed += 1;
                (DeliveryStep::Acknowledged { receipt_xml: receipt.xml().to_owned() }, Some(receipt))
            }
            Err(detail) => {
                done.held += 1;
                (DeliveryStep::Held { code: HELD_CODE.to_owned(), detail: detail.clone() }, None)
            }
        };
        let record = DeliveryRecord { at: now, step };
        store.append_delivery(*case, &record)?;
        delivery.apply(&record);
        if let Some(receipt) = receipt {
            store.erase(*case, &receipt)?;
        }
    }
    for xml in &read.answers {
        let Ok(Message::Answer(answer)) = Message::from_xml(xml.as_bytes()) else { continue };
        let replied = answer.in_reply_to.as_uuid();
        let Some((case, _)) = deliveries.iter().find(|(_, delivery)| is_of(delivery, replied)) else {
            continue;
        };
        let step = DeliveryStep::Answered { answer_id: answer.answer_id.as_uuid(), answer_xml: xml.clone() };
        store.append_delivery(*case, &DeliveryRecord { at: now, step })?;
        done.answers += 1;
    }
    Ok(done)
}

pub(super) fn is_of(delivery: &Delivery, message_id: Uuid) -> bool {
    delivery.facts.as_ref().is_some_and(|facts| facts.message_id == message_id)
}

/// The code under which a case is held that the gateway did not take, by whichever way it went.
pub(super) const HELD_CODE: &str = "C-0604";
const KEY_FILE: &str = "carrying-key.json";
