//! A device that cannot hold up its caller, whatever its driver does.
//!
//! The driver lives on a thread of its own. Each call is sent to it with its bounds, and the caller waits no longer
//! than the deadline plus a short grace. A driver that does not come back by then is abandoned: its token is fired,
//! its thread is left to end by itself, and the caller gets [`Fault::Stalled`]. The next call starts a fresh driver.
//! A driver that panics costs one call ([`Fault::Broken`]), never the daemon.
//!
//! Invariant: at most [`limits::DEVICE_THREADS_ABANDONED_MAX`] abandoned threads per device; after that every call
//! answers [`Fault::Stalled`] until one of them ends.
//!
//! Left out on purpose: killing a thread. It cannot be done safely, so a stuck system call keeps its thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use matcher::{Finger, Image};

use super::{
    Bounds, Camera, CancelToken, DeviceDescription, Fault, FingerprintDevice, Health, Portrait, PrintArea,
    Reach, Signal, SlapImage, SlapRequest,
};
use crate::{limits, parameters};

/// Makes a driver, on the thread where it will live.
type Make<D> = Arc<dyn Fn() -> Box<D> + Send + Sync>;

/// Work for a driver.
type Job<D> = Box<dyn FnOnce(&mut D) + Send>;

/// A driver behind a thread and deadlines. Implements the same trait as the driver inside.
pub struct Guarded<D: ?Sized + Send + 'static> {
    make: Make<D>,
    description: DeviceDescription,
    reach: Reach,
    line: Option<SyncSender<Job<D>>>,
    abandoned: Arc<AtomicUsize>,
    opened: bool,
}

impl<D: ?Sized + Send + 'static> Guarded<D> {
    fn with(make: Make<D>, description: DeviceDescription, reach: Reach) -> Self {
        Self { make, description, reach, line: None, abandoned: Arc::default(), opened: false }
    }

    fn stalled(&self) -> Fault {
        Fault::Stalled { device: self.description.id.clone() }
    }

    /// The line to the driver's thread, started when there is none.
    fn line(&mut self) -> Result<SyncSender<Job<D>>, Fault> {
        if let Some(line) = &self.line {
            return Ok(line.clone());
        }
        if self.abandoned.load(Ordering::SeqCst) >= limits::DEVICE_THREADS_ABANDONED_MAX {
            return Err(self.stalled());
        }
        let (line, jobs) = sync_channel::<Job<D>>(1);
        let make = Arc::clone(&self.make);
        std::thread::Builder::new()
            .name(format!("device-{}", self.description.id))
            .spawn(move || {
                let mut driver = make();
                while let Ok(job) = jobs.recv() {
                    job(driver.as_mut());
                }
            })
            .map_err(|error| Fault::Broken {
                device: self.description.id.clone(),
                detail: format!("no thread for its driver ({:?})", error.kind()),
            })?;
        self.line = Some(line.clone());
        Ok(line)
    }

    /// Runs `job` on the driver's thread; meanwhile `pump` may pass frames on to the caller.
    fn call<R: Send + 'static>(
        &mut self,
        bounds: &Bounds,
        job: impl FnOnce(&mut D, &Bounds) -> R + Send + 'static,
        mut pump: impl FnMut(),
    ) -> Result<R, Fault> {
        let line = self.line()?;
        let inner = CancelToken::default();
        let theirs = Bounds { cancel: inner.clone(), ..bounds.clone() };
        let (reply, answer) = sync_channel::<R>(1);
        let ending = Arc::new(AtomicUsize::new(RUNNING));
        let ended = Ended { state: Arc::clone(&ending), abandoned: Arc::clone(&self.abandoned) };
        let sent = line.try_send(Box::new(move |driver: &mut D| {
            let _ended = ended;
            // Nobody listens any more when the caller gave up; then the answer is dropped with its image.
            let _ = reply.try_send(job(driver, &theirs));
        }));
        if sent.is_err() {
            self.line = None;
            return Err(self.broken("its driver ended"));
        }
        let waited = wait(&answer, bounds, &inner, &mut pump);
        match waited {
            Wait::Answer(value) => Ok(value),
            Wait::Ended => {
                self.line = None;
                self.opened = false;
                Err(self.broken("its driver ended unexpectedly"))
            }
            Wait::Silence => {
                if ending.compare_exchange(RUNNING, LEFT, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                    self.abandoned.fetch_add(1, Ordering::SeqCst);
                }
                self.line = None;
                self.opened = false;
                Err(self.stalled())
            }
        }
    }

    fn broken(&self, detail: &str) -> Fault {
        Fault::Broken { device: self.description.id.clone(), detail: detail.to_owned() }
    }

    fn brief() -> Bounds {
        Bounds::within(Duration::from_millis(parameters::DEVICE_BRIEF_CALL_MS), CancelToken::default())
    }
}

