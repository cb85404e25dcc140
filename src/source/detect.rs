//! What format a file is in, told from its first bytes; its name only breaks ties.

use std::path::Path;

use super::columns::Table;
use super::json::{envelope, is_whole};
use super::{front_matter, sgml, smart};

/// Bytes that are looked at.
pub(super) const SAMPLE: usize = 64 << 10;

/// A format that dateline reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// JSON objects in an array, in an array within an object, or one after the other.
    Json,
    /// A table: CSV, TSV, `;` or `|`.
    Table,
    /// SGML of the Reuters-21578 collection.
    Reuters,
    /// `<DOC>` elements, as in TREC's news collections.
    Trec,
    /// The `.I .T .W` records of the SMART collections.
    Smart,
    /// The `*TEXT` records of the TIME collection.
    TimeText,
    /// Markdown, or a plain text, with or without a head of YAML or TOML.
    Markdown,
    /// One article of plain text a file.
    Plain,
    /// An archive of which no member was read.
    Archive,
    /// Nothing but blanks.
    Empty,
}

impl Format {
    /// The name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Format::JsonLines => "JSON lines",
            Format::Json => "JSON",
            Format::Table => "table",
            Format::Reuters => "Reuters SGML",
            Format::Trec => "TREC SGML",
            Format::Smart => "SMART",
            Format::TimeText => "TIME text",
            Format::Markdown => "Markdown",
            Format::Plain => "plain text",
            Format::Archive => "archive",
            Format::Empty => "empty",
        }
    }
}

/// Why a file is not read: code and message of the record error.
pub(super) type Refusal = (&'static str, String);

/// First bytes of files that hold no text, and what they are.
const MAGIC: [(&[u8], &str); 17] = [
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (image or sound)"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\xFD7zXZ\0", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"\xD0\xCF\x11\xE0", "an old office document"),
    (b"\x7FELF", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ID3", "a sound file"),
    (b"{\\rtf", "a rich text document"),
];

/// First characters of text formats that are not read.
const MARKUP: [(&str, &str); 6] = [
    ("<!doctype html", "an HTML page"),
    ("<html", "an HTML page"),
    ("<?xml", "an XML document"),
    ("<rss", "a feed"),
    ("<feed", "a feed"),
    ("warc/", "a web archive (WARC)"),
];

/// Tells the format of a text from its first bytes, without byte order mark.
///
/// # Errors
/// A refusal that names what the file is instead.
pub(super) fn sniff(sample: &[u8], path: &Path) -> Result<Format, Refusal> {
    let start = sample.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(start) = start else { return Ok(Format::Empty) };
    let text = &sample[start..];
    let extension = extension(path);
    if is_reuters(text) {
        return Ok(Format::Reuters);
    }
    match smart::sniff(text) {
        Some(smart::Form::Letters) => return Ok(Format::Smart),
        Some(smart::Form::Time) => return Ok(Format::TimeText),
        None => {}
    }
    if sgml::Collection::of_documents(text).is_some() {
        return Ok(Format::Trec);
    }
    let lead: String = text.iter().take(16).map(|byte| byte.to_ascii_lowercase() as char).collect();
    if let Some((_, what)) = MARKUP.iter().find(|(sign, _)| lead.starts_with(sign)) {
        return Err(("not_supported", format!("{what} is not read yet")));
    }
    if has_head(text) {
        return Ok(Format::Markdown);
    }
    let lines = matches!(extension.as_str(), "jsonl" | "ndjson" | "jl");
    if let Some(format) = json_format(text, lines) {
        return Ok(format);
    }
    match extension.as_str() {
        "json" => Ok(Format::Json),
        _ if lines => Ok(Format::JsonLines),
        "csv" | "tsv" | "tab" => Ok(Format::Table),
        "md" | "markdown" | "mdown" | "mkd" => Ok(Format::Markdown),
        "txt" | "text" => Ok(Format::Plain),
        _ if Table::is_evident(text) => Ok(Format::Table),
        _ => Ok(Format::Plain),
    }
}

/// The extension in lower case, that of a compressor left out.
pub(super) fn extension(path: &Path) -> String {
    let of = |path: &Path| {
        path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    match of(path).as_str() {
        "gz" | "zst" | "zstd" => of(Path::new(path.file_stem().unwrap_or_default())),
        other => other.to_owned(),
    }
}

/// Refuses what its first bytes name.
///
/// # Errors
/// `binary` or `charset`, with what the file is instead.
pub(super) fn refuse_known(sample: &[u8]) -> Result<(), Refusal> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| sample.starts_with(magic)) {
        return Err(("binary", format!("{what} is not read")));
    }
    let utf32: [&[u8]; 2] = [b"\xFF\xFE\0\0", b"\0\0\xFE\xFF"];
    if utf32.iter().any(|mark| sample.starts_with(mark)) {
        return Err(("charset", "UTF-32 is not read: convert it to UTF-8".to_owned()));
    }
    Ok(())
}

/// Refuses what is no text in any charset but UTF-16, which has to be decoded before.
///
/// # Errors
/// `binary`, with the share of control characters.
pub(super) fn refuse_noise(sample: &[u8]) -> Result<(), Refusal> {
    let looked = &sample[..sample.len().min(8 << 10)];
    let controls = looked
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B))
        .count();
    // Random bytes hold 9 % control characters and much that is no UTF-8; a text in an old
    // charset holds the second, never the first.
    let high = looked.iter().filter(|byte| **byte >= 0x80).count();
    let noise = controls * 25 > looked.len()
        && high * 4 > looked.len()
        && std::str::from_utf8(looked).is_err_and(|error| error.error_len().is_some());
    if controls * 10 > looked.len() || noise {
        let percent = controls * 100 / looked.len();
        return Err(("binary", format!("no text: {percent} % of it are control characters")));
    }
    Ok(())
}

