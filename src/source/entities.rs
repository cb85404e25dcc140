//! Character references of SGML, XML and HTML in text that no parser of theirs reads.

use std::borrow::Cow;

/// Bytes that a reference has at most, from `&` to `;`.
const LONGEST: usize = 12;

/// Text with references resolved, those to control characters dropped; what is no known
/// reference stays as it is.
pub(super) fn resolve(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = match rest.as_bytes().iter().take(LONGEST).position(|byte| *byte == b';') {
            Some(end) => reference(&rest[1..end], &mut out).then_some(end + 1),
            None => None,
        };
        if used.is_none() {
            out.push('&');
        }
        rest = &rest[used.unwrap_or(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Puts what a reference (without `&` and `;`) stands for; false if it is none.
pub(super) fn reference(name: &str, out: &mut String) -> bool {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        let Ok(number) = number else { return false };
        return match char::from_u32(number) {
            Some(c @ ('\t' | '\n')) => {
                out.push(c);
                true
            }
            // Browsers read these as windows-1252, and so they are meant.
            Some('\u{80}'..='\u{9F}') => {
                out.push_str(&encoding_rs::WINDOWS_1252.decode(&[number as u8]).0);
                true
            }
            Some(c) => {
                if !c.is_control() {
                    out.push(c);
                }
                true
            }
            None => false,
        };
    }
    match NAMES.binary_search_by(|(known, _)| (*known).cmp(name)) {
        Ok(at) => {
            out.push(NAMES[at].1);
            true
        }
        Err(_) => false,
    }
}

/// Names by their bytes: XML, the Latin and typographic ones of HTML, and what news collections
/// use of ISO 8879.
#[rustfmt::skip]
const NAMES: [(&str, char); 192] = [
    ("AElig", 'Æ'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Agrave", 'À'), ("Aring", 'Å'),
    ("Atilde", 'Ã'), ("Auml", 'Ä'), ("Ccaron", 'Č'), ("Ccedil", 'Ç'), ("Dagger", '‡'), ("ETH", 'Ð'),
    ("Eacute", 'É'), ("Ecirc", 'Ê'), ("Egrave", 'È'), ("Euml", 'Ë'), ("Iacute", 'Í'),
    ("Icirc", 'Î'), ("Igrave", 'Ì'), ("Iuml", 'Ï'), ("Lstrok", 'Ł'), ("Ntilde", 'Ñ'),
    ("OElig", 'Œ'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'), ("Ograve", 'Ò'), ("Oslash", 'Ø'),
    ("Otilde", 'Õ'), ("Ouml", 'Ö'), ("Prime", '″'), ("Scaron", 'Š'), ("THORN", 'Þ'),
    ("Uacute", 'Ú'), ("Ucirc", 'Û'), ("Ugrave", 'Ù'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("Yuml", 'Ÿ'),
    ("Zcaron", 'Ž'), ("aacute", 'á'), ("abreve", 'ă'), ("acirc", 'â'), ("acute", '´'),
    ("aelig", 'æ'), ("agrave", 'à'), ("amp", '&'), ("aogon", 'ą'), ("apos", '\''), ("aring", 'å'),
    ("ast", '*'), ("asymp", '≈'), ("atilde", 'ã'), ("auml", 'ä'), ("bdquo", '„'),
    ("blank", '\u{20}'), ("brvbar", '¦'), ("bull", '•'), ("cacute", 'ć'), ("ccaron", 'č'),
    ("ccedil", 'ç'), ("cedil", '¸'), ("cent", '¢'), ("check", '✓'), ("cir", '○'), ("circ", 'ˆ'),
    ("colon", ':'), ("comma", ','), ("copy", '©'), ("curren", '¤'), ("dagger", '†'), ("darr", '↓'),
    ("deg", '°'), ("divide", '÷'), ("dollar", '$'), ("eacute", 'é'), ("ecaron", 'ě'),
    ("ecirc", 'ê'), ("egrave", 'è'), ("emsp", '\u{2003}'), ("ensp", '\u{2002}'), ("eogon", 'ę'),
    ("equals", '='), ("eth", 'ð'), ("euml", 'ë'), ("euro", '€'), ("female", '♀'), ("fnof", 'ƒ'),
    ("frac12", '½'), ("frac14", '¼'), ("frac34", '¾'), ("gbreve", 'ğ'), ("ge", '≥'), ("gt", '>'),
    ("hairsp", '\u{200A}'), ("hellip", '…'), ("horbar", '―'), ("hyph", '-'), ("iacute", 'í'),
    ("icirc", 'î'), ("iexcl", '¡'), ("igrave", 'ì'), ("infin", '∞'), ("inodot", 'ı'),
    ("iquest", '¿'), ("iuml", 'ï'), ("laquo", '«'), ("larr", '←'), ("ldquo", '“'), ("le", '≤'),
    ("lowbar", '_'), ("lpar", '('), ("lrm", '\u{200E}'), ("lsaquo", '‹'), ("lsqb", '['),
    ("lsquo", '‘'), ("lstrok", 'ł'), ("lt", '<'), ("macr", '¯'), ("male", '♂'), ("mdash", '—'),
    ("micro", 'µ'), ("middot", '·'), ("minus", '−'), ("nacute", 'ń'), ("nbsp", '\u{A0}'),
    ("ndash", '–'), ("ne", '≠'), ("not", '¬'), ("ntilde", 'ñ'), ("num", '#'), ("oacute", 'ó'),
    ("ocirc", 'ô'), ("oelig", 'œ'), ("ograve", 'ò'), ("oline", '‾'), ("ordf", 'ª'), ("ordm", 'º'),
    ("oslash", 'ø'), ("otilde", 'õ'), ("ouml", 'ö'), ("para", '¶'), ("percnt", '%'),
    ("period", '.'), ("permil", '‰'), ("plus", '+'), ("plusmn", '±'), ("pound", '£'),
    ("prime", '′'), ("quot", '"'), ("radic", '√'), ("raquo", '»'), ("rarr", '→'), ("rcaron", 'ř'),
    ("rdquo", '”'), ("reg", '®'), ("rlm", '\u{200F}'), ("rpar", ')'), ("rsaquo", '›'),
    ("rsqb", ']'), ("rsquo", '’'), ("sacute", 'ś'), ("sbquo", '‚'), ("scaron", 'š'),
    ("scedil", 'ş'), ("sect", '§'), ("semi", ';'), ("shy", '\u{AD}'), ("sol", '/'), ("squ", '□'),
    ("star", '☆'), ("sum", '∑'), ("sup1", '¹'), ("sup2", '²'), ("sup3", '³'), ("szlig", 'ß'),
    ("thinsp", '\u{2009}'), ("thorn", 'þ'), ("tilde", '˜'), ("times", '×'), ("trade", '™'),
    ("uacute", 'ú'), ("uarr", '↑'), ("ucirc", 'û'), ("ugrave", 'ù'), ("uml", '¨'), ("uuml", 'ü'),
    ("yacute", 'ý'), ("yen", '¥'), ("yuml", 'ÿ'), ("zacute", 'ź'), ("zcaron", 'ž'),
    ("zwj", '\u{200D}'), ("zwnj", '\u{200C}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_references_are_resolved_and_others_stay() {
        assert_eq!(resolve("a &lt;b&gt; &amp; &eacute;&#8364;&#x20AC;&#146;"), "a <b> & é€€’");
        assert_eq!(resolve("AT&T &unknown; &; &#xZZ; &"), "AT&T &unknown; &; &#xZZ; &");
        assert_eq!(resolve("a&#3;b&#9;c&blank;d&hyph;e"), "ab\tc d-e");
        assert!(matches!(resolve("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
