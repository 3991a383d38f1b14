//! What the client does with what happens: limits, scopes, tries, tokens, files,
//! refusals. LINE is a connector in this process.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod fake;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel as channel_of_heads};
use std::time::Duration;

use bytes::Bytes;
use fake::{BOT_HEADER, Fate, LIMIT, Line, Seen, bot, broadcast, channel, speak};
use futures::stream;
use serde_json::{Value, json};
use shared::aws::Timeouts;
use shared::domain::{BotId, ChatId, ReplyToken, Scopes, Timestamp, UserId};
use shared::env::Env;
use shared::ground::Ground;
use shared::line::body::Upload;
use shared::line::endpoints::audience::CreateAudienceByFile;
use shared::line::endpoints::bot::GetInfo;
use shared::line::endpoints::content::{GetContent, GetPreview, GetTranscoding};
use shared::line::endpoints::coupon::CloseCoupon;
use shared::line::endpoints::insight::GetDemographics;
use shared::line::endpoints::message::{Broadcast, Messages, Multicast, Push, Reply};
use shared::line::endpoints::profile::GetProfile;
use shared::line::endpoints::rich_menu::{ImageKind, SetRichMenuImage};
use shared::line::endpoints::rich_menu_link::{LinkRichMenu, LinkRichMenuToUsers, UnlinkRichMenu};
use shared::line::error::LineErrorKind;
use shared::line::limit::Counter;
use shared::line::quota::Level;
use shared::line::{BotClient, Channel, LineClient, LineError};
use shared::secret::{ChannelSecret, SecretPlace};
use uuid::Uuid;

const KEY: Uuid = Uuid::from_u128(7);

fn text() -> Messages<'static> {
    Messages::of(&[json!({"type": "text", "text": "hi"})]).unwrap()
}

fn chat() -> ChatId {
    ChatId::new("L1").unwrap()
}

fn user() -> UserId {
    UserId::new("L1").unwrap()
}

async fn push(bot: &BotClient) -> Result<Option<String>, LineError> {
    let (may, chat) = (speak(), chat());
    let sent = bot.ask(&Push::new(&may, &chat, text(), KEY)).await;
    sent.map(|sent| sent.request_id)
}

async fn reply(bot: &BotClient) -> Result<(), LineError> {
    let (may, token) = (speak(), ReplyToken::new("reply"));
    bot.call(&Reply::new(&may, &token, text())).await.map(drop)
}

fn in_a_minute(line: &Line) -> Timestamp {
    line.now().plus(Duration::from_secs(60))
}

fn refusal(status: u16, message: &str) -> Fate {
    Fate::json(status, json!({ "message": message }))
}

// Tries.

#[tokio::test]
async fn without_a_deadline_a_call_is_made_once() {
    let line = Line::new();
    line.then([refusal(500, "oops")]);
    let error = push(&line.client().bot(&bot())).await.unwrap_err();
    assert_eq!((error.kind, line.seen().len()), (LineErrorKind::Open, 1));
}

#[tokio::test]
async fn a_keyed_send_is_made_again_with_its_key_and_409_has_the_accepted_id() {
    let line = Line::new();
    let accepted = vec![("x-line-accepted-request-id", "first".to_owned())];
    let body =
        json!({"message": "The retry key is already accepted", "sentMessages": [{"id": "1"}]});
    line.then([
        refusal(500, ""),
        Fate::Silence,
        Fate::Answer(409, body, accepted),
    ]);
    let bot = line.client().bot(&bot()).until(in_a_minute(&line));
    assert_eq!(push(&bot).await.unwrap().as_deref(), Some("first"));
    let seen = line.seen();
    assert_eq!(seen.len(), 3);
    for call in &seen {
        assert_eq!(
            call.header("x-line-retry-key"),
            Some(KEY.to_string().as_str())
        );
        assert_eq!(call.body, seen[0].body);
    }
    // The wait doubles, and the second try waited for an answer as long as it may.
    let waits = [seen[1].at.since(seen[0].at), seen[2].at.since(seen[1].at)];
    assert_eq!(
        waits,
        [
            Duration::from_millis(250),
            LIMIT + Duration::from_millis(500)
        ]
    );
}

