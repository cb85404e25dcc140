//! Dates as queries write them, and the intervals of time they stand for.

/// A date or a stretch of time as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateSpec {
    /// `2020`.
    Year(i32),
    /// `2020-03`.
    Month(i32, u8),
    /// `2020-03-11`, `20200311`.
    Day(i32, u8, u8),
    /// `2020-03-11T10:00Z`: seconds since 1970 UTC; the length is a minute or a second.
    Instant {
        /// First second.
        start: i64,
        /// 60 where no seconds were given, else 1.
        length: i64,
    },
    /// `2020Q1`.
    Quarter(i32, u8),
    /// `2020-W11`: ISO 8601 week.
    Week(i32, u8),
    /// `1990s`: ten years from this one.
    Decade(i32),
    /// `today` is 0, `yesterday` -1.
    RelativeDay(i32),
    /// `this-week` is 0, `last-week` -1.
    RelativeWeek(i32),
    /// `this-month` is 0, `last-month` -1.
    RelativeMonth(i32),
    /// `this-year` is 0, `last-year` -1.
    RelativeYear(i32),
    /// `7d`: the day seven days ago; hours and minutes give instants.
    Ago(u32, Unit),
}

/// A unit of [`DateSpec::Ago`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `m`, only as `30min`.
    Minute,
    /// `h`.
    Hour,
    /// `d`.
    Day,
    /// `w`.
    Week,
    /// `mo`.
    Month,
    /// `y`.
    Year,
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateSpecError {
    /// It is none, or one that does not exist.
    Bad,
    /// Day and month could be either way round.
    Ambiguous,
}

const DAY: i64 = 86_400;

impl DateSpec {
    /// Reads a date. Years are 1 to 9999.
    ///
    /// # Errors
    /// [`DateSpecError`]; `03/04/2020` is ambiguous.
    pub fn parse(text: &str) -> Result<DateSpec, DateSpecError> {
        let lower = text.trim().to_ascii_lowercase();
        if let Some(spec) = relative(&lower) {
            return Ok(spec);
        }
        if lower.contains('/') {
            let parts: Vec<&str> = lower.split('/').collect();
            let numbers =
                parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
            return Err(if parts.len() == 3 && numbers {
                DateSpecError::Ambiguous
            } else {
                DateSpecError::Bad
            });
        }
        absolute(&lower).ok_or(DateSpecError::Bad)
    }

    /// The interval it stands for, half open, in seconds since 1970 UTC. `now` decides relative
    /// dates.
    pub fn interval(&self, now: i64) -> (i64, i64) {
        let today = now.div_euclid(DAY);
        let days = |from: i64, to: i64| (from * DAY, to * DAY);
        match *self {
            DateSpec::Year(y) => days(day_number(y, 1, 1), day_number(y + 1, 1, 1)),
            DateSpec::Month(y, m) => months(y, m, 1),
            DateSpec::Quarter(y, q) => months(y, q * 3 - 2, 3),
            DateSpec::Day(y, m, d) => {
                let day = day_number(y, m, d);
                days(day, day + 1)
            }
            DateSpec::Instant { start, length } => (start, start + length),
            DateSpec::Week(y, w) => {
                let monday = first_monday(y) + (i64::from(w) - 1) * 7;
                days(monday, monday + 7)
            }
            DateSpec::Decade(y) => days(day_number(y, 1, 1), day_number(y + 10, 1, 1)),
            DateSpec::RelativeDay(n) => {
                let day = today + i64::from(n);
                days(day, day + 1)
            }
            DateSpec::RelativeWeek(n) => {
                let monday = today - (today + 3).rem_euclid(7) + i64::from(n) * 7;
                days(monday, monday + 7)
            }
            DateSpec::RelativeMonth(n) => {
                let (y, m, _) = civil(today);
                let (y, m) = shift_months(y, m, i64::from(n));
                months(y, m, 1)
            }
            DateSpec::RelativeYear(n) => {
                let y = civil(today).0 + n;
                days(day_number(y, 1, 1), day_number(y + 1, 1, 1))
            }
            DateSpec::Ago(n, unit) => {
                let n = i64::from(n);
                let day = match unit {
                    Unit::Minute => return (now - n * 60, now - n * 60 + 60),
                    Unit::Hour => return (now - n * 3_600, now - n * 3_600 + 3_600),
                    Unit::Day => today - n,
                    Unit::Week => today - n * 7,
                    Unit::Month | Unit::Year => {
                        let (y, m, d) = civil(today);
                        let back = if unit == Unit::Year { n * 12 } else { n };
                        let (y, m) = shift_months(y, m, -back);
                        day_number(y, m, d.min(month_days(y, m)))
                    }
                };
                days(day, day + 1)
            }
        }
    }

    /// Whether `now` changes what it stands for.
    pub fn is_relative(&self) -> bool {
        matches!(
            self,
            DateSpec::RelativeDay(_)
                | DateSpec::RelativeWeek(_)
                | DateSpec::RelativeMonth(_)
                | DateSpec::RelativeYear(_)
                | DateSpec::Ago(..)
        )
    }
}

