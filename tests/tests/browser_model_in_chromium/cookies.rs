//! Compares the cookies that both browsers store and send in generated sessions.

use std::{collections::HashMap, env, net::TcpListener, sync::Arc};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, rt, test, web};
use cors_actix_browser::{Browser, Credentials, Fetch};
use cors_actix_tests::browser::{self, certificate};
use fastrand::Rng;
use serde_json::{Value, json};

/// The number of sessions. A site may have 180 cookies, so each page has few sessions, in a new Chromium.
const SESSIONS: usize = 200;

/// The calls of one page, whose cookies no other session shares.
#[derive(Debug, Clone)]
struct Session {
    page: usize,
    sandboxed: bool,
    calls: Vec<Call>,
}

/// A GET to a service that sets cookies and may redirect.
#[derive(Debug, Clone)]
struct Call {
    url: String,
    credentials: &'static str,
    lines: Vec<String>,
    to: Option<String>,
}

const PATHS: [&str; 6] = ["/", "/a", "/a/", "/a/b", "/ab", "/a/b/c"];

const NAMES: [&str; 12] =
    ["a", "a", "a", "a", "b", "b", "b", "__Host-", "__Secure-", "__host-", "__SECURE-", "__Hosts-"];

const VALUES: [&str; 8] = ["1", "2", "3", "", "\"quoted\"", "x=y", "a b", "\u{e4}"];

const SAME_SITE: [&str; 8] = [
    "",
    "; SameSite=Lax",
    "; SameSite=Strict",
    "; SameSite=None",
    "; SameSite=None",
    "; samesite=NONE",
    "; SameSite=Sometimes",
    "; SameSite",
];

const SECURE: [&str; 4] = ["; Secure", "; Secure", "; secure=no", ""];

const DOMAIN: [&str; 16] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "; Domain=",
    "; Domain=model.test",
    "; Domain=.model.test",
    "; Domain=MODEL.test",
    "; Domain=api.model.test",
    "; Domain=app.model.test",
    "; Domain=other.test",
    "; Domain=test",
    "; Domain=localhost",
    "; Domain=127.0.0.1",
];

const PATH: [&str; 10] = [
    "",
    "",
    "; Path=/",
    "; Path=/",
    "; Path=/",
    "; Path=/a",
    "; Path=/a/",
    "; Path=/a/b",
    "; Path=a",
    "; Path=",
];

const LIFETIME: [&str; 14] = [
    "",
    "",
    "",
    "",
    "",
    "; HttpOnly",
    "; Max-Age=1000",
    "; Max-Age=0",
    "; Max-Age=-1",
    "; Max-Age=soon",
    "; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
    "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1000",
    "; Expires=tomorrow",
];

/// Lines that do not set a cookie.
const ODD: [&str; 3] = ["", "; Secure", "=; Secure"];

fn line(rng: &mut Rng, id: usize) -> String {
    if rng.u8(..40) == 0 {
        return rng.choice(ODD).unwrap().to_owned();
    }
    // No other session has a cookie of this name.
    let name = format!("{}s{id}s", rng.choice(NAMES).unwrap());
    let value = rng.choice(VALUES).unwrap();
    // Half of the lines are lines that a working session could have.
    let tame = rng.bool();
    let mut pick = |choices: &'static [&'static str], tame_choices: usize| {
        *rng.choice(if tame { &choices[..tame_choices] } else { choices }).unwrap()
    };
    let attributes = [
        pick(&SECURE, 2),
        pick(&SAME_SITE, 6),
        pick(&DOMAIN, 10),
        pick(&PATH, 5),
        pick(&LIFETIME, 7),
    ];
    format!("{name}={value}{}", attributes.concat())
}

