use proptest::prelude::*;

use super::*;
use crate::query::ast::*;
use crate::query::canon::canonical;
use crate::query::field::{FIELDS, Field, FieldKind};

fn error(query: &str) -> (&'static str, usize, usize) {
    let parsed = parse(query, &ParseOptions::default());
    let error = parsed.error().unwrap_or_else(|| panic!("{query} is read as {:?}", parsed.expr));
    let span = error.span.unwrap();
    (error.code, span.start, span.end)
}

fn tree(query: &str) -> String {
    let parsed = parse(query, &ParseOptions::default());
    match parsed.expr {
        Some(expr) => expr.to_string(),
        None => panic!("{query}: {:?}", parsed.error()),
    }
}

#[test]
fn each_error_has_its_code_and_place() {
    for (query, code, start, end) in [
        ("", "empty", 0, 0),
        ("  ", "empty", 0, 2),
        ("a \"b", "unclosed_quote", 2, 3),
        ("date:*2019", "bad_date", 0, 10),
        ("a (b", "unbalanced_open", 2, 3),
        ("a) b", "unbalanced_close", 1, 2),
        ("a ( )", "empty_group", 4, 4),
        ("a \"\"", "empty_phrase", 2, 4),
        ("OR a", "leading_operator", 0, 2),
        ("a OR OR b", "leading_operator", 5, 7),
        ("a AND", "dangling_operator", 2, 5),
        ("a NOT", "dangling_operator", 2, 5),
        ("a\\", "dangling_escape", 1, 2),
        ("country: x", "missing_value", 0, 8),
        ("contry:x", "unknown_field", 0, 6),
        ("country.big:x", "unknown_subfield", 0, 11),
        ("date:2020-02-30", "bad_date", 0, 15),
        ("date:1/2/2020", "ambiguous_date", 0, 13),
        ("date:2020..2019", "reversed_range", 0, 15),
        ("len:800..200", "reversed_range", 0, 12),
        ("date:..", "bad_range", 0, 7),
        ("date:[2020]", "bad_range", 0, 11),
        ("len:many", "bad_number", 0, 8),
        ("country:>Japan", "range_on_facet", 0, 9),
        ("{a}", "bracket", 0, 1),
        ("a^1001", "bad_boost", 1, 6),
        ("a^nan", "bad_boost", 1, 5),
        ("word~3", "bad_fuzzy", 0, 6),
        ("wor*~1", "fuzzy_wildcard", 0, 6),
        ("ab~", "fuzzy_too_short", 0, 3),
        ("a NEAR/0 b", "bad_distance", 2, 8),
        ("a NEAR/x b", "bad_distance", 2, 8),
        ("a PRE/2000 b", "bad_distance", 2, 10),
        ("\"a b\"~9999", "bad_distance", 5, 10),
        ("atleast(a)", "bad_count", 0, 7),
        ("atleast0(a)", "bad_count", 0, 8),
        ("any3(a b)", "bad_count", 0, 4),
        ("a NEAR/3 (b AND c)", "bad_proximity_operand", 2, 18),
        ("country:Japan NEAR/3 b", "bad_proximity_operand", 0, 20),
        ("a*", "wildcard_too_short", 0, 2),
        ("/a b/", "bad_regex", 0, 5),
        ("@plane", "unknown_field", 0, 6),
        ("country:(date:2020)", "bad_group", 8, 19),
    ] {
        assert_eq!(error(query), (code, start, end), "{query}");
    }
}

#[test]
fn limits_are_errors_with_the_number() {
    let deep = "(".repeat(201) + "a" + &")".repeat(201);
    assert_eq!(error(&deep).0, "too_deep");
    assert_eq!(error(&("NOT ".repeat(201) + "a")).0, "too_deep");
    assert_eq!(error(&format!("a{}", " NEAR/2 a".repeat(201))).0, "too_deep");
    assert!(
        parse(&("(".repeat(199) + "a" + &")".repeat(199)), &ParseOptions::default()).expr.is_some()
    );
    assert_eq!(error(&"a ".repeat(10_001)).0, "too_many_clauses");
    let long = parse(&"a".repeat(65_537), &ParseOptions::default());
    assert!(long.error().unwrap().message.contains("65536"), "{long:?}");
    let many = "country:".to_owned() + &"a,".repeat(10_001) + "a";
    assert_eq!(error(&many).0, "too_many_clauses");
}

