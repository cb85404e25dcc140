//! What a search shows: hits with their facets and snippets, and all that belongs to the list.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::label::label;
use crate::article::PartialDate;
use crate::diag::Diagnostic;
use crate::engine::{FacetCounts, Match, StoredArticle};
use crate::plan::facet::open_id;
use crate::plan::{FacetChoice, FacetClass, FacetTerms};
use crate::snippet::{Fragment, Highlight, Line, Marked, Snippet};
use crate::tag::Class;

/// All that a search found.
#[derive(Debug, Clone)]
pub struct Hits {
    /// The canonical text of the query.
    pub query: String,
    /// Exact number of matches.
    pub total: u64,
    /// The best of them, or the sample.
    pub hits: Vec<Hit>,
    /// One an asked facet field.
    pub facets: Vec<FacetCounts>,
    /// What the reader of the answer should know.
    pub warnings: Vec<Diagnostic>,
}

/// An article that was found, without its running text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hit {
    /// Place in the order, from 1; `None` in a stream or a sample.
    pub rank: Option<u64>,
    /// Its id.
    pub id: String,
    /// Its score; `None` where none was asked for.
    pub score: Option<f32>,
    /// When it was published.
    pub date: Option<PartialDate>,
    /// The title with its marks.
    pub title: Marked,
    /// Newspaper, agency or collection.
    pub source: Option<String>,
    /// The input file and, inside an archive, the member.
    pub file: PathBuf,
    /// Line of the record, from 1; 0 where lines mean nothing.
    pub line: u64,
    /// Web address.
    pub url: Option<String>,
    /// The language it was analysed in.
    pub lang: String,
    /// What it is about.
    pub facets: HitFacets,
    /// Values that a filter asked for and that the article has only in passing.
    pub asked: Vec<(FacetClass, Vec<String>)>,
    /// The best passages.
    pub fragments: Vec<Fragment>,
    /// How marks of title and passages are written.
    pub highlight: Highlight,
    /// Every match on a line of its own, where that was asked for.
    pub lines: Vec<Line>,
    /// The article itself, where it was asked for.
    pub whole: Option<Box<StoredArticle>>,
}

/// The facet values of one article.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HitFacets {
    /// Ids by class, most important first; classes without values are left out.
    pub ids: Vec<(FacetClass, Vec<String>)>,
    /// The ids of what the article is about, likewise.
    pub major: Vec<(FacetClass, Vec<String>)>,
    /// Label of every id, each id once, in the order of `ids`.
    pub labels: Vec<(String, String)>,
}

impl HitFacets {
    /// The facet values of a stored article. Events are leaves, never their ancestors.
    pub fn of(stored: &StoredArticle) -> HitFacets {
        let mut facets = HitFacets::default();
        let mut seen = HashSet::new();
        let mut told: HashMap<(Class, &str), &str> = HashMap::new();
        for tag in &stored.tags.tags {
            if let Some(label) = &tag.label {
                told.entry((tag.class, &tag.id)).or_insert(label);
            }
        }
        for class in Class::ALL {
            let field = FacetClass::of(class);
            let mut ids = stored.tags.ids(class);
            let mut major = stored.tags.major(class);
            if class == Class::Event {
                keep_leaves(&mut ids);
                major.retain(|id| ids.contains(id));
            }
            for id in &ids {
                let told = told.get(&(class, *id)).map(|&label| label.to_owned());
                let label = told.or_else(|| label(field, id).map(Cow::into_owned));
                facets.label(&mut seen, id, label);
            }
            facets.add(field, ids.into_iter().map(str::to_owned).collect());
            if !major.is_empty() {
                facets.major.push((field, major.into_iter().map(str::to_owned).collect()));
            }
        }
        let given = &stored.article.given;
        let section: Vec<String> = stored.article.section.iter().cloned().collect();
        let owned = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect();
        let kinds: Vec<String> = owned(stored.article.kinds());
        let collections: Vec<String> = owned(stored.article.collections());
        for (class, values) in [
            (FacetClass::Org, &given.org),
            (FacetClass::Place, &given.place),
            (FacetClass::Topic, &given.topic),
            (FacetClass::Tag, &given.tag),
            (FacetClass::Section, &section),
            (FacetClass::Type, &kinds),
            (FacetClass::Collection, &collections),
        ] {
            let mut ids: Vec<String> = Vec::new();
            for value in values {
                let id = open_id(value);
                if !id.is_empty() && !ids.contains(&id) {
                    facets.label(&mut seen, &id, Some(value.clone()));
                    ids.push(id);
                }
            }
            facets.add(class, ids);
        }
        if let Some(home) = &stored.home {
            let class = FacetClass::SourceCountry;
            facets.label(&mut seen, home, label(class, home).map(Cow::into_owned));
            facets.add(class, vec![home.clone()]);
        }
        facets
    }

