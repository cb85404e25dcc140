//! The reading side of an index: a snapshot that answers plans.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::schema::Value;
use tantivy::{
    DocAddress, DocSet, Index, IndexReader, ReloadPolicy, Searcher, TERMINATED, TantivyDocument,
    Term,
};

use super::collect::{Best, BestFound, Counter, Counts, Sample};
use super::columns::SegmentColumns;
use super::compile::Compiled;
use super::directory::ReadOnlyDirectory;
use super::document::{label_prefix, surname_prefix, value_term};
use super::manifest::Manifest;
use super::schema::{Fields, facet_prefix, schema};
use super::words::prefix_end;
use super::{failure, io_failure, writer};
use crate::diag::alignment_distance;
use crate::engine::stored;
use crate::engine::{
    Answer, Engine, EngineError, FacetCounts, FacetQuestion, Gap, Match, Question, StoredArticle,
};
use crate::plan::{Catalogue, Clause, Entry, FacetClass, FacetField, Plan};

/// Values looked through for near names, at most; they share the first letter.
const NEAR_SCANNED: usize = 200_000;

/// An index opened for reading: one state of it, whatever a writer does meanwhile.
pub struct Embedded {
    dir: PathBuf,
    index: Index,
    searcher: Searcher,
    fields: Fields,
    columns: Vec<Arc<SegmentColumns>>,
    manifest: Manifest,
    generation: u64,
    /// Kept alive: the searcher's files are mapped by it.
    _reader: IndexReader,
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// The columns of each segment of a searcher.
pub(super) fn columns_of(searcher: &Searcher) -> Vec<Arc<SegmentColumns>> {
    searcher.segment_readers().iter().map(|reader| Arc::new(SegmentColumns::new(reader))).collect()
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
        let files = MmapDirectory::open(dir).map_err(|error| failure(error.into()))?;
        let first = open_snapshot(Index::open(files.clone()));
        let (index, reader) = match first {
            Ok(opened) => opened,
            // A lock file that cannot be made: read-only media, or a directory of somebody else.
            Err(error) if is_write_failure(&error) => {
                open_snapshot(Index::open(ReadOnlyDirectory(files))).map_err(failure)?
            }
            Err(error) => return Err(failure(error)),
        };
        let metas = index.load_metas().map_err(failure)?;
        let manifest = Manifest::read(metas.payload.as_deref(), &place)?;
        let searcher = reader.searcher();
        let columns = columns_of(&searcher);
        Ok(Embedded {
            dir: dir.to_owned(),
            index,
            fields: schema().1,
            columns,
            searcher,
            manifest,
            generation: metas.opstamp,
            _reader: reader,
        })
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
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
        Compiled::of(plan, &self.searcher, &self.fields)
    }

