//! The word lists of the person tagger in one hash table keyed by the hash of the folded word.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;
use xxhash_rust::xxh3::xxh3_64;

use super::field::Word;
use super::name;
use crate::text::Tokens;
use crate::text::fold::fold;

/// Given names: name, weight 1 to 9 (US Census 1990 frequency on a log scale; others 5 or 6).
pub(super) const GIVEN: &str = include_str!("../data/person_given.tsv");
/// Surnames: name, weight 1 to 9 (rank in the US Census 1990 on a log scale; others 4 to 6).
pub(super) const SURNAMES: &str = include_str!("../data/person_surname.tsv");
/// Words that are mostly written in lower case.
pub(super) const COMMON: &str = include_str!("../data/person_common.tsv");
/// Titles, roles, particles, company words, verbs of speech: word, kind.
pub(super) const WORDS: &str = include_str!("../data/person_word.tsv");
/// Places, peoples and organisations of one to four words: name, kind.
pub(super) const NOT: &str = include_str!("../data/person_not.tsv");
/// Names of peoples that put the surname first: name, kind.
pub(super) const ORDER: &str = include_str!("../data/person_order.tsv");
/// Well-known persons: id, first and last year in which the lone surname means them.
pub(super) const KNOWN: &str = include_str!("../data/person_known.tsv");
/// Spellings: alias as a slug, id.
pub(super) const ALIASES: &str = include_str!("../data/person_alias.tsv");

/// What the lists say of one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Bit set of the constants below.
    pub flags: u32,
    /// Weight as a given name, 0 if it is none.
    pub given: u8,
    /// Weight as a surname, 0 if it is none.
    pub surname: u8,
    /// Languages other than English in which it is a title: bits of [`lang_bit`].
    pub title_langs: u8,
}

impl Entry {
    pub const COMMON: u32 = 1;
    pub const PLACE: u32 = 1 << 1;
    pub const DEMONYM: u32 = 1 << 2;
    pub const ORG_NAME: u32 = 1 << 3;
    pub const HONORIFIC: u32 = 1 << 4;
    pub const REGNAL: u32 = 1 << 5;
    pub const ROLE: u32 = 1 << 6;
    pub const ROLE_PART: u32 = 1 << 7;
    pub const SUFFIX: u32 = 1 << 8;
    pub const PARTICLE: u32 = 1 << 9;
    pub const ORG_WORD: u32 = 1 << 10;
    pub const SPEECH: u32 = 1 << 11;
    pub const VERB: u32 = 1 << 12;
    pub const TIME: u32 = 1 << 13;
    pub const PLACE_FIRST: u32 = 1 << 14;
    /// First word of a name in the list of things that are no persons.
    pub const PHRASE: u32 = 1 << 15;
    /// Chinese, Korean or Vietnamese surname.
    pub const SURNAME_FIRST: u32 = 1 << 16;
    /// Surname of a well-known person.
    pub const KNOWN: u32 = 1 << 17;
    pub const PREPOSITION: u32 = 1 << 18;
    pub const THE: u32 = 1 << 19;
    pub const BY: u32 = 1 << 20;
    /// First word or character of an alias in another script.
    pub const ALIAS: u32 = 1 << 21;
    /// Article, pronoun or the like of some language: never a name.
    pub const STOP: u32 = 1 << 22;
    pub const CONJUNCTION: u32 = 1 << 23;
    /// First word of a well-known full name.
    pub const OPENS: u32 = 1 << 24;

    /// Any kind of title before a name.
    pub const TITLE: u32 = Self::HONORIFIC | Self::REGNAL | Self::ROLE;
    /// Things that are no persons.
    pub const THING: u32 = Self::PLACE | Self::DEMONYM | Self::ORG_NAME | Self::TIME;

    pub fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }
}

/// Bit of a language that has titles of its own here, 0 for others.
pub(super) fn lang_bit(lang: &str) -> u8 {
    match lang {
        "de" => 1,
        "fr" => 2,
        "es" => 4,
        "it" => 8,
        "pt" => 16,
        "nl" => 32,
        "sv" | "da" | "no" | "nb" => 64,
        _ => 0,
    }
}

/// Heads of state and government: their full names are persons, whatever words they are made of.
const LEADERS: &str = include_str!("../data/leaders.tsv");

/// A person whose lone surname is understood in some years.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    surname: u64,
    pub id: &'static str,
    pub from: u16,
    pub to: u16,
}

/// All lists, by hash.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: HashMap<u64, Entry, FixedState>,
    phrases: HashMap<u64, u32, FixedState>,
    known: Vec<Known>,
    /// Hashes of the first and the last word of well-known full names.
    full: HashSet<(u64, u64), FixedState>,
    /// Aliases in other scripts by the hash of their first character or word.
    aliases: Vec<(u64, &'static str, &'static str)>,
}

