//! Sentences and articles with the persons they name, and properties that hold for any text.

use super::*;
use crate::article::{Article, Words};

fn tag_in(lang: &str, title: &str, body: &str, date: Option<i64>) -> Vec<Tag> {
    thread_local! {
        static TAGGER: PersonTagger = PersonTagger::new();
    }
    let article = Article { title: title.into(), body: body.into(), ..Article::default() };
    let words = Words::of(&article);
    TAGGER.with(|tagger| {
        tagger.tag(&Reading { article: &article, words: &words, lang, date, home: None })
    })
}

fn ids(body: &str) -> Vec<String> {
    let mut ids: Vec<String> = tag_in("en", "", body, None).into_iter().map(|tag| tag.id).collect();
    ids.sort();
    ids
}

/// Seconds of the first of January 1987.
const Y1987: i64 = 536_457_600;
/// Seconds of the first of June 2024.
const Y2024: i64 = 1_717_200_000;

#[test]
fn a_headline_in_the_body_names_who_the_text_names() {
    let body =
        "ARAFAT MEETS NETANYAHU IN GAZA\n\nYasser Arafat met Benjamin Netanyahu, ARAFAT said.";
    let tags = tag_in("en", "", body, None);
    for (id, starts) in [("yasser-arafat", vec![0, 32]), ("benjamin-netanyahu", vec![13, 50])] {
        let tag = tags.iter().find(|tag| tag.id == id).unwrap();
        let found: Vec<u32> = tag.mentions.iter().map(|mention| mention.start).collect();
        assert_eq!(found, starts, "{id}");
    }
}

