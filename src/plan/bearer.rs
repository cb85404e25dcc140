//! Whom a surname alone means, by how often articles name its bearers.

use crate::tag::person::name;

/// The share of articles that name a bearer of a surname in full which must name one of them, for
/// the surname alone to be that one.
const SHARE: (u64, u64) = (9, 10);

/// The surname alone and the person who is meant by it, as places in `bearers`: ids of all persons
/// of one surname with their articles, most frequent first. None where no one person holds nine
/// in ten of the articles with a full name, or fewer articles than the surname alone.
pub fn bearer(bearers: &[(&str, u64)]) -> Option<(usize, usize)> {
    let is_alone = |id: &str| id.starts_with(name::NAME_ONLY);
    let alone = bearers.iter().position(|(id, _)| is_alone(id))?;
    let meant = bearers.iter().position(|(id, _)| !is_alone(id))?;
    let all: u64 = bearers.iter().filter(|(id, _)| !is_alone(id)).map(|(_, count)| count).sum();
    let own = bearers[meant].1;
    (own * SHARE.1 >= all * SHARE.0 && own >= bearers[alone].1).then_some((alone, meant))
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn one_who_is_nearly_all_is_meant() {
        let of = |bearers: &[(&str, u64)]| bearer(bearers);
        assert_eq!(of(&[("vladimir-putin", 90), ("~putin", 40), ("igor-putin", 10)]), Some((1, 0)));
        assert_eq!(of(&[("~putin", 10), ("vladimir-putin", 10)]), Some((0, 1)));
        assert_eq!(of(&[("vladimir-putin", 89), ("~putin", 40), ("igor-putin", 11)]), None);
        assert_eq!(of(&[("~putin", 41), ("vladimir-putin", 40)]), None, "he is not known here");
        assert_eq!(of(&[("~putin", 41)]), None);
        assert_eq!(of(&[("vladimir-putin", 41)]), None);
        assert_eq!(of(&[]), None);
    }
}
