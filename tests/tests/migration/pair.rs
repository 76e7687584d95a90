//! Two servers with the same handler, one below each library, and the browser and the client that send
//! the same requests to both.

use actix_web::{App, HttpResponse, dev::Transform as _, rt::System, test::ok_service, web};
use cors_actix::{Cors, Policy, PolicyBuilder, ProblemKind};
use cors_actix_browser::{Browser, Fetch, Seen, SendError, Target};
use cors_actix_tests::{Request, Response, Server};

use crate::SANDBOX;

/// The server below `actix_cors`, and the server below `cors_actix`.
pub(crate) struct Pair {
    before: Server,
    after: Server,
}

impl Pair {
    /// Starts both servers.
    pub(crate) fn new(before: fn() -> actix_cors::Cors, after: &PolicyBuilder) -> Self {
        Pair::with(before, after.build().unwrap(), respond)
    }

    /// Starts both servers with another handler.
    pub(crate) fn with(
        before: impl Fn() -> actix_cors::Cors + Clone + Send + 'static,
        after: Policy,
        handler: fn() -> HttpResponse,
    ) -> Self {
        let handle = move || async move { handler() };
        Pair {
            before: Server::start(move || {
                App::new().wrap(before()).default_service(web::to(handle))
            }),
            after: Server::start(move || {
                App::new().wrap(Cors::new(&after)).default_service(web::to(handle))
            }),
        }
    }

    /// Sends exact bytes to both.
    #[track_caller]
    pub(crate) fn send(&self, request: &Request) -> [Response; 2] {
        [self.before.send(request), self.after.send(request)]
    }

    /// Fetches from both, each time in a browser of its own.
    pub(crate) fn fetch(&self, page: &str, fetch: Fetch) -> [Seen; 2] {
        [&self.before, &self.after].map(|server| {
            let browser = if page == SANDBOX { Browser::sandboxed() } else { Browser::at(page) };
            fetch_from(server, &browser, fetch.clone())
        })
    }

    /// Fetches twice from both, each time in a browser of its own, and returns the second responses.
    pub(crate) fn fetch_again_after(
        &self,
        time: std::time::Duration,
        page: &str,
        fetch: &Fetch,
    ) -> [Seen; 2] {
        [&self.before, &self.after].map(|server| {
            let browser = Browser::at(page);
            fetch_from(server, &browser, fetch.clone()).assert_readable();
            browser.advance(time);
            fetch_from(server, &browser, fetch.clone())
        })
    }

    /// Asserts that the page can read both responses, and sees the same in both.
    #[track_caller]
    pub(crate) fn both_read(&self, page: &str, fetch: Fetch) {
        let [before, after] = self.fetch(page, fetch);
        assert_eq!((before.status(), before.text()), (after.status(), after.text()));
        assert_eq!(before.header_names(), after.header_names(), "{before}\n{after}");
    }

    /// Asserts that the page can read both responses, and these of their headers.
    #[track_caller]
    pub(crate) fn both_expose(&self, page: &str, fetch: Fetch, names: &[&str]) {
        let [before, after] = self.fetch(page, fetch);
        assert_eq!((before.status(), before.text()), (after.status(), after.text()));
        for name in names {
            assert!(before.header(name).is_some(), "{name}: {before}");
            assert_eq!(before.header(name), after.header(name), "{before}\n{after}");
        }
    }

    /// Asserts that the page can read neither response, and that equally many requests were sent.
    #[track_caller]
    pub(crate) fn both_block(&self, page: &str, fetch: Fetch) {
        let [before, after] = self.fetch(page, fetch);
        before.assert_blocked();
        after.assert_blocked();
        assert_eq!(before.exchanges().len(), after.exchanges().len(), "{before}\n{after}");
    }

    /// Asserts that the page can read the response below `actix_cors` alone.
    #[track_caller]
    pub(crate) fn only_before_reads(&self, page: &str, fetch: Fetch) {
        let [before, after] = self.fetch(page, fetch);
        before.assert_status(200);
        after.assert_blocked();
    }

    /// Asserts that the page can read the response below `cors_actix` alone.
    #[track_caller]
    pub(crate) fn only_after_reads(&self, page: &str, fetch: Fetch) {
        let [before, after] = self.fetch(page, fetch);
        before.assert_blocked();
        after.assert_status(200);
    }
}

/// A response with headers that a page may read only if they are exposed, and one that no page may read.
pub(crate) fn respond() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("x-total", "3"))
        .insert_header(("x-trace", "7"))
        .insert_header(("content-disposition", "attachment"))
        .insert_header(("set-cookie", "session=1; Secure; SameSite=None"))
        .body("handled")
}

fn fetch_from(server: &Server, browser: &Browser, fetch: Fetch) -> Seen {
    System::new().block_on(browser.fetch(&Wire(server), fetch))
}

/// A server as the target of a browser.
struct Wire<'s>(&'s Server);

impl Target for Wire<'_> {
    async fn send(
        &self,
        request: &cors_actix_browser::Request,
    ) -> Result<cors_actix_browser::Response, SendError> {
        let bare = Request::bare(request.method(), &request.path_and_query());
        let sent = request
            .headers()
            .fold(bare.line("Host", request.host()), |sent, (name, value)| sent.line(name, value));
        let Response { status, lines, body, .. } = self.0.send(&sent);
        let lines = lines.iter().map(|line| (&line.name, &line.value));
        Ok(cors_actix_browser::Response::new(status, lines, body))
    }
}

/// Returns `true` if a service starts below this middleware of `actix_cors`.
pub(crate) fn starts(cors: &actix_cors::Cors) -> bool {
    System::new().block_on(cors.new_transform(ok_service())).is_ok()
}

/// Returns the one problem of a policy.
#[track_caller]
pub(crate) fn problem(policy: &PolicyBuilder) -> ProblemKind {
    let error = policy.build().unwrap_err();
    let [problem] = error.problems() else { panic!("not one problem, but {error}") };
    problem.kind.clone()
}

/// The `Access-Control-Allow-Origin` line.
pub(crate) fn allow_origin(origin: &str) -> String {
    format!("access-control-allow-origin: {origin}")
}

/// Returns the items of the one line of this name, sorted.
#[track_caller]
pub(crate) fn items<'r>(response: &'r Response, name: &str) -> Vec<&'r str> {
    let values = response.values(name);
    let [value] = values[..] else { panic!("not one line {name}, but {values:?}") };
    let mut items: Vec<_> = value.split(',').map(str::trim).collect();
    items.sort_unstable();
    items
}
