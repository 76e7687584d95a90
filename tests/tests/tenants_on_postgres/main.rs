//! The example `tenants` on PostgreSQL: two processes on one database follow each other's changes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod postgres;
mod process;

use cors_actix_tests::process::eventually;

use self::{
    postgres::{Postgres, Reach},
    process::Process,
};

const SHOP: &str = "https://shop.example";
const LATER: &str = "https://later.example";
const OTHER: &str = "https://other.example";

#[track_caller]
fn eventually_allow(processes: &[Process], origin: &str) {
    for process in processes {
        eventually(&format!("{origin} is allowed"), || process.allows(origin));
    }
}

#[track_caller]
fn assert_none_allows(processes: &[Process], origin: &str) {
    for process in processes {
        assert!(!process.allows(origin), "{origin} is allowed");
    }
}

/// Selects from the connections of the processes that wait for notifications.
#[track_caller]
fn of_listeners(postgres: &Postgres, what: &str) -> String {
    let listeners = "pg_stat_activity WHERE query LIKE 'LISTEN %' AND state = 'idle'";
    postgres.sql(&format!("SELECT {what} FROM {listeners}"))
}

#[test]
fn an_origin_added_through_one_process_is_allowed_by_the_other() {
    let postgres = Postgres::start();
    let processes = Process::start_two(&postgres.url());
    let [one, two] = &processes;
    assert_none_allows(&processes, SHOP);

    one.add(SHOP).assert_closed(204);
    assert!(one.allows(SHOP), "the process that answers has applied the change");
    eventually_allow(&processes, SHOP);

    two.add(LATER).assert_closed(204);
    assert!(two.allows(LATER), "the process that answers has applied the change");
    eventually_allow(&processes, LATER);
    assert_none_allows(&processes, OTHER);

    postgres.sql("DELETE FROM origin WHERE text = 'https://shop.example'; NOTIFY origins");
    eventually("the origin is denied", || !one.allows(SHOP) && !two.allows(SHOP));
    assert!(one.allows(LATER) && two.allows(LATER));
}

#[test]
fn an_invalid_origin_is_answered_with_the_repaired_text_and_changes_nothing() {
    let postgres = Postgres::start();
    let processes = Process::start_two(&postgres.url());
    let [one, two] = &processes;
    one.add(LATER).assert_closed(204);

    let denied = one.add("https://Shop.example/");
    denied.assert_closed(422);
    assert!(denied.text().contains(r#"write "https://shop.example""#), "{}", denied.text());
    two.add("*").assert_closed(422);

    assert_eq!(postgres.sql("SELECT tenant, text FROM origin"), format!("7|{LATER}"));
    // Once a later change has arrived, an earlier one would have too.
    one.add(OTHER).assert_closed(204);
    eventually_allow(&processes, OTHER);
    assert_none_allows(&processes, SHOP);
    assert_none_allows(&processes, "https://unknown.example");
}

#[test]
fn a_change_made_while_the_server_was_out_of_reach_is_caught_up() {
    let mut postgres = Postgres::start();
    let processes = Process::start_two(&postgres.url());
    let [one, two] = &processes;
    one.add(SHOP).assert_closed(204);
    eventually_allow(&processes, SHOP);

    postgres.kill();
    assert!(one.allows(SHOP) && two.allows(SHOP), "the last policy stays");
    one.add(OTHER).assert_closed(500);
    assert!(!one.allows(OTHER));

    postgres.serve(Reach::Nobody);
    postgres.sql("INSERT INTO origin VALUES (8, 'https://later.example')");
    postgres.sql("DELETE FROM origin WHERE text = 'https://shop.example'");
    assert!(one.allows(SHOP) && two.allows(SHOP));
    assert_none_allows(&processes, LATER);
    postgres.kill();

    postgres.serve(Reach::Loopback);
    eventually_allow(&processes, LATER);
    assert_none_allows(&processes, SHOP);
    two.add(OTHER).assert_closed(204);
    eventually_allow(&processes, OTHER);
}

#[test]
fn a_change_without_notification_is_caught_up_when_a_lost_connection_is_replaced() {
    let postgres = Postgres::start();
    let processes = Process::start_two(&postgres.url());
    eventually("both processes listen", || of_listeners(&postgres, "count(*)") == "2");
    postgres.sql("INSERT INTO origin VALUES (8, 'https://later.example')");
    assert_eq!(of_listeners(&postgres, "pg_terminate_backend(pid)"), "t\nt");
    eventually_allow(&processes, LATER);
    postgres.sql("INSERT INTO origin VALUES (8, 'https://other.example'); NOTIFY origins");
    eventually_allow(&processes, OTHER);
}

#[test]
fn a_bad_row_is_logged_and_skipped() {
    let postgres = Postgres::start();
    // A table of another program, which allows more than the example's own.
    postgres.sql("CREATE TABLE origin (tenant BIGINT, text TEXT)");
    postgres.sql(
        "INSERT INTO origin VALUES \
         (1, 'https://Bad.example/'), (2, '*'), (3, NULL), (4, 'https://shop.example')",
    );
    let processes = Process::start_two(&postgres.url());
    for process in &processes {
        assert!(process.allows(SHOP));
        eventually("the problems are logged", || {
            let log = process.log();
            let is_logged = |text| log.contains(text);
            is_logged(r#"write "https://bad.example""#)
                && is_logged("`Any` already allows every origin")
                && is_logged("a row that is not text is skipped")
        });
    }
    assert_none_allows(&processes, "https://bad.example");
    assert_none_allows(&processes, OTHER);

    postgres.sql(
        "INSERT INTO origin VALUES (5, 'not an origin'), (6, 'https://later.example'); \
         NOTIFY origins",
    );
    eventually_allow(&processes, LATER);
    for process in &processes {
        eventually("the problem is logged", || process.log().contains("not an origin"));
        assert!(process.allows(SHOP));
    }
    let [one, _] = &processes;
    one.add(OTHER).assert_closed(204);
    eventually_allow(&processes, OTHER);
}

#[test]
fn a_process_that_listens_ends_without_an_error() {
    let postgres = Postgres::start();
    let processes = Process::start_two(&postgres.url());
    eventually("both processes listen", || of_listeners(&postgres, "count(*)") == "2");
    for process in processes {
        process.stop();
    }
    eventually("nobody listens", || of_listeners(&postgres, "count(*)") == "0");
}
