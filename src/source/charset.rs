//! Bytes to text: UTF-8, and byte by byte windows-1252 where a record is not valid UTF-8.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use crate::article::Article;

/// Text of one record and what had to be done to get it.
#[derive(Debug, Clone)]
pub(super) struct Decoded<'a> {
    /// The text, without NUL.
    pub(super) text: Cow<'a, str>,
    /// Bytes that were no UTF-8 and were read as windows-1252.
    pub(super) foreign: usize,
    /// NUL bytes dropped.
    pub(super) nuls: usize,
}

impl Decoded<'_> {
    /// Notes what was done.
    pub(super) fn tell(&self, article: &mut Article) {
        if self.foreign > 0 {
            article.provenance.charset = Some("windows-1252".to_owned());
            article.note(
                "charset",
                format!("{} bytes are no UTF-8 and were read as windows-1252", self.foreign),
            );
        }
        if self.nuls > 0 {
            article.note("nul", format!("{} NUL bytes were dropped", self.nuls));
        }
    }
}

/// The text of a record.
///
/// Valid UTF-8 is borrowed. Otherwise every byte that is no part of a valid sequence is read as
/// windows-1252: a latin-1 record comes out right, and one stray byte in UTF-8 spoils nothing
/// else.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let mut foreign = 0;
    let mut text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                foreign += chunk.invalid().len();
                out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
            }
            Cow::Owned(out)
        }
    };
    let nuls = memchr::memchr_iter(0, bytes).count();
    if nuls > 0 {
        text = Cow::Owned(text.replace('\0', ""));
    }
    Decoded { text, foreign, nuls }
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
}
