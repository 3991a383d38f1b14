//! The handle that everybody holds: one lock, one HTTP client, one file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;

use crate::behind::{Behind, ChatKey, FindBehind, SetSettings, SignIn};
use crate::company::{CompanyCommand, SayForCompany};
use crate::error::Error;
use crate::platform::Platform;
use crate::settings::Settings;
use crate::trace::{FindTrace, RunAgain, RunEvent, Trace, TraceKey};
use crate::webhook::send;
use crate::world::World;

/// How long changes are gathered before the data file is written.
const SAVE_AFTER: Duration = Duration::from_millis(300);

/// The LINE Platform emulator. Clones share one world.
#[derive(Clone)]
pub struct Emulator {
    inner: Arc<Inner>,
}

struct Inner {
    platform: Mutex<Platform>,
    traces: Mutex<Option<FindTrace>>,
    replays: Mutex<Option<RunEvent>>,
    company: Mutex<Option<SayForCompany>>,
    behind: Mutex<Option<FindBehind>>,
    sign_in: Mutex<Option<SignIn>>,
    set_settings: Mutex<Option<SetSettings>>,
    client: reqwest::Client,
    changes: watch::Sender<u64>,
    save_planned: AtomicBool,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    /// Makes an emulator. Its world comes from the data file if there is one, else it is the demo
    /// world.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        check(&settings)?;
        let world = match &settings.data_file {
            Some(path) if path.exists() => load(path)?,
            _ => World::demo(),
        };
        let inner = Inner {
            platform: Mutex::new(Platform {
                settings,
                world,
                stopped_at: None,
            }),
            traces: Mutex::new(None),
            replays: Mutex::new(None),
            company: Mutex::new(None),
            behind: Mutex::new(None),
            sign_in: Mutex::new(None),
            set_settings: Mutex::new(None),
            client: send::client().map_err(Error::Client)?,
            changes: watch::Sender::new(0),
            save_planned: AtomicBool::new(false),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Sets where webhooks go.
    pub fn set_webhook_url(&self, url: impl Into<String>) {
        self.platform().settings.webhook_url = Some(url.into());
        self.changed();
    }

    /// Sets the redirect URLs registered for the channel.
    pub fn set_redirect_urls(&self, urls: Vec<String>) {
        self.platform().settings.redirect_urls = urls;
        self.changed();
    }

    /// Sets the address of the bundle's start page.
    pub fn set_bundle_url(&self, url: impl Into<String>) {
        self.platform().settings.bundle_url = Some(url.into());
        self.changed();
    }

    /// Sets how to find what became of an event. Without it the pages tell nothing of that.
    pub fn show_traces(
        &self,
        find: impl Fn(TraceKey) -> BoxFuture<'static, Option<Trace>> + Send + Sync + 'static,
    ) {
        *unpoisoned(&self.inner.traces) = Some(Arc::new(find));
        self.changed();
    }

    /// Sets how an event is run again. Without it the pages do not offer it.
    pub fn run_again(
        &self,
        run: impl Fn(TraceKey, RunAgain, Option<String>) -> BoxFuture<'static, Result<String, String>>
        + Send
        + Sync
        + 'static,
    ) {
        *unpoisoned(&self.inner.replays) = Some(Arc::new(run));
    }

    /// Sets how a system of the company's says something to the module. Without it the pages
    /// do not offer it.
    pub fn company_says(
        &self,
        say: impl Fn(CompanyCommand) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        *unpoisoned(&self.inner.company) = Some(Arc::new(say));
    }

    /// Sets how to find what happens behind the webhooks in a chat. Without it the timelines have
    /// webhooks and API calls alone.
    pub fn show_behind(
        &self,
        find: impl Fn(ChatKey) -> BoxFuture<'static, Behind> + Send + Sync + 'static,
    ) {
        *unpoisoned(&self.inner.behind) = Some(Arc::new(find));
        self.changed();
    }

    /// Sets how an address is made that signs in to an account's management screen. Without it the
    /// pages do not lead there.
    pub fn sign_in_by(
        &self,
        make: impl Fn(String) -> BoxFuture<'static, Result<String, String>> + Send + Sync + 'static,
    ) {
        *unpoisoned(&self.inner.sign_in) = Some(Arc::new(make));
    }

    /// Sets how an account's settings of the module are changed: the account, and a JSON object
    /// of what is to be changed. Without it the control interface cannot.
    pub fn change_settings_by(
        &self,
        set: impl Fn(String, Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    ) {
        *unpoisoned(&self.inner.set_settings) = Some(Arc::new(set));
    }

    /// Lets open pages look again: something behind the webhooks has changed.
    pub fn refresh_pages(&self) {
        self.inner.changes.send_modify(|number| *number += 1);
    }

    /// How it is set up now.
    pub fn settings(&self) -> Settings {
        self.platform().settings.clone()
    }

    /// Writes the world to the data file, if there is one.
    pub fn save(&self) -> Result<(), Error> {
        let (path, text) = {
            let platform = self.platform();
            let Some(path) = platform.settings.data_file.clone() else {
                return Ok(());
            };
            let text = serde_json::to_vec(&platform.world);
            (path, text.map_err(io::Error::from))
        };
        text.and_then(|text| write(&path, &text))
            .map_err(|source| data_file(&path, source))
    }

    /// The platform, locked. Never held over an await.
    pub(crate) fn platform(&self) -> MutexGuard<'_, Platform> {
        unpoisoned(&self.inner.platform)
    }

    /// How to find what happens behind the webhooks, if that was set.
    pub(crate) fn behind(&self) -> Option<FindBehind> {
        unpoisoned(&self.inner.behind).clone()
    }

    /// How an admin is signed in, if that was set.
    pub(crate) fn sign_in(&self) -> Option<SignIn> {
        unpoisoned(&self.inner.sign_in).clone()
    }

    /// How the module's settings are changed, if that was set.
    pub(crate) fn set_settings(&self) -> Option<SetSettings> {
        unpoisoned(&self.inner.set_settings).clone()
    }

    /// How an event is run again, if that was set.
    pub(crate) fn replays(&self) -> Option<RunEvent> {
        unpoisoned(&self.inner.replays).clone()
    }

    /// How the company's systems say something, if that was set.
    pub(crate) fn company(&self) -> Option<SayForCompany> {
        unpoisoned(&self.inner.company).clone()
    }

    /// How to find what became of an event, if that was set.
    pub(crate) fn traces(&self) -> Option<FindTrace> {
        unpoisoned(&self.inner.traces).clone()
    }

    /// The HTTP client for webhooks.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.inner.client
    }

