//! Cuts a very long body into overlapping parts that are read one by one.

/// Bytes of a chunk that the next one reads again, so that a phrase across the border is found.
const OVERLAP: usize = 4 << 10;

/// Where a chunk that starts at `from` ends: after a blank, if there is one near.
pub fn end(body: &str, from: usize, chunk: usize) -> usize {
    if body.len() - from <= chunk {
        return body.len();
    }
    let mut end = from + chunk;
    let near = end.saturating_sub(OVERLAP / 2).max(from + 1);
    if let Some(at) = body.as_bytes()[near..end].iter().rposition(u8::is_ascii_whitespace) {
        return near + at + 1;
    }
    while !body.is_char_boundary(end) {
        end += 1;
    }
    end
}

/// Where the chunk after `from..to` starts: somewhat before its end, after a blank.
pub fn next(body: &str, from: usize, to: usize) -> usize {
    let mut start = to.saturating_sub(OVERLAP).max(from + (to - from) / 2);
    if let Some(at) = body.as_bytes()[start..to].iter().position(u8::is_ascii_whitespace) {
        return start + at + 1;
    }
    while !body.is_char_boundary(start) {
        start += 1;
    }
    start
}
