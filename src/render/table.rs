//! Small tables of words and numbers: aligned on a terminal, else tabs, CSV or JSON.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::paint::{Ink, Style, grouped, width};
use super::{csv, wire};
use crate::text::sanitize;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text of articles or labels.
    Text(String),
    /// A count.
    Count(u64),
    /// A figure that is shown with two digits behind the point.
    Figure(f64),
}

/// Formats of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableFormat {
    /// Aligned on a terminal, tabs between in a pipe.
    #[default]
    Human,
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// One JSON object a row, a summary at the end.
    Jsonl,
    /// One JSON object.
    Json,
}

/// Rows with named columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What a row is, the `type` of JSON lines; the key of the rows in JSON is this with an `s`.
    pub kind: &'static str,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// What JSON tells beside the rows.
    pub facts: Map<String, Value>,
}

impl Cell {
    fn plain(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Figure(figure) => format!("{figure:.2}"),
        }
    }

    fn value(&self) -> Value {
        match self {
            Cell::Text(text) => Value::from(text.as_str()),
            Cell::Count(count) => Value::from(*count),
            Cell::Figure(figure) => Value::from(*figure),
        }
    }
}

impl Table {
    fn object(&self, row: &[Cell]) -> Map<String, Value> {
        let named = self.columns.iter().zip(row);
        named.map(|(name, cell)| ((*name).to_owned(), cell.value())).collect()
    }

    /// Writes the table.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, out: &mut dyn Write, style: &Style, format: TableFormat) -> io::Result<()> {
        match format {
            TableFormat::Human if style.terminal => self.aligned(out, style),
            TableFormat::Human => self.lines(out),
            TableFormat::Tsv => {
                writeln!(out, "{}", self.columns.join("\t"))?;
                self.lines(out)
            }
            TableFormat::Csv => {
                csv::row(out, style.terminal, self.columns.iter().copied())?;
                for row in &self.rows {
                    let cells: Vec<String> = row.iter().map(Cell::plain).collect();
                    csv::row(out, style.terminal, cells.iter().map(String::as_str))?;
                }
                Ok(())
            }
            TableFormat::Jsonl => {
                for row in &self.rows {
                    let mut line = headed(self.kind);
                    line.extend(self.object(row));
                    wire::write(out, &line)?;
                    out.write_all(b"\n")?;
                }
                let mut line = headed("summary");
                line.extend(self.facts.clone());
                wire::write(out, &line)?;
                out.write_all(b"\n")
            }
            TableFormat::Json => {
                let kind = format!("{}s", self.kind);
                let mut object = headed(&kind);
                object.extend(self.facts.clone());
                let rows = self.rows.iter().map(|row| Value::Object(self.object(row)));
                object.insert(kind, Value::Array(rows.collect()));
                wire::write(out, &object)?;
                out.write_all(b"\n")
            }
        }
    }

    fn lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().map(|cell| sanitize::line(&cell.plain()).into_owned()).collect();
            writeln!(out, "{}", cells.join("\t"))?;
        }
        Ok(())
    }

    fn aligned(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        let shown = |cell: &Cell| match cell {
            Cell::Count(count) => grouped(*count),
            cell => sanitize::line(&cell.plain()).into_owned(),
        };
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells = rows.iter().map(|row| width(&row[at]));
                cells.chain([self.columns[at].len()]).max().unwrap_or(0)
            })
            .collect();
        let numeric =
            |at: usize| self.rows.first().is_some_and(|row| !matches!(row[at], Cell::Text(_)));
        let line = |cells: Vec<&str>| {
            let mut line = String::new();
            for (at, cell) in cells.into_iter().enumerate() {
                let gap = " ".repeat(widths[at].saturating_sub(width(cell)));
                let between = if at > 0 { "  " } else { "" };
                if numeric(at) {
                    line.push_str(&format!("{between}{gap}{cell}"));
                } else {
                    line.push_str(&format!("{between}{cell}{gap}"));
                }
            }
            line.trim_end().to_owned()
        };
        writeln!(out, "{}", style.ink(Ink::Faint, &line(self.columns.clone())))?;
        for row in &rows {
            writeln!(out, "{}", line(row.iter().map(String::as_str).collect()))?;
        }
        Ok(())
    }
}

fn headed(kind: &str) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("v".to_owned(), Value::from(wire::VERSION));
    object.insert("type".to_owned(), Value::from(kind));
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(terminal: bool, format: TableFormat) -> String {
        let table = Table {
            kind: "term",
            columns: vec!["word", "count", "llr"],
            rows: vec![
                vec![Cell::Text("a,\u{1b}b".into()), Cell::Count(1200), Cell::Figure(10.833)],
                vec![Cell::Text("cd".into()), Cell::Count(3), Cell::Figure(2.0)],
            ],
            facts: [("total".to_owned(), Value::from(7))].into_iter().collect(),
        };
        let mut out = Vec::new();
        let style = Style { terminal, ..Style::default() };
        table.write(&mut out, &style, format).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_format_holds_the_same() {
        assert_eq!(written(false, TableFormat::Human), "a,b\t1200\t10.83\ncd\t3\t2.00\n");
        assert_eq!(
            written(true, TableFormat::Human),
            "word  count    llr\na,b   1,200  10.83\ncd        3   2.00\n"
        );
        let csv = "word,count,llr\r\n\"a,\u{1b}b\",1200,10.83\r\ncd,3,2.00\r\n";
        assert_eq!(written(false, TableFormat::Csv), csv);
        let json: Value = serde_json::from_str(&written(false, TableFormat::Json)).unwrap();
        assert_eq!(json["terms"][0]["count"], 1200);
        assert_eq!(json["total"], 7);
        let lines = written(false, TableFormat::Jsonl);
        assert_eq!(lines.lines().count(), 3);
        assert!(lines.contains("\\u001b"), "{lines}");
    }
}
