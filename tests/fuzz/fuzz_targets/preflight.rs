//! Makes a policy and a request from the bytes of the input, and compares the decision of the library with the
//! decision of the naive evaluator.
#![no_main]

use cors_actix_fuzz::{library, situations::Choices};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut bytes = data.iter().map(|&byte| usize::from(byte));
    let mut choose = |count: usize| {
        let mut byte = || bytes.next().unwrap_or_default();
        let choice = if count > 256 { byte() << 8 | byte() } else { byte() };
        choice % count
    };
    let mut choices = Choices(&mut choose);
    let written = choices.policy();
    let policy = library::build(&written).expect("the policy has no fault");
    let asking = choices.asking(&written);
    let expected = written.decide(&asking);
    match library::head(&asking) {
        Some(head) => {
            let decided = library::decide(&policy, &asking, &head);
            assert_eq!(decided, expected, "{written:?} {asking:?}");
        }
        None => {
            let rules = library::rules(&written).expect("the policy has no fault");
            for origin in asking.all("origin") {
                assert_eq!(rules.origins.allows(origin), written.allows_origin(origin));
            }
        }
    }
});
