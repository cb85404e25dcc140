//! Arguments that every verb takes, and what they mean together with the environment.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Io;
use super::report::{Failure, placeless};
use crate::render::Format;
use crate::render::table::TableFormat;

/// The file that tells an index from another directory.
const INDEX_FILE: &str = "meta.json";

/// Arguments of every verb. `--format` belongs to the verbs: each knows its own formats.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// Index directory; given several times, these are searched as one [default: index] [env:
    /// DATELINE_INDEX]
    ///
    /// Without it: DATELINE_INDEX, else the nearest index/ or .dateline/ in this directory or one
    /// above it that is an index, else index
    #[arg(short = 'I', long, global = true, value_name = "DIR", help_heading = "Index")]
    pub index: Vec<PathBuf>,

    /// Colour output auto, always or never [default: auto]
    ///
    /// NO_COLOR turns colour off and CLICOLOR_FORCE turns it on
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        help_heading = "Output",
        value_enum,
        hide_possible_values = true,
        hide_default_value = true,
        default_value_t,
        display_order = 900
    )]
    pub color: ColorWhen,

    /// Link titles to the web addresses of articles: auto, always or never [default: auto]
    ///
    /// Auto is on terminals known to show links
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        help_heading = "Output",
        value_enum,
        hide_possible_values = true,
        hide_default_value = true,
        default_value_t,
        display_order = 902
    )]
    pub hyperlinks: ColorWhen,

    /// Write to the terminal without a pager [env: DATELINE_PAGER, PAGER]
    #[arg(long, global = true, help_heading = "Output", display_order = 903)]
    pub no_pager: bool,

    /// Write errors and warnings as human or json to stderr [default: human]
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        help_heading = "Output",
        value_enum,
        hide_possible_values = true,
        hide_default_value = true,
        default_value_t,
        display_order = 901
    )]
    pub error_format: ErrorFormat,
}

/// When output is coloured or linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ErrorFormat {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

impl Global {
    /// The index directories, at least one, see [`Global::index`]. Looks at directories, opens no
    /// index.
    pub fn index_dirs(&self, io: &Io<'_>) -> Vec<PathBuf> {
        let mut dirs: Vec<PathBuf> = Vec::new();
        for dir in &self.index {
            let same = |known: &PathBuf| {
                let real = |dir: &PathBuf| std::fs::canonicalize(dir).ok();
                known == dir || real(known).is_some_and(|known| Some(known) == real(dir))
            };
            if !dirs.iter().any(same) {
                dirs.push(dir.clone());
            }
        }
        if dirs.is_empty() { vec![self.found_index(io)] } else { dirs }
    }

    /// The one index directory, for what writes.
    ///
    /// # Errors
    /// When several are named.
    pub fn index_dir(&self, io: &Io<'_>) -> Result<PathBuf, Failure> {
        let mut dirs = self.index_dirs(io);
        if dirs.len() > 1 {
            let message = "several indexes can be searched as one, but not written";
            let mut problem = placeless("usage", message);
            problem.hint = Some("name one with -I".to_owned());
            return Err(Failure::Usage(problem));
        }
        Ok(dirs.remove(0))
    }

    fn found_index(&self, io: &Io<'_>) -> PathBuf {
        if let Some(dir) = self.named_index(io) {
            return dir;
        }
        let is_index = |dir: &Path| dir.join(INDEX_FILE).is_file();
        for (above, place) in io.cwd.ancestors().enumerate() {
            for name in ["index", ".dateline"] {
                if is_index(&place.join(name)) {
                    // A name is shown in messages: short where it can be.
                    return if above == 0 { PathBuf::from(name) } else { place.join(name) };
                }
            }
        }
        io.config.get("index").map_or_else(|| PathBuf::from("index"), PathBuf::from)
    }

    /// The index directory that the user named by flag or environment.
    pub fn named_index(&self, io: &Io<'_>) -> Option<PathBuf> {
        let from_env = || (io.env)("DATELINE_INDEX").filter(|value| !value.is_empty());
        self.index.first().cloned().or_else(|| from_env().map(PathBuf::from))
    }

    /// Whether standard output is coloured.
    pub fn color_out(&self, io: &Io<'_>) -> bool {
        self.color_on(io, io.out_is_terminal)
    }

    /// Whether standard error is coloured.
    pub fn color_err(&self, io: &Io<'_>) -> bool {
        self.color_on(io, io.err_is_terminal)
    }

