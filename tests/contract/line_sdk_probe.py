"""Works a LINE Platform emulator with LINE's own SDK for Python, as a module channel would.

    python3 line_sdk_probe.py http://127.0.0.1:9001

One line for each check, then `N passed, M failed`; the exit code is 1 if a check failed.
The channel and its header are the emulator's own, read from its state; an account is linked
through the link screen first, if none is attached.
"""

import base64
import hashlib
import json
import struct
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zlib

from linebot.v3.audience import ApiClient as AudienceClient
from linebot.v3.audience import Configuration as AudienceConfiguration
from linebot.v3.audience import ManageAudience, ManageAudienceBlob
from linebot.v3.insight import ApiClient as InsightClient
from linebot.v3.insight import Configuration as InsightConfiguration
from linebot.v3.insight import Insight
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
    PostbackAction,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException
from linebot.v3.oauth import ApiClient as OAuthClient
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as OAuthConfiguration

SCOPES = "message:send message:receive profile:read account:manage"
CHECKS = []


def check(function):
    """A check: it is named by its function, and fails by raising."""
    CHECKS.append(function)
    return function


class Stay(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller."""

    def redirect_request(self, *arguments):
        return None


class Platform:
    """The emulator, by its control interface and its link screen."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.channel = self.state()["channel"]

    def state(self):
        return self.ask("GET", "/_emulator/state")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def attached(self):
        """An attached account."""
        bots = self.state()["bots"]
        attached = [bot for bot in bots if bot["attached"] and bot["status"] == "active"]
        return attached[0] if attached else self.attach(bots[0])

    def attach(self, bot):
        redirect = self.channel["redirect_urls"][0]
        query = urllib.parse.urlencode(
            {
                "response_type": "code",
                "client_id": self.channel["channel_id"],
                "redirect_uri": redirect,
                "scope": SCOPES,
                "state": uuid.uuid4().hex,
            },
            quote_via=urllib.parse.quote,
        )
        back = self.post_form("/module/auth/v1/decide", {"query": query, "bot": bot["bot_id"], "decision": "link"})
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
        pair = f"{self.channel['channel_id']}:{self.channel['channel_secret']}".encode()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "scope": SCOPES}
        data = urllib.parse.urlencode(form, quote_via=urllib.parse.quote).encode()
        headers = {
            "authorization": "Basic " + base64.b64encode(pair).decode(),
            "content-type": "application/x-www-form-urlencoded",
        }
        request = urllib.request.Request(self.url + "/module/auth/v1/token", data, headers)
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["bot_id"] == bot["bot_id"]
        return bot

    def post_form(self, path, form):
        """Gives where the answer leads to."""
        data = urllib.parse.urlencode(form).encode()
        opener = urllib.request.build_opener(Stay)
        try:
            with opener.open(self.url + path, data) as answer:
                raise AssertionError(f"{path} leads nowhere: {answer.status}")
        except urllib.error.HTTPError as answer:
            return answer.headers["location"]

    def says(self, bot, user, text):
        """A user writes; gives the event as LINE would deliver it."""
        event = {"type": "message", "message": {"type": "text", "text": text}}
        order = {"bot": bot, "chat": user, "events": [event], "deliver": "hold"}
        held = self.ask("POST", "/_emulator/events", order)
        return json.loads(held["body"])["events"][0]

    def texts(self, call, since):
        """The texts of a kind of call since then that were taken."""
        calls = self.ask("GET", f"/_emulator/calls?since={since}")["calls"]
        taken = [it for it in calls if it["path"].endswith(call) and it["status"] == 200]
        requests = [it["request"] if isinstance(it["request"], dict) else json.loads(it["request"]) for it in taken]
        return [message["text"] for request in requests for message in request["messages"]]


class Channel:
    """The module channel, as the SDK sees it: one token, and the header that selects the account."""

    def __init__(self, platform, bot):
        self.platform, self.bot = platform, bot
        with OAuthClient(OAuthConfiguration(host=platform.url)) as client:
            issued = ChannelAccessToken(client).issue_stateless_channel_token_by_client_secret(
                platform.channel["channel_id"], platform.channel["channel_secret"]
            )
        self.issued = issued
        users = [user for user in platform.state()["users"] if user["bot"] == bot and not user["blocked"]]
        self.user = users[0]

    def client(self, kind=ApiClient, configuration=Configuration):
        made = kind(configuration(host=self.platform.url, access_token=self.issued.access_token))
        made.set_default_header(self.platform.channel["bot_header"], self.bot)
        return made

    def messaging(self):
        return MessagingApi(self.client())

    def last_call(self):
        return self.platform.state()["last_call"]


