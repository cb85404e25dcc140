//! What a user or another program says of tags, and what is learnt of homes: in the index, in queries,
//! and when articles are indexed or tagged again.

use serde_json::Value;

use crate::support::dateline;

#[test]
fn what_is_said_of_an_article_holds_when_it_is_indexed_or_tagged_again() {
    let dir = tempfile::tempdir().unwrap();
    let (index, file) = (dir.path().join("ix"), dir.path().join("a.jsonl"));
    let write = |title: &str| {
        let rows = format!(
            "{{\"id\":\"a b\",\"title\":\"{title}\",\"body\":\"Peru and Chile signed a treaty in Lima.\"}}\n\
             {{\"id\":\"c\",\"title\":\"Rain\",\"body\":\"It rained in Norway.\"}}\n"
        );
        std::fs::write(&file, rows).unwrap();
        let indexed = dateline(&index, &["index", file.to_str().unwrap()]);
        assert_eq!(indexed.code, 0, "{}", indexed.err);
    };
    write("Pact");
    let run = |args: &[&str]| dateline(&index, args);
    let ids = |query: &str| run(&["search", "-l", "-n0", query]).out;
    assert_eq!((ids("country:PE"), ids("country:JP")), ("a b\n".into(), String::new()));
    let dry = run(&["tag", "--dry-run", "a b", "+country:Japan"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, "a b\t+country.major:JP\n"));
    assert_eq!(ids("country:JP"), "");
    let said = run(&["tag", "a b", "+country:Japan", "-country:Peru"]);
    assert!(said.out.starts_with("a b\t-country"), "{} {}", said.out, said.err);
    assert!(said.err.contains("1 of 1 articles"), "{}", said.err);
    let holds = || {
        assert_eq!((ids("country:PE"), ids("country.major:JP")), (String::new(), "a b\n".into()));
    };
    holds();
    assert_eq!(run(&["tag", "a b"]).out, "a b\t+country:JP\na b\t-country:PE\n");
    let again = run(&["retag"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert!(again.err.contains("0 of 2 articles"), "{}", again.err);
    write("Another pact");
    assert_eq!(ids("title:another"), "a b\n");
    holds();
    // Without what was said, the tagger decides again.
    std::fs::remove_file(index.join("tags.tsv")).unwrap();
    assert_eq!(run(&["retag", "--dry-run"]).out.lines().count(), 1);
    holds();
    assert_eq!(run(&["retag", "-country:NO"]).code, 0);
    assert_eq!((ids("country:PE"), ids("country:JP")), ("a b\n".into(), String::new()));
    assert_eq!(run(&["retag", "xyzzy"]).code, 1, "nothing matches");
    for (args, code) in [
        (&["tag", "nobody", "+country:JP"][..], 2),
        (&["tag", "c", "+country:Atlantis"], 2),
        (&["tag", "+country:JP"], 2),
    ] {
        assert_eq!(run(args).code, code, "{args:?}");
    }
    std::fs::write(index.join("tags.tsv"), "+country:JP\tc\nnonsense\n").unwrap();
    let broken = run(&["retag"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("line 2"), "{}", broken.err);
}

#[test]
fn a_vocabulary_of_ones_own_changes_tags_and_queries_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (index, file) = (dir.path().join("ix"), dir.path().join("a.jsonl"));
    let rows = [
        r#"{"id":"a","title":"Talks","body":"Talks with Nihon went on. Nihon agreed."}"#,
        r#"{"id":"b","title":"Rain","body":"It rained on Georgia Tech, said Anna Lee."}"#,
        r#"{"id":"c","title":"Docks","body":"The dockers laid down every tool on Monday."}"#,
        r#"{"id":"d","title":"Peru","body":"Peru was calm."}"#,
    ];
    std::fs::write(&file, rows.join("\n")).unwrap();
    let run = |args: &[&str]| dateline(&index, args);
    assert_eq!(run(&["index", file.to_str().unwrap()]).code, 0);
    let ids = |query: &str| run(&["search", "-l", "-n0", query]).out;
    assert_eq!((run(&["vocab", "list"]).code, ids("country:JP")), (1, String::new()));

    let dry = run(&["vocab", "add", "--dry-run", "country:Japan", "Nihon"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, "a\t+country.major:JP\n"));
    assert!(dry.err.contains("1 of 1 articles would be tagged otherwise"), "{}", dry.err);
    assert_eq!(ids("country:JP"), "");

    let added = run(&["vocab", "add", "country:Japan", "Nihon"]);
    assert_eq!((added.code, added.out.as_str()), (0, "a\t+country.major:JP\n"));
    assert_eq!((ids("country.major:JP"), ids("country:nihon")), ("a\n".into(), "a\n".into()));
    assert!(run(&["why", "a", "country:JP"]).out.contains("own"));
    run(&["vocab", "add", "event:strike", "laid down .. tool*"]);
    assert_eq!(ids("event:strike"), "c\n");
    run(&["vocab", "add", "--block", "person:*", "Anna Lee"]);
    assert_eq!(ids("person:*"), "");
    let list = run(&["vocab", "list"]).out;
    assert_eq!(
        list,
        "country\tJP\tNihon\nevent\tprotest/strike\tlaid down .. tool*\n-person\t*\tAnna Lee\n"
    );
    assert_eq!(run(&["vocab", "list", "country"]).out, "country\tJP\tNihon\n");
    let shown = run(&["vocab", "show", "Nihon", "Lima"]).out;
    assert_eq!(shown, "Nihon\tcountry\tJP\tJapan\town\nLima\tcountry\tPE\tPeru\tplace\n");

    // It holds for what is indexed later, and a query says nothing of it.
    std::fs::write(&file, r#"{"id":"e","body":"A Nihon firm and a Peru firm merged."}"#).unwrap();
    run(&["index", file.to_str().unwrap()]);
    assert!(ids("country:JP").contains('e'));
    assert_eq!(run(&["count", "country:JP"]).err, "");

    // A table edited by hand is told until all is tagged anew.
    std::fs::write(index.join("vocabulary.tsv"), "country\tPE\tNihon\n").unwrap();
    let told = run(&["count", "country:PE"]);
    assert!(told.err.contains("stale_tags") && told.err.contains("retag"), "{}", told.err);
    let again = run(&["retag"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(
        (run(&["count", "country:PE"]).err, ids("country:JP")),
        (String::new(), String::new())
    );
    assert_eq!(run(&["vocab", "remove", "country:PE"]).code, 0);
    assert_eq!(
        (run(&["vocab", "list"]).out, ids("country:PE nihon")),
        (String::new(), "e\n".into())
    );
}

#[test]
fn a_bad_row_of_a_vocabulary_is_told_and_nothing_is_half_applied() {
    let dir = tempfile::tempdir().unwrap();
    let (index, table) = (dir.path().join("ix"), dir.path().join("v.tsv"));
    std::fs::write(dir.path().join("a.txt"), "Nihon agreed.").unwrap();
    let run = |args: &[&str]| dateline(&index, args);
    run(&["index", dir.path().join("a.txt").to_str().unwrap()]);
    std::fs::write(&table, "country\tJP\tNihon\ncountry\tAtlantis\tX\nplanet\tMars\tY\n").unwrap();
    let table = table.to_str().unwrap();
    let added = run(&["vocab", "add", "--from", table]);
    assert_eq!((added.code, run(&["vocab", "list"]).out.as_str()), (2, ""));
    assert!(added.err.contains("line 2") && added.err.contains("Atlantis"), "{}", added.err);
    let checked = run(&["vocab", "check", table]);
    assert_eq!((checked.code, checked.out.lines().count()), (2, 2));
    assert!(checked.out.contains("v.tsv:3: 'planet' is no class"), "{}", checked.out);
    for wrong in [
        vec!["vocab", "add", "country:Atlantis", "X"],
        vec!["vocab", "add", "Japan", "X"],
        vec!["vocab", "add", "country:Japan"],
        vec!["vocab", "add", "event:strike", "* x"],
        vec!["vocab", "add", "event:diplomacy", "pact"],
    ] {
        assert_eq!(run(&wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(run(&["vocab", "remove", "country:Japan", "Nihon"]).code, 1);
    // A table that was broken by hand stops what would rest on it, and says where.
    std::fs::write(index.join("vocabulary.tsv"), "country\tAtlantis\tX\n").unwrap();
    let broken = run(&["count", "nihon"]);
    assert_eq!(broken.code, 2);
    assert!(
        broken.err.contains("vocabulary.tsv") && broken.err.contains("line 1"),
        "{}",
        broken.err
    );
}

#[test]
fn what_another_program_found_is_merged_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let index = dir.path().join("ix");
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (file, side) = (path("a.jsonl"), path("side.jsonl"));
    let article = |body: &str| {
        format!(
            "{{\"id\":\"a\",\"title\":\"Ö\",\"body\":\"{body}\"}}\n{{\"id\":\"b\",\"body\":\"Rain.\"}}\n"
        )
    };
    std::fs::write(&file, article("Ö: the zorg of Qux met Peru.")).unwrap();
    let run = |args: &[&str]| dateline(&index, args);
    let ids = |query: &str| run(&["search", "-l", "-n0", query]).out;
    assert_eq!(run(&["index", &file]).code, 0);
    assert_eq!(ids("person:qux"), "");
    let rows = [
        r#"{"id":"a","class":"person","value":"Zorg Qux","span":[7,18],"by":"ner-b"}"#,
        r#"{"id":"a","class":"person","value":"Zorg Qux","by":"NER <a>\u001b"}"#,
        r#"{"id":"a","class":"country","value":"Peru","span":[7,11]}"#,
        r#"{"id":"b","class":"event","value":"flood"}"#,
    ];
    std::fs::write(&side, rows.join("\n")).unwrap();
    let tagged = run(&["index", "--tags", &side, &file]);
    assert_eq!(tagged.code, 0, "{}", tagged.err);
    assert!(tagged.err.contains("2 of 2 articles of"), "{}", tagged.err);
    let holds = || {
        assert_eq!(
            (ids("person.given:\"Zorg Qux\""), ids("event:disaster")),
            ("a\n".into(), "b\n".into())
        );
        assert_eq!(ids("country.given:PE"), "a\n");
    };
    holds();
    assert_eq!(ids("the NEAR/1 @person"), "a\n", "its place is one of the text");
    let why = run(&["why", "a", "person"]).out;
    assert!(why.contains("external") && why.contains("zorg of Qux"), "{why}");
    assert!(why.contains("said by NER <a>") && why.contains(", ner-b"), "{why}");
    let shown = run(&["show", "a"]).out;
    assert!(shown.contains("major, given by NER <a>") && !shown.contains('\u{1b}'), "{shown}");
    let json: Value = serde_json::from_str(&run(&["show", "a", "--format", "json"]).out).unwrap();
    let tag = &json["tags"].as_array().unwrap().iter().find(|tag| tag["id"] == "zorg-qux").unwrap();
    assert_eq!(tag["by"], "NER <a>\u{1b}, ner-b");
    // Nothing changes with the same file, without it, or when it is tagged anew.
    for again in [vec!["index", "--tags", &side, &file], vec!["index", &file]] {
        assert!(run(&again).err.contains("nothing changed"), "{again:?}");
    }
    run(&["retag"]);
    holds();
    // Another text keeps the tags and loses their places.
    std::fs::write(&file, article("Ö: the zorg of Qux left Peru today.")).unwrap();
    assert_eq!(run(&["index", &file]).code, 0);
    holds();
    assert_eq!(ids("the NEAR/1 @person"), "");
    // Others take their place; what is wrong is told and counted.
    let rows = [
        r#"{"id":"a","class":"person","value":"Ann Bell","span":[1,900]}"#,
        r#"{"id":"z","class":"person","value":"Ann Bell"}"#,
        r#"{"id":"a","class":"planet","value":"Mars"}"#,
        "{",
    ];
    std::fs::write(&side, rows.join("\n")).unwrap();
    let other = run(&["index", "--tags", &side, &file]);
    assert_eq!(
        (other.code, ids("person:Bell"), ids("person:Qux")),
        (7, "a\n".into(), String::new())
    );
    for told in
        ["side.jsonl:3: 'planet' is no class", "side.jsonl:4: ", "1 of 2 articles", "1 spans"]
    {
        assert!(other.err.contains(told), "{told}: {}", other.err);
    }
    assert_eq!(run(&["index", "--tags", &path("none"), &file]).code, 2);
}

#[test]
fn the_home_of_a_source_is_learnt_while_its_articles_are_indexed() {
    let dir = tempfile::tempdir().unwrap();
    let (index, file) = (dir.path().join("ix"), dir.path().join("a.jsonl"));
    let row = |id: &str, source: &str, body: &str| {
        format!("{{\"id\":\"{id}\",\"source\":\"{source}\",\"body\":\"{body}\"}}\n")
    };
    let near = "Officials of Columbus, Ohio and Cleveland, Ohio met in the United States capital.";
    let fire = "A fire in Mansfield injured two. Firemen of Mansfield came in time.";
    let mut rows: String =
        (0..40).map(|number| row(&format!("o{number}"), "Valley Courier", near)).collect();
    rows += &row("x", "Valley Courier", fire);
    rows += &row("y", "Another", fire);
    std::fs::write(&file, rows).unwrap();
    let run = |args: &[&str]| dateline(&index, args);
    let ids = |query: &str| run(&["search", "-l", "-n0", query]).out;
    assert_eq!(run(&["index", file.to_str().unwrap()]).code, 0);
    assert_eq!((ids("country:US mansfield"), ids("country:GB")), ("x\n".into(), "y\n".into()));
    // Tagging anew knows it too, and where the first ones are from.
    let known = ids("sourcecountry:US").lines().count();
    let anew = run(&["retag"]).out;
    assert!(anew.lines().all(|line| line.ends_with("\t+sourcecountry:US")), "{anew}");
    assert_eq!((known + anew.lines().count(), run(&["retag"]).out), (41, String::new()));
    assert_eq!(ids("sourcecountry:America").lines().count(), 41);
    // A later run knows it from the start.
    std::fs::write(&file, row("z", "Valley Courier", fire)).unwrap();
    run(&["index", file.to_str().unwrap()]);
    assert_eq!(ids("id:z country:US"), "z\n");
    // What was learnt may be lost.
    std::fs::write(index.join("homes.tsv"), "\u{0}source\tx\n").unwrap();
    assert_eq!(
        run(&["retag", "id:z"]).out,
        "z\t-country.major:US +country.major:GB -sourcecountry:US\n"
    );
}
