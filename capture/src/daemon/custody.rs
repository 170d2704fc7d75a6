//! The custody line: how many cases this kiosk has taken, how many are still here, how many are proven to be with the
//! gateway; signed with the key of the kiosk's certificate, so that it can be shown to somebody who was not there.
//!
//! "Confirmed" counts verified receipts only. "Captured" counts sealed cases, also those that are not listed any more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use journal::carry::{CarryError, Signed, Signer, verify_signature};
use serde::{Deserialize, Serialize};

use super::snapshot::HomeSnapshot;

/// A custody statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// The kiosk.
    pub kiosk: String,
    /// When it was said.
    pub at: Timestamp,
    /// Cases that were sealed here, ever.
    pub captured: u64,
    /// Sealed cases that are here without a verified receipt.
    pub here: u64,
    /// Cases with a verified receipt, ever.
    pub confirmed: u64,
    /// When the oldest of those that are here was sealed.
    pub oldest_sealed_at: Option<Timestamp>,
}

/// A statement with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCustody {
    /// The statement.
    pub custody: Custody,
    /// In words.
    pub line: String,
    /// TLS number of the signature scheme.
    pub scheme: u16,
    /// Signature over the statement's canonical text, base64.
    pub signature: String,
    /// The kiosk's chain, DER in base64, its own certificate first.
    pub certificates: Vec<String>,
}

impl Custody {
    pub(super) fn of(kiosk: &str, home: &HomeSnapshot) -> Self {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let (here, listed) = (count(home.to_send.len()), count(home.confirmed.len()));
        let sealed = home.to_send.iter().filter_map(|row| row.delivery.as_ref()?.sealed_at);
        let confirmed = listed + home.retired;
        Self {
            kiosk: kiosk.to_owned(),
            at: home.now,
            captured: here + confirmed,
            here,
            confirmed,
            oldest_sealed_at: sealed.min(),
        }
    }

    /// "14 captured, 14 here, 0 confirmed, oldest 2 d 4 h".
    #[must_use]
    pub fn line(&self) -> String {
        let Self { captured, here, confirmed, .. } = self;
        let oldest = self.oldest_sealed_at.map(|at| {
            let minutes = self.at.duration_since(at).as_secs().max(0) / 60;
            let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
            match (days, hours) {
                (0, 0) => format!(", oldest {minutes} min"),
                (0, _) => format!(", oldest {hours} h {minutes} min"),
                _ => format!(", oldest {days} d {hours} h"),
            }
        });
        format!("{captured} captured, {here} here, {confirmed} confirmed{}", oldest.unwrap_or_default())
    }

    /// Signs the statement.
    pub fn sign(self, signer: &Signer) -> Result<SignedCustody, CarryError> {
        let Signed { scheme, signature, chain } = signer.sign(PURPOSE, self.text().as_bytes())?;
        let certificates = chain.iter().map(|certificate| STANDARD.encode(certificate)).collect();
        let line = self.line();
        Ok(SignedCustody { custody: self, line, scheme, signature: STANDARD.encode(signature), certificates })
    }

    fn text(&self) -> String {
        let Self { kiosk, at, captured, here, confirmed, oldest_sealed_at } = self;
        let oldest = oldest_sealed_at.map(|at| at.to_string()).unwrap_or_default();
        format!("{kiosk}\n{at}\n{captured}\n{here}\n{confirmed}\n{oldest}\n")
    }
}

impl SignedCustody {
    /// Whether the first certificate signed exactly this, and the words are those of the figures. Whether that
    /// certificate is to be believed is the caller's to ask.
    pub fn verify(&self) -> Result<(), CarryError> {
        let decode = |text: &String| STANDARD.decode(text).map_err(|_| CarryError::Signature);
        let chain: Result<Vec<_>, _> =
            self.certificates.iter().map(|der| decode(der).map(Into::into)).collect();
        let signed = Signed { scheme: self.scheme, signature: decode(&self.signature)?, chain: chain? };
        verify_signature(PURPOSE, self.custody.text().as_bytes(), &signed)?;
        if self.line == self.custody.line() { Ok(()) } else { Err(CarryError::Signature) }
    }
}

const PURPOSE: &str = "eurodac-custody-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_reads_as_promised() {
        let at: Timestamp = "2026-07-03T14:30:00Z".parse().expect("an instant");
        let mut custody = Custody {
            kiosk: "kiosk-1".into(),
            at,
            captured: 14,
            here: 14,
            confirmed: 0,
            oldest_sealed_at: "2026-07-01T10:00:00Z".parse().ok(),
        };
        assert_eq!(custody.line(), "14 captured, 14 here, 0 confirmed, oldest 2 d 4 h");
        custody.oldest_sealed_at = "2026-07-03T13:25:00Z".parse().ok();
        assert_eq!(custody.line(), "14 captured, 14 here, 0 confirmed, oldest 1 h 5 min");
        custody.oldest_sealed_at = None;
        assert_eq!(custody.line(), "14 captured, 14 here, 0 confirmed");
    }
}
