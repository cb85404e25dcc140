//! How strongly two things go together, from the counts of a two-by-two table.

/// Of `total` things, `left` have one property, `right` another, `both` have the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Things with both.
    pub both: u64,
    /// Things with the first.
    pub left: u64,
    /// Things with the second.
    pub right: u64,
    /// All things.
    pub total: u64,
}

impl Table {
    /// The log-likelihood ratio G² (Dunning, "Accurate methods for the statistics of surprise and
    /// coincidence", 1993): negative where the two avoid each other, 10.83 is significant at
    /// .1 %.
    pub fn log_likelihood(self) -> f64 {
        let Table { both, left, right, total } = self;
        let cells = [
            (both, left, right),
            (left - both, left, total - right),
            (right - both, total - left, right),
            ((total + both) - left - right, total - left, total - right),
        ];
        let sum: f64 = cells
            .iter()
            .filter(|(cell, ..)| *cell > 0)
            .map(|&(cell, row, column)| {
                let expected = row as f64 * column as f64 / total as f64;
                cell as f64 * (cell as f64 / expected).ln()
            })
            .sum();
        let ratio = (2.0 * sum).max(0.0);
        if self.lift() < 1.0 { -ratio } else { ratio }
    }

    /// How many times more often the two meet than if they had nothing to do with each other;
    /// 0 where one of them never occurs.
    pub fn lift(self) -> f64 {
        let expected = self.left as f64 * self.right as f64 / self.total as f64;
        if expected > 0.0 { self.both as f64 / expected } else { 0.0 }
    }

    /// Pointwise mutual information in bits (Church and Hanks, 1990): the logarithm of the lift.
    pub fn mutual_information(self) -> f64 {
        self.lift().log2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dunnings_own_example() {
        // "the swiss", table 3 of the paper: 110, 2442, 111, 29114, and the ratio 270.72.
        let table = Table { both: 110, left: 110 + 2442, right: 110 + 111, total: 31_777 };
        assert!((table.log_likelihood() - 270.72).abs() < 0.01, "{}", table.log_likelihood());
    }

    #[test]
    fn what_has_nothing_in_common_is_zero_and_what_avoids_is_negative() {
        let independent = Table { both: 10, left: 100, right: 100, total: 1000 };
        assert!(independent.log_likelihood().abs() < 1e-9);
        assert!(independent.mutual_information().abs() < 1e-9);
        let avoiding = Table { both: 1, left: 100, right: 100, total: 1000 };
        assert!(avoiding.log_likelihood() < -5.0);
        let always = Table { both: 50, left: 50, right: 50, total: 1000 };
        assert!((always.lift() - 20.0).abs() < 1e-9);
    }
}
