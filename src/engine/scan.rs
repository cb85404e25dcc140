//! The slow engine that says what is right: articles in memory, every condition tried on each.
//!
//! It shares the analysis of articles with the other engines and nothing of their search. Its
//! order is date (newest first, undated last), then id; it does not rank, so every score is 0.

mod places;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use super::bits::Bits;
use super::stored::{StoredArticle, TaggedArticle};
use super::streams::{self, Layout, TokenSink};
use super::{
    Answer, Bag, Engine, EngineError, FacetCounts, FacetQuestion, Gap, Match, Order, Pairs,
    Prepared, Put, Question, Sink,
};
use crate::analyze::{Analyzers, analyzer_name};
use crate::plan::bearer::bearer;
use crate::plan::facet::open_id;
use crate::plan::{
    Catalogue, Clause, Entry, FacetChoice, FacetClass, FacetField, FacetSub, Measured, PlaceClause,
    Plan,
};
use crate::tag::{Level, Origin};

/// Terms of one token space and their positions, each position once.
type Positions = HashMap<String, BTreeSet<u32>>;

/// One article with its tokens.
#[derive(Debug, Clone)]
struct Scanned {
    stored: StoredArticle,
    layout: Layout,
    text: Positions,
    forms: Positions,
    byline: Positions,
    /// Where sentences start, and whether paragraphs do.
    breaks: BTreeMap<u32, bool>,
    facets: BTreeMap<FacetField, BTreeSet<String>>,
    language: &'static str,
}

/// Articles in memory.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    articles: BTreeMap<String, Scanned>,
    /// Languages of all articles ever put, as an index keeps them.
    languages: BTreeSet<&'static str>,
}

struct Collect<'p>(&'p mut Positions);

impl TokenSink for Collect<'_> {
    fn token(&mut self, text: &str, position: u32, _: usize) {
        self.0.entry(text.to_owned()).or_default().insert(position);
    }
}

impl Scanned {
    fn of(tagged: &TaggedArticle) -> Scanned {
        let (article, words) = (&tagged.article, &tagged.words);
        let analyzers = &mut Analyzers::default();
        let mut spaces: [Positions; 3] = Default::default();
        let [text, forms, byline] = &mut spaces;
        streams::stems(article, words, &tagged.lang, analyzers, &mut Collect(text));
        streams::forms(article, words, &tagged.tags, &mut Collect(forms));
        streams::byline(article.author.as_deref().unwrap_or_default(), &mut Collect(byline));
        let [text, forms, byline] = spaces;
        let mut breaks = BTreeMap::new();
        streams::breaks(words, &mut |position, paragraph| {
            breaks.insert(position, paragraph);
        });
        Scanned {
            stored: StoredArticle {
                article: tagged.article.clone(),
                tags: tagged.tags.clone(),
                lang: tagged.lang.clone(),
                home: tagged.home.clone(),
                added: tagged.added,
            },
            layout: Layout::of(words),
            text,
            forms,
            byline,
            breaks,
            facets: facets_of(tagged),
            language: analyzer_name(&tagged.lang),
        }
    }

