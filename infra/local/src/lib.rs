#![doc = include_str!("../README.md")]

pub mod dynamodb;
pub mod function;
pub mod gateway;
pub mod template;
