//! `Cors::scope`, the policies of a layer for paths.

use actix_web::{App, HttpRequest, HttpResponse, web};
use cors_actix::Cors;
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    sign::{FRIEND, Kind, STRANGER, Sign},
};

use crate::{APP, HANDLER, ORIGINS, app_layer, assert_route, request, strict_item, strict_static};

const ADMIN: Sign = Sign::new(Kind::Strict, "x-admin", 10);
const PUBLIC: Sign = Sign::new(Kind::Open, "x-public", 11);
const CLOSED: Sign = Sign::new(Kind::Closed, "x-closed", 12);

async fn body(request: HttpRequest) -> String {
    request.match_name().unwrap_or("outside").to_owned()
}

fn start(cors: impl Fn() -> Cors + Clone + Send + 'static) -> Server {
    Server::start(move || App::new().wrap(cors()).default_service(web::to(HttpResponse::Ok)))
}

#[track_caller]
fn assert_at(server: &Server, targets: &[&str], sign: &Sign) {
    for target in targets {
        assert_route(server, "GET", target, sign, Sign::LAYER_METHODS);
        assert_route(server, "PUT", target, sign, Sign::LAYER_METHODS);
    }
}

/// Asserts that only what both policies allow is allowed, because the path has a reading for each policy.
#[track_caller]
fn assert_in_common(server: &Server, targets: &[&str]) {
    for target in targets {
        server.send(&request("GET", target, None)).assert_closed(200);
        server.send(&request("GET", target, Some(STRANGER))).assert_closed(200);
        let allowed = format!("access-control-allow-origin: {FRIEND}");
        server.send(&request("GET", target, Some(FRIEND))).assert(200, [&allowed, VARY]);
        server.send(&Request::preflight(target, STRANGER, "PUT")).assert_denied();
        let response = server.send(&Request::preflight(target, FRIEND, "PUT"));
        response.assert_granted_once([
            &allowed,
            "access-control-allow-methods: PUT",
            PREFLIGHT_VARY,
        ]);
    }
}

#[test]
fn a_path_is_below_by_whole_segments() {
    let server = start(|| app_layer().scope("/admin", ADMIN.policy()));
    assert_at(&server, &["/admin", "/admin/", "/admin/x", "/admin//x", "/admin/x/"], &ADMIN);
    assert_at(&server, &["/", "/adminx", "/admin.x", "/admin-", "/x/admin", "/adm"], &APP);
    assert_at(&server, &["/ADMIN", "/?/admin"], &APP);
    assert_at(&server, &["/admin?x", "/admin/?x=/y"], &ADMIN);
    assert_in_common(&server, &["//admin", "/x/../admin", "/admin/../x"]);
    assert_at(&server, &["http://api.example/admin/x", "http://api.example/admin"], &ADMIN);
    assert_at(&server, &["http://api.example/x", "http://api.example"], &APP);
}

#[test]
fn a_path_is_read_as_the_router_reads_it() {
    let server = start(|| app_layer().scope("/admin", ADMIN.policy()));
    assert_at(&server, &["/%61dmin", "/%61dmin/x", "/adm%69n", "/%61%64%6D%69%6e"], &ADMIN);
    assert_at(&server, &["/admin%"], &APP);
    assert_in_common(&server, &["/%2561dmin", "/admin%2Fx", "/%2Fadmin"]);
    let server = start(|| app_layer().scope("/caf\u{e9} au lait", ADMIN.policy()));
    assert_at(&server, &["/caf%C3%A9%20au%20lait", "/caf%c3%a9%20%61u%20lait/x"], &ADMIN);
    assert_at(&server, &["/caf%C3%A9", "/caf%E9%20au%20lait"], &APP);
}

