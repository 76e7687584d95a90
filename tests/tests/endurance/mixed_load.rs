//! A server with two workers under mixed load: requests of all kinds, bytes that are not requests, connections
//! that are dropped, and a policy that is replaced 1 000 times per second. Every response is checked against the
//! policies, and the memory does not grow.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
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

use actix_web::{App, HttpResponse, get, web};
use cors_actix::{Cors, Policy, PolicyHandle, cors};
use cors_actix_tests::{
    Server,
    client::{Client, Request, Response},
    library,
    naive::{Asking, Written},
    situations::Choices,
};
use fastrand::Rng;

const SEED: u64 = 7;
const POLICIES: usize = 6;
const REQUESTS: usize = 3_000;
const CLIENTS: u64 = 2;

static HANDLE: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(Policy::same_origin()));

/// The response by each of the policies: the status, if the layer decides on it, and the lines.
type Answers = Vec<(Option<u16>, Vec<String>)>;

/// The policies that were active, by their numbers. A response must be by a policy that was active between the
/// first byte of the request and the last byte of the response.
#[derive(Default)]
struct Reign {
    begun: AtomicUsize,
    complete: AtomicUsize,
}

impl Reign {
    /// Returns the policy of a turn. Two turns in a row have different policies.
    fn policy(turn: usize) -> usize {
        turn % POLICIES
    }

    fn replace(&self, built: &[Policy]) {
        let turn = self.begun.fetch_add(1, SeqCst) + 1;
        HANDLE.replace(built[Reign::policy(turn)].clone());
        self.complete.store(turn, SeqCst);
    }
}

#[cors(policy = HANDLE)]
#[get("/annotated")]
async fn annotated() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn plain() -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn policies() -> Vec<Written> {
    let mut rng = Rng::with_seed(SEED);
    let mut choose = |count: usize| rng.usize(..count);
    let mut choices = Choices(&mut choose);
    (0..POLICIES).map(|_| choices.policy()).collect()
}

/// Returns requests with strings of the policies, each with the expected responses.
fn requests(policies: &[Written]) -> Vec<(Request, Answers)> {
    let mut rng = Rng::with_seed(SEED + 1);
    let mut choose = |count: usize| rng.usize(..count);
    let mut choices = Choices(&mut choose);
    let mut requests = Vec::new();
    while requests.len() < REQUESTS {
        let asking = choices.asking(&policies[requests.len() % POLICIES]);
        let survives_the_wire = |(_, value): &(_, Vec<u8>)| value.trim_ascii() == value;
        if library::head(&asking).is_none() || !asking.lines.iter().all(survives_the_wire) {
            continue;
        }
        let answers = policies.iter().map(|policy| policy.respond(&asking, &[])).collect();
        let target =
            if asking.method == "GET" && requests.len() % 2 == 0 { "/annotated" } else { "/" };
        requests.push((request(&asking, target), answers));
    }
    requests
}

fn request(asking: &Asking, target: &str) -> Request {
    let request = Request::bare(&asking.method, target);
    asking.lines.iter().fold(request, |request, (name, value)| request.line(name, value))
}

fn is(response: &Response, (status, expected): &(Option<u16>, Vec<String>)) -> bool {
    // A tab in an echoed list stands as a tab in the line, and escaped in the expected line.
    let lines = response.cors_lines().into_iter().map(|line| line.replace('\t', "\\t"));
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    response.status == status.unwrap_or(200) && lines == *expected
}

/// Sends bytes that are not a request, half of a request, or a request without waiting for the response.
fn misbehave(address: SocketAddr, rng: &mut Rng) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let long = "x-a,".repeat(rng.usize(..30_000));
    let text: Vec<u8> = match rng.usize(..6) {
        0 => (0..rng.usize(..2_000)).map(|_| rng.u8(..)).collect(),
        1 => b"OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://a.exam".to_vec(),
        2 => b"GET / HTTP/1.1\r\nHost: \xff{}\r\nOrigin: null\r\n\r\n".to_vec(),
        3 => format!(
            "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\
             Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: {long}\r\n\r\n"
        )
        .into_bytes(),
        4 => b"GET / HTTP/9.9\r\n\r\nGET\r\n".to_vec(),
        _ => b"GET /annotated HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n".to_vec(),
    };
    // The server may have closed the connection, which is correct.
    let sent = stream.write_all(&text);
    if sent.is_ok() && rng.bool() {
        let _ = stream.read(&mut [0; 4_096]);
    }
}

#[test]
fn mixed_load_gets_correct_responses_and_leaks_no_memory() {
    let _alone = crate::alone();
    let panics = crate::panics();
    let duration = crate::duration();
    let written = policies();
    let built: Vec<_> = written.iter().map(|policy| library::build(policy).unwrap()).collect();
    let requests = requests(&written);
    HANDLE.replace(built[0].clone());
    let server = Server::with_workers(2, || {
        App::new().wrap(Cors::new(&*HANDLE)).service(annotated).default_service(web::to(plain))
    });
    let address = server.address();
    let over = AtomicBool::new(false);
    let reign = Reign::default();
    let [checked, certain, misbehaved] = [const { AtomicUsize::new(0) }; 3];
    let started = Instant::now();
    let (before, after) = thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (requests, reign, over) = (&requests, &reign, &over);
            let (checked, certain) = (&checked, &certain);
            scope.spawn(move || {
                let mut rng = Rng::with_seed(SEED + 2 + client);
                let mut connection = Client::connect(address);
                while !over.load(Relaxed) {
                    if rng.usize(..500) == 0 {
                        connection = Client::connect(address);
                    }
                    let (request, answers) = &requests[rng.usize(..requests.len())];
                    let first = reign.complete.load(SeqCst);
                    let response = connection.send(request);
                    let last = reign.begun.load(SeqCst);
                    let turns = (first..=last).take(POLICIES);
                    let answers: Vec<_> = turns.map(|turn| &answers[Reign::policy(turn)]).collect();
                    assert!(
                        answers.iter().any(|answer| is(&response, answer)),
                        "{response:#?}\nis not one of {answers:#?}"
                    );
                    certain.fetch_add(usize::from(first == last), Relaxed);
                    checked.fetch_add(1, Relaxed);
                }
            });
        }
        scope.spawn(|| {
            let mut rng = Rng::with_seed(SEED + 100);
            while !over.load(Relaxed) {
                misbehave(address, &mut rng);
                misbehaved.fetch_add(1, Relaxed);
            }
        });
        scope.spawn(|| crate::every_millisecond(started, &over, || reign.replace(&built)));
        thread::sleep(duration / 3);
        let before = crate::resident();
        while started.elapsed() < duration {
            thread::sleep(Duration::from_millis(100));
        }
        let after = crate::resident();
        over.store(true, Relaxed);
        (before, after)
    });
    let [checked, certain, misbehaved, replaced] =
        [checked, certain, misbehaved, reign.complete].map(AtomicUsize::into_inner);
    println!(
        "{duration:?}: {checked} answers checked, {certain} of them against one policy, {misbehaved} connections misbehaved, {replaced} \
         replacements, memory {} KiB, then {} KiB",
        before >> 10,
        after >> 10
    );
    assert_eq!(crate::panics(), panics);
    // On a busy machine, many requests take longer than a millisecond.
    assert!(certain * 10 > checked && misbehaved > 0);
    assert!(replaced as u128 >= duration.as_millis(), "{replaced} replacements in {duration:?}");
    assert!(after < before + crate::GROWTH, "memory grew from {before} to {after} bytes");
}