fn relative(text: &str) -> Option<DateSpec> {
    Some(match text {
        "today" => DateSpec::RelativeDay(0),
        "yesterday" => DateSpec::RelativeDay(-1),
        "this-week" => DateSpec::RelativeWeek(0),
        "last-week" => DateSpec::RelativeWeek(-1),
        "this-month" => DateSpec::RelativeMonth(0),
        "last-month" => DateSpec::RelativeMonth(-1),
        "this-year" => DateSpec::RelativeYear(0),
        "last-year" => DateSpec::RelativeYear(-1),
        _ => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > 5 {
                return None;
            }
            let number = text[..digits].parse().ok()?;
            let unit = match &text[digits..] {
                "min" => Unit::Minute,
                "h" => Unit::Hour,
                "d" => Unit::Day,
                "w" => Unit::Week,
                "mo" => Unit::Month,
                "y" => Unit::Year,
                _ => return None,
            };
            DateSpec::Ago(number, unit)
        }
    })
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn absolute(text: &str) -> Option<DateSpec> {
    if !text.is_ascii() {
        return None;
    }
    if let Some((date, time)) = text.split_once(['t', ' ']).filter(|(date, _)| date.len() == 10)
        && time.starts_with(|c: char| c.is_ascii_digit())
    {
        let DateSpec::Day(y, m, d) = absolute(date)? else { return None };
        return instant(day_number(y, m, d), time);
    }
    if text.contains(' ') {
        return words(text);
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        4 if digits => year(text).map(DateSpec::Year),
        5 if text.ends_with("0s") => year(&text[..4]).map(DateSpec::Decade),
        6 if text.as_bytes()[4] == b'q' => {
            let quarter = number(&text[5..])?;
            (1..=4).contains(&quarter).then_some(DateSpec::Quarter(year(&text[..4])?, quarter))
        }
        8 if digits => day(&text[..4], &text[4..6], &text[6..]),
        7 | 8 if text.get(4..6) == Some("-w") => {
            let (y, w) = (year(&text[..4])?, number(&text[6..])?);
            let weeks = (first_monday(y + 1) - first_monday(y)) / 7;
            (w >= 1 && i64::from(w) <= weeks).then_some(DateSpec::Week(y, w))
        }
        _ => {
            let mut parts = text.split('-');
            let (y, m) = (parts.next()?, parts.next()?);
            match (parts.next(), parts.next()) {
                (None, _) => {
                    let month = number(m)?;
                    (1..=12).contains(&month).then_some(DateSpec::Month(year(y)?, month))
                }
                (Some(d), None) => day(y, m, d),
                _ => None,
            }
        }
    }
}

/// `11 March 2020`, `March 11, 2020`, `March 2020`.
fn words(text: &str) -> Option<DateSpec> {
    let parts: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let month = |name: &str| {
        let name = name.trim_end_matches('.');
        let at = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(name))?;
        Some(at as u8 + 1)
    };
    match parts.as_slice() {
        [m, y] => Some(DateSpec::Month(year(y)?, month(m)?)),
        [a, b, y] => {
            let (m, d) = match month(a) {
                Some(m) => (m, number(b)?),
                None => (month(b)?, number(a)?),
            };
            let y = year(y)?;
            (d >= 1 && d <= month_days(y, m)).then_some(DateSpec::Day(y, m, d))
        }
        _ => None,
    }
}

fn year(text: &str) -> Option<i32> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok().filter(|&year| year >= 1) } else { None }
}

fn number(text: &str) -> Option<u8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn day(y: &str, m: &str, d: &str) -> Option<DateSpec> {
    let (y, m, d) = (year(y)?, number(m)?, number(d)?);
    let exists = (1..=12).contains(&m) && d >= 1 && d <= month_days(y, m);
    exists.then_some(DateSpec::Day(y, m, d))
}

/// `10:00`, `10:00:05`, with `Z` or an offset such as `+09:00`; UTC without one.
fn instant(day: i64, time: &str) -> Option<DateSpec> {
    let (clock, offset) = match time.find(['z', '+', '-']) {
        None => (time, 0),
        Some(at) if &time[at..] == "z" => (&time[..at], 0),
        Some(at) => {
            let zone = &time[at + 1..];
            let (h, m) = zone.split_once(':').or_else(|| zone.split_at_checked(2))?;
            let minutes =
                i64::from(number(h)?) * 60 + if m.is_empty() { 0 } else { i64::from(number(m)?) };
            let sign = if time.as_bytes()[at] == b'-' { -1 } else { 1 };
            (&time[..at], sign * minutes * 60)
        }
    };
    let mut parts = clock.split(':');
    let (h, m) = (number(parts.next()?)?, number(parts.next()?)?);
    let (s, length) = match parts.next() {
        None => (0, 60),
        Some(s) => (number(s)?, 1),
    };
    if h > 23 || m > 59 || s > 59 || parts.next().is_some() {
        return None;
    }
    let start = day * DAY + i64::from(h) * 3_600 + i64::from(m) * 60 + i64::from(s) - offset;
    Some(DateSpec::Instant { start, length })
}

