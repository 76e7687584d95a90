//! Methods, as Fetch treats them.

/// Returns the method as it is sent (Fetch, method, "normalize").
pub(crate) fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
        _ => method.to_owned(),
    }
}

/// Returns `true` for methods that need no preflight (Fetch, "CORS-safelisted method").
pub(crate) fn is_safelisted(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// Returns `true` for methods that scripts cannot send (Fetch, "forbidden method").
pub(crate) fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|name| name.eq_ignore_ascii_case(method))
}
