//! The tokens of an article at their positions: what every engine indexes and the oracle reads.
//!
//! One token space for title and body: the body's words from position 0, then one position that
//! stays free, then the title's. Whoever compares positions must keep a match on one side of
//! [`Layout::body`]: a gap wide enough to keep sides apart by itself made the position lists a
//! third larger, because they are packed in blocks as wide as their largest step.

use crate::analyze::{Analyzers, adjacent_cjk, exact_surface};
use crate::article::{Article, Words};
pub use crate::plan::{ENTITY_MARK, EXACT_MARK};
use crate::tag::{Class, Part, Tags};
use crate::text::{Token, Tokens};

/// Free positions between the last word of the body and the first of the title.
pub const TITLE_GAP: u32 = 1;

/// Words of the first paragraph that count as the lead, at most.
pub const LEAD_WORDS: u32 = 100;

/// How many times a title's stem is posted at its position: BM25F with this weight (Robertson,
/// Zaragoza and Taylor, 2004), without a union of fields.
pub const TITLE_WEIGHT: usize = 3;

/// How many times a stem of the lead is posted.
pub const LEAD_WEIGHT: usize = 1;

/// Takes tokens in the order of their positions.
pub trait TokenSink {
    /// One token at a position not before the last, posted `times` times.
    fn token(&mut self, text: &str, position: u32, times: usize);
}

/// A sink that keeps all tokens.
impl TokenSink for Vec<(String, u32, usize)> {
    fn token(&mut self, text: &str, position: u32, times: usize) {
        self.push((text.to_owned(), position, times));
    }
}

/// Where the parts of an article lie in its token space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Words of the body: positions `0..body`.
    pub body: u32,
    /// Words of the lead: positions `0..lead`.
    pub lead: u32,
    /// Position of the title's first word.
    pub title: u32,
    /// Words of the title.
    pub title_words: u32,
}

impl Layout {
    /// The layout of an article with these words.
    pub fn of(words: &Words) -> Layout {
        let body = words.body.positions();
        let paragraph = words
            .body
            .iter()
            .skip(1)
            .find(|token| token.has(Token::PARAGRAPH))
            .map_or(body, |token| token.position);
        Layout {
            body,
            lead: paragraph.min(LEAD_WORDS),
            title: body + TITLE_GAP,
            title_words: words.title.positions(),
        }
    }
}

/// Gives the stems of title and body to `sink`, for ranking and plain words.
pub fn stems(
    article: &Article,
    words: &Words,
    lang: &str,
    analyzers: &mut Analyzers,
    sink: &mut impl TokenSink,
) {
    let layout = Layout::of(words);
    let lead = |position: u32| if position < layout.lead { LEAD_WEIGHT } else { 1 };
    stems_of(&article.body, &words.body, lang, analyzers, 0, &lead, sink);
    let title = |_| TITLE_WEIGHT;
    stems_of(&article.title, &words.title, lang, analyzers, layout.title, &title, sink);
}

/// Gives the stems of one text to `sink`, the first at position `base`.
pub fn stems_of(
    text: &str,
    tokens: &Tokens,
    lang: &str,
    analyzers: &mut Analyzers,
    base: u32,
    times: &impl Fn(u32) -> usize,
    sink: &mut impl TokenSink,
) {
    let analyzer = analyzers.get(lang);
    let mut stem = String::new();
    for (at, token) in tokens.iter().enumerate() {
        stem.clear();
        let folded = tokens.folded(token);
        if token.has(Token::CJK) {
            stem.push_str(folded);
            match tokens.get(at + 1).filter(|next| adjacent_cjk(token, next)) {
                Some(next) => stem.push_str(tokens.folded(next)),
                // The last of a run stands alone, so that a lone character ranks too.
                None if at > 0 && adjacent_cjk(&tokens[at - 1], token) => continue,
                None => {}
            }
        } else if token.has(Token::JOINED) {
            // The hyphen and the line break are no part of the word.
            let whole: String = token
                .surface(text)
                .chars()
                .filter(|c| !matches!(c, '-' | '\r' | '\n' | ' ' | '\t'))
                .collect();
            analyzer.stem_into(token.hash, &whole, folded, &mut stem);
        } else {
            analyzer.stem_into(token.hash, token.surface(text), folded, &mut stem);
        }
        sink.token(&stem, base + token.position, times(token.position));
    }
}

/// Gives folded words, exact forms and entities of title and body to `sink`.
pub fn forms(article: &Article, words: &Words, tags: &Tags, sink: &mut impl TokenSink) {
    let layout = Layout::of(words);
    let (names, places) = entities(words, tags, layout.title);
    let mut places = places.iter().peekable();
    let mut give = |text: &str, tokens: &Tokens, base: u32| {
        forms_of(text, tokens, base, &mut |token, position| {
            sink.token(token, position, 1);
            while let Some((at, name)) = places.next_if(|(at, _)| *at <= position) {
                sink.token(&names[*name as usize], position.max(*at), 1);
            }
        });
    };
    give(&article.body, &words.body, 0);
    give(&article.title, &words.title, layout.title);
}

