//! Finds names in runs of capitalised words by titles, name lists, shape and context.

use std::cell::RefCell;

use super::field::{Case, Field, Gap, Word};
use super::lists::{Entry, Lexicon};
use super::model::{Candidate, Model};
use super::name::is_syllables;
use super::score::score;
use super::train::Seen;
use crate::text::Token;

/// Numbers of the rules, see [`super::RULES`].
pub(super) mod number {
    pub const TITLE: u8 = 50;
    pub const GIVEN: u8 = 51;
    pub const INITIALS: u8 = 52;
    pub const ORDER: u8 = 53;
    pub const CONTEXT: u8 = 54;
    pub const SURNAME: u8 = 55;
    pub const KNOWN: u8 = 56;
    pub const REGNAL: u8 = 57;
    pub const HEADLINE: u8 = 58;
    pub const ALIAS: u8 = 59;
    pub const FIRST_NAME: u8 = 60;
    pub const LEARNT: u8 = 61;
    pub const OWN: u8 = 62;
}

/// Score from which a run of words is a person.
pub(super) const ACCEPT: i32 = 26;
/// The score at which training parts names from other words: above [`ACCEPT`], because what it learns
/// leans to no name, as most candidates are none.
pub(super) const PARTING: i32 = 30;
/// The same of a word that stands alone: a place or company may as well.
const LONE: i32 = 40;
/// Score of `Mr` or `Sen.` before a name.
pub(super) const HONORIFIC: i32 = 45;
/// Score of a capitalised role (`President`) before a name.
const ROLE: i32 = 30;
/// Score of a role in lower case (`spokesman`) before a name.
const LOWER_ROLE: i32 = 15;
/// Longest name, in words.
const LONGEST: usize = 6;

/// A name found in a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// First word of the name.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    pub rule: u8,
    pub weight: u8,
    /// The word `King` or `Pope` that is part of the id.
    pub regnal: Option<usize>,
}

/// A small set of the words an article writes in lower case; false hits are harmless.
#[derive(Debug)]
pub(super) struct LowerWords {
    bits: [u64; 256],
}

impl LowerWords {
    pub fn new() -> LowerWords {
        LowerWords { bits: [0; 256] }
    }

    pub fn add(&mut self, tokens: &crate::text::Tokens) {
        for token in tokens.iter().filter(|token| !token.has(Token::CAPITAL)) {
            self.bits[(token.hash >> 6) as usize & 255] |= 1 << (token.hash & 63);
        }
    }

    pub fn has(&self, hash: u64) -> bool {
        self.bits[(hash >> 6) as usize & 255] & (1 << (hash & 63)) != 0
    }
}

/// What the rules read besides the field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub lexicon: &'a Lexicon,
    pub lower: &'a LowerWords,
    pub english: bool,
    /// Bit of the language's own titles.
    pub lang: u8,
    /// What was learnt of English names.
    pub model: Option<Model<'static>>,
    /// Where candidates are kept to learn from.
    pub seen: Option<&'a RefCell<Vec<Seen>>>,
}

/// A title before a name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Title {
    pub score: i32,
    pub regnal: Option<usize>,
}

/// Finds the names of a field, in order, and marks their words as taken.
pub(super) fn find(field: &mut Field<'_>, context: &Context<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < field.words.len() {
        let to = field.run_end(from);
        scan(field, context, from, to, &mut found);
        from = to;
    }
    found
}

