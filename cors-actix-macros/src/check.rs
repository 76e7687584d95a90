//! Holds the arguments against the rule book, and gives every problem its span.

use cors_actix_core::{PolicySpec, ProblemKind};
use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::Error;

use crate::{args::Args, errors::unless, expand, word::Site};

/// Reads and checks the arguments. Returns an expression for the policy, constant unless it is the
/// user's own.
pub(crate) fn policy(tokens: TokenStream, site: Site) -> syn::Result<TokenStream> {
    let args = Args::parse(tokens, site);
    let (policy, problems) = match &args.policy {
        Some(expression) => (expression.to_token_stream(), Vec::new()),
        None => spelt_out(&args),
    };
    unless(policy, args.errors.into_iter().chain(problems))
}

fn spelt_out(args: &Args) -> (TokenStream, Vec<Error>) {
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
        danger_insecure_origins: args.danger_insecure_origins,
        danger_public_suffixes: args.danger_public_suffixes,
        same_origin: args.same_origin,
        enforce: args.enforce,
        predicate: false,
    };
    let problems = spec.check().err().unwrap_or_default();
    let errors = problems
        .into_iter()
        .filter(|problem| !(args.origins_unread && problem.kind == ProblemKind::NoOrigins))
        .map(|problem| Error::new(args.span(problem.location), problem));
    (expand::policy(&spec), errors.collect())
}
