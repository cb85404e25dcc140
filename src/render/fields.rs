//! The table of query fields, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::paint::{Ink, Style};
use super::wire::{self, facts};
use crate::query::field::FieldSpec;

/// What a field is good for in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Articles have values in it.
    Values,
    /// It can be searched, and no article has a value in it.
    Empty,
    /// It can be searched; whether there are values is not told.
    Searchable,
    /// It is part of the query language and cannot be searched yet.
    Planned,
}

impl Status {
    /// The name in output.
    pub fn name(self) -> &'static str {
        match self {
            Status::Values => "values",
            Status::Empty => "empty",
            Status::Searchable => "searchable",
            Status::Planned => "planned",
        }
    }
}

/// A field and what it is good for.
#[derive(Debug, Clone, Copy)]
pub struct FieldRow {
    /// The field.
    pub spec: &'static FieldSpec,
    /// What it is good for.
    pub status: Status,
}

/// All fields as one JSON object.
pub fn list(rows: &[FieldRow]) -> impl Serialize {
    let fields = rows
        .iter()
        .map(|row| facts::Field {
            name: row.spec.field.name(),
            aliases: row.spec.aliases,
            kind: row.spec.kind,
            parts: parts(row),
            status: row.status.name(),
            help: row.spec.help,
            example: row.spec.example,
        })
        .collect();
    facts::Fields { v: wire::VERSION, r#type: "fields", fields }
}

/// Writes the fields: two lines each on a terminal, one with tabs between its parts in a pipe.
pub fn write(out: &mut dyn Write, style: &Style, rows: &[FieldRow]) -> io::Result<()> {
    if !style.terminal {
        return lines(out, rows);
    }
    let names = rows.iter().map(|row| row.spec.field.name());
    let widest = names.clone().map(str::len).max().unwrap_or(0);
    for row in rows.iter().filter(|row| row.status != Status::Planned) {
        let spec = row.spec;
        let name = style.ink(Ink::Strong, &format!("{:<widest$}", spec.field.name()));
        writeln!(out, "{name}  {}", spec.help)?;
        let mut more = vec![spec.example.to_owned()];
        if !spec.aliases.is_empty() {
            more.push(format!("also {}", spec.aliases.join(", ")));
        }
        if !spec.subs.is_empty() {
            more.push(format!("with .{}", parts(row).join(" .")));
        }
        if row.status == Status::Empty {
            more.push("no values in this index".to_owned());
        }
        let more = style.ink(Ink::Faint, &more.join(" · "));
        writeln!(out, "{:widest$}  {more}", "")?;
    }
    let planned: Vec<&str> =
        names.zip(rows).filter(|(_, row)| row.status == Status::Planned).map(|(n, _)| n).collect();
    if !planned.is_empty() {
        let text = format!("planned: {}", planned.join(", "));
        writeln!(out, "{}", style.ink(Ink::Faint, &text))?;
    }
    Ok(())
}

fn parts(row: &FieldRow) -> Vec<&'static str> {
    row.spec.subs.iter().map(|sub| sub.name()).collect()
}

/// Name, status, other names, parts, example and help.
fn lines(out: &mut dyn Write, rows: &[FieldRow]) -> io::Result<()> {
    for row in rows {
        let spec = row.spec;
        let (name, status) = (spec.field.name(), row.status.name());
        let (aliases, parts) = (spec.aliases.join(","), parts(row).join(","));
        let (example, help) = (spec.example, spec.help);
        writeln!(out, "{name}\t{status}\t{aliases}\t{parts}\t{example}\t{help}")?;
    }
    Ok(())
}
