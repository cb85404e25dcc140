//! CoNLL-U with entities in its last column, as GUM has them: persons by the proper nouns in them.
//!
//! GUM (Zeldes 2017) marks every mention, `the poet Lord Byron` and `he` too. A person's name here
//! is a run of proper nouns whose innermost entity is a person, without titles before it.

use std::path::Path;

use super::{Collection, Gold, Labelled, Place};
use crate::article::Article;
use crate::tag::Part;

/// Titles, which are no part of a name here.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "sir",
    "lord",
    "lady",
    "president",
    "senator",
    "sen",
    "rep",
    "governor",
    "gov",
    "judge",
    "justice",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "saint",
    "st",
    "captain",
    "capt",
    "general",
    "gen",
    "colonel",
    "col",
    "sergeant",
    "minister",
    "secretary",
    "chancellor",
    "emperor",
    "rev",
    "reverend",
    "father",
    "sister",
    "brother",
    "uncle",
    "aunt",
    "mayor",
    "chief",
    "officer",
    "attorney",
    "congressman",
    "congresswoman",
    "representative",
    "duke",
    "earl",
    "count",
    "archbishop",
    "bishop",
    "cardinal",
];

/// A row of the text.
struct Word<'t> {
    text: &'t str,
    /// Whether it is a proper noun of one thing.
    proper: bool,
    /// No blank follows.
    joined: bool,
    /// A paragraph begins.
    begins: bool,
    /// Index of the innermost entity, and whether that is a person.
    inside: Option<(usize, bool)>,
}

/// Whether a text is of this kind, by its beginning.
pub(super) fn is_one(start: &str) -> bool {
    start.starts_with("# ") && start.contains("global.Entity")
}

/// Reads a file; a document is an article.
pub(super) fn read(path: &Path, text: &str) -> Collection {
    let mut found = Collection { kind: "conllu", ..Collection::default() };
    let mut words: Vec<Word<'_>> = Vec::new();
    // Open entities, innermost last: id, number, whether a person.
    let mut open: Vec<(&str, usize, bool)> = Vec::new();
    let (mut number, mut begins) = (0, false);
    for (line, row) in (1u64..).zip(text.lines()).chain([(0, "# newdoc")]) {
        if row.starts_with("# newdoc") && !words.is_empty() {
            found.articles.push(article(path, found.articles.len(), &words));
            words.clear();
            open.clear();
        }
        begins |= row.starts_with("# newpar");
        if row.starts_with('#') || row.trim().is_empty() {
            continue;
        }
        let cells: Vec<&str> = row.split('\t').collect();
        let [id, form, _, kind, detail, .., misc] = cells.as_slice() else {
            found.bad(path, line, "the row has too few columns");
            continue;
        };
        // Rows of words that stand together, and of words that are not there.
        if id.contains(['-', '.']) {
            continue;
        }
        let entities = misc.split('|').find_map(|part| part.strip_prefix("Entity="));
        let closing = entities.map_or(Vec::new(), |text| enter(text, &mut open, &mut number));
        words.push(Word {
            text: form,
            proper: *kind == "PROPN" && *detail != "NNPS",
            joined: misc.split('|').any(|part| part == "SpaceAfter=No"),
            begins: std::mem::take(&mut begins),
            inside: open.last().map(|&(_, number, person)| (number, person)),
        });
        for id in closing {
            if let Some(at) = open.iter().rposition(|(known, ..)| *known == id) {
                open.remove(at);
            }
        }
    }
    found
}

/// Opens the entities that begin at a word; the ids of those that end with it.
fn enter<'t>(
    text: &'t str,
    open: &mut Vec<(&'t str, usize, bool)>,
    number: &mut usize,
) -> Vec<&'t str> {
    let mut closing = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('(') {
            let end = inner.find(['(', ')']).unwrap_or(inner.len());
            let mut parts = inner[..end].splitn(3, '-');
            let (id, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            *number += 1;
            open.push((id, *number, kind == "person"));
            rest = &inner[end..];
            if let Some(after) = rest.strip_prefix(')') {
                closing.push(id);
                rest = after;
            }
        } else if let Some(end) = rest.find(')') {
            closing.push(&rest[..end]);
            rest = &rest[end + 1..];
        } else {
            break;
        }
    }
    closing
}

