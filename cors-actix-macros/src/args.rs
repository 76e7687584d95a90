//! Reads the arguments of `#[cors]` and `policy!`, and keeps every token's span. All that is wrong
//! with their syntax is worded here; what is wrong with the policy they make, in the rule book.

use std::fmt;

use cors_actix_core::{Key, Place};
use proc_macro2::{Span, TokenStream};
use syn::{
    Error, Expr, ExprLit, Ident, Lit, Token,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _},
    spanned::Spanned as _,
};

/// Where the arguments are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Attribute,
    Policy,
}

/// A key as it may be written: a word of the policy vocabulary, or the attribute's own `policy`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Key(Key),
    Policy,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Key(key) => key.fmt(f),
            Word::Policy => f.write_str("policy"),
        }
    }
}

/// The arguments, with a span for every place.
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
    keys: Vec<(Word, Span)>,
    spans: Vec<(Place, Span)>,
}

impl Args {
    /// The tokens that stand at the place, or the nearest that contain it.
    pub(crate) fn span(&self, place: Place) -> Span {
        let exact = self.spans.iter().find(|(other, _)| *other == place);
        let key = || self.keys.iter().find(|(word, _)| *word == Word::Key(place.key));
        exact
            .map(|(_, span)| *span)
            .or_else(|| key().map(|(_, span)| *span))
            .unwrap_or_else(Span::call_site)
    }

    /// Reads all that can be read, and collects what can't.
    pub(crate) fn parse(tokens: TokenStream, site: Site) -> (Args, Vec<Error>) {
        let mut args = Args::default();
        let mut errors = Vec::new();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = args.parse_entry(input, site) {
                    errors.extend(error);
                    skip_to_comma(input)?;
                }
                if input.parse::<Option<Token![,]>>()?.is_none() && !input.is_empty() {
                    errors.push(input.error("expected `,` between the keys"));
                    skip_to_comma(input)?;
                    input.parse::<Option<Token![,]>>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = read.parse2(tokens) {
            errors.push(error);
        }
        errors.extend(args.policy_beside_others());
        (args, errors)
    }

    fn parse_entry(&mut self, input: ParseStream<'_>, site: Site) -> syn::Result<()> {
        let name = Ident::parse_any(input).map_err(|error| {
            Error::new(
                error.span(),
                "expected a key, such as `allow_origins = [\"https://app.example.com\"]`",
            )
        })?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse::<Expr>().map_err(|error| expected_value(&name, &error))?),
            None => None,
        };
        let word = find_word(&name, site)?;
        if self.keys.iter().any(|(other, _)| *other == word) {
            return Err(Error::new(name.span(), format!("`{word}` is written twice; keep one")));
        }
        self.keys.push((word, name.span()));
        match word {
            Word::Policy => {
                self.policy = Some(required(&name, value, "a policy, such as `policy = PARTNERS`")?)
            }
            Word::Key(key) => self.read(key, &name, value)?,
        }
        Ok(())
    }

    fn read(&mut self, key: Key, name: &Ident, value: Option<Expr>) -> syn::Result<()> {
        match key {
            Key::AllowOrigins => self.allow_origins = self.list(key, name, value)?,
            Key::AllowMethods => self.allow_methods = self.list(key, name, value)?,
            Key::AllowHeaders => self.allow_headers = self.list(key, name, value)?,
            Key::ExposeHeaders => self.expose_headers = self.list(key, name, value)?,
            Key::AllowCredentials => self.allow_credentials = flag(name, value)?,
            Key::DangerInsecureOrigins => self.danger_insecure_origins = flag(name, value)?,
            Key::DangerPublicSuffixes => self.danger_public_suffixes = flag(name, value)?,
            Key::SameOrigin => self.same_origin = flag(name, value)?,
            Key::Enforce => self.enforce = flag(name, value)?,
            Key::MaxAge => {
                self.max_age =
                    Some(self.number(key, name, value, "a number of seconds, such as 3600")?);
            }
            Key::PreflightStatus => {
                self.preflight_status =
                    Some(self.number(key, name, value, "a status from 200 to 299, such as 204")?);
            }
        }
        Ok(())
    }

    fn list(&mut self, key: Key, name: &Ident, value: Option<Expr>) -> syn::Result<Vec<String>> {
        let value = required(name, value, "`any` or a list of strings, such as `[\"…\", \"…\"]`")?;
        let items = match ungroup(value) {
            Expr::Array(array) => array.elems.into_iter().map(ungroup).collect(),
            one => vec![one],
        };
        let mut texts = Vec::with_capacity(items.len());
        let mut wrong = Vec::new();
        for item in items {
            match text(key, &item) {
                Some(text) => {
                    self.spans.push((Place::item(key, texts.len()), item.span()));
                    texts.push(text);
                }
                None => wrong.push(Error::new(
                    item.span(),
                    format!("an item of `{key}` is a string literal or `any`"),
                )),
            }
        }
        combine(wrong).map_or(Ok(texts), Err)
    }

    fn number<N>(
        &mut self,
        key: Key,
        name: &Ident,
        value: Option<Expr>,
        expected: &str,
    ) -> syn::Result<N>
    where
        N: std::str::FromStr<Err: fmt::Display>,
    {
        let value = ungroup(required(name, value, expected)?);
        self.spans.push((Place::key(key), value.span()));
        if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &value
            && let Ok(number) = number.base10_parse()
        {
            return Ok(number);
        }
        Err(Error::new(value.span(), format!("`{name}` is {expected}")))
    }

    fn policy_beside_others(&self) -> Vec<Error> {
        if self.policy.is_none() {
            return Vec::new();
        }
        let others = self.keys.iter().filter(|(word, _)| *word != Word::Policy);
        others
            .map(|(word, span)| {
                let message = format!(
                    "`policy` stands alone; write `{word}` in the policy itself, or drop `policy`"
                );
                Error::new(*span, message)
            })
            .collect()
    }
}

