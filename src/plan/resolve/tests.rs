use super::*;
use crate::plan::{Entry, FacetClass, FacetField, Layer};
use crate::query::{ParseOptions, parse};

/// An index with two Putins, one source and no topics.
struct Small;

impl Catalogue for Small {
    fn languages(&self) -> Vec<String> {
        vec!["de".into(), "en".into()]
    }
    fn has_values(&self, field: FacetField) -> bool {
        field.class != FacetClass::Topic
    }
    fn value(&self, class: FacetClass, id: &str) -> Option<Entry> {
        let known = match class {
            FacetClass::Person => id == "vladimir-putin",
            FacetClass::Source => id == "the times",
            _ => false,
        };
        known.then(|| Entry { id: id.into(), label: id.into(), count: 3 })
    }
    fn persons_by_surname(&self, surname: &str) -> Vec<Entry> {
        let entry =
            |id: &str, label: &str, count| Entry { id: id.into(), label: label.into(), count };
        match surname {
            "putin" => vec![
                entry("vladimir-putin", "Vladimir Putin", 3),
                entry("~putin", "Putin (name only)", 1),
            ],
            _ => vec![],
        }
    }
    fn near(&self, _: FacetClass, _: &str, _: usize) -> Vec<Entry> {
        vec![Entry { id: "the times".into(), label: "The Times".into(), count: 3 }]
    }
    fn near_words(&self, _: &str, _: usize) -> Vec<(String, u64)> {
        Vec::new()
    }
    fn labels(&self, _: FacetClass, ids: &[&str]) -> Vec<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }
}

fn resolve(query: &str) -> Resolved {
    let expr = parse(query, &ParseOptions::default()).expr.unwrap();
    Resolver {
        catalogue: &Small,
        now: 1_583_928_000,
        lang: None,
        lists: None,
        saved: None,
        own: None,
    }
    .resolve(&expr)
}

fn root(query: &str) -> Clause {
    let resolved = resolve(query);
    resolved.plan.unwrap_or_else(|| panic!("{:?}", resolved.diagnostics)).root
}

