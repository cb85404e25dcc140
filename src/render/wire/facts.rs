//! The public JSON of facts about an index: its fields, sizes and coverage.

use serde::{Serialize, Serializer};

use super::Object;
use crate::query::field::FieldKind;

/// A row of the table of query fields.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Field<'a> {
    pub(in crate::render) name: &'a str,
    pub(in crate::render) aliases: &'a [&'a str],
    pub(in crate::render) kind: FieldKind,
    pub(in crate::render) parts: Vec<&'a str>,
    pub(in crate::render) status: &'a str,
    pub(in crate::render) help: &'a str,
    pub(in crate::render) example: &'a str,
}

/// The table of query fields.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Fields<'a> {
    pub(in crate::render) v: u32,
    pub(in crate::render) r#type: &'static str,
    pub(in crate::render) fields: Vec<Field<'a>>,
}

/// Names and numbers as one object, in their order.
#[derive(Debug)]
pub(in crate::render) struct Counted(pub(in crate::render) Vec<(String, u64)>);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Object(&self.0).serialize(serializer)
    }
}

/// Facts about an index.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Stats {
    pub(in crate::render) v: u32,
    pub(in crate::render) r#type: &'static str,
    pub(in crate::render) index: String,
    pub(in crate::render) uuid: String,
    pub(in crate::render) generation: u64,
    pub(in crate::render) app_version: String,
    pub(in crate::render) created: i64,
    pub(in crate::render) articles: u64,
    pub(in crate::render) deleted: u64,
    pub(in crate::render) segments: usize,
    pub(in crate::render) bytes: u64,
    pub(in crate::render) components: Counted,
    pub(in crate::render) fields: Counted,
    pub(in crate::render) languages: Counted,
    pub(in crate::render) coverage: Counted,
    pub(in crate::render) tagger: Tagged,
}

/// What tagged the articles, and how far it goes in their languages.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Tagged {
    pub(in crate::render) version: u32,
    pub(in crate::render) oldest: u32,
    pub(in crate::render) vocabulary: String,
    pub(in crate::render) covers: Vec<Covered>,
}

/// How far a class is covered in a language of the index.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Covered {
    pub(in crate::render) class: &'static str,
    pub(in crate::render) lang: String,
    pub(in crate::render) covered: &'static str,
}
