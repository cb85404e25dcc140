//! The columns of a segment that ranking, filters and facets read, opened once and kept.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use super::document::unpack_id;
use super::schema::{ID_COLUMNS, facet_column};
use crate::plan::FacetField;

/// Facet dictionaries of at most so many values are kept in memory once read.
const KEPT_VALUES: usize = 4_096;

/// The columns of one segment. Each is opened on first use.
pub struct SegmentColumns {
    reader: SegmentReader,
    ids: OnceLock<[Arc<dyn ColumnValues<u64>>; 4]>,
    id_long: OnceLock<Option<StrColumn>>,
    dates: OnceLock<Column<i64>>,
    date_ends: OnceLock<Column<i64>>,
    added: OnceLock<Column<i64>>,
    body_words: OnceLock<Arc<dyn ColumnValues<u64>>>,
    title_words: OnceLock<Arc<dyn ColumnValues<u64>>>,
    byline_words: OnceLock<Arc<dyn ColumnValues<u64>>>,
    lead_words: OnceLock<Arc<dyn ColumnValues<u64>>>,
    facets: Vec<(FacetField, OnceLock<Option<FacetColumn>>)>,
}

/// The values of one facet field in one segment.
#[derive(Debug, Clone)]
pub struct FacetColumn {
    /// Value numbers by article, and their dictionary.
    pub column: StrColumn,
    /// The whole dictionary, where it is small.
    pub values: Option<Arc<[String]>>,
}

impl std::fmt::Debug for SegmentColumns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentColumns")
            .field("max_doc", &self.reader.max_doc())
            .finish_non_exhaustive()
    }
}

impl SegmentColumns {
    /// The columns of a segment; opens none yet.
    pub fn new(reader: &SegmentReader) -> SegmentColumns {
        SegmentColumns {
            reader: reader.clone(),
            ids: OnceLock::new(),
            id_long: OnceLock::new(),
            dates: OnceLock::new(),
            date_ends: OnceLock::new(),
            added: OnceLock::new(),
            body_words: OnceLock::new(),
            title_words: OnceLock::new(),
            byline_words: OnceLock::new(),
            lead_words: OnceLock::new(),
            facets: FacetField::all().map(|field| (field, OnceLock::new())).collect(),
        }
    }

    fn number(&self, name: &str) -> Arc<dyn ColumnValues<u64>> {
        match self.reader.fast_fields().u64(name) {
            Ok(column) => column.first_or_default_col(0),
            Err(_) => Column::build_empty_column(self.reader.max_doc()).first_or_default_col(0),
        }
    }

    fn ids(&self) -> &[Arc<dyn ColumnValues<u64>>; 4] {
        self.ids.get_or_init(|| ID_COLUMNS.map(|name| self.number(name)))
    }

    /// The id of an article.
    pub fn id(&self, doc: DocId) -> String {
        let ids = self.ids();
        unpack_id(|at| ids[at].get_val(doc)).unwrap_or_else(|| self.long_id(doc))
    }

    fn long_id(&self, doc: DocId) -> String {
        let column =
            self.id_long.get_or_init(|| self.reader.fast_fields().str("id_long").ok().flatten());
        let mut id = String::new();
        if let Some(column) = column
            && let Some(ord) = column.ords().first(doc)
        {
            // A dictionary that cannot be read gives an empty id; verification finds the damage.
            let _ = column.ord_to_str(ord, &mut id);
        }
        id
    }

    /// Compares two articles of this segment by id. Packed ids sort as their texts do.
    pub fn compare_ids(&self, a: DocId, b: DocId) -> Ordering {
        for column in self.ids() {
            match column.get_val(a).cmp(&column.get_val(b)) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        if a == b { Ordering::Equal } else { self.id(a).cmp(&self.id(b)) }
    }

    fn date_column(&self) -> &Column<i64> {
        self.dates.get_or_init(|| self.dates_named("date"))
    }

    fn dates_named(&self, name: &str) -> Column<i64> {
        let dates = self.reader.fast_fields().i64(name);
        dates.unwrap_or_else(|_| Column::build_empty_column(self.reader.max_doc()))
    }

    /// First second of an article's date.
    pub fn date(&self, doc: DocId) -> Option<i64> {
        self.date_column().first(doc)
    }

    /// First seconds of the dates of some articles, as many as `docs`.
    pub fn dates(&self, docs: &[DocId], out: &mut [Option<i64>]) {
        let out = &mut out[..docs.len()];
        out.fill(None);
        self.date_column().first_vals(docs, out);
    }

    /// One past the last second of an article's date.
    pub fn date_end(&self, doc: DocId) -> Option<i64> {
        self.date_ends.get_or_init(|| self.dates_named("date_end")).first(doc)
    }

    /// When an article was added, in seconds.
    pub fn added(&self, doc: DocId) -> Option<i64> {
        self.added.get_or_init(|| self.dates_named("added")).first(doc)
    }

    /// Words of the bodies.
    pub fn body_words(&self) -> &Arc<dyn ColumnValues<u64>> {
        self.body_words.get_or_init(|| self.number("body_words"))
    }

    /// Words of the titles.
    pub fn title_words(&self) -> &Arc<dyn ColumnValues<u64>> {
        self.title_words.get_or_init(|| self.number("title_words"))
    }

    /// Words of the author lines.
    pub fn byline_words(&self) -> &Arc<dyn ColumnValues<u64>> {
        self.byline_words.get_or_init(|| self.number("byline_words"))
    }

    /// Words of the leads.
    pub fn lead_words(&self) -> &Arc<dyn ColumnValues<u64>> {
        self.lead_words.get_or_init(|| self.number("lead_words"))
    }

    /// Which segment it is.
    pub fn segment_id(&self) -> SegmentId {
        self.reader.segment_id()
    }

    /// The values of a facet field, `None` if no article of the segment has any.
    pub fn facet(&self, field: FacetField) -> Option<&FacetColumn> {
        let (_, cell) = self.facets.iter().find(|(known, _)| *known == field)?;
        cell.get_or_init(|| {
            let column = self.reader.fast_fields().str(&facet_column(field)).ok().flatten()?;
            let values = (column.num_terms() <= KEPT_VALUES).then(|| {
                let mut values = Vec::with_capacity(column.num_terms());
                let ords = 0..column.num_terms() as u64;
                for ord in ords {
                    let mut value = String::new();
                    let _ = column.ord_to_str(ord, &mut value);
                    values.push(value);
                }
                values.into()
            });
            Some(FacetColumn { column, values })
        })
        .as_ref()
    }
}

/// The columns of all segments of one state of an index.
#[derive(Debug, Clone)]
pub struct Columns(pub Arc<[Arc<SegmentColumns>]>);

impl Columns {
    /// The columns of a segment; opened anew for one of another state of the index.
    pub fn of(&self, reader: &SegmentReader) -> Arc<SegmentColumns> {
        let id = reader.segment_id();
        let known = self.0.iter().find(|columns| columns.segment_id() == id);
        known.cloned().unwrap_or_else(|| Arc::new(SegmentColumns::new(reader)))
    }
}
