//! The events of denials: fields for programs, and a sentence for people.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpResponse, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{Request, Server};
use serde_json::Value;

const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Returns the events about the path.
    fn about(&self, path: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["fields"]["path"] == path).collect()
    }
}

/// One test, because a process has one subscriber.
#[test]
fn denials_are_events_with_documented_fields() {
    let policy =
        Policy::builder().allow_origins([APP]).written_at("cors.toml: api").build().unwrap();
    let server = Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    });
    // Denials that nobody can read about are not the first.
    server.send(&Request::preflight("/preflight", APP, "PUT"));
    server.send(&Request::get("/actual").origin(EVIL));
    let lines = Lines::default();
    let writer = lines.clone();
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .init();
    server.send(&Request::preflight("/preflight", APP, "PUT").asks_headers("x-a,x-b"));
    server.send(&Request::preflight("/again", APP, "GET").asks_headers("x-a,x-b"));
    server.send(&Request::get("/actual").origin(EVIL));
    server.send(&Request::get("/handshake").origin(EVIL).line("Upgrade", "websocket"));
    server.send(&Request::get("/allowed").origin(APP));

    let expected = [
        ("/preflight", "INFO", "preflight", "PUT", APP, "method-not-allowed"),
        ("/again", "DEBUG", "preflight", "GET", APP, "header-not-allowed"),
        ("/actual", "INFO", "actual", "GET", EVIL, "origin-not-allowed"),
        ("/handshake", "INFO", "handshake", "GET", EVIL, "origin-not-allowed"),
    ];
    for (path, level, kind, method, origin, reason) in expected {
        let events = lines.about(path);
        let [event] = &events[..] else { panic!("{path}: {events:#?}") };
        assert_eq!(event["target"], "cors_actix");
        assert_eq!(event["level"], level, "{event}");
        let fields = &event["fields"];
        assert_eq!(fields["kind"], kind, "{event}");
        assert_eq!(fields["method"], method, "{event}");
        assert_eq!(fields["origin"], origin, "{event}");
        assert_eq!(fields["reason"], reason, "{event}");
        assert_eq!(fields["policy"], "cors.toml: api", "{event}");
        let has_hint = fields["message"].as_str().unwrap().contains("are logged at debug level");
        assert_eq!(has_hint, level == "INFO", "{event}");
    }
    let again = &lines.about("/again")[0]["fields"]["message"];
    assert_eq!(
        again,
        "preflight denied: request headers \"x-a\", \"x-b\" are not allowed by the policy at cors.toml: api; add \
         them to allow_headers"
    );
    assert_eq!(lines.about("/allowed"), Vec::<Value>::new());
}
