//! Cuts text into words with positions, sentence and paragraph starts: read by all who count words.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;
use xxhash_rust::xxh3::xxh3_64;

use super::fold;

/// One word of a text, or one Chinese or Japanese character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte; a possessive `'s` is left outside.
    pub end: u32,
    /// Number of the word in the text, from 0. Two tokens share one only for
    /// [`Token::JOINED`].
    pub position: u32,
    fold_start: u32,
    fold_len: u32,
    /// Bit set of the constants below.
    pub flags: u16,
    /// XXH3-64 of the folded form.
    pub hash: u64,
}

impl Token {
    /// The first letter is a capital.
    pub const CAPITAL: u16 = 1;
    /// At least two letters, and no letter is lower case.
    pub const ALL_CAPS: u16 = 2;
    /// Some letter is lower case.
    pub const HAS_LOWER: u16 = 4;
    /// Some character is a digit.
    pub const DIGIT: u16 = 8;
    /// First word of a sentence.
    pub const SENTENCE: u16 = 16;
    /// First word of a paragraph (and so of a sentence).
    pub const PARAGRAPH: u16 = 32;
    /// A possessive `'s` follows.
    pub const POSSESSIVE: u16 = 64;
    /// One character of a script that is written without blanks (Han, kana).
    pub const CJK: u16 = 128;
    /// The whole of a word hyphenated at a line end (`agree-⏎ment`), at the position of its first
    /// part; both parts are tokens too.
    pub const JOINED: u16 = 256;
    /// The character before the word is a blank or the text's start (not a hyphen, slash, …).
    pub const AFTER_BLANK: u16 = 512;
    /// A full stop follows at once.
    pub const DOT: u16 = 1024;
    /// A comma follows at once.
    pub const COMMA: u16 = 2048;

    /// Whether any of these flags is set.
    pub fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// The word as it stands in `text`, the text it was cut from.
    pub fn surface<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }
}

/// The words of one text; reusable, so that a run of articles allocates once.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    tokens: Vec<Token>,
    folded: String,
    positions: u32,
}

impl std::ops::Deref for Tokens {
    type Target = [Token];
    fn deref(&self) -> &[Token] {
        &self.tokens
    }
}

impl Tokens {
    /// The words of `text`, which must be shorter than 4 GiB.
    pub fn of(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.cut(text);
        tokens
    }

    /// The folded form of a token of these.
    pub fn folded(&self, token: &Token) -> &str {
        &self.folded[token.fold_start as usize..(token.fold_start + token.fold_len) as usize]
    }

    /// How many positions there are: the number of words, joined forms not counted.
    pub fn positions(&self) -> u32 {
        self.positions
    }

    /// Cuts `text` anew. Linear; about 200 MB/s on ASCII.
    ///
    /// A word is a run of letters, digits and marks, with single apostrophes inside
    /// (`o'neill`), but for French and Italian elisions, which are words of their own
    /// (`l` `europe`). Han and kana characters are one token each. Scripts without blanks
    /// (Thai, Lao, Khmer, Burmese) are cut by dictionary. A possessive `'s` belongs to no token.
    pub fn cut(&mut self, text: &str) {
        self.tokens.clear();
        self.folded.clear();
        self.positions = 0;
        // English words are five to six bytes with the blank; folding seldom lengthens a text.
        self.tokens.reserve(text.len() / 6 + 8);
        self.folded.reserve(text.len() * 7 / 8 + 16);
        let mut cutter = Cutter {
            text,
            bytes: text.as_bytes(),
            marked_paragraphs: marks_paragraphs(text),
            gap_from: 0,
            out: self,
        };
        cutter.run();
    }

    /// The index of the first token that starts at or after byte `start`.
    pub fn at_byte(&self, start: usize) -> usize {
        self.tokens.partition_point(|token| (token.start as usize) < start)
    }
}

/// Whether blank lines or indents mark the paragraphs; else each line break does.
fn marks_paragraphs(text: &str) -> bool {
    let bytes = text.trim_end().as_bytes();
    memchr::memchr_iter(b'\n', bytes).any(|at| {
        let mut rest = bytes[at + 1..].iter();
        let mut blanks = 0;
        loop {
            match rest.next() {
                Some(b'\n') => return true,
                Some(b'\t') => return true,
                Some(b' ') => blanks += 1,
                Some(b'\r') => {}
                _ => return blanks >= 2,
            }
        }
    })
}

