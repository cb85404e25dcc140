//! The embedded engine against the scan engine on random articles and plans.
//!
//! Both are given the same articles in several commits, some replaced and some deleted, and must
//! agree on ids, totals, facet counts and samples of every plan.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dateline::analyze::Analyzers;
use dateline::article::{Article, Given, PartialDate, Provenance, Words};
use dateline::diag::Span;
use dateline::engine::embedded::{Embedded, EmbeddedWriter, WriterOptions};
use dateline::engine::scan::Scan;
use dateline::engine::stop::Stop;
use dateline::engine::{Bag, Engine, FacetQuestion, Order, Question, Sink, TaggedArticle};
use dateline::plan::{
    Case, Catalogue, Clause, DateInterval, FacetChoice, FacetClass, FacetField, FacetSub,
    FacetTerms, Fuzzy, Layer, Measure, Measured, Pattern, PlaceClause, PlaceNode, Plan, Regular,
    Scope, Slot, Spelling, TextClause, Unit, WildcardPart, Words as PlaceWords,
};
use dateline::snippet::{Matcher, Matches};
use dateline::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};
use dateline::text::Token;
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "pact",
    "pacts",
    "Treaty",
    "treaties",
    "Japan",
    "US",
    "us",
    "anti-war",
    "agree-\nment",
    "O'Neill",
    "Moscow's",
    "élan",
    "日本語",
    "条約",
    "1,200",
    "said.",
    "The",
    "end.\n\nNew",
    "sign",
    "signed",
];
const STEMS: &[&str] = &[
    "pact",
    "treati",
    "japan",
    "us",
    "anti",
    "war",
    "agreement",
    "o'neill",
    "elan",
    "日本",
    "条約",
    "sign",
    "said",
];
const FORMS: &[&str] = &[
    "pact",
    "pacts",
    "=US",
    "us",
    "signed",
    "日",
    "本",
    "条",
    "moscow",
    "=élan",
    "@country:JP",
    "new",
];
const COUNTRIES: &[&str] = &["JP", "KR", "US"];
const EVENTS: &[&str] = &["diplomacy/treaty", "diplomacy/meeting", "conflict/battle"];
const SOURCES: &[&str] = &["The Wire", "Harbour Courier"];
const ORDERS: [Order; 4] = [Order::Newest, Order::Oldest, Order::FirstAdded, Order::Shortest];
const DAY: i64 = 86_400;

#[derive(Debug, Clone)]
struct Draft {
    id: u8,
    title: Vec<usize>,
    body: Vec<usize>,
    country: Vec<(usize, bool, bool)>,
    event: Option<usize>,
    source: Option<usize>,
    date: Option<(i64, i64)>,
}

fn text(words: &[usize]) -> String {
    words.iter().map(|&at| WORDS[at]).collect::<Vec<_>>().join(" ")
}

fn tag(class: Class, id: &str, major: bool, given: bool, body: &str) -> Tag {
    let word = Words::of(&Article { body: body.into(), ..Article::default() });
    let mentions = word.body.first().map(|token| Mention {
        part: Part::Body,
        start: token.start,
        end: token.end,
        rule: 1,
        weight: 1,
    });
    Tag {
        class,
        id: id.to_owned(),
        label: None,
        level: if major { Level::Major } else { Level::Passing },
        score: 9,
        origin: if given { Origin::Given } else { Origin::Derived },
        by: None,
        mentions: mentions.into_iter().collect(),
    }
}

