//! The keys of a policy, in the attribute and in the macro.

static EVERY_KEY: Policy = policy! {
    allow_origins = ["https://app.example.com", null, "http://localhost:*"],
    allow_methods = ["PUT", "DELETE"],
    allow_headers = [any, "authorization"],
    allow_credentials = false,
    expose_headers = any,
    max_age = 3600,
    preflight_status = 200,
    timing_allow_origin,
    danger_insecure_origins = true,
    danger_public_suffixes,
    enforce,
    crate = crate::other::cors_actix,
};

static ONE_IN_A_LIST: Policy = policy! { allow_origins = "https://app.example.com", allow_credentials = true };

static SAME_ORIGIN: Policy = policy! { same_origin, enforce = true };

static RAW: Policy = policy! { r#allow_origins = any, crate = "::my_web::cors_actix" };

#[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
#[get("/")]
async fn literals() -> String {}

#[cors(allow_origins = ["https://app.example.com", APP], allow_headers = ["x-id", HEADER])]
#[get("/")]
async fn constants() -> String {}

#[cors(policy = partners(1, "a"))]
#[get("/")]
async fn elsewhere() -> String {}

#[cors(crate = my_web::cors_actix, policy = POLICY)]
#[get("/")]
async fn under_another_name() -> String {}
