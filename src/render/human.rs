//! Hits for people: grouped on a terminal, one a line in a pipe.

use std::io::{self, Write};

use super::paint::{Ink, Style, grouped};
use super::{Head, Needs, Renderer, Summary, counts, ids};
use crate::plan::FacetClass;
use crate::search::Hit;
use crate::snippet::{Fragment, Highlight, Piece};
use crate::text::sanitize;

/// Labels of one class that a hit shows, at most; further ones are counted.
const LABELS: usize = 4;

/// What a hit is mainly about: `Japan, South Korea · Vladimir Putin · Treaty`.
///
/// What a filter asked for and the article has only in passing stands in brackets: `Peru (Japan)`.
fn about(hit: &Hit) -> String {
    let listed = |ids: &[String]| {
        let labels: Vec<&str> = ids.iter().take(LABELS).map(|id| hit.facets.label_of(id)).collect();
        let mut text = labels.join(", ");
        if ids.len() > LABELS {
            text.push_str(&format!(" +{}", ids.len() - LABELS));
        }
        text
    };
    let of = |list: &[(FacetClass, Vec<String>)], class| {
        list.iter().find(|(of, _)| *of == class).map(|(_, ids)| listed(ids))
    };
    let mut parts = Vec::new();
    for class in FacetClass::ALL {
        let passing = of(&hit.asked, class).map(|labels| format!("({labels})"));
        let part: Vec<String> = of(&hit.facets.major, class).into_iter().chain(passing).collect();
        if !part.is_empty() {
            parts.push(part.join(" "));
        }
    }
    parts.join(" · ")
}

/// A passage with dots where a sentence is cut.
fn dotted(fragment: &Fragment) -> impl Iterator<Item = Piece<'_>> {
    let dots = |cut: bool| Piece { text: if cut { "…" } else { "" }, marked: false };
    let (start, end) = (dots(fragment.cut_start), dots(fragment.cut_end));
    std::iter::once(start).chain(fragment.pieces()).chain([end])
}

impl Style {
    /// A passage on one line.
    fn passage(&self, fragment: &Fragment) -> String {
        self.line(dotted(fragment), (Ink::Plain, Ink::Mark))
    }
}

/// Where marks stand: field, bytes and characters of each, `body:10-14:10-14`.
fn offsets(hit: &Hit) -> String {
    let title = hit.title.marks.iter().map(|mark| ("title", mark));
    let body = hit.fragments.iter().flat_map(|fragment| &fragment.marks);
    let all: Vec<String> = title
        .chain(body.map(|mark| ("body", mark)))
        .map(|(field, mark)| {
            let (bytes, chars) = (mark.bytes, mark.chars);
            format!("{field}:{}-{}:{}-{}", bytes.0, bytes.1, chars.0, chars.1)
        })
        .collect();
    all.join(" ")
}

fn day(hit: &Hit) -> String {
    hit.date.as_ref().map(|date| date.display()).unwrap_or_default()
}

/// A block a hit, with its passages, for a terminal.
#[derive(Debug)]
pub(super) struct Grouped {
    style: Style,
    place: u64,
}

impl Grouped {
    pub(super) fn new(style: Style) -> Grouped {
        Grouped { style, place: 0 }
    }
}

impl Renderer for Grouped {
    fn needs(&self) -> Needs {
        Needs::Snippet
    }

    fn begin(&mut self, out: &mut dyn Write, head: &Head<'_>) -> io::Result<()> {
        // That nothing was found is advice and goes to standard error.
        let found = head.total.filter(|total| *total > 0);
        if let (Some(total), Some(shown)) = (found, head.shown) {
            let noun = if total == 1 { "hit" } else { "hits" };
            let mut text = if shown < total {
                format!("{} of {} {noun}", grouped(shown), grouped(total))
            } else {
                format!("{} {noun}", grouped(total))
            };
            if let Some((_, seed)) = head.sample {
                text.push_str(&format!(", drawn with seed {seed}"));
            }
            writeln!(out, "{}", self.style.ink(Ink::Strong, &text))?;
        }
        counts::lists(out, &self.style, head.facets)
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        self.place += 1;
        let style = &self.style;
        let title = style.line(hit.title.pieces(), (Ink::Title, Ink::TitleMark));
        let title = if title.is_empty() { style.ink(Ink::Faint, "(no title)") } else { title };
        let title = style.linked(&title, hit.url.as_deref());
        writeln!(out, "\n{}  {title}", style.ink(Ink::Faint, &format!("{:>2}", self.place)))?;
        let date = day(hit);
        let id = ids::encode(&hit.id);
        let facts = [date.as_str(), hit.source.as_deref().unwrap_or_default(), &id];
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        writeln!(out, "    {}", style.ink(Ink::Faint, &facts.join(" · ")))?;
        let about = about(hit);
        if !about.is_empty() {
            writeln!(out, "    {}", style.ink(Ink::Plain, &about))?;
        }
        for fragment in &hit.fragments {
            let text = style.wrapped(dotted(fragment), (Ink::Plain, Ink::Mark), 4);
            out.write_all(text.as_bytes())?;
        }
        if style.highlight == Some(Highlight::Offsets) {
            let offsets = offsets(hit);
            if !offsets.is_empty() {
                writeln!(out, "    {}", style.ink(Ink::Faint, &offsets))?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        let more = summary.total.unwrap_or(0).saturating_sub(self.place);
        if more > 0 && summary.sample.is_none() && self.place > 0 {
            let text = format!("\n{} more; -n0 shows all", grouped(more));
            writeln!(out, "{}", self.style.ink(Ink::Faint, text.trim_start()))?;
        }
        Ok(())
    }
}

/// One line a hit: id, date, source, title and main facets, with tabs between.
///
/// Facet counts follow the hits as `#class`, id, label and count.
#[derive(Debug)]
pub(super) struct Lines {
    style: Style,
}

impl Lines {
    pub(super) fn new(style: Style) -> Lines {
        Lines { style }
    }
}

impl Renderer for Lines {
    fn needs(&self) -> Needs {
        // Without passages marks are seen in colour only.
        let Style { color, highlight, passages, .. } = self.style;
        if color || passages || highlight.is_some() { Needs::Snippet } else { Needs::Article }
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        let title = self.style.line(hit.title.pieces(), (Ink::Plain, Ink::Mark));
        write!(
            out,
            "{}\t{}\t{}\t{title}\t{}",
            ids::encode(&hit.id),
            sanitize::line(&day(hit)),
            sanitize::line(hit.source.as_deref().unwrap_or_default()),
            sanitize::line(&about(hit))
        )?;
        if self.style.passages {
            let passages: Vec<String> =
                hit.fragments.iter().map(|fragment| self.style.passage(fragment)).collect();
            write!(out, "\t{}", passages.join(" | "))?;
        }
        if self.style.highlight == Some(Highlight::Offsets) {
            write!(out, "\t{}", offsets(hit))?;
        }
        writeln!(out)
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        counts::lines(out, "#", summary.facets)
    }
}
