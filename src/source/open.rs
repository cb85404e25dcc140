//! Opens an input: decompresses, detects the format, and puts the reader for it in place.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::bytes::{Bytes, Counted, Guard};
use super::charset::{self, Charset, Transcoder};
use super::detect::{self, Format, Refusal};
use super::mapping::{Description, Mapper, Place};
use super::options::{Limits, ReadOptions};
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
    consumed: Arc<AtomicU64>,
    done: bool,
}

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// `unreadable` if it cannot be opened or is a folder, `binary`, `charset` or `not_supported` if it
/// holds no text that dateline reads, `empty` for a text file without text.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, RecordError> {
    if path == Path::new("-") {
        return open_reader(Box::new(io::stdin()), path, 0, options);
    }
    let unreadable = |error: io::Error| RecordError::file(path, "unreadable", error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(RecordError::file(path, "unreadable", "it is a folder".to_owned()));
    }
    open_reader(Box::new(file), path, metadata.len(), options)
}

/// Opens any reader under the name `path`; `size` is its likely length, 0 if unknown.
///
/// # Errors
/// As [`open`].
pub fn open_reader(
    reader: Box<dyn Read + Send>,
    path: &Path,
    size: u64,
    options: &ReadOptions,
) -> Result<Box<dyn Source>, RecordError> {
    let consumed = Arc::new(AtomicU64::new(0));
    let counted = Counted::new(reader, Arc::clone(&consumed));
    let (reader, compression) = decompress(counted, &consumed, options.limits)
        .map_err(|error| RecordError::file(path, "unreadable", error.to_string()))?;
    let hint = if compression.is_some() { 0 } else { size };
    let mut bytes = Bytes::new(reader, hint);
    let refused = |(code, message)| RecordError::file(path, code, message);
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
        return Err(RecordError::file(path, failure.code, failure.message));
    }
    let sample = bytes.rest();
    let sample = &sample[..sample.len().min(detect::SAMPLE)];
    let format = detect::sniff(sample, path).map_err(refused)?;
    let mut mapper = Mapper::new(PathBuf::from(path), Arc::new(options.clone()));
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
        Format::Empty => {
            let texts = ["txt", "text", "md", "markdown"];
            if texts.contains(&detect::extension(path).as_str()) {
                return Err(RecordError::file(path, "empty", "the file is empty".to_owned()));
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
        consumed,
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

/// A reader of what `reader` holds, decompressed where its first bytes say so.
fn decompress(
    mut reader: Counted<Box<dyn Read + Send>>,
    consumed: &Arc<AtomicU64>,
    limits: Limits,
) -> io::Result<(Box<dyn Read + Send>, Option<&'static str>)> {
    let mut magic = Vec::with_capacity(4);
    reader.by_ref().take(4).read_to_end(&mut magic)?;
    let whole = Cursor::new(magic.clone()).chain(reader);
    let guarded = |inner: Box<dyn Read + Send>| -> Box<dyn Read + Send> {
        Box::new(Guard::new(inner, Arc::clone(consumed), limits))
    };
    Ok(match magic[..] {
        [0x1F, 0x8B, 8, _] => (guarded(Box::new(MultiGzDecoder::new(whole))), Some("gzip")),
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
            let decoder = zstd::stream::read::Decoder::new(whole)?;
            (guarded(Box::new(decoder)), Some("zstd"))
        }
        _ => (Box::new(whole), None),
    })
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
        self.consumed.load(Ordering::Relaxed)
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
