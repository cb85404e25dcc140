//! Names of countries and what stands for them: one trie over all rows, with case and dates.

use super::sorted;
use super::trie::Trie;
use crate::text::{Token, Tokens, fold};

pub(crate) const COUNTRIES: &str = include_str!("../data/countries.tsv");
pub(crate) const NAMES: &str = include_str!("../data/names.tsv");
pub(crate) const NAMES_I18N: &str = include_str!("../data/names_i18n.tsv");
pub(crate) const LEADERS: &str = include_str!("../data/leaders.tsv");

/// Number of a country: its row in `countries.tsv`.
pub type Id = u16;

/// No country: the id of a mask.
pub const NO_ID: Id = Id::MAX;

/// What a row of the gazetteer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Name of a country.
    Name,
    /// Adjective or demonym of a country or a part of it.
    Adjective,
    /// Capital.
    Capital,
    /// Other city or part known by its bare name.
    City,
    /// State, province or other first-level part.
    State,
    /// Abbreviation of a state, which needs a comma before it.
    Abbreviation,
    /// Institution, party, company or building that stands for its country.
    Institution,
    /// Currency.
    Currency,
    /// Currency whose word has other senses: only after a number.
    CurrencyAfterNumber,
    /// Dollars and cents without a country.
    Dollar,
    /// Eats its words and gives nothing.
    Mask,
    /// Head of state or government, by full name.
    Leader,
    /// The same by family name.
    LeaderFamily,
    /// City, county or region of `places.tsv`.
    Place,
    /// Stock exchange symbol.
    Ticker,
}

impl Kind {
    /// The kind of a cell in `names.tsv`.
    pub fn of(cell: &str) -> Option<Kind> {
        Some(match cell {
            "name" => Kind::Name,
            "adj" => Kind::Adjective,
            "cap" => Kind::Capital,
            "city" => Kind::City,
            "state" => Kind::State,
            "abbr" => Kind::Abbreviation,
            "inst" => Kind::Institution,
            "cur" => Kind::Currency,
            "curn" => Kind::CurrencyAfterNumber,
            "usd" => Kind::Dollar,
            "mask" => Kind::Mask,
            _ => return None,
        })
    }
}

/// One row of the gazetteer.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The country.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// First and last day on which the row holds, seconds since 1970.
    pub valid: (i64, i64),
    /// Languages, bits of [`language_bit`]; English rows have bit 0.
    pub languages: u32,
    /// Bit n: word n must start with a capital.
    capitals: u8,
    /// The text must be in capitals as the table is (`US`, `SEC`).
    exact: bool,
    /// The first word is a letter with a full stop.
    dotted: bool,
    /// A full stop follows the last word.
    stop_after: bool,
}

impl Entry {
    /// Whether the spelling in the text fits the table's.
    pub fn fits(&self, text: &str, words: &[Token]) -> bool {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
        if self.exact && !first.has(Token::ALL_CAPS) {
            return false;
        }
        if self.dotted && text.as_bytes().get(first.end as usize) != Some(&b'.') {
            return false;
        }
        if self.stop_after && !last.has(Token::DOT) {
            return false;
        }
        words
            .iter()
            .enumerate()
            .all(|(at, word)| at >= 8 || self.capitals >> at & 1 == 0 || word.has(Token::CAPITAL))
    }

    /// Whether the row holds on a date; without a date every row does.
    pub fn holds(&self, date: Option<i64>) -> bool {
        date.is_none_or(|date| self.valid.0 <= date && date <= self.valid.1)
    }
}

/// Languages that `names_i18n.tsv` covers; bit 0 is English, bit n+1 the n-th of these.
const LANGUAGES: [&str; 29] = [
    "ar", "ca", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja",
    "ko", "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh",
];

/// Bit of scripts other than Latin: their names are matched whatever the language.
const ANY_LANGUAGE: u32 = 1 << 31;

/// The bit of a language, 0 if the tables do not have it.
pub fn language_bit(lang: &str) -> u32 {
    match lang {
        "en" => 1,
        "nb" | "nn" => language_bit("no"),
        _ => LANGUAGES.binary_search(&lang).map_or(0, |at| 2 << at),
    }
}

