//! Compares the check of `Access-Control-Request-Headers` with a naive split. The first line of the input is
//! a list of allowed names, and the rest are the lines of the request.
#![no_main]

use cors_actix_core::{PolicySpec, RequestHeadersCheck};
use cors_actix_fuzz::{
    faultless, first_line, library,
    naive::{Asking, Verdict, Why, Written},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((list, behind)) = first_line(data) else { return };
    let names = faultless(list, |allow_headers| {
        PolicySpec { allow_origins: &["*"], allow_headers, ..PolicySpec::EMPTY }.check().is_ok()
    });
    let written = Written {
        origins: vec!["*".to_owned()],
        headers: names.into_iter().map(str::to_owned).collect(),
        ..Written::default()
    };
    let rules = library::rules(&written).expect("each name is good");
    let lines: Vec<_> = behind.split(|&byte| byte == b'\n').collect();
    let of_list = |line: &&[u8]| ("access-control-request-headers", line.to_vec());
    let asks = [("origin", "https://a.example"), ("access-control-request-method", "GET")];
    let asks = asks.map(|(name, value)| (name, value.as_bytes().to_vec()));
    let asking = Asking {
        method: "OPTIONS".to_owned(),
        lines: asks.into_iter().chain(lines.iter().map(of_list)).collect(),
    };
    let (verdict, names_headers) = match rules.headers.check(lines.iter().copied()) {
        RequestHeadersCheck::Nothing => (Ok(()), false),
        RequestHeadersCheck::Allowed => (Ok(()), true),
        RequestHeadersCheck::Denied(name) => (Err(Why::HeaderNotAllowed(name.to_vec())), true),
    };
    assert_eq!(Verdict::Preflight(verdict), written.decide(&asking), "{written:?} {asking:?}");
    assert_eq!(names_headers, asking.names_headers(), "{written:?} {asking:?}");
});
