//! The reading side of an index: a snapshot that answers plans.

mod answer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term};

use super::best::{Best, Ranked, slack};
use super::collect::{Counter, Counts, Sample};
use super::columns::{Columns, SegmentColumns};
use super::compile::Compiled;
use super::directory::ReadOnlyDirectory;
use super::manifest::Manifest;
use super::schema::{Fields, schema};
use super::union::UnionDirectory;
use super::words::prefix_end;
use super::{failure, io_failure, writer};
use crate::engine::stop::Stop;
use crate::engine::stored;
use crate::engine::{
    EngineError, FacetCounts, FacetQuestion, Match, Order, Question, StoredArticle,
};
use crate::plan::{Catalogue, Clause, Entry, FacetClass, FacetField, Plan};

/// An index opened for reading: one state of it, whatever a writer does meanwhile.
pub struct Embedded {
    dirs: Vec<PathBuf>,
    index: Index,
    searcher: Searcher,
    fields: Fields,
    columns: Columns,
    /// Whom surnames alone mean, once all of them were asked for.
    links: OnceLock<HashMap<String, String>>,
    manifest: Manifest,
    generation: u64,
    stop: Option<Arc<Stop>>,
    /// Kept alive: the searcher's files are mapped by it.
    _reader: IndexReader,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("dirs", &self.dirs).finish_non_exhaustive()
    }
}

/// The columns of each segment of a searcher.
pub(super) fn columns_of(searcher: &Searcher) -> Columns {
    let columns = |reader| Arc::new(SegmentColumns::new(reader));
    Columns(searcher.segment_readers().iter().map(columns).collect())
}

/// The place of the living article with this id.
pub(super) fn find(
    searcher: &Searcher,
    fields: &Fields,
    id: &str,
) -> Result<Option<(u32, u32)>, EngineError> {
    writer::locate(searcher, fields, id).map_err(failure)
}

/// The stored article at a place.
pub(super) fn stored_at(
    searcher: &Searcher,
    fields: &Fields,
    segment: u32,
    doc: u32,
) -> Result<StoredArticle, EngineError> {
    let document: TantivyDocument = searcher.doc(DocAddress::new(segment, doc)).map_err(failure)?;
    let record = document
        .get_first(fields.stored)
        .and_then(|value| value.as_bytes())
        .ok_or_else(|| EngineError::Corrupt("an article has no record".to_owned()))?;
    stored::decode(record).map_err(|error| EngineError::Corrupt(error.to_string()))
}

impl Embedded {
    /// Opens the index in `dir`, read-only where the directory may not be written.
    ///
    /// Reads the list of segments and nothing else: some hundred microseconds.
    ///
    /// # Errors
    /// [`EngineError::Missing`] where there is no index, [`EngineError::Unusable`] where the path
    /// is no directory, is not ours or may not be read, [`EngineError::Version`] where it was
    /// written by another version, [`EngineError::Corrupt`] where it is damaged.
    pub fn open(dir: &Path) -> Result<Embedded, EngineError> {
        Embedded::open_all(&[dir.to_owned()])
    }

