//! Rich menus, their names, and whom they are given to.

use shared::line::body::Upload;
use shared::line::endpoint::Facts;
use shared::line::endpoints::insight::{GetRichMenuInteractions, GetRichMenuInteractionsByDay};
use shared::line::endpoints::rich_menu::{
    Area, Bounds, CreateRichMenu, DeleteRichMenu, GetRichMenu, GetRichMenuImage, ImageKind,
    ListRichMenus, RichMenu, SetRichMenuImage, Size, ValidateRichMenu,
};
use shared::line::endpoints::rich_menu_alias::{
    CreateAlias, DeleteAlias, GetAlias, ListAliases, UpdateAlias,
};
use shared::line::endpoints::rich_menu_link::{
    BatchRichMenus, ClearDefaultRichMenu, GetDefaultRichMenu, GetRichMenuBatchProgress,
    GetRichMenuOfUser, LinkRichMenu, LinkRichMenuToUsers, Operation, SetDefaultRichMenu,
    UnlinkRichMenu, UnlinkRichMenuFromUsers, ValidateRichMenuBatch,
};
use shared::line::message::Action;

use crate::{Caller, Ended, Sample};

impl<R: FnMut(&'static Facts, Ended<'_>)> Caller<'_, R> {
    pub(super) async fn rich_menus(&mut self) {
        let menu = rich_menu();
        self.call(&ValidateRichMenu(&menu)).await;
        let made = self.call(&CreateRichMenu(&menu)).await;
        let menu = &made.map_or_else(|| "richmenu-1".into(), |made| made.value.rich_menu_id);
        let (kind, image) = (ImageKind::Png, Upload::bytes(png()));
        self.call(&SetRichMenuImage { menu, kind, image }).await;
        self.call(&GetRichMenuImage { menu }).await;
        self.call(&GetRichMenu { menu }).await;
        self.call(&ListRichMenus).await;
        let alias = "menu-a";
        self.call(&CreateAlias { alias, menu }).await;
        self.call(&GetAlias { alias }).await;
        self.call(&UpdateAlias { alias, menu }).await;
        self.call(&ListAliases).await;
        self.call(&DeleteAlias { alias }).await;
        self.call(&DeleteRichMenu { menu }).await;
    }

    pub(super) async fn rich_menu_links(&mut self) {
        let Sample { user, day, .. } = self.with;
        let made = self.bot.call(&CreateRichMenu(&rich_menu())).await;
        let menu = &made.map_or_else(|_| "richmenu-2".into(), |made| made.rich_menu_id);
        let (kind, image) = (ImageKind::Png, Upload::bytes(png()));
        let _ = self.bot.call(&SetRichMenuImage { menu, kind, image }).await;
        let users = std::slice::from_ref(user);
        self.call(&SetDefaultRichMenu { menu }).await;
        self.call(&GetDefaultRichMenu).await;
        self.call(&LinkRichMenu { user, menu }).await;
        self.call(&GetRichMenuOfUser { user }).await;
        self.call(&UnlinkRichMenu { user }).await;
        self.call(&LinkRichMenuToUsers { menu, users }).await;
        self.call(&UnlinkRichMenuFromUsers { users }).await;
        let operations = &[Operation::Unlink { from: menu }];
        let batch = BatchRichMenus {
            operations,
            resume_key: Some("key-1"),
        };
        self.call(&ValidateRichMenuBatch(&batch)).await;
        let sent = self.call(&batch).await;
        let request_id = &sent.and_then(|sent| sent.request_id).unwrap_or_default();
        self.call(&GetRichMenuBatchProgress { request_id }).await;
        let (from, to) = (day, day);
        self.call(&GetRichMenuInteractions { menu, from, to }).await;
        self.call(&GetRichMenuInteractionsByDay { menu, from, to })
            .await;
        self.call(&ClearDefaultRichMenu).await;
    }
}

fn rich_menu() -> RichMenu {
    let bounds = Bounds {
        x: 0,
        y: 0,
        width: 2500,
        height: 843,
    };
    let action = Action::postback("a", "a");
    RichMenu {
        size: Size {
            width: 2500,
            height: 843,
        },
        selected: false,
        name: "Menu".into(),
        chat_bar_text: "メニュー".into(),
        areas: vec![Area { bounds, action }],
    }
}

/// The head of a PNG of 2500 by 843.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(2500u32.to_be_bytes());
    bytes.extend(843u32.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}