impl Draft {
    fn article(&self) -> TaggedArticle {
        let id = if self.id.is_multiple_of(7) {
            format!("a-long-identifier-of-more-than-thirty-one-bytes-{}", self.id)
        } else {
            self.id.to_string()
        };
        let body = text(&self.body);
        let mut tags = Tags::default();
        for &(at, major, given) in &self.country {
            tags.tags.push(tag(Class::Country, COUNTRIES[at], major, given, &body));
        }
        if let Some(at) = self.event {
            tags.tags.push(tag(Class::Event, EVENTS[at], true, false, &body));
        }
        tags.sort();
        let article = Article {
            id: Some(id),
            title: text(&self.title),
            source: self.source.map(|at| SOURCES[at].to_owned()),
            author: self.source.map(|_| format!("Ann O'Neill, {}", text(&self.title))),
            url: self.event.map(|_| "https://www.news.example.org/x".to_owned()),
            date: self.date.map(|(start, days)| PartialDate {
                start: start * DAY,
                end: (start + days) * DAY,
                precision: dateline::article::date::Precision::Day,
                offset: None,
                text: String::new(),
            }),
            given: Given { topic: vec!["Grain".into()], ..Given::default() },
            extra: match self.id % 3 {
                0 => {
                    [("Genre".to_owned(), serde_json::json!(["Analysis", 7]))].into_iter().collect()
                }
                1 => [("collection".to_owned(), "Wire A".into())].into_iter().collect(),
                _ => serde_json::Map::new(),
            },
            provenance: Provenance {
                file: format!("./in/{}/x{}.json", self.id % 2, self.id % 5).into(),
                ..Provenance::default()
            },
            body,
            ..Article::default()
        };
        TaggedArticle {
            words: Words::of(&article),
            content_hash: article.content_hash(),
            article,
            tags,
            lang: if self.id % 5 == 4 { "de".into() } else { "en".into() },
            home: self.event.map(|at| COUNTRIES[at % COUNTRIES.len()].to_owned()),
            added: 0,
        }
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    (
        any::<u8>(),
        proptest::collection::vec(0..WORDS.len(), 0..4),
        proptest::collection::vec(0..WORDS.len(), 0..14),
        proptest::collection::vec((0..COUNTRIES.len(), any::<bool>(), any::<bool>()), 0..3),
        proptest::option::of(0..EVENTS.len()),
        proptest::option::of(0..SOURCES.len()),
        proptest::option::of((-3i64..10, 1i64..4)),
    )
        .prop_map(|(id, title, body, country, event, source, date)| Draft {
            id: id % 60,
            title,
            body,
            country,
            event,
            source,
            date,
        })
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        4 => Just(Scope::Any),
        1 => Just(Scope::Title),
        1 => Just(Scope::Body),
        1 => Just(Scope::Lead),
        1 => Just(Scope::HeadLead),
        1 => Just(Scope::Byline),
    ]
}

fn words_clause() -> impl Strategy<Value = Clause> {
    let slot = |list: &'static [&'static str]| {
        proptest::collection::btree_set(0..list.len(), 1..3)
            .prop_map(move |set| set.into_iter().map(|at| list[at].to_owned()).collect::<Vec<_>>())
    };
    let clause = |scope, layer, slots: Vec<Vec<String>>, rank: bool| {
        let slots: Vec<Slot> = (0..)
            .zip(slots)
            .map(|(offset, mut terms)| {
                terms.sort();
                Slot { offset, terms, pattern: None }
            })
            .collect();
        let rank = if rank && layer == Layer::Forms {
            slots.iter().map(|_| vec!["pact".to_owned()]).collect()
        } else {
            Vec::new()
        };
        Clause::Text(TextClause { scope, layer, slots, slop: 0, rank, span: Span::default() })
    };
    prop_oneof![
        3 => (scope(), proptest::collection::vec(slot(STEMS), 1..3))
            .prop_map(move |(scope, slots)| clause(scope, Layer::Stems, slots, false)),
        2 => (scope(), proptest::collection::vec(slot(FORMS), 1..3), any::<bool>())
            .prop_map(move |(scope, slots, rank)| clause(scope, Layer::Forms, slots, rank)),
        1 => (scope(), 0usize..4).prop_map(|(scope, at)| {
            let literal = |text: &str| WildcardPart::Literal(text.to_owned());
            let parts = match at {
                0 => vec![literal("pac"), WildcardPart::Any],
                1 => vec![WildcardPart::Any, literal("ed")],
                2 => vec![literal("s"), WildcardPart::One, literal("gn"), WildcardPart::Any],
                _ => vec![literal("nothing"), WildcardPart::Any],
            };
            let slot = Slot { offset: 0, terms: vec![], pattern: Some(Pattern::Wildcard(parts)) };
            Clause::Text(TextClause {
                scope,
                layer: Layer::Forms,
                slots: vec![slot],
                slop: 0,
                rank: vec![],
                span: Span::default(),
            })
        }),
    ]
}