/// The layer's policy for a scope applies to exactly the paths that the router gives to the scope.
#[test]
fn a_path_is_below_exactly_where_the_router_enters_a_scope_of_that_name() {
    let server = Server::start(|| {
        let scope = web::scope("/admin").default_service(web::to(async || "inside"));
        App::new()
            .wrap(app_layer().scope("/admin", ADMIN.policy()))
            .service(scope)
            .default_service(web::to(async || "outside"))
    });
    for target in [
        "/admin",
        "/admin/",
        "/admin//",
        "/admin/x",
        "/adminx",
        "/admin%2Fx",
        "/%61dmin",
        "/%61dmin%2f",
        "/admi%6E/x",
        "/Admin",
        "//admin",
        "/admin;x",
        "/admin?x",
        "/x/admin",
        "/./admin",
        "/admin/.",
        "/admin%00",
        "/admin%3Fx",
        "/admin%23",
        "/%2561dmin",
        "/admin%",
        "/admin+x",
        "/admin%2Bx",
        "/admin.",
        "/admin%20",
        "/admin%E9",
        "/admin/%E9",
        "/",
    ] {
        let response = server.send(&request("GET", target, None));
        if ["/admin%2Fx", "/%61dmin%2f", "//admin", "/./admin", "/%2561dmin"].contains(&target) {
            assert_in_common(&server, &[target]);
            continue;
        }
        let sign = if response.text() == "inside" { ADMIN } else { APP };
        response.assert_signed(200, Some(&sign), None);
        for origin in [FRIEND, STRANGER] {
            let response = server.send(&Request::preflight(target, origin, "PUT"));
            response.assert_preflight_signed(&sign, origin, Sign::LAYER_METHODS);
        }
    }
}

#[test]
fn the_longest_path_wins_in_any_order_of_calls() {
    let orders: [fn() -> Cors; 3] = [
        || {
            app_layer()
                .scope("/admin", ADMIN.policy())
                .scope("/admin/public", PUBLIC.policy())
                .scope("/admin/public/closed", CLOSED.policy())
        },
        || {
            app_layer()
                .scope("/admin/public/closed", CLOSED.policy())
                .scope("/admin/public", PUBLIC.policy())
                .scope("/admin", ADMIN.policy())
        },
        || {
            app_layer()
                .scope("/admin/public", PUBLIC.policy())
                .scope("/admin/public/closed", CLOSED.policy())
                .scope("/admin", ADMIN.policy())
        },
    ];
    for order in orders {
        let server = start(order);
        assert_at(&server, &["/admin", "/admin/x", "/admin/publicity", "/admin/x/public"], &ADMIN);
        assert_at(&server, &["/admin/public", "/admin/public/", "/admin/public/x"], &PUBLIC);
        assert_at(&server, &["/admin/public/closed", "/admin/public/closed/x"], &CLOSED);
        assert_at(&server, &["/", "/public", "/public/closed"], &APP);
    }
}

#[test]
fn of_two_paths_of_the_same_length_the_first_call_wins() {
    let orders: [(fn() -> Cors, _); 2] = [
        (|| app_layer().scope("/{x}/b", ADMIN.policy()).scope("/b/{x}", PUBLIC.policy()), &ADMIN),
        (|| app_layer().scope("/b/{x}", PUBLIC.policy()).scope("/{x}/b", ADMIN.policy()), &PUBLIC),
    ];
    for (order, first) in orders {
        let server = start(order);
        assert_at(&server, &["/b/b"], first);
        assert_at(&server, &["/a/b"], &ADMIN);
        assert_at(&server, &["/b/a"], &PUBLIC);
    }
}

const ESCAPE: &str = "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode \
                      `%2F` and `%2B`; write the character itself";

