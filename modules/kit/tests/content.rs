//! What a user sent that is no text: when LINE has it, does not have it yet, and never will.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use line_module::endpoints::content::{GetContent, GetPreview, GetTranscoding};
use line_module::{
    Active, Context, Event, EventKind, ExternalContent, Handled, ImageMessage, ModuleError,
    Provider, Router, Routes, Text,
};
use line_module_kit::{Harness, Verdict};
use serde_json::{Value, json};

/// How often the handler was asked.
#[derive(Clone, Default)]
struct Asked(Arc<AtomicU32>);

impl Asked {
    fn number(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

async fn measure(cx: &mut Context<'_, Active>, event: &Event) -> Handled {
    cx.shared::<Asked>()?.0.fetch_add(1, Ordering::SeqCst);
    let EventKind::Message(message) = &event.kind else {
        return Ok(());
    };
    let content = cx.content(&message.id, 1_000_000).await?.bytes().await?;
    cx.push(&[Text::new(format!("{} bytes", content.len()))])
}

fn measuring(asked: &Asked) -> Router {
    let routes = Routes::new().message(measure);
    Router::new().active(routes).share(asked.clone())
}

/// How often LINE was asked for content.
async fn calls(shop: &Harness) -> usize {
    let calls = shop.line().calls(0).await.into_iter();
    calls.filter(|call| call.path.contains("/content")).count()
}

#[tokio::test]
async fn a_video_that_line_is_still_preparing_is_waited_for() {
    let asked = Asked::default();
    let shop = Harness::new(measuring(&asked)).await;
    let slow = json!({"transcoding_ms": 60_000});
    shop.line().change_settings(&slow).await.unwrap();
    let mut guest = shop.user("Mari");
    let came = guest.sends(json!({"type": "video"})).await;
    let trace = came.fails().traces().next().unwrap();
    assert_eq!((trace.verdict, trace.attempts), (Verdict::Failed, 0));
    let reason = trace.reason.clone().unwrap();
    assert!(reason.contains("LINE is still preparing it"), "{reason}");
    guest.sees_nothing();
    shop.clock().advance(Duration::from_secs(600)).await;
    guest.sees(["20 bytes"]);
    assert!(asked.number() > 1);
}

fn elsewhere() -> Value {
    json!({"type": "image", "contentProvider": {
        "type": "external",
        "originalContentUrl": "https://example.com/o.jpg",
        "previewImageUrl": "https://example.com/p.jpg",
    }})
}

#[tokio::test]
async fn content_that_line_does_not_have_is_not_asked_for_and_parks_the_event_at_once() {
    let asked = Asked::default();
    let shop = Harness::new(measuring(&asked)).await;
    let mut guest = shop.user("Mari");
    let came = guest.sends(elsewhere()).await;
    let trace = came.fails().traces().next().unwrap();
    assert_eq!(trace.verdict, Verdict::Failed);
    let reason = trace.reason.clone().unwrap();
    assert!(reason.contains("its provider is external"), "{reason}");
    // The chat goes on, and nobody tries again.
    guest
        .sends(json!({"type": "image"}))
        .await
        .is(Verdict::Handled);
    shop.clock().advance(Duration::from_secs(3_600)).await;
    assert_eq!((asked.number(), calls(&shop).await), (2, 1));
}

#[tokio::test]
async fn a_handler_sees_where_content_is_that_line_does_not_have() {
    async fn look(cx: &mut Context<'_, Active>, message: &ImageMessage) -> Handled {
        let id = &message.id;
        let Provider::External(ExternalContent {
            original_content_url: Some(url),
            preview_image_url: Some(preview),
        }) = &message.image.provider
        else {
            return cx.push(&[Text::new("LINE has it")]);
        };
        let (url, preview) = (url.clone(), preview.clone());
        let asked = [
            cx.content(id, 1).await.map(drop),
            cx.ask(&GetContent { message_id: id }).await.map(drop),
            cx.ask(&GetPreview { message_id: id }).await.map(drop),
            cx.ask(&GetTranscoding { message_id: id }).await.map(drop),
        ];
        let is_parked = |asked: &Handled| matches!(asked, Err(ModuleError::Park(_)));
        assert!(asked.iter().all(is_parked), "{asked:?}");
        cx.push(&[Text::new(url), Text::new(preview)])
    }
    let shop = Harness::new(Router::new().active(Routes::new().image(look))).await;
    let mut guest = shop.user("Mari");
    guest.sends(elsewhere()).await.is(Verdict::Handled);
    guest.sees(["https://example.com/o.jpg", "https://example.com/p.jpg"]);
    guest.sends(json!({"type": "image"})).await;
    guest.sees(["LINE has it"]);
    assert_eq!(calls(&shop).await, 0);
}

#[tokio::test]
async fn what_the_user_took_back_parks_the_event_at_once() {
    let asked = Asked::default();
    let shop = Harness::new(measuring(&asked)).await;
    let mut guest = shop.user("Mari");
    let image = json!({"type": "message", "message": {"type": "image", "id": "77"}});
    let unsend = json!({"type": "unsend", "unsend": {"messageId": "77"}});
    let came = guest.does(json!([image, unsend])).await;
    let trace = came.fails().traces().next().unwrap();
    // It was parked, and the unsend has taken out what the reason told of it.
    let reason = trace.reason.clone().unwrap();
    assert!(reason.contains("was taken out"), "{trace:?}");
    shop.clock().advance(Duration::from_secs(3_600)).await;
    assert_eq!(asked.number(), 1);
}
