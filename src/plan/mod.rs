//! What a query asks for, with every name resolved and no engine chosen yet.
//!
//! *Invariant:* no engine is named here, and a plan means the same on each.

pub mod bearer;
pub mod catalogue;
pub mod dates;
pub mod facet;
pub mod finder;
pub mod pattern;
pub mod places;
pub mod resolve;
pub mod sloppy;

use serde::Serialize;

use crate::diag::Span;

pub use catalogue::{Catalogue, Entry};
pub use facet::{FacetClass, FacetField, FacetSub};
pub use pattern::{Fuzzy, Regular};
pub use places::{PlaceClause, PlaceNode, Unit, Words};
pub use resolve::{Resolved, Resolver};

/// Before a word as written, in [`Layer::Forms`], where it differs from its folded form.
pub const EXACT_MARK: char = '=';

/// Before an entity in [`Layer::Forms`]: `@country:JP`, `@person`.
pub const ENTITY_MARK: char = '@';

/// A query ready for any engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// What must hold.
    pub root: Clause,
}

/// One condition on an article.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// Every article.
    All,
    /// No article: a value of an open class that no article has.
    Nothing,
    /// A word or an adjacent phrase in a text.
    Text(TextClause),
    /// Words at places that are related to each other.
    Places(PlaceClause),
    /// A facet has one of these values. Never scores.
    Facet(FacetTerms),
    /// The article's date lies in, or touches, this interval. Never scores.
    Dates(DateInterval),
    /// A number of the article lies in a range. Never scores.
    Measure(Measure),
    /// One of these articles. Never scores.
    Ids(Vec<String>),
    /// The article is a stub (no running text). Never scores.
    Stub,
    /// All of them; scores add up.
    And(Vec<Clause>),
    /// Any of them; scores of those that hold add up.
    Or(Vec<Clause>),
    /// At least so many of them; scores of those that hold add up.
    Quorum(u32, Vec<Clause>),
    /// Does not hold. Never scores.
    Not(Box<Clause>),
    /// Holds for every article; scores where the inner clause holds.
    Maybe(Box<Clause>),
    /// Score times a weight; 0 makes a filter. What never scores by itself scores the weight.
    Boost(f32, Box<Clause>),
}

/// Which text of an article a [`TextClause`] reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Title or body; a phrase lies within one of them.
    Any,
    /// The title.
    Title,
    /// The body.
    Body,
    /// The first paragraph of the body, at most 100 words.
    Lead,
    /// Title or lead.
    HeadLead,
    /// The author line.
    Byline,
}

/// Which tokens a [`TextClause`] compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Stems, as indexed for ranking.
    Stems,
    /// Folded words as written (quotes), `=Surface` forms, single CJK characters.
    Forms,
}

/// A word, an adjacent phrase, or a word pattern.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextClause {
    /// Where to look.
    pub scope: Scope,
    /// What to compare.
    pub layer: Layer,
    /// One a position, at least one; a match has each slot at its offset from the first.
    pub slots: Vec<Slot>,
    /// Edit budget for positions, as in Lucene; 0 demands the very order.
    pub slop: u32,
    /// For [`Layer::Forms`]: the stems that rank the match, one set a slot; empty for no score.
    pub rank: Vec<Vec<String>>,
    /// Where the clause stands in the query.
    pub span: Span,
}

/// What may stand at one position of a [`TextClause`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Words from the first slot.
    pub offset: u32,
    /// Any of these terms (a stem in each language of the index, alternatives), sorted, distinct.
    pub terms: Vec<String>,
    /// Instead of terms: a word pattern over folded forms.
    pub pattern: Option<Pattern>,
}

