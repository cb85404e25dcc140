//! The writing side of an index: upserts, commits with their checkpoint, one writer at a time.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::LogMergePolicy;
use tantivy::schema::IndexRecordOption;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{
    DocSet, Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TERMINATED,
    Term,
};
use xxhash_rust::xxh3::xxh3_64;

use super::columns::Columns;
use super::document::{MAX_ID_BYTES, document};
use super::manifest::Manifest;
use super::schema::{Fields, STREAM, schema};
use super::tokens::{Backlog, StreamTokenizer};
use super::values::Values;
use super::{directory, failure, io_failure, reader};
use crate::analyze::{Analyzers, analyzer_name};
use crate::engine::{EngineError, Prepared, Put, Sink, StoredArticle, TaggedArticle};

/// Articles in one segment are at most so many before merges stop joining it.
const MAX_MERGED: usize = 10_000_000;

/// A segment with a larger share of deleted articles is rewritten.
const DELETED_SHARE: f32 = 0.3;

/// How a writer works.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// Bytes that may be held before a segment is written, over all threads. At least 15 MB a
    /// thread.
    pub memory: usize,
    /// Threads that invert documents, 1 to 8.
    pub threads: usize,
    /// Language of articles without one, for a new index.
    pub default_lang: String,
}

impl Default for WriterOptions {
    fn default() -> WriterOptions {
        WriterOptions { memory: 200 << 20, threads: 1, default_lang: "en".to_owned() }
    }
}

/// What an index knows of an article without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Existing {
    /// Hash of the input it was made from.
    pub content_hash: u64,
    /// Version of the tagger that tagged it.
    pub tagger: u32,
    /// When it was added, seconds since 1970.
    pub added: i64,
}

/// The one writer of an index.
pub struct EmbeddedWriter {
    dir: PathBuf,
    fields: Arc<Fields>,
    writer: IndexWriter<Values>,
    backlog: Arc<Backlog>,
    reader: IndexReader,
    searcher: Searcher,
    columns: Columns,
    manifest: Manifest,
    languages: BTreeSet<String>,
    was_empty: bool,
    /// Hashes of the ids put since opening: decides only whether a delete may be skipped.
    put: HashSet<u64, foldhash::fast::FixedState>,
}

impl std::fmt::Debug for EmbeddedWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedWriter").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// What [`EmbeddedWriter`] makes of an article.
struct Content {
    values: Values,
    language: &'static str,
}

/// Bytes of token streams that may wait for tantivy's threads.
const BACKLOG: u64 = 64 << 20;

/// How long to wait for them while nothing moves.
const PATIENCE: Duration = Duration::from_secs(20);

/// Registers what tantivy does not keep.
pub(super) fn register(index: &Index) {
    register_with(index, Arc::default());
}

fn register_with(index: &Index, backlog: Arc<Backlog>) {
    index.tokenizers().register(STREAM, TextAnalyzer::from(StreamTokenizer::new(backlog)));
}

/// Whether there is an index in `dir`.
pub(super) fn is_index(dir: &Path) -> bool {
    dir.join("meta.json").is_file()
}

