//! Words in columns with a tag each (CoNLL, IO, IOB2): persons by exact span.

use std::path::Path;

use super::{Collection, Gold, Labelled, Place};
use crate::article::Article;
use crate::tag::Part;

/// What tags call persons, in small letters: CoNLL, CrossNER's kinds of persons, UNER.
const PERSONS: [&str; 8] =
    ["per", "pers", "person", "politician", "musicalartist", "writer", "scientist", "researcher"];

/// Share of the rows that must hold a tag for a text to be one of columns.
const TAGGED: f64 = 0.9;

/// A word with its tag.
struct Word<'t> {
    text: &'t str,
    /// Whether it is of a person's name, and whether it begins one for sure.
    person: Option<bool>,
}

/// A sentence, and how it was written before it was cut into words, where the file tells.
#[derive(Default)]
struct Sentence<'t> {
    words: Vec<Word<'t>>,
    text: Option<&'t str>,
}

/// Reads a file of columns; `None` where it is none.
///
/// Blanks stand where a comment `# text = ` of Universal Dependencies has them; without one, by the
/// words.
pub(super) fn read(path: &Path, text: &str) -> Option<Collection> {
    let (column, tag) = shape(text)?;
    let marked = text.lines().any(is_start);
    let mut found = Collection { kind: "columns", ..Collection::default() };
    let mut sentences: Vec<Sentence<'_>> = Vec::new();
    let mut sentence = Sentence::default();
    for (line, row) in (1u64..).zip(text.lines()).chain([(0, "")]) {
        let start = is_start(row);
        if row.trim().is_empty() || start || row.starts_with("# ") {
            if !sentence.words.is_empty() {
                sentences.push(std::mem::take(&mut sentence));
            }
            if let Some(text) = row.strip_prefix("# text = ") {
                sentence.text = Some(text);
            }
            if (start || !marked) && !sentences.is_empty() {
                found.articles.push(article(path, found.articles.len(), &sentences));
                sentences.clear();
            }
            continue;
        }
        let cells: Vec<&str> = cells(row);
        let (Some(&word), Some(&label)) = (cells.get(column), cells.get(tag(cells.len()))) else {
            found.bad(path, line, "the row has too few columns");
            continue;
        };
        if !is_tag(label) {
            found.bad(path, line, format!("'{label}' is no tag"));
        }
        sentence.words.push(Word { text: word, person: person(label) });
    }
    if !sentences.is_empty() {
        found.articles.push(article(path, found.articles.len(), &sentences));
    }
    Some(found)
}

fn is_start(row: &str) -> bool {
    row.starts_with("-DOCSTART-") || row.starts_with("# newdoc")
}

fn cells(row: &str) -> Vec<&str> {
    if row.contains('\t') {
        row.split('\t').map(str::trim).collect()
    } else {
        row.split(' ').filter(|cell| !cell.is_empty()).collect()
    }
}

/// Which column holds the word, and which the tag by the number of columns.
fn shape(text: &str) -> Option<(usize, impl Fn(usize) -> usize + use<>)> {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|row| !row.trim().is_empty() && !row.starts_with('#') && !is_start(row))
        .take(500)
        .map(cells)
        .collect();
    let width = rows.first()?.len();
    let share = |holds: &dyn Fn(&Vec<&str>) -> bool| {
        rows.iter().filter(|row| holds(row)).count() as f64 / rows.len() as f64
    };
    if width < 2 || share(&|row| row.len() >= 2) < TAGGED {
        return None;
    }
    let numbered =
        share(&|row| row[0].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')) > TAGGED;
    let column = usize::from(numbered && width > 2);
    // From the right: the last column that holds tags only.
    let at = (column + 1..width).rev().find(|&at| {
        share(&|row| row.get(at).is_some_and(|cell| is_tag(cell))) > TAGGED
            && rows.iter().any(|row| row.get(at).is_some_and(|cell| cell.len() > 1))
    });
    let at = at.or_else(|| {
        (column + 1..width)
            .rev()
            .find(|&at| share(&|row| row.get(at).is_some_and(|cell| is_tag(cell))) > TAGGED)
    })?;
    Some((column, move |_| at))
}

