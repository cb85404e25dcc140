//! The arguments that say what to search for and how to read it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::args::Global;
use super::report::{self, Failure};
use super::{Exit, Io, environment};
use crate::article::lang;
use crate::diag::{Diagnostic, Severity, Span};
use crate::engine::Engine;
use crate::engine::embedded::Embedded;
use crate::engine::stop::Stop;
use crate::plan::Clause;
use crate::query::ParseOptions;
use crate::query::ast::{Expr, Node};
use crate::query::canon::canonical;
use crate::search::{self, Archive, ReadOptions, Reading};
use crate::text::sanitize;

/// Bytes of a query file that are read, comments included.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// How a query is read; the same for every verb that takes one.
#[derive(Debug, Clone, Default, Args)]
pub struct QueryArgs {
    /// Take the query from QUERY, which may begin with -
    #[arg(
        short = 'e',
        long = "expr",
        value_name = "QUERY",
        allow_hyphen_values = true,
        help_heading = "Query"
    )]
    expr: Option<String>,

    /// Take the query from FILE, - for standard input; lines that begin with # are comments
    #[arg(
        short = 'f',
        long = "file",
        value_name = "FILE",
        help_heading = "Query",
        conflicts_with = "expr"
    )]
    file: Option<PathBuf>,

    #[command(flatten)]
    reading: ReadingArgs,
}

/// How the words of a query are read.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadingArgs {
    /// Read words as LANG only, such as en or ja [default: all languages of the index]
    #[arg(long, value_name = "LANG", help_heading = "Query")]
    lang: Option<String>,

    /// Join words side by side by and, or by or [default: and]
    #[arg(
        long,
        value_name = "OP",
        value_enum,
        hide_possible_values = true,
        help_heading = "Query"
    )]
    default_op: Option<Operator>,

    /// Show only what also matches QUERY, which does not rank; may be given several times
    #[arg(
        long = "where",
        value_name = "QUERY",
        allow_hyphen_values = true,
        help_heading = "Query"
    )]
    filters: Vec<String>,

    /// Show only what was published on or after DATE, such as 2019-03 or 7d
    #[arg(long, value_name = "DATE", help_heading = "Query")]
    since: Option<String>,

    /// Show only what was published on or before DATE
    #[arg(long, value_name = "DATE", help_heading = "Query")]
    until: Option<String>,

    /// Show also what the setting search.exclude leaves out
    #[arg(long, help_heading = "Query")]
    no_exclude: bool,

    /// Treat warnings about the query as errors
    #[arg(long, help_heading = "Query")]
    strict: bool,

    /// Leave out what cannot be read of the query, with a warning, instead of failing
    #[arg(long, conflicts_with = "strict", help_heading = "Query")]
    lenient: bool,
}

/// How long an answer may take.
#[derive(Debug, Clone, Default, Args)]
pub struct TimeoutArgs {
    /// Stop after TIME, such as 5s, 500ms or 2m, and give what was found until then; the exit code
    /// is then 7, and totals are what was counted so far
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Query")]
    timeout: Option<Duration>,
}

impl TimeoutArgs {
    /// The archive, whose answers end when the time is over. The time starts now.
    pub fn start(&self, archive: Embedded) -> Embedded {
        match self.timeout {
            None => archive,
            Some(limit) => archive.until(Arc::new(Stop::after(limit))),
        }
    }

    /// How a command ends that would end with `exit`; tells where time was over.
    pub fn ended(&self, archive: &Embedded, exit: Exit, global: &Global, io: &mut Io<'_>) -> Exit {
        let Some(limit) = self.timeout.filter(|_| archive.was_stopped()) else { return exit };
        let message = format!("the time of {limit:?} was over before all was looked at");
        let warning = Diagnostic {
            severity: Severity::Warning,
            hint: Some("there may be more, and better: give more time".to_owned()),
            ..report::placeless("timeout", message)
        };
        report::diagnostics_in(&[warning], "", Exit::Incomplete, global, io);
        Exit::Incomplete
    }
}

