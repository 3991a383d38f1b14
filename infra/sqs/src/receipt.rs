//! Receipt handles: what a receiver shows to delete a message or change its visibility.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

/// What a receipt handle says: which receive of which message of which queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The queue's name.
    pub(super) queue: String,
    /// The message's id.
    pub(super) message: Uuid,
    /// The message's how-manieth receive it was; so each receive has its own handle.
    pub(super) receive: u32,
}

impl Receipt {
    /// The handle as the receiver gets it.
    pub(super) fn encode(&self) -> String {
        STANDARD.encode(format!("{}/{}/{}", self.queue, self.message, self.receive))
    }

    /// Reads a handle; `None` if this server cannot have made it.
    pub(super) fn decode(handle: &str) -> Option<Self> {
        let text = String::from_utf8(STANDARD.decode(handle).ok()?).ok()?;
        let mut parts = text.split('/');
        let receipt = Self {
            queue: parts.next()?.to_owned(),
            message: parts.next()?.parse().ok()?,
            receive: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(receipt)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Receipt;

    #[test]
    fn a_handle_can_be_read_back_and_garbage_cannot() {
        let receipt = Receipt {
            queue: "q.fifo".to_owned(),
            message: Uuid::nil(),
            receive: 3,
        };
        assert_eq!(Receipt::decode(&receipt.encode()), Some(receipt));
        assert_eq!(Receipt::decode("garbage"), None);
        assert_eq!(Receipt::decode(""), None);
    }
}
