//! The code that the macros generate, in one file for each subject in `snapshots`. `CORS_ACTIX_RECORD=1` records it.

use std::{env, fs, path::Path};

use proc_macro2::{Delimiter, Group, TokenStream};

use super::expander::{Calls, Expander, is_ident, replace_groups, with_stream};

#[test]
fn the_macros_generate_the_recorded_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/expansions/snapshots");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_program = |path: &Path| !path.to_string_lossy().ends_with(".expanded.rs");
    let differences = entries.filter(|path| is_program(path)).filter_map(|path| difference(&path));
    let differences: Vec<_> = differences.collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Returns the lines in which the generated code differs from the recorded code. Records the code if asked to.
fn difference(program: &Path) -> Option<String> {
    let tokens = with_invisible_groups(fs::read_to_string(program).unwrap().parse().unwrap());
    let tokens = Expander::new(program, Calls::Written).expand(tokens);
    let tokens = without_texts_of_errors(tokens);
    let generated = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let path = program.with_extension("expanded.rs");
    if env::var_os("CORS_ACTIX_RECORD").is_some() {
        fs::write(path, generated).unwrap();
        return None;
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    let (mut old, mut new): (Vec<_>, Vec<_>) =
        (recorded.lines().collect(), generated.lines().collect());
    if old == new {
        return None;
    }
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = end.take_while(|(old, new)| old == new).count();
    old.truncate(old.len() - end);
    new.truncate(new.len() - end);
    let old = old[start..].iter().map(|line| format!("- {line}\n"));
    let new = new[start..].iter().map(|line| format!("+ {line}\n"));
    Some(format!("{}:{}\n{}", path.display(), start + 1, old.chain(new).collect::<String>()))
}

/// Returns the tokens with a group without delimiters, as `macro_rules!` makes them, instead of `invisible!(…)`.
fn with_invisible_groups(tokens: TokenStream) -> TokenStream {
    replace_groups(tokens, |output, group| {
        let stream = with_invisible_groups(group.stream());
        match &output[..] {
            [.., name, _bang] if is_ident(name, "invisible") => {
                output.truncate(output.len() - 2);
                output.push(Group::new(Delimiter::None, stream).into());
            }
            _ => output.push(with_stream(&group, stream).into()),
        }
    })
}

/// Returns the tokens with errors without their texts, which the compiler's messages show.
fn without_texts_of_errors(tokens: TokenStream) -> TokenStream {
    replace_groups(tokens, |output, group| {
        let stream = match &output[..] {
            [.., name, _bang] if is_ident(name, "compile_error") => TokenStream::new(),
            _ => without_texts_of_errors(group.stream()),
        };
        output.push(with_stream(&group, stream).into());
    })
}
