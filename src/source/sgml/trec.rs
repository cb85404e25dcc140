//! The `<DOC>` of TREC's news collections (AP, WSJ, FT, LA Times, FR, FBIS, SJMN, newer agency
//! copy) and of the corpora that took over its form.

use serde_json::Value;

use super::{attributes, one_line, tag};
use crate::article::date::DateOrder;
use crate::article::{Article, PartialDate};
use crate::source::entities::resolve;
use crate::source::fields::Field;
use crate::source::mapping::{Mapper, take_date};
use crate::source::markup::untagged;

/// What an element of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Id,
    /// Running text; several are joined.
    Text,
    /// Running text that is another element's part where there is one.
    Lead,
    /// A field of its own. The number ranks names of one field, the lowest wins.
    Field(Field, u8),
    /// Nothing but a wrapper: what it holds counts.
    Wrapper,
    Other,
}

/// The names that TREC's collections use; all else is kept as it is.
fn use_of(name: &str) -> Use {
    match name {
        "DOCNO" => Use::Id,
        "TEXT" => Use::Text,
        "LEADPARA" | "LP" | "SUMMARY" => Use::Lead,
        "HEADLINE" | "HL" => Use::Field(Field::Title, 0),
        "HEAD" | "TITLE" | "TI" | "DOCTITLE" => Use::Field(Field::Title, 1),
        "H3" => Use::Field(Field::Title, 2),
        "DATE" | "DATETIME" | "PUBDATE" => Use::Field(Field::Date, 0),
        "DATE_TIME" | "DATE1" | "DD" => Use::Field(Field::Date, 1),
        "DATELINE" => Use::Field(Field::Dateline, 0),
        "BYLINE" => Use::Field(Field::Author, 0),
        "AUTHOR" => Use::Field(Field::Author, 1),
        "SOURCE" | "PUB" | "SO" | "JOURNAL" => Use::Field(Field::Source, 0),
        "SECTION" => Use::Field(Field::Section, 0),
        "LANGUAGE" => Use::Field(Field::Lang, 0),
        "URL" => Use::Field(Field::Url, 0),
        "SUBJECT" | "DESCRIPTORS" | "KEYWORD" | "KEYWORDS" => Use::Field(Field::Topic, 0),
        "HEADER" | "BODY" | "DOCHDR" | "H1" | "H2" => Use::Wrapper,
        _ => Use::Other,
    }
}

/// The article of a `<DOC>` element.
pub(super) fn story(text: &str, mapper: &Mapper) -> Article {
    let mut article = Article::default();
    let (open, rest) = text.split_once('>').unwrap_or((text, ""));
    for (name, value) in attributes(open) {
        match name {
            "id" | "ID" | "docid" => article.id = Some(value.trim().to_owned()),
            name => keep(&mut article, name, value),
        }
    }
    let rest = ["</DOC>", "</doc>"].iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
    let mut parts = Parts::default();
    parts.collect(rest, &mut article, 0);
    if let Some(id) = parts.id {
        article.id = Some(id);
    }
    parts.bodies.retain(|body| !body.is_empty());
    if parts.bodies.is_empty() {
        parts.bodies.extend(parts.leads);
    } else if let Some(lead) = parts.leads.pop() {
        parts.bodies.insert(0, lead);
    }
    article.body = parts.bodies.join("\n\n");
    let id = article.id.clone().unwrap_or_default();
    let mut known: Vec<Field> = Vec::new();
    parts.fields.sort_by_key(|(_, rank, ..)| *rank);
    for (field, _, name, value) in parts.fields {
        if known.contains(&field) && !(field.is_list() || known_as_title(field, &name)) {
            keep(&mut article, &name, &value);
            continue;
        }
        match field {
            // An AP story has several heads.
            Field::Title if known.contains(&field) => {
                article.title.push_str("; ");
                article.title.push_str(&value);
            }
            Field::Date => date(&mut article, &name, value, mapper),
            Field::Topic => {
                let values = value.split(';').map(str::trim).filter(|value| !value.is_empty());
                article.given.topic.extend(values.map(str::to_owned));
            }
            Field::Dateline => {
                let value = value.trim_end_matches(['-', '_', ' ']).to_owned();
                mapper.put(&mut article, field, value, &name);
            }
            field => mapper.put(&mut article, field, value, &name),
        }
        known.push(field);
    }
    if article.source.is_none() {
        article.source = source_of(&id).map(str::to_owned);
    }
    if article.date.is_none() && !known.contains(&Field::Date) {
        article.date = date_of(&id);
    }
    article
}

fn known_as_title(field: Field, name: &str) -> bool {
    field == Field::Title && matches!(name, "HEAD" | "HL" | "HEADLINE")
}

/// What was found in a document.
#[derive(Debug, Default)]
struct Parts {
    id: Option<String>,
    bodies: Vec<String>,
    leads: Vec<String>,
    fields: Vec<(Field, u8, String, String)>,
}

