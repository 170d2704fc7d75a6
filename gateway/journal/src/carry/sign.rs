//! Signing with the key of a certificate, and checking it with the certificate.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::SignatureScheme;
use rustls::crypto::aws_lc_rs::{default_provider, sign};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use webpki::EndEntityCert;

use super::CarryError;

/// A certificate chain and its key.
#[derive(Clone)]
pub struct Signer {
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
}

/// A signature with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// TLS number of the signature scheme.
    pub scheme: u16,
    /// The signature.
    pub signature: Vec<u8>,
    /// The signer's chain, its own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
}

impl Signer {
    /// Reads chain and key, both PEM.
    ///
    /// # Errors
    /// [`CarryError::SigningKey`].
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CarryError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|_| CarryError::SigningKey)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CarryError::SigningKey)?;
        let key = sign::any_supported_type(&key).map_err(|_| CarryError::SigningKey)?;
        if chain.is_empty() { Err(CarryError::SigningKey) } else { Ok(Self { chain, key }) }
    }

    /// Signs `message`; `purpose` keeps a signature for one thing from being shown for another.
    ///
    /// # Errors
    /// [`CarryError::SigningKey`].
    pub fn sign(&self, purpose: &str, message: &[u8]) -> Result<Signed, CarryError> {
        let signer = self.key.choose_scheme(&OFFERED).ok_or(CarryError::SigningKey)?;
        let signature = signer.sign(&text(purpose, message)).map_err(|_| CarryError::SigningKey)?;
        Ok(Signed { scheme: signer.scheme().into(), signature, chain: self.chain.clone() })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

/// Whether the first certificate of the chain signed `message` for `purpose`. Whether that certificate is to be
/// believed is not asked here.
///
/// # Errors
/// [`CarryError::Signature`].
pub fn verify_signature(purpose: &str, message: &[u8], signed: &Signed) -> Result<(), CarryError> {
    let certificate = signed.chain.first().ok_or(CarryError::Signature)?;
    let certificate = EndEntityCert::try_from(certificate).map_err(|_| CarryError::Signature)?;
    let scheme = SignatureScheme::from(signed.scheme);
    if !OFFERED.contains(&scheme) {
        return Err(CarryError::Signature);
    }
    let provider = default_provider().signature_verification_algorithms;
    let known = provider.mapping.iter().find(|(known, _)| *known == scheme);
    let algorithms = known.map(|(_, algorithms)| *algorithms).unwrap_or_default();
    let text = text(purpose, message);
    let holds = |algorithm: &&'static dyn rustls::pki_types::SignatureVerificationAlgorithm| {
        certificate.verify_signature(*algorithm, &text, &signed.signature).is_ok()
    };
    if algorithms.iter().any(holds) { Ok(()) } else { Err(CarryError::Signature) }
}

fn text(purpose: &str, message: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(purpose.len() + 33);
    text.extend_from_slice(purpose.as_bytes());
    text.push(0);
    text.extend_from_slice(digest::digest(&digest::SHA256, message).as_ref());
    text
}

/// What this product's authorities issue keys for; no SHA-1, no PKCS#1 padding of the old kind.
const OFFERED: [SignatureScheme; 6] = [
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
];
