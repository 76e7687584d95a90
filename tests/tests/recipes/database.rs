//! A list of origins in a database: empty, with bad rows, and changed while the service runs.

use actix_web::{App, test, web};
use cors_actix::{Policy, ProblemKind};
use cors_actix_browser::{Browser, Credentials::Include, Fetch, Target};
use cors_actix_examples::recipes::database::Origins;

const SHOP: &str = "https://shop.example";
const CAFE: &str = "https://cafe.example";

const ROWS: [&str; 5] = [SHOP, "", "https://Shop.example/", "null", CAFE];

/// Starts an app with the list.
macro_rules! start {
    ($origins:expr) => {
        test::init_service(
            App::new().wrap($origins.layer()).default_service(web::to(async || "orders")),
        )
        .await
    };
}

async fn can_read(app: &impl Target, page: &str) -> bool {
    Browser::at(page).fetch(app, Fetch::get("/").credentials(Include)).await.is_readable()
}

#[actix_web::test]
async fn without_rows_the_service_starts_and_allows_no_other_origin() {
    let no_rows: [&str; 0] = [];
    let (origins, problems) = Origins::new(&no_rows).unwrap();
    assert!(matches!(problems[..], [ref only] if only.kind == ProblemKind::NoOrigins));
    let app = start!(origins);
    assert!(!can_read(&app, SHOP).await);
    let own = Browser::at("https://api.test").fetch(&app, "/").await;
    own.assert_status(200);

    // The same rows without `build_lossy`: the service does not start.
    assert!(Policy::builder().allow_origins(no_rows).build().is_err());
}

#[actix_web::test]
async fn bad_rows_are_left_out_and_reported_by_their_place() {
    let (origins, problems) = Origins::new(&ROWS).unwrap();
    let places: Vec<_> = problems.iter().map(|problem| problem.location.to_string()).collect();
    assert_eq!(places, ["allow_origins[1]", "allow_origins[2]", "allow_origins[3]"]);
    let text = problems[1].to_string();
    assert!(text.contains(r#"write "https://shop.example""#), "{text}");
    let app = start!(origins);
    assert!(can_read(&app, SHOP).await);
    assert!(can_read(&app, CAFE).await);
    assert!(!can_read(&app, "https://other.example").await);
    let sandbox = Browser::sandboxed().fetch(&app, Fetch::get("/").credentials(Include)).await;
    sandbox.assert_blocked();

    assert!(Policy::builder().allow_origins(ROWS).allow_credentials(true).build().is_err());
}

#[actix_web::test]
async fn a_changed_list_applies_from_the_next_request_on() {
    let (origins, _) = Origins::new(&[SHOP]).unwrap();
    let app = start!(origins);
    assert!(!can_read(&app, CAFE).await);
    assert_eq!(origins.replace(&[CAFE.to_owned()]).unwrap(), []);
    assert!(can_read(&app, CAFE).await);
    assert!(!can_read(&app, SHOP).await);
    let no_rows: [&str; 0] = [];
    origins.replace(&no_rows).unwrap();
    assert!(!can_read(&app, CAFE).await);
}
