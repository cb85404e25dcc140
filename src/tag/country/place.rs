//! Decides which country a city or region belongs to, and whether a word is a place at all.

use super::mention::{Context, Hit};
use super::names::{Entry, Id, Kind, NO_ID};
use super::rule;
use super::scan::{Match, Side};

use super::words::{self, has};
use crate::text::Token;

/// What each other mention of a name as that of a place adds to it, up to three.
const REPEATED: f64 = 0.15;

/// How many times larger the largest place of a name is beside which one near the publisher is
/// lost: nobody in Boston, Lincolnshire, is asked before it is clear which is meant. Papers of the
/// United States write of their towns as if there were no others.
const LOST: f64 = 10.0;
const US_LOST: f64 = 60.0;

/// What the unambiguous mentions of an article say about its places.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Countries named, with the number of their mentions; sorted by id.
    named: Vec<(Id, u32)>,
    /// Countries whose states or provinces are named.
    states: Vec<Id>,
    /// Countries whose capitals are named.
    pub capitals: Vec<Id>,
    /// Countries of the dateline.
    dateline: Vec<Id>,
    /// The publisher's country: as good as a mention and a province of it, for places only.
    home: Option<Id>,
    /// Places that undecided matches may be, with the number of those that stand like places;
    /// sorted by row.
    rows: Vec<(u32, u32)>,
    /// Rows that a match with words of local life beside it may be, and whose life; sorted.
    near: Vec<(u32, Id)>,
}

impl Evidence {
    /// Collects what `hits` say, all of them unambiguous.
    pub fn of(context: &Context<'_>, hits: &[Hit]) -> Evidence {
        let mut evidence = Evidence { home: context.allowed.home, ..Evidence::default() };
        let mut ids: Vec<Id> = hits
            .iter()
            .filter(|hit| hit.kind != Kind::Ticker && hit.kind != Kind::Currency)
            .map(|hit| hit.id)
            .collect();
        ids.sort_unstable();
        for id in ids {
            match evidence.named.last_mut() {
                Some(last) if last.0 == id => last.1 += 1,
                _ => evidence.named.push((id, 1)),
            }
        }
        evidence.states = hits
            .iter()
            .filter(|hit| matches!(hit.kind, Kind::State | Kind::Abbreviation))
            .map(|hit| hit.id)
            .collect();
        if let Some(dateline) = context.dateline {
            evidence.dateline = dateline.cities.iter().filter_map(|city| city.id).collect();
        }
        evidence
    }

    /// Notes the capitals among `matches`, which are judged later.
    pub fn with_capitals(mut self, context: &Context<'_>, matches: &[Match]) -> Evidence {
        for (group, _) in matches.iter().filter_map(|found| found.name) {
            let group = context.names.group(group);
            self.capitals
                .extend(group.iter().filter(|e| e.kind == Kind::Capital).map(|entry| entry.id));
        }
        self.capitals.extend(&self.dateline);
        self.capitals.sort_unstable();
        self.capitals.dedup();
        self
    }

    /// Notes which places the undecided matches may be.
    pub fn with_places(
        mut self,
        context: &Context<'_>,
        matches: &[Match],
        pending: &[usize],
    ) -> Evidence {
        if !context.allowed.english {
            return self;
        }
        for found in pending.iter().map(|&at| &matches[at]) {
            let Some((row, last)) = found.place else { continue };
            if stands_as_place(&context.sides[found.side], found.first, last) {
                self.rows.push((row, 1));
            }
            self.near.extend(near(context, found, row, last).map(|id| (row, id)));
        }
        self.rows.sort_unstable();
        self.rows.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 += if same { later.1 } else { 0 };
            same
        });
        self.near.sort_unstable();
        // Hardly ever two are told of one name.
        self.near.dedup_by_key(|near| near.0);
        self
    }

    /// The country of whose local life the words beside a place tell somewhere in the article.
    fn near(&self, row: u32) -> Option<Id> {
        let at = self.near.binary_search_by_key(&row, |near| near.0).ok()?;
        Some(self.near[at].1)
    }

    /// The evidence beside a place.
    fn at(&self, row: u32) -> Here<'_> {
        Here { evidence: self, home: self.home.or_else(|| self.near(row)) }
    }

    /// How many undecided matches that stand like places may be this one.
    fn times(&self, row: u32) -> u32 {
        self.rows.binary_search_by_key(&row, |known| known.0).map_or(0, |at| self.rows[at].1)
    }

    /// How often a country is named without doubt.
    pub fn named(&self, id: Id) -> u32 {
        self.named.binary_search_by_key(&id, |row| row.0).map_or(0, |at| self.named[at].1)
    }
}

/// The evidence of an article beside one place in it.
#[derive(Debug, Clone, Copy)]
struct Here<'e> {
    evidence: &'e Evidence,
    /// The publisher's country, or that of the local life around the place.
    home: Option<Id>,
}

