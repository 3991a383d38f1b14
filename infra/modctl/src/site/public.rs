//! One exchange with the bundle's public side, as anybody can have it.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use shared::connector;

use crate::failure::Failure;

/// A connection is made within this.
const CONNECT: Duration = Duration::from_secs(5);
/// The whole exchange.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends the request to this address; gives the answer's status and body.
///
/// # Errors
/// [`Failure::Refused`]: no answer came.
pub(crate) async fn exchange(
    mut request: HttpRequest,
    url: &str,
) -> Result<(u16, Vec<u8>), Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Refused(format!("{url}: {error}"));
    request.set_uri(url).map_err(|error| wrong(&error))?;
    let exchange = async {
        let answer = connector::connector(CONNECT).call(request).await;
        let answer = answer.map_err(|error| wrong(&shared::aws::reasons(&error)))?;
        let status = answer.status().as_u16();
        let body = ByteStream::new(answer.into_body()).collect().await;
        Ok((status, body.map_err(|error| wrong(&error))?.to_vec()))
    };
    let answered = tokio::time::timeout(TIMEOUT, exchange).await;
    answered.unwrap_or_else(|_| Err(wrong(&"no answer came in time")))
}
