//! Stored records as text: what they look like, and what is refused.

use std::sync::Arc;

use proptest::prelude::*;

use super::{read_head, read_letter, write_head, write_letter};
use crate::event::{BatchBuilder, Slot};
use crate::fault::Fault;
use crate::guard::Epoch;
use crate::letter::{Cause, Letter, Rank, Scope};
use crate::parking::{Discard, HeadRecord, Left, StoredLetter};
use crate::position::{Position, Record};
use crate::progress::Holes;
use crate::time::Time;

fn letter(stream: &str, version: u64) -> StoredLetter {
    let position = Position { record: Record::number(77), index: 3 };
    let mut payload = BatchBuilder::default();
    payload.event(stream, version, position.clone());
    let slots = [
        Slot::Missing,
        Slot::Null,
        Slot::Bool(true),
        Slot::Int(-5),
        Slot::Text("100 % of\nit\r"),
        Slot::Text(""),
    ];
    payload.sort("2026 01").time(Time(9)).part("Opened", &slots).part("", &[]);
    let mut holes = Holes::default();
    holes.add(2, 3);
    holes.add(5, 5);
    StoredLetter::new(Letter {
        scope: Scope::Key("k 1".into()),
        epoch: Some(Epoch(0xabc)),
        stream: stream.into(),
        version,
        partition: Some("p-0".into()),
        position,
        kind: "Opened".into(),
        cause: Cause::Behind,
        fault: Fault::new("type", "`data.amount` is text: \"1 0\"\nnot a number"),
        first_seen: Time(1_234),
        holes,
        by_version: false,
        payload: Arc::new(payload.build()),
    })
}

/// What is written is read back, and reads as this text.
fn check(stored: &StoredLetter) -> String {
    let text = write_letter(stored);
    assert_eq!(read_letter(&text).as_ref(), Ok(stored));
    text.to_string()
}

#[test]
fn a_letter_reads_as_lines() {
    let text = check(&letter("s 1", 7));
    let expected = "\
foldline letter 1
scope key k%201
epoch 0000000000000abc
event s%201 7 Opened
partition p-0
position 6e000000000000004d+3
cause behind
fault type `data.amount`%20is%20text:%20\"1%200\"%0anot%20a%20number
seen 1234
hole 2 3
hole 5 5
attempts 0
payload s%201 7 6e000000000000004d+3
sort 2026%2001
time 9
part Opened
missing
null
bool true
int -5
text 100%20%25%20of%0ait%0d
text %_
part %_
";
    assert_eq!(text, expected);
}

#[test]
fn what_became_of_a_letter_is_kept() {
    let mut stored = letter("s", 7);
    stored.attempts = 3;
    stored.last = Some(Fault::new("", ""));
    stored.letter.by_version = true;
    for certain in [false, true] {
        stored.discard = Some(Discard { reason: "not ours - see the ticket".into(), certain });
        check(&stored);
    }
}

#[test]
fn letters_without_this_and_that() {
    let mut stored = letter("", 0);
    stored.letter.epoch = None;
    stored.letter.partition = None;
    stored.letter.holes = Holes::default();
    for cause in [Cause::Failed, Cause::Late, Cause::Fork, Cause::Nameless] {
        stored.letter.cause = cause;
        stored.letter.scope = Scope::Partition("p".into());
        check(&stored);
    }
    let mut payload = BatchBuilder::default();
    let position = Position { record: Record::digits(&"9".repeat(129)).unwrap(), index: 0 };
    payload.event("", 0, position.clone()).sort("").fault(Fault::new("json", "at byte 3"));
    stored.letter.payload = Arc::new(payload.build());
    stored.letter.position = position;
    stored.letter.scope = Scope::Stream("s".into());
    check(&stored);
    stored.letter.payload = Arc::default();
    check(&stored);
}

#[test]
fn a_head_reads_as_lines() {
    let mut head = HeadRecord::new(Scope::Stream("s".into()), Epoch(1));
    head.append("s", &5.into());
    head.append("s", &7.into());
    head.append("a b", &1.into());
    head.append("t", &Rank { version: 0, sort: "2026 ~1".into() });
    head.leave("s", &5.into(), Left::Discarded);
    head.open = false;
    let text = write_head(&head);
    assert_eq!(read_head(&text), Ok(head));
    let expected = "\
foldline head 1
scope stream s
epoch 0000000000000001
state closed
left 0 1
stream a%20b 1 1 1 -
stream s 5 7 2 5
stream t 0~2026%20~1 0~2026%20~1 1 -
";
    assert_eq!(&*text, expected);
}

/// What cannot be read says why, with these words in it.
fn check_refused(text: &str, words: &str) {
    let (head, letter) = (read_head(text).unwrap_err(), read_letter(text).unwrap_err());
    assert!(
        head.message.contains(words) || letter.message.contains(words),
        "`{}` and `{}` do not say `{words}`",
        head.message,
        letter.message
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    check_refused("", "`foldline` is missing");
    check_refused("{\"head\":1}", "`foldline` is missing");
    check_refused("foldline head 2\n", "format 2, and this build knows formats up to 1");
    check_refused("foldline letter 9\n", "run the newer build");
    check_refused("foldline head 0\n", "no format 0");
    check_refused("foldline head x\n", "not a number that fits");
    check_refused("foldline tail 1\n", "not a tail");
    check_refused("foldline head 1\nscope moon k\n", "`moon`");
    check_refused("foldline head 1\nscope key %\n", "badly escaped");
    let head = "foldline head 1\nscope key k\nepoch 1\nstate ajar\n";
    check_refused(head, "`ajar`");
    let head = "foldline head 1\nscope key k\nepoch 1\nstate open\nleft 0 0\nmood good\n";
    check_refused(head, "`mood good` is not understood");
    let head = "foldline head 1\nscope key k\nepoch 1\nstate open\nleft 0\n";
    check_refused(head, "a field is missing");
}

proptest! {
    #[test]
    fn any_text_is_read_back(stream: String, message: String, slot: String, sort: String) {
        let mut stored = letter("s", 1);
        stored.letter.stream = stream.as_str().into();
        stored.letter.fault = Fault::new(&slot, message);
        let mut payload = BatchBuilder::default();
        payload.event(&stream, 1, Position::number(1)).sort(&sort);
        payload.part(&sort, &[Slot::Text(&slot)]);
        stored.letter.payload = Arc::new(payload.build());
        stored.letter.payload = stored.letter.payload.extract(0).unwrap();
        prop_assert_eq!(read_letter(&write_letter(&stored)), Ok(stored));
    }

    #[test]
    fn any_text_is_read_or_refused(text: String, piece: String, at: prop::sample::Index) {
        let _ = read_letter(&text);
        let _ = read_head(&text);
        // A real one, damaged at one place.
        let real = write_letter(&letter("s", 1));
        let (before, after) = real.split_at(at.index(real.len()));
        let _ = read_letter(before);
        let _ = read_letter(&format!("{before}{piece}{after}"));
    }
}