    /// Opens several indexes as one: scores, totals and counts are those of an index with the
    /// articles of all. An article that is in two of them is found twice.
    ///
    /// # Errors
    /// Like [`Embedded::open`], of any of them; [`EngineError::Corrupt`] where one is a copy of
    /// another. Without a directory [`EngineError::Missing`].
    pub fn open_all(dirs: &[PathBuf]) -> Result<Embedded, EngineError> {
        let mut members = Vec::with_capacity(dirs.len());
        for dir in dirs {
            members.push((dir.clone(), files_of(dir)?));
        }
        let (index, reader) = match <[_; 1]>::try_from(members) {
            Ok([(_, files)]) => match open_snapshot(Index::open(files.clone())) {
                Ok(opened) => opened,
                // A lock file that cannot be made: read-only media, or a directory of somebody
                // else.
                Err(error) if is_write_failure(&error) => {
                    open_snapshot(Index::open(ReadOnlyDirectory(files))).map_err(failure)?
                }
                Err(error) => return Err(failure(error)),
            },
            Err(members) if members.is_empty() => {
                return Err(EngineError::Missing("no directory".to_owned()));
            }
            Err(members) => {
                let mut parts = Vec::with_capacity(members.len());
                let mut known: HashMap<SegmentId, PathBuf> = HashMap::new();
                for (dir, files) in members {
                    // Tells what is wrong with this one, and whether it may be locked.
                    let place = dir.display().to_string();
                    let writable = match open_snapshot(Index::open(files.clone())) {
                        Ok((index, _)) => {
                            let metas = index.load_metas().map_err(failure)?;
                            Manifest::read(metas.payload.as_deref(), &place)?;
                            for segment in metas.segments {
                                if let Some(first) = known.insert(segment.id(), dir.clone()) {
                                    let first = first.display();
                                    let what = "is a copy of another index named";
                                    let message = format!("{place} {what}, {first}; leave out one");
                                    return Err(EngineError::Unusable(message));
                                }
                            }
                            true
                        }
                        Err(error) if is_write_failure(&error) => false,
                        Err(error) => return Err(failure(error)),
                    };
                    parts.push((dir, files, writable));
                }
                open_snapshot(Index::open(UnionDirectory::new(parts))).map_err(failure)?
            }
        };
        let metas = index.load_metas().map_err(failure)?;
        let place = dirs.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>();
        let manifest = Manifest::read(metas.payload.as_deref(), &place.join(", "))?;
        let searcher = reader.searcher();
        let columns = columns_of(&searcher);
        Ok(Embedded {
            dirs: dirs.to_vec(),
            index,
            fields: schema().1,
            columns,
            links: OnceLock::new(),
            searcher,
            manifest,
            generation: metas.opstamp,
            stop: None,
            _reader: reader,
        })
    }

    /// The same snapshot, whose answers are parts once `stop` is due: totals are then what was
    /// counted until then and the best those of what was looked at, see
    /// [`crate::engine::Engine::was_stopped`].
    pub fn until(self, stop: Arc<Stop>) -> Embedded {
        Embedded { stop: Some(stop), ..self }
    }

