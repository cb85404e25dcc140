//! Finds stock exchange symbols: `<FOO.L>`, `<FOO>`, `(NYSE: FOO)`.

use super::mention::Hit;
use super::names::{Id, Kind, NO_ID};
use super::rule;
use super::scan::Side;
use super::table::Tables;

/// Rule `ticker`: `<X.L>`, `<X>`, `(NYSE: X)`; appends a mention for each, the symbol as its span.
pub fn tickers(tables: &Tables, sides: &[Side<'_>], out: &mut Vec<Hit>) {
    for (at, side) in sides.iter().enumerate() {
        let bytes = side.text.as_bytes();
        for open in memchr::memchr2_iter(b'<', b'(', bytes) {
            let inside = &bytes[open + 1..(open + 22).min(bytes.len())];
            let close = if bytes[open] == b'<' { b'>' } else { b')' };
            let Some(len) = memchr::memchr(close, inside) else { continue };
            let Some(symbol) = side.text.get(open + 1..open + 1 + len) else { continue };
            let id = if close == b'>' { bracketed(tables, symbol) } else { listed(tables, symbol) };
            let Some(id) = id.filter(|&id| id != NO_ID) else { continue };
            let first = side.tokens.at_byte(open).min(side.tokens.len().saturating_sub(1));
            out.push(Hit {
                id,
                kind: Kind::Ticker,
                rule: rule::TICKER,
                side: at,
                first,
                last: first,
                start: open as u32 + 1,
                end: (open + 1 + len) as u32,
                organisation: false,
            });
        }
    }
}

fn bracketed(tables: &Tables, symbol: &str) -> Option<Id> {
    let (name, suffix) = symbol.split_at(symbol.find('.').unwrap_or(symbol.len()));
    let fits = (1..=6).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    if !fits {
        None
    } else if suffix.is_empty() {
        Some(tables.id("US"))
    } else {
        tables.exchange(suffix)
    }
}

fn listed(tables: &Tables, text: &str) -> Option<Id> {
    let (exchange, symbol) = text.split_once(':')?;
    let symbol = symbol.trim();
    let fits = (1..=7).contains(&symbol.len())
        && symbol.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.');
    if fits { tables.exchange(exchange.trim()) } else { None }
}
