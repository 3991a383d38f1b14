//! Groups, and rooms: chats of several people without a name.

use serde::Deserialize;

use crate::domain::{ChatId, UserId};
use crate::line::endpoint::endpoint;
use crate::line::endpoints::followers::UserIds;

/// Asks for a group's name and picture
/// (<https://developers.line.biz/en/reference/messaging-api/#get-group-summary>).
#[derive(Debug, Clone)]
pub struct GetGroup<'a> {
    pub group: &'a ChatId,
}

endpoint!(GetGroup<'_>: GROUP_SUMMARY, ForBot -> Group, places(group));

/// A group's name and picture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its name.
    pub group_name: String,
    /// Its picture, an https URL.
    #[serde(default)]
    pub picture_url: Option<String>,
}

/// A member's profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The name that the user shows.
    pub display_name: String,
    /// The user's picture, an https URL.
    #[serde(default)]
    pub picture_url: Option<String>,
}

/// How many members there are, the account itself not counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MemberCount {
    /// Number of members.
    pub count: u64,
}

/// The same calls for both kinds of chat.
macro_rules! members {
    ($chat:ident, $word:literal: $member:ident $member_row:ident, $count:ident $count_row:ident, $list:ident $list_row:ident, $leave:ident $leave_row:ident) => {
        #[doc = concat!("Asks for the profile of a member of a ", $word, ", friend or not")]
        #[doc = concat!("(<https://developers.line.biz/en/reference/messaging-api/#get-", $word, "-member-profile>).")]
        #[derive(Debug, Clone)]
        pub struct $member<'a> {
            #[doc = concat!("The ", $word, ".")]
            pub $chat: &'a ChatId,
            /// The member.
            pub user: &'a UserId,
        }

        endpoint!($member<'_>: $member_row, ForBot -> Member, places($chat, user));

        #[doc = concat!("Counts the members of a ", $word)]
        #[doc = concat!("(<https://developers.line.biz/en/reference/messaging-api/#get-members-", $word, "-count>).")]
        #[derive(Debug, Clone)]
        pub struct $count<'a> {
            #[doc = concat!("The ", $word, ".")]
            pub $chat: &'a ChatId,
        }

        endpoint!($count<'_>: $count_row, ForBot -> MemberCount, places($chat));

        #[doc = concat!("Lists the members of a ", $word, ". Verified and premium accounts only")]
        #[doc = concat!("(<https://developers.line.biz/en/reference/messaging-api/#get-", $word, "-member-user-ids>).")]
        #[derive(Debug, Clone)]
        pub struct $list<'a> {
            #[doc = concat!("The ", $word, ".")]
            pub $chat: &'a ChatId,
            /// The page before's `next`.
            pub start: Option<&'a str>,
        }

        endpoint!($list<'_>: $list_row, ForBot -> UserIds, places($chat), query("start" = start));

        #[doc = concat!("Leaves a ", $word)]
        #[doc = concat!("(<https://developers.line.biz/en/reference/messaging-api/#leave-", $word, ">).")]
        #[derive(Debug, Clone)]
        pub struct $leave<'a> {
            #[doc = concat!("The ", $word, ".")]
            pub $chat: &'a ChatId,
        }

        endpoint!($leave<'_>: $leave_row, ForBot -> (), places($chat));
    };
}

members!(group, "group": GetGroupMember GROUP_MEMBER, CountGroupMembers GROUP_MEMBER_COUNT, ListGroupMembers GROUP_MEMBERS, LeaveGroup LEAVE_GROUP);
members!(room, "room": GetRoomMember ROOM_MEMBER, CountRoomMembers ROOM_MEMBER_COUNT, ListRoomMembers ROOM_MEMBERS, LeaveRoom LEAVE_ROOM);
