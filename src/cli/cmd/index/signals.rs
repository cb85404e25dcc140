//! Ctrl-C during an index run: the first asks to stop and commit, the second to stop at once.

use std::sync::OnceLock;

use crate::ingest::Stop;

static STOP: OnceLock<Stop> = OnceLock::new();

/// What Ctrl-C (and SIGTERM, SIGHUP) asks to stop: one for the whole process, and for good.
///
/// Where no handler can be set the signal ends the process, which costs what was not committed
/// and nothing else.
pub(super) fn stop() -> Stop {
    let listen = || {
        let stop = Stop::default();
        let asked = stop.clone();
        // Fails where someone else in the process listens already; see above.
        let _ = ctrlc::set_handler(move || {
            asked.ask();
        });
        stop
    };
    STOP.get_or_init(listen).clone()
}