    /// Whether titles on standard output are linked.
    pub fn links_out(&self, io: &Io<'_>) -> bool {
        let set = |name: &str| (io.env)(name).is_some_and(|value| !value.is_empty());
        let is = |name: &str, known: &[&str]| {
            (io.env)(name).is_some_and(|value| known.iter().any(|known| value == *known))
        };
        match self.when(self.hyperlinks, "hyperlinks", io) {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            // No terminal tells; these show links (or show nothing of them).
            ColorWhen::Auto => {
                io.out_is_terminal
                    && (["VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION"]
                        .into_iter()
                        .any(set)
                        || is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "vscode", "ghostty"])
                        || is("TERM", &["xterm-kitty", "alacritty", "foot", "xterm-ghostty"]))
            }
        }
    }

    /// What a flag says, or else the setting of this name.
    fn when(&self, flag: ColorWhen, key: &str, io: &Io<'_>) -> ColorWhen {
        match (flag, io.config.get(key)) {
            (ColorWhen::Auto, Some("always")) => ColorWhen::Always,
            (ColorWhen::Auto, Some("never")) => ColorWhen::Never,
            _ => flag,
        }
    }

    fn color_on(&self, io: &Io<'_>, terminal: bool) -> bool {
        let set = |name: &str| (io.env)(name).is_some_and(|value| !value.is_empty());
        match self.when(self.color, "color", io) {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if set("NO_COLOR") => false,
            ColorWhen::Auto
                if (io.env)("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0") =>
            {
                true
            }
            ColorWhen::Auto => terminal && (io.env)("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// Formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people; in a pipe one record a line with tabs between
    Human,
    /// One JSON object
    Json,
    /// One JSON object a line, a summary at the end
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// Ids, one a line
    Ids,
    /// Tab-separated values with a header
    Tsv,
    /// A run for trec_eval
    Trec,
    /// Key words in context, a match a line
    Kwic,
}

/// Formats of single answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For people
    Human,
    /// One JSON object
    Json,
}

/// The format of a table.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct TableArgs {
    /// Write rows as human, csv, tsv, json or jsonl [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long = "format",
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<TableFormatName>,
}

/// Formats of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableFormatName {
    /// For people; in a pipe one row a line with tabs between
    Human,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// One JSON object
    Json,
    /// One JSON object a row, a summary at the end
    Jsonl,
}

impl TableArgs {
    /// The format asked for by option, else by `DATELINE_FORMAT` where tables have it.
    ///
    /// # Errors
    /// When `DATELINE_FORMAT` names no format.
    pub fn chosen(self, io: &Io<'_>) -> Result<TableFormat, Failure> {
        Ok(match self.format {
            Some(TableFormatName::Human) => TableFormat::Human,
            Some(TableFormatName::Csv) => TableFormat::Csv,
            Some(TableFormatName::Tsv) => TableFormat::Tsv,
            Some(TableFormatName::Json) => TableFormat::Json,
            Some(TableFormatName::Jsonl) => TableFormat::Jsonl,
            None => match from_environment(io)? {
                Some(ListFormat::Csv) => TableFormat::Csv,
                Some(ListFormat::Tsv) => TableFormat::Tsv,
                Some(ListFormat::Json) => TableFormat::Json,
                Some(ListFormat::Jsonl) => TableFormat::Jsonl,
                _ => TableFormat::Human,
            },
        })
    }
}

impl ListFormat {
    /// The format asked for by option, else by `DATELINE_FORMAT`, else for people.
    ///
    /// # Errors
    /// When `DATELINE_FORMAT` names no format.
    pub fn chosen(option: Option<ListFormat>, io: &Io<'_>) -> Result<Format, Failure> {
        let format = match option {
            Some(format) => format,
            None => from_environment(io)?.unwrap_or(ListFormat::Human),
        };
        Ok(match format {
            ListFormat::Human => Format::Human,
            ListFormat::Json => Format::Json,
            ListFormat::Jsonl => Format::Jsonl,
            ListFormat::Csv => Format::Csv,
            ListFormat::Ids => Format::Ids,
            ListFormat::Tsv => Format::Tsv,
            ListFormat::Trec => Format::Trec,
            ListFormat::Kwic => Format::Kwic,
        })
    }
}

impl PlainFormat {
    /// Whether JSON is asked for, by option or `DATELINE_FORMAT`; its other formats have no
    /// meaning here.
    ///
    /// # Errors
    /// When `DATELINE_FORMAT` names no format.
    pub fn is_json(option: Option<PlainFormat>, io: &Io<'_>) -> Result<bool, Failure> {
        Ok(match option {
            Some(format) => format == PlainFormat::Json,
            None => {
                matches!(from_environment(io)?, Some(ListFormat::Json | ListFormat::Jsonl))
            }
        })
    }
}

