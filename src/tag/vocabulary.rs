//! The query side of the tags: what name, code or label means which country, region, person, event.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::country::names::{COUNTRIES, NAMES, NAMES_I18N};
use super::country::sorted::{self, cells};
use super::memo::{Memo, remembered};
use super::{Class, Level, Mention, Origin, Part, Tag, Tags, event, person};
use crate::article::Given;
use crate::text::fold;

const REGIONS: &str = include_str!("data/regions.tsv");
const REGION_NAMES: &str = include_str!("data/region_names.tsv");
const REGION_MEMBERS: &str = include_str!("data/region_members.tsv");

/// How a word names a country; the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// ISO 3166-1 alpha-2 or alpha-3, or the code of a dead state.
    Code,
    /// A name, in any language of the tables.
    Name,
    /// An adjective or what its people are called.
    Demonym,
    /// Its capital or another place in it.
    Place,
}

/// A country that a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryMatch {
    /// ISO 3166-1 alpha-2, or ISO 3166-3 of four letters.
    pub id: &'static str,
    /// How the word names it.
    pub how: How,
}

/// The countries that `name` names: `Japan`, `jp`, `JPN`, `Japanese`, `日本`, `west-germany`.
///
/// Case, accents, hyphens and dots make no difference. Only the best way of naming is returned,
/// English before other languages; more than one country means that the word is ambiguous
/// (`Congo`, `Korea`), the likelier first. A capital or a part (`Tokyo`, `Scotland`) answers if
/// nothing else does, as [`How::Place`]. No match is an empty list. About 20 µs, no tables built.
pub fn country(name: &str) -> Vec<CountryMatch> {
    let key = fold::name_key(name);
    let found = lookup(&key);
    match key.strip_prefix("the ") {
        Some(rest) if found.is_empty() => lookup(rest),
        _ => found,
    }
}

fn lookup(key: &str) -> Vec<CountryMatch> {
    if key.is_empty() {
        return Vec::new();
    }
    if let Some(id) = code(key) {
        return vec![CountryMatch { id, how: How::Code }];
    }
    let english = best(sorted::find_key(NAMES, key));
    if english.first().is_some_and(|found| found.how != How::Place) {
        return english;
    }
    let other = best(sorted::find_key(NAMES_I18N, key));
    if english.is_empty() || other.first().is_some_and(|found| found.how != How::Place) {
        other
    } else {
        english
    }
}

fn code(key: &str) -> Option<&'static str> {
    if !(2..=4).contains(&key.len()) || !key.is_ascii() {
        return None;
    }
    let upper = key.to_ascii_uppercase();
    if upper.len() == 3 {
        let row = sorted::rows(COUNTRIES).find(|row| cells::<2>(row)[1] == upper)?;
        return Some(cells::<1>(row)[0]);
    }
    sorted::find(COUNTRIES, &upper).next().map(|row| cells::<1>(row)[0])
}

/// The matches of the best kind among rows of a name table.
fn best(rows: impl Iterator<Item = &'static str>) -> Vec<CountryMatch> {
    let mut found: Vec<CountryMatch> = Vec::new();
    for row in rows {
        let [_, id, kind] = cells(row);
        let how = match kind {
            "name" => How::Name,
            "adj" => How::Demonym,
            "cap" | "city" | "state" => How::Place,
            _ => continue,
        };
        if !found.iter().any(|known| known.id == id && known.how <= how) {
            found.push(CountryMatch { id, how });
        }
    }
    if let Some(how) = found.iter().map(|known| known.how).min() {
        found.retain(|known| known.how == how);
    }
    // The likelier of two first.
    found.sort_by_key(|known| matches!(known.id, "KP" | "CG"));
    found.dedup_by_key(|known| known.id);
    found
}

/// The country whose canonical label this is, letter for letter: what `country:="…"` asks for.
pub fn country_exact(label: &str) -> Option<&'static str> {
    countries().find(|row| row.1 == label).map(|row| row.0)
}

