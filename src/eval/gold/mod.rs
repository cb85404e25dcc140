//! Labelled articles, read from the files in which others keep them.

mod columns;
mod conllu;
mod geo;
mod records;
mod reuters;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::article::{Article, Given};
use crate::tag::{Class, Part, Tags, vocabulary};

/// Bytes of a file that is read, at most.
const MAX_BYTES: u64 = 1 << 30;

/// An article with what people say of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Labelled {
    /// The article, without the labels that came with it.
    pub article: Article,
    /// Which part of a collection it belongs to.
    pub split: Option<Split>,
    /// Its labels.
    pub gold: Gold,
}

/// The labels of one article; what a file does not tell is `None` and not scored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gold {
    /// Countries.
    pub country: Option<Ids>,
    /// Persons.
    pub person: Option<Ids>,
    /// Event types.
    pub event: Option<Ids>,
    /// Event types that the most important one must be among.
    pub top_event: Option<BTreeSet<String>>,
    /// Every name of a person in the text.
    pub person_spans: Option<Vec<Place>>,
    /// Every name of a place in the text.
    pub toponyms: Option<Vec<Toponym>>,
}

/// Values of one class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// What the article is about.
    pub major: BTreeSet<String>,
    /// All that it names, where the gold tells these apart.
    pub all: Option<BTreeSet<String>>,
    /// Values that the gold knows at all; others are not scored. `None` for all.
    pub among: Option<BTreeSet<String>>,
    /// The gold names persons by surname, and not all of them.
    pub surnames: bool,
}

/// A stretch of the title or body, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Title or body.
    pub part: Part,
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// The name of a place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toponym {
    /// Where it stands.
    pub place: Place,
    /// The country it lies in, where the gold tells.
    pub country: Option<String>,
}

/// Parts of Reuters-21578 for tuning and for checking: `TRAIN` stories of the files 000 to 011, of
/// the later files, and the others; of other collections there are no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Split {
    /// `TRAIN` of files 000 to 011: rules are tuned here.
    Fit,
    /// `TRAIN` of the later files.
    Tail,
    /// All the rest.
    Dev,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// File and line.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// What a file held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Collection {
    /// What kind of file it is.
    pub kind: &'static str,
    /// Its articles.
    pub articles: Vec<Labelled>,
    /// What could not be read.
    pub bad: Vec<BadRecord>,
    /// Values of labels that no table knows, each once.
    pub unknown: BTreeSet<String>,
}

impl Collection {
    fn bad(&mut self, path: &Path, line: u64, message: impl Into<String>) {
        let place = format!("{}:{line}", path.display());
        self.bad.push(BadRecord { place, message: message.into() });
    }
}

/// Reads a labelled file; what kind it is, is seen from its first bytes.
///
/// # Errors
/// When it cannot be read, or is of no kind that is known.
pub fn read(path: &Path) -> Result<Collection, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("it has {size} bytes, more than {MAX_BYTES}"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]).into_owned();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let first = start.lines().next().unwrap_or_default();
    if start.starts_with("<!DOCTYPE lewis") || first.starts_with("<REUTERS") {
        return Ok(reuters::read(path));
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("it is no UTF-8 at byte {}", error.utf8_error().valid_up_to()))?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(if start.starts_with('<') && start.contains("<articles") {
        geo::read(path, text)
    } else if start.starts_with('{') {
        records::json_lines(path, text)
    } else if first.split('\t').map(str::trim).eq(["article", "class", "value", "level"]) {
        records::table(path, text)?
    } else if first.split('\t').map(str::trim).eq(["id", "EventSnippet", "SubType"]) {
        records::snippets(path, text)
    } else if conllu::is_one(start) {
        conllu::read(path, text)
    } else if let Some(found) = columns::read(path, text) {
        found
    } else {
        return Err("it is no labelled data that dateline knows".to_owned());
    })
}

/// Files in the order of their names: a folder stands for the files in it.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut out = Vec::new();
    for path in paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut inside: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        inside.sort();
        out.extend(inside);
    }
    Ok(out)
}

/// The ids that labels stand for, as they would if they came with an article; what no table knows
/// goes to `unknown`.
fn ids_of(class: Class, labels: &[String], unknown: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut given = Given::default();
    let list = match class {
        Class::Country => &mut given.country,
        Class::Person => &mut given.person,
        Class::Event => &mut given.event,
    };
    list.extend(labels.iter().cloned());
    let mut tags = Tags::default();
    vocabulary::add_given(&given, &mut tags);
    unknown.extend(tags.unknown.iter().map(|(class, value)| format!("{} {value}", class.name())));
    tags.ids(class).into_iter().map(str::to_owned).collect()
}

