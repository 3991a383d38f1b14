//! The bundle's builders of messages against this emulator: what one takes the other takes,
//! and both find fault with the same member. Each has LINE's limits from LINE's documents
//! by itself, so that a mistake in one of them shows.

mod looks;

use emulator::Settings;
use serde::Serialize;
use serde_json::{Value, json};
use shared::line::endpoints::rich_menu::{Area, Bounds, RichMenu, Size};
use shared::line::message::{
    Action, Buttons, Carousel, Color, Column, Confirm, Coupon, Flex, Image, ImageCarousel,
    ImageColumn, Imagemap, ImagemapAction, ImagemapVideo, Input, Location, PickMode, QuickReply,
    Sender, TemplateMessage, Text, TextV2, Video, flex as made,
};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

const URL: &str = "https://a.jp/i.png";
/// Around every limit that LINE has.
const LENGTHS: [usize; 38] = [
    0, 1, 12, 13, 14, 15, 20, 21, 30, 31, 40, 41, 60, 61, 100, 101, 120, 121, 150, 151, 160, 161,
    240, 241, 300, 301, 400, 401, 500, 501, 750, 751, 1000, 1001, 1500, 1501, 2500, 5001,
];
/// What is a URI, what is none, and what no tap may open.
const URIS: [&str; 20] = [
    "",
    "https://a.jp",
    "https://a.jp/b?c=%E3%81%82#d",
    "https://a.jp/あ",
    "http://a.jp",
    "line://nv/chat",
    "tel:09001234567",
    "not a uri",
    "a.jp",
    "ftp://a.jp",
    "javascript:alert(1)",
    "https:a.jp",
    "https://",
    "https:///a",
    "HTTPS://a.jp",
    "tel:",
    "https://a.jp/b c",
    "https://a.jp/{b}",
    "https://a.jp/100%",
    "https://a.jp/\n",
];

type Built = Result<Value, String>;

/// What a builder makes of something, and the same as JSON that no builder has checked.
struct Pair {
    what: String,
    built: Built,
    json: Value,
}

/// A text of a message: how it is built, and where it is then.
struct Member {
    pointer: &'static str,
    build: fn(String) -> Built,
    /// Texts that are not only long or short.
    texts: &'static [&'static str],
}

fn built(message: impl Serialize) -> Built {
    serde_json::to_value(message).map_err(|error| error.to_string())
}

fn says() -> Action {
    Action::message("a", "a")
}

fn flex(component: &Value) -> Built {
    let body = json!({"type": "box", "layout": "vertical", "contents": [component]});
    built(Flex::new("a", json!({"type": "bubble", "body": body})))
}

fn card(component: impl Into<made::Component>) -> Built {
    let body = made::Column::new().add(component);
    built(Flex::new("a", made::Bubble::new().body(body)))
}

fn video(video: made::Video) -> Built {
    built(Flex::new("a", made::Bubble::new().hero(video)))
}

const AREA: Bounds = Bounds {
    x: 0,
    y: 0,
    width: 520,
    height: 520,
};

fn imagemap() -> Imagemap {
    Imagemap::new(URL, "a", 520)
}

fn tapped(action: ImagemapAction) -> Built {
    built(imagemap().tap(AREA, action))
}

fn on_imagemap(video: ImagemapVideo) -> Built {
    built(imagemap().video(video))
}