/// What rows a text of this language may use.
pub fn languages_of(lang: &str) -> u32 {
    ANY_LANGUAGE | language_bit(lang)
}

/// Rows of names, grouped by surface.
#[derive(Debug)]
pub struct Names {
    entries: Vec<Entry>,
    groups: Vec<(u32, u32)>,
    /// Values number the groups.
    pub trie: Trie,
}

impl Names {
    /// Parses the English names and leaders, with `all` those of other languages too.
    ///
    /// Thai names are left to queries: cutting a name out of its sentence cuts it otherwise.
    pub fn new(codes: &[&str], all: bool) -> Names {
        let id = |code: &str| codes.binary_search(&code).map_or(NO_ID, |at| at as Id);
        let mut builder = Builder {
            rows: Vec::with_capacity(16_000),
            trie: Trie::with_capacity(if all { 20_000 } else { 6_000 }),
            groups: 0,
            tokens: Tokens::default(),
        };
        for row in sorted::rows(NAMES) {
            let [surface, code, kind, from, to] = sorted::cells(row);
            if let Some(kind) = Kind::of(kind) {
                builder.add(surface, id(code), kind, span(from, to), 1);
            }
        }
        for row in sorted::rows(LEADERS) {
            let [name, code, from, to, role] = sorted::cells(row);
            let (from, to) = span(from, to);
            builder.add(name, id(code), Kind::Leader, (from, i64::MAX), 1);
            if let Some(family) = family_name(name, code, role) {
                builder.add(family, id(code), Kind::LeaderFamily, (from, to), 1);
            }
        }
        for row in sorted::rows(if all { NAMES_I18N } else { "" }) {
            let [surface, code, kind, languages] = sorted::cells(row);
            let mut bits = languages.split(',').map(language_bit).fold(0, |all, bit| all | bit);
            let first = surface.chars().next().unwrap_or_default();
            if !is_latin(first) {
                bits |= ANY_LANGUAGE;
            }
            if let Some(kind) = Kind::of(kind).filter(|_| !('\u{E00}'..'\u{E80}').contains(&first))
            {
                builder.add(surface, id(code), kind, ALWAYS, bits);
            }
        }
        builder.finish()
    }

    /// The rows of a group, the value of a node in the trie.
    pub fn group(&self, group: u32) -> &[Entry] {
        let (start, len) = self.groups[group as usize];
        &self.entries[start as usize..(start + len) as usize]
    }
}

/// Whether a letter is Latin: below U+0250, or in Latin Extended Additional.
pub fn is_latin(letter: char) -> bool {
    letter < '\u{250}' || ('\u{1E00}'..'\u{1F00}').contains(&letter)
}

/// The codes of `countries.tsv`, sorted.
pub fn codes() -> Vec<&'static str> {
    sorted::rows(COUNTRIES).map(|row| sorted::cells::<1>(row)[0]).collect()
}

struct Row {
    group: u32,
    entry: Entry,
}

struct Builder {
    rows: Vec<Row>,
    trie: Trie,
    groups: u32,
    tokens: Tokens,
}

impl Builder {
    fn add(&mut self, surface: &str, id: Id, kind: Kind, valid: (i64, i64), languages: u32) {
        self.tokens.cut(surface);
        let words: Vec<Token> =
            self.tokens.iter().filter(|token| !token.has(Token::JOINED)).copied().collect();
        let Some((first, last)) = words.first().zip(words.last()) else { return };
        let group = self.trie.insert(words.iter().map(|token| token.hash), self.groups);
        if group == self.groups {
            self.groups += 1;
        }
        let mut capitals = 0;
        for (at, word) in words.iter().enumerate().take(8) {
            capitals |= u8::from(word.has(Token::CAPITAL)) << at;
        }
        let short = surface.len() <= 4 && words.len() == 1;
        let entry = Entry {
            id,
            kind,
            valid,
            languages,
            capitals,
            exact: short && first.has(Token::ALL_CAPS),
            dotted: first.has(Token::DOT) && first.end - first.start == 1 && words.len() > 1,
            stop_after: kind == Kind::Abbreviation && last.has(Token::DOT),
        };
        self.rows.push(Row { group, entry });
    }

