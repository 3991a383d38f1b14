#![doc = include_str!("../README.md")]

mod about;

use serde::{Deserialize, Serialize};
use line_module::settings::{Field, Kind, Schema, Words};
use line_module::{
    Active, Context, Follow, Handled, Postback, QuickReply, Router, Routes, Standby, Text,
    TextMessage,
};

pub use about::about;

pub fn module() -> Router {
    let active = Routes::new()
        .follow(greet)
        .text(["hello", "こんにちは"], hello)
        .postback("my-module ", tapped);
    let standby = Routes::new().any_text(overhear);
    Router::new()
        .active(active)
        .standby(standby)
        .about(about::about())
        .settings(schema())
}

/// What is kept of a chat. Let a member that is new have a default: the chats of
/// yesterday do not have it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Visitor {
    hellos: u32,
}

/// What each account sets.
#[derive(Debug, Deserialize)]
struct Settings {
    greeting: String,
}

fn schema() -> Schema {
    let name = Words {
        ja: "あいさつ",
        zh: "問候語",
        en: "Greeting",
        th: "คำทักทาย",
    };
    let kind = Kind::Text { most: 200 };
    Schema::new([Field::new("greeting", name, kind, "Welcome! Say hello.")])
}

/// Someone new, or back.
async fn greet(cx: &mut Context<'_, Active>, _: &Follow) -> Handled {
    let settings: Settings = cx.settings()?;
    cx.reply(&[Text::new(settings.greeting)])?;
    Ok(())
}

/// Counts, by what is kept of the chat.
async fn hello(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let mut visitor: Visitor = cx.state()?;
    visitor.hellos += 1;
    cx.set_state(&visitor)?;
    let text = format!("Hello! That was hello number {}.", visitor.hellos);
    let again = QuickReply::postback("Begin again", "my-module again");
    cx.reply(&[Text::new(text).quick_replies([again])])?;
    Ok(())
}

/// A button of ours. What follows the prefix may be an older version's.
async fn tapped(cx: &mut Context<'_, Active>, tapped: &Postback) -> Handled {
    if tapped.rest != "again" {
        return Ok(());
    }
    cx.set_state(&Visitor::default())?;
    cx.reply(&[Text::new("We begin again.")])?;
    Ok(())
}

/// Staff or another channel hold the chat, or it is gone: `cx.reply` does not compile
/// here. What the module should remember of it, it can keep.
async fn overhear(_: &mut Context<'_, Standby>, _: &TextMessage) -> Handled {
    Ok(())
}
