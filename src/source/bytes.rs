//! A buffered reader that knows offset and line, and guards against bombs and torn files.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::charset::Transcoder;
use super::options::Limits;
use super::origin::Budget;

/// Bytes asked of the reader at once.
const CHUNK: usize = 128 << 10;

/// Why reading ended before the input did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// Stable name for the record error.
    pub(super) code: &'static str,
    /// What happened, for people.
    pub(super) message: String,
}

/// The unread rest of an input, of which a growing part is in memory.
pub(super) struct Bytes {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    line: u64,
    ended: bool,
    failure: Option<Failure>,
    foreign: Option<Foreign>,
}

/// An input in another charset.
struct Foreign {
    transcoder: Transcoder,
    /// Bytes that were read and not decoded yet.
    raw: Vec<u8>,
    /// As long as the buffer: bytes of input that a character was made of, at its first byte.
    widths: Vec<u8>,
    ended: bool,
    failure: Option<Failure>,
}

impl Bytes {
    /// Reads from `reader`; `hint` is the likely size, 0 if unknown.
    pub(super) fn new(reader: Box<dyn Read + Send>, hint: u64) -> Bytes {
        // One byte more than the file, so that a small file's end is seen without growing.
        let room = hint.saturating_add(1).clamp(4 << 10, CHUNK as u64) as usize;
        let room = if hint == 0 { CHUNK } else { room };
        Bytes {
            reader,
            buffer: vec![0; room],
            start: 0,
            end: 0,
            offset: 0,
            line: 1,
            ended: false,
            failure: None,
            foreign: None,
        }
    }

    /// From here on decodes the rest, what is in memory included. Offsets and [`width`] go on
    /// counting bytes of the input.
    ///
    /// [`width`]: Bytes::width
    pub(super) fn transcode(&mut self, transcoder: Transcoder) {
        let raw = self.rest().to_vec();
        let widths = vec![0; self.buffer.len()];
        let (ended, failure) = (self.ended, self.failure.take());
        self.foreign = Some(Foreign { transcoder, raw, widths, ended, failure });
        self.ended = false;
        (self.start, self.end) = (0, 0);
    }

    /// Whether the input is in another charset.
    pub(super) fn is_transcoded(&self) -> bool {
        self.foreign.is_some()
    }

    /// How many bytes of the input the first `count` of the rest were made of.
    pub(super) fn width(&self, count: usize) -> u64 {
        match &self.foreign {
            None => count as u64,
            Some(foreign) => {
                let widths = &foreign.widths[self.start..self.end.min(self.start + count)];
                widths.iter().map(|width| u64::from(*width)).sum()
            }
        }
    }

    /// What is in memory of the unread rest.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Offset of the unread rest in the decompressed text.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Line on which the unread rest starts, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Gets more into memory; false at the end of the input.
    pub(super) fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        // A character may need more room than one byte.
        if self.end + if self.foreign.is_some() { 64 } else { 1 } > self.buffer.len() {
            let held = self.end - self.start;
            if held <= self.buffer.len() / 2 {
                self.buffer.copy_within(self.start..self.end, 0);
                if let Some(foreign) = &mut self.foreign {
                    foreign.widths.copy_within(self.start..self.end, 0);
                }
                self.start = 0;
                self.end = held;
            } else {
                let room = (self.buffer.len() * 2).max(CHUNK);
                self.buffer.resize(room, 0);
                if let Some(foreign) = &mut self.foreign {
                    foreign.widths.resize(room, 0);
                }
            }
        }
        if self.foreign.is_some() {
            return self.fill_decoded();
        }
        loop {
            let until = self.buffer.len().min(self.end + 8 * CHUNK);
            match self.reader.read(&mut self.buffer[self.end..until]) {
                Ok(0) => {
                    self.ended = true;
                    return false;
                }
                Ok(count) => {
                    self.end += count.min(until - self.end);
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(failure(&error));
                    return false;
                }
            }
        }
    }

    fn fill_decoded(&mut self) -> bool {
        let Some(foreign) = &mut self.foreign else { return false };
        loop {
            if foreign.raw.is_empty() && !foreign.ended {
                foreign.raw.resize(CHUNK, 0);
                match self.reader.read(&mut foreign.raw) {
                    Ok(count) => {
                        foreign.raw.truncate(count);
                        foreign.ended = count == 0;
                    }
                    Err(error) => {
                        foreign.raw.clear();
                        if error.kind() != io::ErrorKind::Interrupted {
                            foreign.ended = true;
                            foreign.failure = Some(failure(&error));
                        }
                        continue;
                    }
                }
            }
            let (into, widths) = (&mut self.buffer[self.end..], &mut foreign.widths[self.end..]);
            let (taken, written) =
                foreign.transcoder.decode(&foreign.raw, foreign.ended, into, widths);
            foreign.raw.drain(..taken);
            self.end += written;
            if written > 0 {
                return true;
            }
            if foreign.ended {
                self.ended = true;
                self.failure = foreign.failure.take();
                return false;
            }
        }
    }

    /// At least `count` bytes of the rest, or all there are.
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        while self.end - self.start < count && self.fill() {}
        self.rest()
    }

    /// Goes on by `count` bytes, at most what is in memory.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        let gone = &self.buffer[self.start..self.start + count];
        self.line += memchr::memchr_iter(b'\n', gone).count() as u64;
        self.offset += self.width(count);
        self.start += count;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Whether reading ended with a failure that was not told yet.
    pub(super) fn failed(&self) -> bool {
        self.failure.is_some()
    }

    /// The failure, once.
    pub(super) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bytes").field("offset", &self.offset).field("line", &self.line).finish()
    }
}

