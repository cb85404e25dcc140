//! Cuts the text of a date into numbers, words and marks, and takes the time of day out of it.

use super::names;

/// A part of a date's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A number and how many digits it has.
    Number(u64, usize),
    /// Letters, in lower case.
    Word(String),
    /// Any other character but a blank.
    Mark(char),
}

/// A part and whether it follows the one before without a blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) part: Part,
    pub(super) glued: bool,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    /// Seconds since midnight; 86,400 for 24:00.
    pub(super) seconds: i64,
    /// The zone that follows it.
    pub(super) zone: Zone,
}

/// The zone of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// None was given.
    Absent,
    /// One whose offset nobody can tell.
    Unknown,
    /// Minutes east of UTC.
    Offset(i16),
}

/// The text in lower case, in western digits and signs, without weekdays in Han characters and
/// brackets, with the marks of Chinese, Japanese and Korean dates made `-` and `:`.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '０'..='９' => out.push(char::from(b'0' + (c as u32 - '０' as u32) as u8)),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => out.push('-'),
            '：' => out.push(':'),
            '／' => out.push('/'),
            '，' | '、' => out.push(','),
            '（' => out.push('('),
            '）' => out.push(')'),
            c if c.is_whitespace() => out.push(' '),
            c => out.extend(c.to_lowercase()),
        }
    }
    if out.contains("a.") || out.contains("p.") {
        for (from, to) in [("a. m.", "am"), ("p. m.", "pm"), ("a.m", "am"), ("p.m", "pm")] {
            out = out.replace(from, to);
        }
    }
    if !out.is_ascii() {
        out = without_han(&out);
    }
    if out.contains(['(', '[']) {
        out = without_brackets(&out);
    }
    out
}

fn without_han(text: &str) -> String {
    let mut out = text.to_owned();
    for (from, to) in [
        ("曜日", "曜"),
        ("星期", "周"),
        ("礼拜", "周"),
        ("요일", "曜"),
        ("午前", " am "),
        ("上午", " am "),
        ("오전", " am "),
        ("午後", " pm "),
        ("下午", " pm "),
        ("오후", " pm "),
    ] {
        if out.contains(from) {
            out = out.replace(from, to);
        }
    }
    let letters: Vec<char> = out.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let (this, next) = (letters[at], letters.get(at + 1).copied().unwrap_or(' '));
        let digit_follows = letters[at + 1..]
            .iter()
            .find(|letter| **letter != ' ')
            .is_some_and(char::is_ascii_digit);
        if next == '曜' {
            out.push(' ');
            at += 2;
            continue;
        }
        match this {
            '周' if "一二三四五六日天".contains(next) => at += 1,
            '年' | '월' | '月' | '년' => {
                out.push_str(if digit_follows { "-" } else { " " });
                if digit_follows {
                    while letters.get(at + 1) == Some(&' ') {
                        at += 1;
                    }
                }
            }
            '日' | '号' | '일' | '分' | '분' | '秒' | '초' | '曜' => out.push(' '),
            '時' | '时' | '点' | '시' => {
                out.push_str(if digit_follows { ":" } else { ":00 " });
                while digit_follows && letters.get(at + 1) == Some(&' ') {
                    at += 1;
                }
                let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
                if digit_follows && !digit(at + 2) {
                    out.push('0');
                }
            }
            other => out.push(other),
        }
        at += 1;
    }
    with_era(out)
}

/// Years of the Japanese eras become years of ours.
fn with_era(text: String) -> String {
    for (era, before) in
        [("令和", 2018u64), ("平成", 1988), ("昭和", 1925), ("大正", 1911), ("明治", 1867)]
    {
        let Some(rest) = text.strip_prefix(era) else { continue };
        let rest = rest.trim_start();
        let rest = rest.strip_prefix('元').map_or_else(|| rest.to_owned(), |r| format!("1{r}"));
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(year @ 1..=99) = rest[..digits].parse::<u64>() {
            return format!("{}{}", before + year, &rest[digits..]);
        }
    }
    text
}

fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                out.push(' ');
            }
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The parts of a cleaned text; nothing if a number is too long to be one.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out: Vec<Token> = Vec::new();
    let mut rest = text;
    let mut glued = false;
    while let Some(c) = rest.chars().next() {
        let len = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (part, used) = if c == ' ' {
            rest = &rest[1..];
            glued = false;
            continue;
        } else if c.is_ascii_digit() {
            let digits = len(|c| c.is_ascii_digit());
            if digits > 18 {
                return None;
            }
            (Part::Number(rest[..digits].parse().ok()?, digits), digits)
        } else if c.is_alphabetic() {
            let letters = len(char::is_alphabetic);
            (Part::Word(rest[..letters].to_owned()), letters)
        } else {
            (Part::Mark(c), c.len_utf8())
        };
        out.push(Token { part, glued });
        rest = &rest[used..];
        glued = true;
    }
    Some(out)
}

/// Reads parts one after the other.
struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Cursor<'_> {
    fn mark(&mut self, wanted: char) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token { part: Part::Mark(c), .. })
            if *c == wanted);
        self.at += usize::from(found);
        found
    }

    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u64> {
        match self.tokens.get(self.at) {
            Some(Token { part: Part::Number(value, count), .. }) if digits.contains(count) => {
                self.at += 1;
                Some(*value)
            }
            _ => None,
        }
    }

    fn glued_number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u64> {
        if self.tokens.get(self.at).is_some_and(|token| token.glued) {
            self.number(digits)
        } else {
            None
        }
    }

    fn word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token { part: Part::Word(word), .. }) => Some(word),
            _ => None,
        }
    }

    fn words(&mut self, wanted: &[&str]) -> Option<usize> {
        let found = self.word().and_then(|word| wanted.iter().position(|one| *one == word));
        self.at += usize::from(found.is_some());
        found
    }
}

/// Takes the time of day, with its zone, out of the parts; `Err` if there is an impossible one.
pub(super) fn take_time(tokens: &mut Vec<Token>) -> Result<Option<Time>, ()> {
    // First times that are nothing else, then "10 a.m.": in "5日 午後7時" the day is before "pm".
    for start in (0..tokens.len()).chain(0..tokens.len()).enumerate() {
        let (round, start) = (start.0 / tokens.len(), start.1);
        let mut cursor = Cursor { tokens, at: start };
        let Some((clock, half)) = clock(&mut cursor, round > 0) else { continue };
        let zone = zone(&mut cursor);
        let mut end = cursor.at;
        // "10:15 uhr", "10:15 hrs"
        let mut cursor = Cursor { tokens, at: end };
        if cursor.words(&["uhr", "uur", "h", "hrs", "hours"]).is_some() {
            end = cursor.at;
        }
        let mut begin = start;
        let mut half = half;
        if begin > 0 {
            match &tokens[begin - 1].part {
                // The T of ISO 8601, or 午前 before the time.
                Part::Word(word) if word == "t" => begin -= 1,
                Part::Word(word) if half.is_none() && word == "am" && !tokens[start].glued => {
                    // "am 10:15" is Japanese or Korean order; German "am" stands before a day.
                    half = Some(0);
                    begin -= 1;
                }
                Part::Word(word) if half.is_none() && word == "pm" => {
                    half = Some(1);
                    begin -= 1;
                }
                _ => {}
            }
        }
        let seconds = seconds(clock, half).ok_or(())?;
        tokens.drain(begin..end);
        if let Some(next) = tokens.get_mut(begin) {
            next.glued = false;
        }
        return Ok(Some(Time { seconds, zone }));
    }
    Ok(None)
}

/// Hour, minute and second as written, and 0 for a.m., 1 for p.m.
type Clock = ((u64, u64, u64), Option<usize>);

