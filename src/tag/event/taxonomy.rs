//! Event types: their ids and labels, and which of them a name, alias or foreign code means.
//!
//! Nothing is built at start: the 101 rows are found by scanning the embedded table.

use crate::text::fold;

const EVENTS: &str = include_str!("../data/events.tsv");
const ALIASES: &str = include_str!("../data/event_alias.tsv");

/// The foreign schemes that `resolve` and `supplied` read before a `-` or `:`.
const SCHEMES: [(&str, Scheme); 6] = [
    ("plover", Scheme::Plover),
    ("cameo", Scheme::Cameo),
    ("acled", Scheme::Acled),
    ("iptc", Scheme::Iptc),
    ("medtop", Scheme::Iptc),
    ("subj", Scheme::Iptc),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Plover,
    Cameo,
    Acled,
    Iptc,
}

/// One event type of the taxonomy: a root (`diplomacy`) or a leaf (`diplomacy/treaty`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// `root` or `root/leaf`.
    pub id: &'static str,
    /// How it is shown, in English.
    pub label: &'static str,
    /// What it covers, one line.
    pub description: &'static str,
    /// PLOVER events, `EVENT:mode` pairs and `context:name`, separated by commas; `-` if none.
    pub plover: &'static str,
    /// CAMEO codes and ranges of them, separated by commas; `-` if none.
    pub cameo: &'static str,
    /// ACLED sub-events, separated by semicolons; `-` if none.
    pub acled: &'static str,
    /// IPTC subject code of the first level (eight digits); `-` if none.
    pub iptc: &'static str,
    /// Section of Wikipedia's Current Events; `-` if none.
    pub wikipedia: &'static str,
    pub(super) triggers: &'static str,
    pub(super) counter_patterns: &'static str,
    pub(super) beats: &'static str,
}

impl Entry {
    /// Whether it has leaves of its own.
    pub fn is_root(&self) -> bool {
        !self.id.contains('/')
    }
}

/// All event types, each root before its leaves. Scans as it goes: some 5 µs in all.
pub fn entries() -> impl Iterator<Item = Entry> {
    rows(EVENTS).map(|row| {
        let [
            id,
            label,
            description,
            plover,
            cameo,
            acled,
            iptc,
            wikipedia,
            triggers,
            counter_patterns,
            beats,
        ] = cells(row);
        Entry {
            id,
            label,
            description,
            plover,
            cameo,
            acled,
            iptc,
            wikipedia,
            triggers,
            counter_patterns,
            beats,
        }
    })
}

/// The ids of all roots, in the order of the taxonomy.
pub fn roots() -> impl Iterator<Item = &'static str> {
    entries().filter(Entry::is_root).map(|entry| entry.id)
}

/// The ids of all leaves, in the order of the taxonomy.
pub fn leaves() -> impl Iterator<Item = &'static str> {
    entries().filter(|entry| !entry.is_root()).map(|entry| entry.id)
}

/// The entry of an id, exactly as written.
pub fn entry(id: &str) -> Option<Entry> {
    entries().find(|entry| entry.id == id)
}

/// The English label of an id: `Treaty` for `diplomacy/treaty`.
pub fn label(id: &str) -> Option<&'static str> {
    entry(id).map(|entry| entry.label)
}

/// The root of an id; a root is its own. No table is read.
pub fn root_of(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

/// The ids that a name means, in the order of the taxonomy; none if nothing is known of it.
///
/// A name is an id, a leaf's or root's last part (`treaty`), a label, an alias (`agreement`), a
/// plural of these, or a foreign code: `cameo-057`, `cameo:14` (with all codes below it),
/// `plover-protest`, `plover:PROTEST:riot`, `acled-armed-clash`, `iptc-16000000`. Case, accents
/// and punctuation do not matter. A root stands for its leaves and is returned alone. A few
/// comparisons a row: below 100 µs.
pub fn resolve(name: &str) -> Vec<&'static str> {
    let name = name.trim().trim_matches('/');
    if name.is_empty() || name.len() > 200 {
        return Vec::new();
    }
    if let Some(found) = entry(name) {
        return vec![found.id];
    }
    if let Some((scheme, code)) = foreign(name) {
        let found = minimal(resolve_foreign(scheme, code));
        if !found.is_empty() {
            return found;
        }
    }
    resolve_key(&fold::name_key(name))
}

