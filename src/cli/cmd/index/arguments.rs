//! The options of `dateline index`, and what they mean.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use crate::article::date::DateOrder;
use crate::article::lang::normalize_tag;
use crate::cli::progress::ProgressMode;
use crate::cli::report::placeless;
use crate::diag::Diagnostic;
use crate::ingest::Options;
use crate::source::{Field, FieldMap, Inputs, Limits, PathPattern, ReadOptions, parse_set};
use crate::text::sanitize;

/// The longest record that is read. An article takes up to twelve times its size while it is
/// tagged and inverted, and the whole run is to stay below 600 MB.
const MAX_RECORD_BYTES: u64 = 16 << 20;
/// The least that the writer can work with.
const LEAST_MEMORY: usize = 16_000_000;

const EXAMPLES: &str = "\
Examples:
  dateline index corpus
  dateline index --dry-run archive/2019.csv.gz
  dateline index wire --path '{source}/{date}-*.txt' --set lang=en
  dateline index old.csv --map title=hl,body=txt --date-order dmy --id-prefix old-
  dateline index news.jsonl --tags spacy.jsonl
  zcat dump.jsonl.gz | dateline index -

Running the same command again reads everything again and writes only what changed. After an
interruption it goes on where it was.";

/// Index articles from files, folders or standard input
///
/// Reads JSON Lines, JSON, CSV, TSV, plain text, Markdown, SGML of Reuters and TREC, SMART and
/// TIME collections, each also in gzip and zstd, and in zip and tar archives; what a file holds
/// decides, not its name. Folders are read with all below them, but for hidden files and what
/// .datelineignore names.
///
/// An article with the id of another replaces it. Bad records are skipped, named and counted; the
/// exit code is then 7, and everything good is in the index.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Files and folders to read; - is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Read fields from keys or columns of other names, as in title=hl,body=txt or 2=title
    #[arg(long, value_name = "FIELD=KEY,…", help_heading = "Reading")]
    map: Vec<String>,

    /// Give every article these values, as in source="The Times",lang=en
    #[arg(long, value_name = "FIELD=VALUE,…", help_heading = "Reading")]
    set: Vec<String>,

    /// Take fields from the path, as in '{source}/{date}-*.txt'
    #[arg(long, value_name = "PATTERN", help_heading = "Reading")]
    path: Option<String>,

    /// Put TEXT before supplied ids, to keep archives with bare numbers apart
    #[arg(long, value_name = "TEXT", help_heading = "Reading")]
    id_prefix: Option<String>,

    /// Language of articles that do not tell it [default: that of the index, en for a new one]
    #[arg(long, value_name = "LANG", help_heading = "Reading")]
    pub(super) lang: Option<String>,

    /// Read 03/04/2019 with the day or the month first [default: neither, the date is dropped]
    #[arg(long, value_name = "ORDER", value_enum, help_heading = "Reading")]
    date_order: Option<Order>,

    /// Take tags of articles from FILE, JSON Lines of id, class, value and span, as another program
    /// found them; they hold until it gives the article others
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run", help_heading = "Reading")]
    pub(super) tags: Option<PathBuf>,

    /// Follow symbolic links below folders
    #[arg(long, help_heading = "Reading")]
    follow: bool,

    /// Show formats, mapping and the first articles with their tags, and write nothing
    #[arg(long, help_heading = "Output")]
    pub(super) dry_run: bool,

    /// Show N articles of each kind of file in a dry run
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 5,
        requires = "dry_run",
        help_heading = "Output"
    )]
    pub(super) limit: usize,

    /// Write every rejected record to FILE: file, line, byte, code and reason, tab separated
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) report: Option<PathBuf>,

    /// How to show progress on stderr [default: auto]
    #[arg(
        long,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_default_value = true,
        help_heading = "Output"
    )]
    pub(super) progress: ProgressMode,

    /// Write the final report for people (stderr) or as one JSON object (stdout) [default: human]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        default_value_t,
        hide_default_value = true,
        help_heading = "Output"
    )]
    pub(super) format: ReportFormat,

    /// Hold at most SIZE of new postings in memory, as in 400MB [default: 200MiB]
    #[arg(long, value_name = "SIZE", help_heading = "Index")]
    memory: Option<String>,

    /// Commit after SECONDS, so that an interruption costs no more [default: 60]
    #[arg(long, value_name = "SECONDS", help_heading = "Index")]
    commit_every: Option<u64>,

    /// Tag with N threads [default: one a core]
    #[arg(long, value_name = "N", help_heading = "Index")]
    threads: Option<usize>,
}

