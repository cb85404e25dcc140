//! What a member of a zip archive holds: decompressed, guarded, and compared with its checksum.

use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::record::Entry;
use crate::source::bytes::{Counted, Guard, broken};
use crate::source::origin::{Budget, Origin};

/// A file that can be read anywhere.
pub(in crate::source) trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// One file that several read at different places.
#[derive(Clone)]
pub(in crate::source) struct Shared {
    file: Arc<Mutex<Box<dyn Seekable>>>,
    len: u64,
    /// Where reading it counts; not where it is in memory.
    budget: Option<Budget>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Shared {
    /// Shares a file of `len` bytes.
    pub(in crate::source) fn new(
        file: Box<dyn Seekable>,
        len: u64,
        budget: Option<Budget>,
    ) -> Shared {
        Shared { file: Arc::new(Mutex::new(file)), len, budget }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Up to `count` bytes from `at` on; fewer only at the end of the file.
    pub(super) fn read_at(&self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if at < self.len {
            // A panic of another reader leaves the file at some place, which does not matter.
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(at))?;
            (&mut **file).take(count as u64).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}

/// A part of a file.
struct Slice {
    shared: Shared,
    at: u64,
    left: u64,
}

impl Read for Slice {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let mut file = self.shared.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(&mut buffer[..most])?;
        drop(file);
        self.at += count as u64;
        self.left -= count as u64;
        if let Some(budget) = &self.shared.budget {
            budget.consume(count as u64);
        }
        Ok(count)
    }
}

/// What a member holds.
pub(super) struct Content {
    inner: Box<dyn Read + Send>,
    crc: Crc,
    made: u64,
    wanted: Option<(u32, u64)>,
    is_cut: bool,
    ended: bool,
}

impl Content {
    /// What the member holds that begins at `start`.
    ///
    /// # Errors
    /// `not_supported` for a compressor that is not known.
    pub(super) fn new(
        file: &Shared,
        start: u64,
        entry: &Entry,
        origin: &Origin,
    ) -> Result<Content, (&'static str, String)> {
        let left = entry.compressed.unwrap_or(0);
        let slice = Slice { shared: file.clone(), at: start, left };
        let count = Arc::new(AtomicU64::new(0));
        let counted = BufReader::with_capacity(64 << 10, Counted::new(slice, Arc::clone(&count)));
        let (limits, budget) = (origin.options.limits, origin.budget.clone());
        let inner: Box<dyn Read + Send> = match entry.method {
            0 => Box::new(Guard::new(counted, count, limits, budget)),
            8 => Box::new(Guard::new(DeflateDecoder::new(counted), count, limits, budget)),
            93 => {
                let decoder = zstd::stream::read::Decoder::with_buffer(counted)
                    .map_err(|error| ("corrupt", error.to_string()))?;
                Box::new(Guard::new(decoder, count, limits, budget))
            }
            method => {
                let name = match method {
                    9 => " (Deflate64)",
                    12 => " (bzip2)",
                    14 => " (LZMA)",
                    95 => " (xz)",
                    98 => " (PPMd)",
                    _ => "",
                };
                let message = format!("the member is packed by method {method}{name}");
                return Err(("not_supported", format!("{message}, which is not read")));
            }
        };
        let wanted = entry.crc.zip(entry.size);
        let is_cut = entry.is_cut;
        Ok(Content { inner, crc: Crc::new(), made: 0, wanted, is_cut, ended: false })
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        self.made += count as u64;
        if count > 0 {
            return Ok(count);
        }
        self.ended = true;
        let made = self.made;
        match self.wanted {
            Some((_, size)) if made < size => Err(broken(
                "truncated",
                format!("the member breaks off at byte {made} of its {size}"),
            )),
            Some((crc, size)) if made > size || crc != self.crc.sum() => {
                Err(broken("corrupt", "the member does not have its checksum".to_owned()))
            }
            None if self.is_cut => Err(broken(
                "truncated",
                format!("the archive ends within the member, at byte {made} of its text"),
            )),
            _ => Ok(0),
        }
    }
}