impl Here<'_> {
    /// Whether the country is named, or near.
    fn known(&self, id: Id) -> bool {
        self.home == Some(id) || self.evidence.named(id) > 0
    }

    /// Whether places of the country are near: its parts are named, or it is the publisher's own.
    fn local(&self, id: Id) -> bool {
        self.home == Some(id) || self.evidence.states.contains(&id)
    }

    fn filed(&self, id: Id) -> bool {
        self.evidence.dateline.contains(&id)
    }

    /// What the country's other mentions add to a candidate: 0, or 1 to 2.2.
    fn support(&self, id: Id) -> f64 {
        match self.evidence.named(id) + u32::from(self.home == Some(id)) {
            0 => 0.0,
            count => (1.0 + 0.3 * f64::from(count).ln()).min(2.2),
        }
    }
}

/// The region or country after the comma or in the parentheses behind a match, with its last word.
pub fn region_after(context: &Context<'_>, matches: &[Match], at: usize) -> Option<(Id, usize)> {
    let found = &matches[at];
    let next = matches.get(at + 1).filter(|next| next.side == found.side)?;
    let side = &context.sides[found.side];
    if side.next(found.last) != Some(next.first) {
        return None;
    }
    let gap = side.gap(found.last, next.first);
    let mut marks = gap.bytes().filter(|byte| !byte.is_ascii_whitespace());
    if !matches!((marks.next(), marks.next()), (Some(b',' | b'('), None)) {
        return None;
    }
    if let Some((group, last)) = next.name {
        let words = &side.tokens[next.first..=last];
        let entry = context
            .names
            .group(group)
            .iter()
            .filter(|entry| {
                matches!(entry.kind, Kind::Name | Kind::State | Kind::Abbreviation)
                    && entry.languages & context.allowed.languages != 0
                    && entry.fits(side.text, words)
                    && entry.id != NO_ID
            })
            .min_by_key(|entry| match entry.kind {
                // `Macon, Georgia`: the state.
                Kind::State => 0,
                _ => 1,
            })?;
        // `London, New York and Paris` is a list.
        let listed = context.names.group(group).iter().any(|e| e.kind == Kind::City);
        let listed = listed || side.folded(next.first) == "washington";
        return (!listed).then_some((entry.id, last));
    }
    None
}