#[tokio::test]
async fn a_refusal_is_not_asked_for_again() {
    let line = Line::new();
    let bot = line.client().bot(&bot()).until(in_a_minute(&line));
    let refusals = [
        (400, "Invalid reply token", LineErrorKind::ReplyToken),
        (
            400,
            "The request body has 1 error(s)",
            LineErrorKind::Invalid,
        ),
        (
            403,
            "Access to this API is not available for your account",
            LineErrorKind::Forbidden,
        ),
        (404, "Not found", LineErrorKind::NotFound),
        (410, "gone", LineErrorKind::Gone),
        (423, "", LineErrorKind::Standby),
        (
            429,
            "The API rate limit has been exceeded. Try again later.",
            LineErrorKind::Throttled,
        ),
        (
            429,
            "You have reached your monthly limit.",
            LineErrorKind::QuotaReached,
        ),
    ];
    for (status, message, kind) in refusals {
        line.then([refusal(status, message)]);
        let error = push(&bot).await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(status)));
        assert_eq!(error.request_id.as_deref(), Some("req-1"));
        assert_eq!(line.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn what_may_not_be_repeated_is_not_but_what_never_left_is() {
    let line = Line::new();
    let bot = line.client().bot(&bot()).until(in_a_minute(&line));
    line.then([Fate::Silence]);
    assert_eq!(reply(&bot).await.unwrap_err().kind, LineErrorKind::Open);
    assert_eq!(line.seen().len(), 1);
    line.then([Fate::Unreachable, Fate::Unreachable]);
    reply(&bot).await.unwrap();
    assert_eq!(line.seen().len(), 1);
}

#[tokio::test]
async fn what_one_try_has_left_open_no_later_refusal_closes() {
    let line = Line::new();
    let client = line.client();
    let later = [
        refusal(429, "You have reached your monthly limit."),
        refusal(403, ""),
        Fate::Unreachable,
    ];
    for refused in later {
        let bot = client
            .bot(&bot())
            .until(line.now().plus(LIMIT + Duration::from_millis(600)));
        line.then([Fate::Silence, refused.clone()]);
        let error = push(&bot).await.unwrap_err();
        assert_eq!(error.kind, LineErrorKind::Open, "{refused:?}");
    }
}

#[tokio::test]
async fn a_get_is_repeated_until_the_deadline() {
    let line = Line::new();
    line.then(vec![refusal(503, ""); 20]);
    let until = line.now().plus(Duration::from_secs(4));
    let error = line
        .client()
        .bot(&bot())
        .until(until)
        .call(&GetInfo)
        .await
        .unwrap_err();
    assert_eq!(error.kind, LineErrorKind::Open);
    // 250 ms, 500, 1,000, 2,000: the next wait would end after the deadline.
    assert_eq!(line.seen().len(), 5);
    assert!(line.now() < until);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_no_answer_after_the_limit() {
    let line = Line::new();
    let bot = line.client().bot(&bot());
    line.then([Fate::HeadOnly(200)]);
    let before = line.now();
    assert_eq!(reply(&bot).await.unwrap_err().kind, LineErrorKind::Open);
    assert_eq!(line.now().since(before), LIMIT);
    line.then([Fate::HeadOnly(200)]);
    let content = GetContent { message_id: "77" };
    let mut download = bot.download(&content, 10).await.unwrap();
    let before = line.now();
    assert_eq!(download.next().await.unwrap_err().kind, LineErrorKind::Open);
    assert_eq!(line.now().since(before), LIMIT);
}

// Scopes.

#[tokio::test]
async fn a_scope_that_is_known_to_be_missing_stops_the_call_before_the_network() {
    let line = Line::new();
    let bot = line.client().bot(&bot());
    let mute = bot.clone().granted(&Scopes::from_words("profile:read"));
    let error = push(&mute).await.unwrap_err();
    assert_eq!(
        (error.kind, error.status),
        (LineErrorKind::ScopeMissing, None)
    );
    assert_eq!(
        error.to_string(),
        "push: a scope is missing: it needs message:send: ask the account's admin to link again \
         and grant message:send"
    );
    let download = mute.download(&GetContent { message_id: "1" }, 10).await;
    assert!(download.is_ok(), "where LINE names no scope, LINE decides");
    line.seen();
    push(&bot.clone().granted(&Scopes::Unknown)).await.unwrap();
    push(&bot.granted(&Scopes::from_words("message:send")))
        .await
        .unwrap();
    assert_eq!((line.seen().len(), line.tokens().len()), (2, 1));
}

// Limits.

#[tokio::test]
async fn a_limit_per_second_is_waited_for_or_is_an_error() {
    let line = Line::new();
    let client = line.client().limits_divided_by(100);
    let bot_client = client.bot(&bot());
    for _ in 0..20 {
        push(&bot_client).await.unwrap();
    }
    let error = push(&bot_client).await.unwrap_err();
    assert_eq!((error.kind, error.status), (LineErrorKind::Throttled, None));
    assert!(error.free_at.unwrap() > line.now());
    // Neither another endpoint nor another account has to wait for it.
    reply(&bot_client).await.unwrap();
    push(&client.bot(&BotId::new("Uother").unwrap()))
        .await
        .unwrap();
    let before = line.now();
    push(&bot_client.until(in_a_minute(&line))).await.unwrap();
    let waited = line.now().since(before);
    assert!((50..=52).contains(&waited.as_millis()), "{waited:?}");
    assert_eq!(line.seen().len(), 23);
}

#[tokio::test]
async fn processes_that_share_a_counter_stay_below_an_hourly_limit_together() {
    let line = Line::answering(|_| Fate::json(200, json!({})));
    let shared = Counter::alone();
    let clients: Vec<_> = (0..4)
        .map(|_| {
            line.client()
                .counted_by(shared.clone())
                .limits_divided_by(10)
        })
        .collect();
    let mut refused = 0;
    for hour in 0..5 {
        for client in clients.iter().cycle().take(40) {
            match client.bot(&bot()).call(&GetDemographics).await {
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error.kind, LineErrorKind::Throttled);
                    refused += 1;
                }
            }
            line.pass(Duration::from_secs(100 + hour));
        }
    }
    let seen = line.seen();
    assert_eq!(seen.len() + refused, 200);
    for call in &seen {
        let hour = seen.iter().filter(|other| {
            other.at <= call.at && call.at.since(other.at) < Duration::from_secs(3600)
        });
        assert!(hour.count() <= 6);
    }
    assert!(
        seen.len() >= 30,
        "{} calls in five and a half hours",
        seen.len()
    );
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_not_made() {
    let line = Line::new();
    let away = Counter::from_fn(|_| async { Err("the table is away".to_owned()) });
    let bot = line.client().counted_by(away).bot(&bot());
    let error = bot.call(&GetDemographics).await.unwrap_err();
    assert_eq!((error.kind, line.seen().len()), (LineErrorKind::NotSent, 0));
    push(&bot).await.unwrap();
}

// The quota.

fn with_quota(used: u64) -> Line {
    Line::answering(move |seen: &Seen| {
        Fate::json(
            200,
            match seen.target.as_str() {
                "/v2/bot/message/quota" => json!({"type": "limited", "value": 100}),
                "/v2/bot/message/quota/consumption" => json!({"totalUsage": used}),
                _ => json!({}),
            },
        )
    })
}

#[tokio::test]
async fn what_goes_to_many_leaves_the_reserve_and_a_quota_is_read_once() {
    let line = with_quota(90);
    let (bot, may) = (line.client().bot(&bot()), broadcast());
    let users = vec![user(); 6];
    let error = bot
        .call(&Multicast::new(&may, &users, text(), KEY))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.status),
        (LineErrorKind::QuotaReached, None)
    );
    bot.call(&Multicast::new(&may, &users[..5], text(), KEY))
        .await
        .unwrap();
    // Now 95 are used: the last five are for single chats.
    assert!(bot.call(&Broadcast::new(&may, text(), KEY)).await.is_err());
    push(&bot).await.unwrap();
    let quota = bot.quota().await.unwrap();
    assert_eq!(
        (quota.used, quota.left(), quota.level()),
        (96, Some(4), Level::NearlyOut)
    );
    let reads = |seen: &[Seen]| seen.iter().filter(|call| call.method == "GET").count();
    assert_eq!(reads(&line.seen()), 2);
    line.pass(Duration::from_secs(601));
    assert_eq!(bot.quota().await.unwrap().used, 90);
    assert_eq!(reads(&line.seen()), 2);
}

