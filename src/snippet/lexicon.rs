//! The terms of a query by hash, and what each word of an article means to it, remembered.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use crate::analyze::{Analyzer, adjacent_cjk, exact_surface};
use crate::engine::streams::EXACT_MARK;
use crate::plan::{Layer, Pattern, Slot};
use crate::text::{Token, Tokens};

/// Words whose meaning is remembered, at most.
const REMEMBERED: usize = 50_000;

/// Words longer than this, in bytes, match no pattern: untrusted text must not make one costly.
const PATTERN_WORD: usize = 512;

/// A word of the article is one of the alternatives of this group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Which alternatives.
    pub group: u32,
    /// Rarity of the term that it is.
    pub weight: f32,
    /// The term is this character and the next.
    pub bigram: bool,
}

/// Groups of alternative terms: one for all slots of a query that ask for the same.
#[derive(Debug, Default)]
pub struct Lexicon {
    by_key: HashMap<String, u32>,
    stems: HashMap<String, Vec<Member>>,
    forms: HashMap<String, Vec<Member>>,
    exact: HashMap<String, Vec<Member>>,
    patterns: Vec<(Layer, Pattern, u32)>,
    /// Whether some pattern looks at capitals and accents.
    by_surface: bool,
    /// By hash of word and language; nothing for a word that means nothing.
    memory: HashMap<u64, Option<Box<Known>>, BuildHasherDefault<PassThrough>>,
    stem: String,
    plain: String,
}

/// A word that means something to the query.
#[derive(Debug)]
struct Known {
    lang: u64,
    word: Box<str>,
    members: Box<[Member]>,
}

impl Lexicon {
    /// The group of a slot's alternatives; `weigh` gives the rarity of a term.
    pub fn group(&mut self, layer: Layer, slot: &Slot, weigh: &dyn Fn(&str) -> f32) -> u32 {
        let mut key = format!("{layer:?}{:?}", slot.pattern);
        for term in &slot.terms {
            key.push('\u{1}');
            key.push_str(term);
        }
        let group = self.by_key.len() as u32;
        if let Some(&known) = self.by_key.get(&key) {
            return known;
        }
        self.by_key.insert(key, group);
        if let Some(pattern) = &slot.pattern {
            self.by_surface |= pattern.is_by_surface();
            self.patterns.push((layer, pattern.clone(), group));
            return group;
        }
        for term in &slot.terms {
            let member = Member { group, weight: weigh(term), bigram: false };
            let (map, term) = match (layer, term.strip_prefix(EXACT_MARK)) {
                (Layer::Stems, _) => (&mut self.stems, term.as_str()),
                (Layer::Forms, Some(surface)) => (&mut self.exact, surface),
                (Layer::Forms, None) => (&mut self.forms, term.as_str()),
            };
            map.entry(term.to_owned()).or_default().push(member);
        }
        group
    }

    /// How many groups there are; their numbers are below it.
    pub fn groups(&self) -> usize {
        self.by_key.len()
    }

    /// The groups that a form belongs to.
    pub fn form(&self, term: &str) -> &[Member] {
        self.forms.get(term).map_or(&[], Vec::as_slice)
    }

    /// Whether any form starts so (`@` for entities).
    pub fn has_forms_from(&self, mark: char) -> bool {
        self.forms.keys().any(|term| term.starts_with(mark))
    }

