//! The charset of a file: by its byte order mark, by what it declares, or by its bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes of a file within which it may declare its charset.
const HEAD: usize = 2 << 10;
/// Bytes that are no UTF-8 from which on statistics mean anything.
const FEWEST: usize = 6;
/// Characters that tell UTF-16 without a mark from what it would be else.
const LEAST: usize = 24;

/// What charset a file is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::source) struct Charset {
    /// Bytes of its mark.
    pub(in crate::source) mark: usize,
    /// What it has to be decoded from; `None` for UTF-8, and for UTF-8 with some bytes of
    /// windows-1252.
    pub(in crate::source) encoding: Option<&'static Encoding>,
    /// What a reader should know: a guess, or a declaration that is not true.
    pub(in crate::source) note: Option<String>,
}

/// Tells the charset from the first bytes of a file.
///
/// A mark decides, then what is UTF-8 for certain, then a declaration that the bytes bear out,
/// then statistics. UTF-8 of which some bytes are none stays UTF-8.
pub(in crate::source) fn guess(sample: &[u8]) -> Charset {
    let marked = |mark, encoding| Charset { mark, encoding, note: None };
    if sample.starts_with(b"\xEF\xBB\xBF") {
        return marked(3, None);
    }
    if sample.starts_with(b"\xFF\xFE") {
        return marked(2, Some(UTF_16LE));
    }
    if sample.starts_with(b"\xFE\xFF") {
        return marked(2, Some(UTF_16BE));
    }
    if let Some(encoding) = utf_16(sample) {
        let note = format!("{} without a byte order mark", encoding.name());
        return Charset { mark: 0, encoding: Some(encoding), note: Some(note) };
    }
    let declared = declared(&sample[..sample.len().min(HEAD)]);
    let (characters, foreign) = utf_8(sample);
    if foreign == 0 {
        if sample.contains(&0x1B)
            && let Some(encoding) = by_statistics(sample).filter(|one| *one == ISO_2022_JP)
        {
            return Charset { encoding: Some(encoding), ..Charset::default() };
        }
        // ASCII is true of most charsets.
        let lie = declared.filter(|one| characters > 0 && *one != UTF_8);
        let note = lie.map(|one| format!("it declares {}, but is UTF-8", one.name()));
        return Charset { note, ..Charset::default() };
    }
    if characters > foreign {
        return Charset::default();
    }
    if let Some(encoding) = declared
        && encoding.is_ascii_compatible()
        && encoding != UTF_8
        && fits(encoding, sample)
    {
        let encoding = Some(encoding).filter(|one| *one != WINDOWS_1252);
        return Charset { encoding, ..Charset::default() };
    }
    // One pound sign makes no Polish.
    let Some(encoding) = by_statistics(sample).filter(|_| foreign >= FEWEST) else {
        return Charset::default();
    };
    let note = match declared {
        Some(one) => format!("it declares {}, but was read as {}", one.name(), encoding.name()),
        None => format!("read as {} by its bytes", encoding.name()),
    };
    Charset { mark: 0, encoding: Some(encoding).filter(|one| *one != WINDOWS_1252), note: None }
        .with(note, encoding)
}

impl Charset {
    /// Windows-1252 is noted byte by byte where it is met.
    fn with(mut self, note: String, encoding: &'static Encoding) -> Charset {
        let lie = note.starts_with("it declares");
        self.note = Some(note).filter(|_| lie || encoding != WINDOWS_1252);
        self
    }
}

/// What statistics say of bytes that are not UTF-8; never UTF-8 or ASCII.
pub(in crate::source) fn by_statistics(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    (encoding != UTF_8).then_some(encoding)
}

/// Characters of more than one byte, and bytes that are no UTF-8. The last character may be cut.
fn utf_8(sample: &[u8]) -> (usize, usize) {
    let (mut characters, mut foreign) = (0, 0);
    let mut seen = 0;
    for chunk in sample.utf8_chunks() {
        characters += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        seen += chunk.valid().len() + chunk.invalid().len();
        let cut = seen == sample.len()
            && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        if !cut {
            foreign += chunk.invalid().len();
        }
    }
    (characters, foreign)
}

