//! Sends requests with every path, method and origin to random trees of scopes, routes, annotations, layers and
//! authentication, and compares the responses with a model. The model of "the innermost policy decides" is
//! written from the documentation, and shares no code with the library.

mod app;
mod generator;
mod in_chromium;
mod model;

use actix_web::{HttpResponse, http::StatusCode, web::ServiceConfig};
use cors_actix_tests::{
    Response, VARY, fewer,
    local::{self, Local},
    number,
    sign::{FRIEND, Kind, STRANGER, Sign},
};
use fastrand::Rng;

/// The number of trees. The nightly run sets `CORS_ACTIX_TREES=20000`.
const TREES: usize = 600;

/// A handler under `#[cors]`. The signature of its policy is unique.
#[derive(Clone, Copy, Debug)]
struct Handler {
    method: &'static str,
    path: &'static str,
    sign: Sign,
    status: u16,
    configure: fn(&mut ServiceConfig),
}

/// Makes handlers of both methods and of every kind of policy for each path.
macro_rules! handlers {
    ($($module:ident $path:literal),+ $(,)?) => {
        $(mod $module {
            use actix_web::{get, put};

            use super::*;

            handlers! { @$module $path, get "GET" get_open Open 200 1 }
            handlers! { @$module $path, get "GET" get_strict Strict 418 2 }
            handlers! { @$module $path, get "GET" get_closed Closed 200 3 }
            handlers! { @$module $path, put "PUT" put_open Open 404 4 }
            handlers! { @$module $path, put "PUT" put_strict Strict 200 5 }
            handlers! { @$module $path, put "PUT" put_closed Closed 500 6 }
        })+

        const HANDLERS: &[Handler] = &[$(
            $module::get_open::HANDLER,
            $module::get_strict::HANDLER,
            $module::get_closed::HANDLER,
            $module::put_open::HANDLER,
            $module::put_strict::HANDLER,
            $module::put_closed::HANDLER,
        )+];
    };
    (@$module:ident $path:literal,
        $attribute:ident $method:literal $name:ident $kind:ident $status:literal $max_age:literal
    ) => {
        pub(super) mod $name {
            use super::*;

            const NAME: &str = concat!("x-", stringify!($module), "-", stringify!($name));
            const SIGN: Sign = Sign::new(Kind::$kind, NAME, $max_age);

            #[cors_actix::cors(policy = SIGN.policy())]
            #[$attribute($path)]
            async fn handler() -> HttpResponse {
                respond($status, NAME)
            }

            pub(in super::super) const HANDLER: Handler = Handler {
                method: $method,
                path: $path,
                sign: SIGN,
                status: $status,
                configure: |config| {
                    config.service(handler);
                },
            };
        }
    };
}

handlers! {
    root "",
    fixed "/x",
    dynamic "/{id}",
    deep "/x/{id}",
    late "/{id}/y",
}

fn respond(status: u16, body: &'static str) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default()).body(body)
}

#[derive(Clone, Debug)]
enum Node {
    Scope(Scope),
    Annotated(Handler),
    /// Takes one method, and passes other methods on to later routes.
    Plain {
        path: &'static str,
        method: &'static str,
        status: u16,
    },
    /// Takes one method, and answers 405 to other methods.
    Resource {
        path: &'static str,
        method: &'static str,
    },
    /// Takes every method, including OPTIONS.
    Any {
        path: &'static str,
    },
}

#[derive(Clone, Debug)]
struct Scope {
    prefix: &'static str,
    layer: Option<Sign>,
    /// The authentication, inside of the layer.
    lock: Option<Lock>,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Lock {
    Responds,
    Fails,
}

/// The app: a scope with an empty prefix, whose layer may have policies for paths.
#[derive(Clone, Debug)]
struct Tree {
    scope: Scope,
    overrides: Vec<(String, Sign)>,
}

/// A request.
#[derive(Clone, Copy, Debug)]
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    origin: Option<&'a str>,
    is_preflight: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: u16,
    lines: Vec<String>,
}

impl Answer {
    /// Returns the answer without `Vary: Origin`, if any origin is allowed.
    fn without_vary(&self) -> Answer {
        let mut answer = self.clone();
        if answer.lines.iter().any(|line| line == "access-control-allow-origin: *") {
            answer.lines.retain(|line| line != VARY);
        }
        answer
    }
}

/// The numbers of requests and results.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    /// Requests whose answer depends on earlier answers of the app.
    open: usize,
    hidden: usize,
    overtaken: usize,
    origin_alone: usize,
    granted: usize,
    denied: usize,
    admitted: usize,
}

