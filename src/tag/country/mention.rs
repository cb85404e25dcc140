//! Turns matches of the gazetteer into mentions of countries, by the numbered rules.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::names::{Entry, Id, Kind, Names};
use super::place;
use super::scan::{Allowed, Match, Side};
use super::table::Tables;
use super::trie::word_hash;
use super::words::{self, has};
use super::{dateline::Dateline, rule};
use crate::tag::{Part, Tag, person};
use crate::text::Token;

/// One mention of a country.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// The country, before history.
    pub id: Id,
    /// What names it.
    pub kind: Kind,
    /// Number of the rule.
    pub rule: u8,
    /// Index into the sides.
    pub side: usize,
    /// First word.
    pub first: usize,
    /// Last word.
    pub last: usize,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Part of the name of a company or school.
    pub organisation: bool,
}

/// The texts of an article and what is known before its mentions are judged.
#[derive(Debug)]
pub struct Context<'a> {
    /// The tables.
    pub tables: &'a Tables,
    /// The names in use.
    pub names: &'a Names,
    /// Title and body.
    pub sides: &'a [Side<'a>],
    /// What rows hold.
    pub allowed: Allowed,
    /// The dateline, if there is one.
    pub dateline: Option<&'a Dateline>,
    /// Spans of persons, by part: sorted by start.
    pub persons: Vec<(Part, u32, u32)>,
    /// Names of places near the publisher, folded.
    pub local: Option<&'a BTreeSet<String>>,
    /// Hashes of words that are persons in this article.
    pub blocked: Vec<u64>,
    cues: OnceCell<(usize, usize)>,
    lower: OnceCell<Option<Vec<u64>>>,
}