/// Whether bytes decode without errors and without control characters that no text has. The last
/// character may be cut.
fn fits(encoding: &'static Encoding, sample: &[u8]) -> bool {
    let end = sample.iter().rposition(|byte| *byte < 0x80).map_or(sample.len(), |at| at + 1);
    let (text, errors) = encoding.decode_without_bom_handling(&sample[..end]);
    !errors && !text.chars().any(|c| matches!(c, '\u{80}'..='\u{9F}'))
}

/// The charset that an XML or HTML head or a line `charset=` declares, if it is a known one.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let start = lower.trim_ascii_start();
    let names: &[&[u8]] = if start.starts_with(b"<?xml") {
        &[b"encoding="]
    } else if start.starts_with(b"<") {
        &[b"charset="]
    } else {
        return None;
    };
    names.iter().find_map(|name| {
        let at = memchr::memmem::find(&lower, name)? + name.len();
        let value = lower[at..].trim_ascii_start();
        let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
        let end = value
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || b"-_:.+".contains(byte)))?;
        Encoding::for_label(&value[..end])
    })
}

/// UTF-16 without a mark: bytes that are zero on one side only, or that make text of one script
/// when taken in pairs, and none else.
fn utf_16(sample: &[u8]) -> Option<&'static Encoding> {
    let looked = &sample[..sample.len().min(8 << 10) & !1];
    if looked.len() < 4 {
        return None;
    }
    let nuls = memchr::memchr_iter(0, looked).count();
    let even = looked.iter().step_by(2).filter(|byte| **byte == 0).count();
    let odd = nuls - even;
    if nuls * 3 > looked.len() {
        if even * 20 < nuls {
            return Some(UTF_16LE);
        }
        return (odd * 20 < nuls).then_some(UTF_16BE);
    }
    // Letters of many alphabets in UTF-16 have control characters for one half.
    let clean = |text: &str| !text.bytes().any(|byte| byte < 9);
    if std::str::from_utf8(looked).is_ok_and(clean) {
        return None;
    }
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| is_one_script(encoding, looked))
}

