//! A queue between the reading and the writing thread that is bounded in bytes.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What [`Queue::pop`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Popped<T> {
    /// The next one; its bytes count until [`Queue::release`].
    Item(T),
    /// Nothing came in time.
    Nothing,
    /// Nothing will come any more.
    End,
    /// Nothing will come any more, because the other side broke off with this message.
    Broken(String),
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    bytes: usize,
    ended: bool,
    broken: Option<String>,
    /// The receiving side went away.
    deaf: bool,
}

/// A queue whose contents, and what was taken out and not yet released, stay below a limit.
#[derive(Debug)]
pub(super) struct Queue<T> {
    limit: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

impl<T> Queue<T> {
    /// A queue of at most `limit` bytes; one item that is larger passes alone.
    pub(super) fn new(limit: usize) -> Queue<T> {
        let waiting = VecDeque::new();
        let state = State { waiting, bytes: 0, ended: false, broken: None, deaf: false };
        Queue { limit, state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // No code below panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an item of `bytes` in, waiting for room; false if nobody wants it any more.
    pub(super) fn push(&self, item: T, bytes: usize) -> bool {
        let mut state = self.state();
        while !state.deaf && state.bytes > 0 && state.bytes + bytes > self.limit {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.deaf {
            return false;
        }
        state.bytes += bytes;
        state.waiting.push_back(item);
        self.changed.notify_all();
        true
    }

    /// Says that nothing will be pushed any more; with a message if that is a defect.
    pub(super) fn end(&self, broken: Option<String>) {
        let mut state = self.state();
        state.ended = true;
        state.broken = broken;
        self.changed.notify_all();
    }

    /// Takes the next item out, waiting at most `patience`.
    pub(super) fn pop(&self, patience: Duration) -> Popped<T> {
        let state = self.state();
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, patience, |state| state.waiting.is_empty() && !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
        match (state.waiting.pop_front(), state.ended) {
            (Some(item), _) => Popped::Item(item),
            (None, false) => Popped::Nothing,
            (None, true) => state.broken.take().map_or(Popped::End, Popped::Broken),
        }
    }

    /// Says that an item of `bytes` that was taken out is gone.
    pub(super) fn release(&self, bytes: usize) {
        self.state().bytes -= bytes;
        self.changed.notify_all();
    }

    /// Says that nothing will be taken out any more; what waits is dropped.
    pub(super) fn refuse(&self) {
        let mut state = self.state();
        state.deaf = true;
        state.waiting.clear();
        self.changed.notify_all();
    }

    /// Whether items wait, or more may come.
    pub(super) fn has_more(&self) -> bool {
        let state = self.state();
        !state.ended || !state.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_waits_and_what_is_worked_on_stays_below_the_limit() {
        let queue = Queue::new(100);
        let held = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..50 {
                    // Counted before there is room, so one more than the limit is seen.
                    held.fetch_add(30, Ordering::SeqCst);
                    assert!(queue.push(30, 30));
                }
                queue.end(None);
            });
            let mut count = 0;
            while let Popped::Item(bytes) = queue.pop(LONG) {
                assert!(held.load(Ordering::SeqCst) <= 90 + 30);
                assert!(queue.state().bytes <= 100);
                held.fetch_sub(bytes, Ordering::SeqCst);
                queue.release(bytes);
                count += 1;
            }
            assert_eq!(count, 50);
        });
    }

    #[test]
    fn an_item_over_the_limit_passes_alone() {
        let queue = Queue::new(10);
        assert!(queue.push("big", 500));
        assert_eq!(queue.pop(LONG), Popped::Item("big"));
        queue.release(500);
        assert!(queue.push("small", 5));
    }

    #[test]
    fn both_ends_can_give_up() {
        let queue = Queue::new(10);
        assert!(queue.push(1, 10));
        std::thread::scope(|scope| {
            let pushing = scope.spawn(|| queue.push(2, 10));
            queue.refuse();
            assert!(!pushing.join().unwrap());
        });
        assert!(queue.has_more());
        queue.end(Some("torn".to_owned()));
        assert!(!queue.has_more());
        assert_eq!(queue.pop(LONG), Popped::Broken("torn".to_owned()));
        assert_eq!(Queue::<u8>::new(1).pop(Duration::ZERO), Popped::Nothing);
    }
}
