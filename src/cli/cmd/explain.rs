//! `dateline explain`: how a query is read, and what each part of it matches.

use std::io;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::QueryArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::render::paint::grouped;
use crate::render::wire;
use crate::search::Reading;
use crate::search::explain::{Explained, Part, explain};
use crate::text::sanitize;

const EXAMPLES: &str = "\
Examples:
  dateline explain 'country:Japanese pact OR treaty'
  dateline explain --format json 'region:\"East Asia\" -event:protest'

Every part is counted alone, exactly; 'without' is what the rest of an AND matches when the part is
left out.";

/// Explain how a query is read and what each part matches
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES, override_usage = "dateline explain [OPTIONS] <QUERY>...")]
pub struct ExplainArgs {
    /// Query, as for dateline search
    #[arg(value_name = "QUERY")]
    words: Vec<String>,

    #[command(flatten)]
    query: QueryArgs,

    /// Write human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Explains.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &ExplainArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = args.query.required(&args.words, io)?;
    let mut options = args.query.options(io)?;
    let as_json = PlainFormat::is_json(args.format, io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let reading = args.query.read(&archive, &text, &options)?;
    cmd::warn(&reading.warnings, &text, global, io);
    let found =
        explain(&archive, &reading, &options).map_err(|error| Failure::search(&text, error))?;
    if as_json {
        let state = cmd::state(&archive);
        let mut object = json(&text, &reading, &found);
        object["took_ms"] = cmd::took_ms(io).into();
        object["index"] = json!({"uuid": state.uuid, "generation": state.generation});
        wire::write(io.out, &object)?;
        io.out.write_all(b"\n")?;
    } else {
        human(io.out, &reading, &found)?;
    }
    Ok(Exit::Done)
}

fn human(out: &mut dyn io::Write, reading: &Reading, found: &Explained) -> io::Result<()> {
    writeln!(out, "read as\t{}\t{}", sanitize::line(&reading.canonical), grouped(found.total))?;
    if let Some((other, count)) = &found.otherwise {
        writeln!(out, "not as\t{}\t{}", sanitize::line(other), grouped(*count))?;
    }
    if let Some(part) = &found.emptied_by {
        writeln!(out, "emptied by\t{}", sanitize::line(part))?;
    }
    if found.root.parts.is_empty() {
        return values(out, &found.root, 0);
    }
    parts(out, &found.root, 0)
}

fn parts(out: &mut dyn io::Write, part: &Part, depth: usize) -> io::Result<()> {
    for inner in &part.parts {
        let indent = "  ".repeat(depth);
        let count = inner.count.map_or("not counted".to_owned(), grouped);
        let joined = if part.joined_by == "NOT" || part.joined_by == "MAYBE" {
            format!("{} ", part.joined_by)
        } else {
            String::new()
        };
        let without = inner.without.map(|count| format!("\twithout {}", grouped(count)));
        writeln!(
            out,
            "{indent}{joined}{}\t{count}{}",
            sanitize::line(&inner.text),
            without.unwrap_or_default()
        )?;
        values(out, inner, depth + 1)?;
        parts(out, inner, depth + 1)?;
    }
    Ok(())
}

fn values(out: &mut dyn io::Write, part: &Part, depth: usize) -> io::Result<()> {
    if part.values.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> =
        part.values.iter().map(|(_, id, label)| format!("{id} ({label})")).collect();
    if part.more_values > 0 {
        names.push(format!("{} more", part.more_values));
    }
    writeln!(out, "{}= {}", "  ".repeat(depth), sanitize::line(&names.join(", ")))
}

fn json(text: &str, reading: &Reading, found: &Explained) -> Value {
    fn tree(part: &Part) -> Value {
        let values: Vec<Value> = part
            .values
            .iter()
            .map(|(class, id, label)| json!({"class": class.name(), "id": id, "label": label}))
            .collect();
        json!({
            "text": part.text,
            "count": part.count,
            "joined_by": if part.joined_by.is_empty() { Value::Null } else { part.joined_by.into() },
            "without": part.without,
            "values": values,
            "more_values": part.more_values,
            "parts": part.parts.iter().map(tree).collect::<Vec<_>>(),
        })
    }
    let otherwise = found.otherwise.as_ref();
    json!({
        "v": wire::VERSION,
        "type": "explanation",
        "query": text,
        "read_as": reading.canonical,
        "total": found.total,
        "not_as": otherwise.map(|(text, count)| json!({"text": text, "count": count})),
        "emptied_by": found.emptied_by,
        "parts": tree(&found.root),
        "warnings": reading.warnings.iter().map(wire::diagnostic).collect::<Vec<_>>(),
    })
}
