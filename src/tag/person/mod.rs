//! Finds the persons an article names, by titles, name lists, shape and surname coreference.
//!
//! *Invariant:* a span never holds the title, which is evidence only; a person whose given name
//! stands nowhere has an id that begins with [`name::NAME_ONLY`].

mod coref;
mod field;
mod lists;
mod model;
pub mod name;
mod results;
mod rules;
mod score;
pub mod train;

use coref::{Person, Persons};
use field::{Case, Field};
use lists::{Entry, Lexicon};
use model::Model;
use rules::{Context, LowerWords, number};

use super::{Class, Level, Mention, Origin, Part, Reading, Rule, Tag};
use crate::article::Words;
use crate::text::fold::fold;
use crate::text::{Token, Tokens};

/// Words of the body that count as its lead, at most: who comes later in a long first paragraph is
/// there to be quoted.
const LEAD_WORDS: u32 = 40;
/// A person with so many mentions is major if only one other has more.
const MANY_MENTIONS: usize = 2;

/// The rule of a word alone that was learnt to be a name: weaker evidence than a place.
pub const LEARNT: u8 = number::LEARNT;

/// The rule of a name of the user's own vocabulary.
pub const OWN: u8 = number::OWN;

/// Whether a rule finds a part of a name alone, which the full name elsewhere explains.
pub fn is_lone(rule: u8) -> bool {
    matches!(rule, number::SURNAME | number::FIRST_NAME | number::KNOWN | number::LEARNT)
}

/// Whether titles of a language other than English are known.
pub fn has_titles(lang: &str) -> bool {
    lists::lang_bit(lang) != 0
}

/// What was learnt of English names, see [`train`].
const MODEL: &[u8] = include_bytes!("../data/person.bin");

/// The rules of this tagger.
pub const RULES: &[Rule] = &[
    Rule {
        number: number::TITLE,
        name: "title",
        help: "a name after a title or role (Mr, President, spokesman)",
    },
    Rule { number: number::GIVEN, name: "given", help: "a given name of the lists and a surname" },
    Rule { number: number::INITIALS, name: "initials", help: "initials and a surname" },
    Rule {
        number: number::ORDER,
        name: "order",
        help: "a Chinese, Korean or Vietnamese name, surname first",
    },
    Rule {
        number: number::CONTEXT,
        name: "context",
        help: "unknown words that shape and context make a name",
    },
    Rule {
        number: number::SURNAME,
        name: "surname",
        help: "a surname alone, the full name stands elsewhere",
    },
    Rule {
        number: number::KNOWN,
        name: "known",
        help: "a surname alone, of a well-known person of that time",
    },
    Rule { number: number::REGNAL, name: "regnal", help: "a king, queen, prince or pope" },
    Rule {
        number: number::HEADLINE,
        name: "headline",
        help: "a name of the body in a title of capitals",
    },
    Rule {
        number: number::ALIAS,
        name: "alias",
        help: "a name of the alias table in another script",
    },
    Rule {
        number: number::FIRST_NAME,
        name: "first-name",
        help: "a given name alone, the full name stands elsewhere",
    },
    Rule {
        number: number::LEARNT,
        name: "learnt",
        help: "a word alone whose letters and surroundings are those of names",
    },
    Rule { number: number::OWN, name: "own", help: "a name of your own vocabulary" },
];

/// Finds persons. Holds its word lists only; share it between threads.
#[derive(Debug)]
pub struct PersonTagger {
    lexicon: Lexicon,
    model: Option<Model<'static>>,
}

impl PersonTagger {
    /// Reads the embedded lists: a few milliseconds.
    pub fn new() -> PersonTagger {
        PersonTagger { lexicon: Lexicon::new(), model: Model::of(MODEL) }
    }

    /// The persons of an article, major ones first, then by score and id.
    ///
    /// Title and body are read. Mentions of a person stand in the order of the text and never
    /// overlap those of another. A person is major if named in the title or in the first 40 words,
    /// or if at least two mentions make it one of the two most mentioned. The rules and what was
    /// learnt are English; in other languages of Latin script only that language's titles and the
    /// given names count, and in every language aliases in other scripts. Linear in the text.
    pub fn tag(&self, reading: &Reading<'_>) -> Vec<Tag> {
        let (article, words) = (reading.article, reading.words);
        let mut lower = LowerWords::new();
        lower.add(&words.body);
        let english = reading.lang == "en";
        let lang = lists::lang_bit(reading.lang);
        let model = self.model.filter(|_| english);
        let lexicon = &self.lexicon;
        let context = Context { lexicon, lower: &lower, english, lang, model, seen: None };
        let mut body = Field::new(Part::Body, &article.body, &words.body, &self.lexicon);
        let mut title = Field::new(Part::Title, &article.title, &words.title, &self.lexicon);
        let mut persons = Persons::new(&self.lexicon, reading.date.map(year_of));

        let mut in_body = rules::find(&mut body, &context);
        in_body.extend(rules::find_repeated(&mut body, &context));
        // Capitals tell nothing in a title without lower case.
        let in_title = match title.case {
            Case::Capitals => Vec::new(),
            _ => rules::find(&mut title, &context),
        };
        persons.add_full(&title, &in_title);
        persons.add_full(&body, &in_body);
        persons.merge();
        persons.add_titled(&body, &in_body);
        persons.add_titled(&title, &in_title);
        self.add_aliases(&mut persons, Part::Body, &article.body, &words.body);
        self.add_aliases(&mut persons, Part::Title, &article.title, &words.title);
        persons.add_lone(&mut body, &context);
        if body.case == Case::Normal {
            persons.add_capitals(&mut body);
        }
        if title.case == Case::Capitals {
            persons.add_capitals(&mut title);
        } else {
            persons.add_lone(&mut title, &context);
        }
        tags(persons.list, lead_end(&words.body))
    }

