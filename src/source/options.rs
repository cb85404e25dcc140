//! What the user says about the input: key names, constants, date order, limits.

use std::path::PathBuf;

use super::fields::{Field, normalize};
use super::pattern::PathPattern;
use crate::article::date::DateOrder;
use crate::diag::{Diagnostic, Severity, nearest};

/// How inputs are found and read; the default reads what is usual.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Keys that the user assigned to fields; they win over the usual names.
    pub map: FieldMap,
    /// Values for every article. A single value replaces that of the record, which is then kept
    /// in [`extra`](crate::article::Article::extra); values of facets are added.
    pub set: Vec<(Field, String)>,
    /// Fields read from the path; they fill what the record lacks.
    pub path_pattern: Option<PathPattern>,
    /// What `03/04/2019` means; by default it is ambiguous.
    pub date_order: DateOrder,
    /// Put before supplied ids by
    /// [`ensure_id`](crate::article::Article::ensure_id); the readers leave ids as they are.
    pub id_prefix: String,
    /// Whether symbolic links below folders are followed. Links named themselves always are.
    pub follow: bool,
    /// Sizes that no input may exceed.
    pub limits: Limits,
    /// Folders and files that are never read, whether there already or not: the index, the list
    /// of rejects.
    pub skip: Vec<PathBuf>,
}

/// Sizes that no input may exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record, decompressed. A longer one is rejected as `too_large` without being
    /// held in memory. Default 64 MiB.
    pub max_record_bytes: u64,
    /// Bytes that one compressed file, or one member of an archive, may grow to. Default 64 GiB.
    pub max_expansion_bytes: u64,
    /// How many times its size a compressed file may grow to, past the first 64 MiB, all that is
    /// compressed within it included. Default 1,000 (deflate cannot exceed 1,032; text rarely
    /// exceeds 20).
    pub max_expansion_ratio: u64,
    /// How many compressors and archives may be around a text; `a.tar.gz` has two. Default 4.
    pub max_layers: u32,
    /// Bytes of a zip archive that has to be held in memory, since its end cannot be looked at
    /// first: on standard input and within another archive. Default 64 MiB.
    pub max_held_archive_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_record_bytes: 64 << 20,
            max_expansion_bytes: 64 << 30,
            max_expansion_ratio: 1_000,
            max_layers: 4,
            max_held_archive_bytes: 64 << 20,
        }
    }
}

/// Which key or column is which field, where the usual names are wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldMap {
    pairs: Vec<(String, Field)>,
}

impl FieldMap {
    /// Reads `title=hl,body=txt`: field, `=`, key. A key may be a column number from 1, and may
    /// stand first (`2=title`) where the left side is no field name; `extra=KEY` gives a key no
    /// field.
    ///
    /// # Errors
    /// `bad_map` where a part has no `=` or names no field.
    pub fn parse(text: &str) -> Result<FieldMap, Diagnostic> {
        let mut map = FieldMap::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((left, right)) = part.split_once('=') else {
                return Err(problem("bad_map", format!("'{part}' has no '='"))
                    .hint("write FIELD=KEY, as in --map title=hl,body=txt"));
            };
            let (left, right) = (left.trim(), right.trim());
            let pair = match (Field::from_name(left), Field::from_name(right)) {
                (Some(field), _) => (right, field),
                (None, Some(field)) => (left, field),
                (None, None) => return Err(unknown_field("bad_map", left)),
            };
            if pair.0.is_empty() {
                return Err(problem("bad_map", format!("'{part}' names no key")));
            }
            map.add(pair.0, pair.1);
        }
        Ok(map)
    }

    /// Assigns a key to a field; the first of several keys for one field wins.
    pub fn add(&mut self, key: &str, field: Field) {
        self.pairs.push((key.to_owned(), field));
    }

    /// Whether nothing is assigned.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Whether some key is assigned to a field.
    pub fn has(&self, field: Field) -> bool {
        self.pairs.iter().any(|(_, one)| *one == field)
    }

    /// The field of a key, and the place of the assignment: exact names first, then names that
    /// differ in case and separators only.
    pub(super) fn get(&self, key: &str) -> Option<(Field, u8)> {
        let found = |place: usize| (self.pairs[place].1, place.min(255) as u8);
        if self.pairs.is_empty() {
            return None;
        }
        if let Some(place) = self.pairs.iter().position(|(name, _)| name == key) {
            return Some(found(place));
        }
        let wanted = normalize(key);
        self.pairs.iter().position(|(name, _)| normalize(name) == wanted).map(found)
    }
}

/// Reads `source=The Times`: a value that every article gets.
///
/// # Errors
/// `bad_set` where there is no `=`, no such field or no value.
pub fn parse_set(text: &str) -> Result<(Field, String), Diagnostic> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(problem("bad_set", format!("'{text}' has no '='"))
            .hint("write FIELD=VALUE, as in --set source='The Times'"));
    };
    let name = name.trim();
    match Field::from_name(name) {
        None | Some(Field::Extra) => Err(unknown_field("bad_set", name)),
        Some(_) if value.trim().is_empty() => {
            Err(problem("bad_set", format!("'{text}' gives no value")))
        }
        Some(field) => Ok((field, value.trim().to_owned())),
    }
}

fn unknown_field(code: &'static str, name: &str) -> Diagnostic {
    let known = Field::ALL.into_iter().map(Field::name);
    let near: Vec<String> = nearest(name, known, 3).into_iter().map(str::to_owned).collect();
    let names = Field::ALL.map(Field::name).join(", ");
    problem(code, format!("no field '{name}'"))
        .hint(format!("the fields are {names}"))
        .suggest(near)
}

pub(super) fn problem(code: &'static str, message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code,
        span: None,
        message,
        hint: None,
        suggestions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_reads_field_before_key_and_number_before_field() {
        let map = FieldMap::parse("title=hl, body=Full Text,3=date,extra=notes").unwrap();
        assert_eq!(map.get("hl").unwrap().0, Field::Title);
        assert_eq!(map.get("full_text").unwrap().0, Field::Body);
        assert_eq!(map.get("3").unwrap().0, Field::Date);
        assert_eq!(map.get("notes").unwrap().0, Field::Extra);
        assert_eq!(map.get("other"), None);
        assert_eq!(FieldMap::parse("titel=foo").unwrap_err().suggestions, ["title"]);
        assert_eq!(FieldMap::parse("title").unwrap_err().code, "bad_map");
    }

    #[test]
    fn a_constant_needs_a_field_and_a_value() {
        let set = parse_set("source=The Times").unwrap();
        assert_eq!(set, (Field::Source, "The Times".to_owned()));
        assert_eq!(parse_set("sauce=x").unwrap_err().code, "bad_set");
        assert_eq!(parse_set("source=").unwrap_err().code, "bad_set");
    }
}
