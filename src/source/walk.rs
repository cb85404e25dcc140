//! Expands the paths of the command line to the files below them, in an order that never varies.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::RecordError;
use super::options::ReadOptions;

/// File of ignored names, in the syntax of `.gitignore`; it holds for its folder and those below.
const IGNORE_FILE: &str = ".datelineignore";

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// As named, or as found below a named folder; `-` is standard input.
    pub path: PathBuf,
    /// Bytes; 0 for standard input and pipes.
    pub size: u64,
}

/// The files below the paths of the command line.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// In the order of the arguments, sorted by path below each folder; no file twice.
    pub files: Vec<InputFile>,
    /// Entries below folders that could not be looked at: `unreadable` or `loop`.
    pub problems: Vec<RecordError>,
    /// Arguments that name nothing that exists.
    pub missing: Vec<PathBuf>,
    /// Symbolic links below folders that were not followed, since
    /// [`follow`](ReadOptions::follow) is not set.
    pub links: Vec<PathBuf>,
}

impl Inputs {
    /// Expands `paths`.
    ///
    /// Hidden entries and what `.datelineignore` names are left out below folders;
    /// `.gitignore` says nothing here. What is named itself is always read. Folders in
    /// [`skip`](ReadOptions::skip) never are. Costs one look at each entry.
    pub fn expand(paths: &[PathBuf], options: &ReadOptions) -> Inputs {
        let mut inputs = Inputs::default();
        let skip: Vec<PathBuf> =
            options.skip.iter().filter_map(|path| path.canonicalize().ok()).collect();
        // One argument cannot name a file twice unless links are followed.
        let mut known = (paths.len() > 1 || options.follow).then(HashSet::new);
        for path in paths {
            if path == Path::new("-") {
                if !inputs.files.iter().any(|file| file.path == *path) {
                    inputs.files.push(InputFile { path: path.clone(), size: 0 });
                }
                continue;
            }
            match fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => {
                    inputs.walk(path, options, &skip, &mut known);
                }
                Ok(metadata) => {
                    let size = if metadata.is_file() { metadata.len() } else { 0 };
                    inputs.add(path.clone(), size, &mut known);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    inputs.missing.push(path.clone());
                }
                Err(error) => {
                    let error = RecordError::file(path, "unreadable", error.to_string());
                    inputs.problems.push(error);
                }
            }
        }
        inputs
    }

    /// The sum of the sizes.
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    fn add(&mut self, path: PathBuf, size: u64, known: &mut Option<HashSet<PathBuf>>) {
        // A pipe has no lasting path of its own; it is read as often as it is named.
        if let Some(known) = known
            && let Ok(real) = path.canonicalize()
            && !known.insert(real)
        {
            return;
        }
        self.files.push(InputFile { path, size });
    }

    fn walk(
        &mut self,
        folder: &Path,
        options: &ReadOptions,
        skip: &[PathBuf],
        known: &mut Option<HashSet<PathBuf>>,
    ) {
        let skipped = skip.to_vec();
        let is_skipped = move |path: &Path| {
            !skipped.is_empty() && path.canonicalize().is_ok_and(|real| skipped.contains(&real))
        };
        if is_skipped(folder) {
            return;
        }
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .hidden(true)
            .parents(false)
            .add_custom_ignore_filename(IGNORE_FILE)
            .follow_links(options.follow)
            .sort_by_file_path(Path::cmp)
            .filter_entry(move |entry| {
                !entry.file_type().is_some_and(|kind| kind.is_dir()) || !is_skipped(entry.path())
            })
            .build();
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.problems.push(problem(folder, &error));
                    continue;
                }
            };
            if let Some(error) = entry.error() {
                self.problems.push(problem(entry.path(), error));
            }
            let Some(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                continue;
            }
            if kind.is_symlink() {
                self.links.push(entry.into_path());
                continue;
            }
            if !kind.is_file() {
                let message = "it is neither a file nor a folder".to_owned();
                self.problems.push(RecordError::file(entry.path(), "unreadable", message));
                continue;
            }
            match entry.metadata() {
                Ok(metadata) => self.add(entry.into_path(), metadata.len(), known),
                Err(error) => self.problems.push(problem(entry.path(), &error)),
            }
        }
    }
}

fn problem(near: &Path, error: &ignore::Error) -> RecordError {
    let mut path = near.to_path_buf();
    let mut code = "unreadable";
    let mut inner = error;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: at, err } => {
                path.clone_from(at);
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Loop { child, .. } => {
                path.clone_from(child);
                code = "loop";
                break;
            }
            _ => break,
        };
    }
    let message = match inner {
        ignore::Error::Loop { ancestor, .. } => {
            format!("the link leads back to {}", ancestor.display())
        }
        other => other.to_string().replace('\n', "; "),
    };
    RecordError::file(path, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inputs: &Inputs, root: &Path) -> Vec<String> {
        let name = |file: &InputFile| {
            file.path.strip_prefix(root).unwrap_or(&file.path).to_string_lossy().into_owned()
        };
        inputs.files.iter().map(name).collect()
    }

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn folders_are_sorted_and_filtered() {
        let root = tree(&[
            ("b/2.txt", "x"),
            ("b/10.txt", "xyz"),
            ("a.txt", ""),
            (".hidden/a.txt", ""),
            (".gitignore", "a.txt"),
            ("b/.datelineignore", "broken/\n*.md\n"),
            ("b/broken/x.txt", ""),
            ("b/README.md", ""),
            ("index/data", ""),
        ]);
        let at = root.path();
        let options = ReadOptions { skip: vec![at.join("b/../index")], ..ReadOptions::default() };
        let inputs = Inputs::expand(&[at.to_path_buf()], &options);
        assert_eq!(names(&inputs, at), ["a.txt", "b/10.txt", "b/2.txt"]);
        assert_eq!(inputs.total_bytes(), 4);
        let paths = [at.join("b/README.md"), at.join("b"), at.join("b/2.txt"), at.join("none")];
        let inputs = Inputs::expand(&paths, &options);
        assert_eq!(names(&inputs, at), ["b/README.md", "b/10.txt", "b/2.txt"]);
        assert_eq!(inputs.missing, [at.join("none")]);
        let inputs = Inputs::expand(&["-".into(), "-".into()], &options);
        assert_eq!(names(&inputs, at), ["-"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_only_when_asked_and_loops_are_told() {
        let root = tree(&[("a/x.txt", "")]);
        let at = root.path();
        std::os::unix::fs::symlink(at, at.join("a/up")).unwrap();
        std::os::unix::fs::symlink(at.join("a/x.txt"), at.join("a/y.txt")).unwrap();
        let mut options = ReadOptions::default();
        let inputs = Inputs::expand(&[at.to_path_buf()], &options);
        assert_eq!(names(&inputs, at), ["a/x.txt"]);
        assert_eq!(inputs.links.len(), 2);
        options.follow = true;
        let inputs = Inputs::expand(&[at.to_path_buf()], &options);
        assert_eq!(names(&inputs, at), ["a/x.txt"]);
        assert_eq!(inputs.problems.len(), 1);
        assert_eq!(inputs.problems[0].code, "loop");
        let inputs = Inputs::expand(&[at.join("a/y.txt")], &ReadOptions::default());
        assert_eq!(inputs.files.len(), 1);
    }
}
