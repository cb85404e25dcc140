//! The forms of the SMART test collections: `.I .T .W`, and the `*TEXT` of TIME.

use std::borrow::Cow;

use serde_json::Value;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::frames::{Frame, next_frame};
use super::jsonl::too_large;
use super::mapping::{Mapper, Place, take_date};
use super::open::Records;
use crate::article::date::DateOrder;
use crate::article::{Article, PartialDate};

/// Bytes after the beginning of a line that tell whether a record begins there.
const AHEAD: usize = 8;

/// Which of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `.I 1`, and under it a letter a field.
    Letters,
    /// `*TEXT 017 01/04/63 PAGE 020`, and under it the text.
    Time,
}

/// The form of a text that begins so.
pub(super) fn sniff(text: &[u8]) -> Option<Form> {
    if Form::Time.begins(text) {
        return Some(Form::Time);
    }
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let id = lines.next()?.strip_prefix(b".I ")?;
    let is_id = !id.is_empty() && id.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ');
    // A page for troff may begin with a dot, but has no number and no field after it.
    let field = lines.next()?;
    (is_id && field.len() == 2 && field[0] == b'.' && field[1].is_ascii_uppercase())
        .then_some(Form::Letters)
}

impl Form {
    fn begins(self, line: &[u8]) -> bool {
        let (mark, rest) = line.split_at(line.len().min(match self {
            Form::Letters => 3,
            Form::Time => 6,
        }));
        let number = rest.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
        match self {
            Form::Letters => mark == b".I " && number,
            // The last line of the file is a mark of its own.
            Form::Time => (mark == b"*TEXT " && number) || line.starts_with(b"*STOP"),
        }
    }
}

/// Reads one record after the other.
#[derive(Debug)]
pub(super) struct Smart(pub(super) Form);

impl Records for Smart {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        loop {
            let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
            let len = match next_frame(bytes, limit, AHEAD, |line| self.0.begins(line)) {
                Frame::Whole(len) => len,
                Frame::TooLong(len) => return Some(Err(too_large(mapper, place, len, limit))),
                Frame::Torn(_) | Frame::End => return None,
            };
            place.len = bytes.width(len);
            let record = &bytes.rest()[..len];
            if record.trim_ascii().is_empty() || record.starts_with(b"*STOP") {
                bytes.consume(len);
                continue;
            }
            let decoded = decode(record);
            let text = match decoded.text.contains('\r') {
                true => Cow::Owned(decoded.text.replace("\r\n", "\n")),
                false => Cow::Borrowed(decoded.text.as_ref()),
            };
            let mut article = match self.0 {
                Form::Letters => letters(&text),
                Form::Time => time(&text),
            };
            decoded.tell(&mut article);
            let article = mapper.finish(article, place);
            bytes.consume(len);
            return Some(article);
        }
    }
}

/// The number without leading zeros.
fn number(digits: &str) -> String {
    let digits = digits.trim();
    let short = digits.trim_start_matches('0');
    if short.is_empty() { digits.chars().take(1).collect() } else { short.to_owned() }
}

fn letters(text: &str) -> Article {
    let (first, mut rest) = text.split_once('\n').unwrap_or((text, ""));
    let id = number(first.get(2..).unwrap_or_default());
    let mut article = Article { id: Some(id), ..Article::default() };
    while let Some((letter, content, after)) = field(rest) {
        rest = after;
        let content = content.trim_matches('\n').trim_end();
        let one_line = || content.split_whitespace().collect::<Vec<_>>().join(" ");
        match letter {
            _ if content.trim().is_empty() => {}
            "T" if article.title.is_empty() => article.title = one_line(),
            "A" if article.author.is_none() => {
                let authors: Vec<&str> = content.lines().map(str::trim).collect();
                article.author = Some(authors.join("; "));
            }
            "W" if article.body.is_empty() => content.clone_into(&mut article.body),
            "W" => {
                article.body.push('\n');
                article.body.push_str(content);
            }
            // .B is where it was printed; .X, .N and others are the collection's own.
            letter => {
                article.extra.insert(format!(".{letter}"), Value::String(content.to_owned()));
            }
        }
    }
    article
}

