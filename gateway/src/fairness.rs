//! How often capture goes wrong, by sender, by sensor and by age band: counts, and nothing that leads back to a person.
//!
//! Why here: a kiosk sees only itself, and who is captured badly everywhere (children, the old, hands that worked hard)
//! shows only in numbers from all of them. What a submission carries is looked at once, when it is accepted; then only a
//! count is left.
//!
//! Invariants: no count below [`parameters::FAIRNESS_COUNT_MIN`] is shown, nor one that follows from the others by
//! subtraction; nothing here names a message; the number of groups is bounded.
//!
//! Left out on purpose: attempts within a capture and refusals at the kiosk, which no message carries; exact counts after
//! `kill -9`, which may lack the last [`parameters::FAIRNESS_SAVE_PAUSE`]: a write per message would cost more than it
//! says.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use icd::container;
use icd::identifier::PartyId;
use icd::message::{Message as Xml, Submission};
use icd::profile::Profile;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::store::Message;
use crate::{limits, parameters};

/// Age in whole years at the capture, in the bands that quality is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AgeBand {
    /// 6 to 11 years.
    #[serde(rename = "6-11")]
    Child,
    /// 12 to 17 years.
    #[serde(rename = "12-17")]
    Youth,
    /// 18 to 69 years.
    #[serde(rename = "18-69")]
    Adult,
    /// 70 years and more.
    #[serde(rename = "70+")]
    Senior,
    /// The date of birth is not known, or not closely enough.
    #[serde(rename = "unknown")]
    Unknown,
}

impl AgeBand {
    /// As in files and replies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Child => "6-11",
            Self::Youth => "12-17",
            Self::Adult => "18-69",
            Self::Senior => "70+",
            Self::Unknown => "unknown",
        }
    }

    /// Of somebody born between two days. Where both ends do not give the same band, it is not known.
    fn between(earliest: Date, latest: Date, on: Date) -> Self {
        let (oldest, youngest) = (Self::of(earliest, on), Self::of(latest, on));
        if oldest == youngest { oldest } else { Self::Unknown }
    }

    fn of(birth: Date, on: Date) -> Self {
        let birthday_passed = (on.month(), on.day()) >= (birth.month(), birth.day());
        match on.year() - birth.year() - i16::from(!birthday_passed) {
            6..12 => Self::Child,
            12..18 => Self::Youth,
            18..70 => Self::Adult,
            70..=130 => Self::Senior,
            _ => Self::Unknown,
        }
    }
}

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// The partner that sent it: a kiosk, or another system.
    pub sender: PartyId,
    /// Make and model of what took the prints; nothing where the message does not say.
    pub sensor: Option<String>,
    /// Age band.
    pub band: AgeBand,
}

/// Counts of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Submissions accepted.
    pub submissions: u64,
    /// Those in which at least one finger is missing, wholly or partly, or could not be taken.
    pub exceptions: u64,
    /// Those that answer a rejection for quality: the person had to come again.
    pub retakes: u64,
    /// Rejections for quality by the central system (Art. 38(1)).
    pub rejections: u64,
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.submissions += other.submissions;
        self.exceptions += other.exceptions;
        self.retakes += other.retakes;
        self.rejections += other.rejections;
    }
}

/// One row as it may be shown: a count that is too small, or follows from the others, is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row<K> {
    /// Sender, sensor or age band.
    pub key: K,
    /// See [`Figures::submissions`].
    pub submissions: Option<u64>,
    /// See [`Figures::exceptions`].
    pub exceptions: Option<u64>,
    /// See [`Figures::retakes`].
    pub retakes: Option<u64>,
    /// See [`Figures::rejections`].
    pub rejections: Option<u64>,
}

/// All counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Since when is counted.
    pub since: Timestamp,
    groups: BTreeMap<Group, Figures>,
}

impl Tally {
    fn new(since: Timestamp) -> Self {
        Self { since, groups: BTreeMap::new() }
    }

    fn count(&mut self, mut group: Group, figures: Figures) {
        if self.groups.len() >= limits::FAIRNESS_GROUPS_MAX && !self.groups.contains_key(&group) {
            group.sensor = None;
            if self.groups.len() >= 2 * limits::FAIRNESS_GROUPS_MAX && !self.groups.contains_key(&group) {
                return;
            }
        }
        self.groups.entry(group).or_default().add(figures);
    }

