//! Weighs mentions: which countries an article is about, by one logistic score per country.

use super::dateline::Dateline;
use super::mention::Hit;
use super::names::{Id, Kind};
use super::scan::Side;
use super::sorted;

use super::words::{self, has};
use crate::tag::Part;
use crate::text::Token;

const TABLE: &str = include_str!("../data/salience.tsv");

/// A country is major from this probability on.
pub const MAJOR: f64 = 0.45;

/// If no country reaches [`MAJOR`], the best is major from here on.
pub const ALONE: f64 = 0.15;

/// The features, in the order of [`Features`]; `salience.tsv` gives each its weight.
pub const NAMES: [&str; 54] = [
    "bias",
    "dateline",
    "dateline_only",
    "dateline_only_others",
    "dateline_hub_foreign",
    "first_position",
    "title",
    "title_first",
    "title_last",
    "title_others",
    "others_title",
    "body_log",
    "share",
    "top",
    "candidates_log",
    "only_strong",
    "has_name",
    "has_adjective",
    "has_institution",
    "capital_only",
    "adjective_only",
    "place_only",
    "state_only",
    "organisation_only",
    "currency_only",
    "leader",
    "ticker",
    "ticker_only",
    "ticker_title",
    "subject",
    "with",
    "list",
    "lead",
    "second",
    "tokens_log",
    "us",
    "us_dateline",
    "us_dollars_only",
    "us_others_strong",
    "no_dateline",
    "no_dateline_title",
    "lead_only",
    "late_only",
    "once",
    "has_place",
    "no_title",
    "dateline_only_foreign",
    "dateline_only_rival",
    "once_among_log",
    "title_only",
    "title_adjective_only",
    "us_ticker_only",
    "body_share_lead",
    "second_dateline",
];

/// The values of one country's features.
pub type Features = [f64; NAMES.len()];

/// The weights.
#[derive(Debug)]
pub struct Model {
    weights: Features,
}

impl Model {
    /// The weights of `salience.tsv`; a feature that is not there weighs nothing.
    pub fn embedded() -> Model {
        let mut weights = [0.0; NAMES.len()];
        for row in sorted::rows(TABLE) {
            let [name, weight] = sorted::cells(row);
            if let Some(at) = NAMES.iter().position(|known| *known == name) {
                weights[at] = weight.parse().unwrap_or(0.0);
            }
        }
        Model { weights }
    }

    /// What each feature adds to the decision: name, value, and weight times value; the largest
    /// first, nothing that adds nothing.
    pub fn terms(&self, features: &Features) -> Vec<(&'static str, f64, f64)> {
        let mut terms: Vec<(&'static str, f64, f64)> = NAMES
            .iter()
            .zip(self.weights.iter().zip(features))
            .map(|(name, (weight, value))| (*name, *value, weight * value))
            .filter(|(_, _, term)| *term != 0.0)
            .collect();
        terms.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then_with(|| a.0.cmp(b.0)));
        terms
    }

    /// The probability that the article is about the country; summed in fixed order.
    pub fn probability(&self, features: &Features) -> f64 {
        let sum: f64 =
            self.weights.iter().zip(features).map(|(weight, value)| weight * value).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// A country of an article: its mentions as indexes into the hits, and its features.
#[derive(Debug)]
pub struct Candidate {
    /// The country, after history.
    pub id: Id,
    /// Its mentions.
    pub hits: Vec<usize>,
    /// Named by the dateline.
    pub dateline: bool,
    /// Its features.
    pub features: Features,
}

/// What [`weigh`] looks at besides the hits.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Title and body.
    pub sides: &'a [Side<'a>],
    /// The dateline.
    pub dateline: Option<&'a Dateline>,
    /// The United States.
    pub us: Id,
    /// Dollars or cents without a country occur.
    pub dollars: bool,
}

