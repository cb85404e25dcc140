//! Settings from files: the project's `.dateline.toml`, then the user's `config.toml`.
//!
//! A flag wins over the environment, the environment over the project's file, that over the
//! user's. What a file says wrong is told and left out; the rest of it holds.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Io;
use super::report::placeless;
use crate::diag::{Diagnostic, Severity, nearest};
use crate::text::sanitize;

/// The project's file, in this directory or one above it.
const PROJECT: &str = ".dateline.toml";

/// Bytes of a file, at most.
const MAX_BYTES: u64 = 1 << 20;

/// Keys with what they set.
pub const KEYS: [(&str, &str); 10] = [
    ("index", "index directory, where none is named or found"),
    ("format", "format of output, as --format of each verb"),
    ("color", "auto, always or never"),
    ("hyperlinks", "auto, always or never"),
    ("pager", "command that shows long answers, never for none"),
    ("search.limit", "hits that search shows, 0 for all"),
    ("search.sort", "order of hits, as --sort"),
    ("search.lang", "language of a query's words, as --lang"),
    ("search.default_op", "what joins words side by side: and, or"),
    ("search.exclude", "queries whose articles are left out unless a query names them, a list"),
];

/// Keys that take lists; the texts of one stand on lines of their own.
const LISTS: [&str; 1] = ["search.exclude"];

/// A setting and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its value, as text; the texts of a list on lines of their own.
    pub value: String,
    /// The file.
    pub origin: PathBuf,
}

/// All settings of all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Settings by key, see [`KEYS`].
    pub settings: BTreeMap<String, Setting>,
    /// Words that stand for other words at the start of a command line.
    pub alias: BTreeMap<String, Setting>,
    /// Saved queries; those of an index win.
    pub queries: BTreeMap<String, Setting>,
}

impl Config {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|setting| setting.value.as_str())
    }

    /// Reads the files that directory and environment name; what is wrong in them as warnings.
    /// `DATELINE_CONFIG` names one file to read instead of the project's and the user's.
    pub fn load(io: &Io<'_>) -> (Config, Vec<Diagnostic>) {
        let (mut config, mut warnings) = (Config::default(), Vec::new());
        for path in files(io) {
            let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            let text = if size > MAX_BYTES {
                Err(format!("it is longer than {MAX_BYTES} bytes"))
            } else {
                std::fs::read_to_string(&path).map_err(|error| error.to_string())
            };
            match text {
                Ok(text) => config.add(&path, &text, &mut warnings),
                Err(why) => warnings.push(warning(&path, format!("cannot be read: {why}"))),
            }
        }
        (config, warnings)
    }

    /// Adds a file; what is known already stays.
    fn add(&mut self, path: &Path, text: &str, warnings: &mut Vec<Diagnostic>) {
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => {
                let line =
                    error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
                warnings.push(warning(path, format!("line {line}: {}", error.message())));
                return;
            }
        };
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("alias" | "queries", toml::Value::Table(rows)) => {
                    for (name, value) in rows {
                        let toml::Value::String(text) = value else {
                            warnings.push(warning(path, format!("{key}.{name} is no text")));
                            continue;
                        };
                        let setting = Setting { value: text.clone(), origin: path.to_owned() };
                        let known =
                            if key == "alias" { &mut self.alias } else { &mut self.queries };
                        known.entry(name.clone()).or_insert(setting);
                    }
                }
                (_, toml::Value::Table(rows)) => {
                    for (name, value) in rows {
                        self.set(path, &format!("{key}.{name}"), value, warnings);
                    }
                }
                _ => self.set(path, key, value, warnings),
            }
        }
    }

    fn set(&mut self, path: &Path, key: &str, value: &toml::Value, warnings: &mut Vec<Diagnostic>) {
        if !KEYS.iter().any(|(known, _)| *known == key) {
            let names = KEYS.iter().map(|(name, _)| *name).chain(["alias", "queries"]);
            // `limit` for `search.limit`: the right word at the wrong place.
            let inner = KEYS.iter().map(|(name, _)| *name);
            let inner = inner.filter(|name| name.rsplit('.').next() == key.rsplit('.').next());
            let near: Vec<&str> = inner.chain(nearest(key, names, 1)).take(1).collect();
            let mut problem = warning(path, format!("there is no setting '{key}'"));
            problem.hint = Some(match near.first() {
                Some(near) => format!("did you mean {near}?"),
                None => "'dateline config keys' lists them".to_owned(),
            });
            warnings.push(problem);
            return;
        }
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Array(values) if LISTS.contains(&key) => {
                let texts: Option<Vec<&str>> = values.iter().map(toml::Value::as_str).collect();
                let Some(texts) = texts else {
                    warnings.push(warning(path, format!("{key} holds what is no text")));
                    return;
                };
                texts.join("\n")
            }
            _ => {
                warnings.push(warning(path, format!("{key} is neither text nor a number")));
                return;
            }
        };
        if let Err(why) = check(key, &text) {
            warnings.push(warning(path, format!("{key}: {why}")));
            return;
        }
        let setting = Setting { value: text, origin: path.to_owned() };
        self.settings.entry(key.to_owned()).or_insert(setting);
    }

    /// Replaces the first word of a command line by what it is an alias of. A verb is none.
    pub fn expand(&self, args: &mut Vec<OsString>, is_verb: &dyn Fn(&str) -> bool) {
        let Some(word) = args.get(1).and_then(|word| word.to_str()) else { return };
        let Some(alias) = self.alias.get(word).filter(|_| !is_verb(word)) else { return };
        let words: Vec<OsString> = split(&alias.value).into_iter().map(OsString::from).collect();
        args.splice(1..2, words);
    }
}

