//! The frame of the screen's pages: where one is, and where else one can go.

use askama::Template;
use jiff::tz::TimeZone;
use line_module::Module;
use shared::domain::{Language, Timestamp};
use shared::gateway::Response;
use shared::pages::{AllTexts, Frame, Link, NavItem, Texts, Visitor};

use crate::App;
use crate::guard::Admin;
use crate::route::{ACCOUNTS, Page};

/// What the pages say.
pub(crate) static TEXTS: AllTexts = AllTexts::new(|language| match language {
    Language::Ja => include_str!("../texts/ja.ftl"),
    Language::En => include_str!("../texts/en.ftl"),
    Language::ZhHant => include_str!("../texts/zh-Hant.ftl"),
    Language::Th => include_str!("../texts/th.ftl"),
});

/// A page of the account, with its status.
pub(crate) fn show<M: Module>(
    app: &App<M>,
    admin: &Admin<'_>,
    (current, title, status): (&Page, String, u16),
    content: &impl Template,
) -> Response {
    let texts = admin.texts;
    let mut frame = Frame::new(admin.visitor, texts, title).status(status);
    frame.account = Some(account_name(admin));
    frame.nav = nav(app, admin, current);
    frame.links = vec![Link {
        label: texts.get("accounts-link"),
        href: ACCOUNTS.to_owned(),
    }];
    app.site.page(&frame, content)
}

/// A page of no account.
pub(crate) fn plain<M: Module>(
    app: &App<M>,
    visitor: &Visitor,
    (title, status): (String, u16),
    content: &impl Template,
) -> Response {
    let frame = Frame::new(visitor, TEXTS.of(visitor.language), title);
    app.site.page(&frame.status(status), content)
}

/// The account's name, or what stands in for it.
pub(crate) fn account_name(admin: &Admin<'_>) -> String {
    let row = &admin.row;
    let name = row.display_name.as_ref().or(row.basic_id.as_ref());
    name.cloned().unwrap_or_else(|| admin.bot.to_string())
}

/// Where a change leads: the page that shows what it came to.
pub(crate) fn see_other(place: &str) -> Response {
    shared::pages::private(Response::status(303)).with_header("location", place)
}

fn nav<M: Module>(app: &App<M>, admin: &Admin<'_>, current: &Page) -> Vec<NavItem> {
    let has_settings = !app.module.settings().fields.is_empty();
    let places = [
        (Page::Overview, "nav-overview"),
        (Page::Settings, "nav-settings"),
        (Page::Chats, "nav-chats"),
        (Page::Permissions, "nav-permissions"),
        (Page::Interference, "nav-interference"),
        (Page::Data, "nav-data"),
    ];
    let places = places.into_iter();
    let places = places.filter(|(page, _)| has_settings || *page != Page::Settings);
    let item = |(page, key): (Page, &str)| NavItem {
        label: admin.texts.get(key),
        href: page.path(&admin.bot),
        is_current: page == *current,
    };
    places.map(item).collect()
}

/// A clock where the account is: by the module's setting of its time zone, else in Japan, by
/// whose months LINE counts.
pub(crate) struct Clock {
    zone: TimeZone,
}

impl Clock {
    pub(crate) fn of<M: Module>(app: &App<M>, admin: &Admin<'_>) -> Self {
        let set = app.module.settings().time_zone(&admin.row.settings);
        let japan = || TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
        Self {
            zone: set.unwrap_or_else(japan),
        }
    }

    /// A moment, as readers of the language write it.
    pub(crate) fn time(&self, at: Timestamp, texts: &Texts) -> String {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        let moment = moment.to_zoned(self.zone.clone());
        let clock = format!("{:02}:{:02}", moment.hour(), moment.minute());
        let arguments = [
            ("year", moment.year().into()),
            ("month", moment.month().into()),
            ("day", moment.day().into()),
            ("clock", clock.into()),
        ];
        texts.of("moment", arguments)
    }
}

/// A number with a comma between thousands, as all four languages write it.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let written = [0, 999, 1_000, 1_234_567].map(number);
        assert_eq!(written, ["0", "999", "1,000", "1,234,567"]);
    }
}
