//! Markdown to the text that a reader sees: marks and addresses gone, paragraphs apart.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::source::entities::resolve;
use crate::source::markup::untagged;

/// What a reader sees of a text.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// The heading with which the text begins.
    pub(super) title: Option<String>,
    /// The rest.
    pub(super) body: String,
}

/// Events with their places in the text.
pub(super) fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(text, options).into_offset_iter()
}

/// Renders a text. Linear.
pub(super) fn render(text: &str) -> Rendered {
    let mut rendered = Rendered::default();
    let mut out = Writer::default();
    for (event, _) in events(text) {
        if matches!(event, Event::End(TagEnd::Heading(_)))
            && rendered.title.is_none()
            && out.blocks == 1
        {
            let title = std::mem::take(&mut out.text);
            rendered.title = Some(title.split_whitespace().collect::<Vec<_>>().join(" "));
            continue;
        }
        out.event(event);
    }
    rendered.title = rendered.title.filter(|title| !title.is_empty());
    rendered.body = out.text.trim_end().to_owned();
    rendered
}

/// Puts events into a text.
#[derive(Debug, Default)]
struct Writer {
    text: String,
    /// Blocks begun so far.
    blocks: usize,
    /// Numbers of the next items of the lists that are open.
    lists: Vec<Option<u64>>,
    /// The block was opened by an item and stands on its line.
    in_item: bool,
    html: String,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(end) => self.end(end),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => {
                self.text.push_str(&text);
            }
            Event::DisplayMath(text) => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Html(html) => self.html.push_str(&html),
            Event::InlineHtml(tag) if tag.starts_with("<br") || tag.starts_with("<BR") => {
                self.text.push('\n');
            }
            Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::CodeBlock(_)
            | Tag::Table(_)
            | Tag::FootnoteDefinition(_) => self.block(),
            Tag::TableHead | Tag::TableRow => self.line(),
            Tag::TableCell if !self.text.ends_with('\n') && !self.text.is_empty() => {
                self.text.push('\t');
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(*first);
            }
            Tag::Item => {
                self.line();
                let depth = self.lists.len().clamp(1, 16) - 1;
                self.text.extend(std::iter::repeat_n("  ", depth));
                match self.lists.last_mut() {
                    Some(Some(number)) => {
                        self.text.push_str(&format!("{number}. "));
                        *number = number.saturating_add(1);
                    }
                    _ => self.text.push_str("- "),
                }
                self.in_item = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Item => self.in_item = false,
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                let text = untagged(&html);
                let text = resolve(&text);
                if !text.trim().is_empty() {
                    self.block();
                    self.text.push_str(text.trim());
                }
            }
            _ => {}
        }
    }

    /// Begins a block of its own, apart from the one before.
    fn block(&mut self) {
        self.blocks += 1;
        if std::mem::take(&mut self.in_item) {
            return;
        }
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if kept > 0 {
            self.text.push_str("\n\n");
        }
    }

    /// Begins a line.
    fn line(&mut self) {
        self.in_item = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}
