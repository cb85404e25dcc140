//! Runs the real program on indexes in temporary directories.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What a run of the program gave.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `dateline` with the checkout as working directory, `-I index` after the verb.
pub fn dateline(index: &Path, args: &[&str]) -> Output {
    dateline_with(index, args, "")
}

/// The same, with a text on standard input.
pub fn dateline_with(index: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.arg(args[0]).arg("-I").arg(index).args(&args[1..]).current_dir(root());
    for name in ["DATELINE_INDEX", "DATELINE_FORMAT", "DATELINE_NOW", "NO_COLOR", "CLICOLOR_FORCE"]
    {
        command.env_remove(name);
    }
    // The settings of who runs the tests are not those of the tests.
    command.env("DATELINE_CONFIG", "/dev/null");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read its input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The index of `corpus/`, made once.
pub fn corpus() -> &'static Path {
    static INDEX: OnceLock<tempfile::TempDir> = OnceLock::new();
    INDEX
        .get_or_init(|| {
            let dir = tempfile::tempdir().unwrap();
            let indexed = dateline(dir.path(), &["index", "corpus"]);
            assert_eq!(indexed.code, 0, "{}", indexed.err);
            dir
        })
        .path()
}

/// The archive `name` of the shared data, unpacked; `None`, loudly, where it is not there.
pub fn shared(name: &str) -> Option<tempfile::TempDir> {
    let archive: PathBuf = root().join(format!("../shared/data/{name}.tar.zst"));
    let dir = tempfile::tempdir().unwrap();
    let unpacked = archive.exists()
        && Command::new("tar")
            .args(["--zstd", "-xf"])
            .arg(&archive)
            .arg("-C")
            .arg(dir.path())
            .status()
            .is_ok_and(|status| status.success());
    if !unpacked {
        eprintln!("SKIPPED: {} is not here or cannot be unpacked", archive.display());
        return None;
    }
    Some(dir)
}
