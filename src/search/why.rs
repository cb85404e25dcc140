//! Why an article has a tag, or has it not: the decision made again, with all that led to it.

use crate::article::Words;
use crate::engine::StoredArticle;
use crate::tag::country::{self, salience};
use crate::tag::homes::Homes;
use crate::tag::{
    Class, Level, Mention, Origin, Part, Reading, Tag, Tagger, rule_name, vocabulary,
};
use crate::text::fold::fold;

/// Characters of text on each side of a mention.
const AROUND: usize = 40;

/// Terms of a decision that are told.
const TERMS: usize = 6;

/// Places of a name that are told where the tag is absent.
const PLACES: usize = 5;

/// One mention with the text around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    /// Where it stands.
    pub part: Part,
    /// The text before, the mention, the text after.
    pub text: [String; 3],
    /// The rule that found it.
    pub rule: &'static str,
    /// Its weight in the decision, 0 to 255.
    pub weight: u8,
}

/// A tag with what led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Its class.
    pub class: Class,
    /// Its id.
    pub id: String,
    /// How it is shown, where the article tells.
    pub label: Option<String>,
    /// Major or passing; `None` where the article has no such tag.
    pub level: Option<Level>,
    /// Whether it came with the article.
    pub given: bool,
    /// Strength of the decision, 0 to 1.
    pub score: f64,
    /// Its mentions, in the order of the text.
    pub mentions: Vec<Quoted>,
    /// For countries: what the largest features add to the decision.
    pub terms: Vec<(&'static str, f64, f64)>,
    /// Why it is absent, or what else the reader should know.
    pub notes: Vec<String>,
}

/// The reasons of the tags of a stored article that `wanted` names, most important first.
/// Makes the decision about countries again.
pub fn reasons(
    stored: &StoredArticle,
    said: (&Tagger, &Homes),
    wanted: &dyn Fn(&Tag) -> bool,
) -> Vec<Reason> {
    let explained = explained(stored, said);
    let tags = stored.tags.tags.iter().filter(|tag| wanted(tag));
    tags.map(|tag| {
        let own = explained.iter().find(|one| tag.class == Class::Country && one.id == tag.id);
        Reason {
            class: tag.class,
            id: tag.id.clone(),
            label: tag.label.clone(),
            level: Some(tag.level),
            given: tag.origin == Origin::Given,
            score: f64::from(tag.score) / 255.0,
            mentions: tag.mentions.iter().filter_map(|one| quoted(stored, one)).collect(),
            terms: match own {
                Some(own) if tag.origin == Origin::Derived => {
                    own.terms.iter().copied().take(TERMS).collect()
                }
                _ => Vec::new(),
            },
            notes: tag.by.iter().map(|by| format!("said by {by}")).collect(),
        }
    })
    .collect()
}

/// Why an article has no tag of this id, or has it in passing only.
pub fn absence(stored: &StoredArticle, said: (&Tagger, &Homes), class: Class, id: &str) -> Reason {
    let held = |tag: &&Tag| {
        tag.class == class
            && (tag.id == id || tag.id.strip_prefix(id).is_some_and(|rest| rest.starts_with('/')))
    };
    let mut reasons = reasons(stored, said, &|tag| held(&tag));
    if !reasons.is_empty() {
        let mut reason = reasons.remove(0);
        let told = match (reason.level, class) {
            (Some(Level::Major), _) => "the article has this tag, and is about it".to_owned(),
            (_, Class::Country) => format!(
                "the article names it: {:.2} is below the {} that make a country major",
                reason.score,
                salience::MAJOR
            ),
            _ => "the article names it, and is not about it".to_owned(),
        };
        reason.notes.push(told);
        return reason;
    }
    let mut reason = Reason {
        class,
        id: id.to_owned(),
        label: None,
        level: None,
        given: false,
        score: 0.0,
        mentions: Vec::new(),
        terms: Vec::new(),
        notes: Vec::new(),
    };
    if class == Class::Country
        && let Some(own) = explained(stored, said).into_iter().find(|one| one.id == id)
    {
        reason.score = own.probability;
        reason.terms = own.terms.into_iter().take(TERMS).collect();
        reason.notes.push("it was a candidate whose evidence was too weak".to_owned());
        return reason;
    }
    let names = names(class, id);
    let mut seen = 0;
    for (part, text) in [(Part::Title, &stored.article.title), (Part::Body, &stored.article.body)] {
        for (start, end) in places(text, &names) {
            seen += 1;
            if reason.notes.len() < PLACES {
                reason.notes.push(other_reading(stored, part, start, end));
            }
        }
    }
    if seen == 0 {
        let what = match class {
            Class::Country => "no name, adjective or city of it stands in title or text",
            Class::Person => "the name does not stand in title or text",
            Class::Event => "no trigger of the type was found, or what was found was too weak",
        };
        reason.notes.push(what.to_owned());
    } else if seen > PLACES {
        reason.notes.push(format!("and {} more places", seen - PLACES));
    }
    reason
}

