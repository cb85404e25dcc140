//! A marked text as a run of plain and marked pieces: what every renderer walks over.

use super::{Fragment, Mark, Marked};

/// A piece of a text, marked or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'t> {
    /// The exact slice; never empty.
    pub text: &'t str,
    /// Whether it lies inside a mark.
    pub marked: bool,
}

/// How marks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Highlight {
    /// As places beside the text.
    #[default]
    Offsets,
    /// Bold on a terminal.
    Ansi,
    /// `<mark>…</mark>`, all text escaped for HTML.
    Html,
    /// `**…**`, all text escaped for Markdown.
    Markdown,
    /// Not at all.
    None,
}

impl Highlight {
    /// Appends a piece of text, escaped and with its mark; terminals are left to the renderers.
    pub fn write(self, text: &str, marked: bool, out: &mut String) {
        let (before, after) = match self {
            Highlight::Html => ("<mark>", "</mark>"),
            Highlight::Markdown => ("**", "**"),
            Highlight::Offsets | Highlight::Ansi | Highlight::None => ("", ""),
        };
        if marked {
            out.push_str(before);
        }
        for letter in text.chars() {
            match (self, letter) {
                (Highlight::Html, '&') => out.push_str("&amp;"),
                (Highlight::Html, '<') => out.push_str("&lt;"),
                (Highlight::Html, '>') => out.push_str("&gt;"),
                (Highlight::Html, '"') => out.push_str("&quot;"),
                (Highlight::Html, '\'') => out.push_str("&#39;"),
                (
                    Highlight::Markdown,
                    '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|',
                ) => {
                    out.push('\\');
                    out.push(letter);
                }
                (_, letter) => out.push(letter),
            }
        }
        if marked {
            out.push_str(after);
        }
    }

    /// A text with its marks in it; nothing where marks stay outside of it.
    pub fn written<'t>(self, pieces: impl Iterator<Item = Piece<'t>>) -> Option<String> {
        if !matches!(self, Highlight::Html | Highlight::Markdown) {
            return None;
        }
        let mut out = String::new();
        pieces.for_each(|piece| self.write(piece.text, piece.marked, &mut out));
        Some(out)
    }
}

/// Cuts `text`, which starts at byte `start` of its field, along `marks` of that field.
///
/// The pieces joined are the text. Marks outside it, or not on character boundaries, are ignored.
pub fn pieces<'t>(
    text: &'t str,
    start: usize,
    marks: &'t [Mark],
) -> impl Iterator<Item = Piece<'t>> {
    let mut at = 0;
    let mut marks = marks.iter();
    let mut waiting = None;
    std::iter::from_fn(move || {
        if let Some(piece) = waiting.take() {
            return Some(piece);
        }
        for mark in marks.by_ref() {
            let (from, to) = mark.bytes;
            let (Some(from), Some(to)) = (from.checked_sub(start), to.checked_sub(start)) else {
                continue;
            };
            let (Some(before), Some(inside)) = (text.get(at..from), text.get(from..to)) else {
                continue;
            };
            if inside.is_empty() {
                continue;
            }
            at = to;
            let marked = Piece { text: inside, marked: true };
            if before.is_empty() {
                return Some(marked);
            }
            waiting = Some(marked);
            return Some(Piece { text: before, marked: false });
        }
        let rest = &text[at..];
        at = text.len();
        (!rest.is_empty()).then_some(Piece { text: rest, marked: false })
    })
}

impl Fragment {
    /// The fragment's text as plain and marked pieces.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        pieces(&self.text, self.bytes.0, &self.marks)
    }
}

impl Marked {
    /// The text as plain and marked pieces.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        pieces(&self.text, 0, &self.marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_written_and_all_else_is_escaped() {
        let pieces = || {
            [("a <b> & ", false), ("\"c*d'", true), (" [e]", false)]
                .map(|(text, marked)| Piece { text, marked })
                .into_iter()
        };
        let written = |highlight: Highlight| highlight.written(pieces());
        assert_eq!(
            written(Highlight::Html).as_deref(),
            Some("a &lt;b&gt; &amp; <mark>&quot;c*d&#39;</mark> [e]")
        );
        assert_eq!(
            written(Highlight::Markdown).as_deref(),
            Some("a \\<b\\> & **\"c\\*d'** \\[e\\]")
        );
        assert_eq!(written(Highlight::Offsets), None);
    }

    #[test]
    fn pieces_joined_are_the_text() {
        let mark = |from, to| Mark { bytes: (from, to), chars: (from, to) };
        let marks = [mark(10, 12), mark(12, 13), mark(15, 15), mark(99, 100), mark(14, 16)];
        let seen: Vec<(&str, bool)> =
            pieces("abcdef", 10, &marks).map(|piece| (piece.text, piece.marked)).collect();
        assert_eq!(seen, [("ab", true), ("c", true), ("d", false), ("ef", true)]);
        assert_eq!(pieces("", 0, &[]).count(), 0);
    }
}
