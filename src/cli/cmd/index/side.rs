//! Tags that another program found, given with `--tags`: read before a run, told of after it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::tell;
use crate::cli::Io;
use crate::cli::report::placeless;
use crate::diag::Diagnostic;
use crate::render::paint::grouped;
use crate::tag::overlay::Overlay;
use crate::tag::side::SideTags;
use crate::text::sanitize;

/// Bad rows that are named.
const NAMED: u64 = 5;

/// Reads the file; how many of its rows are bad, which are told.
pub(super) fn read(
    path: &Path,
    overlay: &Overlay,
    io: &mut Io<'_>,
) -> Result<(SideTags, u64), Diagnostic> {
    let shown = path.display().to_string();
    let shown = sanitize::line(&shown);
    let failed = |error: std::io::Error| {
        placeless("unreadable_file", format!("{shown} cannot be read: {error}"))
            .hint("nothing was indexed")
    };
    let mut input = BufReader::new(File::open(path).map_err(failed)?);
    let mut wrong = 0;
    let mut bad = |line: u64, why: String| {
        wrong += 1;
        if wrong <= NAMED {
            tell(io, &format!("{shown}:{line}: {}", sanitize::line(&why)));
        }
    };
    let side = SideTags::read(&mut input, overlay, &mut bad).map_err(failed)?;
    if wrong > 0 {
        tell(io, &format!("{} rows of {shown} are wrong and left out", grouped(wrong)));
    }
    Ok((side, wrong))
}

/// Tells what of the file met no article; whether all did.
pub(super) fn report(path: &Path, side: &SideTags, io: &mut Io<'_>) -> bool {
    let ((met, outside), all) = (side.met(), side.articles());
    let shown = path.display().to_string();
    let shown = sanitize::line(&shown);
    tell(io, &format!("{} of {} articles of {shown} met", grouped(met), grouped(all)));
    if outside > 0 {
        let text = format!("{} spans lie outside of their text: kept without", grouped(outside));
        tell(io, &text);
    }
    met == all && outside == 0
}
