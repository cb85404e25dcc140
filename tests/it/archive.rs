//! Counts on real archives; skipped, loudly, where they are not beside the checkout.

use crate::support::{dateline, root, shared};

#[test]
fn reuters_loses_no_story() {
    let Some(data) = shared("reuters21578-train") else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = data.path().join("reuters21578");
    let stories: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|path| path.ends_with(".sgm"))
        .collect();
    let mut args = vec!["index"];
    args.extend(stories.iter().map(String::as_str));
    let indexed = dateline(dir.path(), &args);
    assert_eq!(indexed.code, 0, "{}", indexed.err);
    assert_eq!(dateline(dir.path(), &["count", "*"]).out.trim(), "15000");
    assert_eq!(dateline(dir.path(), &["count", "country.given:Japan"]).out.trim(), "712");
}

#[test]
fn identical_files_are_one_article() {
    let Some(data) = shared("bbc") else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = data.path().join("topics_bbc2225");
    let sections: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    let mut args = vec!["index", "--format", "json"];
    args.extend(sections.iter().map(String::as_str));
    let indexed = dateline(dir.path(), &args);
    let report: serde_json::Value = serde_json::from_str(&indexed.out).unwrap();
    assert_eq!((&report["read"], &report["copies"]), (&2225.into(), &98.into()), "{report}");
    assert_eq!(dateline(dir.path(), &["count", "*"]).out.trim(), "2127");
}

#[test]
fn the_seed_article_is_tagged_as_wanted() {
    let seed = root().join("../shared/data/seed-article.txt");
    if !seed.exists() {
        eprintln!("SKIPPED: {} is not here", seed.display());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let indexed = dateline(dir.path(), &["index", seed.to_str().unwrap()]);
    assert_eq!(indexed.code, 0, "{}", indexed.err);
    let found = dateline(dir.path(), &["search", "--format", "jsonl", "country:Japan pact"]);
    let hit: serde_json::Value = serde_json::from_str(found.out.lines().next().unwrap()).unwrap();
    let sorted = |value: &serde_json::Value| {
        let mut ids: Vec<String> = serde_json::from_value(value.clone()).unwrap();
        ids.sort();
        ids
    };
    assert_eq!(sorted(&hit["major"]["country"]), ["JP", "KP", "KR", "RU"]);
    assert_eq!(sorted(&hit["facets"]["country"]), ["JP", "KP", "KR", "RU", "UA", "US", "VN"]);
    assert_eq!(sorted(&hit["facets"]["person"]), ["vladimir-putin", "yoshimasa-hayashi"]);
    assert_eq!(sorted(&hit["major"]["event"]), ["diplomacy/treaty"]);
}

#[test]
fn the_classic_test_collections_lose_no_text() {
    for (name, file, count, query, hits) in [
        ("time-dev", "time/TIME.ALL", 423, "date:1963-01-04", 10),
        ("cran-cisi", "cran/cran.all.1400", 1400, "is:stub", 2),
        ("cran-cisi", "cisi/CISI.ALL", 1460, "is:stub", 0),
    ] {
        let Some(data) = shared(name) else { return };
        let dir = tempfile::tempdir().unwrap();
        let file = data.path().join(file);
        let indexed = dateline(dir.path(), &["index", file.to_str().unwrap()]);
        assert_eq!(indexed.code, 0, "{}", indexed.err);
        assert_eq!(dateline(dir.path(), &["count", "*"]).out.trim(), count.to_string());
        assert_eq!(dateline(dir.path(), &["count", query]).out.trim(), hits.to_string());
    }
}

#[test]
fn a_markdown_digest_gives_each_story_its_address_and_day() {
    let Some(data) = shared("xinwen-2024-03") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut args = vec!["index".to_owned(), "--format".to_owned(), "json".to_owned()];
    for entry in std::fs::read_dir(data.path().join("vol_xinwenlianbo_zh")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            args.push(path.to_str().unwrap().to_owned());
        }
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let indexed = dateline(dir.path(), &args);
    let report: serde_json::Value = serde_json::from_str(&indexed.out).unwrap();
    // 455 stories, and the contents of 29 of the 31 days.
    assert_eq!(report["read"], 484, "{report}");
    assert_eq!(report["undated"], 0, "{report}");
}
