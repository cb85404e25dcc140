//! Patterns that need preparing: words within some edits, and regular expressions.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diag::alignment_distance;

/// Bytes that a compiled regular expression may take.
const REGEX_BYTES: usize = 1 << 20;

/// A word and how many edits another may be away from it.
///
/// An edit adds, drops or replaces a letter or swaps two neighbours, and no part is edited twice
/// (optimal string alignment). The first letter is as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fuzzy {
    /// The folded word.
    pub word: String,
    /// Edits, at most; 0 to 2.
    pub distance: u8,
}

impl Fuzzy {
    /// The edits that a word without a number may be away: none under 3 letters, 1 up to 5, else 2
    /// (Elasticsearch's `AUTO`).
    pub fn automatic(word: &str) -> u8 {
        match word.chars().count() {
            0..3 => 0,
            3..=5 => 1,
            _ => 2,
        }
    }

    /// Whether a folded word is near enough.
    pub fn matches(&self, word: &str) -> bool {
        if word.chars().next() != self.word.chars().next() {
            return false;
        }
        let far = usize::from(self.distance);
        let (ours, theirs): (Vec<char>, Vec<char>) =
            (self.word.chars().collect(), word.chars().collect());
        ours.len().abs_diff(theirs.len()) <= far && alignment_distance(&ours, &theirs) <= far
    }

    /// The first letter, which every match has.
    pub fn first(&self) -> &str {
        let end = self.word.char_indices().nth(1).map_or(self.word.len(), |(at, _)| at);
        &self.word[..end]
    }
}

/// A regular expression over whole folded words, in any case.
#[derive(Debug, Clone)]
pub struct Regular {
    source: String,
    regex: Arc<regex::Regex>,
}

impl Regular {
    /// Reads an expression in the syntax of the `regex` crate (RE2's, without look-around and
    /// back-references); matching is linear in the word.
    ///
    /// # Errors
    /// With what is wrong, in one line.
    pub fn parse(source: &str) -> Result<Regular, String> {
        let anchored = format!("^(?:{source})$");
        let built = regex::RegexBuilder::new(&anchored)
            .case_insensitive(true)
            .size_limit(REGEX_BYTES)
            .dfa_size_limit(REGEX_BYTES)
            .build();
        // A part of an expression must not close the group around it.
        regex::Regex::new(source).map_err(|error| told(&error))?;
        match built {
            Ok(regex) => Ok(Regular { source: source.to_owned(), regex: Arc::new(regex) }),
            Err(error) => Err(told(&error)),
        }
    }

    /// Whether a whole word matches.
    pub fn matches(&self, word: &str) -> bool {
        self.regex.is_match(word)
    }

    /// The expression as typed.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Letters that every match starts with, in small letters; those before the first sign.
    pub fn literal_prefix(&self) -> &str {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let end = self.source.find(|c| !plain(c)).unwrap_or(self.source.len());
        // `colou?r`: the letter before the sign may be missing.
        match self.source[end..].chars().next() {
            Some('?' | '*' | '{' | '|') if self.source[end..].starts_with('|') => "",
            Some('?' | '*' | '{') => &self.source[..end.saturating_sub(1)],
            _ if self.source.contains('|') && !self.source.contains('(') => "",
            _ => &self.source[..end],
        }
    }
}

/// The reason in a message of the crate, which draws the place over several lines.
fn told(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason");
    last.trim().trim_start_matches("error: ").to_owned()
}

impl PartialEq for Regular {
    fn eq(&self, other: &Regular) -> bool {
        self.source == other.source
    }
}

impl Eq for Regular {}

impl Serialize for Regular {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_share_their_first_letter() {
        let near = |word: &str, distance| Fuzzy { word: word.into(), distance };
        assert!(near("tokyo", 1).matches("tokio") && near("tokyo", 1).matches("toyko"));
        assert!(!near("tokyo", 1).matches("kokyo") && !near("tokyo", 1).matches("tokioo"));
        assert!(near("tokyo", 0).matches("tokyo") && !near("tokyo", 0).matches("tokio"));
        assert_eq!(near("élan", 1).first(), "é");
        assert_eq!(["ab", "abc", "abcde", "abcdef"].map(Fuzzy::automatic), [0, 1, 1, 2]);
    }

    #[test]
    fn expressions_match_whole_words() {
        let regex = Regular::parse("colou?rs?").unwrap();
        assert!(regex.matches("color") && regex.matches("colours") && !regex.matches("discolour"));
        assert!(Regular::parse("Jap.*").unwrap().matches("japan"));
        for bad in ["(", "a)(b", "[z-a]", "(?=x)", "\\1", "(a{1000}){1000}"] {
            let error = Regular::parse(bad).unwrap_err();
            assert!(!error.is_empty() && !error.contains('\n'), "{bad}: {error}");
        }
    }

    #[test]
    fn a_literal_start_is_never_more_than_every_match_has() {
        for (source, prefix) in [
            ("colou?r", "colo"),
            ("econom.*", "econom"),
            ("a|b", ""),
            ("ab(c|d)", "ab"),
            ("ab*", "a"),
            ("ab{0,1}", "a"),
            ("ab+", "ab"),
            (".x", ""),
            ("abc|de", ""),
        ] {
            assert_eq!(Regular::parse(source).unwrap().literal_prefix(), prefix, "{source}");
        }
    }
}
