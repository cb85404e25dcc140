//! Publication dates that keep the precision they were given with.

mod names;
mod parse;
mod scan;

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;
const EPOCH: Date = date(1970, 1, 1);
/// Seconds of the years 1 to 9999.
const YEARS: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;

/// How precisely a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// `1996`.
    Year,
    /// `2018-05`.
    Month,
    /// `2019-03-05`.
    Day,
    /// `2019-03-05T10:15+09:00`; seconds, where given, are kept.
    Minute,
}

/// A date as it was given: an interval of time, its precision and its text.
///
/// Year, month and day are civil dates taken as UTC and unmoved by any zone; a minute is an
/// instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartialDate {
    /// First second, UTC, since 1970; negative before.
    pub start: i64,
    /// One past the last second: a year later for [`Precision::Year`]; the end of its minute for
    /// [`Precision::Minute`].
    pub end: i64,
    /// How precise it is.
    pub precision: Precision,
    /// Offset of the zone in minutes east of UTC, where one was given.
    pub offset: Option<i16>,
    /// The text it was read from, trimmed.
    pub text: String,
}

/// What `03/04/2019` means, and `19-03-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Ambiguous, unless a part that can only be a day or a year decides.
    #[default]
    Unknown,
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day, where the year has two digits too.
    Ymd,
}

impl DateOrder {
    /// The order named `mdy`, `dmy` or `ymd`, in any case.
    pub fn from_name(name: &str) -> Option<DateOrder> {
        match name.to_ascii_lowercase().as_str() {
            "mdy" => Some(DateOrder::Mdy),
            "dmy" => Some(DateOrder::Dmy),
            "ymd" => Some(DateOrder::Ymd),
            _ => None,
        }
    }
}

/// Why a text is no date; the message is for people, on one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It is no date, or one that does not exist.
    #[error("{0}")]
    Bad(String),
    /// It is two dates, and nothing says which.
    #[error("{0}")]
    Ambiguous(String),
}

impl DateError {
    /// The stable name of the note: `bad_date` or `ambiguous_date`.
    pub fn code(&self) -> &'static str {
        match self {
            DateError::Bad(_) => "bad_date",
            DateError::Ambiguous(_) => "ambiguous_date",
        }
    }
}

impl PartialDate {
    /// Reads a date as newspapers, agencies, feeds and databases write it.
    ///
    /// ISO 8601, RFC 2822 and 3339, `20190305`, `2019-03`, `1996`, `March 5, 2019`,
    /// `5. März 2019`, `2019年3月5日`, with or without time and zone; names of months in English,
    /// German, French, Spanish, Italian, Portuguese, Dutch and Russian. A missing part is never
    /// filled in; a part of zeros (`1996-00-00`) is missing. Dotted dates are day first.
    ///
    /// Years of two digits are 1930 to 2029: the pivot is fixed, so that the answer never depends
    /// on the day it is asked. A time without zone is UTC; a time in an unknown or ambiguous zone
    /// is dropped, and the day kept. What follows a control character is ignored.
    ///
    /// # Errors
    /// [`DateError::Bad`] for no date, for one that does not exist and for years outside 1 to
    /// 9999; [`DateError::Ambiguous`] where day and month could be swapped and `order` is unknown.
    pub fn parse(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
        parse::parse(text, order)
    }

    /// Reads a date that the input gives as a number, as written there.
    ///
    /// Up to four digits are a year, eight digits that are a day are that day (`20190305`); all
    /// else are seconds since 1970, from 10^11 on milliseconds, from 10^14 micro- and from 10^17
    /// nanoseconds.
    ///
    /// # Errors
    /// [`DateError::Bad`] as for [`PartialDate::parse`].
    pub fn from_number(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
        parse::number(text, order)
    }

    /// The whole of a year from 1 to 9999.
    pub fn year(year: i16) -> Option<PartialDate> {
        PartialDate::civil(year, None, None).map(PartialDate::named)
    }

    /// The whole of a month.
    pub fn month(year: i16, month: i8) -> Option<PartialDate> {
        PartialDate::civil(year, Some(month), None).map(PartialDate::named)
    }

    /// The whole of a day.
    pub fn day(year: i16, month: i8, day: i8) -> Option<PartialDate> {
        PartialDate::civil(year, Some(month), Some(day)).map(PartialDate::named)
    }

    /// The minute of an instant, in seconds since 1970; `offset` is minutes east of UTC.
    ///
    /// Returns nothing for instants whose year is not 1 to 9999.
    pub fn minute(start: i64, offset: Option<i16>) -> Option<PartialDate> {
        PartialDate::instant(start, offset).map(PartialDate::named)
    }

    /// A civil date without text; without month or day it is the whole of the year or month.
    fn civil(year: i16, month: Option<i8>, day: Option<i8>) -> Option<PartialDate> {
        let first = civil(year, month.unwrap_or(1), day.unwrap_or(1))?;
        let (precision, length) = match (month, day) {
            (None, _) => (Precision::Year, i64::from(first.days_in_year())),
            (Some(_), None) => (Precision::Month, i64::from(first.days_in_month())),
            (Some(_), Some(_)) => (Precision::Day, 1),
        };
        let start = days(first) * DAY;
        let end = start + length * DAY;
        Some(PartialDate { start, end, precision, offset: None, text: String::new() })
    }

    /// An instant without text.
    fn instant(start: i64, offset: Option<i16>) -> Option<PartialDate> {
        let local = start.checked_add(i64::from(offset.unwrap_or(0)) * 60)?;
        if !YEARS.contains(&local)
            || offset.is_some_and(|minutes| !(-1_559..=1_559).contains(&minutes))
        {
            return None;
        }
        let end = start - start.rem_euclid(60) + 60;
        let precision = Precision::Minute;
        Some(PartialDate { start, end, precision, offset, text: String::new() })
    }

    fn named(mut self) -> PartialDate {
        self.text = self.display();
        self
    }

    /// ISO 8601 text of its precision: `1996`, `2018-05`, `2019-03-05`, `2019-03-05T10:15+09:00`
    /// (`Z` for the offset 0, nothing where no zone was given).
    pub fn display(&self) -> String {
        let local = self.start.saturating_add(i64::from(self.offset.unwrap_or(0)) * 60);
        let second = local.rem_euclid(DAY);
        let Ok(when) = EPOCH.checked_add(SignedDuration::from_secs(local - second)) else {
            return self.text.clone();
        };
        let (year, month, day) = (when.year(), when.month(), when.day());
        match self.precision {
            Precision::Year => format!("{year:04}"),
            Precision::Month => format!("{year:04}-{month:02}"),
            Precision::Day => format!("{year:04}-{month:02}-{day:02}"),
            Precision::Minute => {
                let zone = match self.offset {
                    None => String::new(),
                    Some(0) => "Z".to_owned(),
                    Some(offset) => {
                        let sign = if offset < 0 { '-' } else { '+' };
                        let minutes = offset.unsigned_abs();
                        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
                    }
                };
                let (hour, minute) = (second / 3_600, second / 60 % 60);
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}{zone}")
            }
        }
    }
}

/// A civil date of the years 1 to 9999.
fn civil(year: i16, month: i8, day: i8) -> Option<Date> {
    (1..=9999).contains(&year).then(|| Date::new(year, month, day).ok()).flatten()
}

/// Days from 1970-01-01.
fn days(date: Date) -> i64 {
    date.duration_since(EPOCH).as_secs().div_euclid(DAY)
}

#[cfg(test)]
mod tests;
