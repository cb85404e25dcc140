//! Keys and values of a record to the fields of an article, by the user's map and usual names.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::RecordError;
use super::detect::Format;
use super::fields::{Field, lookup};
use super::options::{FieldMap, ReadOptions};
use super::origin::Origin;
use super::values::{into_list, into_text, is_blank};
use crate::article::date::DateError;
use crate::article::{Article, PartialDate, lang};

/// Ranks of the user's map lie below; usual names lie from here on.
const USUAL: u16 = 256;
/// Keys whose field is remembered; more are looked up each time.
const REMEMBERED: usize = 256;

/// What an opened source is, for a dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Format of the (decompressed) file.
    pub format: Format,
    /// `gzip` or `zstd`.
    pub compression: Option<&'static str>,
    /// What else was found out, such as `delimiter ';', no header`; may be empty.
    pub detail: String,
    /// The keys seen so far, in the order in which they were first seen; at most 256.
    pub keys: Vec<KeyUse>,
}

/// Which field a key of the input went to, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key as written in the input; for a file without header the column's number.
    pub key: String,
    /// Its field; [`Field::Extra`] if dateline has none for it.
    pub field: Field,
    /// Records that had the key.
    pub records: u64,
    rank: u16,
}

/// Where a record stands in the decompressed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Line on which it starts, from 1; 0 where lines mean nothing.
    pub(super) line: u64,
    /// First byte.
    pub(super) offset: u64,
    /// Length in bytes.
    pub(super) len: u64,
}

/// Keys and values of one record in the order of the input.
pub(super) type Pairs<'a> = Vec<(Cow<'a, str>, Value)>;

/// Makes articles of records of one file.
#[derive(Debug)]
pub(super) struct Mapper {
    file: PathBuf,
    member: Option<String>,
    options: Arc<ReadOptions>,
    from_path: Vec<(Field, String)>,
    path_note: bool,
    /// Columns that the reader itself assigned.
    assigned: FieldMap,
    seen: Vec<KeyUse>,
}

impl Mapper {
    /// A mapper for an input.
    pub(super) fn new(origin: &Origin) -> Mapper {
        let options = Arc::clone(&origin.options);
        let mut from_path = Vec::new();
        let mut path_note = false;
        if let Some(pattern) = &options.path_pattern {
            match pattern.read(&origin.path()) {
                Some(values) => from_path = values,
                None => path_note = true,
            }
        }
        let assigned = FieldMap::default();
        let (file, member) = (origin.file.clone(), origin.member.clone());
        Mapper { file, member, options, from_path, path_note, assigned, seen: Vec::new() }
    }

    /// What the user said.
    pub(super) fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// The keys seen so far.
    pub(super) fn keys(&self) -> Vec<KeyUse> {
        self.seen.clone()
    }

    /// A record error at `place`.
    pub(super) fn error(
        &self,
        place: Place,
        code: &'static str,
        message: impl Into<String>,
    ) -> RecordError {
        RecordError {
            file: self.file.clone(),
            member: self.member.clone(),
            line: place.line,
            offset: place.offset,
            code,
            message: message.into(),
        }
    }

    /// The field of a key and its rank among the keys that claim it.
    pub(super) fn resolve(&self, key: &str) -> (Field, u16) {
        if let Some((field, place)) = self.options.map.get(key) {
            return (field, u16::from(place));
        }
        if let Some((field, _)) = self.assigned.get(key) {
            return (field, USUAL);
        }
        lookup(key).map_or((Field::Extra, 0), |(field, rank)| (field, USUAL + u16::from(rank)))
    }

    /// Whether the user's map names a key.
    pub(super) fn is_mapped(&self, key: &str) -> bool {
        self.options.map.get(key).is_some()
    }

    /// Whether the user's map has a key for a field.
    pub(super) fn has_key_for(&self, field: Field) -> bool {
        self.options.map.has(field)
    }

    /// Assigns a key that has no telling name.
    pub(super) fn assign(&mut self, key: &str, field: Field) {
        self.assigned.add(key, field);
    }

