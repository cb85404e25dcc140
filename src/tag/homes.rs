//! Where publishers are at home: learnt from the countries that their articles name.
//!
//! A local paper writes `Jackson` and means the one nearby. The country that a source names most
//! is taken for its home, and its places are believed with less evidence (for places only: what
//! an article is about does not change). Sources are told apart by name, else by host.

use std::collections::{BTreeMap, BTreeSet};

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

/// Rules whose mentions tell where a source looks: names of places and countries.
const TELLING: [&str; 10] =
    ["name", "adjective", "capital", "city", "state", "abbr", "place", "again", "comma", "home"];

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

/// How often each source names each country, and by which names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Homes {
    sources: BTreeMap<String, Source>,
}

/// What an article's source is known by: its name in small letters, else the host of its address.
pub fn key(article: &Article) -> Option<String> {
    let name = article.source.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let Some(name) = name {
        return Some(fold(name));
    }
    host(article.url.as_deref()?)
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
                let surface = fold(&text[mention.start as usize..mention.end as usize]);
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
        let Some(source) = key(article) else { return };
        let known = self.sources.entry(source).or_default();
        if known.domain.is_none() {
            known.domain = domain(article);
        }
        known.articles += 1;
        for (key, number) in named {
            let often = known.names.entry(key.clone()).or_default();
            often.articles += 1;
            often.mentions += number;
        }
    }

    /// The home of an article's source: the country of its host's domain, else the one that it
    /// names by the most names, each weighed by the logarithm of its mentions, if the next has
    /// much less and there are three mentions. What the article that is asked for says itself
    /// (`own`) is left out.
    pub fn of(&self, article: &Article, own: &Named) -> Option<Home> {
        let known = self.sources.get(&key(article)?)?;
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
}
