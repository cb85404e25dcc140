//! The stored form of an article: text, supplied keys and evidence in one compact record.

use crate::article::date::Precision;
use crate::article::{Article, Given, PartialDate, Provenance, Words};
use crate::tag::person::name::label_from_slug;
use crate::tag::{Class, Level, Mention, Origin, Part, Tag, Tags};

/// The version of the record; the first byte of each.
const VERSION: u8 = 2;

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
    /// The country of its publisher, as far as it was known when it was tagged.
    pub home: Option<String>,
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
    /// The country of its publisher, as far as it was known when it was tagged.
    pub home: Option<String>,
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

/// Writes the record of an article into `out`, which is cleared first.
pub fn encode(tagged: &TaggedArticle, out: &mut Vec<u8>) {
    out.clear();
    out.push(VERSION);
    let article = &tagged.article;
    write_text(out, &article.title);
    write_text(out, &article.body);
    write_text(out, tagged.id());
    write_text(out, &tagged.lang);
    write_option(out, tagged.home.as_deref());
    write_signed(out, tagged.added);
    write_date(out, article.date.as_ref());
    for text in [
        &article.dateline,
        &article.source,
        &article.url,
        &article.lang,
        &article.author,
        &article.section,
    ] {
        write_option(out, text.as_deref());
    }
    write_given(out, &article.given);
    if article.extra.is_empty() {
        write_text(out, "");
    } else {
        write_text(out, &serde_json::Value::Object(article.extra.clone()).to_string());
    }
    let provenance = &article.provenance;
    write_text(out, &provenance.file.to_string_lossy());
    write_option(out, provenance.member.as_deref());
    write_option(out, provenance.charset.as_deref());
    write_number(out, provenance.line);
    write_number(out, provenance.offset);
    write_number(out, provenance.len);
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
    let id = input.text()?.to_owned();
    let lang = input.text()?.to_owned();
    let home = input.option()?;
    let added = input.signed()?;
    let date = read_date(&mut input)?;
    let dateline = input.option()?;
    let source = input.option()?;
    let url = input.option()?;
    let given_lang = input.option()?;
    let author = input.option()?;
    let section = input.option()?;
    let given = read_given(&mut input)?;
    let extra = match input.text()? {
        "" => serde_json::Map::new(),
        json => {
            serde_json::from_str(json).map_err(|_| DecodeError("its supplied keys are damaged"))?
        }
    };
    let provenance = Provenance {
        file: input.text()?.into(),
        member: input.option()?,
        charset: input.option()?,
        line: input.number()?,
        offset: input.number()?,
        len: input.number()?,
    };
    let length = input.number()? as usize;
    let tags = read_tags(&mut Input { bytes: input.take(length)? })?;
    Ok(StoredArticle {
        article: Article {
            id: Some(id),
            title,
            body,
            date,
            dateline,
            source,
            url,
            lang: given_lang,
            author,
            section,
            given,
            extra,
            provenance,
            notes: Vec::new(),
        },
        tags,
        lang,
        home,
        added,
    })
}

/// Precisions by their number in a record; 0 is no date.
const PRECISIONS: [Precision; 4] =
    [Precision::Year, Precision::Month, Precision::Day, Precision::Minute];

const DAY: i64 = 86_400;

/// Precision, start, length, zone and text; what follows from the rest is left out.
fn write_date(out: &mut Vec<u8>, date: Option<&PartialDate>) {
    let Some(date) = date else {
        out.push(0);
        return;
    };
    let precision = PRECISIONS.iter().position(|&known| known == date.precision).unwrap_or(3);
    let days = date.start % DAY == 0 && date.end % DAY == 0;
    let plain = date.display() == date.text;
    let flags = (precision as u8 + 1)
        | u8::from(days) << 3
        | u8::from(date.offset.is_some()) << 4
        | u8::from(plain) << 5;
    out.push(flags);
    let unit = if days { DAY } else { 1 };
    write_signed(out, date.start / unit);
    write_signed(out, (date.end - date.start) / unit);
    if let Some(offset) = date.offset {
        write_signed(out, i64::from(offset));
    }
    if !plain {
        write_text(out, &date.text);
    }
}

fn read_date(input: &mut Input<'_>) -> Result<Option<PartialDate>, DecodeError> {
    let flags = input.byte()?;
    if flags == 0 {
        return Ok(None);
    }
    let precision = PRECISIONS
        .get(usize::from((flags & 7).wrapping_sub(1)))
        .copied()
        .ok_or(DecodeError("a date is damaged"))?;
    let unit = if flags & 8 != 0 { DAY } else { 1 };
    let start = input.signed()?.saturating_mul(unit);
    let end = start.saturating_add(input.signed()?.saturating_mul(unit));
    let offset = if flags & 16 != 0 { Some(input.signed()? as i16) } else { None };
    let mut date = PartialDate { start, end, precision, offset, text: String::new() };
    date.text = if flags & 32 != 0 { date.display() } else { input.text()?.to_owned() };
    Ok(Some(date))
}

