//! Random trees of scopes, routes, annotations, layers and authentication, each asked for every path,
//! method and origin, and compared with a model of "the nearest policy wins" that is written from the
//! words of the design and knows nothing of the library.

use std::collections::HashSet;

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    error,
    http::{Method, StatusCode},
    middleware::{Condition, Next, from_fn},
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{
    PREFLIGHT_VARY, Response, fewer,
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

#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    lines: Vec<String>,
}

/// The nearest policy wins.
mod model {
    use super::*;

    /// Where the router has gone with a request.
    #[derive(Default)]
    struct Found {
        annotated: Option<Sign>,
        status: u16,
        layers: Vec<Sign>,
        /// How many layers stand around the first lock.
        locked: Option<usize>,
    }

    /// What should be answered; one of several, where the design leaves it open.
    pub(super) fn answers(tree: &Tree, ask: Ask<'_>) -> Vec<Answer> {
        let mut found = Found::default();
        enter(&tree.scope, layer_at(tree, ask.path), ask, ask.path, &mut found);
        let around = found.locked.unwrap_or(found.layers.len());
        let layers = &found.layers[..around];
        let status = if found.locked.is_some() { 401 } else { found.status };
        // DESIGN 3.1, the known limit: what a layer takes for an annotated route, if it can't tell.
        let mistaken = selected(&tree.scope.nodes, ask, ask.path)
            .filter(|_| found.annotated.is_none() && !layers.is_empty());
        if !ask.is_preflight {
            let annotated = found.annotated.filter(|_| found.locked != Some(0));
            let own = annotated.or(layers.last().copied());
            let lines = |sign: Option<Sign>| sign.map(|sign| sign.lines(ask.origin));
            let answer = |sign| Answer { status, lines: lines(sign).unwrap_or_default() };
            let mistaken = mistaken.filter(|_| status != 200);
            return [answer(own)]
                .into_iter()
                .chain(mistaken.map(|sign| answer(Some(sign))))
                .collect();
        }
        // The outermost layer answers, else the annotated route. Without either, the application has
        // the preflight.
        let itself = found.annotated.filter(|_| found.locked.is_none());
        let Some(outermost) = layers.first().copied().or(itself) else {
            return vec![Answer { status, lines: Vec::new() }];
        };
        let answer = |(sign, methods): (Sign, _)| match sign
            .preflight_lines(ask.origin.unwrap_or_default(), methods)
        {
            Some(lines) => Answer { status: 204, lines },
            None => Answer { status: 403, lines: vec![PREFLIGHT_VARY.to_owned()] },
        };
        let own = match found.annotated {
            Some(annotated) => (annotated, ask.method),
            None => (outermost, Sign::LAYER_METHODS),
        };
        let mistaken = mistaken.map(|sign| (sign, ask.method));
        [own].into_iter().chain(mistaken).map(answer).collect()
    }

    /// Goes in as the router does: the first node that takes the request has it for good.
    fn enter(scope: &Scope, layer: Option<Sign>, ask: Ask<'_>, path: &str, found: &mut Found) {
        found.layers.extend(layer);
        if scope.lock.is_some() {
            found.locked.get_or_insert(found.layers.len());
        }
        found.status = 404;
        for node in &scope.nodes {
            let (pattern, method, others) = match node {
                Node::Scope(inner) => {
                    let Some(rest) = rest(inner.prefix, path) else { continue };
                    return enter(inner, inner.layer, ask, rest, found);
                }
                Node::Annotated(handler) => (handler.path, Some(handler.method), None),
                Node::Plain { path, method, .. } => (*path, Some(*method), None),
                Node::Resource { path, method } => (*path, Some(*method), Some(405)),
                Node::Any { path } => (*path, None, None),
            };
            let is_annotated = matches!(node, Node::Annotated(_));
            let is_taken = method
                .is_none_or(|method| method == ask.method && (is_annotated || !ask.is_preflight));
            if rest(pattern, path) != Some("") || (!is_taken && others.is_none()) {
                continue;
            }
            (found.status, found.annotated) = match node {
                Node::Annotated(handler) => (handler.status, Some(handler.sign)),
                Node::Plain { status, .. } => (*status, None),
                _ => (others.filter(|_| !is_taken).unwrap_or(200), None),
            };
            return;
        }
    }

    /// The policy of the first registered of the annotated routes that match path and method.
    fn selected(nodes: &[Node], ask: Ask<'_>, path: &str) -> Option<Sign> {
        nodes.iter().find_map(|node| match node {
            Node::Scope(scope) => selected(&scope.nodes, ask, rest(scope.prefix, path)?),
            Node::Annotated(Handler { method, path: pattern, sign, .. }) => {
                (*method == ask.method && rest(pattern, path) == Some("")).then_some(*sign)
            }
            _ => None,
        })
    }