/// A pattern over whole folded words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// `*` any letters, `?` one letter; parts are literal text between them.
    Wildcard(Vec<WildcardPart>),
    /// This folded word, where it is written so.
    Cased {
        /// The folded word.
        word: String,
        /// How it must be written.
        case: Case,
    },
    /// Words that match a wildcard pattern and are written so.
    Written {
        /// What the folded word must match, and where the ways to write it are looked up.
        parts: Vec<WildcardPart>,
        /// How it must be written.
        spelling: Spelling,
    },
    /// Words within some edits.
    Fuzzy(Fuzzy),
    /// Words that match a regular expression.
    Regular(Regular),
}

/// How words that match a pattern are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// With these capitals.
    Case(Case),
    /// So that the surface matches this pattern, its letters with case and accents.
    Letters(Vec<WildcardPart>),
}

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// Just as its folded form: without capitals and accents.
    Plain,
    /// The first letter is a capital.
    Capital,
    /// There is a capital and no small letter.
    Capitals,
    /// There is no capital.
    Small,
}

/// A piece of a wildcard pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WildcardPart {
    /// These letters, folded.
    Literal(String),
    /// `*`: any number of letters.
    Any,
    /// `?`: one letter.
    One,
}

/// Values of one facet field, any of which may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetTerms {
    /// Which facet, and which part of it.
    pub field: FacetField,
    /// Ids, sorted, distinct.
    pub values: FacetChoice,
    /// Where the clause stands in the query.
    pub span: Span,
}

/// Which values of a facet field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetChoice {
    /// Any value at all.
    Present,
    /// One of these ids (an ancestor matches its descendants), sorted, distinct.
    Ids(Vec<String>),
}

/// A number that every article has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// When it was indexed, seconds since 1970 UTC.
    Added,
    /// Words of the running text.
    Words,
    /// Words of the title.
    TitleWords,
    /// Words of the author line.
    BylineWords,
}

/// A range of a number, half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Which number.
    pub of: Measured,
    /// The least, or `i64::MIN`.
    pub start: i64,
    /// One past the most, or `i64::MAX`.
    pub end: i64,
    /// Where the clause stands in the query.
    pub span: Span,
}

/// An interval of time, half open, in seconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DateInterval {
    /// First second, or `i64::MIN`.
    pub start: i64,
    /// One past the last second, or `i64::MAX`.
    pub end: i64,
    /// Whether touching is enough; else the article's whole interval must lie inside.
    pub overlap: bool,
    /// Where the clause stands in the query.
    pub span: Span,
}

impl Pattern {
    /// Whether a word matches: its folded form and, where that matters, how it is written.
    pub fn fits(&self, surface: &str, folded: &str) -> bool {
        match self {
            Pattern::Cased { word, case } => word == folded && case.fits(surface, folded),
            Pattern::Written { parts, spelling } => match spelling {
                Spelling::Case(case) => {
                    wildcard_matches(parts, folded) && case.fits(surface, folded)
                }
                Spelling::Letters(letters) => wildcard_matches(letters, surface),
            },
            _ => self.matches(folded),
        }
    }

    /// Whether it matters how a word is written.
    pub fn is_by_surface(&self) -> bool {
        matches!(self, Pattern::Cased { .. } | Pattern::Written { .. })
    }

    /// Whether a folded word matches, or may match when it is written in some way. Costs parts
    /// times letters at worst.
    pub fn matches(&self, word: &str) -> bool {
        match self {
            Pattern::Wildcard(parts) => wildcard_matches(parts, word),
            Pattern::Cased { word: wanted, .. } => wanted == word,
            Pattern::Written { spelling: Spelling::Letters(_), .. } => true,
            Pattern::Written { parts, .. } => wildcard_matches(parts, word),
            Pattern::Fuzzy(fuzzy) => fuzzy.matches(word),
            Pattern::Regular(regular) => regular.matches(word),
        }
    }

