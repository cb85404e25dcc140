//! The one input record, whatever format it came from: text, date, labels and where it stood.

pub mod date;
pub mod lang;
pub mod words;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

pub use date::PartialDate;
pub use words::Words;

/// One article as a source gives it, before tagging.
///
/// Title and body are stored and shown unchanged (but for what [`Note`]s tell), so offsets into
/// the input's fields hold in every output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The supplied id, or the derived one once [`Article::ensure_id`] ran. Never empty.
    pub id: Option<String>,
    /// Headline; empty if there is none.
    pub title: String,
    /// Running text; empty for a stub.
    pub body: String,
    /// Publication date, as precise as it was given.
    pub date: Option<PartialDate>,
    /// The dateline, where the input keeps it apart from the body (`TOKYO, March 5`).
    pub dateline: Option<String>,
    /// Newspaper, agency or collection.
    pub source: Option<String>,
    /// Web address.
    pub url: Option<String>,
    /// Language as a lower-case ISO 639 tag (`en`, `pt-br` is cut to `pt`).
    pub lang: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Section of the paper.
    pub section: Option<String>,
    /// Labels that came with the article.
    pub given: Given,
    /// Supplied keys that dateline has no field for, in the order of the input.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Where the record stood.
    pub provenance: Provenance,
    /// What was dropped or repaired while reading, for the report; not stored.
    #[serde(skip)]
    pub notes: Vec<Note>,
}

/// Labels supplied with an article, as typed there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Countries: names, codes or demonyms in any language of the vocabulary.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub country: Vec<String>,
    /// Persons.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub person: Vec<String>,
    /// Event types: ids of the taxonomy or foreign codes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub event: Vec<String>,
    /// Organisations.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub org: Vec<String>,
    /// Places.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub place: Vec<String>,
    /// Topics of the desk.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub topic: Vec<String>,
    /// Free tags.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tag: Vec<String>,
}

impl Given {
    /// Whether nothing was supplied.
    pub fn is_empty(&self) -> bool {
        [&self.country, &self.person, &self.event, &self.org, &self.place, &self.topic, &self.tag]
            .iter()
            .all(|values| values.is_empty())
    }
}

/// Where a record stood in its input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The file as it was named on the command line or found below it; `-` for standard input.
    pub file: PathBuf,
    /// Path inside an archive.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<String>,
    /// Line on which the record starts, from 1, in the decompressed text; 0 where lines mean
    /// nothing.
    pub line: u64,
    /// First byte of the record in the decompressed text.
    pub offset: u64,
    /// Length of the record in bytes.
    pub len: u64,
    /// Charset it was read as, where that is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub charset: Option<String>,
}

/// Supplied keys that tell the kind of an article.
const KIND_KEYS: [&str; 4] = ["type", "genre", "article_type", "content_type"];
/// Supplied keys that tell what collection an article is of.
const COLLECTION_KEYS: [&str; 3] = ["collection", "dataset", "corpus"];

impl Article {
    /// What kind of article it is, as supplied: texts of the keys `type`, `genre`, `article_type`
    /// and `content_type`.
    pub fn kinds(&self) -> Vec<&str> {
        self.supplied(&KIND_KEYS)
    }

    /// The collections it is of, as supplied: texts of the keys `collection`, `dataset`, `corpus`.
    pub fn collections(&self) -> Vec<&str> {
        self.supplied(&COLLECTION_KEYS)
    }

    /// The texts of some supplied keys, and those in lists there.
    fn supplied(&self, keys: &[&str]) -> Vec<&str> {
        let mut found = Vec::new();
        for (key, value) in &self.extra {
            if !keys.iter().any(|known| key.eq_ignore_ascii_case(known)) {
                continue;
            }
            match value {
                serde_json::Value::String(text) => found.push(text.as_str()),
                serde_json::Value::Array(values) => {
                    found.extend(values.iter().filter_map(serde_json::Value::as_str));
                }
                _ => {}
            }
        }
        found.retain(|text| !text.trim().is_empty());
        found
    }
}

impl Provenance {
    /// The path as articles are found by it: [`Provenance::path`] without `./` before it.
    pub fn address(&self) -> String {
        let path = self.path().to_string_lossy().into_owned();
        path.strip_prefix("./").map_or(path.clone(), str::to_owned)
    }

    /// The file, with the path inside it behind it.
    pub fn path(&self) -> PathBuf {
        within(&self.file, self.member.as_deref())
    }
}

/// The path of a member of an archive behind that of the archive.
pub fn within(file: &Path, member: Option<&str>) -> PathBuf {
    let mut path = file.to_owned().into_os_string();
    // A member's path is never taken for an absolute one.
    if let Some(member) = member {
        path.push("/");
        path.push(member);
    }
    path.into()
}

/// Something dropped or repaired in a record that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Stable name: `bad_date`, `ambiguous_date`, `control_character`, `nul`, `charset`, ….
    pub code: &'static str,
    /// What happened, for people.
    pub message: String,
}

impl Article {
    /// Whether there is a record but no running text.
    pub fn is_stub(&self) -> bool {
        self.body.trim().is_empty()
    }

    /// Whether there is nothing worth keeping: no id, url, title, body or label.
    pub fn is_nothing(&self) -> bool {
        self.id.is_none()
            && self.url.is_none()
            && self.title.trim().is_empty()
            && self.is_stub()
            && self.given.is_empty()
    }

