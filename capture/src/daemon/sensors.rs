//! Carries out the engine's orders to the devices: one thread per device, one capture at a time.
//!
//! A device is open only between [`crate::session::Action::EnableSensor`] and the end of that capture; at all
//! other times it is closed and dark. Disabling clears the live picture and fires the cancellation token of the running
//! capture; the image that may still come is denied by the engine and dropped.
//!
//! While a device waits its live frames are judged here, on its own thread, and shown to the screens by
//! [`super::live_feed`]. They are kept nowhere. What lies well is taken by itself.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use matcher::{Finger, Image};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::handle::Command;
use super::live_feed::{Feed, LiveFeed};
use super::prints;
use super::reference_engine::SiteScorer;
use crate::device::{
    self, Bounds, Camera, CancelToken, Changes, DeviceDescription, DeviceSetup, Fault, FingerprintDevice,
    Guarded, Health, Kind, Portrait, SceneHandle, SlapRequest, Trigger,
};
use crate::error::{Error, StartError};
use crate::face::{self, FaceSetup};
use crate::limits;
use crate::live::{self, FaceWatch, FingerVerdict, HandWatch, Hint, Patience, Policy, Sight};
use crate::parameters::{DEVICE_CHANGES_STEP_MS, LIVE_FACE_SIDE_PX_MIN};
use crate::session::{AgeBand, AttemptResult, FingerResult, SensorPermit, Step};
use crate::store::Picture;

/// One capture to be done.
#[derive(Clone)]
pub(super) struct SensorJob {
    pub(super) case: Uuid,
    pub(super) step: Step,
    pub(super) attempt: u32,
    pub(super) missing: Vec<Finger>,
    pub(super) quality_min: u8,
    pub(super) band: AgeBand,
    /// The camera, for a photo of what cannot be taken in this step.
    pub(super) proof: bool,
}

/// What a capture gave: an image, and what was measured on it. Nothing is measured on a photo of an exception.
pub(super) type Taken = (Option<AttemptResult>, Picture);

/// A job with everything that belongs to its one capture.
struct Order {
    job: SensorJob,
    cancel: CancelToken,
    trigger: Trigger,
    feed: Feed,
}

impl Order {
    fn patience(&self) -> Patience {
        if self.job.band == AgeBand::Child { Patience::Child } else { Patience::Usual }
    }

    /// Shows what was seen, unless the capture was stopped; pulls the trigger when it is time.
    fn show(&self, sight: Sight, size_px: (u32, u32), picture: impl FnOnce() -> Option<Vec<u8>>) {
        if self.cancel.is_cancelled() {
            return;
        }
        let take = sight.take;
        let jpeg = if self.feed.is_watched() { picture() } else { None };
        if self.feed.show(sight, size_px, jpeg) && take {
            self.trigger.pull();
        }
    }
}

/// What images are judged with.
pub(super) struct Judging {
    pub(super) face: FaceSetup,
    pub(super) scorer: Arc<SiteScorer>,
}

/// How one device is doing.
#[derive(Clone, Debug)]
pub struct DeviceHealth {
    /// What it is.
    pub description: DeviceDescription,
    /// Whether it takes fingers (or else faces).
    pub fingers: bool,
    /// As it was last seen.
    pub health: Health,
}

/// The devices of one kiosk.
pub(super) struct Sensors {
    scanner: SyncSender<Order>,
    camera: SyncSender<Order>,
    current: Option<Current>,
    live: LiveFeed,
    board: Board,
    virtual_devices: bool,
}

/// The capture that runs.
struct Current {
    case: Uuid,
    cancel: CancelToken,
    trigger: Trigger,
}

/// Last seen health per device; written by the device threads.
type Board = Arc<Mutex<Vec<DeviceHealth>>>;

