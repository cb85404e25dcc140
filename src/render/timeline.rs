//! Timelines: a table with bars, a line of blocks, values for programs, and a plot.

use std::io::{self, Write};

use serde::Serialize;

use super::paint::{Ink, Style, grouped};
use super::{IndexState, csv, wire};
use crate::search::timeline::{Series, Timeline};
use crate::text::sanitize;

/// Formats of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// A table with bars on a terminal, values with tabs between in a pipe.
    #[default]
    Human,
    /// One line of blocks a query.
    Spark,
    /// RFC 4180 with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// One JSON object.
    Json,
    /// A plot.
    Svg,
}

/// What is shown beside the counts.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Canonical texts of the queries, in the order of the series.
    pub queries: &'a [String],
    /// Milliseconds since the command was started.
    pub took_ms: u64,
    /// Which state of which index answered.
    pub index: IndexState<'a>,
}

/// Columns of the bar of the most frequent bucket.
const BAR: usize = 40;

/// Writes a timeline.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    style: &Style,
    timeline: &Timeline,
    head: &Head<'_>,
) -> io::Result<()> {
    match format {
        Format::Human if style.terminal => table(out, style, timeline, head),
        Format::Human => rows(timeline, |cells| writeln!(out, "{}", cells.join("\t"))),
        Format::Tsv => {
            writeln!(out, "{}", header(timeline, head).join("\t"))?;
            rows(timeline, |cells| writeln!(out, "{}", cells.join("\t")))
        }
        Format::Csv => {
            let names = header(timeline, head);
            csv::row(out, style.terminal, names.iter().map(String::as_str))?;
            rows(timeline, |cells| csv::row(out, style.terminal, cells.iter().map(String::as_str)))
        }
        Format::Spark => spark(out, timeline, head),
        Format::Json => json(out, timeline, head),
        Format::Svg => svg(out, timeline, head),
    }
}

/// `start`, `count`, one column a further query, shares behind the counts.
fn header(timeline: &Timeline, head: &Head<'_>) -> Vec<String> {
    let mut names = vec!["start".to_owned(), "count".to_owned()];
    names.extend(head.queries.iter().skip(1).map(|query| sanitize::line(query).into_owned()));
    if timeline.all.is_some() {
        names.push("share".to_owned());
        let others = head.queries.iter().skip(1);
        names.extend(others.map(|query| format!("share of {}", sanitize::line(query))));
    }
    names
}

fn rows(timeline: &Timeline, mut write: impl FnMut(&[String]) -> io::Result<()>) -> io::Result<()> {
    for (at, label) in timeline.labels().enumerate() {
        let mut cells = vec![label];
        cells.extend(timeline.series.iter().map(|series| series.counts[at].to_string()));
        if timeline.all.is_some() {
            let share = |series| timeline.share(series, at);
            let text = |share: f64| format!("{share:.6}");
            cells.extend(timeline.series.iter().map(|one| share(one).map_or(String::new(), text)));
        }
        write(&cells)?;
    }
    Ok(())
}

/// What bars show: shares where they were asked for, else counts.
fn heights(timeline: &Timeline, series: &Series) -> Vec<f64> {
    let height = |at| match &timeline.all {
        Some(_) => timeline.share(series, at).unwrap_or(0.0),
        None => series.counts[at] as f64,
    };
    (0..series.counts.len()).map(height).collect()
}

fn highest(timeline: &Timeline) -> f64 {
    let all = timeline.series.iter().flat_map(|series| heights(timeline, series));
    all.fold(0.0, f64::max)
}

fn table(
    out: &mut dyn Write,
    style: &Style,
    timeline: &Timeline,
    head: &Head<'_>,
) -> io::Result<()> {
    let most = highest(timeline);
    let several = timeline.series.len() > 1;
    if several {
        for (at, query) in head.queries.iter().enumerate() {
            writeln!(out, "{}  {}", at + 1, style.ink(Ink::Strong, query))?;
        }
    }
    let columns: Vec<Vec<f64>> =
        timeline.series.iter().map(|series| heights(timeline, series)).collect();
    for (at, label) in timeline.labels().enumerate() {
        for (which, series) in timeline.series.iter().enumerate() {
            let label = if which == 0 { label.as_str() } else { "" };
            let number = if several { format!(" {}", which + 1) } else { String::new() };
            let share = timeline.share(series, at);
            let share = share.map_or(String::new(), |share| format!(" {:>7.2} %", share * 100.0));
            let length = (columns[which][at] / most.max(f64::MIN_POSITIVE) * BAR as f64).round();
            writeln!(
                out,
                "{label:>10}{number}  {:>9}{share}  {}",
                grouped(series.counts[at]),
                style.ink(Ink::Faint, &"█".repeat(length as usize))
            )?;
        }
    }
    Ok(())
}