    /// Whether the time of answers is over.
    pub fn is_due(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.is_due())
    }

    /// Where it is; of several the first.
    pub fn dir(&self) -> &Path {
        &self.dirs[0]
    }

    /// Where all of it is.
    pub fn dirs(&self) -> &[PathBuf] {
        &self.dirs
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many articles it holds.
    pub fn num_articles(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Number of the commit that this snapshot shows.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Values of a facet field in all segments, those of several segments counted in each.
    pub(super) fn values_of(&self, field: FacetField) -> usize {
        let facets = self.columns.0.iter().filter_map(|columns| columns.facet(field));
        facets.map(|facet| facet.column.num_terms()).sum()
    }

    pub(super) fn links(&self) -> &OnceLock<HashMap<String, String>> {
        &self.links
    }

    pub(super) fn facet_terms(&self) -> Field {
        self.fields.facet
    }

    pub(super) fn forms(&self) -> Field {
        self.fields.forms
    }

    pub(super) fn text(&self) -> Field {
        self.fields.text
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The files that are damaged, by their checksums. Reads the whole index.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, EngineError> {
        let mut files: Vec<PathBuf> =
            self.index.validate_checksum().map_err(failure)?.into_iter().collect();
        files.sort();
        Ok(files)
    }

    fn compile(&self, plan: &Plan) -> Result<Compiled, EngineError> {
        Compiled::of(plan, &self.searcher, &self.fields, &self.columns, self.stop.clone())
    }

    fn weight(&self, query: &dyn Query, scoring: bool) -> Result<Box<dyn Weight>, EngineError> {
        let scoring = if scoring {
            EnableScoring::enabled_from_searcher(&self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        query.weight(scoring).map_err(failure)
    }

    fn best(
        &self,
        question: &Question<'_>,
        query: &dyn Query,
    ) -> Result<(Vec<Ranked>, u64), EngineError> {
        let scored = question.plan.root.scores();
        let weight = self.weight(query, scored)?;
        let by_score = question.order == Order::Relevance;
        let prune = scored && by_score && !question.total && prunes_well(&question.plan.root);
        let slack = if prune { self.slack()? } else { Vec::new() };
        let best = Best {
            limit: question.limit,
            order: question.order,
            total: question.total,
            prune,
            scored,
            columns: &self.columns.0,
            slack: &slack,
        };
        let (mut found, mut total) = (Vec::with_capacity(question.limit.min(1_024)), 0);
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            let (kept, seen) = best.segment(weight.as_ref(), segment, reader).map_err(failure)?;
            found.extend(kept);
            total += seen;
        }
        Ok((best.merge(found), total))
    }

    /// How far the bounds of each segment may be too low, over the fields that are ranked.
    fn slack(&self) -> Result<Vec<f32>, EngineError> {
        let segments = self.searcher.segment_readers();
        let mut worst = vec![slack(1.0, 1.0); segments.len()];
        if segments.len() < 2 {
            return Ok(worst);
        }
        for field in [self.fields.text, self.fields.title] {
            let mut averages = Vec::with_capacity(segments.len());
            let (mut tokens, mut articles) = (0.0, 0.0);
            for reader in segments {
                let inverted = reader.inverted_index(field).map_err(failure)?;
                let (own, number) =
                    (inverted.total_num_tokens() as f64, f64::from(reader.max_doc()));
                averages.push(own / number);
                (tokens, articles) = (tokens + own, articles + number);
            }
            for (worst, average) in worst.iter_mut().zip(averages) {
                *worst = worst.max(slack(average, tokens / articles));
            }
        }
        Ok(worst)
    }

    fn count(&self, query: &dyn Query) -> Result<u64, EngineError> {
        let weight = self.weight(query, false)?;
        let mut total = 0;
        for reader in self.searcher.segment_readers() {
            total += u64::from(weight.count(reader).map_err(failure)?);
        }
        Ok(total)
    }

    fn sample(
        &self,
        question: &Question<'_>,
        query: &dyn Query,
        seed: u64,
    ) -> Result<(u64, Vec<Match>), EngineError> {
        let weight = self.weight(query, false)?;
        let sample = Sample { limit: question.limit, seed, columns: &self.columns.0 };
        let (mut total, mut all) = (0, Vec::new());
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            let (number, drawn) =
                sample.segment(weight.as_ref(), segment, reader).map_err(failure)?;
            total += number;
            all.extend(drawn);
        }
        all.sort();
        all.truncate(question.limit);
        let matches = all
            .into_iter()
            .map(|(_, id, segment, doc)| Match { id, score: None, address: address(segment, doc) })
            .collect();
        Ok((total, matches))
    }

    fn facets(
        &self,
        plan: &Plan,
        asked: &[&FacetQuestion],
    ) -> Result<Vec<FacetCounts>, EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        let counter = Counter {
            fields: asked.iter().map(|question| question.field).collect(),
            columns: &self.columns.0,
        };
        let mut total = 0;
        let mut sums: Vec<Counts> = asked.iter().map(|_| Counts::default()).collect();
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            let (number, counts) =
                counter.segment(weight.as_ref(), segment, reader).map_err(failure)?;
            total += number;
            for (sum, part) in sums.iter_mut().zip(counts) {
                sum.present += part.present;
                if sum.values.is_empty() {
                    sum.values = part.values;
                } else {
                    for (value, count) in part.values {
                        *sum.values.entry(value).or_default() += count;
                    }
                }
            }
        }
        for (question, sum) in asked.iter().zip(&mut sums) {
            if question.field.class == FacetClass::Person {
                self.join_surnames(question.field, sum, question.size, weight.as_ref())?;
            }
        }
        compiled.finished()?;
        let counts = asked.iter().zip(sums).map(|(question, sum)| {
            let distinct = sum.values.len() as u64;
            let mut values: Vec<(String, u64)> = sum.values.into_iter().collect();
            let order =
                |a: &(String, u64), b: &(String, u64)| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
            if question.size > 0 && question.size < values.len() {
                values.select_nth_unstable_by(question.size, order);
                values.truncate(question.size);
            }
            values.sort_unstable_by(order);
            let labels = if question.labels {
                let ids: Vec<&str> = values.iter().map(|(id, _)| id.as_str()).collect();
                self.labels(question.field.class, &ids)
            } else {
                values.iter().map(|(id, _)| id.clone()).collect()
            };
            FacetCounts {
                field: question.field,
                values: values
                    .into_iter()
                    .zip(labels)
                    .map(|((id, count), label)| Entry { id, label, count })
                    .collect(),
                distinct,
                missing: total - sum.present,
                total,
                base: None,
            }
        });
        Ok(counts.collect())
    }

    /// Calls `each` with every facet term that starts with `prefix`, in order within a segment,
    /// and the number of articles; `false` ends a segment.
    pub(super) fn terms(&self, prefix: &str, each: &mut dyn FnMut(&str, u64) -> bool) {
        for reader in self.searcher.segment_readers() {
            let Ok(inverted) = reader.inverted_index(self.fields.facet) else { continue };
            let mut range = inverted.terms().range().ge(prefix.as_bytes());
            if let Some(end) = prefix_end(prefix.as_bytes()) {
                range = range.lt(end);
            }
            let Ok(mut stream) = range.into_stream() else { continue };
            while stream.advance() {
                let count = u64::from(stream.value().doc_freq);
                if let Ok(term) = std::str::from_utf8(stream.key())
                    && !each(&term[prefix.len()..], count)
                {
                    break;
                }
            }
        }
    }

    pub(super) fn frequency(&self, term: &str) -> u64 {
        self.searcher.doc_freq(&Term::from_field_text(self.fields.facet, term)).unwrap_or(0)
    }
}

