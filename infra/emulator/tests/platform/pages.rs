//! The pages, as a browser without scripts meets them.

use serde_json::{Value, json};

use crate::stage::{SALON, Stage, with_body};

async fn page(stage: &Stage, path: &str) -> String {
    let answer = stage.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_index_leads_to_every_account_user_and_the_bundle() {
    let stage = Stage::new().await;
    stage.emulator.set_bundle_url("http://127.0.0.1:9000");
    let index = page(&stage, "/").await;
    for text in [
        "さくら美容室",
        "林家牛肉麵",
        "青木さくら",
        "Not linked",
        "http://127.0.0.1:9000",
    ] {
        assert!(index.contains(text), "{text}");
    }
    assert!(!index.contains(&stage.emulator.settings().channel_secret));
    // Three people in each of four accounts, and one account's group and room.
    assert_eq!(index.matches("href=\"/chats/").count(), 14);
}

#[tokio::test]
async fn a_chat_without_a_linked_account_says_what_to_do() {
    let stage = Stage::new().await;
    let user = stage.user("Aki").await;
    let chat = page(&stage, &format!("/chats/{SALON}/{user}")).await;
    assert!(chat.contains("has not linked the module channel"));
    assert!(chat.contains("Add friend"));
    assert_eq!(stage.get("/chats/nobody/a").await.status(), 404);
}

#[tokio::test]
async fn writing_and_tapping_work_with_plain_forms() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let path = format!("/chats/{SALON}/{user}");
    let send = async |verb: &str, fields: &[(&str, &str)]| {
        let request = stage.client.post(format!("{}{path}/{verb}", stage.address));
        request.form(fields).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("say", &[("text", "こんにちは")]).await, 303);
    assert_eq!(
        send("tap", &[("data", "a=1"), ("display_text", "はい")]).await,
        303
    );
    let pick = [("data", "day"), ("mode", "date"), ("value", "2026-11-28")];
    assert_eq!(send("pick", &pick).await, 303);
    assert_eq!(send("sticker", &[]).await, 303);
    assert_eq!(send("say", &[("text", "  ")]).await, 400);
    assert_eq!(
        stage.hook().await.json()["events"][0]["message"]["text"],
        "こんにちは"
    );
    assert_eq!(
        stage.hook().await.json()["events"][0]["postback"]["data"],
        "a=1"
    );
    let params = json!({"date": "2026-11-28"});
    assert_eq!(
        stage.hook().await.json()["events"][0]["postback"]["params"],
        params
    );
    assert_eq!(
        stage.hook().await.json()["events"][0]["message"]["type"],
        "sticker"
    );
    let chat = page(&stage, &path).await;
    assert!(chat.contains("<p>こんにちは</p>") && chat.contains("<p>はい</p>"));
    assert!(chat.contains("postback") && chat.contains("200 in "));
}

#[tokio::test]
async fn what_the_module_sends_is_shown_and_can_be_tapped_but_never_runs() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let action = |kind: &str, member: &str, value: &str| json!({"type": "action", "action": {"type": kind, "label": kind, member: value}});
    let items = [
        action("message", "text", "予約"),
        action("postback", "data", "menu=\"cut\""),
        action("uri", "uri", "https://example.com/'onclick='alert(1)"),
    ];
    let evil = "<script>alert(1)</script>";
    let messages = json!([
        {"type": "template", "altText": "a", "template": {
            "type": "confirm", "text": "よろしいですか", "actions": [items[0]["action"], items[1]["action"]],
        }},
        {"type": "text", "text": evil, "quickReply": {"items": items}},
    ]);
    let call = stage.call("POST", "/v2/bot/message/push").await;
    let answer = call
        .json(&json!({"to": user, "messages": messages}))
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 200);
    let chat = page(&stage, &format!("/chats/{SALON}/{user}")).await;
    assert!(chat.contains("よろしいですか") && chat.contains("class=\"chips\""));
    assert!(
        chat.contains("value=\"menu=&#34;cut&#34;\""),
        "data is escaped"
    );
    assert!(!chat.contains(evil) && !chat.contains("'onclick="));

    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    let chat = page(&stage, &format!("/chats/{SALON}/{user}")).await;
    assert!(
        !chat.contains("class=\"chips\""),
        "quick replies go when anything follows"
    );
}

