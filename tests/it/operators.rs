//! What each operator finds and what it does not, row by row, in both engines.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use dateline::analyze::Analyzers;
use dateline::article::{Article, Words};
use dateline::engine::embedded::{Embedded, EmbeddedWriter, WriterOptions};
use dateline::engine::scan::Scan;
use dateline::engine::{Engine, Order, Question, Sink, TaggedArticle};
use dateline::plan::{Catalogue, Plan, Resolver};
use dateline::query::{ParseOptions, parse};
use dateline::search::explain::explain;
use dateline::search::{ReadOptions, read};
use dateline::snippet::Matcher;
use dateline::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};
use proptest::prelude::*;

/// Query, texts that match, texts that do not; a text is `title | body` or a body alone. `{…}` in
/// a body is a mention of the person Ann Bell, `[…]` one of Japan, `<…>` one of a treaty.
const ROWS: &[(&str, &[&str], &[&str])] = &[
    // Phrases
    (
        r#""free trade"~1"#,
        &["free fair trade", "free trade"],
        &["trade free", "free and fair trade"],
    ),
    (r#""free trade"~2"#, &["trade free", "free and fair trade"], &["trade is free"]),
    (r#""free free"~3"#, &["free as free"], &["free trade"]),
    (
        r#""climate chang"*"#,
        &["climate changes", "Climate chang"],
        &["climate of change", "climate"],
    ),
    (r#""climate chang*""#, &["climate changed"], &["climate and change"]),
    (r#""sea * japan""#, &["sea of Japan"], &["sea Japan", "sea of old Japan"]),
    (r#""japan *""#, &["Japan won"], &["to Japan", "Japan | won"]),
    (r#""* japan""#, &["to Japan"], &["Japan won", "a | Japan"]),
    (r#""(prime|foreign) minister""#, &["Foreign minister"], &["first minister", "prime"]),
    (
        r#""(anti-war|peace) march""#,
        &["anti-war march", "a peace march"],
        &["war march", "anti march"],
    ),
    (r#""(prim*|foreign) minister""#, &["primary minister"], &["old minister"]),
    (
        r#""^japan signs""#,
        &["Japan signs", "Japan signs | no", "x | Japan signs it"],
        &["now Japan signs"],
    ),
    (
        r#""signs it$""#,
        &["he signs it", "he signs it | no", "x | so he signs it."],
        &["signs it now"],
    ),
    (r#""^pact$""#, &["Pact", "pact | a text", "a title | pact!"], &["pact now", "a pact"]),
    (r#"title:"^pact""#, &["Pact now | x"], &["pact", "x | pact", "a pact | x"]),
    (r#"title:"pact$""#, &["the pact | x"], &["pact", "pact now | x"]),
    (r#"lead:"pact$""#, &["a pact.\n\nMore.", "pact"], &["pact now.\n\nMore pact"]),
    (r#""president @person""#, &["President {Ann Bell} spoke"], &["President and {Ann Bell}"]),
    (r#""@country:Japan signed""#, &["[Japan] signed"], &["Japan signed", "[Japan] has signed"]),
    (r#""prime /minist.*s/""#, &["Prime Ministers"], &["prime minister", "ministers prime"]),
    (r#""prime minster~1""#, &["Prime Minister", "prime minster"], &["minister", "prime mistress"]),
    (r#""fair~1 trade""#, &["fair trade", "fairs trade"], &["free trade", "trade fair"]),
    (r#""/fr[ae]e/ trade"~1"#, &["free fair trade", "Frae trade"], &["fair trade"]),
    ("anti-w*", &["anti-war"], &["anti peace war", "war"]),
    // Nearness
    (
        "pact NEAR/2 tokyo",
        &["pact of Tokyo", "Tokyo pacts"],
        &["pact made in Tokyo", "pact | Tokyo"],
    ),
    ("pact NEAR/2 pact", &["pact and pact"], &["pact", "pact a b pact"]),
    ("pact PRE/2 tokyo", &["pact of Tokyo"], &["Tokyo pact"]),
    ("pact ADJ tokyo", &["pact Tokyo"], &["Tokyo pact"]),
    ("a1 NEAR/2 b1 NEAR/2 c1", &["a1 b1 x c1", "a1 c1 b1", "c1 x a1 x b1"], &["a1 b1 x x c1"]),
    ("a1 NEAR/5 b1 NEAR/5 c1", &["a1 b1 x x x b1 x x x x c1"], &["a1 b1 x x x x x c1"]),
    ("(a1 OR b1) NEAR/1 (c1 OR \"d1 e1\")", &["b1 d1 e1", "c1 a1"], &["b1 x c1", "d1 b1 e1"]),
    ("\"a1 b1\" PRE/2 res*", &["a1 b1 x resign"], &["a1 x b1 resign", "resign a1 b1"]),
    (
        "church NOTNEAR/3 street",
        &["a church", "church a b c street"],
        &["church street", "street a church"],
    ),
    ("church NOTNEAR/3 church", &["church a b c church"], &["church church"]),
    ("church NOTNEAR/2 street", &["church street and then a church"], &["street church street"]),
    (
        "crime NEAR/3 @person",
        &["crime of {Ann Bell}"],
        &["crime of a bell", "crime x y z {Ann Bell}"],
    ),
    ("ann NEAR/3 @person", &["Ann and {Ann Bell}"], &["so {Ann Bell} said"]),
    ("@event:treaty NEAR/2 tokyo", &["a <treaty> Tokyo"], &["a treaty Tokyo"]),
    ("@event:diplomacy", &["a <treaty>"], &["a treaty"]),
    ("@country", &["in [Tokyo]"], &["in Tokyo"]),
    ("@person:\"Ann Bell\"", &["{Bell} came"], &["Ann Bell came"]),
    ("日米 NEAR/3 条約", &["日米の条約", "条約の日米"], &["日米あいう条約", "日米"]),
    // Sentences
    (
        "minister SENT fraud",
        &["The minister denies fraud. So."],
        &["The minister left. Fraud rose."],
    ),
    ("minister SENT minister", &["A minister met a minister."], &["A minister. A minister."]),
    (
        "minister PARA fraud",
        &["The minister left. Fraud rose.\n\nEnd."],
        &["The minister.\n\nFraud rose."],
    ),
    ("\"the minister\" SENT fraud", &["The minister: fraud."], &["The minister. Fraud."]),
    ("(a1 NEAR/5 b1) SENT c1", &["a1 c1 b1."], &["a1 b1. C1", "a1. B1 c1"]),
    // Counts
    ("atleast3(japan)", &["Japan, Japan and Japan", "Japan | Japan Japan"], &["Japan and Japan"]),
    ("atleast2(sea OR ocean)", &["sea, ocean"], &["sea", "seas"]),
    ("atleast2(\"a1 b1\" OR b1)", &["a1 b1 b1"], &["a1 b1"]),
    ("atleast2(a1 b1)", &["a1 a1 b1 b1"], &["a1 a1 b1"]),
    ("repeat2:\"japan\"", &["Japan Japan"], &["Japan"]),
    ("atleast2(a1 NEAR/1 b1)", &["a1 b1 x b1 a1"], &["a1 b1 a1"]),
    ("first2(japan)", &["in Japan", "x | in Japan", "x y Japan | in Japan"], &["now in Japan"]),
    ("first3(a1 AND b1)", &["x a1 b1"], &["x a1 x b1"]),
    ("first3(atleast2(a1))", &["a1 x a1"], &["a1 x x a1"]),
    ("title:(first2(a1))", &["x a1 | y"], &["x y a1 | z", "a1"]),
    ("hlead(japan AND treaty)", &["Japan | A treaty.\n\nEnd."], &["Japan | Talks.\n\nA treaty."]),
    ("any2(a1 b1 c1)", &["a1 c1", "a1 b1 c1"], &["a1 a1"]),
    ("any2(a1 -b1 c1)", &["a1", "c1 a1 b1"], &["a1 b1", "b1 c1"]),
    // Ways of writing
    ("=US", &["in the US", "the US's"], &["tell us", "Us"]),
    ("=us", &["tell us"], &["in the US", "Us"]),
    ("=élan", &["with élan"], &["elan", "Élan"]),
    (r#"="Polish minister""#, &["a Polish minister"], &["polish minister", "Polish Minister"]),
    ("caps(apple)", &["Apple", "APPLE"], &["apple", "Apples"]),
    ("allcaps(rico)", &["the RICO act"], &["Rico", "rico"]),
    ("nocaps(apple)", &["an apple", "Apple apple"], &["Apple", "apples"]),
    ("caps(\"prime minister\")", &["Prime Minister"], &["Prime minister"]),
    ("exact(treaties)", &["Treaties"], &["treaty"]),
    ("exact(treaties OR pacts)", &["pacts"], &["treaty", "pact"]),
    ("caps(appl*)", &["Apple", "APPLES", "apple Apples"], &["apple", "apples", "Apt"]),
    ("allcaps(ri?o)", &["the RICO act"], &["Rico", "rico"]),
    ("nocaps(appl*)", &["an apple", "Apple apples"], &["Apple", "APPLES"]),
    (r#"="Appl*""#, &["Apple", "Applet"], &["apple", "APPLE"]),
    (r#"="appl*""#, &["an apple"], &["Apple", "APPLE"]),
    (r#"="él*""#, &["un élan"], &["elan", "Élan"]),
    (r#"="Prim* Minister""#, &["Prime Minister"], &["prime Minister", "Prime minister"]),
    (r#"="Prime Minist"*"#, &["Prime Ministers"], &["Prime ministers", "prime Minister"]),
    ("caps(\"prime minist\"*)", &["Prime Ministry"], &["prime Ministry", "Prime ministry"]),
    ("caps(appl*) NEAR/2 shares", &["Apple shares"], &["apple shares"]),
    ("ocr(modern)", &["modern", "Modem times", "rnodern"], &["moderns", "modular"]),
    ("ocr(\"prime minister\")", &["prirne minifter", "prime minister"], &["prima minister"]),
    ("ocr(clan) NEAR/2 war", &["dan at war"], &["plan at war"]),
    ("region:NATO", &["a Nato pact", "NATO said"], &["nato", "the alliance"]),
    ("region:EU", &["the E.U. said", "the EU", "European union", "Europäische Union"], &["eu"]),
    ("region.title:UN", &["UN meets | now"], &["now | the UN"]),
    ("-region:UN japan", &["Japan", "un Japan"], &["UN and Japan"]),
    ("caps(apple) NEAR/2 shares", &["Apple shares"], &["apple shares"]),
    ("=US NEAR/3 aid", &["US aid"], &["aid us"]),
    (r#""=US""#, &["us", "US"], &["un"]),
    // The rest
    ("japan MAYBE pact", &["Japan", "Japan pact"], &["pact"]),
    ("MAYBE pact", &["Japan", "pact"], &[]),
    ("japan -(pact NEAR/2 tokyo)", &["Japan pact a b c Tokyo"], &["Japan pact Tokyo"]),
    ("pact^2 japan^0", &["pact Japan"], &["pact", "Japan"]),
];

/// Query, and a text in which what must be marked stands between `_`.
const MARKS: &[(&str, &str)] = &[
    (
        "pact NEAR/2 tokyo",
        "A pact. In the _pact_ of _Tokyo_, just one other pact and so on for Tokyo.",
    ),
    ("a1 NEAR/2 b1 NEAR/2 c1", "_a1_ _b1_ x _c1_ and now a1 b1 all alone, c1"),
    ("(treaty OR pact) PRE/2 tokyo", "Tokyo treaty; a _treaty_ in _Tokyo_, a _pact_: _Tokyo_."),
    ("church NOTNEAR/2 street", "church street, old square, _church_ and no streets... street"),
    ("minister SENT fraud", "The minister left. A _minister_ of _fraud_. Fraud again."),
    ("minister PARA fraud", "A _minister_. And _fraud_.\n\nMore fraud."),
    ("atleast2(pact)", "A _pact_ and a _pact_."),
    ("atleast3(pact)", "A pact and a pact."),
    ("atleast3(pact) OR japan", "A pact and a pact in _Japan_."),
    ("(pact AND tokyo) OR japan", "A pact in _Japan_."),
    ("(pact NOT tokyo) OR japan", "A pact of Tokyo in _Japan_."),
    ("(pact NOT korea) OR japan", "A _pact_ of Tokyo in _Japan_."),
    ("any2(pact tokyo japan)", "A _pact_ in _Japan_."),
    ("first2(pact)", "The _pact_ and the pact"),
    ("\"trade deal\"~2", "a _deal_ _trade_? No: some _trade deal_, no more deal about trade"),
    ("\"/de.l/ trade\"", "_deal trade_ and a dell, a trade"),
    ("\"deal * trade\"", "a _deal_ on _trade_, a deal trade"),
    ("\"(free|fair) trad*\"", "_free trade_ and _fair trading_ and trade"),
    ("\"^deal\"", "_Deal_ or no deal"),
    ("\"deal$\"", "Deal or no _deal_"),
    ("caps(apple)", "_Apple_ and apple and _APPLE_'s"),
    ("nocaps(apple)", "Apple and _apple_"),
    ("caps(appl*)", "_Apple_ and apples and _APPLES_"),
    ("=\"él*\"", "Élan, _élan_, elan"),
    ("ocr(modern)", "A _modem_, a _modern_ and a model one"),
    ("region:NATO", "The _Nato_ pact: _NATO_, not nato, _North Atlantic Treaty Organization_"),
    ("=us", "US and _us_"),
    ("=US NEAR/2 aid", "_US_ _aid_, more aid to us, US a b aid"),
    ("crime NEAR/3 @person", "_crime_ of _{Ann Bell}_, and far away crime"),
    ("@country:Japan", "In _[Tokyo]_: _[Japanese]_, Japan"),
    ("MAYBE pact japan", "_Japan_'s _pact_"),
    ("japan -(pact NEAR/2 tokyo)", "_Japan_ pact a b c Tokyo"),
    ("title:pact^2 OR tokyo", "pact in _Tokyo_"),
];

fn tagged(number: usize, text: &str) -> TaggedArticle {
    let (title, marked) = text.split_once(" | ").unwrap_or(("", text));
    let (mut body, mut mentions) = (String::new(), BTreeMap::<usize, Vec<Mention>>::new());
    let mut open = Vec::new();
    for c in marked.chars() {
        match ("{[<".find(c), "}]>".find(c)) {
            (Some(kind), _) => open.push((kind, body.len())),
            (_, Some(kind)) => {
                let (_, start) = open.pop().unwrap();
                mentions.entry(kind).or_default().push(Mention {
                    part: Part::Body,
                    start: start as u32,
                    end: body.len() as u32,
                    rule: 1,
                    weight: 1,
                });
            }
            _ => body.push(c),
        }
    }
    let kinds =
        [(Class::Person, "ann-bell"), (Class::Country, "JP"), (Class::Event, "diplomacy/treaty")];
    let mut tags = Tags::default();
    for (kind, mentions) in mentions {
        let (class, id) = kinds[kind];
        tags.tags.push(Tag {
            class,
            id: id.to_owned(),
            label: None,
            level: Level::Passing,
            score: 1,
            origin: Origin::Derived,
            by: None,
            mentions,
        });
    }
    tags.sort();
    let article = Article {
        id: Some(number.to_string()),
        title: if text.contains(" | ") { title.to_owned() } else { String::new() },
        body,
        ..Article::default()
    };
    let words = Words::of(&article);
    let content_hash = article.content_hash();
    TaggedArticle { words, content_hash, article, tags, lang: "en".into(), home: None, added: 0 }
}

fn plan(catalogue: &dyn Catalogue, query: &str) -> Plan {
    let parsed = parse(query, &ParseOptions::default());
    let expr = parsed.expr.unwrap_or_else(|| panic!("{query}: {:?}", parsed.diagnostics));
    let resolved = Resolver { catalogue, now: 0, lang: None, lists: None, saved: None, own: None }
        .resolve(&expr);
    resolved.plan.unwrap_or_else(|| panic!("{query}: {:?}", resolved.diagnostics))
}

fn ids(engine: &dyn Engine, plan: &Plan) -> Vec<usize> {
    let mut ids = Vec::new();
    engine
        .scan(plan, &mut |found| {
            ids.push(found.id.parse().unwrap());
            ControlFlow::Continue(())
        })
        .unwrap();
    ids.sort_unstable();
    ids
}

/// Both engines with the texts of all rows, in several segments.
fn engines(texts: &[&str]) -> (tempfile::TempDir, Embedded, Scan) {
    let dir = tempfile::tempdir().unwrap();
    let mut scan = Scan::default();
    let articles: Vec<TaggedArticle> =
        texts.iter().enumerate().map(|(number, text)| tagged(number, text)).collect();
    for part in articles.chunks(100) {
        let mut writer = EmbeddedWriter::open(dir.path(), &WriterOptions::default(), 0).unwrap();
        for article in part {
            for sink in [&mut writer as &mut dyn Sink, &mut scan] {
                let prepared = sink.prepare(article).unwrap();
                sink.put(prepared).unwrap();
            }
        }
        writer.commit("").unwrap();
        writer.finish().unwrap();
    }
    let embedded = Embedded::open(dir.path()).unwrap();
    (dir, embedded, scan)
}

#[test]
fn each_operator_finds_what_it_should() {
    let mut texts: Vec<&str> =
        ROWS.iter().flat_map(|(_, yes, no)| yes.iter().chain(*no).copied()).collect();
    texts.sort_unstable();
    texts.dedup();
    let (_dir, embedded, scan) = engines(&texts);
    let mut wrong = Vec::new();
    for (query, yes, no) in ROWS {
        let plan = plan(&embedded, query);
        let (ours, right) = (ids(&embedded, &plan), ids(&scan, &plan));
        if ours != right {
            wrong.push(format!("{query}: the engines differ: {ours:?} and {right:?}"));
        }
        let found: Vec<&str> = right.iter().map(|&number| texts[number]).collect();
        let missing = yes.iter().filter(|text| !found.contains(text));
        wrong.extend(missing.map(|text| format!("{query} does not find '{text}'")));
        let extra = no.iter().filter(|text| found.contains(text));
        wrong.extend(extra.map(|text| format!("{query} finds '{text}'")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn scores(engine: &dyn Engine, plan: &Plan) -> BTreeMap<String, f32> {
    let question = Question {
        plan,
        limit: 1_000,
        order: Order::Relevance,
        total: true,
        sample: None,
        facets: &[],
    };
    let matches = engine.answer(&question).unwrap().matches;
    matches.into_iter().map(|found| (found.id, found.score.unwrap())).collect()
}

/// Each scores what the words beside it score together, for the articles that both find.
#[test]
fn nearness_ranks_as_its_words_do() {
    let mut texts: Vec<&str> =
        ROWS.iter().flat_map(|(_, yes, no)| yes.iter().chain(*no).copied()).collect();
    texts.sort_unstable();
    texts.dedup();
    let (_dir, embedded, _) = engines(&texts);
    for (query, words) in [
        ("pact NEAR/2 tokyo", "pact tokyo"),
        ("minister SENT fraud", "minister fraud"),
        ("church NOTNEAR/3 street", "church"),
        ("(a1 OR b1) NEAR/1 c1", "(a1 OR b1) c1"),
        ("atleast3(japan)", "japan"),
        ("first2(japan)", "japan"),
        ("\"free trade\"~2", "free trade"),
        ("=US NEAR/3 aid", "us aid"),
        ("caps(apple)", "apple"),
        ("crime NEAR/3 @person", "crime"),
        ("pact NEAR/2 tok*", "pact"),
        ("japan MAYBE pact", "japan OR pact"),
        ("any2(a1 b1 c1)", "a1 OR b1 OR c1"),
        ("(pact NEAR/2 tokyo)^3", "pact^3 tokyo^3"),
    ] {
        let (ours, theirs) = (
            scores(&embedded, &plan(&embedded, query)),
            scores(&embedded, &plan(&embedded, words)),
        );
        assert!(!ours.is_empty(), "{query}");
        for (id, score) in &ours {
            assert!((score - theirs[id]).abs() < 1e-4, "{query} {id}: {score} and {}", theirs[id]);
        }
    }
    let flat = scores(&embedded, &plan(&embedded, "(@country:Japan)^2"));
    assert!(!flat.is_empty() && flat.values().all(|score| *score == 2.0), "{flat:?}");
}

/// What `explain` joins from the parts is what the whole query finds.
#[test]
fn explained_counts_are_those_of_the_query() {
    let texts: Vec<&str> =
        ROWS.iter().flat_map(|(_, yes, no)| yes.iter().chain(*no)).copied().collect();
    let (_dir, embedded, _) = engines(&texts);
    let options = ReadOptions { now: 0, ..ReadOptions::default() };
    for (at, (query, ..)) in ROWS.iter().enumerate() {
        let (next, ..) = ROWS[(at + 7) % ROWS.len()];
        for query in [
            (*query).to_owned(),
            format!("({query}) OR -({next})"),
            format!("({next}) ({query}) pact"),
        ] {
            let reading = read(&embedded, &query, &options)
                .unwrap_or_else(|error| panic!("{query}: {error:?}"));
            let found = ids(&embedded, &reading.plan).len() as u64;
            let explained = explain(&embedded, &reading, &options).unwrap();
            assert_eq!(explained.total, found, "{query}");
            assert_eq!(explained.root.count, Some(found), "{query}");
        }
    }
}

#[test]
fn what_made_the_hit_is_marked() {
    let mut wrong = Vec::new();
    for (query, text) in MARKS {
        // The brackets of entities that are not marked are kept outside of the marks.
        let article = tagged(0, &text.replace('_', ""));
        let mut scan = Scan::default();
        let prepared = scan.prepare(&article).unwrap();
        scan.put(prepared).unwrap();
        let plan = plan(&scan, query);
        let stored = scan.get("0").unwrap().unwrap();
        let found = Matcher::new(&plan).find(&stored, &mut Analyzers::default());
        let mut marked = String::new();
        let mut at = 0;
        for mark in &found.body {
            let (start, end) = mark.bytes;
            marked += &format!(
                "{}_{}_",
                &stored.article.body[at..start],
                &stored.article.body[start..end]
            );
            at = end;
        }
        marked += &stored.article.body[at..];
        let expected = text.replace(['[', ']', '{', '}'], "");
        if marked != expected {
            wrong.push(format!("{query}\n  {marked}\n  instead of\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Queries of the rows joined at random: whatever can be read is answered alike.
    #[test]
    fn operators_nest(
        picks in proptest::collection::vec((0..ROWS.len(), 0..ROWS.len(), 0..ROWS.len(), 0usize..9, 0usize..9), 60),
    ) {
        let texts: Vec<&str> = ROWS.iter().flat_map(|(_, yes, _)| yes.iter().copied()).collect();
        let (_dir, embedded, scan) = engines(&texts);
        let joined = |a: &str, b: &str, how: usize| match how {
            0 => format!("({a}) AND ({b})"),
            1 => format!("({a}) OR ({b})"),
            2 => format!("({a}) NOT ({b})"),
            3 => format!("({a}) NEAR/4 ({b})"),
            4 => format!("({a}) PRE/6 ({b})"),
            5 => format!("({a}) SENT ({b})"),
            6 => format!("({a}) NOTNEAR/2 ({b})"),
            7 => format!("any1(({a}) ({b}))"),
            _ => format!("atleast2(({a}) OR ({b}))"),
        };
        for (a, b, c, how, then) in picks {
            let query = joined(&joined(ROWS[a].0, ROWS[b].0, how), ROWS[c].0, then);
            let Some(expr) = parse(&query, &ParseOptions::default()).expr else { continue };
            let resolver = Resolver { catalogue: &embedded, now: 0, lang: None, lists: None, saved: None, own: None };
            let Some(plan) = resolver.resolve(&expr).plan else { continue };
            prop_assert_eq!(ids(&embedded, &plan), ids(&scan, &plan), "{}", query);
        }
    }
}
