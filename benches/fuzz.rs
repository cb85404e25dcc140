//! Reads millions of random queries: `cargo bench --bench fuzz -- 10000000 [SEED]`.
//!
//! A third are random bytes, a third words and signs of the language in random order, a third
//! queries of the test vectors with a few characters changed. None may panic; what reads must print
//! as text that reads as the same tree; what does not must say why, with a place inside the text.
//! One in eight is also read leniently, resolved against a small archive and answered.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for developers")]

use dateline::article::{Article, Words};
use dateline::engine::scan::Scan;
use dateline::engine::{Sink, TaggedArticle};
use dateline::query::canon::canonical;
use dateline::query::{ParseOptions, parse};
use dateline::search::{ReadOptions, Request, answer, read};
use dateline::tag::Tags;

/// Pieces of the language.
const PIECES: &[&str] = &[
    "AND",
    "OR",
    "NOT",
    "MAYBE",
    "NEAR/3",
    "PRE/2",
    "NOTNEAR",
    "SENT",
    "PARA",
    "W/5",
    "(",
    ")",
    "\"",
    "“",
    "”",
    "«",
    " ",
    " ",
    " ",
    "a",
    "pact",
    "tre*",
    "*ty",
    "country:",
    "country.major:",
    "person:@",
    "date:",
    "date.overlap:",
    "len:",
    "is:",
    "has:",
    "like:",
    "saved:",
    "[2020 TO",
    "]",
    "}",
    "^2",
    "^-1",
    "~",
    "~2",
    "*",
    "?",
    "\\",
    "/",
    "/x+/",
    "=",
    "-",
    "+",
    "!",
    "&&",
    "||",
    "@person",
    "@country:Japan",
    ",",
    "..",
    ">=",
    "2019-03",
    "7d",
    "atleast3(",
    "first9(",
    "any2(",
    "caps(",
    "hlead(",
    "exact(",
    "title:",
    "日本",
    "é",
    "\u{202e}",
    "\0",
    "region:Asia",
    "near5:\"a b\"",
];

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

fn vectors() -> Vec<String> {
    let rows = include_str!("../tests/data/query.jsonl").lines();
    rows.map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap())
        .map(|vector| vector["q"].as_str().unwrap().to_owned())
        .collect()
}

fn query(random: &mut Random, vectors: &[String]) -> String {
    match random.below(3) {
        0 => {
            let length = random.below(64);
            let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        1 => (0..random.below(16)).map(|_| PIECES[random.below(PIECES.len())]).collect(),
        _ => {
            let mut chars: Vec<char> = vectors[random.below(vectors.len())].chars().collect();
            for _ in 0..=random.below(4) {
                let at = random.below(chars.len() + 1);
                let piece = PIECES[random.below(PIECES.len())];
                match random.below(3) {
                    0 if at < chars.len() => drop(chars.remove(at)),
                    1 if at < chars.len() => chars[at] = char::from(b' ' + random.below(95) as u8),
                    _ => drop(chars.splice(at..at, piece.chars())),
                }
            }
            chars.into_iter().collect()
        }
    }
}

fn archive() -> Scan {
    let mut scan = Scan::default();
    for (id, body) in [("a", "The pact was signed. Talks go on."), ("b", "No treaty in Japan.")] {
        let article = Article { id: Some(id.into()), body: body.into(), ..Article::default() };
        let tagged = TaggedArticle {
            words: Words::of(&article),
            content_hash: article.content_hash(),
            article,
            tags: Tags::default(),
            lang: "en".into(),
            home: None,
            added: 0,
        };
        let prepared = scan.prepare(&tagged).unwrap();
        scan.put(prepared).unwrap();
    }
    scan
}

fn main() {
    let args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let mut args = args.map(|arg| arg.parse::<u64>().unwrap());
    let (number, seed) = (args.next().unwrap_or(1_000_000), args.next().unwrap_or(1));
    let (mut random, vectors, archive) = (Random(seed), vectors(), archive());
    let lists: fn(&str) -> Result<String, String> = |_| Ok("Putin\n# nobody\n".to_owned());
    let [strict, lenient] = [false, true].map(|lenient| ReadOptions {
        lenient,
        lists: Some(lists),
        ..ReadOptions::default()
    });
    let (mut right, mut answered) = (0u64, 0u64);
    for at in 0..number {
        let text = query(&mut random, &vectors);
        let parsed = parse(&text, &ParseOptions::default());
        if let Some(expr) = &parsed.expr {
            right += 1;
            let again = parse(&canonical(expr), &ParseOptions::default());
            let same = again.expr.is_some_and(|again| again.same(expr));
            assert!(same, "{at}: {text:?} reads as {:?}", canonical(expr));
        } else {
            let error = parsed.error().unwrap_or_else(|| panic!("{at}: {text:?} says nothing"));
            let span = error.span.unwrap();
            // What is missing may be missed behind the end.
            assert!(span.start <= span.end && span.start <= text.chars().count(), "{at}: {text:?}");
        }
        if at % 8 == 0 {
            for options in [&strict, &lenient] {
                if let Ok(reading) = read(&archive, &text, options) {
                    answered += u64::from(answer(&archive, &reading, &Request::default()).is_ok());
                }
            }
        }
    }
    println!("{number} queries from seed {seed}: {right} read, {answered} answers");
}
