//! What of each class is found in articles of a language.

use super::{Class, country, event, person};

/// How far a class is covered in a language, in one word: `full` (tables, rules and what was
/// learnt), `names` (names of the tables), `english` (English names), `titles` (given names and that language's titles),
/// `given` (given names), `triggers` (trigger patterns), `none`.
///
/// A language of another script than Latin has the aliases of persons only, which is `aliases`.
pub fn coverage(class: Class, lang: &str) -> &'static str {
    match (class, lang) {
        (_, "en") => "full",
        (Class::Country, _) if country::has_names(lang) => "names",
        (Class::Country, _) => "english",
        (Class::Person, _) if person::has_titles(lang) => "titles",
        (Class::Person, _) if country::is_latin_language(lang) => "given",
        (Class::Person, _) => "aliases",
        (Class::Event, lang) if event::LANGUAGES.contains(&lang) => "triggers",
        (Class::Event, _) => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_says_how_far_it_goes() {
        let of = |lang| Class::ALL.map(|class| coverage(class, lang));
        assert_eq!(of("en"), ["full", "full", "full"]);
        assert_eq!(of("fr"), ["names", "titles", "triggers"]);
        assert_eq!(of("ja"), ["names", "aliases", "triggers"]);
        assert_eq!(of("ko"), ["names", "aliases", "none"]);
        assert_eq!(of("pl"), ["names", "given", "none"]);
        assert_eq!(of("eu"), ["english", "given", "none"]);
    }
}
