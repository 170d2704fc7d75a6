//! A throw-away certificate authority: one root and leaf certificates for machines and operators.
//!
//! Subjects follow the rule of the real chain: the party's number (OIN, kiosk id, staff card) is the subject
//! serial number (OID 2.5.4.5). Left out on purpose: revocation lists and intermediate authorities, which the
//! throw-away site does not need.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber,
};

use crate::Error;

/// A certificate authority that lives as long as this value.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
}

impl Authority {
    /// A new root with its own key.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn new(name: &str) -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        validity(&mut params, Validity::Now);
        let certificate_pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate_pem })
    }

    /// The root certificate, to be trusted by both ends.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// A leaf for `party`, valid for TLS as server (under the given host names) and as client.
    ///
    /// # Errors
    /// When the key cannot be made or a host name is not valid.
    pub fn issue(&self, party: &str, name: &str, hosts: &[&str], when: Validity) -> Result<Leaf, Error> {
        let key = KeyPair::generate()?;
        let mut params =
            CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())?;
        params.distinguished_name.push(DnType::CommonName, name);
        params
            .distinguished_name
            .push(DnType::from_oid(SUBJECT_SERIAL_NUMBER), DnValue::Utf8String(party.to_owned()));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.serial_number = Some(SerialNumber::from_slice(uuid::Uuid::new_v4().as_bytes()));
        validity(&mut params, when);
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Leaf { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }
}

/// When a certificate is valid, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// From yesterday for a month.
    Now,
    /// Ended an hour ago: for tests that expect a refusal.
    Ended,
}

/// A certificate and its private key, both PEM.
pub struct Leaf {
    /// The certificate.
    pub certificate_pem: String,
    /// The private key (PKCS#8).
    pub key_pem: String,
}

fn validity(params: &mut CertificateParams, when: Validity) {
    let now = std::time::SystemTime::now();
    let day = Duration::from_secs(24 * 3600);
    let (from, until) = match when {
        Validity::Now => (now - day, now + 30 * day),
        Validity::Ended => (now - 2 * day, now - Duration::from_secs(3600)),
    };
    params.not_before = from.into();
    params.not_after = until.into();
}

const SUBJECT_SERIAL_NUMBER: &[u64] = &[2, 5, 4, 5];