    fn add_aliases(&self, persons: &mut Persons<'_>, part: Part, text: &str, tokens: &Tokens) {
        if text.is_ascii() {
            return;
        }
        let mut past = 0;
        for token in tokens.iter() {
            let start = token.start as usize;
            if start < past || text.as_bytes()[start].is_ascii() {
                continue;
            }
            if !self.lexicon.get(token.hash).has(Entry::ALIAS) {
                continue;
            }
            for (_, alias, id) in self.lexicon.aliases(token.hash) {
                if let Some(end) = alias_end(text, tokens, token, alias) {
                    persons.add_alias(id, part, token.start, end as u32);
                    past = end;
                    break;
                }
            }
        }
    }
}

impl Default for PersonTagger {
    fn default() -> PersonTagger {
        PersonTagger::new()
    }
}

/// Where the alias that may start at `token` ends in the text, if it stands there.
fn alias_end(text: &str, tokens: &Tokens, token: &Token, alias: &str) -> Option<usize> {
    if token.has(Token::CJK) {
        return text[token.start as usize..]
            .starts_with(alias)
            .then_some(token.start as usize + alias.len());
    }
    let from = tokens.at_byte(token.start as usize);
    let mut end = 0;
    for (at, part) in alias.split('-').enumerate() {
        let token = tokens.get(from + at)?;
        if tokens.folded(token) != fold(part) {
            return None;
        }
        end = token.end as usize;
    }
    Some(end)
}

/// The civil year of a time in seconds since 1970, UTC (Hinnant's `civil_from_days`).
fn year_of(seconds: i64) -> u16 {
    let days = seconds.div_euclid(86_400).saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let next = i64::from(in_year >= 306);
    u16::try_from(year + era * 400 + next).unwrap_or(0)
}

/// The byte at which the lead ends: after 40 words.
fn lead_end(tokens: &Tokens) -> u32 {
    let after = tokens.iter().find(|token| token.position >= LEAD_WORDS);
    after.map_or(u32::MAX, |word| word.start)
}

fn tags(persons: Vec<Person>, lead_end: u32) -> Vec<Tag> {
    let mut tags: Vec<Tag> = persons
        .into_iter()
        .filter(|person| !person.mentions.is_empty())
        .map(|mut person| {
            person.mentions.sort_by_key(|mention| (mention.part, mention.start));
            Tag {
                class: Class::Person,
                score: 0,
                id: person.id,
                label: Some(person.label),
                level: Level::Passing,
                origin: Origin::Derived,
                by: None,
                mentions: person.mentions,
            }
        })
        .collect();
    decide(&mut tags, lead_end);
    tags
}

/// Decides anew who of the persons of an article, none without mentions, is major, and sorts them.
pub fn weigh(tags: &mut [Tag], words: &Words) {
    decide(tags, lead_end(&words.body));
}

fn decide(tags: &mut [Tag], lead_end: u32) {
    let mut counts: Vec<usize> = tags.iter().map(|tag| tag.mentions.len()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let many = counts.get(1).or(counts.first()).copied().unwrap_or(0).max(MANY_MENTIONS);
    for tag in tags.iter_mut() {
        let in_title = tag.mentions.iter().any(|mention| mention.part == Part::Title);
        let in_lead = (tag.mentions.iter())
            .any(|mention| mention.part == Part::Body && mention.start < lead_end);
        let major = in_title || in_lead || tag.mentions.len() >= many;
        tag.level = if major { Level::Major } else { Level::Passing };
        tag.score = score(&tag.mentions, in_title, in_lead);
    }
    tags.sort_by(|a, b| (b.level, b.score, &a.id).cmp(&(a.level, a.score, &b.id)));
}

/// Strongest evidence counts a third, each mention up to eight 10, title 60, lead 30.
fn score(mentions: &[Mention], in_title: bool, in_lead: bool) -> u8 {
    let strongest = mentions.iter().map(|mention| mention.weight).max().unwrap_or(0);
    let mentions = mentions.len().min(8) as u32 * 10;
    let place = if in_title { 60 } else { 0 } + if in_lead { 30 } else { 0 };
    (u32::from(strongest) / 3 + mentions + place).min(255) as u8
}

#[cfg(test)]
mod tests;
