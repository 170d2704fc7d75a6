//! Keys and certificates of a device that does not exist.
//!
//! The same shape as a real one's: the adopter's authority vouches for the device's maker, the maker for the device's key;
//! another authority vouches for the chip. Made anew at every start; nothing of it is a secret worth keeping.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256, RsaKeySize,
    date_time_ymd,
};
use serde_json::{Value, json};

type Made<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A key with its certificates, able to sign.
pub struct Signer {
    pair: RsaKeyPair,
    chain: Vec<Vec<u8>>,
}

/// The years between which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Now.
    Current,
    /// Ended years ago.
    Past,
    /// Begins in years.
    Future,
}

/// Everything that signs for one device.
pub struct Keys {
    /// Authorities of devices' keys, PEM: the adopter's own and the maker's.
    pub device_ca_pem: String,
    /// Authority of chips, PEM.
    pub chip_ca_pem: String,
    maker: Issuer<'static, KeyPair>,
    stranger: Issuer<'static, KeyPair>,
    device: KeyPair,
    /// The device's key.
    pub good: Signer,
    /// The chip's key.
    pub chip: Signer,
}

impl Keys {
    /// Makes all keys for a device with this serial number.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn make(serial: &str) -> Made<Self> {
        let (adopter_pem, adopter) = authority("Adopter", None)?;
        let (maker_pem, maker) = authority("Maker", Some(&adopter))?;
        let (_, stranger) = authority("Stranger", None)?;
        let (chip_ca_pem, chips) = authority("Chips", None)?;
        let device = rsa()?;
        let good = Signer::issue(&device, serial, Validity::Current, &maker)?;
        let chip = Signer::issue(&rsa()?, &format!("chip of {serial}"), Validity::Current, &chips)?;
        let device_ca_pem = format!("{adopter_pem}{maker_pem}");
        Ok(Self { device_ca_pem, chip_ca_pem, maker, stranger, device, good, chip })
    }

    /// The device's key under a certificate with another validity or name.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn reissued(&self, name: &str, validity: Validity) -> Made<Signer> {
        Signer::issue(&self.device, name, validity, &self.maker)
    }

    /// The device's key, vouched for by an authority that nobody trusts.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn of_stranger(&self, name: &str) -> Made<Signer> {
        Signer::issue(&self.device, name, Validity::Current, &self.stranger)
    }
}

fn rsa() -> Made<KeyPair> {
    Ok(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?)
}

fn authority(
    name: &str,
    above: Option<&Issuer<'static, KeyPair>>,
) -> Made<(String, Issuer<'static, KeyPair>)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, format!("Virtual {name} Authority"));
    let certificate = match above {
        Some(above) => params.signed_by(&key, above)?,
        None => params.self_signed(&key)?,
    };
    Ok((certificate.pem(), Issuer::new(params, key)))
}

impl Signer {
    fn issue(key: &KeyPair, name: &str, validity: Validity, by: &Issuer<'static, KeyPair>) -> Made<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, name);
        let (from, until) = match validity {
            Validity::Current => (2020, 2090),
            Validity::Past => (2020, 2021),
            Validity::Future => (2089, 2090),
        };
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        let certificate = params.signed_by(key, by)?;
        let der = key.serialize_der();
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|error| error.to_string())?;
        Ok(Self { pair, chain: vec![certificate.der().to_vec()] })
    }

    /// A compact JSON web signature over a payload.
    #[must_use]
    pub fn sign(&self, payload: &Value) -> String {
        self.sign_as(payload, "RS256")
    }

    /// The same with another method in its header.
    #[must_use]
    pub fn sign_as(&self, payload: &Value, method: &str) -> String {
        let x5c: Vec<String> = self.chain.iter().map(|der| STANDARD.encode(der)).collect();
        let head = json!({ "alg": method, "typ": "JWT", "x5c": x5c });
        let covered = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(head.to_string()),
            URL_SAFE_NO_PAD.encode(payload.to_string())
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed =
            self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), covered.as_bytes(), &mut signature);
        if signed.is_err() {
            signature.clear();
        }
        format!("{covered}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