/// What may stand in one slot of a form: terms, a wildcard, or a word written in some way.
fn form_slot() -> impl Strategy<Value = Slot> {
    let terms = proptest::collection::btree_set(0..FORMS.len(), 1..3)
        .prop_map(|set| set.into_iter().map(|at| FORMS[at].to_owned()).collect::<Vec<_>>());
    let wildcard = (0usize..4).prop_map(|at| {
        let literal = |text: &str| WildcardPart::Literal(text.to_owned());
        Pattern::Wildcard(match at {
            0 => vec![literal("pac"), WildcardPart::Any],
            1 => vec![WildcardPart::Any, literal("t"), WildcardPart::Any],
            2 => vec![literal("s"), WildcardPart::One, literal("gn"), WildcardPart::Any],
            _ => vec![WildcardPart::One, WildcardPart::One],
        })
    });
    let cased = (0usize..8, 0usize..4).prop_map(|(word, case)| Pattern::Cased {
        word: ["us", "elan", "japan", "pact", "treaty", "agree", "new", "日"][word].to_owned(),
        case: [Case::Plain, Case::Capital, Case::Capitals, Case::Small][case],
    });
    let written = (0usize..4, 0usize..8).prop_map(|(at, spelling)| {
        let literal = |text: &str| WildcardPart::Literal(text.to_owned());
        let (folded, letters) = [("u", "U"), ("tr", "Tr"), ("e", "é"), ("", "")][at];
        let parts = |start: &str| match start {
            "" => vec![WildcardPart::Any, literal("s"), WildcardPart::Any],
            start => vec![literal(start), WildcardPart::Any],
        };
        let spelling = match spelling {
            0..4 => {
                Spelling::Case([Case::Plain, Case::Capital, Case::Capitals, Case::Small][spelling])
            }
            4..6 => Spelling::Letters(parts(letters)),
            _ => Spelling::Letters(parts(folded)),
        };
        Pattern::Written { parts: parts(folded), spelling }
    });
    let pattern = |pattern| Slot { offset: 0, terms: vec![], pattern: Some(pattern) };
    prop_oneof![
        4 => terms.prop_map(|mut terms| {
            terms.sort();
            Slot { offset: 0, terms, pattern: None }
        }),
        1 => wildcard.prop_map(pattern),
        1 => written.prop_map(pattern),
        1 => (0usize..4, 0u8..3).prop_map(|(word, distance)| {
            let word = ["pact", "sign", "elan", "japan"][word].to_owned();
            Pattern::Fuzzy(Fuzzy { word, distance })
        }).prop_map(pattern),
        1 => (0usize..4).prop_map(|at| {
            let source = ["pacts?", "s[a-i].*", ".*an", "treat(y|ies)"][at];
            Pattern::Regular(Regular::parse(source).unwrap())
        }).prop_map(pattern),
        2 => cased.prop_map(pattern),
    ]
}

fn place_words() -> impl Strategy<Value = PlaceNode> {
    let stem = proptest::collection::btree_set(0..STEMS.len(), 1..3).prop_map(|set| {
        let mut terms: Vec<String> = set.into_iter().map(|at| STEMS[at].to_owned()).collect();
        terms.sort();
        Slot { offset: 0, terms, pattern: None }
    });
    // Words that may be any lie before, between and behind the slots.
    let words = |layer| {
        move |(slots, gaps, slop, start, end): (Vec<Slot>, Vec<u32>, u32, bool, bool)| {
            let mut offset = 0;
            let mut out = Vec::new();
            for (slot, gap) in slots.into_iter().zip(&gaps) {
                offset += gap;
                out.push(Slot { offset, ..slot });
                offset += 1;
            }
            let width = offset - 1 + gaps[3];
            let rank = match layer {
                Layer::Forms if end != start => vec![vec!["pact".to_owned()]],
                _ => Vec::new(),
            };
            PlaceNode::Words(PlaceWords {
                layer,
                slots: out,
                width,
                slop: slop.saturating_sub(3),
                at_start: start,
                at_end: end,
                rank,
            })
        }
    };
    let gaps = || {
        let gap = || prop_oneof![6 => Just(0u32), 1 => Just(1u32)];
        proptest::collection::vec(gap(), 4)
    };
    let rarely = || prop_oneof![7 => Just(false), 1 => Just(true)];
    let slop = || 0u32..8;
    let single = |slot, layer| {
        PlaceNode::Words(PlaceWords {
            layer,
            slots: vec![slot],
            width: 0,
            slop: 0,
            at_start: false,
            at_end: false,
            rank: Vec::new(),
        })
    };
    prop_oneof![
        4 => stem.clone().prop_map(move |slot| single(slot, Layer::Stems)),
        4 => form_slot().prop_map(move |slot| single(slot, Layer::Forms)),
        1 => (proptest::collection::vec(stem, 1..4), gaps(), slop(), rarely(), rarely())
            .prop_map(words(Layer::Stems)),
        1 => (proptest::collection::vec(form_slot(), 1..4), gaps(), slop(), rarely(), rarely())
            .prop_map(words(Layer::Forms)),
    ]
}

