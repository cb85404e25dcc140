//! Which parts of a hit are written, by name: `--fields id,date,title`.

use serde_json::Value;

use super::wire;
use crate::diag::{Diagnostic, Span, nearest};
use crate::plan::FacetClass;
use crate::search::Hit;

/// Parts that every hit has without being asked for.
const PLAIN: [&str; 15] = [
    "rank",
    "id",
    "score",
    "date",
    "date_precision",
    "title",
    "source",
    "file",
    "line",
    "url",
    "lang",
    "facets",
    "major",
    "labels",
    "snippets",
];

/// Parts for which the whole article is kept with the hit.
const WHOLE: [&str; 7] = ["dateline", "author", "section", "body", "added", "extra", "mentions"];

/// Names of parts of a hit, in the order of output, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<String>);

impl Fields {
    /// Reads a list with commas: parts of a hit, and facet classes such as `country` or
    /// `country.major`, which are lists of ids.
    ///
    /// # Errors
    /// With the names that are near, for a name that is none.
    pub fn parse(list: &str) -> Result<Fields, Diagnostic> {
        let mut names: Vec<String> = Vec::new();
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if !is_known(name) {
                let near = nearest(name, known(), 3);
                let hint = if near.is_empty() {
                    format!("there are {}", known().collect::<Vec<_>>().join(", "))
                } else {
                    format!("did you mean {}?", near.join(", "))
                };
                let near = near.into_iter().map(str::to_owned).collect();
                return Err(placeless(format!("a hit has no '{name}'")).hint(hint).suggest(near));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.is_empty() {
            return Err(placeless("no field is named".to_owned())
                .hint("write names with commas between, as in id,date,title"));
        }
        Ok(Fields(names))
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the whole article must be kept with the hit.
    pub fn need_whole(&self) -> bool {
        self.names().any(|name| WHOLE.contains(&name))
    }

    /// Whether passages are asked for.
    pub fn need_snippets(&self) -> bool {
        self.names().any(|name| name == "snippets")
    }

    /// The object of a hit with these parts only, beside `v` and `type`.
    pub fn object(&self, hit: &Hit) -> serde_json::Map<String, Value> {
        let parts = Parts::of(hit);
        let mut object = serde_json::Map::new();
        object.insert("v".to_owned(), wire::VERSION.into());
        object.insert("type".to_owned(), "hit".into());
        for name in self.names() {
            object.insert(name.to_owned(), parts.value(name));
        }
        object
    }

    /// The parts as text, a cell each: lists joined by `;`, objects as JSON.
    pub fn cells(&self, hit: &Hit) -> Vec<String> {
        let parts = Parts::of(hit);
        self.names().map(|name| cell(&parts.value(name))).collect()
    }
}

/// All names, in the order of help.
pub fn known() -> impl Iterator<Item = &'static str> {
    PLAIN.into_iter().chain(WHOLE).chain(FacetClass::ALL.into_iter().map(FacetClass::name))
}

fn placeless(message: String) -> Diagnostic {
    Diagnostic { span: None, ..Diagnostic::error("unknown_field", Span::default(), message) }
}

fn is_known(name: &str) -> bool {
    let class = name.strip_suffix(".major").unwrap_or(name);
    PLAIN.contains(&name)
        || WHOLE.contains(&name)
        || FacetClass::ALL.into_iter().any(|known| known.name() == class)
}

/// A hit whose parts can be asked for by name.
#[derive(Debug)]
pub struct Parts<'h> {
    hit: &'h Hit,
    object: Value,
}

impl<'h> Parts<'h> {
    /// The parts of a hit.
    pub fn of(hit: &'h Hit) -> Parts<'h> {
        Parts { hit, object: serde_json::to_value(wire::hit(hit)).unwrap_or_default() }
    }

    /// One part, null where the hit has none.
    pub fn value(&self, name: &str) -> Value {
        if PLAIN.contains(&name) {
            return self.object.get(name).cloned().unwrap_or_default();
        }
        if let Some(article) = self.hit.whole.as_deref()
            && WHOLE.contains(&name)
            && !(name == "section" && article.article.section.is_none())
        {
            let given = &article.article;
            return match name {
                "dateline" => given.dateline.clone().into(),
                "author" => given.author.clone().into(),
                "section" => given.section.clone().into(),
                "body" => given.body.clone().into(),
                "added" => article.added.into(),
                "extra" => Value::Object(given.extra.clone()),
                _ => wire::mentions(article),
            };
        }
        let (list, class) = match name.strip_suffix(".major") {
            Some(class) => ("major", class),
            None => ("facets", name),
        };
        self.object[list].get(class).cloned().unwrap_or_else(|| Value::Array(Vec::new()))
    }
}

/// A value as the text of a cell.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(cell).collect::<Vec<_>>().join(";")
        }
        other => wire::to_text(other),
    }
}
