//! The facets of an article: which classes there are and which parts each has.

use serde::Serialize;

use crate::tag::Class;

/// What a facet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FacetClass {
    /// Countries, ISO ids.
    Country,
    /// Persons, slugs.
    Person,
    /// Event types, `root/leaf`.
    Event,
    /// Organisations, as supplied.
    Org,
    /// Places, as supplied.
    Place,
    /// Topics of the desk, as supplied.
    Topic,
    /// Free tags.
    Tag,
    /// Newspaper, agency or collection.
    Source,
    /// Section of the paper.
    Section,
    /// Language tags.
    Lang,
    /// Host of the web address.
    Domain,
    /// Country of the publisher, as the tagger learnt it.
    SourceCountry,
    /// Kind of article, as supplied.
    Type,
    /// Collection, as supplied.
    Collection,
    /// Input file, with the folders that it is in.
    File,
    /// Web address, see [`crate::article::address`]. It is found and not counted.
    Url,
}

impl FacetClass {
    /// The facet of a class of tags.
    pub fn of(class: Class) -> FacetClass {
        match class {
            Class::Country => FacetClass::Country,
            Class::Person => FacetClass::Person,
            Class::Event => FacetClass::Event,
        }
    }

    /// All classes whose values are counted, in the order of output.
    pub const ALL: [FacetClass; 15] = [
        FacetClass::Country,
        FacetClass::Person,
        FacetClass::Event,
        FacetClass::Org,
        FacetClass::Place,
        FacetClass::Topic,
        FacetClass::Tag,
        FacetClass::Source,
        FacetClass::Section,
        FacetClass::Lang,
        FacetClass::Domain,
        FacetClass::SourceCountry,
        FacetClass::Type,
        FacetClass::Collection,
        FacetClass::File,
    ];

    /// The name used in queries and output.
    pub fn name(self) -> &'static str {
        match self {
            FacetClass::Country => "country",
            FacetClass::Person => "person",
            FacetClass::Event => "event",
            FacetClass::Org => "org",
            FacetClass::Place => "place",
            FacetClass::Topic => "topic",
            FacetClass::Tag => "tag",
            FacetClass::Source => "source",
            FacetClass::Section => "section",
            FacetClass::Lang => "lang",
            FacetClass::Domain => "domain",
            FacetClass::SourceCountry => "sourcecountry",
            FacetClass::Type => "type",
            FacetClass::Collection => "collection",
            FacetClass::File => "file",
            FacetClass::Url => "url",
        }
    }

    /// Whether the tagger fills it, so that `.major` and `.given` mean something.
    pub fn is_tagged(self) -> bool {
        matches!(self, FacetClass::Country | FacetClass::Person | FacetClass::Event)
    }
}

/// Which part of a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FacetSub {
    /// All values.
    Any,
    /// What the article is about.
    Major,
    /// What came with the article.
    Given,
}

/// A facet, or a part of one: `country`, `country.major`, `source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FacetField {
    /// The class.
    pub class: FacetClass,
    /// The part; [`FacetSub::Any`] for classes that are not tagged.
    pub sub: FacetSub,
}

impl FacetField {
    /// The whole facet of a class.
    pub fn any(class: FacetClass) -> FacetField {
        FacetField { class, sub: FacetSub::Any }
    }

    /// The name used in queries and output: `country`, `country.major`.
    pub fn name(self) -> String {
        match self.sub {
            FacetSub::Any => self.class.name().to_owned(),
            FacetSub::Major => format!("{}.major", self.class.name()),
            FacetSub::Given => format!("{}.given", self.class.name()),
        }
    }

    /// All facet fields there are, in the order of output.
    pub fn all() -> impl Iterator<Item = FacetField> {
        FacetClass::ALL.into_iter().flat_map(|class| {
            let subs: &[FacetSub] = if class.is_tagged() {
                &[FacetSub::Any, FacetSub::Major, FacetSub::Given]
            } else {
                &[FacetSub::Any]
            };
            subs.iter().map(move |&sub| FacetField { class, sub })
        })
    }
}

/// The id of a value of an open class: folded, blanks single, no ends.
///
/// `" The  Times "` and `the times` are one source.
pub fn open_id(value: &str) -> String {
    let folded = crate::text::fold::fold(value);
    let mut out = String::with_capacity(folded.len());
    for word in folded.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
