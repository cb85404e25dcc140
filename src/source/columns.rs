//! Cuts tables into records and cells, and finds out what they are cut by.

use super::detect::SAMPLE;
use super::fields::lookup;

/// Records of the sample that are looked at.
const LOOKED: usize = 100;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between cells.
    pub(super) delimiter: u8,
    /// Around cells that hold delimiters or line breaks; doubled within them.
    pub(super) quote: u8,
    /// Whether a backslash makes a quote literal.
    pub(super) backslash: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Escaped,
    QuoteSeen,
}

/// Finds the end of one record, in as many pieces as it comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    dialect: Dialect,
    state: State,
    /// Cells begun so far.
    pub(super) cells: usize,
    /// Whether text followed a closing quote.
    pub(super) irregular: bool,
    /// Bytes seen.
    pub(super) seen: usize,
}

impl Scan {
    pub(super) fn new(dialect: Dialect) -> Scan {
        Scan { dialect, state: State::Start, cells: 1, irregular: false, seen: 0 }
    }

    /// Whether a quote is open.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Quoted | State::Escaped)
    }

    /// Goes over more bytes; true once the line break that ends the record was seen.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> bool {
        let Dialect { delimiter, quote, backslash } = self.dialect;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            self.state = match self.state {
                State::Quoted => {
                    // Long texts stand in quotes: skip to what matters.
                    let from = at - 1;
                    let next = if backslash {
                        memchr::memchr2(quote, b'\\', &bytes[from..])
                    } else {
                        memchr::memchr(quote, &bytes[from..])
                    };
                    match next {
                        None => {
                            at = bytes.len();
                            State::Quoted
                        }
                        Some(skip) => {
                            at = from + skip + 1;
                            if bytes[at - 1] == quote { State::QuoteSeen } else { State::Escaped }
                        }
                    }
                }
                State::Escaped => State::Quoted,
                State::QuoteSeen if byte == quote => State::Quoted,
                _ if byte == b'\n' => {
                    self.seen += at;
                    return true;
                }
                _ if byte == delimiter => {
                    self.cells += 1;
                    State::Start
                }
                State::Start if byte == quote => State::Quoted,
                State::QuoteSeen => {
                    self.irregular |= byte != b'\r';
                    State::Plain
                }
                State::Start | State::Plain => State::Plain,
            };
        }
        self.seen += bytes.len();
        false
    }
}

impl Dialect {
    /// The cells of a record without its line break.
    pub(super) fn split(self, record: &str) -> Vec<String> {
        let record = record.strip_suffix('\r').unwrap_or(record);
        let bytes = record.as_bytes();
        let mut cells = Vec::new();
        let mut at = 0;
        loop {
            let mut cell = String::new();
            if bytes.get(at) == Some(&self.quote) {
                at = self.quoted(record, at + 1, &mut cell);
            }
            let end = memchr::memchr(self.delimiter, &bytes[at..]).map(|len| at + len);
            cell.push_str(&record[at..end.unwrap_or(bytes.len())]);
            cells.push(cell);
            match end {
                Some(end) => at = end + 1,
                None => return cells,
            }
        }
    }

    /// Reads a quoted cell up to its closing quote; where the text after that begins.
    fn quoted(self, record: &str, mut at: usize, cell: &mut String) -> usize {
        let bytes = record.as_bytes();
        loop {
            let next = if self.backslash {
                memchr::memchr2(self.quote, b'\\', &bytes[at..])
            } else {
                memchr::memchr(self.quote, &bytes[at..])
            };
            let Some(len) = next else {
                cell.push_str(&record[at..]);
                return bytes.len();
            };
            cell.push_str(&record[at..at + len]);
            at += len;
            match (bytes[at], bytes.get(at + 1)) {
                (b'\\', Some(next)) if *next == self.quote => {
                    cell.push(char::from(self.quote));
                    at += 2;
                }
                (b'\\', Some(b'\\')) => {
                    cell.push('\\');
                    at += 2;
                }
                (b'\\', _) if self.backslash && self.quote != b'\\' => {
                    cell.push('\\');
                    at += 1;
                }
                (_, Some(next)) if *next == self.quote => {
                    cell.push(char::from(self.quote));
                    at += 2;
                }
                _ => return at + 1,
            }
        }
    }

    /// The cells of one line if no quote means anything.
    pub(super) fn split_plainly(self, line: &str) -> Vec<String> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split(char::from(self.delimiter)).map(str::to_owned).collect()
    }
}

