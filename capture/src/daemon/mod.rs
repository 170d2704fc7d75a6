//! Where everything meets: configuration, devices, session engine, store, outbox, link and screens.
//!
//! One thread, the core ([`core`]), owns sessions, store and outbox; everybody else sends it commands. So there is one
//! order of events, each is durable before its orders are carried out, and nothing needs a lock.
//!
//! ```text
//! screens ─┐                          ┌─ sensors (one thread per device)
//! sending ─┼─ command ─> core thread ─┼─ worker (sequence check, sealing)
//! sensors ─┘                          └─ store
//! ```

pub mod carrying;
pub mod condition;
mod core;
pub mod custody;
mod fingers;
mod handle;
mod house;
mod leaflets;
mod live_feed;
mod prints;
mod reference_engine;
mod sealing;
mod sending;
mod sensors;
pub mod site;
pub mod snapshot;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;

use icd::category::Category;
use journal::carry::Signer;
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast, mpsc, oneshot};

use self::condition::Machine;
use self::core::{Core, CoreParts};
use self::handle::Carry;
pub use self::handle::Kiosk;
pub use self::leaflets::Leaflet;
use self::live_feed::LiveFeed;
pub use self::live_feed::{Board, LiveFrame};
use self::reference_engine::SiteScorer;
use self::sensors::{Judging, Sensors};
use self::site::{GatewayKey, Site};
pub use self::snapshot::{CaseSnapshot, HomeSnapshot, NewCase, Retake, Trouble};
use crate::device::SceneHandle;
use crate::error::{Error, StartError};
use crate::face::FaceSetup;
use crate::limits;
use crate::link::Link;
use crate::screens::{self, ScreenSettings};
use crate::store::Store;

/// A kiosk that is ready to be served.
pub struct Daemon {
    listener: TcpListener,
    screens: axum::Router,
    kiosk: Kiosk,
    link: Link,
    due: Arc<Notify>,
}

impl Daemon {
    /// Opens the store, the devices and the address of the screen. Must run inside a tokio runtime.
    pub async fn start(site: Site) -> Result<Self, Error> {
        let address = site.config.listen.screen;
        let listener = TcpListener::bind(address).await.map_err(|error| listen_error(address, &error))?;
        let receipt_key = GatewayKey(site.receipt_key);
        let link = Link::new(&site.link, Box::new(receipt_key.clone()))?;
        let signer = Signer::from_pem(&site.link.certificate_pem, &site.link.key_pem)?;
        let (store, recovered) = Store::open(&site.storage, site.site_key, site.journal)
            .map_err(|error| StartError::Storage { detail: error.to_string() })?;
        if recovered.damaged > 0 {
            tracing::warn!(
                records = recovered.damaged,
                "damaged records were found in the case store and are not used"
            );
        }
        let (commands, inbox) = mpsc::channel(limits::COMMANDS_WAITING_MAX);
        let (changes, _) = broadcast::channel(limits::COMMANDS_WAITING_MAX);
        let due = Arc::new(Notify::new());
        let scene = SceneHandle::default();
        let face = FaceSetup::load(&site.face);
        for note in face.notes() {
            tracing::warn!("{note}");
        }
        let scorer = SiteScorer::new(&site.config.quality, &site.folder);
        let judging = Judging { face, scorer: Arc::new(scorer) };
        let live = LiveFeed::new();
        let sensors = Sensors::start(&site.devices, &site.storage, &scene, judging, live.clone(), &commands)?;
        let virtual_scene = sensors.has_virtual().then_some(scene);
        let categories = Category::ALL
            .into_iter()
            .filter(|category| core::may_open(*category, &site.profile, jiff::Timestamp::now()))
            .collect();
        let parts = CoreParts {
            store,
            sensors,
            worker: worker::start(commands.clone())?,
            changes: changes.clone(),
            due: Arc::clone(&due),
            kiosk_id: site.config.kiosk_id.as_str().to_owned(),
            receipt_key: receipt_key.clone(),
            member_state: site.config.member_state.as_str().to_owned(),
            national_prefix: site.config.national_prefix.as_str().to_owned(),
            machine: Machine::real(&site.storage, site.config.storage.disk_margin_bytes_min),
            quality: site.config.quality.clone(),
            profile: Arc::new(site.profile),
        };
        Core::new(parts, recovered)?.spawn(inbox)?;
        let kiosk_id = site.config.kiosk_id.as_str().to_owned();
        let carry = Carry { kiosk_id, storage: site.storage.clone(), receipt_key, signer };
        let kiosk = Kiosk::new(commands, changes, live, carry);
        let settings = ScreenSettings {
            address: listener.local_addr().unwrap_or(address),
            kiosk_id: site.config.kiosk_id.as_str().to_owned(),
            site: site.config.site.as_str().to_owned(),
            staff: site.staff,
            categories,
            scene: virtual_scene,
            panel_dpi: site.config.listen.panel_dpi,
            leaflets: site.leaflets,
        };
        let screens = screens::router(kiosk.clone(), settings);
        Ok(Self { listener, screens, kiosk, link, due })
    }

    /// Where the screen is served.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` resolves; then streams end, and requests that are being answered have [`limits::END_WAIT`].
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        let link = Arc::new(self.link);
        let sending = tokio::spawn(sending::send_cases(self.kiosk.clone(), Arc::clone(&link), self.due));
        let answers = tokio::spawn(sending::poll_answers(self.kiosk.clone(), Arc::clone(&link)));
        let keeping = tokio::spawn(sending::keep_house(self.kiosk.clone(), link));
        let (asked, was_asked) = oneshot::channel();
        let kiosk = self.kiosk.clone();
        let stop = async move {
            stop.await;
            kiosk.end_streams();
            // Nobody listens only when serving ended by itself.
            let _ = asked.send(());
        };
        let waited_long = async {
            if was_asked.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(limits::END_WAIT).await;
        };
        let served = tokio::select! {
            served = axum::serve(self.listener, self.screens).with_graceful_shutdown(stop) => served,
            () = waited_long => {
                tracing::warn!("a request was not finished in time; the kiosk ends without it");
                Ok(())
            }
        };
        sending.abort();
        answers.abort();
        keeping.abort();
        self.kiosk.shut_down().await;
        served.map_err(|error| StartError::System { detail: error.kind().to_string() })?;
        Ok(())
    }
}

fn listen_error(address: SocketAddr, error: &std::io::Error) -> StartError {
    let address = address.to_string();
    match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse { address },
        kind => StartError::Listen { address, reason: kind.to_string() },
    }
}
