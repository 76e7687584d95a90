//! The other ways to read a path.
//!
//! The router only decodes the percent-escapes of most characters. `actix_files`, middleware such as
//! `NormalizePath` and servers behind a gateway may read `//admin`, `/public/..%2Fadmin` or `/admin/` as
//! `/admin` (RFC 3986, sections 5.2.4 and 6.2.2).

use std::borrow::Cow;

/// The largest number of readings of one path, and the largest number of bytes of all of them.
const MOST_READINGS: usize = 32;
const MOST_BYTES: usize = 64 * 1024;

/// Returns `true` if the path has no other readings.
#[inline]
pub(crate) fn is_normal(path: &str) -> bool {
    let mut before = 0;
    for &byte in path.as_bytes() {
        if matches!(byte, b'%' | b'\\') || before == b'/' && matches!(byte, b'/' | b'.') {
            return false;
        }
        before = byte;
    }
    path.starts_with('/') && (before != b'/' || path.len() == 1)
}

/// Returns the other readings of a path, or `None` if there are too many.
pub(crate) fn readings(path: &str) -> Option<Vec<String>> {
    let mut readings: Vec<String> = vec![path.to_owned()];
    let mut bytes = path.len();
    let mut next = 0;
    while let Some(path) = readings.get(next).cloned() {
        for reading in
            [unescaped(&path), slashed(&path), merged(&path), resolved(&path), ended(&path)]
        {
            if readings.iter().any(|known| **known == *reading) {
                continue;
            }
            bytes += reading.len();
            if readings.len() > MOST_READINGS || bytes > MOST_BYTES {
                return None;
            }
            readings.push(reading.into_owned());
        }
        next += 1;
    }
    readings.remove(0);
    Some(readings)
}

/// Decodes the percent-escapes.
fn unescaped(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return path.into();
    }
    let mut rest = path.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        match (byte, digit(0).zip(digit(1))) {
            (b'%', Some((high, low))) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Replaces backslashes with slashes (URL standard, "path state").
fn slashed(path: &str) -> Cow<'_, str> {
    if path.contains('\\') { path.replace('\\', "/").into() } else { path.into() }
}

/// Replaces several slashes in a row with one slash, and adds a slash at the start if there is none.
fn merged(path: &str) -> Cow<'_, str> {
    if path.starts_with('/') && !path.contains("//") {
        return path.into();
    }
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut merged: String = segments.flat_map(|segment| ["/", segment]).collect();
    if path.ends_with('/') {
        merged.push('/');
    }
    merged.into()
}

/// Resolves the segments `.` and `..`.
fn resolved(path: &str) -> Cow<'_, str> {
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return path.into();
    }
    let mut segments = Vec::new();
    let mut ends_in_slash = false;
    for segment in path.trim_start_matches('/').split('/') {
        ends_in_slash = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut resolved: String = segments.iter().flat_map(|segment| ["/", segment]).collect();
    if ends_in_slash {
        resolved.push('/');
    }
    resolved.into()
}

/// Removes the slashes at the end.
fn ended(path: &str) -> Cow<'_, str> {
    match path.trim_end_matches('/') {
        "" => "/".into(),
        ended => ended.into(),
    }
}