    fn holds(&self, clause: &Clause) -> bool {
        match clause {
            Clause::All => true,
            Clause::Nothing => false,
            Clause::Text(text) => places::hold(self, &PlaceClause::of(text)),
            Clause::Places(clause) => places::hold(self, clause),
            Clause::Facet(facet) => {
                let Some(values) = self.facets.get(&facet.field) else { return false };
                match &facet.values {
                    FacetChoice::Present => !values.is_empty(),
                    FacetChoice::Ids(ids) => ids.iter().any(|id| {
                        values
                            .iter()
                            .any(|value| value == id || is_below(facet.field.class, value, id))
                    }),
                }
            }
            Clause::Measure(measure) => {
                let number = match measure.of {
                    Measured::Added => self.stored.added,
                    Measured::Words => i64::from(self.layout.body),
                    Measured::TitleWords => i64::from(self.layout.title_words),
                    Measured::BylineWords => {
                        let last = self.byline.values().flatten().max();
                        last.map_or(0, |last| i64::from(*last) + 1)
                    }
                };
                (measure.start..measure.end).contains(&number)
            }
            Clause::Dates(interval) => self.stored.article.date.as_ref().is_some_and(|date| {
                if interval.overlap {
                    date.start < interval.end && date.end > interval.start
                } else {
                    date.start >= interval.start && date.end <= interval.end
                }
            }),
            Clause::Ids(ids) => ids.iter().any(|id| id == self.stored.id()),
            Clause::Stub => self.stored.article.is_stub(),
            Clause::And(parts) => parts.iter().all(|part| self.holds(part)),
            Clause::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Clause::Quorum(least, parts) => {
                parts.iter().filter(|part| self.holds(part)).count() >= *least as usize
            }
            Clause::Not(inner) => !self.holds(inner),
            Clause::Maybe(_) => true,
            Clause::Boost(_, inner) => self.holds(inner),
        }
    }
}

/// Whether `value` lies below `id` in the hierarchy of its class.
fn is_below(class: FacetClass, value: &str, id: &str) -> bool {
    match class {
        FacetClass::Event => value.strip_prefix(id).is_some_and(|rest| rest.starts_with('/')),
        FacetClass::Domain => {
            value.strip_suffix(id).is_some_and(|rest| rest.ends_with('.')) && id.contains('.')
        }
        FacetClass::File if id.ends_with('/') => value.starts_with(id),
        FacetClass::File => !id.contains('/') && value.rsplit('/').next() == Some(id),
        _ => false,
    }
}

fn facets_of(tagged: &TaggedArticle) -> BTreeMap<FacetField, BTreeSet<String>> {
    let mut facets: BTreeMap<FacetField, BTreeSet<String>> = BTreeMap::new();
    let mut add = |field, id: String| {
        if !id.is_empty() {
            facets.entry(field).or_default().insert(id);
        }
    };
    for tag in &tagged.tags.tags {
        let class = FacetClass::of(tag.class);
        add(FacetField::any(class), tag.id.clone());
        if tag.level == Level::Major {
            add(FacetField { class, sub: FacetSub::Major }, tag.id.clone());
        }
        if tag.origin == Origin::Given {
            add(FacetField { class, sub: FacetSub::Given }, tag.id.clone());
        }
    }
    let given = &tagged.article.given;
    for (class, values) in [
        (FacetClass::Org, &given.org),
        (FacetClass::Place, &given.place),
        (FacetClass::Topic, &given.topic),
        (FacetClass::Tag, &given.tag),
    ] {
        values.iter().for_each(|value| add(FacetField::any(class), open_id(value)));
    }
    let article = &tagged.article;
    for (class, value) in
        [(FacetClass::Source, &article.source), (FacetClass::Section, &article.section)]
    {
        value.iter().for_each(|value| add(FacetField::any(class), open_id(value)));
    }
    add(FacetField::any(FacetClass::Lang), tagged.lang.clone());
    if let Some(host) = article.url.as_deref().and_then(crate::article::host) {
        add(FacetField::any(FacetClass::Domain), host);
    }
    if let Some(url) = &article.url {
        add(FacetField::any(FacetClass::Url), crate::article::address(url));
    }
    for kind in article.kinds() {
        add(FacetField::any(FacetClass::Type), open_id(kind));
    }
    for collection in article.collections() {
        add(FacetField::any(FacetClass::Collection), open_id(collection));
    }
    if let Some(home) = &tagged.home {
        add(FacetField::any(FacetClass::SourceCountry), home.clone());
    }
    add(FacetField::any(FacetClass::File), article.provenance.address());
    facets
}

impl Scan {
    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// First and last positions of the words and phrases that make an article match a clause of
    /// places, counted as [`streams`] does; none where it does not match.
    pub fn runs(&self, id: &str, clause: &PlaceClause) -> Vec<(u32, u32)> {
        self.articles.get(id).map_or_else(Vec::new, |article| places::runs(article, clause))
    }

