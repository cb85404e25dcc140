//! A tagged article as a tantivy document, and the terms its facets are found by.

use tantivy::TantivyDocument;
use tantivy::schema::Field;

use super::breaks;
use super::schema::{Fields, facet_prefix};
use super::tokens::Encoder;
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
    let [class, sub] = facet_prefix(field);
    let mut term = String::with_capacity(2 + id.len());
    term.push(class as char);
    term.push(sub as char);
    term.push_str(id);
    term
}

/// What the label terms of a value start with; the label follows.
pub fn label_prefix(class: FacetClass, id: &str) -> String {
    let [class, _] = facet_prefix(FacetField::any(class));
    format!("{}l{id}{SEPARATOR}", class as char)
}

/// What the surname terms of persons start with; the person's id follows.
pub fn surname_prefix(surname: &str) -> String {
    let [class, _] = facet_prefix(FacetField::any(FacetClass::Person));
    format!("{}s{surname}{SEPARATOR}", class as char)
}

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

/// A document and what it costs.
#[derive(Debug)]
pub struct Built {
    /// What tantivy takes.
    pub document: TantivyDocument,
    /// Bytes of its token streams.
    pub streams: u64,
}

/// Builds the document of an article. `record` is scratch space.
pub fn document(
    tagged: &TaggedArticle,
    fields: &Fields,
    analyzers: &mut Analyzers,
    record: &mut Vec<u8>,
) -> Built {
    let article = &tagged.article;
    let words = &tagged.words;
    let mut doc = TantivyDocument::default();
    let mut streams_bytes = 0;
    let mut add = |doc: &mut TantivyDocument, field, stream: Encoder| {
        let text = stream.finish();
        streams_bytes += text.len() as u64;
        doc.add_text(field, text);
    };
    doc.add_text(fields.id, tagged.id());
    add_id_columns(&mut doc, fields, tagged.id());

    let mut stream = Encoder::with_capacity(article.body.len() + article.title.len() * 3 + 64);
    streams::stems(article, words, &tagged.lang, analyzers, &mut stream);
    add(&mut doc, fields.text, stream);
    let mut stream = Encoder::with_capacity((article.body.len() + article.title.len()) * 5 / 4);
    streams::forms(article, words, &tagged.tags, &mut stream);
    add(&mut doc, fields.forms, stream);
    if !words.title.is_empty() {
        let mut stream = Encoder::with_capacity(article.title.len() + 16);
        streams::stems_of(
            &article.title,
            &words.title,
            &tagged.lang,
            analyzers,
            0,
            &|_| 1,
            &mut stream,
        );
        add(&mut doc, fields.title, stream);
    }
    if let Some(author) = &article.author {
        let mut stream = Encoder::with_capacity(author.len() + 16);
        let words = streams::byline(author, &mut stream);
        add(&mut doc, fields.byline, stream);
        doc.add_u64(fields.byline_words, u64::from(words));
    }

    if let Some(date) = &article.date {
        doc.add_i64(fields.date, date.start);
        doc.add_i64(fields.date_end, date.end);
    }
    doc.add_i64(fields.added, tagged.added);
    doc.add_u64(fields.content_hash, tagged.content_hash);
    doc.add_u64(fields.tagger, u64::from(TAGGER_VERSION));
    let layout = streams::Layout::of(words);
    doc.add_u64(fields.body_words, u64::from(layout.body));
    doc.add_u64(fields.lead_words, u64::from(layout.lead));
    doc.add_u64(fields.title_words, u64::from(layout.title_words));
    for number in breaks::pack(words) {
        doc.add_u64(fields.breaks, number);
    }
    add_facets(&mut doc, fields, tagged);
    stored::encode(tagged, record);
    doc.add_bytes(fields.stored, record);
    Built { document: doc, streams: streams_bytes }
}

fn add_id_columns(doc: &mut TantivyDocument, fields: &Fields, id: &str) {
    for (&field, word) in fields.id_columns.iter().zip(pack_id(id)) {
        doc.add_u64(field, word);
    }
    if is_long(id) {
        doc.add_text(fields.id_long, id);
    }
}

fn add_facets(doc: &mut TantivyDocument, fields: &Fields, tagged: &TaggedArticle) {
    let mut facets = Facets { doc, fields, terms: Vec::new() };
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
            let surname = name::surname(&tag.id);
            facets.term(format!("{}{}", surname_prefix(surname), tag.id));
            if let Some(label) = &tag.label {
                facets.term(format!("{}{label}", label_prefix(class, &tag.id)));
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
        facets.term(STUB_TERM.to_owned());
    }
}

struct Facets<'d> {
    doc: &'d mut TantivyDocument,
    fields: &'d Fields,
    /// Terms added so far; a document has few.
    terms: Vec<String>,
}

impl Facets<'_> {
    fn term(&mut self, term: String) -> bool {
        if self.terms.contains(&term) || term.len() > 4 * MAX_ID_BYTES {
            return false;
        }
        self.doc.add_text(self.fields.facet, &term);
        self.terms.push(term);
        true
    }

    /// Adds a value with its ancestors: every `/` prefix, for domains every parent at a dot, for
    /// files every folder with the slash behind it, and the name alone.
    fn value(&mut self, field: FacetField, id: &str) {
        if id.is_empty() || !self.term(value_term(field, id)) {
            return;
        }
        self.term(value_term(field, ""));
        match field.class {
            FacetClass::Event => {
                for (at, _) in id.match_indices('/') {
                    self.term(value_term(field, &id[..at]));
                }
            }
            FacetClass::Domain => {
                for (at, _) in id.match_indices('.') {
                    if id[at + 1..].contains('.') {
                        self.term(value_term(field, &id[at + 1..]));
                    }
                }
            }
            FacetClass::File => {
                for (at, _) in id.match_indices('/') {
                    self.term(value_term(field, &id[..=at]));
                }
                if let Some((_, name)) = id.rsplit_once('/')
                    && !name.is_empty()
                {
                    self.term(value_term(field, name));
                }
            }
            _ => {}
        }
        if let Some(column) = column_of(self.fields, field) {
            self.doc.add_text(column, id);
        }
    }

    /// Adds a value of an open class, with its spelling as label where the id differs.
    fn open(&mut self, class: FacetClass, value: &str) {
        let id = open_id(value);
        let shown = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if shown != id && !id.is_empty() {
            self.term(format!("{}{shown}", label_prefix(class, &id)));
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
}