#[test]
fn readings_that_the_vectors_do_not_hold() {
    for (query, expected) in [
        ("a OR b OR c", "(OR a b c)"),
        ("a (b c)", "(AND a (AND b c))"),
        ("a w/3 b", "(NEAR/3 a b)"),
        ("a ADJ b", "(PRE/1 a b)"),
        ("country:Japan, \"South Korea\" pact", "(AND country:{Japan, South Korea} pact)"),
        ("country:Japan, pact", "(AND country:{Japan} pact)"),
        ("event:plover:PROTEST", "event:{plover:PROTEST}"),
        ("reuters.com:80 a", "(AND reuters.com:80 a)"),
        ("title:=Pact", "title:=Pact"),
        ("title:*", "exists<title>"),
        ("date.overlap:2020", "date.overlap:[2020..2020]"),
        ("date:\"March 2020\"..\"May 2020\"", "date:[March 2020..May 2020]"),
        ("date=2020", "date:[2020..2020]"),
        ("date:*", "exists<date>"),
        ("date:*..2019", "date:[*..2019]"),
        ("a\u{3000}b", "(AND a b)"),
        ("a – b", "(AND a b)"),
        ("„a b“ «c d»", "(AND \"a b\" \"c d\")"),
        ("--a", "(NOT (NOT a))"),
        ("a -(b c)", "(AND a (NOT (AND b c)))"),
        ("HLEAD(a b)", "hlead:(AND a b)"),
        ("(a)^2", "(^2 a)"),
        ("\"a b\"~2^3", "(^3 \"a b\"~2)"),
        ("country:Japan^0", "(^0 country:{Japan})"),
        ("~50 people", "(AND ~50 people)"),
        ("first five", "(AND first five)"),
        ("\\OR oregon", "(AND OR oregon)"),
    ] {
        assert_eq!(tree(query), expected, "{query}");
    }
}

#[test]
fn the_default_operator_can_be_or() {
    let options = ParseOptions { default_or: true, ..ParseOptions::default() };
    let tree = |query: &str| parse(query, &options).expr.unwrap().to_string();
    assert_eq!(tree("a b c"), "(OR a b c)");
    assert_eq!(tree("a b AND c -d"), "(OR a (AND b c) (NOT d))");
}

#[test]
fn strict_makes_warnings_errors() {
    let options = ParseOptions { strict: true, ..ParseOptions::default() };
    let parsed = parse("a b OR c", &options);
    assert!(parsed.expr.is_none());
    assert_eq!(parsed.error().unwrap().code, "mixed_and_or");
}

fn leaf() -> impl Strategy<Value = Node> {
    let words = prop_oneof![
        "[a-z]{1,6}".prop_map(String::from),
        "[A-Z]{2,5}".prop_map(String::from),
        "[a-zA-Z*?~^:()\"\\\\/@=<>+!,.’'& -]{1,6}".prop_map(|text: String| {
            let text = text.trim().to_owned();
            if text.is_empty() { "x".to_owned() } else { text }
        }),
        "日[本語米]{0,2}".prop_map(String::from),
    ];
    let quoted = "[a-z]{1,4}( [a-z*]{2,5}){0,3}";
    let names: Vec<Field> =
        FIELDS.iter().filter(|f| f.kind == FieldKind::Facet).map(|f| f.field).collect();
    let values = prop_oneof!["[A-Za-z]{1,6}", "[a-zA-Z ,.:*?@(-]{1,8}", "[A-Z]{2}"]
        .prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .prop_filter("a value", |text: &String| !text.is_empty() && text != "*");
    prop_oneof![
        Just(Node::All),
        words
            .prop_filter("no lone sign", |word: &String| word.chars().any(char::is_alphanumeric))
            .prop_map(Node::Word),
        "[A-Za-zé]{1,6}".prop_map(Node::ExactWord),
        (quoted, 0u32..4, any::<bool>(), any::<bool>()).prop_map(|(text, slop, prefix, exact)| {
            let phrase = super::phrase::phrase(text, exact);
            Node::Phrase(Phrase { slop, prefix, ..phrase })
        }),
        "[a-z]{2,4}[*?][a-z]{0,3}".prop_map(Node::Wildcard),
        ("[a-z]{3,7}", proptest::option::of(0u8..3))
            .prop_map(|(word, distance)| Node::Fuzzy { word, distance }),
        "[a-z]{1,3}[.+]?[a-z]{1,3}".prop_map(Node::Regex),
        Just(Node::Entity { class: "person".into(), value: None }),
        "[A-Z][a-z]{1,5}( [A-Z][a-z]{1,4})?"
            .prop_map(|value| Node::Entity { class: "country".into(), value: Some(value) }),
        (0..names.len(), proptest::collection::vec(values, 1..4), any::<bool>()).prop_map(
            move |(at, values, exact)| {
                let values = values.into_iter().map(|text| FacetValue {
                    quoted: text.starts_with('@') || text.contains(['*', '?']),
                    text,
                    span: Span::default(),
                });
                Node::Facet(FacetClause {
                    field: names[at],
                    sub: None,
                    exact,
                    values: FacetValues::List(values.collect()),
                })
            }
        ),
        (1990i32..2020, 0i32..5, 0usize..5).prop_map(|(year, more, form)| {
            let bound = |year: i32, inclusive| {
                Some(Bound { text: year.to_string(), inclusive, span: Span::default() })
            };
            let (from, to, form) = match form {
                0 => (bound(year, true), bound(year, true), RangeForm::Single),
                1 => (bound(year, true), bound(year + more, true), RangeForm::Dots),
                2 => (bound(year, true), None, RangeForm::Dots),
                3 => (None, bound(year, false), RangeForm::Comparison),
                _ => (bound(year, true), bound(year + more + 1, false), RangeForm::Bracket),
            };
            Node::Range(RangeClause { field: Field::Date, sub: None, from, to, form })
        }),
    ]
}

