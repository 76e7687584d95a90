//! Processes of the examples, and free ports for other programs.

use std::{
    io::{self, BufRead as _, BufReader},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    process::{Child, ChildStderr, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{Client, Request, Response};

/// A process that serves on a port of its choice, and keeps a log on its standard error. Dropping it kills the
/// process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts a process, without waiting for it.
    pub fn spawn(command: &mut Command) -> Child {
        command
            .env("PORT", "0")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    /// Waits until the process prints where it listens: `http://` and an address.
    pub fn of(mut child: Child) -> Self {
        let log = Arc::<Mutex<String>>::default();
        let kept = keep(child.stderr.take().expect("it is piped"), Arc::clone(&log));
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the process prints text");
        let address = line.trim().strip_prefix("http://").and_then(|text| text.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = kept.join();
            panic!("the process does not start: {line}{}", text(&log))
        };
        Process { child, address, log }
    }

    /// Sends a request on a new connection.
    pub fn send(&self, request: &Request) -> Response {
        Client::connect(self.address).send(request)
    }

    /// Returns what the process has logged.
    pub fn log(&self) -> String {
        text(&self.log)
    }

    /// Asks the process to end, as Ctrl-C does, and asserts that it ends without an error.
    #[track_caller]
    pub fn stop(self) {
        self.signal("INT");
        self.ends();
    }

    /// Sends a signal, such as `TERM`.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        // Built into the shell; a program of this name may be missing.
        let kill = format!("kill -{name} {}", self.child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
        assert!(killed.success(), "{killed}");
    }

    /// Waits for the end of the process, and asserts that it ends without an error.
    #[track_caller]
    pub fn ends(mut self) {
        let status = self.child.wait().expect("the process ends");
        assert!(status.success(), "{status}");
    }
}

/// Waits until a condition holds. After a longer time, the examples read their file or database without any event.
#[track_caller]
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(45);
    while !condition() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::sleep(Duration::from_millis(20));
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

fn text(log: &Mutex<String>) -> String {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

/// Returns a port that is free on loopback, for a program that can't choose one itself. The port is below those that
/// the system gives to programs that ask for any port, so that no such program takes it first.
pub fn free_port() -> u16 {
    let loopback: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let is_free = |port: &u16| {
        // Another error does not mean that the port is taken: a machine may have no IPv6.
        !loopback.iter().any(|&address| {
            TcpListener::bind((address, *port))
                .is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
        })
    };
    let mut ports = std::iter::repeat_with(|| fastrand::u16(20_000..30_000));
    ports.find(is_free).expect("the iterator does not end")
}
