//! Compares the requests that both browsers send, and the responses that a page sees, for generated calls of
//! `fetch()`.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, rt, test, web};
use cors_actix_browser::{Browser, Credentials, Exchange, Fetch, Mode, Purpose, Seen};
use cors_actix_tests::browser::{self, certificate};
use fastrand::Rng;
use serde_json::{Value, json};

const SEED: u64 = 7;
const FETCHES: usize = 1_000;

/// A URL, its answers, and the calls of the page one after the other.
#[derive(Debug, Clone)]
struct Case {
    preflight: Answer,
    actual: Answer,
    calls: Vec<Call>,
}

#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    lines: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone)]
struct Call {
    method: &'static str,
    headers: Vec<(&'static str, String)>,
    credentials: &'static str,
    mode: &'static str,
    body: Option<&'static str>,
}

// The parts of cases. `page` is replaced by the origin of the page.

const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "patch", "put", "OPTIONS", "TRACE"];

const REQUEST_HEADERS: [(&str, &str); 45] = [
    ("x-a", "1"),
    ("x-a", "2"),
    ("X-B", "1"),
    ("authorization", "Bearer 1"),
    ("Accept", "text/html"),
    ("accept", "a:b"),
    ("accept", "(a)"),
    ("accept", "a\tb"),
    ("accept", "\u{e9}"),
    ("accept-language", "de-CH, en;q=0.5"),
    ("accept-language", "de_CH"),
    ("content-language", "de"),
    ("content-language", "de/CH"),
    ("Content-Type", "text/plain"),
    ("content-type", "text/plain;charset=utf-8"),
    ("content-type", " Text/Plain ; charset=utf-8"),
    ("content-type", "text/ plain"),
    ("content-type", "text/plain, text/plain"),
    ("content-type", "multipart/form-data;boundary=1"),
    ("content-type", "multipart/form-data;boundary=\"1\""),
    ("content-type", "application/x-www-form-urlencoded"),
    ("content-type", "application/json"),
    ("content-type", ""),
    ("range", "bytes=0-"),
    ("range", "bytes=0-9"),
    ("range", "bytes=9-0"),
    ("range", "bytes=-5"),
    ("range", "bytes=0-1,3-4"),
    ("cookie", "mine=1"),
    ("origin", "https://evil.test"),
    ("host", "evil.test"),
    ("sec-x", "1"),
    ("proxy-x", "1"),
    ("access-control-request-headers", "x"),
    ("x-http-method-override", "TRACE"),
    ("x-http-method-override", "a, track"),
    ("x-method-override", "PUT"),
    ("x-http-method", "\"TRACE\""),
    ("x-long", "long"),
    ("accept", "long"),
    ("accept-language", "long"),
    ("content-language", "long"),
    ("content-type", "text/plain;long"),
    ("x a", "1"),
    ("x", "a\nb"),
];

const ALLOW_ORIGIN: [&[&str]; 12] = [
    &["page"],
    &["page"],
    &["page"],
    &["page"],
    &["*"],
    &["*"],
    &[],
    &["page", "page"],
    &["https://evil.test"],
    &["null"],
    &["page/"],
    &[" page "],
];

const ALLOW_CREDENTIALS: [&[&str]; 7] =
    [&["true"], &["true"], &["true"], &[], &["True"], &["true", "true"], &["false"]];

const ALLOW_METHODS: [&[&str]; 12] = [
    &["PUT, DELETE, PATCH, OPTIONS"],
    &["PUT, DELETE, PATCH, OPTIONS"],
    &["PUT,DELETE", "PATCH,patch"],
    &["*"],
    &["*, PUT"],
    &[],
    &[""],
    &["put"],
    &["patch"],
    &[",, PUT ,"],
    &["PUT; DELETE"],
    &["PUT DELETE"],
];

const ALLOW_HEADERS: [&[&str]; 12] = [
    &["x-a, x-b, authorization, content-type, accept, accept-language, content-language, range"],
    &["X-A, X-B, Authorization, Content-Type, Accept, Accept-Language, Content-Language, Range"],
    &["x-a", "x-b", "x-long,x-method-override,x-http-method"],
    &["*"],
    &["*"],
    &["*, authorization"],
    &["*, x-a"],
    &[],
    &[""],
    &["x-a,,x-b,"],
    &["x-a; x-b"],
    &["x-a x-b"],
];

/// Values of `Access-Control-Max-Age`. Malformed and missing values are left out: Chromium reads a malformed value
/// as 0, the standard as missing; and if the value is missing, the test would have to wait 5 seconds.
const MAX_AGE: [&[&str]; 3] = [&["600"], &["600"], &["0"]];

