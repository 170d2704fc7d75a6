//! The promise of a position, kept when the record is durable.
//!
//! Works as a `Future` under any runtime and by blocking without one. It holds no runtime type, so
//! that `wait` may be called from any thread and never panics.

use crate::error::Error;
use crate::position::Position;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A record on its way to the disk. Dropping it does not withdraw the record.
#[derive(Debug)]
#[must_use = "a record is only durable once this has resolved"]
pub struct Pending {
    shared: Arc<Shared>,
}

impl Pending {
    /// Blocks until the record is durable or refused.
    ///
    /// # Errors
    /// Says why the record was not acknowledged; it may or may not be found again after a restart.
    pub fn wait(self) -> Result<Position, Error> {
        let mut state = self.shared.lock();
        loop {
            if let Some(outcome) = &state.outcome {
                return outcome.clone();
            }
            state = self.shared.resolved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Future for Pending {
    type Output = Result<Position, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.shared.lock();
        match &state.outcome {
            Some(outcome) => Poll::Ready(outcome.clone()),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The committer's end of a [`Pending`]. Dropped without an outcome it says [`Error::Closed`].
#[derive(Debug)]
pub(crate) struct Promise {
    shared: Arc<Shared>,
}

impl Promise {
    pub(crate) fn pair() -> (Self, Pending) {
        let shared = Arc::new(Shared::default());
        (Self { shared: Arc::clone(&shared) }, Pending { shared })
    }

    pub(crate) fn resolve(self, outcome: Result<Position, Error>) {
        self.shared.resolve(outcome);
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.shared.resolve(Err(Error::Closed));
    }
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    resolved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    outcome: Option<Result<Position, Error>>,
    waker: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first outcome stays.
    fn resolve(&self, outcome: Result<Position, Error>) {
        let mut state = self.lock();
        if state.outcome.is_none() {
            state.outcome = Some(outcome);
            self.resolved.notify_all();
            if let Some(waker) = state.waker.take() {
                drop(state);
                waker.wake();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_reaches_a_blocked_thread() {
        let (promise, pending) = Promise::pair();
        let waiter = std::thread::spawn(move || pending.wait());
        promise.resolve(Ok(Position::new(1, 64)));
        assert_eq!(waiter.join().expect("the waiter ends"), Ok(Position::new(1, 64)));
    }

    #[test]
    fn a_forgotten_promise_says_closed() {
        let (promise, pending) = Promise::pair();
        drop(promise);
        assert_eq!(pending.wait(), Err(Error::Closed));
    }

    #[test]
    fn a_future_is_woken() {
        struct Flag(std::sync::atomic::AtomicBool);
        impl std::task::Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, std::sync::atomic::Ordering::SeqCst);
            }
        }
        let (promise, mut pending) = Promise::pair();
        let flag = Arc::new(Flag(false.into()));
        let waker = Waker::from(Arc::clone(&flag));
        let mut context = Context::from_waker(&waker);
        assert!(Pin::new(&mut pending).poll(&mut context).is_pending());
        promise.resolve(Err(Error::Locked));
        assert!(flag.0.load(std::sync::atomic::Ordering::SeqCst));
        assert_eq!(Pin::new(&mut pending).poll(&mut context), Poll::Ready(Err(Error::Locked)));
    }
}
