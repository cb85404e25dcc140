//! `dateline eval rank`: rankings against judgements.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use crate::cli::args::{Global, PlainFormat};
use crate::cli::query_args::ReadingArgs;
use crate::cli::report::Failure;
use crate::cli::{Exit, Io, cmd};
use crate::engine::Engine as _;
use crate::engine::embedded::Embedded;
use crate::eval::measures::{Measures, randomisation};
use crate::eval::rank::{self, BadLine, Qrels, Run, Topics};
use crate::plan::Catalogue;
use crate::render::wire;
use crate::search::question::{self, Question};
use crate::search::{self, ReadOptions, Request};
use crate::text::sanitize;

/// Hits of a topic.
const DEPTH: usize = 1_000;

/// Bad lines that are told one by one.
const TOLD: usize = 5;

const EXAMPLES: &str = "\
Examples:
  dateline eval rank topics.tsv qrels.txt
  dateline eval rank --question time/topics.tsv time/qrels.txt --write-run time.run
  dateline eval rank topics.tsv qrels.txt --run other.run --per-topic
  dateline eval rank --question topics.tsv qrels.txt --baseline before.run

Topics: lines of id, tab and query; TREC, SMART or TIME files. Judgements and runs: TREC's columns.
Numbers are compared without leading zeros; an article may be judged
under its id or the path of its file. Topics without judgements are told and not scored. With
--run the p of each run says how probable such a difference from dateline would be by chance
(two-sided randomisation test on the topics); with --baseline, such a difference from that run.";

/// Measure rankings on judged topics
///
/// nDCG@10, MAP, MRR, P@10 and recall at 100 and 1000, as trec_eval computes them.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct RankArgs {
    /// Topics
    #[arg(value_name = "TOPICS")]
    topics: PathBuf,

    /// Judgements
    #[arg(value_name = "QRELS")]
    qrels: PathBuf,

    /// Take topics as questions in plain words, not as queries
    #[arg(long, help_heading = "Query")]
    question: bool,

    #[command(flatten)]
    reading: ReadingArgs,

    /// Score this run too, and test its difference; may be given several times
    #[arg(long, value_name = "FILE")]
    run: Vec<PathBuf>,

    /// Score this run first, and test the difference of dateline and of each other run from it
    #[arg(long, value_name = "RUN")]
    baseline: Option<PathBuf>,

    /// Write the ranking as a run
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    write_run: Option<PathBuf>,

    /// Write the measures of each topic too
    #[arg(long, help_heading = "Output")]
    per_topic: bool,

    /// Write human or json, one object a run [default: human] [env: DATELINE_FORMAT]
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Option<PlainFormat>,
}

/// Measures.
///
/// # Errors
/// [`Failure`], from which message and exit code follow.
pub fn run(args: &RankArgs, global: &Global, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let json = PlainFormat::is_json(args.format, io)?;
    let mut bad = 0;
    let (topics, wrong) = rank::topics(&read(&args.topics)?);
    bad += tell(&args.topics, &wrong, io);
    let (qrels, wrong) = rank::qrels(&read(&args.qrels)?);
    bad += tell(&args.qrels, &wrong, io);
    let mut others = Vec::new();
    for path in args.baseline.iter().chain(&args.run) {
        let (run, wrong) = rank::run(&read(path)?);
        bad += tell(path, &wrong, io);
        others.push((path.display().to_string(), run));
    }
    let mut options = args.reading.options(io)?;
    let archive = cmd::open_for(&mut options, global, io)?;
    let judged =
        |id: &str| qrels.get(id).is_some_and(|grades| grades.values().any(|grade| *grade > 0));
    let (chosen, unjudged): (Topics, Topics) = topics.into_iter().partition(|(id, _)| judged(id));
    if !unjudged.is_empty() {
        let list: Vec<&str> = unjudged.iter().map(|(id, _)| id.as_str()).take(20).collect();
        let list = sanitize::line(&list.join(", ")).into_owned();
        let _ = writeln!(io.err, "note: {} topics have no judgements: {list}", unjudged.len());
    }
    if chosen.is_empty() {
        return Err(Failure::usage("no_gold", "no topic has judgements"));
    }
    let mut own = Run::new();
    for (id, text) in &chosen {
        match ranked(args, &archive, text, &options, &qrels[id]) {
            Ok(ids) => {
                own.insert(id.clone(), ids);
            }
            Err(Failure::Engine(error)) => return Err(Failure::Engine(error)),
            Err(failure) => {
                bad += 1;
                own.insert(id.clone(), Vec::new());
                let line = sanitize::line(&failure.to_line()).into_owned();
                let _ = writeln!(io.err, "topic {}: {line}", sanitize::line(id));
            }
        }
    }
    if let Some(path) = &args.write_run {
        write_run(path, &own, &chosen)?;
    }
    let ids: Vec<&str> = chosen.iter().map(|(id, _)| id.as_str()).collect();
    let measured =
        |run: &Run| -> Vec<Measures> { ids.iter().map(|id| of(run, &qrels, id)).collect() };
    let first = measured(&own);
    if !json {
        writeln!(io.out, "run\t{}", Measures::NAMES.join("\t"))?;
    }
    let mut runs: Vec<(String, Vec<Measures>)> =
        others.iter().map(|(name, run)| (name.clone(), measured(run))).collect();
    // The first row is what the others are compared with.
    runs.insert(usize::from(args.baseline.is_some()), ("dateline".to_owned(), first));
    let reference = runs[0].1.clone();
    for (at, (name, each)) in runs.into_iter().enumerate() {
        let means = Measures::mean(&each);
        let chance = (at > 0).then(|| {
            [0, 1].map(|measure: usize| {
                let of = |all: &[Measures]| -> Vec<f64> {
                    all.iter().map(|one| one.values()[measure]).collect()
                };
                randomisation(&of(&reference), &of(&each))
            })
        });
        if json {
            let mut object = Map::new();
            object.insert("v".to_owned(), wire::VERSION.into());
            object.insert("type".to_owned(), "eval_rank".into());
            object.insert("run".to_owned(), name.as_str().into());
            object.insert("topics".to_owned(), ids.len().into());
            object.insert("measures".to_owned(), named(means).into());
            if let Some([ndcg, map]) = chance {
                object.insert("p".to_owned(), json!({"nDCG@10": ndcg, "MAP": map}));
            }
            if args.per_topic {
                let topics = ids.iter().zip(&each).map(|(id, one)| {
                    let mut line = named(one.values());
                    line.insert("topic".to_owned(), (*id).into());
                    Value::from(line)
                });
                object.insert("per_topic".to_owned(), topics.collect::<Vec<_>>().into());
            }
            wire::write(io.out, &object)?;
            io.out.write_all(b"\n")?;
            continue;
        }
        let row = |values: [f64; 6]| values.map(|value| format!("{value:.4}")).join("\t");
        let shown = sanitize::line(&name).into_owned();
        write!(io.out, "{shown}\t{}", row(means))?;
        match chance {
            Some([ndcg, map]) => writeln!(io.out, "\tp nDCG@10 {ndcg:.5}\tp MAP {map:.5}")?,
            None => writeln!(io.out)?,
        }
        if args.per_topic {
            for (id, one) in ids.iter().zip(&each) {
                writeln!(io.out, "{shown}/{}\t{}", sanitize::line(id), row(one.values()))?;
            }
        }
    }
    Ok(if bad > 0 { Exit::Incomplete } else { Exit::Done })
}

