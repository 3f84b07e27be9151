//! The simulation in the tests: many worlds from seeds, and that a seed is a world for ever.

use foldline_tests::world::faults::Tally;
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
