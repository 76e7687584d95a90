//! A service that is asked to end by SIGTERM, as by a container platform, finishes the requests in flight.

use std::{process::Command, thread, time::Duration};

use cors_actix_tests::{PREFLIGHT_VARY, Request, VARY, process::Process};

const LISTED: &str = "https://listed.example";
const TENANT: &str = "https://tenant.example";

#[test]
fn a_service_that_ends_finishes_the_requests_in_flight() {
    let _alone = crate::alone();
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow-service"));
    let process = Process::of(Process::spawn(&mut command));
    let allowed = |origin: &str| format!("access-control-allow-origin: {origin}");
    thread::scope(|scope| {
        let waiting = [
            (Request::get("/slow").origin(LISTED), 200, vec![allowed(LISTED), VARY.to_owned()]),
            (Request::get("/").origin(TENANT), 200, vec![allowed(TENANT), VARY.to_owned()]),
            (
                Request::preflight("/", TENANT, "GET"),
                204,
                vec![
                    allowed(TENANT),
                    "access-control-allow-methods: GET,HEAD,POST".to_owned(),
                    PREFLIGHT_VARY.to_owned(),
                ],
            ),
        ];
        let waiting = waiting.map(|(request, status, lines)| {
            let process = &process;
            scope.spawn(move || {
                let lines = lines.iter().map(String::as_str);
                process.send(&request).assert(status, lines);
            })
        });
        // The requests take 2 s and more.
        thread::sleep(Duration::from_secs(1));
        process.signal("TERM");
        for waiting in waiting {
            waiting.join().expect("the request is answered");
        }
    });
    process.ends();
}