/// A capital or big city of names.tsv: its country unless the article says otherwise.
pub fn resolve_known(
    context: &Context<'_>,
    matches: &[Match],
    at: usize,
    entry: &Entry,
    evidence: &Evidence,
) -> Hit {
    let found = &matches[at];
    let last = found.name.map_or(found.last, |(_, last)| last);
    let rule = if entry.kind == Kind::Capital { rule::CAPITAL } else { rule::CITY };
    let row = found.place.filter(|&(_, place)| place == last).map(|(row, _)| row);
    let has_namesake =
        |id: Id| row.is_some_and(|row| context.tables.candidates(row).any(|c| c.0 == id));
    if let Some((region, _)) = region_after(context, matches, at)
        && region != entry.id
    {
        let us = context.tables.id("US");
        if region == us || has_namesake(region) {
            return context.hit(found, last, region, Kind::Place, rule::COMMA);
        }
    }
    if let Some(row) = row
        && let here = evidence.at(row)
        && !here.known(entry.id)
        && !here.filed(entry.id)
    {
        if let Some(near) = evidence.near(row)
            && has_namesake(near)
        {
            let rule = if evidence.home == Some(near) { rule::HOME } else { rule::PLACE };
            return context.hit(found, last, near, Kind::Place, rule);
        }
        let own = context
            .tables
            .candidates(row)
            .find(|candidate| candidate.0 == entry.id)
            .map_or(5.5, |candidate| (candidate.1 + 10.0).log10());
        let other = context
            .tables
            .candidates(row)
            .filter(|candidate| candidate.0 != entry.id && here.local(candidate.0))
            .filter(|candidate| !is_lost(context, row, candidate.0))
            .map(|(id, people)| {
                let local = f64::from(u8::from(here.filed(id)));
                ((people + 10.0).log10() + 1.2 + here.support(id) * 0.3 + local, id)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((score, id)) = other
            && score > own
            && entry.kind == Kind::City
        {
            return context.hit(found, last, id, Kind::Place, rule::PLACE);
        }
    }
    context.hit(found, last, entry.id, entry.kind, rule)
}

/// A place of places.tsv, if it is one here.
pub fn resolve(
    context: &Context<'_>,
    matches: &[Match],
    at: usize,
    evidence: &Evidence,
) -> Option<Hit> {
    let found = &matches[at];
    let side = &context.sides[found.side];
    let (row, last) = found.place?;
    if !context.allowed.english {
        let (id, people) = context.tables.candidates(row).next()?;
        return (people >= 300_000.0)
            .then(|| context.hit(found, last, id, Kind::Place, rule::PLACE));
    }
    let here = evidence.at(row);
    let region = region_after(context, matches, at);
    let mut best: Option<(f64, f64, Id)> = None;
    let mut largest = 0.0;
    for (id, people) in context.tables.candidates(row) {
        let base = (people + 10.0).log10();
        let of_region = region.is_some_and(|(region, _)| region == id);
        if largest == 0.0 {
            largest = people;
        } else if largest >= 500_000.0
            && !of_region
            && !(here.local(id) && best.is_some_and(|b| !here.known(b.2)))
        {
            continue;
        }
        let mut score = base + here.support(id);
        score += if of_region { 6.0 } else { 0.0 };
        score += if here.filed(id) { 1.0 } else { 0.0 };
        score += if here.local(id) { 0.6 } else { 0.0 };
        if best.is_none_or(|best| score > best.0) {
            best = Some((score, base, id));
        }
    }
    let (_, base, id) = best?;
    if region.is_some_and(|(region, _)| region == id) {
        return Some(context.hit(found, last, id, Kind::Place, rule::COMMA));
    }
    let listed = here.local(id) && in_county_list(side, last);
    if side.capitals || !listed && is_common(context, side, found.first, last) {
        return None;
    }
    let mut score = base - 5.0 + surroundings(context, side, (found.first, last), here, id, listed);
    let own = u32::from(stands_as_place(side, found.first, last));
    score += REPEATED * f64::from(evidence.times(row).saturating_sub(own).min(3));
    score += if here.home == Some(id) && context.is_local(found, last) { 1.5 } else { 0.0 };
    (score >= 0.9).then(|| context.hit(found, last, id, Kind::Place, rule::PLACE))
}

/// Whether a country has no place of a name, or one that is lost beside the largest.
fn is_lost(context: &Context<'_>, row: u32, id: Id) -> bool {
    let largest = context.tables.candidates(row).next().map_or(0.0, |one| one.1);
    let own = context.tables.candidates(row).find(|one| one.0 == id).map_or(0.0, |one| one.1);
    own * if id == context.tables.id("US") { US_LOST } else { LOST } < largest || own == 0.0
}

/// The country of whose local life the words beside a place tell: the United States by offices of
/// theirs (`Mansfield Police Department`), else the publisher's (`Dublin residents`, `Orchard St.,
/// Alexandria`), if it has a place of the name that is not lost beside the largest one.
fn near(context: &Context<'_>, found: &Match, row: u32, last: usize) -> Option<Id> {
    let side = &context.sides[found.side];
    let next = side.next(last).filter(|&next| side.touches(last, next));
    let pair = next.and_then(|next| {
        let third = side.next(next).filter(|&third| side.touches(next, third))?;
        Some((side.folded(next), side.folded(third)))
    });
    let is_one_of = |offices: &[_]| pair.is_some_and(|pair| offices.contains(&pair));
    let people = |id| context.tables.candidates(row).find(|one| one.0 == id).map(|one| one.1);
    let us = context.tables.id("US");
    // `Athens High School` is none of Greece, whose papers would not say so.
    let school = || {
        let largest = context.tables.candidates(row).next();
        is_one_of(words::ENGLISH_SCHOOLS)
            && largest
                .is_some_and(|(id, _)| !has(words::ENGLISH, context.tables.codes[id as usize]))
    };
    if people(us).is_some() && (is_one_of(words::AMERICAN_OFFICES) || school()) {
        return Some(us);
    }
    let home = context.allowed.home.filter(|&home| !is_lost(context, row, home))?;
    let street = || {
        side.before(found.first).is_some_and(|before| {
            has(words::STREETS, side.folded(before))
                && side.tokens[before].has(Token::CAPITAL)
                && side.gap(before, found.first).bytes().any(|byte| byte == b',')
        })
    };
    let local = || next.is_some_and(|next| has(words::LOCAL_WORDS, side.folded(next)));
    (is_one_of(words::LOCAL_OFFICES) || local() || street()).then_some(home)
}

/// `Barrow, Jackson and Madison counties`: whether a word is in such a list.
fn in_county_list(side: &Side<'_>, last: usize) -> bool {
    const LONGEST: usize = 40;
    let mut at = last;
    for _ in 0..LONGEST {
        let Some(next) = side.next(at) else { return false };
        let token = &side.tokens[next];
        let word = side.folded(next);
        if matches!(word, "counties" | "townships" | "parishes") {
            return at != last || side.touches(last, next);
        }
        if token.has(Token::SENTENCE)
            || !(token.has(Token::CAPITAL) || matches!(word, "and" | "or"))
        {
            return false;
        }
        at = next;
    }
    false
}

/// Whether the words beside a name are those of places: `in Gainesville`, `Gainesville residents`;
/// not `in Pioneer Sugar Mill`.
fn stands_as_place(side: &Side<'_>, first: usize, last: usize) -> bool {
    let next = side.next(last).filter(|&next| side.touches(last, next));
    if next.is_some_and(|next| has(words::PLACE_WORDS, side.folded(next))) {
        return true;
    }
    next.is_none_or(|next| !side.tokens[next].has(Token::CAPITAL))
        && side.before(first).is_some_and(|before| {
            side.touches(before, first) && has(words::PREPOSITIONS, side.folded(before))
        })
}

/// Whether a capitalised word stands before, which does not begin the sentence.
fn follows_capital(side: &Side<'_>, first: usize) -> bool {
    side.before(first).filter(|&before| side.touches(before, first)).is_some_and(|at| {
        side.tokens[at].has(Token::CAPITAL) && !side.tokens[at].has(Token::SENTENCE)
    })
}

fn is_common(context: &Context<'_>, side: &Side<'_>, first: usize, last: usize) -> bool {
    first == last && context.tables.is_common(side.tokens[first].hash)
}

/// How the words around speak for a place.
fn surroundings(
    context: &Context<'_>,
    side: &Side<'_>,
    (first, last): (usize, usize),
    here: Here<'_>,
    id: Id,
    listed: bool,
) -> f64 {
    let mut score = 0.0;
    let before = side.before(first).filter(|&before| side.touches(before, first));
    let prepared = before.is_some_and(|at| has(words::PREPOSITIONS, side.folded(at)));
    score += if prepared { 1.2 } else { 0.0 };
    score += if here.known(id) { 1.0 } else { 0.0 };
    score += if here.local(id) { 0.5 } else { 0.0 };
    score += if here.filed(id) { 0.5 } else { 0.0 };
    score -= if follows_capital(side, first) { 1.2 } else { 0.0 };
    let after = side.next(last).filter(|&next| side.touches(last, next));
    let county =
        first != last && matches!(side.folded(last), "county" | "parish" | "township") || listed;
    if let Some(next) = after {
        let word = side.folded(next);
        if county {
            // `Henry County Sheriff`: the county is named whatever comes after it.
        } else if has(words::PLACE_WORDS, word) {
            score += 0.6;
        } else if side.tokens[next].has(Token::CAPITAL) {
            score -= if has(words::ORGANISATIONS, word) { 2.0 } else { 0.9 };
        }
    }
    let family = before.is_some_and(|at| context.tables.is_forename(side.tokens[at].hash));
    score -= if family { 1.5 } else { 0.0 };
    let letters = side.tokens[last].end - side.tokens[first].start;
    score -= if letters <= 4 { 1.0 } else { 0.0 };
    let forename = !county && context.tables.is_forename(side.tokens[first].hash);
    score -= if forename { 1.5 } else { 0.0 };
    score += if county { 1.2 } else { 0.0 };
    score + if first != last { 0.4 } else { 0.0 }
}

/// Rule `again`: a place accepted once is accepted wherever it stands, with the same country.
pub fn again(context: &Context<'_>, matches: &[Match], pending: &[usize], hits: &mut Vec<Hit>) {
    let mut taken: Vec<(usize, u32, Kind, Id)> =
        hits.iter().map(|hit| (hit.side, hit.start, hit.kind, hit.id)).collect();
    taken.sort_unstable();
    let at_start = |found: &Match| {
        let start = context.sides[found.side].tokens[found.first].start;
        let at = taken.partition_point(|hit| (hit.0, hit.1) < (found.side, start));
        taken.get(at).filter(|hit| (hit.0, hit.1) == (found.side, start))
    };
    let mut accepted: Vec<(u32, Id)> = pending
        .iter()
        .filter_map(|&at| {
            let (row, _) = matches[at].place?;
            let hit = at_start(&matches[at]).filter(|hit| hit.2 == Kind::Place)?;
            Some((row, hit.3))
        })
        .collect();
    // The first acceptance of a row decides.
    accepted.sort_by_key(|known| known.0);
    accepted.dedup_by_key(|known| known.0);
    for &at in pending {
        let found = &matches[at];
        let Some((row, last)) = found.place else { continue };
        let Ok(known) = accepted.binary_search_by_key(&row, |known| known.0) else { continue };
        if at_start(found).is_some() {
            continue;
        }
        let side = &context.sides[found.side];
        let cased = side.tokens[found.first].has(Token::CAPITAL);
        if cased && !(side.capitals && is_common(context, side, found.first, last)) {
            let id = accepted[known].1;
            hits.push(context.hit(found, last, id, Kind::Place, rule::AGAIN));
        }
    }
}
