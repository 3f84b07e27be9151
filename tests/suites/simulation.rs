//! The simulation in the tests: many worlds from seeds, and that a seed is a world for ever.

use foldline_tests::world::faults::Tally;
use foldline_tests::world::report::{self, Sums};
use foldline_tests::world::settings::Settings;
use foldline_tests::world::writers;

#[test]
fn the_same_seed_writes_the_same_log() {
    for seed in 0..20 {
        let settings = Settings::of(seed);
        let plans = [(), ()].map(|()| writers::plan(&settings, &mut Tally::default()));
        let [first, second] = plans.map(|plan| format!("{plan:?}"));
        assert_eq!(first, second, "seed {seed}");
    }
}

#[test]
fn every_world_writes_something() {
    for seed in 0..200 {
        let plan = writers::plan(&Settings::of(seed), &mut Tally::default());
        assert!(!plan.truth.is_empty(), "seed {seed}");
        assert!(!plan.records.is_empty(), "seed {seed}");
    }
}

#[test]
fn the_same_seed_gives_the_same_trace_byte_for_byte() {
    for seed in [1, 2, 3, 5, 8, 13, 21, 34] {
        let traces = [(), ()].map(|()| report::run_one(Settings::of(seed), true).trace);
        let [first, second] = traces;
        assert!(!first.text().is_empty(), "seed {seed}");
        assert!(first.text() == second.text(), "seed {seed} has two traces");
    }
}

/// How many worlds the tests play, unless `FOLDLINE_SEEDS` names fewer.
const SEEDS: u64 = 2_000;

fn seeds() -> u64 {
    let named = std::env::var("FOLDLINE_SEEDS").ok();
    named.map_or(SEEDS, |seeds| seeds.parse().expect("FOLDLINE_SEEDS is a number"))
}

#[test]
fn every_world_ends_as_the_true_log_says() {
    let sums = play(seeds());
    let failed = &sums.failures;
    assert!(failed.is_empty(), "these worlds fail; `cargo sim --seed S --trace`: {failed:#?}");
    let missing = sums.missing();
    assert!(missing.is_empty(), "these worlds did not meet everything: {missing:#?}");
}

#[test]
fn a_run_that_met_nothing_says_so() {
    let quiet = Sums { seeds: SEEDS, ..Sums::default() };
    let lines = quiet.missing();
    for word in ["`late-write`", "`fork-decided`", "before `halt`", "within `halt`", "after `halt`"]
    {
        assert!(lines.iter().any(|line| line.contains(word)), "{word} is not missed: {lines:#?}");
    }
    assert!(Sums { seeds: 10, ..Sums::default() }.missing().is_empty());
}

/// Plays the worlds of the first seeds, on all cores.
fn play(seeds: u64) -> Sums {
    let next = std::sync::atomic::AtomicU64::new(0);
    let work = || {
        let mut sums = Sums::default();
        loop {
            let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if seed >= seeds {
                return sums;
            }
            sums.add(seed, &report::run_one(Settings::of(seed), false));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut sums = Sums::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            sums.absorb(worker.join().expect("a world's panic is caught"));
        }
    });
    sums
}
