//! What operators cost beside each other, warm: `cargo bench --bench operators -- INDEX`.
//!
//! Pairs of common words that stand side by side are drawn from the index. Each operator joins the
//! same pairs; every answer holds ten hits and the exact total. Printed are medians, as a ratio to
//! the counted AND and to the phrase of the same pair, measured in turn within one run. Then what
//! a pattern stands for and costs, an explanation, a completion, facet counts over all articles,
//! and ids as they are streamed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use dateline::engine::embedded::Embedded;
use dateline::engine::{Engine, FacetQuestion, Order, Question};
use dateline::plan::{Clause, FacetClass, FacetField, Plan};
use dateline::search::advice::part_counts;
use dateline::search::complete::complete;
use dateline::search::explain::explain;
use dateline::search::{ReadOptions, read};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Articles from which the words are drawn.
const DRAWN: usize = 2_000;
/// Pairs of words.
const PAIRS: usize = 20;
/// Times that each query is asked.
const ROUNDS: usize = 7;

/// How two words are joined, by name.
const JOINED: &[(&str, &str)] = &[
    ("AND", "{a} {b}"),
    ("phrase", "\"{a} {b}\""),
    ("slop 3", "\"{a} {b}\"~3"),
    ("NEAR/1", "{a} NEAR/1 {b}"),
    ("NEAR/10", "{a} NEAR/10 {b}"),
    ("PRE/3", "{a} PRE/3 {b}"),
    ("NOTNEAR/3", "{a} NOTNEAR/3 {b}"),
    ("SENT", "{a} SENT {b}"),
    ("PARA", "{a} PARA {b}"),
    ("atleast3", "atleast3({a} OR {b})"),
];

/// Patterns made of the first letters or the middle of a word.
const PATTERNS: &[(&str, &str)] = &[
    ("abc*", "PRE*"),
    ("*mid*", "*MID*"),
    ("*end", "*END"),
    ("fuzzy 1", "WORD~1"),
    ("fuzzy 2", "WORD~2"),
    ("/regex/", "/PRE.*(ed|ing|s)/"),
];

type Failure = Box<dyn std::error::Error>;

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