    fn remembered(&mut self, key: &str) -> (Field, u16) {
        if let Some(known) = self.seen.iter_mut().find(|known| known.key == key) {
            known.records += 1;
            return (known.field, known.rank);
        }
        let (field, rank) = self.resolve(key);
        if self.seen.len() < REMEMBERED {
            self.seen.push(KeyUse { key: key.to_owned(), field, records: 1, rank });
        }
        (field, rank)
    }

    /// An article of `pairs`, without what path, constants and place add.
    pub(super) fn map(&mut self, pairs: Pairs<'_>) -> Article {
        let mut article = Article::default();
        let mut singles: [Option<(u16, Cow<'_, str>, Value)>; Field::ALL.len()] =
            Default::default();
        let mut nuls = 0;
        for (key, value) in unwrapped(pairs) {
            let (field, rank) = self.remembered(&key);
            if field == Field::Extra {
                article.extra.insert(key.into_owned(), value);
            } else if is_blank(&value) {
                // Nothing is said of a field that is there but empty.
            } else if let Some(list) = list_of(&mut article, field) {
                let (values, rest) = into_list(field, value);
                for mut value in values {
                    nuls += drop_nuls(&mut value);
                    if !list.contains(&value) {
                        list.push(value);
                    }
                }
                if let Some(rest) = rest {
                    article.extra.insert(key.into_owned(), rest);
                }
            } else {
                let slot = &mut singles[field as usize];
                let better = slot.as_ref().is_none_or(|(best, ..)| rank <= *best);
                let loser = if better {
                    slot.replace((rank, key, value))
                } else {
                    Some((rank, key, value))
                };
                if let Some((_, key, value)) = loser {
                    article.extra.insert(key.into_owned(), value);
                }
            }
        }
        for (field, slot) in Field::ALL.into_iter().zip(singles) {
            let Some((_, key, value)) = slot else { continue };
            if field == Field::Date && value.is_number() {
                let text = value.to_string();
                let date = PartialDate::from_number(&text, self.options.date_order);
                take_date(&mut article, date, &key, text);
                continue;
            }
            match into_text(field, value) {
                Ok(mut text) => {
                    nuls += drop_nuls(&mut text);
                    self.put(&mut article, field, text, &key);
                }
                Err(value) => {
                    article.extra.insert(key.into_owned(), value);
                }
            }
        }
        if nuls > 0 {
            article.note("nul", format!("{nuls} NUL characters were dropped"));
        }
        article
    }

    /// Puts one value into its field; `key` is where it goes if the field cannot take it.
    pub(super) fn put(&self, article: &mut Article, field: Field, text: String, key: &str) {
        let trimmed = |text: String| {
            if text.trim().len() == text.len() { text } else { text.trim().to_owned() }
        };
        match field {
            Field::Title => article.title = text,
            Field::Body => article.body = text,
            Field::Date => {
                let date = PartialDate::parse(&text, self.options.date_order);
                take_date(article, date, key, text);
            }
            Field::Lang => match lang::normalize_tag(&text) {
                Some(tag) => article.lang = Some(tag.to_owned()),
                None => {
                    article.note("lang", format!("'{}' is no known language", short(&text)));
                    article.extra.insert(key.to_owned(), Value::String(text));
                }
            },
            Field::Id => article.id = Some(trimmed(text)),
            Field::Dateline => article.dateline = Some(trimmed(text)),
            Field::Source => article.source = Some(trimmed(text)),
            Field::Url => article.url = Some(trimmed(text)),
            Field::Author => article.author = Some(trimmed(text)),
            Field::Section => article.section = Some(trimmed(text)),
            Field::Extra => {
                article.extra.insert(key.to_owned(), Value::String(text));
            }
            list => {
                if let Some(values) = list_of(article, list)
                    && !values.contains(&text)
                {
                    values.push(text);
                }
            }
        }
    }

    /// Adds place, path and constants.
    ///
    /// # Errors
    /// `nothing` where the record itself has nothing worth keeping.
    pub(super) fn finish(
        &self,
        mut article: Article,
        place: Place,
    ) -> Result<Article, RecordError> {
        if article.is_nothing() {
            return Err(self.error(place, "nothing", self.nothing(&article.extra)));
        }
        if self.path_note {
            article.note("path", "the path does not fit the pattern".to_owned());
        }
        for (field, value) in &self.from_path {
            if field.is_list() || is_missing(&article, *field) {
                self.put(&mut article, *field, value.clone(), "path");
            }
        }
        for (field, value) in &self.options.set {
            if !field.is_list() {
                keep_replaced(&mut article, *field, value);
            }
            self.put(&mut article, *field, value.clone(), field.name());
        }
        article.provenance.file.clone_from(&self.file);
        article.provenance.member.clone_from(&self.member);
        article.provenance.line = place.line;
        article.provenance.offset = place.offset;
        article.provenance.len = place.len;
        Ok(article)
    }

    fn nothing(&self, extra: &Map<String, Value>) -> String {
        let keys: Vec<&str> = extra.keys().take(8).map(|key| short(key)).collect();
        if keys.is_empty() {
            return "no id, title, text or label".to_owned();
        }
        let more = if extra.len() > keys.len() { ", …" } else { "" };
        format!(
            "no id, title, text or label; the keys are {}{more}: --map says which is which",
            keys.join(", ")
        )
    }
}

/// An Elasticsearch export wraps the record in `_source`; its members come up.
fn unwrapped(pairs: Pairs<'_>) -> Pairs<'_> {
    if !pairs.iter().any(|(key, value)| key == "_source" && value.is_object()) {
        return pairs;
    }
    let mut out = Vec::with_capacity(pairs.len() + 8);
    for (key, value) in pairs {
        match value {
            Value::Object(inner) if key == "_source" => {
                out.extend(inner.into_iter().map(|(key, value)| (Cow::Owned(key), value)));
            }
            // `_index`, `_type` and `_score` say nothing of the article, but are kept.
            value => out.push((key, value)),
        }
    }
    out
}

fn list_of(article: &mut Article, field: Field) -> Option<&mut Vec<String>> {
    let given = &mut article.given;
    Some(match field {
        Field::Country => &mut given.country,
        Field::Person => &mut given.person,
        Field::Event => &mut given.event,
        Field::Org => &mut given.org,
        Field::Place => &mut given.place,
        Field::Topic => &mut given.topic,
        Field::Tag => &mut given.tag,
        _ => return None,
    })
}

fn single(article: &Article, field: Field) -> Option<&str> {
    match field {
        Field::Id => article.id.as_deref(),
        Field::Title => Some(article.title.as_str()),
        Field::Body => Some(article.body.as_str()),
        Field::Date => article.date.as_ref().map(|date| date.text.as_str()),
        Field::Dateline => article.dateline.as_deref(),
        Field::Source => article.source.as_deref(),
        Field::Url => article.url.as_deref(),
        Field::Lang => article.lang.as_deref(),
        Field::Author => article.author.as_deref(),
        Field::Section => article.section.as_deref(),
        _ => None,
    }
}

fn is_missing(article: &Article, field: Field) -> bool {
    single(article, field).is_none_or(|text| text.trim().is_empty())
}

fn keep_replaced(article: &mut Article, field: Field, by: &str) {
    let old = single(article, field).filter(|old| !old.is_empty() && *old != by);
    if let Some(old) = old.map(str::to_owned) {
        let name = field.name();
        if !article.extra.contains_key(name) {
            article.extra.insert(name.to_owned(), Value::String(old));
        }
    }
}

/// Takes a date, or notes why there is none and keeps the text.
pub(super) fn take_date(
    article: &mut Article,
    date: Result<PartialDate, DateError>,
    key: &str,
    text: String,
) {
    match date {
        Ok(date) => article.date = Some(date),
        Err(error) => {
            article.note(error.code(), error.to_string());
            article.extra.insert(key.to_owned(), Value::String(text));
        }
    }
}

fn drop_nuls(text: &mut String) -> usize {
    let count = memchr::memchr_iter(0, text.as_bytes()).count();
    if count > 0 {
        text.retain(|c| c != '\0');
    }
    count
}

/// The first 40 characters, for messages.
pub(super) fn short(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapper(options: ReadOptions) -> Mapper {
        Mapper::new(&Origin::of_file("in.jsonl".as_ref(), 0, &options))
    }

    fn pairs(value: Value) -> Pairs<'static> {
        let Value::Object(map) = value else { panic!("an object") };
        map.into_iter().map(|(key, value)| (Cow::Owned(key), value)).collect()
    }

    const PLACE: Place = Place { line: 3, offset: 10, len: 20 };

    #[test]
    fn the_most_telling_key_wins_and_the_other_is_kept() {
        let mut mapper = mapper(ReadOptions::default());
        let article = mapper.map(pairs(json!({
            "description": "Short.", "text": "Long.", "id": 7, "guid": "g", "wordcount": 12,
            "headline": "Pact", "lang": "pt-BR", "date": "2019-03", "keywords": "trade, tariffs",
            "countries": [{"name": "Japan"}, "KR"], "country": "KR", "authors": ["A", "B"],
        })));
        assert_eq!(article.body, "Long.");
        assert_eq!(article.id.as_deref(), Some("7"));
        assert_eq!(article.author.as_deref(), Some("A, B"));
        assert_eq!(article.lang.as_deref(), Some("pt"));
        assert_eq!(article.given.country, ["Japan", "KR"]);
        assert_eq!(article.given.topic, ["trade", "tariffs"]);
        let extra: Vec<&String> = article.extra.keys().collect();
        assert_eq!(extra, ["description", "guid", "wordcount"].map(str::to_owned).each_ref());
        let article = mapper.finish(article, PLACE).unwrap();
        assert_eq!(article.provenance.line, 3);
        assert_eq!(mapper.keys()[0].field, Field::Body);
    }

    #[test]
    fn a_description_stands_in_for_a_body() {
        let article = mapper(ReadOptions::default())
            .map(pairs(json!({"title": "T", "body": "", "description": "D"})));
        assert_eq!(article.body, "D");
    }

    #[test]
    fn the_users_map_wins_over_usual_names() {
        let map = FieldMap::parse("body=txt,title=hl,extra=date").unwrap();
        let article = mapper(ReadOptions { map, ..ReadOptions::default() })
            .map(pairs(json!({"text": "no", "txt": "yes", "hl": "T", "date": "2019"})));
        assert_eq!((article.title.as_str(), article.body.as_str()), ("T", "yes"));
        assert_eq!(article.date, None);
        assert_eq!(article.extra["text"], "no");
        assert_eq!(article.extra["date"], "2019");
    }

    #[test]
    fn constants_replace_and_keep_what_they_replace() {
        let set = vec![
            (Field::Source, "The Times".to_owned()),
            (Field::Tag, "old".to_owned()),
            (Field::Lang, "en".to_owned()),
        ];
        let mut mapper = mapper(ReadOptions { set, ..ReadOptions::default() });
        let article = mapper.map(pairs(json!({"title": "T", "source": "x", "tags": ["new"]})));
        let article = mapper.finish(article, PLACE).unwrap();
        assert_eq!(article.source.as_deref(), Some("The Times"));
        assert_eq!(article.extra["source"], "x");
        assert_eq!(article.given.tag, ["new", "old"]);
        let nothing = mapper.map(pairs(json!({"x": 1, "date": "2019"})));
        let error = mapper.finish(nothing, PLACE).unwrap_err();
        assert_eq!(error.code, "nothing");
        assert!(error.message.contains("keys are x"));
    }

    #[test]
    fn bad_dates_and_tags_are_noted_and_kept() {
        let article = mapper(ReadOptions::default()).map(pairs(json!({
            "title": "T\u{0}x", "date": "31.02.2019", "lang": "klingonese",
        })));
        let codes: Vec<&str> = article.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["bad_date", "lang", "nul"]);
        assert_eq!(article.title, "Tx");
        assert_eq!(article.extra["date"], "31.02.2019");
    }

    #[test]
    fn an_elasticsearch_export_is_unwrapped() {
        let article = mapper(ReadOptions::default()).map(pairs(json!({
            "_index": "news", "_id": "a1", "_source": {"title": "T", "text": "B"},
        })));
        assert_eq!(article.id.as_deref(), Some("a1"));
        assert_eq!(article.body, "B");
    }
}
