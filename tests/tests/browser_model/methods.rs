//! The methods that need a preflight, that become upper case, and that scripts cannot send.

use cors_actix_browser::{Blocked, Fetch, Invalid};

use crate::{asks_for, sent};

#[actix_web::test]
async fn safelisted_methods_need_no_preflight() {
    for method in ["GET", "HEAD", "POST"] {
        assert_eq!(asks_for(Fetch::new(method, "/")).await, None, "{method}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "QUERY"] {
        assert_eq!(asks_for(Fetch::new(method, "/")).await.as_deref(), Some(""), "{method}");
    }
}

#[actix_web::test]
async fn only_six_methods_become_upper_case() {
    for (written, method) in [
        ("delete", "DELETE"),
        ("gEt", "GET"),
        ("head", "HEAD"),
        ("options", "OPTIONS"),
        ("post", "POST"),
        ("put", "PUT"),
        ("patch", "patch"),
        ("Propfind", "Propfind"),
    ] {
        let seen = sent(Fetch::new(written, "/")).await;
        let actual = seen.exchanges().last().unwrap().request();
        assert_eq!(actual.method(), method);
        if seen.preflighted() {
            let asked = seen.exchanges()[0].request().header("access-control-request-method");
            assert_eq!(asked.as_deref(), Some(method));
        }
    }
}

#[actix_web::test]
async fn forbidden_and_malformed_methods_throw_before_anything_is_sent() {
    for method in ["CONNECT", "TRACE", "TRACK", "trace", "Track", "", "GE T", "GET\r\n", "é"] {
        let seen = sent(Fetch::new(method, "/")).await;
        let expected = Blocked::Invalid(Invalid::Method { method: method.to_owned() });
        assert_eq!(*seen.assert_blocked(), expected);
        assert!(seen.exchanges().is_empty());
    }
}
