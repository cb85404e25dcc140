//! A tagged article as a tantivy document, and the terms its facets are found by.

use std::collections::HashSet;

use tantivy::schema::Field;
use xxhash_rust::xxh3::xxh3_64;

use super::breaks;
use super::schema::{Fields, facet_prefix};
use super::tokens;
use super::values::Values;
use crate::analyze::Analyzers;
use crate::engine::stored::{self, TaggedArticle};
use crate::engine::streams;
use crate::plan::facet::open_id;
use crate::plan::{FacetClass, FacetField, FacetSub};
use crate::tag::person::name;
use crate::tag::{Level, Origin, TAGGER_VERSION};

/// The longest id, in bytes.
pub const MAX_ID_BYTES: usize = 1_024;

/// The term of articles without running text.
pub const STUB_TERM: &str = "!stub";

/// Between an id and what follows it inside a facet term.
pub const SEPARATOR: char = '\u{1f}';

/// The term of a value; an empty `id` is the term of every article that has any value.
pub fn value_term(field: FacetField, id: &str) -> String {
    let mut term = String::with_capacity(2 + id.len());
    push_value(&mut term, field, id);
    tokens::plain(&mut term, 0);
    term
}

fn push_value(out: &mut String, field: FacetField, id: &str) {
    out.extend(facet_prefix(field).map(char::from));
    out.push_str(id);
}

/// What the label terms of a value start with; the label follows.
pub fn label_prefix(class: FacetClass, id: &str) -> String {
    let mut term = String::new();
    push_label(&mut term, class, id);
    tokens::plain(&mut term, 0);
    term
}

fn push_label(out: &mut String, class: FacetClass, id: &str) {
    let [class, _] = facet_prefix(FacetField::any(class));
    out.extend([class as char, 'l']);
    out.push_str(id);
    out.push(SEPARATOR);
}

/// What the surname terms of persons start with; the person's id follows.
pub fn surname_prefix(surname: &str) -> String {
    let mut term = String::new();
    push_surname(&mut term, surname);
    tokens::plain(&mut term, 0);
    term
}

fn push_surname(out: &mut String, surname: &str) {
    let [class, _] = facet_prefix(FacetField::any(FacetClass::Person));
    out.extend([class as char, 's']);
    out.push_str(surname);
    out.push(SEPARATOR);
}

/// Terms of an article up to which looking through them is quickest.
const FEW_TERMS: usize = 64;

/// Whether an id does not fit into the id columns: over 31 bytes, or with a NUL in it.
fn is_long(id: &str) -> bool {
    id.len() > 31 || id.contains('\0')
}

/// Packs an id into the four id columns: 31 bytes left aligned, zeros behind, the last byte 255
/// if that is not all of it.
///
/// Packed ids sort as their texts do, but for texts with a NUL, which sort as if a U+0001 stood
/// there. A word whose last byte is zero is the last one that says anything, so that a short id is
/// read from one column.
pub fn pack_id(id: &str) -> [u64; 4] {
    let mut bytes = [0u8; 32];
    let text = id.split('\0').next().unwrap_or_default();
    let kept = text.len().min(31);
    bytes[..kept].copy_from_slice(&text.as_bytes()[..kept]);
    if is_long(id) {
        bytes[kept..].fill(1);
        bytes[31] = 255;
    }
    let mut words = [0u64; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    }
    words
}

/// The id packed by [`pack_id`], its words read as far as needed; `None` if it is kept elsewhere.
pub fn unpack_id(mut word: impl FnMut(usize) -> u64) -> Option<String> {
    let mut bytes = [0u8; 32];
    let mut length = 0;
    for at in 0..4 {
        let chunk = word(at).to_be_bytes();
        bytes[length..length + 8].copy_from_slice(&chunk);
        length += 8;
        if chunk[7] == 0 {
            while length > 0 && bytes[length - 1] == 0 {
                length -= 1;
            }
            return String::from_utf8(bytes[..length].to_vec()).ok();
        }
    }
    None
}

