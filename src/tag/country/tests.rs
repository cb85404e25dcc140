//! Whole articles through the country tagger: traps, languages, the seed article, any text.

use std::path::Path;

use super::super::homes::Home;
use super::super::overlay::Said;
use super::names::span;
use super::*;
use crate::article::{Article, Words};

fn tagged(tagger: &CountryTagger, article: &Article, lang: &str, date: Option<i64>) -> Vec<Tag> {
    tagged_at(None, tagger, article, lang, date)
}

fn tagged_at(
    home: Option<&Home>,
    tagger: &CountryTagger,
    article: &Article,
    lang: &str,
    date: Option<i64>,
) -> Vec<Tag> {
    let words = Words::of(article);
    let reading = Reading { article, words: &words, lang, date, home };
    let tags = tagger.tag(&reading, &[], &Said::default());
    for mention in tags.iter().flat_map(|tag| &tag.mentions) {
        let text = match mention.part {
            Part::Title => article.title.as_str(),
            Part::Dateline => article.dateline.as_deref().unwrap_or_default(),
            _ => article.body.as_str(),
        };
        assert!(mention.start < mention.end, "{mention:?}");
        assert!(text.get(mention.start as usize..mention.end as usize).is_some(), "{mention:?}");
        assert!(RULES.iter().any(|rule| rule.number == mention.rule), "{mention:?}");
    }
    assert!(tags.iter().all(|tag| !tag.mentions.is_empty()));
    tags
}

fn ids(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(|tag| tag.id.as_str()).collect()
}

fn body(text: &str) -> Article {
    Article { body: text.to_owned(), ..Article::default() }
}

/// First second of `1985`, `1985-05` or `1985-05-01`.
fn date(text: &str) -> Option<i64> {
    let padding = ["", "-01-01", "-01"][text.split('-').count() % 3];
    Some(span(&format!("{text}{padding}"), "").0).filter(|_| !text.is_empty())
}