/// The English short label of a country: `South Korea` for `KR`; none for an unknown id.
pub fn country_label(id: &str) -> Option<&'static str> {
    sorted::find(COUNTRIES, id).next().map(|row| cells::<3>(row)[2])
}

/// The English names, adjectives and cities under which a text may name a country, as the table
/// writes them.
pub fn names_of(id: &str) -> impl Iterator<Item = &'static str> {
    sorted::rows(NAMES)
        .map(cells::<5>)
        .filter(move |[_, of, kind, ..]| {
            *of == id && matches!(*kind, "name" | "adj" | "cap" | "city")
        })
        .map(|[surface, ..]| surface)
}

/// All countries, dead states too: id and label, by id.
pub fn countries() -> impl Iterator<Item = (&'static str, &'static str)> {
    sorted::rows(COUNTRIES).map(|row| {
        let [id, _, label] = cells(row);
        (id, label)
    })
}

/// What a region is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionKind {
    /// Countries: an article on any of them is in the region.
    Area(Vec<&'static str>),
    /// An organisation of states, found where it is named and never through its members: its
    /// names in running text, those with `=` before them with these capitals only.
    Bloc(Vec<&'static str>),
}

/// A region of the world or a bloc of states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Slug of the label, such as `south-eastern-asia`.
    pub id: &'static str,
    /// English label.
    pub label: &'static str,
    /// Its countries, sorted, or that it is a bloc.
    pub kind: RegionKind,
}

/// The region that `name` names: its id, label, M49 code or a common name (`East Asia`, `Mideast`).
pub fn region(name: &str) -> Option<Region> {
    let key = fold::name_key(name);
    let find = |key: &str| sorted::find(REGION_NAMES, key).next();
    let row = find(&key).or_else(|| find(key.strip_prefix("the ")?))?;
    let [_, id] = cells(row);
    let [id, label, kind, aliases, names] = cells(sorted::find(REGIONS, id).next()?);
    let kind = if kind == "bloc" {
        let names = [label].into_iter().chain(aliases.split('|')).chain(names.split('|'));
        RegionKind::Bloc(names.filter(|name| !name.is_empty()).collect())
    } else {
        RegionKind::Area(sorted::find(REGION_MEMBERS, id).map(|row| cells::<2>(row)[1]).collect())
    };
    Some(Region { id, label, kind })
}

/// All regions and blocs: id and label, by id.
pub fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    sorted::rows(REGIONS).map(|row| {
        let [id, label] = cells(row);
        (id, label)
    })
}

/// The English label of a region or bloc.
pub fn region_label(id: &str) -> Option<&'static str> {
    sorted::find(REGIONS, id).next().map(|row| cells::<2>(row)[1])
}