/// The rows of a table: its first two columns, the header left out.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
}

impl Lexicon {
    /// Reads the embedded tables: a few milliseconds.
    pub fn new() -> Lexicon {
        let mut lexicon = Lexicon {
            words: HashMap::with_capacity_and_hasher(72_000, FixedState::default()),
            phrases: HashMap::with_capacity_and_hasher(4_000, FixedState::default()),
            known: Vec::new(),
            full: HashSet::default(),
            aliases: Vec::new(),
        };
        for (word, weight) in rows(SURNAMES) {
            lexicon.entry(word).surname = digit(weight);
        }
        for (word, weight) in rows(GIVEN) {
            lexicon.entry(word).given = digit(weight);
        }
        for (word, _) in rows(COMMON) {
            lexicon.entry(word).flags |= Entry::COMMON;
        }
        for (word, kind) in rows(WORDS) {
            let entry = lexicon.entry(word);
            if let Some(lang) = kind.strip_prefix("title_") {
                entry.title_langs |= lang_bit(lang);
            } else {
                entry.flags |= word_flag(kind);
            }
        }
        for (word, _) in rows(ORDER).filter(|(_, kind)| matches!(*kind, "zh" | "ko" | "vi")) {
            lexicon.entry(word).flags |= Entry::SURNAME_FIRST;
        }
        for (words, kind) in rows(NOT) {
            lexicon.add_thing(words, thing_flag(kind));
        }
        for (id, years) in rows(KNOWN) {
            let (from, to) = years.split_once('\t').unwrap_or((years, years));
            let surname = name::surname(id);
            let hash = |part: &str| xxh3_64(part.as_bytes());
            let ends = (
                hash(id.split('-').next().unwrap_or(id)),
                hash(id.rsplit('-').next().unwrap_or(id)),
            );
            lexicon.entry(surname).flags |= Entry::KNOWN;
            lexicon.add_full(ends);
            let year = |text: &str| text.parse().unwrap_or(0);
            lexicon.known.push(Known {
                surname: hash(surname),
                id,
                from: year(from),
                to: year(to),
            });
        }
        lexicon.known.sort_by_key(|known| (known.surname, known.id));
        for (name, _) in rows(LEADERS) {
            let words = Tokens::of(name);
            if let [first, .., last] = &words[..] {
                lexicon.add_full((first.hash, last.hash));
            }
        }
        for (alias, id) in rows(ALIASES).filter(|(alias, _)| !alias.is_ascii()) {
            let first = fold(first_unit(alias));
            lexicon.entry(&first).flags |= Entry::ALIAS;
            lexicon.aliases.push((xxh3_64(first.as_bytes()), alias, id));
        }
        // The longest alias of a first word comes first.
        lexicon
            .aliases
            .sort_by_key(|(hash, alias, _)| (*hash, std::cmp::Reverse(alias.len()), *alias));
        lexicon
    }

    fn entry(&mut self, word: &str) -> &mut Entry {
        self.words.entry(xxh3_64(word.as_bytes())).or_default()
    }

    fn add_full(&mut self, ends: (u64, u64)) {
        if ends.0 != ends.1 {
            self.words.entry(ends.0).or_default().flags |= Entry::OPENS;
            self.full.insert(ends);
        }
    }

    fn add_thing(&mut self, words: &str, flag: u32) {
        if !words.contains(' ') {
            self.entry(words).flags |= flag;
            return;
        }
        let mut key = 0;
        for (at, word) in words.split(' ').enumerate() {
            if at == 0 {
                self.entry(word).flags |= Entry::PHRASE;
            }
            key = mix(key, xxh3_64(word.as_bytes()));
        }
        self.phrases.insert(key, flag);
    }

    /// What the lists say of the word with this hash.
    pub fn get(&self, hash: u64) -> Entry {
        self.words.get(&hash).copied().unwrap_or_default()
    }

    /// Flags of the thing whose words have this mixed hash, see [`mix`].
    pub fn phrase(&self, key: u64) -> Option<u32> {
        self.phrases.get(&key).copied()
    }

    /// The well-known persons with this surname, by id.
    pub fn known(&self, surname: u64) -> &[Known] {
        equal_range(&self.known, |known| known.surname, surname)
    }

    /// Whether a well-known full name starts and ends with these words.
    pub fn is_known(&self, first: &Word, last: &Word) -> bool {
        first.entry.has(Entry::OPENS) && self.full.contains(&(first.hash, last.hash))
    }

    /// Aliases in other scripts whose first character or word has this hash, longest first.
    pub fn aliases(&self, first: u64) -> &[(u64, &'static str, &'static str)] {
        equal_range(&self.aliases, |alias| alias.0, first)
    }
}

