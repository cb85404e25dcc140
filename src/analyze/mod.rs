//! Words to index terms: one analyzer a language, the same for articles and queries.
//!
//! *Invariant:* what indexing does to a word, resolving a query does too, by this code alone.

use frostem::{Algorithm, Stemmer};

use crate::text::{Token, Tokens, fold};

/// The version of tokenizer, folding and stemmers together; an index keeps the one it was written
/// with, and refuses to mix.
pub const ANALYZER_VERSION: u32 = 1;

/// Languages that have a stemmer, sorted; words of others are folded only.
pub const STEMMED: &[&str] = &[
    "ar", "ca", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt",
    "ro", "ru", "sv", "ta", "tr",
];

/// Words that one analyzer remembers the stems of: a power of two; 40 bytes each.
const REMEMBERED: usize = 1 << 14;

/// Words up to which the memory, 640 KiB, is not made.
const FEW: u32 = 64;

fn algorithm(lang: &str) -> Option<Algorithm> {
    Some(match lang {
        "ar" => Algorithm::Arabic,
        "ca" => Algorithm::Catalan,
        "cs" => Algorithm::Czech,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "pl" => Algorithm::Polish,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

/// The tag under which an index remembers that it holds this language: languages without a
/// stemmer share one.
pub fn analyzer_name(lang: &str) -> &'static str {
    if matches!(lang, "nb" | "nn") {
        return "no";
    }
    STEMMED.iter().find(|&&known| known == lang).copied().unwrap_or("und")
}

/// Turns words of one language into stems; remembers the latest 16,384, one a hash slot.
pub struct Analyzer {
    stemmer: Option<Stemmer>,
    memory: Vec<Remembered>,
    /// Words stemmed before there was a memory: a query has too few to be worth one.
    unremembered: u32,
    lower: String,
}

/// A short word and its stem, which is a start of the word and at most four letters more.
#[derive(Debug, Clone, Copy, Default)]
struct Remembered {
    hash: u64,
    word: [u8; 22],
    ending: [u8; 4],
    word_len: u8,
    shared: u8,
    ending_len: u8,
}

impl Remembered {
    /// `None` for words and stems that do not fit.
    fn new(hash: u64, word: &str, stem: &str) -> Option<Remembered> {
        let shared = word.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b).count();
        let ending = &stem.as_bytes()[shared..];
        let mut new = Remembered {
            hash,
            word_len: word.len() as u8,
            shared: shared as u8,
            ending_len: ending.len() as u8,
            ..Remembered::default()
        };
        new.word.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
        new.ending.get_mut(..ending.len())?.copy_from_slice(ending);
        Some(new)
    }

    fn is(&self, hash: u64, word: &str) -> bool {
        self.hash == hash && self.word[..usize::from(self.word_len)] == *word.as_bytes()
    }
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").field("stems", &self.stemmer.is_some()).finish_non_exhaustive()
    }
}

impl Analyzer {
    /// The analyzer of a language (ISO 639 tag); one without stemmer only folds.
    pub fn new(lang: &str) -> Analyzer {
        Analyzer {
            stemmer: algorithm(lang).map(Stemmer::new),
            memory: Vec::new(),
            unremembered: 0,
            lower: String::new(),
        }
    }

    /// Appends the stem of a word: `surface` as written, `folded` its folded form.
    ///
    /// Stemmers read the lower case with accents; accents are dropped from what they give.
    pub fn stem_into(&mut self, hash: u64, surface: &str, folded: &str, out: &mut String) {
        let Some(stemmer) = &self.stemmer else {
            out.push_str(folded);
            return;
        };
        // Accents decide stems, so only plain words can be remembered by their folded form.
        let plain = surface.len() == folded.len() && surface.is_ascii();
        let from = out.len();
        if plain {
            if self.memory.is_empty() {
                if self.unremembered < FEW {
                    self.unremembered += 1;
                    let stem = stemmer.stem(folded);
                    out.push_str(if stem.is_empty() { folded } else { &stem });
                    return;
                }
                self.memory.resize(REMEMBERED, Remembered::default());
            }
            // No stemmer changes a number, and there is no end of them.
            if folded.bytes().all(|byte| byte.is_ascii_digit()) {
                out.push_str(folded);
                return;
            }
            let slot = hash as usize & (REMEMBERED - 1);
            let known = &self.memory[slot];
            if known.is(hash, folded) {
                out.push_str(&folded[..usize::from(known.shared)]);
                let ending = &known.ending[..usize::from(known.ending_len)];
                out.extend(ending.iter().map(|&byte| byte as char));
                return;
            }
            let stem = stemmer.stem(folded);
            out.push_str(if stem.is_empty() { folded } else { &stem });
            if let Some(new) = Remembered::new(hash, folded, &out[from..])
                && new.ending.is_ascii()
            {
                self.memory[slot] = new;
            }
            return;
        }
        self.lower.clear();
        fold::lower_into(surface, &mut self.lower);
        fold::strip_into(&stemmer.stem(&self.lower), out);
        if out.len() == from {
            out.push_str(folded);
        }
    }
}

/// Analyzers by language, built on first use; one set a thread.
#[derive(Debug, Default)]
pub struct Analyzers {
    by_lang: Vec<(String, Analyzer)>,
}

