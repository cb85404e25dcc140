//! A target that keeps what a run writes in memory, and inputs made of lists: for tests.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Mutex;

use super::{Feed, Input, Target};
use crate::article::{Article, Provenance};
use crate::engine::embedded::Existing;
use crate::engine::{EngineError, Prepared, Put, Sink, StoredArticle, TaggedArticle};
use crate::source::{Description, Format, RecordError, Source};
use crate::tag::TAGGER_VERSION;

/// What the target keeps of an article.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) stored: StoredArticle,
    pub(super) content_hash: u64,
    pub(super) tagger: u32,
}

/// An index in memory: what is committed, and the operations since.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) committed: BTreeMap<String, Kept>,
    /// What was committed when the run began.
    opened: BTreeMap<String, Kept>,
    pending: BTreeMap<String, Kept>,
    seen: HashSet<String>,
    /// Ids in the order in which they were put, over all runs.
    pub(super) order: Vec<String>,
    pub(super) checkpoints: Vec<String>,
    /// Puts after which the disk is full.
    pub(super) room: Option<usize>,
    /// Ids asked for.
    pub(super) asked: Mutex<usize>,
}

impl Memory {
    /// As after opening anew.
    pub(super) fn reopen(&mut self) {
        self.pending.clear();
        self.seen.clear();
        self.order.clear();
        self.checkpoints.clear();
        self.opened = self.committed.clone();
    }

    pub(super) fn body(&self, id: &str) -> &str {
        &self.committed[id].stored.article.body
    }
}

impl Sink for Memory {
    fn prepare(&self, article: &TaggedArticle) -> Result<Prepared, EngineError> {
        if article.id().len() > 100 {
            return Err(EngineError::Other("its id is too long".to_owned()));
        }
        let stored = StoredArticle {
            article: article.article.clone(),
            tags: article.tags.clone(),
            lang: article.lang.clone(),
            home: article.home.clone(),
            added: article.added,
        };
        let kept = Kept { stored, content_hash: article.content_hash, tagger: TAGGER_VERSION };
        Ok(Prepared { id: article.id().to_owned(), weight: 1, content: Box::new(kept) })
    }

    fn put(&mut self, prepared: Prepared) -> Result<Put, EngineError> {
        if let Some(room) = &mut self.room {
            *room = room
                .checked_sub(1)
                .ok_or_else(|| EngineError::Refused("no space is left on the disk".to_owned()))?;
        }
        let kept = prepared.content.downcast::<Kept>().unwrap();
        self.order.push(prepared.id.clone());
        self.pending.insert(prepared.id.clone(), *kept);
        Ok(if self.seen.insert(prepared.id) { Put::First } else { Put::Again })
    }

    fn delete(&mut self, id: &str) -> Result<(), EngineError> {
        self.pending.remove(id);
        Ok(())
    }

    fn commit(&mut self, checkpoint: &str) -> Result<(), EngineError> {
        self.committed.append(&mut self.pending);
        self.checkpoints.push(checkpoint.to_owned());
        Ok(())
    }
}

impl Target for Memory {
    fn is_empty(&self) -> bool {
        self.opened.is_empty()
    }

    fn existing(&self, id: &str) -> Result<Option<Existing>, EngineError> {
        *self.asked.lock().unwrap() += 1;
        Ok(self.opened.get(id).map(|kept| Existing {
            content_hash: kept.content_hash,
            tagger: kept.tagger,
            added: kept.stored.added,
        }))
    }

    fn stored(&self, id: &str) -> Result<Option<StoredArticle>, EngineError> {
        Ok(self.opened.get(id).map(|kept| kept.stored.clone()))
    }
}

/// What one call of a [`List`] does.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Article(Box<Article>),
    Reject(&'static str),
    Panic,
}

/// An input made of steps.
#[derive(Debug)]
pub(super) struct List {
    file: PathBuf,
    steps: std::vec::IntoIter<Step>,
    line: u64,
}

impl Iterator for List {
    type Item = Result<Article, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.steps.next()?;
        self.line += 1;
        let (file, line) = (self.file.clone(), self.line);
        Some(match step {
            Step::Panic => panic!("a defect of the reader"),
            Step::Reject(code) => {
                let error = RecordError::file(file, code, "bad".into());
                Err(RecordError { line, offset: line * 100, ..error })
            }
            Step::Article(mut article) => {
                article.provenance = Provenance { file, line, len: 100, ..Provenance::default() };
                Ok(*article)
            }
        })
    }
}

impl Source for List {
    fn consumed(&self) -> u64 {
        self.line * 100
    }

    fn describe(&self) -> Description {
        Description {
            format: Format::JsonLines,
            compression: None,
            detail: String::new(),
            keys: Vec::new(),
        }
    }
}

/// A feed of files with their steps.
pub(super) fn feed(files: &[(&str, Vec<Step>)]) -> Feed {
    let total_bytes = Some(files.iter().map(|(_, steps)| steps.len() as u64 * 100).sum());
    let files: Vec<(String, Vec<Step>)> =
        files.iter().map(|(file, steps)| ((*file).to_owned(), steps.clone())).collect();
    let inputs = files.into_iter().map(|(file, steps)| {
        let name = PathBuf::from(&file);
        let open = move || -> Result<Box<dyn Source>, RecordError> {
            if file.starts_with("unreadable") {
                return Err(RecordError::file(&file, "unreadable", "no permission".into()));
            }
            Ok(Box::new(List { file: file.into(), steps: steps.into_iter(), line: 0 }))
        };
        Ok(Input { file: name, open: Box::new(open) })
    });
    Feed { inputs: Box::new(inputs), total_bytes: Box::new(move || total_bytes) }
}

/// An article with an id (none if it is empty), a title and a body.
pub(super) fn article(id: &str, title: &str, body: &str) -> Step {
    Step::Article(Box::new(Article {
        id: (!id.is_empty()).then(|| id.to_owned()),
        title: title.to_owned(),
        body: body.to_owned(),
        ..Article::default()
    }))
}