fn has_head(text: &[u8]) -> bool {
    (text.starts_with(b"---") || text.starts_with(b"+++"))
        && front_matter::split(&String::from_utf8_lossy(text)).is_some()
}

fn is_reuters(text: &[u8]) -> bool {
    let lead = &text[..text.len().min(1 << 10)];
    let lower = lead.to_ascii_lowercase();
    lower.starts_with(b"<!doctype lewis") || lower.starts_with(b"<reuters ")
}

fn json_format(text: &[u8], lines: bool) -> Option<Format> {
    let next = |from: usize| text[from..].iter().find(|byte| !byte.is_ascii_whitespace());
    match text[0] {
        b'[' => match next(1) {
            // "[AP] TOKYO" is no JSON.
            Some(b'{' | b']' | b'[') => Some(Format::Json),
            Some(b'"') if memchr::memchr(b'"', &text[text.len().min(2)..]).is_some() => {
                Some(Format::Json)
            }
            _ => None,
        },
        b'{' => match next(1) {
            _ if lines => Some(Format::JsonLines),
            Some(b'"' | b'}') => Some(of_objects(text)),
            _ => of_damaged(text),
        },
        _ => of_damaged(text),
    }
}

/// Objects: on lines of their own, or laid out over several lines.
fn of_objects(text: &[u8]) -> Format {
    let first_end = memchr::memchr(b'\n', text);
    let second = first_end.map(|end| text[end + 1..].trim_ascii_start()).unwrap_or_default();
    if envelope(text).is_some() {
        return Format::Json;
    }
    if second.starts_with(b"{") {
        return Format::JsonLines;
    }
    match first_end {
        // One object fills the line, or the line is longer than the sample.
        Some(end) if is_whole(&text[..end]) => Format::JsonLines,
        Some(_) => of_damaged(text).unwrap_or(Format::Json),
        None if text.len() < SAMPLE / 2 => Format::Json,
        None => Format::JsonLines,
    }
}

/// JSON lines whose first line is damaged.
fn of_damaged(text: &[u8]) -> Option<Format> {
    let lines = || {
        text.split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty())
    };
    let whole = lines().filter(|line| line.starts_with(b"{\"") && is_whole(line)).count();
    // Some text with JSON in it is no list of objects.
    (whole > 0 && 2 * whole >= lines().count()).then_some(Format::JsonLines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, sample: &[u8]) -> Result<Format, &'static str> {
        refuse_known(sample).and_then(|()| refuse_noise(sample)).map_err(|refusal| refusal.0)?;
        sniff(sample, Path::new(name)).map_err(|refusal| refusal.0)
    }

    #[test]
    fn the_content_decides_and_the_name_breaks_ties() {
        let object = b"{\"id\":1,\"title\":\"a\"}\n{\"id\":2}\n";
        assert_eq!(of("x.txt", object), Ok(Format::JsonLines));
        assert_eq!(of("-", b"{\"id\":1}"), Ok(Format::Json));
        assert_eq!(of("-", b"{\n \"id\":1,\n \"a\":{\"b\":1}\n}"), Ok(Format::Json));
        assert_eq!(of("-", b"{\"articles\":[{\"id\":1}]}"), Ok(Format::Json));
        assert_eq!(of("-", b" [ {\"id\":1}]"), Ok(Format::Json));
        assert_eq!(of("a.jsonl", b"garbage\n"), Ok(Format::JsonLines));
        assert_eq!(of("-", b"{\"id\": oops\n{\"id\":2}\n"), Ok(Format::JsonLines));
        assert_eq!(of("-", b"[AP] TOKYO - Text"), Ok(Format::Plain));
        assert_eq!(of("-", b"<!DOCTYPE lewis SYSTEM>\n<REUTERS >"), Ok(Format::Reuters));
        assert_eq!(of("-", b"<doc id=\"A1\">\n<TEXT>"), Ok(Format::Trec));
        assert_eq!(of("-", b"<!-- x -->\n<DOC>\n<DOCNO>A1</DOCNO>"), Ok(Format::Trec));
        assert_eq!(of("-", b".I 1\n.T\nTitle"), Ok(Format::Smart));
        assert_eq!(of("-", b"*TEXT 017 01/04/63 PAGE 020\n"), Ok(Format::TimeText));
        assert_eq!(of("-", b".I would say\n.so it is\n"), Ok(Format::Plain));
        assert_eq!(of("-", b"id,title,body\n1,a,b\n"), Ok(Format::Table));
        assert_eq!(of("a.csv", b"1,a,b\n"), Ok(Format::Table));
        assert_eq!(of("-", b"Peace, at last\n\nText, and more.\n"), Ok(Format::Plain));
        assert_eq!(of("x", b" \n\t"), Ok(Format::Empty));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(of("x.txt", b"%PDF-1.7 ..."), Err("binary"));
        assert_eq!(of("x.txt", &[1, 2, 3, 4, 65, 66]), Err("binary"));
        let noise: Vec<u8> =
            (0u32..2_048).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert_eq!(of("x.bin", &noise), Err("binary"));
        assert_eq!(of("x.html", b"<!DOCTYPE html><p>"), Err("not_supported"));
        assert_eq!(of("x.txt", b"Text with a NUL\0 in it"), Ok(Format::Plain));
    }

    #[test]
    fn a_compressors_extension_hides_none() {
        assert_eq!(extension(Path::new("a/b.JSONL.gz")), "jsonl");
        assert_eq!(extension(Path::new("a/b.gz")), "");
        assert_eq!(extension(Path::new("-")), "");
    }
}
