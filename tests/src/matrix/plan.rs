//! Random policies.

use std::sync::LazyLock;

use actix_web::http::Method;
use cors_actix::{Any, Policy};
use fastrand::Rng;

use super::situation::{Page, SEED, pick};

/// The number of random policies.
pub const COUNT: usize = 40;

/// The index of a policy that is not random: any origin, method and header.
pub const OPEN: usize = COUNT;

/// The index of a policy like [`OPEN`] that also allows `Authorization`.
pub const OPEN_TO_ALL: usize = COUNT + 1;

/// The index of the policy for the listed origin, with credentials.
pub const OURS: usize = COUNT + 2;

/// The index of the policy for the listed origin, with credentials and any header.
pub const ECHO: usize = COUNT + 3;

/// A policy before it is built.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The allowed origins. An empty list means `same_origin`.
    pub origins: Vec<&'static str>,
    /// `true` if credentials are allowed.
    pub credentials: bool,
    /// The allowed methods, without the safelisted methods.
    pub methods: Vec<&'static str>,
    /// The allowed request headers.
    pub headers: Vec<&'static str>,
    /// The exposed response headers.
    pub exposed: Vec<&'static str>,
    /// The time for which preflights are cached, in seconds.
    pub max_age: Option<u64>,
    /// The status of a granted preflight.
    pub status: Option<u16>,
}

impl Plan {
    /// Builds the policy.
    ///
    /// # Panics
    /// If the policy does not build.
    pub fn policy(&self) -> Policy {
        if self.origins.is_empty() {
            return Policy::same_origin();
        }
        let builder = Policy::builder().allow_credentials(self.credentials);
        let builder = builder.danger_insecure_origins(self.credentials);
        let builder = self.origins.iter().fold(builder, |builder, &name| match name {
            "*" => builder.allow_origins(Any),
            name => builder.allow_origins([name]),
        });
        let builder = self.methods.iter().fold(builder, |builder, &name| match name {
            "*" => builder.allow_methods(Any),
            name => builder.allow_methods([Method::from_bytes(name.as_bytes()).expect("a token")]),
        });
        let builder = self.headers.iter().fold(builder, |builder, &name| match name {
            "*" => builder.allow_headers(Any),
            name => builder.allow_headers([name]),
        });
        let builder = self.exposed.iter().fold(builder, |builder, &name| match name {
            "*" => builder.expose_headers(Any),
            name => builder.expose_headers([name]),
        });
        let builder = match self.max_age {
            Some(seconds) => builder.max_age(seconds),
            None => builder,
        };
        let builder = match self.status {
            Some(status) => builder.preflight_status(status.try_into().expect("a status")),
            None => builder,
        };
        builder.build().unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }
}

/// Returns all policies.
pub fn all() -> &'static [Plan] {
    static ALL: LazyLock<Vec<Plan>> = LazyLock::new(draw);
    &ALL
}

fn draw() -> Vec<Plan> {
    let mut rng = Rng::with_seed(SEED);
    let drawn = (0..COUNT).map(|_| plan(&mut rng));
    let open = Plan {
        origins: vec!["*"],
        credentials: false,
        methods: vec!["*"],
        headers: vec!["*"],
        exposed: Vec::new(),
        max_age: Some(600),
        status: None,
    };
    let open_to_all = Plan { headers: vec!["*", "authorization"], ..open.clone() };
    let origins = vec![Page::Listed.origin()];
    let echo = Plan { origins, credentials: true, methods: vec!["PUT"], ..open.clone() };
    let ours = Plan { headers: Vec::new(), ..echo.clone() };
    drawn.chain([open, open_to_all, ours, echo]).collect()
}

fn plan(rng: &mut Rng) -> Plan {
    let listed = Page::Listed.origin();
    let with_credentials: [&[&str]; 5] = [
        &[listed],
        &[listed],
        &["https://*.eu.shop.test"],
        &[listed, "https://*.eu.shop.test", Page::Stranger.origin()],
        &["https://app.shop.test:*", Page::Scheme.origin()],
    ];
    let without: [&[&str]; 5] =
        [&["*"], &["*"], &["null"], &[listed, "null", Page::Scheme.origin()], &[]];
    let credentials = rng.u8(..5) < 2;
    let origins = match credentials || rng.u8(..4) == 0 {
        true => pick(rng, &with_credentials),
        false => pick(rng, &without),
    };
    let methods: &[&str] = pick(
        rng,
        &[&[], &["PUT"], &["PUT", "PATCH", "DELETE"], &["DELETE", "PURGE"], &["*"], &["patch"]],
    );
    let headers: &[&str] = pick(
        rng,
        &[
            &[],
            &["content-type"],
            &["x-a", "x-b"],
            &["authorization", "content-type", "x-a", "accept"],
            &["*"],
            &["*", "authorization"],
            &["range", "x-b"],
        ],
    );
    let exposed: &[&str] = pick(rng, &[&[], &["x-one"], &["x-one", "x-two", "etag"], &["*"]]);
    let exposed = if credentials && exposed == ["*"] { &["x-two"] } else { exposed };
    Plan {
        origins: origins.to_vec(),
        credentials: credentials && !origins.is_empty(),
        methods: methods.to_vec(),
        headers: headers.to_vec(),
        exposed: exposed.to_vec(),
        max_age: pick(rng, &[None, Some(0), Some(600), Some(600)]),
        status: pick(rng, &[None, None, Some(200)]),
    }
}
