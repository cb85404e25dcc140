//! Case, accent and width folding: what makes two spellings the same word.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::DecomposingNormalizerBorrowed;

/// Appends the folded form of `text`: NFKC, lower case, without accents, quotes made plain.
///
/// Accents are dropped from Latin and Greek letters only; й, が and the like are other letters
/// and stay. ASCII costs a copy.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        out[from..].make_ascii_lowercase();
        return;
    }
    let mut lower = String::with_capacity(text.len());
    lower_into(text, &mut lower);
    strip_into(&lower, out);
}

/// The folded form of `text`; see [`fold_into`].
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends the NFKC lower case of `text`, accents kept: what stemmers read.
pub fn lower_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let from = out.len();
        out.push_str(text);
        out[from..].make_ascii_lowercase();
        return;
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    for letter in composed.chars() {
        match letter {
            '’' | '‘' | 'ʼ' | '＇' | '`' | '´' => out.push('\''),
            // Turkish capital İ would become i and a combining dot.
            'İ' => out.push('i'),
            '\u{00AD}' | '\u{0640}' => {}
            _ => out.extend(letter.to_lowercase()),
        }
    }
}

/// Appends `lower` without accents; `lower` is what [`lower_into`] gave.
pub fn strip_into(lower: &str, out: &mut String) {
    if lower.is_ascii() {
        out.push_str(lower);
        return;
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(lower);
    let mut base = ' ';
    let mut kept_mark = false;
    let from = out.len();
    for letter in decomposed.chars() {
        if is_mark(letter) {
            if !drops_marks(base) && !is_arabic_mark(letter) {
                out.push(letter);
                kept_mark = true;
            }
            continue;
        }
        base = letter;
        // Hangul comes apart into jamo, which must go back together.
        kept_mark |= matches!(letter, '\u{1100}'..='\u{11FF}');
        match letter {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'ı' => out.push('i'),
            'þ' => out.push_str("th"),
            'ς' => out.push('σ'),
            'ى' => out.push('ي'),
            'ٱ' => out.push('ا'),
            _ => out.push(letter),
        }
    }
    if kept_mark {
        // Letters whose marks stay (й, が) go back to one character.
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&out[from..]).into_owned();
        out.truncate(from);
        out.push_str(&composed);
        // ё is written as е by most papers.
        if out[from..].contains('ё') {
            let plain = out[from..].replace('ё', "е");
            out.truncate(from);
            out.push_str(&plain);
        }
    }
}

/// The folded letters of `text` without any mark: й becomes и, が か, 한 three letters.
///
/// Unlike folding it goes letter by letter: the bare letters of two texts joined are those of both.
pub fn bare(text: &str) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&folded);
    decomposed.chars().filter(|&letter| !is_mark(letter)).collect()
}

/// A name made comparable: folded, every run of other characters one blank, no ends.
///
/// `"  Côte-d'Ivoire. "` becomes `cote d ivoire`; dots inside `U.S.` vanish into blanks.
pub fn name_key(name: &str) -> String {
    let folded = fold(name);
    let mut out = String::with_capacity(folded.len());
    for letter in folded.chars() {
        if letter.is_alphanumeric() || is_mark(letter) {
            out.push(letter);
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Whether this is a mark that combines with the letter before it.
pub fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0487}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{3099}' | '\u{309A}' | '\u{FE20}'..='\u{FE2F}')
}

fn is_arabic_mark(letter: char) -> bool {
    matches!(letter, '\u{064B}'..='\u{065F}' | '\u{0670}')
}

/// Whether accents on this letter are spelling variants rather than another letter.
fn drops_marks(base: char) -> bool {
    matches!(base, '\u{0000}'..='\u{024F}' | '\u{0370}'..='\u{03FF}' | '\u{0621}'..='\u{064A}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_spellings_and_keeps_letters_apart() {
        for (text, folded) in [
            ("Treaty", "treaty"),
            ("Élysée", "elysee"),
            ("Straße", "strasse"),
            ("ＮＡＴＯ", "nato"),
            ("O’Neill", "o'neill"),
            ("Йошимаса", "йошимаса"),
            ("Ёлка", "елка"),
            ("がく", "がく"),
            ("ﾌﾟｰﾁﾝ", "プーチン"),
            ("Αθήνα", "αθηνα"),
            ("إسرائيل", "اسراييل"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("대한민국", "대한민국"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Élysée Straße", "Йод がく 日本", "ﬁnance", "Ǆ", "İ", "ΑΣ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn bare_letters_go_letter_by_letter(text in "[a-zÀ-ſΆ-ώА-ёیإآ-ي가-힣か-ヾｦ-ﾟ\u{300}-\u{308}\u{3099}ß']{0,8}") {
            let letters: String = text.chars().map(|letter| bare(&letter.to_string())).collect();
            assert_eq!(bare(&text), letters, "{text:?}");
        }
    }

    #[test]
    fn name_keys_ignore_punctuation() {
        assert_eq!(name_key(" Côte-d'Ivoire. "), "cote d ivoire");
        assert_eq!(name_key("U.S."), "u s");
        assert_eq!(name_key("日本"), "日本");
    }
}
