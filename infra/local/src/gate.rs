//! A door between the functions and a server, for tests: open, shut, or one
//! where nobody answers.

use std::io;
use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
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
}

impl Gate {
    /// An open gate to `server`, served on `listener` until the future is dropped.
    pub fn new(
        listener: TcpListener,
        server: SocketAddr,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let gate = Self {
            state: watch::Sender::new(GateState::Open),
        };
        let watcher = gate.state.subscribe();
        (gate, serve(listener, server, watcher))
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
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => Some(accepted),
            _ = state.wait_for(|state| *state == GateState::Shut) => None,
        };
        match accepted {
            Some(Ok((connection, _))) => {
                tokio::spawn(pass(connection, server, state.clone()));
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
            tokio::select! {
                _ = copy_bidirectional(&mut connection, &mut server) => {}
                _ = state.changed() => {
                    if *state.borrow() == GateState::Silent {
                        let _ = state.changed().await; // held, unanswered, until the next change
                    }
                }
            }
        }
    }
}
