//! Where publishers are at home: learnt from the countries that their articles name.
//!
//! A local paper writes `Jackson` and means the one nearby. The country that a source names most
//! is taken for its home, and its places are believed with less evidence (for places only: what
//! an article is about does not change). Sources are told apart by name, else by host.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Class, Part, Tags, rule_name};
use crate::article::{Article, host};
use crate::text::fold::fold;

/// Mentions of the home, in other articles, that make a source known.
const LEAST: u64 = 3;

/// How many times the weight of the next country the home must have.
const LEAD: f64 = 1.5;

/// Top-level domains of countries that publishers from elsewhere like to use.
const ANYWHERE: [&str; 14] =
    ["ai", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "sh", "to", "tv", "vc", "ws"];

/// Other articles of the source that must name a place for it to be one near by, and their share.
const LOCAL_LEAST: u64 = 3;
const LOCAL_SHARE: f64 = 0.25;

/// Rules whose mentions tell where a source looks: names of places and countries. What was found
/// because a home was known is not among them: it would confirm itself.
const TELLING: [&str; 9] =
    ["name", "adjective", "capital", "city", "state", "abbr", "place", "again", "comma"];

/// Sources that are kept, at most; later ones have no home.
const MAX_SOURCES: usize = 50_000;

/// Names that are kept of a source: beyond twice as many the least used are forgotten.
const MAX_NAMES: usize = 200;

/// What is known of the place where an article's source works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The country.
    pub country: String,
    /// Names of places that the source's articles are full of, folded: of two places of such a
    /// name the one in the country is meant.
    pub local: BTreeSet<String>,
}

/// The mentions of countries in one article, by name (folded) and country.
pub type Named = BTreeMap<(String, String), u64>;

/// How often a source names something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Often {
    articles: u64,
    mentions: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Source {
    articles: u64,
    /// The country of its host's top-level domain.
    domain: Option<String>,
    names: BTreeMap<(String, String), Often>,
}

impl Source {
    /// Forgets the names that are used least, where there are too many.
    fn forget(&mut self) {
        if self.names.len() <= 2 * MAX_NAMES {
            return;
        }
        let mut names: Vec<_> = std::mem::take(&mut self.names).into_iter().collect();
        names.sort_by(|a, b| b.1.mentions.cmp(&a.1.mentions).then_with(|| a.0.cmp(&b.0)));
        names.truncate(MAX_NAMES);
        self.names = names.into_iter().collect();
    }
}

/// Names that are kept of all sources, at most: some 100 MB. Then new ones are not counted.
const MAX_ALL: usize = 1_000_000;

/// What one article tells of its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The source, as [`key`] tells it.
    pub source: String,
    domain: Option<String>,
    named: Named,
}

impl Account {
    /// Of an article with a source; `named` tells its names.
    pub fn of(article: &Article, named: impl FnOnce() -> Named) -> Option<Account> {
        Some(Account { source: key(article)?, domain: domain(article), named: named() })
    }
}

/// The head of the table.
const HEAD: &str = "# Where publishers are at home, learnt while indexing. May be deleted.\n";

/// How often each source names each country, and by which names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Homes {
    sources: BTreeMap<String, Source>,
    /// Names of all sources.
    total: usize,
    /// The homes of sources for articles that are not counted, as of [`Homes::settle`].
    settled: BTreeMap<String, Home>,
}

/// What an article's source is known by: its name in small letters, else the host of its address.
pub fn key(article: &Article) -> Option<String> {
    let name = article.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name {
        return Some(spaced(&fold(name)));
    }
    host(article.url.as_deref()?)
}

/// With one blank where there are several, or other white space.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The country of the top-level domain of an article's address, or of a source that is a host.
fn domain(article: &Article) -> Option<String> {
    let host = host(article.url.as_deref().or(article.source.as_deref())?)?;
    let (_, last) = host.rsplit_once('.')?;
    if last.len() != 2 || ANYWHERE.contains(&last) {
        return None;
    }
    let id = if last == "uk" { "GB".to_owned() } else { last.to_ascii_uppercase() };
    super::vocabulary::country_label(&id).map(|_| id)
}