#[test]
fn sentences_name_these_persons() {
    let cases: &[(&str, &[&str])] = &[
        // Titles and roles are evidence and no part of the name.
        ("The talks were led by President Jimmy Carter on Monday.", &["jimmy-carter"]),
        ("Mr. Holland opened the meeting.", &["~holland"]),
        ("Sen. Edward Kennedy opposed it.", &["edward-kennedy"]),
        ("Gen. Omar Bradley was there.", &["omar-bradley"]),
        ("Then coach Bill Parcells spoke.", &["bill-parcells"]),
        ("A company spokesman, Peter Wainwright, denied it.", &["peter-wainwright"]),
        ("Chief Cabinet Secretary Yoshimasa Hayashi spoke in Tokyo.", &["yoshimasa-hayashi"]),
        ("They met Trade Representative Clayton Yeutter.", &["clayton-yeutter"]),
        ("Secretary of State George Shultz flew to Moscow.", &["george-shultz"]),
        ("Chancellor of the Exchequer Nigel Lawson cut taxes.", &["nigel-lawson"]),
        ("Foreign Minister Tadeusz Olechowski arrived.", &["tadeusz-olechowski"]),
        ("The Rev. Martin Luther King Jr. spoke.", &["martin-luther-king"]),
        ("Dr. Qwertzan treated them.", &["~qwertzan"]),
        ("MS Windows runs on it.", &[]),
        ("He was held in Wood County, W. Va., and in Hurricane, W.Va.", &[]),
        // Given names and surnames.
        ("He met John Smith yesterday.", &["john-smith"]),
        ("In 1998 Michael Jordan retired.", &["michael-jordan"]),
        ("Chad Smith plays the drums.", &["chad-smith"]),
        ("The film stars Denzel Washington.", &["denzel-washington"]),
        ("A song by Israel Kamakawiwoole was played.", &["israel-kamakawiwoole"]),
        ("Reporters followed Paris Hilton.", &["paris-hilton"]),
        ("Prime Minister John Major lost.", &["john-major"]),
        ("The novel is by Stephen King.", &["stephen-king"]),
        ("The dancer Gene Kelly and Frank Sinatra starred.", &["frank-sinatra", "gene-kelly"]),
        ("It was Dean Rusk who said so.", &["dean-rusk"]),
        ("Will Smith won.", &["will-smith"]),
        ("Voters chose Al Gore.", &["al-gore"]),
        // Initials, particles, hyphens.
        ("The report was written by J.P. Donleavy, who left.", &["~donleavy"]),
        ("Aides to George W. Bush resigned.", &["george-bush"]),
        ("The head of it, William F. Buckley Jr., left.", &["william-buckley"]),
        ("They elected Alexander Van der Bellen.", &["alexander-van-der-bellen"]),
        ("It was Ursula von der Leyen who spoke.", &["ursula-von-der-leyen"]),
        ("The list names Javier Perez de Cuellar.", &["javier-perez-de-cuellar"]),
        ("The army of Bashar al-Assad withdrew.", &["bashar-assad"]),
        ("The hunt for Osama bin Laden went on.", &["osama-bin-laden"]),
        ("Speaker Tip O'Neill disagreed.", &["tip-oneill"]),
        ("He wrote to Jean-Claude Juncker.", &["jean-claude-juncker"]),
        ("Talks with Frank-Walter Steinmeier failed.", &["frank-walter-steinmeier"]),
        // East Asian order.
        ("He met Xi Jinping in Beijing.", &["xi-jinping"]),
        ("The leader, Kim Jong-un, watched.", &["kim-jong-un"]),
        ("A visit by Kim Jong Il was planned.", &["kim-jong-il"]),
        ("Former president Park Geun-hye was freed.", &["park-geun-hye"]),
        ("Prime Minister Abe Shinzo resigned.", &["shinzo-abe"]),
        ("Deng Xiaoping said reforms would go on.", &["deng-xiaoping"]),
        // What is written small behind a hyphen may be a word of English.
        ("Later Moon Jae-in met Lai Ching-te.", &["lai-ching-te", "moon-jae-in"]),
        ("Lawmaker Lee Cheuk-yan and Wong Kwok-kin lost.", &["lee-cheuk-yan", "wong-kwok-kin"]),
        ("The Cho family, An Asia-wide club and Long Island-based Choi Ltd met.", &[]),
        // A Chinese surname does not make a name Chinese.
        ("Leader Carrie Lam and actor Jackie Chan met.", &["carrie-lam", "jackie-chan"]),
        // Names made of other words.
        ("Others there were Theresa May and Hun Sen of Cambodia.", &["hun-sen", "theresa-may"]),
        ("It was Brian May who played it.", &["brian-may"]),
        ("He flew to Florence May 5 and to Victoria.", &[]),
        ("The heirs of Rafik al-Hariri sued.", &["rafik-hariri"]),
        // Results of sport.
        (
            "Barcelona 3 (Ronaldo 12, 45, Luis Enrique 70) Valencia 1 (Lopez 33), Oslo 2 Moss 1.",
            &["luis-enrique", "~lopez", "~ronaldo"],
        ),
        ("Scorers for Ajax: Overmars (31st), Kluivert (77th minute).", &["~kluivert", "~overmars"]),
        (
            "M. Butcher c Stewart b Lewis 12, A. Hollioake not out 101.",
            &["~butcher", "~hollioake", "~lewis", "~stewart"],
        ),
        (
            "Bowling: Wasim Akram 20-4-60-3; Ernie Els (South Africa) led.",
            &["ernie-els", "wasim-akram"],
        ),
        ("Results: Boston 101 Chicago 97 (overtime 12), Lens 3 Metz 0.", &[]),
        // Clubs.
        ("Kansas City Royals and Paris Saint Germain beat Charlton Athletic.", &[]),
        // Apposition and verbs of speech.
        ("Wendell Throckmore, 45, was arrested.", &["wendell-throckmore"]),
        ("\"No,\" said Brian Huxtable.", &["brian-huxtable"]),
        // Kings and popes keep their title in the id.
        ("Pope Francis prayed.", &["pope-francis"]),
        ("A letter from Pope John Paul II arrived.", &["pope-john-paul-ii"]),
        ("King Hussein left Amman.", &["king-hussein"]),
        ("Queen Elizabeth II opened it.", &["queen-elizabeth-ii"]),
        // Organisations, places, peoples and common words are no persons.
        ("Shares of Merrill Lynch fell, analysts at Morgan Stanley said.", &[]),
        ("Wells Fargo bought Salomon Brothers Inc for cash.", &[]),
        ("Fans filled San Francisco and Denny Way.", &[]),
        ("Lloyds Bank and Barclays Bank raised rates.", &[]),
        ("He studied at Georgia Tech.", &[]),
        ("The Bank of Tokyo sold dollars.", &[]),
        ("They live in Paris, Texas.", &[]),
        ("New Mexico and West Germany signed.", &[]),
        ("Police said Analysts were wrong. Traders agreed.", &[]),
        ("Ford Motor Co and Johnson & Johnson rose.", &[]),
        ("The Thomas Jefferson Foundation met at the James Madison University.", &[]),
        ("In April Prime Minister talks failed.", &[]),
        ("General Electric and General Motors rose on Friday.", &[]),
        ("North Korea and South Korea talk. South Africa listens.", &[]),
        ("The U.S. Treasury and the U.N. Security Council met.", &[]),
        ("Borg-Warner and Allen-Bradley merged.", &[]),
        ("He worked for Marks & Spencer in London.", &[]),
        ("The Robert Byrd National Aerospace Academy closed.", &[]),
        ("SHARES OF IBM AND AT&T ROSE.", &[]),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(text, expected)| ids(text) != *expected)
        .map(|(text, expected)| format!("{text}\n  found {:?}, not {expected:?}", ids(text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn spans<'t>(tags: &[Tag], id: &str, part: Part, text: &'t str) -> Vec<&'t str> {
    let tag = tags.iter().find(|tag| tag.id == id).unwrap_or_else(|| panic!("{id}: {tags:?}"));
    tag.mentions
        .iter()
        .filter(|mention| mention.part == part)
        .map(|mention| &text[mention.start as usize..mention.end as usize])
        .collect()
}

#[test]
fn lone_surnames_belong_to_the_full_name_before_or_after() {
    let body = "Hayashi was late. \"We wait,\" said Yoshimasa Hayashi, the minister. \
                Mr Hayashi left. Then Hayashi's car came.";
    let tags = tag_in("en", "Hayashi warns of delay", body, None);
    assert_eq!(tags.len(), 1, "{tags:?}");
    let found = spans(&tags, "yoshimasa-hayashi", Part::Body, body);
    assert_eq!(found, ["Hayashi", "Yoshimasa Hayashi", "Hayashi", "Hayashi"]);
    assert_eq!(tags[0].label.as_deref(), Some("Yoshimasa Hayashi"));
    assert_eq!(tags[0].level, Level::Major);
    assert!(tags[0].mentions[0].part == Part::Title);
}

#[test]
fn two_given_names_attach_to_the_nearest_earlier_one() {
    let body = "Howard Baker spoke first. Baker left. Later James Baker came. Baker stayed.";
    let tags = tag_in("en", "", body, None);
    assert_eq!(spans(&tags, "howard-baker", Part::Body, body), ["Howard Baker", "Baker"]);
    assert_eq!(spans(&tags, "james-baker", Part::Body, body), ["James Baker", "Baker"]);
}

#[test]
fn surnames_that_are_places_need_a_person_around_them() {
    let body = "Denzel Washington arrived in Washington. Washington said he was glad.";
    let tags = tag_in("en", "", body, None);
    let found = spans(&tags, "denzel-washington", Part::Body, body);
    assert_eq!(found, ["Denzel Washington", "Washington"]);
    assert_eq!(
        tags[0].mentions[1].start as usize,
        body.rfind("Washington").expect("it stands there")
    );
}

#[test]
fn companies_named_after_persons_stay_companies() {
    let body = "Hugh Morgan resigned. Morgan Stanley and Morgan Corp rose. Morgan said so.";
    let tags = tag_in("en", "", body, None);
    assert_eq!(spans(&tags, "hugh-morgan", Part::Body, body), ["Hugh Morgan", "Morgan"]);
}

#[test]
fn double_surnames_and_shorter_forms_are_one_person() {
    let body = "Secretary-General Javier Perez de Cuellar met Herbert Walker Jones and Herbert \
                Jones. Perez de Cuellar said so. Governor Robin Leigh-Pemberton agreed, and \
                Leigh-Pemberton left.";
    let tags = tag_in("en", "", body, Some(Y1987));
    let seen: Vec<&str> = tags.iter().map(|tag| tag.id.as_str()).collect();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!(
        spans(&tags, "javier-perez-de-cuellar", Part::Body, body),
        ["Javier Perez de Cuellar", "Perez de Cuellar"]
    );
    assert_eq!(spans(&tags, "herbert-jones", Part::Body, body).len(), 2);
    assert_eq!(spans(&tags, "robin-leigh-pemberton", Part::Body, body).len(), 2);
}

#[test]
fn well_known_surnames_depend_on_the_date() {
    let at = |date| {
        let tags = tag_in("en", "", "Reagan said he would veto it.", Some(date));
        tags.into_iter().map(|tag| tag.id).collect::<Vec<_>>()
    };
    assert_eq!(at(Y1987), ["ronald-reagan"]);
    assert_eq!(at(Y2024), ["~reagan"], "somebody of that name, it is not told who");
    let tags = tag_in("en", "", "President Bush said no.", Some(Y2024));
    assert_eq!(tags[0].id, "~bush");
    assert_eq!(tags[0].label.as_deref(), Some("Bush (name only)"));
}

#[test]
fn titles_of_capitals_mark_only_names_of_the_body() {
    let body = "Treasury Secretary James Baker said the dollar fell enough. Baker was in Paris.";
    let title = "BAKER SAYS DOLLAR FELL ENOUGH, VOLCKER SILENT";
    let tags = tag_in("en", title, body, None);
    assert_eq!(tags.len(), 1, "{tags:?}");
    assert_eq!(spans(&tags, "james-baker", Part::Title, title), ["BAKER"]);
}

#[test]
fn later_persons_are_passing() {
    let filler = "The council talked about the budget for the next year. ".repeat(12);
    let body = format!("Alice Munro spoke.\n\n{filler}\n\nAt the end Robert Jones spoke.");
    let tags = tag_in("en", "", &body, None);
    let levels: Vec<(&str, Level)> = tags.iter().map(|tag| (tag.id.as_str(), tag.level)).collect();
    assert_eq!(levels, [("alice-munro", Level::Major), ("robert-jones", Level::Passing)]);
}

#[test]
fn other_languages_use_their_own_titles_and_given_names() {
    for (lang, text, id) in [
        ("de", "Gestern traf Bundeskanzlerin Angela Merkel die Presse.", "angela-merkel"),
        ("de", "Der Sprecher Steffen Seibert sagte nichts.", "steffen-seibert"),
        ("fr", "Le président François Mitterrand est arrivé.", "francois-mitterrand"),
        ("es", "El presidente Felipe González habló ayer.", "felipe-gonzalez"),
        ("it", "Il ministro Giulio Andreotti ha parlato.", "giulio-andreotti"),
        ("nl", "De premier Ruud Lubbers sprak gisteren.", "ruud-lubbers"),
        ("ru", "Вчера Путин прибыл в Пекин.", "vladimir-putin"),
        ("ja", "プーチン大統領は北京を訪れた。", "vladimir-putin"),
        ("zh", "普京总统抵达北京。", "vladimir-putin"),
        ("ko", "어제 김정은 위원장이 왔다.", "kim-jong-un"),
    ] {
        let found: Vec<String> = tag_in(lang, "", text, None).into_iter().map(|t| t.id).collect();
        assert_eq!(found, [id], "{text}");
    }
    // English rules do not read German nouns.
    assert!(
        tag_in(
            "de",
            "",
            "Der Minister sagte Nein. Die Regierung der Stadt Frankfurt am Main.",
            None
        )
        .is_empty()
    );
}

#[test]
fn aliases_join_spellings() {
    let body = "Moammar Qaddafi spoke. Qaddafi left. Libya's Muammar Gaddafi is old.";
    let tags = tag_in("en", "", body, None);
    assert_eq!(tags.len(), 1, "{tags:?}");
    assert_eq!(tags[0].id, "muammar-gaddafi");
    assert_eq!(tags[0].mentions.len(), 3);
}

#[test]
#[allow(clippy::print_stderr, reason = "tells that the test was skipped")]
fn the_shared_seed_article_names_two_persons() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seed-article.txt");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let (title, body) = text.split_once("\n\n").expect("a title");
    let tags = tag_in("en", title, body, None);
    let found: Vec<&str> = tags.iter().map(|tag| tag.id.as_str()).collect();
    assert_eq!(found, ["vladimir-putin", "yoshimasa-hayashi"]);
    assert_eq!(spans(&tags, "vladimir-putin", Part::Body, body), ["Vladimir Putin", "Putin"]);
    assert_eq!(
        spans(&tags, "yoshimasa-hayashi", Part::Body, body),
        ["Yoshimasa Hayashi", "Hayashi"]
    );
}

#[test]
fn years_are_civil_years() {
    for (seconds, year) in
        [(0, 1970), (-1, 1969), (Y1987, 1987), (Y1987 - 1, 1986), (Y2024, 2024), (i64::MIN, 0)]
    {
        assert_eq!(year_of(seconds), year, "{seconds}");
    }
}

#[test]
fn rule_numbers_are_unique_and_in_range() {
    for (at, rule) in RULES.iter().enumerate() {
        assert!((50..100).contains(&rule.number));
        assert!(RULES[..at].iter().all(|r| r.number != rule.number && r.name != rule.name));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn any_text_gives_ordered_spans_on_boundaries(
        title in "\\PC{0,40}|[A-Z .'-]{0,40}",
        body in "\\PC{0,120}|((President|Mr\\.|John|Smith|Kim|Jong|un|de|van|al|O'Neill|J\\.|II|Jr\\.|Corp|&|said|プーチン|é|\n\n|,|-|’s)[ -]?){0,30}",
        lang in "en|de|ja|ru|xx",
    ) {
        let tags = tag_in(&lang, &title, &body, Some(Y1987));
        let mut all: Vec<(Part, u32, u32)> = Vec::new();
        for tag in &tags {
            assert!(!tag.mentions.is_empty() && !tag.id.is_empty());
            assert!(tag.label.as_deref().is_some_and(|label| !label.is_empty()));
            let mut last = (Part::Title, 0);
            for mention in &tag.mentions {
                let text = if mention.part == Part::Title { &title } else { &body };
                assert!(mention.start < mention.end);
                assert!(text.get(mention.start as usize..mention.end as usize).is_some());
                assert!((mention.part, mention.start) >= last);
                last = (mention.part, mention.end);
                assert!(RULES.iter().any(|rule| rule.number == mention.rule));
                all.push((mention.part, mention.start, mention.end));
            }
        }
        all.sort_unstable();
        assert!(all.windows(2).all(|w| w[0].0 != w[1].0 || w[0].2 <= w[1].1), "{all:?}");
        assert_eq!(tags, tag_in(&lang, &title, &body, Some(Y1987)));
    }
}
