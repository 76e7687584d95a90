//! A real server with several workers.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse},
    rt::System,
};

use crate::client::{Client, Request};

/// A server with several workers on a free loopback port. The server stops when the value is dropped.
#[derive(Debug)]
pub struct Fleet {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Fleet {
    /// Starts the server.
    pub fn start<F, T, B>(workers: usize, app: F) -> Self
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        T::Future: 'static,
        B: MessageBody + 'static,
    {
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(app).workers(workers).bind(("127.0.0.1", 0))?;
                let address = server.addrs().first().copied();
                let server = server.disable_signals().run();
                if let Some(address) = address {
                    started.send((address, server.handle())).map_err(io::Error::other)?;
                }
                server.await
            })
        });
        let (address, handle) = starting.recv().expect("the server starts");
        Fleet { address, handle, thread: Some(thread) }
    }

    /// Returns the address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns a connection to each worker, by the worker's name, which is the body of the response to `who`.
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
}

impl Drop for Fleet {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        let stopped = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(stopped, Some(Ok(Ok(()))) | None), "the server failed: {stopped:?}");
        }
    }
}