impl Tally {
    fn count_limit(&mut self, limit: Option<model::Limit>) {
        match limit {
            Some(model::Limit::Hidden) => self.hidden += 1,
            Some(model::Limit::Overtaken) => self.overtaken += 1,
            Some(model::Limit::OriginAlone) => self.origin_alone += 1,
            None => {}
        }
    }

    fn count(&mut self, response: &Response) {
        self.asked += 1;
        match response.status {
            204 => self.granted += 1,
            403 => self.denied += 1,
            _ => {
                let allowed = !response.values("access-control-allow-origin").is_empty();
                self.admitted += usize::from(allowed);
            }
        }
    }
}

/// Returns the answers that differ from the model, and the answers that allow more than the policy of the code
/// that answers.
async fn differences(tree: &Tree, tally: &mut Tally) -> Vec<String> {
    let app = Local::start(app::make(tree)).await;
    let mut found = Vec::new();
    // `true` if an answer has shown that a selection was wrong (rule 3).
    let mut was_surprised = false;
    let registered = model::registered(tree);
    for path in generator::paths(tree) {
        for method in ["GET", "PUT", "POST"] {
            for (origin, is_preflight) in [
                (Some(FRIEND), true),
                (Some(STRANGER), true),
                (Some(FRIEND), false),
                (Some(STRANGER), false),
                (None, false),
            ] {
                let ask = Ask { method, path: &path, origin, is_preflight };
                let request = match origin {
                    Some(origin) if is_preflight => local::preflight(&path, origin, method),
                    _ => local::actual(method, &path, origin),
                };
                let response = app.send(request).await;
                tally.count(&response);
                let mut answer = Answer { status: response.status, lines: response.cors_lines() };
                let sort = |answer: &mut Answer| answer.lines.sort();
                sort(&mut answer);
                let certain = model::expected(tree, &registered, ask, false);
                let mut expected = vec![certain.answer.clone()];
                if was_surprised {
                    expected.push(model::expected(tree, &registered, ask, true).answer);
                }
                was_surprised |= certain.is_surprise;
                expected.iter_mut().for_each(sort);
                expected.dedup();
                tally.open += usize::from(expected.len() > 1);
                tally.count_limit(certain.limit);
                let truth = certain.truth;
                if !model::is_within(&answer, ask, &certain) {
                    found.push(format!("more than {truth:?}: {ask:?}\nfound    {answer:?}"));
                }
                for method in model::other_methods(&answer, method) {
                    let ask = Ask { method, ..ask };
                    let other = model::expected(tree, &registered, ask, false);
                    if is_preflight && !model::is_within(&answer, ask, &other) {
                        found.push(format!("kept for {ask:?}, {:?}\n{answer:?}", other.truth));
                    }
                }
                // If several policies apply, a layer adds `Vary: Origin` also if any origin is allowed.
                let without_vary = answer.without_vary();
                if !expected.contains(&answer) && !expected.contains(&without_vary) {
                    found.push(format!(
                        "{ask:?}, {truth:?}\nfound    {answer:?}\nexpected {expected:?}"
                    ));
                }
            }
        }
    }
    found
}

#[actix_web::test]
async fn the_innermost_policy_decides_on_every_response() {
    const SHOWN: usize = 3;
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    let trees = fewer(number("CORS_ACTIX_TREES", TREES));
    let first = number("CORS_ACTIX_SEED", 0) as u64;
    for seed in (first..).take(trees) {
        let tree = generator::tree(&mut Rng::with_seed(seed));
        let differences = differences(&tree, &mut tally).await;
        if let Some(first) = differences.first() {
            if failed.len() < SHOWN {
                eprintln!(
                    "seed {seed}: {tree:#?}\n{} differences, first:\n{first}\n",
                    differences.len()
                );
            }
            failed.push(seed);
        }
    }
    println!("{tally:?}");
    assert!(failed.is_empty(), "failing seeds: {failed:?}");
    // The trees have enough granted and denied requests.
    assert!([tally.granted, tally.denied, tally.admitted].iter().all(|count| *count > 4 * trees));
    assert!(tally.open < tally.asked / 20, "{tally:?}");
    // Each limit occurs, and is rare.
    for limited in [tally.hidden, tally.overtaken, tally.origin_alone] {
        assert!((1..tally.asked / 100).contains(&limited), "{tally:?}");
    }
}
