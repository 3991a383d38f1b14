//! Every call of the client, once and rightly: what a LINE Platform is exercised with.
//! Attaching is not among them, as it takes a browser's code.

#![expect(clippy::unwrap_used, reason = "what is built in is right")]

use secrecy::SecretString;
use serde_json::json;
mod audiences;
mod coupons;
mod menus;

use shared::domain::{
    BotId, BotState, ChatId, ChatState, ReplyToken, Scope, Scopes, Timestamp, UserId,
};
use shared::domain::{may_broadcast, may_control, may_speak};
use shared::line::endpoint::{Answered, Endpoint, Facts, ForBot, ForChannel};
use shared::line::endpoints::account_link::IssueLinkToken;
use shared::line::endpoints::chat::{MarkAsRead, MarkAsReadByToken, ShowLoading};
use shared::line::endpoints::content::{GetContent, GetPreview, GetTranscoding};
use shared::line::endpoints::control::{Acquire, Release};
use shared::line::endpoints::delivery::{
    CountBroadcasts, CountMulticasts, CountNotifications, CountPushes, CountReplies, GetUnitUsage,
    ListUnits,
};
use shared::line::endpoints::followers::ListFollowers;
use shared::line::endpoints::group::{
    CountGroupMembers, CountRoomMembers, GetGroup, GetGroupMember, GetRoomMember, LeaveGroup,
    LeaveRoom, ListGroupMembers, ListRoomMembers,
};
use shared::line::endpoints::insight::{
    GetDeliveries, GetDemographics, GetFriends, GetInteractions, GetUnitInteractions,
};
use shared::line::endpoints::message::{Broadcast, Messages, Multicast, Narrowcast, Push, Reply};
use shared::line::endpoints::narrowcast_progress::GetNarrowcastProgress;
use shared::line::endpoints::notification::SendNotification;
use shared::line::endpoints::profile::GetProfile;
use shared::line::endpoints::quota::{GetQuota, GetQuotaConsumption};
use shared::line::endpoints::token::{
    IssueShortLived, IssueStateless, IssueV21, ListKeyIds, Proof, RevokeShortLived, RevokeV21,
    VerifyShortLived, VerifyV21,
};
use shared::line::endpoints::validate::{
    ValidateBroadcast, ValidateMulticast, ValidateNarrowcast, ValidatePush, ValidateReply,
};
use shared::line::endpoints::webhook_endpoint::{
    GetWebhookEndpoint, SetWebhookEndpoint, TestWebhookEndpoint,
};
use shared::line::endpoints::{bot::GetInfo, module::Detach, module::ListBots};
use shared::line::message::Text;
use shared::line::{BotClient, LineClient, LineError};
use uuid::Uuid;

/// What the calls are about, as the LINE Platform knows it.
pub struct Sample {
    /// The account.
    pub bot: BotId,
    /// A friend of it.
    pub user: UserId,
    /// A group that it is in.
    pub group: ChatId,
    /// A room that it is in.
    pub room: ChatId,
    /// A reply token that was not used.
    pub reply_token: ReplyToken,
    /// A message with content.
    pub message_id: String,
    /// A video.
    pub video_id: String,
    /// The SHA-256 of a phone number.
    pub phone: String,
    /// A token that marks it as read.
    pub mark_as_read_token: String,
    /// A membership plan.
    pub membership: u64,
    pub channel: String,
    pub secret: SecretString,
    /// An assertion of the channel's, with `token_exp`.
    pub assertion: SecretString,
    /// An https address of a webhook.
    pub webhook_url: String,
    /// A day, as `20261120`.
    pub day: String,
    /// The LINE Platform's time: a coupon begins at it.
    pub now: Timestamp,
    /// A new id for each send.
    pub key: fn() -> Uuid,
}

/// Makes the calls and hears of each.
pub struct Caller<'a, R> {
    line: &'a LineClient,
    bot: BotClient,
    with: &'a Sample,
    /// The request id of a broadcast.
    sent: String,
    report: R,
}

/// How a call has ended.
pub type Ended<'a> = Result<(), &'a LineError>;

impl<'a, R: FnMut(&'static Facts, Ended<'_>)> Caller<'a, R> {
    /// Tells `report` how each call has ended.
    pub fn new(line: &'a LineClient, with: &'a Sample, report: R) -> Self {
        Self {
            bot: line.bot(&with.bot),
            line,
            with,
            sent: String::new(),
            report,
        }
    }

    async fn call<E: Endpoint<By = ForBot>>(&mut self, call: &E) -> Option<Answered<E::Answer>> {
        let answer = self.bot.ask(call).await;
        (self.report)(E::FACTS, answer.as_ref().map(drop));
        answer.ok()
    }

    async fn ours<E: Endpoint<By = ForChannel>>(
        &mut self,
        call: &E,
    ) -> Option<Answered<E::Answer>> {
        let answer = self.line.ask(call).await;
        (self.report)(E::FACTS, answer.as_ref().map(drop));
        answer.ok()
    }

    /// All of them; the last leaves the account.
    pub async fn all(&mut self) {
        self.sends().await;
        self.counts().await;
        self.people().await;
        self.rich_menus().await;
        self.rich_menu_links().await;
        self.insight().await;
        self.audiences().await;
        self.coupons_and_memberships().await;
        self.webhook().await;
        self.tokens().await;
        self.life().await;
    }

