//! Checks the constants of a policy when the compiler evaluates them. All checks of single items are
//! here, except those that need tables; [`PolicySpec::check`](crate::PolicySpec::check) knows them all.

use std::fmt;

use crate::{
    header_name::{
        has_misplaced_wildcard, is_forbidden_request_header, is_forbidden_response_header,
        is_protocol_header,
    },
    method::{is_forbidden, normalized},
    origin,
    problem::words,
    spec::PolicyKey,
    token::is_token,
};

/// Returns the item of a list.
///
/// # Panics
/// If the item has a fault. Only the initializers of constants call this function, and the compiler reports
/// the panic as an error.
///
/// ```
/// use cors_actix_core::{PolicyKey, const_check};
///
/// const APP: &str = const_check::item(PolicyKey::AllowOrigins, "https://a.example");
/// ```
#[track_caller]
#[allow(clippy::panic, reason = "the compiler reports the panic of a constant as an error")]
pub const fn item(key: PolicyKey, text: &'static str) -> &'static str {
    match fault(key, text) {
        None => text,
        Some(message) => panic!("{}", message.as_str()),
    }
}

/// Returns the items of a list.
///
/// # Panics
/// As [`item`], if an item has a fault.
///
/// ```
/// use cors_actix_core::{PolicyKey, const_check};
///
/// const METHODS: &[&str] = const_check::items(PolicyKey::AllowMethods, &["PUT", "DELETE"]);
/// ```
#[track_caller]
pub const fn items(key: PolicyKey, texts: &'static [&'static str]) -> &'static [&'static str] {
    let mut at = 0;
    while at < texts.len() {
        item(key, texts[at]);
        at += 1;
    }
    texts
}

/// Returns the status of a granted preflight.
///
/// # Panics
/// As [`item`], if browsers do not accept the status.
///
/// ```
/// const STATUS: u16 = cors_actix_core::const_check::preflight_status(204);
/// ```
#[track_caller]
#[allow(clippy::panic, reason = "the compiler reports the panic of a constant as an error")]
pub const fn preflight_status(status: u16) -> u16 {
    if status >= 200 && status < 300 {
        return status;
    }
    let [before, behind] = words::PREFLIGHT_STATUS;
    panic!("{}", Message::EMPTY.words(before).number(status).words(behind).as_str())
}

/// Returns the message of an item with a fault, in the words of
/// [`ProblemKind::in_words_of_attribute`](crate::ProblemKind::in_words_of_attribute), without a repaired text.
///
/// ```
/// use cors_actix_core::{PolicyKey, const_check};
///
/// let message = const_check::fault(PolicyKey::AllowOrigins, "https://a.example/").unwrap();
/// assert_eq!(message.as_str(), r#""https://a.example/" ends in a slash; origins do not"#);
/// ```
pub const fn fault(key: PolicyKey, text: &str) -> Option<Message> {
    if matches!(text.as_bytes(), b"*") {
        return None;
    }
    if text.eq_ignore_ascii_case("any") {
        return Some(Message::of_invalid(text, words::ANY_IN_STRING));
    }
    match key {
        PolicyKey::AllowOrigins => origin(text),
        PolicyKey::AllowMethods => method(text),
        PolicyKey::AllowHeaders | PolicyKey::ExposeHeaders => header_name(key, text),
        _ => None,
    }
}

const fn origin(text: &str) -> Option<Message> {
    match origin::fault(text) {
        None => None,
        Some(_) if has_several_items(text) => Some(Message::of_several_items(text)),
        Some(fault) => Some(Message::EMPTY.quoted(text).words(" ").words(fault.words())),
    }
}

const fn method(text: &str) -> Option<Message> {
    if !is_token(text.as_bytes()) {
        return Some(Message::of_invalid(text, words::INVALID_METHOD));
    }
    if is_forbidden(text.as_bytes()) {
        let [before, behind] = words::FORBIDDEN_METHOD;
        return Some(Message::EMPTY.words(before).words(text).words(behind));
    }
    match normalized(text) {
        Some(normalized) => {
            let [send, as_, write] = words::UNNORMALIZED_METHOD;
            let message = Message::EMPTY.words(send).quoted(text).words(as_).quoted(normalized);
            Some(message.words(write).quoted(normalized))
        }
        None => None,
    }
}

