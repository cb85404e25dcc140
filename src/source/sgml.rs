//! The SGML of the Reuters-21578 collection: stories of 1987 with labels set by people.

use std::borrow::Cow;

use memchr::memmem;
use serde_json::Value;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::fields::Field;
use super::jsonl::too_large;
use super::mapping::{Mapper, Place};
use super::open::Records;
use super::plain::headline;
use crate::article::Article;

const OPEN: &[u8] = b"<REUTERS";
const CLOSE: &[u8] = b"</REUTERS>";

/// Reads one `<REUTERS>` element after the other; what stands between them is skipped.
#[derive(Debug)]
pub(super) struct Reuters;

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

impl Records for Reuters {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        if !skip_to_open(bytes) {
            return None;
        }
        let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
        let (len, closed) = match find_end(bytes, limit) {
            Found::Whole(len) => (len, true),
            Found::Unclosed(len) => (len, false),
            Found::Cut(_) if bytes.failed() => return None,
            Found::Cut(len) => (len, false),
            Found::TooLong => {
                bytes.consume(OPEN.len());
                skip_to_open(bytes);
                let len = bytes.offset() - place.offset;
                return Some(Err(too_large(mapper, place, len, limit)));
            }
        };
        place.len = len as u64;
        let decoded = decode(&bytes.rest()[..len]);
        let mut article = story(&decoded.text, mapper);
        decoded.tell(&mut article);
        if !closed {
            article.note("unclosed", "the element is not closed by </REUTERS>".to_owned());
        }
        let record = mapper.finish(article, place);
        bytes.consume(len);
        Some(record)
    }
}

/// Consumes up to the next `<REUTERS`; false if there is none.
fn skip_to_open(bytes: &mut Bytes) -> bool {
    loop {
        if let Some(at) = memmem::find(bytes.rest(), OPEN) {
            bytes.consume(at);
            return true;
        }
        // Its beginning may be the end of what is in memory.
        let keep = bytes.rest().len().saturating_sub(OPEN.len() - 1);
        bytes.consume(keep);
        if !bytes.fill() {
            return false;
        }
    }
}

fn find_end(bytes: &mut Bytes, limit: u64) -> Found {
    let mut seen = OPEN.len();
    loop {
        let rest = bytes.rest();
        let from = seen.min(rest.len());
        if let Some(at) = memmem::find(&rest[from..], CLOSE) {
            let end = from + at;
            let next = memmem::find(&rest[OPEN.len().min(end)..end], OPEN);
            return match next {
                Some(at) => Found::Unclosed(OPEN.len() + at),
                None => Found::Whole(end + CLOSE.len()),
            };
        }
        if rest.len() as u64 > limit {
            return match memmem::find(&rest[OPEN.len()..], OPEN) {
                Some(at) => Found::Unclosed(OPEN.len() + at),
                None => Found::TooLong,
            };
        }
        seen = rest.len().saturating_sub(CLOSE.len() - 1).max(OPEN.len());
        if !bytes.fill() {
            let rest = bytes.rest();
            return match memmem::find(&rest[OPEN.len().min(rest.len())..], OPEN) {
                Some(at) => Found::Unclosed(OPEN.len() + at),
                None => Found::Cut(rest.len()),
            };
        }
    }
}