fn write_given(out: &mut Vec<u8>, given: &Given) {
    let lists = [
        &given.country,
        &given.person,
        &given.event,
        &given.org,
        &given.place,
        &given.topic,
        &given.tag,
    ];
    let filled = (0..).zip(lists).filter(|(_, list)| !list.is_empty());
    out.push(filled.fold(0, |bits, (at, _): (u8, _)| bits | 1 << at));
    for list in lists.into_iter().filter(|list| !list.is_empty()) {
        write_number(out, list.len() as u64);
        list.iter().for_each(|value| write_text(out, value));
    }
}

fn read_given(input: &mut Input<'_>) -> Result<Given, DecodeError> {
    let bits = input.byte()?;
    let mut given = Given::default();
    let lists = [
        &mut given.country,
        &mut given.person,
        &mut given.event,
        &mut given.org,
        &mut given.place,
        &mut given.topic,
        &mut given.tag,
    ];
    for (_, list) in (0..).zip(lists).filter(|(at, _)| bits & 1 << at != 0) {
        for _ in 0..input.number()? {
            list.push(input.text()?.to_owned());
        }
    }
    Ok(given)
}

/// The one mention of a supplied tag.
const SUPPLIED: Mention = Mention { part: Part::Meta, start: 0, end: 0, rule: 0, weight: 255 };

/// Whether a tag is what a supplied label gives, so that its evidence need not be written.
fn is_supplied(tag: &Tag) -> bool {
    tag.origin == Origin::Given && tag.score == 255 && tag.mentions == [SUPPLIED]
}

/// Whether the label is what the id gives.
fn follows(tag: &Tag) -> bool {
    tag.class == Class::Person
        && tag.label.as_ref().is_some_and(|label| *label == label_from_slug(&tag.id))
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
            | u8::from(tag.label.is_some()) << 4
            | u8::from(follows(tag)) << 5
            | u8::from(is_supplied(tag)) << 6
            | u8::from(tag.by.is_some()) << 7;
        out.push(flags);
        write_text(out, &tag.id);
        if let Some(label) = &tag.label
            && !follows(tag)
        {
            write_text(out, label);
        }
        if is_supplied(tag) {
            continue;
        }
        out.push(tag.score);
        write_number(out, tag.mentions.len() as u64);
        let mut last = 0;
        for mention in &tag.mentions {
            let part = match mention.part {
                Part::Title => 0,
                Part::Dateline => 1,
                Part::Body => 2,
                Part::Meta => 3,
            };
            out.push(mention.rule);
            out.push(mention.weight);
            write_signed(out, i64::from(mention.start) - last);
            let length = u64::from(mention.end.saturating_sub(mention.start));
            write_number(out, length << 2 | part);
            last = i64::from(mention.start);
        }
        if let Some(by) = &tag.by {
            write_text(out, by);
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
        let id = input.text()?.to_owned();
        let label = match flags & 48 {
            0 | 32 => None,
            16 => Some(input.text()?.to_owned()),
            _ => Some(label_from_slug(&id)),
        };
        let level = if flags & 4 != 0 { Level::Major } else { Level::Passing };
        let origin = if flags & 8 != 0 { Origin::Given } else { Origin::Derived };
        if flags & 64 != 0 {
            let mentions = vec![SUPPLIED];
            tags.push(Tag { class, id, label, level, score: 255, origin, by: None, mentions });
            continue;
        }
        let score = input.byte()?;
        let mut mentions = Vec::new();
        let mut last = 0i64;
        for _ in 0..input.number()? {
            let rule = input.byte()?;
            let weight = input.byte()?;
            last = last.wrapping_add(input.signed()?);
            let length = input.number()?;
            let part = match length & 3 {
                0 => Part::Title,
                1 => Part::Dateline,
                2 => Part::Body,
                _ => Part::Meta,
            };
            let length = length >> 2;
            let start = u32::try_from(last).map_err(|_| DecodeError("a mention is damaged"))?;
            let end = start.saturating_add(length as u32);
            mentions.push(Mention { part, start, end, rule, weight });
        }
        let by = if flags & 128 != 0 { Some(input.text()?.to_owned()) } else { None };
        tags.push(Tag { class, id, label, level, score, origin, by, mentions });
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

/// Zigzag: small numbers of either sign are short.
fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_number(out, ((number << 1) ^ (number >> 63)) as u64);
}

/// 0 for nothing, else the length and one more.
fn write_option(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => out.push(0),
        Some(text) => {
            write_number(out, text.len() as u64 + 1);
            out.extend_from_slice(text.as_bytes());
        }
    }
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

    fn signed(&mut self) -> Result<i64, DecodeError> {
        let zigzag = self.number()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    fn option(&mut self) -> Result<Option<String>, DecodeError> {
        let length = self.number()?;
        if length == 0 {
            return Ok(None);
        }
        let bytes = self.take(length as usize - 1)?;
        let text = std::str::from_utf8(bytes).map_err(|_| DecodeError("a text is not UTF-8"))?;
        Ok(Some(text.to_owned()))
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
                section: Some(String::new()),
                date: Some(PartialDate::day(1605, 11, 5).unwrap()),
                given: Given { topic: vec!["a".into(), "b".into()], ..Given::default() },
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
                    by: Some("spacy".into()),
                    mentions: vec![mention(10, 15), mention(0, 5)],
                }],
                unknown: Vec::new(),
            },
            lang: "en".into(),
            home: Some("JP".into()),
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