fn article(path: &Path, number: usize, words: &[Word<'_>]) -> Labelled {
    let mut body = String::new();
    let mut spans: Vec<Place> = Vec::new();
    // The entity of the name that is being read.
    let mut within = None;
    let mut apart = false;
    for word in words {
        let glued = !apart && word.joined;
        if word.begins && !body.is_empty() {
            body.push_str("\n\n");
            within = None;
        } else if apart {
            body.push(' ');
        }
        let start = body.len() as u32;
        body.push_str(word.text);
        let end = body.len() as u32;
        apart = !word.joined;
        // Jean-Claude is cut at its hyphen.
        if glued && matches!(word.text, "-" | "‐") && word.inside.map(|(at, _)| at) == within {
            continue;
        }
        let entity = word.inside.filter(|(_, person)| *person && word.proper).map(|(at, _)| at);
        match (entity, within, spans.last_mut()) {
            (Some(here), Some(there), Some(span)) if here == there => span.end = end,
            (Some(here), ..) => {
                let bare = word.text.trim_end_matches('.').to_lowercase();
                if TITLES.contains(&bare.as_str()) {
                    within = None;
                    continue;
                }
                spans.push(Place { part: Part::Body, start, end });
                within = Some(here);
                continue;
            }
            (None, ..) => {}
        }
        within = entity;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let article =
        Article { id: Some(format!("{name}#{}", number + 1)), body, ..Article::default() };
    Labelled { article, split: None, gold: Gold { person_spans: Some(spans), ..Gold::default() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_runs_of_proper_nouns_of_a_person() {
        let row = |id: u32, form: &str, kind: &str, misc: &str| {
            format!("{id}\t{form}\tx\t{kind}\tNNP\t_\t0\tx\t_\t{misc}\n")
        };
        let mut text = "# newdoc id = a\n# global.Entity = x\n# newpar\n".to_owned();
        for (id, (form, kind, misc)) in (1..).zip([
            ("The", "DET", "Entity=(1-person-new"),
            ("poet", "NOUN", "_"),
            ("Lord", "PROPN", "_"),
            ("Ann", "PROPN", "_"),
            ("Lee", "PROPN", "Entity=1)"),
            ("met", "VERB", "_"),
            ("Bob", "PROPN", "Entity=(2-person-new)"),
            ("of", "ADP", "_"),
            ("Leeds", "PROPN", "Entity=(3-place-new)|SpaceAfter=No"),
            (",", "PUNCT", "_"),
            ("Li", "PROPN", "Entity=(4-person-new"),
            ("Wai", "PROPN", "SpaceAfter=No"),
            ("-", "PUNCT", "SpaceAfter=No"),
            ("kin", "PROPN", "Entity=4)"),
            ("and", "CCONJ", "_"),
            ("Al", "PROPN", "Entity=(5-person-new"),
            ("-", "PUNCT", "_"),
            ("Bo", "PROPN", "Entity=5)|SpaceAfter=No"),
            (".", "PUNCT", "_"),
        ]) {
            text.push_str(&row(id, form, kind, misc));
        }
        text.push_str("\n# newpar\n1\tshort\n");
        assert!(is_one(&text));
        let found = read(Path::new("a.conllu"), &text);
        assert_eq!((found.articles.len(), found.bad.len()), (1, 1));
        let one = &found.articles[0];
        assert_eq!(
            one.article.body,
            "The poet Lord Ann Lee met Bob of Leeds, Li Wai-kin and Al - Bo."
        );
        let spans = one.gold.person_spans.as_ref().unwrap();
        let names: Vec<&str> =
            spans.iter().map(|at| &one.article.body[at.start as usize..at.end as usize]).collect();
        assert_eq!(names, ["Ann Lee", "Bob", "Li Wai-kin", "Al", "Bo"]);
    }
}
