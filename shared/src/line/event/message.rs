//! What a message holds, by its `type`
//! (<https://developers.line.biz/en/reference/messaging-api/#message-event>).

use std::time::Duration;

use serde_json::Value;

use super::text;
use crate::domain::UserId;
use crate::domain::message::{
    AudioContent, Emoji, ExternalContent, FileContent, ImageContent, ImageSet, LocationContent,
    Mention, Mentioned, Message, MessageContent, Provider, StickerContent, TextContent,
    VideoContent,
};

/// A message; none if it is no object.
pub(super) fn read(message: &Value) -> Option<Message> {
    message.as_object()?;
    Some(Message {
        id: text(&message["id"]).unwrap_or_default(),
        content: content(message),
        quote_token: text(&message["quoteToken"]),
        quoted_message_id: text(&message["quotedMessageId"]),
        read_token: text(&message["markAsReadToken"]),
    })
}

/// What it holds; unknown if the type is, or if it lacks what its type must have.
fn content(message: &Value) -> MessageContent {
    let word = message["type"].as_str().unwrap_or_default();
    known(word, message).unwrap_or_else(|| MessageContent::Unknown(word.to_owned()))
}

fn known(word: &str, message: &Value) -> Option<MessageContent> {
    let provider = || provider(&message["contentProvider"]);
    let duration = || message["duration"].as_u64().map(Duration::from_millis);
    Some(match word {
        "text" => MessageContent::Text(TextContent {
            text: text(&message["text"])?,
            emojis: list(&message["emojis"], emoji),
            mentions: list(&message["mention"]["mentionees"], mention),
        }),
        "image" => MessageContent::Image(ImageContent {
            provider: provider(),
            set: image_set(&message["imageSet"]),
        }),
        "video" => MessageContent::Video(VideoContent {
            provider: provider(),
            duration: duration(),
        }),
        "audio" => MessageContent::Audio(AudioContent {
            provider: provider(),
            duration: duration(),
        }),
        "file" => MessageContent::File(FileContent {
            name: text(&message["fileName"])?,
            size: message["fileSize"].as_u64()?,
        }),
        "location" => MessageContent::Location(location(message)?),
        "sticker" => MessageContent::Sticker(sticker(message)?),
        _ => return None,
    })
}

fn location(message: &Value) -> Option<LocationContent> {
    Some(LocationContent {
        title: text(&message["title"]),
        address: text(&message["address"]),
        latitude: message["latitude"].as_f64()?,
        longitude: message["longitude"].as_f64()?,
    })
}

fn sticker(message: &Value) -> Option<StickerContent> {
    Some(StickerContent {
        package_id: text(&message["packageId"])?,
        sticker_id: text(&message["stickerId"])?,
        resource_type: text(&message["stickerResourceType"]),
        keywords: list(&message["keywords"], text),
        text: text(&message["text"]),
    })
}

/// LINE has only what its own users have sent; the other provider that it documents is
/// `external`. One that is missing or no object is LINE.
fn provider(provider: &Value) -> Provider {
    match provider["type"].as_str() {
        None | Some("line") => Provider::Line,
        Some("external") => Provider::External(ExternalContent {
            original_content_url: text(&provider["originalContentUrl"]),
            preview_image_url: text(&provider["previewImageUrl"]),
        }),
        Some(other) => Provider::Unknown(other.to_owned()),
    }
}

fn image_set(set: &Value) -> Option<ImageSet> {
    Some(ImageSet {
        id: text(&set["id"])?,
        index: number(&set["index"]),
        total: number(&set["total"]),
    })
}

fn emoji(emoji: &Value) -> Option<Emoji> {
    Some(Emoji {
        index: number(&emoji["index"])?,
        length: number(&emoji["length"])?,
        product_id: text(&emoji["productId"])?,
        emoji_id: text(&emoji["emojiId"])?,
    })
}

/// Old payloads have no type: all that could be mentioned then was a user.
fn mention(mention: &Value) -> Option<Mention> {
    let id = mention["userId"].as_str();
    let who = match mention["type"].as_str() {
        None | Some("user") => Mentioned::User {
            id: id.and_then(|id| UserId::new(id).ok()),
            is_self: mention["isSelf"].as_bool().unwrap_or(false),
        },
        Some("all") => Mentioned::All,
        Some(other) => Mentioned::Unknown(other.to_owned()),
    };
    Some(Mention {
        index: number(&mention["index"])?,
        length: number(&mention["length"])?,
        who,
    })
}

