//! What an index knows of its values: which there are, what they are called, which are near.

use std::collections::{BTreeSet, HashMap};

use tantivy::Term;

use super::document::{SEPARATOR, label_prefix, surname_prefix, value_term};
use super::reader::Embedded;
use super::schema::facet_prefix;
use super::watch::Watch;
use super::words;
use crate::diag::Near;
use crate::engine::{Engine, nearest_words, salient};
use crate::plan::{Catalogue, Entry, FacetClass, FacetField, Fuzzy};

/// Values looked through for near names, at most; some ten milliseconds.
const NEAR_SCANNED: usize = 200_000;

impl Catalogue for Embedded {
    fn languages(&self) -> Vec<String> {
        self.manifest().languages.clone()
    }

    fn has_values(&self, field: FacetField) -> bool {
        self.frequency(&value_term(field, "")) > 0
    }

    fn value(&self, class: FacetClass, id: &str) -> Option<Entry> {
        let count = self.frequency(&value_term(FacetField::any(class), id));
        if count == 0 || id.is_empty() {
            return None;
        }
        let label = self.labels(class, &[id]).pop().unwrap_or_default();
        Some(Entry { id: id.to_owned(), label, count })
    }

    fn persons_by_surname(&self, surname: &str) -> Vec<Entry> {
        let mut found: HashMap<String, u64> = HashMap::new();
        self.terms(&surname_prefix(surname), &mut |id, count| {
            *found.entry(id.to_owned()).or_default() += count;
            true
        });
        let mut entries: Vec<(String, u64)> = found.into_iter().collect();
        entries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let ids: Vec<&str> = entries.iter().map(|(id, _)| id.as_str()).collect();
        let labels = self.labels(FacetClass::Person, &ids);
        entries
            .into_iter()
            .zip(labels)
            .map(|((id, count), label)| Entry { id, label, count })
            .collect()
    }

    fn near(&self, class: FacetClass, id: &str, limit: usize) -> Vec<Entry> {
        let near = Near::new(id);
        let [letter, sub] = facet_prefix(FacetField::any(class));
        let start = format!("{}{}", letter as char, sub as char);
        let mut found: HashMap<String, (usize, u64)> = HashMap::new();
        let mut scanned = 0;
        self.terms(&start, &mut |known, count| {
            scanned += 1;
            if !known.is_empty()
                && let Some(distance) = near.distance(known)
            {
                found.entry(known.to_owned()).or_insert((distance, 0)).1 += count;
            }
            scanned < NEAR_SCANNED
        });
        let mut entries: Vec<(usize, u64, String)> =
            found.into_iter().map(|(id, (distance, count))| (distance, count, id)).collect();
        entries
            .sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
        entries.truncate(limit);
        let ids: Vec<&str> = entries.iter().map(|(_, _, id)| id.as_str()).collect();
        let labels = self.labels(class, &ids);
        entries
            .iter()
            .zip(labels)
            .map(|((_, count, id), label)| Entry { id: id.clone(), label, count: *count })
            .collect()
    }

    fn values_where(
        &self,
        class: FacetClass,
        fits: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Vec<String> {
        let [letter, sub] = facet_prefix(FacetField::any(class));
        let mut found = BTreeSet::new();
        self.terms(&format!("{}{}", letter as char, sub as char), &mut |id, _| {
            if !id.is_empty() && !found.contains(id) && fits(id) {
                found.insert(id.to_owned());
            }
            found.len() <= limit
        });
        found.into_iter().collect()
    }

    fn salient(&self, id: &str) -> Option<Vec<(String, f32)>> {
        // An index that cannot be read tells so when the query is run.
        let stored = self.get(id).ok().flatten()?;
        let frequency = |stem: &str| {
            let term = Term::from_field_text(self.text(), stem);
            self.searcher().doc_freq(&term).unwrap_or(0)
        };
        Some(salient::stems(&stored, self.num_articles(), &frequency))
    }

    fn near_words(&self, word: &str, limit: usize) -> Vec<(String, u64)> {
        // Two edits of a short word are another word.
        let distance = Fuzzy::automatic(word);
        if distance == 0 {
            return Vec::new();
        }
        let near = Fuzzy { word: word.to_owned(), distance };
        let Ok(known) = words::near(self.searcher(), self.forms(), &near, &Watch::default()) else {
            return Vec::new();
        };
        let count = |word: String| {
            let term = Term::from_field_text(self.forms(), &word);
            let count = self.searcher().doc_freq(&term).unwrap_or(0);
            (word, count)
        };
        nearest_words(word, known.into_iter().map(count), limit)
    }

    fn labels(&self, class: FacetClass, ids: &[&str]) -> Vec<String> {
        /// From so many values on one pass over all labels is cheaper than a look-up each.
        const PASS: usize = 2_000;
        let mut best: HashMap<&str, (u64, String)> = HashMap::new();
        let mut note = |id, label: &str, count: u64| {
            let known = best.entry(id).or_default();
            if count > known.0 || (count == known.0 && label < known.1.as_str()) {
                *known = (count, label.to_owned());
            }
        };
        if ids.len() < PASS {
            for &id in ids {
                self.terms(&label_prefix(class, id), &mut |label, count| {
                    note(id, label, count);
                    true
                });
            }
        } else {
            let wanted: HashMap<&str, &str> = ids.iter().map(|&id| (id, id)).collect();
            let [letter, _] = facet_prefix(FacetField::any(class));
            self.terms(&format!("{}l", letter as char), &mut |rest, count| {
                if let Some((id, label)) = rest.split_once(SEPARATOR)
                    && let Some(&id) = wanted.get(id)
                {
                    note(id, label, count);
                }
                true
            });
        }
        ids.iter()
            .map(|&id| match best.get(id) {
                Some((_, label)) => label.clone(),
                None if class == FacetClass::Person => {
                    crate::tag::person::name::label_from_slug(id)
                }
                None => id.to_owned(),
            })
            .collect()
    }
}
