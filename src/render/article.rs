//! One whole article for people: text with marks, metadata, tags with their evidence.

use std::collections::HashMap;
use std::io::{self, Write};

use super::ids;
use super::paint::{Ink, Style, width};
use crate::engine::StoredArticle;
use crate::plan::FacetClass;
use crate::search::label::label;
use crate::snippet::{Found, Mark, Matches, Piece, pieces};
use crate::tag::{Level, Mention, Origin, Part, Tag, rule_name};
use crate::text::sanitize;

/// Kinds of mentions of one tag that are shown, at most; further ones are counted.
const KINDS: usize = 6;

/// Writes an article. `found` is where a query matches; it is seen where `style` has colour.
pub fn write(
    out: &mut dyn Write,
    style: &Style,
    stored: &StoredArticle,
    found: Option<&Matches>,
) -> io::Result<()> {
    let article = &stored.article;
    let none = Matches::default();
    let found = found.unwrap_or(&none);
    let title = marks(&found.title);
    let title = style.line(pieces(&article.title, 0, &title), (Ink::Title, Ink::TitleMark));
    if !title.is_empty() {
        writeln!(out, "{title}")?;
    }
    for (name, value) in facts(stored) {
        let name = style.ink(Ink::Faint, &format!("{name}:"));
        writeln!(out, "{name} {}", sanitize::line(&value))?;
    }
    writeln!(out)?;
    if article.is_stub() {
        writeln!(out, "{}", style.ink(Ink::Faint, "(no text)"))?;
    } else {
        body(out, style, &article.body, &marks(&found.body))?;
    }
    if !stored.tags.tags.is_empty() {
        writeln!(out)?;
    }
    for tag in &stored.tags.tags {
        tagged(out, style, stored, tag)?;
    }
    Ok(())
}

fn marks(found: &[Found]) -> Vec<Mark> {
    found.iter().map(|found| Mark { bytes: found.bytes, chars: (0, 0) }).collect()
}

/// Metadata by name, in the order of output; only what is there.
fn facts(stored: &StoredArticle) -> Vec<(String, String)> {
    let article = &stored.article;
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        facts.extend(value.filter(|value| !value.is_empty()).map(|v| (name.to_owned(), v)));
    };
    add("id", Some(ids::encode(stored.id()).into_owned()));
    add(
        "date",
        article.date.as_ref().map(|date| {
            let shown = date.display();
            if date.text.is_empty() || date.text == shown {
                shown
            } else {
                format!("{shown} (given as {})", date.text)
            }
        }),
    );
    add("source", article.source.clone());
    add("author", article.author.clone());
    add("section", article.section.clone());
    add("dateline", article.dateline.clone());
    add("lang", Some(stored.lang.clone()));
    add("url", article.url.clone());
    let given = &article.given;
    for (name, values) in
        [("org", &given.org), ("place", &given.place), ("topic", &given.topic), ("tag", &given.tag)]
    {
        add(name, Some(values.join(", ")));
    }
    for (name, value) in &article.extra {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        add(&sanitize::line(name), Some(text));
    }
    let from = &article.provenance;
    let mut place = from.path().to_string_lossy().into_owned();
    if from.line > 0 {
        place.push_str(&format!(":{}", from.line));
    }
    add("file", Some(place));
    facts
}

/// The text in its own lines; those wider than the terminal are wrapped at blanks.
fn body(out: &mut dyn Write, style: &Style, text: &str, marks: &[Mark]) -> io::Result<()> {
    let inks = (Ink::Plain, Ink::Mark);
    let mut start = 0;
    let mut next = 0;
    for line in text.trim_end().split('\n') {
        let end = start + line.len();
        while marks.get(next).is_some_and(|mark| mark.bytes.1 <= start) {
            next += 1;
        }
        // A phrase may go on in the next line: its mark is cut at the line's ends.
        let inside: Vec<Mark> = marks[next..]
            .iter()
            .take_while(|mark| mark.bytes.0 < end)
            .map(|mark| {
                let bytes = (mark.bytes.0.max(start), mark.bytes.1.min(end));
                Mark { bytes, chars: (0, 0) }
            })
            .collect();
        let cut = pieces(line, start, &inside);
        if style.terminal && width(line) > style.columns() {
            out.write_all(style.wrapped(cut, inks, 0).as_bytes())?;
        } else {
            let shown: String = cut
                .map(|piece: Piece<'_>| {
                    let ink = if piece.marked { Ink::Mark } else { Ink::Plain };
                    style.ink(ink, piece.text.trim_end_matches('\r'))
                })
                .collect();
            writeln!(out, "{shown}")?;
        }
        start = end + 1;
    }
    Ok(())
}

