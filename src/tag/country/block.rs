//! Keeps persons out: place names that are people's, and words inside the persons found before.

use super::mention::Context;
use super::names::Kind;
use super::scan::Match;
use super::words::{self, has};
use crate::text::Token;

impl Context<'_> {
    /// Rule `person`: the match is a person's name, or inside one.
    pub(super) fn is_person(&self, found: &Match) -> bool {
        let side = self.side(found);
        if found.first != found.last || self.is_mask(found) {
            return false;
        }
        let token = &side.tokens[found.first];
        let word = side.folded(found.first);
        let kinds = found.name.map_or(&[][..], |(group, _)| self.names.group(group));
        let is_place = kinds.is_empty()
            || kinds.iter().any(|entry| {
                matches!(entry.kind, Kind::Name | Kind::Capital | Kind::City | Kind::State)
            });
        if !is_place || !token.has(Token::CAPITAL) {
            return false;
        }
        let country = kinds.iter().any(|entry| entry.kind == Kind::Name);
        if let Some(before) = side.before(found.first)
            && side.gap(before, found.first).bytes().all(|b| b == b'.' || b.is_ascii_whitespace())
        {
            let previous = &side.tokens[before];
            let family = !country || has(words::FAMILY_PLACES, word);
            if previous.has(Token::CAPITAL)
                && !token.has(Token::SENTENCE)
                && !previous.has(Token::POSSESSIVE)
            {
                let name = side.folded(before);
                if previous.has(Token::DOT) {
                    if has(words::HONORIFICS, name) {
                        return true;
                    }
                    let initial = previous.end - previous.start == 1;
                    let first = side.before(before).is_some_and(|first| {
                        side.touches(first, before)
                            && self.tables.is_forename(side.tokens[first].hash)
                    });
                    return initial && first && family;
                }
                if has(words::HONORIFICS, name) && !side.capitals {
                    return true;
                }
                if family
                    && side.touches(before, found.first)
                    && self.tables.is_forename(previous.hash)
                    && !matches!(name, "will" | "may" | "see" | "so" | "many" | "an")
                {
                    return true;
                }
            }
        }
        // `Chad Smith`, `Israel Kamakawiwoole`: a given name before a strange word.
        if side.capitals || !has(words::GIVEN_PLACES, word) || token.has(Token::POSSESSIVE) {
            return false;
        }
        let Some(next) = side.next(found.first).filter(|&next| side.touches(found.first, next))
        else {
            return false;
        };
        let family = &side.tokens[next];
        let prepared = side.before(found.first).is_some_and(|before| {
            let before = side.folded(before);
            has(words::PREPOSITIONS, before) || matches!(before, "the" | "and" | "or")
        });
        let longer = side.next(next).is_some_and(|third| {
            side.touches(next, third) && side.tokens[third].has(Token::CAPITAL)
        });
        let folded = side.folded(next);
        !prepared
            && !longer
            && family.has(Token::CAPITAL)
            && family.has(Token::HAS_LOWER)
            && !family.has(Token::DOT)
            && folded.len() > 3
            && !has(words::ORGANISATIONS, folded)
            && !has(words::PLACE_WORDS, folded)
            && !self.tables.is_common(family.hash)
            && self.names.trie.first(family.hash).is_none_or(|node| node.value.is_none())
    }

    fn is_mask(&self, found: &Match) -> bool {
        found.name.is_some_and(|(group, _)| {
            self.names.group(group).iter().any(|entry| entry.kind == Kind::Mask)
        })
    }

    /// Whether a match is inside a person's name, or repeats a word that is one.
    pub(super) fn drops(&self, found: &Match) -> bool {
        let side = self.side(found);
        let (start, end) = (side.tokens[found.first].start, side.tokens[found.last].end);
        if !self.persons.is_empty() {
            let leader = self.has_kind(found, &[Kind::Leader, Kind::LeaderFamily]);
            let adjective = self.has_kind(found, &[Kind::Adjective]);
            let people = side.folded(found.last).ends_with('s');
            let from =
                self.persons.partition_point(|&(part, _, to)| (part, to) <= (side.part, start));
            let near = &self.persons[from.saturating_sub(2)..];
            if near.iter().take_while(|span| (span.0, span.1) < (side.part, end)).any(
                |&(part, from, to)| {
                    part == side.part
                        && from < end
                        && start < to
                        // `Oliver Irish` is a person, `Soviet Mikhail Gorbachev` a Soviet.
                        && (!adjective || from < start && to == end && !people)
                        && !leader
                },
            ) {
                return true;
            }
        }
        if found.first != found.last || self.blocked.binary_search(&self.hash(found)).is_err() {
            return false;
        }
        !side.before(found.first).is_some_and(|before| {
            has(words::PREPOSITIONS, side.folded(before)) && side.touches(before, found.first)
        })
    }

    fn has_kind(&self, found: &Match, kinds: &[Kind]) -> bool {
        found.name.is_some_and(|(group, _)| {
            self.names.group(group).iter().any(|entry| kinds.contains(&entry.kind))
        })
    }
}
