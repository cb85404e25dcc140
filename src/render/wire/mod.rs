//! The public JSON: every object that dateline writes, and nothing else derives it.
//!
//! Version 1. Additions keep the version, removals raise it. Characters that could steer a
//! terminal are written as `\u` escapes, which are the same text to every JSON reader.

mod article;
pub(super) mod facts;

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{IndexState, Summary};
use crate::article::PartialDate;
use crate::article::date::Precision;
use crate::diag::{Diagnostic, Severity};
use crate::engine::FacetCounts;
use crate::plan::{Entry, FacetClass};
use crate::search::Hit;
use crate::snippet::{Field, Fragment, Highlight, Mark};
use crate::text::sanitize;

pub use article::{article, mentions};

/// The version that every object carries as `v`.
pub const VERSION: u32 = 1;

/// Writes one value in one line, without the line break.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaped);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// One value as text.
pub fn to_text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail, and these types have no keys that are no strings.
    let _ = write(&mut out, value);
    String::from_utf8(out).unwrap_or_default()
}

struct Escaped;

impl serde_json::ser::Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut done = 0;
        for (at, c) in fragment.char_indices() {
            if sanitize::is_unsafe(c) {
                writer.write_all(&fragment.as_bytes()[done..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                done = at + c.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}

/// A list of pairs as one object, in their order.
struct Object<'a, K, V>(&'a [(K, V)]);

impl<K: Named, V: Serialize> Serialize for Object<'_, K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key.named(), value)?;
        }
        map.end()
    }
}

trait Named {
    fn named(&self) -> &str;
}

impl Named for FacetClass {
    fn named(&self) -> &str {
        self.name()
    }
}

impl Named for String {
    fn named(&self) -> &str {
        self
    }
}

#[derive(Serialize)]
struct HitLine<'a> {
    v: u32,
    r#type: &'static str,
    rank: Option<u64>,
    id: &'a str,
    score: Option<f32>,
    date: Option<String>,
    date_precision: Option<Precision>,
    title: &'a str,
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    lang: &'a str,
    facets: Object<'a, FacetClass, Vec<String>>,
    major: Object<'a, FacetClass, Vec<String>>,
    labels: Object<'a, String, String>,
    snippets: Vec<Passage<'a>>,
}

#[derive(Serialize)]
struct Passage<'a> {
    field: &'static str,
    bytes: (usize, usize),
    chars: (usize, usize),
    text: &'a str,
    marks: &'a [Mark],
    #[serde(skip_serializing_if = "Option::is_none")]
    marked: Option<String>,
}

fn passage(fragment: &Fragment, highlight: Highlight) -> Passage<'_> {
    Passage {
        marked: highlight.written(fragment.pieces()),
        field: match fragment.field {
            Field::Title => "title",
            Field::Body => "body",
        },
        bytes: fragment.bytes,
        chars: fragment.chars,
        text: &fragment.text,
        marks: shown(&fragment.marks, highlight),
    }
}

/// The marks, unless none are wanted.
fn shown(marks: &[Mark], highlight: Highlight) -> &[Mark] {
    if highlight == Highlight::None { &[] } else { marks }
}

fn iso(date: Option<&PartialDate>) -> Option<String> {
    date.map(PartialDate::display)
}

fn known(file: &std::path::Path, line: u64) -> (Option<String>, Option<u64>) {
    let file = (!file.as_os_str().is_empty()).then(|| file.to_string_lossy().into_owned());
    (file, (line > 0).then_some(line))
}

/// A hit. The title is among the snippets where something in it matched.
pub fn hit(hit: &Hit) -> impl Serialize + '_ {
    let title = (!hit.title.marks.is_empty()).then(|| Passage {
        field: "title",
        bytes: (0, hit.title.text.len()),
        chars: (0, hit.title.text.chars().count()),
        text: &hit.title.text,
        marks: shown(&hit.title.marks, hit.highlight),
        marked: hit.highlight.written(hit.title.pieces()),
    });
    let (file, line) = known(&hit.file, hit.line);
    HitLine {
        v: VERSION,
        r#type: "hit",
        rank: hit.rank,
        id: &hit.id,
        score: hit.score,
        date: iso(hit.date.as_ref()),
        date_precision: hit.date.as_ref().map(|date| date.precision),
        title: &hit.title.text,
        source: hit.source.as_deref(),
        file,
        line,
        url: hit.url.as_deref(),
        lang: &hit.lang,
        facets: Object(&hit.facets.ids),
        major: Object(&hit.facets.major),
        labels: Object(&hit.facets.labels),
        snippets: title
            .into_iter()
            .chain(hit.fragments.iter().map(|fragment| passage(fragment, hit.highlight)))
            .collect(),
    }
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    code: &'a str,
    message: &'a str,
    span: Option<(usize, usize)>,
    hint: Option<&'a str>,
    suggestions: &'a [String],
}

