//! What an article is about: countries, persons and event types, each with its evidence.
//!
//! *Invariant:* every tag carries at least one mention, and every mention the rule that found it.

pub mod country;
pub mod coverage;
pub mod event;
pub mod homes;
mod memo;
pub mod overlay;
pub mod overrides;
pub mod person;
pub mod side;
pub mod vocabulary;

use serde::{Deserialize, Serialize};

use crate::article::{Article, Words};

/// The version of rules and tables together; an index keeps the one it was tagged with.
pub const TAGGER_VERSION: u32 = 6;

/// What kind of thing a tag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A country: ISO 3166-1 alpha-2, or ISO 3166-3 of four letters for a dead state.
    Country,
    /// A person: a slug such as `vladimir-putin`.
    Person,
    /// An event type: `root/leaf` of the taxonomy.
    Event,
}

impl Class {
    /// All classes, in the order of output.
    pub const ALL: [Class; 3] = [Class::Country, Class::Person, Class::Event];

    /// The name used in queries and output.
    pub fn name(self) -> &'static str {
        match self {
            Class::Country => "country",
            Class::Person => "person",
            Class::Event => "event",
        }
    }
}

/// How much an article is about what a tag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Named, but not what the article is about.
    Passing,
    /// What the article is about.
    Major,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The tagger, from the text.
    Derived,
    /// The input: labels, columns, metadata.
    Given,
}

/// The part of an article that a mention stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The title.
    Title,
    /// The dateline field (a dateline inside the body is part of the body).
    Dateline,
    /// The body.
    Body,
    /// Supplied labels; the span is empty.
    Meta,
}

/// One place in an article that names what a tag says, and the rule that found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Where it stands.
    pub part: Part,
    /// First byte in that part.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Number of the rule, see [`rule_name`].
    pub rule: u8,
    /// Weight of this mention in the decision: 0 to 255 (events: trigger weight times 10).
    pub weight: u8,
}

impl Mention {
    /// Whether the text tells of the value at this place. A learnt word of an event type does not:
    /// it is evidence of a decision about the whole.
    pub fn is_place(&self) -> bool {
        self.rule != event::LEARNT
    }
}

/// One thing an article names, with level, score and evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// What kind of thing.
    pub class: Class,
    /// Its id within the class.
    pub id: String,
    /// How it is shown, where the id alone does not tell (persons: the fullest form found).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// Major or passing.
    pub level: Level,
    /// Strength of the decision, 0 to 255 (countries: probability times 255).
    pub score: u8,
    /// Who says so.
    pub origin: Origin,
    /// The other programs that say so, by the names that they gave (`index --tags`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// The evidence, in the order of the text: title, dateline, body.
    pub mentions: Vec<Mention>,
}

/// The rules that mentions refer to: number, stable name, what it says. Numbers are stored in
/// indexes and never reused: countries 1 to 49, persons 50 to 99, events 100 to 149, others from 150 on.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    std::iter::once(Rule::SUPPLIED)
        .chain(country::RULES)
        .chain(person::RULES)
        .chain(event::RULES)
        .chain(side::RULES)
}

/// A rule that finds mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Number in stored evidence.
    pub number: u8,
    /// Stable name.
    pub name: &'static str,
    /// What it says, one line.
    pub help: &'static str,
}

impl Rule {
    const SUPPLIED: &'static Rule =
        &Rule { number: 0, name: "supplied", help: "came with the article" };
}

/// The name of a rule, `unknown` for a number of another version.
pub fn rule_name(number: u8) -> &'static str {
    rules().find(|rule| rule.number == number).map_or("unknown", |rule| rule.name)
}

/// What one of the three taggers reads.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The article; title, dateline and body are read, supplied labels are not.
    pub article: &'a Article,
    /// Its words.
    pub words: &'a Words,
    /// The article's language, `en` if unknown.
    pub lang: &'a str,
    /// First second of the article's date, for what depends on it (dead states, offices).
    pub date: Option<i64>,
    /// Where the article's publisher is at home, where that is known: the small places there need no
    /// country beside them.
    pub home: Option<&'a homes::Home>,
}

/// Finds countries, persons and event types in articles. Build one, share it between threads.
#[derive(Debug)]
pub struct Tagger {
    country: country::CountryTagger,
    person: person::PersonTagger,
    event: event::EventTagger,
    overlay: overlay::Overlay,
    overrides: overrides::Overrides,
}