/// The countries that an article names, with the number of telling mentions.
pub fn named(article: &Article, tags: &Tags) -> Named {
    let mut named = Named::new();
    for tag in tags.tags.iter().filter(|tag| tag.class == Class::Country) {
        for mention in &tag.mentions {
            let text = match mention.part {
                Part::Title => &article.title,
                Part::Body => &article.body,
                Part::Dateline | Part::Meta => continue,
            };
            if TELLING.contains(&rule_name(mention.rule)) {
                let surface = &text[mention.start as usize..mention.end as usize];
                let surface = spaced(&fold(surface));
                *named.entry((surface, tag.id.clone())).or_default() += 1;
            }
        }
    }
    named
}

impl Home {
    /// The home that the address of an article tells by itself: that of its top-level domain.
    pub fn by_domain(article: &Article) -> Option<Home> {
        domain(article).map(|country| Home { country, local: BTreeSet::new() })
    }
}

impl Homes {
    /// Counts an article of a source; one without a source is not counted.
    pub fn add(&mut self, article: &Article, named: &Named) {
        if let Some(account) = Account::of(article, || named.clone()) {
            self.count(&account);
        }
    }

    /// The same for what was kept of an article.
    pub fn count(&mut self, Account { source, domain, named }: &Account) {
        if self.sources.len() >= MAX_SOURCES && !self.sources.contains_key(source) {
            return;
        }
        let known = self.sources.entry(source.clone()).or_default();
        if known.domain.is_none() {
            known.domain.clone_from(domain);
        }
        known.articles += 1;
        let (before, full) = (known.names.len(), self.total >= MAX_ALL);
        for (key, number) in named {
            if full && !known.names.contains_key(key) {
                continue;
            }
            let often = known.names.entry(key.clone()).or_default();
            often.articles += 1;
            often.mentions += number;
        }
        known.forget();
        self.total = self.total + known.names.len() - before;
    }

    /// The home of an article that was tagged before and is counted here: as [`Homes::of`], or by
    /// its domain where the source is not known.
    pub fn of_tagged(&self, article: &Article, tags: &Tags) -> Option<Home> {
        if self.sources.is_empty() {
            return Home::by_domain(article);
        }
        self.of(article, &named(article, tags)).or_else(|| Home::by_domain(article))
    }

    /// The home of an article that is not counted yet, as of [`Homes::settle`]; by its domain where
    /// the source is not known.
    pub fn of_new(&self, article: &Article) -> Option<Home> {
        let settled = if self.settled.is_empty() { None } else { key(article) };
        let settled = settled.and_then(|key| self.settled.get(&key).cloned());
        settled.or_else(|| Home::by_domain(article))
    }

