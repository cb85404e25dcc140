//! Opens an input: decompresses, detects the format, and puts the reader for it in place.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use flate2::read::MultiGzDecoder;

use super::archive::{self, Archive, Members};
use super::bytes::{Bytes, Counted, Guard, Outermost, failure};
use super::charset::{self, Charset, Transcoder};
use super::detect::{self, Format, Refusal};
use super::mapping::{Description, Mapper, Place};
use super::options::ReadOptions;
use super::origin::{Budget, Origin};
use super::{RecordError, Source, csv, json, jsonl, markdown, plain, sgml, smart};
use crate::article::Article;

/// Reads the records of one format.
pub(super) trait Records: Debug + Send {
    /// The next record, or nothing at the end of what could be read.
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>>;

    /// What was found out about the file beyond its format.
    fn detail(&self) -> String {
        String::new()
    }
}

/// One opened input of any format.
#[derive(Debug)]
pub struct Reader {
    bytes: Bytes,
    mapper: Mapper,
    records: Box<dyn Records>,
    format: Format,
    compression: Option<&'static str>,
    charset: Charset,
    budget: Budget,
    done: bool,
}

/// Opens a file, or standard input for `-`.
///
/// An archive is read member by member.
///
/// # Errors
/// `unreadable` if it cannot be opened or is a folder, `binary`, `charset` or `not_supported` if it
/// holds no text that dateline reads, `nesting` if it is within too many compressors, `empty` for
/// a text file without text.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, RecordError> {
    if path == Path::new("-") {
        return open_reader(Box::new(io::stdin()), path, 0, options);
    }
    source(unpack_file(path, options)?)
}

/// What a file holds below its compressors.
pub(super) enum Unpacked {
    /// A text.
    Text { bytes: Box<Bytes>, compression: Option<&'static str>, origin: Origin },
    /// An archive.
    Archive {
        kind: &'static str,
        members: Box<dyn Members>,
        compression: Option<&'static str>,
        origin: Origin,
    },
}

/// The articles of what was unpacked.
fn source(unpacked: Unpacked) -> Result<Box<dyn Source>, RecordError> {
    match unpacked {
        Unpacked::Text { bytes, compression, origin } => text(*bytes, compression, origin),
        Unpacked::Archive { kind, members, compression, origin } => {
            Ok(Box::new(Archive::new(kind, compression, origin, members)?))
        }
    }
}

/// Opens a file and unpacks it as far as it is compressed.
pub(super) fn unpack_file(path: &Path, options: &ReadOptions) -> Result<Unpacked, RecordError> {
    let unreadable = |error: io::Error| RecordError::file(path, "unreadable", error.to_string());
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(RecordError::file(path, "unreadable", "it is a folder".to_owned()));
    }
    let len = metadata.len();
    if metadata.is_file() {
        let mut magic = Vec::with_capacity(4);
        file.by_ref().take(4).read_to_end(&mut magic).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        if archive::is_zip(&magic) {
            let origin = Origin::of_file(path, len, options);
            let file = archive::Shared::new(Box::new(file), len, Some(origin.budget.clone()));
            return zip(file, None, origin);
        }
    }
    unpack_reader(Box::new(file), path, len, options)
}

fn unpack_reader(
    reader: Box<dyn Read + Send>,
    path: &Path,
    size: u64,
    options: &ReadOptions,
) -> Result<Unpacked, RecordError> {
    let origin = Origin::of_file(path, size, options);
    let reader = Outermost::new(reader, origin.budget.clone());
    unpack(Box::new(reader), origin, size)
}

/// Opens any reader under the name `path`; `size` is its likely length, 0 if unknown.
///
/// # Errors
/// As [`open`], and `too_large` for a zip archive that is too long to be held in memory.
pub fn open_reader(
    reader: Box<dyn Read + Send>,
    path: &Path,
    size: u64,
    options: &ReadOptions,
) -> Result<Box<dyn Source>, RecordError> {
    source(unpack_reader(reader, path, size, options)?)
}

/// Opens what `reader` holds, be it a file or a member of an archive.
pub(super) fn stream(
    reader: Box<dyn Read + Send>,
    origin: Origin,
    size: u64,
) -> Result<Box<dyn Source>, RecordError> {
    source(unpack(reader, origin, size)?)
}

/// Unpacks what `reader` holds as far as it is compressed.
pub(super) fn unpack(
    reader: Box<dyn Read + Send>,
    origin: Origin,
    size: u64,
) -> Result<Unpacked, RecordError> {
    let (mut reader, magic, compression, origin) = decompress(reader, origin)?;
    if archive::is_zip(&magic) {
        let held = archive::hold(&mut reader, &origin)?;
        let len = held.len() as u64;
        return zip(
            archive::Shared::new(Box::new(Cursor::new(held)), len, None),
            compression,
            origin,
        );
    }
    let mut bytes = Bytes::new(reader, if compression.is_some() { 0 } else { size });
    if archive::is_header(bytes.peek(512)) {
        let members = Box::new(archive::Tar::new(bytes, origin.clone()));
        return Ok(Unpacked::Archive { kind: "tar", members, compression, origin });
    }
    Ok(Unpacked::Text { bytes: Box::new(bytes), compression, origin })
}

fn zip(
    file: archive::Shared,
    compression: Option<&'static str>,
    origin: Origin,
) -> Result<Unpacked, RecordError> {
    let members = Box::new(archive::Zip::new(file, origin.clone())?);
    Ok(Unpacked::Archive { kind: "zip", members, compression, origin })
}

