//! `dateline eval tags`: the tagger against labelled articles.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::cli::args::{Global, PlainFormat};
use crate::cli::report::Failure;
use crate::cli::{Exit, Io};
use crate::eval::count::{Counts, interval};
use crate::eval::gold::{self, Collection, Labelled, Split};
use crate::eval::tags::{AtLevel, ClassScore, MACRO_LEAST, Outcome, TagError, score};
use crate::render::paint::grouped;
use crate::render::wire;
use crate::tag::Class;
use crate::text::sanitize;

/// Values that are listed as the worst.
const WORST: usize = 10;

/// Bad records that are told one by one.
const TOLD: usize = 5;

const EXAMPLES: &str = "\
Examples:
  dateline eval tags corpus/gold.tsv
  dateline eval tags --facet country --split tail reuters21578/*.sgm
  dateline eval tags --errors 20 wikigold.conll.txt
  dateline eval tags --format json gold.jsonl > before.json
  dateline eval tags --baseline before.json gold.jsonl

Files: JSON Lines with id, title, body or text, date, dateline, lists country, person and event,
persons [{start,end,text}] and mentions [{start,end,country}], counted in characters; a table like
corpus/gold.tsv beside its articles; Reuters-21578 SGML; LGL, TR-News and GeoVirus XML; CoNLL, IO
and IOB2 columns; CoNLL-U of GUM; CASE-2021 snippets. The kind is seen from the text. Labels that
come with an article are hidden from the tagger. Exit code 7 tells that records could not be read.";

/// Measure the tagger on labelled articles
///
/// Precision, recall and F1 of what articles are tagged with, with 95 % intervals by bootstrap
/// over articles.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct TagsArgs {
    /// Labelled files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Measure this class only [default: all that the files label]
    #[arg(long, value_name = "CLASS", value_enum, hide_possible_values = false)]
    facet: Option<FacetName>,

    /// Hold against the gold what articles are about (major) or all that they name (any) [default:
    /// major]
    #[arg(long, value_name = "LEVEL", value_enum, hide_possible_values = true)]
    level: Option<LevelName>,

    /// Know the homes of sources from the other articles of the files (learnt) or, as indexing does
    /// so far, from their domains only (domain) [default: learnt]
    #[arg(long, value_name = "HOW", value_enum, hide_possible_values = true)]
    homes: Option<HomesName>,

    /// Of Reuters-21578: fit (TRAIN of files 000 to 011), tail (TRAIN of later ones), dev (the rest)
    #[arg(long, value_name = "SPLIT", value_enum, hide_possible_values = true)]
    split: Option<SplitName>,

    /// Show the N costliest errors of each class with what led to them [default: 0]
    #[arg(long, value_name = "N", help_heading = "Output")]
    errors: Option<usize>,

    /// Tell what changed since an earlier run, written with --format json
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    baseline: Option<PathBuf>,

    /// Write human or json, one object a class [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FacetName {
    Country,
    Person,
    Event,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelName {
    Major,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HomesName {
    Learnt,
    Domain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SplitName {
    Fit,
    Tail,
    Dev,
}

/// Measures.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &TagsArgs, _: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let baseline = args.baseline.as_ref().map(earlier).transpose()?;
    let files = gold::files(&args.files).map_err(|why| Failure::usage("unreadable_gold", why))?;
    let mut articles: Vec<Labelled> = Vec::new();
    let mut bad = 0usize;
    for path in files {
        let shown = path.display().to_string();
        let shown = sanitize::line(&shown);
        let Collection { articles: more, bad: wrong, unknown, .. } = match gold::read(&path) {
            Ok(found) => found,
            // What lies beside the data in a folder is none of it.
            Err(_) if !args.files.contains(&path) => continue,
            Err(why) => {
                bad += 1;
                let _ = writeln!(io.err, "{shown}: {}", sanitize::line(&why));
                continue;
            }
        };
        for record in wrong.iter().take(TOLD) {
            let (place, why) = (sanitize::line(&record.place), sanitize::line(&record.message));
            let _ = writeln!(io.err, "{place}: {why}");
        }
        if wrong.len() > TOLD {
            let _ = writeln!(io.err, "{shown}: {} more records cannot be read", wrong.len() - TOLD);
        }
        if !unknown.is_empty() {
            let list: Vec<&str> = unknown.iter().map(String::as_str).take(TOLD).collect();
            let list = sanitize::line(&list.join(", ")).into_owned();
            let _ = writeln!(io.err, "note: {shown}: {} unknown labels: {list}", unknown.len());
        }
        bad += wrong.len();
        articles.extend(more);
    }
    if let Some(split) = args.split {
        let wanted = match split {
            SplitName::Fit => Split::Fit,
            SplitName::Tail => Split::Tail,
            SplitName::Dev => Split::Dev,
        };
        articles.retain(|one| one.split == Some(wanted));
    }
    let classes: &[Class] = match args.facet {
        None => &Class::ALL,
        Some(FacetName::Country) => &[Class::Country],
        Some(FacetName::Person) => &[Class::Person],
        Some(FacetName::Event) => &[Class::Event],
    };
    let level = match args.level {
        Some(LevelName::Any) => AtLevel::Any,
        _ => AtLevel::Major,
    };
    let learn = args.homes != Some(HomesName::Domain);
    let scores = score(&articles, classes, level, learn);
    if learn && articles.iter().any(|one| crate::tag::homes::key(&one.article).is_some()) {
        let _ = io.err.write_all(
            b"note: homes of sources are learnt from these articles; indexing knows their domains \
              only, which --homes domain measures\n",
        );
    }
    if scores.is_empty() {
        let message = "none of the articles has labels of the class and split asked for";
        return Err(Failure::usage("no_gold", message));
    }
    for (at, score) in scores.iter().enumerate() {
        let object = object(score, level, args);
        if json {
            wire::write(io.out, &object)?;
            io.out.write_all(b"\n")?;
        } else {
            if at > 0 {
                writeln!(io.out)?;
            }
            let old = baseline.iter().flatten().find(|old| old["class"] == object["class"]);
            human(io.out, &object, old)?;
        }
    }
    if bad > 0 {
        let _ = writeln!(io.err, "{bad} records could not be read");
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Done)
}

/// The objects of an earlier run.
fn earlier(path: &PathBuf) -> Result<Vec<Value>, Failure> {
    let shown = path.display().to_string();
    let failed = |why: String| {
        Failure::usage("unreadable_baseline", format!("{} {why}", sanitize::line(&shown)))
    };
    let text = std::fs::read_to_string(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).map_err(|e| failed(format!("is no JSON: {e}"))))
        .collect()
}

fn figures(counts: Counts) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("p".to_owned(), counts.precision().into());
    out.insert("r".to_owned(), counts.recall().into());
    out.insert("f1".to_owned(), counts.f1().into());
    out
}

fn with_counts(counts: Counts, range: (f64, f64)) -> Map<String, Value> {
    let mut out = figures(counts);
    out.insert("interval".to_owned(), json!([range.0, range.1]));
    out.insert("right".to_owned(), counts.right.into());
    out.insert("wrong".to_owned(), counts.wrong.into());
    out.insert("missed".to_owned(), counts.missed.into());
    out
}

/// All figures of a class.
fn object(score: &ClassScore, level: AtLevel, args: &TagsArgs) -> Value {
    let per: Vec<Counts> = score.articles.iter().map(|article| article.counts()).collect();
    let sum = |all: &mut dyn Iterator<Item = Counts>| {
        let mut sum = Counts::default();
        all.for_each(|counts| sum.add(counts));
        sum
    };
    let total = sum(&mut per.iter().copied());
    let range = interval(per.len(), &|draw| sum(&mut draw.map(|at| per[at])).f1());
    let (p, r, f1, values) = score.macro_average();
    let mut out = Map::new();
    out.insert("v".to_owned(), wire::VERSION.into());
    out.insert("type".to_owned(), "eval".into());
    out.insert("class".to_owned(), score.class.name().into());
    out.insert("articles".to_owned(), per.len().into());
    let level = if level == AtLevel::Any { "any" } else { "major" };
    out.insert("level".to_owned(), level.into());
    let learnt = args.homes != Some(HomesName::Domain);
    out.insert("homes".to_owned(), if learnt { "learnt" } else { "domain" }.into());
    out.insert("micro".to_owned(), with_counts(total, range).into());
    let least = MACRO_LEAST;
    out.insert(
        "macro".to_owned(),
        json!({"p": p, "r": r, "f1": f1, "values": values, "least": least}),
    );
    let by_value = score.by_value();
    let commonest = score.commonest().unwrap_or_default();
    let rest = sum(&mut by_value.iter().filter(|(id, _)| **id != commonest).map(|(_, c)| *c));
    let mut without = figures(rest);
    without.insert("value".to_owned(), commonest.into());
    out.insert("without_commonest".to_owned(), without.into());
    let exact = |counts: &Counts| counts.wrong == 0 && counts.missed == 0;
    let share = per.iter().filter(|counts| exact(counts)).count() as f64 / per.len() as f64;
    out.insert("exact_set".to_owned(), share.into());
    let gold: u64 = per.iter().map(|counts| counts.right + counts.missed).sum();
    let named: u64 = score.articles.iter().map(|article| article.named).sum();
    if gold > 0 {
        out.insert("named".to_owned(), (named as f64 / gold as f64).into());
    }
    let spans: Vec<Counts> = score.articles.iter().filter_map(|article| article.spans).collect();
    if !spans.is_empty() {
        let range = interval(spans.len(), &|draw| sum(&mut draw.map(|at| spans[at])).f1());
        let spans = with_counts(sum(&mut spans.iter().copied()), range);
        out.insert("spans".to_owned(), spans.into());
    }
    let tops: Vec<(bool, bool)> = score.articles.iter().filter_map(|article| article.top).collect();
    if !tops.is_empty() {
        let share = |of: &dyn Fn(&(bool, bool)) -> bool| {
            tops.iter().filter(|top| of(top)).count() as f64 / tops.len() as f64
        };
        let range = interval(tops.len(), &|draw| {
            let (mut right, mut all) = (0u32, 0u32);
            for at in draw {
                right += u32::from(tops[at].0);
                all += 1;
            }
            f64::from(right) / f64::from(all.max(1))
        });
        out.insert(
            "top".to_owned(),
            json!({
                "leaf": share(&|top| top.0), "root": share(&|top| top.1),
                "leaf_interval": [range.0, range.1],
            }),
        );
    }
    let mut worst: Vec<(&str, Counts)> = by_value.into_iter().collect();
    worst.sort_by_key(|(id, counts)| (std::cmp::Reverse(counts.wrong + counts.missed), *id));
    let worst =
        worst.iter().filter(|(_, counts)| !exact(counts)).take(WORST).map(|(id, counts)| {
            let mut line = figures(*counts);
            line.insert("id".to_owned(), (*id).into());
            line.insert("right".to_owned(), counts.right.into());
            line.insert("wrong".to_owned(), counts.wrong.into());
            line.insert("missed".to_owned(), counts.missed.into());
            Value::from(line)
        });
    out.insert("worst".to_owned(), worst.collect::<Vec<Value>>().into());
    if let Some(number) = args.errors {
        let mut errors: Vec<&TagError> =
            score.articles.iter().flat_map(|article| &article.errors).collect();
        // The surer the decision, the costlier the error; what was no candidate at all comes
        // between.
        let cost = |error: &TagError| match error.outcome {
            Outcome::Missed if error.score > 0.0 => 1.0 - error.score,
            Outcome::Missed => 0.9,
            _ => error.score,
        };
        errors.sort_by(|a, b| {
            let ids = || (&a.article, &a.value).cmp(&(&b.article, &b.value));
            cost(b).total_cmp(&cost(a)).then_with(ids)
        });
        let errors = errors.into_iter().take(number).map(|error| {
            let outcome = if error.outcome == Outcome::Missed { "missed" } else { "wrong" };
            json!({
                "article": error.article, "value": error.value, "outcome": outcome,
                "score": error.score, "evidence": error.evidence,
            })
        });
        out.insert("errors".to_owned(), errors.collect::<Vec<Value>>().into());
    }
    Value::Object(out)
}

fn human(out: &mut dyn Write, new: &Value, old: Option<&Value>) -> io::Result<()> {
    let text = |value: &Value| sanitize::line(value.as_str().unwrap_or_default()).into_owned();
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let figure = |value: &Value| format!("{:.3}", value.as_f64().unwrap_or(0.0));
    writeln!(
        out,
        "{}\t{} articles, level {}",
        text(&new["class"]),
        grouped(number(&new["articles"])),
        text(&new["level"])
    )?;
    for (key, shown) in [
        ("micro", "micro"),
        ("macro", "macro"),
        ("without_commonest", "without commonest"),
        ("spans", "spans"),
    ] {
        let Some(row) = new.get(key) else { continue };
        let mut line = format!(
            "  {shown}\tP {}\tR {}\tF1 {}",
            figure(&row["p"]),
            figure(&row["r"]),
            figure(&row["f1"])
        );
        if let Some(range) = row.get("interval") {
            line.push_str(&format!(" [{}, {}]", figure(&range[0]), figure(&range[1])));
        }
        match key {
            "macro" => line.push_str(&format!("\t{} values", number(&row["values"]))),
            "without_commonest" => line.push_str(&format!("\twithout {}", text(&row["value"]))),
            _ => line.push_str(&format!(
                "\t{} right, {} wrong, {} missed",
                grouped(number(&row["right"])),
                grouped(number(&row["wrong"])),
                grouped(number(&row["missed"]))
            )),
        }
        if let Some(before) = old.and_then(|old| old.get(key)) {
            let change = row["f1"].as_f64().unwrap_or(0.0) - before["f1"].as_f64().unwrap_or(0.0);
            line.push_str(&format!("\t{change:+.3} F1"));
        }
        writeln!(out, "{line}")?;
    }
    let change = |key: &str, new: &Value, old: Option<&Value>| match old.and_then(|o| o.get(key)) {
        None => String::new(),
        Some(before) => {
            let change = new[key].as_f64().unwrap_or(0.0) - before.as_f64().unwrap_or(0.0);
            format!("\t{change:+.3}")
        }
    };
    writeln!(out, "  exact set\t{}{}", figure(&new["exact_set"]), change("exact_set", new, old))?;
    if new.get("named").is_some() {
        writeln!(
            out,
            "  named at any level\t{}{}",
            figure(&new["named"]),
            change("named", new, old)
        )?;
    }
    if let Some(top) = new.get("top") {
        let before = old.and_then(|old| old.get("top"));
        let range = &top["leaf_interval"];
        writeln!(
            out,
            "  top leaf\t{} [{}, {}]{}",
            figure(&top["leaf"]),
            figure(&range[0]),
            figure(&range[1]),
            change("leaf", top, before)
        )?;
        writeln!(out, "  top root\t{}{}", figure(&top["root"]), change("root", top, before))?;
    }
    for row in new["worst"].as_array().into_iter().flatten() {
        writeln!(
            out,
            "  worst\t{}\tF1 {}\t{} right, {} wrong, {} missed",
            text(&row["id"]),
            figure(&row["f1"]),
            number(&row["right"]),
            number(&row["wrong"]),
            number(&row["missed"])
        )?;
    }
    for row in new.get("errors").and_then(Value::as_array).into_iter().flatten() {
        writeln!(
            out,
            "  {}\t{}\t{}\t{}\t{}",
            text(&row["outcome"]),
            text(&row["value"]),
            text(&row["article"]),
            figure(&row["score"]),
            text(&row["evidence"])
        )?;
    }
    Ok(())
}
