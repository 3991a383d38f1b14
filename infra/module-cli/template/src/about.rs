//! What the extension's pages say of it and of your company.

use line_module::{About, Words};

/// `missing()` of it names what admins would look for and is not there yet.
pub fn about() -> About {
    let name = Words::same("my-module");
    let does = Words {
        ja: "友だちにあいさつします。",
        zh: "向好友問好。",
        en: "Greets your friends.",
        th: "ทักทายเพื่อนของคุณ",
    };
    About::new(name, does)
}
