//! The writing side of a run: puts what is ready, in order, and counts what became of it.

use serde::Serialize;

use super::Target;
use super::batch::Place;
use super::examine::{Examiner, Facts, Outcome, Ready, Standing};
use super::report::{Again, EXAMPLES, Report, place_of};
use super::seen::{Mark, Seen};
use crate::engine::{EngineError, Prepared, Put};
use crate::source::RecordError;
use crate::tag::homes::Account;

/// Counts of a run, and which ids went by.
pub(super) struct Ledger {
    /// The counts.
    pub(super) report: Report,
    /// Bytes of text put since the last commit.
    pub(super) uncommitted_bytes: u64,
    /// Articles put since the last commit.
    pub(super) uncommitted: u64,
    /// What articles told of their sources and is not counted yet.
    pub(super) accounts: Vec<Account>,
    /// What went by. While an empty index is filled every article is put, and the sink's own
    /// account of ids tells enough.
    seen: Option<Seen>,
}

impl Ledger {
    /// A new ledger for a target that held nothing, or something.
    pub(super) fn new(target_is_empty: bool) -> Ledger {
        let seen = (!target_is_empty).then(Seen::new);
        Ledger {
            report: Report::default(),
            uncommitted_bytes: 0,
            uncommitted: 0,
            accounts: Vec::new(),
            seen,
        }
    }

    /// Puts or counts one outcome. Outcomes come in the order of the input.
    pub(super) fn settle<T: Target>(
        &mut self,
        outcome: Outcome,
        examiner: &Examiner<'_>,
        target: &mut T,
        rejected: &mut dyn FnMut(&RecordError),
    ) -> Result<(), EngineError> {
        let outcome = match outcome {
            // One with this id was put before, and must not have the last word.
            Outcome::Unchanged(unchanged) if self.mark(unchanged.facts.key).put => {
                examiner.insist(*unchanged, target)?
            }
            outcome => outcome,
        };
        match outcome {
            Outcome::Reject(error) => {
                self.report.reject(&error);
                rejected(&error);
            }
            Outcome::Unchanged(unchanged) => self.count(unchanged.facts, None),
            Outcome::Ready(ready) => {
                let Ready { prepared, facts, findings } = *ready;
                let put = self.put(prepared, target)?;
                self.uncommitted_bytes += facts.text_bytes;
                self.report.tagged(&findings.tags);
                self.report.language(&findings.lang);
                if let Some(account) = findings.account {
                    self.accounts.push(account);
                }
                for (class, value) in findings.unknown {
                    self.report.unknown_values.add(class, value);
                }
                self.count(facts, Some(put));
            }
        }
        Ok(())
    }

    fn put<T: Target>(&mut self, prepared: Prepared, target: &mut T) -> Result<Put, EngineError> {
        let put = target.put(prepared)?;
        self.uncommitted += 1;
        Ok(put)
    }

    fn mark(&self, key: u64) -> Mark {
        self.seen.as_ref().and_then(|seen| seen.get(key)).unwrap_or_default()
    }

    fn count(&mut self, facts: Facts, put: Option<Put>) {
        let report = &mut self.report;
        report.read += 1;
        report.text_bytes += facts.text_bytes;
        report.stubs += u64::from(facts.stub);
        report.undated += u64::from(facts.undated);
        for note in facts.notes {
            report.note(note.code, note.message, &facts.place);
        }
        let elsewhere = match &facts.standing {
            Standing::Other(elsewhere) => elsewhere.is_some(),
            Standing::New | Standing::Same => false,
        };
        let differs = matches!(facts.standing, Standing::Other(_));
        let before = match &mut self.seen {
            Some(seen) => {
                let before = seen.get(facts.key);
                let put = put.is_some() || before.is_some_and(|mark| mark.put);
                seen.set(facts.key, Mark { put, differs, elsewhere });
                before
            }
            None => (put == Some(Put::Again)).then(Mark::default),
        };
        match (before, &facts.standing) {
            (None, Standing::New) => report.added += 1,
            (None, Standing::Same) => report.unchanged += 1,
            (None, Standing::Other(_)) => report.replaced += 1,
            (Some(before), standing) => {
                if facts.derived {
                    report.copies += 1;
                } else {
                    report.duplicates += 1;
                    if report.first_duplicates.len() < EXAMPLES {
                        let place = place_of(&facts.place);
                        report.first_duplicates.push(Again { id: facts.id.clone(), place });
                    }
                }
                // The last one decides what became of the article that the index had.
                match (before.differs, standing) {
                    (true, Standing::Same) => {
                        report.replaced -= 1;
                        report.unchanged += 1;
                    }
                    (false, Standing::Other(_)) => {
                        report.unchanged -= 1;
                        report.replaced += 1;
                    }
                    _ => {}
                }
                report.replaced_from_elsewhere -= u64::from(before.elsewhere);
            }
        }
        report.replaced_from_elsewhere += u64::from(elsewhere);
        if let Standing::Other(Some(elsewhere)) = facts.standing
            && report.first_from_elsewhere.len() < EXAMPLES
        {
            report.first_from_elsewhere.push(elsewhere);
        }
    }

    /// Commits what was put, with a checkpoint; nothing if nothing was, unless an earlier commit
    /// of the run is still to be told done.
    pub(super) fn commit<T: Target>(
        &mut self,
        place: &Place,
        done: bool,
        target: &mut T,
    ) -> Result<(), EngineError> {
        if self.uncommitted == 0 && !(done && self.report.commits > 0) {
            return Ok(());
        }
        let checkpoint = Checkpoint {
            v: 1,
            done,
            files: place.files,
            file: &place.file.to_string_lossy(),
            record: place.record,
            read: self.report.read,
            added: self.report.added,
            replaced: self.report.replaced,
            rejected: self.report.rejected(),
        };
        let checkpoint = serde_json::to_string(&checkpoint)
            .map_err(|error| EngineError::Other(error.to_string()))?;
        target.commit(&checkpoint)?;
        self.report.committed += self.uncommitted;
        self.report.commits += 1;
        self.uncommitted = 0;
        self.uncommitted_bytes = 0;
        Ok(())
    }
}

/// What a commit says of the run that made it.
#[derive(Debug, Serialize)]
struct Checkpoint<'a> {
    v: u32,
    /// Whether all was read.
    done: bool,
    /// Inputs read to their end.
    files: u64,
    /// The input read last.
    file: &'a str,
    /// Records read of it.
    record: u64,
    read: u64,
    added: u64,
    replaced: u64,
    rejected: u64,
}
