//! Countries: gazetteer, mention rules, datelines, places and salience.

mod block;
pub mod dateline;
mod mention;
pub(crate) mod names;
mod place;
pub mod salience;
mod scan;
pub mod sorted;
mod table;
mod ticker;
mod trie;
mod words;

use mention::{Context, Hit};
use names::{Id, Kind, NO_ID, is_latin};
use salience::{Candidate, Model, Scene};
use scan::{Allowed, Side};
use table::Tables;

use super::overlay::Said;
use super::{Class, Level, Mention, Origin, Part, Reading, Rule, Tag};

/// Numbers of the rules.
pub(crate) mod rule {
    pub const NAME: u8 = 1;
    pub const ADJECTIVE: u8 = 2;
    pub const CAPITAL: u8 = 3;
    pub const CITY: u8 = 4;
    pub const STATE: u8 = 5;
    pub const ABBREVIATION: u8 = 6;
    pub const INSTITUTION: u8 = 7;
    pub const CURRENCY: u8 = 8;
    pub const LEADER: u8 = 9;
    pub const TICKER: u8 = 10;
    pub const KOREA: u8 = 11;
    pub const CONGO: u8 = 12;
    pub const GEORGIA: u8 = 13;
    pub const PLACE: u8 = 14;
    pub const AGAIN: u8 = 15;
    pub const DATELINE: u8 = 16;
    pub const COMMA: u8 = 17;
    pub const HOME: u8 = 24;
    pub const OWN: u8 = 25;
}

const fn says(number: u8, name: &'static str, help: &'static str) -> Rule {
    Rule { number, name, help }
}

/// The rules that find, move or refuse mentions of countries.
pub const RULES: &[Rule] = &[
    says(rule::NAME, "name", "a name of the country, in English or the article's language"),
    says(rule::ADJECTIVE, "adjective", "an adjective or a demonym of the country or its parts"),
    says(rule::CAPITAL, "capital", "the capital, for the city or for the government"),
    says(rule::CITY, "city", "a city or part known by its bare name"),
    says(rule::STATE, "state", "a state, province or other first-level part"),
    says(rule::ABBREVIATION, "abbr", "an abbreviated state after a comma or party letter"),
    says(rule::INSTITUTION, "metonym", "an institution, party or company that stands for it"),
    says(rule::CURRENCY, "currency", "its money; ambiguous words only after a number"),
    says(rule::LEADER, "leader", "its leader; by family name only while in office"),
    says(rule::TICKER, "ticker", "a symbol of a stock exchange of the country"),
    says(rule::KOREA, "korea", "bare Korea: the South, unless only the North is named"),
    says(rule::CONGO, "congo", "bare Congo: Kinshasa, unless only Brazzaville is named"),
    says(rule::GEORGIA, "georgia", "the country or the state, by date and cues of the article"),
    says(rule::PLACE, "place", "a place of the gazetteer, by size and surroundings"),
    says(rule::AGAIN, "again", "a place accepted elsewhere in the article"),
    says(rule::DATELINE, "dateline", "the city or region the story was filed from"),
    says(rule::COMMA, "comma", "a place by the region or country that follows it"),
    says(18, "org", "a place in the name of a company or school: kept, but weak"),
    says(20, "history", "the state that the country was part of at the article's date"),
    says(21, "mask", "words that look like a country and are none: dropped"),
    says(22, "case", "a word whose capitals differ from the table's: dropped"),
    says(23, "person", "a place name that is a person's: dropped"),
    says(rule::HOME, "home", "a place near the publisher, which its other articles name often"),
    says(rule::OWN, "own", "a name of your own vocabulary"),
];

/// Finds the countries of articles. Build one, share it between threads.
#[derive(Debug)]
pub struct CountryTagger {
    tables: Tables,
    model: Model,
}

/// The countries of an article with the values that decided; see [`CountryTagger::explain`].
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Country code.
    pub id: &'static str,
    /// Probability that the article is about it.
    pub probability: f64,
    /// Values of [`salience::NAMES`].
    pub features: salience::Features,
    /// What each adds to the decision, see [`salience::Model::terms`].
    pub terms: Vec<(&'static str, f64, f64)>,
}

struct Found {
    hits: Vec<Hit>,
    candidates: Vec<Candidate>,
    dateline: Option<(Part, dateline::Dateline)>,
    parts: Vec<Part>,
}

impl CountryTagger {
    /// Builds the tables from the embedded TSV: about 10 ms and 8 MB; the names of other
    /// languages come with the first text that needs them, in about 30 ms.
    pub fn new() -> CountryTagger {
        CountryTagger { tables: Tables::embedded(), model: Model::embedded() }
    }

