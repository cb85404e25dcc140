//! What `index --dry-run` shows: formats, mapping and the first articles, as text or JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::{number, plural};
use crate::article::date::Precision;
use crate::ingest::preview::{Preview, Sample, Shape};
use crate::source::Field;
use crate::tag::{Class, Level, Origin, Tag, event, person, vocabulary};
use crate::text::sanitize;

/// Letters of a title that are shown.
const TITLE: usize = 100;

/// Writes a preview for people.
pub(super) fn write(out: &mut dyn Write, preview: &Preview) -> io::Result<()> {
    for shape in &preview.shapes {
        let mut head = format!("{}: {}", shape.first_file, shape.format.name());
        if let Some(compression) = shape.compression {
            head.push_str(&format!(" in {compression}"));
        }
        if !shape.detail.is_empty() {
            head.push_str(&format!(" ({})", shape.detail));
        }
        if shape.files > 1 {
            head.push_str(&format!(", and {} more like it", plural(shape.files - 1, "file")));
        }
        writeln!(out, "{}", sanitize::line(&head))?;
        write_keys(out, shape)?;
        for sample in &shape.articles {
            write_sample(out, sample)?;
        }
        if shape.articles.is_empty() {
            writeln!(out, "  no articles\n")?;
        }
    }
    let files = plural(preview.files, "file");
    let more = if preview.more_files { "; there are more" } else { "" };
    writeln!(out, "looked into {files}{more}; nothing was written")
}

fn write_keys(out: &mut dyn Write, shape: &Shape) -> io::Result<()> {
    let mut mapped = Vec::new();
    let mut kept = Vec::new();
    for key in &shape.keys {
        match key.field {
            Field::Extra => kept.push(key.key.clone()),
            field if field.name().eq_ignore_ascii_case(&key.key) => {
                mapped.push(field.name().into());
            }
            field => mapped.push(format!("{} = {}", field.name(), key.key)),
        }
    }
    for (name, list) in [("fields", mapped), ("kept as it is", kept)] {
        if !list.is_empty() {
            writeln!(out, "  {name}: {}", sanitize::line(&list.join(", ")))?;
        }
    }
    Ok(())
}

fn write_sample(out: &mut dyn Write, sample: &Sample) -> io::Result<()> {
    let article = &sample.article;
    let mut row = |name: &str, text: &str| writeln!(out, "    {name:<8} {}", sanitize::line(text));
    let id = article.id.as_deref().unwrap_or_default();
    let mut title: String = article.title.chars().take(TITLE).collect();
    if title.len() < article.title.len() {
        title.push('…');
    }
    row("id", id)?;
    row("title", if title.trim().is_empty() { "(none)" } else { &title })?;
    match &article.date {
        Some(date) => row("date", &format!("{} ({})", date.display(), precision(date.precision)))?,
        None => row("date", "(none)")?,
    }
    if let Some(source) = &article.source {
        row("source", source)?;
    }
    row("lang", &sample.lang)?;
    row(
        "body",
        &match article.body.len() as u64 {
            0 => "(none: a stub)".to_owned(),
            bytes => format!("{} bytes", number(bytes)),
        },
    )?;
    for class in Class::ALL {
        let tags: Vec<String> =
            sample.tags.tags.iter().filter(|tag| tag.class == class).map(describe).collect();
        if !tags.is_empty() {
            row(class.name(), &tags.join("; "))?;
        }
    }
    for (class, value) in &sample.tags.unknown {
        row("unknown", &format!("{} '{value}' is in no table", class.name()))?;
    }
    for note in &article.notes {
        row("note", &format!("{}: {}", note.code, note.message))?;
    }
    writeln!(out)
}

fn precision(precision: Precision) -> &'static str {
    match precision {
        Precision::Year => "year",
        Precision::Month => "month",
        Precision::Day => "day",
        Precision::Minute => "minute",
    }
}

/// `JP (Japan) major`.
fn describe(tag: &Tag) -> String {
    let mut text = tag.id.clone();
    if let Some(label) = label(tag) {
        text.push_str(&format!(" ({label})"));
    }
    text.push_str(match tag.level {
        Level::Major => " major",
        Level::Passing => " passing",
    });
    if tag.origin == Origin::Given {
        text.push_str(", given");
    }
    text
}

fn label(tag: &Tag) -> Option<String> {
    match (&tag.label, tag.class) {
        (Some(label), _) => Some(label.clone()),
        (None, Class::Country) => vocabulary::country_label(&tag.id).map(str::to_owned),
        (None, Class::Event) => event::taxonomy::label(&tag.id).map(str::to_owned),
        (None, Class::Person) => Some(person::name::label_from_slug(&tag.id)),
    }
}

/// A preview as one JSON object.
pub(super) fn json(preview: &Preview) -> Value {
    let shapes: Vec<Value> = preview.shapes.iter().map(shape_json).collect();
    json!({
        "v": 1,
        "type": "index_preview",
        "files": preview.files,
        "more_files": preview.more_files,
        "shapes": shapes,
        "rejected": preview.rejected,
        "first_rejects": preview.first_rejects,
    })
}

fn shape_json(shape: &Shape) -> Value {
    let key = |key: &crate::source::KeyUse| json!({"key": key.key, "field": key.field.name(), "records": key.records});
    json!({
        "format": shape.format.name(),
        "compression": shape.compression,
        "detail": shape.detail,
        "files": shape.files,
        "first_file": shape.first_file,
        "keys": shape.keys.iter().map(key).collect::<Vec<_>>(),
        "articles": shape.articles.iter().map(sample_json).collect::<Vec<_>>(),
    })
}

fn sample_json(sample: &Sample) -> Value {
    let article = &sample.article;
    let tags = sample.tags.tags.iter().map(|tag| {
        json!({
            "class": tag.class,
            "id": tag.id,
            "label": label(tag),
            "level": tag.level,
            "origin": tag.origin,
        })
    });
    let notes =
        article.notes.iter().map(|note| json!({"code": note.code, "message": note.message}));
    json!({
        "id": article.id,
        "title": article.title,
        "date": article.date.as_ref().map(|date| date.display()),
        "date_precision": article.date.as_ref().map(|date| precision(date.precision)),
        "source": article.source,
        "lang": sample.lang,
        "body_bytes": article.body.len(),
        "file": article.provenance.path().display().to_string(),
        "line": article.provenance.line,
        "tags": tags.collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
    })
}
