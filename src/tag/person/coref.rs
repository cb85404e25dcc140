//! Joins the names of one article to persons: full names, lone surnames, well-known persons.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use xxhash_rust::xxh3::xxh3_64;

use super::field::{Case, Field, Gap, Word};
use super::lists::{Entry, Known, Lexicon};
use super::name;
use super::rules::{Context, Found, number};
use crate::tag::{Mention, Part};
use crate::text::Token;

/// A person of one article.
#[derive(Debug)]
pub(super) struct Person {
    pub id: String,
    /// Fullest form found.
    pub label: String,
    /// Hashes of the words by which the person is named alone.
    surname: u64,
    given: u64,
    regnal: bool,
    /// Where full names stand, in the order of the text.
    full: Vec<(Part, u32)>,
    /// Hashes of all words of the name, to take `Perez` in `Perez de Cuellar`.
    words: Vec<u64>,
    pub mentions: Vec<Mention>,
}

/// All persons of one article as they are found.
#[derive(Debug)]
pub(super) struct Persons<'l> {
    lexicon: &'l Lexicon,
    /// Year of the article, if known.
    year: Option<u16>,
    pub list: Vec<Person>,
    /// Bits of the surnames and given names in the list, to reject most words at once.
    bloom: u64,
    by_id: HashMap<u64, usize, FixedState>,
    by_surname: HashMap<u64, Vec<usize>, FixedState>,
    by_given: HashMap<u64, usize, FixedState>,
    /// Persons by the display form of their full names, so that a repeated name costs little.
    by_display: HashMap<u64, usize, FixedState>,
    /// Full names by surname: where they stand, in order, and whose they are.
    full: HashMap<u64, Vec<(Part, u32, usize)>, FixedState>,
}

