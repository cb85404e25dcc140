//! Shows how far an index run is: a bar on a terminal, JSON lines for programs, or nothing.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::ingest::{Phase, Progress};

/// Time between two JSON lines.
const PAUSE: Duration = Duration::from_secs(1);
/// Where the size of all inputs is known.
const KNOWN: &str = "{bar:24} {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  \
                     {msg}  ETA {eta}";
/// Where it is not: standard input.
const UNKNOWN: &str = "{spinner} {decimal_bytes}  {decimal_bytes_per_sec}  {msg}  {elapsed}";

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ProgressMode {
    /// A bar on stderr where that is a terminal
    #[default]
    Auto,
    /// One JSON object a second on stderr
    Json,
    /// Nothing
    Never,
}

/// Shows progress in one of the ways.
#[derive(Debug)]
pub struct Meter {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Silent,
    Bar(ProgressBar),
    Json { last: Option<Duration> },
}

/// A line of machine-readable progress. Docs: docs/json.md.
#[derive(Debug, Serialize)]
struct Line {
    v: u32,
    r#type: &'static str,
    phase: &'static str,
    files: u64,
    bytes: u64,
    total_bytes: Option<u64>,
    articles: u64,
    rejected: u64,
    seconds: f64,
    articles_per_second: f64,
    mb_per_second: f64,
}

impl Meter {
    /// A meter; without a terminal on stderr the mode `auto` is silent.
    pub fn new(mode: ProgressMode, stderr_is_terminal: bool) -> Meter {
        let kind = match mode {
            ProgressMode::Auto if stderr_is_terminal => {
                Kind::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()))
            }
            ProgressMode::Auto | ProgressMode::Never => Kind::Silent,
            ProgressMode::Json => Kind::Json { last: None },
        };
        if let Kind::Bar(bar) = &kind {
            bar.set_style(style(UNKNOWN));
        }
        Meter { kind }
    }

    /// Shows `progress`, or only lets time pass where there is none. JSON lines go to `err`; a
    /// failure to write them is no reason to end a run.
    pub fn show(&mut self, progress: Option<&Progress>, err: &mut dyn Write) {
        match (&mut self.kind, progress) {
            (Kind::Bar(bar), None) => bar.tick(),
            (Kind::Bar(bar), Some(progress)) => draw(bar, progress),
            (Kind::Json { last }, Some(progress)) => {
                let due = last.is_none_or(|last| progress.elapsed >= last + PAUSE);
                if due {
                    *last = Some(progress.elapsed);
                    if let Ok(line) = serde_json::to_string(&Line::of(progress)) {
                        let _ = writeln!(err, "{line}").and_then(|()| err.flush());
                    }
                }
            }
            (Kind::Json { .. }, None) | (Kind::Silent, _) => {}
        }
    }

    /// Says something above the bar, or on a line of `err`.
    pub fn note(&mut self, text: &str, err: &mut dyn Write) {
        match &self.kind {
            Kind::Bar(bar) => bar.println(text),
            Kind::Json { .. } | Kind::Silent => {
                let _ = writeln!(err, "{text}");
            }
        }
    }

    /// Takes the bar off the screen.
    pub fn clear(&mut self) {
        if let Kind::Bar(bar) = &self.kind {
            bar.finish_and_clear();
        }
    }
}

impl Line {
    fn of(progress: &Progress) -> Line {
        let seconds = progress.elapsed.as_secs_f64();
        let rate = |amount: f64| {
            // Three digits are enough for a rate.
            if seconds > 0.0 { (amount / seconds * 1e3).round() / 1e3 } else { 0.0 }
        };
        Line {
            v: 1,
            r#type: "progress",
            phase: progress.phase.name(),
            files: progress.files,
            bytes: progress.bytes,
            total_bytes: progress.total_bytes,
            articles: progress.articles,
            rejected: progress.rejected,
            seconds: (seconds * 1e3).round() / 1e3,
            articles_per_second: rate(progress.articles as f64),
            mb_per_second: rate(progress.bytes as f64 / 1e6),
        }
    }
}

fn draw(bar: &ProgressBar, progress: &Progress) {
    if let (None, Some(total)) = (bar.length(), progress.total_bytes) {
        bar.set_length(total);
        bar.set_style(style(KNOWN));
    }
    bar.set_position(progress.bytes);
    let seconds = progress.elapsed.as_secs_f64();
    let rate = if seconds > 0.0 { progress.articles as f64 / seconds } else { 0.0 };
    let mut message = format!("{} articles, {rate:.0}/s", progress.articles);
    if progress.rejected > 0 {
        message.push_str(&format!(", {} rejected", progress.rejected));
    }
    if progress.phase != Phase::Reading {
        message.push_str(&format!(", {}", progress.phase.name()));
    }
    bar.set_message(message);
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants; a test reads them.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, articles: u64) -> Progress {
        Progress {
            phase: Phase::Reading,
            files: 1,
            bytes: 5_000_000,
            total_bytes: Some(10_000_000),
            articles,
            rejected: 2,
            elapsed: Duration::from_millis(seconds * 1_000 + 500),
        }
    }

    #[test]
    fn json_lines_come_at_most_once_a_second() {
        let mut err = Vec::new();
        let mut meter = Meter::new(ProgressMode::Json, false);
        for seconds in [1, 1, 1, 2, 2] {
            meter.show(Some(&at(seconds, 300)), &mut err);
            meter.show(None, &mut err);
        }
        let text = String::from_utf8(err).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            r#"{"v":1,"type":"progress","phase":"reading","files":1,"bytes":5000000,"total_bytes":10000000,"articles":300,"rejected":2,"seconds":1.5,"articles_per_second":200.0,"mb_per_second":3.333}"#
        );
    }

    #[test]
    fn without_a_terminal_nothing_is_shown() {
        let mut err = Vec::new();
        for mode in [ProgressMode::Auto, ProgressMode::Never] {
            let mut meter = Meter::new(mode, false);
            meter.show(Some(&at(1, 1)), &mut err);
            meter.clear();
        }
        assert!(err.is_empty());
    }

    #[test]
    fn the_templates_are_sound() {
        for template in [KNOWN, UNKNOWN] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
        let bar = ProgressBar::hidden();
        draw(&bar, &at(3, 700));
        assert_eq!(bar.message(), "700 articles, 200/s, 2 rejected");
    }
}
