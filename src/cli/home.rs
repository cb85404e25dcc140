//! Where the user's own data of an index lie: beside it, or under XDG data where it is read-only.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Io;
use super::report::Failure;
use crate::engine::EngineError;
use crate::engine::embedded::Embedded;
use crate::search::saved::{self, SavedQueries};
use crate::tag::Tagger;
use crate::tag::overlay::Overlay;
use crate::tag::overrides::Overrides;
use crate::text::sanitize;

/// The file of saved queries.
const QUERIES: &str = "queries.toml";

/// The file of what the user says of single articles.
pub const TAGS: &str = "tags.tsv";

/// The file of the user's own vocabulary.
pub const VOCABULARY: &str = "vocabulary.tsv";

/// Bytes of such a file that are read.
const MAX_BYTES: u64 = 64 << 20;

/// The place under XDG data, by the identity of the index.
fn elsewhere(archive: &Embedded, io: &Io<'_>, name: &str) -> Option<PathBuf> {
    let set = |key: &str| (io.env)(key).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data =
        set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))?;
    // What belongs to several indexes read as one lies with the first of them.
    let uuid = archive.manifest().uuid.split('+').next()?;
    Some(data.join("dateline").join(uuid).join(name))
}

/// Reads one of the files; where it was written elsewhere, that one is newer. `None` without it.
///
/// # Errors
/// When there is one that cannot be read.
pub fn read(archive: &Embedded, io: &Io<'_>, name: &str) -> Result<Option<String>, Failure> {
    let places = [elsewhere(archive, io, name), Some(archive.dir().join(name))];
    for place in places.into_iter().flatten() {
        match std::fs::metadata(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Ok(metadata) if metadata.len() > MAX_BYTES => {
                let why = format!("it is longer than {MAX_BYTES} bytes");
                return Err(unreadable(&place, &why));
            }
            _ => {}
        }
        return match std::fs::read_to_string(&place) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(unreadable(&place, &error.to_string())),
        };
    }
    Ok(None)
}

/// Writes one of the files whole, or not at all; the path it has.
///
/// # Errors
/// When it can be written in neither place.
pub fn write(archive: &Embedded, io: &Io<'_>, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let beside = archive.dir().join(name);
    let other = elsewhere(archive, io, name);
    // What was once written elsewhere would hide what is written beside the index.
    let hidden = other.as_ref().is_some_and(|place| place.exists());
    if !hidden {
        match replace(&beside, text) {
            Ok(()) => return Ok(beside),
            Err(error) if denied(&error) => {}
            Err(error) => return Err(unwritable(&beside, &error)),
        }
    }
    let Some(other) = other else {
        let error = io::Error::from(ErrorKind::ReadOnlyFilesystem);
        return Err(unwritable(&beside, &error));
    };
    let made = other.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| replace(&other, text)).map_err(|error| unwritable(&other, &error))?;
    Ok(other)
}

fn denied(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// A reader sees the old file or the new one, also after a power cut.
fn replace(place: &Path, text: &str) -> io::Result<()> {
    let draft = place.with_extension(format!("{}.tmp", std::process::id()));
    let written = std::fs::File::create(&draft)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&draft, place));
    if written.is_err() {
        // The draft is of no use; that it stays is no second failure.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

fn unreadable(place: &Path, why: &str) -> Failure {
    let shown = place.to_string_lossy();
    Failure::usage("unreadable_file", format!("{} cannot be read: {why}", sanitize::line(&shown)))
}

fn unwritable(place: &Path, error: &io::Error) -> Failure {
    let shown = place.to_string_lossy();
    let message = format!("{} cannot be written: {error}", sanitize::line(&shown));
    Failure::Engine(EngineError::Refused(message))
}

/// What the user says of single articles of an index.
///
/// # Errors
/// When the file cannot be read, or a row is wrong: the first of them.
pub fn overrides(archive: &Embedded, io: &Io<'_>) -> Result<Overrides, Failure> {
    let Some(text) = read(archive, io, TAGS)? else { return Ok(Overrides::default()) };
    let (overrides, bad) = Overrides::parse(&text);
    match bad.first() {
        None => Ok(overrides),
        Some((line, why)) => {
            Err(unreadable(&archive.dir().join(TAGS), &format!("line {line}: {why}")))
        }
    }
}

/// The user's own vocabulary of an index.
///
/// # Errors
/// When the file cannot be read, or a row is wrong: the first of them.
pub fn vocabulary(archive: &Embedded, io: &Io<'_>) -> Result<Overlay, Failure> {
    let Some(text) = read(archive, io, VOCABULARY)? else { return Ok(Overlay::default()) };
    let (overlay, bad) = Overlay::parse(&text);
    match bad.first() {
        None => Ok(overlay),
        Some((line, why)) => {
            let why = format!("line {line}: {why}; 'dateline vocab check' lists all that is wrong");
            Err(unreadable(&archive.dir().join(VOCABULARY), &why))
        }
    }
}

/// The tagger with all that the user says of an index.
///
/// # Errors
/// When a file of the user's cannot be read.
pub fn tagger(archive: &Embedded, io: &Io<'_>) -> Result<Tagger, Failure> {
    tagger_with(vocabulary(archive, io)?, archive, io)
}

/// The same with another vocabulary.
///
/// # Errors
/// When a file of the user's cannot be read.
pub fn tagger_with(
    vocabulary: Overlay,
    archive: &Embedded,
    io: &Io<'_>,
) -> Result<Tagger, Failure> {
    Ok(Tagger::new().with_overlay(vocabulary).with(overrides(archive, io)?))
}

/// The saved queries of an index.
///
/// # Errors
/// When their file cannot be read.
pub fn queries(archive: &Embedded, io: &Io<'_>) -> Result<SavedQueries, Failure> {
    own_queries(archive, io).map(|own| {
        let set = io.config.queries.iter().map(|(name, set)| (name.clone(), set.value.clone()));
        set.chain(own).collect()
    })
}

/// The saved queries that lie with the index, without those that configuration files add.
///
/// # Errors
/// When their file cannot be read.
pub fn own_queries(archive: &Embedded, io: &Io<'_>) -> Result<SavedQueries, Failure> {
    match read(archive, io, QUERIES)? {
        None => Ok(SavedQueries::new()),
        Some(text) => {
            saved::parse(&text).map_err(|why| unreadable(&archive.dir().join(QUERIES), &why))
        }
    }
}

/// Writes the saved queries of an index.
///
/// # Errors
/// When their file cannot be written.
pub fn write_queries(
    archive: &Embedded,
    io: &Io<'_>,
    queries: &SavedQueries,
) -> Result<PathBuf, Failure> {
    write(archive, io, QUERIES, &saved::to_text(queries))
}
