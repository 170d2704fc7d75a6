//! A life of a gateway: started, used, cut off, started again on what is left.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use e2e::process::Program;
use e2e::running::{Binaries, start_central, start_gateway};
use e2e::site::{Ports, Site};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use crate::Error;
use crate::image::{Fate, Image};
use crate::limits;
use crate::moment::{self, Call, Moment};
use crate::mount::{Counts, Drive, Faults, Mounted};
use crate::witness::Witness;

/// One cut.
#[derive(Clone, Debug)]
pub struct Cut {
    /// What to call it.
    pub name: String,
    /// When the power goes.
    pub moment: Moment,
    /// What becomes of what was not durable.
    pub fate: Fate,
}

/// What a life has shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Cuts of the power.
    pub cuts: u32,
    /// Those that came at their moment; the others came when the load had lasted its time.
    pub at_their_moment: u32,
    /// Messages with a receipt.
    pub promised: usize,
    /// Calls of the disk over the whole life.
    pub counts: Counts,
}

/// A site whose gateway's store lies on a disk of ours.
pub struct House {
    /// The site.
    pub site: Arc<Site>,
    /// Everybody outside.
    pub witness: Arc<Witness>,
    binaries: Binaries,
    _central: Program,
    _folder: tempfile::TempDir,
}

impl House {
    /// Makes a site and starts the central system.
    ///
    /// # Errors
    /// [`Error::Broken`].
    pub async fn new() -> Result<Self, Error> {
        let broken = |error: std::io::Error| Error::Broken(error.to_string());
        let folder = tempfile::Builder::new().prefix("powercut-").tempdir().map_err(broken)?;
        let site = Arc::new(Site::create(&folder.path().join("site"), Ports::any()?)?);
        let binaries = Binaries::beside_this()?;
        let central = start_central(&site, &binaries).await?;
        let witness = Arc::new(Witness::new(Arc::clone(&site), binaries.path("gateway")?)?);
        Ok(Self { site, witness, binaries, _central: central, _folder: folder })
    }

    /// Mounts a disk as the gateway's store.
    ///
    /// # Errors
    /// As [`Drive::mount`].
    pub fn mount(&self, drive: &Drive) -> Result<Mounted, Error> {
        drive.mount(&self.site.path("gateway-store"))
    }

    /// Starts the gateway.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(&self) -> Result<Program, Error> {
        Ok(start_gateway(&self.site, &self.binaries).await?)
    }

    /// What the gateway's own program says of the store's journals.
    ///
    /// # Errors
    /// [`Error::Violated`] when it finds damage.
    pub fn check_journals(&self) -> Result<(), Error> {
        let gateway = self.binaries.path("gateway")?;
        let store = self.site.path("gateway-store");
        let done = std::process::Command::new(gateway).args(["journal", "check"]).arg(store).output();
        let done = done.map_err(|error| Error::Broken(error.to_string()))?;
        if done.status.success() {
            return Ok(());
        }
        Err(Error::Violated(format!("a journal is damaged: {}", String::from_utf8_lossy(&done.stdout))))
    }

    /// Uses the gateway from outside until `stop`, or until the time is over.
    ///
    /// # Errors
    /// [`Error::Violated`].
    pub async fn load(&self, stop: impl Fn() -> bool + Clone + Send + 'static) -> Result<(), Error> {
        let begun = Instant::now();
        let stop = move || stop() || begun.elapsed() > limits::LOAD_TIME_MAX;
        let mut outside = tokio::task::JoinSet::new();
        for _ in 0..limits::SENDERS {
            let (witness, stop) = (Arc::clone(&self.witness), stop.clone());
            outside.spawn(async move { witness.send(stop).await });
        }
        let witness = Arc::clone(&self.witness);
        outside.spawn(async move { witness.collect(stop).await });
        while let Some(ended) = outside.join_next().await {
            ended.map_err(|error| Error::Broken(error.to_string()))??;
        }
        Ok(())
    }
}

/// Cuts for a run: each record type right before its sync, the rest by this seed from every named moment and from
/// random calls.
#[must_use]
pub fn cuts(seed: u64, count: usize) -> Vec<Cut> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let named = moment::named();
    let first = named.iter().filter(|(_, moment)| {
        matches!(moment, Moment::At { call: Call::Sync, bytes, is_after: false, .. } if !bytes.is_empty())
    });
    let mut chosen: Vec<(String, Moment)> = first.cloned().collect();
    while chosen.len() < count {
        let pick = random.next_u64();
        chosen.push(if pick.is_multiple_of(3) {
            let calls = pick / 3 % RANDOM_CALLS;
            (format!("call {calls}"), Moment::Calls(calls))
        } else {
            named[(pick / 3) as usize % named.len()].clone()
        });
    }
    chosen.truncate(count);
    let fated = chosen.into_iter().map(|(name, moment)| {
        let fate =
            if random.next_u32().is_multiple_of(2) { Fate::Dropped } else { Fate::Torn(random.next_u64()) };
        Cut { name, moment, fate }
    });
    fated.collect()
}

