//! The fields of the tantivy index, and the version of their layout.

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing,
    TextOptions,
};

use crate::plan::{FacetClass, FacetField, FacetSub};

/// The version of the layout below. Any change raises it; an index of another layout is refused.
pub const SCHEMA_VERSION: u32 = 6;

/// The tokenizer that reads encoded token streams, see [`super::tokens`].
pub const STREAM: &str = "dateline_stream";

/// Columns that hold the first 31 bytes of an id, eight bytes each.
pub const ID_COLUMNS: [&str; 4] = ["id0", "id1", "id2", "id3"];

/// Handles of all fields.
#[derive(Debug, Clone)]
pub struct Fields {
    /// The article's id, one term.
    pub id: Field,
    /// Stems of body and title with positions and norms; answers plain words and all ranking.
    pub text: Field,
    /// Folded words, exact forms and entities at the same positions, without norms.
    pub forms: Field,
    /// Stems of the title alone.
    pub title: Field,
    /// Folded words and exact forms of the author line.
    pub byline: Field,
    /// Facet terms of all classes, see [`super::terms`].
    pub facet: Field,
    /// Values to count, one column a facet field.
    pub facet_columns: Vec<(FacetField, Field)>,
    /// Ids of more than 31 bytes.
    pub id_long: Field,
    /// Ids of at most 31 bytes, left aligned, see [`super::document::pack_id`].
    pub id_columns: [Field; 4],
    /// First second of the date.
    pub date: Field,
    /// One past the last second of the date.
    pub date_end: Field,
    /// When the article was added, in seconds.
    pub added: Field,
    /// Hash of the input.
    pub content_hash: Field,
    /// Version of the tagger.
    pub tagger: Field,
    /// Words of the body.
    pub body_words: Field,
    /// Words of the lead.
    pub lead_words: Field,
    /// Words of the title.
    pub title_words: Field,
    /// Words of the author line.
    pub byline_words: Field,
    /// Where sentences and paragraphs start, see [`super::breaks`].
    pub breaks: Field,
    /// The stored record.
    pub stored: Field,
}

/// The name of the column that counts a facet field.
pub fn facet_column(field: FacetField) -> String {
    match field.sub {
        FacetSub::Any => format!("c_{}", field.class.name()),
        FacetSub::Major => format!("c_{}_major", field.class.name()),
        FacetSub::Given => format!("c_{}_given", field.class.name()),
    }
}

/// The first byte of a facet term: class and part.
pub fn facet_prefix(field: FacetField) -> [u8; 2] {
    let class = match field.class {
        FacetClass::Country => b'c',
        FacetClass::Person => b'p',
        FacetClass::Event => b'e',
        FacetClass::Org => b'o',
        FacetClass::Place => b'l',
        FacetClass::Topic => b't',
        FacetClass::Tag => b'g',
        FacetClass::Source => b's',
        FacetClass::Section => b'n',
        FacetClass::Lang => b'a',
        FacetClass::Domain => b'd',
        FacetClass::SourceCountry => b'h',
        FacetClass::Type => b'k',
        FacetClass::Collection => b'q',
        FacetClass::File => b'f',
        FacetClass::Url => b'u',
    };
    let sub = match field.sub {
        FacetSub::Any => b'a',
        FacetSub::Major => b'm',
        FacetSub::Given => b'g',
    };
    [class, sub]
}

/// The schema and its handles.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexed = |record, norms| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(STREAM)
                .set_index_option(record)
                .set_fieldnorms(norms),
        )
    };
    let positions = IndexRecordOption::WithFreqsAndPositions;
    let raw = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let terms = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(STREAM)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let column = TextOptions::default().set_fast("raw");
    let number = NumericOptions::default().set_fast();
    let fields = Fields {
        id: builder.add_text_field("id", raw),
        text: builder.add_text_field("text", indexed(positions, true)),
        forms: builder.add_text_field("forms", indexed(positions, false)),
        title: builder.add_text_field("title", indexed(positions, true)),
        byline: builder.add_text_field("byline", indexed(positions, true)),
        facet: builder.add_text_field("facet", terms),
        facet_columns: FacetField::all()
            .map(|field| (field, builder.add_text_field(&facet_column(field), column.clone())))
            .collect(),
        id_long: builder.add_text_field("id_long", column),
        id_columns: ID_COLUMNS.map(|name| builder.add_u64_field(name, number.clone())),
        date: builder.add_i64_field("date", number.clone()),
        date_end: builder.add_i64_field("date_end", number.clone()),
        added: builder.add_i64_field("added", number.clone()),
        content_hash: builder.add_u64_field("content_hash", number.clone()),
        tagger: builder.add_u64_field("tagger", number.clone()),
        body_words: builder.add_u64_field("body_words", number.clone()),
        lead_words: builder.add_u64_field("lead_words", number.clone()),
        title_words: builder.add_u64_field("title_words", number.clone()),
        byline_words: builder.add_u64_field("byline_words", number.clone()),
        breaks: builder.add_u64_field("breaks", number),
        stored: builder.add_bytes_field("stored", BytesOptions::from(STORED)),
    };
    (builder.build(), fields)
}