impl Analyzers {
    /// The analyzer of a language.
    pub fn get(&mut self, lang: &str) -> &mut Analyzer {
        let at = match self.by_lang.iter().position(|(known, _)| known == lang) {
            Some(at) => at,
            None => {
                self.by_lang.push((lang.to_owned(), Analyzer::new(lang)));
                self.by_lang.len() - 1
            }
        };
        &mut self.by_lang[at].1
    }
}

/// One word of a query, analysed: the position within its query word, and its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryToken {
    /// Position from the first token of the text analysed.
    pub position: u32,
    /// The folded form.
    pub folded: String,
    /// The surface as written, apostrophes made plain.
    pub surface: String,
    /// Stems in the languages asked for, sorted, distinct; for a CJK character the bigram with
    /// the next character, empty for the last of a run.
    pub stems: Vec<String>,
    /// Whether it is a single CJK character.
    pub cjk: bool,
}

/// Cuts and analyses a piece of a query in each of `languages`.
///
/// A run of CJK characters gives one token a character, whose stem is the bigram that starts
/// there; the last character of a run has no stem of its own, because the run's bigrams already
/// hold it (a run of one character has none at all and is matched by form).
pub fn analyze_query(
    text: &str,
    languages: &[String],
    analyzers: &mut Analyzers,
) -> Vec<QueryToken> {
    let tokens = Tokens::of(text);
    let mut out = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        if token.has(Token::JOINED) {
            continue;
        }
        let folded = tokens.folded(token);
        let cjk = token.has(Token::CJK);
        let mut stems = Vec::new();
        if cjk {
            if let Some(next) = tokens.get(at + 1).filter(|next| adjacent_cjk(token, next)) {
                stems.push(format!("{folded}{}", tokens.folded(next)));
            }
        } else {
            for lang in languages {
                let mut stem = String::new();
                let surface = token.surface(text);
                analyzers.get(lang).stem_into(token.hash, surface, folded, &mut stem);
                stems.push(stem);
            }
            if languages.is_empty() {
                stems.push(folded.to_owned());
            }
            stems.sort();
            stems.dedup();
        }
        out.push(QueryToken {
            position: token.position,
            folded: folded.to_owned(),
            surface: exact_surface(token.surface(text)).into_owned(),
            stems,
            cjk,
        });
    }
    out
}

/// Whether two CJK characters stand side by side, so that they form a bigram.
pub fn adjacent_cjk(token: &Token, next: &Token) -> bool {
    next.has(Token::CJK) && next.start == token.end
}

/// A word as `=Word` compares it: apostrophes made plain, line-end hyphens as written.
pub fn exact_surface(surface: &str) -> std::borrow::Cow<'_, str> {
    if surface.is_ascii() || !surface.contains(['’', '‘', 'ʼ']) {
        return surface.into();
    }
    surface.replace(['’', '‘', 'ʼ'], "'").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str, langs: &[&str]) -> Vec<Vec<String>> {
        let langs: Vec<String> = langs.iter().map(|&lang| lang.to_owned()).collect();
        analyze_query(text, &langs, &mut Analyzers::default())
            .into_iter()
            .map(|token| token.stems)
            .collect()
    }

    #[test]
    fn words_are_stemmed_in_each_language() {
        assert_eq!(stems("Treaties", &["en"]), [["treati"]]);
        assert_eq!(stems("Verträge", &["de"]), [["vertrag"]]);
        assert_eq!(stems("running", &["de", "en"]), [vec!["run", "running"]]);
        assert_eq!(stems("running", &[]), [["running"]]);
    }

    #[test]
    fn accents_do_not_matter_after_stemming() {
        assert_eq!(stems("écoles", &["fr"]), stems("ecoles", &["fr"]));
    }

    #[test]
    fn japanese_runs_become_bigrams() {
        let expected: Vec<Vec<String>> = vec![vec!["日本".into()], vec!["本語".into()], vec![]];
        assert_eq!(stems("日本語", &["en"]), expected);
    }

    #[test]
    fn a_remembered_stem_is_the_same_stem() {
        let long = "honorificabilitudinitatibus";
        for word in ["connections", "treaty", "skies", "a", long] {
            let mut analyzer = Analyzer::new("en");
            let mut seen = Vec::new();
            for _ in 0..FEW + 2 {
                let mut out = String::from("x");
                let tokens = Tokens::of(word);
                analyzer.stem_into(tokens[0].hash, word, word, &mut out);
                seen.push(out);
            }
            assert!(seen.iter().all(|other| *other == seen[0]));
            assert_eq!(seen[0], format!("x{}", Stemmer::new(Algorithm::English).stem(word)));
        }
    }

    #[test]
    fn no_stemmer_changes_a_number() {
        for lang in STEMMED {
            let stemmer = Stemmer::new(algorithm(lang).unwrap());
            for number in ["0", "7", "42", "1987", "000123456789"] {
                assert_eq!(stemmer.stem(number), number, "{lang}");
            }
        }
    }

    #[test]
    fn the_list_of_languages_is_what_has_a_stemmer() {
        assert!(STEMMED.is_sorted());
        assert!(STEMMED.iter().all(|lang| algorithm(lang).is_some()));
        assert_eq!(analyzer_name("ja"), "und");
        assert_eq!(analyzer_name("nb"), "no");
    }
}