#[test]
fn no_trap_closes() {
    let tagger = CountryTagger::new();
    let traps = include_str!("../../../tests/data/traps.tsv");
    let mut wrong = Vec::new();
    for line in traps.lines().filter(|line| !line.starts_with('#')) {
        let [when, text, wanted] = sorted::cells(line);
        let mut wanted: Vec<&str> = wanted.split_whitespace().collect();
        wanted.sort_unstable();
        let tags = tagged(&tagger, &body(text), "en", date(when));
        if ids(&tags) != wanted {
            wrong.push(format!("{when} {text}\n    {:?}, not {wanted:?}", ids(&tags)));
        }
    }
    assert!(wrong.is_empty(), "{} traps:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn more_traps() {
    let tagger = CountryTagger::new();
    for (when, text, wanted) in [
        ("2015", "Michael Jordan retired. Jordan said he was tired.", ""),
        ("2015", "China Airlines flew from Taipei.", "CN TW"),
        ("1985", "The Soviets shot it down near Sakhalin.", "SUHH"),
        ("", "Soviet archives in Moscow were opened.", "RU SUHH"),
        ("2015", "Aung San Suu Kyi spoke in Yangon, Burma.", "MM"),
        ("2015", "He lives in Springfield, Mass., and works in Boston.", "US"),
        ("2015", "Sen. Smith (R-Tex.) voted no.", "US"),
        ("2015", "IT WAS SAID.", ""),
        ("2015", "The Fed and the Diet met; on a diet, he was fed.", "JP US"),
        ("2024", "Putin met Modi in Samarkand.", "IN RU UZ"),
        ("1977", "Putin met Modi.", ""),
        ("2015", "South-\nKorea and Ger-\nmany", "DE KR"),
        ("2015", "Shares of Foo Corp <FOO.L> rose; Bar (NYSE: BAR) fell.", "GB US"),
        ("2015", "The U.S.-Japan talks in Geneva, the U.K. and Guinea-Bissau", "CH GB GW JP US"),
        ("2015", "Japan's and Côte d’Ivoire's ministers", "CI JP"),
        ("2015", "It cost 3 million won. They won.", "KR"),
    ] {
        let tags = tagged(&tagger, &body(text), "en", date(when));
        assert_eq!(ids(&tags).join(" "), wanted, "{when} {text}");
    }
}

#[test]
fn a_title_in_capitals_is_read_with_care() {
    let tagger = CountryTagger::new();
    let read = |title: &str, text: &str| {
        let article = Article { title: title.into(), body: text.into(), ..Article::default() };
        ids(&tagged(&tagger, &article, "en", None)).join(" ")
    };
    assert_eq!(read("TURKEY SALES UP", "More turkey was sold."), "");
    assert_eq!(read("TURKEY SALES UP", "Exports from Ankara rose."), "TR");
    assert_eq!(read("LET US PRAY", "He told us."), "");
    assert_eq!(read("JAPAN AND KOREA AGREE", ""), "JP KR");
    assert_eq!(read("", "IN TURKEY THE TALKS WITH U.S. ENVOYS AND US WENT ON."), "TR US");
}

#[test]
fn names_in_other_languages_are_found() {
    let tagger = CountryTagger::new();
    for (lang, text, wanted) in [
        ("de", "Russland und Nordkorea haben ein Abkommen unterzeichnet.", "KP RU"),
        ("de", "Die deutsche Regierung warnte Frankreich und die USA.", "DE FR US"),
        ("fr", "La Corée du Sud et le Japon s’inquiètent de l’Allemagne.", "DE JP KR"),
        ("fr", "Le gouvernement français a reçu l’ambassadeur des États-Unis.", "FR US"),
        ("es", "Estados Unidos y México firmaron un acuerdo.", "MX US"),
        ("ja", "北朝鮮とロシアが条約に署名し、韓国と日本は懸念を示した。", "JP KP KR RU"),
        ("zh", "朝鲜和俄罗斯签署条约，韩国和日本表示关切。", "JP KP KR RU"),
        ("ko", "러시아가 북한과 조약을 맺었다. 한국은 우려했다.", "KP KR RU"),
        ("ar", "وقعت روسيا وكوريا الشمالية اتفاقا في بيونغ يانغ، وقالت اليابان", "JP KP RU"),
        ("ru", "Россия и Северная Корея подписали договор. В Японии обеспокоены.", "JP KP RU"),
        ("uk", "Україна та Росія", "RU UA"),
        ("pl", "Polska i Niemcy; w Rosji", "DE PL RU"),
        ("it", "L'Italia e la Germania", "DE IT"),
        ("nl", "Duitsland en Frankrijk", "DE FR"),
        ("tr", "Türkiye'nin ve Yunanistan", "GR TR"),
        ("en", "Россия и Япония", "JP RU"),
        ("eo", "Berlin kaj Germany", "DE"),
        ("de", "Die Marke und der Turkey", ""),
    ] {
        let tags = tagged(&tagger, &body(text), lang, date("2024"));
        assert_eq!(ids(&tags).join(" "), wanted, "{lang}: {text}");
    }
}

/// The countries of a text in which the person tagger found a person from byte `start` to `end`, and
/// where their mentions start.
fn beside_a_person(text: &str, start: u32, end: u32) -> (Vec<String>, Vec<u32>) {
    let article = body(text);
    let words = Words::of(&article);
    let person = Tag {
        class: Class::Person,
        id: "x".into(),
        label: None,
        level: Level::Major,
        score: 1,
        origin: Origin::Derived,
        by: None,
        mentions: vec![Mention { part: Part::Body, start, end, rule: 50, weight: 1 }],
    };
    let reading = Reading { article: &article, words: &words, lang: "en", date: None, home: None };
    let tags = CountryTagger::new().tag(&reading, &[person], &Said::default());
    let starts = tags.iter().flat_map(|tag| &tag.mentions).map(|mention| mention.start).collect();
    (tags.into_iter().map(|tag| tag.id).collect(), starts)
}

#[test]
fn persons_are_no_places() {
    let found = beside_a_person("Tokyo Rose and Zaragoza Cohen spoke in Tokyo.", 0, 10);
    assert_eq!(found, (vec!["JP".to_owned()], vec![39]));
    // A surname that is a people is none, the people beside it is one.
    let found = beside_a_person("Critic Philip French praised a French film.", 7, 20);
    assert_eq!(found, (vec!["FR".to_owned()], vec![31]));
}

#[test]
fn words_of_local_life_tell_which_town() {
    let tagger = CountryTagger::new();
    let read = |country: Option<&str>, text: &str| {
        let home =
            country.map(|country| Home { country: country.into(), local: Default::default() });
        ids(&tagged_at(home.as_ref(), &tagger, &body(text), "en", date("2009"))).join(" ")
    };
    for (home, text, wanted) in [
        // Offices of American towns need no home; the town is then meant wherever it is named.
        (None, "The Dublin City Manager spoke. Dublin is growing.", "US"),
        (None, "The Dublin City Council met. Dublin is growing.", "IE"),
        (Some("US"), "The Dublin City Council met. Dublin is growing.", "US"),
        (None, "The Manchester City Council met.", "GB"),
        (None, "Athens High School won. Athens is glad.", "US"),
        (None, "Manchester High School won.", "GB"),
        (None, "The Mansfield Police Department closed a street in Mansfield.", "US"),
        (None, "Dublin is growing.", "IE"),
        (None, "Ireland is quiet. The Dublin City Manager spoke.", "IE"),
        // Residents and streets do, and the home must have a place of the name.
        (Some("US"), "Dublin residents complained.", "US"),
        (Some("US"), "She lives at 1935 Orchard St., Alexandria.", "US"),
        (Some("GB"), "Dublin residents complained.", "IE"),
        // The famous one is meant where the other is lost beside it.
        (Some("GB"), "Boston police arrested a man.", "US"),
        (Some("US"), "Paris police arrested a man.", "FR"),
        (Some("US"), "London residents complained.", "GB"),
        (None, "Dublin residents complained.", "IE"),
        // Counties in lists.
        (Some("US"), "School boards in Barrow, Jackson and Madison counties agreed.", "US"),
        (Some("US"), "Barrow and Jackson agreed with Madison.", ""),
        // An abbreviation without a comma, in a paper from there.
        (Some("US"), "He called the S.C. Highway Patrol.", "US"),
        (None, "He called the S.C. Highway Patrol.", ""),
    ] {
        assert_eq!(read(home, text), wanted, "{home:?}: {text}");
    }
}

#[test]
fn a_small_place_that_is_named_again_as_one_is_believed() {
    let tagger = CountryTagger::new();
    let read = |text: &str| ids(&tagged(&tagger, &body(text), "en", None)).join(" ");
    assert_eq!(read("Lakeland residents agreed."), "");
    assert_eq!(read(&"Lakeland residents agreed. ".repeat(3)), "US");
    // A company's name is no mention of a place.
    assert_eq!(read(&"Lakeland Industries agreed. ".repeat(3)), "");
}

#[test]
fn counties_and_provinces_are_places() {
    let tagger = CountryTagger::new();
    for (text, wanted) in [
        ("Farmers in Cumbria and in Surrey protested.", "GB"),
        ("The storm reached County Donegal.", "IE"),
        ("Troops searched villages in Zambales.", "PH"),
        ("He moved to Norfolk, Va., in May.", "US"),
    ] {
        let tags = tagged(&tagger, &body(text), "en", None);
        assert_eq!(ids(&tags).join(" "), wanted, "{text}");
    }
}

#[test]
fn datelines_count_in_field_and_body() {
    let tagger = CountryTagger::new();
    let mut article = body("Talks went on.");
    article.dateline = Some("    MOSCOW, March 5 - ".into());
    let tags = tagged(&tagger, &article, "en", date("1987-03-05"));
    assert_eq!((ids(&tags), tags[0].level), (vec!["SUHH"], Level::Major));
    assert_eq!(tags[0].mentions[0].part, Part::Dateline);
    let article = body("LONDON, March 9 (Reuters) - Talks went on in the capital.");
    let tags = tagged(&tagger, &article, "en", None);
    assert_eq!((ids(&tags), tags[0].mentions.len()), (vec!["GB"], 1));
    assert_eq!(tags[0].mentions[0].rule, rule::DATELINE);
}

#[test]
fn the_seed_article_is_about_four_countries() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/seed-article.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let (title, body) = text.split_once("\n\n").expect("a title line");
    let article = Article { title: title.into(), body: body.into(), ..Article::default() };
    let tagger = CountryTagger::new();
    let tags = tagged(&tagger, &article, "en", date("2024-06-20"));
    let of = |level| {
        let tags = tags.iter().filter(move |tag| tag.level == level);
        tags.map(|tag| tag.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(Level::Major), ["JP", "KP", "KR", "RU"], "{tags:?}");
    assert_eq!(of(Level::Passing), ["UA", "US", "VN"], "{tags:?}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_tagged(
        title in "\\PC{0,40}",
        text in "\\PC{0,120}|([A-Za-z.,’'()<>:\\- \\n日本韩국Рос]|Japan|U\\.S\\.|, Texas|Korea|Mass\\.|mln marks|Ger-\nmany){0,40}",
        lang in "en|de|ja|ar|xx",
        when in proptest::option::of(-4_000_000_000i64..4_000_000_000),
    ) {
        static TAGGER: std::sync::OnceLock<CountryTagger> = std::sync::OnceLock::new();
        let tagger = TAGGER.get_or_init(CountryTagger::new);
        let article = Article {
            title,
            dateline: text.get(..text.len() / 2).map(str::to_owned),
            body: text,
            ..Article::default()
        };
        tagged(tagger, &article, &lang, when);
    }
}

#[test]
fn every_country_is_found_by_its_name() {
    let tagger = CountryTagger::new();
    // Their names alone are other words, or other places, too; nobody writes Cocos (Keeling).
    let doubtful = ["CC", "GE", "JO", "TD"];
    let mut missed = Vec::new();
    for (id, label) in crate::tag::vocabulary::countries().filter(|(id, _)| id.len() == 2) {
        let text = format!("Ministers of the neighbours went to {label} and to {label} again.");
        let tags = tagged(&tagger, &body(&text), "en", date("2015-05-01"));
        if !ids(&tags).contains(&id) && !doubtful.contains(&id) {
            missed.push(label);
        }
    }
    assert_eq!(missed, [""; 0]);
}

#[test]
fn no_mask_hides_a_name() {
    let rows: Vec<Vec<&str>> = names::NAMES.lines().map(|row| row.split('\t').collect()).collect();
    let plain = |name: &str| name.trim_end_matches("'s").to_owned();
    let names: std::collections::HashSet<&str> =
        rows.iter().filter(|row| row[2] == "name").map(|row| row[0]).collect();
    for row in rows.iter().filter(|row| row[2] == "mask") {
        assert!(!names.contains(plain(row[0]).as_str()), "{}", row[0]);
    }
}
