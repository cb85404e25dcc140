//! Tab-separated values with a header: a hit a line, whatever its texts hold.

use std::io::{self, Write};

use super::select::Fields;
use super::{Head, Needs, Renderer, Summary};
use crate::search::Hit;
use crate::text::sanitize;

/// Writes chosen parts of hits, tabs between; tabs and line breaks in a text become blanks.
#[derive(Debug)]
pub(super) struct Tsv {
    fields: Fields,
}

impl Tsv {
    pub(super) fn new(fields: Fields) -> Tsv {
        Tsv { fields }
    }
}

impl Renderer for Tsv {
    fn needs(&self) -> Needs {
        if self.fields.need_snippets() { Needs::Snippet } else { Needs::Article }
    }

    fn begin(&mut self, out: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        writeln!(out, "{}", self.fields.names().collect::<Vec<_>>().join("\t"))
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        let cells = self.fields.cells(hit);
        let cells: Vec<_> = cells.iter().map(|cell| sanitize::line(cell)).collect();
        writeln!(out, "{}", cells.join("\t"))
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}