/// What the beginning of a table shows.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) dialect: Dialect,
    /// Cells of most records.
    pub(super) width: usize,
    /// Whether the first record names the columns.
    pub(super) header: bool,
    /// The first records, as far as they are whole.
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Finds out how the table in `sample` is written; `is_known` tells names of columns.
    pub(super) fn sniff(sample: &[u8], is_known: &dyn Fn(&str) -> bool) -> Table {
        let mut best: Option<((usize, usize, usize), Table)> = None;
        let backslashes = memchr::memmem::find(sample, b"\\\"").is_some();
        for delimiter in *b",\t;|" {
            for (quote, backslash) in [(b'"', false), (b'"', true), (b'\'', false)] {
                if (backslash && !backslashes)
                    || (quote == b'\''
                        && memchr::memmem::find(sample, &[delimiter, b'\'']).is_none())
                {
                    continue;
                }
                let dialect = Dialect { delimiter, quote, backslash };
                let (rows, sizes, rest) = rows(sample, dialect);
                let width = usual_width(&rows);
                let known = rows.first().map_or(0, |row| known_names(row, is_known));
                // By bytes, so that a quote that swallows the rest counts as what it is.
                let pairs = rows.iter().zip(&sizes);
                let regular: usize =
                    pairs.filter(|(row, _)| row.len() == width).map(|(_, size)| size).sum();
                let share = regular * 100 / (sizes.iter().sum::<usize>() + rest).max(1);
                let score = if width > 1 { (known, share, width) } else { (known, 0, 1) };
                if best.as_ref().is_none_or(|(other, _)| score > *other) {
                    best = Some((score, Table { dialect, width, header: known > 0, rows }));
                }
            }
        }
        let comma = Dialect { delimiter: b',', quote: b'"', backslash: false };
        best.map_or(Table { dialect: comma, width: 1, header: false, rows: Vec::new() }, |one| {
            one.1
        })
    }

    /// Whether a text without a telling name is a table: the first line names two known columns
    /// at least, and the next record has as many cells.
    pub(super) fn is_evident(sample: &[u8]) -> bool {
        let first = sample.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if first.len() > 2_000 || !first.iter().any(|byte| b",\t;|".contains(byte)) {
            return false;
        }
        let is_known = |name: &str| lookup(name).is_some();
        let table = Table::sniff(sample, &is_known);
        let Some(names) = table.rows.first() else { return false };
        known_names(names, &is_known) >= 2
            && table.rows.get(1).is_none_or(|row| row.len() == names.len())
    }
}

fn known_names(row: &[String], is_known: &dyn Fn(&str) -> bool) -> usize {
    row.iter().filter(|cell| cell.len() <= 40 && is_known(cell.trim())).count()
}

/// The whole records of a sample, not more than looked at, with their sizes, and the size of a
/// last one that is cut.
fn rows(sample: &[u8], dialect: Dialect) -> (Vec<Vec<String>>, Vec<usize>, usize) {
    let text = String::from_utf8_lossy(sample);
    let mut out = Vec::new();
    let mut sizes = Vec::new();
    let mut rest: &str = &text;
    while !rest.is_empty() && out.len() < LOOKED {
        let mut scan = Scan::new(dialect);
        let whole = scan.feed(rest.as_bytes());
        if !whole && !out.is_empty() && (sample.len() >= SAMPLE || scan.is_open()) {
            return (out, sizes, rest.len());
        }
        let (record, after) = rest.split_at(scan.seen);
        let record = record.strip_suffix('\n').unwrap_or(record);
        if !record.trim().is_empty() {
            out.push(dialect.split(record));
            sizes.push(scan.seen);
        }
        rest = after;
    }
    (out, sizes, 0)
}

fn usual_width(rows: &[Vec<String>]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let count = |width: usize| widths.iter().filter(|one| **one == width).count();
    widths.iter().copied().max_by_key(|width| (count(*width), *width)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniff(text: &str) -> Table {
        Table::sniff(text.as_bytes(), &|name| lookup(name).is_some())
    }

    #[test]
    fn delimiters_and_quotes_are_found() {
        let comma = sniff("id,title,body\n1,\"a, b\",\"c\nd\"\n");
        assert_eq!((comma.dialect.delimiter, comma.width, comma.header), (b',', 3, true));
        assert_eq!(comma.rows[1], ["1", "a, b", "c\nd"]);
        let tab = sniff("a, b\tc, d, e\tf\nx\ty, z\tw\n");
        assert_eq!((tab.dialect.delimiter, tab.width, tab.header), (b'\t', 3, false));
        let german =
            sniff("Web;'Text; mit \"\"\n Zeilen, und Kommas'\nPanorama;'Noch, ein Text'\n");
        assert_eq!((german.dialect.delimiter, german.dialect.quote), (b';', b'\''));
        assert_eq!(german.width, 2);
        let escaped = sniff("title,body\n\"say \\\"a, b\\\"\",\"x\"\n\"t\",\"\\\"u, v\\\", w\"\n");
        assert!(escaped.dialect.backslash);
        assert_eq!(escaped.rows[1], ["say \"a, b\"", "x"]);
    }

    #[test]
    fn records_end_at_breaks_outside_of_quotes() {
        let dialect = Dialect { delimiter: b',', quote: b'"', backslash: false };
        let text = b"a,\"b\n\"\"c\"\r\nd";
        for cut in 0..text.len() {
            let mut scan = Scan::new(dialect);
            let early = scan.feed(&text[..cut]);
            if !early {
                assert!(scan.feed(&text[cut..]), "cut at {cut}");
            }
            assert_eq!((scan.seen, scan.cells, scan.irregular), (11, 2, false));
        }
        assert_eq!(dialect.split("a,\"b\n\"\"c\"\r"), ["a", "b\n\"c"]);
        assert_eq!(dialect.split("\"a\"b,,"), ["ab", "", ""]);
        assert_eq!(dialect.split(""), [""]);
    }
}
