//! What expressions give, and what is told of those that cannot be right.

use foldline_core::event::{BatchBuilder, Slot};
use foldline_core::position::Position;
use foldline_core::time::Time;
use foldline_core::value::{Value, canonical, json};

use super::super::function;
use super::super::{Cost, Kinds, Named, Names, Reads, Scope, Shape, parse};
use super::Compiler;
use crate::problem::Code;

const HANDLER: [(&str, Named); 7] = [
    ("stream", Named::Stream),
    ("version", Named::Version),
    ("type", Named::Type),
    ("time", Named::Time),
    ("data", Named::Slots),
    ("meta", Named::Slots),
    ("doc", Named::Document),
];

/// What an expression gives for an event with this data and this document before it, as JSON; or
/// the codes of what is wrong with it, or the word of what went wrong.
fn given(text: &str, data: &str, document: &str) -> String {
    let tree = parse(text).expect("the examples are read");
    let shape = Shape([("balance".into(), Kinds::NUMBER), ("seen".into(), Kinds::TIME)].into());
    let (mut reads, mut problems) = (Reads::default(), Vec::new());
    let names = Names { names: &HANDLER, shape: Some(&shape), kind: Some("Credited") };
    let compiled = Compiler::new(names, &mut reads, &mut problems).compile(&tree);
    if !problems.is_empty() {
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
        return codes.join(" ");
    }
    let data = json::value(data).expect("the data is JSON");
    let texts: Vec<Option<String>> = reads
        .slots
        .iter()
        .map(|path| {
            let names: Vec<&str> = path.iter().skip(1).map(|name| &**name).collect();
            data.at(&names).map(canonical::text)
        })
        .collect();
    let slots: Vec<Slot<'_>> = texts.iter().map(|text| slot(text.as_deref())).collect();
    let mut builder = BatchBuilder::default();
    builder.event("wallet-1", 7, Position::number(0)).time(Time(1_500)).part("Credited", &slots);
    let batch = builder.build();
    let event = batch.event(0).expect("there is one");
    let part = event.parts().next().expect("it has one");
    let table: Vec<usize> = (0..slots.len()).collect();
    let (document, cost) = (json::value(document).expect("JSON"), Cost::default());
    let scope = Scope::event(event, part, &table, &document, &cost);
    match compiled.node.value(&scope) {
        Ok(value) => {
            assert!(Kinds::of(&value).is_within(compiled.kinds), "{text}: {}", compiled.kinds);
            canonical::text(&value)
        }
        Err(wrong) => wrong.code().into(),
    }
}

/// A canonical text as the slot that the decoder makes of it.
fn slot(text: Option<&str>) -> Slot<'_> {
    match text.map(|text| (text, json::value(text).expect("JSON"))) {
        None => Slot::Missing,
        Some((_, Value::Null)) => Slot::Null,
        Some((_, Value::Bool(yes))) => Slot::Bool(yes),
        Some((_, Value::Int(int))) => Slot::Int(int),
        Some((_, Value::Decimal(decimal))) => Slot::Decimal(decimal),
        Some((text, Value::Text(_))) => Slot::Text(text.trim_matches('"')),
        Some((text, _)) => Slot::Raw(text),
    }
}

#[track_caller]
fn gives(rows: &[(&str, &str)]) {
    let data = r#"{"amount":12.5,"n":3,"who":"ann","none":null,"deep":{"a":{"b":1}},
                   "lines":[{"sku":"x","qty":2},{"sku":"y","qty":5}],"odd-name":true}"#;
    let document = r#"{"balance":100,"seen":"1970-01-01T00:00:01Z"}"#;
    for (text, expected) in rows {
        assert_eq!(given(text, data, document), *expected, "{text}");
    }
}