fn explained(
    stored: &StoredArticle,
    (tagger, homes): (&Tagger, &Homes),
) -> Vec<country::Explained> {
    let article = &stored.article;
    let words = Words::of(article);
    let home = homes.of_tagged(article, &stored.tags);
    let reading = Reading {
        article,
        words: &words,
        lang: &stored.lang,
        date: article.date.as_ref().map(|date| date.start),
        home: home.as_ref(),
    };
    tagger.explain_countries(&reading)
}

fn text_of(stored: &StoredArticle, part: Part) -> &str {
    match part {
        Part::Title => &stored.article.title,
        Part::Body => &stored.article.body,
        Part::Dateline => stored.article.dateline.as_deref().unwrap_or_default(),
        Part::Meta => "",
    }
}

fn quoted(stored: &StoredArticle, mention: &Mention) -> Option<Quoted> {
    let (start, end) = (mention.start as usize, mention.end as usize);
    let text = text_of(stored, mention.part);
    let text = surroundings(text, start, end)?;
    let (rule, weight) = (rule_name(mention.rule), mention.weight);
    Some(Quoted { part: mention.part, text, rule, weight })
}

fn surroundings(text: &str, start: usize, end: usize) -> Option<[String; 3]> {
    let (before, word, after) = (text.get(..start)?, text.get(start..end)?, text.get(end..)?);
    let from = before.char_indices().rev().take(AROUND).last().map_or(start, |(at, _)| at);
    let to = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at);
    Some([&before[from..], word, &after[..to]].map(str::to_owned))
}

/// Names under which a value may stand in a text, folded.
fn names(class: Class, id: &str) -> Vec<String> {
    match class {
        Class::Country => vocabulary::names_of(id).map(fold).collect(),
        Class::Person => {
            let surname = crate::tag::person::name::surname(id).to_owned();
            let full = id.trim_start_matches('~').replace('-', " ");
            if full == surname { vec![full] } else { vec![full, surname] }
        }
        Class::Event => Vec::new(),
    }
}

/// Where one of the names stands as words of its own.
fn places(text: &str, names: &[String]) -> Vec<(usize, usize)> {
    let words = crate::text::Tokens::of(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = names.iter().filter_map(|name| {
            let parts: Vec<&str> = name.split([' ', '-']).filter(|part| !part.is_empty()).collect();
            let here = (0..parts.len()).all(|step| {
                words.get(at + step).is_some_and(|word| words.folded(word) == parts[step])
            });
            (here && !parts.is_empty()).then_some(parts.len())
        });
        match (longest.max(), words.get(at)) {
            (Some(length), Some(first)) => {
                let last = words.get(at + length - 1).unwrap_or(first);
                found.push((first.start as usize, last.end as usize));
                at += length;
            }
            _ => at += 1,
        }
    }
    found
}

/// What the words at a place were taken for instead.
fn other_reading(stored: &StoredArticle, part: Part, start: usize, end: usize) -> String {
    let text = text_of(stored, part);
    let quote = surroundings(text, start, end).unwrap_or_default();
    let quote = format!("\"{}[{}]{}\"", quote[0], quote[1], quote[2]);
    let over = stored.tags.tags.iter().find_map(|tag| {
        let overlapping = |one: &&Mention| {
            one.part == part && (one.start as usize) < end && start < one.end as usize
        };
        tag.mentions.iter().find(overlapping).map(|mention| (tag, mention))
    });
    match over {
        Some((tag, mention)) => format!(
            "{quote} was read as {} {} by the rule {}",
            tag.class.name(),
            tag.id,
            rule_name(mention.rule)
        ),
        None => format!(
            "{quote} was not counted: part of a longer name, a common word, or its capitals differ"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;

    fn stored(title: &str, body: &str) -> StoredArticle {
        let article = Article { title: title.into(), body: body.into(), ..Article::default() };
        let words = Words::of(&article);
        let reading =
            Reading { article: &article, words: &words, lang: "en", date: None, home: None };
        let tags = Tagger::new().tag(&reading);
        StoredArticle { article, tags, lang: "en".into(), ..StoredArticle::default() }
    }

    #[test]
    fn a_tag_tells_its_mentions_and_the_terms_of_its_decision() {
        let one = stored("Japan signs pact", "Tokyo agreed. Japan will pay.");
        let reasons = reasons(&one, (&Tagger::new(), &Homes::default()), &|tag| tag.id == "JP");
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0].mentions[0].text[1], "Japan");
        assert_eq!(reasons[0].mentions[0].part, Part::Title);
        assert!(!reasons[0].terms.is_empty());
        let sum: f64 = reasons[0].terms.iter().map(|(_, _, term)| term).sum();
        assert!(sum.is_finite());
    }

    #[test]
    fn an_absent_tag_tells_what_its_name_was_read_as() {
        let one = stored("", "Police in Atlanta, Georgia, said the governor of Georgia knew.");
        let reason = absence(&one, (&Tagger::new(), &Homes::default()), Class::Country, "GE");
        assert_eq!(reason.level, None);
        assert!(reason.notes[0].contains("[Georgia]"), "{:?}", reason.notes);
        assert!(reason.notes[0].contains("read as country US"), "{:?}", reason.notes);
        let reason = absence(&one, (&Tagger::new(), &Homes::default()), Class::Country, "BR");
        assert!(reason.notes[0].starts_with("no name"), "{:?}", reason.notes);
    }
}
