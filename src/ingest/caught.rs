//! Turns a panic over one article into a message, without the usual noise on stderr.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// Runs `work`; a panic in it becomes an error that says what and where.
///
/// What `work` writes to must be usable, or be thrown away, after a panic.
pub(super) fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if WATCHED.get() {
                LAST.set(Some(describe(info)));
            } else {
                usual(info);
            }
        }));
    });
    let outer = WATCHED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    WATCHED.set(outer);
    result.map_err(|_| LAST.take().unwrap_or_else(|| "of unknown cause".to_owned()))
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    match info.location() {
        Some(place) => format!("{message} ({}:{})", place.file(), place.line()),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_place() {
        assert_eq!(caught(|| 5), Ok(5));
        let number = 7;
        let message = caught(|| assert!(number < 5, "{number} is too much")).unwrap_err();
        assert!(message.starts_with("7 is too much (") && message.contains("caught.rs:"));
        assert!(!WATCHED.get());
    }
}
