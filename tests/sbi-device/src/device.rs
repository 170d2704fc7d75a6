//! The device itself: who it is, whose fingers lie on it, and what it says in each fault.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use matcher::synth::{Condition, Person};
use matcher::{Finger, Image};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::keys::{Keys, Signer, Validity};
use crate::record::{self, Coding};

/// What kind of device it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Four fingers at once.
    Slap,
    /// One finger at a time.
    Single,
    /// Faces.
    Face,
}

/// How it is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What it is.
    pub kind: Kind,
    /// Its serial number.
    pub serial: String,
    /// Whose fingers lie on it.
    pub person: u64,
    /// How prints are coded.
    pub coding: Coding,
    /// Level L1, where a chip signs the identity.
    pub level_one: bool,
    /// In which environment it was registered.
    pub environment: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            kind: Kind::Slap,
            serial: "VIRTUAL0001".into(),
            person: 1,
            coding: Coding::Raw,
            level_one: false,
            environment: "Developer".into(),
        }
    }
}

/// The device.
pub struct Device {
    /// How it is set up.
    pub setup: Setup,
    /// What signs for it.
    pub keys: Keys,
    fault: Mutex<Fault>,
    person: Person,
    prints: Mutex<HashMap<u8, Image>>,
}

const NAMES: [&str; 10] = [
    "Right Thumb",
    "Right IndexFinger",
    "Right MiddleFinger",
    "Right RingFinger",
    "Right LittleFinger",
    "Left Thumb",
    "Left IndexFinger",
    "Left MiddleFinger",
    "Left RingFinger",
    "Left LittleFinger",
];

