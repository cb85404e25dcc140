//! Every format's very output for hits made by hand.

use super::*;
use crate::article::PartialDate;
use crate::diag::Span;
use crate::plan::{Entry, FacetClass, FacetField};
use crate::search::hits::HitFacets;
use crate::snippet::{Field, Fragment, Highlight, Line, Mark, Marked};

fn mark(from: usize, to: usize) -> Mark {
    Mark { bytes: (from, to), chars: (from, to) }
}

/// A hit with everything, among it an escape code in the title and a line break in the text.
fn full() -> Hit {
    let strings = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let title = "Japan signs\u{1b}[31m pact".to_owned();
    Hit {
        rank: Some(1),
        id: "a,1".to_owned(),
        score: Some(12.31),
        date: PartialDate::day(2019, 7, 1),
        title: Marked { text: title, marks: vec![mark(17, 21)] },
        source: Some("The \"Times\"".to_owned()),
        file: "wire/a.jsonl".into(),
        line: 3,
        url: None,
        lang: "en".to_owned(),
        facets: HitFacets {
            ids: vec![
                (FacetClass::Country, strings(&["JP", "KR", "US"])),
                (FacetClass::Event, strings(&["diplomacy/treaty"])),
            ],
            major: vec![
                (FacetClass::Country, strings(&["JP", "KR"])),
                (FacetClass::Event, strings(&["diplomacy/treaty"])),
            ],
            labels: [
                ("JP", "Japan"),
                ("KR", "South Korea"),
                ("US", "United States"),
                ("diplomacy/treaty", "Treaty"),
            ]
            .map(|(id, label)| (id.to_owned(), label.to_owned()))
            .to_vec(),
        },
        asked: vec![(FacetClass::Country, strings(&["US"]))],
        fragments: vec![Fragment {
            field: Field::Body,
            bytes: (10, 28),
            chars: (10, 28),
            text: "the free\ntrade pac".to_owned(),
            marks: vec![mark(14, 24)],
            cut_start: true,
            cut_end: false,
        }],
        highlight: Highlight::Offsets,
        lines: Vec::new(),
        whole: None,
    }
}

fn empty() -> Hit {
    Hit { id: "b".to_owned(), lang: "en".to_owned(), ..Hit::default() }
}

fn counts() -> FacetCounts {
    let entry = |id: &str, label: &str, count| Entry { id: id.into(), label: label.into(), count };
    FacetCounts {
        field: FacetField::any(FacetClass::Country),
        values: vec![entry("JP", "Japan", 1200), entry("CI", "Côte d'Ivoire, the", 3)],
        distinct: 7,
        missing: 2,
        total: 1300,
        base: None,
    }
}

fn summary<'a>(facets: &'a [FacetCounts], warnings: &'a [Diagnostic]) -> Summary<'a> {
    Summary {
        partial: false,
        query: "country:Japan AND pact",
        total: Some(1234),
        took_ms: 3,
        warnings,
        facets,
        sample: None,
        next: None,
        ranking: None,
        index: IndexState { uuid: "u-1", generation: 42 },
    }
}

fn written(format: Format, style: Style, facets: &[FacetCounts]) -> String {
    let mut out = Vec::new();
    let mut renderer = open(format, style, &Choice::default());
    let head = Head { total: Some(1234), shown: Some(2), facets, sample: None };
    renderer.begin(&mut out, &head).unwrap();
    renderer.hit(&mut out, &full()).unwrap();
    renderer.hit(&mut out, &empty()).unwrap();
    renderer.end(&mut out, &summary(facets, &[])).unwrap();
    String::from_utf8(out).unwrap()
}

