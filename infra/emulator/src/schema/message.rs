//! Message objects.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#message-objects>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::action::QUICK_REPLY;
use super::form::Form;
use super::{
    ANY, Member, Object, Rule, Shape, flex, formed, https, imagemap, optional, required, template,
    utf16,
};
use crate::api::Findings;

/// What a body that sends has in common with all others.
pub(crate) static SENT: Object = Object {
    name: "messages to send",
    anchor: "send-push-message",
    kind: "",
    members: &[&[
        required("messages", Shape::List(1, 5, &Shape::Typed(MESSAGES))),
        optional("notificationDisabled", Shape::Truth),
    ]],
    rules: &[],
};

/// What a push and a multicast have beside: under which name they are counted.
pub(crate) static COUNTED: Object = Object {
    name: "names for statistics",
    anchor: "send-push-message",
    kind: "",
    members: &[&[optional("customAggregationUnits", Shape::List(0, 1, &UNIT))]],
    rules: &[],
};

static UNIT: Shape = formed(30, Form::Characters("_"));

/// All messages.
pub(crate) static MESSAGES: &[&Object] = &[
    &TEXT, &TEXT_V2, &STICKER, &IMAGE, &VIDEO, &AUDIO, &LOCATION, &IMAGEMAP, &TEMPLATE, &FLEX,
    &COUPON,
];

/// Maximum number of emojis of a text, of mentions, and of names that stand for either.
const MOST_EMOJIS: usize = 20;
const MOST_MENTIONS: usize = 20;
const MOST_NAMES: usize = 100;
/// Maximum number of characters of a name.
const LONGEST_NAME: usize = 20;

static TEXT: Object = Object {
    name: "text message",
    anchor: "text-message",
    kind: "text",
    members: &[
        &[
            required("text", utf16(5000)),
            optional(
                "emojis",
                Shape::List(0, MOST_EMOJIS, &Shape::Object(&EMOJI)),
            ),
        ],
        QUOTE,
        COMMON,
    ],
    rules: &[Rule {
        says: "each emoji stands at a `$` of the text",
        check: emojis,
        kept: || json!({"text": "😀 $", "emojis": [{"index": 3, "productId": "5ac1", "emojiId": "001"}]}),
        broken: || json!({"text": "😀 $", "emojis": [{"index": 2, "productId": "5ac1", "emojiId": "001"}]}),
        at: "emojis[0].index",
    }],
};

static EMOJI: Object = Object {
    name: "emoji of a text message",
    anchor: "text-message",
    kind: "",
    members: &[
        &[required("index", Shape::Whole(0, super::PIXELS))],
        EMOJI_IDS,
    ],
    rules: &[],
};

