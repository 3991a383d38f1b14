//! A door between the functions and a server, for tests: open, shut, or one
//! where nobody answers.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a gate does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateState {
    /// It leads to the server.
    Open,
    /// It is closed at once, also if it was open before.
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

async fn serve(listener: TcpListener, server: SocketAddr, state: watch::Receiver<GateState>) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(pass(connection, server, state.clone()));
    }
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
