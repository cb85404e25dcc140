//! Runs the tagger over labelled articles and counts what it gets right.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;

use super::count::Counts;
use super::gold::{Gold, Ids, Labelled, Place, Toponym};
use crate::article::{Article, Words, lang};
use crate::tag::event::taxonomy;
use crate::tag::homes::{self, Home, Homes, Named};
use crate::tag::person::name;
use crate::tag::{Class, Level, Mention, Part, Reading, Tag, Tagger, Tags, rule_name};

/// Gold articles that a value must have to count in the macro average.
pub const MACRO_LEAST: u64 = 10;

/// Rules whose mentions are names of places. What stands for a country without naming a place
/// (its government, money, leaders, shares) is none.
const NO_TOPONYMS: [&str; 5] = ["metonym", "currency", "leader", "ticker", "supplied"];

/// Characters of text around the evidence of an error.
const AROUND: usize = 40;

/// Which tags are held against the gold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtLevel {
    /// What the article is about.
    #[default]
    Major,
    /// All that it names.
    Any,
}

/// How one value of one article came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Found and in the gold.
    Right,
    /// Found and not in the gold.
    Wrong,
    /// In the gold and not found.
    Missed,
}

/// A value that came out wrong, with what led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TagError {
    /// The article.
    pub article: String,
    /// The value.
    pub value: String,
    /// [`Outcome::Wrong`] or [`Outcome::Missed`].
    pub outcome: Outcome,
    /// Strength of the decision, 0 to 1; of what is missed 0 where it was no candidate.
    pub score: f64,
    /// The rule and the text around the first mention; empty where there is none.
    pub evidence: String,
}

/// How one article came out in one class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ArticleScore {
    /// Its values.
    pub values: Vec<(String, Outcome)>,
    /// Values of the gold that were found at any level.
    pub named: u64,
    /// Stretches of text, where the gold marks these.
    pub spans: Option<Counts>,
    /// Whether the most important leaf, and its root, are among those allowed.
    pub top: Option<(bool, bool)>,
    /// What came out wrong.
    pub errors: Vec<TagError>,
}

impl ArticleScore {
    /// The values counted.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, outcome) in &self.values {
            match outcome {
                Outcome::Right => counts.right += 1,
                Outcome::Wrong => counts.wrong += 1,
                Outcome::Missed => counts.missed += 1,
            }
        }
        counts
    }
}

/// All articles of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassScore {
    /// The class.
    pub class: Class,
    /// One an article that has gold of the class.
    pub articles: Vec<ArticleScore>,
}

impl ClassScore {
    /// Counts by value.
    pub fn by_value(&self) -> BTreeMap<&str, Counts> {
        let mut values: BTreeMap<&str, Counts> = BTreeMap::new();
        for (value, outcome) in self.articles.iter().flat_map(|article| &article.values) {
            let counts = values.entry(value).or_default();
            match outcome {
                Outcome::Right => counts.right += 1,
                Outcome::Wrong => counts.wrong += 1,
                Outcome::Missed => counts.missed += 1,
            }
        }
        values
    }

    /// The value that the gold has most often.
    pub fn commonest(&self) -> Option<String> {
        let values = self.by_value();
        let most = values.iter().max_by(|a, b| {
            let gold = |counts: &Counts| counts.right + counts.missed;
            gold(a.1).cmp(&gold(b.1)).then_with(|| b.0.cmp(a.0))
        });
        most.map(|(value, _)| (*value).to_owned())
    }

    /// Precision, recall and F1 averaged over the values that the gold has at least
    /// [`MACRO_LEAST`] times, or over all where none is so frequent; and how many these are.
    pub fn macro_average(&self) -> (f64, f64, f64, usize) {
        let values = self.by_value();
        let gold = |counts: &Counts| counts.right + counts.missed;
        let frequent: Vec<Counts> =
            values.values().copied().filter(|counts| gold(counts) >= MACRO_LEAST).collect();
        let chosen: Vec<Counts> = if frequent.is_empty() {
            values.values().copied().filter(|counts| gold(counts) > 0).collect()
        } else {
            frequent
        };
        let number = chosen.len().max(1) as f64;
        // The sum of nothing is -0.
        let sum =
            |of: &dyn Fn(Counts) -> f64| chosen.iter().map(|&c| of(c)).fold(0.0, |a, b| a + b);
        let mean = |of: &dyn Fn(Counts) -> f64| sum(of) / number;
        (mean(&Counts::precision), mean(&Counts::recall), mean(&Counts::f1), chosen.len())
    }
}