fn months(y: i32, m: u8, count: i64) -> (i64, i64) {
    let (next_y, next_m) = shift_months(y, m, count);
    (day_number(y, m, 1) * DAY, day_number(next_y, next_m, 1) * DAY)
}

fn shift_months(y: i32, m: u8, by: i64) -> (i32, u8) {
    let months = i64::from(y) * 12 + i64::from(m) - 1 + by;
    (months.div_euclid(12) as i32, months.rem_euclid(12) as u8 + 1)
}

/// The Monday of the first ISO week of a year, as a day number.
fn first_monday(y: i32) -> i64 {
    let fourth = day_number(y, 1, 4);
    fourth - (fourth + 3).rem_euclid(7)
}

fn month_days(y: i32, m: u8) -> u8 {
    match m {
        4 | 6 | 9 | 11 => 30,
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", 2013).
pub fn day_number(y: i32, m: u8, d: u8) -> i64 {
    let y = i64::from(y) - i64::from(m <= 2);
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let month = (i64::from(m) + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + i64::from(d) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a day number; the inverse of [`day_number`].
pub fn civil(day: i64) -> (i32, u8, u8) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let d = (day_of_year - (153 * month + 2) / 5 + 1) as u8;
    let m = if month < 10 { month + 3 } else { month - 9 } as u8;
    ((year_of_era + era * 400 + i64::from(m <= 2)) as i32, m, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2020-03-11T12:00Z, a Wednesday.
    const NOW: i64 = 18_332 * DAY + DAY / 2;

    fn shown(text: &str) -> String {
        let (start, end) = DateSpec::parse(text).unwrap().interval(NOW);
        let show = |t: i64| {
            let (y, m, d) = civil(t.div_euclid(DAY));
            match t.rem_euclid(DAY) {
                0 => format!("{y:04}-{m:02}-{d:02}"),
                s => format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}", s / 3_600, s / 60 % 60),
            }
        };
        format!("{}..{}", show(start), show(end))
    }

    #[test]
    fn each_form_stands_for_its_interval() {
        for (text, interval) in [
            ("2020", "2020-01-01..2021-01-01"),
            ("2020-02", "2020-02-01..2020-03-01"),
            ("2020-03-11", "2020-03-11..2020-03-12"),
            ("20200311", "2020-03-11..2020-03-12"),
            ("2020Q1", "2020-01-01..2020-04-01"),
            ("2020q4", "2020-10-01..2021-01-01"),
            ("2020-W11", "2020-03-09..2020-03-16"),
            ("2020-W53", "2020-12-28..2021-01-04"),
            ("1990s", "1990-01-01..2000-01-01"),
            ("1605", "1605-01-01..1606-01-01"),
            ("today", "2020-03-11..2020-03-12"),
            ("yesterday", "2020-03-10..2020-03-11"),
            ("this-week", "2020-03-09..2020-03-16"),
            ("last-week", "2020-03-02..2020-03-09"),
            ("last-month", "2020-02-01..2020-03-01"),
            ("this-year", "2020-01-01..2021-01-01"),
            ("7d", "2020-03-04..2020-03-05"),
            ("1mo", "2020-02-11..2020-02-12"),
            ("1y", "2019-03-11..2019-03-12"),
            ("24h", "2020-03-10T12:00..2020-03-10T13:00"),
            ("2020-03-11T10:00Z", "2020-03-11T10:00..2020-03-11T10:01"),
            ("2020-03-11T10:00+09:00", "2020-03-11T01:00..2020-03-11T01:01"),
            ("11 March 2020", "2020-03-11..2020-03-12"),
            ("Mar. 11, 2020", "2020-03-11..2020-03-12"),
            ("march 2020", "2020-03-01..2020-04-01"),
        ] {
            assert_eq!(shown(text), interval, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_told_apart_from_what_is_ambiguous() {
        for text in [
            "2020-13",
            "2020-02-30",
            "20200230",
            "tomorow",
            "2020-W54",
            "2019-W53",
            "2020Q5",
            "0000",
            "",
            "2020-1-1-1",
            "99999d99",
            "2020-03-11T25:00",
            "10",
            "+2020",
            "１９９０",
        ] {
            assert_eq!(DateSpec::parse(text), Err(DateSpecError::Bad), "{text}");
        }
        assert_eq!(DateSpec::parse("03/04/2020"), Err(DateSpecError::Ambiguous));
    }

    proptest::proptest! {
        #[test]
        fn day_numbers_go_back_and_forth(day in -700_000i64..3_000_000) {
            let (y, m, d) = civil(day);
            assert_eq!(day_number(y, m, d), day);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,16}|[0-9tTzZ:+wWqQs./ -]{0,20}") {
            if let Ok(spec) = DateSpec::parse(&text) {
                let (start, end) = spec.interval(NOW);
                assert!(start < end);
            }
        }
    }
}
