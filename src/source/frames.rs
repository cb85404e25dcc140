//! Records of a text that begin at the start of a line with a mark of their own.

use super::bytes::Bytes;

/// The next record of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// So many bytes; they are the first of [`Bytes::rest`] and not consumed yet.
    Whole(usize),
    /// The input broke off within the record, after so many bytes.
    Torn(usize),
    /// A record longer than allowed, so many bytes long; it is consumed.
    TooLong(u64),
    /// There is no more.
    End,
}

/// Finds the end of the record that begins here: before the next line that `begins` one, or at
/// the end of the input.
///
/// `begins` is given a line and what is in memory after it, at least `ahead` bytes where there
/// are so many. It is not asked about the first line. Costs one pass over the record.
pub(super) fn next_frame(
    bytes: &mut Bytes,
    limit: u64,
    ahead: usize,
    begins: impl Fn(&[u8]) -> bool,
) -> Frame {
    if bytes.rest().is_empty() && !bytes.fill() {
        return Frame::End;
    }
    let mut gone = 0u64;
    let mut seen = 0;
    let mut ended = false;
    loop {
        let rest = bytes.rest();
        let mut end = None;
        let mut wanted = rest.len();
        for line in memchr::memchr_iter(b'\n', &rest[seen..]).map(|at| seen + at + 1) {
            if line + ahead > rest.len() && !ended {
                // The line break is looked at again once there is more.
                wanted = line - 1;
                break;
            }
            if line < rest.len() && begins(&rest[line..]) {
                end = Some(line);
                break;
            }
        }
        seen = wanted;
        let len = end.unwrap_or(rest.len());
        if gone > 0 || len as u64 > limit {
            let part = end.unwrap_or(seen);
            gone += part as u64;
            bytes.consume(part);
            seen -= part.min(seen);
            if end.is_some() || (ended && bytes.rest().is_empty()) {
                return Frame::TooLong(gone);
            }
        } else if let Some(end) = end {
            return Frame::Whole(end);
        } else if ended {
            return if bytes.failed() { Frame::Torn(len) } else { Frame::Whole(len) };
        }
        ended = !bytes.fill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(text: &str, limit: u64) -> Vec<Frame> {
        /// Hands out three bytes a read.
        struct Drip(std::io::Cursor<Vec<u8>>);
        impl std::io::Read for Drip {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let most = buffer.len().min(3);
                self.0.read(&mut buffer[..most])
            }
        }
        let reader = Drip(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut bytes = Bytes::new(Box::new(reader), 0);
        let mut out = Vec::new();
        loop {
            let frame = next_frame(&mut bytes, limit, 2, |line| line.starts_with(b".I"));
            match frame {
                Frame::End => return out,
                Frame::Whole(len) => bytes.consume(len),
                _ => {}
            }
            out.push(frame);
        }
    }

    #[test]
    fn a_record_ends_where_the_next_begins() {
        let text = ".I 1\nabc\n.I 2\n\n.II\n.";
        let wanted = [Frame::Whole(9), Frame::Whole(6), Frame::Whole(5)];
        assert_eq!(frames(text, 100), wanted);
        assert_eq!(frames("x\n.", 100), [Frame::Whole(3)]);
    }

    #[test]
    fn a_record_that_is_too_long_costs_no_other() {
        let text = format!(".I 1\n{}.I 2\nb\n.I 3\n{}", "a\n".repeat(100), "c".repeat(50));
        assert_eq!(frames(&text, 40), [Frame::TooLong(205), Frame::Whole(7), Frame::TooLong(55)]);
    }
}
