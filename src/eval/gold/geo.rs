//! Articles with marked places in XML: Local-Global Lexicon, TR-News, GeoVirus.

use std::path::Path;

use super::{Collection, Gold, Labelled, Place, Toponym, ids_of};
use crate::article::date::DateOrder;
use crate::article::{Article, PartialDate, host};
use crate::tag::{Class, Part};

/// How far an offset may be off, in characters.
const SHIFT: usize = 80;

/// Reads the articles of a file. Its XML is flat: elements of the same name are not nested.
pub(super) fn read(path: &Path, text: &str) -> Collection {
    let mut found = Collection { kind: "toponyms", ..Collection::default() };
    for (number, (at, inside)) in elements(text, "article").enumerate() {
        let line = text[..at].matches('\n').count() as u64 + 1;
        let Some(body) = content(inside, "text") else {
            found.bad(path, line, "the article has no text");
            continue;
        };
        let url = content(inside, "url").or_else(|| content(inside, "source"));
        let id =
            attribute(&text[at..], "docid").map_or_else(|| (number + 1).to_string(), str::to_owned);
        let article = Article {
            id: Some(id),
            body,
            source: content(inside, "domain").or_else(|| url.as_deref().and_then(host)),
            url,
            date: content(inside, "dltime")
                .and_then(|date| PartialDate::parse(date.get(..10)?, DateOrder::Ymd).ok()),
            ..Article::default()
        };
        let mut toponyms = Vec::new();
        let marked = elements(inside, "toponym").chain(elements(inside, "location"));
        for (_, one) in marked {
            let name = content(one, "phrase").or_else(|| content(one, "name"));
            let number = |name| content(one, name).and_then(|text| text.trim().parse().ok());
            let (Some(name), Some(start)) = (name, number("start")) else {
                found.bad(path, line, "a place has no name or no start");
                continue;
            };
            let Some((start, end)) = locate(&article.body, &name, start) else {
                found.bad(path, line, format!("the text does not hold '{name}' near {start}"));
                continue;
            };
            let tag = elements(one, "gaztag").next().map_or("", |(_, tag)| tag);
            let country = content(tag, "country")
                .and_then(|name| ids_of(Class::Country, &[name], &mut found.unknown).pop_first());
            toponyms.push(Toponym { place: Place { part: Part::Body, start, end }, country });
        }
        let gold = Gold { toponyms: Some(toponyms), ..Gold::default() };
        found.articles.push(Labelled { article, split: None, gold });
    }
    found
}

/// The bytes at which `name` stands nearest to a place that is given in characters.
fn locate(text: &str, name: &str, start: usize) -> Option<(u32, u32)> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    (0..=SHIFT)
        .flat_map(|shift| [start.checked_sub(shift), start.checked_add(shift)])
        .flatten()
        .filter_map(|at| starts.get(at).copied())
        .find(|&at| text[at..].starts_with(name))
        .map(|at| (at as u32, (at + name.len()) as u32))
}

/// The elements of a name: where each begins, and what stands in it.
fn elements<'t>(text: &'t str, name: &str) -> impl Iterator<Item = (usize, &'t str)> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let from = at + text[at..].find(&open)?;
            let rest = &text[from + open.len()..];
            at = from + open.len();
            if !rest.starts_with(['>', ' ', '\n', '\t', '\r']) {
                continue;
            }
            let start = at + rest.find('>')? + 1;
            let end = start + text[start..].find(&close)?;
            at = end + close.len();
            return Some((from, &text[start..end]));
        }
    })
}

/// The text in the first element of a name; blank is none.
fn content(text: &str, name: &str) -> Option<String> {
    let (_, inside) = elements(text, name).next()?;
    let plain = match inside.trim().strip_prefix("<![CDATA[") {
        Some(rest) => rest.strip_suffix("]]>").unwrap_or(rest).to_owned(),
        None => decoded(inside),
    };
    (!plain.trim().is_empty()).then_some(plain)
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|&end| end <= 10).unwrap_or(0);
        let sign = match rest.get(1..end.max(1)).unwrap_or_default() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            number => number.strip_prefix('#').and_then(|number| {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => number.parse().ok(),
                };
                char::from_u32(code?)
            }),
        };
        let taken = if sign.is_some() { end + 1 } else { 1 };
        out.push(sign.unwrap_or('&'));
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

fn attribute<'t>(element: &'t str, name: &str) -> Option<&'t str> {
    let head = &element[..element.find('>')?];
    let from = head.find(&format!("{name}=\""))? + name.len() + 2;
    head[from..].split('"').next()
}
