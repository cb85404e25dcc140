//! The fields of an article, and the key names under which other programs write them.

/// What a key of the input can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The id that the input gives.
    Id,
    /// Headline.
    Title,
    /// Running text.
    Body,
    /// Publication date.
    Date,
    /// Place and day before the text.
    Dateline,
    /// Newspaper, agency or collection.
    Source,
    /// Web address.
    Url,
    /// Language.
    Lang,
    /// Who wrote it.
    Author,
    /// Section of the paper.
    Section,
    /// Countries.
    Country,
    /// Persons.
    Person,
    /// Event types.
    Event,
    /// Organisations.
    Org,
    /// Places.
    Place,
    /// Topics of the desk.
    Topic,
    /// Free tags.
    Tag,
    /// No field: kept unchanged beside the article.
    Extra,
}

impl Field {
    /// All fields in the order in which they are told.
    pub const ALL: [Field; 18] = [
        Field::Id,
        Field::Title,
        Field::Body,
        Field::Date,
        Field::Dateline,
        Field::Source,
        Field::Url,
        Field::Lang,
        Field::Author,
        Field::Section,
        Field::Country,
        Field::Person,
        Field::Event,
        Field::Org,
        Field::Place,
        Field::Topic,
        Field::Tag,
        Field::Extra,
    ];

    /// The name, as `--map` and `--set` take it.
    pub fn name(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::Title => "title",
            Field::Body => "body",
            Field::Date => "date",
            Field::Dateline => "dateline",
            Field::Source => "source",
            Field::Url => "url",
            Field::Lang => "lang",
            Field::Author => "author",
            Field::Section => "section",
            Field::Country => "country",
            Field::Person => "person",
            Field::Event => "event",
            Field::Org => "org",
            Field::Place => "place",
            Field::Topic => "topic",
            Field::Tag => "tag",
            Field::Extra => "extra",
        }
    }

    /// The field of that exact name.
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether an article can have several values of it.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Field::Country
                | Field::Person
                | Field::Event
                | Field::Org
                | Field::Place
                | Field::Topic
                | Field::Tag
        )
    }

    /// Usual key names, normalised as by [`normalize`], the most telling first.
    fn usual_names(self) -> &'static [&'static str] {
        match self {
            Field::Id => &[
                "id",
                "newid",
                "docid",
                "docno",
                "articleid",
                "documentid",
                "guid",
                "uid",
                "uuid",
                "identifier",
            ],
            Field::Title => {
                &["title", "headline", "hed", "head", "hl", "heading", "webtitle", "articletitle"]
            }
            // The last ones stand in for a body only where there is no other.
            Field::Body => &[
                "body",
                "bodytext",
                "text",
                "maintext",
                "articlebody",
                "articletext",
                "fulltext",
                "rawtext",
                "contenttext",
                "textcontent",
                "content",
                "contents",
                "article",
                "story",
                "storytext",
                "txt",
                "paragraphs",
                "description",
                "summary",
                "abstract",
                "excerpt",
                "snippet",
            ],
            Field::Date => &[
                "date",
                "published",
                "pubdate",
                "publishedat",
                "publishedon",
                "datepublished",
                "datepublish",
                "publishdate",
                "publisheddate",
                "publicationdate",
                "pubdatetime",
                "webpublicationdate",
                "firstpublished",
                "datetime",
                "timestamp",
                "versioncreated",
                "firstcreated",
                "created",
                "createdat",
                "datecreated",
                "year",
            ],
            Field::Dateline => &["dateline", "located"],
            Field::Source => &[
                "source",
                "sourcename",
                "publisher",
                "newspaper",
                "outlet",
                "publication",
                "paper",
                "agency",
                "provider",
                "sitename",
                "sourcedomain",
                "site",
                "domain",
            ],
            Field::Url => &[
                "url",
                "link",
                "href",
                "uri",
                "weburl",
                "articleurl",
                "sourceurl",
                "canonicalurl",
                "permalink",
            ],
            Field::Lang => &["lang", "language", "la", "langcode", "languagecode", "inlanguage"],
            Field::Author => &["author", "byline", "authors", "creator", "writer", "reporter"],
            Field::Section => {
                &["section", "sectionname", "category", "categories", "desk", "newsdesk", "rubric"]
            }
            Field::Country => &["country", "countries", "countrycode", "countrycodes"],
            Field::Person => &["person", "people", "persons"],
            Field::Event => &["event", "events", "eventtype", "eventtypes"],
            Field::Org => &[
                "org",
                "orgs",
                "organization",
                "organizations",
                "organisation",
                "organisations",
                "company",
                "companies",
            ],
            Field::Place => &["place", "places", "location", "locations"],
            Field::Topic => {
                &["topic", "topics", "keyword", "keywords", "subject", "subjects", "newskeywords"]
            }
            Field::Tag => &["tag", "tags", "label", "labels"],
            Field::Extra => &[],
        }
    }
}

/// The key in lower case without `_`, `-`, `.`, `@` and blanks.
pub(super) fn normalize(key: &str) -> String {
    key.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | '@' | ' ' | '\t' | '\u{FEFF}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The field that a key usually means, and its rank there: 0 is the most telling name.
///
/// Costs one pass over some 150 short names; the mapper remembers the answer.
pub(super) fn lookup(key: &str) -> Option<(Field, u8)> {
    if key.len() > 40 {
        return None;
    }
    let wanted = normalize(key);
    for field in Field::ALL {
        if let Some(rank) = field.usual_names().iter().position(|name| *name == wanted) {
            return Some((field, rank as u8));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_keys_are_known_however_they_are_written() {
        for (key, field) in [
            ("_id", Field::Id),
            ("NEWID", Field::Id),
            ("Head-Line", Field::Title),
            ("articleBody", Field::Body),
            ("published_at", Field::Date),
            ("Date Published", Field::Date),
            ("pubDate", Field::Date),
            ("source_name", Field::Source),
            ("la", Field::Lang),
            ("Event Type", Field::Event),
        ] {
            assert_eq!(lookup(key).map(|found| found.0), Some(field), "{key}");
        }
        assert_eq!(lookup("wordcount"), None);
        assert!(lookup("description").unwrap().1 > lookup("body").unwrap().1);
    }

    #[test]
    fn no_name_means_two_fields() {
        let mut all: Vec<&str> =
            Field::ALL.iter().flat_map(|field| field.usual_names()).copied().collect();
        assert!(all.iter().all(|name| normalize(name) == **name));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(field));
            assert!(field == Field::Extra || field.usual_names()[0] == field.name());
        }
    }
}
