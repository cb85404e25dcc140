//! Which values of two facets occur together: in articles, in paragraphs or in sentences.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::association::Table;
use super::label::label;
use super::{Archive, Reading};
use crate::article::Words;
use crate::engine::{EngineError, Pairs, StoredArticle};
use crate::plan::{FacetClass, FacetField, FacetSub};
use crate::tag::{Level, Origin, Part, Tag};
use crate::text::{Token, Tokens};

/// In what two values must occur to occur together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Within {
    /// An article.
    #[default]
    Article,
    /// A paragraph; the title is one.
    Paragraph,
    /// A sentence.
    Sentence,
}

/// Two values that occur together.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// Their ids.
    pub ids: [String; 2],
    /// How they are shown.
    pub labels: [String; 2],
    /// Units with both, with the first, with the second, and all units.
    pub table: Table,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooccurrences {
    /// Units: articles, paragraphs or sentences of the matches.
    pub units: u64,
    /// Different pairs, in at least so many units as asked for.
    pub distinct: u64,
    /// The strongest pairs, strongest first.
    pub pairs: Vec<Together>,
}

/// Whether mentions of a field have places in the text, as paragraphs and sentences need.
pub fn has_places(field: FacetField) -> bool {
    field.class.is_tagged() && field.sub != FacetSub::Given
}

/// Counts over all matches, exactly. `limit` pairs (0 for all) that occur together in at least
/// `least` units, by [`Table::log_likelihood`] and then by ids.
///
/// Articles cost some hundred nanoseconds each; with paragraphs and sentences every match is read,
/// some hundred microseconds.
///
/// # Errors
/// What the engine reports; [`EngineError::TooManyPairs`].
pub fn count(
    archive: &dyn Archive,
    reading: &Reading,
    fields: [FacetField; 2],
    within: Within,
    limit: usize,
    least: u64,
) -> Result<Cooccurrences, EngineError> {
    let pairs = match within {
        Within::Article => archive.pairs(&reading.plan, fields)?,
        Within::Paragraph => by_units(archive, reading, fields, Token::PARAGRAPH)?,
        Within::Sentence => by_units(archive, reading, fields, Token::SENTENCE | Token::PARAGRAPH)?,
    };
    let Pairs { total, single, both } = pairs;
    let mut found: Vec<(f64, [String; 2], Table)> = both
        .into_iter()
        .filter(|(_, count)| *count >= least)
        .map(|((a, b), both)| {
            let number = |side: usize, id: &str| single[side].get(id).copied().unwrap_or(0);
            let table = Table { both, left: number(0, &a), right: number(1, &b), total };
            (table.log_likelihood(), [a, b], table)
        })
        .collect();
    let distinct = found.len() as u64;
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    if limit > 0 {
        found.truncate(limit);
    }
    let labels = [0, 1].map(|side: usize| {
        let ids: Vec<&str> = found.iter().map(|(_, ids, _)| ids[side].as_str()).collect();
        labels(archive, fields[side].class, &ids)
    });
    let [left, right] = labels;
    let pairs = found
        .into_iter()
        .zip(left.into_iter().zip(right))
        .map(|((_, ids, table), (a, b))| Together { ids, labels: [a, b], table })
        .collect();
    Ok(Cooccurrences { units: total, distinct, pairs })
}

fn labels(archive: &dyn Archive, class: FacetClass, ids: &[&str]) -> Vec<String> {
    let known = archive.labels(class, ids);
    let shown = ids.iter().zip(known).map(|(id, known)| {
        if known.is_empty() || known == *id {
            return label(class, id).map_or_else(|| (*id).to_owned(), |label| label.into_owned());
        }
        known
    });
    shown.collect()
}

/// Reads every match and counts in its parts; `breaks` are the flags of a part's first word.
fn by_units(
    archive: &dyn Archive,
    reading: &Reading,
    fields: [FacetField; 2],
    breaks: u16,
) -> Result<Pairs, EngineError> {
    let mut pairs = Pairs::default();
    let mut failed = None;
    archive.scan(&reading.plan, &mut |found| {
        let counted = archive
            .fetch(&found)
            .and_then(|stored| count_units(&stored, fields, breaks, &mut pairs));
        match counted {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failed.map_or(Ok(pairs), Err)
}

fn count_units(
    stored: &StoredArticle,
    fields: [FacetField; 2],
    breaks: u16,
    pairs: &mut Pairs,
) -> Result<(), EngineError> {
    let words = Words::of(&stored.article);
    for (part, tokens) in [(Part::Title, &words.title), (Part::Body, &words.body)] {
        let starts = starts(tokens, breaks);
        let mut values: Vec<[BTreeSet<&str>; 2]> = vec![Default::default(); starts.len()];
        for tag in &stored.tags.tags {
            for (side, _) in fields.iter().enumerate().filter(|(_, field)| is_of(tag, **field)) {
                for mention in tag.mentions.iter().filter(|one| one.part == part && one.is_place())
                {
                    let unit = starts.partition_point(|&start| start <= mention.start);
                    if let Some(unit) = unit.checked_sub(1) {
                        values[unit][side].insert(&tag.id);
                    }
                }
            }
        }
        for [left, right] in values {
            let (left, right): (Vec<&str>, Vec<&str>) =
                (left.into_iter().collect(), right.into_iter().collect());
            pairs.add(&left, &right, fields[0] == fields[1])?;
        }
    }
    Ok(())
}

/// First bytes of the parts of a text, ascending.
fn starts(tokens: &Tokens, breaks: u16) -> Vec<u32> {
    let mut starts: Vec<u32> = tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| *at == 0 || token.has(breaks))
        .map(|(_, token)| token.start)
        .collect();
    if let Some(first) = starts.first_mut() {
        // A mention may begin before the first word, with a quote or a bracket.
        *first = 0;
    }
    starts
}

fn is_of(tag: &Tag, field: FacetField) -> bool {
    let class = FacetClass::of(tag.class);
    let part = match field.sub {
        FacetSub::Any => true,
        FacetSub::Major => tag.level == Level::Major,
        FacetSub::Given => tag.origin == Origin::Given,
    };
    class == field.class && part
}
