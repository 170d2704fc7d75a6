//! The programs of a throw-away site, running as real processes.

use std::path::PathBuf;

use crate::{
    Error,
    process::Program,
    site::{KIOSK_1, KIOSK_2, Site},
};

/// Where the built programs lie: beside the running one, which is `target/<profile>/` or its `deps/`.
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Looks beside the running program.
    ///
    /// # Errors
    /// When the running program's own path cannot be told.
    pub fn beside_this() -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(|error| Error::Site(error.to_string()))?;
        let folder = own.parent().ok_or_else(|| Error::Site("this program lies in no folder".to_owned()))?;
        let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
        Ok(Self { folder: folder.to_owned() })
    }

    /// The program of this name.
    ///
    /// # Errors
    /// When it was not built.
    pub fn path(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        if path.exists() {
            return Ok(path);
        }
        let reason =
            format!("{} is not there; build it first (`cargo build --bins`, or `make demo`)", path.display());
        Err(Error::Start { program: name.to_owned(), reason })
    }
}

/// The central system's simulator.
///
/// # Errors
/// When it does not start.
pub async fn start_central(site: &Site, binaries: &Binaries) -> Result<Program, Error> {
    let link = format!("127.0.0.1:{}", site.ports.central_link);
    let web = format!("127.0.0.1:{}", site.ports.central_web);
    let file = |name: &str| site.path(name).display().to_string();
    let arguments = [
        "run".to_owned(),
        format!("--link={link}"),
        format!("--web={web}"),
        format!("--tls-cert={}", file("central.pem")),
        format!("--tls-key={}", file("central.key")),
        format!("--client-ca={}", file("ca.pem")),
        format!("--folder={}", file("central-store")),
    ];
    let mut program =
        Program::start("central", &binaries.path("central")?, &arguments, &site.path("logs/central.log"))?;
    program.wait_for(&link).await?;
    program.wait_for(&web).await?;
    Ok(program)
}

/// The gateway.
///
/// # Errors
/// When it does not start.
pub async fn start_gateway(site: &Site, binaries: &Binaries) -> Result<Program, Error> {
    let mut program = start_configured(site, binaries, "gateway", "gateway.toml", "gateway")?;
    program.wait_for(&format!("127.0.0.1:{}", site.ports.gateway_link)).await?;
    program.wait_for(&format!("127.0.0.1:{}", site.ports.gateway_console)).await?;
    Ok(program)
}

/// A kiosk.
///
/// # Errors
/// When it does not start.
pub async fn start_kiosk(site: &Site, binaries: &Binaries, kiosk: &str) -> Result<Program, Error> {
    let mut program = start_configured(site, binaries, "capture", &format!("{kiosk}.toml"), kiosk)?;
    let port = if kiosk == KIOSK_2 { site.ports.kiosk_2 } else { site.ports.kiosk_1 };
    program.wait_for(&format!("127.0.0.1:{port}")).await?;
    Ok(program)
}

/// Starts a program with a configuration of the site and does not wait.
///
/// # Errors
/// When the program or its log cannot be opened.
pub fn start_configured(
    site: &Site,
    binaries: &Binaries,
    program: &str,
    config: &str,
    log: &str,
) -> Result<Program, Error> {
    let arguments = [
        "run".to_owned(),
        format!("--config={}", site.path(config).display()),
        format!("--trust={}", site.path("site.pub").display()),
    ];
    Program::start(log, &binaries.path(program)?, &arguments, &site.path(&format!("logs/{log}.log")))
}

/// Everything at once.
pub struct Running {
    /// The simulator.
    pub central: Program,
    /// The gateway.
    pub gateway: Program,
    /// First kiosk.
    pub kiosk_1: Program,
    /// Second kiosk.
    pub kiosk_2: Program,
}

/// Starts central, gateway and both kiosks, in this order.
///
/// # Errors
/// When one of them does not start; the others are ended again.
pub async fn start_all(site: &Site, binaries: &Binaries) -> Result<Running, Error> {
    let central = start_central(site, binaries).await?;
    let gateway = start_gateway(site, binaries).await?;
    let kiosk_1 = start_kiosk(site, binaries, KIOSK_1).await?;
    let kiosk_2 = start_kiosk(site, binaries, KIOSK_2).await?;
    Ok(Running { central, gateway, kiosk_1, kiosk_2 })
}
