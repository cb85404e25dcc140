//! Comma-separated values (RFC 4180) with a header.

use std::io::{self, Write};

use super::select::Fields;
use super::{Head, Needs, Renderer, Summary};
use crate::engine::FacetCounts;
use crate::plan::FacetClass;
use crate::search::Hit;
use crate::text::sanitize;

/// Columns of a list of hits. Ids of facets are joined by `;`, most important first.
pub(super) const HIT_COLUMNS: [&str; 12] = [
    "rank", "id", "score", "date", "source", "title", "lang", "country", "person", "event", "url",
    "file",
];

/// Columns of facet counts.
pub(super) const FACET_COLUMNS: [&str; 4] = ["class", "id", "label", "count"];

/// Writes hits as rows.
#[derive(Debug)]
pub(super) struct Csv {
    terminal: bool,
    /// The columns; [`HIT_COLUMNS`] without it.
    fields: Option<Fields>,
}

impl Csv {
    pub(super) fn new(terminal: bool, fields: Option<Fields>) -> Csv {
        Csv { terminal, fields }
    }
}

/// Writes one row. On a terminal, what could steer it is left out; a file gets every character.
pub(super) fn row<'c>(
    out: &mut dyn Write,
    terminal: bool,
    cells: impl IntoIterator<Item = &'c str>,
) -> io::Result<()> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::with_capacity(256));
    for cell in cells {
        if terminal {
            writer.write_field(sanitize::block(cell).as_bytes())?;
        } else {
            writer.write_field(cell)?;
        }
    }
    writer.write_record(None::<&[u8]>)?;
    let row = writer.into_inner().map_err(|error| error.into_error())?;
    out.write_all(&row)
}

/// Writes counts of facet values, all fields below one header.
pub(super) fn counts(
    out: &mut dyn Write,
    terminal: bool,
    facets: &[FacetCounts],
) -> io::Result<()> {
    let lifts = facets.iter().any(|counts| counts.base.is_some());
    let last = lifts.then_some("lift");
    row(out, terminal, FACET_COLUMNS.into_iter().chain(last))?;
    for counts in facets {
        let class = counts.field.name();
        for (at, entry) in counts.values.iter().enumerate() {
            let count = entry.count.to_string();
            let lift = lifts.then(|| super::counts::lift(counts, at));
            let cells = [class.as_str(), &entry.id, &entry.label, &count];
            row(out, terminal, cells.into_iter().chain(lift.as_deref()))?;
        }
    }
    Ok(())
}

impl Renderer for Csv {
    fn needs(&self) -> Needs {
        match &self.fields {
            Some(fields) if fields.need_snippets() => Needs::Snippet,
            _ => Needs::Article,
        }
    }

    fn begin(&mut self, out: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        match &self.fields {
            None => row(out, self.terminal, HIT_COLUMNS),
            Some(fields) => row(out, self.terminal, fields.names()),
        }
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        if let Some(fields) = &self.fields {
            return row(out, self.terminal, fields.cells(hit).iter().map(String::as_str));
        }
        let ids = |class: FacetClass| {
            let found = hit.facets.ids.iter().find(|(known, _)| *known == class);
            found.map(|(_, ids)| ids.join(";")).unwrap_or_default()
        };
        let cells = [
            hit.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            hit.id.clone(),
            hit.score.map(|score| score.to_string()).unwrap_or_default(),
            hit.date.as_ref().map(|date| date.display()).unwrap_or_default(),
            hit.source.clone().unwrap_or_default(),
            hit.title.text.clone(),
            hit.lang.clone(),
            ids(FacetClass::Country),
            ids(FacetClass::Person),
            ids(FacetClass::Event),
            hit.url.clone().unwrap_or_default(),
            hit.file.to_string_lossy().into_owned(),
        ];
        row(out, self.terminal, cells.iter().map(String::as_str))
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}
