//! The public JSON of a whole article with its tags, their evidence and what a query marks.

use serde::Serialize;
use serde_json::Value;

use super::{Object, VERSION, iso, known};
use crate::article::date::Precision;
use crate::engine::StoredArticle;
use crate::plan::FacetClass;
use crate::search::hits::HitFacets;
use crate::snippet::{Found, Matches};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, rule_name};

#[derive(Serialize)]
struct ArticleLine<'a> {
    v: u32,
    r#type: &'static str,
    id: &'a str,
    title: &'a str,
    body: &'a str,
    date: Option<String>,
    date_precision: Option<Precision>,
    date_text: Option<&'a str>,
    dateline: Option<&'a str>,
    source: Option<&'a str>,
    url: Option<&'a str>,
    lang: &'a str,
    author: Option<&'a str>,
    section: Option<&'a str>,
    file: Option<String>,
    line: Option<u64>,
    added: i64,
    facets: Object<'a, FacetClass, Vec<String>>,
    major: Object<'a, FacetClass, Vec<String>>,
    labels: Object<'a, String, String>,
    tags: Vec<TagLine<'a>>,
    extra: &'a serde_json::Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<Vec<MarkedPlace>>,
}

#[derive(Serialize)]
struct TagLine<'a> {
    class: Class,
    id: &'a str,
    level: Level,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    score: u8,
    mentions: Vec<MentionLine>,
}

#[derive(Serialize)]
struct MentionLine {
    field: Part,
    start: usize,
    end: usize,
    rule: &'static str,
    weight: u8,
}

#[derive(Serialize)]
struct MarkedPlace {
    field: &'static str,
    bytes: (usize, usize),
    chars: (usize, usize),
}

/// Counts characters up to bytes that mostly rise, so that a whole list costs one pass.
struct Characters<'t> {
    text: &'t str,
    byte: usize,
    chars: usize,
}

impl<'t> Characters<'t> {
    fn of(text: &'t str) -> Characters<'t> {
        Characters { text, byte: 0, chars: 0 }
    }

    fn before(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.chars) = (0, 0);
        }
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        if let Some(between) = self.text.get(self.byte..byte) {
            self.chars += between.chars().count();
            self.byte = byte;
        }
        self.chars
    }
}

fn tag_line<'a>(tag: &'a Tag, stored: &StoredArticle) -> TagLine<'a> {
    let article = &stored.article;
    let mut texts = [
        Characters::of(&article.title),
        Characters::of(article.dateline.as_deref().unwrap_or_default()),
        Characters::of(&article.body),
    ];
    let mention = |mention: &Mention| {
        let text = match mention.part {
            Part::Title => Some(&mut texts[0]),
            Part::Dateline => Some(&mut texts[1]),
            Part::Body => Some(&mut texts[2]),
            Part::Meta => None,
        };
        let (start, end) = text.map_or((0, 0), |text| {
            (text.before(mention.start as usize), text.before(mention.end as usize))
        });
        let rule = rule_name(mention.rule);
        MentionLine { field: mention.part, start, end, rule, weight: mention.weight }
    };
    TagLine {
        class: tag.class,
        id: &tag.id,
        level: tag.level,
        origin: tag.origin,
        by: tag.by.as_deref(),
        score: tag.score,
        mentions: tag.mentions.iter().map(mention).collect(),
    }
}

/// Every mention that is kept with an article: class, id, field, characters, rule, weight, level.
pub fn mentions(stored: &StoredArticle) -> Value {
    #[derive(Serialize)]
    struct Line<'a> {
        class: Class,
        id: &'a str,
        #[serde(flatten)]
        place: &'a MentionLine,
        level: Level,
    }
    let mut all = Vec::new();
    for tag in &stored.tags.tags {
        for place in &tag_line(tag, stored).mentions {
            if place.field != Part::Meta {
                let line = Line { class: tag.class, id: &tag.id, place, level: tag.level };
                all.push(serde_json::to_value(line).unwrap_or_default());
            }
        }
    }
    Value::Array(all)
}

fn places(field: &'static str, text: &str, found: &[Found]) -> Vec<MarkedPlace> {
    let mut characters = Characters::of(text);
    let place = |found: &Found| {
        let (start, end) = found.bytes;
        let chars = (characters.before(start), characters.before(end));
        MarkedPlace { field, bytes: found.bytes, chars }
    };
    found.iter().map(place).collect()
}

/// A whole article, with its tags and their evidence; spans count characters.
///
/// `facets` are those of `stored`; `found` is where a query matches in title and body.
pub fn article<'a>(
    stored: &'a StoredArticle,
    facets: &'a HitFacets,
    found: Option<&Matches>,
) -> impl Serialize + use<'a> {
    let article = &stored.article;
    let path = article.provenance.path();
    let (file, line) = known(&path, article.provenance.line);
    ArticleLine {
        v: VERSION,
        r#type: "article",
        id: stored.id(),
        title: &article.title,
        body: &article.body,
        date: iso(article.date.as_ref()),
        date_precision: article.date.as_ref().map(|date| date.precision),
        date_text: article.date.as_ref().map(|date| date.text.as_str()),
        dateline: article.dateline.as_deref(),
        source: article.source.as_deref(),
        url: article.url.as_deref(),
        lang: &stored.lang,
        author: article.author.as_deref(),
        section: article.section.as_deref(),
        file,
        line,
        added: stored.added,
        facets: Object(&facets.ids),
        major: Object(&facets.major),
        labels: Object(&facets.labels),
        tags: stored.tags.tags.iter().map(|tag| tag_line(tag, stored)).collect(),
        extra: &article.extra,
        marks: found.map(|found| {
            let mut marks = places("title", &article.title, &found.title);
            marks.extend(places("body", &article.body, &found.body));
            marks
        }),
    }
}
