//! Facts about an index, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::paint::{Ink, Style, grouped};
use super::wire::{self, facts};
use crate::engine::embedded::{Manifest, Stats};
use crate::tag::Class;
use crate::tag::coverage::coverage;
use crate::text::sanitize;

/// Languages shown to people, at most.
const LANGUAGES: usize = 12;

/// What is shown of an index.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Where it is.
    pub place: &'a str,
    /// What it says of itself.
    pub manifest: &'a Manifest,
    /// What was counted.
    pub stats: &'a Stats,
}

/// The facts as one JSON object.
pub fn object(view: &View<'_>) -> impl Serialize {
    let (stats, manifest) = (view.stats, view.manifest);
    let coverage = stats.coverage.iter().map(|(field, count)| (field.name(), *count)).collect();
    facts::Stats {
        v: wire::VERSION,
        r#type: "stats",
        index: view.place.to_owned(),
        uuid: manifest.uuid.clone(),
        generation: stats.generation,
        app_version: manifest.app_version.clone(),
        created: manifest.created,
        articles: stats.articles,
        deleted: stats.deleted,
        segments: stats.segments,
        bytes: stats.bytes,
        components: facts::Counted(stats.components.clone()),
        fields: facts::Counted(stats.fields.clone()),
        languages: facts::Counted(stats.languages.clone()),
        coverage: facts::Counted(coverage),
        tagger: facts::Tagged {
            version: manifest.tagger,
            oldest: match manifest.oldest_tagger {
                0 => manifest.tagger,
                oldest => oldest,
            },
            vocabulary: manifest.vocabulary.clone(),
            covers: Class::ALL.into_iter().flat_map(|class| covers(stats, class)).collect(),
        },
    }
}

/// How far a class is covered in each language of the index.
fn covers(stats: &Stats, class: Class) -> impl Iterator<Item = facts::Covered> {
    stats.languages.iter().map(move |(lang, _)| facts::Covered {
        class: class.name(),
        lang: lang.clone(),
        covered: coverage(class, lang),
    })
}

/// The same for people: `full en 73 · titles de 3, fr 3 · none ar 2`.
fn covered(stats: &Stats, class: Class) -> String {
    let mut by_word: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (lang, count) in &stats.languages {
        let word = coverage(class, lang);
        let shown = format!("{lang} {}", grouped(*count));
        match by_word.iter_mut().find(|(known, _)| *known == word) {
            Some((_, languages)) => languages.push(shown),
            None => by_word.push((word, vec![shown])),
        }
    }
    let told = by_word.into_iter().map(|(word, mut languages)| {
        let more = languages.len().saturating_sub(LANGUAGES);
        languages.truncate(LANGUAGES);
        if more > 0 {
            languages.push(format!("{more} more"));
        }
        format!("{word} {}", languages.join(", "))
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// Writes the facts for people: a line a fact, a name and its value.
pub fn write(out: &mut dyn Write, style: &Style, view: &View<'_>) -> io::Result<()> {
    let (stats, manifest) = (view.stats, view.manifest);
    let mut fact = |name: &str, value: String| {
        let name = style.ink(Ink::Faint, &format!("{name:<15}"));
        writeln!(out, "{name} {}", sanitize::line(&value))
    };
    fact("index", view.place.to_owned())?;
    fact("uuid", format!("{}, commit {}", manifest.uuid, stats.generation))?;
    fact("written by", format!("dateline {}", manifest.app_version))?;
    fact("articles", grouped(stats.articles))?;
    if stats.deleted > 0 {
        fact("deleted", format!("{} that still take space", grouped(stats.deleted)))?;
    }
    let mut languages: Vec<String> = stats
        .languages
        .iter()
        .take(LANGUAGES)
        .map(|(lang, count)| format!("{lang} {}", grouped(*count)))
        .collect();
    if stats.languages.len() > LANGUAGES {
        languages.push(format!("{} more", stats.languages.len() - LANGUAGES));
    }
    fact("languages", languages.join(" · "))?;
    for (field, count) in stats.coverage.iter().filter(|(_, count)| *count > 0) {
        let share = 100.0 * *count as f64 / stats.articles.max(1) as f64;
        fact(&field.name(), format!("{} articles, {share:.1} %", grouped(*count)))?;
    }
    fact(
        "tagger",
        match manifest.is_mixed() {
            false => format!("version {}", manifest.tagger),
            true => format!(
                "versions {} to {}: 'dateline retag' makes them one",
                manifest.oldest_tagger, manifest.tagger
            ),
        },
    )?;
    for class in Class::ALL {
        fact(&format!("  {}", class.name()), covered(stats, class))?;
    }
    fact("segments", grouped(stats.segments as u64))?;
    fact("size", size(stats.bytes))?;
    for (name, bytes) in &stats.components {
        fact(&format!("  {name}"), size(*bytes))?;
    }
    if !stats.fields.is_empty() {
        fact("by field", String::new())?;
    }
    for (name, bytes) in &stats.fields {
        fact(&format!("  {name}"), size(*bytes))?;
    }
    Ok(())
}

/// Bytes in the largest unit that leaves a number above 1: `3.4 MB`.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 1000.0 {
            let digits = usize::from(unit != "B" && value < 100.0);
            return format!("{value:.digits$} {unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let shown = [0, 999, 1_000, 345_600, 12_345_678, 5_000_000_000_000].map(size);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "346 kB", "12.3 MB", "5.0 TB"]);
    }
}