    fn matching(&self, plan: &Plan) -> Vec<&Scanned> {
        let mut found: Vec<&Scanned> =
            self.articles.values().filter(|article| article.holds(&plan.root)).collect();
        found.sort_by_key(|article| {
            let date = article.stored.article.date.as_ref().map(|date| date.start);
            (std::cmp::Reverse(date), article.stored.id().to_owned())
        });
        found
    }

    /// Surnames alone with the persons who are meant by them.
    fn links(&self) -> BTreeMap<String, String> {
        let mut links = BTreeMap::new();
        let persons = self
            .articles
            .values()
            .filter_map(|article| article.facets.get(&FacetField::any(FacetClass::Person)));
        let surnames: BTreeSet<&str> =
            persons.flatten().map(|id| crate::tag::person::name::surname(id)).collect();
        for surname in surnames {
            let entries = self.persons_by_surname(surname);
            let bearers: Vec<(&str, u64)> =
                entries.iter().map(|entry| (entry.id.as_str(), entry.count)).collect();
            if let Some((alone, meant)) = bearer(&bearers) {
                links.insert(entries[alone].id.clone(), entries[meant].id.clone());
            }
        }
        links
    }

    fn count(&self, found: &[&Scanned], question: &FacetQuestion) -> FacetCounts {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut missing = 0;
        let links = match question.field.class {
            FacetClass::Person => self.links(),
            _ => BTreeMap::new(),
        };
        for article in found {
            match article.facets.get(&question.field) {
                Some(values) => {
                    let meant =
                        values.iter().map(|value| links.get(value).unwrap_or(value).as_str());
                    let values: BTreeSet<&str> = meant.collect();
                    values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
                }
                None => missing += 1,
            }
        }
        let distinct = counts.len() as u64;
        let mut values: Vec<Entry> = counts
            .into_iter()
            .map(|(id, count)| Entry { id: id.to_owned(), label: id.to_owned(), count })
            .collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.cmp(&b.id)));
        if question.size > 0 {
            values.truncate(question.size);
        }
        FacetCounts {
            field: question.field,
            values,
            distinct,
            missing,
            total: found.len() as u64,
            base: None,
        }
    }
}

impl Sink for Scan {
    fn prepare(&self, article: &TaggedArticle) -> Result<Prepared, EngineError> {
        Ok(Prepared {
            id: article.id().to_owned(),
            weight: article.article.weight(),
            content: Box::new(Scanned::of(article)),
        })
    }

    fn put(&mut self, prepared: Prepared) -> Result<Put, EngineError> {
        let scanned = prepared
            .content
            .downcast::<Scanned>()
            .map_err(|_| EngineError::Other("prepared by another sink".to_owned()))?;
        self.languages.insert(scanned.language);
        Ok(match self.articles.insert(prepared.id, *scanned) {
            None => Put::First,
            Some(_) => Put::Again,
        })
    }

    fn delete(&mut self, id: &str) -> Result<(), EngineError> {
        self.articles.remove(id);
        Ok(())
    }

    fn commit(&mut self, _: &str) -> Result<(), EngineError> {
        Ok(())
    }
}

/// The ids of articles in an order that asks for no score.
fn ordered(found: &[&Scanned], order: Order) -> Vec<(u64, String)> {
    let date = |article: &Scanned| article.stored.article.date.as_ref().map(|date| date.start);
    let key = |article: &Scanned| {
        let words = || Some(i64::from(article.layout.body));
        match order {
            Order::Relevance => Some(0),
            Order::Newest => date(article),
            Order::Oldest => date(article).map(|start| -start),
            Order::LastAdded => Some(article.stored.added),
            Order::FirstAdded => Some(-article.stored.added),
            Order::Longest => words(),
            Order::Shortest => words().map(|words| -words),
        }
    };
    let mut found = found.to_vec();
    found.sort_by(|a, b| {
        let by_key = key(b).cmp(&key(a));
        let by_date = date(b).cmp(&date(a));
        by_key.then(by_date).then_with(|| a.stored.id().cmp(b.stored.id()))
    });
    found.into_iter().map(|article| (0, article.stored.id().to_owned())).collect()
}

