//! The console over its routes, as browsers and scripts meet it. TLS and cards are the listener's; here the card is
//! given as the listener would.

mod access;
mod browser;
mod bulk;
mod fairness;
mod installation;
mod pages;
mod people;
mod scale;
mod work;
mod world;

use axum::Router;
use jiff::SignedDuration;

use world::World;

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn console(world: &World) -> Router {
    super::router(world.hub.clone()).expect("random bytes")
}

/// Every audit line so far, as its JSON.
fn audit(world: &World) -> String {
    let mut log = Vec::new();
    crate::audit::export(&world.folder.path().join("store/audit"), &mut log).expect("a readable log");
    String::from_utf8(log).expect("JSON lines")
}
