//! The codes a process ends with, each with its meaning.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done, or something matched.
    Done,
    /// 1: nothing matched, or an id that no article has.
    NoMatch,
    /// 2: the command line or the query is wrong.
    Usage,
    /// 3: no index there, no index at all, or no permission to read it.
    NoIndex,
    /// 4: another process is writing.
    Locked,
    /// 5: the index is damaged.
    Corrupt,
    /// 6: the index was written by another version.
    Version,
    /// 7: finished, but incomplete: records were rejected, or output could not be written.
    Incomplete,
    /// 9: refused: no space is left, or a file may not be written.
    Refused,
    /// 70: a bug in dateline.
    Bug,
    /// 130: interrupted by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// All of them, by code.
    pub const ALL: [Exit; 11] = [
        Exit::Done,
        Exit::NoMatch,
        Exit::Usage,
        Exit::NoIndex,
        Exit::Locked,
        Exit::Corrupt,
        Exit::Version,
        Exit::Incomplete,
        Exit::Refused,
        Exit::Bug,
        Exit::Interrupted,
    ];

    /// The code given to the operating system.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::NoMatch => 1,
            Exit::Usage => 2,
            Exit::NoIndex => 3,
            Exit::Locked => 4,
            Exit::Corrupt => 5,
            Exit::Version => 6,
            Exit::Incomplete => 7,
            Exit::Refused => 9,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
        }
    }

    /// What the code means, one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Done => "done, or something matched",
            Exit::NoMatch => "nothing matched, or no article has the id",
            Exit::Usage => "wrong usage or an error in the query",
            Exit::NoIndex => "no index there, or it may not be read",
            Exit::Locked => "another process is writing to the index",
            Exit::Corrupt => "the index is damaged",
            Exit::Version => "the index was written by another version",
            Exit::Incomplete => "finished but incomplete: some input or output is missing",
            Exit::Refused => "refused: no space left, or a file may not be written",
            Exit::Bug => "a bug in dateline",
            Exit::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_ones() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 9, 70, 130]);
        assert!(Exit::ALL.iter().all(|exit| !exit.meaning().is_empty()));
    }
}