/// What tantivy indexes and stores of an article.
pub fn document(tagged: &TaggedArticle, fields: &Fields, analyzers: &mut Analyzers) -> Values {
    let article = &tagged.article;
    let words = &tagged.words;
    // Two streams of about the text's length each, the second with its exact forms.
    let long = article.body.len() + article.title.len();
    let mut values = Values::with_capacity(long * 9 / 4 + article.title.len() * 4 + 1_024);
    values.text(fields.id, tagged.id());
    add_id_columns(&mut values, fields, tagged.id());

    values.stream(fields.text, |stream| {
        streams::stems(article, words, &tagged.lang, analyzers, stream);
    });
    values.stream(fields.forms, |stream| streams::forms(article, words, &tagged.tags, stream));
    if !words.title.is_empty() {
        let (title, once) = (&article.title, |_| 1);
        values.stream(fields.title, |stream| {
            streams::stems_of(title, &words.title, &tagged.lang, analyzers, 0, &once, stream);
        });
    }
    if let Some(author) = &article.author {
        let words = values.stream(fields.byline, |stream| streams::byline(author, stream));
        values.unsigned(fields.byline_words, u64::from(words));
    }

    if let Some(date) = &article.date {
        values.signed(fields.date, date.start);
        values.signed(fields.date_end, date.end);
    }
    values.signed(fields.added, tagged.added);
    values.unsigned(fields.content_hash, tagged.content_hash);
    values.unsigned(fields.tagger, u64::from(TAGGER_VERSION));
    let layout = streams::Layout::of(words);
    values.unsigned(fields.body_words, u64::from(layout.body));
    values.unsigned(fields.lead_words, u64::from(layout.lead));
    values.unsigned(fields.title_words, u64::from(layout.title_words));
    for number in breaks::pack(words) {
        values.unsigned(fields.breaks, number);
    }
    add_facets(&mut values, fields, tagged);
    let mut record = Vec::with_capacity(long * 9 / 8 + 512);
    stored::encode(tagged, &mut record);
    values.record(fields.stored, record);
    values
}

fn add_id_columns(values: &mut Values, fields: &Fields, id: &str) {
    for (&field, word) in fields.id_columns.iter().zip(pack_id(id)) {
        values.unsigned(field, word);
    }
    if is_long(id) {
        values.text(fields.id_long, id);
    }
}

fn add_facets(values: &mut Values, fields: &Fields, tagged: &TaggedArticle) {
    let mut facets = Facets {
        values,
        fields,
        stream: String::with_capacity(1_024),
        terms: Vec::with_capacity(FEW_TERMS),
        hashes: HashSet::default(),
    };
    for tag in &tagged.tags.tags {
        let class = FacetClass::of(tag.class);
        facets.value(FacetField::any(class), &tag.id);
        if tag.level == Level::Major {
            facets.value(FacetField { class, sub: FacetSub::Major }, &tag.id);
        }
        if tag.origin == Origin::Given {
            facets.value(FacetField { class, sub: FacetSub::Given }, &tag.id);
        }
        if class == FacetClass::Person {
            facets.term(|out| {
                push_surname(out, name::surname(&tag.id));
                out.push_str(&tag.id);
            });
            if let Some(label) = &tag.label {
                facets.label(class, &tag.id, label);
            }
        }
    }
    let article = &tagged.article;
    let given = &article.given;
    for (class, values) in [
        (FacetClass::Org, &given.org),
        (FacetClass::Place, &given.place),
        (FacetClass::Topic, &given.topic),
        (FacetClass::Tag, &given.tag),
    ] {
        for value in values {
            facets.open(class, value);
        }
    }
    for (class, value) in
        [(FacetClass::Source, &article.source), (FacetClass::Section, &article.section)]
    {
        if let Some(value) = value {
            facets.open(class, value);
        }
    }
    facets.value(FacetField::any(FacetClass::Lang), &tagged.lang);
    if let Some(url) = article.url.as_deref() {
        if let Some(host) = crate::article::host(url) {
            facets.value(FacetField::any(FacetClass::Domain), &host);
        }
        facets.value(FacetField::any(FacetClass::Url), &crate::article::address(url));
    }
    for (class, values) in
        [(FacetClass::Type, article.kinds()), (FacetClass::Collection, article.collections())]
    {
        for value in values {
            facets.open(class, value);
        }
    }
    if let Some(home) = &tagged.home {
        facets.value(FacetField::any(FacetClass::SourceCountry), home);
    }
    facets.value(FacetField::any(FacetClass::File), &article.provenance.address());
    if article.is_stub() {
        facets.term(|out| out.push_str(STUB_TERM));
    }
    let Facets { stream, terms, .. } = facets;
    values.stream(fields.facet, |out| {
        for (from, to) in terms {
            out.term(|out| out.push_str(&stream[from..to]));
        }
    });
}

/// Gathers the facet terms of an article, each once.
struct Facets<'d> {
    values: &'d mut Values,
    fields: &'d Fields,
    /// The terms so far, one after the other, and where each lies.
    stream: String,
    terms: Vec<(usize, usize)>,
    /// Hashes of all terms, once they are too many to be looked through.
    hashes: HashSet<u64, foldhash::fast::FixedState>,
}

