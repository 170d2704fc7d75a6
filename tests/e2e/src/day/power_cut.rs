//! Story six: the gateway is killed while the central system works on a message; after the restart it arrives once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    Day,
    adult::{Claim, PATIENCE, open_adult},
    expect,
};
use crate::{
    Error,
    kiosk::{outcome, text},
    process::Program,
    running::start_gateway,
};

pub(super) async fn arrives_once(day: &mut Day<'_>, gateway: &mut Program) -> Result<(), Error> {
    let claim =
        Claim { surnames: "Example", forenames: "Elif", birth_date: "1988-01-30", nationality: "TUR" };
    day.kiosk_2.place(day.cast.second_adult, 1, "clean").await?;
    let case = open_adult(&day.kiosk_2, &claim).await?;
    let taken = case.capture_all().await?;
    day.tell_taken("kiosk 2", &taken);

    // The simulator takes the message in but breaks the connection before it acknowledges: the worst moment.
    day.central.set_faults(json!({ "lose_answer": true, "slow_ms": 300 })).await?;
    case.send("seal", &[]).await?;
    let known = |state: &Value| !text(&state["delivery"], "message_id").is_empty();
    let state = case.wait_until("the sealed message", PATIENCE, known).await?;
    let message = text(&state["delivery"], "message_id").to_owned();
    wait_for_arrival(day, &message).await?;
    gateway.kill_9().await?;
    day.tell(
        "gateway",
        "killed (kill -9) after the central system took the message in and before it said so",
    );
    day.central.set_faults(json!({})).await?;
    *gateway = start_gateway(day.site, day.binaries).await?;
    day.tell("gateway", "started again; journal replayed");

    let state =
        case.wait_until("the answer after the restart", PATIENCE, |state| !outcome(state).is_empty()).await?;
    expect(outcome(&state) == "no-hit", || {
        format!("expected no hit, the kiosk shows `{}`", outcome(&state))
    })?;
    expect(state["delivery"]["receipt_verified"] == true, || "the kiosk has no verified receipt".to_owned())?;
    let seen = day.central.state().await?.messages.get(&message).copied();
    let seen =
        seen.ok_or_else(|| Error::Unexpected("the central system does not know the message".to_owned()))?;
    expect(seen.stored_as_new == 1, || format!("it was stored {} times", seen.stored_as_new))?;
    day.tell(
        "central",
        &format!("holds the message once (came over the link {}x, stored as new 1x)", seen.arrivals),
    );
    Ok(())
}

async fn wait_for_arrival(day: &Day<'_>, message: &str) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    while !day.central.state().await?.messages.contains_key(message) {
        if Instant::now() >= until {
            return Err(Error::InVain {
                what: "the message to reach the central system".to_owned(),
                seconds: PATIENCE.as_secs(),
            });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
