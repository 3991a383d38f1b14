"""Asks the LINE Platform emulator, with LINE's own Python SDK, for what a module channel needs.

    python3 line_sdk.py http://127.0.0.1:9001

One line for each check, then `N passed, M failed`; the exit code is 1 if a check failed. It makes an
account of its own, so it can be run again on the same emulator. The SDK reads every answer into
LINE's types, so that an answer in another shape fails.
"""

import json
import struct
import sys
import tempfile
import time
import urllib.request
import zlib

import line_types
from linebot.v3 import audience, insight, messaging, oauth

CHANNEL = "2000000001"
SECRET = "00112233445566778899aabbccddeeff"
SCOPES = ["message:send", "message:receive", "account:manage", "profile:read", "coupon:manage"]
TEXT = messaging.TextMessage(text="hello")
CHECKS = []


def png(width, height):
    """A white picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff" * width) * height)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


PNG = png(800, 540)


def check(function):
    """A check: it is named by its function, and fails by raising."""
    CHECKS.append(function)
    return function


class Line:
    """The emulator, with an account that the channel is attached to and a user who has written."""

    def __init__(self, url):
        self.url = url
        before = len(self.control("state")["bots"])
        self.control("bots", {"count": 1, "attached": True, "scopes": SCOPES})
        self.bot = self.control("state")["bots"][before]["bot_id"]
        self.user = "LUsomebody"
        with oauth.ApiClient(oauth.Configuration(host=url)) as client:
            issued = oauth.ChannelAccessToken(client).issue_stateless_channel_token(
                grant_type="client_credentials",
                client_assertion_type=None,
                client_assertion=None,
                client_id=CHANNEL,
                client_secret=SECRET,
            )
        self.token = issued.access_token

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data=data)
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def hears(self, text):
        """The user writes; the event as it was sent."""
        event = {"type": "message", "message": {"type": "text", "text": text}}
        sent = self.control("events", {"bot": self.bot, "chat": self.user, "events": [event]})
        return json.loads(sent["body"])["events"][0]

    def client(self, package):
        """A client of one of the SDK's packages, which always names the bot."""
        configuration = package.Configuration(host=self.url, access_token=self.token)
        client = package.ApiClient(configuration)
        client.set_default_header("X-Emulated-Bot-Id", self.bot)
        return client

    @property
    def api(self):
        return messaging.MessagingApi(self.client(messaging))


@check
def a_short_lived_token_is_issued_verified_and_revoked(line):
    with oauth.ApiClient(oauth.Configuration(host=line.url)) as client:
        tokens = oauth.ChannelAccessToken(client)
        issued = tokens.issue_channel_token("client_credentials", CHANNEL, SECRET)
        assert issued.expires_in == 2592000
        assert tokens.verify_channel_token(issued.access_token).client_id == CHANNEL
        tokens.revoke_channel_token(issued.access_token)


@check
def a_message_is_replied_to(line):
    token = line.hears("a")["replyToken"]
    answer = line.api.reply_message(messaging.ReplyMessageRequest(reply_token=token, messages=[TEXT]))
    assert answer.sent_messages[0].quote_token


@check
def messages_are_pushed_and_sent_to_many(line):
    line.hears("a")
    bubble = messaging.FlexBubble(body=messaging.FlexBox(layout="vertical", contents=[messaging.FlexText(text="a")]))
    flex = messaging.FlexMessage(alt_text="a", contents=bubble)
    pushed = line.api.push_message(messaging.PushMessageRequest(to=line.user, messages=[TEXT, flex]))
    assert len(pushed.sent_messages) == 2
    line.api.multicast(messaging.MulticastRequest(to=[line.user], messages=[TEXT]))
    line.api.broadcast(messaging.BroadcastRequest(messages=[TEXT]))
    request = messaging.NarrowcastRequest(messages=[TEXT])
    taken_on = line.api.narrowcast_with_http_info(request).headers["x-line-request-id"]
    assert line.api.get_narrowcast_progress(taken_on).phase == "waiting"
    line.control("clock", {"advance_s": 5})
    assert line.api.get_narrowcast_progress(taken_on).phase == "succeeded"


@check
def a_refusal_is_in_lines_shape(line):
    try:
        line.api.push_message(messaging.PushMessageRequest(to="LUnobody", messages=[TEXT]))
    except messaging.ApiException as refused:
        assert refused.status == 400
        assert messaging.ErrorResponse.parse_raw(refused.body).message == "Failed to send messages"
    else:
        raise AssertionError("it was not refused")


@check
def a_profile_is_read(line):
    line.hears("a")
    assert line.api.get_profile(line.user).user_id == line.user
    assert line.api.get_followers().user_ids == [line.user]
    assert line.api.get_bot_info().user_id == line.bot


