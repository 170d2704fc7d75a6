//! Whether the answer to a capture is the device's own, is whole, and belongs to the request.
//!
//! Pure: answer, request and instant in, records or the reason out. Checked in this order, for each finger: the
//! service's refusal, the signature and its certificate path, the identity inside, transaction, environment, purpose,
//! time, the chain of hashes. One part that fails refuses the whole answer: a slap of which one finger was exchanged
//! is not a slap of this person.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

use super::chain::Chain;
use super::code::Refusal;
use super::trust::{Authorities, Distrust, believe};
use super::wire::{CaptureAnswer, CapturedData, DigitalId};
use crate::limits;
use crate::parameters::SBI_CLOCK_LEEWAY;

/// Which authorities the site trusts.
#[derive(Clone)]
pub(super) struct Trust {
    pub(super) device: Authorities,
    pub(super) chip: Option<Authorities>,
}

/// What a capture was asked with, as far as the answer must agree.
pub(super) struct Asked<'a> {
    pub(super) kind: &'static str,
    pub(super) transaction_id: &'a str,
    pub(super) environment: &'a str,
    pub(super) device_code: &'a str,
    pub(super) identity: &'a DigitalId,
    pub(super) level_one: bool,
    pub(super) chain: &'a Chain,
    pub(super) begun: Timestamp,
}

/// One believed record.
pub(super) struct Taken {
    /// For example "Left IndexFinger"; empty for a face.
    pub(super) sub_type: String,
    pub(super) record: Vec<u8>,
}

/// Why an answer is not used.
#[derive(Debug)]
pub(super) enum Wrong {
    Refused(Refusal),
    Distrusted(Distrust),
    Senseless(&'static str),
}

impl From<Distrust> for Wrong {
    fn from(distrust: Distrust) -> Self {
        Self::Distrusted(distrust)
    }
}

/// Believes an answer or says why not; gives the records and the chain after them.
pub(super) fn check(
    answer: &CaptureAnswer,
    asked: &Asked<'_>,
    trust: &Trust,
    now: Timestamp,
) -> Result<(Vec<Taken>, Chain), Wrong> {
    if let Some(refusal) = answer.error.as_ref().and_then(|trouble| Refusal::of(&trouble.code)) {
        return Err(Wrong::Refused(refusal));
    }
    if answer.biometrics.is_empty() {
        return Err(Wrong::Senseless("the answer holds nothing"));
    }
    if answer.biometrics.len() > limits::SBI_RECORDS_MAX {
        return Err(Wrong::Senseless("the answer holds more than ten fingers"));
    }
    let mut chain = asked.chain.clone();
    let mut taken = Vec::new();
    for part in &answer.biometrics {
        if let Some(refusal) = part.error.as_ref().and_then(|trouble| Refusal::of(&trouble.code)) {
            return Err(Wrong::Refused(refusal));
        }
        let statement = believe(&part.data, &trust.device, now)?;
        if !statement.signer.iter().any(|name| name == asked.device_code) {
            return Err(Distrust::OtherDevice.into());
        }
        let data: CapturedData = statement.read()?;
        agree(&data, asked, trust, now)?;
        let value = data.bio_value.trim_end_matches('=');
        let record = URL_SAFE_NO_PAD
            .decode(value)
            .or_else(|_| STANDARD.decode(&data.bio_value))
            .map_err(|_| Wrong::Senseless("a record cannot be read"))?;
        chain = chain.with(&record);
        if !part.hash.eq_ignore_ascii_case(&chain.text()) {
            return Err(Distrust::Chain.into());
        }
        if taken.iter().any(|other: &Taken| other.sub_type == data.bio_sub_type) {
            return Err(Wrong::Senseless("one finger came twice"));
        }
        taken.push(Taken { sub_type: data.bio_sub_type, record });
    }
    Ok((taken, chain))
}

fn agree(data: &CapturedData, asked: &Asked<'_>, trust: &Trust, now: Timestamp) -> Result<(), Distrust> {
    if data.device_code != asked.device_code {
        return Err(Distrust::OtherDevice);
    }
    if identity(&data.digital_id, asked.level_one, trust, now)? != *asked.identity {
        return Err(Distrust::OtherIdentity);
    }
    if data.transaction_id != asked.transaction_id || !data.bio_type.eq_ignore_ascii_case(asked.kind) {
        return Err(Distrust::OtherRequest);
    }
    if !data.env.eq_ignore_ascii_case(asked.environment) || !data.purpose.eq_ignore_ascii_case("Registration")
    {
        return Err(Distrust::OtherPurpose);
    }
    let at: Timestamp = data.timestamp.parse().map_err(|_| Distrust::OtherTime)?;
    let leeway: SignedDuration = SBI_CLOCK_LEEWAY;
    if at + leeway < asked.begun || at > now + leeway {
        return Err(Distrust::OtherTime);
    }
    Ok(())
}

/// The identity inside, signed by the chip at level L1 and by the device at L0.
pub(super) fn identity(
    signed: &str,
    level_one: bool,
    trust: &Trust,
    now: Timestamp,
) -> Result<DigitalId, Distrust> {
    let authorities =
        if level_one { trust.chip.as_ref().ok_or(Distrust::NoChipAuthority)? } else { &trust.device };
    believe(signed, authorities, now)?.read()
}
