//! The bytes that an article was read from, read again.

use super::archive::Members;
use super::bytes::Bytes;
use super::open::{Unpacked, open, unpack, unpack_file};
use super::{ReadOptions, RecordError};
use crate::article::{Article, Provenance};

/// The record as it stands in its file, which must still give the article: decompressed, in the
/// charset of the file.
///
/// Reads the file up to the record, twice; an uncompressed file of a gigabyte takes seconds.
///
/// # Errors
/// `unreadable` where the file is gone or was standard input, `changed` where another article
/// stands there now, and whatever [`open()`] reports.
pub fn original(article: &Article, options: &ReadOptions) -> Result<Vec<u8>, RecordError> {
    let place = &article.provenance;
    let error = |code, message: &str| RecordError {
        file: place.file.clone(),
        member: place.member.clone(),
        line: place.line,
        offset: place.offset,
        code,
        message: message.to_owned(),
    };
    if place.file.as_os_str() == "-" {
        return Err(error("unreadable", "it came from standard input"));
    }
    // A pipe would be waited for.
    if std::fs::metadata(&place.file).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(error("unreadable", "it is no file"));
    }
    let changed = || error("changed", "another text stands there now");
    let same = |other: &Article| (&other.title, &other.body) == (&article.title, &article.body);
    let found = open(&place.file, options)?.find_map(|record| {
        record.ok().filter(|other| is_at(&other.provenance, place)).map(|other| same(&other))
    });
    if found != Some(true) {
        return Err(changed());
    }
    find(unpack_file(&place.file, options)?, place)?.ok_or_else(changed)
}

fn is_at(one: &Provenance, other: &Provenance) -> bool {
    (one.offset, one.len, &one.member) == (other.offset, other.len, &other.member)
}

/// The bytes at a place, if they are in what was unpacked.
fn find(unpacked: Unpacked, place: &Provenance) -> Result<Option<Vec<u8>>, RecordError> {
    match unpacked {
        Unpacked::Text { bytes, origin, .. } => {
            Ok((origin.member == place.member).then(|| cut(*bytes, place)).flatten())
        }
        Unpacked::Archive { mut members, origin, .. } => {
            let origin = origin.within()?;
            while let Some(member) = next(members.as_mut()) {
                let inner = origin.member(&member.name);
                let leads = |name: &str| {
                    let rest = place.member.as_deref().and_then(|path| path.strip_prefix(name));
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                if inner.member.as_deref().is_some_and(leads)
                    && let Some(found) = find(unpack(member.reader, inner, member.size)?, place)?
                {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        }
    }
}

/// The next member that can be read.
fn next(members: &mut dyn Members) -> Option<super::archive::Member> {
    loop {
        if let Ok(member) = members.next()? {
            return Some(member);
        }
    }
}

fn cut(mut bytes: Bytes, place: &Provenance) -> Option<Vec<u8>> {
    while bytes.offset() < place.offset {
        let left = usize::try_from(place.offset - bytes.offset()).unwrap_or(usize::MAX);
        let held = bytes.peek(1).len();
        if held == 0 {
            return None;
        }
        bytes.consume(held.min(left));
    }
    let len = usize::try_from(place.len).ok()?;
    Some(bytes.peek(len).get(..len)?.to_vec())
}