fn resolve_key(key: &str) -> Vec<&'static str> {
    let found = by_key(key);
    if !found.is_empty() {
        return found;
    }
    for (plural, singular) in [("ies", "y"), ("es", ""), ("s", "")] {
        if let Some(stem) = key.strip_suffix(plural).filter(|stem| stem.len() >= 3) {
            let found = by_key(&format!("{stem}{singular}"));
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// The ids whose path, last part or label has this key, or which an alias names.
fn by_key(key: &str) -> Vec<&'static str> {
    let is = |text: &str| same_key(text, key);
    if let Some(found) = entries().find(|entry| entry.is_root() && is(entry.id)) {
        return vec![found.id];
    }
    if let Some(found) = entries().find(|entry| is(entry.id)) {
        return vec![found.id];
    }
    let named: Vec<&'static str> =
        entries().filter(|entry| is(last_part(entry.id))).map(|entry| entry.id).collect();
    if !named.is_empty() {
        return named;
    }
    if let Some(found) = entries().find(|entry| same_key(entry.label, key)) {
        return vec![found.id];
    }
    alias(key)
}

/// The ids that the alias table gives for a key.
fn alias(key: &str) -> Vec<&'static str> {
    let Some(at) = memchr::memmem::find(ALIASES.as_bytes(), format!("\n{key}\t").as_bytes()) else {
        return Vec::new();
    };
    let ids = &ALIASES[at + key.len() + 2..];
    let ids = ids.lines().next().unwrap_or_default();
    ids.split(',').collect()
}

fn last_part(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Whether `fold::name_key(text) == key`, without making it; `text` is ASCII of the table.
fn same_key(text: &str, key: &str) -> bool {
    if key.is_empty() {
        return false;
    }
    let mut wanted = key.bytes();
    let mut gap = false;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            if gap && wanted.next() != Some(b' ') {
                return false;
            }
            gap = false;
            if wanted.next() != Some(byte.to_ascii_lowercase()) {
                return false;
            }
        } else {
            gap = true;
        }
    }
    wanted.next().is_none()
}

/// Splits `cameo-14`, `PLOVER:protest` into scheme and code.
fn foreign(name: &str) -> Option<(Scheme, &str)> {
    let (head, code) = name.split_once(['-', ':', ' ', '/'])?;
    let (_, scheme) = SCHEMES.iter().find(|(known, _)| head.eq_ignore_ascii_case(known))?;
    Some((*scheme, code.trim()))
}

fn resolve_foreign(scheme: Scheme, code: &str) -> Vec<&'static str> {
    match scheme {
        Scheme::Plover => {
            let key = fold::name_key(code);
            filter(|entry| {
                entry.plover.split(',').any(|cell| {
                    let (event, mode) = cell.split_once(':').unwrap_or((cell, ""));
                    same_key(cell, &key)
                        || same_key(event, &key) && event != "context"
                        || event == "context" && same_key(mode, &key)
                })
            })
        }
        Scheme::Acled => {
            let key = fold::name_key(code);
            let found = filter(|entry| entry.acled.split(';').any(|cell| same_key(cell, &key)));
            if found.is_empty() { alias(&format!("acled {key}")) } else { found }
        }
        Scheme::Iptc => iptc(code),
        Scheme::Cameo => cameo(code),
    }
}

fn filter(matches: impl Fn(&Entry) -> bool) -> Vec<&'static str> {
    entries().filter(matches).map(|entry| entry.id).collect()
}

