//! Parses the origins and patterns of a policy, strictly.

use std::net::IpAddr;

use super::parts::{Host, Parts, Port, default_port};
use crate::origin_fault::OriginFault;

/// The tables that hosts are checked with.
pub(crate) trait HostTables {
    /// `true` if public suffixes are known.
    const KNOWS_SUFFIXES: bool;

    /// Checks that the host of a special scheme is written as browsers write it in an origin (URL
    /// standard, "host parsing").
    fn check_special_host(name: &str, wildcard: bool) -> Result<(), OriginFault>;

    /// Returns `base` if all of it is a public suffix.
    fn public_suffix(base: &str) -> Option<&str>;

    /// Returns the origin or pattern that was probably meant, if there is one.
    fn repair(text: &str) -> Option<String>;
}

/// An item of `allow_origins`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern<'a> {
    Any,
    Null,
    Tuple(Tuple<'a>),
}

/// A tuple origin (HTML, "origin"), or a pattern of tuple origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tuple<'a> {
    /// The text as written. Two different texts are never the same origin or pattern.
    pub(super) text: &'a str,
    pub(super) scheme: &'a str,
    pub(super) host: Host<'a>,
    pub(super) port: Port<'a>,
}

impl Tuple<'_> {
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.host, Host::Exact(_)) && self.port != Port::Any
    }

    /// Returns `true` if an attacker on the network can impersonate the origin: plain http, not loopback
    /// (Secure Contexts, "Is origin potentially trustworthy?").
    pub(super) fn is_insecure(&self) -> bool {
        self.scheme == "http"
            && match self.host {
                Host::Exact(host) => !is_loopback(host),
                Host::Subdomains(base) => !is_localhost(base),
                Host::Any => true,
            }
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    is_localhost(host) || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

pub(super) fn parse<T: HostTables>(text: &str) -> Result<Pattern<'_>, OriginFault> {
    match text {
        "*" => Ok(Pattern::Any),
        "null" => Ok(Pattern::Null),
        _ => parse_tuple::<T>(text).map(Pattern::Tuple),
    }
}

fn parse_tuple<T: HostTables>(text: &str) -> Result<Tuple<'_>, OriginFault> {
    let parts = Parts::of(text)?;
    let host = parts.host()?;
    let (name, wildcard) = match host {
        Host::Exact(name) => (name, false),
        Host::Subdomains(name) => (name, true),
        Host::Any => ("", false),
    };
    if default_port(parts.scheme).is_some() || name.starts_with('[') {
        T::check_special_host(name, wildcard)?;
    }
    let port = parts.port()?;
    parts.check_end()?;
    Ok(Tuple { text, scheme: parts.scheme, host, port })
}
