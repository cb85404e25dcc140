//! One file a verb: its arguments and what it does.

pub mod alert;
pub mod batch;
pub mod completions;
pub mod config;
pub mod cooc;
pub mod count;
pub mod delete;
pub mod eval;
pub mod explain;
pub mod export;
pub mod facets;
pub mod fields;
pub mod index;
pub mod man;
pub mod retag;
pub mod save;
pub mod saved;
pub mod search;
pub mod show;
pub mod similar;
pub mod stats;
pub mod tag;
pub mod terms;
pub mod timeline;
pub mod train;
pub mod vocab;
pub mod why;

use serde_json::Value;

use super::args::Global;
use super::report::{self, Failure};
use super::{Exit, Io, home};
use crate::diag::Diagnostic;
use crate::engine::embedded::Embedded;
use crate::render::{IndexState, Style, paint};
use crate::search::{ReadOptions, Reading, advice};
use crate::text::sanitize;

/// Opens the index that arguments and environment name.
fn open(global: &Global, io: &Io<'_>) -> Result<Embedded, Failure> {
    Ok(Embedded::open_all(&global.index_dirs(io))?)
}

/// The same, with what the index knows of queries told to `options`.
fn open_for(options: &mut ReadOptions, global: &Global, io: &Io<'_>) -> Result<Embedded, Failure> {
    let archive = open(global, io)?;
    options.saved = std::sync::Arc::new(home::queries(&archive, io)?);
    let own = home::vocabulary(&archive, io)?;
    options.stale = vocab::stale(&archive, &own);
    options.own = std::sync::Arc::new(own);
    Ok(archive)
}

fn state(archive: &Embedded) -> IndexState<'_> {
    IndexState { uuid: &archive.manifest().uuid, generation: archive.generation() }
}

/// How standard output looks.
fn style(global: &Global, io: &Io<'_>) -> Style {
    Style {
        terminal: io.out_is_terminal,
        color: global.color_out(io),
        links: global.links_out(io),
        width: io.width,
        ..Style::default()
    }
}

/// Milliseconds since the command was started.
fn took_ms(io: &Io<'_>) -> u64 {
    u64::try_from((io.clock)().as_millis()).unwrap_or(u64::MAX)
}

/// What JSON tells beside a table: `facts`, the time it took and the state of the index.
fn facts(facts: Value, archive: &Embedded, io: &Io<'_>) -> serde_json::Map<String, Value> {
    let mut told = match facts {
        Value::Object(facts) => facts,
        _ => serde_json::Map::new(),
    };
    let state = state(archive);
    told.insert("took_ms".to_owned(), took_ms(io).into());
    let index = serde_json::json!({"uuid": state.uuid, "generation": state.generation});
    told.insert("index".to_owned(), index);
    told
}

/// Tells warnings about a query that is answered all the same.
fn warn(warnings: &[Diagnostic], query: &str, global: &Global, io: &mut Io<'_>) {
    report::diagnostics_in(warnings, query, Exit::Done, global, io);
}

/// What queries of a batch tell alike, as of the index and the settings; it is told once.
#[derive(Debug, Default)]
struct Alike(Vec<Diagnostic>);

impl Alike {
    /// Keeps what is not about the text of a query.
    fn add(&mut self, warnings: &[Diagnostic]) {
        for one in warnings.iter().filter(|one| one.span.is_none()) {
            if !self.0.contains(one) {
                self.0.push(one.clone());
            }
        }
    }

    fn tell(&self, global: &Global, io: &mut Io<'_>) {
        warn(&self.0, "", global, io);
    }
}

/// What to tell where nothing was found: `0 hits: country:Japan 12 · pact 0`.
fn no_hits(
    archive: &Embedded,
    reading: &Reading,
    options: &ReadOptions,
) -> Result<String, Failure> {
    let parts = advice::part_counts(archive, reading, options)?;
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let not = if part.excluded { "not " } else { "" };
            let mut near: Vec<String> = Vec::new();
            for (word, count) in &part.near {
                near.push(format!("{} {}", sanitize::line(word), paint::grouped(*count)));
            }
            let near =
                if near.is_empty() { String::new() } else { format!(" ({}?)", near.join(", ")) };
            format!("{not}{} {}{near}", sanitize::line(&part.text), paint::grouped(part.count))
        })
        .collect();
    Ok(if parts.is_empty() {
        "0 hits\n".to_owned()
    } else {
        format!("0 hits: {}\n", parts.join(" · "))
    })
}
