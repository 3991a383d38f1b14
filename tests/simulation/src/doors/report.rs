//! Very many inputs at every door, on all cores.

use std::process::ExitCode;
use std::thread;

use crate::doors::{
    Broken, Door, Envelope, Figures, Payload, Query, Record, Signature, Token, run,
};

/// Sends this many inputs of `seed` through each door, and prints a line of figures for
/// each; ends with the first input that breaks something.
pub fn report(seed: u64, inputs: u64) -> ExitCode {
    match through_all(seed, inputs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn through_all(seed: u64, inputs: u64) -> Result<(), Box<Broken>> {
    through::<Signature>(seed, inputs)?;
    through::<Envelope>(seed, inputs)?;
    through::<Payload>(seed, inputs)?;
    through::<Record>(seed, inputs)?;
    through::<Token>(seed, inputs)?;
    through::<Query>(seed, inputs)
}

/// The numbers are cut into as many parts as there are cores.
fn through<D: Door>(seed: u64, inputs: u64) -> Result<(), Box<Broken>> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let part = |core| inputs * core / cores;
    let figures = thread::scope(|scope| {
        let lanes: Vec<_> = (0..cores)
            .map(|core| (part(core), part(core + 1) - part(core)))
            .map(|(first, count)| scope.spawn(move || on_one_core::<D>(seed, first, count)))
            .collect();
        let ends = lanes.into_iter().map(|lane| match lane.join() {
            Ok(end) => end,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ends.collect::<Result<Vec<_>, _>>()
    })?;
    if let Some(all) = figures.into_iter().reduce(Figures::with) {
        println!("{all}");
    }
    Ok(())
}

fn on_one_core<D: Door>(seed: u64, first: u64, inputs: u64) -> Result<Figures, Box<Broken>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(run::<D>(seed, first, inputs))
}
