use std::io::Cursor;

use super::super::{FieldMap, ReadOptions, Source, open_reader};

fn open(text: &str, options: &ReadOptions) -> Box<dyn Source> {
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    open_reader(reader, "a.csv".as_ref(), 0, options).unwrap()
}

fn read(text: &str) -> Vec<Result<(String, String), &'static str>> {
    open(text, &ReadOptions::default())
        .map(|row| row.map(|one| (one.title, one.body)).map_err(|error| error.code))
        .collect()
}

fn ok(title: &str, body: &str) -> Result<(String, String), &'static str> {
    Ok((title.to_owned(), body.to_owned()))
}

#[test]
fn a_header_names_the_columns() {
    let text =
        "\u{FEFF}id,Headline,Text,date,x\r\n1,\"A, b\",\"Line\none \"\"two\"\"\",2019,y\r\n\r\n";
    let mut source = open(text, &ReadOptions::default());
    let article = source.next().unwrap().unwrap();
    assert_eq!(article.id.as_deref(), Some("1"));
    assert_eq!((article.title.as_str(), article.body.as_str()), ("A, b", "Line\none \"two\""));
    assert_eq!(article.date.unwrap().display(), "2019");
    assert_eq!(article.extra["x"], "y");
    assert_eq!((article.provenance.line, article.provenance.offset), (2, 28));
    assert!(source.next().is_none());
    let description = source.describe();
    assert_eq!(description.detail, "delimiter ',', 5 columns, header");
    assert_eq!(description.keys[1].key, "Headline");
}

#[test]
fn without_header_the_longest_text_is_the_body() {
    let text = "\"3\",\"Short title\",\"A far longer text, with commas\"\n\
                \"4\",\"Another one\",\"Another text that is long\"\n";
    let all = read(text);
    assert_eq!(all[0], ok("Short title", "A far longer text, with commas"));
    assert_eq!(all.len(), 2);
    let map = FieldMap::parse("1=section,3=title,2=body").unwrap();
    let options = ReadOptions { map, ..ReadOptions::default() };
    let article = open(text, &options).next().unwrap().unwrap();
    assert_eq!(article.title, "A far longer text, with commas");
    assert_eq!(article.section.as_deref(), Some("3"));
}

#[test]
fn a_bad_row_is_rejected_alone() {
    let all = read("title,body\na,b\nc\nd,e,f\ng,h\ni,j,\n");
    assert_eq!(all, [ok("a", "b"), Err("columns"), Err("columns"), ok("g", "h"), ok("i", "j")]);
}

#[test]
fn a_quote_that_nothing_closes_swallows_no_row() {
    let all = read("title,body\n\"a\",\"b\"\n\"c\",\"d\n\"e\",\"f\"\n\"g\",\"h\"\n");
    assert_eq!(all, [ok("a", "b"), ok("\"c\"", "\"d"), ok("e", "f"), ok("g", "h")]);
    let all = read("id,title,body\n1,a,\"b\n2,c,d\n3,e,f\n");
    assert_eq!(all, [ok("a", "\"b"), ok("c", "d"), ok("e", "f")]);
    let all = read("id,title,body\n1,\"a,b\"\n2,\"c,\nd\",e\n\"3,\"f,g\n4,h,\"i\nj\"\n");
    assert_eq!(all.last(), Some(&ok("h", "i\nj")));
    assert!(all.contains(&ok("c,\nd", "e")));
}

#[test]
fn long_rows_and_long_runs_of_bad_quotes_stay_cheap() {
    let mut options = ReadOptions::default();
    options.limits.max_record_bytes = 300_000;
    let text = format!("title,body\na,b\nc,{}\nd,e\n", "x".repeat(1_000_000));
    let codes: Vec<_> =
        open(&text, &options).map(|row| row.map(|one| one.title).map_err(|e| e.code)).collect();
    assert_eq!(codes, [Ok("a".to_owned()), Err("too_large"), Ok("d".to_owned())]);
    // Each line opens a quote that the next one goes on in.
    let text = format!("a,b,c\n{}", "x\",\"y\n".repeat(100_000));
    assert!(read(&text).len() <= 100_001);
}