const EXPOSE: [&[&str]; 8] = [
    &[],
    &["x-one"],
    &["X-One, etag"],
    &["*"],
    &["*, etag"],
    &["set-cookie"],
    &["x-one; etag"],
    &[",x-one,"],
];

/// The headers of every response.
const RESPONSE_HEADERS: [&str; 6] =
    ["cache-control", "content-language", "etag", "set-cookie2", "x-one", "x-two"];

/// The request headers that are compared.
const COMPARED: [&str; 20] = [
    "accept",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "content-language",
    "content-length",
    "content-type",
    "cookie",
    "origin",
    "range",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "x-a",
    "x-b",
    "x-http-method",
    "x-http-method-override",
    "x-long",
    "x-method-override",
];

/// The cookie that every host sets.
const SESSION: &str = "session=1; Secure; SameSite=None; Path=/";

/// A header that only Chromium sends, because the model has no languages.
const CHROMIUMS_OWN: &str = "accept-language: en-US,en;q=0.9";

fn lines(
    rng: &mut Rng,
    name: &'static str,
    choices: &[&[&str]],
    page: &str,
) -> Vec<(&'static str, String)> {
    let values = *rng.choice(choices).unwrap();
    values.iter().map(|value| (name, value.replace("page", page))).collect()
}

fn case(rng: &mut Rng, page: &str, other: &str, id: usize) -> Case {
    // In half of the cases, at most one part is not granted.
    let tame = rng.bool();
    let first = |choices: &'static [&'static [&'static str]]| match tame {
        true => &choices[..2],
        false => choices,
    };
    let mut answer = |is_preflight| {
        let mut all = Vec::new();
        all.extend(lines(rng, "access-control-allow-origin", first(&ALLOW_ORIGIN), page));
        all.extend(lines(rng, "access-control-allow-credentials", first(&ALLOW_CREDENTIALS), page));
        let mut status = match is_preflight {
            true => rng.choice([200, 200, 204, 204, 204, 299, 302, 401, 403, 404]).unwrap(),
            false => rng.choice([200, 200, 204, 300, 302, 303, 307, 308, 401, 404, 500]).unwrap(),
        };
        if tame && is_preflight {
            status = 200;
        }
        if is_preflight {
            all.extend(lines(rng, "access-control-allow-methods", first(&ALLOW_METHODS), page));
            all.extend(lines(rng, "access-control-allow-headers", first(&ALLOW_HEADERS), page));
            all.extend(lines(rng, "access-control-max-age", &MAX_AGE, page));
        } else {
            all.extend(lines(rng, "access-control-expose-headers", &EXPOSE, page));
        }
        if (301..=308).contains(&status) {
            let location = match rng.u8(..6) {
                0 => format!("/{id}/to"),
                1 => format!("{other}/{id}/to"),
                2 => format!("{page}/{id}/to"),
                3 => format!("https://me:secret@{}/{id}/to", &other["https://".len()..]),
                4 => "data:,tea".to_owned(),
                _ => String::new(),
            };
            if !location.is_empty() {
                all.push(("location", location));
            }
        }
        Answer { status, lines: all }
    };
    let (preflight, actual) = (answer(true), answer(false));
    let mut calls: Vec<_> = (0..rng.usize(1..4)).map(|_| call(rng)).collect();
    // In Chromium `*` covers `authorization`, with a warning.
    let covers = |(name, value): &(&str, String)| {
        *name == "access-control-allow-headers"
            && value.contains('*')
            && !value.contains("authorization")
    };
    if preflight.lines.iter().any(covers) {
        for call in &mut calls {
            call.headers.retain(|(name, _)| *name != "authorization");
        }
    }
    // Chromium does not follow redirects to a URL with a user. The standard follows them in the mode "no-cors".
    if actual.lines.iter().any(|(_, value)| value.contains("secret")) {
        calls.retain(|call| call.mode != "no-cors");
    }
    // In half of the cases, the last call can use the preflight of the first call.
    if rng.bool() {
        calls.extend(calls.first().cloned());
    }
    // Chromium keeps only the last preflight of a URL. The standard keeps one with and one without credentials.
    calls.sort_by_key(|call| call.credentials == "include");
    if rng.bool() {
        calls.reverse();
    }
    Case { preflight, actual, calls }
}