/// Opens a text in one of the formats.
fn text(
    mut bytes: Bytes,
    compression: Option<&'static str>,
    origin: Origin,
) -> Result<Box<dyn Source>, RecordError> {
    let refused = |(code, message)| origin.error(code, message);
    let charset = decode_rest(&mut bytes).map_err(refused)?;
    let mut sample = bytes.peek(detect::SAMPLE);
    while sample.len() >= detect::SAMPLE && sample.trim_ascii_start().is_empty() {
        let blanks = sample.len();
        bytes.consume(blanks);
        sample = bytes.peek(detect::SAMPLE);
    }
    if sample.is_empty()
        && let Some(failure) = bytes.take_failure()
    {
        return Err(origin.error(failure.code, failure.message));
    }
    let sample = bytes.rest();
    let sample = &sample[..sample.len().min(detect::SAMPLE)];
    let path = origin.path();
    let path = path.as_path();
    let format = detect::sniff(sample, path).map_err(refused)?;
    let mut mapper = Mapper::new(&origin);
    let records: Box<dyn Records> = match format {
        Format::JsonLines => Box::new(jsonl::JsonLines),
        Format::Json => Box::new(json::Json::default()),
        Format::Table => Box::new(csv::Csv::new(sample, path, &mut mapper)),
        Format::Reuters => Box::new(sgml::Stories(sgml::Collection::Reuters)),
        Format::Trec => {
            let trec = sgml::Collection::of_documents(sample);
            Box::new(sgml::Stories(trec.unwrap_or(sgml::Collection::Trec)))
        }
        Format::Smart => Box::new(smart::Smart(smart::Form::Letters)),
        Format::TimeText => Box::new(smart::Smart(smart::Form::Time)),
        Format::Markdown => {
            let plain = ["txt", "text"].contains(&detect::extension(path).as_str());
            Box::new(markdown::Markdown::new(!plain))
        }
        Format::Plain => Box::new(plain::Plain),
        Format::Empty | Format::Archive => {
            let texts = ["txt", "text", "md", "markdown"];
            if texts.contains(&detect::extension(path).as_str()) {
                return Err(origin.error("empty", "the file is empty"));
            }
            Box::new(Nothing)
        }
    };
    Ok(Box::new(Reader {
        bytes,
        mapper,
        records,
        format,
        compression,
        charset,
        budget: origin.budget,
        done: false,
    }))
}

/// Finds out the charset of an input and has it decoded, where it is text.
fn decode_rest(bytes: &mut Bytes) -> Result<Charset, Refusal> {
    let sample = bytes.peek(detect::SAMPLE);
    let sample = &sample[..sample.len().min(detect::SAMPLE)];
    detect::refuse_known(sample)?;
    let charset = charset::guess(sample);
    let wide = charset.encoding.is_some_and(|encoding| !encoding.is_ascii_compatible());
    if !wide {
        detect::refuse_noise(sample)?;
    }
    bytes.consume(charset.mark);
    if let Some(encoding) = charset.encoding {
        bytes.transcode(Transcoder::new(encoding));
    }
    if wide {
        detect::refuse_noise(bytes.peek(detect::SAMPLE))?;
    }
    Ok(charset)
}

/// A reader with its first bytes, the name of its outermost compressor, and where it stands.
type Opened = (Box<dyn Read + Send>, Vec<u8>, Option<&'static str>, Origin);

/// Decompresses what `reader` holds as long as its first bytes say that it is compressed.
fn decompress(mut reader: Box<dyn Read + Send>, mut origin: Origin) -> Result<Opened, RecordError> {
    let mut outermost = None;
    loop {
        let mut magic = Vec::with_capacity(4);
        if let Err(error) = reader.by_ref().take(4).read_to_end(&mut magic) {
            let failure = failure(&error);
            return Err(origin.error(failure.code, failure.message));
        }
        let whole = Cursor::new(magic.clone()).chain(reader);
        let name = match magic[..] {
            [0x1F, 0x8B, 8, _] => "gzip",
            [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => "zstd",
            _ => return Ok((Box::new(whole), magic, outermost, origin)),
        };
        origin = origin.within()?;
        outermost = outermost.or(Some(name));
        let count = Arc::new(AtomicU64::new(0));
        let counted = Counted::new(whole, Arc::clone(&count));
        let (limits, budget) = (origin.options.limits, origin.budget.clone());
        reader = if name == "gzip" {
            Box::new(Guard::new(MultiGzDecoder::new(counted), count, limits, budget))
        } else {
            let decoder = zstd::stream::read::Decoder::new(counted)
                .map_err(|error| origin.error("unreadable", error.to_string()))?;
            Box::new(Guard::new(decoder, count, limits, budget))
        };
    }
}

impl Iterator for Reader {
    type Item = Result<Article, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if let Some(mut record) = self.records.next(&mut self.bytes, &mut self.mapper) {
            if let Ok(article) = &mut record {
                self.charset.tell(article);
            }
            return Some(record);
        }
        self.done = true;
        let failure = self.bytes.take_failure()?;
        let place = Place { line: self.bytes.line(), offset: self.bytes.offset(), len: 0 };
        Some(Err(self.mapper.error(place, failure.code, failure.message)))
    }
}

impl Source for Reader {
    fn consumed(&self) -> u64 {
        self.budget.consumed()
    }

    fn describe(&self) -> Description {
        Description {
            format: self.format,
            compression: self.compression,
            detail: self.records.detail(),
            keys: self.mapper.keys(),
        }
    }
}

/// A file without records.
#[derive(Debug)]
struct Nothing;

impl Records for Nothing {
    fn next(&mut self, _: &mut Bytes, _: &mut Mapper) -> Option<Result<Article, RecordError>> {
        None
    }
}

#[cfg(test)]
mod tests;
