//! Tokens of HTTP, the grammar of methods and header names.

/// Returns `true` if `bytes` is an HTTP token (RFC 9110, section 5.6.2). Methods and header names are
/// tokens.
///
/// ```
/// assert!(cors_actix_core::is_token(b"x-request-id"));
/// assert!(!cors_actix_core::is_token(b"x request id"));
/// ```
pub const fn is_token(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() && is_token_byte(bytes[at]) {
        at += 1;
    }
    at > 0 && at == bytes.len()
}

const fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
            | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'
    )
}