/// Calls `each` with every position where a sentence starts, ascending, and whether a paragraph
/// starts there.
pub fn breaks(words: &Words, each: &mut dyn FnMut(u32, bool)) {
    for (tokens, base) in [(&words.body, 0), (&words.title, Layout::of(words).title)] {
        for token in tokens.iter().filter(|token| token.has(Token::SENTENCE | Token::PARAGRAPH)) {
            each(base + token.position, token.has(Token::PARAGRAPH));
        }
    }
}

/// Gives the folded words and exact forms of an author line to `sink`; how many positions there
/// are.
pub fn byline(author: &str, sink: &mut impl TokenSink) -> u32 {
    let tokens = Tokens::of(author);
    forms_of(author, &tokens, 0, &mut |term, position| sink.token(term, position, 1));
    tokens.positions()
}

fn forms_of(text: &str, tokens: &Tokens, base: u32, give: &mut impl FnMut(&str, u32)) {
    let mut exact = String::new();
    for token in tokens.iter() {
        let position = base + token.position;
        let folded = tokens.folded(token);
        let surface = token.surface(text);
        give(folded, position);
        if surface != folded && !token.has(Token::JOINED) {
            exact.clear();
            exact.push(EXACT_MARK);
            exact.push_str(&exact_surface(surface));
            give(&exact, position);
        }
    }
}

/// Entity tokens (`@country:JP`, `@person`), each once, and at which positions which of them
/// stands, ascending, each once.
fn entities(words: &Words, tags: &Tags, title: u32) -> (Vec<String>, Vec<(u32, u32)>) {
    let mut names: Vec<String> = vec![format!("{ENTITY_MARK}{}", Class::Person.name())];
    let mut places = Vec::new();
    for tag in &tags.tags {
        let number = names.len() as u32;
        names.push(format!("{ENTITY_MARK}{}:{}", tag.class.name(), tag.id));
        for mention in tag.mentions.iter().filter(|mention| mention.is_place()) {
            let (tokens, base) = match mention.part {
                Part::Title => (&words.title, title),
                Part::Body => (&words.body, 0),
                Part::Dateline | Part::Meta => continue,
            };
            let Some(token) = tokens.get(tokens.at_byte(mention.start as usize)) else { continue };
            let position = base + token.position;
            places.push((position, number));
            // Any person: too many ids to be joined when a query is read, as those of the other
            // classes can be.
            if tag.class == Class::Person {
                places.push((position, 0));
            }
        }
    }
    // By name, because given and derived tags of one value are two tags.
    let name = |place: &(u32, u32)| &names[place.1 as usize];
    places.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a).cmp(name(b))));
    places.dedup_by(|a, b| a.0 == b.0 && name(a) == name(b));
    (names, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(title: &str, body: &str) -> (Article, Words) {
        let article = Article { title: title.into(), body: body.into(), ..Article::default() };
        let words = Words::of(&article);
        (article, words)
    }

    #[test]
    fn body_comes_first_and_the_title_after_a_gap() {
        let (article, words) = article("Pact signed", "Treaties hold. They do.");
        let mut out: Vec<(String, u32, usize)> = Vec::new();
        stems(&article, &words, "en", &mut Analyzers::default(), &mut out);
        let title = 4 + TITLE_GAP;
        assert_eq!(out[0], ("treati".into(), 0, LEAD_WEIGHT));
        assert_eq!(out[4], ("pact".into(), title, TITLE_WEIGHT));
        assert_eq!(out[5], ("sign".into(), title + 1, TITLE_WEIGHT));
    }

    #[test]
    fn forms_hold_exact_words_at_the_position_of_the_word() {
        let (article, words) = article("", "US aid. élan");
        let mut out: Vec<(String, u32, usize)> = Vec::new();
        forms(&article, &words, &Tags::default(), &mut out);
        let seen: Vec<(&str, u32)> = out.iter().map(|(t, p, _)| (t.as_str(), *p)).collect();
        assert_eq!(seen, [("us", 0), ("=US", 0), ("aid", 1), ("elan", 2), ("=élan", 2)]);
    }

    #[test]
    fn sentences_and_paragraphs_start_in_body_and_title() {
        let (_, words) = article("Pact. Signed", "One two. Three.\n\nFour");
        let mut seen = Vec::new();
        breaks(&words, &mut |position, paragraph| seen.push((position, paragraph)));
        assert_eq!(seen, [(0, true), (2, false), (3, true), (5, true), (6, false)]);
    }

    #[test]
    fn a_word_hyphenated_at_a_line_end_is_stemmed_whole() {
        let (article, words) = article("", "trade agree-\nments");
        let mut out: Vec<(String, u32, usize)> = Vec::new();
        stems(&article, &words, "en", &mut Analyzers::default(), &mut out);
        let seen: Vec<(&str, u32)> = out.iter().map(|(t, p, _)| (t.as_str(), *p)).collect();
        assert_eq!(seen, [("trade", 0), ("agre", 1), ("agreement", 1), ("ment", 2)]);
    }

    #[test]
    fn cjk_stems_are_bigrams_and_lone_characters() {
        let (article, words) = article("", "日本語 英");
        let mut out: Vec<(String, u32, usize)> = Vec::new();
        stems(&article, &words, "ja", &mut Analyzers::default(), &mut out);
        let seen: Vec<(&str, u32)> = out.iter().map(|(t, p, _)| (t.as_str(), *p)).collect();
        assert_eq!(seen, [("日本", 0), ("本語", 1), ("英", 3)]);
    }
}
