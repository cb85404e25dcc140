//! All integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods)]

mod archive;
mod cli;
mod contract;
mod formats;
mod input;
mod operators;
mod oracle;
mod output;
mod process;
mod quality;
mod query;
mod readme;
mod support;
mod tagging;
mod tidy;
mod timeline;
mod verbs;
