//! The stored form of an article: text, supplied keys and evidence in one compact record.

use serde::{Deserialize, Serialize};

use crate::article::{Article, Given, PartialDate, Provenance, Words};
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};

/// The version of the record; the first byte of each.
const VERSION: u8 = 1;

/// An article with all that indexing found out about it.
#[derive(Debug, Clone, Default)]
pub struct TaggedArticle {
    /// The article; its id is set.
    pub article: Article,
    /// Its words.
    pub words: Words,
    /// Its tags.
    pub tags: Tags,
    /// The language it is analysed in.
    pub lang: String,
    /// Hash of the input, see [`Article::content_hash`].
    pub content_hash: u64,
    /// When it was added, seconds since 1970.
    pub added: i64,
}

impl TaggedArticle {
    /// The id, empty if [`Article::ensure_id`] was never called.
    pub fn id(&self) -> &str {
        self.article.id.as_deref().unwrap_or_default()
    }
}

/// An article as an index gives it back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredArticle {
    /// The article as it was read.
    pub article: Article,
    /// Its tags with their evidence.
    pub tags: Tags,
    /// The language it was analysed in.
    pub lang: String,
    /// When it was added, seconds since 1970.
    pub added: i64,
}

impl StoredArticle {
    /// The id.
    pub fn id(&self) -> &str {
        self.article.id.as_deref().unwrap_or_default()
    }
}

/// Why a stored record could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored article cannot be read: {0}")]
pub struct DecodeError(&'static str);

/// Everything but text and evidence, under short keys.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head {
    #[serde(rename = "i")]
    id: String,
    #[serde(rename = "d", skip_serializing_if = "Option::is_none", default)]
    date: Option<PartialDate>,
    #[serde(rename = "dl", skip_serializing_if = "Option::is_none", default)]
    dateline: Option<String>,
    #[serde(rename = "s", skip_serializing_if = "Option::is_none", default)]
    source: Option<String>,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none", default)]
    url: Option<String>,
    #[serde(rename = "l", skip_serializing_if = "Option::is_none", default)]
    given_lang: Option<String>,
    #[serde(rename = "la")]
    lang: String,
    #[serde(rename = "a", skip_serializing_if = "Option::is_none", default)]
    author: Option<String>,
    #[serde(rename = "se", skip_serializing_if = "Option::is_none", default)]
    section: Option<String>,
    #[serde(rename = "g", skip_serializing_if = "Given::is_empty", default)]
    given: Given,
    #[serde(rename = "x", skip_serializing_if = "serde_json::Map::is_empty", default)]
    extra: serde_json::Map<String, serde_json::Value>,
    #[serde(rename = "p")]
    provenance: Provenance,
    #[serde(rename = "t")]
    added: i64,
}

/// Writes the record of an article into `out`, which is cleared first.
pub fn encode(tagged: &TaggedArticle, out: &mut Vec<u8>) {
    out.clear();
    out.push(VERSION);
    let article = &tagged.article;
    write_text(out, &article.title);
    write_text(out, &article.body);
    let head = Head {
        id: tagged.id().to_owned(),
        date: article.date.clone(),
        dateline: article.dateline.clone(),
        source: article.source.clone(),
        url: article.url.clone(),
        given_lang: article.lang.clone(),
        lang: tagged.lang.clone(),
        author: article.author.clone(),
        section: article.section.clone(),
        given: article.given.clone(),
        extra: article.extra.clone(),
        provenance: article.provenance.clone(),
        added: tagged.added,
    };
    let mut json = Vec::with_capacity(256);
    if serde_json::to_writer(&mut json, &head).is_err() {
        // Only a path that is no Unicode can fail here; the article itself must not be lost.
        json.clear();
        let mut head = head;
        head.provenance.file = head.provenance.file.to_string_lossy().into_owned().into();
        json = serde_json::to_vec(&head).unwrap_or_default();
    }
    write_number(out, json.len() as u64);
    out.extend_from_slice(&json);
    let mut evidence = Vec::with_capacity(64);
    write_tags(&mut evidence, &tagged.tags);
    write_number(out, evidence.len() as u64);
    out.extend_from_slice(&evidence);
}

/// Reads a record back.
///
/// # Errors
/// When the bytes are cut short or of another version.
pub fn decode(bytes: &[u8]) -> Result<StoredArticle, DecodeError> {
    let mut input = Input { bytes };
    if input.byte()? != VERSION {
        return Err(DecodeError("it is of another version"));
    }
    let title = input.text()?.to_owned();
    let body = input.text()?.to_owned();
    let length = input.number()? as usize;
    let head: Head = serde_json::from_slice(input.take(length)?)
        .map_err(|_| DecodeError("its fields are damaged"))?;
    let length = input.number()? as usize;
    let tags = read_tags(&mut Input { bytes: input.take(length)? })?;
    Ok(StoredArticle {
        article: Article {
            id: Some(head.id),
            title,
            body,
            date: head.date,
            dateline: head.dateline,
            source: head.source,
            url: head.url,
            lang: head.given_lang,
            author: head.author,
            section: head.section,
            given: head.given,
            extra: head.extra,
            provenance: head.provenance,
            notes: Vec::new(),
        },
        tags,
        lang: head.lang,
        added: head.added,
    })
}

