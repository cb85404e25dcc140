//! Full-text search for news archives: faceted, scriptable, exact.
//!
//! Two pipelines share one index. Writing turns bytes into tagged articles; reading turns a line of
//! text into ranked hits:
//!
//! ```text
//! files ── source ──► Article ── tag ──► TaggedArticle ── ingest, engine::Sink ──► index
//! text ── query ──► Expr ── plan ──► Plan ── engine::Engine ──► Answer ── snippet, search ──► Hits ── render ──► bytes
//! ```
//!
//! The modules stand in layers, lowest first; each uses lower ones only (`docs/architecture.md`).
//! Start at [`search::search`] for reading and [`ingest::ingest`] for writing.

// 0: knows nothing of articles
pub mod diag;
pub mod text;

// 1: the input record
pub mod article;

// 2: brothers, none knows another
pub mod analyze;
pub mod query;
pub mod source;
pub mod tag;

// 3: names resolved, no engine chosen
pub mod plan;

// 4: where articles are kept and how matches are shown
pub mod engine;
pub mod eval;
pub mod snippet;

// 5: the two pipelines
pub mod ingest;
pub mod search;

// 6: output
pub mod render;

// 7: the command line
pub mod cli;
