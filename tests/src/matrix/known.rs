//! The known differences between engines and the standard. Each must still show: if an engine has been
//! corrected, the test fails until the entry is removed.

use super::{
    plan::{ECHO, OPEN, OPEN_TO_ALL, OURS},
    situation::{API, Fetch, Heard, OTHER, Outcome, Page, Place, Situation},
};
use crate::browser::Engine;

/// A difference between an engine and the standard.
#[derive(Debug)]
pub struct Known {
    /// The engine.
    pub engine: Engine,
    /// The name in `tests/ENGINES.md`.
    pub name: &'static str,
    /// The behaviour of the engine, and the clause of the standard.
    pub why: &'static str,
    /// Returns `true` if this is the reason for the first request that differs.
    pub shows: fn(&Difference<'_>) -> bool,
    /// Returns a situation in which the difference shows.
    pub reproduction: fn() -> Call,
    /// `true` if the page can notice the difference. Otherwise the page sees the same, and only preflights
    /// and `Origin` differ.
    pub is_noticed: bool,
}

/// The first request that is not as expected. `None` means that there is no further request.
#[derive(Debug)]
pub struct Difference<'a> {
    /// The situation.
    pub situation: &'a Situation,
    /// The earlier requests, which are as expected.
    pub before: &'a [Heard],
    /// The request by the standard.
    pub expected: Option<&'a Heard>,
    /// The request of the engine.
    pub found: Option<&'a Heard>,
}

