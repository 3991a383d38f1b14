#![doc = include_str!("../README.md")]

mod account;
mod app;
mod begin;
mod callback;
pub mod config;
mod handle;
mod limit;
mod link;
mod pages;
mod under_way;

pub use app::{App, TIMEOUT};
pub use config::{Config, Offer};
pub use handle::handle;