/// The field that begins with the first line `.L`: its letter, its text, and what follows.
fn field(text: &str) -> Option<(&str, &str, &str)> {
    let mark = |line: &str| {
        let line = line.trim_end();
        line.len() == 2 && line.starts_with('.') && line.as_bytes()[1].is_ascii_uppercase()
    };
    let mut at = 0;
    let mut begun = None;
    for line in text.split_inclusive('\n') {
        if mark(line) {
            match begun {
                None => begun = Some((at, at + line.len())),
                Some((letter, start)) => {
                    return Some((&text[letter + 1..letter + 2], &text[start..at], &text[at..]));
                }
            }
        }
        at += line.len();
    }
    begun.map(|(letter, start)| (&text[letter + 1..letter + 2], &text[start..], ""))
}

fn time(text: &str) -> Article {
    let (head, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = head.split_whitespace().skip(1);
    let id = number(words.next().unwrap_or_default());
    let source = Some("Time".to_owned());
    let mut article = Article { id: Some(id), source, ..Article::default() };
    let words: Vec<&str> = words.collect();
    let page = words.iter().position(|word| word.eq_ignore_ascii_case("PAGE"));
    // Eight of the 423 heads have a blank within the date.
    let date = words[..page.unwrap_or(words.len())].join("/");
    if !date.is_empty() {
        take_date(&mut article, PartialDate::parse(&date, DateOrder::Mdy), "date", date);
    }
    if let Some(page) = page.and_then(|at| words.get(at + 1)) {
        article.extra.insert("page".to_owned(), Value::String((*page).to_owned()));
    }
    article.body = single_spaced(body);
    article
}

/// Text whose lines all have a blank line between them, without these.
fn single_spaced(text: &str) -> String {
    let lines: Vec<&str> = text.trim().split('\n').collect();
    let doubled = lines.iter().skip(1).step_by(2).all(|line| line.trim().is_empty());
    if doubled && lines.len() > 2 {
        lines.into_iter().step_by(2).collect::<Vec<_>>().join("\n")
    } else {
        text.trim_matches('\n').trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ReadOptions, open_reader};
    use super::*;

    fn read(text: &str) -> Vec<Article> {
        let reader = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let all = open_reader(reader, "x.all".as_ref(), 0, &ReadOptions::default()).unwrap();
        all.map(Result::unwrap).collect()
    }

    #[test]
    fn fields_by_letter_are_read() {
        let all = read(
            ".I 1\n.T\nflow past\na wing .\n.A\nwriter,a.\nother,b.\n.B\nj. 25, 1958.\n.W\nflow past\n  a \
             wing .\n.5 of it\n.X\n1\t5\n.I 002\n.T \nEmpty\n.W\n.I 0\n.W\r\nText\r\n",
        );
        let one = &all[0];
        assert_eq!((one.id.as_deref(), one.title.as_str()), (Some("1"), "flow past a wing ."));
        assert_eq!(one.body, "flow past\n  a wing .\n.5 of it");
        assert_eq!(one.author.as_deref(), Some("writer,a.; other,b."));
        assert_eq!(
            (one.extra[".B"].as_str(), one.extra[".X"].as_str()),
            (Some("j. 25, 1958."), Some("1\t5"))
        );
        assert_eq!((all[1].id.as_deref(), all[1].is_stub()), (Some("2"), true));
        assert_eq!((all[2].id.as_deref(), all[2].body.as_str()), (Some("0"), "Text"));
        assert_eq!((all[1].provenance.line, all[1].provenance.len), (16, 20));
    }

    #[test]
    fn the_head_of_a_time_text_has_number_date_and_page() {
        let all = read(
            "*TEXT 017 01/04/63 PAGE 020\n\nTHE ALLIES AFTER\n\nTHE PACT .\n\n*TEXT 431 08/30 63 PAGE 026\n\
             ONE\nTWO\n\nTHREE\n*TEXT 5 13/45/63\nX\n*STOP\n",
        );
        assert_eq!(all[0].body, "THE ALLIES AFTER\nTHE PACT .");
        assert_eq!(
            (all[0].id.as_deref(), all[0].extra["page"].as_str()),
            (Some("17"), Some("020"))
        );
        let days: Vec<_> =
            all.iter().map(|one| one.date.as_ref().map(PartialDate::display)).collect();
        assert_eq!(days, [Some("1963-01-04".into()), Some("1963-08-30".into()), None]);
        assert_eq!(all[1].body, "ONE\nTWO\n\nTHREE");
        assert_eq!(all[2].notes[0].code, "bad_date");
    }
}
