//! What the program prints, word for word, in every format; times and sizes are masked.

use crate::support::{corpus, dateline, dateline_with};

/// Replaces what differs from run to run: times, speeds, identity of the index.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        for key in [
            "\"took_ms\":",
            "\"added\":",
            "\"generation\":",
            "\"index\":\"",
            "\"uuid\":\"",
            "\"next\":\"",
        ] {
            let mut from = 0;
            while let Some(at) = line[from..].find(key) {
                let start = from + at + key.len();
                let end = line[start..].find([',', '}', '"']).map_or(line.len(), |end| start + end);
                line.replace_range(start..end, "…");
                from = start;
            }
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn shown(args: &[&str]) -> String {
    let ran = dateline(corpus(), args);
    let err = if ran.err.is_empty() { String::new() } else { format!("--- stderr\n{}", ran.err) };
    masked(&format!("exit {}\n{}{err}", ran.code, ran.out))
}

#[test]
fn hits_in_every_format() {
    let query = "country:Japan pact date:2008..2012";
    for format in ["human", "json", "jsonl", "csv", "ids"] {
        let text = shown(&["search", "-n2", "--format", format, query]);
        insta::assert_snapshot!(format!("search_{format}"), text);
    }
    let nul = dateline(corpus(), &["search", "-l0", "-n2", query]).out;
    assert_eq!(nul.matches('\0').count(), 2);
    assert!(!nul.contains('\n'));
    let facets = ["search", "-n1", "--facets", "country.major:2,event", "--format", "jsonl", query];
    insta::assert_snapshot!("search_facets", shown(&facets));
}

#[test]
fn counts_and_facets_in_every_format() {
    for format in ["human", "json", "jsonl", "csv"] {
        let text = shown(&["facets", "-n2", "--format", format, "country,event.major", "pact"]);
        insta::assert_snapshot!(format!("facets_{format}"), text);
    }
    insta::assert_snapshot!("count_json", shown(&["count", "--format", "json", "pact"]));
    assert_eq!(shown(&["count", "pact"]).lines().nth(1), Some("16"));
}

#[test]
fn an_article_for_people_and_programs() {
    insta::assert_snapshot!("show_human", shown(&["show", "mw-7004"]));
    insta::assert_snapshot!("show_json", shown(&["show", "--format", "json", "mw-7004"]));
    insta::assert_snapshot!("show_unknown", shown(&["show", "no-such-id"]));
}

#[test]
fn the_fields_of_the_index() {
    insta::assert_snapshot!("fields", shown(&["fields"]));
    let stats = shown(&["stats"]);
    assert!(stats.contains("88 articles"), "{stats}");
}

#[test]
fn errors_show_their_place() {
    let queries = [
        "coutry:Japan pact",
        "country:Japn",
        "country:South Korea",
        "\"never closed",
        "(a b",
        "a OR",
        "date:03/04/2020",
        "date:2020..2019",
        "country:Japan..",
        "title:",
        "ab NEAR/0 cd",
        "source:\"Harbour Courier\"",
        "tokio pact",
        "is:nonsense",
    ];
    let told: Vec<String> = queries.map(|query| shown(&["search", query])).to_vec();
    insta::assert_snapshot!("errors", told.join("\n"));
    let json = shown(&["search", "--error-format", "json", "country:Japn (x"]);
    insta::assert_snapshot!("errors_json", json);
}

#[test]
fn a_dry_run_shows_what_would_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let table = "hed,txt,published,Where\nPact signed,\"TOKYO, Japan - Japan signed a pact.\",2019-03-04,Tokyo\n";
    let ran = dateline_with(dir.path(), &["index", "--dry-run", "-"], table);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!("dry_run", format!("{}--- stderr\n{}", ran.out, ran.err));
    assert!(!dir.path().join("meta.json").exists(), "a dry run writes nothing");
}

