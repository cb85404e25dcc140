//! How much a run of words looks like a person's name: lists, shape and what stands around it.

use super::field::{Case, Field, Gap, Word};
use super::lists::Entry;
use super::results;
use super::rules::{Context, HONORIFIC, Title, is_surname_first};
use crate::text::Token;

/// How many words after a name are searched for a company word.
const AHEAD: usize = 8;

/// The score of words `first..=last` as a name; `None` if they cannot be one.
pub(super) fn score(
    field: &Field<'_>,
    context: &Context<'_>,
    first: usize,
    last: usize,
    title: Title,
) -> Option<i32> {
    let words = &field.words;
    if words[first..=last].iter().any(|word| word.thing != 0 || word.shape & Token::DIGIT != 0) {
        return None;
    }
    let strict = field.case != Case::Normal || !context.english;
    let mut total = title.score;
    if last > first {
        let eastern = is_surname_first(field, first, last);
        let known = context.lexicon.is_known(&words[first], &words[last]);
        let lead = first_score(context, &words[first], title.score > 0);
        let mut lead = if eastern || known { lead.unwrap_or(0) } else { lead? };
        if words[first].is_initial() && words[first + 1].entry.given >= 4 && last > first + 1 {
            lead = lead.max(first_score(context, &words[first + 1], false)? + 2);
        }
        total += if eastern {
            let hyphen = words[first + 1..=last].iter().any(|word| word.gap == Gap::Hyphen);
            // `Jae-in`: what is written small behind a hyphen is no word of its own.
            let clash = words[first].entry.has(Entry::COMMON)
                || words[last].entry.has(Entry::COMMON) && words[last].is_capital();
            lead.max(18 + if hyphen { 10 } else { 0 } - if clash { 12 } else { 0 })
        } else {
            lead
        };
        for word in &words[first + 1..last] {
            let middle = middle_score(context, word);
            total += if known { middle.unwrap_or(0).max(0) } else { middle? };
        }
        let tail = last_score(context, &words[last]);
        total += if known || eastern && !words[last].is_capital() {
            tail.unwrap_or(0).max(12)
        } else if eastern {
            tail?.max(12)
        } else if is_may(field, &words[last]) && words[first].entry.given >= 6 {
            tail?.max(8)
        } else {
            tail?
        };
        let caps = words[first..=last].iter().filter(|word| word.all_caps()).count();
        if caps > 0 && field.case == Case::Normal {
            total -= if caps == last + 1 - first { 8 } else { 16 };
        }
        // Galloway MP, the Glasgow Kelvin MP: what follows a name is none of it.
        let end = &words[last];
        if end.all_caps()
            && end.end - end.start <= 3
            && end.entry.surname == 0
            && field.case == Case::Normal
            && !mixed_caps(field, end)
        {
            return None;
        }
        if known {
            total += 25;
        }
        if strict && title.score == 0 && !known {
            let known = words[first].entry.given >= 4 || eastern;
            if !known || words[first].entry.has(Entry::STOP) {
                return None;
            }
            if field.case == Case::Capitals && words[last].entry.surname < 3 {
                return None;
            }
        }
    } else {
        let word = &words[first];
        if word.is_initial() || !word.is_capital() {
            return None;
        }
        if word.all_caps() && field.case == Case::Normal && !mixed_caps(field, word) {
            return None;
        }
        total += last_score(context, word)?;
        // Miss Canada.
        if word.is_thing() && word.entry.surname == 0 && word.entry.given < 5 {
            total -= 20;
        }
        // General Wing, King Crimson.
        if is_common(context, word) && (title.score < HONORIFIC || title.regnal.is_some()) {
            total -= 8;
        }
    }
    total += surroundings(field, context, first, last, title);
    total += results::points(field, context, first, last);
    Some(total)
}

/// Whether a word is `May` without a day or year behind it: a surname, after a given name.
fn is_may(field: &Field<'_>, word: &Word) -> bool {
    field.tokens.folded(&field.tokens[word.token as usize]) == "may"
        && field.after(word.token, 0).is_none_or(|next| !next.has(Token::DIGIT))
}