const FULL: &str = concat!(
    r#"{"v":1,"type":"hit","rank":1,"id":"a,1","score":12.31,"date":"2019-07-01","#,
    r#""date_precision":"day","title":"Japan signs\u001b[31m pact","source":"The \"Times\"","#,
    r#""file":"wire/a.jsonl","line":3,"lang":"en","#,
    r#""facets":{"country":["JP","KR","US"],"event":["diplomacy/treaty"]},"#,
    r#""major":{"country":["JP","KR"],"event":["diplomacy/treaty"]},"#,
    r#""labels":{"JP":"Japan","KR":"South Korea","US":"United States","#,
    r#""diplomacy/treaty":"Treaty"},"snippets":["#,
    r#"{"field":"title","bytes":[0,21],"chars":[0,21],"text":"Japan signs\u001b[31m pact","#,
    r#""marks":[{"bytes":[17,21],"chars":[17,21]}]},"#,
    r#"{"field":"body","bytes":[10,28],"chars":[10,28],"text":"the free\ntrade pac","#,
    r#""marks":[{"bytes":[14,24],"chars":[14,24]}]}]}"#
);

const EMPTY: &str = concat!(
    r#"{"v":1,"type":"hit","rank":null,"id":"b","score":null,"date":null,"date_precision":null,"#,
    r#""title":"","source":null,"lang":"en","facets":{},"major":{},"labels":{},"snippets":[]}"#
);

#[test]
fn jsonl_is_one_object_a_line_and_a_summary() {
    let out = written(Format::Jsonl, Style::default(), &[counts()]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], FULL);
    assert_eq!(lines[1], EMPTY);
    assert_eq!(
        lines[2],
        r#"{"v":1,"type":"facet","class":"country","id":"JP","label":"Japan","count":1200}"#
    );
    assert_eq!(
        lines[4],
        concat!(
            r#"{"v":1,"type":"summary","total":1234,"exact":true,"took_ms":3,"#,
            r#""query":"country:Japan AND pact","warnings":[],"facets":[{"class":"country","#,
            r#""total":1300,"distinct":7,"missing":2}],"index":{"uuid":"u-1","generation":42}}"#
        )
    );
}

#[test]
fn json_is_one_object_whose_hits_are_those_of_jsonl() {
    let out = written(Format::Json, Style::default(), &[]);
    let start =
        format!("{{\"v\":1,\"type\":\"result\",\"hits\":[\n{FULL},\n{EMPTY}\n],\"total\":1234,");
    assert!(out.starts_with(&start), "{out}");
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["hits"].as_array().map(Vec::len), Some(2));
    assert_eq!(value["hits"][0]["title"], "Japan signs\u{1b}[31m pact");
    assert!(value.get("facets").is_none());
    let mut out = Vec::new();
    let mut renderer = open(Format::Json, Style::default(), &Choice::default());
    let head = Head { total: None, shown: None, facets: &[], sample: None };
    renderer.begin(&mut out, &head).unwrap();
    renderer.end(&mut out, &summary(&[counts()], &[])).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["facets"][0]["values"][1]["label"], "Côte d'Ivoire, the");
}

