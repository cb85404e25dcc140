//! Cuts a text into units that fragments are made of: sentences, and pieces of long ones.

use super::Extent;
use super::matcher::Found;
use crate::text::{Token, Tokens};

/// Punctuation before a first or after a last word that is kept with it, in bytes at most.
const EDGE: usize = 32;

/// A long sentence is cut into pieces of about this part of a fragment.
const PIECES: usize = 8;

/// Compounds (`anti-war`) are cut only where they are longer than this many characters.
const COMPOUND: usize = 16;

/// A sentence, or a piece of one that is longer than a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte; blanks between two units belong to neither.
    pub end: usize,
    /// The same range in Unicode characters.
    pub chars: (usize, usize),
    /// The same range in words.
    pub words: (usize, usize),
    /// Whether a sentence starts here.
    pub opens: bool,
}

/// A place where a unit may start.
#[derive(Debug, Clone, Copy)]
struct Start {
    byte: usize,
    /// End of the last word before it.
    before: usize,
    /// How many words are before it.
    words: usize,
    sentence: bool,
    /// Between two words without a blank; taken only where no better place is near.
    inside: bool,
}

/// The units of `text`, whose words are `tokens`, in order; none if there is no word.
///
/// No unit starts inside a word or inside one of the `marks` (sorted, disjoint). Sentences longer
/// than a fragment are cut; where fragments are paragraphs, these are the units. `opens` tells
/// whether the text itself starts a sentence. Linear.
pub fn units(
    text: &str,
    tokens: &Tokens,
    marks: &[Found],
    extent: Extent,
    opens: bool,
) -> Vec<Unit> {
    let budget = extent.budget();
    let by_words = matches!(extent, Extent::Words(_));
    let (starts, words) = starts(text, tokens, marks, extent);
    let Some(first) = starts.first() else { return Vec::new() };
    let counter = Counter::of(text);
    let last_word = tokens.iter().map(|token| word_end(text, token)).max().unwrap_or(first.byte);
    let piece = (budget / PIECES).max(1);
    let mut units: Vec<Unit> = Vec::new();
    let mut marks = marks.iter().peekable();
    let mut close = |from: &Start, sentence: bool, before: usize, next: usize, words: usize| {
        let mut end = tail(text, before.max(from.byte), next);
        while let Some(mark) = marks.next_if(|mark| mark.bytes.1 <= next) {
            end = end.max(mark.bytes.1);
        }
        Unit { start: from.byte, end, chars: (0, 0), words: (from.words, words), opens: sentence }
    };
    let mut at = 0;
    let mut position = Cursor::default();
    while at < starts.len() {
        // One sentence: starts[at..to].
        let to = starts[at + 1..]
            .iter()
            .position(|start| start.sentence)
            .map_or(starts.len(), |distance| at + 1 + distance);
        let (next, before, end_words) =
            starts.get(to).map_or((text.len(), last_word, words), |s| (s.byte, s.before, s.words));
        let sentence_opens = at > 0 || opens;
        let length = if by_words {
            end_words - starts[at].words
        } else {
            let end = tail(text, before.max(starts[at].byte), next);
            counter.between(text, starts[at].byte, end)
        };
        if length <= budget {
            units.push(close(&starts[at], sentence_opens, before, next, end_words));
        } else {
            let mut from = at;
            let mut length = 0;
            for place in at + 1..to {
                let here = starts[place];
                length += if by_words {
                    here.words - starts[place - 1].words
                } else {
                    counter.between(text, starts[place - 1].byte, here.byte)
                };
                let compound = if by_words { 1 } else { COMPOUND };
                let enough = if here.inside { piece.max(budget / 2).max(compound) } else { piece };
                if length >= enough {
                    let opens = from == at && sentence_opens;
                    units.push(close(&starts[from], opens, here.before, here.byte, here.words));
                    from = place;
                    length = 0;
                }
            }
            let opens = from == at && sentence_opens;
            units.push(close(&starts[from], opens, before, next, end_words));
        }
        at = to;
    }
    for unit in &mut units {
        unit.chars.0 = position.advance(counter, text, unit.start);
        unit.chars.1 = position.advance(counter, text, unit.end);
    }
    units
}

