//! Short lives of a real gateway on a disk of ours, and the test of the test. `make test-powercut` lives longer.

use powercut::Error;
use powercut::image::Fate;
use powercut::life::{Cut, cuts, is_possible, live};
use powercut::moment::Moment;

/// Whether disks can be mounted here; where not, a visible line says so.
pub(crate) fn can_mount() -> bool {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    match is_possible(scratch.path()) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("SKIPPED: {error}");
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_promise_survives_power_cuts_at_records_and_at_random() {
    if !can_mount() {
        return;
    }
    let mut plan = cuts(2, 14).split_off(11);
    plan.extend(cuts(3, 20).split_off(17));
    let report = live(&plan, None, |line| println!("{line}")).await.expect("every promise is kept");
    assert_eq!(report.cuts, 6);
    assert!(report.promised > 0, "nothing was promised, so nothing was shown");
    assert!(report.counts.direct_writes > 0, "the way past the page cache was not used");
}

/// The planted bug: the gateway acknowledges before its records are durable, because syncs do nothing.
#[tokio::test(flavor = "multi_thread")]
async fn acknowledging_before_the_sync_is_noticed() {
    if !can_mount() {
        return;
    }
    let cut = |fate| Cut { name: "late".to_owned(), moment: Moment::Calls(u64::MAX - 1), fate };
    let plan = [cut(Fate::Dropped)];
    for lying in ["changes", "content"] {
        match live(&plan, Some(lying), |line| println!("{line}")).await {
            Err(Error::Violated(how)) => println!("noticed: {how}"),
            other => panic!("syncs of {lying} do nothing, and it was not noticed: {other:?}"),
        }
    }
}
