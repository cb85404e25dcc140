//! JSON values and table cells to texts and lists of texts.

use serde_json::Value;

use super::fields::Field;

/// Members of an object that name it, the most telling first.
const NAMES: [&str; 9] =
    ["name", "label", "title", "value", "text", "rendered", "term", "code", "id"];

/// Whether a value says nothing: null, blank text, an empty list.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// One text of a value; the value back if there is none in it.
///
/// Numbers are written out. Of a list the texts are joined: paragraphs of a body by a blank line,
/// all else by a comma. Of an object its name is taken.
pub(super) fn into_text(field: Field, value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().filter_map(name_of).collect();
            if texts.is_empty() {
                return Err(Value::Array(values));
            }
            Ok(texts.join(match field {
                Field::Body => "\n\n",
                Field::Title => " ",
                _ => ", ",
            }))
        }
        value => name_of(&value).ok_or(value),
    }
}

/// The texts of a value, and the value itself where it says more than they do.
///
/// A single text is cut at `;` and `|`, for topics and tags at `,` too; a text that is a list in
/// brackets (`["a", 'b']`, as tables have it) is taken as one.
pub(super) fn into_list(field: Field, value: Value) -> (Vec<String>, Option<Value>) {
    match value {
        Value::String(text) => (split(field, &text), None),
        Value::Array(values) => {
            let texts = values.iter().filter_map(name_of).filter_map(|text| tidy(&text)).collect();
            let more = values.iter().any(|value| match value {
                Value::Object(map) => map.len() > 1,
                Value::Array(_) => true,
                _ => false,
            });
            (texts, more.then_some(Value::Array(values)))
        }
        value => {
            let texts = name_of(&value).and_then(|text| tidy(&text)).into_iter().collect();
            (texts, value.is_object().then_some(value))
        }
    }
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(map) => NAMES.iter().find_map(|name| match map.get(*name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        }),
        Value::Null | Value::Array(_) => None,
    }
}

fn tidy(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn split(field: Field, text: &str) -> Vec<String> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return bracketed(inner);
    }
    let commas = matches!(field, Field::Topic | Field::Tag);
    text.split(|c| matches!(c, ';' | '|') || (commas && c == ',')).filter_map(tidy).collect()
}

/// The items of `"a", 'b, c', d`.
fn bracketed(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(_), '\\') => item.extend(letters.next()),
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') if item.trim().is_empty() => quote = Some(letter),
            (None, ',') => items.extend(tidy(&std::mem::take(&mut item))),
            (_, letter) => item.push(letter),
        }
    }
    items.extend(tidy(&item));
    items
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_come_from_cells_arrays_and_objects() {
        let list = |field, value| into_list(field, value).0;
        assert_eq!(
            list(Field::Country, json!("Japan; South Korea|US")),
            ["Japan", "South Korea", "US"]
        );
        assert_eq!(list(Field::Person, json!("Putin, Vladimir")), ["Putin, Vladimir"]);
        assert_eq!(list(Field::Tag, json!("a, b")), ["a", "b"]);
        assert_eq!(list(Field::Tag, json!("['a, b', \"it's\", c]")), ["a, b", "it's", "c"]);
        assert_eq!(list(Field::Org, json!(["UN", {"name": "EU"}, null, 5])), ["UN", "EU", "5"]);
    }

    #[test]
    fn an_object_with_more_than_a_name_is_kept_whole() {
        let value = json!([{"name": "EU", "code": "q458"}]);
        assert_eq!(into_list(Field::Org, value.clone()), (vec!["EU".to_owned()], Some(value)));
        assert_eq!(into_text(Field::Source, json!({"id": null, "name": "BBC"})), Ok("BBC".into()));
        assert!(into_text(Field::Body, json!({"x": 1})).is_err());
        assert_eq!(into_text(Field::Body, json!(["a", "b"])), Ok("a\n\nb".into()));
    }
}
