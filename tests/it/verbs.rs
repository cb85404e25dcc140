//! The verbs beside searching, as their user runs them: what they write, and what they change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{corpus, dateline, dateline_with, root};

/// A copy of the index of `corpus/`, to be written to.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(corpus()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    dir
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

fn count(index: &Path, query: &str) -> u64 {
    dateline(index, &["count", query]).out.trim().parse().unwrap()
}

#[test]
fn saved_queries_stand_for_their_text() {
    let index = copy();
    let index = index.path();
    assert_eq!(dateline(index, &["save", "korea", "country:KR event:diplomacy"]).code, 0);
    let listed = dateline(index, &["saved"]);
    assert_eq!(listed.out, "korea\tcountry:KR event:diplomacy\n");
    let whole = count(index, "country:KR event:diplomacy");
    assert!(whole > 0);
    assert_eq!(count(index, "saved:korea"), whole);
    assert_eq!(count(index, "saved:korea -pact"), count(index, "country:KR event:diplomacy -pact"));
    assert_eq!(count(index, "NOT saved:korea"), count(index, "*") - whole);
    // A query within itself, also by a detour, is refused when it is saved.
    assert_eq!(dateline(index, &["save", "b", "saved:korea pact"]).code, 0);
    let looped = dateline(index, &["save", "korea", "saved:b"]);
    assert_eq!(looped.code, 2);
    assert!(looped.err.contains("contains itself"), "{}", looped.err);
    let unknown = dateline(index, &["count", "saved:kora"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("unknown_saved") && unknown.err.contains("saved:korea"));
    assert_eq!(dateline(index, &["save", "a b", "x"]).code, 2);
    assert_eq!(dateline(index, &["saved", "--remove", "korea"]).code, 0);
    assert_eq!(dateline(index, &["saved"]).out, "b\tsaved:korea pact\n");
    assert_eq!(dateline(index, &["saved", "nobody"]).code, 1);
    // A file that somebody broke is told with its line, and is no panic.
    std::fs::write(index.join("queries.toml"), "[queries]\nx = 5\n").unwrap();
    let broken = dateline(index, &["saved"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("line 2"), "{}", broken.err);
}

#[test]
fn alerts_tell_an_article_once() {
    let index = copy();
    let index = index.path();
    dateline(index, &["save", "fish", "fish*"]);
    let run = || dateline(index, &["alert", "run", "--new-only", "--format", "ids"]);
    let first: BTreeSet<String> = run().out.lines().map(str::to_owned).collect();
    assert_eq!(first.len() as u64, count(index, "fish*"));
    let again = run();
    assert_eq!((again.code, again.out.as_str()), (1, ""));
    let new =
        "{\"id\":\"new-1\",\"title\":\"Fishing pact\",\"body\":\"A fishing pact was signed.\"}\n";
    assert_eq!(dateline_with(index, &["index", "-"], new).code, 0);
    let peeked = dateline(index, &["alert", "run", "--new-only", "--peek", "fish"]);
    assert!(peeked.out.starts_with("fish\tnew-1\t"), "{}", peeked.out);
    assert_eq!(run().out, "new-1\n");
    assert_eq!(run().code, 1);
    let all = dateline(index, &["alert", "run", "--format", "jsonl"]);
    let last: Value = serde_json::from_str(lines(&all.out).last().unwrap()).unwrap();
    assert_eq!(last["type"], "alert_summary");
    assert_eq!(last["told"].as_u64(), Some(first.len() as u64 + 1));
    assert_eq!(dateline(index, &["alert", "run", "nobody"]).code, 2);
}

#[test]
fn deletion_counts_first_and_needs_a_yes() {
    let index = copy();
    let index = index.path();
    let (all, some) = (count(index, "*"), count(index, "pact"));
    let refused = dateline(index, &["delete", "pact"]);
    assert_eq!(refused.code, 9);
    assert!(refused.err.contains(&format!("{some} of {all}")), "{}", refused.err);
    assert_eq!(count(index, "pact"), some);
    let done = dateline(index, &["delete", "--yes", "pact"]);
    assert_eq!((done.code, done.out.trim()), (0, some.to_string().as_str()));
    assert_eq!(count(index, "pact"), 0);
    assert_eq!(count(index, "*"), all - some);
    assert_eq!(dateline(index, &["delete", "--yes", "pact"]).code, 1);
    let nowhere = index.join("none");
    assert_eq!(dateline(&nowhere, &["delete", "--yes", "x"]).code, 3);
    assert!(!nowhere.exists());
}

#[test]
fn facets_in_other_orders() {
    let csv = dateline(
        corpus(),
        &["facets", "--sort", "alpha", "-n0", "--format", "csv", "country", "--unknown"],
    );
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(csv.out.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let labels: Vec<&str> = rows.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(labels.last(), Some(&"Unknown"));
    let known = labels[..labels.len() - 1].iter().map(|label| label.to_lowercase());
    assert!(known.is_sorted(), "{labels:?}");
    let lift = dateline(
        corpus(),
        &["facets", "--sort", "lift", "event", "country:JP", "--format", "jsonl"],
    );
    let lifts: Vec<f64> = lines(&lift.out)
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap()["lift"].as_f64())
        .collect();
    assert!(!lifts.is_empty() && lifts.is_sorted_by(|a, b| a >= b), "{lifts:?}");
    let min = dateline(corpus(), &["facets", "--min", "8", "country"]);
    assert!(
        lines(&min.out)
            .iter()
            .all(|line| { line.rsplit('\t').next().unwrap().parse::<u64>().unwrap() >= 8 })
    );
}

#[test]
fn typical_words_and_pairs_are_counted_exactly() {
    let terms = dateline(corpus(), &["terms", "--format", "json", "country:JP"]);
    let terms: Value = serde_json::from_str(&terms.out).unwrap();
    assert_eq!(terms["total"].as_u64(), Some(count(corpus(), "country:JP")));
    let first = &terms["terms"][0];
    let word = first["word"].as_str().unwrap();
    assert_eq!(first["all"].as_u64(), Some(count(corpus(), word)), "{word}");
    assert_eq!(first["count"].as_u64(), Some(count(corpus(), &format!("country:JP {word}"))));
    let pairs = dateline(corpus(), &["cooc", "country", "event", "--format", "json", "-n3"]);
    let pairs: Value = serde_json::from_str(&pairs.out).unwrap();
    for pair in pairs["pairs"].as_array().unwrap() {
        let (a, b) = (pair["id1"].as_str().unwrap(), pair["id2"].as_str().unwrap());
        let both = count(corpus(), &format!("country:{a} event:\"{b}\""));
        assert_eq!(pair["both"].as_u64(), Some(both), "{pair}");
    }
    let narrow = |unit: &str| -> u64 {
        let ran = dateline(
            corpus(),
            &[
                "cooc", "country", "country", "--within", unit, "--min", "1", "-n0", "--format",
                "csv",
            ],
        );
        lines(&ran.out).len() as u64
    };
    let (article, para, sentence) = (narrow("article"), narrow("para"), narrow("sentence"));
    assert!(article > para && para > sentence && sentence > 1, "{article} {para} {sentence}");
    let placeless = dateline(corpus(), &["cooc", "topic", "country", "--within", "para"]);
    assert_eq!(placeless.code, 2);
}

#[test]
fn similar_articles_are_not_the_article_itself() {
    let id = dateline(corpus(), &["search", "-l", "-n1", "country:Japan pact"]).out;
    let found = dateline(corpus(), &["similar", "-l", id.trim()]);
    assert_eq!(found.code, 0);
    assert!(!found.out.lines().any(|line| line == id.trim()));
    let query = format!("like:\"{}\"", id.trim());
    assert_eq!(count(corpus(), &query), found.out.lines().count() as u64);
    assert_eq!(dateline(corpus(), &["similar", "nobody"]).code, 1);
}

#[test]
fn what_is_exported_can_be_indexed_again() {
    let exported = dateline(corpus(), &["export"]);
    assert_eq!(exported.code, 0);
    assert_eq!(exported.out.lines().count() as u64, count(corpus(), "*"));
    for format in ["jsonl", "md"] {
        let exported = dateline(corpus(), &["export", "--format", format]);
        let (dir, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = files.path().join(format!("all.{format}"));
        std::fs::write(&file, exported.out).unwrap();
        assert_eq!(dateline(dir.path(), &["index", file.to_str().unwrap()]).code, 0);
        for query in ["*", "pact", "country.given:*", "has:date", "lang:ja", "\"rescue pact\""] {
            assert_eq!(count(dir.path(), query), count(corpus(), query), "{format} {query}");
        }
    }
    let csv = dateline(corpus(), &["export", "--format", "csv", "-n2", "pact"]).out;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(rows.headers().unwrap().iter().next_back(), Some("body"));
    assert_eq!(rows.records().count(), 2);
    let ris = dateline(corpus(), &["export", "--format", "ris", "pact"]).out;
    assert_eq!(ris.matches("TY  - NEWS\r\n").count(), ris.matches("ER  - \r\n").count());
    assert_eq!(dateline(corpus(), &["export", "nosuchword"]).code, 1);
}

#[test]
fn one_bad_row_of_a_batch_is_that_rows_error() {
    let list = "name,query\nok,country:JP pact\nbad,\"foo (\"\nquoted,\"\"\"rescue pact\"\"\"\n";
    let ran = dateline_with(corpus(), &["batch", "-", "--format", "csv"], list);
    assert_eq!(ran.code, 7);
    let rows: Vec<&str> = lines(&ran.out);
    assert_eq!(rows[1], format!("ok,country:JP pact,{}", count(corpus(), "country:JP pact")));
    assert_eq!(rows[2], "bad,foo (,error");
    assert_eq!(rows[3], "quoted,\"\"\"rescue pact\"\"\",1");
    assert!(ran.err.contains("-:3: error[unbalanced_open]"), "{}", ran.err);
    // Without a header a line is a query as it is typed, commas and quotes too.
    let plain =
        dateline_with(corpus(), &["batch", "-"], "\"rescue pact\"\n# no\n\ncountry:JP,KR\n");
    assert_eq!(plain.code, 0);
    let both = count(corpus(), "country:JP,KR");
    assert_eq!(plain.out, format!("1\t\"rescue pact\"\t1\n4\tcountry:JP,KR\t{both}\n"));
    let hits = dateline_with(corpus(), &["batch", "-", "-n1", "--format", "tsv"], "pact\n");
    assert_eq!(lines(&hits.out).len(), 2);
}

#[test]
fn several_indexes_are_one_with_shared_statistics() {
    let exported = dateline(corpus(), &["export"]).out;
    let all: Vec<&str> = lines(&exported);
    let parts: Vec<tempfile::TempDir> = all
        .chunks(all.len().div_ceil(3))
        .map(|part| {
            let dir = tempfile::tempdir().unwrap();
            let ran = dateline_with(dir.path(), &["index", "-"], &part.join("\n"));
            assert_eq!(ran.code, 0, "{}", ran.err);
            dir
        })
        .collect();
    let more: Vec<&str> =
        parts[1..].iter().flat_map(|dir| ["-I", dir.path().to_str().unwrap()]).collect();
    let search = |index: &Path, more: &[&str]| {
        let mut args = vec!["search", "--format", "csv", "--fields", "id,score", "-n20"];
        args.extend(more);
        args.push("pact OR trade");
        dateline(index, &args).out
    };
    let whole = tempfile::tempdir().unwrap();
    assert_eq!(dateline_with(whole.path(), &["index", "-"], &exported).code, 0);
    assert_eq!(search(parts[0].path(), &more), search(whole.path(), &[]));
    let mut index = vec!["index", "corpus"];
    index.extend(&more);
    assert_eq!(dateline(parts[0].path(), &index).code, 2, "several are not written");
    let twin = copy();
    let twin = dateline(corpus(), &["count", "-I", twin.path().to_str().unwrap(), "pact"]);
    assert_eq!(twin.code, 3);
    assert!(twin.err.contains("is a copy of"), "{}", twin.err);
}

#[test]
fn why_tells_rules_and_what_else_a_name_was() {
    let why = dateline(corpus(), &["why", "90001"]);
    assert_eq!(why.code, 0);
    assert!(why.out.contains("country DE (Germany) major") && why.out.contains("decided by"));
    let one = dateline(corpus(), &["why", "90001", "country:Germany", "--format", "json"]);
    let found: Vec<Value> =
        lines(&one.out).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(found.iter().all(|reason| reason["id"] == "DE"));
    assert!(found.iter().any(|reason| reason["given"] == true), "a label came with it");
    let derived = found.iter().find(|reason| reason["given"] == false).unwrap();
    assert!(derived["mentions"].as_array().unwrap().iter().any(|one| one["rule"] == "name"));
    let not = dateline(corpus(), &["why", "--not", "country:Brazil", "90001"]);
    assert_eq!(not.code, 0);
    assert!(not.out.contains("absent") && not.out.contains("no name"), "{}", not.out);
    assert_eq!(dateline(corpus(), &["why", "nobody"]).code, 1);
    assert_eq!(dateline(corpus(), &["why", "90001", "country:Narnia"]).code, 2);
    assert_eq!(dateline(corpus(), &["why", "90001", "person:Nobody"]).code, 1);
}

#[test]
fn questions_rank_without_operators() {
    let args = ["search", "-n3", "--format", "jsonl", "--question"];
    let ask = |text: &str| dateline(corpus(), &[&args[..], &[text]].concat());
    let found = ask("who signed a sea rescue pact with Indonesia? (and \"why)");
    assert_eq!(found.code, 0, "{}", found.err);
    let first: Value = serde_json::from_str(lines(&found.out)[0]).unwrap();
    assert!(first["title"].as_str().unwrap().contains("rescue"), "{first}");
    let last: Value = serde_json::from_str(lines(&found.out).last().unwrap()).unwrap();
    assert_eq!(last["ranking"], "question");
    let filtered = dateline(
        corpus(),
        &["search", "-n0", "-l", "--question", "--where", "country:JP", "rescue pact"],
    );
    let both = count(corpus(), "country:JP (rescue OR pact)");
    assert_eq!(filtered.out.lines().count() as u64, both);
    assert_eq!(ask("zzzz").code, 1);
}

#[test]
fn evaluations_of_the_corpus_print_their_figures() {
    let tags = dateline(corpus(), &["eval", "tags", "--format", "json", "corpus/gold.tsv"]);
    assert_eq!(tags.code, 0, "{}", tags.err);
    let classes: Vec<Value> =
        lines(&tags.out).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(classes.len(), 3);
    for class in &classes {
        for key in ["micro", "macro", "without_commonest"] {
            assert!(class[key]["f1"].as_f64().is_some(), "{class}");
        }
        assert!(class["exact_set"].as_f64().is_some() && class["articles"].as_u64() == Some(88));
    }
    assert!(classes[0]["micro"]["f1"].as_f64().unwrap() > 0.93);
    let dir = tempfile::tempdir().unwrap();
    let (base, run) = (dir.path().join("base.json"), dir.path().join("own.run"));
    std::fs::write(&base, &tags.out).unwrap();
    let again = dateline(
        corpus(),
        &["eval", "tags", "--baseline", base.to_str().unwrap(), "corpus/gold.tsv"],
    );
    assert!(again.out.contains("+0.000 F1"), "{}", again.out);
    let topics = ["eval", "rank", "corpus/topics.tsv", "corpus/qrels.txt"];
    let rank = dateline(corpus(), &[&topics[..], &["--write-run", run.to_str().unwrap()]].concat());
    assert_eq!(rank.code, 0, "{}", rank.err);
    let own = dateline(corpus(), &[&topics[..], &["--run", run.to_str().unwrap()]].concat());
    let rows: Vec<Vec<&str>> =
        lines(&own.out).iter().map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows[1][1..7], rows[2][1..7], "its own run has its own figures");
    assert!(rows[2][7].ends_with("1.00000"), "{:?}", rows[2]);
    assert_eq!(dateline(corpus(), &["eval", "tags", "README.md"]).code, 2);
}

/// Runs a line of a shell with the program as `dateline`, in the checkout.
fn shell(line: &str, input: &str) -> (i32, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_dateline"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![program.parent().unwrap().to_owned()];
    paths.extend(std::env::split_paths(&path));
    let mut child = Command::new("sh")
        .args(["-c", line])
        .current_dir(root())
        .env("PATH", std::env::join_paths(paths).unwrap())
        .env("DATELINE_INDEX", corpus())
        .env("DATELINE_CONFIG", "/dev/null")
        .env_remove("DATELINE_FORMAT")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn recipes_of_the_guide_work_in_a_shell() {
    let (code, shown) =
        shell("dateline search -l0 'country:Japan pact' | xargs -0 dateline show", "");
    assert_eq!(code, 0);
    assert_eq!(
        shown.matches("\nid: ").count() as u64,
        count(corpus(), "country:Japan pact").min(10)
    );
    let (_, counts) = shell("dateline count --batch", "pact\ncountry:JP\n");
    assert_eq!(counts, format!("16\tpact\n{}\tcountry:JP\n", count(corpus(), "country:JP")));
    let (code, urls) =
        shell("dateline search --format jsonl -n0 'has:url' | grep -c '\"url\":\"http'", "");
    assert_eq!((code, urls.trim().parse().ok()), (0, Some(count(corpus(), "has:url"))));
    assert_eq!(
        shell("dateline search -q 'added:1h.. nosuchword' && echo news", ""),
        (1, String::new())
    );
    let (_, csv) = shell("dateline facets -n0 person --format csv 'pact' | head -1", "");
    assert_eq!(csv, "class,id,label,count\r\n");
    let (code, some) = shell("dateline export | head -1 | wc -l", "");
    assert_eq!((code, some.trim()), (0, "1"), "a closed pipe is no error");
}

#[test]
fn settings_come_from_files_and_give_way_to_flags() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("settings.toml");
    std::fs::write(
        &file,
        "format = \"csv\"\nlimit = 3\n[search]\nlimit = 2\n[alias]\njp = \"count 'country:JP pact'\"\n\
         [queries]\nkorea = \"country:KR\"\n",
    )
    .unwrap();
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(args)
            .current_dir(root())
            .env("DATELINE_CONFIG", &file)
            .env("DATELINE_INDEX", corpus())
            .env_remove("DATELINE_FORMAT")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = run(&["search", "pact"]);
    assert_eq!((code, out.lines().count()), (Some(0), 3), "a header and two hits: {out}");
    assert!(err.contains("no setting 'limit'") && err.contains("search.limit"), "{err}");
    let (_, out, _) = run(&["search", "-n3", "--format", "ids", "pact"]);
    assert_eq!(out.lines().count(), 3);
    let (_, out, _) = run(&["jp", "--format", "human"]);
    assert_eq!(out.trim(), count(corpus(), "country:JP pact").to_string());
    let (_, out, _) = run(&["count", "--format", "human", "saved:korea"]);
    assert_eq!(out.trim(), count(corpus(), "country:KR").to_string());
    let (_, out, _) = run(&["config", "list", "--origin"]);
    assert!(out.contains(&format!("format\tcsv\t{}", file.display())), "{out}");
    assert!(out.contains("\tDATELINE_INDEX\n"), "{out}");
    // What is left out by habit is told, and found by who names it.
    let japan = count(corpus(), "country:Japan pact");
    let all = count(corpus(), "pact");
    std::fs::write(&file, "[search]\nexclude = [\"country:Japan\", \"is:stub\"]\n").unwrap();
    let (_, out, err) = run(&["count", "pact"]);
    assert_eq!(out.trim(), (all - japan).to_string());
    assert!(
        err.contains("note[left_out]: left out by search.exclude: country:Japan, is:stub"),
        "{err}"
    );
    assert_eq!(run(&["count", "country:Japan pact"]).1.trim(), japan.to_string());
    assert_eq!(run(&["count", "pact -country:Japan"]).1.trim(), (all - japan).to_string());
    assert_eq!(run(&["count", "--no-exclude", "pact"]).1.trim(), all.to_string());
    let everything = count(corpus(), "*");
    assert_eq!(run(&["count", "-e", "-pact"]).1.trim(), {
        let left = count(corpus(), "* -pact -country:Japan -is:stub");
        assert!(left < everything);
        left.to_string()
    });
    // Of many queries it is told once.
    let list = dir.path().join("list");
    std::fs::write(&list, "pact\ntreaty\nfish\n").unwrap();
    for verb in [&["count", "--batch"][..], &["batch"]] {
        let (_, out, err) = run(&[verb, &[list.to_str().unwrap()]].concat());
        assert!(out.contains(&(all - japan).to_string()), "{out}");
        assert_eq!(err.matches("note[left_out]").count(), 1, "{err}");
    }
    let (_, out, _) = run(&["config", "list"]);
    assert!(out.contains("search.exclude\tcountry:Japan, is:stub\n"), "{out}");
    std::fs::write(&file, "[search]\nexclude = [\"contry:Japan\", 5]\n").unwrap();
    assert!(run(&["count", "pact"]).2.contains("search.exclude holds what is no text"));
    std::fs::write(&file, "[search]\nexclude = \"contry:Japan\"\n").unwrap();
    let (code, _, err) = run(&["count", "pact"]);
    assert!(code == Some(2) && err.contains("did you mean 'country'"), "{err}");
    std::fs::write(&file, "format = \n").unwrap();
    let (code, out, err) = run(&["count", "pact"]);
    assert_eq!((code, out.trim()), (Some(0), "16"), "a broken file costs its settings only");
    assert!(err.contains("line 1"), "{err}");
}

#[test]
fn an_answer_that_was_stopped_says_so() {
    let index = corpus();
    let timed = dateline(index, &["search", "--timeout", "0s", "--format", "jsonl", "pact"]);
    assert_eq!(timed.code, 7, "{}", timed.err);
    assert!(timed.err.contains("warning[timeout]"), "{}", timed.err);
    let summary: Value = serde_json::from_str(lines(&timed.out).last().unwrap()).unwrap();
    assert_eq!((&summary["partial"], &summary["exact"]), (&true.into(), &false.into()));
    let code = |args: &[&str]| dateline(index, args).code;
    assert_eq!(code(&["count", "--timeout", "0ms", "pact"]), 7);
    assert_eq!(code(&["search", "-q", "--timeout", "0", "pact"]), 7);
    assert_eq!(code(&["facets", "--timeout", "0s", "country"]), 7);
    assert_eq!(code(&["search", "--question", "--timeout", "0s", "which pact?"]), 7);
    // Time enough changes nothing.
    let plain = |args: &[&str]| dateline(index, args).out;
    assert_eq!(plain(&["search", "--timeout", "1h", "pact"]), plain(&["search", "pact"]));
    for wrong in ["soon", "5 fortnights", "-1s"] {
        let timeout = format!("--timeout={wrong}");
        assert_eq!(code(&["count", &timeout, "pact"]), 2, "{wrong}");
    }
}

#[test]
fn hits_without_a_count_are_the_same_hits() {
    let index = corpus();
    for query in ["pact", "country:Japan pact", "pact OR fish*"] {
        let ids =
            |more: &[&str]| dateline(index, &[&["search", "-l", "-n5", query], more].concat()).out;
        assert_eq!(ids(&["--no-count"]), ids(&[]), "{query}");
    }
    let out = dateline(index, &["search", "--no-count", "-n2", "--format", "jsonl", "pact"]).out;
    let summary: Value = serde_json::from_str(lines(&out).last().unwrap()).unwrap();
    assert_eq!((&summary["total"], &summary["exact"]), (&Value::Null, &true.into()));
    assert!(summary["next"].is_string());
    let none = dateline(index, &["search", "--no-count", "xyzzy"]);
    assert_eq!((none.code, none.out.as_str()), (1, ""));
}

#[test]
fn the_record_of_an_article_is_shown_as_it_stands_in_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let (index, file) = (dir.path().join("ix"), dir.path().join("wire.jsonl"));
    let record = "{\"id\": \"a\",  \"title\": \"Pact \\u00e9\", \"body\": \"Signed.\"}";
    std::fs::write(&file, format!("{{\"title\":\"x\"}}\n{record}\n")).unwrap();
    assert_eq!(dateline(&index, &["index", file.to_str().unwrap()]).code, 0);
    let raw = || dateline(&index, &["show", "--raw", "a"]);
    assert_eq!((raw().out, raw().err, raw().code), (format!("{record}\n"), String::new(), 0));
    std::fs::write(&file, format!("{{\"title\":\"x\"}}\n{}\n", record.replace("Signed", "Void!!")))
        .unwrap();
    let changed = raw();
    assert!(changed.err.contains("warning[rebuilt]"), "{}", changed.err);
    let rebuilt: Value = serde_json::from_str(&changed.out).unwrap();
    assert_eq!((&rebuilt["id"], &rebuilt["body"]), (&"a".into(), &"Signed.".into()));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(raw().out, changed.out);
    assert_eq!(dateline(&index, &["show", "--raw", "nobody"]).code, 1);
    // Every record of the corpus is still where it was.
    let ids = dateline(corpus(), &["search", "-l", "-n0", "*"]).out;
    let ids: Vec<&str> = ids.lines().collect();
    let all = dateline(corpus(), &[&["show", "--raw"], &ids[..]].concat());
    assert_eq!((all.code, all.err.as_str()), (0, ""));
}

#[test]
fn a_lenient_reading_leaves_out_what_is_wrong_and_says_so() {
    let index = corpus();
    let lenient = |query: &str| dateline(index, &["count", "--lenient", "-e", query]);
    let strict = |query: &str| dateline(index, &["count", "-e", query]);
    for (wrong, right) in [
        ("pact (japan", "pact japan"),
        ("country:Atlantis pact", "pact"),
        ("\"rescue pact", "\"rescue pact\""),
        ("pact AND", "pact"),
    ] {
        assert_eq!(strict(wrong).code, 2, "{wrong}");
        let read = lenient(wrong);
        assert_eq!((read.code, read.out), (0, strict(right).out), "{wrong}");
        assert!(read.err.contains("warning["), "{}", read.err);
    }
    assert_eq!((lenient("()").code, lenient("AND").code), (2, 2));
    assert_eq!(dateline(index, &["count", "--lenient", "--strict", "pact"]).code, 2);
}

#[test]
fn words_of_queries_are_completed_from_the_index() {
    let index = corpus();
    let of = |word: &str| dateline(index, &["completions", &format!("--word={word}")]);
    assert_eq!(
        of("cou").out,
        "country:\ta country the article is about or mentions, by any name or code\n"
    );
    let korea = of("-country.major:Sou");
    assert!(korea.out.contains("-country.major:\"South Korea\"\tSouth Korea, "), "{}", korea.out);
    assert!(of("person:put").out.starts_with("person:vladimir-putin\tVladimir Putin, 2\n"));
    assert_eq!((of("country:nowhere").code, of("nofield:").code), (1, 1));
    // What a shell makes of it: inside of quotes, and where it splits words at colons.
    let script = dateline(index, &["completions", "bash"]).out;
    let bash = |line: &str, current: &str| {
        let program = env!("CARGO_BIN_EXE_dateline");
        let ask = format!(
            "{script}\nCOMP_LINE=$1 COMP_POINT=${{#1}} COMP_WORDS=({program}) COMP_CWORD=0\n\
             _dateline_query dateline \"$2\" ''\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let output = Command::new("bash")
            .args(["-c", &ask, "bash", line, current])
            .env("DATELINE_INDEX", index)
            .env("DATELINE_CONFIG", "/dev/null")
            .output();
        output.map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let Ok(first) = bash("dateline country:jap", "jap") else {
        eprintln!("SKIPPED: there is no bash here");
        return;
    };
    assert_eq!(first, "Japan\n");
    let quoted = bash("dateline search 'pact country:sou", "pact country:sou").unwrap();
    assert_eq!(quoted.lines().next(), Some("pact country:\"South Korea\""));
    let split = bash("dateline search country:sou", "sou").unwrap();
    assert_eq!(split.lines().next(), Some("\\\"South\\ Korea\\\""));
}

/// The scripts are read by the shells that are here; what keys do in them was tried by hand.
#[test]
fn shells_can_read_their_completions() {
    let dir = tempfile::tempdir().unwrap();
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let script = dateline(corpus(), &["completions", shell]).out;
        let path = dir.path().join(shell);
        std::fs::write(&path, script).unwrap();
        match Command::new(shell).arg(check).arg(&path).output() {
            Ok(read) => {
                let wrong = String::from_utf8_lossy(&read.stderr).into_owned();
                assert!(read.status.success() && wrong.is_empty(), "{shell}: {wrong}");
            }
            Err(_) => eprintln!("SKIPPED: there is no {shell} here"),
        }
    }
}

#[test]
fn files_addresses_and_kinds_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("ix");
    let folder = dir.path().join("in").join("2015");
    std::fs::create_dir_all(&folder).unwrap();
    let rows = [
        r#"{"id":"a","body":"One pact.","url":"https://WWW.Example.org/A/?x=1#top","type":"Analysis","author":"Ann BELL"}"#,
        r#"{"id":"b","body":"Two pacts.","url":"http://example.org/b/","genre":["Opinion","Analysis"],"collection":"Wire A","author":"Bob Bell"}"#,
        r#"{"id":"c","body":"No pact."}"#,
    ];
    for (name, row) in ["x.jsonl", "y.jsonl", "X.jsonl"].iter().zip(rows) {
        std::fs::write(folder.join(name), row).unwrap();
    }
    let run = |args: &[&str]| dateline(&index, args);
    assert_eq!(run(&["index", dir.path().join("in").to_str().unwrap()]).code, 0);
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for (query, ids) in [
        (format!("file:\"{}\"", path("x.jsonl")), "a"),
        ("file:x.jsonl".to_owned(), "a"),
        ("file:2015/X.jsonl".to_owned(), "c"),
        ("file:2015".to_owned(), "a b c"),
        ("file:2015/,file:none".to_owned(), "a b c"),
        ("file:y*".to_owned(), "b"),
        ("file:015/".to_owned(), ""),
        ("url:example.org/A?x=1".to_owned(), ""),
        ("url:https://example.org/A/?x=1".to_owned(), "a"),
        ("url:example.org/b".to_owned(), "b"),
        ("url:*example*".to_owned(), "a b"),
        ("url:https://example.org/b*".to_owned(), "b"),
        ("has:url -url:http://example.org/b".to_owned(), "a"),
        ("type:analysis".to_owned(), "a b"),
        ("type:opinion collection:\"wire a\"".to_owned(), "b"),
        ("has:collection".to_owned(), "b"),
        ("byline:=BELL".to_owned(), "a"),
        ("byline:=\"Bob Bell\"".to_owned(), "b"),
        ("byline:caps(bell)".to_owned(), "a b"),
        ("byline:allcaps(be*)".to_owned(), "a"),
    ] {
        let found = run(&["search", "-l", "-n0", &query]);
        let mut found: Vec<&str> = found.out.split_whitespace().collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), ids, "{query}");
    }
    let near = run(&["count", "file:z.jsonl"]);
    assert!(near.err.contains("did you mean file:"), "{}", near.err);
    let counts = run(&["facets", "type,collection,file"]);
    for row in ["type\tanalysis\tAnalysis\t2", "collection\twire a\tWire A\t1"] {
        assert!(counts.out.contains(row), "{}", counts.out);
    }
    assert_eq!(counts.out.matches("\nfile\t").count(), 3, "{}", counts.out);
}

