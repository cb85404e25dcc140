//! Hits for people: grouped on a terminal, one a line in a pipe.

use std::io::{self, Write};

use super::paint::{Ink, Style, grouped};
use super::{Head, Needs, Renderer, Summary, counts, ids};
use crate::plan::FacetClass;
use crate::search::Hit;
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
        writeln!(out, "\n{}  {title}", style.ink(Ink::Faint, &format!("{:>2}", self.place)))?;
        let date = day(hit);
        let id = ids::encode(&hit.id);
        let facts = [date.as_str(), hit.source.as_deref().unwrap_or_default(), &id];
        let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        writeln!(out, "    {}", style.ink(Ink::Faint, &facts.join(" · ")))?;
        let about = about(hit);
        if !about.is_empty() {
            writeln!(out, "    {}", sanitize::line(&about))?;
        }
        for fragment in &hit.fragments {
            let dots = |cut: bool| {
                let text = if cut { "…" } else { "" };
                std::iter::once(crate::snippet::Piece { text, marked: false })
            };
            let pieces =
                dots(fragment.cut_start).chain(fragment.pieces()).chain(dots(fragment.cut_end));
            out.write_all(style.wrapped(pieces, (Ink::Plain, Ink::Mark), 4).as_bytes())?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        if self.place < summary.total && summary.sample.is_none() && self.place > 0 {
            let text = format!("\n{} more; -n0 shows all", grouped(summary.total - self.place));
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
        // Marks are seen in colour only.
        if self.style.color { Needs::Snippet } else { Needs::Article }
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        let title = self.style.line(hit.title.pieces(), (Ink::Plain, Ink::Mark));
        writeln!(
            out,
            "{}\t{}\t{}\t{title}\t{}",
            ids::encode(&hit.id),
            sanitize::line(&day(hit)),
            sanitize::line(hit.source.as_deref().unwrap_or_default()),
            sanitize::line(&about(hit))
        )
    }

    fn end(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        counts::lines(out, "#", summary.facets)
    }
}
