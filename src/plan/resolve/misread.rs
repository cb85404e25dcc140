//! What text recognition may have made of a word: `ocr(word)`.
//!
//! Recognition confuses letters of like shape (Kukich 1992, "Techniques for automatically
//! correcting words in text", section 1.3); the pairs are in `misread.tsv`, one a line.

use std::collections::BTreeSet;

/// Letters as printed and as they are often read, folded.
const MISREAD: &str = include_str!("misread.tsv");

/// Letters of a word that may be misread, at most; a longer word stands for itself.
const MAX_LETTERS: usize = 40;

/// A place in a word and what may be read there.
#[derive(Debug, Clone, Copy)]
struct Slip {
    at: usize,
    printed: &'static str,
    read: &'static str,
}

/// The folded word and what it may have been read as, sorted: one slip in a word of 3 to 5
/// letters, two at most in a longer one, none in a shorter one.
///
/// Words times slips: some hundred readings of a word of ten letters.
pub(super) fn readings(word: &str) -> Vec<String> {
    let most = match word.chars().count() {
        0..3 => 0,
        3..=5 => 1,
        6..=MAX_LETTERS => 2,
        _ => 0,
    };
    let slips = if most == 0 { Vec::new() } else { slips(word) };
    let mut out = BTreeSet::from([word.to_owned()]);
    for (number, first) in slips.iter().enumerate() {
        out.insert(slipped(word, &[*first]));
        if most < 2 {
            continue;
        }
        // Slips are sorted by their places; the second begins where the first has ended.
        let end = first.at + first.printed.len();
        for second in slips[number..].iter().filter(|second| second.at >= end) {
            out.insert(slipped(word, &[*first, *second]));
        }
    }
    out.into_iter().collect()
}

fn slips(word: &str) -> Vec<Slip> {
    let mut slips = Vec::new();
    for row in MISREAD.lines().filter(|row| !row.starts_with('#')) {
        let Some((printed, read)) = row.split_once('\t') else { continue };
        slips.extend(word.match_indices(printed).map(|(at, _)| Slip { at, printed, read }));
    }
    slips.sort_by_key(|slip| slip.at);
    slips
}

/// The word with these slips, sorted and apart.
fn slipped(word: &str, slips: &[Slip]) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    let mut done = 0;
    for slip in slips {
        out.push_str(&word[done..slip.at]);
        out.push_str(slip.read);
        done = slip.at + slip.printed.len();
    }
    out.push_str(&word[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn rows_are_sorted_folded_pairs() {
        let rows: Vec<&str> = MISREAD.lines().skip(1).collect();
        assert!(rows.len() > 50);
        for row in &rows {
            let (printed, read) = row.split_once('\t').unwrap();
            assert!(!printed.is_empty() && !read.is_empty() && printed != read, "{row}");
            assert_eq!(fold::fold(row), *row);
        }
        let distinct: BTreeSet<&&str> = rows.iter().collect();
        assert_eq!(distinct.len(), rows.len());
    }

    #[test]
    fn letters_of_like_shape_are_taken_for_each_other() {
        let has = |word: &str, read: &str| readings(word).iter().any(|one| one == read);
        assert!(has("modern", "modem") && has("modern", "rnodem"), "one slip and two");
        assert!(has("congress", "congrefs") && has("japan", "japau") && has("clan", "dan"));
        assert!(!has("war", "vvur"), "two slips in a short word");
        assert_eq!(readings("un"), ["un"]);
        assert_eq!(readings("東京都"), ["東京都"]);
        assert_eq!(readings(&"m".repeat(41)).len(), 1);
        assert!(readings(&"m".repeat(40)).len() < 20_000);
        assert!(readings("minister").is_sorted());
    }
}
