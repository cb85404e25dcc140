//! Mentions in an article of the countries, persons and events that a query filters by.

use super::matcher::Found;
use crate::plan::{FacetChoice, FacetClass, FacetSub, FacetTerms};
use crate::tag::{Class, Level, Origin, Part, Tag, Tags};

/// What a mention of a filtered facet weighs beside a word of the query.
const WEIGHT: f32 = 0.5;

/// Appends the mentions of `facets` (number of the clause, clause) in `text`, which is `range` of
/// this part of the article; their ranges are relative to it.
pub fn find(
    facets: &[(u32, FacetTerms)],
    text: &str,
    tags: &Tags,
    part: Part,
    range: (usize, usize),
    hits: &mut Vec<Found>,
) {
    for (clause, facet) in facets {
        for tag in tags.tags.iter().filter(|tag| is_meant(facet, tag, tags)) {
            for bytes in mentions(tag, part, range) {
                // Evidence of another text, if any, must not break this one.
                if text.get(bytes.0..bytes.1).is_some_and(|mention| !mention.is_empty()) {
                    hits.push(Found { bytes, clause: *clause, weight: WEIGHT });
                }
            }
        }
    }
}

/// Ranges of a tag's mentions inside a part of a field, relative to that part.
pub fn mentions(
    tag: &Tag,
    part: Part,
    range: (usize, usize),
) -> impl Iterator<Item = (usize, usize)> {
    tag.mentions.iter().filter(move |mention| mention.part == part).filter_map(move |mention| {
        let (start, end) = (mention.start as usize, mention.end as usize);
        (start >= range.0 && end <= range.1 && start < end)
            .then(|| (start - range.0, end - range.0))
    })
}

/// Whether an article with these tags fulfils a facet clause; `None` for classes without tags.
pub fn has(facet: &FacetTerms, tags: &Tags) -> Option<bool> {
    if !facet.field.class.is_tagged() {
        return None;
    }
    Some(tags.tags.iter().any(|tag| match facet.field.sub {
        FacetSub::Given => tag.origin == Origin::Given && is_of(facet, tag),
        FacetSub::Major => tag.level == Level::Major && is_of(facet, tag),
        FacetSub::Any => is_of(facet, tag),
    }))
}

/// Whether a tag is of the class and has one of the ids.
fn is_of(facet: &FacetTerms, tag: &Tag) -> bool {
    let class = match facet.field.class {
        FacetClass::Country => Class::Country,
        FacetClass::Person => Class::Person,
        FacetClass::Event => Class::Event,
        _ => return false,
    };
    tag.class == class
        && match &facet.values {
            FacetChoice::Present => true,
            FacetChoice::Ids(ids) => ids.iter().any(|id| {
                tag.id.strip_prefix(id.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('/'))
            }),
        }
}

/// Whether a facet clause asks for this tag.
fn is_meant(facet: &FacetTerms, tag: &Tag, tags: &Tags) -> bool {
    is_of(facet, tag)
        && match facet.field.sub {
            FacetSub::Any => true,
            FacetSub::Major => tag.level == Level::Major,
            // A supplied label has no place in the text; the derived tag of the same id has.
            FacetSub::Given => tags.tags.iter().any(|given| {
                given.origin == Origin::Given && given.class == tag.class && given.id == tag.id
            }),
        }
}
