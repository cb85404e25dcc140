//! Texts to dates: which number is the day, the month, the year.

use super::scan::{self, Part, Time, Token, Zone};
use super::{DateError, DateOrder, PartialDate, names};

/// Years of two digits below it are of this century, the others of the last.
const PIVOT: u64 = 30;
/// No date is longer, in characters.
const LONGEST: usize = 100;

/// Year, month and day; a missing one is `None`.
type Parts = (u64, Option<u64>, Option<u64>);

pub(super) fn parse(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
    let given = cut(text);
    if given.is_empty() {
        return Err(DateError::Bad("the date is empty".to_owned()));
    }
    if given.chars().nth(LONGEST).is_some() {
        let start: String = given.chars().take(40).collect();
        return Err(DateError::Bad(format!("'{start}…' is too long for a date")));
    }
    if let Some(date) = iso(given) {
        return Ok(date);
    }
    let cleaned = scan::clean(given);
    let unreadable = || DateError::Bad(format!("'{given}' is no date"));
    let mut tokens = scan::tokens(&cleaned).ok_or_else(unreadable)?;
    if let [Token { part: Part::Number(value, digits), .. }] = tokens[..] {
        return packed(value, digits, given, order);
    }
    let time = scan::take_time(&mut tokens)
        .map_err(|()| DateError::Bad(format!("'{given}' has a time that does not exist")))?;
    let parts = date_parts(&tokens, given, order)?;
    build(parts, time, given)
}

pub(super) fn number(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
    let bad = || {
        DateError::Bad(format!(
            "the number {} is no date",
            text.chars().take(40).collect::<String>()
        ))
    };
    let whole = match text.parse::<i64>() {
        Ok(whole) => whole,
        // Seconds with a fraction; the range check keeps the conversion exact enough.
        Err(_) => match text.parse::<f64>() {
            Ok(float) if float.is_finite() && float.abs() < 1e18 => float.floor() as i64,
            _ => return Err(bad()),
        },
    };
    if (0..10_000).contains(&whole) && whole.to_string() == text {
        // 996 as a number cannot carry its leading zero.
        return parse(&format!("{whole:04}"), order);
    }
    if (10_000_000..100_000_000).contains(&whole)
        && let Ok(date) = parse(&whole.to_string(), order)
    {
        return Ok(date);
    }
    let mut date = since_1970(whole).ok_or_else(bad)?;
    date.text = text.to_owned();
    Ok(date)
}

