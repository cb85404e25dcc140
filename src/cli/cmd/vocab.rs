//! `dateline vocab`: the user's own names, triggers and blocked words, kept with the index.

use std::path::Path;

use clap::{Args, Subcommand};

use super::retag;
use crate::cli::args::Global;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd, home};
use crate::engine::embedded::Embedded;
use crate::ingest::retag::affected;
use crate::render::paint;
use crate::search::vocabulary::meanings;
use crate::tag::Class;
use crate::tag::overlay::{Overlay, Row, class_named};
use crate::text::sanitize;

/// Bytes of a file of rows, at most.
const MAX_BYTES: u64 = 64 << 20;

/// Articles that a dry run shows.
const EXAMPLES_SHOWN: usize = 10;

const EXAMPLES: &str = "\
Examples:
  dateline vocab add country:Japan Nihon 'Land of the Rising Sun'
  dateline vocab add person:shinzo-abe Abe-san
  dateline vocab add --dry-run event:strike 'down* .. tools'
  dateline vocab add --block country:Georgia 'Georgia Tech'
  dateline vocab show Tokyo
  dateline vocab list

A name counts where its words stand in a text in this order, whatever their accents; one that
begins with a capital needs one there. Triggers are patterns: word, pre*, a/b for either, .. for
up to three words between, ? before a weak one. The table lies with the index, in
vocabulary.tsv, and may be edited: 'dateline vocab check' reads it, 'dateline retag' applies it.";

/// Change what names, triggers and blocked words the tagger knows
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true)]
pub struct VocabArgs {
    #[command(subcommand)]
    command: VocabCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum VocabCommand {
    /// List your own rows: class, value and name, with tabs between
    List {
        /// Only this class: country, person or event
        class: Option<String>,
    },
    /// Show what names mean, by your rows and by the tables: name, class, value, label, why
    Show {
        /// Names, in any language of the tables
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
    },
    /// Read a table and tell what is wrong with it, row by row
    Check {
        /// The table [default: that of the index]; - is standard input
        file: Option<String>,
    },
    /// Add names and tag the articles anew that hold them
    Add(ChangeArgs),
    /// Remove names and tag the articles anew that hold them
    Remove(ChangeArgs),
}

#[derive(Debug, Clone, Args)]
struct ChangeArgs {
    /// What is named, as class:value: country:Japan, person:shinzo-abe, event:strike
    #[arg(value_name = "CLASS:VALUE", required_unless_present = "from")]
    value: Option<String>,

    /// Its names; of an event type patterns [default for remove: all of the value]
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// The names are none of the value; country:* is any country
    #[arg(long)]
    block: bool,

    /// Take the rows of a table, as vocab list writes them; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["value", "names", "block"])]
    from: Option<String>,

    /// Write nothing, only tell how many articles would change, with some of them
    #[arg(long)]
    dry_run: bool,
}

/// Shows or changes the vocabulary.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &VocabArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.command {
        VocabCommand::List { class } => list(class.as_deref(), global, io),
        VocabCommand::Show { names } => show(names, global, io),
        VocabCommand::Check { file } => check(file.as_deref(), global, io),
        VocabCommand::Add(args) => change(args, true, global, io),
        VocabCommand::Remove(args) => change(args, false, global, io),
    }
}

fn list(class: Option<&str>, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let archive = cmd::open(global, io)?;
    let class = class.map(|name| class_named(name).map_err(wrong)).transpose()?;
    let overlay = home::vocabulary(&archive, io)?;
    let mut exit = Exit::NoMatch;
    for row in overlay.rows().iter().filter(|row| class.is_none_or(|class| row.class == class)) {
        writeln!(io.out, "{row}")?;
        exit = Exit::Done;
    }
    Ok(exit)
}

fn show(names: &[String], global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let archive = cmd::open(global, io)?;
    let overlay = home::vocabulary(&archive, io)?;
    let mut exit = Exit::Done;
    for name in names {
        let found = meanings(&archive, &overlay, name);
        if found.is_empty() {
            exit = Exit::NoMatch;
        }
        for one in found {
            let (name, label) = (sanitize::line(name), sanitize::line(&one.label));
            let (class, id) = (one.class, sanitize::line(&one.id));
            writeln!(io.out, "{name}\t{class}\t{id}\t{label}\t{}", one.why)?;
        }
    }
    Ok(exit)
}

fn check(file: Option<&str>, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (name, text) = match file {
        Some(file) => (file.to_owned(), read(file, io)?),
        None => {
            let archive = cmd::open(global, io)?;
            let text = home::read(&archive, io, home::VOCABULARY)?.unwrap_or_default();
            (archive.dir().join(home::VOCABULARY).display().to_string(), text)
        }
    };
    let (overlay, bad) = Overlay::parse(&text);
    let name = sanitize::line(&name);
    for (line, why) in &bad {
        writeln!(io.out, "{name}:{line}: {}", sanitize::line(why))?;
    }
    let (good, wrong) = (overlay.rows().len() as u64, bad.len() as u64);
    let (good, wrong) = (paint::grouped(good), paint::grouped(wrong));
    let _ = writeln!(io.err, "{good} rows are right, {wrong} are wrong");
    Ok(if bad.is_empty() { Exit::Done } else { Exit::Usage })
}

