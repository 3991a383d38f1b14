//! Where the parts of a bundle are that only some commands need.

use shared::aws::Timeouts;
use shared::ground::Ground;

use crate::failure::Failure;
use crate::site::{Kind, Site};

impl Site {
    /// What it stands on.
    pub(crate) fn ground(&self) -> &Ground {
        &self.ground
    }

    /// SQS.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        self.ground.sqs(Timeouts::DEFAULT)
    }

    /// The event queue: no other bundle has the same.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the stack or the `cargo dev` is of an older release.
    pub(crate) fn event_queue_url(&self) -> Result<String, Failure> {
        self.place("EventQueueUrl", "event_queue_url")
    }

    /// The queue of messages that were received too often.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the stack or the `cargo dev` is of an older release.
    pub(crate) fn dead_letter_queue_url(&self) -> Result<String, Failure> {
        self.place("DeadLetterQueueUrl", "dead_letter_queue_url")
    }

    /// Where the company's own systems post commands.
    ///
    /// # Errors
    /// As [`Site::dead_letter_queue_url`].
    pub(crate) fn inbox_url(&self) -> Result<String, Failure> {
        self.place("InboxUrl", "inbox_url")
    }

    /// Where LINE is to send webhooks.
    ///
    /// # Errors
    /// As [`Site::dead_letter_queue_url`].
    pub(crate) fn webhook_url(&self) -> Result<String, Failure> {
        self.place("WebhookUrl", "webhook_url")
    }

    /// The page for an account's admin, without a stroke at its end.
    ///
    /// # Errors
    /// As [`Site::dead_letter_queue_url`].
    pub(crate) fn start_page(&self) -> Result<String, Failure> {
        let url = self.place("StartPage", "public_url")?;
        Ok(url.trim_end_matches('/').to_owned())
    }

    /// The secret of a stack, and Secrets Manager; none of `cargo dev`, which has it in a
    /// variable.
    ///
    /// # Errors
    /// As [`Site::dead_letter_queue_url`].
    pub(crate) fn secret(
        &self,
    ) -> Result<Option<(aws_sdk_secretsmanager::Client, String)>, Failure> {
        match &self.kind {
            Kind::Local { .. } => Ok(None),
            Kind::Stack(stack) => {
                let client = aws_sdk_secretsmanager::Client::new(&stack.aws);
                Ok(Some((client, stack.output("ChannelSecretArn")?)))
            }
        }
    }

    /// By its name among the stack's outputs, and among the addresses of `cargo dev`.
    fn place(&self, output: &str, address: &str) -> Result<String, Failure> {
        match &self.kind {
            Kind::Local { .. } => self.local_address(address),
            Kind::Stack(stack) => stack.output(output),
        }
    }

    pub(super) fn local_address(&self, name: &str) -> Result<String, Failure> {
        let found = match &self.kind {
            Kind::Local { addresses, .. } => addresses.get(name).cloned(),
            Kind::Stack(_) => None,
        };
        found.ok_or_else(|| {
            Failure::Refused(format!(
                "the running `cargo dev` does not say its {name}: start it again"
            ))
        })
    }
}
