//! Tests of the tables and of what the tagger makes of sentences.

use std::collections::HashSet;
use std::path::Path;

use super::*;
use crate::article::{Article, Words};
use crate::tag::{Level, Mention, Origin};
use crate::text::fold;

fn article(title: &str, body: &str) -> Article {
    Article { title: title.to_owned(), body: body.to_owned(), ..Article::default() }
}

/// What triggers alone find: the tests of these know no learnt words.
fn tags_in(lang: &str, article: &Article, countries: &[Tag], persons: &[Tag]) -> Vec<Tag> {
    static TAGGER: std::sync::OnceLock<EventTagger> = std::sync::OnceLock::new();
    tagged(TAGGER.get_or_init(EventTagger::of_triggers), lang, article, countries, persons)
}

/// What the whole tagger finds.
fn all_tags_in(lang: &str, article: &Article) -> Vec<Tag> {
    tagged(tagger(), lang, article, &[], &[])
}

fn tagged(
    tagger: &EventTagger,
    lang: &str,
    article: &Article,
    countries: &[Tag],
    persons: &[Tag],
) -> Vec<Tag> {
    let words = Words::of(article);
    let reading = Reading { article, words: &words, lang, date: None, home: None };
    tagger.tag(&reading, countries, persons)
}

fn tagger() -> &'static EventTagger {
    static TAGGER: std::sync::OnceLock<EventTagger> = std::sync::OnceLock::new();
    TAGGER.get_or_init(EventTagger::new)
}

fn tags(body: &str) -> Vec<Tag> {
    tags_in("en", &article("", body), &[], &[])
}

fn top(body: &str) -> String {
    tags(body).first().map_or_else(|| "-".to_owned(), |tag| tag.id.clone())
}

fn has(body: &str, id: &str) -> bool {
    tags(body).iter().any(|tag| tag.id == id)
}

/// What the mentions of a leaf cover.
fn covered<'t>(article: &'t Article, tags: &[Tag], id: &str) -> Vec<&'t str> {
    let tag = tags.iter().find(|tag| tag.id == id);
    tag.map(|tag| tag.mentions.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|m| text(article, m))
        .collect()
}

fn text<'t>(article: &'t Article, mention: &Mention) -> &'t str {
    let part = if mention.part == Part::Title { &article.title } else { &article.body };
    &part[mention.start as usize..mention.end as usize]
}

