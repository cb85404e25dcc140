//! One article of plain text a file: head lines, headline, body.

use std::borrow::Cow;

use serde_json::Value;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::fields::{Field, lookup};
use super::jsonl::too_large;
use super::mapping::{Mapper, Pairs, Place};
use super::open::Records;
use crate::article::Article;

/// Head lines at most; more are text.
const HEAD_LINES: usize = 64;

/// Reads the whole file as one article.
#[derive(Debug)]
pub(super) struct Plain;

impl Records for Plain {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
        while bytes.rest().len() as u64 <= limit && bytes.fill() {}
        if bytes.rest().len() as u64 > limit {
            loop {
                bytes.consume(bytes.rest().len());
                if !bytes.fill() {
                    break;
                }
            }
            let len = bytes.offset() - place.offset;
            return Some(Err(too_large(mapper, place, len, limit)));
        }
        if bytes.rest().is_empty() {
            return None;
        }
        place.len = bytes.width(bytes.rest().len());
        let decoded = decode(bytes.rest());
        let mut article = article(&decoded.text, mapper);
        decoded.tell(&mut article);
        let record = mapper.finish(article, place);
        bytes.consume(bytes.rest().len());
        Some(record)
    }
}

fn article(text: &str, mapper: &mut Mapper) -> Article {
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    let (head, rest) = head_lines(&text);
    let has_title = head.iter().any(|(key, _)| mapper.resolve(key).0 == Field::Title);
    let mut article = if head.is_empty() { Article::default() } else { mapper.map(head) };
    if has_title {
        article.body = without_blank_lines(rest).trim_end().to_owned();
    } else {
        let (title, body) = headline(rest);
        title.clone_into(&mut article.title);
        body.clone_into(&mut article.body);
    }
    article
}

/// The `Key: value` lines before the first blank line, and the text after them.
///
/// They are head lines only if all lines before the blank one look so and the first key is a
/// known one; a single line must name a title, a date, an id or the like.
fn head_lines(text: &str) -> (Pairs<'_>, &str) {
    let none = || (Vec::new(), text);
    let mut rest = without_blank_lines(text);
    let mut pairs: Pairs<'_> = Vec::new();
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim().is_empty() {
            rest = after;
            break;
        }
        let Some((key, value)) = key_value(line) else { return none() };
        if pairs.len() == HEAD_LINES {
            return none();
        }
        pairs.push((Cow::Borrowed(key), Value::String(value.to_owned())));
        rest = after;
    }
    let single = [
        Field::Title,
        Field::Date,
        Field::Id,
        Field::Source,
        Field::Url,
        Field::Author,
        Field::Dateline,
        Field::Lang,
    ];
    match pairs.first().and_then(|(key, _)| lookup(key)) {
        Some((field, _)) if pairs.len() > 1 || single.contains(&field) => (pairs, rest),
        _ => none(),
    }
}

/// Key and value of a line `Key: value`.
pub(super) fn key_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let fits = !key.is_empty()
        && key.len() <= 32
        && key.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '))
        && (value.is_empty() || value.starts_with([' ', '\t']));
    fits.then(|| (key.trim(), unquoted(value.trim())))
}

fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

/// Adds an item to a list; what was no list yet becomes one.
pub(super) fn add_item(value: &mut Value, item: &str) {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    if let Value::Array(items) = value {
        items.push(Value::String(item.to_owned()));
    }
}

/// Headline and body of a text; the headline is empty if it has none.
///
/// The first line is the headline if a blank line follows it and then text, or if it is short,
/// does not end as a sentence does, and what follows is laid out as text: indented, or in lines
/// far longer. A long first line that is a sentence is the first paragraph.
pub(super) fn headline(text: &str) -> (&str, &str) {
    let text = without_blank_lines(text).trim_end();
    let Some((first, rest)) = text.split_once('\n') else { return ("", text) };
    let line = first.trim();
    let body = without_blank_lines(rest);
    let letters = line.chars().count();
    let sentence = line.ends_with(['.', '!', '?', ',', ';', ':', '。', '-', '–', '…', '"', '”']);
    let second = rest.lines().next().unwrap_or_default();
    let is_headline = if second.trim().is_empty() {
        letters <= 200 && !(letters > 120 && sentence)
    } else {
        let long = second.chars().count();
        letters <= 100
            && (!sentence || line.ends_with(['?', '!', '"', '”']))
            && !first.starts_with([' ', '\t'])
            && (second.starts_with(['\t', '\u{3000}'])
                || second.starts_with("  ")
                || (long >= 120 && long >= 2 * letters))
    };
    if is_headline { (line, body) } else { ("", text) }
}

/// The text from the first line that is not blank.
pub(super) fn without_blank_lines(text: &str) -> &str {
    let start = text.len() - text.trim_start().len();
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    &text[line..]
}

#[cfg(test)]
mod tests {
    use super::super::options::ReadOptions;
    use super::super::origin::Origin;
    use super::*;

    fn read(text: &str) -> Article {
        article(
            text,
            &mut Mapper::new(&Origin::of_file("a.txt".as_ref(), 0, &ReadOptions::default())),
        )
    }

    #[test]
    fn the_first_line_is_the_headline_if_a_blank_line_follows() {
        let article = read("\n\nPact signed\r\n\r\n  TOKYO, March 5 - Text.\r\n\r\nMore.\r\n");
        assert_eq!(article.title, "Pact signed");
        assert_eq!(article.body, "  TOKYO, March 5 - Text.\n\nMore.");
    }

    #[test]
    fn one_paragraph_is_a_body() {
        let article = read("Only one line\n\n");
        assert_eq!((article.title.as_str(), article.body.as_str()), ("", "Only one line"));
        let wrapped = "The ministers of both countries said on Tuesday that\nthey had agreed.\n";
        assert_eq!(read(wrapped).title, "");
        let sentence =
            format!("{} said so.\n\nMore.", "The ministers of both countries ".repeat(4));
        assert_eq!(read(&sentence).title, "");
    }

    #[test]
    fn an_indent_or_far_longer_lines_make_the_first_line_a_headline() {
        assert_eq!(read("FED REPORT 1\n    Two weeks ended\n").title, "FED REPORT 1");
        let long = format!("Pact signed\n{}\n", "Text and more text. ".repeat(10));
        assert_eq!(read(&long).title, "Pact signed");
        assert_eq!(read("One\nTwo\nThree\n").title, "");
    }

    #[test]
    fn head_lines_are_fields() {
        let article = read(
            "Title: Pact signed\nDate: 5 March 2019\nSource: The Times\nEdition: late\n\nText.\n",
        );
        assert_eq!((article.title.as_str(), article.body.as_str()), ("Pact signed", "Text."));
        assert_eq!(article.date.unwrap().display(), "2019-03-05");
        assert_eq!(article.source.as_deref(), Some("The Times"));
        assert_eq!(article.extra["Edition"], "late");
        let article = read("Date: 2019-03-05\n\nPact signed\n\nText.\n");
        assert_eq!((article.title.as_str(), article.body.as_str()), ("Pact signed", "Text."));
    }

    #[test]
    fn a_headline_with_a_colon_is_no_head_line() {
        let article = read("Analysis: what the pact means\n\nText.\n");
        assert_eq!(article.title, "Analysis: what the pact means");
        assert_eq!(read("People: a short history\n\nText.\n").title, "People: a short history");
        assert_eq!(read("Note: a\nTOKYO - Text without keys\n\nMore.\n").title, "");
        assert_eq!(read("---\nno fence\n").body, "---\nno fence");
    }
}
