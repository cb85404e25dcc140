//! Keeps control and direction characters of untrusted text away from the terminal.

use std::borrow::Cow;

/// The text without characters that steer a terminal or reorder what is shown.
///
/// Control characters (C0 and C1), bidi marks, embeddings, overrides and isolates, and zero-width
/// characters become nothing; line breaks and tabs become one blank. Text without such characters
/// is returned as it is.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unsafe(c) || matches!(c, '\n' | '\t' | '\r')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => out.push(' '),
            c if is_unsafe(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Like [`line()`], but keeps line breaks; tabs become blanks.
pub fn block(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unsafe(c) || matches!(c, '\t' | '\r')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if is_unsafe(c) || c == '\r' => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a character must not reach a terminal.
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{08}' | '\u{0B}' | '\u{0C}' | '\u{0E}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_codes_and_overrides_vanish() {
        assert_eq!(line("\u{1b}[31mred\u{202e}der\nnext\u{9b}1m"), "[31mredder next1m");
        assert_eq!(block("a\tb\r\nc\u{7}"), "a b\nc");
        assert!(matches!(line("plain – ünïcode 日本"), Cow::Borrowed(_)));
    }
}
