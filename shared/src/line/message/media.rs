//! Stickers, pictures, sounds, places and coupons. Media lie at https URLs of up to
//! 2,000 characters, which LINE and the user's phone fetch.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::line::message::around::Around;
use crate::line::message::limit::{OverLimit, https, made_of, not_empty, units, within};
use crate::line::message::message;

/// A sticker that LINE lists for accounts
/// (<https://developers.line.biz/en/reference/messaging-api/#sticker-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "sticker",
    rename_all = "camelCase"
)]
pub struct Sticker {
    package_id: String,
    sticker_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_token: Option<String>,
    #[serde(flatten)]
    around: Around,
}

impl Sticker {
    /// By its package and its own id.
    pub fn new(package: impl Into<String>, sticker: impl Into<String>) -> Self {
        Self {
            package_id: package.into(),
            sticker_id: sticker.into(),
            quote_token: None,
            around: Around::default(),
        }
    }

    /// As an answer to the message with this quote token.
    #[must_use]
    pub fn quoting(mut self, quote_token: impl Into<String>) -> Self {
        self.quote_token = Some(quote_token.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        not_empty("packageId", &self.package_id)?;
        not_empty("stickerId", &self.sticker_id)
    }
}

/// A picture: JPEG or PNG of up to 10 MB, its preview of up to 1 MB
/// (<https://developers.line.biz/en/reference/messaging-api/#image-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "image",
    rename_all = "camelCase"
)]
pub struct Image {
    original_content_url: String,
    preview_image_url: String,
    #[serde(flatten)]
    around: Around,
}

impl Image {
    /// By its URL and its preview's.
    pub fn new(url: impl Into<String>, preview: impl Into<String>) -> Self {
        Self {
            original_content_url: url.into(),
            preview_image_url: preview.into(),
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("originalContentUrl", &self.original_content_url)?;
        https("previewImageUrl", &self.preview_image_url)
    }
}

/// A video: MP4 of up to 200 MB, its preview of up to 1 MB
/// (<https://developers.line.biz/en/reference/messaging-api/#video-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "video",
    rename_all = "camelCase"
)]
pub struct Video {
    original_content_url: String,
    preview_image_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_id: Option<String>,
    #[serde(flatten)]
    around: Around,
}

impl Video {
    /// By its URL and its preview's.
    pub fn new(url: impl Into<String>, preview: impl Into<String>) -> Self {
        Self {
            original_content_url: url.into(),
            preview_image_url: preview.into(),
            tracking_id: None,
            around: Around::default(),
        }
    }

    /// An event tells that a user has seen it to its end, by this name: up to 100
    /// letters, digits and symbols such as `-`, `=` and `&`, but not `_`. Not in groups.
    #[must_use]
    pub fn tracked_as(mut self, name: impl Into<String>) -> Self {
        self.tracking_id = Some(name.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("originalContentUrl", &self.original_content_url)?;
        https("previewImageUrl", &self.preview_image_url)?;
        let Some(id) = &self.tracking_id else {
            return Ok(());
        };
        within("trackingId", units(id), 1, 100)?;
        made_of("trackingId", id, "-.=,+*()%$&;:@{}!?<>[]")
    }
}

/// A sound: MP3 or M4A of up to 200 MB
/// (<https://developers.line.biz/en/reference/messaging-api/#audio-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "audio",
    rename_all = "camelCase"
)]
pub struct Audio {
    original_content_url: String,
    #[serde(serialize_with = "milliseconds")]
    duration: Duration,
    #[serde(flatten)]
    around: Around,
}

impl Audio {
    /// By its URL and its length.
    pub fn new(url: impl Into<String>, duration: Duration) -> Self {
        Self {
            original_content_url: url.into(),
            duration,
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        https("originalContentUrl", &self.original_content_url)
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// A place
/// (<https://developers.line.biz/en/reference/messaging-api/#location-message>).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "location",
    rename_all = "camelCase"
)]
pub struct Location {
    title: String,
    address: String,
    latitude: f64,
    longitude: f64,
    #[serde(flatten)]
    around: Around,
}

impl Location {
    /// Title and address have 1 to 100 characters; latitude and longitude are degrees.
    pub fn new(
        title: impl Into<String>,
        address: impl Into<String>,
        latitude: f64,
        longitude: f64,
    ) -> Self {
        Self {
            title: title.into(),
            address: address.into(),
            latitude,
            longitude,
            around: Around::default(),
        }
    }

    fn limits(&self) -> Result<(), OverLimit> {
        within("title", units(&self.title), 1, 100)?;
        within("address", units(&self.address), 1, 100)?;
        degrees("latitude", self.latitude, 90.0)?;
        degrees("longitude", self.longitude, 180.0)
    }
}

fn degrees(member: &str, found: f64, most: f64) -> Result<(), OverLimit> {
    match found.abs() <= most {
        true => Ok(()),
        false => Err(OverLimit::new(
            member,
            format!("it is between -{most} and {most}, not {found}"),
        )),
    }
}

/// A coupon of the account's; needs the scope `coupon:manage`
/// (<https://developers.line.biz/en/reference/messaging-api/#coupon-message>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    remote = "Self",
    tag = "type",
    rename = "coupon",
    rename_all = "camelCase"
)]
pub struct Coupon {
    coupon_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_tag: Option<String>,
    #[serde(flatten)]
    around: Around,
}

impl Coupon {
    /// By its id.
    pub fn new(coupon: impl Into<String>) -> Self {
        Self {
            coupon_id: coupon.into(),
            delivery_tag: None,
            around: Around::default(),
        }
    }

    /// With a tag of up to 30 letters, digits and `_`, for statistics.
    #[must_use]
    pub fn tagged(mut self, tag: impl Into<String>) -> Self {
        self.delivery_tag = Some(tag.into());
        self
    }

    fn limits(&self) -> Result<(), OverLimit> {
        not_empty("couponId", &self.coupon_id)?;
        let Some(tag) = &self.delivery_tag else {
            return Ok(());
        };
        within("deliveryTag", units(tag), 1, 30)?;
        made_of("deliveryTag", tag, "_")
    }
}

message!(Sticker Image Video Audio Location Coupon);
