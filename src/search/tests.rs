//! A few articles in memory, and what searches over them give.

use super::*;
use crate::article::date::DateOrder;
use crate::article::{Article, PartialDate, Words};
use crate::engine::scan::Scan;
use crate::engine::{Sink, TaggedArticle};
use crate::plan::{Clause, FacetChoice, FacetClass, FacetSub, FacetTerms};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};

fn tag(class: Class, id: &str, level: Level) -> Tag {
    let label = (class == Class::Person).then(|| format!("The {id}"));
    let mention = Mention { part: Part::Body, start: 0, end: 5, rule: 0, weight: 9 };
    let origin = Origin::Derived;
    Tag {
        class,
        id: id.to_owned(),
        label,
        level,
        score: 9,
        origin,
        by: None,
        mentions: vec![mention],
    }
}

/// An article with tags: `id`, date, title, body, major countries, passing countries.
fn article(fields: [&str; 6]) -> TaggedArticle {
    let [id, date, title, body, major, passing] = fields;
    let article = Article {
        id: Some(id.to_owned()),
        title: title.to_owned(),
        body: body.to_owned(),
        date: PartialDate::parse(date, DateOrder::Ymd).ok(),
        source: Some("The Harbour Courier".to_owned()),
        ..Article::default()
    };
    let mut tags = Tags::default();
    for (ids, level) in [(major, Level::Major), (passing, Level::Passing)] {
        tags.tags.extend(ids.split_whitespace().map(|id| tag(Class::Country, id, level)));
    }
    let words = Words::of(&article);
    TaggedArticle { article, words, tags, lang: "en".to_owned(), ..TaggedArticle::default() }
}

/// Four articles: two about Japan and a pact, one about France, one about nothing.
pub(crate) fn archive() -> Scan {
    let mut treaty = article([
        "a,1",
        "2019-07-01",
        "Japan signs pact",
        "TOKYO – The pact was signed. Talks go on.",
        "JP KR",
        "US",
    ]);
    treaty.tags.tags.push(tag(Class::Person, "aiko-mori", Level::Major));
    treaty.tags.tags.push(tag(Class::Event, "diplomacy/treaty", Level::Major));
    treaty.tags.tags.push(tag(Class::Event, "diplomacy", Level::Major));
    treaty.article.given.topic = vec!["Fish  Eries".to_owned(), "fish eries".to_owned()];
    let all = [
        treaty,
        article(["b", "2020", "Pact fails", "A pact with Japan failed.", "JP", ""]),
        article(["c", "2018-01-05", "Strike", "A strike in Paris.", "FR", "JP"]),
        article(["d", "", "Quiet day", "Nothing happened at all.", "", ""]),
    ];
    let mut scan = Scan::default();
    for tagged in &all {
        let prepared = scan.prepare(tagged).unwrap();
        scan.put(prepared).unwrap();
    }
    scan
}

fn ask(query: &str) -> Request {
    Request { query: query.to_owned(), limit: 10, snippets: true, ..Request::default() }
}

fn ids(hits: &Hits) -> Vec<&str> {
    hits.hits.iter().map(|hit| hit.id.as_str()).collect()
}

#[test]
fn hits_come_with_rank_total_marks_and_canonical_query() {
    let hits = search(&archive(), &ask("country:Japan   pact")).unwrap();
    assert_eq!(hits.query, "country:Japan AND pact");
    assert_eq!((hits.total, ids(&hits)), (2, vec!["b", "a,1"]));
    let hit = &hits.hits[1];
    assert_eq!(hit.rank, Some(2));
    assert_eq!(hit.title.marks.len(), 1);
    assert!(hit.fragments[0].text.contains("pact"));
    assert_eq!(hit.source.as_deref(), Some("The Harbour Courier"));
}

#[test]
fn hit_facets_hold_leaves_labels_and_supplied_values_once() {
    let hits = search(&archive(), &ask("id:\"a,1\"")).unwrap();
    let facets = &hits.hits[0].facets;
    let strings = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        facets.ids,
        [
            (FacetClass::Country, strings(&["JP", "KR", "US"])),
            (FacetClass::Person, strings(&["aiko-mori"])),
            (FacetClass::Event, strings(&["diplomacy/treaty"])),
            (FacetClass::Topic, strings(&["fish eries"])),
        ]
    );
    assert_eq!(facets.major[0], (FacetClass::Country, strings(&["JP", "KR"])));
    assert_eq!(facets.label_of("KR"), "South Korea");
    assert_eq!(facets.label_of("aiko-mori"), "The aiko-mori");
    assert_eq!(facets.label_of("fish eries"), "Fish  Eries");
    assert_eq!(facets.label_of("unknown"), "unknown");
}

#[test]
fn a_wrong_query_is_an_error_with_its_place() {
    let error = search(&archive(), &ask("coutry:Japan")).unwrap_err();
    let SearchError::Query(diagnostics) = error else { panic!("{error}") };
    assert_eq!(diagnostics[0].code, "unknown_field");
    assert_eq!(diagnostics[0].span, Some(Span::new(0, 6)));
}

#[test]
fn strict_makes_errors_of_warnings() {
    let mut request = ask("person:nobody-at-all");
    let hits = search(&archive(), &request).unwrap();
    assert_eq!((hits.total, hits.warnings.len()), (0, 1));
    request.reading.parse.strict = true;
    let error = search(&archive(), &request).unwrap_err();
    assert!(matches!(error, SearchError::Query(all) if all.iter().any(Diagnostic::is_error)));
}

