//! What the user says of single articles: tags they gain and lose, whatever the tagger finds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Class, Tags, vocabulary};
use crate::article::Given;

/// One change of an article's tags.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Whether the article gains the tag, or loses it.
    pub gains: bool,
    /// The class.
    pub class: Class,
    /// The id of the value.
    pub id: String,
}

impl Change {
    /// Reads `+country:JP`, `-person:seoul` (or `!person:seoul`): names are resolved to ids.
    ///
    /// # Errors
    /// With the reason: no sign, no class, or a value that no table knows.
    pub fn parse(text: &str) -> Result<Change, String> {
        let mut letters = text.chars();
        let gains = match letters.next() {
            Some('+') => true,
            Some('-' | '!') => false,
            _ => return Err(format!("'{text}' begins with neither + nor -")),
        };
        let (class, value) = letters.as_str().split_once(':').ok_or_else(|| {
            format!("'{text}' is not written as +country:JP or -person:vladimir-putin")
        })?;
        let class =
            Class::ALL.into_iter().find(|known| known.name() == class).ok_or_else(|| {
                format!("'{class}' is no class of tags: these are country, person and event")
            })?;
        let value = value.trim().trim_matches('"');
        let mut given = Given::default();
        match class {
            Class::Country => given.country.push(value.to_owned()),
            Class::Person => given.person.push(value.to_owned()),
            Class::Event => given.event.push(value.to_owned()),
        }
        let mut tags = Tags::default();
        vocabulary::add_given(&given, &mut tags);
        match tags.tags.first() {
            Some(tag) => Ok(Change { gains, class, id: tag.id.clone() }),
            None => Err(format!("there is no {} '{value}'", class.name())),
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}:{}", if self.gains { '+' } else { '-' }, self.class.name(), self.id)
    }
}

/// The changes of all articles, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(BTreeMap<String, Vec<Change>>);

impl Overrides {
    /// Reads the table that [`Overrides::to_text`] writes: a change, a tab and the id of an article
    /// a row; an id may hold anything but line breaks. Bad rows come back with their line.
    pub fn parse(text: &str) -> (Overrides, Vec<(usize, String)>) {
        let (mut all, mut bad) = (Overrides::default(), Vec::new());
        for (line, row) in (1..).zip(text.lines()) {
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            match row.split_once('\t').map(|(change, id)| (Change::parse(change), id)) {
                Some((Ok(change), id)) if !id.is_empty() => all.set(id, change),
                Some((Err(why), _)) => bad.push((line, why)),
                _ => bad.push((line, "a row is a change, a tab and an id".to_owned())),
            }
        }
        (all, bad)
    }

    /// The table.
    pub fn to_text(&self) -> String {
        let mut out = String::from("# Tags of single articles: 'dateline tag' writes them.\n");
        for (id, changes) in &self.0 {
            for change in changes {
                let _ = writeln!(out, "{change}\t{id}");
            }
        }
        out
    }

    /// The changes of an article.
    pub fn of(&self, id: &str) -> &[Change] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// Adds a change; one of the same value before it is forgotten.
    pub fn set(&mut self, id: &str, change: Change) {
        let changes = self.0.entry(id.to_owned()).or_default();
        changes.retain(|known| (known.class, &known.id) != (change.class, &change.id));
        changes.push(change);
    }

    /// Changes the tags of an article: what it gains is major and given, what it loses is gone.
    pub fn apply(&self, id: &str, tags: &mut Tags) {
        let changes = self.of(id);
        let mut given = Given::default();
        for change in changes {
            if change.gains {
                match change.class {
                    Class::Country => given.country.push(change.id.clone()),
                    Class::Person => given.person.push(change.id.clone()),
                    Class::Event => given.event.push(change.id.clone()),
                }
            } else {
                tags.tags.retain(|tag| (tag.class, &tag.id) != (change.class, &change.id));
            }
        }
        vocabulary::add_given(&given, tags);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_by_name_and_written_by_id() {
        let read = |text: &str| Change::parse(text).map(|change| change.to_string());
        assert_eq!(read("+country:Japan"), Ok("+country:JP".to_owned()));
        assert_eq!(read("-person:\"Vladimir Putin\""), Ok("-person:vladimir-putin".to_owned()));
        assert_eq!(read("!event:treaty"), Ok("-event:diplomacy/treaty".to_owned()));
        for wrong in ["country:Japan", "+country", "+planet:Mars", "+country:Atlantis", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_is_read_back_and_bad_rows_cost_no_good_ones() {
        let mut all = Overrides::default();
        all.set("a 1", Change::parse("+country:JP").unwrap());
        all.set("a 1", Change::parse("-person:seoul").unwrap());
        all.set("a 1", Change::parse("-country:JP").unwrap());
        assert_eq!(all.of("a 1").len(), 2);
        let text = all.to_text();
        assert_eq!(Overrides::parse(&text), (all.clone(), Vec::new()));
        let (read, bad) = Overrides::parse(&format!("+country:Narnia\tb\nx\n{text}"));
        assert_eq!((read, bad.len(), bad[0].0), (all, 2, 1));
    }

    #[test]
    fn tags_are_gained_and_lost() {
        let mut all = Overrides::default();
        all.set("a", Change::parse("+country:JP").unwrap());
        all.set("a", Change::parse("-country:KR").unwrap());
        let mut tags = Tags::default();
        let given = Given { country: vec!["KR".into()], ..Given::default() };
        vocabulary::add_given(&given, &mut tags);
        all.apply("b", &mut tags);
        assert_eq!(tags.ids(Class::Country), ["KR"]);
        all.apply("a", &mut tags);
        assert_eq!(tags.ids(Class::Country), ["JP"]);
    }
}
