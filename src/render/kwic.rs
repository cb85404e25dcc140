//! Key words in context: a match a line, aligned on a terminal, with tabs between in a pipe.

use std::io::{self, Write};

use super::paint::{Ink, Style, width};
use super::{Head, Needs, Renderer, Summary, ids};
use crate::search::Hit;
use crate::snippet::{Field, Highlight, Line, Piece};

/// Writes the matches of each hit.
#[derive(Debug)]
pub(super) struct Kwic {
    style: Style,
}

impl Kwic {
    pub(super) fn new(style: Style) -> Kwic {
        Kwic { style }
    }

    fn marked(&self, line: &Line) -> String {
        let piece = Piece { text: &line.text, marked: true };
        self.style.line(std::iter::once(piece), (Ink::Plain, Ink::Mark))
    }

    fn plain(&self, text: &str) -> String {
        one_line(&self.style, text)
    }

    fn aligned(&self, out: &mut dyn Write, line: &Line) -> io::Result<()> {
        // Without marks in the text, columns can be counted.
        let bare = Style { highlight: Some(Highlight::None), color: false, ..self.style };
        let one = |text: &str| one_line(&bare, text);
        let side = self.style.columns().saturating_sub(width(&one(&line.text)) + 6) / 2;
        let left = last_columns(&one(&line.left), side);
        let right = first_columns(&one(&line.right), side);
        let gap = |text: &str| if text.is_empty() { "" } else { " " };
        // What touches the match, as a quote does, goes on touching it.
        let before = if line.left.ends_with(char::is_whitespace) { gap(&left) } else { "" };
        let after = if line.right.starts_with(char::is_whitespace) { gap(&right) } else { "" };
        let margin = " ".repeat((side + 1).saturating_sub(width(&left) + before.len()));
        let (left, right) = (self.plain(&left), self.plain(&right));
        writeln!(out, "    {margin}{left}{before}{}{after}{right}", self.marked(line))
    }
}

/// A text without marks on one line.
fn one_line(style: &Style, text: &str) -> String {
    style.line(std::iter::once(Piece { text, marked: false }), (Ink::Plain, Ink::Mark))
}

/// As much of the end of a line as fits into so many columns.
fn last_columns(text: &str, columns: usize) -> String {
    let mut used = 0;
    let kept = text.char_indices().rev().take_while(|(_, letter)| {
        used += width(letter.encode_utf8(&mut [0; 4]));
        used <= columns
    });
    let from = kept.last().map_or(text.len(), |(at, _)| at);
    text[from..].to_owned()
}

/// As much of the start of a line as fits into so many columns.
fn first_columns(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|letter| {
            used += width(letter.encode_utf8(&mut [0; 4]));
            used <= columns
        })
        .collect()
}

impl Renderer for Kwic {
    fn needs(&self) -> Needs {
        Needs::Lines
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        let id = ids::encode(&hit.id);
        let date = hit.date.as_ref().map(|date| date.display()).unwrap_or_default();
        if self.style.terminal {
            if hit.lines.is_empty() {
                return Ok(());
            }
            let title = self.style.ink(Ink::Title, &hit.title.text);
            let facts = if date.is_empty() { id.into_owned() } else { format!("{id} · {date}") };
            writeln!(out, "{}  {title}", self.style.ink(Ink::Faint, &facts))?;
            return hit.lines.iter().try_for_each(|line| self.aligned(out, line));
        }
        for line in &hit.lines {
            let field = match line.field {
                Field::Title => "title",
                Field::Body => "body",
            };
            let (bytes, chars) = (line.bytes, line.chars);
            writeln!(
                out,
                "{id}\t{date}\t{field}\t{}-{}\t{}-{}\t{}\t{}\t{}",
                bytes.0,
                bytes.1,
                chars.0,
                chars.1,
                self.plain(&line.left),
                self.marked(line),
                self.plain(&line.right)
            )?;
        }
        Ok(())
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}
