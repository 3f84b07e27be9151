//! Lines in, events out: literal cases through one `check`, then anything at all.

use foldline_core::event::{Event, KIND_UNKNOWN};
use foldline_core::value::canonical;
use proptest::prelude::*;

use super::*;

fn plan() -> Plan {
    let mut plan = Plan::default();
    for path in
        [&["data", "a"][..], &["data", "m", "x"], &["data", "m"], &["meta", "user"], &["id"]]
    {
        plan.path(path).unwrap();
    }
    plan.kind("T");
    plan.kind("Other");
    plan
}

fn decode(buffer: &[u8]) -> Batch {
    let records = lines(buffer).zip(0..).map(|(range, at)| (range, Position::number(at)));
    Decoder::new(&plan()).decode(buffer.to_vec(), records).unwrap()
}

fn show(event: Event<'_>) -> String {
    let mut out = vec![format!("{}@{}", event.stream(), event.version())];
    out.extend(event.timestamp().map(|time| time.to_string()));
    for part in event.parts() {
        out.push(format!("{}:", part.kind()));
        out.extend(part.slots().map(|slot| match slot.value() {
            Ok(value) => value.map_or("-".into(), |value| canonical::text(&value)),
            Err(error) => error.to_string(),
        }));
    }
    out.extend(event.fault().map(|fault| format!("!{fault}")));
    out.join(" ")
}

#[track_caller]
fn check(line: impl AsRef<[u8]>, expected: &str) {
    let batch = decode(line.as_ref());
    let shown: Vec<String> = batch.events().map(show).collect();
    assert_eq!(shown, [expected], "{}", String::from_utf8_lossy(line.as_ref()));
}

#[test]
fn a_line_is_an_event() {
    check(
        r#"{"stream":"s","version":1,"type":"T","time":"2026-01-01T00:00:00Z",
            "data":{"a":1},"meta":{"user":"u"},"id":"i"}"#
            .replace('\n', ""),
        r#"s@1 2026-01-01T00:00:00Z T: 1 - - "u" "i""#,
    );
    check(
        " { \"id\" : null , \"data\" : {\"z\":[{}],\"m\":{\"y\":1,\"x\":true}, \"a\" : \"b\"} ,\
           \t\"type\":\"T\",\"version\" : 2 ,\"stream\":\"s\"} \r",
        r#"s@2 T: "b" true {"x":true,"y":1} - null"#,
    );
    check(r#"{"stream":"s","version":3,"type":"T","time":null}"#, "s@3 T: - - - - -");
    check(
        r#"{"stream":"s","version":3,"type":"T","data":7,"meta":null,"id":[1]}"#,
        "s@3 T: - - - - [1]",
    );
    check(
        r#"{"stream":"s","version":3,"type":"T","data":{"m":[{"x":1}],"a":{}}}"#,
        "s@3 T: {} - [{\"x\":1}] - -",
    );
}

