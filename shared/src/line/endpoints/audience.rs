//! Audiences: users to whom a narrowcast goes. All have one limit of 60 calls a
//! minute each, and ten at once may change one audience.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::line::body::{Body, Upload};
use crate::line::endpoint::{Endpoint, Facts, ForBot, Unsendable, endpoint, has};
use crate::line::endpoints::table;
use crate::line::http::Answer;

/// A request has this many users at most.
const MOST_USERS: usize = 10_000;
/// A file has 1,500,000 lines at most; an id of a module channel's user has 68 characters.
const LARGEST_FILE: u64 = 1_500_000 * 70;
/// What stands between the parts of a form with a file; no id has it.
const BOUNDARY: &str = "audience-7MA4YWxkTrZu0gW";

/// One member: a user's id, or an advertiser's id of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recipient<'a> {
    pub id: &'a str,
}

/// Makes an audience of up to 10,000 users; more can be added
/// (<https://developers.line.biz/en/reference/messaging-api/#create-upload-audience-group>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAudience<'a> {
    /// Its name: up to 120 characters.
    pub description: &'a str,
    /// Whether members are advertisers' ids.
    pub is_ifa_audience: bool,
    /// A name for this upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_description: Option<&'a str>,
    /// The members.
    pub audiences: &'a [Recipient<'a>],
}

impl CreateAudience<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        has("audiences", self.audiences.len(), 0, MOST_USERS)
    }
}

endpoint!(CreateAudience<'_>: AUDIENCE_CREATE, ForBot -> CreatedAudience, checked_body());

/// An audience that was made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedAudience {
    /// Its id.
    pub audience_group_id: u64,
    /// Its name.
    #[serde(default)]
    pub description: Option<String>,
    /// When it was made, in epoch seconds.
    #[serde(default)]
    pub created: Option<i64>,
    /// When it ends, in epoch seconds.
    #[serde(default)]
    pub expire_timestamp: Option<i64>,
}

/// Adds up to 10,000 users, soon
/// (<https://developers.line.biz/en/reference/messaging-api/#update-upload-audience-group>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddToAudience<'a> {
    #[serde(rename = "audienceGroupId")]
    pub audience: u64,
    /// A name for this upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_description: Option<&'a str>,
    /// The members.
    pub audiences: &'a [Recipient<'a>],
}

impl AddToAudience<'_> {
    fn check(&self) -> Result<(), Unsendable> {
        has("audiences", self.audiences.len(), 1, MOST_USERS)
    }
}

endpoint!(AddToAudience<'_>: AUDIENCE_ADD, ForBot -> (), checked_body());

/// Makes an audience of a file: one id a line, up to 1,500,000
/// (<https://developers.line.biz/en/reference/messaging-api/#create-upload-audience-group-by-file>).
#[derive(Debug, Clone)]
pub struct CreateAudienceByFile<'a> {
    /// Its name: up to 120 characters.
    pub description: &'a str,
    /// Whether members are advertisers' ids.
    pub is_ifa_audience: bool,
    /// A name for this upload.
    pub upload_description: Option<&'a str>,
    pub file: Upload,
}

impl Endpoint for CreateAudienceByFile<'_> {
    const FACTS: &'static Facts = &table::AUDIENCE_CREATE_BY_FILE;
    type By = ForBot;
    type Answer = CreatedAudience;

    fn body(&self) -> Result<Body, Unsendable> {
        let is_ifa = self.is_ifa_audience.to_string();
        let parts = [
            ("description", Some(self.description)),
            ("isIfaAudience", Some(&*is_ifa)),
            ("uploadDescription", self.upload_description),
        ];
        form(&parts, &self.file)
    }

    fn read(answer: &Answer) -> Option<Self::Answer> {
        answer.json()
    }
}

/// Adds a file's users, soon: one id a line, up to 1,500,000
/// (<https://developers.line.biz/en/reference/messaging-api/#update-upload-audience-group-by-file>).
#[derive(Debug, Clone)]
pub struct AddToAudienceByFile<'a> {
    pub audience: u64,
    /// A name for this upload.
    pub upload_description: Option<&'a str>,
    pub file: Upload,
}

impl Endpoint for AddToAudienceByFile<'_> {
    const FACTS: &'static Facts = &table::AUDIENCE_ADD_BY_FILE;
    type By = ForBot;
    type Answer = ();

    fn body(&self) -> Result<Body, Unsendable> {
        let audience = self.audience.to_string();
        let parts = [
            ("audienceGroupId", Some(&*audience)),
            ("uploadDescription", self.upload_description),
        ];
        form(&parts, &self.file)
    }

    fn read(_: &Answer) -> Option<()> {
        Some(())
    }
}

/// A form with a file at its end (RFC 7578).
fn form(parts: &[(&str, Option<&str>)], file: &Upload) -> Result<Body, Unsendable> {
    let file = file.at_most(LARGEST_FILE)?;
    let mut before = String::new();
    for (name, value) in parts {
        let Some(value) = value else { continue };
        if value.contains(BOUNDARY) {
            return Err(Unsendable(format!(
                "{name} has the form's own boundary in it"
            )));
        }
        before += &format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    before += &format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"users.txt\"\r\n\
         content-type: text/plain\r\n\r\n"
    );
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let form = file.between(before, format!("\r\n--{BOUNDARY}--\r\n"));
    Ok(Body::File(kind, form))
}

