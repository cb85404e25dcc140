//! Runs over lists in memory: what is added, replaced, left alone, rejected; stops and commits.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::memory::{Memory, Step, article, feed};
use super::*;
use crate::tag::{Class, Level, Origin, Tag};

const BODY: &str = "Japan and Russia signed the pact in the old harbour on Tuesday morning.";

/// Japan where it is named; a panic where the body asks for it.
fn tag(reading: &Reading<'_>) -> Tags {
    assert!(!reading.article.body.contains("PANIC"), "a defect of the tagger");
    let mut tags = Tags::default();
    if reading.article.body.contains("Japan") {
        tags.tags.push(Tag {
            class: Class::Country,
            id: "JP".into(),
            label: None,
            level: Level::Major,
            score: 200,
            origin: Origin::Derived,
            by: None,
            mentions: Vec::new(),
        });
    }
    for value in &reading.article.given.country {
        tags.unknown.push((Class::Country, value.clone()));
    }
    tags
}

#[derive(Debug, Default)]
struct Outcome {
    report: Report,
    rejects: Vec<String>,
    progress: Vec<Progress>,
}

fn run_with(
    memory: &mut Memory,
    files: &[(&str, Vec<Step>)],
    options: &Options,
    stop: &Stop,
    on_progress: &dyn Fn(&Progress),
) -> Result<Outcome, IngestError> {
    memory.reopen();
    let seconds = AtomicU64::new(0);
    let progress = RefCell::new(Vec::new());
    let mut rejects = Vec::new();
    let report = pipeline::run(
        feed(files),
        options,
        memory,
        &tag,
        Hooks {
            progress: &|told| {
                on_progress(told);
                progress.borrow_mut().push(told.clone());
            },
            rejected: &mut |error| {
                let (file, line) = (error.file.display(), error.line);
                rejects.push(format!("{file}:{line}:{}: {}", error.code, error.message));
            },
            stop,
            clock: &|| Duration::from_secs(seconds.fetch_add(1, Ordering::Relaxed)),
        },
    )?;
    Ok(Outcome { report, rejects, progress: progress.into_inner() })
}

fn options() -> Options {
    Options { threads: 2, batch_articles: 3, now: 1_000, ..Options::default() }
}

fn run(memory: &mut Memory, files: &[(&str, Vec<Step>)]) -> Outcome {
    run_with(memory, files, &options(), &Stop::default(), &|_| {}).unwrap()
}

fn counts(report: &Report) -> [u64; 6] {
    let Report { read, added, replaced, unchanged, copies, duplicates, .. } = report;
    assert_eq!(*read, added + replaced + unchanged + copies + duplicates);
    [*read, *added, *replaced, *unchanged, *copies, *duplicates]
}

#[test]
fn a_second_run_changes_nothing_and_says_so() {
    let mut memory = Memory::default();
    let files = [
        (
            "a.jsonl",
            vec![article("1", "One", BODY), article("2", "Two", ""), Step::Reject("bad_json")],
        ),
        ("b.txt", vec![article("", "Three", "Nothing else.")]),
    ];
    let first = run(&mut memory, &files);
    assert_eq!(counts(&first.report), [3, 3, 0, 0, 0, 0]);
    assert_eq!((first.report.stubs, first.report.undated, first.report.rejected()), (1, 3, 1));
    assert_eq!((first.report.committed, first.report.commits, first.report.files), (3, 1, 2));
    assert_eq!((first.report.tags[0].major, first.report.tags[0].passing), (1, 0));
    assert_eq!(first.report.bytes, 400);
    assert_eq!(*memory.asked.lock().unwrap(), 0, "an empty index need not be asked");
    let before = memory.committed.clone();

    let later = Options { now: 2_000, ..options() };
    let second = run_with(&mut memory, &files, &later, &Stop::default(), &|_| {}).unwrap();
    assert_eq!(counts(&second.report), [3, 0, 0, 3, 0, 0]);
    assert!(second.report.is_unchanged());
    assert_eq!(second.report.commits, 0, "nothing to commit");
    assert!(memory.committed == before);
    assert!(memory.order.is_empty());
}

