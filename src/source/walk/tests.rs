use super::*;

fn files(inputs: &mut Inputs) -> (Vec<InputFile>, Vec<RecordError>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for found in inputs {
        match found {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    (files, problems)
}

fn names(paths: &[PathBuf], options: &ReadOptions, root: &Path) -> Vec<String> {
    let name = |file: &InputFile| {
        file.path.strip_prefix(root).unwrap_or(&file.path).to_string_lossy().into_owned()
    };
    files(&mut Inputs::expand(paths, options)).0.iter().map(name).collect()
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
    let paths = [at.to_path_buf()];
    assert_eq!(names(&paths, &options, at), ["a.txt", "b/10.txt", "b/2.txt"]);
    assert_eq!(Inputs::expand(&paths, &options).found().total_bytes(), Some(4));
    let paths = [at.join("b/README.md"), at.join("b"), at.join("b/2.txt"), at.join("none")];
    assert_eq!(names(&paths, &options, at), ["b/README.md", "b/10.txt", "b/2.txt"]);
    assert_eq!(Inputs::expand(&paths, &options).missing, [at.join("none")]);
    let paths = ["-".into(), "-".into()];
    assert_eq!(names(&paths, &options, at), ["-"]);
    assert_eq!(Inputs::expand(&paths, &options).found().total_bytes(), None);
}

#[test]
fn arguments_within_one_another_name_no_file_twice() {
    let root = tree(&[
        (".datelineignore", "c/\n!c/d/\nno.txt"),
        ("a.txt", ""),
        ("b/a.txt", ""),
        ("b/no.txt", ""),
        ("b/deep/a.txt", ""),
        ("c/a.txt", ""),
        ("z/a.txt", ""),
    ]);
    let at = root.path();
    let options = ReadOptions::default();
    let named = |paths: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(|path| at.join(path)).collect();
        names(&paths, &options, at)
    };
    assert_eq!(named(&["b", "c"]), ["b/a.txt", "b/deep/a.txt", "b/no.txt", "c/a.txt"]);
    assert_eq!(
        named(&["b/deep", "", "b", "c", "b/no.txt", "z/../a.txt"]),
        ["b/deep/a.txt", "a.txt", "b/a.txt", "z/a.txt", "b/no.txt", "c/a.txt"]
    );
}

#[test]
fn what_is_skipped_may_be_made_during_the_run() {
    let root = tree(&[("a.txt", ""), ("rejects.tsv", "old")]);
    let at = root.path();
    let skip = vec![at.join("rejects.tsv"), at.join("index")];
    let options = ReadOptions { skip, ..ReadOptions::default() };
    fs::create_dir(at.join("index")).unwrap();
    fs::write(at.join("index/data"), "").unwrap();
    let all = [at.to_path_buf(), at.join("rejects.tsv"), at.join("index")];
    assert_eq!(names(&all, &options, at), ["a.txt"]);
}

#[test]
fn more_files_than_are_looked_for_ahead_come_all_the_same() {
    let root = tempfile::tempdir().unwrap();
    for n in 0..30 {
        fs::write(root.path().join(format!("{n}.txt")), "x").unwrap();
    }
    let paths = [root.path().to_path_buf()];
    let mut inputs = Inputs::looking_ahead(&paths, &ReadOptions::default(), 10);
    let found = inputs.found();
    assert_eq!((found.is_complete(), found.total_bytes()), (false, None));
    let (files, _) = files(&mut inputs);
    assert!(files.len() == 30 && files.is_sorted_by(|a, b| a.path < b.path));
    assert_eq!((found.is_complete(), found.total_bytes()), (true, Some(30)));
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_when_asked_and_loops_are_told() {
    let root = tree(&[("a/x.txt", "")]);
    let at = root.path();
    std::os::unix::fs::symlink(at, at.join("a/up")).unwrap();
    std::os::unix::fs::symlink(at.join("a/x.txt"), at.join("a/y.txt")).unwrap();
    std::os::unix::fs::symlink(at.join("none"), at.join("a/z.txt")).unwrap();
    let mut options = ReadOptions::default();
    let paths = [at.to_path_buf()];
    assert_eq!(names(&paths, &options, at), ["a/x.txt"]);
    let found = Inputs::expand(&paths, &options).found();
    assert_eq!(found.links(), (3, Some(at.join("a/up").as_path())));
    options.follow = true;
    let (files, problems) = files(&mut Inputs::expand(&paths, &options));
    assert_eq!((files.len(), &files[0].path), (1, &at.join("a/x.txt")));
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["loop", "unreadable"]);
    let named = names(&[at.join("a/y.txt")], &ReadOptions::default(), at);
    assert_eq!(named, ["a/y.txt"]);
}
