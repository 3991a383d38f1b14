//! `dlq`: messages that were received too often and left the event queue.

use std::collections::BTreeMap;

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use clap::Subcommand;
use serde::Serialize;
use shared::domain::Timestamp;
use shared::queue::Job;

use crate::failure::{Failure, Policy};
use crate::mend::audited::{Change, Why, audited};
use crate::mend::confirm::Sure;
use crate::output::{Report, Screen, Table};
use crate::site::Site;

/// While they are looked at, in seconds; then they are given back at once.
const INVISIBLE: i32 = 30;
/// In one answer.
const MOST: i32 = 10;

#[derive(Subcommand)]
pub(crate) enum Dlq {
    /// Shows them, without their contents. (OperatorPolicy)
    List {
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        most: usize,
    },
    /// Moves all of them back into the event queue, each chat's in their order. (OperatorPolicy)
    Redrive {
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        sure: Sure,
    },
}

#[derive(Debug, Serialize)]
struct Listed {
    /// About how many there are.
    there: usize,
    messages: Vec<One>,
}

#[derive(Debug, Serialize)]
struct One {
    message: String,
    /// The chat's group.
    group: Option<String>,
    sent_at: Option<Timestamp>,
    /// How many events it has; none if it cannot be read.
    events: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Moving {
    /// About how many there were.
    messages: usize,
    /// AWS's handle of the task that moves them.
    task: Option<String>,
}

impl Dlq {
    pub(crate) async fn run(self, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::List { most } => screen.show(&list(site, most).await?),
            Self::Redrive { why, sure } => screen.show(&redrive(site, &why, sure).await?),
        }
    }
}

async fn list(site: &Site, most: usize) -> Result<Listed, Failure> {
    let there = there(&attributes(site).await?);
    let (client, url) = (site.sqs(), site.dead_letter_queue_url()?);
    let mut received: Vec<Message> = Vec::new();
    let mut result = Ok(());
    while received.len() < most {
        let asked = client
            .receive_message()
            .queue_url(&url)
            .max_number_of_messages(MOST)
            .visibility_timeout(INVISIBLE)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send();
        match asked.await {
            Ok(answer) => match answer.messages.unwrap_or_default() {
                none if none.is_empty() => break,
                some => received.extend(some),
            },
            Err(error) => {
                result = Err(failed("look into the dead-letter queue", &error));
                break;
            }
        }
    }
    // Also where it went wrong: whoever redrives finds them at once.
    for message in &received {
        let handle = message.receipt_handle.as_deref().unwrap_or_default();
        let shown = client.change_message_visibility().queue_url(&url);
        let shown = shown.receipt_handle(handle).visibility_timeout(0);
        let _ = shown.send().await; // it comes back by itself in a moment
    }
    result?;
    let messages = received.iter().take(most).map(One::of).collect();
    Ok(Listed { there, messages })
}

impl One {
    fn of(message: &Message) -> Self {
        let attribute = |name| message.attributes.as_ref()?.get(&name).cloned();
        let sent = attribute(MessageSystemAttributeName::SentTimestamp);
        let body = message.body.as_deref().unwrap_or_default();
        Self {
            message: message.message_id.clone().unwrap_or_default(),
            group: attribute(MessageSystemAttributeName::MessageGroupId),
            sent_at: sent.and_then(|it| it.parse().ok()).map(Timestamp),
            events: Job::read(body).ok().map(|job| job.events.len()),
        }
    }
}

async fn redrive(site: &Site, why: &Why, sure: Sure) -> Result<Moving, Failure> {
    let attributes = attributes(site).await?;
    let messages = there(&attributes);
    if messages == 0 {
        let task = None;
        return Ok(Moving { messages, task });
    }
    if messages > 1 {
        why.required()?;
        eprintln!(
            "About {messages} messages go back into the event queue: `modctl dlq list` shows them."
        );
        sure.asked("Go on?")?;
    }
    let arn = attributes
        .get(QueueAttributeName::QueueArn.as_str())
        .cloned();
    let change = Change {
        bot: None,
        what: "dlq redrive".into(),
        about: None,
        why,
        count: messages,
    };
    let work = async {
        let moved = site
            .sqs()
            .start_message_move_task()
            .set_source_arn(arn)
            .send()
            .await;
        let moved = moved.map_err(|error| failed("move the messages", &error))?;
        let task = moved.task_handle;
        Ok(Moving { messages, task })
    };
    audited(site, change, work, |_| "AWS moves them".into()).await
}

async fn attributes(site: &Site) -> Result<BTreeMap<String, String>, Failure> {
    let url = site.dead_letter_queue_url()?;
    let asked = site.sqs().get_queue_attributes().queue_url(url);
    let answer = asked.attribute_names(QueueAttributeName::All).send().await;
    let answer = answer.map_err(|error| failed("look at the dead-letter queue", &error))?;
    let attributes = answer.attributes.unwrap_or_default().into_iter();
    Ok(attributes
        .map(|(name, value)| (name.as_str().to_owned(), value))
        .collect())
}

fn there(attributes: &BTreeMap<String, String>) -> usize {
    let number = attributes.get(QueueAttributeName::ApproximateNumberOfMessages.as_str());
    number.and_then(|it| it.parse().ok()).unwrap_or_default()
}

fn failed(doing: &str, error: &dyn std::error::Error) -> Failure {
    Failure::of_aws(doing, Policy::Operator, error)
}

impl Report for Listed {
    fn print(&self, screen: &mut Screen) {
        let mut table = Table::new(&["message", "group", "sent", "events"]);
        for one in &self.messages {
            table.row([
                one.message.clone(),
                one.group.clone().unwrap_or_default(),
                one.sent_at.map_or_else(String::new, |at| screen.time(at)),
                one.events
                    .map_or_else(|| "unreadable".into(), |it| it.to_string()),
            ]);
        }
        table.print(screen, "The dead-letter queue is empty.");
        if self.there > self.messages.len() {
            let shown = self.messages.len();
            screen.line(&format!("{shown} of about {} are shown.", self.there));
        }
    }
}

impl Report for Moving {
    fn print(&self, screen: &mut Screen) {
        screen.line(&match self.messages {
            0 => "The dead-letter queue is empty.".to_owned(),
            many => format!("About {many} messages are being moved back into the event queue."),
        });
    }
}
