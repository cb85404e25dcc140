//! `docs/json.md` against what the program prints: every key is documented, and what is documented
//! is printed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{corpus, dateline, root};

/// Objects whose keys are values of the archive, not names of the format.
const KEYED_BY_DATA: &[&str] =
    &["labels", "components", "languages", "coverage", "measures", "extra", "notes", "rejects"];

/// Adds the keys of an object and of all objects in it; those of `data` are not looked into.
fn keys(value: &Value, data: &[&str], out: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                out.insert(key.clone());
                let by_data = data.contains(&key.as_str()) && value.is_object();
                match value {
                    Value::Object(inner) if by_data => {
                        inner.values().for_each(|value| keys(value, data, out));
                    }
                    value => keys(value, data, out),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, data, out)),
        _ => {}
    }
}

/// The sections of the page by the types in their headings.
fn sections() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(root().join("docs/json.md")).unwrap();
    let mut out = BTreeMap::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, text) = section.split_once('\n').unwrap();
        for name in heading.split('`').skip(1).step_by(2) {
            out.insert(name.to_owned(), text.to_owned());
        }
        if !heading.contains('`') {
            out.insert(heading.to_lowercase(), text.to_owned());
        }
    }
    out
}

fn is_key(word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The keys that a section names: in backticks, and in its examples.
fn named(section: &str) -> BTreeSet<String> {
    let ticks = section.split('`').map(str::to_owned);
    let examples = section.split('"').map(str::to_owned);
    ticks.chain(examples).filter(|word| is_key(word)).collect()
}

/// The keys in the first column of a section's tables.
fn listed(section: &str) -> BTreeSet<String> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn the_page_on_json_is_what_is_printed() {
    let index = corpus();
    let dir = tempfile::tempdir().unwrap();
    let new = dir.path().join("new");
    let topics = ["corpus/topics.tsv", "corpus/qrels.txt"];
    let batch = dir.path().join("batch.csv");
    std::fs::write(&batch, "name,query\na,pact\nb,(\n").unwrap();
    let batch = batch.to_str().unwrap();
    let run = dir.path().join("other.run");
    std::fs::write(&run, "1 Q0 90001 1 2.5 other\n").unwrap();
    let run = run.to_str().unwrap();
    let runs: Vec<Vec<&str>> = vec![
        vec![
            "search",
            "--format",
            "jsonl",
            "--facets",
            "country",
            "--highlight",
            "html",
            "country:Japan pact",
        ],
        vec!["search", "--format", "jsonl", "-n1", "pact"],
        vec!["search", "--format", "jsonl", "--sample", "2", "pact"],
        vec!["search", "--format", "jsonl", "--question", "which pact was signed?"],
        vec!["search", "--format", "jsonl", "--timeout", "0s", "pact"],
        vec!["facets", "--format", "json", "--sort", "lift", "country"],
        vec!["count", "--format", "json", "pact"],
        vec!["count", "--format", "json", "--timeout", "0s", "pact"],
        vec!["timeline", "--format", "json", "--share", "pact"],
        vec!["explain", "--format", "json", "country:Japan pact OR treaty"],
        vec!["show", "--format", "json", "-q", "pact", "90001", "nw-20190701-01"],
        vec!["why", "--format", "json", "90001"],
        vec!["terms", "--format", "json", "country:Japan"],
        vec!["cooc", "--format", "json", "country", "person"],
        vec!["batch", "--format", "json", batch],
        vec!["batch", "--format", "json", "-n2", batch],
        vec!["fields", "--format", "json"],
        vec!["stats", "--format", "json"],
        vec![
            "eval",
            "rank",
            "--question",
            "--format",
            "json",
            "--per-topic",
            "--run",
            run,
            topics[0],
            topics[1],
        ],
        vec!["eval", "tags", "--format", "json", "--errors", "2", "corpus/gold.tsv"],
        vec!["index", "--dry-run", "--format", "json", "corpus"],
    ];
    let mut printed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut outputs: Vec<String> = Vec::new();
    for args in &runs {
        let output = dateline(index, args);
        assert!(!output.out.is_empty(), "{args:?}: {}", output.err);
        outputs.push(output.out);
    }
    outputs.push(dateline(&new, &["index", "--format", "json", "corpus"]).out);
    let side = new.with_extension("side.jsonl");
    let row = "{\"id\":\"90001\",\"class\":\"event\",\"value\":\"flood\",\"by\":\"x\"}\n";
    std::fs::write(&side, row).unwrap();
    dateline(&new, &["index", "--tags", side.to_str().unwrap(), "corpus"]);
    outputs.push(dateline(&new, &["show", "--format", "json", "90001"]).out);
    outputs.push(dateline(index, &["count", "--error-format", "json", "country:Japn"]).err);
    for line in outputs.iter().flat_map(|out| out.lines()) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert_eq!(value["v"], 1, "{line}");
        let name = value["type"].as_str().unwrap().to_owned();
        let mut data = KEYED_BY_DATA.to_vec();
        match name.as_str() {
            "hit" | "article" => data.extend(["facets", "major"]),
            "stats" => data.push("fields"),
            "eval_rank" => data.push("p"),
            "index_report" => data.push("tags"),
            _ => {}
        }
        keys(&value, &data, printed.entry(name).or_default());
    }
    let sections = sections();
    // Where a section says "as in …" or is part of another.
    let also = |name: &str| -> &[&str] {
        match name {
            "article" => &["hit"],
            "facets" => &["summary", "facet", "result"],
            "terms" | "pairs" | "batch_rows" | "batch_hits" => &["summary"],
            "error" | "warning" | "note" => &["messages"],
            _ => &[],
        }
    };
    let mut wrong = Vec::new();
    for (name, found) in &printed {
        let own = if also(name).contains(&"messages") { "messages" } else { name.as_str() };
        let Some(section) = sections.get(own) else {
            wrong.push(format!("no section on {name}"));
            continue;
        };
        let mut known = named(section);
        for other in also(name).iter().chain(&["rules for all objects", "messages"]) {
            known.extend(named(&sections[*other]));
        }
        // Names of measures are data.
        let missing = found.iter().filter(|key| is_key(key) && !known.contains(*key));
        wrong.extend(missing.map(|key| format!("{name}: {key} is printed and not documented")));
        let dead = listed(section).into_iter().filter(|key| is_key(key) && !found.contains(key));
        // The table of tables and of tags' values lists types, not keys.
        let dead = dead.filter(|key| !printed.contains_key(key));
        wrong.extend(dead.map(|key| format!("{name}: {key} is documented and not printed")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let types = ["hit", "facet", "summary", "index_preview", "index_report", "error", "eval"];
    assert!(types.iter().all(|name| printed.contains_key(*name)), "{:?}", printed.keys());
}

/// The text of all sources, without their tests.
fn sources() -> String {
    fn add(dir: &std::path::Path, out: &mut String) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let is_test =
                path.file_name().is_some_and(|name| name == "tests.rs" || name == "tests");
            if path.is_dir() && !is_test {
                add(&path, out);
            } else if path.extension().is_some_and(|ext| ext == "rs") && !is_test {
                let text = std::fs::read_to_string(&path).unwrap();
                out.push_str(text.split("#[cfg(test)]").next().unwrap());
            }
        }
    }
    let mut out = String::new();
    for layer in ["query", "plan", "search"] {
        add(&root().join("src").join(layer), &mut out);
    }
    out
}

#[test]
fn the_page_on_queries_has_every_field_and_every_code() {
    let page = std::fs::read_to_string(root().join("docs/query.md")).unwrap();
    let known = dateline(corpus(), &["fields", "--format", "json"]).out;
    let known: Value = serde_json::from_str(&known).unwrap();
    let mut wrong = Vec::new();
    for field in known["fields"].as_array().unwrap() {
        let name = field["name"].as_str().unwrap();
        let row = page.lines().find(|line| {
            let cell = line.strip_prefix("| ").and_then(|line| line.split(" | ").next());
            cell.is_some_and(|cell| cell.split(", ").any(|one| one.trim() == format!("`{name}`")))
        });
        let Some(row) = row else {
            wrong.push(format!("no row on the field {name}"));
            continue;
        };
        for alias in field["aliases"].as_array().unwrap() {
            if !row.contains(&format!("`{}`", alias.as_str().unwrap())) {
                wrong.push(format!("{name}: {alias} is missing"));
            }
        }
        if row.contains("not_supported") != (field["status"] == "planned") {
            wrong.push(format!("{name} is {}: {row}", field["status"]));
        }
    }
    let sources = sources();
    let mut codes = BTreeSet::new();
    for kind in ["error", "warning", "note"] {
        for call in sources.split(&format!("Diagnostic::{kind}(")).skip(1) {
            let code = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            codes.extend(code.map(str::to_owned));
        }
    }
    assert!(codes.len() > 40, "{codes:?}");
    let dead = codes.iter().filter(|code| !page.contains(&format!("`{code}`")));
    wrong.extend(dead.map(|code| format!("the code {code} is not explained")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
