//! Bytes to text: what charset a file is in, and UTF-8 with some bytes that are none.

mod guess;
mod transcode;

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::article::Article;

pub(super) use guess::{Charset, by_statistics, guess};
pub(super) use transcode::Transcoder;

/// Bytes of a record from which on its charset is worth guessing.
const GUESSED: usize = 24;

/// Text of one record and what had to be done to get it.
#[derive(Debug, Clone)]
pub(super) struct Decoded<'a> {
    /// The text, without NUL.
    pub(super) text: Cow<'a, str>,
    /// Bytes that were no UTF-8.
    pub(super) foreign: usize,
    /// What they were read as.
    encoding: &'static Encoding,
    /// NUL bytes dropped.
    pub(super) nuls: usize,
}

impl Decoded<'_> {
    /// Notes what was done.
    pub(super) fn tell(&self, article: &mut Article) {
        if self.foreign > 0 {
            let name = self.encoding.name();
            article.provenance.charset = Some(name.to_owned());
            let count = self.foreign;
            let bytes_were = if count == 1 { "byte was" } else { "bytes were" };
            article.note("charset", format!("{count} {bytes_were} no UTF-8, but read as {name}"));
        }
        if self.nuls > 0 {
            article.note("nul", format!("{} NUL bytes were dropped", self.nuls));
        }
    }
}

impl Charset {
    /// Says of an article what it was decoded from, and notes a guess and what could not be
    /// decoded.
    pub(super) fn tell(&self, article: &mut Article) {
        let Some(encoding) = self.encoding else {
            if let Some(note) = &self.note {
                article.note("charset", note.clone());
            }
            return;
        };
        article.provenance.charset = Some(encoding.name().to_owned());
        if let Some(note) = &self.note {
            article.note("charset", note.clone());
        }
        let bad = [&article.title, &article.body].map(|text| text.matches('\u{FFFD}').count());
        let bad: usize = bad.into_iter().sum();
        if bad > 0 {
            let name = encoding.name();
            article.note("malformed", format!("{bad} characters are no {name} and were lost"));
        }
    }
}

/// The text of a record.
///
/// Valid UTF-8 is borrowed. Otherwise every byte that is no part of a valid sequence is read as
/// windows-1252: a latin-1 record comes out right, and one stray byte in UTF-8 spoils nothing
/// else. Where nothing at all is UTF-8 and statistics name another charset, the record is read as
/// that: a file may be ASCII for long before its first letter of an old charset.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let mut foreign = 0;
    let mut characters = 0;
    let mut encoding = WINDOWS_1252;
    let mut text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                foreign += chunk.invalid().len();
                characters += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
            }
            if foreign >= GUESSED
                && characters * 20 < foreign
                && let Some(guessed) = by_statistics(bytes)
                && guessed != WINDOWS_1252
            {
                encoding = guessed;
                out = guessed.decode_without_bom_handling(bytes).0.into_owned();
            }
            Cow::Owned(out)
        }
    };
    let nuls = memchr::memchr_iter(0, bytes).count();
    if nuls > 0 {
        text = Cow::Owned(text.replace('\0', ""));
    }
    Decoded { text, foreign, encoding, nuls }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_bytes_and_stray_bytes_are_read_and_counted() {
        let decoded = decode(b"caf\xe9 \x96 Z\xfcrich");
        assert_eq!((decoded.text.as_ref(), decoded.foreign), ("café – Zürich", 3));
        let mixed = decode(b"Z\xc3\xbcrich \xa3 5\0\0");
        assert_eq!((mixed.text.as_ref(), mixed.foreign, mixed.nuls), ("Zürich £ 5", 1, 2));
        assert!(matches!(decode("日本".as_bytes()).text, Cow::Borrowed("日本")));
    }

    #[test]
    fn a_record_in_another_charset_is_read_as_that() {
        let russian = "Паром в Хельсинки не вышел в море.";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(russian);
        let decoded = decode(&bytes);
        assert_eq!((decoded.text.as_ref(), decoded.encoding.name()), (russian, "windows-1251"));
    }
}