    /// Decides where these sources are at home, for [`Homes::of_new`]. Some microseconds a source.
    pub fn settle<'s>(&mut self, sources: impl IntoIterator<Item = &'s str>) {
        for source in sources {
            match self.sources.get(source).and_then(|known| known.home(&Named::new())) {
                Some(home) => drop(self.settled.insert(source.to_owned(), home)),
                None => drop(self.settled.remove(source)),
            }
        }
    }

    /// Nothing learnt.
    pub const fn none() -> Homes {
        Homes { sources: BTreeMap::new(), total: 0, settled: BTreeMap::new() }
    }

    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Adds what was learnt elsewhere, for several indexes that are read as one.
    pub fn join(&mut self, other: Homes) {
        for (source, other) in other.sources {
            let known = self.sources.entry(source).or_default();
            known.domain = known.domain.take().or(other.domain);
            known.articles += other.articles;
            for (key, more) in other.names {
                let often = known.names.entry(key).or_default();
                often.articles += more.articles;
                often.mentions += more.mentions;
            }
            known.forget();
        }
        self.total = self.sources.values().map(|source| source.names.len()).sum();
    }

    /// A table: a row `source`, its articles and the country of its domain, then a row `name` for
    /// each of its names with country, articles and mentions.
    pub fn to_text(&self) -> String {
        let mut out = String::from(HEAD);
        for (source, known) in &self.sources {
            let domain = known.domain.as_deref().unwrap_or("");
            let _ = writeln!(out, "source\t{source}\t{}\t{domain}", known.articles);
            for ((name, country), Often { articles, mentions }) in &known.names {
                let _ = writeln!(out, "name\t{name}\t{country}\t{articles}\t{mentions}");
            }
        }
        out
    }

    /// Reads the table. What cannot be read is left out: it was learnt, and will be again.
    pub fn parse(text: &str) -> Homes {
        let mut homes = Homes::default();
        let mut last: Option<&mut Source> = None;
        for row in text.lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            match cells[..] {
                ["source", source, articles, domain] => {
                    let known = homes.sources.entry(source.to_owned()).or_default();
                    known.articles = articles.parse().unwrap_or(0);
                    known.domain = Some(domain.to_owned()).filter(|domain| !domain.is_empty());
                    last = Some(known);
                }
                ["name", name, country, articles, mentions] => {
                    if let (Some(source), Ok(articles), Ok(mentions)) =
                        (&mut last, articles.parse(), mentions.parse())
                    {
                        let key = (name.to_owned(), country.to_owned());
                        source.names.insert(key, Often { articles, mentions });
                    }
                }
                _ => {}
            }
        }
        homes.total = homes.sources.values().map(|source| source.names.len()).sum();
        homes
    }

    /// The same with the homes of all sources decided, for [`Homes::of_new`].
    #[must_use]
    pub fn settled(mut self) -> Homes {
        let sources: Vec<String> = self.sources.keys().cloned().collect();
        self.settle(sources.iter().map(String::as_str));
        self
    }

    /// The home of an article's source: the country of its host's domain, else the one that it
    /// names by the most names, each weighed by the logarithm of its mentions, if the next has
    /// much less and there are three mentions. What the article that is asked for says itself
    /// (`own`) is left out.
    pub fn of(&self, article: &Article, own: &Named) -> Option<Home> {
        self.sources.get(&key(article)?)?.home(own)
    }
}

