//! Facet counts: beside hits, and as the answer of their own.

use std::io::{self, Write};

use super::paint::{Ink, Style, grouped, width};
use super::{Format, Summary, csv, wire};
use crate::engine::FacetCounts;
use crate::text::sanitize;

/// Columns of the bar beside the most frequent value.
const BAR: usize = 20;

/// Writes the counts of `summary` in a format; [`Format::Ids`] writes ids of values only.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    style: &Style,
    summary: &Summary<'_>,
) -> io::Result<()> {
    match format {
        Format::Human if style.terminal => tables(out, style, summary.facets),
        Format::Human => lines(out, "", summary.facets),
        // A run or a concordance has no place for counts; the command refuses it.
        Format::Tsv | Format::Trec | Format::Kwic => {
            let lifts = summary.facets.iter().any(|counts| counts.base.is_some());
            out.write_all(b"class\tid\tlabel\tcount")?;
            out.write_all(if lifts { b"\tlift\n" } else { b"\n" })?;
            lines(out, "", summary.facets)
        }
        Format::Csv => csv::counts(out, style.terminal, summary.facets),
        Format::Json => {
            let tail = wire::to_text(&wire::summary_tail(summary));
            write!(out, "{{\"v\":{},\"type\":\"facets\",", wire::VERSION)?;
            out.write_all(&tail.as_bytes()[1..])?;
            out.write_all(b"\n")
        }
        Format::Jsonl => {
            for counts in summary.facets {
                for at in 0..counts.values.len() {
                    wire::write(out, &wire::facet_value(counts, at))?;
                    out.write_all(b"\n")?;
                }
            }
            wire::write(out, &wire::summary(summary))?;
            out.write_all(b"\n")
        }
        Format::Ids => {
            for entry in summary.facets.iter().flat_map(|counts| &counts.values) {
                writeln!(out, "{}", super::ids::encode(&entry.id))?;
            }
            Ok(())
        }
    }
}

/// One line a field: `country  Japan 12 · South Korea 3`, for the head of a list of hits.
pub(super) fn lists(out: &mut dyn Write, style: &Style, facets: &[FacetCounts]) -> io::Result<()> {
    let names: Vec<String> = facets.iter().map(|counts| counts.field.name()).collect();
    let widest = names.iter().map(String::len).max().unwrap_or(0);
    for (counts, name) in facets.iter().zip(&names) {
        let values: Vec<String> = counts
            .values
            .iter()
            .map(|entry| format!("{} {}", sanitize::line(&entry.label), grouped(entry.count)))
            .collect();
        let more = counts.distinct.saturating_sub(counts.values.len() as u64);
        let more = if more > 0 { format!(" · {} more", grouped(more)) } else { String::new() };
        let name = style.ink(Ink::Faint, &format!("{name:<widest$}"));
        let values = if values.is_empty() { "none".to_owned() } else { values.join(" · ") };
        writeln!(out, "{name}  {values}{more}")?;
    }
    Ok(())
}

/// The lift of a value with two digits behind the point; empty where it is unknown.
pub(super) fn lift(counts: &FacetCounts, at: usize) -> String {
    counts.lift(at).map(|lift| format!("{lift:.2}")).unwrap_or_default()
}

/// One line a value: class, id, label and count, with tabs between, `prefix` before each.
pub(super) fn lines(out: &mut dyn Write, prefix: &str, facets: &[FacetCounts]) -> io::Result<()> {
    for counts in facets {
        let class = counts.field.name();
        for (at, entry) in counts.values.iter().enumerate() {
            write!(
                out,
                "{prefix}{class}\t{}\t{}\t{}",
                sanitize::line(&entry.id),
                sanitize::line(&entry.label),
                entry.count
            )?;
            match &counts.base {
                Some(_) => writeln!(out, "\t{}", lift(counts, at))?,
                None => writeln!(out)?,
            }
        }
    }
    Ok(())
}

/// A table a field with bars, for a terminal.
fn tables(out: &mut dyn Write, style: &Style, facets: &[FacetCounts]) -> io::Result<()> {
    for (at, counts) in facets.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let name = counts.field.name();
        writeln!(
            out,
            "{} {}",
            style.ink(Ink::Strong, &name),
            style.ink(Ink::Faint, &about(counts))
        )?;
        let labels: Vec<_> = counts.values.iter().map(|v| sanitize::line(&v.label)).collect();
        let room = style.columns().saturating_sub(BAR + 14).max(12);
        let widest = labels.iter().map(|label| width(label)).max().unwrap_or(0).min(room);
        let most = counts.values.iter().map(|value| value.count).max().unwrap_or(1).max(1);
        let digits = grouped(most).len();
        for (at, (value, label)) in counts.values.iter().zip(&labels).enumerate() {
            let length = (value.count as u128 * BAR as u128).div_ceil(u128::from(most)) as usize;
            let gap = " ".repeat(widest.saturating_sub(width(label)));
            let id = if *label == value.id { String::new() } else { format!("  {}", value.id) };
            let lift = match &counts.base {
                Some(_) => format!("  ×{:<6}", lift(counts, at)),
                None => String::new(),
            };
            writeln!(
                out,
                "  {label}{gap}  {:>digits$}{lift}  {:<BAR$}{}",
                grouped(value.count),
                "█".repeat(length),
                style.ink(Ink::Faint, &id)
            )?;
        }
    }
    Ok(())
}

/// How much of a field the values shown are.
fn about(counts: &FacetCounts) -> String {
    let shown = counts.values.len() as u64;
    let values = if shown < counts.distinct {
        format!("{} of {} values", grouped(shown), grouped(counts.distinct))
    } else if shown == 1 {
        "1 value".to_owned()
    } else {
        format!("{} values", grouped(shown))
    };
    format!("{values} in {} articles, {} without", grouped(counts.total), grouped(counts.missing))
}
