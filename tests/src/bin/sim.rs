//! `cargo sim`: runs many worlds, or one with its trace. What failed is printed with the command
//! that replays it, made as small as it goes.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use foldline_tests::world::faults::Kind;
use foldline_tests::world::report::{self, Sums};
use foldline_tests::world::settings::{Cuts, Settings};

const USAGE: &str = "\
usage: cargo sim [--seeds N] [--from S] [--keep-going]
       cargo sim --seed S [--trace] [--events N] [--projections N] [--workers N]
                 [--lanes N] [--without fault,fault]";

struct Arguments {
    seeds: u64,
    from: u64,
    seed: Option<u64>,
    trace: bool,
    keep_going: bool,
    cuts: Cuts,
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let arguments = match read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            let _ = writeln!(out, "{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    // A panic inside a world is reported with its seed; the hook's own words would only mix in.
    std::panic::set_hook(Box::new(|_| {}));
    let done = match arguments.seed {
        Some(seed) => one(&mut out, seed, &arguments),
        None => many(&mut out, &arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(_) => ExitCode::from(2),
    }
}

fn read(arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut read = Arguments {
        seeds: 1_000,
        from: 0,
        seed: None,
        trace: false,
        keep_going: false,
        cuts: Cuts::default(),
    };
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{name} needs a value"));
        let number =
            |text: String| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        let size =
            |text: String| text.parse::<usize>().map_err(|_| format!("`{text}` is no number"));
        match name.as_str() {
            "--seeds" => read.seeds = number(value()?)?,
            "--from" => read.from = number(value()?)?,
            "--seed" => read.seed = Some(number(value()?)?),
            "--events" => read.cuts.events = Some(size(value()?)?),
            "--projections" => read.cuts.projections = Some(size(value()?)?),
            "--workers" => read.cuts.workers = Some(size(value()?)?),
            "--lanes" => read.cuts.lanes = Some(size(value()?)?),
            "--trace" => read.trace = true,
            "--keep-going" => read.keep_going = true,
            "--without" => {
                for fault in value()?.split(',') {
                    let kind = Kind::named(fault).ok_or(format!("there is no fault `{fault}`"))?;
                    read.cuts.without.push(kind);
                }
            }
            other => return Err(format!("`{other}` is not understood")),
        }
    }
    Ok(read)
}

/// Runs one world, and says how it went.
fn one(out: &mut impl Write, seed: u64, arguments: &Arguments) -> io::Result<bool> {
    let settings = Settings::of(seed).cut(&arguments.cuts);
    if arguments.trace {
        writeln!(out, "{settings:#?}")?;
    }
    let outcome = report::run_one(settings, arguments.trace);
    write!(out, "{}", outcome.trace.text())?;
    match &outcome.failure {
        None => writeln!(out, "seed {seed}: all is well, {} events", outcome.events)?,
        Some(failure) => writeln!(out, "seed {seed} FAILED: {failure}")?,
    }
    Ok(outcome.failure.is_none())
}

/// Runs many worlds on all cores.
fn many(out: &mut impl Write, arguments: &Arguments) -> io::Result<bool> {
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.seeds;
    let stop = AtomicBool::new(false);
    let began = clock();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut sums = Sums::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut sums = Sums::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= end || stop.load(Ordering::Relaxed) {
                    return sums;
                }
                let outcome = report::run_one(Settings::of(seed).cut(&arguments.cuts), false);
                if outcome.failure.is_some() && !arguments.keep_going {
                    stop.store(true, Ordering::Relaxed);
                }
                sums.add(seed, &outcome);
            }
        };
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            if let Ok(part) = worker.join() {
                sums.absorb(part);
            }
        }
    });
    sums.print(out, clock() - began)?;
    // What was taken away cannot be missed.
    let missing = if arguments.cuts.is_whole() { sums.missing() } else { Vec::new() };
    for line in &missing {
        writeln!(out, "\nNOT TESTED: {line}")?;
    }
    for (seed, failure) in &sums.failures {
        writeln!(out, "\nseed {seed} FAILED: {failure}")?;
    }
    if let Some((seed, _)) = sums.failures.first()
        && !arguments.keep_going
    {
        explain(out, *seed)?;
    }
    Ok(sums.failures.is_empty() && missing.is_empty())
}

/// Makes a failing world as small as it goes, and shows how it fails.
fn explain(out: &mut impl Write, seed: u64) -> io::Result<()> {
    let Some(cuts) = report::shrink(seed) else { return Ok(()) };
    let outcome = report::run_one(Settings::of(seed).cut(&cuts), true);
    writeln!(out, "\n{}", outcome.trace.text())?;
    writeln!(out, "seed {seed} FAILED: {}", outcome.failure.unwrap_or_default())?;
    writeln!(out, "replay the whole:  cargo sim --seed {seed} --trace")?;
    let arguments = report::arguments(seed, &cuts);
    writeln!(out, "replay the part:   cargo sim {arguments} --trace")
}

/// Milliseconds of real time: how fast worlds run is told to people, and decides nothing.
fn clock() -> u64 {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let (seconds, rest) = uptime.split_once('.').unwrap_or_default();
    let hundredths = rest.get(..2).and_then(|text| text.parse().ok()).unwrap_or(0);
    seconds.parse::<u64>().unwrap_or(0) * 1_000 + hundredths * 10
}