/// What an error of a reader means.
pub(super) fn failure(error: &io::Error) -> Failure {
    if let Some(guard) = error.get_ref().and_then(|inner| inner.downcast_ref::<GuardError>()) {
        return Failure { code: guard.code, message: guard.message.clone() };
    }
    Failure { code: "unreadable", message: error.to_string() }
}

/// Counts what is read.
pub(super) struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    /// Counts the bytes of `inner` in `count`.
    pub(super) fn new(inner: R, count: Arc<AtomicU64>) -> Counted<R> {
        Counted { inner, count }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Counts what is read of the file itself, for progress and against bombs.
pub(super) struct Outermost<R> {
    inner: R,
    budget: Budget,
}

impl<R> Outermost<R> {
    /// Counts the bytes of `inner`.
    pub(super) fn new(inner: R, budget: Budget) -> Outermost<R> {
        Outermost { inner, budget }
    }
}

impl<R: Read> Read for Outermost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.consume(count as u64);
        Ok(count)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct GuardError {
    code: &'static str,
    message: String,
}

/// An error of a reader, which comes back as the [`Failure`] of the [`Bytes`] over it.
pub(super) fn broken(code: &'static str, message: String) -> io::Error {
    io::Error::other(GuardError { code, message })
}

/// Stops a decompressor that makes far more of its input than text can be packed into, and says
/// where a damaged file breaks off.
pub(super) struct Guard<R> {
    inner: R,
    compressed: Arc<AtomicU64>,
    produced: u64,
    limits: Limits,
    budget: Budget,
}

impl<R> Guard<R> {
    /// Guards `inner`, which reads what `compressed` counts.
    pub(super) fn new(
        inner: R,
        compressed: Arc<AtomicU64>,
        limits: Limits,
        budget: Budget,
    ) -> Guard<R> {
        Guard { inner, compressed, produced: 0, limits, budget }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.inner.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let at = self.compressed.load(Ordering::Relaxed);
                let produced = self.produced;
                let torn = error.kind() == io::ErrorKind::UnexpectedEof
                    || error.to_string().contains("incomplete frame");
                return Err(if torn {
                    broken(
                        "truncated",
                        format!(
                            "the compressed file breaks off at byte {at}, byte {produced} of its \
                             text"
                        ),
                    )
                } else {
                    broken(
                        "corrupt",
                        format!(
                            "the compressed file is damaged before byte {at}, at byte {produced} \
                             of its text: {error}"
                        ),
                    )
                });
            }
        };
        self.produced += count as u64;
        if self.produced > self.limits.max_expansion_bytes {
            let most = self.limits.max_expansion_bytes;
            return Err(broken(
                "expansion",
                format!("the compressed file holds more than {most} bytes of text"),
            ));
        }
        let most = self.limits.max_expansion_ratio;
        if let Some(ratio) = self.budget.produce(count as u64, most) {
            return Err(broken(
                "expansion",
                format!("the compressed file grows {ratio}-fold, more than {most} allows"),
            ));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte a read.
    struct Drip(Vec<u8>);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() || buffer.is_empty() {
                return Ok(0);
            }
            buffer[0] = self.0.remove(0);
            Ok(1)
        }
    }

    #[test]
    fn offsets_and_lines_are_those_of_the_unread_rest() {
        let mut bytes = Bytes::new(Box::new(Drip(b"a\nbc\nd".to_vec())), 6);
        assert_eq!(bytes.peek(3), b"a\nb");
        bytes.consume(3);
        assert_eq!((bytes.offset(), bytes.line()), (3, 2));
        assert_eq!(bytes.peek(100), b"c\nd");
        bytes.consume(100);
        assert_eq!((bytes.offset(), bytes.line()), (6, 3));
        assert!(!bytes.fill());
    }

    #[test]
    fn the_buffer_grows_only_when_more_than_half_is_held() {
        let text: Vec<u8> = (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
        let mut bytes = Bytes::new(Box::new(io::Cursor::new(text.clone())), 0);
        let mut seen = Vec::new();
        while !bytes.peek(1000).is_empty() {
            let take = bytes.rest().len().min(777);
            seen.extend_from_slice(&bytes.rest()[..take]);
            bytes.consume(take);
        }
        assert_eq!(seen, text);
        assert_eq!(bytes.buffer.len(), CHUNK);
    }

    #[test]
    fn a_bomb_is_stopped_by_size_and_by_ratio() {
        let small = Limits { max_expansion_bytes: 1 << 20, ..Limits::default() };
        let guarded = |limits| {
            let budget = Budget::default();
            budget.consume(1_000);
            Guard::new(io::repeat(b'x'), Arc::new(AtomicU64::new(1_000)), limits, budget)
        };
        let mut guard = guarded(small);
        let mut sink = Vec::new();
        let error = guard.read_to_end(&mut sink).unwrap_err();
        assert_eq!(failure(&error).code, "expansion");
        let mut guard = guarded(Limits::default());
        assert!(io::copy(&mut guard, &mut io::sink()).is_err());
        assert!(guard.produced < 65 << 20);
    }
}
