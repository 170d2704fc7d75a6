//! What survives: a killed process, a lost or damaged index, lost audit lines, half a restored folder.

use std::fs;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use icd::message::{AnswerList, Receipt};
use reqwest::{Client, StatusCode};

use crate::central::{Central, Fault, free_address};
use crate::link::{House, collect, receipt};
use crate::sample::{self, Sample};
use crate::site::TestSite;

/// The real process.
struct Process(Child);

impl Process {
    fn start(site: &TestSite) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .args(["run", "--config", "gateway.toml", "--trust", "site.pub"])
            .current_dir(site.folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        Self(child)
    }

    /// SIGKILL: nothing of the process gets to run any more.
    fn kill(mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it ended");
    }
}

/// Sends until there is a receipt, as a kiosk does; `None` when nobody listens.
async fn try_to_send(client: &Client, address: SocketAddr, sample: &Sample) -> Option<Receipt> {
    let request = client.post(format!("https://{address}/v1/transactions")).multipart(sample.form());
    let response = request.timeout(Duration::from_secs(20)).send().await.ok()?;
    match response.status() {
        StatusCode::OK | StatusCode::CREATED => Some(receipt(response).await),
        StatusCode::SERVICE_UNAVAILABLE => None,
        other => panic!("{other}: {}", response.text().await.unwrap_or_default()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_loses_nothing_and_sends_nothing_twice() {
    let (central_address, link) = (free_address(), free_address());
    let site = TestSite::new(central_address);
    site.sign("gateway.toml", &site.text.replace("127.0.0.1:0", &link.to_string()));
    let central = Central::default();
    central.serve(central_address, &site).await;
    let kiosk = site.kiosk();
    let samples: Vec<_> =
        (0..12).map(|number| sample::submission("kiosk-1", &format!("{number:08}"))).collect();
    let mut receipts: Vec<Option<Receipt>> = vec![None; samples.len()];
    // Each round is cut at another moment: while starting, receiving, sending, or being told lies.
    // `make test-kill` asks for fifty.
    let kills = std::env::var("GATEWAY_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(6_u64);
    for round in 0..kills {
        central.set(if round % 3 == 1 { Fault::LosesReplies } else { Fault::None });
        let process = Process::start(&site);
        let life = tokio::time::sleep(Duration::from_millis(400 + 170 * (round % 7)));
        let sending = async {
            loop {
                for (sample, receipt) in samples.iter().zip(&mut receipts) {
                    if let Some(new) = try_to_send(&kiosk, link, sample).await {
                        let old = receipt.get_or_insert_with(|| new.clone());
                        assert!(*old == new, "a receipt is the same for ever");
                    }
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! { () = life => {}, () = sending => {} }
        process.kill();
    }
    central.set(Fault::None);
    let process = Process::start(&site);
    let mut answered = std::collections::BTreeSet::new();
    while answered.len() < samples.len() {
        for (sample, receipt) in samples.iter().zip(&mut receipts) {
            if let Some(new) = try_to_send(&kiosk, link, sample).await {
                assert!(*receipt.get_or_insert_with(|| new.clone()) == new);
            }
        }
        let polled = kiosk.get(format!("https://{link}/v1/answers?wait_s=1")).send().await;
        if let Ok(response) = polled {
            let list = AnswerList::from_xml(&response.bytes().await.expect("a body")).expect("answers");
            for answer in list.answers {
                let acknowledgement =
                    format!("https://{link}/v1/answers/{}/acknowledgement", answer.answer_id);
                kiosk.post(acknowledgement).send().await.expect("a reply");
                answered.insert(answer.in_reply_to);
            }
        }
    }
    process.kill();
    for (sample, receipt) in samples.iter().zip(receipts) {
        assert_eq!(central.arrivals_of(sample.message_id), 1, "once, and only once");
        let receipt = receipt.expect("every message was receipted");
        fs::write(site.path("receipt.xml"), icd::message::Message::Receipt(receipt).to_xml())
            .expect("writable");
        let verified = Command::new(env!("CARGO_BIN_EXE_gateway"))
            .args([
                "audit",
                "verify",
                "--public-key",
                "receipt.pub",
                "--receipt",
                "receipt.xml",
                "store/audit",
            ])
            .current_dir(site.folder.path())
            .output()
            .expect("it runs");
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
    let checked = Command::new(env!("CARGO_BIN_EXE_gateway"))
        .args(["journal", "check", "store"])
        .current_dir(site.folder.path())
        .output()
        .expect("it runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// Accepts a submission that waits for an absent central system, does something to the closed store, starts again
/// and gives the receipts before and after.
async fn around(damage: impl FnOnce(&TestSite)) -> (TestSite, Receipt, Receipt) {
    let site = TestSite::new(free_address());
    let kiosk = site.kiosk();
    let sample = sample::submission("kiosk-1", "00000001");
    let daemon = site.start().await;
    let address = daemon.link_address().expect("listening");
    let before = try_to_send(&kiosk, address, &sample).await.expect("a receipt");
    daemon.stop().await;
    damage(&site);
    let daemon = site.start().await;
    let address = daemon.link_address().expect("listening");
    let after = try_to_send(&kiosk, address, &sample).await.expect("a receipt");
    let items = daemon.hub().items(jiff::Timestamp::now(), |_| true);
    assert_eq!(items.len(), 1);
    let steps = daemon.hub().timeline(items[0].id).await.expect("a life");
    assert_eq!(steps[0].what, "accepted");
    daemon.stop().await;
    (site, before, after)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_gone_is_rebuilt() {
    let (_, before, after) =
        around(|site| fs::remove_dir_all(site.path("store/index")).expect("it is there")).await;
    assert!(before == after);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_damaged_is_rebuilt() {
    let damages: [fn(&TestSite); 3] = [
        |site| fs::write(site.path("store/index/db"), vec![0xA5; 4096]).expect("writable"),
        |site| fs::write(site.path("store/index/conf"), b"nonsense").expect("writable"),
        |site| {
            let mut bytes = fs::read(site.path("store/index/db")).expect("it is there");
            bytes.iter_mut().skip(16).step_by(7).for_each(|byte| *byte ^= 0x5A);
            fs::write(site.path("store/index/db"), bytes).expect("writable");
        },
    ];
    // sled itself takes some damage for an empty database; what it refuses is set aside. Either way it is rebuilt.
    for damage in damages {
        let (site, before, after) = around(damage).await;
        assert!(before == after);
        assert!(site.path("store/index/db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_whose_audit_lines_were_lost_get_new_ones() {
    let (site, before, after) = around(|site| {
        fs::remove_dir_all(site.path("store/audit")).expect("it is there");
    })
    .await;
    assert_eq!(before.received_at, after.received_at);
    let anchor = gateway::audit::Anchor {
        sequence: after.audit_sequence,
        hash: gateway::audit::Hash(after.audit_hash),
    };
    let log = site.path("store/audit");
    let report =
        gateway::audit::verify_path(&log, &site.receipt_key, vec![anchor], Vec::new()).expect("a sound log");
    assert!(report.anchors >= 1, "the receipt names a line that is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_restored_folder_is_refused_and_nothing_is_destroyed() {
    let site = TestSite::new(free_address());
    let daemon = site.start().await;
    let (address, kiosk) = (daemon.link_address().expect("listening"), site.kiosk());
    try_to_send(&kiosk, address, &sample::submission("kiosk-1", "00000001")).await.expect("a receipt");
    daemon.stop().await;
    for number in 0..=gateway::limits::UNKNOWN_KEYS_MAX {
        let name = uuid::Uuid::from_u128(number as u128 + 1);
        let keys = fs::read_dir(site.path("store/keys"))
            .expect("keys")
            .next()
            .expect("one")
            .expect("readable")
            .path();
        let extension =
            keys.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
        fs::copy(&keys, site.path(&format!("store/keys/{name}{extension}"))).expect("writable");
    }
    let kept = fs::read_dir(site.path("store/keys")).expect("keys").count();
    let refused =
        gateway::daemon::Daemon::start(site.read().expect("sound")).await.expect_err("it must not start");
    assert_eq!(refused.code(), "G-0209");
    assert_eq!(fs::read_dir(site.path("store/keys")).expect("keys").count(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_message_is_still_recognised() {
    let address = free_address();
    let site = TestSite::new(address);
    let central = Central::default();
    central.serve(address, &site).await;
    let mut read = site.read().expect("sound");
    read.policy.retention = jiff::SignedDuration::ZERO;
    let house =
        House { daemon: gateway::daemon::Daemon::start(read).await.expect("it starts"), central, site };
    let kiosk = house.site.kiosk();
    let sample = sample::submission("kiosk-1", "00000001");
    let first = receipt(house.send(&kiosk, &sample).await).await;
    for answer in collect(&house, &kiosk).await {
        let acknowledgement = house.url(&format!("/v1/answers/{}/acknowledgement", answer.answer_id));
        kiosk.post(acknowledgement).send().await.expect("a reply");
    }
    let keys = || fs::read_dir(house.site.path("store/keys")).expect("keys").count();
    for _ in 0..100 {
        if house.daemon.hub().items(jiff::Timestamp::now(), |_| true).is_empty() && keys() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(keys(), 1, "only the key of the digests' secret is left");
    let again = house.send(&kiosk, &sample).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert!(receipt(again).await == first);
    house.daemon.stop().await;
}

/// Opening an interface is a new signed configuration: what waits untouched goes by machine, what an operator holds
/// stays with the operator.
#[tokio::test(flavor = "multi_thread")]
async fn an_interface_that_opens_drains_what_nobody_holds() {
    let address = free_address();
    let site = TestSite::new(address);
    let central = Central::default();
    central.serve(address, &site).await;
    let partner = site.client(&site.authority().card("partner-1"));
    let [free, held] = ["00000001", "00000002"].map(|number| sample::erasure("partner-1", number));
    let daemon = site.start().await;
    let link = daemon.link_address().expect("listening");
    for sample in [&free, &held] {
        try_to_send(&partner, link, sample).await.expect("a receipt");
    }
    let staff = icd::identifier::StaffId::new("operator-1").expect("plain");
    let who = gateway::hub::Who { origin: "console 127.0.0.1".to_owned(), actor: "operator-1".to_owned() };
    let item = daemon.hub().items(jiff::Timestamp::now(), |_| true)[1].id;
    let claim = daemon.hub().claim(item, &staff, &who).await.expect("free");
    daemon.stop().await;

    site.sign("gateway.toml", &site.text.replace("web-interface", "s2s"));
    let house = House { daemon: site.start().await, central, site };
    let answers = collect(&house, &partner).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].in_reply_to, free.message_id);
    let hub = house.daemon.hub();
    hub.confirm((item, claim.fence), "EU-1", &staff, &who).await.expect("still theirs");
    assert_eq!(house.central.arrivals_of(free.message_id), 1);
    assert_eq!(house.central.arrivals_of(held.message_id), 0, "it was keyed by hand");
    house.daemon.stop().await;
}
