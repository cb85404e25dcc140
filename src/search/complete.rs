//! What a half-typed word of a query may become: names of fields, and values of the index.

use std::cmp::Reverse;

use super::Archive;
use super::label::label;
use super::saved::SavedQueries;
use crate::plan::FacetClass;
use crate::plan::resolve::{HAS, facet_field};
use crate::query::ast::Sub;
use crate::query::field::{FIELDS, Field};
use crate::tag::vocabulary;
use crate::text::fold::fold;

/// Values looked through, at most: some ten milliseconds.
const SCANNED: usize = 5_000;

/// What a word may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The whole word, as it may stand in a query.
    pub text: String,
    /// What it means, for people; may be empty.
    pub meaning: String,
}

/// What `word` may become, the most frequent values first, at most `limit`. The word is one of a
/// query, as far as it is typed: `cou`, `country:Ja`, `-person:put`, `country:Japan,Chi`.
///
/// Costs a pass over the values of one class in the index, or nothing of it.
pub fn complete(
    archive: &dyn Archive,
    saved: &SavedQueries,
    word: &str,
    limit: usize,
) -> Vec<Completion> {
    let sign = word.len() - word.trim_start_matches(['-', '+', '!', '(']).len();
    let (lead, rest) = word.split_at(sign);
    let Some((name, value)) = rest.split_once(':') else { return fields(lead, rest, limit) };
    let (field, sub) = match name.split_once('.') {
        Some((field, sub)) => (field, Sub::from_name(sub)),
        None => (name, None),
    };
    let Some(field) = Field::from_name(field) else { return Vec::new() };
    // Of several values the last one is being typed.
    let (before, typed) = match value.rfind(',') {
        Some(at) => value.split_at(at + 1),
        None => ("", value),
    };
    let exact = typed.len() - typed.trim_start_matches(['=', '"', '(']).len();
    let wanted = fold(&typed[exact..]).replace('-', " ");
    let mut found = values(archive, saved, field, sub, &wanted);
    found.truncate(limit);
    for one in &mut found {
        one.text = format!("{lead}{name}:{before}{}", one.text);
    }
    found
}

fn fields(lead: &str, typed: &str, limit: usize) -> Vec<Completion> {
    let typed = typed.to_ascii_lowercase();
    let mut found: Vec<Completion> = FIELDS
        .iter()
        .filter(|spec| spec.field.name().starts_with(&typed))
        .map(|spec| Completion {
            text: format!("{lead}{}:", spec.field.name()),
            meaning: spec.help.to_owned(),
        })
        .collect();
    found.truncate(limit);
    found
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>, wanted: &str) -> Vec<Completion> {
    words
        .into_iter()
        .filter(|word| word.replace('-', " ").starts_with(wanted))
        .map(|word| Completion { text: word.to_owned(), meaning: String::new() })
        .collect()
}

fn values(
    archive: &dyn Archive,
    saved: &SavedQueries,
    field: Field,
    sub: Option<Sub>,
    wanted: &str,
) -> Vec<Completion> {
    match field {
        Field::Has => return words(HAS.iter().copied(), wanted),
        Field::Is => return words(["stub"], wanted),
        Field::Saved => return words(saved.keys().map(String::as_str), wanted),
        Field::Date | Field::Added => {
            return words(["today", "yesterday", "this-week", "last-month", "7d", "24h.."], wanted);
        }
        Field::Region => {
            let regions = vocabulary::regions().filter(|(_, label)| begins(label, wanted));
            return regions.map(|(_, label)| named(label, String::new())).collect();
        }
        _ => {}
    }
    let Some(facet) = facet_field(field, sub) else { return Vec::new() };
    let class = facet.class;
    let fits = |id: &str| {
        let own = label(class, id).is_some_and(|label| begins(&label, wanted));
        let id = fold(id).replace('-', " ");
        own || id.starts_with(wanted)
            // A surname, the leaf of an event.
            || (class == FacetClass::Person && id.split(' ').any(|part| part.starts_with(wanted)))
            || (class == FacetClass::Event
                && id.split('/').next_back().is_some_and(|leaf| leaf.starts_with(wanted)))
    };
    let ids = archive.values_where(class, &fits, SCANNED);
    let mut entries: Vec<_> = ids.iter().filter_map(|id| archive.value(class, id)).collect();
    entries.sort_by(|a, b| (Reverse(a.count), &a.id).cmp(&(Reverse(b.count), &b.id)));
    let completion = |entry: crate::plan::Entry| {
        let label = label(class, &entry.id).map_or(entry.label, |label| label.into_owned());
        let told = format!("{label}, {}", entry.count);
        match class {
            FacetClass::Country => named(&label, told),
            // Ids of these are names already.
            _ => named(&entry.id, told),
        }
    };
    entries.into_iter().map(completion).collect()
}

fn begins(label: &str, wanted: &str) -> bool {
    fold(label).replace('-', " ").starts_with(wanted)
}

/// A name as a value: in quotes where it has more than letters, digits and what joins them.
fn named(name: &str, meaning: String) -> Completion {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '\'');
    let text = if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace(['"', '\\'], " "))
    };
    Completion { text, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::tests::archive;
    use crate::search::{ReadOptions, read};

    fn texts(word: &str) -> Vec<String> {
        let saved = SavedQueries::from([("korea".to_owned(), "country:KR".to_owned())]);
        complete(&archive(), &saved, word, 20).into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn fields_and_values_of_the_index_are_offered() {
        assert_eq!(texts("cou"), ["country:"]);
        assert_eq!(texts("-pers"), ["-person:"]);
        assert_eq!(texts("country:jap"), ["country:Japan"]);
        assert_eq!(texts("country.major:Ja"), ["country.major:Japan"]);
        assert_eq!(texts("-country:Japan,sou"), ["-country:Japan,\"South Korea\""]);
        assert_eq!(texts("c:kr"), ["c:\"South Korea\""]);
        assert_eq!(texts("has:pe"), ["has:person"]);
        assert_eq!(texts("saved:k"), ["saved:korea"]);
        assert_eq!(texts("region:eastern as"), ["region:\"Eastern Asia\""]);
        assert!(texts("country:xyz").is_empty() && texts("nofield:x").is_empty());
    }

    /// Whatever is offered can be searched for and is found.
    #[test]
    fn what_is_offered_has_hits() {
        let archive = archive();
        for field in ["country", "person", "event", "source", "lang", "domain"] {
            let offered = texts(&format!("{field}:"));
            for text in &offered {
                let reading = read(&archive, text, &ReadOptions::default()).unwrap();
                let hits = super::super::answer(&archive, &reading, &Default::default()).unwrap();
                assert!(hits.number() > 0, "{text}");
            }
        }
    }
}
