//! Writes all mutants of a file into the file, each behind a switch, so that one build contains all of them.

use std::{fmt::Write as _, iter::Peekable, ops::Range};

use proc_macro2::LineColumn;
use syn::{
    BinOp, Block, Expr, ExprBinary, ExprMatch, ExprUnary, ImplItemFn, ItemConst, ItemFn,
    ItemStatic, Pat, PatGuard, ReturnType, Signature, TraitItemFn, Type, spanned::Spanned,
    visit::Visit,
};

use crate::mutant::{Genre, Mutant, Position};

/// The beginning of the root of every mutated package: constant functions have switches too, which are off for the
/// compiler. `RUSTC_BOOTSTRAP` names the packages that may use these features.
pub(crate) const ROOT: &str =
    "#![feature(const_eval_select, core_intrinsics)] #![allow(internal_features)] ";

/// The module that every mutated package gets. The number of the mutant that is on is in an environment variable.
pub(crate) const MODULE: &str = r#"
use std::{env, fs::{File, OpenOptions}, io::Write as _, sync::{OnceLock, atomic::{AtomicBool, Ordering::Relaxed}}};

struct Switches { on: usize, reached: Option<(File, Vec<AtomicBool>)> }

/// Returns whether this mutant is on, and notes that it was reached.
pub(crate) const fn on(mutant: usize) -> bool {
    std::intrinsics::const_eval_select((mutant,), for_the_compiler, when_running)
}

const fn for_the_compiler(_: usize) -> bool {
    false
}

fn when_running(mutant: usize) -> bool {
    static SWITCHES: OnceLock<Switches> = OnceLock::new();
    let switches = SWITCHES.get_or_init(|| Switches {
        on: env::var("MUTANT").ok().and_then(|on| on.parse().ok()).unwrap_or(usize::MAX),
        reached: env::var_os("MUTANTS_REACHED").map(|path| {
            let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
            (file, (0..10_000).map(|_| AtomicBool::new(false)).collect())
        }),
    });
    if let Some((file, reached)) = &switches.reached {
        if !reached[mutant].swap(true, Relaxed) {
            // Written at once, and without heap memory, which some tests count.
            let (mut file, mut line) = (file, *b"       \n");
            write!(&mut line[..], "{mutant}").unwrap();
            file.write_all(&line).unwrap();
        }
    }
    switches.on == mutant
}
"#;

/// A place in the text with the changes that are possible there.
struct Site {
    range: Range<usize>,
    kind: Kind,
    /// The numbers of the mutants, and the text of each.
    changes: Vec<(usize, String)>,
}

/// How the changes of a site are written.
enum Kind {
    /// The expression is replaced.
    Expression,
    /// The function returns.
    Return,
    /// The arm of a `match` does not match.
    Arm,
}

/// Returns the text with these mutants behind switches. A mutant without a place for a switch is left out: in the
/// value of a constant, in a condition with `let`, a deleted field, and a result of a type without a name. Comments mark
/// where the code of each mutant begins and ends.
pub(crate) fn write(text: &str, mutants: &[(usize, &Mutant)]) -> syn::Result<String> {
    let file = syn::parse_file(text)?;
    let mut places = Places { text, mutants, sites: Vec::new() };
    places.visit_file(&file);
    let mut sites = places.sites;
    // A site that contains another stands before it, and so does what is inserted in front of it.
    sites.sort_by_key(|site| {
        let inserted = !matches!(site.kind, Kind::Expression);
        (site.range.start, !inserted, usize::MAX - site.range.end)
    });
    let mut written = String::new();
    render(text, &mut sites.iter().peekable(), 0..text.len(), &mut written);
    Ok(written)
}

/// What is at a byte of a text that `write` returned.
pub(crate) struct Found {
    pub(crate) mutants: Vec<usize>,
    /// Whether it is the changed code itself, and not the code around the switch.
    pub(crate) changed: bool,
}

/// Returns the innermost mutants around a byte, or else the last before it, because a function with two types of results
/// is an error at its end.
pub(crate) fn at(written: &str, byte: usize) -> Found {
    let (mut open, mut last): (Vec<&str>, _) = (Vec::new(), "");
    let mut rest = &written[..byte.min(written.len())];
    while let Some(at) = rest.find("/*mutant") {
        rest = &rest[at + "/*mutant".len()..];
        let Some((mark, after)) = rest.split_once("*/") else { break };
        match mark.strip_prefix('{') {
            Some(mark) => open.push(mark),
            None => last = open.pop().unwrap_or(last),
        }
        rest = after;
    }
    let mark = open.last().unwrap_or(&last);
    let numbers = mark.trim_start_matches('=').split(',');
    Found {
        mutants: numbers.filter_map(|number| number.parse().ok()).collect(),
        changed: mark.starts_with('='),
    }
}