fn clock(cursor: &mut Cursor<'_>, hour_alone: bool) -> Option<Clock> {
    let before = cursor.at;
    // 101500 after T.
    if cursor.words(&["t"]).is_some() {
        if let Some(value) = cursor.glued_number(6..=6) {
            let _fraction =
                (cursor.mark('.') || cursor.mark(',')) && { cursor.glued_number(1..=12).is_some() };
            return Some(((value / 10_000, value / 100 % 100, value % 100), None));
        }
        if let Some(value) = cursor.glued_number(4..=4) {
            return Some(((value / 100, value % 100, 0), None));
        }
        cursor.at = before;
        return None;
    }
    let hour = cursor.number(1..=2)?;
    let after_hour = cursor.at;
    if cursor.mark(':') {
        let minute = cursor.number(2..=2)?;
        let mut second = 0;
        let after_minute = cursor.at;
        if cursor.mark(':') {
            second = cursor.number(2..=2)?;
            let after_second = cursor.at;
            if (cursor.mark('.') || cursor.mark(',')) && cursor.glued_number(1..=12).is_none() {
                cursor.at = after_second;
            }
        } else {
            cursor.at = after_minute;
        }
        let half = cursor.words(&["am", "pm"]);
        if half.is_some() {
            cursor.mark('.');
        }
        return Some(((hour, minute, second), half));
    }
    if let Some(half) = hour_alone.then(|| cursor.words(&["am", "pm"])).flatten() {
        cursor.mark('.');
        return Some(((hour, 0, 0), Some(half)));
    }
    // 10h15, 10 h 15, 10 uhr.
    if cursor.words(&["h", "uhr", "uur"]).is_some() {
        let minute = cursor.number(2..=2).unwrap_or(0);
        return Some(((hour, minute, 0), None));
    }
    // 10.15 uhr
    cursor.at = after_hour;
    if cursor.mark('.')
        && let Some(minute) = cursor.glued_number(2..=2)
        && cursor.words(&["uhr", "uur", "h"]).is_some()
    {
        return Some(((hour, minute, 0), None));
    }
    None
}

fn seconds((hour, minute, second): (u64, u64, u64), half: Option<usize>) -> Option<i64> {
    let hour = match half {
        None => hour,
        Some(0) if hour == 12 => 0,
        Some(1) if hour < 12 => hour + 12,
        Some(0) if hour > 12 => return None,
        Some(_) => hour,
    };
    let midnight = hour == 24 && minute == 0 && second == 0;
    if (hour > 23 && !midnight) || minute > 59 || second > 60 {
        return None;
    }
    // A leap second is told as the second before it.
    i64::try_from(hour * 3_600 + minute * 60 + second.min(59)).ok()
}

fn zone(cursor: &mut Cursor<'_>) -> Zone {
    let named = match cursor.word() {
        Some(word) => match names::zone(word) {
            Some(offset) => Some(Zone::Offset(offset)),
            None if names::looks_like_zone(word) => Some(Zone::Unknown),
            None => return Zone::Absent,
        },
        None => None,
    };
    if named.is_some() {
        cursor.at += 1;
        if named != Some(Zone::Offset(0)) {
            return named.unwrap_or(Zone::Absent);
        }
    }
    let before = cursor.at;
    let sign = match () {
        () if cursor.mark('+') => 1,
        () if cursor.mark('-') => -1,
        () => return named.unwrap_or(Zone::Absent),
    };
    let digits = if named.is_some() { 1..=2 } else { 2..=2 };
    let minutes = if let Some(value) = cursor.glued_number(4..=4) {
        (value % 100 < 60).then(|| value / 100 * 60 + value % 100)
    } else if let Some(hours) = cursor.glued_number(digits) {
        let after = cursor.at;
        let minutes = if cursor.mark(':') { cursor.glued_number(2..=2) } else { None };
        if minutes.is_none() {
            cursor.at = after;
        }
        Some(hours * 60 + minutes.unwrap_or(0))
    } else {
        None
    };
    match minutes.and_then(|minutes| i16::try_from(minutes).ok()) {
        Some(minutes) if minutes <= 18 * 60 => Zone::Offset(sign * minutes),
        _ => {
            cursor.at = before;
            named.unwrap_or(Zone::Absent)
        }
    }
}