fn equal_range<T>(sorted: &[T], key: impl Fn(&T) -> u64, wanted: u64) -> &[T] {
    let from = sorted.partition_point(|item| key(item) < wanted);
    let len = sorted[from..].partition_point(|item| key(item) == wanted);
    &sorted[from..from + len]
}

/// Adds a word to the key of a phrase.
pub(super) fn mix(key: u64, word: u64) -> u64 {
    (key.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The first token of an alias: a Chinese or Japanese character, else the word before a hyphen.
fn first_unit(alias: &str) -> &str {
    let first = alias.chars().next().map_or(0, char::len_utf8);
    let head = &alias[..first];
    if head.chars().all(|c| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}')) {
        head
    } else {
        alias.split('-').next().unwrap_or(alias)
    }
}

fn digit(text: &str) -> u8 {
    text.bytes().next().filter(u8::is_ascii_digit).map_or(0, |byte| byte - b'0')
}

fn word_flag(kind: &str) -> u32 {
    match kind {
        "honorific" => Entry::HONORIFIC,
        "regnal" => Entry::REGNAL,
        "role" => Entry::ROLE,
        "rolepart" => Entry::ROLE_PART,
        "suffix" => Entry::SUFFIX,
        "particle" => Entry::PARTICLE,
        "org" => Entry::ORG_WORD,
        "speech" => Entry::SPEECH,
        "verb" => Entry::VERB,
        "time" => Entry::TIME,
        "placefirst" => Entry::PLACE_FIRST,
        "preposition" => Entry::PREPOSITION,
        "the" => Entry::THE,
        "by" => Entry::BY,
        "stop" => Entry::STOP,
        "conjunction" => Entry::CONJUNCTION,
        _ => 0,
    }
}

fn thing_flag(kind: &str) -> u32 {
    match kind {
        "country" | "state" | "city" | "place" => Entry::PLACE,
        "demonym" => Entry::DEMONYM,
        _ => Entry::ORG_NAME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_without_duplicates() {
        for (name, table) in [
            ("given", GIVEN),
            ("surname", SURNAMES),
            ("common", COMMON),
            ("word", WORDS),
            ("not", NOT),
            ("order", ORDER),
            ("known", KNOWN),
            ("alias", ALIASES),
        ] {
            let lines: Vec<&str> = table.lines().collect();
            assert!(lines[0].starts_with('#'), "{name} has no header");
            for pair in lines[1..].windows(2) {
                assert!(pair[0] < pair[1], "{name}: {:?} before {:?}", pair[0], pair[1]);
            }
        }
    }

    #[test]
    fn keys_are_unique_where_one_row_decides() {
        for table in [GIVEN, SURNAMES, COMMON, NOT, KNOWN, ALIASES] {
            let keys: Vec<&str> = rows(table).map(|row| row.0).collect();
            assert!(keys.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn keys_are_folded_and_kinds_known() {
        for table in [GIVEN, SURNAMES, COMMON, WORDS, NOT, ORDER, ALIASES] {
            for (key, _) in rows(table) {
                assert_eq!(fold(key), fold(&fold(key)));
                assert!(!key.is_ascii() || fold(key) == key, "{key}");
            }
        }
        for (word, kind) in rows(WORDS) {
            let foreign = kind.strip_prefix("title_").is_some_and(|lang| lang_bit(lang) != 0);
            assert!(foreign || word_flag(kind) != 0, "{word} {kind}");
        }
        for table in [GIVEN, SURNAMES] {
            assert!(rows(table).all(|(_, weight)| (1..=9).contains(&digit(weight))));
        }
    }

    #[test]
    fn aliases_and_known_persons_are_slugs() {
        for (alias, id) in rows(ALIASES) {
            assert!(!alias.contains([' ', '\'']), "{alias}");
            assert!(id.is_ascii() && !id.is_empty(), "{alias} {id}");
            let plain = id.trim_start_matches('~');
            assert!(name::alias(plain).is_none(), "{alias}: {id} is an alias itself");
        }
        for (id, years) in rows(KNOWN) {
            assert_eq!(name::slug(id), id, "not canonical: {:?}", name::alias(id));
            let (from, to) = years.split_once('\t').expect("two years");
            assert!(from <= to, "{id}");
        }
    }

    #[test]
    fn phrases_are_found_by_their_words() {
        let lexicon = Lexicon::new();
        let key =
            "merrill lynch".split(' ').fold(0, |key, word| mix(key, xxh3_64(word.as_bytes())));
        assert_eq!(lexicon.phrase(key), Some(Entry::ORG_NAME));
        assert!(lexicon.get(xxh3_64(b"merrill")).has(Entry::PHRASE));
        assert_eq!(lexicon.known(xxh3_64(b"putin"))[0].id, "vladimir-putin");
        assert!(lexicon.get(xxh3_64(b"john")).given >= 8);
    }
}