#[test]
fn counts_ignore_the_filter_on_their_own_class() {
    let country = FacetField::any(FacetClass::Country);
    let mut request = ask("country:France");
    request.facets = vec![(country, 0), (FacetField::any(FacetClass::Source), 0)];
    let hits = search(&archive(), &request).unwrap();
    let shown = |counts: &FacetCounts| {
        counts.values.iter().map(|v| format!("{} {}", v.label, v.count)).collect::<Vec<_>>()
    };
    let all = ["Japan 3", "France 1", "South Korea 1", "United States 1"];
    assert_eq!(shown(&hits.facets[0]), all);
    assert_eq!(shown(&hits.facets[1]), ["the harbour courier 1"]);
    request.conjunctive = true;
    let hits = search(&archive(), &request).unwrap();
    assert_eq!(shown(&hits.facets[0]), ["France 1", "Japan 1"]);
}

#[test]
fn a_region_still_narrows_the_countries_it_is_asked_with() {
    let country = FacetField::any(FacetClass::Country);
    let lifted = |query: &str| {
        let reading = read(&archive(), query, &ReadOptions::default()).unwrap();
        facets::questions(&reading, &[(country, 5)], false)[0].plan.is_some()
    };
    assert!(lifted("country:Japan pact"));
    assert!(lifted("(country:Japan OR country:France) pact"));
    assert!(lifted("pact country:Japan^2"));
    assert!(!lifted("region:\"East Asia\" pact"));
    assert!(!lifted("-country:Japan pact"));
    assert!(!lifted("country:Japan OR pact"));
    assert!(!lifted("source:x pact"));
}

#[test]
fn lifting_leaves_the_rest_of_the_plan() {
    let field = FacetField { class: FacetClass::Country, sub: FacetSub::Major };
    let values = FacetChoice::Ids(vec!["JP".to_owned()]);
    let filter = Clause::Facet(FacetTerms { field, values, span: Span::new(0, 3) });
    let lift = |root: Clause| facets::lift(&Plan { root }, FacetClass::Country, &[]);
    let root = |plan: Option<Plan>| plan.map(|plan| plan.root);
    assert_eq!(root(lift(filter.clone())), Some(Clause::All));
    let both = Clause::And(vec![filter.clone(), filter.clone()]);
    assert_eq!(root(lift(both)), Some(Clause::All));
    let stub = Clause::And(vec![filter.clone(), Clause::Stub]);
    assert_eq!(root(lift(stub.clone())), Some(Clause::Stub));
    assert_eq!(root(lift(Clause::Not(Box::new(filter)))), None);
    let kept = [Span::new(0, 9)];
    assert!(facets::lift(&Plan { root: stub }, FacetClass::Country, &kept).is_none());
}

#[test]
fn facet_lists_are_read_with_sizes_and_aliases() {
    let read = |text: &str| {
        facets::list(text, 10)
            .map(|all| all.iter().map(|(f, n)| format!("{} {n}", f.name())).collect::<Vec<_>>())
            .map_err(|error| (error.code, error.span.unwrap()))
    };
    let sizes = ["country 5", "person.major 10", "event 0"];
    assert_eq!(read("country:5, person.major,ev:0,country"), Ok(sizes.map(String::from).to_vec()));
    assert_eq!(read("country,persn"), Err(("unknown_field", Span::new(8, 13))));
    assert_eq!(read("title"), Err(("not_supported", Span::new(0, 5))));
    assert_eq!(read("source.major"), Err(("unknown_field", Span::new(0, 12))));
    assert_eq!(read("person,country:x"), Err(("bad_number", Span::new(7, 16))));
    assert!(read("").is_err());
}

#[test]
fn a_sample_and_a_stream_have_no_ranks() {
    let archive = archive();
    let mut request = ask("*");
    (request.limit, request.sample) = (2, Some(7));
    let hits = search(&archive, &request).unwrap();
    assert_eq!((hits.total, hits.hits.len(), hits.hits[0].rank), (4, 2, None));
    let reading = read(&archive, "pact", &ReadOptions::default()).unwrap();
    let mut shower = Shower::new(&reading, true);
    let mut seen = Vec::new();
    let total = stream(&archive, &reading, &mut |found| {
        seen.push(shower.hit(&archive, &found, None).unwrap());
        ControlFlow::Continue(())
    });
    assert_eq!((total.unwrap(), seen.len(), seen[0].score), (2, 2, None));
}

#[test]
fn no_hits_are_explained_part_by_part() {
    let archive = archive();
    let options = ReadOptions::default();
    let parts = |query: &str| {
        let reading = read(&archive, query, &options).unwrap();
        let counts = advice::part_counts(&archive, &reading, &options).unwrap();
        counts
            .into_iter()
            .map(|part| {
                format!("{}{} {}", if part.excluded { "-" } else { "" }, part.text, part.count)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(parts("country:Japan xyzzy -pact"), ["country:Japan 3", "xyzzy 0", "-pact 2"]);
    assert_eq!(parts("xyzzy"), ["xyzzy 0"]);
    let reading = read(&archive, "pakt", &options).unwrap();
    let near = &advice::part_counts(&archive, &reading, &options).unwrap()[0].near;
    assert_eq!(near[0], ("pact".to_owned(), 2));
}
