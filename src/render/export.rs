//! Whole articles for other programs: records to index again, tables, notes, citations.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{csv, wire};
use crate::article::PartialDate;
use crate::article::date::Precision;
use crate::engine::StoredArticle;
use crate::plan::FacetClass;
use crate::search::label::label;
use crate::tag::{Class, Tag};
use crate::text::sanitize;

/// Formats of whole articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// A record a line, as `dateline index` reads it: what came with the article, nothing derived.
    Jsonl,
    /// RFC 4180 with a header, with text and tags.
    Csv,
    /// Markdown with front matter, story after story.
    Markdown,
    /// RIS, as reference managers read it.
    Ris,
}

/// Columns of [`ExportFormat::Csv`]; values of one field are joined by `;`.
const COLUMNS: [&str; 17] = [
    "id", "date", "source", "title", "author", "section", "lang", "url", "dateline", "country",
    "person", "event", "topic", "tag", "org", "file", "body",
];

/// Writes what stands before the first article.
///
/// # Errors
/// When the output cannot be written.
pub fn begin(out: &mut dyn Write, format: ExportFormat, terminal: bool) -> io::Result<()> {
    if format == ExportFormat::Csv { csv::row(out, terminal, COLUMNS) } else { Ok(()) }
}

/// Writes one article.
///
/// # Errors
/// When the output cannot be written.
pub fn article(
    out: &mut dyn Write,
    format: ExportFormat,
    terminal: bool,
    stored: &StoredArticle,
) -> io::Result<()> {
    match format {
        ExportFormat::Jsonl => {
            wire::write(out, &record(stored))?;
            out.write_all(b"\n")
        }
        ExportFormat::Csv => {
            let cells = cells(stored);
            csv::row(out, terminal, cells.iter().map(String::as_str))
        }
        ExportFormat::Markdown => shown(out, terminal, &markdown(stored)),
        ExportFormat::Ris => shown(out, terminal, &ris(stored)),
    }
}

/// A terminal is not steered; a file gets every character.
fn shown(out: &mut dyn Write, terminal: bool, text: &str) -> io::Result<()> {
    if terminal {
        out.write_all(sanitize::block(text).as_bytes())
    } else {
        out.write_all(text.as_bytes())
    }
}

/// The article as a record that gives the same article when it is indexed again. Supplied keys
/// without a field stand at the end.
pub fn record(stored: &StoredArticle) -> Map<String, Value> {
    let article = &stored.article;
    let mut record = Map::new();
    let mut text = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            record.insert(key.to_owned(), Value::from(value));
        }
    };
    text("id", Some(stored.id()));
    text("title", Some(&article.title));
    let date = article.date.as_ref().map(given_date);
    text("date", date.as_deref());
    text("dateline", article.dateline.as_deref());
    text("source", article.source.as_deref());
    text("url", article.url.as_deref());
    text("lang", article.lang.as_deref());
    text("author", article.author.as_deref());
    text("section", article.section.as_deref());
    text("body", Some(&article.body));
    let given = &article.given;
    for (key, values) in [
        ("country", &given.country),
        ("person", &given.person),
        ("event", &given.event),
        ("org", &given.org),
        ("place", &given.place),
        ("topic", &given.topic),
        ("tag", &given.tag),
    ] {
        if !values.is_empty() {
            record.insert(key.to_owned(), Value::from(values.clone()));
        }
    }
    for (key, value) in &article.extra {
        if !record.contains_key(key) {
            record.insert(key.clone(), value.clone());
        }
    }
    record
}

/// The date as it was given where that says more than its normal form.
fn given_date(date: &PartialDate) -> String {
    if date.text.is_empty() { date.display() } else { date.text.clone() }
}

fn ids(stored: &StoredArticle, class: Class) -> String {
    stored.tags.ids(class).join(";")
}

fn cells(stored: &StoredArticle) -> Vec<String> {
    let article = &stored.article;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        stored.id().to_owned(),
        article.date.as_ref().map(PartialDate::display).unwrap_or_default(),
        text(&article.source),
        article.title.clone(),
        text(&article.author),
        text(&article.section),
        stored.lang.clone(),
        text(&article.url),
        text(&article.dateline),
        ids(stored, Class::Country),
        ids(stored, Class::Person),
        ids(stored, Class::Event),
        article.given.topic.join(";"),
        article.given.tag.join(";"),
        article.given.org.join(";"),
        article.provenance.path().to_string_lossy().into_owned(),
        article.body.clone(),
    ]
}

/// Front matter in YAML whose values are JSON, which is YAML too; then title and text.
fn markdown(stored: &StoredArticle) -> String {
    let article = &stored.article;
    let mut out = String::from("---\n");
    for (key, value) in record(stored) {
        if key != "body" && !article.extra.contains_key(&key) {
            let _ = writeln!(out, "{key}: {value}");
        }
    }
    out.push_str("---\n\n");
    let mut blank = true;
    for line in article.body.lines() {
        escape(line, blank, &mut out);
        blank = line.trim().is_empty();
        out.push('\n');
    }
    out.push('\n');
    out
}

