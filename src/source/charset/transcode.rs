//! Bytes of another charset to UTF-8, each character with the number of bytes it was made of.

use std::fmt;

use encoding_rs::{CoderResult, Decoder, Encoding};

/// The longest text that one byte of input can complete: a replacement character and a character
/// after it.
const MOST: usize = 16;

/// Decodes a stream piece by piece.
pub(in crate::source) struct Transcoder {
    decoder: Decoder,
    ascii: bool,
    /// Bytes taken of a character that is not complete.
    pending: u8,
    finished: bool,
}

impl fmt::Debug for Transcoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcoder").field("encoding", &self.decoder.encoding().name()).finish()
    }
}

impl Transcoder {
    /// A decoder for input without byte order mark.
    pub(in crate::source) fn new(encoding: &'static Encoding) -> Transcoder {
        let decoder = encoding.new_decoder_without_bom_handling();
        Transcoder { decoder, ascii: encoding.is_ascii_compatible(), pending: 0, finished: false }
    }

    /// Decodes as much of `from` as fits; the bytes taken and the bytes written.
    ///
    /// `widths` is as long as `into` and gets, at the first byte of each character, how many bytes
    /// of input it was made of, and 0 at the others. What is malformed becomes U+FFFD. `last` says
    /// that nothing follows `from`.
    pub(in crate::source) fn decode(
        &mut self,
        from: &[u8],
        last: bool,
        into: &mut [u8],
        widths: &mut [u8],
    ) -> (usize, usize) {
        let (mut taken, mut written) = (0, 0);
        while into.len() - written >= MOST && !self.finished {
            if self.ascii && self.pending == 0 {
                let most = (from.len() - taken).min(into.len() - written);
                let run = &from[taken..taken + most];
                let len = Encoding::ascii_valid_up_to(run);
                into[written..written + len].copy_from_slice(&run[..len]);
                widths[written..written + len].fill(1);
                taken += len;
                written += len;
                if into.len() - written < MOST {
                    break;
                }
            }
            let ends = last && taken == from.len();
            if taken == from.len() && !ends {
                break;
            }
            let one = &from[taken..from.len().min(taken + 1)];
            let room = &mut into[written..];
            let (result, read, made, _) = self.decoder.decode_to_utf8(one, room, ends);
            taken += read;
            self.pending = self.pending.saturating_add(read as u8);
            if made > 0 {
                widths[written] = std::mem::take(&mut self.pending);
                widths[written + 1..written + made].fill(0);
                written += made;
            }
            self.finished = ends && result == CoderResult::InputEmpty;
        }
        (taken, written)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1251};
    use proptest::prelude::*;

    use super::*;

    /// Decodes in pieces; the text, and the bytes that each character was made of.
    fn decode(encoding: &'static Encoding, bytes: &[u8], piece: usize) -> (String, Vec<usize>) {
        let mut transcoder = Transcoder::new(encoding);
        let (mut text, mut widths) = (Vec::new(), Vec::new());
        let mut at = 0;
        loop {
            let end = (at + piece).min(bytes.len());
            let last = end == bytes.len();
            let (mut into, mut made) = (vec![0; 40], vec![9; 40]);
            let (taken, written) = transcoder.decode(&bytes[at..end], last, &mut into, &mut made);
            text.extend_from_slice(&into[..written]);
            widths.extend_from_slice(&made[..written]);
            at += taken;
            if last && at == bytes.len() && written == 0 {
                break;
            }
        }
        let text = String::from_utf8(text).unwrap();
        let widths = text.char_indices().map(|(at, _)| usize::from(widths[at])).collect();
        (text, widths)
    }

    #[test]
    fn characters_know_their_width() {
        let (text, widths) = decode(SHIFT_JIS, b"a\x95\x5cb\n", 1);
        assert_eq!((text.as_str(), widths), ("a表b\n", vec![1, 2, 1, 1]));
        let (text, widths) = decode(UTF_16LE, b"a\0\x3d\xd8\x00\xdeb\0", 3);
        assert_eq!((text.as_str(), widths), ("a😀b", vec![2, 4, 2]));
        let (text, widths) = decode(ISO_2022_JP, b"a\x1b$BF|K\\\x1b(Bb", 100);
        assert_eq!((text.as_str(), widths), ("a日本b", vec![1, 5, 2, 4]));
        let (text, widths) = decode(UTF_16BE, b"\0a\0", 100);
        assert_eq!((text.as_str(), widths), ("a\u{FFFD}", vec![2, 1]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_bytes_decode_as_in_one_piece(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            piece in 1usize..50,
            which in 0usize..7,
        ) {
            let encoding =
                [BIG5, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1251][which];
            let (text, widths) = decode(encoding, &bytes, piece);
            let (whole, _) = encoding.decode_without_bom_handling(&bytes);
            prop_assert_eq!(text, whole);
            prop_assert!(widths.iter().sum::<usize>() <= bytes.len());
        }
    }
}
