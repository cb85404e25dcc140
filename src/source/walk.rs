//! Finds the files below the paths of the command line, one after the other, in an order that
//! never varies.

mod folder;

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_128;

use super::RecordError;
use super::options::ReadOptions;
use folder::{Folder, Kind};

/// Entries that are looked for before the first is read, so that most runs know their size.
const AHEAD: usize = 50_000;

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As named, or as found below a named folder; `-` is standard input.
    pub path: PathBuf,
    /// Bytes; 0 for standard input and pipes.
    pub size: u64,
}

/// The files below the paths of the command line, found as they are asked for.
///
/// They come in the order of the arguments, sorted by path below each folder, no file twice. An
/// `Err` is an entry that cannot be looked at (`unreadable` or `loop`), in its place.
///
/// *Invariant:* memory does not grow with the number of files, but for 16 bytes a file with
/// [`follow`](ReadOptions::follow), or where one argument lies within another.
#[derive(Debug)]
pub struct Inputs {
    /// Arguments that name nothing that exists.
    pub missing: Vec<PathBuf>,
    walk: Walk,
    /// What was found before it was asked for.
    ahead: VecDeque<Result<InputFile, RecordError>>,
}

/// What was found so far; clones tell of the same search.
#[derive(Debug, Clone, Default)]
pub struct Found(Arc<Tally>);

#[derive(Debug, Default)]
struct Tally {
    complete: AtomicBool,
    /// Standard input is among the inputs.
    endless: AtomicBool,
    bytes: AtomicU64,
    links: AtomicU64,
    first_link: OnceLock<PathBuf>,
}

impl Found {
    /// Bytes of all inputs; `None` until all are found, and where standard input is one of them.
    pub fn total_bytes(&self) -> Option<u64> {
        let known = self.is_complete() && !self.0.endless.load(Ordering::Relaxed);
        known.then(|| self.0.bytes.load(Ordering::Relaxed))
    }

    /// Whether all inputs are found.
    pub fn is_complete(&self) -> bool {
        self.0.complete.load(Ordering::Acquire)
    }

    /// How many symbolic links below folders were not followed so far, since
    /// [`follow`](ReadOptions::follow) is not set, and the first of them.
    pub fn links(&self) -> (u64, Option<&Path>) {
        (self.0.links.load(Ordering::Relaxed), self.0.first_link.get().map(PathBuf::as_path))
    }

    fn link(&self, path: PathBuf) {
        self.0.links.fetch_add(1, Ordering::Relaxed);
        let _ = self.0.first_link.set(path);
    }
}

impl Inputs {
    /// Looks at `paths`, and for the first 50,000 files below them.
    ///
    /// Hidden entries and what `.datelineignore` names are left out below folders;
    /// `.gitignore` says nothing here. What is named itself is always read. What
    /// [`skip`](ReadOptions::skip) names never is. Costs one look at each entry; a folder whose
    /// names exceed 64 MiB (some 800,000 files) is listed once more for each further 64 MiB.
    pub fn expand(paths: &[PathBuf], options: &ReadOptions) -> Inputs {
        Inputs::looking_ahead(paths, options, AHEAD)
    }

    fn looking_ahead(paths: &[PathBuf], options: &ReadOptions, ahead: usize) -> Inputs {
        let mut inputs =
            Inputs { missing: Vec::new(), walk: Walk::new(options), ahead: VecDeque::new() };
        for path in paths {
            if !inputs.walk.argument(path) {
                inputs.missing.push(path.clone());
            }
        }
        inputs.walk.compare_arguments();
        while inputs.ahead.len() < ahead
            && let Some(found) = inputs.walk.next()
        {
            inputs.ahead.push_back(found);
        }
        inputs
    }

    /// Whether there is nothing to read and nothing to tell of.
    pub fn is_empty(&self) -> bool {
        self.ahead.is_empty()
    }

    /// What is known of the inputs, while and after they are found.
    pub fn found(&self) -> Found {
        self.walk.found.clone()
    }
}

impl Iterator for Inputs {
    type Item = Result<InputFile, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ahead.pop_front().or_else(|| self.walk.next())
    }
}

/// A path of the command line.
#[derive(Debug)]
struct Argument {
    path: PathBuf,
    /// Without links; empty for standard input.
    real: PathBuf,
    is_folder: bool,
    error: Option<RecordError>,
    /// Another argument may name the same files.
    overlaps: bool,
}

#[derive(Debug)]
struct Walk {
    arguments: VecDeque<Argument>,
    /// The folders that are being walked, each within the one before.
    folders: Vec<Folder>,
    follow: bool,
    skip: Vec<PathBuf>,
    /// The argument's files have to be remembered.
    remember: bool,
    /// Hashes of the real paths of what is remembered.
    known: HashSet<u128>,
    problems: VecDeque<RecordError>,
    found: Found,
}

impl Iterator for Walk {
    type Item = Result<InputFile, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(problem) = self.problems.pop_front() {
                return Some(Err(problem));
            }
            let file = if !self.folders.is_empty() {
                self.visit()
            } else if let Some(argument) = self.arguments.pop_front() {
                self.begin(argument)
            } else {
                self.found.0.complete.store(true, Ordering::Release);
                return None;
            };
            if let Some(file) = file {
                self.found.0.bytes.fetch_add(file.size, Ordering::Relaxed);
                return Some(Ok(file));
            }
        }
    }
}