    fn weight(&self, query: &dyn Query, scoring: bool) -> Result<Box<dyn Weight>, EngineError> {
        let scoring = if scoring {
            EnableScoring::enabled_from_searcher(&self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        query.weight(scoring).map_err(failure)
    }

    fn best(&self, question: &Question<'_>, query: &dyn Query) -> Result<BestFound, EngineError> {
        let weight = self.weight(query, true)?;
        let best = Best {
            limit: question.limit,
            total: question.total,
            prune: prunes_well(&question.plan.root),
            columns: &self.columns,
        };
        let mut found = Vec::with_capacity(self.columns.len());
        for (segment, reader) in (0..).zip(self.searcher.segment_readers()) {
            found.push(best.segment(weight.as_ref(), segment, reader).map_err(failure)?);
        }
        Ok(best.merge(found))
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
        let sample = Sample { limit: question.limit, seed, columns: &self.columns };
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
            columns: &self.columns,
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
            }
        });
        Ok(counts.collect())
    }

    /// Calls `each` with every facet term that starts with `prefix`, in order within a segment,
    /// and the number of articles; `false` ends a segment.
    fn terms(&self, prefix: &str, each: &mut dyn FnMut(&str, u64) -> bool) {
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

    fn frequency(&self, term: &str) -> u64 {
        self.searcher.doc_freq(&Term::from_field_text(self.fields.facet, term)).unwrap_or(0)
    }
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

impl Engine for Embedded {
    fn gaps(&self, _: &Plan) -> Vec<Gap> {
        Vec::new()
    }

    fn answer(&self, question: &Question<'_>) -> Result<Answer, EngineError> {
        let compiled = self.compile(question.plan)?;
        let query = compiled.query.as_ref();
        let mut answer = Answer::default();
        if let Some(seed) = question.sample {
            let (total, matches) = self.sample(question, query, seed)?;
            answer.matches = matches;
            answer.total = question.total.then_some(total);
        } else if question.limit == 0 {
            if question.total {
                answer.total = Some(self.count(query)?);
            }
        } else {
            let found = self.best(question, query)?;
            answer.total = question.total.then_some(found.total);
            answer.matches = found
                .best
                .into_iter()
                .map(|ranked| Match {
                    score: Some(ranked.score),
                    address: address(ranked.segment, ranked.doc),
                    id: ranked.id,
                })
                .collect();
        }
        compiled.finished()?;
        if !question.facets.is_empty() {
            // Fields counted over the same plan share one pass.
            let mut counts: Vec<Option<FacetCounts>> =
                question.facets.iter().map(|_| None).collect();
            for at in 0..question.facets.len() {
                if counts[at].is_some() {
                    continue;
                }
                let plan = question.facets[at].plan.as_ref();
                let same: Vec<usize> = (at..question.facets.len())
                    .filter(|&other| question.facets[other].plan.as_ref() == plan)
                    .collect();
                let asked: Vec<&FacetQuestion> =
                    same.iter().map(|&other| &question.facets[other]).collect();
                let found = self.facets(plan.unwrap_or(question.plan), &asked)?;
                for (place, count) in same.into_iter().zip(found) {
                    counts[place] = Some(count);
                }
            }
            answer.facets = counts.into_iter().flatten().collect();
        }
        Ok(answer)
    }

    fn scan(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Match) -> ControlFlow<()>,
    ) -> Result<u64, EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        let mut seen = 0;
        for (segment, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            let columns = &self.columns[segment as usize];
            let mut scorer = weight.scorer(reader, 1.0).map_err(failure)?;
            let mut doc = scorer.doc();
            while doc != TERMINATED {
                if !reader.is_deleted(doc) {
                    seen += 1;
                    let found =
                        Match { id: columns.id(doc), score: None, address: address(segment, doc) };
                    if each(found).is_break() {
                        return Ok(seen);
                    }
                }
                doc = scorer.advance();
            }
        }
        compiled.finished()?;
        Ok(seen)
    }

    fn get(&self, id: &str) -> Result<Option<StoredArticle>, EngineError> {
        match find(&self.searcher, &self.fields, id)? {
            None => Ok(None),
            Some((segment, doc)) => stored_at(&self.searcher, &self.fields, segment, doc).map(Some),
        }
    }

    fn fetch(&self, found: &Match) -> Result<StoredArticle, EngineError> {
        let (segment, doc) = ((found.address >> 32) as u32, found.address as u32);
        stored_at(&self.searcher, &self.fields, segment, doc)
    }
}

impl Catalogue for Embedded {
    fn languages(&self) -> Vec<String> {
        self.manifest.languages.clone()
    }

    fn has_values(&self, field: FacetField) -> bool {
        self.frequency(&value_term(field, "")) > 0
    }

    fn value(&self, class: FacetClass, id: &str) -> Option<Entry> {
        let count = self.frequency(&value_term(FacetField::any(class), id));
        if count == 0 || id.is_empty() {
            return None;
        }
        let label = self.labels(class, &[id]).pop().unwrap_or_default();
        Some(Entry { id: id.to_owned(), label, count })
    }

