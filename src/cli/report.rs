//! Turns any error into a message with code, caret and hint, and into an exit code.
//!
//! *Invariant:* messages go to standard error only, and nothing in them steers the terminal.

use std::io;

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthChar;

use super::args::{ErrorFormat, Global};
use super::{Exit, Io};
use crate::diag::{Diagnostic, Severity, Span};
use crate::engine::EngineError;
use crate::render::wire;
use crate::search::SearchError;
use crate::text::sanitize;

/// Columns of a shown line of a query, at most; the rest is cut around the caret.
const SHOWN_COLUMNS: usize = 100;

/// Why a command did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line is wrong.
    #[error("{}", .0.message)]
    Usage(Diagnostic),
    /// The query, or an option that has a place, is wrong.
    #[error("the query is wrong")]
    Query {
        /// The text that the spans count in.
        text: String,
        /// Errors and warnings.
        diagnostics: Vec<Diagnostic>,
    },
    /// The index.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Standard output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

impl Failure {
    /// A wrong command line.
    pub fn usage(code: &'static str, message: impl Into<String>) -> Failure {
        Failure::Usage(placeless(code, message))
    }

    /// A wrong option whose value is `text`.
    pub fn option(text: &str, diagnostic: Diagnostic) -> Failure {
        Failure::Query { text: text.to_owned(), diagnostics: vec![diagnostic] }
    }

    /// What stopped the search for the query `text`.
    pub fn search(text: &str, error: SearchError) -> Failure {
        match error {
            SearchError::Query(diagnostics) => {
                Failure::Query { text: text.to_owned(), diagnostics }
            }
            SearchError::Engine(error) => Failure::Engine(error),
        }
    }

    /// The failure in one line: the first error of a query.
    pub fn to_line(&self) -> String {
        match self {
            Failure::Usage(problem) => format!("error[{}]: {}", problem.code, problem.message),
            Failure::Query { diagnostics, .. } => {
                let error = diagnostics.iter().find(|diagnostic| diagnostic.is_error());
                error.map_or_else(
                    || self.to_string(),
                    |error| format!("error[{}]: {}", error.code, error.message),
                )
            }
            Failure::Engine(_) | Failure::Output(_) => format!("error: {self}"),
        }
    }

    /// Writes the messages; the exit code.
    pub fn report(&self, global: &Global, io: &mut Io<'_>) -> Exit {
        match self {
            Failure::Usage(problem) => diagnostic(problem, global, io),
            Failure::Query { text, diagnostics } => {
                diagnostics_in(diagnostics, text, Exit::Usage, global, io);
                Exit::Usage
            }
            Failure::Engine(error) => engine_error(error, global, io),
            Failure::Output(error) => output_error(error, global, io),
        }
    }
}

/// An error without a place.
pub fn placeless(code: &'static str, message: impl Into<String>) -> Diagnostic {
    Diagnostic { span: None, ..Diagnostic::error(code, Span::default(), message) }
}

/// Writes a message that has no place in a text: always [`Exit::Usage`].
pub fn diagnostic(problem: &Diagnostic, global: &Global, io: &mut Io<'_>) -> Exit {
    diagnostics_in(std::slice::from_ref(problem), "", Exit::Usage, global, io);
    Exit::Usage
}

/// Writes messages about a text, each with its place. `exit` stands in errors in JSON.
pub fn diagnostics_in(
    all: &[Diagnostic],
    text: &str,
    exit: Exit,
    global: &Global,
    io: &mut Io<'_>,
) {
    let color = global.color_err(io);
    let mut out = String::new();
    for diagnostic in all {
        match global.error_format {
            ErrorFormat::Human => human(diagnostic, text, color, &mut out),
            ErrorFormat::Json => {
                out.push_str(&json_line(diagnostic, text, exit));
                out.push('\n');
            }
        }
    }
    // Standard error is the last place to tell anything; its own failure cannot be told.
    let _ = io.err.write_all(out.as_bytes());
}

