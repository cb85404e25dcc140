//! How facet values are shown: names for ids of countries, events and persons.

use std::borrow::Cow;

use crate::engine::FacetCounts;
use crate::plan::FacetClass;
use crate::tag::{event, person, vocabulary};

/// The label of a value, where its id alone tells it; `None` for open classes.
///
/// Some microseconds: the tables are searched, not loaded.
pub fn label(class: FacetClass, id: &str) -> Option<Cow<'static, str>> {
    match class {
        FacetClass::Country | FacetClass::SourceCountry => {
            vocabulary::country_label(id).map(Cow::Borrowed)
        }
        FacetClass::Event => event::taxonomy::label(id).map(Cow::Borrowed),
        FacetClass::Person => Some(Cow::Owned(person::name::label_from_slug(id))),
        _ => None,
    }
}

/// Replaces labels that the engine left as ids.
pub fn label_counts(counts: &mut FacetCounts) {
    let class = counts.field.class;
    for entry in &mut counts.values {
        if entry.label == entry.id || entry.label.is_empty() {
            entry.label = label(class, &entry.id).map_or_else(|| entry.id.clone(), Cow::into_owned);
        }
    }
}
