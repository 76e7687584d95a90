//! Starts processes of the example `tenants`, and asks them.

use std::process::{Child, Command};

use cors_actix_tests::{Request, Response, VARY, process};

/// A process of the example. Dropping it kills the process.
pub(crate) struct Process(process::Process);

impl Process {
    /// Starts two processes at once on one database.
    pub(crate) fn start_two(url: &str) -> [Self; 2] {
        [Self::spawn(url), Self::spawn(url)].map(|child| Process(process::Process::of(child)))
    }

    fn spawn(url: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenants-process"));
        process::Process::spawn(command.env("DATABASE_URL", url))
    }

    /// Adds an origin as an administrator.
    #[track_caller]
    pub(crate) fn add(&self, origin: &str) -> Response {
        let request = Request::new("PUT", "/tenants/7/origins")
            .line("Authorization", "Bearer admin")
            .line("Content-Type", "application/json")
            .body(format!("\"{origin}\""));
        self.0.send(&request)
    }

    /// Returns `true` if pages of the origin can read the orders.
    #[track_caller]
    pub(crate) fn allows(&self, origin: &str) -> bool {
        let response = self.0.send(&Request::get("/orders").origin(origin));
        let is_allowed = !response.values("access-control-allow-origin").is_empty();
        if is_allowed {
            let line = format!("access-control-allow-origin: {origin}");
            response.assert(200, [line.as_str(), VARY]);
        } else {
            response.assert_closed(200);
        }
        is_allowed
    }

    pub(crate) fn stop(self) {
        self.0.stop();
    }

    pub(crate) fn log(&self) -> String {
        self.0.log()
    }
}