#[test]
fn types_that_nobody_handles_have_no_slots_wherever_they_stand() {
    check(r#"{"stream":"s","version":1,"type":"X","data":{"a":1}}"#, "s@1 X:");
    check(r#"{"stream":"s","version":1,"data":{"a":1},"type":"X"}"#, "s@1 X:");
    let batch = decode(br#"{"stream":"s","version":1,"type":"Other"}"#);
    assert_eq!(batch.event(0).unwrap().parts().next().unwrap().kind_id(), 1);
    let batch = decode(br#"{"stream":"s","version":1,"type":"X"}"#);
    assert_eq!(batch.event(0).unwrap().parts().next().unwrap().kind_id(), KIND_UNKNOWN);
}

#[test]
fn of_a_type_that_nobody_handles_only_the_head_is_read() {
    let head = r#""stream":"s","version":1,"type":"Unhandled","time":"2026-01-01T00:00:00Z""#;
    let event = "s@1 2026-01-01T00:00:00Z Unhandled:";
    check(format!(r#"{{{head},"data":{{"a":oh no"#), event);
    // What stands before the last of it is read, and so is all of a type that is handled.
    check(r#"{"data":{"a":oh no},"stream":"s","version":1,"type":"Unhandled"}"#, NO_HEAD);
    let handled = head.replace("Unhandled", "T");
    let batch = decode(format!(r#"{{{handled},"data":{{"a":oh no"#).as_bytes());
    assert!(batch.events().all(|event| event.fault().is_some()));
}

const NO_HEAD: &str = "@0 !undecodable: this is not JSON, at byte 13";

#[test]
fn records_whose_heads_are_told_are_the_same_events() {
    let text = "{\"stream\":\"s\",\"version\":1,\"type\":\"T\",\"data\":{\"a\":1}}\n\
                {\"stream\":\"s\",\"version\":2,\"type\":\"Unhandled\",\"data\":{}}\n";
    let plan = plan();
    let decoder = Decoder::new(&plan);
    let place = |piece: &str, from: usize| {
        let at = text[from..].find(piece).unwrap() + from;
        at..at + piece.len()
    };
    let told = lines(text.as_bytes()).zip(["T", "Unhandled"]).zip(1..);
    let told = told.map(|((record, kind), version)| {
        let (stream, kind) = (place("s", record.start + 10), place(kind, record.start));
        let head = Head { stream, version, kind, time: None };
        Told { head, record, position: Position::number(version) }
    });
    let batch = decoder.told(text.as_bytes().to_vec(), told).unwrap();
    let shown: Vec<String> = batch.events().map(show).collect();
    assert_eq!(shown, ["s@1 T: 1 - - - -", "s@2 Unhandled:"]);
    let outside = Head { stream: 0..99_999, version: 1, kind: 0..1, time: None };
    let told = Told { head: outside, record: 0..4, position: Position::number(1) };
    let batch = decoder.told(b"{ }".to_vec(), [told]).unwrap();
    assert!(batch.events().all(|event| event.stream().is_empty() && event.fault().is_some()));
}

#[test]
fn digits_and_characters_are_kept() {
    let long = "12345678901234567890123456789012345678";
    check(
        format!(r#"{{"stream":"s","version":1,"type":"T","data":{{"a":{long},"m":0.1}}}}"#),
        &format!("s@1 T: {long} - 0.1 - -"),
    );
    check(r#"{"stream":"s","version":1.0,"type":"T","data":{"a":1.0}}"#, "s@1 T: 1 - - - -");
    check(
        r#"{"stream":"\u0073\n","version":1,"\u0074ype":"T",
            "data":{"\u0061":"\ud83d\ude00\u0041"},"meta":{"user":"é"}}"#
            .replace('\n', ""),
        "s\n@1 T: \"😀A\" - - \"é\" -",
    );
}

#[test]
fn digests_are_the_same_however_a_line_is_spelled() {
    let a = decode(br#"{"stream":"s","version":1,"type":"T","data":{"a":"A","m":{"x":1,"y":2}}}"#);
    let b = decode(
        br#"{"data":{"m":{"y":2.0,"x":1},"q":7,"a":"\u0041"},"type":"T","version":1,"stream":"s"}"#,
    );
    assert_eq!(a.event(0).unwrap().digest(), b.event(0).unwrap().digest());
}

#[test]
fn what_can_be_named_is_an_event_with_a_fault() {
    let named = |rest: &str, expected: &str| {
        check(format!(r#"{{"stream":"s","version":1,{rest}"#), &format!("s@1{expected}"));
    };
    named(r#""type":"T","data":{"a":1"#, " T: !undecodable: the text ends too early, at byte 50");
    named(r#""type":"T"} x"#, " T: !undecodable: something follows the value, at byte 38");
    named(r#""x":1}"#, " !undecodable: the record has no `type`");
    named(r#""type":7}"#, " !undecodable: `type` is not text");
    named(r#""type":"T","type":"T"}"#, " T: !undecodable: `type` is given twice");
    named(
        r#""type":"T","time":"yesterday"}"#,
        " T: !time: `yesterday` is not a time as in `2026-01-01T00:00:00Z`",
    );
    named(r#""type":"T","data":{"a":1,"a":2}}"#, " T: !undecodable: `a` is given twice");
    named(r#""type":"T","data":{},"data":{}}"#, " T: !undecodable: `data` is given twice");
    named(r#""type":"T","data":{"q":1,"q":2}}"#, " T: - - - - -");
    named(
        r#""type":"T","data":{"m":{"z":1,"z":2}}}"#,
        " T: - - a name is given twice in one object, at byte 13 - - \
         !undecodable: a name is given twice in one object, at byte 13",
    );
    named(
        r#""type":"T","data":{"a":"\ud800"}}"#,
        " T: !undecodable: a text has half of a surrogate pair, at byte 49",
    );
    named(r#""type":"T","data":{"q":"\ud800"}}"#, " T: - - - - -");
    named(
        "\"type\":\"T\",\"data\":{\"a\":\"\u{0}\"}}",
        " T: !undecodable: a text has a bad escape or a control character, at byte 50",
    );
    named(
        &format!(r#""type":"T","data":{{"a":{}}}}}"#, "9".repeat(1_000)),
        " T: !undecodable: a number has at most 38 digits, this one needs more, at byte 49",
    );
    named(
        &format!(r#""type":"T","data":{}"#, "[".repeat(100)),
        " T: !too_large: it is nested deeper than 64, at byte 107",
    );
    // What is wrong does not hide what follows it.
    check(
        r#"{"data":{"a":1E999},"type":"T","version":1,"stream":"s"}"#,
        "s@1 T: !undecodable: the number is too great, at byte 13",
    );
}

#[test]
fn what_cannot_be_named_is_a_nameless_event() {
    let nameless = |line: &[u8], expected: &str| check(line, &format!("@0 !{expected}"));
    nameless(b"x", "undecodable: this is not JSON, at byte 0");
    nameless(b" ", "undecodable: the text ends too early, at byte 1");
    nameless(b"[]", "undecodable: this is not JSON, at byte 0");
    nameless(b"{}", "undecodable: the record has no `stream` or `version`");
    nameless(
        br#"{"stream":"","version":1,"type":"T"}"#,
        "undecodable: the record has no `stream` or `version`",
    );
    nameless(
        br#"{"stream":"s","version":-1,"type":"T"}"#,
        "undecodable: `version` is -1, not a whole number from 0 on",
    );
    nameless(
        br#"{"stream":"s","version":1.5,"type":"T"}"#,
        "undecodable: `version` is 1.5, not a whole number from 0 on",
    );
    nameless(
        br#"{"stream":"s","version":"1","type":"T"}"#,
        "undecodable: `version` is not a number",
    );
    nameless(br#"{"stream":7,"version":1,"type":"T"}"#, "undecodable: `stream` is not text");
    // A line that was cut off may have lost digits of its version.
    nameless(br#"{"stream":"s","version":1"#, "undecodable: the text ends too early, at byte 25");
    // Which of two is meant, nobody knows.
    nameless(
        br#"{"stream":"s","stream":"t","version":1,"type":"T"}"#,
        "undecodable: the record has no `stream` or `version`",
    );
    nameless(
        br#"{"stream":"s","version":1,"version":1,"type":"T"}"#,
        "undecodable: the record has no `stream` or `version`",
    );
}

#[test]
fn one_bad_record_spoils_no_other() {
    let good = br#"{"stream":"s","version":1,"type":"T","data":{"a":1}}"#;
    let bad = b"{\"stream\":\"t\",\"version\":2,\"type\":\"T\",\"data\":{\"a\":\"\xff\xfe\"}}";
    let worse = b"{\"stream\":\"\xff\",\"version\":3,\"type\":\"T\"}";
    let buffer = [&good[..], bad, b"", worse, good].join(&b'\n');
    let shown: Vec<String> = decode(&buffer).events().map(show).collect();
    let expected = [
        "s@1 T: 1 - - - -",
        "t@2 T: !undecodable: the record is not UTF-8",
        "@0 !undecodable: the record is not UTF-8",
        "s@1 T: 1 - - - -",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn ranges_outside_the_buffer_are_nameless() {
    for buffer in ["é", "\u{e9}x"] {
        let records = [(1..2, Position::number(0)), (5..9, Position::number(1))];
        let batch = Decoder::new(&plan()).decode(buffer.into(), records).unwrap();
        assert_eq!(batch.len(), 2);
        assert!(batch.events().all(|event| event.fault().is_some() && event.stream().is_empty()));
    }
    let batch = Decoder::new(&plan()).decode(vec![0xff], [(0..9, Position::number(0))]).unwrap();
    assert!(batch.event(0).unwrap().fault().is_some());
}

#[test]
fn what_is_too_much_is_a_fault() {
    let long = |data: String| format!(r#"{{"stream":"s","version":1,"type":"T","data":{data}}}"#);
    for data in [
        "[".repeat(10_000_000),
        "{\"a\":".repeat(2_000_000),
        "9".repeat(1_000_000),
        format!("\"{}\"", "x".repeat(2 << 20)),
        format!("{{{}\"a\":1}}", "\"k\":0,".repeat(20_000)),
        "\"\\ud800".repeat(100_000),
    ] {
        let line = long(data);
        let batch = decode(line.as_bytes());
        let event = batch.event(0).unwrap();
        assert_eq!((batch.len(), event.stream(), event.version()), (1, "s", 1));
        let too_much = line.len() > (1 << 20) || line.contains("\"k\"");
        match event.fault() {
            Some(fault) => assert!(fault.code == "too_large" || fault.code == "undecodable"),
            None => assert!(!too_much, "{}", &line[..60]),
        }
    }
}

#[test]
fn the_guard_takes_what_is_json_within_bounds() {
    assert_eq!(guard::check(r#"{"a":[1,2]}"#), Ok(()));
    for text in
        [&"[".repeat(10_000_000)[..], &"[".repeat(65), &format!("\"{}\"", "x".repeat(2 << 20))]
    {
        assert_eq!(guard::check(text).unwrap_err().code, "too_large");
    }
    assert_eq!(guard::check("[1,").unwrap_err().code, "undecodable");
    assert_eq!(guard::check("1 2").unwrap_err().code, "undecodable");
}

fn line_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            &b"{"[..], b"}", b"[", b"]", b",", b":", b"\"", b"\\", b"\n", b" ", b"null", b"-1",
            b"\"stream\":\"s\",", b"\"version\":1,", b"\"type\":\"T\",", b"\"data\":{", b"\"a\":1",
            b"\"id\":\"i\"", b"\"m\":{\"x\":2}", b"\"\\ud83d\"", b"\xff", b"\xc3", b"\"\xc3\xa9\"",
            b"\x00", b"1E99", b"0.5", b"\"time\":\"2026\",",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn each_record_is_one_event_whatever_it_holds(buffer in line_like()) {
        let batch = decode(&buffer);
        prop_assert_eq!(batch.len(), lines(&buffer).count());
        for event in batch.events() {
            let _ = show(event);
            let nameless = event.version() == 0 && event.fault().is_some();
            prop_assert_eq!(event.stream().is_empty(), nameless);
        }
    }

    #[test]
    fn one_byte_gone_wrong_never_panics(at in 0usize..140, byte: u8) {
        let line = br#"{"stream":"s","version":12,"type":"T","time":"2026-01-01T00:00:00Z","#;
        let rest = br#""data":{"a":1.5,"m":{"x":"\u0041"}},"meta":{"user":"u"},"id":"i"}"#;
        let mut line = [&line[..], rest].concat();
        let place = at % line.len();
        line[place] = byte;
        let batch = decode(&line);
        prop_assert!(!batch.is_empty());
    }
}