/// All known differences.
pub const KNOWN: &[Known] = &[
    Known {
        engine: Engine::Blink,
        name: "null-uncached",
        why: "An answer to a preflight with `Origin: null` is not kept. Fetch, \"cache entry match\", \
              compares serialized origins, and \"null\" is one.",
        shows: |it| {
            let is_null = it.expected.is_some_and(|it| it.origin.as_deref() == Some("null"));
            it.asks_first() && it.is_repeated(1) && is_null
        },
        reproduction: || {
            Call::from(Page::Null, OPEN).asks("PUT", &[], "omit").asks("PUT", &[], "omit")
        },
        is_noticed: false,
    },
    one_answer_kept(Engine::Blink),
    Known {
        engine: Engine::Blink,
        name: "conditional-requests-uncached",
        why: "A request with `If-None-Match` is always preflighted, and as nothing is looked up for it, \
              its denial clears nothing. Fetch, \"HTTP fetch\", looks every request up, and \"main \
              fetch\" clears the entries of the URL after every preflight that fails.",
        shows: |it| {
            let is_conditional = |heard: &Heard| heard.asks_header("if-none-match");
            let is_repeated = it.asks_first() && it.is_repeated(1);
            (is_repeated && it.found.is_some_and(is_conditional))
                || (it.is_spared() && it.before.iter().any(is_conditional))
        },
        reproduction: || {
            Call::from(Page::Listed, OPEN)
                .asks("PUT", &["x-a"], "omit")
                .asks("GET", &["if-none-match"], "include")
                .asks("PUT", &["x-a"], "omit")
        },
        is_noticed: false,
    },
    Known {
        engine: Engine::Gecko,
        name: "preflight-untainted",
        why: "The preflight after a redirect to another origin names the page, where the request \
              itself says `Origin: null`. Fetch, \"serializing a request origin\", says \"null\" for \
              both.",
        shows: |it| {
            let origin = it.situation.page.origin();
            it.both().is_some_and(|(expected, found)| {
                let renamed = Heard { origin: Some(origin.to_owned()), ..expected.clone() };
                expected.is_preflight() && expected.is_redirected() && renamed == *found
            })
        },
        reproduction: || {
            Call::from(Page::Listed, OURS).redirected(307, OTHER).asks("PUT", &[], "omit")
        },
        is_noticed: true,
    },
    Known {
        engine: Engine::Gecko,
        name: "preflight-kept-after-redirect",
        why: "A request that needed a preflight is preflighted after a redirect too, though the \
              redirect took away the method or the headers that it needed it for. Fetch, \"main \
              fetch\", step 12, looks at the request anew.",
        shows: |it| it.asks_first() && it.expected.is_some_and(Heard::is_redirected),
        reproduction: || {
            Call::from(Page::Listed, OPEN).redirected(303, OTHER).asks("PUT", &[], "omit")
        },
        is_noticed: true,
    },
    Known {
        engine: Engine::Gecko,
        name: "wildcards-uncached",
        why: "`*` in the answer to a preflight is kept as a name, so the next request is preflighted \
              again. Fetch, \"method cache entry match\" and \"header-name cache entry match\", let \
              `*` match.",
        shows: |it| {
            let is_shown = it.situation.shows_any_method() || it.situation.shows_any_header();
            it.asks_first() && it.is_repeated(1) && is_shown
        },
        reproduction: || {
            Call::from(Page::Listed, OPEN).asks("PUT", &[], "omit").asks("PUT", &[], "omit")
        },
        is_noticed: false,
    },
    Known {
        engine: Engine::Gecko,
        name: "conditional-requests-uncached",
        why: "A request with `If-None-Match` is always preflighted. Fetch, \"HTTP fetch\", looks every \
              request up in the cache.",
        shows: |it| {
            it.asks_first()
                && it.is_repeated(1)
                && it.found.is_some_and(|found| found.asks_header("if-none-match"))
        },
        reproduction: || {
            Call::from(Page::Listed, ECHO).asks("GET", &["if-none-match"], "include").asks(
                "GET",
                &["if-none-match"],
                "include",
            )
        },
        is_noticed: false,
    },
    Known {
        engine: Engine::Gecko,
        name: "credentials-apart",
        why: "An answer to the preflight of a request with credentials does not serve one without. \
              Fetch, \"cache entry match\", asks for an entry with credentials only where the request \
              has them.",
        shows: |it| {
            let is_with = |heard: &Heard| heard.cookie && it.is_to(heard);
            let is_without = it.expected.is_some_and(|expected| !expected.cookie);
            it.asks_first() && is_without && it.is_repeated(1) && it.before.iter().any(is_with)
        },
        reproduction: || {
            Call::from(Page::Listed, OURS).asks("PUT", &[], "include").asks("PUT", &[], "omit")
        },
        is_noticed: false,
    },
    Known {
        engine: Engine::WebKit,
        name: "kept-wildcard-covers-authorization",
        why: "`*` among the headers of an answer that is kept serves a request with `Authorization`, though \
              the preflight of that very request would fail. Fetch, \"header-name cache entry match\", \
              leaves CORS non-wildcard request-header names out.",
        shows: |it| {
            it.is_spared()
                && it.situation.shows_any_header()
                && it.expected.is_some_and(|heard| heard.asks_header("authorization"))
        },
        reproduction: || {
            Call::from(Page::Listed, OPEN).asks("GET", &["x-a"], "omit").asks(
                "GET",
                &["authorization"],
                "omit",
            )
        },
        is_noticed: true,
    },
    one_answer_kept(Engine::WebKit),
    Known {
        engine: Engine::WebKit,
        name: "origin-kept-after-redirect",
        why: "A request to the page's own origin that a redirect has made a GET keeps its `Origin`. \
              Fetch, \"append a request `Origin` header\", gives a GET one only where the response \
              tainting is \"cors\".",
        shows: |it| {
            let origin = it.situation.page.origin();
            it.situation.page == Page::Same
                && it.both().is_some_and(|(expected, found)| {
                    let named = Heard { origin: Some(origin.to_owned()), ..expected.clone() };
                    expected.is_redirected() && expected.origin.is_none() && named == *found
                })
        },
        reproduction: || Call::from(Page::Same, OPEN).redirected(303, "").asks("POST", &[], "omit"),
        is_noticed: false,
    },
    Known {
        engine: Engine::WebKit,
        name: "preflight-kept-after-redirect",
        why: "As Gecko's, and the preflight names headers that the redirect took away: those of the \
              body (Fetch, \"HTTP-redirect fetch\", step 12) and `Authorization` (step 13).",
        shows: |it| {
            let is_redirected = it.expected.is_some_and(Heard::is_redirected);
            let asks_more = it.both().is_some_and(|(expected, found)| {
                let asks_headers = found.asks_headers.clone();
                expected.is_preflight()
                    && Heard { asks_headers, ..expected.clone() } == *found
                    && expected.asked_headers().all(|name| found.asks_header(name))
            });
            is_redirected && (it.asks_first() || asks_more)
        },
        reproduction: || {
            let names = &["authorization"];
            Call::from(Page::Listed, OPEN_TO_ALL).redirected(307, OTHER).asks("GET", names, "omit")
        },
        is_noticed: true,
    },
    Known {
        engine: Engine::WebKit,
        name: "delete-becomes-get",
        why: "A DELETE that is redirected to another origin goes on as a GET, whatever the status. \
              Fetch, \"HTTP-redirect fetch\", step 12, changes the method for 303, and that of a POST \
              for 301 and 302.",
        shows: |it| {
            it.both().is_some_and(|(expected, found)| {
                expected.is_redirected()
                    && expected.asked_method() == "DELETE"
                    && found.asked_method() == "GET"
                    && expected.url == found.url
            })
        },
        reproduction: || {
            Call::from(Page::Listed, OPEN).redirected(307, OTHER).asks("DELETE", &[], "omit")
        },
        is_noticed: true,
    },
];

