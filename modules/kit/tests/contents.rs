//! What users send beside text, what they do with it afterwards, and what nobody knows yet:
//! each reaches its own route.

use std::time::Duration;

use line_module::{
    Account, Active, AudioMessage, Context, Delivered, EditedMessage, Event, FileMessage, Handled,
    ImageMessage, LocationMessage, Membership, MembershipChange, Provider, Router, Routes, Standby,
    StickerMessage, Text, TextMessage, Timestamp, Unknown, Unsend, VideoMessage,
};
use line_module_kit::{Harness, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn answer(cx: &mut Context<'_, Active>, text: impl Into<String>) -> Handled {
    cx.push(&[Text::new(text)])
}

async fn image(cx: &mut Context<'_, Active>, message: &ImageMessage) -> Handled {
    let at_line = message.image.provider == Provider::Line;
    match &message.image.set {
        Some(set) => answer(cx, format!("image {:?} of {:?}", set.index, set.total)),
        None => answer(cx, format!("an image, at LINE: {at_line}")),
    }
}

async fn video(cx: &mut Context<'_, Active>, message: &VideoMessage) -> Handled {
    answer(cx, format!("a video of {:?}", message.video.duration))
}

async fn audio(cx: &mut Context<'_, Active>, message: &AudioMessage) -> Handled {
    answer(cx, format!("a sound of {:?}", message.audio.duration))
}

async fn file(cx: &mut Context<'_, Active>, message: &FileMessage) -> Handled {
    let file = &message.file;
    answer(cx, format!("{} of {} bytes", file.name, file.size))
}

async fn location(cx: &mut Context<'_, Active>, message: &LocationMessage) -> Handled {
    let place = &message.location;
    let title = place.title.as_deref().unwrap_or("a place");
    answer(
        cx,
        format!("{title} at {} {}", place.latitude, place.longitude),
    )
}

async fn sticker(cx: &mut Context<'_, Active>, message: &StickerMessage) -> Handled {
    let sticker = &message.sticker;
    let words = sticker.keywords.join(", ");
    answer(
        cx,
        format!("{}/{}: {words}", sticker.package_id, sticker.sticker_id),
    )
}

async fn unsend(cx: &mut Context<'_, Active>, unsend: &Unsend) -> Handled {
    assert!(!unsend.message_id.is_empty());
    answer(cx, "forgotten")
}

async fn membership(cx: &mut Context<'_, Active>, membership: &Membership) -> Handled {
    let word = match membership.change {
        MembershipChange::Joined => "welcome to",
        MembershipChange::Renewed => "thank you for",
        MembershipChange::Left => "goodbye from",
    };
    answer(cx, format!("{word} {}", membership.membership_id))
}

fn everything() -> Router {
    let routes = Routes::new()
        .image(image)
        .video(video)
        .audio(audio)
        .file(file)
        .location(location)
        .sticker(sticker)
        .unsend(unsend)
        .membership(membership);
    Router::new().active(routes)
}

#[tokio::test]
async fn each_kind_of_content_reaches_its_own_handler() {
    let shop = Harness::new(everything()).await;
    let mut guest = shop.user("Mari");
    guest.sends_image().await.is(Verdict::Handled);
    guest.sends_video(Duration::from_secs(60)).await;
    guest.sends_audio(Duration::from_millis(1_500)).await;
    guest.sends_file("menu.pdf", 2_138).await;
    guest
        .sends_location("Kioicho", "1-3 Kioicho, Tokyo", (35.67966, 139.73669))
        .await;
    guest.sends_sticker("446", "1988", &["hi", "hello"]).await;
    guest.sees([
        "an image, at LINE: true",
        "a video of Some(60s)",
        "a sound of Some(1.5s)",
        "menu.pdf of 2138 bytes",
        "Kioicho at 35.67966 139.73669",
        "446/1988: hi, hello",
    ]);
    guest.says("none of these").await.is(Verdict::Handled);
    guest.sees_nothing();
}

#[tokio::test]
async fn images_that_are_sent_together_say_which_of_them_they_are() {
    let shop = Harness::new(everything()).await;
    let mut guest = shop.user("Mari");
    guest.sends_images(2).await;
    guest.sees(["image Some(1) of Some(2)", "image Some(2) of Some(2)"]);
}

#[tokio::test]
async fn a_message_is_taken_back_and_a_membership_joined_renewed_and_left() {
    let shop = Harness::new(everything()).await;
    let mut guest = shop.user("Mari");
    guest.says("oh no").await;
    guest.unsends().await.is(Verdict::Handled);
    guest.joins_membership(7).await;
    guest.renews_membership(7).await;
    guest.leaves_membership(7).await;
    guest.sees([
        "forgotten",
        "welcome to 7",
        "thank you for 7",
        "goodbye from 7",
    ]);
}

/// The text as it stands, and since when.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    text: String,
    since: Option<Timestamp>,
}

async fn keep(cx: &mut Context<'_, Active>, edited: &EditedMessage) -> Handled {
    let kept: Kept = cx.state()?;
    if kept.since >= Some(edited.at) {
        return Ok(());
    }
    let text = edited.text().unwrap_or_default().to_owned();
    answer(cx, format!("it reads {text}"))?;
    let since = Some(edited.at);
    cx.set_state(&Kept { text, since })
}