impl Walk {
    fn new(options: &ReadOptions) -> Walk {
        Walk {
            arguments: VecDeque::new(),
            folders: Vec::new(),
            follow: options.follow,
            skip: options.skip.iter().filter_map(|path| real_place(path)).collect(),
            remember: false,
            known: HashSet::new(),
            problems: VecDeque::new(),
            found: Found::default(),
        }
    }

    /// Looks at a path of the command line; false if it is not there.
    fn argument(&mut self, path: &Path) -> bool {
        let mut argument = Argument {
            path: path.to_owned(),
            real: PathBuf::new(),
            is_folder: false,
            error: None,
            overlaps: false,
        };
        if path == Path::new("-") {
            self.found.0.endless.store(true, Ordering::Relaxed);
            if !self.arguments.iter().any(|known| known.path == path) {
                self.arguments.push_back(argument);
            }
            return true;
        }
        match fs::metadata(path) {
            Ok(metadata) => argument.is_folder = metadata.is_dir(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
            Err(error) => {
                argument.error = Some(RecordError::file(path, "unreadable", error.to_string()));
            }
        }
        argument.real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.arguments.push_back(argument);
        true
    }

    /// Marks arguments that name the same files, in part or whole.
    fn compare_arguments(&mut self) {
        let arguments = self.arguments.make_contiguous();
        // Sorted, all paths within a folder follow it.
        let mut order: Vec<usize> = (0..arguments.len()).collect();
        order.retain(|at| !arguments[*at].real.as_os_str().is_empty());
        order.sort_by(|a, b| arguments[*a].real.cmp(&arguments[*b].real));
        let mut outer: Option<usize> = None;
        for at in order {
            match outer {
                Some(around) if arguments[at].real.starts_with(&arguments[around].real) => {
                    arguments[at].overlaps = true;
                    arguments[around].overlaps = true;
                }
                _ => outer = Some(at),
            }
        }
    }

    fn begin(&mut self, argument: Argument) -> Option<InputFile> {
        let Argument { path, real, is_folder, error, overlaps } = argument;
        self.remember = overlaps || self.follow;
        if let Some(error) = error {
            self.problems.push_back(error);
            return None;
        }
        if path == Path::new("-") {
            return Some(InputFile { path, size: 0 });
        }
        if self.skip.contains(&real) {
            return None;
        }
        if is_folder {
            self.enter(path, real);
            return None;
        }
        if self.remember && self.came_before(&real) {
            return None;
        }
        let size = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        };
        Some(InputFile { path, size })
    }

    fn enter(&mut self, path: PathBuf, real: PathBuf) {
        let mut told = Vec::new();
        match Folder::open(path.clone(), real, &mut told) {
            Ok(folder) => self.folders.push(folder),
            Err(error) => self.problem(&path, &error),
        }
        for message in told {
            self.problems.push_back(RecordError::file(&path, "unreadable", message));
        }
    }

    /// Looks at the next entry of the innermost folder.
    fn visit(&mut self) -> Option<InputFile> {
        let folder = self.folders.last_mut()?;
        let entry = match folder.next() {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                self.folders.pop();
                return None;
            }
            Err(error) => {
                let path = folder.path.clone();
                self.problem(&path, &error);
                return None;
            }
        };
        let path = folder.path.join(&entry.name);
        let mut real = folder.real.join(&entry.name);
        let mut kind = entry.kind;
        if self.ignores(&path, kind == Kind::Folder) {
            return None;
        }
        if kind == Kind::Link {
            if !self.follow {
                self.found.link(path);
                return None;
            }
            let target = fs::metadata(&path).and_then(|data| Ok((data, path.canonicalize()?)));
            kind = match target {
                Ok((data, target)) => {
                    real = target;
                    if data.is_dir() {
                        Kind::Folder
                    } else if data.is_file() {
                        Kind::File
                    } else {
                        Kind::Other
                    }
                }
                Err(error) => {
                    self.problem(&path, &error);
                    return None;
                }
            };
            if let Some(around) = self.folders.iter().find(|folder| folder.real == real) {
                let message = format!("the link leads back to {}", around.path.display());
                self.problems.push_back(RecordError::file(path, "loop", message));
                return None;
            }
        }
        if self.skip.contains(&real) {
            return None;
        }
        match kind {
            Kind::Folder => {
                // Links can lead to one folder on more ways than can be walked.
                if !self.follow || !self.came_before(&real) {
                    self.enter(path, real);
                }
                None
            }
            Kind::File => match fs::metadata(&path) {
                Ok(_) if self.remember && self.came_before(&real) => None,
                Ok(metadata) => Some(InputFile { path, size: metadata.len() }),
                Err(error) => {
                    self.problem(&path, &error);
                    None
                }
            },
            Kind::Other | Kind::Link => {
                let message = "it is neither a file nor a folder".to_owned();
                self.problems.push_back(RecordError::file(path, "unreadable", message));
                None
            }
        }
    }

    /// Whether an ignore file leaves a path out; the innermost that says something decides.
    fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let said = self.folders.iter().rev().find_map(|folder| folder.ignores(path, is_folder));
        said.unwrap_or(false)
    }

    /// Whether this was remembered before; it is from now on.
    fn came_before(&mut self, real: &Path) -> bool {
        !self.known.insert(xxh3_128(real.as_os_str().as_encoded_bytes()))
    }

    fn problem(&mut self, path: &Path, error: &io::Error) {
        self.problems.push_back(RecordError::file(path, "unreadable", error.to_string()));
    }
}

/// The path without links; the last part of it may be still to be made.
fn real_place(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(parent.join(path.file_name()?))
    })
}

#[cfg(test)]
mod tests;
