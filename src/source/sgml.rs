//! Collections in SGML: one element a story, one after the other, whatever stands between them.

mod reuters;
mod trec;

use memchr::memmem;
use serde_json::Value;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::entities::resolve;
use super::jsonl::too_large;
use super::mapping::{Mapper, Place};
use super::open::Records;
use crate::article::Article;

/// A collection whose stories are elements of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    /// `<REUTERS>` of Reuters-21578.
    Reuters,
    /// `<DOC>` of TREC and of those who took over its form.
    Trec,
    /// `<doc>`.
    TrecLower,
}

impl Collection {
    fn open(self) -> &'static [u8] {
        match self {
            Collection::Reuters => b"<REUTERS",
            Collection::Trec => b"<DOC",
            Collection::TrecLower => b"<doc",
        }
    }

    fn close(self) -> &'static [u8] {
        match self {
            Collection::Reuters => b"</REUTERS>",
            Collection::Trec => b"</DOC>",
            Collection::TrecLower => b"</doc>",
        }
    }

    /// The collection of `<DOC>` elements that a text begins with, comments and declarations
    /// passed.
    pub(super) fn of_documents(text: &[u8]) -> Option<Collection> {
        let mut rest = text.trim_ascii_start();
        while rest.starts_with(b"<!") || rest.starts_with(b"<?") {
            rest = rest[memchr::memchr(b'>', rest)? + 1..].trim_ascii_start();
        }
        let lead = &rest[..rest.len().min(2 << 10)];
        let is_document = |name: &[u8]| memmem::find(lead, name).is_some();
        let opens = |one: Collection| one.find(&lead[..lead.len().min(5)], false) == Some(0);
        [Collection::Trec, Collection::TrecLower].into_iter().find(|one| {
            opens(*one)
                && [&b"<DOCNO>"[..], b"<docno>", b"<TEXT>", b"<text>", b"<DOCID>", b"<docid>"]
                    .into_iter()
                    .any(is_document)
        })
    }

    /// The first opening tag in a text. At the end of the text a name may be the beginning of
    /// another one; `last` says that no more text follows.
    fn find(self, text: &[u8], last: bool) -> Option<usize> {
        let open = self.open();
        memmem::find_iter(text, open).find(|at| match text.get(at + open.len()) {
            Some(byte) => *byte == b'>' || byte.is_ascii_whitespace(),
            None => last,
        })
    }
}

/// Reads one element after the other; what stands between them is skipped.
#[derive(Debug)]
pub(super) struct Stories(pub(super) Collection);

/// Where an element of the stream ends.
enum Found {
    /// So many bytes long.
    Whole(usize),
    /// The next one begins before this one is closed.
    Unclosed(usize),
    /// The input ends before it is closed.
    Cut(usize),
    /// Longer than allowed.
    TooLong,
}

impl Records for Stories {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        if !self.skip_to_open(bytes) {
            return None;
        }
        let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
        let (len, closed) = match self.find_end(bytes, limit) {
            Found::Whole(len) => (len, true),
            Found::Unclosed(len) => (len, false),
            Found::Cut(_) if bytes.failed() => return None,
            Found::Cut(len) => (len, false),
            Found::TooLong => {
                bytes.consume(self.0.open().len());
                self.skip_to_open(bytes);
                let len = bytes.offset() - place.offset;
                return Some(Err(too_large(mapper, place, len, limit)));
            }
        };
        place.len = bytes.width(len);
        let decoded = decode(&bytes.rest()[..len]);
        let mut article = match self.0 {
            Collection::Reuters => reuters::story(&decoded.text, mapper),
            Collection::Trec | Collection::TrecLower => trec::story(&decoded.text, mapper),
        };
        decoded.tell(&mut article);
        if !closed {
            let name = String::from_utf8_lossy(self.0.close());
            article.note("unclosed", format!("the element is not closed by {name}"));
        }
        let record = mapper.finish(article, place);
        bytes.consume(len);
        Some(record)
    }
}

impl Stories {
    /// Consumes up to the next opening tag; false if there is none.
    fn skip_to_open(&self, bytes: &mut Bytes) -> bool {
        let mut last = false;
        loop {
            if let Some(at) = self.0.find(bytes.rest(), last) {
                bytes.consume(at);
                return true;
            }
            if last {
                bytes.consume(bytes.rest().len());
                return false;
            }
            // Its beginning may be the end of what is in memory.
            let keep = bytes.rest().len().saturating_sub(self.0.open().len());
            bytes.consume(keep);
            last = !bytes.fill();
        }
    }

    fn find_end(&self, bytes: &mut Bytes, limit: u64) -> Found {
        let (open, close) = (self.0.open().len(), self.0.close());
        let next = |rest: &[u8], end: usize, last: bool| {
            self.0.find(&rest[open.min(end)..end], last).map(|at| open + at)
        };
        let mut seen = open;
        loop {
            let rest = bytes.rest();
            let from = seen.min(rest.len());
            if let Some(at) = memmem::find(&rest[from..], close) {
                let end = from + at;
                return match next(rest, end, false) {
                    Some(at) => Found::Unclosed(at),
                    None => Found::Whole(end + close.len()),
                };
            }
            if rest.len() as u64 > limit {
                return next(rest, rest.len(), false).map_or(Found::TooLong, Found::Unclosed);
            }
            seen = rest.len().saturating_sub(close.len() - 1).max(open);
            if !bytes.fill() {
                let rest = bytes.rest();
                let cut = Found::Cut(rest.len());
                return next(rest, rest.len(), true).map_or(cut, Found::Unclosed);
            }
        }
    }
}

fn keep(article: &mut Article, name: &str, value: &str) {
    // The element TEXT and the story have attributes and elements of different names.
    if !value.is_empty() {
        article.extra.insert(name.to_owned(), Value::String(value.to_owned()));
    }
}

/// `NAME="value"` pairs of a tag.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(|c: char| c.is_whitespace() || c == '"').next();
        let Some((value, after)) = after.split_once('"') else { break };
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            out.push((name, value));
        }
        rest = after;
    }
    out
}

/// What stands between `<NAME>` and `</NAME>`.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let is_closing = |rest: &str| {
        rest.strip_prefix('/').and_then(|rest| rest.strip_prefix(name)).is_some_and(is_end)
    };
    let start = tag(text, |rest| rest.strip_prefix(name).is_some_and(is_end))?;
    let content = &text[start + name.len() + 2..];
    tag(content, is_closing).map(|end| &content[..end])
}

fn is_end(rest: &str) -> bool {
    rest.starts_with('>')
}

/// The first `<` after which the text is as wanted.
fn tag(text: &str, wanted: impl Fn(&str) -> bool) -> Option<usize> {
    memchr::memchr_iter(b'<', text.as_bytes()).find(|at| wanted(&text[at + 1..]))
}

fn one_line(text: &str) -> String {
    resolve(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
