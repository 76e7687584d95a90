//! Checks the policy that the arguments describe, and gives every problem its span.

use cors_actix_core::{PolicySpec, ProblemKind};
use syn::Error;

use crate::{args::Args, errors::or_errors};

/// Checks the policy.
///
/// # Errors
/// Every mistake in the arguments, and every problem of the policy.
pub(crate) fn policy(args: &Args) -> syn::Result<()> {
    let problems = if args.policy.is_some() { Vec::new() } else { problems(args) };
    or_errors((), args.errors.iter().cloned().chain(problems))
}

fn problems(args: &Args) -> Vec<Error> {
    let [origins, methods, headers, exposed] =
        [&args.allow_origins, &args.allow_methods, &args.allow_headers, &args.expose_headers]
            .map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
    let spec = PolicySpec {
        allow_origins: &origins,
        allow_methods: &methods,
        allow_headers: &headers,
        allow_credentials: args.allow_credentials,
        expose_headers: &exposed,
        max_age: args.max_age,
        preflight_status: args.preflight_status,
        timing_allow_origin: args.timing_allow_origin,
        danger_insecure_origins: args.danger_insecure_origins,
        danger_public_suffixes: args.danger_public_suffixes,
        same_origin: args.same_origin,
        enforce: args.enforce,
        predicate: false,
    };
    let problems = spec.check().err().unwrap_or_default();
    let problems = problems
        .into_iter()
        .filter(|problem| !(args.origins_unread && problem.kind == ProblemKind::NoOrigins));
    problems
        .map(|problem| {
            Error::new(args.span(problem.location), problem.kind.in_words_of_attribute())
        })
        .collect()
}
