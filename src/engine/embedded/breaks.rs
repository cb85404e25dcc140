//! Where sentences and paragraphs start, packed into numbers of a column: about a byte each.
//!
//! One number holds eight bytes, the lowest first. A start is the distance from the one before,
//! twice, plus one for a paragraph, in sevens of bits with the lowest first and the high bit for
//! more to come. Zero bytes fill the last number; the very first start, at position 0, is not kept.

use crate::article::Words;
use crate::engine::streams;
use crate::plan::Unit;

/// The starts of an article as numbers.
pub fn pack(words: &Words) -> Vec<u64> {
    let mut bytes = Vec::new();
    let mut last = 0;
    streams::breaks(words, &mut |position, paragraph| {
        if position == 0 {
            return;
        }
        let mut step = (position - last) << 1 | u32::from(paragraph);
        last = position;
        while step > 0x7F {
            bytes.push(step as u8 | 0x80);
            step >>= 7;
        }
        bytes.push(step as u8);
    });
    bytes
        .chunks(8)
        .map(|chunk| chunk.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
        .collect()
}

/// Appends the positions where units start, but for the first of the article.
pub fn unpack(numbers: impl Iterator<Item = u64>, unit: Unit, out: &mut Vec<u32>) {
    // A start counts if its lowest bit is at least this one.
    let least = u32::from(unit == Unit::Paragraph);
    let (mut position, mut begun, mut shift) = (0u32, 0u32, 0u32);
    for number in numbers {
        out.reserve(8);
        for byte in number.to_le_bytes() {
            let byte = u32::from(byte);
            if byte >= 0x80 {
                begun |= (byte & 0x7F).checked_shl(shift).unwrap_or(0);
                shift += 7;
                continue;
            }
            let step = begun | byte.checked_shl(shift).unwrap_or(0);
            (begun, shift) = (0, 0);
            if step == 0 {
                continue;
            }
            position = position.saturating_add(step >> 1);
            if step & 1 >= least {
                out.push(position);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;

    fn starts(title: &str, body: &str, unit: Unit) -> Vec<u32> {
        let article = Article { title: title.into(), body: body.into(), ..Article::default() };
        let mut out = Vec::new();
        unpack(pack(&Words::of(&article)).into_iter(), unit, &mut out);
        out
    }

    #[test]
    fn starts_come_back() {
        let body = "One two. Three.\n\nFour five. Six";
        assert_eq!(starts("", body, Unit::Sentence), [2, 3, 5]);
        assert_eq!(starts("", body, Unit::Paragraph), [3]);
        assert_eq!(starts("A title. Two", body, Unit::Paragraph), [3, 7]);
        assert_eq!(starts("A title. Two", body, Unit::Sentence), [2, 3, 5, 7, 9]);
        assert_eq!(starts("A title", "", Unit::Sentence), [1]);
        assert_eq!(starts("", "", Unit::Sentence), [0; 0]);
        let long = format!("{}. Two {}. Three", "word ".repeat(63), "word ".repeat(70_000));
        assert_eq!(starts("", &long, Unit::Sentence), [63, 70_064]);
    }

    proptest::proptest! {
        #[test]
        fn no_numbers_break_it(numbers in proptest::collection::vec(proptest::num::u64::ANY, 0..9)) {
            let mut out = Vec::new();
            unpack(numbers.into_iter(), Unit::Sentence, &mut out);
            assert!(out.is_sorted());
        }
    }
}