/// The bytes of a stretch that is given in characters; `None` where the text ends before.
fn bytes_of(text: &str, start: usize, end: usize) -> Option<(u32, u32)> {
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let first = places.clone().nth(start)?;
    let last = places.nth(end)?;
    (first < last).then_some((first as u32, last as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file with this text is read as.
    fn read_text(name: &str, text: &str) -> Collection {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        read(&path).unwrap()
    }

    fn span(labelled: &Labelled, place: Place) -> &str {
        &labelled.article.body[place.start as usize..place.end as usize]
    }

    #[test]
    fn json_lines_give_ids_and_spans_by_characters() {
        let found = read_text(
            "a.jsonl",
            "{\"id\":\"1\",\"text\":\"É. Macron met Scholz in Köln.\",\"country\":[\"France\",\"Narnia\"],\
             \"persons\":[{\"start\":0,\"end\":9,\"text\":\"É. Macron\"},{\"start\":14,\"end\":20}],\
             \"mentions\":[{\"start\":24,\"end\":28,\"country\":\"DE\"}]}\n{broken\n",
        );
        assert_eq!((found.articles.len(), found.bad.len()), (1, 1));
        assert!(found.bad[0].place.ends_with("a.jsonl:2"), "{:?}", found.bad);
        assert!(found.unknown.contains("country Narnia"));
        let one = &found.articles[0];
        assert_eq!(one.gold.country.as_ref().unwrap().major, ["FR".to_owned()].into());
        let names: Vec<&str> =
            one.gold.person_spans.iter().flatten().map(|&place| span(one, place)).collect();
        assert_eq!(names, ["É. Macron", "Scholz"]);
        let toponyms = one.gold.toponyms.as_ref().unwrap();
        assert_eq!(
            (span(one, toponyms[0].place), toponyms[0].country.as_deref()),
            ("Köln", Some("DE"))
        );
    }

    #[test]
    fn columns_become_text_again() {
        let found = read_text(
            "a.conll",
            "-DOCSTART- O\n\nMr O\n. O\nYeltsin I-PER\n's O\naide O\n, O\n( O\nBoris I-PER\nX I-PER\n) O\n. O\n\n\
             Ann B-PER\nLee I-PER\nBo B-PER\n\n-DOCSTART- O\n\nRome I-LOC\n",
        );
        let texts: Vec<&str> = found.articles.iter().map(|one| one.article.body.as_str()).collect();
        assert_eq!(texts, ["Mr. Yeltsin's aide, (Boris X).\n\nAnn Lee Bo", "Rome"]);
        let one = &found.articles[0];
        let names: Vec<&str> =
            one.gold.person_spans.iter().flatten().map(|&place| span(one, place)).collect();
        assert_eq!(names, ["Yeltsin", "Boris X", "Ann Lee", "Bo"]);
    }

    #[test]
    fn columns_stand_as_their_sentence_was_written() {
        let rows = "1\tJean\tB-PER\t-\n2\t-\tI-PER\t-\n3\tLuc\tI-PER\t-\n4\t,\tO\t-\n5\tno\tO\t-\n";
        for (text, body) in [
            ("# text = Jean-Luc,  no\n", "Jean-Luc,  no"),
            // Not the same words: as without the comment.
            ("# text = Jean-Luc, non\n", "Jean - Luc, no"),
            ("", "Jean - Luc, no"),
        ] {
            let found =
                read_text("a.iob2", &format!("# newdoc id = a\n# sent_id = 1\n{text}{rows}\n"));
            let one = &found.articles[0];
            assert_eq!(one.article.body, body);
            let names: Vec<&str> =
                one.gold.person_spans.iter().flatten().map(|&place| span(one, place)).collect();
            assert_eq!(names, [&body[..body.find(',').unwrap()]]);
        }
    }

    #[test]
    fn shifted_offsets_are_set_right_by_the_name() {
        let found = read_text(
            "a.xml",
            "<articles><article docid=\"7\"><domain>x.org</domain><text>Bonn &amp; Pandi</text>\
             <toponyms><toponym><start>8</start><end>13</end><phrase>Pandi</phrase>\
             <gaztag><country>Philippines</country></gaztag></toponym>\
             <toponym><start>0</start><end>3</end><phrase>Xyz</phrase></toponym></toponyms></article></articles>",
        );
        let one = &found.articles[0];
        assert_eq!(one.article.body, "Bonn & Pandi");
        let toponyms = one.gold.toponyms.as_ref().unwrap();
        assert_eq!(toponyms.len(), 1);
        assert_eq!(
            (span(one, toponyms[0].place), toponyms[0].country.as_deref()),
            ("Pandi", Some("PH"))
        );
        assert_eq!(found.bad.len(), 1, "a name that the text does not hold");
    }

    #[test]
    fn snippets_may_have_one_of_several_leaves() {
        let found = read_text(
            "a.tsv",
            "id\tEventSnippet\tSubType\n1\tTalks began.\tDIPLO\n2\tNothing.\tOTHER\n3\tx\tNO_SUCH\n",
        );
        assert_eq!((found.articles.len(), found.bad.len()), (1, 1));
        assert!(found.articles[0].gold.top_event.as_ref().unwrap().contains("diplomacy/meeting"));
    }

    #[test]
    fn tables_name_known_leaves_once() {
        for table in [records::CASE, reuters::TOPICS] {
            let mut seen = BTreeSet::new();
            for (label, leaves) in records::rows(table) {
                assert!(seen.insert(label), "{label} stands twice");
                for leaf in leaves.split(',').filter(|leaf| !leaf.is_empty()) {
                    assert!(crate::tag::event::taxonomy::entry(leaf).is_some(), "{leaf}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_gold_is_said_to_be_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "Just a text.\n\nMore of it.\n").unwrap();
        assert!(read(&path).is_err());
    }
}
