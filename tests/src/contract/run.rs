//! Runs futures without a runtime: to their ends on this thread, or one poll at a time.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

struct Unpark {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// How long an answer may take: whoever loses a wake-up shall fail, not hang.
pub const WAITS_MAX: u32 = 600;
const WAIT: Duration = Duration::from_millis(100);

/// Waits for a future on this thread, and polls it again only where it was woken.
///
/// # Panics
/// Where it is not done after [`WAITS_MAX`] waits.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let woken = AtomicBool::new(true);
    let unpark = Arc::new(Unpark { thread: std::thread::current(), woken });
    let waker = Waker::from(Arc::clone(&unpark));
    let mut context = Context::from_waker(&waker);
    for _ in 0..WAITS_MAX {
        while unpark.woken.swap(false, Ordering::SeqCst) {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
        }
        std::thread::park_timeout(WAIT);
    }
    panic!("no answer after {WAITS_MAX} waits of {WAIT:?}");
}

/// Polls a future once, and drops it.
pub fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// How often a future's waker was called.
#[derive(Debug, Default)]
pub struct Wakes(AtomicUsize);

impl Wakes {
    /// So often.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Polls once, to be woken here.
    pub fn poll<T>(self: &Arc<Wakes>, future: Pin<&mut dyn Future<Output = T>>) -> Poll<T> {
        let waker = Waker::from(Arc::clone(self));
        future.poll(&mut Context::from_waker(&waker))
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
