//! Runs of the command in-process, and the options that it reads itself.

use std::fs;
use std::io::empty;
use std::time::Duration;

use clap::Parser;

use super::arguments::{bytes, settings};
use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
    #[command(flatten)]
    global: Global,
}

struct Ended {
    exit: Exit,
    out: String,
    err: String,
}

fn index(root: &Path, line: &[&str]) -> Ended {
    let at = |part: &&str| part.replace("@", &root.display().to_string());
    let line = ["index", "-I", "@/index"].iter().chain(line).map(at);
    let line = Line::try_parse_from(line).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(
        &line.args,
        &line.global,
        &mut Io {
            input: &mut empty(),
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            cwd: root.to_owned(),
            env: &|_| None,
            now: &|| 1_000,
            config: Default::default(),
            pager: Default::default(),
            clock: &|| Duration::ZERO,
        },
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { exit, out: text(out), err: text(err) }
}

const WIRE: &str = r#"{"id":"1","title":"Pact","body":"TOKYO – Japan signed.","date":"2019-03-05"}
{"id":"2","title":"Stub","date":"2019-02-30"}
{"id":"3", oops
{"id":"4","title":"Fire","body":"A fire in the harbour."}
"#;

fn folder() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("in")).unwrap();
    fs::write(root.path().join("in/wire.jsonl"), WIRE).unwrap();
    root
}

#[test]
fn what_is_good_is_indexed_and_what_is_not_is_named_and_listed() {
    let root = folder();
    let first = index(root.path(), &["@/in", "--report", "@/in/rejects.tsv"]);
    assert_eq!(first.exit, Exit::Incomplete, "{}", first.err);
    assert!(first.err.starts_with("3 articles from 1 file, 0 kB of text in "), "{}", first.err);
    assert!(first.err.contains("  added                     3\n"), "{}", first.err);
    assert!(first.err.contains("warning: 1 of 4 records was rejected\n"), "{}", first.err);
    assert!(first.err.contains("wire.jsonl:3: "), "{}", first.err);
    assert!(first.err.contains("  bad_date                  1  kept; first "), "{}", first.err);
    assert_eq!(first.out, "");
    let listed = fs::read_to_string(root.path().join("in/rejects.tsv")).unwrap();
    let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0], ["file", "line", "byte", "code", "message"]);
    assert_eq!((lines.len(), lines[1].len(), lines[1][1], lines[1][3]), (2, 5, "3", "bad_json"));

    // The list of rejects is no input of the second run, and nothing changes.
    let second = index(root.path(), &["@/in", "--report", "@/in/rejects.tsv"]);
    assert!(second.err.contains("nothing changed: "), "{}", second.err);
    assert!(second.err.contains("  unchanged                 3\n"), "{}", second.err);
}

#[test]
fn the_report_is_one_json_object_where_that_is_asked() {
    let root = folder();
    let ended = index(root.path(), &["@/in", "--format", "json", "--progress", "json"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((report["v"].as_u64(), report["type"].as_str()), (Some(1), Some("index_report")));
    assert_eq!(
        (report["added"].as_u64(), report["rejects"]["bad_json"].as_u64()),
        (Some(3), Some(1))
    );
    let line: Value = serde_json::from_str(ended.err.lines().next().unwrap()).unwrap();
    assert_eq!(line["type"].as_str(), Some("progress"));
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let root = folder();
    let ended = index(root.path(), &["@/in", "--dry-run", "-n", "1", "--lang", "en"]);
    assert!(ended.out.contains("wire.jsonl: JSON lines\n"), "{}", ended.out);
    assert!(ended.out.contains("    date     2019-03-05 (day)\n"), "{}", ended.out);
    assert!(!ended.out.contains("Fire"), "{}", ended.out);
    assert!(!root.path().join("index").exists());
    let ended = index(root.path(), &["@/in", "--dry-run", "--format", "json"]);
    assert_eq!(ended.exit, Exit::Incomplete);
    let shown: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(shown["shapes"][0]["articles"].as_array().unwrap().len(), 3);
}

#[test]
fn wrong_paths_are_told_before_anything_is_written() {
    let root = folder();
    fs::create_dir(root.path().join("empty")).unwrap();
    let ended = index(root.path(), &["@/in", "@/none"]);
    assert_eq!(ended.exit, Exit::Usage);
    assert!(ended.err.contains("no_such_file"), "{}", ended.err);
    assert_eq!(index(root.path(), &["@/empty"]).exit, Exit::Usage);
    assert_eq!(index(root.path(), &["@/in", "--report", "@/none/x.tsv"]).exit, Exit::Usage);
    assert!(!root.path().join("index").exists());
    fs::write(root.path().join("index"), "a file").unwrap();
    assert_eq!(index(root.path(), &["@/in"]).exit, Exit::NoIndex);
}

#[test]
fn a_comma_separates_settings_only_before_a_field() {
    assert_eq!(settings("source=Times, The,lang=en"), ["source=Times, The", "lang=en"]);
    assert_eq!(settings("source=a=b,c=d"), ["source=a=b,c=d"]);
    assert_eq!(settings("lang=en"), ["lang=en"]);
}

#[test]
fn sizes_have_units() {
    assert_eq!(bytes("400MB").unwrap(), 400_000_000);
    assert_eq!(bytes("1.5 GiB").unwrap(), 1_610_612_736);
    assert_eq!(bytes("64000000").unwrap(), 64_000_000);
    for text in ["", "MB", "4 parsecs", "1MB", "-5GB", "1.2.3MB"] {
        assert_eq!(bytes(text).unwrap_err().code, "bad_size", "{text}");
    }
    assert_eq!(bytes("99999999999999999999GB").unwrap(), 1_000_000_000_000_000);
}

#[test]
fn options_that_mean_nothing_are_errors() {
    let root = folder();
    for (line, code) in [
        (["@/in", "--map", "titel=x"], "bad_map"),
        (["@/in", "--set", "sauce=x"], "bad_set"),
        (["@/in", "--path", "{unclosed"], "bad_path_pattern"),
        (["@/in", "--lang", "klingon"], "bad_lang"),
        (["@/in", "--memory", "2"], "bad_size"),
    ] {
        let ended = index(root.path(), &line);
        assert_eq!(ended.exit, Exit::Usage);
        assert!(ended.err.contains(code), "{}", ended.err);
    }
}
