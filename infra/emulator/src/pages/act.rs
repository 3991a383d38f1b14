//! The buttons of the pages. A script gets an empty answer or a sentence; without a script the
//! browser is sent back to the page.

use std::time::Duration;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::{problem, scripted, segment};
use crate::company::CompanyCommand;
use crate::emulator::Emulator;
use crate::error::Error;

/// What the forms send; each button uses some of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    text: String,
    data: String,
    display_text: String,
    mode: String,
    value: String,
    area: usize,
    name: String,
    payload: String,
}

/// A button of a chat's page.
pub(super) async fn in_chat(
    State(emulator): State<Emulator>,
    Path((bot, chat, verb)): Path<(String, String, String)>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let done = chat_act(&emulator, &bot, &chat, &verb, &fields).await;
    let back = format!("/chats/{}/{}", segment(&bot), segment(&chat));
    answer(done, &headers, &back)
}

async fn chat_act(
    emulator: &Emulator,
    bot: &str,
    chat: &str,
    verb: &str,
    fields: &Fields,
) -> Result<(), Error> {
    // Browsers send line breaks as CR LF; LINE has LF.
    let text = fields.text.replace("\r\n", "\n");
    let display = Some(fields.display_text.as_str());
    let sticker = json!({"type": "sticker", "packageId": "446", "stickerId": "1988"});
    let sent = match verb {
        "say" => emulator.user_says(bot, chat, text.trim()).await,
        "tap" => emulator.user_taps(bot, chat, &fields.data, display).await,
        "pick" => {
            let (mode, value) = (&fields.mode, &fields.value);
            emulator
                .user_picks(bot, chat, &fields.data, mode, value)
                .await
        }
        "menu" => {
            let value = Some(fields.value.as_str());
            emulator.tap_menu(bot, chat, fields.area, value).await
        }
        "sticker" => emulator.user_sends(bot, chat, sticker).await,
        "image" => {
            emulator
                .user_sends(bot, chat, json!({"type": "image"}))
                .await
        }
        "follow" => emulator.follow(bot, chat).await,
        "block" => emulator.block(bot, chat).await,
        "take" => emulator.take(bot, chat).await,
        "give" => emulator.give(bot, chat).await,
        "suspend" => emulator.suspend(bot).await,
        "resume" => emulator.resume(bot).await,
        "clock" => move_clock(emulator, &fields.value).await.map(|()| None),
        "company" => company_says(emulator, bot, chat, fields)
            .await
            .map(|()| None),
        other => Err(Error::request(format!("a chat has no {other:?}"))),
    };
    sent.map(|_| ())
}

async fn move_clock(emulator: &Emulator, by: &str) -> Result<(), Error> {
    let seconds = match by {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return Err(Error::request("the clock moves by a minute, hour or day")),
    };
    emulator.advance_clock(Duration::from_secs(seconds)).await;
    Ok(())
}

/// A system of the company's says something to the module.
async fn company_says(
    emulator: &Emulator,
    bot: &str,
    chat: &str,
    fields: &Fields,
) -> Result<(), Error> {
    let none = || Error::request("the emulator does not know the company's systems");
    let say = emulator.company().ok_or_else(none)?;
    let payload = serde_json::from_str(&fields.payload);
    let payload = payload.map_err(|error| Error::request(format!("the payload: {error}")))?;
    let said = say(CompanyCommand {
        bot: bot.to_owned(),
        chat: chat.to_owned(),
        name: fields.name.trim().to_owned(),
        payload,
    });
    said.await.map_err(Error::request)
}

/// A button of an account on the index page.
pub(super) async fn on_bot(
    State(emulator): State<Emulator>,
    Path((bot, verb)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if verb == "settings" {
        return open_settings(&emulator, bot).await;
    }
    let done = match verb.as_str() {
        "suspend" => emulator.suspend(&bot).await,
        "resume" => emulator.resume(&bot).await,
        other => Err(Error::request(format!("an account has no {other:?}"))),
    };
    answer(done.map(|_| ()), &headers, "/")
}

/// Leads to the account's management screen, by an address that signs in.
async fn open_settings(emulator: &Emulator, bot: String) -> Response {
    let Some(make) = emulator.sign_in() else {
        let sentence = "the emulator does not know the management screen";
        return problem(StatusCode::NOT_FOUND, sentence);
    };
    match make(bot).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(sentence) => problem(StatusCode::BAD_REQUEST, &sentence),
    }
}

/// Sends a webhook again.
pub(super) async fn again(
    State(emulator): State<Emulator>,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Response {
    let done = emulator.redeliver(number).await;
    answer(done.map(|_| ()), &headers, "/")
}

fn answer(done: Result<(), Error>, headers: &HeaderMap, back: &str) -> Response {
    let scripted = scripted(headers);
    match done {
        Ok(()) if scripted => StatusCode::NO_CONTENT.into_response(),
        Ok(()) => Redirect::to(back).into_response(),
        Err(error) if scripted => error.into_response(),
        Err(error) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}
