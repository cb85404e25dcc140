//! One JSON object a line.

use super::RecordError;
use super::bytes::Bytes;
use super::lenient;
use super::lines::{Line, next_line};
use super::mapping::{Mapper, Place};
use super::open::Records;
use crate::article::Article;

/// Reads JSON lines; blank lines are skipped.
#[derive(Debug)]
pub(super) struct JsonLines;

impl Records for JsonLines {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        loop {
            let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
            let (len, with_break, torn) = match next_line(bytes, limit) {
                Line::Whole(len, with_break) => (len, with_break, false),
                Line::TooLong(len) => return Some(Err(too_large(mapper, place, len, limit))),
                Line::Torn => (bytes.rest().len(), bytes.rest().len(), true),
                Line::End => return None,
            };
            let line = trimmed(&bytes.rest()[..len]);
            if line.is_empty() {
                if with_break == 0 {
                    return None;
                }
                bytes.consume(with_break);
                continue;
            }
            place.len = bytes.width(len);
            let record = lenient::article(line, place, mapper);
            if torn && record.is_err() {
                // The failure that follows stands for the torn record.
                return None;
            }
            bytes.consume(with_break);
            return Some(record);
        }
    }
}

/// The line without blanks, a byte order mark and the comma of a list laid out in lines.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    match line.strip_suffix(b",") {
        Some(rest) if rest.ends_with(b"}") => rest,
        _ => line,
    }
}

/// The error for a record longer than allowed.
pub(super) fn too_large(mapper: &Mapper, place: Place, len: u64, limit: u64) -> RecordError {
    mapper.error(
        place,
        "too_large",
        format!("the record has {len} bytes, more than the {limit} allowed"),
    )
}
