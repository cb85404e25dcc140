//! Finds every gazetteer surface in a text: the longest name and the longest place at each word.

use super::names::{Kind, Names};
use super::table::Tables;
use super::trie::{Node, Trie, word_hash};
use crate::tag::Part;
use crate::text::{Token, Tokens};

/// One text of an article with its words.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Which text.
    pub part: Part,
    /// The text.
    pub text: &'a str,
    /// Its words.
    pub tokens: &'a Tokens,
    /// The first word to read: what stands before is a dateline.
    pub from: usize,
    /// Nearly all of it is in capitals, so that capitals tell nothing.
    pub capitals: bool,
}

/// What the words of a text match.
#[derive(Debug, Clone, Copy)]
pub struct Match {
    /// Which text: an index into the sides.
    pub side: usize,
    /// First word.
    pub first: usize,
    /// Last word, inclusive.
    pub last: usize,
    /// Group of names, and its last word.
    pub name: Option<(u32, usize)>,
    /// Row of a place, and its last word.
    pub place: Option<(u32, usize)>,
}

/// What rows a text may use.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// Bits of languages.
    pub languages: u32,
    /// Whether the names of other languages are looked for.
    pub all_names: bool,
    /// Whether English rules apply.
    pub english: bool,
    /// Only names, capitals and cities: the language has no tables of its own.
    pub plain: bool,
    /// The article's date.
    pub date: Option<i64>,
    /// The publisher's country.
    pub home: Option<super::names::Id>,
}

impl<'a> Side<'a> {
    /// A text; `from` is its first word after a dateline.
    pub fn new(part: Part, text: &'a str, tokens: &'a Tokens, from: usize) -> Side<'a> {
        let (mut lower, mut upper) = (0, 0);
        for token in tokens.iter().skip(from).take(200) {
            if token.end - token.start > 2 {
                lower += u32::from(token.has(Token::HAS_LOWER));
                upper += u32::from(token.has(Token::ALL_CAPS));
            }
        }
        Side { part, text, tokens, from, capitals: upper > 0 && lower * 5 < upper }
    }

    /// The word after `at`, joined doubles left out.
    pub fn next(&self, at: usize) -> Option<usize> {
        let next = at + 1;
        match self.tokens.get(next) {
            Some(token) if token.has(Token::JOINED) => Some(next + 1),
            Some(_) => Some(next),
            None => None,
        }
        .filter(|&next| next < self.tokens.len())
    }

    /// The word before `at`, joined doubles left out.
    pub fn before(&self, at: usize) -> Option<usize> {
        let mut before = at.checked_sub(1)?;
        if self.tokens[before].has(Token::JOINED) {
            before = before.checked_sub(1)?;
        }
        (before >= self.from).then_some(before)
    }

    /// What stands between two words.
    pub fn gap(&self, left: usize, right: usize) -> &'a str {
        let (left, right) = (self.tokens[left].end as usize, self.tokens[right].start as usize);
        self.text.get(left..right).unwrap_or_default()
    }

    /// Whether two words follow each other with nothing but blanks between.
    pub fn touches(&self, left: usize, right: usize) -> bool {
        !self.tokens[left].has(Token::POSSESSIVE)
            && !self.tokens[right].has(Token::SENTENCE)
            && self.gap(left, right).bytes().all(|byte| byte.is_ascii_whitespace())
    }

    /// The folded form of a word.
    pub fn folded(&self, at: usize) -> &'a str {
        self.tokens.folded(&self.tokens[at])
    }

    /// Whether two words may be parts of one name.
    fn joins(&self, left: usize, right: usize) -> bool {
        let (a, b) = (&self.tokens[left], &self.tokens[right]);
        if b.has(Token::SENTENCE) {
            return false;
        }
        if a.has(Token::CJK) && b.has(Token::CJK) {
            return a.end == b.start;
        }
        let mut gap = self.gap(left, right);
        if a.has(Token::POSSESSIVE) {
            gap = gap.trim_start_matches(['\'', '’', 's', 'S']);
        }
        let stop = a.end - a.start <= 3;
        gap.len() < 24
            && gap.chars().all(|c| {
                c.is_whitespace() || matches!(c, '-' | '\'' | '’' | '‐' | '&') || c == '.' && stop
            })
    }
}

