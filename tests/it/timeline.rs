//! Timelines agree with what the same query counts within each bucket.

use crate::support::{corpus, dateline};

#[test]
fn every_bucket_is_what_its_date_counts() {
    for (unit, query) in [
        ("decade", "pact OR strike"),
        ("year", "country:Japan"),
        ("quarter", "election"),
        ("month", "event:protest date:2010s"),
        ("week", "earthquake OR flood date:2015"),
        ("day", "country:Japan date:2019"),
    ] {
        let rows = dateline(corpus(), &["timeline", "--by", unit, query]).out;
        assert!(!rows.is_empty(), "{query}");
        let mut sum = 0;
        for row in rows.lines().filter(|row| unit != "day" || !row.ends_with("\t0")) {
            let (start, count) = row.split_once('\t').unwrap();
            let within = dateline(corpus(), &["count", &format!("({query}) date:{start}")]).out;
            assert_eq!(within.trim(), count, "{query} {start}");
            sum += count.parse::<u64>().unwrap();
        }
        let json = dateline(corpus(), &["timeline", "--by", unit, "--format", "json", query]).out;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let series = &json["series"][0];
        let number = |key: &str| series[key].as_u64().unwrap();
        assert_eq!(sum + number("undated") + number("vague"), number("total"), "{json}");
    }
}

#[test]
fn comparisons_share_their_buckets() {
    let args = ["timeline", "--by", "decade", "--format", "csv", "pact", "--compare", "strike"];
    let csv = dateline(corpus(), &args).out;
    let mut rows = csv.lines();
    assert_eq!(rows.next(), Some("start,count,strike"));
    let starts: Vec<&str> = rows.map(|row| row.split(',').next().unwrap()).collect();
    assert_eq!(starts, ["1980s", "1990s", "2000s", "2010s"]);
    let svg = dateline(corpus(), &["timeline", "--format", "svg", "pact <b>"]).out;
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("<b>"), "{svg}");
    let spark = dateline(corpus(), &["timeline", "--by", "year", "--format", "spark", "pact"]).out;
    assert!(spark.starts_with("1985\t▃ ▃") && spark.contains("█\t2019\tpact"), "{spark}");
}
