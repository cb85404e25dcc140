//! The user's own vocabulary over the tables: names of countries and persons, triggers of event
//! types, and what none of them is.
//!
//! *Invariant:* rows are sorted and distinct, so that one vocabulary has one text.

mod find;

use std::collections::BTreeSet;
use std::fmt;

use foldhash::fast::FixedState;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

pub use find::{Said, Span};

use super::{Class, event, person, vocabulary};
use crate::article::Given;
use crate::text::fold::name_key;
use crate::text::{Token, Tokens};

/// Bytes of a name or pattern, at most.
const MAX_NAME: usize = 200;

/// Any value of a class, in rows that block.
pub const ANY: &str = "*";

/// One row: a name of a value, or what is no name of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Whether the name is none of this value, whatever the tables say.
    pub blocks: bool,
    /// The class.
    pub class: Class,
    /// The id of the value; [`ANY`] for all of the class, where it blocks.
    pub id: String,
    /// Words as they stand in the text; of event types a pattern as in `events.tsv`.
    pub name: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.blocks { "-" } else { "" };
        write!(f, "{sign}{}\t{}\t{}", self.class.name(), self.id, self.name)
    }
}

impl Row {
    /// Makes a row: the value is resolved by name, the words are checked.
    ///
    /// # Errors
    /// With the reason, in one line.
    pub fn new(blocks: bool, class: Class, value: &str, name: &str) -> Result<Row, String> {
        let (value, name) = (value.trim(), name.trim());
        if name.len() > MAX_NAME {
            return Err(format!("'{name}' is longer than {MAX_NAME} bytes"));
        }
        if name.contains(['\t', '\n', '\r']) {
            return Err("a name holds no tab and no line break".to_owned());
        }
        let id = match value {
            ANY if blocks => ANY.to_owned(),
            _ => resolve(class, value)?,
        };
        if class == Class::Event {
            let mut cell = event::pattern::parse_cell(name);
            match (cell.next(), cell.next()) {
                (Some(Ok(pattern)), None) if event::matcher::is_anchored(&pattern) => {}
                (Some(Ok(_)), None) => {
                    return Err(format!(
                        "'{name}' begins with no word of at least 3 letters, by which it is found"
                    ));
                }
                (Some(Err(why)), None) => return Err(format!("'{name}' is no pattern: {why}")),
                (_, Some(_)) => return Err(format!("'{name}' holds a |: write one pattern a row")),
                (None, _) => return Err("there is no pattern".to_owned()),
            }
        } else if words(name).is_empty() {
            return Err(format!("'{name}' holds no letter or digit"));
        }
        Ok(Row { blocks, class, id, name: name.to_owned() })
    }

    /// Reads a row of the table: class (`-` before it blocks), value and name, with tabs between.
    fn parse(row: &str) -> Result<Row, String> {
        let mut cells = row.split('\t');
        let (Some(class), Some(value), Some(name), None) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            return Err("a row is a class, a value and a name, with tabs between".to_owned());
        };
        let (blocks, class) = match class.strip_prefix('-') {
            Some(class) => (true, class),
            None => (false, class),
        };
        let class = class_named(class)?;
        Row::new(blocks, class, value, name)
    }
}

/// The class of this name.
///
/// # Errors
/// With those that there are.
pub fn class_named(name: &str) -> Result<Class, String> {
    Class::ALL
        .into_iter()
        .find(|class| class.name() == name)
        .ok_or_else(|| format!("'{name}' is no class of tags: these are country, person and event"))
}

/// The id of a value by name. Persons need not be known: a new name makes a new one.
fn resolve(class: Class, value: &str) -> Result<String, String> {
    let none = || format!("there is no {} '{value}'", class.name());
    let is_leaf = |id: &str| event::taxonomy::leaves().any(|leaf| leaf == id);
    match class {
        // A table holds ids, and every search reads it.
        Class::Country if vocabulary::country_label(value).is_some() => Ok(value.to_owned()),
        Class::Event if is_leaf(value) => Ok(value.to_owned()),
        Class::Country => match vocabulary::country(value).as_slice() {
            [found] => Ok(found.id.to_owned()),
            [] => Err(none()),
            several => {
                let ids: Vec<&str> = several.iter().map(|found| found.id).collect();
                Err(format!("'{value}' may be {}: write the code", ids.join(" or ")))
            }
        },
        Class::Person => {
            Some(person::name::slug(value)).filter(|slug| !slug.is_empty()).ok_or_else(none)
        }
        Class::Event => match event::taxonomy::resolve(value).as_slice() {
            [id] if is_leaf(id) => Ok((*id).to_owned()),
            [] => Err(none()),
            found => Err(format!("'{value}' is no single leaf: it holds {}", found.join(", "))),
        },
    }
}