fn scan(
    field: &mut Field<'_>,
    context: &Context<'_>,
    from: usize,
    to: usize,
    found: &mut Vec<Found>,
) {
    let mut title = title_before(field, context, from);
    let mut at = from;
    while at < to {
        let word = field.words[at];
        if !word.is_capital() && title.score == 0 {
            at += 1;
            continue;
        }
        if is_title(&word, context) && !starts_name(field, at, to) {
            if word.entry.has(Entry::REGNAL) {
                title = Title { score: HONORIFIC, regnal: Some(at) };
            } else if word.entry.has(Entry::HONORIFIC) {
                title = Title { score: HONORIFIC, regnal: title.regnal };
            } else if !word.entry.has(Entry::ROLE_PART)
                || word.entry.has(Entry::ROLE)
                || word.entry.title_langs & context.lang != 0
            {
                title.score = title.score.max(ROLE);
            }
            at += 1;
            continue;
        }
        let lone = || (to - from == 1).then(|| lone(field, context, at)).flatten();
        match best(field, context, at, to, title).or_else(lone) {
            Some(hit) => {
                for word in &mut field.words[hit.first..=hit.last] {
                    word.taken = true;
                }
                at = hit.last + 1;
                found.push(hit);
            }
            None => at += 1,
        }
        title = Title::default();
    }
}

fn is_title(word: &Word, context: &Context<'_>) -> bool {
    // MS Windows, DR Congo.
    let capitals = word.all_caps() && word.end - word.start <= 3;
    !capitals
        && if context.english {
            word.is_title()
        } else {
            word.entry.title_langs & context.lang != 0
        }
}

/// Whether a word that can be a title starts a name here (`Dean Rusk`, `Major Owens` not).
fn starts_name(field: &Field<'_>, at: usize, to: usize) -> bool {
    let word = &field.words[at];
    word.entry.given >= 5
        && !word.entry.has(Entry::HONORIFIC)
        && at + 1 < to
        && field.words[at + 1].entry.given < 5
        && field.words[at + 1].entry.surname > 0
}

/// Finds names of unknown words by repetition: the last word stands alone elsewhere and does what
/// people do, the first one never stands alone (companies are repeated by their first word).
pub(super) fn find_repeated(field: &mut Field<'_>, context: &Context<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if field.case != Case::Normal || !context.english {
        return found;
    }
    let mut lone: Vec<(u64, bool)> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while from < field.words.len() {
        let to = field.run_end(from);
        let run = &field.words[from..to];
        if run.iter().all(|word| !word.taken && is_plain(context, word) && word.gap != Gap::Hyphen)
        {
            match to - from {
                1 => lone.push((run[0].hash, acts(field, context, from))),
                2 | 3 if !run[0].entry.has(Entry::PARTICLE) => runs.push((from, to)),
                _ => {}
            }
        }
        from = to;
    }
    lone.sort_unstable();
    for (from, to) in runs {
        let (first, last) = (field.words[from].hash, field.words[to - 1].hash);
        let alone = |hash| lone.binary_search(&(hash, false)).is_ok();
        let acts = |hash| lone.binary_search(&(hash, true)).is_ok();
        if acts(last) && !alone(first) && !acts(first) {
            field.words[from..to].iter_mut().for_each(|word| word.taken = true);
            found.push(Found {
                first: from,
                last: to - 1,
                rule: number::CONTEXT,
                weight: 90,
                regnal: None,
            });
        }
    }
    found
}

/// Whether a verb of a person follows the word, or it is a possessor.
fn acts(field: &Field<'_>, context: &Context<'_>, at: usize) -> bool {
    let word = &field.words[at];
    let Some(next) = field.after(word.token, 0) else { return false };
    let gap = field.between_tokens(word.end, next.start);
    gap.iter().all(u8::is_ascii_whitespace)
        && !next.has(Token::CAPITAL)
        && context.lexicon.get(next.hash).has(Entry::SPEECH | Entry::VERB)
}

