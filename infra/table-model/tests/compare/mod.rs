//! Random sequences of calls, made of the model and of the local DynamoDB at once.

mod expressions;
mod known;
mod raw;
mod stored;
mod twin;

use std::cell::Cell;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use proptest::{collection, prop_oneof};
use tokio::runtime::{Builder, Runtime};

use raw::RawCall;
use stored::StoreCall;
use twin::{Ground, Twin};

/// One step of a sequence.
#[derive(Debug, Clone)]
enum Step {
    /// By the store, over the SDK.
    Store(StoreCall),
    /// As JSON.
    Raw(RawCall),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => stored::call().prop_map(Step::Store),
        4 => raw::call().prop_map(Step::Raw),
    ];
    collection::vec(step, 1..40)
}

/// Makes a number of sequences of calls, and panics at the shortest that is answered differently.
pub(crate) fn run(cases: u32) {
    let runtime = runtime();
    let ground = runtime.block_on(Ground::start());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let number = Cell::new(0);
    let result = TestRunner::new(config).run(&steps(), |steps| {
        number.set(number.get() + 1);
        case(&runtime, &ground.twin(number.get()), &steps)
    });
    match result {
        Ok(()) => println!("{}", ground.tally()),
        Err(TestError::Fail(reason, steps)) => panic!("{reason}\nafter {steps:#?}"),
        Err(error) => panic!("{error}"),
    }
}

/// The largest items, and pages that are full by their bytes.
pub(crate) fn run_large() {
    let runtime = runtime();
    let ground = runtime.block_on(Ground::start());
    let steps: Vec<_> = raw::large_puts().into_iter().map(Step::Raw).collect();
    let compared = case(&runtime, &ground.twin(1), &steps);
    compared.expect("the same answers");
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_all().build();
    runtime.expect("a runtime")
}

fn case(runtime: &Runtime, twin: &Twin, steps: &[Step]) -> Result<(), TestCaseError> {
    runtime.block_on(async {
        let store = twin.store();
        for step in steps {
            match step {
                Step::Store(call) => call.make(&store).await,
                Step::Raw(call) => call.make(twin).await,
            }
            if !twin.goes_on()? {
                return Ok(());
            }
        }
        twin.compare_contents().await;
        twin.goes_on().map(drop)
    })
}
