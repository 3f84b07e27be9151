//! Zones at their odd moments: days that begin late, twice or not at all, and hours that are cut.

use foldline_core::value::{Timestamp, Value, canonical};
use proptest::prelude::*;

use super::super::super::Kinds;
use super::super::unit::Unit;
use super::*;

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn cut(at: Timestamp, unit: &str, zone: &str) -> Option<Timestamp> {
    let arguments = [Value::Time(at), Value::text(unit), Value::text(zone)];
    let arguments = arguments.map(std::borrow::Cow::Owned);
    match super::super::named("truncate").expect("it is there").run(&arguments) {
        Ok(Value::Time(time)) => Some(time),
        Ok(other) => panic!("{other:?} is no time"),
        Err(failure) => {
            assert_eq!(failure.code, "overflow", "{unit} of {at} in {zone}");
            None
        }
    }
}

#[test]
fn what_clocks_and_calendars_show_follows_the_rules_of_the_zone() {
    for (at, zone, shown) in [
        ("2026-01-31T23:30:00Z", "Europe/Berlin", "2026-02-01T00:30:00Z"),
        ("2026-07-01T12:00:00.5Z", "Europe/Berlin", "2026-07-01T14:00:00.5Z"),
        ("2026-03-29T00:59:59Z", "Europe/Berlin", "2026-03-29T01:59:59Z"),
        ("2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29T03:00:00Z"),
        ("2026-01-01T00:00:00Z", "Asia/Kathmandu", "2026-01-01T05:45:00Z"),
        ("2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29T23:59:59Z"),
        ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31T00:00:00Z"),
        ("1883-01-01T00:00:00Z", "America/New_York", "1882-12-31T19:03:58Z"),
        ("9999-12-31T12:00:00Z", "Australia/Sydney", "9999-12-31T23:00:00Z"),
        ("2500-07-01T00:00:00Z", "America/New_York", "2500-06-30T20:00:00Z"),
        ("2026-01-01T00:00:00Z", "UTC", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "-03:30", "2025-12-31T20:30:00Z"),
        ("2026-01-01T00:00:00Z", "23:59", "2026-01-01T23:59:00Z"),
    ] {
        let found = Zone::find(zone).and_then(|zone| zone.shown(time(at)).ok());
        assert_eq!(found, Some(time(shown)), "{at} in {zone}");
    }
}

#[test]
fn a_zone_has_one_name_only() {
    for name in ["", "europe/berlin", "Europe/Berlin ", "CEST", "+1:00", "+01", "+24:00", "+01:60"]
    {
        assert!(Zone::find(name).is_none(), "{name}");
    }
}

