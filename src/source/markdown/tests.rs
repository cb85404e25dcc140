use super::*;
use crate::source::{ReadOptions, open_reader};

fn read(name: &str, text: &str) -> Vec<Article> {
    let reader = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let all = open_reader(reader, name.as_ref(), 0, &ReadOptions::default()).unwrap();
    all.map(Result::unwrap).collect()
}

fn shown(article: &Article) -> (&str, &str) {
    (&article.title, &article.body)
}

#[test]
fn a_head_and_a_text_are_one_article() {
    let all = read(
        "-",
        "---\ntitle: \"A: b\"\ndate: 2019-03-05\ndescription: In short.\ntags:\n  - x\n  - y\n---\n\n\
         **Text** with a [link](https://example.org/a) and `code`.\n\n- one\n- two\n\n## Part\n\nMore<br>so &amp; on.\n",
    );
    assert_eq!(
        shown(&all[0]),
        ("A: b", "Text with a link and code.\n\n- one\n- two\n\nPart\n\nMore\nso & on.")
    );
    assert_eq!(all[0].given.tag, ["x", "y"]);
    assert_eq!(all[0].extra["description"], "In short.");
    let all = read("a.md", "# Pact signed\n\n<p>TOKYO <b>-</b> Text.</p>\n\n> quoted\n");
    assert_eq!(shown(&all[0]), ("Pact signed", "TOKYO - Text.\n\nquoted"));
    let all = read("a.md", "Pact signed\n\nText.\n");
    assert_eq!(shown(&all[0]), ("Pact signed", "Text."));
    let all = read("a.md", "---\ntitle: T\nsummary: Only this.\n---\n");
    assert_eq!(shown(&all[0]), ("T", "Only this."));
}

#[test]
fn a_plain_text_under_a_head_is_left_as_it_is() {
    let all = read("a.txt", "---\ntitle: T\n---\n\n*Text* [a](b)\n\n1) x\n");
    assert_eq!(shown(&all[0]), ("T", "*Text* [a](b)\n\n1) x"));
    let all = read("a.txt", "---\nno head\n---\n");
    assert_eq!(shown(&all[0]).1, "---\nno head\n---");
}

#[test]
fn several_heads_are_several_stories() {
    let text = "---\ntitle: One\n---\nText\n\n---\n\nmore.\n\n---\ntitle: Two\ndate: 2019\n---\n\nB.\n\
                +++\ntitle = \"Three\"\n+++\nC.\n";
    let all = read("a.md", text);
    let titles: Vec<&str> = all.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["One", "Two", "Three"]);
    assert_eq!(all[0].body, "Text\n\nmore.");
    let places: Vec<_> =
        all.iter().map(|one| (one.provenance.line, one.provenance.offset)).collect();
    assert_eq!(places, [(1, 0), (10, 37), (16, 71)]);
    for (one, next) in all.iter().zip(&all[1..]) {
        assert_eq!(one.provenance.offset + one.provenance.len, next.provenance.offset);
    }
}

#[test]
fn sections_with_addresses_are_stories_of_one_digest() {
    let text = "# The Evening News (20240315)\n\n## In short\n\n1. A pact\n\n## In full\n\n### A pact\n\n\
                <p><strong>TOKYO</strong>: Text.</p>\n\n[original](https://example.org/1)\n\n\
                ### [A fire](https://example.org/2)\n\nMore [text](https://example.org/x).\n\n#### Within\n\nLast.\n";
    let all = read("20240315.md", text);
    let seen: Vec<_> = all
        .iter()
        .map(|one| (one.title.as_str(), one.body.as_str(), one.url.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        seen,
        [
            ("In short", "1. A pact", "-"),
            ("A pact", "TOKYO: Text.", "https://example.org/1"),
            ("A fire", "More text.\n\nWithin\n\nLast.", "https://example.org/2"),
        ]
    );
    for one in &all {
        assert_eq!(one.source.as_deref(), Some("The Evening News"));
        assert_eq!(one.date.as_ref().unwrap().display(), "2024-03-15");
    }
    assert_eq!(all[1].section.as_deref(), Some("In full"));
    let place = &all[1].provenance;
    assert_eq!(place.line, 9);
    let (start, end) = (place.offset as usize, (place.offset + place.len) as usize);
    assert!(text[start..end].starts_with("### A pact"));
    assert!(text[start..end].ends_with("/1)\n\n"));
}

#[test]
fn headings_without_addresses_split_nothing() {
    let all =
        read("a.md", "# Pact\n\nText.\n\n## Why\n\nMore.\n\n## How\n\n[x](https://a.b/c) too\n");
    assert_eq!(shown(&all[0]), ("Pact", "Text.\n\nWhy\n\nMore.\n\nHow\n\nx too"));
    assert_eq!(all.len(), 1);
}

#[test]
fn a_bad_head_is_read_and_noted() {
    let all = read("a.md", "---\ntitle: Pact: all of it\nauthor: A\n---\nText.\n");
    assert_eq!(shown(&all[0]), ("Pact: all of it", "Text."));
    assert_eq!(all[0].notes[0].code, "front_matter");
}
