//! The SGML of the Reuters-21578 collection: stories of 1987 with labels set by people.

use serde_json::Value;

use super::{attributes, element, keep, one_line, tag};
use crate::article::Article;
use crate::source::entities::resolve;
use crate::source::fields::Field;
use crate::source::mapping::Mapper;
use crate::source::plain::headline;

/// The article of a `<REUTERS>` element.
pub(super) fn story(text: &str, mapper: &Mapper) -> Article {
    let mut article = Article { source: Some("Reuters".to_owned()), ..Article::default() };
    let (open, rest) = text.split_once('>').unwrap_or((text, ""));
    for (name, value) in attributes(open) {
        match name {
            "NEWID" => article.id = Some(value.trim().to_owned()),
            name => keep(&mut article, name, value),
        }
    }
    let (head, text) = match tag(rest, |rest| rest.starts_with("TEXT")) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if let Some(date) = element(head, "DATE") {
        // Not resolved: a reference to a control character ends the date.
        mapper.put(&mut article, Field::Date, date.trim().to_owned(), "DATE");
    }
    article.given.topic = labels(head, "TOPICS");
    article.given.country = labels(head, "PLACES");
    article.given.person = labels(head, "PEOPLE");
    article.given.org = labels(head, "ORGS");
    for name in ["EXCHANGES", "COMPANIES"] {
        let values = labels(head, name);
        if !values.is_empty() {
            let values = values.into_iter().map(Value::String).collect();
            article.extra.insert(name.to_owned(), Value::Array(values));
        }
    }
    if let Some(unknown) = element(head, "UNKNOWN") {
        keep(&mut article, "UNKNOWN", resolve(unknown).trim());
    }
    let (open, text) = text.split_once('>').unwrap_or(("", text));
    for (name, value) in attributes(open) {
        keep(&mut article, name, value);
    }
    if let Some(title) = element(text, "TITLE") {
        article.title = one_line(title);
    }
    if let Some(author) = element(text, "AUTHOR") {
        article.author = Some(one_line(author)).filter(|author| !author.is_empty());
    }
    if let Some(dateline) = element(text, "DATELINE") {
        let dateline = one_line(dateline);
        let dateline = dateline.trim_end_matches(['-', ' ']);
        article.dateline = Some(dateline.to_owned()).filter(|dateline| !dateline.is_empty());
    }
    if let Some(body) = element(text, "BODY") {
        let body = resolve(body);
        without_trailer(&body).clone_into(&mut article.body);
    } else if article.title.is_empty() {
        // An unprocessed story stands in TEXT without elements of its own.
        let raw = text.rsplit_once("</TEXT>").map_or(text, |(raw, _)| raw);
        let raw = raw.strip_suffix("</REUTERS>").unwrap_or(raw);
        let raw = resolve(raw);
        let (title, body) = headline(without_trailer(&raw));
        title.clone_into(&mut article.title);
        body.clone_into(&mut article.body);
    }
    article
}

