//! Tables: CSV, TSV and their relatives, with or without a header.

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::columns::{Dialect, Scan, Table};
use super::detect::extension;
use super::fields::Field;
use super::jsonl::too_large;
use super::mapping::{Mapper, Pairs, Place};
use super::open::Records;
use crate::article::Article;

/// Bytes that may be read a second time in search of the record after a broken one, at first;
/// what was read adds to it, so that the work stays linear in the input.
const SEARCH: u64 = 64 << 20;

/// Reads a table row by row.
#[derive(Debug)]
pub(super) struct Csv {
    dialect: Dialect,
    width: usize,
    names: Vec<String>,
    header: bool,
    header_pending: bool,
    /// Bytes read a second time so far.
    searched: u64,
}

/// What a row turned out to be.
enum Row {
    /// Cells, and bytes with the line break; whether quotes were taken as they stand.
    Cells(Vec<String>, usize, bool),
    /// Bytes to skip, and the number of cells found.
    Bad(usize, usize),
}

impl Csv {
    /// A reader for the table that begins with `sample`.
    pub(super) fn new(sample: &[u8], path: &Path, mapper: &mut Mapper) -> Csv {
        let table = Table::sniff(sample, &|name| is_name(name, mapper));
        let mut dialect = table.dialect;
        if table.width == 1 && matches!(extension(path).as_str(), "tsv" | "tab") {
            dialect.delimiter = b'\t';
        }
        let width = match table.rows.first() {
            Some(names) if table.header => names.len(),
            _ => table.width,
        };
        let by_number = |place: usize| mapper.is_mapped(&(place + 1).to_string());
        let names = match table.rows.first() {
            Some(cells) if table.header => column_names(cells, &by_number),
            _ => {
                let names: Vec<String> = (1..=width).map(|place| place.to_string()).collect();
                for (field, place) in text_columns(&table.rows, width) {
                    if !mapper.has_key_for(field) && !mapper.is_mapped(&names[place]) {
                        mapper.assign(&names[place], field);
                    }
                }
                names
            }
        };
        let header = table.header;
        Csv { dialect, width, names, header, header_pending: header, searched: 0 }
    }

    /// The next row in memory, of which the first `scan.seen` bytes were looked at.
    fn row(&mut self, bytes: &Bytes, scan: Scan) -> Row {
        let held = &bytes.rest()[..scan.seen];
        let record = held.strip_suffix(b"\n").unwrap_or(held);
        let first = memchr::memchr(b'\n', record);
        let suspicious = scan.irregular || scan.is_open();
        let cells = if scan.seen == 0 { Vec::new() } else { self.cells(record) };
        let fits = cells.len() == self.width;
        if fits && !(suspicious && first.is_some()) {
            return Row::Cells(cells, held.len(), false);
        }
        // A quote that is no quote: the first line may be the whole row.
        let line = &record[..first.unwrap_or(record.len())];
        if line.contains(&self.dialect.quote) {
            let plain = self.dialect.split_plainly(&decode(line).text);
            if plain.len() == self.width {
                let len = first.map_or(held.len(), |end| end + 1);
                return Row::Cells(plain, len, true);
            }
        }
        if fits {
            return Row::Cells(cells, held.len(), false);
        }
        let next = first.and_then(|end| self.next_row(bytes, end + 1, held.len()));
        Row::Bad(next.unwrap_or(held.len()), cells.len())
    }

    fn cells(&self, record: &[u8]) -> Vec<String> {
        let mut cells = self.dialect.split(&decode(record).text);
        // A delimiter at the end of each row makes one cell too many.
        if cells.len() == self.width + 1 && cells.last().is_some_and(|cell| cell.trim().is_empty())
        {
            cells.pop();
        }
        cells
    }

    /// The first line of a broken row that begins a sound one.
    fn next_row(&mut self, bytes: &Bytes, from: usize, until: usize) -> Option<usize> {
        let rest = bytes.rest();
        let mut at = from;
        while at < until {
            let mut scan = Scan::new(self.dialect);
            scan.feed(&rest[at..]);
            self.searched += scan.seen as u64;
            if scan.cells == self.width && !scan.irregular && !scan.is_open() {
                return Some(at);
            }
            if self.searched > SEARCH.saturating_add(4 * bytes.offset()) {
                return None;
            }
            at += memchr::memchr(b'\n', &rest[at..until])? + 1;
        }
        None
    }