#[test]
fn changed_articles_are_replaced_and_told_apart_by_file_and_source() {
    let mut memory = Memory::default();
    run(
        &mut memory,
        &[(
            "wire/a.jsonl",
            vec![article("1", "One", BODY), article("2", "Two", BODY), article("3", "Three", BODY)],
        )],
    );
    let files = [
        ("./wire/a.jsonl", vec![article("1", "One", "Changed."), article("2", "Two", BODY)]),
        ("b.jsonl", vec![article("3", "Three", "Changed."), article("4", "Four", BODY)]),
    ];
    let second = run(&mut memory, &files);
    assert_eq!(counts(&second.report), [4, 1, 2, 1, 0, 0]);
    assert_eq!(second.report.replaced_from_elsewhere, 1);
    let elsewhere = &second.report.first_from_elsewhere;
    assert_eq!((elsewhere.len(), elsewhere[0].place.as_str()), (1, "b.jsonl:1"));
    assert_eq!((elsewhere[0].id.as_str(), elsewhere[0].old_file.as_str()), ("3", "wire/a.jsonl"));
    assert_eq!(memory.body("3"), "Changed.");
}

#[test]
fn another_tagger_version_writes_anew_and_keeps_the_time_of_adding() {
    let mut memory = Memory::default();
    let files = [("a.jsonl", vec![article("1", "One", BODY), article("2", "Two", BODY)])];
    run(&mut memory, &files);
    memory.committed.get_mut("1").unwrap().tagger = 0;
    let later = Options { now: 2_000, ..options() };
    let second = run_with(&mut memory, &files, &later, &Stop::default(), &|_| {}).unwrap();
    assert_eq!(counts(&second.report), [2, 0, 1, 1, 0, 0]);
    assert_eq!(second.report.replaced_from_elsewhere, 0);
    assert_eq!(memory.committed["1"].stored.added, 1_000);
    assert_eq!(memory.committed["1"].tagger, crate::tag::TAGGER_VERSION);
}

#[test]
fn copies_without_id_are_one_article_in_the_first_and_in_the_second_run() {
    let mut memory = Memory::default();
    let copy = || article("", "Same", BODY);
    let files = [
        ("a/1.txt", vec![copy()]),
        ("a/2.txt", vec![article("", "Other", BODY)]),
        ("b/1.txt", vec![copy()]),
    ];
    assert_eq!(counts(&run(&mut memory, &files).report), [3, 2, 0, 0, 1, 0]);
    assert_eq!(memory.committed.len(), 2);
    let before = memory.committed.clone();
    assert_eq!(counts(&run(&mut memory, &files).report), [3, 0, 0, 2, 1, 0]);
    assert!(memory.committed == before);
}

#[test]
fn the_last_of_a_run_wins_also_when_the_index_has_it_already() {
    let mut memory = Memory::default();
    let files = [(
        "a.jsonl",
        vec![article("1", "Old", "Old."), article("2", "Two", BODY), article("1", "New", "New.")],
    )];
    let first = run(&mut memory, &files);
    assert_eq!(counts(&first.report), [3, 2, 0, 0, 0, 1]);
    assert_eq!(first.report.first_duplicates[0].place, "a.jsonl:3");
    assert_eq!(memory.body("1"), "New.");

    // In one batch, and in different ones: the old text is put, and must not stay.
    for batch_articles in [1, 100] {
        let later = Options { now: 2_000, batch_articles, ..options() };
        let again = run_with(&mut memory, &files, &later, &Stop::default(), &|_| {}).unwrap();
        assert_eq!(counts(&again.report), [3, 0, 0, 2, 0, 1]);
        assert_eq!(again.report.replaced_from_elsewhere, 0);
        assert_eq!(memory.body("1"), "New.");
        assert_eq!(memory.committed["1"].stored.added, 1_000);
    }

    // The other way round the index is left with another text than before.
    let turned = [("a.jsonl", vec![article("1", "New", "New."), article("1", "Old", "Old.")])];
    let last = run(&mut memory, &turned);
    assert_eq!(counts(&last.report), [2, 0, 1, 0, 0, 1]);
    assert_eq!(memory.body("1"), "Old.");
}

#[test]
fn a_panic_over_one_article_is_one_reject() {
    let mut memory = Memory::default();
    let files = [(
        "a.jsonl",
        vec![article("1", "One", BODY), article("2", "Two", "PANIC"), article("3", "Three", BODY)],
    )];
    let outcome = run(&mut memory, &files);
    assert_eq!(counts(&outcome.report), [2, 2, 0, 0, 0, 0]);
    assert_eq!(outcome.report.rejects["panic"], 1);
    assert!(outcome.rejects[0].starts_with("a.jsonl:2:panic: dateline failed over it"));
    assert!(outcome.rejects[0].contains("a defect of the tagger"), "{}", outcome.rejects[0]);
    assert_eq!(memory.committed.keys().collect::<Vec<_>>(), ["1", "3"]);
}

