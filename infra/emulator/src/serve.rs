//! All that is served: LINE's API and link screen, the control interface, the pages.

use std::future::Future;
use std::io;

use axum::Router;
use tokio::net::TcpListener;

use crate::emulator::Emulator;
use crate::{api, authorize, control, pages};

impl Emulator {
    /// All routes: LINE's API and link screen, the control interface, the pages.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(authorize::routes())
            .nest("/manager.line.biz", authorize::routes())
            .merge(pages::routes())
            .merge(control::routes())
            .fallback(api::handle)
            .layer(axum::middleware::from_fn(control::same_origin))
            .with_state(self.clone())
    }

    /// Serves on a listener until the future is dropped.
    pub fn serve(
        &self,
        listener: TcpListener,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let router = self.router();
        async move { axum::serve(listener, router).await }
    }
}
