//! Reads the source file to find out if `#[cors]` stands below a route attribute.

use std::{fs, path::PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, parse::Parser as _};

use crate::attribute;

/// The message for a `#[cors]` below a route attribute.
pub(crate) const BELOW_ROUTE: &str = "`#[cors]` stands below the route attribute, which has taken \
                                      the handler already; put `#[cors]` above";

/// The position of the macro call that is being expanded. Lines and columns are counted from 1.
pub(crate) struct CallSite {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl CallSite {
    /// Returns the position that the compiler gives, if the source is a file.
    pub(crate) fn of_macro() -> Option<Self> {
        let here = proc_macro::Span::call_site();
        Some(CallSite { file: here.local_file()?, line: here.line(), column: here.column() })
    }
}

/// Returns the message for a handler without a route attribute.
pub(crate) fn missing_route(call_site: Option<&CallSite>) -> &'static str {
    if stands_below_route(call_site) {
        BELOW_ROUTE
    } else {
        "`#[cors]` finds no route attribute below it; put `#[cors]` above one, such as \
         `#[get(\"/items\")]`, or wrap the handler's resource in `Cors`"
    }
}

/// Returns `true` if a route attribute stands above the attribute that is being expanded. If the source
/// cannot be read, the result is `false`.
///
/// The compiler expands the route attribute first, and `#[cors]` gets a function without it. Only the
/// source file still shows the route attribute.
fn stands_below_route(call_site: Option<&CallSite>) -> bool {
    let attributes = call_site.and_then(attributes_above).unwrap_or_default();
    attributes.iter().any(|one| attribute::is_route(one) || is_route_of_variable(one))
}

/// Returns `true` for a route attribute in a macro's definition whose path is a variable.
fn is_route_of_variable(attribute: &Attribute) -> bool {
    let arguments = attribute.meta.require_list().map(|list| list.tokens.clone());
    let first = arguments.unwrap_or_default().into_iter().next();
    let is_variable = matches!(first, Some(TokenTree::Punct(punct)) if punct.as_char() == '$');
    is_variable && attribute::is_route_name(&attribute::name(attribute))
}

/// Returns the attributes in front of the attribute that is being expanded.
fn attributes_above(call_site: &CallSite) -> Option<Vec<Attribute>> {
    let source = fs::read_to_string(&call_site.file).ok()?;
    let lines = source.split_inclusive('\n').take(call_site.line.checked_sub(1)?);
    let (above, line) = source.split_at_checked(lines.map(str::len).sum())?;
    let (column, _) = line.char_indices().nth(call_site.column.checked_sub(1)?)?;
    let (before, after) = source.split_at_checked(above.len() + column)?;
    let marked = format!("{before} {MARK} {after}");
    let attributes = run_before_mark(marked.parse().ok()?)?;
    Attribute::parse_outer.parse2(attributes).ok()
}

/// The mark at the position of the attribute in the source. The source with the mark is split into tokens,
/// because tokens tell an attribute from the same text in a string or a comment.
const MARK: &str = "__cors_mark";

/// Returns the attributes directly in front of the mark, with nothing between them.
fn run_before_mark(tokens: TokenStream) -> Option<TokenStream> {
    let mut run = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == MARK => return Some(run.into_iter().collect()),
            TokenTree::Punct(punct) if punct.as_char() == '#' => run.push(token),
            TokenTree::Group(_) if matches!(run.last(), Some(TokenTree::Punct(_))) => {
                run.push(token)
            }
            TokenTree::Group(group) => {
                if let Some(found) = run_before_mark(group.stream()) {
                    return Some(found);
                }
                run.clear();
            }
            _ => run.clear(),
        }
    }
    None
}
