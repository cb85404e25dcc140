//! Event types: trigger patterns of a taxonomy of 88 leaves, weighed by position and context.

mod anchor;
mod decide;
mod linear;
pub mod matcher;
pub mod pattern;
pub mod taxonomy;
#[cfg(test)]
mod tests;
pub mod train;

use std::collections::HashMap;

use self::decide::{Decider, Layer, rule};
use self::linear::Model;
pub(in crate::tag) use self::linear::exp;
use self::matcher::{Matcher, Span, View};
use self::pattern::{Pattern, Weight, parse_cell};
use super::overlay::{ANY, Overlay};
use super::{Class, Part, Reading, Rule, Tag};

const I18N: &str = include_str!("../data/events_i18n.tsv");
const CONTEXT: &str = include_str!("../data/event_context.tsv");
const LINEAR: &[u8] = include_bytes!("../data/event_linear.bin");

/// The rules that find event mentions.
pub const RULES: &[Rule] = &[
    Rule { number: rule::TRIGGER, name: "trigger", help: "words that tell of such an event" },
    Rule { number: rule::WEAK, name: "weak trigger", help: "words that may tell of such an event" },
    Rule {
        number: rule::STRONG,
        name: "strong trigger",
        help: "words that surely tell of such an event",
    },
    Rule {
        number: rule::FOREIGN,
        name: "foreign trigger",
        help: "words of a language other than English that tell of such an event",
    },
    Rule {
        number: rule::NEGATED,
        name: "negated trigger",
        help: "a trigger after a word such as no, denied, averted; counts a third",
    },
    Rule {
        number: rule::SUPPOSED,
        name: "supposed trigger",
        help: "a trigger after a word such as if, planned, anniversary; counts six tenths",
    },
    Rule {
        number: rule::LINEAR,
        name: "learnt word",
        help: "one of the words that the linear layer takes for such an event",
    },
    Rule { number: rule::OWN, name: "own", help: "a trigger of your own vocabulary" },
];

/// The rule of learnt words, which are evidence of a decision and no places in the text.
pub const LEARNT: u8 = rule::LINEAR;

/// The languages that have triggers, English first.
pub const LANGUAGES: [&str; 6] = ["en", "fr", "de", "es", "ja", "ru"];

/// Finds event types. Build one, share it between threads.
#[derive(Debug)]
pub struct EventTagger {
    /// One lexicon a language, in the order of [`LANGUAGES`].
    lexicons: Vec<Lexicon>,
    /// Weighs words and triggers of English texts.
    linear: Option<Model<'static>>,
}

/// The compiled patterns of one language.
#[derive(Debug)]
struct Lexicon {
    /// Ids of the leaves, by number.
    leaves: Vec<&'static str>,
    matcher: Matcher,
    /// Whose each pattern is.
    owners: Vec<Owner>,
    /// Words of negation and supposition.
    context: Matcher,
    /// The first pattern of the user's own.
    own: usize,
    /// Which patterns of `context` are negations.
    negated: Vec<bool>,
    /// Pairs of leaves, the first ranked above the second; a leaf's own losers come first.
    beats: Vec<(u8, u8)>,
}

#[derive(Debug, Clone, Copy)]
struct Owner {
    leaf: u8,
    counter: bool,
}

impl Lexicon {
    fn weight(&self, pattern: u32) -> u8 {
        self.matcher.weight(pattern).tenths() as u8
    }
}

impl EventTagger {
    /// Compiles the embedded tables: some 2,200 patterns, below 5 ms.
    ///
    /// Rows that do not parse are left out; a test sees to it that there are none.
    pub fn new() -> EventTagger {
        EventTagger::with(&Overlay::default())
    }

    /// The same with the patterns of the user's own, in all languages.
    pub fn with(overlay: &Overlay) -> EventTagger {
        let languages = LANGUAGES.into_iter().chain((!overlay.is_empty()).then_some(NO_LANGUAGE));
        let lexicons: Vec<Lexicon> = languages.map(|lang| lexicon(lang, overlay)).collect();
        let linear = Model::of(LINEAR, lexicons[0].leaves.len() + 1);
        EventTagger { lexicons, linear }
    }

    /// The same by triggers alone.
    #[cfg(test)]
    fn of_triggers() -> EventTagger {
        EventTagger { linear: None, ..EventTagger::new() }
    }

