//! Checks that responses to different origins are safe in shared caches.

use crate::{
    check::{Fault, Truth, Violation},
    policies::{Headers, items},
    requests::Extras,
};

/// Checks that responses have `Vary: Origin` if their CORS headers depend on the origin. Otherwise a shared cache
/// would give the response for one origin to another origin. The first response is to a request without
/// `Origin`. It may lack headers that all origins get, but needs `Vary: Origin` too.
pub(crate) fn check(truths: &[Truth], found: &mut Vec<Violation>) {
    for index in 0..Extras::ALL.len() {
        let answers: Vec<_> = truths.iter().filter_map(|truth| truth.answers.get(index)).collect();
        let sent: Vec<_> = answers.iter().map(|answer| Headers::of(&answer.response)).collect();
        let [without_origin, with_origin @ ..] = &sent[..] else { continue };
        let differ = with_origin.iter().min() != with_origin.iter().max();
        let is_lacking = with_origin.first() != Some(without_origin);
        let must_vary = |at: usize| differ || at == 0 && is_lacking;
        let failing = answers.iter().enumerate().find(|(at, answer)| {
            let names = items(&answer.response, "vary");
            must_vary(*at) && !names.iter().any(|name| name.eq_ignore_ascii_case("origin"))
        });
        if let Some((_, answer)) = failing {
            let all: Vec<_> =
                answers.iter().map(|answer| format!("\n  answer    {answer}")).collect();
            let text = "answers to different origins differ, and this does not vary";
            let detail = format!("{text}\n  actual    {answer}{}", all.concat());
            found.push(Violation { fault: Fault::LacksVary, origin: "all origins", detail });
        }
    }
}