/// The evidence of what stands before the run: `spokesman X`, `Secretary of State X`.
fn title_before(field: &Field<'_>, context: &Context<'_>, from: usize) -> Title {
    let word = &field.words[from];
    let none = Title::default();
    if word.shape & Token::SENTENCE != 0 || !context.english {
        return none;
    }
    let Some(before) = field.before(word.token) else { return none };
    let gap = field.between_tokens(before.end, word.start);
    let blank = !gap.is_empty() && gap.iter().all(u8::is_ascii_whitespace);
    let entry = context.lexicon.get(before.hash);
    let lower = !before.has(Token::CAPITAL) && !before.has(Token::POSSESSIVE);
    if lower && blank && entry.has(Entry::ROLE) {
        return Title { score: LOWER_ROLE, regnal: None };
    }
    if lower && gap == b", " && entry.has(Entry::ROLE) {
        return Title { score: LOWER_ROLE / 2, regnal: None };
    }
    if blank && lower && word.entry.has(Entry::ROLE_PART | Entry::ROLE) {
        // Secretary of State, Chancellor of the Exchequer.
        let index = field.tokens.at_byte(before.start as usize) as u32;
        let earlier = if entry.has(Entry::THE) { field.before(index) } else { Some(before) };
        let office = earlier
            .filter(|of| of.end - of.start == 2)
            .and_then(|of| field.before(field.tokens.at_byte(of.start as usize) as u32))
            .is_some_and(|title| {
                title.has(Token::CAPITAL) && context.lexicon.get(title.hash).has(Entry::ROLE)
            });
        if office {
            return Title { score: ROLE, regnal: None };
        }
    }
    none
}

/// The best name that starts at word `at` or, without a title, later in the same chunk.
fn best(
    field: &Field<'_>,
    context: &Context<'_>,
    at: usize,
    to: usize,
    title: Title,
) -> Option<Found> {
    // The chunk ends before the next title, unless that is a surname (`John Major`).
    let mut end = at + 1;
    let to = to.min(at + 2 * LONGEST);
    while end < to {
        let word = &field.words[end];
        let previous = &field.words[end - 1];
        let name = word.entry.surname >= 4
            && previous.entry.given >= 4
            && !word.entry.has(Entry::HONORIFIC)
            || context.lexicon.is_known(previous, word);
        if is_title(word, context) && !name {
            break;
        }
        end += 1;
    }
    let words = &field.words[..end];
    let mut winner: Option<(i32, usize, usize)> = None;
    let shortest = if title.score > 0 { 1 } else { 2 };
    for last in at + shortest - 1..end.min(at + LONGEST) {
        // A name is not cut at a hyphen.
        if words.get(last + 1).is_some_and(|next| next.gap == Gap::Hyphen) {
            continue;
        }
        let Some(score) = learnt_score(field, context, at, last, title) else { continue };
        if winner.is_none_or(|(best, ..)| score >= best) {
            winner = Some((score, at, last));
        }
    }
    let (mut total, first, mut last) = winner.filter(|&(score, ..)| score >= ACCEPT)?;
    while last + 1 < end && last + 1 - first < LONGEST {
        let more = continues(field, context, last + 1, end);
        if more == 0 {
            break;
        }
        last += more;
        total += 2;
    }
    if hyphen_only(field, first, last) {
        return None;
    }
    let regnal = title.regnal.filter(|&regnal| {
        let numeral = last > first && is_numeral(field, last);
        regnal + 1 == first
            && (first == last
                || numeral
                || field.tokens.folded(&field.tokens[field.words[regnal].token as usize]) == "pope")
    });
    let lead = &field.words[first];
    let rule = if regnal.is_some() {
        number::REGNAL
    } else if title.score >= ROLE || first == last {
        number::TITLE
    } else if lead.is_initial() {
        number::INITIALS
    } else if is_surname_first(field, first, last) {
        number::ORDER
    } else if lead.entry.given >= 3 {
        number::GIVEN
    } else {
        number::CONTEXT
    };
    let weight = (total * 3).clamp(0, 255) as u8;
    Some(Found { first, last, rule, weight, regnal })
}

