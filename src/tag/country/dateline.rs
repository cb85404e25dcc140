//! Reads datelines (`SEOUL, South Korea (AP) — `) from a field or the first words of a body.

use super::names::{Id, Kind, NO_ID, Names};
use super::scan::{Allowed, Match, Side, scan};
use super::table::Tables;
use crate::tag::Part;
use crate::text::{Token, Tokens};

/// How far into a body a dateline may reach, in bytes.
const REACH: usize = 160;

/// Where a story was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dateline {
    /// The cities, in order: first and last byte of each and its country.
    pub cities: Vec<City>,
    /// The agency in parentheses, as bytes of the text.
    pub agency: Option<(usize, usize)>,
    /// Where the story's text starts.
    pub end_byte: usize,
    /// Filed from a place where stories about other countries are filed.
    pub hub: bool,
}

/// One city of a dateline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct City {
    /// First byte.
    pub start: usize,
    /// One past the last byte, with the region or country that follows.
    pub end: usize,
    /// Its country; none for a ship or the United Nations.
    pub id: Option<Id>,
}

/// Places where foreign stories are filed.
const HUBS: &[&str] = &[
    "brussels",
    "geneva",
    "hong kong",
    "london",
    "new york",
    "paris",
    "tokyo",
    "vienna",
    "washington",
    "zurich",
];

/// Places without a country.
const NOWHERE: &[&str] = &["aboard air force one", "united nations", "at sea"];

/// The dateline at the start of `text`; `field` says that nothing else stands there.
///
/// The shape is `CITY[/CITY][, Region[, Country]][, Date] [(AGENCY)] DASH`. In a body the city
/// must be in the tables, and in capitals unless a date, an agency or a region shows what it is.
///
/// `languages` are the bits of the languages whose names count beside the English ones.
pub fn parse(tables: &Tables, text: &str, field: bool, languages: u32) -> Option<Dateline> {
    let reader = Reader { tables, languages: languages | 1 };
    let start = text.len() - text.trim_start().len();
    let mut limit = (start + REACH).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let window = &text[start..limit];
    let (head_len, dash, end) = match separator(window) {
        Some(found) => found,
        None if field => (window.len(), Dash::Hyphen, window.len()),
        None => return None,
    };
    let mut head = &window[..head_len];
    let mut agency = None;
    if let Some(open) = head.rfind('(')
        && let Some(inside) = head[open + 1..].trim_end().strip_suffix(')')
        && inside.len() <= 40
        && inside.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '/'))
    {
        agency = Some((start + open + 1, start + open + 1 + inside.len()));
        head = &head[..open];
    }
    let mut parts = split(head, start);
    let (city_start, city) = parts.next()?;
    let (mut dated, mut region) = (false, None);
    for (at, part) in parts {
        if is_date(part) {
            dated = true;
        } else if let Some(id) =
            reader.region_id(part).or_else(|| reader.region_id(&format!("{part}.")))
        {
            region = Some((id, at + part.len()));
        } else if !field {
            return None;
        }
    }
    let (city, trailing) = without_date(city);
    dated |= trailing;
    let capitals = !city.chars().any(char::is_lowercase) && city.chars().any(char::is_uppercase);
    let shown = match dash {
        Dash::Colon => capitals && (region.is_none() || dated),
        Dash::Hyphen => capitals || dated || agency.is_some(),
        Dash::Long => capitals || dated || agency.is_some() || region.is_some(),
    };
    if !(shown || field) || city.len() > 60 {
        return None;
    }
    let mut cities = Vec::new();
    let mut hub = false;
    let mut from = city_start;
    for name in city.split('/') {
        let trimmed = name.trim();
        let at = from + (name.len() - name.trim_start().len());
        from += name.len() + 1;
        let key = crate::text::fold::name_key(trimmed);
        let near = region.map(|(id, _)| id);
        let id = if NOWHERE.contains(&key.as_str()) {
            None
        } else {
            match (reader.city_id(&trimmed.to_uppercase(), near, dash == Dash::Colon), near) {
                (Some(id), near) => Some(near.unwrap_or(id)),
                (None, Some(near)) if field || capitals => Some(near),
                (None, None) if field => continue,
                (None, _) => return None,
            }
        };
        hub |= HUBS.contains(&key.as_str());
        cities.push(City { start: at, end: at + trimmed.len(), id });
    }
    if let (Some((_, end)), Some(city)) = (region, cities.last_mut()) {
        city.end = end;
    }
    if cities.is_empty() {
        return None;
    }
    Some(Dateline { cities, agency, end_byte: start + end, hub })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dash {
    Hyphen,
    Long,
    Colon,
}