/// Everywhere a unit may start, the first word's place first; and how many words there are.
fn starts(text: &str, tokens: &Tokens, marks: &[Found], extent: Extent) -> (Vec<Start>, usize) {
    let opening = if extent == Extent::Paragraph { Token::PARAGRAPH } else { Token::SENTENCE };
    let mut words = 0;
    let mut starts: Vec<Start> = Vec::with_capacity(tokens.len());
    let mut marks = marks.iter().peekable();
    let (mut before, mut joined, mut cjk) = (0, 0, false);
    for token in tokens.iter() {
        if token.has(Token::JOINED) {
            joined = token.end as usize;
            continue;
        }
        let word = token.start as usize;
        let is_cjk = token.has(Token::CJK);
        let gap = text.get(before..word).unwrap_or_default();
        let first = starts.is_empty();
        let sentence = first || token.has(opening);
        let inside = !first && !is_cjk && !cjk && !gap.contains(char::is_whitespace);
        let byte = if first {
            word - gap.trim_start().len()
        } else if sentence {
            before + sentence_gap(gap)
        } else if inside {
            word
        } else {
            word - gap.rsplit(char::is_whitespace).next().unwrap_or(gap).len()
        };
        // Rows of punctuation stay outside.
        let mut byte = if word - byte > EDGE { word } else { byte };
        if first && let Some(mark) = marks.peek() {
            byte = byte.min(mark.bytes.0);
        }
        while marks.next_if(|mark| mark.bytes.1 <= byte).is_some() {}
        let marked = marks.peek().is_some_and(|mark| mark.bytes.0 < byte);
        if first || (!marked && byte >= joined) {
            starts.push(Start { byte, before, words, sentence, inside });
        }
        before = word_end(text, token);
        cjk = is_cjk;
        words += 1;
    }
    (starts, words)
}

/// Where a word ends with its possessive.
fn word_end(text: &str, token: &Token) -> usize {
    let end = token.end as usize;
    if !token.has(Token::POSSESSIVE) {
        return end;
    }
    end + text[end..].chars().take(2).map(char::len_utf8).sum::<usize>()
}

/// Where in the gap between two sentences the second one starts.
fn sentence_gap(gap: &str) -> usize {
    if let Some(line) = gap.rfind('\n') {
        let rest = &gap[line + 1..];
        return gap.len() - rest.trim_start().len();
    }
    let stop = gap.rfind(['.', '!', '?', '…']).unwrap_or(0);
    let mut after_blank = false;
    for (at, c) in gap.char_indices() {
        match c {
            c if c.is_whitespace() => after_blank = true,
            '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '؟' | '۔' | '।' => {
                after_blank = false;
            }
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '）' if !after_blank =>
                {}
            // What stands between a word and its full stop.
            _ if !after_blank && at < stop => {}
            _ => return at,
        }
    }
    gap.len()
}

/// Where a unit ends whose last word ends at `word`, when the next one starts at `next`.
fn tail(text: &str, word: usize, next: usize) -> usize {
    let rest = text.get(word..next).unwrap_or_default().trim_end();
    if rest.len() <= EDGE {
        return word + rest.len();
    }
    let mut end = word;
    for c in rest.chars() {
        if c.is_whitespace() || end - word + c.len_utf8() > EDGE {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// Counts characters; of ASCII text without looking at it.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    ascii: bool,
}

impl Counter {
    /// The counter for a text.
    pub fn of(text: &str) -> Counter {
        Counter { ascii: text.is_ascii() }
    }

    /// Characters in `text[from..to]`.
    pub fn between(self, text: &str, from: usize, to: usize) -> usize {
        if self.ascii { to - from } else { count(&text.as_bytes()[from..to]) }
    }
}

/// Characters in UTF-8 bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| (byte as i8) >= -0x40).count()
}

/// A place in a text that moves forward, counted in characters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cursor {
    byte: usize,
    chars: usize,
}

impl Cursor {
    /// A cursor at a byte with so many characters before it.
    pub fn at(byte: usize, chars: usize) -> Cursor {
        Cursor { byte, chars }
    }

    /// Moves on to `byte`; the number of characters before it.
    pub fn advance(&mut self, counter: Counter, text: &str, byte: usize) -> usize {
        if byte >= self.byte {
            self.chars += counter.between(text, self.byte, byte);
        } else {
            self.chars -= counter.between(text, byte, self.byte);
        }
        self.byte = byte;
        self.chars
    }
}
