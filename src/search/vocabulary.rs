//! What a name means: by the user's own rows, by the tables, and by the persons of an index.

use super::Archive;
use crate::plan::FacetClass;
use crate::tag::Class;
use crate::tag::event::taxonomy;
use crate::tag::overlay::Overlay;
use crate::tag::person::name;
use crate::tag::vocabulary::{self, How};

/// One meaning of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// `country`, `region`, `person` or `event`.
    pub class: &'static str,
    /// The id of the value.
    pub id: String,
    /// How it is shown.
    pub label: String,
    /// What makes it one: `own`, `code`, `name`, `demonym`, `place`, `index`.
    pub why: &'static str,
}

/// The meanings of a name, the user's own first. Some 20 µs and a look into the index.
pub fn meanings(archive: &dyn Archive, overlay: &Overlay, text: &str) -> Vec<Meaning> {
    let mut found: Vec<Meaning> = Vec::new();
    let mut add = |class: &'static str, id: &str, label: String, why: &'static str| {
        if !found.iter().any(|known| known.class == class && known.id == id) {
            found.push(Meaning { class, id: id.to_owned(), label, why });
        }
    };
    for class in [Class::Country, Class::Person] {
        for id in overlay.resolve(class, text) {
            let label = match class {
                Class::Country => vocabulary::country_label(id).unwrap_or(id).to_owned(),
                _ => name::label_from_slug(id),
            };
            add(class.name(), id, label, "own");
        }
    }
    for one in vocabulary::country(text) {
        let label = vocabulary::country_label(one.id).unwrap_or(one.id).to_owned();
        let why = match one.how {
            How::Code => "code",
            How::Name => "name",
            How::Demonym => "demonym",
            How::Place => "place",
        };
        add("country", one.id, label, why);
    }
    if let Some(region) = vocabulary::region(text) {
        add("region", region.id, region.label.to_owned(), "name");
    }
    for id in taxonomy::resolve(text) {
        add("event", id, taxonomy::label(id).unwrap_or(id).to_owned(), "name");
    }
    let asked = name::resolve(text);
    let mut persons = Vec::new();
    if asked.surname_only {
        persons = archive.persons_by_surname(&asked.slug);
    }
    persons.extend(archive.value(FacetClass::Person, &asked.slug));
    for person in persons {
        add("person", &person.id, person.label, "index");
    }
    found
}