    /// Letters that every match starts with.
    pub fn literal_prefix(&self) -> &str {
        match self {
            Pattern::Wildcard(parts) | Pattern::Written { parts, .. } => match parts.first() {
                Some(WildcardPart::Literal(text)) => text,
                _ => "",
            },
            Pattern::Cased { word, .. } => word,
            Pattern::Fuzzy(fuzzy) => fuzzy.first(),
            Pattern::Regular(regular) => regular.literal_prefix(),
        }
    }
}

impl Case {
    /// Whether `surface` is written so; `folded` is its folded form.
    pub fn fits(self, surface: &str, folded: &str) -> bool {
        match self {
            Case::Plain => surface == folded,
            Case::Capital => surface.chars().next().is_some_and(char::is_uppercase),
            Case::Capitals => {
                surface.contains(char::is_uppercase) && !surface.contains(char::is_lowercase)
            }
            Case::Small => !surface.contains(char::is_uppercase),
        }
    }
}

/// Greedy matching that goes back to the last `*` only: parts times letters at worst.
fn wildcard_matches(parts: &[WildcardPart], word: &str) -> bool {
    let (mut at, mut rest) = (0, word);
    let mut retry: Option<(usize, &str)> = None;
    loop {
        let step = match parts.get(at) {
            Some(WildcardPart::Any) => {
                at += 1;
                retry = Some((at, rest));
                continue;
            }
            Some(WildcardPart::Literal(text)) => rest.strip_prefix(text.as_str()),
            Some(WildcardPart::One) => {
                let mut letters = rest.chars();
                letters.next().map(|_| letters.as_str())
            }
            None if rest.is_empty() => return true,
            None => None,
        };
        if let Some(next) = step {
            (at, rest) = (at + 1, next);
            continue;
        }
        let Some((from, text)) = retry else { return false };
        let mut letters = text.chars();
        if letters.next().is_none() {
            return false;
        }
        (at, rest) = (from, letters.as_str());
        retry = Some((from, rest));
    }
}

impl Clause {
    /// Calls `each` with every clause that a match may rest on: negated ones are left out.
    pub fn positive<'c>(&'c self, each: &mut dyn FnMut(&'c Clause)) {
        match self {
            Clause::And(parts) | Clause::Or(parts) | Clause::Quorum(_, parts) => {
                parts.iter().for_each(|part| part.positive(each));
            }
            Clause::Boost(_, inner) | Clause::Maybe(inner) => inner.positive(each),
            Clause::Not(_) => {}
            leaf => each(leaf),
        }
    }

    /// Whether a match can have a score above 0.
    pub fn scores(&self) -> bool {
        match self {
            Clause::Text(text) => text.layer == Layer::Stems || !text.rank.is_empty(),
            Clause::Places(places) => places.root.scores(),
            Clause::And(parts) | Clause::Or(parts) | Clause::Quorum(_, parts) => {
                parts.iter().any(Clause::scores)
            }
            Clause::Maybe(inner) => inner.scores(),
            Clause::Boost(weight, _) => *weight > 0.0,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_words() {
        let pattern = Pattern::Wildcard(vec![
            WildcardPart::Literal("wom".into()),
            WildcardPart::One,
            WildcardPart::Literal("n".into()),
            WildcardPart::Any,
        ]);
        assert!(pattern.matches("woman") && pattern.matches("women") && pattern.matches("womanly"));
        assert!(!pattern.matches("womn") && !pattern.matches("awoman"));
        assert_eq!(pattern.literal_prefix(), "wom");
    }

    #[test]
    fn many_stars_cost_no_more_than_their_product() {
        let mut parts = Vec::new();
        for _ in 0..30 {
            parts.push(WildcardPart::Any);
            parts.push(WildcardPart::Literal("a".into()));
        }
        parts.push(WildcardPart::Literal("b".into()));
        assert!(!Pattern::Wildcard(parts.clone()).matches(&"a".repeat(400)));
        parts.push(WildcardPart::Any);
        assert!(Pattern::Wildcard(parts).matches(&("a".repeat(400) + "bc")));
    }
}