/// Where something is in a message, and the message.
type Place<T> = (&'static str, fn(T) -> Built);

/// Where an action can be.
const PLACES: [Place<Action>; 12] = [
    ("/template/actions/0", |action| {
        built(TemplateMessage::new("a", Buttons::new("a", [action])))
    }),
    ("/template/defaultAction", |action| {
        let buttons = Buttons::new("a", [says()]).default_action(action);
        built(TemplateMessage::new("a", buttons))
    }),
    ("/template/actions/1", |action| {
        built(TemplateMessage::new("a", Confirm::new("a", says(), action)))
    }),
    ("/template/columns/0/actions/0", |action| {
        let column = Column::new("a", [action]);
        built(TemplateMessage::new("a", Carousel::new([column])))
    }),
    ("/template/columns/0/action", |action| {
        let column = ImageColumn::new(URL, action);
        built(TemplateMessage::new("a", ImageCarousel::new([column])))
    }),
    ("/quickReply/items/0/action", |action| {
        built(Text::new("a").quick_replies([QuickReply::new(action)]))
    }),
    ("/contents/body/contents/0/action", |action| {
        flex(&json!({"type": "button", "action": action}))
    }),
    ("/contents/body/contents/0/action", |action| {
        flex(&json!({"type": "text", "text": "a", "action": action}))
    }),
    ("/contents/action", |action| {
        built(Flex::new("a", json!({"type": "bubble", "action": action})))
    }),
    ("/contents/body/contents/0/action", |action| {
        card(made::Button::new(action))
    }),
    ("/contents/body/contents/0/action", |action| {
        card(made::Image::new(URL).action(action))
    }),
    ("/contents/action", |action| {
        built(Flex::new("a", made::Bubble::new().action(action)))
    }),
];

const MEMBERS: [Member; 38] = [
    Member {
        pointer: "/text",
        build: |text| built(Text::new(text)),
        texts: &[],
    },
    Member {
        pointer: "/text",
        build: |text| built(TextV2::new(text).mention_all("all")),
        texts: &[
            "{all}",
            "{all} {b}",
            "{all} {",
            "}{all}",
            "{{all}}",
            "{{a}} {all}",
            "{{{all}}}",
            "{a{all}}",
            "{}{all}",
        ],
    },
    Member {
        pointer: "/altText",
        build: |text| {
            built(TemplateMessage::new(
                text,
                Confirm::new("a", says(), says()),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/altText",
        build: |text| built(Flex::new(text, json!({"type": "bubble"}))),
        texts: &[],
    },
    Member {
        pointer: "/template/text",
        build: |text| built(TemplateMessage::new("a", Buttons::new(text, [says()]))),
        texts: &[],
    },
    Member {
        pointer: "/template/text",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Buttons::new(text, [says()]).title("t"),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/text",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Buttons::new(text, [says()]).image(URL),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/title",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Buttons::new("a", [says()]).title(text),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/thumbnailImageUrl",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Buttons::new("a", [says()]).image(text),
            ))
        },
        texts: &URIS,
    },
    Member {
        pointer: "/template/text",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Confirm::new(text, says(), says()),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/columns/0/text",
        build: |text| {
            built(TemplateMessage::new(
                "a",
                Carousel::new([Column::new(text, [says()])]),
            ))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/columns/0/text",
        build: |text| {
            let column = Column::new(text, [says()]).title("t");
            built(TemplateMessage::new("a", Carousel::new([column])))
        },
        texts: &[],
    },
    Member {
        pointer: "/template/columns/0/imageUrl",
        build: |text| {
            let column = ImageColumn::new(text, says());
            built(TemplateMessage::new("a", ImageCarousel::new([column])))
        },
        texts: &URIS,
    },
    Member {
        pointer: "/quickReply/items/0/imageUrl",
        build: |text| built(Text::new("a").quick_replies([QuickReply::new(says()).icon(text)])),
        texts: &URIS,
    },
    Member {
        pointer: "/sender/name",
        build: |text| built(Text::new("a").sender(Sender::new().name(text))),
        texts: &[],
    },
    Member {
        pointer: "/sender/iconUrl",
        build: |text| built(Text::new("a").sender(Sender::new().icon(text))),
        texts: &URIS,
    },
    Member {
        pointer: "/originalContentUrl",
        build: |text| built(Image::new(text, URL)),
        texts: &URIS,
    },
    Member {
        pointer: "/previewImageUrl",
        build: |text| built(Video::new(URL, text)),
        texts: &URIS,
    },
    Member {
        pointer: "/trackingId",
        build: |text| built(Video::new(URL, URL).tracked_as(text)),
        texts: &["a-.=,+*()%$&;:@{}!?<>[]1", "a_b", "a b", "あ"],
    },
    Member {
        pointer: "/title",
        build: |text| built(Location::new(text, "a", 35.0, 139.0)),
        texts: &[],
    },
    Member {
        pointer: "/address",
        build: |text| built(Location::new("a", text, 35.0, 139.0)),
        texts: &[],
    },
    Member {
        pointer: "/deliveryTag",
        build: |text| built(Coupon::new("c").tagged(text)),
        texts: &["a_1", "a-1", "a b", "あ"],
    },
    Member {
        pointer: "/contents/body/contents/0/action/label",
        build: |text| flex(&json!({"type": "button", "action": Action::uri(text, URL)})),
        texts: &[],
    },
    Member {
        pointer: "/baseUrl",
        build: |text| built(Imagemap::new(text, "a", 520)),
        texts: &URIS,
    },
    Member {
        pointer: "/altText",
        build: |text| built(Imagemap::new(URL, text, 520)),
        texts: &[],
    },
    Member {
        pointer: "/actions/0/text",
        build: |text| tapped(ImagemapAction::message(text)),
        texts: &[],
    },
    Member {
        pointer: "/actions/0/label",
        build: |text| tapped(ImagemapAction::message("a").label(text)),
        texts: &[],
    },
    Member {
        pointer: "/actions/0/linkUri",
        build: |text| tapped(ImagemapAction::uri(text)),
        texts: &URIS,
    },
    Member {
        pointer: "/actions/0/clipboardText",
        build: |text| tapped(ImagemapAction::clipboard(text)),
        texts: &[],
    },
    Member {
        pointer: "/video/originalContentUrl",
        build: |text| on_imagemap(ImagemapVideo::new(text, URL, AREA)),
        texts: &URIS,
    },
    Member {
        pointer: "/video/previewImageUrl",
        build: |text| on_imagemap(ImagemapVideo::new(URL, text, AREA)),
        texts: &URIS,
    },
    Member {
        pointer: "/video/externalLink/linkUri",
        build: |text| on_imagemap(ImagemapVideo::new(URL, URL, AREA).link(text, "a")),
        texts: &URIS,
    },
    Member {
        pointer: "/video/externalLink/label",
        build: |text| on_imagemap(ImagemapVideo::new(URL, URL, AREA).link(URL, text)),
        texts: &[],
    },
    Member {
        pointer: "/contents/body/contents/0/text",
        build: |text| card(made::Text::new(text)),
        texts: &[],
    },
    Member {
        pointer: "/contents/body/contents/0/url",
        build: |text| card(made::Image::new(text)),
        texts: &URIS,
    },
    Member {
        pointer: "/contents/body/contents/0/contents/0/url",
        build: |text| card(made::Baseline::new().add(made::Icon::new(text))),
        texts: &URIS,
    },
    Member {
        pointer: "/contents/hero/url",
        build: |text| video(made::Video::new(text, URL, made::Image::new(URL))),
        texts: &URIS,
    },
    Member {
        pointer: "/contents/hero/previewUrl",
        build: |text| video(made::Video::new(URL, text, made::Row::new())),
        texts: &URIS,
    },
];

/// Texts around every limit, of characters that are one or two UTF-16 units; in members that
/// take URLs they begin like one.
fn lengths(texts: &[&str]) -> Vec<String> {
    let start = if texts == URIS { "https://a.jp/" } else { "" };
    let of = |character: &str| LENGTHS.map(|length| character.repeat(length));
    let long = [1999, 2000, 2001].map(|length: usize| "a".repeat(length - 13));
    let texts_of = [of("a"), of("🍎"), of("e\u{301}")].into_iter().flatten();
    let all = texts_of.chain(long);
    let all = all.map(|text| format!("{start}{text}"));
    all.chain(texts.iter().map(|text| (*text).to_owned()))
        .collect()
}

/// A text that the member takes.
fn fine(member: &Member) -> Value {
    let texts = ["a", "https://a.jp", "{all}"].map(str::to_owned);
    let mut built = texts
        .into_iter()
        .filter_map(|text| (member.build)(text).ok());
    built.next().unwrap()
}

fn with(base: &Value, pointer: &str, value: Value) -> Value {
    let mut json = base.clone();
    *json.pointer_mut(pointer).unwrap() = value;
    json
}

/// Each text in each member.
fn members() -> Vec<Pair> {
    let pairs = MEMBERS.iter().flat_map(|member| {
        let base = fine(member);
        let texts = lengths(member.texts).into_iter();
        texts.map(move |text| Pair {
            what: format!("{} {text:.60} of {}", member.pointer, text.len()),
            json: with(&base, member.pointer, text.clone().into()),
            built: (member.build)(text),
        })
    });
    pairs.collect()
}

fn picks(mode: PickMode, [initial, min, max]: [&str; 3]) -> Action {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Action::DatetimePicker {
        label: "a".into(),
        data: "d".into(),
        mode,
        initial: given(initial),
        min: given(min),
        max: given(max),
    }
}

fn pickers() -> Vec<Action> {
    let days = [
        ["2026-11-21", "", ""],
        ["2024-02-29", "2024-02-28", "2024-03-01"],
        ["2026-02-29", "", ""],
        ["1900-01-01", "", "2100-12-31"],
        ["1899-12-31", "", ""],
        ["", "", "2101-01-01"],
        ["tomorrow", "", ""],
        ["2026-1-1", "", ""],
        ["2026-11-21", "2026-11-22", ""],
        ["2026-11-21", "", "2026-11-20"],
        ["", "2026-11-21", "2026-11-21"],
        ["", "2026-11-22", "2026-11-21"],
        ["2026-11-21T09:30", "", ""],
        ["", "x", ""],
    ];
    let times = [
        ["00:00", "", "23:59"],
        ["24:00", "", ""],
        ["9:30", "", ""],
        ["0930", "", ""],
        ["09:60", "", ""],
        ["09:00", "09:00", "18:00"],
        ["18:00", "09:00", "18:00"],
        ["18:01", "09:00", "18:00"],
        ["08:59", "09:00", ""],
        ["", "09:00", "09:00"],
    ];
    let both = [
        ["2026-11-21T09:30", "", ""],
        ["2026-11-21t09:30", "2026-11-21T09:30", "2026-11-21t09:31"],
        ["2026-11-21 09:30", "", ""],
        ["2026-11-21", "", ""],
        ["tomorrow", "", ""],
        ["", "2026-11-21T10:00", "2026-11-21T09:30"],
    ];
    let days = days.map(|given| picks(PickMode::Date, given));
    let times = times.map(|given| picks(PickMode::Time, given));
    let both = both.map(|given| picks(PickMode::Datetime, given));
    days.into_iter().chain(times).chain(both).collect()
}

fn inputs() -> impl Iterator<Item = Action> {
    let inputs = [
        Input::CloseRichMenu,
        Input::OpenRichMenu,
        Input::OpenKeyboard { fill_in_text: None },
        Input::OpenVoice,
    ];
    inputs.into_iter().map(|input| Action::Postback {
        label: "a".into(),
        data: "d".into(),
        display_text: None,
        input: Some(input),
    })
}

/// Every kind of action, and each of its texts with each length.
fn all_actions() -> Vec<Action> {
    let postback = |data: String, shown: Option<String>| Action::Postback {
        label: "a".into(),
        data,
        display_text: shown,
        input: None,
    };
    let mut all = vec![
        Action::Camera { label: "a".into() },
        Action::CameraRoll { label: "a".into() },
        Action::Location { label: "a".into() },
    ];
    for text in lengths(&[]) {
        let (a, text) = ("a".to_owned(), || text.clone());
        all.extend([
            Action::message(text(), "a"),
            Action::message("a", text()),
            postback(text(), None),
            postback(a.clone(), Some(text())),
            Action::fill_in("a", "d", text()),
            Action::RichMenuSwitch {
                label: text(),
                rich_menu_alias_id: a.clone(),
                data: a.clone(),
            },
            Action::Clipboard {
                label: a.clone(),
                clipboard_text: text(),
            },
            Action::Clipboard {
                label: text(),
                clipboard_text: a.clone(),
            },
            Action::DatetimePicker {
                label: a,
                data: text(),
                mode: PickMode::Date,
                initial: None,
                min: None,
                max: None,
            },
        ]);
    }
    let long = [987, 988].map(|length| format!("https://a.jp/{}", "a".repeat(length)));
    let uris = URIS.into_iter().map(str::to_owned).chain(long);
    all.extend(uris.clone().map(|uri| Action::uri("a", uri)));
    all.extend(uris.map(|uri| Action::uri_or_desktop("a", URL, uri)));
    all.extend(inputs());
    all.extend(pickers());
    all
}

/// Each action in each place.
fn actions() -> Vec<Pair> {
    let all = all_actions();
    let pairs = PLACES.iter().flat_map(|(pointer, build)| {
        let base = build(says()).unwrap();
        all.iter().map(move |action| Pair {
            what: format!("{pointer} {action:.200?}"),
            json: with(&base, pointer, json!(action)),
            built: build(action.clone()),
        })
    });
    pairs.collect()
}

/// Lists of each length.
fn lists() -> Vec<Pair> {
    let with_many: [Place<usize>; 7] = [
        ("/quickReply/items", |many| {
            let items = vec![QuickReply::new(says()); many];
            built(Text::new("a").quick_replies(items))
        }),
        ("/template/actions", |many| {
            built(TemplateMessage::new(
                "a",
                Buttons::new("a", vec![says(); many]),
            ))
        }),
        ("/template/columns/0/actions", |many| {
            let column = Column::new("a", vec![says(); many]);
            built(TemplateMessage::new("a", Carousel::new([column])))
        }),
        ("/template/columns", |many| {
            let columns = vec![ImageColumn::new(URL, says()); many];
            built(TemplateMessage::new("a", ImageCarousel::new(columns)))
        }),
        ("/contents/contents", |many| {
            let bubbles = vec![json!({"type": "bubble"}); many];
            built(Flex::new(
                "a",
                json!({"type": "carousel", "contents": bubbles}),
            ))
        }),
        ("/contents/contents", |many| {
            let bubbles = (0..many).map(|_| made::Bubble::new());
            built(Flex::new("a", made::Carousel::new().add_all(bubbles)))
        }),
        ("/contents/body/contents", |many| {
            let images = (0..many).map(|_| made::Image::new(URL).animated());
            let body = made::Column::new().add_all(images);
            built(Flex::new("a", made::Bubble::new().body(body)))
        }),
    ];
    let pairs = with_many.iter().flat_map(|(pointer, build)| {
        let base = build(1).unwrap();
        let one = base.pointer(pointer).unwrap()[0].clone();
        // No quick replies at all are none to the builder.
        (1..=14).map(move |many| Pair {
            what: format!("{pointer} {many}"),
            json: with(&base, pointer, vec![one.clone(); many].into()),
            built: build(many),
        })
    });
    pairs.collect()
}

/// As many areas of an imagemap as LINE takes, and one more.
fn areas() -> Vec<Pair> {
    let map = |many| {
        (0..many).fold(imagemap(), |map, _| {
            map.tap(AREA, ImagemapAction::message("a"))
        })
    };
    let json = |many| {
        let base = built(map(1)).unwrap();
        let one = base["actions"][0].clone();
        with(&base, "/actions", vec![one; many].into())
    };
    let pairs = [0, 1, 49, 50, 51].map(|many| Pair {
        what: format!("{many} areas"),
        built: built(map(many)),
        json: json(many.max(1)),
    });
    pairs.into()
}

/// A value of a built card, and the same value as JSON that no builder has checked.
fn values() -> Vec<Pair> {
    let pair = |what: String, built: Built, base: Built, pointer: &str, value: Value| Pair {
        what,
        built,
        json: with(&base.unwrap(), pointer, value),
    };
    let image = |width, height| card(made::Image::new(URL).aspect_ratio(width, height));
    let ratios = [
        (1, 1),
        (1, 3),
        (1, 4),
        (0, 1),
        (1, 0),
        (100_000, 1),
        (100_001, 1),
    ];
    let ratios = ratios.map(|(width, height)| {
        let (at, ratio) = (
            "/contents/body/contents/0/aspectRatio",
            format!("{width}:{height}"),
        );
        pair(
            ratio.clone(),
            image(width, height),
            image(1, 1),
            at,
            ratio.into(),
        )
    });
    let ground = |degrees, percent| {
        let (black, white) = (Color::BLACK, Color::WHITE.alpha(9));
        let ground = made::Gradient::new(degrees, black, white).center(black, percent);
        card(made::Row::new().background(ground))
    };
    let background = "/contents/body/contents/0/background";
    let angles = [0, 90, 359, 360].map(|angle| {
        let (at, degrees) = (format!("{background}/angle"), format!("{angle}deg"));
        pair(
            degrees.clone(),
            ground(angle, 50),
            ground(0, 50),
            &at,
            degrees.into(),
        )
    });
    let centers = [0, 100, 101].map(|part| {
        let (at, percent) = (format!("{background}/centerPosition"), format!("{part}%"));
        pair(
            percent.clone(),
            ground(0, part),
            ground(0, 50),
            &at,
            percent.into(),
        )
    });
    let spaced = |pixels| card(made::Text::new("a").wrap().line_spacing(pixels));
    let spacings = [0, 1, 9].map(|pixels| {
        let (at, spacing) = (
            "/contents/body/contents/0/lineSpacing",
            format!("{pixels}px"),
        );
        pair(
            spacing.clone(),
            spaced(pixels),
            spaced(1),
            at,
            spacing.into(),
        )
    });
    let colored = |color| {
        let buttons = Buttons::new("a", [says()]).image_background(color);
        built(TemplateMessage::new("a", buttons))
    };
    let colors = [Color::BLACK, Color::BLACK.alpha(255)].map(|color| {
        let at = "/template/imageBackgroundColor";
        let text = color.to_string();
        pair(
            text.clone(),
            colored(color),
            colored(Color::WHITE),
            at,
            text.into(),
        )
    });
    let bases = ratios.into_iter().chain(angles).chain(centers);
    bases.chain(spacings).chain(colors).collect()
}

async fn stage() -> (Stage, String) {
    let settings = Settings {
        limit_scale: 1000.0,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    let stage = stage.attach(ALL_SCOPES).await;
    let token = stage.token().await;
    (stage, token)
}

/// The first place of each body that the emulator does not take.
async fn refused_at(stage: &Stage, token: &str, path: &str, body: &Value) -> Vec<String> {
    let call = stage.client.post(format!("{}{path}", stage.address));
    let call = call.bearer_auth(token).header("X-Emulated-Bot-Id", SALON);
    let answer: Value = call.json(body).send().await.unwrap().json().await.unwrap();
    let details = answer["details"].as_array().into_iter().flatten();
    let places = details.map(|detail| detail["property"].as_str().unwrap().to_owned());
    places.collect()
}

/// What differs between the two.
fn difference(pair: &Pair, refused: Option<&str>) -> Option<String> {
    let Pair { what, built, .. } = pair;
    match (built, refused) {
        (Ok(_), None) => None,
        (Ok(_), Some(place)) => Some(format!("{what}: only the emulator refuses it, at {place}")),
        (Err(error), None) => Some(format!("{what}: only the builder refuses it: {error}")),
        // A label that is missing is a fault of its action.
        (Err(error), Some(place)) if error.starts_with(place) => None,
        (Err(error), Some(place)) => Some(format!("{what}: {error}, but at {place}")),
    }
}

#[tokio::test]
async fn the_bundles_builders_and_the_emulator_take_the_same_messages() {
    let (stage, token) = stage().await;
    let pairs: Vec<Pair> = members()
        .into_iter()
        .chain(actions())
        .chain(lists())
        .chain(areas())
        .chain(values())
        .chain(looks::all())
        .collect();
    let mut differences = Vec::new();
    for five in pairs.chunks(5) {
        let messages: Vec<&Value> = five.iter().map(|pair| &pair.json).collect();
        let body = json!({"messages": messages});
        let refused = refused_at(&stage, &token, "/v2/bot/message/validate/push", &body).await;
        for (number, pair) in five.iter().enumerate() {
            let start = format!("messages[{number}].");
            let place = refused.iter().find_map(|place| place.strip_prefix(&start));
            differences.extend(difference(pair, place));
        }
    }
    assert!(pairs.len() > 5_000, "only {}", pairs.len());
    assert_eq!(differences, Vec::<String>::new());
}

fn menu(name: &str, bar: &str, (width, height): (u32, u32), action: Action) -> RichMenu {
    let bounds = Bounds {
        x: 0,
        y: 0,
        width: 1,
        height: 1,
    };
    RichMenu {
        size: Size { width, height },
        selected: true,
        name: name.into(),
        chat_bar_text: bar.into(),
        areas: vec![Area { bounds, action }],
    }
}

#[tokio::test]
async fn the_bundles_rich_menus_and_the_emulators_are_the_same() {
    let (stage, token) = stage().await;
    let size = (2500, 843);
    let texts = lengths(&[]).into_iter();
    let texts = texts.flat_map(|text| {
        [
            menu(&text, "a", size, says()),
            menu("a", &text, size, says()),
        ]
    });
    let sizes = [
        (800, 250),
        (799, 250),
        (2500, 249),
        (2501, 900),
        (1450, 1000),
        (1450, 1001),
    ];
    let sizes = sizes.map(|size| menu("a", "a", size, says()));
    let actions = all_actions().into_iter();
    let actions = actions.map(|action| menu("a", "a", size, action));
    let mut differences = Vec::new();
    for menu in texts.chain(sizes).chain(actions) {
        let built = menu.check().map(|()| Value::Null);
        let pair = Pair {
            what: format!("{menu:.300?}"),
            built: built.map_err(|error| error.to_string()),
            json: json!(menu),
        };
        let path = "/v2/bot/richmenu/validate";
        let refused = refused_at(&stage, &token, path, &pair.json).await;
        // Which side of a size is wrong is a matter of view.
        let place = refused
            .first()
            .map(|place| match place.starts_with("size") {
                true => "size",
                false => place,
            });
        differences.extend(difference(&pair, place));
    }
    assert_eq!(differences, Vec::<String>::new());
}
