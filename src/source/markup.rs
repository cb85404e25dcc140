//! Text out of a few tags of SGML or HTML, where no parser of theirs is worth its while.

use std::borrow::Cow;

/// Elements that begin a paragraph.
const BREAKS: [&str; 21] = [
    "P",
    "BR",
    "PARA",
    "TABLE",
    "TABLEROW",
    "ROWRULE",
    "ROW",
    "TR",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "LI",
    "UL",
    "OL",
    "DIV",
    "BLOCKQUOTE",
    "HR",
    "FIGURE",
];
/// Elements whose content is no text.
const SILENT: [&str; 2] = ["SCRIPT", "STYLE"];
/// A tag has at most so many bytes; a sign that means "less than" has no end near.
const LONGEST_TAG: usize = 4_000;

/// Text with a paragraph break for each tag that begins a paragraph, nothing for any other tag
/// or comment. References stay. Linear.
pub(super) fn untagged(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Once there is no end of a comment, there is none further on.
    let (mut comments, mut silent) = (true, true);
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = tag_end(rest, &mut comments) else {
            out.push('<');
            rest = &rest[1..];
            continue;
        };
        let tag = &rest[1..end - 1];
        let name = tag.trim_start_matches('/');
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        if BREAKS.iter().any(&is) {
            paragraph(&mut out);
        }
        rest = &rest[end..];
        if silent && !tag.starts_with('/') && SILENT.iter().any(is) {
            let close = format!("</{name}");
            match rest.find(&close) {
                Some(end) => rest = &rest[end..],
                None => silent = false,
            }
        }
        // The line break after a tag that stands alone on its line goes with it.
        if out.is_empty() || out.ends_with('\n') {
            rest = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest);
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the tag or comment that begins here ends.
fn tag_end(rest: &str, comments: &mut bool) -> Option<usize> {
    if rest.starts_with("<!--") {
        if !*comments {
            return None;
        }
        let end = rest.find("-->").map(|end| end + 3);
        *comments = end.is_some();
        return end;
    }
    if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') {
        return None;
    }
    let near = &rest.as_bytes()[..rest.len().min(LONGEST_TAG)];
    let mut quote = None;
    for (at, byte) in near.iter().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if near[at - 1] == b'=' => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    memchr::memchr(b'>', near).map(|at| at + 1)
}

fn paragraph(out: &mut String) {
    let kept = out.trim_end_matches([' ', '\t', '\n', '\r']).len();
    out.truncate(kept);
    if kept > 0 {
        out.push_str("\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_paragraphs_stay() {
        assert_eq!(untagged("<p>One <b>b</b></p>\n<p>Two<br/>three"), "One b\n\nTwo\n\nthree");
        assert_eq!(untagged("a < b <!-- c > d --> e <a title=\"x > y\">f</a>"), "a < b  e f");
        assert_eq!(untagged("a<script>b < c</script>d<style>e"), "ade");
        assert_eq!(untagged("a <!-- b"), "a <!-- b");
        assert!(matches!(untagged("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn much_that_never_ends_is_no_work() {
        let text = "<!-- <a <script>".repeat(20_000);
        assert!(untagged(&text).len() >= 100_000);
    }
}
