//! One JSON object to an article; what programs write that is nearly JSON is repaired and noted.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::RecordError;
use super::charset::decode;
use super::mapping::{Mapper, Pairs, Place, short};
use crate::article::Article;

/// The article of one JSON object.
///
/// # Errors
/// `bad_json`, `not_an_object`, `nothing`.
pub(super) fn article(
    record: &[u8],
    place: Place,
    mapper: &mut Mapper,
) -> Result<Article, RecordError> {
    let decoded = decode(record);
    let parsed = serde_json::from_str::<Members>(&decoded.text);
    let mut repairs = Repairs::default();
    let members = match parsed {
        Ok(members) => members.0,
        Err(_) if !decoded.text.trim_start().starts_with('{') => {
            let start = short(decoded.text.trim_start());
            let message = format!("not a JSON object: {}", start.escape_debug());
            return Err(mapper.error(place, "not_an_object", message));
        }
        Err(error) => {
            let (text, done) = repaired(&decoded.text);
            repairs = done;
            let again =
                if repairs.any() { serde_json::from_str::<Members>(&text) } else { Err(error) };
            match again {
                Ok(members) => {
                    members.0.into_iter().map(|(k, v)| (Cow::Owned(k.into_owned()), v)).collect()
                }
                Err(error) => return Err(mapper.error(place, "bad_json", message(&error))),
            }
        }
    };
    let mut article = mapper.map(members);
    decoded.tell(&mut article);
    repairs.tell(&mut article);
    mapper.finish(article, place)
}

/// The message without the line, which is that of the record alone.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    match error.line() {
        0 => what.to_owned(),
        1 => format!("{what} at column {}", error.column()),
        line => format!("{what} in line {line} of the record, column {}", error.column()),
    }
}

/// The members of an object in their order, keys borrowed where that is possible.
struct Members<'a>(Pairs<'a>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            members.push((key, map.next_value::<Value>()?));
        }
        Ok(Members(members))
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E: de::Error>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        from.deserialize_str(KeyVisitor)
    }
}

/// What was done to make JSON of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Repairs {
    controls: usize,
    breaks: usize,
    surrogates: usize,
    numbers: usize,
}

impl Repairs {
    fn any(self) -> bool {
        self != Repairs::default()
    }

    fn tell(self, article: &mut Article) {
        if self.controls > 0 {
            let count = self.controls;
            article.note("control_character", format!("{count} control characters were dropped"));
        }
        if self.breaks > 0 {
            let count = self.breaks;
            article.note("control_character", format!("{count} raw tabs or line breaks were kept"));
        }
        if self.surrogates > 0 {
            let count = self.surrogates;
            article.note("surrogate", format!("{count} halves of characters were replaced"));
        }
        if self.numbers > 0 {
            let count = self.numbers;
            article.note("not_a_number", format!("{count} NaN or Infinity were read as null"));
        }
    }
}

/// The text with raw control characters in strings dropped (tabs and line breaks escaped), lone
/// surrogates replaced, and NaN and Infinity made null.
fn repaired(text: &str) -> (String, Repairs) {
    let mut out = String::with_capacity(text.len() + 16);
    let mut done = Repairs::default();
    let mut in_string = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut used = c.len_utf8();
        match c {
            '"' => {
                in_string = !in_string;
                out.push(c);
            }
            '\\' if in_string => {
                used = escape(rest, &mut out, &mut done);
            }
            '\t' | '\n' | '\r' if in_string => {
                done.breaks += 1;
                out.push_str(match c {
                    '\t' => "\\t",
                    '\n' => "\\n",
                    _ => "\\r",
                });
            }
            '\0'..='\u{1F}' if in_string => done.controls += 1,
            'N' | 'I' | '-' if !in_string => {
                let word = ["NaN", "Infinity", "-Infinity", "-NaN"]
                    .into_iter()
                    .find(|word| rest.starts_with(word));
                match word {
                    Some(word) => {
                        done.numbers += 1;
                        out.push_str("null");
                        used = word.len();
                    }
                    None => out.push(c),
                }
            }
            c => out.push(c),
        }
        rest = &rest[used..];
    }
    (out, done)
}

/// Copies one escape; the number of bytes it has.
fn escape(rest: &str, out: &mut String, done: &mut Repairs) -> usize {
    let unit = |from: usize| -> Option<u16> {
        let sequence = rest.get(from..from + 6)?;
        let digits = sequence.strip_prefix("\\u")?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u16::from_str_radix(digits, 16).ok()
    };
    match unit(0) {
        Some(0xD800..=0xDBFF) if matches!(unit(6), Some(0xDC00..=0xDFFF)) => {
            out.push_str(&rest[..12]);
            12
        }
        Some(0xD800..=0xDFFF) => {
            done.surrogates += 1;
            out.push('\u{FFFD}');
            6
        }
        _ => {
            let used = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..used]);
            used
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::ReadOptions;
    use super::super::origin::Origin;
    use super::*;

    fn read(record: &[u8]) -> Result<Article, RecordError> {
        let mut mapper = Mapper::new(&Origin::of_file("-".as_ref(), 0, &ReadOptions::default()));
        article(record, Place { line: 1, offset: 0, len: 0 }, &mut mapper)
    }

    fn codes(article: &Article) -> Vec<&'static str> {
        article.notes.iter().map(|note| note.code).collect()
    }

    #[test]
    fn nearly_json_is_repaired_and_noted() {
        let article =
            read(b"{\"title\":\"a\x01b\tc\",\"body\":\"x\\ud83dy \\ud83d\\ude00\",\"n\":NaN}");
        let article = article.unwrap();
        assert_eq!(article.title, "ab\tc");
        assert_eq!(article.body, "x\u{FFFD}y 😀");
        assert_eq!(article.extra["n"], Value::Null);
        let wanted = ["control_character", "control_character", "surrogate", "not_a_number"];
        assert_eq!(codes(&article), wanted);
    }

    #[test]
    fn latin_bytes_and_nuls_keep_the_record() {
        let article = read(b"{\"title\":\"caf\xe9\0\",\"k\\u0065y\":1}").unwrap();
        assert_eq!(article.title, "café");
        assert_eq!(codes(&article), ["charset", "nul"]);
        assert_eq!(article.provenance.charset.as_deref(), Some("windows-1252"));
        assert_eq!(article.extra["key"], 1);
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let error = read(b"{\"title\": oops}").unwrap_err();
        assert_eq!(error.code, "bad_json");
        assert_eq!(error.message, "expected value at column 11");
        assert_eq!(read(b"[1]").unwrap_err().code, "not_an_object");
        assert_eq!(read(b"{}").unwrap_err().code, "nothing");
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(read(deep.as_bytes()).unwrap_err().code, "bad_json");
    }
}
