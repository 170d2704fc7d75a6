//! How fast records become durable on this disk, beside the disk's own pace.
//!
//! `cargo run --release -p journal --example rate -- FOLDER [record bytes] [seconds]`
//!
//! 64 producers append records of one size and wait for each; then one thread writes groups of 32 such
//! records to a plain file with one sync per group. In between the journal is opened again, which reads
//! everything. The folder needs room for what is written; it is left empty.

use journal::{Journal, Options};
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

const PRODUCERS: usize = 64;
const PLAIN_GROUP: usize = 32;
const OPTIONS: Options = Options {
    segment_bytes_max: 256 << 20,
    record_bytes_max: 32 << 20,
    disk_margin_bytes_min: 1 << 30,
    queue_bytes_max: 128 << 20,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say in which folder to write")?;
    let record_bytes: usize = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let folder = Path::new(&folder).join("rate");
    std::fs::create_dir_all(&folder)?;
    let duration = Duration::from_secs(seconds);

    let mut latencies = with_journal(&folder, record_bytes, duration)?;
    let begun = Instant::now();
    let (journal, recovery) = Journal::open(&folder, OPTIONS)?;
    let opening = begun.elapsed();
    drop(journal);
    let plain = with_plain_file(&folder, record_bytes, duration)?;
    std::fs::remove_dir_all(&folder)?;

    latencies.sort_unstable();
    let rate = latencies.len() as f64 / seconds as f64;
    let percentile = |share: usize| latencies.get(latencies.len() * share / 100).copied().unwrap_or_default();
    println!(
        "journal     {rate:>9.0} records/s of {record_bytes} bytes, {PRODUCERS} producers, p50 {:?}, p99 {:?}",
        percentile(50),
        percentile(99)
    );
    let gigabytes = recovery.payload_bytes as f64 / 1e9;
    println!("opening     {opening:?} for {gigabytes:.1} GB, {} records", recovery.records);
    println!("plain file  {plain:>9.0} records/s in groups of {PLAIN_GROUP}; ratio {:.2}", rate / plain);
    Ok(())
}

fn with_journal(
    folder: &Path,
    record_bytes: usize,
    duration: Duration,
) -> Result<Vec<Duration>, journal::Error> {
    let (journal, _) = Journal::open(folder, OPTIONS)?;
    let payload: Vec<u8> = (0..record_bytes).map(|at| (at * 31 % 251) as u8).collect();
    let end = Instant::now() + duration;
    std::thread::scope(|scope| {
        let produce = || -> Result<Vec<Duration>, journal::Error> {
            let mut latencies = Vec::new();
            while Instant::now() < end {
                let begun = Instant::now();
                journal.append(1, payload.clone())?;
                latencies.push(begun.elapsed());
            }
            Ok(latencies)
        };
        let producers: Vec<_> = (0..PRODUCERS).map(|_| scope.spawn(produce)).collect();
        let mut all = Vec::new();
        for producer in producers {
            all.extend(producer.join().unwrap_or_else(|_| Ok(Vec::new()))?);
        }
        Ok(all)
    })
}

fn with_plain_file(folder: &Path, record_bytes: usize, duration: Duration) -> std::io::Result<f64> {
    let mut file = File::create(folder.join("plain"))?;
    let group: Vec<u8> = (0..record_bytes * PLAIN_GROUP).map(|at| (at * 31 % 251) as u8).collect();
    let begun = Instant::now();
    let mut records = 0;
    while begun.elapsed() < duration {
        file.write_all(&group)?;
        file.sync_data()?;
        records += PLAIN_GROUP;
    }
    Ok(records as f64 / begun.elapsed().as_secs_f64())
}
