//! Whether something an SBI device says was signed by that device, and whether the site trusts who vouches for it.
//!
//! A signed part is a compact JSON web signature. The algorithm is fixed to RS256, never taken from the header. The
//! first certificate in the header is the signer's; from there a complete path must lead to an authority that the
//! site configured: signatures, dates, basic constraints and path lengths are checked by `webpki`, not here. There are
//! two roles with authorities of their own: the device's key signs information and images, and at level L1 the chip's
//! key signs the identity.
//!
//! Left out on purpose: revocation lists; the specification has none, device keys live about a month.
//! Clauses: RFC 7515 (3.1, 4.1.6), RFC 5280 (6.1), SBI 0.9.5 "Trust".

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::aws_lc_rs as algorithms;

use crate::limits;

/// Why something signed is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Distrust {
    #[error("it is no signed statement")]
    Form,
    #[error("it is signed by another method than RS256")]
    Method,
    #[error("its signature brings no usable certificate")]
    NoCertificate,
    #[error("its certificate has expired; renew the device's key")]
    Expired,
    #[error("its certificate is not valid yet; check the kiosk's clock, then the device's")]
    NotYetValid,
    #[error("its certificate does not lead to an authority of this site; check device_ca and chip_ca")]
    UnknownAuthority,
    #[error("its signature is wrong")]
    Signature,
    #[error("its signed content cannot be read")]
    Content,
    #[error("its certificate was made for another device")]
    OtherDevice,
    #[error("the identity inside is not that of this device")]
    OtherIdentity,
    #[error("it answers another request")]
    OtherRequest,
    #[error("it belongs to another environment or purpose")]
    OtherPurpose,
    #[error("its time is not that of this capture; check the clocks of kiosk and device")]
    OtherTime,
    #[error("its chain of hashes is broken")]
    Chain,
    #[error("it claims level L1, and no chip_ca is configured")]
    NoChipAuthority,
}

/// Authorities that the site trusts for one role.
#[derive(Clone)]
pub struct Authorities {
    anchors: Vec<TrustAnchor<'static>>,
    between: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Reads a PEM file: certificates that signed themselves are anchors, the others may stand between a device and
    /// an anchor.
    ///
    /// # Errors
    /// A sentence for the person who configured it.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let (mut anchors, mut between) = (Vec::new(), Vec::new());
        for der in CertificateDer::pem_slice_iter(pem) {
            let der = der.map_err(|_| "the file of authorities is no PEM file")?;
            let (_, parsed) = x509_parser::parse_x509_certificate(&der)
                .map_err(|_| "the file of authorities has a certificate that cannot be read")?;
            if parsed.issuer() != parsed.subject() {
                between.push(der.clone());
                continue;
            }
            let anchor = webpki::anchor_from_trusted_cert(&der)
                .map_err(|_| "the file of authorities has a certificate that cannot be an authority")?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err("the file of authorities has no certificate that signed itself".to_owned());
        }
        Ok(Self { anchors, between })
    }
}

/// Something signed that is believed.
pub(super) struct Statement {
    pub(super) payload: Vec<u8>,
    /// Common name and serial number in the subject of the signer's certificate.
    pub(super) signer: Vec<String>,
}

impl Statement {
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Distrust> {
        serde_json::from_slice(&self.payload).map_err(|_| Distrust::Content)
    }
}

/// Checks signature and certificate path at this instant.
pub(super) fn believe(signed: &str, trusted: &Authorities, now: Timestamp) -> Result<Statement, Distrust> {
    let mut parts = signed.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Distrust::Form);
    };
    let header: Header = serde_json::from_slice(&decode(head)?).map_err(|_| Distrust::Form)?;
    if header.alg != "RS256" {
        return Err(Distrust::Method);
    }
    let mut chain = Vec::new();
    for text in header.x5c.iter().take(limits::SBI_CERTIFICATES_MAX) {
        let der = STANDARD.decode(text).map_err(|_| Distrust::NoCertificate)?;
        chain.push(CertificateDer::from(der));
    }
    let (leaf, brought) = chain.split_first().ok_or(Distrust::NoCertificate)?;
    let certificate = webpki::EndEntityCert::try_from(leaf).map_err(|_| Distrust::NoCertificate)?;
    let between: Vec<_> = trusted.between.iter().chain(brought).cloned().collect();
    let seconds = u64::try_from(now.as_second()).map_err(|_| Distrust::NotYetValid)?;
    let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    certificate
        .verify_for_usage(PATH_ALGORITHMS, &trusted.anchors, &between, at, AnyPurpose, None, None)
        .map_err(|error| match error {
            webpki::Error::CertExpired { .. } => Distrust::Expired,
            webpki::Error::CertNotValidYet { .. } => Distrust::NotYetValid,
            _ => Distrust::UnknownAuthority,
        })?;
    let covered = signed.get(..head.len() + 1 + body.len()).ok_or(Distrust::Form)?;
    certificate
        .verify_signature(algorithms::RSA_PKCS1_2048_8192_SHA256, covered.as_bytes(), &decode(signature)?)
        .map_err(|_| Distrust::Signature)?;
    Ok(Statement { payload: decode(body)?, signer: names(leaf)? })
}

#[derive(serde::Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    x5c: Vec<String>,
}

fn decode(part: &str) -> Result<Vec<u8>, Distrust> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| Distrust::Form)
}

/// Names in the subject by which a certificate can be tied to a device.
fn names(leaf: &CertificateDer<'_>) -> Result<Vec<String>, Distrust> {
    let (_, parsed) = x509_parser::parse_x509_certificate(leaf).map_err(|_| Distrust::NoCertificate)?;
    let subject = parsed.subject();
    let serials = subject
        .iter_attributes()
        .filter(|attribute| *attribute.attr_type() == x509_parser::oid_registry::OID_X509_SERIALNUMBER);
    let named = subject.iter_common_name().chain(serials);
    Ok(named.filter_map(|attribute| attribute.as_str().ok()).map(str::to_owned).collect())
}

/// Certificates of devices carry no purpose that the specification names, so none is asked for.
struct AnyPurpose;

impl webpki::ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: webpki::KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        purposes.into_iter().try_for_each(|purpose| purpose.map(|_| ()))
    }
}

/// How authorities may sign certificates.
static PATH_ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
];