impl Sensors {
    /// Sets up the first device for fingers and the first for faces.
    pub(super) fn start(
        devices: &[DeviceSetup],
        storage: &Path,
        scene: &SceneHandle,
        judging: Judging,
        live: LiveFeed,
        commands: &mpsc::Sender<Command>,
    ) -> Result<Self, Error> {
        let of_kind = |wanted: fn(Kind) -> bool, purpose: &'static str| {
            let known = |setup: &&DeviceSetup| device::kind(&setup.driver).is_some_and(wanted);
            devices.iter().find(known).ok_or(StartError::NoDevice { purpose })
        };
        let fingers = of_kind(|kind| kind == Kind::TenPrintScanner, "ten fingers")?;
        let portrait = of_kind(|kind| kind == Kind::Camera, "the face")?;
        let mut fingers = fingers.clone();
        let virtual_devices = fingers.driver == "virtual-ten-print" || portrait.driver == "virtual-camera";
        if fingers.driver == "virtual-ten-print" && fingers.folder.is_none() {
            fingers.folder = Some(prints::made_up(storage)?);
        }
        let scanner = device::scanner(&fingers, scene)?;
        let camera = device::camera(portrait, scene)?;
        let seen = |description: DeviceDescription, fingers| DeviceHealth {
            description,
            fingers,
            health: Health::Degraded("not looked at yet".to_owned()),
        };
        let board: Board =
            Arc::new(Mutex::new(vec![seen(scanner.describe(), true), seen(camera.describe(), false)]));
        let Judging { face, scorer } = judging;
        let by = Arc::clone(&scorer);
        let take = move |scanner: &mut Guarded<dyn FingerprintDevice>, order: &Order, bounds: &Bounds| {
            take_slap(scanner, order, bounds, &by)
        };
        let scanner = spawn("scanner", scanner, 0, &board, commands, take, move || scorer.trouble())?;
        let take = move |camera: &mut Guarded<dyn Camera>, order: &Order, bounds: &Bounds| {
            if order.job.proof {
                take_photo(camera, order, bounds)
            } else {
                take_face(camera, &face, order, bounds)
            }
        };
        let camera = spawn("camera", camera, 1, &board, commands, take, || None)?;
        Ok(Self { scanner, camera, current: None, live, board, virtual_devices })
    }

    /// Whether any device is a virtual one.
    pub(super) fn has_virtual(&self) -> bool {
        self.virtual_devices
    }

    /// Starts one capture; only with the engine's permit. A device that has fallen too far behind gets none; the step
    /// then ends by its deadline.
    pub(super) fn enable(&mut self, _permit: &SensorPermit, job: SensorJob) {
        self.disable();
        let (cancel, trigger) = (CancelToken::default(), Trigger::default());
        let device = if job.step == Step::Face || job.proof { &self.camera } else { &self.scanner };
        let current = Current { case: job.case, cancel: cancel.clone(), trigger: trigger.clone() };
        let feed = self.live.begin(job.case, job.step, job.proof);
        if device.try_send(Order { job, cancel, trigger, feed }).is_err() {
            tracing::error!(code = "C-0202", "a device does not take orders any more");
        }
        self.current = Some(current);
    }

    /// Makes every sensor dark. Once this returns no live frame is handed out any more.
    pub(super) fn disable(&mut self) {
        self.live.stop();
        if let Some(current) = self.current.take() {
            current.cancel.cancel();
        }
    }

    /// Takes what lies there now, instead of waiting for stillness; `false` when this case's sensor is dark.
    pub(super) fn take_now(&self, case: Uuid) -> bool {
        let current = self.current.as_ref().filter(|current| current.case == case);
        current.inspect(|current| current.trigger.pull()).is_some()
    }

    /// Every device as it was last seen.
    pub(super) fn health(&self) -> Vec<DeviceHealth> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a device thread needs from either kind of device.
trait Sensor: Send + 'static {
    fn look(&mut self) -> Health;
    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault>;
    fn close(&mut self);
}

impl Sensor for Guarded<dyn FingerprintDevice> {
    fn look(&mut self) -> Health {
        FingerprintDevice::health(self)
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        FingerprintDevice::open(self, bounds)
    }

    fn close(&mut self) {
        FingerprintDevice::close(self);
    }
}

impl Sensor for Guarded<dyn Camera> {
    fn look(&mut self) -> Health {
        Camera::health(self)
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        Camera::open(self, bounds)
    }

    fn close(&mut self) {
        Camera::close(self);
    }
}