@check
def a_rich_menu_is_made_with_its_image(line):
    line.hears("a")
    area = messaging.RichMenuArea(
        bounds=messaging.RichMenuBounds(x=0, y=0, width=2500, height=1686),
        action=messaging.PostbackAction(data="a"),
    )
    size = messaging.RichMenuSize(width=2500, height=1686)
    request = messaging.RichMenuRequest(size=size, selected=False, name="a", chat_bar_text="a", areas=[area])
    menu = line.api.create_rich_menu(request).rich_menu_id
    images = messaging.MessagingApiBlob(line.client(messaging))
    images.set_rich_menu_image(menu, body=PNG, _headers={"Content-Type": "image/png"})
    assert images.get_rich_menu_image(menu) == PNG
    line.api.set_default_rich_menu(menu)
    assert line.api.get_default_rich_menu_id().rich_menu_id == menu
    line.api.link_rich_menu_id_to_user(line.user, menu)
    assert line.api.get_rich_menu_id_of_user(line.user).rich_menu_id == menu
    assert [one.rich_menu_id for one in line.api.get_rich_menu_list().richmenus] == [menu]


@check
def an_audience_is_uploaded_both_ways(line):
    groups = audience.ManageAudience(line.client(audience))
    request = audience.CreateAudienceGroupRequest(description="a", audiences=[audience.Audience(id="LUa")])
    made = groups.create_audience_group(request).audience_group_id
    files = audience.ManageAudienceBlob(line.client(audience))
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"LUa\nLUb\n")
        file.flush()
        uploaded = files.create_audience_for_uploading_user_ids(description="b", file=file.name).audience_group_id
    line.control("clock", {"advance_s": 5})
    assert groups.get_audience_data(made).audience_group.audience_count == 1
    assert groups.get_audience_data(uploaded).audience_group.audience_count == 2
    assert groups.get_audience_groups(page=1).total_count == 2


@check
def statistics_are_read(line):
    line.hears("a")
    request = messaging.BroadcastRequest(messages=[TEXT])
    sent = line.api.broadcast_with_http_info(request).headers["x-line-request-id"]
    numbers = insight.Insight(line.client(insight))
    assert numbers.get_message_event(sent).overview.delivered == 1
    assert numbers.get_friends_demographics().available is False
    assert numbers.get_number_of_followers("20200101").status == "ready"
    assert numbers.get_number_of_message_deliveries("20200101").status == "ready"
    assert numbers.get_statistics_per_unit("a", "20200101", "20200102").messages == []


@check
def a_coupon_is_made(line):
    now = int(time.time())
    request = messaging.CouponCreateRequest(
        acquisition_condition=messaging.NormalAcquisitionConditionRequest(),
        start_timestamp=now,
        end_timestamp=now + 86400,
        max_use_count_per_ticket=1,
        title="a",
        visibility="PUBLIC",
        timezone="ASIA_TOKYO",
        reward=messaging.CouponFreeRewardRequest(),
    )
    made = line.api.create_coupon(request).coupon_id
    assert line.api.get_coupon_detail(made).status == "RUNNING"
    assert [one.coupon_id for one in line.api.list_coupon().items] == [made]


@check
def small_signs_reach_the_user(line):
    token = line.hears("a")["message"]["markAsReadToken"]
    line.api.mark_messages_as_read_by_token(messaging.MarkMessagesAsReadByTokenRequest(mark_as_read_token=token))
    line.api.show_loading_animation(messaging.ShowLoadingAnimationRequest(chat_id=line.user, loading_seconds=5))
    assert line.api.issue_link_token(line.user).link_token


@check
def a_group_tells_who_is_in_it(line):
    group = "C8d3f61b0a9e2475bb1c7e5f04a6d92e3"
    members = {"members": [{"type": "user", "userId": line.user}]}
    event = {"type": "memberJoined", "joined": members}
    line.control("events", {"bot": line.bot, "chat": group, "events": [event]})
    assert line.api.get_group_summary(group).group_id == group
    assert line.api.get_group_member_count(group).count == 1
    assert line.api.get_group_members_ids(group).member_ids == [line.user]
    assert line.api.get_group_member_profile(group, line.user).user_id == line.user
    line.api.leave_group(group)


