//! Reads the arguments of `#[cors]` and `policy!`, and keeps every token's span. What is wrong with
//! their syntax is worded here and in [`word`](crate::word), what is wrong with the policy they
//! make, in the rule book.

use std::{fmt, str::FromStr};

use cors_actix_core::{Location, PolicyKey};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Error, Expr, ExprLit, Lit, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    spanned::Spanned as _,
};

use crate::word::{Name, Site, Word, missing_comma, ungroup};

/// The arguments, as far as they could be read.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) allow_credentials: bool,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) max_age: Option<u64>,
    pub(crate) preflight_status: Option<u16>,
    pub(crate) danger_insecure_origins: bool,
    pub(crate) danger_public_suffixes: bool,
    pub(crate) same_origin: bool,
    pub(crate) enforce: bool,
    pub(crate) policy: Option<Expr>,
    /// What could not be read.
    pub(crate) errors: Vec<Error>,
    /// Whether that may have said which origins are allowed.
    pub(crate) origins_unread: bool,
    names: Vec<Name>,
    values: Vec<(Location, Span)>,
}

impl Args {
    /// Reads all that can be read.
    pub(crate) fn parse(tokens: TokenStream, site: Site) -> Self {
        let mut args = Args::default();
        let read = |input: ParseStream<'_>| args.read(input, site);
        if let Err(error) = read.parse2(tokens) {
            args.errors.push(error);
        }
        if args.policy.is_some() {
            let others = args.names.iter().filter(|name| name.word != Word::Policy);
            args.errors.extend(others.map(|name| {
                let word = name.word;
                name.error(format!(
                    "`policy` stands alone; write `{word}` in the policy itself, or drop `policy`"
                ))
            }));
        }
        args
    }

    /// The tokens that stand at the location, or the nearest that contain it.
    pub(crate) fn span(&self, location: Location) -> Span {
        let value = self.values.iter().find(|(other, _)| *other == location);
        let name = || self.names.iter().find(|name| name.word == Word::PolicyKey(location.key));
        value
            .map(|(_, span)| *span)
            .or_else(|| name().map(|name| name.span))
            .unwrap_or_else(Span::call_site)
    }

    fn read(&mut self, input: ParseStream<'_>, site: Site) -> syn::Result<()> {
        while !input.is_empty() {
            if let Err(error) = self.read_entry(input, site) {
                self.errors.push(error);
                skip_to_comma(input)?;
            } else if !input.is_empty() && !input.peek(Token![,]) {
                if input.peek(Ident::peek_any) {
                    self.errors.push(missing_comma(input));
                    continue;
                }
                let message = "expected `,` and a key; several values are a list in brackets, \
                               such as `[\"content-type\", \"x-id\"]`";
                self.errors.push(input.error(message));
                skip_to_comma(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    }

    fn read_entry(&mut self, input: ParseStream<'_>, site: Site) -> syn::Result<()> {
        let name = self.read_name(input, site).inspect_err(|_| self.origins_unread = true)?;
        self.read_value(name, input)
            .inspect_err(|_| self.origins_unread |= name.word.tells_origins())
    }

    fn read_name(&mut self, input: ParseStream<'_>, site: Site) -> syn::Result<Name> {
        let name = Name::parse(input, site)?;
        if self.names.iter().any(|other| other.word == name.word) {
            return Err(name.error(format!("`{}` is written twice; keep one", name.word)));
        }
        self.names.push(name);
        Ok(name)
    }

    fn read_value(&mut self, name: Name, input: ParseStream<'_>) -> syn::Result<()> {
        let Word::PolicyKey(key) = name.word else {
            self.policy = Some(name.value(input)?);
            return Ok(());
        };
        match key {
            PolicyKey::AllowOrigins => self.allow_origins = self.list(key, name.value(input)?),
            PolicyKey::AllowMethods => self.allow_methods = self.list(key, name.value(input)?),
            PolicyKey::AllowHeaders => self.allow_headers = self.list(key, name.value(input)?),
            PolicyKey::ExposeHeaders => self.expose_headers = self.list(key, name.value(input)?),
            PolicyKey::AllowCredentials => self.allow_credentials = name.flag(input)?,
            PolicyKey::DangerInsecureOrigins => self.danger_insecure_origins = name.flag(input)?,
            PolicyKey::DangerPublicSuffixes => self.danger_public_suffixes = name.flag(input)?,
            PolicyKey::SameOrigin => self.same_origin = name.flag(input)?,
            PolicyKey::Enforce => self.enforce = name.flag(input)?,
            PolicyKey::MaxAge => self.max_age = Some(self.number(key, &name.value(input)?)?),
            PolicyKey::PreflightStatus => {
                self.preflight_status = Some(self.number(key, &name.value(input)?)?);
            }
            // An option that is newer than this crate, whose version is pinned.
            _ => return Err(name.error(format!("`{key}` is not supported here"))),
        }
        Ok(())
    }

    /// The texts of a list, without those that can't be read.
    fn list(&mut self, key: PolicyKey, value: Expr) -> Vec<String> {
        self.values.push((Location::key(key), value.span()));
        let items = match value {
            Expr::Array(array) => array.elems.into_iter().map(ungroup).collect(),
            one => vec![one],
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Some(text) = text(key, &item) {
                self.values.push((Location::item(key, texts.len()), item.span()));
                texts.push(text);
            } else {
                self.errors.push(Word::PolicyKey(key).mistyped(&item));
                self.origins_unread |= Word::PolicyKey(key).tells_origins();
            }
        }
        texts
    }

    fn number<N: FromStr<Err: fmt::Display>>(
        &mut self,
        key: PolicyKey,
        value: &Expr,
    ) -> syn::Result<N> {
        self.values.push((Location::key(key), value.span()));
        match value {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                number.base10_parse().map_err(|_| Word::PolicyKey(key).out_of_range(number))
            }
            _ => Err(Word::PolicyKey(key).mistyped(value)),
        }
    }
}

/// The text of a list's item: a string, or one of the bare words for a wildcard and for `null`.
fn text(key: PolicyKey, item: &Expr) -> Option<String> {
    match item {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Path(path) if path.path.is_ident("any") => Some("*".to_owned()),
        Expr::Path(path) if path.path.is_ident("null") && key == PolicyKey::AllowOrigins => {
            Some("null".to_owned())
        }
        _ => None,
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
