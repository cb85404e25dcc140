//! Unicode text basics that know nothing of articles, queries or engines.

pub mod fold;
pub mod sanitize;
pub mod token;

pub use token::{Token, Tokens};