// Tokens.

#[tokio::test]
async fn a_token_is_used_until_its_last_minute_and_one_that_is_refused_is_replaced_once() {
    let line = Line::new();
    let bot = line.client().bot(&bot());
    push(&bot).await.unwrap();
    line.pass(Duration::from_secs(839));
    push(&bot).await.unwrap();
    line.pass(Duration::from_secs(2));
    push(&bot).await.unwrap();
    let refused = || refusal(401, "Authentication failed");
    line.then([refused()]);
    push(&bot).await.unwrap();
    line.then([refused(), refused()]);
    assert_eq!(
        push(&bot).await.unwrap_err().kind,
        LineErrorKind::Credentials
    );
    let tokens: Vec<_> = line
        .seen()
        .iter()
        .map(|call| call.header("authorization").unwrap().to_owned())
        .collect();
    let expected = [1, 1, 2, 2, 3, 3, 4].map(|n| format!("Bearer token-{n}"));
    assert_eq!(tokens, expected);
    let asked = line.tokens();
    assert_eq!(
        String::from_utf8_lossy(&asked[0].body),
        "grant_type=client_credentials&client_id=123&client_secret=secret"
    );
    assert!(asked[0].header("authorization").is_none() && asked[0].header(BOT_HEADER).is_none());
}