impl Source {
    fn home(&self, own: &Named) -> Option<Home> {
        let known = self;
        let others = known.articles.saturating_sub(u64::from(!own.is_empty()));
        let mut local: BTreeSet<String> = BTreeSet::new();
        for (key, often) in &known.names {
            let articles = often.articles - u64::from(own.contains_key(key)).min(often.articles);
            if articles >= LOCAL_LEAST && articles as f64 >= LOCAL_SHARE * others as f64 {
                local.insert(key.0.clone());
            }
        }
        // Many names of one country say more than one name many times, which may be a namesake's.
        let mut weights: BTreeMap<&str, (f64, u64)> = BTreeMap::new();
        for (key, often) in &known.names {
            let mentions = often.mentions - own.get(key).copied().unwrap_or(0).min(often.mentions);
            let weight = weights.entry(&key.1).or_default();
            weight.0 += (mentions as f64).ln_1p();
            weight.1 += mentions;
        }
        let mut ranked: Vec<(&str, (f64, u64))> = weights.into_iter().collect();
        ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
        let country = match (&known.domain, &ranked[..]) {
            (Some(domain), _) => domain.clone(),
            (None, [(first, (weight, mentions)), rest @ ..]) => {
                let next = rest.first().map_or(0.0, |(_, (weight, _))| *weight);
                if *mentions < LEAST || *weight < LEAD * next {
                    return None;
                }
                (*first).to_owned()
            }
            _ => return None,
        };
        Some(Home { country, local })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(rows: &[(&str, u64)]) -> Named {
        rows.iter().map(|(id, number)| ((id.to_lowercase(), (*id).to_owned()), *number)).collect()
    }

    fn of(source: &str) -> Article {
        Article { source: Some(source.to_owned()), ..Article::default() }
    }

    #[test]
    fn the_home_is_what_the_other_articles_name() {
        let (mut homes, courier) = (Homes::default(), of("The Courier"));
        let own = named(&[("FR", 9)]);
        homes.add(&courier, &own);
        assert_eq!(homes.of(&courier, &own), None, "nothing but the article itself");
        homes.add(&courier, &named(&[("US", 2)]));
        assert_eq!(homes.of(&courier, &own), None, "two mentions say little");
        homes.add(&courier, &named(&[("US", 2), ("GB", 1)]));
        assert_eq!(homes.of(&courier, &own).unwrap().country, "US");
        assert_eq!(homes.of(&of("Another"), &own), None);
        homes.add(&courier, &named(&[("JP", 5)]));
        assert_eq!(homes.of(&courier, &Named::new()), None, "no country has most");
    }

    #[test]
    fn a_name_that_many_articles_hold_is_near_by_and_does_not_decide() {
        let (mut homes, news) = (Homes::default(), of("Dublin News"));
        let paper = |town: &str| {
            Named::from([(("dublin".into(), "IE".into()), 30), ((town.into(), "US".into()), 5)])
        };
        for town in ["ohio", "columbus", "dayton", "worthington"] {
            homes.add(&news, &paper(town));
        }
        let home = homes.of(&news, &paper("akron")).unwrap();
        assert_eq!(home.country, "US");
        assert_eq!(home.local, ["dublin".to_owned()].into());
    }

    #[test]
    fn the_domain_of_a_country_decides() {
        let mut homes = Homes::default();
        let star = Article { url: Some("http://www.star.com.lb/x".into()), ..Article::default() };
        homes.add(&star, &named(&[("IL", 9)]));
        assert_eq!(homes.of(&star, &Named::new()).unwrap().country, "LB");
        let paper = of("paper.co.uk");
        homes.add(&paper, &named(&[]));
        assert_eq!(homes.of(&paper, &Named::new()).unwrap().country, "GB");
        let anywhere = of("news.io");
        homes.add(&anywhere, &named(&[]));
        assert_eq!(homes.of(&anywhere, &Named::new()), None);
    }

    #[test]
    fn sources_are_told_apart_by_name_and_else_by_host() {
        let article = |source: Option<&str>, url: Option<&str>| Article {
            source: source.map(str::to_owned),
            url: url.map(str::to_owned),
            ..Article::default()
        };
        assert_eq!(key(&article(Some(" The Wire"), None)).as_deref(), Some("the wire"));
        let local = article(None, Some("https://www.Town.example:80/a?b"));
        assert_eq!(key(&local).as_deref(), Some("town.example"));
        assert_eq!(key(&article(None, None)), None);
    }

    #[test]
    fn what_was_learnt_is_read_back_joined_and_bounded() {
        let mut homes = Homes::default();
        let courier = Article {
            source: Some("The\tCourier".into()),
            url: Some("http://courier.co.uk/x".into()),
            ..Article::default()
        };
        homes.add(&courier, &named(&[("US", 2), ("GB", 1)]));
        homes.add(&of("Town Crier"), &named(&[("FR", 7)]));
        let text = homes.to_text();
        assert_eq!(Homes::parse(&text), homes, "{text}");
        assert_eq!(Homes::parse(&format!("x\nname\ta\tUS\t1\t1\n{text}name\tb\n")), homes);
        let mut both = homes.clone();
        both.join(homes.clone());
        let twice = both.settled().of_new(&of("Town Crier")).unwrap();
        assert_eq!(twice.country, "FR");
        for number in 0..3 * MAX_NAMES {
            let name = Named::from([((format!("n{number}"), "US".into()), 1 + number as u64)]);
            homes.add(&courier, &name);
        }
        let kept = &homes.sources["the courier"].names;
        assert!(kept.len() <= 2 * MAX_NAMES && kept.contains_key(&("n599".into(), "US".into())));
    }
}