impl EmbeddedWriter {
    /// Opens the index in `dir` for writing; creates directory and index where there is none.
    ///
    /// `now` is the time in seconds since 1970.
    ///
    /// # Errors
    /// [`EngineError::Locked`] for a second writer, [`EngineError::Unusable`] where the path is a
    /// file, may not be written, or is a directory with other things in it.
    pub fn open(
        dir: &Path,
        options: &WriterOptions,
        now: i64,
    ) -> Result<EmbeddedWriter, EngineError> {
        let (schema, fields) = schema();
        if dir.exists() && !dir.is_dir() {
            return Err(EngineError::Unusable(format!("{} is a file, no index", dir.display())));
        }
        let fresh = !is_index(dir);
        if fresh {
            refuse_other_content(dir)?;
            std::fs::create_dir_all(dir).map_err(|error| {
                let text = format!("{} cannot be created: {error}", dir.display());
                match io_failure(&error) {
                    EngineError::Refused(_) => EngineError::Refused(text),
                    _ => EngineError::Unusable(text),
                }
            })?;
        }
        let files = MmapDirectory::open(dir).map_err(|error| failure(error.into()))?;
        let index = if fresh {
            let settings = IndexSettings {
                docstore_compression: Compressor::Zstd(ZstdCompressor {
                    compression_level: Some(5),
                }),
                docstore_blocksize: 32_768,
                ..IndexSettings::default()
            };
            Index::create(files, schema, settings).map_err(failure)?
        } else {
            Index::open(files).map_err(failure)?
        };
        let backlog = Arc::new(Backlog::default());
        register_with(&index, backlog.clone());
        let place = dir.display().to_string();
        let manifest = if fresh {
            let uuid = SegmentId::generate_random().uuid_string();
            Manifest::new(uuid, &options.default_lang, now)
        } else {
            let payload = index.load_metas().map_err(failure)?.payload;
            Manifest::read(payload.as_deref(), &place)?
        };
        let threads = options.threads.clamp(1, 8);
        let writer_options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread((options.memory / threads).max(16 << 20))
            .num_merge_threads(2)
            .build();
        let writer: IndexWriter<Values> =
            index.writer_with_options(writer_options).map_err(|error| match failure(error) {
                EngineError::Locked(_) => EngineError::Locked(place.clone()),
                other => other,
            })?;
        let mut policy = LogMergePolicy::default();
        policy.set_max_docs_before_merge(MAX_MERGED);
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        writer.set_merge_policy(Box::new(policy));
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(failure)?;
        let searcher = reader.searcher();
        let columns = reader::columns_of(&searcher);
        let mut opened = EmbeddedWriter {
            dir: dir.to_owned(),
            fields: Arc::new(fields),
            was_empty: searcher.num_docs() == 0,
            writer,
            backlog,
            reader,
            searcher,
            columns,
            languages: manifest.languages.iter().cloned().collect(),
            manifest,
            put: HashSet::default(),
        };
        if fresh {
            opened.commit("")?;
        }
        Ok(opened)
    }

    /// Whether the index held no article when it was opened.
    pub fn is_empty(&self) -> bool {
        self.was_empty
    }

    /// Where the index is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the last writer left, see [`Sink::commit`].
    pub fn checkpoint(&self) -> &str {
        &self.manifest.checkpoint
    }

    /// The manifest as of the last commit.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What the index, as of opening, knows of an article. Some microseconds a segment.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn existing(&self, id: &str) -> Result<Option<Existing>, EngineError> {
        let Some((segment, doc)) = reader::find(&self.searcher, &self.fields, id)? else {
            return Ok(None);
        };
        let columns = self.searcher.segment_reader(segment).fast_fields();
        let number = |name: &str| -> Result<u64, EngineError> {
            Ok(columns.u64(name).map_err(failure)?.first(doc).unwrap_or(0))
        };
        Ok(Some(Existing {
            content_hash: number("content_hash")?,
            tagger: number("tagger")? as u32,
            added: columns.i64("added").map_err(failure)?.first(doc).unwrap_or(0),
        }))
    }

    /// The article that the index, as of opening, has under an id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn stored(&self, id: &str) -> Result<Option<StoredArticle>, EngineError> {
        match reader::find(&self.searcher, &self.fields, id)? {
            None => Ok(None),
            Some((segment, doc)) => {
                reader::stored_at(&self.searcher, &self.fields, segment, doc).map(Some)
            }
        }
    }

    /// Says which vocabulary of the user's own all articles are tagged with, as of the next commit.
    pub fn tagged_with(&mut self, vocabulary: String) {
        self.manifest.vocabulary = vocabulary;
    }

    /// Says so, if it is so, that no article of an older version of the tagger is left; after the
    /// last commit. One pass over a column where there were some, else nothing.
    ///
    /// # Errors
    /// When the index cannot be read or written.
    pub fn settle_versions(&mut self) -> Result<(), EngineError> {
        if self.manifest.oldest_tagger >= self.manifest.tagger {
            return Ok(());
        }
        self.refresh()?;
        let now = u64::from(self.manifest.tagger);
        let mut oldest = now;
        for segment in self.searcher.segment_readers() {
            let column = segment.fast_fields().u64("tagger").map_err(failure)?;
            for doc in segment.doc_ids_alive() {
                oldest = oldest.min(column.first(doc).unwrap_or(0));
            }
        }
        self.manifest.oldest_tagger = oldest as u32;
        let checkpoint = self.manifest.checkpoint.clone();
        self.commit(&checkpoint)
    }

    /// Waits for merges and lets the index go.
    ///
    /// # Errors
    /// When a merge failed; what was committed stays.
    pub fn finish(self) -> Result<(), EngineError> {
        self.writer.wait_merging_threads().map_err(failure)?;
        directory::settle(&self.dir).map_err(|error| io_failure(&error))
    }

    /// The first error of tantivy's threads, where `error` says only that they are gone.
    fn cause(&mut self, error: tantivy::TantivyError) -> EngineError {
        let first = failure(error);
        match (&first, self.writer.prepare_commit()) {
            (EngineError::Other(_), Err(cause)) => failure(cause),
            _ => first,
        }
    }
}

