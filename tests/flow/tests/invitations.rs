//! Where only invited admins may attach: an invitation is a signed link that runs out, and may be
//! for one account.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use flow::Bundle;
use flow::attach::Attach;
use shared::domain::{Attachment, BotId};
use shared::invitation::Invitation;
use shared::secret::{FromSecret as _, Secrets};

/// A bundle that takes only invited admins, and its first account.
struct Shop {
    bundle: Bundle,
    basic_id: String,
    attach: Attach,
}

impl Shop {
    async fn open() -> Self {
        let bundle = Bundle::start().await;
        let basic_id = bundle.stack.line.state().await.bots[0].basic_id.clone();
        let mut attach = Attach::new(&bundle);
        attach.app.requires_invitation = true;
        Self {
            bundle,
            basic_id,
            attach,
        }
    }

    /// An invitation for a day, for this account or for any, signed with this secret or ours.
    fn invitation(&self, basic_id: Option<&str>, secret: Option<&str>) -> String {
        let ours = self.bundle.stack.line.settings().channel_secret;
        let secret = secret.unwrap_or(&ours);
        let json = serde_json::json!({ "channel_secret": secret }).to_string();
        let secrets = Secrets::parse(&json).unwrap();
        let now = shared::domain::Timestamp::from(self.bundle.stack.ground.clock.now());
        let invitation = Invitation {
            expires_at: now.plus(Duration::from_secs(24 * 3600)).seconds(),
            basic_id: basic_id.map(str::to_owned),
        };
        invitation.sign(&secrets).unwrap()
    }

    async fn attachment(&self) -> Option<Attachment> {
        let bot = BotId::new(&self.bundle.bot).unwrap();
        let row = self.bundle.stack.store.bot(&bot).await.unwrap();
        row.map(|row| row.state.attachment())
    }

    async fn is_refused(&self, query: &str, sentence: &str) {
        for path in ["/", "/attach"] {
            let page = self.attach.opens(&format!("{path}{query}")).await;
            assert_eq!(page.status_code, 403, "{path}{query}");
            assert!(page.body.contains(sentence), "{}", page.body);
            assert!(!page.body.contains("class=\"button"), "{}", page.body);
        }
        assert!(
            self.attach.table.requests("PutItem").is_empty(),
            "nothing begins"
        );
    }
}

#[tokio::test]
async fn who_is_not_invited_begins_nothing_and_is_told_so() {
    let shop = Shop::open().await;
    shop.is_refused("", "by the invitation that the provider has sent you")
        .await;
    let only = format!("?basic_search_id={}", shop.basic_id);
    shop.is_refused(&only, "by the invitation").await;
    for wrong in ["?invitation=", "?invitation=x.y"] {
        shop.is_refused(wrong, "This invitation is not a right one.")
            .await;
    }
    let theirs = shop.invitation(None, Some("somebody else's"));
    let theirs = format!("?invitation={theirs}");
    shop.is_refused(&theirs, "This invitation is not a right one.")
        .await;
    let ours = format!("?invitation={}", shop.invitation(None, None));
    let line = &shop.bundle.stack.line;
    line.advance_clock(Duration::from_secs(25 * 3600)).await;
    shop.is_refused(&ours, "This invitation has run out.").await;
}

#[tokio::test]
async fn who_is_invited_attaches_and_may_start_again_by_the_same_invitation() {
    let shop = Shop::open().await;
    let invitation = shop.invitation(None, None);
    let start = shop
        .attach
        .opens(&format!("/?invitation={invitation}"))
        .await;
    let begin = format!("/attach?invitation={invitation}");
    assert!(
        start.body.contains(&format!("href=\"{begin}\"")),
        "{}",
        start.body
    );

    let begun = shop.attach.opens(&begin).await;
    let line = &shop.bundle.stack.line;
    let url = begun.headers.get("location").unwrap();
    let back = line.cancel_link(url).await.unwrap();
    let page = shop.attach.opens(&back).await;
    assert!(
        page.body.contains("Your account was not linked"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(&format!("href=\"{begin}\"")),
        "{}",
        page.body
    );

    let back = shop
        .attach
        .begins(&shop.bundle, &begin, &shop.bundle.bot)
        .await;
    let page = shop.attach.opens(&back).await;
    assert!(
        page.body.contains("Your account is linked"),
        "{}",
        page.body
    );
    assert_eq!(shop.attachment().await, Some(Attachment::Attached));
}

#[tokio::test]
async fn an_invitation_for_one_account_is_for_that_account_alone_whether_required_or_not() {
    let mut shop = Shop::open().await;
    for required in [true, false] {
        shop.attach.app.requires_invitation = required;
        let invitation = shop.invitation(Some(&shop.basic_id), None);
        let start = shop
            .attach
            .opens(&format!("/?invitation={invitation}"))
            .await;
        let only = format!("This link is for {} only.", shop.basic_id);
        assert!(start.body.contains(&only), "{}", start.body);
        let begun = shop
            .attach
            .opens(&format!("/attach?invitation={invitation}"))
            .await;
        let url = begun.headers.get("location").unwrap();
        let line = &shop.bundle.stack.line;
        let other = line.state().await.bots[1].bot_id.clone();
        assert!(line.link(url, &other).await.is_err());
        // Whoever puts another account into the address changes nothing.
        let query = format!("invitation={invitation}&basic_search_id=@other");
        let start = shop.attach.opens(&format!("/?{query}")).await;
        assert!(start.body.contains(&only), "{}", start.body);
    }
    let page = shop.attach.opens("/?invitation=x.y").await;
    assert_eq!(page.status_code, 403, "a wrong one is not dropped");
}
