//! Labelled records: JSON Lines, the corpus's own table, snippets with one label.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::{Collection, Gold, Ids, Labelled, Place, Toponym, bytes_of, ids_of};
use crate::article::date::DateOrder;
use crate::article::{Article, PartialDate};
use crate::source::{self, Inputs, ReadOptions};
use crate::tag::{Class, Part};

/// Labels of CASE-2021 and the leaves that they allow.
pub(super) const CASE: &str = include_str!("../data/case.tsv");

/// The rows of a table of labels.
pub(super) fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    id: Option<serde_json::Value>,
    title: Option<String>,
    body: Option<String>,
    text: Option<String>,
    date: Option<String>,
    dateline: Option<String>,
    lang: Option<String>,
    source: Option<String>,
    url: Option<String>,
    country: Option<Vec<String>>,
    person: Option<Vec<String>>,
    event: Option<Vec<String>>,
    persons: Option<Vec<SpanOf>>,
    mentions: Option<Vec<SpanOf>>,
}

#[derive(Debug, Deserialize)]
struct SpanOf {
    start: usize,
    end: usize,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

/// Reads one JSON object a line.
pub(super) fn json_lines(path: &Path, text: &str) -> Collection {
    let mut found = Collection { kind: "jsonl", ..Collection::default() };
    for (line, json) in (1u64..).zip(text.lines()) {
        if json.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Record>(json) {
            Ok(record) => match labelled(record, &mut found.unknown) {
                Ok(one) => found.articles.push(one),
                Err(message) => found.bad(path, line, message),
            },
            Err(error) => found.bad(path, line, error.to_string()),
        }
    }
    found
}

fn labelled(record: Record, unknown: &mut BTreeSet<String>) -> Result<Labelled, String> {
    let id = record.id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let article = Article {
        id,
        title: record.title.unwrap_or_default(),
        body: record.body.or(record.text).unwrap_or_default(),
        date: record.date.and_then(|date| PartialDate::parse(&date, DateOrder::Ymd).ok()),
        dateline: record.dateline,
        lang: record.lang,
        source: record.source,
        url: record.url,
        ..Article::default()
    };
    let mut ids = |class, labels: &Option<Vec<String>>| {
        labels
            .as_ref()
            .map(|labels| Ids { major: ids_of(class, labels, unknown), ..Ids::default() })
    };
    let mut gold = Gold {
        country: ids(Class::Country, &record.country),
        person: ids(Class::Person, &record.person),
        event: ids(Class::Event, &record.event),
        ..Gold::default()
    };
    let place = |span: &SpanOf| -> Result<Place, String> {
        let (part, text) = match span.field.as_deref() {
            Some("title") => (Part::Title, &article.title),
            _ => (Part::Body, &article.body),
        };
        let outside = || format!("the span {}..{} is not in the text", span.start, span.end);
        let (start, end) = bytes_of(text, span.start, span.end).ok_or_else(outside)?;
        let surface = &text[start as usize..end as usize];
        match &span.text {
            Some(told) if told != surface => {
                Err(format!("the span {}..{} is '{surface}', not '{told}'", span.start, span.end))
            }
            _ => Ok(Place { part, start, end }),
        }
    };
    if let Some(persons) = &record.persons {
        let places: Result<Vec<Place>, String> = persons.iter().map(place).collect();
        gold.person_spans = Some(places?);
    }
    if let Some(mentions) = &record.mentions {
        let mut toponyms = Vec::with_capacity(mentions.len());
        for mention in mentions {
            let country = mention.country.as_ref().and_then(|name| {
                ids_of(Class::Country, std::slice::from_ref(name), unknown).pop_first()
            });
            toponyms.push(Toponym { place: place(mention)?, country });
        }
        gold.toponyms = Some(toponyms);
    }
    Ok(Labelled { article, split: None, gold })
}

/// Reads a table of article, class, value and level; the articles are those of its folder, named
/// by id or by file.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn table(path: &Path, text: &str) -> Result<Collection, String> {
    let mut found = Collection { kind: "table", ..Collection::default() };
    let mut rows: BTreeMap<String, [BTreeMap<Class, BTreeSet<String>>; 2]> = BTreeMap::new();
    for (line, row) in (1u64..).zip(text.lines()).skip(1) {
        let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
        let [article, class, value, level] = cells[..] else {
            if !row.trim().is_empty() {
                found.bad(path, line, "the row has not four cells");
            }
            continue;
        };
        let Some(class) = Class::ALL.into_iter().find(|known| known.name() == class) else {
            found.bad(path, line, format!("there is no class '{class}'"));
            continue;
        };
        let sets = rows.entry(article.to_owned()).or_default();
        match level {
            "major" => sets[0].entry(class).or_default().insert(value.to_owned()),
            "passing" => false,
            _ => {
                found.bad(path, line, format!("there is no level '{level}'"));
                continue;
            }
        };
        sets[1].entry(class).or_default().insert(value.to_owned());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let options = ReadOptions::default();
    let inputs = Inputs::expand(&[folder.to_owned()], &options);
    for input in inputs {
        let Ok(input) = input else { continue };
        let Ok(records) = source::open(&input.path, &options) else { continue };
        for mut article in records.flatten() {
            let file = input.path.strip_prefix(folder).unwrap_or(&input.path);
            let file = file.to_string_lossy().into_owned();
            let named = article.id.as_ref().and_then(|id| rows.remove(id));
            let Some(sets) = named.or_else(|| rows.remove(&file)) else { continue };
            article.given = crate::article::Given::default();
            let ids = |class| {
                let of = |set: &BTreeMap<Class, BTreeSet<String>>| {
                    set.get(&class).cloned().unwrap_or_default()
                };
                Some(Ids { major: of(&sets[0]), all: Some(of(&sets[1])), ..Ids::default() })
            };
            let gold = Gold {
                country: ids(Class::Country),
                person: ids(Class::Person),
                event: ids(Class::Event),
                ..Gold::default()
            };
            if article.id.is_none() {
                article.id = Some(file);
            }
            found.articles.push(Labelled { article, split: None, gold });
        }
    }
    for article in rows.keys() {
        found.bad(path, 1, format!("the folder holds no article '{article}'"));
    }
    Ok(found)
}

/// Reads the snippets of CASE-2021, task 2: id, text and label.
pub(super) fn snippets(path: &Path, text: &str) -> Collection {
    let labels: BTreeMap<&str, BTreeSet<String>> = rows(CASE)
        .map(|(label, leaves)| {
            let leaves = leaves.split(',').filter(|leaf| !leaf.is_empty());
            (label, leaves.map(str::to_owned).collect())
        })
        .collect();
    let mut found = Collection { kind: "case", ..Collection::default() };
    for (line, row) in (1u64..).zip(text.lines()).skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [id, snippet, label] = cells[..] else {
            if !row.trim().is_empty() {
                found.bad(path, line, "the row has not three cells");
            }
            continue;
        };
        let Some(leaves) = labels.get(label.trim()) else {
            found.bad(path, line, format!("there is no label '{label}'"));
            continue;
        };
        if leaves.is_empty() {
            continue;
        }
        let article = Article {
            id: Some(id.to_owned()),
            body: snippet.trim().trim_matches('"').replace("\"\"", "\""),
            ..Article::default()
        };
        let gold = Gold { top_event: Some(leaves.clone()), ..Gold::default() };
        found.articles.push(Labelled { article, split: None, gold });
    }
    found
}
