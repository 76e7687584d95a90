//! Reads the arguments of `#[cors]` and `policy!`, and keeps their spans for the errors that the check of
//! the policy finds.

use std::{fmt, str::FromStr};

use cors_actix_core::{Location, PolicyKey};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Error, Expr, ExprLit, Lit, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    spanned::Spanned as _,
};

use crate::keyword::{Invocation, Keyword, KeywordToken, missing_comma, ungroup};

/// The arguments of one invocation.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) allow_credentials: bool,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) max_age: Option<u64>,
    pub(crate) preflight_status: Option<u16>,
    pub(crate) timing_allow_origin: bool,
    pub(crate) danger_insecure_origins: bool,
    pub(crate) danger_public_suffixes: bool,
    pub(crate) same_origin: bool,
    pub(crate) enforce: bool,
    pub(crate) policy: Option<Expr>,
    /// Errors for the arguments that could not be read.
    pub(crate) errors: Vec<Error>,
    /// `true` if an argument that could not be read may allow origins.
    pub(crate) origins_unread: bool,
    keywords: Vec<KeywordToken>,
    values: Vec<(Location, Span)>,
}

impl Args {
    /// Reads all arguments that can be read.
    pub(crate) fn parse(tokens: TokenStream, invocation: Invocation) -> Self {
        let mut args = Args::default();
        let read = |input: ParseStream<'_>| args.read(input, invocation);
        if let Err(error) = read.parse2(tokens) {
            args.errors.push(error);
        }
        if args.policy.is_some() {
            let others = args.keywords.iter().filter(|token| token.keyword != Keyword::Policy);
            args.errors.extend(others.map(|token| {
                let keyword = token.keyword;
                token.error(format!(
                    "`policy` stands alone; write `{keyword}` in the policy itself, or drop `policy`"
                ))
            }));
        }
        args
    }

    /// Returns the span of the location, or of the keyword that the location belongs to.
    pub(crate) fn span(&self, location: Location) -> Span {
        let value = self.values.iter().find(|(other, _)| *other == location);
        let token =
            || self.keywords.iter().find(|token| token.keyword == Keyword::Key(location.key));
        value
            .map(|(_, span)| *span)
            .or_else(|| token().map(|token| token.span))
            .unwrap_or_else(Span::call_site)
    }

    fn read(&mut self, input: ParseStream<'_>, invocation: Invocation) -> syn::Result<()> {
        while !input.is_empty() {
            if let Err(error) = self.read_entry(input, invocation) {
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

    fn read_entry(&mut self, input: ParseStream<'_>, invocation: Invocation) -> syn::Result<()> {
        let token =
            self.read_keyword(input, invocation).inspect_err(|_| self.origins_unread = true)?;
        self.read_value(token, input)
            .inspect_err(|_| self.origins_unread |= token.keyword.allows_origins())
    }

    fn read_keyword(
        &mut self,
        input: ParseStream<'_>,
        invocation: Invocation,
    ) -> syn::Result<KeywordToken> {
        let token = KeywordToken::parse(input, invocation)?;
        if self.keywords.iter().any(|other| other.keyword == token.keyword) {
            return Err(token.error(format!("`{}` is written twice; keep one", token.keyword)));
        }
        self.keywords.push(token);
        Ok(token)
    }

    fn read_value(&mut self, token: KeywordToken, input: ParseStream<'_>) -> syn::Result<()> {
        let Keyword::Key(key) = token.keyword else {
            self.policy = Some(token.value(input)?);
            return Ok(());
        };
        match key {
            PolicyKey::AllowOrigins => self.allow_origins = self.list(key, token.value(input)?),
            PolicyKey::AllowMethods => self.allow_methods = self.list(key, token.value(input)?),
            PolicyKey::AllowHeaders => self.allow_headers = self.list(key, token.value(input)?),
            PolicyKey::ExposeHeaders => self.expose_headers = self.list(key, token.value(input)?),
            PolicyKey::AllowCredentials => self.allow_credentials = token.flag(input)?,
            PolicyKey::DangerInsecureOrigins => self.danger_insecure_origins = token.flag(input)?,
            PolicyKey::DangerPublicSuffixes => self.danger_public_suffixes = token.flag(input)?,
            PolicyKey::TimingAllowOrigin => self.timing_allow_origin = token.flag(input)?,
            PolicyKey::SameOrigin => self.same_origin = token.flag(input)?,
            PolicyKey::Enforce => self.enforce = token.flag(input)?,
            PolicyKey::MaxAge => self.max_age = Some(self.number(key, &token.value(input)?)?),
            PolicyKey::PreflightStatus => {
                self.preflight_status = Some(self.number(key, &token.value(input)?)?);
            }
            // `PolicyKey` is non-exhaustive; the pinned version of the core has no other key.
            _ => return Err(token.error(format!("unknown key `{key}`"))),
        }
        Ok(())
    }

    /// Returns the texts of a list, without the items that cannot be read.
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
                self.errors.push(Keyword::Key(key).mistyped(&item));
                self.origins_unread |= Keyword::Key(key).allows_origins();
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
                number.base10_parse().map_err(|_| Keyword::Key(key).out_of_range(number))
            }
            _ => Err(Keyword::Key(key).mistyped(value)),
        }
    }
}

/// Returns the text of a list's item: a string, `any`, or `null` among origins.
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
