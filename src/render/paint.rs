//! Colours, widths and wrapping of marked text on a terminal.

use unicode_width::UnicodeWidthChar;

use crate::snippet::{Highlight, Piece};
use crate::text::sanitize;

/// How output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Whether a terminal reads it.
    pub terminal: bool,
    /// Whether it may be coloured.
    pub color: bool,
    /// Whether titles link to the web addresses of articles.
    pub links: bool,
    /// Columns of the terminal; 80 where unknown.
    pub width: Option<usize>,
    /// Ids are raw and end with a NUL.
    pub nul: bool,
    /// How marks are written; as colours allow without it.
    pub highlight: Option<Highlight>,
    /// Whether passages are shown in lines, too.
    pub passages: bool,
}

/// Kinds of text that look different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Title,
    Mark,
    TitleMark,
    Faint,
    Strong,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Title => "\x1b[36m",
            Ink::Mark => "\x1b[1m",
            Ink::TitleMark => "\x1b[1;36m",
            Ink::Faint => "\x1b[2m",
            Ink::Strong => "\x1b[1m",
        }
    }
}

impl Style {
    /// Columns to fill.
    pub(super) fn columns(&self) -> usize {
        self.width.unwrap_or(80).clamp(20, 160)
    }

    /// The text in an ink, made safe, on one line.
    pub(super) fn ink(&self, ink: Ink, text: &str) -> String {
        let mut out = String::new();
        self.add(ink, &sanitize::line(text), &mut out);
        out
    }

    /// The text, which was made safe, linked to an address, see [OSC 8].
    ///
    /// Only addresses of the web are linked; what could end the sequence is percent-encoded.
    ///
    /// [OSC 8]: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
    pub(super) fn linked(&self, text: &str, url: Option<&str>) -> String {
        let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        match url.filter(web).filter(|_| self.links) {
            None => text.to_owned(),
            Some(url) => {
                let mut safe = String::with_capacity(url.len());
                for byte in url.bytes() {
                    match byte {
                        b'!'..=b'~' => safe.push(char::from(byte)),
                        _ => safe.push_str(&format!("%{byte:02X}")),
                    }
                }
                format!("\x1b]8;;{safe}\x1b\\{text}\x1b]8;;\x1b\\")
            }
        }
    }

    fn add(&self, ink: Ink, safe: &str, out: &mut String) {
        let marked = matches!(ink, Ink::Mark | Ink::TitleMark);
        let ink = match self.highlight {
            Some(Highlight::Ansi) if marked && !self.color => {
                out.push_str(Ink::Mark.code());
                out.push_str(safe);
                out.push_str("\x1b[0m");
                return;
            }
            None | Some(Highlight::Ansi) => ink,
            // Ids and numbers are no text of articles.
            Some(_) if matches!(ink, Ink::Faint | Ink::Strong) => ink,
            Some(highlight) => {
                let plain = if ink == Ink::TitleMark { Ink::Title } else { Ink::Plain };
                let ink = if marked { plain } else { ink };
                let mut text = String::with_capacity(safe.len());
                highlight.write(safe, marked, &mut text);
                self.color_of(ink, &text, out);
                return;
            }
        };
        self.color_of(ink, safe, out);
    }

    fn color_of(&self, ink: Ink, safe: &str, out: &mut String) {
        if self.color && ink != Ink::Plain && !safe.is_empty() {
            out.push_str(ink.code());
            out.push_str(safe);
            out.push_str("\x1b[0m");
        } else {
            out.push_str(safe);
        }
    }

    /// Marked text on one line: runs of white space become one blank, ends are trimmed.
    pub(super) fn line<'t>(
        &self,
        pieces: impl Iterator<Item = Piece<'t>>,
        (plain, mark): (Ink, Ink),
    ) -> String {
        let mut line = Word::new();
        for word in words(pieces) {
            join(&mut line, word);
        }
        let mut out = String::new();
        self.runs(&line, (plain, mark), &mut out);
        out
    }

    fn runs(&self, runs: &Word, (plain, mark): (Ink, Ink), out: &mut String) {
        for (marked, text) in runs {
            self.add(if *marked { mark } else { plain }, text, out);
        }
    }

    /// Marked text in lines of [`Style::columns`], each after `indent` blanks.
    ///
    /// Lines break at white space; a word wider than the line, and text without blanks, anywhere.
    pub(super) fn wrapped<'t>(
        &self,
        pieces: impl Iterator<Item = Piece<'t>>,
        inks: (Ink, Ink),
        indent: usize,
    ) -> String {
        let room = self.columns().saturating_sub(indent).max(10);
        let mut lines: Vec<Word> = Vec::new();
        let mut column = 0;
        for word in words(pieces) {
            let wide = width_of(&word);
            if let Some(line) = lines.last_mut().filter(|_| column + 1 + wide <= room) {
                join(line, word);
                column += 1 + wide;
                continue;
            }
            // Scripts without blanks go on where the line ends.
            lines.extend(if wide > room { cut(&word, room) } else { vec![word] });
            column = lines.last().map_or(0, width_of);
        }
        let mut out = String::new();
        let margin = " ".repeat(indent);
        for line in &lines {
            out.push_str(&margin);
            self.runs(line, inks, &mut out);
            out.push('\n');
        }
        out
    }
}

