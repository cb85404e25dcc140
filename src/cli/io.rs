//! Everything a command takes from the outside world, so that tests run commands in-process.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::config::Config;
use super::pager::Wanted;

/// Streams, environment and clocks of a command.
pub struct Io<'a> {
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Standard output: data only.
    pub out: &'a mut dyn Write,
    /// The pager that is to come between `out` and the terminal, if any.
    pub pager: Wanted,
    /// Standard error: messages and progress.
    pub err: &'a mut dyn Write,
    /// Whether standard output is a terminal.
    pub out_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub err_is_terminal: bool,
    /// Columns of the terminal; `None` where there is none.
    pub width: Option<usize>,
    /// The directory the command was started in.
    pub cwd: PathBuf,
    /// Looks up a variable of the environment.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
    /// What configuration files set.
    pub config: Config,
    /// The time, seconds since 1970; `DATELINE_NOW` wins over it, see
    /// [`environment::now`](super::environment::now).
    pub now: &'a dyn Fn() -> i64,
    /// Time since the command was started.
    pub clock: &'a dyn Fn() -> Duration,
}

impl Io<'_> {
    /// All of a file, or of standard input where its name is `-`.
    ///
    /// # Errors
    /// Why not: that it cannot be read, or has more than `limit` bytes.
    pub fn read_whole(&mut self, path: &Path, limit: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            (&mut *self.input).take(limit + 1).read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        };
        match read {
            Ok(length) if length as u64 > limit => {
                Err(format!("is longer than the limit of {limit} bytes"))
            }
            Ok(_) => Ok(bytes),
            Err(error) => Err(format!("cannot be read: {error}")),
        }
    }
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io")
            .field("out_is_terminal", &self.out_is_terminal)
            .field("err_is_terminal", &self.err_is_terminal)
            .field("width", &self.width)
            .field("cwd", &self.cwd)
            .finish_non_exhaustive()
    }
}
