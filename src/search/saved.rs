//! Queries that were given a name: their file, their names, `saved:NAME` in other queries.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::diag::{Diagnostic, Span};

pub use crate::plan::resolve::SavedQueries;

/// Bytes of a name, at most.
const MAX_NAME: usize = 100;

/// The file as people may edit it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    queries: BTreeMap<String, String>,
}

/// Reads the file of saved queries: TOML with a table `[queries]` of names and texts.
///
/// # Errors
/// With the reason and the line, when it is no such file.
pub fn parse(text: &str) -> Result<SavedQueries, String> {
    toml::from_str::<File>(text).map(|file| file.queries).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })
}

/// The file that [`parse`] reads back.
pub fn to_text(queries: &SavedQueries) -> String {
    let mut out = String::from(
        "# Saved queries: 'dateline save NAME QUERY' writes them, saved:NAME uses one.\n[queries]\n",
    );
    for (name, query) in queries {
        // A JSON string is a basic string of TOML but for one character.
        let text = serde_json::Value::from(query.as_str()).to_string().replace('\x7f', "\\u007f");
        let _ = writeln!(out, "{name} = {text}");
    }
    out
}

/// Whether a query may have this name: letters, digits, `-` and `_` of ASCII.
///
/// # Errors
/// `usage`, which says what a name is.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(fits) {
        return Ok(());
    }
    let span = Span::new(0, name.chars().count());
    let message = format!("'{name}' is no name for a query");
    Err(Diagnostic::error("usage", span, message)
        .hint("a name is made of letters a to z, digits, - and _, at most 100 of them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_back_as_it_was_written() {
        let mut queries = SavedQueries::new();
        queries.insert("korea".to_owned(), "country:KR \"a \\\"b\\\"\"\npact \u{7f}é".to_owned());
        queries.insert("x-1".to_owned(), "*".to_owned());
        assert_eq!(parse(&to_text(&queries)), Ok(queries));
        assert_eq!(parse(""), Ok(SavedQueries::new()));
    }

    #[test]
    fn a_damaged_file_names_its_line() {
        let error = parse("[queries]\na = \"x\"\nb = 5\n").unwrap_err();
        assert!(error.starts_with("line 3:"), "{error}");
    }

    #[test]
    fn names_stay_single_words() {
        assert!(check_name("korea-2019_x").is_ok());
        for wrong in ["", "a b", "a:b", "ü", &"x".repeat(101)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }
}
