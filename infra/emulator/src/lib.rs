#![doc = include_str!("../README.md")]

mod api;
mod attach;
mod authorize;
mod clock;
mod control;
mod emulator;
mod error;
mod form;
mod ids;
mod oauth;
mod pages;
mod platform;
pub mod scenario;
mod settings;
mod signature;
mod trace;
mod verbs;
mod webhook;
mod world;

pub use api::{Caller, Facts, Host, Limit};
pub use emulator::Emulator;
pub use error::Error;
pub use settings::{AttachAnswer, AttachedEvent, Profile, Setting, Settings};
pub use trace::{RunAgain, Trace, TraceEffect, TraceKey};
pub use verbs::account::{NewAccount, NewUser};
pub use webhook::request::{Deliver, DeliverOptions, EventsRequest, SignatureKind};
pub use webhook::{Held, Outcome};
pub use world::State;
pub use world::account::{Account, AccountStatus, BrandType, Region};
pub use world::chat::{Bubble, Holder, Speaker};
pub use world::fault::{Fault, FaultKind};
pub use world::membership::Membership;
pub use world::record::{Call, Delivery, Failure};
pub use world::redelivery::FailureCount;
pub use world::snapshot::{BotState, ChannelState, ChatState, ClockState, QuotaState, UserState};
pub use world::user::{Traits, User};
