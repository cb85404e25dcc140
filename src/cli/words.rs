//! The first words of a command line: which verb it names, or that it is a query.

use std::ffi::{OsStr, OsString};

use clap::{ArgAction, Command, FromArgMatches};

use super::args::Global;
use crate::query::field::Field;

/// Puts `search` before the first word that is no verb; whether it did.
///
/// `dateline -I x pact` and `dateline -n 3 pact` are searches; `dateline --help` is not.
pub(super) fn add_search(args: &mut Vec<OsString>, command: &Command) -> bool {
    let mut at = 1;
    while let Some(word) = args.get(at) {
        let Some(text) = word.to_str() else { break };
        if matches!(text, "-h" | "--help" | "-V" | "--version") {
            return false;
        }
        if text == "--" || !text.starts_with('-') || text == "-" {
            if text != "--" && is_verb(command, text) {
                return false;
            }
            break;
        }
        match global_words(command, text) {
            Some(words) => at += words,
            // An option of a verb: only searching goes without its name.
            None => break,
        }
    }
    if at >= args.len() {
        return false;
    }
    args.insert(at, OsString::from("search"));
    true
}

/// Writes `-country:Japan` as `!country:Japan`, which is the same to the query language and no
/// option to clap; places in the query stay where they are.
///
/// Only for words that name a field: no option of a verb that takes a query looks like that.
pub(super) fn keep_negations(args: &mut [OsString]) {
    for word in args.iter_mut().skip(1) {
        if word == "--" || word == "index" {
            return;
        }
        let Some(rest) = word.to_str().and_then(|text| text.strip_prefix('-')) else { continue };
        let name = rest.split([':', '.']).next().unwrap_or_default();
        if rest.contains(':') && name.len() > 1 && Field::from_name(name).is_some() {
            *word = OsString::from(format!("!{rest}"));
        }
    }
}

pub(super) fn is_verb(command: &Command, word: &str) -> bool {
    word == "help"
        || command
            .get_subcommands()
            .any(|verb| verb.get_name() == word || verb.get_all_aliases().any(|name| name == word))
}

/// Words that an option of every verb takes, its own included; `None` for another option.
fn global_words(command: &Command, text: &str) -> Option<usize> {
    let (name, joined) = match text.split_once('=') {
        Some((name, _)) => (name, true),
        None => (text, false),
    };
    command.get_arguments().filter(|arg| arg.is_global_set()).find_map(|arg| {
        let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        let long = arg.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long));
        if long {
            return Some(if takes && !joined { 2 } else { 1 });
        }
        let short = arg.get_short()?;
        let rest = text.strip_prefix('-')?.strip_prefix(short)?;
        Some(if takes && rest.is_empty() { 2 } else { 1 })
    })
}

/// What a wrong command line says about colour and the format of errors.
pub(super) fn global_of(args: &[OsString]) -> Global {
    let mut kept = vec![OsString::from("dateline")];
    let mut words = args.iter().skip(1).map(OsString::as_os_str);
    while let Some(word) = words.next() {
        for name in ["--color", "--error-format"] {
            if word == OsStr::new(name) {
                kept.push(word.to_owned());
                kept.extend(words.next().map(OsStr::to_owned));
                break;
            } else if word.to_str().is_some_and(|text| {
                text.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
            }) {
                kept.push(word.to_owned());
            }
        }
    }
    super::global_command()
        .try_get_matches_from(kept)
        .and_then(|matches| Global::from_arg_matches(&matches))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(line: &str) -> Option<String> {
        let mut args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        add_search(&mut args, &crate::cli::command()).then(|| {
            args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn a_line_without_a_verb_is_a_search() {
        let rows = [
            ("d pact", Some("d search pact")),
            ("d -I idx pact", Some("d -I idx search pact")),
            ("d --index=idx pact", Some("d --index=idx search pact")),
            ("d -Iidx --color never pact", Some("d -Iidx --color never search pact")),
            ("d -n 3 pact", Some("d search -n 3 pact")),
            ("d -e -pact", Some("d search -e -pact")),
            ("d -- count", Some("d search -- count")),
            ("d search pact", None),
            ("d -I search count x", None),
            ("d cat 17", None),
            ("d --help", None),
            ("d -I idx --version", None),
            ("d help", None),
            ("d", None),
        ];
        for (line, expected) in rows {
            assert_eq!(added(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn negated_fields_are_no_options() {
        let kept = |line: &str| {
            let mut args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            keep_negations(&mut args);
            args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(kept("d count -country:* -n3"), "d count !country:* -n3");
        assert_eq!(kept("d -has:date -country.major:JP"), "d !has:date !country.major:JP");
        for line in ["d count -I idx:x -e -x", "d -- -country:JP", "d index -date:x", "d -n:3"] {
            assert_eq!(kept(line), line);
        }
    }

    #[test]
    fn a_wrong_line_still_tells_the_error_format() {
        let args = ["d", "--bogus", "x", "--error-format", "json", "--color=always"];
        let global = global_of(&args.map(OsString::from));
        assert_eq!(global.error_format, crate::cli::args::ErrorFormat::Json);
        assert_eq!(global.color, crate::cli::args::ColorWhen::Always);
    }
}
