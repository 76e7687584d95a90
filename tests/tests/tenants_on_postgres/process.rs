//! Starts processes of the example `tenants`, and asks them.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use cors_actix_tests::{Client, Request, Response, VARY};

/// A process of the example. Dropping it kills the process.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts two processes at once on one database.
    pub(crate) fn start_two(url: &str) -> [Self; 2] {
        [Self::spawn(url), Self::spawn(url)].map(Self::of)
    }

    fn spawn(url: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_tenants-process"))
            .env("DATABASE_URL", url)
            .env("PORT", "0")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Waits until the process says where it listens.
    fn of(mut child: Child) -> Self {
        let log = Arc::<Mutex<String>>::default();
        let kept = keep(child.stderr.take().unwrap(), Arc::clone(&log));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|text| text.parse().ok());
        let Some(address) = address else {
            child.kill().unwrap();
            kept.join().unwrap();
            panic!("the process does not start: {line}{}", log.lock().unwrap())
        };
        Process { child, address, log }
    }

    /// Adds an origin as an administrator.
    #[track_caller]
    pub(crate) fn add(&self, origin: &str) -> Response {
        let request = Request::new("PUT", "/tenants/7/origins")
            .line("Authorization", "Bearer admin")
            .line("Content-Type", "application/json")
            .body(format!("\"{origin}\""));
        Client::connect(self.address).send(&request)
    }

    /// Returns `true` if pages of the origin can read the orders.
    #[track_caller]
    pub(crate) fn allows(&self, origin: &str) -> bool {
        let response = Client::connect(self.address).send(&Request::get("/orders").origin(origin));
        let is_allowed = !response.values("access-control-allow-origin").is_empty();
        if is_allowed {
            let line = format!("access-control-allow-origin: {origin}");
            response.assert(200, [line.as_str(), VARY]);
        } else {
            response.assert_closed(200);
        }
        is_allowed
    }

    /// Asks the process to end, as Ctrl-C does, and asserts that it ends without an error.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        // Built into the shell; a program of this name may be missing.
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// Returns what the process has logged.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("{} has logged:\n{}", self.address, self.log());
        }
    }
}

fn keep(stderr: ChildStderr, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    })
}
