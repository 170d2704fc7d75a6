//! `sim`: lives through seeds of the simulation, in all processors, and says how to repeat one that fails.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use sim::{Planted, Report, run};

/// Seeded simulation of the gateway's world around the real engine, store and journal.
#[derive(Parser)]
struct Arguments {
    /// Live through this one seed.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
    /// How many seeds to live through.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seeds = match arguments.seed {
        Some(seed) => seed..seed + 1,
        None => arguments.from..arguments.from + arguments.seeds,
    };
    let (next, seen, failures) =
        (AtomicU64::new(seeds.start), Mutex::new([0_u64; 4]), Mutex::new(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let enough = failures.lock().is_ok_and(|failures| failures.len() >= FAILURES_SHOWN_MAX);
                    if seed >= seeds.end || enough {
                        return;
                    }
                    // A panic is a violation too, and must name its seed.
                    match std::panic::catch_unwind(|| run(seed, Planted::Nothing)) {
                        Ok(Ok(report)) => {
                            if let Ok(mut seen) = seen.lock() {
                                let Report { receipted, arrived, crashes, steps } = report;
                                for (sum, one) in seen.iter_mut().zip([receipted, arrived, crashes, steps]) {
                                    *sum += one;
                                }
                            }
                        }
                        Ok(Err(violation)) => note(&failures, violation),
                        Err(_) => note(&failures, format!("seed {seed} panicked")),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    for violation in &failures {
        println!("{violation}\n  repeat it: cargo run -p sim -- --seed followed by the number above");
    }
    let [receipted, arrived, crashes, steps] = seen.into_inner().unwrap_or_default();
    let count = seeds.end - seeds.start;
    println!(
        "{count} seeds from {}: {} violations; {steps} steps, {crashes} crashes, {receipted} messages receipted, \
         {arrived} reached Eurodac",
        seeds.start,
        failures.len()
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn note(failures: &Mutex<Vec<String>>, violation: String) {
    if let Ok(mut failures) = failures.lock() {
        failures.push(violation);
    }
}

const FAILURES_SHOWN_MAX: usize = 5;
