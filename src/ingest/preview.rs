//! A look at inputs before a run: formats, mapping, first articles with tags; nothing is written.

use super::batch::defect;
use super::caught::caught;
use super::examine::language;
use super::report::{EXAMPLES, Reject};
use super::{Feed, Input, Options, Stop};
use crate::article::{Article, Words};
use crate::source::{Description, Format, KeyUse, RecordError, Source};
use crate::tag::{Reading, Tagger, Tags};

/// Files that are opened at most.
const MAX_FILES: u64 = 1_000;
/// Records of one file that are read at most in search of articles.
const MAX_RECORDS: usize = 1_000;

/// What a run would find.
#[derive(Debug, Default)]
pub struct Preview {
    /// Kinds of files, in the order in which they were met.
    pub shapes: Vec<Shape>,
    /// Files looked into: the first thousand.
    pub files: u64,
    /// There are more files.
    pub more_files: bool,
    /// Records looked at that would be rejected.
    pub rejected: u64,
    /// The first of them.
    pub first_rejects: Vec<Reject>,
}

/// Files of one format that are read alike.
#[derive(Debug)]
pub struct Shape {
    /// The format.
    pub format: Format,
    /// `gzip` or `zstd`.
    pub compression: Option<&'static str>,
    /// What else was found out, such as `delimiter ';', no header`; may be empty.
    pub detail: String,
    /// How many files are so.
    pub files: u64,
    /// The first of them.
    pub first_file: String,
    /// Keys of the records read, and which fields they went to.
    pub keys: Vec<KeyUse>,
    /// The first articles.
    pub articles: Vec<Sample>,
}

/// An article as it would be written.
#[derive(Debug)]
pub struct Sample {
    /// The article with its id, and what was dropped or repaired in it.
    pub article: Article,
    /// The language it would be analysed in.
    pub lang: String,
    /// Its tags.
    pub tags: Tags,
}

/// Looks into the first files: the first `limit` articles of each kind of file, tagged.
///
/// Opens at most 1,000 files, and reads of each no more than it needs.
pub fn preview(
    feed: Feed,
    options: &Options,
    tagger: &Tagger,
    limit: usize,
    stop: &Stop,
) -> Preview {
    let mut preview = Preview::default();
    for input in feed.inputs {
        if preview.files == MAX_FILES || stop.is_asked() {
            preview.more_files = true;
            break;
        }
        preview.files += 1;
        match input {
            Ok(input) => preview.look(input, options, tagger, limit),
            Err(error) => preview.reject(&error),
        }
    }
    preview
}

impl Preview {
    fn look(&mut self, input: Input, options: &Options, tagger: &Tagger, limit: usize) {
        let Input { file, open } = input;
        let panicked = |panic: String| RecordError::file(&file, "panic", defect(&panic));
        let mut source = match caught(open).unwrap_or_else(|panic| Err(panicked(panic))) {
            Ok(source) => source,
            Err(error) => return self.reject(&error),
        };
        // Some things are known of a file only once a record was read.
        let mut first = self.read(&mut *source, &panicked, options, tagger);
        let at = self.shape(&source.describe(), &file.display().to_string());
        for _ in 0..MAX_RECORDS {
            let Some(sample) = first.take() else { break };
            if self.shapes[at].articles.len() >= limit {
                break;
            }
            self.shapes[at].articles.push(sample);
            if self.shapes[at].articles.len() < limit {
                first = self.read(&mut *source, &panicked, options, tagger);
            }
        }
        self.merge_keys(at, source.describe().keys);
    }

    /// The next article of a file; rejects before it are counted.
    fn read(
        &mut self,
        source: &mut dyn Source,
        panicked: &dyn Fn(String) -> RecordError,
        options: &Options,
        tagger: &Tagger,
    ) -> Option<Sample> {
        for _ in 0..MAX_RECORDS {
            let sample = match caught(|| source.next()) {
                Ok(record) => {
                    let tagged = |article| caught(|| sample(article, options, tagger));
                    record?.and_then(|article| tagged(article).map_err(panicked))
                }
                Err(panic) => {
                    self.reject(&panicked(panic));
                    return None;
                }
            };
            match sample {
                Ok(sample) => return Some(sample),
                Err(error) => self.reject(&error),
            }
        }
        None
    }

    /// The place of the shape that a file has.
    fn shape(&mut self, description: &Description, file: &str) -> usize {
        let known = self.shapes.iter().position(|shape| {
            shape.format == description.format
                && shape.compression == description.compression
                && shape.detail == description.detail
        });
        let at = known.unwrap_or_else(|| {
            self.shapes.push(Shape {
                format: description.format,
                compression: description.compression,
                detail: description.detail.clone(),
                files: 0,
                first_file: file.to_owned(),
                keys: Vec::new(),
                articles: Vec::new(),
            });
            self.shapes.len() - 1
        });
        self.shapes[at].files += 1;
        at
    }

    fn merge_keys(&mut self, at: usize, keys: Vec<KeyUse>) {
        let known = &mut self.shapes[at].keys;
        for key in keys {
            let same = |other: &KeyUse| other.key == key.key && other.field == key.field;
            match known.iter().position(same) {
                Some(at) => known[at].records += key.records,
                None if known.len() < 256 => known.push(key),
                None => {}
            }
        }
    }

    fn reject(&mut self, error: &RecordError) {
        self.rejected += 1;
        if self.first_rejects.len() < EXAMPLES {
            self.first_rejects.push(Reject::of(error));
        }
    }
}

fn sample(mut article: Article, options: &Options, tagger: &Tagger) -> Sample {
    article.ensure_id(&options.id_prefix);
    let lang = language(&article, &options.default_lang);
    let words = Words::of(&article);
    let date = article.date.as_ref().map(|date| date.start);
    let tags =
        tagger.tag(&Reading { article: &article, words: &words, lang: &lang, date, home: None });
    Sample { article, lang, tags }
}

#[cfg(test)]
mod tests {
    use super::super::memory::{Step, article, feed};
    use super::*;

    #[test]
    fn each_kind_of_file_shows_its_first_articles() {
        let files = [
            ("a", vec![Step::Reject("bad_json"), article("1", "One", "Text.")]),
            ("unreadable", vec![]),
            ("b", vec![article("2", "Two", "Text."), Step::Panic, article("3", "Three", "Text.")]),
            ("c", vec![article("4", "Four", "Text."), article("5", "Five", "Text.")]),
        ];
        let tagger = Tagger::new();
        let options = Options { id_prefix: "x-".into(), ..Options::default() };
        let preview = preview(feed(&files), &options, &tagger, 3, &Stop::default());
        assert_eq!((preview.files, preview.more_files, preview.rejected), (4, false, 3));
        assert_eq!((preview.shapes.len(), preview.shapes[0].files), (1, 3));
        let ids: Vec<_> = preview.shapes[0]
            .articles
            .iter()
            .map(|sample| sample.article.id.as_deref().unwrap())
            .collect();
        assert_eq!(ids, ["x-1", "x-2", "x-4"]);
        assert_eq!(preview.first_rejects[1].file, "unreadable");
    }
}