@check
def members_of_a_plan_are_listed(line):
    plan = {"id": 7, "title": "a", "description": "a", "benefits": ["a"], "price": 500, "currency": "JPY"}
    line.control(f"bots/{line.bot}/memberships", plan)
    event = {"type": "membership", "membership": {"type": "joined", "membershipId": 7}}
    line.control("events", {"bot": line.bot, "chat": line.user, "events": [event]})
    assert line.api.get_membership_list().memberships[0].member_count == 1
    assert line.api.get_membership_subscription(line.user).subscriptions[0].user.membership_no == 1
    assert line.api.get_joined_membership_users(7).user_ids == [line.user]


@check
def units_and_counts_are_read(line):
    line.hears("a")
    request = messaging.PushMessageRequest(to=line.user, messages=[TEXT], customAggregationUnits=["spring"])
    line.api.push_message(request)
    assert line.api.get_aggregation_unit_usage().num_of_custom_aggregation_units == 1
    assert line.api.get_aggregation_unit_name_list().custom_aggregation_units == ["spring"]
    assert line.api.get_message_quota().type == "none"
    assert line.api.get_message_quota_consumption().total_usage == 1
    assert line.api.get_number_of_sent_push_messages("20200101").status == "ready"
    line.api.validate_push(messaging.ValidateMessageRequest(messages=[TEXT]))


@check
def content_is_fetched(line):
    event = {"type": "message", "message": {"type": "video"}}
    sent = line.control("events", {"bot": line.bot, "chat": line.user, "events": [event]})
    message = json.loads(sent["body"])["events"][0]["message"]["id"]
    blobs = messaging.MessagingApiBlob(line.client(messaging))
    assert blobs.get_message_content(message)
    assert blobs.get_message_content_preview(message).startswith(b"\x89PNG\r\n\x1a\n")
    assert blobs.get_message_content_transcoding_by_message_id(message).status == "succeeded"


@check
def menus_are_aliased_and_changed_for_many(line):
    line.hears("a")
    size = messaging.RichMenuSize(width=800, height=250)
    request = messaging.RichMenuRequest(size=size, selected=True, name="a", chat_bar_text="a", areas=[])
    menu = line.api.create_rich_menu(request).rich_menu_id
    images = messaging.MessagingApiBlob(line.client(messaging))
    images.set_rich_menu_image(menu, body=PNG, _headers={"Content-Type": "image/png"})
    alias = messaging.CreateRichMenuAliasRequest(rich_menu_alias_id="a", rich_menu_id=menu)
    line.api.create_rich_menu_alias(alias)
    assert line.api.get_rich_menu_alias("a").rich_menu_id == menu
    assert len(line.api.get_rich_menu_alias_list().aliases) == 1
    bulk = messaging.RichMenuBulkLinkRequest(rich_menu_id=menu, user_ids=[line.user])
    line.api.link_rich_menu_id_to_users(bulk)
    batch = messaging.RichMenuBatchRequest(operations=[messaging.RichMenuBatchUnlinkOperation(var_from=menu)])
    taken_on = line.api.rich_menu_batch_with_http_info(batch).headers["x-line-request-id"]
    assert line.api.get_rich_menu_batch_progress(taken_on).phase == "ongoing"
    line.control("clock", {"advance_s": 5})
    assert line.api.get_rich_menu_batch_progress(taken_on).phase == "succeeded"
    numbers = insight.Insight(line.client(insight))
    assert numbers.get_rich_menu_insight_summary(menu, "20200101", "20200102").rich_menu_id == menu
    assert numbers.get_rich_menu_insight_daily(menu, "20200101", "20200102").rich_menu_id == menu


@check
def shared_audiences_are_listed(line):
    groups = audience.ManageAudience(line.client(audience))
    request = audience.CreateAudienceGroupRequest(description="a", audiences=[])
    made = groups.create_audience_group(request).audience_group_id
    assert groups.get_shared_audience_data(made).owner.name
    assert groups.get_shared_audience_groups(page=1).total_count == 0


@check
def the_webhook_is_set_and_tried(line):
    request = messaging.SetWebhookEndpointRequest(endpoint="http://127.0.0.1:9/webhook")
    line.api.set_webhook_endpoint(request)
    assert line.api.get_webhook_endpoint().active
    tried = line.api.test_webhook_endpoint(messaging.TestWebhookEndpointRequest())
    assert tried.success is False and tried.reason == "COULD_NOT_CONNECT"


@check
def our_list_of_webhook_types_has_all_that_the_sdk_has(_line):
    missing = line_types.not_listed()
    assert not missing, f"not in shared/tests/line_types/types.toml: {', '.join(missing)}"


@check
def our_webhook_of_every_type_is_read_by_the_sdk(_line):
    odd = line_types.not_read()
    assert not odd, f"not as LINE's types have it: {odd}"


def main(url):
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(Line(url))
            print(f"ok    {name}")
        except Exception as error:  # whatever a check raises is its failure
            failed += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
