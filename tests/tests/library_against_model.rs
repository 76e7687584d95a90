//! Compares the library with a naive evaluator of the policy: the library allows a response or a preflight if
//! and only if the policy allows it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use actix_web::{App, HttpResponse, test::TestRequest, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{
    fewer, library,
    local::Local,
    naive::{Asking, Verdict, Why, Written},
    situations::Choices,
};
use fastrand::Rng;

const SEED: u64 = 20;
const SITUATIONS: usize = 200_000;
const REQUESTS_PER_POLICY: usize = 10;
/// One of this number of policies is also tested through the whole middleware.
const THROUGH_THE_MIDDLEWARE: usize = 4;

/// The number of cases of each kind, to show that the test covers every kind.
#[derive(Debug, Default)]
struct Seen(BTreeMap<&'static str, usize>);

impl Seen {
    fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }

    #[track_caller]
    fn assert_share(&self, of: usize, kinds: &[&str], percent: usize) {
        let count: usize = kinds.iter().map(|kind| self.of(kind)).sum();
        assert!(count * 100 >= of * percent, "{kinds:?} are {count} of {of}: {self:#?}");
    }
}

fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::NotCors => "not CORS",
        Verdict::Actual(Ok(())) => "actual, allowed",
        Verdict::Actual(Err(Why::OriginRepeated)) => "actual, origin repeated",
        Verdict::Actual(Err(Why::OriginMalformed)) => "actual, origin malformed",
        Verdict::Actual(Err(_)) => "actual, origin not allowed",
        Verdict::Preflight(Ok(())) => "preflight, granted",
        Verdict::Preflight(Err(Why::OriginRepeated)) => "preflight, origin repeated",
        Verdict::Preflight(Err(Why::OriginMalformed)) => "preflight, origin malformed",
        Verdict::Preflight(Err(Why::OriginNotAllowed)) => "preflight, origin not allowed",
        Verdict::Preflight(Err(Why::MethodMalformed)) => "preflight, method malformed",
        Verdict::Preflight(Err(Why::MethodNotAllowed)) => "preflight, method not allowed",
        Verdict::Preflight(Err(Why::HeaderNotAllowed(_))) => "preflight, header not allowed",
    }
}

const GRANTED: [&str; 2] = ["actual, allowed", "preflight, granted"];
const DENIED: [&str; 9] = [
    "actual, origin repeated",
    "actual, origin malformed",
    "actual, origin not allowed",
    "preflight, origin repeated",
    "preflight, origin malformed",
    "preflight, origin not allowed",
    "preflight, method malformed",
    "preflight, method not allowed",
    "preflight, header not allowed",
];

type Lines = Vec<(&'static str, &'static str)>;

/// An app that answers every request with the given lines, and counts its runs.
struct Application {
    app: Local,
    inner: Rc<RefCell<Option<Lines>>>,
}

impl Application {
    async fn start(policy: &Policy) -> Self {
        let inner = Rc::new(RefCell::new(None::<Lines>));
        let handler = {
            let inner = Rc::clone(&inner);
            move || {
                let mut response = HttpResponse::Ok();
                for line in inner.take().expect("a request reaches the handler once") {
                    response.append_header(line);
                }
                async move { response.finish() }
            }
        };
        let app = App::new().wrap(Cors::new(policy)).default_service(web::to(handler));
        Application { app: Local::start(app).await, inner }
    }

    /// Returns the status of the response, and its lines `vary` and `access-control-*`.
    async fn send(&self, asking: &Asking, inner: &Lines) -> (Option<u16>, Vec<String>) {
        let mut request = TestRequest::default().method(asking.method.parse().unwrap());
        for (name, value) in &asking.lines {
            request = request.append_header((*name, value.as_slice()));
        }
        self.inner.replace(Some(inner.clone()));
        let response = self.app.send(request).await;
        let reached = self.inner.take().is_none();
        let mut lines = response.cors_lines();
        lines.sort();
        assert_eq!(response.text(), "");
        assert!(!reached || response.status == 200, "{}", response.status);
        ((!reached).then_some(response.status), lines)
    }
}

fn report(seed: u64, policy: &Written, asking: &Asking) -> String {
    let lines = asking.lines.iter();
    let lines = lines.map(|(name, value)| format!("\n  {name}: {}", value.escape_ascii()));
    format!("seed {seed}\n{policy:?}\n{} {}", asking.method, lines.collect::<String>())
}

#[actix_web::test]
async fn the_library_agrees_with_a_naive_evaluator_of_the_written_policy() {
    let total = fewer(SITUATIONS);
    let (mut seen, mut served, mut responses) = (Seen::default(), Seen::default(), 0);
    for index in 0..total / REQUESTS_PER_POLICY {
        let seed = SEED << 32 | index as u64;
        let mut rng = Rng::with_seed(seed);
        let mut choose = |count: usize| rng.usize(..count);
        let mut choices = Choices(&mut choose);
        let written = choices.policy();
        let policy = library::build(&written)
            .unwrap_or_else(|error| panic!("seed {seed}\n{written:?}\n{error}"));
        let app = match index % THROUGH_THE_MIDDLEWARE {
            0 => Some(Application::start(&policy).await),
            _ => None,
        };
        for _ in 0..REQUESTS_PER_POLICY {
            let asking = choices.asking(&written);
            let inner = choices.inner();
            let expected = written.decide(&asking);
            let report = || report(seed, &written, &asking);
            seen.count(kind(&expected));
            let Some(head) = library::head(&asking) else {
                seen.count("bytes that no header line can have");
                let rules = library::rules(&written).unwrap();
                for origin in asking.all("origin") {
                    let expected = written.allows_origin(origin);
                    assert_eq!(rules.origins.allows(origin), expected, "{}", report());
                }
                continue;
            };
            assert_eq!(library::decide(&policy, &asking, &head), expected, "{}", report());
            if let Some(app) = &app {
                responses += 1;
                served.count(kind(&expected));
                let expected = written.respond(&asking, &inner);
                assert_eq!(app.send(&asking, &inner).await, expected, "{inner:?} {}", report());
            }
        }
    }
    println!("{seen:#?}\nthrough the middleware: {responses}, {served:#?}");
    for (seen, total) in [(&seen, total), (&served, responses)] {
        seen.assert_share(total, &GRANTED, 20);
        seen.assert_share(total, &DENIED, 20);
        seen.assert_share(total, &["not CORS"], 2);
        for kind in GRANTED.iter().chain(&DENIED) {
            assert!(seen.of(kind) * 1000 >= total, "too few {kind}: {seen:#?}");
        }
    }
    assert!(responses * 5 >= total, "{responses} responses");
}
