//! A query with a mistake as one without it: what a lenient reading makes of errors.
//!
//! Characters are replaced by blanks or added at the end, so that places in the text stay what
//! they are.

use crate::diag::{Diagnostic, Severity, Span};

/// Mistakes that one query may have to be read all the same.
pub const MAX_REPAIRS: usize = 100;

/// The text without the mistake, and what was done as a warning; `None` where nothing can be.
pub fn repair(text: &str, error: &Diagnostic) -> Option<(String, Diagnostic)> {
    let span = error.span?;
    let mut chars: Vec<char> = text.chars().collect();
    let done = match error.code {
        "empty" | "too_long" | "too_deep" | "too_many_clauses" | "too_many_terms" => return None,
        "unclosed_quote" => {
            let open = chars.get(span.start).copied()?;
            chars.push(match open {
                '“' | '„' => '”',
                '«' => '»',
                '「' => '」',
                open => open,
            });
            "closed at the end"
        }
        "unbalanced_open" => {
            chars.push(')');
            "closed at the end"
        }
        "unknown_field" => {
            // The colon goes: `titel:pact` is two words. A sign of comparison goes with it.
            let sign = (span.end..chars.len()).find(|&at| chars[at] != ' ')?;
            let signs = chars[sign..].iter().take_while(|c| ":<>=".contains(**c)).count();
            if signs == 0 {
                blank(&mut chars, span)?;
            }
            chars[sign..sign + signs].fill(' ');
            "read as words"
        }
        "empty_group" => {
            let end = (span.start..chars.len()).find(|&at| chars[at] == ')');
            let end = end.map_or(span.end, |end| end + 1).min(chars.len());
            let start = chars[..end].iter().rposition(|&c| c == '(').unwrap_or(span.start);
            blank(&mut chars, Span::new(start.min(span.start), end))?;
            "left out"
        }
        _ => {
            blank(&mut chars, span)?;
            "left out"
        }
    };
    let told = Diagnostic {
        severity: Severity::Warning,
        message: format!("{}; {done}", error.message),
        ..error.clone()
    };
    Some((chars.into_iter().collect(), told))
}

/// Replaces what stands at a place by blanks; where nothing does, the last character before it.
fn blank(chars: &mut [char], span: Span) -> Option<()> {
    let end = span.end.min(chars.len());
    let start = span.start.min(end);
    if chars[start..end].iter().any(|c| !c.is_whitespace()) {
        chars[start..end].fill(' ');
        return Some(());
    }
    let before = chars[..start].iter().rposition(|c| !c.is_whitespace())?;
    chars[before] = ' ';
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::canon::canonical;
    use crate::query::{ParseOptions, parse};

    /// What is left of a query when all its mistakes are repaired, and their codes.
    fn repaired(text: &str) -> (Option<String>, Vec<&'static str>) {
        let (mut text, mut codes) = (text.to_owned(), Vec::new());
        for _ in 0..MAX_REPAIRS {
            let parsed = parse(&text, &ParseOptions::default());
            if let Some(expr) = parsed.expr {
                return (Some(canonical(&expr)), codes);
            }
            let error = parsed.diagnostics.iter().find(|problem| problem.is_error()).unwrap();
            let Some((better, told)) = repair(&text, error) else { break };
            assert_eq!(told.severity, Severity::Warning);
            codes.push(told.code);
            text = better;
        }
        (None, codes)
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_the_rest_stays() {
        let rows: [(&str, Option<&str>, &[&str]); 12] = [
            ("\"rescue pact", Some("\"rescue pact\""), &["unclosed_quote"]),
            ("(japan OR (korea", Some("japan OR korea"), &["unbalanced_open", "unbalanced_open"]),
            ("japan) pact", Some("japan AND pact"), &["unbalanced_close"]),
            ("titel:pact", Some("titel AND pact"), &["unknown_field"]),
            ("AND japan", Some("japan"), &["leading_operator"]),
            ("japan AND", Some("japan"), &["dangling_operator"]),
            ("pact date:2020-13", Some("pact"), &["bad_date"]),
            ("pact^x japan", Some("pact AND japan"), &["bad_boost"]),
            ("tokyo~5 pact", Some("pact"), &["bad_fuzzy"]),
            ("() pact", Some("pact"), &["empty_group"]),
            ("()", None, &["empty_group"]),
            ("", None, &[]),
        ];
        for (text, wanted, codes) in rows {
            let (found, told) = repaired(text);
            assert_eq!(found.as_deref(), wanted, "{text} {told:?}");
            assert_eq!(told, codes, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_refused(text in "[ a-z\"():^~*?/@=<>&|!-]{0,40}|.{0,40}") {
            let _ = repaired(&text);
        }
    }
}
