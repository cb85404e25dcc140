//! The vectors of the query language: tree, canonical text, warnings, errors with their places.

use dateline::query::canon::canonical;
use dateline::query::{ParseOptions, parse};
use serde_json::Value;

#[test]
fn every_vector_reads_as_written() {
    let vectors = include_str!("../data/query.jsonl");
    let mut wrong = Vec::new();
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let query = vector["q"].as_str().unwrap();
        let parsed = parse(query, &ParseOptions::default());
        let mut check = |what: &str, ours: Value, right: &Value| {
            if ours != *right {
                wrong.push(format!("{query}\n  {what}: {ours}\n  instead of: {right}"));
            }
        };
        if let Some(code) = vector.get("err") {
            let Some(error) = parsed.error() else {
                check("error", Value::Null, code);
                continue;
            };
            let span = error.span.unwrap();
            check("error", error.code.into(), code);
            check("span", serde_json::json!([span.start, span.end]), &vector["span"]);
            check("message", error.message.clone().into(), &vector["msg"]);
            if let Some(near) = vector.get("did_you_mean") {
                check("suggestion", error.suggestions.first().cloned().into(), near);
            }
            continue;
        }
        let Some(expr) = &parsed.expr else {
            check("error", format!("{:?}", parsed.error()).into(), &vector["ast"]);
            continue;
        };
        check("tree", expr.to_string().into(), &vector["ast"]);
        check("canonical", canonical(expr).into(), &vector["canon"]);
        let codes: Vec<&str> = parsed.warnings().map(|warning| warning.code).collect();
        check("warnings", codes.into(), &vector["warn"]);
        let again = parse(&canonical(expr), &ParseOptions::default());
        let same = again.expr.as_ref().is_some_and(|again| again.same(expr));
        check("round trip", same.into(), &vector["round_trip"]);
    }
    assert_eq!(vectors.lines().count(), 136);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
