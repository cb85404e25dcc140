//! Places in a text: what NEAR, SENT, sloppy phrases and their kin mean, once for every engine.
//!
//! The *sides* of an article are its body and its title; each is a row of words at positions. A
//! *place* is a run of positions of one side, from its first word to its last.
//!
//! - [`Words`] have a place wherever their slots stand at their offsets. With a slop they have one
//!   wherever the slots stand at different positions whose shifts (position less offset) differ by
//!   no more than it, from the first of these positions to the last: Lucene's edit budget, in
//!   which two words changing sides cost 2.
//! - [`PlaceNode::Any`] has the places of all its parts.
//! - [`PlaceNode::Near`] has a place for every place of its left and of its right that *go
//!   together* at a distance of at most `distance`: from the first word of both to the last. The
//!   distance is how many positions the first word of the one comes after the last word of the
//!   other: 1 for neighbours, 0 where one begins before the other ends. `ordered`: the right one
//!   begins after the left one ends.
//! - [`PlaceNode::Within`] has one for every two that go together and lie in one sentence or
//!   paragraph.
//! - [`PlaceNode::NotNear`] has the places of its left for which no place of its right that goes
//!   together with them is near.
//!
//! Two places *go together* if they are of one side and no word belongs to both: to the run of a
//! [`Words`] that the one is made of and to such a run of the other. So a word is never near
//! itself, and in `a NEAR/5 b NEAR/5 c` the `c` may stand between `a` and `b`.
//!
//! Scope and [`PlaceClause::first`] come before all of that: what lies outside is not there.

use serde::Serialize;

use super::{Layer, Scope, Slot, TextClause};
use crate::diag::Span;

/// Words that stand at places related to each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceClause {
    /// Where to look.
    pub scope: Scope,
    /// Only so many first words of each side count.
    pub first: Option<u32>,
    /// So many places of `root` must there be, of which no two overlap; at least 1. Title and body
    /// are counted together.
    pub times: u32,
    /// What has places.
    pub root: PlaceNode,
    /// Where the clause stands in the query.
    pub span: Span,
}

/// What has places in a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceNode {
    /// A word or a phrase.
    Words(Words),
    /// Any of these; nothing where there are none.
    Any(Vec<PlaceNode>),
    /// Both, near each other.
    Near {
        /// Largest distance, at least 1.
        distance: u32,
        /// Whether the left must come before the right.
        ordered: bool,
        /// One of them.
        left: Box<PlaceNode>,
        /// The other.
        right: Box<PlaceNode>,
    },
    /// Both in one sentence or paragraph.
    Within {
        /// Which of the two.
        unit: Unit,
        /// One of them.
        left: Box<PlaceNode>,
        /// The other.
        right: Box<PlaceNode>,
    },
    /// The left with no right near it.
    NotNear {
        /// Largest distance that is near, at least 1.
        distance: u32,
        /// What has the places.
        left: Box<PlaceNode>,
        /// What must not be near.
        right: Box<PlaceNode>,
    },
}

/// A part of a text that holds words together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A sentence.
    Sentence,
    /// A paragraph.
    Paragraph,
}

/// A word, or a phrase, with all that may be asked of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Words {
    /// What to compare.
    pub layer: Layer,
    /// What stands where, at least one.
    pub slots: Vec<Slot>,
    /// Positions from the first to the last word of the run; more than the last slot's offset
    /// where the phrase ends with a word that may be any.
    pub width: u32,
    /// Edit budget for positions; 0 demands the very order.
    pub slop: u32,
    /// Whether the run begins where its side begins.
    pub at_start: bool,
    /// Whether the run ends where its side ends; the lead's is its last word.
    pub at_end: bool,
    /// For [`Layer::Forms`]: the stems that rank the match, one set a word; empty for no score.
    pub rank: Vec<Vec<String>>,
}

impl PlaceClause {
    /// The clause that asks for the same as a plain one.
    pub fn of(text: &TextClause) -> PlaceClause {
        PlaceClause {
            scope: text.scope,
            first: None,
            times: 1,
            root: PlaceNode::Words(Words {
                layer: text.layer,
                slots: text.slots.clone(),
                width: text.slots.iter().map(|slot| slot.offset).max().unwrap_or(0),
                slop: text.slop,
                at_start: false,
                at_end: false,
                rank: text.rank.clone(),
            }),
            span: text.span,
        }
    }
}

impl PlaceNode {
    /// Calls `each` with every word or phrase from left to right; `false` for those that must not
    /// be near.
    pub fn words<'n>(&'n self, wanted: bool, each: &mut dyn FnMut(&'n Words, bool)) {
        match self {
            PlaceNode::Words(words) => each(words, wanted),
            PlaceNode::Any(parts) => parts.iter().for_each(|part| part.words(wanted, each)),
            PlaceNode::Near { left, right, .. } | PlaceNode::Within { left, right, .. } => {
                left.words(wanted, each);
                right.words(wanted, each);
            }
            PlaceNode::NotNear { left, right, .. } => {
                left.words(wanted, each);
                right.words(false, each);
            }
        }
    }

    /// Whether anything must lie within one sentence or paragraph.
    pub fn has_units(&self) -> bool {
        match self {
            PlaceNode::Words(_) => false,
            PlaceNode::Within { .. } => true,
            PlaceNode::Any(parts) => parts.iter().any(PlaceNode::has_units),
            PlaceNode::Near { left, right, .. } | PlaceNode::NotNear { left, right, .. } => {
                left.has_units() || right.has_units()
            }
        }
    }

    /// Whether a match can have a score above 0.
    pub fn scores(&self) -> bool {
        let mut scores = false;
        self.words(true, &mut |words, wanted| {
            scores |= wanted && (words.layer == Layer::Stems || !words.rank.is_empty());
        });
        scores
    }
}