/// Adds a word after a blank, which is marked between marked runs.
fn join(line: &mut Word, word: Word) {
    let Some((first, _)) = word.first() else { return };
    match line.last_mut() {
        None => {}
        Some((true, _)) if !first => line.push((false, " ".to_owned())),
        Some((_, text)) => text.push(' '),
    }
    for (marked, text) in word {
        match line.last_mut() {
            Some((same, before)) if *same == marked => before.push_str(&text),
            _ => line.push((marked, text)),
        }
    }
}

/// Runs of marked and plain text without white space; never empty.
type Word = Vec<(bool, String)>;

fn words<'t>(pieces: impl Iterator<Item = Piece<'t>>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut word: Word = Vec::new();
    for piece in pieces {
        for c in sanitize::line(piece.text).chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            match word.last_mut() {
                Some((marked, text)) if *marked == piece.marked => text.push(c),
                _ => word.push((piece.marked, c.to_string())),
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn width_of(word: &Word) -> usize {
    word.iter().map(|(_, text)| width(text)).sum()
}

/// Columns of a text.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The word in parts of at most `room` columns.
fn cut(word: &Word, room: usize) -> Vec<Word> {
    let mut parts: Vec<Word> = vec![Vec::new()];
    let mut column = 0;
    for (marked, text) in word {
        for c in text.chars() {
            let wide = c.width().unwrap_or(0);
            if column + wide > room {
                parts.push(Vec::new());
                column = 0;
            }
            column += wide;
            let Some(part) = parts.last_mut() else { continue };
            match part.last_mut() {
                Some((same, text)) if same == marked => text.push(c),
                _ => part.push((*marked, c.to_string())),
            }
        }
    }
    parts
}

/// A number with a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces<'t>(parts: &[(&'t str, bool)]) -> Vec<Piece<'t>> {
        parts.iter().map(|&(text, marked)| Piece { text, marked }).collect()
    }

    const INKS: (Ink, Ink) = (Ink::Plain, Ink::Mark);

    #[test]
    fn links_lead_to_the_web_and_steer_nothing() {
        let style = Style { links: true, ..Style::default() };
        let url = "https://a.example/x\u{1b}]8;;\u{7}é y";
        let safe = "https://a.example/x%1B]8;;%07%C3%A9%20y";
        let linked = style.linked("Pact", Some(url));
        assert_eq!(linked, format!("\x1b]8;;{safe}\x1b\\Pact\x1b]8;;\x1b\\"));
        for url in [None, Some("file:///etc/passwd"), Some("javascript:x")] {
            assert_eq!(style.linked("Pact", url), "Pact");
        }
        assert_eq!(Style::default().linked("Pact", Some("https://a.example")), "Pact");
    }

    #[test]
    fn white_space_becomes_one_blank_and_marks_stay_whole() {
        let style = Style { color: true, ..Style::default() };
        let parts = pieces(&[("\n The  ", false), ("free\n trade", true), ("\tpact", false)]);
        assert_eq!(style.line(parts.into_iter(), INKS), "The \x1b[1mfree trade\x1b[0m pact");
    }

    #[test]
    fn lines_break_at_blanks_and_inside_long_runs() {
        let style = Style { width: Some(20), ..Style::default() };
        let parts = pieces(&[("one two three four five", false)]);
        assert_eq!(style.wrapped(parts.into_iter(), INKS, 4), "    one two three\n    four five\n");
        let parts = pieces(&[("日本語日本語日本語日本語", false)]);
        assert_eq!(
            style.wrapped(parts.into_iter(), INKS, 4),
            "    日本語日本語日本\n    語日本語\n"
        );
        assert_eq!(style.wrapped(pieces(&[(" ", false)]).into_iter(), INKS, 4), "");
    }

    #[test]
    fn escape_codes_of_articles_do_not_reach_the_terminal() {
        let style = Style { color: true, terminal: true, ..Style::default() };
        let parts = pieces(&[("a\u{1b}[31mb\u{202e}", true)]);
        assert_eq!(style.line(parts.into_iter(), INKS), "\x1b[1ma[31mb\x1b[0m");
    }

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!((grouped(0), grouped(1_234_567)), ("0".into(), "1,234,567".into()));
        assert_eq!((grouped(999), grouped(1_000)), ("999".into(), "1,000".into()));
    }
}
