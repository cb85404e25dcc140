//! The pattern language of the event tables: one cell of triggers, parsed into slots and atoms.
//!
//! `word` exact · `pre*` prefix · `a?b` one letter · `*` any word · `x/y` alternatives, `_` joins
//! words inside one · `..` up to three words between · `!` before a pattern weight 2, `?` weight
//! .5, none 1 · `@country`, `@place`, `@person` a mention of that class. Patterns are separated by
//! `|`. A word with a capital must have one in the text, `'s` and a hyphen must be there as written.

use xxhash_rust::xxh3::xxh3_64;

use crate::tag::Class;
use crate::text::{Token, Tokens};

/// Stands for `?` while a word is cut: a letter that folding leaves alone.
const ANY_LETTER: char = 'ꙮ';

/// Most words that `..` stands for.
pub const MAX_GAP: usize = 3;

/// Weight of a pattern, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// `?`: .5.
    Weak,
    /// No mark: 1.
    Plain,
    /// `!`: 2.
    Strong,
}

impl Weight {
    /// The weight times 10.
    pub fn tenths(self) -> u32 {
        match self {
            Weight::Weak => 5,
            Weight::Plain => 10,
            Weight::Strong => 20,
        }
    }
}

/// One pattern: words in a row, with gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// How much a match counts.
    pub weight: Weight,
    /// At least one; the first has no gap before it.
    pub slots: Vec<Slot>,
}

/// One place of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Whether up to [`MAX_GAP`] words may stand before it.
    pub gap: bool,
    /// What may stand there, the first that fits; each a run of words.
    pub alternatives: Vec<Vec<Atom>>,
}

/// What one word must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// The word.
    pub kind: AtomKind,
    /// Flags of [`Token`] that must all be set.
    pub flags: u16,
    /// Flags of [`Token`] that must not be set.
    pub without: u16,
}

/// How a word is compared; always with its folded form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtomKind {
    /// XXH3-64 of the folded word.
    Exact(u64),
    /// The folded word starts so.
    Prefix(Box<str>),
    /// Head, then letters where [`None`] is any one; `open` if more may follow.
    Glob {
        /// The letters before the first `?`.
        head: Box<str>,
        /// The letters after it.
        rest: Box<[Option<char>]>,
        /// Whether the word may go on.
        open: bool,
    },
    /// Any one word.
    Any,
    /// A mention of a country or person.
    Mention(Class),
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// No word at all, or an alternative without one.
    #[error("a word is missing")]
    Empty,
    /// `..` at the start or end, or twice.
    #[error("'..' stands at an end, or twice")]
    LooseGap,
    /// `*` inside a word, or a `?` that starts one.
    #[error("'*' stands at the end of a word only, '?' not at its start")]
    Wildcard,
    /// `@` and no class that may stand there.
    #[error("'@' names no class: there are @country, @place and @person")]
    UnknownClass,
}

/// The patterns of a cell; `-` and an empty cell hold none.
pub fn parse_cell(cell: &str) -> impl Iterator<Item = Result<Pattern, PatternError>> {
    let cell = if cell.trim() == "-" { "" } else { cell };
    let mut words = Tokens::default();
    cell.split('|').filter(move |_| !cell.is_empty()).map(move |text| parse(text, &mut words))
}

/// One pattern; `words` is scratch.
pub fn parse(text: &str, words: &mut Tokens) -> Result<Pattern, PatternError> {
    let text = text.trim();
    let (weight, text) = match text.as_bytes().first() {
        Some(b'!') => (Weight::Strong, &text[1..]),
        Some(b'?') => (Weight::Weak, &text[1..]),
        _ => (Weight::Plain, text),
    };
    let mut slots = Vec::new();
    let mut gap = false;
    for part in text.split_whitespace() {
        if part == ".." {
            if gap || slots.is_empty() {
                return Err(PatternError::LooseGap);
            }
            gap = true;
            continue;
        }
        let mut alternatives = Vec::new();
        for alternative in part.split('/') {
            let mut atoms = Vec::new();
            for word in alternative.split('_') {
                parse_word(word, words, &mut atoms)?;
            }
            alternatives.push(atoms);
        }
        slots.push(Slot { gap, alternatives });
        gap = false;
    }
    match slots.is_empty() {
        _ if gap => Err(PatternError::LooseGap),
        true => Err(PatternError::Empty),
        false => Ok(Pattern { weight, slots }),
    }
}

/// Appends what a literal is, cut as text is: `cease-fire*` is `cease` and `fire*`.
fn parse_word(word: &str, words: &mut Tokens, atoms: &mut Vec<Atom>) -> Result<(), PatternError> {
    if let Some(class) = word.strip_prefix('@') {
        let class = match class {
            "country" | "place" => Class::Country,
            "person" => Class::Person,
            _ => return Err(PatternError::UnknownClass),
        };
        atoms.push(Atom { kind: AtomKind::Mention(class), flags: 0, without: 0 });
        return Ok(());
    }
    let (stem, open) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    if stem.contains('*') || stem.starts_with('?') {
        return Err(PatternError::Wildcard);
    }
    if stem.contains('?') {
        words.cut(&stem.replace('?', ANY_LETTER.encode_utf8(&mut [0; 4])));
    } else {
        words.cut(stem);
    }
    let from = atoms.len();
    for token in words.iter().filter(|token| !token.has(Token::JOINED)) {
        let folded = words.folded(token);
        let kind = match folded.split_once(ANY_LETTER) {
            None => AtomKind::Exact(xxh3_64(folded.as_bytes())),
            Some((head, rest)) => AtomKind::Glob {
                head: head.into(),
                rest: std::iter::once(None)
                    .chain(rest.chars().map(|c| (c != ANY_LETTER).then_some(c)))
                    .collect(),
                open: false,
            },
        };
        atoms.push(Atom {
            kind,
            flags: token.flags & (Token::CAPITAL | Token::POSSESSIVE),
            // `first-half` is not `first half`.
            without: !token.flags & Token::AFTER_BLANK,
        });
    }
    if open {
        let cut_inside = stem.ends_with(|c: char| c.is_alphanumeric());
        match (atoms[from..].last_mut(), words.last()) {
            (Some(atom), Some(token)) if cut_inside => match &mut atom.kind {
                AtomKind::Glob { open, .. } => *open = true,
                kind => *kind = AtomKind::Prefix(words.folded(token).into()),
            },
            // `6-*` is `6` and any word.
            _ => atoms.push(Atom { kind: AtomKind::Any, flags: 0, without: 0 }),
        }
    }
    if atoms.len() == from { Err(PatternError::Empty) } else { Ok(()) }
}

