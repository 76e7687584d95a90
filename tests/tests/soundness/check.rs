//! Sends requests to an app, and compares the grants and the responses with the truth.

use std::fmt;

use cors_actix_tests::{local::Local, sign::FRIEND};

use crate::{
    caches,
    limits::{self, Facts},
    make,
    policies::{Asked, EVIL, Grant, Headers, Kind, METHODS, PARTNER, Voice, items},
    requests::{self, Answer, Extras, Target},
    tally::Tally,
    trace::Maker,
    tree::Tree,
    truth::Bound,
};

pub(crate) const ORIGINS: [&str; 3] = [EVIL, FRIEND, PARTNER];

/// The limit of layers that have not learnt yet that guards on scopes decide.
const FIRST: &str = "first request that guards on scopes decide";

/// A request that an app gets from every origin.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) target: Target,
    pub(crate) method: &'static str,
    /// The header that half of the preflights ask for.
    pub(crate) header: &'static str,
}

/// The faults that must never occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    GrantsBeyondTruth,
    SendsBeyondTruth,
    KeptBeyondTruth,
    /// The browser sends a kept header with a method that needs no preflight by itself.
    KeptHeaderBeyondTruth,
    LacksVary,
    DeniesWhatIsAllowed,
    LacksHeaders,
    RunsForPreflight,
    RunsDespiteEnforce,
}

/// A fault, and the responses that show it.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) fault: Fault,
    /// The origin, or a description of several origins.
    pub(crate) origin: &'static str,
    pub(crate) detail: String,
}

/// An app that gets requests.
pub(crate) struct Session<'t> {
    tree: &'t Tree,
    relaxed: Local,
    /// The same app with `enforce`, unless the app is to be the only one of its thread.
    enforced: Option<Local>,
    /// The number of the current combination of path, method and origin.
    batch: usize,
    /// The first combination with a mismatch, for each of the two apps.
    first_mismatch: [Option<usize>; 2],
}

/// The answers to an actual request with all [`Extras`].
pub(crate) struct Truth {
    pub(crate) answers: Vec<Answer>,
}

impl Truth {
    /// Each answer, its bound for the response, and its bound for the preflight.
    fn bounds(&self) -> impl Iterator<Item = (&Answer, Bound, Bound)> {
        let with_token = self.answers.iter().skip(2).cycle();
        self.answers.iter().zip(with_token).map(|(answer, behind)| {
            let of_response = Bound::of_response(answer, &behind.trace);
            (answer, of_response, Bound::of_preflight(answer, &behind.trace))
        })
    }
}

impl<'t> Session<'t> {
    pub(crate) async fn start(tree: &'t Tree) -> Self {
        let relaxed = make::start(tree, false).await;
        let enforced = if tree.is_alone { None } else { Some(make::start(tree, true).await) };
        Session { tree, relaxed, enforced, batch: 0, first_mismatch: [None; 2] }
    }

    /// Sends the actual requests first, then their preflights.
    pub(crate) async fn ask(&mut self, question: &Question, tally: &mut Tally) -> Vec<Violation> {
        let Question { target, method, header } = question;
        let mut found = Vec::new();
        let mut truths = Vec::new();
        let excused = tally.excused();
        for origin in [None, Some(EVIL), Some(FRIEND), Some(PARTNER)] {
            self.batch += 1;
            let truth = self.truth(target, method, origin).await;
            self.check_responses(question, origin, &truth, tally, &mut found);
            self.check_enforcement(question, origin, &truth, tally, &mut found).await;
            truths.push(truth);
        }
        // A known limit makes the responses differ too.
        if tally.excused() == excused {
            caches::check(&truths, &mut found);
        }
        for (origin, truth) in ORIGINS.into_iter().zip(truths.iter().skip(1)) {
            tally.requests += 1;
            for header in [None, Some(*header)] {
                let asked = Asked { origin, method, header, with_credentials: false };
                self.check_preflight(target, asked, truth, tally, &mut found).await;
            }
        }
        found
    }

    async fn truth(&self, target: &Target, method: &str, origin: Option<&str>) -> Truth {
        let mut answers = Vec::new();
        for extras in Extras::ALL {
            answers.push(requests::actual(&self.relaxed, target, method, origin, extras).await);
        }
        Truth { answers }
    }

