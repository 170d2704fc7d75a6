//! The simulation joins engine and store itself, because it needs every order of steps; the hub joins them with threads
//! and sockets. What must be the same is the order of calls, and this test holds both to what is written here.
//!
//! Mirrored: the functions named below, all in `src/gateway_edge.rs`. Everything else is the product's own code: engine,
//! store, journals, keys. Where this test fails, the hub has changed its order of calls: bring the simulation's function
//! into line first, then the list.

use std::path::Path;

/// A function of the hub, what it calls in order, the function that mirrors it, and what that one calls.
type Pair = (&'static str, &'static str, &'static [&'static str], &'static str, &'static [&'static str]);

const PAIRS: &[Pair] = &[
    (
        "intake.rs",
        "take_over",
        &[
            "store.digest",
            "self.taken_before",
            "self.durable",
            "self.receipt",
            "self.ready",
            "self.line",
            "store.keep_message",
            "self.decide",
            "engine.awaits_retake",
            "engine.handle_arrival",
            "store.destroy",
            "self.durable",
            "self.receipt",
        ],
        "receive",
        &[
            "store.digest",
            "engine.known",
            "engine.committed",
            "self.row",
            "store.ready",
            "store.keep_message",
            "store.digest",
            "engine.handle_arrival",
            "engine.committed",
            "store.destroy",
        ],
    ),
    (
        "intake.rs",
        "taken_before",
        &["engine.known", "store.message_row"],
        "receive",
        &[
            "store.digest",
            "engine.known",
            "engine.committed",
            "self.row",
            "store.ready",
            "store.keep_message",
            "store.digest",
            "engine.handle_arrival",
            "engine.committed",
            "store.destroy",
        ],
    ),
    (
        "commit.rs",
        "commit_group",
        &[
            "store.submit_changes",
            "self.settle",
            "self.settle",
            "store.submit_changes",
            "self.is_durable",
            "self.renew_head",
        ],
        "sync",
        &[
            "engine.poll_change",
            "store.submit_changes",
            "store.commit_waiting",
            "store.index_changes",
            "engine.handle_durable",
        ],
    ),
    (
        "commit.rs",
        "is_durable",
        &["store.index_changes", "engine.handle_durable", "engine.poll_effect"],
        "sync",
        &[
            "engine.poll_change",
            "store.submit_changes",
            "store.commit_waiting",
            "store.index_changes",
            "engine.handle_durable",
        ],
    ),
    (
        "answers.rs",
        "take_answer",
        &[
            "self.keep_answer",
            "self.expert_check",
            "self.decide",
            "engine.handle_answer",
            "self.durable",
            "self.count_rejection",
        ],
        "take_answer",
        &["self.own_answer", "engine.handle_answer"],
    ),
    (
        "answers.rs",
        "keep_answer",
        &[
            "engine.has_answer",
            "engine.item_of",
            "self.answer_digest",
            "store.keep_answer",
            "store.keep_stray_answer",
        ],
        "own_answer",
        &[
            "store.digest",
            "engine.has_answer",
            "engine.item_of",
            "store.keep_answer",
            "store.keep_stray_answer",
        ],
    ),
    (
        "work.rs",
        "retire",
        &["store.content_end", "engine.payloads", "self.durable", "store.retire_content"],
        "retire",
        &["self.sync", "engine.payloads", "store.retire_content"],
    ),
    (
        "mod.rs",
        "open",
        &["Engine::new", "Store::open", "engine.replay", "store.destroy_orphans", "engine.items_count"],
        "start",
        &[
            "Engine::new",
            "engine.plant",
            "Store::open_on",
            "engine.replay",
            "store.plant_acknowledge_before_sync",
            "engine.items",
            "engine.strays",
            "store.destroy_orphans",
            "engine.handle_restart",
        ],
    ),
];

/// The calls of a function on the engine, the store and the hub itself, in the order of the text.
fn calls(file: &Path, function: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let begin = ["(", "<"].iter().filter_map(|sign| text.find(&format!("fn {function}{sign}"))).min();
    let begin = begin.unwrap_or_else(|| panic!("{} has no function {function}", file.display()));
    let end = text[begin..].find("\n    }\n").map_or(text.len(), |length| begin + length);
    let lines = text[begin..end].lines().map(|line| line.split("//").next().unwrap_or_default());
    let body: String = lines.flat_map(str::split_whitespace).collect();
    let mut found = Vec::new();
    for (at, _) in body.match_indices('(') {
        let name_from =
            body[..at].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |place| place + 1);
        let (before, name) = (&body[..name_from], &body[name_from..at]);
        let on =
            ["store.", "engine.", "Engine::", "Store::", "self."].iter().find(|on| before.ends_with(**on));
        if let Some(on) = on.filter(|_| !name.is_empty() && !IGNORED.contains(&name)) {
            found.push(format!("{on}{name}"));
        }
    }
    found
}

/// Calls that say nothing about order: locks and wake-ups.
const IGNORED: &[&str] = &["core", "site_key", "signing_key", "iter"];

#[test]
fn the_hub_and_the_simulation_call_in_the_order_written_here() {
    let sim = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hub = sim.join("../../gateway/src/hub");
    let mut drift = Vec::new();
    for (file, function, expected, mirror, mirrored) in PAIRS {
        let (theirs, ours) =
            (calls(&hub.join(file), function), calls(&sim.join("src/gateway_edge.rs"), mirror));
        if theirs != *expected {
            drift.push(format!("hub/{file}, {function} now calls {theirs:?}; bring `{mirror}` into line"));
        }
        if ours != *mirrored {
            drift.push(format!(
                "the simulation's {mirror} now calls {ours:?}; compare with hub/{file}, {function}"
            ));
        }
    }
    assert!(drift.is_empty(), "{}", drift.join("\n"));
}
