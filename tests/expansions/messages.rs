//! The errors of the macros in the programs of `compile_fail`, and the same errors in the compiler's messages.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::LitStr;

use super::expander::{Calls, Expander, is_ident};

/// An error at a position in a program. Lines and columns are counted from 1.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    line: usize,
    column: usize,
    text: String,
}

impl Message {
    fn at(span: Span, text: LitStr) -> Self {
        let start = span.start();
        Message { line: start.line, column: start.column + 1, text: text.value() }
    }
}

#[test]
fn the_macros_report_the_errors_that_the_compiler_shows() {
    let mut count = 0;
    for program in programs() {
        let source = fs::read_to_string(&program).unwrap();
        let expander = Expander::new(&program, Calls::All);
        let mut reported = BTreeSet::new();
        add_errors(&mut reported, expander.expand(source.parse().unwrap()));
        let golden = fs::read_to_string(program.with_extension("stderr")).unwrap();
        let shown = errors_of_macros(&golden);
        assert_eq!(reported, shown, "{}", program.display());
        count += shown.len();
    }
    assert!(count > 150, "only {count} errors");
}

fn programs() -> Vec<PathBuf> {
    let entries = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let all = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compile-fail/ui"))
        .flat_map(|folder| entries(&folder).collect::<Vec<_>>())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    all.collect()
}

/// Adds the calls of `compile_error!` in the tokens, and the notes of deprecated items, which are used at once.
fn add_errors(errors: &mut BTreeSet<Message>, tokens: TokenStream) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        match &tokens[..index] {
            [.., name, _bang] if is_ident(name, "compile_error") => {
                errors.insert(Message::at(name.span(), syn::parse2(group.stream()).unwrap()));
            }
            [.., name] if is_ident(name, "deprecated") => {
                let note: syn::MetaNameValue = syn::parse2(group.stream()).unwrap();
                let note = note.value.into_token_stream();
                errors.insert(Message::at(name.span(), syn::parse2(note).unwrap()));
            }
            _ => add_errors(errors, group.stream()),
        }
    }
}

/// Returns the errors of the macros in the compiler's messages. The compiler's own errors have codes.
fn errors_of_macros(golden: &str) -> BTreeSet<Message> {
    let errors = golden.split("\n\n").filter_map(|error| {
        let mut text = error.strip_prefix("error: ")?.lines().next()?;
        if text.starts_with("use of deprecated constant") {
            (_, text) = text.split_once("`: ")?;
        }
        let position = error.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
        let mut numbers = position.rsplit(':').map(|number| number.parse().unwrap());
        Some(Message { column: numbers.next()?, line: numbers.next()?, text: text.to_owned() })
    });
    errors.collect()
}