/// A client whose secret is in Secrets Manager, with a key for assertions.
fn with_assertions(line: &Line, private_key: &str) -> LineClient {
    let key = json!({"kid": "kid-1", "private_key": private_key});
    let secret = json!({"channel_secret": "s", "assertion_key": key}).to_string();
    let manager = Line::answering(move |_| Fate::json(200, json!({ "SecretString": secret })));
    let http = aws_smithy_runtime_api::client::http::http_client_fn(move |_, _| {
        aws_smithy_runtime_api::client::http::SharedHttpConnector::new(manager.clone())
    });
    let env = [("LINE_SECRET_ARN".to_owned(), "arn".to_owned())];
    let place = SecretPlace::from_env(&Env::from_map(env.into())).unwrap();
    let ground = Ground::emulated()
        .with_clock(line.clock())
        .with_secrets_manager_over(http);
    let secret = ground.secret(place, Timeouts::DEFAULT);
    LineClient::new(line.http(), channel(), secret)
}

#[tokio::test]
async fn with_a_key_tokens_are_asked_for_by_assertion_and_not_by_secret() {
    let line = Line::new();
    let client = with_assertions(&line, include_str!("fake/assertion_key.pem"));
    client.bot(&bot()).call(&GetInfo).await.unwrap();
    let asked = line.tokens().remove(0);
    let body = String::from_utf8(asked.body).unwrap();
    assert!(body.starts_with(
        "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth\
         %3Aclient-assertion-type%3Ajwt-bearer&client_assertion=ey"
    ));
    assert!(!body.contains("secret"));
    let bad = with_assertions(&line, "no key").ready().await.unwrap_err();
    assert_eq!(bad.kind, LineErrorKind::Credentials);
}

