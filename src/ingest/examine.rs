//! What is done to one article on any thread: id, language, what the index has, tags, document.

use std::cell::RefCell;
use std::path::{Component, Path};

use xxhash_rust::xxh3::xxh3_64;

use super::batch::{Item, defect};
use super::caught::caught;
use super::report::{Elsewhere, place_of};
use super::seen::Seen;
use super::{Tag, Target};
use crate::article::{Article, Note, Provenance, Words, lang};
use crate::engine::{EngineError, Prepared, StoredArticle, TaggedArticle};
use crate::source::RecordError;
use crate::tag::homes::{self, Account, Homes};
use crate::tag::side::{self, External, SideTags};
use crate::tag::{Class, Reading, TAGGER_VERSION, Tags};

/// Words of a larger body are not kept for the next article.
const KEPT_WORDS: usize = 100_000;

/// What became of a record.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It cannot be kept.
    Reject(RecordError),
    /// The index has it just so. Tagged only if another with its id was put in this run.
    Unchanged(Box<Unchanged>),
    /// It is ready to be put.
    Ready(Box<Ready>),
}

/// An article that the index has.
#[derive(Debug)]
pub(super) struct Unchanged {
    /// The article as it was read.
    pub(super) article: Article,
    /// What is counted of it.
    pub(super) facts: Facts,
    /// When it was added.
    pub(super) added: i64,
    /// See [`TaggedArticle::content_hash`].
    pub(super) content_hash: u64,
}

/// An article as the sink writes it.
#[derive(Debug)]
pub(super) struct Ready {
    /// What the sink made of it.
    pub(super) prepared: Prepared,
    /// What is counted of it.
    pub(super) facts: Facts,
    /// What was found in it.
    pub(super) findings: Findings,
}

/// What is counted of an article, written or not.
#[derive(Debug)]
pub(super) struct Facts {
    /// Key of its id.
    pub(super) key: u64,
    /// Its id.
    pub(super) id: String,
    /// Whether the id was derived from its content.
    pub(super) derived: bool,
    /// What the index had.
    pub(super) standing: Standing,
    /// Bytes of title and body.
    pub(super) text_bytes: u64,
    /// It has no running text.
    pub(super) stub: bool,
    /// It has no date.
    pub(super) undated: bool,
    /// What was dropped or repaired.
    pub(super) notes: Vec<Note>,
    /// Where it stands.
    pub(super) place: Provenance,
}

/// How an article stands to what the index had under its id.
#[derive(Debug)]
pub(super) enum Standing {
    /// There was none.
    New,
    /// There was the same.
    Same,
    /// There was another, perhaps from elsewhere.
    Other(Option<Elsewhere>),
}

/// What tagging found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Values that are major and passing, a class each.
    pub(super) tags: [(u32, u32); Class::ALL.len()],
    /// Supplied labels that no table knows.
    pub(super) unknown: Vec<(Class, String)>,
    /// The language.
    pub(super) lang: String,
    /// What it tells of its source.
    pub(super) account: Option<Account>,
}

/// What examining needs besides the article.
#[derive(Clone, Copy)]
pub(super) struct Examiner<'a> {
    /// Tags one article.
    pub(super) tag: Tag<'a>,
    /// Put before supplied ids.
    pub(super) id_prefix: &'a str,
    /// Language of articles whose text does not tell.
    pub(super) default_lang: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
    /// Tags that another program found.
    pub(super) side: &'a SideTags,
    /// What the articles of earlier batches told of the homes of sources.
    pub(super) homes: &'a Homes,
}

