//! JSON objects in an array, within an enclosing object, or one after the other.

use memchr::memmem;

use super::RecordError;
use super::bytes::Bytes;
use super::detect::SAMPLE;
use super::fields::{Field, lookup};
use super::jsonl::too_large;
use super::lenient;
use super::mapping::{Mapper, Place, short};
use super::open::Records;
use crate::article::Article;

/// As for tables: bytes that may be read a second time after broken records.
const SEARCH: u64 = 64 << 20;

/// Keys under which other programs keep their list of articles.
const LISTS: [&str; 16] = [
    "articles",
    "items",
    "docs",
    "documents",
    "records",
    "results",
    "data",
    "hits",
    "stories",
    "news",
    "entries",
    "posts",
    "response",
    "result",
    "feed",
    "value",
];

/// Finds where an object or array ends, in as many pieces as it comes.
#[derive(Debug, Clone, Copy, Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    seen: usize,
}

impl Nesting {
    /// Goes over more bytes; true once the outermost bracket is closed.
    fn feed(&mut self, bytes: &[u8]) -> bool {
        let mut at = 0;
        while at < bytes.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    None => at = bytes.len(),
                    Some(skip) => {
                        at += skip + 1;
                        if bytes[at - 1] == b'"' {
                            self.in_string = false;
                        } else {
                            self.escaped = true;
                        }
                    }
                }
            } else {
                let byte = bytes[at];
                at += 1;
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            self.seen += at;
                            return true;
                        }
                    }
                    _ => {}
                }
            }
        }
        self.seen += bytes.len();
        false
    }
}

/// Whether one object fills a text.
pub(super) fn is_whole(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let mut nesting = Nesting::default();
    text.first() == Some(&b'{') && nesting.feed(text) && nesting.seen == text.len()
}

/// Where the list of articles begins in an object that holds one: bytes up to and with its `[`,
/// and how many objects are around it.
pub(super) fn envelope(text: &[u8]) -> Option<(usize, usize)> {
    list_within(text, 0, 1)
}

fn list_within(text: &[u8], start: usize, depth: usize) -> Option<(usize, usize)> {
    let mut at = blank(text, start);
    if text.get(at) != Some(&b'{') || depth > 4 {
        return None;
    }
    at += 1;
    let (mut titled, mut identified) = (false, false);
    loop {
        at = blank(text, at);
        if text.get(at) != Some(&b'"') {
            return None;
        }
        let key_end = string_end(text, at)?;
        let key = std::str::from_utf8(&text[at + 1..key_end - 1]).ok()?;
        at = blank(text, key_end);
        if text.get(at) != Some(&b':') {
            return None;
        }
        at = blank(text, at + 1);
        let is_list = LISTS.contains(&key.to_ascii_lowercase().as_str());
        let value_end = match text.get(at)? {
            b'[' if is_list && text.get(blank(text, at + 1)) == Some(&b'{') => {
                return Some((at + 1, depth));
            }
            b'{' if is_list => match list_within(text, at, depth + 1) {
                Some(found) => return Some(found),
                None => bracket_end(text, at)?,
            },
            b'[' | b'{' => bracket_end(text, at)?,
            b'"' => {
                // An article of its own, whatever lists it has. (Feeds have a title, too.)
                match lookup(key) {
                    Some((Field::Body, rank)) if rank < 17 => return None,
                    Some((Field::Title, _)) => titled = true,
                    Some((Field::Id | Field::Url | Field::Date, _)) => identified = true,
                    _ => {}
                }
                if titled && identified {
                    return None;
                }
                string_end(text, at)?
            }
            _ => at + text[at..].iter().position(|byte| b",}".contains(byte))?,
        };
        at = blank(text, value_end);
        if text.get(at) != Some(&b',') {
            return None;
        }
        at += 1;
    }
}

fn blank(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// One past the closing quote of the string that begins at `at`.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    loop {
        end += memchr::memchr2(b'"', b'\\', text.get(end..)?)?;
        if text[end] == b'"' {
            return Some(end + 1);
        }
        end += 2;
    }
}

fn bracket_end(text: &[u8], at: usize) -> Option<usize> {
    let mut nesting = Nesting::default();
    nesting.feed(&text[at..]).then_some(at + nesting.seen)
}

/// Reads objects, whatever separates them.
#[derive(Debug, Default)]
pub(super) struct Json {
    /// Enclosing objects of the list that is being read; `None` outside of a list.
    list: Option<usize>,
    /// How the last sound object began: bracket, blanks and first key.
    opening: Vec<u8>,
    searched: u64,
}

