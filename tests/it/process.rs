//! The real program killed, interrupted, locked out and short of space: nothing committed is lost.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;

use dateline::engine::embedded::Embedded;

use crate::support::{corpus, dateline, root};

/// An article that is told from all others and has facets, as a line of JSON.
fn line(number: usize) -> String {
    let (country, word) = [("Japan", "pact"), ("Kenya", "strike"), ("Peru", "harvest")][number % 3];
    let padding = "The ministers met again and said little of it. ".repeat(number % 7 + 1);
    format!(
        "{{\"id\":\"{number:06}\",\"title\":\"{country} {word} {number}\",\"date\":\"2019-0{}-1{}\",\
         \"source\":\"Wire {}\",\"body\":\"{country} signed a {word} on Tuesday. {padding}\"}}\n",
        number % 9 + 1,
        number % 10,
        number % 4
    )
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(line).collect()
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).env("DATELINE_CONFIG", "/dev/null");
    for name in ["DATELINE_INDEX", "DATELINE_FORMAT", "DATELINE_NOW", "NO_COLOR", "CLICOLOR_FORCE"]
    {
        command.env_remove(name);
    }
    command
}

/// An index run that reads from a pipe and commits after each batch.
fn indexing(index: &Path) -> (Child, ChildStdin) {
    let mut child = program()
        .args(["index", "-", "--commit-every", "0", "--threads", "1", "-I"])
        .arg(index)
        .spawn()
        .unwrap();
    let input = child.stdin.take().unwrap();
    (child, input)
}

/// Articles that a search would see now.
fn committed(index: &Path) -> u64 {
    Embedded::open(index).map_or(0, |opened| opened.num_articles())
}

/// Looks until the index holds so many articles; the child must go on meanwhile.
/// Articles of the first batches of a run together: 16, 32, 64, 128 and 256.
const FIRST_BATCHES: u64 = 496;

fn await_articles(index: &Path, number: u64, child: &mut Child) {
    while committed(index) < number {
        assert_eq!(child.try_wait().unwrap(), None, "the run ended early");
        thread::yield_now();
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn told(child: Child) -> (ExitStatus, String) {
    let output = child.wait_with_output().unwrap();
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Everything that a user could ask an index.
fn contents(index: &Path) -> [String; 3] {
    let ids = dateline(index, &["search", "-l", "-n0", "*"]);
    let mut ids: Vec<&str> = ids.out.lines().collect();
    ids.sort_unstable();
    let facets = ["facets", "-n0", "country,country.major,event,source,lang", "*"];
    let best = dateline(index, &["search", "-n50", "--format", "ids", "pact OR ministers"]);
    [ids.join("\n"), dateline(index, &facets).out, best.out]
}

#[test]
fn a_killed_run_loses_nothing_that_was_committed() {
    const ALL: usize = 3_000;
    let whole = tempfile::tempdir().unwrap();
    let (child, mut input) = indexing(whole.path());
    input.write_all(lines(0..ALL).as_bytes()).unwrap();
    drop(input);
    assert!(told(child).0.success());
    let expected = contents(whole.path());
    assert_eq!(expected[0].lines().count(), ALL);

    let dir = tempfile::tempdir().unwrap();
    let mut known = 0;
    // Killed in the middle of reading, of writing and of commits: whatever it is at.
    for round in 0..8 {
        let (mut child, mut input) = indexing(dir.path());
        let given = ALL * (round + 2) / 10;
        let feeder = thread::spawn(move || {
            // A killed program closes the pipe.
            let _ = input.write_all(lines(0..given).as_bytes());
            input
        });
        if round % 2 == 0 {
            let wanted = (given as u64).saturating_sub(900).max(known);
            await_articles(dir.path(), wanted, &mut child);
        } else {
            while committed(dir.path()) == known && child.try_wait().unwrap().is_none() {
                if feeder.is_finished() {
                    break;
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(feeder.join().unwrap());
        let now = committed(dir.path());
        assert!(now >= known, "{now} after {known}");
        known = now;
        let ids = dateline(dir.path(), &["search", "-l", "-n0", "*"]);
        let mut ids: Vec<&str> = ids.out.lines().collect();
        ids.sort_unstable();
        let prefix: Vec<String> = (0..ids.len()).map(|number| format!("{number:06}")).collect();
        assert_eq!(ids, prefix, "a commit holds the articles read so far");
    }
    assert!(known > 0, "something was committed before the last kill");

    let (child, mut input) = indexing(dir.path());
    input.write_all(lines(0..ALL).as_bytes()).unwrap();
    drop(input);
    let (status, err) = told(child);
    assert!(status.success(), "{err}");
    assert_eq!(contents(dir.path()), expected);
}

#[test]
fn an_interrupted_run_commits_and_says_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, mut input) = indexing(dir.path());
    input.write_all(lines(0..1_100).as_bytes()).unwrap();
    input.flush().unwrap();
    await_articles(dir.path(), FIRST_BATCHES, &mut child);
    signal(&child, "-INT");
    let (status, err) = told(child);
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(err.contains("same command again"), "{err}");
    drop(input);
    let kept = committed(dir.path());
    assert!(kept >= FIRST_BATCHES);

    let (child, mut input) = indexing(dir.path());
    input.write_all(lines(0..1_100).as_bytes()).unwrap();
    drop(input);
    let (status, err) = told(child);
    assert!(status.success() && err.contains("unchanged"), "{err}");
    assert_eq!(committed(dir.path()), 1_100);
}

#[test]
fn a_second_interruption_stops_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, mut input) = indexing(dir.path());
    input.write_all(lines(0..600).as_bytes()).unwrap();
    input.flush().unwrap();
    await_articles(dir.path(), FIRST_BATCHES, &mut child);
    signal(&child, "-INT");
    signal(&child, "-TERM");
    let (status, err) = told(child);
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(committed(dir.path()) >= FIRST_BATCHES);
    drop(input);
}

#[test]
fn one_writes_and_others_search() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, mut input) = indexing(dir.path());
    input.write_all(lines(0..513).as_bytes()).unwrap();
    input.flush().unwrap();
    await_articles(dir.path(), FIRST_BATCHES, &mut child);
    let second = dateline(dir.path(), &["index", "corpus"]);
    assert_eq!(second.code, 4, "{}", second.err);
    assert!(second.err.contains("error[locked]"), "{}", second.err);
    let hits = dateline(dir.path(), &["count", "country:Japan pact"]);
    assert_eq!((hits.code, hits.out.trim()), (0, "166"));
    input.write_all(lines(513..600).as_bytes()).unwrap();
    drop(input);
    assert!(told(child).0.success());
    assert_eq!(dateline(dir.path(), &["index", "corpus"]).code, 0);
}

