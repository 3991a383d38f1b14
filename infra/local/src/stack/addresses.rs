//! Where everything is: listeners are bound before anything else, as configuration needs their
//! addresses.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use serde::Serialize;
use tokio::net::TcpListener;

use super::error::StackError;
use super::options::Options;

/// Where everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Addresses {
    /// The bundle's public side: its start page.
    pub public_url: String,
    /// Where LINE sends webhooks.
    pub webhook_url: String,
    /// Where the company's own systems say something: behind it `/{bot}`, or `/{bot}/{chat}`.
    pub inbox_url: String,
    /// The LINE Platform emulator: its pages, its API, its control interface.
    pub line_url: String,
    /// DynamoDB.
    pub dynamodb_url: String,
    /// SQS.
    pub sqs_url: String,
    /// The table's name.
    pub table_name: String,
    /// The event queue's URL.
    pub event_queue_url: String,
    /// The URL of the queue of messages that were received too often.
    pub dead_letter_queue_url: String,
    /// Lambda's Invoke call of the functions, by their own names.
    pub invoke_url: String,
}

pub(super) struct Listeners {
    pub(super) public: TcpListener,
    pub(super) line: TcpListener,
    pub(super) dynamodb: TcpListener,
    pub(super) sqs: TcpListener,
    pub(super) invoke: TcpListener,
}

impl Listeners {
    pub(super) async fn bind(options: &Options) -> Result<Self, StackError> {
        Ok(Self {
            public: bind(options.port, "--port").await?,
            line: bind(options.line_port, "--line-port").await?,
            dynamodb: bind(options.dynamodb_port, "--dynamodb-port").await?,
            sqs: bind(options.sqs_port, "--sqs-port").await?,
            invoke: bind(0, "--port").await?,
        })
    }
}

pub(super) async fn bind(port: u16, flag: &'static str) -> Result<TcpListener, StackError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StackError::Port { port, flag },
            _ => StackError::Io {
                what: format!("port {port}"),
                source,
            },
        })
}

pub(super) fn address(listener: &TcpListener) -> Result<SocketAddr, StackError> {
    listener
        .local_addr()
        .map_err(io_error("a listener's address"))
}

pub(super) fn url(listener: &TcpListener) -> Result<String, StackError> {
    Ok(format!("http://{}", address(listener)?))
}

pub(super) fn io_error(what: &str) -> impl FnOnce(io::Error) -> StackError {
    let what = what.to_owned();
    move |source| StackError::Io { what, source }
}