static TEXT_V2: Object = Object {
    name: "text message (v2)",
    anchor: "text-message-v2",
    kind: "textV2",
    members: &[
        &[
            required("text", utf16(5000)),
            optional("substitution", Shape::Named(MOST_NAMES, SUBSTITUTES)),
        ],
        QUOTE,
        COMMON,
    ],
    rules: &[
        Rule {
            says: "`{` and `}` are in pairs; `{{` and `}}` stand for one",
            check: |findings, message, at| {
                if names(message).is_none() {
                    findings.add("Braces must be paired", format!("{at}.text"));
                }
            },
            kept: || json!({"text": "{{a}}"}),
            broken: || json!({"text": "{a"}),
            at: "text",
        },
        Rule {
            says: "each name in braces is in the substitution",
            check: |findings, message, at| {
                let all = message["substitution"].as_object();
                let is_there = |name: &&str| all.is_some_and(|all| all.contains_key(*name));
                if !names(message).unwrap_or_default().iter().all(is_there) {
                    findings.add("Must be in the substitution", format!("{at}.text"));
                }
            },
            kept: || json!({"text": "{a}", "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}}),
            broken: || json!({"text": "{b}", "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}}),
            at: "text",
        },
        Rule {
            says: "each name of the substitution is in the text",
            check: |findings, message, at| {
                let Some(in_text) = names(message) else {
                    return;
                };
                for name in message["substitution"].as_object().into_iter().flatten() {
                    if !in_text.contains(&name.0.as_str()) {
                        let at = format!("{at}.substitution.{}", name.0);
                        findings.add("Must be in the text", at);
                    }
                }
            },
            kept: || json!({"text": "{a}{a}", "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}}),
            broken: || json!({"text": "a", "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}}),
            at: "substitution.a",
        },
        Rule {
            says: "a name has 1 to 20 ASCII letters, digits and `_`",
            check: good_names,
            kept: || json!({"text": "{a_1}", "substitution": {"a_1": {"type": "mention", "mentionee": {"type": "all"}}}}),
            broken: || json!({"text": "{a-1}", "substitution": {"a-1": {"type": "mention", "mentionee": {"type": "all"}}}}),
            at: "substitution.a-1",
        },
        Rule {
            says: "a message has at most 20 mentions",
            check: |findings, message, at| at_most(findings, message, at, "mention", MOST_MENTIONS),
            kept: || {
                json!({"text": "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}",
                "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}})
            },
            broken: || {
                json!({"text": "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}",
                "substitution": {"a": {"type": "mention", "mentionee": {"type": "all"}}}})
            },
            at: "substitution",
        },
        Rule {
            says: "a message has at most 20 emojis",
            check: |findings, message, at| at_most(findings, message, at, "emoji", MOST_EMOJIS),
            kept: || {
                json!({"text": "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}",
                "substitution": {"a": {"type": "emoji", "productId": "a", "emojiId": "a"}}})
            },
            broken: || {
                json!({"text": "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}",
                "substitution": {"a": {"type": "emoji", "productId": "a", "emojiId": "a"}}})
            },
            at: "substitution",
        },
    ],
};

static SUBSTITUTES: &[&Object] = &[&MENTION, &EMOJI_V2];

static MENTION: Object = Object {
    name: "mention",
    anchor: "text-message-v2-mention-object",
    kind: "mention",
    members: &[&[required(
        "mentionee",
        Shape::Typed(&[&MENTIONED_USER, &MENTIONED_ALL]),
    )]],
    rules: &[],
};

static MENTIONED_USER: Object = Object {
    name: "user who is mentioned",
    anchor: "text-message-v2-mentionee-user",
    kind: "user",
    members: &[&[required("userId", utf16(ANY))]],
    rules: &[],
};

static MENTIONED_ALL: Object = Object {
    name: "mention of all",
    anchor: "text-message-v2-mentionee-all",
    kind: "all",
    members: &[],
    rules: &[],
};

static EMOJI_V2: Object = Object {
    name: "emoji",
    anchor: "text-message-v2-emoji-object",
    kind: "emoji",
    members: &[EMOJI_IDS],
    rules: &[],
};

static STICKER: Object = Object {
    name: "sticker message",
    anchor: "sticker-message",
    kind: "sticker",
    members: &[
        &[
            required("packageId", utf16(ANY)),
            required("stickerId", utf16(ANY)),
        ],
        QUOTE,
        COMMON,
    ],
    rules: &[],
};

static IMAGE: Object = Object {
    name: "image message",
    anchor: "image-message",
    kind: "image",
    members: &[FILES, COMMON],
    rules: &[],
};

static VIDEO: Object = Object {
    name: "video message",
    anchor: "video-message",
    kind: "video",
    members: &[
        FILES,
        &[optional(
            "trackingId",
            formed(100, Form::Characters("-.=,+*()%$&;:@{}!?<>[]")),
        )],
        COMMON,
    ],
    rules: &[],
};

static AUDIO: Object = Object {
    name: "audio message",
    anchor: "audio-message",
    kind: "audio",
    members: &[
        &[
            required("originalContentUrl", https()),
            required("duration", Shape::Number),
        ],
        COMMON,
    ],
    rules: &[],
};

static LOCATION: Object = Object {
    name: "location message",
    anchor: "location-message",
    kind: "location",
    members: &[
        &[
            required("title", utf16(100)),
            required("address", utf16(100)),
            required("latitude", Shape::Number),
            required("longitude", Shape::Number),
        ],
        COMMON,
    ],
    rules: &[],
};

static IMAGEMAP: Object = Object {
    name: "imagemap message",
    anchor: "imagemap-message",
    kind: "imagemap",
    members: &[imagemap::MEMBERS, COMMON],
    rules: &[],
};

static TEMPLATE: Object = Object {
    name: "template message",
    anchor: "template-messages",
    kind: "template",
    members: &[
        &[
            required("altText", utf16(1500)),
            required("template", Shape::Typed(template::TEMPLATES)),
        ],
        COMMON,
    ],
    rules: &[],
};

static FLEX: Object = Object {
    name: "flex message",
    anchor: "flex-message",
    kind: "flex",
    members: &[
        &[
            required("altText", utf16(1500)),
            required("contents", Shape::Typed(flex::CONTAINERS)),
        ],
        COMMON,
    ],
    rules: &[flex::ANIMATED],
};

static COUPON: Object = Object {
    name: "coupon message",
    anchor: "coupon-message",
    kind: "coupon",
    members: &[
        &[
            required("couponId", utf16(ANY)),
            optional("deliveryTag", formed(30, Form::Characters("_"))),
        ],
        COMMON,
    ],
    rules: &[],
};

/// Which of LINE's emojis it is.
static EMOJI_IDS: &[Member] = &[
    required("productId", utf16(ANY)),
    required("emojiId", utf16(ANY)),
];

/// Which message it answers to.
static QUOTE: &[Member] = &[optional("quoteToken", utf16(ANY))];

/// A picture or a video, and what is shown of it before it is opened.
pub(super) static FILES: &[Member] = &[
    required("originalContentUrl", https()),
    required("previewImageUrl", https()),
];

/// What every message can have.
static COMMON: &[Member] = &[
    optional("sender", Shape::Object(&SENDER)),
    optional("quickReply", Shape::Object(&QUICK_REPLIES)),
];

static SENDER: Object = Object {
    name: "sender",
    anchor: "icon-nickname-switch",
    kind: "",
    members: &[&[optional("name", utf16(20)), optional("iconUrl", https())]],
    rules: &[],
};

static QUICK_REPLIES: Object = Object {
    name: "quick replies",
    anchor: "items-object",
    kind: "",
    members: &[&[required(
        "items",
        Shape::List(1, 13, &Shape::Typed(&[&QUICK_REPLY_BUTTON])),
    )]],
    rules: &[],
};

static QUICK_REPLY_BUTTON: Object = Object {
    name: "quick reply button",
    anchor: "quick-reply-button-object",
    kind: "action",
    members: &[&[
        optional("imageUrl", https()),
        required("action", Shape::Action(&QUICK_REPLY)),
    ]],
    rules: &[],
};

/// All objects of messages but those with files of their own, for the document.
pub(super) static ALL: &[&Object] = &[
    &SENT,
    &COUNTED,
    &TEXT,
    &EMOJI,
    &TEXT_V2,
    &MENTION,
    &MENTIONED_USER,
    &MENTIONED_ALL,
    &EMOJI_V2,
    &STICKER,
    &IMAGE,
    &VIDEO,
    &AUDIO,
    &LOCATION,
    &COUPON,
    &IMAGEMAP,
    &TEMPLATE,
    &FLEX,
    &SENDER,
    &QUICK_REPLIES,
    &QUICK_REPLY_BUTTON,
];

fn emojis(findings: &mut Findings, message: &Value, at: &str) {
    let text = message["text"].as_str().unwrap_or_default();
    let text: Vec<u16> = text.encode_utf16().collect();
    let emojis = message["emojis"].as_array().into_iter().flatten();
    for (place, emoji) in emojis.enumerate() {
        let Some(index) = emoji["index"].as_u64() else {
            continue;
        };
        let sign = usize::try_from(index).ok().and_then(|it| text.get(it));
        if sign != Some(&u16::from(b'$')) {
            let at = format!("{at}.emojis[{place}].index");
            findings.add("Must be the place of a $ in the text", at);
        }
    }
}

/// The names between the braces of a text, or nothing if a brace has no other. Two of one kind
/// stand for one.
fn names(message: &Value) -> Option<Vec<&str>> {
    let text = message["text"].as_str().unwrap_or_default();
    let (mut names, mut opened) = (Vec::new(), None);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (character, opened) {
            ('{' | '}', None) if characters.next_if(|(_, next)| *next == character).is_some() => {}
            ('{', None) => opened = Some(at + 1),
            ('}', Some(from)) => {
                names.push(&text[from..at]);
                opened = None;
            }
            ('{' | '}', _) => return None,
            _ => {}
        }
    }
    opened.is_none().then_some(names)
}

fn good_names(findings: &mut Findings, message: &Value, at: &str) {
    let is_good = |name: &str| {
        let mut letters = name.bytes();
        (1..=LONGEST_NAME).contains(&name.len())
            && letters.all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    let all = message["substitution"].as_object().into_iter().flatten();
    for (name, _) in all.filter(|(name, _)| !is_good(name)) {
        let text = "Must be a name of 1 to 20 letters, digits and _";
        findings.add(text, format!("{at}.substitution.{name}"));
    }
}

/// The text is not documented.
fn at_most(findings: &mut Findings, message: &Value, at: &str, kind: &str, most: usize) {
    let all = &message["substitution"];
    let of_kind: BTreeSet<&String> = all
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, it)| it["type"] == kind)
        .map(|(name, _)| name)
        .collect();
    let names = names(message).unwrap_or_default().into_iter();
    let number = names.filter(|name| of_kind.contains(&(*name).to_owned()));
    if number.count() > most {
        let text = format!("Must have at most {most} of type {kind}");
        findings.add(text, format!("{at}.substitution"));
    }
}
