//! Whole command lines, run in this process; those that need no index.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use super::*;

/// What a command left behind.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

fn run_with(line: &[&str], env: &[(&str, &str)], input: &str) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let look = |name: &str| {
        env.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
    };
    let exit = super::run(
        std::iter::once("dateline").chain(line.iter().copied()).map(OsString::from),
        &mut Io {
            input: &mut input.as_bytes(),
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            cwd: PathBuf::from("/nonexistent"),
            env: &look,
            now: &|| 1_561_939_200,
            config: Default::default(),
            pager: Default::default(),
            clock: &|| Duration::from_millis(5),
        },
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { exit, out: text(out), err: text(err) }
}

fn ran(line: &[&str]) -> Ran {
    run_with(line, &[], "")
}

#[test]
fn the_command_line_is_sound() {
    command().debug_assert();
}

#[test]
fn help_is_data_and_groups_its_options() {
    let help = ran(&["search", "-h"]);
    assert_eq!((help.exit, help.err.as_str()), (Exit::Done, ""));
    let places: Vec<Option<usize>> =
        ["Search the archive\n", "\nQuery:\n", "\nOutput:\n", "\nIndex:\n", "\nExamples:\n"]
            .iter()
            .map(|part| help.out.find(part))
            .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", help.out);
    assert!(help.out.lines().all(|line| line.chars().count() <= HELP_WIDTH), "{}", help.out);
    assert!(ran(&["--version"]).out.starts_with("dateline "));
    for verb in command().get_subcommands().map(|verb| verb.get_name().to_owned()) {
        let help = ran(&[&verb, "--help"]);
        assert_eq!(help.exit, Exit::Done, "{verb}");
        assert!(help.out.contains("Examples:"), "{verb} has no examples");
    }
}

#[test]
fn wrong_usage_ends_with_2_on_stderr() {
    for line in [
        &[][..],
        &["search"],
        &["count"],
        &["search", "--bogus", "x"],
        &["search", "-n", "x", "y"],
        &["search", "-c", "-q", "x"],
        &["search", "--seed", "1", "x"],
        &["search", "--conjunctive", "x"],
        &["search", "-l", "--format", "csv", "x"],
        &["search", "-l", "--facets", "country", "x"],
        &["search", "--facets", "bogus", "x"],
        &["search", "-e", "a", "b"],
        &["facets", "title"],
        &["facets"],
        &["show"],
    ] {
        let ran = ran(line);
        assert_eq!((ran.exit, ran.out.as_str()), (Exit::Usage, ""), "{line:?}");
        assert!(!ran.err.is_empty(), "{line:?}");
    }
    let json = ran(&["search", "--bogus", "x", "--error-format", "json"]);
    assert!(json.err.starts_with("{\"v\":1,\"type\":\"error\",\"code\":\"usage\""), "{}", json.err);
}

#[test]
fn a_wrong_environment_is_told() {
    let ran = run_with(&["count", "x"], &[("DATELINE_NOW", "someday")], "");
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.err.contains("DATELINE_NOW"), "{}", ran.err);
    let ran = run_with(&["count", "x"], &[("DATELINE_FORMAT", "xml")], "");
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.err.contains("human, json, jsonl, csv, tsv, trec, kwic and ids"), "{}", ran.err);
}

#[test]
fn no_index_is_exit_3_and_says_how_to_make_one() {
    let told = ran(&["-I", "/nonexistent/x", "pact"]);
    assert_eq!((told.exit, told.out.as_str()), (Exit::NoIndex, ""));
    assert_eq!(
        told.err,
        "error[no_index]: no index at /nonexistent/x\n\
         hint: 'dateline index PATH' makes one; -I names another directory\n"
    );
    let env = [("DATELINE_INDEX", "/nonexistent/y"), ("CLICOLOR_FORCE", "1")];
    let told = run_with(&["count", "pact"], &env, "");
    assert!(told.err.starts_with("\x1b[1;31merror[no_index]\x1b[0m: no index at /nonexistent/y"));
    let told = ran(&["-I", "/nonexistent/x", "--error-format=json", "stats"]);
    let value: serde_json::Value = serde_json::from_str(&told.err).unwrap();
    assert_eq!((&value["code"], &value["exit"]), (&"no_index".into(), &3.into()));
}

#[test]
fn fields_are_listed_without_an_index() {
    // The checkout has an index where somebody ran the other command of the README first.
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    std::fs::write(&config, "index = '/nonexistent/index'\n").unwrap();
    let env = [("DATELINE_CONFIG", config.to_str().unwrap())];
    let table = run_with(&["fields"], &env, "");
    assert_eq!(table.exit, Exit::Done);
    let country = table.out.lines().find(|line| line.starts_with("country\t")).unwrap();
    assert!(country.starts_with("country\tsearchable\tc,re\tmajor,given,"), "{country}");
    let json = run_with(&["fields", "--format", "json"], &env, "");
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["fields"][0]["name"], "title");
    assert_eq!(ran(&["-I", "/nonexistent/x", "fields"]).exit, Exit::NoIndex);
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = ran(&["completions", shell]);
        assert_eq!(script.exit, Exit::Done);
        assert!(script.out.contains("facets"), "{shell}");
    }
}

#[test]
fn a_query_file_may_have_comments_and_is_named_in_errors() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut input = "# all about it\npact\n".as_bytes();
    let mut io = Io {
        input: &mut input,
        out: &mut out,
        err: &mut err,
        out_is_terminal: false,
        err_is_terminal: false,
        width: None,
        cwd: PathBuf::new(),
        env: &|_| None,
        now: &|| 0,
        config: Default::default(),
        pager: Default::default(),
        clock: &|| Duration::ZERO,
    };
    let query = query_args::QueryArgs::from_arg_matches(
        &query_args::QueryArgs::augment_args(clap::Command::new("x"))
            .get_matches_from(["x", "-f", "-"]),
    )
    .unwrap();
    assert_eq!(query.text(&[], &mut io).unwrap().as_deref(), Some("\npact"));
    let told = ran(&["search", "-f", "/nonexistent/q"]);
    assert_eq!(told.exit, Exit::Usage);
    assert!(told.err.contains("unreadable_query") && told.err.contains("/nonexistent/q"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for line in [["fields", "--format=json"], ["search", "--help"], ["completions", "bash"]] {
        let mut err = Vec::new();
        let exit = super::run(
            std::iter::once("dateline").chain(line).map(OsString::from),
            &mut Io {
                input: &mut std::io::empty(),
                out: &mut Closed,
                err: &mut err,
                out_is_terminal: false,
                err_is_terminal: false,
                width: None,
                cwd: PathBuf::from("/nonexistent"),
                env: &|_| None,
                now: &|| 0,
                config: Default::default(),
                pager: Default::default(),
                clock: &|| Duration::ZERO,
            },
        );
        assert_eq!((exit, err.as_slice()), (Exit::Done, &b""[..]), "{line:?}");
    }
}