#[test]
fn warnings_and_samples_stand_in_the_summary() {
    let warning = Diagnostic::warning("no_values", Span::new(0, 3), "no values").hint("h");
    let warnings = [warning];
    let all = Summary { sample: Some((5, 9)), ..summary(&[], &warnings) };
    let value: serde_json::Value =
        serde_json::from_str(&wire::to_text(&wire::summary(&all))).unwrap();
    assert_eq!(
        value["warnings"][0].to_string(),
        concat!(
            r#"{"severity":"warning","code":"no_values","message":"no values","span":[0,3],"#,
            r#""hint":"h","suggestions":[]}"#
        )
    );
    assert_eq!(value["sample"].to_string(), r#"{"size":5,"seed":9}"#);
}

#[test]
fn csv_quotes_and_ends_lines_as_the_rfc_says() {
    let out = written(Format::Csv, Style::default(), &[]);
    assert_eq!(
        out,
        "rank,id,score,date,source,title,lang,country,person,event,url,file\r\n\
         1,\"a,1\",12.31,2019-07-01,\"The \"\"Times\"\"\",Japan signs\u{1b}[31m pact,en,\
         JP;KR;US,,diplomacy/treaty,,wire/a.jsonl\r\n\
         ,b,,,,,en,,,,,\r\n"
    );
    let terminal = Style { terminal: true, ..Style::default() };
    assert!(!written(Format::Csv, terminal, &[]).contains('\u{1b}'));
}

#[test]
fn ids_are_lines_or_end_with_nul() {
    assert_eq!(written(Format::Ids, Style::default(), &[]), "a%2C1\nb\n");
    let style = Style { nul: true, ..Style::default() };
    assert_eq!(written(Format::Ids, style, &[]), "a,1\0b\0");
}

#[test]
fn a_pipe_gets_one_line_a_hit() {
    let out = written(Format::Human, Style::default(), &[counts()]);
    assert_eq!(
        out,
        "a%2C1\t2019-07-01\tThe \"Times\"\tJapan signs[31m pact\tJapan, South Korea (United States) · Treaty\n\
         b\t\t\t\t\n\
         #country\tJP\tJapan\t1200\n\
         #country\tCI\tCôte d'Ivoire, the\t3\n"
    );
}

#[test]
fn a_terminal_gets_blocks() {
    let style = Style { terminal: true, width: Some(40), ..Style::default() };
    assert_eq!(
        written(Format::Human, style, &[counts()]),
        "2 of 1,234 hits\n\
         country  Japan 1,200 · Côte d'Ivoire, the 3 · 5 more\n\
         \n \
         1  Japan signs[31m pact\n    \
             2019-07-01 · The \"Times\" · a%2C1\n    \
             Japan, South Korea (United States) · Treaty\n    \
             …the free trade pac\n\
         \n \
         2  (no title)\n    \
             b\n\
         1,232 more; -n0 shows all\n"
    );
    let color = Style { color: true, ..style };
    let out = written(Format::Human, color, &[]);
    assert!(out.contains("\x1b[36mJapan signs[31m \x1b[0m\x1b[1;36mpact\x1b[0m\n"), "{out:?}");
    assert!(out.contains("    …the \x1b[1mfree trade\x1b[0m pac\n"), "{out:?}");
}

#[test]
fn counts_alone_come_in_every_format() {
    let facets = [counts()];
    let write = |format, style: Style| {
        let mut out = Vec::new();
        counts::write(&mut out, format, &style, &summary(&facets, &[])).unwrap();
        String::from_utf8(out).unwrap()
    };
    let pipe = Style::default();
    assert_eq!(
        write(Format::Csv, pipe),
        "class,id,label,count\r\ncountry,JP,Japan,1200\r\ncountry,CI,\"Côte d'Ivoire, the\",3\r\n"
    );
    assert_eq!(
        write(Format::Human, pipe),
        "country\tJP\tJapan\t1200\ncountry\tCI\tCôte d'Ivoire, the\t3\n"
    );
    assert_eq!(write(Format::Ids, pipe), "JP\nCI\n");
    assert_eq!(write(Format::Jsonl, pipe).lines().count(), 3);
    let value: serde_json::Value = serde_json::from_str(&write(Format::Json, pipe)).unwrap();
    assert_eq!((&value["type"], &value["facets"][0]["distinct"]), (&"facets".into(), &7.into()));
    let terminal = Style { terminal: true, ..pipe };
    assert_eq!(
        write(Format::Human, terminal),
        "country 2 of 7 values in 1,300 articles, 2 without\n  \
           Japan               1,200  ████████████████████  JP\n  \
           Côte d'Ivoire, the      3  █                     CI\n"
    );
}

#[test]
fn an_article_shows_its_tags_with_their_evidence() {
    let archive = crate::search::tests::archive();
    let stored = crate::engine::Engine::get(&archive, "a,1").unwrap().unwrap();
    let mut out = Vec::new();
    article::write(&mut out, &Style::default(), &stored, None).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(
        out.split("\n\n").next(),
        Some(
            "Japan signs pact\nid: a%2C1\ndate: 2019-07-01\nsource: The Harbour Courier\n\
             lang: en\ntopic: Fish  Eries, fish eries"
        )
    );
    assert!(out.contains("\n\nTOKYO – The pact was signed. Talks go on.\n\n"), "{out}");
    assert!(
        out.contains(
            "country KR (South Korea) major\n    \"TOKYO\" in the text: supplied, weight 9\n"
        ),
        "{out}"
    );
    assert!(out.contains("country US (United States) passing\n"), "{out}");
    let facets = HitFacets::of(&stored);
    let text = wire::to_text(&wire::article(&stored, &facets, None));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value["tags"][0].to_string(),
        concat!(
            r#"{"class":"country","id":"JP","level":"major","origin":"derived","score":9,"#,
            r#""mentions":[{"field":"body","start":0,"end":5,"rule":"supplied","weight":9}]}"#
        )
    );
    assert!(value.get("marks").is_none());
}

