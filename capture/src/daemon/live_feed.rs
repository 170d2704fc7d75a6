//! The live picture on its way from a sensor to the screens of this machine, and nowhere else.
//!
//! The newest sight only: a slow screen misses frames, and nothing is queued or stored. A [`Feed`] belongs to one
//! capture. When the engine stops the sensor the board is cleared in the same step, under one lock, so that no frame
//! can be handed out afterwards, whatever the device's thread is still doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;
use uuid::Uuid;

use crate::live::Sight;
use crate::session::Step;

/// One frame for the screens. Holds a biometric picture, so it has no `Debug`.
pub struct LiveFrame {
    /// The case it belongs to.
    pub case: Uuid,
    /// What is being taken.
    pub step: Step,
    /// A photo of what cannot be taken in this step, instead of the step itself.
    pub proof: bool,
    /// Counts the frames of one capture, from 1.
    pub number: u64,
    /// What was seen on it.
    pub sight: Sight,
    /// Size of the frame that the marks refer to, in pixels.
    pub size_px: (u32, u32),
    /// The frame as JPEG; `None` when nobody looked when it came.
    pub jpeg: Option<Vec<u8>>,
}

/// What the screens can see now.
#[derive(Clone, Default)]
pub struct Board {
    capture: u64,
    frame: Option<Arc<LiveFrame>>,
}

impl Board {
    /// The newest frame of this case; `None` while its sensor is dark.
    #[must_use]
    pub fn frame(&self, case: Uuid) -> Option<Arc<LiveFrame>> {
        self.frame.clone().filter(|frame| frame.case == case)
    }
}

/// Hands live frames from the sensors to the screens. Clones share one board.
#[derive(Clone)]
pub(super) struct LiveFeed(Arc<watch::Sender<Board>>);

impl LiveFeed {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Board::default())))
    }

    /// A place from which the board can be read.
    pub(super) fn reader(&self) -> watch::Receiver<Board> {
        self.0.subscribe()
    }

    /// Begins a capture; whatever was shown before is gone.
    pub(super) fn begin(&self, case: Uuid, step: Step, proof: bool) -> Feed {
        let mut capture = 0;
        self.0.send_modify(|board| {
            board.capture += 1;
            board.frame = None;
            capture = board.capture;
        });
        Feed { board: Arc::clone(&self.0), case, step, proof, capture, shown: AtomicU64::new(0) }
    }

    /// Clears the board: from here on the capture that was shown shows nothing more.
    pub(super) fn stop(&self) {
        self.0.send_modify(|board| {
            board.capture += 1;
            board.frame = None;
        });
    }
}

/// The live picture of one capture.
pub(super) struct Feed {
    board: Arc<watch::Sender<Board>>,
    case: Uuid,
    step: Step,
    proof: bool,
    capture: u64,
    shown: AtomicU64,
}

impl Feed {
    /// Whether a screen looks, so that making a picture is worth it.
    pub(super) fn is_watched(&self) -> bool {
        self.board.receiver_count() > 0
    }

    /// Shows a frame, unless the capture was stopped; tells whether it was shown.
    pub(super) fn show(&self, sight: Sight, size_px: (u32, u32), jpeg: Option<Vec<u8>>) -> bool {
        let number = self.shown.fetch_add(1, Ordering::SeqCst) + 1;
        let frame =
            LiveFrame { case: self.case, step: self.step, proof: self.proof, number, sight, size_px, jpeg };
        let frame = Arc::new(frame);
        self.board.send_if_modified(|board| {
            let current = board.capture == self.capture;
            if current {
                board.frame = Some(frame);
            }
            current
        })
    }

    /// The capture is over; its last frame is gone from the board.
    pub(super) fn end(&self) {
        self.board.send_if_modified(|board| board.capture == self.capture && board.frame.take().is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight() -> Sight {
        Sight { hint: None, steady: true, marks: Vec::new(), take: false }
    }

    const CASE: Uuid = Uuid::from_u128(7);

    #[test]
    fn after_a_stop_no_frame_is_handed_out_whatever_the_device_still_sends() {
        let live = LiveFeed::new();
        let reader = live.reader();
        let feed = live.begin(CASE, Step::RightFour, false);
        assert!(feed.show(sight(), (8, 6), None));
        assert!(reader.borrow().frame(CASE).is_some());
        live.stop();
        assert!(reader.borrow().frame(CASE).is_none());
        assert!(!feed.show(sight(), (8, 6), None), "the stopped capture shows nothing more");
        assert!(reader.borrow().frame(CASE).is_none());
    }

    #[test]
    fn a_late_frame_of_the_capture_before_never_covers_the_next() {
        let live = LiveFeed::new();
        let reader = live.reader();
        let before = live.begin(CASE, Step::RightFour, false);
        let next = live.begin(CASE, Step::LeftFour, false);
        assert!(next.show(sight(), (8, 6), None) && !before.show(sight(), (8, 6), None));
        before.end();
        assert_eq!(
            reader.borrow().frame(CASE).map(|frame| (frame.step, frame.number)),
            Some((Step::LeftFour, 1))
        );
        next.end();
        assert!(reader.borrow().frame(CASE).is_none());
    }

    #[test]
    fn a_frame_is_seen_in_its_own_case_only() {
        let live = LiveFeed::new();
        let reader = live.reader();
        live.begin(CASE, Step::Face, false).show(sight(), (8, 6), None);
        assert!(reader.borrow().frame(Uuid::from_u128(8)).is_none());
    }

    #[test]
    fn pictures_are_made_only_while_a_screen_looks() {
        let live = LiveFeed::new();
        let feed = live.begin(CASE, Step::Face, false);
        assert!(!feed.is_watched());
        let screen = live.reader();
        assert!(feed.is_watched());
        drop(screen);
        assert!(!feed.is_watched());
    }
}
