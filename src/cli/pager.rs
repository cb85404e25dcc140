//! A pager between a long answer and the terminal: started by the first byte that is written.

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use super::Io;

/// Bytes of output kept before they are written.
const OUTPUT_BUFFER: usize = 64 << 10;

/// What is run where nothing is set.
const PAGER: &str = "less";

/// How `less` behaves where the user did not say: it ends by itself with an answer that fits the
/// screen, shows colours, and leaves the answer on the screen.
const LESS: &str = "FRX";

/// The command of the pager, once a verb wants one; shared with [`Output`].
pub type Wanted = Rc<RefCell<Option<String>>>;

/// The pager that environment and settings name, `None` for none: `DATELINE_PAGER`, the setting
/// `pager`, `PAGER`, else less. An empty name, `never` and `cat` mean none.
pub fn named(io: &Io<'_>) -> Option<String> {
    let variable = |name: &str| (io.env)(name).map(|value| value.to_string_lossy().into_owned());
    let command = variable("DATELINE_PAGER")
        .or_else(|| io.config.get("pager").map(str::to_owned))
        .or_else(|| variable("PAGER"))
        .unwrap_or_else(|| PAGER.to_owned());
    let command = command.trim();
    (!["", "cat", "never"].contains(&command)).then(|| command.to_owned())
}

/// Standard output, or a pager before it where one is wanted when the first byte is written.
#[derive(Debug)]
pub struct Output<W: Write> {
    direct: BufWriter<W>,
    wanted: Wanted,
    pager: Option<(BufWriter<ChildStdin>, Child)>,
}

impl<W: Write> Output<W> {
    /// Writes to `direct` unless a pager is wanted.
    pub fn new(direct: W, wanted: Wanted) -> Output<W> {
        let direct = BufWriter::with_capacity(OUTPUT_BUFFER, direct);
        Output { direct, wanted, pager: None }
    }

    fn to(&mut self) -> &mut dyn Write {
        if let Some(command) = self.wanted.borrow_mut().take() {
            // A pager that cannot be started is gone without.
            self.pager = start(&command).ok();
        }
        match &mut self.pager {
            Some((pipe, _)) => pipe,
            None => &mut self.direct,
        }
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.to().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.pager {
            Some((pipe, _)) => pipe.flush(),
            None => self.direct.flush(),
        }
    }
}

impl<W: Write> Drop for Output<W> {
    /// Waits until the reader leaves the pager.
    fn drop(&mut self) {
        if let Some((mut pipe, mut child)) = self.pager.take() {
            // A reader who left early closed the pipe.
            let _ = pipe.flush();
            drop(pipe.into_parts());
            let _ = child.wait();
        }
    }
}

fn start(command: &str) -> io::Result<(BufWriter<ChildStdin>, Child)> {
    let mut words = command.split_whitespace();
    let mut process = match words.next() {
        // Without a shell it is seen whether there is such a program.
        Some(program) if !command.contains(|c| "|&;<>()$`\\\"'*?[#~=%{}".contains(c)) => {
            let mut process = Command::new(program);
            process.args(words);
            process
        }
        _ => {
            let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
            let mut process = Command::new(shell);
            process.arg(flag).arg(command);
            process
        }
    };
    process.stdin(Stdio::piped());
    for (name, value) in [("LESS", LESS), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            process.env(name, value);
        }
    }
    let mut child = process.spawn()?;
    let Some(pipe) = child.stdin.take() else { return Err(io::Error::other("no pipe")) };
    // Ctrl-C is the pager's while it is there. Where no handler can be set it ends both.
    let _ = ctrlc::set_handler(|| {});
    Ok((BufWriter::with_capacity(OUTPUT_BUFFER, pipe), child))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_wanted_pager_gets_all_and_starts_only_with_a_byte() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("paged");
        let wanted = Wanted::default();
        let mut direct = Vec::new();
        let mut output = Output::new(&mut direct, Rc::clone(&wanted));
        *wanted.borrow_mut() = Some(format!("cat > '{}'", file.display()));
        output.write_all(b"").unwrap();
        output.flush().unwrap();
        assert!(!file.exists());
        output.write_all(b"one\n").unwrap();
        output.write_all(b"two\n").unwrap();
        drop(output);
        assert_eq!(std::fs::read(&file).unwrap(), b"one\ntwo\n");
        assert!(direct.is_empty());
    }

    #[test]
    fn without_a_pager_that_can_be_started_output_is_direct() {
        let mut direct = Vec::new();
        let wanted = Wanted::new(RefCell::new(Some("no-such-pager -R".to_owned())));
        Output::new(&mut direct, wanted).write_all(b"x").unwrap();
        assert_eq!(direct, b"x");
    }

    #[test]
    fn without_a_pager_output_is_direct() {
        let mut direct = Vec::new();
        Output::new(&mut direct, Wanted::default()).write_all(b"x").unwrap();
        assert_eq!(direct, b"x");
    }
}
