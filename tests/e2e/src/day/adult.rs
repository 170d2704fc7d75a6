//! Stories one and two: an adult applicant, and the same person again under another name.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Day, expect};
use crate::{
    Error,
    kiosk::{Case, Kiosk, outcome, text},
};

/// Who an adult says they are.
pub(super) struct Claim {
    pub(super) surnames: &'static str,
    pub(super) forenames: &'static str,
    pub(super) birth_date: &'static str,
    pub(super) nationality: &'static str,
}

pub(super) async fn first_visit(day: &mut Day<'_>) -> Result<(), Error> {
    let claim = Claim { surnames: "Example", forenames: "Ada", birth_date: "1991-04-03", nationality: "SYR" };
    day.kiosk_1.place(day.cast.adult, 1, "clean").await?;
    let case = open_adult(&day.kiosk_1, &claim).await?;
    day.tell("officer", "opened a case, recorded the person, gave the information of Art. 42");
    let taken = case.capture_all().await?;
    day.tell_taken("kiosk 1", &taken);
    let state = seal_and_wait(day, &case, "kiosk 1").await?;
    expect(outcome(&state) == "no-hit", || {
        format!("expected no hit, the kiosk shows `{}`", outcome(&state))
    })?;
    expect(state["delivery"]["erased_here"] == true, || {
        "the kiosk still holds the biometrics after the receipt".to_owned()
    })?;
    day.tell("kiosk 1", "answer: no hit; biometrics erased here after the verified receipt");
    day.first_reference_number = reference_number(&state);
    Ok(())
}

pub(super) async fn second_visit(day: &mut Day<'_>) -> Result<(), Error> {
    let claim =
        Claim { surnames: "Sample", forenames: "Beatrix", birth_date: "1993-11-20", nationality: "IRQ" };
    day.kiosk_2.place(day.cast.adult, 2, "clean").await?;
    let case = open_adult(&day.kiosk_2, &claim).await?;
    day.tell("officer", "opened a case for another name");
    let taken = case.capture_all().await?;
    day.tell_taken("kiosk 2", &taken);
    let state = seal_and_wait(day, &case, "kiosk 2").await?;
    expect(outcome(&state) == "hit", || format!("expected a hit, the kiosk shows `{}`", outcome(&state)))?;
    let hits = state.pointer("/delivery/answer/hits").and_then(Value::as_array).cloned().unwrap_or_default();
    let numbers: Vec<_> = hits.iter().map(|hit| text(hit, "reference_number")).collect();
    let first = day.first_reference_number.as_deref().unwrap_or("the first reference number");
    expect(numbers == [first], || format!("expected a hit on {first}, got {numbers:?}"))?;
    day.tell("kiosk 2", &format!("answer: hit on {first}, by fingerprints"));
    day.second_reference_number = reference_number(&state);
    Ok(())
}

/// Opens a case, records an adult and gives the information.
pub(super) async fn open_adult<'a>(kiosk: &'a Kiosk, claim: &Claim) -> Result<Case<'a>, Error> {
    let case = kiosk.open_case("1", Timestamp::now() - SignedDuration::from_hours(2)).await?;
    case.send(
        "person",
        &[
            ("surnames", claim.surnames),
            ("forenames", claim.forenames),
            ("birth_date", claim.birth_date),
            ("birth_place", "Unknown"),
            ("age_basis", "document"),
            ("age_certain", "yes"),
            ("proof_reference", "passport seen"),
            ("sex", "F"),
            ("nationality", claim.nationality),
        ],
    )
    .await?;
    case.send("gates/information", &[("material", "general"), ("language", "en"), ("mode", "leaflet")])
        .await?;
    Ok(case)
}

/// Seals, and waits for the receipt and the answer.
pub(super) async fn seal_and_wait(day: &Day<'_>, case: &Case<'_>, who: &str) -> Result<Value, Error> {
    case.send("seal", &[]).await?;
    let confirmed = |state: &Value| state["delivery"]["receipt_verified"] == true;
    let state = case.wait_until("the gateway's receipt", PATIENCE, confirmed).await?;
    let bytes = state.pointer("/delivery/container_bytes").and_then(Value::as_u64).unwrap_or(0);
    day.tell(
        who,
        &format!("sealed {} kB (WSQ, JPEG), sent; receipt signed by the gateway verified", bytes / 1000),
    );
    day.tell(
        who,
        &format!("legal clock: {} ({})", text(&state["clock"], "due"), text(&state["clock"], "article")),
    );
    case.wait_until("the central system's answer", PATIENCE, |state| !outcome(state).is_empty()).await
}

pub(super) fn reference_number(state: &Value) -> Option<String> {
    state.pointer("/delivery/reference_number").and_then(Value::as_str).map(str::to_owned)
}

pub(super) const PATIENCE: Duration = Duration::from_secs(30);