    async fn sends(&mut self) {
        let Sample {
            user,
            reply_token,
            key,
            ..
        } = self.with;
        let (bot, chat) = (attached(), ChatState::default());
        let may = may_speak(&bot, &chat, Timestamp(2), true).unwrap();
        let many = may_broadcast(&bot, Scope::MESSAGE_SEND, Timestamp(2)).unwrap();
        let (to, users) = (ChatId::new(user.as_str()).unwrap(), [user.clone()]);
        let text = || Messages::of(&[Text::new("こんにちは")]).unwrap();
        self.call(&Reply::new(&may, reply_token, text())).await;
        self.call(&Push::new(&may, &to, text(), key()).unit("unit_1"))
            .await;
        self.call(&Multicast::new(&many, &users, text(), key()).silently())
            .await;
        let sent = self.call(&Broadcast::new(&many, text(), key())).await;
        self.sent = sent.and_then(|sent| sent.request_id).unwrap_or_default();
        let narrowcast = Narrowcast::new(&many, text(), key())
            .demographic(json!({"type": "gender", "oneOf": ["female"]}));
        let sent = self.call(&narrowcast).await;
        let request_id = &sent.and_then(|sent| sent.request_id).unwrap_or_default();
        self.call(&GetNarrowcastProgress { request_id }).await;
        let body = json!({"items": [{"itemKey": "time_range_001_ja", "content": "A.M."}]});
        let phone = &self.with.phone;
        let notification = SendNotification::new(&many, phone, "shipment_completed_ja", body);
        self.call(&notification.delivery_tag("0123456789abcdef"))
            .await;
        self.call(&ShowLoading {
            user,
            seconds: Some(5),
        })
        .await;
        self.call(&MarkAsRead::of(user)).await;
        let token = &self.with.mark_as_read_token;
        self.call(&MarkAsReadByToken { token }).await;
        self.call(&ValidateReply { messages: text() }).await;
        self.call(&ValidatePush { messages: text() }).await;
        self.call(&ValidateMulticast { messages: text() }).await;
        self.call(&ValidateNarrowcast { messages: text() }).await;
        self.call(&ValidateBroadcast { messages: text() }).await;
    }

    async fn counts(&mut self) {
        let Sample {
            day: date,
            message_id,
            ..
        } = self.with;
        self.call(&GetQuota).await;
        self.call(&GetQuotaConsumption).await;
        self.call(&CountReplies { date }).await;
        self.call(&CountPushes { date }).await;
        self.call(&CountMulticasts { date }).await;
        self.call(&CountBroadcasts { date }).await;
        self.call(&CountNotifications { date }).await;
        self.call(&GetUnitUsage).await;
        self.call(&ListUnits {
            start: None,
            limit: Some(10),
        })
        .await;
        let video = &self.with.video_id;
        self.call(&GetTranscoding { message_id: video }).await;
        self.call(&GetContent { message_id }).await;
        self.call(&GetPreview { message_id }).await;
    }

    async fn people(&mut self) {
        let Sample {
            user, group, room, ..
        } = self.with;
        self.call(&GetProfile { user }).await;
        self.call(&ListFollowers {
            start: None,
            limit: Some(1_000),
        })
        .await;
        self.call(&GetGroup { group }).await;
        self.call(&GetGroupMember { group, user }).await;
        self.call(&CountGroupMembers { group }).await;
        self.call(&ListGroupMembers { group, start: None }).await;
        self.call(&GetRoomMember { room, user }).await;
        self.call(&CountRoomMembers { room }).await;
        self.call(&ListRoomMembers { room, start: None }).await;
        self.call(&IssueLinkToken { user }).await;
        self.call(&LeaveGroup { group }).await;
        self.call(&LeaveRoom { room }).await;
    }

    async fn insight(&mut self) {
        let (date, request_id) = (&*self.with.day, &*self.sent.clone());
        self.call(&GetDeliveries { date }).await;
        self.call(&GetFriends { date: Some(date) }).await;
        self.call(&GetDemographics).await;
        self.call(&GetInteractions { request_id }).await;
        self.call(&GetUnitInteractions {
            unit: "unit_1",
            from: date,
            to: date,
        })
        .await;
    }

    async fn webhook(&mut self) {
        let endpoint = &*self.with.webhook_url;
        self.call(&SetWebhookEndpoint { endpoint }).await;
        self.call(&GetWebhookEndpoint).await;
        self.call(&TestWebhookEndpoint {
            endpoint: Some(endpoint),
        })
        .await;
    }

    async fn tokens(&mut self) {
        let Sample {
            channel,
            secret,
            assertion,
            ..
        } = self.with;
        let known = SecretString::from("token".to_owned());
        let proof = Proof::Secret { channel, secret };
        self.ours(&IssueStateless { proof }).await;
        let issued = self.ours(&IssueShortLived { channel, secret }).await;
        let token = &issued.map_or_else(|| known.clone(), |issued| issued.value.access_token);
        self.ours(&VerifyShortLived { token }).await;
        self.ours(&RevokeShortLived { token }).await;
        let issued = self.ours(&IssueV21 { assertion }).await;
        let token = &issued.map_or(known, |issued| issued.value.access_token);
        self.ours(&VerifyV21 { token }).await;
        self.ours(&ListKeyIds { assertion }).await;
        self.ours(&RevokeV21 {
            channel,
            secret,
            token,
        })
        .await;
    }

    async fn life(&mut self) {
        let Sample { bot, user, .. } = self.with;
        self.call(&GetInfo).await;
        self.ours(&ListBots { start: None }).await;
        let chat = &ChatId::new(user.as_str()).unwrap();
        let may = may_control(
            &attached(),
            &ChatState::default(),
            Timestamp(2),
            Timestamp(2),
        )
        .unwrap();
        let hour = std::time::Duration::from_secs(3600);
        self.call(&Acquire::new(&may, chat, Some(hour))).await;
        self.call(&Release::new(&may, chat)).await;
        self.ours(&Detach { bot }).await;
    }
}

fn attached() -> BotState {
    let mut state = BotState::default();
    state.attach(Timestamp(1), &Scopes::Unknown);
    state
}
