//! The gazetteer: all country tables, parsed once.

use std::fmt;
use std::sync::OnceLock;

use xxhash_rust::xxh3::xxh3_64;

use super::names::{Id, NO_ID, Names, codes, span};
use super::sorted;
use super::trie::{Trie, word_hash};

pub(crate) const PLACES: &str = include_str!("../data/places.tsv");
const HISTORY: &str = include_str!("../data/history.tsv");
const EXCHANGE: &str = include_str!("../data/exchange.tsv");
const STOP: &str = include_str!("../data/stop.tsv");
const FORENAMES: &str = include_str!("../data/forenames.tsv");

/// All country tables.
pub struct Tables {
    /// Country codes by [`Id`], sorted.
    pub codes: Vec<&'static str>,
    english: Names,
    /// English and all other languages; built when the first text asks for it.
    all: OnceLock<Names>,
    /// Places; values are byte offsets in `places.tsv`.
    pub places: Trie,
    /// member, union, from, until: sorted.
    history: Vec<(Id, Id, i64, i64)>,
    exchange: Vec<(&'static str, Id)>,
    stop: Vec<u64>,
    forenames: Vec<u64>,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("codes", &self.codes.len()).finish_non_exhaustive()
    }
}

impl Tables {
    /// Parses the tables that English needs: about 15 ms, and 8 MB.
    pub fn embedded() -> Tables {
        let codes = codes();
        let id = |code: &str| codes.binary_search(&code).map_or(NO_ID, |at| at as Id);
        let mut history: Vec<(Id, Id, i64, i64)> = sorted::rows(HISTORY)
            .map(|row| {
                let [member, union, from, until] = sorted::cells(row);
                let (from, until) = span(from, until);
                (id(member), id(union), from, until)
            })
            .collect();
        history.sort_unstable();
        Tables {
            english: Names::new(&codes, false),
            all: OnceLock::new(),
            places: places(),
            history,
            exchange: sorted::rows(EXCHANGE)
                .map(|row| {
                    let [code, country] = sorted::cells(row);
                    (code, id(country))
                })
                .collect(),
            stop: hashes(STOP),
            forenames: hashes(FORENAMES),
            codes,
        }
    }

    /// The number of a country code.
    pub fn id(&self, code: &str) -> Id {
        self.codes.binary_search(&code).map_or(NO_ID, |at| at as Id)
    }

    /// The names: English ones, or those of all languages, which the first caller builds.
    pub fn names(&self, all: bool) -> &Names {
        if all { self.all.get_or_init(|| Names::new(&self.codes, true)) } else { &self.english }
    }

    /// The countries that have a place of this name and its population there, largest first;
    /// `place` is the value of a node in [`Tables::places`].
    pub fn candidates(&self, place: u32) -> impl Iterator<Item = (Id, f64)> {
        let rest = &PLACES[place as usize..];
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let from = memchr::memchr(b'\t', &rest.as_bytes()[..end]).map_or(end, |at| at + 1);
        let list = &rest[from..end];
        list.split(' ').filter_map(|item| {
            let (code, people) = item.split_once(':')?;
            Some((self.id(code), people.parse::<u32>().ok()? as f64))
        })
    }

    /// The country that `id` belonged to on a date: dead unions own their members' past.
    pub fn at_date(&self, id: Id, date: Option<i64>) -> Id {
        let Some(date) = date else { return id };
        let from = self.history.partition_point(|row| row.0 < id);
        self.history[from..]
            .iter()
            .take_while(|row| row.0 == id)
            .find(|row| row.2 <= date && date < row.3)
            .map_or(id, |row| row.1)
    }

    /// The country of an exchange, by suffix (`.L`) or name (`NYSE`).
    pub fn exchange(&self, code: &str) -> Option<Id> {
        let at = self.exchange.binary_search_by_key(&code, |row| row.0).ok()?;
        Some(self.exchange[at].1)
    }

    /// Whether a word is too common to be a place without evidence.
    pub fn is_common(&self, hash: u64) -> bool {
        self.stop.binary_search(&hash).is_ok()
    }

    /// Whether a word is a given name and no place.
    pub fn is_forename(&self, hash: u64) -> bool {
        self.forenames.binary_search(&hash).is_ok()
    }
}

fn hashes(table: &'static str) -> Vec<u64> {
    let mut hashes: Vec<u64> = sorted::rows(table).map(word_hash).collect();
    hashes.sort_unstable();
    hashes
}

/// The trie of `places.tsv`, whose first cells are folded words already.
fn places() -> Trie {
    let mut trie = Trie::with_capacity(100_000);
    let bytes = PLACES.as_bytes();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        let row = &bytes[start..end];
        if row.first() != Some(&b'#') {
            let name = &row[..memchr::memchr(b'\t', row).unwrap_or(row.len())];
            let words = name.split(|&byte| byte == b' ').map(xxh3_64);
            trie.insert(words, start as u32);
        }
        start = end + 1;
    }
    trie
}

#[cfg(test)]
mod tests {
    use super::super::names::{COUNTRIES, Kind, LEADERS, NAMES, NAMES_I18N, day};
    use super::*;
    use crate::text::fold;

    #[test]
    fn unions_own_the_past_of_their_members() {
        let tables = Tables::embedded();
        let (ru, suhh) = (tables.id("RU"), tables.id("SUHH"));
        assert_eq!(tables.at_date(ru, day("1987-03-01").map(|day| day * 86_400)), suhh);
        assert_eq!(tables.at_date(ru, day("2015-03-01").map(|day| day * 86_400)), ru);
        assert_eq!(tables.at_date(ru, None), ru);
        let dddr = tables.id("DDDE");
        assert_eq!(tables.at_date(dddr, day("2015-01-01").map(|d| d * 86_400)), tables.id("DE"));
    }

    #[test]
    fn every_row_is_sorted_by_its_key_and_known() {
        let codes: Vec<&str> =
            sorted::rows(COUNTRIES).map(|row| sorted::cells::<1>(row)[0]).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "countries.tsv");
        for (file, table) in [("names", NAMES), ("names_i18n", NAMES_I18N), ("leaders", LEADERS)] {
            let mut last = (String::new(), "");
            for row in sorted::rows(table) {
                let [surface, code, kind] = sorted::cells(row);
                let key = fold::name_key(surface);
                assert!(!key.is_empty(), "{file}.tsv: no letters in {row:?}");
                assert!((&last.0, last.1) < (&key, row), "{file}.tsv: {row:?} after {:?}", last.1);
                last = (key, row);
                let known = codes.binary_search(&code).is_ok();
                assert!(known || kind == "mask" && code == "-", "{file}.tsv: id of {row:?}");
                assert!(file == "leaders" || Kind::of(kind).is_some(), "{file}.tsv: {row:?}");
            }
        }
        for (file, table) in [("exchange", EXCHANGE), ("stop", STOP), ("forenames", FORENAMES)] {
            assert!(sorted::rows(table).is_sorted_by(|a, b| a < b), "{file}.tsv");
        }
        let mut last = "";
        for row in sorted::rows(PLACES) {
            let [name, list] = sorted::cells(row);
            assert!(last < name, "places.tsv: {name:?} after {last:?}");
            assert!(
                list.split(' ').all(|item| {
                    item.split_once(':').is_some_and(|(code, people)| {
                        codes.binary_search(&code).is_ok() && people.parse::<u32>().is_ok()
                    })
                }),
                "places.tsv: {row:?}"
            );
            last = name;
        }
    }
}
