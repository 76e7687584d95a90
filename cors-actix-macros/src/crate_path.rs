//! The path that generated code finds `cors_actix` under: `::cors_actix`, or the value of `crate`.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _, quote_spanned};
use syn::{
    Expr, ExprLit, Lit, Path, Token,
    parse::{Parse, ParseStream},
    parse_quote,
    spanned::Spanned as _,
};

use crate::keyword::Keyword;

/// The path of `cors_actix`, as it is written in one module.
#[derive(Clone)]
pub(crate) struct CratePath {
    path: Path,
    /// A span at the path: the compiler reports there that the path leads nowhere.
    there: Span,
}

impl Default for CratePath {
    fn default() -> Self {
        let there = Span::call_site();
        let mut path = Path::from(Ident::new("cors_actix", there));
        path.leading_colon = Some(Token![::](there));
        CratePath { path, there }
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.path.to_tokens(tokens);
    }
}

impl CratePath {
    /// Returns the path that is the value of `crate`, or of a string as in serde.
    pub(crate) fn read(value: &Expr) -> syn::Result<Self> {
        let path = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                text.parse_with(Path::parse_mod_style).ok()
            }
            Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
            _ => None,
        };
        let is_plain =
            |path: &Path| path.segments.iter().all(|segment| segment.arguments.is_none());
        let path = path.filter(is_plain).ok_or_else(|| Keyword::Crate.mistyped(value));
        path.map(CratePath::new)
    }

    fn new(path: Path) -> Self {
        let there = Span::call_site().located_at(path.span());
        CratePath { path, there }
    }

    /// Returns an import of the names that generated code may use, for code that has the span of something
    /// else than the path: a span from one to the other would cover all between.
    pub(crate) fn import(&self) -> TokenStream {
        let (private, there) = (self.private(), self.there);
        quote_spanned! {there=>
            #[allow(unused_imports)]
            use #private as __cors_private;
        }
    }

    /// Returns the path of the names that generated code may use.
    pub(crate) fn private(&self) -> Private<'_> {
        Private(self)
    }

    /// Returns the same path in an inner module. A path that begins with a name other than a crate's has to
    /// be [brought there](Self::in_annotated_module) first.
    pub(crate) fn in_inner_module(&self) -> Self {
        if !(self.starts_with("self") || self.starts_with("super")) {
            return self.clone();
        }
        let behind_self = self.path.segments.iter().skip(usize::from(self.starts_with("self")));
        CratePath::new(parse_quote!(self::super #(::#behind_self)*))
    }

    /// Returns the path in the module under the attribute, and the items that the path needs there.
    ///
    /// A name may be that of a crate, which is known everywhere, or of an item around the attribute, which
    /// the module does not know. A glob import brings the items, and does not hide the crates.
    pub(crate) fn in_annotated_module(&self) -> (Self, Option<TokenStream>) {
        let is_known_everywhere = self.path.leading_colon.is_some()
            || ["crate", "$crate", "self", "super"].iter().any(|start| self.starts_with(start));
        if is_known_everywhere {
            return (self.in_inner_module(), None);
        }
        let there = self.there;
        let items = quote_spanned! {there=>
            #[doc(hidden)]
            mod __cors_crate {
                #[allow(unused_imports)]
                pub(super) use super::super::*;
                #[allow(unused_imports)]
                pub(super) use #self as cors_actix;
            }
        };
        (CratePath::new(parse_quote!(self::__cors_crate::cors_actix)), Some(items))
    }

    fn starts_with(&self, start: &str) -> bool {
        let is_first = self.path.segments.first().is_some_and(|first| first.ident == start);
        is_first && self.path.leading_colon.is_none()
    }
}

/// The path of the names that generated code may use. It is no token stream, because the compiler copies a token
/// stream for each place that it stands in.
pub(crate) struct Private<'a>(&'a CratePath);

impl ToTokens for Private<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let CratePath { path, there } = self.0;
        path.to_tokens(tokens);
        for spacing in [Spacing::Joint, Spacing::Alone] {
            let mut colon = Punct::new(':', spacing);
            colon.set_span(*there);
            tokens.append(colon);
        }
        tokens.append(Ident::new("private", *there));
    }
}

/// The arguments that `#[cors]` on a module hands to a handler.
pub(crate) struct ModuleArgs {
    pub(crate) crate_path: CratePath,
    pub(crate) policy: TokenStream,
}

impl Parse for ModuleArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let crate_path = CratePath::new(input.call(Path::parse_mod_style)?);
        input.parse::<Token![;]>()?;
        Ok(ModuleArgs { crate_path, policy: input.parse()? })
    }
}