fn spawn<D: Sensor>(
    name: &str,
    device: D,
    place: usize,
    board: &Board,
    commands: &mpsc::Sender<Command>,
    take: impl Fn(&mut D, &Order, &Bounds) -> Result<Taken, Fault> + Send + 'static,
    trouble: impl Fn() -> Option<String> + Send + 'static,
) -> Result<SyncSender<Order>, StartError> {
    let (orders, inbox) = sync_channel(limits::CAPTURES_WAITING_MAX);
    let (board, commands) = (Arc::clone(board), commands.clone());
    let run = move || serve(device, place, &inbox, &board, &commands, (take, trouble));
    let thread = std::thread::Builder::new().name(format!("kiosk-{name}")).spawn(run);
    thread.map_err(|error| StartError::System { detail: error.kind().to_string() })?;
    Ok(orders)
}

fn serve<D: Sensor>(
    mut device: D,
    place: usize,
    inbox: &Receiver<Order>,
    board: &Board,
    commands: &mpsc::Sender<Command>,
    (take, trouble): (impl Fn(&mut D, &Order, &Bounds) -> Result<Taken, Fault>, impl Fn() -> Option<String>),
) {
    let mut changes = Changes::of_this_system();
    loop {
        let health = match (device.look(), trouble()) {
            (Health::Ready, Some(words)) => Health::Degraded(words),
            (health, _) => health,
        };
        if let Some(seen) = board.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
            seen.health = health;
        }
        match next_order(inbox, LOOK_EVERY, || changes.as_mut().is_some_and(Changes::seen)) {
            Ok(order) => {
                let result = capture(&mut device, &order, &take);
                order.feed.end();
                let report = Command::Sensor(order.job.case, order.job.attempt, Box::new(result));
                if commands.blocking_send(report).is_err() {
                    return;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The next order; [`RecvTimeoutError::Timeout`] when the device is to be looked at: after `look_every`, or as soon as a
/// device came or went.
fn next_order<T>(
    inbox: &Receiver<T>,
    look_every: Duration,
    mut changed: impl FnMut() -> bool,
) -> Result<T, RecvTimeoutError> {
    let until = Instant::now() + look_every;
    loop {
        match inbox.recv_timeout(Duration::from_millis(DEVICE_CHANGES_STEP_MS).min(look_every)) {
            Err(RecvTimeoutError::Timeout) if Instant::now() < until && !changed() => {}
            order => return order,
        }
    }
}

/// Opens, captures and closes; the device is dark again whatever happens in between.
fn capture<D: Sensor>(
    device: &mut D,
    order: &Order,
    take: &impl Fn(&mut D, &Order, &Bounds) -> Result<Taken, Fault>,
) -> Result<Taken, Fault> {
    let cancel = &order.cancel;
    if cancel.is_cancelled() {
        return Err(Fault::Cancelled);
    }
    let opening = Bounds::within(limits::DEVICE_OPEN_TIMEOUT, cancel.clone());
    let taken = device.open(&opening).and_then(|()| {
        let bounds = Bounds::within(limits::DEVICE_CAPTURE_TIMEOUT, cancel.clone());
        take(device, order, &bounds.watched(order.trigger.clone()))
    });
    device.close();
    taken
}

fn take_slap(
    scanner: &mut Guarded<dyn FingerprintDevice>,
    order: &Order,
    bounds: &Bounds,
    scorer: &SiteScorer,
) -> Result<Taken, Fault> {
    let unsuited = || Fault::Unsuited {
        device: FingerprintDevice::describe(scanner).id,
        detail: "it takes no faces".to_owned(),
    };
    let job = &order.job;
    let hand = job.step.hand().ok_or_else(unsuited)?;
    let request = SlapRequest { hand, missing: job.missing.clone() };
    let mut watch = HandWatch::new(request.clone(), order.patience(), Timestamp::now());
    let mut look = |frame: &Image| {
        let sight = watch.handle_frame(frame, Timestamp::now());
        order.show(sight, (frame.width, frame.height), || live::preview(frame));
    };
    let slap = FingerprintDevice::capture(scanner, &request, bounds, &mut look)?;
    bounds.check()?;
    let policy = Policy { quality_min: job.quality_min };
    let verdict = if slap.areas.is_empty() {
        live::judge_slap(&slap.image, &request, &policy, scorer)
    } else {
        live::judge_prints(&slap.image, &slap.areas, &request, &policy, scorer)
    };
    let result = AttemptResult::Slap {
        fingers: verdict.fingers.iter().map(finger_result).collect(),
        hints: verdict.hints,
    };
    Ok((
        Some(result),
        Picture::Slap { image: slap.image, by_finger: !slap.areas.is_empty(), device: slap.device },
    ))
}

fn take_face(
    camera: &mut Guarded<dyn Camera>,
    face: &FaceSetup,
    order: &Order,
    bounds: &Bounds,
) -> Result<Taken, Fault> {
    let device = Camera::describe(camera);
    let mut watch = FaceWatch::new(order.patience(), Timestamp::now());
    let mut look = |frame: &[u8]| {
        let frame = Portrait { jpeg: frame.to_vec(), width: 0, height: 0, device: device.clone() };
        // A damaged frame says nothing; the next one is a twentieth of a second away.
        let Ok(mut verdict) = face::judge(&frame, face) else { return };
        if face::shorter_side_px(&frame.jpeg).is_none_or(|side| side < LIVE_FACE_SIDE_PX_MIN) {
            // How large a face will be on the portrait cannot be told from a small preview.
            verdict.hints.retain(|hint| *hint != Hint::MoveCloser);
        }
        let sight = watch.handle_verdict(&verdict, Timestamp::now());
        order.show(sight, (0, 0), || Some(frame.jpeg.clone()));
    };
    let portrait = Camera::capture(camera, bounds, &mut look)?;
    bounds.check()?;
    let verdict = face::judge(&portrait, face)?;
    let result = AttemptResult::Portrait {
        accepted: verdict.accepted,
        detector_used: verdict.detector_used,
        hints: verdict.hints,
        measures: verdict.measures,
    };
    Ok((Some(result), Picture::Face(portrait)))
}

/// A photo of a bandage or a stump. Only the officer can tell when it can be seen, so it is never taken by itself.
fn take_photo(camera: &mut Guarded<dyn Camera>, order: &Order, bounds: &Bounds) -> Result<Taken, Fault> {
    let mut look = |frame: &[u8]| {
        let sight = Sight { hint: None, steady: false, marks: Vec::new(), take: false };
        order.show(sight, (0, 0), || Some(frame.to_vec()));
    };
    let photo = Camera::capture(camera, bounds, &mut look)?;
    bounds.check()?;
    Ok((None, Picture::Face(photo)))
}

fn finger_result(verdict: &FingerVerdict) -> FingerResult {
    FingerResult {
        finger: verdict.finger,
        area: verdict.area,
        quality: verdict.quality,
        accepted: verdict.accepted,
        hint: verdict.hint,
        scored_by: verdict.scored_by,
    }
}

/// How often an idle device is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    /// A year would pass before the regular look: the tests end only if something else wakes the thread.
    const NEVER: Duration = Duration::from_secs(31_557_600);

    #[test]
    fn a_device_that_comes_or_goes_is_looked_at_without_waiting_for_the_regular_look() {
        let (_orders, inbox) = sync_channel::<u8>(1);
        let mut asked = 0;
        let woken = next_order(&inbox, NEVER, || {
            asked += 1;
            asked == 3
        });
        assert_eq!((woken, asked), (Err(RecvTimeoutError::Timeout), 3));
    }

    #[test]
    fn orders_and_the_end_come_first_and_the_regular_look_remains() {
        let (orders, inbox) = sync_channel::<u8>(1);
        assert_eq!(next_order(&inbox, Duration::ZERO, || false), Err(RecvTimeoutError::Timeout));
        orders.send(7).expect("room");
        assert_eq!(next_order(&inbox, NEVER, || true), Ok(7));
        drop(orders);
        assert_eq!(next_order(&inbox, NEVER, || false), Err(RecvTimeoutError::Disconnected));
    }
}
