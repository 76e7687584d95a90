//! Random trees of scopes, routes, annotations, layers and authentication, each asked for every path,
//! method and origin, and compared with a model of "the nearest policy wins" that is written from the
//! words of the design and knows nothing of the library.

mod app;
mod generator;
mod in_chromium;
mod model;

use actix_web::{HttpResponse, http::StatusCode, web::ServiceConfig};
use cors_actix_tests::{
    Response, VARY, fewer,
    local::{self, Local},
    sign::{FRIEND, Kind, STRANGER, Sign},
};
use fastrand::Rng;

/// Debug builds take a minute for some thousands on one slow core.
const TREES: usize = 2500;

/// A handler under `#[cors]`. Its policy's signature names it.
#[derive(Clone, Copy, Debug)]
struct Handler {
    method: &'static str,
    path: &'static str,
    sign: Sign,
    status: u16,
    configure: fn(&mut ServiceConfig),
}

/// Handlers of both methods and every kind of policy for each path.
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
    /// Takes one method, and leaves the others to later routes.
    Plain {
        path: &'static str,
        method: &'static str,
        status: u16,
    },
    /// Takes one method, and answers 405 to the others.
    Resource {
        path: &'static str,
        method: &'static str,
    },
    /// Takes every method, and OPTIONS with them.
    Any {
        path: &'static str,
    },
}

#[derive(Clone, Debug)]
struct Scope {
    prefix: &'static str,
    layer: Option<Sign>,
    /// What authenticates, inside of the layer.
    lock: Option<Lock>,
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Lock {
    Responds,
    Fails,
}

/// The app: a scope of everything, whose layer may know policies for paths below.
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
    /// The same, without the `Vary: Origin` of what is open to all.
    fn without_vary(&self) -> Answer {
        let mut answer = self.clone();
        if answer.lines.iter().any(|line| line == "access-control-allow-origin: *") {
            answer.lines.retain(|line| line != VARY);
        }
        answer
    }
}

/// What came of all the asking.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    /// Where the answer depends on what the app has answered before.
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

/// What the library answers otherwise than the model, and where it allows more than the code that
/// answers.
async fn differences(tree: &Tree, tally: &mut Tally) -> Vec<String> {
    let app = Local::start(app::make(tree)).await;
    let mut found = Vec::new();
    // Whether an answer has shown that a selection was wrong (rule 3).
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
                // Where more than one policy has a say, a layer varies also what is open to all.
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
async fn every_response_is_that_of_the_innermost_policy() {
    const SHOWN: usize = 3;
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    let trees = fewer(TREES);
    for seed in 0..trees as u64 {
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
    // The trees are worth asking.
    assert!([tally.granted, tally.denied, tally.admitted].iter().all(|count| *count > 4 * trees));
    assert!(tally.open < tally.asked / 20, "{tally:?}");
    // The limits are rare, and each of them is met.
    for limited in [tally.hidden, tally.overtaken, tally.origin_alone] {
        assert!((1..tally.asked / 100).contains(&limited), "{tally:?}");
    }
}
