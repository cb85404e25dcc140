//! Answers queries line by line from one open index: a warm process for benchmarks and scripts.
//!
//!     query_server DIR N
//!
//! Each input line is `id <TAB> query <TAB> mode`, each output line
//! `id <TAB> microseconds <TAB> total <TAB> ids`, flushed before the next line is read. Modes: `top`
//! (the N best, no total), `total` (the N best and the exact number), `count` (the number alone),
//! `facet:FIELD` (the number and the N most frequent values as `value=count`), `question` (the query
//! is a question in plain words; the N best). An error is
//! `id <TAB> - <TAB> - <TAB> error: what is wrong`.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Instant;

use dateline::engine::embedded::Embedded;
use dateline::engine::{Engine, FacetQuestion, Order, Question};
use dateline::plan::{Catalogue, Clause, FacetClass, FacetField, Plan, Resolver};
use dateline::query::{ParseOptions, parse};
use dateline::search::question;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn plan(engine: &Embedded, query: &str) -> Result<Plan, String> {
    let parsed = parse(query, &ParseOptions::default());
    let Some(expr) = &parsed.expr else {
        return Err(parsed.error().map(|error| error.message.clone()).unwrap_or_default());
    };
    // The queries of a benchmark hold no relative dates.
    let resolved =
        Resolver { catalogue: engine, now: 0, lang: None, lists: None, saved: None, own: None }
            .resolve(expr);
    resolved.plan.ok_or_else(|| {
        let errors = resolved.diagnostics.into_iter().filter(|d| d.is_error());
        errors.map(|error| error.message).collect::<Vec<_>>().join("; ")
    })
}

fn answer(engine: &Embedded, limit: usize, query: &str, mode: &str) -> Result<String, String> {
    if mode == "question" {
        let question = question::Question::read(query, &engine.languages());
        let all = Plan { root: Clause::All };
        let (found, _) =
            question::answer(engine, &question, &all, limit).map_err(|error| error.to_string())?;
        let ids: Vec<&str> = found.matches.iter().map(|found| found.id.as_str()).collect();
        return Ok(format!("-\t{}", ids.join(",")));
    }
    let plan = plan(engine, query)?;
    let ask = |limit, total, facets: &[FacetQuestion]| {
        let question =
            Question { plan: &plan, limit, order: Order::Relevance, total, sample: None, facets };
        engine.answer(&question).map_err(|error| error.to_string())
    };
    let ids = |answer: &dateline::engine::Answer| {
        answer.matches.iter().map(|found| found.id.as_str()).collect::<Vec<_>>().join(",")
    };
    match mode.split_once(':').unwrap_or((mode, "")) {
        ("top", _) => Ok(format!("-\t{}", ids(&ask(limit, false, &[])?))),
        ("total", _) => {
            let answer = ask(limit, true, &[])?;
            Ok(format!("{}\t{}", answer.total.unwrap_or(0), ids(&answer)))
        }
        ("count", _) => Ok(format!("{}\t", ask(0, true, &[])?.total.unwrap_or(0))),
        ("facet", name) => {
            let class = FacetClass::ALL.into_iter().find(|class| class.name() == name);
            let class = class.ok_or_else(|| format!("unknown facet {name}"))?;
            let field = FacetField::any(class);
            let facet = FacetQuestion { field, size: limit, labels: false, plan: None };
            let answer = ask(0, false, &[facet])?;
            let counts = &answer.facets[0];
            let values: Vec<String> =
                counts.values.iter().map(|v| format!("{}={}", v.id, v.count)).collect();
            Ok(format!("{}\t{}", counts.total, values.join(",")))
        }
        _ => Err(format!("unknown mode {mode}")),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, limit] = args.as_slice() else { return Err("usage: query_server DIR N".into()) };
    let engine = Embedded::open(Path::new(dir))?;
    let limit = limit.parse()?;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut columns = line.split('\t');
        let (id, query) = (columns.next().unwrap_or(""), columns.next().unwrap_or(""));
        let mode = columns.next().unwrap_or("top");
        let start = Instant::now();
        let answer = answer(&engine, limit, query, mode);
        let micros = start.elapsed().as_nanos() as f64 / 1_000.0;
        match answer {
            Ok(answer) => writeln!(out, "{id}\t{micros:.1}\t{answer}")?,
            Err(error) => writeln!(out, "{id}\t-\t-\terror: {}", error.replace(['\t', '\n'], " "))?,
        }
        out.flush()?;
    }
    Ok(())
}