    /// The countries of an article, in the order of their codes.
    ///
    /// Words inside the mentions of `persons` are no places. English rules run on English only;
    /// in other languages the names of that language count, in scripts other than Latin those of
    /// all languages. Linear in the text; 45 MB/s on news of 1987.
    pub fn tag(&self, reading: &Reading<'_>, persons: &[Tag], said: &Said<'_>) -> Vec<Tag> {
        let found = self.find(reading, persons, said);
        let scores: Vec<f64> =
            found.candidates.iter().map(|c| self.model.probability(&c.features)).collect();
        let best = scores.iter().copied().fold(0.0, f64::max);
        let alone = (best < salience::MAJOR && best > salience::ALONE)
            .then(|| scores.iter().position(|&score| score >= best))
            .flatten();
        let mut tags: Vec<Tag> = Vec::with_capacity(found.candidates.len());
        for (at, (candidate, &score)) in found.candidates.iter().zip(&scores).enumerate() {
            let major = score >= salience::MAJOR || alone == Some(at);
            let weak = candidate.hits.iter().all(|&hit| found.hits[hit].kind == Kind::Dollar);
            if weak && !candidate.dateline && !major {
                continue;
            }
            tags.push(Tag {
                class: Class::Country,
                id: self.tables.codes[candidate.id as usize].to_owned(),
                label: None,
                level: if major { Level::Major } else { Level::Passing },
                score: (score * 255.0).round() as u8,
                origin: Origin::Derived,
                by: None,
                mentions: self.mentions(&found, candidate, reading),
            });
        }
        tags
    }

    /// The candidates with their features, for `why` and for fitting the weights.
    pub fn explain(
        &self,
        reading: &Reading<'_>,
        persons: &[Tag],
        said: &Said<'_>,
    ) -> Vec<Explained> {
        let found = self.find(reading, persons, said);
        let explained = found.candidates.iter().map(|candidate| Explained {
            id: self.tables.codes[candidate.id as usize],
            probability: self.model.probability(&candidate.features),
            features: candidate.features,
            terms: self.model.terms(&candidate.features),
        });
        explained.collect()
    }

    /// The dateline of an article and the part it stands in.
    pub fn dateline(&self, reading: &Reading<'_>) -> Option<(Part, dateline::Dateline)> {
        let field = reading.article.dateline.as_deref();
        let languages =
            if needs_all_names(reading) { names::languages_of(reading.lang) } else { 1 };
        field
            .and_then(|field| dateline::parse(&self.tables, field, true, languages))
            .map(|found| (Part::Dateline, found))
            .or_else(|| {
                let body = dateline::parse(&self.tables, &reading.article.body, false, languages)?;
                Some((Part::Body, body))
            })
    }

    fn find(&self, reading: &Reading<'_>, persons: &[Tag], said: &Said<'_>) -> Found {
        let dateline = self.dateline(reading);
        let from = match &dateline {
            Some((Part::Body, dateline)) => reading.words.body.at_byte(dateline.end_byte),
            _ => 0,
        };
        let sides = [
            Side::new(Part::Title, &reading.article.title, &reading.words.title, 0),
            Side::new(Part::Body, &reading.article.body, &reading.words.body, from),
        ];
        let covered = names::language_bit(reading.lang) != 0;
        let allowed = Allowed {
            languages: names::languages_of(if covered { reading.lang } else { "en" }),
            all_names: needs_all_names(reading),
            english: reading.lang == "en",
            plain: !covered,
            date: reading.date,
            home: reading.home.map(|home| self.tables.id(&home.country)).filter(|&id| id != NO_ID),
        };
        let mut matches = Vec::new();
        scan::scan(&self.tables, &sides, 0, &allowed, &mut matches);
        scan::scan(&self.tables, &sides, 1, &allowed, &mut matches);
        let line = dateline.as_ref().map(|(_, dateline)| dateline);
        let mut context = Context::new(&self.tables, &sides, allowed, line, persons);
        context.local = reading.home.map(|home| &home.local);
        let (mut hits, dollars) = context.mentions(&matches);
        ticker::tickers(&self.tables, &sides, &mut hits);
        self.hear(said, &sides, &mut hits);
        let mut candidates = self.candidates(&hits, line, reading.date);
        let us = self.tables.id("US");
        if let Some(hit) = dollars
            && !candidates.iter().any(|candidate| candidate.id == us)
        {
            hits.push(hit);
            let at = candidates.partition_point(|candidate| candidate.id < us);
            let features = [0.0; salience::NAMES.len()];
            let hit = vec![hits.len() - 1];
            candidates.insert(at, Candidate { id: us, hits: hit, dateline: false, features });
        }
        let scene = Scene { sides: &sides, dateline: line, us, dollars: dollars.is_some() };
        salience::weigh(&scene, &hits, &mut candidates);
        Found { hits, candidates, dateline, parts: sides.iter().map(|side| side.part).collect() }
    }

