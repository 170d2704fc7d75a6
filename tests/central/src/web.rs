//! The web interface for operations without a system-to-system interface, and the controls of the simulator.
//!
//! Plain HTTP on loopback: it stands in for eu-LISA's browser interface, which sits behind its own network.

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use icd::{
    dataset::MemberState,
    identifier::NoticeId,
    notice::{Notice, NoticeKind},
    operation::Operation,
    reference::ReferenceNumber,
};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{Central, Error, faults::Faults, limits, link::problem};

/// Routes of the web interface.
pub(crate) fn router(central: Arc<Central>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/web") }))
        .route("/web", get(form))
        .route("/web/operations", post(operate))
        .route("/control/faults", post(set_faults))
        .route("/control/interfaces", post(set_interface))
        .route("/control/notices", post(raise_notice))
        .route("/control/state", get(state))
        .with_state(central)
}

/// Reads an operation code and a reference number as keyed by a person.
pub(crate) fn parse_keyed(
    operation: &str,
    reference_number: &str,
) -> Result<(Operation, ReferenceNumber), Error> {
    let operation = Operation::from_code(operation).ok_or_else(|| Error::Field {
        field: "operation",
        reason: "there is no such operation".to_owned(),
    })?;
    let reference_number = reference_number
        .trim()
        .parse()
        .map_err(|error: icd::Error| Error::Field { field: "reference_number", reason: error.to_string() })?;
    Ok((operation, reference_number))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keyed {
    operation: String,
    reference_number: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    keyed_by: String,
}

async fn form() -> Html<String> {
    Html(page("Key an operation", &operation_form()).into_string())
}

async fn operate(
    State(central): State<Arc<Central>>,
    headers: HeaderMap,
    Form(keyed): Form<Keyed>,
) -> Response {
    let wants_json =
        headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    let result = if keyed.keyed_by.trim().is_empty() {
        Err(Error::Field { field: "keyed_by", reason: "say who keys this".to_owned() })
    } else if keyed.reason.trim().is_empty() {
        Err(Error::Field { field: "reason", reason: "give the ground".to_owned() })
    } else {
        parse_keyed(&keyed.operation, &keyed.reference_number)
            .and_then(|(operation, reference_number)| central.key(operation, &reference_number))
    };
    match result {
        Ok(receipt) if wants_json => Json(json!({ "receipt": receipt })).into_response(),
        Ok(receipt) => {
            let body = html! {
                p { "The operation was carried out." }
                p.receipt { "Receipt number " strong { (receipt) } }
                p { a href="/web" { "Key another operation" } }
            };
            Html(page("Carried out", &body).into_string()).into_response()
        }
        Err(error) if wants_json => problem(&error),
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let body = html! {
                p.error role="alert" { (error) " (" (error.code()) ")" }
                (operation_form())
            };
            (status, Html(page("Not carried out", &body).into_string())).into_response()
        }
    }
}

async fn set_faults(State(central): State<Arc<Central>>, Json(faults): Json<Faults>) -> StatusCode {
    central.registry().faults = faults;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interface {
    operation: String,
    s2s: bool,
}

async fn set_interface(State(central): State<Arc<Central>>, Json(interface): Json<Interface>) -> Response {
    let Some(operation) = Operation::from_code(&interface.operation) else {
        return problem(&Error::Field {
            field: "operation",
            reason: "there is no such operation".to_owned(),
        });
    };
    central.registry().set_interface(operation, interface.s2s);
    StatusCode::NO_CONTENT.into_response()
}

/// Another Member State changed its own dataset of the same person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raised {
    kind: NoticeKind,
    reference_number: ReferenceNumber,
    changed: Option<ReferenceNumber>,
    responsible_state: Option<MemberState>,
}

async fn raise_notice(State(central): State<Arc<Central>>, Json(raised): Json<Raised>) -> Response {
    let mut registry = central.registry();
    if registry.notices.len() >= limits::NOTICES_WAITING_MAX {
        return problem(&Error::Full { what: "notices waiting", bound: limits::NOTICES_WAITING_MAX });
    }
    registry.notices.push(Notice {
        notice_id: NoticeId::from_uuid(Uuid::now_v7()),
        raised_at: Timestamp::now(),
        kind: raised.kind,
        reference_number: raised.reference_number,
        changed: raised.changed,
        responsible_state: raised.responsible_state,
    });
    StatusCode::NO_CONTENT.into_response()
}

async fn state(State(central): State<Arc<Central>>) -> Json<serde_json::Value> {
    let registry = central.registry();
    let messages: serde_json::Map<_, _> =
        registry.messages().map(|(id, record)| (id.as_uuid().to_string(), json!(record))).collect();
    let open: Vec<_> = registry.open_interfaces().map(Operation::code).collect();
    Json(
        json!({ "datasets": registry.dataset_count(), "notices": registry.notices.len(), "faults": registry.faults, "s2s": open, "messages": messages }),
    )
}

fn operation_form() -> Markup {
    html! {
        form method="post" action="/web/operations" {
            label for="operation" { "Operation" }
            select #operation name="operation" required {
                @for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::Submit) {
                    option value=(operation.code()) { (operation.rule().title) " (" (operation.rule().article) ")" }
                }
            }
            label for="reference_number" { "Reference number" }
            input #reference_number name="reference_number" required autocomplete="off" spellcheck="false";
            label for="reason" { "Ground" }
            input #reason name="reason" required autocomplete="off";
            label for="keyed_by" { "Keyed by (user id)" }
            input #keyed_by name="keyed_by" required autocomplete="off";
            button { "Carry out" }
        }
    }
}

fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · central system (simulator)" }
                style { (STYLE) }
            }
            body {
                header { "Central system, web interface — simulator" }
                main { h1 { (title) } (body) }
            }
        }
    }
}

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#f4f4f1}\
header{background:#3b2f63;color:#fff;padding:12px 24px}main{max-width:640px;margin:24px auto;padding:0 24px}\
label{display:block;margin-top:16px;font-weight:600}input,select{font:inherit;width:100%;padding:8px;box-sizing:border-box}\
button{font:inherit;font-weight:600;margin-top:24px;padding:12px 24px;background:#3b2f63;color:#fff;border:0;border-radius:4px}\
.receipt{font-size:24px}.error{border-left:6px solid #9b1c1c;padding-left:12px}";