/// How waiting for a driver ended.
enum Wait<R> {
    Answer(R),
    Ended,
    Silence,
}

/// Waits for the answer until the deadline, tells the driver to stop, then waits for the grace period.
fn wait<R>(answer: &Receiver<R>, bounds: &Bounds, inner: &CancelToken, pump: &mut impl FnMut()) -> Wait<R> {
    let step = Duration::from_millis(parameters::DEVICE_STEP_MS);
    let mut give_up: Option<Instant> = None;
    loop {
        pump();
        match answer.recv_timeout(step) {
            Ok(value) => {
                pump();
                return Wait::Answer(value);
            }
            Err(RecvTimeoutError::Disconnected) => return Wait::Ended,
            Err(RecvTimeoutError::Timeout) => {}
        }
        match give_up {
            None if bounds.check().is_err() => {
                // The driver sees a passed deadline by itself; a cancellation has to be handed on.
                if bounds.cancel.is_cancelled() {
                    inner.cancel();
                }
                give_up = Some(Instant::now() + Duration::from_millis(parameters::DEVICE_GRACE_MS));
            }
            Some(until) if Instant::now() >= until => {
                inner.cancel();
                return Wait::Silence;
            }
            _ => {}
        }
    }
}

/// States of one call on a driver's thread.
const RUNNING: usize = 0;
const LEFT: usize = 1;
const ENDED: usize = 2;

/// Lives as long as one call on the driver's thread; takes an abandoned call off the count when it ends after all.
struct Ended {
    state: Arc<AtomicUsize>,
    abandoned: Arc<AtomicUsize>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        if self.state.swap(ENDED, Ordering::SeqCst) == LEFT {
            self.abandoned.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Guarded<dyn FingerprintDevice> {
    /// Guards a scanner. `make` runs once here, for the description, and once on each driver thread.
    pub fn scanner(make: impl Fn() -> Box<dyn FingerprintDevice> + Send + Sync + 'static) -> Self {
        let sample = make();
        let (description, reach) = (sample.describe(), sample.reach());
        Self::with(Arc::new(make), description, reach)
    }

    fn take(
        &mut self,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
        take: impl FnOnce(&mut dyn FingerprintDevice, &Bounds, &mut dyn FnMut(&Image)) -> Result<SlapImage, Fault>
        + Send
        + 'static,
    ) -> Result<SlapImage, Fault> {
        let (sender, frames) = sync_channel::<Image>(limits::DEVICE_FRAMES_WAITING_MAX);
        self.call(
            bounds,
            move |driver, bounds| {
                // A frame nobody has looked at yet makes the next one superfluous: it is dropped, not queued.
                take(driver, bounds, &mut |frame| drop(sender.try_send(frame.clone())))
            },
            || drain(&frames, |frame| watch(&frame)),
        )
        .flatten()
        .and_then(|taken| self.checked(taken))
    }

    /// Refuses an image that is not one, whatever the driver thinks of it.
    fn checked(&self, taken: SlapImage) -> Result<SlapImage, Fault> {
        let (image, device) = (&taken.image, self.description.id.clone());
        image
            .check()
            .map_err(|error| Fault::BadImage { device: device.clone(), detail: error.to_string() })?;
        if image.width > limits::SLAP_SIDE_PX_MAX || image.height > limits::SLAP_SIDE_PX_MAX {
            let detail = format!("{} x {} pixels is larger than any platen", image.width, image.height);
            return Err(Fault::BadImage { device, detail });
        }
        let outside = |area: &PrintArea| {
            area.left >= area.right
                || area.top >= area.bottom
                || area.right > image.width
                || area.bottom > image.height
        };
        if taken.areas.len() > Finger::ALL.len() || taken.areas.iter().any(outside) {
            return Err(Fault::BadImage { device, detail: "a finger lies outside of its image".to_owned() });
        }
        Ok(taken)
    }
}

impl Guarded<dyn Camera> {
    /// Guards a camera. `make` runs once here, for the description, and once on each driver thread.
    pub fn camera(make: impl Fn() -> Box<dyn Camera> + Send + Sync + 'static) -> Self {
        let description = make().describe();
        Self::with(Arc::new(make), description, Reach::Portrait)
    }

    /// Refuses a portrait that is no JPEG of the size it claims, whatever the driver thinks of it.
    fn checked(&self, taken: Portrait) -> Result<Portrait, Fault> {
        let bad =
            |detail: &str| Fault::BadImage { device: self.description.id.clone(), detail: detail.to_owned() };
        if taken.jpeg.len() > limits::PORTRAIT_BYTES_MAX {
            return Err(bad("it is too large"));
        }
        let mut reader =
            image::ImageReader::with_format(std::io::Cursor::new(&taken.jpeg), image::ImageFormat::Jpeg);
        reader.limits(limits::portrait_decoding());
        match reader.into_dimensions() {
            Ok(size) if size == (taken.width, taken.height) => Ok(taken),
            Ok(_) => Err(bad("its size is not the one it claims")),
            Err(_) => Err(bad("it is no JPEG image")),
        }
    }
}

fn drain<F>(frames: &Receiver<F>, mut look: impl FnMut(F)) {
    loop {
        match frames.try_recv() {
            Ok(frame) => look(frame),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
        }
    }
}

impl FingerprintDevice for Guarded<dyn FingerprintDevice> {
    fn describe(&self) -> DeviceDescription {
        self.description.clone()
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        let (opened, description) =
            self.call(bounds, |driver, bounds| (driver.open(bounds), driver.describe()), || ())?;
        // Serial number and firmware are known only once the device answered.
        self.description = description;
        self.opened = opened.is_ok();
        opened
    }

    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.description.id.clone() });
        }
        let request = request.clone();
        self.take(bounds, watch, move |driver, bounds, watch| driver.capture(&request, bounds, watch))
    }

    fn capture_single(
        &mut self,
        finger: Finger,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.description.id.clone() });
        }
        self.take(bounds, watch, move |driver, bounds, watch| driver.capture_single(finger, bounds, watch))
    }

    fn signal(&mut self, signal: Signal, bounds: &Bounds) -> Result<(), Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.description.id.clone() });
        }
        self.call(bounds, move |driver, bounds| driver.signal(signal, bounds), || ()).flatten()
    }

    fn close(&mut self) {
        self.opened = false;
        if self.line.is_some() {
            // A driver that cannot even be closed in time is abandoned by `call`; there is nobody to tell here.
            let _ = self.call(&Self::brief(), |driver, _| driver.close(), || ());
        }
    }

    fn health(&mut self) -> Health {
        self.call(&Self::brief(), |driver, _| driver.health(), || ())
            .unwrap_or_else(|fault| Health::Missing(fault.to_string()))
    }
}

