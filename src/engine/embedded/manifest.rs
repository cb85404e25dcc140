//! What an index says of itself: versions, languages, checkpoint; stored inside each commit.

use serde::{Deserialize, Serialize};

use super::schema::SCHEMA_VERSION;
use crate::analyze::ANALYZER_VERSION;
use crate::engine::EngineError;
use crate::engine::streams::{LEAD_WEIGHT, TITLE_WEIGHT};
use crate::tag::TAGGER_VERSION;

/// The version of the manifest itself.
pub const FORMAT_VERSION: u32 = 1;

/// The manifest. It is the payload of tantivy's commit, so it can never disagree with the
/// segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Identity of the index, drawn when it was created.
    pub uuid: String,
    /// Version of the manifest.
    pub format: u32,
    /// Version of dateline that wrote last.
    pub app_version: String,
    /// Version of the fields.
    pub schema: u32,
    /// Version of tokenizer, folding and stemmers.
    pub analyzer: u32,
    /// Version of the tagger that wrote last; articles keep their own.
    pub tagger: u32,
    /// The oldest version of the tagger that some article may be of; 0 where it is not known.
    #[serde(default)]
    pub oldest_tagger: u32,
    /// Which vocabulary of the user's own all articles were tagged with, see
    /// [`Overlay::fingerprint`](crate::tag::overlay::Overlay::fingerprint).
    #[serde(default)]
    pub vocabulary: String,
    /// Languages whose analyzers were used, sorted.
    pub languages: Vec<String>,
    /// When the index was created, seconds since 1970.
    pub created: i64,
    /// Language of articles without one.
    pub default_lang: String,
    /// Weight of a title word.
    pub title_weight: usize,
    /// Weight of a word of the lead.
    pub lead_weight: usize,
    /// What the last writer left for the next, free text.
    pub checkpoint: String,
}

impl Manifest {
    /// The manifest of a new index.
    pub fn new(uuid: String, default_lang: &str, now: i64) -> Manifest {
        Manifest {
            uuid,
            format: FORMAT_VERSION,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: SCHEMA_VERSION,
            analyzer: ANALYZER_VERSION,
            tagger: TAGGER_VERSION,
            oldest_tagger: TAGGER_VERSION,
            vocabulary: String::new(),
            languages: Vec::new(),
            created: now,
            default_lang: default_lang.to_owned(),
            title_weight: TITLE_WEIGHT,
            lead_weight: LEAD_WEIGHT,
            checkpoint: String::new(),
        }
    }

    /// The manifest of this index and another read as one. Their identities are joined by `+`.
    pub fn joined(mut self, other: &Manifest) -> Manifest {
        self.uuid.push('+');
        self.uuid.push_str(&other.uuid);
        self.languages.extend(other.languages.iter().cloned());
        self.languages.sort();
        self.languages.dedup();
        self.created = self.created.min(other.created);
        self.oldest_tagger = self.oldest_tagger.min(other.oldest_tagger);
        self.tagger = self.tagger.max(other.tagger);
        self
    }

    /// Whether some articles were tagged by another version of the tagger than others.
    pub fn is_mixed(&self) -> bool {
        self.oldest_tagger != 0 && self.oldest_tagger < self.tagger
    }

    /// Reads the payload of a commit.
    ///
    /// # Errors
    /// When it is none of ours, or of a version that this one cannot read.
    pub fn read(payload: Option<&str>, place: &str) -> Result<Manifest, EngineError> {
        let Some(payload) = payload else {
            return Err(EngineError::Unusable(format!(
                "{place} holds a tantivy index that dateline did not write"
            )));
        };
        let manifest: Manifest = serde_json::from_str(payload)
            .map_err(|error| EngineError::Corrupt(format!("its manifest: {error}")))?;
        if manifest.format > FORMAT_VERSION || manifest.schema > SCHEMA_VERSION {
            return Err(EngineError::Version(format!(
                "{place} was written by dateline {}, which is newer than this one ({}); update dateline",
                manifest.app_version,
                env!("CARGO_PKG_VERSION")
            )));
        }
        if manifest.analyzer != ANALYZER_VERSION || manifest.schema < SCHEMA_VERSION {
            return Err(EngineError::Version(format!(
                "{place} was written by dateline {} with other analyzers; index the articles anew into another directory",
                manifest.app_version
            )));
        }
        Ok(manifest)
    }
}