#[tokio::test]
async fn a_script_gets_the_sentence_of_an_error() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.block(SALON, &user).await.unwrap();
    let url = format!("{}/chats/{SALON}/{user}/say", stage.address);
    let request = stage.client.post(url).header("accept", "application/json");
    let answer = request.form(&[("text", "a")]).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let answer: Value = answer.json().await.unwrap();
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("blocks this account")
    );
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let stage = Stage::new().await;
    let answer = stage.get("/").await;
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    for asset in ["style.css", "page.js", "icon.svg"] {
        let text = page(&stage, &format!("/assets/{asset}")).await;
        assert!(!text.contains("https://"), "{asset}");
    }
    assert_eq!(stage.get("/favicon.ico").await.status(), 204);
    assert!(
        stage.emulator.calls(0).await.is_empty(),
        "a page is no API call"
    );
}

#[tokio::test]
async fn an_open_page_is_notified_of_changes() {
    let stage = Stage::new().await;
    let mut stream = stage.get("/changes").await;
    stage
        .emulator
        .advance_clock(std::time::Duration::from_secs(1))
        .await;
    let chunk = stream.chunk().await.unwrap().unwrap();
    assert!(chunk.starts_with(b"data: "));
}

#[tokio::test]
async fn a_chat_shows_who_may_speak_until_when_and_hands_it_over_by_buttons() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let path = format!("/chats/{SALON}/{user}");
    let press = async |stage: &mut Stage, verb: &str| {
        let request = stage.client.post(format!("{}{path}/{verb}", stage.address));
        let fields: [(&str, &str); 0] = [];
        let answer = request.form(&fields).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{verb}");
        stage.hook().await.json()["events"][0]["type"].clone()
    };
    let chat = page(&stage, &path).await;
    assert!(chat.contains("The module may answer in this chat."));
    assert!(chat.contains("Let staff take over"));
    assert_eq!(press(&mut stage, "take").await, "deactivated");
    let chat = page(&stage, &path).await;
    assert!(chat.contains("standby") && chat.contains("Give back"));
    assert_eq!(press(&mut stage, "give").await, "activated");

    let call = stage
        .call("POST", &format!("/v2/bot/chat/{user}/control/acquire"))
        .await;
    let call = with_body(call, &Value::Null);
    assert_eq!(call.send().await.unwrap().status(), 200);
    let chat = page(&stage, &path).await;
    assert!(chat.contains("The module may answer in this chat until <time>"));
    assert_eq!(stage.hook().await.json()["events"][0]["type"], "activated");

    assert_eq!(press(&mut stage, "suspend").await, "botSuspended");
    assert!(
        page(&stage, &path)
            .await
            .contains("<button>Resume</button>")
    );
    assert_eq!(press(&mut stage, "resume").await, "botResumed");
    assert!(
        page(&stage, &path)
            .await
            .contains("<button>Suspend</button>")
    );
}

#[tokio::test]
async fn an_account_is_suspended_and_resumed_and_a_webhook_sent_again_by_buttons() {
    let mut stage = Stage::attached().await;
    let press = async |path: String| {
        let request = stage.client.post(format!("{}{path}", stage.address));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(press(format!("/bots/{SALON}/suspend")).await, 303);
    assert!(page(&stage, "/").await.contains("Suspended"));
    assert_eq!(press(format!("/bots/{SALON}/resume")).await, 303);
    assert_eq!(press("/deliveries/1/again".into()).await, 303);
    assert_eq!(press("/deliveries/99/again".into()).await, 400);
    stage.hook().await;
    stage.hook().await;
    let again = stage.hook().await.json();
    assert_eq!(again["events"][0]["deliveryContext"]["isRedelivery"], true);
}
