//! What indexing costs, stage by stage, on one thread: `cargo bench --bench ingest -- FILE…`.
//!
//! Prints megabytes of title and body per second and the share of the whole for each stage. Read
//! the shares: the machine's speed is in all of them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use dateline::analyze::Analyzers;
use dateline::article::{Article, Words, lang};
use dateline::engine::embedded::{EmbeddedWriter, WriterOptions};
use dateline::engine::{Sink, TaggedArticle, stored, streams};
use dateline::source::{ReadOptions, open};
use dateline::tag::country::CountryTagger;
use dateline::tag::event::EventTagger;
use dateline::tag::overlay::Said;
use dateline::tag::person::PersonTagger;
use dateline::tag::{Reading, Tagger};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default)]
struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let spent = start.elapsed();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += spent,
            None => self.0.push((name, spent)),
        }
        result
    }
}

/// Records as the store keeps them: compressed in blocks of 16 KiB.
#[derive(Default)]
struct Blocks {
    block: Vec<u8>,
    bytes: usize,
}

impl Blocks {
    fn add(&mut self, record: &[u8]) -> std::io::Result<()> {
        self.block.extend_from_slice(record);
        if self.block.len() >= 16_384 {
            self.bytes += zstd::bulk::compress(&self.block, 3)?.len();
            self.block.clear();
        }
        Ok(())
    }

    fn end(mut self) -> std::io::Result<usize> {
        self.bytes += zstd::bulk::compress(&self.block, 3)?.len();
        Ok(self.bytes)
    }
}

struct Nothing(usize);

impl streams::TokenSink for Nothing {
    fn token(&mut self, text: &str, _: u32, times: usize) {
        self.0 += text.len() * times;
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).map(PathBuf::from).collect();
    if files.is_empty() {
        println!("name files: cargo bench --bench ingest -- archive.jsonl");
        return Ok(());
    }
    let mut stages = Stages::default();
    let mut articles: Vec<Article> = Vec::new();
    stages.time("read", || -> Result<(), Box<dyn std::error::Error>> {
        for file in &files {
            let source = open(file, &ReadOptions::default()).map_err(|error| error.message)?;
            articles.extend(source.flatten());
        }
        Ok(())
    })?;
    let bytes: usize = articles.iter().map(|a| a.title.len() + a.body.len()).sum();
    let start = Instant::now();
    let (person, country, event) = (PersonTagger::new(), CountryTagger::new(), EventTagger::new());
    let tagger = Tagger::new();
    println!("tables: {:?} for two sets", start.elapsed());
    let mut prepared_from: Vec<TaggedArticle> = Vec::new();
    let mut analyzers = Analyzers::default();
    let (mut with, mut without) = (Blocks::default(), Blocks::default());
    for mut article in articles {
        article.ensure_id("");
        let content_hash = stages.time("content hash", || article.content_hash());
        let lang =
            stages.time("language", || lang::detect(&article.title, &article.body, "en")).lang;
        let words = stages.time("words", || Words::of(&article));
        let date = article.date.as_ref().map(|date| date.start);
        let reading = Reading { article: &article, words: &words, lang, date, home: None };
        let persons = stages.time("persons", || person.tag(&reading));
        let countries =
            stages.time("countries", || country.tag(&reading, &persons, &Said::default()));
        stages.time("events", || event.tag(&reading, &countries, &persons));
        let tags = tagger.tag(&reading);
        let lang = lang.to_owned();
        let mut tagged =
            TaggedArticle { article, words, tags, lang, home: None, content_hash, added: 0 };
        let mut nothing = Nothing(0);
        stages.time("stems", || {
            streams::stems(
                &tagged.article,
                &tagged.words,
                &tagged.lang,
                &mut analyzers,
                &mut nothing,
            );
        });
        stages.time("forms", || {
            streams::forms(&tagged.article, &tagged.words, &tagged.tags, &mut nothing);
        });
        let mut record = Vec::new();
        stages.time("record", || stored::encode(&tagged, &mut record));
        with.add(&record)?;
        let mut bare = tagged.tags.clone();
        bare.tags.iter_mut().for_each(|tag| tag.mentions.clear());
        let tags = std::mem::replace(&mut tagged.tags, bare);
        record.clear();
        stored::encode(&tagged, &mut record);
        without.add(&record)?;
        tagged.tags = tags;
        prepared_from.push(tagged);
    }
    // In a pass of its own: what a thread remembers of an article must not serve it again.
    for TaggedArticle { article, words, lang, .. } in &prepared_from {
        let date = article.date.as_ref().map(|date| date.start);
        let reading = Reading { article, words, lang, date, home: None };
        stages.time("(all tags)", || tagger.tag(&reading));
    }
    let dir = tempfile::tempdir()?;
    let options = WriterOptions { memory: 400 << 20, ..WriterOptions::default() };
    let mut writer = EmbeddedWriter::open(dir.path(), &options, 0)?;
    let prepared: Vec<_> = stages.time("document (stems, forms, record)", || {
        prepared_from.iter().map(|tagged| writer.prepare(tagged)).collect::<Result<_, _>>()
    })?;
    stages.time("index and store", || -> Result<(), Box<dyn std::error::Error>> {
        for article in prepared {
            writer.put(article)?;
        }
        writer.commit("")?;
        Ok(())
    })?;
    writer.finish()?;
    let index: u64 = std::fs::read_dir(dir.path())?
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|file| file.len())
        .sum();
    let evidence = with.end()?.saturating_sub(without.end()?) as f64;
    println!(
        "evidence: {:.1} MB of {:.1} MB of index, {:.1} %",
        evidence / 1e6,
        index as f64 / 1e6,
        100.0 * evidence / index as f64
    );
    let counted =
        |name: &str| !name.starts_with('(') && !matches!(name, "stems" | "forms" | "record");
    let total: Duration =
        stages.0.iter().filter(|(name, _)| counted(name)).map(|(_, spent)| *spent).sum();
    println!("{:<34} {:>8} {:>7} {:>6}", "stage", "ms", "MB/s", "share");
    for (name, spent) in &stages.0 {
        let seconds = spent.as_secs_f64();
        let share = if counted(name) {
            format!("{:.0} %", 100.0 * seconds / total.as_secs_f64())
        } else {
            String::new()
        };
        println!(
            "{name:<34} {:>8.0} {:>7.1} {share:>6}",
            seconds * 1e3,
            bytes as f64 / 1e6 / seconds
        );
    }
    println!(
        "{:<34} {:>8.0} {:>7.1}",
        "whole",
        total.as_secs_f64() * 1e3,
        bytes as f64 / 1e6 / total.as_secs_f64()
    );
    Ok(())
}