fn refuse_other_content(dir: &Path) -> Result<(), EngineError> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && name != "README.md" {
            return Err(EngineError::Unusable(format!(
                "{} is no index and not empty (it holds {name}); name an empty or new directory",
                dir.display()
            )));
        }
    }
    Ok(())
}

thread_local! {
    static ANALYZERS: RefCell<Analyzers> = RefCell::default();
}

impl Sink for EmbeddedWriter {
    fn prepare(&self, article: &TaggedArticle) -> Result<Prepared, EngineError> {
        let id = article.id();
        if id.is_empty() || id.len() > MAX_ID_BYTES {
            return Err(EngineError::Other(format!(
                "its id is {} bytes long, of at most {MAX_ID_BYTES}",
                id.len()
            )));
        }
        let values =
            ANALYZERS.with_borrow_mut(|analyzers| document(article, &self.fields, analyzers));
        Ok(Prepared {
            id: id.to_owned(),
            weight: article.article.weight() * 4,
            content: Box::new(Content { values, language: analyzer_name(&article.lang) }),
        })
    }

    fn put(&mut self, prepared: Prepared) -> Result<Put, EngineError> {
        let content = prepared
            .content
            .downcast::<Content>()
            .map_err(|_| EngineError::Other("prepared by another sink".to_owned()))?;
        // Only where an empty index is filled can a delete be skipped.
        let first = !self.was_empty || self.put.insert(xxh3_64(prepared.id.as_bytes()));
        if !first || !self.was_empty {
            self.writer.delete_term(Term::from_field_text(self.fields.id, &prepared.id));
        }
        if !self.languages.contains(content.language) {
            self.languages.insert(content.language.to_owned());
        }
        let streams = content.values.streams();
        if let Err(error) = self.writer.add_document(content.values) {
            return Err(self.cause(error));
        }
        self.backlog.add(streams, BACKLOG, PATIENCE);
        Ok(if first { Put::First } else { Put::Again })
    }

    fn delete(&mut self, id: &str) -> Result<(), EngineError> {
        self.writer.delete_term(Term::from_field_text(self.fields.id, id));
        Ok(())
    }

    fn commit(&mut self, checkpoint: &str) -> Result<(), EngineError> {
        self.manifest.checkpoint = checkpoint.to_owned();
        self.manifest.languages = self.languages.iter().cloned().collect();
        self.manifest.app_version = env!("CARGO_PKG_VERSION").to_owned();
        if self.manifest.oldest_tagger == 0 {
            self.manifest.oldest_tagger = self.manifest.tagger;
        }
        self.manifest.tagger = crate::tag::TAGGER_VERSION;
        if self.was_empty {
            self.manifest.oldest_tagger = self.manifest.tagger;
        }
        let payload = serde_json::to_string(&self.manifest)
            .map_err(|error| EngineError::Other(error.to_string()))?;
        let mut prepared = self.writer.prepare_commit().map_err(failure)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failure)?;
        directory::settle(&self.dir).map_err(|error| io_failure(&error))?;
        Ok(())
    }
}

impl EmbeddedWriter {
    /// Makes [`EmbeddedWriter::existing`] and [`EmbeddedWriter::stored`] see the last commit.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn refresh(&mut self) -> Result<(), EngineError> {
        self.reader.reload().map_err(failure)?;
        self.searcher = self.reader.searcher();
        self.columns = reader::columns_of(&self.searcher);
        Ok(())
    }
}

/// The place of the living article with this id.
pub(super) fn locate(
    searcher: &Searcher,
    fields: &Fields,
    id: &str,
) -> tantivy::Result<Option<(u32, u32)>> {
    let term = Term::from_field_text(fields.id, id);
    for (segment, reader) in (0u32..).zip(searcher.segment_readers()) {
        let inverted = reader.inverted_index(fields.id)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !reader.is_deleted(doc) {
                return Ok(Some((segment, doc)));
            }
            doc = postings.advance();
        }
    }
    Ok(None)
}
