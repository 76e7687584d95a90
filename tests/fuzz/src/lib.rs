//! Code that the targets share with each other and with the tests.

#[path = "../../src/library.rs"]
pub mod library;
#[path = "../../src/naive.rs"]
pub mod naive;
#[path = "../../src/situations.rs"]
pub mod situations;

use cors_actix_core::{PolicySpec, Rules};
use naive::Written;

/// Returns the items of the list, without faulty items.
pub fn faultless<'a>(list: &'a str, spec: impl Fn(&[&str]) -> bool) -> Vec<&'a str> {
    list.split(' ').filter(|item| spec(&[item])).collect()
}

/// Returns the rules of a policy with these origins, or `None` if an origin is faulty.
pub fn origins(origins: &[&str]) -> Option<(Rules, Written)> {
    let spec = PolicySpec { allow_origins: origins, ..PolicySpec::EMPTY };
    let written = origins.iter().map(|&origin| origin.to_owned()).collect();
    let rules = spec.check().ok()?.rules;
    Some((rules, Written { origins: written, ..Written::default() }))
}

/// Returns the first line, if it is text, and the bytes after the first line.
pub fn first_line(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|&byte| byte == b'\n')?;
    Some((std::str::from_utf8(&data[..end]).ok()?, &data[end + 1..]))
}
