//! Tags that another program found: read from a file beside the articles, merged with their places.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Deserialize;

use super::overlay::{Overlay, class_named};
use super::{Class, Level, Mention, Origin, Part, Rule, Tag, Tags, vocabulary};
use crate::article::{Article, Given};

/// The number of the rule of such mentions.
pub const EXTERNAL: u8 = 150;

/// The rule of such mentions.
pub const RULES: &[Rule] =
    &[Rule { number: EXTERNAL, name: "external", help: "another program says so (index --tags)" }];

/// Bytes of a row, at most.
const MAX_ROW: usize = 64 << 10;

/// Bytes that all rows may take in memory, roughly.
const MAX_BYTES: usize = 2 << 30;

/// One tag of an article that another program found, at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct External {
    /// The class.
    pub class: Class,
    /// The id of the value.
    pub id: String,
    /// How it is shown, where the id alone does not tell.
    pub label: Option<String>,
    /// The program, by the name that it gave.
    pub by: Option<String>,
    /// Where it stands, in bytes; [`Part::Meta`] for nowhere.
    pub place: (Part, u32, u32),
}

/// A row before the text is known.
#[derive(Debug)]
struct Row {
    class: Class,
    id: String,
    label: Option<String>,
    by: Option<String>,
    /// Characters, as they are counted by programs of all languages.
    span: Option<(Part, u32, u32)>,
}

/// The tags of a file, by article.
#[derive(Debug, Default)]
pub struct SideTags {
    rows: HashMap<String, Rows>,
    /// Places that lie outside of their article's text.
    outside: AtomicU64,
}

/// The rows of one article.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<Row>,
    /// Whether the article came.
    met: AtomicBool,
}

/// A line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    class: String,
    value: String,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    span: Option<(u32, u32)>,
    #[serde(default)]
    start: Option<u32>,
    #[serde(default)]
    end: Option<u32>,
}

impl Line {
    fn row(self, overlay: &Overlay) -> Result<(String, Row), String> {
        let class = class_named(&self.class)?;
        if self.id.is_empty() {
            return Err("the id is empty".to_owned());
        }
        let mut given = Given::default();
        match class {
            Class::Country => given.country.push(self.value.clone()),
            Class::Person => given.person.push(self.value.clone()),
            Class::Event => given.event.push(self.value.clone()),
        }
        let mut tags = Tags::default();
        vocabulary::add_given(&overlay.given(&given), &mut tags);
        let Some(tag) = tags.tags.pop() else {
            return Err(format!("there is no {} '{}'", class.name(), self.value));
        };
        let part = match self.field.as_deref() {
            None | Some("body" | "text") => Part::Body,
            Some("title") => Part::Title,
            Some(other) => return Err(format!("'{other}' is no field: these are title and body")),
        };
        let span = match (self.span, self.start, self.end) {
            (Some((start, end)), None, None) | (None, Some(start), Some(end)) => Some((start, end)),
            (None, None, None) => None,
            _ => return Err("a place is a span, or a start and an end".to_owned()),
        };
        if span.is_some_and(|(start, end)| start >= end) {
            return Err("a span ends after it starts".to_owned());
        }
        let span = span.map(|(start, end)| (part, start, end));
        let by = self.by.map(|by| by.trim().to_owned()).filter(|by| !by.is_empty());
        Ok((self.id, Row { class, id: tag.id, label: tag.label, by, span }))
    }
}

impl SideTags {
    /// Reads JSON Lines: `id` of the article, `class`, `value`, and where it stands: `span` (or
    /// `start` and `end`) in characters of `field`, the body unless it is `title`; `by` names the
    /// program. A bad row is
    /// told with its line and reason; the others are kept.
    ///
    /// # Errors
    /// When reading fails, or the rows take more memory than 2 GiB.
    pub fn read(
        input: &mut dyn BufRead,
        overlay: &Overlay,
        bad: &mut dyn FnMut(u64, String),
    ) -> std::io::Result<SideTags> {
        let (mut all, mut line, mut number, mut bytes) = (SideTags::default(), Vec::new(), 0, 0);
        loop {
            line.clear();
            if (&mut *input).take(MAX_ROW as u64 + 1).read_until(b'\n', &mut line)? == 0 {
                return Ok(all);
            }
            number += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            if line.len() > MAX_ROW {
                if line.last() != Some(&b'\n') {
                    input.skip_until(b'\n')?;
                }
                bad(number, format!("the row is longer than {MAX_ROW} bytes"));
                continue;
            }
            let read = serde_json::from_slice::<Line>(&line)
                .map_err(|error| error.to_string())
                .and_then(|line| line.row(overlay));
            match read {
                Ok((id, row)) => {
                    bytes += size_of::<Row>() + row.id.len() + 32;
                    all.rows.entry(id).or_default().rows.push(row);
                }
                Err(why) => bad(number, why),
            }
            if bytes > MAX_BYTES {
                let message = format!("the tags take more than {MAX_BYTES} bytes: cut the file");
                return Err(std::io::Error::other(message));
            }
        }
    }

