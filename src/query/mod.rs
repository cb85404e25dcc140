//! Query text to syntax tree and back.
//!
//! *Invariant:* parsing never panics, never looks at an index or a clock, and every tree it gives
//! prints as text that parses to the same tree.

pub mod ast;
pub mod canon;
pub mod datespec;
pub mod display;
pub mod field;
pub mod lexer;
pub mod parser;
pub mod repair;

pub use ast::{Expr, Node};
pub use parser::{ParseOptions, Parsed, parse};

/// Longest query, in bytes.
pub const MAX_BYTES: usize = 64 << 10;
/// Deepest nesting of groups and negations.
pub const MAX_DEPTH: usize = 200;
/// Most words, phrases and field clauses.
pub const MAX_CLAUSES: usize = 10_000;
/// Largest distance of NEAR and its kin.
pub const MAX_DISTANCE: u32 = 1_000;
