//! Story four: a boy "about six" without a document is treated as under six (Art. 14(1)): nothing is taken.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Day, expect};
use crate::{Error, kiosk::text};

pub(super) async fn refused(day: &mut Day<'_>) -> Result<(), Error> {
    let (before, stored_before) = (day.central.state().await?, refusals(day).await?);
    let case = day.kiosk_1.open_case("1", Timestamp::now() - SignedDuration::from_hours(1)).await?;
    let answer = case
        .try_send(
            "person",
            &[
                ("surnames", "Example"),
                ("forenames", "Daan"),
                ("age_years", "6"),
                ("age_basis", "declared"),
                ("age_certain", "no"),
                ("sex", "M"),
                ("nationality", "SYR"),
                ("accompanied", "yes"),
            ],
        )
        .await?;
    let state = case.state().await.unwrap_or(Value::Null);
    day.tell("officer", "recorded: about six, only declared, not certain, no proof");
    if let Err(problem) = &answer {
        expect(problem.code.starts_with("C-"), || format!("refused without a code: {problem:?}"))?;
    }
    let sensor = case.try_send("capture", &[("step", "right-four")]).await?;
    expect(sensor.is_err(), || {
        "the sensor was enabled for a boy who must be treated as under six".to_owned()
    })?;
    expect(!text(&state, "article").is_empty() || answer.is_err(), || {
        format!("no article is named: {state}")
    })?;

    let after = refusals(day).await?;
    expect(after.len() == stored_before.len() + 1, || "the refusal was not recorded".to_owned())?;
    let article = after.first().map(|refusal| text(refusal, "article").to_owned()).unwrap_or_default();
    expect(article.contains("14(1)"), || format!("the refusal names `{article}` instead of Art. 14(1)"))?;
    let sent = day.central.state().await?.messages.len();
    expect(sent == before.messages.len(), || "something was sent".to_owned())?;
    day.tell(
        "kiosk 1",
        &format!("no capture: deemed under six, {article}; sensor never enabled, nothing stored or sent"),
    );
    Ok(())
}

async fn refusals(day: &Day<'_>) -> Result<Vec<Value>, Error> {
    let home = day.kiosk_1.home().await?;
    Ok(home.get("age_refusals").and_then(Value::as_array).cloned().unwrap_or_default())
}
