//! Criterion for people: one durable append by one caller; the raw disk's own pace beside it is in `race-journey`.
//!
//! The journal lies in the target folder, because the usual place for temporary files may be no disk at all.

use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use journal::{Journal, Options};

fn appends(criterion: &mut Criterion) {
    let program = std::env::current_exe().expect("this program's path");
    let parent = program.parent().unwrap_or(Path::new("."));
    let folder = tempfile::Builder::new().prefix("bench-journal-").tempdir_in(parent).expect("a folder");
    let (journal, _) = Journal::open(folder.path(), Options::default()).expect("a journal");
    let mut group = criterion.benchmark_group("journal");
    group.sample_size(20);
    for bytes in [10_000_usize, 1_000_000] {
        let payload: Vec<u8> = (0..bytes).map(|at| (at * 31 % 251) as u8).collect();
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new("durable append", bytes), |bench| {
            bench.iter(|| {
                let position = journal.append(1, payload.clone()).expect("durable");
                journal.drop_segments_before(position).expect("old segments go away")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, appends);
criterion_main!(benches);
