//! The example `configured`: the real program with real files, which change while it serves.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod process;

use std::{fs, os::unix::fs::symlink};

use cors_actix_tests::{
    PREFLIGHT_VARY, Request, VARY, admitted,
    process::{Process, eventually},
};

use self::process::{Folder, eventually_logs};

/// The file of the example.
const FILE: &str = include_str!("../../../examples/cors.toml");
const ADMIN: &str = "https://admin.example";
const LATER: &str = "https://later.example";
const LOCALHOST: &str = "http://localhost:3000";
const OTHER: &str = "https://other.example";
const EXPOSED: &str = "access-control-expose-headers: x-total-count";

const DEVELOPMENT: (&str, &str) = ("CORS_PROFILE", "development");
const PRODUCTION: (&str, &str) = ("CORS_PROFILE", "production");

/// Returns the file of the example with another text in place of the only `from`.
#[track_caller]
fn file_with(from: &str, to: &str) -> String {
    edited(FILE, from, to)
}

#[track_caller]
fn edited(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?}");
    text.replace(from, to)
}

/// Returns the file of the example with `https://later.example` as the only public origin.
#[track_caller]
fn file_for_later() -> String {
    file_with("allow_origins = \"*\"", &format!("allow_origins = [\"{LATER}\"]"))
}

fn origin_line(origin: &str) -> String {
    format!("access-control-allow-origin: {origin}")
}

/// Asserts what the policy `public` of the file answers.
#[track_caller]
fn assert_public_for_everyone(process: &Process) {
    for origin in [ADMIN, OTHER] {
        let response = process.send(&Request::get("/items").origin(origin));
        response.assert(200, [origin_line("*").as_str(), EXPOSED]);
    }
    process.send(&Request::preflight("/items", OTHER, "PUT")).assert_denied();
}

/// Asserts that the policy `public` allows one origin.
#[track_caller]
fn assert_public_for(process: &Process, origin: &str) {
    let response = process.send(&Request::get("/items").origin(origin));
    response.assert(200, [origin_line(origin).as_str(), EXPOSED, VARY]);
    process.send(&Request::get("/items").origin(OTHER)).assert_closed(200);
}

fn put_owner(origin: &str) -> Request {
    Request::new("PUT", "/admin/owner")
        .origin(origin)
        .line("Content-Type", "application/json")
        .body("\"Ada\"")
}

/// Asserts that the policy `admin` allows one origin with credentials, and not another.
#[track_caller]
fn assert_admin_for(process: &Process, origin: &str, max_age: u32) {
    process.send(&put_owner(origin)).assert(200, admitted(origin));
    let preflight = Request::preflight("/admin/owner", origin, "PUT").asks_headers("content-type");
    process.send(&preflight).assert(
        204,
        [
            origin_line(origin).as_str(),
            "access-control-allow-credentials: true",
            "access-control-allow-headers: content-type",
            "access-control-allow-methods: GET,HEAD,POST,PUT",
            format!("access-control-max-age: {max_age}").as_str(),
            PREFLIGHT_VARY,
        ],
    );
    process.send(&put_owner(OTHER)).assert_closed(200);
    process.send(&Request::preflight("/admin/owner", OTHER, "PUT")).assert_denied();
}

/// Waits until the origin is the only one that may read the items.
#[track_caller]
fn eventually_public_for(process: &Process, origin: &str) {
    let request = Request::get("/items").origin(origin);
    eventually(&format!("{origin} is allowed"), || {
        process.send(&request).values("access-control-allow-origin") == [origin]
    });
    assert_public_for(process, origin);
}

#[test]
fn each_path_has_its_policy() {
    let folder = Folder::new(FILE);
    let process = folder.start(&[PRODUCTION]);
    assert_public_for_everyone(&process);
    assert_admin_for(&process, ADMIN, 3600);
}

#[test]
fn development_differs_from_production() {
    let folder = Folder::new(FILE);
    let development = folder.start(&[DEVELOPMENT]);
    assert_public_for_everyone(&development);
    assert_admin_for(&development, LOCALHOST, 0);
    development.send(&put_owner(ADMIN)).assert_closed(200);

    for variables in [&[PRODUCTION] as &[_], &[]] {
        let production = folder.start(variables);
        assert_admin_for(&production, ADMIN, 3600);
        production.send(&put_owner(LOCALHOST)).assert_closed(200);
    }
    let error = folder.fail(&[("CORS_PROFILE", "prod")]);
    assert!(error.contains("CORS_PROFILE") && error.contains("`production`"), "{error}");
}

