//! One simulated world: what is in it, how it begins, what a crash does to it, how it comes to rest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use firmware_config::{CapabilityTable, Channel};
use gateway::engine::{Capabilities, ChangeNumber, Effect, PayloadRef, Policy, SecondCheck, Stage};
use gateway::store::{MemoryRows, Storage};
use icd::operation::Operation;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use journal::sim::{Cut, Failure, Random, SimDisk};
use journal::{Disk, Options};

use crate::gateway_edge::{Died, Gateway, Machine};
use crate::model::Model;
use crate::outside::{Central, Packet};

/// A bug that is planted to see whether the simulation finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Planted {
    /// Promises are kept before the sync.
    AcknowledgeBeforeSync,
    /// Opening an interface takes items away from the operators who hold them.
    DrainWithoutClaimCheck,
    /// Rows of the index are believed over the journal.
    IndexOverJournal,
    /// None: what is tested.
    #[default]
    Nothing,
}

/// What a run saw, to know that it was no empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages receipted.
    pub receipted: u64,
    /// Messages that reached Eurodac.
    pub arrived: u64,
    /// Crashes and power cuts.
    pub crashes: u64,
    /// Steps taken.
    pub steps: u64,
}

/// Lives through one seed. The error names the step, what was violated, and the steps before it.
pub fn run(seed: u64, planted: Planted) -> Result<Report, String> {
    let mut world = World::new(seed, planted);
    let lived = world.live();
    lived.map_err(|violation| {
        let steps: Vec<_> = world.history.iter().cloned().collect();
        format!("seed {seed}, step {}: {violation}\n  {}", world.report.steps, steps.join("\n  "))
    })?;
    Ok(world.report)
}

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) now: Timestamp,
    pub(crate) machine: Machine,
    pub(crate) gateway: Option<Gateway>,
    pub(crate) policy: Policy,
    pub(crate) planted: Planted,
    pub(crate) model: Model,
    pub(crate) central: Central,
    pub(crate) network: Vec<Packet>,
    /// Receipts that wait for a change: message, change, whether the reply will get lost.
    pub(crate) awaiting: Vec<(u64, ChangeNumber, bool)>,
    pub(crate) letters_begun: u64,
    pub(crate) answers_begun: u64,
    pub(crate) erasures_open: bool,
    pub(crate) kiosks_refused: bool,
    pub(crate) horizon: Option<PayloadRef>,
    pub(crate) calm: bool,
    pub(crate) report: Report,
    history: VecDeque<String>,
}

impl World {
    fn new(seed: u64, planted: Planted) -> Self {
        let mut random = Random(seed);
        let capacity = if random.below(6) == 0 { 2 << 20 } else { 64 << 20 };
        let disks = [0, 1, 2].map(|_| SimDisk::new(random.next(), capacity));
        let rows = MemoryRows::default();
        if planted == Planted::IndexOverJournal {
            rows.plant_trusted();
        }
        let options = Options {
            segment_bytes_max: 256 * 1024,
            record_bytes_max: 192 * 1024,
            disk_margin_bytes_min: 64 * 1024,
            queue_bytes_max: 1 << 20,
        };
        let policy = Policy {
            attempts_max: if random.coin() { 4 } else { 750 },
            in_flight_max: 1 + random.below(4) as usize,
            second_check: [SecondCheck::Nothing, SecondCheck::Erasures][random.below(2) as usize],
            ..Policy::default()
        };
        Self {
            now: "2026-12-01T08:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH),
            machine: Machine { disks, rows, options },
            gateway: None,
            policy,
            planted,
            model: Model::default(),
            central: Central::default(),
            network: Vec::new(),
            awaiting: Vec::new(),
            letters_begun: 0,
            answers_begun: 0,
            erasures_open: false,
            kiosks_refused: false,
            horizon: None,
            calm: false,
            report: Report::default(),
            history: VecDeque::new(),
            random,
        }
    }

    /// A world with room on its disks and default policy, in which nothing goes wrong but what a script does.
    pub(crate) fn untroubled(seed: u64) -> Self {
        let mut world = Self::new(seed, Planted::Nothing);
        world.policy = Policy::default();
        world.calm = true;
        for disk in &world.machine.disks {
            disk.resize(1 << 30);
        }
        world
    }

    fn live(&mut self) -> Result<(), String> {
        self.start()?;
        let steps = 60 + self.random.below(180);
        for _ in 0..steps {
            self.report.steps += 1;
            let taken = self.step();
            self.after(taken)?;
        }
        self.calm_down()?;
        self.report.receipted = self.model.receipts.len() as u64;
        self.report.arrived = self.model.eurodac.len() as u64;
        Ok(())
    }