/// Common words side by side in one of the first articles, the most frequent first.
fn pairs(engine: &Embedded) -> Result<Vec<(String, String)>, Failure> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut beside: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut places = Vec::new();
    engine.scan(&Plan { root: Clause::All }, &mut |found| {
        places.push(found);
        if places.len() < DRAWN { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    for place in &places {
        let body = engine.fetch(place)?.article.body;
        let words: Vec<&str> = body.split_whitespace().collect();
        let plain = |word: &&str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
        let all: BTreeSet<&str> = words.iter().copied().filter(plain).collect();
        all.into_iter().for_each(|word| *counts.entry(word.to_owned()).or_default() += 1);
        let two: BTreeSet<(&str, &str)> = words
            .windows(2)
            .filter(|two| two.iter().all(plain))
            .map(|two| (two[0], two[1]))
            .collect();
        for (a, b) in two {
            *beside.entry((a.to_owned(), b.to_owned())).or_default() += 1;
        }
    }
    let common = |word: &str| {
        let share = counts.get(word).copied().unwrap_or(0) as f64 / places.len() as f64;
        (0.08..0.5).contains(&share)
    };
    let mut found: Vec<_> =
        beside.into_iter().filter(|((a, b), _)| a != b && common(a) && common(b)).collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(found.into_iter().take(PAIRS).map(|(pair, _)| pair).collect())
}

/// Microseconds and hits of a query with ten hits and its total.
fn ask(engine: &Embedded, text: &str) -> Result<(f64, u64), Failure> {
    let reading = read(engine, text, &ReadOptions::default())?;
    let question = Question {
        plan: &reading.plan,
        limit: 10,
        order: Order::Relevance,
        total: true,
        sample: None,
        facets: &[],
    };
    let start = Instant::now();
    let answer = engine.answer(&question)?;
    Ok((start.elapsed().as_nanos() as f64 / 1_000.0, answer.total.unwrap_or(0)))
}

fn operators(engine: &Embedded, pairs: &[(String, String)]) -> Result<(), Failure> {
    println!("{:<10} {:>10} {:>10} {:>8} {:>8}", "joined by", "µs", "hits", "/ AND", "/ phrase");
    let mut times: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut ratios: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    let mut hits: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (a, b) in pairs {
        let mut own: Vec<Vec<f64>> = vec![Vec::new(); JOINED.len()];
        for _ in 0..ROUNDS {
            for (at, (_, form)) in JOINED.iter().enumerate() {
                let text = form.replace("{a}", a).replace("{b}", b);
                let (time, total) = ask(engine, &text)?;
                own[at].push(time);
                hits.entry(at).or_default().push(total as f64);
            }
        }
        let medians: Vec<f64> = own.iter_mut().map(|times| median(times)).collect();
        for (at, time) in medians.iter().enumerate() {
            times.entry(at).or_default().push(*time);
            let (and, phrase) = ratios.entry(at).or_default();
            and.push(time / medians[0]);
            phrase.push(time / medians[1]);
        }
    }
    for (at, (name, _)) in JOINED.iter().enumerate() {
        let (and, phrase) = ratios.entry(at).or_default();
        println!(
            "{name:<10} {:>10.1} {:>10.0} {:>8.2} {:>8.2}",
            median(times.entry(at).or_default()),
            median(hits.entry(at).or_default()),
            median(and),
            median(phrase)
        );
    }
    Ok(())
}

fn patterns(engine: &Embedded, pairs: &[(String, String)]) -> Result<(), Failure> {
    println!("\n{:<10} {:>10} {:>10} {:>8}", "pattern", "µs", "hits", "refused");
    for (name, form) in PATTERNS {
        let (mut times, mut hits, mut refused) = (Vec::new(), Vec::new(), 0);
        for (word, _) in pairs.iter().filter(|(word, _)| word.len() > 4) {
            let query = form
                .replace("WORD", word)
                .replace("PRE", &word[..3])
                .replace("MID", &word[1..4])
                .replace("END", &word[word.len() - 3..]);
            // Reading and expanding is the cost of a pattern.
            let start = Instant::now();
            match ask(engine, &query) {
                Ok((_, total)) => {
                    times.push(start.elapsed().as_nanos() as f64 / 1_000.0);
                    hits.push(total as f64);
                }
                Err(_) => refused += 1,
            }
        }
        let (time, hits) = (median(&mut times), median(&mut hits));
        println!("{name:<10} {time:>10.1} {hits:>10.0} {refused:>8}");
    }
    Ok(())
}

fn others(engine: &Embedded, pairs: &[(String, String)]) -> Result<(), Failure> {
    println!("\n{:<44} {:>10}", "what", "ms");
    let tell = |what: &str, run: &mut dyn FnMut() -> Result<(), Failure>| {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            run()?;
            times.push(start.elapsed().as_nanos() as f64 / 1e6);
        }
        println!("{what:<44} {:>10.2}", median(&mut times));
        Ok::<(), Failure>(())
    };
    let options = ReadOptions::default();
    let (a, b) = &pairs[0];
    let long = format!("country:Japan \"{a} {b}\" OR {a} NEAR/5 {b} -xyzzyq date:1987..");
    for (what, query) in [
        ("explain, two words", format!("{a} {b}")),
        ("explain, six parts", long),
        ("explain, no hits, near words", format!("{a}q {b} xyzzyq")),
    ] {
        tell(what, &mut || {
            let reading = read(engine, &query, &options)?;
            explain(engine, &reading, &options)?;
            part_counts(engine, &reading, &options)?;
            Ok(())
        })?;
    }
    for word in ["country:", "country:Ja", "person:s", "event:d", "source:"] {
        tell(&format!("completion of {word}"), &mut || {
            complete(engine, &Default::default(), word, 50);
            Ok(())
        })?;
    }
    let all = Plan { root: Clause::All };
    for class in [FacetClass::Country, FacetClass::Event, FacetClass::Person] {
        let field = FacetField::any(class);
        tell(&format!("facets of all articles, {}", class.name()), &mut || {
            let facets = &[FacetQuestion { field, size: 10, labels: true, plan: None }];
            engine.answer(&Question {
                plan: &all,
                limit: 0,
                order: Order::Relevance,
                total: true,
                sample: None,
                facets,
            })?;
            Ok(())
        })?;
    }
    let start = Instant::now();
    let mut bytes = 0;
    let seen = engine.scan(&all, &mut |found| {
        bytes += found.id.len();
        ControlFlow::Continue(())
    })?;
    let rate = seen as f64 / start.elapsed().as_secs_f64();
    println!("\n{seen} ids of {bytes} bytes streamed, {rate:.0} a second");
    Ok(())
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let Some(dir) = args.first() else {
        println!("name an index: cargo bench --bench operators -- INDEX");
        return Ok(());
    };
    let engine = Embedded::open(Path::new(dir))?;
    let pairs = pairs(&engine)?;
    if pairs.is_empty() {
        return Err("the index holds too few words".into());
    }
    println!(
        "{} articles, {} pairs such as '{} {}'\n",
        engine.size(),
        pairs.len(),
        pairs[0].0,
        pairs[0].1
    );
    operators(&engine, &pairs)?;
    patterns(&engine, &pairs)?;
    others(&engine, &pairs)
}