fn change(
    args: &ChangeArgs,
    adds: bool,
    global: &Global,
    io: &mut Io<'_>,
) -> Result<Exit, Failure> {
    let writer = retag::writer(args.dry_run, global, io)?;
    let archive = cmd::open(global, io)?;
    let before = home::vocabulary(&archive, io)?;
    let rows = rows(args, adds, &before, io)?;
    let (mut after, mut changed) = (before.rows().to_vec(), Vec::new());
    for row in rows {
        match (after.iter().position(|known| *known == row), adds) {
            (None, true) => after.push(row.clone()),
            (Some(at), false) => drop(after.remove(at)),
            _ => continue,
        }
        changed.push(row);
    }
    let done = if adds { "added" } else { "removed" };
    if changed.is_empty() {
        let _ = writeln!(io.err, "nothing is {done}: 'dateline vocab list' shows your rows");
        return Ok(Exit::NoMatch);
    }
    let after = Overlay::of(after);
    if writer.is_some() {
        // First what is said, then what follows from it: said twice does no harm.
        home::write(&archive, io, home::VOCABULARY, &after.to_text())?;
    }
    let would = if args.dry_run { "would be " } else { "" };
    let count = paint::grouped(changed.len() as u64);
    let rows = if changed.len() == 1 { "row" } else { "rows" };
    let _ = writeln!(io.err, "{count} {rows} {would}{done}");
    let plan = affected(&changed);
    // Who edited the table by hand has to tag all articles anew.
    let known = archive.manifest().vocabulary == before.fingerprint();
    let fingerprint = known.then(|| after.fingerprint());
    let tagger = home::tagger_with(after, &archive, io)?;
    let shown = if args.dry_run { EXAMPLES_SHOWN } else { usize::MAX };
    let exit = retag::write(&archive, &plan, &tagger, writer, (shown, fingerprint), io)?;
    // That no article holds the name is no failure.
    Ok(if exit == Exit::NoMatch { Exit::Done } else { exit })
}

/// The rows that arguments name.
fn rows(
    args: &ChangeArgs,
    adds: bool,
    known: &Overlay,
    io: &mut Io<'_>,
) -> Result<Vec<Row>, Failure> {
    if let Some(file) = &args.from {
        let (overlay, bad) = Overlay::parse(&read(file, io)?);
        return match bad.first() {
            None => Ok(overlay.rows().to_vec()),
            Some((line, why)) => {
                let rest = if bad.len() > 1 { "; 'dateline vocab check' lists all" } else { "" };
                Err(wrong(format!("{file}, line {line}: {why}{rest}")))
            }
        };
    }
    let value = args.value.as_deref().unwrap_or_default();
    let Some((class, value)) = value.split_once(':') else {
        return Err(wrong(format!("'{value}' is not written as country:Japan or event:strike")));
    };
    let class = class_named(class).map_err(wrong)?;
    if !args.names.is_empty() {
        let row = |name: &String| Row::new(args.block, class, value, name).map_err(wrong);
        return args.names.iter().map(row).collect();
    }
    if adds {
        return Err(wrong("there is no name to add".to_owned()));
    }
    // The name does not matter: it only has to be one.
    let model = if class == Class::Event { "strike" } else { "x" };
    let id = Row::new(args.block, class, value, model).map_err(wrong)?.id;
    let of = |row: &&Row| row.class == class && row.id == id && row.blocks == args.block;
    Ok(known.rows().iter().filter(of).cloned().collect())
}

fn wrong(why: String) -> Failure {
    Failure::usage("unknown_value", why)
}

/// The text of a file, `-` for standard input.
fn read(file: &str, io: &mut Io<'_>) -> Result<String, Failure> {
    let failed = |what: String| Failure::usage("unreadable_file", format!("{file} {what}"));
    let bytes = io.read_whole(Path::new(file), MAX_BYTES).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| {
        failed(format!("is not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    })
}

/// The vocabulary and tags that are said of an index, told where they are newer than its articles.
pub(super) fn stale(archive: &Embedded, overlay: &Overlay) -> Option<String> {
    let manifest = archive.manifest();
    if manifest.is_mixed() {
        return Some(format!(
            "articles were tagged by versions {} to {} of the tagger, so that their facets may differ",
            manifest.oldest_tagger, manifest.tagger
        ));
    }
    (manifest.vocabulary != overlay.fingerprint())
        .then(|| "your vocabulary was changed after articles were tagged".to_owned())
}
