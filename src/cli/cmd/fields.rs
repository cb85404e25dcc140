//! `dateline fields`: what a query can name, and what of it the index holds.

use clap::Args;

use crate::cli::args::{Global, PlainFormat};
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::EngineError;
use crate::plan::{Catalogue, Entry, FacetClass, FacetField, Resolver};
use crate::query::field::{FIELDS, FieldKind, FieldSpec};
use crate::query::{self, ParseOptions};
use crate::render::fields::{FieldRow, Status};
use crate::render::{fields, wire};

const EXAMPLES: &str = "\
Examples:
  dateline fields
  dateline fields --format json | jq -r '.fields[] | select(.status == \"values\").name'";

/// List the fields that a query can name
///
/// Tells the other names of each field, an example, and whether this index has values in it.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct FieldsArgs {
    /// Write the list as human or json [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Lists the fields. Works without an index, unless one is named that is not there.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &FieldsArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let archive = match cmd::open(global, io) {
        Ok(archive) => Some(archive),
        Err(Failure::Engine(EngineError::Missing(_))) if global.named_index(io).is_none() => None,
        Err(failure) => return Err(failure),
    };
    let nothing = Nothing;
    let catalogue: &dyn Catalogue = archive.as_ref().map_or(&nothing, |archive| archive);
    let rows: Vec<FieldRow> = FIELDS
        .iter()
        .map(|spec| FieldRow { spec, status: status(spec, catalogue, archive.is_some()) })
        .collect();
    if json {
        wire::write(io.out, &fields::list(&rows))?;
        io.out.write_all(b"\n")?;
    } else {
        let style = cmd::style(global, io);
        fields::write(io.out, &style, &rows)?;
    }
    Ok(Exit::Done)
}

/// What a field is good for here: its example tells whether it can be searched at all.
fn status(spec: &FieldSpec, catalogue: &dyn Catalogue, indexed: bool) -> Status {
    let parsed = query::parse(spec.example, &ParseOptions::default());
    let mut told = parsed.diagnostics;
    if let Some(expr) = &parsed.expr {
        let resolver =
            Resolver { catalogue, now: 0, lang: None, lists: None, saved: None, own: None };
        told.extend(resolver.resolve(expr).diagnostics);
    }
    if told.iter().any(|diagnostic| diagnostic.code == "not_supported") {
        return Status::Planned;
    }
    if !indexed {
        return Status::Searchable;
    }
    let class = FacetClass::ALL.into_iter().find(|class| class.name() == spec.field.name());
    let class = match spec.field {
        query::field::Field::Region => Some(FacetClass::Country),
        _ => class,
    };
    match class {
        Some(class) if spec.kind == FieldKind::Facet => {
            if catalogue.has_values(FacetField::any(class)) {
                Status::Values
            } else {
                Status::Empty
            }
        }
        _ => Status::Searchable,
    }
}

/// What is known without an index: nothing.
#[derive(Debug)]
struct Nothing;

impl Catalogue for Nothing {
    fn languages(&self) -> Vec<String> {
        Vec::new()
    }

    fn has_values(&self, _: FacetField) -> bool {
        false
    }

    fn value(&self, _: FacetClass, _: &str) -> Option<Entry> {
        None
    }

    fn persons_by_surname(&self, _: &str) -> Vec<Entry> {
        Vec::new()
    }

    fn near(&self, _: FacetClass, _: &str, _: usize) -> Vec<Entry> {
        Vec::new()
    }

    fn near_words(&self, _: &str, _: usize) -> Vec<(String, u64)> {
        Vec::new()
    }

    fn labels(&self, _: FacetClass, ids: &[&str]) -> Vec<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }
}
