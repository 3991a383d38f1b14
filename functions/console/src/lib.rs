#![doc = include_str!("../README.md")]

mod app;
mod audited;
pub mod config;
mod form;
mod guard;
mod handle;
mod origin;
mod pages;
mod route;
mod screen;

pub use app::{App, TIMEOUT};
pub use config::Config;
pub use handle::handle;
pub use route::{Method, Page};
