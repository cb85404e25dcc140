//! The fields of the query language: one table that parser, help, docs and completion read.

use serde::{Serialize, Serializer};

use super::ast::Sub;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A field that a query can name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)* }

        impl Field {
            /// The canonical name.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)* }
            }
        }
    };
}

fields! {
    /// The headline.
    Title = "title",
    /// The first paragraph.
    Lead = "lead",
    /// Title or first paragraph.
    Hlead = "hlead",
    /// The running text.
    Body = "body",
    /// The author line.
    Byline = "byline",
    /// Captions of pictures.
    Caption = "caption",
    /// Title and body.
    Text = "text",
    /// Countries.
    Country = "country",
    /// Persons.
    Person = "person",
    /// Organisations.
    Org = "org",
    /// Places.
    Place = "place",
    /// Event types.
    Event = "event",
    /// Topics of the desk.
    Topic = "topic",
    /// Regions of the world.
    Region = "region",
    /// Newspaper, agency or collection.
    Source = "source",
    /// Host of the web address.
    Domain = "domain",
    /// Language.
    Lang = "lang",
    /// Country of the publisher.
    SourceCountry = "sourcecountry",
    /// Section of the paper.
    Section = "section",
    /// Kind of article.
    Type = "type",
    /// Collection.
    Collection = "collection",
    /// Free tags.
    Tag = "tag",
    /// Input file.
    File = "file",
    /// Properties of the article.
    Is = "is",
    /// What the article has.
    Has = "has",
    /// The article's id.
    Id = "id",
    /// Web address.
    Url = "url",
    /// Cluster of copies.
    Dup = "dup",
    /// Articles like this one.
    Like = "like",
    /// A saved query.
    Saved = "saved",
    /// Publication date.
    Date = "date",
    /// When the article was indexed.
    Added = "added",
    /// Length in words.
    Len = "len",
    /// Number of copies.
    DupSize = "dupsize",
    /// The score of the hit.
    Score = "score",
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Words, analysed as the article's text is.
    Text,
    /// Names of things.
    Facet,
    /// One of a few words.
    Flag,
    /// Exact keys.
    Id,
    /// Dates and ranges of dates.
    Date,
    /// Numbers and ranges of numbers.
    Number,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The field.
    pub field: Field,
    /// Other names for it, as other search tools write them.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub kind: FieldKind,
    /// What may follow after a dot.
    pub subs: &'static [Sub],
    /// What it finds, one line.
    pub help: &'static str,
    /// A query that shows it.
    pub example: &'static str,
}

const NONE: &[Sub] = &[];
const NAMED: &[Sub] = &[Sub::Major, Sub::Given, Sub::Title, Sub::Exact];
const EVENT: &[Sub] = &[Sub::Major, Sub::Given];

const fn row(
    field: Field,
    aliases: &'static [&'static str],
    kind: FieldKind,
    subs: &'static [Sub],
    help: &'static str,
    example: &'static str,
) -> FieldSpec {
    FieldSpec { field, aliases, kind, subs, help, example }
}