fn is_one_script(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, errors) = encoding.decode_without_bom_handling(bytes);
    let (mut all, mut letters, mut blanks) = (0, [0usize; 5], 0);
    for c in text.chars() {
        all += 1;
        let script = match c {
            '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFE}'.. => {
                return false;
            }
            '\n' | ' ' | '\u{3000}'..='\u{3002}' | '，' => {
                blanks += 1;
                continue;
            }
            '\u{370}'..='\u{52F}' => 0,
            '\u{590}'..='\u{6FF}' => 1,
            '\u{900}'..='\u{E7F}' => 2,
            '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' => 3,
            '\u{AC00}'..='\u{D7A3}' => 4,
            _ => continue,
        };
        letters[script] += 1;
    }
    let most = letters.into_iter().max().unwrap_or_default();
    !errors && all >= LEAST && most * 10 >= all * 6 && blanks * 50 >= all
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_KR, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251};

    use super::*;

    const RUSSIAN: &str = "Паром в Хельсинки не вышел в море. Капитан сказал, что ждёт погоды, а \
                           пассажиры пили чай.\n";
    const JAPANESE: &str = "海上保安庁は五日、両国の救助船が境界を越えることを認める協定に署名した。\
                            船長らは歓迎した。\n";
    const CHINESE: &str =
        "两国签署了海上救援协定，救援船可以越过边界。船长们表示欢迎，港口一切如常。\n";
    const KOREAN: &str =
        "두 나라는 해상 구조 협정에 서명했다. 선장들은 환영했고 항구는 조용했다.\n";
    const POLISH: &str = "Prom do Świnoujścia nie wypłynął. Kapitan powiedział, że czeka na \
                          pogodę, a pasażerowie pili herbatę; łódź stała przy nabrzeżu.\n";

    fn of(bytes: &[u8]) -> (Option<&'static Encoding>, bool) {
        let charset = guess(bytes);
        (charset.encoding, charset.note.is_some())
    }

    #[test]
    fn old_charsets_are_told_by_their_bytes() {
        for (text, encoding) in [
            (RUSSIAN, WINDOWS_1251),
            (RUSSIAN, KOI8_R),
            (JAPANESE, SHIFT_JIS),
            (JAPANESE, encoding_rs::EUC_JP),
            (CHINESE, GBK),
            (CHINESE, encoding_rs::BIG5),
            (KOREAN, EUC_KR),
            (POLISH, WINDOWS_1250),
            (POLISH, encoding_rs::ISO_8859_2),
        ] {
            let text = if encoding == encoding_rs::BIG5 {
                "兩國簽署了海上救援協定，救援船可以越過邊界。船長們表示歡迎，港口一切如常。\n"
            } else {
                text
            };
            let (bytes, _, errors) = encoding.encode(text);
            assert!(!errors);
            let (found, noted) = of(&bytes);
            let found = found.map(Encoding::name);
            // KOI8-U has the letters of KOI8-R at the same places.
            let wanted = [encoding.name(), if encoding == KOI8_R { "KOI8-U" } else { "" }];
            assert!(noted && wanted.contains(&found.unwrap_or_default()), "{found:?} {wanted:?}");
            assert_eq!(of(text.as_bytes()), (None, false));
        }
        let (bytes, ..) = ISO_2022_JP.encode(JAPANESE);
        assert_eq!(of(&bytes).0, Some(ISO_2022_JP));
    }

    #[test]
    fn utf_16_is_told_with_and_without_its_mark() {
        for text in [RUSSIAN, JAPANESE, CHINESE, KOREAN, "A pact was signed.\n"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(of(&little), (Some(UTF_16LE), true), "{text}");
            assert_eq!(of(&big), (Some(UTF_16BE), true), "{text}");
            assert_eq!(of(&[b"\xFF\xFE", &little[..]].concat()), (Some(UTF_16LE), false));
            assert_eq!(of(&[b"\xFE\xFF", &big[..]].concat()), (Some(UTF_16BE), false));
        }
        for bytes in [&b"Text with a NUL\0 in it"[..], b"ab", b"caf\xe9", b"\x81\x40\x81\x40ab"] {
            assert_eq!(of(bytes).0.map(Encoding::name).filter(|name| name.contains("16")), None);
        }
    }

    #[test]
    fn a_declaration_holds_only_where_the_bytes_bear_it_out() {
        let declaring = |name: &str, encoding: &'static Encoding| {
            let text = format!("<?xml version=\"1.0\" encoding=\"{name}\"?><p>{RUSSIAN}</p>");
            guess(&encoding.encode(&text).0)
        };
        assert_eq!(declaring("windows-1251", WINDOWS_1251).encoding, Some(WINDOWS_1251));
        assert_eq!(declaring("windows-1251", WINDOWS_1251).note, None);
        let lie = declaring("ISO-8859-1", UTF_8);
        assert_eq!(
            (lie.encoding, lie.note.as_deref()),
            (None, Some("it declares windows-1252, but is UTF-8"))
        );
        let lie = declaring("utf-8", WINDOWS_1251);
        assert_eq!(lie.encoding, Some(WINDOWS_1251));
        assert_eq!(lie.note.as_deref(), Some("it declares UTF-8, but was read as windows-1251"));
        assert_eq!(of(b"<meta charset=koi8-r><p>ascii"), (None, false));
    }

    #[test]
    fn stray_bytes_leave_utf_8_what_it_is() {
        let bytes = [RUSSIAN.as_bytes(), b"\xa3 5"].concat();
        assert_eq!(of(&bytes), (None, false));
        assert_eq!(of(&RUSSIAN.as_bytes()[..RUSSIAN.len() - 3]), (None, false));
        assert_eq!(of(b"caf\xe9 \x96 Z\xfcrich"), (None, false));
    }
}
