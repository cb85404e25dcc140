//! One JSON object: the hits first, then what is known when all are written.

use std::io::{self, Write};

use super::select::Fields;
use super::{Head, Needs, Renderer, Summary, wire};
use crate::search::Hit;

/// Writes one object, its hits one a line, without keeping them.
#[derive(Debug, Default)]
pub(super) struct Json {
    any: bool,
    /// The parts of a hit to write; all without it.
    fields: Option<Fields>,
}

impl Json {
    pub(super) fn new(fields: Option<Fields>) -> Json {
        Json { any: false, fields }
    }
}

impl Renderer for Json {
    fn needs(&self) -> Needs {
        match &self.fields {
            Some(fields) if !fields.need_snippets() => Needs::Article,
            _ => Needs::Snippet,
        }
    }

    fn begin(&mut self, out: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        write!(out, "{{\"v\":{},\"type\":\"result\",\"hits\":[", wire::VERSION)
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        out.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        match &self.fields {
            None => wire::write(out, &wire::hit(hit)),
            Some(fields) => wire::write(out, &fields.object(hit)),
        }
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        out.write_all(if self.any { b"\n]," } else { b"]," })?;
        let tail = wire::to_text(&wire::summary_tail(summary));
        out.write_all(&tail.as_bytes()[1..])?;
        out.write_all(b"\n")
    }
}
