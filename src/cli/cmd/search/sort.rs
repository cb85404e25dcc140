//! Keys that hits can be ordered by.

use clap::ValueEnum;

use crate::engine::Order;

/// What decides the order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum SortKey {
    /// Best first
    #[default]
    Relevance,
    /// Newest first, undated last
    Date,
    /// Oldest first, undated last
    #[value(name = "-date")]
    DateAscending,
    /// Indexed last first
    Added,
    /// Indexed first first
    #[value(name = "-added")]
    AddedAscending,
    /// Longest first
    Len,
    /// Shortest first
    #[value(name = "-len")]
    LenAscending,
}

impl SortKey {
    /// The order that it names.
    pub(super) fn order(self) -> Order {
        match self {
            SortKey::Relevance => Order::Relevance,
            SortKey::Date => Order::Newest,
            SortKey::DateAscending => Order::Oldest,
            SortKey::Added => Order::LastAdded,
            SortKey::AddedAscending => Order::FirstAdded,
            SortKey::Len => Order::Longest,
            SortKey::LenAscending => Order::Shortest,
        }
    }
}
