//! Names to ids: closed classes by the vocabulary, open ones by what the index holds.

use super::Work;
use super::blocs::BLOC;
use crate::article::lang;
use crate::diag::{Diagnostic, Span};
use crate::plan::bearer::bearer;
use crate::plan::facet::open_id;
use crate::plan::{Entry, FacetClass, FacetField, FacetSub};
use crate::query::ast::{FacetValue, Sub};
use crate::query::field::Field;
use crate::tag::Class;
use crate::tag::event::taxonomy;
use crate::tag::person::name;
use crate::tag::vocabulary::{self, How, RegionKind};

/// Near names that a message offers.
const OFFERED: usize = 3;

/// Values of `is:` that the language names and no engine executes.
const PLANNED_FLAGS: [&str; 3] = ["duplicate", "lead", "corrected"];

/// Names that a pattern may stand for, at most.
const MOST_NAMES: usize = 20_000;

/// Persons that a note lists.
const LISTED: usize = 8;

/// The facet that a field of the language reads, `None` if it reads none.
pub fn facet_field(field: Field, sub: Option<Sub>) -> Option<FacetField> {
    let class = match field {
        Field::Country | Field::Region => FacetClass::Country,
        Field::Person => FacetClass::Person,
        Field::Event => FacetClass::Event,
        Field::Org => FacetClass::Org,
        Field::Place => FacetClass::Place,
        Field::Topic => FacetClass::Topic,
        Field::Tag => FacetClass::Tag,
        Field::Source => FacetClass::Source,
        Field::Section => FacetClass::Section,
        Field::Lang => FacetClass::Lang,
        Field::Domain => FacetClass::Domain,
        Field::SourceCountry => FacetClass::SourceCountry,
        Field::Type => FacetClass::Type,
        Field::Collection => FacetClass::Collection,
        Field::File => FacetClass::File,
        Field::Url => FacetClass::Url,
        _ => return None,
    };
    let sub = match sub {
        Some(Sub::Major) if class.is_tagged() => FacetSub::Major,
        Some(Sub::Given) if class.is_tagged() => FacetSub::Given,
        // All values of the other classes are supplied ones.
        _ => FacetSub::Any,
    };
    Some(FacetField { class, sub })
}

