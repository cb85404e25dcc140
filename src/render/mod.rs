//! How results are shown: one renderer a format, written a hit at a time.
//!
//! *Invariant:* text of articles reaches a terminal only without control and direction characters.
//! *Invariant:* a renderer keeps no hits; memory does not grow with their number.

pub mod article;
pub mod counts;
mod csv;
pub mod export;
pub mod fields;
mod human;
pub mod ids;
mod json;
mod jsonl;
mod kwic;
pub mod paint;
pub mod select;
pub mod stats;
pub mod table;
pub mod template;
pub mod timeline;
pub mod trec;
mod tsv;
pub mod wire;

use std::io::{self, Write};

use crate::diag::Diagnostic;
use crate::engine::FacetCounts;
use crate::search::Hit;

pub use paint::Style;

/// Formats of a list of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// For people: grouped on a terminal, one hit a line in a pipe.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// One JSON object a line: hits, facet values, a summary at the end.
    Jsonl,
    /// RFC 4180 with a header.
    Csv,
    /// Ids, one a line.
    Ids,
    /// Tab-separated values with a header.
    Tsv,
    /// A run for evaluation.
    Trec,
    /// Key words in context, a match a line.
    Kwic,
}

/// What a format is told beside its name.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The parts of a hit to write, where the format leaves a choice.
    pub fields: Option<select::Fields>,
    /// Instead of a format: a template.
    pub template: Option<template::Template>,
    /// Topic and run of [`Format::Trec`].
    pub names: trec::RunNames,
}

impl Choice {
    /// Whether hits must keep their whole article.
    pub fn needs_whole(&self) -> bool {
        let template = self.template.as_ref().map(template::Template::fields);
        self.fields.iter().chain(template).any(select::Fields::need_whole)
    }
}

/// What a renderer reads of a hit; less is faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// Id, rank and score.
    Id,
    /// Everything but marks and fragments.
    Article,
    /// Everything, with passages.
    Snippet,
    /// Everything, with a line for each match instead of passages.
    Lines,
}

/// What is known before the first hit.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Number of matches; `None` in a stream and where they were not counted.
    pub total: Option<u64>,
    /// How many hits follow; `None` in a stream.
    pub shown: Option<u64>,
    /// Counted facets.
    pub facets: &'a [FacetCounts],
    /// Size and seed, where the hits are a random sample.
    pub sample: Option<(u64, u64)>,
}

/// What is known after the last hit.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'a> {
    /// Canonical text of the query.
    pub query: &'a str,
    /// Number of matches; `None` where they were not counted.
    pub total: Option<u64>,
    /// Whether time was over before all was looked at: there may be more, and better.
    pub partial: bool,
    /// Milliseconds since the command was started.
    pub took_ms: u64,
    /// Warnings about the query.
    pub warnings: &'a [Diagnostic],
    /// Counted facets.
    pub facets: &'a [FacetCounts],
    /// Size and seed, where the hits are a random sample.
    pub sample: Option<(u64, u64)>,
    /// What `--after` takes to go on after the last hit, where there are more.
    pub next: Option<&'a str>,
    /// How the hits are ranked where not by the query's own words: `question`.
    pub ranking: Option<&'a str>,
    /// Which state of which index answered.
    pub index: IndexState<'a>,
}

/// Names one state of one index.
#[derive(Debug, Clone, Copy, Default)]
pub struct IndexState<'a> {
    /// Identity of the index.
    pub uuid: &'a str,
    /// Number of the commit.
    pub generation: u64,
}

/// Writes a list of hits in one format, a hit at a time.
pub trait Renderer: std::fmt::Debug {
    /// What it reads of a hit.
    fn needs(&self) -> Needs;

    /// Writes what comes before the hits.
    fn begin(&mut self, out: &mut dyn Write, head: &Head<'_>) -> io::Result<()>;

    /// Writes one hit.
    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()>;

    /// Writes what comes after the hits.
    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()>;
}

/// Columns of [`Format::Tsv`] where none are chosen.
const TSV_FIELDS: &str = "rank,id,score,date,source,title,lang,country,person,event,url,file";

/// The renderer of a format.
pub fn open(format: Format, style: Style, choice: &Choice) -> Box<dyn Renderer> {
    if let Some(template) = &choice.template {
        return Box::new(template::ByTemplate(template.clone()));
    }
    let fields = choice.fields.clone();
    match format {
        Format::Human if style.terminal => Box::new(human::Grouped::new(style)),
        Format::Human => Box::new(human::Lines::new(style)),
        Format::Json => Box::new(json::Json::new(fields)),
        Format::Jsonl => Box::new(jsonl::Jsonl { fields }),
        Format::Csv => Box::new(csv::Csv::new(style.terminal, fields)),
        Format::Tsv => {
            let fields = fields.or_else(|| select::Fields::parse(TSV_FIELDS).ok());
            Box::new(tsv::Tsv::new(fields.unwrap_or_default()))
        }
        Format::Trec => Box::new(trec::Trec::new(choice.names.clone())),
        Format::Kwic => Box::new(kwic::Kwic::new(style)),
        Format::Ids => Box::new(ids::Ids { nul: style.nul }),
    }
}

#[cfg(test)]
mod tests;