def picture(width, height):
    """A white PNG of this size."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + b"\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@check
def a_token_is_issued_for_fifteen_minutes(channel):
    assert channel.issued.token_type == "Bearer"
    assert channel.issued.expires_in in (899, 900), channel.issued.expires_in


@check
def a_push_arrives_once_for_one_retry_key(channel):
    since, key = channel.last_call(), str(uuid.uuid4())
    request = PushMessageRequest(to=channel.user["user_id"], messages=[TextMessage(text="pushed")])
    answer = channel.messaging().push_message(request, x_line_retry_key=key)
    assert answer.sent_messages[0].id
    try:
        channel.messaging().push_message(request, x_line_retry_key=key)
        raise AssertionError("the same key was taken twice")
    except ApiException as refused:
        assert refused.status == 409, refused
        assert refused.headers["x-line-accepted-request-id"]
    assert channel.platform.texts("/push", since) == ["pushed"]


@check
def a_reply_uses_its_token_up(channel):
    event = channel.platform.says(channel.bot, channel.user["user_id"], "hello")
    since = channel.last_call()
    request = ReplyMessageRequest(reply_token=event["replyToken"], messages=[TextMessage(text="replied")])
    assert channel.messaging().reply_message(request).sent_messages[0].id
    assert channel.platform.texts("/reply", since) == ["replied"]
    try:
        channel.messaging().reply_message(request)
        raise AssertionError("a token was taken twice")
    except ApiException as refused:
        assert refused.status == 400 and "Invalid reply token" in refused.body, refused


@check
def a_profile_is_read(channel):
    profile = channel.messaging().get_profile(channel.user["user_id"])
    assert profile.display_name == channel.user["name"], profile


@check
def without_the_header_nothing_is_done(channel):
    bare = ApiClient(Configuration(host=channel.platform.url, access_token=channel.issued.access_token))
    try:
        MessagingApi(bare).get_profile(channel.user["user_id"])
        raise AssertionError("a call without the bot header was answered")
    except ApiException as refused:
        assert 400 <= refused.status < 500, refused


@check
def a_rich_menu_has_its_picture_and_is_linked(channel):
    area = RichMenuArea(
        bounds=RichMenuBounds(x=0, y=0, width=2500, height=843), action=PostbackAction(label="Go", data="go")
    )
    menu = RichMenuRequest(
        size=RichMenuSize(width=2500, height=843), selected=True, name="probe", chat_bar_text="Menu", areas=[area]
    )
    made = channel.messaging().create_rich_menu(menu).rich_menu_id
    image = picture(2500, 843)
    MessagingApiBlob(channel.client()).set_rich_menu_image(
        made, body=bytearray(image), _headers={"Content-Type": "image/png"}
    )
    kept = MessagingApiBlob(channel.client()).get_rich_menu_image(made)
    assert hashlib.sha256(bytes(kept)).digest() == hashlib.sha256(image).digest()
    channel.messaging().link_rich_menu_id_to_user(channel.user["user_id"], made)
    assert channel.messaging().get_rich_menu_id_of_user(channel.user["user_id"]).rich_menu_id == made


@check
def an_audience_is_uploaded(channel):
    client = channel.client(AudienceClient, AudienceConfiguration)
    # The SDK takes a file's name, whatever its signature says.
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as ids:
        ids.write(f"{channel.user['user_id']}\n")
        ids.flush()
        upload = ManageAudienceBlob(client).create_audience_for_uploading_user_ids
        made = upload(file=ids.name, description="probe")
    data = ManageAudience(client).get_audience_data(made.audience_group_id)
    assert data.audience_group.description == "probe", data
    groups = ManageAudience(client).get_audience_groups(page=1)
    assert made.audience_group_id in [group.audience_group_id for group in groups.audience_groups]


@check
def insight_is_read(channel):
    insight = Insight(channel.client(InsightClient, InsightConfiguration))
    followers = insight.get_number_of_followers(var_date="20260101")
    assert followers.status in ("ready", "unready", "out_of_service"), followers
    delivery = insight.get_number_of_message_deliveries(var_date="20260101")
    assert delivery.status in ("ready", "unready", "out_of_service"), delivery


def main(url):
    platform = Platform(url)
    channel = Channel(platform, platform.attached()["bot_id"])
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function(channel)
            print(f"ok      {name}")
        except Exception as error:  # every check is told of
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