struct Cutter<'t, 'o> {
    text: &'t str,
    bytes: &'t [u8],
    marked_paragraphs: bool,
    /// End of the previous token with its possessive: the gap before the next starts here.
    gap_from: usize,
    out: &'o mut Tokens,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Other,
    Word,
    Character,
    Unspaced,
}

fn kind_of(c: char) -> Kind {
    match c {
        '\u{3005}'
        | '\u{3007}'
        | '\u{3041}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}' => {
            if c == '\u{30FB}' {
                Kind::Other
            } else {
                Kind::Character
            }
        }
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => {
            Kind::Unspaced
        }
        '\u{0300}'..='\u{036F}'
        | '\u{0483}'..='\u{0487}'
        | '\u{0591}'..='\u{05BD}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{0900}'..='\u{0963}'
        | '\u{0980}'..='\u{0DFF}'
        | '\u{00AD}' => Kind::Word,
        c if c.is_alphanumeric() => Kind::Word,
        _ => Kind::Other,
    }
}

/// What the characters of a word are.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    /// Capital letters, in ASCII.
    capitals: u32,
    /// Bit set of the constants below.
    classes: u8,
}

impl Shape {
    const UPPER: u8 = 1;
    const LOWER: u8 = 2;
    const DIGIT: u8 = 4;
    /// Not ASCII: the word must be looked at by character.
    const FOREIGN: u8 = 8;

    fn of_foreign() -> Shape {
        Shape { capitals: 0, classes: Shape::FOREIGN }
    }

    fn with(self, further: Shape) -> Shape {
        Shape {
            capitals: self.capitals + further.capitals,
            classes: self.classes | further.classes,
        }
    }

    /// Flags of the token; `first` tells whether the first letter is a capital.
    fn flags(self, first: bool) -> u16 {
        let has = |class| self.classes & class != 0;
        let flag = |is, flag| if is { flag } else { 0 };
        flag(first, Token::CAPITAL)
            | flag(self.capitals >= 2 && !has(Shape::LOWER), Token::ALL_CAPS)
            | flag(has(Shape::LOWER), Token::HAS_LOWER)
            | flag(has(Shape::DIGIT), Token::DIGIT)
    }

    /// Flags of a word in any script.
    fn flags_of(word: &str) -> u16 {
        let mut shape = Shape::default();
        for c in word.chars() {
            let class = |is, class| if is { class } else { 0 };
            shape.capitals += u32::from(c.is_uppercase());
            shape.classes |= class(c.is_lowercase(), Shape::LOWER);
            shape.classes |= class(c.is_numeric(), Shape::DIGIT);
        }
        shape.flags(word.chars().next().is_some_and(char::is_uppercase))
    }
}

/// What each byte says of its word; 0 for ASCII that is in no word.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'A'..=b'Z' => Shape::UPPER,
            b'a'..=b'z' => Shape::LOWER,
            b'0'..=b'9' => Shape::DIGIT,
            0x80.. => Shape::FOREIGN,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

