//! How good the answers are: tags against labels that people gave.
//!
//! *Invariant:* what is measured is what the program does: the tagger that indexing runs, without
//! the labels that came with an article.

pub mod count;
pub mod gold;
pub mod tags;
