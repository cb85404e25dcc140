//! How good the answers are: tags and rankings against what people judged.
//!
//! *Invariant:* what is measured is what the program does: the tagger that indexing runs, without
//! the labels that came with an article. The one difference that can be asked for, homes learnt
//! from the data itself, is told with the result.

pub mod count;
pub mod gold;
pub mod measures;
pub mod rank;
pub mod tags;