impl Cutter<'_, '_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            let byte = self.bytes[at];
            if byte.is_ascii_alphanumeric() {
                at = self.word(at);
            } else if byte < 0x80 {
                at += 1;
            } else {
                let c = self.char_at(at);
                match kind_of(c) {
                    Kind::Word => at = self.word(at),
                    Kind::Character => {
                        let end = at + c.len_utf8();
                        self.push(at, end, end, Shape::of_foreign(), Token::CJK);
                        at = end;
                    }
                    Kind::Unspaced => at = self.unspaced(at),
                    Kind::Other => at += c.len_utf8(),
                }
            }
        }
    }

    fn char_at(&self, at: usize) -> char {
        self.text[at..].chars().next().unwrap_or('\0')
    }

    /// End of the run of word characters that starts at `at`, and what was seen in it.
    fn run_end(&self, mut at: usize) -> (usize, Shape) {
        let mut shape = Shape::default();
        while let Some(&byte) = self.bytes.get(at) {
            let class = CLASSES[usize::from(byte)];
            if class == 0 {
                break;
            }
            if class == Shape::FOREIGN {
                let c = self.char_at(at);
                if kind_of(c) != Kind::Word {
                    break;
                }
                at += c.len_utf8();
            } else {
                shape.capitals += u32::from(class & Shape::UPPER);
                at += 1;
            }
            shape.classes |= class;
        }
        (at, shape)
    }

    /// Length of an apostrophe at `at`, 0 if there is none.
    fn apostrophe(&self, at: usize) -> usize {
        match self.bytes.get(at) {
            Some(b'\'') => 1,
            Some(0xE2) if self.text[at..].starts_with(['’', '‘']) => 3,
            Some(0xCA) if self.text[at..].starts_with('ʼ') => 2,
            _ => 0,
        }
    }

    fn word(&mut self, start: usize) -> usize {
        let (mut end, mut shape) = self.run_end(start);
        let mut first = start;
        loop {
            let quote = self.apostrophe(end);
            if quote == 0 {
                break;
            }
            let next = end + quote;
            let (after, further) = self.run_end(next);
            if after == next {
                break;
            }
            if is_elision(&self.text[first..end]) {
                self.push(first, end, end, shape, 0);
                first = next;
                self.gap_from = next;
                (end, shape) = (after, further);
                continue;
            }
            if matches!(&self.text[next..after], "s" | "S") {
                self.push(first, end, after, shape, Token::POSSESSIVE);
                return after;
            }
            (end, shape) = (after, shape.with(further));
            if quote > 1 {
                shape.classes |= Shape::FOREIGN;
            }
        }
        let line_end = self.hyphen_at_line_end(end);
        self.push(first, end, end, shape, 0);
        if let Some(next) = line_end {
            let (after, _) = self.run_end(next);
            self.push_joined(first, end, next, after);
        }
        end
    }

    /// Where the rest of a word hyphenated at a line end starts: `-`, line break, lower case.
    fn hyphen_at_line_end(&self, end: usize) -> Option<usize> {
        if self.bytes.get(end) != Some(&b'-') {
            return None;
        }
        let mut at = end + 1;
        if self.bytes.get(at) == Some(&b'\r') {
            at += 1;
        }
        if self.bytes.get(at) != Some(&b'\n') {
            return None;
        }
        at += 1;
        while matches!(self.bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        (at < self.bytes.len() && self.char_at(at).is_lowercase()).then_some(at)
    }

    fn unspaced(&mut self, start: usize) -> usize {
        let mut end = start;
        while end < self.bytes.len() {
            let c = self.char_at(end);
            if kind_of(c) != Kind::Unspaced {
                break;
            }
            end += c.len_utf8();
        }
        let segmenter = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
        let run = &self.text[start..end];
        let mut from = 0;
        for to in segmenter.segment_str(run).filter(|&to| to > 0) {
            if run[from..to].chars().any(char::is_alphanumeric) {
                self.push(start + from, start + to, start + to, Shape::of_foreign(), 0);
            }
            from = to;
        }
        end
    }

    /// Adds `text[start..end]`, of this shape; the word with its possessive ends at `past`.
    fn push(&mut self, start: usize, end: usize, past: usize, shape: Shape, mut flags: u16) {
        flags |= self.boundary(start);
        match self.bytes.get(past) {
            Some(b'.') => flags |= Token::DOT,
            Some(b',') => flags |= Token::COMMA,
            _ => {}
        }
        if start == 0 || self.bytes[start - 1].is_ascii_whitespace() {
            flags |= Token::AFTER_BLANK;
        }
        let fold_start = self.out.folded.len();
        let word = &self.text[start..end];
        if shape.classes & Shape::FOREIGN == 0 {
            flags |= shape.flags(self.bytes[start].is_ascii_uppercase());
            self.out.folded.push_str(word);
            if shape.capitals > 0 {
                self.out.folded[fold_start..].make_ascii_lowercase();
            }
        } else {
            flags |= Shape::flags_of(word);
            fold::fold_into(word, &mut self.out.folded);
        }
        self.add(start, end, fold_start, self.out.positions, flags);
        self.out.positions += 1;
        self.gap_from = past;
    }

    fn push_joined(&mut self, start: usize, end: usize, next: usize, after: usize) {
        let fold_start = self.out.folded.len();
        fold::fold_into(&self.text[start..end], &mut self.out.folded);
        fold::fold_into(&self.text[next..after], &mut self.out.folded);
        let flags = Shape::flags_of(&self.text[start..end]) | Token::JOINED;
        self.add(start, after, fold_start, self.out.positions - 1, flags);
    }

    fn add(&mut self, start: usize, end: usize, fold_start: usize, position: u32, flags: u16) {
        let folded = &self.out.folded[fold_start..];
        let hash = xxh3_64(folded.as_bytes());
        let fold_len = folded.len() as u32;
        self.out.tokens.push(Token {
            start: start as u32,
            end: end as u32,
            position,
            fold_start: fold_start as u32,
            fold_len,
            flags,
            hash,
        });
    }

    /// Whether a sentence or paragraph starts at `start`, by what stands in the gap before it.
    fn boundary(&self, start: usize) -> u16 {
        let Some(last) = self.out.tokens.last() else {
            return Token::SENTENCE | Token::PARAGRAPH;
        };
        let gap = &self.text[self.gap_from..start];
        // Most gaps are a blank, a hyphen, or a comma and a blank.
        if gap.bytes().all(|byte| matches!(byte, b' ' | b',' | b'-' | b'/' | b'\'' | b';' | b':')) {
            return 0;
        }
        if memchr::memchr(b'\n', gap.as_bytes()).is_some() && self.paragraph_starts(gap) {
            return Token::SENTENCE | Token::PARAGRAPH;
        }
        let mut ends = false;
        let mut stop = false;
        for c in gap.chars() {
            match c {
                '。' | '！' | '？' | '｡' => return Token::SENTENCE,
                '!' | '?' | '…' | '؟' | '۔' | '।' => ends = true,
                '.' => {
                    ends = true;
                    stop = true;
                }
                c if ends && c.is_whitespace() => break,
                _ => {}
            }
        }
        if !ends || !gap.chars().any(char::is_whitespace) {
            return 0;
        }
        let next = self.char_at(start);
        if next.is_lowercase() {
            return 0;
        }
        if stop && self.is_abbreviation(last) && !gap.contains(['!', '?', '"', '”', ')']) {
            return 0;
        }
        Token::SENTENCE
    }

    /// Whether a gap with a line break separates paragraphs.
    fn paragraph_starts(&self, gap: &str) -> bool {
        if !self.marked_paragraphs {
            return true;
        }
        let mut lines = gap.split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let found = if lines.peek().is_some() {
                line.trim().is_empty()
            } else {
                line.starts_with('\t') || line.starts_with("  ")
            };
            if found {
                return true;
            }
        }
        false
    }

    /// Whether a full stop after this word need not end a sentence.
    fn is_abbreviation(&self, token: &Token) -> bool {
        let word = token.surface(self.text);
        let mut letters = word.chars();
        let single = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
        single || ABBREVIATIONS.binary_search(&self.out.folded(token)).is_ok()
    }
}

