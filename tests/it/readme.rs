//! What the README shows is what the program prints.

use crate::support::{corpus, dateline, root};

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// Splits a command line as a shell does, single and double quotes only.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, c) => word.push(c),
        }
    }
    words.push(word);
    words
}

#[test]
fn the_console_blocks_show_what_is_printed() {
    let readme = readme();
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for command in block.split("$ dateline ").skip(1) {
            let (line, expected) = command.split_once('\n').unwrap();
            let line = words(line);
            let args: Vec<&str> = line.iter().map(String::as_str).collect();
            let output = dateline(corpus(), &args);
            assert_eq!(output.out, expected, "{line:?}\n{}", output.err);
            shown += 1;
        }
    }
    assert!(shown >= 3);
}

#[test]
fn the_two_commands_do_what_they_say() {
    let readme = readme();
    let command = |name: &str| {
        let after = readme.split(&format!("<!-- command: {name} -->\n```sh\n")).nth(1).unwrap();
        after.split("\n```").next().unwrap().to_owned()
    };
    assert_eq!(command("test"), "cargo test --release");
    let dir = tempfile::tempdir().unwrap();
    let mut last = String::new();
    for part in command("main").split(" && ") {
        let rest = part.strip_prefix("cargo run --release -- ").unwrap();
        let line = words(rest);
        let args: Vec<&str> = line.iter().map(String::as_str).collect();
        let output = dateline(dir.path(), &args);
        assert_eq!(output.code, 0, "{part}: {}", output.err);
        last = output.out;
    }
    assert!(last.lines().count() >= 5, "{last}");
}

/// The page of all verbs, as the program's own help says it.
fn command_page() -> String {
    let help = |verb: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(verb)
            .arg("--help")
            .env_remove("COLUMNS")
            .output()
            .unwrap();
        assert!(output.status.success(), "{verb:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut page = String::from(
        "# Command line\n\nWhat `--help` prints, verb by verb. A test compares this page with the \
         program; `UPDATE_DOCS=1 cargo test --test it readme` writes it anew.\n",
    );
    let mut add = |name: &str, verb: &[&str]| {
        page.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", help(verb).trim_end()));
    };
    add("dateline", &[]);
    let command = dateline::cli::command();
    for verb in command.get_subcommands() {
        let name = verb.get_name();
        add(name, &[name]);
        for part in verb.get_subcommands().filter(|part| part.get_name() != "help") {
            add(&format!("{name} {}", part.get_name()), &[name, part.get_name()]);
        }
    }
    page
}

#[test]
fn the_command_page_is_what_help_prints() {
    let path = root().join("docs/cli.md");
    let page = command_page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/cli.md differs from --help; UPDATE_DOCS=1 writes it anew");
}
