//! One JSON object a line: hits as they come, facet values, and a summary that ends the answer.

use std::io::{self, Write};

use super::select::Fields;
use super::{Head, Needs, Renderer, Summary, wire};
use crate::search::Hit;

/// Writes JSON Lines. A missing summary means that the answer was cut off.
#[derive(Debug)]
pub(super) struct Jsonl {
    /// The parts of a hit to write; all without it.
    pub(super) fields: Option<Fields>,
}

impl Renderer for Jsonl {
    fn needs(&self) -> Needs {
        match &self.fields {
            Some(fields) if !fields.need_snippets() => Needs::Article,
            _ => Needs::Snippet,
        }
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        match &self.fields {
            None => wire::write(out, &wire::hit(hit))?,
            Some(fields) => wire::write(out, &fields.object(hit))?,
        }
        out.write_all(b"\n")
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        for counts in summary.facets {
            for at in 0..counts.values.len() {
                wire::write(out, &wire::facet_value(counts, at))?;
                out.write_all(b"\n")?;
            }
        }
        wire::write(out, &wire::summary(summary))?;
        out.write_all(b"\n")
    }
}
