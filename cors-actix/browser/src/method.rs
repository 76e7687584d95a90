//! What Fetch says of methods.

/// Fetch, method, "normalize".
pub(crate) fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
        _ => method.to_owned(),
    }
}

/// Fetch, "CORS-safelisted method".
pub(crate) fn is_safelisted(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Fetch, "forbidden method".
pub(crate) fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|name| name.eq_ignore_ascii_case(method))
}