    fn check_responses(
        &mut self,
        question: &Question,
        origin: Option<&'static str>,
        truth: &Truth,
        tally: &mut Tally,
        found: &mut Vec<Violation>,
    ) {
        let from = origin.unwrap_or("no origin");
        for (answer, bound, _) in truth.bounds() {
            tally.count_answer(answer);
            let sent = Headers::of(&answer.response);
            let detail = |text: &str| format!("{text}\n  actual    {answer}\n  allowed   {bound}");
            let asked = Asked {
                origin: from,
                method: question.method,
                header: None,
                with_credentials: false,
            };
            let facts = Facts {
                tree: self.tree,
                target: &question.target,
                asked,
                answers: &truth.answers,
                answer,
            };
            let names = items(&answer.response, "vary");
            let varies = names.iter().any(|name| name.eq_ignore_ascii_case("origin"));
            let is_beyond = !bound.permits(origin, &sent);
            if is_beyond || bound.varies() && !varies {
                // A layer takes an error of files for one of middleware.
                let is_in_place = answer.is_by_middleware() || answer.is_error();
                if is_in_place && limits::has_dead_annotation(&facts) {
                    tally.excuse_excess("dead annotation");
                    continue;
                }
                if is_in_place && limits::has_something_between_twins(&facts) {
                    tally.excuse_excess("something between twins");
                    continue;
                }
                if answer.is_error() && limits::loses_slash(&facts) {
                    tally.excuse_excess("slash taken away");
                    continue;
                }
                if self.is_first_mismatch(0) || limits::shows_no_guard(&facts) {
                    tally.excuse_excess(FIRST);
                    continue;
                }
                let mut fail = |fault, text| {
                    found.push(Violation { fault, origin: from, detail: detail(text) });
                };
                if is_beyond {
                    fail(Fault::SendsBeyondTruth, "the response has more than the truth allows");
                }
                if bound.varies() && !varies {
                    let text = "the response depends on the origin, and does not say so";
                    fail(Fault::LacksVary, text);
                }
                continue;
            }
            let limit = match answer.trace.maker {
                Some(Maker::Annotated(_)) => limits::of_rewriting(&facts),
                // Middleware has replaced the route's response, so the route's headers are not expected.
                Some(Maker::Middleware { replaced: Some(_) }) => continue,
                _ => limits::of_denial(&facts),
            };
            let lacks =
                |voice: Voice| origin.is_some_and(|asking| sent != voice.headers_for(asking));
            match limit {
                _ if !bound.of_handler().is_some_and(lacks) => {}
                Some(limit) => tally.excuse_lack(limit),
                None => {
                    let detail = detail("the response lacks headers of the annotated route");
                    found.push(Violation { fault: Fault::LacksHeaders, origin: from, detail });
                }
            }
        }
    }

    /// Returns `true` for the first mismatch of an app, and for mismatches of the same path, method and origin, if
    /// guards on scopes may be the reason. A layer learns of such guards when a request reaches the route.
    fn is_first_mismatch(&mut self, app: usize) -> bool {
        let first = *self.first_mismatch[app].get_or_insert(self.batch);
        first == self.batch && limits::may_be_first_mismatch(self.tree)
    }

    /// Checks that with `enforce` no handler gets a request that its policy denies.
    async fn check_enforcement(
        &mut self,
        question: &Question,
        origin: Option<&'static str>,
        truth: &Truth,
        tally: &mut Tally,
        found: &mut Vec<Violation>,
    ) {
        let (Some(asking), Some(_)) = (origin, &self.enforced) else { return };
        for ((answer, bound, _), extras) in truth.bounds().zip(Extras::ALL) {
            let is_file = answer.trace.maker.is_none() && answer.response.status == 200;
            if !bound.denies_by_force(&answer.trace, asking) || !(answer.trace.has_run || is_file) {
                continue;
            }
            let Question { target, method, .. } = question;
            let Some(app) = &self.enforced else { return };
            let enforced = requests::actual(app, target, method, origin, extras).await;
            tally.enforced += 1;
            if !enforced.trace.has_run && enforced.response.status != 200 {
                continue;
            }
            let asked = Asked { origin: asking, method, header: None, with_credentials: false };
            let facts = self.facts(target, asked, truth, answer);
            if limits::has_dead_annotation(&facts) || limits::has_something_between_twins(&facts) {
                tally.excuse_excess("dead annotation, with enforce");
            } else if limits::loses_slash(&facts) {
                tally.excuse_excess("slash taken away");
            } else if self.is_first_mismatch(1) {
                tally.excuse_excess(FIRST);
            } else {
                let detail = format!(
                    "enforce lets the request reach the handler\n  without   {answer}\n  with      \
                     {enforced}\n  allowed   {bound}"
                );
                found.push(Violation { fault: Fault::RunsDespiteEnforce, origin: asking, detail });
            }
        }
    }

