//! A small memory of answers that are asked for again and again, one a thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::thread::LocalKey;

use foldhash::fast::FixedState;

/// Answers that are kept, at most; then all are forgotten.
const KEPT: usize = 4_096;

/// Questions longer than this are not kept.
const LONGEST: usize = 64;

/// Answers by question.
pub type Memo<T> = RefCell<HashMap<Box<str>, T, FixedState>>;

/// The answer to a question, found by `answer` where it is not remembered; some ten nanoseconds
/// where it is. `answer` must depend on nothing but the question.
pub fn remembered<T: Clone>(
    memo: &'static LocalKey<Memo<T>>,
    question: &str,
    answer: impl FnOnce() -> T,
) -> T {
    if question.len() > LONGEST {
        return answer();
    }
    if let Some(known) = memo.with_borrow(|memo| memo.get(question).cloned()) {
        return known;
    }
    let found = answer();
    memo.with_borrow_mut(|memo| {
        if memo.len() >= KEPT {
            memo.clear();
        }
        memo.insert(question.into(), found.clone());
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        static SEEN: Memo<usize> = RefCell::default();
    }

    #[test]
    fn a_question_is_answered_once_while_it_is_remembered() {
        let mut asked = 0;
        for number in 0..2 * KEPT {
            for _ in 0..2 {
                let found = remembered(&SEEN, &number.to_string(), || {
                    asked += 1;
                    number
                });
                assert_eq!(found, number);
            }
        }
        assert_eq!(asked, 2 * KEPT);
        assert!(SEEN.with_borrow(HashMap::len) <= KEPT);
        let long = "x".repeat(LONGEST + 1);
        assert_eq!([remembered(&SEEN, &long, || 1), remembered(&SEEN, &long, || 2)], [1, 2]);
    }
}