impl Device {
    /// A device with new keys.
    ///
    /// # Errors
    /// When the keys cannot be made.
    pub fn new(setup: Setup) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let keys = Keys::make(&setup.serial)?;
        let person = Person::new(setup.person, 30);
        Ok(Self { setup, keys, fault: Mutex::default(), person, prints: Mutex::default() })
    }

    /// What is wrong with it now.
    pub fn fault(&self) -> Fault {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches a fault on, or off with [`Fault::None`].
    pub fn set_fault(&self, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn status(&self) -> &'static str {
        match self.fault() {
            Fault::NotReady => "Not Ready",
            Fault::Busy => "Busy",
            _ => "Ready",
        }
    }

    fn type_names(&self) -> (&'static str, &'static str) {
        match self.setup.kind {
            Kind::Slap => ("Finger", "Slap"),
            Kind::Single => ("Finger", "Single"),
            Kind::Face => ("Face", "Full face"),
        }
    }

    fn identity(&self, serial: &str) -> Value {
        let (kind, sub_type) = self.type_names();
        json!({
            "serialNo": serial, "make": "Virtual", "model": format!("SBI {sub_type}"), "type": kind,
            "deviceSubType": sub_type, "deviceProvider": "Virtual", "deviceProviderId": "VIRTUAL",
            "dateTime": "2026-01-01T00:00:00Z",
        })
    }

    fn signed_identity(&self, serial: &str) -> String {
        let signer = if self.setup.level_one { &self.keys.chip } else { &self.keys.good };
        signer.sign(&self.identity(serial))
    }

    fn level(&self) -> &'static str {
        if self.setup.level_one { "L1" } else { "L0" }
    }

    /// Answer to discovery; empty when another type is looked for.
    #[must_use]
    pub fn discovery(&self, wanted: &str) -> Value {
        if wanted != "Biometric Device" && wanted != self.type_names().0 {
            return json!([]);
        }
        let identity = URL_SAFE_NO_PAD.encode(self.identity(&self.setup.serial).to_string());
        json!([{
            "deviceId": "1", "deviceStatus": self.status(), "certification": self.level(), "serviceVersion": "0.9.5",
            "deviceSubId": ["1", "2", "3"], "callbackId": "http://127.0.0.1/", "digitalId": identity,
            "deviceCode": self.setup.serial, "specVersion": ["0.9.5"], "purpose": "Registration", "error": fine(),
        }])
    }

    /// Answer to the question for device information.
    #[must_use]
    pub fn info(&self) -> Value {
        let info = json!({
            "deviceId": "1", "deviceStatus": self.status(), "certification": self.level(), "serviceVersion": "0.9.5",
            "deviceSubId": ["1", "2", "3"], "callbackId": "http://127.0.0.1/",
            "digitalId": self.signed_identity(&self.setup.serial), "deviceCode": self.setup.serial,
            "specVersion": ["0.9.5"], "purpose": "Registration", "env": self.setup.environment, "firmware": "1.2.3",
        });
        json!([{ "deviceInfo": self.keys.good.sign(&info), "error": fine() }])
    }

    /// One print, made up once.
    fn print(&self, finger: Finger) -> Image {
        let mut prints = self.prints.lock().unwrap_or_else(PoisonError::into_inner);
        prints
            .entry(finger.fgp())
            .or_insert_with(|| self.person.impression(finger, 1, Condition::default()))
            .clone()
    }

    /// What the live picture shows.
    #[must_use]
    pub fn live_picture(&self) -> Vec<u8> {
        let (width, height) = (160, 120);
        let grey: Vec<u8> = (0..width * height).map(|at| ((at % width) as f32 * 1.5) as u8).collect();
        jpeg(&grey, width, height)
    }

    /// Fingers that are asked for, or the code of a refusal.
    fn asked(&self, bio: &Value) -> Result<Vec<Finger>, u16> {
        let list = |key: &str| -> Vec<&str> {
            bio[key]
                .as_array()
                .map(|list| list.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default()
        };
        let (named, exceptions) = (list("bioSubType"), list("exception"));
        let count: usize = text(&bio["count"]).parse().unwrap_or(0);
        let of_sub_id: &[u8] = match text(&bio["deviceSubId"]).as_str() {
            "1" => &[10, 9, 8, 7],
            "2" => &[2, 3, 4, 5],
            "3" => &[6, 1],
            _ => &[],
        };
        let places: Vec<u8> = match self.setup.kind {
            Kind::Single => (1..=10).filter(|fgp| named.contains(&NAMES[usize::from(*fgp) - 1])).collect(),
            _ => of_sub_id.to_vec(),
        };
        let given: Vec<u8> = places
            .iter()
            .copied()
            .filter(|fgp| !exceptions.contains(&NAMES[usize::from(*fgp) - 1]))
            .collect();
        if given.is_empty() || count != given.len() {
            return Err(109);
        }
        Ok(given.into_iter().filter_map(Finger::from_fgp).collect())
    }

    /// Answer to a capture.
    #[must_use]
    pub fn capture(&self, request: &Value) -> Value {
        if let Fault::Code(code) = self.fault() {
            return refusal(code);
        }
        let bio = &request["bio"][0];
        if text(&request["transactionId"]).len() < 4 {
            return refusal(112);
        }
        if request["env"] != json!(self.setup.environment) {
            return refusal(114);
        }
        let Some(mut chain) = Hash::read(&text(&bio["previousHash"])) else { return refusal(709) };
        let records = match self.records(bio) {
            Ok(records) => records,
            Err(code) => return refusal(code),
        };
        let mut biometrics = Vec::new();
        for (number, (sub_type, mut bytes)) in records.into_iter().enumerate() {
            if self.fault() == Fault::ShortRecord {
                bytes.truncate(bytes.len() / 2);
            }
            chain = chain.with(&bytes);
            let hash = if self.fault() == Fault::BrokenChain && number == 1 { Hash::first() } else { chain };
            biometrics.push(json!({
                "specVersion": "0.9.5", "data": self.signed_data(request, &sub_type, &bytes), "hash": hash.text(),
                "error": fine(),
            }));
        }
        json!({ "biometrics": biometrics })
    }

    /// Names and binary records of what is captured.
    fn records(&self, bio: &Value) -> Result<Vec<(String, Vec<u8>)>, u16> {
        if self.setup.kind == Kind::Face {
            let (width, height) = (480_u16, 640_u16);
            let grey: Vec<u8> =
                (0..u32::from(width) * u32::from(height)).map(|at| (at / 480 / 3) as u8).collect();
            let picture = jpeg(&grey, u32::from(width), u32::from(height));
            return Ok(vec![(String::new(), record::face(&picture, width, height).ok_or(707_u16)?)]);
        }
        let mut records = Vec::new();
        for finger in self.asked(bio)? {
            let position = if self.fault() == Fault::OtherFinger { 11 - finger.fgp() } else { finger.fgp() };
            let bytes = record::finger(&self.print(finger), position, self.setup.coding).ok_or(707_u16)?;
            records.push((NAMES[usize::from(finger.fgp()) - 1].to_owned(), bytes));
        }
        if self.fault() == Fault::Twice {
            records.extend(records.first().cloned());
        }
        Ok(records)
    }

    fn signed_data(&self, request: &Value, sub_type: &str, bytes: &[u8]) -> String {
        let fault = self.fault();
        let pick = |wrong: Fault, instead: &str, right: String| {
            if fault == wrong { instead.to_owned() } else { right }
        };
        let now = jiff::Timestamp::now();
        let at = if fault == Fault::Replay { now - jiff::SignedDuration::from_hours(24) } else { now };
        let serial = &self.setup.serial;
        let data = json!({
            "digitalId": self.signed_identity(&pick(Fault::OtherIdentity, "VIRTUAL9999", serial.clone())),
            "deviceCode": serial, "deviceServiceVersion": "0.9.5", "bioType": self.type_names().0,
            "bioSubType": sub_type, "purpose": "Registration",
            "env": pick(Fault::OtherEnvironment, "Staging", text(&request["env"])),
            "bioValue": URL_SAFE_NO_PAD.encode(bytes),
            "transactionId": pick(Fault::OtherTransaction, "0000-earlier", text(&request["transactionId"])),
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "requestedScore": request["bio"][0]["requestedScore"], "qualityScore": "80",
        });
        self.sign(&data)
    }

    /// The signature over captured data, with the fault that is switched on.
    fn sign(&self, data: &Value) -> String {
        let serial = &self.setup.serial;
        let other = |made: Result<Signer, _>| {
            made.map_or_else(
                |_: Box<dyn std::error::Error + Send + Sync>| String::new(),
                |signer| signer.sign(data),
            )
        };
        match self.fault() {
            Fault::ExpiredCertificate => other(self.keys.reissued(serial, Validity::Past)),
            Fault::FutureCertificate => other(self.keys.reissued(serial, Validity::Future)),
            Fault::OtherDevice => other(self.keys.reissued("VIRTUAL9999", Validity::Current)),
            Fault::UnknownAuthority => other(self.keys.of_stranger(serial)),
            Fault::WrongMethod => self.keys.good.sign_as(data, "none"),
            Fault::WrongSignature => {
                let signed = self.keys.good.sign(data);
                let (covered, _) = signed.rsplit_once('.').unwrap_or((&signed, ""));
                format!("{covered}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
            }
            _ => self.keys.good.sign(data),
        }
    }
}

fn jpeg(grey: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let coded = image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode(
        grey,
        width,
        height,
        image::ExtendedColorType::L8,
    );
    if coded.is_err() {
        jpeg.clear();
    }
    jpeg
}

/// A text or a number as a text.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn fine() -> Value {
    json!({ "errorCode": "0", "errorInfo": "Success" })
}

fn refusal(code: u16) -> Value {
    json!({ "biometrics": [{ "specVersion": "0.9.5", "data": "", "hash": "",
        "error": { "errorCode": code.to_string(), "errorInfo": "refused" } }] })
}

/// The chain of hashes.
#[derive(Clone, Copy)]
struct Hash([u8; 32]);

impl Hash {
    fn first() -> Self {
        Self(Sha256::digest(b"").into())
    }

    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::first());
        }
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn with(self, record: &[u8]) -> Self {
        Self(Sha256::digest([&self.0[..], &Sha256::digest(record)[..]].concat()).into())
    }

    fn text(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}
