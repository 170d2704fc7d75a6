//! A site with the programs a journey needs.

use e2e::{
    central::Central,
    client,
    fixture::{self, Parts, Visit},
    process::Program,
    running::{Binaries, start_central, start_gateway},
    site::{KIOSK_1, Ports, Site},
};
use matcher::synth::Person;

/// Central and gateway up, kiosk 1's certificate in hand.
pub(crate) struct Stage {
    pub(crate) site: Site,
    pub(crate) binaries: Binaries,
    pub(crate) central: Central,
    pub(crate) base: String,
    pub(crate) kiosk: reqwest::Client,
    pub(crate) visit: Visit,
    pub(crate) gateway: Program,
    _central_program: Program,
    _folder: tempfile::TempDir,
}

/// A site without running programs.
pub(crate) fn site() -> (tempfile::TempDir, Site) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::create(&folder.path().join("site"), Ports::any().unwrap()).unwrap();
    (folder, site)
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// As [`Stage::new`], after `change` had a chance to change the site's files.
    pub(crate) async fn with(change: impl FnOnce(&Site)) -> Self {
        let (folder, site) = site();
        change(&site);
        let binaries = Binaries::beside_this().unwrap();
        let central_program = start_central(&site, &binaries).await.unwrap();
        let gateway = start_gateway(&site, &binaries).await.unwrap();
        Self {
            base: format!("https://127.0.0.1:{}", site.ports.gateway_link),
            central: Central::of(&site).unwrap(),
            kiosk: client::as_party(&site, KIOSK_1).unwrap(),
            visit: Visit::of(&Person::new(21, 30), 1),
            binaries,
            site,
            gateway,
            _central_program: central_program,
            _folder: folder,
        }
    }

    pub(crate) fn submission(&self, number: &str) -> Parts {
        fixture::submission(&self.visit, KIOSK_1, number).unwrap()
    }
}