/// Every named moment twice, with both fates, and as many random calls.
#[must_use]
pub fn every_cut(seed: u64) -> Vec<Cut> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut all = Vec::new();
    for (name, moment) in moment::named() {
        for fate in [Fate::Dropped, Fate::Torn(random.next_u64())] {
            all.push(Cut { name: name.clone(), moment: moment.clone(), fate });
            let calls = random.next_u64() % RANDOM_CALLS;
            all.push(Cut { name: format!("call {calls}"), moment: Moment::Calls(calls), fate });
        }
    }
    all
}

/// Lives through these cuts, one after the other on what the last one left, and at the end in peace. `lying` plants the
/// bug: syncs below this folder do nothing. `tell` hears of each cut.
///
/// # Errors
/// [`Error::Violated`] names the promise and the cut before it.
pub async fn live(
    cuts: &[Cut],
    lying: Option<&'static str>,
    mut tell: impl FnMut(&str),
) -> Result<Report, Error> {
    let house = House::new().await?;
    let mut report = Report::default();
    let mut disk = Image::default();
    let mut before = "the first start".to_owned();
    for cut in cuts {
        let drive = Drive::new(disk);
        drive.set_faults(Faults { lying_syncs: lying, ..Faults::default() });
        let mounted = house.mount(&drive)?;
        let faults = match cut.name.split(',').next() {
            Some("not-delivered") => json!({ "down": true }),
            Some("outcome-unknown") => json!({ "lose_answer": true }),
            _ => json!({}),
        };
        house.witness.set_central(faults).await?;
        let begun = Instant::now();
        // Every third random moment may come during the start itself; the others find a gateway that was checked.
        let is_early = matches!(cut.moment, Moment::Calls(calls) if calls % 3 == 0);
        if is_early {
            drive.arm(cut.moment.clone());
        }
        match house.start().await {
            Ok(mut gateway) => {
                if !is_early {
                    house.witness.check().await.map_err(|error| after(error, &before))?;
                    drive.arm(cut.moment.clone());
                }
                let off = drive.clone();
                let loaded = house.load(move || off.is_off()).await;
                report.at_their_moment += u32::from(drive.is_off());
                drive.cut();
                gateway.kill_9().await?;
                loaded.map_err(|error| after(error, &before))?;
            }
            Err(_) if drive.is_off() => report.at_their_moment += 1,
            Err(error) => return Err(Error::Violated(format!("after {before}: it does not start: {error}"))),
        }
        unmount(mounted).await?;
        add(&mut report.counts, drive.counts());
        report.cuts += 1;
        let kept = drive.at_cut().unwrap_or_default();
        disk = kept.cut(cut.fate);
        before = format!("cut {}, {} ({:?})", report.cuts, cut.name, cut.fate);
        tell(&format!(
            "{before}: {:.1} s, {} promised",
            begun.elapsed().as_secs_f32(),
            house.witness.promised()
        ));
    }
    house.witness.set_central(json!({})).await?;
    let drive = Drive::new(disk);
    let mounted = house.mount(&drive)?;
    let started = house.start().await;
    let mut gateway =
        started.map_err(|error| Error::Violated(format!("after {before}: it does not start: {error}")))?;
    house.witness.check().await.map_err(|error| after(error, &before))?;
    house.witness.all_ends().await.map_err(|error| after(error, &before))?;
    house.check_journals()?;
    gateway.kill_9().await?;
    unmount(mounted).await?;
    report.promised = house.witness.promised();
    Ok(report)
}

/// Whether disks of ours can be mounted here; why not.
///
/// # Errors
/// [`Error::NotHere`].
pub fn is_possible(scratch: &Path) -> Result<(), Error> {
    Drive::new(Image::default()).mount(scratch)?.unmount()
}

async fn unmount(mounted: Mounted) -> Result<(), Error> {
    let done = tokio::task::spawn_blocking(move || mounted.unmount());
    tokio::time::timeout(Duration::from_secs(20), done)
        .await
        .map_err(|_| Error::Broken("the disk cannot be unmounted".to_owned()))?
        .map_err(|error| Error::Broken(error.to_string()))?
}

fn after(error: Error, before: &str) -> Error {
    match error {
        Error::Violated(what) => Error::Violated(format!("after {before}: {what}")),
        other => other,
    }
}

fn add(sum: &mut Counts, one: Counts) {
    sum.direct_writes += one.direct_writes;
    sum.writes += one.writes;
    sum.syncs += one.syncs;
}

/// Random cuts come within this many calls of the disk.
const RANDOM_CALLS: u64 = 600;