/// Characters that Markdown would take for signs get a backslash.
fn escape(line: &str, after_blank: bool, out: &mut String) {
    // An indent would make a block of code after a blank line, and nothing elsewhere.
    let text = if after_blank || line.starts_with('\t') { line.trim_start() } else { line };
    let start = text.trim_start();
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && start[digits..].starts_with(['.', ')']);
    let mut inside = false;
    for (at, c) in text.char_indices() {
        let first = at == text.len() - start.len();
        let sign = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' => true,
            '#' | '+' | '-' | '=' | ':' => first,
            '.' | ')' => numbered && !inside && at == text.len() - start.len() + digits,
            _ => false,
        };
        if sign {
            out.push('\\');
            inside = inside || c == '.';
        }
        out.push(c);
    }
}

/// One reference. Tags as in the RIS specification of 2011; lines end as it demands.
fn ris(stored: &StoredArticle) -> String {
    let article = &stored.article;
    let mut out = String::new();
    let mut line = |tag: &str, value: &str| {
        let value: Vec<&str> = value.split_whitespace().collect();
        if !value.is_empty() {
            let _ = write!(out, "{tag}  - {}\r\n", value.join(" "));
        }
    };
    line("TY", "NEWS");
    line("ID", stored.id());
    line("TI", &article.title);
    if let Some(author) = &article.author {
        for name in author.split([';', '\n']) {
            line("AU", name);
        }
    }
    line("T2", article.source.as_deref().unwrap_or_default());
    if let Some(date) = &article.date {
        let day = date.display();
        let (year, rest) = day.split_at(day.len().min(4));
        line("PY", year);
        let month = rest.get(1..3).unwrap_or_default();
        let day = rest.get(4..6).unwrap_or_default();
        match date.precision {
            Precision::Year => line("DA", &format!("{year}///")),
            Precision::Month => line("DA", &format!("{year}/{month}//")),
            _ => line("DA", &format!("{year}/{month}/{day}/")),
        }
    }
    line("SE", article.section.as_deref().unwrap_or_default());
    line("LA", &stored.lang);
    line("UR", article.url.as_deref().unwrap_or_default());
    for class in Class::ALL {
        for id in stored.tags.major(class) {
            let told = |tag: &&Tag| tag.class == class && tag.id == id && tag.label.is_some();
            let named = stored.tags.tags.iter().find(told).and_then(|tag| tag.label.clone());
            let known = || label(FacetClass::of(class), id).map(Cow::into_owned);
            line("KW", &named.or_else(known).unwrap_or_else(|| id.to_owned()));
        }
    }
    let first = article.body.split("\n\n").find(|part| !part.trim().is_empty());
    line("AB", first.unwrap_or_default());
    out.push_str("ER  - \r\n\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::article::date::DateOrder;

    fn stored() -> StoredArticle {
        let article = Article {
            id: Some("a-1".into()),
            title: "Pact: \"signed\"".into(),
            body: "# One *star*\n1. First <b>\n\n    indented\nend".into(),
            date: PartialDate::parse("2019-07", DateOrder::Ymd).ok(),
            source: Some("The Wire".into()),
            author: Some("A. Writer; B. Other".into()),
            ..Article::default()
        };
        StoredArticle { article, lang: "en".into(), ..StoredArticle::default() }
    }

    fn written(format: ExportFormat) -> String {
        let mut out = Vec::new();
        begin(&mut out, format, false).unwrap();
        article(&mut out, format, false, &stored()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn references_are_cut_into_tags() {
        assert_eq!(
            written(ExportFormat::Ris),
            "TY  - NEWS\r\nID  - a-1\r\nTI  - Pact: \"signed\"\r\nAU  - A. Writer\r\nAU  - B. Other\r\n\
             T2  - The Wire\r\nPY  - 2019\r\nDA  - 2019/07//\r\nLA  - en\r\nAB  - # One *star* 1. First <b>\r\n\
             ER  - \r\n\r\n"
        );
    }

    #[test]
    fn markdown_keeps_its_signs_as_text() {
        assert_eq!(
            written(ExportFormat::Markdown),
            "---\nid: \"a-1\"\ntitle: \"Pact: \\\"signed\\\"\"\ndate: \"2019-07\"\nsource: \"The Wire\"\n\
             author: \"A. Writer; B. Other\"\n---\n\n\\# One \\*star\\*\n1\\. First \\<b\\>\n\nindented\nend\n\n"
        );
    }

    #[test]
    fn records_hold_what_was_supplied() {
        let line: Value = serde_json::from_str(&written(ExportFormat::Jsonl)).unwrap();
        assert_eq!(line["date"], "2019-07");
        assert_eq!(line["body"], stored().article.body);
        assert!(line.get("facets").is_none());
    }
}