/// An IPTC subject code: its own alias, else the rows of its first level.
fn iptc(code: &str) -> Vec<&'static str> {
    if code.len() != 8 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let is_first_level = code.ends_with("000000");
    let own = if is_first_level { Vec::new() } else { iptc_alias(code) };
    if !own.is_empty() {
        return own;
    }
    let found = filter(|entry| entry.iptc.get(..2) == code.get(..2));
    if found.is_empty() { iptc_alias(code) } else { found }
}

fn iptc_alias(code: &str) -> Vec<&'static str> {
    alias(&format!("iptc {code}"))
}

/// A CAMEO code with all below it, else the rows with the longest code above it.
fn cameo(code: &str) -> Vec<&'static str> {
    if code.is_empty() || code.len() > 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let padded = if code.len() == 1 { format!("0{code}") } else { code.to_owned() };
    let found = filter(|entry| cameo_cells(entry).any(|cell| cell_below(cell, &padded)));
    if !found.is_empty() {
        return found;
    }
    for len in (2..padded.len()).rev() {
        let found = filter(|entry| cameo_cells(entry).any(|cell| cell_holds(cell, &padded[..len])));
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn cameo_cells(entry: &Entry) -> impl Iterator<Item = (&'static str, &'static str)> {
    entry
        .cameo
        .split(',')
        .filter(|cell| *cell != "-")
        .map(|cell| cell.split_once('-').unwrap_or((cell, cell)))
}

/// Whether some code of the range is `code` or below it.
fn cell_below((from, to): (&str, &str), code: &str) -> bool {
    let len = code.len().min(from.len());
    from.len() >= code.len() && from[..len] <= *code && *code <= to[..len.min(to.len())]
}

/// Whether `code` itself is in the range.
fn cell_holds((from, to): (&str, &str), code: &str) -> bool {
    from.len() == code.len() && from <= code && code <= to
}

/// Leaves whose root is there too are left out; a root whose leaves are all there replaces them.
fn minimal(ids: Vec<&'static str>) -> Vec<&'static str> {
    if ids.len() < 2 {
        return ids;
    }
    let mut kept: Vec<&'static str> = Vec::with_capacity(ids.len());
    // Each root with its leaves follows another; `from` is where its own begin in `kept`.
    let (mut root, mut from, mut whole) = ("", 0, false);
    let close = |kept: &mut Vec<&'static str>, root, from: usize, whole| {
        if whole && from < kept.len() {
            kept.truncate(from);
            kept.push(root);
        }
    };
    for entry in entries() {
        let found = ids.contains(&entry.id);
        if entry.is_root() {
            close(&mut kept, root, from, whole);
            (root, from, whole) = (entry.id, kept.len(), true);
            if found {
                kept.push(entry.id);
            }
        } else if kept.get(from) == Some(&root) {
            // The root stands for it.
        } else if found {
            kept.push(entry.id);
        } else {
            whole = false;
        }
    }
    close(&mut kept, root, from, whole);
    kept
}

/// The ids that a label supplied with an article stands for; none if it is unknown or too vague.
///
/// Resolves like [`resolve`], and bare codes too (`16000000`, `057`, `PROTEST`). A code that
/// stands for several types becomes the roots among them, else their common root; without one it
/// says too little.
pub fn supplied(value: &str) -> Vec<&'static str> {
    let value = value.trim();
    let code = foreign(value).filter(|(scheme, _)| *scheme == Scheme::Iptc);
    // One alias of a coarse code is truer than every leaf that the code may mean.
    let mut found = iptc_alias(code.map_or(value, |(_, code)| code));
    if found.is_empty() {
        found = resolve(value);
    }
    if found.is_empty() {
        found = minimal(bare_code(value));
    }
    if found.len() < 2 {
        return found;
    }
    let top: Vec<&'static str> = found.iter().copied().filter(|id| !id.contains('/')).collect();
    if !top.is_empty() {
        return top;
    }
    let root = root_of(found[0]);
    if found.iter().all(|id| root_of(id) == root) { vec![root] } else { Vec::new() }
}