    /// The counts by one property, as they may be shown.
    pub fn by<K: Ord + Clone>(&self, key: impl Fn(&Group) -> K) -> Vec<Row<K>> {
        let mut sums: BTreeMap<K, Figures> = BTreeMap::new();
        for (group, figures) in &self.groups {
            sums.entry(key(group)).or_default().add(*figures);
        }
        let column = |count: fn(&Figures) -> u64| shown(&sums.values().map(count).collect::<Vec<_>>());
        let columns = [
            column(|figures| figures.submissions),
            column(|figures| figures.exceptions),
            column(|figures| figures.retakes),
            column(|figures| figures.rejections),
        ];
        let at = |column: usize, row: usize| columns.get(column)?.get(row).copied().flatten();
        let rows = sums.into_keys().enumerate().map(|(row, key)| {
            let submissions = at(0, row);
            // Of a group too small to be counted nothing is told.
            let part = |column| submissions.and_then(|_| at(column, row));
            Row { key, submissions, exceptions: part(1), retakes: part(2), rejections: part(3) }
        });
        rows.collect()
    }
}

/// Hides counts that are too small; and where that hides one alone, the next smallest too, because the one would follow
/// from a sum known from elsewhere.
fn shown(counts: &[u64]) -> Vec<Option<u64>> {
    let small = |count: u64| (1..parameters::FAIRNESS_COUNT_MIN).contains(&count);
    let mut shown: Vec<_> = counts.iter().map(|count| (!small(*count)).then_some(*count)).collect();
    if shown.iter().filter(|count| count.is_none()).count() == 1
        && let Some(next) = shown.iter_mut().filter(|count| count.is_some_and(|count| count > 0)).min()
    {
        *next = None;
    }
    shown
}

/// What is counted of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    group: Group,
    has_exception: bool,
}

/// The counts and the file they outlive a restart in.
pub struct Fairness {
    tally: Mutex<Tally>,
    file: PathBuf,
    /// Whether there is something to save, and somebody will.
    unsaved: Mutex<bool>,
    profile: Profile,
}

impl Fairness {
    /// Goes on from the file in this folder; begins anew where there is none or it cannot be read.
    #[must_use]
    pub fn open(folder: &Path, profile: Profile, now: Timestamp) -> Self {
        let file = folder.join(FILE);
        let tally = match fs::read(&file) {
            Ok(bytes) => Tally::from_file(&bytes).unwrap_or_else(|| {
                tracing::warn!(
                    "{FILE} in the storage folder cannot be read; the fairness figures begin anew"
                );
                Tally::new(now)
            }),
            Err(_) => Tally::new(now),
        };
        Self { tally: Mutex::new(tally), file, unsaved: Mutex::new(false), profile }
    }

    /// What is counted of this message; nothing of one that is no submission. Costs a reading of its container, without
    /// decoding a picture.
    #[must_use]
    pub fn describe(&self, message: &Message) -> Option<Described> {
        let Ok(Xml::Submission(sent)) = Xml::from_xml(&message.envelope) else { return None };
        let on = sent.dataset.biometrics_taken_on;
        let birth = sent.dataset.birth_date;
        let band =
            birth.map_or(AgeBand::Unknown, |birth| AgeBand::between(birth.earliest(), birth.latest(), on));
        let (sensor, has_exception) = self.prints(&message.container, &sent);
        Some(Described { group: Group { sender: sent.sender, sensor, band }, has_exception })
    }

    fn prints(&self, container: &[u8], sent: &Submission) -> (Option<String>, bool) {
        let Ok(read) = container::read_beside(&self.profile, container, sent) else { return (None, false) };
        let words = [read.device.make.trim(), read.device.model.trim()].join(" ");
        let sensor: String = words.trim().chars().take(limits::SENSOR_CHARS_MAX).collect();
        let has_exception = read.fingers.iter().any(|finger| !finger.missing.is_empty());
        ((!sensor.is_empty()).then_some(sensor), has_exception)
    }

    /// A submission was accepted; whether it came because a retake was asked for.
    pub fn accepted(self: &Arc<Self>, described: Described, is_retake: bool) {
        let figures = Figures {
            submissions: 1,
            exceptions: described.has_exception.into(),
            retakes: is_retake.into(),
            rejections: 0,
        };
        self.count(described.group, figures);
    }

    /// The central system rejected a submission for its quality.
    pub fn rejected(self: &Arc<Self>, described: Described) {
        self.count(described.group, Figures { rejections: 1, ..Figures::default() });
    }

    fn count(self: &Arc<Self>, group: Group, figures: Figures) {
        lock(&self.tally).count(group, figures);
        let is_first = !std::mem::replace(&mut *lock(&self.unsaved), true);
        if is_first {
            // Not holding on: after the gateway closed there is nothing left to save.
            let later = Arc::downgrade(self);
            tokio::spawn(async move {
                tokio::time::sleep(parameters::FAIRNESS_SAVE_PAUSE).await;
                if let Some(fairness) = later.upgrade() {
                    let _ = tokio::task::spawn_blocking(move || fairness.save()).await;
                }
            });
        }
    }

