//! The head between fences before a text: YAML between lines of `---`, TOML between `+++`.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::fields::{Field, lookup};
use super::mapping::Pairs;
use super::plain::{add_item, key_value};

/// Bytes that a head has at most; what is longer is text.
pub(super) const LONGEST: usize = 64 << 10;
/// How deep values may be nested.
const DEEPEST: usize = 32;

/// How a head is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Yaml,
    Toml,
}

/// A head that was cut off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fenced<'a> {
    form: Form,
    head: &'a str,
    /// What follows the closing fence.
    pub(super) rest: &'a str,
}

/// Cuts off the head of a text that begins with one.
///
/// The first line within the fences must be one of a head. Lines of `---` around anything else
/// are rules of Markdown.
pub(super) fn split(text: &str) -> Option<Fenced<'_>> {
    let (first, inner) = text.split_once('\n')?;
    let (form, fence) = match first.trim_end() {
        "---" => (Form::Yaml, ["---", "..."]),
        "+++" => (Form::Toml, ["+++", "+++"]),
        _ => return None,
    };
    let mut at = 0;
    let mut telling = false;
    for line in inner.split_inclusive('\n') {
        let trimmed = line.trim_end();
        if fence.contains(&trimmed) {
            let (head, rest) = (&inner[..at], &inner[at + line.len()..]);
            return telling.then_some(Fenced { form, head, rest });
        }
        if !telling && !trimmed.is_empty() && !trimmed.starts_with('#') {
            telling = match form {
                Form::Yaml => key_value(trimmed).is_some() || trimmed.starts_with(['"', '\'']),
                Form::Toml => trimmed.contains('=') || trimmed.starts_with('['),
            };
            if !telling {
                return None;
            }
        }
        at += line.len();
        if at > LONGEST {
            return None;
        }
    }
    None
}

/// Whether a head begins with a line, within a text; it must name a title, a date or the like.
pub(super) fn begins(text: &[u8]) -> bool {
    if !(text.starts_with(b"---") || text.starts_with(b"+++")) {
        return false;
    }
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(),
    };
    let telling = [Field::Title, Field::Date, Field::Id, Field::Url, Field::Author];
    let names = |line: &str| {
        let key = line.split([':', '=']).next().unwrap_or_default().trim();
        lookup(key).is_some_and(|(field, _)| telling.contains(&field))
    };
    // A blank line after a fence is text after the head before.
    let second = text.lines().nth(1).unwrap_or_default();
    !second.trim().is_empty() && split(text).is_some_and(|fenced| fenced.head.lines().any(names))
}

impl Fenced<'_> {
    /// Keys and values in their order, and what is wrong with the head if something is. Then its
    /// lines were read one by one.
    pub(super) fn read(&self) -> (Pairs<'static>, Option<String>) {
        let read = match self.form {
            Form::Yaml => yaml(self.head),
            Form::Toml => toml(self.head),
        };
        match read {
            Ok(pairs) => (pairs, None),
            Err(problem) => (self.lines(), Some(problem)),
        }
    }

    fn lines(&self) -> Pairs<'static> {
        let mut pairs: Pairs<'static> = Vec::new();
        let owned =
            |key: &str, value: &str| (Cow::Owned(key.to_owned()), Value::String(value.to_owned()));
        for line in self.head.lines() {
            let cut = match self.form {
                Form::Yaml => key_value(line),
                Form::Toml => line
                    .split_once('=')
                    .map(|(key, value)| (key.trim(), value.trim().trim_matches(['"', '\'']))),
            };
            let item = line.trim().strip_prefix("- ");
            match (cut, item, pairs.last_mut()) {
                (Some((key, value)), ..) => pairs.push(owned(key, value)),
                (None, Some(item), Some((_, value))) => {
                    add_item(value, item.trim().trim_matches(['"', '\'']));
                }
                _ => {}
            }
        }
        pairs
    }
}

fn toml(head: &str) -> Result<Pairs<'static>, String> {
    fn value(from: toml::Value) -> Value {
        match from {
            toml::Value::String(text) => Value::String(text),
            toml::Value::Boolean(truth) => Value::Bool(truth),
            toml::Value::Array(values) => values.into_iter().map(value).collect(),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, one)| (key, value(one))).collect())
            }
            toml::Value::Integer(number) => Value::String(number.to_string()),
            toml::Value::Float(number) => Value::String(number.to_string()),
            toml::Value::Datetime(time) => Value::String(time.to_string()),
        }
    }
    let table: toml::Table = head.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| {
            head.as_bytes()[..span.start.min(head.len())].iter().filter(|b| **b == b'\n').count()
        });
        format!("line {} of the TOML head: {}", line + 2, error.message().replace('\n', "; "))
    })?;
    Ok(table.into_iter().map(|(key, one)| (Cow::Owned(key), value(one))).collect())
}