#[test]
fn a_panic_of_a_reader_costs_a_record_and_two_in_a_row_the_rest_of_the_file() {
    let mut memory = Memory::default();
    let files = [
        ("a", vec![article("1", "a", "b"), Step::Panic, article("2", "a", "b"), Step::Panic]),
        ("b", vec![Step::Panic, Step::Panic, article("3", "a", "b")]),
        ("unreadable", vec![]),
        ("c", vec![article("4", "a", "b")]),
    ];
    let outcome = run(&mut memory, &files);
    assert_eq!(memory.committed.keys().collect::<Vec<_>>(), ["1", "2", "4"]);
    assert_eq!((outcome.report.rejects["panic"], outcome.report.rejects["unreadable"]), (4, 1));
    assert!(outcome.rejects[3].ends_with("the rest of the file was not read"));
    assert_eq!(outcome.report.files, 4);
}

#[test]
fn what_the_sink_cannot_hold_is_a_reject_of_that_article() {
    let mut memory = Memory::default();
    let files = [("a", vec![article(&"x".repeat(101), "a", "b"), article("2", "a", "b")])];
    let outcome = run(&mut memory, &files);
    assert_eq!(outcome.rejects, ["a:1:not_indexable: its id is too long"]);
    assert_eq!(memory.committed.len(), 1);
}

fn many(count: usize) -> Vec<(&'static str, Vec<Step>)> {
    let step = |n: usize| match n % 10 {
        3 => Step::Reject("bad_json"),
        7 => article("", "Same", BODY),
        8 => article(&format!("{}", n / 20), "Late", &format!("{BODY} {n}")),
        _ => article(&format!("{n}"), "Title", &format!("{BODY} {}", "word ".repeat(n % 50))),
    };
    let half = count / 2;
    vec![("a", (0..half).map(step).collect()), ("b", (half..count).map(step).collect())]
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files = many(400);
    let of = |threads, batch_articles| {
        let mut memory = Memory::default();
        let commit_every = Duration::MAX;
        let options = Options { threads, batch_articles, commit_every, ..options() };
        let outcome = run_with(&mut memory, &files, &options, &Stop::default(), &|_| {}).unwrap();
        let mut report = outcome.report;
        (report.seconds, report.mb_per_second) = (0.0, 0.0);
        (memory.order, memory.committed, report, outcome.rejects)
    };
    let one = of(1, 7);
    assert_eq!(one.0.len(), 360);
    assert!(of(4, 7) == one);
    assert!(of(4, 64) == one);
}

#[test]
fn commits_come_by_size_and_by_time_with_a_checkpoint_each() {
    let mut memory = Memory::default();
    let files = many(100);
    let by_size = Options { commit_bytes: 2_000, commit_every: Duration::MAX, ..options() };
    let outcome = run_with(&mut memory, &files, &by_size, &Stop::default(), &|_| {}).unwrap();
    assert!(outcome.report.commits > 3);
    assert_eq!(memory.checkpoints.len() as u64, outcome.report.commits);
    let first: serde_json::Value = serde_json::from_str(&memory.checkpoints[0]).unwrap();
    assert_eq!((first["done"].as_bool(), first["file"].as_str()), (Some(false), Some("a")));
    let last: serde_json::Value = serde_json::from_str(memory.checkpoints.last().unwrap()).unwrap();
    assert_eq!((last["done"].as_bool(), last["files"].as_u64()), (Some(true), Some(2)));
    assert_eq!(last["record"].as_u64(), Some(50));
    assert!(outcome.progress.iter().any(|told| told.phase == Phase::Committing));
    let end = outcome.progress.last().unwrap();
    assert_eq!((end.bytes, end.total_bytes, end.files), (10_000, Some(10_000), 2));

    // The clock of these tests goes on by a second each time it is read.
    let by_time = Options { commit_every: Duration::from_secs(20), ..options() };
    let outcome =
        run_with(&mut Memory::default(), &files, &by_time, &Stop::default(), &|_| {}).unwrap();
    assert!(outcome.report.commits > 2);
}

#[test]
fn a_stop_commits_what_was_written_and_the_next_run_does_the_rest() {
    let mut memory = Memory::default();
    let files = many(400);
    let stop = Stop::default();
    let after_some = |told: &Progress| {
        if told.articles >= 30 && !stop.is_asked() {
            stop.ask();
        }
    };
    let outcome = run_with(&mut memory, &files, &options(), &stop, &after_some).unwrap();
    assert!(outcome.report.interrupted);
    assert!((30..60).contains(&outcome.report.read), "{}", outcome.report.read);
    assert_eq!(memory.committed.len() as u64, outcome.report.added);
    assert!(memory.checkpoints[0].contains("\"done\":false"));

    let rest = run(&mut memory, &files);
    assert!(!rest.report.interrupted);
    let mut whole = Memory::default();
    run(&mut whole, &files);
    // Of equal copies, either may be the one that is kept.
    let hashes = |memory: &Memory| -> Vec<(String, u64)> {
        memory.committed.iter().map(|(id, kept)| (id.clone(), kept.content_hash)).collect()
    };
    assert_eq!(hashes(&memory), hashes(&whole));
}

