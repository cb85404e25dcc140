//! What a search costs, stage by stage, warm: `cargo bench --bench search -- INDEX [QUERIES.tsv]`.
//!
//! `QUERIES.tsv` holds `class <TAB> query` lines; without it, words of the index are drawn by how
//! many of its first articles hold them. Prints the median of each stage in microseconds: reading
//! the text, resolving names, the ten best without and with the exact total, fetching one hit, and
//! fetching it again (its block is in memory then) and cutting its snippet. Read the shares: the machine's speed is in all of them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use dateline::engine::embedded::Embedded;
use dateline::engine::{Engine, Order, Question};
use dateline::plan::{Clause, Plan, Resolver};
use dateline::query::{ParseOptions, parse};
use dateline::search::{ReadOptions, Shower, read};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Articles from which the words of the queries are drawn.
const DRAWN: usize = 2_000;
/// Queries of a class.
const QUERIES: usize = 20;
/// Times that each query is asked.
const ROUNDS: usize = 15;

type Failure = Box<dyn std::error::Error>;

/// Classes of queries over words of the index, rarest first within a class.
fn draw(engine: &Embedded) -> Result<Vec<(String, String)>, Failure> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen = 0;
    let mut places = Vec::new();
    engine.scan(&Plan { root: Clause::All }, &mut |found| {
        places.push(found);
        seen += 1;
        if seen < DRAWN { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for place in &places {
        let article = engine.fetch(place)?.article;
        let words = article.body.split(|c: char| !c.is_ascii_lowercase());
        let mut words: Vec<&str> = words.filter(|word| word.len() > 3).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let between = |from: f64, to: f64| -> Vec<&String> {
        let share = |count: usize| count as f64 / seen as f64;
        counts.iter().filter(|(_, n)| (from..to).contains(&share(**n))).map(|(w, _)| w).collect()
    };
    let (rare, medium, common) = (between(0.0005, 0.002), between(0.01, 0.03), between(0.08, 0.5));
    let mut queries = Vec::new();
    let pick = |words: &[&String], at: usize| -> Option<String> {
        (!words.is_empty()).then(|| words[at * 7919 % words.len()].clone())
    };
    for at in 0..QUERIES {
        let (rare, medium) = (pick(&rare, at), pick(&medium, at));
        let (one, two) = (pick(&common, 2 * at), pick(&common, 2 * at + 1));
        let (Some(rare), Some(medium), Some(one), Some(two)) = (rare, medium, one, two) else {
            return Err("the index holds too few words".into());
        };
        for (class, query) in [
            ("rare", rare.clone()),
            ("medium", medium.clone()),
            ("common", one.clone()),
            ("and", format!("{one} {medium}")),
            ("or", format!("{one} OR {two} OR {medium}")),
            ("phrase", format!("\"{one} {two}\"")),
            ("prefix", format!("{}*", &medium[..4])),
            ("country", format!("country:Japan {one}")),
        ] {
            queries.push((class.to_owned(), query));
        }
    }
    queries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(queries)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let Some(dir) = args.first() else {
        println!("name an index: cargo bench --bench search -- INDEX [QUERIES.tsv]");
        return Ok(());
    };
    let engine = Embedded::open(Path::new(dir))?;
    let queries = match args.get(1) {
        None => draw(&engine)?,
        Some(file) => {
            let text = std::fs::read_to_string(file)?;
            let rows = text.lines().filter_map(|line| line.split_once('\t'));
            rows.map(|(class, query)| (class.to_owned(), query.to_owned())).collect()
        }
    };
    let mut stages: BTreeMap<&str, [Vec<f64>; 6]> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for (class, text) in &queries {
            let times = stages.entry(class).or_default();
            let mut note = |stage: usize, start: Instant| {
                times[stage].push(start.elapsed().as_nanos() as f64 / 1_000.0);
            };
            let start = Instant::now();
            let parsed = parse(text, &ParseOptions::default());
            note(0, start);
            let Some(expr) = parsed.expr else { continue };
            let start = Instant::now();
            let resolved = Resolver {
                catalogue: &engine,
                now: 0,
                lang: None,
                lists: None,
                saved: None,
                own: None,
            }
            .resolve(&expr);
            note(1, start);
            let Some(plan) = resolved.plan else { continue };
            let ask = |total| Question {
                plan: &plan,
                limit: 10,
                order: Order::Relevance,
                total,
                sample: None,
                facets: &[],
            };
            let start = Instant::now();
            engine.answer(&ask(false))?;
            note(2, start);
            let start = Instant::now();
            let answer = engine.answer(&ask(true))?;
            note(3, start);
            let reading = read(&engine, text, &ReadOptions::default())?;
            let mut shower = Shower::new(&reading, true);
            for found in &answer.matches {
                let start = Instant::now();
                engine.fetch(found)?;
                note(4, start);
                let start = Instant::now();
                shower.hit(&engine, found, None)?;
                note(5, start);
            }
        }
    }
    println!(
        "{:<10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "class", "parse", "resolve", "top", "total", "fetch", "hit"
    );
    for (class, mut times) in stages {
        print!("{class:<10}");
        for stage in &mut times {
            print!(" {:>8.1}", median(stage));
        }
        println!();
    }
    Ok(())
}
