//! Channel access tokens: three kinds, each with its own life and limit.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Response;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};

use crate::stage::{SALON, Stage};

const SECRET: &str = "client_id=2000000001&client_secret=00112233445566778899aabbccddeeff";
const BEARER: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

async fn body(answer: Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn post(stage: &Stage, path: &str, form: String) -> (u16, Value) {
    body(stage.form(path, form).send().await.unwrap()).await
}

async fn short(stage: &Stage) -> String {
    let form = format!("grant_type=client_credentials&{SECRET}");
    let (status, answer) = post(stage, "/v2/oauth/accessToken", form).await;
    assert_eq!((status, &answer["expires_in"]), (200, &json!(2_592_000)));
    assert_eq!(answer["token_type"], "Bearer");
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn works(stage: &Stage, token: &str) -> bool {
    let request = stage.client.get(format!("{}/v2/bot/info", stage.address));
    let call = request
        .bearer_auth(token)
        .header("X-Emulated-Bot-Id", SALON);
    call.send().await.unwrap().status() == 200
}

/// A key of the tests alone, registered with the channel.
struct Key {
    pair: RsaKeyPair,
    kid: String,
}

impl Key {
    async fn register(stage: &Stage) -> Self {
        let pair = RsaKeyPair::from_pkcs8(include_bytes!("../fixtures/assertion_key.der")).unwrap();
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let jwk = json!({
            "kty": "RSA", "alg": "RS256", "use": "sig",
            "n": URL_SAFE_NO_PAD.encode(public.n), "e": URL_SAFE_NO_PAD.encode(public.e),
        });
        let (status, answer) = stage.control("keys", json!({ "jwk": jwk })).await;
        assert_eq!(status, 200);
        let kid = answer["kid"].as_str().unwrap().to_owned();
        Self { pair, kid }
    }

    fn sign(&self, kid: &str, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({"alg": "RS256", "typ": "JWT", "kid": kid});
        let signed = format!("{}.{}", part(&head), part(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let random = SystemRandom::new();
        let bytes = signed.as_bytes();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn claims(stage: &Stage) -> Value {
    let now = stage.emulator.state().await.clock.now / 1000;
    json!({
        "iss": "2000000001", "sub": "2000000001", "aud": "https://api.line.me/",
        "exp": now + 1700, "token_exp": 86_400,
    })
}

fn assertion(text: &str) -> String {
    format!("client_assertion_type={BEARER}&client_assertion={text}")
}

async fn chosen(stage: &Stage, text: &str) -> (u16, Value) {
    let form = format!("grant_type=client_credentials&{}", assertion(text));
    post(stage, "/oauth2/v2.1/token", form).await
}

#[tokio::test]
async fn a_short_lived_token_lasts_thirty_days_and_can_be_revoked() {
    let stage = Stage::attached().await;
    let (token, other) = (short(&stage).await, short(&stage).await);
    assert!(works(&stage, &token).await);
    let (status, answer) = post(&stage, "/v2/oauth/verify", format!("access_token={token}")).await;
    assert_eq!((status, &answer["client_id"]), (200, &json!("2000000001")));
    assert_eq!(
        post(&stage, "/v2/oauth/revoke", format!("access_token={token}"))
            .await
            .0,
        200
    );
    assert_eq!(
        post(&stage, "/v2/oauth/revoke", "access_token=unknown".into())
            .await
            .0,
        200
    );
    assert!(!works(&stage, &token).await);
    let (status, answer) = post(&stage, "/v2/oauth/verify", format!("access_token={token}")).await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_request")));
    stage
        .control("clock", json!({"advance_s": 30 * 86_400}))
        .await;
    assert!(!works(&stage, &other).await);
}

#[tokio::test]
async fn the_31st_short_lived_token_ends_the_oldest() {
    let stage = Stage::attached().await;
    let mut tokens = Vec::new();
    for _ in 0..31 {
        tokens.push(short(&stage).await);
    }
    assert!(!works(&stage, &tokens[0]).await);
    assert!(works(&stage, &tokens[1]).await && works(&stage, &tokens[30]).await);
}

#[tokio::test]
async fn a_token_by_assertion_lives_as_long_as_it_was_asked_to() {
    let stage = Stage::attached().await;
    let key = Key::register(&stage).await;
    let text = key.sign(&key.kid, &claims(&stage).await);
    let (status, answer) = chosen(&stage, &text).await;
    assert_eq!((status, &answer["expires_in"]), (200, &json!(86_400)));
    let token = answer["access_token"].as_str().unwrap();
    assert!(works(&stage, token).await);
    let verify = format!("/oauth2/v2.1/verify?access_token={token}");
    assert_eq!(
        body(stage.get(&verify).await).await.1["client_id"],
        "2000000001"
    );
    let kids = format!("/oauth2/v2.1/tokens/kid?{}", assertion(&text));
    let (status, listed) = body(stage.get(&kids).await).await;
    assert_eq!((status, &listed["kids"]), (200, &json!([answer["key_id"]])));
    stage.control("clock", json!({"advance_s": 86_400})).await;
    let (status, answer) = body(stage.get(&verify).await).await;
    let sentence = "The access token expired";
    assert_eq!(
        (status, &answer["error_description"]),
        (400, &json!(sentence))
    );
}

#[tokio::test]
async fn a_token_by_assertion_is_revoked_by_the_channel_that_has_it() {
    let stage = Stage::attached().await;
    let key = Key::register(&stage).await;
    let text = key.sign(&key.kid, &claims(&stage).await);
    let answer = chosen(&stage, &text).await.1;
    let token = answer["access_token"].as_str().unwrap();
    let form = format!("client_id=2000000001&client_secret=x&access_token={token}");
    assert_eq!(post(&stage, "/oauth2/v2.1/revoke", form).await.0, 400);
    assert!(works(&stage, token).await);
    let form = format!("{SECRET}&access_token={token}");
    assert_eq!(post(&stage, "/oauth2/v2.1/revoke", form).await.0, 200);
    assert!(!works(&stage, token).await);
}

#[tokio::test]
async fn the_31st_token_by_assertion_is_refused() {
    let stage = Stage::attached().await;
    let key = Key::register(&stage).await;
    let text = key.sign(&key.kid, &claims(&stage).await);
    for _ in 0..30 {
        assert_eq!(chosen(&stage, &text).await.0, 200);
    }
    let sentence = "The maximum number of access tokens has already been issued";
    assert_eq!(
        chosen(&stage, &text).await,
        (400, json!({ "message": sentence }))
    );
}

#[tokio::test]
async fn an_assertion_must_be_signed_fresh_and_the_channels_own() {
    let stage = Stage::attached().await;
    let key = Key::register(&stage).await;
    let good = claims(&stage).await;
    let now = good["exp"].as_i64().unwrap() - 1700;
    let with = |member: &str, value: Value| {
        let mut claims = good.clone();
        claims[member] = value;
        key.sign(&key.kid, &claims)
    };
    let wrong = [
        with("iss", "1".into()),
        with("aud", "https://api.line.me".into()),
        with("exp", (now + 1900).into()),
        with("exp", (now - 1).into()),
        with("token_exp", 2_592_001.into()),
        key.sign(&key.kid, &good).replace('.', ".x"),
        "no.token".into(),
    ];
    for text in wrong {
        let (status, answer) = chosen(&stage, &text).await;
        assert_eq!(
            (status, &answer["error"]),
            (400, &json!("invalid_client")),
            "{text}"
        );
    }
    let (status, answer) = chosen(&stage, &key.sign("unknown", &good)).await;
    let sentence = "Cannot find channel key that satisfies the conditions";
    assert_eq!((status, answer), (404, json!({ "message": sentence })));
}

#[tokio::test]
async fn a_stateless_token_can_be_had_by_assertion_too_and_as_often_as_one_likes() {
    let stage = Stage::attached().await;
    let key = Key::register(&stage).await;
    let text = key.sign(&key.kid, &claims(&stage).await);
    for _ in 0..40 {
        let form = format!("grant_type=client_credentials&{}", assertion(&text));
        let (status, answer) = post(&stage, "/oauth2/v3/token", form).await;
        assert_eq!((status, &answer["expires_in"]), (200, &json!(900)));
    }
    let first = stage.token().await;
    post(&stage, "/v2/oauth/revoke", format!("access_token={first}")).await;
    assert!(works(&stage, &first).await);
}

#[tokio::test]
async fn a_written_call_shows_no_token() {
    let stage = Stage::attached().await;
    let token = short(&stage).await;
    stage
        .get(&format!("/oauth2/v2.1/verify?access_token={token}"))
        .await;
    let calls = stage.get("/_emulator/calls").await.text().await.unwrap();
    assert!(!calls.contains(&token));
}
