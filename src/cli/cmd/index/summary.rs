//! The report of an index run, for people.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use crate::ingest::Report;
use crate::ingest::report::Reject;
use crate::text::sanitize;

/// Writes what a run did. Everything that stood in the input is made safe for a terminal.
pub(super) fn write(err: &mut dyn Write, report: &Report, index: &Path) -> io::Result<()> {
    let index = index.display();
    let articles = plural(report.read, "article");
    let (files, seconds) = (plural(report.files, "file"), report.seconds);
    let (text, speed) = (size(report.text_bytes), report.mb_per_second);
    writeln!(err, "{articles} from {files}, {text} of text in {seconds:.1} s ({speed:.1} MB/s)")?;
    let kept = report.read > 0 && report.is_unchanged() && !report.interrupted;
    if kept {
        writeln!(err, "nothing changed: the index at {index} had them all")?;
    }
    let elsewhere = match report.replaced_from_elsewhere {
        0 => String::new(),
        count => format!("{} of them from another file or source", number(count)),
    };
    for (name, count, remark) in [
        ("added", report.added, ""),
        ("replaced", report.replaced, elsewhere.as_str()),
        ("unchanged", report.unchanged, ""),
        ("copies", report.copies, "no id, and same text or address as an earlier one"),
        ("duplicates", report.duplicates, "id of an earlier one; the last one stands"),
        ("stubs", report.stubs, "no running text; 'is:stub' finds them"),
        ("undated", report.undated, ""),
    ] {
        if count > 0 {
            row(err, name, &format!("{:>9}  {remark}", number(count)))?;
        }
    }
    for (code, tally) in &report.notes {
        let (place, message) = (sanitize::line(&tally.place), sanitize::line(&tally.message));
        let remark = format!("{:>9}  kept; first {place}: {message}", number(tally.count));
        row(err, code, &remark)?;
    }
    if report.tags.iter().any(|tags| tags.major + tags.passing > 0) {
        writeln!(err, "tags")?;
        for tags in &report.tags {
            let (major, passing) = (number(tags.major), number(tags.passing));
            row(err, tags.class.name(), &format!("{major:>9} major {passing:>9} passing"))?;
        }
    }
    if report.languages.len() > 1 {
        let mut languages: Vec<_> = report.languages.iter().collect();
        languages.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let shown = languages.iter().take(8);
        let list: Vec<String> =
            shown.map(|(lang, count)| format!("{lang} {}", number(**count))).collect();
        let more = if languages.len() > 8 { ", …" } else { "" };
        writeln!(err, "languages: {}{more}", sanitize::line(&list.join(", ")))?;
    }
    warnings(err, report)
}

fn warnings(err: &mut dyn Write, report: &Report) -> io::Result<()> {
    let unknown = &report.unknown_values;
    if unknown.count > 0 {
        let labels = plural(unknown.count, "supplied label");
        let are = if unknown.count == 1 { "is" } else { "are" };
        let most = unknown.most_frequent.iter().map(|value| {
            let text = sanitize::line(&value.value);
            format!("{} '{text}' {}", value.class.name(), number(value.count))
        });
        let most = most.collect::<Vec<_>>().join(", ");
        writeln!(err, "warning: {labels} {are} in no table; most often {most}")?;
    }
    if report.replaced_from_elsewhere > 0 {
        let replaced = plural(report.replaced_from_elsewhere, "article");
        writeln!(err, "warning: {replaced} replaced others from another file or source")?;
        for example in &report.first_from_elsewhere {
            let mut text =
                format!("{}: id {} was in {}", example.place, example.id, example.old_file);
            if let Some(source) = &example.old_source {
                let _ = write!(text, ", source {source}");
            }
            writeln!(err, "  | {}", sanitize::line(&text))?;
        }
        writeln!(err, "hint: --id-prefix TEXT keeps archives with the same ids apart")?;
    }
    if report.duplicates > 0 {
        let duplicates = plural(report.duplicates, "article");
        writeln!(err, "warning: {duplicates} had the id of an earlier one in this run")?;
        for example in &report.first_duplicates {
            let text = format!("{}: id {}", example.place, example.id);
            writeln!(err, "  | {}", sanitize::line(&text))?;
        }
    }
    Ok(())
}

/// Warns of records that were not kept: the first of them, and how to list them all.
pub(super) fn write_rejects(
    err: &mut dyn Write,
    rejected: u64,
    records: u64,
    first: &[Reject],
    listed_in: Option<&Path>,
) -> io::Result<()> {
    if rejected == 0 {
        return Ok(());
    }
    let verb = if rejected == 1 { "was" } else { "were" };
    let of = plural(records, "record");
    writeln!(err, "warning: {} of {of} {verb} rejected", number(rejected))?;
    for reject in first {
        let file = sanitize::line(&reject.file);
        let place = match (reject.line, reject.byte) {
            (0, 0) => file.into_owned(),
            (0, byte) => format!("{file}: byte {byte}"),
            (line, _) => format!("{file}:{line}"),
        };
        writeln!(err, "  | {place}: {} ({})", sanitize::line(&reject.message), reject.code)?;
    }
    match listed_in {
        Some(path) => writeln!(err, "hint: {} lists them all", path.display()),
        None if rejected > first.len() as u64 => {
            writeln!(err, "hint: 'dateline index --report rejects.tsv …' lists them all")
        }
        None => Ok(()),
    }
}

fn row(err: &mut dyn Write, name: &str, rest: &str) -> io::Result<()> {
    writeln!(err, "{}", format!("  {name:<18}{rest}").trim_end())
}

/// `1 file`, `1,234 files`.
pub(super) fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(count), if count == 1 { "" } else { "s" })
}

/// `12 kB`, `3.4 MB`, `1.2 GB`; units are powers of ten.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Digits in groups of three.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(report: &Report) -> String {
        let mut out = Vec::new();
        write(&mut out, report, Path::new("index")).unwrap();
        let (first, records) = (&report.first_rejects, report.read + report.rejected());
        write_rejects(&mut out, report.rejected(), records, first, None).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_report_says_only_what_there_is_to_say() {
        let report = Report {
            files: 1,
            read: 1_234,
            text_bytes: 2_000_000,
            added: 1_234,
            seconds: 2.0,
            mb_per_second: 1.0,
            ..Report::default()
        };
        assert_eq!(
            text(&report),
            "1,234 articles from 1 file, 2.0 MB of text in 2.0 s (1.0 MB/s)\n  added                 1,234\n"
        );
        let unchanged = Report { added: 0, unchanged: 1_234, ..report };
        assert!(text(&unchanged).contains("nothing changed: the index at index had them all\n"));
    }

    #[test]
    fn rejects_are_named_without_control_characters() {
        let mut report = Report { read: 5, added: 5, ..Report::default() };
        report.rejects.insert("bad_json", 7);
        report.first_rejects.push(Reject {
            file: "a\u{1b}[2J.jsonl".into(),
            line: 3,
            byte: 9,
            code: "bad_json",
            message: "no\nJSON".into(),
        });
        let text = text(&report);
        assert!(text.contains("warning: 7 of 12 records were rejected\n"), "{text}");
        assert!(text.contains("  | a[2J.jsonl:3: no JSON (bad_json)\n"), "{text}");
        assert!(text.contains("--report rejects.tsv"), "{text}");
    }

    #[test]
    fn digits_come_in_threes() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
