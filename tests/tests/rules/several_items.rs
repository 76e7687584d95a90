//! The rule for several items in one text, as in environment variables.

use cors_actix_core::{PolicyKey, PolicySpec, ProblemKind};

use crate::{GOOD, assert_problems, at, problems};

#[test]
fn several_items_in_one_text_are_distinguished_from_wrong_characters() {
    for (value, items) in [
        ("https://a.example,https://b.example", ["https://a.example", "https://b.example"]),
        ("https://a.example, https://b.example", ["https://a.example", "https://b.example"]),
        (" a.example ; b.example,", ["a.example", "b.example"]),
        ("*\t\nnull", ["*", "null"]),
        ("PUT DELETE", ["PUT", "DELETE"]),
        ("x-a,x-b", ["x-a", "x-b"]),
    ] {
        let listed = [value];
        let items = items.map(str::to_owned).to_vec();
        let kind = ProblemKind::SeveralItems { value: value.to_owned(), items };
        assert_eq!(kind.repaired(), None);
        for (key, spec) in [
            (PolicyKey::AllowOrigins, PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY }),
            (PolicyKey::AllowMethods, PolicySpec { allow_methods: &listed, ..GOOD }),
            (PolicyKey::AllowHeaders, PolicySpec { allow_headers: &listed, ..GOOD }),
            (PolicyKey::ExposeHeaders, PolicySpec { expose_headers: &listed, ..GOOD }),
        ] {
            assert_problems(&spec, &[at(key, 0, kind.clone())]);
        }
    }
}

#[test]
fn the_message_shows_the_list_to_write() {
    let spec = PolicySpec { allow_headers: &["x-a, x-b"], ..GOOD };
    let [problem] = &problems(&spec)[..] else { panic!("one problem") };
    assert!(problem.to_string().ends_with(r#": ["x-a", "x-b"]"#), "{problem}");
}
