//! The columns of a segment that ranking, filters and facets read, opened once and kept.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use tantivy::columnar::{Column, ColumnValues, StrColumn};
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

    /// The packed id of an article.
    pub fn packed_id(&self, doc: DocId) -> [u64; 4] {
        let ids = self.ids();
        [ids[0].get_val(doc), ids[1].get_val(doc), ids[2].get_val(doc), ids[3].get_val(doc)]
    }

    /// The id of an article.
    pub fn id(&self, doc: DocId) -> String {
        unpack_id(self.packed_id(doc)).unwrap_or_else(|| self.long_id(doc))
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

    /// First second of an article's date.
    pub fn date(&self, doc: DocId) -> Option<i64> {
        let column = self.dates.get_or_init(|| {
            let dates = self.reader.fast_fields().i64("date");
            dates.unwrap_or_else(|_| Column::build_empty_column(self.reader.max_doc()))
        });
        column.first(doc)
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
