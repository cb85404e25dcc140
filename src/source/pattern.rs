//! Fields read from the path of a file: `{source}/{date}-*.txt`.

use std::path::Path;

use super::fields::Field;
use super::options::problem;
use crate::diag::{Diagnostic, nearest};

/// Steps of a pattern at most.
const LONGEST_PATTERN: usize = 64;
/// Bytes of a path at most; a longer one does not fit.
const LONGEST_PATH: usize = 4_096;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Text(Field),
    Date,
    Year,
    Month,
    Day,
    Ignored,
}

/// Placeholders by name.
const SLOTS: [(&str, Slot); 11] = [
    ("source", Slot::Text(Field::Source)),
    ("date", Slot::Date),
    ("year", Slot::Year),
    ("month", Slot::Month),
    ("day", Slot::Day),
    ("id", Slot::Text(Field::Id)),
    ("title", Slot::Text(Field::Title)),
    ("section", Slot::Text(Field::Section)),
    ("author", Slot::Text(Field::Author)),
    ("lang", Slot::Text(Field::Lang)),
    ("_", Slot::Ignored),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Literal(String),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**`
    Any,
    Slot(Slot),
}

/// A pattern for the end of a path, with placeholders for fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    steps: Vec<Step>,
}

impl PathPattern {
    /// Reads a pattern such as `{source}/{year}/{month}-{day}-*.txt`.
    ///
    /// Placeholders are `{source}`, `{date}`, `{year}`, `{month}`, `{day}`, `{id}`, `{title}`,
    /// `{section}`, `{author}`, `{lang}` and `{_}`; `?`, `*` and `**` are as in `.gitignore`.
    ///
    /// # Errors
    /// `bad_path_pattern` for an unknown or unclosed placeholder, one that stands twice, and a
    /// pattern of more than 64 parts.
    pub fn parse(text: &str) -> Result<PathPattern, Diagnostic> {
        let bad = |message| problem("bad_path_pattern", message);
        let mut steps: Vec<Step> = Vec::new();
        let mut rest = text.trim_start_matches("./");
        while let Some(c) = rest.chars().next() {
            let mut used = c.len_utf8();
            let step = match c {
                '{' => {
                    let Some(end) = rest.find('}') else {
                        return Err(bad(format!("'{rest}' lacks a '}}'")));
                    };
                    let name = &rest[1..end];
                    used = end + 1;
                    let Some((_, slot)) = SLOTS.iter().find(|(known, _)| *known == name) else {
                        let known = SLOTS.iter().map(|(known, _)| *known);
                        let near = nearest(name, known, 3);
                        return Err(bad(format!("no placeholder '{{{name}}}'")).suggest(
                            near.into_iter().map(|near| format!("{{{near}}}")).collect(),
                        ));
                    };
                    let slot = Step::Slot(*slot);
                    if slot != Step::Slot(Slot::Ignored) && steps.contains(&slot) {
                        return Err(bad(format!("'{{{name}}}' stands twice")));
                    }
                    slot
                }
                '?' => Step::One,
                '*' if rest.starts_with("**") => {
                    used = rest.find(|c| c != '*').unwrap_or(rest.len());
                    Step::Any
                }
                '*' => Step::Some,
                c => {
                    if let Some(Step::Literal(literal)) = steps.last_mut() {
                        literal.push(c);
                        rest = &rest[used..];
                        continue;
                    }
                    Step::Literal(c.to_string())
                }
            };
            steps.push(step);
            rest = &rest[used..];
        }
        if steps.is_empty() || steps.len() > LONGEST_PATTERN {
            return Err(bad(format!("a pattern has 1 to {LONGEST_PATTERN} parts")));
        }
        Ok(PathPattern { text: text.to_owned(), steps })
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The fields that the end of `path` gives; nothing if it does not fit. The shortest end that
    /// fits counts.
    ///
    /// The extension of a compressor may be left out of the pattern. Costs at most the parts of
    /// the pattern times the square of the path's length, usually the length.
    pub fn read(&self, path: &Path) -> Option<Vec<(Field, String)>> {
        let path = path.to_string_lossy().replace('\\', "/");
        if path.len() > LONGEST_PATH {
            return None;
        }
        let bare = [".gz", ".zst"].iter().find_map(|end| path.strip_suffix(end));
        [Some(path.as_str()), bare].into_iter().flatten().find_map(|path| {
            let starts = path.match_indices('/').map(|(at, _)| at + 1);
            // From the shortest end of the path to the whole of it.
            let mut starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
            starts.reverse();
            let mut search = Search { steps: &self.steps, path, failed: Vec::new() };
            search.failed = vec![false; (self.steps.len() + 1) * (path.len() + 1)];
            starts.into_iter().find_map(|start| {
                let mut taken = Vec::new();
                search.fits(0, start, &mut taken).then(|| fields(&taken))
            })
        })
    }
}

struct Search<'a> {
    steps: &'a [Step],
    path: &'a str,
    /// Whether the steps from one on are known not to fit from a place on.
    failed: Vec<bool>,
}

impl<'a> Search<'a> {
    fn fits(&mut self, step: usize, at: usize, taken: &mut Vec<(Slot, &'a str)>) -> bool {
        let known = step * (self.path.len() + 1) + at;
        if self.failed[known] {
            return false;
        }
        let found = self.tries(step, at, taken);
        self.failed[known] = !found;
        found
    }

    fn tries(&mut self, step: usize, at: usize, taken: &mut Vec<(Slot, &'a str)>) -> bool {
        let rest = &self.path[at..];
        let Some(this) = self.steps.get(step) else { return rest.is_empty() };
        let within = rest.find('/').unwrap_or(rest.len());
        let (slot, lengths): (Option<Slot>, Vec<usize>) = match this {
            Step::Literal(literal) => {
                return rest.starts_with(literal.as_str())
                    && self.fits(step + 1, at + literal.len(), taken);
            }
            Step::One => {
                let next = rest.chars().next().filter(|c| *c != '/');
                return next.is_some_and(|c| self.fits(step + 1, at + c.len_utf8(), taken));
            }
            Step::Some => (None, (0..=within).collect()),
            Step::Any => (None, (0..=rest.len()).collect()),
            Step::Slot(slot) => (Some(*slot), lengths(*slot, &rest[..within])),
        };
        for len in lengths {
            if !rest.is_char_boundary(len) {
                continue;
            }
            let held = taken.len();
            taken.extend(slot.map(|slot| (slot, &rest[..len])));
            if self.fits(step + 1, at + len, taken) {
                return true;
            }
            taken.truncate(held);
        }
        false
    }
}

/// How long what a placeholder stands for may be, the likeliest length first.
fn lengths(slot: Slot, text: &str) -> Vec<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match slot {
        Slot::Text(_) | Slot::Ignored => (1..=text.len()).collect(),
        Slot::Year => {
            if digits >= 4 {
                vec![4]
            } else {
                Vec::new()
            }
        }
        Slot::Month | Slot::Day => (1..=digits.min(2)).rev().collect(),
        Slot::Date => {
            let longest = text
                .bytes()
                .take_while(|byte| byte.is_ascii_digit() || b"-_.".contains(byte))
                .count()
                .min(10);
            (4..=longest).rev().filter(|len| is_date(&text.as_bytes()[..*len])).collect()
        }
    }
}

/// `2019`, `2019-03`, `2019-03-05`, `20190305`, with `-`, `_` or `.`.
fn is_date(text: &[u8]) -> bool {
    let shape = |shape: &[u8]| {
        shape.len() == text.len()
            && shape.iter().zip(text).all(|(wanted, found)| match wanted {
                b'9' => found.is_ascii_digit(),
                _ => b"-_.".contains(found),
            })
    };
    [&b"9999-99-99"[..], b"99999999", b"9999-99", b"9999"].into_iter().any(shape)
}

fn fields(taken: &[(Slot, &str)]) -> Vec<(Field, String)> {
    let mut out = Vec::new();
    let part = |wanted: Slot| taken.iter().find(|(slot, _)| *slot == wanted).map(|(_, text)| *text);
    for (slot, text) in taken {
        match slot {
            Slot::Text(Field::Title) => out.push((Field::Title, text.replace('_', " "))),
            Slot::Text(field) => out.push((*field, (*text).to_owned())),
            Slot::Date => out.push((Field::Date, text.replace(['_', '.'], "-"))),
            Slot::Year => {
                let parts = [Some(*text), part(Slot::Month), part(Slot::Day)];
                let parts: Vec<&str> = parts.into_iter().map_while(|part| part).collect();
                out.push((Field::Date, parts.join("-")));
            }
            Slot::Month | Slot::Day | Slot::Ignored => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        let found = PathPattern::parse(pattern).unwrap().read(Path::new(path))?;
        Some(found.into_iter().map(|(field, text)| (field.name(), text)).collect())
    }

    #[test]
    fn placeholders_take_what_makes_the_rest_fit() {
        let some = |pairs: &[(&'static str, &str)]| {
            Some(pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(
            read("{source}/{date}-*.txt", "/data/The Times/2019-03-05-a.txt"),
            some(&[("source", "The Times"), ("date", "2019-03-05")])
        );
        assert_eq!(
            read("{source}-{date}.txt", "x/the-times-20190305.txt.gz"),
            some(&[("source", "the-times"), ("date", "20190305")])
        );
        assert_eq!(
            read("{year}/{month}/{day}/{id}_{title}.txt", "a/2019/3/05/n7_Pact_signed.txt"),
            some(&[("date", "2019-3-05"), ("id", "n7"), ("title", "Pact signed")])
        );
        assert_eq!(read("{year}/*", "1996/a.txt"), some(&[("date", "1996")]));
        assert_eq!(
            read("{source}/**/{id}.txt", "Le Monde/a/b/é1.txt"),
            some(&[("source", "a"), ("id", "é1")])
        );
        assert_eq!(
            read("{section}/{_}-{id}.txt", "news/x-1.txt"),
            some(&[("section", "news"), ("id", "1")])
        );
        assert_eq!(read("{date}.txt", "a/march.txt"), None);
        assert_eq!(read("{source}/{date}.txt", "2019-03-05.txt"), None);
    }

    #[test]
    fn bad_patterns_are_told() {
        let bad = |pattern| PathPattern::parse(pattern).unwrap_err();
        assert_eq!(bad("{sorce}/*").suggestions, ["{source}"]);
        assert_eq!(bad("{source").code, "bad_path_pattern");
        assert_eq!(bad("{id}-{id}").code, "bad_path_pattern");
        assert_eq!(bad("").code, "bad_path_pattern");
    }

    #[test]
    fn stars_do_not_explode() {
        let pattern = PathPattern::parse(&"*a".repeat(30)).unwrap();
        assert_eq!(pattern.read(Path::new(&"a".repeat(2000))), Some(Vec::new()));
        assert_eq!(pattern.read(Path::new(&format!("{}b", "a".repeat(1000)))), None);
    }
}
