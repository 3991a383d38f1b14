#![doc = include_str!("../README.md")]

pub mod dynamodb;
pub mod event_source;
pub mod function;
pub mod gateway;
pub mod sqs;
pub mod template;