/// Writes what an engine reports; its exit code.
pub fn engine_error(error: &EngineError, global: &Global, io: &mut Io<'_>) -> Exit {
    let (code, exit, hint) = match error {
        EngineError::Missing(_) => {
            let hint = "'dateline index PATH' makes one; -I names another directory";
            ("no_index", Exit::NoIndex, Some(hint))
        }
        EngineError::Unusable(_) => ("unusable_index", Exit::NoIndex, None),
        EngineError::Locked(_) => {
            ("locked", Exit::Locked, Some("wait until it has ended; searches work meanwhile"))
        }
        EngineError::Corrupt(_) => {
            ("corrupt", Exit::Corrupt, Some("index the articles again into another directory"))
        }
        EngineError::Version(_) => ("version", Exit::Version, None),
        EngineError::Refused(_) => ("refused", Exit::Refused, None),
        EngineError::TooManyTerms { .. } => {
            ("too_many_terms", Exit::Usage, Some("write more letters of the word"))
        }
        EngineError::TooManyPlaces { .. } => {
            ("too_many_places", Exit::Usage, Some("write a smaller distance, or a rarer word"))
        }
        EngineError::TooManyPairs { .. } => {
            ("too_many_pairs", Exit::Usage, Some("narrow the query, or count a smaller facet"))
        }
        EngineError::Other(_) => ("engine", Exit::Bug, None),
    };
    let mut message = placeless(code, error.to_string());
    message.hint = hint.map(str::to_owned);
    diagnostics_in(&[message], "", exit, global, io);
    exit
}

/// Tells that standard output could not be written. A closed pipe is no error and no message.
pub fn output_error(error: &io::Error, global: &Global, io: &mut Io<'_>) -> Exit {
    let exit = match error.kind() {
        io::ErrorKind::BrokenPipe => return Exit::Done,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Exit::Refused,
        _ => Exit::Incomplete,
    };
    let message = placeless("output", format!("the output cannot be written: {error}"));
    diagnostics_in(&[message], "", exit, global, io);
    exit
}