fn expr() -> impl Strategy<Value = Expr> {
    let at = |node| Expr { node, span: Span::default() };
    leaf().prop_map(at).prop_recursive(4, 20, 3, move |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let operand = prop_oneof![
            "[a-z]{1,5}".prop_map(Node::Word),
            "[a-z]{2,4}[*]".prop_map(Node::Wildcard),
            "[a-z]{1,3} [a-z]{1,4}".prop_map(|t| Node::Phrase(super::phrase::phrase(t, false))),
        ]
        .prop_map(move |node| Box::new(at(node)));
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::Or),
            boxed.clone().prop_map(Node::Not),
            boxed.clone().prop_map(Node::Maybe),
            (0u8..8, boxed.clone())
                .prop_map(|(weight, inner)| Node::Boost(f32::from(weight) / 2.0, inner)),
            boxed.clone().prop_map(|inner| Node::In { field: Field::Title, inner, call: false }),
            boxed.clone().prop_map(|inner| Node::In { field: Field::Hlead, inner, call: true }),
            (1u32..6, boxed).prop_map(|(number, inner)| Node::Call {
                function: Function::AtLeast,
                number,
                inner
            }),
            (0usize..5, 1u32..9, operand.clone(), operand).prop_map(
                |(op, distance, left, right)| {
                    let op =
                        [ProxOp::Near, ProxOp::Pre, ProxOp::NotNear, ProxOp::Sent, ProxOp::Para]
                            [op];
                    let distance =
                        if matches!(op, ProxOp::Sent | ProxOp::Para) { 0 } else { distance };
                    Node::Prox { op, distance, left, right }
                }
            ),
        ]
        .prop_map(at)
    })
}

/// Found by `benches/fuzz.rs`.
#[test]
fn queries_that_once_read_otherwise_than_printed() {
    for text in [
        "title:/pak(is|)/”",
        "jap* OR (seoulaAND toko~1)=",
        "japan x+/- near5:\"a\\ b\"korea",
        "country:*\"South yrea\" pact",
        "(date.overlap:*)^2 *ty",
        "(len:*)^2",
    ] {
        let expr = parse(text, &ParseOptions::default()).expr.unwrap();
        let again = parse(&canonical(&expr), &ParseOptions::default()).expr;
        assert!(again.is_some_and(|again| again.same(&expr)), "{text}: {}", canonical(&expr));
    }
    assert_eq!(error("near5:\"\\ \"").0, "empty_phrase");
    assert_eq!(error(&format!("near5:\"{}\"", "a ".repeat(202))).0, "too_deep");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn canonical_text_reads_as_the_same_tree(expr in expr()) {
        let text = canonical(&expr);
        let parsed = parse(&text, &ParseOptions::default());
        match &parsed.expr {
            None => prop_assert!(false, "{} of {} fails: {:?}", text, expr, parsed.error()),
            Some(again) => {
                prop_assert!(again.same(&expr), "{} reads as {} instead of {}", text, again, expr);
                prop_assert_eq!(canonical(again), text);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let text = String::from_utf8_lossy(&bytes);
        let parsed = parse(&text, &ParseOptions::default());
        prop_assert_eq!(parsed.expr.is_none(), parsed.error().is_some());
    }

    #[test]
    fn no_soup_of_signs_panics(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("AND"), Just("OR"), Just("NOT"), Just("NEAR/3"), Just("("), Just(")"), Just("\""),
                Just("“"), Just("”"), Just(" "), Just("a"), Just("country:"), Just("date:"), Just("[2020 TO"),
                Just("]"), Just("^2"), Just("~"), Just("*"), Just("?"), Just("\\"), Just("/"), Just("="),
                Just("-"), Just("@person"), Just(","), Just("atleast3("), Just(".."), Just("title:"), Just("日"),
            ],
            0..14,
        )
    ) {
        let text = parts.concat();
        let parsed = parse(&text, &ParseOptions::default());
        prop_assert_eq!(parsed.expr.is_none(), parsed.error().is_some(), "{}", text);
        if let Some(expr) = &parsed.expr {
            let again = parse(&canonical(expr), &ParseOptions::default());
            prop_assert!(again.expr.is_some_and(|again| again.same(expr)), "{} as {}", text, canonical(expr));
        }
    }
}