    /// Writes what was counted since the last time.
    pub fn save(&self) {
        let mut unsaved = lock(&self.unsaved);
        if !*unsaved {
            return;
        }
        *unsaved = false;
        let bytes = lock(&self.tally).to_file();
        if let Err(error) = replace(&self.file, &bytes) {
            tracing::warn!(reason = %error.kind(), "the fairness figures could not be saved");
        }
    }

    /// The counts as they are.
    #[must_use]
    pub fn tally(&self) -> Tally {
        lock(&self.tally).clone()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    since: Timestamp,
    groups: Vec<(Group, Figures)>,
}

impl Tally {
    fn from_file(bytes: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(bytes).ok()?;
        let is_known = stored.version == 1 && stored.groups.len() <= 2 * limits::FAIRNESS_GROUPS_MAX;
        is_known.then(|| Self { since: stored.since, groups: stored.groups.into_iter().collect() })
    }

    fn to_file(&self) -> Vec<u8> {
        let groups = self.groups.iter().map(|(group, figures)| (group.clone(), *figures)).collect();
        serde_json::to_vec(&Stored { version: 1, since: self.since, groups }).unwrap_or_default()
    }
}

fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = file.with_extension("json.new");
    let mut new = File::create(&unfinished)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    fs::rename(unfinished, file)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file in the storage folder.
pub(crate) const FILE: &str = "fairness.json";

#[cfg(test)]
mod tests {
    use icd::category::Category;
    use icd::container::{ContainerContent, DeviceDescription, FingerRecord, MissingFinger};
    use icd::dataset::{Dataset, Event, MemberState, PartialDate, Sex};
    use icd::finger::{FingerPosition, Impression, MissingReason};
    use icd::identifier::StaffId;
    use icd::message::{ContainerDigest, Priority};
    use jiff::civil::date;

    use super::*;

    fn group(sender: &str, sensor: &str, band: AgeBand) -> Group {
        Group { sender: PartyId::new(sender).expect("literal"), sensor: Some(sensor.to_owned()), band }
    }

    #[test]
    fn small_counts_are_hidden_and_never_one_alone() {
        let check = |counts: &[u64], expect: &[Option<u64>]| assert_eq!(shown(counts), expect, "{counts:?}");
        check(&[], &[]);
        check(&[0, 5, 90], &[Some(0), Some(5), Some(90)]);
        check(&[1, 4, 90], &[None, None, Some(90)]);
        // One alone would follow from a sum: the next smallest goes with it.
        check(&[3, 9, 90], &[None, None, Some(90)]);
        check(&[3, 0, 0], &[None, Some(0), Some(0)]);
        check(&[4], &[None]);
    }

    #[test]
    fn of_a_small_group_nothing_is_told() {
        let mut tally = Tally::new(Timestamp::UNIX_EPOCH);
        let many = Figures { submissions: 40, exceptions: 20, retakes: 6, rejections: 8 };
        let few = Figures { submissions: 4, exceptions: 4, retakes: 0, rejections: 0 };
        tally.count(group("kiosk-1", "A", AgeBand::Adult), many);
        tally.count(group("kiosk-2", "A", AgeBand::Adult), many);
        tally.count(group("kiosk-2", "B", AgeBand::Child), few);
        tally.count(group("kiosk-1", "B", AgeBand::Child), few);
        let bands = tally.by(|group| group.band);
        let told = |row: &Row<AgeBand>| [row.submissions, row.exceptions, row.retakes, row.rejections];
        assert_eq!(bands.iter().map(|row| row.key).collect::<Vec<_>>(), [AgeBand::Child, AgeBand::Adult]);
        assert_eq!(told(&bands[0]), [Some(8), Some(8), Some(0), Some(0)]);
        assert_eq!(told(&bands[1]), [Some(80), Some(40), Some(12), Some(16)]);
        let each = tally.by(|group| (group.sender.clone(), group.band));
        assert_eq!(
            (each[0].submissions, each[0].exceptions, each[0].retakes),
            (None, None, None),
            "{each:?}"
        );
        assert_eq!(each[1].submissions, Some(40));
    }

    #[test]
    fn ages_fall_into_bands_only_when_they_are_known_closely_enough() {
        let on = date(2026, 11, 25);
        let check = |from: Date, to: Date, expect: AgeBand| {
            assert_eq!(AgeBand::between(from, to, on), expect, "{from} {to}");
        };
        check(date(2020, 11, 25), date(2020, 11, 25), AgeBand::Child);
        check(date(2014, 11, 25), date(2014, 11, 25), AgeBand::Youth);
        check(date(2014, 11, 26), date(2014, 11, 26), AgeBand::Child);
        check(date(2008, 11, 26), date(2008, 11, 26), AgeBand::Youth);
        check(date(2008, 1, 1), date(2008, 12, 31), AgeBand::Unknown);
        check(date(1990, 1, 1), date(1990, 12, 31), AgeBand::Adult);
        check(date(1956, 11, 25), date(1956, 11, 25), AgeBand::Senior);
        check(date(2021, 1, 1), date(2021, 1, 1), AgeBand::Unknown);
        check(date(2027, 1, 1), date(2027, 1, 1), AgeBand::Unknown);
    }