/// Formats of the final report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ReportFormat {
    /// For people, on stderr
    #[default]
    Human,
    /// One JSON object on stdout
    Json,
}

/// Orders of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Day, month, year
    Dmy,
    /// Month, day, year
    Mdy,
}

/// What the options mean.
#[derive(Debug)]
pub(super) struct Setup {
    /// How to read.
    pub(super) read: ReadOptions,
    /// How to run.
    pub(super) options: Options,
    /// Bytes for the writer.
    pub(super) memory: Option<usize>,
}

impl Args {
    /// Reads all options.
    pub(super) fn setup(&self, index: &Path) -> Result<Setup, Diagnostic> {
        let mut read = ReadOptions {
            map: FieldMap::parse(&self.map.join(","))?,
            follow: self.follow,
            id_prefix: self.id_prefix.clone().unwrap_or_default(),
            limits: Limits { max_record_bytes: MAX_RECORD_BYTES, ..Limits::default() },
            // A list of rejects is no input, be it of this run or an earlier one.
            skip: [index]
                .into_iter()
                .chain(self.report.as_deref())
                .chain(self.tags.as_deref())
                .map(Path::to_owned)
                .collect(),
            ..ReadOptions::default()
        };
        for text in &self.set {
            for part in settings(text) {
                read.set.push(parse_set(part)?);
            }
        }
        if let Some(pattern) = &self.path {
            read.path_pattern = Some(PathPattern::parse(pattern)?);
        }
        read.date_order = match self.date_order {
            None => DateOrder::default(),
            Some(Order::Dmy) => DateOrder::Dmy,
            Some(Order::Mdy) => DateOrder::Mdy,
        };
        let mut options = Options {
            id_prefix: read.id_prefix.clone(),
            threads: self.threads.unwrap_or(0),
            ..Options::default()
        };
        if let Some(seconds) = self.commit_every {
            options.commit_every = Duration::from_secs(seconds);
        }
        if let Some(lang) = &self.lang {
            let known = normalize_tag(lang).ok_or_else(|| {
                placeless("bad_lang", format!("no language '{lang}'"))
                    .hint("write a code of two letters, as in --lang en")
            })?;
            options.default_lang = known.to_owned();
        }
        let memory = self.memory.as_deref().map(bytes).transpose()?;
        Ok(Setup { read, options, memory })
    }

    /// Finds the files.
    pub(super) fn find(&self, read: &ReadOptions) -> Result<Inputs, Diagnostic> {
        let found = Inputs::expand(&self.paths, read);
        let list = |paths: &[PathBuf]| -> String {
            let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
            sanitize::line(&names.join(", ")).into_owned()
        };
        if !found.missing.is_empty() {
            return Err(placeless(
                "no_such_file",
                format!("no file or folder {}", list(&found.missing)),
            )
            .hint("nothing was indexed; check the path"));
        }
        if found.is_empty() {
            return Err(placeless(
                "no_files",
                format!("no files to read in {}", list(&self.paths)),
            )
            .hint("hidden files, what .datelineignore names and the index are left out"));
        }
        Ok(found)
    }
}

/// The settings of `source=Times, The,lang=en`: a comma separates only before a field's name and
/// `=`, so that values may hold commas.
pub(super) fn settings(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(',') {
        let rest = &text[at + 1..];
        let name = rest.split('=').next().unwrap_or_default().trim();
        if rest.contains('=') && Field::from_name(name).is_some() {
            parts.push(&text[start..at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Reads `400MB`, `1.5 GiB`, `64000000`.
pub(super) fn bytes(text: &str) -> Result<usize, Diagnostic> {
    let bad = |message: String| placeless("bad_size", message).hint("write --memory 400MB");
    let trimmed = text.trim();
    let end = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (digits, unit) = trimmed.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        unit => return Err(bad(format!("no unit '{unit}' of sizes"))),
    };
    let amount: f64 = digits.parse().map_err(|_| bad(format!("'{text}' is no size")))?;
    let size = amount * factor;
    if size < LEAST_MEMORY as f64 {
        return Err(bad(format!("'{text}' is too little; the least is 16MB")));
    }
    // Anything larger than memory is as good as all of it.
    Ok(size.min(1e15) as usize)
}
