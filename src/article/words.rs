//! The words of an article's title, dateline and body, cut once and read by tagger and index.

use super::Article;
use crate::text::Tokens;

/// The words of one article; reusable, so that a run of articles allocates once.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// Words of the title.
    pub title: Tokens,
    /// Words of the dateline field, where the input keeps one apart from the body.
    pub dateline: Tokens,
    /// Words of the body.
    pub body: Tokens,
}

impl Words {
    /// The words of `article`.
    pub fn of(article: &Article) -> Words {
        let mut words = Words::default();
        words.cut(article);
        words
    }

    /// Cuts `article` anew.
    pub fn cut(&mut self, article: &Article) {
        self.title.cut(&article.title);
        self.dateline.cut(article.dateline.as_deref().unwrap_or_default());
        self.body.cut(&article.body);
    }
}
