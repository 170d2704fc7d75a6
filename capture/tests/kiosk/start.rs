//! What keeps a kiosk from starting, and what does not.

use capture::error::{Error, StartError};

use crate::fixture::{Script, TestSite, unsign};

fn read_code(site: &TestSite) -> Option<&'static str> {
    site.read().err().map(|error| error.code())
}

async fn start_code(site: &TestSite) -> Option<&'static str> {
    site.start().await.err().map(|error| error.code())
}

#[test]
fn unsigned_altered_and_unknown_configuration_is_not_used() {
    let site = TestSite::new();
    assert_eq!(read_code(&site), None, "the fixture itself is fine");
    unsign(&site, "kiosk.toml");
    assert_eq!(read_code(&site), Some("C-0102"));
    site.write_signed("kiosk.toml", &site.kiosk_toml);
    std::fs::write(site.path("kiosk.toml"), site.kiosk_toml.replace("demo-site", "other-site"))
        .expect("written");
    assert_eq!(read_code(&site), Some("C-0102"));
    site.write_signed("kiosk.toml", &format!("{}\nunknown = 1\n", site.kiosk_toml));
    let error = site.read().err().expect("an unknown key");
    assert!(error.to_string().contains("unknown"), "{error}");
    site.write_signed("kiosk.toml", &site.kiosk_toml);
    unsign(&site, "staff.toml");
    assert_eq!(read_code(&site), Some("C-0102"));
}

#[test]
fn missing_files_are_named() {
    let site = TestSite::new();
    for name in ["receipt.pub", "ca.pem", "kiosk-1.pem", "staff.toml", "kiosk.toml"] {
        let content = std::fs::read(site.path(name)).expect("it is there");
        std::fs::remove_file(site.path(name)).expect("removed");
        let error = site.read().err().expect("a file is missing");
        assert_eq!(error.code(), "C-0101");
        assert!(error.to_string().contains(name), "{error}");
        std::fs::write(site.path(name), content).expect("put back");
    }
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let site = TestSite::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    site.write_signed("kiosk.toml", &site.kiosk_toml.replace("127.0.0.1:0", &address));
    let error = site.start().await.err().expect("the port is taken");
    assert!(
        matches!(&error, Error::Start(StartError::PortInUse { address: told }) if *told == address),
        "{error}"
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_told() {
    let site = TestSite::new();
    std::fs::write(site.path("store"), "a file where the folder should be").expect("written");
    assert_eq!(start_code(&site).await, Some("C-0105"));
}

#[tokio::test]
async fn a_second_daemon_does_not_share_the_store() {
    let site = TestSite::new();
    let first = site.start().await.expect("started");
    assert_eq!(start_code(&site).await, Some("C-0105"));
    first.end().await;
}

#[tokio::test]
async fn a_plan_without_a_device_is_told() {
    let site = TestSite::new();
    let without = site
        .kiosk_toml
        .replace("id = \"camera\"\ndriver = \"virtual-camera\"", "id = \"reader\"\ndriver = \"uru4000b\"");
    site.write_signed("kiosk.toml", &without);
    assert_eq!(start_code(&site).await, Some("C-0106"));
}

#[tokio::test]
async fn an_unreachable_gateway_is_no_reason_not_to_start() {
    let site = TestSite::new();
    let running = site.start().await.expect("started without a gateway");
    let script = Script::sign_in(running.address).await;
    assert_eq!(script.get("/").await["store"]["ready"], true);
    running.end().await;
}

/// The digest of a leaflet stands in the signed configuration; what is not that file is not shown to anybody.
#[tokio::test]
async fn a_leaflet_that_was_changed_keeps_the_kiosk_from_starting() {
    let site = TestSite::new();
    let digest = "00".repeat(32);
    let leaflet = |sha256: &str| {
        format!(
            "[[leaflet]]\nid = \"so-children\"\nname = \"For children\"\nfor_children = true\nlanguage = \"so\"\n\
             file = \"so.txt\"\nsha256 = \"{sha256}\"\n"
        )
    };
    let with =
        |sha256: &str| site.write_signed("kiosk.toml", &format!("{}{}", site.kiosk_toml, leaflet(sha256)));
    with(&digest);
    assert_eq!(read_code(&site), Some("C-0109"), "no file");
    std::fs::write(site.path("so.txt"), "We explain.").expect("written");
    let error = site.read().err().expect("another digest");
    assert_eq!(error.code(), "C-0109");
    assert!(error.to_string().contains("so-children") && error.to_string().contains("SHA-256"), "{error}");
    with(EXPLAINED_SHA256);
    let running = site.start().await.expect("the file the site signed for");
    let script = Script::sign_in(running.address).await;
    // What was checked at start is what is shown, whatever becomes of the file.
    std::fs::write(site.path("so.txt"), "Sign here.").expect("written");
    assert_eq!(script.bytes("/leaflets/so-children").await, (200, b"We explain.".to_vec()));
    assert_eq!(script.bytes("/leaflets/other").await.0, 404);
    running.end().await;
    assert_eq!(read_code(&site), Some("C-0109"), "but it is not started with again");
}

/// `printf 'We explain.' | sha256sum`
pub(crate) const EXPLAINED_SHA256: &str = "3d0ee7cc3f45fe763b35bbb795638b1a7d8f2162aed24abe7856e224acc4ec42";
