//! Several stories in one text: sections whose headings or last lines link to the story itself.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::render::{events, render};
use crate::article::{Article, PartialDate};
use crate::source::fields::Field;
use crate::source::mapping::Mapper;

/// Of ten sections so many must have an address of their own.
const SURE: usize = 8;

/// A story of several.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Story {
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    /// The fields that it has, whatever the head of the file says.
    pub(super) own: Vec<Field>,
    title: String,
    body: String,
    url: Option<String>,
    section: Option<String>,
    source: Option<String>,
    date: Option<String>,
}

impl Story {
    /// Puts what the story itself says into an article; of source and date only what the head of
    /// the file does not.
    pub(super) fn fill(&self, article: &mut Article, mapper: &Mapper) {
        self.title.clone_into(&mut article.title);
        self.body.clone_into(&mut article.body);
        article.url.clone_from(&self.url);
        if self.section.is_some() {
            article.section.clone_from(&self.section);
        }
        if article.source.is_none() {
            article.source.clone_from(&self.source);
        }
        if let (None, Some(date)) = (&article.date, &self.date) {
            article.date = PartialDate::parse(date, mapper.options().date_order).ok();
        }
    }
}

/// A heading and the text under it, up to the next heading of any level.
#[derive(Debug)]
struct Section {
    level: HeadingLevel,
    title: String,
    range: Range<usize>,
    body: Range<usize>,
    /// The address that the heading is a link to, or that a line of links alone leads to.
    url: Option<String>,
}

/// The stories of a text, where it is made of several: at one level of headings, two sections or
/// more, nearly all with an address of their own. What stands before and between them is a story
/// without address, so that nothing is lost.
pub(super) fn stories(text: &str) -> Option<Vec<Story>> {
    let sections = sections(text);
    let of = |level: HeadingLevel| sections.iter().filter(move |one| one.level == level);
    let level = [HeadingLevel::H2, HeadingLevel::H3, HeadingLevel::H4, HeadingLevel::H1]
        .into_iter()
        .find(|level| {
            let all = of(*level).count();
            let linked = of(*level).filter(|one| one.url.is_some()).count();
            all >= 2 && linked * 10 >= all * SURE
        })?;
    let top = sections.iter().find(|one| one.level == HeadingLevel::H1 && one.level != level);
    let (source, date) = top.map(|top| source_and_date(&top.title)).unwrap_or_default();
    let mut out: Vec<Story> = Vec::new();
    let mut group: Option<String> = None;
    for section in &sections {
        let is_story = section.level == level;
        if section.level < level {
            group = (section.level != HeadingLevel::H1).then(|| section.title.clone());
        }
        if section.level > level
            && let Some(story) = out.last_mut()
        {
            // A heading within a story.
            story.range.end = section.range.end;
            let more = render(&text[section.range.clone()]);
            for part in [more.title.unwrap_or_default(), more.body] {
                if !part.is_empty() {
                    story.body.push_str("\n\n");
                    story.body.push_str(&part);
                }
            }
            continue;
        }
        let rendered = render(&text[section.body.clone()]);
        let mut body = rendered.body;
        if let Some(title) = rendered.title {
            body = format!("{title}\n\n{body}");
        }
        if !is_story && body.trim().is_empty() {
            continue;
        }
        let mut own = vec![Field::Title, Field::Body, Field::Url, Field::Id];
        if is_story && group.is_some() {
            own.push(Field::Section);
        }
        out.push(Story {
            range: section.range.clone(),
            own,
            title: section.title.clone(),
            body,
            url: section.url.clone(),
            section: group.clone().filter(|_| is_story),
            source: source.clone(),
            date: date.clone(),
        });
    }
    Some(out)
}

/// `The Evening News (20240315)` is a source and a date.
fn source_and_date(title: &str) -> (Option<String>, Option<String>) {
    let cut = title
        .char_indices()
        .find_map(|(at, c)| matches!(c, '(' | '（' | '[').then_some((at, at + c.len_utf8())));
    let Some((at, after)) = cut else { return (None, None) };
    let inner = title[after..].trim_end_matches([')', '）', ']', ' ']);
    if PartialDate::parse(inner, Default::default()).is_err() {
        return (None, None);
    }
    let source = title[..at].trim().trim_matches(['《', '》', '"', '“', '”']);
    (Some(source.to_owned()).filter(|source| !source.is_empty()), Some(inner.to_owned()))
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut heading = false;
    // What the block that is being read holds besides links, and the first link.
    let mut letters = false;
    let mut link: Option<String> = None;
    let mut in_link = false;
    let mut depth = 0usize;
    // The last block of the section, where it is nothing but a link.
    let mut last: Option<(String, usize)> = None;
    for (event, range) in events(text) {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    (letters, link) = (false, None);
                    if let Tag::Heading { level, .. } = &tag {
                        close(&mut sections, last.take(), range.start);
                        if sections.is_empty() && !text[..range.start].trim().is_empty() {
                            sections.push(Section::new(HeadingLevel::H1, 0..0, range.start));
                        }
                        sections.push(Section::new(*level, range.clone(), text.len()));
                        heading = true;
                    }
                }
                if let Tag::Link { dest_url, .. } = tag {
                    in_link = true;
                    let web = ["http://", "https://"];
                    if web.iter().any(|scheme| dest_url.starts_with(scheme)) {
                        link.get_or_insert(dest_url.into_string());
                    }
                }
                depth += 1;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                in_link &= end != TagEnd::Link;
                if depth > 0 {
                    continue;
                }
                let alone = link.take().filter(|_| !letters);
                if heading {
                    if let Some(section) = sections.last_mut() {
                        section.url = alone;
                    }
                    heading = false;
                } else {
                    last = alone.map(|url| (url, range.start));
                }
            }
            Event::Text(piece) | Event::Code(piece) => {
                letters |= !in_link && !piece.trim().is_empty();
                if let (true, Some(section)) = (heading, sections.last_mut()) {
                    section.title.push_str(&piece);
                }
            }
            Event::Html(_) => letters = true,
            _ => {}
        }
    }
    close(&mut sections, last, text.len());
    for section in &mut sections {
        section.title = section.title.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    sections
}

/// Ends the last section; a link that is all of its last block is its address and no text.
fn close(sections: &mut [Section], last: Option<(String, usize)>, end: usize) {
    let Some(section) = sections.last_mut() else { return };
    section.range.end = end;
    section.body.end = end;
    if let (None, Some((url, start))) = (&section.url, last) {
        section.url = Some(url);
        section.body.end = start;
    }
}

impl Section {
    fn new(level: HeadingLevel, heading: Range<usize>, end: usize) -> Section {
        Section {
            level,
            title: String::new(),
            body: heading.end..end,
            range: heading.start..end,
            url: None,
        }
    }
}