    #[test]
    fn groups_are_bounded_and_a_file_reads_back() {
        let mut tally = Tally::new(Timestamp::UNIX_EPOCH);
        let one = Figures { submissions: 1, ..Figures::default() };
        for number in 0..limits::FAIRNESS_GROUPS_MAX + 100 {
            tally.count(group("kiosk-1", &format!("sensor {number}"), AgeBand::Adult), one);
        }
        assert_eq!(tally.groups.len(), limits::FAIRNESS_GROUPS_MAX + 1, "the rest is one group");
        let unnamed = Group { sensor: None, ..group("kiosk-1", "", AgeBand::Adult) };
        assert_eq!(tally.groups[&unnamed].submissions, 100);
        assert_eq!(Tally::from_file(&tally.to_file()), Some(tally));
        for bytes in [&b"{"[..], b"", br#"{"version":2,"since":"1970-01-01T00:00:00Z","groups":[]}"#] {
            assert_eq!(Tally::from_file(bytes), None);
        }
    }

    /// A grey field: what counts here is who took it.
    fn print() -> FingerRecord {
        FingerRecord {
            position: FingerPosition::RIGHT_FOUR,
            width_px: 96,
            height_px: 96,
            resolution_ppi: 500,
            pixels: vec![128; 96 * 96],
            impression: Impression::PlainContact,
            quality: Vec::new(),
            segments: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// A submission with its container: make, model, and thumbs that are missing or not said to be.
    fn sent(thumbs_missing: bool) -> Message {
        let profile = Profile::shipped("open-2026").expect("shipped");
        let (day, at) = (date(2026, 7, 2), "2026-07-02T08:00:00Z".parse().expect("an instant"));
        let event = Event {
            member_state: MemberState::new("NL").expect("letters"),
            place: "Ter Apel".to_owned(),
            date: day,
        };
        let operator = StaffId::new("officer-1").expect("plain");
        let mut dataset = Dataset::new(Sex::Female, event, operator.clone(), day);
        dataset.surnames = vec!["Voorbeeld".to_owned()];
        dataset.birth_date = Some(PartialDate::from_date(date(2017, 3, 1)));
        let missing =
            |finger: &FingerPosition| MissingFinger { finger: *finger, reason: MissingReason::Amputated };
        let missing = FingerPosition::THUMBS.fingers().iter().map(missing).collect();
        let absent = FingerRecord::absent(FingerPosition::THUMBS, missing);
        let content = ContainerContent {
            message_id: "018f3a5e-7d2c-7abc-8def-0123456789ab".parse().expect("a UUID"),
            reference_number: "NL1000000042".parse().expect("well-formed"),
            category: Category::Applicant,
            urgent: false,
            dataset: dataset.clone(),
            fingers: if thumbs_missing { vec![print(), absent] } else { vec![print()] },
            face: None,
            documents: Vec::new(),
            proof_photos: Vec::new(),
            device: DeviceDescription {
                make: "Demo".to_owned(),
                model: "Virtual 60".to_owned(),
                ..DeviceDescription::default()
            },
            captured_on: day,
        };
        let container = container::build(&profile, &content).expect("content that fits");
        let submission = Submission {
            message_id: content.message_id,
            sender: PartyId::new("kiosk-1").expect("plain"),
            operator,
            category: content.category,
            reference_number: content.reference_number,
            priority: Priority::Normal,
            clock_start: at,
            captured_at: at,
            sent_at: at,
            minor: true,
            dataset,
            container: ContainerDigest::of(&container),
        };
        Message { envelope: Xml::Submission(Box::new(submission)).to_xml().into_bytes(), container }
    }

    #[test]
    fn a_submission_says_its_sensor_its_band_and_its_missing_fingers() {
        let folder = tempfile::tempdir().expect("a folder");
        let profile = Profile::shipped("open-2026").expect("shipped");
        let fairness = Fairness::open(folder.path(), profile, Timestamp::UNIX_EPOCH);
        let described = fairness.describe(&sent(true)).expect("a submission");
        let child = group("kiosk-1", "Demo Virtual 60", AgeBand::Child);
        assert_eq!(described, Described { group: child, has_exception: true });
        let whole = fairness.describe(&sent(false)).expect("a submission");
        assert!(!whole.has_exception);
        assert_eq!(fairness.describe(&Message { envelope: b"<x/>".to_vec(), container: Vec::new() }), None);
    }
}
