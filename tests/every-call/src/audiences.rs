//! Audiences.

use shared::line::body::Upload;
use shared::line::endpoint::Facts;
use shared::line::endpoints::audience::{
    AddToAudience, AddToAudienceByFile, CreateAudience, CreateAudienceByFile,
    CreateAudienceOfClicks, CreateAudienceOfImpressions, DeleteAudience, GetAudience,
    GetSharedAudience, ListAudiences, ListSharedAudiences, Recipient, RenameAudience,
};

use crate::{Caller, Ended};

impl<R: FnMut(&'static Facts, Ended<'_>)> Caller<'_, R> {
    /// Makes, fills, reads and deletes audiences.
    pub(super) async fn audiences(&mut self) {
        let audience = self.audiences_of_users().await;
        self.audiences_of_readers().await;
        self.one_audience(audience).await;
    }

    async fn audiences_of_users(&mut self) -> u64 {
        let user = self.with.user.as_str();
        let audiences = &[Recipient { id: user }];
        let (description, upload_description) = ("フレンズ", Some("first"));
        let is_ifa_audience = false;
        let made = self
            .call(&CreateAudience {
                description,
                is_ifa_audience,
                upload_description,
                audiences,
            })
            .await;
        let audience = made.map_or(1, |made| made.value.audience_group_id);
        self.call(&AddToAudience {
            audience,
            upload_description,
            audiences,
        })
        .await;
        let file = Upload::bytes(format!("{user}\n"));
        let by_file = CreateAudienceByFile {
            description: "by file",
            is_ifa_audience,
            upload_description,
            file: file.clone(),
        };
        self.call(&by_file).await;
        self.call(&AddToAudienceByFile {
            audience,
            upload_description,
            file,
        })
        .await;
        audience
    }

    async fn audiences_of_readers(&mut self) {
        let request_id = &*self.sent.clone();
        let clicks = CreateAudienceOfClicks {
            description: "clicks",
            request_id,
            click_url: None,
        };
        self.call(&clicks).await;
        let description = "seen";
        self.call(&CreateAudienceOfImpressions {
            description,
            request_id,
        })
        .await;
    }

    async fn one_audience(&mut self, audience: u64) {
        self.call(&RenameAudience {
            audience,
            description: "renamed",
        })
        .await;
        self.call(&GetAudience { audience }).await;
        let page = ListAudiences {
            page: 1,
            size: Some(40),
            ..ListAudiences::default()
        };
        self.call(&page).await;
        self.call(&GetSharedAudience { audience }).await;
        let page = ListSharedAudiences {
            page: 1,
            ..ListSharedAudiences::default()
        };
        self.call(&page).await;
        self.call(&DeleteAudience { audience }).await;
    }
}