fn bare_code(value: &str) -> Vec<&'static str> {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return match value.len() {
            8 => iptc(value),
            2..=4 => cameo(value),
            _ => Vec::new(),
        };
    }
    if value.len() <= 80 && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b':') {
        return resolve_foreign(Scheme::Plover, value);
    }
    if value.len() <= 80 { resolve_foreign(Scheme::Acled, value) } else { Vec::new() }
}

/// The ids whose names look most like `name`, nearest first, at most `limit`.
///
/// Compares with last parts, labels and aliases by optimal string alignment, folded; a third of
/// the letters may differ. Costs some 100 µs: for error messages.
pub fn nearest(name: &str, limit: usize) -> Vec<&'static str> {
    let key: Vec<char> = fold::name_key(name).chars().take(64).collect();
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    let mut add = |text: &str, ids: &'static str| {
        let far = (key.len().max(text.len()) / 3).max(1);
        if key.len().abs_diff(text.len()) <= far {
            let distance = alignment(&key, text.as_bytes());
            if distance <= far {
                found.extend(ids.split(',').map(|id| (distance, id)));
            }
        }
    };
    for entry in entries() {
        add(last_part(entry.id), entry.id);
        add(&fold::name_key(entry.id), entry.id);
        add(&fold::name_key(entry.label), entry.id);
    }
    for [from, ids] in rows(ALIASES).map(cells::<2>) {
        add(from, ids);
    }
    found.sort_unstable();
    let mut ids: Vec<&'static str> = Vec::new();
    for (_, id) in found {
        if ids.len() < limit && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Optimal string alignment: edits, with a swap of neighbours as one; `b` is ASCII.
fn alignment(a: &[char], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != char::from(b[j - 1]));
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1
                && j > 1
                && a[i - 1] == char::from(b[j - 2])
                && a[i - 2] == char::from(b[j - 1])
            {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// The rows of a table: its lines but for those that start with `#` and empty ones.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < table.len() {
            let rest = &table[at..];
            let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            at += end + 1;
            let row = &rest[..end];
            if !row.is_empty() && !row.starts_with('#') {
                return Some(row);
            }
        }
        None
    })
}

