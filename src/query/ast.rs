//! The syntax tree of a query: what was typed, with the place of every part.

use serde::Serialize;

use super::field::Field;
use crate::diag::Span;

/// One part of a query and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expr {
    /// What the part is.
    pub node: Node,
    /// Where it stands, in characters of the query.
    pub span: Span,
}

/// What a part of a query is. `Display` of [`Expr`] prints the compact form that the test vectors
/// use; `canon::canonical` prints query text that parses to the same tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// `*`: every article.
    All,
    /// A plain word, as typed with escapes resolved; analysed (stemmed, folded) when resolved.
    Word(String),
    /// `=US`: this very form, with case and accents.
    ExactWord(String),
    /// `"free trade"~3`, `="Polish minister"`, `"climate chang"*`.
    Phrase(Phrase),
    /// `econom*`, `wom?n`: `*` stands for any letters, `?` for one; a backslash keeps the next
    /// character literal.
    Wildcard(String),
    /// `tokyo~`, `tokyo~1`: within this many edits; `None` chooses by the word's length.
    Fuzzy {
        /// The word as typed.
        word: String,
        /// Edit distance 0 to 2, or by length.
        distance: Option<u8>,
    },
    /// `/colou?r/`: a whole word that matches.
    Regex(String),
    /// `@person`, `@country:Japan`: a place in the text that names such a thing.
    Entity {
        /// Facet class as typed (`person`, `country`, `event`, `date`, …), canonical name.
        class: String,
        /// The value, `None` for any of the class.
        value: Option<String>,
    },
    /// `title:pact`, `title:(a OR b)`, `hlead(x)`: the inner part, in this text field only.
    In {
        /// A field of kind text.
        field: Field,
        /// What must be found there.
        inner: Box<Expr>,
        /// Written as a function, `hlead(x)`.
        call: bool,
    },
    /// `country:Japan,"South Korea"`, `person:="Shinzo Abe"`, `id:17`, `is:stub`.
    Facet(FacetClause),
    /// `date:2020..`, `len:>1200`, `score:>2`.
    Range(RangeClause),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// None of it.
    Not(Box<Expr>),
    /// Ranks, and excludes nothing.
    Maybe(Box<Expr>),
    /// `x^3`: weight 0 to 1000; 0 makes a filter.
    Boost(f32, Box<Expr>),
    /// `a NEAR/5 b` and its kin.
    Prox {
        /// Which relation.
        op: ProxOp,
        /// Largest distance in words, 1 to 1000; 0 for `Sent` and `Para`.
        distance: u32,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `atleast5(x)`, `first50(x)`, `any3(a b c)`, `caps(Apple)`.
    Call {
        /// Which function.
        function: Function,
        /// Its number; 0 where it takes none.
        number: u32,
        /// Its argument.
        inner: Box<Expr>,
    },
}

/// A quoted phrase.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// The text between the quotes, escapes kept as typed, as one string.
    pub text: String,
    /// Its parts in order, one a position.
    pub parts: Vec<PhrasePart>,
    /// `~n`: edit budget as in Lucene; 0 demands the very order.
    pub slop: u32,
    /// `"climate chang"*`: the last word is a prefix.
    pub prefix: bool,
    /// `="Polish minister"`: with case and accents.
    pub exact: bool,
}

/// One position of a phrase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhrasePart {
    /// A word as typed.
    Word(String),
    /// `*` alone: exactly one word, whichever.
    AnyWord,
    /// `resign*`: a pattern as in [`Node::Wildcard`].
    Pattern(String),
    /// `minster~1`: words near this one as in [`Node::Fuzzy`], of at least three letters.
    Fuzzy {
        /// The word.
        word: String,
        /// Edits, at most; by length without a number.
        distance: Option<u8>,
    },
    /// `/minist.*/`: an expression as in [`Node::Regex`], without a blank.
    Regex(String),
    /// `(prime|foreign)`: one of these words.
    OneOf(Vec<String>),
    /// `^` at the start: the field begins here.
    FieldStart,
    /// `$` at the end: the field ends here.
    FieldEnd,
    /// `@person`, `@country:Japan`.
    Entity {
        /// Facet class.
        class: String,
        /// The value, `None` for any.
        value: Option<String>,
    },
}

/// Values of a facet-like field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FacetClause {
    /// A field of kind facet, flag or id.
    pub field: Field,
    /// `country.major`.
    pub sub: Option<Sub>,
    /// `person:="Shinzo Abe"`: canonical label only.
    pub exact: bool,
    /// What the field must hold.
    pub values: FacetValues,
}

/// What a facet-like field must hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FacetValues {
    /// `country:*`: any value at all.
    Any,
    /// `a,b,"c d"`: any of these.
    List(Vec<FacetValue>),
    /// `country:(Japan OR China)`: an expression of And, Or and Not whose leaves are
    /// [`Node::Word`] and [`Node::Phrase`], each one value.
    Group(Box<Expr>),
}

/// One value of a facet-like field as typed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FacetValue {
    /// The value, quotes removed and escapes resolved; `@file` lists keep their `@`.
    pub text: String,
    /// Whether it stood in quotes (so that `"@x"` is a value and no list, `"a*"` no pattern).
    pub quoted: bool,
    /// Where it stands.
    pub span: Span,
}

/// A part of a field, after a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sub {
    /// What the article is about, not what it mentions in passing.
    Major,
    /// What was supplied with the article.
    Given,
    /// Named in the title.
    Title,
    /// Canonical label only.
    Exact,
    /// `date.overlap:` the intervals touch.
    Overlap,
}

/// A range of dates or numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RangeClause {
    /// A field of kind date or number.
    pub field: Field,
    /// `date.overlap`.
    pub sub: Option<Sub>,
    /// Lower end, `None` for open.
    pub from: Option<Bound>,
    /// Upper end, `None` for open.
    pub to: Option<Bound>,
    /// How it was written; decides the canonical text.
    pub form: RangeForm,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bound {
    /// As typed: `2020-03`, `7d`, `10k`.
    pub text: String,
    /// Whether the value itself (for a date its whole interval) belongs to the range.
    pub inclusive: bool,
    /// Where it stands.
    pub span: Span,
}

/// How a range was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeForm {
    /// `2020`: both ends are one value.
    Single,
    /// `a..b`, `a..`, `..b`.
    Dots,
    /// `>a`, `>=a`, `<a`, `<=a`.
    Comparison,
    /// `[a TO b}`.
    Bracket,
}

/// The relation of a [`Node::Prox`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxOp {
    /// Either order.
    Near,
    /// Left before right.
    Pre,
    /// A left one with no right one near.
    NotNear,
    /// Same sentence.
    Sent,
    /// Same paragraph.
    Para,
}

/// The function of a [`Node::Call`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// At least so many occurrences.
    AtLeast,
    /// Within the first so many words.
    First,
    /// At least so many of the parts.
    Any,
    /// First letter capital.
    Caps,
    /// All letters capital.
    AllCaps,
    /// No letter capital.
    NoCaps,
    /// No stemming.
    Exact,
    /// With the confusions of optical character recognition.
    Ocr,
}