impl Facets<'_> {
    /// Adds the term that `write` writes; whether it is a new one.
    fn term(&mut self, write: impl FnOnce(&mut String)) -> bool {
        let from = self.stream.len();
        write(&mut self.stream);
        if self.stream.len() - from > 4 * MAX_ID_BYTES || self.is_known(from) {
            self.stream.truncate(from);
            return false;
        }
        self.terms.push((from, self.stream.len()));
        true
    }

    /// Whether the term at the end of the stream is one of those before.
    fn is_known(&mut self, from: usize) -> bool {
        let term = &self.stream[from..];
        if self.terms.len() < FEW_TERMS {
            return self.terms.iter().any(|&(from, to)| self.stream[from..to] == *term);
        }
        let hash = |term: &str| xxh3_64(term.as_bytes());
        if self.hashes.is_empty() {
            self.hashes.extend(self.terms.iter().map(|&(from, to)| hash(&self.stream[from..to])));
        }
        !self.hashes.insert(hash(term))
    }

    /// Adds a value with its ancestors: every `/` prefix, for domains every parent at a dot, for
    /// files every folder with the slash behind it, and the name alone.
    fn value(&mut self, field: FacetField, id: &str) {
        let mut add = |id: &str| self.term(|out| push_value(out, field, id));
        if id.is_empty() || !add(id) {
            return;
        }
        add("");
        match field.class {
            FacetClass::Event => {
                for (at, _) in id.match_indices('/') {
                    add(&id[..at]);
                }
            }
            FacetClass::Domain => {
                for (at, _) in id.match_indices('.') {
                    if id[at + 1..].contains('.') {
                        add(&id[at + 1..]);
                    }
                }
            }
            FacetClass::File => {
                for (at, _) in id.match_indices('/') {
                    add(&id[..=at]);
                }
                if let Some((_, name)) = id.rsplit_once('/')
                    && !name.is_empty()
                {
                    add(name);
                }
            }
            _ => {}
        }
        if let Some(column) = column_of(self.fields, field) {
            self.values.text(column, id);
        }
    }

    /// Adds how a value is written.
    fn label(&mut self, class: FacetClass, id: &str, label: &str) {
        self.term(|out| {
            push_label(out, class, id);
            out.push_str(label);
        });
    }

    /// Adds a value of an open class, with its spelling as label where the id differs.
    fn open(&mut self, class: FacetClass, value: &str) {
        let id = open_id(value);
        let shown = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if shown != id && !id.is_empty() {
            self.label(class, &id, &shown);
        }
        self.value(FacetField::any(class), &id);
    }
}

fn column_of(fields: &Fields, field: FacetField) -> Option<Field> {
    fields.facet_columns.iter().find(|(known, _)| *known == field).map(|&(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_packing_and_keep_their_order() {
        let ids = [
            "",
            "1",
            "10",
            "12345678",
            "123456789",
            "2",
            "a",
            "ab",
            "b",
            "reuters-2020-00000000000000001",
            "reuters-2020-000000000000000010",
        ];
        for pair in ids.windows(2) {
            assert!(pack_id(pair[0]) < pack_id(pair[1]), "{pair:?}");
        }
        for id in ids {
            assert_eq!(unpack_id(|at| pack_id(id)[at]).as_deref(), Some(id));
        }
        for long in [&"x".repeat(32), "a\0b", "\0"] {
            assert_eq!(unpack_id(|at| pack_id(long)[at]), None);
        }
        assert!(pack_id("a") < pack_id("a\0b") && pack_id("a\0b") < pack_id("ab"));
    }

    #[test]
    fn facet_terms_stand_once_and_as_queries_ask_for_them() {
        use tantivy::schema::{Document, Value};
        use tantivy::tokenizer::{TokenStream, Tokenizer};

        let topics = (0..100).map(|at| format!("topic {at}")).chain(["topic 7".into()]);
        let mut article = crate::article::Article::default();
        article.given.topic = topics.collect();
        let (_, fields) = crate::engine::embedded::schema::schema();
        let words = crate::article::Words::of(&article);
        // Terms hold no control characters, whatever a value does.
        let home = Some("a\u{1}b".to_owned());
        let tagged = TaggedArticle { article, words, home, ..TaggedArticle::default() };
        let values = document(&tagged, &fields, &mut Analyzers::default());
        let (_, stream) =
            values.iter_fields_and_values().find(|(field, _)| *field == fields.facet).unwrap();
        let mut tokenizer = tokens::StreamTokenizer::default();
        let mut stream = tokenizer.token_stream(stream.as_str().unwrap());
        let mut seen = Vec::new();
        while stream.advance() {
            seen.push(stream.token().text.clone());
        }
        let topic = FacetField::any(FacetClass::Topic);
        let home = FacetField::any(FacetClass::SourceCountry);
        for (field, id) in [
            (topic, "topic 0"),
            (topic, "topic 7"),
            (topic, "topic 99"),
            (topic, ""),
            (home, "a\u{1}b"),
        ] {
            let wanted = value_term(field, id);
            assert_eq!(seen.iter().filter(|term| **term == wanted).count(), 1, "{id:?}");
        }
    }
}