async fn mentioned(cx: &mut Context<'_, Active>, message: &TextMessage) -> Handled {
    match message.mentions_bot() {
        true => answer(cx, "I am here"),
        false => Ok(()),
    }
}

#[tokio::test]
async fn of_several_edits_in_any_order_the_latest_stands() {
    let routes = Routes::new().edited(keep).any_text(mentioned);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut mari = shop.user("Mari").in_group("Regulars");
    mari.says("See you at six").await;
    mari.edits("See you at six", "See you at seven").await;
    mari.sees(["it reads See you at seven"]);
    let late = json!({
        "type": "messageEdited",
        "timestamp": 1_795_136_401_000_i64,
        "message": {"type": "text", "text": "See you at noon"},
    });
    mari.does(late).await.is(Verdict::Handled);
    mari.sees_nothing();
}

#[tokio::test]
async fn a_bot_in_a_group_can_answer_only_what_mentions_it() {
    let routes = Routes::new().any_text(mentioned);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut mari = shop.user("Mari").in_group("Regulars");
    let mut ken = shop.user("Ken").in_group("Regulars");
    mari.says("who pays?").await;
    ken.sees_nothing();
    ken.mentions_bot("so, @Sakura do you know?").await;
    mari.sees(["I am here"]);
    shop.user("Ken").sees_nothing();
}

async fn delivered(cx: &mut Context<'_, Account>, delivered: &Delivered) -> Handled {
    cx.create("delivered", &delivered.data)
}

async fn tell(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let row = cx.row::<String>("delivered").await?;
    answer(
        cx,
        row.map_or_else(|| "nothing".to_owned(), |row| row.value),
    )
}

#[tokio::test]
async fn a_notification_that_has_arrived_is_the_accounts() {
    let router = Router::new()
        .account(Routes::new().delivered(delivered))
        .active(Routes::new().any_text(tell));
    let shop = Harness::new(router).await;
    let event = json!({"type": "delivery", "delivery": {"data": "menu01"}});
    shop.line_sends(event).await.is(Verdict::Handled);
    let mut guest = shop.user("Mari");
    guest.says("and?").await;
    guest.sees(["menu01"]);
}

async fn odd(cx: &mut Context<'_, Active>, unknown: &Unknown) -> Handled {
    let whole: Value = unknown.raw.read()?;
    let content = unknown.content.as_deref().unwrap_or("none");
    answer(cx, format!("{}, {content}: {}", unknown.kind, whole["new"]))
}

async fn odd_elsewhere(cx: &mut Context<'_, Standby>, unknown: &Unknown) -> Handled {
    cx.set_state(&unknown.kind)
}

async fn any(cx: &mut Context<'_, Active>, event: &Event) -> Handled {
    answer(
        cx,
        format!("a message: {}", event.raw().contains("hologram")),
    )
}

fn unknown() -> Value {
    json!([
        {"type": "teleport", "new": 1},
        {"type": "message", "new": 2, "message": {"type": "hologram"}},
        {"type": "unsend", "new": 3, "unsend": {"messageId": 5}},
        {"type": "message", "new": 4, "message": {"type": "text", "text": 5}},
    ])
}

#[tokio::test]
async fn what_is_not_known_reaches_its_own_handler_with_its_json() {
    let router = || Router::new().active(Routes::new().unknown(odd));
    for router in [router(), Router::new().nest(router())] {
        let shop = Harness::new(router).await;
        let mut guest = shop.user("Mari");
        guest.does(unknown()).await.is(Verdict::Handled);
        guest.sees([
            "teleport, none: 1",
            "message, hologram: 2",
            "unsend, none: 3",
            "message, text: 4",
        ]);
    }
}

/// Why each event was recorded without the module, if it was.
fn reasons(came: &line_module_kit::Came) -> Vec<Option<String>> {
    came.traces().map(|trace| trace.reason.clone()).collect()
}

#[tokio::test]
async fn without_a_route_what_is_not_known_is_recorded_and_its_message_is_still_one() {
    let shop = Harness::new(Router::new().active(Routes::new().message(any))).await;
    let mut guest = shop.user("Mari");
    let came = guest.does(unknown()).await;
    let not_known = |kind: &str| Some(format!("the event's type is not known: {kind}"));
    let expected = [not_known("teleport"), None, not_known("unsend"), None];
    assert_eq!(reasons(&came), expected);
    guest.sees(["a message: true", "a message: false"]);
}

#[tokio::test]
async fn a_route_in_one_place_leaves_the_other_place_as_it_was() {
    let recorded = [Some("the event's type is not known: teleport".to_owned())];
    let teleport = || json!({"type": "teleport", "new": 1});
    let in_active = Router::new().active(Routes::new().unknown(odd));
    let in_standby = Router::new().standby(Routes::new().unknown(odd_elsewhere));
    for (router, on_standby) in [(in_active, false), (in_standby, true)] {
        let shop = Harness::new(router).await;
        let mut guest = shop.user("Mari");
        let came = guest.does(teleport()).await;
        assert_eq!(reasons(&came) == recorded, on_standby);
        shop.staff(&guest).takes_control().await;
        let came = guest.does(teleport()).await;
        assert_eq!(reasons(&came) == recorded, !on_standby);
        let of_nobody = shop
            .line_sends(json!({"type": "teleport", "source": null}))
            .await;
        assert_eq!(reasons(&of_nobody), recorded);
    }
}