/// The files of a directory that is an index.
fn files_of(dir: &Path) -> Result<MmapDirectory, EngineError> {
    let place = dir.display().to_string();
    match std::fs::metadata(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(EngineError::Missing(place));
        }
        Err(error) => {
            return Err(EngineError::Unusable(format!("{place} cannot be read: {error}")));
        }
        Ok(metadata) if !metadata.is_dir() => {
            return Err(EngineError::Unusable(format!("{place} is a file, no index")));
        }
        Ok(_) => {}
    }
    if !writer::is_index(dir) {
        return Err(EngineError::Missing(place));
    }
    MmapDirectory::open(dir).map_err(|error| failure(error.into()))
}

fn open_snapshot(index: tantivy::Result<Index>) -> tantivy::Result<(Index, IndexReader)> {
    let index = index?;
    writer::register(&index);
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok((index, reader))
}

fn is_write_failure(error: &tantivy::TantivyError) -> bool {
    use tantivy::directory::error::{LockError, OpenWriteError};
    match error {
        tantivy::TantivyError::LockFailure(LockError::IoError(_), _)
        | tantivy::TantivyError::OpenWriteError(OpenWriteError::IoError { .. }) => true,
        tantivy::TantivyError::IoError(error) => matches!(
            error.kind(),
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem
        ),
        _ => false,
    }
}

/// Whether skipping articles by their best possible score pays: not for a union of words, where
/// visiting every match is about twice as fast (measured from 15,000 to 1,000,000 articles).
fn prunes_well(clause: &Clause) -> bool {
    match clause {
        Clause::Or(_) => false,
        Clause::Boost(_, inner) => prunes_well(inner),
        _ => true,
    }
}

fn address(segment: u32, doc: u32) -> u64 {
    u64::from(segment) << 32 | u64::from(doc)
}

/// The size of a directory's files, for [`super::Stats`].
pub(super) fn bytes_of(dir: &Path) -> Result<u64, EngineError> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir).map_err(|error| io_failure(&error))?.flatten() {
        bytes += entry.metadata().map_or(0, |metadata| metadata.len());
    }
    Ok(bytes)
}