fn is_tag(cell: &str) -> bool {
    cell == "O"
        || (cell.len() > 2
            && cell.starts_with(['B', 'I', 'E', 'S', 'L', 'U'])
            && cell[1..].starts_with('-'))
}

fn person(tag: &str) -> Option<bool> {
    let (position, kind) = tag.split_once('-')?;
    let kind = kind.to_lowercase();
    PERSONS.contains(&kind.as_str()).then_some(matches!(position, "B" | "S" | "U"))
}

impl Sentence<'_> {
    /// Appends the sentence to `body`; where each word lies there.
    fn lay_out(&self, body: &mut String) -> Vec<(u32, u32)> {
        let base = body.len();
        if let Some((text, places)) = self.text.and_then(|text| Some((text, self.within(text)?))) {
            body.push_str(text);
            let moved = |(start, end)| ((base + start) as u32, (base + end) as u32);
            return places.into_iter().map(moved).collect();
        }
        let mut places = Vec::with_capacity(self.words.len());
        let mut last: Option<&str> = None;
        let mut quoted = false;
        for word in &self.words {
            if last.is_some_and(|last| is_apart(last, word.text, quoted)) {
                body.push(' ');
            }
            if word.text == "\"" {
                quoted = !quoted;
            }
            let start = body.len() as u32;
            body.push_str(word.text);
            places.push((start, body.len() as u32));
            last = Some(word.text);
        }
        places
    }

    /// Where the words lie in `text`; `None` if anything but blanks stands between them.
    fn within(&self, text: &str) -> Option<Vec<(usize, usize)>> {
        let mut places = Vec::with_capacity(self.words.len());
        let mut at = 0;
        for word in &self.words {
            at += text[at..].len() - text[at..].trim_start().len();
            if !text[at..].starts_with(word.text) {
                return None;
            }
            places.push((at, at + word.text.len()));
            at += word.text.len();
        }
        text[at..].trim().is_empty().then_some(places)
    }
}

/// Sentences as an article of paragraphs.
fn article(path: &Path, number: usize, sentences: &[Sentence<'_>]) -> Labelled {
    let mut body = String::new();
    let mut spans: Vec<Place> = Vec::new();
    for sentence in sentences {
        if !body.is_empty() {
            body.push_str("\n\n");
        }
        let mut open = false;
        let places = sentence.lay_out(&mut body);
        for (word, (start, end)) in sentence.words.iter().zip(places) {
            match word.person {
                Some(begins) if open && !begins => {
                    if let Some(span) = spans.last_mut() {
                        span.end = end;
                    }
                }
                Some(_) => spans.push(Place { part: Part::Body, start, end }),
                None => {}
            }
            open = word.person.is_some();
        }
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let article =
        Article { id: Some(format!("{name}#{}", number + 1)), body, ..Article::default() };
    let gold = Gold { person_spans: Some(spans), ..Gold::default() };
    Labelled { article, split: None, gold }
}

/// Whether a blank stood between two words before they were cut apart.
fn is_apart(last: &str, word: &str, quoted: bool) -> bool {
    let sticks = matches!(
        word,
        "." | ","
            | ";"
            | ":"
            | "!"
            | "?"
            | ")"
            | "]"
            | "}"
            | "%"
            | "'s"
            | "'S"
            | "’s"
            | "'"
            | "n't"
            | "'re"
            | "'ve"
            | "'ll"
            | "'d"
            | "'m"
            | "''"
            | "..."
    );
    let holds = matches!(last, "(" | "[" | "{" | "$" | "``" | "#");
    let quotes = quoted && (word == "\"" || last == "\"");
    !(sticks || holds || quotes)
}
