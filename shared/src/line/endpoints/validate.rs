//! Whether LINE would take messages, without sending them
//! (<https://developers.line.biz/en/reference/messaging-api/#validate-message-objects-of-reply-message>).

use serde::Serialize;

use crate::line::endpoint::{Unsendable, endpoint};
use crate::line::endpoints::message::Messages;

macro_rules! validate {
    ($($(#[$doc:meta])* $type:ident $row:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize)]
        pub struct $type<'a> {
            pub messages: Messages<'a>,
        }

        impl $type<'_> {
            fn check(&self) -> Result<(), Unsendable> {
                self.messages.check()
            }
        }

        endpoint!($type<'_>: $row, ForBot -> (), checked_body());
    )*};
}

validate! {
    /// As a reply.
    ValidateReply VALIDATE_REPLY;
    /// As a push.
    ValidatePush VALIDATE_PUSH;
    /// As a multicast.
    ValidateMulticast VALIDATE_MULTICAST;
    /// As a narrowcast.
    ValidateNarrowcast VALIDATE_NARROWCAST;
    /// As a broadcast.
    ValidateBroadcast VALIDATE_BROADCAST;
}