#[test]
fn times_are_cut_where_the_unit_began() {
    for (at, unit, zone, began) in [
        ("2026-08-20T12:34:56.7Z", "year", "UTC", "2026-01-01T00:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "quarter", "UTC", "2026-07-01T00:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "month", "UTC", "2026-08-01T00:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "week", "UTC", "2026-08-17T00:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "day", "UTC", "2026-08-20T00:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "hour", "UTC", "2026-08-20T12:00:00Z"),
        ("2026-08-20T12:34:56.7Z", "minute", "UTC", "2026-08-20T12:34:00Z"),
        ("2026-08-20T12:34:56.7Z", "second", "UTC", "2026-08-20T12:34:56Z"),
        ("1969-12-31T23:59:59.9Z", "second", "UTC", "1969-12-31T23:59:59Z"),
        ("2026-12-31T23:30:00Z", "year", "Europe/Berlin", "2026-12-31T23:00:00Z"),
        ("2026-08-20T12:34:56Z", "hour", "Asia/Kathmandu", "2026-08-20T12:15:00Z"),
    ] {
        assert_eq!(cut(time(at), unit, zone), Some(time(began)), "{unit} of {at} in {zone}");
    }
    assert_eq!(cut(time("0000-01-01T00:00:00Z"), "week", "UTC"), None);
    assert_eq!(cut(time("0000-01-01T00:00:00Z"), "day", "-01:00"), None);
    assert_eq!(cut(time("9999-12-31T23:30:00Z"), "day", "+01:00"), None);
}

#[test]
fn days_and_hours_begin_where_clocks_leap() {
    for (at, unit, zone, began) in [
        // A day of 23 hours, and one of 25.
        ("2026-03-29T20:00:00Z", "day", "Europe/Berlin", "2026-03-28T23:00:00Z"),
        ("2026-10-25T20:00:00Z", "day", "Europe/Berlin", "2026-10-24T22:00:00Z"),
        // The hour from two to three came twice: each is cut to its own.
        ("2026-10-25T00:30:00Z", "hour", "Europe/Berlin", "2026-10-25T00:00:00Z"),
        ("2026-10-25T01:30:00Z", "hour", "Europe/Berlin", "2026-10-25T01:00:00Z"),
        // Midnight was leapt over: the day began at one.
        ("2018-11-04T12:00:00Z", "day", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        // The clocks went from half past eleven to half past midnight.
        ("1919-03-31T12:00:00Z", "day", "America/Toronto", "1919-03-31T04:30:00Z"),
        // They went back from one to midnight: the day began at the first of the two.
        ("2026-11-01T12:00:00Z", "day", "America/Havana", "2026-11-01T04:00:00Z"),
        ("2026-11-01T05:30:00Z", "hour", "America/Havana", "2026-11-01T05:00:00Z"),
        // A day began, and a minute later the day before went on.
        ("2006-10-29T12:00:00Z", "day", "America/St_Johns", "2006-10-29T02:30:00Z"),
        ("1999-10-31T12:00:00Z", "day", "America/St_Johns", "1999-10-31T02:30:00Z"),
        ("1999-10-31T03:00:00Z", "day", "America/St_Johns", "1999-10-30T02:30:00Z"),
        // A whole day was leapt over.
        ("2011-12-31T05:00:00Z", "day", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2011-12-31T05:00:00Z", "week", "Pacific/Apia", "2011-12-26T10:00:00Z"),
        // The clocks go back by half an hour: the hour began before they did.
        ("2026-04-04T15:15:00Z", "hour", "Australia/Lord_Howe", "2026-04-04T14:00:00Z"),
    ] {
        assert_eq!(cut(time(at), unit, zone), Some(time(began)), "{unit} of {at} in {zone}");
    }
}

/// What a time is cut to is in documents and keys. New rules change them: whoever takes new rules
/// says so in the notes of the release, and renews this number.
#[test]
fn the_rules_of_the_zones_are_those_of_this_release() {
    let mut all = Vec::new();
    for name in ZONES.keys() {
        let zone = Zone::find(name).unwrap_or_else(|| panic!("{name} is read"));
        // Every 100 days from 1900 to 2037.
        let offsets = (-256..256).map(|at| Value::Int(zone.offset(at * 100 * 86_400 + 43_200)));
        all.push(Value::List([Value::text(name)].into_iter().chain(offsets).collect()));
    }
    let found = (all.len(), canonical::hash(&Value::List(all)));
    assert_eq!(found, (598, 14_988_656_781_311_716_669));
}

const UNITS: [&str; 8] = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"];

/// That what a time is cut to is where its unit began.
fn holds(at: Timestamp, zone: &str) {
    let own = Zone::find(zone).unwrap_or_else(|| panic!("{zone} is read"));
    let Ok(shown) = own.shown(at) else { return };
    for name in UNITS {
        let Some(began) = cut(at, name, zone) else { continue };
        let told = format!("{name} of {at} in {zone} began {began}");
        assert!(began <= at, "{told}");
        assert_eq!(cut(began, name, zone), Some(began), "{told}");
        let unit = Unit::named(name).expect("it is one");
        let beginning = |time: Timestamp| own.shown(time).ok().and_then(|it| unit.beginning(it));
        assert_eq!(beginning(began), unit.beginning(shown), "{told}");
        let before = Timestamp::new(began.seconds() - 1, 0).and_then(beginning);
        if !unit.is_of_clock() {
            assert!(before.is_none() || before != unit.beginning(shown), "{told}");
        }
    }
}

#[test]
fn every_zone_cuts_times_at_both_ends_of_time() {
    let (first, last) = (-62_167_219_200, 253_402_300_799);
    for name in ZONES.keys() {
        for near in [0, 1, 86_399, 100_000, 86_400 * 366] {
            for seconds in [first + near, last - near, near, -near] {
                holds(Timestamp::new(seconds, 999_999_999).expect("it is one"), name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn every_zone_cuts_every_time(
        name in prop::sample::select(ZONES.keys().collect::<Vec<_>>()),
        seconds in -5_000_000_000i64..5_000_000_000,
    ) {
        holds(Timestamp::new(seconds, 1).expect("it is one"), name);
        // And about the next time that its clocks leap.
        if let Some(Zone::Ruled(zone)) = Zone::find(name)
            && let Some(leap) = zone.following(moment(seconds)).next()
        {
            for near in [-90_000, -5_400, -1_800, -1, 0, 1, 1_800, 5_400, 90_000] {
                let near = Timestamp::new(leap.timestamp().as_second() + near, 0);
                holds(near.expect("it is one"), name);
            }
        }
    }

    #[test]
    fn any_text_is_a_zone_or_none(text in ".{0,40}") {
        let _ = Zone::find(&text);
        prop_assert!(check(&Value::text(&text)).is_ok() == Zone::find(&text).is_some());
        prop_assert!(Kinds::of(&Value::text(&text)) == ZONE.kinds);
    }
}