fn call(rng: &mut Rng) -> Call {
    let method = rng.choice(METHODS).unwrap();
    let headers = (0..rng.usize(..4)).map(|_| {
        let (name, value) = rng.choice(REQUEST_HEADERS).unwrap();
        let long = "a".repeat(rng.choice([100, 127, 128, 129, 300]).unwrap());
        (name, value.replace("long", &long))
    });
    let mut headers: Vec<(&str, String)> = headers.collect();
    // Chromium joins the lines of one name before it checks the value. The standard checks each line.
    headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    headers.dedup_by(|(a, _), (b, _)| a.eq_ignore_ascii_case(b) && *a != "x-a");
    Call {
        method,
        headers,
        credentials: rng.choice(["omit", "same-origin", "include"]).unwrap(),
        mode: rng.choice(["cors", "cors", "cors", "cors", "no-cors", "same-origin"]).unwrap(),
        body: rng.choice([None, None, Some("tea")]).unwrap(),
    }
}

/// The service, with its requests by case.
#[derive(Clone)]
struct Service {
    cases: Arc<Vec<Case>>,
    asked: Arc<Vec<Mutex<Vec<Value>>>>,
}

impl Service {
    fn new(cases: &[Case]) -> Self {
        let asked = cases.iter().map(|_| Mutex::default()).collect();
        Service { cases: Arc::new(cases.to_vec()), asked: Arc::new(asked) }
    }

    fn configure(&self, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::new(self.clone())).default_service(web::to(serve));
    }

    fn take(&self, id: usize) -> Vec<Value> {
        std::mem::take(&mut self.asked[id].lock().unwrap())
    }
}