/// Tags the articles as indexing does and holds the result against their gold; one score a class
/// that has gold, in the order of [`Class::ALL`]. With `learn` the homes of sources are learnt from
/// the other articles; without it they are what indexing knows, the domain.
pub fn score(
    articles: &[Labelled],
    classes: &[Class],
    level: AtLevel,
    learn: bool,
) -> Vec<ClassScore> {
    let tagger = Tagger::new();
    // First without homes, to learn them; then with what the other articles of a source tell.
    let named: Vec<Named> = articles
        .par_iter()
        .map(|one| match homes::key(&one.article) {
            Some(_) if learn => homes::named(&one.article, &tags_of(&tagger, &one.article, None)),
            _ => Named::new(),
        })
        .collect();
    let mut homes = Homes::default();
    for (one, named) in articles.iter().zip(&named) {
        homes.add(&one.article, named);
    }
    let scored: Vec<Vec<(Class, ArticleScore)>> = articles
        .par_iter()
        .zip(&named)
        .map(|(one, named)| {
            let home =
                if learn { homes.of(&one.article, named) } else { Home::by_domain(&one.article) };
            score_one(&tags_of(&tagger, &one.article, home.as_ref()), one, level)
        })
        .collect();
    let mut scores = Vec::new();
    for &class in classes {
        let articles: Vec<ArticleScore> = scored
            .iter()
            .flatten()
            .filter(|(of, _)| *of == class)
            .map(|(_, score)| score.clone())
            .collect();
        if !articles.is_empty() {
            scores.push(ClassScore { class, articles });
        }
    }
    scores
}

fn tags_of(tagger: &Tagger, article: &Article, home: Option<&Home>) -> Tags {
    let words = Words::of(article);
    let language = match &article.lang {
        Some(lang) => lang.clone(),
        None => lang::detect(&article.title, &article.body, "en").lang.to_owned(),
    };
    let date = article.date.as_ref().map(|date| date.start);
    tagger.tag(&Reading { article, words: &words, lang: &language, date, home })
}

fn score_one(tags: &Tags, one: &Labelled, level: AtLevel) -> Vec<(Class, ArticleScore)> {
    let work = Work { article: &one.article, tags, level };
    let Gold { country, person, event, top_event, person_spans, toponyms } = &one.gold;
    let mut scores = Vec::new();
    for (class, gold) in [(Class::Country, country), (Class::Person, person), (Class::Event, event)]
    {
        if let Some(gold) = gold {
            scores.push((class, work.values(class, gold)));
        }
    }
    if let Some(spans) = person_spans {
        let score = work.persons(spans);
        merge(&mut scores, Class::Person, score);
    }
    if let Some(toponyms) = toponyms {
        let score = work.toponyms(toponyms);
        merge(&mut scores, Class::Country, score);
    }
    if let Some(allowed) = top_event {
        merge(&mut scores, Class::Event, work.top(allowed));
    }
    scores
}

/// Adds the marks of a text to the values of its article, where there are both.
fn merge(scores: &mut Vec<(Class, ArticleScore)>, class: Class, new: ArticleScore) {
    match scores.iter_mut().find(|(of, _)| *of == class) {
        None => scores.push((class, new)),
        Some((_, score)) => {
            score.spans = new.spans;
            score.top = new.top;
        }
    }
}

struct Work<'a> {
    article: &'a Article,
    tags: &'a Tags,
    level: AtLevel,
}