#[test]
fn a_second_stop_ends_at_once_without_a_commit() {
    let mut memory = Memory::default();
    let stop = Stop::default();
    let after_some = |told: &Progress| {
        if told.articles >= 30 {
            stop.ask();
            stop.ask();
        }
    };
    let outcome = run_with(&mut memory, &many(400), &options(), &stop, &after_some).unwrap();
    assert!(outcome.report.interrupted);
    assert_eq!((outcome.report.commits, memory.committed.len()), (0, 0));
}

#[test]
fn a_stop_after_everything_was_read_is_no_interruption() {
    let mut memory = Memory::default();
    let stop = Stop::default();
    let at_end = |told: &Progress| {
        if told.files == 1 {
            stop.ask();
        }
    };
    let files = [("a", vec![article("1", "a", "b")])];
    let outcome = run_with(&mut memory, &files, &options(), &stop, &at_end).unwrap();
    assert_eq!((outcome.report.read, memory.committed.len()), (1, 1));
}

#[test]
fn a_full_disk_ends_the_run_and_what_was_committed_stays() {
    let mut memory = Memory::default();
    memory.room = Some(50);
    let by_size = Options { commit_bytes: 2_000, ..options() };
    let error = run_with(&mut memory, &many(400), &by_size, &Stop::default(), &|_| {}).unwrap_err();
    let IngestError::Engine { error: EngineError::Refused(_), report } = error else {
        panic!("{error:?}")
    };
    assert!(report.committed > 0 && report.committed <= 50);
    let kept =
        memory.order[..report.committed as usize].iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(memory.committed.keys().collect::<std::collections::BTreeSet<_>>(), kept);
}

#[test]
fn a_prefix_keeps_bare_numbers_apart_and_languages_are_found() {
    let mut memory = Memory::default();
    let prefixed = Options { id_prefix: "r-".into(), default_lang: "de".into(), ..options() };
    let french = "Les ministres ont déclaré mardi qu'ils étaient parvenus à un accord qui réduit \
                  les droits de douane sur le riz et que les deux parlements voteront en juin.";
    let files = [("a", vec![article("17", "Pakt", "Kurz."), article("18", "Pacte", french)])];
    let outcome = run_with(&mut memory, &files, &prefixed, &Stop::default(), &|_| {}).unwrap();
    let languages: Vec<_> = outcome.report.languages.keys().map(String::as_str).collect();
    assert_eq!(languages, ["de", "fr"]);
    assert_eq!(memory.committed["r-17"].stored.lang, "de");
    // Another default language is another content.
    let english = Options { default_lang: "en".into(), ..prefixed };
    let outcome = run_with(&mut memory, &files, &english, &Stop::default(), &|_| {}).unwrap();
    assert_eq!(counts(&outcome.report), [2, 0, 2, 0, 0, 0]);
}

#[test]
fn work_that_is_attended_gives_its_result_or_is_left_behind() {
    let told = Progress {
        phase: Phase::Reading,
        files: 1,
        bytes: 2,
        total_bytes: None,
        articles: 3,
        rejected: 0,
        elapsed: Duration::ZERO,
    };
    let mut seen = Vec::new();
    let stop = Stop::default();
    let mut watch = |progress: Option<&Progress>| seen.extend(progress.cloned());
    let sent = told.clone();
    let work = move |progress: &dyn Fn(&Progress)| {
        progress(&sent);
        5
    };
    assert_eq!(attended(&stop, &mut watch, work).unwrap(), Some(5));
    assert_eq!(seen, [told]);

    let (hold, held) = crossbeam_channel::bounded::<()>(0);
    stop.ask();
    stop.ask();
    // The work waits for something that never comes.
    let forever = move |_: &dyn Fn(&Progress)| held.recv().is_ok();
    assert_eq!(attended(&stop, &mut |_| {}, forever).unwrap(), None);
    drop(hold);

    let quiet = || std::panic::resume_unwind(Box::new("quiet"));
    let panics = || attended(&Stop::default(), &mut |_| {}, move |_| -> u8 { quiet() });
    assert!(std::panic::catch_unwind(panics).is_err());
}