fn place_clause() -> impl Strategy<Value = Clause> {
    let node = place_words().prop_recursive(3, 8, 3, |inner| {
        let two = || (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..3).prop_map(PlaceNode::Any),
            3 => (two(), 1u32..6, any::<bool>()).prop_map(|((left, right), distance, ordered)| {
                PlaceNode::Near { distance, ordered, left, right }
            }),
            2 => (two(), any::<bool>()).prop_map(|((left, right), sentence)| {
                let unit = if sentence { Unit::Sentence } else { Unit::Paragraph };
                PlaceNode::Within { unit, left, right }
            }),
            1 => (two(), 1u32..6).prop_map(|((left, right), distance)| {
                PlaceNode::NotNear { distance, left, right }
            }),
        ]
    });
    let first = proptest::option::weighted(0.2, 1u32..8);
    let times = prop_oneof![4 => Just(1u32), 1 => 2u32..4];
    (node, scope(), first, times).prop_map(|(root, scope, first, times)| {
        Clause::Places(PlaceClause { scope, first, times, root, span: Span::default() })
    })
}

fn facet_field() -> impl Strategy<Value = FacetField> {
    let mut fields: Vec<FacetField> = FacetField::all().collect();
    fields.push(FacetField::any(FacetClass::Url));
    (0..fields.len()).prop_map(move |at| fields[at])
}

fn facet_clause() -> impl Strategy<Value = Clause> {
    let ids = |field: FacetField, at: usize| -> FacetChoice {
        let list: &[&str] = match field.class {
            FacetClass::Country => COUNTRIES,
            FacetClass::Event => &["diplomacy", "conflict/battle", "diplomacy/treaty"],
            FacetClass::Source => &["the wire", "harbour courier", "nobody"],
            FacetClass::Lang => &["de", "en", "fr"],
            FacetClass::Topic => &["grain", "oil", "gold"],
            FacetClass::Domain => &["example.org", "news.example.org", "org"],
            FacetClass::SourceCountry => COUNTRIES,
            FacetClass::Type => &["analysis", "7", "x"],
            FacetClass::Collection => &["wire a", "x", "y"],
            FacetClass::File => &["in/0/", "x3.json", "in/1/x1.json"],
            FacetClass::Url => &["news.example.org/x", "x", "y"],
            _ => &["a", "b", "c"],
        };
        match at {
            0 => FacetChoice::Present,
            at => {
                let mut ids: Vec<String> = list.iter().take(at).map(|&id| id.to_owned()).collect();
                ids.sort();
                FacetChoice::Ids(ids)
            }
        }
    };
    (facet_field(), 0usize..4).prop_map(move |(field, at)| {
        Clause::Facet(FacetTerms { field, values: ids(field, at), span: Span::default() })
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let leaf = prop_oneof![
        6 => words_clause(),
        8 => place_clause(),
        3 => facet_clause(),
        2 => (-4i64..10, 0i64..6, any::<bool>()).prop_map(|(start, days, overlap)| {
            Clause::Dates(DateInterval {
                start: start * DAY,
                end: (start + days) * DAY,
                overlap,
                span: Span::default(),
            })
        }),
        1 => (0usize..4, 0i64..9, 0i64..5).prop_map(|(of, start, length)| {
            let of = [
                Measured::Words,
                Measured::Added,
                Measured::TitleWords,
                Measured::BylineWords,
            ][of];
            Clause::Measure(Measure { of, start, end: start + length, span: Span::default() })
        }),
        1 => Just(Clause::All),
        1 => Just(Clause::Nothing),
        1 => Just(Clause::Stub),
        1 => Just(Clause::Ids(vec!["1".into(), "2".into(), "no such".into()])),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 1..4).prop_map(Clause::And),
            3 => proptest::collection::vec(inner.clone(), 1..4).prop_map(Clause::Or),
            1 => (1u32..4, proptest::collection::vec(inner.clone(), 1..5))
                .prop_map(|(least, parts)| Clause::Quorum(least, parts)),
            1 => inner.clone().prop_map(|inner| Clause::Not(Box::new(inner))),
            1 => inner.clone().prop_map(|inner| Clause::Maybe(Box::new(inner))),
            1 => (0usize..3, inner)
                .prop_map(|(at, inner)| Clause::Boost([0.0, 1.0, 2.5][at], Box::new(inner))),
        ]
    })
    .prop_map(|root| Plan { root })
}