/// `McDONALD` and the like are names; `IBM` is none.
fn mixed_caps(field: &Field<'_>, word: &Word) -> bool {
    field.text.as_bytes()[word.start as usize..word.end as usize].iter().any(u8::is_ascii_lowercase)
}

fn is_common(context: &Context<'_>, word: &Word) -> bool {
    word.entry.has(Entry::COMMON) || context.lower.has(word.hash)
}

fn first_score(context: &Context<'_>, word: &Word, titled: bool) -> Option<i32> {
    let entry = &word.entry;
    let initial = word.is_initial() && word.shape & Token::DOT != 0;
    if entry.has(Entry::PREPOSITION | Entry::THE | Entry::CONJUNCTION)
        && entry.given < 5
        && !initial
    {
        return None;
    }
    if word.is_initial() {
        return Some(if word.shape & Token::DOT != 0 { 12 } else { 4 });
    }
    if !word.is_capital() {
        // Particles start names after titles only.
        return titled.then_some(4);
    }
    let (given, surname) = (i32::from(entry.given), i32::from(entry.surname));
    let mut score = if given > 0 { 8 + given * 26 / 10 } else { surname.min(6) };
    if is_common(context, word) {
        let sentence = word.shape & Token::SENTENCE != 0;
        score -= match given {
            7.. => {
                if sentence {
                    8
                } else {
                    2
                }
            }
            4..7 => {
                if sentence {
                    16
                } else {
                    8
                }
            }
            _ => 25,
        };
    }
    if entry.has(Entry::THING) {
        score -= match given {
            5.. => 6,
            1..5 => 14,
            _ => return None,
        };
    }
    if entry.has(Entry::ORG_WORD) {
        if given == 0 {
            return None;
        }
        score -= 15;
    }
    if entry.has(Entry::PLACE_FIRST) && given < 6 {
        score -= 20;
    }
    Some(score)
}

fn middle_score(context: &Context<'_>, word: &Word) -> Option<i32> {
    let entry = &word.entry;
    if word.is_initial() {
        return Some(6);
    }
    if entry.has(Entry::PARTICLE) {
        return Some(4);
    }
    if !word.is_capital() {
        return Some(2);
    }
    let named = entry.given.max(entry.surname);
    let mut score = if entry.given > 0 { 3 } else { i32::from(entry.surname > 0) };
    if entry.has(Entry::ORG_WORD | Entry::SUFFIX | Entry::TIME) && named < 5 {
        return None;
    }
    if is_common(context, word) {
        score -= if named >= 5 { 3 } else { 14 };
    }
    if entry.has(Entry::THING) {
        score -= if named >= 5 { 5 } else { 14 };
    }
    if entry.has(Entry::TITLE) {
        score -= 10;
    }
    if entry.has(Entry::ORG_WORD) {
        score -= 8;
    }
    Some(score)
}

fn last_score(context: &Context<'_>, word: &Word) -> Option<i32> {
    let entry = &word.entry;
    if entry.has(Entry::PREPOSITION | Entry::THE | Entry::CONJUNCTION | Entry::SUFFIX)
        || word.is_initial()
    {
        return None;
    }
    if !word.is_capital() && word.gap != Gap::Hyphen {
        return None;
    }
    if entry.has(Entry::PARTICLE) && word.end - word.start <= 3 && entry.surname < 5 {
        return None;
    }
    let (given, surname) = (i32::from(entry.given), i32::from(entry.surname));
    let mut score = if surname > 0 {
        4 + surname * 2
    } else if given > 0 {
        6 + given / 2
    } else {
        10
    };
    if is_common(context, word) {
        score -= match surname {
            6.. => 4,
            3..6 => 7,
            _ => 22,
        };
    }
    if entry.has(Entry::TIME) {
        score -= 35;
    } else if entry.has(Entry::DEMONYM) {
        score -= if surname >= 5 { 10 } else { 35 };
    } else if entry.has(Entry::THING) {
        score -= match surname {
            4.. => 6,
            _ if given >= 6 => 6,
            1..4 => 14,
            _ => 24,
        };
    }
    if entry.has(Entry::ORG_WORD) {
        if surname < 4 {
            return None;
        }
        score -= 10;
    }
    if entry.has(Entry::TITLE) {
        if surname < 4 {
            return None;
        }
        score -= 8;
    }
    Some(score)
}

