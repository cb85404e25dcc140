//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods)]

mod archive;
mod cli;
mod operators;
mod oracle;
mod query;
mod readme;
mod support;
mod tidy;