/// The entries of a list that can be read.
fn list<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let entries = list.as_array().into_iter().flatten();
    entries.filter_map(read).collect()
}

fn number(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(message: &Value) -> MessageContent {
        read(message).unwrap().content
    }

    #[test]
    fn a_text_with_an_emoji_and_mentions_quotes_another() {
        let message = read(&json!({
            "type": "text", "id": "9", "text": "@All @Sakura (hello)",
            "quoteToken": "q", "quotedMessageId": "8", "markAsReadToken": "r",
            "emojis": [{"index": 13, "length": 7, "productId": "p", "emojiId": "001"}, {"index": -1}],
            "mention": {"mentionees": [
                {"index": 0, "length": 4, "type": "all"},
                {"index": 5, "length": 7, "type": "user", "userId": "U1", "isSelf": true},
                {"index": 5, "length": 7, "type": "role"},
                {"type": "user"},
            ]},
        }))
        .unwrap();
        assert_eq!(message.text(), Some("@All @Sakura (hello)"));
        let tokens = (
            message.quote_token,
            message.quoted_message_id,
            message.read_token,
        );
        assert_eq!(
            tokens,
            (Some("q".into()), Some("8".into()), Some("r".into()))
        );
        let MessageContent::Text(text) = message.content else {
            panic!("{:?}", message.content);
        };
        let emoji = Emoji {
            index: 13,
            length: 7,
            product_id: "p".into(),
            emoji_id: "001".into(),
        };
        assert_eq!(text.emojis, [emoji]);
        let who: Vec<_> = text.mentions.iter().map(|mention| &mention.who).collect();
        let user = Mentioned::User {
            id: UserId::new("U1").ok(),
            is_self: true,
        };
        assert_eq!(
            who,
            [&Mentioned::All, &user, &Mentioned::Unknown("role".into())]
        );
        assert!(text.mentions[1].is_self() && !text.mentions[0].is_self());
    }

    #[test]
    fn what_lies_with_another_provider_is_told_with_its_addresses() {
        let provider = |provider: Value| {
            let message = json!({"type": "image", "id": "9", "contentProvider": provider});
            read(&message).unwrap().provider().cloned().unwrap()
        };
        let external = json!({"type": "external", "originalContentUrl": "https://a.jp/o", "previewImageUrl": "https://a.jp/p"});
        let expected = ExternalContent {
            original_content_url: Some("https://a.jp/o".into()),
            preview_image_url: Some("https://a.jp/p".into()),
        };
        assert_eq!(provider(external), Provider::External(expected));
        let without = provider(json!({"type": "external", "originalContentUrl": 7}));
        assert_eq!(without, Provider::External(ExternalContent::default()));
        let another = provider(json!({"type": "another"}));
        assert_eq!(another, Provider::Unknown("another".into()));
        for at_line in [json!({"type": "line"}), json!({}), json!(null), json!(7)] {
            assert_eq!(provider(at_line.clone()), Provider::Line, "{at_line}");
        }
    }

    #[test]
    fn an_image_of_a_set_and_a_video_say_which_and_how_long() {
        let set = json!({"id": "s", "index": 1, "total": 2});
        let MessageContent::Image(image) = of(&json!({"type": "image", "imageSet": set})) else {
            panic!("it is no image");
        };
        let expected = ImageSet {
            id: "s".into(),
            index: Some(1),
            total: Some(2),
        };
        assert_eq!(image.set, Some(expected));
        let MessageContent::Video(video) = of(&json!({"type": "video", "duration": 60_000})) else {
            panic!("it is no video");
        };
        assert_eq!(video.duration, Some(Duration::from_secs(60)));
    }

    #[test]
    fn a_message_without_what_its_type_must_have_is_unknown_by_its_type() {
        for (word, odd) in [
            ("text", json!({"text": 5})),
            ("file", json!({"fileName": "a.txt", "fileSize": "7"})),
            ("location", json!({"latitude": 35.6})),
            ("sticker", json!({"packageId": "446", "stickerId": null})),
            ("hologram", json!({})),
        ] {
            let mut message = odd;
            message["type"] = word.into();
            assert_eq!(of(&message), MessageContent::Unknown(word.into()));
        }
        assert_eq!(
            of(&json!({"type": 7})),
            MessageContent::Unknown(String::new())
        );
        assert!(read(&json!("text")).is_none());
    }
}