/// The `<D>` items of an element.
fn labels(text: &str, name: &str) -> Vec<String> {
    let Some(list) = element(text, name) else { return Vec::new() };
    list.split("<D>")
        .skip(1)
        .filter_map(|item| item.split("</D>").next())
        .map(|item| resolve(item).trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// The body without the agency's name under it.
fn without_trailer(body: &str) -> &str {
    let body = body.trim_end();
    match body.rsplit_once('\n') {
        Some((rest, last)) if last.trim().eq_ignore_ascii_case("reuter") => rest.trim_end(),
        None if body.trim().eq_ignore_ascii_case("reuter") => "",
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ReadOptions, RecordError, open_reader};

    const SAMPLE: &str = "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n\
        <REUTERS TOPICS=\"YES\" LEWISSPLIT=\"TRAIN\" OLDID=\"9\" NEWID=\"1\">\n\
        <DATE>26-FEB-1987 15:01:01.79&#5;&#5;RM</DATE>\n\
        <TOPICS><D>rice</D></TOPICS>\n<PLACES><D>japan</D><D>usa </D></PLACES>\n\
        <PEOPLE></PEOPLE>\n<ORGS><D>gatt</D></ORGS>\n<EXCHANGES><D>tse</D></EXCHANGES>\n\
        <UNKNOWN>\n&#5;&#5;C T\n&#22;f01</UNKNOWN>\n<TEXT>&#2;\n\
        <TITLE>RICE &lt;ABC> &amp; TRADE</TITLE>\n<AUTHOR>    By A. Writer, Reuters</AUTHOR>\n\
        <DATELINE>    TOKYO, Feb 26 - </DATELINE><BODY>Rice was sold\nin Tokyo.\n    \
        More &lt;XYZ.T>.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n\
        <REUTERS NEWID=\"2\">\n<DATE> 3-MAR-1987</DATE>\n<TEXT TYPE=\"BRIEF\">&#2;\n\
        <TITLE>BRIEF\n</TITLE>&#3;</TEXT>\n</REUTERS>\n\
        <REUTERS NEWID=\"3\"><TEXT TYPE=\"UNPROC\">&#2;\nRATES 1\n    Two weeks\n&#3;</TEXT>\n\
        </REUTERS>\n";

    fn read(text: Vec<u8>, options: &ReadOptions) -> Vec<Result<Article, RecordError>> {
        let reader = Box::new(std::io::Cursor::new(text));
        open_reader(reader, "r.sgm".as_ref(), 0, options).unwrap().collect()
    }

    #[test]
    fn stories_briefs_and_unprocessed_texts_are_read() {
        let all = read(SAMPLE.as_bytes().to_vec(), &ReadOptions::default());
        let all: Vec<Article> = all.into_iter().map(Result::unwrap).collect();
        let story = &all[0];
        assert_eq!(story.id.as_deref(), Some("1"));
        assert_eq!(story.title, "RICE <ABC> & TRADE");
        assert_eq!(story.body, "Rice was sold\nin Tokyo.\n    More <XYZ.T>.");
        assert_eq!(story.dateline.as_deref(), Some("TOKYO, Feb 26"));
        assert_eq!(story.author.as_deref(), Some("By A. Writer, Reuters"));
        assert_eq!(story.date.as_ref().unwrap().display(), "1987-02-26T15:01");
        assert_eq!(story.given.country, ["japan", "usa"]);
        assert_eq!(story.given.topic, ["rice"]);
        assert_eq!(story.given.org, ["gatt"]);
        assert_eq!(story.extra["LEWISSPLIT"], "TRAIN");
        assert_eq!(story.extra["UNKNOWN"], "C T\nf01");
        assert_eq!(story.provenance.line, 2);
        assert!(story.notes.is_empty());
        assert!(all[1].is_stub());
        assert_eq!(all[1].title, "BRIEF");
        assert_eq!(all[1].extra["TYPE"], "BRIEF");
        assert_eq!((all[2].title.as_str(), all[2].body.as_str()), ("RATES 1", "    Two weeks"));
    }

    #[test]
    fn an_unclosed_or_cut_story_spoils_no_other() {
        let broken = SAMPLE.replacen("</REUTERS>", "", 1);
        let all = read(broken.into_bytes(), &ReadOptions::default());
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].as_ref().unwrap().notes[0].code, "unclosed");
        let cut = &SAMPLE.as_bytes()[..SAMPLE.len() - 60];
        assert_eq!(read(cut.to_vec(), &ReadOptions::default()).len(), 3);
    }

    #[test]
    fn a_story_that_is_too_large_is_skipped() {
        let mut options = ReadOptions::default();
        options.limits.max_record_bytes = 300_000;
        let long = SAMPLE.replacen("Rice was", &"long ".repeat(200_000), 1);
        let all = read(long.into_bytes(), &options);
        let codes: Vec<_> =
            all.iter().map(|one| one.as_ref().map(|_| ()).map_err(|e| e.code)).collect();
        assert_eq!(codes, [Err("too_large"), Ok(()), Ok(())]);
    }
}