/// Appends the matches of a side, in order and without overlaps. Linear.
pub fn scan(
    tables: &Tables,
    sides: &[Side<'_>],
    side_at: usize,
    allowed: &Allowed,
    out: &mut Vec<Match>,
) {
    let side = &sides[side_at];
    let names = tables.names(allowed.all_names);
    let mut at = side.from;
    while at < side.tokens.len() {
        let token = &side.tokens[at];
        // A word cut at a line end counts whole, at the place of its first part.
        let first = match side.tokens.get(at + 1) {
            Some(joined) if joined.has(Token::JOINED) && joined.has(Token::CAPITAL) => at + 1,
            _ => at,
        };
        if token.has(Token::JOINED) || skips(tables, names, side, first) {
            at += 1;
            continue;
        }
        let name = longest(side, &names.trie, first, |group, last| {
            let words = &side.tokens[first..=last];
            names.group(group).iter().any(|entry| {
                entry.languages & allowed.languages != 0
                    && entry.holds(allowed.date)
                    && entry.fits(side.text, words)
                    && (!allowed.plain
                        || matches!(entry.kind, Kind::Name | Kind::Capital | Kind::City))
                    && !(first == last && token.has(Token::CJK))
            })
        });
        let place = longest(side, &tables.places, first, |_, last| {
            let (a, b) = (&side.tokens[first], &side.tokens[last]);
            if a.has(Token::CJK) {
                return last > first;
            }
            let cased = a.has(Token::CAPITAL) && b.has(Token::CAPITAL);
            let caseless = !a.has(Token::CAPITAL | Token::HAS_LOWER | Token::DIGIT);
            if allowed.english { cased || caseless } else { caseless }
        });
        let last = match (name, place) {
            (None, None) => {
                at += 1;
                continue;
            }
            (Some((_, name)), Some((_, place))) => name.max(place),
            (Some((_, last)), None) | (None, Some((_, last))) => last,
        };
        out.push(Match { side: side_at, first, last, name, place });
        at = last + 1;
    }
}

fn skips(tables: &Tables, names: &Names, side: &Side<'_>, at: usize) -> bool {
    let token = &side.tokens[at];
    let may_start = names.trie.may_start(token.hash)
        || token.has(Token::CAPITAL) && tables.places.may_start(token.hash)
        || inflects(side, token);
    !may_start
}

/// Whether a word may carry an ending or a particle that the tables do not hold.
fn inflects(side: &Side<'_>, token: &Token) -> bool {
    if token.has(Token::CAPITAL) {
        return token.surface(side.text).as_bytes().iter().any(|&b| b == b'\'' || b == 0xE2);
    }
    !token.has(Token::HAS_LOWER | Token::DIGIT)
}

fn longest(
    side: &Side<'_>,
    trie: &Trie,
    first: usize,
    fits: impl Fn(u32, usize) -> bool,
) -> Option<(u32, usize)> {
    let mut node = step(side, trie, None, first)?;
    let mut last = first;
    let mut found = None;
    loop {
        if let Some(value) = node.value
            && fits(value, last)
        {
            found = Some((value, last));
        }
        if !node.longer {
            return found;
        }
        let Some(next) = side.next(last).filter(|&next| side.joins(last, next)) else {
            return found;
        };
        let Some(further) = step(side, trie, Some(node), next) else { return found };
        (node, last) = (further, next);
    }
}

fn step(side: &Side<'_>, trie: &Trie, node: Option<Node>, at: usize) -> Option<Node> {
    let go = |hash| match node {
        None => trie.first(hash),
        Some(node) => trie.next(node, hash),
    };
    let token = &side.tokens[at];
    go(token.hash).or_else(|| {
        if !inflects(side, token) {
            return None;
        }
        stems(side.folded(at)).find_map(|stem| go(word_hash(stem)))
    })
}

/// What a word may be without its particle: Turkish after an apostrophe, Korean particles of one
/// or two syllables, Arabic `and`, `in`, `for`, `so`, `like` before the word.
fn stems(folded: &str) -> impl Iterator<Item = &str> {
    let apostrophe = folded.split_once('\'').map(|(stem, _)| stem);
    // Two syllables at least stay.
    let cut = |syllables: usize| {
        let mut starts = folded.char_indices().rev().filter(|&(_, c)| starts_syllable(c));
        let at = starts.nth(syllables)?.0;
        starts.nth(1).map(|_| &folded[..at])
    };
    let arabic = folded.strip_prefix(['و', 'ب', 'ل', 'ف', 'ك']).filter(|stem| stem.len() > 5);
    [apostrophe, cut(0), cut(1), arabic].into_iter().flatten()
}

/// Whether a Korean syllable starts here, be it one character or taken apart.
fn starts_syllable(c: char) -> bool {
    ('가'..='힣').contains(&c) || ('\u{1100}'..='\u{1112}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particles_are_cut() {
        let cut = |word: &'static str| stems(word).collect::<Vec<_>>();
        assert_eq!(cut("러시아가"), ["러시아", "러시"]);
        assert_eq!(cut("한국"), [""; 0]);
        assert_eq!(cut("وروسيا"), ["روسيا"]);
        assert_eq!(cut("turkiye'nin"), ["turkiye"]);
    }
}
