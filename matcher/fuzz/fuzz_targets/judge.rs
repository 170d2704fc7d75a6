//! Fuzz target: see the body in `src/bodies.rs`, which a plain test runs too.
#![no_main]

#[path = "../src/bodies.rs"]
#[allow(dead_code)]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::judge(bytes));