#[test]
fn sentences_have_the_leaf_that_they_tell_of() {
    let mut wrong = Vec::new();
    for (sentence, leaf) in [
        ("Heavy fighting broke out between the two clans on Sunday.", "conflict/battle"),
        ("Warplanes bombed the depot; the air strikes went on all night.", "conflict/airstrike"),
        ("Mortars and rocket fire fell on the harbour.", "conflict/shelling"),
        ("A suicide bomber blew himself up beside the bus stop.", "conflict/bombing"),
        ("Her abductors whisked her away in a white van.", "conflict/abduction"),
        ("Youths hurled bottles and set two buses ablaze.", "protest/riot"),
        ("Officers with lathis broke up the march.", "protest/crackdown"),
        ("Villagers formed a human chain and waved placards.", "protest/demonstration"),
        ("Gunmen opened fire on villagers in a terrorist attack.", "conflict/attack"),
        ("The mayor was assassinated on his doorstep.", "conflict/assassination"),
        ("Pirates took nine hostages and demanded a ransom.", "conflict/abduction"),
        ("Rebels captured the town and annexed the valley.", "conflict/territory"),
        ("The navy began military exercises and deployed warships.", "conflict/mobilisation"),
        ("The North carried out a nuclear test.", "conflict/weapons"),
        ("Both armies agreed to a cease-fire.", "conflict/ceasefire"),
        ("Troops will withdraw; soldiers began the troop pullout.", "conflict/withdrawal"),
        ("Ransomware shut the port in a cyberattack.", "conflict/cyberattack"),
        ("Investigators of war crimes opened a mass grave.", "conflict/atrocity"),
        ("Norland and Sudland signed a defence pact.", "diplomacy/treaty"),
        ("The prime ministers held talks at the summit.", "diplomacy/meeting"),
        ("A special envoy will mediate and present a peace plan.", "diplomacy/mediation"),
        ("Economic sanctions and an arms embargo were imposed.", "diplomacy/sanctions"),
        ("Humanitarian aid and relief supplies reached the port.", "diplomacy/aid"),
        ("The two restored diplomatic relations.", "diplomacy/relations"),
        ("It summoned the ambassador over a territorial dispute.", "diplomacy/dispute"),
        ("Blue helmets of the peacekeeping force arrived.", "diplomacy/peacekeeping"),
        ("Three spies of the ring were accused of espionage.", "diplomacy/espionage"),
        ("Polling stations closed in the presidential election.", "politics/election"),
        ("A plebiscite on the new constitution: a referendum.", "politics/referendum"),
        ("A cabinet reshuffle ended the coalition government.", "politics/government"),
        ("The minister resigned; he stepped down as party secretary.", "politics/resignation"),
        ("Parliament passed the bill; lawmakers cheered.", "politics/legislation"),
        ("Officers declared martial law after the coup.", "politics/coup"),
        ("The separatists declared independence.", "politics/secession"),
        ("The opposition leader spoke at the party conference.", "politics/party"),
        ("Protesters took to the streets.", "protest/demonstration"),
        ("Rioters looted shops; the mob set fire to cars.", "protest/riot"),
        ("Police fired tear gas and rubber bullets.", "protest/crackdown"),
        ("Dockers walked out in a general strike.", "protest/strike"),
        ("A hunger strike and a boycott began.", "protest/boycott"),
        ("He was found murdered, stabbed twice.", "law/homicide"),
        ("Burglars got away with stolen jewels in a heist.", "law/theft"),
        ("The banker embezzled millions in a money-laundering fraud.", "law/fraud"),
        ("The senator took bribes; corruption is rife.", "law/corruption"),
        ("Cocaine was smuggled by a drug cartel.", "law/drugs"),
        ("She was arrested and taken into custody.", "law/arrest"),
        ("A grand jury indicted him; prosecutors filed criminal charges.", "law/charges"),
        ("The jury found him guilty and he was sentenced.", "law/trial"),
        ("The Supreme Court threw out the lawsuit.", "law/ruling"),
        ("The trade deficit grew as tariffs rose.", "economy/trade"),
        ("The central bank cut interest rates.", "economy/monetary"),
        ("The dollar fell against the yen after the devaluation.", "economy/currency"),
        ("Consumer prices rose and inflation reached 9 pct.", "economy/inflation"),
        ("Gross domestic product shrank: a recession.", "economy/growth"),
        ("Unemployment fell as payrolls grew.", "economy/employment"),
        ("The budget deficit forces tax increases.", "economy/budget"),
        ("The IMF agreed to reschedule foreign debt.", "economy/debt"),
        ("Share prices plunged on Wall Street.", "economy/markets"),
        ("Crude oil rose above 20 dlrs and OPEC met.", "economy/commodities"),
        ("House prices and mortgages fell.", "economy/housing"),
        ("The group launched a hostile bid, a takeover of its rival.", "business/merger"),
        ("Net profit rose; the dividend is unchanged.", "business/earnings"),
        ("The airline went bankrupt and creditors lost all.", "business/bankruptcy"),
        ("The mill laid off 300 workers; more job cuts will come.", "business/layoffs"),
        ("The firm plans an initial public offering.", "business/offering"),
        ("It was awarded a contract worth 9 mln dlrs.", "business/contract"),
        ("It unveiled a prototype and a new version.", "business/product"),
        ("The board named Ann Lee chief executive.", "business/executive"),
        ("The antitrust watchdog and regulators objected.", "business/regulation"),
        ("An earthquake of magnitude 7 and a tsunami.", "disaster/earthquake"),
        ("A hurricane and tornadoes.", "disaster/storm"),
        ("Floods and a mudslide after torrential rain.", "disaster/flood"),
        ("A wildfire in the drought.", "disaster/wildfire"),
        ("The ferry sank after a collision.", "disaster/transport"),
        ("A gas explosion: the building collapsed.", "disaster/industrial"),
        ("Cholera: the epidemic spread.", "health/outbreak"),
        ("A vaccine passed clinical trials.", "health/medicine"),
        ("Nurses and doctors of the health service.", "health/care"),
        ("Refugees seek asylum.", "society/migration"),
        ("Human rights and press freedom.", "society/rights"),
        ("The pope met bishops.", "society/religion"),
        ("Teachers and pupils: exam results.", "society/education"),
        ("Mourners came to the state funeral.", "society/death"),
        ("Astronauts reached the space station.", "science/space"),
        ("Archaeologists found fossils.", "science/research"),
        ("Climate change and greenhouse gases.", "science/climate"),
        ("A new smartphone and its software.", "science/technology"),
        ("The singer's album; the film festival.", "culture/arts"),
        ("She won an Oscar and a Nobel Prize.", "culture/award"),
        ("He scored two goals in the semi-final.", "sport/match"),
        ("A gold medal at the Olympics, a world record.", "sport/event"),
        ("The coach failed a doping test; FIFA fined him.", "sport/business"),
    ] {
        if top(sentence) != leaf {
            wrong.push((sentence, leaf, tags(sentence)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn text_without_events_has_none() {
    for text in ["", "!!!", "The old man sat by the window and read.", "a b c", "..", "'s"] {
        assert_eq!(tags(text), [], "{text}");
    }
}

#[test]
fn counter_patterns_mask_triggers_of_their_leaf_only() {
    for (masked, leaf) in [
        ("He died of a heart attack.", "conflict/attack"),
        ("According to him, in accordance with it.", "diplomacy/treaty"),
        ("The council holds veto power.", "diplomacy/dispute"),
        ("Bank withdrawals rose.", "conflict/withdrawal"),
        ("A landslide victory for her.", "disaster/flood"),
        ("The dollar sank.", "disaster/transport"),
        ("Merrill Lynch said so.", "protest/riot"),
    ] {
        assert!(!has(masked, leaf), "{masked}\n{:#?}", tags(masked));
    }
    assert!(has("A landslide victory for her in the election.", "politics/election"));
    assert!(has("A landslide buried the village.", "disaster/flood"));
}

#[test]
fn negation_and_supposition_weaken() {
    let weight = |body: &str| {
        let tags = tags_in("en", &article("Treaty", body), &[], &[]);
        let tag = tags.iter().find(|tag| tag.id == "conflict/ceasefire").cloned();
        tag.map(|tag| (tag.mentions[0].weight, tag.mentions[0].rule))
    };
    let twice = "A truce began. A ceasefire holds. An armistice is near.";
    assert_eq!(weight(twice), Some((30, rule::STRONG)));
    let none = "No truce began. A ceasefire holds. An armistice is near.";
    assert_eq!(weight(none), Some((9, rule::NEGATED)));
    let maybe = "There may be a truce. A ceasefire holds. An armistice is near.";
    assert_eq!(weight(maybe), Some((18, rule::SUPPOSED)));
    let month = "On the third of May a truce began. A ceasefire holds. An armistice is near.";
    assert_eq!(weight(month), Some((30, rule::STRONG)));
    let before = "They did not come. Truce. A ceasefire holds. An armistice is near.";
    assert_eq!(weight(before), Some((30, rule::STRONG)), "negation ends with its sentence");
    assert_eq!(tags("There was no coup."), []);
}

#[test]
fn patterns_do_not_reach_into_the_next_sentence() {
    assert!(has("The accord was signed. Troops agreed to withdraw.", "diplomacy/treaty"));
    let body = "He went to the bank. Notes due soon are few.";
    assert!(
        !covered(&article("", body), &tags(body), "business/offering").contains(&"bank. Notes")
    );
    assert_eq!(top("It spoke of held. Talks is a word."), "-");
}

#[test]
fn the_winner_of_a_pair_is_ranked_above_and_both_stay() {
    let tags = tags(
        "Protesters protested; demonstrators held a protest and a vigil as police fired tear gas.",
    );
    let ids: Vec<&str> = tags.iter().map(|tag| tag.id.as_str()).collect();
    assert_eq!(ids[..2], ["protest/crackdown", "protest/demonstration"]);
    assert!(tags[0].score > tags[1].score && tags[1].level == Level::Major);
}

#[test]
fn beaten_leaves_come_before_their_winners_winners() {
    let pairs = &tagger().lexicons[0].beats;
    assert_eq!(pairs.len(), 8);
    for (at, (_, loser)) in pairs.iter().enumerate() {
        assert!(pairs[at..].iter().all(|(winner, _)| winner != loser));
    }
}

#[test]
fn title_lead_and_tail_weigh_as_documented_and_repeats_count_less() {
    let filler = "the man sat by the window and read a book ".repeat(5);
    let long = "the man sat by the window and read a book ".repeat(20);
    let article = article("Truce", &format!("Truce. {filler} truce {long} truce"));
    let tags = tags_in("en", &article, &[], &[]);
    let weights: Vec<u8> = tags[0].mentions.iter().map(|mention| mention.weight).collect();
    assert_eq!(weights, [50, 15, 6, 3]);
    assert_eq!(tags[0].mentions[0].part, Part::Title);
}

#[test]
fn spans_cover_the_words_and_longer_matches_win() {
    let article =
        article("A new defence pact", "The pact’s text: it was no agree-\nment between them.");
    let tags = tags_in("en", &article, &[], &[]);
    assert_eq!(
        covered(&article, &tags, "diplomacy/treaty"),
        ["defence pact", "pact", "agree-\nment between"]
    );
}

#[test]
fn words_hyphenated_in_patterns_need_the_hyphen() {
    assert!(has("A pile-up on the motorway.", "disaster/transport"));
    assert!(!has("Dishes pile up on the table.", "disaster/transport"));
    assert!(has("An anti-\ndumping duty.", "economy/trade"));
}

#[test]
fn slots_take_mentions_of_other_classes() {
    let body = "Rebels captured remote Kashkash yesterday.";
    let mention = |class, word: &str| {
        let start = body.find(word).unwrap() as u32;
        let end = start + word.len() as u32;
        Tag {
            class,
            id: "SY".to_owned(),
            label: None,
            level: Level::Major,
            score: 200,
            origin: Origin::Derived,
            by: None,
            mentions: vec![Mention { part: Part::Body, start, end, rule: 1, weight: 10 }],
        }
    };
    let article = article("", body);
    assert!(tags_in("en", &article, &[], &[]).is_empty());
    let place = [mention(Class::Country, "Kashkash")];
    let tags = tags_in("en", &article, &place, &[]);
    assert_eq!(
        covered(&article, &tags, "conflict/territory"),
        ["captured remote Kashkash"],
        "{tags:#?}"
    );
    let person = [mention(Class::Person, "Kashkash")];
    assert!(tags_in("en", &article, &[], &person).is_empty());
}

#[test]
fn other_languages_have_their_own_triggers_and_the_rest_none() {
    for (lang, body, leaf) in [
        (
            "fr",
            "Les deux pays ont signé un traité de paix après le cessez-le-feu.",
            "conflict/ceasefire",
        ),
        ("fr", "La grève générale continue, disent les grévistes.", "protest/strike"),
        ("de", "Der Streik der Lokführer ist ein Arbeitskampf.", "protest/strike"),
        ("de", "Nach dem Erdbeben gab es Nachbeben.", "disaster/earthquake"),
        ("es", "Las elecciones y la segunda vuelta.", "politics/election"),
        ("ja", "政府は停戦に合意した。", "conflict/ceasefire"),
        ("ja", "首脳会談が開かれた。", "diplomacy/meeting"),
        ("ru", "Ожесточённые бои за город.", "conflict/battle"),
        ("ru", "Президент объявил референдум.", "politics/referendum"),
    ] {
        let tags = tags_in(lang, &article("", body), &[], &[]);
        assert_eq!(tags.first().map(|tag| tag.id.as_str()), Some(leaf), "{body}: {tags:#?}");
        assert_eq!(tags[0].mentions[0].rule, rule::FOREIGN);
    }
    let english = article("", "The floods killed many; the earthquake too.");
    for lang in ["fr", "it", "zh", "", "EN"] {
        assert_eq!(tags_in(lang, &english, &[], &[]), [], "{lang}");
    }
}

#[test]
fn rules_are_numbered_in_the_range_of_events() {
    assert!(RULES.iter().all(|rule| (100..=149).contains(&rule.number)));
    assert!(RULES.is_sorted_by(|a, b| a.number < b.number));
}

#[test]
fn every_pattern_of_the_tables_parses_and_can_be_found() {
    let mut cells: Vec<(&str, &str)> = Vec::new();
    for entry in taxonomy::entries() {
        cells.extend([(entry.id, entry.triggers), (entry.id, entry.counter_patterns)]);
        assert_eq!(entry.is_root(), entry.triggers == "-", "{}", entry.id);
    }
    for [id, _, triggers, counter_patterns] in taxonomy::rows(I18N).map(taxonomy::cells) {
        cells.extend([(id, triggers), (id, counter_patterns)]);
        assert_ne!(triggers, "-", "{id}");
    }
    for [_, kind, words] in taxonomy::rows(CONTEXT).map(taxonomy::cells) {
        assert!(["negation", "supposition"].contains(&kind));
        cells.push((kind, words));
    }
    for (id, cell) in cells {
        let mut seen = HashSet::new();
        for (text, pattern) in cell.split('|').zip(parse_cell(cell)) {
            assert!(pattern.is_ok(), "{id}: {text}: {pattern:?}");
            assert!(seen.insert(text), "{id}: {text} twice");
        }
    }
    for (lang, lexicon) in LANGUAGES.iter().zip(&tagger().lexicons) {
        assert!(!lexicon.matcher.is_empty(), "{lang}");
        assert!(!lexicon.context.is_empty(), "{lang}");
        assert_eq!(lexicon.matcher.unanchored() + lexicon.context.unanchored(), 0, "{lang}");
    }
}

#[test]
fn tables_name_ids_that_exist_once_and_in_order() {
    let ids: Vec<&str> = taxonomy::entries().map(|entry| entry.id).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    assert_eq!((taxonomy::roots().count(), taxonomy::leaves().count()), (13, 88));
    let mut root = "";
    for entry in taxonomy::entries() {
        if entry.is_root() {
            root = entry.id;
        }
        assert_eq!(taxonomy::root_of(entry.id), root, "leaves follow their root");
        assert!(
            !entry.label.is_empty() && !entry.description.is_empty() && !entry.beats.is_empty()
        );
        for loser in entry.beats.split(',').filter(|loser| *loser != "-") {
            assert!(ids.contains(&loser), "{loser}");
        }
    }
    let mut seen = HashSet::new();
    for [id, lang] in taxonomy::rows(I18N).map(taxonomy::cells) {
        assert!(ids.contains(&id) && id.contains('/'), "{id}");
        assert!(LANGUAGES[1..].contains(&lang), "{lang}");
        assert!(seen.insert((id, lang)), "{id} {lang} twice");
    }
}

#[test]
fn aliases_are_sorted_keys_that_nothing_else_is_called() {
    let table = include_str!("../data/event_alias.tsv");
    let rows: Vec<[&str; 2]> = taxonomy::rows(table).map(taxonomy::cells).collect();
    assert!(rows.is_sorted_by(|a, b| a[0] < b[0]));
    let names: HashSet<String> = taxonomy::entries()
        .flat_map(|entry| {
            let last = entry.id.rsplit('/').next().unwrap_or_default();
            [fold::name_key(entry.id), fold::name_key(last)]
        })
        .collect();
    for [key, ids] in rows {
        assert_eq!(fold::name_key(key), key);
        assert!(key.is_ascii(), "{key}");
        assert!(!names.contains(key), "{key} is a name already");
        for id in ids.split(',') {
            assert!(taxonomy::entry(id).is_some(), "{key}: {id}");
        }
    }
}

#[test]
fn tagging_is_the_same_twice() {
    let article = article("Truce and strike", "The strike, the truce, the flood and the election.");
    let first = all_tags_in("en", &article);
    let other = EventTagger::new();
    let words = Words::of(&article);
    let reading = Reading { article: &article, words: &words, lang: "en", date: None, home: None };
    assert_eq!(other.tag(&reading, &[], &[]), first);
}

#[test]
#[allow(clippy::print_stderr)] // A skipped test says so.
fn the_seed_article_is_about_a_treaty_and_nothing_else() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/seed-article.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no {}", path.display());
        return;
    };
    let (title, body) = text.split_once('\n').unwrap();
    let article = article(title, body);
    let tags = all_tags_in("en", &article);
    let level = |level| {
        let found = tags.iter().filter(|tag| tag.level == level);
        found.map(|tag| tag.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(level(Level::Major), ["diplomacy/treaty"]);
    assert_eq!(level(Level::Passing), ["diplomacy/dispute", "diplomacy/relations"]);
    let dispute = covered(&article, &tags, "diplomacy/dispute");
    assert!(!dispute.iter().any(|words| words.contains("veto")), "{dispute:?}");
}

#[test]
fn learnt_words_tell_where_triggers_do_not_and_are_the_evidence() {
    let body = "Boys found a remnant of war in a field; it went off and one lost his leg.";
    let article = article("", body);
    assert_eq!(tags_in("en", &article, &[], &[]), []);
    let tags = all_tags_in("en", &article);
    assert_eq!(tags[0].id, "conflict/bombing");
    assert!((1..=3).contains(&tags[0].mentions.len()));
    assert!(tags[0].mentions.iter().all(|mention| mention.rule == rule::LINEAR));
    for quiet in [
        "The town lies on a river and has three bridges and a market.",
        "He said he was pleased with how things were going.",
    ] {
        assert_eq!(all_tags_in("en", &super::tests::article("", quiet)), [], "{quiet}");
    }
    assert_eq!(all_tags_in("fr", &article), [], "learnt words are English ones");
}

const PIECES: &[&str] = &[
    "agree-\nment",
    "between",
    "not",
    "cease-fire",
    "d'",
    "’s",
    "pact",
    "tear gas",
    ". ",
    "\n\n",
    "日本",
    "é",
    "signed",
    "treaty",
    "..",
    "naïve",
    "U.S.",
    "6-4",
    "beat",
    "May",
    "may",
    "police",
];

proptest::proptest! {
    #[test]
    fn any_text_is_tagged_with_spans_on_boundaries(
        title in "\\PC{0,40}",
        pieces in proptest::collection::vec(0..PIECES.len(), 0..40),
        glue in "[ \\-']{0,2}",
        lang in 0..LANGUAGES.len(),
        at in 0u32..40,
        len in 0u32..20,
    ) {
        let body: Vec<&str> = pieces.iter().map(|&piece| PIECES[piece]).collect();
        let article = article(&title, &body.join(&glue));
        let mention = Mention { part: Part::Body, start: at, end: at + len, rule: 1, weight: 1 };
        let countries = [Tag {
            class: Class::Country,
            id: "JP".to_owned(),
            label: None,
            level: Level::Major,
            score: 1,
            origin: Origin::Derived,
            by: None,
            mentions: vec![mention],
        }];
        let tags = tagged(tagger(), LANGUAGES[lang], &article, &countries, &[]);
        for tag in &tags {
            assert!(!tag.mentions.is_empty());
            assert!(tag.mentions.is_sorted_by_key(|m| (m.part, m.start)));
            for mention in &tag.mentions {
                assert!(!text(&article, mention).is_empty());
            }
        }
    }
}