/// A row that words find.
#[derive(Debug)]
struct Name {
    row: usize,
    /// Folded, in order.
    words: Vec<String>,
    /// The first letter is a capital, so that it must be one in the text.
    capital: bool,
}

/// The rows, ready to be found in texts.
#[derive(Debug, Default)]
pub struct Overlay {
    rows: Vec<Row>,
    /// Names by the hash of their first word.
    names: HashMap<u64, Vec<Name>, FixedState>,
}

impl PartialEq for Overlay {
    fn eq(&self, other: &Overlay) -> bool {
        self.rows == other.rows
    }
}

impl Overlay {
    /// Of these rows, whatever their order.
    pub fn of(rows: impl IntoIterator<Item = Row>) -> Overlay {
        let rows: Vec<Row> = rows.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut names: HashMap<u64, Vec<Name>, FixedState> = HashMap::default();
        for (number, row) in rows.iter().enumerate().filter(|(_, row)| row.class != Class::Event) {
            let words = words(&row.name);
            let Some(first) = words.first() else { continue };
            let hash = xxh3_64(first.as_bytes());
            let capital = row.name.chars().next().is_some_and(char::is_uppercase);
            names.entry(hash).or_default().push(Name { row: number, words, capital });
        }
        Overlay { rows, names }
    }

    /// Reads the table that [`Overlay::to_text`] writes. Bad rows come back with their line, each
    /// with its reason; the others make the vocabulary.
    pub fn parse(text: &str) -> (Overlay, Vec<(usize, String)>) {
        let (mut rows, mut bad) = (Vec::new(), Vec::new());
        for (line, row) in (1..).zip(text.lines()) {
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            match Row::parse(row) {
                Ok(row) => rows.push(row),
                Err(why) => bad.push((line, why)),
            }
        }
        (Overlay::of(rows), bad)
    }

    /// The table.
    pub fn to_text(&self) -> String {
        let mut out = String::from(
            "# Your own vocabulary: class, value, name. A - before the class: no name of it.\n",
        );
        for row in &self.rows {
            out.push_str(&row.to_string());
            out.push('\n');
        }
        out
    }

    /// What tells this vocabulary from others: a hash of its table; empty for none.
    pub fn fingerprint(&self) -> String {
        match self.rows.is_empty() {
            true => String::new(),
            false => format!("{:016x}", xxh3_64(self.to_text().as_bytes())),
        }
    }

    /// The rows, sorted.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The ids that a name means in queries and supplied labels, by its own rows; case, accents
    /// and signs make no difference.
    pub fn resolve(&self, class: Class, name: &str) -> Vec<&str> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let key = name_key(name);
        let mut ids: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| !row.blocks && row.class == class && class != Class::Event)
            .filter(|row| name_key(&row.name) == key)
            .map(|row| row.id.as_str())
            .collect();
        ids.dedup();
        ids
    }

    /// Supplied labels, those that the user has names for replaced by their ids.
    pub fn given(&self, given: &Given) -> Given {
        let mut given = given.clone();
        for (class, values) in
            [(Class::Country, &mut given.country), (Class::Person, &mut given.person)]
        {
            for value in values {
                if let Some(id) = self.resolve(class, value).first() {
                    *value = (*id).to_owned();
                }
            }
        }
        given
    }

    /// Triggers and counter-patterns of event types: id ([`ANY`] for all), pattern, whether it
    /// blocks.
    pub fn patterns(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        let rows = self.rows.iter().filter(|row| row.class == Class::Event);
        rows.map(|row| (row.id.as_str(), row.name.as_str(), row.blocks))
    }
}

/// The folded words of a name.
pub fn words(name: &str) -> Vec<String> {
    let tokens = Tokens::of(name);
    let words = tokens.iter().filter(|token| !token.has(Token::JOINED));
    words.map(|token| tokens.folded(token).to_owned()).collect()
}

#[cfg(test)]
mod tests;
