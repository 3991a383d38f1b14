//! All metrics, by the names that alarms, dashboard and runbook use.

/// What a metric's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Count,
    Milliseconds,
    Seconds,
    Percent,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $unit:ident,)*) => {
        /// A metric. Its name in CloudWatch is the variant's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Metric {
            $($(#[$doc])* $name,)*
        }

        impl Metric {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in CloudWatch.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// What its values are.
            pub fn unit(self) -> Unit {
                match self {
                    $(Self::$name => Unit::$unit,)*
                }
            }
        }
    };
}

metrics! {
    // The webhook: one line for each request.
    /// Webhooks that were answered, whatever the answer.
    Webhooks: Count,
    /// Webhooks that were refused because the signature does not fit.
    WebhooksUnsigned: Count,
    /// Signed bodies that are no webhook.
    WebhooksMalformed: Count,
    /// Webhooks whose events could not be queued, or that could not be verified in time.
    WebhooksNotQueued: Count,
    /// Webhooks that came while the channel's secret was not set.
    WebhooksWithoutSecret: Count,
    /// Events that were queued.
    EventsQueued: Count,
    /// From the request to its answer.
    WebhookTime: Milliseconds,

    // The worker: one line for each batch.
    /// Events that were settled by the module's answer, or need none.
    EventsHandled: Count,
    /// Events for which nothing could be said, by the reason.
    SilentGone: Count,
    SilentStandby: Count,
    SilentSuspended: Count,
    SilentNotAttached: Count,
    SilentScopeMissing: Count,
    SilentNoChat: Count,
    SilentOvertaken: Count,
    /// Events that were parked, and by the reason.
    EventsParked: Count,
    ParkedModuleFailed: Count,
    ParkedByModule: Count,
    ParkedVanished: Count,
    ParkedRetriesOver: Count,
    ParkedRefusedByLine: Count,
    ParkedTooOld: Count,
    ParkedUnreadable: Count,
    /// Chats that were given back to the queue, and by the reason.
    ChatsGivenBack: Count,
    GivenBackTable: Count,
    GivenBackQueue: Count,
    GivenBackLine: Count,
    GivenBackModule: Count,
    GivenBackTime: Count,
    GivenBackVersion: Count,
    GivenBackOtherWorker: Count,
    GivenBackUntried: Count,
    GivenBackSuspect: Count,
    GivenBackOutage: Count,
}