fn shown(format: Format, style: Style, hit: &Hit) -> String {
    let mut out = Vec::new();
    open(format, style, &Choice::default()).hit(&mut out, hit).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn marks_are_written_as_asked() {
    let plain = Style { passages: true, ..Style::default() };
    let line = |highlight| shown(Format::Human, Style { highlight, ..plain }, &full());
    let cells = |highlight| {
        let line = line(highlight);
        let cells: Vec<&str> = line.trim_end().split('\t').collect();
        (cells[3].to_owned(), cells[5..].join("\t"))
    };
    let passage = "…the free trade pac".to_owned();
    assert_eq!(cells(None), ("Japan signs[31m pact".into(), passage.clone()));
    assert_eq!(cells(Some(Highlight::None)), ("Japan signs[31m pact".into(), passage.clone()));
    assert_eq!(
        cells(Some(Highlight::Html)),
        ("Japan signs[31m <mark>pact</mark>".into(), "…the <mark>free trade</mark> pac".into())
    );
    assert_eq!(
        cells(Some(Highlight::Markdown)),
        ("Japan signs\\[31m **pact**".into(), "…the **free trade** pac".into())
    );
    assert_eq!(
        cells(Some(Highlight::Ansi)),
        ("Japan signs[31m \x1b[1mpact\x1b[0m".into(), "…the \x1b[1mfree trade\x1b[0m pac".into())
    );
    assert_eq!(
        cells(Some(Highlight::Offsets)),
        ("Japan signs[31m pact".into(), format!("{passage}\ttitle:17-21:17-21 body:14-24:14-24"))
    );
    let json = |highlight| shown(Format::Jsonl, plain, &Hit { highlight, ..full() });
    assert!(json(Highlight::Html).contains(r#""marked":"the <mark>free\ntrade</mark> pac""#));
    assert!(!json(Highlight::Offsets).contains("marked"));
    assert_eq!(json(Highlight::None).matches(r#""marks":[]"#).count(), 2);
}

#[test]
fn key_words_stand_below_each_other_or_in_columns() {
    let line = |left: &str, text: &str, right: &str| Line {
        field: Field::Body,
        bytes: (14, 24),
        chars: (13, 23),
        left: left.into(),
        text: text.into(),
        right: right.into(),
    };
    let lines = vec![
        line("signed the\n\nlong awaited ", "free trade", " pact of the year"),
        line("", "free\ntrade", ","),
        line("日本の", "条約", "\u{1b}[31mは"),
    ];
    let hit = Hit { id: "a,1".into(), lines, ..empty() };
    assert_eq!(
        shown(Format::Kwic, Style::default(), &hit),
        "a%2C1\t\tbody\t14-24\t13-23\tsigned the long awaited\tfree trade\tpact of the year\n\
         a%2C1\t\tbody\t14-24\t13-23\t\tfree trade\t,\n\
         a%2C1\t\tbody\t14-24\t13-23\t日本の\t条約\t[31mは\n"
    );
    let terminal = Style { terminal: true, width: Some(40), ..Style::default() };
    assert_eq!(
        shown(Format::Kwic, terminal, &hit),
        "a%2C1  \n    long awaited free trade pact of the\n                 free trade,\n\
         \u{20}             日本の条約[31mは\n"
    );
    assert_eq!(shown(Format::Kwic, terminal, &empty()), "");
}
