//! Results of sport in wire style: who scored, who was out to whom, who runs for which country.

use super::field::{Case, Field, Gap};
use super::lists::{Entry, mix};
use super::rules::Context;
use crate::text::Token;

/// How much a place among results says for a name that has a given name or an initial.
const FULL: i32 = 16;
/// The same of a surname alone, or of a name among scorers.
const SCORER: i32 = 30;
/// How far back the parenthesis of scorers may begin, in bytes.
const LIST: usize = 300;

/// What results say for words `first..=last` as a name; 0 outside of them.
///
/// `Barcelona 3 (Ronaldo 12, 45, Luis Enrique 70)`; `M. Butcher c Stewart b Lewis 12`,
/// `A. Hollioake not out 101`, `Wasim Akram 20-4-60-3`; `Ato Boldon (Trinidad) 10.12`.
pub(super) fn points(field: &Field<'_>, context: &Context<'_>, first: usize, last: usize) -> i32 {
    let (head, tail) = (&field.words[first], &field.words[last]);
    let whole = field.words.get(last + 1).is_none_or(|next| next.gap == Gap::Break);
    if !context.english || field.case == Case::Capitals || !whole {
        return 0;
    }
    let Some(next) = field.after(tail.token, 0) else { return 0 };
    let gap = field.between_tokens(tail.end, next.start);
    let blank = !gap.is_empty() && gap.iter().all(|&byte| byte == b' ');
    let alone = first == last;
    // Oslo 12; but Sutton is a surname as well.
    let thing = head.is_thing() && head.entry.surname < 4;
    if blank && next.has(Token::DIGIT) {
        if next.end - next.start <= 3 && among_scorers(field, head.start as usize) {
            return if thing && alone { 0 } else { SCORER };
        }
        if !alone && is_figures(&field.text.as_bytes()[next.start as usize..]) {
            return FULL + 2;
        }
    }
    // Bergkamp (77th minute).
    if gap.starts_with(b" (") && next.has(Token::DIGIT) {
        let ordinal = field.tokens.folded(next).ends_with(['t', 'd', 'h']);
        return match (ordinal, alone) {
            (true, true) if !thing => SCORER,
            (true, false) => FULL,
            _ => 0,
        };
    }
    let small = |token: &Token, wanted: &str| {
        !token.has(Token::CAPITAL) && field.tokens.folded(token) == wanted
    };
    // Out: caught by and bowled by.
    if blank
        && let Some(before) = field.before(head.token)
        && field.between_tokens(before.end, head.start).iter().all(|&byte| byte == b' ')
        && (small(before, "c") && small(next, "b")
            || small(before, "b") && next.has(Token::DIGIT) && !thing)
    {
        return SCORER;
    }
    if alone {
        return 0;
    }
    let follows =
        |wanted: &str| field.after(tail.token, 1).is_some_and(|token| small(token, wanted));
    let out = blank
        && ((small(next, "not") || small(next, "run")) && follows("out")
            || small(next, "lbw")
            || (small(next, "c") || small(next, "b") || small(next, "st"))
                && field.after(tail.token, 1).is_some_and(|token| token.has(Token::CAPITAL)));
    // A name (Country).
    let country = gap.starts_with(b" (")
        && is_country(field, context, tail.token, next)
        && closes_soon(field, tail.token);
    if out || country { FULL } else { 0 }
}

/// Whether what begins at byte `at` stands in a parenthesis behind a score, right behind its
/// bracket or a comma: `3 (Ronaldo 12, 45, Suker 70)`.
fn among_scorers(field: &Field<'_>, at: usize) -> bool {
    let bytes = field.text.as_bytes();
    let trimmed = bytes[..at].trim_ascii_end();
    if !matches!(trimmed.last(), Some(b'(' | b',' | b';')) {
        return false;
    }
    let list = &trimmed[trimmed.len().saturating_sub(LIST)..];
    let Some(open) = list.iter().rposition(|byte| matches!(byte, b'(' | b')')) else {
        return false;
    };
    list[open] == b'(' && list[..open].trim_ascii_end().last().is_some_and(u8::is_ascii_digit)
}

/// Whether the word `next` behind `token`, or it and the one behind that, is a place.
fn is_country(field: &Field<'_>, context: &Context<'_>, token: u32, next: &Token) -> bool {
    let two = || {
        let second = field.after(token, 1)?;
        context.lexicon.phrase(mix(mix(0, next.hash), second.hash))
    };
    context.lexicon.get(next.hash).has(Entry::PLACE)
        || two().is_some_and(|flags| flags & Entry::PLACE != 0)
}

/// `20-4-60-3`: overs, maidens, runs, wickets.
fn is_figures(text: &[u8]) -> bool {
    let figures = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-');
    figures.filter(|byte| **byte == b'-').count() == 3
}

/// Whether a closing bracket stands behind one of the next four words.
fn closes_soon(field: &Field<'_>, token: u32) -> bool {
    for ahead in 0..4 {
        let Some(word) = field.after(token, ahead) else { return false };
        let rest = field.text.as_bytes()[word.end as usize..].trim_ascii_start();
        match rest.first() {
            Some(b')') => return true,
            // U.S.
            Some(b'.') => {}
            Some(byte) if byte.is_ascii_alphabetic() => {}
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_four_numbers() {
        for (text, is) in [("20-4-60-3, Waqar", true), ("5-77", false), ("6-4 6-2", false)] {
            assert_eq!(is_figures(text.as_bytes()), is, "{text}");
        }
    }
}
