//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods)]

mod archive;
mod cli;
mod oracle;
mod process;
mod query;
mod readme;
mod support;
mod tidy;
