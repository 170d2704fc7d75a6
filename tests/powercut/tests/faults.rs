//! A disk that fails under the real gateway: full, read-only, syncs that fail, syncs that are slow. No receipt after the
//! fault, the state is said, and a start on a sound disk heals it.

use std::time::{Duration, Instant};

use e2e::process::Program;
use powercut::image::{Fate, Image};
use powercut::life::{House, is_possible};
use powercut::mount::{Drive, Faults, Mounted};

/// A gateway on a sound disk that has promised something.
struct Running {
    house: House,
    drive: Drive,
    mounted: Mounted,
    gateway: Program,
}

impl Running {
    async fn new() -> Option<Self> {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        if let Err(error) = is_possible(scratch.path()) {
            eprintln!("SKIPPED: {error}");
            return None;
        }
        let house = House::new().await.expect("a site");
        let drive = Drive::new(Image::default());
        let mounted = house.mount(&drive).expect("mounted before");
        let gateway = house.start().await.expect("it starts");
        assert_eq!(house.witness.try_new().await.expect("no violation"), 2, "a sound disk takes messages");
        Some(Self { house, drive, mounted, gateway })
    }

    /// Receipts for new messages, several tries.
    async fn receipts(&self) -> usize {
        let mut receipts = 0;
        for _ in 0..3 {
            receipts += self.house.witness.try_new().await.expect("no violation");
        }
        receipts
    }

    /// What the gateway says of its state: at its health address, or with its last words.
    async fn said(&mut self) -> String {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match self.house.witness.health().await {
                Ok((status, text)) if !status.is_success() => return text,
                Ok(_) => {}
                Err(_) => {
                    if let Some(words) = self.gateway.has_ended() {
                        return words;
                    }
                }
            }
            assert!(Instant::now() < until, "it says nothing about its disk");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends the process, makes the disk sound, starts again: everything is there and new messages are taken.
    async fn heal(mut self) {
        self.gateway.kill_9().await.expect("it is ours");
        self.drive.set_faults(Faults::default());
        self.drive.leave_free(1 << 40);
        let mut gateway = self.house.start().await.expect("it starts on a sound disk");
        self.house.witness.check().await.expect("every promise is kept");
        assert_eq!(self.house.witness.try_new().await.expect("no violation"), 2, "healed");
        self.house.check_journals().expect("no damage");
        gateway.kill_9().await.expect("it is ours");
        tokio::task::spawn_blocking(|| self.mounted.unmount()).await.expect("no panic").expect("unmounted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_no_receipt_is_given() {
    let Some(mut running) = Running::new().await else { return };
    running.drive.leave_free(0);
    assert_eq!(running.receipts().await, 0);
    let said = running.said().await;
    assert!(said.contains("J-0201"), "{said}");
    running.heal().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_became_read_only_is_said_and_no_receipt_is_given() {
    let Some(mut running) = Running::new().await else { return };
    running.drive.set_faults(Faults { read_only: true, ..Faults::default() });
    assert_eq!(running.receipts().await, 0);
    let said = running.said().await;
    assert!(said.contains("J-02") || said.contains("G-02"), "{said}");
    running.heal().await;
}

/// After a failed sync nobody knows what the disk has; a later one that succeeds proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_no_receipt_is_given_until_a_restart() {
    for below in ["changes", "content", "audit"] {
        let Some(mut running) = Running::new().await else { return };
        running.drive.set_faults(Faults { failing_syncs: Some(below), ..Faults::default() });
        assert_eq!(running.receipts().await, 0, "{below}");
        running.drive.set_faults(Faults::default());
        assert_eq!(running.receipts().await, 0, "{below}: the sync that succeeds again proves nothing");
        let said = running.said().await;
        assert!(said.contains("J-02") || said.contains("G-02"), "{below}: {said}");
        running.heal().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_made_durable_gives_no_receipt() {
    let Some(running) = Running::new().await else { return };
    running.drive.set_faults(Faults { failing_syncs: Some("keys"), ..Faults::default() });
    assert_eq!(running.receipts().await, 0);
    running.heal().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_disk_is_waited_for_and_what_it_promised_survives_a_cut() {
    let Some(mut running) = Running::new().await else { return };
    let delay = Duration::from_millis(600);
    running.drive.set_faults(Faults { sync_delay: delay, ..Faults::default() });
    let begun = Instant::now();
    assert_eq!(running.house.witness.try_new().await.expect("no violation"), 2);
    // Key, content, changes: one after the other, for each of two messages.
    assert!(begun.elapsed() > 6 * delay, "it did not wait for the disk: {:?}", begun.elapsed());
    running.drive.cut();
    running.gateway.kill_9().await.expect("it is ours");
    tokio::task::spawn_blocking(|| running.mounted.unmount()).await.expect("no panic").expect("unmounted");
    let left = running.drive.at_cut().expect("the power went").cut(Fate::Dropped);
    let drive = Drive::new(left);
    let mounted = running.house.mount(&drive).expect("mounted before");
    let gateway = running.house.start().await.expect("it starts");
    Running { drive, mounted, gateway, ..running }.heal().await;
}
