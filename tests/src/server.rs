//! A real server.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::{HttpServer, dev::ServerHandle, rt::System};

use crate::{
    client::{Client, Request, Response},
    erased::{Erase, ErasedApp},
};

/// Any free port.
const LOOPBACK: (&str, u16) = ("127.0.0.1", 0);

/// The time that a client may pause, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy)]
enum Protocol {
    Http1,
    Http1And2,
}

/// Makes the app of a worker.
type Make = dyn Fn() -> ErasedApp + Send;

/// An actix-web server on a free loopback port, with one worker. The server stops when the value is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Server {
    /// Starts a server with one worker for the app.
    pub fn start<A: Erase>(app: impl Fn() -> A + Send + 'static) -> Self {
        Server::with_workers(1, app)
    }

    /// Starts a server with so many workers for the app.
    pub fn with_workers<A: Erase>(workers: usize, app: impl Fn() -> A + Send + 'static) -> Self {
        Server::of(workers, Protocol::Http1, Arc::new(Mutex::new(move || app().erase())))
    }

    /// Starts a server with so many workers that also speaks HTTP/2, and that gives up requests whose clients have
    /// closed the connection.
    pub fn with_http2<A: Erase>(workers: usize, app: impl Fn() -> A + Send + 'static) -> Self {
        Server::of(workers, Protocol::Http1And2, Arc::new(Mutex::new(move || app().erase())))
    }

    fn of(workers: usize, protocol: Protocol, app: Arc<Mutex<Make>>) -> Self {
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let make = move || app.lock().unwrap_or_else(PoisonError::into_inner)();
                let server = HttpServer::new(make)
                    .workers(workers)
                    .keep_alive(PATIENCE)
                    .client_request_timeout(PATIENCE);
                let server = match protocol {
                    Protocol::Http1 => server.bind(LOOPBACK)?,
                    Protocol::Http1And2 => {
                        server.h1_allow_half_closed(false).bind_auto_h2c(LOOPBACK)?
                    }
                };
                let address = server.addrs().first().copied();
                let server = server.disable_signals().run();
                if let Some(address) = address {
                    // `start` waits for this message.
                    started.send((address, server.handle())).map_err(io::Error::other)?;
                }
                server.await
            })
        });
        let (address, handle) = starting.recv().expect("the server starts");
        Server { address, handle, thread: Some(thread) }
    }

    /// Returns the address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of the server, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Opens a connection to each of `count` workers. `who` is the only request sent on it; its response body
    /// is the name of the worker.
    pub fn workers(&self, count: usize, who: &Request) -> HashMap<String, Client> {
        const ATTEMPTS: usize = 1000;
        let mut workers = HashMap::new();
        for _ in 0..ATTEMPTS {
            let mut client = Client::connect(self.address);
            let name = client.send(who).text();
            workers.entry(name).or_insert(client);
            if workers.len() == count {
                return workers;
            }
        }
        panic!("of {count} workers, only {:?} answer", workers.keys());
    }

    /// Opens a connection.
    pub fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Sends one request over a new connection.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Response {
        self.connect().send(request)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `stop` sends the command at once. The returned future only waits for the end.
        drop(self.handle.stop(false));
        let stopped = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            match stopped {
                Some(Ok(Ok(()))) | None => {}
                Some(Ok(Err(error))) => panic!("the server failed: {error}"),
                Some(Err(_)) => panic!("the server panicked"),
            }
        }
    }
}