fn message(diagnostic: &Diagnostic, severity: bool) -> Message<'_> {
    Message {
        severity: severity.then_some(diagnostic.severity),
        code: diagnostic.code,
        message: &diagnostic.message,
        span: diagnostic.span.map(|span| (span.start, span.end)),
        hint: diagnostic.hint.as_deref(),
        suggestions: &diagnostic.suggestions,
    }
}

/// A message without its severity, as an object to be added to.
pub fn diagnostic(diagnostic: &Diagnostic) -> Value {
    serde_json::to_value(message(diagnostic, false)).unwrap_or_default()
}

#[derive(Serialize)]
struct FacetValue<'a> {
    id: &'a str,
    label: &'a str,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lift: Option<f64>,
}

#[derive(Serialize)]
struct Facet<'a> {
    class: String,
    total: u64,
    distinct: u64,
    missing: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<FacetValue<'a>>>,
}

fn value(counts: &FacetCounts, at: usize) -> FacetValue<'_> {
    let Entry { id, label, count } = &counts.values[at];
    FacetValue { id, label, count: *count, lift: counts.lift(at) }
}

fn facet(counts: &FacetCounts, with_values: bool) -> Facet<'_> {
    Facet {
        class: counts.field.name(),
        total: counts.total,
        distinct: counts.distinct,
        missing: counts.missing,
        values: with_values.then(|| (0..counts.values.len()).map(|at| value(counts, at)).collect()),
    }
}

#[derive(Serialize)]
struct FacetLine<'a> {
    v: u32,
    r#type: &'static str,
    class: String,
    id: &'a str,
    label: &'a str,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lift: Option<f64>,
}

/// The counted facet value at a place, on a line of its own.
pub fn facet_value(counts: &FacetCounts, at: usize) -> impl Serialize {
    let entry = &counts.values[at];
    FacetLine {
        v: VERSION,
        r#type: "facet",
        class: counts.field.name(),
        id: &entry.id,
        label: &entry.label,
        count: entry.count,
        lift: counts.lift(at),
    }
}

/// One state of an index, as it is written.
#[derive(Debug, Serialize)]
pub struct StateOf<'a> {
    uuid: &'a str,
    generation: u64,
}

/// The state as it is written.
pub fn state_of<'a>(index: &IndexState<'a>) -> StateOf<'a> {
    StateOf { uuid: index.uuid, generation: index.generation }
}

#[derive(Serialize)]
struct Sample {
    size: u64,
    seed: u64,
}

#[derive(Serialize)]
struct SummaryBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    total: Option<u64>,
    exact: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    took_ms: u64,
    query: &'a str,
    warnings: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Vec<Facet<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ranking: Option<&'a str>,
    index: StateOf<'a>,
}

fn summary_body<'a>(summary: &Summary<'a>, values: bool) -> SummaryBody<'a> {
    let facets = || summary.facets.iter().map(|counts| facet(counts, values)).collect();
    SummaryBody {
        v: None,
        r#type: None,
        total: summary.total,
        exact: !summary.partial,
        partial: summary.partial,
        took_ms: summary.took_ms,
        query: summary.query,
        warnings: summary.warnings.iter().map(|warning| message(warning, true)).collect(),
        facets: (!summary.facets.is_empty()).then(facets),
        sample: summary.sample.map(|(size, seed)| Sample { size, seed }),
        next: summary.next,
        ranking: summary.ranking,
        index: state_of(&summary.index),
    }
}

/// The line that ends a complete answer. Facet values stand on lines of their own.
pub fn summary<'a>(summary: &Summary<'a>) -> impl Serialize + use<'a> {
    SummaryBody { v: Some(VERSION), r#type: Some("summary"), ..summary_body(summary, false) }
}

/// What follows the hits in the one object of an answer, facet values included.
pub fn summary_tail<'a>(summary: &Summary<'a>) -> impl Serialize + use<'a> {
    summary_body(summary, true)
}

#[derive(Serialize)]
struct CountLine<'a> {
    v: u32,
    r#type: &'static str,
    count: Option<u64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    query: &'a str,
    took_ms: u64,
    warnings: Vec<Message<'a>>,
    index: StateOf<'a>,
}

/// The number of matches.
pub fn count<'a>(summary: &Summary<'a>) -> impl Serialize + use<'a> {
    let body = summary_body(summary, false);
    CountLine {
        v: VERSION,
        r#type: "count",
        count: body.total,
        partial: body.partial,
        query: body.query,
        took_ms: body.took_ms,
        warnings: body.warnings,
        index: body.index,
    }
}
