//! Reading: flags that give fields, records that are bad, folders that loop, text that is hostile.

use std::path::Path;

use crate::support::{dateline, dateline_with};

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The hits of all articles, by id.
fn all(index: &Path) -> Vec<serde_json::Value> {
    let hits = dateline(index, &["search", "-n0", "--format", "jsonl", "*"]);
    let mut hits = lines(&hits.out);
    hits.retain(|line| line["type"] == "hit");
    hits.sort_by_key(|hit| hit["id"].as_str().unwrap().to_owned());
    hits
}

#[test]
fn flags_give_what_the_input_lacks() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    let input = dir.path().join("in");
    std::fs::create_dir_all(input.join("The Times")).unwrap();
    std::fs::write(
        input.join("The Times/2019-03-04-pact.txt"),
        "Pact signed\n\nJapan signed a pact.\n",
    )
    .unwrap();
    let path = input.to_str().unwrap();
    let ran = dateline(
        &index,
        &[
            "index",
            path,
            "--path",
            "{source}/{date}-*.txt",
            "--set",
            "lang=en,section=Trade",
            "--id-prefix",
            "old-",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let hits = all(&index);
    assert_eq!(hits[0]["source"], "The Times");
    assert_eq!(hits[0]["date"], "2019-03-04");
    assert_eq!(hits[0]["facets"]["section"][0], "trade");

    let table = "1,03/04/2019,Pact,Japan signed a pact.\n2,28/12/2019,Strike,Crews struck.\n";
    let file = dir.path().join("t.csv");
    std::fs::write(&file, table).unwrap();
    let args = ["index", file.to_str().unwrap(), "--map", "1=id,2=date,3=title,4=body"];
    let args = [&args[..], &["--id-prefix", "c-"]].concat();
    let ran = dateline(&index, &args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = dateline(&index, &["search", "--format", "jsonl", "id:c-1"]);
    assert_eq!(
        lines(&found.out)[0]["date"],
        serde_json::Value::Null,
        "neither day nor month first"
    );
    for (order, date) in [("dmy", "2019-04-03"), ("mdy", "2019-03-04")] {
        let ran = dateline(&index, &[&args[..], &["--date-order", order]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let found = dateline(&index, &["search", "--format", "jsonl", "id:c-1"]);
        assert_eq!(lines(&found.out)[0]["date"], date);
    }
}

#[test]
fn the_same_id_replaces_and_from_another_file_that_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    let (one, two) = (dir.path().join("one.jsonl"), dir.path().join("two.jsonl"));
    std::fs::write(&one, "{\"id\":\"1\",\"title\":\"Pact\",\"body\":\"Japan signed.\"}\n").unwrap();
    std::fs::write(&two, "{\"id\":\"1\",\"title\":\"Strike\",\"body\":\"Crews struck.\"}\n")
        .unwrap();
    let run = |file: &Path| dateline(&index, &["index", file.to_str().unwrap()]).err;
    assert!(run(&one).contains("added"));
    assert!(run(&one).contains("unchanged"));
    let told = run(&two);
    assert!(told.contains("replaced") && told.contains("other file"), "{told}");
    assert_eq!(dateline(&index, &["search", "-l", "pact"]).code, 1);
    assert_eq!(dateline(&index, &["count", "strike"]).out, "1\n");
}

#[test]
fn bad_records_are_listed_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    let (input, report) = (dir.path().join("in"), dir.path().join("rejects.tsv"));
    std::fs::create_dir(&input).unwrap();
    let good = |id: usize| format!("{{\"id\":\"g{id}\",\"title\":\"Pact\",\"body\":\"Japan.\"}}\n");
    let huge = format!("{{\"id\":\"h\",\"body\":\"{}\"}}\n", "x".repeat(17 << 20));
    let text = format!("{}{{\"id\":\n{}{huge}{}[1,2]\n{}", good(1), good(2), good(3), good(4));
    std::fs::write(input.join("a.jsonl"), text).unwrap();
    std::fs::write(input.join("binary.bin"), [0u8, 159, 146, 150, 0, 255, 1, 2].repeat(64))
        .unwrap();
    std::fs::write(input.join("empty.jsonl"), "").unwrap();
    std::fs::write(input.join("bad.csv"), "id,title,body\n1,Pact,Japan\n2,Pact\n3,Pact,Peru\n")
        .unwrap();
    let ran =
        dateline(&index, &["index", input.to_str().unwrap(), "--report", report.to_str().unwrap()]);
    assert_eq!(ran.code, 7, "{}", ran.err);
    let ids = dateline(&index, &["search", "-l", "-n0", "*"]).out;
    for id in ["g1", "g2", "g3", "g4", "1", "3"] {
        assert!(ids.lines().any(|line| line == id), "{id} of {ids} {}", ran.err);
    }
    let listed = std::fs::read_to_string(&report).unwrap();
    for row in listed.lines() {
        assert_eq!(row.split('\t').count(), 5, "{row}");
    }
    let place =
        |line: &str| listed.lines().any(|row| row.contains("a.jsonl\t") && row.contains(line));
    assert!(place("\t2\t") && place("\t4\t") && place("\t6\t"), "{listed}");
    assert!(listed.contains("binary.bin"), "{listed}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_holds_itself_is_read_once() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    let input = dir.path().join("in");
    std::fs::create_dir(&input).unwrap();
    std::fs::write(input.join("a.txt"), "Pact signed\n\nJapan signed a pact.\n").unwrap();
    std::os::unix::fs::symlink(&input, input.join("loop")).unwrap();
    let path = input.to_str().unwrap();
    for args in [&["index", path][..], &["index", path, "--follow"]] {
        let ran = dateline(&index, args);
        assert!(matches!(ran.code, 0 | 7), "{}", ran.err);
        assert_eq!(dateline(&index, &["count", "*"]).out, "1\n", "{args:?} {}", ran.err);
    }
}

#[test]
fn no_text_of_an_article_steers_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}\u{2066}\u{9b}31m\r\u{8}";
    let article = serde_json::json!({
        "id": format!("evil{evil}"),
        "title": format!("Pact {evil} signed"),
        "body": format!("Japan {evil} signed a pact.\nSaid Anna{evil} Berg on Monday."),
        "source": format!("Wire {evil}"), "author": format!("Ann {evil}"),
        "section": format!("News {evil}"), "url": format!("https://e.example/{evil}"),
        "topic": [format!("grain {evil}")], "person": [format!("Anna {evil} Berg")],
        "extra": format!("key {evil}"), "date": format!("never {evil}"),
    });
    let ran =
        dateline_with(&index, &["index", "-", "--progress", "never"], &format!("{article}\n"));
    let hostile = |text: &str| {
        text.chars().find(|c| {
            matches!(*c, '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
    };
    assert_eq!(hostile(&ran.err), None, "{:?}", ran.err);
    let id = all(&index)[0]["id"].as_str().unwrap().to_owned();
    let query = format!("source:\"{evil}\" {evil} [");
    for args in [
        &["search", "pact"][..],
        &["search", "--color", "never", "--format", "human", "pact"],
        &["search", "--format", "json", "pact"],
        &["search", "--format", "jsonl", "pact"],
        &["search", "-l", "pact"],
        &["show", "--color", "never", &id],
        &["show", "--format", "json", &id],
        &["facets", "person,source,topic,section", "*"],
        &["facets", "--format", "json", "person,source,topic,section", "*"],
        &["search", &query],
        &["show", evil],
        &["stats"],
    ] {
        let ran = dateline(&index, args);
        assert_eq!(hostile(&ran.out), None, "{args:?} {:?}", ran.out);
        assert_eq!(hostile(&ran.err), None, "{args:?} {:?}", ran.err);
    }
}

#[test]
fn facets_leave_their_own_filter_out_unless_told_otherwise() {
    let index = crate::support::corpus();
    let rows = |args: &[&str]| dateline(index, args).out.lines().count();
    let query = "country.major:Japan pact";
    let lifted = rows(&["facets", "-n0", "country.major", query]);
    let own = rows(&["facets", "-n0", "--conjunctive", "country.major", query]);
    assert!(lifted > own && own >= 1, "{lifted} {own}");
}
