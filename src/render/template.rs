//! Hits by a template: `{date} {source} {title|truncate:60}`.

use std::io::{self, Write};

use serde_json::Value;

use super::select::{Fields, Parts, cell};
use super::{Head, Needs, Renderer, Summary, wire};
use crate::diag::{Diagnostic, Span};
use crate::search::Hit;
use crate::text::sanitize;

/// What is done to a part before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    /// At most so many characters, the last an ellipsis.
    Truncate(usize),
    /// A text for a part that is empty.
    Default(String),
    /// As JSON.
    Json,
    /// In capitals.
    Upper,
    /// In lower case.
    Lower,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Part { name: String, filters: Vec<Filter> },
}

/// A template that was read.
///
/// `{name}` is a part of a hit as for `--fields`, `{name|filter:value|…}` what filters make of it:
/// `truncate:N`, `default:TEXT`, `json`, `upper`, `lower`. `{{` and `}}` are braces; `\t`, `\n`
/// and `\0` are what they are elsewhere. A line break ends each hit unless the template does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
    fields: Fields,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// With the place, for an open brace, an unknown part or an unknown filter.
    pub fn parse(text: &str) -> Result<Template, Diagnostic> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let letters: Vec<char> = text.chars().collect();
        let mut names: Vec<String> = Vec::new();
        let mut at = 0;
        while at < letters.len() {
            match (letters[at], letters.get(at + 1)) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    plain.push(letters[at]);
                    at += 2;
                }
                ('{', _) => {
                    let Some(length) = letters[at..].iter().position(|&c| c == '}') else {
                        return Err(wrong(at, letters.len(), "{ is never closed"));
                    };
                    let inner: String = letters[at + 1..at + length].iter().collect();
                    let mut parts = inner.split('|');
                    let name = parts.next().unwrap_or_default().trim().to_owned();
                    Fields::parse(&name).map_err(|mut problem| {
                        problem.span = Some(Span::new(at, at + length + 1));
                        problem
                    })?;
                    let filters: Result<Vec<Filter>, Diagnostic> = parts
                        .map(|filter| {
                            self::filter(filter).ok_or_else(|| {
                                let message = format!("unknown filter '{filter}'");
                                wrong(at, at + length + 1, &message).hint(
                                    "filters are truncate:N, default:TEXT, json, upper and lower",
                                )
                            })
                        })
                        .collect();
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    names.push(name.clone());
                    pieces.push(Piece::Part { name, filters: filters? });
                    at += length + 1;
                }
                ('}', _) => {
                    return Err(wrong(at, at + 1, "} closes nothing; write }} for the sign"));
                }
                ('\\', Some('t' | 'n' | '0' | '\\')) => {
                    plain.push(match letters[at + 1] {
                        't' => '\t',
                        'n' => '\n',
                        '0' => '\0',
                        other => other,
                    });
                    at += 2;
                }
                (c, _) => {
                    plain.push(c);
                    at += 1;
                }
            }
        }
        if !plain.ends_with(['\n', '\0']) {
            plain.push('\n');
        }
        pieces.push(Piece::Text(plain));
        let fields =
            if names.is_empty() { Fields::default() } else { Fields::parse(&names.join(","))? };
        Ok(Template { pieces, fields })
    }

    /// The parts that it writes.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }
}

fn wrong(start: usize, end: usize, message: &str) -> Diagnostic {
    Diagnostic::error("bad_template", Span::new(start, end), message)
}

fn filter(text: &str) -> Option<Filter> {
    let (name, value) = match text.split_once(':') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    match (name.trim(), value) {
        ("truncate", Some(value)) => value.trim().parse().ok().map(Filter::Truncate),
        ("default", Some(value)) => Some(Filter::Default(value.to_owned())),
        ("json", None) => Some(Filter::Json),
        ("upper", None) => Some(Filter::Upper),
        ("lower", None) => Some(Filter::Lower),
        _ => None,
    }
}

fn filtered(value: &Value, filters: &[Filter]) -> String {
    let mut text = sanitize::line(&cell(value)).into_owned();
    for filter in filters {
        text = match filter {
            Filter::Truncate(most) if text.chars().count() > *most => {
                let kept: String = text.chars().take(most.saturating_sub(1)).collect();
                if *most == 0 { kept } else { kept + "…" }
            }
            Filter::Truncate(_) => text,
            Filter::Default(other) if text.is_empty() => other.clone(),
            Filter::Default(_) => text,
            Filter::Json => wire::to_text(value),
            Filter::Upper => text.to_uppercase(),
            Filter::Lower => text.to_lowercase(),
        };
    }
    text
}

/// Writes each hit by the template; texts are in one line and steer no terminal.
#[derive(Debug)]
pub(super) struct ByTemplate(pub(super) Template);

impl Renderer for ByTemplate {
    fn needs(&self) -> Needs {
        if self.0.fields.need_snippets() { Needs::Snippet } else { Needs::Article }
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        let parts = Parts::of(hit);
        for piece in &self.0.pieces {
            match piece {
                Piece::Text(text) => out.write_all(text.as_bytes())?,
                Piece::Part { name, filters } => {
                    out.write_all(filtered(&parts.value(name), filters).as_bytes())?;
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(template: &str, hit: &Hit) -> String {
        let mut out = Vec::new();
        ByTemplate(Template::parse(template).unwrap()).hit(&mut out, hit).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn parts_filters_and_escapes() {
        let mut hit = Hit { id: "a1".into(), source: None, ..Hit::default() };
        hit.title.text = "Mongolia, Japan\ninitial\u{1b}[31m pact".into();
        assert_eq!(written("{id}: {title|truncate:9}", &hit), "a1: Mongolia…\n");
        assert_eq!(written("{source|default:unknown|upper}\\t{{{id}}}", &hit), "UNKNOWN\t{a1}\n");
        assert_eq!(written("{id|json}\\0", &hit), "\"a1\"\0");
        assert!(!written("{title}", &hit).contains('\u{1b}'));
        assert_eq!(written("{country}", &hit), "\n");
    }

    #[test]
    fn a_wrong_template_is_an_error_with_its_place() {
        for (text, span) in [("{id", (0, 3)), ("a } b", (2, 3)), ("{id|shout}", (0, 10))] {
            let problem = Template::parse(text).unwrap_err();
            assert_eq!(problem.span, Some(Span::new(span.0, span.1)), "{text}");
        }
        let problem = Template::parse("{titel}").unwrap_err();
        assert_eq!(problem.suggestions, ["title"]);
    }
}
