//! Lets a page do the steps of a subtest, and compares with the expectations.

use std::{
    cell::RefCell,
    future::{Future, ready},
};

use cors_actix_browser::{
    Blocked, Browser, Purpose, Request, Response, ResponseType, Seen, SendError, Target,
};

use crate::case::{Case, Expectation, Rule, Step};

/// All servers of a subtest.
struct Servers<'c> {
    rules: &'c [Rule],
    /// The number of requests that each rule has answered.
    answered: RefCell<Vec<usize>>,
    /// The requests that no rule answers.
    unknown: RefCell<Vec<String>>,
}

impl Target for Servers<'_> {
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>> {
        let is_preflight = request.header("access-control-request-method").is_some();
        let mut answered = self.answered.borrow_mut();
        let answers = |(at, rule): &(usize, &Rule)| {
            let method = match rule.method.as_str() {
                "ALL" => true,
                "PREFLIGHT" => is_preflight,
                "*" => !is_preflight,
                method => !is_preflight && method == request.method(),
            };
            method && rule.url == request.url() && answered[*at] < rule.times
        };
        let Some((at, rule)) = self.rules.iter().enumerate().find(answers) else {
            let line = format!("{} {}", request.method(), request.url());
            self.unknown.borrow_mut().push(line.clone());
            return ready(Err(line.into()));
        };
        answered[at] += 1;
        let lines = rule.lines.iter().filter_map(|(name, value)| {
            // A server that repeats a header of the request says nothing if the request lacks the header.
            let repeated = match value.as_slice() {
                b"$ITS_ORIGIN" => request.header("origin")?,
                b"$ITS_METHOD" => request.header("access-control-request-method")?,
                _ => return Some((name, value.clone())),
            };
            Some((name, repeated.into_bytes()))
        });
        ready(Ok(Response::new(rule.status, lines, rule.body.clone())))
    }
}

/// The outcome of a subtest.
#[derive(Debug)]
pub(crate) enum Outcome {
    Holds,
    /// The first expectation that does not hold, and the fetch.
    Fails(String),
    /// The situation is incomplete: no server answers the request.
    NoServer(String),
}

pub(crate) async fn run(case: &Case) -> Outcome {
    let browser = match &case.page {
        Some(page) => Browser::at(page),
        None => Browser::sandboxed(),
    };
    let answered = RefCell::new(vec![0; case.rules.len()]);
    let servers = Servers { rules: &case.rules, answered, unknown: RefCell::default() };
    for step in &case.steps {
        match step {
            Step::Wait(time) => browser.advance(*time),
            Step::Fetch(fetch, expectations) => {
                let seen = browser.fetch(&servers, (**fetch).clone()).await;
                if let Some(request) = servers.unknown.take().pop() {
                    return Outcome::NoServer(request);
                }
                if let Some(wrong) = expectations.iter().find(|it| !holds(it, &seen)) {
                    return Outcome::Fails(format!("not {wrong:?}: {seen}"));
                }
            }
        }
    }
    Outcome::Holds
}

fn holds(expectation: &Expectation, seen: &Seen) -> bool {
    let is = |header: Option<String>, value: &[u8]| {
        let value: String = value.iter().copied().map(char::from).collect();
        header == Some(value)
    };
    let sent = |is_preflight: bool| {
        let exchanges = seen.exchanges().iter();
        exchanges.filter(move |exchange| (exchange.purpose() == Purpose::Preflight) == is_preflight)
    };
    let last =
        |is_preflight: bool| sent(is_preflight).next_back().map(|exchange| exchange.request());
    let readable = seen.is_readable();
    match expectation {
        Expectation::Readable(status) => {
            readable && status.is_none_or(|status| seen.status() == status)
        }
        Expectation::Blocked => !readable && seen.blocked() != Some(&Blocked::Opaque),
        Expectation::Throws => {
            matches!(seen.blocked(), Some(Blocked::Invalid(_))) && seen.exchanges().is_empty()
        }
        Expectation::Opaque => seen.blocked() == Some(&Blocked::Opaque),
        Expectation::Type(name) => {
            let name_of = |kind| match kind {
                ResponseType::Basic => "basic",
                ResponseType::Cors => "cors",
                _ => "other",
            };
            readable && name_of(seen.response_type()) == name
        }
        Expectation::Reads(name, value) => readable && is(seen.header(name), value),
        Expectation::Hides(name) => readable && seen.header(name).is_none(),
        Expectation::Text(text) => readable && seen.body() == text,
        Expectation::Url(end) => readable && seen.url().ends_with(end),
        Expectation::Redirected(redirected) => readable && seen.redirected() == *redirected,
        Expectation::Preflights(number) => sent(true).count() == *number,
        Expectation::Requests(number) => sent(false).count() == *number,
        Expectation::Arrives(name, value) => {
            last(false).is_some_and(|request| is(request.header(name), value))
        }
        Expectation::Lacks(name) => last(false).is_some_and(|it| it.header(name).is_none()),
        Expectation::Method(method) => last(false).is_some_and(|it| it.method() == method),
        Expectation::Body(body) => last(false).is_some_and(|request| request.body() == body),
        Expectation::Asks(name, value) => {
            last(true).is_some_and(|request| is(request.header(name), value))
        }
        Expectation::AsksNot(name) => last(true).is_some_and(|it| it.header(name).is_none()),
    }
}