    /// Articles that the file has tags of.
    pub fn articles(&self) -> u64 {
        self.rows.len() as u64
    }

    /// How many articles of the file were asked for, and how many places lay outside of a text.
    pub fn met(&self) -> (u64, u64) {
        let met = self.rows.values().filter(|rows| rows.met.load(Ordering::Relaxed)).count();
        (met as u64, self.outside.load(Ordering::Relaxed))
    }

    /// What the file says of an article, sorted; `None` where it says nothing. A place outside of
    /// the text is none, and counted. Linear in the text.
    pub fn of(&self, article: &Article) -> Option<Vec<External>> {
        let Rows { rows, met } = self.rows.get(article.id.as_deref()?)?;
        met.store(true, Ordering::Relaxed);
        let bytes = [&article.title, &article.body].map(|text| Offsets::of(text));
        let mut found: Vec<External> = rows
            .iter()
            .map(|row| {
                let place = row.span.and_then(|(part, start, end)| {
                    let offsets = &bytes[usize::from(part == Part::Body)];
                    let place = offsets.at(start).zip(offsets.at(end));
                    if place.is_none() {
                        self.outside.fetch_add(1, Ordering::Relaxed);
                    }
                    place.map(|(start, end)| (part, start, end))
                });
                External {
                    class: row.class,
                    id: row.id.clone(),
                    label: row.label.clone(),
                    by: row.by.clone(),
                    place: place.unwrap_or((Part::Meta, 0, 0)),
                }
            })
            .collect();
        found.sort();
        // A value is kept with all programs that say so, as it comes back from an index.
        let mut names: HashMap<(Class, String), Option<String>> = HashMap::new();
        for one in &found {
            let known = names.entry((one.class, one.id.clone())).or_default();
            add_name(known, one.by.clone());
        }
        for one in &mut found {
            one.by = names.get(&(one.class, one.id.clone())).cloned().flatten();
        }
        found.sort();
        found.dedup();
        Some(found)
    }
}

/// Where the characters of a text begin.
struct Offsets<'t> {
    text: &'t str,
    /// Every 64th; none where a character is a byte.
    steps: Vec<u32>,
}

const STEP: usize = 64;

impl Offsets<'_> {
    fn of(text: &str) -> Offsets<'_> {
        let steps = match text.is_ascii() {
            true => Vec::new(),
            false => text.char_indices().step_by(STEP).map(|(at, _)| at as u32).collect(),
        };
        Offsets { text, steps }
    }

    /// The byte of a character; that of the end is one of them.
    fn at(&self, character: u32) -> Option<u32> {
        let character = character as usize;
        if self.text.is_ascii() {
            return (character <= self.text.len()).then_some(character as u32);
        }
        let step = *self.steps.get(character / STEP).or(self.steps.last())? as usize;
        let done = (character / STEP).min(self.steps.len() - 1) * STEP;
        let rest = &self.text[step..];
        let mut starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        starts.nth(character - done).map(|at| (step + at) as u32)
    }
}

/// What another program said of an article that was tagged before, sorted.
pub fn of_tags(tags: &Tags) -> Vec<External> {
    let mut found: Vec<External> = Vec::new();
    for tag in &tags.tags {
        for mention in tag.mentions.iter().filter(|mention| mention.rule == EXTERNAL) {
            let place = (mention.part, mention.start, mention.end);
            let (class, id, label) = (tag.class, tag.id.clone(), tag.label.clone());
            found.push(External { class, id, label, by: tag.by.clone(), place });
        }
    }
    found.sort();
    found
}

/// The same without places, for a text that is another one now.
pub fn without_places(found: Vec<External>) -> Vec<External> {
    let mut found: Vec<External> =
        found.into_iter().map(|one| External { place: (Part::Meta, 0, 0), ..one }).collect();
    found.sort();
    found.dedup();
    found
}

/// Gives an article what another program found: major tags that came with it. Sorts the tags.
pub fn add(found: Vec<External>, tags: &mut Tags) {
    if found.is_empty() {
        return;
    }
    for External { class, id, label, by, place: (part, start, end) } in found {
        let mention = Mention { part, start, end, rule: EXTERNAL, weight: 255 };
        let known =
            |tag: &&mut Tag| tag.origin == Origin::Given && tag.class == class && tag.id == id;
        if let Some(tag) = tags.tags.iter_mut().find(known) {
            add_name(&mut tag.by, by);
            tag.mentions.push(mention);
            tag.mentions.sort_by_key(|one| (one.part, one.start, one.end, one.rule));
            continue;
        }
        let (level, origin, mentions) = (Level::Major, Origin::Given, vec![mention]);
        tags.tags.push(Tag { class, id, label, level, score: 255, origin, by, mentions });
    }
    tags.sort();
}