impl Examiner<'_> {
    /// Decides about one record; an error is one of the index, not of the record.
    pub(super) fn examine<T: Target>(
        &self,
        item: Item,
        target: &T,
    ) -> Result<Outcome, EngineError> {
        let mut article = match item {
            Item::Article(article) => article,
            Item::Reject(error) => return Ok(Outcome::Reject(error)),
        };
        let place = article.provenance.clone();
        let work = || {
            let derived = article.id.is_none();
            article.ensure_id(self.id_prefix);
            let content_hash = content_hash(&article, self.default_lang);
            let facts = Facts::of(&mut article, derived);
            self.compare(article, facts, content_hash, target)
        };
        caught(work)
            .unwrap_or_else(|panic| Ok(Outcome::Reject(reject(&place, "panic", defect(&panic)))))
    }

    fn compare<T: Target>(
        &self,
        article: Article,
        mut facts: Facts,
        content_hash: u64,
        target: &T,
    ) -> Result<Outcome, EngineError> {
        let existing = if target.is_empty() { None } else { target.existing(&facts.id)? };
        let said = self.side.of(&article);
        let (mut added, mut external) = (self.now, Vec::new());
        if let Some(existing) = existing {
            let same = existing.content_hash == content_hash;
            if same {
                added = existing.added;
            }
            let current = same && existing.tagger == TAGGER_VERSION;
            let stored = if current && said.is_none() { None } else { target.stored(&facts.id)? };
            let before = stored.as_ref().map(|old| side::of_tags(&old.tags)).unwrap_or_default();
            if current && said.as_ref().is_none_or(|said| *said == before) {
                facts.standing = Standing::Same;
                let unchanged = Unchanged { article, facts, added, content_hash };
                return Ok(Outcome::Unchanged(Box::new(unchanged)));
            }
            let from = stored.filter(|_| !same).and_then(|old| elsewhere(&article, &old));
            facts.standing = Standing::Other(from);
            // What another program said holds until it says otherwise.
            external = if same { before } else { side::without_places(before) };
        }
        let external = said.unwrap_or(external);
        self.prepare(article, facts, (content_hash, added), external, target)
    }

    /// Tags and prepares an article whatever the index has.
    pub(super) fn insist<T: Target>(
        &self,
        unchanged: Unchanged,
        target: &T,
    ) -> Result<Outcome, EngineError> {
        let Unchanged { article, facts, added, content_hash } = unchanged;
        let place = facts.place.clone();
        let work = || {
            let external = match self.side.of(&article) {
                Some(said) => said,
                None => target
                    .stored(&facts.id)?
                    .map(|stored| side::of_tags(&stored.tags))
                    .unwrap_or_default(),
            };
            self.prepare(article, facts, (content_hash, added), external, target)
        };
        caught(work)
            .unwrap_or_else(|panic| Ok(Outcome::Reject(reject(&place, "panic", defect(&panic)))))
    }

    fn prepare<T: Target>(
        &self,
        article: Article,
        facts: Facts,
        (content_hash, added): (u64, i64),
        external: Vec<External>,
        target: &T,
    ) -> Result<Outcome, EngineError> {
        let lang = language(&article, self.default_lang);
        let mut words = WORDS.take();
        words.cut(&article);
        let home = self.homes.of_new(&article);
        let mut tags = (self.tag)(&Reading {
            article: &article,
            words: &words,
            lang: &lang,
            date: article.date.as_ref().map(|date| date.start),
            home: home.as_ref(),
        });
        let account = Account::of(&article, || homes::named(&article, &tags));
        side::add(external, &mut tags);
        let home = home.map(|home| home.country);
        let mut tagged = TaggedArticle { article, words, tags, lang, home, content_hash, added };
        let prepared = target.prepare(&tagged);
        let words = std::mem::take(&mut tagged.words);
        if words.body.len() <= KEPT_WORDS {
            WORDS.set(words);
        }
        match prepared {
            Ok(prepared) => {
                let mut findings = Findings::of(tagged.tags, tagged.lang);
                // What was counted once is not counted again.
                findings.account = account.filter(|_| matches!(facts.standing, Standing::New));
                Ok(Outcome::Ready(Box::new(Ready { prepared, facts, findings })))
            }
            // What a sink says here is about this article, unless it is about the disk.
            Err(EngineError::Other(message)) => {
                Ok(Outcome::Reject(reject(&facts.place, "not_indexable", message)))
            }
            Err(error) => Err(error),
        }
    }
}