const fn one_answer_kept(engine: Engine) -> Known {
    Known {
        engine,
        name: "one-answer-kept",
        why: "Of the answers to several preflights of a page to one URL only the last is kept. Fetch, \
              \"CORS-preflight cache\", has an entry for each method and each header name.",
        shows: |it| it.asks_first() && it.is_repeated(2),
        reproduction: || {
            Call::from(Page::Listed, ECHO)
                .asks("GET", &["x-a"], "include")
                .asks("GET", &["x-b"], "include")
                .asks("GET", &["x-a"], "include")
        },
        is_noticed: false,
    }
}

/// The parts of a hand-written situation.
#[derive(Debug)]
pub struct Call {
    page: Page,
    plan: usize,
    query: String,
    asks: Vec<(&'static str, &'static [&'static str], &'static str)>,
}

impl Call {
    fn from(page: Page, plan: usize) -> Self {
        Call { page, plan, query: "status=200".to_owned(), asks: Vec::new() }
    }

    fn redirected(self, status: u16, to: &str) -> Self {
        Call { query: format!("status={status}&to={to}"), ..self }
    }

    fn asks(
        mut self,
        method: &'static str,
        headers: &'static [&'static str],
        credentials: &'static str,
    ) -> Self {
        self.asks.push((method, headers, credentials));
        self
    }

    fn situation(self, id: usize) -> Situation {
        let Call { page, plan, query, asks } = self;
        let place = Place::App;
        let url = format!("{API}/{place}/{plan}/{id}?{query}");
        let fetch = |(method, headers, credentials): (_, &[&'static str], _)| Fetch {
            url: url.clone(),
            method,
            headers: headers.iter().map(|name| (*name, "1".to_owned())).collect(),
            credentials,
            body: None,
            pause: 0,
        };
        let fetches = asks.into_iter().map(fetch).collect();
        Situation { id, place, plan: Some(plan), page, fetches }
    }
}

/// Returns a situation for each difference, in the order of [`KNOWN`], with ids from `first`.
pub fn reproductions(first: usize) -> impl Iterator<Item = Situation> {
    KNOWN.iter().zip(first..).map(|(known, id)| (known.reproduction)().situation(id))
}

impl Heard {
    fn is_preflight(&self) -> bool {
        self.asks_method.is_some()
    }

    /// Returns the method of the request, or the method that the preflight asks for.
    fn asked_method(&self) -> &str {
        self.asks_method.as_deref().unwrap_or(&self.method)
    }

    fn asked_headers(&self) -> impl Iterator<Item = &str> {
        let names = self.asks_headers.as_deref().unwrap_or_default();
        names.split(',').filter(|name| !name.is_empty())
    }

    fn asks_header(&self, name: &str) -> bool {
        self.asked_headers().any(|asked| asked == name)
    }

    /// Returns `true` if the request follows a redirect.
    fn is_redirected(&self) -> bool {
        self.url.ends_with('b')
    }
}

impl Difference<'_> {
    fn both(&self) -> Option<(&Heard, &Heard)> {
        self.expected.zip(self.found)
    }

    /// Returns `true` if the engine sends a preflight that is not expected.
    fn asks_first(&self) -> bool {
        self.both().is_some_and(|(expected, found)| {
            !expected.is_preflight()
                && found.asks_method.as_ref() == Some(&expected.method)
                && found.url == expected.url
        })
    }

    /// Returns `true` if the engine sends the request without the expected preflight.
    fn is_spared(&self) -> bool {
        self.both().is_some_and(|(expected, found)| {
            expected.asks_method.as_ref() == Some(&found.method)
                && !found.is_preflight()
                && found.url == expected.url
        })
    }

    /// Returns `true` if there were at least so many preflights to the same URL before.
    fn is_repeated(&self, times: usize) -> bool {
        let preflights = self.before.iter().filter(|heard| heard.is_preflight());
        preflights.filter(|heard| self.is_to(heard)).count() >= times
    }

    /// Returns `true` if the expected request has the URL of `heard`.
    fn is_to(&self, heard: &Heard) -> bool {
        self.expected.is_some_and(|expected| expected.url == heard.url)
    }
}

/// Returns the known difference that explains the outcome of an engine.
pub fn explain(
    engine: Engine,
    situation: &Situation,
    expected: &Outcome,
    found: &Outcome,
) -> Option<&'static Known> {
    let pairs = expected.heard.iter().zip(&found.heard);
    let same = pairs.take_while(|(expected, found)| expected == found).count();
    let difference = Difference {
        situation,
        before: &expected.heard[..same],
        expected: expected.heard.get(same),
        found: found.heard.get(same),
    };
    let unnoticed = || {
        let requests = |outcome: &Outcome| {
            let requests = outcome.heard.iter().filter(|heard| !heard.is_preflight());
            requests.map(|heard| Heard { origin: None, ..heard.clone() }).collect::<Vec<_>>()
        };
        expected.seen == found.seen && requests(expected) == requests(found)
    };
    KNOWN.iter().find(|known| {
        known.engine == engine && (known.shows)(&difference) && (known.is_noticed || unnoticed())
    })
}