    fn persons_by_surname(&self, surname: &str) -> Vec<Entry> {
        let mut found: HashMap<String, u64> = HashMap::new();
        self.terms(&surname_prefix(surname), &mut |id, count| {
            *found.entry(id.to_owned()).or_default() += count;
            true
        });
        let mut entries: Vec<(String, u64)> = found.into_iter().collect();
        entries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let ids: Vec<&str> = entries.iter().map(|(id, _)| id.as_str()).collect();
        let labels = self.labels(FacetClass::Person, &ids);
        entries
            .into_iter()
            .zip(labels)
            .map(|((id, count), label)| Entry { id, label, count })
            .collect()
    }

    fn near(&self, class: FacetClass, id: &str, limit: usize) -> Vec<Entry> {
        let wanted: Vec<char> = id.chars().collect();
        let Some(first) = wanted.first() else { return Vec::new() };
        let [letter, sub] = facet_prefix(FacetField::any(class));
        let start = format!("{}{}{first}", letter as char, sub as char);
        let mut found: HashMap<String, (usize, u64)> = HashMap::new();
        let mut scanned = 0;
        self.terms(&start, &mut |rest, count| {
            scanned += 1;
            let known = format!("{first}{rest}");
            let letters: Vec<char> = known.chars().collect();
            let longest = wanted.len().max(letters.len());
            let allowed = (longest / 3).max(1);
            if wanted.len().abs_diff(letters.len()) <= allowed {
                let distance = alignment_distance(&wanted, &letters);
                if distance <= allowed {
                    found.entry(known).or_insert((distance, 0)).1 += count;
                }
            }
            scanned < NEAR_SCANNED
        });
        let mut entries: Vec<(usize, u64, String)> =
            found.into_iter().map(|(id, (distance, count))| (distance, count, id)).collect();
        entries
            .sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
        entries.truncate(limit);
        let ids: Vec<&str> = entries.iter().map(|(_, _, id)| id.as_str()).collect();
        let labels = self.labels(class, &ids);
        entries
            .iter()
            .zip(labels)
            .map(|((_, count, id), label)| Entry { id: id.clone(), label, count: *count })
            .collect()
    }

    fn labels(&self, class: FacetClass, ids: &[&str]) -> Vec<String> {
        /// From so many values on one pass over all labels is cheaper than a look-up each.
        const PASS: usize = 2_000;
        let mut best: HashMap<&str, (u64, String)> = HashMap::new();
        let mut note = |id, label: &str, count: u64| {
            let known = best.entry(id).or_default();
            if count > known.0 || (count == known.0 && label < known.1.as_str()) {
                *known = (count, label.to_owned());
            }
        };
        if ids.len() < PASS {
            for &id in ids {
                self.terms(&label_prefix(class, id), &mut |label, count| {
                    note(id, label, count);
                    true
                });
            }
        } else {
            let wanted: HashMap<&str, &str> = ids.iter().map(|&id| (id, id)).collect();
            let [letter, _] = facet_prefix(FacetField::any(class));
            self.terms(&format!("{}l", letter as char), &mut |rest, count| {
                if let Some((id, label)) = rest.split_once(super::document::SEPARATOR)
                    && let Some(&id) = wanted.get(id)
                {
                    note(id, label, count);
                }
                true
            });
        }
        ids.iter()
            .map(|&id| match best.get(id) {
                Some((_, label)) => label.clone(),
                None if class == FacetClass::Person => {
                    crate::tag::person::name::label_from_slug(id)
                }
                None => id.to_owned(),
            })
            .collect()
    }
}

/// The size of a directory's files, for [`super::Stats`].
pub(super) fn bytes_of(dir: &Path) -> Result<u64, EngineError> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir).map_err(|error| io_failure(&error))?.flatten() {
        bytes += entry.metadata().map_or(0, |metadata| metadata.len());
    }
    Ok(bytes)
}
