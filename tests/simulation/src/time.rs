//! Virtual time, and a scheduler that a seed decides: of the tasks that could go on,
//! chance picks one; when none can, the time moves to where one can. It stands in for
//! a runtime, whose order nobody can choose.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use fastrand::Rng;
use futures::future::BoxFuture;
use tokio::runtime::Handle;

/// When every simulation begins, in seconds since 1970.
pub(crate) const BEGINNING: u64 = 1_800_000_000;

/// The time of a simulation, and who waits for it. Clones are the same time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Time(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Nanoseconds since the beginning. Beside the lock, since clocks are read at every turn.
    now: AtomicU64,
    state: Mutex<State>,
    /// Whether tasks wait to be taken up.
    has_spawned: AtomicBool,
}

#[derive(Default)]
struct State {
    timers: BTreeMap<(Duration, u64), Waker>,
    timers_made: u64,
    spawned: Vec<BoxFuture<'static, ()>>,
}

impl State {
    /// Takes the timers of this moment.
    fn take_due(&mut self, now: Duration) -> Vec<Waker> {
        let mut due = Vec::new();
        while let Some(first) = self.timers.first_entry()
            && first.key().0 <= now
        {
            due.push(first.remove());
        }
        due
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl Time {
    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the simulation has run.
    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.0.now.load(Ordering::Relaxed))
    }

    /// Milliseconds since 1970 by a clock that is this much ahead.
    pub(crate) fn millis(&self, ahead_ms: i64) -> i64 {
        millis_at(self.elapsed()) + ahead_ms
    }

    /// A clock that is this much ahead.
    pub(crate) fn clock(&self, ahead_ms: i64) -> Clock {
        Clock {
            time: self.clone(),
            ahead_ms,
        }
    }

    /// Waits.
    pub(crate) fn sleep(&self, wait: Duration) -> Wait {
        let at = self.elapsed() + wait;
        Wait {
            time: self.clone(),
            at,
            timer: None,
        }
    }

    /// Waits until the simulation has run this long.
    pub(crate) async fn until(&self, at: Duration) {
        self.sleep(at.saturating_sub(self.elapsed())).await;
    }

    /// Another task.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.state().spawned.push(Box::pin(task));
        self.0.has_spawned.store(true, Ordering::Relaxed);
    }

    /// The tasks that were spawned since the last time.
    fn take_spawned(&self) -> Vec<BoxFuture<'static, ()>> {
        match self.0.has_spawned.swap(false, Ordering::Relaxed) {
            true => std::mem::take(&mut self.state().spawned),
            false => Vec::new(),
        }
    }

    /// Moves to the next timer and wakes who waits for that moment; false if nobody waits.
    fn advance(&self) -> bool {
        let due = {
            let mut state = self.state();
            let Some(((at, _), _)) = state.timers.first_key_value() else {
                return false;
            };
            let at = *at;
            self.0.now.fetch_max(nanoseconds(at), Ordering::Relaxed);
            state.take_due(at)
        };
        due.into_iter().for_each(Waker::wake);
        true
    }
}

fn nanoseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}

fn millis_at(elapsed: Duration) -> i64 {
    let now = Duration::from_secs(BEGINNING) + elapsed;
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// A clock of virtual time.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    time: Time,
    ahead_ms: i64,
}

impl Clock {
    /// For the code under test.
    pub(crate) fn shared(&self) -> SharedTimeSource {
        SharedTimeSource::new(self.clone())
    }

    /// Milliseconds since 1970.
    pub(crate) fn millis(&self) -> i64 {
        self.time.millis(self.ahead_ms)
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.millis().unsigned_abs())
    }
}

impl sqs::Clock for Clock {
    fn now(&self) -> SystemTime {
        TimeSource::now(self)
    }

    fn wait_until(&self, moment: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let left = moment
            .duration_since(TimeSource::now(self))
            .unwrap_or_default();
        // A millisecond's part may be missing.
        Box::pin(self.time.sleep(left + Duration::from_millis(1)))
    }
}

impl AsyncSleep for Time {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(Self::sleep(self, duration))
    }
}

impl Time {
    /// The sleep, for the code under test.
    pub(crate) fn shared_sleep(&self) -> SharedAsyncSleep {
        SharedAsyncSleep::new(self.clone())
    }
}

#[derive(Debug)]
pub(crate) struct Wait {
    time: Time,
    at: Duration,
    /// Its number, and who is woken.
    timer: Option<(u64, Waker)>,
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.time.elapsed() >= self.at {
            return Poll::Ready(());
        }
        match &self.timer {
            Some((_, waker)) if waker.will_wake(cx.waker()) => {}
            _ => self.set_timer(cx.waker()),
        }
        Poll::Pending
    }
}

impl Wait {
    fn set_timer(&mut self, waker: &Waker) {
        let mut state = self.time.state();
        let number = match &self.timer {
            Some((number, _)) => *number,
            None => {
                state.timers_made += 1;
                state.timers_made
            }
        };
        // What was there before is dropped outside of the lock: it may hold the last of a task.
        let before = state.timers.insert((self.at, number), waker.clone());
        drop(state);
        drop(before);
        self.timer = Some((number, waker.clone()));
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some((number, _)) = self.timer {
            // Dropped outside of the lock: a waker may hold the last of a task.
            let gone = self.time.state().timers.remove(&(self.at, number));
            drop(gone);
        }
    }
}

/// Which tasks can go on, by number.
type Ready = Arc<Mutex<Vec<usize>>>;

struct TaskWaker {
    task: usize,
    ready: Ready,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut ready = lock(&self.ready);
        if let Err(place) = ready.binary_search(&self.task) {
            ready.insert(place, self.task);
        }
    }
}

fn lock(ready: &Ready) -> MutexGuard<'_, Vec<usize>> {
    ready.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A task, and what wakes it.
struct Task {
    future: BoxFuture<'static, ()>,
    waker: Waker,
}

/// Runs until the first task has ended, and drops the others; false if all wait for
/// nothing.
///
/// # Panics
/// In a Tokio runtime: all of this is one poll there, and once that has spent its budget,
/// Tokio's locks, which the SDK uses, let nobody in.
pub(crate) fn run(
    time: &Time,
    seed: u64,
    first: impl Future<Output = ()> + Send + 'static,
) -> bool {
    assert!(Handle::try_current().is_err(), "not in a Tokio runtime");
    let mut chance = Rng::with_seed(seed);
    let ready = Ready::default();
    let mut tasks: Vec<Option<Task>> = Vec::new();
    tasks.push(Some(task(0, Box::pin(first), &ready)));
    loop {
        for future in time.take_spawned() {
            tasks.push(Some(task(tasks.len(), future, &ready)));
        }
        let Some(next) = pick(&ready, &mut chance) else {
            if !time.advance() {
                return false;
            }
            continue;
        };
        let Some(task) = &mut tasks[next] else {
            continue;
        };
        let ended = task
            .future
            .as_mut()
            .poll(&mut Context::from_waker(&task.waker))
            .is_ready();
        if ended && next == 0 {
            return true;
        }
        if ended {
            tasks[next] = None;
        }
    }
}

fn task(number: usize, future: BoxFuture<'static, ()>, ready: &Ready) -> Task {
    let ready = ready.clone();
    let waker = Waker::from(Arc::new(TaskWaker {
        task: number,
        ready,
    }));
    waker.wake_by_ref();
    Task { future, waker }
}

fn pick(ready: &Ready, chance: &mut Rng) -> Option<usize> {
    let mut ready = lock(ready);
    let most = ready.len().checked_sub(1)?;
    Some(ready.remove(chance.usize(..=most)))
}
