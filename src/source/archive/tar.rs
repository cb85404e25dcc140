//! Members of tar archives: V7, ustar, GNU and pax, several archives in a row included.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Member, Members};
use crate::source::RecordError;
use crate::source::bytes::{Bytes, broken};
use crate::source::origin::Origin;

const BLOCK: usize = 512;
/// Bytes that a long name or the attributes of a member may have.
const LONGEST: u64 = 1 << 20;

/// Whether a text begins with the header of a member.
pub(in crate::source) fn is_header(sample: &[u8]) -> bool {
    sample.get(..BLOCK).is_some_and(|block| Header::parse(block).is_some() && block[0] != 0)
}

/// What the header of a member says.
#[derive(Debug, Default)]
struct Header {
    name: Vec<u8>,
    size: u64,
    kind: u8,
}

impl Header {
    /// Reads a block; nothing if it is no header, by its checksum.
    fn parse(block: &[u8]) -> Option<Header> {
        let stated = octal(&block[148..156])?;
        let sum = |of: fn(u8) -> i64| -> i64 {
            let all: i64 = block.iter().map(|byte| of(*byte)).sum();
            let own: i64 = block[148..156].iter().map(|byte| of(*byte)).sum();
            all - own + 8 * i64::from(b' ')
        };
        // Some old programs added signed bytes.
        let sums = [sum(i64::from), sum(|byte| i64::from(byte.cast_signed()))];
        if !sums.contains(&i64::try_from(stated).ok()?) {
            return None;
        }
        let size = match block[124] {
            0x80 => block[125..136]
                .iter()
                .try_fold(0u64, |size, byte| Some(size.checked_mul(256)? + u64::from(*byte)))?,
            _ => octal(&block[124..136])?,
        };
        let mut name = Vec::new();
        if &block[257..263] == b"ustar\0" && block[345] != 0 {
            name.extend_from_slice(until_nul(&block[345..500]));
            name.push(b'/');
        }
        name.extend_from_slice(until_nul(&block[..100]));
        Some(Header { name, size, kind: block[156] })
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len())]
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = until_nul(field).trim_ascii();
    text.iter().try_fold(0u64, |number, byte| match byte {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// The archive as far as it is unread.
struct Stream {
    bytes: Bytes,
    /// Bytes of the member that is being read.
    left: u64,
    /// And what fills its last block.
    padding: u64,
    /// That the archive ends within the member was told.
    torn: bool,
}

impl Stream {
    /// Goes past so many bytes; false if there are fewer.
    fn skip(&mut self, mut count: u64) -> bool {
        while count > 0 {
            if self.bytes.rest().is_empty() && !self.bytes.fill() {
                return false;
            }
            let now = usize::try_from(count).unwrap_or(usize::MAX).min(self.bytes.rest().len());
            self.bytes.consume(now);
            count -= now as u64;
        }
        true
    }

    /// The error for an archive that ends too early.
    fn torn(&mut self, what: &str) -> (&'static str, String) {
        self.torn = true;
        match self.bytes.take_failure() {
            Some(failure) => (failure.code, failure.message),
            None => {
                let at = self.bytes.offset();
                ("truncated", format!("the archive ends within {what}, at byte {at}"))
            }
        }
    }
}

/// Reads the members of a tar archive.
pub(in crate::source) struct Tar {
    stream: Arc<Mutex<Stream>>,
    origin: Origin,
    done: bool,
}

impl std::fmt::Debug for Tar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tar").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// What the headers before that of a member say of it.
#[derive(Debug, Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Tar {
    /// Reads the archive that `bytes` are.
    pub(in crate::source) fn new(bytes: Bytes, origin: Origin) -> Tar {
        let stream = Stream { bytes, left: 0, padding: 0, torn: false };
        Tar { stream: Arc::new(Mutex::new(stream)), origin, done: false }
    }

    /// The next member, `None` at the end.
    fn step(&mut self) -> Result<Option<Member>, RecordError> {
        let mut said = Said::default();
        let shared = Arc::clone(&self.stream);
        let mut stream = lock(&shared);
        loop {
            let (left, padding) =
                (std::mem::take(&mut stream.left), std::mem::take(&mut stream.padding));
            if stream.torn {
                self.done = true;
                return Ok(None);
            }
            // Some programs leave the last block short.
            if !stream.skip(left) {
                return Err(self.torn(&mut stream, "a member"));
            }
            stream.skip(padding);
            let block = stream.bytes.peek(BLOCK);
            if block.len() < BLOCK {
                self.done = true;
                let zeros = block.iter().all(|byte| *byte == 0);
                if zeros && !stream.bytes.failed() {
                    return Ok(None);
                }
                return Err(self.torn(&mut stream, "a header"));
            }
            let block = &block[..BLOCK];
            if block.iter().all(|byte| *byte == 0) {
                // The end, but for another archive behind it.
                stream.bytes.consume(BLOCK);
                continue;
            }
            let Some(header) = Header::parse(block) else {
                return Err(self.search(&mut stream));
            };
            stream.bytes.consume(BLOCK);
            stream.padding = header.size.next_multiple_of(BLOCK as u64) - header.size;
            match header.kind {
                b'L' | b'x' | b'X' if header.size <= LONGEST => {
                    // At most 1 MiB.
                    let len = header.size as usize;
                    let bytes = stream.bytes.peek(len);
                    let held = bytes[..len.min(bytes.len())].to_vec();
                    stream.left = header.size;
                    if header.kind == b'L' {
                        said.name = Some(until_nul(&held).to_vec());
                    } else {
                        said.attributes(&held);
                    }
                }
                0 | b'0' | b'7' | b'S' => {
                    let name = said.name.take().unwrap_or(header.name);
                    let size = said.size.unwrap_or(header.size);
                    stream.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
                    stream.left = size;
                    let name = String::from_utf8_lossy(&name).replace('\0', "");
                    let name = name.trim_start_matches("./").to_owned();
                    if name.ends_with('/') {
                        said = Said::default();
                        continue;
                    }
                    if said.sparse || header.kind == b'S' {
                        let error = self.origin.member(&name);
                        let message = "a sparse file in an archive is not read";
                        return Err(error.error("not_supported", message));
                    }
                    let reader = Box::new(Content(Arc::clone(&self.stream)));
                    return Ok(Some(Member { name, reader, size }));
                }
                // Folders, links and devices hold nothing; what is unknown is passed over.
                _ => {
                    stream.left = if matches!(header.kind, b'1'..=b'6') { 0 } else { header.size };
                    if stream.left == 0 {
                        stream.padding = 0;
                    }
                    if !matches!(header.kind, b'g' | b'K' | b'L' | b'x' | b'X') {
                        said = Said::default();
                    }
                }
            }
        }
    }

    fn torn(&mut self, stream: &mut Stream, what: &str) -> RecordError {
        self.done = true;
        let (code, message) = stream.torn(what);
        self.origin.error(code, message)
    }

    /// Goes past a damaged header to the next one that is sound.
    fn search(&mut self, stream: &mut Stream) -> RecordError {
        let start = stream.bytes.offset();
        loop {
            stream.bytes.consume(BLOCK);
            let block = stream.bytes.peek(BLOCK);
            if block.len() < BLOCK {
                self.done = !stream.bytes.failed();
                stream.skip(BLOCK as u64);
                break;
            }
            if is_header(block) {
                break;
            }
        }
        let passed = stream.bytes.offset() - start;
        let message = format!(
            "the header at byte {start} of the archive is damaged; {passed} bytes to the next \
             sound one were passed over"
        );
        self.origin.error("corrupt", message)
    }
}

impl Members for Tar {
    fn next(&mut self) -> Option<Result<Member, RecordError>> {
        if self.done {
            return None;
        }
        self.step().transpose()
    }
}

impl Said {
    /// Reads `LEN KEY=VALUE` lines.
    fn attributes(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(blank) = rest.iter().position(|byte| *byte == b' ') {
            let digits = std::str::from_utf8(&rest[..blank]).unwrap_or_default();
            let Ok(len) = digits.trim().parse::<usize>() else { return };
            let Some(line) = rest.get(blank + 1..len) else { return };
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if let Some(at) = line.iter().position(|byte| *byte == b'=') {
                let (key, value) = (&line[..at], &line[at + 1..]);
                match key {
                    b"path" => self.name = Some(value.to_vec()),
                    b"size" => {
                        self.size = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok());
                    }
                    key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                    _ => {}
                }
            }
            rest = &rest[len..];
        }
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    // A panic while a member was read leaves the stream at some place within it.
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes of the member that the archive stands at.
struct Content(Arc<Mutex<Stream>>);

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = lock(&self.0);
        if stream.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if stream.bytes.rest().is_empty() && !stream.bytes.fill() {
            let left = std::mem::take(&mut stream.left);
            let (code, message) = stream.torn(&format!("the member, {left} bytes too early"));
            return Err(broken(code, message));
        }
        let rest = stream.bytes.rest();
        let most = usize::try_from(stream.left).unwrap_or(usize::MAX);
        let count = most.min(rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        stream.bytes.consume(count);
        stream.left -= count as u64;
        Ok(count)
    }
}