/// Makes an audience of those who have tapped a link of a send
/// (<https://developers.line.biz/en/reference/messaging-api/#create-click-audience-group>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAudienceOfClicks<'a> {
    /// Its name: up to 120 characters.
    pub description: &'a str,
    /// The send's request id.
    pub request_id: &'a str,
    /// One link, up to 2,000 characters; else any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub click_url: Option<&'a str>,
}

endpoint!(CreateAudienceOfClicks<'_>: AUDIENCE_OF_CLICKS, ForBot -> CreatedAudience, body());

/// Makes an audience of those who have seen a send
/// (<https://developers.line.biz/en/reference/messaging-api/#create-imp-audience-group>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAudienceOfImpressions<'a> {
    /// Its name: up to 120 characters.
    pub description: &'a str,
    /// The send's request id.
    pub request_id: &'a str,
}

endpoint!(CreateAudienceOfImpressions<'_>: AUDIENCE_OF_IMPRESSIONS, ForBot -> CreatedAudience, body());

/// Gives an audience another name
/// (<https://developers.line.biz/en/reference/messaging-api/#set-description-audience-group>).
#[derive(Debug, Clone, Serialize)]
pub struct RenameAudience<'a> {
    #[serde(skip)]
    pub audience: u64,
    /// Its new name: 1 to 120 characters.
    pub description: &'a str,
}

endpoint!(RenameAudience<'_>: AUDIENCE_RENAME, ForBot -> (), places(audience), body());

/// Deletes an audience, for good
/// (<https://developers.line.biz/en/reference/messaging-api/#delete-audience-group>).
#[derive(Debug, Clone)]
pub struct DeleteAudience {
    pub audience: u64,
}

endpoint!(DeleteAudience: AUDIENCE_DELETE, ForBot -> (), places(audience));

/// Asks for an audience
/// (<https://developers.line.biz/en/reference/messaging-api/#get-audience-group>).
#[derive(Debug, Clone)]
pub struct GetAudience {
    pub audience: u64,
}

endpoint!(GetAudience: AUDIENCE_GET, ForBot -> AudienceAndJobs, places(audience));

/// Asks for an audience that another service of the company shares
/// (<https://developers.line.biz/en/reference/messaging-api/#get-shared-audience>).
#[derive(Debug, Clone)]
pub struct GetSharedAudience {
    pub audience: u64,
}

endpoint!(GetSharedAudience: AUDIENCE_SHARED_GET, ForBot -> AudienceAndJobs, places(audience));

/// An audience and its uploads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceAndJobs {
    /// The audience.
    pub audience_group: Audience,
    /// Its uploads, as LINE tells of them.
    #[serde(default)]
    pub jobs: Vec<Value>,
    /// Whose it is, if it is shared.
    #[serde(default)]
    pub owner: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audience {
    /// Its id.
    pub audience_group_id: u64,
    /// How it was made: `UPLOAD`, `CLICK`, `IMP`, …
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Its name.
    #[serde(default)]
    pub description: Option<String>,
    /// `IN_PROGRESS`, `READY`, `FAILED`, `EXPIRED`, …
    #[serde(default)]
    pub status: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub failed_type: Option<String>,
    /// How many members it has.
    #[serde(default)]
    pub audience_count: Option<u64>,
    /// When it was made, in epoch seconds.
    #[serde(default)]
    pub created: Option<i64>,
    /// `READ` or `READ_WRITE`.
    #[serde(default)]
    pub permission: Option<String>,
}

macro_rules! list {
    ($($(#[$doc:meta])* $type:ident $row:ident $name:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $type<'a> {
            /// Which page: 1 or more.
            pub page: u32,
            /// A part of the name.
            pub description: Option<&'a str>,
            /// Only those of this status.
            pub status: Option<&'a str>,
            /// Maximum number in an answer: up to 40; LINE's default is 20.
            pub size: Option<u32>,
            /// Also those of the other kind.
            pub others_too: Option<bool>,
            /// Only those made there: `OA_MANAGER`, `MESSAGING_API`, …
            pub create_route: Option<&'a str>,
        }

        endpoint!($type<'_>: $row, ForBot -> Audiences, query("page" = page, "description" = description,
            "status" = status, "size" = size, $name = others_too, "createRoute" = create_route));
    )*};
}

list! {
    /// Lists audiences
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-audience-groups>).
    ListAudiences AUDIENCE_LIST "includesExternalPublicGroups";
    /// Lists audiences that other services of the company share
    /// (<https://developers.line.biz/en/reference/messaging-api/#get-shared-audience-list>).
    ListSharedAudiences AUDIENCE_SHARED_LIST "includesOwnedAudienceGroups";
}

/// A page of audiences.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audiences {
    /// The audiences.
    #[serde(default)]
    pub audience_groups: Vec<Audience>,
    /// Whether there is another page.
    #[serde(default)]
    pub has_next_page: bool,
    /// How many there are in all.
    #[serde(default)]
    pub total_count: u64,
}