fn label_of(tag: &Tag) -> Option<String> {
    let class = FacetClass::of(tag.class);
    label(class, &tag.id).map(std::borrow::Cow::into_owned)
}

fn tagged(out: &mut dyn Write, style: &Style, stored: &StoredArticle, tag: &Tag) -> io::Result<()> {
    let label = tag.label.clone().or_else(|| label_of(tag)).unwrap_or_else(|| tag.id.clone());
    let level = match tag.level {
        Level::Major => "major",
        Level::Passing => "passing",
    };
    let origin = match tag.origin {
        Origin::Derived => "",
        Origin::Given => ", given",
    };
    let by = tag.by.as_ref().map(|by| format!(" by {}", sanitize::line(by))).unwrap_or_default();
    let name = style.ink(Ink::Faint, tag.class.name());
    let (id, label) = (sanitize::line(&tag.id), style.ink(Ink::Strong, &label));
    writeln!(out, "{name} {id} ({label}) {level}{origin}{by}")?;
    if tag.origin == Origin::Given {
        return Ok(());
    }
    let kinds = kinds(stored, tag);
    for kind in kinds.iter().take(KINDS) {
        writeln!(out, "    {}", sanitize::line(&kind.told()))?;
    }
    let more = kinds.len().saturating_sub(KINDS);
    if more > 0 {
        let text = format!("and {more} more; --format json has all");
        writeln!(out, "    {}", style.ink(Ink::Faint, &text))?;
    }
    Ok(())
}

/// Mentions with the same words, part and rule.
struct Kind<'a> {
    words: &'a str,
    part: Part,
    rule: u8,
    weight: u8,
    times: usize,
}

/// The mentions of a tag by words, part and rule, in the order of the first of each.
fn kinds<'a>(stored: &'a StoredArticle, tag: &Tag) -> Vec<Kind<'a>> {
    let article = &stored.article;
    let mut kinds: Vec<Kind<'a>> = Vec::new();
    let mut places: HashMap<(&str, Part, u8), usize> = HashMap::new();
    for &Mention { part, start, end, rule, weight } in &tag.mentions {
        let text = match part {
            Part::Title => article.title.as_str(),
            Part::Dateline => article.dateline.as_deref().unwrap_or_default(),
            Part::Body => article.body.as_str(),
            Part::Meta => "",
        };
        let words = text.get(start as usize..end as usize).unwrap_or_default();
        let place = *places.entry((words, part, rule)).or_insert(kinds.len());
        match kinds.get_mut(place) {
            Some(kind) => {
                kind.times += 1;
                kind.weight = kind.weight.max(weight);
            }
            None => kinds.push(Kind { words, part, rule, weight, times: 1 }),
        }
    }
    kinds
}

impl Kind<'_> {
    /// `"Japanese" in the title: demonym, weight 180`.
    fn told(&self) -> String {
        let place = match self.part {
            Part::Title => "in the title",
            Part::Dateline => "in the dateline",
            Part::Body => "in the text",
            Part::Meta => "supplied",
        };
        let words = self.words.split_whitespace().collect::<Vec<_>>().join(" ");
        let times = if self.times > 1 { format!(", {} times", self.times) } else { String::new() };
        format!("\"{words}\" {place}{times}: {}, weight {}", rule_name(self.rule), self.weight)
    }
}
