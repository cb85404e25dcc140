//! The arguments that say how passages of hits are cut and marked.

use clap::{Args, ValueEnum};

use super::report::{Failure, placeless};
use crate::render::{Format, Style};
use crate::snippet::{Extent, Highlight, Options};

/// Words on each side of a match in `--format kwic`.
const AROUND: usize = 8;

/// Passages and marks.
#[derive(Debug, Clone, Default, Args)]
pub struct SnippetArgs {
    /// Show N passages of a hit at most; in a pipe they are one more column [default: 2]
    #[arg(long, value_name = "N", help_heading = "Output",
        value_parser = clap::value_parser!(u32).range(0..=1_000))]
    snippets: Option<u32>,

    /// Show N words in a passage at most, or on each side in kwic [default: 200 letters; 8 in kwic]
    #[arg(long, value_name = "N", help_heading = "Output", conflicts_with = "context",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    snippet_words: Option<u32>,

    /// Show whole units as passages: sentence or para
    #[arg(
        long,
        value_name = "UNIT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    context: Option<ContextArg>,

    /// Mark what matched as ansi, html, md, offsets or none [default: ansi, or offsets in json]
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    highlight: Option<HighlightArg>,
}

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ContextArg {
    /// A sentence
    Sentence,
    /// A paragraph
    Para,
}

/// How marks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HighlightArg {
    /// Bold, by escape codes
    Ansi,
    /// <mark>…</mark>, all text escaped
    Html,
    /// **…**, all text escaped
    Md,
    /// As numbers of bytes and characters
    Offsets,
    /// Not at all
    None,
}

impl SnippetArgs {
    /// The options of passages.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        if let Some(number) = self.snippets {
            options.fragments = number as usize;
        }
        options.extent = match (self.context, self.snippet_words) {
            (Some(ContextArg::Sentence), _) => Extent::Sentence,
            (Some(ContextArg::Para), _) => Extent::Paragraph,
            (None, Some(words)) => Extent::Words(words as usize),
            (None, None) => options.extent,
        };
        options
    }

    /// Words on each side of a match in `--format kwic`.
    pub fn around(&self) -> usize {
        self.snippet_words.map_or(AROUND, |words| words as usize)
    }

    /// How marks are written; nothing where that was left open.
    pub fn highlight(&self) -> Option<Highlight> {
        Some(match self.highlight? {
            HighlightArg::Ansi => Highlight::Ansi,
            HighlightArg::Html => Highlight::Html,
            HighlightArg::Md => Highlight::Markdown,
            HighlightArg::Offsets => Highlight::Offsets,
            HighlightArg::None => Highlight::None,
        })
    }

    /// The style with these marks and passages.
    pub fn style(&self, style: Style) -> Style {
        let passages =
            self.snippets.is_some() || self.snippet_words.is_some() || self.context.is_some();
        Style { highlight: self.highlight(), passages, ..style }
    }

    /// Refuses what a format has no place for; `passages` tells whether it writes them.
    ///
    /// # Errors
    /// With what to ask for instead.
    pub fn check(&self, format: Format, passages: bool) -> Result<(), Failure> {
        let refuse = |name: &str, hint: &str| {
            let mut problem = placeless("usage", format!("{name} has no place in what is written"));
            problem.hint = Some(hint.to_owned());
            Err(Failure::Usage(problem))
        };
        let json = matches!(format, Format::Json | Format::Jsonl | Format::Csv | Format::Tsv);
        match () {
            () if self.snippets.is_some() && (!passages || format == Format::Kwic) => refuse(
                "--snippets",
                "passages are in human, json and jsonl, and in --fields snippets",
            ),
            () if self.context.is_some() && (!passages || format == Format::Kwic) => refuse(
                "--context",
                "passages are in human, json and jsonl, and in --fields snippets",
            ),
            () if self.snippet_words.is_some() && !passages => refuse(
                "--snippet-words",
                "passages are in human, json, jsonl and kwic, and in --fields snippets",
            ),
            () if self.highlight.is_some() && !passages => {
                refuse("--highlight", "marks are in human, json, jsonl and kwic")
            }
            () if self.highlight == Some(HighlightArg::Ansi) && json => {
                refuse("--highlight ansi", "write html, md, offsets or none")
            }
            () if self.highlight == Some(HighlightArg::Offsets) && format == Format::Kwic => {
                refuse("--highlight offsets", "in a pipe kwic writes them in columns of their own")
            }
            () => Ok(()),
        }
    }
}
