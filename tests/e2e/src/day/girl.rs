//! Story three: a girl of eight with her mother. Each gate is tried closed before it is satisfied.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Day, adult::seal_and_wait, expect};
use crate::{
    Error,
    kiosk::{Case, outcome, text},
};

pub(super) async fn with_her_mother(day: &mut Day<'_>) -> Result<(), Error> {
    day.kiosk_1.place(day.cast.girl, 1, "clean").await?;
    let case = day.kiosk_1.open_case("1", Timestamp::now() - SignedDuration::from_hours(3)).await?;
    let born = jiff::Zoned::now().date().saturating_sub(jiff::Span::new().years(8).months(2)).to_string();
    let state = case
        .send(
            "person",
            &[
                ("surnames", "Example"),
                ("forenames", "Clara"),
                ("birth_date", born.as_str()),
                ("birth_place", "Unknown"),
                ("age_basis", "document"),
                ("age_certain", "yes"),
                ("proof_reference", "birth certificate seen"),
                ("sex", "F"),
                ("nationality", "SYR"),
                ("accompanied", "yes"),
            ],
        )
        .await?;
    let open: Vec<_> =
        gates(&state).into_iter().filter(|(_, closed)| !closed).map(|(gate, _)| gate).collect();
    day.tell("kiosk 1", &format!("eight years old: asks for {}", open.join(", ")));
    refused_with_an_open_gate(&case).await?;
    day.tell("kiosk 1", "the sensor stays dark while a gate is open");

    case.send("gates/training", &[]).await?;
    case.send("gates/best-interests", &[("confirmed", "yes"), ("note", "calm, wants her mother close")])
        .await?;
    case.send(
        "gates/companion",
        &[
            ("kind", "family"),
            ("name", "Example, mother"),
            ("relation", "mother"),
            ("adult", "yes"),
            ("present", "yes"),
        ],
    )
    .await?;
    refused_with_an_open_gate(&case).await?;
    case.send(
        "gates/information",
        &[("material", "children"), ("language", "en"), ("mode", "demonstration")],
    )
    .await?;
    let state = case.state().await?;
    expect(gates(&state).iter().all(|(_, closed)| *closed), || {
        format!("a gate is still open: {}", state["gates"])
    })?;
    day.tell(
        "officer",
        "trained (register), best interests, mother present, explained for children: gates satisfied",
    );

    let taken = case.capture_all().await?;
    day.tell_taken("kiosk 1", &taken);
    let state = seal_and_wait(day, &case, "kiosk 1").await?;
    expect(outcome(&state) == "no-hit", || {
        format!("expected no hit, the kiosk shows `{}`", outcome(&state))
    })?;
    day.tell("kiosk 1", "answer: no hit");
    Ok(())
}

async fn refused_with_an_open_gate(case: &Case<'_>) -> Result<(), Error> {
    match case.try_send("capture", &[("step", "right-four")]).await? {
        Err(problem) if problem.status == 409 => Ok(()),
        other => Err(Error::Unexpected(format!(
            "the sensor was asked with a gate open and the kiosk said {other:?}"
        ))),
    }
}

/// Each gate and whether it is satisfied.
fn gates(state: &Value) -> Vec<(String, bool)> {
    let gates = state["gates"].as_array().cloned().unwrap_or_default();
    gates.iter().map(|gate| (text(gate, "gate").to_owned(), gate["closed"] == true)).collect()
}