#[test]
fn a_long_lived_token_in_the_configuration_is_refused() {
    let env = |name: &str| {
        let set = [
            ("LINE_CHANNEL_ID", "1"),
            ("LINE_BOT_HEADER", "x-b"),
            (name, "token"),
        ];
        Env::from_map(
            set.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    };
    assert!(Channel::read(&env("OTHER")).is_ok());
    let error = Channel::read(&env("LINE_CHANNEL_ACCESS_TOKEN"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("LINE_CHANNEL_ACCESS_TOKEN must not be set: LINE takes no long-lived")
    );
    assert!(!error.contains("token\""));
}

// Files.

#[tokio::test]
async fn content_is_read_piece_by_piece_up_to_the_size_that_is_wanted() {
    let line = Line::new();
    let bot = line.client().bot(&bot());
    let content = GetContent { message_id: "77" };
    line.then(vec![Fate::Bytes(vec![7; 1_000]); 2]);
    let download = bot.download(&content, 1_000).await.unwrap();
    assert_eq!(download.content_type.as_deref(), Some("image/png"));
    assert_eq!(download.bytes().await.unwrap(), vec![7; 1_000]);
    let mut download = bot.download(&content, 999).await.unwrap();
    let error = download.next().await.unwrap_err();
    assert_eq!(error.kind, LineErrorKind::Invalid);
    line.then([refusal(410, "The content is gone")]);
    let error = bot.download(&content, 1).await.unwrap_err();
    assert_eq!(error.kind, LineErrorKind::Gone);
    assert!(line.seen().iter().all(|call| call.host == "http://data"));
}

#[tokio::test]
async fn only_200_is_content_and_202_is_not_yet() {
    let line = Line::new();
    let bot = line.client().bot(&bot());
    let (message_id, transcoding) = ("7", GetTranscoding { message_id: "7" });
    for (status, kind) in [(202, LineErrorKind::NotReady), (204, LineErrorKind::Open)] {
        line.then(vec![Fate::json(status, json!({"status": "succeeded"})); 4]);
        let content = bot.download(&GetContent { message_id }, 1_000).await;
        let whole = bot.call(&GetContent { message_id }).await;
        let preview = bot.call(&GetPreview { message_id }).await;
        let status = bot.call(&transcoding).await;
        let errors = [
            content.unwrap_err(),
            whole.unwrap_err(),
            preview.unwrap_err(),
            status.unwrap_err(),
        ];
        assert_eq!(errors.map(|error| error.kind), [kind; 4]);
    }
    assert_eq!(line.seen().len(), 8);
    assert!(LineErrorKind::NotReady.may_pass());
}

/// LINE would give the same answer at once.
#[tokio::test]
async fn what_is_not_ready_yet_is_not_asked_for_again_at_once() {
    let line = Line::new();
    let bot = line.client().bot(&bot()).until(in_a_minute(&line));
    line.then([Fate::json(202, json!({}))]);
    let content = bot.call(&GetContent { message_id: "7" }).await;
    assert_eq!(content.unwrap_err().kind, LineErrorKind::NotReady);
    assert_eq!(line.seen().len(), 1);
}

/// A front end answers a POST without a length with 411.
#[tokio::test]
async fn a_call_without_a_body_says_so_on_the_wire() {
    let (address, heads) = listener();
    let http = Ground::emulated().http_to_line(Duration::from_secs(5));
    let channel = Channel {
        api_url: format!("http://{address}"),
        ..channel()
    };
    let bot = LineClient::new(http, channel, secret()).bot(&bot());
    let (user, menu) = (user(), "m");
    bot.call(&LinkRichMenu { user: &user, menu }).await.unwrap();
    bot.call(&CloseCoupon { coupon: "c" }).await.unwrap();
    bot.call(&UnlinkRichMenu { user: &user }).await.unwrap();
    bot.call(&GetInfo).await.unwrap();
    let heads: Vec<String> = heads.try_iter().collect();
    let length = |word: &str| {
        let head = heads.iter().find(|head| head.starts_with(word)).unwrap();
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(name, value)| (name == "content-length").then(|| value.to_owned()))
    };
    assert_eq!(
        length("POST /v2/bot/user/L1/richmenu/m").as_deref(),
        Some("0")
    );
    assert_eq!(length("PUT /v2/bot/coupon/c/close").as_deref(), Some("0"));
    assert_eq!(length("DELETE /v2/bot/user/L1/richmenu"), None);
    assert_eq!(length("GET /v2/bot/info"), None);
}

/// An HTTP server that answers everything with a token: its address, and the heads of the
/// requests as they came.
fn listener() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, heads) = channel_of_heads();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                stream.read_line(&mut head).unwrap();
            }
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            stream.read_exact(&mut body).unwrap();
            if sender.send(head).is_err() {
                return;
            }
            let answer = r#"{"access_token":"t","expires_in":900}"#;
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close");
            let answer = format!("{head}\r\n\r\n{answer}");
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, heads)
}

fn secret() -> ChannelSecret {
    let env = [("LINE_CHANNEL_SECRET".to_owned(), "secret".to_owned())];
    let place = SecretPlace::from_env(&Env::from_map(env.into())).unwrap();
    Ground::emulated().secret(place, Timeouts::DEFAULT)
}