impl Work<'_> {
    fn of(&self, class: Class) -> impl Iterator<Item = &Tag> {
        self.tags.tags.iter().filter(move |tag| tag.class == class)
    }

    fn error(&self, value: &str, outcome: Outcome, tag: Option<&Tag>) -> TagError {
        TagError {
            article: self.article.id.clone().unwrap_or_default(),
            value: value.to_owned(),
            outcome,
            score: tag.map_or(0.0, |tag| f64::from(tag.score) / 255.0),
            evidence: tag.map(|tag| self.evidence(tag)).unwrap_or_default(),
        }
    }

    fn evidence(&self, tag: &Tag) -> String {
        let Some(mention) = tag.mentions.first() else { return String::new() };
        let text = self.text(mention.part);
        let (start, end) = (mention.start as usize, mention.end as usize);
        let from =
            text[..start].char_indices().rev().take(AROUND).last().map_or(start, |(at, _)| at);
        let to = text[end..].char_indices().take(AROUND).last().map_or(end, |(at, _)| end + at);
        let more = match tag.mentions.len() {
            1 => String::new(),
            number => format!(" · {} more", number - 1),
        };
        format!(
            "{} \"{}[{}]{}\"{more}",
            rule_name(mention.rule),
            &text[from..start],
            &text[start..end],
            &text[end..to]
        )
    }

    fn text(&self, part: Part) -> &str {
        match part {
            Part::Title => &self.article.title,
            Part::Body => &self.article.body,
            Part::Dateline => self.article.dateline.as_deref().unwrap_or_default(),
            Part::Meta => "",
        }
    }

    fn values(&self, class: Class, gold: &Ids) -> ArticleScore {
        let known = |id: &str| gold.among.as_ref().is_none_or(|among| among.contains(id));
        let wanted = match (self.level, &gold.all) {
            (AtLevel::Any, Some(all)) => all,
            _ => &gold.major,
        };
        // Who is named by surname may be found at any level: the desk names some persons only.
        let any = self.level == AtLevel::Any || gold.surnames;
        let mut score = ArticleScore::default();
        let mut seen: HashSet<&str> = HashSet::new();
        for tag in self.of(class) {
            let counts = any || tag.level == Level::Major;
            if !counts || !known(&tag.id) || !seen.insert(&tag.id) {
                continue;
            }
            let right = wanted.iter().any(|id| same(id, &tag.id, gold.surnames));
            if right && !gold.surnames {
                score.values.push((tag.id.clone(), Outcome::Right));
            } else if !right {
                score.values.push((tag.id.clone(), Outcome::Wrong));
                score.errors.push(self.error(&tag.id, Outcome::Wrong, Some(tag)));
            }
        }
        for id in wanted {
            let named = self.of(class).find(|tag| same(id, &tag.id, gold.surnames));
            score.named += u64::from(named.is_some());
            let found = named.is_some_and(|tag| seen.contains(tag.id.as_str()));
            if !found {
                score.values.push((id.clone(), Outcome::Missed));
                score.errors.push(self.error(id, Outcome::Missed, named));
            } else if gold.surnames {
                score.values.push((id.clone(), Outcome::Right));
            }
        }
        score
    }

    fn mentions(&self, class: Class) -> impl Iterator<Item = (&Tag, &Mention)> {
        let texts = |mention: &&Mention| matches!(mention.part, Part::Title | Part::Body);
        self.of(class).flat_map(move |tag| tag.mentions.iter().filter(texts).map(move |m| (tag, m)))
    }

    /// Exact spans; and the surnames of the article as its values.
    fn persons(&self, gold: &[Place]) -> ArticleScore {
        let place = |m: &Mention| Place { part: m.part, start: m.start, end: m.end };
        let found: BTreeSet<Place> =
            self.mentions(Class::Person).map(|(_, mention)| place(mention)).collect();
        let wanted: BTreeSet<Place> = gold.iter().copied().collect();
        let surname = |place: &Place| {
            let text = &self.text(place.part)[place.start as usize..place.end as usize];
            name::slug(text.split_whitespace().next_back().unwrap_or_default())
        };
        let surnames = |places: &BTreeSet<Place>| -> BTreeSet<String> {
            places.iter().map(surname).filter(|slug| !slug.is_empty()).collect()
        };
        let mut score = against(&surnames(&wanted), &surnames(&found));
        score.spans = Some(Counts {
            right: wanted.intersection(&found).count() as u64,
            wrong: found.difference(&wanted).count() as u64,
            missed: wanted.difference(&found).count() as u64,
        });
        let quoted = |place: &Place, outcome| TagError {
            article: self.article.id.clone().unwrap_or_default(),
            value: self.text(place.part)[place.start as usize..place.end as usize].to_owned(),
            outcome,
            score: 0.0,
            evidence: around(self.text(place.part), place),
        };
        score.errors = found
            .difference(&wanted)
            .map(|place| quoted(place, Outcome::Wrong))
            .chain(wanted.difference(&found).map(|place| quoted(place, Outcome::Missed)))
            .collect();
        score
    }

    /// A name is right if a mention of its country overlaps it; a mention of another country is
    /// wrong and the name missed. Names without a country in the gold are not scored, but one that
    /// the gold does not know at all is wrong.
    fn toponyms(&self, gold: &[Toponym]) -> ArticleScore {
        let found: Vec<(&str, &Mention)> = self
            .mentions(Class::Country)
            .filter(|(_, mention)| !NO_TOPONYMS.contains(&rule_name(mention.rule)))
            .map(|(tag, mention)| (tag.id.as_str(), mention))
            .collect();
        let overlaps = |place: &Place, mention: &Mention| {
            mention.part == place.part && mention.start < place.end && place.start < mention.end
        };
        let mut spans = Counts::default();
        let mut errors = Vec::new();
        let mut tell = |place: &Place, value: &str, told: &str, outcome| {
            errors.push(TagError {
                article: self.article.id.clone().unwrap_or_default(),
                value: value.to_owned(),
                outcome,
                score: 0.0,
                evidence: format!("{told}{}", around(self.text(place.part), place)),
            });
        };
        // A collection without countries tells whether a name is that of a place at all.
        let countries = gold.iter().any(|toponym| toponym.country.is_some());
        for toponym in gold {
            let Some(country) = &toponym.country else {
                if !countries {
                    let any = found.iter().any(|(_, mention)| overlaps(&toponym.place, mention));
                    spans.right += u64::from(any);
                    spans.missed += u64::from(!any);
                    if !any {
                        tell(&toponym.place, "any", "", Outcome::Missed);
                    }
                }
                continue;
            };
            let mut hits = found.iter().filter(|(_, m)| overlaps(&toponym.place, m)).peekable();
            let first = hits.peek().copied();
            if hits.any(|(id, _)| id == country) {
                spans.right += 1;
                continue;
            }
            spans.missed += 1;
            match first {
                None => tell(&toponym.place, country, "", Outcome::Missed),
                Some((id, mention)) => {
                    spans.wrong += 1;
                    let told = format!("read as {id} by {} ", rule_name(mention.rule));
                    tell(&toponym.place, country, &told, Outcome::Wrong);
                }
            }
        }
        for (id, mention) in &found {
            if !gold.iter().any(|toponym| overlaps(&toponym.place, mention)) {
                spans.wrong += 1;
                let place = Place { part: mention.part, start: mention.start, end: mention.end };
                tell(&place, id, &format!("{} ", rule_name(mention.rule)), Outcome::Wrong);
            }
        }
        let wanted: BTreeSet<String> = gold.iter().filter_map(|one| one.country.clone()).collect();
        let told: BTreeSet<String> = found.iter().map(|(id, _)| (*id).to_owned()).collect();
        let mut score = if countries { against(&wanted, &told) } else { ArticleScore::default() };
        score.spans = Some(spans);
        score.errors = errors;
        score
    }

    /// The most important leaf must be one of some.
    fn top(&self, allowed: &BTreeSet<String>) -> ArticleScore {
        let best = self.of(Class::Event).find(|tag| tag.id.contains('/'));
        let leaf = best.is_some_and(|tag| allowed.contains(&tag.id));
        let root = best.is_some_and(|tag| {
            allowed.iter().any(|id| taxonomy::root_of(id) == taxonomy::root_of(&tag.id))
        });
        let mut score = ArticleScore { top: Some((leaf, root)), ..ArticleScore::default() };
        let first = allowed.iter().next().cloned().unwrap_or_default();
        match best {
            Some(tag) if leaf => score.values.push((tag.id.clone(), Outcome::Right)),
            found => {
                score.values.push((first.clone(), Outcome::Missed));
                if let Some(tag) = found {
                    score.values.push((tag.id.clone(), Outcome::Wrong));
                    score.errors.push(self.error(&tag.id, Outcome::Wrong, Some(tag)));
                } else {
                    let mut error = self.error(&first, Outcome::Missed, None);
                    error.evidence = self.article.body.chars().take(3 * AROUND).collect();
                    score.errors.push(error);
                }
            }
        }
        score.named = u64::from(leaf);
        score
    }
}