impl Work<'_> {
    /// The ids that a value means: none for an open class without it, `None` after an error.
    pub(super) fn value(
        &self,
        field: Field,
        sub: Option<Sub>,
        exact: bool,
        value: &FacetValue,
    ) -> Option<Vec<String>> {
        let (text, span) = (value.text.as_str(), value.span);
        if !value.quoted && text.starts_with('@') {
            return self.listed(field, sub, exact, &text[1..], span);
        }
        if !value.quoted && text.contains("..") && !matches!(field, Field::Id | Field::Url) {
            let message = format!(
                "{} is a list of names; ranges work on date and number fields",
                field.name()
            );
            self.tell(
                Diagnostic::error("range_on_facet", span, message)
                    .hint("write a comma between names, quotes around a name with dots"),
            );
            return None;
        }
        // A web address may hold a question mark of its own.
        let wild = text.contains('*') || field != Field::Url && text.contains('?');
        if !value.quoted && wild {
            return match field {
                Field::Url => self.named_like(field, &crate::article::address(text), span),
                _ => self.named_like(field, text, span),
            };
        }
        let class = match field {
            Field::Country | Field::SourceCountry => Some(Class::Country),
            Field::Person => Some(Class::Person),
            _ => None,
        };
        if let (Some(class), Some(own), false) = (class, self.resolver.own, exact) {
            let ids = own.resolve(class, text);
            if !ids.is_empty() {
                return Some(ids.into_iter().map(str::to_owned).collect());
            }
        }
        match field {
            Field::Country | Field::SourceCountry => self.country(field, text, (sub, exact), span),
            Field::Region => self.region(text, sub, span),
            Field::Event => self.event(text, sub, span),
            Field::Person => Some(self.person(text, sub, exact, span)),
            Field::Lang => self.language(text, span),
            Field::Org
            | Field::Place
            | Field::Topic
            | Field::Tag
            | Field::Source
            | Field::Section
            | Field::Type
            | Field::Collection
            | Field::Domain => Some(self.open(field, text, span)),
            Field::File => self.file(text, span),
            Field::Url => Some(self.known(field, crate::article::address(text), text, span)),
            Field::Id => Some(vec![text.to_owned()]),
            Field::Is if text.eq_ignore_ascii_case("stub") => Some(vec![String::new()]),
            Field::Is if PLANNED_FLAGS.iter().any(|flag| text.eq_ignore_ascii_case(flag)) => {
                self.unsupported(&format!("is:{text}"), span);
                None
            }
            Field::Is => {
                self.unknown_flag(Field::Is, text, span, &["stub"]);
                None
            }
            other => {
                self.unsupported(&format!("the field {}", other.name()), span);
                None
            }
        }
    }

    /// The ids whose names fit a pattern such as `north*`: names are ids and, of countries, persons
    /// and events, also labels and the words of a person's name.
    fn named_like(&self, field: Field, text: &str, span: Span) -> Option<Vec<String>> {
        let Some(facet) = facet_field(field, None) else {
            self.unsupported(&format!("a pattern of names in {}", field.name()), span);
            return None;
        };
        let pattern = super::patterns::of_names(text);
        let class = facet.class;
        let fits = |id: &str| {
            let label = match class {
                FacetClass::Country => vocabulary::country_label(id),
                FacetClass::Event => taxonomy::label(id),
                _ => None,
            };
            pattern.matches(&id.to_lowercase())
                || label.is_some_and(|label| pattern.matches(&crate::text::fold::fold(label)))
                || (class == FacetClass::Person
                    && (pattern.matches(&id.replace('-', " "))
                        || id.split('-').any(|word| pattern.matches(word))))
                || (class == FacetClass::Event
                    && id.rsplit('/').next().is_some_and(|leaf| pattern.matches(leaf)))
        };
        let found = self.resolver.catalogue.values_where(class, &fits, MOST_NAMES);
        if found.len() > MOST_NAMES {
            let message = format!("'{text}' fits more than {MOST_NAMES} names");
            self.tell(
                Diagnostic::error("too_many_terms", span, message).hint("write more letters"),
            );
            return None;
        }
        if found.is_empty() && !self.warn_without_values(facet, span) {
            let message = format!("no {} of this index is named like '{text}'", field.name());
            self.tell(Diagnostic::warning("unknown_value", span, message));
        }
        Some(found)
    }

    /// The ids of all names in a list, one a line; empty lines and those that begin with `#` say
    /// nothing.
    fn listed(
        &self,
        field: Field,
        sub: Option<Sub>,
        exact: bool,
        name: &str,
        span: Span,
    ) -> Option<Vec<String>> {
        let unreadable = |reason: &str| {
            let message = format!("the list {name} cannot be read: {reason}");
            self.tell(
                Diagnostic::error("unreadable_list", span, message)
                    .hint("a list holds a name a line"),
            );
        };
        let Some(read) = self.resolver.lists else {
            unreadable("this program reads no files for queries");
            return None;
        };
        let text = match read(name) {
            Ok(text) => text,
            Err(reason) => {
                unreadable(&reason);
                return None;
            }
        };
        let names: Vec<&str> = text
            .lines()
            .map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'))
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        if names.is_empty() {
            unreadable("it holds no name");
            return None;
        }
        let (mut ids, mut missing, mut failed) = (Vec::new(), Vec::new(), false);
        for name in &names {
            let before = self.found.borrow().len();
            let value = FacetValue { text: (*name).to_owned(), quoted: true, span };
            match self.value(field, sub, exact, &value) {
                Some(found) if found.is_empty() => {
                    // One message for all of them is enough.
                    self.found.borrow_mut().truncate(before);
                    missing.push(*name);
                }
                Some(found) => {
                    // Which persons bear a surname is too much to say of a whole list.
                    self.found.borrow_mut().truncate(before);
                    ids.extend(found);
                }
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        if !missing.is_empty() {
            let first = missing.iter().take(OFFERED).copied().collect::<Vec<_>>().join(", ");
            let more = if missing.len() > OFFERED { ", …" } else { "" };
            let message = format!(
                "{} of {} names of {name} are those of no article: {first}{more}",
                missing.len(),
                names.len()
            );
            self.tell(Diagnostic::warning("unknown_value", span, message));
        }
        Some(ids)
    }

    /// Says so where no article has any value in the field: an empty answer would mislead.
    pub(super) fn warn_without_values(&self, field: FacetField, span: Span) -> bool {
        if self.resolver.catalogue.has_values(field) {
            return false;
        }
        let name = field.name();
        let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        let message = format!("no article of this index has {article} {name}");
        self.tell(
            Diagnostic::warning("no_values", span, message)
                .hint("'dateline stats' tells which fields are filled"),
        );
        true
    }

    /// Reports a word that a flag field does not know; `known` are those that it knows.
    pub(super) fn unknown_flag(&self, field: Field, text: &str, span: Span, known: &[&str]) {
        let near = crate::diag::nearest(text, known.iter().copied(), OFFERED);
        let name = field.name();
        let all: Vec<String> = known.iter().map(|flag| format!("{name}:{flag}")).collect();
        self.tell(
            Diagnostic::error("unknown_value", span, format!("unknown value '{text}' of {name}"))
                .hint(format!("there is {}", all.join(", ")))
                .suggest(near.into_iter().map(str::to_owned).collect::<Vec<_>>()),
        );
    }

    fn unknown(&self, field: Field, text: &str, span: Span, near: Vec<String>, closed: bool) {
        let message = if closed {
            format!("unknown {} '{text}'", field.name())
        } else {
            format!("no article has the {} '{text}'", field.name())
        };
        let quoted = |name: &String| {
            if name.contains([' ', ',']) { format!("\"{name}\"") } else { name.clone() }
        };
        let hint = match near.as_slice() {
            [] => format!("'dateline facets {}' lists what there is", field.name()),
            names => {
                let names: Vec<String> =
                    names.iter().map(|name| format!("{}:{}", field.name(), quoted(name))).collect();
                format!("did you mean {}?", names.join(", "))
            }
        };
        let diagnostic = if closed {
            Diagnostic::error("unknown_value", span, message)
        } else {
            Diagnostic::warning("unknown_value", span, message)
        };
        self.tell(diagnostic.hint(hint).suggest(near));
    }

    /// Countries that articles name, or are of.
    fn country(
        &self,
        field: Field,
        text: &str,
        (sub, exact): (Option<Sub>, bool),
        span: Span,
    ) -> Option<Vec<String>> {
        let found: Vec<(String, How)> = if exact {
            vocabulary::country_exact(text)
                .map(|id| (id.to_owned(), How::Name))
                .into_iter()
                .collect()
        } else {
            vocabulary::country(text).into_iter().map(|c| (c.id.to_owned(), c.how)).collect()
        };
        if found.is_empty() {
            let mut near = vocabulary::nearest_countries(text, OFFERED);
            // `country:South Korea` without quotes: the first word of a longer name.
            let longer = |label: &str| {
                label.len() > text.len()
                    && label.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text))
            };
            let starts =
                vocabulary::countries().map(|(_, label)| label).filter(|label| longer(label));
            let mut names: Vec<String> = starts.map(str::to_owned).collect();
            names.retain(|name| !near.contains(name));
            names.sort_by_key(String::len);
            names.append(&mut near);
            names.truncate(OFFERED);
            self.unknown(field, text, span, names, true);
            return None;
        }
        let label = |id: &str| vocabulary::country_label(id).unwrap_or(id).to_owned();
        if found.len() > 1 {
            let names: Vec<String> = found.iter().map(|(id, _)| label(id)).collect();
            let message = format!("'{text}' is read as {}", names.join(" or "));
            self.tell(Diagnostic::note("ambiguous_value", span, message).suggest(names));
        } else if found[0].1 >= How::Place {
            let message = format!("'{text}' is read as the country {}", label(&found[0].0));
            self.tell(Diagnostic::note("value_read_as", span, message));
        }
        let of_text = field == Field::Country;
        if of_text && found.iter().any(|(id, _)| id == "RU") && text.eq_ignore_ascii_case("russia")
        {
            // The Soviet Union is another state; whoever searches the 1980s must be told.
            if self.resolver.catalogue.value(FacetClass::Country, "SUHH").is_some() {
                self.tell(Diagnostic::note(
                    "value_read_as",
                    span,
                    "Russia does not include the Soviet Union; country:Russia,USSR covers both",
                ));
            }
        }
        self.warn_without_values(facet_field(field, sub)?, span);
        Some(found.into_iter().map(|(id, _)| id).collect())
    }

    /// The countries of an area, or the bloc behind its mark.
    fn region(&self, text: &str, sub: Option<Sub>, span: Span) -> Option<Vec<String>> {
        let Some(region) = vocabulary::region(text) else {
            let labels = vocabulary::regions().map(|(_, label)| label);
            let near = crate::diag::nearest(text, labels, OFFERED);
            self.unknown(
                Field::Region,
                text,
                span,
                near.into_iter().map(str::to_owned).collect(),
                true,
            );
            return None;
        };
        match region.kind {
            RegionKind::Area(members) => {
                self.warn_without_values(facet_field(Field::Region, sub)?, span);
                Some(members.into_iter().map(str::to_owned).collect())
            }
            RegionKind::Bloc(_) => {
                let message = format!(
                    "'{text}' is the bloc {}: articles that name it, not those that name its members",
                    region.label
                );
                self.tell(Diagnostic::note("value_read_as", span, message));
                Some(vec![format!("{BLOC}{}", region.id)])
            }
        }
    }

    fn event(&self, text: &str, sub: Option<Sub>, span: Span) -> Option<Vec<String>> {
        let ids = taxonomy::resolve(text);
        if ids.is_empty() {
            let near = taxonomy::nearest(text, OFFERED).into_iter().map(str::to_owned).collect();
            self.unknown(Field::Event, text, span, near, true);
            return None;
        }
        self.warn_without_values(facet_field(Field::Event, sub)?, span);
        Some(ids.into_iter().map(str::to_owned).collect())
    }

    fn language(&self, text: &str, span: Span) -> Option<Vec<String>> {
        match lang::normalize_tag(text) {
            Some(tag) => Some(vec![tag.to_owned()]),
            None => {
                let near = lang::nearest(text, OFFERED);
                self.unknown(
                    Field::Lang,
                    text,
                    span,
                    near.into_iter().map(str::to_owned).collect(),
                    true,
                );
                None
            }
        }
    }

    /// The bearer of the surname alone, where nearly all articles that name a bearer in full name
    /// this one, and no fewer than name the surname alone: then it is this one who is meant.
    fn linked(&self, person: &Entry) -> Option<Entry> {
        if person.id.starts_with(name::NAME_ONLY) {
            return None;
        }
        let mut bearers = self.resolver.catalogue.persons_by_surname(name::surname(&person.id));
        let counts: Vec<(&str, u64)> =
            bearers.iter().map(|bearer| (bearer.id.as_str(), bearer.count)).collect();
        let (alone, meant) = bearer(&counts)?;
        (bearers[meant].id == person.id).then(|| bearers.swap_remove(alone))
    }

    fn person(&self, text: &str, sub: Option<Sub>, exact: bool, span: Span) -> Vec<String> {
        let catalogue = self.resolver.catalogue;
        let asked = name::resolve(text);
        if !asked.surname_only || exact {
            if let Some(entry) = catalogue.value(FacetClass::Person, &asked.slug) {
                // Who writes the id means the id.
                let named = !exact && text != asked.slug;
                let linked = if named { self.linked(&entry) } else { None };
                if let Some(only) = &linked {
                    let message = format!(
                        "'{text}' includes articles that name only {} ({})",
                        only.label.trim_end_matches(" (name only)"),
                        only.count
                    );
                    self.tell(Diagnostic::note("value_read_as", span, message));
                }
                return [Some(asked.slug), linked.map(|only| only.id)]
                    .into_iter()
                    .flatten()
                    .collect();
            }
        } else {
            let bearers = catalogue.persons_by_surname(&asked.slug);
            if !bearers.is_empty() {
                if bearers.len() > 1 {
                    let mut names: Vec<String> = bearers
                        .iter()
                        .take(LISTED)
                        .map(|entry| format!("{} ({})", entry.label, entry.count))
                        .collect();
                    if bearers.len() > LISTED {
                        names.push(format!("{} more", bearers.len() - LISTED));
                    }
                    let message = format!("'{text}' covers {}", names.join(", "));
                    self.tell(Diagnostic::note("ambiguous_value", span, message));
                }
                return bearers.into_iter().map(|entry| entry.id).collect();
            }
            if let Some(entry) = catalogue.value(FacetClass::Person, &asked.slug) {
                return vec![entry.id];
            }
        }
        let missing = facet_field(Field::Person, sub)
            .is_some_and(|field| self.warn_without_values(field, span));
        if !missing {
            let near = catalogue.near(FacetClass::Person, &asked.slug, OFFERED);
            let names = near.into_iter().map(|entry| entry.label).collect();
            self.unknown(Field::Person, text, span, names, false);
        }
        Vec::new()
    }

    fn open(&self, field: Field, text: &str, span: Span) -> Vec<String> {
        self.known(field, open_id(text), text, span)
    }

    /// Files by their whole path, their name, a folder or the end of either.
    fn file(&self, text: &str, span: Span) -> Option<Vec<String>> {
        let catalogue = self.resolver.catalogue;
        let wanted = text.strip_prefix("./").unwrap_or(text);
        if catalogue.value(FacetClass::File, wanted).is_some() {
            return Some(vec![wanted.to_owned()]);
        }
        let folder = format!("{}/", wanted.trim_end_matches('/'));
        let fits = |path: &str| {
            let ends = |end: &str| {
                path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            };
            ends(wanted) || ends(&folder)
        };
        let found = catalogue.values_where(FacetClass::File, &fits, MOST_NAMES);
        if found.len() > MOST_NAMES {
            let message = format!("'{text}' fits more than {MOST_NAMES} files");
            self.tell(
                Diagnostic::error("too_many_terms", span, message)
                    .hint("write more of the path before it"),
            );
            return None;
        }
        if found.is_empty() {
            return Some(self.known(Field::File, wanted.to_owned(), text, span));
        }
        Some(found)
    }

    /// The value of this id, or a warning with near ones.
    fn known(&self, field: Field, id: String, text: &str, span: Span) -> Vec<String> {
        let Some(facet) = facet_field(field, None) else { return Vec::new() };
        let catalogue = self.resolver.catalogue;
        if catalogue.value(facet.class, &id).is_some() {
            return vec![id];
        }
        if !self.warn_without_values(facet, span) {
            let near = catalogue.near(facet.class, &id, OFFERED);
            let names = near.into_iter().map(|entry| entry.label).collect();
            self.unknown(field, text, span, names, false);
        }
        Vec::new()
    }
}