/// One message as one JSON object.
pub fn json_line(diagnostic: &Diagnostic, text: &str, exit: Exit) -> String {
    let mut line = Map::new();
    let kind = severity_name(diagnostic.severity);
    line.insert("v".to_owned(), json!(wire::VERSION));
    line.insert("type".to_owned(), json!(kind));
    if let Value::Object(rest) = wire::diagnostic(diagnostic) {
        line.extend(rest);
    }
    if !text.is_empty() {
        line.insert("query".to_owned(), json!(text));
    }
    if diagnostic.is_error() {
        line.insert("exit".to_owned(), json!(exit.code()));
    }
    wire::to_text(&Value::Object(line))
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Appends one message for people: what, where with a caret, and what to type instead.
pub fn human(diagnostic: &Diagnostic, text: &str, color: bool, out: &mut String) {
    let (start, hint, end) = match (color, diagnostic.severity) {
        (false, _) => ("", "", ""),
        (true, Severity::Error) => ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"),
        (true, Severity::Warning) => ("\x1b[1;33m", "\x1b[1;36m", "\x1b[0m"),
        (true, Severity::Note) => ("\x1b[1m", "\x1b[1;36m", "\x1b[0m"),
    };
    let kind = severity_name(diagnostic.severity);
    let message = sanitize::line(&diagnostic.message);
    out.push_str(&format!("{start}{kind}[{}]{end}: {message}\n", diagnostic.code));
    if let Some(span) = diagnostic.span.filter(|_| !text.is_empty()) {
        let (line, carets) = pointed(text, span);
        out.push_str(&format!("  | {line}\n  | {start}{carets}{end}\n"));
    }
    if let Some(text) = &diagnostic.hint {
        out.push_str(&format!("{hint}hint{end}: {}\n", sanitize::line(text)));
    }
}

/// The line of `text` in which `span` starts, and the carets below it.
///
/// Columns are those of a terminal: wide characters take two, removed ones none. Long lines are
/// cut around the carets.
fn pointed(text: &str, span: Span) -> (String, String) {
    let chars: Vec<char> = text.chars().collect();
    let at = span.start.min(chars.len());
    let first = chars[..at].iter().rposition(|&c| c == '\n').map_or(0, |newline| newline + 1);
    let last =
        chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length);
    let cells: Vec<(usize, char, usize)> = (first..last)
        .filter_map(|place| {
            let shown = match chars[place] {
                '\t' | '\r' => ' ',
                c if sanitize::is_unsafe(c) => return None,
                c => c,
            };
            Some((place, shown, shown.width().unwrap_or(0)))
        })
        .collect();
    let total: usize = cells.iter().map(|(_, _, width)| width).sum();
    let before: usize = cells.iter().filter(|(place, ..)| *place < at).map(|(_, _, w)| w).sum();
    // A window of the line, with the start of the span in its first half.
    let from = if total <= SHOWN_COLUMNS { 0 } else { before.saturating_sub(SHOWN_COLUMNS / 2) };
    let (mut line, mut gap, mut carets) = (String::new(), 0, 0);
    if from > 0 {
        line.push('…');
        gap += 1;
    }
    let mut column = 0;
    for (place, shown, width) in cells {
        let start = column;
        column += width;
        if start < from {
            continue;
        }
        if column - from > SHOWN_COLUMNS {
            line.push('…');
            break;
        }
        line.push(shown);
        if place < at {
            gap += width;
        } else if place < span.end {
            carets += width;
        }
    }
    (line, format!("{}{}", " ".repeat(gap), "^".repeat(carets.max(1))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(diagnostic: &Diagnostic, text: &str) -> String {
        let mut out = String::new();
        human(diagnostic, text, false, &mut out);
        out
    }

    #[test]
    fn a_caret_stands_below_what_is_wrong() {
        let wrong = Diagnostic::error("unknown_field", Span::new(0, 6), "unknown field 'coutry'")
            .hint("did you mean 'country'? 'dateline fields' lists them all");
        assert_eq!(
            shown(&wrong, "coutry:Japan pact"),
            "error[unknown_field]: unknown field 'coutry'\n\
             \x20 | coutry:Japan pact\n\
             \x20 | ^^^^^^\n\
             hint: did you mean 'country'? 'dateline fields' lists them all\n"
        );
    }

    #[test]
    fn wide_characters_take_two_columns_and_unsafe_ones_none() {
        let wrong = Diagnostic::warning("w", Span::new(4, 6), "m");
        assert_eq!(
            shown(&wrong, "日本\u{202e} 条約 x"),
            "warning[w]: m\n  | 日本 条約 x\n  |      ^^^^\n"
        );
        let end = Diagnostic::note("n", Span::new(9, 9), "m");
        assert_eq!(shown(&end, "e\u{301}a"), "note[n]: m\n  | e\u{301}a\n  |   ^\n");
    }

    #[test]
    fn only_the_line_of_the_place_is_shown() {
        let wrong = Diagnostic::error("e", Span::new(6, 20), "m");
        assert_eq!(shown(&wrong, "first\nsecond\nthird"), "error[e]: m\n  | second\n  | ^^^^^^\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}WRONG {}", "a ".repeat(300), "b ".repeat(300));
        let out = shown(&Diagnostic::error("e", Span::new(600, 605), "m"), &text);
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[1].starts_with("  | …") && lines[1].ends_with('…'), "{out}");
        let column = lines[1].chars().position(|c| c == 'W');
        assert_eq!(lines[2].chars().position(|c| c == '^'), column);
        assert!(lines[2].ends_with("^^^^^"));
        assert!(lines[1].chars().count() < 110);
    }

    proptest! {
        #[test]
        fn any_text_and_any_span_are_shown_on_three_safe_lines(
            text in "\\PC{0,40}[\n\t\u{1b}]?\\PC{0,200}",
            start in 0usize..300,
            length in 0usize..300,
        ) {
            let out = shown(&Diagnostic::error("e", Span::new(start, start + length), "m"), &text);
            let lines: Vec<&str> = out.split('\n').collect();
            prop_assert_eq!(lines.len(), if text.is_empty() { 2 } else { 4 });
            prop_assert!(!out.chars().any(|c| c != '\n' && sanitize::is_unsafe(c)));
        }
    }

    #[test]
    fn json_errors_hold_everything() {
        let wrong = Diagnostic::error("unknown_field", Span::new(0, 6), "unknown field 'coutry'")
            .hint("did you mean 'country'?")
            .suggest(vec!["country".to_owned()]);
        assert_eq!(
            json_line(&wrong, "coutry:x", Exit::Usage),
            "{\"v\":1,\"type\":\"error\",\"code\":\"unknown_field\",\"message\":\"unknown field 'coutry'\",\
             \"span\":[0,6],\"hint\":\"did you mean 'country'?\",\"suggestions\":[\"country\"],\
             \"query\":\"coutry:x\",\"exit\":2}"
        );
    }
}
