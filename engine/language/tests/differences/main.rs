//! Our expressions mean what those of CEL mean, but for the differences of one table: expressions
//! are made at random, with random data, and run by us and by another implementation.

mod both;
mod generate;
mod shrink;
mod table;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write;

use both::Run;
use foldline_core::value::{Value, canonical, json};
use generate::Dice;
use table::{ANY_ORDER, DIFFERENCES, Difference, ERROR};
use text::Text;

const PAGE: &str = include_str!("../../../../docs/reference/differences-to-cel.md");

/// Expressions that are made and run.
const CASES: u64 = 100_000;

/// Threads that run them.
const THREADS: u64 = 2;

/// What came of some cases.
#[derive(Default)]
struct Played {
    /// How often both gave the same value.
    values: u64,
    /// How often each difference was met.
    met: BTreeMap<&'static str, u64>,
    /// Where both differ, and no difference says why.
    told: Vec<String>,
}

/// Runs the cases of one thread.
fn play(thread: u64) -> Played {
    let mut played = Played::default();
    for seed in (0..CASES).filter(|seed| seed % THREADS == thread) {
        let mut dice = Dice::seeded(seed);
        let data = generate::data(&mut dice);
        let text = generate::text(&mut dice);
        let run = Run::of(&text, &data);
        if !run.differs() {
            played.values += u64::from(run.ours.value().is_some());
            continue;
        }
        if let Some(difference) = explanation(&text, &run) {
            *played.met.entry(difference.name).or_default() += 1;
            continue;
        }
        let unexplained = |text: &Text| {
            let run = run.again(text);
            run.differs() && explanation(text, &run).is_none()
        };
        let small = shrink::shrunk(text, unexplained);
        if !table::is_their_fault(&small, &run) {
            played.told.push(format!("{small}\n{}\n  seed {seed}", run.again(&small)));
        }
        if played.told.len() == 10 {
            break;
        }
    }
    played
}

fn explanation(text: &Text, run: &Run) -> Option<&'static Difference> {
    DIFFERENCES.iter().find(|difference| difference.explains(text, run))
}

#[test]
fn expressions_give_what_those_of_cel_give_but_for_the_differences_that_are_listed() {
    let runs: Vec<Played> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|it| scope.spawn(move || play(it))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no case panics")).collect()
    });
    let told: Vec<&str> = runs.iter().flat_map(|run| &run.told).map(String::as_str).collect();
    assert!(told.is_empty(), "where we differ from CEL, and should not:\n{}", told.join("\n"));
    let values: u64 = runs.iter().map(|run| run.values).sum();
    assert!(values > CASES / 2, "of {CASES} expressions only {values} give a value");
    for Difference { name, .. } in DIFFERENCES {
        let met = runs.iter().any(|run| run.met.contains_key(name));
        assert!(met, "no case shows the difference `{name}`");
    }
}

/// The page, as it follows from the table.
fn page() -> String {
    let mut page = String::new();
    for Difference { name, why, shown, .. } in DIFFERENCES {
        let mut column = 0;
        for word in format!("* **{name}**: {why}.").split(' ') {
            let len = word.chars().count() + 1;
            let gap = if column + len > 100 { "\n  " } else { " " };
            let gap = if column == 0 { "" } else { gap };
            column = if gap.contains('\n') { len + 2 } else { column + len };
            page.extend([gap, word]);
        }
        page.push('\n');
        for (text, here, there) in *shown {
            let word = |given: &str| match given {
                ERROR | ANY_ORDER => given.to_owned(),
                given => format!("`{given}`"),
            };
            let (here, there) = (word(here), word(there));
            let _ = writeln!(page, "  * `{text}`: {here}; in CEL {there}");
        }
    }
    page
}

#[test]
fn the_page_of_the_differences_has_those_of_the_table() {
    let from = PAGE.find("* **").expect("it has a list");
    assert_eq!(PAGE.get(from..), Some(page().as_str()), "docs/reference/differences-to-cel.md");
}

#[test]
fn each_difference_is_what_its_examples_say() {
    let data = json::value(r#"{"n":3,"s":"ab","odd-name":1,"list":[]}"#).expect("it is JSON");
    for (text, here, there) in DIFFERENCES.iter().flat_map(|it| it.shown) {
        let run = Run::of(&Text::plain(*text), &data);
        let told = |value: Option<&Value>| value.map_or(ERROR.to_owned(), canonical::text);
        assert_eq!(told(run.ours.value()), *here, "{text}");
        if *there != ANY_ORDER {
            assert_eq!(told(run.theirs.value()), *there, "{text}, in CEL");
        }
    }
}
