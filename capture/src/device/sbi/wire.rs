//! What is said between a kiosk and an SBI service: requests, answers, and the shapes inside signed parts.
//!
//! Services disagree on whether figures are numbers or texts, and on whether a list of one is a list; both are read.
//! Unknown fields pass by, because services add their own. Nothing here is believed: [`super::trust`] and
//! [`super::answer`] decide that. Clause: MOSIP Secure Biometric Interface 0.9.5.

use serde::{Deserialize, Deserializer, Serialize};

/// Error part of every answer.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Trouble {
    #[serde(rename = "errorCode", default, deserialize_with = "text")]
    pub(super) code: String,
}

/// One entry of an answer to discovery. Its digital id is unsigned; only the port is taken from it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Discovered {
    #[serde(rename = "deviceId", default, deserialize_with = "text")]
    pub(super) device_id: String,
    #[serde(rename = "deviceStatus", default, deserialize_with = "text")]
    pub(super) status: String,
}

/// One entry of an answer to the question for device information.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct InfoEntry {
    #[serde(rename = "deviceInfo", default, deserialize_with = "text")]
    pub(super) signed: String,
    #[serde(default)]
    pub(super) error: Option<Trouble>,
}

/// The signed device information.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceInfo {
    #[serde(deserialize_with = "text")]
    pub(super) device_id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) device_status: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) device_code: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) certification: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) service_version: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) firmware: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) env: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) purpose: String,
    #[serde(default, deserialize_with = "texts")]
    pub(super) spec_version: Vec<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) digital_id: String,
}

/// The signed identity inside device information and captured data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DigitalId {
    #[serde(deserialize_with = "text")]
    pub(super) serial_no: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) make: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) model: String,
    #[serde(rename = "type", default, deserialize_with = "text")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) device_sub_type: String,
}

/// What a capture is asked with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaptureRequest {
    pub(super) env: String,
    pub(super) purpose: &'static str,
    pub(super) spec_version: String,
    pub(super) timeout: String,
    pub(super) capture_time: String,
    pub(super) transaction_id: String,
    pub(super) bio: [BioRequest; 1],
    pub(super) custom_opts: [(); 0],
}

/// The one modality of a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BioRequest {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) count: String,
    pub(super) bio_sub_type: Vec<String>,
    pub(super) exception: Vec<String>,
    pub(super) requested_score: String,
    pub(super) device_id: String,
    pub(super) device_sub_id: String,
    pub(super) previous_hash: String,
}

/// What comes back.
#[derive(Deserialize)]
pub(super) struct CaptureAnswer {
    #[serde(default)]
    pub(super) biometrics: Vec<Biometric>,
    /// Some services put a refusal here instead.
    #[serde(default)]
    pub(super) error: Option<Trouble>,
}

/// One captured finger or face.
#[derive(Deserialize)]
pub(super) struct Biometric {
    #[serde(default, deserialize_with = "text")]
    pub(super) data: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) hash: String,
    #[serde(default)]
    pub(super) error: Option<Trouble>,
}

/// The signed payload of one captured finger or face.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CapturedData {
    #[serde(default, deserialize_with = "text")]
    pub(super) digital_id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) device_code: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) bio_type: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) bio_sub_type: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) purpose: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) env: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) bio_value: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) transaction_id: String,
    #[serde(default, deserialize_with = "text")]
    pub(super) timestamp: String,
}

/// A text, a number or nothing, as a text.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(as_text(Any::deserialize(from)?))
}

/// A list of those, or one alone.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Any::deserialize(from)? {
        Any::List(list) => list.into_iter().map(as_text).collect(),
        one => Some(as_text(one)).filter(|text| !text.is_empty()).into_iter().collect(),
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Any {
    Text(String),
    Number(serde_json::Number),
    Truth(bool),
    List(Vec<Self>),
    Nothing(()),
}

fn as_text(any: Any) -> String {
    match any {
        Any::Text(text) => text,
        Any::Number(number) => number.to_string(),
        Any::Truth(truth) => truth.to_string(),
        Any::List(_) | Any::Nothing(()) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_numbers_and_as_texts() {
        let check = |json: &str| {
            let info: DeviceInfo = serde_json::from_str(json).expect("readable");
            assert_eq!((info.device_id.as_str(), info.spec_version.as_slice()), ("1", &["2".to_owned()][..]));
        };
        check(r#"{"deviceId": "1", "specVersion": ["2"], "env": null, "more": {"x": 1}}"#);
        check(r#"{"deviceId": 1, "specVersion": [2]}"#);
        check(r#"{"deviceId": 1, "specVersion": "2", "deviceSubId": ["1"]}"#);
        let trouble: Trouble = serde_json::from_str(r#"{"errorCode": 110}"#).expect("readable");
        assert_eq!(trouble.code, "110");
    }
}
