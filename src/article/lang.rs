//! Language tags, and what language a text is in.

mod frequent;
mod tables;

use whatlang::detect as whatlang_detect;

use frequent::CommonWords;

/// Letters without which a guess is none.
const ENOUGH_LETTERS: usize = 60;
/// Bytes that are looked at.
const SAMPLE: usize = 1_000;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// ISO 639-1 tag.
    pub lang: &'static str,
    /// Whether the text itself says so; otherwise it is the default, or the most usual language
    /// of the text's script.
    pub reliable: bool,
}

/// The two-letter tag of a language given as tag, three-letter code or name.
///
/// Regions and scripts are cut off (`pt-BR`, `zh_Hans`); case does not matter. Names are known in
/// English and in the language itself for some 50 languages, three-letter codes likewise, all
/// two-letter codes of ISO 639-1. Bokmål is `no`. Unknown languages and `und` give nothing.
///
/// ```
/// # use dateline::article::lang::normalize_tag;
/// assert_eq!(normalize_tag("pt-BR"), Some("pt"));
/// assert_eq!(normalize_tag("Français"), Some("fr"));
/// ```
pub fn normalize_tag(text: &str) -> Option<&'static str> {
    let whole = text.trim();
    if whole.len() > 64 {
        return None;
    }
    let whole = whole.to_lowercase();
    let tag = whole.split(['-', '_', '.', '@']).next().unwrap_or_default();
    tables::code(tag).or_else(|| tables::name(&whole)).or_else(|| {
        // "English (United States)"
        tables::name(whole.split(['(', ',']).next().unwrap_or_default().trim())
    })
}

/// The English name of a two-letter tag, if it is one of the usual languages.
pub fn english_name(tag: &str) -> Option<&'static str> {
    tables::english_name(tag)
}

/// English names of the usual languages that are nearest to `text`, nearest first.
pub fn nearest(text: &str, limit: usize) -> Vec<&'static str> {
    crate::diag::nearest(text, tables::english_names(), limit)
}

/// What language title and body are in; `default` is a two-letter tag.
///
/// The script decides where it can; in Latin script the commonest words of languages do. Only
/// where those of the default language are rare, and more of another's stand there, whatlang is
/// asked, and believed if it calls itself reliable and there are 60 letters. Looks at the title and
/// the first 1,000 bytes of the body. Costs some 3 µs, where whatlang is asked some 100 µs.
pub fn detect(title: &str, body: &str, default: &str) -> Detected {
    let default = tables::code(default).unwrap_or("und");
    let (title, body) = (head(title, SAMPLE / 4), head(body, SAMPLE));
    let mut counts = Scripts::default();
    counts.add(title);
    counts.add(body);
    let unsure = Detected { lang: default, reliable: false };
    let Some(script) = counts.dominant() else { return unsure };
    match script {
        Script::Latin => {}
        Script::Only(lang) => return Detected { lang, reliable: true },
        Script::Kana => return Detected { lang: "ja", reliable: true },
        Script::Han => {
            // Chinese has no kana; a Japanese headline may have none either.
            let lang =
                if default == "ja" && counts.letters() < ENOUGH_LETTERS { "ja" } else { "zh" };
            return Detected { lang, reliable: lang == "zh" };
        }
        Script::Cyrillic | Script::Arabic | Script::Devanagari => {
            return shared_script(script, title, body, default, counts.letters());
        }
    }
    // A table of numbers says little of its language.
    if counts.letters() < ENOUGH_LETTERS || counts.digits * 5 > counts.letters() {
        return unsure;
    }
    let seen = CommonWords::count(title, body, default);
    if seen.is_clear(default) {
        return Detected { lang: default, reliable: true };
    }
    if !seen.may_be_other_than(default) {
        return Detected { lang: default, reliable: seen.may_be(default) == Some(true) };
    }
    if let Some(lang) = seen.clear_one() {
        return Detected { lang, reliable: true };
    }
    // Tables of earnings ("Shr loss 11 cts vs profit six cts") pass for French, but for one thing.
    guessed(title, body).filter(|guess| seen.may_be(guess.lang) != Some(false)).unwrap_or(unsure)
}

