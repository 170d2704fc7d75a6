//! The published OpenAPI description against the code: routes, bounds, codes and the JSON bodies.

use std::collections::BTreeSet;

use gateway::hub::view::{HealthView, MessageView};
use gateway::limits;
use serde_json::{Value, json};

const LINK: &str = include_str!("../src/link/mod.rs");
const STAGES: &str = include_str!("../src/engine/item.rs");

fn description() -> Value {
    serde_json::from_str(include_str!("../../docs/reference/gateway-openapi.json")).expect("JSON")
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn every_route_is_described_and_no_other() {
    let described: BTreeSet<String> = description()["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| keys(methods).into_iter().map(move |method| format!("{method} {path}")))
        .collect();
    let routed: BTreeSet<String> = LINK
        .lines()
        .filter_map(|line| line.trim().strip_prefix(".route(\""))
        .map(|rest| {
            let (path, handler) = rest.split_once("\", ").expect("a path and a handler");
            let method = handler.split('(').next().expect("a method");
            format!("{method} {path}")
        })
        .collect();
    assert_eq!(described, routed);
    assert_eq!(description()["openapi"], "3.1.0");
    assert!(LINK.contains(&format!(
        "\"api-version\", HeaderValue::from_static({})",
        description()["info"]["version"]
    )));
}

#[test]
fn bounds_are_those_of_the_code() {
    let paths = &description()["paths"];
    let parts = &paths["/v1/transactions"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        ["properties"];
    assert_eq!(parts["envelope"]["maxLength"], json!(limits::ENVELOPE_BYTES_MAX));
    assert_eq!(parts["container"]["maxLength"], json!(limits::CONTAINER_BYTES_MAX));
    assert_eq!(keys(parts).len(), limits::PARTS_MAX);
    let wait = &paths["/v1/answers"]["get"]["parameters"][0]["schema"];
    assert_eq!(wait["maximum"], json!(limits::ANSWER_WAIT_S_MAX));
}

#[test]
fn bodies_have_the_described_members() {
    let schemas = &description()["components"]["schemas"];
    let health = HealthView {
        status: "ready",
        reason: None,
        central_reachable: Some(true),
        client_revocation: "current",
        open_items: 0,
    };
    let message = MessageView {
        message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
        state: "queued",
        received_at: jiff::Timestamp::UNIX_EPOCH,
        due: None,
        article: None,
        answers: Vec::new(),
    };
    for (name, body) in [("Health", json!(health)), ("MessageState", json!(message))] {
        assert_eq!(keys(&body), keys(&schemas[name]["properties"]), "{name}");
        let required: BTreeSet<String> =
            serde_json::from_value(schemas[name]["required"].clone()).expect("a list of names");
        assert_eq!(keys(&body), required, "{name}");
    }
    for state in schemas["MessageState"]["properties"]["state"]["enum"].as_array().expect("a list") {
        let word = state.to_string();
        assert!(STAGES.contains(&word) || state == "closed-and-erased", "{word} is no stage of the engine");
    }
}

#[test]
fn every_code_of_the_description_is_explained() {
    let text = include_str!("../../docs/reference/gateway-openapi.json");
    let page = include_str!("../../docs/reference/errors/gateway.md");
    let codes: BTreeSet<&str> =
        text.match_indices("G-0").filter_map(|(at, _)| text.get(at..at + 6)).collect();
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        assert!(page.contains(code), "{code} has no entry");
    }
}