fn spark(out: &mut dyn Write, timeline: &Timeline, head: &Head<'_>) -> io::Result<()> {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = highest(timeline);
    let labels: Vec<String> = timeline.labels().collect();
    let (first, last) = (labels.first(), labels.last());
    for (series, query) in timeline.series.iter().zip(head.queries) {
        let blocks: String = heights(timeline, series)
            .into_iter()
            .map(|height| {
                if height == 0.0 {
                    return ' ';
                }
                BLOCKS[((height / most * 8.0).ceil() as usize).clamp(1, 8) - 1]
            })
            .collect();
        let ends = [first, last].map(|label| label.map_or("", String::as_str));
        writeln!(out, "{}\t{blocks}\t{}\t{}", ends[0], ends[1], sanitize::line(query))?;
    }
    Ok(())
}

fn json(out: &mut dyn Write, timeline: &Timeline, head: &Head<'_>) -> io::Result<()> {
    #[derive(Serialize)]
    struct Counts<'a> {
        query: &'a str,
        total: u64,
        undated: u64,
        vague: u64,
        counts: &'a [u64],
        #[serde(skip_serializing_if = "Option::is_none")]
        shares: Option<Vec<Option<f64>>>,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        v: u32,
        r#type: &'static str,
        unit: &'static str,
        starts: Vec<String>,
        series: Vec<Counts<'a>>,
        took_ms: u64,
        index: wire::StateOf<'a>,
    }
    let series = timeline.series.iter().zip(head.queries).map(|(series, query)| Counts {
        query,
        total: series.total,
        undated: series.undated,
        vague: series.vague,
        counts: &series.counts,
        shares: timeline
            .all
            .as_ref()
            .map(|_| (0..series.counts.len()).map(|at| timeline.share(series, at)).collect()),
    });
    let body = Body {
        v: wire::VERSION,
        r#type: "timeline",
        unit: timeline.unit.name(),
        starts: timeline.labels().collect(),
        series: series.collect(),
        took_ms: head.took_ms,
        index: wire::state_of(&head.index),
    };
    wire::write(out, &body)?;
    out.write_all(b"\n")
}

/// Colours that are told apart by the colour-blind too (Okabe and Ito 2008).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

fn escaped(text: &str) -> String {
    let text = sanitize::line(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn svg(out: &mut dyn Write, timeline: &Timeline, head: &Head<'_>) -> io::Result<()> {
    const WIDTH: f64 = 960.0;
    const HEIGHT: f64 = 360.0;
    const LEFT: f64 = 70.0;
    const TOP: f64 = 20.0;
    const BOTTOM: f64 = 40.0;
    let legend = 18.0 * head.queries.len() as f64;
    let (plot_width, plot_height) = (WIDTH - LEFT - 20.0, HEIGHT - TOP - BOTTOM);
    let labels: Vec<String> = timeline.labels().collect();
    let most = highest(timeline).max(f64::MIN_POSITIVE);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{0}\" \
         viewBox=\"0 0 {WIDTH} {0}\" font-family=\"sans-serif\" font-size=\"12\">",
        HEIGHT + legend
    )?;
    writeln!(out, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>")?;
    let y = |height: f64| TOP + plot_height * (1.0 - height / most);
    for step in 0..=4 {
        let height = most * f64::from(step) / 4.0;
        let text = match timeline.all {
            Some(_) => format!("{:.2} %", height * 100.0),
            None if most < 4.0 => format!("{height:.1}"),
            None => grouped(height.round() as u64),
        };
        writeln!(
            out,
            "<path d=\"M{LEFT} {0:.1}H{1:.1}\" stroke=\"#ddd\"/><text x=\"{2}\" y=\"{3:.1}\" \
             text-anchor=\"end\">{text}</text>",
            y(height),
            LEFT + plot_width,
            LEFT - 8.0,
            y(height) + 4.0
        )?;
    }
    let slot = plot_width / labels.len().max(1) as f64;
    let x = |at: usize| LEFT + slot * (at as f64 + 0.5);
    let every = (labels.len() / 10).max(1);
    for (at, label) in labels.iter().enumerate().step_by(every) {
        writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(at),
            HEIGHT - BOTTOM + 18.0,
            escaped(label)
        )?;
    }
    for (which, series) in timeline.series.iter().enumerate() {
        let colour = COLOURS[which % COLOURS.len()];
        let heights = heights(timeline, series);
        if timeline.series.len() == 1 && labels.len() <= 400 {
            for (at, height) in heights.iter().enumerate().filter(|(_, height)| **height > 0.0) {
                writeln!(
                    out,
                    "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
                     fill=\"{colour}\"><title>{}: {}</title></rect>",
                    x(at) - slot * 0.4,
                    y(*height),
                    (slot * 0.8).max(0.5),
                    y(0.0) - y(*height),
                    escaped(&labels[at]),
                    series.counts[at]
                )?;
            }
        } else {
            let points: Vec<String> = heights
                .iter()
                .enumerate()
                .map(|(at, height)| format!("{:.1},{:.1}", x(at), y(*height)))
                .collect();
            writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            )?;
        }
        let line = HEIGHT + 18.0 * which as f64;
        writeln!(
            out,
            "<rect x=\"{LEFT}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"{line:.1}\">{} ({})</text>",
            line - 10.0,
            LEFT + 18.0,
            escaped(&head.queries[which]),
            grouped(series.total)
        )?;
    }
    writeln!(out, "</svg>")
}