/// Whether a value of the gold is that of a tag; by surname also where only that is known.
fn same(gold: &str, id: &str, surnames: bool) -> bool {
    gold == id
        || (surnames
            && (name::surname(id) == gold
                || id.strip_suffix(gold).is_some_and(|rest| rest.ends_with(['-', '~']))))
}

fn against(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> ArticleScore {
    let mut score = ArticleScore::default();
    for id in found.union(wanted) {
        let outcome = match (found.contains(id), wanted.contains(id)) {
            (true, true) => Outcome::Right,
            (true, false) => Outcome::Wrong,
            _ => Outcome::Missed,
        };
        score.named += u64::from(outcome == Outcome::Right);
        score.values.push((id.clone(), outcome));
    }
    score
}

fn around(text: &str, place: &Place) -> String {
    let (start, end) = (place.start as usize, place.end as usize);
    let from = text[..start].char_indices().rev().take(AROUND).last().map_or(start, |(at, _)| at);
    let to = text[end..].char_indices().nth(AROUND).map_or(text.len(), |(at, _)| end + at);
    format!("\"{}[{}]{}\"", &text[from..start], &text[start..end], &text[end..to])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(title: &str, body: &str, gold: Gold) -> Labelled {
        let article = Article {
            title: title.into(),
            body: body.into(),
            lang: Some("en".into()),
            ..Article::default()
        };
        Labelled { article, split: None, gold }
    }

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn values_are_right_wrong_or_missed() {
        let gold = Gold {
            country: Some(Ids { major: set(&["JP", "BR"]), ..Ids::default() }),
            ..Gold::default()
        };
        let body = "Japan and South Korea signed a pact in Tokyo. Japan said South Korea agreed.";
        let one = labelled("Japan and South Korea sign pact", body, gold);
        let scores = score(&[one], &Class::ALL, AtLevel::Major, false);
        assert_eq!(scores.len(), 1);
        assert_eq!(scores[0].articles[0].counts(), Counts { right: 1, wrong: 1, missed: 1 });
        let errors = &scores[0].articles[0].errors;
        assert!(errors.iter().any(|e| e.value == "BR" && e.outcome == Outcome::Missed));
        assert!(errors.iter().any(|e| e.value == "KR" && e.evidence.contains("[South Korea]")));
    }

    #[test]
    fn labels_that_came_with_an_article_are_not_seen() {
        let gold = Gold {
            country: Some(Ids { major: set(&["BR"]), ..Ids::default() }),
            ..Gold::default()
        };
        let one = labelled("", "Nothing of the kind is named in this text.", gold);
        let scores = score(&[one], &[Class::Country], AtLevel::Any, false);
        assert_eq!(scores[0].articles[0].counts(), Counts { right: 0, wrong: 0, missed: 1 });
    }

    #[test]
    fn spans_must_be_exact() {
        let body = "President Vladimir Putin met Yoshimasa Hayashi on Monday.";
        let place = |text: &str| {
            let start = body.find(text).unwrap() as u32;
            Place { part: Part::Body, start, end: start + text.len() as u32 }
        };
        let spans = vec![place("Vladimir Putin"), place("Hayashi")];
        let gold = Gold { person_spans: Some(spans), ..Gold::default() };
        let scores = score(&[labelled("", body, gold)], &Class::ALL, AtLevel::Major, false);
        let counts = scores[0].articles[0].spans.unwrap();
        assert_eq!(counts, Counts { right: 1, wrong: 1, missed: 1 });
        assert_eq!(scores[0].articles[0].counts().right, 2, "both surnames are there");
    }

    #[test]
    fn a_place_of_another_country_is_wrong_and_missed() {
        let body = "Police in Kyoto said so.";
        let start = body.find("Kyoto").unwrap() as u32;
        let toponym = Toponym {
            place: Place { part: Part::Body, start, end: start + 5 },
            country: Some("FR".into()),
        };
        let gold = Gold { toponyms: Some(vec![toponym]), ..Gold::default() };
        let scores = score(&[labelled("", body, gold)], &Class::ALL, AtLevel::Major, false);
        assert_eq!(scores[0].articles[0].spans, Some(Counts { right: 0, wrong: 1, missed: 1 }));
    }

    #[test]
    fn a_place_that_is_not_found_is_told_without_a_country_too() {
        let body = "Police in Qwertzburg said so.";
        let place = Place { part: Part::Body, start: 10, end: 20 };
        let gold =
            Gold { toponyms: Some(vec![Toponym { place, country: None }]), ..Gold::default() };
        let scores = score(&[labelled("", body, gold)], &Class::ALL, AtLevel::Major, false);
        assert_eq!(scores[0].articles[0].spans, Some(Counts { right: 0, wrong: 0, missed: 1 }));
        let told = &scores[0].articles[0].errors;
        assert!(told.iter().any(|error| error.evidence.contains("[Qwertzburg]")), "{told:?}");
    }
}
