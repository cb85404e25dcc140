//! Topics, judgements and runs, read from the files of retrieval experiments.

use std::collections::{BTreeMap, HashMap};

/// Topics by id, in the order of the file.
pub type Topics = Vec<(String, String)>;

/// Grades by topic and article.
pub type Qrels = BTreeMap<String, HashMap<String, u32>>;

/// Articles by topic, best first.
pub type Run = BTreeMap<String, Vec<String>>;

/// A line that could not be read: its number and what is wrong.
pub type BadLine = (u64, String);

/// A number without its leading zeros, as articles of test collections are named; other ids as
/// they are.
pub fn plain_id(id: &str) -> &str {
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = id.trim_start_matches('0');
        return if plain.is_empty() { "0" } else { plain };
    }
    id
}

/// Reads topics: lines of id, tab and text (a header whose second column is `query` is left out);
/// TREC's `<top>`; SMART's `.I` and `.W`; TIME's `*FIND`.
pub fn topics(text: &str) -> (Topics, Vec<BadLine>) {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains("<top>") {
        return (trec_topics(text), Vec::new());
    }
    if text.lines().any(|line| line.starts_with(".I ")) {
        return (smart_topics(text), Vec::new());
    }
    if text.lines().any(|line| line.starts_with("*FIND")) {
        return (time_topics(text), Vec::new());
    }
    let (mut topics, mut bad) = (Topics::new(), Vec::new());
    for (number, line) in (1u64..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut cells = line.split('\t').map(str::trim);
        match (cells.next(), cells.next()) {
            (Some(_), Some("query" | "text" | "question")) if number == 1 => {}
            (Some(id), Some(query)) if !id.is_empty() && !query.is_empty() => {
                topics.push((plain_id(id).to_owned(), query.to_owned()));
            }
            _ => bad.push((number, "it has no tab between id and text".to_owned())),
        }
    }
    (topics, bad)
}

fn trec_topics(text: &str) -> Topics {
    let part = |top: &str, name: &str| -> String {
        let Some((_, rest)) = top.split_once(&format!("<{name}>")) else { return String::new() };
        let end = rest.find('<').unwrap_or(rest.len());
        rest[..end].split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let tops = text.split("<top>").skip(1).map(|top| {
        let number = part(top, "num");
        let number = number.trim_start_matches("Number:").trim();
        let title = part(top, "title");
        let title = title.trim_start_matches("Topic:").trim();
        let described = part(top, "desc");
        let described = described.trim_start_matches("Description:").trim();
        let query = if title.is_empty() { described } else { title };
        (plain_id(number).to_owned(), query.to_owned())
    });
    tops.filter(|(id, query)| !id.is_empty() && !query.is_empty()).collect()
}

fn smart_topics(text: &str) -> Topics {
    let mut topics = Topics::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(id) = line.strip_prefix(".I ") {
            topics.push((plain_id(id.trim()).to_owned(), String::new()));
            inside = false;
        } else if line.starts_with('.') && line.trim().len() == 2 {
            inside = line.trim() == ".W";
        } else if inside && let Some((_, query)) = topics.last_mut() {
            query.push(' ');
            query.push_str(line.trim());
        }
    }
    trimmed(topics)
}

fn time_topics(text: &str) -> Topics {
    let mut topics = Topics::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("*FIND") {
            let id = rest.split_whitespace().next().unwrap_or_default();
            topics.push((plain_id(id).to_owned(), String::new()));
        } else if line.starts_with("*STOP") {
            break;
        } else if let Some((_, query)) = topics.last_mut() {
            query.push(' ');
            query.push_str(line.trim());
        }
    }
    trimmed(topics)
}

fn trimmed(topics: Topics) -> Topics {
    let whole = topics.into_iter().map(|(id, query)| (id, query.trim().to_owned()));
    whole.filter(|(_, query)| !query.is_empty()).collect()
}

/// Reads judgements in TREC's form: topic, iteration, article, grade. A grade below 0 is 0.
pub fn qrels(text: &str) -> (Qrels, Vec<BadLine>) {
    let (mut qrels, mut bad) = (Qrels::new(), Vec::new());
    for (number, line) in (1u64..).zip(text.lines()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        match cells[..] {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [topic, _, article, grade] => match grade.parse::<i64>() {
                Ok(grade) => {
                    let grades = qrels.entry(plain_id(topic).to_owned()).or_default();
                    let grade = u32::try_from(grade.max(0)).unwrap_or(u32::MAX);
                    grades.insert(plain_id(article).to_owned(), grade);
                }
                Err(_) => bad.push((number, format!("'{grade}' is no grade"))),
            },
            _ => bad.push((number, "it has not four columns".to_owned())),
        }
    }
    (qrels, bad)
}

/// Reads a run in TREC's form: topic, Q0, article, rank, score, name. Articles are ordered by
/// score, those that tie as they stand.
pub fn run(text: &str) -> (Run, Vec<BadLine>) {
    let (mut scored, mut bad) = (BTreeMap::<String, Vec<(f64, String)>>::new(), Vec::new());
    for (number, line) in (1u64..).zip(text.lines()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        match cells[..] {
            [] => {}
            [topic, _, article, _, score, ..] => match score.parse::<f64>() {
                // No order can be made of what is not a number.
                Ok(score) if !score.is_nan() => scored
                    .entry(plain_id(topic).to_owned())
                    .or_default()
                    .push((score, plain_id(article).to_owned())),
                _ => bad.push((number, format!("'{score}' is no score"))),
            },
            _ => bad.push((number, "it has not six columns".to_owned())),
        }
    }
    let ordered = scored.into_iter().map(|(topic, mut found)| {
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        (topic, found.into_iter().map(|(_, id)| id).collect())
    });
    (ordered.collect(), bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(id: &str, text: &str) -> (String, String) {
        (id.to_owned(), text.to_owned())
    }

    #[test]
    fn topics_of_four_forms() {
        let lines = topics("id\tquery\n01\tcountry:Japan pact\n# no\nbroken\n");
        assert_eq!(lines.0, [pair("1", "country:Japan pact")]);
        assert_eq!(lines.1.len(), 1);
        assert_eq!(lines.1[0].0, 4);
        let trec = "<top>\n<num> Number: 401\n<title> foreign minorities\n<desc> Description:\nWhat?\n</top>\n\
                    <top><num>402<title><desc>Only this\n</top>";
        assert_eq!(topics(trec).0, [pair("401", "foreign minorities"), pair("402", "Only this")]);
        let smart = ".I 001\n.W\nwhat is\n this\n.I 2\n.W\nmore\n";
        assert_eq!(topics(smart).0, [pair("1", "what is this"), pair("2", "more")]);
        let time = "*FIND     1\n\n KENNEDY  ADMINISTRATION\n\n*FIND 2\n\n VIET NAM\n\n*STOP\n";
        assert_eq!(topics(time).0, [pair("1", "KENNEDY  ADMINISTRATION"), pair("2", "VIET NAM")]);
    }

    #[test]
    fn judgements_and_runs_name_articles_without_zeros() {
        let (found, bad) = qrels("1 0 0017 1\n1 0 a-2 -1\nx\n1 0 3 y\n");
        assert_eq!(found["1"]["17"], 1);
        assert_eq!(found["1"]["a-2"], 0);
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
        let (found, bad) =
            run("1 Q0 2 1 0.5 x\n1 Q0 03 2 0.9 x\n1 Q0 4 3 0.5 x\nbad\n1 Q0 5 1 NaN x\n");
        assert_eq!(found["1"], ["3", "2", "4"]);
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5]);
    }
}