impl<'a> Context<'a> {
    /// Collects the spans of the persons found.
    pub fn new(
        tables: &'a Tables,
        sides: &'a [Side<'a>],
        allowed: Allowed,
        dateline: Option<&'a Dateline>,
        persons: &[Tag],
    ) -> Context<'a> {
        let mut spans: Vec<(Part, u32, u32)> = persons
            .iter()
            .flat_map(|tag| &tag.mentions)
            // A word alone that was learnt may as well be a place: the tables of places decide.
            .filter(|mention| mention.rule != person::LEARNT)
            .map(|mention| (mention.part, mention.start, mention.end))
            .collect();
        spans.sort_unstable();
        Context {
            tables,
            names: tables.names(allowed.all_names),
            sides,
            allowed,
            dateline,
            persons: spans,
            local: None,
            blocked: Vec::new(),
            cues: OnceCell::new(),
            lower: OnceCell::new(),
        }
    }

    /// All mentions, in the order of the text, and whether dollars without a country occur.
    pub fn mentions(&mut self, matches: &[Match]) -> (Vec<Hit>, Option<Hit>) {
        if self.allowed.english {
            self.blocked = matches
                .iter()
                .filter(|found| self.is_person(found))
                .map(|f| self.hash(f))
                .collect();
            self.blocked.sort_unstable();
            self.blocked.dedup();
        }
        let mut hits: Vec<Hit> = Vec::with_capacity(matches.len());
        let mut pending: Vec<usize> = Vec::new();
        let mut dollars = None;
        for (at, found) in matches.iter().enumerate() {
            if self.allowed.english && self.drops(found) {
                continue;
            }
            match self.name(matches, at, hits.last()) {
                Judged::Hit(hit) if hit.kind == Kind::Dollar => {
                    dollars = dollars.or(Some(hit));
                }
                Judged::Hit(hit) => hits.push(hit),
                Judged::Later => pending.push(at),
                Judged::Nothing => {}
            }
        }
        let evidence = place::Evidence::of(self, &hits)
            .with_capitals(self, matches)
            .with_places(self, matches, &pending);
        for &at in &pending {
            hits.extend(self.later(matches, at, &evidence));
        }
        place::again(self, matches, &pending, &mut hits);
        hits.sort_by_key(|hit| (hit.side, hit.start, hit.end));
        hits.dedup_by_key(|hit| (hit.side, hit.start));
        (hits, dollars)
    }

    pub(super) fn side(&self, found: &Match) -> &'a Side<'a> {
        &self.sides[found.side]
    }

    pub(super) fn hash(&self, found: &Match) -> u64 {
        self.side(found).tokens[found.first].hash
    }

    /// A mention of the words `first..=last` of a match.
    pub fn hit(&self, found: &Match, last: usize, id: Id, kind: Kind, rule: u8) -> Hit {
        let side = self.side(found);
        let (start, end) = (side.tokens[found.first].start, side.tokens[last].end);
        let organisation = self.is_organisation(side, found.first, last);
        Hit { id, kind, rule, side: found.side, first: found.first, last, start, end, organisation }
    }

    fn is_organisation(&self, side: &Side<'_>, first: usize, last: usize) -> bool {
        if !self.allowed.english {
            return false;
        }
        let after = side.next(last).is_some_and(|next| {
            side.touches(last, next)
                && side.tokens[next].has(Token::CAPITAL)
                && has(words::ORGANISATIONS, side.folded(next))
        });
        after
            || side.before(first).is_some_and(|of| {
                side.folded(of) == "of"
                    && side.before(of).is_some_and(|head| {
                        side.touches(head, of)
                            && matches!(side.folded(head), "bank" | "university" | "college")
                    })
            })
    }

    fn name(&self, matches: &[Match], at: usize, previous: Option<&Hit>) -> Judged {
        let found = &matches[at];
        let side = self.side(found);
        let Some((group, last)) = found.name else { return Judged::Later };
        if found.place.is_some_and(|(_, place)| place > last) {
            return Judged::Later;
        }
        let words = &side.tokens[found.first..=last];
        let fitting = |entry: &&Entry| {
            entry.languages & self.allowed.languages != 0
                && entry.holds(self.allowed.date)
                && entry.fits(side.text, words)
        };
        let group = self.names.group(group);
        if group.iter().any(|entry| entry.kind == Kind::Mask) {
            return Judged::Nothing;
        }
        let Some(entry) = group.iter().filter(fitting).min_by_key(|entry| entry.kind) else {
            return Judged::Nothing;
        };
        if self.is_local(found, last) {
            return Judged::Later;
        }
        if side.capitals && !self.counts_in_capitals(side, found.first, entry.kind) {
            return Judged::Nothing;
        }
        // Two countries of one name wait until the article is read.
        if group.iter().filter(fitting).any(|other| {
            other.id != entry.id && !matches!(entry.kind, Kind::Leader | Kind::LeaderFamily)
        }) {
            return Judged::Later;
        }
        let rule = match entry.kind {
            Kind::Name => rule::NAME,
            Kind::Adjective => rule::ADJECTIVE,
            Kind::Capital | Kind::City => {
                // The region behind the comma or the countries of the article may say otherwise.
                return if self.allowed.english { Judged::Later } else { self.plain(found, entry) };
            }
            Kind::State => rule::STATE,
            Kind::Abbreviation if self.is_abbreviation(side, found.first) => rule::ABBREVIATION,
            Kind::Institution if self.is_institution(side, found.first, last) => rule::INSTITUTION,
            Kind::Currency => rule::CURRENCY,
            Kind::CurrencyAfterNumber if after_number(side, found.first) => rule::CURRENCY,
            Kind::Dollar => {
                let foreign = previous.is_some_and(|hit| {
                    hit.side == found.side && side.next(hit.last) == Some(found.first)
                });
                if foreign || !after_number(side, found.first) {
                    return Judged::Nothing;
                }
                rule::CURRENCY
            }
            Kind::Leader => rule::LEADER,
            Kind::LeaderFamily if self.allowed.date.is_some() => rule::LEADER,
            _ => return Judged::Nothing,
        };
        if entry.kind == Kind::Name && self.allowed.english && self.is_town(matches, at) {
            let id = self.tables.id("US");
            return Judged::Hit(self.hit(found, last, id, Kind::Place, rule::COMMA));
        }
        let kind = if entry.kind == Kind::LeaderFamily { Kind::Leader } else { entry.kind };
        Judged::Hit(self.hit(found, last, entry.id, kind, rule))
    }

    /// Whether a name is that of a place near the publisher.
    pub(super) fn is_local(&self, found: &Match, last: usize) -> bool {
        let (Some(home), Some(local)) = (self.allowed.home, self.local) else { return false };
        let namesake = found.place.is_some_and(|(row, place)| {
            place == last && self.tables.candidates(row).any(|candidate| candidate.0 == home)
        });
        if !namesake {
            return false;
        }
        let side = self.side(found);
        let words: Vec<&str> = (found.first..=last).map(|at| side.folded(at)).collect();
        local.contains(&words.join(" "))
    }

    fn plain(&self, found: &Match, entry: &Entry) -> Judged {
        let rule = if entry.kind == Kind::Capital { rule::CAPITAL } else { rule::CITY };
        let last = found.name.map_or(found.last, |(_, last)| last);
        Judged::Hit(self.hit(found, last, entry.id, entry.kind, rule))
    }

    /// `Lima, Ohio`, `Norway, Maine,`: a town named like a country, before its state.
    fn is_town(&self, matches: &[Match], at: usize) -> bool {
        let found = &matches[at];
        let side = self.side(found);
        let Some((_, state)) = place::region_after(self, matches, at) else { return false };
        let closed = side.tokens[state].has(Token::COMMA | Token::DOT)
            || side.next(state).is_none_or(|next| side.tokens[next].has(Token::SENTENCE));
        let us = self.tables.id("US");
        closed
            && place::region_after(self, matches, at).is_some_and(|(id, _)| id == us)
            && found.place.is_some_and(|(row, _)| {
                self.tables.candidates(row).any(|candidate| candidate.0 == us)
            })
    }

    /// Rule `case`: in capitals, an ambiguous word counts if nobody writes the other word; where
    /// all of the article is in capitals, only countries count, and `US` never.
    fn counts_in_capitals(&self, side: &Side<'_>, at: usize, kind: Kind) -> bool {
        let word = side.folded(at);
        if !has(words::AMBIGUOUS, word) {
            return true;
        }
        match self.lower.get_or_init(|| self.lower_words()) {
            Some(lower) => lower.binary_search(&side.tokens[at].hash).is_err(),
            None => kind == Kind::Name && word != "us",
        }
    }

    /// Rule `abbr`: `Mass.` after a comma, `(D-Mass.)`, `in N.Y.`.
    fn is_abbreviation(&self, side: &Side<'_>, first: usize) -> bool {
        let Some(before) = side.before(first) else { return false };
        let token = &side.tokens[before];
        let stop = side.tokens[first].has(Token::DOT);
        if side.capitals && !stop {
            return false;
        }
        if token.has(Token::COMMA) {
            return token.has(Token::CAPITAL);
        }
        if side.gap(before, first) == "-" && token.end - token.start == 1 {
            return token.has(Token::CAPITAL);
        }
        if !stop {
            return false;
        }
        // `the S.C. Highway Patrol`, `Western Mass. voters`, in a paper from there.
        let word = side.folded(before);
        let head = matches!(word, "the" | "western" | "eastern" | "northern" | "southern");
        side.tokens[first].end - side.tokens[first].start == 1 && has(words::PREPOSITIONS, word)
            || head && self.allowed.home == Some(self.tables.id("US"))
    }

    /// A single word such as `Congress` or `Fed` is no institution inside a longer name.
    fn is_institution(&self, side: &Side<'_>, first: usize, last: usize) -> bool {
        if first != last || side.tokens[first].has(Token::ALL_CAPS) {
            return true;
        }
        let capital = |at: usize| side.tokens[at].has(Token::CAPITAL);
        !side.before(first).is_some_and(|before| {
            side.touches(before, first)
                && capital(before)
                && !side.tokens[before].has(Token::SENTENCE)
        }) || side.capitals
    }

    fn later(&self, matches: &[Match], at: usize, evidence: &place::Evidence) -> Option<Hit> {
        let found = &matches[at];
        let side = self.side(found);
        let Some((group, last)) = found.name else {
            return place::resolve(self, matches, at, evidence);
        };
        if found.place.is_some_and(|(_, place)| place > last)
            && let Some(hit) = place::resolve(self, matches, at, evidence)
        {
            return Some(hit);
        }
        let words = &side.tokens[found.first..=last];
        let group = self.names.group(group);
        let mut fitting: Vec<&Entry> = group
            .iter()
            .filter(|entry| {
                entry.languages & self.allowed.languages != 0
                    && entry.holds(self.allowed.date)
                    && entry.fits(side.text, words)
            })
            .collect();
        fitting.sort_by_key(|entry| entry.kind);
        let entry = *fitting.first()?;
        if let Some(home) = self.allowed.home
            && home != entry.id
            && self.is_local(found, last)
            && evidence.named(entry.id) == 0
        {
            return Some(self.hit(found, last, home, Kind::Place, rule::HOME));
        }
        let named = |code: &str| {
            let id = self.tables.id(code);
            evidence.named(id) > 0 || evidence.capitals.contains(&id)
        };
        let both = |a: &str, b: &str| {
            let (a, b) = (self.tables.id(a), self.tables.id(b));
            fitting.iter().any(|e| e.id == a) && fitting.iter().any(|e| e.id == b)
        };
        if both("KR", "KP") {
            let code = if named("KP") && !named("KR") { "KP" } else { "KR" };
            return Some(self.hit(found, last, self.tables.id(code), entry.kind, rule::KOREA));
        }
        if both("CD", "CG") {
            let code = if named("CG") && !named("CD") { "CG" } else { "CD" };
            return Some(self.hit(found, last, self.tables.id(code), entry.kind, rule::CONGO));
        }
        if both("GE", "US") {
            let (id, kind) = self.georgia(found);
            return Some(self.hit(found, last, id, kind, rule::GEORGIA));
        }
        match entry.kind {
            Kind::Capital | Kind::City => {
                Some(place::resolve_known(self, matches, at, entry, evidence))
            }
            // A longer place was refused: the name inside it stands.
            _ if found.place.is_some() => {
                let cut = Match { place: None, last, ..*found };
                match self.name(&[cut], 0, None) {
                    Judged::Hit(hit) if hit.kind != Kind::Dollar => Some(hit),
                    _ => None,
                }
            }
            _ => Some(self.hit(found, last, entry.id, entry.kind, rule::NAME)),
        }
    }

    /// Rule `georgia`: the country or the state, by the cues of the article.
    fn georgia(&self, found: &Match) -> (Id, Kind) {
        /// The country declared independence on 9 April 1991.
        const INDEPENDENCE: i64 = 671_155_200;
        let state = (self.tables.id("US"), Kind::State);
        if self.allowed.date.is_some_and(|date| date < INDEPENDENCE) {
            return state;
        }
        let side = self.side(found);
        if side.before(found.first).is_some_and(|before| {
            side.tokens[before].has(Token::COMMA)
                && side.tokens[before].has(Token::CAPITAL)
                && !has(words::CAUCASUS, side.folded(before))
        }) {
            return state;
        }
        let &(country, south) = self.cues.get_or_init(|| self.georgian_cues());
        if country > south || (country == south && self.dateline_is("GE")) {
            (self.tables.id("GE"), Kind::Name)
        } else {
            state
        }
    }

    /// How many words speak for the country and for the state; counted once an article.
    fn georgian_cues(&self) -> (usize, usize) {
        let (mut country, mut south) = (0, 0);
        for side in self.sides {
            for token in side.tokens.iter().filter(|token| token.has(Token::CAPITAL)) {
                let word = side.tokens.folded(token);
                country += usize::from(has(words::CAUCASUS, word));
                south += usize::from(has(words::AMERICAN_SOUTH, word));
            }
        }
        (country, south)
    }

    /// Hashes of the ambiguous words that occur in lower case; none if no text has lower case.
    fn lower_words(&self) -> Option<Vec<u64>> {
        let mut mixed = self.sides.iter().filter(|side| !side.capitals && !side.tokens.is_empty());
        mixed.clone().next()?;
        let ambiguous: Vec<u64> = words::AMBIGUOUS.iter().map(|word| word_hash(word)).collect();
        let mut found: Vec<u64> = mixed
            .by_ref()
            .flat_map(|side| side.tokens.iter())
            .filter(|token| !token.has(Token::CAPITAL) && ambiguous.contains(&token.hash))
            .map(|token| token.hash)
            .collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    fn dateline_is(&self, code: &str) -> bool {
        let id = self.tables.id(code);
        self.dateline.is_some_and(|dateline| dateline.cities.iter().any(|city| city.id == Some(id)))
    }
}

enum Judged {
    Hit(Hit),
    Later,
    Nothing,
}

fn after_number(side: &Side<'_>, first: usize) -> bool {
    side.before(first).is_some_and(|before| {
        (side.tokens[before].has(Token::DIGIT) || has(words::NUMBERS, side.folded(before)))
            && side.gap(before, first).bytes().all(|b| b.is_ascii_whitespace() || b == b'-')
    })
}
