//! Counts surnames alone with the persons who are meant by them.

use std::collections::HashMap;

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

/// From so many surnames alone on one pass over all surnames is cheaper than a look-up each.
const PASS: usize = 2_000;

impl Embedded {
    /// Adds the counts of surnames alone to those of their bearers, see [`bearer`]; an article
    /// that has both counts once. `weight` is the query that was counted.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn join_surnames(
        &self,
        field: FacetField,
        counts: &mut Counts,
        weight: &dyn Weight,
    ) -> Result<(), EngineError> {
        let alone: Vec<String> =
            counts.values.keys().filter(|id| id.starts_with(name::NAME_ONLY)).cloned().collect();
        for (id, meant) in self.bearers(&alone) {
            let Some(count) = counts.values.remove(&id) else { continue };
            let twice = match counts.values.get(&meant) {
                Some(_) => self.both(field, [&id, &meant], weight)?,
                None => 0,
            };
            *counts.values.entry(meant).or_default() += count - twice;
        }
        Ok(())
    }

    /// The persons who are meant by surnames alone, where one is.
    fn bearers(&self, alone: &[String]) -> Vec<(String, String)> {
        let mut known: HashMap<&str, HashMap<String, u64>> =
            alone.iter().map(|id| (name::surname(id), HashMap::new())).collect();
        if alone.len() < PASS {
            for (surname, bearers) in &mut known {
                self.terms(&surname_prefix(surname), &mut |id, count| {
                    *bearers.entry(id.to_owned()).or_default() += count;
                    true
                });
            }
        } else {
            let [class, _] = facet_prefix(FacetField::any(FacetClass::Person));
            self.terms(&format!("{}s", class as char), &mut |rest, count| {
                if let Some((surname, id)) = rest.split_once(SEPARATOR)
                    && let Some(bearers) = known.get_mut(surname)
                {
                    *bearers.entry(id.to_owned()).or_default() += count;
                }
                true
            });
        }
        let mut links = Vec::new();
        for bearers in known.into_values() {
            let mut bearers: Vec<(&str, u64)> =
                bearers.iter().map(|(id, &count)| (id.as_str(), count)).collect();
            bearers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            if let Some((alone, meant)) = bearer::bearer(&bearers) {
                links.push((bearers[alone].0.to_owned(), bearers[meant].0.to_owned()));
            }
        }
        links
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