impl Camera for Guarded<dyn Camera> {
    fn describe(&self) -> DeviceDescription {
        self.description.clone()
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        let (opened, description) =
            self.call(bounds, |driver, bounds| (driver.open(bounds), driver.describe()), || ())?;
        self.description = description;
        self.opened = opened.is_ok();
        opened
    }

    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.description.id.clone() });
        }
        let (sender, frames) = sync_channel::<Vec<u8>>(limits::DEVICE_FRAMES_WAITING_MAX);
        self.call(
            bounds,
            move |driver, bounds| driver.capture(bounds, &mut |frame| drop(sender.try_send(frame.to_vec()))),
            || drain(&frames, |frame| watch(&frame)),
        )
        .flatten()
        .and_then(|taken| self.checked(taken))
    }

    fn signal(&mut self, signal: Signal, bounds: &Bounds) -> Result<(), Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.description.id.clone() });
        }
        self.call(bounds, move |driver, bounds| driver.signal(signal, bounds), || ()).flatten()
    }

    fn close(&mut self) {
        self.opened = false;
        if self.line.is_some() {
            let _ = self.call(&Self::brief(), |driver, _| driver.close(), || ());
        }
    }

    fn health(&mut self) -> Health {
        self.call(&Self::brief(), |driver, _| driver.health(), || ())
            .unwrap_or_else(|fault| Health::Missing(fault.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matcher::Hand;
    use std::sync::Mutex;

    /// What the driver inside does when it is asked to capture.
    #[derive(Clone, Copy)]
    enum Manner {
        Works,
        Lies,
        WaitsForEver,
        IgnoresEverything,
        Panics,
    }

    struct Odd {
        manner: Manner,
        release: Arc<Mutex<()>>,
        pixels: usize,
    }

    impl FingerprintDevice for Odd {
        fn describe(&self) -> DeviceDescription {
            DeviceDescription { id: "odd".into(), ..DeviceDescription::default() }
        }
        fn reach(&self) -> Reach {
            Reach::TenPrint
        }
        fn open(&mut self, _: &Bounds) -> Result<(), Fault> {
            Ok(())
        }
        fn capture(
            &mut self,
            _: &SlapRequest,
            bounds: &Bounds,
            watch: &mut dyn FnMut(&Image),
        ) -> Result<SlapImage, Fault> {
            let image = Image { width: 40, height: 40, resolution_ppi: 500, pixels: vec![255; self.pixels] };
            watch(&image);
            match self.manner {
                Manner::Works | Manner::Lies => {
                    Ok(SlapImage { image, areas: Vec::new(), device: self.describe() })
                }
                Manner::WaitsForEver => loop {
                    bounds.pause(Duration::from_millis(5))?;
                },
                Manner::IgnoresEverything => {
                    drop(self.release.lock());
                    Err(Fault::DeadlinePassed)
                }
                Manner::Panics => panic!("a driver with a bug"),
            }
        }
        fn close(&mut self) {}
        fn health(&mut self) -> Health {
            Health::Ready
        }
    }

    fn guarded(manner: Manner, release: &Arc<Mutex<()>>) -> Guarded<dyn FingerprintDevice> {
        let release = Arc::clone(release);
        let pixels = if matches!(manner, Manner::Lies) { 7 } else { 1_600 };
        Guarded::scanner(move || Box::new(Odd { manner, release: Arc::clone(&release), pixels }))
    }

    fn soon(timeout_ms: u64) -> Bounds {
        Bounds::within(Duration::from_millis(timeout_ms), CancelToken::default())
    }

    fn request() -> SlapRequest {
        SlapRequest { hand: Hand::RightFour, missing: Vec::new() }
    }

    #[test]
    fn frames_and_the_image_reach_the_caller() {
        let mut device = guarded(Manner::Works, &Arc::default());
        device.open(&soon(5_000)).expect("opens");
        let mut seen = 0;
        let taken = device.capture(&request(), &soon(5_000), &mut |_| seen += 1).expect("captures");
        assert_eq!((taken.image.width, seen), (40, 1));
    }

    #[test]
    fn an_image_that_is_not_one_is_refused() {
        let mut device = guarded(Manner::Lies, &Arc::default());
        device.open(&soon(5_000)).expect("opens");
        let fault = device.capture(&request(), &soon(5_000), &mut |_| ()).err().map(|fault| fault.code());
        assert_eq!(fault, Some("C-0203"));
    }

    #[test]
    fn a_closed_device_does_not_capture() {
        let mut device = guarded(Manner::Works, &Arc::default());
        let fault = device.capture(&request(), &soon(5_000), &mut |_| ()).err().map(|fault| fault.code());
        assert_eq!(fault, Some("C-0211"));
        device.open(&soon(5_000)).expect("opens");
        device.close();
        let fault = device.capture(&request(), &soon(5_000), &mut |_| ()).err().map(|fault| fault.code());
        assert_eq!(fault, Some("C-0211"));
    }

    #[test]
    fn a_waiting_driver_ends_at_its_deadline_and_when_cancelled() {
        let mut device = guarded(Manner::WaitsForEver, &Arc::default());
        device.open(&soon(5_000)).expect("opens");
        let fault = device.capture(&request(), &soon(40), &mut |_| ()).err();
        assert_eq!(fault, Some(Fault::DeadlinePassed));
        let cancel = CancelToken::default();
        let bounds = Bounds::within(Duration::from_secs(60), cancel.clone());
        let other = std::thread::spawn(move || cancel.cancel());
        assert_eq!(device.capture(&request(), &bounds, &mut |_| ()).err(), Some(Fault::Cancelled));
        other.join().expect("the other thread only sets a flag");
    }

    #[test]
    fn a_hanging_driver_is_abandoned_and_replaced_up_to_the_bound() {
        let release = Arc::new(Mutex::new(()));
        let held = release.lock().expect("nobody panicked with it");
        let mut device = guarded(Manner::IgnoresEverything, &release);
        for _ in 0..limits::DEVICE_THREADS_ABANDONED_MAX {
            device.open(&soon(5_000)).expect("a fresh driver opens");
            let fault = device.capture(&request(), &soon(20), &mut |_| ()).err().map(|fault| fault.code());
            assert_eq!(fault, Some("C-0208"));
        }
        assert_eq!(device.open(&soon(5_000)).err().map(|fault| fault.code()), Some("C-0208"));
        assert!(matches!(device.health(), Health::Missing(_)));
        drop(held);
        let begun = Instant::now();
        while device.open(&soon(5_000)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "abandoned drivers ended but the device stays stalled"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_panicking_driver_costs_one_call() {
        let mut device = guarded(Manner::Panics, &Arc::default());
        device.open(&soon(5_000)).expect("opens");
        let fault = device.capture(&request(), &soon(5_000), &mut |_| ()).err().map(|fault| fault.code());
        assert_eq!(fault, Some("C-0202"));
        device.open(&soon(5_000)).expect("a fresh driver opens");
    }
}