    async fn check_preflight(
        &self,
        target: &Target,
        mut asked: Asked<'static>,
        truth: &Truth,
        tally: &mut Tally,
        found: &mut Vec<Violation>,
    ) {
        let Asked { origin, method, header, .. } = asked;
        let answer = requests::preflight(&self.relaxed, target, method, origin, header).await;
        let mut fail = |fault, text: &str, actual: &Answer, bound: &Bound| {
            let header = header.map(|header| format!(" with {header}")).unwrap_or_default();
            let detail = format!(
                "{text}\n  preflight {answer}{header}\n  actual    {actual}\n  allowed   {bound}"
            );
            found.push(Violation { fault, origin, detail });
        };
        let grant = Grant::of(&answer.response, &asked);
        if let Some(grant) = &grant {
            tally.granted += 1;
            asked.with_credentials = grant.with_credentials;
            for (actual, of_response, bound) in truth.bounds() {
                if !bound.grants(&asked) {
                    match limits::of_grant(&self.facts(target, asked, truth, actual)) {
                        Some(limit) => tally.excuse_excess(limit),
                        None => fail(
                            Fault::GrantsBeyondTruth,
                            "the preflight is granted beyond the truth",
                            actual,
                            &bound,
                        ),
                    }
                } else if !of_response.grants(&asked) {
                    tally.excuse_excess("an outer layer answers for an inner one");
                }
                if answer.trace.has_run {
                    fail(Fault::RunsForPreflight, "a granted preflight ran code", actual, &bound);
                }
            }
        } else {
            tally.denied += 1;
        }
        if let Some((kind, actual, bound)) = demanded(truth, asked) {
            tally.demanded += 1;
            let granted = grant.as_ref().map(|grant| grant.with_credentials);
            match limits::of_denial(&self.facts(target, asked, truth, actual)) {
                _ if granted == Some(kind.has_credentials(asked.origin)) => {}
                Some(limit) => tally.excuse_lack(limit),
                None => fail(
                    Fault::DeniesWhatIsAllowed,
                    "the preflight is denied, and the annotated route allows it",
                    actual,
                    &bound,
                ),
            }
        }
        if let Some(grant) = grant.filter(|grant| grant.is_kept) {
            self.check_kept(target, asked, &grant, &answer, tally, found).await;
        }
    }

    /// Checks that the methods and headers that a browser keeps for a URL allow no more than the truth.
    async fn check_kept(
        &self,
        target: &Target,
        asked: Asked<'static>,
        grant: &Grant,
        preflight: &Answer,
        tally: &mut Tally,
        found: &mut Vec<Violation>,
    ) {
        let headers = Kind::ALL.map(Kind::header);
        let listed: Vec<_> = headers.into_iter().filter(|name| grant.lists_header(name)).collect();
        for method in METHODS {
            let needs_none = ["GET", "POST"].contains(&method);
            let is_listed = grant.lists_method(method);
            let headers = listed.iter().copied().map(Some);
            let headers = (!needs_none).then_some(None).into_iter().chain(headers);
            let kept: Vec<_> = headers
                .filter(|header| (method, *header) != (asked.method, asked.header))
                .filter(|_| is_listed || needs_none)
                .collect();
            if kept.is_empty() {
                continue;
            }
            let truth = self.truth(target, method, Some(asked.origin)).await;
            for header in kept {
                let next = Asked { method, header, ..asked };
                for (actual, _, bound) in truth.bounds() {
                    if bound.grants(&next) {
                        continue;
                    }
                    tally.kept += 1;
                    let is_excused = limits::is_kept_for_nothing(actual, &bound)
                        || limits::is_kept_by_another_part(preflight, actual);
                    if !is_listed && is_excused {
                        tally.excuse_excess("kept header for a method that needs no preflight");
                    } else if let Some(limit) =
                        limits::of_grant(&self.facts(target, next, &truth, actual))
                    {
                        tally.excuse_excess(limit);
                    } else {
                        let Asked { method: first, .. } = asked;
                        let detail = format!(
                            "the browser keeps the grant for {first}, and sends {method} with \
                             {header:?} without asking\n  preflight {preflight}\n  actual    \
                             {actual}\n  allowed   {bound}"
                        );
                        let fault = match is_listed {
                            true => Fault::KeptBeyondTruth,
                            false => Fault::KeptHeaderBeyondTruth,
                        };
                        found.push(Violation { fault, origin: asked.origin, detail });
                    }
                }
            }
        }
    }

    fn facts<'a>(
        &'a self,
        target: &'a Target,
        asked: Asked<'a>,
        truth: &'a Truth,
        answer: &'a Answer,
    ) -> Facts<'a> {
        Facts { tree: self.tree, target, asked, answers: &truth.answers, answer }
    }
}

/// Returns the policy that must grant the preflight, if annotated routes decide with all extras of the request,
/// and all of their policies allow it.
fn demanded<'a>(truth: &'a Truth, asked: Asked<'_>) -> Option<(Kind, &'a Answer, Bound)> {
    let mut first: Option<(Kind, &Answer, Bound)> = None;
    for (answer, _, bound) in truth.bounds() {
        let voice = bound.of_handler()?;
        let has_method = voice.methods.is_some_and(|methods| methods.contains(&asked.method));
        let with_credentials = voice.kind.has_credentials(asked.origin);
        let is_same = first.as_ref().is_none_or(|(kind, ..)| *kind == voice.kind);
        if !has_method || !is_same || !voice.grants(&Asked { with_credentials, ..asked }) {
            return None;
        }
        first = first.or(Some((voice.kind, answer, bound)));
    }
    first
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Question { target: Target { host, path }, method, .. } = self;
        write!(f, "{method} {path} to {host}")
    }
}