/// The score of words as a name, by the rules and what was learnt.
fn learnt_score(
    field: &Field<'_>,
    context: &Context<'_>,
    first: usize,
    last: usize,
    title: Title,
) -> Option<i32> {
    let mut score = score(field, context, first, last, title)?;
    // King and Pope are learnt from nothing.
    if field.case != Case::Normal || title.regnal.is_some() {
        return Some(score);
    }
    let candidate = Candidate { field, context, first, last, title };
    if let Some(model) = context.model {
        score += model.points(&candidate);
    }
    if let Some(seen) = context.seen {
        let mut buckets = Vec::new();
        candidate.traits(&mut |bucket| buckets.push(bucket as u32));
        let span = (field.words[first].start, field.words[last].end);
        seen.borrow_mut().push(Seen { span, score, buckets });
    }
    Some(score)
}

/// A word that stands alone, where what was learnt makes it a name.
fn lone(field: &Field<'_>, context: &Context<'_>, at: usize) -> Option<Found> {
    let learns = context.model.is_some() || context.seen.is_some();
    let word = &field.words[at];
    if !learns || field.case != Case::Normal || word.taken || word.is_title() {
        return None;
    }
    let total = learnt_score(field, context, at, at, Title::default())?;
    let weight = (total * 3).clamp(0, 255) as u8;
    (total >= LONE).then_some(Found {
        first: at,
        last: at,
        rule: number::LEARNT,
        weight,
        regnal: None,
    })
}

/// Whether all words hang together by hyphens (`Borg-Warner`): half a name or a company.
fn hyphen_only(field: &Field<'_>, first: usize, last: usize) -> bool {
    last > first
        && field.words[first + 1..=last].iter().all(|word| word.gap == Gap::Hyphen)
        && field.words[last].is_capital()
        && !(first > 0 && field.words[first].gap == Gap::Blank && field.words[first - 1].is_title())
}

/// How many words from `at` on belong to the name before them: `Jr`, `III`, `de Cuellar`.
fn continues(field: &Field<'_>, context: &Context<'_>, at: usize, end: usize) -> usize {
    let word = &field.words[at];
    if word.gap == Gap::Hyphen {
        return usize::from(!word.is_thing());
    }
    if word.entry.has(Entry::SUFFIX) || is_numeral(field, at) {
        return 1;
    }
    if word.gap != Gap::Blank || field.case != Case::Normal {
        return 0;
    }
    if !word.is_capital() {
        let mut next = at;
        while next < end && !field.words[next].is_capital() {
            next += 1;
        }
        return if next < end && is_plain(context, &field.words[next]) { next + 1 - at } else { 0 };
    }
    let cut = field.words.get(at + 1).is_some_and(|next| next.gap == Gap::Hyphen);
    usize::from(!cut && is_plain(context, word))
}

/// Whether a capitalised word can be part of a name by its looks.
fn is_plain(context: &Context<'_>, word: &Word) -> bool {
    word.is_capital()
        && !word.is_initial()
        && !word.all_caps()
        && word.thing == 0
        && (!word.entry.has(Entry::THING)
            || word.entry.surname >= 4 && !word.entry.has(Entry::TIME))
        && !word.entry.has(Entry::COMMON | Entry::ORG_WORD | Entry::STOP | Entry::TITLE)
        && !context.lower.has(word.hash)
}

fn is_numeral(field: &Field<'_>, at: usize) -> bool {
    let word = &field.words[at];
    field.text.as_bytes()[word.start as usize..word.end as usize]
        .iter()
        .all(|byte| matches!(byte, b'I' | b'V' | b'X'))
}

/// Whether the words can be a Chinese, Korean or Vietnamese name.
pub(super) fn is_surname_first(field: &Field<'_>, first: usize, last: usize) -> bool {
    let words = &field.words[first..=last];
    words.len() > 1
        && words.len() <= 4
        && words[0].entry.has(Entry::SURNAME_FIRST)
        && words[1..].iter().all(|word| {
            // An Asia-Europe summit.
            !(word.is_thing() && word.is_capital())
                && is_syllables(field.tokens.folded(&field.tokens[word.token as usize]))
        })
}