    /// Appends the groups that a token belongs to, which are few or none.
    pub fn look_up(
        &mut self,
        text: &str,
        tokens: &Tokens,
        at: usize,
        lang: u64,
        analyzer: &mut Analyzer,
        out: &mut Vec<Member>,
    ) {
        let token = &tokens[at];
        let (folded, surface) = (tokens.folded(token), token.surface(text));
        if token.has(Token::CJK) {
            self.character(tokens, at, surface, out);
            return;
        }
        // Plain words mean the same in any case; accents and `=Word` go by what is written.
        let by_surface = self.by_surface || !self.exact.is_empty();
        let by_fold = !by_surface && surface.is_ascii() && !token.has(Token::JOINED);
        let (hash, word) =
            if by_fold { (token.hash, folded) } else { (xxh3_64(surface.as_bytes()), surface) };
        let key = hash ^ lang;
        let from = out.len();
        match self.memory.get(&key) {
            Some(None) => {}
            // Two words may share a hash, so one that matters is compared.
            Some(Some(known)) if known.lang == lang && *known.word == *word => {
                out.extend_from_slice(&known.members);
            }
            Some(Some(_)) => self.word(surface, folded, token, analyzer, out),
            None => {
                self.word(surface, folded, token, analyzer, out);
                if self.memory.len() < REMEMBERED {
                    let members = &out[from..];
                    let known = (!members.is_empty()).then(|| {
                        Box::new(Known { lang, word: word.into(), members: members.into() })
                    });
                    self.memory.insert(key, known);
                }
            }
        }
    }

    fn word(
        &mut self,
        surface: &str,
        folded: &str,
        token: &Token,
        analyzer: &mut Analyzer,
        out: &mut Vec<Member>,
    ) {
        self.stem.clear();
        if token.has(Token::JOINED) {
            // The word as it would stand in one line.
            self.plain.clear();
            let blank = |c: char| matches!(c, '-' | '\r' | '\n' | ' ' | '\t');
            self.plain.extend(surface.chars().filter(|&c| !blank(c)));
            analyzer.stem_into(token.hash, &self.plain, folded, &mut self.stem);
        } else {
            analyzer.stem_into(token.hash, surface, folded, &mut self.stem);
        }
        if let Some(members) = self.stems.get(self.stem.as_str()) {
            out.extend_from_slice(members);
        }
        if let Some(members) = self.forms.get(folded) {
            out.extend_from_slice(members);
        }
        if !self.exact.is_empty()
            && !token.has(Token::JOINED)
            && let Some(members) = self.exact.get(&*exact_surface(surface))
        {
            out.extend_from_slice(members);
        }
        // No capital of a word hyphenated at a line end is indexed.
        let surface = if token.has(Token::JOINED) { folded } else { surface };
        match_patterns(&self.patterns, &exact_surface(surface), folded, &self.stem, out);
    }

    /// A Chinese or Japanese character: the bigram that starts here, and the character itself.
    fn character(&mut self, tokens: &Tokens, at: usize, surface: &str, out: &mut Vec<Member>) {
        let token = &tokens[at];
        let folded = tokens.folded(token);
        self.stem.clear();
        if !self.stems.is_empty() {
            let next = tokens.get(at + 1).filter(|next| adjacent_cjk(token, next));
            let alone = at == 0 || !adjacent_cjk(&tokens[at - 1], token);
            if let Some(next) = next {
                self.stem.push_str(folded);
                self.stem.push_str(tokens.folded(next));
            } else if alone {
                self.stem.push_str(folded);
            }
            if let Some(members) = self.stems.get(self.stem.as_str()) {
                let bigram = next.is_some();
                out.extend(members.iter().map(|member| Member { bigram, ..*member }));
            }
        }
        if let Some(members) = self.forms.get(folded) {
            out.extend_from_slice(members);
        }
        if let Some(members) = self.exact.get(surface) {
            out.extend_from_slice(members);
        }
        match_patterns(&self.patterns, surface, folded, &self.stem, out);
    }
}

fn match_patterns(
    patterns: &[(Layer, Pattern, u32)],
    surface: &str,
    folded: &str,
    stem: &str,
    out: &mut Vec<Member>,
) {
    for (layer, pattern, group) in patterns {
        let word = match layer {
            Layer::Stems => stem,
            Layer::Forms => folded,
        };
        let fits = match pattern.is_by_surface() {
            true => pattern.fits(surface, folded),
            false => pattern.matches(word),
        };
        if word.len() <= PATTERN_WORD && fits {
            out.push(Member { group: *group, weight: 1.0, bigram: false });
        }
    }
}

/// The key of the memory is a good hash already.
#[derive(Debug, Default)]
struct PassThrough(u64);

impl Hasher for PassThrough {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
