//! The two tasks that speak with the gateway: sending what the outbox says, and fetching answers.
//!
//! Before a case is sent the gateway is asked whether it is there. So a kiosk that is offline for days writes nothing
//! about its tries, and the instant of sending in the envelope is the instant at which it could really be sent.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::handle::{Kiosk, SendOrder};
use crate::link::{Link, LinkError};

/// Sends sealed cases, one at a time, for ever.
pub(super) async fn send_cases(kiosk: Kiosk, link: Arc<Link>, due: Arc<Notify>) {
    loop {
        match kiosk.next_send().await {
            Ok(SendOrder::Send(case)) => {
                let result = send_one(&kiosk, &link, case).await;
                if kiosk.send_done(case, result).await.is_err() {
                    return;
                }
            }
            Ok(SendOrder::Wait(until)) => {
                let pause = until.map_or(IDLE, |until| pause_until(until).min(IDLE));
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = due.notified() => {}
                }
            }
            // The core has ended.
            Err(_) => return,
        }
    }
}

async fn send_one(
    kiosk: &Kiosk,
    link: &Link,
    case: uuid::Uuid,
) -> Result<crate::link::VerifiedReceipt, LinkError> {
    link.probe().await?;
    let job = kiosk.begin_send(case).await.map_err(|error| LinkError::Unexpected {
        // Own words of this crate; they hold no personal data.
        detail: format!("the case could not be read ({})", error.code()),
    })?;
    link.submit(job.message_id, &job.envelope, &job.container).await
}

/// Fetches answers for ever, waiting at the gateway while there are none.
pub(super) async fn poll_answers(kiosk: Kiosk, link: Arc<Link>) {
    loop {
        let pause = match link.answers().await {
            Ok(answers) => {
                let came = answers.len();
                let Ok(stored) = kiosk.answers(answers).await else { return };
                let mut acknowledged = 0;
                for answer_id in &stored {
                    match link.acknowledge(*answer_id).await {
                        Ok(()) => acknowledged += 1,
                        Err(error) => {
                            tracing::warn!(code = error.code(), "an answer could not be acknowledged")
                        }
                    }
                }
                if acknowledged == came { Duration::ZERO } else { ANSWER_RETRY }
            }
            Err(error) => {
                tracing::debug!(code = error.code(), "answers could not be fetched");
                ANSWER_RETRY
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// From time to time: fetches the gateway's key for carried files, so that it is there on the day the network is not,
/// and lets the core clear up.
pub(super) async fn keep_house(kiosk: Kiosk, link: Arc<Link>) {
    let mut key_kept = false;
    loop {
        if !key_kept {
            match link.carrying_key().await {
                Ok(key) => key_kept = kiosk.keep_carrying_key(&key).is_ok(),
                Err(error) => {
                    tracing::debug!(code = error.code(), "the key for carried files is not here yet")
                }
            }
        }
        if let Err(error) = kiosk.keep_house().await {
            tracing::warn!(code = error.code(), "old rows could not be cleared up: {error}");
        }
        tokio::time::sleep(if key_kept { HOUSE_EVERY } else { KEY_RETRY }).await;
    }
}

fn pause_until(at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO)
}

/// Longest sleep without a look at the outbox; waking is cheap.
const IDLE: Duration = Duration::from_secs(30);
/// Clearing up can wait; nobody does.
const HOUSE_EVERY: Duration = Duration::from_secs(60 * 60);
/// Pause before the key for carried files is asked for again.
const KEY_RETRY: Duration = Duration::from_secs(20);
/// Pause before answers are asked for again after trouble.
const ANSWER_RETRY: Duration = Duration::from_secs(3);