/// Fills in the features of all candidates. Linear in hits and words.
pub fn weigh(scene: &Scene<'_>, hits: &[Hit], candidates: &mut [Candidate]) {
    let body = scene.sides.iter().position(|side| side.part == Part::Body);
    let (first_end, second_end) = body.map_or((0, 0), |body| sentences(&scene.sides[body]));
    let words = body.map_or(0, |body| scene.sides[body].tokens.len() - scene.sides[body].from);
    let in_title = |hit: &Hit| scene.sides[hit.side].part == Part::Title;
    let mut title: Vec<usize> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.hits.iter().any(|&hit| in_title(&hits[hit])) {
            title.push(at);
        }
    }
    let first_in = |at: usize| candidates[at].hits.iter().map(|&h| hits[h].start).min();
    title.sort_by_key(|&at| first_in(at));
    let weights: Vec<usize> = candidates.iter().map(|c| mentions(c, hits)).collect();
    let total: usize = weights.iter().sum();
    let top = weights.iter().copied().max().unwrap_or(0);
    let strong: Vec<bool> = candidates
        .iter()
        .map(|c| c.dateline || c.hits.iter().any(|&h| is_strong(&hits[h])))
        .collect();
    let strong_count = strong.iter().filter(|&&strong| strong).count();
    let count = candidates.len();
    let filed = scene.dateline.map_or(0, |dateline| dateline.cities.len());
    let mut ranked: Vec<(usize, usize)> =
        weights.iter().enumerate().map(|(at, &weight)| (weight, at)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let hub = scene.dateline.is_some_and(|dateline| dateline.hub);
    let has_title = scene.sides.iter().any(|s| s.part == Part::Title && !s.tokens.is_empty());
    for (at, candidate) in candidates.iter_mut().enumerate() {
        let own: Vec<&Hit> = candidate.hits.iter().map(|&hit| &hits[hit]).collect();
        let text: Vec<&Hit> = own.iter().copied().filter(|hit| !in_title(hit)).collect();
        let all = |test: &dyn Fn(&Hit) -> bool| !own.is_empty() && own.iter().all(|hit| test(hit));
        let any = |test: &dyn Fn(&Hit) -> bool| own.iter().any(|hit| test(hit));
        let kind = |wanted: Kind| move |hit: &Hit| hit.kind == wanted;
        let body_count = text.iter().filter(|hit| counts(hit)).count();
        let first = text.iter().map(|hit| hit.first).min();
        let offset = first.map(|first| {
            let from = body.map_or(0, |body| scene.sides[body].from);
            first.saturating_sub(from) as f64 / (words.max(1)) as f64
        });
        let is_title = any(&|hit| in_title(hit));
        let us = candidate.id == scene.us;
        let mentioned = weights[at] > 0;
        let title_others = title.iter().filter(|&&other| other != at).count() as f64;
        let rival = if ranked[0].1 == at { ranked.get(1).map_or(0, |r| r.0) } else { ranked[0].0 };
        let dateline_only = candidate.dateline && !mentioned;
        let foreign = title.iter().any(|&other| other != at) && !is_title;
        let side = |hit: &Hit| &scene.sides[hit.side];
        let flags: [(usize, f64); 54] = [
            (0, 1.0),
            (1, bit(candidate.dateline)),
            (2, bit(dateline_only)),
            (3, bit(dateline_only && rival > 0)),
            (4, bit(candidate.dateline && hub && foreign)),
            (5, offset.map_or(0.0, |offset| 1.0 - offset)),
            (6, bit(is_title)),
            (7, bit(title.first() == Some(&at))),
            (8, bit(title.len() > 1 && title.last() == Some(&at))),
            (9, if is_title { title_others } else { 0.0 }),
            (10, if is_title { 0.0 } else { title_others.min(3.0) }),
            (11, (1.0 + body_count as f64).ln()),
            (12, weights[at] as f64 / total.max(1) as f64),
            (13, bit(mentioned && weights[at] == top)),
            (14, (1.0 + count as f64).ln()),
            (15, bit(strong[at] && strong_count == 1)),
            (16, bit(any(&kind(Kind::Name)))),
            (17, bit(any(&kind(Kind::Adjective)))),
            (18, bit(any(&kind(Kind::Institution)))),
            (19, bit(!candidate.dateline && all(&kind(Kind::Capital)))),
            (20, bit(all(&kind(Kind::Adjective)))),
            (21, bit(all(&|hit| matches!(hit.kind, Kind::Place | Kind::City)))),
            (22, bit(all(&|hit| matches!(hit.kind, Kind::State | Kind::Abbreviation)))),
            (23, bit(all(&|hit| hit.organisation))),
            (24, bit(all(&kind(Kind::Currency)))),
            (25, bit(any(&kind(Kind::Leader)))),
            (26, bit(any(&kind(Kind::Ticker)))),
            (27, bit(all(&kind(Kind::Ticker)))),
            (28, bit(any(&|hit| hit.kind == Kind::Ticker && in_title(hit)))),
            (29, bit(text.iter().any(|hit| is_subject(side(hit), hit)))),
            (30, bit(text.iter().any(|hit| is_object(side(hit), hit)))),
            (31, bit(text.iter().any(|hit| is_listed(side(hit), hit)))),
            (32, bit(text.iter().any(|hit| hit.first < first_end))),
            (33, bit(text.iter().any(|hit| hit.first >= first_end && hit.first < second_end))),
            (34, if mentioned { ((words + 1) as f64).ln() - 5.0 } else { 0.0 }),
            (35, bit(us)),
            (36, bit(us && candidate.dateline)),
            (37, bit(us && scene.dollars && strong_count == usize::from(strong[at]))),
            (38, bit(us && strong_count > usize::from(strong[at]))),
            (39, bit(scene.dateline.is_none())),
            (40, bit(scene.dateline.is_none() && is_title)),
            (41, bit(!text.is_empty() && text.iter().all(|hit| hit.first < first_end))),
            (42, bit(offset.is_some_and(|offset| offset > 0.5) && !is_title)),
            (43, bit(weights[at] == 1)),
            (44, bit(any(&kind(Kind::Place)))),
            (45, bit(!has_title)),
            (46, bit(dateline_only && foreign)),
            (47, if dateline_only { (1.0 + rival as f64).ln() } else { 0.0 }),
            (48, if weights[at] == 1 { (1.0 + strong_count as f64).ln() } else { 0.0 }),
            (49, bit(is_title && body_count == 0)),
            (50, bit(is_title && own.iter().all(|h| !in_title(h) || h.kind == Kind::Adjective))),
            (51, bit(us && all(&kind(Kind::Ticker)))),
            (
                52,
                if mentioned {
                    (body_count as f64 + 1.0) / (words as f64 / 50.0 + 1.0)
                } else {
                    0.0
                },
            ),
            (53, bit(candidate.dateline && filed > 1)),
        ];
        for (feature, value) in flags {
            candidate.features[feature] = value;
        }
    }
}

