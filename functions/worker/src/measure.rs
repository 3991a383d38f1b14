//! What is logged and counted of what becomes of events, chats and sends.

use line_module::Module;
use shared::domain::ledger::ParkKind;
use shared::domain::{AccountEffect, ChatEffect, Delivery, Effect, EventKind, Silence};
use shared::metrics::Metric;

use crate::App;
use crate::requeue::{Cause, Requeue, Untried};
use crate::settle::Settled;
use crate::work::Work;

/// An event has come to an end, or had before.
pub(crate) fn settled<M: Module>(app: &App<M>, work: &Work<'_>, settled: Settled) {
    let metrics = &app.metrics;
    match settled {
        Settled::Before => return,
        Settled::Parked(kind) => {
            metrics.count(Metric::EventsParked);
            metrics.count(parked(kind));
            tracing::error!(%kind, "an event is parked");
        }
        Settled::NotTaken => {
            metrics.count(Metric::CommandsNotTaken);
            tracing::warn!("no route of the module takes a command");
        }
        Settled::Done(Some(silence)) => {
            metrics.count(Metric::EventsSilent);
            metrics.count(silent(silence));
            note_command(app, work, silence);
        }
        Settled::Done(None) => metrics.count(match &work.event.kind {
            kind if kind.is_unknown() => Metric::EventsUnknown,
            EventKind::Misdirected(_) => Metric::EventsMisdirected,
            _ => Metric::EventsHandled,
        }),
    }
    metrics.count(Metric::EventsSettled);
    metrics.observe(Metric::EventAttempts, u64::from(work.received));
}

/// Whoever has sent a command takes its account for attached.
fn note_command<M: Module>(app: &App<M>, work: &Work<'_>, silence: Silence) {
    if work.is_command() && silence == Silence::NotAttached {
        app.metrics.count(Metric::CommandsNotAttached);
        tracing::warn!("a command to an account that is not attached");
    }
}

/// A message that no worker can read is parked.
pub(crate) fn message_parked<M>(app: &App<M>, message_id: &str, reason: &str) {
    let kind = ParkKind::Unreadable;
    app.metrics.count(Metric::EventsParked);
    app.metrics.count(parked(kind));
    app.metrics.count(Metric::EventsSettled);
    tracing::error!(message_id, %kind, reason, "a message of the queue is parked");
}

/// A chat's messages return to the queue.
pub(crate) fn given_back<M>(app: &App<M>, requeue: &Requeue, messages: usize) {
    app.metrics.count(Metric::ChatsGivenBack);
    app.metrics.count(cause(requeue));
    match requeue {
        Requeue::Untried(untried) => {
            tracing::info!(messages, "a chat's messages were not tried: {untried}");
        }
        Requeue::ModuleFailed { .. } => {
            tracing::warn!(
                messages,
                "a chat's messages are given back: the module failed"
            );
        }
        Requeue::NotYet { reason, .. } => {
            tracing::info!(reason, messages, "a chat's messages wait");
        }
        Requeue::Failing { cause, reason, .. } | Requeue::Transient { cause, reason } => {
            tracing::warn!(?cause, reason, messages, "a chat's messages are given back");
        }
    }
}

/// An effect of a plan was tried.
pub(crate) fn tried<M: Module>(app: &App<M>, work: &Work<'_>, effect: &Effect, now: &Delivery) {
    app.metrics.count(delivery(effect, now));
    let is_reply = matches!(effect, Effect::Chat(ChatEffect::Reply(_)));
    if is_reply && matches!(now, Delivery::Sent { .. }) {
        let age = app.now().since(work.event.at);
        app.metrics.observe_time(Metric::AgeAtReply, age);
    }
}

fn parked(kind: ParkKind) -> Metric {
    match kind {
        ParkKind::ModuleFailed => Metric::ParkedModuleFailed,
        ParkKind::ByModule => Metric::ParkedByModule,
        ParkKind::Vanished => Metric::ParkedVanished,
        ParkKind::RetriesOver => Metric::ParkedRetriesOver,
        ParkKind::RefusedByLine => Metric::ParkedRefusedByLine,
        ParkKind::ReplyExpired => Metric::ParkedReplyExpired,
        ParkKind::TooOld => Metric::ParkedTooOld,
        ParkKind::Unreadable | ParkKind::Unknown => Metric::ParkedUnreadable,
    }
}

fn silent(silence: Silence) -> Metric {
    match silence {
        Silence::Gone => Metric::SilentGone,
        Silence::Standby => Metric::SilentStandby,
        Silence::Suspended => Metric::SilentSuspended,
        Silence::NotAttached => Metric::SilentNotAttached,
        Silence::Paused => Metric::SilentPaused,
        Silence::NotEntitled => Metric::SilentNotEntitled,
        Silence::ScopeMissing => Metric::SilentScopeMissing,
        Silence::NoChat => Metric::SilentNoChat,
        Silence::Overtaken => Metric::SilentOvertaken,
        Silence::ToManyNotAllowed => Metric::ToManyNotAllowed,
    }
}