    fn add(&mut self, class: FacetClass, ids: Vec<String>) {
        if !ids.is_empty() {
            self.ids.push((class, ids));
        }
    }

    fn label(&mut self, seen: &mut HashSet<String>, id: &str, label: Option<String>) {
        if seen.insert(id.to_owned()) {
            self.labels.push((id.to_owned(), label.unwrap_or_else(|| id.to_owned())));
        }
    }

    /// The label of an id, the id itself if it has none.
    pub fn label_of<'f>(&'f self, id: &'f str) -> &'f str {
        self.labels.iter().find(|(known, _)| known == id).map_or(id, |(_, label)| label)
    }
}

/// Whether `id` is `ancestor` or lies below it.
fn is_within(id: &str, ancestor: &str) -> bool {
    id.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Drops ids that are the root or an inner node above another one.
fn keep_leaves(ids: &mut Vec<&str>) {
    let all = ids.clone();
    ids.retain(|id| {
        !all.iter().any(|other| other.strip_prefix(id).is_some_and(|rest| rest.starts_with('/')))
    });
}

impl Hit {
    /// The hit of a fetched article.
    pub fn new(
        stored: StoredArticle,
        score: Option<f32>,
        rank: Option<u64>,
        snippet: Option<Snippet>,
    ) -> Hit {
        let facets = HitFacets::of(&stored);
        let article = stored.article;
        let Snippet { title, fragments } = snippet.unwrap_or_else(|| Snippet {
            title: Marked { text: article.title, marks: Vec::new() },
            fragments: Vec::new(),
        });
        let file = article.provenance.path();
        Hit {
            rank,
            id: article.id.unwrap_or_default(),
            score,
            date: article.date,
            title,
            source: article.source,
            file,
            line: article.provenance.line,
            url: article.url,
            lang: stored.lang,
            facets,
            asked: Vec::new(),
            fragments,
            highlight: Highlight::default(),
            lines: Vec::new(),
            whole: None,
        }
    }

    /// Notes which values of the filters the article has only in passing.
    pub fn note_asked(&mut self, filters: &[FacetTerms]) {
        let facets = &self.facets;
        let of = |list: &'_ [(FacetClass, Vec<String>)], class| -> Vec<String> {
            list.iter().filter(|(of, _)| *of == class).flat_map(|(_, ids)| ids.clone()).collect()
        };
        let mut asked: Vec<(FacetClass, Vec<String>)> = Vec::new();
        for filter in filters {
            let class = filter.field.class;
            let FacetChoice::Ids(wanted) = &filter.values else { continue };
            let major = of(&facets.major, class);
            let mut ids = of(&facets.ids, class);
            ids.retain(|id| !major.contains(id) && wanted.iter().any(|up| is_within(id, up)));
            match asked.iter_mut().find(|(known, _)| *known == class) {
                _ if ids.is_empty() => {}
                Some((_, known)) => {
                    known.extend(
                        ids.into_iter().filter(|id| !known.contains(id)).collect::<Vec<_>>(),
                    );
                }
                None => asked.push((class, ids)),
            }
        }
        self.asked = asked;
    }

    /// A hit of which nothing but id, score and rank is known.
    pub fn bare(found: Match, rank: Option<u64>) -> Hit {
        Hit { rank, id: found.id, score: found.score, ..Hit::default() }
    }
}
