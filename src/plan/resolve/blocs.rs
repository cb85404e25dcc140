//! Blocs of states (`region:NATO`): articles that name the bloc, never those that name a member.

use super::{Manner, Work, Written};
use crate::diag::Span;
use crate::plan::{Case, Clause, Scope};
use crate::query::ast::{Phrase, PhrasePart, Sub};
use crate::query::field::Field;
use crate::tag::vocabulary::{self, RegionKind};

/// What stands before the id of a bloc among ids of countries.
pub(super) const BLOC: &str = "bloc:";

/// Letters of an acronym that is also written as a name is, with one capital.
const ACRONYM: usize = 4;

impl Work<'_> {
    /// Takes the blocs out of `ids`: the clause of their names, or nothing where there are none.
    pub(super) fn blocs(
        &self,
        field: Field,
        sub: Option<Sub>,
        ids: &mut Vec<String>,
        span: Span,
    ) -> Option<Option<Clause>> {
        let (blocs, areas) =
            std::mem::take(ids).into_iter().partition::<Vec<_>, _>(|id| id.starts_with(BLOC));
        *ids = areas;
        if field != Field::Region || blocs.is_empty() {
            return None;
        }
        let scope = match sub {
            None => Scope::Any,
            Some(Sub::Title) => Scope::Title,
            Some(sub) => {
                let what = format!("region.{} of a bloc, which is found by its names,", sub.name());
                return Some(self.unsupported(&what, span));
            }
        };
        let regions = blocs.iter().filter_map(|bloc| vocabulary::region(&bloc[BLOC.len()..]));
        let names = regions.flat_map(|region| match region.kind {
            RegionKind::Bloc(names) => names,
            RegionKind::Area(_) => Vec::new(),
        });
        let clauses: Option<Vec<Clause>> =
            names.map(|name| self.named(name, scope, span)).collect();
        // A filter, as facets are.
        Some(clauses.map(|clauses| Clause::Boost(0.0, Box::new(Clause::Or(clauses)))))
    }

    /// The clause of a name in running text. One in capitals is no word in small letters; a long
    /// one may be `Nato`.
    fn named(&self, name: &str, scope: Scope, span: Span) -> Option<Clause> {
        let (name, marked) = match name.strip_prefix('=') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let cased = name.contains(char::is_uppercase);
        let capitals = cased && !name.contains(char::is_lowercase);
        let phrase = Phrase {
            text: name.to_owned(),
            parts: name.split(' ').map(|word| PhrasePart::Word(word.to_owned())).collect(),
            exact: marked || (capitals && name.chars().count() < ACRONYM),
            slop: 0,
            prefix: false,
        };
        let written = if capitals { Written::Cased(Case::Capital) } else { Written::AsIs };
        let at = Manner { scope, first: None, written };
        let node = self.phrase(&phrase, at, span)?;
        Some(self.wrap(node, at, 1, span))
    }
}