/// The time that `500ms`, `5s`, `2m` or `1h` says; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let unit = match unit.trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return Err("a time is a number with ms, s, m or h, such as 5s".to_owned()),
    };
    let number: f64 =
        number.parse().map_err(|_| "a time begins with a number, such as 5s".to_owned())?;
    Duration::try_from_secs_f64(number * unit).map_err(|error| error.to_string())
}

/// What joins words side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Operator {
    /// All of them
    #[default]
    And,
    /// Any of them
    Or,
}

impl ReadingArgs {
    /// What joins words: the option, else the setting, else and.
    fn joins(&self, io: &Io<'_>) -> Operator {
        let set = || (io.config.get("search.default_op") == Some("or")).then_some(Operator::Or);
        self.default_op.or_else(set).unwrap_or_default()
    }

    /// How to read a query; the clock is that of `io`.
    ///
    /// # Errors
    /// When the language is none that is known.
    pub fn options(&self, io: &Io<'_>) -> Result<ReadOptions, Failure> {
        let lang = self.lang.as_deref().or_else(|| io.config.get("search.lang"));
        let lang = lang.map(language).transpose()?;
        Ok(ReadOptions {
            parse: ParseOptions { default_or: self.joins(io) == Operator::Or, strict: self.strict },
            lenient: self.lenient,
            lang,
            now: environment::now(io),
            lists: Some(environment::read_list),
            saved: Arc::default(),
            own: Arc::default(),
            stale: None,
            exclude: match io.config.get("search.exclude") {
                Some(queries) if !self.no_exclude => queries
                    .lines()
                    .map(str::trim)
                    .filter(|q| !q.is_empty())
                    .map(str::to_owned)
                    .collect(),
                _ => Vec::new(),
            },
        })
    }

    /// Reads a query together with the filters beside it.
    ///
    /// # Errors
    /// [`Failure`], with the text that is wrong.
    pub fn read(
        &self,
        archive: &dyn Archive,
        text: &str,
        options: &ReadOptions,
    ) -> Result<Reading, Failure> {
        let read = |text: &str| {
            search::read(archive, text, options).map_err(|error| Failure::search(text, error))
        };
        let mut reading = read(text)?;
        let dates = [(&self.since, ">="), (&self.until, "<=")];
        let dates = dates.iter().filter_map(|(date, sign)| {
            date.as_ref().map(|date| format!("date:{sign}{}", date.trim()))
        });
        for filter in self.filters.iter().cloned().chain(dates) {
            let filter = read(&filter)?;
            let mut root = filter.plan.root;
            if root.scores() {
                root = Clause::Boost(0.0, Box::new(root));
            }
            let silent = Node::Boost(0.0, Box::new(filter.expr));
            narrow(&mut reading, text, (root, silent), filter.warnings);
        }
        let mut left_out = Vec::new();
        for query in &options.exclude {
            let junk = read(query)?;
            if !names(&reading.canonical, &junk.canonical) {
                let root = Clause::Not(Box::new(junk.plan.root));
                let node = Node::Not(Box::new(junk.expr));
                narrow(&mut reading, text, (root, node), junk.warnings);
                left_out.push(junk.canonical);
            }
        }
        if !left_out.is_empty() {
            let message = format!("left out by search.exclude: {}", left_out.join(", "));
            let note = Diagnostic::note("left_out", Span::default(), message)
                .hint("name it in the query, or say --no-exclude, to see it");
            reading.warnings.push(Diagnostic { span: None, ..note });
        }
        Ok(reading)
    }
}

/// Adds a condition to a query, as clause and as tree. `text` is the query as it was typed.
fn narrow(
    reading: &mut Reading,
    text: &str,
    (root, node): (Clause, Node),
    warnings: Vec<Diagnostic>,
) {
    reading.warnings.extend(warnings.into_iter().map(|mut warning| {
        // Its place is not in the text that messages are shown with.
        warning.span = None;
        warning
    }));
    let own = std::mem::replace(&mut reading.plan.root, Clause::All);
    reading.plan.root = Clause::And(match own {
        Clause::And(mut parts) => {
            parts.push(root);
            parts
        }
        own => vec![own, root],
    });
    let span = Span::new(0, text.chars().count());
    let more = Expr { node, span };
    let own = std::mem::replace(&mut reading.expr, Expr { node: Node::All, span });
    let parts = match own.node {
        Node::And(mut parts) => {
            parts.push(more);
            parts
        }
        _ => vec![own, more],
    };
    reading.expr = Expr { node: Node::And(parts), span };
    reading.canonical = canonical(&reading.expr);
}

