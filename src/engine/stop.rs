//! A limit on the time of an answer: what is found until then, marked as a part.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How many askings share one look at the clock: a power of two.
const SHARE: u32 = 64;

/// Tells those who work on an answer when to stop, and everybody else that they were stopped.
pub struct Stop {
    due: Box<dyn Fn() -> bool + Send + Sync>,
    asked: AtomicU32,
    over: AtomicBool,
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stop").field("over", &self.over).finish_non_exhaustive()
    }
}

impl Stop {
    /// Stops when `due` first says so, which is asked now and then: once for 64 askings.
    pub fn when(due: impl Fn() -> bool + Send + Sync + 'static) -> Stop {
        Stop { due: Box::new(due), asked: AtomicU32::new(0), over: AtomicBool::new(false) }
    }

    /// Stops after this time, counted from now.
    pub fn after(limit: Duration) -> Stop {
        let start = Instant::now();
        Stop::when(move || start.elapsed() >= limit)
    }

    /// Whether to stop; asked for each article that is looked at. Some nanoseconds.
    pub fn is_due(&self) -> bool {
        if self.over.load(Ordering::Relaxed) {
            return true;
        }
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        if !asked.is_multiple_of(SHARE) || !(self.due)() {
            return false;
        }
        self.over.store(true, Ordering::Relaxed);
        true
    }

    /// Whether somebody was told to stop, so that answers are parts.
    pub fn was_due(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_over_is_over_for_all_and_the_clock_is_rarely_asked() {
        let looks = std::sync::Arc::new(AtomicU32::new(0));
        let counted = std::sync::Arc::clone(&looks);
        let stop = Stop::when(move || counted.fetch_add(1, Ordering::Relaxed) == 3);
        let before = (0..1_000).take_while(|_| !stop.is_due()).count();
        assert_eq!(before, 3 * SHARE as usize);
        assert_eq!(looks.load(Ordering::Relaxed), 4);
        assert!(stop.is_due() && stop.was_due());
        assert!(Stop::after(Duration::ZERO).is_due());
    }
}
