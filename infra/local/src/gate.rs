//! A door between the functions and a server, for tests: open, shut, or one
//! where nobody answers.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

const BACKLOG: u32 = 1024;

/// What a gate does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateState {
    /// It leads to the server.
    Open,
    /// It is refused, as by a server that is not there; those that were open are closed.
    Shut,
    /// It is taken, and nothing comes of it.
    Silent,
}

/// A gate in front of one server. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    state: watch::Sender<GateState>,
    tap: Tap,
}

/// What goes through to the server, while somebody listens.
type Tap = Arc<Mutex<Option<Vec<u8>>>>;

impl Gate {
    /// An open gate to `server`, served on `listener` until the future is dropped.
    pub fn new(
        listener: TcpListener,
        server: SocketAddr,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let gate = Self {
            state: watch::Sender::new(GateState::Open),
            tap: Tap::default(),
        };
        let watcher = gate.state.subscribe();
        let tap = Arc::clone(&gate.tap);
        (gate, serve(listener, server, watcher, tap))
    }

    /// Listens to what goes through to the server, from now on; gives what went
    /// through since the last time, as text.
    pub fn listen(&self) -> String {
        let heard = unpoisoned(&self.tap).replace(Vec::new());
        String::from_utf8_lossy(&heard.unwrap_or_default()).into_owned()
    }

    /// From now on.
    pub fn set(&self, state: GateState) {
        self.state.send_replace(state);
    }
}

async fn serve(
    mut listener: TcpListener,
    server: SocketAddr,
    mut state: watch::Receiver<GateState>,
    tap: Tap,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => Some(accepted),
            _ = state.wait_for(|state| *state == GateState::Shut) => None,
        };
        match accepted {
            Some(Ok((connection, _))) => {
                tokio::spawn(pass(connection, server, state.clone(), Arc::clone(&tap)));
            }
            Some(Err(error)) => return tracing::error!(%error, "a gate takes no connections"),
            None => match refuse(listener, &mut state).await {
                Ok(again) => listener = again,
                Err(error) => return tracing::error!(%error, "a gate cannot open again"),
            },
        }
    }
}

/// Keeps the port, but does not listen, until the gate is no longer shut.
async fn refuse(
    listener: TcpListener,
    state: &mut watch::Receiver<GateState>,
) -> io::Result<TcpListener> {
    let address = listener.local_addr()?;
    drop(listener);
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let _ = state.wait_for(|state| *state != GateState::Shut).await;
    socket.listen(BACKLOG)
}

async fn pass(
    mut connection: TcpStream,
    server: SocketAddr,
    mut state: watch::Receiver<GateState>,
    tap: Tap,
) {
    let now = *state.borrow_and_update();
    match now {
        GateState::Shut => {}
        GateState::Silent => {
            let _ = state.changed().await;
        }
        GateState::Open => {
            let Ok(mut server) = TcpStream::connect(server).await else {
                return;
            };
            // Else what is written in two parts waits for an acknowledgement, 40 ms. Without it
            // the gate is only slower.
            for side in [&connection, &server] {
                let _ = side.set_nodelay(true);
            }
            tokio::select! {
                _ = both_ways(&mut connection, &mut server, &tap) => {}
                _ = state.changed() => {
                    if *state.borrow() == GateState::Silent {
                        let _ = state.changed().await; // held, unanswered, until the next change
                    }
                }
            }
        }
    }
}

async fn both_ways(
    connection: &mut TcpStream,
    server: &mut TcpStream,
    tap: &Tap,
) -> io::Result<()> {
    let (asked, mut answered) = connection.split();
    let (answers, mut asks) = server.split();
    let there = async {
        through(asked, &mut asks, tap).await?;
        asks.shutdown().await
    };
    let back = async {
        let mut answers = answers;
        copy(&mut answers, &mut answered).await?;
        answered.shutdown().await
    };
    tokio::try_join!(there, back).map(drop)
}

async fn through(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    tap: &Tap,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        if let Some(heard) = unpoisoned(tap).as_mut() {
            heard.extend_from_slice(&buffer[..read]);
        }
        to.write_all(&buffer[..read]).await?;
    }
}

fn unpoisoned(tap: &Tap) -> MutexGuard<'_, Option<Vec<u8>>> {
    tap.lock().unwrap_or_else(PoisonError::into_inner)
}
