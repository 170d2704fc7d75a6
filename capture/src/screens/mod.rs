//! The kiosk's screen: pages for people, JSON for scripts, on loopback only.
//!
//! Server-rendered; one style sheet and one small script, both served from the binary. Everything works without the
//! script: pages that wait look again by themselves. Routes, fields and the JSON state are described in
//! `docs/reference/kiosk-interface.md`.
//!
//! Invariants: no page without a sign-in but the sign-in; no change without the token of that sign-in; images only for
//! the officer's session; no inline style or script (the content policy forbids them).

mod auth;
mod carry;
mod case_page;
mod dates;
mod form;
mod guard;
mod home;
mod intake;
mod language;
mod layout;
mod live;
mod officer;
mod picture;
mod respond;
mod routes;
mod screening;
mod state;
mod streams;
mod time;
mod timeline;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::routing::{get, post};
use axum::{Router, middleware};
use firmware_config::StaffRegister;
use icd::category::Category;

use self::auth::SignIns;
use crate::daemon::{Kiosk, Leaflet};
use crate::device::SceneHandle;
use crate::limits;

/// What the screens are told about their kiosk.
pub struct ScreenSettings {
    /// Where they are served.
    pub address: SocketAddr,
    /// Name of the kiosk.
    pub kiosk_id: String,
    /// Name of the site.
    pub site: String,
    /// Who may sign in.
    pub staff: StaffRegister,
    /// Categories that can be captured here.
    pub categories: Vec<Category>,
    /// The scene of the virtual devices, if there are any.
    pub scene: Option<SceneHandle>,
    /// Points per inch of the panel.
    pub panel_dpi: u32,
    /// The site's own leaflets.
    pub leaflets: Vec<Leaflet>,
}

struct App {
    kiosk: Kiosk,
    sign_ins: SignIns,
    kiosk_id: String,
    site: String,
    categories: Vec<Category>,
    scene: Option<SceneHandle>,
    /// Values of `Host` that are ours.
    hosts: Vec<String>,
    streams_open: Arc<AtomicUsize>,
    languages: language::Chosen,
    panel_dpi: u32,
    leaflets: Vec<Leaflet>,
}

/// Every route of the kiosk.
pub fn router(kiosk: Kiosk, settings: ScreenSettings) -> Router {
    let port = settings.address.port();
    let app = Arc::new(App {
        kiosk,
        sign_ins: SignIns::new(settings.staff),
        kiosk_id: settings.kiosk_id,
        site: settings.site,
        categories: settings.categories,
        scene: settings.scene,
        hosts: vec![settings.address.to_string(), format!("localhost:{port}")],
        streams_open: Arc::default(),
        languages: language::Chosen::default(),
        panel_dpi: settings.panel_dpi,
        leaflets: settings.leaflets,
    });
    Router::new()
        .route("/", get(routes::home))
        .route("/events", get(streams::home_events))
        .route("/sign-in", get(routes::sign_in_page).post(routes::sign_in))
        .route("/sign-out", post(routes::sign_out))
        .route("/cases", post(routes::open_case))
        .route("/cases/{case}", get(routes::case))
        .route("/cases/{case}/events", get(streams::case_events))
        .route("/cases/{case}/live", get(live::stream))
        .route("/cases/{case}/live.jpg", get(live::frame))
        .route("/cases/{case}/attempts/{picture}", get(routes::attempt))
        .route("/cases/{case}/gates/{gate}", post(routes::gate))
        .route("/cases/{case}/retake", post(carry::retake))
        .route("/cases/{case}/screening", get(screening::show).post(screening::fill_in))
        .route("/cases/{case}/screening.pdf", get(screening::as_pdf))
        .route("/cases/{case}/{action}", post(routes::act))
        .route("/leaflets/{id}", get(routes::leaflet))
        .route("/custody", get(carry::custody))
        .route("/carry/export", post(carry::export))
        .route(
            "/carry/receipts",
            post(carry::receipts)
                .layer(axum::extract::DefaultBodyLimit::max(limits::RECEIPTS_FILE_BYTES_MAX + 4_096)),
        )
        .route("/virtual", get(routes::virtual_panel).post(routes::set_scene))
        .route("/kiosk.css", get(routes::style))
        .route("/panel.css", get(routes::panel_style))
        .route("/kiosk.js", get(routes::script))
        .fallback(routes::nowhere)
        .layer(axum::extract::DefaultBodyLimit::max(limits::FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}
