//! `dateline tag`: what the user says of single articles, whatever the tagger finds.

use clap::Args;

use super::retag;
use crate::cli::args::Global;
use crate::cli::report::{Failure, placeless};
use crate::cli::{Exit, Io, cmd, home};
use crate::engine::Engine;
use crate::plan::{Clause, Plan};
use crate::render::ids;
use crate::tag::Tagger;
use crate::tag::overrides::Change;

const EXAMPLES: &str = "\
Examples:
  dateline tag 90001 +country:Japan -person:seoul
  dateline tag 90001 90002 +event:treaty
  dateline tag 90001

Without changes it shows what was said of an article. What is said holds when the article is
indexed or tagged again. It lies with the index, in tags.tsv.";

/// Give tags to articles, or take them away
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct TagArgs {
    /// Ids of articles, and changes: +class:value gives a tag, -class:value takes it away
    #[arg(value_name = "ID|CHANGE", required = true, allow_hyphen_values = true)]
    items: Vec<String>,

    /// Write nothing, only show what would change
    #[arg(long)]
    dry_run: bool,
}

/// Changes the tags of articles.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TagArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let is_change = |item: &&String| item.starts_with(['+', '-', '!']) && item.contains(':');
    let (changes, named): (Vec<&String>, Vec<&String>) = args.items.iter().partition(is_change);
    // Whatever begins with a hyphen may be a change, so what follows the ids is no option.
    if let Some(option) = named.iter().find(|item| item.len() > 1 && item.starts_with('-')) {
        let message = format!("'{option}' is no change; options go before the ids");
        return Err(Failure::usage("usage", message));
    }
    let changes: Vec<Change> = changes
        .into_iter()
        .map(|text| Change::parse(text).map_err(|why| Failure::usage("unknown_value", why)))
        .collect::<Result<_, _>>()?;
    let writer = retag::writer(args.dry_run || changes.is_empty(), global, io)?;
    let archive = cmd::open(global, io)?;
    let mut found = Vec::with_capacity(named.len());
    for id in named {
        match super::show::find(&archive, id)? {
            Some(stored) => found.push(stored.id().to_owned()),
            None => {
                let message = format!("no article has the id '{id}'");
                return Err(Failure::Usage(placeless("unknown_id", message)));
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::usage("usage", "there is no id of an article"));
    }
    let mut overrides = home::overrides(&archive, io)?;
    if changes.is_empty() {
        for id in &found {
            for change in overrides.of(id) {
                writeln!(io.out, "{}\t{change}", ids::encode(id))?;
            }
        }
        return Ok(Exit::Done);
    }
    for id in &found {
        if id.contains(['\n', '\r']) {
            return Err(Failure::usage("usage", "an id with a line break cannot be kept"));
        }
        changes.iter().for_each(|change| overrides.set(id, change.clone()));
    }
    if writer.is_some() {
        // First what is said, then what follows from it: said twice does no harm.
        home::write(&archive, io, home::TAGS, &overrides.to_text())?;
    }
    found.sort();
    let plan = Plan { root: Clause::Ids(found) };
    debug_assert!(archive.gaps(&plan).is_empty());
    let tagger = Tagger::new().with_overlay(home::vocabulary(&archive, io)?).with(overrides);
    retag::write(&archive, &plan, &tagger, writer, (usize::MAX, None), io)
}