#[test]
fn orders_pages_and_parts() {
    let tsv = ["search", "-n3", "--sort", "date", "--format", "tsv", "--fields", "id,date", "pact"];
    insta::assert_snapshot!("sorted_tsv", shown(&tsv));
    let trec = ["search", "-n2", "--format", "trec", "--run", "7,mine", "pact"];
    insta::assert_snapshot!("trec", shown(&trec));
    let template = ["search", "-n2", "--template", "{date} {title|truncate:12|upper}", "pact"];
    insta::assert_snapshot!("template", shown(&template));
    let ids = |args: &[&str]| dateline(corpus(), args).out;
    let all = ids(&["search", "-l", "-n0", "--sort", "relevance", "pact"]);
    // Pages, by offset and by cursor, are the whole list.
    let (mut paged, mut followed, mut after) = (String::new(), String::new(), None::<String>);
    for page in 0..8 {
        let offset = (page * 3).to_string();
        paged.push_str(&ids(&["search", "-l", "-n3", "--offset", &offset, "pact"]));
        let mut args = vec!["search", "-n3", "--format", "jsonl", "--fields", "id"];
        if let Some(cursor) = &after {
            args.extend(["--after", cursor.as_str()]);
        } else if page > 0 {
            break;
        }
        args.push("pact");
        let mut next = None;
        for line in ids(&args).lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            match line["type"].as_str().unwrap() {
                "hit" => followed.push_str(&format!("{}\n", line["id"].as_str().unwrap())),
                _ => next = line["next"].as_str().map(str::to_owned),
            }
        }
        after = next;
    }
    assert_eq!((paged.as_str(), followed.as_str()), (all.as_str(), all.as_str()));
    let foreign = dateline(corpus(), &["search", "--after", "1-2-3", "pact"]);
    assert_eq!(foreign.code, 2);
    let mentions = ids(&[
        "search",
        "-n1",
        "--format",
        "jsonl",
        "--fields",
        "id,mentions,body,title",
        "country.major:Japan pact",
    ]);
    let hit: serde_json::Value = serde_json::from_str(mentions.lines().next().unwrap()).unwrap();
    for mention in hit["mentions"].as_array().unwrap() {
        let text: Vec<char> =
            hit[mention["field"].as_str().unwrap()].as_str().unwrap().chars().collect();
        let (start, end) = (mention["start"].as_u64().unwrap(), mention["end"].as_u64().unwrap());
        let words: String = text[start as usize..end as usize].iter().collect();
        assert!(!words.is_empty() && words.trim() == words, "{mention}");
    }
}

#[test]
fn a_query_is_explained() {
    let query = "country:Japanese pact OR treaty -strike";
    insta::assert_snapshot!("explain", shown(&["explain", query]));
    let json = shown(&["explain", "--format", "json", "country:Japan pact xyzzyplugh"]);
    insta::assert_snapshot!("explain_json", json);
    let page = dateline(corpus(), &["man", "search"]).out;
    assert!(page.contains(".SH OPTIONS") && page.contains("sort"), "{page}");
}

#[test]
fn a_batch_counts_line_by_line() {
    let input = "pact\n# comment\n\ncountry:Japn\n\"free trade\"\ncountry:Japan pact";
    let ran = dateline_with(corpus(), &["count", "--batch"], input);
    assert_eq!(ran.code, 7);
    assert_eq!(
        ran.out,
        "16\tpact\nerror\tcountry:Japn\n1\t\"free trade\"\n10\tcountry:Japan pact\n"
    );
    assert_eq!(ran.err, "-:4: error[unknown_value]: unknown country 'Japn'\n");
}

#[test]
fn passages_and_marks_as_asked() {
    let hits = |args: &[&str]| {
        let mut all = vec!["search", "-n2"];
        all.extend(args);
        shown(&all)
    };
    let query = "\"free trade\" SENT pact";
    for (name, args) in [
        ("sentence_md", vec!["--context", "sentence", "--highlight", "md", query]),
        (
            "para_offsets",
            vec!["--snippets", "1", "--context", "para", "--highlight", "offsets", query],
        ),
        (
            "words_html",
            vec!["--snippet-words", "8", "--highlight", "html", "--format", "jsonl", query],
        ),
        ("none_json", vec!["--snippets", "0", "--highlight", "none", "--format", "jsonl", query]),
        ("kwic", vec!["--format", "kwic", "--snippet-words", "4", query]),
    ] {
        insta::assert_snapshot!(format!("passages_{name}"), hits(&args));
    }
    for args in [
        vec!["--snippets", "1", "--format", "ids", "pact"],
        vec!["--context", "para", "--format", "kwic", "pact"],
        vec!["--highlight", "ansi", "--format", "json", "pact"],
        vec!["--highlight", "md", "--format", "csv", "pact"],
        vec!["--snippet-words", "3", "--context", "para", "pact"],
    ] {
        assert!(hits(&args).starts_with("exit 2"), "{args:?}");
    }
}
