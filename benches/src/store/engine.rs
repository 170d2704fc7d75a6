//! What one message costs the engine as the queue of waiting messages grows; flat is the aim.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use firmware_config::CapabilityTable;
use gateway::engine::{
    Arrival, Capabilities, Cause, ContentDigest, Effect, Engine, LegalClock, LineKey, PayloadRef, Policy,
    SendOutcome,
};
use icd::category::Category;
use icd::identifier::{MessageId, PartyId};
use icd::operation::Operation;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::Error;

/// Waiting messages, and the cost of one: accepted with its change made, and one attempt of the lane.
pub type QueueCost = (u64, Duration, Duration);

/// Measures at a thousand waiting messages and at each power of ten up to `waiting_max`.
///
/// # Errors
/// [`Error::Part`] when the engine refuses a message.
pub fn queue_costs(waiting_max: u64) -> Result<Vec<QueueCost>, Error> {
    let failed = Error::part("engine");
    let rows = "[[row]]\noperation = \"submit\"\nchannel = \"s2s\"\nfrom = 2026-06-12\n";
    let mut rows: BTreeMap<String, CapabilityTable> = toml::from_str(rows).map_err(|error| failed(&error))?;
    let table = rows.remove("row").ok_or_else(|| failed(&"no table"))?;
    let policy = Policy { items_max: 10_000_000, partner_items_max: 10_000_000, ..Policy::default() };
    let mut engine = Engine::new(policy, Capabilities::new(table, jiff::tz::TimeZone::UTC));
    let mut now: Timestamp = "2026-12-01T08:00:00Z".parse().map_err(|error| failed(&error))?;
    engine.handle_restart(now);
    let (mut costs, mut number, mut level) = (Vec::new(), 0, 1_000);
    while level <= waiting_max {
        while number < level {
            number += 1;
            accept(&mut engine, number, now)?;
        }
        let begun = Instant::now();
        for _ in 0..SAMPLE {
            number += 1;
            accept(&mut engine, number, now)?;
        }
        let accepted = begun.elapsed() / SAMPLE;
        let (begun, mut sent) = (Instant::now(), 0);
        while sent < SAMPLE {
            now += SignedDuration::from_secs(60);
            engine.handle_tick(now);
            sent += try_all(&mut engine, now);
        }
        costs.push((level, accepted, begun.elapsed() / sent.max(1)));
        level *= 10;
    }
    Ok(costs)
}

/// Every attempt fails in a way that is certain and one message gets through, so that the breaker stays shut and the
/// queue as long as it is.
fn try_all(engine: &mut Engine, now: Timestamp) -> u32 {
    let mut sent = 0;
    for _ in 0..ROUNDS {
        drain(engine);
        let effects: Vec<Effect> = std::iter::from_fn(|| engine.poll_effect()).collect();
        for effect in effects {
            if let Effect::Send { item, attempt } = effect {
                let outcome = match sent % 4 {
                    0 => SendOutcome::Taken,
                    _ => SendOutcome::NotDelivered(Cause::CentralBusy),
                };
                engine.handle_sent(item, attempt, outcome, now);
                sent += 1;
            }
        }
    }
    sent
}

fn accept(engine: &mut Engine, number: u64, now: Timestamp) -> Result<(), Error> {
    let failed = Error::part("engine");
    let mut line = [0; 32];
    line[..8].copy_from_slice(&number.to_be_bytes());
    let arrival = Arrival {
        partner: PartyId::new(format!("kiosk-{}", number % 40)).map_err(|error| failed(&error))?,
        message_id: MessageId::from_uuid(Uuid::from_u128(u128::from(number))),
        content: ContentDigest(line),
        line: LineKey(line),
        operation: Operation::Submit,
        category: Category::Applicant,
        urgent: number.is_multiple_of(50),
        clock: LegalClock {
            start: now,
            due: Some(now + SignedDuration::from_hours(72)),
            article: "15(1)".to_owned(),
        },
        payload: PayloadRef([0; 16]),
    };
    engine.handle_arrival(arrival, now).map_err(|error| failed(&error))?;
    drain(engine);
    Ok(())
}

/// What a journal would take.
fn drain(engine: &mut Engine) {
    while let Some((number, change)) = engine.poll_change() {
        std::hint::black_box(&change);
        engine.handle_durable(number);
    }
}

const SAMPLE: u32 = 2_000;
const ROUNDS: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_measured() {
        let costs = queue_costs(10_000).expect("an engine");
        let levels: Vec<u64> = costs.iter().map(|(waiting, _, _)| *waiting).collect();
        assert_eq!(levels, [1_000, 10_000]);
        assert!(costs.iter().all(|(_, accept, lane)| !accept.is_zero() && !lane.is_zero()));
    }
}
