use super::*;

fn read(text: &str) -> String {
    match PartialDate::parse(text, DateOrder::Unknown) {
        Ok(date) => date.display(),
        Err(error) => error.code().to_owned(),
    }
}

/// The text, and what it is: ISO text of its precision or the code of the error.
const GOLDEN: &str = "\
1996|1996
1605|1605
0605|0605
2019-03|2019-03
2019/3|2019-03
03/2019|2019-03
201903|2019-03
870226|1987-02-26
190305|ambiguous_date
20190305|2019-03-05
2019-03-05|2019-03-05
2019/03/05|2019-03-05
2019.03.05|2019-03-05
2019-3-5|2019-03-05
 2019-03-05 |2019-03-05
2019-03-05T10:15:00Z|2019-03-05T10:15Z
2019-03-05T10:15:30.123456+09:00|2019-03-05T10:15+09:00
2019-03-05 10:15:00-0500|2019-03-05T10:15-05:00
2019-03-05 10:15|2019-03-05T10:15
2019-03-05T10:15+05:30[Asia/Kolkata]|2019-03-05T10:15+05:30
20190305T101500Z|2019-03-05T10:15Z
20190305T1015|2019-03-05T10:15
20190305101500|2019-03-05T10:15
2019-03-05T24:00:00Z|2019-03-06T00:00Z
1551780900|2019-03-05T10:15Z
1551780900123|2019-03-05T10:15Z
Tue, 05 Mar 2019 10:15:00 +0900|2019-03-05T10:15+09:00
Tue, 5 Mar 2019 10:15:00 GMT|2019-03-05T10:15Z
Sunday, 06-Nov-94 08:49:37 GMT|1994-11-06T08:49Z
Sun Nov  6 08:49:37 1994|1994-11-06T08:49
Tue Mar 5 10:15:00 JST 2019|2019-03-05T10:15+09:00
5 March 2019|2019-03-05
5th March 2019|2019-03-05
March 5, 2019|2019-03-05
March 5th, 2019|2019-03-05
the 5th of March, 2019|2019-03-05
Mar. 5, 2019 10:15 a.m. EST|2019-03-05T10:15-05:00
March 5, 2019 at 10:15 pm|2019-03-05T22:15
March 5, 2019, 12:05 AM EDT|2019-03-05T00:05-04:00
10:15 GMT, 5 March 2019|2019-03-05T10:15Z
5 March 2019 10:15 GMT+9|2019-03-05T10:15+09:00
5 March 2019 10:15 IST|2019-03-05
March 2019|2019-03
Feb 87|1987-02
March 5|bad_date
2019 March 5|2019-03-05
26-FEB-1987 15:01:01.79|1987-02-26T15:01
 3-MAR-1987  09:15:05.40|1987-03-03T09:15
27-MAR-1987 00:02:59.13\u{5}\u{5}\u{5}RM|1987-03-27T00:02
27-MAR-1987 00:02:59.13&#5;&#5;&#5;RM|1987-03-27T00:02
5. März 2019|2019-03-05
Dienstag, 5. März 2019, 10.15 Uhr|2019-03-05T10:15
am 5. Mai 2019 um 7 Uhr|2019-05-05T07:00
05.03.2019|2019-03-05
5.3.19 10:15|2019-03-05T10:15
31.02.2019|bad_date
mardi 5 mars 2019 à 10h15|2019-03-05T10:15
1er février 2018|2018-02-01
5 de marzo de 2019|2019-03-05
mar., 5 mar. 2019|2019-03-05
5 marzo 2019|2019-03-05
5 de março de 2019|2019-03-05
dinsdag 5 maart 2019|2019-03-05
5 марта 2019 г.|2019-03-05
2019年3月5日|2019-03-05
2019年3月5日（火） 午後7時5分|2019-03-05T19:05
2019年3月5日火曜日 10時|2019-03-05T10:00
２０１９年３月５日|2019-03-05
2019年3月|2019-03
2019年|2019
平成31年3月5日|2019-03-05
令和元年5月1日|2019-05-01
2019년 3월 5일|2019-03-05
2019年3月5日 星期二 10:15|2019-03-05T10:15
01/04/63|ambiguous_date
03/04/2019|ambiguous_date
04/04/2019|2019-04-04
13/04/2019|2019-04-13
04/13/2019|2019-04-13
05-03-19|ambiguous_date
19-03-05|ambiguous_date
63-01-04|1963-01-04
31/12/99|1999-12-31
13/13/2019|bad_date
2019-02-29|bad_date
2020-02-29|2020-02-29
2019-13-01|bad_date
1996-00-00|1996
1996-05-00|1996-05
0000-00-00|bad_date
9999-12-31|9999-12-31
12345|bad_date
25:61 5 March 2019|bad_date
|bad_date
yesterday|bad_date
2019-03-05 or so|bad_date
5-6 March 2019|bad_date
1990s|bad_date
Q1 2019|bad_date";