    /// Adds a note.
    pub fn note(&mut self, code: &'static str, message: impl Into<String>) {
        self.notes.push(Note { code, message: message.into() });
    }

    /// The id, deriving one if none was supplied, with `prefix` before a supplied one.
    ///
    /// The derived id is 26 characters of base 32 (RFC 4648 alphabet in lower case, digits first)
    /// of XXH3-128 over source and url, else over title, date and body: never over the path, so a
    /// moved file keeps its ids.
    pub fn ensure_id(&mut self, prefix: &str) {
        match &mut self.id {
            Some(id) if prefix.is_empty() || id.starts_with(prefix) => {}
            Some(id) => id.insert_str(0, prefix),
            None => self.id = Some(self.derived_id()),
        }
    }

    fn derived_id(&self) -> String {
        let mut hash = Xxh3::new();
        let mut field = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        if let Some(url) = &self.url {
            field(self.source.as_deref().unwrap_or_default());
            field(url);
        } else {
            field(&self.title);
            field(self.date.as_ref().map(|date| date.text.as_str()).unwrap_or_default());
            field(&self.body);
        }
        base32(hash.digest128())
    }

    /// A hash of everything that is stored or tagged, to tell whether an article changed.
    ///
    /// The place of the record is left out: a moved file changes nothing.
    pub fn content_hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        let mut field = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        field(self.id.as_deref().unwrap_or_default());
        field(&self.title);
        field(&self.body);
        if let Some(date) = &self.date {
            // The same text is another date where day and month change places.
            field(&format!("{} {} {:?} {}", date.start, date.end, date.offset, date.text));
        } else {
            field("");
        }
        for text in
            [&self.dateline, &self.source, &self.url, &self.lang, &self.author, &self.section]
        {
            field(text.as_deref().unwrap_or("\0"));
        }
        let given = &self.given;
        for values in [
            &given.country,
            &given.person,
            &given.event,
            &given.org,
            &given.place,
            &given.topic,
            &given.tag,
        ] {
            field(&values.len().to_string());
            values.iter().for_each(|value| field(value));
        }
        field(&serde_json::Value::Object(self.extra.clone()).to_string());
        hash.digest()
    }

    /// Bytes that the article holds in memory, roughly; queues are bounded by it.
    pub fn weight(&self) -> usize {
        512 + self.title.len() + self.body.len() + self.extra.len() * 64
    }
}

/// 128 bits in 26 characters whose order is that of the numbers.
fn base32(mut number: u128) -> String {
    const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    let mut out = [0u8; 26];
    for place in out.iter_mut().rev() {
        *place = DIGITS[(number & 31) as usize];
        number >>= 5;
    }
    out.iter().map(|&byte| byte as char).collect()
}

/// A web address as articles are found by it: without scheme, `www.`, fragment and the slash at the
/// end, the host in small letters. `https://WWW.example.org/a/#top` and `example.org/a` are one.
pub fn address(url: &str) -> String {
    let url = url.trim();
    let rest = match url.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => rest,
        _ => url,
    };
    let rest = rest.split('#').next().unwrap_or(rest);
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let host = host.to_lowercase();
    let path = path.strip_suffix('/').unwrap_or(path);
    format!("{}{path}", host.strip_prefix("www.").unwrap_or(&host))
}

/// The host of a web address in lower case, without `www.`.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?.split(':').next()?.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_is_stable_and_ignores_the_path() {
        let mut a = Article { title: "Pact".into(), body: "Signed.".into(), ..Article::default() };
        let mut b = a.clone();
        b.provenance.file = "elsewhere/x.txt".into();
        a.ensure_id("");
        b.ensure_id("");
        assert_eq!(a.id, b.id);
        assert_eq!(a.id.as_deref().map(str::len), Some(26));
        assert_eq!(a.content_hash(), b.content_hash());
        b.body.push('!');
        assert_ne!(a.content_hash(), b.content_hash());
    }

    #[test]
    fn a_url_decides_the_id_when_there_is_one() {
        let one = Article { url: Some("u".into()), body: "a".into(), ..Article::default() };
        let two = Article { url: Some("u".into()), body: "b".into(), ..Article::default() };
        assert_eq!(one.derived_id(), two.derived_id());
        let other = Article { source: Some("s".into()), ..two };
        assert_ne!(one.derived_id(), other.derived_id());
    }

    #[test]
    fn a_prefix_goes_before_supplied_ids_once() {
        let mut article = Article { id: Some("17".into()), ..Article::default() };
        article.ensure_id("reuters-");
        article.ensure_id("reuters-");
        assert_eq!(article.id.as_deref(), Some("reuters-17"));
    }

    #[test]
    fn base32_keeps_the_order_of_numbers() {
        let mut last = String::new();
        for number in [0u128, 1, 31, 32, 1 << 64, u128::MAX] {
            let text = base32(number);
            assert!(text > last, "{text} after {last}");
            last = text;
        }
    }

    #[test]
    fn hosts_come_from_addresses() {
        assert_eq!(host("https://www.BBC.co.uk:443/news?x#y").as_deref(), Some("bbc.co.uk"));
        assert_eq!(host("mailto"), None);
    }
}