fn find_word(name: &Ident, site: Site) -> syn::Result<Word> {
    let written = name.unraw().to_string();
    let keys = Key::ALL.map(Word::Key).into_iter().chain([Word::Policy]);
    let words: Vec<_> = keys
        .filter(|word| match site {
            Site::Attribute => *word != Word::Key(Key::AllowMethods),
            Site::Policy => *word != Word::Policy,
        })
        .collect();
    if let Some(word) = words.iter().find(|word| word.to_string() == written) {
        return Ok(*word);
    }
    let message = if written == Key::AllowMethods.as_str() {
        "the methods of a handler are those of its route attribute; drop `allow_methods`".to_owned()
    } else if let Some(meant) = nearest(&written, &words) {
        format!("unknown key `{written}`; did you mean `{meant}`?")
    } else {
        let all: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        format!("unknown key `{written}`; the keys are {}", all.join(", "))
    };
    Err(Error::new(name.span(), message))
}

/// The key that was probably meant: a misspelling, or the word of another library.
fn nearest(written: &str, words: &[Word]) -> Option<Word> {
    const SIMILAR: f64 = 0.8;
    let similarity = |word: &Word| {
        let key = word.to_string();
        let stem = key.trim_start_matches("allow_").trim_start_matches("expose_");
        strsim::jaro_winkler(written, &key).max(strsim::jaro_winkler(written, stem))
    };
    let (word, similarity) = words
        .iter()
        .map(|word| (*word, similarity(word)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    (similarity >= SIMILAR).then_some(word)
}

fn required(name: &Ident, value: Option<Expr>, expected: &str) -> syn::Result<Expr> {
    value.ok_or_else(|| Error::new(name.span(), format!("`{name}` needs a value: {expected}")))
}

fn expected_value(name: &Ident, error: &Error) -> Error {
    Error::new(error.span(), format!("`{name}` has a malformed value: {error}"))
}

fn flag(name: &Ident, value: Option<Expr>) -> syn::Result<bool> {
    match value.map(ungroup) {
        None => Ok(true),
        Some(Expr::Lit(ExprLit { lit: Lit::Bool(flag), .. })) => Ok(flag.value),
        Some(other) => {
            Err(Error::new(other.span(), format!("`{name}` stands alone, or is `true` or `false`")))
        }
    }
}

/// The text of a list's item: a string, or one of the bare words for a wildcard and for `null`.
fn text(key: Key, item: &Expr) -> Option<String> {
    match item {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Path(path) if path.path.is_ident("any") => Some("*".to_owned()),
        Expr::Path(path) if path.path.is_ident("null") && key == Key::AllowOrigins => {
            Some("null".to_owned())
        }
        _ => None,
    }
}

/// Removes the invisible groups that a `macro_rules!` macro leaves around what it passes on.
fn ungroup(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungroup(*group.expr),
        other => other,
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// All the errors as one, in order.
pub(crate) fn combine(errors: Vec<Error>) -> Option<Error> {
    errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    })
}