    /// The longest override that has the path, else the layer's own policy.
    fn layer_at(tree: &Tree, path: &str) -> Option<Sign> {
        let below = tree.overrides.iter().filter(|(prefix, _)| rest(prefix, path).is_some());
        let longest = below.max_by_key(|(prefix, _)| prefix.len()).map(|(_, sign)| *sign);
        tree.scope.layer.map(|own| longest.unwrap_or(own))
    }

    /// What is left of the path behind the pattern, by whole segments.
    fn rest<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
        pattern.split('/').skip(1).try_fold(path, |path, pattern| {
            let path = path.strip_prefix('/')?;
            let segment = path.split('/').next()?;
            let is_match = match pattern.split_once('{') {
                Some((start, _)) => segment.starts_with(start) && segment.len() > start.len(),
                None => segment == pattern,
            };
            is_match.then(|| &path[segment.len()..])
        })
    }
}

/// Makes trees.
mod generator {
    use super::*;

    const PREFIXES: [&str; 8] = ["/a", "/b", "/a/b", "/{p}", "/v{n}", "/a/{p}", "/x", ""];
    const PATHS: [&str; 5] = ["", "/x", "/{id}", "/x/{id}", "/{id}/y"];
    const METHODS: [&str; 2] = ["GET", "PUT"];
    const DEEPEST: usize = 3;
    const APP: [&str; 1] = ["x-app"];
    const SCOPES: [&str; 4] = ["x-scope-1", "x-scope-2", "x-scope-3", "x-scope-4"];

    /// The nodes that are left to make, and the patterns that are taken, whatever their segments are
    /// called: two annotated routes with one pattern and method are rivals, which other tests are about.
    struct Budget {
        nodes: usize,
        taken: HashSet<(String, &'static str)>,
    }

    pub(super) fn tree(rng: &mut Rng) -> Tree {
        let mut budget = Budget { nodes: rng.usize(3..14), taken: HashSet::new() };
        let mut scope = scope(rng, &mut budget, "", "", 0);
        scope.layer = layer(rng, &APP, 6);
        if rng.u8(..8) > 0 {
            scope.lock = None;
        }
        let mut overrides = Vec::new();
        let told = rng.bool();
        tell(rng, &scope.nodes, "", told, &mut overrides);
        Tree { scope, overrides }
    }

    fn layer(rng: &mut Rng, names: &[&'static str], likely: u8) -> Option<Sign> {
        let kind = [Kind::Open, Kind::Strict, Kind::Closed][rng.usize(..3)];
        let sign = Sign::new(kind, names[rng.usize(..names.len())], rng.u64(10..1000));
        (rng.u8(..10) < likely).then_some(sign)
    }

    fn scope(
        rng: &mut Rng,
        budget: &mut Budget,
        above: &str,
        prefix: &'static str,
        depth: usize,
    ) -> Scope {
        let full = format!("{above}{prefix}");
        let layer = layer(rng, &SCOPES, 4);
        let lock = match rng.u8(..16) {
            0 => Some(Lock::Responds),
            1 => Some(Lock::Fails),
            _ => None,
        };
        let mut nodes = Vec::new();
        let wanted = if depth == 0 { usize::MAX } else { rng.usize(1..5) };
        while nodes.len() < wanted && budget.nodes > 0 {
            budget.nodes -= 1;
            nodes.extend(node(rng, budget, &full, depth));
        }
        Scope { prefix, layer, lock, nodes }
    }

    fn node(rng: &mut Rng, budget: &mut Budget, above: &str, depth: usize) -> Option<Node> {
        let path = PATHS[rng.usize(..PATHS.len())];
        let method = METHODS[rng.usize(..METHODS.len())];
        Some(match rng.u8(..20) {
            0..=6 if depth < DEEPEST => {
                // A scope of everything has all that comes behind it, too.
                let count = PREFIXES.len() - usize::from(rng.bool());
                let prefix = PREFIXES[rng.usize(..count)];
                Node::Scope(scope(rng, budget, above, prefix, depth + 1))
            }
            0..=13 => {
                let handler = HANDLERS[rng.usize(..HANDLERS.len())];
                let full = format!("{above}{}", handler.path).replace("{p}", "{id}");
                let is_new = budget.taken.insert((full, handler.method));
                return is_new.then_some(Node::Annotated(handler));
            }
            14..=17 => Node::Plain { path, method, status: [200, 200, 418][rng.usize(..3)] },
            18 => Node::Resource { path, method },
            _ => Node::Any { path },
        })
    }

    /// Tells the app's layer of the policies of scopes, of all or of some.
    fn tell(rng: &mut Rng, nodes: &[Node], above: &str, told: bool, all: &mut Vec<(String, Sign)>) {
        for node in nodes {
            let Node::Scope(scope) = node else { continue };
            let full = format!("{above}{}", scope.prefix);
            if let Some(sign) = scope.layer
                && !full.contains('{')
                && !all.iter().any(|(other, _)| *other == full)
                && (told || rng.u8(..4) == 0)
            {
                all.push((full.clone(), sign));
            }
            tell(rng, &scope.nodes, &full, told, all);
        }
    }

    /// Paths of all routes and scopes of the tree, and some beside them.
    pub(super) fn paths(tree: &Tree) -> Vec<String> {
        let mut patterns = vec!["/".to_owned(), "/none".to_owned(), "/a".to_owned()];
        collect(&tree.scope, "", &mut patterns);
        let mut paths: Vec<_> = patterns
            .iter()
            .flat_map(|pattern| ["7", "x", "a"].map(|segment| fill(pattern, segment)))
            .filter(|path| !path.is_empty())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn collect(scope: &Scope, above: &str, patterns: &mut Vec<String>) {
        for node in &scope.nodes {
            let path = match node {
                Node::Scope(inner) => {
                    collect(inner, &format!("{above}{}", inner.prefix), patterns);
                    format!("{}/none/of/these", inner.prefix)
                }
                Node::Annotated(handler) => handler.path.to_owned(),
                Node::Plain { path, .. } | Node::Resource { path, .. } | Node::Any { path } => {
                    (*path).to_owned()
                }
            };
            patterns.push(format!("{above}{path}"));
        }
    }

    fn fill(pattern: &str, segment: &str) -> String {
        let pieces: Vec<_> = pattern
            .split('{')
            .map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after))
            .collect();
        pieces.join(segment)
    }
}

/// Makes the app that the tree describes.
mod app {
    use super::*;

