#![doc = include_str!("../README.md")]
#![expect(clippy::expect_used, reason = "a simulation that cannot go on fails")]

pub mod doors;
pub mod live;
pub mod table;
