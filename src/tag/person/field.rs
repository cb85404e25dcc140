//! One field of an article as runs of capitalised words: where names can stand.

use super::lists::{Entry, Lexicon, mix};
use super::name::is_syllables;
use crate::tag::Part;
use crate::text::{Token, Tokens};

/// What stands between two words of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing that belongs to a name: the run starts here.
    Break,
    /// Blanks, at most one line break.
    Blank,
    /// A hyphen.
    Hyphen,
    /// A full stop of an initial or abbreviation, with or without a blank.
    Stop,
}

/// A word of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Index among the field's tokens.
    pub token: u32,
    pub start: u32,
    pub end: u32,
    pub hash: u64,
    /// Flags of the token.
    pub shape: u16,
    pub entry: Entry,
    /// What stands before it.
    pub gap: Gap,
    /// Flags of the thing of several words (`San Francisco`) that it belongs to, else 0.
    pub thing: u32,
    /// Belongs to a person already found.
    pub taken: bool,
}

impl Word {
    pub fn is_capital(&self) -> bool {
        self.shape & Token::CAPITAL != 0
    }

    /// One capital letter.
    pub fn is_initial(&self) -> bool {
        self.end - self.start == 1 && self.is_capital()
    }

    pub fn all_caps(&self) -> bool {
        self.shape & Token::ALL_CAPS != 0
    }

    /// Part of a phrase that is no person, or by itself a place, people or organisation.
    pub fn is_thing(&self) -> bool {
        self.thing != 0 || self.entry.has(Entry::THING)
    }

    pub fn is_title(&self) -> bool {
        self.thing == 0 && self.entry.has(Entry::TITLE | Entry::ROLE_PART)
    }
}

/// How much a capital letter means in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Capitals mark names and sentence starts.
    Normal,
    /// A headline with every important word capitalised.
    Headline,
    /// Capital letters only: capitals mean nothing.
    Capitals,
}

/// A title or body with its runs.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub part: Part,
    pub text: &'a str,
    pub tokens: &'a Tokens,
    pub case: Case,
    /// The words of all runs; a run starts where the gap is [`Gap::Break`].
    pub words: Vec<Word>,
}

