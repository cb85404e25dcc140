//! Ids only, one a line or with NULs between, and the form in which ids are safe in a line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Head, Needs, Renderer, Summary};
use crate::search::Hit;
use crate::text::sanitize;

/// The id with `%`, comma, tab, line breaks and all characters that steer a terminal written as
/// `%` and two hexadecimal digits a byte of UTF-8.
pub fn encode(id: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '%' | ',' | '\t' | '\n' | '\r') || sanitize::is_unsafe(c);
    if !id.chars().any(special) {
        return Cow::Borrowed(id);
    }
    let mut out = String::with_capacity(id.len() + 8);
    for c in id.chars() {
        if special(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The id that [`encode`] wrote; `None` if there is nothing to decode or it is no encoded id.
pub fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Writes ids and nothing else.
#[derive(Debug)]
pub(super) struct Ids {
    /// Raw ids with a NUL after each, instead of encoded ones in lines.
    pub(super) nul: bool,
}

impl Renderer for Ids {
    fn needs(&self) -> Needs {
        Needs::Id
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        if self.nul {
            out.write_all(hit.id.as_bytes())?;
            out.write_all(b"\0")
        } else {
            out.write_all(encode(&hit.id).as_bytes())?;
            out.write_all(b"\n")
        }
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_id_comes_back_from_a_line(id in "(?s).{1,30}") {
            let line = encode(&id);
            prop_assert!(!line.contains(['\n', '\t', ',']));
            prop_assert_eq!(decode(&line).unwrap_or_else(|| line.to_string()), id);
        }
    }

    #[test]
    fn ids_survive_being_written_in_a_line() {
        for id in [
            "plain-1",
            "a,b",
            "tab\tnew\nline",
            "100%",
            "\u{1b}[31m",
            "東京/１",
            "\u{202e}x",
            "%2C",
        ] {
            let line = encode(id);
            assert!(!line.contains([',', '\t', '\n', '\u{1b}', '\u{202e}']), "{line}");
            assert_eq!(decode(&line).unwrap_or_else(|| line.clone().into_owned()), id);
        }
        assert_eq!(encode("a,b%c\n"), "a%2Cb%25c%0A");
    }

    #[test]
    fn what_is_no_encoded_id_is_left_alone() {
        for text in ["plain", "50%", "%zz", "%+1", "%ff"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