fn story(text: &str, mapper: &Mapper) -> Article {
    let mut article = Article { source: Some("Reuters".to_owned()), ..Article::default() };
    let (open, rest) = text.split_once('>').unwrap_or((text, ""));
    for (name, value) in attributes(open) {
        match name {
            "NEWID" => article.id = Some(value.trim().to_owned()),
            name => keep(&mut article, name, value),
        }
    }
    let (head, text) = match tag(rest, |rest| rest.starts_with("TEXT")) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if let Some(date) = element(head, "DATE") {
        // Not resolved: a reference to a control character ends the date.
        mapper.put(&mut article, Field::Date, date.trim().to_owned(), "DATE");
    }
    article.given.topic = labels(head, "TOPICS");
    article.given.country = labels(head, "PLACES");
    article.given.person = labels(head, "PEOPLE");
    article.given.org = labels(head, "ORGS");
    for name in ["EXCHANGES", "COMPANIES"] {
        let values = labels(head, name);
        if !values.is_empty() {
            let values = values.into_iter().map(Value::String).collect();
            article.extra.insert(name.to_owned(), Value::Array(values));
        }
    }
    if let Some(unknown) = element(head, "UNKNOWN") {
        keep(&mut article, "UNKNOWN", characters(unknown).trim());
    }
    let (open, text) = text.split_once('>').unwrap_or(("", text));
    for (name, value) in attributes(open) {
        keep(&mut article, name, value);
    }
    if let Some(title) = element(text, "TITLE") {
        article.title = one_line(title);
    }
    if let Some(author) = element(text, "AUTHOR") {
        article.author = Some(one_line(author)).filter(|author| !author.is_empty());
    }
    if let Some(dateline) = element(text, "DATELINE") {
        let dateline = one_line(dateline);
        let dateline = dateline.trim_end_matches(['-', ' ']);
        article.dateline = Some(dateline.to_owned()).filter(|dateline| !dateline.is_empty());
    }
    if let Some(body) = element(text, "BODY") {
        let body = characters(body);
        without_trailer(&body).clone_into(&mut article.body);
    } else if article.title.is_empty() {
        // An unprocessed story stands in TEXT without elements of its own.
        let raw = text.rsplit_once("</TEXT>").map_or(text, |(raw, _)| raw);
        let raw = raw.strip_suffix("</REUTERS>").unwrap_or(raw);
        let raw = characters(raw);
        let (title, body) = headline(without_trailer(&raw));
        title.clone_into(&mut article.title);
        body.clone_into(&mut article.body);
    }
    article
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

/// The `<D>` items of an element.
fn labels(text: &str, name: &str) -> Vec<String> {
    let Some(list) = element(text, name) else { return Vec::new() };
    list.split("<D>")
        .skip(1)
        .filter_map(|item| item.split("</D>").next())
        .map(|item| characters(item).trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The text with entities resolved and references to control characters dropped.
fn characters(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = match rest.as_bytes().iter().take(10).position(|byte| *byte == b';') {
            Some(end) => entity(&rest[1..end], &mut out).then_some(end + 1),
            None => None,
        };
        if used.is_none() {
            out.push('&');
        }
        rest = &rest[used.unwrap_or(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str, out: &mut String) -> bool {
    match name {
        "lt" => out.push('<'),
        "gt" => out.push('>'),
        "amp" => out.push('&'),
        "quot" => out.push('"'),
        name => {
            let number = name.strip_prefix('#').and_then(|digits| digits.parse().ok());
            match number.and_then(char::from_u32) {
                Some(c) if !c.is_control() || matches!(c, '\t' | '\n') => out.push(c),
                Some(_) => {}
                None => return false,
            }
        }
    }
    true
}

fn one_line(text: &str) -> String {
    characters(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The body without the agency's name under it.
fn without_trailer(body: &str) -> &str {
    let body = body.trim_end();
    match body.rsplit_once('\n') {
        Some((rest, last)) if last.trim().eq_ignore_ascii_case("reuter") => rest.trim_end(),
        None if body.trim().eq_ignore_ascii_case("reuter") => "",
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ReadOptions, open_reader};
    use super::*;

    const SAMPLE: &str = "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n\
        <REUTERS TOPICS=\"YES\" LEWISSPLIT=\"TRAIN\" OLDID=\"9\" NEWID=\"1\">\n\
        <DATE>26-FEB-1987 15:01:01.79&#5;&#5;RM</DATE>\n\
        <TOPICS><D>rice</D></TOPICS>\n<PLACES><D>japan</D><D>usa </D></PLACES>\n\
        <PEOPLE></PEOPLE>\n<ORGS><D>gatt</D></ORGS>\n<EXCHANGES><D>tse</D></EXCHANGES>\n\
        <UNKNOWN>\n&#5;&#5;C T\n&#22;f01</UNKNOWN>\n<TEXT>&#2;\n\
        <TITLE>RICE &lt;ABC> &amp; TRADE</TITLE>\n<AUTHOR>    By A. Writer, Reuters</AUTHOR>\n\
        <DATELINE>    TOKYO, Feb 26 - </DATELINE><BODY>Rice was sold\nin Tokyo.\n    \
        More &lt;XYZ.T>.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n\
        <REUTERS NEWID=\"2\">\n<DATE> 3-MAR-1987</DATE>\n<TEXT TYPE=\"BRIEF\">&#2;\n\
        <TITLE>BRIEF\n</TITLE>&#3;</TEXT>\n</REUTERS>\n\
        <REUTERS NEWID=\"3\"><TEXT TYPE=\"UNPROC\">&#2;\nRATES 1\n    Two weeks\n&#3;</TEXT>\n\
        </REUTERS>\n";

    fn read(text: Vec<u8>, options: &ReadOptions) -> Vec<Result<Article, RecordError>> {
        let reader = Box::new(std::io::Cursor::new(text));
        open_reader(reader, "r.sgm".as_ref(), 0, options).unwrap().collect()
    }

    #[test]
    fn stories_briefs_and_unprocessed_texts_are_read() {
        let all = read(SAMPLE.as_bytes().to_vec(), &ReadOptions::default());
        let all: Vec<Article> = all.into_iter().map(Result::unwrap).collect();
        let story = &all[0];
        assert_eq!(story.id.as_deref(), Some("1"));
        assert_eq!(story.title, "RICE <ABC> & TRADE");
        assert_eq!(story.body, "Rice was sold\nin Tokyo.\n    More <XYZ.T>.");
        assert_eq!(story.dateline.as_deref(), Some("TOKYO, Feb 26"));
        assert_eq!(story.author.as_deref(), Some("By A. Writer, Reuters"));
        assert_eq!(story.date.as_ref().unwrap().display(), "1987-02-26T15:01");
        assert_eq!(story.given.country, ["japan", "usa"]);
        assert_eq!(story.given.topic, ["rice"]);
        assert_eq!(story.given.org, ["gatt"]);
        assert_eq!(story.extra["LEWISSPLIT"], "TRAIN");
        assert_eq!(story.extra["UNKNOWN"], "C T\nf01");
        assert_eq!(story.provenance.line, 2);
        assert!(story.notes.is_empty());
        assert!(all[1].is_stub());
        assert_eq!(all[1].title, "BRIEF");
        assert_eq!(all[1].extra["TYPE"], "BRIEF");
        assert_eq!((all[2].title.as_str(), all[2].body.as_str()), ("RATES 1", "    Two weeks"));
    }

    #[test]
    fn an_unclosed_or_cut_story_spoils_no_other() {
        let broken = SAMPLE.replacen("</REUTERS>", "", 1);
        let all = read(broken.into_bytes(), &ReadOptions::default());
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].as_ref().unwrap().notes[0].code, "unclosed");
        let cut = &SAMPLE.as_bytes()[..SAMPLE.len() - 60];
        assert_eq!(read(cut.to_vec(), &ReadOptions::default()).len(), 3);
    }

    #[test]
    fn a_story_that_is_too_large_is_skipped() {
        let mut options = ReadOptions::default();
        options.limits.max_record_bytes = 300_000;
        let long = SAMPLE.replacen("Rice was", &"long ".repeat(200_000), 1);
        let all = read(long.into_bytes(), &options);
        let codes: Vec<_> =
            all.iter().map(|one| one.as_ref().map(|_| ()).map_err(|e| e.code)).collect();
        assert_eq!(codes, [Err("too_large"), Ok(()), Ok(())]);
    }
}