#[test]
fn paths_lead_to_what_the_event_and_the_document_have() {
    gives(&[
        ("data.amount", "12.5"),
        ("data['odd-name']", "true"),
        ("data.deep", r#"{"a":{"b":1}}"#),
        ("data.deep.a.b", "1"),
        ("data.lines[1].sku", r#""y""#),
        ("data.lines[7].sku", "missing"),
        ("data.lines[data.n - 2].qty", "5"),
        ("data.absent", "missing"),
        ("data?.absent", "null"),
        ("data?.absent?.more", "null"),
        ("data.absent?.more", "missing"),
        ("data?.absent.more", "missing"),
        ("data.none?.more", "null"),
        ("data.none.more", "missing"),
        ("data.who.more", "missing"),
        ("data.deep?.c", "null"),
        ("data.lines[0]?.c", "null"),
        ("data.lines[0].c", "missing"),
        ("stream + '/' + type", r#""wallet-1/Credited""#),
        ("version", "7"),
        ("time", r#""1970-01-01T00:00:01.5Z""#),
        ("doc.balance", "100"),
        ("doc['balance']", "100"),
        ("time - doc.seen", r#""0.5s""#),
        ("doc.balanse", "F0402"),
        ("doc?.balanse", "F0402"),
        ("stream.name", "F0405"),
    ]);
    assert_eq!(given("doc.balance", "{}", "null"), "type");
    assert_eq!(given("doc?.balance", "{}", "null"), "null");
    assert_eq!(given("has(doc.balance)", "{}", "null"), "false");
    assert_eq!(given("doc == null", "{}", "null"), "true");
}

#[test]
fn what_may_be_absent_is_asked_for() {
    gives(&[
        ("has(data.amount)", "true"),
        ("has(data.none)", "true"),
        ("has(data.absent)", "false"),
        ("has(data.absent.more)", "false"),
        ("has(data.who.more)", "false"),
        ("has(data.lines[1].qty)", "true"),
        ("has(data.lines[2].qty)", "false"),
        ("has(data?.absent)", "false"),
        ("has(1)", "F0410"),
        ("coalesce(data.absent, data.none, data.n)", "3"),
        ("coalesce(data.absent, data.none)", "null"),
        ("coalesce(data.absent.more, 'x')", r#""x""#),
        ("coalesce(data.who)", "F0404"),
        ("coalesce(data.absent + 1, 2)", "missing"),
    ]);
}

#[test]
fn what_has_no_fields_lacks_them_wherever_it_comes_from() {
    // In the middle of an event this was null, and in an element, a record or a document an error.
    gives(&[
        ("data.who?.more", "null"),
        ("data.lines[0].sku?.more", "null"),
        ("data.lines.map(l, l.sku?.more)", "[null,null]"),
        ("data.lines[0].sku.more", "type"),
        ("has(data.lines['a'])", "false"),
        ("data.lines.map(l, has(l.sku['a']))", "[false,false]"),
        ("[data.lines].map(l, has(l['a']))", "[false]"),
        ("'a'?.more", "F0405"),
    ]);
    assert_eq!(given("doc?.balance?.more", "{}", r#"{"balance":1}"#), "null");
}

#[test]
fn a_name_at_which_no_list_has_anything_is_told() {
    // It was taken for a mistake that had been told before.
    gives(&[("[1, 2]['a']", "F0406"), ("{'a': 1}[0]", "F0406"), ("[1].a", "F0405")]);
}

#[test]
fn numbers_are_exact_or_an_error() {
    gives(&[
        ("0.1 + 0.2 == 0.3", "true"),
        ("0.1 + 0.2", "0.3"),
        ("1 == 1.0", "true"),
        ("data.amount * 2", "25"),
        ("10 / 4", "2.5"),
        ("1 / 3", "0.33333333333333333333333333333333333333"),
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7.5 % 2", "F0405"),
        ("data.amount % 2", "type"),
        ("9223372036854775807 + 1", "F0406"),
        ("9223372036854775807 + data.n", "overflow"),
        ("data.n / 0", "division_by_zero"),
        ("12345678901234567890123456789012345678 + 0", "12345678901234567890123456789012345678"),
        ("12345678901234567890123456789012345678 + 0.1", "F0406"),
        ("-data.n", "-3"),
        ("-(9223372036854775807 + 0) - 1", "-9223372036854775808"),
    ]);
}

#[test]
fn operators_take_values_of_their_kinds() {
    gives(&[
        ("1 < 2 && 'a' < 'b'", "true"),
        ("data.n < 'a'", "type"),
        ("1 < 'a'", "F0405"),
        ("data.none < 1", "type"),
        ("data.n == 'a'", "false"),
        ("version == 'a'", "F0901"),
        ("version != 'a'", "F0901"),
        ("[1, 2] + [3]", "[1,2,3]"),
        ("'a' + 1", "F0405"),
        ("data.who + 1", "type"),
        ("2 in [1, 2]", "true"),
        ("'a' in {'a': 1}", "true"),
        ("1 in data.n", "type"),
        ("!data.n", "type"),
        ("data.n ? 1 : 2", "type"),
        ("data.n > 2 ? 'much' : 'few'", r#""much""#),
        ("{'b': 1, 'a': data.n}", r#"{"a":3,"b":1}"#),
        ("{data.who: 1, 'ann': 2}", "twice"),
        ("true || data.absent", "true"),
        ("data.absent || true", "true"),
        ("data.absent && false", "false"),
        ("data.absent && true", "missing"),
        ("type == 'Debited'", "false"),
    ]);
}

#[test]
fn elements_are_looked_at_one_by_one() {
    gives(&[
        ("data.lines.map(l, l.qty)", "[2,5]"),
        ("data.lines.map(l, l.qty > 2, l.sku)", r#"["y"]"#),
        ("data.lines.filter(l, l.qty > 2).size()", "1"),
        ("data.lines.all(l, l.qty > 1)", "true"),
        ("data.lines.exists(l, l.sku == 'y')", "true"),
        ("data.lines.exists_one(l, l.qty > 1)", "false"),
        ("sort_by(data.lines, l, -l.qty).map(l, l.sku)", r#"["y","x"]"#),
        ("data.lines.map(l, data.lines.map(m, m.qty * l.qty))", "[[4,10],[10,25]]"),
        ("data.deep.map(k, k)", r#"["a"]"#),
        ("data.n.map(k, k)", "type"),
        ("data.lines.map(l, l.qty, 1)", "type"),
        ("data.lines.map(data, 1)", "F0409"),
        ("data.lines.map(l, data.lines.map(l, 1))", "F0409"),
        ("data.lines.map(1, 1)", "F0411"),
        ("data.lines.map(l)", "F0404"),
        ("data.lines.all(l, 1)", "F0405"),
        ("[1, 'a'].sort_by(x, x)", "type"),
        ("l", "F0401"),
    ]);
}

#[test]
fn what_is_there_is_not_said_to_be_elsewhere() {
    let forms = function::FORMS.iter().map(|form| form.name);
    for name in function::all().map(|function| function.name).chain(forms) {
        assert_eq!(super::call::elsewhere(name), None, "{name}");
    }
}

#[test]
fn an_argument_of_the_right_kind_may_still_be_wrong() {
    gives(&[
        ("truncate(time, 'day', 'UTC')", r#""1970-01-01T00:00:00Z""#),
        ("truncate(time, 'dya', 'utc')", "F0412 F0412"),
        ("truncate(time, 'd' + 'ya')", "F0412"),
        ("truncate(time, data.who)", "argument"),
        ("date(time, data.who)", "argument"),
        ("uuid5(data.who, 'x')", "argument"),
        ("uuid5('www', data.who)", "F0412"),
        ("timestamp(data.n, 'hours')", "F0412"),
        ("truncate(time, 'day', 'CEST') == time || type == 'a'", "F0412"),
    ]);
}

#[test]
fn functions_are_called_either_way() {
    gives(&[
        ("size('añb')", "3"),
        ("'añb'.size()", "3"),
        ("data.lines.size()", "2"),
        ("size(1)", "F0405"),
        ("size(data.n)", "type"),
        ("size('a', 'b')", "F0404"),
        ("sise('a')", "F0403"),
        ("data.who.matches('^a.n$')", "true"),
        ("data.who.matches('[')", "F0408"),
        ("data.who.matches(data.who)", "F0408"),
        ("data.n.matches('a')", "type"),
    ]);
}

#[test]
fn what_costs_too_much_is_an_error() {
    let long: Vec<String> = (0..9_000).map(|number| number.to_string()).collect();
    let data = format!(r#"{{"l":[{}]}}"#, long.join(","));
    assert_eq!(given("data.l.map(a, data.l.map(b, a)).size()", &data, "null"), "too_costly");
    assert_eq!(given("(data.l + data.l).size()", &data, "null"), "too_large");
    for text in [
        "[data.l].all(m, m.all(a, !(-1 in m)))",
        "[data.l].all(m, m.all(a, m == m))",
        "[data.l].exists(m, m.exists(a, size(m) == 0))",
        "[join(data.l.map(a, string(a)))].all(t, data.l.all(a, !t.contains('x')))",
        "[join(data.l.map(a, string(a)))].all(t, data.l.all(a, !t.matches('x')))",
        "[join(data.l.map(a, string(a)))].all(t, data.l.all(a, t <= t))",
        "data.l.exists(a, data.l == 1)",
    ] {
        assert_eq!(given(text, &data, "null"), "too_costly", "{text}");
    }
    assert_eq!(
        given("[data.l].all(m, m.all(a, m != null && !('a' in [a])))", &data, "null"),
        "true"
    );
    let twice = "data.l.map(a, 1).size() + data.l.map(a, 2).size()";
    assert_eq!(given(twice, &data, "null"), "18000");
}

#[test]
fn every_mistake_of_an_expression_is_told() {
    assert_eq!(given("dta.x + size(1) + doc.balanse", "{}", "null"), "F0401 F0405 F0402");
    assert_eq!(Code::NeverEqual.name(), "F0901");
}

#[test]
fn the_first_of_many_is_null_where_none_is_there() {
    // A field of the document was thought to be there, because its kind was known.
    for text in ["coalesce(doc.balance, doc.seen)", "coalesce(doc.balance, null)"] {
        assert_eq!(given(text, "{}", "{}"), "null", "{text}");
    }
    assert_eq!(given("coalesce(doc.balance, 0) + 1", "{}", "{}"), "1");
}

#[test]
fn the_opposite_of_the_first_number_past_all_ints_is_an_int() {
    // It was thought to be a decimal, as that is one.
    assert_eq!(
        given("-(data.n > 0 ? 9223372036854775808 : 1.5)", r#"{"n":1}"#, "{}"),
        "-9223372036854775808"
    );
}

#[test]
fn what_costs_too_much_is_told_though_others_went_wrong_before() {
    // The first that went wrong was told, and each further element was looked at in vain.
    let items: Vec<String> = (0..9_000).map(|number| number.to_string()).collect();
    let data = format!(r#"{{"l":[{}]}}"#, items.join(","));
    let loops = "data.l.exists(a, a + 'x' == '' || data.l.exists(b, b < 0))";
    assert_eq!(given(loops, &data, "null"), "too_costly");
}

#[test]
fn what_went_wrong_is_short_however_long_the_value_is() {
    let wrong = |value: &Value| super::super::shown(value).len();
    assert!(wrong(&Value::text(&"\n".repeat(1 << 20))) < 200);
    assert!(wrong(&Value::Bytes(vec![0; 1 << 20].into())) < 200);
    assert_eq!(super::super::shown(&Value::text("ann")), r#"the string "ann""#);
    assert_eq!(
        super::super::shown(&Value::text(&"é".repeat(60))),
        format!("the string \"{}…", "é".repeat(39))
    );
}

#[test]
fn what_is_there_need_not_be_what_was_declared() {
    // To ask whether it is there was as wrong as to read it.
    let document = r#"{"seen":"soon"}"#;
    assert_eq!(given("has(doc.seen)", "{}", document), "true");
    assert_eq!(given("doc.seen", "{}", document), "type");
}

#[test]
fn a_record_may_lack_what_its_format_names() {
    // Where there is no image before the change, `coalesce` was wrong instead of going on.
    let names = Names { names: &[("old", Named::Root(0, Kinds::MAP))], shape: None, kind: None };
    for (text, expected) in [("coalesce(old.a, 1)", "1"), ("has(old.a)", "false")] {
        let (mut reads, mut problems) = (Reads::default(), Vec::new());
        let tree = parse(text).expect("it is read");
        let names = names.clone();
        let compiled = Compiler::new(names, &mut reads, &mut problems).compile(&tree);
        let cost = Cost::default();
        let value = compiled.node.value(&Scope::record(&[], &cost)).expect("it has a value");
        assert_eq!((canonical::text(&value).as_str(), problems.len()), (expected, 0), "{text}");
    }
}
