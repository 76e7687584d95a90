//! Tokens of HTTP, the grammar of methods and header names.

/// Returns `true` if `bytes` is an HTTP token (RFC 9110, section 5.6.2). Methods and header names are
/// tokens.
///
/// ```
/// assert!(cors_actix_core::is_token(b"x-request-id"));
/// assert!(!cors_actix_core::is_token(b"x request id"));
/// ```
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
            | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'
    )
}
