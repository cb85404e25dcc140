//! The index as an engine: each question of the seam, answered by the parts of this folder.

use std::ops::ControlFlow;

use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocSet, TERMINATED, Term};

use super::{Embedded, address, find, stored_at};
use crate::engine::bits::Bits;
use crate::engine::embedded::stems::{self, chosen};
use crate::engine::embedded::{bag, failure, pairs};
use crate::engine::{
    Answer, Bag, Engine, EngineError, FacetCounts, FacetQuestion, Gap, Match, Pairs, Question,
    StoredArticle,
};
use crate::plan::{Clause, FacetField, Plan};

impl Engine for Embedded {
    fn gaps(&self, _: &Plan) -> Vec<Gap> {
        Vec::new()
    }

    fn was_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.was_due())
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
            let (best, total) = self.best(question, query)?;
            answer.total = question.total.then_some(total);
            answer.matches = best
                .into_iter()
                .map(|ranked| Match {
                    score: Some(ranked.score),
                    address: address(ranked.segment, ranked.doc),
                    id: self.columns.0[ranked.segment as usize].id(ranked.doc),
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

    fn dates(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(Option<(i64, i64)>),
    ) -> Result<(), EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        for (columns, reader) in self.columns.0.iter().zip(self.searcher.segment_readers()) {
            let alive = reader.alive_bitset();
            let mut starts = [None; COLLECT_BLOCK_BUFFER_LEN];
            weight
                .for_each_no_score(reader, &mut |docs| {
                    columns.dates(docs, &mut starts);
                    for (&doc, &start) in docs.iter().zip(&starts) {
                        if alive.is_none_or(|alive| alive.is_alive(doc)) {
                            each(start.and_then(|start| Some((start, columns.date_end(doc)?))));
                        }
                    }
                })
                .map_err(failure)?;
        }
        compiled.finished()
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
            let columns = &self.columns.0[segment as usize];
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

    fn stems(
        &self,
        plan: &Plan,
        each: &mut dyn FnMut(&str, u64, u64),
    ) -> Result<(u64, u64), EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        let chosen = chosen(weight.as_ref(), &self.searcher)?;
        compiled.finished()?;
        let matches = chosen.iter().map(|(_, number)| number).sum();
        let few = stems::are_few(&self.searcher, self.fields.text, matches)?;
        if few {
            stems::of_matches(&self.searcher, &self.fields, &chosen, each)?;
        } else {
            stems::of_postings(&self.searcher, self.fields.text, &chosen, each)?;
        }
        Ok((matches, self.searcher.num_docs()))
    }

    fn bag(&self, bag: &Bag<'_>) -> Result<Answer, EngineError> {
        let within = match &bag.within.root {
            Clause::All => None,
            _ => {
                let compiled = self.compile(bag.within)?;
                let weight = self.weight(compiled.query.as_ref(), false)?;
                let chosen = chosen(weight.as_ref(), &self.searcher)?;
                compiled.finished()?;
                Some(chosen)
            }
        };
        let readers = self.searcher.segment_readers();
        let (total, mut best) =
            bag::score(readers, self.fields.text, bag, within.as_ref(), self.stop.as_deref())?;
        bag::order(&mut best, &self.columns.0, bag.limit);
        let matches = best.into_iter().map(|one| Match {
            id: self.columns.0[one.segment as usize].id(one.doc),
            score: Some(one.score),
            address: address(one.segment, one.doc),
        });
        Ok(Answer { total: Some(total), matches: matches.collect(), facets: Vec::new() })
    }

    fn set(&self, plan: &Plan) -> Result<Bits, EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        let readers = self.searcher.segment_readers();
        let size: u32 = readers.iter().map(|reader| reader.max_doc()).sum();
        let mut set = Bits::new(size as usize);
        let mut first = 0;
        for reader in readers {
            let alive = reader.alive_bitset();
            weight
                .for_each_no_score(reader, &mut |docs| {
                    for &doc in docs {
                        if alive.is_none_or(|alive| alive.is_alive(doc)) {
                            set.insert((first + doc) as usize);
                        }
                    }
                })
                .map_err(failure)?;
            first += reader.max_doc();
        }
        compiled.finished()?;
        Ok(set)
    }

    fn holding(&self, stem: &str) -> u64 {
        let term = Term::from_field_text(self.fields.text, stem);
        self.searcher.doc_freq(&term).unwrap_or(0)
    }

    fn size(&self) -> u64 {
        self.searcher.num_docs()
    }

    fn pairs(&self, plan: &Plan, fields: [FacetField; 2]) -> Result<Pairs, EngineError> {
        let compiled = self.compile(plan)?;
        let weight = self.weight(compiled.query.as_ref(), false)?;
        let mut pairs = Pairs::default();
        for (columns, reader) in self.columns.0.iter().zip(self.searcher.segment_readers()) {
            pairs::count(weight.as_ref(), reader, columns, fields, &mut pairs)?;
        }
        compiled.finished()?;
        Ok(pairs)
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
