#![doc = include_str!("../README.md")]

pub mod function;
pub mod gateway;
pub mod template;