impl<'l> Persons<'l> {
    pub fn new(lexicon: &'l Lexicon, year: Option<u16>) -> Persons<'l> {
        Persons {
            lexicon,
            year,
            list: Vec::new(),
            bloom: 0,
            by_id: HashMap::default(),
            by_surname: HashMap::default(),
            by_given: HashMap::default(),
            by_display: HashMap::default(),
            full: HashMap::default(),
        }
    }

    /// Adds names of two and more words, and kings and popes.
    pub fn add_full(&mut self, field: &Field<'_>, found: &[Found]) {
        for hit in found {
            let words = &field.words[hit.first..=hit.last];
            if words.len() == 1 && hit.regnal.is_none() {
                continue;
            }
            let from = hit.regnal.unwrap_or(hit.first);
            let display = display(field, from, hit.last);
            let form = xxh3_64(display.as_bytes());
            if let Some(&at) = self.by_display.get(&form) {
                self.list[at].full.push((field.part, words[0].start));
                self.mention(at, field, hit.first, hit.last, hit.rule, hit.weight);
                continue;
            }
            let id = name::slug_of_span(&display);
            if !id.contains('-') {
                continue;
            }
            let bare = words
                .iter()
                .rposition(|word| !word.entry.has(Entry::SUFFIX) && word.is_capital())
                .unwrap_or(words.len() - 1);
            let first = words[0].hash;
            let leads = hit.regnal.is_some() || xxh3_64(name::surname(&id).as_bytes()) == first;
            let surname = if leads { first } else { words[bare].hash };
            let given = if surname == first || words[0].entry.given < 5 { 0 } else { first };
            // Leigh-Pemberton is Robin Leigh-Pemberton, if he is known.
            let whole = self
                .lexicon
                .known(words[bare].hash)
                .iter()
                .find(|known| self.in_time(known) && ends_with_part(known.id, &id));
            let (id, label) = match whole {
                Some(known) => (known.id.to_owned(), name::label_from_slug(known.id)),
                None => (id, display),
            };
            let at = self.person(id, &label, surname, given, hit.regnal.is_some());
            self.by_display.insert(form, at);
            let person = &mut self.list[at];
            person.full.push((field.part, words[0].start));
            for word in words {
                if !person.words.contains(&word.hash) {
                    person.words.push(word.hash);
                }
            }
            self.mention(at, field, hit.first, hit.last, hit.rule, hit.weight);
        }
    }

    fn person(&mut self, id: String, label: &str, surname: u64, given: u64, regnal: bool) -> usize {
        self.bloom |= bit(surname) | if given == 0 { 0 } else { bit(given) };
        let key = xxh3_64(id.as_bytes());
        if let Some(&at) = self.by_id.get(&key) {
            let person = &mut self.list[at];
            if fuller(label, &person.label) {
                label.clone_into(&mut person.label);
            }
            return at;
        }
        let at = self.list.len();
        self.by_id.insert(key, at);
        self.by_surname.entry(surname).or_default().push(at);
        if given != 0 {
            self.by_given.entry(given).or_insert(at);
        }
        self.list.push(Person {
            id,
            label: label.to_owned(),
            surname,
            given,
            regnal,
            full: Vec::new(),
            words: Vec::new(),
            mentions: Vec::new(),
        });
        at
    }

    fn mention(
        &mut self,
        at: usize,
        field: &Field<'_>,
        first: usize,
        last: usize,
        rule: u8,
        weight: u8,
    ) {
        let (start, mut end) = (field.words[first].start, field.words[last].end);
        // The stop of `Jr.` belongs to it.
        let word = &field.words[last];
        if word.shape & Token::DOT != 0 && word.entry.has(Entry::SUFFIX) && last > first {
            end += 1;
        }
        self.list[at].mentions.push(Mention { part: field.part, start, end, rule, weight });
    }

    /// Joins `george-herbert-bush` to `george-bush` and `leigh-pemberton` to
    /// `robin-leigh-pemberton` where both stand in the article.
    pub fn merge(&mut self) {
        for at in 0..self.list.len() {
            let id = self.list[at].id.clone();
            let (Some((first, rest)), Some((_, last))) = (id.split_once('-'), id.rsplit_once('-'))
            else {
                continue;
            };
            if rest != last {
                self.join(at, &format!("{first}-{last}"), false);
            }
            let mut end = rest;
            while let Some((_, shorter)) = end.split_once('-') {
                self.join(at, end, true);
                end = shorter;
            }
        }
        self.by_surname.clear();
        for (at, person) in self.list.iter().enumerate().filter(|(_, p)| !p.mentions.is_empty()) {
            self.by_surname.entry(person.surname).or_default().push(at);
            let full = self.full.entry(person.surname).or_default();
            full.extend(person.full.iter().map(|&(part, start)| (part, start, at)));
        }
        self.full.values_mut().for_each(|full| full.sort_unstable());
    }

    /// Joins person `at` and the one with this id, if there is one; `keep` keeps the id of `at`.
    fn join(&mut self, at: usize, id: &str, keep: bool) {
        let Some(&other) = self.by_id.get(&xxh3_64(id.as_bytes())) else { return };
        let (one, two) = (&self.list[at], &self.list[other]);
        if at == other || one.surname != two.surname || one.regnal || two.regnal {
            return;
        }
        let (from, to) = if keep { (other, at) } else { (at, other) };
        let gone = &mut self.list[from];
        let (label, mentions) = (gone.label.clone(), std::mem::take(&mut gone.mentions));
        let (full, words) = (std::mem::take(&mut gone.full), std::mem::take(&mut gone.words));
        let kept = &mut self.list[to];
        if fuller(&label, &kept.label) {
            kept.label = label;
        }
        kept.mentions.extend(mentions);
        kept.full.extend(full);
        kept.words.extend(words);
    }

    /// Adds lone surnames that stand after a title.
    pub fn add_titled(&mut self, field: &Field<'_>, found: &[Found]) {
        for hit in found {
            let display = display(field, hit.first, hit.last);
            if hit.regnal.is_some()
                || (hit.first != hit.last && name::slug_of_span(&display).contains('-'))
            {
                continue;
            }
            let word = field.words[hit.last];
            let rule = if hit.rule == number::LEARNT { hit.rule } else { number::TITLE };
            if let Some(at) = self.of_surname(word.hash, field.part, word.start) {
                let rule = if hit.rule == number::LEARNT { number::SURNAME } else { rule };
                self.mention(at, field, hit.first, hit.last, rule, hit.weight);
                continue;
            }
            let surname = name::slug_of_span(&display);
            if surname.is_empty() {
                continue;
            }
            let known = self.known(xxh3_64(surname.as_bytes()));
            let (id, label) = match known {
                Some(id) => (id.to_owned(), name::label_from_slug(id)),
                None => (name::name_only_id(&surname), name::name_only_label(&display)),
            };
            let at = self.person(id, &label, word.hash, 0, false);
            self.mention(at, field, hit.first, hit.last, rule, hit.weight);
        }
    }

    /// The person a lone surname means: the one named last before it, else the first.
    fn of_surname(&self, surname: u64, part: Part, start: u32) -> Option<usize> {
        if self.bloom & bit(surname) == 0 {
            return None;
        }
        let full = self.full.get(&surname).map_or(&[][..], Vec::as_slice);
        let before = full.partition_point(|&(in_part, at, _)| (in_part, at) < (part, start));
        match before.checked_sub(1).map(|last| full[last]) {
            Some((in_part, _, person)) if in_part == part => Some(person),
            _ => self.by_surname.get(&surname)?.first().copied(),
        }
    }

    /// The well-known person whose lone surname this is in the article's year, if it is one only.
    fn known(&self, surname: u64) -> Option<&'static str> {
        let mut fitting = self.lexicon.known(surname).iter().filter(|known| self.in_time(known));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first.id)
    }

    fn in_time(&self, known: &Known) -> bool {
        self.year.is_none_or(|year| (known.from..=known.to).contains(&year))
    }

    /// Adds surnames and given names that stand alone, and surnames of well-known persons.
    pub fn add_lone(&mut self, field: &mut Field<'_>, context: &Context<'_>) {
        for at in 0..field.words.len() {
            let word = field.words[at];
            let hit = self.bloom & bit(word.hash) != 0;
            if word.taken || !(hit || word.entry.has(Entry::KNOWN)) || !word.is_capital() {
                continue;
            }
            let person =
                if hit { self.of_surname(word.hash, field.part, word.start) } else { None };
            let name = person.map_or(&[][..], |person| &self.list[person].words);
            let mut first = at;
            while field.words[first].gap != Gap::Break {
                let previous = &field.words[first - 1];
                let belongs = previous.entry.has(Entry::PARTICLE)
                    || (!previous.is_title() && name.contains(&previous.hash));
                if previous.taken || !belongs {
                    break;
                }
                first -= 1;
            }
            let Some(evidence) = lone_evidence(field, context, first, at) else { continue };
            let (person, rule) = match person {
                Some(person) => (Some(person), number::SURNAME),
                None => (self.lone_known(context, field, at, evidence), number::KNOWN),
            };
            let (person, rule) = match person {
                Some(person) => (Some(person), rule),
                None => (self.first_named(&word), number::FIRST_NAME),
            };
            let Some(person) = person else { continue };
            for word in &mut field.words[first..=at] {
                word.taken = true;
            }
            let weight = if rule == number::SURNAME { 150 } else { 110 } + evidence.min(50) as u8;
            self.mention(person, field, first, at, rule, weight);
        }
    }

    /// The first person with this given name.
    fn first_named(&self, word: &Word) -> Option<usize> {
        let at = *self.by_given.get(&word.hash).filter(|_| !word.is_thing())?;
        (!self.list[at].mentions.is_empty()).then_some(at)
    }

    fn lone_known(
        &mut self,
        context: &Context<'_>,
        field: &Field<'_>,
        at: usize,
        evidence: u32,
    ) -> Option<usize> {
        let word = &field.words[at];
        if !context.english || !word.entry.has(Entry::KNOWN) {
            return None;
        }
        let doubtful = word.is_thing()
            || word.entry.surname >= 5
            || word.entry.given >= 4
            || word.entry.has(Entry::COMMON)
            || (self.year.is_none() && word.entry.surname >= 3);
        if doubtful && evidence < 10 {
            return None;
        }
        let id = self.known(word.hash)?;
        Some(self.person(id.to_owned(), &name::label_from_slug(id), word.hash, 0, false))
    }

    /// Marks names found elsewhere that stand in a title, or a line of the body, without lower
    /// case.
    pub fn add_capitals(&mut self, field: &mut Field<'_>) {
        for at in 0..field.words.len() {
            let word = field.words[at];
            if word.taken || self.bloom & bit(word.hash) == 0 {
                continue;
            }
            if field.case != Case::Capitals && !(word.all_caps() && field.is_capitals_line(&word)) {
                continue;
            }
            let Some(person) = self.most_mentioned(word.hash) else { continue };
            let mut first = at;
            if at > 0
                && word.gap != Gap::Break
                && field.words[at - 1].hash == self.list[person].given
            {
                first -= 1;
            }
            self.mention(person, field, first, at, number::HEADLINE, 120);
        }
    }

    fn most_mentioned(&self, surname: u64) -> Option<usize> {
        let mut best: Option<usize> = None;
        // More than a few persons of one surname are a list, where any of them will do.
        for &at in self.by_surname.get(&surname)?.iter().take(16) {
            let person = &self.list[at];
            if best.is_none_or(|best| person.mentions.len() > self.list[best].mentions.len()) {
                best = Some(at);
            }
        }
        best
    }

    /// Adds a mention of a person known by an alias in another script.
    pub fn add_alias(&mut self, id: &str, part: Part, start: u32, end: u32) {
        let surname = xxh3_64(name::surname(id).as_bytes());
        let at = self.person(id.to_owned(), &name::label_from_slug(id), surname, 0, false);
        self.list[at].mentions.push(Mention { part, start, end, rule: number::ALIAS, weight: 200 });
    }
}