fn codes(query: &str) -> Vec<&'static str> {
    resolve(query).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn ids(query: &str) -> Vec<String> {
    match root(query) {
        Clause::Facet(FacetTerms { values: FacetChoice::Ids(ids), .. }) => ids,
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_of_a_country_are_one_thing() {
    for name in ["Japan", "jp", "JPN", "Japanese", "日本", "japon"] {
        assert_eq!(ids(&format!("country:{name}")), ["JP"], "{name}");
    }
    assert_eq!(ids("country:Japan,\"South Korea\""), ["JP", "KR"]);
    assert_eq!(ids("country:(Japan)"), ["JP"]);
    assert!(ids("region:\"East Asia\"").contains(&"JP".to_owned()));
}

#[test]
fn unknown_values_of_closed_classes_are_errors_and_of_open_ones_warnings() {
    assert_eq!(codes("country:Japn"), ["unknown_value"]);
    assert!(resolve("country:Japn").plan.is_none());
    let south = resolve("country:South Korea");
    assert!(south.diagnostics[0].suggestions.contains(&"South Korea".to_owned()), "{south:?}");
    assert_eq!(codes("event:nonsense"), ["unknown_value"]);
    assert_eq!(codes("lang:klingonese"), ["unknown_value"]);
    assert_eq!(codes("source:\"The Tims\""), ["unknown_value"]);
    assert_eq!(root("source:\"The Tims\""), Clause::Nothing);
    assert_eq!(codes("topic:grain"), ["no_values"]);
}

#[test]
fn a_surname_covers_all_who_bear_it_and_says_so() {
    assert_eq!(ids("person:Putin"), ["vladimir-putin", "~putin"]);
    assert_eq!(codes("person:Putin"), ["ambiguous_value"]);
    assert_eq!(ids("person:\"Vladimir Putin\""), ["vladimir-putin", "~putin"]);
    assert_eq!(codes("person:\"Vladimir Putin\""), ["value_read_as"]);
    assert_eq!(ids("person:vladimir-putin"), ["vladimir-putin"]);
    assert_eq!(ids("person:=\"Vladimir Putin\""), ["vladimir-putin"]);
    assert_eq!(codes("person:\"Nobody Known\""), ["unknown_value"]);
}

#[test]
fn words_become_stems_in_every_language_and_quotes_stay_forms() {
    let Clause::Text(text) = root("running") else { panic!() };
    assert_eq!(
        (text.layer, text.slots[0].terms.clone()),
        (Layer::Stems, vec!["run".into(), "running".into()])
    );
    let Clause::Text(text) = root("\"running\"") else { panic!() };
    assert_eq!((text.layer, text.slots[0].terms.clone()), (Layer::Forms, vec!["running".into()]));
    let Clause::Text(text) = root("anti-war") else { panic!() };
    assert_eq!(text.slots.iter().map(|slot| slot.offset).collect::<Vec<_>>(), [0, 1]);
    let Clause::Text(text) = root("条約文") else { panic!() };
    assert_eq!(text.slots.len(), 2, "two bigrams");
    let Clause::Text(text) = root("米") else { panic!() };
    assert_eq!(text.layer, Layer::Forms);
}

#[test]
fn what_is_not_executed_is_an_error_that_names_it() {
    for (query, what) in [
        ("=\"ab /c.d/\"", "capitals, accents or misreadings of what is not one word"),
        ("ocr(ab*)", "ocr(…) of a pattern"),
        ("ocr(\"ab cd\"*)", "ocr(…) of the start of a word"),
        ("caps(abc~1)", "capitals, accents or misreadings of what is not one word"),
        ("@region:NATO", "a bloc as an @entity"),
        ("region.major:NATO", "region.major of a bloc"),
        ("@place", "@place"),
        ("@date", "@date"),
        ("byline:@person", "an @entity in the field byline"),
        ("\"日*本\"", "* between Chinese or Japanese characters"),
        ("caption:*", "caption:*"),
        ("is:duplicate", "is:duplicate"),
        ("dup:x", "the field dup"),
    ] {
        let resolved = resolve(query);
        let error = resolved.diagnostics.iter().find(|d| d.code == "not_supported");
        assert!(error.is_some_and(|error| error.message.contains(what)), "{query}: {resolved:?}");
        assert!(resolved.plan.is_none());
    }
}

#[test]
fn what_has_no_place_cannot_be_counted() {
    for query in [
        "atleast3(a NOT b)",
        "atleast3(country:Japan)",
        "first5(country:Japan)",
        "caps(a AND date:2019)",
        "atleast2(a^2 OR b)",
    ] {
        assert_eq!(codes(query), ["bad_proximity_operand"], "{query}");
    }
    let long = format!("\"{}\"~2", "a ".repeat(65));
    assert_eq!(codes(&long), ["too_many_clauses"]);
    let choices = format!("\"{}\"", "(a-b|c-d|e-f) ".repeat(6));
    assert_eq!(codes(&choices), ["too_many_clauses"]);
}

#[test]
fn operands_without_words_are_left_out_and_said() {
    assert_eq!(codes("(\\& OR pact) NEAR/3 tokyo"), ["no_words"]);
    let Clause::Text(tokyo) = root("\"&\" NEAR/3 tokyo") else { panic!() };
    assert_eq!(tokyo.slots[0].terms, ["tokyo"]);
    assert_eq!(root("\"&\" NOTNEAR/3 tokyo"), Clause::All);
}

#[test]
fn what_is_simple_stays_a_plain_clause() {
    for query in ["pact", "\"a b\"", "anti-war", "日本語", "pac*", "=US", "caps(apple)", "@person"]
    {
        assert!(matches!(root(query), Clause::Text(_)), "{query}");
    }
    for query in ["\"a b\"~2", "\"^a\"", "\"a *\"", "\"* a\"", "first5(a)", "a NEAR/2 b"] {
        assert!(matches!(root(query), Clause::Places(_)), "{query}");
    }
    assert!(matches!(root("\"(a-b|c) d\""), Clause::Or(_)));
}

#[test]
fn dates_become_intervals() {
    let Clause::Dates(dates) = root("date:>2019") else { panic!() };
    assert_eq!((dates.start, dates.end), (1_577_836_800, i64::MAX));
    let Clause::Dates(dates) = root("date:[2020-01-01 TO 2020-01-03}") else { panic!() };
    assert_eq!(dates.end - dates.start, 2 * 86_400);
}

#[test]
fn nested_lists_are_joined() {
    let Clause::And(parts) = root("a (b (c d))") else { panic!() };
    assert_eq!(parts.len(), 4);
}

#[test]
fn what_an_article_has_is_a_filter() {
    let Clause::Dates(dates) = root("has:date") else { panic!() };
    assert!(dates.overlap && dates.start == i64::MIN && dates.end == i64::MAX);
    let present = |query: &str| match root(query) {
        Clause::Facet(FacetTerms { field, values: FacetChoice::Present, .. }) => field.class,
        other => panic!("{other:?}"),
    };
    assert_eq!(present("has:person"), FacetClass::Person);
    assert_eq!(present("has:url"), FacetClass::Url);
    assert!(matches!(root("has:country,date"), Clause::Or(parts) if parts.len() == 2));
    assert_eq!(codes("has:nonsense"), ["unknown_value"]);
    assert_eq!(codes("is:nonsense"), ["unknown_value"]);
}

#[test]
fn a_range_of_names_is_an_error() {
    for query in ["country:Japan..", "country:A..B", "source:..x", "person:a..b"] {
        assert_eq!(codes(query), ["range_on_facet"], "{query}");
    }
}

#[test]
fn names_in_the_title_are_tokens_of_it() {
    let Clause::Text(text) = root("country.title:Japan,Korea") else { panic!() };
    assert_eq!((text.scope, text.layer), (Scope::Title, Layer::Forms));
    assert!(text.slots[0].terms.contains(&"@country:JP".to_owned()), "{text:?}");
}

#[test]
fn numbers_become_half_open_ranges() {
    let measure = |query: &str| match root(query) {
        Clause::Measure(measure) => (measure.of, measure.start, measure.end),
        other => panic!("{other:?}"),
    };
    assert_eq!(measure("len:>1200"), (Measured::Words, 1_201, i64::MAX));
    assert_eq!(measure("len:200..800"), (Measured::Words, 200, 801));
    assert_eq!(measure("len:<1.5k"), (Measured::Words, i64::MIN, 1_500));
    assert_eq!(measure("len:3"), (Measured::Words, 3, 4));
    // A day ago, by the clock of these tests.
    assert_eq!(measure("added:24h.."), (Measured::Added, 1_583_928_000 - 86_400, i64::MAX));
}

#[test]
fn a_fuzzy_word_prefers_itself() {
    let Clause::And(parts) = root("tokyo~") else { panic!() };
    assert!(matches!(&parts[1], Clause::Maybe(_)), "{parts:?}");
    assert_eq!(codes("/a(b/"), ["bad_regex"]);
    assert!(matches!(root("/colou?r/"), Clause::Text(_) | Clause::Places(_)));
}

#[test]
fn a_list_of_names_is_any_of_them() {
    let read = |name: &str| match name {
        "list.txt" => Ok("# suspects\n\nVladimir Putin\r\nNobody Known\n".to_owned()),
        "empty.txt" => Ok("# none\n".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    let resolve = |query: &str| {
        let expr = parse(query, &ParseOptions::default()).expr.unwrap();
        Resolver {
            catalogue: &Small,
            now: 0,
            lang: None,
            lists: Some(read),
            saved: None,
            own: None,
        }
        .resolve(&expr)
    };
    let listed = resolve("person:@list.txt");
    let Some(Plan { root: Clause::Facet(terms) }) = &listed.plan else { panic!("{listed:?}") };
    assert_eq!(terms.values, FacetChoice::Ids(vec!["vladimir-putin".into(), "~putin".into()]));
    assert!(listed.diagnostics[0].message.starts_with("1 of 2 names"), "{listed:?}");
    for query in ["person:@missing.txt", "person:@empty.txt"] {
        assert_eq!(resolve(query).diagnostics[0].code, "unreadable_list");
    }
    assert_eq!(codes("person:@list.txt"), ["unreadable_list"]);
}
