//! Where a query's words stand in an article, and the passages that show them best.
//!
//! *Invariant:* only the plan and the stored article are read, never an index, so that every
//! engine's answer is marked alike.

mod chunk;
mod clauses;
mod evidence;
mod fragment;
pub mod kwic;
mod lexicon;
pub mod markup;
pub mod matcher;
mod phrase;
mod unit;

use serde::Serialize;

pub use kwic::Line;
pub use markup::{Highlight, Piece, pieces};
pub use matcher::{Found, Matcher, Matches};

use crate::analyze::Analyzers;
use crate::engine::StoredArticle;

/// How fragments are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Fragments of the body at most; 2 by default, 0 for the title alone.
    pub fragments: usize,
    /// How much a fragment shows; 200 characters by default.
    pub extent: Extent,
    /// Whether mentions of countries, persons and events that the query filters by are marked
    /// too; off by default.
    pub evidence: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { fragments: 2, extent: Extent::Chars(200), evidence: false }
    }
}

/// How much a fragment shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many Unicode characters at most. Only a single word or phrase that is longer makes a
    /// longer fragment.
    Chars(usize),
    /// So many words at most; a phrase that is longer makes a longer fragment.
    Words(usize),
    /// One whole sentence.
    Sentence,
    /// One whole paragraph.
    Paragraph,
}

impl Extent {
    /// What a fragment may hold, in its own measure; no end for whole sentences and paragraphs.
    fn budget(self) -> usize {
        match self {
            Extent::Chars(most) | Extent::Words(most) => most,
            Extent::Sentence | Extent::Paragraph => usize::MAX,
        }
    }

    /// Whether a fragment is one sentence or paragraph, neither more nor less.
    fn is_whole(self) -> bool {
        matches!(self, Extent::Sentence | Extent::Paragraph)
    }
}

/// A marked range of a stored field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// First byte in the stored field, and one past the last.
    pub bytes: (usize, usize),
    /// The same range in Unicode characters.
    pub chars: (usize, usize),
}

/// A whole field with its marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Marked {
    /// The field as stored.
    pub text: String,
    /// Sorted, disjoint.
    pub marks: Vec<Mark>,
}

/// The field that a fragment was cut from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The title.
    Title,
    /// The body.
    Body,
}

/// A passage of a stored field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fragment {
    /// Which field.
    pub field: Field,
    /// First byte in the stored field, and one past the last.
    pub bytes: (usize, usize),
    /// The same range in Unicode characters.
    pub chars: (usize, usize),
    /// Exactly this slice, line breaks and all.
    pub text: String,
    /// Sorted, disjoint, inside the fragment; ranges of the stored field.
    pub marks: Vec<Mark>,
    /// It does not start where a sentence starts.
    pub cut_start: bool,
    /// It does not end where a sentence ends.
    pub cut_end: bool,
}

/// What a hit shows of its article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// The whole title.
    pub title: Marked,
    /// Passages of the body in their order, disjoint: the best ones, or the lead without marks
    /// where nothing matches.
    pub fragments: Vec<Fragment>,
}

/// The snippet of one article; a convenience over [`Matcher::snippet`] for a single one.
pub fn snippet(
    plan: &crate::plan::Plan,
    article: &StoredArticle,
    analyzers: &mut Analyzers,
    options: &Options,
) -> Snippet {
    Matcher::new(plan).snippet(article, analyzers, options)
}

#[cfg(test)]
mod tests;
