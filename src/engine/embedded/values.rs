//! The values of one article as tantivy takes them: texts in one buffer, lent and never copied.
//!
//! tantivy's own document copies every value into a buffer that it grows; a token stream, which
//! is as long as the article, would be copied once more for each field.

use std::iter::Empty;

use tantivy::schema::document::{ReferenceValue, ReferenceValueLeaf};
use tantivy::schema::{Document, Field, Value};

use super::tokens::Encoder;

/// What tantivy indexes and stores of one article.
#[derive(Debug, Default)]
pub struct Values {
    /// All texts, one after the other.
    text: String,
    record: Vec<u8>,
    slots: Vec<(Field, Slot)>,
    streams: u64,
}

#[derive(Debug, Clone, Copy)]
enum Slot {
    /// From and to, in `text`.
    Text(usize, usize),
    Unsigned(u64),
    Signed(i64),
    Record,
}

/// One value, lent.
#[derive(Debug, Clone, Copy)]
pub enum Lent<'a> {
    /// A text or a token stream.
    Text(&'a str),
    /// A number of a column.
    Unsigned(u64),
    /// A number of a column that may be negative.
    Signed(i64),
    /// The stored record.
    Bytes(&'a [u8]),
}

impl Values {
    /// No values yet, with room for so many bytes of text.
    pub fn with_capacity(text: usize) -> Values {
        Values {
            text: String::with_capacity(text),
            slots: Vec::with_capacity(64),
            ..Values::default()
        }
    }

    /// Adds a text.
    pub fn text(&mut self, field: Field, text: &str) {
        let from = self.text.len();
        self.text.push_str(text);
        self.slots.push((field, Slot::Text(from, self.text.len())));
    }

    /// Adds a token stream, which `write` writes; gives what that gives.
    pub fn stream<T>(&mut self, field: Field, write: impl FnOnce(&mut Encoder<'_>) -> T) -> T {
        let from = self.text.len();
        let written = write(&mut Encoder::new(&mut self.text));
        self.streams += (self.text.len() - from) as u64;
        self.slots.push((field, Slot::Text(from, self.text.len())));
        written
    }

    /// Adds a number.
    pub fn unsigned(&mut self, field: Field, number: u64) {
        self.slots.push((field, Slot::Unsigned(number)));
    }

    /// Adds a number that may be negative.
    pub fn signed(&mut self, field: Field, number: i64) {
        self.slots.push((field, Slot::Signed(number)));
    }

    /// Adds the stored record; there is one.
    pub fn record(&mut self, field: Field, record: Vec<u8>) {
        self.record = record;
        self.slots.push((field, Slot::Record));
    }

    /// Bytes of the token streams.
    pub fn streams(&self) -> u64 {
        self.streams
    }

    fn lend(&self, slot: Slot) -> Lent<'_> {
        match slot {
            Slot::Text(from, to) => Lent::Text(&self.text[from..to]),
            Slot::Unsigned(number) => Lent::Unsigned(number),
            Slot::Signed(number) => Lent::Signed(number),
            Slot::Record => Lent::Bytes(&self.record),
        }
    }
}

/// Goes through the values of an article.
#[derive(Debug)]
pub struct Iter<'a> {
    values: &'a Values,
    slots: std::slice::Iter<'a, (Field, Slot)>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Field, Lent<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.slots.next().map(|&(field, slot)| (field, self.values.lend(slot)))
    }
}

impl Document for Values {
    type Value<'a> = Lent<'a>;
    type FieldsValuesIter<'a> = Iter<'a>;

    fn iter_fields_and_values(&self) -> Iter<'_> {
        Iter { values: self, slots: self.slots.iter() }
    }
}

impl<'a> Value<'a> for Lent<'a> {
    type ArrayIter = Empty<Lent<'a>>;
    type ObjectIter = Empty<(&'a str, Lent<'a>)>;

    fn as_value(&self) -> ReferenceValue<'a, Lent<'a>> {
        ReferenceValue::Leaf(match *self {
            Lent::Text(text) => ReferenceValueLeaf::Str(text),
            Lent::Unsigned(number) => ReferenceValueLeaf::U64(number),
            Lent::Signed(number) => ReferenceValueLeaf::I64(number),
            Lent::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::TokenSink;

    #[test]
    fn values_come_back_in_order_and_whole() {
        let field = Field::from_field_id;
        let mut values = Values::with_capacity(8);
        values.text(field(0), "id");
        let told = values.stream(field(1), |stream| {
            stream.token("pact", 0, 1);
            7
        });
        values.unsigned(field(2), 3);
        values.signed(field(2), -3);
        values.text(field(3), "");
        values.record(field(4), vec![1, 2]);
        assert_eq!((told, values.streams()), (7, 5));
        let seen: Vec<String> = values
            .iter_fields_and_values()
            .map(|(field, value)| format!("{} {:?}", field.field_id(), value.as_leaf().unwrap()))
            .collect();
        let wanted = [
            "0 Str(\"id\")",
            "1 Str(\"\\u{1}pact\")",
            "2 U64(3)",
            "2 I64(-3)",
            "3 Str(\"\")",
            "4 Bytes([1, 2])",
        ];
        assert_eq!(seen, wanted);
    }
}