    /// What follows every step: a death becomes a restart, effects go out, everything is checked.
    pub(crate) fn after(&mut self, taken: Result<Result<(), Died>, String>) -> Result<(), String> {
        let died = taken?.and_then(|()| {
            let gateway = self.gateway.as_mut().ok_or_else(|| Died("not running".to_owned()))?;
            self.model.pass(self.now, self.policy.lease);
            gateway.engine.handle_tick(self.now);
            Ok(())
        });
        let died = died.and_then(|()| self.give_out());
        match died {
            Ok(()) => {}
            Err(Died(reason)) if reason.starts_with(VIOLATION) => return Err(reason),
            Err(Died(reason)) => {
                self.note(format!("the gateway ends: {reason}"));
                self.crash()?;
            }
        }
        let gateway = self.gateway.as_ref().ok_or("the gateway does not run")?;
        self.model.check(gateway, self.now)
    }

    /// Receipts whose changes are durable reach their senders; effects reach the network.
    pub(crate) fn give_out(&mut self) -> Result<(), Died> {
        let Some(gateway) = self.gateway.as_mut() else { return Ok(()) };
        for effect in gateway.effects() {
            match effect {
                Effect::Send { item, attempt } => self.network.push(Packet::Send { item, attempt }),
                Effect::Ask { item, attempt } => self.network.push(Packet::Ask { item, attempt }),
                Effect::AcknowledgeAnswer { answer } => {
                    if self.random.below(8) > 0 {
                        self.central.acknowledged(answer);
                    }
                }
                Effect::DestroyKey { message, .. } => {
                    let destroyed = gateway.store.destroy(message.as_uuid());
                    destroyed.map_err(|error| crate::gateway_edge::died(&error))?;
                }
                Effect::AnswerReady { .. }
                | Effect::DestroyNotice { .. }
                | Effect::Warn { .. }
                | Effect::WarnOfTask { .. } => {}
            }
        }
        Ok(())
    }

    /// The process is gone: killed, or the power went. What was on the network may have arrived.
    pub(crate) fn crash(&mut self) -> Result<(), String> {
        self.report.crashes += 1;
        let gateway = self.gateway.take();
        self.awaiting.clear();
        for packet in std::mem::take(&mut self.network) {
            if let (Packet::Send { item, .. }, Some(gateway)) = (packet, &gateway)
                && self.random.coin()
            {
                self.arrive_by_lane(item, gateway)?;
            }
        }
        // The power goes before the process can tidy up, so that dropping it writes nothing.
        for disk in &self.machine.disks {
            disk.cut_power_at(disk.calls() + 1);
            let _ = disk.create("probe", 0);
        }
        drop(gateway);
        self.restore_power();
        self.now += SignedDuration::from_secs(self.random.below(120) as i64);
        self.start()
    }

    fn restore_power(&mut self) {
        let power_cut = self.random.below(3) > 0;
        let cut = Cut::ALL[self.random.below(4) as usize];
        for disk in &self.machine.disks {
            if power_cut { disk.restore_power(cut) } else { disk.end_process() }
        }
        if power_cut {
            let keep = 1 + self.random.below(12);
            let random = &mut self.random;
            if keep < 8 {
                self.machine.rows.lose(|| random.below(8) < keep);
            }
        }
    }

    pub(crate) fn start(&mut self) -> Result<(), String> {
        for attempt in 0..8 {
            if attempt < 3 && !self.calm && self.random.below(6) == 0 {
                let disk = &self.machine.disks[self.random.below(3) as usize];
                disk.cut_power_at(disk.calls() + 1 + self.random.below(8));
            }
            let table = table(self.erasures_open);
            let begun = Gateway::start(&self.machine, &self.policy, &table, self.planted, self.now);
            match begun {
                Ok(gateway) => {
                    self.gateway = Some(gateway);
                    return Ok(());
                }
                Err(Died(reason)) if self.machine.has_power() && !self.disks_failed() => {
                    return Err(format!("{VIOLATION}: it does not start: {reason}"));
                }
                Err(_) => {
                    self.report.crashes += 1;
                    for disk in &self.machine.disks {
                        disk.cut_power_at(disk.calls() + 1);
                        let _ = disk.create("probe", 0);
                    }
                    self.restore_power();
                }
            }
        }
        Err("it does not start after eight attempts".to_owned())
    }

