//! The running process: listeners, hub and lane together, from start to an orderly stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::Error;
use crate::hub::Hub;
use crate::serve::Listener;
use crate::site::Site;
use crate::watch::Watch;
use crate::{console, limits, link, revocation};

/// A gateway that runs until it is stopped.
#[derive(Debug)]
pub struct Daemon {
    hub: Arc<Hub>,
    link_address: Option<SocketAddr>,
    console_address: Option<SocketAddr>,
    metrics_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
    work: JoinHandle<()>,
    carried: JoinHandle<()>,
    looking: JoinHandle<()>,
}

impl Daemon {
    /// Starts everything, in an order in which the first error is the one that explains: certificates, addresses,
    /// storage.
    pub async fn start(site: Site) -> Result<Self, Error> {
        let tls = Arc::new(site.server_config()?);
        let central = site.central()?;
        let listen = &site.config.listen;
        let on_link =
            Listener::bind("link", listen.link, Arc::clone(&tls), limits::LINK_CONNECTIONS_MAX).await?;
        let on_link = on_link.judging(Arc::clone(&site.clients));
        let on_console =
            Listener::bind("console", listen.console, tls, limits::CONSOLE_CONNECTIONS_MAX).await?;
        let on_console = on_console.judging(Arc::clone(&site.clients));
        let clients = Arc::clone(&site.clients);
        let on_watch = match listen.metrics {
            Some(address) => Some(Watch::bind(address).await?),
            None => None,
        };
        let metrics_address = on_watch.as_ref().and_then(Watch::address);
        let (hub, work) = spawn_blocking(move || Hub::open(site)).await.map_err(|_| Error::Stopping)??;
        let (stop, stopping) = watch::channel(false);
        let (link_address, console_address) = (on_link.address(), on_console.address());
        let mut listeners = vec![
            tokio::spawn(on_link.serve(
                link::router(Arc::clone(&hub)),
                Arc::clone(hub.counters()),
                stopping.clone(),
            )),
            tokio::spawn(on_console.serve(
                console::router(Arc::clone(&hub))?,
                Arc::clone(hub.counters()),
                stopping.clone(),
            )),
        ];
        if let Some(on_watch) = on_watch {
            listeners.push(tokio::spawn(on_watch.serve(Arc::clone(&hub), stopping)));
        }
        let work = tokio::spawn(work.run(central));
        let looking = tokio::spawn(revocation::keep_looking(clients));
        let carried = tokio::spawn(link::carried::serve(Arc::clone(&hub)));
        tracing::info!(link = ?link_address, console = ?console_address, "listening");
        if let Some(reason) = hub.health().reason {
            tracing::warn!(code = "G-0501", reason, "started, but new messages are refused");
        }
        Ok(Self {
            hub,
            link_address,
            console_address,
            metrics_address,
            stop,
            listeners,
            work,
            carried,
            looking,
        })
    }

    /// The hub, for what runs beside the listeners.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Where the machine link listens.
    #[must_use]
    pub fn link_address(&self) -> Option<SocketAddr> {
        self.link_address
    }

    /// Where the console listens.
    #[must_use]
    pub fn console_address(&self) -> Option<SocketAddr> {
        self.console_address
    }

    /// Where figures and health are served, if anywhere.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Resolves when nothing can be made durable any more: the process should end and be started again.
    pub async fn failed(&self) -> String {
        self.hub.failed().await
    }

    /// Stops: no new connections, open requests finish, everything decided becomes durable.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for listener in self.listeners {
            // A listener that panicked has ended, which is what is wanted.
            let _ = listener.await;
        }
        self.looking.abort();
        self.carried.abort();
        let _ = self.carried.await;
        self.work.abort();
        let _ = self.work.await;
        let hub = self.hub;
        let _ = spawn_blocking(move || hub.close()).await;
        tracing::info!("stopped");
    }
}
