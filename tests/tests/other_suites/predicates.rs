//! The predicates on origins that the rows name. They say the same as functions, regular expressions and
//! hooks of other libraries.

use actix_web::http::header::{AUTHORIZATION, HeaderName, USER_AGENT};
use cors_actix::PolicyBuilder;

/// Adds the predicate of this name to the policy.
pub(crate) fn add(policy: PolicyBuilder, name: &str) -> PolicyBuilder {
    match name {
        "always" => policy.allow_origins_if(|_, _| true),
        "never" => policy.allow_origins_if(|_, _| false),
        "scheme is https" => policy.allow_origins_if(|origin, _| origin.scheme() == "https"),
        "host starts with foo" => {
            policy.allow_origins_if(|origin, _| origin.host().starts_with("foo"))
        }
        "host ends with .unknown.com" => {
            policy.allow_origins_if(|origin, _| origin.host().ends_with(".unknown.com"))
        }
        "host starts with foo, and the request is authorized" => policy
            .allow_origins_if(|origin, head| {
                let authorized =
                    head.headers().get(AUTHORIZATION).is_some_and(|value| value == "secret");
                origin.host().starts_with("foo") && authorized
            })
            .predicates_read([AUTHORIZATION]),
        "the request has DNT" => policy
            .allow_origins_if(|_, head| head.headers().contains_key("dnt"))
            .predicates_read([HeaderName::from_static("dnt")]),
        "the request has X-OK" => policy
            .allow_origins_if(|_, head| head.headers().contains_key("x-ok"))
            .predicates_read([HeaderName::from_static("x-ok")]),
        "path starts with /api/" => {
            policy.allow_origins_if(|_, head| head.uri.path().starts_with("/api/"))
        }
        "origin is http://example.com, asynchronous" => {
            policy.allow_origins_if_async(|origin, _| {
                let is_example = origin.as_str() == "http://example.com";
                async move { is_example }
            })
        }
        "origin is https://allowed-host" => {
            policy.allow_origins_if(|origin, _| origin.as_str() == "https://allowed-host")
        }
        "host is host.com or host.org" => {
            policy.allow_origins_if(|origin, _| matches!(origin.host(), "host.com" | "host.org"))
        }
        "host ends with 10.10.10.10, port is 3000" => policy.allow_origins_if(|origin, _| {
            origin.host().ends_with("10.10.10.10") && origin.as_str().ends_with(":3000")
        }),
        "origin is http://10.10.10.10:3000, the agent is test-agent" => policy
            .allow_origins_if(|origin, head| {
                let agent =
                    head.headers().get(USER_AGENT).is_some_and(|value| value == "test-agent");
                origin.as_str() == "http://10.10.10.10:3000" && agent
            })
            .predicates_read([USER_AGENT]),
        "host is in 192.168.0.0/24" => {
            policy.allow_origins_if(|origin, _| origin.host().starts_with("192.168.0."))
        }
        "host is example and a number, under .com" => policy.allow_origins_if(|origin, _| {
            let number = origin.host().strip_prefix("example");
            let number = number.and_then(|rest| rest.strip_suffix(".com")).unwrap_or_default();
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        }),
        other => panic!("no predicate {other:?}"),
    }
}