fn of(run: &Run, qrels: &Qrels, id: &str) -> Measures {
    match (run.get(id), qrels.get(id)) {
        (Some(found), Some(grades)) => Measures::of(found.iter().map(String::as_str), grades),
        _ => Measures::default(),
    }
}

fn named(values: [f64; 6]) -> Map<String, Value> {
    let named = Measures::NAMES.iter().zip(values);
    named.map(|(name, value)| ((*name).to_owned(), value.into())).collect()
}

/// The ids of the best hits of a topic.
fn ranked(
    args: &RankArgs,
    archive: &Embedded,
    text: &str,
    options: &ReadOptions,
    grades: &HashMap<String, u32>,
) -> Result<Vec<String>, Failure> {
    let failed = |error| Failure::search(text, error);
    let found = if args.question {
        let question = Question::read(text, &archive.languages());
        let filter = args.reading.read(archive, "*", options)?.plan;
        question::answer(archive, &question, &filter, DEPTH).map_err(failed)?.0
    } else {
        let reading = args.reading.read(archive, text, options)?;
        let request = Request { limit: DEPTH, ..Request::default() };
        search::answer(archive, &reading, &request).map_err(failed)?
    };
    // Articles without an id of their own are judged under the path of their file.
    let paths: Vec<&str> = grades.keys().map(String::as_str).filter(|n| n.contains('/')).collect();
    let mut ids = Vec::with_capacity(found.matches.len());
    for one in &found.matches {
        let id = rank::plain_id(&one.id);
        if paths.is_empty() || grades.contains_key(id) {
            ids.push(id.to_owned());
            continue;
        }
        let stored = archive.fetch(one).map_err(Failure::Engine)?;
        let file = &stored.article.provenance.file;
        let path = paths.iter().find(|path| file.ends_with(path));
        ids.push(path.map_or(id, |path| path).to_owned());
    }
    Ok(ids)
}

fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        let shown = path.to_string_lossy();
        let shown = sanitize::line(&shown);
        Failure::usage("unreadable_gold", format!("{shown} cannot be read: {error}"))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn tell(path: &Path, bad: &[BadLine], io: &mut Io<'_>) -> usize {
    let shown = path.to_string_lossy();
    let shown = sanitize::line(&shown).into_owned();
    for (line, why) in bad.iter().take(TOLD) {
        let _ = writeln!(io.err, "{shown}:{line}: {}", sanitize::line(why));
    }
    if bad.len() > TOLD {
        let _ = writeln!(io.err, "{shown}: {} more lines cannot be read", bad.len() - TOLD);
    }
    bad.len()
}

fn write_run(path: &Path, run: &Run, topics: &Topics) -> Result<(), Failure> {
    let mut out = Vec::new();
    for (id, _) in topics {
        for (rank, article) in (1..).zip(run.get(id).into_iter().flatten()) {
            let article = crate::render::ids::encode(article).replace(' ', "%20");
            writeln!(out, "{id} Q0 {article} {rank} {} dateline", DEPTH + 1 - rank)?;
        }
    }
    std::fs::write(path, out).map_err(|error| {
        let shown = path.to_string_lossy();
        let message = format!("{} cannot be written: {error}", sanitize::line(&shown));
        Failure::Engine(crate::engine::EngineError::Refused(message))
    })
}