/// Whether a query, in canonical text, holds another one, not as a part of a longer word.
fn names(query: &str, other: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '*' | '~' | '"');
    query.match_indices(other).any(|(at, _)| {
        let before = query[..at].chars().next_back();
        let after = query[at + other.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && !after.is_some_and(is_word)
    })
}

impl QueryArgs {
    /// How to read the query; the clock is that of `io`.
    ///
    /// # Errors
    /// When the language is none that is known.
    pub fn options(&self, io: &Io<'_>) -> Result<ReadOptions, Failure> {
        self.reading.options(io)
    }

    /// Reads a query together with the filters beside it.
    ///
    /// # Errors
    /// [`Failure`], with the text that is wrong.
    pub fn read(
        &self,
        archive: &dyn Archive,
        text: &str,
        options: &ReadOptions,
    ) -> Result<Reading, Failure> {
        self.reading.read(archive, text, options)
    }

    /// Whether options beside the query say more of which articles are meant.
    pub fn has_filters(&self) -> bool {
        let reading = &self.reading;
        reading.default_op == Some(Operator::Or)
            || !reading.filters.is_empty()
            || reading.since.is_some()
            || reading.until.is_some()
    }

    /// The query: the words joined by blanks, or what `-e` or `-f` name; `None` without any.
    ///
    /// # Errors
    /// When there are two queries, or a file cannot be read.
    pub fn text(&self, words: &[String], io: &mut Io<'_>) -> Result<Option<String>, Failure> {
        let named = match (&self.expr, &self.file) {
            (Some(expr), _) => Some(expr.clone()),
            (None, Some(file)) => Some(read_file(file, io)?),
            (None, None) => None,
        };
        match (named, words) {
            (None, []) => Ok(None),
            (None, words) => Ok(Some(words.join(" "))),
            (Some(named), []) => Ok(Some(named)),
            (Some(_), [first, ..]) => {
                let message = format!("two queries: the word '{first}', and one from -e or -f");
                Err(Failure::usage("usage", message))
            }
        }
    }

    /// Like [`QueryArgs::text`], where there must be a query.
    ///
    /// # Errors
    /// Also when there is none.
    pub fn required(&self, words: &[String], io: &mut Io<'_>) -> Result<String, Failure> {
        self.text(words, io)?.ok_or_else(|| {
            let mut problem = report::placeless("usage", "there is no query");
            problem.hint = Some("write words to search for, or * for all articles".to_owned());
            Failure::Usage(problem)
        })
    }
}

/// The two-letter tag of a language named by tag, code or name.
///
/// # Errors
/// When there is no such language.
pub fn language(text: &str) -> Result<String, Failure> {
    if let Some(tag) = lang::normalize_tag(text) {
        return Ok(tag.to_owned());
    }
    let message = format!("unknown language '{}'", sanitize::line(text));
    let mut problem = report::placeless("unknown_value", message);
    let near = lang::nearest(text, 3);
    problem.hint = Some(if near.is_empty() {
        "write a tag such as en, or a name such as French".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    });
    problem.suggestions = near.into_iter().map(str::to_owned).collect();
    Err(Failure::Usage(problem))
}

/// The text of a query file; comment lines become empty, so that places in it still hold.
fn read_file(path: &std::path::Path, io: &mut Io<'_>) -> Result<String, Failure> {
    let shown = sanitize::line(&path.to_string_lossy()).into_owned();
    let failed =
        |what: String| Failure::usage("unreadable_query", format!("the query file {shown} {what}"));
    let bytes = io.read_whole(path, MAX_FILE_BYTES).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        failed(format!("is not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| if line.trim_start().starts_with('#') { "" } else { line })
        .collect();
    Ok(lines.join("\n").trim_end().to_owned())
}