/// A list or an object that is being read.
enum Open {
    List(Vec<Value>),
    Object(Vec<(String, Value)>, Option<String>),
}

fn yaml(head: &str) -> Result<Pairs<'static>, String> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(head) {
        let (event, _) = event.map_err(|error| {
            let line = error.marker().line();
            format!("line {} of the YAML head: {}", line + 1, error.info())
        })?;
        let value = match event {
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEEPEST => {
                return Err(format!("the YAML head is nested deeper than {DEEPEST}"));
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Object(Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::Object(pairs, _)) if open.is_empty() => {
                    let own = |(key, value)| (Cow::Owned(key), value);
                    return Ok(pairs.into_iter().map(own).collect());
                }
                Some(Open::Object(pairs, _)) => {
                    Value::Object(pairs.into_iter().collect::<Map<_, _>>())
                }
                Some(Open::List(values)) => Value::Array(values),
                None => continue,
            },
            Event::Scalar(text, style, ..) => scalar(text.into_owned(), style),
            // What an anchor stands for may be anything, many times over.
            Event::Alias(_) => return Err("the YAML head has aliases".to_owned()),
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::List(values)) => values.push(value),
            Some(Open::Object(pairs, key)) => match key.take() {
                Some(key) => pairs.push((key, value)),
                None => {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    *key = Some(text);
                }
            },
            None => return Err("the YAML head has no keys".to_owned()),
        }
    }
    Err("the YAML head has no keys".to_owned())
}

/// A value without a type of its own: numbers and dates stay as they are written.
fn scalar(text: String, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (Value, Option<String>) {
        let (pairs, problem) = split(text).unwrap().read();
        (pairs.into_iter().map(|(key, value)| (key.into_owned(), value)).collect(), problem)
    }

    #[test]
    fn yaml_heads_are_read_with_their_lists_and_blocks() {
        let (head, problem) = read(
            "---\n# a comment\ntitle: \"A: b\"\ndate: 2019-03-05\nid: 007\ndraft: true\nnone: ~\ntags:\n  - x\n  - 'y z'\n\
             people: [Ann, \"Bo, Jr.\"]\nabout: >\n  one\n  two\nparams:\n  page: 3\n---\n\nText.\n",
        );
        assert_eq!(problem, None);
        assert_eq!(
            head,
            json!({"title": "A: b", "date": "2019-03-05", "id": "007", "draft": true, "none": null,
                "tags": ["x", "y z"], "people": ["Ann", "Bo, Jr."], "about": "one two\n",
                "params": {"page": "3"}})
        );
    }

    #[test]
    fn toml_heads_are_read() {
        let (head, problem) = read(
            "+++\ntitle = \"A\"\ndate = 2019-03-05T10:00:00+09:00\ntags = [\"x\"]\n[extra]\npage = 3\n+++\nText",
        );
        assert_eq!(problem, None);
        assert_eq!(
            head,
            json!({"title": "A", "date": "2019-03-05T10:00:00+09:00", "tags": ["x"],
                "extra": {"page": "3"}})
        );
    }

    #[test]
    fn a_head_with_a_mistake_is_read_line_by_line() {
        let (head, problem) =
            read("---\ntitle: Pact: the text\ndate: 2019-03-05\ntags:\n- \"a\"\n- b\n---\n");
        assert_eq!(head["title"], "Pact: the text");
        assert_eq!(head["tags"], json!(["a", "b"]));
        assert!(problem.unwrap().starts_with("line 2 of the YAML head: "));
        let (head, problem) = read("+++\ntitle = Pact\ndate = \"2019\"\n+++\n");
        assert_eq!((&head["title"], &head["date"]), (&json!("Pact"), &json!("2019")));
        assert!(problem.unwrap().starts_with("line 2 of the TOML head: "));
        let deep = format!("---\na: {}\n---\n", "[".repeat(100));
        assert!(read(&deep).1.is_some());
        assert!(read("---\na: &x 1\nb: *x\n---\n").1.is_some());
    }

    #[test]
    fn rules_and_open_fences_are_no_head() {
        for text in ["---\nno head\n---\n", "---\ntitle: a\n", "--- \n\n---\n", "text", ""] {
            assert!(split(text).is_none(), "{text}");
        }
        assert!(begins(b"---\ntitle: a\n---\n"));
        assert!(!begins(b"---\n\nNote: a\ntitle: b\n---\n"));
        assert!(!begins(b"---\nNote: a\n---\n"));
    }
}