#[tokio::test]
async fn an_upload_is_opened_anew_for_another_token_and_is_not_larger_than_line_takes() {
    let line = Line::new();
    line.then([refusal(401, "")]);
    let bot = line.client().bot(&bot());
    let pieces =
        || stream::iter(["ab", "cd"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece))));
    let image = Upload::stream(4, pieces);
    let (menu, kind) = ("m", ImageKind::Jpeg);
    bot.call(&SetRichMenuImage { menu, kind, image })
        .await
        .unwrap();
    let seen = line.seen();
    assert_eq!(seen.len(), 2);
    for call in seen {
        assert_eq!(call.body, b"abcd");
        assert_eq!(call.header("content-length"), Some("4"));
        assert_eq!(call.header("content-type"), Some("image/jpeg"));
    }
    let image = Upload::bytes(vec![0; 1024 * 1024 + 1]);
    let error = bot
        .call(&SetRichMenuImage { menu, kind, image })
        .await
        .unwrap_err();
    assert_eq!((error.kind, line.seen().len()), (LineErrorKind::Invalid, 0));
}

#[tokio::test]
async fn an_audience_file_goes_in_a_form_of_parts() {
    let line = Line::new();
    line.then([Fate::json(202, json!({"audienceGroupId": 12}))]);
    let create = CreateAudienceByFile {
        description: "友達",
        is_ifa_audience: false,
        upload_description: None,
        file: Upload::bytes("L1\nL2\n"),
    };
    let made = line.client().bot(&bot()).call(&create).await.unwrap();
    assert_eq!(made.audience_group_id, 12);
    let call = line.seen().remove(0);
    let kind = call.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8(call.body.clone()).unwrap();
    assert_eq!(
        body.replace(boundary, "B"),
        "--B\r\ncontent-disposition: form-data; name=\"description\"\r\n\r\n友達\r\n\
         --B\r\ncontent-disposition: form-data; name=\"isIfaAudience\"\r\n\r\nfalse\r\n\
         --B\r\ncontent-disposition: form-data; name=\"file\"; filename=\"users.txt\"\r\n\
         content-type: text/plain\r\n\r\nL1\nL2\n\r\n--B--\r\n"
    );
    assert_eq!(
        call.header("content-length"),
        Some(body.len().to_string().as_str())
    );
}

// Requests and refusals.

#[tokio::test]
async fn what_line_would_refuse_anyway_is_refused_before() {
    let line = Line::new();
    let (bot, may, many) = (line.client().bot(&bot()), speak(), broadcast());
    let six: Vec<Value> = vec![json!({"type": "text", "text": "a"}); 6];
    let chat = chat();
    let error = bot
        .call(&Push::new(&may, &chat, &six[..], KEY))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "push: invalid: messages has 6 members, and LINE takes 1 to 5"
    );
    let unit = Push::new(&may, &chat, text(), KEY).unit("no spaces");
    assert!(bot.call(&unit).await.is_err());
    let users = vec![user(); 501];
    assert!(
        bot.call(&Multicast::new(&many, &users, text(), KEY))
            .await
            .is_err()
    );
    let menu = "m";
    assert!(
        bot.call(&LinkRichMenuToUsers {
            menu,
            users: &users
        })
        .await
        .is_err()
    );
    let huge = [json!({"type": "text", "text": "a".repeat(3 << 20)})];
    assert!(
        bot.call(&Push::new(&may, &chat, &huge[..], KEY))
            .await
            .is_err()
    );
    assert!(line.seen().is_empty());
}

#[tokio::test]
async fn a_refusal_tells_where_the_fault_is() {
    let line = Line::new();
    line.then([Fate::json(
        400,
        json!({"message": "The request body has 1 error(s)",
            "details": [{"message": "May not be empty", "property": "messages[0].text"}]}),
    )]);
    let error = push(&line.client().bot(&bot())).await.unwrap_err();
    assert_eq!(error.kind, LineErrorKind::Invalid);
    assert_eq!(error.positions[0].property, "messages[0].text");
    assert_eq!(error.positions[0].message, "May not be empty");
}

#[tokio::test]
async fn an_id_cannot_lead_a_call_elsewhere() {
    let line = Line::new();
    line.then([Fate::json(200, json!({"displayName": "A"}))]);
    let user = UserId::new("../info?x=1#").unwrap();
    line.client()
        .bot(&bot())
        .call(&GetProfile { user: &user })
        .await
        .unwrap();
    assert_eq!(
        line.seen()[0].target,
        "/v2/bot/profile/..%2Finfo%3Fx%3D1%23"
    );
}