/// What stands around the words: ages, verbs of speech, appositions; company words, `the`.
fn surroundings(
    field: &Field<'_>,
    context: &Context<'_>,
    first: usize,
    last: usize,
    title: Title,
) -> i32 {
    let words = &field.words;
    let mut total = 0;
    if let Some(next) = words.get(last + 1).filter(|next| next.gap != Gap::Break) {
        // A company word in the rest of the chunk makes it a company.
        let company = words[last + 1..]
            .iter()
            .take(AHEAD)
            .take_while(|word| word.gap != Gap::Break && !word.entry.has(Entry::TITLE))
            .any(|word| word.entry.has(Entry::ORG_WORD));
        if company {
            total -= 40;
        } else if next.thing != 0 && next.gap == Gap::Blank {
            total -= 4;
        }
    }
    if !context.english {
        return total;
    }
    let tail = &field.tokens[words[last].token as usize];
    if let Some(next) = field.after(words[last].token, 0) {
        let entry = context.lexicon.get(next.hash);
        let gap = field.between_tokens(tail.end, next.start);
        let lower = !next.has(Token::CAPITAL);
        if gap.contains(&b'&') {
            total -= 40;
        } else if gap == b" " || gap == b"\n" {
            if lower && entry.has(Entry::SPEECH) {
                total += 12;
            } else if lower && (entry.has(Entry::VERB) || field.tokens.folded(next).ends_with("ed"))
            {
                total += 6;
            }
        } else if gap.starts_with(b", ") || gap.starts_with(b",\n") {
            total += after_comma(field, context, words[last].token);
        } else if gap.starts_with(b" (") {
            // (1899-1933), (born 1941).
            if next.has(Token::DIGIT) {
                total += 10;
            } else if field.tokens.folded(next) == "born" {
                total += 25;
            }
        }
    }
    if words[first].shape & Token::SENTENCE == 0
        && let Some(before) = field.before(words[first].token)
    {
        let entry = context.lexicon.get(before.hash);
        let gap = field.between_tokens(before.end, words[first].start);
        let lower = !before.has(Token::CAPITAL);
        if gap.contains(&b'&') {
            total -= 40;
        } else if lower && entry.has(Entry::SPEECH) {
            total += 10;
        } else if entry.has(Entry::THE) && title.score == 0 && words[first].gap == Gap::Break {
            let more = words.get(last + 1).is_some_and(|next| next.gap != Gap::Break);
            total -= if more { 30 } else { 14 };
        } else if lower && entry.has(Entry::PREPOSITION) {
            total -= 5;
        } else if lower && entry.has(Entry::BY) {
            total += 5;
        }
    }
    total
}

/// `, 45,` or `, the prime minister`, `, who`.
fn after_comma(field: &Field<'_>, context: &Context<'_>, token: u32) -> i32 {
    for ahead in 0..6 {
        let Some(next) = field.after(token, ahead) else { return 0 };
        if ahead == 0 && next.has(Token::DIGIT) {
            return if next.has(Token::COMMA) && next.end - next.start <= 3 { 15 } else { 0 };
        }
        let entry = context.lexicon.get(next.hash);
        if ahead == 0 && entry.has(Entry::PLACE) && entry.given < 5 {
            // Paris, Texas.
            return -8;
        }
        if entry.has(Entry::ROLE) {
            return 12;
        }
        if ahead == 0 && entry.has(Entry::VERB) && field.tokens.folded(next).starts_with("who") {
            return 10;
        }
        if next.has(Token::COMMA | Token::DOT) {
            return 0;
        }
    }
    0
}
