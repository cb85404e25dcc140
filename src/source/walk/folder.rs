//! The entries of one folder, sorted by name, of which only a bounded part is in memory.

use std::collections::BinaryHeap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// File of ignored names, in the syntax of `.gitignore`; it holds for its folder and those below.
const IGNORE_FILE: &str = ".datelineignore";
/// Bytes that the names of one listing may hold. A folder with more is listed in several rounds.
const LISTING: usize = 64 << 20;
/// What an entry holds beside its name, roughly.
const OVERHEAD: usize = 48;

/// What an entry of a folder is, symbolic links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
    Other,
}

/// One entry; entries sort by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) name: OsString,
    pub(super) kind: Kind,
}

/// The entries of one folder in order.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// The path without links.
    pub(super) real: PathBuf,
    rules: Option<Gitignore>,
    entries: std::vec::IntoIter<Entry>,
    last: Option<OsString>,
    more: bool,
    room: usize,
}

impl Folder {
    /// Lists a folder and reads its ignore file. Problems of the latter are put into `told`.
    ///
    /// # Errors
    /// If it cannot be listed.
    pub(super) fn open(path: PathBuf, real: PathBuf, told: &mut Vec<String>) -> io::Result<Folder> {
        let rules = rules(&path, told);
        Folder::within(path, real, rules, LISTING)
    }

    fn within(
        path: PathBuf,
        real: PathBuf,
        rules: Option<Gitignore>,
        room: usize,
    ) -> io::Result<Folder> {
        let (entries, more) = listing(&path, None, room)?;
        let entries = entries.into_iter();
        Ok(Folder { path, real, rules, entries, last: None, more, room })
    }

    /// The next entry in order, or nothing at the end.
    ///
    /// # Errors
    /// If the folder cannot be listed any more; then it is at its end.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        if let Some(entry) = self.entries.next() {
            if self.more && self.entries.len() == 0 {
                self.last = Some(entry.name.clone());
            }
            return Ok(Some(entry));
        }
        if !std::mem::take(&mut self.more) {
            return Ok(None);
        }
        let (entries, more) = listing(&self.path, self.last.as_ref(), self.room)?;
        self.entries = entries.into_iter();
        self.more = more;
        self.next()
    }

    /// What the folder's own ignore file says of a path: ignored, wanted, or nothing.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let found = self.rules.as_ref()?.matched(path, is_folder);
        (!found.is_none()).then(|| found.is_ignore())
    }
}

/// The first entries after `after` whose names fit into `room`, and whether there are more.
/// Hidden entries are left out.
fn listing(path: &Path, after: Option<&OsString>, room: usize) -> io::Result<(Vec<Entry>, bool)> {
    let mut held: BinaryHeap<Entry> = BinaryHeap::new();
    let mut bytes = 0;
    let mut more = false;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") || after.is_some_and(|after| name <= *after) {
            continue;
        }
        if more && held.peek().is_some_and(|last| name > last.name) {
            continue;
        }
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_file() => Kind::File,
            // One that went away meanwhile is told when its turn comes.
            Err(_) => Kind::File,
            Ok(_) => Kind::Other,
        };
        bytes += name.len() + OVERHEAD;
        held.push(Entry { name, kind });
        while bytes > room && held.len() > 1 {
            more = true;
            if let Some(last) = held.pop() {
                bytes -= last.name.len() + OVERHEAD;
            }
        }
    }
    Ok((held.into_sorted_vec(), more))
}

fn rules(folder: &Path, told: &mut Vec<String>) -> Option<Gitignore> {
    let file = folder.join(IGNORE_FILE);
    if !file.is_file() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    let mut failed = |error: ignore::Error| told.push(error.to_string().replace('\n', "; "));
    if let Some(error) = builder.add(&file) {
        failed(error);
    }
    match builder.build() {
        Ok(rules) => Some(rules),
        Err(error) => {
            failed(error);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_folder_is_listed_in_rounds_and_in_order() {
        let root = tempfile::tempdir().unwrap();
        for n in 0..100 {
            fs::write(root.path().join(format!("{}.txt", (n * 37) % 100)), "").unwrap();
        }
        for room in [1, 300, 5_000, LISTING] {
            let at = root.path().to_path_buf();
            let mut folder = Folder::within(at.clone(), at, None, room).unwrap();
            let mut names = Vec::new();
            while let Some(entry) = folder.next().unwrap() {
                assert!(folder.entries.len() * OVERHEAD <= room);
                names.push(entry.name);
            }
            assert_eq!(names.len(), 100, "{room}");
            assert!(names.is_sorted());
        }
    }
}