/// Words before a full stop that does not end the sentence (titles, months, ranks), sorted.
const ABBREVIATIONS: &[&str] = &[
    "adm", "apr", "art", "aug", "brig", "bros", "capt", "cf", "cmdr", "co", "col", "corp", "cpl",
    "dec", "dept", "dr", "ed", "est", "feb", "fig", "fr", "gen", "gov", "hon", "inc", "jan", "jr",
    "jul", "jun", "lt", "ltd", "maj", "mar", "messrs", "mr", "mrs", "ms", "mt", "no", "nov", "oct",
    "op", "prof", "rep", "reps", "rev", "sen", "sens", "sep", "sept", "sgt", "sr", "st", "ste",
    "supt", "vol", "vs",
];

/// Whether this is a French, Italian or Catalan article or pronoun before an apostrophe.
fn is_elision(word: &str) -> bool {
    if word.len() > 7 {
        return false;
    }
    let mut lower = [0u8; 7];
    for (to, from) in lower.iter_mut().zip(word.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    matches!(
        &lower[..word.len()],
        b"l" | b"d"
            | b"j"
            | b"m"
            | b"t"
            | b"s"
            | b"n"
            | b"c"
            | b"qu"
            | b"jusqu"
            | b"lorsqu"
            | b"puisqu"
            | b"dell"
            | b"all"
            | b"nell"
            | b"sull"
            | b"dall"
            | b"un"
            | b"quest"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text);
        tokens.iter().map(|t| tokens.folded(t).to_owned()).collect()
    }

    fn starts(text: &str, flag: u16) -> Vec<String> {
        let tokens = Tokens::of(text);
        tokens.iter().filter(|t| t.has(flag)).map(|t| t.surface(text).to_owned()).collect()
    }

    #[test]
    fn abbreviations_are_sorted() {
        assert!(
            ABBREVIATIONS.is_sorted_by(|a, b| a < b) || {
                let mut sorted = ABBREVIATIONS.to_vec();
                sorted.sort_unstable();
                panic!("sort them: {sorted:?}")
            }
        );
    }

    #[test]
    fn words_keep_inner_apostrophes_and_lose_possessives() {
        assert_eq!(words("O'Neill’s anti-war AT&T"), ["o'neill", "anti", "war", "at", "t"]);
        assert_eq!(
            words("l'Europe d’Artagnan qu'il"),
            ["l", "europe", "d", "artagnan", "qu", "il"]
        );
        assert_eq!(words("1,200 Moscow's"), ["1", "200", "moscow"]);
        assert_eq!(words("rock 'n' roll '' '"), ["rock", "n", "roll"]);
    }

    #[test]
    fn a_word_hyphenated_at_a_line_end_is_found_whole_and_in_parts() {
        let text = "an agree-\nment was";
        let tokens = Tokens::of(text);
        let seen: Vec<(&str, u32)> =
            tokens.iter().map(|t| (tokens.folded(t), t.position)).collect();
        assert_eq!(seen, [("an", 0), ("agree", 1), ("agreement", 1), ("ment", 2), ("was", 3)]);
        assert_eq!(tokens[2].surface(text), "agree-\nment");
        assert_eq!(tokens.positions(), 4);
        assert_eq!(words("Soviet-\nAmerican"), ["soviet", "american"]);
    }

    #[test]
    fn chinese_and_japanese_are_cut_by_character_and_thai_by_word() {
        assert_eq!(words("日本とNATO"), ["日", "本", "と", "nato"]);
        assert!(words("ประเทศไทย").len() >= 2);
        assert_eq!(words("대한민국 정부"), ["대한민국", "정부"]);
    }

    #[test]
    fn sentences_start_after_stops_and_not_after_titles() {
        let text = "Mr. Abe met Gen. Kim. They spoke of U.S. policy! \"Good,\" he said. 5 left.";
        assert_eq!(starts(text, Token::SENTENCE), ["Mr", "They", "Good", "5"]);
        assert_eq!(starts("日本。韓国", Token::SENTENCE), ["日", "韓"]);
    }

    #[test]
    fn paragraphs_start_at_blank_lines_indents_or_else_at_line_breaks() {
        assert_eq!(starts("One line\nwraps here\n\nTwo", Token::PARAGRAPH), ["One", "Two"]);
        assert_eq!(starts("One line\nwraps\n    Two", Token::PARAGRAPH), ["One", "Two"]);
        assert_eq!(starts("One\nTwo\nThree", Token::PARAGRAPH), ["One", "Two", "Three"]);
    }

    #[test]
    fn flags_tell_the_shape() {
        let text = "NATO Japan's e5";
        let tokens = Tokens::of(text);
        assert!(tokens[0].has(Token::ALL_CAPS) && tokens[0].has(Token::CAPITAL));
        assert!(tokens[1].has(Token::POSSESSIVE) && !tokens[1].has(Token::ALL_CAPS));
        assert!(tokens[2].has(Token::DIGIT) && !tokens[2].has(Token::CAPITAL));
    }

    proptest::proptest! {
        #[test]
        fn tokens_lie_on_boundaries_in_order(text in "\\PC{0,80}|[a-zA-Z'’.\\- \\n日本เ\u{301}]{0,80}") {
            let tokens = Tokens::of(&text);
            let mut last = 0;
            for token in tokens.iter() {
                assert!(!token.surface(&text).is_empty());
                if !token.has(Token::JOINED) {
                    assert!(token.start >= last);
                    last = token.end;
                }
                assert!(token.position < tokens.positions());
            }
        }
    }
}