fn write_tags(out: &mut Vec<u8>, tags: &Tags) {
    write_number(out, tags.tags.len() as u64);
    for tag in &tags.tags {
        let class = match tag.class {
            Class::Country => 0u8,
            Class::Person => 1,
            Class::Event => 2,
        };
        let flags = class
            | u8::from(tag.level == Level::Major) << 2
            | u8::from(tag.origin == Origin::Given) << 3
            | u8::from(tag.label.is_some()) << 4;
        out.push(flags);
        out.push(tag.score);
        write_text(out, &tag.id);
        if let Some(label) = &tag.label {
            write_text(out, label);
        }
        write_number(out, tag.mentions.len() as u64);
        let mut last = 0;
        for mention in &tag.mentions {
            let part = match mention.part {
                Part::Title => 0u8,
                Part::Dateline => 1,
                Part::Body => 2,
                Part::Meta => 3,
            };
            out.push(part);
            out.push(mention.rule);
            out.push(mention.weight);
            let delta = i64::from(mention.start) - last;
            write_number(out, ((delta << 1) ^ (delta >> 63)) as u64);
            write_number(out, u64::from(mention.end.saturating_sub(mention.start)));
            last = i64::from(mention.start);
        }
    }
}

fn read_tags(input: &mut Input<'_>) -> Result<Tags, DecodeError> {
    let count = input.number()?;
    let mut tags = Vec::new();
    for _ in 0..count {
        let flags = input.byte()?;
        let class = match flags & 3 {
            0 => Class::Country,
            1 => Class::Person,
            2 => Class::Event,
            _ => return Err(DecodeError("a tag is of an unknown class")),
        };
        let score = input.byte()?;
        let id = input.text()?.to_owned();
        let label = if flags & 16 != 0 { Some(input.text()?.to_owned()) } else { None };
        let mut mentions = Vec::new();
        let mut last = 0i64;
        for _ in 0..input.number()? {
            let part = match input.byte()? {
                0 => Part::Title,
                1 => Part::Dateline,
                2 => Part::Body,
                _ => Part::Meta,
            };
            let rule = input.byte()?;
            let weight = input.byte()?;
            let zigzag = input.number()?;
            let delta = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
            last = last.wrapping_add(delta);
            let length = input.number()?;
            let start = u32::try_from(last).map_err(|_| DecodeError("a mention is damaged"))?;
            let end = start.saturating_add(length as u32);
            mentions.push(Mention { part, start, end, rule, weight });
        }
        tags.push(Tag {
            class,
            id,
            label,
            level: if flags & 4 != 0 { Level::Major } else { Level::Passing },
            score,
            origin: if flags & 8 != 0 { Origin::Given } else { Origin::Derived },
            mentions,
        });
    }
    Ok(Tags { tags, unknown: Vec::new() })
}

fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

struct Input<'b> {
    bytes: &'b [u8],
}

impl<'b> Input<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        if length > self.bytes.len() {
            return Err(DecodeError("it is cut short"));
        }
        let (taken, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DecodeError("a number is too long"))
    }

    fn text(&mut self) -> Result<&'b str, DecodeError> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.take(length)?).map_err(|_| DecodeError("a text is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> TaggedArticle {
        let mention = |start, end| Mention { part: Part::Body, start, end, rule: 7, weight: 200 };
        TaggedArticle {
            article: Article {
                id: Some("a-1".into()),
                title: "Pact".into(),
                body: "Japan and Korea signed.".into(),
                source: Some("Wire".into()),
                extra: serde_json::from_str("{\"desk\":\"asia\"}").unwrap(),
                ..Article::default()
            },
            tags: Tags {
                tags: vec![Tag {
                    class: Class::Person,
                    id: "x-y".into(),
                    label: Some("X Y".into()),
                    level: Level::Major,
                    score: 250,
                    origin: Origin::Derived,
                    mentions: vec![mention(10, 15), mention(0, 5)],
                }],
                unknown: Vec::new(),
            },
            lang: "en".into(),
            content_hash: 1,
            added: 1_700_000_000,
            ..TaggedArticle::default()
        }
    }

    #[test]
    fn what_is_stored_comes_back() {
        let tagged = sample();
        let mut bytes = Vec::new();
        encode(&tagged, &mut bytes);
        let stored = decode(&bytes).unwrap();
        assert_eq!(stored.article, tagged.article);
        assert_eq!(stored.tags, tagged.tags);
        assert_eq!((stored.lang.as_str(), stored.added), ("en", 1_700_000_000));
    }

    #[test]
    fn a_record_cut_anywhere_is_an_error_and_no_panic() {
        let mut bytes = Vec::new();
        encode(&sample(), &mut bytes);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err());
        }
    }
}