/// The bytes of title and body that a run of positions covers.
fn bytes_of(stored: &dateline::engine::StoredArticle, run: (u32, u32)) -> (bool, usize, usize) {
    let words = Words::of(&stored.article);
    let title = words.body.positions() + 1;
    let (in_title, tokens, base) =
        if run.0 >= title { (true, &words.title, title) } else { (false, &words.body, 0) };
    let of = |position: u32| tokens.iter().filter(move |token| token.position + base == position);
    let start = of(run.0).map(|token| token.start).min().unwrap();
    let end = of(run.1).map(|token| token.end).max().unwrap();
    // A bigram is posted where its first character stands.
    let next = of(run.1 + 1).find(|token| token.has(Token::CJK) && token.start == end);
    (in_title, start as usize, next.map_or(end, |token| token.end) as usize)
}

fn ids_of(engine: &dyn Engine, plan: &Plan) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let seen = engine
        .scan(plan, &mut |found| {
            assert!(ids.insert(found.id.clone()), "{} twice", found.id);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(seen as usize, ids.len());
    ids
}

fn compare(embedded: &Embedded, scan: &Scan, plan: &Plan) {
    let facets: Vec<FacetQuestion> = FacetField::all()
        .map(|field| FacetQuestion { field, size: 0, labels: false, plan: None })
        .collect();
    let ask_in = |engine: &dyn Engine, order, limit, total, sample| {
        engine.answer(&Question { plan, limit, order, total, sample, facets: &facets }).unwrap()
    };
    let ask = |engine: &dyn Engine, limit, total, sample| {
        ask_in(engine, Order::Relevance, limit, total, sample)
    };
    let all = 100_000;
    let (ours, right) = (ask(embedded, all, true, None), ask(scan, all, true, None));
    assert_eq!(ours.total, right.total, "totals");
    assert_eq!(ours.facets, right.facets, "facets");
    let ids = |answer: &dateline::engine::Answer| {
        answer.matches.iter().map(|found| found.id.clone()).collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&ours), ids(&right), "matches");
    assert_eq!(ids_of(embedded, plan), ids_of(scan, plan), "scanned");
    assert_eq!(ask(embedded, 0, true, None).total, right.total, "counted");
    // The best few are the head of all, whether or not skipping was allowed.
    let few = ask(embedded, 3, false, None).matches;
    let exact = ask(embedded, 3, true, None).matches;
    let head: Vec<&str> = ours.matches.iter().take(3).map(|found| found.id.as_str()).collect();
    for some in [few, exact] {
        let ids: Vec<&str> = some.iter().map(|found| found.id.as_str()).collect();
        assert_eq!(ids, head, "best three");
    }
    for order in ORDERS {
        let in_order = |engine, limit| {
            let matches = ask_in(engine, order, limit, true, None).matches;
            matches.into_iter().map(|found| found.id).collect::<Vec<_>>()
        };
        let ours = in_order(embedded, all);
        assert_eq!(in_order(embedded, 3), ours[..ours.len().min(3)], "{order:?}");
        if plan.root.scores() {
            // The oracle knows no scores, which come between key and date.
            continue;
        }
        assert_eq!(ours, in_order(scan, all), "{order:?}");
    }
    let sample = |engine| {
        let answer = ask(engine, 4, true, Some(7));
        answer.matches.into_iter().map(|found| found.id).collect::<Vec<_>>()
    };
    assert_eq!(sample(embedded), sample(scan), "sample");
    let stems = |engine: &dyn Engine| {
        let mut stems = Vec::new();
        let sums = engine.stems(plan, &mut |stem, inside, all| {
            stems.push((stem.to_owned(), inside, all));
        });
        (sums.unwrap(), stems)
    };
    assert_eq!(stems(embedded), stems(scan), "stems");
    for fields in [
        [FacetField::any(FacetClass::Country), FacetField::any(FacetClass::Event)],
        [FacetField::any(FacetClass::Country); 2],
    ] {
        let pairs = |engine: &dyn Engine| engine.pairs(plan, fields).unwrap();
        assert_eq!(pairs(embedded), pairs(scan), "pairs");
    }
    let bag = Bag { stems: &[("pact".into(), 1.0), ("us".into(), 0.5)], within: plan, limit: all };
    let bagged = |engine: &dyn Engine| {
        let answer = engine.bag(&bag).unwrap();
        (answer.total, ids(&answer))
    };
    assert_eq!(bagged(embedded), bagged(scan), "bag");
    let set = |engine: &dyn Engine| engine.set(plan).unwrap().count();
    assert_eq!((Some(set(embedded)), Some(set(scan))), (right.total, right.total), "set");
}