/// The first `N` cells of a row, empty where it has fewer.
pub(super) fn cells<const N: usize>(row: &'static str) -> [&'static str; N] {
    let mut out = [""; N];
    let mut rest = row;
    for cell in &mut out {
        let end = memchr::memchr(b'\t', rest.as_bytes()).unwrap_or(rest.len());
        *cell = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or("");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_aliases_and_codes_resolve() {
        for (name, want) in [
            ("diplomacy/treaty", "diplomacy/treaty"),
            ("/diplomacy/treaty", "diplomacy/treaty"),
            ("Diplomacy/Treaty", "diplomacy/treaty"),
            ("diplomacy treaty", "diplomacy/treaty"),
            ("treaty", "diplomacy/treaty"),
            ("Treaties", "diplomacy/treaty"),
            ("agreement", "diplomacy/treaty"),
            ("Pacts", "diplomacy/treaty"),
            ("accord", "diplomacy/treaty"),
            ("diplomacy", "diplomacy"),
            ("Sovereign debt", "economy/debt"),
            ("war", "conflict"),
            ("quake", "disaster/earthquake"),
            ("tsunamis", "disaster/earthquake"),
            ("vote", "politics/election"),
            ("walkout", "protest/strike"),
            ("cease-fire", "conflict/ceasefire"),
            ("Coup d’État", "politics/coup"),
            ("business", "business"),
            ("sport/business", "sport/business"),
            ("cameo-057", "diplomacy/treaty"),
            ("cameo:033", "diplomacy/treaty"),
            ("CAMEO:141", "protest/demonstration"),
            ("cameo-1412", "protest/demonstration"),
            ("cameo-1833", "conflict/bombing"),
            ("cameo-125", "diplomacy/dispute"),
            ("cameo:14", "protest/demonstration protest/riot protest/strike protest/boycott"),
            ("plover:PROTEST:riot", "protest/riot"),
            ("plover-protest", "protest/demonstration protest/riot protest/strike protest/boycott"),
            ("plover-health", "health"),
            ("acled-armed-clash", "conflict/battle"),
            ("acled:Air/drone strike", "conflict/airstrike"),
            ("acled-riots", "protest/riot"),
            ("acled-battles", "conflict/battle conflict/territory"),
            ("iptc-15000000", "sport"),
            ("iptc-15054000", "sport"),
            ("iptc-03005000", "disaster/flood"),
            ("medtop:12000000", "society/religion"),
            ("", ""),
            ("/", ""),
            ("zzz", ""),
            ("cameo-99", ""),
            ("cameo-", ""),
            ("iptc-99000000", ""),
            ("iptc-1", ""),
            ("plover-", ""),
            ("\n", ""),
            ("agreement\tdiplomacy", ""),
        ] {
            assert_eq!(resolve(name).join(" "), want, "{name}");
        }
        let unrest = resolve("iptc-16000000");
        assert!(unrest.contains(&"conflict") && !unrest.contains(&"conflict/battle"), "{unrest:?}");
    }

    #[test]
    fn every_id_label_and_code_resolves_to_its_entry() {
        for entry in entries() {
            assert_eq!(resolve(entry.id), [entry.id]);
            let root = root_of(entry.id);
            let found = |name: &str| {
                let found = resolve(name);
                found.contains(&entry.id) || found.contains(&root)
            };
            assert!(found(entry.label), "{}", entry.label);
            for (scheme, codes, mark) in [
                ("plover", entry.plover, ','),
                ("acled", entry.acled, ';'),
                ("iptc", entry.iptc, ','),
                ("cameo", entry.cameo, ','),
            ] {
                for code in codes.split(mark).filter(|code| *code != "-") {
                    let first = code.split('-').next().unwrap_or(code);
                    let code = if scheme == "cameo" { first } else { code };
                    assert!(found(&format!("{scheme}:{code}")), "{} {scheme} {code}", entry.id);
                }
            }
        }
    }

    #[test]
    fn labels_are_those_of_the_table() {
        assert_eq!(label("diplomacy/treaty"), Some("Treaty"));
        assert_eq!(label("diplomacy"), Some("Diplomacy"));
        assert_eq!(label("treaty"), None);
        assert_eq!(root_of("a/b"), "a");
    }

    #[test]
    fn supplied_labels_become_few_ids_or_none() {
        for (value, want) in [
            ("diplomacy/treaty", "diplomacy/treaty"),
            ("Earthquake", "disaster/earthquake"),
            ("16000000", "conflict"),
            ("iptc:04000000", "economy"),
            ("medtop:09000000", "economy/employment"),
            ("03002000", "disaster/earthquake"),
            ("057", "diplomacy/treaty"),
            ("14", "protest"),
            ("PROTEST", "protest"),
            ("Armed clash", "conflict/battle"),
            ("acled-battles", "conflict"),
            ("plover-agree", ""),
            ("Gardening", ""),
            ("", ""),
        ] {
            assert_eq!(supplied(value).join(" "), want, "{value}");
        }
    }

    #[test]
    fn misspelt_names_have_near_ones() {
        assert_eq!(nearest("treety", 3).first(), Some(&"diplomacy/treaty"));
        assert_eq!(nearest("erthquake", 1), ["disaster/earthquake"]);
        assert_eq!(nearest("conflcit", 1), ["conflict"]);
        assert!(nearest("xyzzyxyzzy", 5).is_empty());
        assert!(nearest("", 5).len() <= 5);
        assert!(nearest("treaty", 0).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_name_resolves_without_panic(name in "\\PC{0,30}|(cameo|plover|iptc|acled)[-:][0-9a-zé:-]{0,9}") {
            for id in resolve(&name).into_iter().chain(supplied(&name)).chain(nearest(&name, 3)) {
                assert!(entry(id).is_some());
            }
        }
    }
}
