//! Prints trees in the compact notation that the test vectors and `explain` use.

use std::fmt::{Display, Formatter, Result};

use super::ast::{
    Bound, Expr, FacetClause, FacetValues, Function, Node, Phrase, ProxOp, RangeClause, RangeForm,
};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.node {
            Node::All => f.write_str("*"),
            Node::Word(word) => f.write_str(word),
            Node::ExactWord(word) => write!(f, "={word}"),
            Node::Phrase(phrase) => write!(f, "{phrase}"),
            Node::Wildcard(pattern) => write!(f, "wild<{pattern}>"),
            Node::Fuzzy { word, distance: None } => write!(f, "fuzzy<{word},auto>"),
            Node::Fuzzy { word, distance: Some(distance) } => write!(f, "fuzzy<{word},{distance}>"),
            Node::Regex(pattern) => write!(f, "/{pattern}/"),
            Node::Entity { class, value: None } => write!(f, "@{class}"),
            Node::Entity { class, value: Some(value) } => write!(f, "@{class}:\"{value}\""),
            Node::In { field, inner, .. } => write!(f, "{}:{inner}", field.name()),
            Node::Facet(clause) => write!(f, "{clause}"),
            Node::Range(clause) => write!(f, "{clause}"),
            Node::And(parts) => list(f, "AND", parts),
            Node::Or(parts) => list(f, "OR", parts),
            Node::Not(inner) => write!(f, "(NOT {inner})"),
            Node::Maybe(inner) => write!(f, "(MAYBE {inner})"),
            Node::Boost(weight, inner) => write!(f, "(^{weight} {inner})"),
            Node::Prox { op, distance, left, right } => {
                write!(f, "({}", op.name())?;
                if *distance > 0 {
                    write!(f, "/{distance}")?;
                }
                write!(f, " {left} {right})")
            }
            Node::Call { function, number, inner } => {
                write!(f, "({}", function.name())?;
                if function.counts() {
                    write!(f, "{number}")?;
                }
                write!(f, " {inner})")
            }
        }
    }
}

fn list(f: &mut Formatter<'_>, name: &str, parts: &[Expr]) -> Result {
    write!(f, "({name}")?;
    for part in parts {
        write!(f, " {part}")?;
    }
    f.write_str(")")
}

impl Display for Phrase {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if self.exact {
            f.write_str("=")?;
        }
        write!(f, "\"{}\"", self.text)?;
        if self.slop > 0 {
            write!(f, "~{}", self.slop)?;
        }
        if self.prefix {
            f.write_str("*")?;
        }
        Ok(())
    }
}

impl Display for FacetClause {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let sub = self.sub.map_or(String::new(), |sub| format!(".{}", sub.name()));
        let name = format!("{}{sub}", self.field.name());
        match &self.values {
            FacetValues::Any => write!(f, "exists<{name}>"),
            FacetValues::List(values) => {
                let values: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
                let sign = if self.exact { "=" } else { "" };
                write!(f, "{name}{sign}:{{{}}}", values.join(", "))
            }
            FacetValues::Group(group) => write!(f, "{name}:{group}"),
        }
    }
}

impl Display for RangeClause {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let sub = self.sub.map_or(String::new(), |sub| format!(".{}", sub.name()));
        // An open end of a comparison is drawn open, of dots closed.
        let open = self.form != RangeForm::Comparison;
        let (left, from) = end(&self.from, open);
        let (right, to) = end(&self.to, open);
        let left = if left { '[' } else { '{' };
        let right = if right { ']' } else { '}' };
        write!(f, "{}{sub}:{left}{from}..{to}{right}", self.field.name())
    }
}

fn end(bound: &Option<Bound>, open: bool) -> (bool, &str) {
    match bound {
        Some(bound) => (bound.inclusive, &bound.text),
        None => (open, "*"),
    }
}

impl ProxOp {
    /// The name in queries.
    pub fn name(self) -> &'static str {
        match self {
            ProxOp::Near => "NEAR",
            ProxOp::Pre => "PRE",
            ProxOp::NotNear => "NOTNEAR",
            ProxOp::Sent => "SENT",
            ProxOp::Para => "PARA",
        }
    }
}

impl Function {
    /// The name in queries, without its number.
    pub fn name(self) -> &'static str {
        match self {
            Function::AtLeast => "atleast",
            Function::First => "first",
            Function::Any => "any",
            Function::Caps => "caps",
            Function::AllCaps => "allcaps",
            Function::NoCaps => "nocaps",
            Function::Exact => "exact",
            Function::Ocr => "ocr",
        }
    }

    /// Whether a number belongs to it.
    pub fn counts(self) -> bool {
        matches!(self, Function::AtLeast | Function::First | Function::Any)
    }
}
