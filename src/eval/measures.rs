//! Measures of ranked retrieval, as `trec_eval` computes them, and a test of their differences.

use std::collections::HashMap;

/// How good one ranking is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    /// Discounted cumulative gain of the first ten over the best possible (Järvelin and
    /// Kekäläinen, 2002); the gain is the grade.
    pub ndcg10: f64,
    /// Average precision.
    pub ap: f64,
    /// One over the rank of the first relevant article.
    pub rr: f64,
    /// Share of relevant articles among the first ten.
    pub p10: f64,
    /// Share of the relevant articles that are among the first hundred.
    pub recall100: f64,
    /// Share of the relevant articles that are among the first thousand.
    pub recall1000: f64,
}

impl Measures {
    /// Names of the measures, in the order of [`Measures::values`].
    pub const NAMES: [&'static str; 6] = ["nDCG@10", "MAP", "MRR", "P@10", "R@100", "R@1000"];

    /// The measures in their order.
    pub fn values(self) -> [f64; 6] {
        [self.ndcg10, self.ap, self.rr, self.p10, self.recall100, self.recall1000]
    }

    /// The measures of a ranking, best first, under grades by id; articles without a grade are not
    /// relevant. An id counts once.
    pub fn of<'i>(
        ranking: impl IntoIterator<Item = &'i str>,
        grades: &HashMap<String, u32>,
    ) -> Measures {
        let relevant = grades.values().filter(|grade| **grade > 0).count() as f64;
        if relevant == 0.0 {
            return Measures::default();
        }
        let gain = |grade: u32, rank: usize| f64::from(grade) / ((rank + 1) as f64).log2();
        let mut ideal: Vec<u32> = grades.values().copied().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let best: f64 = (1..).zip(&ideal).take(10).map(|(rank, &grade)| gain(grade, rank)).sum();
        let mut out = Measures::default();
        let (mut seen, mut found, mut rank) = (std::collections::HashSet::new(), 0.0, 0);
        for id in ranking {
            if !seen.insert(id) {
                continue;
            }
            rank += 1;
            let grade = grades.get(id).copied().unwrap_or(0);
            if grade == 0 {
                continue;
            }
            found += 1.0;
            out.ap += found / rank as f64;
            if out.rr == 0.0 {
                out.rr = 1.0 / rank as f64;
            }
            if rank <= 10 {
                out.ndcg10 += gain(grade, rank);
                out.p10 += 0.1;
            }
            out.recall100 += if rank <= 100 { 1.0 / relevant } else { 0.0 };
            out.recall1000 += if rank <= 1000 { 1.0 / relevant } else { 0.0 };
        }
        out.ap /= relevant;
        out.ndcg10 /= best;
        out
    }

    /// The mean over topics.
    pub fn mean(all: &[Measures]) -> [f64; 6] {
        let mut sums = [0.0; 6];
        for measures in all {
            for (sum, value) in sums.iter_mut().zip(measures.values()) {
                *sum += value;
            }
        }
        sums.map(|sum| sum / all.len().max(1) as f64)
    }
}

/// Permutations drawn.
const DRAWS: u32 = 20_000;

/// How probable a difference of means at least as large is if the two systems are the same:
/// Fisher's randomisation test on pairs, two-sided (Smucker, Allan and Carterette, 2007), with
/// 20,000 random signs, always the same.
pub fn randomisation(a: &[f64], b: &[f64]) -> f64 {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let seen = differences.iter().sum::<f64>().abs();
    if differences.is_empty() || seen == 0.0 {
        return 1.0;
    }
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut as_large = 0u32;
    for _ in 0..DRAWS {
        let mut sum = 0.0;
        for difference in &differences {
            // Xorshift64* (Vigna, 2016); its highest bit is the sign.
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let heads = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 63 == 0;
            sum += if heads { *difference } else { -difference };
        }
        // Sums in another order may differ in their last digits.
        as_large += u32::from(sum.abs() >= seen - 1e-12);
    }
    f64::from(as_large + 1) / f64::from(DRAWS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_a_ranking_by_hand() {
        let grades: HashMap<String, u32> =
            [("a", 2), ("b", 1), ("c", 1), ("d", 0)].map(|(id, g)| (id.to_owned(), g)).into();
        let found = Measures::of(["d", "a", "x", "b", "a"], &grades);
        let ideal = 2.0 / 2f64.log2() + 1.0 / 3f64.log2() + 1.0 / 4f64.log2();
        let gain = 2.0 / 3f64.log2() + 1.0 / 5f64.log2();
        assert!((found.ndcg10 - gain / ideal).abs() < 1e-12);
        assert!((found.ap - (0.5 + 0.5) / 3.0).abs() < 1e-12);
        assert_eq!(found.rr, 0.5);
        assert!((found.p10 - 0.2).abs() < 1e-12);
        assert!((found.recall100 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(Measures::of(["a"], &HashMap::new()), Measures::default());
    }

    #[test]
    fn equal_systems_do_not_differ_and_a_clear_difference_does() {
        let a: Vec<f64> = (0..40).map(|at| f64::from(at % 7) / 10.0).collect();
        assert_eq!(randomisation(&a, &a), 1.0);
        let better: Vec<f64> = a.iter().map(|value| value + 0.2).collect();
        assert!(randomisation(&better, &a) < 0.001);
        let mixed: Vec<f64> =
            a.iter().enumerate().map(|(at, v)| v + if at % 2 == 0 { 0.2 } else { -0.19 }).collect();
        assert!(randomisation(&mixed, &a) > 0.5);
    }
}
