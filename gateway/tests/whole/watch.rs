//! What those who watch see: figures without personal data, and whether work is taken; and the files that Prometheus
//! and Grafana are given name only figures that exist.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::StatusCode;

use crate::central::free_address;
use crate::sample;
use crate::site::TestSite;

async fn page(address: std::net::SocketAddr, path: &str) -> (StatusCode, String) {
    // Fails only when a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let reply = reqwest::Client::builder().no_proxy().build().expect("a client");
    let reply = reply.get(format!("http://{address}{path}")).send().await.expect("a reply");
    (reply.status(), reply.text().await.expect("text"))
}

/// Names of the figures in a page, an alert rule or a dashboard.
fn names(text: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    text.split(word).filter(|word| word.starts_with("gateway_")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_tell_the_state_of_the_work_and_nothing_about_persons() {
    let site = TestSite::new(free_address());
    site.sign(
        "gateway.toml",
        &site
            .text
            .replace("console = \"127.0.0.2:0\"", "console = \"127.0.0.2:0\"\nmetrics = \"127.0.0.1:0\""),
    );
    let daemon = site.start().await;
    let address = daemon.metrics_address().expect("listening");
    assert_eq!(page(address, "/health/live").await.0, StatusCode::OK);
    assert_eq!(page(address, "/health/ready").await, (StatusCode::OK, "ready\n".to_owned()));
    let kiosk = site.kiosk();
    let url = format!("https://{}/v1/transactions", daemon.link_address().expect("listening"));
    let sample = sample::submission("kiosk-1", "00000001");
    kiosk.post(&url).multipart(sample.form()).send().await.expect("a reply");
    let stranger = site.client(&site.authority().card("kiosk-9"));
    let refused = stranger.post(&url).multipart(sample.form()).send().await.expect("a reply");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    drop(tokio::net::TcpStream::connect(daemon.link_address().expect("listening")).await.expect("listening"));
    let (status, text) = page(address, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "gateway_ready 1",
        "gateway_changes_total{change=\"accepted\"} 1",
        "gateway_security_events_total{event=\"not-authorised\"} 1",
        "gateway_refusals_total{code=\"G-0403\"} 1",
        "gateway_items_clock{clock=\"on-time\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for secret in [sample::SURNAME, "NL1", "kiosk-1", &sample.message_id.to_string()] {
        assert!(!text.contains(secret), "{secret} is in the figures:\n{text}");
    }
    let documented = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let read = |file: &str| std::fs::read_to_string(documented.join(file)).expect("it is there");
    let described = names(&read("reference/metrics.md"));
    for name in names(&text) {
        assert!(described.contains(&name), "{name} is not described in docs/reference/metrics.md");
    }
    for file in ["operate/alerts.yml", "operate/dashboard.json"] {
        for name in names(&read(file)) {
            assert!(described.contains(&name), "{file} asks for {name}, which does not exist");
        }
    }
    let dashboard: serde_json::Value = serde_json::from_str(&read("operate/dashboard.json")).expect("JSON");
    assert!(dashboard["panels"].as_array().is_some_and(|panels| panels.len() >= 8));
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_served_to_this_machine_alone() {
    let site = TestSite::new(free_address());
    site.sign(
        "gateway.toml",
        &site.text.replace("console = \"127.0.0.2:0\"", "console = \"127.0.0.2:0\"\nmetrics = \"0.0.0.0:0\""),
    );
    let refused = site.read().expect_err("an address for everybody");
    assert_eq!(refused.code(), "G-0102");
    assert!(refused.to_string().contains("listen.metrics"), "{refused}");
}
