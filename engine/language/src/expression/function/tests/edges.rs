//! What functions give at the edges of what they take, and the word of each failure.

use super::*;

/// What a function gives for these arguments, as JSON, or the word of what went wrong.
fn called(name: &str, arguments: &[Value]) -> String {
    let function = named(name).unwrap_or_else(|| panic!("there is no {name}"));
    let arguments: Vec<Cow<'_, Value>> = arguments.iter().map(Cow::Borrowed).collect();
    match function.run(&arguments) {
        Ok(value) => canonical::text(&value),
        Err(failure) => failure.code.into(),
    }
}

/// Each row: a function, its arguments as the elements of a JSON list, and what it gives.
#[track_caller]
fn gives(rows: &[(&str, &str, &str)]) {
    for (name, arguments, expected) in rows {
        let Value::List(list) = json::value(arguments).expect("the arguments are JSON") else {
            panic!("{arguments} is no list");
        };
        assert_eq!(called(name, &list), *expected, "{name} of {arguments}");
    }
}

fn time(text: &str) -> Value {
    Value::Time(Timestamp::parse(text).expect("it is a time"))
}

fn length(text: &str) -> Value {
    Value::Duration(Duration::parse(text).expect("it is a duration"))
}

#[test]
fn texts_at_their_edges() {
    gives(&[
        ("contains", r#"["abc",""]"#, "true"),
        ("split", r#"["a,b,c",",",0]"#, "[]"),
        ("split", r#"["a,b,c",",",1]"#, r#"["a,b,c"]"#),
        ("split", r#"["a,b,c",",",-1]"#, r#"["a","b","c"]"#),
        ("split", r#"["a,b,c",",",9]"#, r#"["a","b","c"]"#),
        ("split", r#"["añb","",2]"#, r#"["a","ñb"]"#),
        ("split", r#"["","",2]"#, "[]"),
        ("split", r#"["añb","",0]"#, "[]"),
        ("join", r#"[[],","]"#, r#""""#),
        ("join", r#"[["a"],","]"#, r#""a""#),
        ("join", r#"[["a",1],","]"#, "type"),
        ("replace", r#"["ab","","-"]"#, r#""-a-b-""#),
        ("replace", r#"["aaa","aa","b"]"#, r#""ba""#),
        ("substring", r#"["añb",1,2]"#, r#""ñ""#),
        ("substring", r#"["añb",3]"#, r#""""#),
        ("substring", r#"["añb",9,12]"#, r#""""#),
        ("substring", r#"["añb",2,1]"#, "argument"),
        ("substring", r#"["añb",-1]"#, "argument"),
        ("substring", r#"["añb",0,9223372036854775807]"#, r#""añb""#),
        ("upper", r#"["straße"]"#, r#""STRASSE""#),
        ("lower", r#"["ΟΔΟΣ"]"#, r#""οδος""#),
        ("trim", r#"["\u00a0 x\t"]"#, r#""x""#),
        ("size", r#"["𝄞"]"#, "1"),
        ("lower", "[1]", "type"),
    ]);
}

#[test]
fn what_would_grow_too_long_is_refused_before_it_is_built() {
    let text = |letter: &str| Value::text(&letter.repeat(limits::TEXT_BYTES_MAX));
    let long = text("a");
    assert_eq!(called("replace", &[long.clone(), Value::text("a"), long.clone()]), "too_large");
    assert_eq!(called("replace", &[long.clone(), Value::text(""), Value::text("b")]), "too_large");
    assert_eq!(called("split", &[long.clone(), Value::text("")]), "too_large");
    assert_eq!(called("split", &[long.clone(), Value::text("a")]), "too_large");
    assert_eq!(called("join", &[Value::List(vec![long.clone(); 2]), Value::text("")]), "too_large");
    let many = Value::List(vec![Value::text(""); limits::ITEMS_MAX]);
    assert_eq!(called("join", &[many, long.clone()]), "too_large");
    assert_eq!(called("to_json", std::slice::from_ref(&long)), "too_large");
    let bytes = Value::Bytes(vec![0; limits::TEXT_BYTES_MAX].into());
    assert_eq!(called("base64", &[bytes]), "too_large");
    assert_eq!(called("upper", &[text("ΐ")]), "too_large");
    let half = Value::text(&"ΐ".repeat(limits::TEXT_BYTES_MAX / 2));
    assert_eq!(called("upper", &[half]), "too_large");
    let many = Value::List(vec![Value::Int(1); limits::ITEMS_MAX + 1]);
    for name in ["sort", "reverse", "flatten"] {
        assert_eq!(called(name, std::slice::from_ref(&many)), "too_large", "{name}");
    }
    let lists = Value::List(vec![many.clone(); 2]);
    assert_eq!(called("flatten", &[lists]), "too_large");
    assert_eq!(called("last", &[many.clone(), Value::Int(i64::MAX)]), "too_large");
    assert_eq!(called("take", &[many, Value::Int(2)]), "[1,1]");
}

#[test]
fn numbers_at_their_edges() {
    gives(&[
        ("abs", "[-9223372036854775808]", "overflow"),
        ("abs", "[-0.5]", "0.5"),
        ("round", "[-2.5]", "-2"),
        ("round", "[0.125,2]", "0.12"),
        ("round", "[1E-130]", "0"),
        ("round", "[9.9,-9223372036854775808]", "0"),
        ("round", "[9.9,9223372036854775807]", "9.9"),
        ("floor", "[-1E-130]", "-1"),
        ("ceil", "[1E-130]", "1"),
        ("floor", "[12345678901234567890.5]", "12345678901234567890"),
        ("div", "[7,-2]", "-3"),
        ("div", "[7,0]", "division_by_zero"),
        ("div", "[-9223372036854775808,-1]", "overflow"),
        ("div", "[7.5,2]", "type"),
        ("sum", "[[1,2.5,-0.5]]", "3"),
        ("sum", "[[9223372036854775807,1]]", "overflow"),
        ("sum", r#"[["a"]]"#, "type"),
        ("min", "[[]]", "empty"),
        ("max", "[[]]", "empty"),
        ("min", r#"[[1,"a"]]"#, "type"),
        ("min", "[1]", "type"),
        ("max", "[1,2.5,2]", "2.5"),
        ("max", "[[1],[2]]", "type"),
        ("max", "[true,false]", "true"),
    ]);
    assert_eq!(called("max", &[length("1h"), length("90m")]), r#""5400s""#);
}

#[test]
fn lists_and_maps_at_their_edges() {
    gives(&[
        ("keys", "[{}]", "[]"),
        ("distinct", r#"[[1,"1",1.0,null,null,[1],[1.0]]]"#, r#"[1,"1",null,[1]]"#),
        ("sort", r#"[[1,"a"]]"#, "type"),
        ("sort", "[[null,null]]", "type"),
        ("sort", "[[2.5,-1,2]]", "[-1,2,2.5]"),
        ("take", "[[1,2],0]", "[]"),
        ("take", "[[1,2],-1]", "argument"),
        ("last", "[[]]", "empty"),
        ("last", "[[],2]", "[]"),
        ("last", "[[1,2,3],0]", "[]"),
        ("last", "[[1,2,3],-1]", "argument"),
        ("flatten", "[[]]", "[]"),
        ("flatten", "[[[],[[1]]]]", "[[1]]"),
        ("reverse", "[[]]", "[]"),
    ]);
}

#[test]
fn what_says_something_else_is_refused() {
    gives(&[
        ("int", "[2.5]", "inexact"),
        ("int", "[1E30]", "overflow"),
        ("int", r#"["2.0"]"#, "2"),
        ("int", r#"["2.5"]"#, "inexact"),
        ("int", r#"["abc"]"#, "argument"),
        ("int", r#"[""]"#, "argument"),
        ("int", "[null]", "type"),
        ("decimal", r#"["1E999"]"#, "overflow"),
        ("decimal", r#"["0x10"]"#, "argument"),
        ("decimal", r#"["0.1000"]"#, "0.1"),
        ("bool", r#"["yes"]"#, "argument"),
        ("bool", "[true]", "true"),
        ("timestamp", r#"["2026-01-01"]"#, "argument"),
        ("timestamp", r#"["2026-01-01T00:00:00Z","s"]"#, "argument"),
        ("timestamp", r#"[1,"sec"]"#, "argument"),
        ("timestamp", "[1.0000000001]", "inexact"),
        ("timestamp", r#"[0.5,"ns"]"#, "inexact"),
        ("timestamp", r#"[-1,"ns"]"#, r#""1969-12-31T23:59:59.999999999Z""#),
        ("timestamp", r#"[20454,"d"]"#, r#""2026-01-01T00:00:00Z""#),
        ("timestamp", r#"[1767225600123456,"us"]"#, r#""2026-01-01T00:00:00.123456Z""#),
        ("timestamp", "[253402300800]", "overflow"),
        ("timestamp", "[9223372036854775807]", "overflow"),
        ("timestamp", "[1E100]", "overflow"),
        ("duration", r#"["soon"]"#, "argument"),
        ("duration", "[-1.5]", r#""-1.5s""#),
        ("duration", r#"[9223372036854775807,"d"]"#, "overflow"),
        ("duration", "[9223372036854775807]", r#""9223372036854775807s""#),
        ("json", r#"["{"]"#, "json"),
        ("json", r#"["{\"a\":1,\"a\":2}"]"#, "json"),
        ("json", r#"["[1e400]"]"#, "json"),
        ("from_base64", r#"["aGVsbG8"]"#, "argument"),
        ("from_base64", r#"["aGVsbG9="]"#, "argument"),
        ("from_base64", r#"[""]"#, r#""""#),
    ]);
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert_eq!(called("json", &[Value::text(&deep)]), "json");
    assert_eq!(called("string", &[Value::Bytes([0xff].into())]), "argument");
    assert_eq!(called("int", &[time("1969-12-31T23:59:59.5Z")]), "-1");
    assert_eq!(called("decimal", &[time("1969-12-31T23:59:59.5Z")]), "-0.5");
    assert_eq!(called("decimal", &[length("-1.5s")]), "-1.5");
    assert_eq!(called("bytes", &[Value::Bytes([1].into())]), r#""AQ==""#);
    assert_eq!(called("timestamp", &[time("2026-01-01T00:00:00Z")]), r#""2026-01-01T00:00:00Z""#);
}

#[test]
fn parts_of_durations_go_towards_zero() {
    for (name, text, expected) in [
        ("getHours", "-90m", "-1"),
        ("getMinutes", "-90.5s", "-1"),
        ("getSeconds", "-1.5s", "-1"),
        ("getMilliseconds", "-1.5s", "-500"),
        ("getMilliseconds", "61s", "0"),
    ] {
        assert_eq!(called(name, &[length(text)]), expected, "{name} of {text}");
    }
    let lowest = Value::Duration(Duration::new(i64::MIN, 0).expect("it is one"));
    assert_eq!(called("getSeconds", &[lowest]), i64::MIN.to_string());
    assert_eq!(called("getHours", &[length("1h"), Value::text("UTC")]), "argument");
    assert_eq!(called("hour", &[length("1h")]), "type");
}

/// These numbers and names are in documents: a release that gives others is wrong. They were
/// reckoned by other implementations of XXH3 and of UUIDs than ours.
#[test]
fn hashes_and_names_are_the_same_for_ever() {
    gives(&[
        ("hash", "[null]", "6612088503341556336"),
        ("hash", "[1]", "3667780030492866732"),
        ("hash", r#"["wallet-7"]"#, "3081962788024607721"),
        ("hash", r#"[{"b":[1,2.5],"a":"é"}]"#, "9121702571010198859"),
        ("uuid5", r#"["dns","www.example.org"]"#, r#""74738ff5-5367-5958-9aee-98fffdcd1876""#),
        ("uuid5", r#"["url","https://example.org/"]"#, r#""527dda32-a0de-5105-a042-cb475b5f7d11""#),
        ("uuid5", r#"["oid",""]"#, r#""0a68eb57-c88a-5f34-9e9d-27f85e68af4f""#),
        ("uuid5", r#"["x500",""]"#, r#""b4bdf874-8c03-5bd8-8fd7-5e409dfd82c0""#),
        (
            "uuid5",
            r#"["6ba7b810-9dad-11d1-80b4-00c04fd430c8","www.example.org"]"#,
            r#""74738ff5-5367-5958-9aee-98fffdcd1876""#,
        ),
        ("uuid5", r#"["DNS","www.example.org"]"#, "argument"),
    ]);
}

#[test]
fn what_a_function_knows_nothing_of_is_told_with_what_was_meant() {
    for (text, expected) in [
        ("truncate(timestamp(0), 'dya')", "F0412 the string \"dya\" is no unit of time"),
        (
            "date(timestamp(0), 'Europe/Berlni')",
            "F0412 the string \"Europe/Berlni\" is no time zone",
        ),
        ("timestamp(1, 'sec')", "F0412 the string \"sec\" is no unit of time"),
        (
            "timestamp('soon')",
            "F0406 this always fails: the string \"soon\" is no time as in \
            `2026-01-01T00:00:00Z`",
        ),
        ("min(5)", "F0406 this always fails: expected a list, or several values, found the int 5"),
        (
            "date(timestamp(0), 'europe/berlin')",
            "F0412 the string \"europe/berlin\" is no time zone",
        ),
        ("date(timestamp(0), 'CEST')", "F0412 the string \"CEST\" is no time zone"),
        (
            "uuid5('isbn', 'x')",
            "F0412 the string \"isbn\" is no namespace, which is a UUID or has a \
            name",
        ),
    ] {
        assert_eq!(given(&parse(text).expect("it is read")), expected, "{text}");
    }
}

#[test]
fn the_nearest_right_name_is_the_hint() {
    for (text, expected) in [
        ("truncate(timestamp(0), 'dya')", "did you mean `day`?"),
        (
            "truncate(timestamp(0), 'fortnight')",
            "the units are year, quarter, month, week, day, \
            hour, minute, second",
        ),
        ("date(timestamp(0), 'europe/berlin')", "did you mean `Europe/Berlin`?"),
        (
            "date(timestamp(0), 'Middle-earth/Bree')",
            "a zone is written as in `Europe/Berlin`, \
            `UTC` or `+05:30`",
        ),
        ("timestamp(1, 'millis')", "the units are s, ms, us, ns, m, h, d"),
        ("uuid5('DNS', 'x')", "did you mean `dns`?"),
        ("uuid5('books', 'x')", "the names are dns, url, oid, x500"),
    ] {
        let (mut reads, mut problems) = (Reads::default(), Vec::new());
        let names = Names { names: &[], shape: None, kind: None };
        let tree = parse(text).expect("it is read");
        Compiler::new(names, &mut reads, &mut problems).compile(&tree);
        let [problem] = &problems[..] else { panic!("{text}: {problems:?}") };
        assert_eq!(problem.hint.as_deref(), Some(expected), "{text}");
        assert!(problem.span.of(text).starts_with('\''), "{text}: the argument is shown");
    }
}
