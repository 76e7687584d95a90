//! Expands the macro calls in a program as the compiler does, as far as the programs of the tests need it.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::source::CallSite;

/// The calls that are expanded.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Calls {
    /// The calls that the program contains.
    Written,
    /// Also the calls that expansions contain.
    All,
}

/// An attribute: the `#`, and the brackets.
struct Attribute {
    pound: TokenTree,
    brackets: Group,
}

impl Attribute {
    /// Returns the last segment of the path.
    fn name(&self) -> String {
        let path = self.brackets.stream().into_iter();
        let path = path.take_while(|token| !matches!(token, TokenTree::Group(_)));
        path.filter(|token| matches!(token, TokenTree::Ident(_))).last().unwrap().to_string()
    }

    fn arguments(&self) -> TokenStream {
        match self.brackets.stream().into_iter().last() {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        }
    }

    fn span(&self) -> Span {
        self.pound.span().join(self.brackets.span()).unwrap()
    }

    fn is_ours(&self) -> bool {
        ["cors", "of_module"].contains(&self.name().as_str())
    }

    /// Returns `true` for an attribute that the compiler knows itself. Others above `#[cors]` are expanded first.
    fn is_built_in(&self) -> bool {
        ["allow", "doc", "deprecated", "expect", "must_use"].contains(&self.name().as_str())
    }

    fn tokens(self) -> [TokenTree; 2] {
        [self.pound, self.brackets.into()]
    }
}

pub(super) struct Expander {
    program: PathBuf,
    calls: Calls,
}

impl Expander {
    pub(super) fn new(program: &Path, calls: Calls) -> Self {
        Expander { program: program.to_owned(), calls }
    }

    /// Returns the tokens with the expansions instead of the calls.
    pub(super) fn expand(&self, tokens: TokenStream) -> TokenStream {
        let mut output: Vec<TokenTree> = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            if is_punct(&token, '#') && is_brackets(tokens.peek()) {
                let mut attributes = vec![attribute(token, tokens.next())];
                while let Some(pound) = tokens.next_if(|token| is_punct(token, '#')) {
                    attributes.push(attribute(pound, tokens.next()));
                }
                match attributes.iter().position(Attribute::is_ours) {
                    Some(ours) => {
                        let mut ends = false;
                        let item = std::iter::from_fn(|| {
                            let token = tokens.next_if(|_| !ends)?;
                            ends = is_punct(&token, ';') || is_braces(&token);
                            Some(token)
                        });
                        output.extend(self.attribute(attributes, ours, item.collect()));
                    }
                    None => output.extend(attributes.into_iter().flat_map(Attribute::tokens)),
                }
                continue;
            }
            let group = match token {
                TokenTree::Group(group) => group,
                token => {
                    output.push(token);
                    continue;
                }
            };
            match &output[..] {
                [.., TokenTree::Ident(name), bang] if name == "policy" && is_punct(bang, '!') => {
                    let span = name.span();
                    output.truncate(output.len() - 2);
                    output.extend(self.output(crate::expand_policy(group.stream()), span));
                }
                _ => output.push(with_stream(&group, self.expand(group.stream())).into()),
            }
        }
        output.into_iter().collect()
    }

    fn attribute(
        &self,
        mut attributes: Vec<Attribute>,
        ours: usize,
        item: TokenStream,
    ) -> TokenStream {
        let mut below = attributes.split_off(ours + 1);
        let ours = attributes.pop().unwrap();
        // `#[routes]` takes the route attributes below it too. `module/routes-renamed.rs` names it `several`.
        let is_routes = |attribute: &Attribute| ["routes", "several"].contains(&&*attribute.name());
        if attributes.iter().any(is_routes) {
            below.retain(|attribute| attribute.name() == "doc");
        }
        let (built_in, above): (Vec<_>, _) =
            attributes.into_iter().partition(Attribute::is_built_in);
        let attributes = built_in.into_iter().chain(below).flat_map(Attribute::tokens);
        let item = attributes.chain(variables_by_name(item)).collect();
        let start = ours.span().start();
        let call_site =
            CallSite { file: self.program.clone(), line: start.line, column: start.column + 1 };
        let expand =
            if ours.name() == "cors" { crate::expand_cors } else { crate::expand_of_module };
        let output = expand(ours.arguments(), item, Some(&call_site));
        let above = above.into_iter().flat_map(Attribute::tokens);
        above.chain(self.output(output, ours.span())).collect()
    }

    fn output(&self, output: TokenStream, call: Span) -> TokenStream {
        let output = with_span(output, call);
        if self.calls == Calls::All { self.expand(output) } else { output }
    }
}

fn attribute(pound: TokenTree, brackets: Option<TokenTree>) -> Attribute {
    match brackets {
        Some(TokenTree::Group(brackets)) => Attribute { pound, brackets },
        _ => panic!("`#` without brackets"),
    }
}

/// Returns the tokens of a macro's definition with the names of variables instead of the variables.
fn variables_by_name(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().filter(|token| !is_punct(token, '$')).collect()
}

/// Returns the tokens, with the span of the call instead of that of its call site.
fn with_span(tokens: TokenStream, call: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| {
        let is_of_call_site = token.span().byte_range().is_empty();
        let mut token = match token {
            TokenTree::Group(group) => with_stream(&group, with_span(group.stream(), call)).into(),
            token => token,
        };
        if is_of_call_site {
            token.set_span(call);
        }
        token
    });
    tokens.collect()
}

/// Returns the tokens. For each group, `add` adds tokens to those in front of the group.
pub(super) fn replace_groups(
    tokens: TokenStream,
    add: impl Fn(&mut Vec<TokenTree>, Group),
) -> TokenStream {
    let mut output = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => add(&mut output, group),
            token => output.push(token),
        }
    }
    output.into_iter().collect()
}

/// Returns the group with other tokens.
pub(super) fn with_stream(group: &Group, stream: TokenStream) -> Group {
    let mut with_stream = Group::new(group.delimiter(), stream);
    with_stream.set_span(group.span());
    with_stream
}

fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}

fn is_brackets(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Returns `true` for the identifier.
pub(super) fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}