fn render<'a>(
    text: &str,
    sites: &mut Peekable<impl Iterator<Item = &'a Site>>,
    range: Range<usize>,
    written: &mut String,
) {
    let mut at = range.start;
    while let Some(site) = sites.next_if(|site| site.range.start < range.end) {
        written.push_str(&text[at..site.range.start]);
        at = site.range.end;
        let numbers: Vec<_> = site.changes.iter().map(|(number, _)| number.to_string()).collect();
        let numbers = numbers.join(",");
        let _ = write!(written, "/*mutant{{{numbers}*/");
        match site.kind {
            Kind::Expression => {
                written.push('(');
                for (number, change) in &site.changes {
                    let _ = write!(
                        written,
                        "if crate::mutants_switch::on({number}) {{ (/*mutant{{={number}*/{change}/*mutant}}*/) }} else "
                    );
                }
                written.push_str("{ (");
                render(text, sites, site.range.clone(), written);
                written.push_str(") })");
            }
            Kind::Return => {
                for (number, change) in &site.changes {
                    let _ = write!(
                        written,
                        "if crate::mutants_switch::on({number}) {{ return /*mutant{{={number}*/{change}/*mutant}}*/; }} "
                    );
                }
            }
            Kind::Arm => {
                for (number, _) in &site.changes {
                    let _ = write!(written, " if !crate::mutants_switch::on({number}) ");
                }
            }
        }
        let _ = write!(written, "/*mutant}}*/");
    }
    written.push_str(&text[at..range.end]);
}

/// Finds the places of mutants in the syntax of a file.
struct Places<'a> {
    text: &'a str,
    mutants: &'a [(usize, &'a Mutant)],
    sites: Vec<Site>,
}

impl Places<'_> {
    /// Returns the mutants of a genre at a place.
    fn at(&self, genre: Genre, start: LineColumn) -> impl Iterator<Item = (usize, &Mutant)> {
        let start = Position { line: start.line, column: start.column + 1 };
        let here = move |mutant: &Mutant| mutant.genre == genre && mutant.span.start == start;
        self.mutants
            .iter()
            .filter(move |(_, mutant)| here(mutant))
            .map(|&(number, mutant)| (number, mutant))
    }

    /// Adds the mutants of a genre at a place, if there are any, with the text of each change.
    fn site(
        &mut self,
        (genre, start): (Genre, LineColumn),
        (range, kind): (Range<usize>, Kind),
        change: impl Fn(&Mutant) -> String,
    ) {
        let changes = self.at(genre, start).map(|(number, mutant)| (number, change(mutant)));
        let changes: Vec<_> = changes.collect();
        if !changes.is_empty() {
            self.sites.push(Site { range, kind, changes });
        }
    }

    /// Adds the values that the function may return at once.
    fn function(&mut self, signature: &Signature, block: &Block) {
        let unnamed = matches!(&signature.output, ReturnType::Type(_, result) if matches!(**result, Type::ImplTrait(_)));
        if let Some(first) = block.stmts.first()
            && !unnamed
        {
            let start = first.span().byte_range().start;
            let place = (Genre::FnValue, first.span().start());
            self.site(place, (start..start, Kind::Return), |mutant| mutant.replacement.clone());
        }
    }
}

