//! Token streams as text: analysed once on a worker, decoded by tantivy's indexing threads.
//!
//! Each token is a step byte and the term: step 1 is the next position, 2 the same position, 3 a
//! jump (decimal digits, then 5), 4 the same term once more at the same position. Terms never
//! hold bytes below 8.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::engine::streams::TokenSink;

const NEXT: u8 = 1;
const SAME: u8 = 2;
const JUMP: u8 = 3;
const REPEAT: u8 = 4;
const JUMP_END: u8 = 5;
const LOWEST: u8 = 8;

/// The longest term that is kept, in bytes; longer words are cut there, as in queries.
pub const MAX_TERM_BYTES: usize = 512;

/// `term` cut to [`MAX_TERM_BYTES`] at a character boundary.
pub fn cut(term: &str) -> &str {
    if term.len() <= MAX_TERM_BYTES {
        return term;
    }
    let mut end = MAX_TERM_BYTES;
    while !term.is_char_boundary(end) {
        end -= 1;
    }
    &term[..end]
}

/// Encodes a token stream at the end of a text.
#[derive(Debug)]
pub struct Encoder<'o> {
    out: &'o mut String,
    position: i64,
}

impl<'o> Encoder<'o> {
    /// An encoder that appends to `out`.
    pub fn new(out: &'o mut String) -> Encoder<'o> {
        Encoder { out, position: -1 }
    }

    /// One term at the next position, of any length; `write` appends it. It loses control
    /// characters, see [`plain`].
    pub fn term(&mut self, write: impl FnOnce(&mut String)) {
        self.out.push(NEXT as char);
        self.position += 1;
        let from = self.out.len();
        write(self.out);
        plain(self.out, from);
    }
}

/// Removes from `text[from..]` the control characters that terms never hold.
pub fn plain(text: &mut String, from: usize) {
    if text.as_bytes()[from..].iter().any(|&byte| byte < LOWEST) {
        let tail = text.split_off(from);
        text.extend(tail.chars().filter(|&c| c as u32 >= u32::from(LOWEST)));
    }
}

impl TokenSink for Encoder<'_> {
    fn token(&mut self, term: &str, position: u32, times: usize) {
        let position = i64::from(position);
        match position - self.position {
            1 => self.out.push(NEXT as char),
            0 => self.out.push(SAME as char),
            step => {
                self.out.push(JUMP as char);
                self.out.push_str(&step.max(0).to_string());
                self.out.push(JUMP_END as char);
            }
        }
        self.position = self.position.max(position);
        let from = self.out.len();
        self.out.push_str(cut(term));
        plain(self.out, from);
        for _ in 1..times {
            self.out.push(REPEAT as char);
        }
    }
}

/// The tokenizer that tantivy calls; it only decodes.
#[derive(Debug, Clone, Default)]
pub struct StreamTokenizer {
    token: Token,
    backlog: Arc<Backlog>,
}

impl StreamTokenizer {
    /// A tokenizer that tells this backlog what it reads.
    pub fn new(backlog: Arc<Backlog>) -> StreamTokenizer {
        StreamTokenizer { token: Token::default(), backlog }
    }
}

/// Bytes of token streams that tantivy's queue holds.
///
/// tantivy bounds its queue by 10,000 documents, however large; what its threads have begun to
/// read is known here, because they read through [`StreamTokenizer`].
#[derive(Debug, Default)]
pub struct Backlog {
    bytes: Mutex<u64>,
    read: Condvar,
}

impl Backlog {
    /// Adds `bytes` and waits until at most `limit` are unread, or nothing was read for
    /// `patience` (a large segment is being written, or tantivy's threads are gone).
    pub fn add(&self, bytes: u64, limit: u64, patience: Duration) {
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *held += bytes;
        while *held > limit {
            let before = *held;
            let waited = self.read.wait_timeout(held, patience);
            let (now, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            held = now;
            if timeout.timed_out() && *held == before {
                return;
            }
        }
    }

    fn take(&self, bytes: u64) {
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *held = held.saturating_sub(bytes);
        self.read.notify_one();
    }
}

/// The tokens of one encoded stream.
#[derive(Debug)]
pub struct Decoder<'a> {
    text: &'a str,
    at: usize,
    next_position: usize,
    token: &'a mut Token,
}

impl Tokenizer for StreamTokenizer {
    type TokenStream<'a> = Decoder<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Decoder<'a> {
        self.token.reset();
        self.backlog.take(text.len() as u64);
        Decoder { text, at: 0, next_position: 0, token: &mut self.token }
    }
}

impl TokenStream for Decoder<'_> {
    fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let Some(&step) = bytes.get(self.at) else { return false };
        self.at += 1;
        match step {
            REPEAT => return true,
            NEXT => {
                self.token.position = self.next_position;
                self.next_position += 1;
            }
            JUMP => {
                let mut jump = 0;
                while let Some(&digit) = bytes.get(self.at) {
                    self.at += 1;
                    if digit == JUMP_END {
                        break;
                    }
                    jump = jump * 10 + usize::from(digit - b'0');
                }
                self.token.position = (self.next_position + jump).saturating_sub(1);
                self.next_position = self.token.position + 1;
            }
            _ => {}
        }
        let from = self.at;
        while self.at < bytes.len() && bytes[self.at] >= LOWEST {
            self.at += 1;
        }
        self.token.text.clear();
        self.token.text.push_str(&self.text[from..self.at]);
        self.token.offset_from = from;
        self.token.offset_to = self.at;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(tokens: &[(&str, u32, usize)]) -> Vec<(String, usize)> {
        let mut text = String::new();
        let mut encoder = Encoder::new(&mut text);
        for &(term, position, times) in tokens {
            encoder.token(term, position, times);
        }
        let mut tokenizer = StreamTokenizer::default();
        let mut stream = tokenizer.token_stream(&text);
        let mut out = Vec::new();
        while stream.advance() {
            out.push((stream.token().text.clone(), stream.token().position));
        }
        out
    }

    #[test]
    fn what_goes_in_comes_out() {
        let seen = round(&[
            ("@s", 0, 1),
            ("日本", 0, 1),
            ("b", 1, 3),
            ("c", 5, 1),
            ("d", 6, 1),
            ("t", 1030, 2),
        ]);
        let expected = [
            ("@s", 0),
            ("日本", 0),
            ("b", 1),
            ("b", 1),
            ("b", 1),
            ("c", 5),
            ("d", 6),
            ("t", 1030),
            ("t", 1030),
        ];
        let seen: Vec<(&str, usize)> = seen.iter().map(|(t, p)| (t.as_str(), *p)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_stream_may_start_anywhere_and_terms_lose_control_bytes() {
        assert_eq!(round(&[("a\u{1}b", 7, 1)]), [("ab".to_owned(), 7)]);
    }

    proptest::proptest! {
        #[test]
        fn any_stream_comes_back(steps in proptest::collection::vec(("[a-z日é]{1,4}", 0u32..2000, 1usize..4), 0..40)) {
            let mut position = 0;
            let mut tokens = Vec::new();
            let mut expected = Vec::new();
            for (term, step, times) in &steps {
                position += step;
                tokens.push((term.as_str(), position, *times));
                for _ in 0..*times {
                    expected.push((term.clone(), position as usize));
                }
            }
            assert_eq!(round(&tokens), expected);
        }
    }
}