    async fn lock<B: MessageBody + 'static>(
        request: ServiceRequest,
        _: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        Ok(request.into_response(HttpResponse::Unauthorized().finish()).map_into_right_body())
    }

    async fn fail<B: MessageBody + 'static>(
        _: ServiceRequest,
        _: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        Err(error::ErrorUnauthorized("locked"))
    }

    fn layer(sign: Option<Sign>, overrides: &[(String, Sign)]) -> Condition<Cors> {
        let cors = Cors::new(sign.map_or_else(Policy::same_origin, |sign| sign.policy()));
        let with = |cors: Cors, (path, sign): &(String, Sign)| cors.scope(path, sign.policy());
        Condition::new(sign.is_some(), overrides.iter().fold(cors, with))
    }

    pub(super) fn make(
        tree: &Tree,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
            Future: 'static,
        > + use<>,
    > {
        let Scope { layer: sign, lock: by, nodes, .. } = &tree.scope;
        App::new()
            .wrap(Condition::new(*by == Some(Lock::Responds), from_fn(lock)))
            .wrap(Condition::new(*by == Some(Lock::Fails), from_fn(fail)))
            .wrap(layer(*sign, &tree.overrides))
            .configure(|config| configure(config, nodes))
    }

    fn configure(config: &mut ServiceConfig, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Scope(Scope { prefix, layer: sign, lock: by, nodes }) => {
                    let scope = web::scope(prefix)
                        .wrap(Condition::new(*by == Some(Lock::Responds), from_fn(lock)))
                        .wrap(Condition::new(*by == Some(Lock::Fails), from_fn(fail)))
                        .wrap(layer(*sign, &[]))
                        .configure(|config| configure(config, nodes));
                    config.service(scope);
                }
                Node::Annotated(handler) => (handler.configure)(config),
                Node::Plain { path, method, status } => {
                    let status = *status;
                    let route = web::method(method_of(method));
                    let handler = move || async move { respond(status, "plain") };
                    config.route(path, route.to(handler));
                }
                Node::Resource { path, method } => {
                    let route = web::method(method_of(method)).to(HttpResponse::Ok);
                    config.service(web::resource(*path).route(route));
                }
                Node::Any { path } => {
                    config.service(web::resource(*path).to(HttpResponse::Ok));
                }
            }
        }
    }

    fn method_of(method: &str) -> Method {
        if method == "GET" { Method::GET } else { Method::PUT }
    }
}

/// What came of all the asking.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    open: usize,
    granted: usize,
    refused: usize,
    admitted: usize,
}

impl Tally {
    fn count(&mut self, response: &Response) {
        self.asked += 1;
        match response.status {
            204 => self.granted += 1,
            403 => self.refused += 1,
            _ => {
                let allowed = !response.values("access-control-allow-origin").is_empty();
                self.admitted += usize::from(allowed);
            }
        }
    }
}

