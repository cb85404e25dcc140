//! `dateline show`: whole articles with metadata, tags and their evidence.

use clap::Args;

use crate::analyze::Analyzers;
use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::ReadingArgs;
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io, cmd, home};
use crate::diag::{Diagnostic, Severity};
use crate::engine::embedded::Embedded;
use crate::engine::{Engine, EngineError, StoredArticle};
use crate::render::{article, export, ids, wire};
use crate::search::hits::HitFacets;
use crate::snippet::Matcher;
use crate::source::{self, ReadOptions};
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline show 90001
  dateline show -q 'rescue pact' 90001
  dateline search -l0 'country:Japan pact' | xargs -0 dateline show
  dateline show --format json 90001 | jq .tags
  dateline show --raw 90001

Ids are taken as they are, and as lists of hits write them, with %2C for a comma.";

/// Show whole articles
///
/// Shows text, metadata, and every tag with the places and rules that led to it.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// Ids of articles
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,

    /// Highlight what this query matches
    #[arg(
        short = 'q',
        long,
        value_name = "QUERY",
        allow_hyphen_values = true,
        help_heading = "Query"
    )]
    query: Option<String>,

    #[command(flatten)]
    reading: ReadingArgs,

    /// Write articles as human or json, one object a line [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,

    /// Write the record that the article was read from, byte for byte; where its file is gone or
    /// has changed, a record in JSON made of what the index keeps, and say so
    #[arg(long, conflicts_with_all = ["query", "format"], help_heading = "Output")]
    raw: bool,
}

/// Shows articles; the exit code is 1 if any id is unknown.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &ShowArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open(global, io)?;
    let mut matcher = match &args.query {
        Some(text) => {
            let mut options = args.reading.options(io)?;
            options.saved = std::sync::Arc::new(home::queries(&archive, io)?);
            let reading = args.reading.read(&archive, text, &options)?;
            cmd::warn(&reading.warnings, text, global, io);
            Some(Matcher::new(&reading.plan))
        }
        None => None,
    };
    let style = cmd::style(global, io);
    let mut analyzers = Analyzers::default();
    let mut exit = Exit::Done;
    let mut shown = 0;
    for id in &args.ids {
        let Some(stored) = find(&archive, id)? else {
            let message = format!("no article has the id '{id}'");
            let unknown = placeless("unknown_id", message);
            report::diagnostics_in(&[unknown], "", Exit::NoMatch, global, io);
            exit = Exit::NoMatch;
            continue;
        };
        if args.raw {
            raw(&stored, global, io)?;
            continue;
        }
        let found = matcher.as_mut().map(|matcher| matcher.find(&stored, &mut analyzers));
        if json {
            let facets = HitFacets::of(&stored);
            wire::write(io.out, &wire::article(&stored, &facets, found.as_ref()))?;
            io.out.write_all(b"\n")?;
        } else {
            if shown > 0 {
                writeln!(io.out, "\n{}\n", "─".repeat(40))?;
            }
            article::write(io.out, &style, &stored, found.as_ref())?;
        }
        shown += 1;
    }
    Ok(exit)
}

/// Writes the record of an article, and a line break where it ends with none.
fn raw(stored: &StoredArticle, global: &Global, io: &mut Io<'_>) -> Result<(), Failure> {
    let bytes = match source::original(&stored.article, &ReadOptions::default()) {
        Ok(bytes) => bytes,
        Err(error) => {
            let place = sanitize::line(&error.path().to_string_lossy()).into_owned();
            let reason = sanitize::line(&error.message).into_owned();
            let message =
                format!("'{}' is not to be had from {place}: {reason}", ids::encode(stored.id()));
            let note = Diagnostic {
                severity: Severity::Warning,
                hint: Some("this is a record made of what the index keeps".to_owned()),
                ..placeless("rebuilt", message)
            };
            report::diagnostics_in(&[note], "", Exit::Done, global, io);
            wire::to_text(&export::record(stored)).into_bytes()
        }
    };
    if io.out_is_terminal {
        io.out.write_all(sanitize::block(&String::from_utf8_lossy(&bytes)).as_bytes())?;
    } else {
        io.out.write_all(&bytes)?;
    }
    if bytes.last() != Some(&b'\n') {
        io.out.write_all(b"\n")?;
    }
    Ok(())
}

/// The article with this id, or with the id that this is the written form of.
pub(super) fn find(archive: &Embedded, id: &str) -> Result<Option<StoredArticle>, EngineError> {
    if let Some(stored) = archive.get(id)? {
        return Ok(Some(stored));
    }
    ids::decode(id).map_or(Ok(None), |decoded| archive.get(&decoded))
}