    fn finish(self) -> Names {
        let Builder { mut rows, trie, groups: count, .. } = self;
        rows.sort_by_key(|row| row.group);
        let mut groups = vec![(0, 0); count as usize];
        for (at, row) in rows.iter().enumerate() {
            let group = &mut groups[row.group as usize];
            if group.1 == 0 {
                group.0 = at as u32;
            }
            group.1 += 1;
        }
        Names { entries: rows.into_iter().map(|row| row.entry).collect(), groups, trie }
    }
}

/// All of time.
const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// First and last second of two date cells; an empty cell is open.
pub fn span(from: &str, to: &str) -> (i64, i64) {
    (
        day(from).map_or(i64::MIN, |day| day * 86_400),
        day(to).map_or(i64::MAX, |day| day * 86_400 + 86_399),
    )
}

/// Days since 1970 of `YYYY-MM-DD` (proleptic Gregorian; H. Hinnant's days_from_civil).
pub fn day(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Family names that are common words or common names, so that only a full name counts.
const COMMON_FAMILY: &[&str] = &[
    "Abe",
    "Ali",
    "Arias",
    "Bush",
    "Brown",
    "Carter",
    "Castro",
    "Clark",
    "Ford",
    "Fox",
    "Franco",
    "Garcia",
    "Gonzalez",
    "Heath",
    "Howard",
    "II",
    "III",
    "Johnson",
    "Jonathan",
    "Jr.",
    "Kan",
    "Kennedy",
    "Key",
    "Khan",
    "King",
    "Major",
    "Marin",
    "Martin",
    "May",
    "Michel",
    "Morrison",
    "Morales",
    "Ortega",
    "Pearson",
    "Ramos",
    "Sanchez",
    "Santos",
    "Scholz",
    "Sen",
    "Sharif",
    "Silva",
    "Singh",
    "Smith",
    "Taylor",
    "VI",
    "Wilson",
    "Win",
    "Yi",
    "Brandt",
    "Schmidt",
    "Conte",
    "Monti",
    "Petro",
    "Doe",
    "Ikeda",
    "Tanaka",
    "Suga",
    "Aso",
    "Noda",
    "Moi",
    "Costa",
    "Diaz",
    "Duque",
    "Lange",
    "Truman",
    "Eisenhower",
    "Temer",
    "Merz",
    "Tito",
    "Alia",
    "Rama",
    "Kurz",
    "Barco",
    "Duarte",
    "Simitis",
    "Aquino",
    "Estrada",
    "Salinas",
    "Cordero",
    "Gortari",
    "Madrid",
    "Portillo",
    "Botha",
    "Klerk",
    "Moise",
    "Rao",
    "Arroyo",
    "Hussein",
    "Abdullah",
    "Salman",
    "Fahd",
    "Faisal",
    "Zaid",
    "Carlos",
    "Saleh",
    "Mariam",
    "Barre",
    "Amin",
    "Ahmed",
    "Ibrahim",
    "Razak",
    "Haq",
    "Zia-ul-Haq",
    "ul-Haq",
    "Abbas",
    "Blair",
    "Cameron",
    "Biden",
    "Gaulle",
];

/// The family name under which a leader is known, where it stands for that person alone.
fn family_name(name: &'static str, code: &str, role: &str) -> Option<&'static str> {
    if matches!(code, "CN" | "KR" | "KP" | "TW" | "VN" | "KH" | "SG")
        || matches!(role, "king" | "monarch" | "emperor" | "prince" | "crown prince")
    {
        return None;
    }
    let family = name.rsplit(' ').next()?;
    (family != name && !COMMON_FAMILY.contains(&family) && fold::fold(family).len() > 3)
        .then_some(family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01"), Some(11_017));
        assert_eq!(day("1969-12-31"), Some(-1));
        assert_eq!(day("1991"), None);
    }
}