impl<'a> Field<'a> {
    /// Cuts the runs of a field. Linear; looks up capitalised words only.
    pub fn new(part: Part, text: &'a str, tokens: &'a Tokens, lexicon: &Lexicon) -> Field<'a> {
        let case = case_of(part, tokens);
        let mut field = Field { part, text, tokens, case, words: Vec::new() };
        field.cut(lexicon);
        field
    }

    fn cut(&mut self, lexicon: &Lexicon) {
        let tokens = self.tokens;
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            if !token.has(Token::CAPITAL) || token.has(Token::JOINED) {
                at += 1;
                continue;
            }
            let from = self.words.len();
            self.push(at, Gap::Break, lexicon);
            at += 1;
            while let Some(next) = self.extend(at, lexicon) {
                at = next;
            }
            self.mark_things(from, lexicon);
        }
    }

    /// Adds the next word of the run if token `at` continues it; gives the token after it.
    fn extend(&mut self, at: usize, lexicon: &Lexicon) -> Option<usize> {
        let token = self.tokens.get(at)?;
        if token.has(Token::JOINED) {
            return Some(at + 1);
        }
        let last = *self.words.last()?;
        let gap = self.gap(&last, token);
        if gap == Gap::Break {
            return None;
        }
        if token.has(Token::CAPITAL) {
            self.push(at, gap, lexicon);
            return Some(at + 1);
        }
        if gap == Gap::Hyphen {
            // Jong-un, Zia ul-Haq; but Japan-based. After a Korean surname it may be a word: Jae-in.
            let eastern = || {
                let surname = self.words.len().checked_sub(2).map(|at| &self.words[at]);
                surname.is_some_and(|word| word.entry.has(Entry::SURNAME_FIRST))
                    && last.gap == Gap::Blank
                    && is_syllables(self.tokens.folded(&self.tokens[last.token as usize]))
            };
            if token.end - token.start <= 6
                && !last.is_thing()
                && is_syllables(self.tokens.folded(token))
                && (!lexicon.get(token.hash).has(Entry::COMMON) || eastern())
            {
                self.push(at, gap, lexicon);
                return Some(at + 1);
            }
            return None;
        }
        // Up to three particles, if a capitalised word follows them.
        if token.end - token.start > 3 {
            return None;
        }
        let mut end = at;
        while end < at + 3 {
            let particle = self.tokens.get(end)?;
            if particle.has(Token::CAPITAL) {
                break;
            }
            if particle.end - particle.start > 3
                || !lexicon.get(particle.hash).has(Entry::PARTICLE)
                || (end > at && self.token_gap(end - 1, end) == Gap::Break)
            {
                return None;
            }
            end += 1;
        }
        let capital = self.tokens.get(end)?;
        if !capital.has(Token::CAPITAL) || self.token_gap(end - 1, end) == Gap::Break {
            return None;
        }
        self.push(at, gap, lexicon);
        for particle in at + 1..end {
            let gap = self.token_gap(particle - 1, particle);
            self.push(particle, gap, lexicon);
        }
        let gap = self.token_gap(end - 1, end);
        self.push(end, gap, lexicon);
        Some(end + 1)
    }

    fn push(&mut self, at: usize, gap: Gap, lexicon: &Lexicon) {
        let token = &self.tokens[at];
        self.words.push(Word {
            token: at as u32,
            start: token.start,
            end: token.end,
            hash: token.hash,
            shape: token.flags,
            entry: lexicon.get(token.hash),
            gap,
            thing: 0,
            taken: false,
        });
    }

    /// Marks `San Francisco`, `Merrill Lynch` and the like in the run from word `from` on.
    fn mark_things(&mut self, from: usize, lexicon: &Lexicon) {
        let mut at = from;
        while at < self.words.len() {
            let mut len = 1;
            if self.words[at].entry.has(Entry::PHRASE) {
                let (mut key, mut found) = (0, 0);
                for (count, word) in self.words[at..].iter().take(4).enumerate() {
                    key = mix(key, word.hash);
                    if let Some(flag) = lexicon.phrase(key) {
                        (len, found) = (count + 1, flag);
                    }
                }
                for word in &mut self.words[at..at + len] {
                    word.thing |= found;
                }
            }
            // U.S., U.N., D.C.
            let abbreviation = self.words.get(at + 1).is_some_and(|next| {
                next.gap == Gap::Stop
                    && self.words[at].is_initial()
                    && next.is_initial()
                    && matches!(
                        (self.letter(at), self.letter(at + 1)),
                        (b'U', b'S' | b'K' | b'N') | (b'D', b'C') | (b'E', b'C' | b'U')
                    )
            });
            if abbreviation {
                self.words[at].thing |= Entry::PLACE;
                self.words[at + 1].thing |= Entry::PLACE;
                len = 2;
            }
            at += len;
        }
    }

    fn letter(&self, at: usize) -> u8 {
        self.text.as_bytes()[self.words[at].start as usize]
    }

    fn token_gap(&self, before: usize, after: usize) -> Gap {
        let (before, after) = (&self.tokens[before], &self.tokens[after]);
        self.between(before.end, before.flags, after)
    }

    fn gap(&self, before: &Word, after: &Token) -> Gap {
        self.between(before.end, before.shape, after)
    }

    fn between(&self, end: u32, shape: u16, after: &Token) -> Gap {
        if shape & Token::POSSESSIVE != 0 || after.has(Token::SENTENCE) {
            return Gap::Break;
        }
        let gap = self.between_tokens(end, after.start);
        match gap {
            b" " => Gap::Blank,
            b"-" | b"\xE2\x80\x90" | b"\xE2\x80\x91" => Gap::Hyphen,
            b"\xC2\xA0" => Gap::Blank,
            [b'.', rest @ ..] if rest.iter().all(u8::is_ascii_whitespace) => Gap::Stop,
            _ if !gap.is_empty() && gap.iter().all(u8::is_ascii_whitespace) => Gap::Blank,
            _ => Gap::Break,
        }
    }

    /// The token before word `at`'s token, joined doubles left out.
    pub fn before(&self, token: u32) -> Option<&Token> {
        self.tokens[..token as usize].iter().rev().find(|token| !token.has(Token::JOINED))
    }

    /// The token `ahead` places after token `token` (0: the next).
    pub fn after(&self, token: u32, ahead: usize) -> Option<&Token> {
        self.tokens
            .get(token as usize + 1..)?
            .iter()
            .filter(|token| !token.has(Token::JOINED))
            .nth(ahead)
    }

    /// The bytes between two tokens.
    pub fn between_tokens(&self, before_end: u32, after_start: u32) -> &[u8] {
        self.text.as_bytes().get(before_end as usize..after_start as usize).unwrap_or_default()
    }

    /// Whether the line of a word is a headline: of two words at least, and none written small.
    /// Looks at 200 bytes on either side.
    pub fn is_capitals_line(&self, word: &Word) -> bool {
        const FAR: usize = 200;
        let bytes = self.text.as_bytes();
        let (start, end) = (word.start as usize, word.end as usize);
        let before = &bytes[start.saturating_sub(FAR)..start];
        let from = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let after = &bytes[end..bytes.len().min(end + FAR)];
        let to = after.iter().position(|&byte| byte == b'\n').unwrap_or(after.len());
        let mut around = before[from..].iter().chain(&after[..to]);
        let capitals = around.clone().filter(|byte| byte.is_ascii_uppercase()).count();
        capitals >= 4 && !around.any(u8::is_ascii_lowercase)
    }

    /// One past the last word of the run that word `at` belongs to.
    pub fn run_end(&self, at: usize) -> usize {
        self.words[at + 1..]
            .iter()
            .position(|word| word.gap == Gap::Break)
            .map_or(self.words.len(), |len| at + 1 + len)
    }
}

/// Judges by the first 60 words.
fn case_of(part: Part, tokens: &Tokens) -> Case {
    let (mut words, mut lower, mut capitals, mut long_lower) = (0u32, 0u32, 0u32, 0u32);
    for token in tokens.iter().filter(|token| !token.has(Token::DIGIT | Token::JOINED)).take(60) {
        words += 1;
        lower += u32::from(token.has(Token::HAS_LOWER));
        capitals += u32::from(token.has(Token::CAPITAL));
        long_lower += u32::from(!token.has(Token::CAPITAL) && token.end - token.start > 4);
    }
    if words >= 3 && lower * 5 < words {
        Case::Capitals
    } else if part == Part::Title && capitals * 3 >= words * 2 && long_lower == 0 && words >= 4 {
        Case::Headline
    } else {
        Case::Normal
    }
}
