//! Key words in context: every match of an article on a line of its own.

use serde::Serialize;

use super::unit::{Counter, Cursor};
use super::{Field, Found};
use crate::text::{Token, Tokens};

/// A match with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which field.
    pub field: Field,
    /// First byte of the match in the stored field, and one past the last.
    pub bytes: (usize, usize),
    /// The same range in Unicode characters.
    pub chars: (usize, usize),
    /// What stands before it, exactly.
    pub left: String,
    /// The match, exactly.
    pub text: String,
    /// What stands behind it, exactly.
    pub right: String,
}

/// Appends a line for each find in `text`, with so many words on each side. Linear in the text
/// and in what is shown.
pub(super) fn lines(field: Field, text: &str, found: &[Found], words: usize, out: &mut Vec<Line>) {
    if found.is_empty() {
        return;
    }
    let cut = Tokens::of(text);
    let tokens: Vec<&Token> = cut.iter().filter(|token| !token.has(Token::JOINED)).collect();
    let counter = Counter::of(text);
    let mut cursor = Cursor::default();
    for find in found {
        let (start, end) = find.bytes;
        let first = tokens.partition_point(|token| (token.start as usize) < start);
        let next = tokens.partition_point(|token| (token.start as usize) < end);
        let from = match first.checked_sub(words) {
            _ if words == 0 => start,
            Some(at) => tokens.get(at).map_or(start, |token| token.start as usize),
            None => 0,
        };
        let to = match tokens.get((next + words).wrapping_sub(1)) {
            _ if words == 0 => end,
            Some(token) => token.end as usize,
            None => text.len(),
        };
        let (from, to) = (from.min(start), to.max(end));
        let chars = (cursor.advance(counter, text, start), cursor.advance(counter, text, end));
        let slice = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
        out.push(Line {
            field,
            bytes: (start, end),
            chars,
            left: slice(from, start),
            text: slice(start, end),
            right: slice(end, to),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, range: (usize, usize), words: usize) -> String {
        let find = Found { bytes: range, clause: 0, weight: 1.0 };
        let mut out = Vec::new();
        lines(Field::Body, text, &[find], words, &mut out);
        let line = &out[0];
        assert_eq!(&text[line.bytes.0..line.bytes.1], line.text);
        assert_eq!(text[..line.bytes.0].chars().count(), line.chars.0);
        format!("{}[{}]{}", line.left, line.text, line.right)
    }

    #[test]
    fn words_stand_on_both_sides() {
        let text = "Éin old pact, of peace.";
        assert_eq!(shown(text, (9, 13), 1), "old [pact], of");
        assert_eq!(shown(text, (9, 13), 2), "Éin old [pact], of peace");
        assert_eq!(shown(text, (9, 13), 9), "Éin old [pact], of peace.");
        assert_eq!(shown(text, (9, 13), 0), "[pact]");
        assert_eq!(shown("pact", (0, 4), 3), "[pact]");
        assert_eq!(shown("日本と条約", (3, 6), 1), "日[本]と");
    }
}
