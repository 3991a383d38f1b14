//! What every module must hold to, whatever it does: [`conformance!`](crate::conformance!) makes a test of each rule.

mod checks;
mod left;
mod meet;
mod odd;
mod orders;
mod rule;
mod script;
mod stage;
mod undisturbed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use line_module::Module;

use checks::Checks;
pub use rule::{Broken, Rule};
pub use script::{
    Step, by, commands, does, follows, says, sets, signals, taps, taps_label, usual, waits,
};
pub use undisturbed::Shared;

/// A rule that takes longer says what has taken it so long.
const LONG: Duration = Duration::from_secs(2);

/// Every rule that has a check of its own. [`Rule::Finishes`] and [`Rule::Script`] are judged by all of them.
pub const RULES: [Rule; 13] = [
    Rule::Conversation,
    Rule::Once,
    Rule::Repeatable,
    Rule::State,
    Rule::Order,
    Rule::Late,
    Rule::Silence,
    Rule::Scopes,
    Rule::ForeignPostbacks,
    Rule::AnyEvent,
    Rule::OldPayloads,
    Rule::Groups,
    Rule::LineErrors,
];

/// Makes a test of each rule for a module: an expression that makes it, as each of the worker's processes does.
///
/// ```ignore
/// line_module_kit::conformance!(reservation::module());
/// line_module_kit::conformance!(reservation::module(), script = [says("予約する"), taps("reserve/1/2026-11-24T10:00")]);
/// ```
///
/// With a script of what a user says, it reaches further into the module than with the usual one.
#[macro_export]
macro_rules! conformance {
    ($module:expr) => {
        $crate::conformance!(@tests $module, $crate::conformance::usual());
    };
    ($module:expr, script = [$($step:expr),* $(,)?]) => {
        $crate::conformance!(@tests $module, {
            #[allow(unused_imports, reason = "a script need not have all of them")]
            use $crate::conformance::{
                by, commands, does, follows, says, sets, signals, taps, taps_label, waits,
            };
            vec![$($step),*]
        });
    };
    (@tests $module:expr, $script:expr) => {
        $crate::conformance!(@test $module, $script,
            conformance_conversation = Conversation,
            conformance_each_event_once = Once,
            conformance_the_same_plan_again = Repeatable,
            conformance_state_through_crashes = State,
            conformance_any_order = Order,
            conformance_late_events = Late,
            conformance_silence = Silence,
            conformance_missing_scopes = Scopes,
            conformance_foreign_postbacks = ForeignPostbacks,
            conformance_any_event = AnyEvent,
            conformance_old_payloads = OldPayloads,
            conformance_groups = Groups,
            conformance_lines_errors = LineErrors,
        );
    };
    (@test $module:expr, $script:expr, $($name:ident = $rule:ident,)*) => {
        static CONFORMANCE: $crate::conformance::Shared = $crate::conformance::Shared::new();
        $(
            #[test]
            fn $name() {
                let rule = $crate::conformance::Rule::$rule;
                $crate::conformance::hold(rule, || $module, $script, &CONFORMANCE);
            }
        )*
    };
}

/// Holds a module against one rule; the script is played undisturbed once for all who share it. Where that goes wrong,
/// the test of [`Rule::Conversation`] tells why, and the others name it.
///
/// # Panics
/// It breaks a rule: the sentence, what has shown it, and the conversation.
pub fn hold<M: Module>(
    rule: Rule,
    make: impl Fn() -> M + Send + Sync + 'static,
    script: Vec<Step>,
    shared: &Shared,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let began = Instant::now();
    let checks = Checks::new(Arc::new(make), script);
    let play = || runtime.block_on(checks.plays_undisturbed());
    let played = shared.0.get_or_init(play).clone();
    if let (Err(_), true) = (&played, rule != Rule::Conversation) {
        panic!("This rule is not checked: the test conformance_conversation tells why.");
    }
    let checks = checks.after(played);
    let checked = runtime.block_on(checked(rule, &checks));
    if began.elapsed() > LONG {
        let (seconds, runs) = (began.elapsed().as_secs_f32(), checks.runs());
        eprintln!("{rule:?} took {seconds:.1} s: it has played the script {runs} times.");
    }
    if let Err(broken) = checked {
        panic!("{broken}");
    }
}

/// The same, for who wants to know.
///
/// # Errors
/// The rule that is broken: this one, or a deeper one that has shown itself.
pub async fn check<M: Module>(
    rule: Rule,
    make: impl Fn() -> M + Send + Sync + 'static,
    script: Vec<Step>,
) -> Result<(), Broken> {
    checked(rule, &Checks::new(Arc::new(make), script)).await
}

async fn checked<M: Module>(rule: Rule, checks: &Checks<M>) -> Result<(), Broken> {
    let checked = match rule {
        Rule::Script | Rule::Conversation | Rule::Finishes => checks.conversation().boxed(),
        Rule::Once => checks.once().boxed(),
        Rule::Repeatable => checks.repeatable().boxed(),
        Rule::State => checks.state().boxed(),
        Rule::Order => checks.order().boxed(),
        Rule::Late => checks.late().boxed(),
        Rule::Silence => checks.silence().boxed(),
        Rule::Scopes => checks.scopes().boxed(),
        Rule::ForeignPostbacks => checks.foreign_postbacks().boxed(),
        Rule::AnyEvent => checks.any_event().boxed(),
        Rule::OldPayloads => checks.old_payloads().boxed(),
        Rule::Groups => checks.groups().boxed(),
        Rule::LineErrors => checks.line_errors().boxed(),
    };
    checked.await
}
