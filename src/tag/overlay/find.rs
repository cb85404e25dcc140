//! The user's names in a text, and what they change of the persons found there.

use std::collections::{BTreeMap, HashSet};

use super::{ANY, Overlay};
use crate::article::{Article, Words};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, person};
use crate::text::{Token, Tokens};

/// A place where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'o> {
    /// Where.
    pub part: Part,
    /// First word.
    pub first: usize,
    /// Last word.
    pub last: usize,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What is named there, or is not.
    pub class: Class,
    /// Its id, or [`ANY`] where that blocks.
    pub id: &'o str,
}

impl Span<'_> {
    /// Whether it shares a letter with another place.
    pub fn meets(&self, part: Part, start: u32, end: u32) -> bool {
        self.part == part && start < self.end && self.start < end
    }

    /// Whether another place lies within it.
    pub fn covers(&self, part: Part, start: u32, end: u32) -> bool {
        self.part == part && self.start <= start && end <= self.end
    }
}

/// What the user's rows say of one article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said<'o> {
    /// Where values are named, in the order of the text; of one class, none meets another.
    pub names: Vec<Span<'o>>,
    /// Where values are not named, in the order of the text.
    pub blocks: Vec<Span<'o>>,
    /// Bytes of the longest of all.
    longest: u32,
}

impl<'o> Said<'o> {
    /// Those of the places that share a letter with another one. A binary search and few steps.
    fn around<'s>(
        &self,
        spans: &'s [Span<'o>],
        (part, start, end): (Part, u32, u32),
    ) -> impl Iterator<Item = &'s Span<'o>> {
        let earliest = (part, start.saturating_sub(self.longest));
        let from = spans.partition_point(|span| (span.part, span.start) < earliest);
        spans[from..]
            .iter()
            .take_while(move |span| (span.part, span.start) < (part, end))
            .filter(move |span| span.meets(part, start, end))
    }

    /// Whether a mention is none.
    pub fn blocks(&self, class: Class, id: &str, place: (Part, u32, u32)) -> bool {
        self.around(&self.blocks, place)
            .any(|block| block.class == class && (block.id == id || block.id == ANY))
    }

    /// Whether something of a class is named there.
    pub fn names(&self, class: Class, place: (Part, u32, u32)) -> bool {
        self.around(&self.names, place).any(|name| name.class == class)
    }

    /// Drops persons that are none, gives those that the user has names for their places, and
    /// weighs all persons anew.
    ///
    /// Who was found at such a place by a full name is the same person, wherever else named; a
    /// name that is part of somebody's longer name is not the user's.
    pub fn apply_to_persons(&self, persons: &mut Vec<Tag>, words: &Words) {
        let own: Vec<Span<'o>> =
            self.names.iter().filter(|name| name.class == Class::Person).copied().collect();
        if own.is_empty() && !self.blocks.iter().any(|block| block.class == Class::Person) {
            return;
        }
        for Tag { id, mentions, .. } in persons.iter_mut() {
            mentions.retain(|mention| !self.blocks(Class::Person, id, place_of(mention)));
        }
        let own = self.not_within_others(own, persons);
        let mut by_id: BTreeMap<String, Tag> = BTreeMap::new();
        for mut tag in std::mem::take(persons) {
            let same = tag.mentions.iter().find_map(|mention| {
                self.around(&own, place_of(mention))
                    .find(|name| tag.id == name.id || !person::is_lone(mention.rule))
            });
            if let Some(same) = same
                && same.id != tag.id
            {
                tag.id = same.id.to_owned();
                tag.label = Some(person::name::label_from_slug(same.id));
            }
            tag.mentions.retain(|mention| self.around(&own, place_of(mention)).next().is_none());
            match by_id.get_mut(&tag.id) {
                None => drop(by_id.insert(tag.id.clone(), tag)),
                Some(known) => known.mentions.append(&mut tag.mentions),
            }
        }
        for name in &own {
            let tag = by_id.entry(name.id.to_owned()).or_insert_with(|| Tag {
                class: Class::Person,
                id: name.id.to_owned(),
                label: Some(person::name::label_from_slug(name.id)),
                level: Level::Passing,
                score: 0,
                origin: Origin::Derived,
                by: None,
                mentions: Vec::new(),
            });
            let Span { part, start, end, .. } = *name;
            tag.mentions.push(Mention { part, start, end, rule: person::OWN, weight: 200 });
        }
        persons.extend(by_id.into_values().filter(|tag| !tag.mentions.is_empty()));
        for tag in persons.iter_mut() {
            tag.mentions.sort_by_key(|mention| (mention.part, mention.start));
        }
        person::weigh(persons, words);
    }

    /// The names that are no part of a longer name of somebody else.
    fn not_within_others(&self, own: Vec<Span<'o>>, persons: &[Tag]) -> Vec<Span<'o>> {
        let mut within: HashSet<(Part, u32)> = HashSet::new();
        for tag in persons {
            for mention in &tag.mentions {
                let (part, start, end) = place_of(mention);
                for name in self.around(&own, (part, start, end)) {
                    if tag.id != name.id && !name.covers(part, start, end) {
                        within.insert((part, name.start));
                    }
                }
            }
        }
        own.into_iter().filter(|name| !within.contains(&(name.part, name.start))).collect()
    }
}

