//! Messages about what the user typed or gave: code, place, words, and what to type instead.

use serde::Serialize;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// How something was read, where it could be read otherwise.
    Note,
    /// The answer stands, but may not be what was meant.
    Warning,
    /// There is no answer.
    Error,
}

/// A range of a text, counted in Unicode characters; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
pub struct Span {
    /// First character.
    pub start: usize,
    /// One past the last character; equal to `start` for a place between two characters.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One message about a query or an option.
///
/// `code` is stable and documented (`docs/query.md`); `message` and `hint` are for people and may
/// change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Note, warning or error.
    pub severity: Severity,
    /// Stable name such as `unknown_field`.
    pub code: &'static str,
    /// Where in the query, in characters; `None` where no place in it is to blame.
    pub span: Option<Span>,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// What to type instead, if that is known.
    pub hint: Option<String>,
    /// Bare replacements for the spanned text, best first, for programs.
    pub suggestions: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            span: Some(span),
            message: message.into(),
            hint: None,
            suggestions: Vec::new(),
        }
    }

    /// A warning at `span`.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// A note at `span`.
    pub fn note(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Note, ..Diagnostic::error(code, span, message) }
    }

    /// The same message with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// The same message with replacements for the spanned text, best first.
    #[must_use]
    pub fn suggest(mut self, suggestions: Vec<String>) -> Diagnostic {
        self.suggestions = suggestions;
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The words of `known` nearest to `word` by edit distance, nearest first, at most `limit`.
///
/// Only words within a third of the longer length (at least one edit) are returned. Distance is
/// optimal string alignment over characters; ties are broken alphabetically. Costs
/// O(len(word) · len(known word)) for each known word.
pub fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Vec<&'a str> {
    let wanted: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in known {
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        let longest = wanted.len().max(letters.len());
        let allowed = (longest / 3).max(1);
        if wanted.len().abs_diff(letters.len()) > allowed {
            continue;
        }
        let distance = alignment_distance(&wanted, &letters);
        if distance <= allowed && distance < longest {
            found.push((distance, candidate));
        }
    }
    found.sort_unstable();
    found.dedup_by(|a, b| a.1 == b.1);
    found.into_iter().take(limit).map(|(_, candidate)| candidate).collect()
}

/// Tells how near known names are to one that nobody bears.
#[derive(Debug, Clone)]
pub struct Near {
    text: String,
    letters: Vec<char>,
}

impl Near {
    /// Letters from which a part of a longer name is taken for that name.
    const PART: usize = 3;

    /// For a name in lower case.
    pub fn new(text: &str) -> Near {
        Near { text: text.to_owned(), letters: text.chars().collect() }
    }

    /// How far a known name (in lower case) is, if it is near: 1 for one that holds the text at
    /// the start of a word (`the harbour courier`, `example.org`), else the edits of [`nearest`].
    pub fn distance(&self, known: &str) -> Option<usize> {
        let starts_word = |at: usize| {
            known[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
        };
        if self.letters.len() >= Near::PART
            && known.match_indices(&self.text).any(|(at, _)| starts_word(at))
        {
            return Some(1);
        }
        let letters: Vec<char> = known.chars().collect();
        let longest = self.letters.len().max(letters.len());
        let allowed = (longest / 3).max(1);
        if self.letters.len().abs_diff(letters.len()) > allowed {
            return None;
        }
        let distance = alignment_distance(&self.letters, &letters);
        (distance <= allowed && distance < longest).then_some(distance)
    }
}

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours
/// cost one each, and no part is edited twice.
pub fn alignment_distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut previous: Vec<usize> = (0..width).collect();
    let mut row = vec![0; width];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..width {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (previous[j] + 1).min(row[j - 1] + 1).min(previous[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut row);
    }
    previous[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_near_to_it() {
        let near = Near::new("harbour courier");
        assert_eq!(near.distance("the harbour courier"), Some(1));
        assert_eq!(near.distance("harbour curier"), Some(1));
        assert_eq!(near.distance("meridian wire"), None);
        assert_eq!(Near::new("meridian").distance("meridian wire"), Some(1));
        assert_eq!(Near::new("example").distance("example.org"), Some(1));
        assert_eq!(Near::new("ample").distance("example.org"), None);
    }

    #[test]
    fn nearest_words_come_by_distance_then_alphabet() {
        let known = ["country", "county", "title", "source"];
        assert_eq!(nearest("coutry", known, 3), ["country", "county"]);
        assert_eq!(nearest("titel", known, 3), ["title"]);
        assert!(nearest("zzz", known, 3).is_empty());
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        assert_eq!(alignment_distance(&chars("titel"), &chars("title")), 1);
        assert_eq!(alignment_distance(&chars(""), &chars("abc")), 3);
        assert_eq!(alignment_distance(&chars("ca"), &chars("abc")), 3);
    }
}
