//! The real world: environment, clocks, terminals and the last net under panics.
//!
//! *Invariant:* nothing else in the program reads the environment or a clock.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::pager::{Output, Wanted};
use super::{Exit, Io};
use crate::article::PartialDate;
use crate::article::date::DateOrder;
use crate::text::sanitize;

/// Runs the program in this process: its arguments, streams, environment and clocks.
///
/// A panic ends with exit code 70 and a message that says where to report it.
pub fn main() -> ExitCode {
    report_panics();
    let started = Instant::now();
    let out_is_terminal = io::stdout().is_terminal();
    let err_is_terminal = io::stderr().is_terminal();
    let pager = Wanted::default();
    let mut out = Output::new(io::stdout().lock(), Wanted::clone(&pager));
    let mut io = Io {
        // Not locked: an index run reads standard input on a thread of its own.
        input: &mut io::BufReader::new(io::stdin()),
        out: &mut out,
        pager,
        // Not locked: progress bars of other threads write here too.
        err: &mut io::stderr(),
        out_is_terminal,
        err_is_terminal,
        width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        cwd: std::env::current_dir().unwrap_or_default(),
        env: &variable,
        now: &system_now,
        config: Default::default(),
        clock: &|| started.elapsed(),
    };
    let run = AssertUnwindSafe(|| super::run(std::env::args_os(), &mut io));
    panic::catch_unwind(run).unwrap_or(Exit::Bug).into()
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
fn system_now() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |secs| -secs),
    }
}

/// Replaces the default hook by one short message; the process goes on to end with code 70.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let what = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line()));
        let message = format!(
            "error[bug]: dateline {} failed: {}{}\nhint: please report this with the command you ran\n",
            env!("CARGO_PKG_VERSION"),
            sanitize::line(what),
            place.unwrap_or_default()
        );
        // Nothing is left to tell of a failure here.
        let _ = io::stderr().write_all(message.as_bytes());
    }));
}

/// Bytes of a list of names, at most.
const MAX_LIST: u64 = 16 << 20;

/// The text of a list of names that a query takes from a file; `-` is standard input.
///
/// # Errors
/// With the reason, when it cannot be read, is longer than 16 MiB or no UTF-8.
pub fn read_list(name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = if name == "-" {
        io::stdin().lock().take(MAX_LIST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(name).and_then(|file| file.take(MAX_LIST + 1).read_to_end(&mut bytes))
    };
    let length = read.map_err(|error| error.to_string())?;
    if length as u64 > MAX_LIST {
        return Err(format!("it is longer than {MAX_LIST} bytes"));
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("it is no UTF-8 at byte {}", error.utf8_error().valid_up_to()))
}

/// The time that relative dates count from: `DATELINE_NOW` if it is set to a date, else the clock.
pub fn now(io: &Io<'_>) -> i64 {
    parse_now(io).ok().flatten().unwrap_or_else(|| (io.now)())
}

/// The time in `DATELINE_NOW`, if it is set: a date in any form that articles may have, or seconds
/// since 1970 (all digits, but neither four nor eight of them).
///
/// # Errors
/// With a message, when it is set to something else.
pub fn parse_now(io: &Io<'_>) -> Result<Option<i64>, String> {
    let Some(value) = (io.env)("DATELINE_NOW").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let text = value.to_string_lossy();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if number
        && !matches!(digits.len(), 4 | 8)
        && let Ok(seconds) = text.parse()
    {
        return Ok(Some(seconds));
    }
    PartialDate::parse(&text, DateOrder::Ymd)
        .map(|date| Some(date.start))
        .map_err(|error| format!("DATELINE_NOW: {error}"))
}