thread_local! {
    /// Words of the last article, so that a run of articles allocates once a thread.
    static WORDS: RefCell<Words> = RefCell::default();
}

impl Facts {
    fn of(article: &mut Article, derived: bool) -> Facts {
        let id = article.id.clone().unwrap_or_default();
        Facts {
            key: Seen::key(&id),
            id,
            derived,
            standing: Standing::New,
            text_bytes: (article.title.len() + article.body.len()) as u64,
            stub: article.is_stub(),
            undated: article.date.is_none(),
            notes: std::mem::take(&mut article.notes),
            place: article.provenance.clone(),
        }
    }
}

impl Findings {
    fn of(tags: Tags, lang: String) -> Findings {
        let mut findings = Findings { lang, ..Findings::default() };
        for (class, counts) in Class::ALL.into_iter().zip(&mut findings.tags) {
            let major = tags.major(class).len();
            *counts = (major as u32, (tags.ids(class).len() - major) as u32);
        }
        findings.unknown = tags.unknown;
        findings
    }
}

/// The language an article is analysed in.
pub(super) fn language(article: &Article, default: &str) -> String {
    match &article.lang {
        Some(lang) => lang.clone(),
        None => lang::detect(&article.title, &article.body, default).lang.to_owned(),
    }
}

/// The article's hash; where its language is up to the options, they are part of it.
fn content_hash(article: &Article, default_lang: &str) -> u64 {
    let hash = article.content_hash();
    if article.lang.is_some() { hash } else { hash ^ xxh3_64(default_lang.as_bytes()) }
}

fn reject(place: &Provenance, code: &'static str, message: String) -> RecordError {
    let (file, member) = (place.file.clone(), place.member.clone());
    RecordError { file, member, line: place.line, offset: place.offset, code, message }
}

/// What to tell of an old article that came from another file or source.
fn elsewhere(article: &Article, old: &StoredArticle) -> Option<Elsewhere> {
    let old = &old.article;
    let same = is_same_file(&article.provenance.file, &old.provenance.file)
        && article.provenance.member == old.provenance.member
        && article.source == old.source;
    (!same).then(|| Elsewhere {
        id: article.id.clone().unwrap_or_default(),
        place: place_of(&article.provenance),
        old_file: old.provenance.path().display().to_string(),
        old_source: old.source.clone(),
    })
}

/// Whether two paths may name one file seen from different folders: one ends with the other.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let parts = |path: &Path| -> Vec<_> {
        path.components()
            .filter(|part| *part != Component::CurDir)
            .map(|part| part.as_os_str().to_owned())
            .collect()
    };
    let (a, b) = (parts(a), parts(b));
    a.ends_with(&b) || b.ends_with(&a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_seen_from_another_folder_is_the_same_file() {
        let same = |a: &str, b: &str| is_same_file(Path::new(a), Path::new(b));
        assert!(same("./wire/a.jsonl", "wire/a.jsonl"));
        assert!(same("/data/wire/a.jsonl", "wire/a.jsonl"));
        assert!(!same("wire/a.jsonl", "wire/b.jsonl"));
        assert!(!same("/x/wire/a.jsonl", "/y/wire/a.jsonl"));
        assert!(!same("-", "a.jsonl"));
    }

    #[test]
    fn another_default_language_makes_other_content_of_articles_without_one() {
        let mut article = Article { title: "Pakt".into(), ..Article::default() };
        assert_ne!(content_hash(&article, "en"), content_hash(&article, "de"));
        article.lang = Some("de".into());
        assert_eq!(content_hash(&article, "en"), content_hash(&article, "de"));
    }
}
