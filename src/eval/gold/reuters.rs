//! Reuters-21578: the desk's PLACES, PEOPLE and TOPICS as gold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::records::rows;
use super::{Collection, Gold, Ids, Labelled, Split, ids_of};
use crate::source::{self, ReadOptions};
use crate::tag::Class;

/// Topics and the leaves that they stand for.
pub(super) const TOPICS: &str = include_str!("../data/topics.tsv");

/// Files from this number on are no longer tuned on.
const TAIL: u32 = 12;

/// Reads the stories that have a body and a label.
pub(super) fn read(path: &Path) -> Collection {
    let topics: BTreeMap<&str, &str> = rows(TOPICS).collect();
    let among: BTreeSet<String> = topics.values().map(|leaf| (*leaf).to_owned()).collect();
    let mut found = Collection { kind: "reuters", ..Collection::default() };
    let records = match source::open(path, &ReadOptions::default()) {
        Ok(records) => records,
        Err(error) => {
            found.bad(path, error.line, error.message);
            return found;
        }
    };
    for record in records {
        let mut article = match record {
            Ok(article) => article,
            Err(error) => {
                found.bad(path, error.line, error.message);
                continue;
            }
        };
        if article.body.trim().is_empty() {
            continue;
        }
        let given = std::mem::take(&mut article.given);
        let mut gold = Gold::default();
        if !given.country.is_empty() {
            let major = ids_of(Class::Country, &given.country, &mut found.unknown);
            gold.country = Some(Ids { major, ..Ids::default() });
        }
        if !given.person.is_empty() {
            let major = given.person.iter().map(|name| crate::tag::person::name::slug(name));
            gold.person = Some(Ids { major: major.collect(), surnames: true, ..Ids::default() });
        }
        if !given.topic.is_empty() {
            let leaves = given.topic.iter().filter_map(|topic| topics.get(topic.as_str()));
            gold.event = Some(Ids {
                major: leaves.map(|leaf| (*leaf).to_owned()).collect(),
                among: Some(among.clone()),
                ..Ids::default()
            });
        }
        if gold == Gold::default() {
            continue;
        }
        let split = article.extra.get("LEWISSPLIT").and_then(|split| split.as_str());
        let train = split.is_some_and(|split| split.eq_ignore_ascii_case("TRAIN"));
        let split = match number(path) {
            _ if !train => Split::Dev,
            Some(number) if number < TAIL => Split::Fit,
            _ => Split::Tail,
        };
        article.extra.clear();
        found.articles.push(Labelled { article, split: Some(split), gold });
    }
    found
}

/// The number in `reut2-012.sgm`.
fn number(path: &Path) -> Option<u32> {
    let stem = path.file_stem()?.to_str()?;
    stem.rsplit('-').next()?.parse().ok()
}
