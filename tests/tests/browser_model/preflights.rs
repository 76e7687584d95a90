//! Preflights, and the requests that their responses allow.

use cors_actix_browser::{
    Blocked, Browser, CorsFault,
    Credentials::{self, Include, Omit, SameOrigin},
    Fetch,
};

use crate::{
    ALLOW, CREDENTIALS, PAGE, answer, blocked, is_preflight, preflights, readable, script,
};

#[actix_web::test]
async fn a_preflight_needs_a_status_of_2xx() {
    let lines = [ALLOW, ("access-control-allow-methods", "PUT"), ("location", "/there")];
    for (status, expected) in [
        (199, false),
        (200, true),
        (204, true),
        (299, true),
        (300, false),
        (301, false),
        (302, false),
        (303, false),
        (307, false),
        (308, false),
        (304, false),
        (401, false),
        (403, false),
        (404, false),
        (405, false),
        (500, false),
    ] {
        let service = preflights(status, &lines);
        let seen = Browser::at(PAGE).fetch(&service, Fetch::put("/")).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
        if !expected {
            assert_eq!(*seen.assert_blocked(), Blocked::PreflightStatus { status });
            assert_eq!(service.asked(), ["OPTIONS"]);
        }
    }
    assert!(matches!(
        blocked(&preflights(404, &[]), Fetch::put("/")).await,
        Blocked::PreflightCors { status: 404, fault: CorsFault::AllowOriginMissing { .. }, .. }
    ));
}

#[actix_web::test]
async fn the_methods_of_a_preflight_are_a_list_of_case_sensitive_names() {
    let granting = [ALLOW, CREDENTIALS];
    let rows: [(&str, Credentials, &[&str], bool); 19] = [
        ("PUT", Omit, &["PUT"], true),
        ("PUT", Omit, &["GET, PUT,DELETE"], true),
        ("PUT", Omit, &["GET", "PUT"], true),
        ("PUT", Omit, &[",, PUT\t,"], true),
        ("PUT", Omit, &[], false),
        ("PUT", Omit, &[""], false),
        ("PUT", Omit, &["put"], false),
        ("put", Omit, &["PUT"], true),
        ("patch", Omit, &["PATCH"], false),
        ("patch", Omit, &["patch"], true),
        ("PUT", Omit, &["*"], true),
        ("PUT", SameOrigin, &["*"], true),
        ("PUT", Include, &["*"], false),
        ("PUT", Include, &["*, PUT"], true),
        ("PUT", Include, &["PUT"], true),
        ("*", Include, &["*"], true),
        ("PUT", Omit, &["PUT DELETE"], false),
        ("PUT", Omit, &["PUT", "GET; POST"], false),
        ("PUT", Omit, &["PUTS"], false),
    ];
    for (method, credentials, values, expected) in rows {
        let allowed = values.iter().map(|value| ("access-control-allow-methods", *value));
        let lines: Vec<_> = granting.into_iter().chain(allowed).collect();
        let fetch = Fetch::new(method, "/").credentials(credentials);
        let seen = Browser::at(PAGE).fetch(&preflights(204, &lines), fetch).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
    }
    let lines = [ALLOW, ("access-control-allow-methods", "GET, DELETE")];
    assert_eq!(
        blocked(&preflights(204, &lines), Fetch::put("/")).await,
        Blocked::MethodNotAllowed {
            method: "PUT".into(),
            allowed: vec!["GET".into(), "DELETE".into()],
            credentials: false,
        }
    );
    let value = "PUT; DELETE".to_owned();
    let lines = [ALLOW, ("access-control-allow-methods", &*value)];
    let reason = blocked(&preflights(204, &lines), Fetch::put("/")).await;
    assert_eq!(reason, Blocked::AllowMethodsMalformed { value });
}

#[actix_web::test]
async fn safelisted_methods_need_not_be_listed_in_a_preflight() {
    let lines = [ALLOW, ("access-control-allow-headers", "x-a")];
    for method in ["GET", "HEAD", "POST"] {
        let fetch = Fetch::new(method, "/").header("x-a", "1");
        assert!(readable(&preflights(204, &lines), fetch).await, "{method}");
    }
    // A malformed list still fails.
    let lines =
        [ALLOW, ("access-control-allow-headers", "x-a"), ("access-control-allow-methods", "<")];
    assert!(!readable(&preflights(204, &lines), Fetch::get("/").header("x-a", "1")).await);
}

#[actix_web::test]
async fn the_headers_of_a_preflight_are_a_list_of_names_in_any_case() {
    let granting = [ALLOW, CREDENTIALS];
    let rows: [(&[&str], Credentials, &[&str], bool); 18] = [
        (&["x-a"], Omit, &["x-a"], true),
        (&["x-a"], Omit, &["X-A"], true),
        (&["x-a", "x-b"], Omit, &["x-b ,,\tX-a"], true),
        (&["x-a", "x-b"], Omit, &["x-a", "x-b"], true),
        (&["x-a", "x-b"], Omit, &["x-a"], false),
        (&["x-a"], Omit, &[], false),
        (&["x-a"], Omit, &[""], false),
        (&["x-a"], Omit, &["x-ab"], false),
        (&["x-a"], Omit, &["*"], true),
        (&["x-a"], SameOrigin, &["*"], true),
        (&["x-a"], Include, &["*"], false),
        (&["x-a"], Include, &["*, x-a"], true),
        (&["*"], Include, &["*"], true),
        (&["authorization"], Omit, &["*"], false),
        (&["authorization"], Omit, &["*, Authorization"], true),
        (&["authorization"], Include, &["authorization"], true),
        (&["authorization", "x-a"], Omit, &["*,authorization"], true),
        (&["x-a"], Omit, &["x-a; x-b"], false),
    ];
    for (names, credentials, values, expected) in rows {
        let allowed = values.iter().map(|value| ("access-control-allow-headers", *value));
        let lines: Vec<_> = granting.into_iter().chain(allowed).collect();
        let fetch = Fetch::get("/").credentials(credentials);
        let fetch = names.iter().fold(fetch, |fetch, name| fetch.header(*name, "1"));
        let seen = Browser::at(PAGE).fetch(&preflights(204, &lines), fetch).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
    }
    let fetch = Fetch::get("/").header("x-a", "1").header("X-B", "1");
    let lines = [ALLOW, ("access-control-allow-headers", "X-A")];
    assert_eq!(
        blocked(&preflights(204, &lines), fetch.clone()).await,
        Blocked::HeaderNotAllowed {
            name: "x-b".into(),
            allowed: vec!["X-A".into()],
            credentials: false,
        }
    );
    let value = "x-a: x-b".to_owned();
    let lines = [ALLOW, ("access-control-allow-headers", &*value)];
    let reason = blocked(&preflights(204, &lines), fetch).await;
    assert_eq!(reason, Blocked::AllowHeadersMalformed { value });
}

#[actix_web::test]
async fn a_granted_preflight_does_not_share_the_response() {
    let grant = [ALLOW, ("access-control-allow-methods", "PUT")];
    let service = script(|request| match is_preflight(request) {
        true => answer(204, &grant),
        false => answer(200, &[]),
    });
    let reason = blocked(&service, Fetch::put("/")).await;
    assert!(matches!(reason, Blocked::Cors { status: 200, .. }), "{reason}");
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
}
