//! Precision, recall and F1 from counts, and how sure they are.

/// What was found right, found wrong and not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Found, and in the gold.
    pub right: u64,
    /// Found, and not in the gold.
    pub wrong: u64,
    /// In the gold, and not found.
    pub missed: u64,
}

impl Counts {
    /// The sum.
    pub fn add(&mut self, other: Counts) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    /// The share of what was found that is right; 0 where nothing was found.
    pub fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// The share of the gold that was found; 0 without gold.
    pub fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// The harmonic mean of the two.
    pub fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Samples that an interval is drawn from.
const SAMPLES: usize = 1_000;

/// The 95 % interval of a figure by the bootstrap over articles (Efron, 1979): as many articles
/// are drawn with replacement, a thousand times, always with the same numbers.
///
/// `figure` computes the figure of some articles by their places in `0..articles`. Costs a
/// thousand passes.
pub fn interval(
    articles: usize,
    figure: &dyn Fn(&mut dyn Iterator<Item = usize>) -> f64,
) -> (f64, f64) {
    if articles == 0 {
        return (0.0, 0.0);
    }
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut figures: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let mut draw = (0..articles).map(|_| {
                state = next(state);
                ((u128::from(mixed(state)) * articles as u128) >> 64) as usize
            });
            figure(&mut draw)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    (figures[SAMPLES / 40], figures[SAMPLES - 1 - SAMPLES / 40])
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
fn next(state: u64) -> u64 {
    state.wrapping_add(0x9E37_79B9_7F4A_7C15)
}

fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_an_example_by_hand() {
        let counts = Counts { right: 6, wrong: 2, missed: 4 };
        assert_eq!(counts.precision(), 0.75);
        assert_eq!(counts.recall(), 0.6);
        assert!((counts.f1() - 2.0 * 0.75 * 0.6 / 1.35).abs() < 1e-12);
        assert_eq!(Counts::default().f1(), 0.0);
    }

    #[test]
    fn an_interval_holds_the_figure_and_narrows_with_articles() {
        let share = |articles: usize| {
            interval(articles, &|draw| {
                let (mut right, mut all) = (0, 0);
                for at in draw {
                    right += usize::from(at % 4 != 0);
                    all += 1;
                }
                right as f64 / all as f64
            })
        };
        let (few, many) = (share(40), share(4_000));
        assert!(few.0 < 0.75 && 0.75 < few.1, "{few:?}");
        assert!(many.0 < 0.75 && 0.75 < many.1, "{many:?}");
        assert!(many.1 - many.0 < (few.1 - few.0) / 5.0);
        assert_eq!(few, share(40));
    }
}