fn since_1970(number: i64) -> Option<PartialDate> {
    let seconds = match number.unsigned_abs() {
        0..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number.div_euclid(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => number.div_euclid(1_000_000),
        _ => number.div_euclid(1_000_000_000),
    };
    PartialDate::instant(seconds, Some(0))
}

/// A date as programs write it, without the detours of the general case:
/// `2019-03-05`, `2019-03-05T10:15:00Z`, `2019-03-05 10:15:00.123+09:00`.
fn iso(given: &str) -> Option<PartialDate> {
    let bytes = given.as_bytes();
    let number = |from: usize, len: usize| -> Option<i64> {
        let digits = bytes.get(from..from + len)?;
        digits.iter().try_fold(0, |value, byte| {
            byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
        })
    };
    let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    if !is(4, b"-") || !is(7, b"-") {
        return None;
    }
    let small = |value: i64| i8::try_from(value).ok();
    let year = i16::try_from(number(0, 4)?).ok()?;
    let day = PartialDate::civil(year, Some(small(number(5, 2)?)?), Some(small(number(8, 2)?)?))?;
    let text = given.to_owned();
    if bytes.len() == 10 {
        return Some(PartialDate { text, ..day });
    }
    if !is(10, b"T ") || !is(13, b":") || !is(16, b":") {
        return None;
    }
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut at = 19;
    if is(at, b".") {
        at += 1 + bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    let offset = match bytes.get(at) {
        None => None,
        Some(b'Z') if bytes.len() == at + 1 => Some(0),
        Some(sign @ (b'+' | b'-')) if bytes.len() == at + 6 && is(at + 3, b":") => {
            let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
            if hours > 18 || minutes > 59 {
                return None;
            }
            let offset = i16::try_from(hours * 60 + minutes).ok()?;
            Some(if *sign == b'-' { -offset } else { offset })
        }
        Some(_) => return None,
    };
    let local = day.start + hour * 3_600 + minute * 60 + second;
    let instant = PartialDate::instant(local - i64::from(offset.unwrap_or(0)) * 60, offset)?;
    Some(PartialDate { text, ..instant })
}

/// The text up to a control character or a reference to one (`&#5;`), trimmed.
fn cut(text: &str) -> &str {
    let text = text.trim();
    let end = text.find(|c: char| c.is_control() && !c.is_whitespace()).unwrap_or(text.len());
    let end = text.find("&#").map_or(end, |at| at.min(end));
    text[..end].trim()
}

/// A date of digits only.
fn packed(
    value: u64,
    digits: usize,
    given: &str,
    order: DateOrder,
) -> Result<PartialDate, DateError> {
    let date_of = |value: u64| (value / 10_000, Some(value / 100 % 100), Some(value % 100));
    let time = |value: u64| {
        let (hour, minute, second) = (value / 10_000, value / 100 % 100, value % 100);
        let seconds = i64::try_from(hour * 3_600 + minute * 60 + second).ok()?;
        (hour < 24 && minute < 60 && second < 60).then_some(Time { seconds, zone: Zone::Absent })
    };
    let bad = || DateError::Bad(format!("'{given}' is no date"));
    match digits {
        4 => build((value, None, None), None, given),
        6 => {
            let short = build((value / 100, Some(value % 100), None), None, given);
            let year = century(value / 10_000);
            let long = build((year, Some(value / 100 % 100), Some(value % 100)), None, given);
            match (short, long) {
                (Ok(short), Err(_)) => Ok(short),
                (Err(_), Ok(long)) => Ok(long),
                (Ok(_), Ok(long)) if order == DateOrder::Ymd => Ok(long),
                (Ok(_), Ok(_)) => Err(DateError::Ambiguous(format!(
                    "'{given}' may be year and month or a day with a year of two digits"
                ))),
                (Err(_), Err(_)) => Err(bad()),
            }
        }
        8 => build(date_of(value), None, given),
        10 | 13 if given.starts_with('1') => {
            let mut date = i64::try_from(value).ok().and_then(since_1970).ok_or_else(bad)?;
            given.clone_into(&mut date.text);
            Ok(date)
        }
        12 => build(date_of(value / 10_000), time(value % 10_000 * 100), given),
        14 => build(date_of(value / 1_000_000), time(value % 1_000_000), given),
        _ => Err(bad()),
    }
}

fn century(year: u64) -> u64 {
    if year < PIVOT { 2000 + year } else { 1900 + year }
}

/// The parts of a date without its time.
fn date_parts(tokens: &[Token], given: &str, order: DateOrder) -> Result<Parts, DateError> {
    let bad = || DateError::Bad(format!("'{given}' is no date"));
    let mut numbers: Vec<(u64, usize)> = Vec::new();
    let mut marks: Vec<char> = Vec::new();
    let mut month: Option<(u64, bool)> = None;
    let mut after_number = false;
    for token in tokens {
        match &token.part {
            Part::Number(value, digits) => {
                numbers.push((*value, *digits));
                // The mark before the second and the third number.
                if numbers.len() > 1 && marks.len() < numbers.len() - 1 {
                    marks.push(' ');
                }
                after_number = true;
                continue;
            }
            Part::Mark(mark) if after_number && "-/.,".contains(*mark) => marks.push(*mark),
            Part::Mark(mark) if "-/.,'·:|".contains(*mark) => {}
            Part::Mark(_) => return Err(bad()),
            Part::Word(word) if token.glued && after_number && names::is_ordinal(word) => {}
            Part::Word(word) => {
                if let Some(found) = names::month(word) {
                    let first = numbers.is_empty();
                    match month {
                        // "mar" is Tuesday, too: "mar 5 mar 2019".
                        Some((3, true)) | None => month = Some((found as u64, first)),
                        Some(_) if word == "mar" => {}
                        Some(_) => return Err(bad()),
                    }
                } else if !names::is_noise(word) {
                    return Err(bad());
                }
            }
        }
        after_number = false;
    }
    let packed = month.is_none() && matches!(numbers[..], [(_, 8)]);
    if !packed && numbers.iter().any(|(_, digits)| *digits > 4) {
        return Err(bad());
    }
    match month {
        Some((month, first)) => named(month, first, &numbers, given),
        None => numeric(&numbers, &marks, given, order),
    }
}

fn year_of((value, digits): (u64, usize)) -> Option<u64> {
    match digits {
        4 => Some(value),
        2 => Some(century(value)),
        _ => None,
    }
}

/// A date with the name of its month.
fn named(
    month: u64,
    first: bool,
    numbers: &[(u64, usize)],
    given: &str,
) -> Result<Parts, DateError> {
    let bad = || DateError::Bad(format!("'{given}' is no date"));
    let month = Some(month);
    match *numbers {
        [year] if year.1 == 4 => Ok((year.0, month, None)),
        [short] if short.1 == 2 && short.0 > 31 => Ok((century(short.0), month, None)),
        [_] => Err(DateError::Bad(format!("'{given}' has no year"))),
        [year, day] if year.1 == 4 && day.1 <= 2 => Ok((year.0, month, Some(day.0))),
        [year, day] if year.1 == 2 && year.0 > 31 && !first && day.1 <= 2 => {
            Ok((century(year.0), month, Some(day.0)))
        }
        [day, year] if day.1 <= 2 => Ok((year_of(year).ok_or_else(bad)?, month, Some(day.0))),
        _ => Err(bad()),
    }
}

/// A date of numbers.
fn numeric(
    numbers: &[(u64, usize)],
    marks: &[char],
    given: &str,
    order: DateOrder,
) -> Result<Parts, DateError> {
    let bad = || DateError::Bad(format!("'{given}' is no date"));
    match *numbers {
        [year] if year.1 == 4 => Ok((year.0, None, None)),
        [(value, 8)] => Ok((value / 10_000, Some(value / 100 % 100), Some(value % 100))),
        [year, month] if year.1 == 4 && month.1 <= 2 => Ok((year.0, Some(month.0), None)),
        [month, year] if year.1 == 4 && month.1 <= 2 => Ok((year.0, Some(month.0), None)),
        [year, month, day] if year.1 == 4 && month.1 <= 2 && day.1 <= 2 => {
            Ok((year.0, Some(month.0), Some(day.0)))
        }
        [a, b, c] if a.1 <= 2 && b.1 <= 2 && (c.1 == 4 || c.1 == 2) => {
            three(a.0, b.0, c, marks.first().copied().unwrap_or(' '), given, order)
        }
        _ => Err(bad()),
    }
}

/// Three numbers of which the first has at most two digits.
fn three(
    a: u64,
    b: u64,
    c: (u64, usize),
    mark: char,
    given: &str,
    order: DateOrder,
) -> Result<Parts, DateError> {
    let year = if c.1 == 4 { c.0 } else { century(c.0) };
    let dmy = (year, Some(b), Some(a));
    let mdy = (year, Some(a), Some(b));
    let ymd = (century(a), Some(b), Some(c.0));
    let short_year = c.1 == 2;
    // A year of two digits leads where the first number can be nothing else, or is said to.
    if short_year && (a > 31 || order == DateOrder::Ymd) {
        return Ok(ymd);
    }
    if mark == '.' {
        return Ok(dmy);
    }
    let can_be_ymd = short_year && mark == '-' && (1..=12).contains(&b) && (1..=31).contains(&c.0);
    let can_be_dmy = (1..=12).contains(&b);
    let can_be_mdy = (1..=12).contains(&a);
    match (can_be_dmy, can_be_mdy, order) {
        (true, true, DateOrder::Mdy) => Ok(mdy),
        (true, _, DateOrder::Dmy) => Ok(dmy),
        (true, true, _) if a == b && !can_be_ymd => Ok(dmy),
        (true, false, DateOrder::Unknown) if can_be_ymd => Err(DateError::Ambiguous(format!(
            "'{given}' may begin with the day or the year; --date-order says which"
        ))),
        (true, true, _) => Err(DateError::Ambiguous(format!(
            "'{given}' may begin with the day or the month; --date-order says which"
        ))),
        (true, false, _) => Ok(dmy),
        (false, true, _) => Ok(mdy),
        (false, false, _) => Err(DateError::Bad(format!("'{given}' does not exist"))),
    }
}

fn build(parts: Parts, time: Option<Time>, given: &str) -> Result<PartialDate, DateError> {
    let missing = || DateError::Bad(format!("'{given}' does not exist"));
    let (year, month, day) = parts;
    let year = i16::try_from(year).ok().filter(|year| (1..=9_999).contains(year));
    let year = year.ok_or_else(missing)?;
    let small = |value: u64| i8::try_from(value).map_err(|_| missing());
    // Zeros stand for what is not known: 1996-00-00.
    let month = month.filter(|month| *month != 0 || day.is_some_and(|day| day != 0));
    let day = day.filter(|day| *day != 0);
    let month = month.map(small).transpose()?;
    let day = day.filter(|_| month.is_some()).map(small).transpose()?;
    let mut date = PartialDate::civil(year, month, day).ok_or_else(missing)?;
    if let Some(time) = time {
        if day.is_none() {
            return Err(DateError::Bad(format!("'{given}' has a time but no day")));
        }
        let local = date.start + time.seconds;
        let offset = match time.zone {
            Zone::Absent => Some(None),
            Zone::Offset(offset) => Some(Some(offset)),
            // Nobody can tell the instant, but the day is known.
            Zone::Unknown => None,
        };
        if let Some(offset) = offset {
            let start = local - i64::from(offset.unwrap_or(0)) * 60;
            date = PartialDate::instant(start, offset).ok_or_else(missing)?;
        }
    }
    given.clone_into(&mut date.text);
    Ok(date)
}
