//! What a run did, in numbers and first examples.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::article::Provenance;
use crate::source::RecordError;
use crate::tag::Class;

/// How many examples of each kind a report names.
pub const EXAMPLES: usize = 5;
/// Different unknown values that are counted one by one; the rest only in the sum.
const MAX_VALUES: usize = 10_000;
/// Different languages that are counted one by one.
const MAX_LANGUAGES: usize = 400;

/// What a run did.
///
/// `read` is the sum of `added`, `replaced`, `unchanged`, `copies` and `duplicates`; what was
/// rejected is counted apart.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Inputs read.
    pub files: u64,
    /// Bytes of input read, compressed where it is compressed.
    pub bytes: u64,
    /// Bytes of titles and bodies.
    pub text_bytes: u64,
    /// Articles read.
    pub read: u64,
    /// Articles that are new in the index.
    pub added: u64,
    /// Articles that the index had with other content, or tagged by another version.
    pub replaced: u64,
    /// Of those replaced: had come from another file or source.
    pub replaced_from_elsewhere: u64,
    /// Articles that the index had just so.
    pub unchanged: u64,
    /// Articles without an id that came before in the run, word for word or by their address.
    pub copies: u64,
    /// Articles whose supplied id came before in the run; the last one stands.
    pub duplicates: u64,
    /// Articles without running text.
    pub stubs: u64,
    /// Articles without a date.
    pub undated: u64,
    /// What was dropped or repaired in articles that were kept, by code.
    pub notes: BTreeMap<&'static str, Tally>,
    /// Records that were not kept, by code.
    pub rejects: BTreeMap<&'static str, u64>,
    /// The first records that were not kept.
    pub first_rejects: Vec<Reject>,
    /// The first articles replaced from elsewhere.
    pub first_from_elsewhere: Vec<Elsewhere>,
    /// The first articles whose supplied id came before.
    pub first_duplicates: Vec<Again>,
    /// Tags found in the articles written, by class.
    pub tags: Vec<TagCount>,
    /// Supplied labels that no table knows.
    pub unknown_values: Unknown,
    /// Articles written, by language.
    pub languages: BTreeMap<String, u64>,
    /// Articles written that are durable.
    pub committed: u64,
    /// Commits made.
    pub commits: u64,
    /// The run was stopped before all was read.
    pub interrupted: bool,
    /// Seconds it took.
    pub seconds: f64,
    /// Megabytes (10⁶) of titles and bodies a second.
    pub mb_per_second: f64,
}

/// A count with the first case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// Where first: `file:line`.
    pub place: String,
    /// What happened there.
    pub message: String,
}

/// A record that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The file.
    pub file: String,
    /// Line on which the record starts, from 1; 0 where lines mean nothing.
    pub line: u64,
    /// First byte of the record in the decompressed text.
    pub byte: u64,
    /// Stable name of the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub message: String,
}

impl Reject {
    /// The reject of a record.
    pub fn of(error: &RecordError) -> Reject {
        Reject {
            file: error.path().display().to_string(),
            line: error.line,
            byte: error.offset,
            code: error.code,
            message: error.message.clone(),
        }
    }
}

/// An article that took the place of one from another file or source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// The id of both.
    pub id: String,
    /// Where the new one stands: `file:line`.
    pub place: String,
    /// The file of the old one.
    pub old_file: String,
    /// The source of the old one.
    pub old_source: Option<String>,
}

/// An article whose supplied id came before in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Again {
    /// The id.
    pub id: String,
    /// Where the later one stands: `file:line`.
    pub place: String,
}

/// Tags of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagCount {
    /// The class.
    pub class: Class,
    /// Values that an article is about, over all articles.
    pub major: u64,
    /// Values only mentioned.
    pub passing: u64,
}

/// Supplied labels that no table knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// How many there were.
    pub count: u64,
    /// The most frequent ones.
    pub most_frequent: Vec<UnknownValue>,
    #[serde(skip)]
    counts: BTreeMap<(Class, String), u64>,
}

/// A supplied label that no table knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownValue {
    /// The class it was given for.
    pub class: Class,
    /// The label.
    pub value: String,
    /// How often it was given.
    pub count: u64,
}

