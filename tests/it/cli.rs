//! The commands on the project's own corpus: counts, formats, exit codes, bad input.

use crate::support::{corpus, dateline, dateline_with};

fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn indexing_twice_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let first = dateline(dir.path(), &["index", "corpus", "--format", "json"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let report: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!(report["added"], 88, "{report}");
    let second = dateline(dir.path(), &["index", "corpus", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&second.out).unwrap();
    assert_eq!((&report["added"], &report["unchanged"]), (&0.into(), &88.into()), "{report}");
    assert_eq!(dateline(dir.path(), &["count", "*"]).out.trim(), "88");
}

#[test]
fn broken_files_cost_only_their_broken_records() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("rejects.tsv");
    let index = dir.path().join("ix");
    let indexed =
        dateline(&index, &["index", "corpus/broken", "--report", report.to_str().unwrap()]);
    assert_eq!(indexed.code, 7, "{}", indexed.err);
    let rejects = std::fs::read_to_string(report).unwrap();
    assert!(rejects.contains("cut-off.jsonl"), "{rejects}");
    assert!(rejects.contains("truncated"), "{rejects}");
    let count = dateline(&index, &["count", "*"]);
    assert!(count.out.trim().parse::<u32>().unwrap() >= 10, "{}", count.out);
}

#[test]
fn standard_input_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let line = "{\"id\":\"a\",\"title\":\"Pact\",\"body\":\"Japan signed a pact.\"}\n";
    let indexed = dateline_with(dir.path(), &["index", "-"], line);
    assert_eq!(indexed.code, 0, "{}", indexed.err);
    assert_eq!(dateline(dir.path(), &["search", "-l", "country:Japan pact"]).out, "a\n");
}

#[test]
fn exit_codes_tell_what_happened() {
    let index = corpus();
    assert_eq!(dateline(index, &["search", "-q", "pact"]).code, 0);
    assert_eq!(dateline(index, &["search", "xyzzyplugh"]).code, 1);
    assert_eq!(dateline(index, &["search", "(japan"]).code, 2);
    assert_eq!(dateline(index, &["search", "pact dup:90001"]).code, 2);
    assert_eq!(dateline(index, &["show", "no-such-id"]).code, 1);
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(dateline(&dir.path().join("none"), &["search", "pact"]).code, 3);
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert_eq!(dateline(&file, &["index", "corpus"]).code, 3);
}

#[test]
fn errors_show_the_place_and_what_to_type() {
    let error = dateline(corpus(), &["search", "coutry:Japan pact"]).err;
    assert!(error.contains("error[unknown_field]: unknown field 'coutry'"), "{error}");
    assert!(error.contains("^^^^^^") && error.contains("country"), "{error}");
    let json = dateline(corpus(), &["search", "--error-format", "json", "coutry:Japan pact"]).err;
    let value: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(value["span"], serde_json::json!([0, 6]), "{json}");
}

#[test]
fn names_of_a_country_are_one_thing() {
    let all = dateline(corpus(), &["search", "-n0", "-l", "country:Japan"]).out;
    assert!(all.lines().count() > 5);
    for name in ["jp", "JPN", "Japanese", "日本"] {
        let same = dateline(corpus(), &["search", "-n0", "-l", &format!("country:{name}")]).out;
        assert_eq!(same, all, "{name}");
    }
}

#[test]
fn json_lines_hold_what_is_promised() {
    let output =
        dateline(corpus(), &["search", "--format", "jsonl", "-n", "2", "country:Japan pact"]);
    let lines = json_lines(&output.out);
    assert_eq!(lines.len(), 3);
    for key in ["v", "type", "rank", "id", "score", "facets", "major", "labels", "snippets"] {
        assert!(lines[0].get(key).is_some(), "{key} in {}", lines[0]);
    }
    assert_eq!(lines[2]["type"], "summary");
    let count = dateline(corpus(), &["count", "country:Japan pact"]);
    assert_eq!(lines[2]["total"].to_string(), count.out.trim());
}

#[test]
fn facet_counts_are_what_count_says() {
    let facets = dateline(corpus(), &["facets", "-n0", "--format", "csv", "country"]).out;
    let mut rows = facets.lines();
    assert_eq!(rows.next(), Some("class,id,label,count"));
    for row in rows.take(8) {
        let cells: Vec<&str> = row.split(',').collect();
        let count = dateline(corpus(), &["count", &format!("country:{}", cells[1])]).out;
        assert_eq!(count.trim(), cells[cells.len() - 1], "{row}");
    }
}

#[test]
fn samples_are_drawn_by_their_seed() {
    let draw = |seed: &str| {
        dateline(corpus(), &["search", "-l", "--sample", "5", "--seed", seed, "*"]).out
    };
    assert_eq!(draw("1"), draw("1"));
    assert_ne!(draw("1"), draw("2"));
    assert_eq!(draw("1").lines().count(), 5);
}

#[test]
fn completions_and_help_are_there() {
    for shell in ["bash", "zsh", "fish"] {
        let script = dateline(corpus(), &["completions", shell]);
        assert!(script.out.contains("dateline"), "{shell}");
    }
    assert!(dateline(corpus(), &["search", "--help"]).out.contains("Examples"));
}

#[test]
fn filters_beside_a_query_do_not_rank() {
    let index = corpus();
    let run = |args: &[&str]| dateline(index, args).out;
    let both = run(&["count", "pact country:Japan date:2008..2012"]);
    let beside =
        ["count", "--where", "country:Japan", "--since", "2008", "--until", "2012", "pact"];
    assert_eq!(run(&beside), both);
    let scores = |args: &[&str]| -> Vec<serde_json::Value> {
        json_lines(&run(args)).iter().map(|line| line["score"].clone()).collect()
    };
    let filtered = ["search", "-n3", "--format", "jsonl", "--where", "signed", "pact"];
    let plain = ["search", "-n50", "--format", "jsonl", "pact"];
    let all = scores(&plain);
    assert!(scores(&filtered).iter().all(|score| all.contains(score)));
    let query = dateline(index, &["count", "--format", "json", "--where", "(a", "pact"]);
    assert_eq!(query.code, 2);
    assert!(query.err.contains("| (a"), "{}", query.err);
}

#[test]
fn names_come_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("names.txt");
    std::fs::write(&list, "# countries\nJapan\nKenya\n").unwrap();
    let named = dateline(corpus(), &["count", &format!("country:@{}", list.display())]);
    let typed = dateline(corpus(), &["count", "country:Japan,Kenya"]);
    assert_eq!((named.code, named.out), (0, typed.out), "{}", named.err);
    let missing = dateline(corpus(), &["count", "country:@no-such-file"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("error[unreadable_list]"), "{}", missing.err);
}

#[test]
fn near_words_and_expressions_are_found() {
    let count = |query: &str| dateline(corpus(), &["count", query]).out.trim().parse::<u64>();
    assert!(count("tokio~").unwrap() >= count("tokyo").unwrap());
    assert!(count("/tok[iy]o/").unwrap() > 0);
    assert_eq!(
        count("len:>0 len:<=100").unwrap() + count("len:>100").unwrap(),
        count("len:>0").unwrap()
    );
    assert_eq!(count("added:1h.."), count("*"));
}