impl AtomKind {
    /// Whether a token with this folded form fits; mentions never do.
    pub fn fits(&self, token: &Token, folded: &str) -> bool {
        match self {
            AtomKind::Exact(hash) => token.hash == *hash,
            AtomKind::Prefix(prefix) => folded.starts_with(&**prefix),
            AtomKind::Glob { head, rest, open } => {
                let Some(tail) = folded.strip_prefix(&**head) else { return false };
                let mut letters = tail.chars();
                let fits = rest
                    .iter()
                    .all(|want| letters.next().is_some_and(|c| want.is_none_or(|want| want == c)));
                fits && (*open || letters.next().is_none())
            }
            AtomKind::Any => true,
            AtomKind::Mention(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern written out: slots by blanks, `~` a gap, `w` exact, `p*` prefix, `-` no blank.
    fn shape(text: &str) -> String {
        let pattern = match parse(text, &mut Tokens::default()) {
            Ok(pattern) => pattern,
            Err(error) => return format!("{error:?}"),
        };
        let mut out = format!("{}:", pattern.weight.tenths());
        for slot in &pattern.slots {
            out.push_str(if slot.gap { " ~ " } else { " " });
            let alternatives: Vec<String> = slot
                .alternatives
                .iter()
                .map(|atoms| atoms.iter().map(atom).collect::<Vec<_>>().join("_"))
                .collect();
            out.push_str(&alternatives.join("/"));
        }
        out
    }

    fn atom(atom: &Atom) -> String {
        let mut out = if atom.without == 0 { String::new() } else { "-".to_owned() };
        out += &match &atom.kind {
            AtomKind::Exact(_) => "w".to_owned(),
            AtomKind::Prefix(prefix) => format!("{prefix}*"),
            AtomKind::Glob { head, rest, open } => {
                let rest: String = rest.iter().map(|c| c.unwrap_or('?')).collect();
                format!("{head}{rest}{}", if *open { "*" } else { "" })
            }
            AtomKind::Any => "*".to_owned(),
            AtomKind::Mention(class) => format!("@{}", class.name()),
        };
        if atom.flags & Token::CAPITAL != 0 {
            out.push('^');
        }
        if atom.flags & Token::POSSESSIVE != 0 {
            out.push('\'');
        }
        out
    }

    #[test]
    fn patterns_parse_into_slots() {
        for (text, want) in [
            ("pact", "10: w"),
            ("!treaty", "20: w"),
            ("?battle*", "5: battle*"),
            ("treat* .. sign*/ratif*", "10: treat* ~ sign*/ratif*"),
            ("!air defen?e* .. intercept*/shot_down", "20: w defen?e* ~ intercept*/w_w"),
            ("cease-fire*", "10: w_-fire*"),
            ("crimes against humanity", "10: w w w"),
            ("!no-confidence", "20: w_-w"),
            ("women's rights", "10: w' w"),
            ("coup d'etat", "10: w w_-w"),
            ("palme d'or", "10: w w_-w"),
            ("beat .. 6-*", "10: w ~ w_*"),
            ("m-1", "10: w_-w"),
            ("captur* .. @place", "10: captur* ~ @country"),
            ("@person resign*", "10: @person resign*"),
            ("us Open", "10: w w^"),
            ("criticis*", "10: criticis*"),
            ("défense", "10: w"),
            ("", "Empty"),
            ("!", "Empty"),
            ("a//b", "Empty"),
            ("a __ b", "Empty"),
            ("(…)", "Empty"),
            (".. a", "LooseGap"),
            ("a ..", "LooseGap"),
            ("a .. .. b", "LooseGap"),
            ("na*ion", "Wildcard"),
            ("a ?b", "Wildcard"),
            ("@planet", "UnknownClass"),
        ] {
            assert_eq!(shape(text), want, "{text}");
        }
    }

    #[test]
    fn a_cell_is_cut_at_bars_and_a_dash_is_none() {
        assert_eq!(parse_cell("a|b .. c|!d").count(), 3);
        assert_eq!(parse_cell("-").count(), 0);
        assert_eq!(parse_cell("").count(), 0);
        assert!(parse_cell("a||b").any(|pattern| pattern == Err(PatternError::Empty)));
    }

    #[test]
    fn globs_fit_one_letter_each() {
        let glob = &parse("licen?ing", &mut Tokens::default()).unwrap().slots[0].alternatives[0][0];
        for (word, fits) in
            [("licensing", true), ("licencing", true), ("licening", false), ("licensings", false)]
        {
            let words = Tokens::of(word);
            assert_eq!(glob.kind.fits(&words[0], words.folded(&words[0])), fits, "{word}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_is_an_error(text in "\\PC{0,40}|[a-z?*/_@|.! ]{0,40}") {
            for pattern in parse_cell(&text).flatten() {
                assert!(!pattern.slots.is_empty() && !pattern.slots[0].gap);
            }
        }
    }
}
