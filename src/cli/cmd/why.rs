//! `dateline why`: the evidence behind tags, and why one is absent.

use std::io;

use clap::Args;
use serde_json::{Value, json};

use super::show;
use crate::cli::args::{Global, PlainFormat};
use crate::cli::report::{self, Failure, placeless};
use crate::cli::{Exit, Io, cmd, home};
use crate::diag::{Diagnostic, Span};
use crate::plan::resolve::Resolver;
use crate::plan::{Clause, FacetChoice, FacetClass};
use crate::query::{self, ParseOptions};
use crate::render::wire;
use crate::search::label::label;
use crate::search::why::{Reason, absence, reasons};
use crate::tag::{Class, Level, Part, Tag};
use crate::text::sanitize;

/// Mentions of one tag that are shown for people.
const SHOWN: usize = 8;

const EXAMPLES: &str = "\
Examples:
  dateline why 90001
  dateline why 90001 country
  dateline why 90001 country:Japan
  dateline why --not country:Georgia 90001

A tag is shown with the score of its decision, its mentions in the text with the rule that found
each, and, for countries, the largest terms of the decision (src/tag/data/salience.tsv has the
weights). --not tells what the names of a value were read as instead. Exit code 1: no such article,
or no such tag.";

/// Tell why an article has its tags
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct WhyArgs {
    /// Id of the article
    #[arg(value_name = "ID")]
    id: String,

    /// Only tags of this class or value, such as country or person:Abe [default: all]
    #[arg(value_name = "FACET")]
    facet: Option<String>,

    /// Tell why the article has no tag of this value, such as country:Georgia
    #[arg(long = "not", value_name = "FACET", conflicts_with = "facet")]
    absent: Option<String>,

    /// Write human or json, one object a tag [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Tells.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &WhyArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open(global, io)?;
    let named = args.facet.as_ref().or(args.absent.as_ref());
    let wanted = named.map(|facet| chosen(facet, &archive)).transpose()?;
    let Some(stored) = show::find(&archive, &args.id)? else {
        let message = format!("no article has the id '{}'", sanitize::line(&args.id));
        let unknown = placeless("unknown_id", message);
        report::diagnostics_in(&[unknown], "", Exit::NoMatch, global, io);
        return Ok(Exit::NoMatch);
    };
    let (tagger, homes) = (home::tagger(&archive, io)?, archive.homes());
    let said = (&tagger, &homes);
    let found: Vec<Reason> = match (&args.absent, &wanted) {
        (Some(facet), Some((class, ids))) => {
            if ids.is_empty() {
                let span = Span::new(0, facet.chars().count());
                let problem = Diagnostic::error("usage", span, "--not needs a value")
                    .hint("write it as in --not country:Japan");
                return Err(Failure::option(facet, problem));
            }
            ids.iter().map(|id| absence(&stored, said, *class, id)).collect()
        }
        (_, Some((class, ids))) => reasons(&stored, said, &|tag: &Tag| {
            let fits = |id: &String| {
                tag.id == *id
                    || tag.id.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            tag.class == *class && (ids.is_empty() || ids.iter().any(fits))
        }),
        _ => reasons(&stored, said, &|_| true),
    };
    for reason in &found {
        if json {
            wire::write(io.out, &object(reason, stored.id()))?;
            io.out.write_all(b"\n")?;
        } else {
            human(io.out, reason)?;
        }
    }
    if found.is_empty() {
        // The exit code tells it too.
        let _ = io.err.write_all(b"no such tag; --not tells why a value is absent\n");
        return Ok(Exit::NoMatch);
    }
    Ok(Exit::Done)
}

/// The class and ids that `country` or `person:Abe` means; no ids for all of the class.
fn chosen(
    facet: &str,
    archive: &crate::engine::embedded::Embedded,
) -> Result<(Class, Vec<String>), Failure> {
    if let Some(class) = Class::ALL.into_iter().find(|class| class.name() == facet) {
        return Ok((class, Vec::new()));
    }
    let wrong = || {
        let span = Span::new(0, facet.chars().count());
        let problem = Diagnostic::error("usage", span, format!("'{facet}' is no tag"))
            .hint("write country, person or event, or a value as in country:Japan");
        Failure::option(facet, problem)
    };
    let (name, value) = facet.split_once(':').ok_or_else(wrong)?;
    let class = Class::ALL.into_iter().find(|class| class.name() == name).ok_or_else(wrong)?;
    let quoted = value.trim_matches('"').replace('\\', "\\\\").replace('"', "\\\"");
    let parsed = query::parse(&format!("{name}:\"{quoted}\""), &ParseOptions::default());
    let expr = parsed.expr.ok_or_else(wrong)?;
    let resolver =
        Resolver { catalogue: archive, now: 0, lang: None, lists: None, saved: None, own: None };
    let resolved = resolver.resolve(&expr);
    if let Some(error) = resolved.diagnostics.iter().find(|found| found.is_error()) {
        let span = Span::new(name.len() + 1, facet.chars().count());
        return Err(Failure::option(facet, Diagnostic { span: Some(span), ..error.clone() }));
    }
    let mut ids = Vec::new();
    if let Some(plan) = resolved.plan {
        plan.root.positive(&mut |clause| {
            if let Clause::Facet(terms) = clause
                && let FacetChoice::Ids(found) = &terms.values
            {
                ids.extend(found.iter().cloned());
            }
        });
    }
    // A person that no article has is still a name.
    if ids.is_empty() {
        ids.push(crate::tag::person::name::resolve(value).slug);
    }
    Ok((class, ids))
}

fn name_of(reason: &Reason) -> String {
    let class = FacetClass::of(reason.class);
    let known = || label(class, &reason.id).map(std::borrow::Cow::into_owned);
    reason.label.clone().or_else(known).unwrap_or_else(|| reason.id.clone())
}

fn part_of(part: Part) -> &'static str {
    match part {
        Part::Title => "title",
        Part::Dateline => "dateline",
        Part::Body => "text",
        Part::Meta => "supplied",
    }
}