impl Tagger {
    /// Builds the tables: some tens of milliseconds; only indexing does it.
    pub fn new() -> Tagger {
        Tagger {
            country: country::CountryTagger::new(),
            person: person::PersonTagger::new(),
            event: event::EventTagger::new(),
            overlay: overlay::Overlay::default(),
            overrides: overrides::Overrides::default(),
        }
    }

    /// The same, which gives single articles the tags that the user says.
    pub fn with(self, overrides: overrides::Overrides) -> Tagger {
        Tagger { overrides, ..self }
    }

    /// The same, with names and triggers of the user's own.
    pub fn with_overlay(self, overlay: overlay::Overlay) -> Tagger {
        if overlay.is_empty() {
            return self;
        }
        Tagger { event: event::EventTagger::with(&overlay), overlay, ..self }
    }

    /// The tags of an article, by class, most important first: major before passing, then score,
    /// then id.
    ///
    /// Persons are found first, because a surname is no place. Supplied labels are added as major
    /// with origin given; a derived tag of the same id stays beside it. Supplied values that no
    /// table knows are returned for the report. Linear in the text.
    pub fn tag(&self, reading: &Reading<'_>) -> Tags {
        let said = self.overlay.read(reading.article, reading.words);
        let mut persons = self.person.tag(reading);
        said.apply_to_persons(&mut persons, reading.words);
        let countries = self.country.tag(reading, &persons, &said);
        drop_places(&mut persons, &countries);
        let events = self.event.tag(reading, &countries, &persons);
        let mut tags = Tags { tags: countries, unknown: Vec::new() };
        tags.tags.extend(persons);
        tags.tags.extend(events);
        match self.overlay.is_empty() {
            true => vocabulary::add_given(&reading.article.given, &mut tags),
            false => vocabulary::add_given(&self.overlay.given(&reading.article.given), &mut tags),
        }
        if let Some(id) = &reading.article.id {
            self.overrides.apply(id, &mut tags);
        }
        tags.sort();
        tags
    }
}

/// Drops persons that are nothing but words alone, learnt to be names, which are places here.
fn drop_places(persons: &mut Vec<Tag>, countries: &[Tag]) {
    let learnt = |tag: &Tag| tag.mentions.iter().all(|one| one.rule == person::LEARNT);
    if !persons.iter().any(learnt) {
        return;
    }
    let places: std::collections::HashSet<(Part, u32)> = countries
        .iter()
        .flat_map(|tag| &tag.mentions)
        .map(|mention| (mention.part, mention.start))
        .collect();
    persons.retain(|tag| {
        !learnt(tag) || !tag.mentions.iter().any(|one| places.contains(&(one.part, one.start)))
    });
}

impl Tagger {
    /// The countries of an article with what led to the decision about each, also about those that
    /// it is not about.
    pub fn explain_countries(&self, reading: &Reading<'_>) -> Vec<country::Explained> {
        let said = self.overlay.read(reading.article, reading.words);
        let mut persons = self.person.tag(reading);
        said.apply_to_persons(&mut persons, reading.words);
        self.country.explain(reading, &persons, &said)
    }
}

impl Default for Tagger {
    fn default() -> Tagger {
        Tagger::new()
    }
}

/// The tags of one article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Sorted by class, level (major first), score (highest first), id, origin.
    pub tags: Vec<Tag>,
    /// Supplied values that no table knows: class and value.
    #[serde(skip)]
    pub unknown: Vec<(Class, String)>,
}

impl Tags {
    /// Puts the tags into their order.
    pub fn sort(&mut self) {
        self.tags.sort_by(|a, b| {
            (a.class, b.level, b.score, &a.id, a.origin)
                .cmp(&(b.class, a.level, a.score, &b.id, b.origin))
        });
    }

    /// The distinct ids of a class, most important first.
    pub fn ids(&self, class: Class) -> Vec<&str> {
        let mut seen: Vec<&str> = Vec::new();
        for tag in self.tags.iter().filter(|tag| tag.class == class) {
            if !seen.contains(&tag.id.as_str()) {
                seen.push(&tag.id);
            }
        }
        seen
    }

    /// The distinct ids of a class that the article is about, most important first.
    pub fn major(&self, class: Class) -> Vec<&str> {
        let mut seen: Vec<&str> = Vec::new();
        for tag in &self.tags {
            if tag.class == class && tag.level == Level::Major && !seen.contains(&tag.id.as_str()) {
                seen.push(&tag.id);
            }
        }
        seen
    }
}