    /// Drops hits that the user says are none and adds those that the user names.
    fn hear(&self, said: &Said<'_>, sides: &[Side<'_>], hits: &mut Vec<Hit>) {
        if said.names.is_empty() && said.blocks.is_empty() {
            return;
        }
        hits.retain(|hit| {
            let place = (sides[hit.side].part, hit.start, hit.end);
            let code = self.tables.codes[hit.id as usize];
            !said.blocks(Class::Country, code, place) && !said.names(Class::Country, place)
        });
        for name in said.names.iter().filter(|name| name.class == Class::Country) {
            let id = self.tables.id(name.id);
            let side = sides.iter().position(|side| side.part == name.part);
            let (Some(side), true) = (side, id != NO_ID) else { continue };
            hits.push(Hit {
                id,
                kind: Kind::Name,
                rule: rule::OWN,
                side,
                first: name.first,
                last: name.last,
                start: name.start,
                end: name.end,
                organisation: false,
            });
        }
        hits.sort_by_key(|hit| (hit.side, hit.first));
    }

    /// The countries of the hits and the dateline, mapped by date, sorted.
    fn candidates(
        &self,
        hits: &[Hit],
        dateline: Option<&dateline::Dateline>,
        date: Option<i64>,
    ) -> Vec<Candidate> {
        let mut ids: Vec<(Id, usize)> = hits
            .iter()
            .enumerate()
            .map(|(at, hit)| (self.tables.at_date(hit.id, date), at))
            .filter(|(id, _)| *id != NO_ID)
            .collect();
        let filed: Vec<Id> = dateline
            .into_iter()
            .flat_map(|dateline| &dateline.cities)
            .filter_map(|city| city.id)
            .map(|id| self.tables.at_date(id, date))
            .collect();
        ids.extend(filed.iter().map(|&id| (id, usize::MAX)));
        ids.sort_unstable();
        let mut candidates: Vec<Candidate> = Vec::new();
        for (id, hit) in ids {
            if candidates.last().is_none_or(|last| last.id != id) {
                let features = [0.0; salience::NAMES.len()];
                let dateline = filed.contains(&id);
                candidates.push(Candidate { id, hits: Vec::new(), dateline, features });
            }
            if let Some(last) = candidates.last_mut()
                && hit != usize::MAX
            {
                last.hits.push(hit);
            }
        }
        candidates
    }

    fn mentions(
        &self,
        found: &Found,
        candidate: &Candidate,
        reading: &Reading<'_>,
    ) -> Vec<Mention> {
        let mut mentions: Vec<Mention> = candidate
            .hits
            .iter()
            .map(|&hit| {
                let hit = &found.hits[hit];
                Mention {
                    part: found.parts[hit.side],
                    start: hit.start,
                    end: hit.end,
                    rule: hit.rule,
                    weight: weight(hit),
                }
            })
            .collect();
        if let Some((part, dateline)) = &found.dateline {
            let cities = dateline.cities.iter().filter(|city| {
                city.id.is_some_and(|id| self.tables.at_date(id, reading.date) == candidate.id)
            });
            mentions.extend(cities.map(|city| Mention {
                part: *part,
                start: city.start as u32,
                end: city.end as u32,
                rule: rule::DATELINE,
                weight: 255,
            }));
        }
        mentions.sort_by_key(|mention| (mention.part, mention.start, mention.end, mention.rule));
        mentions
    }
}

impl Default for CountryTagger {
    fn default() -> CountryTagger {
        CountryTagger::new()
    }
}

/// Whether the tables have names of a language, or of its script.
pub fn has_names(lang: &str) -> bool {
    names::language_bit(lang) != 0 || !is_latin_language(lang)
}

/// Whether a language is not one of those that the tagger knows to be written in other letters
/// than Latin.
pub fn is_latin_language(lang: &str) -> bool {
    const OTHERS: [&str; 24] = [
        "am", "ar", "be", "bg", "bn", "el", "fa", "he", "hi", "hy", "ja", "ka", "kk", "ko", "mk",
        "mr", "ps", "ru", "sr", "ta", "th", "uk", "ur", "zh",
    ];
    !OTHERS.contains(&lang)
}

/// Whether a text may hold names that are not English: by its language or by its letters.
fn needs_all_names(reading: &Reading<'_>) -> bool {
    // Letters outside Latin have lead bytes from 0xCD on, which most texts never reach.
    let foreign = |text: &str| {
        text.bytes().take(1000).any(|byte| byte >= 0xCD)
            && text.chars().take(500).any(|c| c.is_alphabetic() && !is_latin(c))
    };
    reading.lang != "en" || foreign(&reading.article.title) || foreign(&reading.article.body)
}

/// How much a mention says, for output; the decision is the model's.
fn weight(hit: &Hit) -> u8 {
    let full = match hit.kind {
        Kind::Name => 200,
        Kind::Capital | Kind::State => 160,
        Kind::Adjective | Kind::City => 140,
        Kind::Place | Kind::Institution | Kind::Abbreviation => 100,
        Kind::Leader => 80,
        _ => 50,
    };
    if hit.organisation { full / 2 } else { full }
}

#[cfg(test)]
mod tests;