/// Labels of the countries whose names look most like `name`, nearest first, at most `limit`.
///
/// Within a third of the letters, by optimal string alignment over all English names.
pub fn nearest_countries(name: &str, limit: usize) -> Vec<String> {
    let key = fold::name_key(name);
    let letters: Vec<char> = key.chars().take(64).collect();
    let mut near: BTreeMap<&str, usize> = BTreeMap::new();
    for row in sorted::rows(NAMES) {
        let [surface, id, kind] = cells(row);
        if !matches!(kind, "name" | "adj") || surface.len().abs_diff(key.len()) > 8 {
            continue;
        }
        let other: Vec<char> = fold::name_key(surface).chars().collect();
        let far = distance(&letters, &other);
        if far * 3 <= letters.len().max(3) {
            let best = near.entry(id).or_insert(far);
            *best = far.min(*best);
        }
    }
    let mut near: Vec<(usize, &str)> = near.into_iter().map(|(id, far)| (far, id)).collect();
    near.sort_unstable();
    near.into_iter()
        .filter_map(|(_, id)| country_label(id))
        .take(limit)
        .map(str::to_owned)
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &right) in b.iter().enumerate() {
            let mut best =
                (last[j] + usize::from(left != right)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left == b[j - 1] && a[i - 1] == right {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

/// Adds the labels that came with an article, as major tags with origin given.
///
/// Countries and events are resolved to ids; a country label that could be two is the likelier
/// one. Persons are taken as they are. Values that no table knows go to [`Tags::unknown`].
/// A value given twice is added once.
pub fn add_given(given: &Given, tags: &mut Tags) {
    let mut add = |class, id: &str, label: Option<String>| {
        let known = |tag: &Tag| tag.origin == Origin::Given && tag.class == class && tag.id == id;
        if id.is_empty() || tags.tags.iter().any(known) {
            return;
        }
        let supplied = Mention { part: Part::Meta, start: 0, end: 0, rule: 0, weight: 255 };
        tags.tags.push(Tag {
            class,
            id: id.to_owned(),
            label,
            level: Level::Major,
            score: 255,
            origin: Origin::Given,
            by: None,
            mentions: vec![supplied],
        });
    };
    let mut unknown = Vec::new();
    thread_local! {
        static COUNTRIES_OF: Memo<Option<&'static str>> = RefCell::default();
    }
    for value in &given.country {
        let found =
            remembered(&COUNTRIES_OF, value, || country(value).first().map(|found| found.id));
        match found {
            Some(id) => add(Class::Country, id, None),
            None => unknown.push((Class::Country, value.clone())),
        }
    }
    for value in &given.person {
        let slug = person::name::slug(value);
        if slug.is_empty() {
            unknown.push((Class::Person, value.clone()));
        } else {
            add(Class::Person, &slug, Some(person_label(value)));
        }
    }
    for value in &given.event {
        let found = event::taxonomy::supplied(value);
        if found.is_empty() {
            unknown.push((Class::Event, value.clone()));
        }
        for id in found {
            add(Class::Event, id, None);
        }
    }
    tags.unknown.extend(unknown);
}

/// How a supplied person is shown: as typed, but `james-baker` as `James Baker`.
fn person_label(value: &str) -> String {
    let value = value.trim();
    if value.chars().any(char::is_uppercase) || value.contains(' ') {
        return value.to_owned();
    }
    let mut label = String::with_capacity(value.len());
    let mut start = true;
    for letter in value.chars() {
        match letter {
            '-' => label.push(' '),
            _ if start => label.extend(letter.to_uppercase()),
            _ => label.push(letter),
        }
        start = letter == '-';
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(name: &str) -> Vec<&'static str> {
        country(name).iter().map(|found| found.id).collect()
    }

    #[test]
    fn a_country_has_many_names() {
        for (names, id) in [
            ("Japan|jp|JPN|Japanese|日本|Japon|japon|Япония|اليابان|일본|Japan ", "JP"),
            ("west-germany|Germany|deutschland|FRG|West German|Allemagne", "DE"),
            ("ussr|Soviet Union|U.S.S.R.|Soviet|SUHH|Sowjetunion|СССР", "SUHH"),
            ("uk|UK|United Kingdom|gb|british|Great Britain|England|Royaume-Uni", "GB"),
            (
                "usa|US|u.s.|United States|the United States|américain|アメリカ合衆国|Stany Zjednoczone",
                "US",
            ),
            ("hong-kong|Hong Kong|香港", "HK"),
            ("saudi-arabia|Saudi|SAU", "SA"),
            ("Côte d’Ivoire|ivory-coast|Ivorian|Elfenbeinküste", "CI"),
            ("burma|Myanmar|Burmese", "MM"),
            ("zaire|DR Congo|DRC", "CD"),
            ("Türkiye|turkey|Turkish|Türkei", "TR"),
            ("south-korea|KR|韓国|韩国|한국|South Korean", "KR"),
            ("north-korea|DPRK|北朝鮮|朝鲜|КНДР", "KP"),
            ("Georgia", "GE"),
            ("niger", "NE"),
            ("czech-republic|Czechia", "CZ"),
            ("yugoslavia", "YUCS"),
            ("east-germany|GDR|DDR", "DDDE"),
            ("netherlands-antilles", "ANHH"),
            ("Tokyo", "JP"),
        ] {
            for name in names.split('|') {
                assert_eq!(ids(name), [id], "{name}");
            }
        }
        assert_eq!(ids("Congo"), ["CD", "CG"]);
        assert_eq!(ids("Korea"), ["KR", "KP"]);
        assert_eq!(country("Tokyo")[0].how, How::Place);
        for nothing in ["", " ", "the", "Atlantis", "-", "Latin America", "\u{0}"] {
            assert_eq!(ids(nothing), [""; 0], "{nothing:?}");
        }
    }

    #[test]
    fn labels_are_unique_and_exact() {
        assert_eq!(country_label("KR"), Some("South Korea"));
        assert_eq!(country_label("XX"), None);
        assert_eq!(country_exact("South Korea"), Some("KR"));
        assert_eq!(country_exact("south korea"), None);
        for (id, label) in countries() {
            assert_eq!(ids(label), [id], "{label}");
            assert_eq!(ids(id), [id], "{id}");
        }
        assert!(countries().count() >= 255);
    }

    #[test]
    fn regions_have_members_and_blocs_have_none() {
        let members = |name: &str| match region(name).map(|region| region.kind) {
            Some(RegionKind::Area(members)) => members,
            other => panic!("{name}: {other:?}"),
        };
        assert!(members("Eastern Asia").contains(&"JP"));
        assert_eq!(region("east-asia"), region("030"));
        assert_eq!(region("South-East Asia").map(|r| r.id), Some("southeast-asia"));
        assert!(members("the Middle East").contains(&"IL"));
        assert!(members("Nordic").contains(&"SE"));
        assert!(members("africa").len() > 50);
        for bloc in ["EU", "nato", "OPEC", "un", "ASEAN", "European Community"] {
            let kind = region(bloc).map(|region| region.kind);
            assert!(matches!(kind, Some(RegionKind::Bloc(names)) if !names.is_empty()), "{bloc}");
        }
        assert_eq!(region("Atlantis"), None);
        for (id, label) in regions() {
            assert_eq!(region(id).map(|region| region.id), Some(id));
            assert_eq!(region(label).map(|region| region.id), Some(id), "{label}");
            assert_eq!(region_label(id), Some(label));
            if let Some(RegionKind::Area(members)) = region(id).map(|region| region.kind) {
                assert!(!members.is_empty(), "{id} has no members");
                assert!(members.iter().all(|member| country_label(member).is_some()), "{id}");
            }
        }
    }

    #[test]
    fn tables_of_regions_are_sorted() {
        for table in [REGIONS, REGION_NAMES, REGION_MEMBERS] {
            assert!(sorted::rows(table).is_sorted_by(|a, b| a < b));
        }
        let keys: Vec<&str> = sorted::rows(REGION_NAMES).map(|row| cells::<1>(row)[0]).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "a name of two regions");
    }

    #[test]
    fn a_misspelt_country_has_neighbours() {
        assert_eq!(nearest_countries("Jpaan", 3).first().map(String::as_str), Some("Japan"));
        assert_eq!(nearest_countries("Untied Kingdom", 1), ["United Kingdom"]);
        assert_eq!(nearest_countries("zzzzzzzz", 3), Vec::<String>::new());
        assert_eq!(nearest_countries("", 3), Vec::<String>::new());
    }

    #[test]
    fn supplied_labels_become_major_tags_and_unknown_ones_are_told() {
        let given = Given {
            country: vec!["japan".into(), "JP".into(), "west-germany".into(), "atlantis".into()],
            person: vec!["james-baker".into()],
            event: vec!["no such event".into()],
            ..Given::default()
        };
        let mut tags = Tags::default();
        add_given(&given, &mut tags);
        let seen: Vec<(&str, Option<&str>)> =
            tags.tags.iter().map(|tag| (tag.id.as_str(), tag.label.as_deref())).collect();
        assert_eq!(seen, [("JP", None), ("DE", None), ("james-baker", Some("James Baker"))]);
        assert!(tags.tags.iter().all(|tag| tag.level == Level::Major && tag.score == 255));
        assert_eq!(tags.unknown.len(), 2);
    }
}