async fn serve(request: HttpRequest, service: web::Data<Service>) -> HttpResponse {
    let header = |name: &str| {
        let values = request.headers().get_all(name);
        let values: Vec<_> =
            values.map(|value| value.as_bytes().escape_ascii().to_string()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let origin = header("origin").unwrap_or_default();
    let Some((id, rest)) = request.path()[1..].split_once('/') else {
        // The page itself, which sets a cookie.
        return HttpResponse::Ok()
            .insert_header(("access-control-allow-origin", origin))
            .insert_header(("access-control-allow-credentials", "true"))
            .insert_header(("set-cookie", SESSION))
            .content_type("text/html")
            .body("<title>page</title>");
    };
    let id: usize = id.parse().unwrap();
    let compared = COMPARED.iter().filter_map(|name| Some(format!("{name}: {}", header(name)?)));
    let host = request.connection_info().host().to_owned();
    let is_preflight = header("access-control-request-method").is_some();
    let compared = compared.filter(|line| {
        line != CHROMIUMS_OWN
            // Chromium blocks cookies of other sites by default.
            && !(line.starts_with("cookie") && host.starts_with("other"))
            // A preflight has the URLs of the request (Fetch, "CORS-preflight fetch", step 1); Chromium uses
            // only the last URL.
            && !(line.starts_with("sec-fetch-site") && is_preflight && rest == "to")
    });
    let entry = json!([
        request.method().as_str(),
        format!("{host}{}", request.uri()).replace(&format!("https://{host}"), ""),
        compared.collect::<Vec<_>>()
    ]);
    service.asked[id].lock().unwrap().push(entry);

    let case = &service.cases[id];
    let Answer { status, lines } = if is_preflight { &case.preflight } else { &case.actual };
    let redirected = rest == "to";
    let status = if redirected && (301..=308).contains(status) { 200 } else { *status };
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    for (name, value) in lines.iter().filter(|(name, _)| !(redirected && *name == "location")) {
        response.append_header((*name, value.as_str()));
    }
    for name in RESPONSE_HEADERS {
        // The model has no HTTP cache, so Chromium must not use its cache.
        response.append_header((name, if name == "cache-control" { "no-store" } else { "1" }));
    }
    if status == 204 { response.finish() } else { response.body("tea") }
}

/// Returns the part of a response that the page sees, or null if the page can't read the response.
fn seen(seen: &Seen) -> Value {
    if !seen.is_readable() {
        return Value::Null;
    }
    let names: Vec<_> = seen.header_names().into_iter().filter(|name| is_compared(name)).collect();
    json!([seen.status(), names, seen.text(), seen.redirected()])
}

fn is_compared(name: &str) -> bool {
    RESPONSE_HEADERS.contains(&name) || name.starts_with("access-control-")
}

fn fetch(call: &Call, url: &str) -> Fetch {
    let mut fetch = Fetch::new(call.method, url)
        .credentials(match call.credentials {
            "omit" => Credentials::Omit,
            "include" => Credentials::Include,
            _ => Credentials::SameOrigin,
        })
        .mode(match call.mode {
            "no-cors" => Mode::NoCors,
            "same-origin" => Mode::SameOrigin,
            _ => Mode::Cors,
        });
    for (name, value) in &call.headers {
        // A script passes each char as one byte (Web IDL, "ByteString").
        fetch = fetch.header(*name, value.chars().map(|char| char as u8).collect::<Vec<_>>());
    }
    match call.body {
        Some(body) => fetch.body(body),
        None => fetch,
    }
}

fn url(api: &str, id: usize) -> String {
    format!("{api}/{id}/from")
}

const FETCH: &str = "
    const [asks, done] = arguments;
    (async () => {
        const seen = [];
        for (const [url, calls] of asks) {
            const answers = [];
            for (const call of calls) {
                try {
                    const response = await fetch(url, call);
                    answers.push(response.type === 'opaque' ? null :
                        [response.status, [...response.headers.keys()], await response.text(),
                            response.redirected]);
                } catch {
                    answers.push(null);
                }
            }
            seen.push(answers);
        }
        done(seen);
    })();";

fn script_call(call: &Call) -> Value {
    let Call { method, headers, credentials, mode, body } = call;
    json!({ "method": method, "headers": headers, "credentials": credentials, "mode": mode, "body": body })
}

#[actix_web::test]
async fn the_model_sends_and_shows_the_same_as_chromium() {
    // The cases contain the ports, so the sockets are bound first.
    let listen = || std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let listener = listen();
    let port = listener.local_addr().unwrap().port();
    let [page, api, other] =
        ["app.model", "api.model", "other"].map(|name| format!("https://{name}.test:{port}"));

    let mut rng = Rng::with_seed(SEED);
    let cases: Vec<_> = (0..FETCHES).map(|id| case(&mut rng, &page, &other, id)).collect();
    let served = Service::new(&cases);
    let service = served.clone();
    let server = HttpServer::new(move || {
        let service = service.clone();
        App::new().configure(move |config| service.configure(config))
    });
    let server =
        server.workers(1).listen_rustls_0_23(listener, certificate("*.model.test")).unwrap();
    rt::spawn(server.disable_signals().run());

    let modelled = Service::new(&cases);
    let app = App::new().configure(|config| modelled.configure(config));
    let app = test::init_service(app).await;

    let chromium = browser::Browser::start().await;
    for host in [&api, &other, &page] {
        chromium.tab.goto(host).await.unwrap();
    }
    let (mut readable, mut cached, mut expected) = (0, 0, Vec::new());
    for (id, case) in cases.iter().enumerate() {
        let model = [&page, &api, &other]
            .into_iter()
            .fold(Browser::at(&page), |model, origin| model.cookie(origin, SESSION));
        let mut answers = Vec::new();
        for call in &case.calls {
            let answer = model.fetch(&app, fetch(call, &url(&api, id))).await;
            let is_cached = |exchange: &Exchange| exchange.purpose() == Purpose::Cached;
            cached += usize::from(answer.exchanges().iter().any(is_cached));
            readable += usize::from(answer.is_readable());
            answers.push(seen(&answer));
            // After such an error the standard clears the preflight cache, and Chromium does not.
            if !answer.is_readable() && !answer.exchanges().is_empty() {
                break;
            }
        }
        expected.push(answers);
    }
    println!("{FETCHES} cases of seed {SEED}: {readable} readable, {cached} from the cache");
    assert!(readable > FETCHES / 3 && cached > FETCHES / 20);

    let asks = cases.iter().zip(&expected).enumerate().map(|(id, (case, answers))| {
        let calls: Vec<_> = case.calls[..answers.len()].iter().map(script_call).collect();
        json!([url(&api, id), calls])
    });
    let asks: Vec<_> = asks.collect();
    let mut real = Vec::new();
    for batch in asks.chunks(50) {
        let answers = chromium.tab.execute_async(FETCH, vec![json!(batch)]).await.unwrap();
        real.extend(answers.as_array().unwrap().iter().cloned());
    }
    let mut failures = Vec::new();
    for (id, (mut real, expected)) in real.into_iter().zip(expected).enumerate() {
        for names in real.as_array_mut().unwrap().iter_mut().filter_map(|seen| seen.get_mut(1)) {
            names.as_array_mut().unwrap().retain(|name| is_compared(name.as_str().unwrap()));
        }
        let (asked, modelled) = (served.take(id), modelled.take(id));
        if real != json!(expected) || asked != modelled {
            let lines = |entries: &[Value]| {
                entries.iter().map(|entry| format!("\n    {entry}")).collect::<String>()
            };
            failures.push(format!(
                "case {id} of seed {SEED}: {:#?}\n  Chromium sees {real}\n  the model     {}\n  \
                 Chromium asks{}\n  the model{}",
                cases[id],
                json!(expected),
                lines(&asked),
                lines(&modelled)
            ));
        }
    }
    let shown = &failures[..failures.len().min(3)];
    assert!(failures.is_empty(), "{} differ; first:\n{}", failures.len(), shown.join("\n"));
}
