//! A module that keeps and repeats what it hears, wherever that is possible.

use std::time::Duration;

use line_module::{
    Account, Active, Answer, Answered, Asked, Chat, ChatId, ChatKind, Context, Dialogue, Erased,
    Event, Handled, InChat, ModuleError, Question, Router, Routes, Signal, Standby, Text,
    TextMessage, Turn, Unsend, WhileNotOurs, messages,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What one chat tells another.
#[derive(Serialize, Deserialize)]
struct Heard {
    by: String,
    name: String,
    text: String,
}

impl Signal for Heard {
    const NAME: &'static str = "heard";
}

/// The row that tells which chat hears of all that is said.
const LISTENER: &str = "listener";

pub(crate) fn busy() -> Router {
    Router::new()
        .active(
            Routes::new()
                .text("listen", listen)
                .any_text(hear)
                .dialogue(Quoting::route())
                .signal(tell)
                .timer("later", later::<Active>)
                .erased(forget::<Active>)
                .on(unsent, forget_message),
        )
        .standby(
            Routes::new()
                .timer("later", later::<Standby>)
                .erased(forget::<Standby>),
        )
        .account(Routes::new().command("count", count))
}

/// What is said in all other chats is told to this one.
async fn listen(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.create(LISTENER, &cx.chat().clone())
}

async fn hear(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let by = cx.user().map(ToString::to_string).unwrap_or_default();
    let profile = cx.profile().await?;
    let name = profile.map(|profile| profile.display_name);
    let name = name.unwrap_or_else(|| "somebody".into());
    if said.text.starts_with("fail") {
        return Err(ModuleError::bug(format!("no such dish: {}", said.text)));
    }
    let looked_up = said.text.clone();
    let found = async |_| Ok(format!("found {looked_up}"));
    let found: String = cx.step("look up", found).await?;
    let mut members: Value = cx.state()?;
    members[&by] = json!(name);
    cx.set_state(&members)?;
    let id = cx.event().id.to_string();
    let note = json!({"by": by, "name": name, "text": said.text, "found": found});
    cx.create(format!("note/{id}"), &note)?;
    cx.create(format!("of/{by}/{id}"), &said.text)?;
    cx.after(&format!("later/{id}"), Duration::from_secs(3600), &note)?;
    if let Some(listener) = cx.row::<Chat>(LISTENER).await? {
        let heard = Heard {
            by: by.clone(),
            name: name.clone(),
            text: said.text.clone(),
        };
        cx.signal(&listener.value, &heard)?;
    }
    let text = said.text.clone();
    cx.enter(Quoting { by, name, text }).await
}

/// The question after what was said: it is in the chat's row, and nobody answers it.
#[derive(Serialize, Deserialize)]
struct Quoting {
    by: String,
    name: String,
    text: String,
}

impl Dialogue for Quoting {
    const NAME: &'static str = "quoting";
    const WHILE_NOT_OURS: WhileNotOurs = WhileNotOurs::Pause;

    async fn ask(&self, _: &mut Context<'_, Active>, _: Asked) -> Question {
        let Self { by, name, text } = self;
        Ok(messages![Text::new(format!("{name} ({by}) says: {text}"))].into())
    }

    async fn answer(self, _: &mut Context<'_, Active>, _: &Answer<'_>) -> Answered<Self> {
        Ok(Turn::Stay)
    }

    fn fallback() -> Self {
        let (by, name, text) = <_>::default();
        Self { by, name, text }
    }
}

async fn tell(cx: &mut Context<'_, Active>, heard: &Heard) -> Handled {
    let Heard { by, name, text } = heard;
    let mut state: Value = cx.state()?;
    state[by] = json!(name);
    cx.set_state(&state)?;
    cx.push(&[Text::new(format!("{name} ({by}) says: {text}"))])
}

async fn later<H: InChat>(_: &mut Context<'_, H>, _: &Value) -> Handled {
    Ok(())
}

async fn count(_: &mut Context<'_, Account>, _: &Value) -> Handled {
    Ok(())
}

/// What has the user's id goes by itself; that somebody was erased is counted.
async fn forget<H: InChat>(cx: &mut Context<'_, H>, _: &Erased) -> Handled {
    match cx.row::<u32>("erased").await? {
        Some(row) => {
            let count = row.value + 1;
            cx.replace(row, &count)
        }
        None => cx.create("erased", &1),
    }
}

fn unsent(event: &Event) -> Option<Unsend> {
    match &event.kind {
        line_module::EventKind::Unsend { message_id } => Some(Unsend {
            message_id: message_id.clone(),
        }),
        _ => None,
    }
}

async fn forget_message(_: &mut Context<'_, Active>, _: &Unsend) -> Handled {
    Ok(())
}

/// A chat with one user.
pub(crate) fn user_chat(id: &str) -> Chat {
    Chat {
        kind: ChatKind::User,
        id: ChatId::new(id).unwrap(),
    }
}