impl<'ast> Visit<'ast> for Places<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, _: &'ast ItemConst) {}

    fn visit_item_static(&mut self, _: &'ast ItemStatic) {}

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let operator = binary.op.span();
        if !has_let(binary) {
            let range = binary.left.span().byte_range().start..binary.right.span().byte_range().end;
            let before = &self.text[range.start..operator.byte_range().start];
            let after = &self.text[operator.byte_range().end..range.end];
            let place = (Genre::BinaryOperator, operator.start());
            self.site(place, (range, Kind::Expression), |mutant| {
                format!("{before}{}{after}", mutant.replacement)
            });
        }
        syn::visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        let operand = unary.expr.span().byte_range();
        let range = unary.op.span().byte_range().start..operand.end;
        let operand = &self.text[operand];
        let place = (Genre::UnaryOperator, unary.op.span().start());
        self.site(place, (range, Kind::Expression), |_| operand.to_owned());
        syn::visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, matching: &'ast ExprMatch) {
        // Else the deleted arm is missing: cargo-mutants takes a `_` with a guard for an arm that matches everything.
        let complete = matching.arms.iter().any(|arm| matches!(arm.pat, Pat::Wild(_)));
        for arm in &matching.arms {
            match &arm.pat {
                Pat::Guard(PatGuard { guard, .. }) => {
                    let place = (Genre::MatchArmGuard, guard.span().start());
                    let site = (guard.span().byte_range(), Kind::Expression);
                    self.site(place, site, |mutant| mutant.replacement.clone());
                }
                pattern if complete => {
                    let end = pattern.span().byte_range().end;
                    let place = (Genre::MatchArm, arm.span().start());
                    self.site(place, (end..end, Kind::Arm), |_| String::new());
                }
                _ => {}
            }
        }
        syn::visit::visit_expr_match(self, matching);
    }
}

/// Returns whether a condition contains `let`.
fn has_let(binary: &ExprBinary) -> bool {
    matches!(binary.op, BinOp::And(_))
        && [&*binary.left, &*binary.right].into_iter().any(|side| match side {
            Expr::Let(_) => true,
            Expr::Binary(side) => has_let(side),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutant::Span;

    const TEXT: &str = "fn f(a: u8, b: u8) -> bool {\n    !(a == b) && match a {\n        1 => b < 2,\n        _ => false,\n    }\n}\n";

    fn mutant(genre: Genre, replacement: &str, text: &str) -> Mutant {
        let start = TEXT.find(text).unwrap_or_default();
        let place = |byte: usize| {
            let line = TEXT[..byte].rfind('\n').map_or(0, |at| at + 1);
            Position {
                line: TEXT[..byte].matches('\n').count() + 1,
                column: TEXT[line..byte].chars().count() + 1,
            }
        };
        Mutant {
            name: String::new(),
            file: String::new(),
            genre,
            span: Span { start: place(start), end: place(start + text.len()) },
            replacement: replacement.to_owned(),
        }
    }

    fn mutants() -> [Mutant; 5] {
        [
            mutant(
                Genre::FnValue,
                "true",
                "!(a == b) && match a {\n        1 => b < 2,\n        _ => false,\n    }",
            ),
            mutant(Genre::UnaryOperator, "", "!"),
            mutant(Genre::BinaryOperator, "!=", "=="),
            mutant(Genre::BinaryOperator, "||", "&&"),
            mutant(Genre::MatchArm, "", "1 => b < 2,"),
        ]
    }

    /// Returns the text as it behaves when one mutant is on.
    fn with_on(written: &str, mutants: usize, on: usize) -> String {
        (0..mutants).fold(written.to_owned(), |text, number| {
            text.replace(
                &format!("crate::mutants_switch::on({number})"),
                if number == on { "true" } else { "false" },
            )
        })
    }

    #[test]
    fn every_mutant_gets_a_switch_and_keeps_the_syntax() -> syn::Result<()> {
        let mutants = mutants();
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        let written = write(TEXT, &numbered)?;
        for number in 0..mutants.len() {
            assert_eq!(
                written.matches(&format!("mutants_switch::on({number})")).count(),
                1,
                "{number}: {written}"
            );
            let on = with_on(&written, mutants.len(), number);
            syn::parse_file(&on)?;
        }
        assert!(written.contains("a != b"), "{written}");
        Ok(())
    }

    #[test]
    fn the_innermost_mutant_of_a_byte_is_found() -> syn::Result<()> {
        let mutants = mutants();
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        let written = write(TEXT, &numbered)?;
        let found = |text: &str| at(&written, written.find(text).unwrap_or_default() + 1);
        assert!(found("a != b").changed);
        assert_eq!(found("a != b").mutants, [2]);
        assert_eq!(found("a == b) || match").mutants, [3]);
        assert!(!found("(a == b) })").changed);
        Ok(())
    }

    #[test]
    fn a_mutant_alone_is_the_text_with_one_change() {
        assert_eq!(mutants()[2].applied(TEXT), TEXT.replacen("==", "!=", 1));
        assert_eq!(mutants()[0].applied(TEXT), "fn f(a: u8, b: u8) -> bool {\n    true\n}\n");
    }
}