fn guessed(title: &str, body: &str) -> Option<Detected> {
    // Headlines are in capitals or without articles; the body says more.
    let text =
        if body.len() >= 2 * ENOUGH_LETTERS { body.to_owned() } else { format!("{title}\n{body}") };
    let info = whatlang_detect(&text)?;
    if !info.is_reliable() {
        return None;
    }
    Some(Detected { lang: tables::code(info.lang().code())?, reliable: true })
}

/// The languages of a script that several share: by letters of their own, else by whatlang, else
/// the default if it uses the script, else the one most written.
fn shared_script(
    script: Script,
    title: &str,
    body: &str,
    default: &'static str,
    letters: usize,
) -> Detected {
    let (users, usual): (&[&str], &'static str) = match script {
        Script::Arabic => (&["ar", "fa", "ur", "ps", "ug", "sd", "ku"], "ar"),
        Script::Devanagari => (&["hi", "mr", "ne", "sa"], "hi"),
        _ => (&["ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt"], "ru"),
    };
    let own: &[(&str, &'static str)] = match script {
        Script::Arabic => &[("ٹڈڑےں", "ur"), ("ټډړښ", "ps"), ("پچژگ", "fa")],
        Script::Devanagari => &[("ळ", "mr")],
        _ => &[
            ("їєґ", "uk"),
            ("ў", "be"),
            ("ђћџ", "sr"),
            ("ѓќѕ", "mk"),
            ("қғәұһ", "kk"),
            ("ң", "ky"),
            ("өү", "mn"),
            ("ыэё", "ru"),
        ],
    };
    if letters >= ENOUGH_LETTERS {
        let found = own.iter().find(|(signs, _)| {
            let hits = title.chars().chain(body.chars()).filter(|c| signs.contains(*c)).take(2);
            hits.count() >= 2
        });
        if let Some((_, lang)) = found {
            return Detected { lang, reliable: true };
        }
        if let Some(guess) = guessed(title, body).filter(|guess| users.contains(&guess.lang)) {
            return guess;
        }
    }
    Detected { lang: if users.contains(&default) { default } else { usual }, reliable: false }
}

/// At most `limit` bytes of the start, cut between characters.
fn head(text: &str, limit: usize) -> &str {
    let limit = limit.min(text.len());
    let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// A script as far as it tells languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
    Han,
    Kana,
    /// A script that one language writes almost all of.
    Only(&'static str),
}

/// Letters by script.
#[derive(Debug, Default)]
struct Scripts {
    digits: usize,
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    devanagari: usize,
    han: usize,
    kana: usize,
    only: [usize; tables::BLOCKS.len()],
}

impl Scripts {
    fn add(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let ascii = bytes[at..].iter().take_while(|byte| byte.is_ascii()).count();
            self.latin +=
                bytes[at..at + ascii].iter().filter(|byte| byte.is_ascii_alphabetic()).count();
            self.digits +=
                bytes[at..at + ascii].iter().filter(|byte| byte.is_ascii_digit()).count();
            at += ascii;
            let Some(c) = text[at..].chars().next() else { break };
            self.add_letter(c);
            at += c.len_utf8();
        }
    }

    fn add_letter(&mut self, c: char) {
        match c {
            '\u{AA}' | '\u{BA}' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => self.latin += 1,
            '\u{400}'..='\u{52F}' => self.cyrillic += 1,
            '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D5}' | '\u{6EE}'..='\u{6FF}' => {
                self.arabic += 1;
            }
            '\u{904}'..='\u{939}' | '\u{958}'..='\u{961}' => self.devanagari += 1,
            '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{FF66}'..='\u{FF9D}' => {
                self.kana += 1;
            }
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFD}' => {
                self.han += 1;
            }
            c => {
                let block = tables::BLOCKS.iter().position(|(range, _)| range.contains(&c));
                if let Some(place) = block {
                    self.only[place] += 1;
                }
            }
        }
    }

    fn letters(&self) -> usize {
        let shared = self.latin + self.cyrillic + self.arabic + self.devanagari;
        shared + self.han + self.kana + self.only.iter().sum::<usize>()
    }

    /// The script of most letters; a Han or kana character counts as two.
    fn dominant(&self) -> Option<Script> {
        let ideographs = 2 * (self.han + self.kana);
        // Some kana occur in Chinese text as names of goods; Japanese has one in three.
        let east = if self.kana * 10 >= self.han { Script::Kana } else { Script::Han };
        let mut best = (self.latin, Script::Latin);
        for (count, script) in [
            (self.cyrillic, Script::Cyrillic),
            (self.arabic, Script::Arabic),
            (self.devanagari, Script::Devanagari),
            (ideographs, east),
        ] {
            if count > best.0 {
                best = (count, script);
            }
        }
        for (count, (_, lang)) in self.only.iter().zip(tables::BLOCKS) {
            if *count > best.0 {
                best = (*count, Script::Only(lang));
            }
        }
        (best.0 > 0).then_some(best.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_codes_and_names_become_two_letters() {
        for (text, tag) in [
            ("en", "en"),
            ("EN-us", "en"),
            ("pt_BR", "pt"),
            ("zh-Hans-CN", "zh"),
            ("eng", "en"),
            ("ger", "de"),
            ("deu", "de"),
            ("cmn", "zh"),
            ("nb", "no"),
            ("iw", "he"),
            ("English", "en"),
            ("English (United States)", "en"),
            ("français", "fr"),
            ("FRANÇAIS", "fr"),
            ("Español", "es"),
            ("日本語", "ja"),
            ("mt", "mt"),
        ] {
            assert_eq!(normalize_tag(text), Some(tag), "{text}");
        }
        for text in ["", "und", "xx", "klingon", "e"] {
            assert_eq!(normalize_tag(text), None, "{text}");
        }
        assert_eq!(english_name("fr"), Some("French"));
    }

    #[test]
    fn every_language_that_whatlang_knows_has_a_tag() {
        for lang in whatlang::Lang::all() {
            assert!(tables::code(lang.code()).is_some(), "{}", lang.code());
        }
    }

    #[test]
    fn texts_are_told_apart() {
        let of = |body| detect("", body, "en");
        let sure = |lang| Detected { lang, reliable: true };
        let english = "The ministers said on Tuesday that they had agreed to a pact that will cut \
                       duties on rice, and that both parliaments are to vote on it by June.";
        assert_eq!(of(english), sure("en"));
        assert_eq!(
            of("Die Minister erklärten am Dienstag, sie hätten sich auf ein Abkommen geeinigt, \
                das die Zölle auf Reis senkt und über das beide Parlamente abstimmen."),
            sure("de")
        );
        assert_eq!(
            of("Les ministres ont déclaré mardi qu'ils étaient parvenus à un accord qui réduit \
                les droits de douane sur le riz et que les deux parlements voteront en juin."),
            sure("fr")
        );
        assert_eq!(of("日本と韓国の閣僚は火曜日、協定に署名した。"), sure("ja"));
        assert_eq!(of("两国部长星期二签署了一项协议，将降低大米关税。"), sure("zh"));
        assert_eq!(of("한국과 일본의 장관들이 화요일 협정에 서명했다."), sure("ko"));
        assert_eq!(
            of("Министры заявили во вторник, что договорились о соглашении, которое снизит \
                пошлины на рис, и что оба парламента проголосуют за него в июне."),
            sure("ru")
        );
        assert_eq!(of("Οι υπουργοί δήλωσαν την Τρίτη"), sure("el"));
        assert_eq!(of("קיבלו השרים ביום שלישי"), sure("he"));
        assert_eq!(detect("", english, "de"), sure("en"));
    }

    #[test]
    fn short_texts_and_empty_ones_are_in_the_default_language() {
        let unsure = |lang| Detected { lang, reliable: false };
        assert_eq!(detect("Japan pact signed", "", "en"), unsure("en"));
        assert_eq!(detect("", "", "fr"), unsure("fr"));
        assert_eq!(detect("1234", "-- 5", "nonsense"), unsure("und"));
        assert_eq!(detect("日中首脳会談", "", "ja"), unsure("ja"));
        assert_eq!(detect("Кремль", "", "en"), unsure("ru"));
        assert_eq!(detect("Кремль", "", "bg"), unsure("bg"));
    }
}