/// The paths with the text of their fault.
const FAULTS: [(&str, &str); 21] = [
    (
        "/admin/*",
        r#"`*` is not a wildcard here, and a scope has all paths below it; write "/admin""#,
    ),
    ("*", r#"`*` is not a wildcard here, and a scope has all paths below it; write "/""#),
    ("https://api.example/admin", r#"this is a URL, but a path is expected; write "/admin""#),
    ("https://api.example", r#"this is a URL, but a path is expected; write "/""#),
    ("/admin ", r#"white space at the start or at the end; write "/admin""#),
    ("/a/../b", r#"the path has empty segments, `.` or `..`; write "/b""#),
    ("/a/./b//", r#"the path has empty segments, `.` or `..`; write "/a/b""#),
    ("/a://b", r#"the path has empty segments, `.` or `..`; write "/a:/b""#),
    (
        "/a?b",
        "the path of a request never contains `?`; remove the character, or write its percent-escape",
    ),
    ("/a%zz", ESCAPE),
    ("/a%2f", ESCAPE),
    ("/a%FF", ESCAPE),
    ("/a%00", ESCAPE),
    (
        "/{1a}",
        "the name of the segment `{1a}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{a-b}",
        "the name of the segment `{a-b}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{a:}",
        "the name of the segment `{a}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{a}/{a}",
        "the name of the segment `{a}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    ("/{a", "every `{` needs a `}`; write `{name}`"),
    ("/a}", "every `{` needs a `}`; write `{name}`"),
    ("/{a:[}", "actix-web can't read a regular expression in it; write a path for `web::scope`"),
    ("/:id", "`:id` is not a dynamic segment; write `{id}`"),
];

#[test]
fn a_path_with_a_fault_is_an_error_that_tells_what_to_write() {
    for (path, fault) in FAULTS {
        let error = app_layer().scope(path, ADMIN.policy()).check().unwrap_err();
        let expected =
            format!("1 path of `Cors::scope` has a fault:\n  Cors::scope(\"{path}\"): {fault}");
        assert_eq!(error.to_string(), expected);
    }
    let layer = app_layer().scope("/{a}", ADMIN.policy()).scope("/:id", ADMIN.policy());
    assert_eq!(
        layer.scope("/{b}", ADMIN.policy()).check().unwrap_err().to_string(),
        "2 paths of `Cors::scope` have a fault:\n  \
         Cors::scope(\"/:id\"): `:id` is not a dynamic segment; write `{id}`\n  \
         Cors::scope(\"/{b}\"): another call gives this path a policy; keep one of the calls"
    );
    for path in ["", "/", "admin", "/a:b", "/{_a}", "/{a_1}/{b}", "/{a:[0-9]{2}}", "/a%20b"] {
        assert_eq!(app_layer().scope(path, ADMIN.policy()).check(), Ok(()), "{path}");
    }
}

#[test]
fn slashes_around_the_path_do_not_matter() {
    for path in ["/admin", "admin", "/admin/", "admin/"] {
        let server = start(move || app_layer().scope(path, ADMIN.policy()));
        assert_at(&server, &["/admin", "/admin/x", "/admin/"], &ADMIN);
        assert_at(&server, &["/", "/adminx"], &APP);
    }
}

#[test]
fn the_root_covers_every_path() {
    for path in ["", "/"] {
        let server = start(move || app_layer().scope(path, ADMIN.policy()));
        assert_at(&server, &["/", "/x", "/admin/x", "//"], &ADMIN);
    }
}

#[test]
fn annotated_routes_keep_their_own_policy() {
    let server = Server::start(|| {
        let scope = web::scope("/admin").service(strict_item).service(strict_static);
        let layer = app_layer().scope("/admin", PUBLIC.policy());
        App::new().wrap(layer.scope("/admin/static", CLOSED.policy())).service(scope)
    });
    assert_route(&server, "PUT", "/admin/items/7", &HANDLER, "PUT");
    assert_route(&server, "GET", "/admin/static", &HANDLER, "GET");
    assert_route(&server, "PUT", "/admin/static", &CLOSED, "");
    assert_route(&server, "GET", "/admin/other", &PUBLIC, Sign::LAYER_METHODS);
}

#[test]
fn the_path_counts_from_the_root_of_the_app_in_a_scope_too() {
    let server = Server::start(|| {
        let layer = app_layer().scope("/a/b", ADMIN.policy()).scope("/b", PUBLIC.policy());
        let scope = web::scope("/a").wrap(layer).default_service(web::to(body));
        App::new().service(scope)
    });
    assert_at(&server, &["/a/b", "/a/b/c"], &ADMIN);
    assert_at(&server, &["/a/c", "/a/bb", "/a"], &APP);
}

#[test]
fn without_an_override_the_outer_layer_answers_preflights_and_the_inner_layer_responses() {
    let server = Server::start(|| {
        let scope = web::scope("/a").wrap(Cors::new(ADMIN.policy()));
        App::new().wrap(app_layer()).service(scope.default_service(web::to(HttpResponse::Ok)))
    });
    for origin in [FRIEND, STRANGER] {
        let response = server.send(&Request::preflight("/a/x", origin, "PUT"));
        response.assert_preflight_signed(&APP, origin, Sign::LAYER_METHODS);
    }
    for origin in ORIGINS {
        let response = server.send(&request("PUT", "/a/x", origin));
        response.assert_signed(200, Some(&ADMIN), origin);
    }
}