    /// The event types of an article, major first, then by score.
    ///
    /// Reads title and body; only in languages that have triggers ([`LANGUAGES`]). `countries`
    /// and `persons` are what the other taggers found: patterns may ask for them. Linear in the
    /// text; allocates a few vectors an article, none a word.
    pub fn tag(&self, reading: &Reading<'_>, countries: &[Tag], persons: &[Tag]) -> Vec<Tag> {
        let known = LANGUAGES.iter().position(|lang| *lang == reading.lang);
        let number = known.unwrap_or(LANGUAGES.len());
        let Some(lexicon) = self.lexicons.get(number) else { return Vec::new() };
        let mut decider = Decider::new(lexicon, number == 0);
        for (part, words) in
            [(Part::Title, &reading.words.title), (Part::Body, &reading.words.body)]
        {
            let spans = spans(part, countries, persons);
            decider.read(part, View { words, spans: &spans });
        }
        let Some(model) = self.linear.filter(|_| number == 0) else { return decider.decide(None) };
        let words = linear::words(&reading.words.title, &reading.words.body, decider.unheard());
        let layer = Layer { model, words, tokens: [&reading.words.title, &reading.words.body] };
        decider.decide(Some(&layer))
    }
}

impl Default for EventTagger {
    fn default() -> EventTagger {
        EventTagger::new()
    }
}

/// Where countries and persons stand in a part, sorted.
fn spans(part: Part, countries: &[Tag], persons: &[Tag]) -> Vec<Span> {
    let mut spans = Vec::new();
    for tag in countries.iter().chain(persons) {
        if !matches!(tag.class, Class::Country | Class::Person) {
            continue;
        }
        spans.extend(
            tag.mentions.iter().filter(|mention| mention.part == part).map(|mention| Span {
                start: mention.start,
                end: mention.end,
                class: tag.class,
            }),
        );
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Stands for languages without triggers: only the user's own are found there.
const NO_LANGUAGE: &str = "";

fn lexicon(lang: &'static str, overlay: &Overlay) -> Lexicon {
    let leaves: Vec<&'static str> = taxonomy::leaves().collect();
    let numbers: HashMap<&str, u8> =
        leaves.iter().enumerate().map(|(number, id)| (*id, number as u8)).collect();
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut owners: Vec<Owner> = Vec::new();
    let mut add = |id: &str, cell: &str, counter: bool| {
        if let Some(&leaf) = numbers.get(id) {
            for pattern in parse_cell(cell).flatten() {
                patterns.push(pattern);
                owners.push(Owner { leaf, counter });
            }
        }
    };
    if lang == LANGUAGES[0] {
        for entry in taxonomy::entries() {
            add(entry.id, entry.triggers, false);
            add(entry.id, entry.counter_patterns, true);
        }
    } else {
        for [id, of, triggers, counter_patterns] in taxonomy::rows(I18N).map(taxonomy::cells) {
            if of == lang {
                add(id, triggers, false);
                add(id, counter_patterns, true);
            }
        }
    }
    let own = patterns.len();
    for (id, cell, blocks) in overlay.patterns() {
        for pattern in parse_cell(cell).flatten() {
            // One that the user writes counts double unless it says that it is weak.
            let weight = if pattern.weight == Weight::Weak { Weight::Weak } else { Weight::Strong };
            for (number, leaf) in leaves.iter().enumerate() {
                if *leaf == id || id == ANY {
                    patterns.push(Pattern { weight, ..pattern.clone() });
                    owners.push(Owner { leaf: number as u8, counter: blocks });
                }
            }
        }
    }
    let mut context: Vec<Pattern> = Vec::new();
    let mut negated: Vec<bool> = Vec::new();
    for [of, kind, cell] in taxonomy::rows(CONTEXT).map(taxonomy::cells) {
        if of == lang {
            context.extend(parse_cell(cell).flatten());
            negated.resize(context.len(), kind == "negation");
        }
    }
    Lexicon {
        matcher: Matcher::new(patterns),
        owners,
        context: Matcher::new(context),
        own,
        negated,
        beats: beats(&numbers),
        leaves,
    }
}

/// The pairs of the column `beats`, so ordered that what a loser beats comes before its winner.
fn beats(numbers: &HashMap<&str, u8>) -> Vec<(u8, u8)> {
    let mut left: Vec<(u8, u8)> = Vec::new();
    for entry in taxonomy::entries() {
        for loser in entry.beats.split(',') {
            if let (Some(&winner), Some(&loser)) = (numbers.get(entry.id), numbers.get(loser)) {
                left.push((winner, loser));
            }
        }
    }
    let mut pairs = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let losers_done = |pair: &(u8, u8)| left.iter().all(|other| other.0 != pair.1);
        let ready: Vec<(u8, u8)> = left.iter().copied().filter(losers_done).collect();
        if ready.is_empty() {
            // A circle: the table's order decides.
            pairs.append(&mut left);
        }
        left.retain(|pair| !ready.contains(pair));
        pairs.extend(ready);
    }
    pairs
}
