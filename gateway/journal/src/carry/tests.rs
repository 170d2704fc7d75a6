//! A carried file is whole and for us, or it is nothing.

use std::io::Cursor;

use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair};

use super::*;

fn signer() -> Signer {
    let key = KeyPair::generate().expect("a key");
    let certificate =
        CertificateParams::new(Vec::new()).expect("parameters").self_signed(&key).expect("signed");
    Signer::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes()).expect("a signer")
}

fn header() -> Header {
    Header { file: Uuid::from_u128(7), sender: "kiosk-1".into(), created_at: "2026-07-01T10:00:00Z".into() }
}

fn written(entries: &[Vec<u8>], recipient: &RecipientKey, signer: &Signer) -> Vec<u8> {
    let mut file = Vec::new();
    let entries = entries.iter().cloned().map(Ok::<_, CarryError>);
    write(&mut file, &header(), recipient, entries, signer).expect("written");
    file
}

fn read(file: &[u8], key: &OpeningKey) -> Result<Vec<Vec<u8>>, CarryError> {
    let verified = verify(&mut Cursor::new(file))?;
    assert_eq!(verified.header, header());
    verified.open(Cursor::new(file), key)?.collect()
}

#[test]
fn what_was_written_is_read() {
    let (key, recipient) = OpeningKey::generate().expect("a pair");
    let entries = vec![b"one".to_vec(), vec![0; 300_000], b"three".to_vec()];
    let file = written(&entries, &recipient, &signer());
    assert_eq!(read(&file, &key).expect("read"), entries);
    assert_eq!(verify(&mut Cursor::new(&file)).expect("verified").entries(), 3);
    assert!(!file.windows(5).any(|window| window == b"three"), "an entry stands in the clear");
    let (kept, _) = (OpeningKey::from_bytes(&key.to_bytes()), ());
    assert_eq!(read(&file, &kept).expect("read").len(), 3);
}

#[test]
fn another_gateway_reads_nothing() {
    let (_, recipient) = OpeningKey::generate().expect("a pair");
    let (stranger, _) = OpeningKey::generate().expect("a pair");
    let file = written(&[b"one".to_vec()], &recipient, &signer());
    assert!(matches!(read(&file, &stranger), Err(CarryError::OtherRecipient)));
}

#[test]
fn a_cut_or_prolonged_file_gives_no_entry() {
    let (key, recipient) = OpeningKey::generate().expect("a pair");
    let file = written(&[b"one".to_vec(), b"two".to_vec()], &recipient, &signer());
    for length in 0..file.len() {
        assert!(read(&file[..length], &key).is_err(), "cut at {length}");
    }
    let mut longer = file;
    longer.push(0);
    assert!(read(&longer, &key).is_err());
}

#[test]
fn every_flipped_byte_is_noticed() {
    let (key, recipient) = OpeningKey::generate().expect("a pair");
    let file = written(&[b"one".to_vec(), b"two".to_vec()], &recipient, &signer());
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1;
        // Bytes of a certificate that no signature covers here are the business of who believes it.
        let Ok(entries) = read(&altered, &key) else { continue };
        assert_eq!(entries, [b"one".to_vec(), b"two".to_vec()], "byte {at}");
        assert!(at > file.len() / 2, "byte {at} of the content");
    }
}

#[test]
fn a_signature_for_one_thing_is_none_for_another() {
    let signer = signer();
    let signed = signer.sign("custody", b"14 here").expect("signed");
    assert!(verify_signature("custody", b"14 here", &signed).is_ok());
    assert!(verify_signature("custody", b"15 here", &signed).is_err());
    assert!(verify_signature("carried", b"14 here", &signed).is_err());
    let other = Signed { chain: self::signer().sign("custody", b"x").expect("signed").chain, ..signed };
    assert!(verify_signature("custody", b"14 here", &other).is_err());
}

#[test]
fn lengths_are_not_believed() {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(verify(&mut Cursor::new(&file)), Err(CarryError::TooLarge("head"))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_refused(mut noise in prop::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        if magic && noise.len() > 12 {
            noise[..8].copy_from_slice(MAGIC);
            noise[8..10].fill(0);
        }
        prop_assert!(verify(&mut Cursor::new(&noise)).is_err());
    }
}