/// Writes the drafts in commits of `step`, deleting every ninth afterwards.
fn build(drafts: &[Draft], step: usize) -> (tempfile::TempDir, Embedded, Scan) {
    let dir = tempfile::tempdir().unwrap();
    let mut scan = Scan::default();
    for batch in drafts.chunks(step) {
        let mut writer = EmbeddedWriter::open(dir.path(), &WriterOptions::default(), 0).unwrap();
        for draft in batch {
            let article = draft.article();
            let prepared = writer.prepare(&article).unwrap();
            writer.put(prepared).unwrap();
            let prepared = scan.prepare(&article).unwrap();
            scan.put(prepared).unwrap();
        }
        for draft in batch.iter().step_by(9) {
            let article = draft.article();
            writer.delete(article.id()).unwrap();
            scan.delete(article.id()).unwrap();
        }
        writer.commit("").unwrap();
        writer.finish().unwrap();
    }
    let embedded = Embedded::open(dir.path()).unwrap();
    (dir, embedded, scan)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_engines_agree(
        drafts in proptest::collection::vec(draft(), 1..60),
        plans in proptest::collection::vec(plan(), 40),
    ) {
        let (_dir, embedded, scan) = build(&drafts, 17);
        assert_eq!(embedded.languages(), scan.languages());
        for plan in &plans {
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                compare(&embedded, &scan, plan);
            }));
            prop_assert!(checked.is_ok(), "{}", serde_json::to_string(plan).unwrap());
        }
    }
}