fn warning(path: &Path, message: String) -> Diagnostic {
    let shown = path.to_string_lossy();
    let message = format!("{}: {message}", sanitize::line(&shown));
    Diagnostic { severity: Severity::Warning, ..placeless("config", message) }
}

/// Whether a value is one of those that the key takes.
fn check(key: &str, value: &str) -> Result<(), String> {
    let one_of = |known: &[&str]| {
        if known.contains(&value) {
            Ok(())
        } else {
            Err(format!("'{value}' is none of {}", known.join(", ")))
        }
    };
    match key {
        "format" => one_of(&["human", "json", "jsonl", "csv", "tsv", "trec", "kwic", "ids"]),
        "color" | "hyperlinks" => one_of(&["auto", "always", "never"]),
        "search.sort" => one_of(&["relevance", "date", "-date", "added", "-added", "len", "-len"]),
        "search.default_op" => one_of(&["and", "or"]),
        "search.limit" => {
            value.parse::<u32>().map(|_| ()).map_err(|_| format!("'{value}' is no number of hits"))
        }
        _ => Ok(()),
    }
}

/// The files there are, the one that wins first.
fn files(io: &Io<'_>) -> Vec<PathBuf> {
    let set = |name: &str| (io.env)(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = set("DATELINE_CONFIG") {
        return vec![path];
    }
    let project = io.cwd.ancestors().map(|dir| dir.join(PROJECT)).find(|path| path.is_file());
    let home = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    let user = home.map(|home| home.join("dateline/config.toml")).filter(|path| path.is_file());
    project.into_iter().chain(user).collect()
}

/// Words of a line: blanks part them, quotes of either kind hold them together.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(sign), c) if c == sign => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                open = true;
            }
            (None, c) if c.is_whitespace() => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (_, c) => word.push(c),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Config, Vec<String>) {
        let (mut config, mut warnings) = (Config::default(), Vec::new());
        config.add(Path::new("a.toml"), text, &mut warnings);
        (config, warnings.into_iter().map(|warning| warning.message).collect())
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let (config, warnings) = read(
            "format = \"jsonl\"\ncolour = \"never\"\n[search]\nlimit = 5\nsort = \"newest\"\n[alias]\njp = \"search 'country:JP'\"\nx = 1\n",
        );
        assert_eq!(config.get("format"), Some("jsonl"));
        assert_eq!(config.get("search.limit"), Some("5"));
        assert_eq!(config.get("search.sort"), None);
        assert_eq!(warnings.len(), 3, "{warnings:?}");
        assert!(warnings.iter().any(|warning| warning.contains("'colour'")));
        let (_, warnings) = read("a = \n");
        assert!(warnings[0].contains("line 1"), "{warnings:?}");
    }

    #[test]
    fn an_alias_stands_for_words_and_never_for_a_verb() {
        let (config, _) =
            read("[alias]\njp = \"search -n 3 'country:JP pact'\"\ncount = \"search\"\n");
        let expand = |line: &[&str]| {
            let mut args: Vec<OsString> = line.iter().map(OsString::from).collect();
            config.expand(&mut args, &|word| word == "count");
            args.into_iter().map(|arg| arg.into_string().unwrap()).collect::<Vec<_>>()
        };
        let long = ["dateline", "search", "-n", "3", "country:JP pact", "date:2019"];
        assert_eq!(expand(&["dateline", "jp", "date:2019"]), long);
        assert_eq!(expand(&["dateline", "count", "x"]), ["dateline", "count", "x"]);
        assert_eq!(split("a  'b c' \"\" d"), ["a", "b c", "", "d"]);
    }

    #[test]
    fn the_project_wins_over_the_user() {
        let mut config = read("format = \"csv\"\n").0;
        config.add(Path::new("b.toml"), "format = \"json\"\nindex = \"/x\"\n", &mut Vec::new());
        assert_eq!(config.get("format"), Some("csv"));
        assert_eq!(config.settings["index"].origin, Path::new("b.toml"));
    }
}