impl Report {
    /// How many records were not kept.
    pub fn rejected(&self) -> u64 {
        self.rejects.values().sum()
    }

    /// Whether the index is as it was before.
    pub fn is_unchanged(&self) -> bool {
        self.added == 0 && self.replaced == 0
    }

    /// Counts a reject.
    pub fn reject(&mut self, error: &RecordError) {
        *self.rejects.entry(error.code).or_default() += 1;
        if self.first_rejects.len() < EXAMPLES {
            self.first_rejects.push(Reject::of(error));
        }
    }

    pub(super) fn note(&mut self, code: &'static str, message: String, place: &Provenance) {
        let tally = self.notes.entry(code).or_insert_with(|| Tally {
            count: 0,
            place: place_of(place),
            message,
        });
        tally.count += 1;
    }

    pub(super) fn tagged(&mut self, counts: &[(u32, u32); Class::ALL.len()]) {
        if self.tags.is_empty() {
            let none = |class| TagCount { class, major: 0, passing: 0 };
            self.tags = Class::ALL.into_iter().map(none).collect();
        }
        for (tags, (major, passing)) in self.tags.iter_mut().zip(counts) {
            tags.major += u64::from(*major);
            tags.passing += u64::from(*passing);
        }
    }

    pub(super) fn language(&mut self, lang: &str) {
        if let Some(count) = self.languages.get_mut(lang) {
            *count += 1;
        } else {
            let lang = if self.languages.len() < MAX_LANGUAGES { lang } else { "other" };
            *self.languages.entry(lang.to_owned()).or_default() += 1;
        }
    }

    /// Sets the time that the run took, and the speed.
    pub fn timed(&mut self, time: Duration) {
        self.seconds = time.as_secs_f64();
        let seconds = self.seconds;
        let megabytes = self.text_bytes as f64 / 1e6;
        self.mb_per_second = if seconds > 0.0 { megabytes / seconds } else { 0.0 };
    }

    /// Fills in what is known at the end only.
    pub(super) fn close(&mut self, time: Duration) {
        self.timed(time);
        self.unknown_values.close();
    }
}

impl Unknown {
    pub(super) fn add(&mut self, class: Class, value: String) {
        self.count += 1;
        let full = self.counts.len() >= MAX_VALUES;
        let key = (class, value);
        match self.counts.get_mut(&key) {
            Some(count) => *count += 1,
            None if full => {}
            None => {
                self.counts.insert(key, 1);
            }
        }
    }

    fn close(&mut self) {
        let mut values: Vec<_> = self.counts.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let value = |((class, value), count): (&(Class, String), &u64)| UnknownValue {
            class: *class,
            value: value.clone(),
            count: *count,
        };
        self.most_frequent = values.into_iter().take(EXAMPLES).map(value).collect();
    }
}

/// `file:line`, or the file alone where lines mean nothing.
pub(super) fn place_of(place: &Provenance) -> String {
    let file = place.path();
    let file = file.display();
    if place.line == 0 { file.to_string() } else { format!("{file}:{}", place.line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_unknown_values_come_first_ties_by_name() {
        let mut report = Report::default();
        for value in ["b", "a", "c", "c", "d", "e", "f"] {
            report.unknown_values.add(Class::Country, value.to_owned());
        }
        report.close(Duration::from_secs(2));
        let names: Vec<_> =
            report.unknown_values.most_frequent.iter().map(|value| value.value.as_str()).collect();
        assert_eq!(names, ["c", "a", "b", "d", "e"]);
        assert_eq!(report.unknown_values.count, 7);
    }

    #[test]
    fn what_an_input_makes_up_does_not_grow_the_report_without_end() {
        let mut report = Report::default();
        for n in 0..MAX_VALUES + 50 {
            report.unknown_values.add(Class::Person, format!("p{n}"));
            report.language(&format!("l{n}"));
            report.reject(&RecordError::file("f", "bad_json", format!("m{n}")));
        }
        assert_eq!(report.unknown_values.counts.len(), MAX_VALUES);
        assert_eq!(report.unknown_values.count, (MAX_VALUES + 50) as u64);
        assert_eq!(report.languages.len(), MAX_LANGUAGES + 1);
        assert_eq!((report.first_rejects.len(), report.rejected()), (5, (MAX_VALUES + 50) as u64));
    }
}
