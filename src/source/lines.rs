//! Lines of an input, each held in memory only if it is not too long.

use super::bytes::Bytes;

/// What the next line of an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// So many bytes without the line break, and so many with it; they are the first of
    /// [`Bytes::rest`] and not consumed yet.
    Whole(usize, usize),
    /// A line longer than allowed, so many bytes long; it is consumed.
    TooLong(u64),
    /// The input broke off within the line.
    Torn,
    /// There is no more.
    End,
}

/// Finds the end of the next line. Costs one pass over it.
pub(super) fn next_line(bytes: &mut Bytes, limit: u64) -> Line {
    let mut seen = 0;
    loop {
        if let Some(at) = memchr::memchr(b'\n', &bytes.rest()[seen..]) {
            let len = seen + at;
            if len as u64 > limit {
                bytes.consume(len + 1);
                return Line::TooLong(len as u64 + 1);
            }
            return Line::Whole(len, len + 1);
        }
        seen = bytes.rest().len();
        if seen as u64 > limit {
            return Line::TooLong(skip_line(bytes));
        }
        if !bytes.fill() {
            return match seen {
                _ if bytes.failed() => Line::Torn,
                0 => Line::End,
                _ => Line::Whole(seen, seen),
            };
        }
    }
}

/// Consumes up to and with the next line break; the number of bytes.
pub(super) fn skip_line(bytes: &mut Bytes) -> u64 {
    let mut gone = 0;
    loop {
        let rest = bytes.rest();
        let (len, done) = match memchr::memchr(b'\n', rest) {
            Some(at) => (at + 1, true),
            None => (rest.len(), false),
        };
        bytes.consume(len);
        gone += len as u64;
        if done || !bytes.fill() {
            return gone;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_skipped_and_the_next_one_read() {
        let text = format!("ab\n{}\nlast", "x".repeat(500_000));
        let mut bytes = Bytes::new(Box::new(std::io::Cursor::new(text.into_bytes())), 0);
        assert_eq!(next_line(&mut bytes, 100), Line::Whole(2, 3));
        bytes.consume(3);
        assert_eq!(next_line(&mut bytes, 100), Line::TooLong(500_001));
        assert_eq!(bytes.line(), 3);
        assert_eq!(next_line(&mut bytes, 100), Line::Whole(4, 4));
        assert_eq!(bytes.rest(), b"last");
        bytes.consume(4);
        assert_eq!(next_line(&mut bytes, 100), Line::End);
    }
}