fn session(rng: &mut Rng, id: usize, origins: &Origins) -> Session {
    let page = rng.usize(..origins.pages.len());
    // An https page cannot fetch over http, which is mixed content.
    let safe = origins.pages[page].starts_with("https");
    let hosts: Vec<_> =
        origins.hosts.iter().filter(|host| !safe || host.starts_with("https")).collect();
    let url = |rng: &mut Rng| {
        let host = rng.choice(&hosts).unwrap();
        format!("{host}{}", rng.choice(PATHS).unwrap())
    };
    let mut calls = Vec::new();
    for _ in 0..rng.usize(2..6) {
        calls.push(Call {
            url: url(rng),
            credentials: rng
                .choice(["include", "include", "include", "same-origin", "omit"])
                .unwrap(),
            lines: (0..rng.usize(..4)).map(|_| line(rng, id)).collect(),
            to: (rng.u8(..4) == 0).then(|| url(rng)),
        });
    }
    // At the end, each host that has set a cookie gets a request, which shows the cookies for the host.
    let mut set: Vec<_> = hosts
        .iter()
        .filter(|host| calls.iter().any(|call| call.url.starts_with(&***host)))
        .collect();
    set.dedup();
    calls.extend(set.into_iter().map(|host| Call {
        url: format!("{host}/a/b/c"),
        credentials: "include",
        lines: Vec::new(),
        to: None,
    }));
    Session { page, sandboxed: rng.u8(..10) == 0, calls }
}

/// The origins of pages, and of the services that they call.
struct Origins {
    pages: Vec<String>,
    hosts: Vec<String>,
}

impl Origins {
    fn new(safe: u16, plain: u16) -> Self {
        let https = |name: &str| format!("https://{name}:{safe}");
        let http = |name: &str| format!("http://{name}:{plain}");
        Origins {
            pages: vec![
                https("app.model.test"),
                https("other.test"),
                http("app.model.test"),
                http("localhost"),
            ],
            hosts: vec![
                https("api.model.test"),
                https("app.model.test"),
                https("deep.api.model.test"),
                https("model.test"),
                https("other.test"),
                http("api.model.test"),
                http("model.test"),
                http("localhost"),
                http("127.0.0.1"),
            ],
        }
    }
}

/// Answers with the cookies of the request, sets the cookies that the call names, and lets every origin read.
async fn serve(request: HttpRequest, sessions: web::Data<Arc<Vec<Session>>>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes().to_vec());
    let query = web::Query::<HashMap<String, usize>>::from_query(request.query_string()).unwrap();
    let (Some(id), Some(index)) = (query.get("session"), query.get("call")) else {
        return HttpResponse::Ok().content_type("text/html").body("<title>page</title>");
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header(("access-control-allow-origin", header("origin").unwrap_or_default()))
        .insert_header(("access-control-allow-credentials", "true"))
        .insert_header(("cache-control", "no-store"));
    let call = &sessions[*id].calls[*index];
    if !query.contains_key("redirected") {
        for line in &call.lines {
            let bytes: Vec<_> = line.chars().map(|char| char as u8).collect();
            response.append_header(("set-cookie", bytes));
        }
        if let Some(to) = &call.to {
            let to = format!("{}&redirected=1", address(to, *id, *index));
            return response.status(StatusCode::FOUND).insert_header(("location", to)).finish();
        }
    }
    // On HTTP/2, each cookie may have a line of its own (RFC 9113, section 8.2.3).
    let cookies: Vec<_> = request.headers().get_all("cookie").map(|line| line.as_bytes()).collect();
    response.body(cookies.join(&b"; "[..]).into_iter().map(char::from).collect::<String>())
}

fn address(url: &str, session: usize, call: usize) -> String {
    format!("{url}?session={session}&call={call}")
}

/// Returns the cookies of the session.
fn own(cookie: &str, id: usize) -> String {
    let own = format!("s{id}s=");
    cookie.split("; ").filter(|pair| pair.contains(&own)).collect::<Vec<_>>().join("; ")
}

const SCRIPT: &str = r#"
    const [sessions, done] = arguments;
    const run = async calls => {
        const seen = [];
        for (const [url, credentials] of calls) {
            try {
                seen.push(await (await fetch(url, { credentials })).text());
            } catch (error) {
                seen.push(String(error));
            }
        }
        return seen;
    };
    const runInFrame = calls => new Promise(resolve => {
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = `<script>(${run})(${JSON.stringify(calls)})
            .then(seen => parent.postMessage(seen, '*'))<${'/'}script>`;
        addEventListener('message', event => {
            if (event.source === frame.contentWindow) resolve(event.data);
        });
        document.documentElement.append(frame);
    });
    Promise.all(sessions.map(([sandboxed, calls]) => (sandboxed ? runInFrame : run)(calls))).then(done);"#;