fn cause(requeue: &Requeue) -> Metric {
    match requeue {
        Requeue::Untried(Untried::NoTime) => Metric::GivenBackUntried,
        Requeue::Untried(Untried::NoStepTime) => Metric::GivenBackStepTime,
        Requeue::Untried(Untried::Suspect) => Metric::GivenBackSuspect,
        Requeue::Untried(Untried::Paused { .. }) => Metric::GivenBackPaused,
        Requeue::Untried(Untried::Outage(_)) => Metric::GivenBackOutage,
        Requeue::ModuleFailed { .. } => Metric::GivenBackModule,
        Requeue::NotYet { .. } => Metric::GivenBackWaiting,
        Requeue::Failing { cause, .. } | Requeue::Transient { cause, .. } => match cause {
            Cause::Table => Metric::GivenBackTable,
            Cause::Queue => Metric::GivenBackQueue,
            Cause::Line => Metric::GivenBackLine,
            Cause::Module => Metric::GivenBackModule,
            Cause::Time => Metric::GivenBackTime,
            Cause::Version => Metric::GivenBackVersion,
        },
    }
}

/// What kind of effect it is, as metrics have it.
enum Kind {
    Reply,
    Push,
    ChatControl,
    /// It only goes with messages.
    Display,
    ToMany,
    /// Audiences and coupons.
    KeptAtLine,
    Signal,
}

impl From<&Effect> for Kind {
    fn from(effect: &Effect) -> Self {
        match effect {
            Effect::Chat(ChatEffect::Reply(_)) => Self::Reply,
            Effect::Chat(ChatEffect::Push(_)) => Self::Push,
            Effect::Control(_) => Self::ChatControl,
            Effect::Chat(
                ChatEffect::Loading { .. }
                | ChatEffect::MarkAsRead { .. }
                | ChatEffect::LinkMenu { .. }
                | ChatEffect::UnlinkMenu,
            )
            | Effect::Account(
                AccountEffect::EnsureMenu { .. } | AccountEffect::SetDefaultMenu { .. },
            ) => Self::Display,
            Effect::Account(_) => Self::KeptAtLine,
            Effect::ToMany(_) => Self::ToMany,
            Effect::Queue(_) => Self::Signal,
        }
    }
}

fn delivery(effect: &Effect, delivery: &Delivery) -> Metric {
    use Delivery::{Dropped, Expired, Open, Pending, Pushing, Refused, Sent, Skipped, Unknown};
    match (Kind::from(effect), delivery) {
        (_, Unknown { .. }) => Metric::SendsUnknown,
        (_, Pending | Open | Pushing { .. }) => Metric::SendsPending,
        (Kind::Reply, Sent { .. }) => Metric::RepliesSent,
        (Kind::Reply, Expired) => Metric::RepliesExpired,
        (Kind::Reply, Dropped { .. }) => Metric::RepliesDropped,
        (Kind::Reply, Refused { .. } | Skipped { .. }) => Metric::RepliesRefused,
        (Kind::Push, Sent { .. }) => Metric::PushesSent,
        (Kind::Push, Dropped { .. }) => Metric::PushesDropped,
        (Kind::Push, Refused { .. } | Skipped { .. } | Expired) => Metric::PushesRefused,
        (Kind::ChatControl, Sent { .. }) => Metric::ChatControlsSent,
        (Kind::ChatControl, Dropped { .. }) => Metric::ChatControlsDropped,
        (Kind::ChatControl, Refused { .. } | Skipped { .. } | Expired) => {
            Metric::ChatControlsRefused
        }
        (Kind::Display, Sent { .. }) => Metric::DisplaysSent,
        (Kind::Display, Dropped { .. } | Refused { .. } | Skipped { .. } | Expired) => {
            Metric::DisplaysSkipped
        }
        (Kind::ToMany, Sent { .. }) => Metric::ToManySent,
        (Kind::ToMany, Dropped { .. }) => Metric::ToManyDropped,
        (Kind::ToMany, Refused { .. } | Skipped { .. } | Expired) => Metric::ToManyRefused,
        (Kind::KeptAtLine, Sent { .. }) => Metric::KeptAtLineSent,
        (Kind::KeptAtLine, Dropped { .. }) => Metric::KeptAtLineDropped,
        (Kind::KeptAtLine, Refused { .. } | Skipped { .. } | Expired) => Metric::KeptAtLineRefused,
        (Kind::Signal, Sent { .. }) => Metric::SignalsSent,
        (Kind::Signal, Dropped { .. } | Refused { .. } | Skipped { .. } | Expired) => {
            Metric::SignalsDropped
        }
    }
}