impl Parts {
    /// Goes over the elements of a text; those within one another are only looked into where the
    /// outer one is a wrapper.
    fn collect(&mut self, text: &str, article: &mut Article, depth: usize) {
        let mut rest = text;
        let mut loose = String::new();
        while let Some(at) = tag(rest, is_name) {
            loose.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let name_end = rest.find(|c: char| c == '>' || c.is_whitespace()).unwrap_or(rest.len());
            let name = rest[..name_end].to_ascii_uppercase();
            let Some(open_end) = rest.find('>') else { break };
            let content = &rest[open_end + 1..];
            let (content, after) = match closing(content, &rest[..name_end]) {
                Some((end, len)) => (&content[..end], &content[end + len..]),
                // Some elements of SGML need no closing tag: up to the next line with a tag.
                None => {
                    let end = content.find("\n<").unwrap_or(content.len());
                    content.split_at(end)
                }
            };
            rest = after;
            match use_of(&name) {
                Use::Id => self.id = Some(resolve(content).trim().to_owned()),
                Use::Text => {
                    self.title_within(content);
                    self.bodies.push(running(content));
                }
                Use::Lead => self.leads.push(running(content)),
                Use::Wrapper if depth < 4 => self.collect(content, article, depth + 1),
                Use::Field(field, rank) => {
                    let value = plain_line(content);
                    if !value.is_empty() {
                        self.fields.push((field, rank, name, value));
                    }
                }
                Use::Wrapper | Use::Other => keep(article, &name, &plain_line(content)),
            }
        }
        loose.push_str(rest);
        // Text that stands in no element at all.
        if depth == 0 && self.bodies.is_empty() && !loose.trim().is_empty() {
            self.bodies.push(running(&loose));
        }
    }

    /// The Federal Register has its titles in the text.
    fn title_within(&mut self, text: &str) {
        if let Some(title) = super::element(text, "DOCTITLE") {
            let title = plain_line(title);
            if !title.is_empty() {
                self.fields.push((Field::Title, 3, "DOCTITLE".to_owned(), title));
            }
        }
    }
}

fn is_name(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Where an element's closing tag begins, and its length.
fn closing(content: &str, name: &str) -> Option<(usize, usize)> {
    let end = tag(content, |rest| {
        rest.strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.trim_start().starts_with('>'))
    })?;
    let len = content[end..].find('>')? + 1;
    Some((end, len))
}

fn keep(article: &mut Article, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    match article.extra.get_mut(name) {
        // A name that comes again is a list.
        Some(Value::Array(values)) => values.push(Value::String(value.to_owned())),
        Some(known) => {
            *known = Value::Array(vec![known.take(), Value::String(value.to_owned())]);
        }
        None => {
            article.extra.insert(name.to_owned(), Value::String(value.to_owned()));
        }
    }
}

/// Text without tags and comments, in one line.
fn plain_line(text: &str) -> String {
    one_line(&untagged(text))
}

/// Running text: tags and comments gone, paragraphs apart, blank lines at both ends gone.
fn running(text: &str) -> String {
    let text = untagged(text);
    let text = resolve(&text);
    let start = text.len() - text.trim_start().len();
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    text[line..].trim_end().to_owned()
}

/// Takes a date as TREC's collections write it: `910514`, `03/24/87` (month first), `January 1,
/// 1989, Sunday, Home Edition`, and all that is usual.
fn date(article: &mut Article, name: &str, value: String, mapper: &Mapper) {
    let order = match mapper.options().date_order {
        // All collections with this form are American.
        DateOrder::Unknown => DateOrder::Mdy,
        order => order,
    };
    let digits = value.len() == 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = if digits {
        PartialDate::parse(
            &format!("{}-{}-{}", &value[..2], &value[2..4], &value[4..]),
            DateOrder::Ymd,
        )
    } else {
        let words = value.match_indices(',').nth(1).map_or(value.as_str(), |(at, _)| &value[..at]);
        PartialDate::parse(&value, order)
            .or_else(|error| PartialDate::parse(words, order).map_err(|_| error))
    };
    take_date(article, parsed, name, value);
}

/// Agencies and papers by the beginning of a document's number.
const SOURCES: [(&str, &str); 19] = [
    ("AP", "AP"),
    ("APW", "AP"),
    ("WSJ", "The Wall Street Journal"),
    ("LA", "Los Angeles Times"),
    ("FT", "Financial Times"),
    ("FR", "Federal Register"),
    ("FBIS", "FBIS"),
    ("SJMN", "San Jose Mercury News"),
    ("NYT", "The New York Times"),
    ("XIE", "Xinhua"),
    ("XIN", "Xinhua"),
    ("AFP", "AFP"),
    ("CNA", "Central News Agency"),
    ("LTW", "Los Angeles Times/Washington Post"),
    ("NYT_ENG_", "The New York Times"),
    ("APW_ENG_", "AP"),
    ("AFP_ENG_", "AFP"),
    ("XIN_ENG_", "Xinhua"),
    ("LTW_ENG_", "Los Angeles Times/Washington Post"),
];

fn source_of(id: &str) -> Option<&'static str> {
    let letters = id.find(|c: char| c.is_ascii_digit())?;
    let prefix = &id[..letters];
    SOURCES.iter().find(|(known, _)| *known == prefix).map(|(_, source)| *source)
}

/// The day in a document's number: `AP880212-0001`, `LA010189-0001`, `NYT19990101.0001`.
fn date_of(id: &str) -> Option<PartialDate> {
    let letters = id.find(|c: char| c.is_ascii_digit())?;
    source_of(id)?;
    let digits = &id[letters..];
    let len = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = &digits[..len];
    let (text, order) = match (&id[..letters], len) {
        (_, 8) => (format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]), DateOrder::Ymd),
        ("AP" | "WSJ" | "FR", 6) => {
            (format!("{}-{}-{}", &digits[..2], &digits[2..4], &digits[4..]), DateOrder::Ymd)
        }
        ("LA", 6) => {
            (format!("{}/{}/{}", &digits[..2], &digits[2..4], &digits[4..]), DateOrder::Mdy)
        }
        _ => return None,
    };
    PartialDate::parse(&text, order).ok()
}

#[cfg(test)]
mod tests;