#[test]
fn dates_are_read_as_the_golden_table_says() {
    let mut wrong = Vec::new();
    for line in GOLDEN.lines() {
        let (text, wanted) = line.rsplit_once('|').unwrap();
        let found = read(text);
        if found != wanted {
            wrong.push(format!("{text}: {found}, not {wanted}"));
        }
    }
    assert!(GOLDEN.lines().count() > 80);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_order_decides_what_is_ambiguous() {
    let read = |text, order| PartialDate::parse(text, order).unwrap().display();
    assert_eq!(read("03/04/2019", DateOrder::Mdy), "2019-03-04");
    assert_eq!(read("03/04/2019", DateOrder::Dmy), "2019-04-03");
    assert_eq!(read("01/04/63", DateOrder::Mdy), "1963-01-04");
    assert_eq!(read("19-03-05", DateOrder::Ymd), "2019-03-05");
    assert_eq!(read("19-03-05", DateOrder::Dmy), "2005-03-19");
    assert_eq!(read("25/12/2019", DateOrder::Mdy), "2019-12-25");
    assert_eq!(DateOrder::from_name("DMY"), Some(DateOrder::Dmy));
}

#[test]
fn intervals_are_as_long_as_the_precision() {
    let long = |date: Option<PartialDate>| {
        let date = date.unwrap();
        date.end - date.start
    };
    assert_eq!(long(PartialDate::year(1996)), 366 * DAY);
    assert_eq!(long(PartialDate::year(9999)), 365 * DAY);
    assert_eq!(long(PartialDate::month(2019, 2)), 28 * DAY);
    assert_eq!(long(PartialDate::day(1605, 1, 1)), DAY);
    assert_eq!(PartialDate::year(0), None);
    assert_eq!(PartialDate::month(2019, 13), None);
    assert_eq!(PartialDate::day(1970, 1, 1).unwrap().start, 0);
    let minute = PartialDate::parse("1970-01-02T00:00:59+01:00", DateOrder::Unknown).unwrap();
    assert_eq!((minute.start, minute.end), (DAY - 3600 + 59, DAY - 3600 + 60));
    assert_eq!(minute.offset, Some(60));
    assert_eq!(PartialDate::minute(i64::MAX, None), None);
    assert_eq!(PartialDate::minute(-1, Some(0)).unwrap().display(), "1969-12-31T23:59Z");
}

#[test]
fn numbers_are_years_days_or_seconds() {
    let read =
        |text| PartialDate::from_number(text, DateOrder::Unknown).map(|date| date.display()).ok();
    assert_eq!(read("1996").as_deref(), Some("1996"));
    assert_eq!(read("20190305").as_deref(), Some("2019-03-05"));
    assert_eq!(read("1551780900").as_deref(), Some("2019-03-05T10:15Z"));
    assert_eq!(read("1551780900.5").as_deref(), Some("2019-03-05T10:15Z"));
    assert_eq!(read("1551780900000").as_deref(), Some("2019-03-05T10:15Z"));
    assert_eq!(read("-86400").as_deref(), Some("1969-12-31T00:00Z"));
    assert_eq!(read("1e300"), None);
}

#[test]
fn a_date_reads_back_from_its_own_text() {
    for text in ["1996", "0605", "2018-05", "2019-03-05", "2019-03-05T10:15+09:00"] {
        let date = PartialDate::parse(text, DateOrder::Unknown).unwrap();
        assert_eq!(date.display(), text);
        assert_eq!(date.text, text);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_date_or_an_error(text in "\\PC{0,40}|[0-9/:. TZ年月日+-]{0,30}") {
        for order in [DateOrder::Unknown, DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd] {
            if let Ok(date) = PartialDate::parse(&text, order) {
                proptest::prop_assert!(date.start < date.end);
            }
            let _ = PartialDate::from_number(&text, order);
        }
    }
}