#[test]
fn variables_override_the_file_also_after_it_has_changed() {
    let folder = Folder::new(FILE);
    let process = folder.start(&[
        ("CORS_POLICIES_PUBLIC_ALLOW_ORIGINS", "https://a.example, https://b.example"),
        ("CORS_POLICIES_ADMIN_ALLOW_ORIGINS", "https://console.example"),
        ("CORS_POLICIES_ADMIN_MAX_AGE", "5"),
    ]);
    let assert_overridden = || {
        assert_public_for(&process, "https://a.example");
        assert_public_for(&process, "https://b.example");
        process.send(&put_owner(ADMIN)).assert_closed(200);
        assert_admin_for(&process, "https://console.example", 5);
    };
    assert_overridden();

    folder.write(&edited(&file_for_later(), ADMIN, LATER));
    eventually_logs(&process, &["has changed, and its policies are used"]);
    assert_overridden();
    process.send(&Request::get("/items").origin(LATER)).assert_closed(200);
}

#[test]
fn a_variable_belongs_to_the_policy_with_the_longest_name() {
    let folder = Folder::new(
        "[paths]\n\"/\" = \"public\"\n\"/admin\" = \"public-read\"\n\
         [policies.public]\nallow_origins = \"*\"\n[policies.public-read]\nallow_origins = \"*\"\n",
    );
    let process = folder.start(&[("CORS_POLICIES_PUBLIC_READ_ALLOW_ORIGINS", LATER)]);
    process.send(&Request::get("/items").origin(LATER)).assert(200, [origin_line("*")]);
    process.send(&put_owner(LATER)).assert(200, [origin_line(LATER).as_str(), VARY]);
}

#[test]
fn the_program_does_not_start_with_a_problem_and_prints_all_of_them() {
    let text = edited(&file_for_later(), LATER, "https://Later.example");
    let folder = Folder::new(&edited(&text, "expose_headers", "expose_header"));
    let error = folder.fail(&[
        ("CORS_POLICIES_ADMIN_ALLOW_ORIGINS", "https://a.example, https://B.example"),
        ("CORS_POLICIES_ADMN_MAX_AGE", "1"),
    ]);
    for text in [
        "3 problems",
        "cors.toml: policies.public.expose_header: unknown key `expose_header`; did you mean `expose_headers`?",
        r#"CORS_POLICIES_ADMIN_ALLOW_ORIGINS[1]: "https://B.example" has upper case"#,
        r#"write "https://b.example""#,
        "CORS_POLICIES_ADMN_MAX_AGE: no policy has this name; the policies are `admin`, `public`",
    ] {
        assert!(error.contains(text), "{text}: {error}");
    }
    let error = Folder::empty().fail(&[]);
    assert!(error.contains("cors.toml: cannot be read"), "{error}");
}

#[test]
fn a_changed_file_is_followed_while_serving() {
    let folder = Folder::new(FILE);
    let process = folder.start(&[]);
    assert_public_for_everyone(&process);

    folder.write(&file_for_later());
    eventually_public_for(&process, LATER);
    assert_admin_for(&process, ADMIN, 3600);

    folder.replace(&edited(&file_for_later(), ADMIN, "https://console.example"));
    eventually("another console is allowed", || {
        process.send(&put_owner(ADMIN)).values("access-control-allow-origin").is_empty()
    });
    assert_public_for(&process, LATER);
    assert_admin_for(&process, "https://console.example", 3600);

    // The watch of the first file would have ended with it.
    folder.replace(&edited(&file_for_later(), LATER, ADMIN));
    eventually_public_for(&process, ADMIN);
    folder.delete();
    folder.write(&file_for_later());
    eventually_public_for(&process, LATER);
}