fn bit(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// Whether a mention counts among those that show what an article is about.
fn counts(hit: &Hit) -> bool {
    !matches!(hit.kind, Kind::Currency | Kind::Ticker | Kind::Leader)
}

fn is_strong(hit: &Hit) -> bool {
    counts(hit) && !hit.organisation
}

fn mentions(candidate: &Candidate, hits: &[Hit]) -> usize {
    candidate.hits.iter().filter(|&&hit| counts(&hits[hit])).count()
}

/// The words at which the second and the third sentence start.
fn sentences(side: &Side<'_>) -> (usize, usize) {
    let mut starts = (side.from + 1..side.tokens.len())
        .filter(|&at| side.tokens[at].has(Token::SENTENCE) && !side.tokens[at].has(Token::JOINED));
    let first = starts.next().unwrap_or(side.tokens.len());
    (first, starts.next().unwrap_or(side.tokens.len()))
}

/// `Japan said`, `Japan's`.
fn is_subject(side: &Side<'_>, hit: &Hit) -> bool {
    if !matches!(hit.kind, Kind::Name | Kind::Capital | Kind::Institution) {
        return false;
    }
    side.tokens[hit.last].has(Token::POSSESSIVE)
        || side
            .next(hit.last)
            .is_some_and(|next| side.touches(hit.last, next) && has(words::SAYS, side.folded(next)))
}

/// `with Japan`, `between Japan`, `to Japan`.
fn is_object(side: &Side<'_>, hit: &Hit) -> bool {
    hit.kind == Kind::Name
        && side.before(hit.first).is_some_and(|before| {
            side.touches(before, hit.first) && has(words::WITH, side.folded(before))
        })
}

/// `, Japan,`, `and Japan`.
fn is_listed(side: &Side<'_>, hit: &Hit) -> bool {
    hit.kind == Kind::Name
        && (side.tokens[hit.last].has(Token::COMMA)
            && side.before(hit.first).is_some_and(|before| side.tokens[before].has(Token::COMMA))
            || side.before(hit.first).is_some_and(|before| side.folded(before) == "and"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_has_a_feature_and_the_other_way_round() {
        let mut rows: Vec<&str> = Vec::new();
        for row in sorted::rows(TABLE) {
            let [name, weight] = sorted::cells(row);
            assert!(NAMES.contains(&name), "salience.tsv: no feature {name}");
            assert!(weight.parse::<f64>().is_ok(), "salience.tsv: {row:?}");
            rows.push(name);
        }
        assert!(rows.is_sorted_by(|a, b| a < b), "salience.tsv is not sorted");
        assert_eq!(rows.len(), NAMES.len());
    }
}
