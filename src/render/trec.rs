//! Runs for evaluation: `topic Q0 id rank score run`, as `trec_eval` reads them.

use std::io::{self, Write};

use super::{Head, Needs, Renderer, Summary};
use crate::search::Hit;

/// What stands for topic and run in the lines of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunNames {
    /// Number or name of the topic.
    pub topic: String,
    /// Name of the run.
    pub run: String,
}

impl Default for RunNames {
    fn default() -> RunNames {
        RunNames { topic: "1".to_owned(), run: "dateline".to_owned() }
    }
}

/// Writes the lines of one topic. Blanks in an id are written `%20`.
#[derive(Debug)]
pub(super) struct Trec {
    names: RunNames,
    seen: u64,
}

impl Trec {
    pub(super) fn new(names: RunNames) -> Trec {
        Trec { names, seen: 0 }
    }
}

/// One line of a run.
pub fn line(names: &RunNames, id: &str, rank: u64, score: f32) -> String {
    let id = super::ids::encode(id).replace(' ', "%20");
    format!("{} Q0 {id} {rank} {score} {}", names.topic, names.run)
}

impl Renderer for Trec {
    fn needs(&self) -> Needs {
        Needs::Id
    }

    fn begin(&mut self, _: &mut dyn Write, _: &Head<'_>) -> io::Result<()> {
        Ok(())
    }

    fn hit(&mut self, out: &mut dyn Write, hit: &Hit) -> io::Result<()> {
        self.seen += 1;
        let rank = hit.rank.unwrap_or(self.seen);
        writeln!(out, "{}", line(&self.names, &hit.id, rank, hit.score.unwrap_or(0.0)))
    }

    fn end(&mut self, _: &mut dyn Write, _: &Summary<'_>) -> io::Result<()> {
        Ok(())
    }
}