    /// Reads on without keeping anything until a row ends that is longer than allowed.
    fn skip_long(&mut self, bytes: &mut Bytes, mut scan: Scan) -> usize {
        let held = bytes.rest().len();
        if let Some(first) = memchr::memchr(b'\n', bytes.rest())
            && let Some(next) = self.next_row(bytes, first + 1, held)
        {
            bytes.consume(next);
            return next;
        }
        bytes.consume(scan.seen);
        loop {
            let before = scan.seen;
            let done = scan.feed(bytes.rest());
            bytes.consume(scan.seen - before);
            if done || !bytes.fill() {
                return scan.seen;
            }
        }
    }
}

impl Records for Csv {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        loop {
            let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
            let mut scan = Scan::new(self.dialect);
            let mut too_long = false;
            while !scan.feed(&bytes.rest()[scan.seen..]) {
                too_long = scan.seen as u64 > limit;
                if too_long || !bytes.fill() {
                    break;
                }
            }
            if too_long {
                let len = self.skip_long(bytes, scan) as u64;
                return Some(Err(too_large(mapper, place, len, limit)));
            }
            let held = &bytes.rest()[..scan.seen];
            if held.is_empty() || (bytes.failed() && !held.ends_with(b"\n")) {
                return None;
            }
            if held.trim_ascii().is_empty() && !held.contains(&b'\t') {
                bytes.consume(scan.seen);
                continue;
            }
            if std::mem::take(&mut self.header_pending) {
                bytes.consume(scan.seen);
                continue;
            }
            match self.row(bytes, scan) {
                Row::Bad(len, cells) => {
                    bytes.consume(len);
                    let width = self.width;
                    let message = format!("the row has {cells} columns, not {width}");
                    return Some(Err(mapper.error(place, "columns", message)));
                }
                Row::Cells(cells, len, plainly) => {
                    place.len = bytes.width(len);
                    let pairs: Pairs<'_> = self
                        .names
                        .iter()
                        .zip(cells)
                        .map(|(name, cell)| (Cow::Borrowed(name.as_str()), Value::String(cell)))
                        .collect();
                    let mut article = mapper.map(pairs);
                    decode(&bytes.rest()[..len]).tell(&mut article);
                    if plainly {
                        let message = "a quote that nothing closes was taken as it stands";
                        article.note("quote", message.to_owned());
                    }
                    bytes.consume(len);
                    return Some(mapper.finish(article, place));
                }
            }
        }
    }

    fn detail(&self) -> String {
        let delimiter = match self.dialect.delimiter {
            b'\t' => "tab".to_owned(),
            other => format!("'{}'", char::from(other)),
        };
        let header = if self.header { "header" } else { "no header" };
        format!("delimiter {delimiter}, {} columns, {header}", self.width)
    }
}

/// Whether a cell of the first row names a column.
fn is_name(cell: &str, mapper: &Mapper) -> bool {
    // A number may be the user's name for a column, but is no header.
    cell.contains(char::is_alphabetic)
        && (mapper.resolve(cell).0 != Field::Extra || mapper.is_mapped(cell))
}

/// Names of the columns, each once; a column that the user mapped by its number is that number.
fn column_names(cells: &[String], by_number: &dyn Fn(usize) -> bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (place, cell) in cells.iter().enumerate() {
        let cell = cell.trim().trim_start_matches('\u{FEFF}');
        let mut name = match cell {
            _ if by_number(place) => (place + 1).to_string(),
            "" => format!("column_{}", place + 1),
            cell => cell.to_owned(),
        };
        if names.contains(&name) {
            name = format!("{name}_{}", place + 1);
        }
        names.push(name);
    }
    names
}

/// The columns of body and title of a table without header: those with the longest texts.
fn text_columns(rows: &[Vec<String>], width: usize) -> Vec<(Field, usize)> {
    let mut lengths: Vec<(usize, usize)> = (0..width)
        .map(|place| {
            let cells = rows.iter().filter_map(|row| row.get(place));
            let texts = cells.filter(|cell| is_text(cell));
            (texts.map(|cell| cell.chars().count()).sum::<usize>(), place)
        })
        .filter(|(length, _)| *length > 0)
        .collect();
    lengths.sort_by_key(|(length, place)| (std::cmp::Reverse(*length), *place));
    [Field::Body, Field::Title].into_iter().zip(lengths.into_iter().map(|one| one.1)).collect()
}

fn is_text(cell: &str) -> bool {
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    letters * 2 > cell.chars().count() && !cell.contains("://")
}

#[cfg(test)]
mod tests;
