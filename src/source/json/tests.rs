use std::io::Cursor;

use super::super::{ReadOptions, open_reader};

fn read_with(text: &str, options: &ReadOptions) -> Vec<Result<String, &'static str>> {
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    open_reader(reader, "a.json".as_ref(), 0, options)
        .unwrap()
        .map(|record| record.map(|article| article.title).map_err(|error| error.code))
        .collect()
}

fn read(text: &str) -> Vec<Result<String, &'static str>> {
    read_with(text, &ReadOptions::default())
}

fn titles(titles: &[&str]) -> Vec<Result<String, &'static str>> {
    titles.iter().map(|title| Ok((*title).to_owned())).collect()
}

#[test]
fn arrays_objects_and_enclosed_lists_are_read() {
    let ab = titles(&["a", "b"]);
    assert_eq!(read("[{\"title\":\"a\"},\n {\"title\":\"b\"}]\n"), ab);
    assert_eq!(read("{\n\"title\":\"a\"\n}\n{\n\"title\":\"b\"\n}"), ab);
    assert_eq!(read("{\"title\":\"a\",\"items\":[{\"x\":1}],\"body\":\"t\"}").len(), 1);
    let newsapi = "{\"status\":\"ok\",\"totalResults\":2,\"articles\":[{\"title\":\"a\"},\
                   {\"title\":\"b\"}],\"more\":{\"x\":[{\"title\":\"no\"}]}}";
    assert_eq!(read(newsapi), ab);
    assert_eq!(read(&format!("{newsapi}\n{newsapi}")).len(), 4);
    let elastic = "{\"took\":1,\"hits\":{\"total\":2,\"hits\":[{\"_id\":\"1\",\"_source\":\
                   {\"title\":\"a\"}},{\"_source\":{\"title\":\"b\"}}]}}";
    assert_eq!(read(elastic), ab);
    assert_eq!(read("[]"), []);
}

#[test]
fn a_bad_element_condemns_no_other() {
    let with = |bad: &str| {
        read(&format!(
            "[{{\"title\":\"a\",\"p\":[{{\"n\":1}}]}},{bad},{{\"title\":\"b\",\"p\":[{{\"n\":1}}]}}]"
        ))
    };
    let ok = |title: &str| Ok(title.to_owned());
    assert_eq!(with("{\"title\": oops}"), [ok("a"), Err("bad_json"), ok("b")]);
    assert_eq!(with("{\"title\":\"x\""), [ok("a"), Err("bad_json"), ok("b")]);
    assert_eq!(with("{\"title\":\"x"), [ok("a"), Err("bad_json"), ok("b")]);
    assert_eq!(with("{\"title\":\"x\",\"p\":[{}"), [ok("a"), Err("bad_json"), ok("b")]);
    assert_eq!(with("17"), [ok("a"), Err("not_an_object"), ok("b")]);
    assert_eq!(with("\"a, b\""), [ok("a"), Err("not_an_object"), ok("b")]);
    assert_eq!(with("{\"title\":\"x\ty\"}"), titles(&["a", "x\ty", "b"]));
}

#[test]
fn a_long_element_is_skipped() {
    let mut options = ReadOptions::default();
    options.limits.max_record_bytes = 200_000;
    let long = "x".repeat(2_000_000);
    let text = format!(
        "[{{\"title\":\"a\"}},{{\"body\":\"{long}\",\"title\":\"no\"}},{{\"title\":\"b\"}}]"
    );
    let all = read_with(&text, &options);
    assert_eq!(all, [Ok("a".to_owned()), Err("too_large"), Ok("b".to_owned())]);
}

#[test]
fn an_array_of_many_is_read_across_buffers() {
    let elements: Vec<String> =
        (0..20_000).map(|n| format!("{{\"title\":\"{n}\",\"body\":\"te\\\"xt {{[\"}}")).collect();
    let all = read(&format!("[{}]", elements.join(",\n")));
    assert_eq!(all.len(), 20_000);
    assert_eq!(all[19_999], Ok("19999".to_owned()));
}
