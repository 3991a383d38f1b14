//! What components have in common, and which may be where.

use serde::Serialize;

use crate::line::message::flex::{Inset, Space};

/// Where a component stands among its neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) margin: Option<Space>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_top: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_bottom: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_start: Option<Inset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset_end: Option<Inset>,
}

/// A component: the members that it is made of, those that methods of its own set, and those
/// that a method here sets.
macro_rules! component {
    (
        $(#[$meta:meta])*
        $name:ident($type:literal) {
            $($(#[$how:meta])* $field:ident: $of:ty,)*
        } else {
            $($(#[$own:meta])* $other:ident: $default:ty,)*
        }
        $($(#[$doc:meta])* $member:ident: $value:ty,)*
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(tag = "type", rename = $type, rename_all = "camelCase")]
        pub struct $name {
            $($(#[$how])* $field: $of,)*
            $($(#[$own])* $other: $default,)*
            $(
                #[serde(skip_serializing_if = "Option::is_none")]
                $member: Option<$value>,
            )*
        }

        impl $name {
            fn of($($field: $of),*) -> Self {
                Self {
                    $($field,)*
                    $($other: Default::default(),)*
                    $($member: None,)*
                }
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $member(mut self, $member: $value) -> Self {
                    self.$member = Some($member);
                    self
                }
            )*
        }
    };
}
pub(super) use component;

/// Methods for distances, all in one member.
macro_rules! insets {
    ($within:ident $($(#[$doc:meta])* $member:ident)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $member(mut self, by: impl Into<$crate::line::message::flex::Inset>) -> Self {
            self.$within.$member = Some(by.into());
            self
        }
    )*};
}
pub(super) use insets;

/// The methods that say where a component stands; its member is `placed`.
macro_rules! placed {
    ($($name:ident)*) => {$(
        impl $name {
            /// With this distance to what stands before it in its box.
            #[must_use]
            pub fn margin(mut self, margin: $crate::line::message::flex::Space) -> Self {
                self.placed.margin = Some(margin);
                self
            }

            /// Placed in its box by its offsets alone, over what else is there.
            #[must_use]
            pub fn absolute(mut self) -> Self {
                self.placed.position = Some("absolute");
                self
            }

            $crate::line::message::flex::component::insets! {
                placed
                /// Moved from the top.
                offset_top
                /// Moved from the bottom.
                offset_bottom
                /// Moved from where lines begin.
                offset_start
                /// Moved from where lines end.
                offset_end
            }
        }
    )*};
}
pub(super) use placed;

/// What may be in one place: some components, or LINE's own JSON.
macro_rules! one_of {
    ($($(#[$meta:meta])* $name:ident: $($type:ident)*;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(untagged)]
        pub enum $name {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $type(Box<$type>),
            )*
            /// LINE's own JSON. Only the actions in it are checked.
            Json(serde_json::Value),
        }

        impl $name {
            pub(super) fn limits(
                &self,
            ) -> Result<(), $crate::line::message::limit::OverLimit> {
                match self {
                    $(Self::$type(inner) => inner.limits(),)*
                    Self::Json(_) => Ok(()),
                }
            }
        }

        $(
            impl From<$type> for $name {
                fn from(inner: $type) -> Self {
                    Self::$type(Box::new(inner))
                }
            }
        )*

        impl From<serde_json::Value> for $name {
            fn from(json: serde_json::Value) -> Self {
                Self::Json(json)
            }
        }
    )*};
}
pub(super) use one_of;