/// Whether words `front..=at` can be a lone name, and how much around them says so.
fn lone_evidence(field: &Field<'_>, context: &Context<'_>, front: usize, at: usize) -> Option<u32> {
    let word = &field.words[at];
    if word.thing != 0 || (word.all_caps() && field.case == Case::Normal) {
        return None;
    }
    let mut evidence = 0;
    if let Some(next) = field.words.get(at + 1).filter(|next| next.gap != Gap::Break) {
        // Another capitalised word follows: only a title or thing may.
        if next.gap == Gap::Hyphen || !next.entry.has(Entry::TIME) {
            return None;
        }
    }
    if field.words[front].gap != Gap::Break {
        let previous = &field.words[front - 1];
        if field.words[front].gap == Gap::Hyphen {
            return None;
        }
        if previous.is_title() || previous.entry.has(Entry::TITLE) {
            evidence += 30;
        } else {
            let sentence = previous.shape & Token::SENTENCE != 0
                && (previous.entry.has(Entry::COMMON) || context.lower.has(previous.hash));
            if !sentence && !previous.entry.has(Entry::DEMONYM) && !previous.taken {
                return None;
            }
        }
    }
    let tail = &field.tokens[word.token as usize];
    if word.shape & Token::POSSESSIVE != 0 {
        evidence += 6;
    }
    if let Some(next) = field.after(word.token, 0) {
        let gap = field.between_tokens(tail.end, next.start);
        if gap.contains(&b'&') {
            return None;
        }
        let entry = context.lexicon.get(next.hash);
        if gap.iter().all(u8::is_ascii_whitespace) && !next.has(Token::CAPITAL) {
            if entry.has(Entry::SPEECH) {
                evidence += 20;
            } else if entry.has(Entry::VERB) || field.tokens.folded(next).ends_with("ed") {
                evidence += 6;
            }
        }
    }
    let mut after_preposition = false;
    if field.words[front].gap == Gap::Break
        && word.shape & Token::SENTENCE == 0
        && let Some(before) = field.before(field.words[front].token)
    {
        let gap = field.between_tokens(before.end, field.words[front].start);
        if gap.contains(&b'&') {
            return None;
        }
        let entry = context.lexicon.get(before.hash);
        if !before.has(Token::CAPITAL) {
            if entry.has(Entry::SPEECH) {
                evidence += 15;
            } else if entry.has(Entry::ROLE) {
                evidence += 10;
            } else if entry.has(Entry::PREPOSITION) {
                after_preposition = true;
            }
        }
    }
    if word.is_thing() && (after_preposition || evidence < 6) {
        return None;
    }
    let common = word.entry.has(Entry::COMMON) || context.lower.has(word.hash);
    if common && word.shape & Token::SENTENCE != 0 && evidence < 6 {
        return None;
    }
    Some(evidence)
}

/// Whether an id is a longer one without its first parts.
fn ends_with_part(id: &str, end: &str) -> bool {
    id.strip_suffix(end).is_some_and(|front| front.ends_with('-'))
}

fn bit(hash: u64) -> u64 {
    1 << (hash & 63)
}

fn fuller(label: &str, than: &str) -> bool {
    label.len() > than.len() && !label.contains("(name only)")
}

/// The words from `first` to `last` with line breaks made blanks.
fn display(field: &Field<'_>, first: usize, last: usize) -> String {
    let text = &field.text[field.words[first].start as usize..field.words[last].end as usize];
    let mut out = String::with_capacity(text.len());
    for part in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(part);
    }
    out
}
