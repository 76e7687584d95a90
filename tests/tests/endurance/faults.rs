//! Faults around a server with two workers: predicates that hang, panic and fail, clients that are slow and clients
//! that leave, on HTTP/1.1 and HTTP/2, while the policy is replaced 1 000 times per second.

use std::{
    future::pending,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    panic::panic_any,
    sync::{
        LazyLock,
        atomic::{
            AtomicBool, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::{
    App, HttpResponse, get,
    rt::{self, System, net::TcpStream as AsyncStream, time::sleep},
    web,
};
use cors_actix::{Cors, Policy, PolicyHandle, cors};
use cors_actix_tests::{Client, PREFLIGHT_VARY, Request, Server, VARY, process::eventually};
use fastrand::Rng;
use futures_util::future::{join_all, select};
use hyper::{client::conn::http2, header::HeaderMap};
use hyper_util::rt::{TokioExecutor, TokioIo};

/// The message of predicates that panic on purpose.
pub(crate) const ON_PURPOSE: &str = "a predicate panics on purpose";

const LISTED: &str = "https://listed.example";
const TENANT: &str = "https://tenant.example";
const SLOW: &str = "https://slow.example";
const HANGING: &str = "https://hanging.example";
/// The origins to whose requests the server responds.
const ORIGINS: [&str; 6] = [
    LISTED,
    TENANT,
    SLOW,
    "https://panicking.example",
    "https://failing.example",
    "https://stranger.example",
];

/// The number of predicates that wait for ever.
static HANGING_NOW: AtomicUsize = AtomicUsize::new(0);

static HANDLE: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(policy(0)));

struct Hanging;

impl Hanging {
    fn new() -> Self {
        HANGING_NOW.fetch_add(1, SeqCst);
        Hanging
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        HANGING_NOW.fetch_sub(1, SeqCst);
    }
}

async fn is_tenant(origin: String) -> Result<bool, &'static str> {
    match origin.as_str() {
        TENANT => Ok(true),
        SLOW => {
            sleep(Duration::from_millis(5)).await;
            Ok(true)
        }
        HANGING => {
            let _hanging = Hanging::new();
            pending().await
        }
        "https://panicking.example" => panic_any(ON_PURPOSE),
        "https://failing.example" => Err("the database is gone"),
        _ => Ok(false),
    }
}

/// Returns one of two policies. Each has two values of its own in every response.
fn policy(turn: usize) -> Policy {
    let builder = Policy::builder()
        .allow_origins([LISTED])
        .allow_origins_if_async(|origin, _| is_tenant(origin.as_str().to_owned()))
        .allow_methods(["PUT"]);
    let builder = match turn % 2 {
        0 => builder.allow_credentials(true).expose_headers(["x-even"]).max_age(60),
        _ => builder.expose_headers(["x-odd"]).max_age(120),
    };
    builder.build().unwrap()
}

/// Returns the status and the CORS headers of the response by one of the two policies.
fn expected(turn: usize, origin: &str, is_preflight: bool) -> (u16, Vec<String>) {
    let vary = if is_preflight { PREFLIGHT_VARY } else { VARY };
    if ![LISTED, TENANT, SLOW].contains(&origin) {
        return (if is_preflight { 403 } else { 200 }, vec![vary.to_owned()]);
    }
    let (name, seconds) = [("x-even", 60), ("x-odd", 120)][turn % 2];
    let mut lines = vec![format!("access-control-allow-origin: {origin}"), vary.to_owned()];
    if turn.is_multiple_of(2) {
        lines.push("access-control-allow-credentials: true".to_owned());
    }
    if is_preflight {
        lines.push("access-control-allow-methods: GET,HEAD,POST,PUT".to_owned());
        lines.push(format!("access-control-max-age: {seconds}"));
    } else {
        lines.push(format!("access-control-expose-headers: {name}"));
    }
    lines.sort();
    (if is_preflight { 204 } else { 200 }, lines)
}

/// Asserts that the response is by one policy.
#[track_caller]
fn assert_one_policy(origin: &str, is_preflight: bool, status: u16, mut lines: Vec<String>) {
    lines.sort();
    let found = (status, lines);
    let expected = [0, 1].map(|turn| expected(turn, origin, is_preflight));
    assert!(expected.contains(&found), "{origin}, {is_preflight}: {found:#?}");
}

#[cors(policy = HANDLE)]
#[get("/annotated")]
async fn annotated() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Sends requests on one connection after the other, and checks the responses.
fn ask(address: SocketAddr, rng: &mut Rng) -> usize {
    const REQUESTS: usize = 50;
    let mut client = Client::connect(address);
    for _ in 0..REQUESTS {
        let origin = rng.choice(ORIGINS).unwrap();
        let is_preflight = rng.bool();
        let request = match is_preflight {
            true => Request::preflight("/", origin, "PUT"),
            false => Request::get(["/", "/annotated"][rng.usize(..2)]).origin(origin),
        };
        let response = client.send(&request);
        assert_one_policy(origin, is_preflight, response.status, response.cors_lines());
    }
    REQUESTS
}

/// Sends a request whose predicate never ends, and leaves.
fn leave(address: SocketAddr, rng: &mut Rng) {
    let mut stream = TcpStream::connect(address).unwrap();
    let path = ["/", "/annotated"][rng.usize(..2)];
    let text = format!("GET {path} HTTP/1.1\r\nHost: a\r\nOrigin: {HANGING}\r\n\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(rng.u64(..20)));
}

/// Sends a request byte after byte, and reads the response in the same way.
fn ask_slowly(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let text =
        format!("GET / HTTP/1.1\r\nHost: a\r\nOrigin: {TENANT}\r\nConnection: close\r\n\r\n");
    for byte in text.bytes() {
        stream.write_all(&[byte]).unwrap();
        thread::sleep(Duration::from_micros(500));
    }
    let (mut response, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).unwrap() == 1 {
        response.push(byte[0]);
    }
    let response = String::from_utf8(response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains(&format!("access-control-allow-origin: {TENANT}")), "{response}");
}

/// Sends many requests at once on one HTTP/2 connection, and cancels some of them.
async fn ask_on_http2(address: SocketAddr, rng: &mut Rng) -> usize {
    let stream = AsyncStream::connect(address).await.unwrap();
    let builder = http2::Builder::new(TokioExecutor::new());
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    let connection = rt::spawn(connection);
    let requests = (0..50).map(|_| {
        // The `h2` crate closes a connection with more than 20 streams that are reset before they are accepted.
        let is_cancelled = rng.u8(..8) == 0;
        // actix-web polls the request to its end although the stream is gone, so its predicate must end.
        let origin = if is_cancelled { SLOW } else { rng.choice(ORIGINS).unwrap() };
        let is_preflight = rng.bool();
        let method = if is_preflight { "OPTIONS" } else { "GET" };
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("http://{address}/"))
            .header("origin", origin);
        let request = match is_preflight {
            true => request.header("access-control-request-method", "PUT"),
            false => request,
        };
        let response = sender.clone().send_request(request.body(String::new()).unwrap());
        let patience = Duration::from_millis(rng.u64(..4));
        async move {
            if is_cancelled {
                select(Box::pin(response), Box::pin(sleep(patience))).await;
                return 0;
            }
            let response = response.await.unwrap();
            let lines = cors_lines(response.headers());
            assert_one_policy(origin, is_preflight, response.status().as_u16(), lines);
            1
        }
    });
    let answered = join_all(requests.collect::<Vec<_>>()).await;
    drop(sender);
    connection.await.unwrap().unwrap();
    answered.into_iter().sum()
}

fn cors_lines(headers: &HeaderMap) -> Vec<String> {
    let of_cors = headers.iter().filter(|(name, _)| {
        name.as_str() == "vary" || name.as_str().starts_with("access-control-")
    });
    of_cors.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

#[test]
fn faults_of_predicates_and_clients_lose_nothing_and_leave_nothing_behind() {
    let _alone = crate::alone();
    let panics = crate::panics();
    let duration = crate::duration();
    let server = Server::with_http2(2, || {
        App::new()
            .wrap(Cors::new(&*HANDLE))
            .service(annotated)
            .default_service(web::to(HttpResponse::Ok))
    });
    let address = server.address();
    let over = AtomicBool::new(false);
    let is_over = || over.load(Relaxed);
    let [http1, http2, left, slow, replaced] = [const { AtomicUsize::new(0) }; 5];
    let started = Instant::now();
    let (before, after) = thread::scope(|scope| {
        scope.spawn(|| {
            let mut rng = Rng::with_seed(1);
            while !is_over() {
                http1.fetch_add(ask(address, &mut rng), Relaxed);
            }
        });
        scope.spawn(|| {
            let mut rng = Rng::with_seed(2);
            System::new().block_on(async {
                while !is_over() {
                    http2.fetch_add(ask_on_http2(address, &mut rng).await, Relaxed);
                }
            });
        });
        scope.spawn(|| {
            let mut rng = Rng::with_seed(3);
            while !is_over() {
                leave(address, &mut rng);
                left.fetch_add(1, Relaxed);
            }
        });
        scope.spawn(|| {
            while !is_over() {
                ask_slowly(address);
                slow.fetch_add(1, Relaxed);
            }
        });
        scope.spawn(|| {
            crate::every_millisecond(started, &over, || {
                HANDLE.replace(policy(replaced.fetch_add(1, Relaxed)));
            });
        });
        thread::sleep(duration / 3);
        let before = crate::resident();
        thread::sleep(duration.saturating_sub(started.elapsed()));
        let after = crate::resident();
        over.store(true, Relaxed);
        (before, after)
    });
    let counts = [http1, http2, left, slow, replaced].map(AtomicUsize::into_inner);
    let [http1, http2, left, slow, replaced] = counts;
    println!(
        "{duration:?}: {http1} responses of HTTP/1.1 and {http2} of HTTP/2 checked, {left} clients left, {slow} were \
         slow, {replaced} replacements, memory {} KiB, then {} KiB",
        before >> 10,
        after >> 10
    );
    eventually("no predicate waits", || HANGING_NOW.load(SeqCst) == 0);
    assert_eq!(crate::panics(), panics);
    assert!(counts.iter().all(|count| *count > 0));
    assert!(replaced as u128 >= duration.as_millis(), "{replaced} replacements in {duration:?}");
    assert!(after < before + crate::GROWTH, "memory grew from {before} to {after} bytes");
}
