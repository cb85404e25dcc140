//! Counts the commonest words of each language in a text: which languages it may be in.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::tables::COMMON_WORDS;

/// Words of a text that are looked at.
const WORDS: usize = 60;
/// The longest common word, in bytes.
const LONGEST: usize = 12;

/// Languages of a common word, one bit each.
static LANGUAGES: LazyLock<HashMap<&'static [u8], u64, FixedState>> = LazyLock::new(|| {
    let mut languages: HashMap<&[u8], u64, FixedState> = HashMap::default();
    for (at, (_, words)) in COMMON_WORDS.iter().enumerate() {
        for word in *words {
            *languages.entry(word.as_bytes()).or_default() |= 1 << at;
        }
    }
    languages
});

/// How many of the first words of a text are common ones of each language.
#[derive(Debug)]
pub(super) struct CommonWords {
    hits: [u8; COMMON_WORDS.len()],
    words: u8,
}

impl CommonWords {
    /// Counts in the first 60 words of body and title; stops where it is clear that `default` is
    /// the language.
    pub(super) fn count(title: &str, body: &str, default: &str) -> CommonWords {
        let default = COMMON_WORDS.iter().position(|(lang, _)| *lang == default);
        let mut seen = CommonWords { hits: [0; COMMON_WORDS.len()], words: 0 };
        let words = [body, title].into_iter().flat_map(|text| {
            text.split(|c: char| !c.is_alphabetic()).filter(|piece| !piece.is_empty())
        });
        let mut buffer = [0u8; LONGEST];
        for word in words.take(WORDS) {
            seen.words += 1;
            let Some(lower) = buffer.get_mut(..word.len()) else { continue };
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            let mut languages = LANGUAGES.get(&*lower).copied().unwrap_or(0);
            while languages != 0 {
                seen.hits[languages.trailing_zeros() as usize] += 1;
                languages &= languages - 1;
            }
            if default.is_some_and(|at| usize::from(seen.hits[at]) * 6 >= WORDS) {
                break;
            }
        }
        seen
    }

    fn of(&self, lang: &str) -> Option<usize> {
        let at = COMMON_WORDS.iter().position(|(known, _)| *known == lang)?;
        Some(usize::from(self.hits[at]))
    }

    /// Whether at least every sixth word, and five, are common words of a language.
    pub(super) fn is_clear(&self, lang: &str) -> bool {
        self.of(lang).is_some_and(|hits| hits >= 5 && hits * 6 >= usize::from(self.words))
    }

    /// Whether every fifteenth word, and two, are; `None` where the language's are not known.
    pub(super) fn may_be(&self, lang: &str) -> Option<bool> {
        self.of(lang).map(|hits| self.is_enough(hits))
    }

    /// Whether the text may be in another language than `lang`, by more words than speak for that.
    pub(super) fn may_be_other_than(&self, lang: &str) -> bool {
        let own = self.of(lang).unwrap_or(0);
        self.hits.iter().any(|&hits| usize::from(hits) > own && self.is_enough(usize::from(hits)))
    }

    /// The language that the text is clearly in: as [`CommonWords::is_clear`] says, and with twice
    /// the words of any other.
    pub(super) fn clear_one(&self) -> Option<&'static str> {
        let (at, best) = self.hits.iter().enumerate().max_by_key(|(_, hits)| **hits)?;
        let lang = COMMON_WORDS[at].0;
        let alone = self.hits.iter().filter(|hits| **hits * 2 > *best).count() == 1;
        (alone && self.is_clear(lang)).then_some(lang)
    }

    fn is_enough(&self, hits: usize) -> bool {
        hits >= 2 && hits * 15 >= usize::from(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_in_latin_script_that_can_be_guessed_has_common_words() {
        for lang in whatlang::Lang::all() {
            // What whatlang's scripts are is not public; its own names of languages are.
            let latin =
                lang.name().chars().all(|c| c < '\u{250}' || ('\u{1E00}'..'\u{1F00}').contains(&c));
            let tag = super::super::tables::code(lang.code()).unwrap();
            let known = COMMON_WORDS.iter().any(|(known, _)| *known == tag);
            // Named in Cyrillic, read in Latin script.
            assert_eq!(known, latin || matches!(tag, "az" | "uz"), "{tag}");
        }
    }

    #[test]
    fn common_words_are_words_in_lower_case_each_once() {
        assert!(COMMON_WORDS.len() <= 64);
        for (lang, words) in COMMON_WORDS {
            for (at, word) in words.iter().enumerate() {
                assert!(word.len() <= LONGEST && word.chars().all(char::is_alphabetic), "{word}");
                assert!(
                    word.to_lowercase() == *word && !words[..at].contains(word),
                    "{lang} {word}"
                );
            }
        }
    }

    #[test]
    fn words_of_several_languages_count_for_each() {
        let seen = CommonWords::count("", "La reunión de los ministros en la capital", "en");
        assert_eq!((seen.of("es"), seen.of("fr"), seen.of("xx")), (Some(5), Some(3), None));
        assert!(seen.is_clear("es") && seen.may_be_other_than("en"));
        let table = CommonWords::count("", "Shr loss nil vs loss nil Oper net loss Revs nil", "en");
        assert!(!table.may_be_other_than("en") && table.may_be("en") == Some(false));
    }
}