#[actix_web::test]
async fn the_model_stores_and_sends_the_same_cookies_as_chromium() {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let (safe, plain) = (listen(), listen());
    let ports = [&safe, &plain].map(|listener| listener.local_addr().unwrap().port());
    let origins = Origins::new(ports[0], ports[1]);
    let seed = env::var("SEED").map_or(7, |seed| seed.parse().expect("a number"));
    let mut rng = Rng::with_seed(seed);
    let sessions: Vec<_> = (0..SESSIONS).map(|id| session(&mut rng, id, &origins)).collect();
    let sessions = Arc::new(sessions);

    let served = web::Data::new(sessions.clone());
    let app = move || App::new().app_data(served.clone()).default_service(web::to(serve));
    let model = test::init_service(app()).await;
    let server = HttpServer::new(app)
        .workers(1)
        .listen_rustls_0_23(safe, certificate("*.model.test"))
        .unwrap()
        .listen(plain)
        .unwrap();
    rt::spawn(server.disable_signals().run());

    let (mut failures, mut sent, mut lost) = (Vec::new(), 0, 0);
    for (page, origin) in origins.pages.iter().enumerate() {
        let chromium = browser::Browser::start().await;
        // Chromium accepts the self-signed certificate after one visit.
        for host in origins.hosts.iter().filter(|host| host.starts_with("https")) {
            chromium.tab.goto(host).await.unwrap();
        }
        chromium.tab.goto(origin).await.unwrap();
        let here: Vec<_> =
            sessions.iter().enumerate().filter(|(_, session)| session.page == page).collect();
        for batch in here.chunks(20) {
            let asked: Vec<_> =
                batch.iter().map(|(id, session)| script_calls(*id, session)).collect();
            let found = chromium.tab.execute_async(SCRIPT, vec![json!(asked)]).await.unwrap();
            for ((id, session), found) in batch.iter().zip(found.as_array().unwrap()) {
                let browser = match session.sandboxed {
                    true => Browser::sandboxed(),
                    false => Browser::at(origin),
                };
                let mut expected = Vec::new();
                for (index, call) in session.calls.iter().enumerate() {
                    let fetch = Fetch::get(address(&call.url, *id, index));
                    let fetch = fetch.credentials(match call.credentials {
                        "omit" => Credentials::Omit,
                        "include" => Credentials::Include,
                        _ => Credentials::SameOrigin,
                    });
                    let seen = browser.fetch(&model, fetch).await;
                    lost += seen.blocked_cookies().count();
                    expected.push(own(&seen.text(), *id));
                }
                sent += expected.iter().filter(|cookie| !cookie.is_empty()).count();
                let found = found.as_array().unwrap().iter();
                let found: Vec<_> =
                    found.map(|cookie| own(cookie.as_str().unwrap(), *id)).collect();
                if found != expected {
                    failures.push(format!(
                        "session {id} of seed {seed} on {origin}: {session:#?}\n  Chromium \
                         {found:#?}\n  the model {expected:#?}"
                    ));
                }
            }
        }
    }
    println!(
        "{SESSIONS} sessions of seed {seed}: {sent} requests with cookies, {lost} blocked cookies"
    );
    assert!(sent > SESSIONS / 2 && lost > SESSIONS / 2);
    let shown = &failures[..failures.len().min(3)];
    assert!(failures.is_empty(), "{} differ; first:\n{}", failures.len(), shown.join("\n"));
}

fn script_calls(id: usize, session: &Session) -> Value {
    let calls = session.calls.iter().enumerate();
    let calls: Vec<_> = calls
        .map(|(index, call)| json!([address(&call.url, id, index), call.credentials]))
        .collect();
    json!([session.sandboxed, calls])
}