/// Length of what stands before the first dash or colon, which it is, and where the text goes on.
fn separator(window: &str) -> Option<(usize, Dash, usize)> {
    let bytes = window.as_bytes();
    let blank = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_none_or(|byte| byte.is_ascii_whitespace())
    };
    for (at, c) in window.char_indices() {
        let next = at + c.len_utf8();
        let (dash, end) = match c {
            '—' | '–' | '―' => (Dash::Long, next),
            '-' if bytes.get(next) == Some(&b'-') => (Dash::Long, next + 1),
            '-' if at > 0
                && (blank(Some(at - 1)) || bytes[at - 1] == b')')
                && blank(Some(next)) =>
            {
                (Dash::Hyphen, next)
            }
            ':' if at > 0 && blank(Some(next)) => (Dash::Colon, next),
            '\n' if window[next..].trim_start_matches(' ').starts_with('\n') => return None,
            _ => continue,
        };
        let rest = window[end..].trim_start_matches(['-', '—', '–']);
        let rest = rest.trim_start();
        return Some((at, dash, window.len() - rest.len()));
    }
    None
}

/// The parts between commas, trimmed, with their places in the text.
fn split(head: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = start;
    head.split(',').map(move |part| {
        let from = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        (from, part.trim())
    })
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn is_month(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let full = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "sept",
    ];
    full.iter().chain(&MONTHS).any(|month| word.eq_ignore_ascii_case(month))
}

fn is_weekday(word: &str) -> bool {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let word = word.trim_end_matches('.');
    days.iter().any(|day| day.eq_ignore_ascii_case(word))
}

/// Whether these are words of a date: a month with a day, a year, a weekday.
fn is_date(part: &str) -> bool {
    let mut words = 0;
    for word in part.split_whitespace() {
        words += 1;
        let number = word.trim_end_matches(['.', ',']);
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let numeric = number.len() <= 10
            && number.starts_with(|c: char| c.is_ascii_digit())
            && number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'/');
        if !(digits && number.len() <= 4 || numeric || is_month(word) || is_weekday(word)) {
            return false;
        }
    }
    words > 0 && words <= 4
}

/// Cuts a date off the end of a city that no comma follows (`MOSCOW Feb 3`).
fn without_date(city: &str) -> (&str, bool) {
    let mut at = city.len();
    let mut found = None;
    for word in city.split_whitespace().rev().take(3) {
        at = city[..at].rfind(word).unwrap_or(0);
        if at > 0 && is_date(&city[at..]) && city[at..].chars().any(|c| c.is_ascii_digit()) {
            found = Some(at);
        }
    }
    found.map_or((city, false), |at| (city[..at].trim_end(), true))
}

/// The tables as a dateline uses them.
struct Reader<'a> {
    tables: &'a Tables,
    languages: u32,
}

