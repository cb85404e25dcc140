//! Query text to characters with their escapes, and to the words, quotes and signs they form.

use crate::diag::{Diagnostic, Span};

/// One character of a query; an escaped one never acts as a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The character.
    pub c: char,
    /// Whether a backslash stood before it.
    pub escaped: bool,
    /// Its place in the query, of the backslash where there is one.
    pub at: usize,
}

/// A run of letters between blanks and brackets, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawWord {
    /// The letters.
    pub letters: Vec<Letter>,
    /// Where it stands.
    pub span: Span,
}

impl RawWord {
    /// The text with escapes resolved.
    pub fn text(&self) -> String {
        self.letters.iter().map(|letter| letter.c).collect()
    }

    /// Whether the word is exactly this text, without any escape.
    pub fn is(&self, text: &str) -> bool {
        self.letters.iter().all(|letter| !letter.escaped)
            && text.chars().eq(self.letters.iter().map(|letter| letter.c))
    }

    /// The text, if no letter is escaped.
    pub fn plain(&self) -> Option<String> {
        if self.letters.iter().any(|letter| letter.escaped) { None } else { Some(self.text()) }
    }

    /// Whether an unescaped letter is one of these.
    pub fn has(&self, signs: &[char]) -> bool {
        self.letters.iter().any(|letter| !letter.escaped && signs.contains(&letter.c))
    }
}

/// Reads a query character by character.
#[derive(Debug)]
pub struct Lexer {
    chars: Vec<char>,
    /// Where reading goes on.
    pub at: usize,
}

/// The closing signs of an opening quote.
fn closers(open: char) -> Option<&'static [char]> {
    Some(match open {
        '"' => &['"'],
        '“' | '”' | '„' => &['”', '“', '"'],
        '«' => &['»'],
        '»' => &['«'],
        '「' => &['」'],
        '『' => &['』'],
        _ => return None,
    })
}

impl Lexer {
    /// A lexer at the start of `text`.
    pub fn new(text: &str) -> Lexer {
        Lexer { chars: text.chars().collect(), at: 0 }
    }

    /// How many characters the query has.
    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether the query has no character.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The character `ahead` places further.
    pub fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Skips blanks and the commas between words.
    pub fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|c| c.is_whitespace() || c == ',' || c == '，' || c == '、')
        {
            self.at += 1;
        }
    }

    /// Takes `c` if it is next.
    pub fn take(&mut self, c: char) -> bool {
        let next = self.peek() == Some(c);
        self.at += usize::from(next);
        next
    }

    /// Takes `text` if it is next.
    pub fn take_text(&mut self, text: &str) -> bool {
        let next = text.chars().enumerate().all(|(ahead, c)| self.peek_at(ahead) == Some(c));
        if next {
            self.at += text.chars().count();
        }
        next
    }

    /// Whether a quote opens here.
    pub fn at_quote(&self) -> bool {
        self.peek().is_some_and(|c| closers(c).is_some())
    }

    /// Whether a word ends here: end, blank or bracket.
    pub fn at_boundary(&self) -> bool {
        self.peek().is_none_or(|c| c.is_whitespace() || c == '(' || c == ')' || c == ',')
    }

    /// The text between two places.
    pub fn slice(&self, from: usize, to: usize) -> String {
        self.chars[from.min(self.chars.len())..to.min(self.chars.len())].iter().collect()
    }

    /// Takes the letters up to a blank, bracket, quote or one of `stops`; escapes are resolved.
    ///
    /// # Errors
    /// `dangling_escape` for a backslash at the end.
    pub fn word(&mut self, stops: &[char]) -> Result<RawWord, Diagnostic> {
        let start = self.at;
        let mut letters = Vec::new();
        while let Some(c) = self.peek() {
            let at = self.at;
            if c == '\\' {
                let Some(next) = self.peek_at(1) else {
                    let span = Span::new(at, at + 1);
                    return Err(Diagnostic::error(
                        "dangling_escape",
                        span,
                        "nothing after the backslash",
                    )
                    .hint("write \\\\ for a backslash"));
                };
                letters.push(Letter { c: next, escaped: true, at });
                self.at += 2;
                continue;
            }
            if c.is_whitespace()
                || matches!(c, '(' | ')')
                || closers(c).is_some() && !(c == '»' || c == '”')
                || stops.contains(&c)
            {
                break;
            }
            letters.push(Letter { c, escaped: false, at });
            self.at += 1;
        }
        Ok(RawWord { letters, span: Span::new(start, self.at) })
    }

    /// Takes a quoted text; the result keeps escapes as typed, with plain quotes inside escaped.
    ///
    /// # Errors
    /// `unclosed_quote`, or `empty_phrase` where there is nothing between the quotes.
    pub fn quoted(&mut self) -> Result<(String, Span), Diagnostic> {
        let start = self.at;
        let open = self.peek().unwrap_or('"');
        let closing = closers(open).unwrap_or(&['"']);
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else {
                let span = Span::new(start, start + 1);
                return Err(Diagnostic::error("unclosed_quote", span, "quote is never closed")
                    .hint("close it, or write \\\" for a quote sign"));
            };
            self.at += 1;
            if c == '\\' {
                if let Some(next) = self.peek() {
                    text.push('\\');
                    text.push(next);
                    self.at += 1;
                }
                continue;
            }
            if closing.contains(&c) {
                break;
            }
            if c == '"' {
                text.push('\\');
            }
            text.push(c);
        }
        let span = Span::new(start, self.at);
        if text.trim().is_empty() {
            return Err(Diagnostic::error("empty_phrase", span, "empty phrase")
                .hint("write the words between the quotes"));
        }
        Ok((text, span))
    }
}

/// A quoted text with its escapes resolved.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => out.extend(letters.next()),
            c => out.push(c),
        }
    }
    out
}