impl Engine for Scan {
    fn gaps(&self, _: &Plan) -> Vec<Gap> {
        Vec::new()
    }

    fn answer(&self, question: &Question<'_>) -> Result<Answer, EngineError> {
        let found = self.matching(question.plan);
        let facets = question
            .facets
            .iter()
            .map(|asked| match &asked.plan {
                None => self.count(&found, asked),
                Some(plan) => self.count(&self.matching(plan), asked),
            })
            .collect();
        let mut ids: Vec<(u64, String)> =
            found.iter().map(|article| (0, article.stored.id().to_owned())).collect();
        if question.order != Order::Relevance && question.sample.is_none() {
            ids = ordered(&found, question.order);
        }
        if let Some(seed) = question.sample {
            for (hash, id) in &mut ids {
                *hash = xxhash_rust::xxh3::xxh3_64_with_seed(id.as_bytes(), seed);
            }
            ids.sort();
        }
        let score = question.sample.is_none().then_some(0.0);
        Ok(Answer {
            total: question.total.then_some(found.len() as u64),
            matches: ids
                .into_iter()
                .take(question.limit)
                .map(|(_, id)| Match { id, score, address: 0 })
                .collect(),
            facets,
        })
    }

    fn dates(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Option<(i64, i64)>),
    ) -> Result<(), EngineError> {
        for article in self.articles.values().filter(|article| article.holds(&plan.root)) {
            let date = article.stored.article.date.as_ref();
            each(date.map(|date| (date.start, date.end)));
        }
        Ok(())
    }

    fn scan(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Match) -> ControlFlow<()>,
    ) -> Result<u64, EngineError> {
        let mut seen = 0;
        for article in self.articles.values().filter(|article| article.holds(&plan.root)) {
            seen += 1;
            let found = Match { id: article.stored.id().to_owned(), score: None, address: 0 };
            if each(found).is_break() {
                break;
            }
        }
        Ok(seen)
    }

    fn stems(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(&str, u64, u64),
    ) -> Result<(u64, u64), EngineError> {
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let mut matches = 0;
        for article in self.articles.values() {
            let inside = u64::from(article.holds(&plan.root));
            matches += inside;
            for stem in article.text.keys() {
                let count = counts.entry(stem).or_default();
                *count = (count.0 + inside, count.1 + 1);
            }
        }
        for (stem, (inside, all)) in counts.into_iter().filter(|(_, (inside, _))| *inside > 0) {
            each(stem, inside, all);
        }
        Ok((matches, self.articles.len() as u64))
    }

    fn bag(&self, bag: &Bag<'_>) -> Result<Answer, EngineError> {
        let found = self.matching(bag.within);
        let holds =
            |article: &&&Scanned| bag.stems.iter().any(|(stem, _)| article.text.contains_key(stem));
        let ids: Vec<String> =
            found.iter().filter(holds).map(|article| article.stored.id().to_owned()).collect();
        let total = Some(ids.len() as u64);
        let matches = ids.into_iter().take(bag.limit);
        let matches = matches.map(|id| Match { id, score: Some(0.0), address: 0 }).collect();
        Ok(Answer { total, matches, facets: Vec::new() })
    }

    fn holding(&self, stem: &str) -> u64 {
        self.articles.values().filter(|article| article.text.contains_key(stem)).count() as u64
    }

    fn size(&self) -> u64 {
        self.articles.len() as u64
    }

    fn set(&self, plan: &Plan) -> Result<Bits, EngineError> {
        let mut set = Bits::new(self.articles.len());
        let numbers: HashMap<&str, usize> =
            self.articles.keys().map(String::as_str).zip(0..).collect();
        for article in self.matching(plan) {
            set.insert(numbers[article.stored.id()]);
        }
        Ok(set)
    }

    fn pairs(&self, plan: &Plan, fields: [FacetField; 2]) -> Result<Pairs, EngineError> {
        let mut pairs = Pairs::default();
        for article in self.matching(plan) {
            let values = |field| -> Vec<&str> {
                article.facets.get(field).into_iter().flatten().map(String::as_str).collect()
            };
            let (left, right) = (values(&fields[0]), values(&fields[1]));
            pairs.add(&left, &right, fields[0] == fields[1])?;
        }
        Ok(pairs)
    }

    fn get(&self, id: &str) -> Result<Option<StoredArticle>, EngineError> {
        Ok(self.articles.get(id).map(|article| article.stored.clone()))
    }

    fn fetch(&self, found: &Match) -> Result<StoredArticle, EngineError> {
        self.get(&found.id)?.ok_or_else(|| EngineError::Other(format!("no article {}", found.id)))
    }
}

