//! What a resolver must know of an index: languages, and which values its open facets have.

use super::facet::{FacetClass, FacetField};

/// A value of a facet in an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub label: String,
    /// Articles that have it; deleted ones may still be counted.
    pub count: u64,
}

/// The part of an index that decides what a query means. No call reads articles.
pub trait Catalogue {
    /// Languages whose analyzers the index holds, sorted.
    fn languages(&self) -> Vec<String>;

    /// Whether any article has a value in this field.
    fn has_values(&self, field: FacetField) -> bool;

    /// The value with this id, if any article has it.
    fn value(&self, class: FacetClass, id: &str) -> Option<Entry>;

    /// All persons with this surname (a slug part), most frequent first.
    fn persons_by_surname(&self, surname: &str) -> Vec<Entry>;

    /// Values of an open class whose ids are nearest to `id`, nearest first.
    fn near(&self, class: FacetClass, id: &str, limit: usize) -> Vec<Entry>;

    /// The ids of a class, with articles, for which `fits` holds, in the order of their bytes; at
    /// most one more than `limit`. Looks at every value of the class. None where values cannot
    /// be listed.
    fn values_where(
        &self,
        _class: FacetClass,
        _fits: &dyn Fn(&str) -> bool,
        _limit: usize,
    ) -> Vec<String> {
        Vec::new()
    }

    /// The stems that tell the article with this id from others, with weights from 0 to 1, the
    /// heaviest first; `None` for an unknown id. Reads one article.
    fn salient(&self, _id: &str) -> Option<Vec<(String, f32)>> {
        None
    }

    /// Words of title and body within two edits of a folded word, nearest and then most frequent
    /// first, each with its articles (deleted ones may still be counted). Costs a walk over a
    /// small part of the dictionary.
    fn near_words(&self, word: &str, limit: usize) -> Vec<(String, u64)>;

    /// How values are shown, one label an id. Persons and open classes only; ids of closed classes
    /// come back as they are.
    fn labels(&self, class: FacetClass, ids: &[&str]) -> Vec<String>;
}