/// What the library answers otherwise than the model.
async fn differences(tree: &Tree, tally: &mut Tally) -> Vec<String> {
    let app = Local::start(app::make(tree)).await;
    let mut found = Vec::new();
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
                let mut expected = model::answers(tree, ask);
                tally.open += usize::from(expected.len() > 1);
                let request = match origin {
                    Some(origin) if is_preflight => local::preflight(&path, origin, method),
                    _ => local::actual(method, &path, origin),
                };
                let response = app.send(request).await;
                tally.count(&response);
                let mut answer = Answer { status: response.status, lines: response.cors_lines() };
                let sort = |answer: &mut Answer| answer.lines.sort();
                sort(&mut answer);
                expected.iter_mut().for_each(sort);
                if !expected.contains(&answer) {
                    found.push(format!("{ask:?}\nfound    {answer:?}\nexpected {expected:?}"));
                }
            }
        }
    }
    found
}

#[actix_web::test]
async fn every_answer_is_that_of_the_nearest_policy() {
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
    assert!([tally.granted, tally.refused, tally.admitted].iter().all(|count| *count > 4 * trees));
    assert!(tally.open < tally.asked / 20, "{tally:?}");
}

/// Pages of both origins ask the same of real servers, in a real browser.
mod in_chromium {
    use actix_web::{HttpServer, rt};
    use cors_actix_tests::browser::{Browser, Engine, certificate};
    use serde_json::{Value, json};

    use super::*;

    /// Asks for every path with every method, and tells the status of what the page may read.
    const FETCH: &str = "
        const [api, asks, done] = arguments;
        (async () => {
            const seen = [];
            for (const [method, path] of asks) {
                try {
                    const response = await fetch(api + path, { method, credentials: 'omit' });
                    seen.push(response.status);
                } catch {
                    seen.push(null);
                }
            }
            done(seen);
        })();";

    fn is_open(answer: &Answer) -> bool {
        answer.lines.iter().any(|line| line.starts_with("access-control-allow-origin"))
    }

    /// What a page of the origin sees: a status, or nothing. `None` where the design leaves it open.
    fn expected(tree: &Tree, method: &str, path: &str, origin: &str) -> Option<Value> {
        let answer = |is_preflight| {
            let ask = Ask { method, path, origin: Some(origin), is_preflight };
            let mut answers = model::answers(tree, ask);
            answers.pop().filter(|_| answers.is_empty())
        };
        let granted = method != "PUT" || is_open(&answer(true)?);
        let actual = answer(false)?;
        Some(if granted && is_open(&actual) { json!(actual.status) } else { Value::Null })
    }

    #[actix_web::test]
    async fn a_page_may_read_what_the_nearest_policy_allows() {
        const SAMPLE: u64 = 12;
        let page = HttpServer::new(|| App::new().default_service(web::to(HttpResponse::Ok)))
            .workers(1)
            .bind_rustls_0_23(("127.0.0.1", 0), certificate("*.example"))
            .unwrap();
        let pages = page.addrs()[0].port();
        let browser = Browser::open(Engine::Blink, move |host, port| {
            Some(if host.ends_with(".example") { pages } else { port })
        })
        .await;
        rt::spawn(page.disable_signals().run());
        let (mut asked, mut readable) = (0, 0);
        for seed in 0..SAMPLE {
            let tree = generator::tree(&mut Rng::with_seed(seed));
            let served = tree.clone();
            let api = HttpServer::new(move || app::make(&served))
                .workers(1)
                .bind_rustls_0_23(("127.0.0.1", 0), certificate("*.test"))
                .unwrap();
            let address = format!("https://api.test:{}", api.addrs()[0].port());
            rt::spawn(api.disable_signals().run());
            for origin in [FRIEND, STRANGER] {
                browser.tab.goto(origin).await.unwrap();
                let paths = generator::paths(&tree);
                let asks =
                    paths.iter().flat_map(|path| ["GET", "PUT"].map(|method| (method, path)));
                let (asks, expected): (Vec<_>, Vec<_>) = asks
                    .filter_map(|(method, path)| {
                        Some((json!([method, path]), expected(&tree, method, path, origin)?))
                    })
                    .unzip();
                let arguments = vec![json!(address), json!(asks)];
                let seen = browser.tab.execute_async(FETCH, arguments).await.unwrap();
                assert_eq!(seen, json!(expected), "seed {seed}, {origin}: {asks:?}");
                asked += asks.len();
                readable += expected.iter().filter(|status| !status.is_null()).count();
            }
        }
        assert!(asked > 300 && readable > 100, "{readable} of {asked}");
    }
}
