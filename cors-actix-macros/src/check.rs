//! Holds the arguments against the rule book, and gives every problem its span.

use cors_actix_core::{PolicySpec, ProblemKind};
use proc_macro2::TokenStream;
use syn::Error;

use crate::{
    args::{Args, Site, combine},
    expand,
};

/// The tokens of a policy.
pub(crate) fn policy(tokens: TokenStream) -> syn::Result<TokenStream> {
    let args = args(tokens, Site::Policy)?;
    Ok(expand::policy(&args))
}

/// The arguments, if nothing at all is wrong with them.
pub(crate) fn args(tokens: TokenStream, site: Site) -> syn::Result<Args> {
    let (args, mut errors) = Args::parse(tokens, site);
    if args.policy.is_none() {
        let misread = !errors.is_empty();
        errors.extend(problems(&args, misread));
    }
    combine(errors).map_or(Ok(args), Err)
}

fn problems(args: &Args, misread: bool) -> Vec<Error> {
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
    problems
        .into_iter()
        // Origins that could not be read are not missing.
        .filter(|problem| !(misread && problem.kind == ProblemKind::NoOrigins))
        .map(|problem| Error::new(args.span(problem.place), problem))
        .collect()
}
