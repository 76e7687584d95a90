//! The options of the compared policies.

use actix_web::http::Method;
use cors_actix::Policy;

const HEADERS: [&str; 12] = [
    "content-type",
    "x-a",
    "x-b",
    "x-c",
    "x-d",
    "x-e",
    "x-f",
    "x-g",
    "x-h",
    "x-i",
    "x-j",
    "x-request-id",
];

/// The options of a policy, from which a policy of this library and one of actix-cors are made.
pub(crate) struct Written {
    origins: Vec<String>,
    any: bool,
    credentials: bool,
}

impl Written {
    pub(crate) fn exact(count: usize) -> Self {
        let origins = (0..count).map(|number| format!("https://site{number}.example")).collect();
        Written { origins, any: false, credentials: true }
    }

    pub(crate) fn patterns(count: usize) -> Self {
        let origins = (0..count).map(|number| format!("https://*.site{number}.example")).collect();
        Written { origins, any: false, credentials: true }
    }

    pub(crate) fn any() -> Self {
        Written { origins: Vec::new(), any: true, credentials: false }
    }

    pub(crate) fn policy(&self) -> Policy {
        let mut builder = Policy::builder()
            .allow_methods([Method::PUT])
            .allow_headers(HEADERS)
            .allow_credentials(self.credentials)
            .max_age(600);
        builder = if self.any {
            builder.allow_origins(cors_actix::Any)
        } else {
            builder.allow_origins(self.origins.clone())
        };
        builder.build().unwrap_or_else(|_| Policy::same_origin())
    }

    pub(crate) fn actix_cors(&self) -> actix_cors::Cors {
        let mut cors = actix_cors::Cors::default()
            .allowed_methods(["GET", "PUT"])
            .allowed_headers(HEADERS)
            .max_age(600);
        if self.any {
            return cors.allow_any_origin().send_wildcard();
        }
        cors = cors.supports_credentials();
        let (patterns, exact): (Vec<_>, Vec<_>) =
            self.origins.iter().partition(|origin| origin.contains('*'));
        for origin in exact {
            cors = cors.allowed_origin(origin);
        }
        if !patterns.is_empty() {
            let suffixes: Vec<_> = patterns
                .iter()
                .map(|pattern| pattern.replace("https://*", "").into_bytes())
                .collect();
            cors = cors.allowed_origin_fn(move |origin, _| {
                suffixes.iter().any(|suffix| origin.as_bytes().ends_with(suffix))
            });
        }
        cors
    }
}
