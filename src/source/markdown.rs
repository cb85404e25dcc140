//! Markdown with a head before its text: one story a file, several with a head each, or several
//! under headings that link to them.

mod digest;
mod render;

use std::collections::VecDeque;

use super::RecordError;
use super::bytes::Bytes;
use super::charset::decode;
use super::fields::Field;
use super::frames::{Frame, next_frame};
use super::front_matter::{self, split};
use super::jsonl::too_large;
use super::mapping::{Mapper, Pairs, Place};
use super::open::Records;
use super::plain::{headline, without_blank_lines};
use crate::article::Article;

/// Reads the stories of a file.
#[derive(Debug)]
pub(super) struct Markdown {
    /// Whether the text is Markdown, or plain under a head.
    marked: bool,
    pending: VecDeque<(Article, Place)>,
}

impl Markdown {
    /// A reader; `marked` tells whether the text under the head is Markdown.
    pub(super) fn new(marked: bool) -> Markdown {
        Markdown { marked, pending: VecDeque::new() }
    }
}

impl Records for Markdown {
    fn next(
        &mut self,
        bytes: &mut Bytes,
        mapper: &mut Mapper,
    ) -> Option<Result<Article, RecordError>> {
        let limit = mapper.options().limits.max_record_bytes;
        loop {
            if let Some((article, place)) = self.pending.pop_front() {
                return Some(mapper.finish(article, place));
            }
            let mut place = Place { line: bytes.line(), offset: bytes.offset(), len: 0 };
            let ahead = front_matter::LONGEST;
            let len = match next_frame(bytes, limit, ahead, front_matter::begins) {
                Frame::Whole(len) => len,
                Frame::TooLong(len) => return Some(Err(too_large(mapper, place, len, limit))),
                Frame::Torn(_) | Frame::End => return None,
            };
            place.len = bytes.width(len);
            self.read(&bytes.rest()[..len], place, !bytes.is_transcoded(), mapper);
            bytes.consume(len);
        }
    }
}

impl Markdown {
    fn read(&mut self, record: &[u8], place: Place, exact: bool, mapper: &mut Mapper) {
        let decoded = decode(record);
        if decoded.text.trim().is_empty() {
            return;
        }
        let (mut head, text, problem) = match split(without_blank_lines(&decoded.text)) {
            Some(fenced) => {
                let (pairs, problem) = fenced.read();
                (pairs, fenced.rest, problem)
            }
            None => (Vec::new(), decoded.text.as_ref(), None),
        };
        // A description only stands in for a text.
        let mut aside: Pairs<'static> = Vec::new();
        if !text.trim().is_empty() {
            let is_body = |key: &str| mapper.resolve(key).0 == Field::Body;
            aside = head.extract_if(.., |(key, _)| is_body(key)).collect();
        }
        let finish = |article: &mut Article| {
            let aside = aside.iter().map(|(key, value)| (key.to_string(), value.clone()));
            article.extra.extend(aside);
            decoded.tell(article);
            if let Some(problem) = &problem {
                article.note("front_matter", problem.clone());
            }
        };
        let Some(stories) = self.marked.then(|| digest::stories(text)).flatten() else {
            let mut article = self.article(head, text, mapper);
            finish(&mut article);
            return self.pending.push_back((article, place));
        };
        // Places within the record hold only where nothing in it was replaced.
        let exact = exact && decoded.foreign + decoded.nuls == 0;
        let before = decoded.text.len() - text.len();
        let (mut line, mut counted) = (place.line, 0);
        for story in stories {
            let mut pairs: Pairs<'static> = head.clone();
            pairs.retain(|(key, _)| !story.own.contains(&mapper.resolve(key).0));
            let mut article = mapper.map(pairs);
            story.fill(&mut article, mapper);
            finish(&mut article);
            let start = before + story.range.start;
            let passed = &decoded.text.as_bytes()[counted..start];
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            counted = start;
            let own =
                Place { line, offset: place.offset + start as u64, len: story.range.len() as u64 };
            self.pending.push_back((article, if exact { own } else { place }));
        }
    }

    fn article(&self, head: Pairs<'static>, text: &str, mapper: &mut Mapper) -> Article {
        let mut article = if head.is_empty() { Article::default() } else { mapper.map(head) };
        let has_title = !article.title.trim().is_empty();
        let text = text.replace("\r\n", "\n");
        if text.trim().is_empty() {
            return article;
        }
        if !self.marked {
            let (title, body) = if has_title { ("", text.as_str()) } else { headline(&text) };
            if !has_title {
                title.clone_into(&mut article.title);
            }
            without_blank_lines(body).trim_end().clone_into(&mut article.body);
            return article;
        }
        let render::Rendered { title, mut body } = render::render(&text);
        match title {
            Some(title) if !has_title => article.title = title,
            // It is no repetition of the head, but a heading of the text.
            Some(title) if title != article.title => {
                body.insert_str(0, "\n\n");
                body.insert_str(0, &title);
            }
            Some(_) => {}
            None if !has_title => {
                let (title, rest) = headline(&body);
                if !title.is_empty() && !title.ends_with(['.', '。']) {
                    title.clone_into(&mut article.title);
                    body = rest.to_owned();
                }
            }
            None => {}
        }
        body.trim_end().clone_into(&mut article.body);
        article
    }
}

#[cfg(test)]
mod tests;