    /// Whether the disk itself was told to fail or is full; then a start may fail.
    fn disks_failed(&self) -> bool {
        self.machine
            .disks
            .iter()
            .any(|disk| disk.is_told_to_fail() || disk.free_bytes().unwrap_or(0) < 512 * 1024)
    }

    /// Something goes wrong with the disk, now or a few calls later.
    pub(crate) fn disturb_disk(&mut self) {
        let disk = &self.machine.disks[self.random.below(3) as usize];
        let call = disk.calls() + 1 + self.random.below(30);
        match self.random.below(4) {
            0 => disk.fail_at(call, Failure::Full),
            1 => disk.fail_at(call, Failure::Broken),
            _ => disk.cut_power_at(call),
        }
    }

    /// The faults stop: everything must come to its end.
    pub(crate) fn calm_down(&mut self) -> Result<(), String> {
        self.calm = true;
        self.note("the faults stop".to_owned());
        for disk in &self.machine.disks {
            disk.resize(1 << 30);
            disk.stop_failing();
        }
        self.central.be_good();
        self.kiosks_refused = false;
        for _ in 0..400 {
            self.report.steps += 1;
            let taken = self.calm_step();
            self.after(taken)?;
            let gateway = self.gateway.as_ref().ok_or("the gateway does not run")?;
            let open = |item: &gateway::engine::Item| !item.stage.is_closed();
            let waits = gateway.engine.items().any(|item| open(item) && !self.is_lost_by_lies(item));
            let letters = self.model.letters.keys().any(|number| !self.model.receipts.contains_key(number));
            if !waits && !letters && self.awaiting.is_empty() && self.all_collected() {
                break;
            }
        }
        self.at_rest()
    }

    fn all_collected(&self) -> bool {
        self.model
            .receipts
            .keys()
            .all(|number| self.model.collected.contains(number) || self.model.lied_about.contains(number))
    }

    /// A message that the central system claims to have and does not: the gateway waits and says that it is late.
    fn is_lost_by_lies(&self, item: &gateway::engine::Item) -> bool {
        let number = crate::gateway_edge::number_of(item.arrival.message_id);
        self.model.lied_about.contains(&number) && matches!(item.stage, Stage::Acknowledged { .. })
    }

    fn at_rest(&self) -> Result<(), String> {
        let gateway = self.gateway.as_ref().ok_or("the gateway does not run")?;
        for number in self.model.letters.keys() {
            let item = gateway.engine.item_of(crate::gateway_edge::message(*number));
            let stage = item.map_or("erased", |item| item.stage.name());
            if !self.model.receipts.contains_key(number) {
                return Err(format!("{VIOLATION}: message {number} was never receipted ({stage})"));
            }
            if self.model.lied_about.contains(number) {
                continue;
            }
            let arrived = self.model.eurodac_has(*number);
            if arrived == self.model.told_otherwise.contains(number) {
                return Err(format!(
                    "{VIOLATION}: message {number} is {stage}; in Eurodac: {arrived}, its origin was told otherwise"
                ));
            }
            if !self.model.collected.contains(number) {
                return Err(format!(
                    "{VIOLATION}: the answer to message {number} did not come home ({stage})"
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn note(&mut self, what: String) {
        if self.history.len() >= HISTORY_MAX {
            self.history.pop_front();
        }
        self.history.push_back(format!("{} {what}", self.now));
    }

    /// Numbers of all letters whose origin still waits for something.
    pub(crate) fn unreceipted(&self) -> BTreeSet<u64> {
        self.model
            .letters
            .keys()
            .filter(|number| !self.model.receipts.contains_key(number))
            .copied()
            .collect()
    }
}

/// Submissions by machine; erasures by hand until the interface opens.
pub(crate) fn table(erasures_open: bool) -> Capabilities {
    let row = |operation: Operation, channel: Channel| {
        let from = date(2026, 6, 12);
        let (operation, channel) = (operation.code(), channel.as_str());
        format!("[[row]]\noperation = \"{operation}\"\nchannel = \"{channel}\"\nfrom = {from}\n")
    };
    let erasures = if erasures_open { Channel::S2s } else { Channel::WebInterface };
    let text = [row(Operation::Submit, Channel::S2s), row(Operation::EraseInaccurate, erasures)].concat();
    let mut rows: BTreeMap<String, CapabilityTable> = toml::from_str(&text).expect("literal");
    Capabilities::new(rows.remove("row").expect("literal"), TimeZone::UTC)
}

/// Begins the text of a violation, so that it is not taken for an ordinary death.
pub(crate) const VIOLATION: &str = "violated";
const HISTORY_MAX: usize = 40;