    /// A number that grows with each change.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Tells the pages, and plans to save.
    pub(crate) fn changed(&self) {
        self.refresh_pages();
        let keeps = self.platform().settings.data_file.is_some();
        if keeps && !self.inner.save_planned.swap(true, Ordering::SeqCst) {
            self.plan_save();
        }
    }

    fn plan_save(&self) {
        let emulator = self.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            self.inner.save_planned.store(false, Ordering::SeqCst);
            return;
        };
        runtime.spawn(async move {
            tokio::time::sleep(SAVE_AFTER).await;
            emulator.inner.save_planned.store(false, Ordering::SeqCst);
            if let Err(error) = emulator.save() {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot save the world"
                );
            }
        });
    }
}

/// What the lock holds, after a panic too.
fn unpoisoned<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the settings can be used.
pub(crate) fn check(settings: &Settings) -> Result<(), Error> {
    let header = http::HeaderName::from_bytes(settings.bot_header.as_bytes());
    if header.is_err() {
        let sentence = format!("{:?} is no header name", settings.bot_header);
        return Err(Error::Settings(sentence));
    }
    if settings.channel_id.is_empty() || settings.channel_secret.is_empty() {
        let sentence = "the channel needs an ID and a secret";
        return Err(Error::Settings(sentence.into()));
    }
    if !settings.limit_scale.is_finite() || settings.limit_scale <= 0.0 {
        let sentence = "rate limits can only be multiplied by a number above 0";
        return Err(Error::Settings(sentence.into()));
    }
    if settings.list_page == 0 {
        let sentence = "a page of the list of bots needs at least one";
        return Err(Error::Settings(sentence.into()));
    }
    Ok(())
}

fn load(path: &Path) -> Result<World, Error> {
    let text = fs::read(path).map_err(|source| data_file(path, source))?;
    let mut world: World =
        serde_json::from_slice(&text).map_err(|source| data_file(path, source.into()))?;
    world.find_places();
    Ok(world)
}

/// Writes beside the file and renames, so that a crash leaves the old world.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Conversations are nobody else's business.
        options.mode(0o600);
    }
    options.open(&new)?.write_all(text)?;
    fs::rename(&new, path)
}

fn data_file(path: &Path, source: io::Error) -> Error {
    Error::DataFile {
        path: path.display().to_string(),
        source,
    }
}