/// What a facet counts is what a query for its value finds, surnames alone included.
#[test]
fn a_surname_alone_is_counted_with_its_bearer() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("ix");
    let run = |args: &[&str]| dateline(&index, args);
    let mut rows: Vec<String> = Vec::new();
    let mut add = |many: usize, body: &str, more: &str| {
        for _ in 0..many {
            let id = rows.len();
            rows.push(format!("{{\"id\":\"{id}\",\"body\":\"{body}\"{more}}}\n"));
        }
    };
    add(18, "President Anna Kowalewski spoke of wheat.", "");
    add(5, "Mr. Kowalewski spoke of steel.", "");
    add(1, "Olga Kowalewski spoke of wheat.", "");
    add(3, "President Anna Kowalewski spoke of steel.", "");
    add(4, "Mr. Przybysz spoke of wheat.", "");
    // Several runs, several segments; some articles come twice, one goes.
    for (at, part) in [&rows[..10], &rows[10..22], &rows[22..], &rows[5..12]].iter().enumerate() {
        let file = dir.path().join(format!("{at}.jsonl"));
        std::fs::write(&file, part.concat()).unwrap();
        assert_eq!(run(&["index", file.to_str().unwrap()]).code, 0);
    }
    assert_eq!(run(&["delete", "--yes", "id:0"]).code, 0);
    // One article has both.
    assert_eq!(run(&["tag", "18", "+person:anna-kowalewski"]).code, 0);
    assert_eq!(run(&["count", "person:~kowalewski person:anna-kowalewski"]).out, "1\n");
    for (query, putin) in [("*", 25), ("steel", 8), ("wheat", 17)] {
        let facets = run(&["facets", "-n0", "person,person.major,person.given", query]).out;
        let count = |person: &str| run(&["count", &format!("({query}) {person}")]).out;
        assert!(facets.contains(&format!("person\tanna-kowalewski\tAnna Kowalewski\t{putin}\n")));
        assert_eq!(count("person:\"Anna Kowalewski\""), format!("{putin}\n"), "{query}");
        assert!(!facets.contains("person\t~kowalewski"), "{facets}");
        for row in facets.lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            let found = match cells[1].strip_prefix('~') {
                None => count(&format!("{}:\"{}\"", cells[0], cells[2])),
                Some(_) => count(&format!("{}:{}", cells[0], cells[1])),
            };
            assert_eq!(found.trim(), cells[3], "{query}: {row}");
        }
        let alone = facets.contains("person\t~przybysz\tPrzybysz (name only)\t4");
        assert_eq!(alone, query != "steel", "{facets}");
    }
}