/// Adds the name of a program to those that say the same.
fn add_name(all: &mut Option<String>, by: Option<String>) {
    match (all.as_mut(), by) {
        (_, None) => {}
        (None, by) => *all = by,
        (Some(all), Some(by)) => {
            if *all != by && all.split(", ").all(|known| known != by) {
                all.push_str(", ");
                all.push_str(&by);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (SideTags, Vec<(u64, String)>) {
        let mut bad = Vec::new();
        let mut tell = |line, why| bad.push((line, why));
        let read = SideTags::read(&mut text.as_bytes(), &Overlay::default(), &mut tell);
        (read.unwrap(), bad)
    }

    #[test]
    fn rows_are_read_and_bad_ones_told() {
        let (side, bad) = read(concat!(
            "{\"id\":\"a\",\"class\":\"person\",\"value\":\"Jane Roe\",\"span\":[3,11]}\n",
            "{\"id\":\"a\",\"class\":\"country\",\"value\":\"日本\",\"start\":1,\"end\":2,\"field\":\"title\"}\n",
            "\n",
            "{\"id\":\"b\",\"class\":\"event\",\"value\":\"no such\"}\n",
            "{\"id\":\"b\",\"class\":\"org\",\"value\":\"UN\"}\n",
            "{\"id\":\"b\",\"class\":\"person\",\"value\":\"X Y\",\"span\":[5,5]}\n",
            "{\"id\":\"b\",\"class\":\"person\",\"value\":\"X Y\",\"start\":5}\n",
            "{\"id\":\"\",\"class\":\"person\",\"value\":\"X Y\"}\n",
            "{\"class\":\"person\",\"value\":\"X Y\"}\n",
            "not json\n",
            "{\"id\":\"c\",\"class\":\"event\",\"value\":\"treaty\"}",
        ));
        let lines: Vec<u64> = bad.iter().map(|(line, _)| *line).collect();
        assert_eq!((side.articles(), lines), (2, vec![4, 5, 6, 7, 8, 9, 10]), "{bad:?}");
    }

    #[test]
    fn a_row_without_an_end_is_one_bad_row() {
        let good = "{\"id\":\"c\",\"class\":\"event\",\"value\":\"treaty\"}";
        let (side, bad) =
            read(&format!("{}\n{good}\n{}", "x".repeat(3 * MAX_ROW), "y".repeat(MAX_ROW + 1)));
        let lines: Vec<u64> = bad.iter().map(|(line, _)| *line).collect();
        assert_eq!((side.articles(), lines), (1, vec![1, 3]), "{bad:?}");
    }

    #[test]
    fn characters_become_bytes_and_what_is_outside_is_counted() {
        let (side, _) = read(concat!(
            "{\"id\":\"a\",\"class\":\"person\",\"value\":\"Élan Roe\",\"span\":[3,11]}\n",
            "{\"id\":\"a\",\"class\":\"person\",\"value\":\"Far Off\",\"span\":[3,900]}\n",
        ));
        let body = format!("Ö, Élan Roe{}", " ö".repeat(100));
        let article = Article { id: Some("a".into()), body, ..Article::default() };
        let found = side.of(&article).unwrap();
        let roe = found.iter().find(|one| one.id == "elan-roe").unwrap();
        let (part, start, end) = roe.place;
        assert_eq!((part, &article.body[start as usize..end as usize]), (Part::Body, "Élan Roe"));
        assert_eq!(found.iter().filter(|one| one.place.0 == Part::Meta).count(), 1);
        assert_eq!(side.met(), (1, 1));
        assert_eq!(side.of(&Article::default()), None);
        let offsets = Offsets::of(&article.body);
        for (number, (at, _)) in article.body.char_indices().enumerate() {
            assert_eq!(offsets.at(number as u32), Some(at as u32));
        }
        let all = article.body.chars().count() as u32;
        assert_eq!(offsets.at(all), Some(article.body.len() as u32));
        assert_eq!(offsets.at(all + 1), None);
    }

    #[test]
    fn tags_are_given_once_and_found_again() {
        let external = |id: &str, place| External {
            class: Class::Country,
            id: id.to_owned(),
            label: None,
            by: None,
            place,
        };
        let found = vec![external("JP", (Part::Body, 0, 5)), external("JP", (Part::Body, 9, 12))];
        let mut tags = Tags::default();
        add(found.clone(), &mut tags);
        assert_eq!((tags.tags.len(), tags.major(Class::Country)), (1, vec!["JP"]));
        assert_eq!(of_tags(&tags), found);
        assert_eq!(without_places(found), [external("JP", (Part::Meta, 0, 0))]);
    }
}
