//! Checks the policy that the arguments describe, and gives every problem its span.

use cors_actix_core::{PolicySpec, ProblemKind};
use syn::Error;

use crate::{
    args::Args,
    errors::or_errors,
    value::{List, Value},
};

/// Checks the policy.
///
/// # Errors
/// Every mistake in the arguments, and every problem of the policy.
pub(crate) fn policy(args: &Args) -> syn::Result<()> {
    let problems = if args.policy.is_some() { Vec::new() } else { problems(args) };
    or_errors((), args.errors.iter().cloned().chain(problems))
}

/// Returns the problems that the policy has whatever the values of its constants are. The values assumed
/// instead of them add no problem.
fn problems(args: &Args) -> Vec<Error> {
    let [origins, methods, headers, exposed] = [
        (&args.allow_origins, "https://constant.example"),
        (&args.allow_methods, "CONSTANT"),
        (&args.allow_headers, "x-constant"),
        (&args.expose_headers, "x-constant"),
    ]
    .map(|(list, assumed)| texts(list, assumed));
    let spec = PolicySpec {
        allow_origins: &origins,
        allow_methods: &methods,
        allow_headers: &headers,
        allow_credentials: args.allow_credentials.literal_or(false),
        expose_headers: &exposed,
        max_age: args.max_age.as_ref().map(|value| value.literal_or(0)),
        preflight_status: args.preflight_status.as_ref().map(|value| value.literal_or(204)),
        timing_allow_origin: args.timing_allow_origin.literal_or(false),
        danger_insecure_origins: args.danger_insecure_origins.literal_or(true),
        danger_public_suffixes: args.danger_public_suffixes.literal_or(true),
        same_origin: args.same_origin.literal_or(false),
        enforce: args.enforce.literal_or(false),
        predicate: false,
    };
    let problems = spec.check().err().unwrap_or_default();
    let origins_unknown = args.origins_unread || args.same_origin.is_constant();
    let problems = problems
        .into_iter()
        .filter(|problem| !(origins_unknown && problem.kind == ProblemKind::NoOrigins));
    problems
        .map(|problem| {
            Error::new(args.span(problem.location), problem.kind.in_words_of_attribute())
        })
        .collect()
}

fn texts<'a>(list: &'a List, assumed: &'a str) -> Vec<&'a str> {
    let items = match list {
        List::Items(items) => items,
        List::Constant(_) => return vec![assumed],
    };
    let text = |item: &'a Value<String>| match item {
        Value::Literal(text) => text,
        Value::Constant(_) => assumed,
    };
    items.iter().map(text).collect()
}