fn human(out: &mut dyn io::Write, reason: &Reason) -> io::Result<()> {
    let level = match reason.level {
        Some(Level::Major) => "major",
        Some(Level::Passing) => "passing",
        None => "absent",
    };
    let given = if reason.given { ", given" } else { "" };
    writeln!(
        out,
        "{} {} ({}) {level}{given} p={:.2}",
        reason.class.name(),
        sanitize::line(&reason.id),
        sanitize::line(&name_of(reason)),
        reason.score
    )?;
    for quoted in reason.mentions.iter().filter(|quoted| quoted.part != Part::Meta).take(SHOWN) {
        let [before, word, after] = quoted
            .text
            .each_ref()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        writeln!(
            out,
            "    {} \"{}\" rule {}, weight {}: … {} [{}] {} …",
            part_of(quoted.part),
            sanitize::line(&word),
            quoted.rule,
            quoted.weight,
            sanitize::line(&before),
            sanitize::line(&word),
            sanitize::line(&after)
        )?;
    }
    if reason.mentions.len() > SHOWN {
        writeln!(out, "    and {} more mentions", reason.mentions.len() - SHOWN)?;
    }
    if !reason.terms.is_empty() {
        let terms: Vec<String> =
            reason.terms.iter().map(|(name, _, term)| format!("{name} {term:+.2}")).collect();
        writeln!(out, "    decided by {}", terms.join(", "))?;
    }
    for note in &reason.notes {
        writeln!(out, "    {}", sanitize::line(note))?;
    }
    Ok(())
}

fn object(reason: &Reason, article: &str) -> Value {
    let mentions = reason.mentions.iter().map(|quoted| {
        json!({
            "field": part_of(quoted.part), "before": quoted.text[0], "text": quoted.text[1],
            "after": quoted.text[2], "rule": quoted.rule, "weight": quoted.weight,
        })
    });
    let terms = reason
        .terms
        .iter()
        .map(|(name, value, term)| json!({"name": name, "value": value, "term": term}));
    json!({
        "v": wire::VERSION, "type": "why", "article": article, "class": reason.class.name(),
        "id": reason.id, "label": name_of(reason), "level": reason.level, "given": reason.given,
        "score": reason.score, "mentions": mentions.collect::<Vec<_>>(),
        "terms": terms.collect::<Vec<_>>(), "notes": reason.notes,
    })
}