impl Catalogue for Scan {
    fn languages(&self) -> Vec<String> {
        self.languages.iter().map(|&language| language.to_owned()).collect()
    }

    fn has_values(&self, field: FacetField) -> bool {
        self.articles.values().any(|article| article.facets.contains_key(&field))
    }

    fn value(&self, class: FacetClass, id: &str) -> Option<Entry> {
        let has = |article: &&Scanned| {
            article.facets.get(&FacetField::any(class)).is_some_and(|values| {
                values.iter().any(|value| value == id || is_below(class, value, id))
            })
        };
        let count = self.articles.values().filter(has).count() as u64;
        (count > 0).then(|| Entry { id: id.to_owned(), label: id.to_owned(), count })
    }

    fn persons_by_surname(&self, surname: &str) -> Vec<Entry> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for article in self.articles.values() {
            for id in article.facets.get(&FacetField::any(FacetClass::Person)).into_iter().flatten()
            {
                if crate::tag::person::name::surname(id) == surname {
                    *counts.entry(id).or_default() += 1;
                }
            }
        }
        let mut entries: Vec<Entry> = counts
            .into_iter()
            .map(|(id, count)| Entry { id: id.to_owned(), label: id.to_owned(), count })
            .collect();
        entries.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.cmp(&b.id)));
        entries
    }

    fn near(&self, class: FacetClass, id: &str, limit: usize) -> Vec<Entry> {
        let values: BTreeSet<&str> = self
            .articles
            .values()
            .flat_map(|article| article.facets.get(&FacetField::any(class)).into_iter().flatten())
            .map(String::as_str)
            .collect();
        crate::diag::nearest(id, values, limit)
            .into_iter()
            .filter_map(|id| self.value(class, id))
            .collect()
    }

    fn values_where(
        &self,
        class: FacetClass,
        fits: &dyn Fn(&str) -> bool,
        limit: usize,
    ) -> Vec<String> {
        let values: BTreeSet<&String> = self
            .articles
            .values()
            .flat_map(|article| article.facets.get(&FacetField::any(class)).into_iter().flatten())
            .filter(|id| fits(id))
            .collect();
        values.into_iter().take(limit + 1).cloned().collect()
    }

    fn salient(&self, id: &str) -> Option<Vec<(String, f32)>> {
        let stored = &self.articles.get(id)?.stored;
        let frequency = |stem: &str| {
            self.articles.values().filter(|article| article.text.contains_key(stem)).count() as u64
        };
        Some(super::salient::stems(stored, self.articles.len() as u64, &frequency))
    }

    fn near_words(&self, word: &str, limit: usize) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for article in self.articles.values() {
            for known in article.forms.keys().filter(|known| !known.starts_with(['=', '@', '<'])) {
                *counts.entry(known).or_default() += 1;
            }
        }
        let near = crate::plan::Fuzzy { word: word.to_owned(), distance: 2 };
        let near = counts.into_iter().filter(|(known, _)| near.matches(known));
        super::nearest_words(word, near.map(|(known, count)| (known.to_owned(), count)), limit)
    }

    fn labels(&self, _: FacetClass, ids: &[&str]) -> Vec<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }
}
