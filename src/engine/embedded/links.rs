//! Counts surnames alone with the persons who are meant by them.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use tantivy::query::Weight;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

use super::collect::Counts;
use super::document::{SEPARATOR, surname_prefix, value_term};
use super::failure;
use super::reader::Embedded;
use super::schema::facet_prefix;
use crate::engine::EngineError;
use crate::plan::{FacetClass, FacetField, bearer};
use crate::tag::person::name;

/// Persons that a pass over all of them reads in the time of one look-up of a surname.
const A_LOOK_UP: usize = 30;

impl Embedded {
    /// Adds the counts of surnames alone to those of their bearers, see [`bearer`]; an article
    /// that has both counts once. `weight` is the query that was counted. Counts that cannot be
    /// among the `size` greatest (0 for all) may be too great, and stay outside.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn join_surnames(
        &self,
        field: FacetField,
        counts: &mut Counts,
        size: usize,
        weight: &dyn Weight,
    ) -> Result<(), EngineError> {
        let is_alone = |id: &str| id.starts_with(name::NAME_ONLY);
        let alone: Vec<String> = counts.values.keys().filter(|id| is_alone(id)).cloned().collect();
        if alone.is_empty() {
            return Ok(());
        }
        // Full names only gain, so the last one shown has as much as it has among them now.
        let mut full: Vec<u64> =
            counts.values.iter().filter(|(id, _)| !is_alone(id)).map(|(_, &count)| count).collect();
        let least = match full.len().checked_sub(size) {
            Some(at) if size > 0 => *full.select_nth_unstable(at).1,
            _ => 0,
        };
        for (id, meant) in self.bearers(&alone) {
            let Some(count) = counts.values.remove(&id) else { continue };
            let twice = match counts.values.get(&meant) {
                Some(own) if own + count >= least => self.both(field, [&id, &meant], weight)?,
                _ => 0,
            };
            *counts.values.entry(meant).or_default() += count - twice;
        }
        Ok(())
    }

    /// The persons who are meant by surnames alone, where one is.
    fn bearers(&self, alone: &[String]) -> Vec<(String, String)> {
        let any = FacetField::any(FacetClass::Person);
        let few = alone.len() * A_LOOK_UP < self.values_of(any);
        if self.links().get().is_none() && few {
            return alone.iter().filter_map(|id| self.bearer_of(id)).collect();
        }
        let links = self.links().get_or_init(|| self.all_links());
        let known = alone.iter().filter_map(|id| links.get_key_value(id));
        known.map(|(id, meant)| (id.clone(), meant.clone())).collect()
    }

    /// By a look-up.
    fn bearer_of(&self, alone: &str) -> Option<(String, String)> {
        let mut bearers = Vec::new();
        self.terms(&surname_prefix(name::surname(alone)), &mut |id, count| {
            bearers.push((id.to_owned(), count));
            true
        });
        link(bearers)
    }

    /// By a pass over all persons. Keeps those whose surname stands alone somewhere.
    fn all_links(&self) -> HashMap<String, String> {
        let mut known: HashMap<String, Vec<(String, u64)>, FixedState> = HashMap::default();
        let any = FacetField::any(FacetClass::Person);
        self.terms(&value_term(any, &name::NAME_ONLY.to_string()), &mut |alone, _| {
            known.insert(name::surname(alone).to_owned(), Vec::new());
            true
        });
        let [class, _] = facet_prefix(any);
        self.terms(&format!("{}s", class as char), &mut |rest, count| {
            if let Some((surname, id)) = rest.split_once(SEPARATOR)
                && let Some(bearers) = known.get_mut(surname)
            {
                bearers.push((id.to_owned(), count));
            }
            true
        });
        known.into_values().filter_map(link).collect()
    }

    /// Matches of a query that have both values. The tagger gives no article both, supplied labels
    /// may.
    fn both(
        &self,
        field: FacetField,
        ids: [&str; 2],
        weight: &dyn Weight,
    ) -> Result<u64, EngineError> {
        let mut number = 0;
        for reader in self.searcher().segment_readers() {
            let docs = self.holding_both(reader, ids.map(|id| value_term(field, id)))?;
            if docs.is_empty() {
                continue;
            }
            let mut scorer = weight.scorer(reader, 1.0).map_err(failure)?;
            for doc in docs {
                if scorer.doc() < doc {
                    scorer.seek(doc);
                }
                number += u64::from(scorer.doc() == doc);
            }
        }
        Ok(number)
    }

    fn holding_both(
        &self,
        reader: &SegmentReader,
        terms: [String; 2],
    ) -> Result<Vec<u32>, EngineError> {
        let facet = self.facet_terms();
        let inverted = reader.inverted_index(facet).map_err(failure)?;
        let postings = |text: &str| {
            let term = Term::from_field_text(facet, text);
            inverted.read_postings(&term, IndexRecordOption::Basic)
        };
        let read = |text: &str| postings(text).map_err(|error| failure(error.into()));
        let [a, b] = [read(&terms[0])?, read(&terms[1])?];
        let (Some(mut a), Some(mut b)) = (a, b) else { return Ok(Vec::new()) };
        let mut docs = Vec::new();
        let (mut here, mut there) = (a.doc(), b.doc());
        while here != TERMINATED && there != TERMINATED {
            match here.cmp(&there) {
                std::cmp::Ordering::Less => here = a.seek(there),
                std::cmp::Ordering::Greater => there = b.seek(here),
                std::cmp::Ordering::Equal => {
                    if !reader.is_deleted(here) {
                        docs.push(here);
                    }
                    (here, there) = (a.advance(), b.advance());
                }
            }
        }
        Ok(docs)
    }
}

/// The surname alone and who is meant by it, of the persons of a surname with their articles, one
/// entry a segment.
fn link(mut bearers: Vec<(String, u64)>) -> Option<(String, String)> {
    bearers.sort();
    bearers.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 += if same { later.1 } else { 0 };
        same
    });
    bearers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let counts: Vec<(&str, u64)> =
        bearers.iter().map(|(id, count)| (id.as_str(), *count)).collect();
    let (alone, meant) = bearer::bearer(&counts)?;
    Some((bearers[alone].0.clone(), bearers[meant].0.clone()))
}