fn from_environment(io: &Io<'_>) -> Result<Option<ListFormat>, Failure> {
    let Some(value) = (io.env)("DATELINE_FORMAT").filter(|value| !value.is_empty()) else {
        return Ok(io.config.get("format").and_then(|name| ListFormat::from_str(name, true).ok()));
    };
    let name = value.to_string_lossy();
    ListFormat::from_str(&name, true).map(Some).map_err(|_| {
        let message = format!("DATELINE_FORMAT is '{name}', which is no format");
        let mut problem = placeless("usage", message);
        problem.hint =
            Some("formats are human, json, jsonl, csv, tsv, trec, kwic and ids".to_owned());
        Failure::Usage(problem)
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::time::Duration;

    use super::*;

    /// What `ask` says in a world with this directory and environment.
    fn within<R>(cwd: &Path, env: &[(&str, &str)], ask: impl FnOnce(&Io<'_>) -> R) -> R {
        let look = |name: &str| {
            env.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        ask(&Io {
            input: &mut std::io::empty(),
            out: &mut std::io::sink(),
            err: &mut std::io::sink(),
            out_is_terminal: true,
            err_is_terminal: false,
            width: None,
            cwd: cwd.to_owned(),
            env: &look,
            now: &|| 0,
            config: Default::default(),
            pager: Default::default(),
            clock: &|| Duration::ZERO,
        })
    }

    #[test]
    fn the_nearest_index_upwards_is_found_unless_one_is_named() {
        let top = tempfile::tempdir().unwrap();
        let below = top.path().join("a/b");
        std::fs::create_dir_all(below.join("index")).unwrap();
        std::fs::create_dir_all(top.path().join("index")).unwrap();
        let global = Global::default();
        let found =
            |env: &[(&str, &str)]| within(&below, env, |io| global.index_dirs(io).remove(0));
        assert_eq!(found(&[]), PathBuf::from("index"), "no directory is an index yet");
        std::fs::write(top.path().join("index/meta.json"), "{}").unwrap();
        assert_eq!(found(&[]), top.path().join("index"));
        std::fs::write(below.join("index/meta.json"), "{}").unwrap();
        assert_eq!(found(&[]), PathBuf::from("index"));
        assert_eq!(found(&[("DATELINE_INDEX", "/x")]), PathBuf::from("/x"));
        assert_eq!(found(&[("DATELINE_INDEX", "")]), PathBuf::from("index"));
        let global = Global { index: vec!["/flag".into()], ..Global::default() };
        let env = [("DATELINE_INDEX", "/x")];
        assert_eq!(
            within(&below, &env, |io| global.index_dirs(io).remove(0)),
            PathBuf::from("/flag")
        );
    }

    #[test]
    fn colour_follows_flag_then_environment_then_terminal() {
        type Row<'a> = (ColorWhen, &'a [(&'a str, &'a str)], (bool, bool));
        let rows: [Row<'_>; 7] = [
            (ColorWhen::Auto, &[], (true, false)),
            (ColorWhen::Auto, &[("TERM", "dumb")], (false, false)),
            (ColorWhen::Auto, &[("NO_COLOR", "1")], (false, false)),
            (ColorWhen::Auto, &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "0")], (true, false)),
            (ColorWhen::Auto, &[("CLICOLOR_FORCE", "1")], (true, true)),
            (ColorWhen::Always, &[("NO_COLOR", "1")], (true, true)),
            (ColorWhen::Never, &[("CLICOLOR_FORCE", "1")], (false, false)),
        ];
        for (color, env, expected) in rows {
            let global = Global { color, ..Global::default() };
            let found =
                within(Path::new("/"), env, |io| (global.color_out(io), global.color_err(io)));
            assert_eq!(found, expected, "{color:?} {env:?}");
        }
    }

    #[test]
    fn the_clock_can_be_set() {
        let now = |value: &str| {
            within(Path::new("/"), &[("DATELINE_NOW", value)], crate::cli::environment::parse_now)
        };
        assert_eq!(now(""), Ok(None));
        assert_eq!(now("1561939200"), Ok(Some(1_561_939_200)));
        assert_eq!(now("-5"), Ok(Some(-5)));
        assert_eq!(now("2019-07-01"), Ok(Some(1_561_939_200)));
        assert_eq!(now("2019-07-01T02:00Z"), Ok(Some(1_561_946_400)));
        assert_eq!(now("20190701"), Ok(Some(1_561_939_200)));
        assert!(now("someday").is_err());
    }
}
