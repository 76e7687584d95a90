//! Generates the situations at random.

use fastrand::Rng;

use super::{
    plan,
    situation::{API, COUNT, Fetch, OTHER, PAUSE, PLAIN, Page, Place, Situation, pick},
    words,
};

/// Returns all situations.
pub fn situations(seed: u64) -> Vec<Situation> {
    let mut rng = Rng::with_seed(seed);
    (0..COUNT).map(|id| situation(&mut rng, id)).collect()
}

fn situation(rng: &mut Rng, id: usize) -> Situation {
    const PLACES: [Place; 5] =
        [Place::App, Place::Scope, Place::Route, Place::Route, Place::Locked];
    let place = pick(rng, &PLACES);
    let plan = rng.usize(..plan::COUNT);
    // Half of the pages are pages that the policy allows, if it allows one.
    let named: Vec<_> = Page::ALL.into_iter().filter(|page| words::names(plan, *page)).collect();
    let page = match rng.bool() && !named.is_empty() {
        true => pick(rng, &named),
        false => pick(rng, &Page::ALL),
    };
    let base = if page == Page::Scheme && rng.bool() { PLAIN } else { API };
    let path = format!("{base}/{place}/{plan}/{id}");
    let first = fetch(rng, &path, page);
    let mut fetches = vec![first.clone()];
    // Several calls with one address, for the preflight cache, whose entries belong to the whole URL.
    if rng.u8(..8) == 0 {
        for _ in 0..rng.usize(1..5) {
            let mut next = if rng.bool() { fetches[0].clone() } else { fetch(rng, &path, page) };
            next.url.clone_from(&fetches[0].url);
            fetches.push(next);
        }
        if rng.u8(..60) == 0 {
            fetches.last_mut().expect("there is a first").pause = PAUSE;
        }
        // Without `Access-Control-Max-Age` an answer is kept for 5 seconds. A busy machine may take
        // longer between two calls, so only calls after a longer pause are kept.
        if plan::all()[plan].max_age.is_none() {
            fetches.retain(|fetch| fetch.pause > 0);
            fetches.insert(0, Fetch { pause: 0, ..first });
        }
    }
    Situation { id, place, plan: Some(plan), page, fetches }
}

fn fetch(rng: &mut Rng, path: &str, page: Page) -> Fetch {
    const METHODS: [&str; 16] = [
        "GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE",
        "DELETE", "PURGE", "patch", "put", "get",
    ];
    const CREDENTIALS: [&str; 3] = ["omit", "same-origin", "include"];
    let method = pick(rng, &METHODS);
    let takes_body = ["POST", "PUT", "PATCH", "patch", "put", "PURGE"].contains(&method);
    let body = (takes_body && rng.u8(..3) > 0).then_some("x=1");
    let mut headers = Vec::new();
    for _ in 0..pick(rng, &[0, 0, 0, 1, 1, 2, 3]) {
        let (name, value) = header(rng);
        if !headers.iter().any(|(other, _): &(&str, _)| other.eq_ignore_ascii_case(name)) {
            headers.push((name, value));
        }
    }
    let url = format!("{path}?{}", query(rng, page));
    Fetch { url, method, headers, credentials: pick(rng, &CREDENTIALS), body, pause: 0 }
}

fn header(rng: &mut Rng) -> (&'static str, String) {
    const HEADERS: [(&str, &str); 34] = [
        ("accept", "application/json"),
        ("accept", "a:b"),
        ("accept-language", "en"),
        ("accept-language", "en_US"),
        ("content-language", "de, en"),
        ("content-language", "de\"en"),
        ("content-type", "text/plain"),
        ("content-type", "TEXT/PLAIN; charset=UTF-8"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-type", "application/json"),
        ("content-type", "application/json"),
        ("content-type", "text"),
        ("content-type", "text/plain;"),
        ("content-type", "text/plain ; q"),
        ("content-type", "text/plain/"),
        ("content-type", "text/plain, text/plain"),
        ("content-type", ""),
        ("content-type", "text/plain, a/b"),
        ("range", "bytes=0-1"),
        ("range", "bytes=-1"),
        ("range", "bytes=0-1,3-4"),
        ("x-a", "1"),
        ("x-a", "1"),
        ("X-A", "1"),
        ("X-B", "2"),
        ("x-b", "2"),
        ("x-b", ""),
        ("x-c", "3"),
        ("authorization", "Bearer t"),
        ("authorization", "Bearer t"),
        ("Authorization", "Bearer t"),
        ("if-none-match", "\"1\""),
        ("cache-control", "no-cache"),
    ];
    // Fetch, "CORS-safelisted request-header": no value is longer than 128 bytes.
    match rng.u8(..20) {
        0 => ("accept", "a".repeat(128)),
        1 => ("accept", "a".repeat(129)),
        2 => ("content-type", format!("text/plain;x={}", "a".repeat(128))),
        _ => {
            let (name, value) = pick(rng, &HEADERS);
            (name, value.to_owned())
        }
    }
}

fn query(rng: &mut Rng, page: Page) -> String {
    const STATUSES: [u16; 6] = [201, 204, 304, 401, 404, 500];
    const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];
    match rng.u8(..10) {
        0..4 => "status=200".to_owned(),
        4..6 => format!("status={}", pick(rng, &STATUSES)),
        _ => {
            let status = pick(rng, &REDIRECTS);
            // A page without TLS is mixed content, and a sandbox has no address.
            let to = match rng.u8(..3) {
                0 => "",
                1 if !matches!(page, Page::Scheme | Page::Null) => page.origin(),
                _ => OTHER,
            };
            format!("status={status}&to={to}")
        }
    }
}
