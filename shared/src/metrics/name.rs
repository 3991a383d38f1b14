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
    /// Webhooks that were refused because no secret of ours fits the signature (401).
    WebhooksUnsigned: Count,
    /// Signed bodies that are no webhook (400).
    WebhooksMalformed: Count,
    /// Webhooks whose events could not be queued or verified in time (503).
    WebhooksNotQueued: Count,
    /// Webhooks that came while the channel's secret was not set or could not be read (503).
    WebhooksWithoutSecret: Count,
    /// Events that were queued.
    EventsQueued: Count,
    /// From the request to its answer.
    WebhookTime: Milliseconds,

    // The inbox: one line for each call.
    /// Calls of the company's own systems, whatever the answer.
    InboxCalls: Count,
    /// Of these: commands that were queued (202).
    CommandsQueued: Count,
    /// Of these: not signed, or no key of ours fits the signature (401).
    CommandsUnsigned: Count,
    /// Of these: signed more than five minutes from now (403).
    CommandsStale: Count,
    /// Of these: to what can be no account, or no chat (404).
    CommandsMisplaced: Count,
    /// Of these: with a payload of more than 64 KiB (413).
    CommandsTooLarge: Count,
    /// Of these: signed bodies that are no command (400).
    CommandsMalformed: Count,
    /// Of these: commands that could not be queued in time (503).
    CommandsNotQueued: Count,
    /// Of these: calls that came while the inbox's key was not set or could not be read (503).
    CommandsWithoutKey: Count,
    /// From the call to its answer.
    InboxTime: Milliseconds,

    // The management screen: one line for each request.
    /// Requests to the management screen, whatever the answer.
    ConsoleRequests: Count,
    /// Of these: nobody was signed in, the form was not ours, or there were too many changes
    /// (401, 403, 429).
    ConsoleRefused: Count,
    /// Of these: the table or LINE was not available (5xx).
    ConsoleFailed: Count,
    /// Changes that an account's admins have made: settings, chats, a detach.
    ConsoleChanges: Count,

    // The worker: one line for each batch.
    /// Events that came to an end in this batch, whatever it was.
    EventsSettled: Count,
    /// Of these: the module's answer was carried out, or none was needed.
    EventsHandled: Count,
    /// Of these: events of a type that is not known.
    EventsUnknown: Count,
    /// Of these: events that name another account than they were sent to.
    EventsMisdirected: Count,
    /// Of these: commands of the company's own systems that no route of the module takes,
    CommandsNotTaken: Count,
    /// and commands to an account that is not attached.
    CommandsNotAttached: Count,
    /// Of these: nothing could be said; and by the reason.
    EventsSilent: Count,
    SilentGone: Count,
    SilentStandby: Count,
    SilentSuspended: Count,
    SilentNotAttached: Count,
    SilentPaused: Count,
    SilentNotEntitled: Count,
    SilentScopeMissing: Count,
    SilentNoChat: Count,
    SilentOvertaken: Count,
    /// Of these: events that wait for a person; and by the reason.
    EventsParked: Count,
    ParkedModuleFailed: Count,
    ParkedByModule: Count,
    ParkedVanished: Count,
    ParkedRetriesOver: Count,
    ParkedRefusedByLine: Count,
    ParkedReplyExpired: Count,
    ParkedTooOld: Count,
    ParkedUnreadable: Count,
    /// Attempts at an event that its message had when it was settled.
    EventAttempts: Count,
    /// Failures of the module: the event is tried again, or parked after the fifth.
    ModuleFailures: Count,
    /// Attempts of which the process did not live to see the end.
    AttemptsVanished: Count,
    /// Chats that were given back to the queue; and by the reason.
    ChatsGivenBack: Count,
    GivenBackTable: Count,
    GivenBackQueue: Count,
    GivenBackLine: Count,
    GivenBackModule: Count,
    GivenBackTime: Count,
    GivenBackVersion: Count,
    GivenBackWaiting: Count,
    GivenBackUntried: Count,
    GivenBackSuspect: Count,
    GivenBackOutage: Count,
    GivenBackPaused: Count,
    GivenBackStepTime: Count,
    /// Calls of a module's steps to services that are not ours.
    StepsCalled: Count,
    /// Of these: failed; took too long.
    StepsFailed: Count,
    StepsTimedOut: Count,
    /// Steps whose result was in the event's row already.
    StepsKept: Count,
    /// Steps for which too little time was left: their events come again.
    StepsWithoutTime: Count,
    /// From the event, by LINE's clock, to LINE's answer to the reply or to the push in its place.
    AgeAtReply: Milliseconds,
    /// What became of each effect of a plan, by its kind.
    RepliesSent: Count,
    /// Of these: by a push in its place.
    RepliesPushed: Count,
    RepliesDropped: Count,
    RepliesExpired: Count,
    RepliesRefused: Count,
    PushesSent: Count,
    PushesDropped: Count,
    PushesRefused: Count,
    /// Multicasts, narrowcasts and broadcasts.
    ToManySent: Count,
    ToManyDropped: Count,
    /// Of these: because neither the account nor the operator has said that it may be sent to many.
    ToManyNotAllowed: Count,
    ToManyRefused: Count,
    /// Audiences and coupons: made, filled, deleted, closed.
    KeptAtLineSent: Count,
    KeptAtLineDropped: Count,
    KeptAtLineRefused: Count,
    ChatControlsSent: Count,
    ChatControlsDropped: Count,
    ChatControlsRefused: Count,
    /// Loading animations, "read" and rich menus.
    DisplaysSent: Count,
    DisplaysSkipped: Count,
    /// Signals for other chats that the queue has taken.
    SignalsSent: Count,
    SignalsDropped: Count,
    /// Sends of any kind that LINE has not taken yet: they are tried again.
    SendsPending: Count,
    /// Sends of any kind of which nobody can know whether LINE took them.
    SendsUnknown: Count,
    /// Accounts that LINE refuses to detach.
    DetachesRefused: Count,
    /// Accounts whose data has ended, some time after their detach.
    AccountsErased: Count,
    /// Chats that were erased, as their users or the account wished.
    ChatsErased: Count,
    /// Rows that went by that,
    RowsErased: Count,
    /// and rows that lost what a user wrote, or their name: by that, or because they took it back.
    RowsRedacted: Count,

    // Each function that calls LINE.
    /// LINE's answers by class, and calls without one.
    LineAnswers2xx: Count,
    LineAnswers4xx: Count,
    LineAnswers429: Count,
    LineAnswers5xx: Count,
    LineNoAnswer: Count,
    /// From a call to its answer.
    LineTime: Milliseconds,
    /// Channel access tokens that were issued.
    TokensIssued: Count,
    /// Requests for a token that failed, and calls for which a new token was refused as well.
    TokensFailed: Count,
    /// LINE refuses the channel's secret, its assertion or each token.
    CredentialsRefused: Count,
    /// Pauses that began because LINE as a whole failed.
    LineOutages: Count,
    /// How much of an account's monthly quota is used, whenever it is read.
    QuotaUsed: Percent,

    // The attach function: one line for each request.
    AttachesBegun: Count,
    AttachesLinked: Count,
    /// The admin or LINE said no: nothing is wrong on our side.
    AttachesRefused: Count,
    /// Somebody came without an invitation that holds: nothing was begun.
    AttachesUninvited: Count,
    /// An error on our side or on LINE's.
    AttachesFailed: Count,

    // The reconciler: one line for each run.
    ReconcilerRuns: Count,
    ReconcilerFailed: Count,
    /// Runs that changed nothing because too many accounts would go.
    ReconcilerStopped: Count,
    AccountsListed: Count,
    AccountsKnown: Count,
    AccountsAttached: Count,
    AccountsDetached: Count,
    AccountsMissing: Count,
    /// Erasures that were queued: of accounts whose time after the detach is over.
    ErasuresQueued: Count,
    /// Parked events whose time was over: settled, and without themselves.
    ParkedExpired: Count,
    /// Profiles that have ended, as no module had read them again for so long.
    ProfilesEnded: Count,
    /// Runs that found a parked event whose time is over within two weeks.
    ParkedExpiringSoon: Count,
    /// How old the oldest parked event was; 0 where there was none.
    ParkedOldestAge: Seconds,
    /// Accounts that an operator has paused; all that are known where it is the whole channel.
    AccountsPaused: Count,
    /// Accounts that are not entitled to the service, by what the company's billing says.
    AccountsNotEntitled: Count,
    /// How long the oldest pause has lasted, of an account or of the channel; 0 without one.
    OldestPause: Seconds,

    // The timer: one line for each run.
    TimersDue: Count,
    TimersQueued: Count,
    /// Timers that were due and are not queued: the next run finds them again.
    TimersLeft: Count,
    /// Rows of timers that cannot be read or written as a job: they stay.
    TimersUnreadable: Count,
    /// How late the oldest timer was that was found due; 0 where none was.
    TimerLateness: Seconds,

    // Usage: one line for each batch of the table's stream.
    /// Changes of rows that were counted.
    UsageCounted: Count,
    /// Changes that were counted before: their batch came again.
    UsageRepeated: Count,
    /// Of those counted: their month was closed, and they count in the first that is open.
    UsageLate: Count,
    /// Records that cannot be read: they are not counted.
    UsageUnreadable: Count,
    /// Batches that come again, from some record on.
    UsageGivenBack: Count,
}
