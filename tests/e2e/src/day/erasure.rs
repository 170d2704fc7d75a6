//! Story five: an erasure has no system-to-system interface today, so a person keys it into the web interface.

use icd::{identifier::MessageId, message::Outcome, operation::Operation};
use reqwest::Client;
use serde_json::Value;

use super::{Day, expect};
use crate::{
    Error, client, fixture,
    kiosk::text,
    link,
    operator::Operator,
    site::{OPERATOR, PARTNER, Site},
};

pub(super) async fn keyed_by_hand(day: &mut Day<'_>) -> Result<(), Error> {
    let number = day
        .second_reference_number
        .clone()
        .ok_or_else(|| Error::Unexpected("story two gave no dataset to erase".to_owned()))?;
    let before = day.central.state().await?.datasets;
    let Asked { partner, base, message_id } = ask(day.site, &number).await?;
    day.tell("partner", "asks the gateway to erase an inaccurate dataset (Art. 40(5)); receipt in hand");

    let operator = Operator::sign_in(day.site).await?;
    let item = operator.wait_for("erase-inaccurate").await?;
    let (id, due, article) =
        (text(&item, "id").to_owned(), text(&item, "due").to_owned(), text(&item, "article").to_owned());
    expect(!due.is_empty() && !article.is_empty(), || format!("the work item has no clock: {item}"))?;
    day.tell("console", &format!("work item: {article}, due {due}"));

    operator.act(&id, "claim", &[]).await?;
    let keyed = operator.act(&id, "open", &[("reason", "key")]).await?;
    let value = keyed_reference_number(&keyed)
        .ok_or_else(|| Error::Unexpected("the console shows no reference number to key".to_owned()))?;
    expect(value == number, || {
        "the console shows another reference number than the partner sent".to_owned()
    })?;
    let receipt = day.central.key("erase-inaccurate", &value, "Art. 40(5)", OPERATOR).await?;
    day.tell(
        "operator",
        &format!("claimed it, keyed it into the web interface, which gave receipt {receipt}"),
    );
    operator.act(&id, "confirm", &[("web_receipt", &receipt)]).await?;

    let open = operator
        .queue()
        .await?
        .into_iter()
        .any(|item| text(&item, "id") == id && text(&item, "state") != "closed");
    expect(!open, || "the item is still open after the confirmation".to_owned())?;
    let answers = link::answers(&partner, &base, 15).await?;
    let done = answers.iter().find(|answer| answer.in_reply_to == message_id);
    let told = matches!(done.map(|answer| &answer.outcome), Some(Outcome::Done { web_receipt }) if *web_receipt == receipt);
    expect(told, || format!("the partner did not get the receipt of the erasure but {done:?}"))?;
    if let Some(answer) = done {
        link::acknowledge(&partner, &base, answer).await?;
    }
    expect(day.central.state().await?.datasets + 1 == before, || {
        "the central system still holds the dataset".to_owned()
    })?;
    day.tell("console", "confirmed with the receipt; the item is closed and the partner has been told");
    Ok(())
}

/// A request that the gateway has given a receipt for.
pub(super) struct Asked {
    partner: Client,
    base: String,
    message_id: MessageId,
}

/// The chain partner asks the gateway to erase a dataset.
pub(super) async fn ask(site: &Site, number: &str) -> Result<Asked, Error> {
    let reference_number =
        number.parse().map_err(|error: icd::Error| Error::Unexpected(error.to_string()))?;
    let base = format!("https://127.0.0.1:{}", site.ports.gateway_link);
    let partner = client::as_party(site, PARTNER)?;
    let request = fixture::change(Operation::EraseInaccurate, &reference_number, PARTNER)?;
    link::hand_in(&partner, &base, &request).await?.receipt()?;
    Ok(Asked { partner, base, message_id: request.message_id })
}

/// The reference number among the values to key.
fn keyed_reference_number(item: &Value) -> Option<String> {
    let values = item.get("values")?.as_array()?;
    let value = values.iter().find(|value| text(value, "name").contains("reference"))?;
    Some(text(value, "value").to_owned())
}
