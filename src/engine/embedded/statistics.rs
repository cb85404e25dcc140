//! Facts about an index: articles, segments, bytes by component and field, languages.

use std::collections::BTreeMap;

use tantivy::index::SegmentComponent;

use super::failure;
use super::reader::{Embedded, bytes_of};
use crate::engine::{Engine, EngineError, FacetQuestion, Order, Question};
use crate::plan::{Clause, FacetClass, FacetField, Plan};

/// What `dateline stats` tells of an index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// Articles that searches see.
    pub articles: u64,
    /// Deleted or replaced articles that still take space.
    pub deleted: u64,
    /// Segments.
    pub segments: usize,
    /// Bytes of all files in the directory.
    pub bytes: u64,
    /// Bytes by component (postings, positions, stored articles, …), largest first.
    pub components: Vec<(String, u64)>,
    /// Bytes by field, over all components but the store, largest first.
    pub fields: Vec<(String, u64)>,
    /// Number of the commit.
    pub generation: u64,
    /// Articles by language, most frequent first.
    pub languages: Vec<(String, u64)>,
    /// Articles with at least one value, by facet field, in the order of output.
    pub coverage: Vec<(FacetField, u64)>,
}

impl Embedded {
    /// Reads sizes from the segments' footers and counts languages and facets over all articles.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn stats(&self) -> Result<Statistics, EngineError> {
        let searcher = self.searcher();
        let usage = searcher.space_usage().map_err(|error| failure(error.into()))?;
        let mut components: BTreeMap<&str, u64> = BTreeMap::new();
        let mut fields: BTreeMap<String, u64> = BTreeMap::new();
        for segment in usage.segments() {
            let parts = [
                ("terms", segment.termdict()),
                ("postings", segment.postings()),
                ("positions", segment.positions()),
                ("columns", segment.fast_fields()),
                ("norms", segment.fieldnorms()),
            ];
            for (name, part) in parts {
                *components.entry(name).or_default() += part.total().get_bytes();
                for field in part.fields() {
                    *fields.entry(field.field_name().to_owned()).or_default() +=
                        field.total().get_bytes();
                }
            }
            *components.entry("articles").or_default() +=
                segment.component(SegmentComponent::Store).total().get_bytes();
            *components.entry("deletes").or_default() += segment.deletes().get_bytes();
        }
        let largest_first = |map: Vec<(String, u64)>| {
            let mut list: Vec<(String, u64)> = map.into_iter().filter(|(_, n)| *n > 0).collect();
            list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            list
        };
        let all = Plan { root: Clause::All };
        let facets: Vec<FacetQuestion> = FacetField::all()
            .map(|field| FacetQuestion { field, size: 0, labels: false, plan: None })
            .collect();
        let answer = self.answer(&Question {
            plan: &all,
            limit: 0,
            total: true,
            sample: None,
            order: Order::Relevance,
            facets: &facets,
        })?;
        let languages = answer
            .facets
            .iter()
            .find(|counts| counts.field.class == FacetClass::Lang)
            .map(|counts| counts.values.iter().map(|v| (v.id.clone(), v.count)).collect())
            .unwrap_or_default();
        let deleted = searcher
            .segment_readers()
            .iter()
            .map(|reader| u64::from(reader.num_deleted_docs()))
            .sum();
        let mut bytes = 0;
        for dir in self.dirs() {
            bytes += bytes_of(dir)?;
        }
        Ok(Statistics {
            articles: self.num_articles(),
            deleted,
            segments: searcher.segment_readers().len(),
            bytes,
            components: largest_first(
                components.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
            ),
            fields: largest_first(fields.into_iter().collect()),
            generation: self.generation(),
            languages,
            coverage: answer
                .facets
                .iter()
                .map(|counts| (counts.field, counts.total - counts.missing))
                .collect(),
        })
    }
}