impl Reader<'_> {
    fn names(&self) -> &Names {
        self.tables.names(self.languages != 1)
    }

    /// What the whole of `text` is in the tables.
    fn whole(&self, text: &str) -> Option<(Tokens, Match)> {
        let tokens = Tokens::of(text);
        let side = Side { part: Part::Body, text, tokens: &tokens, from: 0, capitals: false };
        let allowed = Allowed {
            languages: self.languages,
            all_names: self.languages != 1,
            english: true,
            plain: false,
            date: None,
            home: None,
        };
        let mut matches = Vec::new();
        scan(self.tables, &[side], 0, &allowed, &mut matches);
        let [found] = matches[..] else { return None };
        let last = tokens.iter().rposition(|token| !token.has(Token::JOINED))?;
        (found.first == 0 && found.last == last).then_some((tokens, found))
    }

    fn region_id(&self, text: &str) -> Option<Id> {
        let (tokens, found) = self.whole(text)?;
        if let Some((group, last)) = found.name
            && last == found.last
        {
            let entry = self
                .names()
                .group(group)
                .iter()
                .filter(|entry| {
                    matches!(entry.kind, Kind::Name | Kind::State | Kind::Abbreviation | Kind::City)
                        && entry.languages & self.languages != 0
                        && entry.id != NO_ID
                        && entry.fits(text, &tokens)
                })
                .min_by_key(|entry| entry.kind)?;
            return Some(entry.id);
        }
        // A region of places.tsv.
        found.place.and_then(|(row, _)| self.tables.candidates(row).next()).map(|(id, _)| id)
    }

    /// The country of a city: by its region if one follows, else the largest of the name.
    fn city_id(&self, text: &str, near: Option<Id>, city_only: bool) -> Option<Id> {
        let (_, found) = self.whole(text)?;
        let place = found.place.filter(|&(_, last)| last == found.last);
        if let (Some(near), Some((row, _))) = (near, place)
            && self.tables.candidates(row).any(|(id, _)| id == near)
        {
            return Some(near);
        }
        if let Some((group, last)) = found.name
            && last == found.last
        {
            let entry = self
                .names()
                .group(group)
                .iter()
                .filter(|entry| entry.languages & self.languages != 0)
                .filter(|entry| match entry.kind {
                    Kind::Capital | Kind::City => true,
                    Kind::Name | Kind::State => !city_only,
                    _ => false,
                })
                .min_by_key(|entry| match entry.kind {
                    Kind::Capital => 0,
                    Kind::City => 1,
                    _ => 2,
                });
            if let Some(entry) = entry {
                return Some(entry.id);
            }
        }
        let (row, _) = place?;
        let (id, people) = self.tables.candidates(row).next()?;
        (!city_only || people >= 100_000.0).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tables: &Tables, text: &str) -> Option<(Vec<&'static str>, String)> {
        let found = parse(tables, text, false, 0)?;
        let ids = found.cities.iter().map(|c| c.id.map_or("-", |id| tables.codes[id as usize]));
        Some((ids.collect(), text[found.end_byte..].to_owned()))
    }

    #[test]
    fn all_shapes_of_datelines_are_read() {
        let tables = Tables::embedded();
        for (text, ids) in [
            ("SEOUL, South Korea (AP) — The", &["KR"][..]),
            ("SEOUL, South Korea – The", &["KR"]),
            ("TOKYO, March 5 - The", &["JP"]),
            ("PARIS (AFP) - The", &["FR"]),
            ("KABUL, Afghanistan, Sept. 3 (UPI) -- The", &["AF"]),
            ("BEIJING, June 4 (Xinhua) -- The", &["CN"]),
            ("MOSCOW/KYIV, Feb 3 (Reuters) - The", &["RU", "UA"]),
            ("NEW DELHI: The", &["IN"]),
            ("    SALVADOR, FEb 26 - The", &["BR"]),
            ("London, March 9 - The", &["GB"]),
            ("LONDON, Ontario (CP) — The", &["CA"]),
            ("CHICAGO, Ill. — The", &["US"]),
            ("SPRINGFIELD, Mass., Oct. 12 (AP) — The", &["US"]),
            ("UNITED NATIONS (AP) — The", &["-"]),
            ("ABOARD AIR FORCE ONE (Reuters) - The", &["-"]),
            ("HONG KONG, 12 May - The", &["HK"]),
            ("ST. LOUIS, MARCH 3 - The", &["US"]),
            ("WASHINGTON — The", &["US"]),
            ("SAN SALVADOR, El Salvador, Jan 3, 1989 (Reuters) -- The", &["SV"]),
            ("GENEVA/ZURICH (Reuters) - The", &["CH", "CH"]),
            ("Aleppo, Syria — The", &["SY"]),
            ("Johannesburg (dpa) - The", &["ZA"]),
            ("PARIS, Texas (AP) - The", &["US"]),
            ("MOSCOW Feb 3 (TASS) -- The", &["RU"]),
        ] {
            let found = read(&tables, text);
            assert_eq!(found, Some((ids.to_vec(), "The".to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_dateline_is_left_alone() {
        let tables = Tables::embedded();
        for text in [
            "The company - a maker of tools - said",
            "Japan - the largest buyer - said",
            "CHINA: what comes next",
            "NOTE: the figures",
            "Paris is quiet.",
            "NEW YORK is quiet - or so it seems",
            "PROFITS - up",
            "Smith, who was 40, said - no",
            "",
            "-",
            "(",
            "—",
            ":",
        ] {
            assert_eq!(read(&tables, text), None, "{text}");
        }
    }

    #[test]
    fn a_field_needs_no_dash() {
        let tables = Tables::embedded();
        let found = parse(&tables, "  TOKYO, March 5", true, 0).expect("a dateline");
        assert_eq!(found.cities[0].id, Some(tables.id("JP")));
        assert!(found.hub);
        assert_eq!(parse(&tables, "", true, 0), None);
    }
}