const fn header_name(key: PolicyKey, text: &str) -> Option<Message> {
    if !is_token(text.as_bytes()) {
        return Some(Message::of_invalid(text, words::INVALID_HEADER_NAME));
    }
    let [before, behind] = if has_misplaced_wildcard(key, text) {
        words::HEADER_WILDCARD
    } else if is_protocol_header(text) {
        words::PROTOCOL_HEADER
    } else if matches!(key, PolicyKey::AllowHeaders) && is_forbidden_request_header(text) {
        words::FORBIDDEN_REQUEST_HEADER
    } else if matches!(key, PolicyKey::ExposeHeaders) && is_forbidden_response_header(text) {
        words::FORBIDDEN_RESPONSE_HEADER
    } else {
        return None;
    };
    Some(Message::EMPTY.words(before).quoted(text).words(behind))
}

/// Returns `true` for characters that separate items, as far as they are ASCII.
const fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

/// Splits the first item off, and returns it with the text behind it. `None` if there is no item.
const fn split_item(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() && is_separator(bytes[start]) {
        start += 1;
    }
    let mut end = start;
    while end < bytes.len() && !is_separator(bytes[end]) {
        end += 1;
    }
    let (before, behind) = text.split_at(end);
    if start == end { None } else { Some((before.split_at(start).1, behind)) }
}

const fn has_several_items(text: &str) -> bool {
    match split_item(text) {
        Some((_, behind)) => split_item(behind).is_some(),
        None => false,
    }
}

/// A message that is written when the program is compiled. Longer messages are cut.
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; Message::LONGEST],
    length: usize,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Message {
    const LONGEST: usize = 1024;
    const EMPTY: Message = Message { bytes: [0; Message::LONGEST], length: 0 };

    /// Returns the text of the message.
    ///
    /// ```
    /// use cors_actix_core::{PolicyKey, const_check};
    ///
    /// let message = const_check::fault(PolicyKey::AllowMethods, "TRACE").unwrap();
    /// assert!(message.as_str().starts_with("browsers never send TRACE"));
    /// ```
    pub const fn as_str(&self) -> &str {
        let written = self.bytes.split_at(self.length).0;
        match std::str::from_utf8(written) {
            Ok(text) => text,
            // A long message was cut within a character.
            Err(error) => match std::str::from_utf8(written.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }

    const fn of_several_items(text: &str) -> Self {
        let [before, behind] = words::SEVERAL_ITEMS;
        let mut message = Message::EMPTY.words(before).quoted(text).words(behind).byte(b'[');
        let mut rest = text;
        let mut comma = "";
        while let Some((item, behind)) = split_item(rest) {
            message = message.words(comma).quoted(item);
            comma = ", ";
            rest = behind;
        }
        message.byte(b']')
    }

    const fn of_invalid(text: &str, [before, behind]: [&str; 2]) -> Self {
        if has_several_items(text) {
            return Message::of_several_items(text);
        }
        Message::EMPTY.words(before).quoted(text).words(behind)
    }

    const fn byte(mut self, byte: u8) -> Self {
        if self.length < Message::LONGEST {
            self.bytes[self.length] = byte;
            self.length += 1;
        }
        self
    }

    /// Adds words, in which the attribute's `any` stands for the builder's `Any`.
    const fn words(mut self, words: &str) -> Self {
        let mut rest = words.as_bytes();
        while let [byte, behind @ ..] = rest {
            let is_any = matches!(rest, [b'A', b'n', b'y', b'`', ..]);
            self = self.byte(if is_any { b'a' } else { *byte });
            rest = behind;
        }
        self
    }

    /// Adds a text in quotation marks, with the escapes of `Debug` as far as they are of ASCII.
    const fn quoted(mut self, text: &str) -> Self {
        self = self.byte(b'"');
        let mut rest = text.as_bytes();
        while let [byte, behind @ ..] = rest {
            self = match byte {
                0 => self.words("\\0"),
                b'\n' => self.words("\\n"),
                b'\r' => self.words("\\r"),
                b'\t' => self.words("\\t"),
                b'"' => self.words("\\\""),
                b'\\' => self.words("\\\\"),
                0..b' ' | 0x7f => {
                    let escaped = self.words("\\u{");
                    let escaped = if *byte < 16 { escaped } else { escaped.digit(*byte / 16) };
                    escaped.digit(*byte % 16).byte(b'}')
                }
                _ => self.byte(*byte),
            };
            rest = behind;
        }
        self.byte(b'"')
    }

    const fn number(self, number: u16) -> Self {
        let more = if number < 10 { self } else { self.number(number / 10) };
        more.digit((number % 10) as u8)
    }

    /// Adds a hexadecimal digit.
    const fn digit(self, digit: u8) -> Self {
        self.byte(if digit < 10 { b'0' + digit } else { b'a' + (digit - 10) })
    }
}
