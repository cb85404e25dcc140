use super::*;
use crate::article::{Article, Words};
use crate::tag::{Level, Reading, Tagger, Tags};

fn overlay(rows: &str) -> Overlay {
    let (overlay, bad) = Overlay::parse(&rows.replace(" / ", "\t"));
    assert_eq!(bad, []);
    overlay
}

fn tags_in(rows: &str, title: &str, body: &str, lang: &str) -> Tags {
    let article = Article { title: title.into(), body: body.into(), ..Article::default() };
    let words = Words::of(&article);
    let reading = Reading { article: &article, words: &words, lang, date: None, home: None };
    Tagger::new().with_overlay(overlay(rows)).tag(&reading)
}

fn tags(rows: &str, title: &str, body: &str) -> Tags {
    tags_in(rows, title, body, "en")
}

#[test]
fn a_table_is_read_back_and_bad_rows_cost_no_good_ones() {
    let text = "# mine\n\
                country\tJapan\tNihon\n\
                person\tShinzo Abe\tAbe-san\n\
                -person\t*\tVictoria Station\n\
                event\tstrike\tdown* tools\n\
                -country\tGE\tGeorgia Tech\n\
                planet\tMars\tred one\n\
                country\tAtlantis\tA\n\
                country\tCongo\tA\n\
                country\tJP\t...\n\
                event\tdiplomacy\tpact\n\
                event\tstrike\ta|b\n\
                event\tstrike\t* x\n\
                event\tstrike\t.. x\n\
                country\tJP\n\
                country\tNihon\n";
    let (read, bad) = Overlay::parse(text);
    let lines: Vec<usize> = bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, (7..=16).collect::<Vec<_>>(), "{bad:?}");
    assert!(bad[2].1.contains("CD or CG") || bad[2].1.contains("CG or CD"), "{}", bad[2].1);
    let rows: Vec<String> = read.rows().iter().map(Row::to_string).collect();
    assert_eq!(
        rows,
        [
            "country\tJP\tNihon",
            "person\tshinzo-abe\tAbe-san",
            "event\teconomy/labour\tdown* tools",
            "-country\tGE\tGeorgia Tech",
            "-person\t*\tVictoria Station",
        ]
        .map(|row| row.replace("economy/labour", read.rows()[2].id.as_str()))
    );
    assert_eq!(Overlay::parse(&read.to_text()), (read, Vec::new()));
}

#[test]
fn names_of_countries_count_as_those_of_the_tables_do() {
    let rows = "country / JP / Nihon";
    let found = tags(rows, "", "Talks in Nihon went on. NIHON agreed. The nihon school.");
    let tag = found.tags.iter().find(|tag| tag.id == "JP").unwrap();
    assert_eq!(tag.level, Level::Major);
    assert_eq!(tag.mentions.len(), 2, "a small letter is another word: {tag:?}");
    assert!(tag.mentions.iter().all(|one| crate::tag::rule_name(one.rule) == "own"));
    assert!(tags("", "", "Talks in Nihon went on.").ids(Class::Country).is_empty());
    // What is longer wins over the tables' own.
    let moved =
        tags("country / KR / Georgia Town", "", "In Georgia Town, Korea's pride, it rained.");
    assert_eq!(moved.ids(Class::Country), ["KR"]);
    let chinese = tags_in("country / JP / 扶桑", "", "他去了扶桑旅行。", "zh");
    assert_eq!(chinese.ids(Class::Country), ["JP"]);
}

#[test]
fn persons_get_their_places_and_keep_those_they_had() {
    let text = "Abe Shinzo met Boris Johnson. Mr Abe left early. Later Abe-san spoke.";
    let rows = "person / Shinzo Abe / Abe Shinzo\nperson / shinzo-abe / Abe-san";
    let found = tags(rows, "", text);
    let abe = found.tags.iter().find(|tag| tag.id == "shinzo-abe").unwrap();
    assert_eq!(abe.mentions.len(), 3, "{abe:?}");
    assert!(!found.ids(Class::Person).contains(&"abe-shinzo"));
    assert!(found.ids(Class::Person).contains(&"boris-johnson"));
    // Part of somebody's longer name is nobody else.
    let bush = tags("person / George Bush / Bush", "", "Laura Bush came. So said Bush of Texas.");
    let ids = bush.ids(Class::Person);
    assert!(ids.contains(&"laura-bush") && ids.contains(&"george-bush"), "{ids:?}");
}

#[test]
fn what_is_blocked_is_none() {
    let body = "Georgia Tech beat Duke. Victoria Station was closed, said Anna Lee.";
    assert!(tags("-country / * / Georgia Tech", "", body).ids(Class::Country).is_empty());
    let found = tags("-person / anna-lee / Anna Lee", "", body);
    assert!(!found.ids(Class::Person).contains(&"anna-lee"));
    let other = tags("-person / boris-johnson / Anna Lee", "", body);
    assert!(other.ids(Class::Person).contains(&"anna-lee"));
    let strike = "The strike price rose. A strike price of 20 is set.";
    let without = tags("-event / * / strike price", "", strike);
    assert!(without.ids(Class::Event).iter().all(|id| !id.contains("strike")), "{without:?}");
}

#[test]
fn own_triggers_work_in_every_language() {
    for lang in ["en", "de", "nl"] {
        let found = tags_in(
            "event / strike / leg* neer",
            "",
            "Ze legden het werk neer: leggen neer.",
            lang,
        );
        let tag = found.tags.iter().find(|tag| tag.id.ends_with("strike"));
        let tag = tag.unwrap_or_else(|| panic!("{lang}: {found:?}"));
        assert!(tag.mentions.iter().any(|one| crate::tag::rule_name(one.rule) == "own"));
    }
}

#[test]
fn supplied_labels_may_be_the_users_names() {
    let given = Given { country: vec!["nihon".into()], ..Given::default() };
    assert_eq!(overlay("country / JP / Nihon").given(&given).country, ["JP"]);
    assert_eq!(overlay("country / JP / Nihon").resolve(Class::Country, "NIHON"), ["JP"]);
}

#[test]
fn many_names_in_a_long_text_cost_no_more_than_their_sum() {
    let body = "Nihon said Anna Lee of Victoria Station met Abe-san. ".repeat(20_000);
    let rows =
        "country / JP / Nihon\nperson / shinzo-abe / Abe-san\n-person / * / Victoria Station";
    let found = tags(rows, "", &body);
    let count = |id: &str| found.tags.iter().find(|tag| tag.id == id).unwrap().mentions.len();
    assert_eq!((count("JP"), count("shinzo-abe")), (20_000, 20_000));
}