/// All fields, in the order of the documentation.
pub const FIELDS: &[FieldSpec] = &[
    row(
        Field::Title,
        &["headline", "hl", "hd", "intitle"],
        FieldKind::Text,
        NONE,
        "words of the title",
        "title:pact",
    ),
    row(
        Field::Lead,
        &["hlp"],
        FieldKind::Text,
        NONE,
        "words of the first paragraph, at most 100",
        "lead:earthquake",
    ),
    row(
        Field::Hlead,
        &[],
        FieldKind::Text,
        NONE,
        "words of the title or the first paragraph",
        "hlead(japan AND treaty)",
    ),
    row(
        Field::Body,
        &[],
        FieldKind::Text,
        NONE,
        "words of the running text",
        "body:\"rescue pact\"",
    ),
    row(
        Field::Byline,
        &["author", "by"],
        FieldKind::Text,
        NONE,
        "words of the author line",
        "byline:okafor",
    ),
    row(Field::Caption, &[], FieldKind::Text, NONE, "words of picture captions", "caption:harbour"),
    row(
        Field::Text,
        &["intext"],
        FieldKind::Text,
        NONE,
        "words of title or running text, as without a field",
        "text:pact",
    ),
    row(
        Field::Country,
        &["c", "re"],
        FieldKind::Facet,
        NAMED,
        "a country the article is about or mentions, by any name or code",
        "country:Japan",
    ),
    row(
        Field::Person,
        &["who", "p"],
        FieldKind::Facet,
        NAMED,
        "a person, by full name or surname",
        "person:\"Vladimir Putin\"",
    ),
    row(
        Field::Org,
        &["co"],
        FieldKind::Facet,
        NONE,
        "an organisation, as supplied with the article",
        "org:opec",
    ),
    row(
        Field::Place,
        &["loc"],
        FieldKind::Facet,
        NONE,
        "a place, as supplied with the article",
        "place:Kobe",
    ),
    row(
        Field::Event,
        &["ev"],
        FieldKind::Facet,
        EVENT,
        "a type of event; a root holds its leaves",
        "event:diplomacy",
    ),
    row(
        Field::Topic,
        &["theme", "ns"],
        FieldKind::Facet,
        NONE,
        "a topic of the desk, as supplied with the article",
        "topic:grain",
    ),
    row(
        Field::Region,
        &[],
        FieldKind::Facet,
        &[Sub::Major, Sub::Given, Sub::Title],
        "a country of this part of the world",
        "region:\"East Asia\"",
    ),
    row(
        Field::Source,
        &["src", "sn"],
        FieldKind::Facet,
        NONE,
        "the newspaper, agency or collection",
        "source:\"The Harbour Courier\"",
    ),
    row(
        Field::Domain,
        &["site"],
        FieldKind::Facet,
        NONE,
        "the host of the web address or a part of it after a dot",
        "domain:example.org",
    ),
    row(
        Field::Lang,
        &["la", "language"],
        FieldKind::Facet,
        NONE,
        "the language of the article",
        "lang:ja,en",
    ),
    row(
        Field::SourceCountry,
        &[],
        FieldKind::Facet,
        NONE,
        "the country of the publisher, as far as its address or its articles tell",
        "sourcecountry:JP",
    ),
    row(
        Field::Section,
        &["se"],
        FieldKind::Facet,
        NONE,
        "the section of the paper",
        "section:business",
    ),
    row(
        Field::Type,
        &[],
        FieldKind::Facet,
        NONE,
        "the kind of article, as supplied with it",
        "type:analysis",
    ),
    row(
        Field::Collection,
        &[],
        FieldKind::Facet,
        NONE,
        "the collection, as supplied with the article",
        "collection:wire",
    ),
    row(
        Field::Tag,
        &[],
        FieldKind::Facet,
        NONE,
        "a free tag, as supplied with the article",
        "tag:checked",
    ),
    row(
        Field::File,
        &[],
        FieldKind::Facet,
        NONE,
        "the input file: a path, the end of one, or a folder",
        "file:wire.jsonl",
    ),
    row(Field::Is, &[], FieldKind::Flag, NONE, "a property: stub", "is:stub"),
    row(
        Field::Has,
        &[],
        FieldKind::Flag,
        NONE,
        "what the article has: date, country, person, source, url, …",
        "has:url",
    ),
    row(Field::Id, &[], FieldKind::Id, NONE, "the article with this id", "id:90001"),
    row(
        Field::Url,
        &[],
        FieldKind::Id,
        NONE,
        "the article with this web address",
        "url:https://example.org/x",
    ),
    row(Field::Dup, &[], FieldKind::Id, NONE, "copies of the same story", "dup:a1b2c3"),
    row(Field::Like, &[], FieldKind::Id, NONE, "articles like this one", "like:90001"),
    row(
        Field::Saved,
        &["query"],
        FieldKind::Id,
        NONE,
        "what a saved query finds",
        "saved:grain-deal",
    ),
    row(
        Field::Date,
        &["published", "pubdate", "pd"],
        FieldKind::Date,
        &[Sub::Overlap],
        "when it was published",
        "date:2019-03..2019-06",
    ),
    row(Field::Added, &["indexed"], FieldKind::Date, NONE, "when it was indexed", "added:24h.."),
    row(
        Field::Len,
        &["wc", "length"],
        FieldKind::Number,
        NONE,
        "length of the running text in words",
        "len:>1200",
    ),
    row(
        Field::DupSize,
        &[],
        FieldKind::Number,
        NONE,
        "number of copies of the story",
        "dupsize:>=3",
    ),
    row(Field::Score, &[], FieldKind::Number, NONE, "the score of the hit", "score:>2"),
];

impl Field {
    /// The row of this field.
    pub fn spec(self) -> &'static FieldSpec {
        &FIELDS[self as usize]
    }

    /// What its values are.
    pub fn kind(self) -> FieldKind {
        self.spec().kind
    }

    /// The field of this name or alias, in any case.
    pub fn from_name(name: &str) -> Option<Field> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        FIELDS
            .iter()
            .find(|spec| is(spec.field.name()) || spec.aliases.iter().any(|alias| is(alias)))
            .map(|spec| spec.field)
    }
}

impl Sub {
    /// The name after the dot.
    pub fn name(self) -> &'static str {
        match self {
            Sub::Major => "major",
            Sub::Given => "given",
            Sub::Title => "title",
            Sub::Exact => "exact",
            Sub::Overlap => "overlap",
        }
    }

    /// The part of this name, in any case.
    pub fn from_name(name: &str) -> Option<Sub> {
        [Sub::Major, Sub::Given, Sub::Title, Sub::Exact, Sub::Overlap]
            .into_iter()
            .find(|sub| sub.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields_and_names_are_unique() {
        let mut names = std::collections::BTreeSet::new();
        for (at, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.field as usize, at, "{}", spec.field.name());
            for name in spec.aliases.iter().chain([&spec.field.name()]) {
                assert!(names.insert(*name), "{name} twice");
                assert_eq!(Field::from_name(&name.to_uppercase()), Some(spec.field));
            }
        }
    }
}