/// Few words, so that they meet often.
fn dense() -> impl Strategy<Value = Vec<Draft>> {
    const OFTEN: &[usize] = &[0, 1, 2, 4, 5, 6, 8, 12, 15, 17, 18, 19];
    let words = |range| proptest::collection::vec((0..OFTEN.len()).prop_map(|at| OFTEN[at]), range);
    proptest::collection::vec((draft(), words(0..4), words(0..16)), 40..41).prop_map(|drafts| {
        let of = |(id, (draft, title, body)): (u8, (Draft, Vec<usize>, Vec<usize>))| Draft {
            id,
            title,
            body,
            ..draft
        };
        (0..).zip(drafts).map(of).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 400, ..ProptestConfig::default() })]

    /// Every operator that asks for places, alone and negated.
    #[test]
    fn the_engines_agree_on_places(
        drafts in dense(),
        clauses in proptest::collection::vec(place_clause(), 150),
    ) {
        let (_dir, embedded, scan) = build(&drafts, 17);
        for clause in clauses {
            let plan = Plan { root: clause };
            let (ours, right) = (ids_of(&embedded, &plan), ids_of(&scan, &plan));
            prop_assert_eq!(ours, right, "{}", serde_json::to_string(&plan).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is marked is what made the article match, and nothing else is.
    #[test]
    fn marks_lie_on_matches(
        drafts in dense(),
        clauses in proptest::collection::vec(place_clause(), 100),
    ) {
        let mut scan = Scan::default();
        for draft in &drafts {
            let prepared = scan.prepare(&draft.article()).unwrap();
            scan.put(prepared).unwrap();
        }
        let analyzers = &mut Analyzers::default();
        for root in clauses {
            let shown = serde_json::to_string(&root).unwrap();
            let Clause::Places(clause) = &root else { continue };
            // Author lines are never marked.
            if clause.scope == Scope::Byline {
                continue;
            }
            let mut matcher = Matcher::new(&Plan { root: root.clone() });
            let mut never = Matcher::new(&Plan { root: Clause::Not(Box::new(root.clone())) });
            for draft in &drafts {
                let stored = scan.get(draft.article().id()).unwrap().unwrap();
                prop_assert_eq!(never.find(&stored, analyzers), Matches::default());
                let found = matcher.find(&stored, analyzers);
                let runs = scan.runs(stored.id(), clause);
                let runs: Vec<_> = runs.into_iter().map(|run| bytes_of(&stored, run)).collect();
                let title = found.title.iter().map(|found| (true, found.bytes));
                let marks: Vec<_> =
                    title.chain(found.body.iter().map(|found| (false, found.bytes))).collect();
                for &(in_title, (start, end)) in &marks {
                    let text = if in_title { &stored.article.title } else { &stored.article.body };
                    prop_assert!(text.get(start..end).is_some(), "{}", shown);
                    let covers = |at: usize| {
                        runs.iter().any(|run| run.0 == in_title && run.1 <= at && at < run.2)
                    };
                    // What lies between joined runs is no word.
                    let stray = (start..end).find(|&at| {
                        let rest = text.get(at..);
                        !covers(at) && rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
                    });
                    prop_assert!(stray.is_none(), "{:?} of {} in {:?}", stray, shown, text);
                }
                for run in &runs {
                    let meets = |&(in_title, (start, end)): &(bool, (usize, usize))| {
                        in_title == run.0 && start < run.2 && run.1 < end
                    };
                    prop_assert!(marks.iter().any(meets), "{:?} of {} in {:?}", run, shown, stored.article);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whenever time is over: what is found matches, nothing is counted that does not, and an
    /// answer that is not whole says so.
    #[test]
    fn a_stopped_answer_is_a_part_and_says_so(
        drafts in dense(),
        plans in proptest::collection::vec(plan(), 30),
        clauses in proptest::collection::vec(place_clause(), 30),
    ) {
        let (dir, _, scan) = build(&drafts, 17);
        let negated = clauses.into_iter().map(|clause| Plan { root: Clause::Not(Box::new(clause)) });
        for plan in plans.into_iter().chain(negated) {
            let right = ids_of(&scan, &plan);
            for looks in 0..4 {
                let left = AtomicU32::new(looks);
                let stop = Stop::when(move || {
                    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_err()
                });
                let timed = Embedded::open(dir.path()).unwrap().until(Arc::new(stop));
                let shown = || serde_json::to_string(&plan).unwrap();
                let found = ids_of(&timed, &plan);
                prop_assert!(found.is_subset(&right), "{} {}", looks, shown());
                prop_assert!(timed.was_stopped() || found == right, "{} {}", looks, shown());
                for total in [true, false] {
                    let order = Order::Relevance;
                    let facets = &[];
                    let question = Question { plan: &plan, limit: 5, order, total, sample: None, facets };
                    let answer = timed.answer(&question).unwrap();
                    prop_assert!(answer.total.unwrap_or(0) <= right.len() as u64);
                    prop_assert!(answer.matches.iter().all(|found| right.contains(&found.id)));
                }
            }
        }
    }
}

/// More matches than any buffer of the engine holds (4,096), over segments with deletes.
#[test]
fn the_engines_agree_on_many_matches() {
    let drafts: Vec<Draft> = (0u32..)
        .take(9_000)
        .map(|n| {
            let at = |k: u32| {
                (n.wrapping_mul(2_654_435_761).rotate_left(k) % WORDS.len() as u32) as usize
            };
            Draft {
                id: 0,
                title: vec![at(3)],
                body: (0..6).map(|k| at(k * 5)).collect(),
                country: vec![(at(7) % 3, n % 2 == 0, n % 5 == 0)],
                event: Some(at(11) % 3),
                source: Some(at(13) % 2),
                date: Some((i64::from(n % 30), 1)),
            }
        })
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let mut scan = Scan::default();
    for (batch, part) in drafts.chunks(2_500).enumerate() {
        let mut writer = EmbeddedWriter::open(dir.path(), &WriterOptions::default(), 0).unwrap();
        for (at, draft) in part.iter().enumerate() {
            let mut article = draft.article();
            article.article.id = Some(format!("n{:05}", batch * 2_400 + at));
            for sink in [&mut writer as &mut dyn Sink, &mut scan] {
                let prepared = sink.prepare(&article).unwrap();
                sink.put(prepared).unwrap();
            }
        }
        writer.commit("").unwrap();
        writer.finish().unwrap();
    }
    let embedded = Embedded::open(dir.path()).unwrap();
    let word = |term: &str| {
        let slot = Slot { offset: 0, terms: vec![term.to_owned()], pattern: None };
        Clause::Text(TextClause {
            scope: Scope::Any,
            layer: Layer::Stems,
            slots: vec![slot],
            slop: 0,
            rank: vec![],
            span: Span::default(),
        })
    };
    let japan = Clause::Facet(FacetTerms {
        field: FacetField { class: FacetClass::Country, sub: FacetSub::Major },
        values: FacetChoice::Ids(vec!["JP".into()]),
        span: Span::default(),
    });
    let either = Clause::Or(vec![word("pact"), word("treati"), word("japan"), word("sign")]);
    let stems = |terms: &[&str]| {
        let slot = |term: &&str| Slot { offset: 0, terms: vec![(*term).to_owned()], pattern: None };
        let words = |slot| {
            Box::new(PlaceNode::Words(PlaceWords {
                layer: Layer::Stems,
                slots: vec![slot],
                width: 0,
                slop: 0,
                at_start: false,
                at_end: false,
                rank: Vec::new(),
            }))
        };
        terms.iter().map(|term| words(slot(term))).collect::<Vec<_>>()
    };
    let places = |root| {
        let (scope, span) = (Scope::Any, Span::default());
        Clause::Places(PlaceClause { scope, first: None, times: 1, root, span })
    };
    let two = |a: &str, b: &str| match <[Box<PlaceNode>; 2]>::try_from(stems(&[a, b])) {
        Ok([left, right]) => (left, right),
        Err(_) => unreachable!(),
    };
    let near = |a, b| {
        let (left, right) = two(a, b);
        places(PlaceNode::Near { distance: 3, ordered: false, left, right })
    };
    let without = |a, b| {
        let (left, right) = two(a, b);
        places(PlaceNode::NotNear { distance: 2, left, right })
    };
    let sentence = |a, b| {
        let (left, right) = two(a, b);
        places(PlaceNode::Within { unit: Unit::Sentence, left, right })
    };
    for root in [
        Clause::Or(vec![near("pact", "sign"), near("japan", "us"), sentence("war", "treati")]),
        Clause::And(vec![either.clone(), without("sign", "pact")]),
        Clause::Not(Box::new(sentence("japan", "sign"))),
        Clause::Quorum(2, vec![word("pact"), word("japan"), word("sign"), near("us", "war")]),
        Clause::And(vec![either.clone(), Clause::Maybe(Box::new(near("us", "war")))]),
        either.clone(),
        Clause::And(vec![either.clone(), japan.clone()]),
        Clause::And(vec![either.clone(), Clause::Not(Box::new(word("war")))]),
        Clause::And(vec![either, Clause::Or(vec![word("us"), japan])]),
        Clause::Not(Box::new(word("pact"))),
    ] {
        compare(&embedded, &scan, &Plan { root });
    }
}