fn place_of(mention: &Mention) -> (Part, u32, u32) {
    (mention.part, mention.start, mention.end)
}

impl Overlay {
    /// What the rows say of an article. Linear; nothing where there are no rows.
    pub fn read<'o>(&'o self, article: &Article, words: &Words) -> Said<'o> {
        let mut said = Said::default();
        if self.names.is_empty() {
            return said;
        }
        self.find(Part::Title, &article.title, &words.title, &mut said);
        self.find(Part::Body, &article.body, &words.body, &mut said);
        said
    }

    fn find<'o>(&'o self, part: Part, text: &str, tokens: &Tokens, said: &mut Said<'o>) {
        // Capitals tell nothing where there is nothing else.
        let capitals = !tokens.iter().any(|token| token.has(Token::HAS_LOWER));
        for first in 0..tokens.len() {
            let Some(names) = self.names.get(&tokens[first].hash) else { continue };
            if tokens[first].has(Token::JOINED) {
                continue;
            }
            for name in names {
                if name.capital && !capitals && !tokens[first].has(Token::CAPITAL) {
                    continue;
                }
                let Some(last) = end_of(&name.words, tokens, first) else { continue };
                let row = &self.rows[name.row];
                // A name of capitals alone, such as US, is no word in small letters.
                if !capitals && is_acronym(&row.name) {
                    let written = tokens[first].surface(text);
                    if written.chars().any(char::is_lowercase) {
                        continue;
                    }
                }
                let (start, end) = (tokens[first].start, tokens[last].end);
                let span = Span { part, first, last, start, end, class: row.class, id: &row.id };
                if row.blocks {
                    said.longest = said.longest.max(end - start);
                    said.blocks.push(span);
                    continue;
                }
                let near = said.names.iter().rev().take_while(|other| {
                    other.part == part && other.start.saturating_add(said.longest) > start
                });
                let meets =
                    |other: &Span<'_>| other.class == span.class && other.meets(part, start, end);
                let met = near.clone().position(meets).map(|back| said.names.len() - 1 - back);
                said.longest = said.longest.max(end - start);
                match met {
                    // The longer name counts, of two alike the first.
                    Some(at) if said.names[at].first == first && said.names[at].last < last => {
                        said.names[at] = span;
                    }
                    Some(_) => {}
                    None => said.names.push(span),
                }
            }
        }
    }
}

fn is_acronym(name: &str) -> bool {
    name.chars().count() <= 4
        && name.contains(char::is_uppercase)
        && !name.contains(char::is_lowercase)
}

/// The last word of a name that begins at a token.
fn end_of(words: &[String], tokens: &Tokens, first: usize) -> Option<usize> {
    let mut at = first;
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            at += 1;
            if tokens.get(at)?.has(Token::JOINED) {
                at += 1;
            }
        }
        if tokens.folded(tokens.get(at)?) != word {
            return None;
        }
    }
    Some(at)
}
