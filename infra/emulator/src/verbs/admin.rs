//! What the admin of an account does on the link screen.

use crate::authorize::request::{Problem, Request};
use crate::authorize::{cancelled, granted};
use crate::emulator::Emulator;
use crate::error::Error;

impl Emulator {
    /// Opens an authorize URL, chooses the account and presses Link. Gives the URL that the
    /// browser is redirected to.
    pub async fn link(&self, authorize_url: &str, bot: &str) -> Result<String, Error> {
        let mut platform = self.platform();
        let request = open(&platform.settings, authorize_url)?;
        granted(&mut platform, &request, bot)
    }

    /// Opens an authorize URL and presses Cancel. Gives the URL that the browser is redirected to.
    pub async fn cancel_link(&self, authorize_url: &str) -> Result<String, Error> {
        let platform = self.platform();
        Ok(cancelled(&open(&platform.settings, authorize_url)?))
    }
}

fn open(settings: &crate::settings::Settings, url: &str) -> Result<Request, Error> {
    let query = url
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('#')
        .next()
        .unwrap_or_default();
    Request::read(settings, query).map_err(|problem| match problem {
        Problem::Shown(sentence) => Error::request(sentence),
        Problem::Redirected {
            error, description, ..
        } => Error::request(format!("{error}: {description}")),
    })
}
