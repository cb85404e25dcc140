//! Tags articles of an index anew, from what the index keeps of them.

use std::ops::ControlFlow;

use rayon::prelude::*;

use crate::article::Words;
use crate::diag::Span;
use crate::engine::embedded::{Embedded, EmbeddedWriter};
use crate::engine::{Engine, EngineError, Match, Prepared, Sink, TaggedArticle};
use crate::plan::{Clause, Layer, Pattern, Plan, Scope, Slot, TextClause, WildcardPart};
use crate::tag::homes::Homes;
use crate::tag::overlay::{self, Row};
use crate::tag::side;
use crate::tag::{Class, Level, Reading, TAGGER_VERSION, Tagger, Tags};

/// Articles that are tagged side by side.
const BATCH: usize = 512;

/// An article whose tags are others now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retagged {
    /// Its id.
    pub id: String,
    /// What it lost and gained, as in `-person:x`, `+country.major:JP`; empty where only evidence
    /// changed.
    pub changes: Vec<String>,
}

/// Tags the matches of a plan anew; `each` is told of every article whose tags changed, in index
/// order. With a writer these are written, to be committed by the caller; without one nothing is.
/// How many articles were looked at. Holds some hundred articles at a time.
///
/// # Errors
/// When the index cannot be read or written.
pub fn retag(
    archive: &Embedded,
    plan: &Plan,
    tagger: &Tagger,
    mut writer: Option<&mut EmbeddedWriter>,
    each: &mut dyn FnMut(Retagged),
) -> Result<u64, EngineError> {
    let mut batch: Vec<Match> = Vec::with_capacity(BATCH);
    let mut failed = None;
    let homes = archive.homes();
    let mut work = |batch: &mut Vec<Match>| {
        let done = one_batch(archive, batch, (tagger, &homes), writer.as_deref_mut(), each);
        batch.clear();
        done
    };
    let seen = archive.scan(plan, &mut |found| {
        batch.push(found);
        if batch.len() < BATCH {
            return ControlFlow::Continue(());
        }
        match work(&mut batch) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => work(&mut batch).map(|()| seen),
    }
}

/// A plan that finds every article which rows of a vocabulary may change: those that hold the words
/// of a name, or a first word of a pattern.
pub fn affected(rows: &[Row]) -> Plan {
    let mut clauses: Vec<Clause> = Vec::new();
    for row in rows {
        if row.class == Class::Event {
            clauses.extend(first_words(&row.name));
            continue;
        }
        let words = overlay::words(&row.name).into_iter();
        let slot = |(offset, word)| Slot { offset, terms: vec![word], pattern: None };
        clauses.push(forms((0..).zip(words).map(slot).collect()));
    }
    Plan { root: Clause::Or(clauses) }
}

/// Clauses for the words that a pattern of an event type may begin with.
fn first_words(pattern: &str) -> Vec<Clause> {
    let pattern = pattern.trim().trim_start_matches(['!', '?']);
    let first = pattern.split_whitespace().next().unwrap_or_default();
    let clause = |word: &str| {
        if word.starts_with('@') {
            return Clause::All;
        }
        // What is cut at a sign is found by what stands before it.
        let end = word.find(['_', '*', '?', '-', '\'']).unwrap_or(word.len());
        let open = word[end..].starts_with(['*', '?']);
        let start = overlay::words(&word[..end]).into_iter().next().unwrap_or_default();
        let slot = match open {
            true => {
                let parts = vec![WildcardPart::Literal(start), WildcardPart::Any];
                Slot { offset: 0, terms: Vec::new(), pattern: Some(Pattern::Wildcard(parts)) }
            }
            false => Slot { offset: 0, terms: vec![start], pattern: None },
        };
        forms(vec![slot])
    };
    first.split('/').map(clause).collect()
}

fn forms(slots: Vec<Slot>) -> Clause {
    let (scope, layer, span) = (Scope::Any, Layer::Forms, Span::default());
    Clause::Text(TextClause { scope, layer, slots, slop: 0, rank: Vec::new(), span })
}

type Worked = Option<(Retagged, Option<Prepared>)>;

fn one_batch(
    archive: &Embedded,
    batch: &[Match],
    tagger: (&Tagger, &Homes),
    mut writer: Option<&mut EmbeddedWriter>,
    each: &mut dyn FnMut(Retagged),
) -> Result<(), EngineError> {
    let shared = writer.as_deref();
    let worked: Vec<Result<Worked, EngineError>> =
        batch.par_iter().map(|found| one(archive, found, tagger, shared)).collect();
    for result in worked {
        let Some((retagged, prepared)) = result? else { continue };
        if let (Some(writer), Some(prepared)) = (writer.as_deref_mut(), prepared) {
            writer.put(prepared)?;
        }
        each(retagged);
    }
    Ok(())
}

fn one(
    archive: &Embedded,
    found: &Match,
    (tagger, homes): (&Tagger, &Homes),
    writer: Option<&EmbeddedWriter>,
) -> Result<Worked, EngineError> {
    let stored = archive.fetch(found)?;
    let words = Words::of(&stored.article);
    let home = homes.of_tagged(&stored.article, &stored.tags);
    let mut tags = tagger.tag(&Reading {
        article: &stored.article,
        words: &words,
        lang: &stored.lang,
        date: stored.article.date.as_ref().map(|date| date.start),
        home: home.as_ref(),
    });
    side::add(side::of_tags(&stored.tags), &mut tags);
    tags.unknown.clear();
    let existing = writer.map(|writer| writer.existing(stored.id())).transpose()?.flatten();
    let older = existing.as_ref().is_some_and(|existing| existing.tagger != TAGGER_VERSION);
    let home = home.map(|home| home.country);
    if tags == stored.tags && home == stored.home && !older {
        return Ok(None);
    }
    let mut changes = differences(&stored.tags, &tags);
    if home != stored.home {
        let named = |sign: char, home: &Option<String>| {
            home.as_ref().map(|home| format!("{sign}sourcecountry:{home}"))
        };
        changes.extend(named('-', &stored.home).into_iter().chain(named('+', &home)));
    }
    let id = stored.id().to_owned();
    let prepared = match (writer, existing) {
        (Some(writer), Some(existing)) => {
            let tagged = TaggedArticle {
                article: stored.article,
                words,
                tags,
                lang: stored.lang,
                home,
                content_hash: existing.content_hash,
                added: existing.added,
            };
            Some(writer.prepare(&tagged)?)
        }
        _ => None,
    };
    Ok(Some((Retagged { id, changes }, prepared)))
}

/// Values that went and came, by class and id, with those that an article is about as `.major`.
fn differences(before: &Tags, after: &Tags) -> Vec<String> {
    let values = |tags: &Tags| -> Vec<(Class, bool, String)> {
        let mut values: Vec<_> = (tags.tags.iter())
            .map(|tag| (tag.class, tag.level == Level::Major, tag.id.clone()))
            .collect();
        values.sort();
        values.dedup();
        values
    };
    let (before, after) = (values(before), values(after));
    let named = |sign: char, (class, major, id): &(Class, bool, String)| {
        format!("{sign}{}{}:{id}", class.name(), if *major { ".major" } else { "" })
    };
    let gone = before.iter().filter(|value| !after.contains(value)).map(|value| named('-', value));
    let new = after.iter().filter(|value| !before.contains(value)).map(|value| named('+', value));
    gone.chain(new).collect()
}