impl Json {
    /// Goes past what separates objects; the first byte of what follows.
    fn skip_between(&mut self, bytes: &mut Bytes) -> Option<u8> {
        loop {
            if bytes.rest().is_empty() && !bytes.fill() {
                return None;
            }
            let byte = bytes.rest()[0];
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b'}' | 0x1E => bytes.consume(1),
                b'[' => {
                    self.list.get_or_insert(0);
                    bytes.consume(1);
                }
                b']' => {
                    bytes.consume(1);
                    self.end_list(bytes);
                }
                byte => return Some(byte),
            }
        }
    }

    /// Goes past what follows the list within the objects around it.
    fn end_list(&mut self, bytes: &mut Bytes) {
        let Some(around) = self.list else { return };
        if around == 0 {
            self.list = None;
            return;
        }
        // After a broken record the bracket may be that of a list within it.
        let rest = bytes.peek(SAMPLE);
        let next = blank(rest, 0);
        let ends = match rest.get(next) {
            Some(b',') => rest.get(blank(rest, next + 1)) == Some(&b'"'),
            Some(b'}') | None => true,
            Some(_) => false,
        };
        if !ends {
            return;
        }
        self.list = None;
        let mut nesting = Nesting { depth: around, ..Nesting::default() };
        loop {
            let before = nesting.seen;
            let done = nesting.feed(bytes.rest());
            bytes.consume(nesting.seen - before);
            if done || !bytes.fill() {
                return;
            }
        }
    }

    /// Where the next object begins within a broken one.
    fn next_object(&mut self, bytes: &Bytes, len: usize) -> Option<usize> {
        let record = &bytes.rest()[..len];
        if self.opening.is_empty() {
            self.opening = opening(record);
        }
        if self.opening.is_empty() || self.searched > SEARCH.saturating_add(4 * bytes.offset()) {
            return None;
        }
        self.searched += len as u64;
        memmem::find(&record[1..], &self.opening).map(|at| at + 1)
    }
}

/// Bracket, blanks and first key of an object.
fn opening(record: &[u8]) -> Vec<u8> {
    let key = blank(record, 1);
    match (record.get(key), string_end(record, key)) {
        (Some(b'"'), Some(end)) if end < 200 => record[..end].to_vec(),
        _ => Vec::new(),
    }
}

impl Records for Json {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        loop {
            let byte = self.skip_between(bytes)?;
            let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
            if byte != b'{' {
                return Some(Err(skip_other(bytes, mapper, place, limit)));
            }
            if self.list.is_none() {
                let start = bytes.peek(SAMPLE);
                if let Some((len, around)) = envelope(start) {
                    bytes.consume(len);
                    self.list = Some(around);
                    continue;
                }
            }
            let mut nesting = Nesting::default();
            let mut too_long = false;
            let mut closed = true;
            while !nesting.feed(&bytes.rest()[nesting.seen..]) {
                too_long = nesting.seen as u64 > limit;
                if too_long || !bytes.fill() {
                    closed = false;
                    break;
                }
            }
            let held = nesting.seen;
            place.len = bytes.width(held);
            if closed {
                let record = lenient::article(&bytes.rest()[..held], place, mapper);
                let broken = matches!(&record, Err(error) if error.code == "bad_json");
                let len = if broken {
                    self.next_object(bytes, held)
                } else {
                    self.opening = opening(&bytes.rest()[..held]);
                    None
                };
                bytes.consume(len.unwrap_or(held));
                return Some(record);
            }
            if let Some(len) = self.next_object(bytes, held) {
                bytes.consume(len);
                let message = "the object is not closed before the next one";
                return Some(Err(mapper.error(place, "bad_json", message)));
            }
            if too_long {
                bytes.consume(held);
                loop {
                    let before = nesting.seen;
                    let done = nesting.feed(bytes.rest());
                    bytes.consume(nesting.seen - before);
                    if done || !bytes.fill() {
                        break;
                    }
                }
                return Some(Err(too_large(mapper, place, nesting.seen as u64, limit)));
            }
            if bytes.failed() {
                return None;
            }
            bytes.consume(held);
            let message = "the input ends within the object";
            return Some(Err(mapper.error(place, "bad_json", message)));
        }
    }
}

/// Goes past what is no object: a string, a number, or no JSON at all.
fn skip_other(bytes: &mut Bytes, mapper: &Mapper, place: Place, limit: u64) -> RecordError {
    let mut start = String::new();
    let mut in_string = false;
    let mut gone = 0u64;
    loop {
        let rest = bytes.rest();
        if start.is_empty() {
            start = String::from_utf8_lossy(&rest[..rest.len().min(160)]).into_owned();
        }
        let mut end = None;
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'"' => in_string = !in_string,
                b',' | b'[' | b']' | b'{' | b'}' if !in_string => end = Some(at),
                b'\n' => end = Some(at),
                _ => {}
            }
            if end.is_some() {
                break;
            }
        }
        let len = end.unwrap_or(rest.len());
        gone += len as u64;
        bytes.consume(len);
        if end.is_some() || gone > limit || !bytes.fill() {
            let line = start.lines().next().unwrap_or_default();
            let message = format!("not a JSON object: {}", short(line).escape_debug());
            return mapper.error(place, "not_an_object", message);
        }
    }
}

#[cfg(test)]
mod tests;