#[test]
fn a_full_disk_is_refused_and_costs_nothing_committed() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("index");
    assert_eq!(dateline(&index, &["index", "corpus"]).code, 0);
    let before = contents(&index);
    let input = dir.path().join("more.jsonl");
    std::fs::write(&input, lines(0..4_000)).unwrap();
    // No file may grow beyond 64 KiB: to the program that is a disk without space.
    let script = "ulimit -f 128; trap '' XFSZ; exec \"$0\" index -I \"$1\" \"$2\"";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_dateline")])
        .args([&index, &input])
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(9), "{err}");
    assert!(err.contains("space") || err.contains("large"), "{err}");
    assert_eq!(contents(&index), before);
    assert_eq!(dateline(&index, &["index", input.to_str().unwrap()]).code, 0);
}

/// The corpus index, copied so that it can be damaged.
fn copied() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(corpus()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    dir
}

#[test]
fn an_index_that_cannot_be_written_is_searched() {
    let dir = copied();
    // Nobody, not even root, can open a folder for writing.
    let lock = dir.path().join(".tantivy-meta.lock");
    let _ = std::fs::remove_file(&lock);
    std::fs::create_dir(&lock).unwrap();
    let hits = dateline(dir.path(), &["count", "country:Japan pact"]);
    assert_eq!((hits.code, hits.out.as_str()), (0, "10\n"), "{}", hits.err);
}

#[test]
fn another_layout_and_damage_are_told_apart() {
    let dir = copied();
    let meta = dir.path().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    let current = dateline::engine::embedded::SCHEMA_VERSION;
    let own = format!("\\\"schema\\\":{current}");
    assert!(text.contains(&own), "{text}");
    for (other, advice) in [(current - 1, "anew"), (current + 1, "update dateline")] {
        std::fs::write(&meta, text.replace(&own, &format!("\\\"schema\\\":{other}"))).unwrap();
        for args in [["search", "pact"], ["index", "corpus"]] {
            let refused = dateline(dir.path(), &args);
            assert_eq!(refused.code, 6, "{other} {args:?} {}", refused.err);
            assert!(refused.err.contains(advice), "{}", refused.err);
        }
    }
    std::fs::write(&meta, &text).unwrap();
    let store = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "store"))
        .unwrap();
    let bytes = std::fs::read(&store).unwrap();
    std::fs::write(&store, &bytes[..bytes.len() / 2]).unwrap();
    let damaged = dateline(dir.path(), &["search", "pact"]);
    assert_eq!(damaged.code, 5, "{}", damaged.err);
    std::fs::write(&meta, "{").unwrap();
    assert_eq!(dateline(dir.path(), &["search", "pact"]).code, 5);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for args in [
        &["search", "-n0", "*"][..],
        &["search", "-n0", "--format", "json", "*"],
        &["search", "-n0", "--format", "jsonl", "*"],
        &["search", "-n0", "--format", "csv", "*"],
        &["search", "-n80", "--format", "jsonl", "*"],
        &["show", "--format", "json", "90001", "90002", "90003"],
        &["facets", "-n0", "person,country,event", "*"],
        &["fields", "--format", "json"],
    ] {
        let mut child =
            program().arg(args[0]).arg("-I").arg(corpus()).args(&args[1..]).spawn().unwrap();
        let mut first = String::new();
        let mut out = BufReader::with_capacity(16, child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        drop(out);
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{args:?} {err}");
        assert!(!first.is_empty() && !err.contains("error"), "{args:?} {err}");
    }
}
