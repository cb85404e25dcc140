//! Every format on a small file of our own: how many articles, stubs and rejects it gives.

use crate::support::dateline;

#[test]
fn each_format_gives_all_its_articles() {
    for (file, read, stubs, rejected) in [
        ("trec.sgml", 3, 0, 0),
        ("time.txt", 2, 0, 0),
        ("smart.all", 2, 1, 0),
        ("jekyll.md", 1, 0, 0),
        ("two-stories.md", 2, 0, 0),
        ("digest.md", 3, 0, 0),
        ("utf16.csv", 2, 0, 0),
        ("koi8-r.txt", 1, 0, 0),
        ("shift-jis.jsonl", 2, 0, 0),
        // One member is a picture.
        ("bundle.zip", 2, 0, 1),
        ("bundle.tar.zst", 2, 0, 0),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = format!("tests/data/formats/{file}");
        let indexed = dateline(dir.path(), &["index", "--format", "json", &path]);
        let report: serde_json::Value = serde_json::from_str(&indexed.out).unwrap();
        let rejects: u64 = report["rejects"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(serde_json::Value::as_u64)
            .sum();
        assert_eq!(
            (&report["read"], &report["stubs"], rejects),
            (&read.into(), &stubs.into(), rejected),
            "{file}: {report}{}",
            indexed.err
        );
        let count = dateline(dir.path(), &["count", "*"]).out;
        assert_eq!(count.trim(), read.to_string(), "{file}");
    }
}