#[test]
fn a_linked_file_is_followed_when_the_link_to_its_directory_is_replaced() {
    let folder = Folder::empty();
    // The layout of a `ConfigMap` that Kubernetes mounts.
    for (version, text) in [("one", FILE), ("two", &file_for_later())] {
        fs::create_dir(folder.path().join(version)).unwrap();
        fs::write(folder.path().join(version).join("cors.toml"), text).unwrap();
    }
    symlink("one", folder.path().join("..data")).unwrap();
    symlink("..data/cors.toml", folder.file()).unwrap();
    let process = folder.start(&[]);
    assert_public_for_everyone(&process);

    symlink("two", folder.path().join("..data.new")).unwrap();
    fs::rename(folder.path().join("..data.new"), folder.path().join("..data")).unwrap();
    eventually_public_for(&process, LATER);
}

#[test]
fn a_wrong_file_changes_nothing_and_is_reported_with_location_and_fix() {
    let later = file_for_later();
    let half = &later[..later.find("[\"PUT\"").unwrap() + 4];
    // The policy `public` of each text is good, and differs from that of the service.
    let wrong: [(String, &[&str]); 9] = [
        (
            edited(&later, ADMIN, "https://Admin.example/"),
            &[
                r#"cors.toml: production.policies.admin.allow_origins[0]: "https://Admin.example/""#,
                r#"write "https://admin.example""#,
            ],
        ),
        (
            edited(&later, "[\"PUT\"]", "[\"DELETE\", \"put\"]"),
            &[r#"cors.toml: policies.admin.allow_methods[1]: "#, r#"write "PUT""#],
        ),
        (
            edited(&later, "allow_headers", "allow_header"),
            &[
                "cors.toml: policies.admin.allow_header: unknown key",
                "did you mean `allow_headers`?",
            ],
        ),
        (
            edited(&later, "allow_credentials = true", "allow_credentials = \"yes\""),
            &["cors.toml: policies.admin.allow_credentials: ", "expected `true` or `false`"],
        ),
        (
            edited(&later, "[policies.admin]", "[policy.admin]"),
            &["unknown field `policy`, expected one of `paths`, `policies`"],
        ),
        (
            edited(&later, "allow_credentials = true", "allow_credentials: true"),
            &["TOML parse error at line 19", "allow_credentials: true", "expected `=`"],
        ),
        (half.to_owned(), &["TOML parse error at line 17", "unclosed array, expected `]`"]),
        (
            edited(&later, "\"/admin\" = \"admin\"", "\"/admin\" = \"admins\""),
            &[
                r#"cors.toml: paths."/admin": no policy is named "admins"; write a table `[policies.admins]`"#,
            ],
        ),
        (String::new(), &[r#"cors.toml: paths: `/` has no policy; write `"/" = "…"`"#]),
    ];
    let folder = Folder::new(FILE);
    let process = folder.start(&[]);
    for (text, messages) in wrong {
        folder.write(&text);
        eventually_logs(&process, messages);
        assert_public_for_everyone(&process);
        assert_admin_for(&process, ADMIN, 3600);
    }
    folder.delete();
    eventually_logs(&process, &["cors.toml: cannot be read", "restore the file"]);
    assert_public_for_everyone(&process);
    assert_admin_for(&process, ADMIN, 3600);

    folder.write(&later);
    eventually_public_for(&process, LATER);
    assert_admin_for(&process, ADMIN, 3600);
}

#[test]
fn one_message_has_the_problems_of_all_policies() {
    let folder = Folder::new(FILE);
    let process = folder.start(&[]);
    let text = edited(&file_for_later(), LATER, "https://Later.example");
    folder.replace(&edited(&text, ADMIN, "*"));
    eventually_logs(
        &process,
        &[
            "the CORS settings have 2 problems:",
            "cors.toml: policies.public.allow_origins[0]: ",
            "cors.toml: production.policies.admin.allow_origins[0]: ",
        ],
    );
    assert_eq!(process.log().matches("the policies stay as they are").count(), 1);
}

#[test]
fn a_changed_path_is_logged_and_waits_for_the_next_start() {
    let folder = Folder::new(FILE);
    let process = folder.start(&[]);
    folder.write(&edited(&file_for_later(), "\"/admin\" = \"admin\"", "\"/items\" = \"admin\""));
    eventually_public_for(&process, LATER);
    eventually_logs(&process, &["`[paths]` has changed; start the service again"]);
    assert_admin_for(&process, ADMIN, 3600);

    let started_again = folder.start(&[]);
    started_again.send(&Request::get("/items").origin(ADMIN)).assert(200, admitted(ADMIN));
}
